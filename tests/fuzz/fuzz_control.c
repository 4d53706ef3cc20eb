/* Whatever comes over the daemon's socket: each line is answered once, in order, and no request
 * that can be written as JSON does more than be refused or done. */
#include "gateway/base/complaint.h"
#include "gateway/base/control.h"
#include "gateway/command/command.h"
#include "tests/unit/gateway/home.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>

static struct home home;
static struct config *config;
static struct store *store;
static uv_loop_t loop;
static struct control *control;

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

/* One borrower, with a text of every state and a reply. */
static const char rows[] =
    "INSERT INTO import (id, kind, mode, file, at, actor, state) VALUES "
    "(1, 'accounts', 'update', 'a.csv', 1, 'x', 1);"
    "INSERT INTO meta VALUES ('visible', 1);"
    "INSERT INTO account (id, ref, person, since, born) VALUES (1, 'A-1', 1, 1, 1);"
    "INSERT INTO account_row (account, since, name, phones, currency) VALUES "
    "(1, 1, 'Maria', '+639170000001;+639170000002', 'PHP');"
    "INSERT INTO person_key VALUES ('n+639170000001', 1);"
    "INSERT INTO amount (account, due, since, billed, given) VALUES (1, 20704, 1, 100000, -1);"
    "INSERT INTO message (id, account, person, due, step, campaign, class, direction, route, "
    "status, at, created_at) VALUES (1, 1, 1, 20704, '+7/sms', 'overdue', 0, 0, 'paper', 0, 1, 1), "
    "(2, 1, 1, 20704, '+10/sms', 'overdue', 0, 0, 'paper', 7, 1, 1);"
    "INSERT INTO message (id, account, person, class, direction, sender, body, status, at, "
    "created_at) VALUES (3, 1, 1, 0, 1, '+639170000001', 'What?', 10, 1, 1);"
    "INSERT INTO inbox (message, intent, handled) VALUES (3, 0, 0);"
    "INSERT INTO task (id, account, kind, day, reason, status, at) VALUES "
    "(1, 1, 'call', 1, 'x', 0, 1);";

static void
on_request(void *ctx, struct control_request *request, const json_t *body)
{
	struct command_env env = {.config = config, .now = INT64_C(1789437600000), .serving = true};
	json_t *reply = NULL;
	const json_t *status;
	int rc;

	(void)ctx;
	rc = store_begin(store);
	assert(rc == 0);
	rc = command_run(store, &env, body, &reply);
	store_rollback(store);
	assert((rc == 0) == (reply != NULL));
	status = json_object_get(reply, "status");
	assert(rc != 0 || (json_integer_value(status) >= 0 && json_integer_value(status) <= 3));
	assert(rc != 0 || json_integer_value(status) == 0 ||
	       json_string_length(json_object_get(reply, "error")) > 0);
	control_answer(request, reply);
}

static void
on_gone(void *ctx, uint64_t connection)
{
	(void)ctx;
	(void)connection;
}

static void
tidy(void)
{
	store_close(store);
	config_unref(config);
	home_remove(&home);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const struct control_events events = {.request = on_request, .gone = on_gone};
	struct complaints complaints = {0};
	char error[256];
	int rc;

	(void)argc;
	(void)argv;
	signal(SIGPIPE, SIG_IGN);
	home = home_make();
	home_write(&home, "dunlin.yaml", yaml);
	home_write(&home, "campaigns/overdue.yaml", "steps: [{day: [7, 10], sms: reminder}]\n");
	home_write(&home, "templates/reminder.en.txt", "{{name}}, {{amount}}. STOP to end.");
	rc = config_load(home.path, &config, &complaints);
	assert(rc == 0);
	complaint_clear(&complaints);
	rc = store_open(&store, config->store, STORE_CREATE, error);
	assert(rc == 0);
	rc = sqlite3_exec(store->db, rows, NULL, NULL, NULL);
	assert(rc == SQLITE_OK);
	rc = uv_loop_init(&loop);
	assert(rc == 0);
	rc = control_open(&control, &loop, home.path, &events, NULL);
	assert(rc == 0);
	atexit(tidy);
	return 0;
}

/* Lines there are in what was sent: the last one only with its newline. */
static size_t
count_lines(const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += text[i] == '\n';
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = control_connect(home.path);
	size_t sent = 0, heard = 0;
	char buf[65536];

	assert(fd >= 0);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	for (;;) {
		ssize_t n;

		if (sent < size) {
			n = send(fd, data + sent, size - sent, MSG_NOSIGNAL);
			sent += n > 0 ? (size_t)n : 0;
			if (sent == size)
				shutdown(fd, SHUT_WR);
		} else if (size == 0) {
			shutdown(fd, SHUT_WR);
		}
		uv_run(&loop, UV_RUN_NOWAIT);
		n = recv(fd, buf, sizeof buf, 0);
		if (n == 0)
			break;
		assert(n > 0 || errno == EAGAIN);
		heard += n > 0 ? count_lines(buf, (size_t)n) : 0;
	}
	close(fd);
	uv_run(&loop, UV_RUN_NOWAIT);
	assert(heard == count_lines((const char *)data, size));
	return 0;
}
