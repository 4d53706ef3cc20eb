/*
 * The summary at the end: what became of every text, the operator's book beside ours, the chain
 * of events verified, and where a person might look next.
 */
#ifndef SIM_SHOW_END_H
#define SIM_SHOW_END_H

#include "show.h"
#include "show_books.h"
#include "show_screen.h"
#include "show_tally.h"

/* Prints it; 0, or 1 when something is not as it must be. */
int show_end(const struct show_options *o, const struct show_tally *t, const struct show_books *b,
	     struct show_screen *s);

#endif
