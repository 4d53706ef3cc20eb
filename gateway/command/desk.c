#include "desk.h"

#include "gateway/base/control.h"
#include "gateway/base/log.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A request that runs as a job of the writer. */
struct request {
	struct desk *desk;
	struct control_request *control; /* NULL: the desk's own */
	uint64_t connection;
	json_t *body, *reply;
	struct command_env env;
	struct config *config;
	char error[256]; /* the store's words, when it failed */
};

struct desk {
	struct control *control;
	struct writer *writer;
	const struct clock *clock;
	const struct desk_events *events;
	void *ctx;
	struct config *config;
	uint64_t importing; /* connection whose import or undo is under way, 0: none */
	size_t jobs;
	bool closing, control_closing;
	desk_closed *closed;
};

static void run(struct desk *k, struct control_request *control, uint64_t connection,
		const json_t *body);
static void finish(struct desk *k);

/* ---- imports ---- */

static bool
is_done(const struct request *r)
{
	return json_is_true(json_object_get(r->reply, "done"));
}

/* One import or undo is under way at a time. */
static void
note_import(struct desk *k, const struct request *r, const char *command)
{
	const char *step = json_string_value(json_object_get(r->body, "step"));

	if (strcmp(command, "import-begin") == 0 || strcmp(command, "import-undo") == 0)
		k->importing = r->connection;
	if ((strcmp(command, "import-finish") == 0 && step != NULL && strcmp(step, "flip") == 0) ||
	    ((strcmp(command, "import-drop") == 0 || strcmp(command, "import-undo") == 0) &&
	     is_done(r)))
		k->importing = 0;
}

static void
drop_import(struct desk *k, json_int_t after)
{
	json_t *body =
	    json_pack("{s:s, s:s, s:I}", "command", "import-drop", "by", "dunlin", "after", after);

	if (body != NULL)
		run(k, NULL, 0, body);
	json_decref(body);
}

static void
on_gone(void *ctx, uint64_t connection)
{
	struct desk *k = ctx;

	if (k->importing != connection || k->closing)
		return;
	k->importing = 0;
	log_event(LOG_WARN, "import_abandoned",
		  log_str("why", "the program that sent it went away; nothing of it was taken"));
	drop_import(k, 0);
}

/* ---- requests ---- */

static int
request_work(struct store *s, void *ctx)
{
	struct request *r = ctx;
	int rc = command_run(s, &r->env, r->body, &r->reply);

	if (rc != 0)
		snprintf(r->error, sizeof r->error, "%s", store_error(s));
	else if (json_integer_value(json_object_get(r->reply, "status")) != 0)
		rc = UV_ECANCELED; /* refused: what it began is undone */
	return rc;
}

static void
fail(struct request *r, int status)
{
	const char *why = r->error[0] != '\0' ? r->error : uv_strerror(status);

	if (status == UV_ENOSPC)
		why = "the disk is full, nothing was changed: free some space and say it again";
	json_decref(r->reply);
	r->reply = json_pack("{s:i, s:s}", "status", 3, "error", why);
}

static void
on_requested(void *ctx, int status)
{
	struct request *r = ctx;
	struct desk *k = r->desk;
	const char *command = json_string_value(json_object_get(r->body, "command"));

	k->jobs--;
	if (status != 0 && status != UV_ECANCELED) {
		fail(r, status);
	} else if (status == 0 && !k->closing) {
		note_import(k, r, command);
		k->events->effect(k->ctx, command, &r->env.effect);
	}
	if (r->control != NULL) {
		control_answer(r->control, r->reply);
	} else {
		if (status == 0 && !k->closing && !is_done(r))
			drop_import(k, json_integer_value(json_object_get(r->reply, "after")));
		json_decref(r->reply);
	}
	json_decref(r->body);
	config_unref(r->config);
	free(r);
	finish(k);
}

static void
run(struct desk *k, struct control_request *control, uint64_t connection, const json_t *body)
{
	struct request *r = calloc(1, sizeof *r);

	if (r == NULL) {
		if (control != NULL)
			control_answer(control, NULL);
		return;
	}
	r->desk = k;
	r->control = control;
	r->connection = connection;
	r->body = json_deep_copy(body);
	r->config = config_ref(k->config);
	r->env = (struct command_env){.config = r->config,
				      .now = clock_now(k->clock),
				      .serving = true,
				      .clock_held = k->events->clock_held(k->ctx)};
	k->jobs++;
	if (r->body == NULL || writer_submit(k->writer, request_work, on_requested, r) != 0)
		on_requested(r, UV_ENOMEM);
}

static void
on_request(void *ctx, struct control_request *request, const json_t *body)
{
	struct desk *k = ctx;
	const char *command = json_string_value(json_object_get(body, "command"));
	const char *which = json_string_value(json_object_get(body, "which"));

	if (k->closing)
		control_answer(request, json_pack("{s:i, s:s}", "status", 3, "error",
						  "the daemon is stopping"));
	else if (command == NULL)
		control_answer(request, json_pack("{s:i, s:s}", "status", 2, "error",
						  "a request names a command"));
	else if (strcmp(command, "ping") == 0)
		control_answer(request, json_pack("{s:i}", "status", 0));
	else if (strcmp(command, "now") == 0)
		control_answer(request, json_pack("{s:i, s:I}", "status", 0, "now",
						  (json_int_t)clock_now(k->clock)));
	else if (strcmp(command, "status") == 0)
		control_answer(request, k->events->status(k->ctx));
	else if (strcmp(command, "modems-said") == 0)
		control_answer(request, k->events->modems_said(k->ctx, which != NULL ? which : ""));
	else
		run(k, request, control_connection(request), body);
}

static const struct control_events control_events = {.request = on_request, .gone = on_gone};

/* ---- life ---- */

void
desk_use(struct desk *k, struct config *config)
{
	config_unref(k->config);
	k->config = config_ref(config);
}

int
desk_open(struct desk **out, uv_loop_t *loop, struct writer *writer, const char *home,
	  const struct clock *clock, const struct desk_events *events, void *ctx)
{
	struct desk *k = calloc(1, sizeof *k);
	int rc;

	if (k == NULL)
		return UV_ENOMEM;
	k->writer = writer;
	k->clock = clock;
	k->events = events;
	k->ctx = ctx;
	if ((rc = control_open(&k->control, loop, home, &control_events, k)) != 0) {
		free(k);
		return rc;
	}
	*out = k;
	return 0;
}

static void
on_control_closed(void *ctx)
{
	struct desk *k = ctx;
	desk_closed *closed = k->closed;
	void *closed_ctx = k->ctx;

	config_unref(k->config);
	free(k);
	closed(closed_ctx);
}

/* Every answer is out before the socket goes. */
static void
finish(struct desk *k)
{
	if (!k->closing || k->jobs > 0 || k->control_closing)
		return;
	k->control_closing = true;
	control_close(k->control, on_control_closed, k);
}

void
desk_close(struct desk *k, desk_closed *closed)
{
	assert(!k->closing);
	k->closing = true;
	k->closed = closed;
	finish(k);
}
