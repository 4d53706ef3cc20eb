/* archive.h - a ZIP file being made: members from memory or from a stream, durable or not at all
 *
 * The file is written beside its name as NAME.part, made durable, and only then given its name; a
 * name that is taken is never overwritten.  Streams are read when the archive is closed and packed
 * as they come: a member of any length takes no more memory than the reader's own.
 *
 * Ownership: archive_close() and archive_drop() both end it.  What a stream reads from must live
 * until then.
 * Errors: negative UV_E*, with words in `error`: UV_EEXIST the name is taken, UV_ENOSPC, ...
 * Thread: any; blocks.  The door of libzip.
 */
#ifndef GATEWAY_ARCHIVE_H
#define GATEWAY_ARCHIVE_H

#include <stddef.h>
#include <stdint.h>

struct archive;

/* Refuses a name that is taken.  `at`: the time members carry, milliseconds since 1970. */
int archive_open(struct archive **out, const char *path, int64_t at, char error[256]);

/* A member from memory, which is copied. */
int archive_add(struct archive *a, const char *name, const char *data, size_t len);

/* A member that is read while the archive is closed: octets put into `buf`, 0 at its end, or
 * negative, which ends it all. */
typedef int64_t archive_read(void *ctx, char *buf, size_t cap);
int archive_add_stream(struct archive *a, const char *name, archive_read *read, void *ctx);

/* Packs, makes durable, gives the name. */
int archive_close(struct archive *a, char error[256]);
void archive_drop(struct archive *a); /* NULL is fine */

#endif
