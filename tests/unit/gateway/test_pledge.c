/* Promises and plans from inside: what counts as paid, on whose day it is judged, and what a
 * reversal changes. */
#include "lender.h"

#include "gateway/person/pledge.h"
#include "gateway/store/ledger.h"

struct fixture {
	struct lender *l;
	struct facts *facts;
	struct pledge_rounds rounds;
	int64_t now;
	int changed;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	void *l;

	lender_setup(&l);
	f->l = l;
	f->facts = facts_new(f->l->config);
	f->now = TEN_O_CLOCK;
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;
	void *l = f->l;

	facts_free(f->facts);
	lender_teardown(&l);
	free(f);
	return 0;
}

/* ---- what happens ---- */

/* A payment as of a new, visible import. */
static void
pay(struct fixture *f, const char *ref, int64_t amount, const char *day)
{
	char sql[400];

	snprintf(sql, sizeof sql,
		 "UPDATE meta SET value = value + 1 WHERE key = 'visible';"
		 "INSERT INTO payment SELECT id, 'p' || (SELECT value FROM meta WHERE key = "
		 "'visible'), (SELECT value FROM meta WHERE key = 'visible'), %d, %lld, NULL FROM "
		 "account WHERE ref = '%s'",
		 lender_day(day), (long long)amount, ref);
	lender_do(f->l, sql);
	assert_int_equal(store_refresh(f->l->s), 0);
}

/* A list says what is left of the amount due on a day; -1: it is in the list no more. */
static void
list_says(struct fixture *f, const char *ref, const char *due, int64_t left)
{
	char sql[700];

	snprintf(sql, sizeof sql,
		 "UPDATE meta SET value = value + 1 WHERE key = 'visible';"
		 "UPDATE amount SET until = (SELECT value FROM meta WHERE key = 'visible') WHERE "
		 "until IS NULL AND due = %d AND account = (SELECT id FROM account WHERE ref = "
		 "'%s')",
		 lender_day(due), ref);
	lender_do(f->l, sql);
	snprintf(sql, sizeof sql,
		 "INSERT INTO amount (account, due, since, billed, given) SELECT id, %d, (SELECT "
		 "value FROM meta WHERE key = 'visible'), 100000, %lld FROM account WHERE ref = "
		 "'%s'",
		 lender_day(due), (long long)left, ref);
	if (left >= 0)
		lender_do(f->l, sql);
	assert_int_equal(store_refresh(f->l->s), 0);
}

static struct pledge
pledge_of(struct fixture *f, const char *ref)
{
	struct pledge p = {.amount = -1, .source = "person", .actor = "maria"};
	size_t index;

	assert_int_equal(
	    facts_load_account(f->facts, f->l->s, lender_account(f->l, ref), f->now, &index), 0);
	p.account = facts_account(f->facts, index);
	p.plan = &facts_person(f->facts)->accounts[index];
	p.today = civil_local(p.account->zone, f->now).day;
	return p;
}

static struct pledge
promise(struct fixture *f, const char *ref, const char *day, int64_t amount)
{
	struct pledge p = pledge_of(f, ref);

	p.day = lender_day(day);
	p.amount = amount;
	assert_int_equal(pledge_make(f->l->s, f->l->config, &p, f->now), 0);
	f->rounds.at = 0;
	return p;
}

static int
plan(struct fixture *f, const char *ref, const struct instalment_part *parts, int n)
{
	struct pledge p = pledge_of(f, ref);

	f->rounds.at = 0;
	return pledge_plan(f->l->s, f->l->config, &p, parts, n, f->now);
}

static int
on_changed(void *ctx, int64_t account)
{
	assert_true(account > 0);
	((struct fixture *)ctx)->changed++;
	return 0;
}

/* Goes to a moment of Manila and judges until nothing is left. */
static void
go_to(struct fixture *f, const char *day, int hours)
{
	int rc;

	f->now = civil_instant(&f->l->config->lender.zone, lender_day(day), hours * 3600);
	do {
		rc = pledge_round(f->l->s, f->facts, &f->rounds, f->now, UINT64_MAX, on_changed, f);
		assert_in_range(rc, 0, 1);
	} while (rc == 1);
}

