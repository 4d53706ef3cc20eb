/* Calls that may not go, and why: what is decided a second time in the transaction that dials. */
#include "call_scene.h"

#include "gateway/person/agenda.h"
#include "gateway/store/report_rule.h"

/* ---- what stands in the store ---- */

static bool
says(struct fixture *f, const char *kind, const char *words)
{
	char sql[256];

	snprintf(sql, sizeof sql,
		 "SELECT count(*) FROM event WHERE kind = '%s' AND data LIKE '%%%s%%'", kind,
		 words);
	return lender_count(f->l, sql) == 1;
}

static void
settings(struct fixture *f, const char *routes)
{
	struct complaints complaints = {0};
	char yaml[1024];

	snprintf(yaml, sizeof yaml,
		 "lender: {name: Sunrise, contact: \"+63285550100\", country: PH, currency: PHP, "
		 "timezone: Asia/Manila, languages: [en]}\npolicy: {preset: base}\nroutes:\n%s",
		 routes);
	home_write(&f->l->home, "dunlin.yaml", yaml);
	config_unref(f->l->config);
	assert_int_equal(config_load(f->l->home.path, &f->l->config, &complaints), 0);
	complaint_clear(&complaints);
	f->l->env.config = f->l->config;
}

static int64_t
plan_by_hand(struct fixture *f, const char *ref)
{
	char sql[400];

	snprintf(sql, sizeof sql,
		 "INSERT INTO call (account, person, try, class, direction, script, route, status, "
		 "rank, at, created_at) SELECT id, person, 1, %d, 0, 'ask', 'sticks', 0, 1, %lld, "
		 "0 FROM account WHERE ref = '%s'",
		 CLASS_MANUAL, (long long)f->now, ref);
	lender_do(f->l, sql);
	return lender_count(f->l, "SELECT max(id) FROM call");
}

static void
opt_out(struct fixture *f, const char *number)
{
	assert_int_equal(store_begin(f->l->s), 0);
	assert_int_equal(borrower_optout(f->l->s, number, 0, "test", 0, f->now, "test"), 0);
	assert_int_equal(store_commit(f->l->s), 0);
}

/* ---- between look and start ---- */

static void
what_is_over_already_is_not_started(void **state)
{
	struct fixture *f = *state;
	int64_t id = plan(f, "A-1");

	assert_true(look(f));
	lender_do(f->l, "UPDATE call SET status = 2");
	assert_false(start(f, id));
	assert_null(f->job.brief);
	assert_int_equal(of_call(f, id, "status"), CALLS_OVER);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM contact"), 0);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM event WHERE kind = 'decision'"),
			 0); /* there was nothing to decide */
}

static void
stop_between_look_and_start_is_heeded(void **state)
{
	struct fixture *f = *state;
	int64_t id = plan(f, "A-1");

	assert_true(look(f));
	opt_out(f, "+639170000001");
	assert_false(start(f, id));
	assert_null(f->job.brief);
	assert_int_equal(of_call(f, id, "reason"), REASON_OPTED_OUT);
}

static void
a_number_that_is_theirs_no_more_is_heeded(void **state)
{
	struct fixture *f = *state;
	int64_t id = plan(f, "A-1");

	assert_true(look(f));
	assert_int_equal(store_begin(f->l->s), 0);
	assert_int_equal(borrower_dead_number(f->l->s, "+639170000001", lender_account(f->l, "A-1"),
					      REASON_WRONG_NUMBER, 0, f->now),
			 0);
	assert_int_equal(store_commit(f->l->s), 0);
	assert_false(start(f, id));
	assert_null(f->job.brief);
	assert_int_equal(of_call(f, id, "reason"), REASON_WRONG_NUMBER);
}

static void
the_end_of_the_window_between_look_and_start_is_heeded(void **state)
{
	struct fixture *f = *state;
	int64_t id = plan(f, "A-1");

	assert_true(look(f));
	f->now += 13 * HOUR; /* 23:00 */
	assert_false(start(f, id));
	assert_null(f->job.brief);
	assert_int_equal(of_call(f, id, "reason"), REASON_WINDOW);
	assert_true(says(f, "decision", "\"decision\":\"defer\""));
}

static void
a_call_just_made_to_the_person_is_heeded(void **state)
{
	struct fixture *f = *state;
	int64_t id = plan(f, "A-1");
	struct brief *said;

	assert_true(look(f));
	lender_do(f->l,
		  "INSERT INTO contact (account, key, at, channel, counts, number, result, "
		  "source, actor, noted_at) SELECT id, 'x', 1789437590000, 1, 3, "
		  "'+639170000001', 'busy', 'test', 'test', 0 FROM account WHERE ref = 'A-1'");
	said = f->brief;
	assert_false(start(f, id));
	assert_ptr_equal(f->brief, said);
	assert_true(of_call(f, id, "at") > f->now);
}

