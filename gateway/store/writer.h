/* writer.h - the one thread that writes the store
 *
 * Jobs are run on the writer's thread in the order they were submitted, many in one transaction,
 * each in a savepoint of its own.  When the transaction is durable (synchronous=FULL) each job's
 * `done` runs on the loop's thread, in order.
 *
 *   Completion  every submitted job completes exactly once, never inside writer_submit(), never
 *               after writer_close()'s `closed`.
 *   Errors      a job that returns negative is undone alone; a group whose commit fails is undone
 *               whole and every job of it completes with that error (UV_ENOSPC for a full disk).
 *   Groups      a group ends when nothing waits or it has run for WRITER_GROUP_MS.
 *
 * writer_submit() and the callbacks: loop thread.  `work`: the writer's thread; it may use the
 * store and its own context and nothing of the loop.
 */
#ifndef GATEWAY_STORE_WRITER_H
#define GATEWAY_STORE_WRITER_H

#include "store.h"
#include <uv.h>

#define WRITER_GROUP_MS 15

struct writer;
typedef int writer_work(struct store *s, void *ctx);
typedef void writer_done(void *ctx, int status);
typedef void writer_closed(void *ctx);

/* Takes the store over until `closed`. */
int writer_open(struct writer **out, uv_loop_t *loop, struct store *store);
int writer_submit(struct writer *w, writer_work *work, writer_done *done, void *ctx);
/* Jobs submitted and not yet completed. */
size_t writer_backlog(const struct writer *w);
/* Runs what was submitted, closes the store, then calls `closed`. */
void writer_close(struct writer *w, writer_closed *closed, void *ctx);

#endif
