/* borrower.h - what is known of a borrower beside the lists: opt-outs, holds, promises, tasks
 *
 * Each call changes rows and appends the event that tells of it, inside the writer's transaction.
 * `actor` is "dunlin" or the person who did it; `message` the incoming text it came by, 0 for none.
 *
 * Errors: 0, UV_ENOENT, UV_EEXIST, or a negative error of the store.
 */
#ifndef GATEWAY_STORE_BORROWER_H
#define GATEWAY_STORE_BORROWER_H

#include "event.h"
#include "schedule/reason.h"
#include "store.h"

/* Ends texts and calls to a number and to every account that uses it now (and to `account`, when
 * not 0).  `number` may be "" for an account alone. */
int borrower_optout(struct store *s, const char *number, int64_t account, const char *actor,
		    int64_t message, int64_t now, const char *how);
/* Takes an opt-out back: of a number, and of the accounts that use it or of `account`. */
int borrower_optin(struct store *s, const char *number, int64_t account, const char *actor,
		   int64_t message, int64_t now);

/* The number is somebody else's (WRONG_NUMBER) or refused for good (BARRED): never used again. */
int borrower_dead_number(struct store *s, const char *number, int64_t account, enum reason reason,
			 int64_t message, int64_t now);

struct borrower_hold {
	int64_t account;
	enum reason reason; /* HOLD, CLAIMS_PAID, AWAITING_PERSON */
	const char *word;   /* dispute, hardship, ... */
	int64_t from;       /* in force from this instant; 0: now */
	int32_t until;      /* first free local day; INT32_MAX: until released */
	const char *actor;
	int64_t message;
};
int borrower_hold(struct store *s, const struct borrower_hold *h, int64_t now, int64_t *id);
/* Releases the open holds of an account with that reason (REASON_COUNT: all, REASON_NONE: those a
 * person put): how many, or negative. */
int borrower_release(struct store *s, int64_t account, enum reason reason, const char *actor,
		     int64_t now);
/* The same for those with that word. */
int borrower_release_word(struct store *s, int64_t account, const char *word, const char *actor,
			  int64_t now);

struct borrower_promise {
	int64_t account;
	int32_t day;
	int32_t due;      /* of the oldest amount unpaid */
	int64_t amount;   /* -1: all arrears */
	int64_t expected; /* what `kept` is measured against */
	const char *currency, *source, *actor;
	int32_t until; /* first local day on which it is judged */
	bool pauses;
	int64_t message;
	int64_t plan,
	    import; /* part of an instalment plan, 0: none; payments count after `import` */
	int part;
};
/* An open promise of the account is withdrawn first: there is one at most. */
int borrower_promise(struct store *s, const struct borrower_promise *p, int64_t now, int64_t *id);
/* Ends the open promise of an account: 1 there was one, 0, negative. */
int borrower_promise_end(struct store *s, int64_t account, enum promise_status status,
			 const char *actor, int64_t now);

/* How a promise ended, or ended otherwise once a payment was reversed. */
struct borrower_verdict {
	int64_t promise, account;
	enum promise_status status;
	int64_t import;        /* last one looked at */
	int64_t counted, paid; /* what came in for it, and the payments among that */
	const char *why;       /* NULL: its time has come */
	const char *actor;
};
int borrower_promise_judged(struct store *s, const struct borrower_verdict *v, int64_t now);

/* A piece of work for a person; account 0: none. */
int borrower_task(struct store *s, int64_t account, const char *kind, int32_t day,
		  const char *reason, int64_t message, const char *actor, int64_t now);
/* One that is shown before all others while it is open. */
int borrower_urgent_task(struct store *s, int64_t account, const char *kind, int32_t day,
			 const char *reason, int64_t message, const char *actor, int64_t now);

/* One that came up in a call, with its id: the call may see to it itself, and what is said in it be
 * left as a message. */
int borrower_call_task(struct store *s, int64_t account, const char *kind, int32_t day,
		       const char *reason, int64_t call, const char *actor, int64_t now,
		       int64_t *id);
/* 1: such work is open for the account, 0, negative. */
int borrower_task_open(struct store *s, int64_t account, const char *kind, const char *reason);
/* The work is done, and `why` nobody needs to do it: 1, 0 it is not open (any more), negative. */
int borrower_task_done(struct store *s, int64_t task, const char *actor, const char *why,
		       int64_t now);

/* How many accounts use a number now, or negative; the ids of at most `cap` of them in `ids`. */
int borrower_accounts_of(struct store *s, const char *number, int64_t *ids, int cap);
/* The same with all ids in a list that the caller frees. */
int borrower_all_accounts_of(struct store *s, const char *number, int64_t **ids);
/* Ids of all accounts of a person, in a list that the caller frees: how many, or negative. */
int borrower_accounts_of_person(struct store *s, int64_t person, int64_t **ids);
/* The person a number belongs to: 1, 0 none, negative. */
int borrower_person_of(struct store *s, const char *number, int64_t *person);

/* What cannot be read counts as said. */
bool borrower_opted_out(struct store *s, const char *number);
/* It opted out after an incoming text (0: after an instant). */
bool borrower_silent_since(struct store *s, const char *number, int64_t message, int64_t at);
/* It belongs to somebody else, or was refused for good. */
bool borrower_number_dead(struct store *s, const char *number);
/* Is `number` one of those in "a;b;c"? */
bool borrower_lists(const char *phones, const char *number);

#endif
