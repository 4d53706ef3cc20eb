/* The planner keeps the queue in step with the lists: rows made, revived, ended, tasks once,
 * promises judged. */
#include "../unit/gateway/lender.h"

#include "gateway/planner.h"

struct fixture {
	struct lender *l; /* looks on, and changes what has no event */
	char path[128];
	uv_loop_t loop;
	struct writer *writer;
	struct store *store; /* the writer's */
	struct planner *planner;
	struct clock clock;
	int planned, failed, closed;
	bool busy;
};

static void
on_planned(void *ctx)
{
	((struct fixture *)ctx)->planned++;
}

static void
on_busy(void *ctx)
{
	struct fixture *f = ctx;

	assert_int_equal(f->busy, !planner_busy(f->planner)); /* it did change */
	f->busy = planner_busy(f->planner);
}

static void
on_failed(void *ctx, int status)
{
	assert_true(status < 0);
	((struct fixture *)ctx)->failed++;
}

static const struct planner_events events = {
    .planned = on_planned, .busy = on_busy, .failed = on_failed};

static void
rest(struct fixture *f)
{
	while (planner_busy(f->planner))
		uv_run(&f->loop, UV_RUN_ONCE);
}

static void
pass(struct fixture *f)
{
	planner_pass(f->planner);
	rest(f);
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	char error[256];
	void *l;

	lender_setup(&l);
	f->l = l;
	snprintf(f->path, sizeof f->path, "%s/dunlin.db", f->l->home.path);
	assert_int_equal(store_open(&f->store, f->path, STORE_WRITE, error), 0);
	assert_int_equal(uv_loop_init(&f->loop), 0);
	assert_int_equal(writer_open(&f->writer, &f->loop, f->store), 0);
	clock_schedule(&f->clock, TEN_O_CLOCK, 1);
	clock_stand(&f->clock, TEN_O_CLOCK);
	assert_int_equal(
	    planner_open(&f->planner, &f->loop, f->writer, f->path, &f->clock, &events, f), 0);
	planner_use(f->planner, f->l->config);
	*state = f;
	return 0;
}

static void
on_closed(void *ctx)
{
	((struct fixture *)ctx)->closed++;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;
	void *l = f->l;

	planner_close(f->planner, on_closed);
	while (f->closed < 1)
		uv_run(&f->loop, UV_RUN_ONCE);
	writer_close(f->writer, on_closed, f);
	uv_run(&f->loop, UV_RUN_DEFAULT);
	assert_int_equal(f->closed, 2);
	assert_int_equal(uv_loop_close(&f->loop), 0);
	lender_teardown(&l);
	free(f);
	return 0;
}

static void
go_to(struct fixture *f, const char *day, int hours)
{
	clock_stand(&f->clock,
		    civil_instant(&f->l->config->lender.zone, lender_day(day), hours * 3600));
	pass(f);
}

/* The row of a step of an account, -1 when there is none. */
static int64_t
row_of(struct fixture *f, const char *ref, const char *step)
{
	char sql[160];

	snprintf(sql, sizeof sql,
		 "SELECT id FROM message WHERE step = '%s' AND account = (SELECT id FROM account "
		 "WHERE ref = '%s')",
		 step, ref);
	return lender_count(f->l, sql);
}

static void
expect(struct fixture *f, const char *ref, const char *step, int status, enum reason reason)
{
	int64_t id = row_of(f, ref, step);

	if (id < 0)
		fail_msg("%s %s has no row", ref, step);
	lender_expect(f->l, id, status, reason);
}

static int64_t
at_of(struct fixture *f, const char *ref, const char *step)
{
	char sql[80];

	snprintf(sql, sizeof sql, "SELECT at FROM message WHERE id = %lld",
		 (long long)row_of(f, ref, step));
	return lender_count(f->l, sql);
}

static void
campaign(struct fixture *f, const char *text)
{
	home_write(&f->l->home, "campaigns/overdue.yaml", text);
	lender_write(f->l, "true");
	planner_use(f->planner, f->l->config);
	rest(f);
}

/* A payment as of a new, visible import. */
static void
pay(struct fixture *f, const char *ref, int64_t amount)
{
	char sql[400];

	snprintf(
	    sql, sizeof sql,
	    "UPDATE meta SET value = value + 1 WHERE key = 'visible';"
	    "INSERT INTO payment SELECT id, 'p' || (SELECT value FROM meta WHERE key = "
	    "'visible'), (SELECT value FROM meta WHERE key = 'visible'), 20711, %lld, NULL FROM "
	    "account WHERE ref = '%s'",
	    (long long)amount, ref);
	lender_do(f->l, sql);
}

/* ---- rows ---- */

