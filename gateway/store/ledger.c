#include "ledger.h"

#include "store_ask.h"

#include "schedule/debt.h"

#include <stdbool.h>
#include <stdlib.h>
#include <uv.h>

/* One account's rows as of some import: few, but no list says how few. */
struct ledger {
	struct debt_amount *amount;
	size_t n_amounts, room_amounts;
	struct debt_payment *payment;
	size_t n_payments, room_payments;
};

static void *
one_more(void *list, size_t n, size_t *room, size_t size)
{
	void *grown;

	if (n < *room)
		return list;
	grown = realloc(list, (*room == 0 ? 16 : *room * 2) * size);
	if (grown != NULL)
		*room = *room == 0 ? 16 : *room * 2;
	return grown;
}

static void
ledger_end(struct ledger *l)
{
	free(l->amount);
	free(l->payment);
}

static int
read_amounts(struct store *s, int64_t account, int64_t import, struct ledger *l)
{
	sqlite3_stmt *st = store_ask(s, STORE_ACCOUNT_AMOUNTS, as_int(account), as_int(import));
	int rc;

	while ((rc = store_step(s, st)) == 1) {
		void *grown =
		    one_more(l->amount, l->n_amounts, &l->room_amounts, sizeof *l->amount);

		if (grown == NULL) {
			sqlite3_reset(st);
			return UV_ENOMEM;
		}
		l->amount = grown;
		l->amount[l->n_amounts++] =
		    (struct debt_amount){.due = sqlite3_column_int(st, 0),
					 .billed = sqlite3_column_int64(st, 1),
					 .given = sqlite3_column_int64(st, 2),
					 .since = sqlite3_column_int64(st, 3)};
	}
	return rc;
}

static int
read_payments(struct store *s, int64_t account, int64_t import, struct ledger *l)
{
	sqlite3_stmt *st = store_ask(s, STORE_ACCOUNT_PAYMENTS, as_int(account), as_int(import));
	int rc;

	while ((rc = store_step(s, st)) == 1) {
		void *grown =
		    one_more(l->payment, l->n_payments, &l->room_payments, sizeof *l->payment);

		if (grown == NULL) {
			sqlite3_reset(st);
			return UV_ENOMEM;
		}
		l->payment = grown;
		l->payment[l->n_payments++] =
		    (struct debt_payment){.amount = sqlite3_column_int64(st, 0),
					  .since = sqlite3_column_int64(st, 1),
					  .paid_on = sqlite3_column_int(st, 2)};
		if (l->payment[l->n_payments - 1].amount == INT64_MIN)
			l->payment[l->n_payments - 1].amount = -INT64_MAX;
	}
	return rc;
}

/* ---- payments ---- */

/* The payment that `back` reverses whole, -1: none. */
static int
reversed_by(const struct debt_payment *list, size_t n, const struct debt_payment *back,
	    bool same_day)
{
	for (size_t i = n; i-- > 0;)
		if (list[i].since <= back->since && list[i].amount == -back->amount &&
		    (!same_day || list[i].paid_on == back->paid_on))
			return (int)i;
	return -1;
}

/* Takes every reversal off what it reverses; what is left of the payments stands in the list. */
static void
take_back(struct debt_payment *list, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		struct debt_payment back = list[k];
		int i;

		if (back.amount >= 0)
			continue;
		list[k].amount = 0;
		if ((i = reversed_by(list, n, &back, true)) < 0)
			i = reversed_by(list, n, &back, false);
		if (i >= 0) {
			list[i].amount = 0;
			continue;
		}
		for (size_t j = n; j-- > 0 && back.amount < 0;) {
			int64_t off = list[j].amount;

			if (off <= 0 || list[j].since > back.since)
				continue;
			if (off > -back.amount)
				off = -back.amount;
			list[j].amount -= off;
			back.amount += off;
		}
	}
}

static int64_t
add(int64_t a, int64_t b)
{
	int64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

static int64_t
paid_between(const struct ledger *l, int64_t since, int64_t upto)
{
	int64_t sum = 0;

	for (size_t i = 0; i < l->n_payments; i++)
		if (l->payment[i].amount > 0 && l->payment[i].since > since &&
		    l->payment[i].since <= upto)
			sum = add(sum, l->payment[i].amount);
	return sum;
}

/* ---- lists ---- */

static int64_t
left_on(const struct ledger *l, int32_t due, bool *known)
{
	for (size_t i = 0; i < l->n_amounts; i++)
		if (l->amount[i].due == due) {
			*known = true;
			return l->amount[i].left;
		}
	*known = false;
	return 0;
}

/* Sums what the amounts of `then` have become less by. */
static void
compare(const struct ledger *then, const struct ledger *now, struct ledger_sums *out)
{
	for (size_t i = 0; i < then->n_amounts; i++) {
		bool known;
		int64_t off = then->amount[i].left - left_on(now, then->amount[i].due, &known);

		out->less = add(out->less, off);
		if (known)
			out->less_old = add(out->less_old, off);
	}
}

static void
settle(struct ledger *l)
{
	if (l->n_amounts > 0)
		debt_settle(l->amount, l->n_amounts, l->payment, l->n_payments);
}

int
ledger_sum(struct store *s, int64_t account, int64_t since, int64_t upto, struct ledger_sums *out)
{
	struct ledger then = {0}, now = {0};
	int rc;

	*out = (struct ledger_sums){0};
	if ((rc = read_amounts(s, account, since, &then)) == 0 &&
	    (rc = read_payments(s, account, since, &then)) == 0 &&
	    (rc = read_amounts(s, account, s->visible, &now)) == 0 &&
	    (rc = read_payments(s, account, s->visible, &now)) == 0) {
		settle(&then);
		settle(&now);
		compare(&then, &now, out);
		take_back(now.payment, now.n_payments);
		out->paid = paid_between(&now, since, upto);
	}
	ledger_end(&then);
	ledger_end(&now);
	return rc;
}

int
ledger_paid(struct store *s, int64_t account, int64_t since, int64_t upto, int64_t *paid)
{
	struct ledger now = {0};
	int rc = read_payments(s, account, s->visible, &now);

	if (rc == 0) {
		take_back(now.payment, now.n_payments);
		*paid = paid_between(&now, since, upto);
	}
	ledger_end(&now);
	return rc;
}
