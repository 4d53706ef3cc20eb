/* reply.h - what an answer means (pure)
 *
 * A reader of short texts: intent, promised date, amount, and the cues that decided.  What it is
 * not sure of is REPLY_OTHER and waits for a person; it never guesses a STOP away and never invents
 * a date.
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

struct reply_context {
	const char *language; /* BCP 47 of the account, may be "" */
	int32_t today;        /* the borrower's local date when the text came */
	const char *currency; /* ISO 4217 */
	int digits;           /* of the currency */
	int64_t balance;      /* minor units owed, or -1 when unknown */
	bool month_first;     /* numeric dates are month/day: USD lenders */
};

#define REPLY_CUES    8
#define REPLY_NO_DATE INT32_MIN

struct reply_reading {
	enum reply_intent intent;
	int32_t date;   /* promised day, REPLY_NO_DATE when none */
	int64_t amount; /* minor units, -1 when none */
	char cues[REPLY_CUES][32];
	size_t n_cues;
};

/* Reads one whole reply (joined, UTF-8, at most 64 KiB are looked at). */
void reply_read(const char *text, size_t len, const struct reply_context *context,
		struct reply_reading *out);

#endif
