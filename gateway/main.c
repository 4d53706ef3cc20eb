#include "cli/cli.h"

#include <sys/stat.h>

int
main(int argc, char **argv)
{
	umask(077); /* what Dunlin writes is about people who owe money */
	return cli_main(argc, argv);
}
