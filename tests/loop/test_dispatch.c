/* From the queue to a file: what goes is decided at that moment and durable before, what may not go
 * says why, and nothing goes twice whatever the store does. */
#include "../unit/gateway/lender.h"

#include "gateway/send/dispatch.h"

#define NOW TEN_O_CLOCK

struct fixture {
	struct lender *l; /* looks on */
	char path[128], sent[128];
	uv_loop_t loop;
	struct writer *writer;
	struct store *store; /* the writer's */
	struct dispatch *dispatch;
	struct settle_tools learned;
	struct clock clock;
	int failed, closed, down;
	enum reason held;
	uv_timer_t tick;
};

static void
on_incoming(void *ctx, const char *route, const struct channel_incoming *incoming)
{
	(void)ctx;
	(void)route;
	(void)incoming;
	fail();
}

static void
on_route_state(void *ctx, const char *route, enum channel_state state, const char *reason)
{
	assert_string_equal(route, "paper");
	assert_int_equal(state == CHANNEL_UP, reason[0] == '\0');
	((struct fixture *)ctx)->down += state == CHANNEL_DOWN;
}

static void
on_busy(void *ctx)
{
	(void)ctx;
}

static void
on_held(void *ctx, enum reason reason)
{
	((struct fixture *)ctx)->held = reason;
}

static void
on_store_failed(void *ctx, int status)
{
	assert_true(status < 0);
	((struct fixture *)ctx)->failed++;
}

static const struct dispatch_events events = {.incoming = on_incoming,
					      .route_state = on_route_state,
					      .busy = on_busy,
					      .held = on_held,
					      .store_failed = on_store_failed};

static void
on_tick(uv_timer_t *timer)
{
	(void)timer;
}

/* Until nothing that is due could go. */
static void
drain(struct fixture *f)
{
	do
		uv_run(&f->loop, UV_RUN_ONCE);
	while (!dispatch_drained(f->dispatch));
}

static void
wake(struct fixture *f)
{
	dispatch_wake(f->dispatch);
	drain(f);
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	char error[256];
	void *l;

	lender_setup(&l);
	f->l = l;
	snprintf(f->path, sizeof f->path, "%s/dunlin.db", f->l->home.path);
	snprintf(f->sent, sizeof f->sent, "%s/sent.jsonl", f->l->home.path);
	assert_int_equal(uv_loop_init(&f->loop), 0);
	assert_int_equal(store_open(&f->store, f->path, STORE_WRITE, error), 0);
	assert_int_equal(writer_open(&f->writer, &f->loop, f->store), 0);
	clock_schedule(&f->clock, NOW, 1);
	clock_stand(&f->clock, NOW);
	f->store->schedule = true;
	assert_int_equal(
	    dispatch_open(&f->dispatch, &f->loop, f->writer, &f->clock, &f->learned, &events, f),
	    0);
	uv_timer_init(&f->loop, &f->tick); /* so that no turn of the loop waits for long */
	uv_timer_start(&f->tick, on_tick, 20, 20);
	*state = f;
	return 0;
}

static void
on_closed(void *ctx)
{
	((struct fixture *)ctx)->closed++;
}

static void
close_dispatch(struct fixture *f)
{
	int before = f->closed;

	dispatch_close(f->dispatch, 1000, on_closed);
	while (f->closed == before)
		uv_run(&f->loop, UV_RUN_ONCE);
	f->dispatch = NULL;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;
	void *l = f->l;

	if (f->dispatch != NULL)
		close_dispatch(f);
	writer_close(f->writer, on_closed, f);
	uv_close((uv_handle_t *)&f->tick, NULL);
	uv_run(&f->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&f->loop), 0);
	lender_teardown(&l);
	free(f);
	return 0;
}

static void
use(struct fixture *f)
{
	dispatch_use(f->dispatch, f->l->config);
	drain(f);
}

