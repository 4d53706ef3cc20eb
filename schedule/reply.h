/* reply.h - what an answer means (pure)
 *
 * A reader of short texts: intent, promised date, amount, cause, and the cues that decided.  It
 * knows grammar; all words come from files (reply_words.h), one for each language.  The person's
 * language is the first guess, but what language a text is in is seen from its words, and borrowed
 * words may be mixed in.  What it is not sure of is REPLY_OTHER and waits for a person; it never
 * guesses a STOP away and never invents a date.
 *
 * No memory is taken; a reading works on about 300 KiB of stack.  Thread: any.
 */
#ifndef SCHEDULE_REPLY_H
#define SCHEDULE_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum reply_intent {
	REPLY_OTHER,
	REPLY_PROMISE,
	REPLY_PAID,
	REPLY_STOP,
	REPLY_START,
	REPLY_HELP,
	REPLY_WRONG_NUMBER,
	REPLY_DISPUTE,
	REPLY_HARDSHIP,
	REPLY_NO, /* a bare NO: takes back a promise just echoed, else OTHER */
	REPLY_INTENTS
};
const char *reply_intent_word(enum reply_intent intent); /* NO reads "other" */

/* What no machine answers: the intent is REPLY_OTHER then. */
enum reply_special {
	REPLY_SPECIAL_NONE,
	REPLY_SPECIAL_BEREAVEMENT,
	REPLY_SPECIAL_ILLNESS,
	REPLY_SPECIAL_LEGAL,
	REPLY_SPECIAL_SELF_HARM,
	REPLY_SPECIAL_COMPLAINT,
};
const char *reply_special_word(enum reply_special special); /* NULL for NONE */

struct reply_words;

struct reply_context {
	const char *language; /* BCP 47 of the account, may be "" */
	int32_t today;        /* the borrower's local date when the text came */
	const char *currency; /* ISO 4217 */
	int digits;           /* of the currency */
	int64_t balance;      /* minor units owed, or -1 when unknown */
	bool month_first;     /* numeric dates are month/day: USD lenders */
};

#define REPLY_CUES    8
#define REPLY_CUE     64
#define REPLY_NO_DATE INT32_MIN

struct reply_reading {
	enum reply_intent intent;
	int32_t date;   /* promised day, REPLY_NO_DATE when none */
	int64_t amount; /* minor units, -1 when none */
	enum reply_special special;
	const char
	    *cause; /* of not paying, one of the keys of `hardship`, static; NULL: none told */
	char language[16];                /* BCP 47: what the text was read as */
	char cues[REPLY_CUES][REPLY_CUE]; /* what decided and the words it was seen in, UTF-8 */
	size_t n_cues;
};

/* Reads one whole reply (joined, UTF-8, at most 64 KiB are looked at). */
void reply_read(const struct reply_words *words, const char *text, size_t len,
		const struct reply_context *context, struct reply_reading *out);

#endif
