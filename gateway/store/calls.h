/* calls.h - calls on their way: rows of `call`, moved from state to state
 *
 *      planned --> calling --> over        with an outcome, whatever became of it
 *        ^  |         |
 *        |  v         '--> planned         known not to have left
 *      skipped
 *      cancelled
 *
 * Each call is a step of one row and appends the event that tells of it; the caller is inside the
 * writer's transaction.  Deciding is elsewhere (gateway/call/handover_call.h).  From `calling` on
 * the row has another in `contact`, which is what limits and rests count.
 *
 * Errors: 0, UV_ENOENT when there is no such row, or a negative error of the store.
 */
#ifndef GATEWAY_STORE_CALLS_H
#define GATEWAY_STORE_CALLS_H

#include "event.h"
#include "schedule/reason.h"
#include "store.h"

enum calls_status { CALLS_PLANNED, CALLS_CALLING, CALLS_OVER, CALLS_CANCELLED, CALLS_SKIPPED };

enum calls_outcome {
	CALLS_RIGHT_PARTY, /* the check digits were right */
	CALLS_WRONG_PARTY, /* somebody else, who said so */
	CALLS_UNVERIFIED,  /* a person, for a key was pressed */
	CALLS_NO_INPUT,    /* answered by silence, or by somebody who pressed nothing */
	CALLS_MACHINE,     /* the same, and it sounded like one */
	CALLS_BUSY,
	CALLS_REJECTED,
	CALLS_NO_ANSWER,
	CALLS_UNREACHABLE,
	CALLS_INVALID,
	CALLS_NETWORK,
	CALLS_MODEM_LOST,
	CALLS_AUDIO_LOST,
	CALLS_CALLED_OFF, /* before anybody answered */
	CALLS_OUTCOMES
};

/* "right_party" ..., "cancelled"; NULL for -1. */
const char *calls_outcome_word(int outcome);
/* "planned" "calling" "over" "cancelled" "skipped" */
const char *calls_status_word(int status);

/* One row; strings are the row's own (calls_row_clear). */
struct calls_row {
	int64_t id, account, person; /* account 0: none */
	int32_t due;
	char *campaign, *step, *number, *script, *language, *route, *actor;
	int try, class, direction, status, rank, outcome; /* outcome -1: none */
	enum reason reason;
	int64_t sim, at, started_at, answered_at, ended_at;
	bool verified;
};

int calls_get(struct store *s, int64_t id, struct calls_row *row);
void calls_row_clear(struct calls_row *row);

/* Ids of rows of one route whose time has come, those by hand first: how many, or negative. */
int calls_due(struct store *s, const char *route, int64_t now, int64_t *ids, int cap);
/* When the next planned row of a route is due (INT64_MAX: none). */
int calls_next(struct store *s, const char *route, int64_t *at);

/* The first route by name after another that planned rows name: 1, 0 none, negative.  `after` may
 * be `out`.  And: its planned rows by hand go into the queue of none. */
int calls_route_after(struct store *s, const char *after, char out[64]);
int calls_unroute(struct store *s, const char *route);

/* The last try of a step: 1 found, 0 none, negative. */
int calls_step(struct store *s, int64_t account, int32_t due, const char *step,
	       struct calls_row *row);

/* A new row, `planned`.  Unset strings are NULL, numbers 0.  *id is filled in. */
int calls_add(struct store *s, const struct calls_row *row, int64_t now, int64_t *id);
/* One that rings here: it is `calling`, and counts as a contact only once somebody talked. */
int calls_incoming(struct store *s, const struct calls_row *row, int64_t now, int64_t *id);

/* planned -> planned at another time. */
int calls_move(struct store *s, int64_t id, int64_t at, enum reason reason);
/* Of a planned row: another route, campaign or script. */
int calls_plan(struct store *s, int64_t id, const char *route, const char *campaign,
	       const char *script);
/* planned -> skipped or cancelled. */
int calls_drop(struct store *s, const struct calls_row *row, int status, enum reason reason,
	       int64_t now, const char *actor, const char *why);
/* skipped or cancelled -> planned again, in the same row. */
int calls_revive(struct store *s, int64_t id, const char *route, const char *campaign,
		 const char *script, int64_t at);

/* planned -> calling.  `data` is the decision's record and is freed. */
struct calls_start {
	const struct calls_row *row;
	enum reason reason; /* NONE or LATE */
	const char *number, *script, *language, *route, *campaign;
	int64_t sim;
};
int calls_start(struct store *s, const struct calls_start *c, int64_t now, struct event_json *data);
/* calling -> planned: known not to have left. */
int calls_requeue(struct store *s, const struct calls_row *row, int64_t at, int64_t now,
		  const char *why);
/* They answered. */
int calls_answered(struct store *s, const struct calls_row *row, int64_t now);
/* The account was found out, or another language chosen. */
int calls_verified(struct store *s, int64_t id);
int calls_promised(struct store *s, int64_t id, int64_t promise);
int calls_details(struct store *s, int64_t id);
int calls_trouble(struct store *s, int64_t id, const char *why);
int calls_speaks(struct store *s, int64_t account, const char *language);
/* What was agreed in it and asks for a text. */
struct calls_said {
	bool promised; /* and it is open */
	bool details;
	int32_t day;
	int64_t expected;
};
int calls_said(struct store *s, int64_t id, struct calls_said *out);

/* calling -> over. */
struct calls_end {
	const struct calls_row *row;
	enum calls_outcome outcome;
	const char *cause; /* NULL: nobody said, as the next */
	const char *keys, *language, *heard, *recording, *message;
	int counts;        /* bit set of POLICY_BIT(enum policy_what), 0: no contact */
	const char *story; /* what was said and pressed, a line each, NULL: none */
};
int calls_end(struct store *s, const struct calls_end *e, int64_t now);

/* Everything found `calling` at start is over, MODEM_LOST; how many, or negative.  `recovered`, or
 * NULL, is told of each and may fail: 0, negative. */
typedef int calls_recovered(void *ctx, int64_t id);
int calls_recover(struct store *s, int64_t now, calls_recovered *recovered, void *ctx);

/* The script an account was last called with: 1, 0, negative. */
int calls_last_script(struct store *s, int64_t account, char out[96]);

#endif
