/* reply_part.h - what the files of the reply reader share; nobody else includes it
 *
 *   text -> reply_tokens (fold, split) -> tiers in reply.c:
 *       reply_word    a whole message that is one known word (any language)
 *       reply_stop    a sentence that asks for silence
 *       reply_sense   sensitive, wrong number, dispute, hardship, tense
 *       reply_dates, reply_amounts    what is promised
 *
 * Tokens are folded: lower case, marks stripped, full-width forms made narrow, contractions opened
 * ("I'll" is i will, "don't" is dont) and common spellings unified ("tmrw" is tomorrow).
 */
#ifndef SCHEDULE_REPLY_PART_H
#define SCHEDULE_REPLY_PART_H

#include "reply.h"

#define REPLY_TOKENS 400
#define REPLY_DATES  8
#define REPLY_SUMS   8

enum reply_kind {
	REPLY_WORD,
	REPLY_NUMBER, /* begins with a digit: 25th 1,200 12/6 1.5k 10:30 */
	REPLY_MONEY,  /* a currency sign */
	REPLY_CODE,   /* letters and digits mixed: a reference */
	REPLY_PUNCT,
};

struct reply_token {
	char text[28]; /* folded UTF-8, cut if longer */
	uint8_t kind;
	bool capital; /* it began with an upper-case letter */
	bool used;    /* part of a date */
	uint8_t clause;
};

struct reply_tokens {
	struct reply_token t[REPLY_TOKENS];
	int n;
	bool cut; /* there was more */
};

struct reply_date {
	int first, last; /* tokens */
	int32_t day;     /* REPLY_NO_DATE: vague, or not to be trusted */
	bool past;       /* "last friday", "yesterday" */
	const char *cue;
};

struct reply_sum {
	int at; /* token */
	int64_t minor;
	bool plain; /* no currency beside it */
};

/* What the words of one message say, found by reply_sense. */
struct reply_signs {
	bool sensitive, wrong_number, dispute, hardship, unsure, question, refuses;
	bool paid;                      /* something was paid, and not denied */
	bool commits;                   /* the writer will pay */
	bool pays;                      /* talks of paying at all */
	int paid_clause, commit_clause; /* the first that says so, -1 */
	const char *cue;
};

void reply_tokens(const char *text, size_t len, struct reply_tokens *out);

/* Is the token one of "a|b|c"? */
bool reply_is(const struct reply_tokens *t, int i, const char *words);
/* Do the tokens from i on read as the words of `phrase` ("a|b c|d")?  Returns how many, or 0. */
int reply_phrase(const struct reply_tokens *t, int i, const char *phrase);
/* The first place of such a phrase, or -1. */
int reply_find(const struct reply_tokens *t, const char *phrase);
/* The first token in first..last that is one of `words`, in the clause of `first`; or -1. */
int reply_near(const struct reply_tokens *t, int first, int last, const char *words);

/* REPLY_STOP, START, HELP or NO when the whole message is such a word; else REPLY_OTHER. */
enum reply_intent reply_word(const struct reply_tokens *t, const char *language);

enum reply_asks { REPLY_ASKS_NOTHING, REPLY_ASKS_STOP, REPLY_ASKS_CHANGE };
/* STOP: no more texts.  CHANGE: another time, channel or person; a human reads that. */
enum reply_asks reply_stop(const struct reply_tokens *t);

int reply_dates(struct reply_tokens *t, const struct reply_context *context,
		struct reply_date out[REPLY_DATES]);
int reply_sums(const struct reply_tokens *t, const struct reply_context *context,
	       struct reply_sum out[REPLY_SUMS]);
/* Is token i part of an amount, or stands for one ("half")? */
bool reply_sum_word(const struct reply_tokens *t, int i);
void reply_sense(const struct reply_tokens *t, struct reply_signs *out);

/* A number word or digits at token i (1..9999), how many tokens it takes in *taken; or -1. */
int reply_count(const struct reply_tokens *t, int i, int *taken);

#endif
