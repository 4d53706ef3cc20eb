/* dunlin evidence ID -o FILE.zip */
#include "cli.h"

int
cli_evidence(const struct cli_call *call)
{
	return cli_usage(call, "-o FILE.zip is missing");
}
