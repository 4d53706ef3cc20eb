/* start_air.h - at the daemon's start: what became of texts that were with modems when it ended
 *
 * Inside the start's transaction; what stays `sending` behind it is in doubt.
 */
#ifndef GATEWAY_START_AIR_H
#define GATEWAY_START_AIR_H

#include "store/store.h"

/* Settles what is known, and names the new run in the store: *run. 0 or negative. */
int start_air_recover(struct store *s, const char *home, int64_t now, int64_t *run);

#endif
