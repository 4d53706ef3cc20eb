/* dunlin serve: the daemon. */
#include "cli.h"

#include "gateway/daemon.h"

#include <stdlib.h>

const struct cli_option serve_options[] = {
    {"at", "TIME", "start the schedule's clock at this local time (for trying a campaign)"},
    {"speed", "N", "run that clock N times as fast, 1 to 100000"},
    {"until", "TIME", "stop when the clock reaches this local time"},
    {NULL, NULL, NULL}};

int
cli_serve(const struct cli_call *call)
{
	const char *speed = cli_option(call, serve_options, "speed");
	struct daemon_options options = {.home = call->home,
					 .at = cli_option(call, serve_options, "at"),
					 .until = cli_option(call, serve_options, "until"),
					 .speed = 1};
	char *end;

	if (speed != NULL) {
		long n = strtol(speed, &end, 10);

		if (*end != '\0' || n < 1 || n > 100000)
			return cli_fail(CLI_USAGE, "--speed takes a whole number from 1 to 100000");
		options.speed = (int)n;
	}
	return daemon_serve(&options);
}
