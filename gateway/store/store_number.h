/* store_number.h - telephone numbers that were erased, and are known again when they come back
 *
 * Of an erased number that said STOP, or is somebody else's, a keyed hash is kept: BLAKE2b-128 of
 * "n" + number under a random key of this store (META_ERASE_KEY).  SQL reaches it by the function
 * erased_form(text): "h" + the hash in hexadecimal, or NULL for what is no "n..." and wherever
 * nothing was ever erased, so that look-ups there cost nothing.
 *
 * Thread: that of the connection.  Errors: 0 or negative, of the store.
 */
#ifndef GATEWAY_STORE_STORE_NUMBER_H
#define GATEWAY_STORE_STORE_NUMBER_H

#include "store.h"

#define META_ERASE_KEY "erase_key"

/* For store_open: teaches the connection erased_form(). */
int store_number_register(struct store *s);
/* For store_refresh: reads the key, if there is one. */
void store_number_refresh(struct store *s);
/* Before something is erased: makes the key, if there is none.  In a transaction. */
int store_number_key(struct store *s);

#endif
