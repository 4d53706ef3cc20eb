/* Rows of texts from state to state: each step changes what it should and is told in the chain. */
#include "lender.h"

#define NOW TEN_O_CLOCK

/* What the last event of a row says: "kind actor data". */
static void
expect_event(struct lender *l, int64_t message, const char *kind, const char *actor,
	     const char *holds)
{
	sqlite3_stmt *st;

	assert_int_equal(sqlite3_prepare_v2(l->s->db,
					    "SELECT kind, actor, data, account FROM event WHERE "
					    "message = ? ORDER BY seq DESC LIMIT 1",
					    -1, &st, NULL),
			 SQLITE_OK);
	sqlite3_bind_int64(st, 1, message);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	assert_string_equal(store_text(st, 0), kind);
	assert_string_equal(store_text(st, 1), actor);
	if (holds != NULL && strstr(store_text(st, 2), holds) == NULL)
		fail_msg("%s is not in %s", holds, store_text(st, 2));
	sqlite3_finalize(st);
}

static int
hand(struct lender *l, int64_t id, unsigned segments, enum reason reason)
{
	struct outbox_handover h = {.id = id,
				    .account = 1,
				    .reason = reason,
				    .number = "+639170000001",
				    .sender = "28550",
				    .body = "Pay",
				    .template = "reminder",
				    .language = "en",
				    .route = "paper",
				    .encoding = "gsm7",
				    .segments = segments,
				    .price = 350000};
	struct event_json data;

	event_json_init(&data);
	event_json_text(&data, "decision", "send");
	return outbox_send(l->s, &h, NOW, &data);
}

static void
a_row_comes_back_as_it_was_added(void **state)
{
	struct lender *l = *state;
	char campaign[] = "c", step[] = "-3/sms", number[] = "+1", body[] = "b", template[] = "t",
	     route[] = "r", language[] = "fil", sender[] = "S", encoding[] = "ucs2",
	     actor[] = "maria";
	struct outbox_row in = {.account = 1,
				.person = 2,
				.due = -5,
				.campaign = campaign,
				.step = step,
				.number = number,
				.body = body,
				.template = template,
				.route = route,
				.language = language,
				.sender = sender,
				.encoding = encoding,
				.actor = actor,
				.class = CLASS_MANUAL,
				.rank = RANK_MANUAL,
				.reason = REASON_LATE,
				.segments = 3,
				.at = 77,
				.not_after = 99,
				.answers = 12};
	struct outbox_row out;
	int64_t id;

	assert_int_equal(outbox_add(l->s, &in, NOW, &id), 0);
	assert_int_equal(outbox_get(l->s, id, &out), 0);
	assert_int_equal(out.status, STATUS_PLANNED);
	assert_true(out.account == 1 && out.person == 2 && out.due == -5 && out.at == 77);
	assert_true(out.class == CLASS_MANUAL && out.rank == RANK_MANUAL && out.segments == 3);
	assert_true(out.not_after == 99 && out.answers == 12 && out.handed_at == 0);
	assert_int_equal(out.reason, REASON_LATE);
	assert_string_equal(out.step, "-3/sms");
	assert_string_equal(out.number, "+1");
	assert_string_equal(out.body, "b");
	assert_string_equal(out.language, "fil");
	assert_string_equal(out.sender, "S");
	assert_string_equal(out.encoding, "ucs2");
	assert_string_equal(out.actor, "maria");
	outbox_row_clear(&out);
	assert_null(out.body);

	in = (struct outbox_row){.class = CLASS_ALERT};
	assert_int_equal(outbox_add(l->s, &in, NOW, &id), 0);
	assert_int_equal(outbox_get(l->s, id, &out), 0);
	assert_true(out.account == 0 && out.person == 0 && out.step == NULL && out.body == NULL);
	outbox_row_clear(&out);
	assert_int_equal(outbox_get(l->s, 9999, &out), UV_ENOENT);
	outbox_row_clear(&out);
}

static void
a_step_has_one_row_for_ever(void **state)
{
	struct lender *l = *state;
	int64_t id = lender_plan(l, "A-1", "+7/sms", NOW);
	struct outbox_row row;
	char step[] = "+7/sms", route[] = "paper";
	struct outbox_row twin = {.account = lender_account(l, "A-1"),
				  .due = lender_day("2026-09-08"),
				  .step = step,
				  .route = route};
	int64_t other;

	assert_int_equal(outbox_add(l->s, &twin, NOW, &other), UV_EEXIST);
	assert_int_equal(outbox_step(l->s, twin.account, twin.due, "+7/sms", &row), 1);
	assert_int_equal(row.id, id);
	outbox_row_clear(&row);
	assert_int_equal(outbox_step(l->s, twin.account, twin.due + 1, "+7/sms", &row), 0);
	twin.due++;
	assert_int_equal(outbox_add(l->s, &twin, NOW, &other), 0);
}

