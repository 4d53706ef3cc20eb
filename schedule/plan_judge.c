#include "plan_part.h"

int32_t
plan_own_day(int32_t due, const struct campaign_step *step)
{
	return due + step->day;
}

/* A reminder of a day to come has no meaning once that day is over, nor one of the day itself. */
static int32_t
within(const struct campaign_step *step, int32_t days)
{
	if (step->promised)
		return 0;
	return step->day < 0 && days > -step->day ? -step->day : days;
}

int32_t
plan_reach(const struct campaign_step *step)
{
	bool longer = step->channel >= CAMPAIGN_VOICES && step->of->late < PLAN_TASK_DAYS;

	return within(step, longer ? PLAN_TASK_DAYS : step->of->late);
}

/* A task of a day long before the first import is nobody's miss, or every old account of a new
 * lender would bring its pile. */
int32_t
plan_last_day(const struct plan_account *a, int32_t due, const struct campaign_step *step)
{
	int32_t own = plan_own_day(due, step);
	int32_t last = own + within(step, step->of->late);

	return last < a->known_since ? last : own + plan_reach(step);
}

static const struct plan_served *
find_mark(const struct plan_account *a, int32_t due, const struct campaign_step *step, bool stuck)
{
	for (size_t i = 0; i < a->n_served; i++) {
		const struct plan_served *s = &a->served[i];
		if (s->due == due && s->day == step->day && s->channel == step->channel &&
		    (s->mark == PLAN_MARK_STUCK) == stuck)
			return s;
	}
	return NULL;
}

static const struct plan_served *
served(const struct plan_account *a, int32_t due, const struct campaign_step *step)
{
	return find_mark(a, due, step, false);
}

bool
plan_stuck(const struct plan_account *a, int32_t due, const struct campaign_step *step)
{
	return find_mark(a, due, step, true) != NULL;
}

/* ---- the step's own `when:` ---- */

static bool
says(uint8_t asked, bool is)
{
	return asked == CAMPAIGN_ANY || (asked == CAMPAIGN_YES) == is;
}

/* When did a step of the amount followed go, on a day before this one?  0: it did not. */
static int64_t
went(const struct plan_case *c, int step, int channel, int32_t day)
{
	const struct plan_account *a = c->account;
	const struct plan_walker *w = c->walk;
	size_t kept = !w ? 0 : w->n_sent < PLAN_SENT ? w->n_sent : PLAN_SENT;
	int64_t at = 0;

	for (size_t i = 0; i < a->n_served && at == 0; i++) {
		const struct plan_served *s = &a->served[i];
		if (s->due == c->due && s->day == step && s->channel == channel)
			at = s->at;
	}
	for (size_t i = 0; i < kept && at == 0; i++) {
		const struct plan_sent *s = &w->sent[i];
		if (&w->person->accounts[s->account] == a && s->due == c->due && s->day == step &&
		    s->channel == channel)
			at = s->at;
	}
	return at != 0 && civil_local(a->zone, at).day < day ? at : 0;
}

/* A step that never went cannot have been left unanswered, nor one of today: a person has that day
 * to answer. */
static bool
silent_since(const struct plan_case *c, const struct campaign_step *step, int32_t day)
{
	int64_t at = went(c, step->silent_day, step->silent_channel, day);

	return at != 0 && c->account->heard <= at;
}

/* The first condition that is not met on a day, NULL: all are.  "none" is also what an account
 * reads whose promise was never set. */
static const char *
unmet(const struct plan_case *c, const struct campaign_step *step, int32_t day)
{
	const struct plan_account *a = c->account;
	uint8_t promise = a->promise == CAMPAIGN_PROMISE_ANY ? CAMPAIGN_PROMISE_NONE : a->promise;

	if (!says(step->when_replied, a->replied))
		return "when.replied";
	if (step->when_promise != CAMPAIGN_PROMISE_ANY && step->when_promise != promise)
		return "when.promise";
	if (!says(step->when_delivered, a->delivered))
		return "when.delivered";
	if (!says(step->when_answered, a->answered))
		return "when.answered";
	if (!says(step->when_part_paid, a->part_paid))
		return "when.part_paid";
	if (step->when_reach != CAMPAIGN_REACH_ANY &&
	    (step->when_reach == a->reach) == step->unless_reach)
		return step->unless_reach ? "instead" : "when.reach";
	if (step->silent && !silent_since(c, step, day))
		return "when.no_response_since";
	return NULL;
}

/* The day from which a later step of the same channel stands in this one's place: one that was
 * said already, or that may be said by then.  INT32_MAX: none up to `day`. */
static int32_t
overtaken(const struct plan_case *c, const struct campaign_step *step, int32_t day)
{
	const struct plan_account *a = c->account;
	const struct campaign_step *end = a->steps + a->n_steps;

	if (step->channel >= CAMPAIGN_VOICES)
		return INT32_MAX;
	for (const struct campaign_step *s = step + 1; s < end; s++) {
		const struct plan_served *mark;
		if (plan_own_day(c->due, s) > day)
			break;
		if (s->channel != step->channel)
			continue;
		mark = served(a, c->due, s);
		if (mark ? mark->mark == PLAN_MARK_SPENT : !unmet(c, s, day))
			return plan_own_day(c->due, s);
	}
	return INT32_MAX;
}

enum plan_life
plan_life(const struct plan_case *c, const struct campaign_step *step, int32_t day, int32_t *since,
	  enum reason *reason)
{
	const struct plan_account *a = c->account;
	const struct plan_served *mark = served(a, c->due, step);
	int32_t due = c->due, last, later;

