#include "agenda.h"

#include "gateway/store/calls.h"
#include "gateway/store/list.h"
#include "gateway/store/outbox.h"
#include "gateway/store/report_rule.h"

#include <string.h>
#include <uv.h>

struct planning {
	struct store *s;
	struct facts *facts;
	int64_t person, now;
	bool added; /* a row of the person was made in this walk: the facts do not know of it */
	struct plan_row held; /* the last one that something holds on a day; step NULL: none */
	int rc;
};

/* Another route, or another campaign's step: reports and lists say whose it is now. */
static int
set_plan(struct store *s, const struct outbox_row *old, const struct plan_row *row,
	 const char *route)
{
	const struct campaign_step *step = row->step;
	sqlite3_stmt *st;

	if (strcmp(old->route, route) == 0 && old->campaign != NULL &&
	    strcmp(old->campaign, step->of->name) == 0 && old->template != NULL &&
	    strcmp(old->template, step->name) == 0)
		return 0;
	st = store_get(s, STORE_MESSAGE_PLAN);
	store_bind_text(st, 1, route);
	store_bind_text(st, 2, step->of->name);
	store_bind_text(st, 3, step->name);
	store_bind_int(st, 4, old->id);
	return store_do(s, st);
}

static const char *
route_name(const struct planning *g, const struct facts_account *a)
{
	return a->route >= 0 ? facts_config(g->facts)->routes[a->route].name : "";
}

static int
add_row(struct planning *g, const struct facts_account *a, int64_t person,
	const struct plan_row *row, const char *step, int64_t *id)
{
	struct outbox_row add = {.account = a->id,
				 .person = person,
				 .due = row->due,
				 .campaign = (char *)(uintptr_t)row->step->of->name,
				 .step = (char *)(uintptr_t)step,
				 .class = CLASS_CAMPAIGN,
				 .template = (char *)(uintptr_t)row->step->name,
				 .route = (char *)(uintptr_t)route_name(g, a),
				 .rank = RANK_CAMPAIGN,
				 .at = row->at};

	g->added = true;
	return outbox_add(g->s, &add, g->now, id);
}

/* Is a step that ended so cancelled, and not skipped? */
static bool
cancels(enum reason reason)
{
	return reason == REASON_PAID || reason == REASON_CAMPAIGN_CHANGED;
}

static bool
may_revive(bool cancelled, bool skipped, enum reason reason)
{
	if (cancelled)
		return cancels(reason);
	return skipped && (reason == REASON_TEST || reason == REASON_SKIPPED);
}

static int
give_up(struct planning *g, const struct facts_account *a, int64_t id, enum reason reason)
{
	return outbox_end(g->s, id, a->id, cancels(reason) ? STATUS_CANCELLED : STATUS_SKIPPED,
			  reason, g->now, "dunlin", NULL);
}

/* What a row that waits is shown with. */
static enum reason
why_moved(const struct outbox_row *old, const struct plan_row *row)
{
	if (facts_stuck(old->reason))
		return old->reason;
	return row->reason == REASON_LATE ? REASON_NONE : row->reason;
}

/* A rule moves a step to a later time, or what holds it until a day does: told apart from a step
 * that merely has its time.  The chain says so, or nobody could tell why its own day was silent. */
static int
note_moved(struct planning *g, const struct plan_row *row, int64_t account, int64_t message,
	   const char *step)
{
	const struct plan_row *why = row->decision == PLAN_DEFER ? row : &g->held;
	struct event e = {.at = g->now,
			  .kind = "decision",
			  .actor = "dunlin",
			  .account = account,
			  .message = message};
	struct event_json data;
	int rc;

	if (why->step != row->step || why->account != row->account || why->due != row->due)
		return 0;
	event_json_init(&data);
	event_json_text(&data, "step", step);
	event_json_text(&data, "decision", plan_decision_word(PLAN_DEFER));
	event_json_text(&data, "reason",
			why->reason != REASON_NONE ? reason_word(why->reason) : NULL);
	event_json_text(&data, "rule", why->rule);
	event_json_text(&data, "policy", facts_config(g->facts)->policy.version);
	event_json_int(&data, "until", row->at);
	if ((rc = event_append(g->s, &e, &data)) != 0)
		return rc;
	return report_rule_note(g->s, g->now, REPORT_MOVED, why->reason, why->rule);
}

