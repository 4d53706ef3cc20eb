/* dunlin imports, dunlin import undo */
#include "cli.h"
#include "rows.h"
#include "show.h"

#include "gateway/store/intake.h"

#include <inttypes.h>
#include <string.h>

/* ---- the list ---- */

static const struct rows_column columns[] = {
    {"id", "ID", TABLE_RIGHT},
    {"kind", "KIND", 0},
    {"file", "FILE", TABLE_CUT},
    {"at", "AT", 0},
    {"by", "BY", TABLE_CUT},
    {"taken", "TAKEN", TABLE_RIGHT},
    {"known", "KNOWN", TABLE_RIGHT},
    {"refused", "REFUSED", TABLE_RIGHT},
    {"closed", "CLOSED", TABLE_RIGHT},
    {"undone", "UNDONE", 0},
    {"mode", "MODE", 0},
};

struct listing {
	struct rows rows;
	const struct civil_zone *zone;
};

static void
show_import(void *ctx, const struct intake_listed *row)
{
	struct listing *l = ctx;

	rows_begin(&l->rows);
	rows_int(&l->rows, row->id);
	rows_text(&l->rows, row->kind);
	rows_text(&l->rows, row->file);
	rows_time(&l->rows, row->at, l->zone);
	rows_text(&l->rows, row->actor);
	rows_int(&l->rows, row->taken);
	rows_int(&l->rows, row->known);
	rows_int(&l->rows, row->refused);
	rows_int(&l->rows, row->closed);
	rows_bool(&l->rows, row->undone);
	rows_text(&l->rows, row->mode);
	rows_end(&l->rows);
}

static int
list_imports(struct show *s, const struct cli_call *call)
{
	const char *text = cli_option(call, NULL, "since");
	int64_t since = INT64_MIN;
	struct listing l;
	int rc = 0, status;

	if (text != NULL && show_time(s, text, &since) != 0)
		return cli_usage(call,
				 "--since is a day or a time, as 2026-09-15 or "
				 "2026-09-15T10:00, not `%s`",
				 text);
	l.zone = &s->config->lender.zone;
	rows_open(&l.rows, stdout, call->json, columns, sizeof columns / sizeof columns[0]);
	if (s->store != NULL)
		rc = intake_list(s->store, since, s->limit, show_import, &l);
	status = rows_close(&l.rows, "Nothing was imported yet: dunlin import accounts FILE.csv");
	return rc != 0 ? show_failed(s) : status;
}

int
cli_imports(const struct cli_call *call)
{
	struct show s = {0};
	int status = show_open(&s, call);

	if (status == CLI_DONE)
		status = list_imports(&s, call);
	show_close(&s);
	return status;
}

/* ---- undo ---- */

/* The next request is what the reply says, until it is done. */
static int
next_step(struct client *client, json_t **request, const struct cli_call *call)
{
	json_t *reply = NULL;
	int status = client_call(client, *request, &reply, false);

	json_decref(*request);
	*request = reply;
	if (status == CLI_DONE &&
	    (json_object_set_new(reply, "command", json_string("import-undo")) != 0 ||
	     json_object_set_new(reply, "by", json_string(call->by)) != 0))
		status = cli_fail(CLI_FAILED, "out of memory");
	return status;
}

static int
undo(struct client *client, const struct cli_call *call, int64_t id)
{
	json_t *request = json_pack("{s:s, s:s, s:I}", "command", "import-undo", "by", call->by,
				    "import", (json_int_t)id);
	int status = request != NULL ? CLI_DONE : cli_fail(CLI_FAILED, "out of memory");
	int64_t rows;

	while (status == CLI_DONE && !json_is_true(json_object_get(request, "done")))
		status = next_step(client, &request, call);
	rows = json_integer_value(json_object_get(request, "rows"));
	json_decref(request);
	if (status != CLI_DONE)
		return status;
	if (call->json)
		printf("{\"id\":%" PRId64 ",\"undone\":true,\"rows\":%" PRId64 "}\n", id, rows);
	else
		printf("imports/%" PRId64 " was undone: %" PRId64 " row%s taken back\n", id, rows,
		       rows == 1 ? "" : "s");
	return CLI_DONE;
}

int
cli_import_undo(const struct cli_call *call)
{
	const char *text = call->argv[0];
	struct client *client = NULL;
	int64_t id;
	int status;

	/* As the answer of an import names it. */
	if (strncmp(text, "imports/", 8) == 0)
		text += 8;
	if (!cli_integer(text, 1, INT64_MAX, &id))
		return cli_usage(call, "`%s` is no number of an import: dunlin imports lists them",
				 text);
	status = client_open(&client, call->home);
	if (status == CLI_DONE)
		status = undo(client, call, id);
	client_close(client);
	return status;
}
