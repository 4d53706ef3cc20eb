/* dunlin import results FILE.csv: what became of the work that left as a list.  The list itself may
 * come back with its columns filled in; rows without a result are not done yet. */
#include "cli.h"
#include "client.h"
#include "jsonl.h"

#include "gateway/base/complaint.h"
#include "gateway/base/csv.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define AT_ONCE 50 /* rows of one request: the daemon does other things between two */

enum {
	COLUMN_TASK,
	COLUMN_ACCOUNT,
	COLUMN_RESULT,
	COLUMN_AT,
	COLUMN_NOTE,
	COLUMN_DATE,
	COLUMN_AMOUNT,
	COLUMNS
};

/* As the file calls them, and as the request does. */
static const struct {
	const char *file, *request;
} columns[COLUMNS] = {{"task_id", "task"}, {"account_id", "account"}, {"result", "result"},
		      {"at", "at"},        {"note", "note"},          {"promise_date", "date"},
		      {"amount", "amount"}};

/* Where a row's fields stand. */
struct place {
	int line, col[COLUMNS];
};

struct taking {
	const struct cli_call *call;
	struct client *client;
	const char *path;
	struct csv *csv;
	int at[COLUMNS]; /* -1: the file has none */
	json_t *rows;    /* of this batch, and where they stand */
	struct place place[AT_ONCE];
	struct complaints wrong;
	int64_t n, taken, known, refused; /* rows with a result; what became of them */
	int64_t begun, id;
};

/* ---- the file ---- */

static int
open_file(struct taking *t)
{
	int rc = csv_open(&t->csv, t->path, t->path, &t->wrong);

	if (rc != 0)
		return rc == -EINVAL ? CLI_REFUSED : CLI_FAILED;
	for (int i = 0; i < COLUMNS; i++)
		t->at[i] = csv_column(t->csv, columns[i].file);
	if (t->at[COLUMN_RESULT] >= 0 && (t->at[COLUMN_TASK] >= 0 || t->at[COLUMN_ACCOUNT] >= 0))
		return CLI_DONE;
	complaint_add(
	    &t->wrong, t->path, csv_header(t->csv)->line, 0,
	    t->at[COLUMN_RESULT] < 0
		? "there is no column `result`: take the work list of dunlin tasks --csv, filled in"
		: "there is no column `task_id`, nor `account_id`: whose results are these?");
	return CLI_REFUSED;
}

static const char *
field(const struct taking *t, const struct csv_row *row, int column)
{
	return t->at[column] >= 0 ? row->fields[t->at[column]].text : "";
}

/* One row as the request has it; NULL when it is wrong, and complained about. */
static json_t *
row_of(struct taking *t, const struct csv_row *row, const struct place *place)
{
	json_t *one = json_object();
	int64_t task;

	for (int i = 0; i < COLUMNS && one != NULL; i++) {
		const char *text = field(t, row, i);

		if (text[0] == '\0')
			continue;
		if (i == COLUMN_TASK && !cli_integer(text, 1, INT64_MAX, &task)) {
			complaint_add(&t->wrong, t->path, place->line, place->col[i],
				      "`%.40s` is not the number of a task", text);
			t->refused++;
			json_decref(one);
			return NULL;
		}
		json_object_set_new(one, columns[i].request,
				    i == COLUMN_TASK ? json_integer(task) : json_string(text));
	}
	return one;
}

static void
keep_row(struct taking *t, const struct csv_row *row)
{
	struct place *place = &t->place[json_array_size(t->rows)];
	json_t *one;

	if (field(t, row, COLUMN_RESULT)[0] == '\0')
		return;
	t->n++;
	place->line = row->line;
	for (int i = 0, line; i < COLUMNS; i++) {
		place->col[i] = 0;
		if (t->at[i] >= 0)
			csv_where(t->csv, (size_t)t->at[i], &line, &place->col[i]);
	}
	if ((one = row_of(t, row, place)) != NULL)
		json_array_append_new(t->rows, one);
}

