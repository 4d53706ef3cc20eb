#include "taker.h"

#include "cli.h"

#include "gateway/base/clock.h"
#include "gateway/base/money.h"
#include "gateway/command/command.h"
#include "gateway/import/import_wire.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define STRETCH 200000 /* rows of one call, where nobody waits for the store */

struct taker {
	struct client *client;
	struct taker_import import;
	struct store *store; /* NULL: the daemon does it */
	struct intake in;
	int64_t at;
	bool loading; /* there is something to drop */
};

/* ---- in this program's own transaction ---- */

static int
trouble(struct taker *t, int rc)
{
	if (rc == UV_ENOMEM)
		return cli_fail(CLI_FAILED, "out of memory; nothing was taken");
	return cli_fail(CLI_FAILED, "%s; nothing was taken", store_error(t->store));
}

/* Takes away what a program that died left behind. */
static int
clean_store(struct taker *t)
{
	struct intake_walk walk = {0};
	int rc = 0;

	while (rc == 0 && intake_pending(t->store)) {
		if ((rc = store_begin(t->store)) == 0)
			rc = intake_clean(t->store, &walk, STRETCH);
		if (rc == 0)
			rc = store_commit(t->store);
	}
	return rc;
}

static int
open_store(struct taker *t)
{
	int rc = intake_alone(t->store);

	if (rc == 0)
		rc = clean_store(t);
	if (rc == 0)
		rc = store_begin(t->store);
	if (rc != 0) {
		store_rollback(t->store);
		return trouble(t, rc);
	}
	t->loading = true;
	t->at = command_now(t->store, clock_system());
	rc = intake_begin(t->store, t->import.kind, t->import.mode, t->import.file, t->import.by,
			  t->at, money_digits, &t->in);
	if (rc == 0)
		rc = intake_buffer_new(&t->in.buffer);
	return rc != 0 ? trouble(t, rc) : CLI_DONE;
}

static int
sweep_store(struct taker *t, struct intake_counts *counts)
{
	struct intake_walk walk = {0};
	int rc = intake_buffer_flush(t->store, t->in.buffer);

	while (rc == 0 && !walk.done)
		rc = intake_sweep(t->store, &t->in, &walk, t->in.last, STRETCH, counts);
	return rc != 0 ? trouble(t, rc) : CLI_DONE;
}

static int
finish_store(struct taker *t, const struct taker_file *file)
{
	struct intake_finish f = {.rows = file->rows,
				  .refused = file->refused,
				  .digest = file->digest,
				  .actor = t->import.by,
				  .now = t->at};
	bool more = true;
	int rc = 0;

	while (rc == 0 && more)
		rc = intake_meet(t->store, STRETCH, &more);
	if (rc == 0)
		rc = intake_finish(t->store, &t->in, &f);
	if (rc == 0)
		rc = store_commit(t->store);
	if (rc != 0)
		return trouble(t, rc);
	t->loading = false;
	return CLI_DONE;
}

/* ---- by the daemon ---- */

static json_t *
request_of(const struct taker *t, const char *command)
{
	return json_pack("{s:s, s:s, s:I}", "command", command, "by", t->import.by, "id",
			 (json_int_t)t->in.id);
}

/* Sends a request, which is spent, and gives its reply. */
static int
ask(struct taker *t, json_t *request, json_t **reply)
{
	int status;

	*reply = NULL;
	if (request == NULL)
		return cli_fail(CLI_FAILED, "out of memory");
	status = client_call(t->client, request, reply, false);
	json_decref(request);
	return status;
}

static int64_t
number_of(const json_t *reply, const char *key)
{
	return json_integer_value(json_object_get(reply, key));
}

static int
open_daemon(struct taker *t)
{
	json_t *request = request_of(t, "import-begin"), *reply;
	int status = client_now(t->client, &t->at);

	if (request != NULL) {
		json_object_set_new(request, "kind", json_string(intake_kind_word(t->import.kind)));
		json_object_set_new(request, "mode", json_string(intake_mode_word(t->import.mode)));
		json_object_set_new(request, "file", json_string(t->import.file));
	}
	if (status != CLI_DONE) {
		json_decref(request);
		return status;
	}
	status = ask(t, request, &reply);
	t->in.id = number_of(reply, "id");
	t->in.last = number_of(reply, "last");
	t->loading = status == CLI_DONE;
	json_decref(reply);
	return status;
}

