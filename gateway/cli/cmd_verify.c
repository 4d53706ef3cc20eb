/* dunlin verify [--head HEAD] [--heads FILE] */
#include "gateway/store/event_verify.h"
#include "show.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEAD_DIGITS 16   /* a shorter one could be met by chance */
#define HEADS_LINE  4096 /* octets of a line that are looked at */

/* Heads as people wrote them down. */
struct heads {
	struct event_wanted *at;
	size_t n, cap;
};

/* ---- heads from outside ---- */

/* SEQ:HASH or HASH, at least 16 hexadecimal digits of it. */
static bool
read_head(const char *text, size_t len, struct event_wanted *out)
{
	const char *colon = memchr(text, ':', len);
	char digits[24], hex[2 * EVENT_HASH + 1];
	size_t before = colon != NULL ? (size_t)(colon - text) : 0;

	*out = (struct event_wanted){0};
	if (colon != NULL) {
		if (before >= sizeof digits)
			return false;
		snprintf(digits, sizeof digits, "%.*s", (int)before, text);
		if (!cli_integer(digits, 1, INT64_MAX, &out->seq))
			return false;
		text += before + 1;
		len -= before + 1;
	}
	if (len < HEAD_DIGITS || len >= sizeof hex || len % 2 != 0)
		return false;
	snprintf(hex, sizeof hex, "%.*s", (int)len, text);
	return sodium_hex2bin(out->hash, sizeof out->hash, hex, len, NULL, &out->octets, NULL) ==
		   0 &&
	       out->octets == len / 2;
}

static bool
add_head(struct heads *h, const struct event_wanted *head)
{
	if (h->n == h->cap) {
		size_t cap = h->cap == 0 ? 64 : h->cap * 2;
		struct event_wanted *grown = realloc(h->at, cap * sizeof *grown);

		if (grown == NULL)
			return false;
		h->at = grown;
		h->cap = cap;
	}
	h->at[h->n++] = *head;
	return true;
}

/* Every word that is a head, so that digests can be kept as the texts they came in. */
static int
read_words(struct heads *h, const char *line)
{
	static const char apart[] = " \t\r\n.,;\"'()[]{}|";
	struct event_wanted head;
	size_t len;

	for (; *line != '\0'; line += len) {
		line += strspn(line, apart);
		len = strcspn(line, apart);
		if (read_head(line, len, &head) && !add_head(h, &head))
			return cli_fail(CLI_FAILED, "out of memory");
	}
	return CLI_DONE;
}

static int
read_file(struct heads *h, const char *path)
{
	FILE *file = fopen(path, "r");
	char line[HEADS_LINE];
	size_t before = h->n;
	int status = CLI_DONE;

	if (file == NULL)
		return cli_fail(CLI_FAILED, "%s cannot be read: %s", path, strerror(errno));
	while (status == CLI_DONE && fgets(line, sizeof line, file) != NULL)
		status = read_words(h, line);
	fclose(file);
	if (status == CLI_DONE && h->n == before)
		status = cli_fail(CLI_REFUSED,
				  "%s holds no head: one is written SEQ:HASH, as in heads.txt of a "
				  "dossier or behind `Chain` in the daily text",
				  path);
	return status;
}

static int
read_heads(const struct cli_call *call, struct heads *h)
{
	const char *head = cli_option(call, NULL, "head"), *file = cli_option(call, NULL, "heads");
	struct event_wanted one;

	if (head != NULL && !read_head(head, strlen(head), &one))
		return cli_usage(call,
				 "`%s` is no head: it is SEQ:HASH, or at least %d hexadecimal "
				 "digits of the hash",
				 head, HEAD_DIGITS);
	if (head != NULL && !add_head(h, &one))
		return cli_fail(CLI_FAILED, "out of memory");
	return file != NULL ? read_file(h, file) : CLI_DONE;
}

/* ---- what was found ---- */

static json_t *
json_faults(const struct event_verdict *v)
{
	json_t *list = json_array();

	for (size_t i = 0; list != NULL && i < v->n_faults; i++)
		json_array_append_new(list,
				      json_pack("{s:I, s:s}", "seq", (json_int_t)v->fault[i].seq,
						"text", v->fault[i].what));
	return list;
}

static int
print_json(const struct event_verdict *v)
{
	json_t *row = json_pack("{s:b, s:I, s:I, s:I, s:s, s:I, s:o, s:s?, s:I, s:o}", "whole",
				v->bad_seq == 0, "events", (json_int_t)v->events, "erased",
				(json_int_t)v->erased, "heads", (json_int_t)v->heads, "head",
				v->head, "head_seq", (json_int_t)v->head_seq, "bad_seq",
				v->bad_seq != 0 ? json_integer(v->bad_seq) : json_null(), "text",
				v->bad_seq != 0 ? v->what : NULL, "wrong", (json_int_t)v->faults,
				"faults", json_faults(v));
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
		printf("The chain is BROKEN. %" PRId64 " event%s before the first fault %s good.\n",
		       v->events, v->events == 1 ? "" : "s", v->events == 1 ? "is" : "are");
	for (size_t i = 0; i < v->n_faults; i++)
		printf("  event %" PRId64 ": %s\n", v->fault[i].seq, v->fault[i].what);
	if (v->faults > (int64_t)v->n_faults)
		printf("  and %" PRId64 " more\n", v->faults - (int64_t)v->n_faults);
	if (v->heads > 0)
		printf("Held against %" PRId64 " head%s given out.\n", v->heads,
		       v->heads == 1 ? "" : "s");
	printf("head %" PRId64 ":%s\n", v->head_seq, v->head);
}

static void
show_progress(void *ctx, int64_t done, int64_t total)
{
	(void)ctx;
	if (total > 0 && isatty(STDERR_FILENO))
		fprintf(stderr, "\r%3d %%\r", (int)((done < total ? done : total) * 100 / total));
}

/* ---- the command ---- */

static int
verify(const struct cli_call *call, struct client *client, struct heads *heads)
{
	struct event_verdict verdict = {0};
	struct store *store;
	int status = client_read(client, &store);

	if (status != CLI_DONE)
		return status;
	if (store == NULL && !call->json) {
		puts("There is no store yet, so there is nothing to verify.");
		return heads->n > 0 ? CLI_REFUSED : CLI_DONE;
	}
	if (store != NULL &&
	    event_verify_with(store, heads->at, heads->n, show_progress, NULL, &verdict) != 0)
		return cli_fail(CLI_FAILED, "%s", store_error(store));
	if (call->json)
		status = print_json(&verdict);
	else
		print_people(&verdict);
	return status == CLI_DONE && verdict.bad_seq != 0 ? CLI_REFUSED : status;
}

int
cli_verify(const struct cli_call *call)
{
	struct heads heads = {0};
	struct client *client;
	int status = read_heads(call, &heads);

	if (status == CLI_DONE && (status = client_open(&client, call->home)) == CLI_DONE) {
		status = verify(call, client, &heads);
		client_close(client);
	}
	free(heads.at);
	return status;
}
