/* yaml.h - files of YAML as trees with positions, and a checker that works from tables
 *
 * The one door to libyaml.  Of YAML only what a person needs is taken: mappings, lists and scalars.
 * Anchors, aliases, tags, directives and several documents are refused; so are more than 64 KiB,
 * depth over YAML_DEPTH (refused while parsing, before anything deep is built), keys that stand
 * twice, and tabs as indentation.  CRLF and a byte order mark are fine.
 *
 * Scalars are text; what they mean is asked by the reader of a key, never guessed from their looks
 * (so `country: NO` is Norway, and `09:00` is no number of minutes).
 *
 * Ownership: trees live in the caller's arena.
 * Errors: mistakes are complained about and the rest is still read; a node that is wrong in itself
 * has kind YAML_WRONG and is passed over in silence by every reader below.
 * Thread: one at a time each.
 */
#ifndef GATEWAY_YAML_H
#define GATEWAY_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define YAML_SIZE_MAX (64 * 1024)
#define YAML_DEPTH    32
#define YAML_KEYS_MAX 1000 /* in one mapping */

struct arena;
struct complaints;

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP, YAML_WRONG };

struct yaml_node {
	enum yaml_kind kind;
	int line, col;    /* from 1; columns in characters */
	const char *text; /* scalar: UTF-8, NUL at the end and none inside */
	size_t len;
	bool quoted;                   /* scalar: in quotes or a block, so not null */
	const struct yaml_node *first; /* items of a list; keys of a mapping (scalars) */
	const struct yaml_node *next;  /* the next item or key */
	const struct yaml_node *value; /* of a key */
	size_t n;                      /* items or keys */
};

/* The tree of one file, or NULL in *out for a file without content.  `file` names it in complaints.
 * 0; -EINVAL when there were complaints (*out still holds the tree, unless it could not be read to
 * the end). */
int yaml_parse(struct arena *arena, const char *text, size_t len, const char *file,
	       const struct yaml_node **out, struct complaints *complaints);
/* As textfile_read, then yaml_parse. */
int yaml_read(struct arena *arena, const char *path, const char *file, const struct yaml_node **out,
	      struct complaints *complaints);

/* Absent, empty, `~` or `null`. */
bool yaml_is_null(const struct yaml_node *node);

/* --- The checker ---------------------------------------------------------------------------- */

/* Where values go and complaints come from, while one file is read. */
struct yaml_reader {
	struct arena *arena; /* of what is kept */
	const char *file;
	struct complaints *complaints;
	void *user; /* for YAML_CUSTOM */
};

enum yaml_type {
	YAML_TEXT,      /* const char *: not empty */
	YAML_ANY,       /* const char *: may be empty */
	YAML_BOOL,      /* bool: true false yes no on off */
	YAML_INT,       /* int: min..max */
	YAML_WORD,      /* int: the index in words */
	YAML_TIME,      /* int32_t: seconds of day from "HH:MM" */
	YAML_NODE,      /* const struct yaml_node *: read later */
	YAML_CUSTOM,    /* whatever `custom` does */
	YAML_ELSEWHERE, /* known, but wrong here: `custom` complains */
};

struct yaml_key;
typedef void yaml_custom(struct yaml_reader *r, const struct yaml_key *key,
			 const struct yaml_node *key_node, const struct yaml_node *value,
			 void *target);

struct yaml_key {
	const char *name;
	enum yaml_type type;
	bool required;
	size_t offset; /* in the target; pass offsetof */
	int min, max;
	const char *const *words; /* NULL at the end */
	yaml_custom *custom;
};

/*
 * Reads a mapping into `target` by the table `keys` (name NULL at the end, at most 64).  `what`
 * names the mapping in complaints ("lender").  Unknown keys are complained about with the nearest
 * known one, missing required ones at the mapping's place (`at`, when it is absent altogether;
 * NULL: the file as a whole).  What is wrong leaves its member as it was: fill in defaults before.
 */
void yaml_fill(struct yaml_reader *r, const struct yaml_node *map, const struct yaml_node *at,
	       const char *what, const struct yaml_key *keys, void *target);

/* One value each, for custom readers; `what` names it in complaints.  True when *out was set. */
bool yaml_text(struct yaml_reader *r, const struct yaml_node *node, const char *what,
	       const char **out);
bool yaml_bool(struct yaml_reader *r, const struct yaml_node *node, const char *what, bool *out);
bool yaml_int(struct yaml_reader *r, const struct yaml_node *node, const char *what, int min,
	      int max, int *out);
bool yaml_word(struct yaml_reader *r, const struct yaml_node *node, const char *what,
	       const char *const *words, int *out);
bool yaml_time(struct yaml_reader *r, const struct yaml_node *node, const char *what, int32_t *out);
/* A list of texts, or one text alone as a list of one.  Null and [] give n = 0. */
bool yaml_texts(struct yaml_reader *r, const struct yaml_node *node, const char *what,
		const char *const **out, size_t *n);
/* The items of a list, or a scalar as its own only item; NULL (complained of) for a mapping. */
const struct yaml_node *yaml_items(struct yaml_reader *r, const struct yaml_node *node,
				   const char *what);

/* "HH:MM" (24:00 too when `end`) as seconds of day: 0 or -EINVAL. */
int yaml_parse_time(const char *text, size_t len, bool end, int32_t *out);

/* Complaints at a node. */
void yaml_wrong(struct yaml_reader *r, const struct yaml_node *node, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void yaml_warn(struct yaml_reader *r, const struct yaml_node *node, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* "; did you mean `x`?" or "": the nearest of `known`, in `out`. */
#define YAML_HINT 160
const char *yaml_hint(const char *word, const char *const *known, char out[YAML_HINT]);

#endif
