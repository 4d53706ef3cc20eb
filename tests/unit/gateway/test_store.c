/* Opening a store: what is made, what is refused, and what a failure says. */
#include "home.h"

#include "gateway/store/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <uv.h>

#include <cmocka.h>

struct fixture {
	struct home home;
	char path[128], error[256];
	struct store *s;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	f->home = home_make();
	snprintf(f->path, sizeof f->path, "%s/dunlin.db", f->home.path);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	if (f->s != NULL)
		store_close(f->s);
	home_remove(&f->home);
	free(f);
	return 0;
}

static int
open_as(struct fixture *f, enum store_mode mode)
{
	if (f->s != NULL)
		store_close(f->s);
	f->s = NULL;
	return store_open(&f->s, f->path, mode, f->error);
}

static void
only_create_makes_a_store(void **state)
{
	struct fixture *f = *state;
	char id[64], again[64];

	assert_int_equal(open_as(f, STORE_READ), UV_ENOENT);
	assert_true(f->error[0] != '\0');
	assert_int_equal(open_as(f, STORE_WRITE), UV_ENOENT);
	assert_int_equal(open_as(f, STORE_CREATE), 0);
	assert_true(store_meta_text(f->s, META_STORE_ID, id, sizeof id));
	assert_int_equal(strlen(id), 32);
	assert_int_equal(open_as(f, STORE_CREATE), 0);
	assert_true(store_meta_text(f->s, META_STORE_ID, again, sizeof again));
	assert_string_equal(id, again);
	assert_int_equal(open_as(f, STORE_WRITE), 0);
	assert_int_equal(open_as(f, STORE_READ), 0);
}

static void
what_is_no_store_of_ours_is_refused(void **state)
{
	struct fixture *f = *state;
	sqlite3 *db;

	home_write(&f->home, "dunlin.db",
		   "this is a text and no store, however long it is ......"
		   "....................................................");
	assert_true(open_as(f, STORE_READ) < 0);
	assert_true(open_as(f, STORE_CREATE) < 0);
	assert_true(f->error[0] != '\0');
	remove(f->path);
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "CREATE TABLE t (a)", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	assert_int_equal(open_as(f, STORE_WRITE), UV_EINVAL);
	assert_non_null(strstr(f->error, "not a store"));
}

static void
a_newer_schema_is_refused_with_words(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(open_as(f, STORE_CREATE), 0);
	assert_int_equal(sqlite3_exec(f->s->db, "PRAGMA user_version = 99", NULL, NULL, NULL),
			 SQLITE_OK);
	assert_int_equal(open_as(f, STORE_CREATE), UV_EINVAL);
	assert_non_null(strstr(f->error, "99"));
	assert_int_equal(open_as(f, STORE_READ), UV_EINVAL);
}

static void
a_reader_cannot_write(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(open_as(f, STORE_CREATE), 0);
	assert_int_equal(open_as(f, STORE_READ), 0);
	assert_int_equal(store_meta_set_int(f->s, META_PAUSED, 1), UV_EROFS);
	assert_non_null(strstr(store_error(f->s), "cannot be written"));
}

static void
meta_keeps_numbers_and_texts(void **state)
{
	struct fixture *f = *state;
	char text[8];

	assert_int_equal(open_as(f, STORE_CREATE), 0);
	assert_int_equal(store_meta_int(f->s, "x", -5), -5);
	assert_false(store_meta_text(f->s, "x", text, sizeof text));
	assert_int_equal(store_meta_set_int(f->s, "x", INT64_MIN), 0);
	assert_true(store_meta_int(f->s, "x", 0) == INT64_MIN);
	assert_int_equal(store_meta_set_text(f->s, "x", "longer than there is room"), 0);
	assert_true(store_meta_text(f->s, "x", text, sizeof text));
	assert_string_equal(text, "longer ");
	assert_int_equal(store_meta_delete(f->s, "x"), 0);
	assert_int_equal(store_meta_int(f->s, "x", 3), 3);
}

/* Every text of statements.def is SQL that fits the schema. */
static void
every_statement_can_be_prepared(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(open_as(f, STORE_CREATE), 0);
	for (int i = 0; i < STORE_STATEMENTS; i++) {
		if (sqlite3_get_autocommit(f->s->db) == 0)
			store_rollback(f->s);
		store_do(f->s, store_get(f->s, STORE_INTAKE_SEEN_MAKE));
		store_do(f->s, store_get(f->s, STORE_INTAKE_MEET_MAKE));
		if (store_get(f->s, (enum store_statement)i) == NULL)
			fail_msg("statement %d: %s", i, sqlite3_errmsg(f->s->db));
	}
}

static void
words_of_states_are_stable(void **state)
{
	(void)state;
	assert_string_equal(store_status_word(STATUS_PLANNED), "planned");
	assert_string_equal(store_status_word(STATUS_UNKNOWN), "unknown");
	assert_string_equal(store_status_word(STATUS_RECEIVED), "received");
	assert_string_equal(store_status_word(STATUS_COUNT), "");
	assert_string_equal(store_status_word(-1), "");
	assert_string_equal(store_class_word(CLASS_ALERT), "alert");
	assert_string_equal(store_promise_word(PROMISE_WITHDRAWN), "withdrawn");
	assert_string_equal(store_task_word(TASK_CANCELLED), "cancelled");
}

/* Wherever it is stopped, the schedule's clock goes on from its last event. */
static void
a_schedule_store_remembers_how_late_it_is(void **state)
{
	struct fixture *f = *state;
	struct event e = {.at = 5000, .kind = "test", .actor = "dunlin"};
	struct event_json data;

	assert_int_equal(open_as(f, STORE_CREATE), 0);
	f->s->schedule = true;
	assert_int_equal(store_begin(f->s), 0);
	event_json_init(&data);
	assert_int_equal(event_append(f->s, &e, &data), 0);
	assert_int_equal(store_commit(f->s), 0);
	assert_int_equal(store_meta_int(f->s, META_CLOCK_AT, 0), 5000);
	e.at = 4000; /* an earlier event does not turn it back */
	assert_int_equal(store_begin(f->s), 0);
	event_json_init(&data);
	assert_int_equal(event_append(f->s, &e, &data), 0);
	assert_int_equal(store_commit(f->s), 0);
	assert_int_equal(store_meta_int(f->s, META_CLOCK_AT, 0), 5000);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	static const struct CMUnitTest tests[] = {
	    TEST(only_create_makes_a_store),
	    TEST(what_is_no_store_of_ours_is_refused),
	    TEST(a_newer_schema_is_refused_with_words),
	    TEST(a_reader_cannot_write),
	    TEST(meta_keeps_numbers_and_texts),
	    TEST(every_statement_can_be_prepared),
	    TEST(words_of_states_are_stable),
	    TEST(a_schedule_store_remembers_how_late_it_is),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
#undef TEST
}
