#include "arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BLOCK 4096
#define ARENA_ALIGN _Alignof(max_align_t)

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	_Alignas(ARENA_ALIGN) char bytes[];
};

static struct arena_block *
block_new(size_t size)
{
	struct arena_block *b = calloc(1, sizeof(*b) + size);

	if (b == NULL) {
		fputs("dunlin: out of memory while reading the home folder\n", stderr);
		abort();
	}
	b->size = size;
	return b;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	struct arena_block *b = arena->blocks;
	void *piece;

	assert(size < SIZE_MAX / 2);
	size = (size + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
	if (b == NULL || b->size - b->used < size) {
		b = block_new(size > ARENA_BLOCK / 2 ? size : ARENA_BLOCK - sizeof(*b));
		/* A large piece has a block to itself, behind the one that still has room. */
		if (arena->blocks != NULL && size > ARENA_BLOCK / 2) {
			b->next = arena->blocks->next;
			arena->blocks->next = b;
		} else {
			b->next = arena->blocks;
			arena->blocks = b;
		}
	}
	piece = b->bytes + b->used;
	b->used += size;
	return piece;
}

void *
arena_array(struct arena *arena, size_t n, size_t size)
{
	assert(size == 0 || n < SIZE_MAX / 2 / size);
	return arena_alloc(arena, n * size);
}

char *
arena_text(struct arena *arena, const char *text, size_t len)
{
	char *copy = arena_alloc(arena, len + 1);

	if (len > 0)
		memcpy(copy, text, len);
	return copy;
}

char *
arena_format(struct arena *arena, const char *fmt, ...)
{
	va_list args, again;
	char *text;
	int len;

	assert(fmt != NULL);
	va_start(args, fmt);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, args);
	assert(len >= 0);
	text = arena_alloc(arena, (size_t)len + 1);
	vsnprintf(text, (size_t)len + 1, fmt, again);
	va_end(again);
	va_end(args);
	return text;
}

void
arena_clear(struct arena *arena)
{
	struct arena_block *b = arena->blocks, *next;

	for (; b != NULL; b = next) {
		next = b->next;
		explicit_bzero(b->bytes, b->size); /* passwords are kept here too */
		free(b);
	}
	arena->blocks = NULL;
}
