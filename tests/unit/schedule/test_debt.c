/* What is owed, against a model that moves one coin at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "schedule/debt.h"

#define AMOUNTS  5
#define PAYMENTS 10
#define ROUNDS   20000

static struct debt_amount
amount(int32_t due, int64_t billed, int64_t given, int64_t since)
{
	return (struct debt_amount){.due = due, .billed = billed, .given = given, .since = since};
}

static void
payments_clear_the_oldest_first_and_leave_credit(void **state)
{
	struct debt_amount a[] = {amount(10, 100, -1, 0), amount(40, 100, -1, 0)};
	const struct debt_payment p[] = {{60, 1, 0}, {80, 2, 0}, {100, 3, 0}};

	(void)state;
	assert_int_equal(debt_settle(a, 2, p, 1), 0);
	assert_int_equal(a[0].left, 40);
	assert_int_equal(a[1].left, 100);
	assert_int_equal(debt_settle(a, 2, p, 2), 0);
	assert_int_equal(a[0].left, 0);
	assert_int_equal(a[1].left, 60);
	assert_int_equal(debt_settle(a, 2, p, 3), 40);
	assert_int_equal(a[1].left, 0);
}

static void
a_stated_remainder_contains_what_came_before(void **state)
{
	/* 60 were paid (import 1); the list (import 2) says 40 are left of the first */
	struct debt_amount a[] = {amount(10, 100, 40, 2), amount(40, 100, -1, 0)};
	const struct debt_payment p[] = {{60, 1, 0}, {50, 3, 0}, {-60, 4, 0}};

	(void)state;
	assert_int_equal(debt_settle(a, 2, p, 1), 0);
	assert_int_equal(a[0].left, 40);
	assert_int_equal(a[1].left, 100);
	debt_settle(a, 2, p, 2);
	assert_int_equal(a[0].left, 0);
	assert_int_equal(a[1].left, 90);
	/* the reversal goes past the 50 that came after the list, back to what was billed */
	debt_settle(a, 2, p, 3);
	assert_int_equal(a[0].left, 50);
	assert_int_equal(a[1].left, 100);
	/* a list that closes the row */
	a[0].given = 0;
	debt_settle(a, 2, p, 1);
	assert_int_equal(a[0].left, 0);
	assert_int_equal(a[1].left, 100);
}

static void
a_reversal_may_come_before_its_payment(void **state)
{
	struct debt_amount a[] = {amount(10, 100, -1, 0)};
	const struct debt_payment p[] = {{-50, 1, 0}, {50, 2, 0}, {10, 3, 0}};

	(void)state;
	assert_int_equal(debt_settle(a, 1, p, 1), 0);
	assert_int_equal(a[0].left, 100);
	debt_settle(a, 1, p, 3);
	assert_int_equal(a[0].left, 90);
}

static void
huge_sums_saturate(void **state)
{
	struct debt_amount a[] = {amount(10, INT64_MAX, -1, 0), amount(11, INT64_MAX, -1, 0)};
	const struct debt_payment p[] = {{INT64_MIN, 1, 0}, {INT64_MIN, 2, 0}, {INT64_MAX, 3, 0},
					 {INT64_MAX, 4, 0}, {INT64_MAX, 5, 0}, {INT64_MAX, 6, 0},
					 {INT64_MIN, 7, 0}};
	struct debt_sums s;

	(void)state;
	debt_settle(a, 2, p, 7);
	s = debt_sum(a, 2, 20, 0);
	assert_true(s.balance >= 0 && s.arrears >= 0);
}

static void
small_remainders_count_as_paid_but_stay_owed(void **state)
{
	struct debt_amount a[] = {amount(10, 5, -1, 0), amount(20, 100, -1, 0),
				  amount(30, 100, -1, 0)};
	struct debt_sums s;

	(void)state;
	debt_settle(a, 3, NULL, 0);
	s = debt_sum(a, 3, 20, 6);
	assert_int_equal(s.index, 1);
	assert_int_equal(s.dpd, 0);
	assert_int_equal(s.arrears, 0);
	assert_int_equal(s.due_now, 100);
	assert_int_equal(s.oldest, 100);
	assert_int_equal(s.balance, 205);
	s = debt_sum(a, 3, 21, 0);
	assert_int_equal(s.index, 0);
	assert_int_equal(s.dpd, 11);
	assert_int_equal(s.arrears, 105);
	s = debt_sum(a, 3, 21, 1000);
	assert_int_equal(s.index, -1);
	assert_int_equal(s.dpd, 0);
}

static uint32_t
random_below(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525 + 1013904223;
	return (uint32_t)(((uint64_t)*seed * n) >> 32);
}

/* Each coin of a payment goes to the oldest open amount, or on the credit pile.  A list writes down
 * what it says is left. */
struct table {
	int left[AMOUNTS], most[AMOUNTS];
	int pile;
};

static void
coin_comes(struct table *t, int n)
{
	int i = 0;

	while (i < n && t->left[i] == 0)
		i++;
	if (i < n)
		t->left[i]--;
	else
		t->pile++;
}

