/* dunlin modems | modems scan | modems test | modems log */
#include "modem_rows.h"
#include "modem_try.h"
#include "route_rows.h"

#include "gateway/base/phone.h"
#include "gateway/store/borrower.h"
#include "gateway/store/event.h"
#include "gateway/store/sim.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PORTS     64
#define LOOK_MS   25000 /* a stick with a slow SIM takes that long to find its network */
#define REPORT_MS 60000

const struct cli_option modems_test_options[] = {
    {"to", "NUMBER", "a number of test_numbers, or a borrower's"}, {0}};

int
cli_modems(const struct cli_call *call)
{
	return route_rows_show(call, modem_rows, MODEM_ROWS, modem_rows_all,
			       "No modems. `dunlin modems scan` tells what is plugged in; name it "
			       "under `routes:` in dunlin.yaml.");
}

/* ---- scan ---- */

static struct modem_try *
port_add(struct modem_try *all, size_t *n, const char *path)
{
	for (size_t i = 0; i < *n; i++)
		if (strcmp(all[i].path, path) == 0)
			return &all[i];
	if (*n == PORTS)
		return NULL;
	all[*n] = (struct modem_try){.vid = -1, .pid = -1};
	snprintf(all[*n].path, sizeof all[*n].path, "%s", path);
	return &all[(*n)++];
}

/* What is plugged in, and what the lender named; a port of a daemon's is left alone. */
static size_t
find_ports(const struct config *config, const json_t *live, struct modem_try *all)
{
	static struct serial_port port[PORTS];
	int found = serial_list(port, PORTS);
	size_t n = 0, kept = 0;

	for (int i = 0; i < found; i++) {
		struct modem_try *t = port[i].vid >= 0 ? port_add(all, &n, port[i].path) : NULL;

		if (t == NULL)
			continue;
		t->vid = port[i].vid;
		t->pid = port[i].pid;
		snprintf(t->what, sizeof t->what, "%s %s", port[i].maker, port[i].product);
	}
	for (size_t i = 0; config != NULL && i < config->n_routes; i++)
		for (size_t k = 0; k < config->routes[i].modem.n_ports; k++)
			port_add(all, &n, config->routes[i].modem.ports[k]);
	for (size_t i = 0; i < n; i++) {
		const json_t *modem;
		size_t at;
		bool held = false;

		json_array_foreach(json_object_get(live, "modems"), at, modem) held |=
		    strcmp(json_string_value(json_object_get(modem, "port")), all[i].path) == 0;
		if (!held)
			all[kept++] = all[i];
	}
	return kept;
}

static const char *
or_unknown(const char *text)
{
	return text[0] != '\0' ? text : "not said";
}

static const char *
signal_word(int dbm)
{
	return dbm == 0 ? "not known" : dbm >= -75 ? "good" : dbm >= -95 ? "fair" : "weak";
}

static bool
is_modem(const struct modem_info *info)
{
	return info->identity.imei[0] != '\0' || info->identity.model[0] != '\0';
}

/* A sentence about each thing that is wrong or may surprise. */
static void
print_troubles(const struct modem_info *info)
{
	if (info->trouble != MODEM_FINE || info->state == MODEM_LOST)
		printf("  WRONG      %s\n",
		       info->reason[0] != '\0' ? info->reason : modem_trouble_text(info->trouble));
	else if (info->state == MODEM_SEARCHING)
		puts("  WRONG      no network yet: is there signal here, and is the SIM active?");
	else if (info->state != MODEM_READY)
		puts("  WRONG      it is slow to start: scan again in a minute");
	if (info->state == MODEM_READY && info->centre[0] == '\0')
		puts("  WRONG      the SIM knows no service centre: texts will be refused. Put it "
		     "into a telephone once, or ask the operator");
	if (info->store_size > 0 && info->store_used >= info->store_size)
		puts("  WRONG      its storage is full: no more texts come in until the daemon has "
		     "read them");
	if (info->reports == MODEM_REPORTS_NONE)
		puts("  NOTE       it does not tell whether texts arrive: they end as `sent`");
}

