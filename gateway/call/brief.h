/* brief.h - what a call must know of one borrower, taken out of the store whole
 *
 * Made in a transaction, used on the loop for as long as the call lasts: figures, names, the check
 * digits, the script.  Two briefs of one borrower that would make a different call have different
 * digests, so that what was prepared before the deciding transaction can be compared in it.
 *
 * A call may also be with nobody we know (an incoming one): then there is no account, and nobody
 * can be the right party.
 *
 * Ownership: brief_make gives, brief_free takes back and wipes the check digits.
 * Thread: one at a time.
 */
#ifndef GATEWAY_BRIEF_H
#define GATEWAY_BRIEF_H

#include "gateway/base/arena.h"
#include "gateway/config/config_script.h"
#include "gateway/person/facts.h"
#include "ivr/script_run.h"

#define BRIEF_DIGEST 16

struct brief_field {
	const char *name;
	const char *text;  /* as it stands in the list, or the lender's own; "" none */
	enum script_as as; /* AMOUNT and NUMBER: `value`; DATE: a day in it; else text alone */
	int64_t value;
};

struct brief {
	struct arena arena;
	struct config *config; /* a reference of its own */
	const struct config_script *script;
	int64_t account, person; /* 0: nobody's */
	const char *ref, *number;
	const char *language; /* tag, of the list */
	int speaks;           /* index in the script's languages */
	bool alone;           /* others of the script cannot be said: its user's to set */
	const char *currency;
	int digits;
	int32_t today;  /* local day */
	int32_t offset; /* seconds east of UTC, for people who read times */
	int64_t balance;
	char check[32];
	struct brief_field *field;
	size_t n;
	uint8_t digest[BRIEF_DIGEST];
};

/* Of an account, as of the day `row` is about.  0, -ENOMEM, or an error of the store. */
int brief_make(struct brief **out, struct store *s, struct config *config,
	       const struct facts_account *a, const struct plan_row *row,
	       const struct config_script *script, int64_t now);
/* Of nobody: it knows the lender alone, and what strangers hear (gateway/call/greeting.h). */
int brief_stranger(struct brief **out, struct config *config, const char *number, int64_t now);
void brief_free(struct brief *b); /* NULL is fine */

bool brief_same(const struct brief *a, const struct brief *b);

/* NULL: there is no such field. */
const struct brief_field *brief_field(const struct brief *b, const char *name, size_t len);

/* What the engine is told; `note` is the caller's to set. */
struct script_facts brief_facts(const struct brief *b);

#endif
