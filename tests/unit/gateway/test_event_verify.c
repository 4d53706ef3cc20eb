/* What somebody with a pen for the file can do to the chain, and what verify says of it. */
#include "home.h"

#include "gateway/store/event_verify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

struct fixture {
	struct home home;
	struct store *s;
	char path[128];
};

static void
reopen(struct fixture *f)
{
	char error[256];

	if (f->s != NULL)
		store_close(f->s);
	assert_int_equal(store_open(&f->s, f->path, STORE_CREATE, error), 0);
}

static void
append_many(struct fixture *f, int n)
{
	assert_int_equal(store_begin(f->s), 0);
	for (int i = 0; i < n; i++) {
		struct event e = {.at = 1000 + i, .kind = "sent", .actor = "dunlin", .account = 7};
		struct event_json data;

		event_json_init(&data);
		event_json_int(&data, "n", i);
		assert_int_equal(event_append(f->s, &e, &data), 0);
	}
	assert_int_equal(store_commit(f->s), 0);
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	f->home = home_make();
	snprintf(f->path, sizeof f->path, "%s/dunlin.db", f->home.path);
	reopen(f);
	append_many(f, 30);
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

static struct event_verdict
verify(struct fixture *f, struct event_wanted *wanted, size_t n)
{
	struct event_verdict v;

	assert_int_equal(event_verify_with(f->s, wanted, n, NULL, NULL, &v), 0);
	return v;
}

/* The faults are of these events, with these words in them. */
static void
expect(struct fixture *f, const int64_t *seq, const char *const *words, size_t n)
{
	struct event_verdict v = verify(f, NULL, 0);

	for (size_t i = 0; i < v.n_faults; i++)
		print_message("event %lld: %s\n", (long long)v.fault[i].seq, v.fault[i].what);
	assert_int_equal(v.n_faults, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(v.fault[i].seq, seq[i]);
		assert_non_null(strstr(v.fault[i].what, words[i]));
	}
}
#define EXPECT(f, ...)                                                                             \
	do {                                                                                       \
		const struct {                                                                     \
			int64_t seq;                                                               \
			const char *word;                                                          \
		} wanted_[] = {__VA_ARGS__};                                                       \
		int64_t seq_[8];                                                                   \
		const char *word_[8];                                                              \
		for (size_t i_ = 0; i_ < sizeof wanted_ / sizeof *wanted_; i_++) {                 \
			seq_[i_] = wanted_[i_].seq;                                                \
			word_[i_] = wanted_[i_].word;                                              \
		}                                                                                  \
		expect(f, seq_, word_, sizeof wanted_ / sizeof *wanted_);                          \
	} while (0)

/* ---- each event that is wrong, and no other ---- */

static void
every_changed_event_is_named_and_no_other(void **state)
{
	struct fixture *f = *state;

	sql(f, "UPDATE event SET data = '{\"n\":99}' WHERE seq = 4;"
	       "UPDATE event SET at = at + 1 WHERE seq = 11;"
	       "UPDATE event SET actor = 'nobody' WHERE seq = 30");
	EXPECT(f, {4, "changed"}, {11, "changed"}, {30, "changed"});
}

static void
each_gap_is_named(void **state)
{
	struct fixture *f = *state;

	sql(f, "DELETE FROM event WHERE seq IN (1, 9, 20, 21, 22)");
	EXPECT(f, {1, "this event is missing"}, {9, "this event is missing"},
	       {20, "events 20 to 22 are missing"});
}

static void
two_that_changed_places_are_named_and_not_their_neighbours(void **state)
{
	struct fixture *f = *state;

	sql(f, "UPDATE event SET seq = 99 WHERE seq = 10; UPDATE event SET seq = 10 WHERE seq = 20;"
	       "UPDATE event SET seq = 20 WHERE seq = 99");
	EXPECT(f, {10, "written as event 20"}, {20, "written as event 10"});
	sql(f, "UPDATE event SET seq = 99 WHERE seq = 20; UPDATE event SET seq = 20 WHERE seq = 10;"
	       "UPDATE event SET seq = 10 WHERE seq = 99");
	sql(f, "UPDATE event SET seq = 99 WHERE seq = 10; UPDATE event SET seq = 10 WHERE seq = 11;"
	       "UPDATE event SET seq = 11 WHERE seq = 99");
	EXPECT(f, {10, "written as event 11"}, {11, "written as event 10"});
}

static void
what_was_numbered_anew_is_told_once(void **state)
{
	struct fixture *f = *state;

	sql(f, "DELETE FROM event WHERE seq = 5; UPDATE event SET seq = seq - 1 WHERE seq > 5");
	EXPECT(f, {5, "changed"}, {6, "written as event 7"}, {30, "missing"});
}

static void
one_put_in_is_named_with_the_shift_behind_it(void **state)
{
	struct fixture *f = *state;

	sql(f, "UPDATE event SET seq = -seq - 1 WHERE seq >= 5;"
	       "UPDATE event SET seq = -seq WHERE seq < 0;"
	       "INSERT INTO event SELECT 5, at, kind, actor, account, message, '{}', salt, digest, "
	       "hash FROM event WHERE seq = 2");
	EXPECT(f, {5, "changed"}, {6, ""}, {7, "written as event 6"});
}

/* ---- the end ---- */

static void
an_end_cut_off_shows_and_the_gap_stays(void **state)
{
	struct fixture *f = *state;

	sql(f, "DELETE FROM event WHERE seq > 27");
	EXPECT(f, {28, "events 28 to 30 are missing"});
	reopen(f);
	append_many(f, 2);
	EXPECT(f, {28, "events 28 to 30 are missing"});
	assert_int_equal(verify(f, NULL, 0).total, 29);
}

/* Who knows Dunlin removes that note too. */
static void
an_end_cut_off_shows_against_a_head_given_out(void **state)
{
	struct fixture *f = *state;
	struct event_wanted wanted[3] = {{.seq = 30, .octets = 8}, {.octets = 32}, {.octets = 8}};
	struct event_verdict v;

	for (int i = 0; i < 3; i++)
		memcpy(wanted[i].hash, f->s->head, 32);
	v = verify(f, wanted, 3);
	assert_int_equal(v.bad_seq, 0);
	assert_int_equal(v.heads, 3);
	sql(f, "DELETE FROM event WHERE seq > 27; DELETE FROM meta WHERE key = 'chain'");
	assert_int_equal(verify(f, NULL, 0).bad_seq, 0);
	for (size_t i = 0; i < 3; i++) {
		wanted[i].found = false;
		assert_int_equal(verify(f, &wanted[i], 1).bad_seq, 28);
	}
}

static void
heads_given_out_are_remembered_and_held_against_it(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(event_head_given(f->s, "digest", 0, 5000), 0);
	append_many(f, 5);
	assert_int_equal(event_head_given(f->s, "dossier", 7, 6000), 0);
	append_many(f, 1);
	assert_int_equal(verify(f, NULL, 0).bad_seq, 0);
	assert_int_equal(verify(f, NULL, 0).heads, 2);
	sql(f,
	    "SAVEPOINT t; DELETE FROM event WHERE seq > 32; DELETE FROM meta WHERE key = 'chain'");
	EXPECT(f, {33, "events 33 to 35 are missing"});
	/* The whole chain written anew: here, another of the same length. */
	sql(f, "ROLLBACK TO t; RELEASE t; UPDATE head SET hash = zeroblob(32) WHERE seq = 30");
	EXPECT(f, {30, "not the head that was given out (digest)"});
}

static void
a_chain_computed_anew_shows_only_against_a_head(void **state)
{
	struct fixture *f = *state;
	struct event_wanted wanted = {.seq = 30, .octets = 8};
	void *p = NULL;

	memcpy(wanted.hash, f->s->head, 32);
	assert_int_equal(setup(&p), 0); /* the same events, with salts of their own */
	assert_int_equal(verify(p, NULL, 0).bad_seq, 0);
	assert_int_equal(verify(p, &wanted, 1).bad_seq, 30);
	wanted.seq = 0;
	assert_int_equal(verify(p, &wanted, 1).bad_seq, 31);
	teardown(&p);
}

/* ---- erased ---- */

static void
an_erasure_nobody_noted_is_named(void **state)
{
	struct fixture *f = *state;

	sql(f, "UPDATE event SET data = NULL, salt = NULL WHERE seq = 12");
	EXPECT(f, {12, "no digest of it was kept"});
	sql(f, "UPDATE event SET digest = zeroblob(32) WHERE seq = 12");
	EXPECT(f, {12, "changed"}, {12, "nothing in the chain says so"});
	sql(f, "UPDATE event SET digest = zeroblob(32) WHERE seq = 20");
	assert_int_equal(verify(f, NULL, 0).fault[2].seq, 20);
	assert_non_null(strstr(verify(f, NULL, 0).fault[2].what, "digest stands beside it"));
}

static void
more_faults_than_can_be_listed_are_counted(void **state)
{
	struct fixture *f = *state;
	struct event_verdict v;

	sql(f, "UPDATE event SET at = at + 1");
	v = verify(f, NULL, 0);
	assert_int_equal(v.bad_seq, 1);
	assert_int_equal(v.n_faults, EVENT_FAULTS);
	assert_int_equal(v.faults, 30);
	assert_int_equal(v.total, 30);
	assert_int_equal(v.events, 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	static const struct CMUnitTest tests[] = {
	    TEST(every_changed_event_is_named_and_no_other),
	    TEST(each_gap_is_named),
	    TEST(two_that_changed_places_are_named_and_not_their_neighbours),
	    TEST(what_was_numbered_anew_is_told_once),
	    TEST(one_put_in_is_named_with_the_shift_behind_it),
	    TEST(an_end_cut_off_shows_and_the_gap_stays),
	    TEST(an_end_cut_off_shows_against_a_head_given_out),
	    TEST(heads_given_out_are_remembered_and_held_against_it),
	    TEST(a_chain_computed_anew_shows_only_against_a_head),
	    TEST(an_erasure_nobody_noted_is_named),
	    TEST(more_faults_than_can_be_listed_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
