/* One reading: which language, whole words, then sentences. */
#include "reply_sense.h"

#include <assert.h>
#include <string.h>

#define WHOLE_TOKENS 8  /* a longer message is a sentence */
#define OWN_LANGUAGE 18 /* points the person's language has before its words are counted */
#define NEAR_COMMA   4  /* how much further apart a break puts things, in words */
#define NEAR_STOP    8

const char *
reply_intent_word(enum reply_intent intent)
{
	static const char *const words[REPLY_INTENTS] = {
	    "other", "promise",      "paid",    "stop",     "start",
	    "help",  "wrong_number", "dispute", "hardship", "other"};

	assert(intent >= 0 && intent < REPLY_INTENTS);
	return words[intent];
}

/* Whole characters only. */
static size_t
put(char *out, size_t size, size_t at, const char *text)
{
	size_t len = strlen(text);

	if (at + len >= size) {
		len = size - 1 - at;
		while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
			len--;
	}
	memcpy(out + at, text, len);
	out[at + len] = '\0';
	return at + len;
}

void
reply_cue(const struct reply_desk *d, struct reply_reading *out, const char *what, int first,
	  int last)
{
	char *cue;
	size_t at;

	if (out->n_cues == REPLY_CUES)
		return;
	cue = out->cues[out->n_cues++];
	at = put(cue, REPLY_CUE, 0, what);
	for (int i = first; i >= 0 && i <= last; i++) {
		bool apart = i == first || !(d->t.t[i].glued || d->t.t[i].hyphened);
		at = put(cue, REPLY_CUE, at, i == first ? ": " : apart ? " " : "");
		at = put(cue, REPLY_CUE, at, d->t.t[i].text);
	}
}

/* ---- languages ---- */

/* How well a tag names a language: the length of what fits, 0 for not at all. */
static size_t
fits(const char *have, const char *tag)
{
	size_t n = strlen(have);

	if (n == 0 || strncmp(have, tag, n) != 0 || (tag[n] != '\0' && tag[n] != '-'))
		return 0;
	return n;
}

/* The language of a tag, -1: none. */
static int
language_of(const struct reply_words *words, const char *tag)
{
	size_t most = 0;
	int best = -1;

	for (size_t i = 0; i < words->n; i++) {
		size_t n = fits(words->langs[i].tag, tag);

		for (int k = 0; k < REPLY_TAGS && n == 0; k++)
			n = fits(words->langs[i].also[k], tag);
		if (n > most) {
			most = n;
			best = (int)i;
		}
	}
	return best;
}

static bool
mixes(const struct reply_lang *lang, const char *tag)
{
	for (int i = 0; i < REPLY_TAGS; i++)
		if (strcmp(lang->mix[i], tag) == 0)
			return true;
	return false;
}

static bool
chosen(const struct reply_desk *d, const struct reply_lang *lang)
{
	for (int i = 0; i < d->n_views; i++)
		if (d->views[i].lang == lang)
			return true;
	return false;
}

static void
add_view(struct reply_desk *d, const struct reply_words *words, const struct reply_lang *lang)
{
	if (d->n_views == REPLY_VIEWS || chosen(d, lang))
		return;
	reply_view_fill(&d->views[d->n_views], words, lang, d->n_views > 0 ? &d->views[0] : NULL,
			&d->t);
	reply_numbers(&d->views[d->n_views]);
	d->n_views++;
}

/* Does the language know a word of two letters or more that no view knows? */
static bool
adds_words(const struct reply_desk *d, const struct reply_lang *lang)
{
	for (int i = 0; i < d->t.n; i++) {
		const char *text = d->t.t[i].text;
		size_t len = strlen(text);
		bool seen = len < 2 || d->t.t[i].kind != REPLY_WORD;

		for (int v = 0; v < d->n_views && !seen; v++)
			seen = d->views[v].n_ids[i] > 0;
		if (!seen &&
		    reply_dict_find(&lang->dict, text, len, reply_hash(text, len)) != REPLY_NO_ID)
			return true;
	}
	return false;
}

/* The language that knows most of the words, the person's own a little before others; then those
 * that people mix with it. */
static void
choose_views(struct reply_desk *d, const struct reply_words *words, int own)
{
	int scores[32], best = own >= 0 ? own : 0;
	const struct reply_lang *first;

	d->n_views = 0;
	if (words->n == 0)
		return;
	reply_view_scores(words, &d->t, scores);
	if (own >= 0)
		scores[own] += OWN_LANGUAGE;
	for (size_t i = 0; i < words->n; i++)
		if (scores[i] > scores[best])
			best = (int)i;
	first = &words->langs[best];
	add_view(d, words, first);
	for (size_t i = 0; i < words->n; i++)
		if (mixes(first, words->langs[i].tag))
			add_view(d, words, &words->langs[i]);
	for (size_t i = 0; i < words->n; i++) {
		const struct reply_lang *lang = &words->langs[i];
		if (((int)i == own || mixes(lang, first->tag)) && adds_words(d, lang))
			add_view(d, words, lang);
	}
}

/* ---- the shape of the text ---- */

