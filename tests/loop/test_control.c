/* The daemon's socket: order, limits, peers that are slow, gone or strange, and its end. */
#include "gateway/base/control.h"
#include "tests/unit/gateway/home.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cmocka.h>

#define KEPT 256

struct fixture {
	struct home home;
	uv_loop_t loop;
	struct control *control;
	bool later; /* answers wait in `kept` */
	struct control_request *kept[KEPT];
	size_t n_kept;
	size_t asked, gone, closed;
	uint64_t last_gone;
};

/* Answers with what was asked: {"n": 1} gives {"n": 1}. */
static void
answer(struct fixture *f, struct control_request *r, const json_t *body)
{
	(void)f;
	control_answer(r, json_deep_copy(body));
}

static void
on_request(void *ctx, struct control_request *r, const json_t *body)
{
	struct fixture *f = ctx;

	assert_true(json_is_object(body));
	assert_true(control_connection(r) != 0);
	assert_int_equal(f->closed, 0);
	f->asked++;
	if (!f->later)
		answer(f, r, body);
	else if (f->n_kept < KEPT)
		f->kept[f->n_kept++] = r;
}

static void
on_gone(void *ctx, uint64_t connection)
{
	struct fixture *f = ctx;

	assert_int_equal(f->closed, 0);
	assert_int_not_equal(connection, f->last_gone);
	f->last_gone = connection;
	f->gone++;
}

static void
on_closed(void *ctx)
{
	((struct fixture *)ctx)->closed++;
}

static const struct control_events events = {.request = on_request, .gone = on_gone};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	f->home = home_make();
	assert_int_equal(uv_loop_init(&f->loop), 0);
	assert_int_equal(control_open(&f->control, &f->loop, f->home.path, &events, f), 0);
	*state = f;
	return 0;
}

static void
end(struct fixture *f)
{
	control_close(f->control, on_closed, f);
	assert_int_equal(f->closed, 0);
	uv_run(&f->loop, UV_RUN_DEFAULT);
	assert_int_equal(f->closed, 1);
	f->control = NULL;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	if (f->control != NULL)
		end(f);
	assert_int_equal(uv_loop_close(&f->loop), 0);
	home_remove(&f->home);
	free(f);
	return 0;
}

/* ---- a peer ---- */

static int
dial(struct fixture *f)
{
	int fd = control_connect(f->home.path);

	assert_true(fd >= 0);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static void
turn(struct fixture *f)
{
	for (int i = 0; i < 20; i++)
		uv_run(&f->loop, UV_RUN_NOWAIT);
}

static void
say(struct fixture *f, int fd, const char *text, size_t len)
{
	for (size_t at = 0; at < len;) {
		ssize_t n = send(fd, text + at, len - at, MSG_NOSIGNAL);

		if (n > 0)
			at += (size_t)n;
		else if (errno != EAGAIN)
			return; /* it was closed on us */
		uv_run(&f->loop, UV_RUN_NOWAIT);
	}
}

/* Everything that comes until `lines` lines are there or the connection ends; the length.  *ended
 * tells of the end. */
static size_t
hear(struct fixture *f, int fd, int lines, char *buf, size_t cap, bool *ended)
{
	size_t len = 0;
	int quiet = 0;

	*ended = false;
	while (lines > 0 && quiet < 2000) {
		ssize_t n = recv(fd, buf + len, cap - 1 - len, 0);

		if (n == 0 || (n < 0 && errno != EAGAIN)) {
			*ended = true;
			break;
		}
		for (ssize_t i = 0; i < n; i++)
			lines -= buf[len + (size_t)i] == '\n';
		quiet = n > 0 ? 0 : quiet + 1;
		len += n > 0 ? (size_t)n : 0;
		uv_run(&f->loop, UV_RUN_NOWAIT);
	}
	buf[len] = '\0';
	return len;
}

static void
expect(struct fixture *f, int fd, int lines, const char *text)
{
	char buf[4096];
	bool ended;

	hear(f, fd, lines, buf, sizeof buf, &ended);
	assert_string_equal(buf, text);
}

static bool
is_closed(struct fixture *f, int fd)
{
	char buf[65536];
	bool ended;

	hear(f, fd, 1000, buf, sizeof buf, &ended);
	return ended;
}

/* ---- requests and answers ---- */

static void
test_answers_come_in_order(void **state)
{
	static const char lines[] = "{\"n\":1}\n{\"n\":2}\n\n{\"n\":3}\n{\"n\":";
	struct fixture *f = *state;
	int fd = dial(f);

	say(f, fd, lines, sizeof lines - 1);
	expect(f, fd, 4,
	       "{\"n\":1}\n{\"n\":2}\n"
	       "{\"status\":2,\"error\":\"a request is one JSON object on a line\"}\n{\"n\":3}\n");
	say(f, fd, "4}\n", 3);
	expect(f, fd, 1, "{\"n\":4}\n");
	close(fd);
}

/* Later lines wait while an answer is owed, however many have come. */
static void
test_one_request_at_a_time(void **state)
{
	struct fixture *f = *state;
	int fd = dial(f);

	f->later = true;
	for (int i = 0; i < 5; i++)
		say(f, fd, "{\"n\":1}\n", 8);
	turn(f);
	assert_int_equal(f->asked, 1);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(f->n_kept, i + 1);
		control_answer(f->kept[i], json_pack("{s:i}", "n", (int)i));
		turn(f);
	}
	expect(f, fd, 5, "{\"n\":0}\n{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n{\"n\":4}\n");
	close(fd);
}

