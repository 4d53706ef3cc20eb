/* seen.h - keys met before, in a table that grows
 *
 * Ownership: the caller's structure, zeroed at first; seen_clear() ends it.
 */
#ifndef GATEWAY_CLI_SEEN_H
#define GATEWAY_CLI_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seen {
	uint64_t *slot; /* 0: empty */
	size_t room, n; /* room: a power of two, or 0 */
};

bool seen_has(const struct seen *s, uint64_t key);
/* Was it new?  Without memory it is, and is not kept. */
bool seen_add(struct seen *s, uint64_t key);
void seen_clear(struct seen *s);

#endif
