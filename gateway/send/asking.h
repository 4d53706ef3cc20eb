/* asking.h - asks the operator about texts whose receipt does not come (query_sm)
 *
 * Ten minutes of real time after a text was accepted, and again after an hour, its parts without a
 * final state are asked about, a few at a time; what the operator says counts like a receipt. After
 * a restart the newest texts that are still `sent` are taken up again.
 *
 * Thread: the loop's.
 */
#ifndef GATEWAY_ASKING_H
#define GATEWAY_ASKING_H

#include "dispatch.h"
#include "gateway/base/clock.h"
#include "gateway/config/config.h"

struct asking;
typedef void asking_closed(void *ctx);

int asking_open(struct asking **out, uv_loop_t *loop, struct writer *writer,
		struct dispatch *dispatch, const struct clock *clock, struct settle_tools *learned,
		void *ctx);
void asking_use(struct asking *a, struct config *config);

/* A text was accepted whole. */
void asking_sent(struct asking *a, int64_t message);
/* A query was answered; a receipt without state: the operator does not know. */
void asking_answered(struct asking *a, const char *route, uint64_t cookie,
		     const struct receipt *receipt);

void asking_close(struct asking *a, asking_closed *closed);

#endif