static void
paid_between_look_and_start_ends_it(void **state)
{
	struct fixture *f = *state;
	int64_t id = plan(f, "A-1");

	assert_true(look(f));
	lender_do(f->l, "UPDATE amount SET billed = 0");
	assert_false(start(f, id));
	assert_null(f->job.brief);
	assert_int_equal(of_call(f, id, "status"), CALLS_CANCELLED);
	assert_int_equal(of_call(f, id, "reason"), REASON_PAID);
	assert_int_equal(of_call(f, id, "outcome"), CALLS_CALLED_OFF);
}

static void
another_number_or_check_is_made_ready_first(void **state)
{
	struct fixture *f = *state;
	int64_t id = plan(f, "A-1");

	assert_true(look(f));
	lender_do(f->l, "UPDATE account_row SET secret = '1991' WHERE secret = '1990'");
	assert_false(start(f, id));
	assert_non_null(f->job.brief);
	assert_string_equal(f->brief->check, "1991");
	lender_do(f->l, "UPDATE account_row SET phones = '+639170000077' "
			"WHERE phones = '+639170000001'");
	assert_false(start(f, id));
	assert_non_null(f->job.brief);
	assert_string_equal(f->brief->number, "+639170000077");
	assert_true(start(f, id));
	assert_int_equal(lender_count(f->l, "SELECT number = '+639170000077' FROM call"), 1);
}

static void
nobody_may_promise_more_than_is_owed(void **state)
{
	struct fixture *f = *state;

	plan(f, "A-1");
	assert_true(look(f));
	assert_int_equal(brief_facts(f->brief).amount_max, 100000);
}

/* ---- what holds all ---- */

static void
a_clock_that_leaped_stops_look_and_start(void **state)
{
	struct fixture *f = *state;
	int64_t id = plan(f, "A-1");

	assert_true(look(f));
	job(f)->stopped = REASON_CLOCK;
	f->job.expect = f->brief;
	f->job.row = id;
	f->job.sim = 1;
	run(f, handover_call_start, &f->job);
	assert_false(f->job.started);
	assert_null(f->job.brief);
	assert_int_equal(f->job.held, REASON_CLOCK);
	job(f)->stopped = REASON_CLOCK;
	run(f, handover_call_look, &f->job);
	assert_null(f->job.brief);
	assert_int_equal(of_call(f, id, "status"), CALLS_PLANNED);
	assert_int_equal(of_call(f, id, "reason"), REASON_NONE); /* it keeps its turn */
	assert_true(of_call(f, id, "at") == f->now);
}

static void
a_clock_behind_what_was_done_stops_all(void **state)
{
	struct fixture *f = *state;

	plan(f, "A-1");
	f->l->s->head_at = f->now + HOUR;
	run(f, handover_call_look, job(f));
	assert_null(f->job.brief);
	assert_int_equal(f->job.held, REASON_CLOCK);
}

/* ---- where it goes ---- */

static void
no_route_no_call(void **state)
{
	struct fixture *f = *state;
	int64_t id = plan(f, "A-1");

	settings(f, "  sticks: {type: modem, ports: [/tmp/none], voice: true, prefixes: [\"+1\"], "
		    "audio: {/tmp/none: \"alsa:x\"}}\n"
		    "  paper: {type: file, path: sent.jsonl}\n"); /* which takes texts alone */
	assert_false(look(f));
	assert_int_equal(of_call(f, id, "reason"), REASON_NO_ROUTE);
}

static void
what_another_route_takes_goes_over_to_its_queue(void **state)
{
	struct fixture *f = *state;
	int64_t id = plan(f, "A-1");

	settings(f,
		 "  sticks: {type: modem, ports: [/tmp/none], voice: true, prefixes: [\"+1\"], "
		 "audio: {/tmp/none: \"alsa:x\"}}\n"
		 "  others: {type: modem, ports: [/tmp/nobody], voice: true, prefixes: [\"+63\"], "
		 "audio: {/tmp/nobody: \"alsa:y\"}}\n");
	assert_false(look(f));
	assert_true(f->job.rerouted);
	assert_int_equal(of_call(f, id, "route = 'others'"), 1);
	assert_int_equal(of_call(f, id, "status"), CALLS_PLANNED);
}

static void
rows_in_hand_are_left_alone(void **state)
{
	struct fixture *f = *state;
	int64_t id = plan(f, "A-1");

	job(f)->busy[0] = id;
	f->job.n_busy = 1;
	run(f, handover_call_look, &f->job);
	assert_null(f->job.brief);
}

