/* list_part.h - what the files of list.h share; nobody else includes it */
#ifndef GATEWAY_STORE_LIST_PART_H
#define GATEWAY_STORE_LIST_PART_H

#include "list.h"

struct list_block;

struct list_walk {
	struct store *store;
	struct list_filter filter;
	int64_t cursor; /* newest first: rows below; events: rows above */
	bool done;      /* the last page was read */
	bool second;    /* tasks: the urgent ones have been handed out */
	void *rows;     /* of the kind walked */
	size_t n, cap;
	struct list_block *blocks; /* strings of the page */
};

/* Reads the next page that has a row, with `all` or, where the filter names an account, `of`: how
 * many rows, 0 at the end, negative.  Both take visible, cursor and account, and give the row's
 * number first. `read` adds what the statement stands on, if it is wanted: 0 or negative. */
typedef int list_read(struct list_walk *w, sqlite3_stmt *st);
int list_page(struct list_walk *w, enum store_statement all, enum store_statement of,
	      list_read *read);

/* For `read`: room for one more row of `size` octets, zeroed, and a copy of a column (NULL for
 * NULL), both as long as the page lives; NULL without memory. */
void *list_add(struct list_walk *w, size_t size);
const char *list_keep(struct list_walk *w, sqlite3_stmt *st, int column);
void *list_room(struct list_walk *w, size_t size);

/* Columns 1, 2 and 3 of every list. */
struct list_owner list_owner_of(struct list_walk *w, sqlite3_stmt *st);

/* When a text or a call was what, from `column` on: is one of the times wanted? */
#define LIST_TIMES 5
bool list_times(struct list_walk *w, sqlite3_stmt *st, int column, int64_t at[LIST_TIMES]);

#endif