static int64_t
status_of(struct fixture *f, const char *ref, int part)
{
	char sql[200];

	snprintf(sql, sizeof sql,
		 "SELECT status FROM promise WHERE account = (SELECT id FROM account WHERE ref = "
		 "'%s') AND coalesce(part, 0) = %d ORDER BY id DESC LIMIT 1",
		 ref, part);
	return lender_count(f->l, sql);
}

static int64_t
plan_status(struct fixture *f)
{
	return lender_count(f->l, "SELECT status FROM instalment_plan ORDER BY id DESC LIMIT 1");
}

/* ---- promises ---- */

static void
it_is_judged_on_the_accounts_own_day(void **state)
{
	struct fixture *f = *state;

	lender_do(f->l, "UPDATE account_row SET timezone = 'America/New_York' WHERE account = "
			"(SELECT id FROM account WHERE ref = 'A-1'); UPDATE account_row SET "
			"timezone = 'Pacific/Auckland' WHERE account = (SELECT id FROM account "
			"WHERE ref = 'A-2')");
	promise(f, "A-1", "2026-09-16", -1);
	promise(f, "A-2", "2026-09-16", -1);
	promise(f, "TWIN-1", "2026-09-16", -1);
	go_to(f, "2026-09-17",
	      19); /* Auckland is four hours ahead of Manila, New York twelve behind */
	assert_int_equal(status_of(f, "A-2", 0), PROMISE_OPEN);
	assert_true(f->rounds.at ==
		    civil_instant(&f->l->config->lender.zone, lender_day("2026-09-17"), 20 * 3600));
	go_to(f, "2026-09-17", 20);
	assert_int_equal(status_of(f, "A-2", 0), PROMISE_BROKEN);
	assert_int_equal(status_of(f, "TWIN-1", 0), PROMISE_OPEN);
	go_to(f, "2026-09-18", 0);
	assert_int_equal(status_of(f, "TWIN-1", 0), PROMISE_BROKEN);
	assert_int_equal(status_of(f, "A-1", 0), PROMISE_OPEN);
	go_to(f, "2026-09-18", 11);
	assert_int_equal(status_of(f, "A-1", 0), PROMISE_OPEN);
	go_to(f, "2026-09-18", 12);
	assert_int_equal(status_of(f, "A-1", 0), PROMISE_BROKEN);
	assert_int_equal(f->changed, 3);
}

static void
the_third_after_two_broken_is_doubted_until_one_is_kept_or_a_new_debt_falls_due(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(promise(f, "A-1", "2026-09-15", -1).doubt, PLEDGE_SURE);
	go_to(f, "2026-09-17", 0);
	assert_int_equal(promise(f, "A-1", "2026-09-17", -1).doubt, PLEDGE_SURE);
	go_to(f, "2026-09-19", 0);
	assert_int_equal(promise(f, "A-1", "2026-09-19", -1).doubt, PLEDGE_THIRD);
	assert_int_equal(lender_count(f->l, "SELECT pauses FROM promise WHERE status = 0"), 0);
	assert_int_equal(
	    lender_count(f->l, "SELECT count(*) FROM task WHERE reason = 'promise_third'"), 1);
	pay(f, "A-1", 50000, "2026-09-19");
	/* small comes before it, and one that was paid in part is not broken */
	assert_int_equal(promise(f, "A-1", "2026-09-20", 100).doubt, PLEDGE_SMALL);
	assert_int_equal(promise(f, "A-1", "2026-09-20", 50000).doubt, PLEDGE_THIRD);
	pay(f, "A-1", 50000, "2026-09-20");
	go_to(f, "2026-09-22", 0);
	assert_int_equal(status_of(f, "A-1", 0), PROMISE_KEPT);
	list_says(f, "A-1", "2026-09-21", 80000);
	assert_int_equal(promise(f, "A-1", "2026-09-23", -1).doubt, PLEDGE_SURE);
	/* two more are broken, but the amount they were about is paid and another falls due */
	go_to(f, "2026-09-25", 0);
	promise(f, "A-1", "2026-09-25", -1);
	go_to(f, "2026-09-29", 0);
	assert_int_equal(promise(f, "A-1", "2026-09-29", -1).doubt, PLEDGE_THIRD);
	pay(f, "A-1", 80000, "2026-09-29");
	list_says(f, "A-1", "2026-10-21", 80000);
	go_to(f, "2026-10-22", 0);
	assert_int_equal(promise(f, "A-1", "2026-10-23", -1).doubt, PLEDGE_SURE);
}