static void
what_is_near_stands_in_the_queue_once(void **state)
{
	struct fixture *f = *state;
	int64_t n;

	rest(f);
	expect(f, "A-1", "+7/sms", STATUS_PLANNED, REASON_NONE);
	assert_true(at_of(f, "A-1", "+7/sms") == TEN_O_CLOCK);
	assert_int_equal(row_of(f, "A-1", "+10/sms"), -1); /* not yet */
	assert_int_equal(row_of(f, "RICH", "+7/sms"), -1);
	assert_int_equal(lender_count(f->l,
				      "SELECT count(*) FROM message WHERE route = 'paper' AND "
				      "campaign = 'overdue' AND template = 'reminder'"),
			 4);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM task WHERE step = '+7/task' AND "
					    "kind = 'call' AND status = 0"),
			 4);
	n = lender_count(f->l, "SELECT count(*) FROM event");
	assert_true(f->planned > 0);
	pass(f);
	pass(f);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM message"), 4);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM task"), 4);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM event"), n);
	assert_int_equal(f->failed, 0);
}

/* A step another campaign has taken over is that one's, in lists and reports too. */
static void
a_row_follows_its_step_to_another_campaign(void **state)
{
	struct fixture *f = *state;
	int64_t id;

	rest(f);
	id = row_of(f, "A-1", "+7/sms");
	home_write(&f->l->home, "templates/other.en.txt",
		   "{{lender}}: {{amount}} is due. Reply STOP to end.");
	home_write(&f->l->home, "campaigns/another.yaml",
		   "priority: 1\nsteps: [{day: 7, sms: other}]\nlate: {within: 3}\n");
	lender_write(f->l, "true");
	planner_use(f->planner, f->l->config);
	rest(f);
	assert_int_equal(row_of(f, "A-1", "+7/sms"), id);
	assert_int_equal(lender_count(f->l,
				      "SELECT count(*) FROM message WHERE step = '+7/sms' AND "
				      "campaign = 'another' AND template = 'other'"),
			 4);
}

static void
of_one_person_the_second_account_waits_its_day(void **state)
{
	struct fixture *f = *state;

	rest(f);
	assert_true(at_of(f, "TWIN-1", "+7/sms") == TEN_O_CLOCK);
	assert_true(at_of(f, "TWIN-2", "+7/sms") > TEN_O_CLOCK);
}

static void
a_done_task_is_not_made_again(void **state)
{
	struct fixture *f = *state;

	rest(f);
	lender_do(f->l, "UPDATE task SET status = 1");
	go_to(f, "2026-09-16", 10);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM task"), 4);
}

static void
the_next_step_comes_in_its_time_and_what_was_not_said_is_superseded(void **state)
{
	struct fixture *f = *state;

	rest(f);
	go_to(f, "2026-09-16", 10);
	expect(f, "A-1", "+10/sms", STATUS_PLANNED, REASON_NONE);
	assert_true(at_of(f, "A-1", "+10/sms") == TEN_O_CLOCK + 3 * DAY);
	expect(f, "A-1", "+7/sms", STATUS_PLANNED, REASON_NONE); /* it may go late */
	go_to(f, "2026-09-18", 10);
	expect(f, "A-1", "+7/sms", STATUS_SKIPPED, REASON_SUPERSEDED);
	expect(f, "A-1", "+10/sms", STATUS_PLANNED, REASON_NONE);
	go_to(f, "2026-09-22", 9);
	expect(f, "A-1", "+10/sms", STATUS_SKIPPED, REASON_SUPERSEDED);
}

/* What fell due while nobody planned is said to have been passed over. */
static void
days_nobody_planned_are_made_up_for(void **state)
{
	struct fixture *f = *state;

	rest(f);
	lender_do(f->l, "DELETE FROM message; DELETE FROM task");
	go_to(f, "2026-09-19", 9);
	expect(f, "A-1", "+7/sms", STATUS_SKIPPED, REASON_SUPERSEDED);
	expect(f, "A-1", "+10/sms", STATUS_PLANNED, REASON_NONE);
	/* work is done late rather than not at all, even when no text is near any more */
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM task"), 4);
	lender_do(f->l, "DELETE FROM message; DELETE FROM task");
	go_to(f, "2026-10-20", 9);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM message WHERE status = 0"), 0);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM task WHERE step = '+7/task'"), 4);
	pass(f);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM task"), 4);
}

