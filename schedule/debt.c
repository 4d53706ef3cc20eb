#include "debt.h"

#include <assert.h>

static int64_t
add(int64_t a, int64_t b)
{
	int64_t sum;

	if (!__builtin_add_overflow(a, b, &sum))
		return sum;
	return a < 0 ? INT64_MIN : INT64_MAX;
}

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* The most that can be unpaid of an amount: a reversal re-opens no further. */
static int64_t
ceiling(const struct debt_amount *a)
{
	return a->billed > a->given ? a->billed : a->given;
}

/* Spends `money` on what is open, oldest first; returns what is over. */
static int64_t
clear(struct debt_amount *amounts, size_t n, int64_t money)
{
	for (size_t i = 0; i < n && money > 0; i++) {
		int64_t part = least(money, amounts[i].left);
		amounts[i].left -= part;
		money -= part;
	}
	return money;
}

/* Takes `money` back from what is cleared, newest first; returns what could not be taken. */
static int64_t
reopen(struct debt_amount *amounts, size_t n, int64_t money)
{
	for (size_t i = n; i-- > 0 && money > 0;) {
		int64_t part = least(money, ceiling(&amounts[i]) - amounts[i].left);
		amounts[i].left += part;
		money -= part;
	}
	return money;
}

/* Books all money that came since the last list, as one sum: the order of payments and reversals
 * then cannot matter.  Returns what is over; below zero: reversed and not found. */
static int64_t
book(struct debt_amount *amounts, size_t n, int64_t money)
{
	if (money >= 0)
		return clear(amounts, n, money);
	return -reopen(amounts, n, money == INT64_MIN ? INT64_MAX : -money);
}

/* A list has the last word on what was left when it was imported: what came before is booked, then
 * overwritten.  Returns the money not yet booked. */
static int64_t
restate(struct debt_amount *amounts, size_t n, int64_t since, int64_t money)
{
	bool open = false;

	money = book(amounts, n, money);
	for (size_t i = 0; i < n; i++) {
		struct debt_amount *a = &amounts[i];
		if (a->given >= 0 && a->since == since)
			a->left = a->given;
		open |= a->left > 0;
	}
	return open || money < 0 ? 0 : money;
}

/* The lists imported after one payment and up to the next, in their order. */
static int64_t
restate_all(struct debt_amount *amounts, size_t n, int64_t after, int64_t until, int64_t money)
{
	for (;;) {
		int64_t next = INT64_MAX;
		for (size_t i = 0; i < n; i++) {
			const struct debt_amount *a = &amounts[i];
			if (a->given >= 0 && a->since > after && a->since < next)
				next = a->since;
		}
		if (next > until || next == INT64_MAX)
			return money;
		money = restate(amounts, n, next, money);
		after = next;
	}
}

int64_t
debt_settle(struct debt_amount *amounts, size_t n, const struct debt_payment *payments,
	    size_t n_payments)
{
	int64_t money = 0, seen = INT64_MIN;
	bool lists = false;

	for (size_t i = 0; i < n; i++) {
		assert(amounts[i].billed >= 0 && (i == 0 || amounts[i].due >= amounts[i - 1].due));
		amounts[i].left = amounts[i].billed;
		lists |= amounts[i].given >= 0;
	}
	for (size_t i = 0; i < n_payments; i++) {
		int64_t since = payments[i].since;
		assert(since >= seen);
		if (lists && since > seen)
			money = restate_all(amounts, n, seen, since, money);
		seen = since;
		money = add(money, payments[i].amount);
	}
	if (lists)
		money = restate_all(amounts, n, seen, INT64_MAX - 1, money);
	money = book(amounts, n, money);
	return money > 0 ? money : 0;
}

struct debt_sums
debt_sum(const struct debt_amount *amounts, size_t n, int32_t today, int64_t ignore_below)
{
	struct debt_sums s = {.index = -1};

	for (size_t i = 0; i < n; i++) {
		const struct debt_amount *a = &amounts[i];
		s.balance = add(s.balance, a->left);
		if (a->left <= 0 || a->left < ignore_below)
			continue;
		if (s.index < 0) {
			s.index = (int)i;
			s.oldest = a->left;
			s.dpd = today - a->due;
		}
		if (a->due < today)
			s.arrears = add(s.arrears, a->left);
		if (a->due <= today)
			s.due_now = add(s.due_now, a->left);
	}
	return s;
}
