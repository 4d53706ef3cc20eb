/* dunlin routes */
#include "route_rows.h"

int
cli_routes(const struct cli_call *call)
{
	return route_rows_show(call, route_rows, ROUTE_ROWS, route_rows_all,
			       "No routes: name one under `routes:` in dunlin.yaml.");
}
