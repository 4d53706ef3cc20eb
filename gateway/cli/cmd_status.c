/* dunlin status */
#include "modem_rows.h"
#include "route_rows.h"
#include "unselected.h"

#include <inttypes.h>
#include <string.h>

/* How things stand, gathered before anything is shown. */
struct standing {
	struct show show;
	json_t *live; /* the daemon's reply, NULL: none serves */
	struct plan_rules rules;
	struct list_figures figures;
	int64_t held[REASON_COUNT]; /* planned texts by the reason that holds them */
	int64_t sent, failed;       /* texts today, over all routes */
	int64_t unselected;         /* accounts that no campaign selects */
	bool paused, schedule;
	int64_t speed;
};

static int
gather_routes(struct standing *st)
{
	struct show *s = &st->show;
	int rc = 0;

	for (size_t i = 0; i < s->config->n_routes && rc == 0; i++) {
		struct list_route figures;

		rc = list_route(s->store, s->config->routes[i].name, s->now, show_today(s),
				&figures);
		st->sent += figures.sent;
		st->failed += figures.failed;
	}
	return rc;
}

/* In one read transaction: what is sent between two counts must not be missed by both. */
static int
gather_figures(struct standing *st)
{
	struct show *s = &st->show;
	int64_t midnight = civil_instant(facts_lender_zone(s->facts), show_today(s), 0);
	int rc = list_lock(s->store);

	if (rc == 0)
		rc = list_figures(s->store, s->now, midnight, &st->figures);
	if (rc == 0)
		rc = list_held(s->store, st->held, REASON_COUNT);
	if (rc == 0)
		rc = gather_routes(st);
	list_unlock(s->store);
	return rc;
}

static int
gather(struct standing *st)
{
	struct show *s = &st->show;
	char kind[16] = "";
	int status;

	st->live = route_rows_ask(s);
	st->speed =
	    json_integer_value(json_object_get(json_object_get(st->live, "clock"), "speed"));
	if (s->store == NULL)
		return CLI_DONE;
	store_meta_text(s->store, META_CLOCK, kind, sizeof kind);
	st->schedule = strcmp(kind, "schedule") == 0;
	st->paused = store_meta_int(s->store, META_PAUSED, 0) != 0;
	if ((status = show_rules(s, &st->rules)) != CLI_DONE)
		return status;
	if (gather_figures(st) != 0)
		return show_failed(s);
	if (s->config->n_campaigns == 0) /* it has mistakes, and so none */
		return CLI_DONE;
	st->unselected = unselected_walk(s->store, s->facts, s->now, INT64_MAX, NULL, NULL);
	return st->unselected < 0 ? show_failed(s) : CLI_DONE;
}

static bool
campaign_paused(struct standing *st, const char *name)
{
	char key[160];

	snprintf(key, sizeof key, "paused:%s", name);
	return st->show.store != NULL && store_meta_int(st->show.store, key, 0) != 0;
}

/* What holds sending as a whole, REASON_NONE at the end. */
static size_t
holding(const struct standing *st, enum reason out[4])
{
	size_t n = 0;

	if (st->show.store != NULL && st->rules.stopped != REASON_NONE)
		out[n++] = st->rules.stopped;
	if (st->paused && (n == 0 || out[0] != REASON_PAUSED))
		out[n++] = REASON_PAUSED;
	if (st->show.store != NULL && st->show.now >= st->rules.stale_from)
		out[n++] = REASON_STALE;
	if (!st->show.config->live)
		out[n++] = REASON_TEST;
	return n;
}

/* ---- for programs ---- */

static void
json_held(struct jsonl *j, const struct standing *st)
{
	enum reason all[4];
	size_t n = holding(st, all);

	jsonl_open(j, "held", '[');
	for (size_t i = 0; i < n; i++) {
		jsonl_open(j, NULL, '{');
		jsonl_text(j, "reason", reason_word(all[i]));
		jsonl_text(j, "text", reason_what(all[i]));
		jsonl_close(j, '}');
	}
	jsonl_close(j, ']');
}

