#include "handover_part.h"

#include "gateway/person/approval.h"
#include "gateway/store/borrower.h"
#include "gateway/store/report_rule.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define MS_PER_DAY 86400000LL
/* Beside windows and counts, a text that did not go is asked about again at most this often. */
#define RETRY_MS 60000
#define NO_ROOM  2
/* A clock set right by its time server steps back a little: that is no wrong hour. */
#define CLOCK_SLACK_MS 5000

/* ---- records ---- */

/* The decision as it stands in the chain: what, why, by which rule of which policy. */
static void
describe(const struct deciding *d, enum plan_decision decision, struct event_json *data)
{
	event_json_init(data);
	event_json_text(data, "step", d->row.step);
	event_json_text(data, "decision", plan_decision_word(decision));
	event_json_text(data, "reason",
			d->plan.reason != REASON_NONE ? reason_word(d->plan.reason) : NULL);
	event_json_text(data, "rule", d->plan.rule);
	event_json_text(data, "policy", d->h->config->policy.version);
}

int
handover_record(struct deciding *d, enum plan_decision decision, int64_t until, const char *detail)
{
	struct event_json data;
	struct event e = {.at = d->h->now,
			  .kind = "decision",
			  .actor = "dunlin",
			  .account = d->row.account,
			  .message = d->row.id};

	describe(d, decision, &data);
	if (until != 0)
		event_json_int(&data, "until", until);
	event_json_text(&data, "detail", detail);
	return event_append(d->s, &e, &data);
}

/* ---- what does not go ---- */

static bool
ends(enum reason reason)
{
	return reason == REASON_SUPERSEDED || reason == REASON_PAID ||
	       reason == REASON_CAMPAIGN_CHANGED || reason == REASON_TEST || reason == REASON_DONE;
}

/* When a row that was held is asked about again: at the campaign's hour of the next local day. */
static int64_t
ask_again(const struct deciding *d)
{
	const struct civil_zone *zone = d->account->zone;
	struct civil_time local = civil_local(zone, d->h->now);
	const struct campaign *c =
	    d->row.campaign != NULL ? config_campaign(d->h->config, d->row.campaign) : NULL;
	int64_t at = civil_instant(zone, local.day + 1, c != NULL ? c->at : 10 * 3600);

	return at > d->h->now ? at : d->h->now + RETRY_MS;
}

/* Ends what no waiting mends, or what has nobody whose day it could wait for. */
static int
give_up(struct deciding *d, enum reason reason, const char *detail)
{
	return outbox_end(d->s, d->row.id, d->row.account, STATUS_SKIPPED, reason, d->h->now,
			  "dunlin", detail);
}

static int
hold_back(struct deciding *d, enum reason reason, const char *detail)
{
	int64_t at;
	int rc;

	if (d->account == NULL)
		return give_up(d, reason, detail);
	at = ask_again(d);
	d->plan.reason = reason;
	if ((rc = handover_record(d, PLAN_SKIP, 0, detail)) != 0 ||
	    (rc = report_rule_note(d->s, d->h->now, REPORT_HELD, reason, d->plan.rule)) != 0)
		return rc;
	return outbox_move(d->s, d->row.id, at, reason);
}

static int
not_now(struct deciding *d)
{
	int rc;

	if (d->plan.decision == PLAN_DEFER) {
		if ((rc = handover_record(d, PLAN_DEFER, d->plan.at, NULL)) != 0 ||
		    (rc = report_rule_note(d->s, d->h->now, REPORT_MOVED, d->plan.reason,
					   d->plan.rule)) != 0)
			return rc;
		return outbox_move(d->s, d->row.id, d->plan.at,
				   facts_stuck(d->row.reason) ? d->row.reason : d->plan.reason);
	}
	if (!ends(d->plan.reason))
		return hold_back(d, d->plan.reason, NULL);
	if ((rc = handover_record(d, PLAN_SKIP, 0, NULL)) != 0)
		return rc;
	return outbox_end(d->s, d->row.id, d->row.account,
			  d->plan.reason == REASON_PAID || d->plan.reason == REASON_CAMPAIGN_CHANGED
			      ? STATUS_CANCELLED
			      : STATUS_SKIPPED,
			  d->plan.reason, d->h->now, "dunlin", NULL);
}

