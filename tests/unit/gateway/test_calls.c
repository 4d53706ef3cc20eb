/* A call through the store: looked at, decided again, `calling`, what keys said, and how it ended.
 */
#include "call_scene.h"

/* ---- deciding ---- */

static void
one_that_may_go_is_calling_and_counts_at_once(void **state)
{
	struct fixture *f = *state;
	int64_t id = plan(f, "A-1");

	assert_true(look(f));
	assert_int_equal(f->job.row, id);
	assert_int_equal(f->job.sim, 1);
	assert_string_equal(f->brief->check, "1990");
	assert_int_equal(brief_field(f->brief, "amount", 6)->value, 100000);
	assert_int_equal(of_call(f, id, "status"), CALLS_PLANNED);
	assert_true(start(f, id));
	assert_int_equal(of_call(f, id, "status"), CALLS_CALLING);
	assert_int_equal(lender_count(f->l, "SELECT counts FROM contact"), POLICY_CALL_DIALLED);
	assert_false(look(f)); /* it is not looked at again */
}

static void
without_check_digits_there_is_no_call(void **state)
{
	struct fixture *f = *state;
	int64_t id = plan(f, "A-2");

	assert_false(look(f));
	assert_int_equal(of_call(f, id, "status"), CALLS_PLANNED);
	assert_int_equal(of_call(f, id, "reason"), REASON_NO_CHECK);
	assert_true(of_call(f, id, "at") == f->now + DAY);
}

static void
what_comes_between_look_and_start_is_heeded(void **state)
{
	struct fixture *f = *state;
	int64_t id = plan(f, "A-1");
	struct borrower_hold h = {.account = lender_account(f->l, "A-1"),
				  .reason = REASON_HOLD,
				  .word = "dispute",
				  .until = INT32_MAX,
				  .actor = "test"};
	int64_t hold;

	assert_true(look(f));
	WRITE(f, borrower_hold(f->l->s, &h, f->now, &hold), 0);
	assert_false(start(f, id));
	assert_null(f->job.brief);
	assert_int_equal(of_call(f, id, "reason"), REASON_HOLD);
}

static void
another_figure_is_made_ready_first(void **state)
{
	struct fixture *f = *state;
	int64_t id = plan(f, "A-1");

	assert_true(look(f));
	lender_do(f->l, "UPDATE amount SET billed = 90000");
	assert_false(start(f, id));
	assert_non_null(f->job.brief);
	assert_int_equal(brief_field(f->brief, "amount", 6)->value, 90000);
	assert_true(start(f, id));
}

static void
no_call_comes_before_a_text(void **state)
{
	struct fixture *f = *state;

	lender_do(f->l, "DELETE FROM message");
	plan(f, "A-1");
	assert_false(look(f));
}

/* ---- what keys said ---- */

static void
a_promise_is_stored_and_confirmed_by_a_text(void **state)
{
	struct fixture *f = *state;
	int64_t id = promised(f, "A-1");

	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM promise WHERE source = 'call'"),
			 1);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM message WHERE class = 1"), 0);
	over(f, id, CALLS_RIGHT_PARTY);
	assert_int_equal(of_call(f, id, "outcome"), CALLS_RIGHT_PARTY);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM message WHERE class = 1 AND "
					    "body LIKE 'Noted: PHP 1,000%'"),
			 1);
	assert_int_equal(lender_count(f->l, "SELECT counts FROM contact"), POLICY_CONVERSATION);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM call"), 1);
}

static void
stop_ends_texts_and_calls_of_all_who_use_the_number(void **state)
{
	struct fixture *f = *state;
	int64_t id = begun(f, "TWIN-1");

	keep(f, id, SCRIPT_STOP, SCRIPT_NO_DAY);
	over(f, id, CALLS_UNVERIFIED);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM optout"), 3);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM call"), 1); /* not tried again */
	plan(f, "TWIN-2");
	f->now += DAY;
	assert_false(look(f));
}

