#include "handover_call.h"

#include "gateway/store/borrower.h"
#include "gateway/store/calls.h"
#include "gateway/store/report_rule.h"
#include "gateway/store/sim.h"

#include <string.h>
#include <uv.h>

#define RETRY_MS       60000
#define ROWS           64
#define CLOCK_SLACK_MS 5000

/* One row on its way through the decision. */
struct deciding {
	struct store *s;
	struct handover_call *h;
	struct plan_rules rules;
	struct calls_row row;
	const struct facts_account *account;
	struct plan_row plan;
	const struct config_script *script;
};

/* ---- records ---- */

static void
describe(const struct deciding *d, enum plan_decision decision, struct event_json *data)
{
	event_json_init(data);
	event_json_int(data, "call", d->row.id);
	event_json_text(data, "step", d->row.step);
	event_json_text(data, "decision", plan_decision_word(decision));
	event_json_text(data, "reason",
			d->plan.reason != REASON_NONE ? reason_word(d->plan.reason) : NULL);
	event_json_text(data, "rule", d->plan.rule);
	event_json_text(data, "policy", d->h->config->policy.version);
}

static int
record(struct deciding *d, enum plan_decision decision, int64_t until)
{
	struct event_json data;

	describe(d, decision, &data);
	if (until != 0)
		event_json_int(&data, "until", until);
	return event_tell(d->s, "decision", "dunlin", d->row.account, 0, d->h->now, &data);
}

/* ---- what does not go ---- */

static int
end(struct deciding *d, int status, enum reason reason, const char *why)
{
	return calls_drop(d->s, &d->row, status, reason, d->h->now, "dunlin", why);
}

/* A row that was held is asked about again at the campaign's hour of the next local day. */
static int64_t
ask_again(const struct deciding *d)
{
	const struct civil_zone *zone = d->account->zone;
	const struct campaign *c =
	    d->row.campaign != NULL ? config_campaign(d->h->config, d->row.campaign) : NULL;
	int64_t at = civil_instant(zone, civil_local(zone, d->h->now).day + 1,
				   c != NULL ? c->at : 10 * 3600);

	return at > d->h->now ? at : d->h->now + RETRY_MS;
}

static int
hold_back(struct deciding *d, enum reason reason)
{
	int rc;

	d->plan.reason = reason;
	if ((rc = record(d, PLAN_SKIP, 0)) != 0 ||
	    (rc = report_rule_note(d->s, d->h->now, REPORT_HELD, reason, d->plan.rule)) != 0)
		return rc;
	return calls_move(d->s, d->row.id, ask_again(d), reason);
}

static bool
ends(enum reason reason)
{
	return reason == REASON_SUPERSEDED || reason == REASON_PAID ||
	       reason == REASON_CAMPAIGN_CHANGED || reason == REASON_TEST || reason == REASON_DONE;
}

/* A call by hand has no `late` days to give up by: what bars it ends it. */
static bool
is_barred(enum reason reason)
{
	return reason == REASON_OPTED_OUT || reason == REASON_WRONG_NUMBER ||
	       reason == REASON_THIRD_PARTY || reason == REASON_BARRED ||
	       reason == REASON_NO_PHONE || reason == REASON_TEST || reason == REASON_ERASED;
}

static int
not_now(struct deciding *d)
{
	enum reason reason = d->plan.reason;
	int rc;

	if (d->plan.decision == PLAN_DEFER) {
		if ((rc = record(d, PLAN_DEFER, d->plan.at)) != 0 ||
		    (rc = report_rule_note(d->s, d->h->now, REPORT_MOVED, reason, d->plan.rule)) !=
			0)
			return rc;
		return calls_move(d->s, d->row.id, d->plan.at,
				  d->row.reason == REASON_RETRY ? REASON_RETRY : reason);
	}
	if (!ends(reason) && (d->row.class == CLASS_CAMPAIGN || !is_barred(reason)))
		return hold_back(d, reason);
	if ((rc = record(d, PLAN_SKIP, 0)) != 0)
		return rc;
	return end(d,
		   reason == REASON_PAID || reason == REASON_CAMPAIGN_CHANGED ? CALLS_CANCELLED
									      : CALLS_SKIPPED,
		   reason, NULL);
}

