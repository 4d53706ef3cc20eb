/* Several accounts of one person: who speaks, who waits, and what they share. */
#include "plan_fixture.h"

static void
the_highest_dpd_of_a_person_speaks_first(void **state)
{
	struct fixture f;
	struct plan_row row;

	(void)state;
	fixture_init(&f, "+1/sms +2/sms");
	f.campaign.late = 2;
	fixture_account(&f, "2026-09-10");
	fixture_account(&f, "2026-09-09");
	fixture_account(&f, "2026-09-10");
	fixture_walk(&f, at(&f, "2026-09-11", "00:00"), on("2026-09-11"), on("2026-09-15"));
	expect_plan(&f, "2026-09-11 1 +1/sms skip superseded\n"
			"2026-09-11 1 +2/sms send at 10:00\n"
			"2026-09-11 0 +1/sms defer cap 2026-09-12 10:00 base.sms.1/1d\n"
			"2026-09-11 2 +1/sms defer cap 2026-09-13 10:00 base.sms.1/1d\n"
			"2026-09-12 0 +1/sms skip superseded\n"
			"2026-09-12 0 +2/sms send at 10:00\n"
			"2026-09-12 2 +1/sms skip superseded\n"
			"2026-09-12 2 +2/sms defer cap 2026-09-13 10:00 base.sms.1/1d\n"
			"2026-09-13 2 +2/sms send late at 10:00\n");
	/* the one that asks first is not the one that goes */
	plan_decide(&f.person, &f.rules, at(&f, "2026-09-11", "09:00"), 0, on("2026-09-10"), 1,
		    CAMPAIGN_SMS, &row);
	assert_int_equal(row.decision, PLAN_DEFER);
	assert_int_equal(row.reason, REASON_CAP);
	assert_int_equal(row.at, at(&f, "2026-09-12", "10:00"));
	/* unless the first may not speak at all */
	f.accounts[1].barred = REASON_NO_PHONE;
	plan_decide(&f.person, &f.rules, at(&f, "2026-09-11", "09:00"), 0, on("2026-09-10"), 1,
		    CAMPAIGN_SMS, &row);
	assert_int_equal(row.decision, PLAN_SEND);
}

static void
who_cannot_be_written_to_takes_nobodys_turn(void **state)
{
	static const enum reason barred[] = {REASON_NO_ROUTE, REASON_TEST, REASON_OPTED_OUT,
					     REASON_NO_PHONE, REASON_WRONG_NUMBER};
	struct fixture f;
	struct plan_row row;

	(void)state;
	fixture_init(&f, "+1/sms +2/sms");
	fixture_account(&f, "2026-09-10");
	fixture_account(&f, "2026-09-09");
	for (size_t i = 0; i < sizeof barred / sizeof *barred; i++) {
		f.accounts[1].barred = barred[i];
		fixture_walk(&f, at(&f, "2026-09-11", "00:00"), on("2026-09-11"), on("2026-09-11"));
		assert_int_equal(f.n_rows, 3);
		assert_int_equal(f.rows[1].reason, barred[i]);
		assert_int_equal(f.rows[2].account, 0);
		assert_int_equal(f.rows[2].decision, PLAN_SEND);
		plan_decide(&f.person, &f.rules, at(&f, "2026-09-11", "10:00"), 0, on("2026-09-10"),
			    1, CAMPAIGN_SMS, &row);
		assert_int_equal(row.decision, PLAN_SEND);
	}
}

/* A text that could not be made is tried on, and still silences the older of its account; the
 * person's other accounts do not wait for it. */
