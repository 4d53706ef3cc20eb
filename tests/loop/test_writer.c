/* The writer: every job completes once and in order, a failing one is undone alone, a failing
 * group whole, whatever the disk does. */
#include "../unit/gateway/home.h"

#include "gateway/store/event.h"
#include "gateway/store/event_verify.h"
#include "gateway/store/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* ---- a disk that fails when told to: SQLite's own file methods with a countdown before each
 * write and sync of the write-ahead log ---- */

enum { FAULT_NONE = -1 };
static atomic_int countdown = FAULT_NONE; /* calls that still succeed */
static atomic_int fault_code;
static sqlite3_io_methods faulty;
static const sqlite3_io_methods *real;

static int
fault(void)
{
	int left = atomic_load(&countdown);

	if (left == FAULT_NONE)
		return SQLITE_OK;
	if (left > 0) {
		atomic_store(&countdown, left - 1);
		return SQLITE_OK;
	}
	return atomic_load(&fault_code); /* and from then on, until it is mended */
}

static int
faulty_write(sqlite3_file *file, const void *octets, int n, sqlite3_int64 at)
{
	int rc = fault();

	return rc != SQLITE_OK ? rc : real->xWrite(file, octets, n, at);
}

static int
faulty_sync(sqlite3_file *file, int flags)
{
	int rc = fault();

	return rc == SQLITE_FULL ? SQLITE_IOERR_FSYNC
	       : rc != SQLITE_OK ? rc
				 : real->xSync(file, flags);
}

static sqlite3_vfs vfs, *base;

static int
faulty_open(sqlite3_vfs *v, const char *name, sqlite3_file *file, int flags, int *out)
{
	int rc = base->xOpen(base, name, file, flags, out);

	(void)v;
	if (rc == SQLITE_OK && (flags & SQLITE_OPEN_WAL) != 0) {
		real = file->pMethods;
		faulty = *real;
		faulty.xWrite = faulty_write;
		faulty.xSync = faulty_sync;
		file->pMethods = &faulty;
	}
	return rc;
}

static int
group_setup(void **state)
{
	(void)state;
	base = sqlite3_vfs_find(NULL);
	vfs = *base;
	vfs.zName = "faulty";
	vfs.xOpen = faulty_open;
	return sqlite3_vfs_register(&vfs, 1);
}

/* ---- the fixture ---- */

struct fixture {
	struct home home;
	char path[128];
	uv_loop_t loop;
	struct writer *writer;
	struct store *store; /* the writer's: to be looked at when nothing is under way */
	int done, failed, last;
	bool closed, in_submit;
};

struct job {
	struct fixture *f;
	int n;
	int fails; /* what the work returns */
	int events;
	int status;
	int completions;
	bool swallow; /* the work hides its errors */
	void (*then)(struct job *j);
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	char error[256];

	atomic_store(&countdown, FAULT_NONE);
	f->home = home_make();
	snprintf(f->path, sizeof f->path, "%s/dunlin.db", f->home.path);
	assert_int_equal(store_open(&f->store, f->path, STORE_CREATE, error), 0);
	assert_int_equal(uv_loop_init(&f->loop), 0);
	assert_int_equal(writer_open(&f->writer, &f->loop, f->store), 0);
	*state = f;
	return 0;
}

static void
on_closed(void *ctx)
{
	struct fixture *f = ctx;

	assert_false(f->closed);
	f->closed = true;
}

static void
close_writer(struct fixture *f)
{
	writer_close(f->writer, on_closed, f);
	f->writer = NULL;
	uv_run(&f->loop, UV_RUN_DEFAULT);
	assert_true(f->closed);
}

/* What is in the store afterwards is a whole chain. */
static int64_t
events(struct fixture *f)
{
	struct event_verdict v;
	struct store *s;
	char error[256];

	assert_int_equal(store_open(&s, f->path, STORE_READ, error), 0);
	assert_int_equal(event_verify(s, &v), 0);
	assert_int_equal(v.bad_seq, 0);
	store_close(s);
	return v.events;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	atomic_store(&countdown, FAULT_NONE);
	if (f->writer != NULL)
		close_writer(f);
	events(f);
	assert_int_equal(uv_loop_close(&f->loop), 0);
	home_remove(&f->home);
	free(f);
	return 0;
}