/* ---- deciding ---- */

static int
ask(struct deciding *d)
{
	struct facts *facts = *d->h->facts;
	enum campaign_channel channel;
	size_t index;
	int day, rc = facts_load_account(facts, d->s, d->row.account, d->h->now, &index);

	if (rc == UV_ENOENT)
		return end(d, CALLS_CANCELLED, REASON_CAMPAIGN_CHANGED,
			   "the account is in no list any more");
	if (rc != 0)
		return rc;
	d->account = facts_account(facts, index);
	if (d->row.step == NULL) {
		plan_decide_manual(facts_person(facts), &d->rules, d->h->now, index, CAMPAIGN_CALL,
				   false, &d->plan);
		if (d->plan.sums.index >= 0)
			d->plan.due =
			    facts_person(facts)->accounts[index].amounts[d->plan.sums.index].due;
	} else if (campaign_step_parse(d->row.step, strlen(d->row.step), &day, &channel) == 0) {
		plan_decide(facts_person(facts), &d->rules, d->h->now, index, d->row.due, day,
			    channel, &d->plan);
	}
	return d->plan.decision == PLAN_SEND ? 1 : not_now(d);
}

/* Nobody is called who could not prove who he is, nor by a script that is not there. */
static int
find_script(struct deciding *d)
{
	const char *name = d->plan.step != NULL ? d->plan.step->name : d->row.script;

	if ((d->script = config_script(d->h->config, name)) == NULL)
		return hold_back(d, REASON_NO_SCRIPT);
	if (d->script->asks_check && !d->account->has_check) {
		d->plan.rule = FACTS_RULE_CHECK;
		return hold_back(d, REASON_NO_CHECK);
	}
	return 1;
}

/* No route places calls to this number, or another does by now. */
static int
find_route(struct deciding *d)
{
	const struct config *c = d->h->config;

	if (d->account->voice < 0)
		return hold_back(d, REASON_NO_ROUTE);
	if (d->h->route != NULL && &c->routes[d->account->voice] == d->h->route)
		return 1;
	d->h->rerouted = true;
	return calls_plan(d->s, d->row.id, c->routes[d->account->voice].name, NULL, NULL);
}

static int
decide(struct deciding *d)
{
	int rc = ask(d);

	if (rc == 1)
		rc = find_script(d);
	return rc == 1 ? find_route(d) : rc;
}

/* The SIM the number stays with, where it can call; else any that is free.  0: none is now. */
static int
choose_sim(struct deciding *d, int64_t *sim)
{
	const struct handover_pool *pool = &d->h->pool;
	int64_t home;
	int rc = sim_of_number(d->s, d->account->number, &home);

	*sim = 0;
	for (size_t i = 0; i < pool->n && rc == 0; i++) {
		const struct handover_sim *one = &pool->sim[i];

		if (one->gone)
			continue;
		if (one->id == home) {
			*sim = one->room > 0 ? home : 0;
			d->h->waits = d->h->waits || *sim == 0;
			break;
		}
		if (one->room > 0 && *sim == 0)
			*sim = one->id;
	}
	return rc;
}

/* ---- the jobs ---- */

static int
begin(struct deciding *d)
{
	struct handover_call *h = d->h;
	int rc;

	h->brief = NULL;
	h->started = h->rerouted = h->waits = false;
	h->next_at = INT64_MAX;
	if (*h->facts == NULL && (*h->facts = facts_new(h->config)) == NULL)
		return UV_ENOMEM;
	facts_use(*h->facts, h->config);
	if ((rc = facts_rules(*h->facts, d->s, h->now, h->stopped, &d->rules)) != 0)
		return rc;
	if (d->rules.stopped == REASON_NONE && !d->s->schedule &&
	    h->now + CLOCK_SLACK_MS < d->s->head_at)
		d->rules.stopped = REASON_CLOCK;
	h->held = d->rules.stopped;
	return 0;
}

