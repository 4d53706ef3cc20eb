/* The plan, case by case: each test is one sentence of the contract. */
#include "plan_fixture.h"

static void
steps_go_on_their_days_at_the_preferred_time(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, "-3/sms +0/sms +1/sms +7/sms +24/task");
	fixture_account(&f, "2026-09-10");
	fixture_walk(&f, at(&f, "2026-09-01", "00:00"), on("2026-09-01"), on("2026-10-10"));
	expect_plan(&f, "2026-09-07 0 -3/sms send at 10:00\n"
			"2026-09-10 0 +0/sms send at 10:00\n"
			"2026-09-11 0 +1/sms send at 10:00\n"
			"2026-09-17 0 +7/sms send at 10:00\n"
			"2026-10-04 0 +24/task task at 10:00\n");
	assert_int_equal(f.rows[2].sums.dpd, 1);
	assert_int_equal(f.rows[0].sums.arrears, 0);
	assert_int_equal(f.rows[0].step_amount, 10000);
}

static void
past_the_preferred_time_it_goes_now(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, "+1/sms");
	fixture_account(&f, "2026-09-10");
	fixture_walk(&f, at(&f, "2026-09-11", "15:20"), on("2026-09-11"), on("2026-09-12"));
	expect_plan(&f, "2026-09-11 0 +1/sms send at 15:20\n");
}

static void
after_its_own_day_it_is_late_then_superseded(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, "+1/sms");
	fixture_account(&f, "2026-09-10");
	fixture_walk(&f, at(&f, "2026-09-14", "09:00"), on("2026-09-14"), on("2026-09-16"));
	expect_plan(&f, "2026-09-14 0 +1/sms send late at 10:00\n");
	fixture_walk(&f, at(&f, "2026-09-15", "09:00"), on("2026-09-15"), on("2026-09-16"));
	expect_plan(&f, "2026-09-15 0 +1/sms skip superseded\n");
	fixture_walk(&f, at(&f, "2026-09-16", "09:00"), on("2026-09-16"), on("2026-09-18"));
	expect_plan(&f, "");
}

static void
the_evening_moves_to_the_next_day(void **state)
{
	struct fixture f;
	struct plan_row row;

	(void)state;
	fixture_init(&f, "+1/sms");
	fixture_account(&f, "2026-09-10");
	/* 19:45 is the margin before the window's end */
	fixture_walk(&f, at(&f, "2026-09-11", "19:45"), on("2026-09-11"), on("2026-09-13"));
	expect_plan(&f, "2026-09-11 0 +1/sms defer window 2026-09-12 10:00 base.window\n"
			"2026-09-12 0 +1/sms send late at 10:00\n");
	fixture_walk(&f, at(&f, "2026-09-11", "19:44"), on("2026-09-11"), on("2026-09-13"));
	expect_plan(&f, "2026-09-11 0 +1/sms send at 19:44\n");
	plan_decide(&f.person, &f.rules, at(&f, "2026-09-11", "19:45"), 0, on("2026-09-10"), 1,
		    CAMPAIGN_SMS, &row);
	assert_int_equal(row.decision, PLAN_DEFER);
	assert_int_equal(row.at, at(&f, "2026-09-12", "10:00"));
	/* the last late day has no next */
	fixture_walk(&f, at(&f, "2026-09-14", "20:30"), on("2026-09-14"), on("2026-09-15"));
	expect_plan(&f, "2026-09-14 0 +1/sms skip window base.window\n"
			"2026-09-15 0 +1/sms skip superseded\n");
}

static void
a_window_moves_within_the_day(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, "+1/sms");
	f.campaign.at = 6 * 3600;
	fixture_account(&f, "2026-09-10");
	fixture_walk(&f, at(&f, "2026-09-11", "00:00"), on("2026-09-11"), on("2026-09-12"));
	expect_plan(&f, "2026-09-11 0 +1/sms defer window at 08:00 base.window\n");
	fixture_walk(&f, at(&f, "2026-09-12", "00:00"), on("2026-09-12"), on("2026-09-12"));
	expect_plan(&f, "2026-09-12 0 +1/sms send late at 08:00\n");
}

