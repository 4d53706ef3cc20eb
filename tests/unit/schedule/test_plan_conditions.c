/* A step's own conditions, the other channel instead, and the reminder of a promised day. */
#include "plan_fixture.h"

static struct plan_account *
begin(struct fixture *f, const char *steps)
{
	struct plan_account *a;

	fixture_init(f, steps);
	a = fixture_account(f, "2026-09-10");
	a->heard = INT64_MIN;
	a->promised_on = INT32_MIN;
	a->best_hour = -1;
	return a;
}

/* What a day says of the account, planned at 09:00. */
static const char *
day(struct fixture *f, const char *date)
{
	fixture_walk(f, at(f, date, "09:00"), on(date), on(date));
	return fixture_text(f);
}

static void
each_condition_is_named_where_it_is_not_met(void **state)
{
	struct fixture f;
	struct plan_account *a;

	(void)state;
	a = begin(&f, "+5/call");
	f.policy.first_touch = NULL;
	f.steps[0].when_delivered = CAMPAIGN_YES;
	assert_string_equal(day(&f, "2026-09-15"),
			    "2026-09-15 0 +5/call skip condition when.delivered\n");
	a->delivered = true;
	assert_string_equal(day(&f, "2026-09-15"), "2026-09-15 0 +5/call send at 10:00\n");
	f.steps[0].when_answered = CAMPAIGN_NO;
	a->answered = true;
	assert_string_equal(day(&f, "2026-09-15"),
			    "2026-09-15 0 +5/call skip condition when.answered\n");
	a->answered = false;
	f.steps[0].when_part_paid = CAMPAIGN_YES;
	assert_string_equal(day(&f, "2026-09-15"),
			    "2026-09-15 0 +5/call skip condition when.part_paid\n");
	a->part_paid = true;
	f.steps[0].when_promise = CAMPAIGN_PROMISE_BROKEN;
	assert_string_equal(day(&f, "2026-09-15"),
			    "2026-09-15 0 +5/call skip condition when.promise\n");
	a->promise = CAMPAIGN_PROMISE_BROKEN;
	assert_string_equal(day(&f, "2026-09-15"), "2026-09-15 0 +5/call send at 10:00\n");
}

static void
silence_is_counted_from_the_step_that_went(void **state)
{
	struct fixture f;
	struct plan_account *a = begin(&f, "+3/sms +7/task");

	(void)state;
	f.steps[1].silent = true;
	f.steps[1].silent_day = 3;
	f.steps[1].silent_channel = CAMPAIGN_SMS;
	/* the text never went */
	assert_string_equal(day(&f, "2026-09-17"),
			    "2026-09-17 0 +3/sms skip superseded\n"
			    "2026-09-17 0 +7/task skip condition when.no_response_since\n");
	fixture_mark(&f, 0, on("2026-09-10"), 3, CAMPAIGN_SMS, PLAN_MARK_SPENT);
	f.served[0][0].at = at(&f, "2026-09-13", "10:00");
	assert_string_equal(day(&f, "2026-09-17"), "2026-09-17 0 +7/task task at 10:00\n");
	/* something came before it, then after it */
	a->heard = at(&f, "2026-09-13", "09:59");
	assert_string_equal(day(&f, "2026-09-17"), "2026-09-17 0 +7/task task at 10:00\n");
	a->heard = at(&f, "2026-09-13", "10:01");
	assert_string_equal(day(&f, "2026-09-17"),
			    "2026-09-17 0 +7/task skip condition when.no_response_since\n");
}

/* A later day supposes that all planned before it is sent and nothing comes in. */
static void
a_plan_ahead_supposes_silence(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, "+3/sms +7/task");
	f.steps[1].silent = true;
	f.steps[1].silent_day = 3;
	f.steps[1].silent_channel = CAMPAIGN_SMS;
	fixture_walk(&f, at(&f, "2026-09-11", "09:00"), on("2026-09-11"), on("2026-09-18"));
	expect_plan(&f, "2026-09-13 0 +3/sms send at 10:00\n"
			"2026-09-17 0 +7/task task at 10:00\n");
}

