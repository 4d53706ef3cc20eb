/* settle_parts.h - what settle.c, settle_parts.c and settle_sweep.c share: routes and what they
 * taught us, the parts of a text and the whole, receipts that wait
 *
 * All inside the writer's transaction; 0 or negative unless said otherwise.
 */
#ifndef GATEWAY_SETTLE_PARTS_H
#define GATEWAY_SETTLE_PARTS_H

#include "settle.h"

#define ONE_REPORT 3 /* texts it takes to believe in one receipt for all parts */

/* ---- what a route taught us ---- */

struct settle_route *settle_route_of(struct store *s, struct settle_tools *tools, const char *name);
int settle_save(struct store *s, const char *route, const char *what, const char *value,
		int64_t evidence, const char *example);
/* Counts how the id of a receipt was written beside that of its answer. */
int settle_learn(struct store *s, struct settle_route *r, const char *submit_id,
		 const char *receipt_id);

/* ---- parts and the whole ---- */

struct settle_whole {
	int status;         /* over the parts that count */
	int reported, open; /* parts with a final report, and without */
	int rows;           /* parts something is known of */
};

/* `one`: parts that are not reported on take the state of the one that is.  Of a text that `was`
 * unknown, parts that nobody accepted stay unknown: they may never have been submitted. */
int settle_sum_up(struct store *s, int64_t message, int segments, bool one, int was,
		  struct settle_whole *w);
int settle_set_part(struct store *s, int64_t message, int n, int status, const char *route,
		    const char *smsc_id, int64_t now);
/* Notes that one part was reported on and others not, or that it is over. */
int settle_partial(struct store *s, int64_t message, bool add, int64_t true_now);
/* All parts of an unknown text turned out to be with the operator. */
int settle_sent_after_all(struct store *s, int64_t message, int64_t account, int64_t now);
/* A final report on one part: the part, then the whole, which `was` in a state. */
int settle_report(struct store *s, struct settle_route *r, int64_t message, int64_t account, int n,
		  int segments, int was, int status, const char *why, int64_t now,
		  struct settle_sums *sums);

/* ---- receipts ---- */

struct settle_match {
	int64_t message, account;
	int n, part, segments, was; /* part: its own state */
	char smsc_id[SMPP_ID_SIZE], number[24];
};

/* The part a receipt speaks of: 1, 0 none, negative. */
int settle_find(struct store *s, struct settle_route *r, const char *receipt_id, const char *number,
		struct settle_match *m);

/* A receipt that belonged to nothing when it came. */
struct settle_orphaned {
	int64_t id, echoed, at;
	int status;
	char route[64], smsc_id[SMPP_ID_SIZE], number[32], why[64];
	char excerpt[EXCERPT_SIZE];
};

int settle_drop_orphan(struct store *s, int64_t id);

#endif
