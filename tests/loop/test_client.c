/* How a command reaches the store: by itself, or through a daemon that may be slow or dying; and
 * the lock that keeps them apart. */
#include "gateway/base/control.h"
#include "gateway/base/lock.h"
#include "gateway/cli/cli.h"
#include "gateway/cli/client.h"
#include "tests/unit/gateway/home.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static const char yaml[] = "lender:\n"
			   "  name: Sunrise\n"
			   "  contact: \"+63285550100\"\n"
			   "  country: PH\n"
			   "  currency: PHP\n"
			   "  timezone: Asia/Manila\n"
			   "  languages: [en]\n"
			   "live: true\n"
			   "policy: {preset: base}\n"
			   "routes:\n"
			   "  paper: {type: file, path: sent.jsonl}\n";

/* A daemon in a thread of its own: says of each request what the test set. */
struct daemon {
	struct home home;
	uv_thread_t thread;
	uv_loop_t loop;
	uv_async_t stop;
	uv_barrier_t ready;
	struct control *control;
	const char *answer; /* JSON; NULL: it dies instead */
	struct control_request *unanswered;
	bool running;
	struct lock lock;
};

static void
on_closed(void *ctx)
{
	struct daemon *d = ctx;

	d->control = NULL;
	uv_close((uv_handle_t *)&d->stop, NULL);
}

static void
die(struct daemon *d)
{
	if (d->control != NULL)
		control_close(d->control, on_closed, d);
	d->control = NULL;
}

static void
on_request(void *ctx, struct control_request *r, const json_t *body)
{
	struct daemon *d = ctx;

	(void)body;
	if (d->answer == NULL) {
		d->unanswered = r;
		die(d);
		return;
	}
	control_answer(r, json_loads(d->answer, 0, NULL));
}

static void
on_gone(void *ctx, uint64_t connection)
{
	(void)ctx;
	(void)connection;
}

static void
on_stop(uv_async_t *async)
{
	die(async->data);
}

static const struct control_events events = {.request = on_request, .gone = on_gone};

static void
run_daemon(void *arg)
{
	struct daemon *d = arg;

	uv_loop_init(&d->loop);
	uv_async_init(&d->loop, &d->stop, on_stop);
	d->stop.data = d;
	if (control_open(&d->control, &d->loop, d->home.path, &events, d) != 0)
		abort();
	uv_barrier_wait(&d->ready);
	uv_run(&d->loop, UV_RUN_DEFAULT);
	if (d->unanswered != NULL)
		control_answer(d->unanswered, NULL);
	if (uv_loop_close(&d->loop) != 0)
		abort();
}

static void
start(struct daemon *d, const char *answer)
{
	d->answer = answer;
	assert_int_equal(lock_take(&d->lock, d->home.path, LOCK_DAEMON, 0, NULL), 0);
	assert_int_equal(uv_barrier_init(&d->ready, 2), 0);
	assert_int_equal(uv_thread_create(&d->thread, run_daemon, d), 0);
	uv_barrier_wait(&d->ready);
	d->running = true;
}

/* With `died` it has ended by itself. */
static void
stop(struct daemon *d, bool died)
{
	if (!died)
		uv_async_send(&d->stop);
	uv_thread_join(&d->thread);
	uv_barrier_destroy(&d->ready);
	lock_drop(&d->lock);
	d->running = false;
}

static int
setup(void **state)
{
	struct daemon *d = calloc(1, sizeof *d);

	d->home = home_make();
	d->lock.fd = -1;
	home_write(&d->home, "dunlin.yaml", yaml);
	*state = d;
	return 0;
}

static int
teardown(void **state)
{
	struct daemon *d = *state;

	if (d->running)
		stop(d, false);
	home_remove(&d->home);
	free(d);
	return 0;
}

static int
call(struct client *c, json_t **reply)
{
	json_t *request = json_pack("{s:s, s:s}", "command", "pause", "by", "maria");
	int status = client_call(c, request, reply, true);

	json_decref(request);
	return status;
}

/* ---- through a daemon ---- */

static void
test_the_daemon_answers(void **state)
{
	struct daemon *d = *state;
	struct client *c;
	json_t *reply;
	int64_t now = 0;

	start(d, "{\"status\": 1, \"error\": \"no\", \"now\": 1234567890123}");
	assert_int_equal(client_open(&c, d->home.path), CLI_DONE);
	assert_true(client_serving(c));
	assert_int_equal(call(c, &reply), CLI_REFUSED);
	assert_string_equal(json_string_value(json_object_get(reply, "error")), "no");
	json_decref(reply);
	assert_null(client_store(c)); /* it is the daemon's */
	client_close(c);

	d->answer = "{\"status\": 0, \"now\": 1234567890123}";
	assert_int_equal(client_open(&c, d->home.path), CLI_DONE);
	assert_int_equal(client_now(c, &now), CLI_DONE);
	assert_true(now == INT64_C(1234567890123));
	client_close(c);
}

static void
test_the_daemon_dies_before_its_answer(void **state)
{
	struct daemon *d = *state;
	struct client *c;
	json_t *reply;

	start(d, NULL);
	assert_int_equal(client_open(&c, d->home.path), CLI_DONE);
	assert_int_equal(call(c, &reply), CLI_FAILED);
	assert_null(reply);
	client_close(c);
	stop(d, true);
}

