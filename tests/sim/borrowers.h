/*
 * A lender's portfolio for demonstrations and tests: accounts.csv as the import takes it, its due
 * dates spread so that for five weeks every step of a reminder calendar comes up each day, and the
 * payments of those weeks.
 *
 * It is written as it is made, one row at a time, so a million accounts need no memory.
 */
#ifndef SIM_BORROWERS_H
#define SIM_BORROWERS_H

/* `dunlin-sim borrowers ...`; returns the program's exit status. */
int borrowers_main(int argc, char **argv);

#endif