static bool
is_busy(const struct handover_call *h, int64_t id)
{
	for (size_t i = 0; i < h->n_busy; i++)
		if (h->busy[i] == id)
			return true;
	return false;
}

/* 1: it may go and is in h->brief; 0, negative. */
static int
look_at(struct deciding *d, int64_t id)
{
	struct handover_call *h = d->h;
	int rc = calls_get(d->s, id, &d->row);

	if (rc != 0)
		return rc == UV_ENOENT ? 0 : rc;
	if ((rc = decide(d)) == 1 && (rc = choose_sim(d, &h->sim)) == 0 && h->sim != 0) {
		rc =
		    brief_make(&h->brief, d->s, h->config, d->account, &d->plan, d->script, h->now);
		h->row = id;
		rc = rc == 0 ? 1 : rc;
	}
	calls_row_clear(&d->row);
	return rc;
}

/* Calls by hand whose route is in the configuration no more: the planner knows nothing of them. */
static int
take_strays(struct store *s, const struct config *config)
{
	char route[64] = "";
	int rc;

	while ((rc = calls_route_after(s, route, route)) == 1)
		if (config_route_index(config, route) < 0 && (rc = calls_unroute(s, route)) != 0)
			break;
	return rc;
}

int
handover_call_look(struct store *s, void *job)
{
	struct handover_call *h = job;
	struct deciding d = {.s = s, .h = h};
	const char *queue = h->route != NULL ? h->route->name : "";
	int64_t ids[ROWS];
	int n, rc = begin(&d);

	h->row = h->sim = 0;
	if (rc != 0 || (h->route == NULL && (rc = take_strays(s, h->config)) != 0))
		return rc;
	if (d.rules.stopped != REASON_NONE)
		return calls_next(s, queue, &h->next_at);
	n = calls_due(s, queue, h->now, ids, ROWS);
	rc = n < 0 ? n : 0;
	for (int i = 0; i < n && rc == 0; i++)
		if (!is_busy(h, ids[i])) {
			struct deciding one = {.s = s, .h = h, .rules = d.rules};

			rc = look_at(&one, ids[i]);
		}
	if (rc == 1)
		rc = 0;
	return rc != 0 ? rc : calls_next(s, queue, &h->next_at);
}

static int
start_row(struct deciding *d)
{
	struct handover_call *h = d->h;
	const struct script *script = &d->script->script;
	struct calls_start start = {
	    .row = &d->row,
	    .reason = d->plan.reason == REASON_LATE ? REASON_LATE : REASON_NONE,
	    .number = d->account->number,
	    .script = d->script->name,
	    .language = script->languages[h->brief->speaks],
	    .route = h->route->name,
	    .campaign = d->plan.step != NULL ? d->plan.step->of->name : NULL,
	    .sim = h->sim};
	struct event_json data;
	int rc;

	describe(d, PLAN_SEND, &data);
	event_json_text(&data, "number", d->account->number);
	event_json_text(&data, "route", h->route->name);
	event_json_text(&data, "script", d->script->name);
	event_json_text(&data, "version", d->script->version);
	rc = calls_start(d->s, &start, h->now, &data);
	h->started = rc == 0;
	return rc;
}

int
handover_call_start(struct store *s, void *job)
{
	struct handover_call *h = job;
	struct deciding d = {.s = s, .h = h};
	int rc = begin(&d);

	if (rc != 0 || d.rules.stopped != REASON_NONE)
		return rc;
	if ((rc = calls_get(s, h->row, &d.row)) != 0)
		return rc == UV_ENOENT ? 0 : rc;
	if (d.row.status == CALLS_PLANNED && (rc = decide(&d)) == 1 &&
	    (rc = brief_make(&h->brief, s, h->config, d.account, &d.plan, d.script, h->now)) == 0 &&
	    brief_same(h->brief, h->expect))
		rc = start_row(&d);
	calls_row_clear(&d.row);
	return rc;
}
