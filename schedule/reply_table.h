/* reply_table.h - what the words of a language are compiled into; included by reply*.c alone
 *
 * Words and phrases stand in reply_dict.h.  A pattern is a few flat sequences of elements, listed
 * under the set of its first element that takes words.
 *
 * Sets hold phrases.  Those below REPLY_SET_FREE are known to the code; the rest are a language's
 * own, or the alternatives of one place in a pattern.
 */
#ifndef SCHEDULE_REPLY_TABLE_H
#define SCHEDULE_REPLY_TABLE_H

#include "reply.h"
#include "reply_dict.h"
#include "reply_words.h"

#define REPLY_TAG  16
#define REPLY_TAGS 8 /* also, mix: at most so many */

enum reply_set {
	/* sets with words in the trie */
	REPLY_SET_COMMON,
	REPLY_SET_POLITE,
	REPLY_SET_AROUND,
	REPLY_SET_NAMES,
	REPLY_SET_BREAKS,
	REPLY_SET_NUMBERS, /* value in hundredths */
	REPLY_SET_ORDINALS,
	REPLY_SET_JOINERS,
	REPLY_SET_APART,
	REPLY_SET_MULTIPLIERS,
	REPLY_SET_MONEY,
	REPLY_SET_REFERENCES,
	REPLY_SET_WEEKDAYS, /* 0 Monday .. 6 */
	REPLY_SET_MONTHS,   /* 1..12 */
	REPLY_SET_WHOLE,    /* enum reply_intent */
	REPLY_SET_WHOLE_HERE,
	/* places that are worked out */
	REPLY_SET_N,
	REPLY_SET_DAY,
	REPLY_SET_FIGURE,
	REPLY_SET_MON,
	REPLY_SET_DATE,
	REPLY_SET_AMOUNT,
	REPLY_SET_NAME,
	REPLY_SET_WORD,
	REPLY_SET_FREE
};

enum reply_element_kind {
	REPLY_AT_SET,
	REPLY_AT_GAP,  /* arg: words at most */
	REPLY_AT_FROM, /* what is found begins here */
	REPLY_AT_TO,   /* and ends here; what stands around is context */
	REPLY_AT_RUN,  /* arg: set; any number of its phrases, or none */
	REPLY_AT_BEGIN,
	REPLY_AT_END,
	REPLY_AT_NOT,    /* arg: set */
	REPLY_AT_UNLESS, /* arg: so many elements behind it must not fit */
};

/* None of the tables' items has padding: saved twice, words give the same bytes. */
struct reply_element {
	uint16_t kind;
	uint16_t arg;
};

struct reply_seq {
	uint32_t first; /* in elements */
	uint8_t n;
	uint8_t class; /* enum reply_class */
	int16_t value; /* of days and swing; the cause; the special */
	uint32_t next; /* under the same set, REPLY_NO_ID at the end */
};

struct reply_lang {
	char tag[REPLY_TAG], also[REPLY_TAGS][REPLY_TAG], mix[REPLY_TAGS][REPLY_TAG];
	bool space_groups, multiplier_first, trailing_digit;
	bool marks; /* some words ask for their accents */
	bool lent;  /* the tables are somebody else's */
	struct reply_dict dict, hidden;
	struct reply_dict aliases; /* other spellings */
	uint32_t *alias_to;        /* the words they are, by their ids */
	size_t alias_room;
	struct reply_fold *folds; /* by their first byte, then the longest first */
	size_t n_folds, folds_room;
	uint16_t fold_at[257]; /* where those begin that start with each byte */
	struct reply_trie trie;
	struct reply_glob *globs;
	size_t n_globs, globs_room;
	struct reply_slip *slips; /* sorted by hash */
	size_t n_slips, slips_room;
	struct reply_element *elements;
	size_t n_elements, elements_room;
	struct reply_seq *seqs;
	size_t n_seqs, seqs_room;
	uint32_t *by_set; /* first seq of each set */
	size_t n_sets;
};

struct reply_words {
	struct reply_lang *langs;
	size_t n;
};

#endif
