/* Compiled words as one block of bytes, that a program carries in itself and reads in place. */
#include "reply_table.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define ALIGN 8

struct image {
	char name[8];
	uint32_t lang_size, n; /* languages, which follow; behind them their tables */
	uint64_t size;
};

static const char image_name[8] = "replies";

/* A table of a language: where its pointer and its count stand, and how large an item is. */
struct part {
	size_t at, n_at, size;
};

#define PART(table, count)                                                                         \
	{                                                                                          \
		offsetof(struct reply_lang, table), offsetof(struct reply_lang, count),            \
		    sizeof(*((struct reply_lang *)NULL)->table)                                    \
	}

static const struct part parts[] = {
    PART(dict.pool, dict.pool_n),
    PART(dict.at, dict.n),
    PART(dict.slots, dict.n_slots),
    PART(hidden.pool, hidden.pool_n),
    PART(hidden.at, hidden.n),
    PART(hidden.slots, hidden.n_slots),
    PART(aliases.pool, aliases.pool_n),
    PART(aliases.at, aliases.n),
    PART(aliases.slots, aliases.n_slots),
    PART(alias_to, aliases.n),
    PART(folds, n_folds),
    PART(trie.nodes, trie.n),
    PART(trie.edges, trie.n_slots),
    PART(trie.outputs, trie.n_outputs),
    PART(globs, n_globs),
    PART(slips, n_slips),
    PART(elements, n_elements),
    PART(seqs, n_seqs),
    PART(by_set, n_sets),
};

#define N_PARTS (sizeof parts / sizeof parts[0])

static size_t
bytes_of(const struct reply_lang *lang, const struct part *part)
{
	size_t n;

	memcpy(&n, (const char *)lang + part->n_at, sizeof n);
	return n * part->size;
}

static size_t
aligned(size_t n)
{
	return (n + ALIGN - 1) / ALIGN * ALIGN;
}

static size_t
tables_at(size_t n_langs)
{
	return aligned(sizeof(struct image) + n_langs * sizeof(struct reply_lang));
}

static size_t
size_of(const struct reply_words *w)
{
	size_t size = tables_at(w->n);

	for (size_t i = 0; i < w->n; i++)
		for (size_t k = 0; k < N_PARTS; k++)
			size += aligned(bytes_of(&w->langs[i], &parts[k]));
	return size;
}

bool
reply_words_save(const struct reply_words *w, void **image, size_t *size)
{
	struct image head = {.lang_size = sizeof(struct reply_lang), .n = (uint32_t)w->n};
	size_t at = tables_at(w->n);
	char *block = calloc(1, size_of(w));

	if (block == NULL)
		return false;
	*size = head.size = size_of(w);
	memcpy(head.name, image_name, sizeof head.name);
	memcpy(block, &head, sizeof head);
	for (size_t i = 0; i < w->n; i++) {
		char *lang = block + sizeof head + i * sizeof(struct reply_lang);

		memcpy(lang, &w->langs[i], sizeof(struct reply_lang));
		for (size_t k = 0; k < N_PARTS; k++) {
			size_t n = bytes_of(&w->langs[i], &parts[k]);
			uintptr_t place = n > 0 ? at : 0; /* where a pointer will be */
			const void *table;

			memcpy(&table, lang + parts[k].at, sizeof table);
			memcpy(lang + parts[k].at, &place, sizeof place);
			if (n > 0)
				memcpy(block + at, table, n);
			at += aligned(n);
		}
	}
	*image = block;
	return true;
}

static void
place_tables(struct reply_lang *lang, const char *image)
{
	lang->lent = true;
	for (size_t k = 0; k < N_PARTS; k++) {
		char *slot = (char *)lang + parts[k].at;
		uintptr_t place;
		const char *table;

		memcpy(&place, slot, sizeof place);
		table = place > 0 ? image + place : NULL;
		memcpy(slot, &table, sizeof table);
	}
}

struct reply_words *
reply_words_open(const void *image)
{
	const struct image *head = image;
	struct reply_words *w;

	if (memcmp(head->name, image_name, sizeof image_name) != 0 ||
	    head->lang_size != sizeof(struct reply_lang))
		return NULL;
	w = calloc(1, sizeof(*w));
	if (w == NULL || (w->langs = calloc(head->n + 1U, sizeof(*w->langs))) == NULL) {
		free(w);
		return NULL;
	}
	w->n = head->n;
	memcpy(w->langs, head + 1, w->n * sizeof(*w->langs));
	for (size_t i = 0; i < w->n; i++)
		place_tables(&w->langs[i], image);
	return w;
}
