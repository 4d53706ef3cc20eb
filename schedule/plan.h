/* plan.h - a debt's plan: facts and policy in, the step and the reason out
 *
 * One pure function serves the daemon (planning, and again in the transaction that hands a text
 * over), `dunlin plan`, and "why was she not written to?".
 *
 * The unit is a *person*: all accounts that share a person_id or a number.  Caps are counted over
 * the person, and of several accounts that may speak the one with the highest DPD does.
 *
 * On a local day d of an account, a step with offset k on the amount due D is *live* when
 * D+k <= d <= D+k+late and the step is not spent.  Steps with k >= 0 follow the oldest unpaid
 * amount; steps with k < 0 the next one due, and only while nothing is in arrears, so not after D.
 * A task is live for longer, PLAN_TASK_DAYS after its own day, unless its `late` days were all over
 * when the account was first imported.
 * A step *may go* when it is live and its own condition (`when:`) is met.  Of several of one
 * channel that may go (tasks aside) the latest does; the older are superseded, also by a later one
 * that was said already.
 *
 * *When on a day.*  On its own day at the campaign's preferred time (or now, when that is over), or
 * the first time after it that the policy allows.  On a later day at the preferred time too where
 * the policy allows it, else the first time allowed after it, else the first before it.
 *
 * *What holds a text or call*, in this order: `barred`, a hold, an open promise (unless the step
 * asks for `promise: open`), its condition, stale data, a paused campaign, `stopped`; then the
 * policy.  An unmet condition is named: CONDITION with the rule "when.delivered".  Tasks are always
 * made, on the first day they can be: only a condition, stale data, a paused campaign or the
 * account's being ERASED holds them, and nothing takes their place.
 *
 * *Several accounts*: the highest DPD first (the account id decides ties); what it is supposed to
 * send today counts for the others' caps.  Of more than 64 accounts with steps near, those with the
 * lowest DPD wait as OTHER_ACCOUNT.  What is held takes nobody's turn.  A step whose text could not
 * be made when it was tried is planned on, but not counted on: else it would block the others each
 * day for as long as that lasts (PLAN_MARK_STUCK).
 *
 * Pure; no allocation; the caller's arrays are borrowed for the call.
 */
#ifndef SCHEDULE_PLAN_H
#define SCHEDULE_PLAN_H

#include "campaign.h"
#include "debt.h"
#include "policy.h"

enum plan_decision { PLAN_SEND, PLAN_DEFER, PLAN_SKIP, PLAN_TASK };
const char *plan_decision_word(enum plan_decision decision);

/* A text that comes weeks late does harm.  A task is work somebody waits for: a daemon that was
 * down for a fortnight must not lose it.  After two months the debt is another one, with later
 * steps. */
#define PLAN_TASK_DAYS 60

/* How many local days after its own a step of the campaign may still be live, at most: 0 for the
 * reminder of a promised day, which is false on any other. */
int32_t plan_reach(const struct campaign_step *step);

/* What the store knows of one (due, step) of an account. */
enum plan_mark {
	PLAN_MARK_SPENT,   /* it was `sending`, cancelled, or a task was made: never again */
	PLAN_MARK_SKIPPED, /* a person skipped or cancelled it */
	PLAN_MARK_STUCK,   /* it was tried and could not be made: nobody waits for it */
	PLAN_MARK_PASSED,  /* it was superseded: never again, but nothing was said by it */
};

struct plan_served {
	int32_t due;
	int16_t day;
	uint8_t channel;
	uint8_t mark; /* enum plan_mark */
	int64_t at;   /* when it went, 0: it did not */
};

/* A hold from a person, a reply or a claim: in force while from <= now and local day < until. */
struct plan_hold {
	enum reason reason; /* HOLD, CLAIMS_PAID, AWAITING_PERSON, WRONG_NUMBER ... */
	int64_t from;       /* instant */
	int32_t until;      /* first free local day; INT32_MAX: until released */
	const char *word;   /* the hold's own reason word ("dispute"), shown as the rule */
};

