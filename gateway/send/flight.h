/* flight.h - texts between `sending` and their last answer, found by message id
 *
 * A small open-addressed table; entries do not move.  Thread: the loop's.
 */
#ifndef GATEWAY_FLIGHT_H
#define GATEWAY_FLIGHT_H

#include "handover.h"

struct flight {
	struct handover_text text;
	struct flight *next; /* in the waiting list of its route */
	uint64_t since;      /* uv_now() when it became durable */
	unsigned next_part;  /* to be submitted for the first time, 0.. */
	uint8_t again[32];   /* a bit for each part that was refused for now */
	unsigned accepted;   /* parts */
	unsigned on_wire;    /* parts without an answer */
	bool waiting;        /* it stands in the waiting list */
	bool ended;          /* an outcome was given: the rest is not sent */
};

struct flight_table {
	struct flight **slot;
	size_t size, used; /* size: a power of two */
};

/* Takes the text over; NULL when memory is short. */
struct flight *flight_add(struct flight_table *t, struct handover_text *text);
struct flight *flight_find(const struct flight_table *t, int64_t id);
/* Takes it out and frees it. */
void flight_drop(struct flight_table *t, struct flight *f);

/* The part to submit next: one that was refused for now, else the next new one; text.count when
 * there is none. */
unsigned flight_next(const struct flight *f);
void flight_took(struct flight *f, unsigned part);
void flight_again(struct flight *f, unsigned part);

void flight_fini(struct flight_table *t);

#endif
