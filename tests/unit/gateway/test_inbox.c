/* What borrowers write: whose it is, how it is read, and what is done about it. */
#include "letterbox.h"

/* ---- whose it is ---- */

static void
a_text_is_stored_with_its_account_however_the_number_is_written(void **state)
{
	static const char *const ways[] = {A1, ("+" A1), "09170000001"};
	struct fixture *f = *state;

	for (size_t i = 0; i < 3; i++) {
		write_to_us(f, ways[i], "hm");
		assert_int_equal(f->replan, 1);
	}
	assert_int_equal(count(f, "SELECT count(*) FROM message WHERE direction = 1 AND sender = "
				  "'+" A1 "' AND recipient = '28550' AND route = 'paper'"),
			 3);
	assert_int_equal(
	    count(f, "SELECT count(DISTINCT account) FROM message WHERE direction = 1"), 1);
	assert_int_equal(count(f, "SELECT account FROM message WHERE direction = 1"),
			 lender_account(f->l, "A-1"));
}

static void
of_several_accounts_the_most_overdue_is_meant(void **state)
{
	struct fixture *f = *state;

	lender_do(f->l, "UPDATE amount SET due = due - 5 WHERE account = "
			"(SELECT id FROM account WHERE ref = 'TWIN-2')");
	write_to_us(f, TWIN, "I will pay on 18 September");
	assert_int_equal(count(f, "SELECT account FROM promise"), lender_account(f->l, "TWIN-2"));
}

static void
a_text_of_nobody_makes_a_task_and_gets_no_answer(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, "639179999999", "Who is this?");
	assert_int_equal(tasks(f, "unknown_number"), 1);
	assert_int_equal(answers(f), 0);
	assert_int_equal(f->replan, 0);
	expect_handled(f, 0);
}

static void
letters_and_short_codes_are_kept_and_never_answered(void **state)
{
	static const char *const senders[] = {"GLOBE", "8888", "28550", "", "AMZ-1"};
	struct fixture *f = *state;

	for (size_t i = 0; i < 5; i++) {
		write_to_us(f, senders[i], "STOP");
		write_to_us(f, senders[i], "HELP");
	}
	assert_int_equal(answers(f), 0);
	assert_int_equal(count(f, "SELECT count(*) FROM optout"), 0);
	assert_int_equal(count(f, "SELECT count(*) FROM inbox WHERE handled = 0"), 10);
	assert_int_equal(count(f, "SELECT count(*) FROM message WHERE sender = 'GLOBE'"), 2);
}

/* ---- stop and start ---- */

static void
stop_ends_the_number_and_its_accounts_and_is_confirmed_once(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, TWIN, "STOP");
	assert_int_equal(count(f, "SELECT count(*) FROM optout"), 3);
	assert_int_equal(answers(f), 1);
	assert_true(f->answers);
	assert_null(strstr(last_answer(f), "PHP"));
	assert_null(strstr(last_answer(f), "Maria"));
	assert_non_null(strstr(last_answer(f), "Sunrise"));
	expect_handled(f, 1);
	assert_int_equal(
	    count(f, "SELECT count(*) FROM message WHERE class = 1 AND rank = 0 AND "
		     "answers IS NOT NULL AND not_after = at + 300000 AND number = '+" TWIN "'"),
	    1);
}

static void
anybody_may_stop(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, "639179999999", "stop");
	assert_true(borrower_opted_out(f->l->s, "+639179999999"));
	assert_int_equal(answers(f), 1);
}

static void
who_stopped_hears_nothing_but_help(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, A1, "STOP");
	write_to_us(f, A1, "I will pay on 18 September");
	write_to_us(f, A1, "I have paid already");
	assert_int_equal(answers(f), 1);
	assert_int_equal(count(f, "SELECT count(*) FROM promise"), 1); /* but it is noted */
	write_to_us(f, A1, "HELP");
	assert_int_equal(answers(f), 2);
}

static void
start_takes_it_back(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, A1, "START"); /* nothing had been stopped */
	assert_int_equal(answers(f), 0);
	write_to_us(f, A1, "STOP");
	write_to_us(f, A1, "START");
	assert_int_equal(count(f, "SELECT count(*) FROM optout"), 0);
	assert_int_equal(answers(f), 2);
}