static void
what_is_paid_leaves_the_queue_and_comes_back_with_the_debt(void **state)
{
	struct fixture *f = *state;
	int64_t id;

	rest(f);
	id = row_of(f, "A-1", "+7/sms");
	pay(f, "A-1", 40000);
	pass(f);
	expect(f, "A-1", "+7/sms", STATUS_PLANNED, REASON_NONE); /* a part is no whole */
	pay(f, "A-1", 60000);
	pass(f);
	expect(f, "A-1", "+7/sms", STATUS_CANCELLED, REASON_PAID);
	pay(f, "A-1", -60000);
	pass(f);
	expect(f, "A-1", "+7/sms", STATUS_PLANNED, REASON_NONE);
	assert_int_equal(row_of(f, "A-1", "+7/sms"), id);
}

static void
an_account_that_left_the_lists_is_not_written_to(void **state)
{
	struct fixture *f = *state;

	rest(f);
	lender_do(f->l, "UPDATE amount SET until = 1 WHERE account = (SELECT id FROM account WHERE "
			"ref = 'A-1'); UPDATE meta SET value = 2 WHERE key = 'visible'");
	pass(f);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM message WHERE status = 0 AND "
					    "account = (SELECT id FROM account WHERE ref = 'A-1')"),
			 0);
}

static void
steps_that_are_gone_are_cancelled_and_revived_when_they_return(void **state)
{
	struct fixture *f = *state;
	int64_t id;

	rest(f);
	id = row_of(f, "A-1", "+7/sms");
	campaign(f, "steps:\n  - {day: 10, sms: reminder}\n");
	expect(f, "A-1", "+7/sms", STATUS_CANCELLED, REASON_CAMPAIGN_CHANGED);
	campaign(f, "steps:\n  - {day: 7, sms: reminder}\nat: \"11:00\"\n");
	expect(f, "A-1", "+7/sms", STATUS_PLANNED, REASON_NONE);
	assert_int_equal(row_of(f, "A-1", "+7/sms"), id);
	assert_true(at_of(f, "A-1", "+7/sms") == TEN_O_CLOCK + HOUR);
	campaign(f, "select: {product: none}\nsteps:\n  - {day: 7, sms: reminder}\n");
	expect(f, "A-1", "+7/sms", STATUS_CANCELLED, REASON_CAMPAIGN_CHANGED);
}

static void
what_was_said_or_cancelled_by_a_person_is_never_revived(void **state)
{
	struct fixture *f = *state;
	char sql[120];

	rest(f);
	lender_do(f->l, "UPDATE message SET status = 3, handed_at = 1 WHERE id = (SELECT min(id) "
			"FROM message)");
	snprintf(
	    sql, sizeof sql,
	    "UPDATE message SET status = 8, reason = %d WHERE id = (SELECT max(id) FROM message)",
	    (int)REASON_CANCELLED);
	lender_do(f->l, sql);
	campaign(f, "steps:\n  - {day: 10, sms: reminder}\n");
	campaign(f, "steps:\n  - {day: [7, 10], sms: reminder}\n");
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM message WHERE status = 3"), 1);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM message WHERE status = 8"), 1);
}

static void
a_test_row_goes_once_it_is_live(void **state)
{
	struct fixture *f = *state;
	char sql[80];

	rest(f);
	snprintf(sql, sizeof sql, "UPDATE message SET status = 9, reason = %d", (int)REASON_TEST);
	lender_do(f->l, sql);
	lender_write(f->l, "false");
	planner_use(f->planner, f->l->config);
	rest(f);
	expect(f, "A-1", "+7/sms", STATUS_SKIPPED, REASON_TEST);
	lender_write(f->l, "true");
	planner_use(f->planner, f->l->config);
	rest(f);
	expect(f, "A-1", "+7/sms", STATUS_PLANNED, REASON_NONE);
}

static void
a_row_follows_its_number_to_another_route(void **state)
{
	struct fixture *f = *state;

	rest(f);
	lender_do(f->l, "UPDATE account_row SET phones = '+15550001111' WHERE account = "
			"(SELECT id FROM account WHERE ref = 'A-1')");
	pass(f);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM message WHERE route = ''"), 1);
}

static void
one_person_can_be_planned_alone(void **state)
{
	struct fixture *f = *state;

	rest(f);
	lender_do(f->l, "DELETE FROM message");
	planner_account(f->planner, lender_account(f->l, "TWIN-2"));
	rest(f);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM message"), 2); /* both twins */
	planner_person(f->planner, 4711);                                        /* nobody */
	rest(f);
	assert_int_equal(f->failed, 0);
}

/* ---- promises ---- */

static void
promise(struct fixture *f, const char *ref, int64_t expected, const char *until)
{
	char sql[400];

	snprintf(
	    sql, sizeof sql,
	    "INSERT INTO promise (account, day, due, amount, expected, currency, source, "
	    "status, at, import, until, pauses, actor) SELECT id, %d, %d, NULL, %lld, 'PHP', "
	    "'sms', 0, 1, (SELECT value FROM meta WHERE key = 'visible'), %d, 1, 'dunlin' FROM "
	    "account WHERE ref = '%s'",
	    lender_day(until) - 2, lender_day("2026-09-08"), (long long)expected, lender_day(until),
	    ref);
	lender_do(f->l, sql);
}