/* Lines of the file that hold a text; "" for all. */
static int
lines(struct fixture *f, const char *holding)
{
	FILE *file = fopen(f->sent, "r");
	char line[2000];
	int n = 0;

	if (file == NULL)
		return 0;
	while (fgets(line, sizeof line, file) != NULL)
		n += strstr(line, holding) != NULL;
	fclose(file);
	return n;
}

/* `n` texts by hand to the test number. */
static void
by_hand(struct fixture *f, int n)
{
	char sql[400];

	snprintf(
	    sql, sizeof sql,
	    "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < %d) "
	    "INSERT INTO message (class, direction, number, body, route, status, rank, at, "
	    "created_at) SELECT 2, 0, '+639170000099', 'text <' || i || '>', 'paper', 0, 1, 1, "
	    "1 FROM c",
	    n);
	lender_do(f->l, sql);
}

/* ---- what goes ---- */

static void
what_is_due_goes_with_todays_figures(void **state)
{
	struct fixture *f = *state;
	int64_t one = lender_plan(f->l, "A-1", "+7/sms", NOW - HOUR);
	int64_t late = lender_plan(f->l, "A-2", "+7/sms", NOW + HOUR);
	struct outbox_row row;

	lender_do(f->l, "INSERT INTO payment SELECT id, 'p', 1, 20711, 30000, NULL FROM account "
			"WHERE ref = 'A-1'");
	use(f);
	lender_expect(f->l, one, STATUS_SENT, REASON_NONE);
	lender_expect(f->l, late, STATUS_PLANNED, REASON_NONE);
	assert_int_equal(lines(f, ""), 1);
	assert_int_equal(lines(f, "Maria, PHP 700.00 is due"), 1);
	assert_int_equal(lines(f, "+639170000001"), 1);
	assert_int_equal(outbox_get(f->l->s, one, &row), 0);
	assert_string_equal(row.number, "+639170000001");
	assert_string_equal(row.template, "reminder");
	assert_string_equal(row.encoding, "gsm7");
	assert_true(row.handed_at == NOW);
	outbox_row_clear(&row);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM event WHERE kind = 'sending' AND "
					    "json_extract(data, '$.policy') <> '' AND "
					    "json_extract(data, '$.decision') = 'send'"),
			 1);
	assert_int_equal(lender_count(f->l, "SELECT sent FROM route_day"), 1);
	clock_stand(&f->clock, NOW + HOUR);
	wake(f);
	lender_expect(f->l, late, STATUS_SENT, REASON_NONE);
}

static void
many_go_each_once(void **state)
{
	struct fixture *f = *state;

	by_hand(f, 3000);
	use(f);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM message WHERE status = 3"), 3000);
	assert_int_equal(lines(f, ""), 3000);
	for (int i = 1; i < 3000; i += 613) {
		char text[24];

		snprintf(text, sizeof text, "text <%d>", i);
		assert_int_equal(lines(f, text), 1);
	}
	assert_int_equal(lender_count(f->l, "SELECT sent FROM route_day"), 3000);
}

static void
a_person_gets_one_text_a_day(void **state)
{
	struct fixture *f = *state;
	int64_t one = lender_plan(f->l, "TWIN-1", "+7/sms", NOW);
	int64_t two = lender_plan(f->l, "TWIN-2", "+7/sms", NOW);
	struct outbox_row row;

	use(f);
	lender_expect(f->l, one, STATUS_SENT, REASON_NONE);
	assert_int_equal(outbox_get(f->l->s, two, &row), 0);
	assert_int_equal(row.status, STATUS_PLANNED);
	assert_int_equal(row.reason, REASON_CAP);
	assert_true(row.at > NOW + 12 * HOUR);
	outbox_row_clear(&row);
}

/* ---- what does not ---- */