static void
test_octet_by_octet(void **state)
{
	static const char line[] = "{\"text\":\"se\\u00f1or \xc3\xb1\"}\r\n";
	struct fixture *f = *state;
	int fd = dial(f);

	for (size_t i = 0; i < sizeof line - 1; i++) {
		say(f, fd, line + i, 1);
		turn(f);
	}
	expect(f, fd, 1, "{\"text\":\"se\xc3\xb1or \xc3\xb1\"}\n");
	close(fd);
}

static void
test_what_is_no_object(void **state)
{
	static const char *const wrong[] = {
	    "[]\n", "5\n", "{\"a\":1,\"a\":2}\n", "{\"a\":\"\xff\"}\n", "{} {}\n", "{\n", "null\n"};
	struct fixture *f = *state;
	int fd = dial(f);

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		say(f, fd, wrong[i], strlen(wrong[i]));
		expect(f, fd, 1,
		       "{\"status\":2,\"error\":\"a request is one JSON object on a line\"}\n");
	}
	assert_int_equal(f->asked, 0);
	close(fd);
	turn(f);
	assert_int_equal(f->gone, 0); /* it never asked anything */
}

/* As long as may be is read; longer is refused and ends the connection, not the daemon. */
static void
test_the_longest_line(void **state)
{
	struct fixture *f = *state;
	size_t len = CONTROL_LINE_MAX + 2;
	char *line = malloc(len), *back = malloc(len);
	int fd = dial(f);
	bool ended;

	memset(line, ' ', len);
	memcpy(line, "{}", 2);
	line[CONTROL_LINE_MAX] = '\n';
	say(f, fd, line, CONTROL_LINE_MAX + 1);
	expect(f, fd, 1, "{}\n");
	line[CONTROL_LINE_MAX] = ' ';
	line[CONTROL_LINE_MAX + 1] = '\n';
	say(f, fd, line, len);
	hear(f, fd, 1000, back, len, &ended);
	assert_true(ended);
	close(fd);
	fd = dial(f);
	say(f, fd, "{}\n", 3);
	expect(f, fd, 1, "{}\n");
	close(fd);
	free(line);
	free(back);
}

static void
test_half_closed_peers_are_answered(void **state)
{
	struct fixture *f = *state;
	int fd = dial(f);

	f->later = true;
	say(f, fd, "{\"n\":1}\n{\"n\":2}\n", 16);
	shutdown(fd, SHUT_WR);
	turn(f);
	control_answer(f->kept[0], json_object());
	turn(f);
	assert_int_equal(f->n_kept, 2);
	control_answer(f->kept[1], json_object());
	expect(f, fd, 2, "{}\n{}\n");
	assert_true(is_closed(f, fd));
	close(fd);
	assert_int_equal(f->gone, 1);
}

/* ---- peers that go ---- */

static void
test_an_answer_to_nobody(void **state)
{
	struct fixture *f = *state;
	int fd = dial(f);

	f->later = true;
	say(f, fd, "{}\n", 3);
	turn(f);
	assert_int_equal(f->n_kept, 1);
	close(fd);
	turn(f);
	control_answer(f->kept[0], json_object());
	turn(f);
	assert_int_equal(f->gone, 1);
}

static void
test_closing_with_requests_open(void **state)
{
	struct fixture *f = *state;
	int one = dial(f), two = dial(f);

	f->later = true;
	say(f, one, "{}\n", 3);
	say(f, two, "{}\n", 3);
	turn(f);
	assert_int_equal(f->n_kept, 2);
	control_answer(f->kept[0], json_object()); /* being written as it ends */
	end(f);
	assert_int_equal(f->gone, 2);
	control_answer(f->kept[1], json_object());
	assert_int_equal(control_connect(f->home.path), -ENOENT);
	close(one);
	close(two);
}

static void
test_memory_short_is_an_answer_too(void **state)
{
	struct fixture *f = *state;
	int fd = dial(f);

	f->later = true;
	say(f, fd, "{}\n", 3);
	turn(f);
	control_answer(f->kept[0], NULL);
	expect(f, fd, 1, "{\"status\":3,\"error\":\"the daemon is out of memory\"}\n");
	close(fd);
}

