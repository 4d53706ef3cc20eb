/* dispatch.h - from the queue to the wire, and what came back
 *
 * One per daemon.  For every route it keeps the channel open, asks the writer for texts that may go
 * (gateway/send/handover.h) as room appears, submits what comes back durable, and puts answers and
 * receipts into the store.
 *
 *      queue --handover (durable: sending)--> waiting --submit--> on the wire --answer--> results
 *      --settle (durable)--> done
 *
 * At most twice a route's window of parts is between `sending` and a durable result: the window on
 * the wire, and as much again being decided or settled, so that the link never waits for the disk.
 * With a rate set, tokens come first and nothing is decided ahead of them.  A text that is durable
 * but not on the wire within a second goes back to the queue, known unsent.
 *
 * Parts of a long text: the first alone; once it is accepted the rest without deciding again.  A
 * part refused for now is tried again, and the rest waits a minute for a link that was lost; a part
 * refused for good ends the text.
 *
 * Thread: the loop's.  Closing: dispatch_close() drains what is on the wire, then `closed`.
 */
#ifndef GATEWAY_DISPATCH_H
#define GATEWAY_DISPATCH_H

#include "channel.h"
#include "gateway/base/clock.h"
#include "gateway/store/writer.h"

struct dispatch;
typedef void dispatch_closed(void *ctx);

struct dispatch_events {
	/* Something came in over a route: make it durable, then dispatch_acknowledge(). */
	void (*incoming)(void *ctx, const char *route, const struct channel_incoming *incoming);
	void (*route_state)(void *ctx, const char *route, enum channel_state state,
			    const char *reason);
	/* dispatch_busy() changed. */
	void (*busy)(void *ctx);
	/* What holds all but answers changed (NONE: nothing any more). */
	void (*held)(void *ctx, enum reason reason);
	/* The store failed a job: nothing is sent until it works again. */
	void (*store_failed)(void *ctx, int status);
	/* A query_sm was answered. */
	void (*asked)(void *ctx, const char *route, uint64_t cookie, const struct receipt *receipt);
	void (*sent)(void *ctx, int64_t message); /* accepted whole: a receipt may follow */
	void (*notice)(void *ctx, const char *route, const struct channel_notice *notice);
	void (*voice)(void *ctx, const char *route, const struct channel_voice *voice);
};

/* `learned`: what receipts taught us, for jobs of the writer's thread alone; it must outlive them.
 */
int dispatch_open(struct dispatch **out, uv_loop_t *loop, struct writer *writer,
		  const struct clock *clock, struct settle_tools *learned,
		  const struct dispatch_events *events, void *ctx);

/* Takes up a configuration: opens, closes or keeps channels.  The reference stays the caller's. */
void dispatch_use(struct dispatch *d, struct config *config);

/* Something may be due now. */
void dispatch_wake(struct dispatch *d);
/* What holds all sending (CLOCK, ...), NONE to go on.  PAUSED and RESTORED are read in the store.
 */
void dispatch_stop(struct dispatch *d, enum reason reason);
/* Answers to borrowers were queued: the schedule's clock waits for them. */
void dispatch_urgent(struct dispatch *d);

void dispatch_acknowledge(struct dispatch *d, const char *route, struct smpp_token token,
			  bool durable);
int dispatch_query(struct dispatch *d, const char *route, const char *smsc_id, uint64_t cookie);

/* What held all but answers when the queue was last looked at. */
enum reason dispatch_held(const struct dispatch *d);

/* Texts are on their way, or answers wait to go. */
bool dispatch_busy(const struct dispatch *d);
/* Nothing is on its way, and nothing that is due could go. */
bool dispatch_drained(const struct dispatch *d);
/* The clock's speed changed: timers are set anew. */
void dispatch_rearm(struct dispatch *d);

/* The channel of a route that places calls, for as long as the loop does not turn; NULL: there is
 * none now. */
struct channel *dispatch_voice(struct dispatch *d, const char *route);

/* New arrays: how the routes are, for the reply to `status`; the modems of all of them; what was
 * said on the wires (channel.h). */
json_t *dispatch_list(struct dispatch *d);
json_t *dispatch_modems(struct dispatch *d);
json_t *dispatch_said(struct dispatch *d, const char *which);

/* Takes no more from the queue, waits up to drain_ms for what is on the wire, closes channels, and
 * calls `closed` when every result is durable. */
void dispatch_close(struct dispatch *d, unsigned drain_ms, dispatch_closed *closed);

#endif