static void
a_queue_gives_what_is_due_oldest_first(void **state)
{
	struct lender *l = *state;
	int64_t ids[8], next, late, early;

	assert_int_equal(outbox_next(l->s, "paper", &next), 0);
	assert_true(next == INT64_MAX);
	late = lender_plan(l, "A-1", "+7/sms", NOW);
	early = lender_plan(l, "A-2", "+7/sms", NOW - 5);
	lender_plan(l, "RICH", "+7/sms", NOW + 1);
	assert_int_equal(outbox_due(l->s, "paper", RANK_CAMPAIGN, NOW, ids, 8), 2);
	assert_int_equal(ids[0], early);
	assert_int_equal(ids[1], late);
	assert_int_equal(outbox_due(l->s, "paper", RANK_CAMPAIGN, NOW, ids, 1), 1);
	assert_int_equal(outbox_due(l->s, "paper", RANK_ANSWER, NOW, ids, 8), 0);
	assert_int_equal(outbox_due(l->s, "", RANK_CAMPAIGN, NOW, ids, 8), 0);
	assert_int_equal(outbox_next(l->s, "paper", &next), 0);
	assert_true(next == NOW - 5);
	assert_int_equal(hand(l, early, 1, REASON_NONE), 0);
	assert_int_equal(outbox_next(l->s, "paper", &next), 0);
	assert_true(next == NOW);
}

static void
sending_settles_the_text_and_says_so(void **state)
{
	struct lender *l = *state;
	int64_t id = lender_plan(l, "A-1", "+7/sms", NOW);
	struct outbox_row row;

	assert_int_equal(hand(l, id, 2, REASON_LATE), 0);
	assert_int_equal(outbox_get(l->s, id, &row), 0);
	assert_int_equal(row.status, STATUS_SENDING);
	assert_int_equal(row.reason, REASON_LATE);
	assert_int_equal(row.segments, 2);
	assert_true(row.handed_at == NOW);
	assert_string_equal(row.body, "Pay");
	outbox_row_clear(&row);
	expect_event(l, id, "sending", "dunlin", "\"decision\":\"send\"");
}

static void
what_did_not_leave_goes_back_and_counts_for_nothing(void **state)
{
	struct lender *l = *state;
	int64_t id = lender_plan(l, "A-1", "+7/sms", NOW), ids[2];
	struct outbox_row row;

	hand(l, id, 1, REASON_NONE);
	assert_int_equal(outbox_requeue(l->s, id, 1, NOW + 7, NOW + 5, "unsent", "no room"), 0);
	assert_int_equal(outbox_get(l->s, id, &row), 0);
	assert_int_equal(row.status, STATUS_PLANNED);
	assert_true(row.at == NOW + 7 && row.handed_at == 0);
	outbox_row_clear(&row);
	expect_event(l, id, "unsent", "dunlin", "no room");
	assert_int_equal(outbox_due(l->s, "paper", RANK_CAMPAIGN, NOW + 7, ids, 2), 1);
}

/* A template's figures are of the moment it goes, not of the first try. */
static void
a_template_goes_back_without_its_words_but_free_text_keeps_them(void **state)
{
	struct lender *l = *state;
	char template[] = "reminder", number[] = "+639170000099", body[] = "Hello";
	struct outbox_row by_template = {.account = 1, .class = CLASS_MANUAL, .template = template};
	struct outbox_row free_text = {.class = CLASS_MANUAL, .number = number, .body = body};
	struct outbox_row row;
	int64_t one, two;

	assert_int_equal(outbox_add(l->s, &by_template, NOW, &one), 0);
	assert_int_equal(outbox_add(l->s, &free_text, NOW, &two), 0);
	hand(l, one, 1, REASON_NONE);
	lender_do(l, "UPDATE message SET status = 2, handed_at = 1 WHERE number = '+639170000099'");
	assert_int_equal(outbox_requeue(l->s, one, 1, NOW, NOW, "unsent", ""), 0);
	assert_int_equal(outbox_requeue(l->s, two, 0, NOW, NOW, "unsent", ""), 0);
	assert_int_equal(outbox_get(l->s, one, &row), 0);
	assert_null(row.body);
	assert_null(row.number);
	assert_string_equal(row.template, "reminder");
	outbox_row_clear(&row);
	assert_int_equal(outbox_get(l->s, two, &row), 0);
	assert_string_equal(row.body, "Hello");
	assert_string_equal(row.number, "+639170000099");
	outbox_row_clear(&row);
}

