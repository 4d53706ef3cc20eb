/*
 * What is to happen later: a heap of small plain entries and one timer for the earliest.
 *
 * A delayed answer, a receipt and a reply are each one entry; tens of thousands may wait.
 * Entries due in the same millisecond come in the order they were added.
 *
 * Completion: `call` is given each entry once when it is due, from the loop, never from due_add();
 * entries that have not come up when due_close() is called are given to `drop`.
 */
#ifndef SIM_DUE_H
#define SIM_DUE_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

enum due_kind {
	DUE_ANSWER,    /* session, thing = message or NULL, a = command, b = status, c = sequence */
	DUE_CLOSE,     /* session */
	DUE_ENQUIRE,   /* session */
	DUE_LETTER,    /* thing = letter to hand over */
	DUE_RECEIPT,   /* thing = message, a = state */
	DUE_REDELIVER, /* session, a = slot, c = sequence */
	DUE_RESUME,    /* session: a stall ends */
	DUE_WRITE,     /* session: held output may go */
};

struct due_entry {
	uint64_t at; /* milliseconds of uv_now() */
	uint64_t order;
	enum due_kind kind;
	uint32_t a;
	uint32_t b;
	uint32_t c;
	void *session;
	void *thing;
};

typedef void due_call(void *ctx, const struct due_entry *entry);

struct due {
	uv_timer_t timer;
	uint64_t armed_for;
	uint64_t count;
	struct due_entry *heap;
	size_t used;
	size_t room;
	due_call *call;
	due_call *drop;
	void *ctx;
};

void due_open(struct due *due, uv_loop_t *loop, due_call *call, due_call *drop, void *ctx);
void due_close(struct due *due);

/* `entry->at` is set by this: `delay` milliseconds from now. */
void due_add(struct due *due, uint64_t delay, struct due_entry entry);

#endif
