/* reply_sense.h - from tokens to a reading: the steps of reply_read; included by reply*.c alone */
#ifndef SCHEDULE_REPLY_SENSE_H
#define SCHEDULE_REPLY_SENSE_H

#include "reply.h"
#include "reply_part.h"

#define REPLY_MARKS 200
#define REPLY_DATES 8
#define REPLY_SUMS  8

struct reply_mark {
	uint8_t class;
	uint8_t view;
	bool denied; /* a denial touches it */
	int16_t first, last;
	int16_t value;
	int32_t n, day, mon, weekday, month; /* what its places held, -1 */
};

struct reply_marks {
	struct reply_mark m[REPLY_MARKS];
	int n;
};

struct reply_date {
	int first, last; /* tokens */
	int32_t day;     /* REPLY_NO_DATE: no day named, or not to be trusted */
	int16_t swing;   /* days ahead, or back when told as past; 0: not such a word */
	int8_t weekday, mday;
	bool past;
	uint8_t class;
};

struct reply_sum {
	int first, last;
	int64_t minor;
	bool plain; /* no currency beside it */
};

/* All that one reading works with. */
struct reply_desk {
	const struct reply_context *context;
	struct reply_tokens t;
	struct reply_view views[REPLY_VIEWS + 1]; /* one more for whole words */
	int n_views;
	struct reply_marks marks;
	struct reply_date dates[REPLY_DATES];
	int n_dates;
	struct reply_sum sums[REPLY_SUMS];
	int n_sums;
	int16_t at[REPLY_TOKENS]; /* places with breaks counted in: how far things are apart */
	bool polite[REPLY_TOKENS];
	bool around[REPLY_TOKENS];   /* says nothing beside a day */
	int16_t begin[REPLY_TOKENS]; /* the first word of the part that is not polite */
	int16_t end[REPLY_TOKENS];   /* behind its last such word */
};

void reply_tokens(const char *text, size_t len, struct reply_tokens *out);

/* reply_view.c */
/* How well each language of `words` knows the words; those that few languages know count more. */
void reply_view_scores(const struct reply_words *words, const struct reply_tokens *t, int *scores);
/* Looks every token up.  Beside `first` (NULL: it is the first) words are not seen that its
 * language hides, nor the halves of what it knows as one word (i-stop). */
void reply_view_fill(struct reply_view *v, const struct reply_words *words,
		     const struct reply_lang *lang, const struct reply_view *first,
		     const struct reply_tokens *t);
/* The longest phrase of the set that begins at token i: tokens, 0 for none; *value may be NULL. */
int reply_view_has(const struct reply_view *v, int i, uint16_t set, int32_t *value);

/* reply_number.c */
void reply_numbers(struct reply_view *v);
/* Days with slashes and the like: day, month, year (0 when not written) as they stand. */
bool reply_parts(const char *text, int out[3], int *n, char *separator);

/* reply_mark.c: adds the places where sequences of the classes first..last fit. */
void reply_mark_all(struct reply_desk *d, int view, int first, int last);

/* reply_date.c, reply_amount.c */
void reply_dates(struct reply_desk *d);
void reply_sums(struct reply_desk *d);
/* The date or sum that begins at token i: its tokens, or 0. */
int reply_date_at(const struct reply_desk *d, int i);
int reply_sum_at(const struct reply_desk *d, int i);

/* reply_decide.c */
void reply_decide(struct reply_desk *d, struct reply_reading *out);
/* Notes what decided: `what`, and the tokens first..last it was found in (-1: none). */
void reply_cue(const struct reply_desk *d, struct reply_reading *out, const char *what, int first,
	       int last);

#endif
