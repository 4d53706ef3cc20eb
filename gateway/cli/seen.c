#include "seen.h"

#include <stdlib.h>

/* Never 0, which is an empty slot. */
static uint64_t
mixed(uint64_t key)
{
	return (key ^ key >> 29) * UINT64_C(0xbf58476d1ce4e5b9) | 1;
}

static size_t
slot_of(const uint64_t *slot, size_t room, uint64_t mix)
{
	size_t i = (mix >> 1) & (room - 1);

	while (slot[i] != 0 && slot[i] != mix)
		i = (i + 1) & (room - 1);
	return i;
}

bool
seen_has(const struct seen *s, uint64_t key)
{
	return s->room > 0 && s->slot[slot_of(s->slot, s->room, mixed(key))] != 0;
}

static bool
grow(struct seen *s)
{
	size_t room = s->room == 0 ? 256 : s->room * 2;
	uint64_t *slot = calloc(room, sizeof *slot);

	if (slot == NULL)
		return false;
	for (size_t i = 0; i < s->room; i++)
		if (s->slot[i] != 0)
			slot[slot_of(slot, room, s->slot[i])] = s->slot[i];
	free(s->slot);
	s->slot = slot;
	s->room = room;
	return true;
}

bool
seen_add(struct seen *s, uint64_t key)
{
	if (seen_has(s, key))
		return false;
	if (s->n * 2 >= s->room && !grow(s))
		return true;
	s->slot[slot_of(s->slot, s->room, mixed(key))] = mixed(key);
	s->n++;
	return true;
}

void
seen_clear(struct seen *s)
{
	free(s->slot);
	*s = (struct seen){0};
}
