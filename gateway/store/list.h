/* list.h - reading the store for people and programs, in pages
 *
 * A walk hands out one kind of row, newest first (events: oldest first), a page at a time.  A page
 * is read in one short statement and copied, so that nothing of the store is held while somebody
 * looks at it: a list of millions that is piped into a pager keeps no read transaction open.  Rows
 * that change between two pages are shown as they are when their page is read; none is shown twice.
 *
 * Ownership: rows and their strings belong to the walk until its next page or list_free.
 * Absent strings are NULL, absent times and account ids 0.
 * Errors: negative, as store.h.  Thread: that of the store connection.
 */
#ifndef GATEWAY_STORE_LIST_H
#define GATEWAY_STORE_LIST_H

#include "store.h"

struct list_filter {
	int64_t account; /* rowid, 0: of all */
	int64_t since;   /* rows of that instant and later; INT64_MIN: all */
	int64_t after;   /* events: only seq > this */
};

struct list_walk;

/* NULL when memory is short. */
struct list_walk *list_new(struct store *s, const struct list_filter *filter);
void list_free(struct list_walk *w); /* NULL is fine */

/* Whose row it is: the account's name in the lists, and its time zone (NULL: the lender's). */
struct list_owner {
	int64_t account;
	const char *ref, *timezone;
};

struct list_part {
	int n, status;
	const char *smsc_id;
	int64_t done_at;
};

struct list_message {
	int64_t id;
	struct list_owner owner;
	int32_t due; /* where `step` is set */
	const char *campaign, *step, *from, *to, *text, *route, *template, *actor;
	int class, direction, status, reason, segments;
	int64_t at, created_at, handed_at, sent_at, done_at;
	const struct list_part *part; /* what is known of its parts, by number */
	size_t n_parts;
};
/* A row counts as of `since` when it was made, was to go, was sent or ended then or later. */
int list_messages(struct list_walk *w, const struct list_message **rows);

struct list_inbox {
	int64_t id; /* of the incoming message */
	struct list_owner owner;
	const char *from, *text, *language, *currency, *actor;
	const char *cause; /* why they are late, as they told it */
	int64_t received_at, handled_at;
	int intent;  /* enum reply_intent */
	int32_t day; /* promised, where has_day */
	bool has_day, has_amount, handled;
	int64_t amount;
};
int list_inbox(struct list_walk *w, const struct list_inbox **rows);

struct list_promise {
	int64_t id;
	struct list_owner owner;
	int32_t day;
	bool has_amount, pauses;
	int64_t amount, expected, at, judged_at;
	const char *currency, *source, *actor;
	int status;
	int64_t plan; /* instalment plan it is a part of, 0: none */
	int part;
};
int list_promises(struct list_walk *w, const struct list_promise **rows);

struct list_task {
	int64_t id;
	struct list_owner owner;
	int32_t day;
	const char *kind, *reason, *actor;
	const char *message; /* left in the call it came up in, as list_call has it; NULL: none */
	int status;
	int64_t at, done_at;
	bool urgent;
};
/* What is urgent and open comes before everything else. */
int list_tasks(struct list_walk *w, const struct list_task **rows);

struct list_call {
	int64_t id;
	struct list_owner owner;
	int32_t due; /* where `step` is set */
	const char *campaign, *step, *number, *route, *script, *language, *cause, *keys, *heard,
	    *recording, *message, *actor;
	int try, class, direction, status, reason, outcome; /* enum calls_*; outcome -1: none */
	bool verified, promised;
	int32_t promise_day;
	int64_t at, created_at, started_at, answered_at, ended_at;
};
int list_calls(struct list_walk *w, const struct list_call **rows);

struct list_event {
	int64_t seq, at, message;
	struct list_owner owner;
	const char *kind, *actor, *data; /* data NULL: erased */
	char hash[65];
};
int list_events(struct list_walk *w, const struct list_event **rows);

struct list_account {
	int64_t id, person, born;
	const char *ref;
};
int list_accounts(struct list_walk *w, const struct list_account **rows);

/* An account by its name in the lists: 1, 0 there is none, negative. */
int list_find(struct store *s, const char *ref, int64_t *account);

/* A read transaction by hand, for reading many rows that belong together: end it within a second.
 * Everything that is visible is looked up again when it begins. */
int list_lock(struct store *s);
void list_unlock(struct store *s);

/* One stretch of accounts' amounts in force, in the order they are stored.  *after begins at 0:
 * 1 there is more, 0 that was the last, negative. */
typedef void list_amount_cb(void *ctx, int64_t account, int32_t due);
int list_amounts(struct store *s, int64_t *after, list_amount_cb *each, void *ctx);
/* The person of an account, 0 when there is none: 0 or negative. */
int list_person(struct store *s, int64_t account, int64_t *person);
/* The highest account id there is. */
int list_last_account(struct store *s, int64_t *id);

/* What became of one account besides the lists above.  Few rows; called while they are read. */
struct list_payment {
	int32_t paid_on;
	int64_t amount;
	const char *reference;
};
typedef void list_payment_cb(void *ctx, const struct list_payment *p);
int list_payments(struct store *s, int64_t account, list_payment_cb *each, void *ctx);

struct list_hold {
	int reason; /* enum reason */
	const char *word, *actor, *released_by;
	int64_t from, released_at; /* released_at 0: open */
	int32_t until;             /* first free local day; INT32_MAX: until released */
};
typedef void list_hold_cb(void *ctx, const struct list_hold *h);
/* `all`: released ones too. */
int list_holds(struct store *s, int64_t account, bool all, list_hold_cb *each, void *ctx);

/* Instalment plans, the oldest first. */
struct list_plan_part {
	int n;
	int32_t day;
	int64_t amount;
	int status; /* enum promise_status, -1: it waits, or never came up */
};
struct list_plan {
	int64_t id, at, ended_at;
	int status;
	const char *currency, *actor;
	const struct list_plan_part *part;
	int n_parts;
};
typedef void list_plan_cb(void *ctx, const struct list_plan *p);
int list_plans(struct store *s, int64_t account, list_plan_cb *each, void *ctx);

/* Figures for `status` and `routes`. */
struct list_figures {
	int64_t planned, queued, sending, unknown; /* out: texts by state */
	int64_t inbox_waiting, tasks_open, promises_open;
	int64_t replied, promised, kept, broken, opted_out; /* since `day_start` */
	int64_t called, reached;    /* the same: dialled, and talked with the right person */
	int64_t calling, calls_due; /* calls: under way, and whose time has come */
};
int list_figures(struct store *s, int64_t now, int64_t day_start, struct list_figures *out);

/* Planned rows by the reason that holds them: `count` has REASON_COUNT entries. */
int list_held(struct store *s, int64_t *count, size_t n);

struct list_route {
	int64_t queued; /* planned rows whose time has come */
	int64_t in_flight;
	int sent, failed; /* texts on that lender's day */
};
int list_route(struct store *s, const char *route, int64_t now, int32_t day,
	       struct list_route *out);

#endif
