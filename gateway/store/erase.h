/* erase.h - personal data taken out of the store by law, without a trace but that it was done
 *
 * What goes: name, numbers, languages, the lender's own columns, check digits, the words of every
 * text and reply, references of payments, words of holds and tasks, and the payloads of the
 * account's events (their digests stay, so the chain still verifies; event_verify.h).  What stays:
 * the account's id in the lists, amounts and days (the lender's books), states and times, and the
 * event `erased`, which names no person.
 *
 * An account so treated has the name ERASED_NAME and the numbers ERASED_PHONES, nothing is ever
 * sent to it (reason `erased`), and later lists that name it are refused row by row.
 *
 * *STOP outlives it.*  An opt-out of an erased number, and that it is somebody else's, are kept
 * under a keyed hash of the number (store_number.h): the number cannot be read from it, but is
 * known again when it comes back with another account. Whoever has the whole store could try every
 * number there is; nobody else can.
 *
 *   begin   everything but the bulk, and the event: from here on the account is erased
 *   step    payloads and words, so many at a time, until *more is false
 *
 * Writer's transaction.  The bytes are overwritten in the file (PRAGMA secure_delete); the -wal
 * holds older pages until erase_scrub().
 * Errors: 0, or negative of the store.
 */
#ifndef GATEWAY_STORE_ERASE_H
#define GATEWAY_STORE_ERASE_H

#include "event.h"

#define ERASED_PHONES "erased"
#define ERASED_NAME   "(erased)"

/* What erasing an account comes to. */
struct erase_figures {
	int64_t events, first, last; /* payloads, and the events they are of: lowest, highest */
	int64_t texts;               /* texts and replies */
};
int erase_figures(struct store *s, int64_t account, struct erase_figures *out);

/* Is its data gone (or going)?  1, 0, negative. */
int erase_done(struct store *s, int64_t account);

int erase_begin(struct store *s, int64_t account, const char *reason, const char *actor,
		int64_t now, struct erase_figures *figures);
int erase_step(struct store *s, int64_t account, int budget, bool *more);

/* Takes the payloads of an account's events before an instant out (account -ID: of message ID,
 * which is of nobody's account), at most `budget` of them: how many, or negative.  *first and
 * *last, the lowest and highest seq, are widened; begin with 0. */
int erase_events(struct store *s, int64_t account, int64_t before, int budget, int64_t *first,
		 int64_t *last);

/* Lets the numbers of an account go that no other account has: who they belong to, texts of theirs
 * that are of nobody's account, and into a hash whether they said STOP.  1 when events went with
 * them, which the caller then notes as of no account; 0; negative. */
int erase_numbers(struct store *s, int64_t account);

/* Brings everything from the -wal into the file and empties it.  A connection of its own, outside a
 * transaction; UV_EBUSY while others read or write: try again. */
int erase_scrub(const char *path, char error[256]);

#endif
