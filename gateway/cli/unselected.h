/* unselected.h - accounts that owe something and that no campaign selects: listed, never silently
 * skipped
 *
 * A campaign without `select:` takes everybody: then nothing is read.  Else every account is looked
 * at, its fields first and its figures where these decide.
 */
#ifndef GATEWAY_CLI_UNSELECTED_H
#define GATEWAY_CLI_UNSELECTED_H

#include "gateway/person/facts.h"
#include "gateway/store/list.h"

/* One of them; `facts` holds its person.  Anything but 0 ends the walk, which is not handed on. */
typedef int unselected_cb(void *ctx, size_t index);

/* How many there are up to `most`; `each` may be NULL.  Negative of the store. */
int64_t unselected_walk(struct store *s, struct facts *facts, int64_t now, int64_t most,
			unselected_cb *each, void *ctx);

/* The same, where the home's store could not be opened for other reasons: counts with facts of its
 * own, 0 when they cannot be had. */
int64_t unselected_count(struct store *s, const struct config *config, int64_t now);

#endif
