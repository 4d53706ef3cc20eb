/* caller.h - calls: from the queue to the telephone, what was said there, and back
 *
 * One per daemon.  A call in hand is an errand:
 *
 *     look (decided) -> prompts made ready -> SIM claimed -> sound opened
 *        -> decided again, durable: `calling` -> dialled -> the script -> over (durable)
 *
 *     it rings here -> whose number? (durable)
 *        -> prompts -> sound -> accepted -> the script -> over
 *
 * What a key confirmed is durable before the script thanks for it.  One errand a SIM, and none is
 * begun that no SIM is there for.  Texts have the stick between two calls.
 *
 * Whole calls are recorded where the route says with which words; recordings and messages lie in
 * HOME/calls under the hash of their octets, which the chain holds.
 *
 * Thread: the loop's.  Closing: caller_close() hangs up, stores how each call ended, then `closed`;
 * its channels must live so long.
 */
#ifndef GATEWAY_CALLER_H
#define GATEWAY_CALLER_H

#include "gateway/base/clock.h"
#include "gateway/send/dispatch.h"

struct caller;
typedef void caller_closed(void *ctx);

struct caller_events {
	void (*busy)(void *ctx);                   /* caller_pace() or _drained() changed */
	void (*replan)(void *ctx, int64_t person); /* what is planned for them changed */
	void (*answers)(void *ctx);                /* texts to borrowers were queued */
	void (*failed)(void *ctx, int status);     /* the store failed a job */
};

int caller_open(struct caller **out, uv_loop_t *loop, struct writer *writer,
		struct dispatch *dispatch, const struct clock *clock,
		const struct caller_events *events, void *ctx);
/* Takes up a configuration, behind dispatch_use().  The reference stays the caller's. */
void caller_use(struct caller *c, struct config *config);

/* What a route's channel tells. */
void caller_voice(struct caller *c, const char *route, const struct channel_voice *voice);
/* A call may be due now. */
void caller_wake(struct caller *c);
/* The clock's speed changed: timers are set anew. */
void caller_rearm(struct caller *c);

/* How fast the schedule's clock may run: 0 as it likes, 1 real time, or as fast as all sound. */
int caller_pace(const struct caller *c);
/* Nobody talks, and nobody could be called now who is due. */
bool caller_drained(const struct caller *c);

void caller_close(struct caller *c, caller_closed *closed);

#endif
