/* The route into a file: a line for each text, answered once it is on the disk, and only then. */
#include "../unit/gateway/home.h"

#include "gateway/send/channel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#define WINDOW 500

struct fixture {
	struct home home;
	char path[128], why[160];
	uv_loop_t loop;
	struct channel *c;
	int up, rooms, answers, unknown;
	uint64_t next; /* cookie of the answer awaited */
	bool closed, inside, close_in_answer;
	char reason[96];
};

static void on_closed(void *ctx);

static void
on_state(void *ctx, enum channel_state state, const char *reason)
{
	struct fixture *f = ctx;

	assert_false(f->inside || f->closed);
	assert_int_equal(state, CHANNEL_UP);
	assert_string_equal(reason, "");
	f->up++;
}

static void
on_room(void *ctx)
{
	struct fixture *f = ctx;

	assert_false(f->inside || f->closed);
	assert_true(f->c->ops->room(f->c) > 0);
	f->rooms++;
}

static void
on_answer(void *ctx, const struct channel_answer *a)
{
	struct fixture *f = ctx;

	assert_false(f->inside || f->closed);
	assert_int_equal(a->cookie, f->next++); /* in the order they were given */
	f->answers++;
	if (a->kind == SETTLE_UNKNOWN) {
		f->unknown++;
		snprintf(f->reason, sizeof f->reason, "%s", a->why);
	} else {
		assert_int_equal(a->kind, SETTLE_WRITTEN);
		assert_string_equal(a->why, "");
	}
	if (f->close_in_answer) {
		f->close_in_answer = false;
		f->c->ops->close(f->c, 0, on_closed);
	}
}

static const struct channel_events events = {
    .state = on_state, .room = on_room, .answer = on_answer};

static int
open_channel(struct fixture *f, const char *path)
{
	struct config_route route = {
	    .name = "paper", .type = CONFIG_ROUTE_FILE, .path = path, .rate = 7};
	struct channel_needs needs = {.loop = &f->loop};
	int rc;

	f->inside = true;
	rc = channel_open(&f->c, &needs, &route, &events, f, f->why);
	f->inside = false;
	return rc;
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	f->home = home_make();
	f->next = 1;
	snprintf(f->path, sizeof f->path, "%s/sent.jsonl", f->home.path);
	assert_int_equal(uv_loop_init(&f->loop), 0);
	*state = f;
	return 0;
}

static void
on_closed(void *ctx)
{
	struct fixture *f = ctx;

	assert_false(f->inside || f->closed);
	f->closed = true;
}

static void
close_channel(struct fixture *f)
{
	f->inside = true;
	f->c->ops->close(f->c, 1000, on_closed);
	f->inside = false;
	uv_run(&f->loop, UV_RUN_DEFAULT);
	assert_true(f->closed);
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(uv_loop_close(&f->loop), 0);
	home_remove(&f->home);
	free(f);
	return 0;
}

static int
submit(struct fixture *f, uint64_t cookie, const char *body)
{
	char text[600];
	struct handover_text t = {.id = (int64_t)cookie * 10,
				  .number = "+639170000001",
				  .encoding = SMS_UCS2,
				  .segments = 2,
				  .count = 2,
				  .body = text};
	int rc;

	snprintf(text, sizeof text, "%s", body);
	f->inside = true;
	rc = f->c->ops->submit(f->c, &t, 0, cookie, INT64_C(1789437600000));
	f->inside = false;
	return rc;
}

static size_t
lines(struct fixture *f, json_t **last)
{
	FILE *file = fopen(f->path, "r");
	char line[2000];
	size_t n = 0;

	assert_non_null(file);
	while (fgets(line, sizeof line, file) != NULL) {
		json_t *json = json_loads(line, JSON_REJECT_DUPLICATES, NULL);

		assert_non_null(json);
		n++;
		if (last != NULL) {
			json_decref(*last);
			*last = json_incref(json);
		}
		json_decref(json);
	}
	fclose(file);
	return n;
}

static void
a_text_is_a_line_of_its_own(void **state)
{
	struct fixture *f = *state;
	json_t *last = NULL;

	assert_int_equal(open_channel(f, f->path), 0);
	assert_int_equal(f->c->rate, 7);
	assert_int_equal(f->c->window, WINDOW);
	assert_string_equal(f->c->route, "paper");
	assert_int_equal(submit(f, 1, "Pay \"now\"\n\xe2\x82\xb1 1"), 0);
	while (f->answers < 1)
		uv_run(&f->loop, UV_RUN_ONCE);
	assert_int_equal(f->up, 1);
	assert_int_equal(lines(f, &last), 1);
	assert_int_equal(json_object_size(last), 8);
	assert_int_equal(json_integer_value(json_object_get(last, "id")), 10);
	assert_string_equal(json_string_value(json_object_get(last, "route")), "paper");
	assert_string_equal(json_string_value(json_object_get(last, "to")), "+639170000001");
	assert_string_equal(json_string_value(json_object_get(last, "text")),
			    "Pay \"now\"\n\xe2\x82\xb1 1");
	assert_string_equal(json_string_value(json_object_get(last, "encoding")), "ucs2");
	assert_int_equal(json_integer_value(json_object_get(last, "segments")), 2);
	assert_non_null(strstr(json_string_value(json_object_get(last, "at")), "2026-09-15T"));
	assert_true(json_is_string(json_object_get(last, "from")));
	json_decref(last);
	close_channel(f);
}

