/* ledger.h - what came in for an account since a promise was made
 *
 * Payments count from the import after the one that was visible then.  A reversal takes off the
 * payment it most probably reverses: one of the same amount and day, else the newest of the same
 * amount, else the newest ones; so that a payment of January that bounces in March does not break a
 * promise of March.
 *
 * Lenders whose lists say what is left (amount_left) bring no payments: there, what came in is what
 * the amounts known then have become less by.
 *
 * Errors: 0 or a negative error of the store.  Thread: that of the store connection.
 */
#ifndef GATEWAY_STORE_LEDGER_H
#define GATEWAY_STORE_LEDGER_H

#include "store.h"

struct ledger_sums {
	int64_t paid;     /* payments of imports after `since` up to `upto`, reversals taken off */
	int64_t less;     /* what the amounts known then have become less by; may be below 0 */
	int64_t less_old; /* the same without amounts that are in no list any more */
};

/* Of imports `since` < import <= `upto`; `less` is as of now. */
int ledger_sum(struct store *s, int64_t account, int64_t since, int64_t upto,
	       struct ledger_sums *out);

/* The payments alone. */
int ledger_paid(struct store *s, int64_t account, int64_t since, int64_t upto, int64_t *paid);

#endif