static void
lists_that_say_what_is_left_count_as_payments(void **state)
{
	static const struct {
		const char *ref;
		int64_t left;
		int status;
	} all[] = {{"A-1", 52500, PROMISE_KEPT}, /* 475 of 500 */
		   {"A-2", 52501, PROMISE_PARTIAL},
		   {"TWIN-1", 100000, PROMISE_BROKEN},
		   {"TWIN-2", -1, PROMISE_KEPT}}; /* the list does not know it any more */
	struct fixture *f = *state;

	for (size_t i = 0; i < 4; i++) {
		promise(f, all[i].ref, "2026-09-16", 50000);
		list_says(f, all[i].ref, "2026-09-08", all[i].left);
	}
	go_to(f, "2026-09-18", 0);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(status_of(f, all[i].ref, 0), all[i].status);
}

static void
a_new_bill_takes_nothing_from_what_was_paid(void **state)
{
	struct fixture *f = *state;

	promise(f, "A-1", "2026-09-16", 50000);
	list_says(f, "A-1", "2026-09-08", 50000);
	list_says(f, "A-1", "2026-09-16", 90000);
	go_to(f, "2026-09-18", 0);
	assert_int_equal(status_of(f, "A-1", 0), PROMISE_KEPT);
}

/* Before it is due, nothing being due is no sign that it was paid. */
static void
one_made_before_the_day_is_not_kept_by_the_calendar(void **state)
{
	struct fixture *f = *state;

	lender_do(f->l, "UPDATE amount SET due = due + 30");
	assert_int_equal(promise(f, "A-1", "2026-09-16", 100).doubt, PLEDGE_SURE); /* nor small */
	promise(f, "A-1", "2026-09-16", -1);
	go_to(f, "2026-09-18", 0);
	assert_int_equal(status_of(f, "A-1", 0), PROMISE_BROKEN);
}

/* ---- reversals ---- */

static void
a_reversal_takes_back_what_its_payment_kept(void **state)
{
	struct fixture *f = *state;

	promise(f, "A-1", "2026-09-16", 50000);
	promise(f, "A-2", "2026-09-16", 50000);
	pay(f, "A-1", 50000, "2026-09-16");
	pay(f, "A-2", 50000, "2026-09-16");
	go_to(f, "2026-09-18", 0);
	assert_int_equal(status_of(f, "A-1", 0), PROMISE_KEPT);
	pay(f, "A-1", -50000, "2026-09-18");
	f->changed = 0;
	go_to(f, "2026-09-18", 1);
	assert_int_equal(status_of(f, "A-1", 0), PROMISE_BROKEN);
	assert_int_equal(status_of(f, "A-2", 0), PROMISE_KEPT);
	assert_int_equal(f->changed, 1);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM event WHERE kind = "
					    "'promise_ended' AND data LIKE '%reversed%'"),
			 1);
	go_to(f, "2026-09-19", 1); /* once */
	assert_int_equal(f->changed, 1);
	f->rounds = (struct pledge_rounds){0}; /* after a restart neither */
	go_to(f, "2026-09-19", 2);
	assert_int_equal(f->changed, 1);
}

/* What bounces in October was paid in September: the promise of October stands. */
static void
a_reversal_is_of_the_payment_it_looks_like(void **state)
{
	struct fixture *f = *state;
	struct ledger_sums sums;
	int64_t paid, mark = f->l->s->visible;

	promise(f, "A-1", "2026-09-16", 60000);
	pay(f, "A-1", 60000, "2026-09-16");
	go_to(f, "2026-09-18", 0);
	promise(f, "A-1", "2026-09-21", 40000);
	pay(f, "A-1", 40000, "2026-09-20");
	pay(f, "A-1", -60000, "2026-09-20");
	go_to(f, "2026-09-23", 0);
	assert_int_equal(lender_count(f->l, "SELECT status FROM promise WHERE expected = 60000"),
			 PROMISE_BROKEN);
	assert_int_equal(status_of(f, "A-1", 0), PROMISE_KEPT);
	assert_int_equal(
	    ledger_paid(f->l->s, lender_account(f->l, "A-1"), mark, f->l->s->visible, &paid), 0);
	assert_int_equal(paid, 40000);
	/* of no payment in particular: the newest goes first; more than there is takes all */
	pay(f, "A-1", -10000, "2026-09-24");
	assert_int_equal(
	    ledger_sum(f->l->s, lender_account(f->l, "A-1"), mark, f->l->s->visible, &sums), 0);
	assert_int_equal(sums.paid, 30000);
	pay(f, "A-1", -99999999, "2026-09-24");
	assert_int_equal(
	    ledger_sum(f->l->s, lender_account(f->l, "A-1"), mark, f->l->s->visible, &sums), 0);
	assert_int_equal(sums.paid, 0);
}

