#include "check.h"
#include "cli.h"
#include "init.h"

#include <time.h>

int
cli_init(const struct cli_call *call)
{
	const char *dir = call->argc > 0 ? call->argv[0] : call->home;
	time_t now = time(NULL);
	struct tm local;

	/* The sample's dates count from the day the person sees on the wall. */
	localtime_r(&now, &local);
	return init_home(dir, (int32_t)((now + local.tm_gmtoff) / 86400), stdout, stderr);
}

int
cli_check(const struct cli_call *call)
{
	return check_home(call->home, call->json, stdout, stderr);
}
