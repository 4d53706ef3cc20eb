#include "check.h"
#include "cli.h"
#include "init.h"

#include <time.h>

int
cli_init(const struct cli_call *call)
{
	const char *dir = call->argc > 0 ? call->argv[0] : call->home;
	time_t now = time(NULL);

	/* The sample's dates count from the day it is for its lender, in Manila (UTC+8 all year).
	 */
	return init_home(dir, (int32_t)((now + 8 * 3600) / 86400), stdout, stderr);
}

int
cli_check(const struct cli_call *call)
{
	return check_home(call->home, call->json, stdout, stderr);
}
