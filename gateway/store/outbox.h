/* outbox.h - texts on their way out: rows of `message` and `part`, moved from state to state
 *
 *      planned --> sending --> sent --> delivered | failed | expired
 *        ^  |         |  `--> failed
 *        |  v         v
 *      skipped     unknown --> (a late answer, a receipt, or a person) --> sent | ...
 *      cancelled
 *
 * Each call is a step of one row and appends the event that tells of it; the caller is inside the
 * writer's transaction.  Deciding is elsewhere (gateway/send/handover.h).
 *
 * Errors: 0, UV_ENOENT when there is no such row, or a negative error of the store.
 */
#ifndef GATEWAY_STORE_OUTBOX_H
#define GATEWAY_STORE_OUTBOX_H

#include "event.h"
#include "schedule/plan.h"
#include "store.h"

#define RANK_ANSWER   0
#define RANK_MANUAL   1
#define RANK_CAMPAIGN 2

/* One row; strings are the row's own (outbox_row_clear). */
struct outbox_row {
	int64_t id, account, person; /* account 0: none */
	int32_t due;
	char *campaign, *step, *number, *body, *template, *route, *language, *sender, *encoding;
	char *actor;
	int class, status, rank;
	enum reason reason;
	int segments;
	int64_t at, handed_at, not_after, answers; /* 0: none */
	int64_t sim;                               /* it waits for or went by, 0: none */
};

int outbox_get(struct store *s, int64_t id, struct outbox_row *row);
void outbox_row_clear(struct outbox_row *row);

/* Ids of rows of one route and rank whose time has come, oldest first; how many, or negative. */
int outbox_due(struct store *s, const char *route, int rank, int64_t now, int64_t *ids, int cap);
/* The first route by name after another that planned rows name: 1, 0 none, negative.  `after` may
 * be `out`. */
int outbox_route_after(struct store *s, const char *after, char out[64]);
/* Puts planned answers and texts by hand of a route into the queue of none. */
int outbox_unroute(struct store *s, const char *route);
/* Puts a planned row into the queue of another route. */
int outbox_reroute(struct store *s, int64_t id, const char *route);
/* When the next planned row of a route is due (INT64_MAX: none). */
int outbox_next(struct store *s, const char *route, int64_t *at);

/* A new row, `planned`.  Unset strings are NULL, numbers 0.  *id is filled in. */
int outbox_add(struct store *s, const struct outbox_row *row, int64_t now, int64_t *id);

/* The row of a step, if there is one: 1 found, 0 none, negative. */
int outbox_step(struct store *s, int64_t account, int32_t due, const char *step,
		struct outbox_row *row);

/* planned -> sending.  `data` is the decision's record and is freed. */
struct outbox_handover {
	int64_t id, account;
	enum reason reason; /* NONE or LATE */
	const char *number, *sender, *body, *template, *language, *route, *encoding;
	const char *campaign; /* whose step it is by now; NULL: as it was */
	unsigned segments;
	int64_t price; /* millionths, negative: unknown */
	int64_t sim;   /* it goes by, 0: no modem's */
};
int outbox_send(struct store *s, const struct outbox_handover *h, int64_t now,
		struct event_json *data);

/* planned -> planned at another time, with the reason. */
int outbox_move(struct store *s, int64_t id, int64_t at, enum reason reason);
/* sending -> planned: known not to have left. `kind` names the event: "unsent" or
 * "refused_for_now". `at` OUTBOX_IN_TURN: it stands where it stood in the queue. */
#define OUTBOX_IN_TURN INT64_MIN
int outbox_requeue(struct store *s, int64_t id, int64_t account, int64_t at, int64_t now,
		   const char *kind, const char *why);
/* Any -> an end: skipped, cancelled, failed, unknown, expired, delivered. */
int outbox_end(struct store *s, int64_t id, int64_t account, int status, enum reason reason,
	       int64_t now, const char *actor, const char *why);
/* cancelled or skipped -> planned again, in the same row. */
int outbox_revive(struct store *s, int64_t id, const char *campaign, const char *route, int64_t at);

/* Part n of a text was accepted; `whole`: it was the last one missing, and the row becomes `sent`.
 */
int outbox_accepted(struct store *s, int64_t id, int64_t account, int n, bool whole,
		    const char *route, const char *smsc_id, const char *smsc_key, int64_t now);

/* Everything found `sending` at start becomes unknown; how many, or negative. */
int outbox_recover(struct store *s, int64_t now);

/* Adds to a route's figures of a day. */
int outbox_count(struct store *s, const char *route, int32_t day, int sent, int failed);

#endif
