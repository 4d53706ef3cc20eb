/* hold, release, optout, promise, skip: what each leaves in the store, and what it refuses. */
#include "lender.h"

static json_t *
about(const char *command, const char *account)
{
	return json_pack("{s:s, s:s}", "command", command, "account", account);
}

static json_t *
hold(const char *account, const char *until, const char *reason)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "command", "hold", "account", account, "until",
			 until, "reason", reason);
}

static json_t *
hold_from(const char *account, const char *from, const char *until, const char *reason)
{
	return json_pack("{s:s, s:s, s:s*, s:s*, s:s}", "command", "hold", "account", account,
			 "from", from, "until", until, "reason", reason);
}

static json_t *
release(const char *account, const char *reason)
{
	return json_pack("{s:s, s:s, s:s*}", "command", "release", "account", account, "reason",
			 reason);
}

/* Two parts. */
static json_t *
plan(const char *account, const char *day, const char *amount, const char *day2,
     const char *amount2)
{
	return json_pack("{s:s, s:s, s:[{s:s, s:s}, {s:s, s:s}]}", "command", "promise", "account",
			 account, "plan", "date", day, "amount", amount, "date", day2, "amount",
			 amount2);
}

static json_t *
promise(const char *account, const char *date, const char *amount)
{
	return json_pack("{s:s, s:s, s:s, s:s*}", "command", "promise", "account", account, "date",
			 date, "amount", amount);
}

static json_t *
leave_out(const char *key, bool undo)
{
	return json_pack("{s:s, s:s, s:b}", "command", "skip", "key", key, "undo", undo);
}

static json_t *
optout(const char *key, const char *who, bool undo)
{
	return json_pack("{s:s, s:s, s:b}", "command", "optout", key, who, "undo", undo);
}

static void
test_hold_is_one_row_by_whom(void **state)
{
	struct lender *l = *state;

	assert_int_equal(lender_ask(l, hold("A-1", "2026-09-20", "dispute")), 0);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM hold"), 1);
	assert_int_equal(lender_count(l, "SELECT until FROM hold"), lender_day("2026-09-20"));
	assert_int_equal(
	    lender_count(l, "SELECT count(*) FROM event WHERE kind = 'hold' AND actor = 'maria'"),
	    1);
	assert_int_equal(l->env.effect.n_replan, 1);
	assert_int_equal(l->env.effect.replan[0], lender_account(l, "A-1"));
}

static void
test_hold_refuses_what_is_no_hold(void **state)
{
	struct lender *l = *state;
	int64_t events = lender_count(l, "SELECT count(*) FROM event");

	assert_int_equal(lender_ask(l, hold("A-1", "2026-09-15", "dispute")), 1); /* today */
	assert_int_equal(lender_ask(l, hold("A-1", "15/09/2026", "dispute")), 2);
	assert_int_equal(lender_ask(l, hold("A-1", "2026-09-20", "two words")), 2);
	assert_int_equal(lender_ask(l, hold("A-1", "2026-09-20", "")), 2);
	assert_int_equal(lender_ask(l, about("hold", "A-1")), 2);
	assert_int_equal(lender_ask(l, hold("A-1", "2026-09-20", "hardshp")), 2);
	assert_non_null(strstr(lender_said(l, "error"), "did you mean `hardship`?"));
	assert_int_equal(lender_ask(l, hold_from("A-1", "2026-09-14", NULL, "dispute")), 1);
	assert_int_equal(lender_ask(l, hold_from("A-1", "2026-09-18", "2026-09-18", "dispute")), 1);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM event"), events);
}

static void
test_hold_of_a_debt_and_of_a_person(void **state)
{
	static const struct {
		const char *word;
		int accounts;
	} all[] = {{"dispute", 1},  {"placed", 1},          {"other", 1},     {"fraud", 1},
		   {"hardship", 2}, {"breathing_space", 2}, {"complaint", 2}, {"bereavement", 2}};
	struct lender *l = *state;

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		assert_int_equal(
		    lender_ask(l, hold_from("TWIN-1", NULL, "2026-10-01", all[i].word)), 0);
		assert_int_equal(
		    lender_count(l, "SELECT count(*) FROM hold WHERE released_at IS NULL"),
		    all[i].accounts);
		assert_int_equal(lender_ask(l, release("TWIN-2", all[i].word)),
				 all[i].accounts == 1); /* a debt's is not the other's to end */
		if (all[i].accounts == 1)
			assert_int_equal(lender_ask(l, release("TWIN-1", all[i].word)), 0);
		assert_int_equal(
		    lender_count(l, "SELECT count(*) FROM hold WHERE released_at IS NULL"), 0);
	}
}

