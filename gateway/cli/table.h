/* table.h - tables for people
 *
 * Columns are as wide as their widest cell.  On a terminal that is too narrow for all, the columns
 * that may be cut are (the widest first), with `…` where something is missing, and where that
 * leaves too little of them others are left out.  Elsewhere all is shown, so that grep and awk see
 * it.  Widths count what a terminal shows: accents take no room and CJK characters two columns.
 * What borrowers write can hold anything, so control characters and marks that turn the direction
 * of writing are shown as blanks.
 *
 * The first rows decide the widths; a table of any length is written on as it comes.
 *
 * Ownership: texts are copied.  Thread: one at a time.
 */
#ifndef GATEWAY_CLI_TABLE_H
#define GATEWAY_CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum table_flags {
	TABLE_RIGHT = 1, /* numbers */
	TABLE_CUT = 2,   /* may be cut on a narrow terminal */
	TABLE_DROP = 4,  /* may be left out on one that is narrower still, the last first */
};

struct table_column {
	const char *heading;
	unsigned flags;
};

struct table;

/* Columns are borrowed for the table's life.  NULL when memory is short. */
struct table *table_new(FILE *out, const struct table_column *columns, size_t n);
/* The next cell of the row; NULL is an empty one.  The last cell of a row ends it. */
void table_cell(struct table *t, const char *text);
/* Writes what is left: 0, or negative when something could not be written or kept. */
int table_free(struct table *t);
/* Ends it without writing; for a table that got no row. */
void table_drop(struct table *t);

/* Columns of the terminal behind a stream; 0 when there is none. */
int table_terminal(FILE *out);
/* Columns a terminal needs for a UTF-8 text. */
size_t table_width(const char *text);

#endif
