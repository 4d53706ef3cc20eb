#include "streak.h"

#define UNKNOWN INT32_MAX /* no payment known here settled it */

/* A reversal takes back the newest money that came before it. */
static void
take_back(struct debt_payment *payments, size_t n)
{
	int64_t back = -payments[n].amount;

	payments[n].amount = 0;
	while (n-- > 0 && back > 0) {
		int64_t part = payments[n].amount < back ? payments[n].amount : back;

		payments[n].amount -= part;
		back -= part;
	}
}

/* Takes `need` out of the payments from `*at` on that came with or after `since`, oldest first: the
 * day of the latest one it took, or UNKNOWN when they do not suffice.  Older ones are passed over:
 * the list that named what was left knew of them. */
static int32_t
settle(const struct streak_question *q, size_t *at, int64_t need, int64_t since)
{
	int32_t day = UNKNOWN;

	for (; *at < q->n_payments && need > 0; ++*at) {
		struct debt_payment *p = &q->payments[*at];
		int64_t part = p->amount < need ? p->amount : need;

		if (p->since < since || part <= 0)
			continue;
		p->amount -= part;
		need -= part;
		if (day == UNKNOWN || p->paid_on > day)
			day = p->paid_on;
		if (p->amount > 0)
			break;
	}
	return need > 0 && need >= q->ignore_below ? UNKNOWN : day;
}

int
streak_kept(const struct streak_question *q, int32_t *paid)
{
	size_t at = 0;
	int kept = 0;

	for (size_t i = 0; i < q->n_payments; i++)
		if (q->payments[i].amount < 0)
			take_back(q->payments, i);
	for (size_t i = 0; i < q->n_amounts; i++) {
		const struct debt_amount *a = &q->amounts[i];

		paid[i] = a->given < 0 ? settle(q, &at, a->billed, INT64_MIN)
				       : settle(q, &at, a->given, a->since);
	}
	for (size_t i = q->n_amounts; i-- > 0;) {
		const struct debt_amount *a = &q->amounts[i];
		int32_t end;

		if (a->due >= q->today)
			continue;
		if (a->due <= q->broken)
			break;
		end = policy_add_working_days(q->policy, a->due, q->grace);
		if (a->left > 0 && a->left >= q->ignore_below) {
			if (q->today > end)
				break;
		} else if (paid[i] != UNKNOWN) {
			if (paid[i] > end)
				break;
			kept++;
		}
	}
	return kept;
}