static void
test_hold_begins_on_its_day_and_may_have_no_end(void **state)
{
	struct lender *l = *state;

	assert_int_equal(lender_ask(l, hold_from("A-1", "2026-09-18", NULL, "dispute")), 0);
	assert_non_null(strstr(lender_said(l, "text"), "until released"));
	assert_int_equal(lender_count(l, "SELECT until IS NULL FROM hold"), 1);
	assert_true(lender_count(l, "SELECT from_at FROM hold") ==
		    TEN_O_CLOCK - 10 * HOUR + 3 * DAY);
	assert_int_equal(lender_ask(l, hold_from("A-2", "2026-09-15", "2026-09-16", "dispute")), 0);
	assert_true(lender_count(l, "SELECT max(from_at) FROM hold WHERE until IS NOT NULL") ==
		    l->env.now);
}

static void
test_release_of_one_word_leaves_the_others(void **state)
{
	struct lender *l = *state;

	assert_int_equal(lender_ask(l, hold("TWIN-1", "2026-09-20", "dispute")), 0);
	assert_int_equal(lender_ask(l, hold("TWIN-2", "2026-09-20", "dispute")), 0);
	assert_int_equal(lender_ask(l, hold("TWIN-1", "2026-10-20", "hardship")), 0);
	assert_int_equal(lender_ask(l, release("TWIN-1", "placed")), 1);
	assert_int_equal(lender_ask(l, release("TWIN-1", "dispute")), 0);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM hold WHERE released_at IS NULL"), 3);
	assert_int_equal(lender_ask(l, release("TWIN-1", NULL)), 0); /* and the person's */
	assert_int_equal(lender_count(l, "SELECT count(*) FROM hold WHERE released_at IS NULL"), 1);
	assert_int_equal(lender_count(l, "SELECT account FROM hold WHERE released_at IS NULL"),
			 lender_account(l, "TWIN-2"));
}

static void
test_unknown_account_names_the_nearest(void **state)
{
	struct lender *l = *state;

	assert_int_equal(lender_ask(l, hold("a-1", "2026-09-20", "dispute")), 1);
	assert_non_null(strstr(lender_said(l, "error"), "did you mean A-1?"));
	assert_int_equal(lender_ask(l, about("release", "TWIN-11")), 1);
	assert_non_null(strstr(lender_said(l, "error"), "did you mean TWIN-1?"));
	assert_int_equal(lender_ask(l, about("release", "nothing like it")), 1);
	assert_non_null(strstr(lender_said(l, "error"), "dunlin accounts"));
}

static void
test_release_ends_every_hold(void **state)
{
	struct lender *l = *state;

	assert_int_equal(lender_ask(l, about("release", "A-1")), 1);
	assert_int_equal(lender_ask(l, hold("A-1", "2026-09-20", "dispute")), 0);
	assert_int_equal(lender_ask(l, hold("A-1", "2026-10-20", "hardship")), 0);
	assert_int_equal(lender_ask(l, hold("A-2", "2026-10-20", "hardship")), 0);
	assert_int_equal(lender_ask(l, about("release", "A-1")), 0);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM hold WHERE released_at IS NULL"), 1);
}

static void
test_optout_of_a_number_is_of_all_who_use_it(void **state)
{
	struct lender *l = *state;

	assert_int_equal(lender_ask(l, optout("number", "0917 000 0004", false)), 0);
	assert_true(borrower_opted_out(l->s, "+639170000004"));
	assert_int_equal(lender_count(l, "SELECT count(*) FROM optout"), 3); /* and two accounts */
	assert_int_equal(l->env.effect.n_replan, 2);
	assert_int_equal(lender_ask(l, optout("number", "+639170000004", true)), 0);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM optout"), 0);
	assert_int_equal(lender_ask(l, optout("number", "+639170000004", true)), 1);
	assert_int_equal(lender_ask(l, optout("number", "maria", false)), 2);
}