/* ---- what goes ---- */

static int
copy_parts(struct handover_text *t, const struct sms_parts *parts, const char *body)
{
	const struct sms_part *last = &parts->part[parts->count - 1];
	size_t octets = (size_t)last->at + last->len;

	t->part = malloc(parts->count * sizeof *t->part);
	t->octets = malloc(octets + 1);
	t->body = body != NULL ? strdup(body) : NULL;
	if (t->part == NULL || t->octets == NULL || (body != NULL && t->body == NULL))
		return UV_ENOMEM;
	memcpy(t->octets, parts->octets, octets);
	for (unsigned i = 0; i < parts->count; i++) {
		t->part[i] = (struct handover_part){.at = parts->part[i].at,
						    .len = parts->part[i].len,
						    .udh_len = parts->part[i].udh_len};
		memcpy(t->part[i].udh, parts->part[i].udh, sizeof t->part[i].udh);
	}
	t->encoding = parts->encoding;
	t->tables = parts->tables;
	t->reference = parts->reference;
	t->count = body != NULL ? 1 : (uint8_t)parts->count; /* a file takes a text whole */
	t->segments = (uint8_t)parts->segments;
	return 0;
}

static int64_t
day_end(const struct deciding *d)
{
	const struct plan_account *a;
	struct policy_question q;

	if (d->row.class == CLASS_ANSWER || d->row.class == CLASS_ALERT || d->account == NULL)
		return 0;
	a = &facts_person(d->h->tools->facts)->accounts[d->plan.account];
	q = (struct policy_question){.at = d->h->now,
				     .channel = CAMPAIGN_SMS,
				     .zone = a->zone,
				     .zones = a->zones,
				     .n_zones = a->n_zones};
	return policy_day_end(&d->h->config->policy, &q);
}

static int32_t
local_offset(const struct deciding *d)
{
	const struct civil_zone *zone =
	    d->account != NULL ? d->account->zone : facts_lender_zone(d->h->tools->facts);

	return civil_offset(zone, d->h->now);
}

/* Makes the row `sending` and adds it to `ready`: 1, 0 when there is no room for it, or negative.
 */
static int
hand_over(struct deciding *d)
{
	struct handover *h = d->h;
	struct handover_text *t = &h->ready[h->n_ready];
	const struct sms_parts *parts;
	struct event_json data;
	struct outbox_handover send = {
	    .id = d->row.id,
	    .account = d->row.account,
	    .reason = d->plan.reason == REASON_LATE ? REASON_LATE : REASON_NONE,
	    .number = d->number,
	    .sender = h->route->type == CONFIG_ROUTE_SMPP ? h->route->smpp.source : NULL,
	    .body = d->text.text,
	    .template = d->template,
	    .campaign = d->plan.step != NULL ? d->plan.step->of->name : NULL,
	    .language = d->language,
	    .route = h->route->name,
	    .encoding = sms_encoding_name(d->text.size.encoding),
	    .segments = d->text.size.segments,
	    .price = d->text.price,
	    .sim = d->pass != NULL ? d->pass->sim : 0};
	int rc;

	if (d->pass != NULL && (rc = handover_fits(d)) != 1)
		return rc;
	if (h->used > 0 && h->used + d->text.size.segments > h->room)
		return NO_ROOM;
	memset(t, 0, sizeof *t);
	if (compose_split(h->tools->compose, &d->text, (uint8_t)d->row.id, &parts) != 0)
		return (d->row.class == CLASS_CAMPAIGN ? hold_back : give_up)(
		    d, REASON_TEMPLATE_ERROR, "the text has too many segments");
	rc = copy_parts(t, parts, h->route->type == CONFIG_ROUTE_FILE ? d->text.text : NULL);
	h->n_ready++; /* from here on whatever fails fails the job, which frees it */
	if (rc != 0)
		return rc;
	if (h->route->type == CONFIG_ROUTE_FILE)
		t->count = 1; /* one line, whatever it would take on the air */
	describe(d, PLAN_SEND, &data);
	event_json_text(&data, "number", d->number);
	event_json_text(&data, "route", h->route->name);
	event_json_text(&data, "text", d->text.text);
	if ((rc = outbox_send(d->s, &send, h->now, &data)) != 0)
		return rc;
	t->id = d->row.id;
	t->account = d->row.account;
	t->sim = send.sim;
	t->offset = local_offset(d);
	t->day_end = day_end(d);
	snprintf(t->number, sizeof t->number, "%s", d->number);
	h->used += d->text.size.segments;
	return 1;
}

