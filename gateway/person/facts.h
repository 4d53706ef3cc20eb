/* facts.h - what the store knows of one person, in the form the plan asks for
 *
 * Loads every account of a person with its amounts, payments, holds, promise, opt-outs and
 * contacts, settles the amounts, chooses campaign and number, and fills a struct plan_person for
 * schedule/plan.h.  One `struct facts` is loaded again and again: it keeps its memory.
 *
 * Ownership: strings and arrays belong to the facts until the next load.  The configuration is
 * borrowed for as long as the facts are used.
 * Thread: one at a time, that of the store connection given.
 */
#ifndef GATEWAY_FACTS_H
#define GATEWAY_FACTS_H

#include "gateway/config/config.h"
#include "gateway/store/store.h"
#include "schedule/plan.h"

struct facts_account {
	int64_t id;
	const char *ref, *name;
	const char *phones; /* all, as stored */
	const char *number; /* the one to use, "" when none is left */
	const char *currency, *language, *timezone, *product, *segment, *risk, *person_id;
	const char *cause; /* of the list, else as the borrower's last reply that stated one */
	const char *extra; /* JSON object of other columns, "" when none */
	int digits;        /* of the currency */
	bool opted_out, has_check;
	bool selected;      /* some campaign selects it, now or when it is older */
	bool special;       /* it has, or had, a hold, promise, opt-out, task or skip */
	int64_t promise_id; /* the open promise, 0: none */
	unsigned n_rows; /* texts of steps, whatever became of them, of amounts still of interest */
	const struct civil_zone *zone;
	int route; /* index in config.routes that takes texts to `number`, -1: none */
	int voice; /* the same of one that places calls */
};

struct facts;

/* NULL when memory is short. */
struct facts *facts_new(const struct config *config);
void facts_free(struct facts *f);
/* Goes over to another snapshot of the configuration. */
void facts_use(struct facts *f, const struct config *config);

/* Loads a person as of `now`: 0, UV_ENOENT when no account is visible, or negative. */
int facts_load(struct facts *f, struct store *s, int64_t person, int64_t now);
/* Loads the person of an account; *index is the account's place. */
int facts_load_account(struct facts *f, struct store *s, int64_t account, int64_t now,
		       size_t *index);

/* A quick look at the list's fields alone: does some campaign select the account?  One of these,
 * UV_ENOENT when no list names it now, or negative. */
enum facts_look { FACTS_UNSELECTED, FACTS_SELECTED, FACTS_PERHAPS /* its figures decide */ };
int facts_look(struct facts *f, struct store *s, int64_t account, int64_t now);

const struct plan_person *facts_person(const struct facts *f);
const struct facts_account *facts_account(const struct facts *f, size_t i);
size_t facts_count(const struct facts *f);
const struct config *facts_config(const struct facts *f);

/* The rules of the moment: policy, pauses, staleness and whatever else holds all sending.  Asked
 * before persons are loaded, since it also reads which campaigns are paused. */
int facts_rules(struct facts *f, struct store *s, int64_t now, enum reason stopped,
		struct plan_rules *rules);

/* A zone by name, the lender's when it is unknown or empty. */
const struct civil_zone *facts_zone(struct facts *f, const char *name);
const struct civil_zone *facts_lender_zone(struct facts *f);

/* Is this the reason of a row that waits because its text could not be made, or found no route,
 * when it was last tried?  Its step is loaded as PLAN_MARK_STUCK, so that the person's other
 * accounts do not wait for it; moved, the row keeps the reason until it is tried again. */
bool facts_stuck(enum reason reason);

/* Why the account cannot be called with the script of that name, whatever the plan says; NONE: it
 * can.  *rule: the rule that says so, or NULL. */
enum reason facts_call_bar(const struct config *config, const struct facts_account *a,
			   const char *script, const char **rule);
/* The rule of NO_CHECK: nobody is called who could not prove who he is. */
#define FACTS_RULE_CHECK "script.check"

/* Stands for a phone number where one number is compared with another. */
uint64_t facts_number_id(const char *number);

#endif
