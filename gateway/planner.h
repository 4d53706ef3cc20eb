/* planner.h - keeps the queue in step with the lists: rows for the days near, tasks, promises
 * judged
 *
 * A pass reads which accounts may have a step near (a read-only connection on the thread pool, in
 * short stretches) and plans their persons in short jobs of the writer, with the same function that
 * decides at sending.  It makes rows `planned`, ends those whose step is gone, and makes tasks.
 * Passes run at start, at every local midnight of the lender and every six hours, after an import
 * or a reload; a single person is planned again when something about them changes.
 *
 * Thread: the loop's.  Closing: planner_close() waits for its job, then `closed`.
 */
#ifndef GATEWAY_PLANNER_H
#define GATEWAY_PLANNER_H

#include "gateway/base/clock.h"
#include "gateway/person/facts.h"
#include "store/writer.h"

struct planner;
typedef void planner_closed(void *ctx);

struct planner_events {
	void (*planned)(void *ctx);            /* rows may have become due */
	void (*busy)(void *ctx);               /* planner_busy() changed */
	void (*failed)(void *ctx, int status); /* the store failed a job; it is tried again */
};

int planner_open(struct planner **out, uv_loop_t *loop, struct writer *writer, const char *path,
		 const struct clock *clock, const struct planner_events *events, void *ctx);
void planner_use(struct planner *p, struct config *config);

/* Plans everybody; while a pass runs another is noted. */
void planner_pass(struct planner *p);
/* Plans one person (`account`: the person of that account). */
void planner_person(struct planner *p, int64_t person);
void planner_account(struct planner *p, int64_t account);

bool planner_busy(const struct planner *p);
/* The clock's speed changed: the timer is set anew. */
void planner_rearm(struct planner *p);
/* No passes any more: the daemon waits for what is due to finish. */
void planner_hold(struct planner *p);
void planner_close(struct planner *p, planner_closed *closed);

#endif
