/* dunlin backup FILE | restore FILE */
#include "cli.h"
#include "client.h"

#include "gateway/base/clock.h"
#include "gateway/command/command.h"
#include "gateway/store/backup.h"
#include "gateway/store/event.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

static void
show_progress(void *ctx, int64_t done, int64_t total)
{
	(void)ctx;
	if (!isatty(STDERR_FILENO) || total == 0)
		return;
	fprintf(stderr, "\r%3d %%", (int)(done * 100 / total));
	if (done == total)
		fputs("\r     \r", stderr);
	fflush(stderr);
}

static int
told(const struct cli_call *call, json_t *reply, const char *text)
{
	if (!call->json) {
		puts(text);
		json_decref(reply);
		return CLI_DONE;
	}
	if (reply == NULL || json_dumpf(reply, stdout, JSON_COMPACT) != 0)
		return cli_fail(CLI_FAILED, "out of memory");
	putchar('\n');
	json_decref(reply);
	return CLI_DONE;
}

/* ---- backup ---- */

int
cli_backup(const struct cli_call *call)
{
	const char *file = call->argv[0], *path;
	char error[256], text[512];
	struct client *client;
	struct stat st;
	int status = client_open(&client, call->home), rc;

	if (status != CLI_DONE)
		return status;
	if ((status = client_store_path(client, &path)) != CLI_DONE) {
		client_close(client);
		return status;
	}
	if (access(path, F_OK) != 0) {
		client_close(client);
		return cli_fail(CLI_REFUSED, "there is no store yet: nothing was imported");
	}
	rc = backup_copy(path, file, show_progress, NULL, error);
	client_close(client);
	if (rc != 0)
		return cli_fail(rc == UV_EEXIST ? CLI_REFUSED : CLI_FAILED, "%s", error);
	if (stat(file, &st) != 0)
		st.st_size = 0;
	snprintf(text, sizeof text, "%s is a whole copy of the store, checked (%.1f MB)", file,
		 (double)st.st_size / 1e6);
	return told(call,
		    json_pack("{s:i, s:s, s:I}", "status", 0, "file", file, "octets",
			      (json_int_t)st.st_size),
		    text);
}

/* ---- restore ---- */

/* The copy knows that it is one: nothing is sent from it until somebody adopts it. */
static int
mark_restored(const char *fresh, const struct cli_call *call, char error[256])
{
	struct event e = {.kind = "restored", .actor = call->by};
	struct event_json data;
	struct store *s;
	int rc = store_open(&s, fresh, STORE_WRITE, error);

	if (rc != 0)
		return rc;
	if ((rc = store_begin(s)) == 0) {
		e.at = command_now(s, clock_system());
		event_json_init(&data);
		event_json_text(&data, "file", call->argv[0]);
		if ((rc = event_append(s, &e, &data)) == 0 &&
		    (rc = store_meta_set_int(s, META_RESTORED, 1)) == 0)
			rc = store_commit(s);
	}
	if (rc != 0)
		snprintf(error, 256, "%s", store_error(s));
	store_rollback(s);
	store_close(s);
	return rc;
}

static int
restore(struct client *client, const struct cli_call *call, const char *path)
{
	char fresh[BACKUP_PATH], kept[BACKUP_PATH], error[256], text[3 * BACKUP_PATH];
	const char *file = call->argv[0];
	struct stat a, b;
	int status, rc;

	if ((status = client_lock(client)) != CLI_DONE)
		return status;
	if (stat(file, &a) != 0)
		return cli_fail(CLI_REFUSED, "%s: %s; the store was left as it is", file,
				strerror(errno));
	if (stat(path, &b) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev)
		return cli_fail(CLI_REFUSED, "%s is the store itself", file);
	if ((rc = backup_check(file, error)) != 0)
		return cli_fail(CLI_REFUSED, "%s; the store was left as it is", error);
	if (snprintf(fresh, sizeof fresh, "%s.restoring", path) >= (int)sizeof fresh)
		return cli_fail(CLI_FAILED, "%s: the name is too long", path);
	unlink(fresh); /* of a restore that was interrupted */
	if ((rc = backup_copy(file, fresh, show_progress, NULL, error)) != 0 ||
	    (rc = mark_restored(fresh, call, error)) != 0 ||
	    (rc = backup_install(fresh, path, kept, error)) != 0) {
		unlink(fresh);
		return cli_fail(CLI_FAILED, "%s", error);
	}
	snprintf(text, sizeof text,
		 "%s is in place%s%s. Nothing is sent until dunlin adopt --since TIME, with the\n"
		 "last moment the copy is sure about.",
		 file, kept[0] != '\0' ? "; what was there is kept as " : "", kept);
	return told(call,
		    json_pack("{s:i, s:s, s:s?}", "status", 0, "file", file, "kept",
			      kept[0] != '\0' ? kept : NULL),
		    text);
}

int
cli_restore(const struct cli_call *call)
{
	struct client *client;
	const char *path;
	int status = client_open(&client, call->home);

	if (status != CLI_DONE)
		return status;
	if ((status = client_store_path(client, &path)) == CLI_DONE)
		status = restore(client, call, path);
	client_close(client);
	return status;
}