/* A SIM's allowance has put it off further than the plan, which does not count SIMs. */
static bool
waits_its_turn(const struct planning *g, const struct outbox_row *old, const struct plan_row *row)
{
	return old->reason == REASON_QUOTA && old->at > g->now && row->at < old->at;
}

/* Brings the row of a step in line with what the plan says of it. */
static int
plan_text(struct planning *g, const struct facts_account *a, int64_t person,
	  const struct plan_row *row)
{
	const char *route = route_name(g, a);
	char step[CAMPAIGN_STEP_TEXT];
	struct outbox_row old;
	bool goes = row->decision != PLAN_SKIP;
	int64_t id = 0;
	int rc, found;

	/* What holds it today may be gone before the day on which it gives up. */
	if (row->reason == REASON_SUPERSEDED && row->on > civil_local(a->zone, g->now).day)
		return 0;
	campaign_step_format(row->step->day, (enum campaign_channel)row->step->channel, step);
	/* A step may be spoken of on several days of one walk. */
	found = a->n_rows > 0 || g->added ? outbox_step(g->s, a->id, row->due, step, &old) : 0;
	if (found < 0)
		return found;
	if (row->reason == REASON_DONE || row->reason == REASON_SKIPPED ||
	    (row->reason == REASON_PAID && !found)) {
		rc = 0;
	} else if (row->reason == REASON_SUPERSEDED || row->reason == REASON_PAID) {
		rc = found ? 0 : add_row(g, a, person, row, step, &id);
		if (rc == 0 && (!found || old.status == STATUS_PLANNED))
			rc = give_up(g, a, found ? old.id : id, row->reason);
	} else if (!found) {
		rc = add_row(g, a, person, row, step, &id);
		if (rc == 0 && goes)
			rc = note_moved(g, row, a->id, id, step);
	} else if (old.status == STATUS_PLANNED) {
		rc = set_plan(g->s, &old, row, route);
		if (rc == 0 && goes && old.at != row->at && !waits_its_turn(g, &old, row) &&
		    !(old.at <= g->now && row->at <= g->now))
			if ((rc = outbox_move(g->s, old.id, row->at, why_moved(&old, row))) == 0)
				rc = old.at < row->at ? note_moved(g, row, a->id, old.id, step) : 0;
	} else {
		rc = goes && may_revive(old.status == STATUS_CANCELLED,
					old.status == STATUS_SKIPPED, old.reason)
			 ? outbox_revive(g->s, old.id, row->step->of->name, route, row->at)
			 : 0;
	}
	if (found)
		outbox_row_clear(&old);
	return rc;
}

/* ---- calls ---- */

static const char *
voice_name(const struct planning *g, const struct facts_account *a)
{
	return a->voice >= 0 ? facts_config(g->facts)->routes[a->voice].name : "";
}

static int
add_call(struct planning *g, const struct facts_account *a, const struct plan_row *row,
	 const char *step, struct calls_row *made)
{
	*made = (struct calls_row){.account = a->id,
				   .person = g->person,
				   .due = row->due,
				   .campaign = (char *)(uintptr_t)row->step->of->name,
				   .step = (char *)(uintptr_t)step,
				   .script = (char *)(uintptr_t)row->step->name,
				   .route = (char *)(uintptr_t)voice_name(g, a),
				   .class = CLASS_CAMPAIGN,
				   .rank = RANK_CAMPAIGN,
				   .outcome = -1,
				   .at = row->at};
	g->added = true;
	return calls_add(g->s, made, g->now, &made->id);
}

