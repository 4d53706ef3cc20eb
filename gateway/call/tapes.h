/* tapes.h - recordings of calls and messages: HOME/calls/HASH.wav, named by the hash of their
 * octets
 *
 * The rows of `call` name them, and so does the chain.  What no row names any more (erased, purged,
 * or the row was never written) is removed here: at the start, each night, and after an erasure.  A
 * file younger than a minute is let be: its row may be on its way.
 *
 * Thread: any that may block on the disk; opens the store for reading by itself.
 */
#ifndef GATEWAY_TAPES_H
#define GATEWAY_TAPES_H

/* How many were removed, or negative.  `start`: no daemon serves, so what is half-written goes too.
 */
int tapes_sweep(const char *home, const char *store, int start);

#endif