static void
print_modem(const struct modem_try *t)
{
	static const char *const reports[] = {"not known", "no", "yes", "yes, kept on the SIM"};
	static const char *const voice[] = {"not known", "no", "yes"};
	const struct modem_info *info = &t->info;
	const struct modem_identity *id = &info->identity;

	if (!is_modem(info)) {
		printf("%s%s%s\n  nothing here speaks as a modem: %s\n", t->path,
		       t->what[0] != '\0' ? "  " : "", t->what,
		       info->reason[0] != '\0' ? info->reason : "no answer");
		return;
	}
	printf("%s  %s %s\n", t->path, id->maker, id->model);
	printf("  firmware   %s\n  IMEI       %s\n  SIM        %s\n", or_unknown(id->firmware),
	       or_unknown(id->imei), or_unknown(id->iccid));
	if (id->number[0] != '\0')
		printf("  number     %s\n", id->number);
	printf("  operator   %s, %s\n", or_unknown(info->radio.operator_name),
	       info->radio.registered ? "registered" : "not registered");
	printf("  signal     %s", signal_word(info->radio.dbm));
	if (info->radio.dbm != 0)
		printf(" (%d dBm)", info->radio.dbm);
	printf("\n  centre     %s\n", or_unknown(info->centre));
	if (info->store_size >= 0)
		printf("  storage    %d of %d texts\n", info->store_used, info->store_size);
	printf("  reports    %s\n  voice      %s\n", reports[info->reports], voice[info->voice]);
	print_troubles(info);
}

static void
set_text(json_t *o, const char *key, const char *text)
{
	json_object_set_new(o, key, text[0] != '\0' ? json_string(text) : json_null());
}

