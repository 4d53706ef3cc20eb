/* dunlin evidence ID -o FILE.zip */
#include "cli.h"
#include "client.h"

#include "gateway/base/archive.h"
#include "gateway/base/clock.h"
#include "gateway/dossier/dossier.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

static void
show_progress(void *ctx, int64_t done, int64_t total)
{
	(void)ctx;
	if (total > 20000 && isatty(STDERR_FILENO))
		fprintf(stderr, "\r%3d %%%s", (int)(done * 100 / total),
			done == total ? "\r     \r" : "");
}

/* The event goes into the chain first, so that its own head is in the dossier. */
static int
record(const struct cli_call *call, struct client *client, struct dossier_request *r, char head[80])
{
	json_t *reply = NULL, *request = json_pack("{s:s, s:s, s:s}", "command", "dossier", "by",
						   call->by, "account", call->argv[0]);
	const char *hash;
	int status;

	if (request == NULL)
		return cli_usage(call, "what was typed is not UTF-8");
	status = client_call(client, request, &reply, false);
	r->seq = json_integer_value(json_object_get(reply, "seq"));
	r->now = json_integer_value(json_object_get(reply, "at"));
	r->account = json_integer_value(json_object_get(reply, "id"));
	hash = json_string_value(json_object_get(reply, "head"));
	snprintf(head, 80, "%s", hash != NULL ? hash : "");
	json_decref(reply);
	json_decref(request);
	return status;
}

static int
told(const struct cli_call *call, const struct dossier_request *r, const char *path,
     const char *head)
{
	struct stat st = {0};
	json_t *row;
	int rc;

	if (stat(path, &st) != 0)
		st.st_size = 0;
	if (!call->json) {
		printf("%s is the dossier of %s (%.1f MB): open its index.html, or run its "
		       "check.py.\nIts head, for you to keep elsewhere: %lld:%.16s\n",
		       path, call->argv[0], (double)st.st_size / 1e6, (long long)r->seq, head);
		return CLI_DONE;
	}
	row = json_pack("{s:i, s:s, s:s, s:I, s:s, s:I}", "status", 0, "account", call->argv[0],
			"file", path, "seq", (json_int_t)r->seq, "head", head, "octets",
			(json_int_t)st.st_size);
	rc = row != NULL ? json_dumpf(row, stdout, JSON_COMPACT) : -1;
	json_decref(row);
	putchar('\n');
	return rc == 0 ? CLI_DONE : cli_fail(CLI_FAILED, "the output could not be written");
}

/* `dunlin account ID --json` as text: the caller's to free, NULL with the words printed. */
static char *
account_object(const struct cli_call *call)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int status;

	if (out == NULL) {
		cli_fail(CLI_FAILED, "out of memory");
		return NULL;
	}
	status = cli_account_object(call, out);
	if (fclose(out) == 0 && status == CLI_DONE)
		return text;
	free(text);
	return NULL;
}

static int
write_dossier(const struct cli_call *call, struct client *client, const char *path)
{
	struct dossier_request r = {.by = call->by, .progress = show_progress};
	struct archive *archive = NULL;
	struct config *config;
	char error[256], head[80], *text = NULL;
	int rc, status = client_config_shown(client, &config);

	if (status != CLI_DONE)
		return status;
	/* First the file: an event that tells of a dossier nobody could write would be a pity. */
	if ((rc = archive_open(&archive, path, clock_system(), error)) != 0)
		return cli_fail(rc == UV_EEXIST ? CLI_REFUSED : CLI_FAILED, "%s", error);
	r.config = config;
	if ((status = record(call, client, &r, head)) == CLI_DONE &&
	    (status = client_read(client, &r.store)) == CLI_DONE && r.store != NULL &&
	    (r.account_json = text = account_object(call)) == NULL)
		status = CLI_FAILED;
	if (status != CLI_DONE || r.store == NULL) {
		archive_drop(archive);
	} else if ((rc = dossier_write(&r, archive, error)) != 0) {
		status = cli_fail(rc == UV_EEXIST ? CLI_REFUSED : CLI_FAILED, "%s", error);
	} else {
		status = told(call, &r, path, head);
	}
	free(text);
	return status;
}

int
cli_evidence(const struct cli_call *call)
{
	const char *path = cli_option(call, NULL, "o");
	struct client *client;
	int status;

	if (path == NULL || path[0] == '\0')
		return cli_usage(call, "say where the dossier goes: -o FILE.zip");
	if ((status = client_open(&client, call->home)) != CLI_DONE)
		return status;
	status = write_dossier(call, client, path);
	client_close(client);
	return status;
}
