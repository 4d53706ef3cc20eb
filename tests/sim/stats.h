/* What happened, counted; printed as one JSON object on a line. */
#ifndef SIM_STATS_H
#define SIM_STATS_H

#include "buffer.h"

#include <stdint.h>

/* clang-format off */
#define STATS_LIST(X)                                                                              \
	X(connections) X(binds) X(binds_refused) X(unbinds) X(lost_sessions)                       \
	X(submits) X(accepted) X(refused) X(throttled) X(queue_full) X(blocked) X(malformed)       \
	X(answers) X(never_answered) X(dropped) X(stalled) X(over_window)                          \
	X(receipts) X(replies) X(delivers) X(deliver_answers) X(deliver_refused) X(redelivered)    \
	X(queries) X(cancels) X(enquires) X(nacks) X(unknown) X(garbage) X(lies)                   \
	X(twice) X(max_unanswered) X(peak_per_second) X(octets_in) X(octets_out)
/* clang-format on */

struct stats {
#define X(name) uint64_t name;
	STATS_LIST(X)
#undef X
	/* the second being counted, and its submits */
	uint64_t second;
	uint64_t in_second;
};

/* A submit at `now` milliseconds; returns how many this second has seen with it. */
uint64_t stats_submit(struct stats *stats, uint64_t now);

/* Appends the object and a newline; `waiting` deliveries are still to be handed over. */
void stats_write(const struct stats *stats, uint64_t sessions, uint64_t waiting, struct buffer *to);

#endif
