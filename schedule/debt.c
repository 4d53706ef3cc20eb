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

/* A list imported between two payments has the last word on what was left at that moment. */
static void
restate(struct debt_amount *amounts, size_t n, int64_t after, int64_t until)
{
	for (size_t i = 0; i < n; i++) {
		struct debt_amount *a = &amounts[i];
		if (a->given >= 0 && a->since > after && a->since <= until)
			a->left = a->given;
	}
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

/* Books one payment and returns the new credit.  Credit may be negative on the way: a reversal
 * imported before the payment it reverses waits for it.  Only fresh money clears: old credit
 * beside an open amount means that a list restated the amount, and the list knew of that money. */
static int64_t
book(struct debt_amount *amounts, size_t n, int64_t credit, int64_t money)
{
	int64_t now = add(credit, money);

	if (now == INT64_MIN)
		now = -INT64_MAX;
	if (money > 0 && now > 0) {
		int64_t fresh = least(now, money);
		return now - fresh + clear(amounts, n, fresh);
	}
	if (money < 0 && now < 0) {
		int64_t taken = credit > 0 || money == INT64_MIN ? -now : -money;
		return add(now, taken - reopen(amounts, n, taken));
	}
	return now;
}

int64_t
debt_settle(struct debt_amount *amounts, size_t n, const struct debt_payment *payments,
	    size_t n_payments)
{
	int64_t credit = 0, seen = INT64_MIN;
	bool restated = false;

	for (size_t i = 0; i < n; i++) {
		assert(amounts[i].billed >= 0 && (i == 0 || amounts[i].due >= amounts[i - 1].due));
		amounts[i].left = amounts[i].billed;
		restated |= amounts[i].given >= 0;
	}
	for (size_t i = 0; i < n_payments; i++) {
		int64_t since = payments[i].since;
		assert(since >= seen);
		if (restated && since > seen)
			restate(amounts, n, seen, since);
		seen = since;
		credit = book(amounts, n, credit, payments[i].amount);
	}
	if (restated)
		restate(amounts, n, seen, INT64_MAX);
	return credit > 0 ? credit : 0;
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