static void
a_number_waits_for_the_sim_it_stays_with(void **state)
{
	struct fixture *f = *state;

	plan(f, "A-1");
	lender_do(f->l, "UPDATE message SET sim = 2, number = '+639170000001' WHERE account = "
			"(SELECT id FROM account WHERE ref = 'A-1')");
	job(f)->pool = (struct handover_pool){.sim = {{.id = 1, .room = 1}, {.id = 2}}, .n = 2};
	run(f, handover_call_look, &f->job);
	assert_null(f->job.brief);
	assert_true(f->job.waits);
	job(f)->pool =
	    (struct handover_pool){.sim = {{.id = 1, .room = 1}, {.id = 2, .gone = true}}, .n = 2};
	run(f, handover_call_look, &f->job);
	assert_int_equal(f->job.sim, 1);
	f->brief = f->job.brief;
}

/* ---- what is written down ---- */

static void
a_call_that_goes_tells_what_it_went_by(void **state)
{
	struct fixture *f = *state;

	begun(f, "A-1");
	assert_true(says(f, "call_started", "\"number\":\"+639170000001\""));
	assert_true(says(f, "call_started", "\"policy\":\""));
	assert_true(says(f, "call_started", "\"version\":\""));
}

static void
a_call_that_is_held_tells_why(void **state)
{
	struct fixture *f = *state;

	plan(f, "A-2");
	assert_false(look(f));
	assert_true(says(f, "decision", "\"reason\":\"no_check\""));
}

/* The planner as of `later` ms. */
static void
plan_anew(struct fixture *f, int64_t later)
{
	struct plan_rules rules;
	int64_t account = lender_account(f->l, "A-2"), now = f->now + later;

	WRITE(f, facts_rules(f->facts, f->l->s, now, REASON_NONE, &rules), 0);
	WRITE(f, agenda_plan(f->l->s, f->facts, &rules, account, false, now), 0);
}

/* The plan, which knows nothing of check digits, would have it called today again and again. */
static void
without_check_digits_it_is_told_once_a_day(void **state)
{
	struct fixture *f = *state;
	int64_t id = plan(f, "A-2"), tomorrow = f->now + 24 * 3600000LL;

	assert_false(look(f));
	assert_int_equal(of_call(f, id, "at"), tomorrow);
	for (int hour = 1; hour < 8; hour++) {
		plan_anew(f, hour * 3600000LL);
		assert_int_equal(of_call(f, id, "at"), tomorrow);
		assert_false(look(f));
	}
	assert_true(says(f, "decision", "\"rule\":\"script.check\""));
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM rule_count"), 1);
	assert_int_equal(lender_count(f->l, "SELECT what FROM rule_count WHERE n = 1 AND rule = "
					    "'script.check'"),
			 REPORT_HELD);
	/* Digits came in with a list: it need not wait for tomorrow. */
	lender_do(f->l, "UPDATE account_row SET secret = '1990'");
	plan_anew(f, 3600000);
	assert_int_equal(of_call(f, id, "at"), f->now + 3600000);
}

static void
by_hand_what_bars_it_ends_it(void **state)
{
	struct fixture *f = *state;
	int64_t id = plan_by_hand(f, "A-1");

	opt_out(f, "+639170000001");
	assert_false(look(f));
	assert_int_equal(of_call(f, id, "status"), CALLS_SKIPPED);
	assert_int_equal(of_call(f, id, "reason"), REASON_OPTED_OUT);
}

static void
of_an_account_in_no_list_it_is_cancelled(void **state)
{
	struct fixture *f = *state;
	int64_t id = plan(f, "A-1");

	lender_do(f->l, "UPDATE account_row SET until = 1 WHERE account = "
			"(SELECT id FROM account WHERE ref = 'A-1')");
	assert_false(look(f));
	assert_int_equal(of_call(f, id, "status"), CALLS_CANCELLED);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
	const struct CMUnitTest tests[] = {
	    T(what_is_over_already_is_not_started),
	    T(stop_between_look_and_start_is_heeded),
	    T(a_number_that_is_theirs_no_more_is_heeded),
	    T(the_end_of_the_window_between_look_and_start_is_heeded),
	    T(a_call_just_made_to_the_person_is_heeded),
	    T(paid_between_look_and_start_ends_it),
	    T(another_number_or_check_is_made_ready_first),
	    T(nobody_may_promise_more_than_is_owed),
	    T(a_clock_that_leaped_stops_look_and_start),
	    T(a_clock_behind_what_was_done_stops_all),
	    T(no_route_no_call),
	    T(what_another_route_takes_goes_over_to_its_queue),
	    T(rows_in_hand_are_left_alone),
	    T(a_number_waits_for_the_sim_it_stays_with),
	    T(a_call_that_goes_tells_what_it_went_by),
	    T(a_call_that_is_held_tells_why),
	    T(without_check_digits_it_is_told_once_a_day),
	    T(by_hand_what_bars_it_ends_it),
	    T(of_an_account_in_no_list_it_is_cancelled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