static void
test_strange_answers(void **state)
{
	static const char *const strange[] = {"{\"status\": 77}", "{\"status\": -1}"};
	struct daemon *d = *state;
	struct client *c;
	json_t *reply;

	start(d, "{}");
	assert_int_equal(client_open(&c, d->home.path), CLI_DONE);
	for (size_t i = 0; i < 2; i++) {
		d->answer = strange[i];
		assert_int_equal(call(c, &reply), CLI_FAILED);
		json_decref(reply);
	}
	client_close(c);
}

/* ---- alone ---- */

static void
test_alone_it_commits_what_was_done(void **state)
{
	struct daemon *d = *state;
	struct client *c;
	struct store *s;
	json_t *reply, *request;

	assert_int_equal(client_open(&c, d->home.path), CLI_DONE);
	assert_false(client_serving(c));
	assert_int_equal(client_read(c, &s), CLI_DONE);
	assert_null(s); /* nothing is made by looking */
	assert_int_equal(call(c, &reply), CLI_DONE);
	json_decref(reply);
	client_close(c);

	assert_int_equal(client_open(&c, d->home.path), CLI_DONE);
	assert_int_equal(client_read(c, &s), CLI_DONE);
	assert_int_equal(store_meta_int(s, META_PAUSED, 0), 1);
	request = json_pack("{s:s, s:s}", "command", "release", "account", "A-1");
	assert_int_equal(client_call(c, request, NULL, true), CLI_REFUSED);
	json_decref(request);
	client_close(c);
}

/* Where a schedule's clock stopped, commands stand too. */
static void
test_the_clock_of_a_stopped_schedule(void **state)
{
	struct daemon *d = *state;
	struct client *c;
	struct store *s;
	int64_t now = 0;

	assert_int_equal(client_open(&c, d->home.path), CLI_DONE);
	s = client_store(c);
	assert_non_null(s);
	assert_int_equal(store_meta_set_text(s, META_CLOCK, "schedule"), 0);
	assert_int_equal(store_meta_set_int(s, META_CLOCK_AT, 123456), 0);
	assert_int_equal(client_now(c, &now), CLI_DONE);
	assert_int_equal(now, 123456);
	assert_int_equal(store_meta_set_text(s, META_CLOCK, "true"), 0);
	assert_int_equal(client_now(c, &now), CLI_DONE);
	assert_true(now > INT64_C(1500000000000));
	client_close(c);
}

/* ---- the lock ---- */

static void
drop_later(void *arg)
{
	usleep(200000);
	lock_drop(arg);
}

static void
test_commands_wait_for_each_other(void **state)
{
	struct daemon *d = *state;
	struct lock other;
	struct client *c;
	uv_thread_t thread;

	assert_int_equal(lock_take(&other, d->home.path, LOCK_COMMAND, 0, NULL), 0);
	uv_thread_create(&thread, drop_later, &other);
	assert_int_equal(client_open(&c, d->home.path), CLI_DONE);
	assert_non_null(client_store(c));
	assert_int_equal(other.fd, -1);
	uv_thread_join(&thread);
	client_close(c);
}

/* A daemon that starts while a command waits takes the command's request. */
static void
test_a_daemon_that_has_just_started(void **state)
{
	struct daemon *d = *state;
	struct client *c;
	json_t *reply;

	assert_int_equal(client_open(&c, d->home.path), CLI_DONE);
	assert_false(client_serving(c));
	start(d, "{\"status\": 0, \"text\": \"by the daemon\"}");
	assert_int_equal(call(c, &reply), CLI_DONE);
	assert_string_equal(json_string_value(json_object_get(reply, "text")), "by the daemon");
	assert_true(client_serving(c));
	json_decref(reply);
	client_close(c);
}

static void
test_one_daemon(void **state)
{
	struct daemon *d = *state;
	struct lock first, second;
	struct lock_holder holder;

	assert_int_equal(lock_take(&first, d->home.path, LOCK_DAEMON, 0, NULL), 0);
	/* Long as it may wait, it does not: the other will not go. */
	assert_int_equal(lock_take(&second, d->home.path, LOCK_DAEMON, 600000, &holder),
			 -EWOULDBLOCK);
	assert_int_equal(holder.kind, LOCK_DAEMON);
	assert_int_equal(holder.pid, getpid());
	assert_int_equal(second.fd, -1);
	assert_int_equal(lock_take(&second, d->home.path, LOCK_COMMAND, 100, &holder),
			 -EWOULDBLOCK);
	lock_drop(&first);
	assert_int_equal(lock_take(&second, d->home.path, LOCK_COMMAND, 0, NULL), 0);
	assert_int_equal(lock_take(&first, d->home.path, LOCK_DAEMON, 100, &holder), -EWOULDBLOCK);
	assert_int_equal(holder.kind, LOCK_COMMAND);
	lock_drop(&second);
	assert_int_equal(lock_take(&first, "/nowhere/at/all", LOCK_DAEMON, 0, NULL), -ENOENT);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {T(test_the_daemon_answers),
					   T(test_the_daemon_dies_before_its_answer),
					   T(test_strange_answers),
					   T(test_alone_it_commits_what_was_done),
					   T(test_the_clock_of_a_stopped_schedule),
					   T(test_commands_wait_for_each_other),
					   T(test_a_daemon_that_has_just_started),
					   T(test_one_daemon)};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
