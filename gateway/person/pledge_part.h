/* pledge_part.h - what the files of pledge.h share; nobody else includes it */
#ifndef GATEWAY_PLEDGE_PART_H
#define GATEWAY_PLEDGE_PART_H

#include "pledge.h"

#define PLEDGE_ACTOR "dunlin"

/* Ends the open plan of an account: 1, 0 there is none, negative. */
int pledge_plan_stop(struct store *s, int64_t account, const char *why, const char *actor,
		     int64_t now);

/* A part was judged: the next is opened, or the plan ends.  `owes`: what the account owes in all,
 * `today`: its local day. */
int pledge_plan_goes_on(struct store *s, const struct config *config, int64_t plan, int part,
			enum promise_status status, int64_t owes, int32_t today, int64_t now);

/* A part that had been kept is so no more: the plan ends, whatever became of it. */
int pledge_plan_undone(struct store *s, int64_t plan, int32_t today, int64_t now);

#endif
