/* reply_part.h - what the files of the reply reader share; nobody else includes it
 *
 *     text -> reply_tokens   split and folded, the same for every language
 *          -> reply_view     one language's look at them: which phrases of which sets begin where
 *          -> reply_marks    where the patterns of some classes fit
 *          -> reply_dates, reply_sums    days and sums among the marks
 *          -> reply_decide   what all of it says
 *
 * Punctuation is no token, it leaves `brk` behind.  A *part* is a run of tokens without a break; no
 * pattern reaches across one.  A Chinese character is a token.
 */
#ifndef SCHEDULE_REPLY_PART_H
#define SCHEDULE_REPLY_PART_H

#include "reply.h"
#include "reply_table.h"

#define REPLY_TOKENS 400
#define REPLY_TEXT   40
#define REPLY_IDS    6 /* words one token may be */
#define REPLY_HITS   6000
#define REPLY_VIEWS  3 /* a language and what is mixed into it */

enum reply_kind { REPLY_WORD, REPLY_HAN, REPLY_NUMBER, REPLY_MONEY, REPLY_CODE };
enum reply_break { REPLY_JOINED, REPLY_COMMA, REPLY_STOPS };

struct reply_token {
	char text[REPLY_TEXT];   /* folded UTF-8, cut if longer */
	char marked[REPLY_TEXT]; /* lower case with its marks; "" when that is the same */
	uint8_t kind;
	uint8_t brk;   /* enum reply_break: before it */
	bool capital;  /* it began with an upper-case letter */
	bool glued;    /* nothing stands between it and the one before */
	bool hyphened; /* only a hyphen or an apostrophe does */
	bool asked;    /* a question mark ends the part */
	bool used;     /* part of a date */
};

struct reply_tokens {
	struct reply_token t[REPLY_TOKENS];
	int n;
	bool cut;   /* there was more */
	bool shout; /* no lower-case letter: capitals tell nothing */
};

struct reply_hit {
	uint16_t set;
	uint8_t n; /* tokens */
	int32_t value;
};

struct reply_number {
	int64_t hundredths;
	uint8_t n;  /* tokens; 0: none begins here */
	bool plain; /* figures without separator, at most 4 */
	bool words; /* number words, not figures */
};

struct reply_view {
	const struct reply_lang *lang;
	const struct reply_tokens *t;
	uint32_t ids[REPLY_TOKENS][REPLY_IDS];
	uint8_t n_ids[REPLY_TOKENS];
	uint16_t first_hit[REPLY_TOKENS + 1]; /* hits of a token lie together */
	struct reply_hit hits[REPLY_HITS];
	struct reply_number numbers[REPLY_TOKENS];
};

/* Each sign has a denial behind it. */
enum reply_class {
	REPLY_CLASS_STOP,
	REPLY_CLASS_WRONG = 2,
	REPLY_CLASS_DISPUTE = 4,
	REPLY_CLASS_PAID = 6,
	REPLY_CLASS_COMMIT = 8,
	REPLY_CLASS_PAY = 10,
	REPLY_CLASS_CANNOT = 12,
	REPLY_CLASS_REFUSE = 14,
	REPLY_CLASS_UNSURE = 16,
	REPLY_CLASS_QUESTION = 18,
	REPLY_CLASS_REQUEST = 20,
	REPLY_CLASS_SALARY = 22,
	REPLY_CLASS_REST = 24,
	REPLY_CLASS_UNTIL = 26,
	REPLY_CLASS_AFTER = 28,
	REPLY_CLASS_HARDSHIP = 30, /* value: the cause */
	REPLY_CLASS_SPECIAL = 32,  /* value: enum reply_special */
	REPLY_CLASS_DATE = 34,     /* of these two only the denials have patterns */
	REPLY_CLASS_AMOUNT = 36,
	REPLY_CLASS_EVENT = 38,
	REPLY_CLASS_ASIDE = 40,
	REPLY_CLASS_SIGNS = 42,
	REPLY_CLASS_DAYS = REPLY_CLASS_SIGNS, /* value: from today */
	REPLY_CLASS_SWING,
	REPLY_CLASS_IN_DAYS,
	REPLY_CLASS_IN_WEEKS,
	REPLY_CLASS_IN_HOURS,
	REPLY_CLASS_IN_MONTHS,
	REPLY_CLASS_WEEKDAY, /* a bare name */
	REPLY_CLASS_NEXT_WEEKDAY,
	REPLY_CLASS_NEXT_WEEK_WEEKDAY,
	REPLY_CLASS_THIS_WEEK_WEEKDAY,
	REPLY_CLASS_DAY_OF_MONTH,
	REPLY_CLASS_DAY_NEXT_MONTH,
	REPLY_CLASS_MONTH_DAY,
	REPLY_CLASS_MONTH_END,
	REPLY_CLASS_NEXT_MONTH_END,
	REPLY_CLASS_END_OF_MONTH,
	REPLY_CLASS_NEXT_WEEK,
	REPLY_CLASS_NEXT_MONTH,
	REPLY_CLASS_VAGUE,
	REPLY_CLASS_PAST,
	REPLY_CLASS_MEASURE,
	REPLY_CLASS_NUMERIC, /* 12/6 */
	REPLY_CLASSES
};
#define REPLY_NOT(class) ((class) + 1)

#endif
