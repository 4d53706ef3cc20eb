/* One dunlin command run as a child process, its standard output read line by line. */
#ifndef SIM_SHOW_ASK_H
#define SIM_SHOW_ASK_H

#include "show.h"

enum { SHOW_ASK_WORDS = 8 };

typedef void show_line(void *arg, const char *line);

/*
 * Runs `dunlin -C HOME WORDS...` (NULL ends the words, at most SHOW_ASK_WORDS) and calls `on_line`
 * for each line, without its newline; NULL throws the lines away. What it says on standard error
 * goes to HOME/show.err. Returns the command's exit status, or -1 when it could not be run or died.
 */
int show_ask(const struct show_options *o, const char *const words[], show_line *on_line,
	     void *arg);

#endif
