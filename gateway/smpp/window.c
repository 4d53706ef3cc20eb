#include "window.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* As many given-up requests are remembered as four windows, at least this many. */
#define LATE_MIN 256u

struct late {
	uint64_t cookie;
	uint32_t sequence; /* 0: empty */
};

struct window {
	struct window_slot *slots;
	struct window_slot **places; /* by sequence & mask; NULL: free */
	struct window_slot *free;
	struct window_slot *oldest, *newest;
	struct late *late;
	uint32_t mask;
	unsigned counts[2];
	unsigned late_size, late_next;
};

static uint32_t
power_of_two_from(uint32_t n)
{
	uint32_t p = 16;

	while (p < n)
		p *= 2;
	return p;
}

struct window *
window_new(unsigned slots)
{
	struct window *w = calloc(1, sizeof *w);
	uint32_t places = power_of_two_from(slots * 2);

	if (w == NULL)
		return NULL;
	w->mask = places - 1;
	w->late_size = slots * 4 > LATE_MIN ? slots * 4 : LATE_MIN;
	w->slots = calloc(slots, sizeof *w->slots);
	w->places = calloc(places, sizeof *w->places);
	w->late = calloc(w->late_size, sizeof *w->late);
	if (w->slots == NULL || w->places == NULL || w->late == NULL) {
		window_free(w);
		return NULL;
	}
	for (unsigned i = 0; i < slots; i++) {
		w->slots[i].newer = w->free;
		w->free = &w->slots[i];
	}
	return w;
}

void
window_free(struct window *w)
{
	if (w == NULL)
		return;
	free(w->slots);
	free(w->places);
	free(w->late);
	free(w);
}

uint32_t
window_sequence_after(uint32_t sequence)
{
	return sequence >= 0x7fffffff ? 1 : sequence + 1;
}

struct window_slot *
window_add(struct window *w, enum window_kind kind, uint32_t *sequence)
{
	struct window_slot *slot = w->free;

	if (slot == NULL)
		return NULL;
	/* At least half of the places are free, so this ends. */
	do
		*sequence = window_sequence_after(*sequence);
	while (w->places[*sequence & w->mask] != NULL);
	w->free = slot->newer;
	*slot = (struct window_slot){.sequence = *sequence, .kind = kind, .older = w->newest};
	w->places[*sequence & w->mask] = slot;
	if (w->newest != NULL)
		w->newest->newer = slot;
	else
		w->oldest = slot;
	w->newest = slot;
	w->counts[kind]++;
	return slot;
}

struct window_slot *
window_find(const struct window *w, uint32_t sequence)
{
	struct window_slot *slot = w->places[sequence & w->mask];

	return slot != NULL && slot->sequence == sequence ? slot : NULL;
}

struct window_slot *
window_oldest(const struct window *w)
{
	return w->oldest;
}

void
window_remove(struct window *w, struct window_slot *slot)
{
	assert(w->places[slot->sequence & w->mask] == slot);
	w->places[slot->sequence & w->mask] = NULL;
	if (slot->older != NULL)
		slot->older->newer = slot->newer;
	else
		w->oldest = slot->newer;
	if (slot->newer != NULL)
		slot->newer->older = slot->older;
	else
		w->newest = slot->older;
	w->counts[slot->kind]--;
	slot->newer = w->free;
	w->free = slot;
}

unsigned
window_count(const struct window *w, enum window_kind kind)
{
	return w->counts[kind];
}

void
window_give_up(struct window *w, struct window_slot *slot)
{
	w->late[w->late_next] = (struct late){slot->cookie, slot->sequence};
	w->late_next = (w->late_next + 1) % w->late_size;
	window_remove(w, slot);
}

bool
window_take_late(struct window *w, uint32_t sequence, uint64_t *cookie)
{
	if (sequence == 0)
		return false;
	for (unsigned i = 0; i < w->late_size; i++) {
		if (w->late[i].sequence != sequence)
			continue;
		*cookie = w->late[i].cookie;
		w->late[i].sequence = 0;
		return true;
	}
	return false;
}

void
window_forget_late(struct window *w)
{
	memset(w->late, 0, w->late_size * sizeof *w->late);
	w->late_next = 0;
}
