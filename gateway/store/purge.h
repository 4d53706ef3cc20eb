/* purge.h - records older than the policy keeps them are taken out, a little at a time
 *
 * Of accounts with nothing open (no amount left, promise, plan, hold, task, reply that waits, text
 * on its way) what is older than `before` goes: texts, replies, promises, holds, tasks, and the
 * payloads of events.  An account of which nothing is younger goes whole, with its person's name
 * and numbers; a list that names it later brings it anew.  Opt-outs stay, as in erase.h.
 *
 * The chain keeps every event's digest and still verifies; for each account an event `purged` tells
 * how much went and of which events.  Amounts, payments and imports of accounts that stay are kept.
 *
 * Writer's transaction; a call does about `budget` rows of work.  Errors: negative of the store.
 */
#ifndef GATEWAY_STORE_PURGE_H
#define GATEWAY_STORE_PURGE_H

#include "store.h"

struct purge_rule {
	int64_t before;       /* instant: older records go */
	int32_t before_day;   /* the same as a local day of the lender's */
	int32_t today;        /* the lender's */
	int64_t ignore_below; /* minor units: a smaller remainder counts as paid */
	int64_t now;
	const char *actor;
	bool dry; /* count, and change nothing */
};

/* Where a pass stands; begin with zeros. */
struct purge_walk {
	int64_t after;  /* accounts up to this one are done */
	bool strangers; /* and all of them: now texts of nobody's account */
	bool done;
};

struct purge_counts {
	int64_t accounts; /* of which something went */
	int64_t removed;  /* whole accounts */
	int64_t events;   /* payloads */
	int64_t texts;    /* texts and replies */
	int64_t others;   /* promises, holds, tasks, skips */
};

int purge_step(struct store *s, const struct purge_rule *rule, struct purge_walk *walk, int budget,
	       struct purge_counts *counts);

#endif