static void
a_preferred_time_that_is_always_closed_still_gets_said(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, "+1/sms +2/sms");
	f.campaign.at = 21 * 3600;
	f.campaign.late = 1;
	fixture_account(&f, "2026-09-10");
	fixture_steps(&f, "+1/sms");
	fixture_walk(&f, at(&f, "2026-09-11", "00:00"), on("2026-09-11"), on("2026-09-12"));
	expect_plan(&f, "2026-09-11 0 +1/sms defer window 2026-09-12 08:00 base.window\n"
			"2026-09-12 0 +1/sms send late at 08:00\n");
	f.campaign.late = 0;
	fixture_walk(&f, at(&f, "2026-09-11", "09:00"), on("2026-09-11"), on("2026-09-12"));
	expect_plan(&f, "2026-09-11 0 +1/sms send at 09:00\n");
}

static void
holidays_are_closed_and_said_once(void **state)
{
	const int32_t holidays[] = {on("2026-09-11"), on("2026-09-12")};
	struct fixture f;

	(void)state;
	fixture_init(&f, "+1/sms");
	f.policy.holidays = holidays;
	f.policy.n_holidays = 2;
	fixture_account(&f, "2026-09-10");
	fixture_walk(&f, at(&f, "2026-09-10", "00:00"), on("2026-09-10"), on("2026-09-14"));
	expect_plan(&f, "2026-09-11 0 +1/sms defer holiday 2026-09-13 10:00 holidays\n"
			"2026-09-13 0 +1/sms send late at 10:00\n");
	/* a list that begins between says why that day is silent */
	fixture_walk(&f, at(&f, "2026-09-10", "00:00"), on("2026-09-12"), on("2026-09-12"));
	expect_plan(&f, "2026-09-12 0 +1/sms defer holiday 2026-09-13 10:00 holidays\n");
}

static void
caps_move_the_dense_end_of_a_campaign(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, "+1/sms +2/sms +3/sms +5/sms");
	fixture_account(&f, "2026-09-10");
	fixture_walk(&f, at(&f, "2026-09-10", "00:00"), on("2026-09-10"), on("2026-09-30"));
	expect_plan(&f, "2026-09-11 0 +1/sms send at 10:00\n"
			"2026-09-12 0 +2/sms send at 10:00\n"
			"2026-09-13 0 +3/sms send at 10:00\n"
			"2026-09-15 0 +5/sms defer cap 2026-09-18 10:00 base.sms.3/7d\n"
			"2026-09-18 0 +5/sms send late at 10:00\n");
}

static void
only_the_latest_of_several_goes(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, "+1/sms +2/sms +3/sms +3/task +4/task");
	fixture_account(&f, "2026-09-10")->known_since = on("2026-09-14");
	fixture_walk(&f, at(&f, "2026-09-14", "08:00"), on("2026-09-14"), on("2026-09-20"));
	expect_plan(&f, "2026-09-14 0 +1/sms skip superseded\n"
			"2026-09-14 0 +2/sms skip superseded\n"
			"2026-09-14 0 +3/sms send late at 10:00\n"
			"2026-09-14 0 +3/task task late at 10:00\n"
			"2026-09-14 0 +4/task task at 10:00\n");
}

static void
what_was_over_before_the_import_is_nobodys_miss(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, "+1/sms +7/sms");
	fixture_account(&f, "2026-09-10")->known_since = on("2026-09-15");
	fixture_walk(&f, at(&f, "2026-09-15", "08:00"), on("2026-09-15"), on("2026-09-16"));
	expect_plan(&f, "");
}

static void
a_later_step_already_said_silences_the_older(void **state)
{
	struct fixture f;
	struct plan_row row;

	(void)state;
	fixture_init(&f, "+5/sms +7/sms");
	f.campaign.late = 10;
	fixture_account(&f, "2026-09-10");
	fixture_mark(&f, 0, on("2026-09-10"), 7, CAMPAIGN_SMS, PLAN_MARK_SPENT);
	fixture_walk(&f, at(&f, "2026-09-18", "08:00"), on("2026-09-18"), on("2026-09-30"));
	expect_plan(&f, "2026-09-18 0 +5/sms skip superseded\n");
	plan_decide(&f.person, &f.rules, at(&f, "2026-09-18", "11:00"), 0, on("2026-09-10"), 5,
		    CAMPAIGN_SMS, &row);
	assert_int_equal(row.reason, REASON_SUPERSEDED);
}

