/* send, reply, cancel, resolve, inbox-done, tasks-done, approve. */
#include "lender.h"

#define NIGHT (TEN_O_CLOCK + 12 * HOUR) /* 22:00 in Manila */

static json_t *
send_to(const char *account, const char *template)
{
	return json_pack("{s:s, s:s, s:s}", "command", "send", "account", account, "template",
			 template);
}

static json_t *
send_number(const char *number, const char *text)
{
	return json_pack("{s:s, s:s, s:s}", "command", "send", "to", number, "text", text);
}

static json_t *
when_allowed(json_t *request)
{
	json_object_set_new(request, "when_allowed", json_true());
	return request;
}

static json_t *
about_row(const char *command, const char *key, int64_t id)
{
	return json_pack("{s:s, s:I}", "command", command, key, (json_int_t)id);
}

static json_t *
reply_to(int64_t message, const char *text)
{
	return json_pack("{s:s, s:I, s:s}", "command", "reply", "message", (json_int_t)message,
			 "text", text);
}

static int64_t
queued(const struct lender *l)
{
	return json_integer_value(json_object_get(l->reply, "message"));
}

static void
test_send_queues_one_text_now(void **state)
{
	struct lender *l = *state;
	struct outbox_row row;

	assert_int_equal(lender_ask(l, send_to("A-1", "reminder")), 0);
	assert_int_equal(outbox_get(l->s, queued(l), &row), 0);
	assert_int_equal(row.class, CLASS_MANUAL);
	assert_int_equal(row.rank, RANK_MANUAL);
	assert_int_equal(row.at, TEN_O_CLOCK);
	assert_int_equal(row.account, lender_account(l, "A-1"));
	assert_string_equal(row.template, "reminder");
	assert_string_equal(row.route, "paper");
	assert_string_equal(row.actor, "maria");
	assert_null(row.body);   /* rendered when it goes, with that day's figures */
	assert_null(row.number); /* and to the number of that day */
	assert_true(l->env.effect.wake);
	outbox_row_clear(&row);
}

static void
test_send_at_night_names_the_morning(void **state)
{
	struct lender *l = *state;

	l->env.now = NIGHT;
	assert_int_equal(lender_ask(l, send_to("A-1", "reminder")), 1);
	assert_string_equal(lender_said(l, "reason"), "window");
	assert_string_equal(lender_said(l, "next_at"), "2026-09-16T08:00:00+08:00");
	assert_non_null(strstr(lender_said(l, "error"), "2026-09-16 08:00 (Asia/Manila)"));
	assert_int_equal(lender_count(l, "SELECT count(*) FROM message"), 0);
	assert_int_equal(lender_ask(l, when_allowed(send_to("A-1", "reminder"))), 0);
	assert_int_equal(lender_count(l, "SELECT at FROM message"), NIGHT + 10 * HOUR);
}

static void
test_send_during_a_hold_waits_for_its_end(void **state)
{
	struct lender *l = *state;

	assert_int_equal(
	    lender_ask(l, json_pack("{s:s, s:s, s:s, s:s}", "command", "hold", "account", "A-1",
				    "until", "2026-09-20", "reason", "dispute")),
	    0);
	assert_int_equal(lender_ask(l, send_to("A-1", "reminder")), 1);
	assert_string_equal(lender_said(l, "reason"), "hold");
	assert_string_equal(lender_said(l, "next_at"), "2026-09-20T08:00:00+08:00");
	assert_int_equal(lender_ask(l, when_allowed(send_to("A-1", "reminder"))), 0);
	assert_string_equal(lender_said(l, "at"), "2026-09-20T08:00:00+08:00");
}

static void
test_send_during_a_promise_waits_for_its_judgement(void **state)
{
	struct lender *l = *state;

	assert_int_equal(lender_ask(l, json_pack("{s:s, s:s, s:s}", "command", "promise", "account",
						 "A-1", "date", "2026-09-18")),
			 0);
	assert_int_equal(lender_ask(l, send_to("A-1", "reminder")), 1);
	assert_string_equal(lender_said(l, "reason"), "promise_open");
	assert_string_equal(lender_said(l, "next_at"), "2026-09-22T08:00:00+08:00");
}

/* Waiting mends no opt-out, however patient one is. */
static void
test_send_never_passes_an_optout(void **state)
{
	struct lender *l = *state;

	assert_int_equal(
	    lender_ask(l, json_pack("{s:s, s:s}", "command", "optout", "account", "A-1")), 0);
	assert_int_equal(lender_ask(l, when_allowed(send_to("A-1", "reminder"))), 1);
	assert_string_equal(lender_said(l, "reason"), "opted_out");
	assert_int_equal(lender_ask(l, when_allowed(send_number("+639170000001", "Hi"))), 1);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM message"), 0);
}