static void
a_stuck_step_is_not_counted_on(void **state)
{
	struct fixture f;
	struct plan_row row;
	int64_t ten;

	(void)state;
	fixture_init(&f, "+1/sms +2/sms");
	fixture_account(&f, "2026-09-10");
	fixture_account(&f, "2026-09-09");
	fixture_mark(&f, 1, on("2026-09-09"), 2, CAMPAIGN_SMS, PLAN_MARK_STUCK);
	ten = at(&f, "2026-09-11", "10:00");
	fixture_walk(&f, ten, on("2026-09-11"), on("2026-09-11"));
	expect_plan(&f, "2026-09-11 1 +1/sms skip superseded\n"
			"2026-09-11 1 +2/sms send at 10:00\n"
			"2026-09-11 0 +1/sms send at 10:00\n");
	plan_decide(&f.person, &f.rules, ten, 0, on("2026-09-10"), 1, CAMPAIGN_SMS, &row);
	assert_int_equal(row.decision, PLAN_SEND);
	plan_decide(&f.person, &f.rules, ten, 1, on("2026-09-09"), 2, CAMPAIGN_SMS, &row);
	assert_int_equal(row.decision, PLAN_SEND);
	/* said at last, it counts like any other */
	fixture_contact(&f, 1, CAMPAIGN_SMS, ten);
	plan_decide(&f.person, &f.rules, ten, 0, on("2026-09-10"), 1, CAMPAIGN_SMS, &row);
	assert_int_equal(row.decision, PLAN_DEFER);
	/* a person's word is above the mark, whichever is read first */
	fixture_mark(&f, 1, on("2026-09-09"), 2, CAMPAIGN_SMS, PLAN_MARK_SKIPPED);
	plan_decide(&f.person, &f.rules, ten, 1, on("2026-09-09"), 2, CAMPAIGN_SMS, &row);
	assert_int_equal(row.reason, REASON_SKIPPED);
}

/* One account's morning is the other's evening before: each has its own days and hours, the caps
 * see both. */
static void
accounts_in_two_zones_share_their_caps(void **state)
{
	const struct civil_zone west = {.first_offset = -8 * 3600};
	struct fixture f;
	struct plan_row row;

	(void)state;
	fixture_init(&f, "+1/sms");
	fixture_account(&f, "2026-09-10");
	fixture_account(&f, "2026-09-10")->zone = &west;
	/* 09:00 on the 11th in Manila is 17:00 on the 10th in the west */
	fixture_walk(&f, at(&f, "2026-09-11", "09:00"), on("2026-09-10"), on("2026-09-12"));
	expect_plan(&f, "2026-09-11 0 +1/sms send at 10:00\n2026-09-11 1 +1/sms send at 10:00\n");
	/* the first one sits in the west now and is capped there; the other's day is its own */
	f.accounts[1].zone = &f.zone;
	f.accounts[0].zone = &west;
	plan_decide(&f.person, &f.rules, at(&f, "2026-09-11", "10:00"), 1, on("2026-09-10"), 1,
		    CAMPAIGN_SMS, &row);
	assert_int_equal(row.decision, PLAN_SEND);
	fixture_contact(&f, 0, CAMPAIGN_SMS, at(&f, "2026-09-12", "02:00"));
	plan_decide(&f.person, &f.rules, at(&f, "2026-09-12", "10:00"), 1, on("2026-09-10"), 1,
		    CAMPAIGN_SMS, &row);
	assert_int_equal(row.decision, PLAN_DEFER);
	assert_int_equal(row.reason, REASON_CAP);
}

/* A shared number of a hundred accounts: one text a day, a row for each, no step twice. */
static void
a_crowd_on_one_number_is_explained(void **state)
{
	enum { CROWD = 100 };
	static struct plan_account accounts[CROWD];
	struct fixture f;
	size_t sent = 0, waiting = 0;

	(void)state;
	fixture_init(&f, "+1/sms");
	fixture_account(&f, "2026-09-10");
	for (size_t i = 0; i < CROWD; i++) {
		accounts[i] = f.accounts[0];
		accounts[i].id = i + 1;
	}
	f.person.accounts = accounts;
	f.person.n_accounts = CROWD;
	f.n_rows = 0;
	plan_walk(&f.person, &f.rules, at(&f, "2026-09-11", "00:00"), on("2026-09-11"),
		  on("2026-09-11"), fixture_emit, &f);
	assert_int_equal(f.n_rows, CROWD);
	for (size_t i = 0; i < f.n_rows; i++) {
		sent += f.rows[i].decision == PLAN_SEND;
		waiting += f.rows[i].reason == REASON_OTHER_ACCOUNT;
	}
	assert_int_equal(sent, 1);
	assert_int_equal(waiting, CROWD - 64);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_highest_dpd_of_a_person_speaks_first),
	    cmocka_unit_test(who_cannot_be_written_to_takes_nobodys_turn),
	    cmocka_unit_test(a_stuck_step_is_not_counted_on),
	    cmocka_unit_test(accounts_in_two_zones_share_their_caps),
	    cmocka_unit_test(a_crowd_on_one_number_is_explained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
