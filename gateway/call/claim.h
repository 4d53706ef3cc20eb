/* claim.h - what a borrower says, by text or by keys, and what follows at once: holds and tasks
 *
 *   it is paid          three days to find the payment; a second time within sixty days waits for a
 *                       person
 *   trouble             dispute, hardship: everything of the person is held until released, and a
 *                       person talks to them
 *   wrong person        the number is not used again, and somebody looks for another
 *
 * Inside the writer's transaction, with the person loaded.
 */
#ifndef GATEWAY_CLAIM_H
#define GATEWAY_CLAIM_H

#include "gateway/person/facts.h"

struct claim {
	struct store *s;
	const struct facts *facts; /* the person's */
	size_t index;              /* of the account it is about; SIZE_MAX: nobody's */
	int32_t today;             /* its local day */
	int64_t message;           /* the incoming text, 0: none */
	int64_t call;              /* the call it is said in, 0: none */
	int64_t now;
};

/* Work for a person; of no account where nobody's. */
int claim_task(const struct claim *c, const char *kind, const char *reason);
/* The same of a call, in which a person may see to it at once: *task is its id. */
int claim_call_task(const struct claim *c, const char *kind, const char *reason, int64_t *task);
/* Puts a hold on the account, or on every account of the person. */
int claim_hold(const struct claim *c, enum reason reason, const char *word, int32_t until,
	       bool person);

/* 1: three days; 0: not for the first time, a task looks for the payment; negative. */
int claim_paid(const struct claim *c);
int claim_trouble(const struct claim *c, const char *word);
/* They called and could not be heard: to be called back, once while that is open. */
int claim_missed(const struct claim *c);
int claim_wrong_number(const struct claim *c, const char *number);

#endif