static void
somebody_else_is_not_called_again(void **state)
{
	struct fixture *f = *state;
	int64_t id = begun(f, "A-1");

	keep(f, id, SCRIPT_WRONG_PERSON, SCRIPT_NO_DAY);
	over(f, id, CALLS_WRONG_PARTY);
	assert_int_equal(lender_count(f->l, "SELECT reason FROM dead_number"), REASON_WRONG_NUMBER);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM task"), 1);
}

/* Asked for twice it is one task; a person who is joined has done it, one who is not has not. */
static void
a_person_in_the_call_has_called_them_back(void **state)
{
	static const char *const outcomes[] = {"busy", CALLING_JOINED, "joined again"};
	struct script_outcome o = {.kind = SCRIPT_HUMAN, .day = SCRIPT_NO_DAY, .amount = -1};
	struct fixture *f = *state;
	struct calling c = talk(f, begun(f, "A-1"));

	for (int i = 0; i < 3; i++) {
		assert_int_equal(store_begin(f->l->s), 0);
		assert_int_equal(calling_keep(f->l->s, &c, &o), 0);
		assert_int_equal(lender_count(f->l, "SELECT count(*) FROM task"), 1);
		assert_int_equal(lender_count(f->l, "SELECT status FROM task"),
				 i < 2 ? TASK_OPEN : TASK_DONE);
		assert_int_equal(calling_person(f->l->s, &c, outcomes[i], "^CEND:2,0,104,17"), 0);
		assert_int_equal(store_commit(f->l->s), 0);
		assert_int_equal(lender_count(f->l, "SELECT status FROM task"),
				 i < 1 ? TASK_OPEN : TASK_DONE);
	}
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM event WHERE kind = 'task_done' "
					    "AND data LIKE '%a person joined the call%'"),
			 1);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM event WHERE kind = 'call_person' "
					    "AND data LIKE '%^CEND:2,0,104,17%'"),
			 3);
}

/* ---- how it ended ---- */

/* They called: nobody spoke to them, or the daemon ended meanwhile. */
static void
who_called_and_was_not_heard_is_called_back_once(void **state)
{
	struct fixture *f = *state;

	begun(f, "A-1");
	lender_do(f->l, "UPDATE call SET status = 2");
	for (int i = 0; i < 3; i++) {
		lender_do(f->l,
			  "INSERT INTO call (account, person, try, class, direction, script, "
			  "route, status, rank, at, created_at, started_at) SELECT id, person, "
			  "1, 2, 1, 'ask', 'sticks', 1, 1, 0, 0, 1 FROM account "
			  "WHERE ref = 'A-1'");
		if (i == 0) { /* heard */
			lender_do(f->l, "UPDATE call SET answered_at = 2 WHERE status = 1");
			over(f, lender_count(f->l, "SELECT max(id) FROM call"), CALLS_NO_INPUT);
		} else if (i == 1) {
			over(f, lender_count(f->l, "SELECT max(id) FROM call"), CALLS_CALLED_OFF);
		} else {
			assert_int_equal(store_begin(f->l->s), 0);
			assert_int_equal(calling_recover(f->l->s, f->l->config, f->now), 1);
			assert_int_equal(store_commit(f->l->s), 0);
		}
		assert_int_equal(lender_count(f->l, "SELECT count(*) FROM task WHERE reason = "
						    "'missed_call' AND kind = 'call them back'"),
				 i > 0);
	}
	lender_do(f->l, "UPDATE task SET status = 1");
	lender_do(f->l, "UPDATE call SET status = 1 WHERE id = (SELECT max(id) FROM call)");
	over(f, lender_count(f->l, "SELECT max(id) FROM call"), CALLS_CALLED_OFF);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM task"), 2); /* that one is done */
}

