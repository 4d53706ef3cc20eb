/*
 * The lender's bookkeeper: what was paid on a day is imported the next morning, before the day's
 * texts go.
 *
 * Paid is what --payments says for that day, and what borrowers promised for it who keep their
 * promises: --keep percent of them, the same in every run.
 */
#ifndef SIM_SHOW_BOOKS_H
#define SIM_SHOW_BOOKS_H

#include "show.h"

#include <stddef.h>

struct show_books {
	const struct show_options *o;
	char **rows; /* of --payments, without its header */
	size_t n_rows;
	int64_t done;   /* every payment of a day before this one is imported */
	uint64_t count; /* payments imported */
	int64_t minor;  /* and their sum */
	int failed;     /* the last exit status of an import that was refused */
};

/* 0, or -1 when --payments cannot be read: reported. */
int show_books_open(struct show_books *b, const struct show_options *o);
void show_books_close(struct show_books *b);

/* It is the morning of `today`: imports what was paid before. */
void show_books_morning(struct show_books *b, int64_t today);

#endif