static int
work(struct store *s, void *ctx)
{
	struct job *j = ctx;
	char padding[600];
	int rc = 0;

	memset(padding, 'x', sizeof padding - 1);
	padding[sizeof padding - 1] = '\0';
	for (int i = 0; i < j->events && rc == 0; i++) {
		struct event e = {.at = j->n, .kind = "job", .actor = "test"};
		struct event_json data;

		event_json_init(&data);
		event_json_int(&data, "n", j->n);
		event_json_text(&data, "padding", padding);
		rc = event_append(s, &e, &data);
	}
	s->orphans += j->events;
	return j->swallow ? 0 : rc != 0 ? rc : j->fails;
}

static void
done(void *ctx, int status)
{
	struct job *j = ctx;

	assert_false(j->f->in_submit);
	assert_false(j->f->closed);
	assert_int_equal(j->completions++, 0);
	assert_true(j->n > j->f->last); /* in order */
	j->f->last = j->n;
	j->status = status;
	j->f->done++;
	j->f->failed += status != 0;
	if (j->then != NULL)
		j->then(j);
}

static void
submit(struct fixture *f, struct job *j, int n)
{
	j->f = f;
	j->n = n;
	f->in_submit = true;
	assert_int_equal(writer_submit(f->writer, work, done, j), 0);
	f->in_submit = false;
}

static void
run_until(struct fixture *f, int n)
{
	while (f->done < n)
		uv_run(&f->loop, UV_RUN_ONCE);
	assert_int_equal(f->done, n);
	if (f->writer != NULL)
		assert_int_equal(writer_backlog(f->writer), 0);
}

/* ---- jobs ---- */

static void
every_job_completes_once_in_order(void **state)
{
	enum { N = 2000 };
	struct fixture *f = *state;
	struct job *jobs = calloc(N, sizeof *jobs);

	for (int i = 0; i < N; i++) {
		jobs[i].events = 1;
		submit(f, &jobs[i], i + 1);
	}
	assert_int_equal(writer_backlog(f->writer), N);
	run_until(f, N);
	assert_int_equal(f->failed, 0);
	assert_int_equal(events(f), N);
	free(jobs);
}

static void
a_failing_job_is_undone_alone(void **state)
{
	struct fixture *f = *state;
	struct job jobs[30] = {0};
	int expected = 0;

	for (int i = 0; i < 30; i++) {
		jobs[i].events = 1 + i % 3;
		jobs[i].fails = i % 4 == 1 ? UV_EINVAL : i % 4 == 2 ? 7 : 0;
		expected += jobs[i].fails == 0 ? jobs[i].events : 0;
		submit(f, &jobs[i], i + 1);
	}
	run_until(f, 30);
	for (int i = 0; i < 30; i++)
		assert_int_equal(jobs[i].status, jobs[i].fails);
	assert_int_equal(events(f), expected);
	assert_int_equal(f->store->head_seq, expected);
	assert_int_equal(f->store->orphans, expected); /* counted, and uncounted again */
}

static struct job next;

static void
submit_another(struct job *j)
{
	next.events = 1;
	submit(j->f, &next, j->n + 1);
}

static void
a_completion_may_submit(void **state)
{
	struct fixture *f = *state;
	struct job one = {.events = 1, .then = submit_another};

	memset(&next, 0, sizeof next);
	submit(f, &one, 1);
	run_until(f, 2);
	assert_int_equal(events(f), 2);
}

/* ---- closing ---- */

static void
what_was_submitted_is_done_before_it_closes(void **state)
{
	struct fixture *f = *state;
	struct job jobs[100] = {0};

	for (int i = 0; i < 100; i++) {
		jobs[i].events = 1;
		submit(f, &jobs[i], i + 1);
	}
	close_writer(f);
	assert_int_equal(f->done, 100);
	assert_int_equal(f->failed, 0);
	assert_int_equal(events(f), 100);
}

static struct writer *closing;

static void
submit_too_late(struct job *j)
{
	assert_int_equal(writer_submit(closing, work, done, j), UV_ECANCELED);
}

static void
nothing_is_taken_while_it_closes(void **state)
{
	struct fixture *f = *state;
	struct job one = {.events = 1, .then = submit_too_late};

	closing = f->writer;
	submit(f, &one, 1);
	close_writer(f);
	assert_int_equal(f->done, 1);
}

static void
an_idle_writer_closes(void **state)
{
	close_writer(*state);
}

