/* dunlin import plans FILE.csv: instalment plans of many accounts.  Each is taken whole or not at
 * all; what is wrong with the others goes to standard error by line. */
#include "client.h"
#include "jsonl.h"
#include "plan_file.h"

#include <inttypes.h>
#include <string.h>

#define AT_ONCE 100 /* plans of one request: the daemon does other things between two */

struct taking {
	const struct cli_call *call;
	struct client *client;
	const char *path;
	struct complaints wrong;
	json_t *plans;
	int64_t taken;
};

/* Where it stands what an answer refuses: a field of one part, or else whose plan it is. */
static void
find(const json_t *plan, const json_t *answer, int *line, int *col)
{
	const json_t *part = json_object_get(answer, "part");
	const char *column = json_string_value(json_object_get(answer, "column"));
	const json_t *where = NULL;

	if (part != NULL && column != NULL)
		where = json_object_get(
		    json_object_get(json_array_get(json_object_get(plan, "plan"),
						   (size_t)json_integer_value(part)),
				    "where"),
		    column);
	if (where == NULL)
		where = json_object_get(plan, "where");
	*line = (int)json_integer_value(json_array_get(where, 0));
	*col = (int)json_integer_value(json_array_get(where, 1));
}

/* One request of a few plans; `dry`: they are only looked at.  Counts and complains. */
static int
ask(struct taking *t, size_t from, bool dry, bool tell)
{
	json_t *some = json_array(), *reply = NULL;
	json_t *request = json_pack("{s:s, s:s, s:o*, s:b}", "command", "plans", "by", t->call->by,
				    "plans", some, "dry_run", dry);
	int status;

	for (size_t i = from; i < from + AT_ONCE && i < json_array_size(t->plans); i++)
		json_array_append(some, json_array_get(t->plans, i));
	if (request == NULL)
		return cli_fail(CLI_FAILED, "out of memory");
	status = client_call(t->client, request, &reply, true);
	if (status == CLI_REFUSED && dry)
		status = CLI_DONE; /* that is how looking ends */
	for (size_t i = 0; status == CLI_DONE && i < json_array_size(some); i++) {
		json_t *answer = json_array_get(json_object_get(reply, "answers"), i);
		const char *error = json_string_value(json_object_get(answer, "error"));
		json_t *plan = json_array_get(some, i);
		int line, col;

		t->taken += error == NULL;
		if (error == NULL || !tell)
			continue;
		find(plan, answer, &line, &col);
		complaint_add(&t->wrong, t->path, line, col, "%s: %s",
			      json_string_value(json_object_get(plan, "account")), error);
	}
	if (status != CLI_DONE && reply != NULL)
		cli_fail(CLI_FAILED, "%s", json_string_value(json_object_get(reply, "error")));
	json_decref(reply);
	json_decref(request);
	return status;
}

static int
ask_all(struct taking *t, bool dry, bool tell)
{
	int status = CLI_DONE;

	t->taken = 0;
	for (size_t i = 0; status == CLI_DONE && i < json_array_size(t->plans); i += AT_ONCE)
		status = ask(t, i, dry, tell);
	return status;
}

static int
print_json(const struct taking *t, bool dry)
{
	struct jsonl j = {0};
	int rc;

	jsonl_open(&j, NULL, '{');
	jsonl_text(&j, "kind", "plans");
	jsonl_text(&j, "file", t->path);
	jsonl_text(&j, "by", t->call->by);
	jsonl_int(&j, "taken", t->taken);
	jsonl_bool(&j, "dry_run", dry);
	jsonl_open(&j, "mistakes", '[');
	for (size_t i = 0; i < t->wrong.n; i++) {
		jsonl_open(&j, NULL, '{');
		jsonl_int(&j, "line", t->wrong.items[i].line);
		if (t->wrong.items[i].col > 0)
			jsonl_int(&j, "column", t->wrong.items[i].col);
		else
			jsonl_null(&j, "column");
		jsonl_text(&j, "reason", t->wrong.items[i].text);
		jsonl_close(&j, '}');
	}
	jsonl_close(&j, ']');
	jsonl_close(&j, '}');
	jsonl_line(&j);
	rc = jsonl_write(&j, stdout);
	jsonl_clear(&j);
	return rc == 0 ? CLI_DONE : cli_fail(CLI_FAILED, "the answer could not be written");
}

/* With --strict all plans are looked at before the first is taken. */
static int
take(struct taking *t, bool dry, bool strict)
{
	int status = CLI_DONE;

	if (dry || strict)
		status = ask_all(t, true, true);
	if (status == CLI_DONE && strict && t->wrong.errors > 0) {
		t->taken = 0;
		return CLI_REFUSED;
	}
	if (status == CLI_DONE && !dry)
		status = ask_all(t, false, !strict);
	if (status == CLI_DONE && t->taken == 0 && t->wrong.errors > 0)
		status = CLI_REFUSED;
	return status;
}

int
cli_import_plans(const struct cli_call *call)
{
	bool dry = cli_option(call, NULL, "dry-run") != NULL;
	bool strict = cli_option(call, NULL, "strict") != NULL;
	struct taking t = {.call = call, .path = call->argv[1], .plans = json_array()};
	int status;

	if (cli_option(call, NULL, "mode") != NULL)
		status = cli_usage(call, "--mode is for lists of accounts");
	else if (t.plans == NULL)
		status = cli_fail(CLI_FAILED, "out of memory");
	else if ((status = client_open(&t.client, call->home)) == CLI_DONE &&
		 (status = plan_file_read(t.path, NULL, t.plans, &t.wrong)) == CLI_DONE)
		status = take(&t, dry, strict);
	if (!call->json || status == CLI_FAILED)
		complaint_print(stderr, &t.wrong, NULL);
	if (call->json && status != CLI_FAILED && status != CLI_USAGE)
		status = print_json(&t, dry) == CLI_DONE ? status : CLI_FAILED;
	else if (status == CLI_REFUSED)
		cli_fail(CLI_REFUSED, "no plan was taken");
	else if (status == CLI_DONE)
		printf("%s%s: %" PRId64 " plan%s taken, %zu mistake%s\n",
		       dry ? "dry run, nothing was taken: " : "", t.path, t.taken,
		       t.taken == 1 ? "" : "s", t.wrong.errors, t.wrong.errors == 1 ? "" : "s");
	client_close(t.client);
	complaint_clear(&t.wrong);
	json_decref(t.plans);
	return status;
}
