/* What keys said in a call, each thing where it belongs and once; how calls of people who rang
 * count, and what a daemon that ended in them owes. */
#include "call_scene.h"

#include "gateway/store/instalment.h"

static int
keep_of(struct fixture *f, int64_t id, struct script_outcome o)
{
	struct calling c = talk(f, id);
	int rc;

	if (o.day == 0)
		o.day = SCRIPT_NO_DAY;
	o.amount = -1;
	assert_int_equal(store_begin(f->l->s), 0);
	rc = calling_keep(f->l->s, &c, &o);
	assert_int_equal(store_commit(f->l->s), 0);
	return rc;
}

/* A call that is up, and the right party in it. */
static int64_t
proven(struct fixture *f, const char *ref)
{
	int64_t id = begun(f, ref);
	struct calling c = talk(f, id);

	assert_int_equal(store_begin(f->l->s), 0);
	assert_int_equal(calling_answered(f->l->s, &c), 0);
	assert_int_equal(store_commit(f->l->s), 0);
	assert_int_equal(keep(f, id, SCRIPT_RIGHT_PARTY, SCRIPT_NO_DAY), 0);
	return id;
}

/* One that came in from a number, and is taken for A-1's. */
static int64_t
rung(struct fixture *f, const char *number)
{
	char script[] = "ask", route[] = "sticks", from[24];
	struct calls_row row = {.direction = DIRECTION_IN,
				.class = CLASS_MANUAL,
				.number = from,
				.script = script,
				.route = route,
				.rank = RANK_MANUAL,
				.at = f->now,
				.started_at = f->now,
				.account = lender_account(f->l, "A-1")};
	int64_t id;

	snprintf(from, sizeof from, "%s", number);
	row.person = row.account;
	plan(f, "A-1");
	assert_true(look(f)); /* for its brief */
	lender_do(f->l, "DELETE FROM call");
	assert_int_equal(store_begin(f->l->s), 0);
	assert_int_equal(calls_incoming(f->l->s, &row, f->now, &id), 0);
	assert_int_equal(store_commit(f->l->s), 0);
	return id;
}

static int64_t
optouts(struct fixture *f, const char *key)
{
	char sql[128];

	snprintf(sql, sizeof sql, "SELECT count(*) FROM optout WHERE key = '%s'", key);
	return lender_count(f->l, sql);
}

/* ---- stop ---- */

static void
who_proved_who_he_is_stops_from_any_telephone(void **state)
{
	struct fixture *f = *state;
	int64_t id = rung(f, "+639189999999");
	char key[32];

	snprintf(key, sizeof key, "a%lld", (long long)lender_account(f->l, "A-1"));
	assert_int_equal(keep(f, id, SCRIPT_RIGHT_PARTY, SCRIPT_NO_DAY), 0);
	assert_int_equal(keep(f, id, SCRIPT_STOP, SCRIPT_NO_DAY), 0);
	assert_int_equal(optouts(f, "n+639189999999"), 1);
	assert_int_equal(optouts(f, key), 1);
}

static void
who_did_not_stops_that_telephone_alone(void **state)
{
	struct fixture *f = *state;
	int64_t id = rung(f, "+639189999999");

	assert_int_equal(keep(f, id, SCRIPT_STOP, SCRIPT_NO_DAY), 0);
	assert_int_equal(optouts(f, "n+639189999999"), 1);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM optout"), 1);
}

static void
stop_is_noted_and_told(void **state)
{
	struct fixture *f = *state;
	int64_t id = begun(f, "A-1");

	assert_int_equal(keep(f, id, SCRIPT_STOP, SCRIPT_NO_DAY), 0);
	assert_int_equal(optouts(f, "n+639170000001"), 1);
	assert_int_equal(lender_count(f->l,
				      "SELECT count(*) FROM event WHERE kind = 'call_outcome' "
				      "AND data LIKE '%\"stop\"%'"),
			 1);
}

/* ---- what else they say ---- */

static void
a_dispute_holds_everything_of_the_person(void **state)
{
	struct fixture *f = *state;
	int64_t id = proven(f, "TWIN-1");

	assert_int_equal(keep(f, id, SCRIPT_DISPUTE, SCRIPT_NO_DAY), 0);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM hold WHERE word = 'dispute' AND "
					    "until IS NULL"),
			 2);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM task"), 1);
}

static void
paid_is_believed_once(void **state)
{
	struct fixture *f = *state;
	int64_t id = proven(f, "A-1");

	assert_int_equal(keep(f, id, SCRIPT_PAID, SCRIPT_NO_DAY), 0);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM hold WHERE word = 'claims_paid'"),
			 1);
	assert_int_equal(keep(f, id, SCRIPT_PAID, SCRIPT_NO_DAY), 0);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM hold"), 1);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM task WHERE reason = "
					    "'claims_paid_again'"),
			 1);
}