static void
a_new_number_does_not_lift_a_stop_but_may_ask_for_its_end(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, A1, "STOP");
	lender_do(f->l, "UPDATE account_row SET phones = '+639170000011' WHERE phones = '+" A1 "';"
			"INSERT INTO person_key SELECT 'n+639170000011', person FROM person_key "
			"WHERE key = 'n+" A1 "'");
	write_to_us(f, "639170000011", "I will pay on 18 September");
	assert_int_equal(answers(f), 1);
	write_to_us(f, "639170000011", "START");
	assert_int_equal(answers(f), 2);
	assert_int_equal(count(f, "SELECT count(*) FROM optout WHERE key LIKE 'a%'"), 0);
	assert_true(borrower_opted_out(f->l->s, "+" A1)); /* the old one stays silent */
}

/* ---- promises ---- */

static void
a_promise_is_noted_echoed_and_pauses(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, A1, "I will pay 700 on 18 September");
	assert_int_equal(count(f,
			       "SELECT count(*) FROM promise WHERE status = 0 AND pauses = 1 AND "
			       "amount = 70000 AND expected = 70000 AND source = 'sms' AND "
			       "currency = 'PHP'"),
			 1);
	assert_int_equal(count(f, "SELECT day FROM promise"), lender_day("2026-09-18"));
	/* a Friday; one working day of grace ends with Monday the 21st */
	assert_int_equal(count(f, "SELECT until FROM promise"), lender_day("2026-09-22"));
	assert_non_null(strstr(last_answer(f), "PHP 700"));
	assert_non_null(strstr(last_answer(f), "18 Sep"));
	assert_non_null(strstr(last_answer(f), "NO"));
	expect_handled(f, 1);
	assert_int_equal(tasks(f, "promise_far") + tasks(f, "promise_small"), 0);
}

static void
a_promise_without_an_amount_is_for_the_arrears(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, A1, "I will pay on 18 September");
	assert_int_equal(count(f, "SELECT count(*) FROM promise WHERE amount IS NULL AND "
				  "expected = 100000"),
			 1);
	assert_non_null(strstr(last_answer(f), "PHP 1,000"));
}

static void
a_number_of_two_accounts_is_told_no_amount(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, TWIN, "I will pay 700 on 18 September");
	assert_int_equal(answers(f), 1);
	assert_null(strstr(last_answer(f), "700"));
	assert_null(strstr(last_answer(f), "PHP"));
	assert_non_null(strstr(last_answer(f), "18 Sep"));
}

static void
a_number_that_no_list_has_any_more_is_told_no_amount(void **state)
{
	struct fixture *f = *state;

	lender_do(f->l, "UPDATE account_row SET phones = '+639170000011' WHERE phones = '+" A1 "'");
	write_to_us(f, A1, "I will pay 700 on 18 September");
	assert_null(strstr(last_answer(f), "700"));
}

static void
a_promise_too_far_or_too_small_pauses_nothing(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, A1, "I will pay on 30 October");
	assert_int_equal(count(f, "SELECT pauses FROM promise WHERE status = 0"), 0);
	assert_int_equal(tasks(f, "promise_far"), 1);
	write_to_us(f, A1, "I will pay 150 on 18 September");
	assert_int_equal(count(f, "SELECT pauses FROM promise WHERE status = 0"), 0);
	assert_int_equal(tasks(f, "promise_small"), 1);
	assert_int_equal(answers(f), 2); /* noted they are */
	assert_int_equal(count(f, "SELECT count(*) FROM promise WHERE status = 4"), 1);
}

static void
a_promise_without_a_day_is_asked_for_one(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, A1, "I promise I will pay you");
	assert_int_equal(count(f, "SELECT count(*) FROM promise"), 0);
	assert_int_equal(answers(f), 1);
	assert_non_null(strstr(last_answer(f), "day"));
	assert_int_equal(holds(f, REASON_AWAITING_PERSON), 1);
	expect_handled(f, 0);
}