/* One that asks for much and reads nothing waits alone. */
static void
test_a_peer_that_does_not_read(void **state)
{
	struct fixture *f = *state;
	int slow = dial(f), fd = dial(f);
	size_t len = 1 << 20;
	char *line = malloc(len);

	memset(line, 'x', len);
	memcpy(line, "{\"a\":\"", 6);
	memcpy(line + len - 3, "\"}\n", 3);
	say(f, slow, line, len);
	turn(f);
	assert_int_equal(f->asked, 1);
	send(slow, "{}\n", 3, MSG_NOSIGNAL);
	turn(f);
	assert_int_equal(f->asked, 1); /* its next waits until it reads */
	say(f, fd, "{\"n\":1}\n", 8);
	expect(f, fd, 1, "{\"n\":1}\n");
	close(slow);
	close(fd);
	free(line);
}

/* Idle connections give way, those that wait for an answer do not. */
static void
test_too_many_peers(void **state)
{
	struct fixture *f = *state;
	int busy = dial(f), fd[CONTROL_PEERS + 10];

	f->later = true;
	say(f, busy, "{}\n", 3);
	turn(f);
	f->later = false;
	for (size_t i = 0; i < CONTROL_PEERS + 10; i++) {
		fd[i] = dial(f);
		turn(f);
	}
	assert_true(is_closed(f, fd[0]));
	say(f, fd[CONTROL_PEERS + 9], "{\"n\":1}\n", 8);
	expect(f, fd[CONTROL_PEERS + 9], 1, "{\"n\":1}\n");
	control_answer(f->kept[0], json_object());
	expect(f, busy, 1, "{}\n");
	for (size_t i = 0; i < CONTROL_PEERS + 10; i++)
		close(fd[i]);
	close(busy);
}

/* ---- the file ---- */

static void
test_only_we_may_connect(void **state)
{
	struct fixture *f = *state;
	char path[128];
	struct stat st;

	snprintf(path, sizeof path, "%s/" CONTROL_FILE, f->home.path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void
test_a_living_socket_is_left_alone(void **state)
{
	struct fixture *f = *state;
	struct control *second;
	int fd;

	assert_int_equal(control_open(&second, &f->loop, f->home.path, &events, f), UV_EADDRINUSE);
	fd = dial(f);
	say(f, fd, "{}\n", 3);
	expect(f, fd, 1, "{}\n");
	close(fd);
}

static void
test_a_dead_socket_is_replaced(void **state)
{
	struct fixture *f = *state;
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	end(f);
	f->closed = 0;
	snprintf(sa.sun_path, sizeof sa.sun_path, "%s/" CONTROL_FILE, f->home.path);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof sa), 0);
	close(fd); /* as a daemon does that was killed */
	assert_int_equal(control_connect(f->home.path), -ECONNREFUSED);
	assert_int_equal(control_open(&f->control, &f->loop, f->home.path, &events, f), 0);
	fd = dial(f);
	say(f, fd, "{}\n", 3);
	expect(f, fd, 1, "{}\n");
	close(fd);
}

static void
test_a_file_in_its_place_is_not_removed(void **state)
{
	struct fixture *f = *state;
	char path[128];

	end(f);
	f->closed = 0;
	home_write(&f->home, CONTROL_FILE, "a letter");
	assert_int_equal(control_open(&f->control, &f->loop, f->home.path, &events, f), UV_EEXIST);
	snprintf(path, sizeof path, "%s/" CONTROL_FILE, f->home.path);
	assert_int_equal(access(path, F_OK), 0);
	f->control = NULL;
}

/* A socket's own address holds 107 octets; homes may lie deeper. */
static void
test_a_long_path(void **state)
{
	struct fixture *f = *state;
	char *home = f->home.path, deep[512];
	struct control *control;
	int fd;

	snprintf(deep, sizeof deep, "%s", home);
	for (int i = 0; i < 6; i++) {
		strcat(deep, "/a-folder-with-quite-a-long-name");
		assert_int_equal(mkdir(deep, 0700), 0);
	}
	assert_int_equal(control_open(&control, &f->loop, deep, &events, f), 0);
	fd = control_connect(deep);
	assert_true(fd >= 0);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	say(f, fd, "{\"n\":1}\n", 8);
	expect(f, fd, 1, "{\"n\":1}\n");
	close(fd);
	turn(f);
	control_close(control, on_closed, f);
	turn(f);
	assert_int_equal(f->closed, 1);
	f->closed = 0;
	assert_int_equal(control_connect(deep), -ENOENT);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {T(test_answers_come_in_order),
					   T(test_one_request_at_a_time),
					   T(test_octet_by_octet),
					   T(test_what_is_no_object),
					   T(test_the_longest_line),
					   T(test_half_closed_peers_are_answered),
					   T(test_an_answer_to_nobody),
					   T(test_closing_with_requests_open),
					   T(test_memory_short_is_an_answer_too),
					   T(test_a_peer_that_does_not_read),
					   T(test_too_many_peers),
					   T(test_only_we_may_connect),
					   T(test_a_living_socket_is_left_alone),
					   T(test_a_dead_socket_is_replaced),
					   T(test_a_file_in_its_place_is_not_removed),
					   T(test_a_long_path)};

	signal(SIGPIPE, SIG_IGN); /* as the daemon does */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