static void
payments_taken_back_with_their_import_are_looked_for(void **state)
{
	struct fixture *f = *state;

	promise(f, "A-1", "2026-09-16", 50000);
	promise(f, "A-2", "2026-09-16", 50000);
	lender_do(f->l,
		  "INSERT INTO import (id, kind, mode, file, at, actor, state) SELECT value + "
		  "1, 'payments', 'update', 'x', 1, 'maria', 1 FROM meta WHERE key = "
		  "'visible'");
	pay(f, "A-1", 50000, "2026-09-16");
	go_to(f, "2026-09-18", 0);
	assert_int_equal(status_of(f, "A-1", 0), PROMISE_KEPT);
	lender_do(f->l, "DELETE FROM payment; UPDATE import SET state = 2 WHERE kind = 'payments'");
	go_to(f, "2026-09-18", 1);
	assert_int_equal(status_of(f, "A-1", 0), PROMISE_BROKEN);
	assert_int_equal(status_of(f, "A-2", 0), PROMISE_BROKEN);
	assert_int_equal(lender_count(f->l, "SELECT value FROM meta WHERE key = 'undone'"), 1);
}

/* ---- plans ---- */

static const struct instalment_part three[] = {
    {20712, 30000}, {20716, 30000}, {20720, 30000}}; /* 16, 20 and 24 September 2026 */

static void
parts_follow_one_another_and_take_what_is_too_much(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(lender_day("2026-09-16"), three[0].day);
	assert_int_equal(plan(f, "A-1", three, 3), 0);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM promise"), 1);
	pay(f, "A-1", 45000, "2026-09-15"); /* a part and a half */
	go_to(f, "2026-09-18", 0);
	assert_int_equal(status_of(f, "A-1", 1), PROMISE_KEPT);
	assert_int_equal(status_of(f, "A-1", 2), PROMISE_OPEN);
	pay(f, "A-1", 13500, "2026-09-20"); /* 95 percent */
	go_to(f, "2026-09-22", 0);
	assert_int_equal(status_of(f, "A-1", 2), PROMISE_KEPT);
	assert_int_equal(lender_count(f->l, "SELECT pauses FROM promise WHERE status = 0"), 1);
	pay(f, "A-1", 30000, "2026-09-24");
	go_to(f, "2026-09-26", 0);
	assert_int_equal(status_of(f, "A-1", 3), PROMISE_KEPT);
	assert_int_equal(plan_status(f), PROMISE_KEPT);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM task"), 0);
}

static void
a_part_that_is_not_kept_ends_the_plan(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(plan(f, "A-1", three, 3), 0);
	assert_int_equal(plan(f, "A-2", three, 3), 0);
	pay(f, "A-1", 20000, "2026-09-15");
	go_to(f, "2026-09-18", 0);
	assert_int_equal(status_of(f, "A-1", 1), PROMISE_PARTIAL);
	assert_int_equal(status_of(f, "A-2", 1), PROMISE_BROKEN);
	assert_int_equal(
	    lender_count(f->l, "SELECT count(*) FROM instalment_plan WHERE status = 3"), 2);
	assert_int_equal(
	    lender_count(f->l, "SELECT count(*) FROM task WHERE kind = 'agree on a new plan'"), 2);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM promise WHERE status = 0"), 0);
}

