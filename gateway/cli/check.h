/* check.h - `dunlin check`: every mistake in what people wrote
 *
 * Reads the home folder as the daemon would, and looks besides at what the daemon finds out only
 * later: languages without forms for money and dates.  Where there is a store it tells which
 * columns the lists have, and which warn and legal texts somebody approved.
 */
#ifndef GATEWAY_CLI_CHECK_H
#define GATEWAY_CLI_CHECK_H

#include <stdbool.h>
#include <stdio.h>

/* Prints complaints on `err` with their lines, and a summary on `out` when nothing is wrong; with
 * `json` one object a complaint (file line column severity text) on `out`.  The exit status: 0
 * (warnings do not fail), 1 there are mistakes, 3 the home could not be read. */
int check_home(const char *home, bool json, FILE *out, FILE *err);

#endif