static void
what_stands_in_the_file_stays(void **state)
{
	struct fixture *f = *state;

	home_write(&f->home, "sent.jsonl", "{}\n{}\n");
	assert_int_equal(open_channel(f, f->path), 0);
	assert_int_equal(submit(f, 1, "x"), 0);
	close_channel(f);
	assert_int_equal(f->answers, 1);
	assert_int_equal(lines(f, NULL), 3);
}

static void
a_full_window_says_so_and_tells_of_room(void **state)
{
	struct fixture *f = *state;
	uint64_t cookie = 1;
	struct channel_stats stats;

	assert_int_equal(open_channel(f, f->path), 0);
	while (submit(f, cookie, "x") == 0)
		cookie++;
	assert_int_equal(submit(f, cookie, "x"), UV_EAGAIN);
	assert_true(cookie > WINDOW);
	assert_int_equal(f->c->ops->room(f->c), 0);
	f->c->ops->stats(f->c, &stats);
	assert_int_equal(stats.in_flight, cookie - 1);
	f->c->ops->want(f->c, 1);
	while (f->rooms == 0)
		uv_run(&f->loop, UV_RUN_ONCE);
	assert_int_equal(submit(f, cookie, "x"), 0);
	close_channel(f);
	assert_int_equal(f->answers, cookie);
	assert_int_equal(lines(f, NULL), cookie);
	assert_int_equal(f->rooms, 1); /* once for each time it was wanted */
}

static void
what_was_taken_is_answered_before_it_closes(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(open_channel(f, f->path), 0);
	for (uint64_t cookie = 1; cookie <= 100; cookie++)
		assert_int_equal(submit(f, cookie, "x"), 0);
	f->inside = true;
	f->c->ops->close(f->c, 0, on_closed);
	f->inside = false;
	assert_int_equal(submit(f, 101, "x"), UV_EAGAIN);
	assert_int_equal(f->c->ops->room(f->c), 0);
	uv_run(&f->loop, UV_RUN_DEFAULT);
	assert_true(f->closed);
	assert_int_equal(f->answers, 100);
	assert_int_equal(f->up, 0); /* it was closed before it could say so */
	assert_int_equal(lines(f, NULL), 100);
}

static void
it_may_be_closed_from_an_answer(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(open_channel(f, f->path), 0);
	for (uint64_t cookie = 1; cookie <= 10; cookie++)
		assert_int_equal(submit(f, cookie, "x"), 0);
	f->close_in_answer = true;
	uv_run(&f->loop, UV_RUN_DEFAULT);
	assert_true(f->closed);
	assert_int_equal(f->answers, 10);
}

static void
a_disk_that_takes_nothing_leaves_texts_unknown(void **state)
{
	struct fixture *f = *state;

	if (access("/dev/full", W_OK) != 0)
		skip();
	assert_int_equal(open_channel(f, "/dev/full"), 0);
	assert_int_equal(submit(f, 1, "x"), 0);
	assert_int_equal(submit(f, 2, "x"), 0);
	close_channel(f);
	assert_int_equal(f->unknown, 2);
	assert_non_null(strstr(f->reason, "no space"));
}

static void
a_file_that_cannot_be_opened_says_why(void **state)
{
	struct fixture *f = *state;
	char path[200];

	snprintf(path, sizeof path, "%s/none/sent.jsonl", f->home.path);
	assert_int_equal(open_channel(f, path), UV_ENOENT);
	assert_non_null(strstr(f->why, "none/sent.jsonl"));
	assert_int_equal(open_channel(f, f->home.path), UV_EISDIR);
}

static void
there_is_nothing_to_ask_or_to_acknowledge(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(open_channel(f, f->path), 0);
	assert_true(f->c->ops->query(f->c, "1", 2) < 0);
	f->c->ops->acknowledge(f->c, (struct smpp_token){0}, true);
	close_channel(f);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	static const struct CMUnitTest tests[] = {
	    TEST(a_text_is_a_line_of_its_own),
	    TEST(what_stands_in_the_file_stays),
	    TEST(a_full_window_says_so_and_tells_of_room),
	    TEST(what_was_taken_is_answered_before_it_closes),
	    TEST(it_may_be_closed_from_an_answer),
	    TEST(a_disk_that_takes_nothing_leaves_texts_unknown),
	    TEST(a_file_that_cannot_be_opened_says_why),
	    TEST(there_is_nothing_to_ask_or_to_acknowledge),
	};

	return cmocka_run_group_tests_name("channel_file", tests, NULL, NULL);
#undef TEST
}
