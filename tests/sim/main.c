/* dunlin-sim: the world around Dunlin, simulated: an operator, modems, a lender's portfolio. */
#include "borrowers.h"
#include "modem.h"
#include "options.h"
#include "show.h"
#include "smsc.h"

#include <stdio.h>
#include <string.h>

static void
usage(FILE *to)
{
	fputs("usage: dunlin-sim COMMAND [OPTIONS]\n\n"
	      "  smsc        a simulated SMPP operator on loopback, as unfriendly as told\n"
	      "  modem       GSM modems on pseudo terminals, just as unfriendly\n"
	      "  borrowers   a sample portfolio: accounts.csv and payments.csv\n"
	      "  show        a lender's weeks watched as they go by\n\n"
	      "`dunlin-sim COMMAND --help` lists the options of each.\n",
	      to);
}

static int
run_smsc(int argc, char **argv)
{
	struct options o;
	int status = options_parse(&o, argc, argv);
	if (status)
		return status > 0 ? 0 : 2;
	return smsc_run(&o);
}

static int
run_modem(int argc, char **argv)
{
	struct modem_options o;
	int status = modem_options_parse(&o, argc, argv);
	if (status)
		return status > 0 ? 0 : 2;
	return modem_run(&o);
}

int
main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "smsc") == 0)
		return run_smsc(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "modem") == 0)
		return run_modem(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "borrowers") == 0)
		return borrowers_main(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "show") == 0)
		return show_main(argc - 1, argv + 1);
	bool help = argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0);
	usage(help ? stdout : stderr);
	return help ? 0 : 2;
}