static int
render(struct deciding *d)
{
	char fault[256];
	enum reason why;

	if (d->row.class != CLASS_CAMPAIGN && d->row.body != NULL) {
		d->language = d->row.language;
		d->template = d->row.template;
		/* One bad row is no trouble of the store's: those behind it must go. */
		return compose_measure(d->row.body, strlen(d->row.body), d->h->route, &d->text) == 0
			   ? 1
			   : give_up(d, REASON_TEMPLATE_ERROR, "the text is not UTF-8");
	}
	if (compose_render(d->h->tools->compose, d->h->config, d->account, &d->plan,
			   d->row.class == CLASS_CAMPAIGN ? d->plan.step->name : d->row.template,
			   d->h->route, &d->text, &why, fault) != 0)
		return hold_back(d, why, fault);
	if (!approval_given(d->s, d->text.template, fault))
		return hold_back(d, REASON_UNAPPROVED, fault);
	d->language = d->text.template->language;
	d->template = d->text.template->name;
	return 1;
}

/* ---- deciding ---- */

static int
load_account(struct deciding *d, size_t *index)
{
	struct facts *facts = d->h->tools->facts;
	int rc = facts_load_account(facts, d->s, d->row.account, d->h->now, index);

	if (rc == 0)
		d->account = facts_account(facts, *index);
	return rc;
}

static int
decide_campaign(struct deciding *d)
{
	const struct plan_person *person;
	enum campaign_channel channel;
	size_t index;
	int day, rc;

	rc = load_account(d, &index);
	if (rc == UV_ENOENT ||
	    (rc == 0 && campaign_step_parse(d->row.step, strlen(d->row.step), &day, &channel) != 0))
		return outbox_end(d->s, d->row.id, d->row.account, STATUS_CANCELLED,
				  REASON_CAMPAIGN_CHANGED, d->h->now, "dunlin",
				  "the account is in no list any more");
	if (rc != 0)
		return rc;
	person = facts_person(d->h->tools->facts);
	plan_decide(person, &d->rules, d->h->now, index, d->row.due, day, channel, &d->plan);
	if (d->plan.decision != PLAN_SEND)
		return not_now(d);
	d->number = d->account->number;
	return 1;
}

/* A number that was named, not chosen from the lists: it may have opted out since, or be barred. */
static int
check_number(struct deciding *d)
{
	const struct config *c = d->h->config;
	enum reason reason = REASON_NONE;

	if (borrower_opted_out(d->s, d->number))
		reason = REASON_OPTED_OUT;
	else if (borrower_number_dead(d->s, d->number))
		reason = REASON_WRONG_NUMBER;
	else if (!c->live && !config_is_test(c, d->number))
		reason = REASON_TEST;
	if (reason == REASON_NONE)
		return 1;
	return give_up(d, reason, NULL);
}

/* A number a person named, or that the text went to when it came back unsent, must still be the
 * account's (the person's other accounts may have other readers), or one for trying; who wrote to
 * us may be answered whoever it is. */
static bool
is_current(const struct deciding *d)
{
	return d->row.answers != 0 || config_is_test(d->h->config, d->number) ||
	       (d->account != NULL && borrower_lists(d->account->phones, d->number));
}

static int
check_named(struct deciding *d)
{
	if (!is_current(d))
		return give_up(d, REASON_NO_PHONE, "the account has another number now");
	return check_number(d);
}

/* Campaigns give up after their `late` days; a text by hand has none, so what bars it ends it. */
static bool
is_barred(enum reason reason)
{
	return reason == REASON_OPTED_OUT || reason == REASON_WRONG_NUMBER ||
	       reason == REASON_THIRD_PARTY || reason == REASON_BARRED ||
	       reason == REASON_NO_PHONE || reason == REASON_TEST;
}

