/* Sets: their phrases, sets inside sets, and entries that multiply sets ("{verb} {object}"). */
#include "reply_compile.h"

#include <stdlib.h>
#include <string.h>

#define SETS_MAX    60000
#define INCLUSION   8     /* sets in sets in sets */
#define PRODUCT_MAX 20000 /* phrases one entry may stand for */

static bool
no_memory(struct reply_compiler *c)
{
	c->no_memory = true;
	return false;
}

uint16_t
reply_compile_set(struct reply_compiler *c, const char *name, size_t len)
{
	uint32_t id = reply_dict_add(&c->sets, name, len);

	if (id >= SETS_MAX) {
		no_memory(c);
		return REPLY_SET_COMMON;
	}
	return (uint16_t)(id + REPLY_SET_FREE);
}

bool
reply_compile_defined(const struct reply_compiler *c, const char *name, size_t len)
{
	return reply_dict_find(&c->sets, name, len, reply_hash(name, len)) != REPLY_NO_ID;
}

bool
reply_compile_phrase(struct reply_compiler *c, const uint32_t *words, size_t n, uint16_t set,
		     int32_t value)
{
	struct reply_phrase *p;

	if (!reply_grow(&c->phrases, &c->phrases_room, c->n_phrases, sizeof(*c->phrases)))
		return no_memory(c);
	p = &c->phrases[c->n_phrases++];
	*p = (struct reply_phrase){.n = (uint8_t)n, .set = set, .value = value};
	memcpy(p->words, words, n * sizeof(*words));
	if (c->heads.phrases != NULL) {
		p->next = c->heads.phrases[set];
		c->heads.phrases[set] = (uint32_t)c->n_phrases - 1;
	}
	return true;
}

bool
reply_compile_include(struct reply_compiler *c, uint16_t child, uint16_t parent)
{
	for (size_t i = 0; i < c->n_includes; i++)
		if (c->includes[i].child == child && c->includes[i].parent == parent)
			return true;
	if (!reply_grow(&c->includes, &c->includes_room, c->n_includes, sizeof(*c->includes)))
		return no_memory(c);
	c->includes[c->n_includes++] = (struct reply_include){.child = child, .parent = parent};
	return true;
}

/* ---- entries ---- */

static bool
is_plain_set(const struct reply_piece *p)
{
	return !p->literal && p->e.kind == REPLY_AT_SET &&
	       (p->e.arg < REPLY_SET_N || p->e.arg >= REPLY_SET_FREE);
}

static bool
add_compound(struct reply_compiler *c, const struct reply_branch *b, uint16_t set, int32_t value)
{
	struct reply_branch kept = {(uint32_t)c->kept.n, b->n};

	if (!reply_pool_room(&c->kept, b->n) ||
	    !reply_grow(&c->compounds, &c->compounds_room, c->n_compounds, sizeof(*c->compounds)))
		return no_memory(c);
	memcpy(c->kept.p + kept.first, c->pool.p + b->first, b->n * sizeof(*c->kept.p));
	c->kept.n += b->n;
	c->compounds[c->n_compounds++] =
	    (struct reply_compound){.b = kept, .set = set, .value = value, .entry = c->entry};
	return true;
}

/* One of the rows of words and sets an entry stands for. */
static bool
add_row(struct reply_compiler *c, const struct reply_branch *b, uint16_t set, int32_t value)
{
	const struct reply_piece *p = c->pool.p + b->first;
	uint32_t words[REPLY_PHRASE];
	bool words_only = true;
	size_t n = 0;

	if (b->n == 0)
		return reply_compile_wrong(c, 0, "an entry must have a word");
	if (b->n == 1 && is_plain_set(p) && value == 0)
		return reply_compile_include(c, p[0].e.arg, set);
	for (size_t i = 0; i < b->n; i++) {
		if (!p[i].literal && !is_plain_set(&p[i]))
			return reply_compile_wrong(c, 0,
						   "an entry of a set is words and sets in a row: "
						   "no gaps, edges or places");
		words_only &= p[i].literal;
		n += p[i].literal ? p[i].n : 1;
	}
	if (n > REPLY_PHRASE)
		return reply_compile_wrong(c, 0, "more than 8 words in a row");
	if (!words_only)
		return add_compound(c, b, set, value);
	n = 0;
	for (size_t i = 0; i < b->n; i++) {
		memcpy(words + n, p[i].words, p[i].n * sizeof(words[0]));
		n += p[i].n;
	}
	return reply_compile_phrase(c, words, n, set, value);
}

bool
reply_compile_entry(struct reply_compiler *c, uint16_t set, int32_t value)
{
	struct reply_branches all;
	bool good = reply_pattern(c, c->entry->text, &all);

	for (size_t i = 0; i < all.n && good; i++)
		good = add_row(c, &all.b[i], set, value);
	free(all.b);
	return good;
}

/* ---- lists ---- */

static uint32_t *
no_heads(size_t n)
{
	uint32_t *heads = malloc(n * sizeof(*heads));

	for (size_t i = 0; heads != NULL && i < n; i++)
		heads[i] = REPLY_NO_ID;
	return heads;
}