static void
test_send_without_a_daemon_only_waits(void **state)
{
	struct lender *l = *state;
	int64_t id = lender_receive(l, "A-2", "+639170000002");

	l->env.serving = false;
	assert_int_equal(lender_ask(l, send_to("A-1", "reminder")), 3);
	assert_int_equal(lender_ask(l, reply_to(id, "Yes")), 3);
	assert_int_equal(lender_count(l, "SELECT handled FROM inbox"), 0);
	assert_int_equal(lender_ask(l, when_allowed(send_to("A-1", "reminder"))), 0);
	assert_int_equal(lender_ask(l, when_allowed(reply_to(id, "Yes"))), 0);
}

static void
test_send_to_numbers_that_are_somebodys(void **state)
{
	struct lender *l = *state;
	struct outbox_row row;

	assert_int_equal(lender_ask(l, send_number("0917 000 0022", "Hi")), 0);
	assert_int_equal(outbox_get(l->s, queued(l), &row), 0);
	assert_string_equal(row.number, "+639170000022");
	assert_string_equal(row.body, "Hi");
	assert_int_equal(row.account, lender_account(l, "A-2"));
	outbox_row_clear(&row);

	assert_int_equal(lender_ask(l, send_number("+639170000099", "Test")), 0);
	assert_int_equal(outbox_get(l->s, queued(l), &row), 0);
	assert_int_equal(row.account, 0);
	outbox_row_clear(&row);

	assert_int_equal(lender_ask(l, send_number("+639170000055", "Hi")), 1);
	assert_int_equal(lender_ask(l, send_number("no number", "Hi")), 2);
	assert_int_equal(lender_ask(l, send_number("+639170000001", "")), 2);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM message"), 2);
}

static void
test_send_of_a_dead_number_is_refused(void **state)
{
	struct lender *l = *state;

	assert_int_equal(store_begin(l->s), 0);
	assert_int_equal(borrower_dead_number(l->s, "+639170000001", lender_account(l, "A-1"),
					      REASON_WRONG_NUMBER, 0, l->env.now),
			 0);
	assert_int_equal(store_commit(l->s), 0);
	assert_int_equal(lender_ask(l, when_allowed(send_number("+639170000001", "Hi"))), 1);
	assert_string_equal(lender_said(l, "reason"), "wrong_number");
	assert_int_equal(lender_ask(l, when_allowed(send_to("A-1", "reminder"))), 1);
	assert_string_equal(lender_said(l, "reason"), "wrong_number");
}

static void
test_send_when_not_live_is_for_test_numbers(void **state)
{
	struct lender *l = *state;
	int64_t id = lender_receive(l, "A-1", "+639170000001");

	lender_write(l, "false");
	assert_int_equal(lender_ask(l, when_allowed(send_to("A-1", "reminder"))), 1);
	assert_string_equal(lender_said(l, "reason"), "test");
	assert_int_equal(lender_ask(l, send_number("+639170000001", "Hi")), 1);
	assert_int_equal(lender_ask(l, reply_to(id, "Yes")), 1);
	assert_int_equal(lender_ask(l, send_number("+639170000099", "Test")), 0);
}