/* The next rows with a result: CLI_DONE, none at the end. */
static int
read_rows(struct taking *t)
{
	struct csv_row row;

	json_array_clear(t->rows);
	while (json_array_size(t->rows) < AT_ONCE)
		switch (csv_next(t->csv, &row)) {
		case CSV_NEXT_ROW: keep_row(t, &row); break;
		case CSV_NEXT_BAD:
			t->n++;
			t->refused++;
			complaint_add(&t->wrong, t->path, row.bad_line, row.bad_col, "%s", row.why);
			break;
		case CSV_NEXT_END: return CLI_DONE;
		case CSV_NEXT_FAIL:
			complaint_add(&t->wrong, t->path, 0, 0, "%s", row.why);
			return CLI_FAILED;
		}
	return CLI_DONE;
}

/* ---- taking ---- */

static int64_t
number(const json_t *reply, const char *key)
{
	return json_integer_value(json_object_get(reply, key));
}

static void
note_answers(struct taking *t, const json_t *reply)
{
	const json_t *answer;
	size_t i;

	t->taken += number(reply, "taken");
	t->known += number(reply, "known");
	t->refused += number(reply, "refused");
	json_array_foreach(json_object_get(reply, "answers"), i, answer)
	{
		const char *why = json_string_value(json_object_get(answer, "why"));
		const char *column = json_string_value(json_object_get(answer, "column"));
		int64_t row = number(answer, "row");
		int c = 0;

		if (why == NULL || row < 0 || row >= AT_ONCE)
			continue;
		while (c < COLUMNS && (column == NULL || strcmp(columns[c].file, column) != 0))
			c++;
		complaint_add(&t->wrong, t->path, t->place[row].line,
			      c < COLUMNS ? t->place[row].col[c] : 0, "%s", why);
	}
}

static int
ask_rows(struct taking *t, bool check)
{
	json_t *reply = NULL, *request;
	int status;

	request = json_pack("{s:s, s:s, s:O, s:b}", "command", "results", "by", t->call->by, "rows",
			    t->rows, "check", check);
	if (request == NULL)
		return cli_fail(CLI_FAILED, "out of memory");
	status = client_call(t->client, request, &reply, false);
	if (status == CLI_DONE)
		note_answers(t, reply);
	json_decref(reply);
	json_decref(request);
	return status;
}

/* The whole file once. */
static int
run_file(struct taking *t, bool check)
{
	int status = open_file(t);

	t->n = t->taken = t->known = t->refused = 0;
	while (status == CLI_DONE && (status = read_rows(t)) == CLI_DONE &&
	       json_array_size(t->rows) > 0)
		status = ask_rows(t, check);
	csv_close(t->csv);
	t->csv = NULL;
	return status;
}

static int
note_import(struct taking *t)
{
	json_t *reply = NULL, *request;
	int status;

	request = json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I}", "command", "results-end",
			    "by", t->call->by, "file", t->path, "begun", (json_int_t)t->begun,
			    "rows", (json_int_t)t->n, "taken", (json_int_t)t->taken, "known",
			    (json_int_t)t->known, "refused", (json_int_t)t->refused);
	if (request == NULL)
		return cli_fail(CLI_FAILED, "out of memory, or the file's name is not UTF-8");
	status = client_call(t->client, request, &reply, false);
	t->id = number(reply, "id");
	json_decref(reply);
	json_decref(request);
	return status;
}

/* With --strict everything is looked at before the first is taken. */
static int
take(struct taking *t, bool dry, bool strict)
{
	int status = dry || strict ? run_file(t, true) : CLI_DONE;

	if (status != CLI_DONE || (strict && t->refused > 0))
		return status != CLI_DONE ? status : CLI_REFUSED;
	if (dry)
		return t->refused > 0 && t->taken + t->known == 0 ? CLI_REFUSED : CLI_DONE;
	if ((status = client_now(t->client, &t->begun)) != CLI_DONE ||
	    (status = run_file(t, false)) != CLI_DONE)
		return status;
	if (t->refused > 0 && t->taken + t->known == 0)
		return CLI_REFUSED;
	return note_import(t);
}

