/* reply_sections.h - the keys a word file may have; included by reply_build.c and reply_compile.c
 */
#ifndef SCHEDULE_REPLY_SECTIONS_H
#define SCHEDULE_REPLY_SECTIONS_H

#include "reply.h"
#include "reply_words.h"

#include <stdint.h>

/* What is done with an entry of a section. */
enum reply_use {
	REPLY_USE_FLAG,
	REPLY_USE_ALSO,
	REPLY_USE_MIX,
	REPLY_USE_HIDE,
	REPLY_USE_FOLD,
	REPLY_USE_SAME,
	REPLY_USE_WORDS,  /* phrases of the fixed set `arg` */
	REPLY_USE_SETS,   /* phrases of a set named by the key */
	REPLY_USE_VALUED, /* phrases of the fixed set `arg`, valued by the number that is the key */
	REPLY_USE_KEYED,  /* the same, valued by the key's place among `keys`, from `arg2` on */
	REPLY_USE_CLASS,  /* patterns of the class `arg`, valued as VALUED */
	REPLY_USE_CLASSES, /* patterns of the class that is the key's */
	REPLY_USE_CAUSE,   /* patterns of the class `arg`, valued as KEYED */
};

struct reply_section_row {
	const char *name;
	enum reply_section kind;
	enum reply_use use;
	int arg, arg2;
	const char *const *keys; /* NULL: free, or numbers */
};

extern const struct reply_section_row reply_section_rows[];
extern const size_t reply_n_sections;

/* The class of a key of `signs` or `dates`, or -1. */
int reply_class_of(const char *key);
/* The word of a cause, static; NULL for -1. */
const char *reply_cause_word(int cause);
/* The place of a key among keys, or -1. */
int reply_key_of(const char *const *keys, const char *key);

#endif