static int
drop_call(struct planning *g, const struct calls_row *row, enum reason reason)
{
	return calls_drop(g->s, row, cancels(reason) ? CALLS_CANCELLED : CALLS_SKIPPED, reason,
			  g->now, "dunlin", NULL);
}

/* Another route, or another campaign's step. */
static int
set_call(struct planning *g, const struct facts_account *a, const struct calls_row *old,
	 const struct campaign_step *step)
{
	const char *route = voice_name(g, a);

	if (strcmp(old->route, route) == 0 && strcmp(old->script, step->name) == 0 &&
	    old->campaign != NULL && strcmp(old->campaign, step->of->name) == 0)
		return 0;
	return calls_plan(g->s, old->id, route, step->of->name, step->name);
}

/* What the plan does not know held it, and holds it still: it waits for the day it was put off to,
 * and is told of once a day. */
static bool
is_barred_still(const struct planning *g, const struct facts_account *a,
		const struct calls_row *old, const struct plan_row *row)
{
	const char *rule;

	return facts_stuck(old->reason) &&
	       facts_call_bar(facts_config(g->facts), a, row->step->name, &rule) == old->reason;
}

/* Another try waits for its time, whatever hour the step itself would prefer. */
static int
move_call(struct planning *g, const struct facts_account *a, const struct calls_row *old,
	  const struct plan_row *row, const char *step)
{
	enum reason reason = row->reason == REASON_LATE ? REASON_NONE : row->reason;
	int rc;

	if (old->at == row->at || (old->at <= g->now && row->at <= g->now) ||
	    (row->at < old->at && (old->reason == REASON_RETRY || is_barred_still(g, a, old, row))))
		return 0;
	if (facts_stuck(old->reason) || old->reason == REASON_RETRY)
		reason = old->reason;
	rc = calls_move(g->s, old->id, row->at, reason);
	return rc == 0 && old->at < row->at ? note_moved(g, row, old->account, 0, step) : rc;
}

static int
plan_call(struct planning *g, const struct facts_account *a, const struct plan_row *row)
{
	const struct campaign_step *step = row->step;
	bool goes = row->decision != PLAN_SKIP;
	struct calls_row old = {0}, made;
	char text[CAMPAIGN_STEP_TEXT];
	int rc = 0, found;

	if (row->reason == REASON_SUPERSEDED && row->on > civil_local(a->zone, g->now).day)
		return 0;
	campaign_step_format(step->day, (enum campaign_channel)step->channel, text);
	found = a->special || g->added ? calls_step(g->s, a->id, row->due, text, &old) : 0;
	if (found < 0)
		return found;
	if (row->reason == REASON_DONE || row->reason == REASON_SKIPPED ||
	    (row->reason == REASON_PAID && !found)) {
		rc = 0;
	} else if (row->reason == REASON_SUPERSEDED || row->reason == REASON_PAID) {
		if (!found && (rc = add_call(g, a, row, text, &made)) == 0)
			rc = drop_call(g, &made, row->reason);
		else if (found && old.status == CALLS_PLANNED)
			rc = drop_call(g, &old, row->reason);
	} else if (!found) {
		rc = add_call(g, a, row, text, &made);
		if (rc == 0 && goes)
			rc = note_moved(g, row, a->id, 0, text);
	} else if (old.status == CALLS_PLANNED) {
		rc = set_call(g, a, &old, step);
		if (rc == 0 && goes)
			rc = move_call(g, a, &old, row, text);
	} else if (goes && may_revive(old.status == CALLS_CANCELLED, old.status == CALLS_SKIPPED,
				      old.reason)) {
		rc = calls_revive(g->s, old.id, voice_name(g, a), step->of->name, step->name,
				  row->at);
	}
	calls_row_clear(&old);
	return rc;
}

/* ---- work ---- */

/* What a person is to do: a task says it, other work begins with its kind. */
static const char *
work_text(const struct campaign_step *step, char *room, size_t cap)
{
	if (step->channel == CAMPAIGN_TASK)
		return step->name;
	snprintf(room, cap, "%s: %s", campaign_channel_word((enum campaign_channel)step->channel),
		 step->name);
	return room;
}

