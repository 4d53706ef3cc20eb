/*
 * ics - content lines of an iCalendar file (RFC 5545 3.1): unfolded, with their line numbers.
 *
 * Structure is read here and not by libical, which keeps no line numbers and whose parser has met
 * hostile files badly; it is asked for dates and repetition alone (calendar_ics.c).
 *
 * Pure; nothing is allocated. Thread: any.
 */
#ifndef GATEWAY_ICS_H
#define GATEWAY_ICS_H

#include <stdbool.h>
#include <stddef.h>

#define ICS_NAME  32
#define ICS_VALUE 1024 /* of a longer value (descriptions) only the beginning is kept */

struct ics_line {
	int line;            /* where it begins, from 1 */
	int col;             /* of the value, in characters, on its first line */
	char name[ICS_NAME]; /* upper case; "" for a line without a colon */
	bool is_date;        /* VALUE=DATE was among its parameters */
	char value[ICS_VALUE];
	bool cut; /* the value was longer */
};

/* A place in the text: begin with {text, text + len, 1}. */
struct ics_cursor {
	const char *p, *end;
	int line;
};

/* Reads the next content line; empty ones are passed over. False at the end. */
bool ics_next(struct ics_cursor *c, struct ics_line *out);

/* A TEXT value (3.3.11) in place of itself: \\n and \\, undone, controls and bytes that are no
 * UTF-8 replaced, cut to `max` bytes. */
void ics_plain(char *text, size_t max);

#endif