static void
it_is_asked_once_a_week_and_the_day_completes_the_promise(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, A1, "I promise I will pay 700");
	write_to_us(f, A1, "I promise I will pay 700 really");
	assert_int_equal(answers(f), 1);
	f->now += 2 * DAY;
	write_to_us(f, A1, "25");
	assert_int_equal(
	    count(f, "SELECT count(*) FROM promise WHERE amount = 70000 AND expected = 70000"), 1);
	assert_int_equal(count(f, "SELECT day FROM promise"), lender_day("2026-09-25"));
	assert_non_null(strstr(last_answer(f), "PHP 700"));
	/* the text that was asked has its answer; the one between still waits for a person */
	assert_int_equal(count(f, "SELECT count(*) FROM inbox WHERE handled = 0"), 1);
	assert_int_equal(holds(f, REASON_AWAITING_PERSON), 2);
	f->now += 8 * DAY;
	write_to_us(f, A1, "I promise I will pay");
	assert_int_equal(answers(f), 3); /* asked again after a week */
	write_to_us(f, A1, "28");
	assert_int_equal(count(f, "SELECT count(*) FROM promise WHERE amount IS NULL"), 1);
}

static void
who_was_asked_and_says_the_day_is_free_again(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, A1, "I promise I will pay");
	assert_int_equal(holds(f, REASON_AWAITING_PERSON), 1);
	write_to_us(f, A1, "25");
	assert_int_equal(count(f, "SELECT count(*) FROM promise"), 1);
	assert_int_equal(holds(f, REASON_AWAITING_PERSON), 0);
	assert_int_equal(count(f, "SELECT count(*) FROM inbox WHERE handled = 0"), 0);
}

static void
a_promise_is_about_the_account_whose_arrears_it_names(void **state)
{
	struct fixture *f = *state;

	lender_do(f->l, "UPDATE amount SET due = due - 5 WHERE account = "
			"(SELECT id FROM account WHERE ref = 'TWIN-2'); UPDATE amount SET billed = "
			"45000 WHERE account = (SELECT id FROM account WHERE ref = 'TWIN-1')");
	write_to_us(f, TWIN, "I will pay 450 on 18 September");
	assert_int_equal(count(f, "SELECT account FROM promise"), lender_account(f->l, "TWIN-1"));
	write_to_us(f, TWIN, "I will pay 451 on 18 September");
	assert_int_equal(count(f, "SELECT account FROM promise WHERE amount = 45100"),
			 lender_account(f->l, "TWIN-2")); /* nobody's: the most overdue */
	assert_int_equal(count(f, "SELECT count(*) FROM promise WHERE status = 0"), 2);
}

static void
a_promise_by_text_does_not_change_a_plan(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(lender_ask(f->l, json_pack("{s:s, s:s, s:[{s:s, s:s}]}", "command",
						    "promise", "account", "A-1", "plan", "date",
						    "2026-10-20", "amount", "500")),
			 0);
	write_to_us(f, A1, "I will pay on 18 September");
	assert_int_equal(count(f, "SELECT count(*) FROM promise"), 1);
	assert_int_equal(tasks(f, "promise_in_plan"), 1);
	assert_int_equal(answers(f), 0);
	expect_handled(f, 0);
}

static void
who_owes_nothing_promises_nothing(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, "639170000003", "I will pay on 18 September");
	assert_int_equal(count(f, "SELECT count(*) FROM promise"), 0);
	assert_int_equal(holds(f, REASON_AWAITING_PERSON), 1);
}

static void
no_within_a_day_takes_the_promise_back(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, A1, "I will pay on 18 September");
	f->now += DAY - 60 * SECOND;
	write_to_us(f, A1, "NO");
	assert_int_equal(count(f, "SELECT status FROM promise"), PROMISE_WITHDRAWN);
	assert_int_equal(tasks(f, "promise_withdrawn"), 1);
	assert_int_equal(answers(f), 2);
	expect_handled(f, 1);
	write_to_us(f, A1, "NO"); /* there is none any more */
	assert_int_equal(holds(f, REASON_AWAITING_PERSON), 1);
	expect_handled(f, 0);
}

