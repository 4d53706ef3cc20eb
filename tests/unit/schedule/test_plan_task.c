/* Work for a person: made also when it is late, once, and not about what was over before. */
#include "plan_fixture.h"

/* The daemon was down: the text is too late, the work is not. */
static void
a_task_missed_for_days_is_made_once_and_late(void **state)
{
	struct fixture f;
	struct plan_row row;

	(void)state;
	fixture_init(&f, "+1/task +24/sms +24/task +27/task");
	fixture_account(&f, "2026-09-10")->known_since = on("2026-09-01");
	fixture_mark(&f, 0, on("2026-09-10"), 1, CAMPAIGN_TASK, PLAN_MARK_SPENT);
	/* +24 was ten days ago; neither the later task nor the later days take its place */
	fixture_walk(&f, at(&f, "2026-10-14", "08:00"), on("2026-10-14"), on("2026-10-30"));
	expect_plan(&f, "2026-10-14 0 +24/task task late at 10:00\n"
			"2026-10-14 0 +27/task task late at 10:00\n");
	plan_decide(&f.person, &f.rules, at(&f, "2026-10-14", "08:00"), 0, on("2026-09-10"), 24,
		    CAMPAIGN_TASK, &row);
	assert_int_equal(row.decision, PLAN_TASK);
	assert_int_equal(row.reason, REASON_LATE);
	fixture_mark(&f, 0, on("2026-09-10"), 24, CAMPAIGN_TASK, PLAN_MARK_SPENT);
	fixture_walk(&f, at(&f, "2026-10-14", "09:00"), on("2026-10-14"), on("2026-10-30"));
	expect_plan(&f, "2026-10-14 0 +27/task task late at 10:00\n");
}

static void
after_two_months_a_task_is_given_up(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, "+24/task");
	fixture_account(&f, "2026-09-10"); /* its own day is 4 October */
	fixture_walk(&f, at(&f, "2026-12-03", "08:00"), on("2026-12-03"), on("2026-12-05"));
	expect_plan(&f, "2026-12-03 0 +24/task task late at 10:00\n");
	fixture_walk(&f, at(&f, "2026-12-04", "08:00"), on("2026-12-04"), on("2026-12-05"));
	expect_plan(&f, "2026-12-04 0 +24/task skip superseded\n");
	/* held all the time, it is asked about to the end */
	f.paused = true;
	f.rules.paused = &f.paused;
	fixture_walk(&f, at(&f, "2026-12-02", "08:00"), on("2026-12-02"), on("2026-12-06"));
	expect_plan(&f, "2026-12-02 0 +24/task skip paused\n"
			"2026-12-03 0 +24/task skip paused\n"
			"2026-12-04 0 +24/task skip superseded\n");
}

/* A task about a day to come is none once that day is over. */
static void
a_task_before_the_due_date_ends_with_it(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, "-3/task");
	f.campaign.late = 0;
	fixture_account(&f, "2026-09-10");
	fixture_walk(&f, at(&f, "2026-09-10", "08:00"), on("2026-09-10"), on("2026-09-12"));
	expect_plan(&f, "2026-09-10 0 -3/task task late at 10:00\n");
	fixture_walk(&f, at(&f, "2026-09-12", "08:00"), on("2026-09-12"), on("2026-09-14"));
	expect_plan(&f, "");
	assert_int_equal(plan_reach(&f.steps[0]), 3);
}

static void
a_first_list_brings_no_old_tasks(void **state)
{
	struct fixture f;
	struct plan_row row;

	(void)state;
	fixture_init(&f, "+24/task +37/task +45/task");
	/* 40 days overdue: +24 was over before, +37 is on its last day, +45 is to come */
	fixture_account(&f, "2026-08-01")->known_since = on("2026-09-10");
	fixture_walk(&f, at(&f, "2026-09-10", "08:00"), on("2026-09-10"), on("2026-09-20"));
	expect_plan(&f, "2026-09-10 0 +37/task task late at 10:00\n"
			"2026-09-15 0 +45/task task at 10:00\n");
	plan_decide(&f.person, &f.rules, at(&f, "2026-09-10", "08:00"), 0, on("2026-08-01"), 24,
		    CAMPAIGN_TASK, &row);
	assert_int_equal(row.decision, PLAN_SKIP);
	assert_int_equal(row.reason, REASON_SUPERSEDED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_task_missed_for_days_is_made_once_and_late),
	    cmocka_unit_test(after_two_months_a_task_is_given_up),
	    cmocka_unit_test(a_task_before_the_due_date_ends_with_it),
	    cmocka_unit_test(a_first_list_brings_no_old_tasks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