static int
plan_task(struct planning *g, const struct facts_account *a, int64_t person,
	  const struct plan_row *row)
{
	char step[CAMPAIGN_STEP_TEXT], room[256];
	const char *kind = work_text(row->step, room, sizeof room);
	struct event_json data;
	struct event e = {.at = g->now, .kind = "task", .actor = "dunlin", .account = a->id};
	sqlite3_stmt *st;
	int rc;

	if (civil_local(a->zone, g->now).day < row->on)
		return 0; /* its day has not come */
	campaign_step_format(row->step->day, row->step->channel, step);
	st = store_get(g->s, STORE_TASK_ADD);
	store_bind_int(st, 1, a->id);
	store_bind_int(st, 2, person);
	store_bind_int(st, 3, row->due);
	store_bind_text(st, 4, step);
	store_bind_text(st, 5, kind);
	store_bind_int(st, 6, row->on);
	store_bind_text(st, 7, "campaign");
	store_bind_int(st, 8, g->now);
	store_bind_text(st, 10, "dunlin");
	if ((rc = store_do(g->s, st)) != 0 || sqlite3_changes(g->s->db) == 0)
		return rc;
	event_json_init(&data);
	event_json_text(&data, "kind", kind);
	event_json_text(&data, "step", step);
	return event_append(g->s, &e, &data);
}

static void
on_row(void *ctx, const struct plan_row *row)
{
	struct planning *g = ctx;
	const struct facts_account *a = facts_account(g->facts, row->account);
	int64_t person = g->person;

	if (g->rc != 0)
		return;
	if (row->step->channel >= CAMPAIGN_VOICES)
		g->rc = row->decision == PLAN_TASK ? plan_task(g, a, person, row) : 0;
	else if (row->step->channel == CAMPAIGN_SMS)
		g->rc = plan_text(g, a, person, row);
	else
		g->rc = plan_call(g, a, row);
	if (row->decision == PLAN_SKIP)
		g->held = *row;
}

static bool
is_over(enum reason reason)
{
	return reason == REASON_PAID || reason == REASON_CAMPAIGN_CHANGED ||
	       reason == REASON_SUPERSEDED;
}

/* One row that stands in the queue. */
struct waiting {
	int64_t id, at;
	int32_t due;
	char step[CAMPAIGN_STEP_TEXT];
};

static int
read_waiting(struct store *s, enum store_statement which, int64_t account, struct waiting *list,
	     int cap)
{
	sqlite3_stmt *st = store_get(s, which);
	int n = 0, rc = 0;

	store_bind_int(st, 1, account);
	while (n < cap && (rc = store_step(s, st)) == 1) {
		list[n].id = sqlite3_column_int64(st, 0);
		list[n].due = sqlite3_column_int(st, 1);
		snprintf(list[n].step, sizeof list[n].step, "%s", store_text(st, 2));
		list[n].at = sqlite3_column_int64(st, 3);
		n++;
	}
	sqlite3_reset(st);
	return rc < 0 ? rc : n;
}

/* Why a row that waits will never go, NONE: it may. */
static enum reason
why_gone(const struct planning *g, const struct plan_rules *rules, size_t index,
	 const struct waiting *one)
{
	enum campaign_channel channel;
	struct plan_row row;
	int day;

	if (campaign_step_parse(one->step, strlen(one->step), &day, &channel) != 0)
		return REASON_NONE;
	plan_decide(facts_person(g->facts), rules, one->at > g->now ? one->at : g->now, index,
		    one->due, day, channel, &row);
	if (row.reason == REASON_SUPERSEDED && one->at > g->now)
		return REASON_NONE; /* not before its time: what holds it may be gone by then */
	return row.decision == PLAN_SKIP && is_over(row.reason) ? row.reason : REASON_NONE;
}

static int
end_call(struct planning *g, int64_t id, enum reason reason)
{
	struct calls_row row;
	int rc = calls_get(g->s, id, &row);

	if (rc == 0)
		rc = drop_call(g, &row, reason);
	calls_row_clear(&row);
	return rc;
}