static void
a_text_is_sent_with_its_last_part(void **state)
{
	struct lender *l = *state;
	int64_t id = lender_plan(l, "A-1", "+7/sms", NOW);

	hand(l, id, 2, REASON_NONE);
	assert_int_equal(outbox_accepted(l->s, id, 1, 1, false, "paper", "AB", "ab", NOW), 0);
	lender_expect(l, id, STATUS_SENDING, REASON_NONE);
	expect_event(l, id, "part_sent", "dunlin", "\"part\":1");
	assert_int_equal(outbox_accepted(l->s, id, 1, 2, true, "paper", "", "", NOW + 1), 0);
	lender_expect(l, id, STATUS_SENT, REASON_NONE);
	expect_event(l, id, "sent", "dunlin", "\"part\":2");
	assert_int_equal(lender_count(l, "SELECT sent_at FROM message WHERE status = 3"), NOW + 1);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM part WHERE smsc_key = 'ab'"), 1);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM part WHERE smsc_key IS NULL"), 1);
}

static void
ends_carry_their_reason_and_who(void **state)
{
	struct lender *l = *state;
	int64_t id = lender_plan(l, "A-1", "+7/sms", NOW);

	assert_int_equal(
	    outbox_end(l->s, id, 1, STATUS_CANCELLED, REASON_CANCELLED, NOW, "maria", "she called"),
	    0);
	lender_expect(l, id, STATUS_CANCELLED, REASON_CANCELLED);
	expect_event(l, id, "cancelled", "maria",
		     "\"reason\":\"cancelled\",\"why\":\"she called\"");
	assert_int_equal(outbox_revive(l->s, id, "overdue", "paper", NOW + 9), 0);
	lender_expect(l, id, STATUS_PLANNED, REASON_NONE);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM message WHERE done_at IS NULL "
					 "AND status = 0"),
			 1);
}

static void
only_a_planned_row_can_be_moved(void **state)
{
	struct lender *l = *state;
	int64_t id = lender_plan(l, "A-1", "+7/sms", NOW);
	struct outbox_row row;

	assert_int_equal(outbox_move(l->s, id, NOW + 50, REASON_WINDOW), 0);
	lender_expect(l, id, STATUS_PLANNED, REASON_WINDOW);
	hand(l, id, 1, REASON_NONE);
	assert_int_equal(outbox_move(l->s, id, NOW + 99, REASON_CAP), 0);
	assert_int_equal(outbox_get(l->s, id, &row), 0);
	assert_true(row.at == NOW + 50);
	assert_int_equal(row.reason, REASON_NONE);
	outbox_row_clear(&row);
}

static void
what_is_found_on_its_way_is_unknown(void **state)
{
	struct lender *l = *state;
	int64_t a = lender_plan(l, "A-1", "+7/sms", NOW), b = lender_plan(l, "A-2", "+7/sms", NOW);
	int64_t c = lender_plan(l, "RICH", "+7/sms", NOW);

	assert_int_equal(outbox_recover(l->s, NOW), 0);
	hand(l, a, 1, REASON_NONE);
	hand(l, b, 1, REASON_NONE);
	assert_int_equal(outbox_recover(l->s, NOW + 1), 2);
	lender_expect(l, a, STATUS_UNKNOWN, REASON_NO_ANSWER);
	lender_expect(l, b, STATUS_UNKNOWN, REASON_NO_ANSWER);
	lender_expect(l, c, STATUS_PLANNED, REASON_NONE);
	expect_event(l, b, "unknown", "dunlin", "no_answer");
	assert_int_equal(outbox_recover(l->s, NOW + 2), 0);
}

static void
figures_of_a_day_add_up(void **state)
{
	struct lender *l = *state;

	assert_int_equal(outbox_count(l->s, "paper", 5, 2, 1), 0);
	assert_int_equal(outbox_count(l->s, "paper", 5, 3, 0), 0);
	assert_int_equal(outbox_count(l->s, "paper", 6, 7, 0), 0);
	assert_int_equal(lender_count(l, "SELECT sent * 10 + failed FROM route_day WHERE day = 5"),
			 51);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, lender_setup, lender_teardown)
	static const struct CMUnitTest tests[] = {
	    TEST(a_row_comes_back_as_it_was_added),
	    TEST(a_step_has_one_row_for_ever),
	    TEST(a_queue_gives_what_is_due_oldest_first),
	    TEST(sending_settles_the_text_and_says_so),
	    TEST(what_did_not_leave_goes_back_and_counts_for_nothing),
	    TEST(a_template_goes_back_without_its_words_but_free_text_keeps_them),
	    TEST(a_text_is_sent_with_its_last_part),
	    TEST(ends_carry_their_reason_and_who),
	    TEST(only_a_planned_row_can_be_moved),
	    TEST(what_is_found_on_its_way_is_unknown),
	    TEST(figures_of_a_day_add_up),
	};

	return cmocka_run_group_tests_name("outbox", tests, NULL, NULL);
#undef TEST
}
