/*
 * complaint - what is wrong with something a person wrote (YAML, CSV, templates, holidays).
 *
 * A checker adds complaints to one list and goes on, so that every mistake of every file comes
 * out in one run. Printing gives each as
 *
 *     FILE:LINE:COLUMN: error: what is wrong
 *       the line as written
 *               ^
 *
 * Ownership: the caller owns the list, begins it zeroed (`struct complaints list = {0};`) and
 *     ends it with complaint_clear(). Texts are copied in; nothing given is kept.
 * Errors: adding never fails. Past COMPLAINT_MAX, or without memory, complaints are only counted
 *     and printing ends with "and N more".
 * Thread: a list belongs to one thread at a time.
 */
#ifndef GATEWAY_COMPLAINT_H
#define GATEWAY_COMPLAINT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define COMPLAINT_MAX 10000

struct complaint {
	char file[256]; /* as the person knows it; "" = none */
	int line;       /* from 1; 0 = the file as a whole */
	int col; /* from 1, in characters (Unicode code points), not bytes; 0 = the whole line */
	bool warning;
	char text[384]; /* UTF-8 without control characters, no newline, no full stop needed */
};

struct complaints {
	struct complaint *items;
	size_t n, room;
	size_t errors, warnings; /* all of them, also those that were only counted */
};

/* Adds an error (it makes `check` fail) or a warning (it does not). A file name too long keeps its
 * end. */
void complaint_add(struct complaints *list, const char *file, int line, int col, const char *fmt,
		   ...) __attribute__((format(printf, 5, 6)));
void complaint_warn(struct complaints *list, const char *file, int line, int col, const char *fmt,
		    ...) __attribute__((format(printf, 5, 6)));
void complaint_vadd(struct complaints *list, bool warning, const char *file, int line, int col,
		    const char *fmt, va_list args) __attribute__((format(printf, 6, 0)));

/*
 * Prints all in the order they were added. Each source line is read from the file itself, relative
 * names from under `home` (NULL: the current folder); a file that cannot be read again, or is no
 * regular file, shows no line. `home` = COMPLAINT_NO_SOURCE shows none at all: for where the output
 * is kept and rows of a customer list must not be.
 */
extern const char COMPLAINT_NO_SOURCE[];
void complaint_print(FILE *out, const struct complaints *list, const char *home);

/* "FILE:LINE:COLUMN: error: text" of one, without newline, parts that are 0 or "" left out. Returns
 * the length, as snprintf. */
int complaint_format(const struct complaint *c, char *out, size_t size);

/*
 * The word of `known` (ends with NULL) that `word` was probably meant to be: fewest insertions,
 * deletions, changes and swaps of neighbours, letter case ignored; NULL when none is near (more
 * than a third of the longer word differs, at most 3).
 */
const char *complaint_nearest(const char *word, const char *const *known);

void complaint_clear(struct complaints *list);

#endif
