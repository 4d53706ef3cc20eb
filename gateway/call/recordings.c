#include "recordings.h"
#include "saying.h"

#include "gateway/base/money.h"
#include "gateway/config/config_script.h"
#include "ivr/prompt.h"
#include "templates/spoken.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct wanted {
	const struct config *config;
	struct complaints *complaints;
	const char *language;
	bool mute;       /* no voice speaks it */
	char home[1024]; /* its recordings/ */
	bool as[SCRIPT_AS_NUMBER + 1];
};

/* ---- one file ---- */

static void
want(const struct wanted *w, const char *name, bool word, const char *words, size_t len)
{
	char path[1280], file[256];

	if (prompt_path(w->home, w->language, name, word, path, sizeof path) != 0 ||
	    access(path, R_OK) == 0 ||
	    prompt_path("recordings", w->language, name, word, file, sizeof file) != 0)
		return;
	if (words == NULL)
		complaint_warn(w->complaints, file, 0, 0, "a script plays it, and it is not there");
	else
		complaint_warn(w->complaints, file, 0, 0,
			       "not recorded, and no voice speaks `%s`; it says: %.*s", w->language,
			       (int)(len < 200 ? len : 200), words);
}

/* ---- texts ---- */

static void
want_piece(struct wanted *w, const struct config_script *cs, const struct script_step *step,
	   int which, const struct script_text *text, const struct script_piece *piece)
{
	const char *words = piece->text;
	size_t len = piece->len;
	char name[SCRIPT_NAME];
	int line, col;

	if (piece->kind == SCRIPT_RECORDING) {
		snprintf(name, sizeof name, "%.*s", (int)piece->len, piece->text);
		want(w, name, false, NULL, 0);
	} else if (!w->mute) {
		return;
	} else if (piece->kind == SCRIPT_FIELD && piece->as != SCRIPT_AS_TEXT) {
		w->as[piece->as] = true;
	} else if (piece->kind == SCRIPT_FIELD) {
		script_text_place(text, piece->at, &line, &col);
		complaint_warn(w->complaints, cs->file, line, col,
			       "no voice speaks `%s`, and `%.*s` cannot be recorded for everybody: "
			       "name a voice that comes near, voices: {%s: id}",
			       w->language, (int)piece->len, piece->text, w->language);
	} else if (piece->kind == SCRIPT_WORDS && saying_sounds(piece->text, piece->len)) {
		script_piece_name(&cs->script, step, which, text, piece, name);
		while (len > 0 && strchr(" .,;:!?", *words) != NULL) {
			words++;
			len--;
		}
		want(w, name, false, words, len);
	}
}

static void
want_script(struct wanted *w, const struct config_script *cs, int language)
{
	for (size_t i = 0; i < cs->script.n; i++)
		for (int which = 0; which < SCRIPT_WHICHES; which++) {
			const struct script_step *step = &cs->script.steps[i];
			const struct script_text *text = script_text(step, which, language);

			for (size_t k = 0; text != NULL && k < text->n; k++)
				want_piece(w, cs, step, which, text, &text->pieces[k]);
		}
}

/* ---- words ---- */

static void
on_word(void *ctx, unsigned kinds, const char *word)
{
	const struct wanted *w = ctx;
	bool wanted = false;

	if (w->as[SCRIPT_AS_AMOUNT])
		wanted |= (kinds & SPOKEN_AMOUNTS) != 0;
	if (w->as[SCRIPT_AS_DATE])
		wanted |= (kinds & SPOKEN_DATES) != 0;
	if (w->as[SCRIPT_AS_NUMBER] || w->as[SCRIPT_AS_DIGITS])
		wanted |= (kinds & 1u << SPOKEN_NUMBER) != 0;
	if (wanted)
		want(w, word, true, word, strlen(word));
}

static void
want_words(struct wanted *w)
{
	const struct config_lender *lender = &w->config->lender;
	struct spoken *spoken;
	char why[SPOKEN_WHY];

	if (spoken_open(&spoken, w->language, why) != 0) {
		complaint_warn(w->complaints, "dunlin.yaml", 0, 0, "calls in `%s`: %s", w->language,
			       why);
		return;
	}
	spoken_words(spoken, lender->currency, money_digits(lender->currency), on_word, w);
	spoken_close(spoken);
}

void
recordings_check(const struct config *config, struct complaints *complaints)
{
	for (size_t i = 0; i < config->lender.n_languages; i++) {
		struct wanted w = {.config = config,
				   .complaints = complaints,
				   .language = config->lender.languages[i]};
		char voice[VOICE_NAME];

		w.mute =
		    config_voice(config, w.language) == NULL && voice_of(w.language, voice) != 0;
		snprintf(w.home, sizeof w.home, "%s/recordings", config->home);
		for (size_t k = 0; k < config->n_scripts; k++)
			for (size_t l = 0; l < config->scripts[k].script.n_languages; l++)
				if (strcmp(config->scripts[k].script.languages[l], w.language) == 0)
					want_script(&w, &config->scripts[k], (int)l);
		if (config->n_scripts > 0 && w.mute)
			want_words(&w);
	}
}
