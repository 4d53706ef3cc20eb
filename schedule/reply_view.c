/* One language's look at a text: which words it knows, and which phrases begin where. */
#include "reply_sense.h"

#include <string.h>

#define JOINED_MIN 5 /* letters of two words that only a space parts: "any more" */

static uint32_t
find(const struct reply_dict *d, const char *text)
{
	size_t len = strlen(text);

	return reply_dict_find(d, text, len, reply_hash(text, len));
}

struct ids {
	uint32_t *id;
	uint8_t n;
};

static void
add(struct ids *ids, uint32_t id)
{
	if (id != REPLY_NO_ID && ids->n < REPLY_IDS)
		ids->id[ids->n++] = id;
}

/* A word as written, by another spelling, by a joker. */
static void
look(const struct reply_lang *lang, const char *text, struct ids *ids)
{
	uint32_t globs[REPLY_IDS], alias = find(&lang->aliases, text);
	int n;

	add(ids, find(&lang->dict, text));
	if (alias != REPLY_NO_ID)
		add(ids, lang->alias_to[alias]);
	n = reply_globs_find(lang, text, globs, REPLY_IDS);
	for (int i = 0; i < n; i++)
		add(ids, globs[i]);
}

static void
look_marked(const struct reply_lang *lang, const struct reply_token *t, struct ids *ids)
{
	char exact[REPLY_TEXT + 1] = "=";

	if (!lang->marks)
		return;
	strcpy(exact + 1, t->marked[0] != '\0' ? t->marked : t->text);
	add(ids, find(&lang->dict, exact));
}

/* "stopp", "plss": one of two equal letters is too many. */
static void
look_doubled(const struct reply_lang *lang, const char *text, struct ids *ids)
{
	char one[REPLY_TEXT];
	size_t len = strlen(text);

	for (size_t i = 1; i < len && ids->n == 0; i++) {
		if (text[i] != text[i - 1] || text[i] < 'a' || text[i] > 'z')
			continue;
		memcpy(one, text, i);
		memcpy(one + i, text + i + 1, len - i);
		look(lang, one, ids);
	}
}

static bool
known(const struct reply_words *words, const char *text)
{
	char spelt[REPLY_TEXT];

	for (size_t i = 0; i < words->n; i++) {
		reply_spell(&words->langs[i], text, spelt, sizeof spelt);
		if (find(&words->langs[i].dict, spelt) != REPLY_NO_ID)
			return true;
	}
	return false;
}

static void
look_token(struct reply_view *v, const struct reply_words *words, const struct reply_dict *hidden,
	   int i)
{
	const struct reply_token *t = &v->t->t[i];
	struct ids ids = {.id = v->ids[i]};
	char spelt[REPLY_TEXT];

	if ((hidden == NULL || find(hidden, t->text) == REPLY_NO_ID)) {
		reply_spell(v->lang, t->text, spelt, sizeof spelt);
		look(v->lang, spelt, &ids);
		look_marked(v->lang, t, &ids);
		if (ids.n == 0 && t->kind == REPLY_WORD && !known(words, t->text)) {
			look_doubled(v->lang, spelt, &ids);
			if (ids.n == 0)
				add(&ids, reply_slips_find(v->lang, spelt));
		}
	}
	v->n_ids[i] = ids.n;
}

/* ---- phrases ---- */

struct walk {
	struct reply_view *v;
	int from;
	int n; /* hits */
};

static void
take(struct walk *w, uint32_t node, int j)
{
	const struct reply_trie *t = &w->v->lang->trie;

	for (uint32_t o = t->nodes[node]; o != REPLY_NO_ID && w->n < REPLY_HITS;
	     o = t->outputs[o].next)
		w->v->hits[w->n++] = (struct reply_hit){
		    (uint16_t)t->outputs[o].set, (uint8_t)(j - w->from), t->outputs[o].value};
}