	if (mark) {
		*reason = mark->mark == PLAN_MARK_SKIPPED ? REASON_SKIPPED : REASON_DONE;
		return PLAN_LIFE_MARKED;
	}
	if (day < plan_own_day(due, step))
		return PLAN_LIFE_AHEAD;
	last = plan_last_day(a, due, step);
	later = overtaken(c, step, day);
	if (day <= last && later == INT32_MAX)
		return PLAN_LIFE_LIVE;
	*since = later < last + 1 ? later : last + 1;
	if (*since < a->known_since && last >= a->known_since)
		*since = a->known_since;
	return PLAN_LIFE_OVER;
}

enum reason
plan_held_person(const struct plan_account *a, int32_t day, int64_t at, const char **rule)
{
	*rule = NULL;
	if (a->barred != REASON_NONE)
		return a->barred;
	for (size_t i = 0; i < a->n_holds; i++) {
		const struct plan_hold *h = &a->holds[i];
		if (h->from <= at && day < h->until) {
			*rule = h->word;
			return h->reason;
		}
	}
	return day < a->promise_until ? REASON_PROMISE_OPEN : REASON_NONE;
}

/* Tasks are work for a person, who sees the holds and the promise: they are made all the same,
 * unless the campaign as a whole rests, or nobody knows any more whom they are about. */
enum reason
plan_held(const struct plan_case *c, const struct plan_rules *rules,
	  const struct campaign_step *step, int32_t day, int64_t at, const char **rule)
{
	enum reason reason = REASON_NONE;
	const char *condition;

	*rule = NULL;
	if (step->channel < CAMPAIGN_VOICES || c->account->barred == REASON_ERASED)
		reason = plan_held_person(c->account, day, at, rule);
	/* a step that asks for an open promise is about that promise */
	if (reason == REASON_PROMISE_OPEN && step->when_promise == CAMPAIGN_PROMISE_OPEN)
		reason = REASON_NONE;
	if (reason != REASON_NONE)
		return reason;
	if ((condition = unmet(c, step, day)) != NULL) {
		*rule = condition;
		return REASON_CONDITION;
	}
	if (at >= rules->stale_from)
		return REASON_STALE;
	if (rules->paused && rules->paused[step->of->index])
		return REASON_PAUSED;
	return step->channel >= CAMPAIGN_VOICES ? REASON_NONE : rules->stopped;
}

int64_t
plan_preferred(const struct plan_account *a, const struct campaign_step *step, int32_t day,
	       int64_t now)
{
	bool best = step->of->best && a->best_hour >= 0;
	int64_t at = civil_instant(a->zone, day, best ? a->best_hour : step->of->at);

	return at > now ? at : now;
}

struct policy_question
plan_question(const struct plan_person *person, const struct plan_account *a,
	      enum campaign_channel channel, int64_t at)
{
	return (struct policy_question){.at = at,
					.channel = channel,
					.account = a->id,
					.number = a->number,
					.zone = a->zone,
					.zones = a->zones,
					.n_zones = a->n_zones,
					.texted = a->texted,
					.contacts = person->contacts,
					.n_contacts = person->n_contacts};
}

/* Asks the policy about an instant; true when it or a later one on the same day is allowed. */
static bool
ask(const struct policy *policy, struct policy_question *q, int32_t day, int64_t at,
    struct policy_decision *d, int64_t *found)
{
	q->at = at;
	*d = policy_decide(policy, q);
	if (d->answer == POLICY_ALLOW)
		*found = at;
	else if (d->answer == POLICY_DEFER && civil_local(q->zone, d->until).day == day)
		*found = d->until;
	else
		return false;
	return true;
}

/* A time on one day that is not the step's own: preferred, else after it, else before it. */
static bool
on_later_day(const struct policy *policy, struct policy_question *q, const struct plan_account *a,
	     const struct campaign_step *step, int32_t day, int64_t now, struct policy_decision *d,
	     int64_t *found)
{
	int64_t preferred = plan_preferred(a, step, day, now);
	int64_t start = civil_instant(a->zone, day, 0);

	if (ask(policy, q, day, preferred, d, found))
		return true;
	if (start < now)
		start = now;
	return start < preferred && ask(policy, q, day, start, d, found);
}

struct plan_slot
plan_slot_after(const struct policy *policy, struct policy_question *q,
		const struct plan_account *a, const struct campaign_step *step,
		const struct policy_decision *refused, int32_t last)
{
	struct plan_slot slot = {INT64_MAX, 0, true, refused->reason, refused->rule};
	int32_t asked = civil_local(a->zone, q->at).day;
	struct policy_decision d;
	int64_t better;

	if (refused->answer != POLICY_DEFER)
		return slot;
	slot.day = civil_local(a->zone, refused->until).day;
	if (slot.day > last)
		return slot;
	slot.at = refused->until;
	if (slot.day > asked && on_later_day(policy, q, a, step, slot.day, slot.at, &d, &better))
		slot.at = better;
	return slot;
}

struct plan_slot
plan_slot_from(const struct policy *policy, struct policy_question *q, const struct plan_account *a,
	       const struct campaign_step *step, int32_t day, int32_t own, int32_t last,
	       int64_t now)
{
	struct plan_slot slot = {.day = day};
	struct policy_decision d;
	bool found = day > own
			 ? on_later_day(policy, q, a, step, day, now, &d, &slot.at)
			 : ask(policy, q, day, plan_preferred(a, step, day, now), &d, &slot.at);

	if (!found) {
		struct plan_slot later = plan_slot_after(policy, q, a, step, &d, last);
		/* a preferred time that is always closed must not mean never: go before it */
		if (later.at != INT64_MAX || day > own ||
		    !on_later_day(policy, q, a, step, day, now, &d, &slot.at))
			return later;
		return slot;
	}
	slot.moved = d.answer != POLICY_ALLOW;
	slot.reason = d.reason;
	slot.rule = d.rule;
	return slot;
}