static void
the_other_channel_goes_instead(void **state)
{
	struct fixture f;
	struct plan_account *a = begin(&f, "+5/sms +5/call");

	(void)state;
	f.policy.first_touch = NULL;
	f.steps[0].when_reach = f.steps[1].when_reach = CAMPAIGN_REACH_SMS;
	f.steps[1].unless_reach = true;
	assert_string_equal(day(&f, "2026-09-15"), "2026-09-15 0 +5/sms skip condition when.reach\n"
						   "2026-09-15 0 +5/call send at 10:00\n");
	a->reach = CAMPAIGN_REACH_SMS;
	assert_string_equal(day(&f, "2026-09-15"), "2026-09-15 0 +5/sms send at 10:00\n"
						   "2026-09-15 0 +5/call skip condition instead\n");
}

static void
a_promise_lets_its_own_reminder_through_on_its_day_alone(void **state)
{
	struct fixture f;
	struct plan_account *a = begin(&f, "+3/sms +5/sms +7/sms");

	(void)state;
	f.steps[1].promised = true;
	f.steps[1].when_promise = CAMPAIGN_PROMISE_OPEN;
	a->promise = CAMPAIGN_PROMISE_OPEN;
	a->promise_until = on("2026-09-18");
	a->promised_on = on("2026-09-15");
	assert_string_equal(day(&f, "2026-09-14"), "2026-09-14 0 +3/sms skip promise_open\n");
	assert_string_equal(day(&f, "2026-09-15"), "2026-09-15 0 +3/sms skip superseded\n"
						   "2026-09-15 0 +5/sms send at 10:00\n");
	/* on the next day it would be false, however many days the campaign gives */
	assert_string_equal(day(&f, "2026-09-16"), "2026-09-16 0 +3/sms skip superseded\n"
						   "2026-09-16 0 +5/sms skip superseded\n");
	assert_string_equal(day(&f, "2026-09-17"), "2026-09-17 0 +7/sms skip promise_open\n");
}

static void
what_gave_up_does_not_silence_the_older(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, "+3/sms +4/sms");
	fixture_mark(&f, 0, on("2026-09-10"), 4, CAMPAIGN_SMS, PLAN_MARK_PASSED);
	assert_string_equal(day(&f, "2026-09-14"), "2026-09-14 0 +3/sms send late at 10:00\n"
						   "2026-09-14 0 +4/sms skip done\n");
	f.served[0][0].mark = PLAN_MARK_SPENT;
	assert_string_equal(day(&f, "2026-09-14"), "2026-09-14 0 +3/sms skip superseded\n"
						   "2026-09-14 0 +4/sms skip done\n");
}

static void
the_best_hour_is_kept_within_the_rules(void **state)
{
	struct fixture f;
	struct plan_account *a = begin(&f, "+5/sms");

	(void)state;
	f.campaign.best = true;
	assert_string_equal(day(&f, "2026-09-15"), "2026-09-15 0 +5/sms send at 10:00\n");
	a->best_hour = 17 * 3600;
	assert_string_equal(day(&f, "2026-09-15"), "2026-09-15 0 +5/sms send at 17:00\n");
	a->best_hour = 22 * 3600;
	assert_string_equal(day(&f, "2026-09-15"),
			    "2026-09-15 0 +5/sms defer window 2026-09-16 08:00 base.window\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_condition_is_named_where_it_is_not_met),
	    cmocka_unit_test(silence_is_counted_from_the_step_that_went),
	    cmocka_unit_test(a_plan_ahead_supposes_silence),
	    cmocka_unit_test(the_other_channel_goes_instead),
	    cmocka_unit_test(a_promise_lets_its_own_reminder_through_on_its_day_alone),
	    cmocka_unit_test(what_gave_up_does_not_silence_the_older),
	    cmocka_unit_test(the_best_hour_is_kept_within_the_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