/* Two tokens that are one word: opt-out, any more. */
static uint32_t
joined(const struct reply_view *v, int j)
{
	const struct reply_token *a = &v->t->t[j], *b = a + 1;
	char text[2 * REPLY_TEXT], spelt[2 * REPLY_TEXT];
	size_t len;

	if (j + 1 >= v->t->n || b->brk != REPLY_JOINED || a->kind != REPLY_WORD ||
	    b->kind != REPLY_WORD)
		return REPLY_NO_ID;
	len = strlen(a->text);
	strcpy(text, a->text);
	strcpy(text + len, b->text);
	/* only where a half alone means nothing: "to morrow", but not "de mandar" */
	if (!b->hyphened && (strlen(text) < JOINED_MIN || (v->n_ids[j] > 0 && v->n_ids[j + 1] > 0)))
		return REPLY_NO_ID;
	reply_spell(v->lang, text, spelt, sizeof spelt);
	return find(&v->lang->dict, spelt);
}

static void
walk(struct walk *w, uint32_t node, int j)
{
	const struct reply_view *v = w->v;
	uint32_t next, pair;

	if (j > w->from)
		take(w, node, j);
	if (j >= v->t->n || (j > w->from && v->t->t[j].brk != REPLY_JOINED))
		return;
	for (int k = 0; k < v->n_ids[j]; k++)
		if ((next = reply_trie_step(&v->lang->trie, node, v->ids[j][k])) != 0)
			walk(w, next, j + 1);
	if ((pair = joined(v, j)) != REPLY_NO_ID &&
	    (next = reply_trie_step(&v->lang->trie, node, pair)) != 0)
		walk(w, next, j + 2);
}

void
reply_view_fill(struct reply_view *v, const struct reply_words *words,
		const struct reply_lang *lang, const struct reply_view *first,
		const struct reply_tokens *t)
{
	const struct reply_dict *hidden = first != NULL ? &first->lang->hidden : NULL;
	struct walk w = {.v = v};

	v->lang = lang;
	v->t = t;
	for (int i = 0; i < t->n; i++)
		look_token(v, words, hidden, i);
	for (int i = 0; first != NULL && i + 1 < t->n; i++)
		if (t->t[i + 1].hyphened && joined(first, i) != REPLY_NO_ID)
			v->n_ids[i] = v->n_ids[i + 1] = 0;
	for (int i = 0; i < t->n; i++) {
		v->first_hit[i] = (uint16_t)w.n;
		w.from = i;
		if (lang->trie.n > 0)
			walk(&w, 0, i);
	}
	v->first_hit[t->n] = (uint16_t)w.n;
}

int
reply_view_has(const struct reply_view *v, int i, uint16_t set, int32_t *value)
{
	int best = 0;

	if (i < 0 || i >= v->t->n)
		return 0;
	for (int h = v->first_hit[i]; h < v->first_hit[i + 1]; h++) {
		if (v->hits[h].set != set || v->hits[h].n <= best)
			continue;
		best = v->hits[h].n;
		if (value != NULL)
			*value = v->hits[h].value;
	}
	return best;
}

/* ---- which language ---- */

#define WORD_POINTS 12

/* Bit i: language i has the word. */
static uint32_t
known_by(const struct reply_words *words, const struct reply_token *t)
{
	char spelt[REPLY_TEXT];
	uint32_t mask = 0, glob;

	for (size_t i = 0; i < words->n; i++) {
		const struct reply_lang *lang = &words->langs[i];
		const char *text = t->text;

		if (lang->n_folds > 0) {
			reply_spell(lang, text, spelt, sizeof spelt);
			text = spelt;
		}
		if (find(&lang->dict, text) != REPLY_NO_ID ||
		    find(&lang->aliases, text) != REPLY_NO_ID ||
		    reply_globs_find(lang, text, &glob, 1) > 0)
			mask |= 1U << i;
	}
	return mask;
}

void
reply_view_scores(const struct reply_words *words, const struct reply_tokens *t, int *scores)
{
	memset(scores, 0, words->n * sizeof(*scores));
	for (int i = 0; i < t->n; i++) {
		uint32_t mask;

		if (t->t[i].kind != REPLY_WORD && t->t[i].kind != REPLY_HAN)
			continue;
		mask = known_by(words, &t->t[i]);
		for (size_t k = 0; k < words->n; k++)
			if (mask >> k & 1)
				scores[k] += WORD_POINTS + WORD_POINTS / __builtin_popcount(mask);
	}
}