/* ---- the answer ---- */

static void
json_wrong(struct jsonl *j, const struct complaints *list)
{
	jsonl_open(j, "mistakes", '[');
	for (size_t i = 0; i < list->n; i++) {
		jsonl_open(j, NULL, '{');
		jsonl_int(j, "line", list->items[i].line);
		if (list->items[i].col > 0)
			jsonl_int(j, "column", list->items[i].col);
		else
			jsonl_null(j, "column");
		jsonl_text(j, "reason", list->items[i].text);
		jsonl_close(j, '}');
	}
	jsonl_close(j, ']');
}

static int
print_json(const struct taking *t, bool dry)
{
	struct jsonl j = {0};
	int rc;

	jsonl_open(&j, NULL, '{');
	if (t->id != 0)
		jsonl_int(&j, "id", t->id);
	else
		jsonl_null(&j, "id");
	jsonl_text(&j, "kind", "results");
	jsonl_text(&j, "file", t->path);
	jsonl_text(&j, "by", t->call->by);
	jsonl_int(&j, "taken", t->taken);
	jsonl_int(&j, "known", t->known);
	jsonl_int(&j, "refused", t->refused);
	jsonl_int(&j, "closed", 0);
	jsonl_bool(&j, "undone", false);
	jsonl_int(&j, "rows", t->n);
	jsonl_bool(&j, "dry_run", dry);
	json_wrong(&j, &t->wrong);
	jsonl_close(&j, '}');
	jsonl_line(&j);
	rc = jsonl_write(&j, stdout);
	jsonl_clear(&j);
	return rc == 0 ? CLI_DONE : cli_fail(CLI_FAILED, "the answer could not be written");
}

static int
by_line(const void *a, const void *b)
{
	const struct complaint *x = a, *y = b;

	return x->line != y->line ? x->line - y->line : x->col - y->col;
}

static void
print_people(const struct taking *t, int status, bool dry)
{
	if (status == CLI_REFUSED)
		cli_fail(CLI_REFUSED, "no result was taken");
	if (status != CLI_DONE)
		return;
	if (t->id != 0)
		printf("imports/%" PRId64 ": ", t->id);
	printf("%s%s: %" PRId64 " result%s taken, %" PRId64 " known, %" PRId64 " refused\n",
	       dry ? "dry run, nothing was taken: " : "", t->path, t->taken,
	       t->taken == 1 ? "" : "s", t->known, t->refused);
}

int
cli_import_results(const struct cli_call *call)
{
	bool dry = cli_option(call, NULL, "dry-run") != NULL;
	bool strict = cli_option(call, NULL, "strict") != NULL;
	struct taking t = {.call = call, .path = call->argv[1], .rows = json_array()};
	int status;

	if (cli_option(call, NULL, "mode") != NULL)
		status = cli_usage(call, "--mode is for lists of accounts");
	else if (t.rows == NULL)
		status = cli_fail(CLI_FAILED, "out of memory");
	else if ((status = client_open(&t.client, call->home)) == CLI_DONE)
		status = take(&t, dry, strict);
	if (t.wrong.n > 0)
		qsort(t.wrong.items, t.wrong.n, sizeof *t.wrong.items, by_line);
	if (!call->json || status == CLI_FAILED)
		complaint_print(stderr, &t.wrong, NULL);
	if (!call->json)
		print_people(&t, status, dry);
	else if (status == CLI_DONE || status == CLI_REFUSED)
		status = print_json(&t, dry) == CLI_DONE ? status : CLI_FAILED;
	client_close(t.client);
	complaint_clear(&t.wrong);
	json_decref(t.rows);
	return status;
}