/* A text a person asked for: to an account under windows, opt-out and, unless it answers a reply,
 * everything else; to a test number that is nobody's, under the lender's windows. */
static int
decide_manual(struct deciding *d)
{
	bool answering = d->row.answers != 0;
	size_t index = 0;
	int rc;

	d->number = d->row.number;
	if (d->row.account == 0) {
		struct plan_account nobody = {.zone = facts_lender_zone(d->h->tools->facts)};
		struct plan_person person = {.accounts = &nobody, .n_accounts = 1};

		if ((rc = check_named(d)) != 1)
			return rc;
		plan_decide_manual(&person, &d->rules, d->h->now, 0, CAMPAIGN_SMS, true, &d->plan);
		return d->plan.decision == PLAN_SEND ? 1 : not_now(d);
	}
	if ((rc = load_account(d, &index)) == UV_ENOENT)
		return outbox_end(d->s, d->row.id, d->row.account, STATUS_CANCELLED,
				  REASON_NO_PHONE, d->h->now, "dunlin",
				  "the account is in no list any more");
	if (rc != 0)
		return rc;
	plan_decide_manual(facts_person(d->h->tools->facts), &d->rules, d->h->now, index,
			   CAMPAIGN_SMS, answering, &d->plan);
	if (d->plan.decision == PLAN_SKIP && is_barred(d->plan.reason))
		return give_up(d, d->plan.reason, NULL);
	if (d->plan.decision != PLAN_SEND)
		return not_now(d);
	if (d->plan.sums.index >= 0) /* what {{due_date}} speaks of */
		d->plan.due = facts_person(d->h->tools->facts)
				  ->accounts[index]
				  .amounts[d->plan.sums.index]
				  .due;
	if (d->number != NULL)
		return check_named(d);
	d->number = d->account->number;
	return 1;
}

static int
decide_at_once(struct deciding *d)
{
	if (d->row.not_after != 0 && d->h->now > d->row.not_after)
		return outbox_end(d->s, d->row.id, d->row.account, STATUS_SKIPPED,
				  REASON_SUPERSEDED, d->h->now, "dunlin",
				  "an answer is useful for five minutes only");
	d->number = d->row.number;
	if (d->row.class != CLASS_ANSWER)
		return 1;
	if (!d->h->config->live && !config_is_test(d->h->config, d->number))
		return give_up(d, REASON_TEST, NULL);
	if (borrower_silent_since(d->s, d->number, d->row.answers, d->row.at))
		return give_up(d, REASON_OPTED_OUT, "STOP came after what it answers");
	return 1;
}

/* No route takes from this queue.  The number may be another's by now, or its route be gone. */
static int
no_route(struct deciding *d)
{
	struct handover *h = d->h;
	const char *best = config_best_route_name(h->config, d->number);

	if (best[0] == '\0')
		return hold_back(d, REASON_NO_ROUTE, NULL);
	h->rerouted = true;
	return outbox_reroute(d->s, d->row.id, best);
}

/* A route that stands in for another takes only numbers it serves; the rest waits for its own. */
static int
stand_in(struct deciding *d)
{
	const struct handover *h = d->h;

	if (h->route == NULL || strcmp(h->queue, h->route->name) == 0 ||
	    config_route_match(h->config, h->route, d->number) >= 0)
		return 1;
	return outbox_move(d->s, d->row.id, h->now + RETRY_MS, REASON_NO_ROUTE);
}

/* 1: handed over; 0: decided otherwise, or *full; negative. */
static int
decide_row(struct deciding *d, int64_t id, bool *full)
{
	int rc = outbox_get(d->s, id, &d->row);

	if (rc != 0)
		return rc == UV_ENOENT ? 0 : rc;
	if (d->row.class == CLASS_CAMPAIGN)
		rc = decide_campaign(d);
	else if (d->row.class == CLASS_MANUAL)
		rc = decide_manual(d);
	else
		rc = decide_at_once(d);
	if (rc == 1 && d->h->route == NULL)
		rc = no_route(d);
	if (rc == 1)
		rc = stand_in(d);
	if (rc == 1 && d->pass != NULL)
		rc = handover_choose(d);
	if (rc == 1)
		rc = render(d);
	if (rc == 1 && (rc = hand_over(d)) == NO_ROOM) {
		*full = true;
		rc = 0;
	}
	if (rc == 1 && d->pass != NULL)
		*full = handover_took(d);
	outbox_row_clear(&d->row);
	return rc;
}

