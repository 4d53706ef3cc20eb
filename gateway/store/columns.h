/* columns.h - which columns of their own the lender's lists have
 *
 * Thread: that of the store connection.
 */
#ifndef GATEWAY_STORE_COLUMNS_H
#define GATEWAY_STORE_COLUMNS_H

#include "store.h"

#define COLUMNS_MAX 200

/* The names of other columns among some hundred accounts in force, in names[] (each to be freed).
 * Returns how many, or negative. */
int columns_known(struct store *s, char *names[COLUMNS_MAX]);

#endif