static void
print_modem_json(const struct modem_try *t)
{
	const struct modem_info *info = &t->info;
	const struct modem_identity *id = &info->identity;
	json_t *o = json_object();

	json_object_set_new(o, "port", json_string(t->path));
	json_object_set_new(o, "speaks", json_boolean(is_modem(info)));
	set_text(o, "maker", id->maker);
	set_text(o, "model", id->model);
	set_text(o, "firmware", id->firmware);
	set_text(o, "imei", id->imei);
	set_text(o, "iccid", id->iccid);
	set_text(o, "imsi", id->imsi);
	set_text(o, "number", id->number);
	set_text(o, "operator", info->radio.operator_name);
	json_object_set_new(o, "registered", json_boolean(info->radio.registered));
	json_object_set_new(o, "signal",
			    info->radio.dbm != 0 ? json_integer(info->radio.dbm) : json_null());
	set_text(o, "centre", info->centre);
	json_object_set_new(o, "storage_used", json_integer(info->store_used));
	json_object_set_new(o, "storage_size", json_integer(info->store_size));
	set_text(o, "state", modem_state_name(info->state));
	set_text(o, "reason", info->reason);
	json_object_set_new(o, "reports",
			    info->reports == MODEM_REPORTS_UNKNOWN
				? json_null()
				: json_boolean(info->reports != MODEM_REPORTS_NONE));
	json_object_set_new(o, "voice",
			    info->voice == MODEM_VOICE_UNKNOWN
				? json_null()
				: json_boolean(info->voice == MODEM_VOICE_YES));
	json_dumpf(o, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(o);
}

static int
print_all(const struct cli_call *call, struct modem_try *all, size_t n, size_t held)
{
	size_t speaking = 0;

	for (size_t i = 0; i < n; i++) {
		speaking += is_modem(&all[i].info);
		if (call->json)
			print_modem_json(&all[i]);
		else
			print_modem(&all[i]);
		recorder_free(all[i].recorder);
	}
	if (call->json)
		return CLI_DONE;
	if (n == 0 && held > 0)
		puts("No other modem is plugged in.");
	else if (n == 0)
		puts("No modem is plugged in. Plug a stick in and wait half a minute; if it shows "
		     "as a disk only, it needs usb-modeswitch.");
	else
		printf("%zu port%s, %zu of them speak%s AT.\n", n, n == 1 ? "" : "s", speaking,
		       speaking == 1 ? "s" : "");
	return CLI_DONE;
}

int
cli_modems_scan(const struct cli_call *call)
{
	static struct modem_try all[PORTS];
	struct show s;
	json_t *live;
	size_t n;
	int status = show_open(&s, call), rc = 0;

	if (status != CLI_DONE)
		return status;
	live = route_rows_ask(&s);
	if (live != NULL && !call->json)
		puts("The daemon holds these, and they are left alone:\n");
	if (live != NULL) {
		struct rows r;

		rows_open(&r, stdout, call->json, modem_rows, MODEM_ROWS);
		rc = modem_rows_all(&r, &s, live);
		rows_close(&r, "none");
		if (!call->json)
			putchar('\n');
	}
	n = find_ports(s.config, live, all);
	if (!call->json && n > 0)
		fprintf(stderr, "Looking at %zu port%s; this may take half a minute.\n", n,
			n == 1 ? "" : "s");
	modem_try_run(all, n, LOOK_MS, 0);
	status = rc != 0
		     ? show_failed(&s)
		     : print_all(call, all, n, json_array_size(json_object_get(live, "modems")));
	json_decref(live);
	show_close(&s);
	return status;
}

/* ---- test ---- */

struct testing {
	const struct cli_call *call;
	struct client *client;
	struct config *config;
	struct store *store;
	const char *to, *text;
	int64_t account, now;
	char pin[16];
};

/* What is said to a borrower stands in the chain, durable before it leaves. */
static int
note_test(void *ctx)
{
	struct testing *t = ctx;
	struct event e = {
	    .at = t->now, .kind = "modem_test", .actor = t->call->by, .account = t->account};
	struct event_json data;
	int rc;

	event_json_init(&data);
	event_json_text(&data, "number", t->to);
	event_json_text(&data, "text", t->text);
	if ((rc = store_begin(t->store)) != 0) {
		event_json_drop(&data);
		return rc;
	}
	if ((rc = event_append(t->store, &e, &data)) == 0)
		rc = store_commit(t->store);
	else
		store_rollback(t->store);
	return rc;
}

static const char *
pin_for(void *ctx, const char *key)
{
	struct testing *t = ctx;
	int rc;

	for (size_t i = 0; i < t->config->n_routes && t->pin[0] == '\0'; i++)
		if (t->config->routes[i].modem.pin != NULL)
			snprintf(t->pin, sizeof t->pin, "%s", t->config->routes[i].modem.pin);
	if (t->pin[0] == '\0' || store_begin(t->store) != 0)
		return NULL;
	rc = sim_pin_try(t->store, key, t->pin, t->now);
	if (store_commit(t->store) != 0 || rc != 1)
		return NULL;
	return t->pin;
}

/* Only to a number for trying, or one a borrower has now and may be written to. */
static int
check_to(struct testing *t)
{
	int64_t ids[1];
	int n;

	if (!phone_is_e164(t->to))
		return cli_fail(CLI_USAGE, "--to %s is no number: write it as +63917...", t->to);
	if (config_is_test(t->config, t->to))
		return CLI_DONE;
	if ((n = borrower_accounts_of(t->store, t->to, ids, 1)) < 0)
		return cli_fail(CLI_FAILED, "%s", store_error(t->store));
	if (n == 0 || !t->config->live)
		return cli_fail(CLI_REFUSED,
				"%s is not one of test_numbers%s: add it there, then test again",
				t->to, n == 0 ? " and no borrower has it" : ", and live is false");
	if (borrower_opted_out(t->store, t->to))
		return cli_fail(CLI_REFUSED, "%s asked for no more texts", t->to);
	t->account = ids[0];
	return CLI_DONE;
}

static int
print_test(struct modem_try *m)
{
	static const char *const outcomes[] = {
	    "the network took it",     "refused for now",
	    "refused for this number", "refused: the SIM's trouble",
	    "it did not leave",        "no answer came: it may have arrived"};
	char *said = recorder_text(m->recorder);
	int status = CLI_FAILED;

	if (said != NULL)
		fputs(said, stdout);
	free(said);
	recorder_free(m->recorder);
	if (m->refused || !m->answered)
		return cli_fail(CLI_FAILED, "nothing was sent: %s",
				m->info.reason[0] != '\0' ? m->info.reason
							  : "the modem did not get ready");
	printf("\n%s%s%s.\n", outcomes[m->answer.outcome], m->why[0] != '\0' ? ": " : "", m->why);
	if (m->answer.outcome == MODEM_ACCEPTED) {
		status = CLI_DONE;
		if (m->reported)
			printf("The report: %s.\n", pdu_status_text(m->status));
		else
			puts("No report came within a minute: texts over this stick may end as "
			     "`sent`.");
		if (m->reported && pdu_fate(m->status) != PDU_DELIVERED)
			status = CLI_FAILED;
	}
	return status;
}

int
cli_modems_test(const struct cli_call *call)
{
	static struct modem_try m;
	struct testing t = {.call = call, .text = "Dunlin: this is a test of the modem."};
	int status;

	if ((t.to = cli_option(call, NULL, "to")) == NULL)
		return cli_usage(call, "--to NUMBER is missing: who is to get the test text?");
	if ((status = client_open(&t.client, call->home)) != CLI_DONE)
		return status;
	if ((status = client_config(t.client, &t.config)) != CLI_DONE ||
	    (status = client_now(t.client, &t.now)) != CLI_DONE)
		goto out;
	if (client_serving(t.client)) {
		status =
		    cli_fail(CLI_REFUSED, "the daemon holds the modems: stop it to test one, or "
					  "use `dunlin send --to`");
		goto out;
	}
	if ((t.store = client_store(t.client)) == NULL) {
		status = CLI_FAILED;
		goto out;
	}
	if ((status = check_to(&t)) != CLI_DONE)
		goto out;
	m = (struct modem_try){.vid = -1,
			       .pid = -1,
			       .to = t.to,
			       .text = t.text,
			       .may = note_test,
			       .pin = pin_for,
			       .ctx = &t};
	snprintf(m.path, sizeof m.path, "%s", call->argv[0]);
	modem_try_run(&m, 1, LOOK_MS * 2, REPORT_MS);
	status = print_test(&m);
out:
	explicit_bzero(t.pin, sizeof t.pin);
	client_close(t.client);
	return status;
}

/* ---- log ---- */

static int
print_file(const char *path)
{
	char octets[4096];
	FILE *in = fopen(path, "re");
	size_t n;

	if (in == NULL)
		return UV_ENOENT;
	while ((n = fread(octets, 1, sizeof octets, in)) > 0)
		fwrite(octets, 1, n, stdout);
	fclose(in);
	return 0;
}

/* What was kept when a modem was in trouble, or closed. */
static int
print_kept(const char *home, const char *which)
{
	char path[1024];
	struct dirent *entry;
	DIR *folder;
	int found = 0;

	snprintf(path, sizeof path, "%s/modems", home);
	if ((folder = opendir(path)) == NULL)
		return 0;
	while ((entry = readdir(folder)) != NULL) {
		size_t n = strlen(entry->d_name);

		if (n < 5 || strcmp(entry->d_name + n - 4, ".log") != 0 ||
		    (which[0] != '\0' &&
		     (strlen(which) != n - 4 || strncmp(entry->d_name, which, n - 4) != 0)))
			continue;
		snprintf(path, sizeof path, "%s/modems/%s", home, entry->d_name);
		printf("# %.*s\n", (int)(n - 4), entry->d_name);
		found += print_file(path) == 0;
	}
	closedir(folder);
	return found;
}

static int
print_live(struct client *client, const char *which)
{
	json_t *request = json_pack("{s:s, s:s}", "command", "modems-said", "which", which);
	json_t *reply = NULL;
	const json_t *one;
	size_t i;
	int found = 0;

	client_call(client, request, &reply, false);
	json_array_foreach(json_object_get(reply, "modems"), i, one)
	{
		printf("# %s %s\n%s", json_string_value(json_object_get(one, "port")),
		       json_string_value(json_object_get(one, "imei")),
		       json_string_value(json_object_get(one, "said")));
		found++;
	}
	json_decref(request);
	json_decref(reply);
	return found;
}

int
cli_modems_log(const struct cli_call *call)
{
	const char *which = call->argc > 0 ? call->argv[0] : "";
	struct client *client;
	int status = client_open(&client, call->home), found = 0;

	if (status != CLI_DONE)
		return status;
	if (client_serving(client))
		found = print_live(client, which);
	if (found == 0)
		found = print_kept(call->home, which);
	if (found == 0)
		status = cli_fail(CLI_REFUSED,
				  "nothing was recorded%s%s: a modem's log is kept "
				  "while a daemon serves, and by IMEI afterwards",
				  which[0] != '\0' ? " of " : "", which);
	client_close(client);
	return status;
}
