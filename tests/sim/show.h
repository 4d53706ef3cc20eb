/*
 * `dunlin-sim show`: what a person watches while a sample lender's weeks go by in a minute.
 *
 * It looks at a home from outside, as anybody's program may: every figure comes from the --json
 * of a dunlin command, run as a child process a few times a second. It also is the lender's
 * bookkeeper: each morning of the schedule's clock it imports what was paid the day before, the
 * rows of --payments and what those borrowers bring who keep their promises.
 *
 *     show_ask     runs one command and hands over its lines      show_json   reads such a line
 *     show_tally   what happened, counted by day                  show_books  the bookkeeper
 *     show_screen  a tally drawn, in place or as plain lines      show_end    the summary
 *
 * One thread, no loop: between two looks it sleeps.
 */
#ifndef SIM_SHOW_H
#define SIM_SHOW_H

#include <stdint.h>

enum { SHOW_LOGS = 4 };

struct show_options {
	const char *home;
	const char *dunlin;   /* the program that is asked */
	const char *payments; /* payments.csv, or NULL */
	/* The --log of the operator and of the sticks, to compare the books with. */
	const char *log[SHOW_LOGS];
	unsigned logs;
	uint64_t days; /* how long the run is, for the bar; 0: unknown */
	uint64_t keep; /* percent of the borrowers who keep what they promise */
	uint64_t seed;
	uint64_t every; /* days between two plain lines */
};

/* `dunlin-sim show ...`; returns the program's exit status: 0, 1 when the books are wrong, 2 for a
 * wrong command line, 3 when nobody serves the home. */
int show_main(int argc, char **argv);

#endif