static int
rows_daemon(struct taker *t, struct intake_row *rows, size_t n, struct intake_counts *counts)
{
	json_t *request = request_of(t, "import-rows"), *reply;
	json_t *packed = import_wire_pack(t->import.kind, rows, n);
	int status;

	if (packed == NULL || json_object_set_new(request, "rows", packed) != 0) {
		json_decref(request);
		request = NULL;
	}
	status = ask(t, request, &reply);
	if (status == CLI_DONE)
		import_wire_read(reply, counts, rows, n);
	json_decref(reply);
	return status;
}

/* Repeats a request until its reply says `done`, each with the `after` of the reply before. */
static int
repeat(struct taker *t, const char *command, const char *step, struct intake_counts *counts)
{
	int64_t after = 0;
	int status = CLI_DONE;
	bool done = false;

	while (status == CLI_DONE && !done) {
		json_t *request = request_of(t, command), *reply;

		json_object_set_new(request, "after", json_integer(after));
		json_object_set_new(request, "last", json_integer(t->in.last));
		if (step != NULL)
			json_object_set_new(request, "step", json_string(step));
		status = ask(t, request, &reply);
		if (counts != NULL)
			import_wire_read(reply, counts, NULL, 0);
		after = number_of(reply, "after");
		done = json_is_true(json_object_get(reply, "done"));
		json_decref(reply);
	}
	return status;
}

static int
finish_daemon(struct taker *t, const struct taker_file *file)
{
	int status = repeat(t, "import-finish", "meet", NULL);
	json_t *request, *reply;

	if (status != CLI_DONE)
		return status;
	request = request_of(t, "import-finish");
	json_object_set_new(request, "step", json_string("flip"));
	json_object_set_new(request, "rows", json_integer(file->rows));
	json_object_set_new(request, "refused", json_integer(file->refused));
	if (file->digest != NULL && file->digest[0] != '\0')
		json_object_set_new(request, "digest", json_string(file->digest));
	status = ask(t, request, &reply);
	json_decref(reply);
	if (status == CLI_DONE)
		t->loading = false;
	return status;
}

/* ---- either ---- */

int
taker_open(struct taker **out, struct client *client, const struct taker_import *import)
{
	struct taker *t = calloc(1, sizeof *t);
	int status;

	if ((*out = t) == NULL)
		return cli_fail(CLI_FAILED, "out of memory");
	t->client = client;
	t->import = *import;
	t->store = client_store(client);
	if (t->store == NULL && !client_serving(client))
		status = CLI_FAILED;
	else
		status = t->store != NULL ? open_store(t) : open_daemon(t);
	return status;
}

int
taker_rows(struct taker *t, struct intake_row *rows, size_t n, struct intake_counts *counts)
{
	int rc;

	if (t->store == NULL)
		return rows_daemon(t, rows, n, counts);
	rc = intake_rows(t->store, &t->in, rows, n, counts);
	return rc != 0 ? trouble(t, rc) : CLI_DONE;
}

int
taker_sweep(struct taker *t, struct intake_counts *counts)
{
	return t->store != NULL ? sweep_store(t, counts)
				: repeat(t, "import-finish", "sweep", counts);
}

int
taker_finish(struct taker *t, const struct taker_file *file, int64_t *id, int64_t *at)
{
	int status = t->store != NULL ? finish_store(t, file) : finish_daemon(t, file);

	*id = t->in.id;
	*at = t->at;
	return status;
}

void
taker_close(struct taker *t)
{
	if (t == NULL)
		return;
	if (t->store != NULL)
		store_rollback(t->store); /* nothing, when it was committed */
	else if (t->loading && client_serving(t->client))
		repeat(t, "import-drop", NULL, NULL);
	intake_buffer_free(t->in.buffer);
	free(t);
}
