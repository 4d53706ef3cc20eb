#include "due.h"

#include <stdbool.h>
#include <stdlib.h>

static bool
before(const struct due_entry *a, const struct due_entry *b)
{
	return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static void
sift_up(struct due *due, struct due_entry entry)
{
	size_t i = due->used++;
	while (i && before(&entry, &due->heap[(i - 1) / 2])) {
		due->heap[i] = due->heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	due->heap[i] = entry;
}

static struct due_entry
pop(struct due *due)
{
	struct due_entry top = due->heap[0], last = due->heap[--due->used];
	size_t i = 0;
	for (size_t child; (child = 2 * i + 1) < due->used; i = child) {
		if (child + 1 < due->used && before(&due->heap[child + 1], &due->heap[child]))
			child++;
		if (!before(&due->heap[child], &last))
			break;
		due->heap[i] = due->heap[child];
	}
	due->heap[i] = last;
	return top;
}

static void on_timer(uv_timer_t *timer);

static void
arm(struct due *due)
{
	if (!due->used || due->armed_for == due->heap[0].at)
		return;
	uint64_t now = uv_now(due->timer.loop), at = due->heap[0].at;
	due->armed_for = at;
	uv_timer_start(&due->timer, on_timer, at > now ? at - now : 0, 0);
}

static void
on_timer(uv_timer_t *timer)
{
	struct due *due = timer->data;
	uint64_t now = uv_now(timer->loop), until = due->count;
	due->armed_for = UINT64_MAX;
	/* What is added by the calls waits for the next round, or a delay of 0 would never end. */
	while (due->used && due->heap[0].at <= now && due->heap[0].order < until) {
		struct due_entry entry = pop(due);
		due->call(due->ctx, &entry);
	}
	due->armed_for = UINT64_MAX;
	arm(due);
}

void
due_open(struct due *due, uv_loop_t *loop, due_call *call, due_call *drop, void *ctx)
{
	*due = (struct due){.call = call, .drop = drop, .ctx = ctx, .armed_for = UINT64_MAX};
	uv_timer_init(loop, &due->timer);
	due->timer.data = due;
}

void
due_close(struct due *due)
{
	while (due->used) {
		struct due_entry entry = pop(due);
		due->drop(due->ctx, &entry);
	}
	free(due->heap);
	due->heap = NULL;
	due->room = 0;
	uv_close((uv_handle_t *)&due->timer, NULL);
}

void
due_add(struct due *due, uint64_t delay, struct due_entry entry)
{
	if (due->used == due->room) {
		due->room = due->room ? due->room * 2 : 1024;
		due->heap = realloc(due->heap, due->room * sizeof *due->heap);
		if (!due->heap)
			abort();
	}
	entry.at = uv_now(due->timer.loop) + delay;
	entry.order = due->count++;
	sift_up(due, entry);
	arm(due);
}