static void
no_after_a_day_is_for_a_person(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, A1, "I will pay on 18 September");
	f->now += DAY + 1000;
	write_to_us(f, A1, "NO");
	assert_int_equal(count(f, "SELECT status FROM promise"), PROMISE_OPEN);
	assert_int_equal(holds(f, REASON_AWAITING_PERSON), 1);
}

/* ---- claims, trouble, wrong numbers, anything else ---- */

static void
paid_holds_for_three_days_and_the_second_time_a_person_looks(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, TWIN, "I have paid already");
	assert_int_equal(holds(f, REASON_CLAIMS_PAID), 1); /* the debt itself stays */
	assert_int_equal(count(f, "SELECT until FROM hold"), lender_day("2026-09-19"));
	assert_int_equal(answers(f), 1);
	expect_handled(f, 1);
	f->now += 10 * DAY;
	write_to_us(f, TWIN, "I already paid");
	assert_int_equal(holds(f, REASON_CLAIMS_PAID), 1);
	assert_int_equal(holds(f, REASON_AWAITING_PERSON), 2);
	assert_int_equal(tasks(f, "claims_paid_again"), 1);
	assert_int_equal(answers(f), 1);
	expect_handled(f, 0);
}

static void
trouble_holds_every_account_until_somebody_talked(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, TWIN, "This is not my debt, I never borrowed from you");
	assert_int_equal(count(f, "SELECT count(*) FROM hold WHERE until IS NULL AND "
				  "word = 'dispute'"),
			 2);
	assert_int_equal(tasks(f, "dispute"), 1);
	write_to_us(f, A1, "I was laid off and have no money");
	assert_int_equal(count(f, "SELECT count(*) FROM hold WHERE until IS NULL AND "
				  "word = 'hardship'"),
			 1);
	assert_int_equal(tasks(f, "hardship"), 1);
	assert_int_equal(answers(f), 0);
	assert_int_equal(count(f, "SELECT count(*) FROM inbox WHERE handled = 0"), 2);
}

static void
what_no_machine_answers_is_urgent_and_holds_the_person(void **state)
{
	static const struct {
		const char *text, *word;
		bool hold, urgent;
	} all[] = {{"My father passed away last week", "bereavement", true, true},
		   {"I will complain about you to the central bank", "complaint", true, false},
		   {"My lawyer will contact you", "legal", false, true},
		   {"I am in hospital with a broken leg", "illness", false, true},
		   {"I want to kill myself", "self_harm", false, true}};
	struct fixture *f = *state;
	char sql[128];

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		lender_do(f->l, "DELETE FROM hold");
		write_to_us(f, TWIN, all[i].text);
		assert_int_equal(tasks(f, all[i].word), 1);
		snprintf(sql, sizeof sql, "SELECT urgent FROM task WHERE reason = '%s'",
			 all[i].word);
		assert_int_equal(count(f, sql), all[i].urgent);
		assert_int_equal(holds(f, all[i].hold ? REASON_HOLD : REASON_AWAITING_PERSON), 2);
		assert_int_equal(count(f, "SELECT count(*) FROM hold WHERE until IS NULL"), 2);
		expect_handled(f, 0);
	}
	assert_int_equal(answers(f), 0);
	write_to_us(f, "639179999999", "My father passed away last week");
	assert_int_equal(tasks(f, "bereavement"), 2); /* whoever they are */
}

static void
the_cause_they_tell_is_kept(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, A1, "I lost my job and cannot pay");
	assert_int_equal(count(f, "SELECT count(*) FROM inbox WHERE cause = 'job_loss'"), 1);
	assert_int_equal(count(f, "SELECT count(*) FROM event WHERE kind = 'read' AND data LIKE "
				  "'%job_loss%'"),
			 1);
	write_to_us(f, A1, "I will pay on 18 September");
	assert_int_equal(count(f, "SELECT count(*) FROM inbox WHERE cause IS NULL"), 1);
}