static void
pre_due_steps_only_when_nothing_is_in_arrears(void **state)
{
	struct fixture f;
	struct plan_account *a;

	(void)state;
	fixture_init(&f, "-3/sms +1/sms");
	a = fixture_account(&f, "2026-09-10");
	f.amounts[0][a->n_amounts++] =
	    (struct debt_amount){.due = on("2026-09-20"), .billed = 500, .given = -1, .left = 500};
	fixture_mark(&f, 0, on("2026-09-10"), 1, CAMPAIGN_SMS, PLAN_MARK_SPENT);
	fixture_walk(&f, at(&f, "2026-09-16", "08:00"), on("2026-09-16"), on("2026-09-22"));
	expect_plan(&f, "");
	f.amounts[0][0].left = 0;
	fixture_walk(&f, at(&f, "2026-09-16", "08:00"), on("2026-09-16"), on("2026-09-22"));
	expect_plan(&f, "2026-09-17 0 -3/sms send at 10:00\n2026-09-21 0 +1/sms send at 10:00\n");
	/* late, but not past the day it speaks of */
	f.campaign.late = 9;
	fixture_walk(&f, at(&f, "2026-09-20", "19:50"), on("2026-09-20"), on("2026-09-20"));
	expect_plan(&f, "2026-09-20 0 -3/sms skip window base.window\n");
}

static void
when_the_oldest_clears_the_next_follows_late(void **state)
{
	struct fixture f;
	struct plan_account *a;

	(void)state;
	fixture_init(&f, "+1/sms +7/sms +15/sms");
	a = fixture_account(&f, "2026-09-01");
	f.amounts[0][a->n_amounts++] =
	    (struct debt_amount){.due = on("2026-09-10"), .billed = 500, .given = -1, .left = 500};
	f.amounts[0][0].left = 0;
	for (int day = 1; day <= 7; day += 6)
		fixture_mark(&f, 0, on("2026-09-01"), day, CAMPAIGN_SMS, PLAN_MARK_SPENT);
	/* the second amount is 8 days over: +1 is past its days, +7 is one day late */
	fixture_walk(&f, at(&f, "2026-09-18", "08:00"), on("2026-09-18"), on("2026-09-26"));
	expect_plan(&f, "2026-09-18 0 +7/sms send late at 10:00\n"
			"2026-09-25 0 +15/sms send at 10:00\n");
}

static void
paid_done_and_skipped_steps_say_so_on_their_day(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, "+1/sms +2/sms +3/sms");
	fixture_account(&f, "2026-09-10");
	fixture_mark(&f, 0, on("2026-09-10"), 1, CAMPAIGN_SMS, PLAN_MARK_SPENT);
	fixture_mark(&f, 0, on("2026-09-10"), 2, CAMPAIGN_SMS, PLAN_MARK_SKIPPED);
	f.amounts[0][0].left = 99;
	f.rules.ignore_below = 100;
	fixture_walk(&f, at(&f, "2026-09-11", "12:00"), on("2026-09-11"), on("2026-09-15"));
	expect_plan(&f, "2026-09-11 0 +1/sms skip done\n"
			"2026-09-12 0 +2/sms skip skipped\n"
			"2026-09-13 0 +3/sms skip paid\n");
	f.rules.ignore_below = 99;
	fixture_walk(&f, at(&f, "2026-09-11", "12:00"), on("2026-09-11"), on("2026-09-15"));
	expect_plan(&f, "2026-09-11 0 +1/sms skip done\n"
			"2026-09-12 0 +2/sms skip skipped\n"
			"2026-09-13 0 +3/sms send at 10:00\n");
}

