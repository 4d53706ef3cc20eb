/* modem_rows.h - the rows of `dunlin modems`, also part of `dunlin status --json`
 *
 * What a daemon says of its modems, and what the store says their SIMs have used; without a daemon
 * the SIMs that were seen, as they were seen last.
 */
#ifndef GATEWAY_CLI_MODEM_ROWS_H
#define GATEWAY_CLI_MODEM_ROWS_H

#include "rows.h"
#include "show.h"

#include <jansson.h>

#define MODEM_ROWS 24
extern const struct rows_column modem_rows[MODEM_ROWS];

/* live: the daemon's reply to `status`, NULL without one.  0 or negative. */
int modem_rows_all(struct rows *r, struct show *s, const json_t *live);

#endif
