#include "recordings.h"
#include "saying.h"

#include "gateway/base/arena.h"
#include "gateway/base/money.h"
#include "gateway/config/config_script.h"
#include "ivr/prompt.h"
#include "ivr/wav.h"
#include "templates/spoken.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LANGUAGES 32 /* of all scripts */

struct wanted {
	const struct config *config;
	struct complaints *complaints;
	const char *language;
	bool mute;       /* no voice speaks it */
	char home[1024]; /* its recordings/ */
	bool as[SCRIPT_AS_NUMBER + 1];
	/* What would be played, without `.wav`; a NULL behind the last. */
	struct arena arena;
	const char **names;
	size_t n_names, cap_names;
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

/* A file of that name would be played. */
static void
expect(struct wanted *w, const char *name)
{
	if (w->n_names + 1 >= w->cap_names) {
		size_t cap = w->cap_names == 0 ? 64 : w->cap_names * 2;
		const char **names = realloc(w->names, cap * sizeof *names);

		if (names == NULL)
			abort(); /* as arena.h does: what scripts may hold is bounded */
		w->names = names;
		w->cap_names = cap;
	}
	w->names[w->n_names++] = arena_text(&w->arena, name, strlen(name));
	w->names[w->n_names] = NULL;
}

static void
want_said(struct wanted *w, const char *name, const struct script_piece *piece)
{
	const char *words = piece->text;
	size_t len = piece->len;

	while (len > 0 && strchr(" .,;:!?", *words) != NULL) {
		words++;
		len--;
	}
	if (w->mute)
		want(w, name, false, words, len);
}

static void
want_field(struct wanted *w, const struct config_script *cs, const struct script_text *text,
	   const struct script_piece *piece)
{
	int line, col;

	if (piece->as != SCRIPT_AS_TEXT) {
		w->as[piece->as] = true;
		return;
	}
	script_text_place(text, piece->at, &line, &col);
	complaint_warn(w->complaints, cs->file, line, col,
		       "no voice speaks `%s`, and `%.*s` cannot be recorded for everybody: "
		       "name a voice that comes near, voices: {%s: id}",
		       w->language, (int)piece->len, piece->text, w->language);
}

static void
want_piece(struct wanted *w, const struct config_script *cs, const struct script_step *step,
	   int which, const struct script_text *text, const struct script_piece *piece)
{
	char name[SCRIPT_NAME];

	if (piece->kind == SCRIPT_RECORDING) {
		snprintf(name, sizeof name, "%.*s", (int)piece->len, piece->text);
		expect(w, name);
		want(w, name, false, NULL, 0);
	} else if (piece->kind == SCRIPT_FIELD && w->mute) {
		want_field(w, cs, text, piece);
	} else if (piece->kind == SCRIPT_WORDS && saying_sounds(piece->text, piece->len)) {
		script_piece_name(&cs->script, step, which, text, piece, name);
		expect(w, name);
		want_said(w, name, piece);
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

/* ---- files that are there ---- */

static int
is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Can it be played? */
static void
listen_to(const struct wanted *w, const char *path, const char *file)
{
	struct pcm_clip clip = {0};
	struct wav_why why;

	if (wav_read(path, &clip, &why) != 0)
		complaint_warn(w->complaints, file, 0, 0, "%s; it is not played", why.text);
	pcm_clip_fini(&clip);
}

static bool
is_expected(const struct wanted *w, const char *name)
{
	for (size_t i = 0; i < w->n_names; i++)
		if (strcmp(w->names[i], name) == 0)
			return true;
	return false;
}

static void
look_at(const struct wanted *w, const char *path, const char *file, const char *base, bool word)
{
	size_t len = strlen(base);
	char name[256];
	const char *near;

	if (len < 5 || strcmp(base + len - 4, ".wav") != 0) {
		complaint_warn(w->complaints, file, 0, 0,
			       "not played: recordings are files whose names end in `.wav`");
		return;
	}
	snprintf(name, sizeof name, "%.*s", (int)(len - 4), base);
	if (word || is_expected(w, name)) {
		listen_to(w, path, file);
		return;
	}
	near = w->names != NULL ? complaint_nearest(name, w->names) : NULL;
	complaint_warn(w->complaints, file, 0, 0, "no script says it%s%s%s",
		       near != NULL ? "; did you mean `" : "", near != NULL ? near : "",
		       near != NULL ? ".wav`?" : "");
}

/* All below recordings/LANG, or recordings/LANG/words. */
static void
look_into(const struct wanted *w, const char *folder, bool words)
{
	struct dirent **entries = NULL;
	char path[1600], file[600];
	int n;

	snprintf(path, sizeof path, "%s/%s", w->home, folder);
	n = scandir(path, &entries, is_visible, alphasort);
	for (int i = 0; i < n; i++) {
		struct stat st;

		snprintf(path, sizeof path, "%s/%s/%s", w->home, folder, entries[i]->d_name);
		snprintf(file, sizeof file, "recordings/%s/%s", folder, entries[i]->d_name);
		if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
			look_at(w, path, file, entries[i]->d_name, words);
		free(entries[i]);
	}
	free(entries);
}

/* ---- languages ---- */

/* All languages that scripts speak: the lender's, and those a key leads to. */
static size_t
list_languages(const struct config *config, const char *languages[LANGUAGES])
{
	size_t n = 0;

	for (size_t k = 0; k < config->n_scripts; k++)
		for (size_t l = 0; l < config->scripts[k].script.n_languages; l++) {
			const char *language = config->scripts[k].script.languages[l];
			size_t i = 0;

			while (i < n && strcmp(languages[i], language) != 0)
				i++;
			if (i == n && n < LANGUAGES)
				languages[n++] = language;
		}
	return n;
}

/* A folder that nothing is played from: of no language, or of one by another name. */
static void
check_folders(const struct config *config, const char *const *languages, size_t n,
	      struct complaints *complaints)
{
	struct dirent **entries = NULL;
	char path[1280];
	int found;

	snprintf(path, sizeof path, "%s/recordings", config->home);
	found = scandir(path, &entries, is_visible, alphasort);
	for (int i = 0; i < found; i++) {
		size_t l = 0;

		while (l < n && strcmp(languages[l], entries[i]->d_name) != 0)
			l++;
		snprintf(path, sizeof path, "recordings/%s", entries[i]->d_name);
		if (l == n)
			complaint_warn(complaints, path, 0, 0,
				       "no script speaks a language of that name");
		free(entries[i]);
	}
	free(entries);
}

/* Nobody speaks it: no voice is named for it, and espeak-ng has none of its own.  One that is named
 * and is not there is a mistake of its own, which check_voices() tells. */
static bool
is_mute(const struct config *config, const char *language)
{
	char voice[VOICE_NAME], why[VOICE_WHY];

	return config_voice(config, language) == NULL &&
	       (voice_of(language, voice) != 0 || voice_has(voice, why) == UV_ENOTSUP);
}

/* Which voices there are only espeak-ng can tell; where it is not installed, nobody can. */
static void
check_voices(const struct config *config, struct complaints *complaints)
{
	char why[VOICE_WHY];

	for (size_t i = 0; i < config->n_voices; i++) {
		const struct config_voice *v = &config->voices[i];
		int rc = voice_has(v->voice, why);

		if (rc == UV_ENOTSUP || rc == UV_EIO)
			complaint_add(complaints, "dunlin.yaml", v->at.line, v->at.col, "%s", why);
	}
}

static void
check_language(const struct config *config, const char *language, struct complaints *complaints)
{
	struct wanted w = {.config = config, .complaints = complaints, .language = language};
	char words[64];

	w.mute = is_mute(config, language);
	snprintf(w.home, sizeof w.home, "%s/recordings", config->home);
	for (size_t k = 0; k < config->n_scripts; k++)
		for (size_t l = 0; l < config->scripts[k].script.n_languages; l++)
			if (strcmp(config->scripts[k].script.languages[l], language) == 0)
				want_script(&w, &config->scripts[k], (int)l);
	if (w.mute)
		want_words(&w);
	snprintf(words, sizeof words, "%s/words", language);
	/* A script with mistakes is not here, and its recordings are none's for now. */
	if (complaints->errors == 0) {
		look_into(&w, language, false);
		look_into(&w, words, true);
	}
	arena_clear(&w.arena);
	free(w.names);
}

void
recordings_check(const struct config *config, struct complaints *complaints)
{
	const char *languages[LANGUAGES];
	size_t n = list_languages(config, languages);

	for (size_t i = 0; i < n; i++)
		check_language(config, languages[i], complaints);
	if (n > 0 && complaints->errors == 0)
		check_folders(config, languages, n, complaints);
	check_voices(config, complaints);
}