static void
holds_skip_the_day_and_end(void **state)
{
	struct fixture f;
	struct plan_account *a;

	(void)state;
	fixture_init(&f, "+1/sms +2/task");
	a = fixture_account(&f, "2026-09-10");
	f.holds[0][0] = (struct plan_hold){REASON_HOLD, 0, on("2026-09-13"), "dispute"};
	a->n_holds = 1;
	fixture_walk(&f, at(&f, "2026-09-10", "12:00"), on("2026-09-10"), on("2026-09-15"));
	expect_plan(&f, "2026-09-11 0 +1/sms skip hold dispute\n"
			"2026-09-12 0 +1/sms skip hold dispute\n"
			"2026-09-12 0 +2/task task at 10:00\n"
			"2026-09-13 0 +1/sms send late at 10:00\n");
	a->n_holds = 0;
	a->promise_until = on("2026-09-20");
	fixture_walk(&f, at(&f, "2026-09-13", "12:00"), on("2026-09-13"), on("2026-09-15"));
	expect_plan(&f, "2026-09-13 0 +1/sms skip promise_open\n"
			"2026-09-13 0 +2/task task late at 12:00\n"
			"2026-09-14 0 +1/sms skip promise_open\n"
			"2026-09-15 0 +1/sms skip superseded\n");
	a->barred = REASON_OPTED_OUT;
	fixture_walk(&f, at(&f, "2026-09-13", "12:00"), on("2026-09-13"), on("2026-09-13"));
	expect_plan(&f, "2026-09-13 0 +1/sms skip opted_out\n"
			"2026-09-13 0 +2/task task late at 12:00\n");
	a->barred = REASON_ERASED; /* nobody could do it */
	fixture_walk(&f, at(&f, "2026-09-13", "12:00"), on("2026-09-13"), on("2026-09-13"));
	expect_plan(&f, "2026-09-13 0 +1/sms skip erased\n"
			"2026-09-13 0 +2/task skip erased\n");
}

static void
campaigns_hold_when_stale_or_paused(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, "+1/sms +1/task");
	fixture_account(&f, "2026-09-10");
	f.rules.stale_from = at(&f, "2026-09-11", "00:00");
	fixture_walk(&f, at(&f, "2026-09-11", "09:00"), on("2026-09-11"), on("2026-09-11"));
	expect_plan(&f, "2026-09-11 0 +1/sms skip stale\n2026-09-11 0 +1/task skip stale\n");
	f.rules.stale_from = INT64_MAX;
	f.rules.stopped = REASON_RESTORED;
	fixture_walk(&f, at(&f, "2026-09-11", "09:00"), on("2026-09-11"), on("2026-09-11"));
	expect_plan(&f, "2026-09-11 0 +1/sms skip restored\n2026-09-11 0 +1/task task at 10:00\n");
	f.rules.stopped = REASON_NONE;
	f.paused = true;
	f.rules.paused = &f.paused;
	fixture_walk(&f, at(&f, "2026-09-11", "09:00"), on("2026-09-11"), on("2026-09-11"));
	expect_plan(&f, "2026-09-11 0 +1/sms skip paused\n2026-09-11 0 +1/task skip paused\n");
}

static void
a_condition_lets_the_older_step_speak(void **state)
{
	struct fixture f;
	struct plan_account *a;

	(void)state;
	fixture_init(&f, "+1/sms +2/sms");
	f.steps[1].when_replied = CAMPAIGN_NO;
	a = fixture_account(&f, "2026-09-10");
	a->replied = true;
	fixture_walk(&f, at(&f, "2026-09-12", "09:00"), on("2026-09-12"), on("2026-09-12"));
	expect_plan(&f, "2026-09-12 0 +1/sms send late at 10:00\n"
			"2026-09-12 0 +2/sms skip condition when.replied\n");
	f.steps[1].when_replied = CAMPAIGN_ANY;
	f.steps[1].when_promise = CAMPAIGN_PROMISE_OPEN;
	a->promise = CAMPAIGN_PROMISE_OPEN;
	a->promise_until = on("2026-09-30");
	fixture_walk(&f, at(&f, "2026-09-12", "09:00"), on("2026-09-12"), on("2026-09-12"));
	expect_plan(&f, "2026-09-12 0 +1/sms skip superseded\n"
			"2026-09-12 0 +2/sms send at 10:00\n");
}

