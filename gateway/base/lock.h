/* lock.h - who works in a home folder: one daemon, or one command that writes
 *
 * An flock on HOME/dunlin.lock, so that it ends with its holder however that ends.  The file says
 * who holds it, for messages; its text means nothing once the lock is free.
 *
 *   daemon    refused while another daemon holds it; a command is waited for
 *   command   waits; who calls looks at the daemon's socket between tries
 *
 * Errors: 0 or a negative errno: -EWOULDBLOCK it is held, see `holder`.  Thread: any; blocks only
 * for `wait_ms`.
 */
#ifndef GATEWAY_LOCK_H
#define GATEWAY_LOCK_H

#include <stdbool.h>
#include <sys/types.h>

#define LOCK_WAIT_MS 10000

enum lock_kind { LOCK_COMMAND, LOCK_DAEMON };

struct lock {
	int fd; /* -1: not held */
};

struct lock_holder {
	enum lock_kind kind;
	pid_t pid; /* 0: not known */
};

/* Takes the home's lock.  `holder` (may be NULL) is filled in on -EWOULDBLOCK.  A daemon that finds
 * another daemon does not wait. */
int lock_take(struct lock *lock, const char *home, enum lock_kind kind, int wait_ms,
	      struct lock_holder *holder);
void lock_drop(struct lock *lock);

#endif