static void
why_they_cannot_pay_stays_with_the_call(void **state)
{
	struct fixture *f = *state;
	int64_t id = proven(f, "A-1");

	assert_int_equal(
	    keep_of(f, id, (struct script_outcome){.kind = SCRIPT_CANNOT_PAY, .cause = "lost_job"}),
	    0);
	assert_int_equal(of_call(f, id, "trouble = 'lost_job'"), 1);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM hold WHERE word = 'hardship'"),
			 1);
}

static void
a_person_who_is_asked_for_gets_work(void **state)
{
	struct fixture *f = *state;
	int64_t id = begun(f, "A-1");

	assert_int_equal(keep(f, id, SCRIPT_HUMAN, SCRIPT_NO_DAY), 0);
	assert_int_equal(keep(f, id, SCRIPT_MESSAGE, SCRIPT_NO_DAY), 0);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM task WHERE reason = "
					    "'asked_in_call'"),
			 1);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM task WHERE reason = "
					    "'left_in_call'"),
			 1);
	/* What they leave is known when the call is over: the work knows its call. */
	assert_int_equal(lender_count(f->l, "SELECT count(DISTINCT call) FROM task"), 1);
	assert_int_equal(lender_count(f->l, "SELECT max(call) FROM task"), id);
}

static void
the_language_they_chose_is_remembered(void **state)
{
	struct fixture *f = *state;
	int64_t id = proven(f, "A-1");

	assert_int_equal(keep(f, id, SCRIPT_SPOKEN_LANGUAGE, SCRIPT_NO_DAY), 0);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM account WHERE speaks = 'en'"), 1);
}

static void
details_come_as_a_text_when_the_call_is_over(void **state)
{
	struct fixture *f = *state;
	int64_t id = proven(f, "A-1");

	assert_int_equal(keep(f, id, SCRIPT_DETAILS, SCRIPT_NO_DAY), 0);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM message WHERE class = 1"), 0);
	over(f, id, CALLS_RIGHT_PARTY);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM message WHERE class = 1 AND body "
					    "LIKE '%1,000%'"),
			 1);
}

static void
no_amount_goes_to_a_number_of_two_borrowers(void **state)
{
	struct fixture *f = *state;
	int64_t id = proven(f, "TWIN-1");

	assert_int_equal(keep(f, id, SCRIPT_PROMISE, lender_day("2026-09-20")), 0);
	over(f, id, CALLS_RIGHT_PARTY);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM message WHERE class = 1"), 1);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM message WHERE class = 1 AND body "
					    "LIKE '%1,000%'"),
			 0);
}

static void
a_promise_does_not_change_what_was_agreed_with_a_person(void **state)
{
	struct fixture *f = *state;
	struct instalment_part part = {.day = lender_day("2026-09-30"), .amount = 100000};
	struct instalment_plan agreed = {.account = lender_account(f->l, "A-1"),
					 .currency = "PHP",
					 .due = lender_day("2026-09-08"),
					 .actor = "maria"};
	int64_t id = proven(f, "A-1");

	assert_int_equal(store_begin(f->l->s), 0);
	assert_int_equal(instalment_add(f->l->s, &agreed, &part, 1, f->now), 0);
	assert_int_equal(store_commit(f->l->s), 0);
	assert_int_equal(keep(f, id, SCRIPT_PROMISE, lender_day("2026-09-20")), 0);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM promise"), 0);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM task WHERE reason = "
					    "'promise_in_plan'"),
			 1);
}

/* Nothing is thanked for that could not be kept. */
static void
of_an_account_that_is_gone_nothing_is_kept(void **state)
{
	struct fixture *f = *state;
	int64_t id = begun(f, "A-1");

	lender_do(f->l, "UPDATE account_row SET until = 1 WHERE account = "
			"(SELECT id FROM account WHERE ref = 'A-1')");
	assert_int_equal(keep(f, id, SCRIPT_PROMISE, lender_day("2026-09-20")), UV_ENOENT);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM promise"), 0);
	assert_int_equal(
	    lender_count(f->l, "SELECT count(*) FROM event WHERE kind = 'call_outcome'"), 0);
}

/* ---- what counts, and what is tried again ---- */

static void
who_rang_counts_once_he_talked(void **state)
{
	struct fixture *f = *state;
	int64_t id = rung(f, "+639170000001");

	over(f, id, CALLS_UNVERIFIED);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM contact"), 0);
	id = rung(f, "+639170000001");
	assert_int_equal(keep(f, id, SCRIPT_RIGHT_PARTY, SCRIPT_NO_DAY), 0);
	over(f, id, CALLS_RIGHT_PARTY);
	assert_int_equal(lender_count(f->l, "SELECT counts FROM contact"), POLICY_CONVERSATION);
}

