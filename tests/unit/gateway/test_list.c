/* Lists of the store: pages in order, filters, parts, what is absent, and the figures of status. */
#include "home.h"

#include "gateway/store/borrower.h"
#include "gateway/store/list.h"
#include "gateway/store/outbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

struct fixture {
	struct home home;
	struct store *s;
};

static void
sql(struct store *s, const char *text)
{
	char *error = NULL;

	if (sqlite3_exec(s->db, text, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s: %s", text, error);
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	char path[128], error[256];

	f->home = home_make();
	snprintf(path, sizeof path, "%s/dunlin.db", f->home.path);
	assert_int_equal(store_open(&f->s, path, STORE_CREATE, error), 0);
	sql(f->s,
	    "INSERT INTO meta VALUES ('visible', 2);"
	    "INSERT INTO account (id, ref, person, since, born) VALUES (1, 'A-1', 1, 1, 100), (2, "
	    "'A-2', 1, 2, 200),"
	    " (3, 'A-3', 3, 3, 300);"
	    "INSERT INTO account_row (account, since, name, phones, currency, timezone) VALUES "
	    "(1, 1, 'Ana', '+639170000001', 'PHP', 'Asia/Tokyo'),"
	    "(2, 2, 'Ben', '+639170000002', 'PHP', NULL)");
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	store_close(f->s);
	home_remove(&f->home);
	free(f);
	return 0;
}

static struct list_walk *
walk(struct store *s, int64_t account, int64_t since)
{
	struct list_filter filter = {.account = account, .since = since};
	struct list_walk *w = list_new(s, &filter);

	assert_non_null(w);
	return w;
}

/* ---- messages ---- */

static void
every_message_comes_once_and_newest_first(void **state)
{
	struct fixture *f = *state;
	struct list_walk *w = walk(f->s, 0, INT64_MIN);
	const struct list_message *rows;
	int64_t last = INT64_MAX;
	int n, total = 0, pages = 0;

	sql(f->s, "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 2500) "
		  "INSERT INTO message (id, class, direction, status, at, created_at, body) "
		  "SELECT 2 * i, 3, 0, 0, i, i, 'text ' || i FROM c");
	while ((n = list_messages(w, &rows)) > 0) {
		for (int i = 0; i < n; i++) {
			char text[24];

			assert_true(rows[i].id < last);
			last = rows[i].id;
			snprintf(text, sizeof text, "text %d", (int)(last / 2));
			assert_string_equal(rows[i].text, text);
		}
		total += n;
		pages++;
	}
	assert_int_equal(n, 0);
	assert_int_equal(total, 2500);
	assert_true(pages > 1);
	assert_int_equal(list_messages(w, &rows), 0); /* the end stays the end */
	list_free(w);
}

static void
rows_added_while_a_list_is_read_do_not_disturb_it(void **state)
{
	struct fixture *f = *state;
	struct list_walk *w = walk(f->s, 0, INT64_MIN);
	const struct list_message *rows;
	int n, total = 0;

	sql(f->s, "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 1500) "
		  "INSERT INTO message (id, class, direction, status, at, created_at) "
		  "SELECT i, 3, 0, 0, i, i FROM c");
	while ((n = list_messages(w, &rows)) > 0) {
		total += n;
		sql(f->s, "INSERT INTO message (class, direction, status, at, created_at) "
			  "VALUES (3, 0, 0, 1, 1)");
	}
	assert_int_equal(total, 1500);
	list_free(w);
}

static void
an_account_has_its_steps_and_its_other_texts(void **state)
{
	struct fixture *f = *state;
	struct list_walk *w = walk(f->s, 1, INT64_MIN);
	const struct list_message *rows;

	sql(f->s, "INSERT INTO message (id, account, due, step, class, direction, number, status, "
		  "at, created_at) VALUES (1, 1, 20000, '+7/sms', 0, 0, '+639170000001', 0, 1, 1), "
		  "(3, 2, 20000, '+7/sms', 0, 0, '+639170000002', 0, 1, 1);"
		  "INSERT INTO message (id, account, class, direction, sender, recipient, body, "
		  "status, at, created_at) VALUES (2, 1, 1, 1, '+639170000001', '28550', 'ok', 10, "
		  "5, 5), (4, NULL, 1, 1, 'GLOBE', '28550', 'spam', 10, 5, 5)");
	assert_int_equal(list_messages(w, &rows), 2);
	assert_int_equal(rows[0].id, 2);
	assert_string_equal(rows[0].from, "+639170000001");
	assert_string_equal(rows[0].to, "28550");
	assert_null(rows[0].step);
	assert_int_equal(rows[1].id, 1);
	assert_string_equal(rows[1].step, "+7/sms");
	assert_int_equal(rows[1].due, 20000);
	assert_string_equal(rows[1].owner.ref, "A-1");
	assert_string_equal(rows[1].owner.timezone, "Asia/Tokyo");
	list_free(w);

	w = walk(f->s, 0, INT64_MIN);
	assert_int_equal(list_messages(w, &rows), 4);
	assert_null(rows[0].owner.ref);
	assert_null(rows[1].owner.timezone); /* the lender's */
	list_free(w);
}

static void
since_counts_what_happened_to_a_text_since(void **state)
{
	struct fixture *f = *state;
	struct list_walk *w = walk(f->s, 0, 1000);
	const struct list_message *rows;

	sql(f->s, "INSERT INTO message (id, class, direction, status, at, created_at, handed_at, "
		  "sent_at, done_at) VALUES (1, 0, 0, 4, 10, 10, 20, 30, 40), "
		  "(2, 0, 0, 4, 10, 10, 20, 30, 1000), (3, 0, 0, 0, 1500, 10, NULL, NULL, NULL)");
	assert_int_equal(list_messages(w, &rows), 2);
	assert_int_equal(rows[0].id, 3);
	assert_int_equal(rows[1].id, 2);
	assert_int_equal(list_messages(w, &rows), 0);
	list_free(w);
}

static void
parts_come_with_their_text(void **state)
{
	struct fixture *f = *state;
	struct list_walk *w = walk(f->s, 0, INT64_MIN);
	const struct list_message *rows;

	sql(f->s, "INSERT INTO message (id, class, direction, status, segments, at, created_at) "
		  "VALUES (1, 0, 0, 3, 3, 1, 1), (2, 0, 1, 10, 2, 1, 1)");
	assert_int_equal(store_begin(f->s), 0);
	assert_int_equal(outbox_accepted(f->s, 1, 0, 1, false, "op", "id-1", "id1", 50), 0);
	assert_int_equal(outbox_accepted(f->s, 1, 0, 3, true, "op", "id-3", "id3", 60), 0);
	assert_int_equal(store_commit(f->s), 0);
	assert_int_equal(list_messages(w, &rows), 2);
	assert_int_equal(rows[0].n_parts, 0); /* an incoming text has none */
	assert_int_equal(rows[1].n_parts, 2);
	assert_int_equal(rows[1].part[0].n, 1);
	assert_string_equal(rows[1].part[0].smsc_id, "id-1");
	assert_int_equal(rows[1].part[1].n, 3);
	assert_int_equal(rows[1].part[1].status, STATUS_SENT);
	list_free(w);
}

static void
a_text_longer_than_a_block_of_memory_survives(void **state)
{
	struct fixture *f = *state;
	struct list_walk *w = walk(f->s, 0, INT64_MIN);
	const struct list_message *rows;

	sql(f->s, "INSERT INTO message (id, class, direction, status, at, created_at, body) VALUES "
		  "(1, 0, 1, 10, 1, 1, 'short'), (2, 0, 1, 10, 1, 1, printf('%.200000c', 'x'))");
	assert_int_equal(list_messages(w, &rows), 2);
	assert_int_equal(strlen(rows[0].text), 200000);
	assert_string_equal(rows[1].text, "short");
	list_free(w);
}

/* ---- the others ---- */

static void
replies_promises_and_tasks_of_one_account(void **state)
{
	struct fixture *f = *state;
	struct borrower_promise promise = {.account = 1,
					   .day = 20010,
					   .amount = -1,
					   .expected = 70000,
					   .currency = "PHP",
					   .source = "sms",
					   .actor = "dunlin",
					   .until = 20012};
	const struct list_promise *promises;
	const struct list_inbox *inbox;
	const struct list_task *tasks;
	struct list_walk *w;
	int64_t id;

	sql(f->s, "INSERT INTO message (id, account, class, direction, sender, body, status, at, "
		  "created_at) VALUES (7, 1, 1, 1, '+639170000001', 'friday', 10, 500, 500), "
		  "(8, 2, 1, 1, '+639170000002', '?', 10, 600, 600);"
		  "INSERT INTO inbox (message, intent, day, handled) VALUES (7, 1, 20010, 1), "
		  "(8, 0, NULL, 0)");
	assert_int_equal(store_begin(f->s), 0);
	assert_int_equal(borrower_promise(f->s, &promise, 500, &id), 0);
	promise.amount = 5000;
	assert_int_equal(borrower_promise(f->s, &promise, 900, &id), 0);
	assert_int_equal(borrower_task(f->s, 2, "call back", 20001, "dispute", 8, "dunlin", 600),
			 0);
	assert_int_equal(store_commit(f->s), 0);

	w = walk(f->s, 1, INT64_MIN);
	assert_int_equal(list_inbox(w, &inbox), 1);
	assert_int_equal(inbox[0].id, 7);
	assert_true(inbox[0].handled && inbox[0].has_day && !inbox[0].has_amount);
	assert_int_equal(inbox[0].day, 20010);
	list_free(w);

	w = walk(f->s, 1, INT64_MIN);
	assert_int_equal(list_promises(w, &promises), 2);
	assert_int_equal(promises[0].status, PROMISE_OPEN);
	assert_true(promises[0].has_amount);
	assert_int_equal(promises[1].status, PROMISE_WITHDRAWN);
	assert_false(promises[1].has_amount);
	list_free(w);

	w = walk(f->s, 1, INT64_MIN);
	assert_int_equal(list_tasks(w, &tasks), 0);
	list_free(w);
	w = walk(f->s, 0, 601);
	assert_int_equal(list_tasks(w, &tasks), 0);
	list_free(w);
	w = walk(f->s, 0, 600);
	assert_int_equal(list_tasks(w, &tasks), 1);
	assert_string_equal(tasks[0].kind, "call back");
	assert_string_equal(tasks[0].owner.ref, "A-2");
	list_free(w);
}

/* What is urgent and still to be done stands first, of all and of one account. */
static void
urgent_tasks_come_first_while_they_are_open(void **state)
{
	static const char *const expected[] = {"five", "two", "four", "three", "one"};
	struct fixture *f = *state;
	const struct list_task *tasks;
	struct list_walk *w;
	size_t at = 0;
	int n;

	assert_int_equal(store_begin(f->s), 0);
	assert_int_equal(borrower_task(f->s, 1, "one", 1, "r", 0, "maria", 100), 0);
	assert_int_equal(borrower_urgent_task(f->s, 1, "two", 1, "r", 0, "maria", 100), 0);
	assert_int_equal(borrower_task(f->s, 2, "three", 1, "r", 0, "maria", 100), 0);
	assert_int_equal(borrower_urgent_task(f->s, 1, "four", 1, "r", 0, "maria", 100), 0);
	assert_int_equal(borrower_urgent_task(f->s, 2, "five", 1, "r", 0, "maria", 100), 0);
	assert_int_equal(sqlite3_exec(f->s->db, "UPDATE task SET status = 1 WHERE kind = 'four'",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	assert_int_equal(store_commit(f->s), 0);
	w = walk(f->s, 0, INT64_MIN);
	while ((n = list_tasks(w, &tasks)) > 0)
		for (int i = 0; i < n; i++) {
			assert_true(at < 5);
			assert_string_equal(tasks[i].kind, expected[at++]);
		}
	assert_int_equal(at, 5);
	list_free(w);
	w = walk(f->s, 1, INT64_MIN);
	assert_int_equal(list_tasks(w, &tasks), 1);
	assert_true(tasks[0].urgent);
	assert_string_equal(tasks[0].kind, "two");
	assert_int_equal(list_tasks(w, &tasks), 2);
	assert_int_equal(list_tasks(w, &tasks), 0);
	list_free(w);
}

static void
events_come_oldest_first_after_a_number(void **state)
{
	struct fixture *f = *state;
	struct list_filter filter = {.since = INT64_MIN, .after = 1};
	struct list_walk *w = list_new(f->s, &filter);
	const struct list_event *rows;

	assert_int_equal(store_begin(f->s), 0);
	assert_int_equal(borrower_task(f->s, 1, "one", 1, "r", 0, "maria", 100), 0);
	assert_int_equal(borrower_task(f->s, 2, "two", 1, "r", 0, "maria", 200), 0);
	assert_int_equal(borrower_task(f->s, 1, "three", 1, "r", 0, "maria", 300), 0);
	assert_int_equal(store_commit(f->s), 0);
	assert_int_equal(list_events(w, &rows), 2);
	assert_int_equal(rows[0].seq, 2);
	assert_int_equal(rows[1].seq, 3);
	assert_string_equal(rows[0].owner.ref, "A-2");
	assert_string_equal(rows[1].kind, "task");
	assert_string_equal(rows[1].actor, "maria");
	assert_non_null(strstr(rows[1].data, "three"));
	assert_int_equal(strlen(rows[1].hash), 64);
	list_free(w);

	filter = (struct list_filter){.since = INT64_MIN, .account = 1};
	w = list_new(f->s, &filter);
	assert_int_equal(list_events(w, &rows), 2);
	assert_int_equal(rows[0].seq, 1);
	list_free(w);
}

static void
accounts_of_an_unfinished_import_are_not_seen(void **state)
{
	struct fixture *f = *state;
	struct list_walk *w = walk(f->s, 0, INT64_MIN);
	const struct list_account *rows;
	int64_t id = 0;

	assert_int_equal(list_accounts(w, &rows), 2);
	assert_string_equal(rows[0].ref, "A-2");
	assert_int_equal(rows[0].person, 1);
	assert_int_equal(list_find(f->s, "A-1", &id), 1);
	assert_int_equal(id, 1);
	assert_int_equal(list_find(f->s, "A-3", &id), 0);
	sql(f->s, "UPDATE meta SET value = 3 WHERE key = 'visible'");
	assert_int_equal(list_find(f->s, "A-3", &id), 1);
	list_free(w);
	w = walk(f->s, 0, 200);
	assert_int_equal(list_accounts(w, &rows), 2); /* first known then or later */
	list_free(w);
}

struct dues {
	int n;
	int64_t account[8];
};

static void
on_amount(void *ctx, int64_t account, int32_t due)
{
	struct dues *d = ctx;

	assert_int_equal(due, 20000 + account);
	d->account[d->n++] = account;
}

static void
only_amounts_in_force_are_walked(void **state)
{
	struct fixture *f = *state;
	struct dues d = {0};
	int64_t after = 0;
	int rounds = 0;

	sql(f->s,
	    "INSERT INTO account (id, ref, person, since, born) VALUES (90000, 'far', 90000, 1, 1);"
	    "INSERT INTO amount (account, due, since, until, billed, given) VALUES "
	    "(1, 20001, 1, NULL, 5, -1), (2, 20002, 1, 2, 5, -1), (3, 20003, 3, NULL, 5, -1), "
	    "(2, 30002, 1, 1, 5, -1), (90000, 110000, 1, 3, 5, -1)");
	while (list_amounts(f->s, &after, on_amount, &d) == 1)
		rounds++;
	assert_true(rounds > 0);
	assert_int_equal(d.n, 2); /* 2 was replaced, 3 is not visible yet, 90000 still is */
	assert_int_equal(d.account[0], 1);
	assert_int_equal(d.account[1], 90000);
}

static void
figures_count_what_is_due_and_what_came_today(void **state)
{
	struct fixture *f = *state;
	struct list_figures figures;
	struct list_route route;
	int64_t held[REASON_COUNT];

	sql(f->s,
	    "INSERT INTO message (route, class, direction, status, reason, rank, at, "
	    "created_at) VALUES ('op', 0, 0, 0, 0, 2, 100, 1), ('op', 0, 0, 0, 3, 2, 999, 1), "
	    "('op', 0, 0, 2, 0, 2, 100, 1), ('op', 0, 0, 7, 0, 2, 100, 1), "
	    "('other', 0, 0, 0, 3, 0, 100, 1);"
	    "INSERT INTO message (id, class, direction, status, at, created_at) VALUES "
	    "(100, 1, 1, 10, 40, 40), (101, 1, 1, 10, 60, 60), (102, 1, 1, 10, 70, 70);"
	    "INSERT INTO inbox (message, intent, handled) VALUES (100, 0, 0), (101, 0, 0), "
	    "(102, 0, 1)");
	assert_int_equal(outbox_count(f->s, "op", 20000, 4, 1), 0);
	assert_int_equal(outbox_count(f->s, "op", 20000, 2, 0), 0);
	assert_int_equal(list_figures(f->s, 500, 50, &figures), 0);
	assert_int_equal(figures.queued, 2);
	assert_int_equal(figures.planned, 1);
	assert_int_equal(figures.sending, 1);
	assert_int_equal(figures.unknown, 1);
	assert_int_equal(figures.inbox_waiting, 2);
	assert_int_equal(figures.replied, 2);
	assert_int_equal(list_route(f->s, "op", 500, 20000, &route), 0);
	assert_int_equal(route.queued, 1);
	assert_int_equal(route.in_flight, 1);
	assert_int_equal(route.sent, 6);
	assert_int_equal(route.failed, 1);
	assert_int_equal(list_route(f->s, "op", 500, 20001, &route), 0);
	assert_int_equal(route.sent, 0);
	assert_int_equal(list_held(f->s, held, REASON_COUNT), 0);
	assert_int_equal(held[3], 2);
	assert_int_equal(held[REASON_NONE], 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(every_message_comes_once_and_newest_first, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(rows_added_while_a_list_is_read_do_not_disturb_it,
					    setup, teardown),
	    cmocka_unit_test_setup_teardown(an_account_has_its_steps_and_its_other_texts, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(since_counts_what_happened_to_a_text_since, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(parts_come_with_their_text, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_text_longer_than_a_block_of_memory_survives, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(replies_promises_and_tasks_of_one_account, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(urgent_tasks_come_first_while_they_are_open, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(events_come_oldest_first_after_a_number, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(accounts_of_an_unfinished_import_are_not_seen, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(only_amounts_in_force_are_walked, setup, teardown),
	    cmocka_unit_test_setup_teardown(figures_count_what_is_due_and_what_came_today, setup,
					    teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
