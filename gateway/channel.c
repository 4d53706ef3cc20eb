#include "channel.h"

#include <stdio.h>

int
channel_open(struct channel **out, uv_loop_t *loop, const struct config_route *route,
	     const struct channel_events *events, void *ctx, char why[160])
{
	int rc;

	if (route->type == CONFIG_ROUTE_SMPP)
		rc = channel_smpp_open(out, loop, route, why);
	else if (route->type == CONFIG_ROUTE_FILE)
		rc = channel_file_open(out, loop, route, why);
	else {
		snprintf(why, 160, "routes of type %s send nothing in this release",
			 config_route_type_word(route->type));
		return UV_ENOTSUP;
	}
	if (rc != 0)
		return rc;
	(*out)->events = events;
	(*out)->ctx = ctx;
	snprintf((*out)->route, sizeof(*out)->route, "%s", route->name);
	return 0;
}