static bool
is_set(const struct reply_desk *d, int i, uint16_t set, int *n)
{
	*n = 0;
	for (int v = 0; v < d->n_views; v++) {
		int have = reply_view_has(&d->views[v], i, set, NULL);
		*n = have > *n ? have : *n;
	}
	return *n > 0;
}

/* Words such as "but" begin a part; what is polite is known; how far tokens are apart. */
static void
shape(struct reply_desk *d)
{
	int n, at = 0, behind = 0, beside = 0;

	for (int i = 0; i < d->t.n; i++) {
		if (d->t.t[i].brk == REPLY_JOINED && is_set(d, i, REPLY_SET_BREAKS, &n))
			d->t.t[i].brk = REPLY_COMMA;
		if (is_set(d, i, REPLY_SET_POLITE, &n) && i + n > behind)
			behind = i + n;
		if (is_set(d, i, REPLY_SET_AROUND, &n) && i + n > beside)
			beside = i + n;
		d->polite[i] = i < behind;
		d->around[i] = i < beside || i < behind;
		at += 1 + (d->t.t[i].brk == REPLY_COMMA ? NEAR_COMMA : 0) +
		      (d->t.t[i].brk == REPLY_STOPS ? NEAR_STOP : 0);
		d->at[i] = (int16_t)at;
	}
	for (int i = 0, end; i < d->t.n; i = end) {
		int first, last;

		for (end = i + 1; end < d->t.n && d->t.t[end].brk == REPLY_JOINED;)
			end++;
		for (first = i; first < end && d->polite[first];)
			first++;
		for (last = end; last > i && d->polite[last - 1];)
			last--;
		for (int k = i; k < end; k++) {
			d->begin[k] = (int16_t)(first < end ? first : i);
			d->end[k] = (int16_t)(last > i ? last : end);
		}
	}
}

/* ---- whole messages ---- */

struct whole {
	uint8_t n[WHOLE_TOKENS], polite[WHOLE_TOKENS];
	uint8_t intent[WHOLE_TOKENS];
};

/* Notes what whole words one language sees. */
static void
note_whole(struct whole *w, const struct reply_view *v, bool own, bool active,
	   const struct reply_dict *hidden)
{
	for (int i = 0; i < v->t->n; i++) {
		const char *text = v->t->t[i].text;
		size_t len = strlen(text);
		int32_t intent = 0, here = 0;
		int n = reply_view_has(v, i, REPLY_SET_WHOLE, &intent);
		int polite = reply_view_has(v, i, REPLY_SET_POLITE, NULL);
		int n_here = own ? reply_view_has(v, i, REPLY_SET_WHOLE_HERE, &here) : 0;

		if (n_here > 0 && n_here >= n) {
			n = n_here;
			intent = here;
		}
		if (polite > w->polite[i])
			w->polite[i] = (uint8_t)polite;
		if ((intent == REPLY_PAID && !active && !own) || n <= w->n[i])
			continue;
		if (!own && hidden != NULL &&
		    reply_dict_find(hidden, text, len, reply_hash(text, len)) != REPLY_NO_ID)
			continue;
		w->n[i] = (uint8_t)n;
		w->intent[i] = (uint8_t)intent;
	}
}

/* Nothing but such words, one thing only, and politeness? */
static enum reply_intent
whole_intent(const struct whole *w, int n)
{
	enum reply_intent intent = REPLY_OTHER;

	for (int i = 0; i < n;) {
		if (w->n[i] > 0 && (intent == REPLY_OTHER || intent == w->intent[i])) {
			intent = w->intent[i];
			i += w->n[i];
		} else if (w->polite[i] > 0) {
			i += w->polite[i];
		} else {
			return REPLY_OTHER;
		}
	}
	return intent;
}

static enum reply_intent
read_whole(struct reply_desk *d, const struct reply_words *words, int own)
{
	struct whole w = {.n = {0}};
	struct reply_view *v = &d->views[REPLY_VIEWS]; /* beside those that read sentences */
	const struct reply_dict *hidden = own >= 0 ? &words->langs[own].hidden : NULL;

	if (d->t.n > WHOLE_TOKENS)
		return REPLY_OTHER;
	for (size_t i = 0; i < words->n; i++) {
		reply_view_fill(v, words, &words->langs[i], NULL, &d->t);
		note_whole(&w, v, (int)i == own, chosen(d, &words->langs[i]), hidden);
	}
	return whole_intent(&w, d->t.n);
}

void
reply_read(const struct reply_words *words, const char *text, size_t len,
	   const struct reply_context *context, struct reply_reading *out)
{
	struct reply_desk d;
	int own;

	memset(out, 0, sizeof *out);
	out->intent = REPLY_OTHER;
	out->date = REPLY_NO_DATE;
	out->amount = -1;
	d.context = context;
	reply_tokens(text, len, &d.t);
	own = language_of(words, context->language != NULL ? context->language : "");
	choose_views(&d, words, own);
	if (d.n_views == 0 || d.t.n == 0)
		return;
	memcpy(out->language, d.views[0].lang->tag, sizeof out->language);
	shape(&d);
	out->intent = read_whole(&d, words, own);
	if (out->intent != REPLY_OTHER) {
		reply_cue(&d, out, "the whole message", 0, d.t.n - 1);
		return;
	}
	reply_dates(&d);
	reply_sums(&d);
	reply_decide(&d, out);
}