static void
what_changed_since_it_was_planned_is_heeded(void **state)
{
	struct fixture *f = *state;
	int64_t paid = lender_plan(f->l, "A-1", "+7/sms", NOW);
	int64_t out = lender_plan(f->l, "A-2", "+7/sms", NOW);
	int64_t gone = lender_plan(f->l, "TWIN-1", "+99/sms", NOW);
	struct outbox_row row;

	lender_do(f->l, "INSERT INTO payment SELECT id, 'p', 1, 20711, 100000, NULL FROM account "
			"WHERE ref = 'A-1';"
			"INSERT INTO optout VALUES ('n+639170000002', 1, 'dunlin', NULL)");
	use(f);
	lender_expect(f->l, paid, STATUS_CANCELLED, REASON_PAID);
	lender_expect(f->l, gone, STATUS_CANCELLED, REASON_CAMPAIGN_CHANGED);
	assert_int_equal(outbox_get(f->l->s, out, &row), 0);
	assert_int_equal(row.status, STATUS_PLANNED);
	assert_int_equal(row.reason, REASON_OPTED_OUT);
	assert_true(row.at == NOW + DAY); /* asked again at the campaign's hour */
	outbox_row_clear(&row);
	assert_int_equal(lines(f, ""), 0);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM event WHERE kind = 'decision'"),
			 3);
}

static void
outside_the_hours_it_waits_for_the_next(void **state)
{
	struct fixture *f = *state;
	int64_t id = lender_plan(f->l, "A-1", "+7/sms", NOW);
	struct outbox_row row;

	clock_stand(&f->clock, NOW + 11 * HOUR); /* 21:00 */
	use(f);
	assert_int_equal(outbox_get(f->l->s, id, &row), 0);
	assert_int_equal(row.status, STATUS_PLANNED);
	assert_int_equal(row.reason, REASON_WINDOW);
	assert_true(row.at >= NOW + 22 * HOUR); /* 08:00 or the campaign's own hour */
	clock_stand(&f->clock, row.at);
	outbox_row_clear(&row);
	wake(f);
	lender_expect(f->l, id, STATUS_SENT, REASON_LATE);
}

static void
not_live_a_borrower_gets_nothing(void **state)
{
	struct fixture *f = *state;
	int64_t id = lender_plan(f->l, "A-1", "+7/sms", NOW);

	by_hand(f, 1);
	lender_write(f->l, "false");
	use(f);
	lender_expect(f->l, id, STATUS_SKIPPED, REASON_TEST);
	assert_int_equal(lines(f, ""), 1); /* to the test number */
}

static void
while_paused_only_answers_go(void **state)
{
	struct fixture *f = *state;
	char number[] = "+639170000001", body[] = "Noted.", route[] = "paper";
	struct outbox_row answer = {.class = CLASS_ANSWER,
				    .rank = RANK_ANSWER,
				    .number = number,
				    .body = body,
				    .route = route,
				    .at = NOW,
				    .not_after = NOW + 300000};
	int64_t id = lender_plan(f->l, "A-1", "+7/sms", NOW), quick, stale;

	assert_int_equal(outbox_add(f->l->s, &answer, NOW, &quick), 0);
	answer.not_after = NOW - 1;
	assert_int_equal(outbox_add(f->l->s, &answer, NOW, &stale), 0);
	store_meta_set_int(f->l->s, META_PAUSED, 1);
	use(f);
	lender_expect(f->l, quick, STATUS_SENT, REASON_NONE);
	lender_expect(f->l, stale, STATUS_SKIPPED, REASON_SUPERSEDED);
	lender_expect(f->l, id, STATUS_PLANNED, REASON_NONE);
	assert_int_equal(f->held, REASON_PAUSED);
	store_meta_delete(f->l->s, META_PAUSED);
	wake(f);
	assert_int_equal(f->held, REASON_NONE);
	lender_expect(f->l, id, STATUS_SENT, REASON_NONE);
}

static void
the_daemon_can_stop_all(void **state)
{
	struct fixture *f = *state;
	int64_t id = lender_plan(f->l, "A-1", "+7/sms", NOW);

	dispatch_stop(f->dispatch, REASON_CLOCK);
	use(f);
	lender_expect(f->l, id, STATUS_PLANNED, REASON_NONE);
	assert_int_equal(f->held, REASON_CLOCK);
	dispatch_stop(f->dispatch, REASON_NONE);
	drain(f);
	lender_expect(f->l, id, STATUS_SENT, REASON_NONE);
}