static void
a_plan_asks_for_no_more_than_is_owed(void **state)
{
	struct fixture *f = *state;
	const struct instalment_part much[] = {{20712, 60000}, {20716, 40001}};
	const struct instalment_part huge[] = {{20712, INT64_MAX}, {20716, INT64_MAX}};

	assert_int_equal(plan(f, "A-1", much, 2), UV_E2BIG);
	assert_int_equal(plan(f, "A-1", huge, 2), UV_E2BIG);
	assert_int_equal(plan(f, "RICH", three, 3), UV_ENOENT);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM instalment_plan"), 0);
	assert_int_equal(plan(f, "A-1", three, 3), 0);
	pay(f, "A-1", 75000, "2026-09-15");
	go_to(f, "2026-09-18", 0);
	/* 250 are owed: the second part asks for no more, and has 450 already */
	assert_int_equal(lender_count(f->l, "SELECT expected FROM promise WHERE part = 2"), 25000);
	pay(f, "A-1", 25000, "2026-09-18");
	go_to(f, "2026-09-23", 0);
	assert_int_equal(plan_status(f), PROMISE_KEPT);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM promise"), 2);
}

static void
a_new_schedule_leaves_the_plan_as_it_was_agreed(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(plan(f, "A-1", three, 3), 0);
	list_says(f, "A-1", "2026-09-08", -1);
	list_says(f, "A-1", "2026-10-08", 100000);
	go_to(f, "2026-09-18", 0);
	assert_int_equal(status_of(f, "A-1", 1), PROMISE_BROKEN); /* moved is not paid */
}

static void
a_plan_whose_payment_bounced_is_over(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(plan(f, "A-1", three, 3), 0);
	pay(f, "A-1", 30000, "2026-09-16");
	go_to(f, "2026-09-18", 0);
	pay(f, "A-1", 31000, "2026-09-20");
	go_to(f, "2026-09-22", 0);
	assert_int_equal(status_of(f, "A-1", 3), PROMISE_OPEN);
	pay(f, "A-1", -31000, "2026-09-22");
	go_to(f, "2026-09-22", 1);
	assert_int_equal(status_of(f, "A-1", 1), PROMISE_KEPT);
	assert_int_equal(status_of(f, "A-1", 2), PROMISE_BROKEN);
	assert_int_equal(status_of(f, "A-1", 3), PROMISE_WITHDRAWN);
	assert_int_equal(plan_status(f), PROMISE_BROKEN);
	assert_int_equal(
	    lender_count(f->l, "SELECT count(*) FROM task WHERE reason = 'plan_broken'"), 1);
}

static void
a_promise_takes_a_plans_place_and_both_can_be_withdrawn(void **state)
{
	struct fixture *f = *state;
	int64_t account = lender_account(f->l, "A-1");

	assert_int_equal(plan(f, "A-1", three, 3), 0);
	assert_true(promise(f, "A-1", "2026-09-18", -1).replaced);
	assert_int_equal(plan_status(f), PROMISE_WITHDRAWN);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM promise WHERE status = 0"), 1);
	assert_int_equal(plan(f, "A-1", three, 3), 0);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM promise WHERE status = 0"), 1);
	assert_int_equal(pledge_withdraw(f->l->s, account, "maria", f->now), 1);
	assert_int_equal(plan_status(f), PROMISE_WITHDRAWN);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM promise WHERE status = 0"), 0);
	assert_int_equal(pledge_withdraw(f->l->s, account, "maria", f->now), 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	static const struct CMUnitTest tests[] = {
	    TEST(it_is_judged_on_the_accounts_own_day),
	    TEST(the_third_after_two_broken_is_doubted_until_one_is_kept_or_a_new_debt_falls_due),
	    TEST(lists_that_say_what_is_left_count_as_payments),
	    TEST(a_new_bill_takes_nothing_from_what_was_paid),
	    TEST(one_made_before_the_day_is_not_kept_by_the_calendar),
	    TEST(a_reversal_takes_back_what_its_payment_kept),
	    TEST(a_reversal_is_of_the_payment_it_looks_like),
	    TEST(payments_taken_back_with_their_import_are_looked_for),
	    TEST(parts_follow_one_another_and_take_what_is_too_much),
	    TEST(a_part_that_is_not_kept_ends_the_plan),
	    TEST(a_plan_asks_for_no_more_than_is_owed),
	    TEST(a_new_schedule_leaves_the_plan_as_it_was_agreed),
	    TEST(a_plan_whose_payment_bounced_is_over),
	    TEST(a_promise_takes_a_plans_place_and_both_can_be_withdrawn),
	};

	return cmocka_run_group_tests_name("pledge", tests, NULL, NULL);
#undef TEST
}
