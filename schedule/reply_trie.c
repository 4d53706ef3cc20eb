/* Phrases: a trie whose edges lie in one hash table. */
#include "reply_table.h"

#include <stdlib.h>

static size_t
slot_of(const struct reply_trie *t, uint32_t node, uint32_t word)
{
	uint32_t h = (node * 2654435761u) ^ (word * 2246822519u);
	size_t i = (h ^ h >> 15) & (t->n_slots - 1);

	while (t->edges[i].to != 0 && (t->edges[i].node != node || t->edges[i].word != word))
		i = (i + 1) & (t->n_slots - 1);
	return i;
}

uint32_t
reply_trie_step(const struct reply_trie *t, uint32_t node, uint32_t word)
{
	return t->n_slots > 0 ? t->edges[slot_of(t, node, word)].to : 0;
}

static bool
rehash(struct reply_trie *t)
{
	struct reply_edge *old = t->edges;
	size_t n_old = t->n_slots, want = n_old > 0 ? n_old * 2 : 256;
	struct reply_edge *edges = calloc(want, sizeof(*edges));

	if (edges == NULL)
		return false;
	t->edges = edges;
	t->n_slots = want;
	for (size_t i = 0; i < n_old; i++)
		if (old[i].to != 0)
			t->edges[slot_of(t, old[i].node, old[i].word)] = old[i];
	free(old);
	return true;
}

static bool
add_node(struct reply_trie *t, uint32_t *out)
{
	if (!reply_grow(&t->nodes, &t->room, t->n, sizeof(*t->nodes)))
		return false;
	*out = (uint32_t)t->n++;
	t->nodes[*out] = REPLY_NO_ID;
	return true;
}

/* The node behind `word`, made when there is none; 0 without memory. */
static uint32_t
grow(struct reply_trie *t, uint32_t node, uint32_t word)
{
	uint32_t to;
	size_t i;

	if (t->n_edges * 2 >= t->n_slots && !rehash(t))
		return 0;
	i = slot_of(t, node, word);
	if (t->edges[i].to != 0)
		return t->edges[i].to;
	if (!add_node(t, &to))
		return 0;
	t->edges[i] = (struct reply_edge){node, word, to};
	t->n_edges++;
	return to;
}

bool
reply_trie_put(struct reply_trie *t, uint32_t node, uint16_t set, int32_t value)
{
	uint32_t o;

	for (o = t->nodes[node]; o != REPLY_NO_ID; o = t->outputs[o].next)
		if (t->outputs[o].set == set && t->outputs[o].value == value)
			return true;
	if (!reply_grow(&t->outputs, &t->outputs_room, t->n_outputs, sizeof(*t->outputs)))
		return false;
	o = (uint32_t)t->n_outputs++;
	t->outputs[o] = (struct reply_output){set, value, t->nodes[node]};
	t->nodes[node] = o;
	return true;
}

bool
reply_trie_add(struct reply_trie *t, const uint32_t *words, size_t n, uint16_t set, int32_t value)
{
	uint32_t node = 0;

	if (t->n == 0 && !add_node(t, &node))
		return false;
	for (size_t i = 0; i < n; i++)
		if ((node = grow(t, node, words[i])) == 0)
			return false;
	return reply_trie_put(t, node, set, value);
}

void
reply_trie_clear(struct reply_trie *t)
{
	free(t->nodes);
	free(t->edges);
	free(t->outputs);
}