struct plan_account {
	uint64_t id;
	uint64_t number; /* stands for the phone number in number-scoped caps */
	const struct civil_zone *zone;
	const struct civil_zone *const *zones; /* others it may be in: all must be open */
	size_t n_zones;
	const struct campaign_step *steps; /* its track: ascending by day, then channel */
	size_t n_steps;                    /* 0: no campaign selects it */
	const struct debt_amount *amounts; /* settled, ascending by due */
	size_t n_amounts;
	const struct plan_served *served;
	size_t n_served;
	const struct plan_hold *holds;
	size_t n_holds;
	enum reason
	    barred; /* NONE, or why nothing may go at all: OPTED_OUT, WRONG_NUMBER, NO_PHONE ... */
	int32_t
	    promise_until; /* the open promise pauses texts on local days < this; INT32_MIN: none */
	uint8_t
	    promise; /* enum campaign_promise: the last promise's state, NONE if there is none */
	int32_t promised_on;    /* the open promise's local day; INT32_MIN: none */
	bool replied, answered; /* since the oldest unpaid amount fell due */
	bool delivered;         /* a text about that amount was */
	bool part_paid;         /* some of that amount was */
	bool texted;            /* a text about the debt was accepted, ever */
	int64_t heard; /* when something last came back (reply, key, payment), INT64_MIN: never */
	uint8_t reach; /* enum campaign_reach: the only channel that gets through */
	int32_t best_hour; /* local second of day that reached the person before, -1: unknown */
	int32_t
	    known_since; /* local day the account was first imported: steps before are not missed */
};

struct plan_person {
	const struct plan_account *accounts;
	size_t n_accounts;
	const struct policy_contact *contacts; /* of the last 60 days */
	size_t n_contacts;
};

struct plan_rules {
	const struct policy *policy;
	int64_t ignore_below;
	const bool *paused;  /* by campaign index; NULL: no campaign is */
	int64_t stale_from;  /* instant from which campaigns hold as `stale`; INT64_MAX: never */
	enum reason stopped; /* NONE, or what holds all sending now: PAUSED, CLOCK, RESTORED */
};

struct plan_row {
	size_t account; /* index in the person */
	const struct campaign_step *step;
	int32_t due;
	int32_t own_day; /* local day the step belongs to: due + offset */
	int32_t on;      /* local day this row is about */
	int64_t at; /* instant it goes (SEND, TASK), moves to (DEFER), or would have gone (SKIP) */
	enum plan_decision decision;
	enum reason reason;
	const char *rule;      /* NULL, or the rule of the policy, or a hold's word */
	struct debt_sums sums; /* of the account on that day */
	int64_t step_amount;   /* left of the amount the step follows */
};

typedef void plan_emit(void *ctx, const struct plan_row *row);

/* Plans the local days from..to (inclusive) of each account as seen at `now`.  Days before the
 * local day of `now` yield nothing.  The walk begins at the local day of `now` whatever `from` is,
 * supposing that all planned before is sent and nothing comes in; rows are emitted for days
 * from..to only, one for a step and day:
 *   - SEND or TASK on the day it goes, with reason LATE when that is not its own day;
 *   - DEFER on its own day when the policy moves it, even within that day; and, when it moves to
 *     another day, on the first day listed and whenever the time it moves to changes.  On the days
 *     between nothing is said again; on the day it moves to it is a SEND;
 *   - SKIP on every live day on which something holds it, or when no time is left within `late`;
 *   - SKIP, SUPERSEDED on the day it gives up: the day a later step takes its place, or the day
 *     after its last live day.  On the local day of `now` also for live steps whose giving up the
 *     store has not recorded yet.  Nothing for a step whose last live day lay before `known_since`;
 *   - SKIP, DONE or SKIPPED on its own day when it is marked; SKIP, PAID on its own day when the
 *     amount is paid and no older one is open.
 * Rows of one day come with the highest DPD first, of one account in the campaign's order,
 * calls last: no call comes before a first text. */
void plan_walk(const struct plan_person *person, const struct plan_rules *rules, int64_t now,
	       int32_t from, int32_t to, plan_emit *emit, void *ctx);

/* The sending transaction's question: may this very step of this account go at this very instant?
 * SEND (or TASK), with reason LATE after its own day; DEFER with the instant; SKIP with the reason.
 * SUPERSEDED, PAID, DONE and CAMPAIGN_CHANGED end the row; others are asked again on the next day
 * or when something changes.  `row->step` is NULL with CAMPAIGN_CHANGED.  CONDITION with the rule
 * "oldest_first": an older amount is open again and speaks first.
 * The preferred time is no rule: asked before it, the answer may be SEND. */
void plan_decide(const struct plan_person *person, const struct plan_rules *rules, int64_t now,
		 size_t account, int32_t due, int day, enum campaign_channel channel,
		 struct plan_row *row);

/* May a text or call outside campaigns (class `manual`) go to this account at this instant?
 * `answering` is a reply to an inbox row: `stopped`, opt-out and windows only.  Others heed
 * `stopped`, `barred`, holds, promise and the whole policy.  Whether anything is owed is not asked
 * (a thank-you goes to who has paid): `row->sums` tells.  `row->step` is NULL. */
void plan_decide_manual(const struct plan_person *person, const struct plan_rules *rules,
			int64_t now, size_t account, enum campaign_channel channel, bool answering,
			struct plan_row *row);

#endif
