/* Instalments in a row paid in time: figures worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "schedule/civil.h"
#include "schedule/streak.h"

static int32_t
on(const char *date)
{
	int32_t day;

	assert_int_equal(civil_parse_date(date, strlen(date), &day), 0);
	return day;
}

/* Four monthly amounts of 100, due on the 10th from June (a Wednesday) to September 2026. */
struct fixture {
	struct policy policy;
	struct debt_amount amounts[4];
	struct debt_payment payments[16];
	size_t n;
	int32_t broken;
};

static void
init(struct fixture *f)
{
	static const char *const due[] = {"2026-06-10", "2026-07-10", "2026-08-10", "2026-09-10"};

	*f = (struct fixture){.broken = INT32_MIN};
	policy_base(&f->policy);
	for (size_t i = 0; i < 4; i++)
		f->amounts[i] = (struct debt_amount){.due = on(due[i]), .billed = 100, .given = -1};
}

static void
pay(struct fixture *f, const char *date, int64_t amount, int64_t since)
{
	f->payments[f->n++] = (struct debt_payment){amount, since, on(date)};
}

static int
kept(struct fixture *f, const char *today, int grace)
{
	struct debt_payment used[16];
	int32_t days[4];
	struct streak_question q = {.amounts = f->amounts,
				    .n_amounts = 4,
				    .payments = used,
				    .n_payments = f->n,
				    .policy = &f->policy,
				    .grace = grace,
				    .today = on(today),
				    .broken = f->broken};

	debt_settle(f->amounts, 4, f->payments, f->n);
	memcpy(used, f->payments, sizeof used);
	return streak_kept(&q, days);
}

static void
paid_in_time_counts_back_from_the_latest(void **state)
{
	struct fixture f;

	(void)state;
	init(&f);
	pay(&f, "2026-06-25", 100, 1); /* June: late */
	pay(&f, "2026-07-09", 100, 2);
	pay(&f, "2026-08-10", 60, 3);
	assert_int_equal(kept(&f, "2026-08-10", 1), 1); /* August is not over */
	assert_int_equal(kept(&f, "2026-08-11", 1), 1); /* ... nor its grace, until Tuesday ends */
	assert_int_equal(kept(&f, "2026-08-12", 1), 0);
	pay(&f, "2026-08-11", 40, 4); /* the rest, on the day of grace */
	assert_int_equal(kept(&f, "2026-08-12", 1), 2);
	assert_int_equal(kept(&f, "2026-08-12", 0), 0);
}

static void
grace_is_in_working_days(void **state)
{
	struct fixture f;

	(void)state;
	init(&f);
	/* 10 July 2026 is a Friday: its working day of grace is Monday the 13th */
	pay(&f, "2026-06-10", 100, 1);
	pay(&f, "2026-07-13", 100, 2);
	assert_int_equal(kept(&f, "2026-07-20", 1), 2);
	f.payments[1].paid_on = on("2026-07-14");
	assert_int_equal(kept(&f, "2026-07-20", 1), 0);
}

static void
a_broken_promise_begins_anew(void **state)
{
	struct fixture f;

	(void)state;
	init(&f);
	pay(&f, "2026-06-10", 100, 1);
	pay(&f, "2026-07-10", 100, 2);
	pay(&f, "2026-08-10", 100, 3);
	assert_int_equal(kept(&f, "2026-08-20", 1), 3);
	f.broken = on("2026-07-15");
	assert_int_equal(kept(&f, "2026-08-20", 1), 1);
	f.broken = on("2026-08-15");
	assert_int_equal(kept(&f, "2026-08-20", 1), 0);
}

static void
what_nobody_knows_neither_counts_nor_ends(void **state)
{
	struct fixture f;

	(void)state;
	init(&f);
	pay(&f, "2026-06-10", 100, 1);
	f.amounts[1].given = 0; /* a list closed July */
	f.amounts[1].since = 2;
	pay(&f, "2026-08-10", 100, 3);
	assert_int_equal(kept(&f, "2026-08-20", 1), 2);
	/* 40 were left of August when the list came; these were paid late */
	f.amounts[2].given = 40;
	f.amounts[2].since = 3;
	f.payments[1] = (struct debt_payment){40, 4, on("2026-08-20")};
	assert_int_equal(kept(&f, "2026-08-25", 1), 0);
	f.payments[1].paid_on = on("2026-08-07");
	assert_int_equal(kept(&f, "2026-08-25", 1), 2);
}

static void
a_reversal_takes_the_payment_away(void **state)
{
	struct fixture f;

	(void)state;
	init(&f);
	pay(&f, "2026-06-10", 100, 1);
	pay(&f, "2026-07-10", 100, 2);
	pay(&f, "2026-07-20", -100, 3);
	assert_int_equal(kept(&f, "2026-07-25", 1), 0);
	pay(&f, "2026-07-24", 100, 4); /* paid again, too late */
	assert_int_equal(kept(&f, "2026-07-25", 1), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(paid_in_time_counts_back_from_the_latest),
	    cmocka_unit_test(grace_is_in_working_days),
	    cmocka_unit_test(a_broken_promise_begins_anew),
	    cmocka_unit_test(what_nobody_knows_neither_counts_nor_ends),
	    cmocka_unit_test(a_reversal_takes_the_payment_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
