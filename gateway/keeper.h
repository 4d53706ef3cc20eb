/* keeper.h - once a day, records older than the policy keeps them go
 *
 * At three in the night of the lender, and after a start that finds the day's pass not done, the
 * store is gone over in short jobs of the writer (store/purge.h), with rests between them so that
 * sending never waits.
 *
 * Thread: the loop's.  Closing: keeper_close() waits for its job, then `closed`.
 */
#ifndef GATEWAY_KEEPER_H
#define GATEWAY_KEEPER_H

#include "gateway/base/clock.h"
#include "gateway/config/config.h"
#include "store/purge.h"
#include "store/writer.h"

#define META_PURGED "purged" /* the lender's last day that was gone over */

struct keeper;
typedef void keeper_closed(void *ctx);

/* What is too old at an instant: by the policy's `record_keep`, and never less than a day. */
struct purge_rule keeper_rule(const struct config *config, int64_t now);

int keeper_open(struct keeper **out, uv_loop_t *loop, struct writer *writer,
		const struct clock *clock);
void keeper_use(struct keeper *k, struct config *config);
void keeper_close(struct keeper *k, keeper_closed *closed, void *ctx);

#endif
