/* dunlin routes */
#include "route_rows.h"

int
cli_routes(const struct cli_call *call)
{
	struct show s;
	struct rows r;
	json_t *live;
	int status = show_open(&s, call), ended, rc;

	if (status != CLI_DONE)
		return status;
	live = route_rows_ask(&s);
	rows_open(&r, stdout, call->json, route_rows, ROUTE_ROWS);
	rc = route_rows_all(&r, &s, live);
	ended = rows_close(&r, "No routes: name one under `routes:` in dunlin.yaml.");
	status = rc != 0 ? show_failed(&s) : ended;
	json_decref(live);
	show_close(&s);
	return status;
}