static void
test_send_tells_mistakes_of_the_text(void **state)
{
	struct lender *l = *state;
	char text[1700];

	home_write(&l->home, "templates/broken.en.txt", "{{nickname}} pay. Reply STOP to end.");
	lender_write(l, "true");
	assert_int_equal(lender_ask(l, send_to("A-1", "broken")), 1);
	assert_non_null(strstr(lender_said(l, "error"), "broken.en.txt:1:"));
	assert_int_equal(lender_ask(l, send_to("A-1", "no-such")), 1);
	memset(text, 'a', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	assert_int_equal(lender_ask(l, send_number("+639170000001", text)), 2);
	assert_int_equal(
	    lender_ask(l, json_pack("{s:s, s:s}", "command", "send", "account", "A-1")), 2);
}

/* A reply heeds windows and opt-out; a hold does not stop it. */
static void
test_reply_passes_holds_and_marks_handled(void **state)
{
	struct lender *l = *state;
	int64_t id = lender_receive(l, "A-1", "+639170000001");
	struct outbox_row row;

	assert_int_equal(
	    lender_ask(l, json_pack("{s:s, s:s, s:s, s:s}", "command", "hold", "account", "A-1",
				    "until", "2026-09-20", "reason", "dispute")),
	    0);
	assert_int_equal(lender_ask(l, reply_to(id, "We look into it.")), 0);
	assert_int_equal(outbox_get(l->s, queued(l), &row), 0);
	assert_int_equal(row.class, CLASS_MANUAL);
	assert_int_equal(row.answers, id);
	assert_string_equal(row.number, "+639170000001");
	outbox_row_clear(&row);
	assert_int_equal(lender_count(l, "SELECT handled FROM inbox"), 1);

	l->env.now = NIGHT;
	assert_int_equal(lender_ask(l, reply_to(id, "Good night")), 1);
	assert_string_equal(lender_said(l, "reason"), "window");
}

static void
test_reply_only_where_one_can_answer(void **state)
{
	struct lender *l = *state;
	int64_t word = lender_receive(l, NULL, "GLOBE"), code = lender_receive(l, NULL, "2366");
	int64_t stranger = lender_receive(l, NULL, "+639170000077");
	int64_t stopped = lender_receive(l, "A-1", "+639170000001");

	assert_int_equal(lender_ask(l, reply_to(word, "Hi")), 1);
	assert_int_equal(lender_ask(l, reply_to(code, "Hi")), 1);
	assert_int_equal(lender_ask(l, reply_to(999, "Hi")), 1);
	assert_int_equal(lender_ask(l, reply_to(stranger, "Who is this?")), 0);
	assert_int_equal(
	    lender_ask(l, json_pack("{s:s, s:s}", "command", "optout", "number", "+639170000001")),
	    0);
	assert_int_equal(lender_ask(l, reply_to(stopped, "Hi")), 1);
	assert_string_equal(lender_said(l, "reason"), "opted_out");
	assert_int_equal(
	    lender_ask(l, json_pack("{s:s, s:s}", "command", "optout", "number", "+639170000077")),
	    0);
	assert_int_equal(lender_ask(l, reply_to(stranger, "Hi")), 1);
}

static void
test_cancel_is_for_what_has_not_gone(void **state)
{
	struct lender *l = *state;
	int64_t in = lender_receive(l, "A-1", "+639170000001");
	int64_t row = lender_plan(l, "A-1", "+7/sms", TEN_O_CLOCK + HOUR);

	assert_int_equal(lender_ask(l, about_row("cancel", "message", row)), 0);
	lender_expect(l, row, STATUS_CANCELLED, REASON_CANCELLED);
	assert_int_equal(lender_ask(l, about_row("cancel", "message", row)), 1);
	assert_int_equal(lender_ask(l, about_row("cancel", "message", in)), 1);
	assert_int_equal(lender_ask(l, about_row("cancel", "message", 999)), 1);
	assert_int_equal(lender_ask(l, about_row("cancel", "message", -1)), 2);
	assert_int_equal(
	    lender_ask(l, json_pack("{s:s, s:s}", "command", "cancel", "message", "1")), 2);
}

static json_t *
resolve(int64_t message, const char *as)
{
	return json_pack("{s:s, s:I, s:s}", "command", "resolve", "message", (json_int_t)message,
			 "as", as);
}

/* A text of two parts, one accepted and one without answer. */
static int64_t
make_unknown(struct lender *l)
{
	int64_t row = lender_plan(l, "A-1", "+7/sms", TEN_O_CLOCK);
	char sql[512];

	snprintf(sql, sizeof sql,
		 "UPDATE message SET status = 7, reason = %d, handed_at = %lld, done_at = 1, "
		 "segments = 2, body = 'B', template = 'reminder' WHERE id = %lld;"
		 "INSERT INTO part (message, n, status, route) VALUES (%lld, 1, 3, 'paper'), "
		 "(%lld, 2, 7, 'paper')",
		 REASON_NO_ANSWER, (long long)TEN_O_CLOCK, (long long)row, (long long)row,
		 (long long)row);
	lender_do(l, sql);
	return row;
}

static void
test_resolve_as_sent(void **state)
{
	struct lender *l = *state;
	int64_t row = make_unknown(l);

	assert_int_equal(lender_ask(l, resolve(row, "perhaps")), 2);
	assert_int_equal(lender_ask(l, resolve(row, "sent")), 0);
	lender_expect(l, row, STATUS_SENT, REASON_NONE);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM part WHERE status = 3"), 2);
	assert_int_equal(lender_count(l, "SELECT done_at IS NULL FROM message"), 1);
	assert_int_equal(lender_count(l, "SELECT sent_at FROM message"), TEN_O_CLOCK);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM event WHERE kind = 'resolved'"), 1);
	assert_int_equal(lender_ask(l, resolve(row, "again")), 1); /* it is settled */
}

/* Again is the same row, as if it had never been handed over: it is no contact of its own cap. */
static void
test_resolve_again_is_the_same_row(void **state)
{
	struct lender *l = *state;
	int64_t row = make_unknown(l);

	assert_int_equal(lender_ask(l, resolve(row, "again")), 0);
	lender_expect(l, row, STATUS_PLANNED, REASON_NONE);
	assert_int_equal(lender_count(l, "SELECT handed_at IS NULL FROM message"), 1);
	assert_int_equal(lender_count(l, "SELECT body IS NULL FROM message"), 1);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM part"), 0);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM message"), 1);
	assert_true(l->env.effect.wake);
}