static void
who_answered_was_spoken_to(void **state)
{
	struct fixture *f = *state;

	over(f, begun(f, "A-1"), CALLS_NO_INPUT);
	assert_int_equal(lender_count(f->l, "SELECT counts FROM contact"), POLICY_CALL_ANSWERED);
}

static void
who_did_not_answer_was_dialled(void **state)
{
	struct fixture *f = *state;

	over(f, begun(f, "A-1"), CALLS_NO_ANSWER);
	assert_int_equal(lender_count(f->l, "SELECT counts FROM contact"), POLICY_CALL_DIALLED);
}

static void
six_tries_are_enough(void **state)
{
	struct fixture *f = *state;
	int64_t id = begun(f, "A-1");

	lender_do(f->l, "UPDATE call SET try = 5");
	over(f, id, CALLS_BUSY);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM call WHERE try = 6"), 1);
	lender_do(f->l, "DELETE FROM call WHERE try = 6; UPDATE call SET try = 6, status = 1");
	over(f, id, CALLS_BUSY);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM call"), 1);
}

static void
who_was_reached_is_not_tried_again_however_it_ended(void **state)
{
	struct fixture *f = *state;

	over(f, proven(f, "A-1"), CALLS_AUDIO_LOST);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM call"), 1);
}

static void
a_modem_that_was_lost_is_not_tried_again(void **state)
{
	struct fixture *f = *state;

	over(f, begun(f, "A-1"), CALLS_MODEM_LOST);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM call"), 1);
}

/* ---- a daemon that ended in them ---- */

static void
recover(struct fixture *f)
{
	assert_int_equal(store_begin(f->l->s), 0);
	assert_int_equal(calling_recover(f->l->s, f->l->config, f->now), 1);
	assert_int_equal(store_commit(f->l->s), 0);
}

static void
found_dialled_it_counts_as_that_and_is_not_called_again(void **state)
{
	struct fixture *f = *state;
	int64_t id = begun(f, "A-1");

	recover(f);
	assert_int_equal(of_call(f, id, "status"), CALLS_OVER);
	assert_int_equal(of_call(f, id, "outcome"), CALLS_MODEM_LOST);
	assert_int_equal(lender_count(f->l, "SELECT counts FROM contact"), POLICY_CALL_DIALLED);
	f->now += DAY;
	assert_false(look(f));
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM call"), 1);
}

static void
found_answered_it_counts_as_that(void **state)
{
	struct fixture *f = *state;
	int64_t id = begun(f, "A-1");
	struct calling c = talk(f, id);

	assert_int_equal(store_begin(f->l->s), 0);
	assert_int_equal(calling_answered(f->l->s, &c), 0);
	assert_int_equal(store_commit(f->l->s), 0);
	recover(f);
	assert_int_equal(lender_count(f->l, "SELECT counts FROM contact"), POLICY_CALL_ANSWERED);
}

static void
found_with_a_promise_it_still_gets_its_text(void **state)
{
	struct fixture *f = *state;
	int64_t id = proven(f, "A-1");

	assert_int_equal(keep(f, id, SCRIPT_PROMISE, lender_day("2026-09-20")), 0);
	recover(f);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM message WHERE class = 1 AND "
					    "body LIKE 'Noted: PHP 1,000%'"),
			 1);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM promise"), 1);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
	const struct CMUnitTest tests[] = {
	    T(who_proved_who_he_is_stops_from_any_telephone),
	    T(who_did_not_stops_that_telephone_alone),
	    T(stop_is_noted_and_told),
	    T(a_dispute_holds_everything_of_the_person),
	    T(paid_is_believed_once),
	    T(why_they_cannot_pay_stays_with_the_call),
	    T(a_person_who_is_asked_for_gets_work),
	    T(the_language_they_chose_is_remembered),
	    T(details_come_as_a_text_when_the_call_is_over),
	    T(no_amount_goes_to_a_number_of_two_borrowers),
	    T(a_promise_does_not_change_what_was_agreed_with_a_person),
	    T(of_an_account_that_is_gone_nothing_is_kept),
	    T(who_rang_counts_once_he_talked),
	    T(who_answered_was_spoken_to),
	    T(who_did_not_answer_was_dialled),
	    T(six_tries_are_enough),
	    T(who_was_reached_is_not_tried_again_however_it_ended),
	    T(a_modem_that_was_lost_is_not_tried_again),
	    T(found_dialled_it_counts_as_that_and_is_not_called_again),
	    T(found_answered_it_counts_as_that),
	    T(found_with_a_promise_it_still_gets_its_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
