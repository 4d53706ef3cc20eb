/* A growing set of 64-bit hashes, to know what came twice. 0 cannot be told from 1. */
#ifndef SIM_SEEN_H
#define SIM_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seen {
	uint64_t *at;
	size_t used;
	size_t room; /* a power of two */
};

void seen_fini(struct seen *seen);
bool seen_has(const struct seen *seen, uint64_t hash);

/* Adds it; whether it was there already. */
bool seen_add(struct seen *seen, uint64_t hash);

#endif