static void
what_cannot_be_rendered_says_so_and_stops_nothing_else(void **state)
{
	struct fixture *f = *state;
	int64_t one = lender_plan(f->l, "A-1", "+7/sms", NOW - 5);
	int64_t two = lender_plan(f->l, "A-2", "+7/sms", NOW);

	home_write(&f->l->home, "templates/reminder.en.txt", "{{name}} {{branch}}");
	lender_write(f->l, "true");
	lender_do(f->l, "UPDATE account_row SET extra = '{\"branch\":\"Quezon\"}' WHERE account = "
			"(SELECT id FROM account WHERE ref = 'A-2')");
	use(f);
	lender_expect(f->l, one, STATUS_PLANNED, REASON_TEMPLATE_ERROR);
	lender_expect(f->l, two, STATUS_SENT, REASON_NONE);
	assert_int_equal(lender_count(f->l,
				      "SELECT count(*) FROM event WHERE kind = 'decision' AND "
				      "json_extract(data, '$.detail') LIKE '%branch%'"),
			 1);
}

/* ---- routes ---- */

static void
config(struct fixture *f, const char *path)
{
	struct complaints complaints = {0};
	char text[1024];

	snprintf(text, sizeof text,
		 "lender: {name: Sunrise, contact: x, country: PH, currency: PHP, timezone: "
		 "Asia/Manila, languages: [en]}\npolicy: {preset: base}\ntest_numbers: "
		 "[\"+639170000099\"]\nroutes:\n  paper: {type: file, path: \"%s\"}\n",
		 path);
	home_write(&f->l->home, "dunlin.yaml", text);
	config_unref(f->l->config);
	assert_int_equal(config_load(f->l->home.path, &f->l->config, &complaints), 0);
	complaint_clear(&complaints);
}

static void
a_route_that_cannot_open_keeps_its_texts_until_it_can(void **state)
{
	struct fixture *f = *state;
	int64_t id = lender_plan(f->l, "A-1", "+7/sms", NOW);

	config(f, "none/sent.jsonl");
	use(f);
	assert_true(f->down > 0);
	lender_expect(f->l, id, STATUS_PLANNED, REASON_NONE);
	config(f, "sent.jsonl");
	use(f);
	lender_expect(f->l, id, STATUS_SENT, REASON_NONE);
	assert_int_equal(lines(f, ""), 1);
}

static void
another_path_is_another_channel(void **state)
{
	struct fixture *f = *state;

	by_hand(f, 700);
	dispatch_use(f->dispatch, f->l->config);
	uv_run(&f->loop, UV_RUN_ONCE);
	config(f, "other.jsonl");
	use(f);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM message WHERE status = 3"), 700);
	int first = lines(f, "");
	snprintf(f->sent, sizeof f->sent, "%s/other.jsonl", f->l->home.path);
	assert_int_equal(first + lines(f, ""), 700);
}

static void
a_file_that_takes_nothing_leaves_texts_unknown(void **state)
{
	struct fixture *f = *state;
	int64_t id = lender_plan(f->l, "A-1", "+7/sms", NOW);

	if (access("/dev/full", W_OK) != 0)
		skip();
	config(f, "/dev/full");
	use(f);
	lender_expect(f->l, id, STATUS_UNKNOWN, REASON_NO_ANSWER);
	wake(f);
	lender_expect(f->l, id, STATUS_UNKNOWN, REASON_NO_ANSWER); /* never by itself again */
}

static void
a_number_no_route_takes_says_so(void **state)
{
	struct fixture *f = *state;
	int64_t id = lender_plan(f->l, "A-1", "+7/sms", NOW);

	lender_do(f->l, "UPDATE account_row SET phones = '+15550001111'; UPDATE message SET "
			"route = ''");
	use(f);
	lender_expect(f->l, id, STATUS_PLANNED, REASON_NO_ROUTE);
}

/* ---- the store, and the end ---- */

