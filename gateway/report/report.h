/* report.h - texts and calls in groups: how many went, what came of them, what the texts cost
 *
 * A group is a table of rows, one for each campaign, step, hour ... that texts have.  Texts outside
 * campaigns stand under "(manual)", "(answer)" and "(alert)" where a campaign or a step is asked
 * for, and under "(none)" where they lack anything else.  By
 * hour and weekday, which are about reaching people, answers and alerts are left out.
 *
 * Money: a price is in millionths of the lender's currency, whatever the borrower owes in; the
 * millionths are summed and the sum is rounded once.  A sum with a price in it that is not known is
 * not known.
 *
 * Ownership: the table is the caller's; its words are the pool's.  Pure.  Thread: one at a time.
 */
#ifndef GATEWAY_REPORT_H
#define GATEWAY_REPORT_H

#include "report_credit.h"

enum report_by {
	REPORT_TOTAL,
	REPORT_CAMPAIGN,
	REPORT_STEP,
	REPORT_TEMPLATE,
	REPORT_LANGUAGE,
	REPORT_HOUR, /* of the borrower's day, at which it was handed over */
	REPORT_WEEKDAY,
	REPORT_DAY,
	REPORT_MONTH,
	REPORT_ROUTE,
	REPORT_BUCKET, /* M0, M1 ... by days past due */
	REPORT_CLASS,
	REPORT_PRODUCT,
	REPORT_SEGMENT,
	REPORT_RISK,
	REPORT_BYS
};

/* The word of `--by`, "total" among them, and the other way; REPORT_BYS when it is none. */
const char *report_by_word(enum report_by by);
enum report_by report_by_parse(const char *word);
/* All words but "total", NULL at the end: for complaint_nearest(). */
const char *const *report_by_words(void);

#define REPORT_VALUE 80 /* octets of a row's value as text; a longer word is cut */

struct report_row {
	uint64_t key;     /* the word's address, or a number */
	const char *word; /* NULL: the value is a number */
	int64_t texts;    /* handed over, accepted or not */
	int64_t calls;    /* answered; by template, their script's */
	int64_t asking;   /* of `sent`, those of campaigns and by hand: what a reply is to */
	int64_t sent, segments, delivered, failed, expired, unknown;
	int64_t replied, promised, kept, cured_3, cured_7, opted_out, wrong_numbers;
	int64_t micro;    /* price of what was accepted and has one */
	int64_t unpriced; /* texts accepted whose price is not known */
};

struct report_table {
	enum report_by by;
	struct report_row *row;
	size_t n, cap;
	uint32_t *slot; /* index + 1 by hash of the key; 0: free */
	size_t slots;
};

/* Begin: `struct report_table t = {.by = REPORT_STEP};`.  0, or -ENOMEM. */
int report_add(struct report_table *t, const struct report_text *text);
/* Puts the rows in the order people read them: steps and hours from the first, names by name, those
 * in brackets last. */
void report_sort(struct report_table *t);
void report_clear(struct report_table *t);

/* The row's value as text: "payday", "+7/sms", "09", "M1", "2026-09-15", "mon". */
const char *report_value(const struct report_table *t, const struct report_row *r,
			 char out[REPORT_VALUE]);

/* Cost of a row in minor units: false when a price is not known. */
bool report_cost(const struct report_row *r, int digits, int64_t *minor);
/* The same for each account cured within seven days: false when not known, or none was. */
bool report_cost_per_cure(const struct report_row *r, int digits, int64_t *minor);

/* The row of an hour table that reached people best: the highest share of answered texts among
 * hours with at least `least` texts, then the highest share delivered; NULL when there is none. */
const struct report_row *report_best(const struct report_table *t, int64_t least);

#endif
