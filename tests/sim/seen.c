#include "seen.h"

#include <stdlib.h>

void
seen_fini(struct seen *seen)
{
	free(seen->at);
	*seen = (struct seen){0};
}

/* Its place, or the free one where it would go. */
static size_t
place(const uint64_t *at, size_t room, uint64_t hash)
{
	size_t i = hash & (room - 1);
	while (at[i] && at[i] != hash)
		i = (i + 1) & (room - 1);
	return i;
}

static void
grow(struct seen *seen)
{
	size_t room = seen->room ? seen->room * 2 : 4096;
	uint64_t *at = calloc(room, sizeof *at);
	if (!at)
		abort();
	for (size_t i = 0; i < seen->room; i++)
		if (seen->at[i])
			at[place(at, room, seen->at[i])] = seen->at[i];
	free(seen->at);
	seen->at = at;
	seen->room = room;
}

bool
seen_has(const struct seen *seen, uint64_t hash)
{
	hash = hash ? hash : 1;
	return seen->room && seen->at[place(seen->at, seen->room, hash)];
}

bool
seen_add(struct seen *seen, uint64_t hash)
{
	hash = hash ? hash : 1;
	if (seen->used * 2 >= seen->room)
		grow(seen);
	size_t i = place(seen->at, seen->room, hash);
	if (seen->at[i])
		return true;
	seen->at[i] = hash;
	seen->used++;
	return false;
}