struct page_job {
	int n;
	bool done;
};

static int
pages_work(struct store *s, void *ctx)
{
	char sql[60];

	snprintf(sql, sizeof sql, "PRAGMA max_page_count = %d", ((struct page_job *)ctx)->n);
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : UV_EIO;
}

static void
on_pages(void *ctx, int status)
{
	(void)status; /* with the disk full before, its group may fail: the limit stands all the
			 same */
	((struct page_job *)ctx)->done = true;
}

/* The connection is the writer's: its thread alone may set how many pages the store may have. */
static void
pages(struct fixture *f, int n)
{
	struct page_job job = {.n = n};

	assert_int_equal(writer_submit(f->writer, pages_work, on_pages, &job), 0);
	while (!job.done)
		uv_run(&f->loop, UV_RUN_ONCE);
}

static void
a_full_disk_stops_it_and_room_starts_it_again(void **state)
{
	struct fixture *f = *state;

	by_hand(f, 2000);
	pages(f, 1); /* no more than there are */
	dispatch_use(f->dispatch, f->l->config);
	while (f->failed == 0)
		uv_run(&f->loop, UV_RUN_ONCE);
	pages(f, 1000000);
	while (lender_count(f->l, "SELECT count(*) FROM message WHERE status = 3") < 2000)
		uv_run(&f->loop, UV_RUN_ONCE);
	drain(f);
	assert_int_equal(lines(f, ""), 2000);
}

/* Whatever moment it is closed at, a text is in the file and sent, or neither. */
static void
closed_at_any_moment_nothing_is_half_done(void **state)
{
	struct fixture *f = *state;

	by_hand(f, 2000);
	for (int turns = 0; turns < 12; turns += 2) {
		dispatch_use(f->dispatch, f->l->config);
		for (int i = 0; i < turns; i++)
			uv_run(&f->loop, UV_RUN_NOWAIT);
		close_dispatch(f);
		assert_int_equal(lender_count(f->l,
					      "SELECT count(*) FROM message WHERE status NOT IN "
					      "(0, 3)"),
				 0);
		assert_int_equal(lines(f, ""),
				 lender_count(f->l, "SELECT count(*) FROM message WHERE status = "
						    "3"));
		assert_int_equal(dispatch_open(&f->dispatch, &f->loop, f->writer, &f->clock,
					       &f->learned, &events, f),
				 0);
	}
	use(f);
	assert_int_equal(lines(f, ""), 2000);
}

static void
closed_while_the_disk_is_full_it_ends(void **state)
{
	struct fixture *f = *state;

	by_hand(f, 600);
	dispatch_use(f->dispatch, f->l->config);
	while (lines(f, "") == 0)
		uv_run(&f->loop, UV_RUN_ONCE);
	pages(f, 1);
	close_dispatch(f); /* what it could not store is found `sending` at the next start */
	pages(f, 1000000);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	static const struct CMUnitTest tests[] = {
	    TEST(what_is_due_goes_with_todays_figures),
	    TEST(many_go_each_once),
	    TEST(a_person_gets_one_text_a_day),
	    TEST(what_changed_since_it_was_planned_is_heeded),
	    TEST(outside_the_hours_it_waits_for_the_next),
	    TEST(not_live_a_borrower_gets_nothing),
	    TEST(while_paused_only_answers_go),
	    TEST(the_daemon_can_stop_all),
	    TEST(what_cannot_be_rendered_says_so_and_stops_nothing_else),
	    TEST(a_route_that_cannot_open_keeps_its_texts_until_it_can),
	    TEST(another_path_is_another_channel),
	    TEST(a_file_that_takes_nothing_leaves_texts_unknown),
	    TEST(a_number_no_route_takes_says_so),
	    TEST(a_full_disk_stops_it_and_room_starts_it_again),
	    TEST(closed_at_any_moment_nothing_is_half_done),
	    TEST(closed_while_the_disk_is_full_it_ends),
	};

	return cmocka_run_group_tests_name("dispatch", tests, NULL, NULL);
#undef TEST
}
