#include "change.h"

#include "client.h"

#include <stdio.h>

void
change_begin(struct change *c, const struct cli_call *call, const char *command)
{
	*c = (struct change){.call = call, .request = json_object()};
	change_text(c, "command", command);
	change_text(c, "by", call->by);
}

static void
put(struct change *c, const char *key, json_t *value)
{
	if (json_object_set_new(c->request, key, value) != 0) {
		json_decref(c->request);
		c->request = NULL;
	}
}

void
change_text(struct change *c, const char *key, const char *value)
{
	json_t *text;

	if (value == NULL || c->request == NULL)
		return;
	if ((text = json_string(value)) == NULL)
		c->bad = key; /* not UTF-8, or no memory for it */
	else
		put(c, key, text);
}

void
change_int(struct change *c, const char *key, int64_t value)
{
	if (c->request != NULL)
		put(c, key, json_integer(value));
}

void
change_value(struct change *c, const char *key, json_t *value)
{
	if (c->request != NULL)
		put(c, key, value);
	else
		json_decref(value);
}

void
change_flag(struct change *c, const char *key, const char *given)
{
	if (c->request != NULL && given != NULL)
		put(c, key, json_true());
}

static const char *
word(const json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text != NULL ? text : "";
}

/* What adopt lists: a person asks those borrowers, or lets it be. */
static void
show_said(const json_t *said)
{
	const json_t *row;
	size_t i;

	json_array_foreach(said, i, row)
	{
		printf("  %.16s  %s  %s  %s  %s  message %" JSON_INTEGER_FORMAT "\n",
		       word(row, "at"), word(row, "account"), word(row, "to"), word(row, "step"),
		       word(row, "status"), json_integer_value(json_object_get(row, "id")));
	}
}

static void
show(const struct cli_call *call, const json_t *reply)
{
	const char *text = json_string_value(json_object_get(reply, "text"));

	if (call->json && reply != NULL) {
		json_dumpf(reply, stdout, JSON_COMPACT);
		putchar('\n');
	} else if (text != NULL) {
		puts(text);
		show_said(json_object_get(reply, "may_have_been_said"));
	}
}

int
change_end(struct change *c)
{
	struct client *client;
	json_t *reply = NULL;
	int status;

	if (c->bad != NULL || c->request == NULL) {
		json_decref(c->request);
		if (c->bad != NULL)
			return cli_usage(c->call, "`%s` is not written in UTF-8", c->bad);
		return cli_fail(CLI_FAILED, "out of memory");
	}
	status = client_open(&client, c->call->home);
	if (status == CLI_DONE) {
		status = client_call(client, c->request, &reply, false);
		show(c->call, reply);
		json_decref(reply);
		client_close(client);
	}
	json_decref(c->request);
	return status;
}
