#include "client.h"

#include "cli.h"

#include "gateway/base/clock.h"
#include "gateway/base/complaint.h"
#include "gateway/base/control.h"
#include "gateway/base/lock.h"
#include "gateway/command/command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#define TRY_AGAIN_MS 50

struct client {
	char *home;
	int socket;       /* the daemon's, -1: none serves */
	struct lock lock; /* where no daemon serves, once taken */
	struct config *config;
	struct config *partial; /* what could be read of one with mistakes */
	struct store *store;    /* to write, under the lock */
	struct store *reader;   /* for lists */
	char *buf;              /* what came from the daemon beyond the last line */
	size_t len, cap;
};

/* ---- the daemon ---- */

static int
lost_daemon(struct client *c, const char *why)
{
	close(c->socket);
	c->socket = -1;
	return cli_fail(CLI_FAILED,
			"the daemon did not answer (%s): see its log; whether it did what was "
			"asked, dunlin events tells",
			why);
}

static int
send_line(struct client *c, const json_t *request)
{
	char *text = json_dumps(request, JSON_COMPACT);
	size_t len, at = 0;

	if (text == NULL)
		return cli_fail(CLI_FAILED, "out of memory");
	len = strlen(text);
	text[len++] = '\n'; /* in the place of its NUL */
	while (at < len) {
		ssize_t n = send(c->socket, text + at, len - at, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			free(text);
			return lost_daemon(c, strerror(errno));
		}
		at += (size_t)n;
	}
	free(text);
	return CLI_DONE;
}

