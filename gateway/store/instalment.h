/* instalment.h - instalment plans: dated parts, followed one after the other
 *
 * Each call changes rows and appends the event that tells of it, inside the writer's transaction.
 * Which part is open, and what ends a plan, gateway/person/pledge.h decides.
 *
 * Errors: 0, UV_ENOENT, or a negative error of the store.
 */
#ifndef GATEWAY_STORE_INSTALMENT_H
#define GATEWAY_STORE_INSTALMENT_H

#include "store.h"

#define INSTALMENT_PARTS 120 /* ten years of months */

struct instalment_part {
	int32_t day;    /* local day it is to be paid */
	int64_t amount; /* minor units, above 0 */
};

struct instalment_plan {
	int64_t id, account;
	char currency[4];
	int32_t due;    /* of the oldest amount unpaid when it was made */
	int64_t import; /* last one visible then */
	char actor[64]; /* who made it */
};

/* Stores a plan with its parts, in the order of their days; sets plan->id and plan->import. */
int instalment_add(struct store *s, struct instalment_plan *plan,
		   const struct instalment_part *parts, int n, int64_t now);
/* The open plan of an account: 1, 0 none, negative. */
int instalment_open_of(struct store *s, int64_t account, int64_t *id);
/* 1, 0 there is none, negative. */
int instalment_get(struct store *s, int64_t id, struct instalment_plan *plan);
/* Part n, from 1: 1, 0 there is none, negative. */
int instalment_part(struct store *s, int64_t plan, int n, struct instalment_part *part);
/* Notes which promise a part became. */
int instalment_part_opened(struct store *s, int64_t plan, int n, int64_t promise);
/* What the parts before n took of what was paid: 0 or negative. */
int instalment_taken(struct store *s, int64_t account, int64_t plan, int n, int64_t *taken);
int instalment_end(struct store *s, int64_t account, int64_t id, enum promise_status status,
		   const char *why, const char *actor, int64_t now);

#endif
