/* route_rows.h - the routes as `dunlin routes` and `dunlin status` show them
 *
 * What a route is comes from dunlin.yaml, what it has done from the store, and what it is doing
 * from the daemon.  Where none serves, every route is down.
 */
#ifndef GATEWAY_CLI_ROUTE_ROWS_H
#define GATEWAY_CLI_ROUTE_ROWS_H

#include "rows.h"
#include "show.h"

#define ROUTE_ROWS 14

extern const struct rows_column route_rows[ROUTE_ROWS];

/* Asks the daemon how it is: its reply, the caller's to decref; NULL when none serves. */
json_t *route_rows_ask(struct show *s);

/* A list of that, on standard output: `all` writes its rows, `empty` is said where there are none.
 * The exit status. */
typedef int route_rows_write(struct rows *r, struct show *s, const json_t *live);
int route_rows_show(const struct cli_call *call, const struct rows_column *columns, size_t n,
		    route_rows_write *all, const char *empty);
/* One row a route, in the order written. `live`: the daemon's reply, or NULL. 0 or negative. */
int route_rows_all(struct rows *r, struct show *s, const json_t *live);

#endif
