/* dunlin verify */
#include "gateway/store/event.h"
#include "show.h"

#include <inttypes.h>
#include <jansson.h>

static int
print_json(const struct event_verdict *v)
{
	json_t *row =
	    json_pack("{s:b, s:I, s:I, s:s, s:o, s:s?}", "whole", v->bad_seq == 0, "events",
		      (json_int_t)v->events, "erased", (json_int_t)v->erased, "head", v->head,
		      "bad_seq", v->bad_seq != 0 ? json_integer(v->bad_seq) : json_null(), "text",
		      v->bad_seq != 0 ? v->what : NULL);
	int rc = row != NULL ? json_dumpf(row, stdout, JSON_COMPACT) : -1;

	json_decref(row);
	putchar('\n');
	return rc == 0 ? CLI_DONE : cli_fail(CLI_FAILED, "the output could not be written");
}

static void
print_people(const struct event_verdict *v)
{
	if (v->bad_seq == 0)
		printf("The chain is whole: %" PRId64 " event%s, %" PRId64 " of them erased\n",
		       v->events, v->events == 1 ? "" : "s", v->erased);
	else
		printf("The chain is BROKEN at event %" PRId64 ": %s\n%" PRId64
		       " event%s before it are good\n",
		       v->bad_seq, v->what, v->events, v->events == 1 ? "" : "s");
	printf("head %s\n", v->head);
}

int
cli_verify(const struct cli_call *call)
{
	struct event_verdict verdict = {0};
	struct client *client;
	struct store *store;
	int status = client_open(&client, call->home);

	if (status != CLI_DONE)
		return status;
	status = client_read(client, &store);
	if (status == CLI_DONE && store != NULL && event_verify(store, &verdict) != 0)
		status = cli_fail(CLI_FAILED, "%s", store_error(store));
	if (status == CLI_DONE && store == NULL && !call->json)
		puts("There is no store yet, so there is nothing to verify.");
	else if (status == CLI_DONE && call->json)
		status = print_json(&verdict);
	else if (status == CLI_DONE)
		print_people(&verdict);
	if (status == CLI_DONE && verdict.bad_seq != 0)
		status = CLI_REFUSED;
	client_close(client);
	return status;
}
