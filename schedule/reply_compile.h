/* reply_compile.h - how entries become tables; included by reply_build.c, reply_compile.c and
 * reply_pattern.c alone
 *
 * A language is compiled in one go: settings and spelling first, since words depend on them, then
 * every entry, and last the phrases go into the trie with all the sets they are in by way of
 * others ("{pay}" inside another set).
 */
#ifndef SCHEDULE_REPLY_COMPILE_H
#define SCHEDULE_REPLY_COMPILE_H

#include "reply.h"
#include "reply_table.h"

#define REPLY_PHRASE 8   /* words in a row */
#define REPLY_PIECES 64  /* of a sequence */
#define REPLY_FORKS  512 /* sequences one pattern may stand for */

struct reply_entry {
	uint16_t lang, section;
	const char *key, *text;
	int where;
};

/* A piece of a sequence while its pattern is read: words, or what an element can be. */
struct reply_piece {
	bool literal;
	uint8_t n; /* words */
	struct reply_element e;
	uint32_t words[REPLY_PHRASE];
};

/* One way to read a pattern: pieces in a row of a pool, at most REPLY_PIECES. */
struct reply_branch {
	uint32_t first, n;
};

struct reply_branches {
	struct reply_branch *b;
	size_t n, room;
};

struct reply_pool {
	struct reply_piece *p;
	size_t n, room;
};

struct reply_phrase {
	uint32_t words[REPLY_PHRASE];
	uint8_t n;
	uint16_t set;
	int32_t value;
	uint32_t next; /* of the same set, REPLY_NO_ID at the end */
};

struct reply_include {
	uint16_t child, parent;
	uint32_t next_parent, next_child; /* of the same child, of the same parent */
};

/* Lists that begin at each set, made when all sets are known. */
struct reply_heads {
	uint32_t *phrases, *parents, *children;
};

/* An entry of a set that has sets in it: multiplied out when all of those are known. */
struct reply_compound {
	struct reply_branch b; /* in `kept` */
	uint16_t set;
	int32_t value;
	const struct reply_entry *entry;
	bool done;
};

struct reply_compiler {
	struct reply_lang *lang;
	struct reply_dict sets;      /* names; set id = index + REPLY_SET_FREE */
	struct reply_pool pool;      /* of the pattern being read: it moves as it grows */
	struct reply_pool kept;      /* of the compounds */
	struct reply_tokens *tokens; /* scratch */
	struct reply_phrase *phrases;
	size_t n_phrases, phrases_room;
	struct reply_include *includes;
	size_t n_includes, includes_room;
	struct reply_heads heads;
	struct reply_compound *compounds;
	size_t n_compounds, compounds_room;
	const struct reply_entry *entry; /* being compiled */
	reply_wrong *wrong;
	void *user;
	bool no_memory;
};

/* Complains about the entry being compiled; false, for `return`. */
bool reply_compile_wrong(struct reply_compiler *c, size_t offset, const char *what);

/* One language from its entries (those of index `lang` in the list). */
bool reply_compile(struct reply_compiler *c, const struct reply_entry *entries, size_t n,
		   size_t lang);

/* reply_set.c: entries of sets */
bool reply_compile_entry(struct reply_compiler *c, uint16_t set, int32_t value);
/* Multiplies out what could not be at once, then puts all phrases into the trie. */
bool reply_compile_phrases(struct reply_compiler *c);

/* Room for n more pieces; false without memory. */
bool reply_pool_room(struct reply_pool *pool, size_t n);

/* reply_pattern.c: the text of an entry as sequences; false and complained of when it is none.
 * Their pieces stay in c->pool until the next call.  The caller frees out->b. */
bool reply_pattern(struct reply_compiler *c, const char *text, struct reply_branches *out);

/* The id of a set by name, made when it is new; REPLY_SET_COMMON without memory. */
uint16_t reply_compile_set(struct reply_compiler *c, const char *name, size_t len);
bool reply_compile_phrase(struct reply_compiler *c, const uint32_t *words, size_t n, uint16_t set,
			  int32_t value);
bool reply_compile_include(struct reply_compiler *c, uint16_t child, uint16_t parent);
/* Has the set of that name an entry anywhere in this language? */
bool reply_compile_defined(const struct reply_compiler *c, const char *name, size_t len);

#endif
