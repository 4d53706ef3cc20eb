/* pledge.h - promises to pay: what one is worth when it is made, and how it ended
 *
 * One set of rules for promises by text, by hand and later by keys.  An account has one open
 * promise at most; a new one takes its place.  It pauses the campaign until it is judged, unless
 * it is doubtful, which makes a task instead:
 *
 *   far    further ahead than promises.ahead days
 *   small  of less than a fifth of the arrears (before there are any, none is small)
 *   third  two were broken since the oldest unpaid amount fell due, and none kept after them
 *
 * It is judged on the account's first local day after `grace` working days past its date: kept from
 * 100 minus `tolerance` percent of its amount (none named: of the arrears when made; before
 * anything is due, of the amount due next), or when nothing is due any more; partial with any
 * payment since; else broken.  What counts as paid store/ledger.h says.  When a payment is reversed
 * later, or its import undone, promises it had kept are judged anew.
 *
 * An instalment plan is made by a person and may run for years.  Its parts are promises one after
 * the other: the next is opened when the one before is kept, and too much paid for one is the next
 * one's.  A part that is not kept ends the plan, with a task to agree on a new one.  A new schedule
 * of the lender's leaves a plan as it was agreed: it ends when nothing is owed any more, or by
 * hand.
 *
 * Inside the writer's transaction.
 */
#ifndef GATEWAY_PLEDGE_H
#define GATEWAY_PLEDGE_H

#include "facts.h"
#include "gateway/store/instalment.h"

enum pledge_doubt { PLEDGE_SURE, PLEDGE_FAR, PLEDGE_SMALL, PLEDGE_THIRD };

struct pledge {
	const struct facts_account *account;
	const struct plan_account *plan;
	int32_t today;      /* the account's local day */
	int32_t day;        /* promised */
	int64_t amount;     /* minor units, -1: none named */
	const char *source; /* sms, call, web, person */
	const char *actor;
	int64_t message; /* incoming text, 0: none */
	/* out */
	int64_t id;
	int64_t expected; /* what it is measured against */
	enum pledge_doubt doubt;
	bool replaced; /* an open one, or a plan, gave way to it */
};

/* 0, UV_ENOENT when the account owes nothing, or negative. */
int pledge_make(struct store *s, const struct config *config, struct pledge *p, int64_t now);

/* Takes back the open promise, and the plan it is a part of: 1, 0 there is none, negative. */
int pledge_withdraw(struct store *s, int64_t account, const char *actor, int64_t now);

/* Makes a plan of parts in the order of their days, and opens the first: `p` says whose, and its
 * id and expected are that part's.  0, UV_ENOENT when nothing is owed, UV_E2BIG when the parts come
 * to more than is owed, or negative. */
int pledge_plan(struct store *s, const struct config *config, struct pledge *p,
		const struct instalment_part *parts, int n, int64_t now);

/* ---- judging ---- */

/* What one who judges remembers between rounds; begins zeroed, and zeroed again when a round was
 * undone. */
struct pledge_rounds {
	int64_t at; /* the next instant at which a promise is to be judged; 0: to be looked for */
	bool begun;
	int64_t reversed[2]; /* import and account of the last reversal looked at */
	int64_t undone;      /* imports taken back that were looked at */
	int64_t judged[2];   /* where looking through judged promises stands */
};

typedef int pledge_changed(void *ctx, int64_t account); /* 0 or negative */

/* Judges what is due and what a reversal changed, until `until` of uv_hrtime() at most: 1 there is
 * more, 0, negative.  `changed` hears of every account whose promise ended. */
int pledge_round(struct store *s, struct facts *facts, struct pledge_rounds *r, int64_t now,
		 uint64_t until, pledge_changed *changed, void *ctx);

#endif