static int64_t
promise_of(struct fixture *f, const char *ref)
{
	char sql[120];

	snprintf(sql, sizeof sql,
		 "SELECT status FROM promise WHERE account = (SELECT id FROM account WHERE ref = "
		 "'%s')",
		 ref);
	return lender_count(f->l, sql);
}

static void
promises_are_judged_when_their_grace_is_over(void **state)
{
	static const struct {
		const char *ref;
		int64_t expected, paid;
		int status;
	} all[] = {{"A-1", 70000, 66500, PROMISE_KEPT}, /* 95 percent */
		   {"A-2", 70000, 66499, PROMISE_PARTIAL},
		   {"TWIN-1", 70000, 0, PROMISE_BROKEN},
		   {"TWIN-2", 200000, 100000, PROMISE_KEPT}}; /* all that was due is paid */
	struct fixture *f = *state;

	rest(f);
	for (size_t i = 0; i < 4; i++) {
		promise(f, all[i].ref, all[i].expected, "2026-09-18");
		if (all[i].paid != 0)
			pay(f, all[i].ref, all[i].paid);
	}
	go_to(f, "2026-09-17", 23);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(promise_of(f, all[i].ref), PROMISE_OPEN);
	go_to(f, "2026-09-18", 0);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(promise_of(f, all[i].ref), all[i].status);
	assert_int_equal(
	    lender_count(f->l, "SELECT count(*) FROM event WHERE kind = 'promise_ended'"), 4);
	pass(f);
	assert_int_equal(
	    lender_count(f->l, "SELECT count(*) FROM event WHERE kind = 'promise_ended'"), 4);
}

static void
a_reversed_payment_keeps_no_promise(void **state)
{
	struct fixture *f = *state;

	rest(f);
	promise(f, "A-1", 70000, "2026-09-18");
	pay(f, "A-1", 70000);
	pay(f, "A-1", -70000);
	go_to(f, "2026-09-18", 1);
	assert_int_equal(promise_of(f, "A-1"), PROMISE_BROKEN);
}

/* ---- trouble ---- */

static void
a_store_that_cannot_be_read_is_tried_again(void **state)
{
	struct fixture *f = *state;

	rest(f);
	lender_do(f->l, "DELETE FROM message; ALTER TABLE amount RENAME TO gone");
	planner_pass(f->planner);
	while (f->failed == 0)
		uv_run(&f->loop, UV_RUN_ONCE);
	lender_do(f->l, "ALTER TABLE gone RENAME TO amount");
	while (lender_count(f->l, "SELECT count(*) FROM message") < 4)
		uv_run(&f->loop, UV_RUN_ONCE);
	rest(f);
}

static void
it_closes_in_the_middle_of_a_pass(void **state)
{
	(void)state; /* setup began one, teardown does it */
}

static void
held_it_plans_no_more(void **state)
{
	struct fixture *f = *state;

	rest(f);
	lender_do(f->l, "DELETE FROM message");
	planner_hold(f->planner);
	pass(f);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM message"), 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	static const struct CMUnitTest tests[] = {
	    TEST(what_is_near_stands_in_the_queue_once),
	    TEST(a_row_follows_its_step_to_another_campaign),
	    TEST(of_one_person_the_second_account_waits_its_day),
	    TEST(a_done_task_is_not_made_again),
	    TEST(the_next_step_comes_in_its_time_and_what_was_not_said_is_superseded),
	    TEST(days_nobody_planned_are_made_up_for),
	    TEST(what_is_paid_leaves_the_queue_and_comes_back_with_the_debt),
	    TEST(an_account_that_left_the_lists_is_not_written_to),
	    TEST(steps_that_are_gone_are_cancelled_and_revived_when_they_return),
	    TEST(what_was_said_or_cancelled_by_a_person_is_never_revived),
	    TEST(a_test_row_goes_once_it_is_live),
	    TEST(a_row_follows_its_number_to_another_route),
	    TEST(one_person_can_be_planned_alone),
	    TEST(promises_are_judged_when_their_grace_is_over),
	    TEST(a_reversed_payment_keeps_no_promise),
	    TEST(a_store_that_cannot_be_read_is_tried_again),
	    TEST(it_closes_in_the_middle_of_a_pass),
	    TEST(held_it_plans_no_more),
	};

	return cmocka_run_group_tests_name("planner", tests, NULL, NULL);
#undef TEST
}