static void
coin_goes(struct table *t, int n)
{
	int i = n - 1;

	while (i >= 0 && t->left[i] == t->most[i])
		i--;
	if (t->pile > 0)
		t->pile--;
	else if (i >= 0)
		t->left[i]++;
}

static void
list_comes(struct table *t, const struct debt_amount *a, int n, int64_t since)
{
	bool any = false, open = false;

	for (int i = 0; i < n; i++) {
		if (a[i].given >= 0 && a[i].since == since) {
			t->left[i] = (int)a[i].given;
			any = true;
		}
		open |= t->left[i] > 0;
	}
	if (any && open)
		t->pile = 0;
}

static void
play(struct table *t, const struct debt_amount *a, int n, const struct debt_payment *p, int m)
{
	memset(t, 0, sizeof *t);
	for (int i = 0; i < n; i++) {
		t->left[i] = (int)a[i].billed;
		t->most[i] = (int)(a[i].billed > a[i].given ? a[i].billed : a[i].given);
	}
	for (int64_t since = 0; since <= 4 * PAYMENTS; since++) {
		list_comes(t, a, n, since);
		for (int i = 0; i < m; i++) {
			if (p[i].since != since)
				continue;
			for (int64_t coin = 0; coin < p[i].amount; coin++)
				coin_comes(t, n);
			for (int64_t coin = 0; coin > p[i].amount; coin--)
				coin_goes(t, n);
		}
	}
}

struct books {
	struct debt_amount a[AMOUNTS];
	struct debt_payment p[PAYMENTS + 2];
	int n, m;
};

/* Books with lists and payments, or with payments and reversals: there going back coin by coin is
 * the whole truth, where a list would have to remember what it knew. */
static void
random_books(struct books *b, uint32_t *seed, bool lists)
{
	int64_t since = 0, paid = 0;

	b->n = 1 + (int)random_below(seed, AMOUNTS);
	b->m = (int)random_below(seed, PAYMENTS + 1);
	for (int i = 0; i < b->n; i++) {
		b->a[i] = amount(i * 7, random_below(seed, 20), -1, 0);
		if (lists && random_below(seed, 2)) {
			b->a[i].given = random_below(seed, 25);
			b->a[i].since = random_below(seed, PAYMENTS);
		}
	}
	for (int i = 0; i < b->m; i++) {
		int64_t money = random_below(seed, 30);
		since += random_below(seed, 3);
		if (!lists && money < paid && random_below(seed, 2))
			money = -money;
		paid += money;
		b->p[i] = (struct debt_payment){money, since, 0};
	}
}

static void
settling_agrees_with_moving_coins(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct books b;
		struct table t;
		int64_t credit;
		random_books(&b, &seed, round % 4 != 0);
		play(&t, b.a, b.n, b.p, b.m);
		credit = debt_settle(b.a, (size_t)b.n, b.p, (size_t)b.m);
		assert_int_equal(credit, t.pile > 0 ? t.pile : 0);
		for (int i = 0; i < b.n; i++)
			assert_int_equal(b.a[i].left, t.left[i]);
	}
}

/* Payment and reversal, both after every list and with others between, leave no trace. */
static void
a_reversed_payment_never_came(void **state)
{
	uint32_t seed = 2;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct books b, with;
		int first, second;
		int64_t money;
		random_books(&b, &seed, true);
		for (int i = 0; i < b.m; i++)
			b.p[i] = (struct debt_payment){(int64_t)random_below(&seed, 60) - 30,
						       PAYMENTS + i, 0};
		with = b;
		money = 1 + random_below(&seed, 30);
		first = (int)random_below(&seed, (uint32_t)b.m + 1);
		second = first + (int)random_below(&seed, (uint32_t)(b.m - first) + 1);
		memmove(with.p + second + 2, with.p + second,
			(size_t)(b.m - second) * sizeof b.p[0]);
		memmove(with.p + first + 1, with.p + first,
			(size_t)(second - first) * sizeof b.p[0]);
		with.p[first] = (struct debt_payment){money, 0, 0};
		with.p[second + 1] = (struct debt_payment){-money, 0, 0};
		with.m = b.m + 2;
		for (int i = 0; i < with.m; i++)
			with.p[i].since = PAYMENTS + i;
		assert_int_equal(debt_settle(b.a, (size_t)b.n, b.p, (size_t)b.m),
				 debt_settle(with.a, (size_t)b.n, with.p, (size_t)with.m));
		for (int i = 0; i < b.n; i++)
			assert_int_equal(b.a[i].left, with.a[i].left);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(payments_clear_the_oldest_first_and_leave_credit),
	    cmocka_unit_test(a_stated_remainder_contains_what_came_before),
	    cmocka_unit_test(a_reversal_may_come_before_its_payment),
	    cmocka_unit_test(huge_sums_saturate),
	    cmocka_unit_test(small_remainders_count_as_paid_but_stay_owed),
	    cmocka_unit_test(settling_agrees_with_moving_coins),
	    cmocka_unit_test(a_reversed_payment_never_came),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