static void
busy_is_tried_again_as_the_same_step(void **state)
{
	struct fixture *f = *state;
	int64_t id = begun(f, "A-1"), again;

	over(f, id, CALLS_BUSY);
	again = lender_count(f->l, "SELECT id FROM call WHERE try = 2");
	assert_true(again > id);
	assert_int_equal(of_call(f, again, "reason"), REASON_RETRY);
	assert_true(of_call(f, again, "at") == f->now + HOUR / 2);
	f->now += HOUR / 2;
	assert_false(look(f)); /* base: four hours between two calls */
	assert_true(of_call(f, again, "at") == TEN_O_CLOCK + 4 * HOUR);
	f->now = TEN_O_CLOCK + 4 * HOUR;
	assert_true(look(f));
}

static void
outcomes_have_their_own_patience(void **state)
{
	const struct civil_zone *zone = &((struct fixture *)*state)->l->config->lender.zone;
	const int64_t now = TEN_O_CLOCK;

	assert_true(calling_again(CALLS_RIGHT_PARTY, zone, now, 36000) == 0);
	assert_true(calling_again(CALLS_WRONG_PARTY, zone, now, 36000) == 0);
	assert_true(calling_again(CALLS_MODEM_LOST, zone, now, 36000) == 0);
	assert_true(calling_again(CALLS_NO_ANSWER, zone, now, 36000) == now + 2 * HOUR);
	assert_true(calling_again(CALLS_NO_INPUT, zone, now, 36000) == now + DAY);
	assert_true(calling_again(CALLS_REJECTED, zone, now, 39600) == now + DAY + HOUR);
}

static void
found_calling_at_start_it_is_over_and_not_made_again(void **state)
{
	struct fixture *f = *state;
	int64_t id = promised(f, "A-1");

	WRITE(f, calls_recover(f->l->s, f->now, NULL, NULL), 1);
	assert_int_equal(of_call(f, id, "outcome"), CALLS_MODEM_LOST);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM call"), 1);
	assert_int_equal(lender_count(f->l, "SELECT status FROM promise"), PROMISE_OPEN);
	assert_int_equal(lender_count(f->l, "SELECT counts FROM contact"), POLICY_CONVERSATION);
}

static void
what_was_not_dialled_counts_for_nothing(void **state)
{
	struct fixture *f = *state;
	int64_t id = begun(f, "A-1");
	struct calling c = talk(f, id);

	WRITE(f, calling_undialled(f->l->s, &c, "test"), 0);
	assert_int_equal(of_call(f, id, "status"), CALLS_PLANNED);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM contact"), 0);
	assert_true(look(f));
}

static void
a_number_that_is_none_gives_way_to_the_next(void **state)
{
	struct fixture *f = *state;
	int64_t id;

	lender_do(f->l, "UPDATE account_row SET secret = '1990'");
	id = begun(f, "A-2");
	over(f, id, CALLS_INVALID);
	assert_int_equal(lender_count(f->l, "SELECT reason FROM dead_number"), REASON_BARRED);
	f->now += 5 * HOUR;
	assert_true(look(f));
	assert_string_equal(f->brief->number, "+639170000022");
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
	const struct CMUnitTest tests[] = {
	    T(one_that_may_go_is_calling_and_counts_at_once),
	    T(without_check_digits_there_is_no_call),
	    T(what_comes_between_look_and_start_is_heeded),
	    T(another_figure_is_made_ready_first),
	    T(no_call_comes_before_a_text),
	    T(a_promise_is_stored_and_confirmed_by_a_text),
	    T(stop_ends_texts_and_calls_of_all_who_use_the_number),
	    T(somebody_else_is_not_called_again),
	    T(a_person_in_the_call_has_called_them_back),
	    T(who_called_and_was_not_heard_is_called_back_once),
	    T(busy_is_tried_again_as_the_same_step),
	    T(outcomes_have_their_own_patience),
	    T(found_calling_at_start_it_is_over_and_not_made_again),
	    T(what_was_not_dialled_counts_for_nothing),
	    T(a_number_that_is_none_gives_way_to_the_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
