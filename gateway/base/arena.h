/* arena.h - memory that is given back all at once
 *
 * What a person wrote is read into many small pieces that live and die together: the nodes of a
 * YAML file, a config snapshot.  An arena hands such pieces out of blocks and frees the blocks.
 *
 * Ownership: the caller owns the arena, begins it zeroed (`struct arena a = {0};`) and ends it with
 * arena_clear; every piece lives until then.
 * Errors: none are returned.  The pieces are bounded by the sizes of the files read; when there is
 * no memory even for those, the program says so and aborts.
 * Thread: one at a time while pieces are taken; pieces may be read by any.
 */
#ifndef GATEWAY_ARENA_H
#define GATEWAY_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *blocks;
};

/* Zeroed bytes, aligned for any type; size 0 gives a valid pointer too. */
void *arena_alloc(struct arena *arena, size_t size);
/* Zeroed room for n items. */
void *arena_array(struct arena *arena, size_t n, size_t size);
/* A copy of len bytes with a NUL behind. */
char *arena_text(struct arena *arena, const char *text, size_t len);
/* As printf. */
char *arena_format(struct arena *arena, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void arena_clear(struct arena *arena);

#endif