static void
test_optout_of_an_account_takes_all_its_numbers(void **state)
{
	struct lender *l = *state;
	int64_t events;

	assert_int_equal(lender_ask(l, optout("account", "A-2", false)), 0);
	assert_true(borrower_opted_out(l->s, "+639170000002"));
	assert_true(borrower_opted_out(l->s, "+639170000022"));
	events = lender_count(l, "SELECT count(*) FROM event");
	assert_int_equal(lender_ask(l, optout("account", "A-2", false)), 0); /* known: no event */
	assert_int_equal(lender_count(l, "SELECT count(*) FROM event"), events);
	assert_int_equal(lender_ask(l, optout("account", "A-2", true)), 0);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM optout"), 0);
}

/* A STOP by text stops the number; a person undoes it by the account's id. */
static void
test_optout_by_text_is_undone_by_account(void **state)
{
	struct lender *l = *state;

	assert_int_equal(store_begin(l->s), 0);
	assert_int_equal(borrower_optout(l->s, "+639170000001", 0, "dunlin", 0, l->env.now, "text"),
			 0);
	assert_int_equal(store_commit(l->s), 0);
	assert_int_equal(lender_ask(l, optout("account", "A-1", true)), 0);
	assert_false(borrower_opted_out(l->s, "+639170000001"));
	assert_int_equal(lender_count(l, "SELECT count(*) FROM optout"), 0);
}

static void
test_promise_without_amount_is_of_the_arrears(void **state)
{
	struct lender *l = *state;

	/* Friday: one working day of grace ends on Monday, so Tuesday judges it. */
	assert_int_equal(lender_ask(l, promise("A-1", "2026-09-18", NULL)), 0);
	assert_int_equal(lender_count(l, "SELECT expected FROM promise"), 100000);
	assert_int_equal(lender_count(l, "SELECT amount IS NULL FROM promise"), 1);
	assert_int_equal(lender_count(l, "SELECT until FROM promise"), lender_day("2026-09-22"));
	assert_int_equal(lender_count(l, "SELECT pauses FROM promise"), 1);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM task"), 0);
}

static void
test_there_is_one_open_promise(void **state)
{
	struct lender *l = *state;

	assert_int_equal(lender_ask(l, promise("A-1", "2026-09-18", NULL)), 0);
	assert_int_equal(lender_ask(l, promise("A-1", "2026-09-19", "500.00")), 0);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM promise WHERE status = 0"), 1);
	assert_int_equal(lender_count(l, "SELECT expected FROM promise WHERE status = 0"), 50000);
	assert_int_equal(lender_ask(l, json_pack("{s:s, s:s, s:b}", "command", "promise", "account",
						 "A-1", "withdraw", 1)),
			 0);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM promise WHERE status = 0"), 0);
	assert_int_equal(lender_ask(l, json_pack("{s:s, s:s, s:b}", "command", "promise", "account",
						 "A-1", "withdraw", 1)),
			 1);
}

/* Kept to the letter: 31 days and a fifth still pause. */
static void
test_far_and_small_promises_do_not_pause(void **state)
{
	static const struct {
		const char *date, *amount, *says;
		bool pauses;
	} cases[] = {{"2026-10-16", NULL, "noted", true},
		     {"2026-10-17", NULL, "too far ahead", false},
		     {"2026-09-20", "200.00", "noted", true},
		     {"2026-09-20", "199.99", "less than a fifth", false}};
	struct lender *l = *state;

	for (size_t i = 0; i < 4; i++) {
		int64_t tasks = lender_count(l, "SELECT count(*) FROM task");

		assert_int_equal(lender_ask(l, promise("A-1", cases[i].date, cases[i].amount)), 0);
		assert_int_equal(lender_count(l, "SELECT pauses FROM promise WHERE status = 0"),
				 cases[i].pauses);
		assert_int_equal(lender_count(l, "SELECT count(*) FROM task") - tasks,
				 !cases[i].pauses);
		assert_non_null(strstr(lender_said(l, "text"), cases[i].says));
	}
}

static void
test_promise_refuses_what_is_none(void **state)
{
	struct lender *l = *state;

	assert_int_equal(lender_ask(l, promise("A-1", "2026-09-14", NULL)), 1);
	assert_int_equal(lender_ask(l, promise("A-1", "soon", NULL)), 2);
	assert_int_equal(lender_ask(l, promise("A-1", "2026-09-18", "1.234,5")), 2);
	assert_int_equal(lender_ask(l, promise("A-1", "2026-09-18", "0")), 2);
	assert_int_equal(lender_ask(l, promise("A-1", "2026-09-18", "-5")), 2);
	assert_int_equal(lender_ask(l, promise("RICH", "2026-09-18", NULL)), 1);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM promise"), 0);
}