/* Phrases by set, and sets by what they are in and what is in them. */
static bool
make_lists(struct reply_compiler *c)
{
	size_t n = c->sets.n + REPLY_SET_FREE;
	struct reply_heads *h = &c->heads;

	*h = (struct reply_heads){no_heads(n), no_heads(n), no_heads(n)};
	if (h->phrases == NULL || h->parents == NULL || h->children == NULL)
		return no_memory(c);
	for (size_t i = 0; i < c->n_phrases; i++) {
		struct reply_phrase *p = &c->phrases[i];
		p->next = h->phrases[p->set];
		h->phrases[p->set] = (uint32_t)i;
	}
	for (size_t i = 0; i < c->n_includes; i++) {
		struct reply_include *in = &c->includes[i];
		in->next_parent = h->parents[in->child];
		h->parents[in->child] = (uint32_t)i;
		in->next_child = h->children[in->parent];
		h->children[in->parent] = (uint32_t)i;
	}
	return true;
}

static void
free_lists(struct reply_compiler *c)
{
	free(c->heads.phrases);
	free(c->heads.parents);
	free(c->heads.children);
	c->heads = (struct reply_heads){NULL, NULL, NULL};
}

/* ---- products ---- */

struct product {
	struct reply_compiler *c;
	const struct reply_compound *of;
	uint32_t n_phrases; /* when it began: what it adds itself is not multiplied */
	size_t made;
};

static bool multiply(struct product *p, size_t piece, const uint32_t *words, size_t n);

/* Every phrase of the set, and of those in it, in the place of the piece. */
static bool
multiply_set(struct product *p, size_t piece, uint16_t set, const uint32_t *words, size_t n,
	     int depth)
{
	struct reply_compiler *c = p->c;
	uint32_t more[2 * REPLY_PHRASE];

	for (uint32_t i = c->heads.phrases[set]; i != REPLY_NO_ID; i = c->phrases[i].next) {
		if (i >= p->n_phrases)
			continue;
		memcpy(more, words, n * sizeof(*words));
		memcpy(more + n, c->phrases[i].words, c->phrases[i].n * sizeof(*words));
		if (!multiply(p, piece + 1, more, n + c->phrases[i].n))
			return false;
	}
	for (uint32_t i = c->heads.children[set]; i != REPLY_NO_ID && depth < INCLUSION;
	     i = c->includes[i].next_child)
		if (!multiply_set(p, piece, c->includes[i].child, words, n, depth + 1))
			return false;
	return true;
}

static bool
multiply(struct product *p, size_t piece, const uint32_t *words, size_t n)
{
	const struct reply_piece *at = &p->c->kept.p[p->of->b.first + piece];
	uint32_t more[2 * REPLY_PHRASE];

	if (n > REPLY_PHRASE)
		return true; /* longer than anybody writes */
	if (piece == p->of->b.n) {
		if (++p->made > PRODUCT_MAX)
			return reply_compile_wrong(p->c, 0,
						   "this entry stands for too many phrases");
		return reply_compile_phrase(p->c, words, n, p->of->set, p->of->value);
	}
	if (!at->literal)
		return multiply_set(p, piece, at->e.arg, words, n, 0);
	memcpy(more, words, n * sizeof(*words));
	memcpy(more + n, at->words, at->n * sizeof(*words));
	return multiply(p, piece + 1, more, n + at->n);
}

/* Is `set` in `whole`, by itself or by way of others? */
static bool
within(const struct reply_compiler *c, uint16_t set, uint16_t whole, int depth)
{
	if (set == whole)
		return true;
	for (uint32_t i = c->heads.parents[set]; i != REPLY_NO_ID && depth < INCLUSION;
	     i = c->includes[i].next_parent)
		if (within(c, c->includes[i].parent, whole, depth + 1))
			return true;
	return false;
}

/* Does it wait for another that is not multiplied out yet? */
static bool
waits(const struct reply_compiler *c, const struct reply_compound *of)
{
	const struct reply_piece *p = c->kept.p + of->b.first;

	for (size_t i = 0; i < of->b.n; i++)
		for (size_t k = 0; k < c->n_compounds; k++)
			if (!p[i].literal && !c->compounds[k].done && &c->compounds[k] != of &&
			    within(c, c->compounds[k].set, p[i].e.arg, 0))
				return true;
	return false;
}

/* Those that wait for each other in a ring are never multiplied: none of them has a first phrase.
 */
static void
multiply_all(struct reply_compiler *c)
{
	bool again = true;

	while (again && !c->no_memory) {
		again = false;
		for (size_t i = 0; i < c->n_compounds && !c->no_memory; i++) {
			struct reply_compound *of = &c->compounds[i];
			struct product p = {c, of, (uint32_t)c->n_phrases, 0};

			if (of->done || waits(c, of))
				continue;
			c->entry = of->entry;
			multiply(&p, 0, (uint32_t[1]){0}, 0);
			of->done = true;
			again = true;
		}
	}
}

/* The phrase for its set and for all sets that take that one in. */
static bool
plant(struct reply_compiler *c, const struct reply_phrase *p, uint16_t set, int depth)
{
	if (!reply_trie_add(&c->lang->trie, p->words, p->n, set, p->value))
		return no_memory(c);
	for (uint32_t i = c->heads.parents[set]; i != REPLY_NO_ID && depth < INCLUSION;
	     i = c->includes[i].next_parent)
		if (!plant(c, p, c->includes[i].parent, depth + 1))
			return false;
	return true;
}

bool
reply_compile_phrases(struct reply_compiler *c)
{
	if (make_lists(c))
		multiply_all(c);
	for (size_t i = 0; i < c->n_phrases && !c->no_memory; i++)
		plant(c, &c->phrases[i], c->phrases[i].set, 0);
	free_lists(c);
	return !c->no_memory;
}