/* ---- the disk ---- */

/* At each write or sync in turn: those whose commit failed say so and are not there, all others
 * are, and afterwards it works on. */
static void
fail_everywhere(struct fixture *f, int code, int expected)
{
	int64_t there = 0;
	bool was_reached = true;

	for (int at = 0; was_reached && at < 200; at++) {
		struct job jobs[8] = {0}, after = {.events = 1};

		f->done = f->failed = f->last = 0;
		atomic_store(&fault_code, code);
		atomic_store(&countdown, at);
		for (int i = 0; i < 8; i++) {
			jobs[i].events = 2;
			submit(f, &jobs[i], i + 1);
		}
		run_until(f, 8);
		was_reached = atomic_exchange(&countdown, FAULT_NONE) == 0;
		for (int i = 0; i < 8; i++) {
			if (jobs[i].status == 0)
				there += 2;
			else if (jobs[i].status != expected && jobs[i].status != UV_EIO)
				fail_msg("fault %d: %s", at, uv_strerror(jobs[i].status));
		}
		submit(f, &after, 99);
		run_until(f, 9);
		assert_int_equal(after.status, 0);
		assert_int_equal(events(f), ++there);
	}
	assert_true(there > 20);
	assert_false(was_reached);
}

static void
a_disk_that_fails_at_any_write_loses_nothing_it_said_it_had(void **state)
{
	fail_everywhere(*state, SQLITE_IOERR_WRITE, UV_EIO);
}

static void
a_disk_that_is_full_at_any_write_says_so(void **state)
{
	fail_everywhere(*state, SQLITE_FULL, UV_ENOSPC);
}

static void
a_full_store_fails_those_that_do_not_fit_and_goes_on_when_there_is_room(void **state)
{
	struct fixture *f = *state;
	struct job big = {.events = 3000}, small = {.events = 1}, hidden = {.events = 3000};
	struct job again = {.events = 3000};

	hidden.swallow = true;
	assert_int_equal(
	    sqlite3_exec(f->store->db, "PRAGMA max_page_count = 200", NULL, NULL, NULL), SQLITE_OK);
	submit(f, &big, 1);
	run_until(f, 1);
	assert_int_equal(big.status, UV_ENOSPC);
	submit(f, &small, 2);
	run_until(f, 2);
	assert_int_equal(small.status, 0);
	/* a job that does not see its own failure leaves no half of itself called done */
	submit(f, &hidden, 3);
	run_until(f, 3);
	if (hidden.status == 0)
		assert_true(events(f) > 1); /* its rows up to the failure, and a whole chain */
	assert_int_equal(
	    sqlite3_exec(f->store->db, "PRAGMA max_page_count = 100000", NULL, NULL, NULL),
	    SQLITE_OK);
	submit(f, &again, 4);
	run_until(f, 4);
	assert_int_equal(again.status, 0);
}

/* Another program holds the store: nothing begins, and what waited is told. */
static void
a_locked_store_fails_the_group_and_no_more(void **state)
{
	struct fixture *f = *state;
	struct job one = {.events = 1}, two = {.events = 1};
	sqlite3 *other;

	sqlite3_busy_timeout(f->store->db, 10);
	assert_int_equal(sqlite3_open(f->path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	submit(f, &one, 1);
	run_until(f, 1);
	assert_int_equal(one.status, UV_EBUSY);
	assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(other);
	submit(f, &two, 2);
	run_until(f, 2);
	assert_int_equal(two.status, 0);
	assert_int_equal(events(f), 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	static const struct CMUnitTest tests[] = {
	    TEST(every_job_completes_once_in_order),
	    TEST(a_failing_job_is_undone_alone),
	    TEST(a_completion_may_submit),
	    TEST(what_was_submitted_is_done_before_it_closes),
	    TEST(nothing_is_taken_while_it_closes),
	    TEST(an_idle_writer_closes),
	    TEST(a_disk_that_fails_at_any_write_loses_nothing_it_said_it_had),
	    TEST(a_disk_that_is_full_at_any_write_says_so),
	    TEST(a_full_store_fails_those_that_do_not_fit_and_goes_on_when_there_is_room),
	    TEST(a_locked_store_fails_the_group_and_no_more),
	};

	return cmocka_run_group_tests_name("writer", tests, group_setup, NULL);
#undef TEST
}