/* Rows that stand in the queue for a step that is gone. */
static int
end_gone(struct planning *g, const struct plan_rules *rules, size_t index, bool calls)
{
	const struct facts_account *a = facts_account(g->facts, index);
	struct waiting list[64];
	int rc = 0, n = read_waiting(g->s, calls ? STORE_CALL_PLANNED_OF : STORE_ACCOUNT_PLANNED,
				     a->id, list, 64);

	for (int i = 0; i < n && rc == 0; i++) {
		enum reason reason = why_gone(g, rules, index, &list[i]);

		if (reason != REASON_NONE)
			rc = calls ? end_call(g, list[i].id, reason)
				   : give_up(g, a, list[i].id, reason);
	}
	return n < 0 ? n : rc;
}

static bool
is_served(const struct plan_account *p, int32_t due, const struct campaign_step *step)
{
	for (size_t i = 0; i < p->n_served; i++)
		if (p->served[i].due == due && p->served[i].day == step->day &&
		    p->served[i].channel == step->channel)
			return true;
	return false;
}

/* Steps whose last day went by while nobody planned: the walk begins with today, and each is to
 * have its answer why nothing went. */
static int
make_up(struct planning *g, const struct plan_rules *rules, size_t index)
{
	const struct facts_account *a = facts_account(g->facts, index);
	const struct plan_account *p = &facts_person(g->facts)->accounts[index];
	int32_t today = civil_local(a->zone, g->now).day;
	struct debt_sums sums = debt_sum(p->amounts, p->n_amounts, today, rules->ignore_below);
	int rc = 0;

	if (p->n_steps == 0 || sums.index < 0)
		return 0;
	for (size_t i = 0; i < p->n_steps && rc == 0; i++) {
		const struct campaign_step *step = &p->steps[i];
		int32_t late = step->promised ? 0 : step->of->late;
		int32_t due = p->amounts[sums.index].due, last = due + step->day + late;
		struct plan_row row;

		if (step->channel >= CAMPAIGN_VOICES || last >= today || last < p->known_since ||
		    is_served(p, due, step))
			continue;
		plan_decide(facts_person(g->facts), rules, g->now, index, due, step->day,
			    (enum campaign_channel)step->channel, &row);
		if (row.decision == PLAN_SKIP && row.reason == REASON_SUPERSEDED)
			rc = step->channel == CAMPAIGN_SMS ? plan_text(g, a, g->person, &row)
							   : plan_call(g, a, &row);
	}
	return rc;
}

int
agenda_plan(struct store *s, struct facts *facts, const struct plan_rules *rules, int64_t account,
	    bool whole, int64_t now)
{
	struct planning g = {.s = s, .facts = facts, .now = now};
	int32_t first, last;
	int rc = list_person(s, account, &g.person);

	if (rc != 0 || g.person == 0)
		return rc;
	if ((rc = facts_load(facts, s, g.person, now)) != 0)
		return rc == UV_ENOENT ? 0 : rc;
	first = last = civil_local(facts_account(facts, 0)->zone, now).day;
	for (size_t i = 1; i < facts_count(facts); i++) {
		int32_t today = civil_local(facts_account(facts, i)->zone, now).day;

		first = today < first ? today : first;
		last = today > last ? today : last;
	}
	for (size_t i = 0; i < facts_count(facts) && rc == 0; i++) {
		/* Rows of amounts long settled are not among the facts. */
		if (facts_account(facts, i)->n_rows > 0 || whole)
			rc = end_gone(&g, rules, i, false);
		if (rc == 0 && facts_account(facts, i)->special)
			rc = end_gone(&g, rules, i, true);
		if (rc == 0)
			rc = make_up(&g, rules, i);
	}
	if (rc != 0)
		return rc;
	plan_walk(facts_person(facts), rules, now, first, last + AGENDA_DAYS, on_row, &g);
	return g.rc;
}
