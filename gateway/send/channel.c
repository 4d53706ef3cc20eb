#include "channel.h"

#include <stdio.h>

int
channel_open(struct channel **out, const struct channel_needs *needs,
	     const struct config_route *route, const struct channel_events *events, void *ctx,
	     char why[160])
{
	int rc;

	if (route->type == CONFIG_ROUTE_SMPP)
		rc = channel_smpp_open(out, needs->loop, route, why);
	else if (route->type == CONFIG_ROUTE_FILE)
		rc = channel_file_open(out, needs->loop, route, why);
	else
		rc = channel_modem_open(out, needs, route, why);
	if (rc != 0)
		return rc;
	(*out)->events = events;
	(*out)->ctx = ctx;
	snprintf((*out)->route, sizeof(*out)->route, "%s", route->name);
	return 0;
}