static void
a_wrong_number_is_not_used_again(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, "639170000002", "Wrong number");
	assert_int_equal(count(f, "SELECT reason FROM dead_number WHERE number = '+639170000002'"),
			 REASON_WRONG_NUMBER);
	assert_int_equal(tasks(f, "wrong_number"), 1);
	assert_int_equal(answers(f), 0);
	write_to_us(f, "639179999999", "Wrong number"); /* of nobody's */
	assert_int_equal(count(f, "SELECT count(*) FROM dead_number"), 1);
}

static void
what_is_not_understood_waits_for_a_person_two_working_days(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, TWIN, "asdf qwer");
	assert_int_equal(holds(f, REASON_AWAITING_PERSON), 2);
	assert_int_equal(count(f, "SELECT max(until) FROM hold"), lender_day("2026-09-17"));
	f->now += 3 * DAY; /* Friday: the weekend does not count */
	write_to_us(f, A1, "asdf qwer");
	assert_int_equal(count(f, "SELECT max(until) FROM hold"), lender_day("2026-09-22"));
	assert_int_equal(answers(f), 0);
	expect_handled(f, 0);
}

/* ---- answers ---- */

static void
three_answers_a_day_and_no_more(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 5; i++)
		write_to_us(f, A1, "HELP");
	assert_int_equal(answers(f), 3);
	write_to_us(f, "639170000002", "HELP"); /* each number has its own */
	assert_int_equal(answers(f), 4);
	f->now += DAY;
	write_to_us(f, A1, "HELP");
	assert_int_equal(answers(f), 5);
	assert_non_null(strstr(last_answer(f), "+63285550100"));
}

static void
not_live_only_test_numbers_are_answered(void **state)
{
	struct fixture *f = *state;

	lender_write(f->l, "false");
	write_to_us(f, A1, "STOP");
	assert_true(borrower_opted_out(f->l->s, "+" A1)); /* acted upon all the same */
	assert_int_equal(answers(f), 0);
	write_to_us(f, "639170000099", "HELP");
	assert_int_equal(answers(f), 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	static const struct CMUnitTest tests[] = {
	    TEST(a_text_is_stored_with_its_account_however_the_number_is_written),
	    TEST(of_several_accounts_the_most_overdue_is_meant),
	    TEST(a_text_of_nobody_makes_a_task_and_gets_no_answer),
	    TEST(letters_and_short_codes_are_kept_and_never_answered),
	    TEST(stop_ends_the_number_and_its_accounts_and_is_confirmed_once),
	    TEST(anybody_may_stop),
	    TEST(who_stopped_hears_nothing_but_help),
	    TEST(start_takes_it_back),
	    TEST(a_new_number_does_not_lift_a_stop_but_may_ask_for_its_end),
	    TEST(a_promise_is_noted_echoed_and_pauses),
	    TEST(a_promise_without_an_amount_is_for_the_arrears),
	    TEST(a_number_of_two_accounts_is_told_no_amount),
	    TEST(a_number_that_no_list_has_any_more_is_told_no_amount),
	    TEST(a_promise_too_far_or_too_small_pauses_nothing),
	    TEST(a_promise_without_a_day_is_asked_for_one),
	    TEST(it_is_asked_once_a_week_and_the_day_completes_the_promise),
	    TEST(who_was_asked_and_says_the_day_is_free_again),
	    TEST(a_promise_is_about_the_account_whose_arrears_it_names),
	    TEST(a_promise_by_text_does_not_change_a_plan),
	    TEST(who_owes_nothing_promises_nothing),
	    TEST(no_within_a_day_takes_the_promise_back),
	    TEST(no_after_a_day_is_for_a_person),
	    TEST(paid_holds_for_three_days_and_the_second_time_a_person_looks),
	    TEST(trouble_holds_every_account_until_somebody_talked),
	    TEST(what_no_machine_answers_is_urgent_and_holds_the_person),
	    TEST(the_cause_they_tell_is_kept),
	    TEST(a_wrong_number_is_not_used_again),
	    TEST(what_is_not_understood_waits_for_a_person_two_working_days),
	    TEST(three_answers_a_day_and_no_more),
	    TEST(not_live_only_test_numbers_are_answered),
	};

	return cmocka_run_group_tests_name("inbox", tests, NULL, NULL);
#undef TEST
}
