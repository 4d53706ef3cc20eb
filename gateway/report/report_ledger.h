/* report_ledger.h - when each amount of one account was paid off, as far as the lists tell
 *
 * An account's amounts and payments are booked again in the order of their imports, as the daemon
 * booked them (schedule/debt.h), and for each amount the local day is noted on which it went to
 * nothing: the `paid_on` of the payment that cleared it, or the day of the list that said so.  An
 * amount that a reversal opened again is open; paid again, its day is the later one.
 *
 * Payments of one import count by `paid_on`.  One that arrives late does not make an amount paid
 * before the money that completed it: the day is the latest `paid_on` booked so far.
 *
 * Ownership: begin zeroed; arrays are kept from account to account; report_ledger_clear() ends it.
 * Pure.  Thread: one at a time.
 */
#ifndef GATEWAY_REPORT_LEDGER_H
#define GATEWAY_REPORT_LEDGER_H

#include "schedule/debt.h"

#define REPORT_OPEN  INT32_MAX /* `cleared` of an amount that is not paid */
#define REPORT_NEVER INT32_MIN /* ... of one that never was to be paid */

/* One amount as one import had it. */
struct report_version {
	int32_t due;
	int64_t since, until; /* imports; until INT64_MAX: in force */
	int64_t billed, given;
};

/* What became of the amount of one due day. */
struct report_due {
	int32_t due, cleared;
};

struct report_ledger {
	struct report_version *version; /* ascending by due, then since */
	size_t n_versions, cap_versions;
	struct debt_payment *payment; /* in any order; sorted by the replay */
	size_t n_payments, cap_payments;
	struct report_due *due; /* out: ascending by due day */
	size_t n_due, cap_due;
	int64_t *step; /* imports that touched the account */
	struct debt_amount *amount;
	size_t cap_steps, cap_amounts;
};

/* Another account begins. */
void report_ledger_begin(struct report_ledger *l);
/* 0, or -ENOMEM. */
int report_ledger_amount(struct report_ledger *l, const struct report_version *v);
int report_ledger_payment(struct report_ledger *l, const struct debt_payment *p);

/* The local day of an import, for amounts that a list closed. */
typedef int32_t report_import_day(void *ctx, int64_t import);

/* Fills in `due`.  A remainder below `ignore_below` counts as paid.  0, or -ENOMEM. */
int report_ledger_replay(struct report_ledger *l, int64_t ignore_below, report_import_day *day,
			 void *ctx);

/* The arrears of a local day: are there any, how many days is the oldest past due, and when had
 * all of them been paid (REPORT_OPEN: not yet)?  An amount paid on the day itself was still in
 * arrears on it. */
struct report_arrears {
	bool any;
	int32_t dpd, cleared;
};
struct report_arrears report_ledger_arrears(const struct report_ledger *l, int32_t day);

void report_ledger_clear(struct report_ledger *l);

#endif