static void
test_a_plan_is_taken_whole_or_not_at_all(void **state)
{
	static const struct {
		const char *day, *amount, *day2, *amount2;
		int status;
		const char *says;
	} cases[] = {{"2026-09-20", "500", "2026-10-20", "500.01", 1, "owes PHP 1,000.00"},
		     {"2026-09-20", "500", "2026-09-20", "500", 2, "two parts"},
		     {"2026-09-14", "500", "2026-10-20", "500", 1, "is over"},
		     {"2026-09-20", "500", "October", "500", 2, "not a day"},
		     {"2026-09-20", "500", "2026-10-20", "-500", 2, "more than nothing"},
		     {"2026-09-20", "5OO", "2026-10-20", "500", 2, "not an amount"}};
	struct lender *l = *state;

	assert_int_equal(lender_ask(l, promise("A-1", "2026-09-18", NULL)), 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(lender_ask(l, plan("A-1", cases[i].day, cases[i].amount,
						    cases[i].day2, cases[i].amount2)),
				 cases[i].status);
		assert_non_null(strstr(lender_said(l, "error"), cases[i].says));
	}
	assert_int_equal(lender_ask(l, plan("RICH", "2026-09-20", "1", "2026-10-20", "1")), 1);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM instalment_plan"), 0);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM promise WHERE status = 0"), 1);
	/* written in any order, and years ahead */
	assert_int_equal(lender_ask(l, plan("A-1", "2029-10-20", "500", "2026-09-20", "250")), 0);
	assert_non_null(strstr(lender_said(l, "text"), "the first of PHP 250.00 by 2026-09-20"));
	assert_non_null(strstr(lender_said(l, "text"), "PHP 250.00 of what is owed is in no part"));
	assert_int_equal(lender_count(l,
				      "SELECT count(*) FROM promise WHERE status = 0 AND pauses = "
				      "1 AND plan = 1 AND part = 1 AND expected = 25000"),
			 1);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM task"), 0);
	assert_int_equal(lender_ask(l, json_pack("{s:s, s:s, s:b}", "command", "promise", "account",
						 "A-1", "withdraw", 1)),
			 0);
	assert_non_null(strstr(lender_said(l, "text"), "the plan of A-1 is withdrawn"));
	assert_int_equal(lender_count(l, "SELECT status FROM instalment_plan"), PROMISE_WITHDRAWN);
}

/* Each is answered by itself; asked for show, nothing stays. */
static void
test_many_plans_at_once(void **state)
{
	struct lender *l = *state;
	json_t *answers;

	for (int dry = 1; dry >= 0; dry--) {
		assert_int_equal(
		    lender_ask(l, json_pack("{s:s, s:b, s:[o, o, o]}", "command", "plans",
					    "dry_run", dry, "plans",
					    plan("A-1", "2026-09-20", "500", "2026-10-20", "500"),
					    plan("A-2", "2026-09-20", "500", "2026-10-20", "5000"),
					    plan("A-9", "2026-09-20", "5", "2026-10-20", "5"))),
		    dry);
		answers = json_object_get(l->reply, "answers");
		assert_int_equal(json_array_size(answers), 3);
		assert_null(json_object_get(json_array_get(answers, 0), "error"));
		assert_non_null(json_object_get(json_array_get(answers, 1), "error"));
		assert_non_null(json_object_get(json_array_get(answers, 2), "error"));
		assert_int_equal(lender_count(l, "SELECT count(*) FROM instalment_plan"), !dry);
	}
	assert_int_equal(lender_count(l,
				      "SELECT count(*) FROM event WHERE kind = 'plan' AND actor = "
				      "'maria'"),
			 1);
}