static void
json_queue(struct jsonl *j, const struct standing *st)
{
	jsonl_open(j, "queue", '{');
	jsonl_int(j, "planned", st->figures.planned);
	jsonl_int(j, "queued", st->figures.queued);
	jsonl_int(j, "sending", st->figures.sending);
	jsonl_int(j, "unknown", st->figures.unknown);
	jsonl_int(j, "calls", st->figures.calls_due);
	jsonl_int(j, "calling", st->figures.calling);
	jsonl_open(j, "reasons", '{');
	for (int i = REASON_NONE + 1; i < REASON_COUNT; i++)
		if (st->held[i] > 0)
			jsonl_int(j, reason_word((enum reason)i), st->held[i]);
	jsonl_close(j, '}');
	jsonl_close(j, '}');
}

static void
json_today(struct jsonl *j, const struct standing *st)
{
	const struct list_figures *f = &st->figures;

	jsonl_open(j, "today", '{');
	jsonl_int(j, "sent", st->sent);
	jsonl_int(j, "failed", st->failed);
	jsonl_int(j, "replied", f->replied);
	jsonl_int(j, "promised", f->promised);
	jsonl_int(j, "kept", f->kept);
	jsonl_int(j, "broken", f->broken);
	jsonl_int(j, "opted_out", f->opted_out);
	jsonl_int(j, "called", f->called);
	jsonl_int(j, "reached", f->reached);
	jsonl_close(j, '}');
	jsonl_open(j, "needs", '{');
	jsonl_int(j, "inbox", f->inbox_waiting);
	jsonl_int(j, "tasks", f->tasks_open);
	jsonl_int(j, "unknown", f->unknown);
	jsonl_int(j, "unselected", st->unselected);
	jsonl_close(j, '}');
	jsonl_int(j, "promises_open", f->promises_open);
}

static void
json_state(struct jsonl *j, struct standing *st)
{
	struct show *s = &st->show;

	jsonl_time(j, "now", s->now, facts_lender_zone(s->facts));
	jsonl_bool(j, "live", s->config->live);
	jsonl_bool(j, "serving", st->live != NULL);
	jsonl_bool(j, "paused", st->paused);
	jsonl_open(j, "paused_campaigns", '[');
	for (size_t i = 0; i < s->config->n_campaigns; i++)
		if (campaign_paused(st, s->config->campaigns[i]->name))
			jsonl_text(j, NULL, s->config->campaigns[i]->name);
	jsonl_close(j, ']');
	jsonl_open(j, "clock", '{');
	jsonl_text(j, "kind", st->schedule ? "schedule" : "true");
	if (st->schedule && st->live == NULL)
		jsonl_int(j, "speed", 0); /* it stands still */
	else
		jsonl_int(j, "speed", st->speed > 0 ? st->speed : 1);
	jsonl_close(j, '}');
}

static void
json_policy(struct jsonl *j, const struct config *config)
{
	jsonl_open(j, "policy", '{');
	jsonl_text(j, "preset", config->preset);
	jsonl_text(j, "version", config->policy.version);
	jsonl_text(j, "override_reason", config->override_reason);
	jsonl_open(j, "widened", '[');
	for (size_t i = 0; i < config->n_widened; i++)
		jsonl_text(j, NULL, config->widened[i]);
	jsonl_close(j, ']');
	jsonl_close(j, '}');
}

static int
status_json(struct standing *st)
{
	struct rows r;
	int rc, ended;

	rows_open(&r, stdout, true, route_rows, ROUTE_ROWS);
	jsonl_open(&r.j, NULL, '{');
	json_state(&r.j, st);
	json_held(&r.j, st);
	json_policy(&r.j, st->show.config);
	jsonl_open(&r.j, "routes", '[');
	rows_within(&r, route_rows, ROUTE_ROWS, NULL);
	rc = route_rows_all(&r, &st->show, st->live);
	jsonl_close(&r.j, ']');
	jsonl_open(&r.j, "modems", '[');
	rows_within(&r, modem_rows, MODEM_ROWS, NULL);
	if (rc == 0)
		rc = modem_rows_all(&r, &st->show, st->live);
	jsonl_close(&r.j, ']');
	json_queue(&r.j, st);
	json_today(&r.j, st);
	jsonl_close(&r.j, '}');
	jsonl_line(&r.j);
	ended = rows_close(&r, NULL);
	return rc != 0 ? show_failed(&st->show) : ended;
}

/* ---- for people ---- */

