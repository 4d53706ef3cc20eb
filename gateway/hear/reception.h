/* reception.h - takes in what routes bring: batches it, makes it durable, then acknowledges it
 *
 * Texts go to the writer at once.  Receipts under load are gathered for a few milliseconds, since a
 * commit for each handful of them would cost more than all else.  What could not be stored is
 * acknowledged with a temporary error, so that the operator delivers it again.
 *
 * Thread: the loop's.  Closing: reception_close() stores what came, then `closed`; the channels are
 * closed before.
 */
#ifndef GATEWAY_RECEPTION_H
#define GATEWAY_RECEPTION_H

#include "gateway/base/clock.h"
#include "gateway/store/writer.h"
#include "inbox.h"

struct reception;
typedef void reception_closed(void *ctx);

struct reception_events {
	void (*acknowledge)(void *ctx, const char *route, struct smpp_token token, bool durable);
	void (*replan)(void *ctx, int64_t person); /* 0: everybody */
	void (*answers)(void *ctx);                /* answers were queued */
	void (*busy)(void *ctx);                   /* reception_busy() may have changed */
};

int reception_open(struct reception **out, uv_loop_t *loop, struct writer *writer,
		   const struct clock *clock, struct settle_tools *learned,
		   const struct reception_events *events, void *ctx);
void reception_use(struct reception *r, struct config *config);

void reception_incoming(struct reception *r, const char *route,
			const struct channel_incoming *incoming);

/* A link was lost: what was acknowledged over it may not have been heard, and come again. */
void reception_link_lost(struct reception *r, const char *route);

/* Something that came in is not durable yet. */
bool reception_busy(const struct reception *r);

void reception_close(struct reception *r, reception_closed *closed);

#endif
