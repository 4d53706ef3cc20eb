/* plan_part.h - what plan_walk and plan_decide share; nobody else includes it
 *
 * plan_judge.c answers for one step of one account on one local day: is it live, what holds it,
 * and when on that day may it go.  plan_walk.c goes over days and accounts and supposes what it
 * plans to be sent.  plan.c asks about one step at one instant.
 */
#ifndef SCHEDULE_PLAN_PART_H
#define SCHEDULE_PLAN_PART_H

#include "plan.h"

/* Accounts of one person that are planned together.  Of a person with more that have a step in
 * the days walked, the others wait with OTHER_ACCOUNT: they could hardly get a turn. */
#define PLAN_ACCOUNTS 64
/* Contacts supposed in a walk that caps may still see. */
#define PLAN_SUPPOSED 128
/* Steps supposed in a walk that a later step's `no_response_since` may still name. */
#define PLAN_SENT 64

/* One account in a walk.  No payment comes in while it lasts, so the amount it follows and what
 * holds it stay the same; only what the walk itself supposes to be sent changes. */
struct plan_state {
	size_t account;                /* index in the person */
	int index;                     /* of the oldest unpaid amount, -1: none */
	int32_t due;                   /* of that amount; INT32_MAX: none */
	int32_t today;                 /* local day of now */
	int32_t gone[CAMPAIGN_VOICES]; /* the latest step day supposed sent */
	const struct campaign_step *told[CAMPAIGN_VOICES]; /* last deferral listed ... */
	int64_t told_at[CAMPAIGN_VOICES];                  /* ... and where to */
};

/* A step that the walk supposes to have gone. */
struct plan_sent {
	size_t account;
	int32_t due;
	int16_t day;
	uint8_t channel;
	int64_t at;
};

struct plan_walker {
	const struct plan_person *person;
	const struct plan_rules *rules;
	int64_t now;
	int32_t from, to;
	plan_emit *emit; /* NULL: only suppose */
	void *ctx;
	/* plan_decide stops the walk where its own step's turn comes. */
	size_t target_account;
	const struct campaign_step *target; /* NULL: none */
	bool reached;
	bool crowded; /* there are more accounts than `states` */
	size_t n_states, n_supposed;
	size_t n_sent; /* in all; the last PLAN_SENT are kept */
	struct plan_sent sent[PLAN_SENT];
	struct plan_state states[PLAN_ACCOUNTS]; /* highest DPD first */
	struct policy_contact supposed[PLAN_SUPPOSED];
	bool reserved[PLAN_SUPPOSED]; /* a deferral's target: holds its place for this day only */
};

void plan_walker_init(struct plan_walker *w, const struct plan_person *person,
		      const struct plan_rules *rules, int64_t now, int32_t from, int32_t to);
/* Everybody's days from `now` to `to`, or up to the target's turn. */
void plan_walker_run(struct plan_walker *w);

/* The first and last local day on which a step may go. */
int32_t plan_own_day(int32_t due, const struct campaign_step *step);
int32_t plan_last_day(const struct plan_account *a, int32_t due, const struct campaign_step *step);
/* Was it tried in vain? */
bool plan_stuck(const struct plan_account *a, int32_t due, const struct campaign_step *step);

enum plan_life {
	PLAN_LIFE_AHEAD,  /* its own day is still to come */
	PLAN_LIFE_MARKED, /* served or skipped */
	PLAN_LIFE_LIVE,
	PLAN_LIFE_OVER, /* superseded: by a later step, or its late days have passed */
};
/* What is asked about a step of an account: the amount it follows, and the walk that knows what is
 * supposed to have gone (NULL: nothing is). */
struct plan_case {
	const struct plan_account *account;
	int32_t due;
	const struct plan_walker *walk;
};

/* `since` (OVER): the day from which that is so; `reason` (MARKED): DONE or SKIPPED. */
enum plan_life plan_life(const struct plan_case *c, const struct campaign_step *step, int32_t day,
			 int32_t *since, enum reason *reason);

/* What holds a step of an account at an instant of a local day, or NONE. */
enum reason plan_held(const struct plan_case *c, const struct plan_rules *rules,
		      const struct campaign_step *step, int32_t day, int64_t at, const char **rule);
/* The part of it that also holds texts which are no step. */
enum reason plan_held_person(const struct plan_account *a, int32_t day, int64_t at,
			     const char **rule);

/* The preferred instant of a step on a local day, but not before `now`. */
int64_t plan_preferred(const struct plan_account *a, const struct campaign_step *step, int32_t day,
		       int64_t now);

/* What the policy is asked about a contact with an account. */
struct policy_question plan_question(const struct plan_person *person, const struct plan_account *a,
				     enum campaign_channel channel, int64_t at);

struct plan_slot {
	int64_t at; /* INT64_MAX: no time within `last` */
	int32_t day;
	bool moved;         /* from the preferred time, by a rule */
	enum reason reason; /* the rule's */
	const char *rule;
};

/* When may a step go, from a local day on?  On its own day at the preferred time or the first time
 * allowed after it (when `last` forbids that, before it).  On a later day (its own is over, or it
 * is moved there) the preferred time, else the first time allowed after it, else before it. */
struct plan_slot plan_slot_from(const struct policy *policy, struct policy_question *q,
				const struct plan_account *a, const struct campaign_step *step,
				int32_t day, int32_t own, int32_t last, int64_t now);
/* The same when the rules said, of the instant q->at, that the first allowed one is `until`. */
struct plan_slot plan_slot_after(const struct policy *policy, struct policy_question *q,
				 const struct plan_account *a, const struct campaign_step *step,
				 const struct policy_decision *refused, int32_t last);

#endif
