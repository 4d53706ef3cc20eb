/* fields.h - the fields of an answer such as `+COPS: 0,0,"Globe",7` (pure)
 *
 * Fields stand behind the colon, between commas, from number 0; a comma in quotes is text.
 */
#ifndef MODEM_FIELDS_H
#define MODEM_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

/* The field's text without blanks and quotes, cut to cap; false (and "") when there is none. */
bool fields_text(const char *line, unsigned n, char *out, size_t cap);

/* The field as a whole number; false when it is none, is in quotes, or is empty. */
bool fields_number(const char *line, unsigned n, int *out);

/* The longest run of at least `least` digits in a line (of hex digits where hex says so, as ICCIDs
 * have an F at the end), copied without what does not fit. False when there is none. */
bool fields_digits(const char *line, size_t least, bool hex, char *out, size_t cap);

#endif
