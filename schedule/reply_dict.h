/* reply_dict.h - words, phrases and misspellings of one language; included by reply*.c alone
 *
 *     dict     a word's folded text -> its id; "=pagó" keeps its marks
 *     trie     phrases over word ids; a node's outputs name the sets the phrase is in, with a value
 *     globs    words with jokers (nita-lip-), found by their first or last two letters
 *     slips    every word of five letters or more with one letter left out, to find misspellings
 */
#ifndef SCHEDULE_REPLY_DICT_H
#define SCHEDULE_REPLY_DICT_H

#include "reply.h"

#define REPLY_NO_ID UINT32_MAX /* no such word */

struct reply_lang;

struct reply_dict {
	char *pool; /* texts, each with its NUL */
	size_t pool_n, pool_room;
	uint32_t *at; /* of word i in the pool */
	size_t n, room;
	uint32_t *slots; /* hash to id + 1, a power of two */
	size_t n_slots;
};

struct reply_edge {
	uint32_t node, word, to;
};

struct reply_output {
	uint32_t set;
	int32_t value;
	uint32_t next;
};

struct reply_trie {
	uint32_t *nodes; /* first output of each; 0 is the root */
	size_t n, room;
	struct reply_edge *edges; /* hashed by node and word; to = 0: empty */
	size_t n_edges, n_slots;
	struct reply_output *outputs;
	size_t n_outputs, outputs_room;
};

struct reply_glob {
	uint32_t word; /* its text, hyphens and all */
	uint16_t key;  /* two letters: first, or last when it begins with a joker */
	uint16_t tail; /* it does */
};

struct reply_slip {
	uint32_t hash, word;
};

struct reply_fold {
	char from[16], to[16];
};

/* Makes room for one more item; false without memory. */
bool reply_grow(void *list, size_t *room, size_t n, size_t size);

uint32_t reply_hash(const char *text, size_t len);
/* reply_dict.c */
uint32_t reply_dict_find(const struct reply_dict *d, const char *text, size_t len, uint32_t hash);
uint32_t reply_dict_add(struct reply_dict *d, const char *text,
			size_t len); /* REPLY_NO_ID: no memory */
void reply_dict_clear(struct reply_dict *d);
#define reply_dict_text(d, id) ((d)->pool + (d)->at[id])

/* reply_trie.c */
uint32_t reply_trie_step(const struct reply_trie *t, uint32_t node, uint32_t word); /* 0: none */
bool reply_trie_add(struct reply_trie *t, const uint32_t *words, size_t n, uint16_t set,
		    int32_t value);
bool reply_trie_put(struct reply_trie *t, uint32_t node, uint16_t set, int32_t value);
void reply_trie_clear(struct reply_trie *t);

/* reply_slip.c: misspelt words, and words with jokers */
bool reply_slips_build(struct reply_lang *lang);
uint32_t reply_slips_find(const struct reply_lang *lang, const char *text);
bool reply_glob_add(struct reply_lang *lang, uint32_t word);
/* `text` as the language spells it: its folds applied.  `out` may be cut. */
void reply_spell(const struct reply_lang *lang, const char *text, char *out, size_t size);
/* The globs that fit a word, at most `most`. */
int reply_globs_find(const struct reply_lang *lang, const char *text, uint32_t *out, int most);

#endif