/* Reads to the end of a line: its length, NUL-terminated in `buf`; 0 when the daemon is gone. */
static size_t
read_line(struct client *c)
{
	for (;;) {
		char *end = c->len > 0 ? memchr(c->buf, '\n', c->len) : NULL;
		ssize_t n;

		if (end != NULL) {
			*end = '\0';
			return (size_t)(end - c->buf) + 1;
		}
		if (c->cap - c->len < 4096) {
			char *grown = realloc(c->buf, c->cap * 2 + 65536);

			if (grown == NULL)
				return 0;
			c->buf = grown;
			c->cap = c->cap * 2 + 65536;
		}
		n = recv(c->socket, c->buf + c->len, c->cap - c->len, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return 0;
		c->len += (size_t)n;
	}
}

static int
ask_daemon(struct client *c, const json_t *request, json_t **reply)
{
	size_t used;
	int status = send_line(c, request);

	if (status != CLI_DONE)
		return status;
	if ((used = read_line(c)) == 0)
		return lost_daemon(c, "it closed the connection");
	*reply = json_loads(c->buf, JSON_REJECT_DUPLICATES, NULL);
	memmove(c->buf, c->buf + used, c->len - used);
	c->len -= used;
	if (!json_is_object(*reply)) {
		json_decref(*reply);
		*reply = NULL;
		return lost_daemon(c, "its answer is not one");
	}
	return CLI_DONE;
}

/* ---- opening ---- */

int
client_open(struct client **out, const char *home)
{
	struct client *c = calloc(1, sizeof *c);
	struct stat st;

	if (c == NULL || (c->home = strdup(home)) == NULL) {
		free(c);
		return cli_fail(CLI_FAILED, "out of memory");
	}
	c->lock.fd = -1;
	c->socket = -1;
	if (stat(home, &st) != 0 || !S_ISDIR(st.st_mode)) {
		client_close(c);
		return cli_fail(CLI_REFUSED,
				"there is no folder %s; dunlin init DIR makes a sample home", home);
	}
	c->socket = control_connect(home);
	if (c->socket == -EACCES || c->socket == -EPERM) {
		client_close(c);
		return cli_fail(CLI_FAILED,
				"the daemon of this home belongs to another user: run this as that "
				"user");
	}
	*out = c;
	return CLI_DONE;
}

void
client_close(struct client *c)
{
	if (c == NULL)
		return;
	if (c->socket >= 0)
		close(c->socket);
	if (c->store != NULL)
		store_close(c->store);
	if (c->reader != NULL)
		store_close(c->reader);
	lock_drop(&c->lock); /* after the store: the next one finds it closed */
	config_unref(c->config);
	config_unref(c->partial);
	free(c->buf);
	free(c->home);
	free(c);
}

bool
client_serving(const struct client *c)
{
	return c->socket >= 0;
}

static int
no_config(const struct client *c, int rc)
{
	if (rc == -ENOENT)
		return cli_fail(CLI_REFUSED,
				"%s is no home of Dunlin: name one with -C DIR, or make a sample "
				"with dunlin init DIR",
				c->home);
	if (rc == -EINVAL)
		return cli_fail(CLI_REFUSED, "correct these mistakes first; dunlin check lists "
					     "them");
	return cli_fail(CLI_FAILED, "the home folder could not be read: %s", strerror(-rc));
}

int
client_config(struct client *c, struct config **out)
{
	struct complaints complaints = {0};
	int rc = 0;

	if (c->config == NULL) {
		rc = config_load(c->home, &c->config, &complaints);
		if (c->config == NULL)
			config_print_complaints(stderr, &complaints, c->home);
	}
	complaint_clear(&complaints);
	*out = c->config;
	return c->config != NULL ? CLI_DONE : no_config(c, rc);
}

/* Mistakes where nobody looks now are told in one line; all of them where they stop everything. */
static int
load_partial(struct client *c, const struct complaints *mistakes)
{
	struct complaints of_main = {0};
	int rc = config_load_lender(c->home, &c->partial, &of_main);

	complaint_clear(&of_main);
	if (rc != 0) {
		config_print_complaints(stderr, mistakes, c->home);
		return no_config(c, rc);
	}
	return cli_fail(CLI_DONE,
			"%zu mistake%s in what is written here (dunlin check lists %s): what "
			"comes next is left out",
			mistakes->errors, mistakes->errors == 1 ? "" : "s",
			mistakes->errors == 1 ? "it" : "them");
}

int
client_config_shown(struct client *c, struct config **out)
{
	struct complaints complaints = {0};
	int rc, status = CLI_DONE;

	if (c->config == NULL && c->partial == NULL) {
		rc = config_load(c->home, &c->config, &complaints);
		if (rc == -EINVAL)
			status = load_partial(c, &complaints);
		else if (rc != 0)
			status = no_config(c, rc);
	}
	complaint_clear(&complaints);
	*out = c->config != NULL ? c->config : c->partial;
	return status;
}

int
client_store_path(struct client *c, const char **path)
{
	struct config *config;
	int status = client_config_shown(c, &config);

	if (status == CLI_DONE)
		*path = config->store;
	return status;
}

/* ---- the store itself ---- */

static void
rest(void)
{
	struct timespec t = {.tv_nsec = TRY_AGAIN_MS * 1000000L};

	nanosleep(&t, NULL);
}

static int
held_too_long(const struct lock_holder *holder)
{
	if (holder->kind == LOCK_DAEMON)
		return cli_fail(CLI_FAILED,
				"the daemon (process %ld) holds this home and does not answer: it "
				"may be starting or stopping; try again, or see its log",
				(long)holder->pid);
	return cli_fail(CLI_FAILED,
			"another dunlin command (process %ld) is working on this home: try again "
			"when it has ended",
			(long)holder->pid);
}

/* Takes the lock, or finds that a daemon serves after all. */
static int
take_lock(struct client *c)
{
	struct lock_holder holder;

	for (int waited = 0; c->lock.fd < 0 && !client_serving(c); waited += TRY_AGAIN_MS) {
		int rc = lock_take(&c->lock, c->home, LOCK_COMMAND, 0, &holder);

		if (rc == 0)
			break;
		if (rc != -EWOULDBLOCK)
			return cli_fail(CLI_FAILED, "the home folder cannot be locked: %s",
					strerror(-rc));
		c->socket = control_connect(c->home);
		if (!client_serving(c) && waited >= LOCK_WAIT_MS)
			return held_too_long(&holder);
		if (!client_serving(c))
			rest();
	}
	return CLI_DONE;
}

int
client_lock(struct client *c)
{
	int status = take_lock(c);

	if (status == CLI_DONE && client_serving(c))
		return cli_fail(CLI_REFUSED, "the daemon is running: stop it first");
	return status;
}

struct store *
client_store(struct client *c)
{
	char error[256];
	const char *path;

	if (c->store != NULL || client_serving(c))
		return c->store;
	if (client_store_path(c, &path) != CLI_DONE || take_lock(c) != CLI_DONE ||
	    client_serving(c))
		return NULL;
	if (store_open(&c->store, path, STORE_CREATE, error) != 0) {
		c->store = NULL;
		cli_fail(CLI_FAILED, "%s: %s", path, error);
	}
	return c->store;
}

int
client_read(struct client *c, struct store **out)
{
	char error[256];
	const char *path;
	int status = client_store_path(c, &path);

	*out = c->reader;
	if (status != CLI_DONE || c->reader != NULL)
		return status;
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return CLI_DONE;
	if (store_open(&c->reader, path, STORE_READ, error) != 0) {
		c->reader = NULL;
		return cli_fail(CLI_FAILED, "%s: %s", path, error);
	}
	*out = c->reader;
	return CLI_DONE;
}

/* ---- the clock ---- */

int
client_now(struct client *c, int64_t *now)
{
	json_t *request, *reply = NULL;
	struct store *s = c->store;
	int status;

	if (!client_serving(c)) {
		if (s == NULL && (status = client_read(c, &s)) != CLI_DONE)
			return status;
		*now = s != NULL ? command_now(s, clock_system()) : clock_system();
		return CLI_DONE;
	}
	if ((request = json_pack("{s:s}", "command", "now")) == NULL)
		return cli_fail(CLI_FAILED, "out of memory");
	status = client_call(c, request, &reply, false);
	*now = json_integer_value(json_object_get(reply, "now"));
	json_decref(reply);
	json_decref(request);
	return status;
}

/* ---- requests ---- */

static int
store_trouble(const struct store *s)
{
	return cli_fail(CLI_FAILED, "%s", store_error(s));
}

static bool
is_done(const json_t *reply)
{
	return json_integer_value(json_object_get(reply, "status")) == CLI_DONE;
}

/* Runs the request here, in a transaction of its own. */
static int
run_here(struct client *c, const json_t *request, json_t **reply)
{
	struct store *s = client_store(c);
	struct command_env env = {0};
	int rc;

	if (s == NULL)
		return CLI_FAILED;
	env.config = c->config != NULL ? c->config : c->partial;
	if ((rc = store_begin(s)) != 0)
		return store_trouble(s);
	env.now = command_now(s, clock_system());
	rc = command_run(s, &env, request, reply);
	if (rc == 0 && is_done(*reply))
		rc = store_commit(s);
	else
		store_rollback(s);
	if (rc != 0) {
		store_rollback(s);
		json_decref(*reply);
		*reply = NULL;
		return rc == UV_ENOMEM ? cli_fail(CLI_FAILED, "out of memory") : store_trouble(s);
	}
	return CLI_DONE;
}

/* Reading the home first settles the status: 1 for mistakes in it, 3 for a disk. */
static int
run_alone(struct client *c, const json_t *request, json_t **reply)
{
	const char *command = json_string_value(json_object_get(request, "command"));
	/* An opt-out must not wait until a template is mended; what is said or taken in must. */
	bool strict = command == NULL || strcmp(command, "send") == 0 ||
		      strcmp(command, "reply") == 0 || strncmp(command, "import-", 7) == 0;
	struct config *config;
	int status = strict ? client_config(c, &config) : client_config_shown(c, &config);

	if (status == CLI_DONE)
		status = take_lock(c);
	if (status != CLI_DONE)
		return status;
	return client_serving(c) ? ask_daemon(c, request, reply) : run_here(c, request, reply);
}

int
client_call(struct client *c, json_t *request, json_t **reply, bool quiet)
{
	json_t *answer = NULL;
	const char *error;
	int status;

	status =
	    client_serving(c) ? ask_daemon(c, request, &answer) : run_alone(c, request, &answer);
	if (status == CLI_DONE) {
		json_t *value = json_object_get(answer, "status");

		status = json_is_integer(value) ? (int)json_integer_value(value) : CLI_DONE;
		if (status < CLI_DONE || status > CLI_FAILED)
			status = CLI_FAILED;
	}
	error = json_string_value(json_object_get(answer, "error"));
	if (status != CLI_DONE && error != NULL && !quiet)
		cli_fail((enum cli_status)status, "%s", error);
	if (reply != NULL)
		*reply = answer;
	else
		json_decref(answer);
	return status;
}
