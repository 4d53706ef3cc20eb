/* backup.h - a store copied whole, and put in another's place
 *
 * A copy is one file in itself (no -wal beside it), of mode 0600.  It is of one instant, also while
 * a daemon writes: a read transaction of a connection of its own holds that instant.  The name
 * appears only when the copy is durable and was checked, and nothing is ever overwritten.
 *
 * Errors: negative, with the words in `error`: UV_EEXIST the target is there already, UV_EINVAL it
 * is no store of this program's, UV_EIO it is damaged, UV_ENOSPC ...
 * Thread: any; blocks.
 */
#ifndef GATEWAY_STORE_BACKUP_H
#define GATEWAY_STORE_BACKUP_H

#include "store.h"

#define BACKUP_PATH 4096

/* Told between stretches of work; `done` of `total` pages. */
typedef void backup_progress(void *ctx, int64_t done, int64_t total);

/* Copies a store to a file that must not exist.  `progress` may be NULL. */
int backup_copy(const char *from, const char *to, backup_progress *progress, void *ctx,
		char error[256]);

/* Is it a whole store of this schema version?  Reads all of it. */
int backup_check(const char *path, char error[256]);

/* Puts `fresh` in the place of `store` in one step, while nobody has that open.  What was there is
 * kept beside it as STORE.before-restore-N, whose name comes back in `kept` ("": there was none).
 */
int backup_install(const char *fresh, const char *store, char kept[BACKUP_PATH], char error[256]);

#endif