static void
decide_knows_what_ended(void **state)
{
	struct fixture f;
	struct plan_row row;
	struct plan_account *a;

	(void)state;
	fixture_init(&f, "+1/sms +10/task");
	a = fixture_account(&f, "2026-09-10");
	int64_t now = at(&f, "2026-09-11", "11:00");
	plan_decide(&f.person, &f.rules, now, 0, on("2026-09-10"), 2, CAMPAIGN_SMS, &row);
	assert_int_equal(row.reason, REASON_CAMPAIGN_CHANGED);
	assert_null(row.step);
	plan_decide(&f.person, &f.rules, now, 0, on("2026-09-12"), 1, CAMPAIGN_SMS, &row);
	assert_int_equal(row.reason, REASON_PAID);
	plan_decide(&f.person, &f.rules, now - DAY, 0, on("2026-09-10"), 1, CAMPAIGN_SMS, &row);
	assert_int_equal(row.decision, PLAN_DEFER);
	assert_int_equal(row.at, at(&f, "2026-09-11", "10:00"));
	plan_decide(&f.person, &f.rules, now + 9 * DAY, 0, on("2026-09-10"), 10, CAMPAIGN_TASK,
		    &row);
	assert_int_equal(row.decision, PLAN_TASK);
	f.amounts[0][1] = f.amounts[0][0];
	f.amounts[0][0].due = on("2026-08-01");
	a->n_amounts = 2;
	plan_decide(&f.person, &f.rules, now, 0, on("2026-09-10"), 1, CAMPAIGN_SMS, &row);
	assert_int_equal(row.reason, REASON_CONDITION);
	assert_string_equal(row.rule, "oldest_first");
	a->n_steps = 0;
	plan_decide(&f.person, &f.rules, now, 0, on("2026-09-10"), 1, CAMPAIGN_SMS, &row);
	assert_int_equal(row.reason, REASON_CAMPAIGN_CHANGED);
}

static void
manual_texts_heed_what_they_must(void **state)
{
	struct fixture f;
	struct plan_row row;

	(void)state;
	fixture_init(&f, "+1/sms");
	fixture_account(&f, "2026-09-10")->promise_until = on("2026-09-30");
	int64_t noon = at(&f, "2026-09-11", "12:00");
	fixture_contact(&f, 0, CAMPAIGN_SMS, noon - HOUR);
	plan_decide_manual(&f.person, &f.rules, noon, 0, CAMPAIGN_SMS, false, &row);
	assert_int_equal(row.reason, REASON_PROMISE_OPEN);
	plan_decide_manual(&f.person, &f.rules, noon, 0, CAMPAIGN_SMS, true, &row);
	assert_int_equal(row.decision, PLAN_SEND);
	f.accounts[0].promise_until = INT32_MIN;
	plan_decide_manual(&f.person, &f.rules, noon, 0, CAMPAIGN_SMS, false, &row);
	assert_int_equal(row.decision, PLAN_DEFER);
	assert_int_equal(row.reason, REASON_CAP);
	assert_int_equal(row.at, at(&f, "2026-09-12", "08:00"));
	plan_decide_manual(&f.person, &f.rules, noon + 10 * HOUR, 0, CAMPAIGN_SMS, true, &row);
	assert_int_equal(row.reason, REASON_WINDOW);
	f.accounts[0].barred = REASON_OPTED_OUT;
	plan_decide_manual(&f.person, &f.rules, noon, 0, CAMPAIGN_SMS, true, &row);
	assert_int_equal(row.reason, REASON_OPTED_OUT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(steps_go_on_their_days_at_the_preferred_time),
	    cmocka_unit_test(past_the_preferred_time_it_goes_now),
	    cmocka_unit_test(after_its_own_day_it_is_late_then_superseded),
	    cmocka_unit_test(the_evening_moves_to_the_next_day),
	    cmocka_unit_test(a_window_moves_within_the_day),
	    cmocka_unit_test(a_preferred_time_that_is_always_closed_still_gets_said),
	    cmocka_unit_test(holidays_are_closed_and_said_once),
	    cmocka_unit_test(caps_move_the_dense_end_of_a_campaign),
	    cmocka_unit_test(only_the_latest_of_several_goes),
	    cmocka_unit_test(what_was_over_before_the_import_is_nobodys_miss),
	    cmocka_unit_test(a_later_step_already_said_silences_the_older),
	    cmocka_unit_test(pre_due_steps_only_when_nothing_is_in_arrears),
	    cmocka_unit_test(when_the_oldest_clears_the_next_follows_late),
	    cmocka_unit_test(paid_done_and_skipped_steps_say_so_on_their_day),
	    cmocka_unit_test(holds_skip_the_day_and_end),
	    cmocka_unit_test(campaigns_hold_when_stale_or_paused),
	    cmocka_unit_test(a_condition_lets_the_older_step_speak),
	    cmocka_unit_test(decide_knows_what_ended),
	    cmocka_unit_test(manual_texts_heed_what_they_must),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
