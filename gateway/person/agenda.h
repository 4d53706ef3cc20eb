/* agenda.h - brings the queue in line with the plan, one person at a time
 *
 * Makes rows for steps that are near, moves and re-routes those that wait, revives those whose
 * cause is gone, ends those whose step is gone, gives each step that went by its row and reason,
 * and makes tasks.  The plan is schedule/plan.h's, the same that decides at sending.
 *
 * Inside the writer's transaction.
 */
#ifndef GATEWAY_AGENDA_H
#define GATEWAY_AGENDA_H

#include "facts.h"

#define AGENDA_DAYS 2 /* a row stands in the queue this many local days before its own */

/* Plans the person of an account as of `now`.  `whole`: also rows of amounts long settled, which
 * are not among the facts, are looked at. */
int agenda_plan(struct store *s, struct facts *facts, const struct plan_rules *rules,
		int64_t account, bool whole, int64_t now);

#endif
