/* handover_call.h - the transaction that hands a call over: decide again, then `calling`
 *
 * Jobs of the writer, in two steps, since what is said must be ready before anybody is dialled:
 *
 *   look   which call of a route is due and may go now: balance, promise, holds, opt-out, check
 *          digits and policy are read and decided.  What may not go is moved, skipped or cancelled
 *          with its reason.  The first that may comes back as a brief, and nothing else is changed.
 *   start  decides that one again, in a transaction of its own.  When it may still go, and the call
 *          would say the same, the row becomes `calling`: durable before ATD.  When it would say
 *          something else, the new brief comes back, to be made ready.
 *
 * Ownership: the job is the caller's; `brief` is handed over with it.
 * Thread: the work on the writer's; the rest where the job is made.
 */
#ifndef GATEWAY_HANDOVER_CALL_H
#define GATEWAY_HANDOVER_CALL_H

#include "brief.h"
#include "gateway/send/handover.h"

struct handover_call {
	/* in */
	struct config *config;            /* a reference of its own */
	struct facts **facts;             /* the writer's thread's, kept between jobs */
	const struct config_route *route; /* NULL: the queue of what no route takes */
	int64_t now;
	enum reason stopped;         /* NONE, or what holds all sending */
	struct handover_pool pool;   /* its SIMs that can call; room: now */
	int64_t busy[HANDOVER_SIMS]; /* look: rows that are in hand already */
	size_t n_busy;
	const struct brief *expect; /* start: what was made ready */
	int64_t row, sim;           /* start: in; look: out, 0: none may go now */
	/* out */
	struct brief *brief; /* NULL: it may not go */
	bool started;        /* the row is `calling` */
	bool rerouted;       /* rows went over to the queue of another route, and are due there */
	bool waits;          /* look: a row may go, and its number's SIM has something else to do */
	enum reason held;    /* what held all, NONE: nothing */
	int64_t next_at;     /* look: when the next row of this queue is due, INT64_MAX: none */
};

int handover_call_look(struct store *s, void *job);
int handover_call_start(struct store *s, void *job);

#endif
