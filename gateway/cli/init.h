/* init.h - `dunlin init DIR`: a working sample home
 *
 * The sample sends nothing anywhere: its only route appends to a file, `live` is false, and every
 * sample number is a test number.  Due dates are counted from today, so `dunlin plan` shows
 * something at once.
 */
#ifndef GATEWAY_CLI_INIT_H
#define GATEWAY_CLI_INIT_H

#include <stdint.h>
#include <stdio.h>

/* Writes the sample to `dir`, making it and its parents (0700) if need be, and tells the next steps
 * on `out`.  `today` in days since 1970-01-01.  Files that are there already are never touched:
 * then it refuses before writing any.  The exit status: 0, 1 refused, 3 could not write. */
int init_home(const char *dir, int32_t today, FILE *out, FILE *err);

/* One file of the sample. */
struct init_sample {
	const char *path; /* in the home folder; NULL ends the table */
	const char *text;
};

/* init_samples.c.  In the texts stand `@+3@` and `@-7@` for a date so many days from today.  The
 * last file is dunlin.yaml, whose presence makes a folder a home. */
extern const struct init_sample init_samples[];

#endif
