/* debt.h - what is owed: amounts due, payments, and what remains of each
 *
 * Money is int64_t minor units of the account's one currency.
 *
 * Payments clear the oldest amount first, part by part; what is left over is credit for the next.
 * A negative payment is a reversal: it takes credit first, then re-opens the newest cleared money,
 * so that what remains is the same as if the reversed payment had never come.  One that comes
 * before the payment it reverses waits for it.
 *
 * An amount may state what remained of it when it was imported (`given`, with the import's sequence
 * in `since`).  That figure already contains every payment imported before it: those are counted
 * against the amount as billed, so that they cannot flow on to another amount, and leave `given`
 * as it is; payments imported after it (of the same sequence or a later one) reduce `given`.  In
 * other words: payments are booked in the order of their imports, and at the moment `since` what is
 * left becomes `given`, and credit beside an amount left open by that is gone: the list knew of it.
 *
 * Pure; no allocation.  Sums that would overflow saturate.
 */
#ifndef SCHEDULE_DEBT_H
#define SCHEDULE_DEBT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct debt_amount {
	int32_t due;    /* civil day */
	int64_t billed; /* as billed, >= 0 */
	int64_t given;  /* what remained at import, or -1 where the list did not say */
	int64_t since;  /* sequence of the import that gave it */
	int64_t left;   /* out: what remains now */
};

struct debt_payment {
	int64_t amount; /* negative: a reversal */
	int64_t since;  /* sequence of the import that brought it */
	int32_t paid_on;
};

struct debt_sums {
	int64_t due_now; /* unpaid and due by `today`, today included */
	int64_t arrears; /* unpaid and due before `today` */
	int64_t balance; /* unpaid in all */
	int64_t oldest;  /* what is left of the oldest unpaid amount */
	int64_t credit;  /* paid and not yet needed: 0, for the caller to fill from debt_settle */
	int index;       /* of the oldest unpaid amount, -1 when all is paid */
	int32_t dpd;     /* days past due of the oldest unpaid amount; <= 0: nothing in arrears */
};

/* Fills in every amount's `left`.  `amounts` ascend by due day, `payments` by `since`.
 * Returns the credit. */
int64_t debt_settle(struct debt_amount *amounts, size_t n, const struct debt_payment *payments,
		    size_t n_payments);

/* Sums settled amounts as they stand on a local day.  A remainder below `ignore_below` counts as
 * paid in `index`, `dpd`, `arrears` and `due_now` (it stays in `balance`). */
struct debt_sums debt_sum(const struct debt_amount *amounts, size_t n, int32_t today,
			  int64_t ignore_below);

#endif
