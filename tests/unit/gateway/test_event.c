/* The chain of events: hashes as documented, and whatever is done to a row is found and named. */
#include "home.h"

#include "gateway/store/event.h"
#include "gateway/store/event_verify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <sodium.h>

struct fixture {
	struct home home;
	struct store *s;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	char path[128], error[256];

	f->home = home_make();
	snprintf(path, sizeof path, "%s/dunlin.db", f->home.path);
	assert_int_equal(store_open(&f->s, path, STORE_CREATE, error), 0);
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

static void
sql(struct fixture *f, const char *text)
{
	char *error = NULL;

	if (sqlite3_exec(f->s->db, text, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s: %s", text, error);
}

static void
append(struct fixture *f, int64_t at)
{
	struct event e = {.at = at, .kind = "sent", .actor = "dunlin", .account = 7, .message = at};
	struct event_json data;

	event_json_init(&data);
	event_json_int(&data, "n", at);
	assert_int_equal(event_append(f->s, &e, &data), 0);
}

/* An event of that kind and account, committed. */
static void
append_as(struct fixture *f, const char *kind, int64_t account)
{
	struct event e = {.at = 50, .kind = kind, .actor = "maria", .account = account};
	struct event_json data;

	event_json_init(&data);
	assert_int_equal(store_begin(f->s), 0);
	assert_int_equal(event_append(f->s, &e, &data), 0);
	assert_int_equal(store_commit(f->s), 0);
}

static void
append_many(struct fixture *f, int n)
{
	assert_int_equal(store_begin(f->s), 0);
	for (int i = 1; i <= n; i++)
		append(f, i);
	assert_int_equal(store_commit(f->s), 0);
}

static struct event_verdict
verify(struct fixture *f)
{
	struct event_verdict v;

	assert_int_equal(event_verify(f->s, &v), 0);
	return v;
}

/* ---- payloads ---- */

static void
payloads_are_json_whatever_is_in_them(void **state)
{
	struct fixture *f = *state;
	struct event e = {.at = 1, .kind = "test", .actor = "dunlin"};
	struct event_json data;
	char every[256], big[3000];
	sqlite3_stmt *st;
	json_t *json;

	for (int i = 0; i < 127; i++)
		every[i] = (char)(i + 1);
	every[127] = '\0';
	memset(big, 'x', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	event_json_init(&data);
	event_json_text(&data, "every", every);
	event_json_text(&data, "none", NULL);
	event_json_text(&data, "", "");
	event_json_text(&data, "utf8", "\xe2\x82\xb1 700 \xc3\xb1");
	event_json_text(&data, "big", big);
	event_json_int(&data, "least", INT64_MIN);
	event_json_int(&data, "most", INT64_MAX);
	event_json_int(&data, "zero", 0);
	assert_int_equal(event_append(f->s, &e, &data), 0);

	assert_int_equal(sqlite3_prepare_v2(f->s->db, "SELECT data FROM event", -1, &st, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	json = json_loads((const char *)sqlite3_column_text(st, 0), JSON_REJECT_DUPLICATES, NULL);
	sqlite3_finalize(st);
	assert_non_null(json);
	assert_string_equal(json_string_value(json_object_get(json, "every")), every);
	assert_null(json_object_get(json, "none"));
	assert_string_equal(json_string_value(json_object_get(json, "")), "");
	assert_string_equal(json_string_value(json_object_get(json, "utf8")),
			    "\xe2\x82\xb1 700 \xc3\xb1");
	assert_string_equal(json_string_value(json_object_get(json, "big")), big);
	assert_true(json_integer_value(json_object_get(json, "least")) == INT64_MIN);
	assert_true(json_integer_value(json_object_get(json, "most")) == INT64_MAX);
	assert_int_equal(json_integer_value(json_object_get(json, "zero")), 0);
	json_decref(json);
}

static void
a_payload_may_be_empty_or_dropped(void **state)
{
	struct fixture *f = *state;
	struct event e = {.at = 1, .kind = "test", .actor = "dunlin"};
	struct event_json data;

	event_json_init(&data);
	for (int i = 0; i < 200; i++)
		event_json_text(&data, "key", "a value that makes it grow beyond its first room");
	event_json_drop(&data);
	event_json_init(&data);
	assert_int_equal(event_append(f->s, &e, &data), 0);
	assert_int_equal(verify(f).events, 1);
}

/* ---- the chain as the header tells it ---- */

static void
hash64(crypto_generichash_state *state, int64_t value)
{
	unsigned char octets[8];

	for (int i = 0; i < 8; i++)
		octets[i] = (unsigned char)((uint64_t)value >> (56 - 8 * i));
	crypto_generichash_update(state, octets, 8);
}

static void
hash_column(crypto_generichash_state *state, sqlite3_stmt *st, int column, int more)
{
	crypto_generichash_update(state, sqlite3_column_blob(st, column),
				  (unsigned long long)sqlite3_column_bytes(st, column));
	crypto_generichash_update(state, (const unsigned char *)"", (unsigned long long)more);
}

static void
hashes_can_be_computed_by_anybody_from_the_documentation(void **state)
{
	struct fixture *f = *state;
	unsigned char prev[32] = {0}, digest[32];
	crypto_generichash_state h;
	sqlite3_stmt *st;

	append_many(f, 3);
	assert_int_equal(sqlite3_prepare_v2(f->s->db,
					    "SELECT seq, at, account, message, kind, actor, salt, "
					    "data, hash FROM event ORDER BY seq",
					    -1, &st, NULL),
			 SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW) {
		assert_int_equal(sqlite3_column_bytes(st, 6), 16);
		crypto_generichash_init(&h, NULL, 0, 32);
		hash_column(&h, st, 6, 0);
		hash_column(&h, st, 7, 0);
		crypto_generichash_final(&h, digest, 32);
		crypto_generichash_init(&h, NULL, 0, 32);
		crypto_generichash_update(&h, prev, 32);
		for (int i = 0; i < 4; i++)
			hash64(&h, sqlite3_column_int64(st, i));
		hash_column(&h, st, 4, 1);
		hash_column(&h, st, 5, 1);
		crypto_generichash_update(&h, digest, 32);
		crypto_generichash_final(&h, prev, 32);
		assert_memory_equal(sqlite3_column_blob(st, 8), prev, 32);
	}
	sqlite3_finalize(st);
	assert_memory_equal(f->s->head, prev, 32);
}

static void
an_empty_chain_is_whole(void **state)
{
	struct event_verdict v = verify(*state);

	assert_int_equal(v.bad_seq, 0);
	assert_int_equal(v.events, 0);
	for (int i = 0; i < 64; i++)
		assert_int_equal(v.head[i], '0');
}

/* More than one stretch of reading. */
static void
a_long_chain_is_whole_and_ends_with_its_head(void **state)
{
	struct fixture *f = *state;
	struct event_verdict v;
	char head[65];

	append_many(f, 12001);
	v = verify(f);
	assert_int_equal(v.bad_seq, 0);
	assert_int_equal(v.events, 12001);
	assert_int_equal(v.erased, 0);
	sodium_bin2hex(head, sizeof head, f->s->head, 32);
	assert_string_equal(v.head, head);
	sql(f, "UPDATE event SET actor = 'x' WHERE seq = 11000");
	assert_int_equal(verify(f).bad_seq, 11000);
	assert_int_equal(verify(f).events, 10999);
}

static void
the_chain_goes_on_where_another_connection_left_it(void **state)
{
	struct fixture *f = *state;
	char path[128], error[256];

	append_many(f, 3);
	store_close(f->s);
	snprintf(path, sizeof path, "%s/dunlin.db", f->home.path);
	assert_int_equal(store_open(&f->s, path, STORE_WRITE, error), 0);
	append_many(f, 2);
	assert_int_equal(verify(f).bad_seq, 0);
	assert_int_equal(verify(f).events, 5);
}

static void
what_was_rolled_back_left_no_trace_in_the_chain(void **state)
{
	struct fixture *f = *state;

	append_many(f, 2);
	assert_int_equal(store_begin(f->s), 0);
	append(f, 3);
	append(f, 4);
	store_rollback(f->s);
	append_many(f, 2);
	assert_int_equal(verify(f).bad_seq, 0);
	assert_int_equal(verify(f).events, 4);
}

/* ---- what was done to it ---- */

static void
any_changed_column_is_found(void **state)
{
	static const char *const set[] = {"at = 99",
					  "kind = 'delivered'",
					  "kind = 'sen', actor = 'tdunlin'",
					  "actor = 'maria'",
					  "account = 8",
					  "account = NULL",
					  "account = message, message = account",
					  "message = 8",
					  "message = NULL",
					  "data = '{\"n\":4}'",
					  "data = data || ' '",
					  "data = ''",
					  "salt = zeroblob(16)",
					  "salt = NULL",
					  "salt = zeroblob(15)",
					  "hash = zeroblob(32)",
					  "hash = x''",
					  "data = NULL",
					  "data = NULL, salt = NULL, digest = zeroblob(32)"};
	struct fixture *f = *state;

	append_many(f, 5);
	for (size_t i = 0; i < sizeof set / sizeof *set; i++) {
		struct event_verdict v;
		char text[200];

		sql(f, "SAVEPOINT t");
		snprintf(text, sizeof text, "UPDATE event SET %s WHERE seq = 3", set[i]);
		sql(f, text);
		v = verify(f);
		if (v.bad_seq != 3)
			fail_msg("%s: %lld", text, (long long)v.bad_seq);
		assert_int_equal(v.events, 2);
		assert_true(v.what[0] != '\0');
		sql(f, "ROLLBACK TO t; RELEASE t");
	}
	assert_int_equal(verify(f).bad_seq, 0);
}

/* A forger who computes the hash of the changed event breaks the next one. */
static void
a_hash_computed_anew_shows_in_the_event_after_it(void **state)
{
	struct fixture *f = *state;
	struct fixture other;
	void *p = &other;
	sqlite3_stmt *st;

	setup(&p);
	append_many(f, 5);
	append_many(p, 2);
	append(p, 99);
	assert_int_equal(
	    sqlite3_prepare_v2(f->s->db, "UPDATE event SET hash = ? WHERE seq = 3", -1, &st, NULL),
	    SQLITE_OK);
	sqlite3_bind_blob(st, 1, ((struct fixture *)p)->s->head, 32, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(st), SQLITE_DONE);
	sqlite3_finalize(st);
	assert_int_equal(verify(f).bad_seq, 3);
	teardown(&p);
}

static void
a_missing_event_is_found(void **state)
{
	struct fixture *f = *state;

	append_many(f, 5);
	sql(f, "SAVEPOINT t; DELETE FROM event WHERE seq = 3");
	assert_int_equal(verify(f).bad_seq, 3);
	sql(f, "UPDATE event SET seq = seq - 1 WHERE seq > 3"); /* the gap closed */
	assert_int_equal(verify(f).bad_seq, 3);
	sql(f, "ROLLBACK TO t; DELETE FROM event WHERE seq = 1");
	assert_int_equal(verify(f).bad_seq, 1);
	sql(f, "ROLLBACK TO t; RELEASE t");
	assert_int_equal(verify(f).bad_seq, 0);
}

static void
events_in_another_order_are_found(void **state)
{
	struct fixture *f = *state;

	append_many(f, 5);
	sql(f, "UPDATE event SET seq = 99 WHERE seq = 2; UPDATE event SET seq = 2 WHERE seq = 4;"
	       "UPDATE event SET seq = 4 WHERE seq = 99");
	assert_int_equal(verify(f).bad_seq, 2);
}

static void
an_inserted_event_is_found_wherever_it_stands(void **state)
{
#define COPY(to)                                                                                   \
	"INSERT INTO event SELECT " to ", at, kind, actor, account, message, data, salt, digest, " \
	"hash FROM event WHERE seq = 2"
	struct fixture *f = *state;

	append_many(f, 5);
	sql(f, "SAVEPOINT t; UPDATE event SET seq = -seq - 1 WHERE seq >= 3;"
	       "UPDATE event SET seq = -seq WHERE seq < 0;" COPY("3"));
	assert_int_equal(verify(f).bad_seq, 3);
	sql(f, "ROLLBACK TO t;" COPY("6"));
	assert_int_equal(verify(f).bad_seq, 6);
	sql(f, "ROLLBACK TO t;" COPY("0"));
	assert_int_equal(verify(f).bad_seq, 0 + 1);
	sql(f, "ROLLBACK TO t;" COPY("-7"));
	assert_int_equal(verify(f).bad_seq, 1);
	sql(f, "ROLLBACK TO t; RELEASE t");
	assert_int_equal(verify(f).bad_seq, 0);
#undef COPY
}

/* ---- erased by law ---- */

static void
a_chain_with_erased_payloads_is_whole(void **state)
{
	struct fixture *f = *state;
	unsigned char digest[32];
	crypto_generichash_state h;
	sqlite3_stmt *st;

	append_many(f, 5);
	assert_int_equal(sqlite3_prepare_v2(f->s->db, "SELECT salt, data FROM event WHERE seq = 3",
					    -1, &st, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	crypto_generichash_init(&h, NULL, 0, 32);
	hash_column(&h, st, 0, 0);
	hash_column(&h, st, 1, 0);
	crypto_generichash_final(&h, digest, 32);
	sqlite3_finalize(st);
	assert_int_equal(sqlite3_prepare_v2(f->s->db,
					    "UPDATE event SET data = NULL, salt = NULL, "
					    "digest = ? WHERE seq = 3",
					    -1, &st, NULL),
			 SQLITE_OK);
	sqlite3_bind_blob(st, 1, digest, 32, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(st), SQLITE_DONE);
	sqlite3_finalize(st);
	assert_int_equal(verify(f).bad_seq, 3); /* nothing says that it was erased */
	append_as(f, "erased", 8);
	assert_int_equal(verify(f).bad_seq, 3); /* another account's was */
	append_as(f, "erased", 7);
	assert_int_equal(verify(f).bad_seq, 0);
	assert_int_equal(verify(f).events, 7);
	assert_int_equal(verify(f).erased, 1);
	append_many(f, 1);
	assert_int_equal(verify(f).bad_seq, 0);
	sql(f, "UPDATE event SET at = 4 WHERE seq = 3");
	assert_int_equal(verify(f).bad_seq, 3);
}

/* Else the first event under a clock that was set back would end the hold it is the reason of. */
static void
an_earlier_clock_stays_earlier(void **state)
{
	struct fixture *f = *state;
	char path[128], error[256];

	snprintf(path, sizeof path, "%s/dunlin.db", f->home.path);
	assert_int_equal(store_begin(f->s), 0);
	append(f, 10000000);
	append(f, 9999000); /* no more than a clock set right by a little */
	append(f, 2000);
	assert_int_equal(store_commit(f->s), 0);
	assert_int_equal(f->s->head_at, 10000000);
	store_close(f->s);
	assert_int_equal(store_open(&f->s, path, STORE_CREATE, error), 0);
	assert_int_equal(store_begin(f->s), 0);
	assert_int_equal(f->s->head_at, 10000000);
	assert_int_equal(store_commit(f->s), 0);
}

/* A clock that leapt forward would else be "the last stored event", and the right one behind it. */
static void
a_clock_that_leaped_ahead_sets_no_mark(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(store_begin(f->s), 0);
	append(f, 10000000);
	f->s->steady -= 600000; /* ten minutes more than the time since boot tells: still no leap */
	append(f, 10600000);
	assert_int_equal(f->s->head_at, 10600000);
	f->s->steady -= 3600000;
	append(f, 14200000);
	assert_int_equal(f->s->head_at, 10600000);
	f->s->steady += 3600000; /* set right again: it goes on from there */
	append(f, 10700000);
	assert_int_equal(f->s->head_at, 10700000);
	f->s->steady += 3 * 3600000; /* and set back, it is not believed either */
	append(f, 10800000);
	assert_int_equal(f->s->head_at, 10700000);
	assert_int_equal(store_commit(f->s), 0);
}

/* The schedule's clock is no system's: it may be run as the person likes. */
static void
the_schedules_clock_may_leap(void **state)
{
	struct fixture *f = *state;

	f->s->schedule = true;
	f->s->steady -= 3600000;
	assert_int_equal(store_begin(f->s), 0);
	append(f, 10000000);
	assert_int_equal(f->s->head_at, 10000000);
	assert_int_equal(store_commit(f->s), 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	static const struct CMUnitTest tests[] = {
	    TEST(payloads_are_json_whatever_is_in_them),
	    TEST(a_payload_may_be_empty_or_dropped),
	    TEST(hashes_can_be_computed_by_anybody_from_the_documentation),
	    TEST(an_empty_chain_is_whole),
	    TEST(a_long_chain_is_whole_and_ends_with_its_head),
	    TEST(the_chain_goes_on_where_another_connection_left_it),
	    TEST(what_was_rolled_back_left_no_trace_in_the_chain),
	    TEST(any_changed_column_is_found),
	    TEST(a_hash_computed_anew_shows_in_the_event_after_it),
	    TEST(a_missing_event_is_found),
	    TEST(events_in_another_order_are_found),
	    TEST(an_inserted_event_is_found_wherever_it_stands),
	    TEST(a_chain_with_erased_payloads_is_whole),
	    TEST(an_earlier_clock_stays_earlier),
	    TEST(a_clock_that_leaped_ahead_sets_no_mark),
	    TEST(the_schedules_clock_may_leap),
	};

	return cmocka_run_group_tests_name("event", tests, NULL, NULL);
#undef TEST
}