static int
decide_rank(struct deciding *d, int rank, bool *full)
{
	struct handover *h = d->h;
	int64_t ids[HANDOVER_TEXTS];
	int left = (int)(h->texts - (unsigned)h->looked);
	int n = d->pass == NULL
		    ? outbox_due(d->s, h->queue, rank, h->now, ids, left)
		    : sim_due(d->s, h->queue, rank, d->pass->sim, d->pass->own, h->now, ids, left);

	for (int i = 0; i < n && !*full; i++) {
		struct deciding one = {.s = d->s,
				       .h = h,
				       .rules = d->rules,
				       .pass = d->pass,
				       .all = d->all,
				       .n_all = d->n_all};
		int rc = decide_row(&one, ids[i], full);

		if (rc < 0)
			return rc;
		if (h->route != NULL && h->used >= h->room)
			*full = true;
		h->looked++;
	}
	return n < 0 ? n : 0;
}

int
handover_ranks(struct deciding *d)
{
	struct handover *h = d->h;
	bool full = false;
	int rc;

	for (int rank = RANK_ANSWER; rank <= RANK_CAMPAIGN && !full && h->looked < h->texts;
	     rank++) {
		/* A pause lets answers and alerts go.  A store or a clock that cannot be trusted
		 * lets nothing go: what waits in it may have been said already. */
		if (d->rules.stopped != REASON_NONE &&
		    (rank != RANK_ANSWER || d->rules.stopped != REASON_PAUSED))
			break;
		if ((rc = decide_rank(d, rank, &full)) != 0)
			return rc;
	}
	return 0;
}

/* Answers and texts by hand whose route is in the configuration no more: the planner, which moves
 * those of campaigns, knows nothing of them. */
static int
take_strays(struct store *s, const struct handover *h)
{
	char route[64] = "";
	int rc;

	while ((rc = outbox_route_after(s, route, route)) == 1)
		if (config_route_index(h->config, route) < 0 &&
		    (rc = outbox_unroute(s, route)) != 0)
			break;
	return rc;
}

int
handover_work(struct store *s, void *arg)
{
	struct handover *h = arg;
	struct deciding d = {.s = s, .h = h};
	int rc;

	h->n_ready = h->looked = 0;
	h->used = 0;
	if (h->texts > HANDOVER_TEXTS)
		h->texts = HANDOVER_TEXTS;
	if (h->tools->facts == NULL && (h->tools->facts = facts_new(h->config)) == NULL)
		return UV_ENOMEM;
	facts_use(h->tools->facts, h->config);
	if (h->ready == NULL && (h->ready = malloc((h->texts + 1) * sizeof *h->ready)) == NULL)
		return UV_ENOMEM;

	if ((rc = facts_rules(h->tools->facts, s, h->now, h->stopped, &d.rules)) != 0)
		return rc;
	if (d.rules.stopped == REASON_NONE && !s->schedule && h->now + CLOCK_SLACK_MS < s->head_at)
		d.rules.stopped = REASON_CLOCK;
	h->held = d.rules.stopped;
	if (h->route == NULL && (rc = take_strays(s, h)) != 0)
		return rc;
	if (h->route != NULL && h->route->type == CONFIG_ROUTE_MODEM)
		return handover_pool(&d);
	if ((rc = handover_ranks(&d)) != 0)
		return rc;
	return outbox_next(s, h->queue, &h->next_at);
}

void
handover_clear(struct handover *h)
{
	for (size_t i = 0; i < h->n_ready; i++) {
		free(h->ready[i].body);
		free(h->ready[i].part);
		free(h->ready[i].octets);
	}
	free(h->ready);
	h->ready = NULL;
	h->n_ready = 0;
}
