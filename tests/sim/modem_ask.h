/*
 * A line of AT commands taken apart (ITU-T V.250 5.2): basic commands one behind the other,
 * extended ones set off by semicolons. Pure.
 */
#ifndef SIM_MODEM_ASK_H
#define SIM_MODEM_ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum modem_form { FORM_RUN, FORM_READ, FORM_TEST, FORM_SET };

enum { ASK_NAME = 24, ASK_ARGS = 400, ASK_FIELD = 64 };

struct modem_ask {
	char name[ASK_NAME]; /* upper case: "E", "&F", "+CMGS", "^ICCID" */
	enum modem_form form;
	char args[ASK_ARGS]; /* behind `=`, or the number of a basic command */
};

/* Where the commands of a line begin, behind its AT; NULL: it holds none. */
const char *modem_ask_begin(const char *line);

/* Takes the next command off *line. False at the end. */
bool modem_ask_next(const char **line, struct modem_ask *ask);

/* Argument number i, from 0, without quotes. False when it is left out. */
bool modem_ask_field(const struct modem_ask *ask, unsigned i, char out[ASK_FIELD]);

/* The same as a number; `otherwise` where it is left out, -1 where it is none. */
int modem_ask_number(const struct modem_ask *ask, unsigned i, int otherwise);

#endif