/* Which part, as it was given, and what in it: who reads a list shows the place. */
static void
test_a_refused_plan_says_which_part_it_is(void **state)
{
	static const struct {
		const char *day, *amount, *day2, *amount2, *column;
		int part; /* -1: of no part */
	} cases[] = {{"2026-10-20", "500", "2026-09-20", "five", "amount", 1},
		     {"2026-10-20", "0", "2026-09-20", "5", "amount", 0},
		     {"2026-10-20", "5", "2026-08-20", "5", "date", 1},
		     {"2026-10-20", "5", "2026-10-20", "5", "date", 1},
		     {"2026-10-20", "5", "2026-09-20", "50000", NULL, -1}};
	struct lender *l = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const json_t *part;

		assert_int_not_equal(lender_ask(l, plan("A-1", cases[i].day, cases[i].amount,
							cases[i].day2, cases[i].amount2)),
				     0);
		part = json_object_get(l->reply, "part");
		assert_int_equal(part == NULL ? -1 : json_integer_value(part), cases[i].part);
		if (cases[i].column != NULL)
			assert_string_equal(lender_said(l, "column"), cases[i].column);
	}
}

static void
test_skip_and_back(void **state)
{
	struct lender *l = *state;
	int64_t row = lender_plan(l, "A-1", "+7/sms", TEN_O_CLOCK + HOUR);

	assert_int_equal(lender_ask(l, leave_out("A-1/2026-09-08/+7/sms", false)), 0);
	lender_expect(l, row, STATUS_SKIPPED, REASON_SKIPPED);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM skip"), 1);
	assert_int_equal(lender_ask(l, leave_out("A-1/2026-09-08/+7/sms", false)), 0);
	assert_int_equal(lender_ask(l, leave_out("A-1/2026-09-08/+7/sms", true)), 0);
	lender_expect(l, row, STATUS_PLANNED, REASON_NONE);
	assert_int_equal(lender_count(l, "SELECT at FROM message"), TEN_O_CLOCK + HOUR);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM skip"), 0);
	assert_int_equal(lender_ask(l, leave_out("A-1/2026-09-08/+7/sms", true)), 1);
}

static void
test_skip_refuses_what_went_or_never_was(void **state)
{
	static const struct {
		const char *key;
		int status;
	} cases[] = {{"A-1/2026-09-08/+10/sms", 0},
		     {"A-1/2026-09-09/+7/sms", 1},
		     {"A-1/2026-09-08/+8/sms", 1},
		     {"A-9/2026-09-08/+7/sms", 1},
		     {"A-1/2026-09-08/+7/parcel", 2},
		     {"A-1/2026-09-08/sms", 2},
		     {"/2026-09-08/+7/sms", 2},
		     {"//", 2},
		     {"", 2},
		     {"A-1/2026-09-08/+7", 2}};
	struct lender *l = *state;
	int64_t row = lender_plan(l, "A-1", "+7/sms", TEN_O_CLOCK);

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(lender_ask(l, leave_out(cases[i].key, false)), cases[i].status);
	assert_int_equal(store_begin(l->s), 0);
	assert_int_equal(outbox_end(l->s, row, lender_account(l, "A-1"), STATUS_UNKNOWN,
				    REASON_NO_ANSWER, l->env.now, "dunlin", NULL),
			 0);
	assert_int_equal(store_commit(l->s), 0);
	assert_int_equal(lender_ask(l, leave_out("A-1/2026-09-08/+7/sms", false)), 1);
	assert_non_null(strstr(lender_said(l, "error"), "unknown"));
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, lender_setup, lender_teardown)
	const struct CMUnitTest tests[] = {T(test_hold_is_one_row_by_whom),
					   T(test_hold_refuses_what_is_no_hold),
					   T(test_hold_of_a_debt_and_of_a_person),
					   T(test_hold_begins_on_its_day_and_may_have_no_end),
					   T(test_release_of_one_word_leaves_the_others),
					   T(test_a_plan_is_taken_whole_or_not_at_all),
					   T(test_many_plans_at_once),
					   T(test_a_refused_plan_says_which_part_it_is),
					   T(test_unknown_account_names_the_nearest),
					   T(test_release_ends_every_hold),
					   T(test_optout_of_a_number_is_of_all_who_use_it),
					   T(test_optout_of_an_account_takes_all_its_numbers),
					   T(test_optout_by_text_is_undone_by_account),
					   T(test_promise_without_amount_is_of_the_arrears),
					   T(test_there_is_one_open_promise),
					   T(test_far_and_small_promises_do_not_pause),
					   T(test_promise_refuses_what_is_none),
					   T(test_skip_and_back),
					   T(test_skip_refuses_what_went_or_never_was)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