static void
print_state(struct standing *st)
{
	struct show *s = &st->show;
	char now[ROWS_TIME];
	enum reason all[4];
	size_t n = holding(st, all);

	printf("%s, %s%s\n", s->config->lender.name,
	       rows_time_text(s->now, facts_lender_zone(s->facts), now),
	       st->schedule ? " by the schedule's clock" : "");
	if (st->live == NULL)
		puts("No daemon serves this home; dunlin serve starts it.");
	else if (st->schedule)
		printf("The daemon serves at %" PRId64 " times real time.\n", st->speed);
	else
		puts("The daemon serves.");
	for (size_t i = 0; i < n; i++)
		if (all[i] == REASON_TEST)
			printf("Not live: only the %zu numbers in test_numbers are written to.\n",
			       s->config->n_test_numbers);
		else
			printf("HELD, reason `%s`: %s.\n", reason_word(all[i]),
			       reason_what(all[i]));
	for (size_t i = 0; i < s->config->n_campaigns; i++)
		if (campaign_paused(st, s->config->campaigns[i]->name))
			printf("HELD: campaign `%s` is paused; dunlin resume --campaign %s starts "
			       "it again.\n",
			       s->config->campaigns[i]->name, s->config->campaigns[i]->name);
	printf("Contact rules: %s (dunlin policy shows them).\n", s->config->preset);
	for (size_t i = 0; i < s->config->n_widened; i++)
		printf("WIDER than these rules: %s, because: %s.\n", s->config->widened[i],
		       s->config->override_reason);
	putchar('\n');
}

static void
print_need(bool *any, int64_t n, const char *one, const char *many, const char *command)
{
	if (n == 0)
		return;
	printf("%s%" PRId64 " %s (dunlin %s)", *any ? ", " : "", n, n == 1 ? one : many, command);
	*any = true;
}

static void
print_needs(const struct standing *st)
{
	const struct list_figures *f = &st->figures;
	bool any = false;

	printf("Needs   ");
	print_need(&any, f->inbox_waiting, "reply to read", "replies to read", "inbox");
	print_need(&any, f->tasks_open, "task", "tasks", "tasks");
	print_need(&any, f->unknown, "text of unknown fate", "texts of unknown fate", "resolve");
	print_need(&any, st->unselected, "account no campaign selects",
		   "accounts no campaign selects", "accounts --unselected");
	puts(any ? "" : "nothing");
}

static void
print_figures(const struct standing *st)
{
	const struct list_figures *f = &st->figures;
	const char *before = "  held: ";

	printf("\nQueue   %" PRId64 " queued now, %" PRId64 " planned for later, %" PRId64
	       " on the way\n",
	       f->queued, f->planned, f->sending);
	for (int i = REASON_NONE + 1; i < REASON_COUNT; i++)
		if (st->held[i] > 0) {
			printf("%s%s %" PRId64, before, reason_word((enum reason)i), st->held[i]);
			before = ", ";
		}
	if (before[0] == ',')
		putchar('\n');
	printf("Today   %" PRId64 " sent, %" PRId64 " failed, %" PRId64 " replied, %" PRId64
	       " promised, %" PRId64 " kept, %" PRId64 " broken, %" PRId64 " opted out\n",
	       st->sent, st->failed, f->replied, f->promised, f->kept, f->broken, f->opted_out);
	if (f->calling > 0 || f->calls_due > 0 || f->called > 0)
		printf("Calls   %" PRId64 " under way, %" PRId64 " due, %" PRId64 " today, %" PRId64
		       " of them with the right person\n",
		       f->calling, f->calls_due, f->called, f->reached);
	print_needs(st);
}

static int
status_people(struct standing *st)
{
	struct rows r;
	int rc, ended;

	print_state(st);
	rows_open(&r, stdout, false, route_rows, ROUTE_ROWS);
	rc = route_rows_all(&r, &st->show, st->live);
	ended = rows_close(&r, "No routes: name one under `routes:` in dunlin.yaml.");
	print_figures(st);
	return rc != 0 ? show_failed(&st->show) : ended;
}

int
cli_status(const struct cli_call *call)
{
	struct standing st = {0};
	int status = show_open(&st.show, call);

	if (status != CLI_DONE)
		return status;
	if ((status = gather(&st)) == CLI_DONE)
		status = call->json ? status_json(&st) : status_people(&st);
	json_decref(st.live);
	show_close(&st.show);
	return status;
}
