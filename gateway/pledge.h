/* pledge.h - promises to pay: what one is worth when it is made, and how it ended
 *
 * One set of rules for promises by text, by hand and later by keys.  A promise further ahead than
 * promises.ahead is stored and makes a task but pauses nothing; one of less than a fifth of the
 * arrears pauses, and makes a task too.  It is judged on the first local day after `grace` working
 * days past its date: kept from 100 minus `tolerance` percent of its amount (none named: of the
 * arrears when made; before anything is due, of the amount due next), or when a list says that the
 * amount it was about is paid; partial with any payment since; else broken.
 *
 * Inside the writer's transaction.
 */
#ifndef GATEWAY_PLEDGE_H
#define GATEWAY_PLEDGE_H

#include "facts.h"

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
	bool pauses;
};

/* 0, UV_ENOENT when the account owes nothing, or negative. */
int pledge_make(struct store *s, const struct config *config, struct pledge *p, int64_t now);

/* Judges the open promise of an account whose time has come. */
int pledge_judge(struct store *s, struct facts *facts, int64_t account, int64_t now);

#endif
