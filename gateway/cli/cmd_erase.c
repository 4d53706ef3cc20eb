/* dunlin erase ID --reason WORD [--yes] | purge [--dry-run] */
#include "change.h"
#include "client.h"

#include "gateway/call/tapes.h"
#include "gateway/store/erase.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#define SCRUB_TRIES 20
#define SCRUB_MS    250

static const char *
option(const struct cli_call *call, const char *name)
{
	return cli_option(call, NULL, name);
}

/* ---- erase ---- */

/* Older pages stand in the -wal until it is empty; a reader may be in the way for a moment. */
static bool
scrub(struct client *client, const char *home)
{
	struct timespec rest = {.tv_nsec = SCRUB_MS * 1000000L};
	char error[256];
	const char *path;

	if (client_store_path(client, &path) != CLI_DONE)
		return false;
	tapes_sweep(home, path, 0);
	for (int i = 0; i < SCRUB_TRIES; i++) {
		if (erase_scrub(path, error) == 0)
			return true;
		nanosleep(&rest, NULL);
	}
	return false;
}

/* The bulk, in short steps: a daemon goes on sending between them. */
static int
erase_rest(struct client *client, const struct cli_call *call)
{
	bool more = true;
	int status = CLI_DONE;

	while (more && status == CLI_DONE) {
		json_t *reply = NULL,
		       *request = json_pack("{s:s, s:s, s:s}", "command", "erase-step", "by",
					    call->by, "account", call->argv[0]);

		if (request == NULL)
			return cli_fail(CLI_FAILED, "out of memory");
		status = client_call(client, request, &reply, false);
		more = json_is_true(json_object_get(reply, "more"));
		json_decref(reply);
		json_decref(request);
	}
	return status;
}

static int
erased(const struct cli_call *call, json_t *reply, bool clean)
{
	const char *text = json_string_value(json_object_get(reply, "text"));

	if (call->json) {
		json_object_set_new(reply, "file_clean", json_boolean(clean));
		json_dumpf(reply, stdout, JSON_COMPACT);
		putchar('\n');
		return CLI_DONE;
	}
	printf("%s.\n", text != NULL ? text : "It is erased");
	puts(clean
		 ? "The bytes are overwritten in the store and its log."
		 : "The bytes are overwritten in the store; its log still holds older pages until "
		   "the daemon has\nwritten on. Run this command again, or stop and start the "
		   "daemon, to be sure.");
	puts("Out of reach, and for you to see to: backups and copies of the store, the lists it "
	     "was imported\nfrom, files of `type: file` routes, dossiers, logs, and what the "
	     "operator keeps.");
	return CLI_DONE;
}

static int
erase(const struct cli_call *call, struct client *client)
{
	json_t *reply = NULL, *request;
	const char *reason = option(call, "reason");
	int status;

	request =
	    json_pack("{s:s, s:s, s:s, s:s, s:b}", "command", "erase", "by", call->by, "account",
		      call->argv[0], "reason", reason, "yes", option(call, "yes") != NULL);
	if (request == NULL)
		return cli_usage(call, "what was typed is not UTF-8");
	status = client_call(client, request, &reply, false);
	json_decref(request);
	if (status == CLI_DONE && (status = erase_rest(client, call)) == CLI_DONE)
		status = erased(call, reply, scrub(client, call->home));
	json_decref(reply);
	return status;
}

int
cli_erase(const struct cli_call *call)
{
	struct client *client;
	int status;

	if (option(call, "reason") == NULL)
		return cli_usage(call, "--reason WORD is missing: why, in one word that names no "
				       "person, such as request or court");
	if ((status = client_open(&client, call->home)) != CLI_DONE)
		return status;
	status = erase(call, client);
	client_close(client);
	return status;
}

/* ---- purge ---- */

static const char *const figures[] = {"accounts", "removed", "events", "texts", "others"};
#define FIGURES (sizeof figures / sizeof *figures)

static void
add_up(json_t *sum, const json_t *reply)
{
	for (size_t i = 0; i < FIGURES; i++)
		json_object_set_new(
		    sum, figures[i],
		    json_integer(json_integer_value(json_object_get(sum, figures[i])) +
				 json_integer_value(json_object_get(reply, figures[i]))));
}

static json_int_t
figure(const json_t *sum, const char *key)
{
	return json_integer_value(json_object_get(sum, key));
}

static int
purged(const struct cli_call *call, json_t *sum, int64_t before, bool dry)
{
	time_t seconds = (time_t)(before / 1000);
	char day[16] = "";
	struct tm tm;

	if (gmtime_r(&seconds, &tm) != NULL)
		strftime(day, sizeof day, "%Y-%m-%d", &tm);
	if (call->json) {
		json_object_set_new(sum, "before", json_string(day));
		json_object_set_new(sum, "dry_run", json_boolean(dry));
		json_dumpf(sum, stdout, JSON_COMPACT);
		putchar('\n');
		return CLI_DONE;
	}
	if (figure(sum, "accounts") + figure(sum, "texts") == 0) {
		printf("Nothing is older than %s and has nothing open.\n", day);
		return CLI_DONE;
	}
	printf("Older than %s: %" PRId64 " text%s and replies, what %" PRId64
	       " events told, of %" PRId64 " account%s,\n%" PRId64 " of them whole, %s.\n",
	       day, (int64_t)figure(sum, "texts"), figure(sum, "texts") == 1 ? "" : "s",
	       (int64_t)figure(sum, "events"), (int64_t)figure(sum, "accounts"),
	       figure(sum, "accounts") == 1 ? "" : "s", (int64_t)figure(sum, "removed"),
	       dry ? "would go" : "are gone");
	return CLI_DONE;
}

static int
purge(const struct cli_call *call, struct client *client, json_t *sum)
{
	bool dry = option(call, "dry-run") != NULL, done = false, strangers = false;
	json_int_t after = 0;
	int64_t before = 0;
	int status = CLI_DONE;

	while (!done && status == CLI_DONE) {
		json_t *reply = NULL, *request = json_pack("{s:s, s:s, s:I, s:b, s:b}", "command",
							   "purge", "by", call->by, "after", after,
							   "strangers", strangers, "dry_run", dry);

		if (request == NULL)
			return cli_fail(CLI_FAILED, "out of memory");
		if ((status = client_call(client, request, &reply, false)) == CLI_DONE) {
			done = json_is_true(json_object_get(reply, "done"));
			strangers = json_is_true(json_object_get(reply, "strangers"));
			after = figure(reply, "after");
			before = figure(reply, "before");
			add_up(sum, reply);
		}
		json_decref(reply);
		json_decref(request);
	}
	return status == CLI_DONE ? purged(call, sum, before, dry) : status;
}

int
cli_purge(const struct cli_call *call)
{
	json_t *sum = json_object();
	struct client *client;
	int status = client_open(&client, call->home);

	if (status != CLI_DONE) {
		json_decref(sum);
		return status;
	}
	status = sum != NULL ? purge(call, client, sum) : cli_fail(CLI_FAILED, "out of memory");
	json_decref(sum);
	client_close(client);
	return status;
}