/* The hold of a reply nobody read ends with the last such reply of the person. */
static void
test_inbox_done_frees_the_person_when_all_is_read(void **state)
{
	struct lender *l = *state;
	int64_t one = lender_receive(l, "TWIN-1", "+639170000004");
	int64_t two = lender_receive(l, "TWIN-2", "+639170000004");
	static const char *const refs[] = {"TWIN-1", "TWIN-2", "A-1"};
	int64_t id;

	for (size_t i = 0; i < 3; i++) {
		struct borrower_hold h = {.account = lender_account(l, refs[i]),
					  .reason = REASON_AWAITING_PERSON,
					  .word = "awaiting_person",
					  .until = INT32_MAX,
					  .actor = "dunlin"};

		assert_int_equal(store_begin(l->s), 0);
		assert_int_equal(borrower_hold(l->s, &h, l->env.now, &id), 0);
		assert_int_equal(store_commit(l->s), 0);
	}
	assert_int_equal(lender_ask(l, about_row("inbox-done", "message", one)), 0);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM hold WHERE released_at IS NULL"), 3);
	assert_int_equal(lender_ask(l, about_row("inbox-done", "message", one)), 1);
	assert_non_null(strstr(lender_said(l, "error"), "by maria"));
	assert_int_equal(lender_ask(l, about_row("inbox-done", "message", two)), 0);
	assert_int_equal(lender_count(l, "SELECT account FROM hold WHERE released_at IS NULL"),
			 lender_account(l, "A-1"));
	assert_int_equal(lender_count(l, "SELECT count(*) FROM hold WHERE released_at IS NULL"), 1);
}

static void
test_tasks_done_once(void **state)
{
	struct lender *l = *state;

	assert_int_equal(store_begin(l->s), 0);
	assert_int_equal(borrower_task(l->s, lender_account(l, "A-1"), "call", 0, "because", 0,
				       "dunlin", l->env.now),
			 0);
	assert_int_equal(store_commit(l->s), 0);
	assert_int_equal(lender_ask(l, about_row("tasks-done", "task", 1)), 0);
	assert_int_equal(lender_count(l, "SELECT status FROM task"), TASK_DONE);
	assert_int_equal(lender_count(l, "SELECT done_at FROM task"), TEN_O_CLOCK);
	assert_int_equal(lender_ask(l, about_row("tasks-done", "task", 1)), 1);
	assert_int_equal(lender_ask(l, about_row("tasks-done", "task", 2)), 1);
}

/* An approval is of a text's bytes: another text needs another. */
static void
test_approval_is_of_a_version(void **state)
{
	struct lender *l = *state;
	json_t *request;

	request = json_pack("{s:s, s:s}", "command", "approve", "template", "reminder");
	assert_int_equal(lender_ask(l, json_incref(request)), 0);
	home_write(&l->home, "templates/reminder.en.txt", "{{name}}, pay. Reply STOP to end.");
	lender_write(l, "true");
	assert_int_equal(lender_ask(l, request), 0);
	assert_int_equal(
	    lender_count(l, "SELECT count(*) FROM meta WHERE key LIKE 'approved:reminder:%' AND "
			    "value = 'maria'"),
	    2);
	assert_int_equal(
	    lender_ask(l, json_pack("{s:s, s:s}", "command", "approve", "template", "remindr")), 1);
	assert_non_null(strstr(lender_said(l, "error"), "`reminder`"));
}

static void
test_what_is_no_request(void **state)
{
	struct lender *l = *state;

	assert_int_equal(lender_ask(l, json_pack("{s:s}", "command", "dance")), 2);
	assert_int_equal(lender_ask(l, json_pack("{s:i}", "command", 5)), 2);
	assert_int_equal(lender_ask(l, json_object()), 2);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, lender_setup, lender_teardown)
	const struct CMUnitTest tests[] = {T(test_send_queues_one_text_now),
					   T(test_send_at_night_names_the_morning),
					   T(test_send_during_a_hold_waits_for_its_end),
					   T(test_send_during_a_promise_waits_for_its_judgement),
					   T(test_send_never_passes_an_optout),
					   T(test_send_without_a_daemon_only_waits),
					   T(test_send_to_numbers_that_are_somebodys),
					   T(test_send_of_a_dead_number_is_refused),
					   T(test_send_when_not_live_is_for_test_numbers),
					   T(test_send_tells_mistakes_of_the_text),
					   T(test_reply_passes_holds_and_marks_handled),
					   T(test_reply_only_where_one_can_answer),
					   T(test_cancel_is_for_what_has_not_gone),
					   T(test_resolve_as_sent),
					   T(test_resolve_again_is_the_same_row),
					   T(test_inbox_done_frees_the_person_when_all_is_read),
					   T(test_tasks_done_once),
					   T(test_approval_is_of_a_version),
					   T(test_what_is_no_request)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
