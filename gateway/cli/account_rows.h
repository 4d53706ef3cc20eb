/* account_rows.h - an account as `dunlin accounts` shows it: who, what is owed, what comes next
 *
 * What comes next is asked of the plan itself, over the coming weeks: the first step that goes,
 * moves or is work for a person; where none does, the first that something holds, with what.
 */
#ifndef GATEWAY_CLI_ACCOUNT_ROWS_H
#define GATEWAY_CLI_ACCOUNT_ROWS_H

#include "rows.h"
#include "show.h"

#define ACCOUNT_ROWS      21
#define ACCOUNT_ROWS_DAYS 35 /* how far ahead the plan is asked */

extern const struct rows_column account_rows[ACCOUNT_ROWS];

struct account_next {
	char step[CAMPAIGN_STEP_TEXT]; /* "": nothing comes */
	int64_t at;
	enum plan_decision decision;
	enum reason reason;
	const char *rule; /* as in struct plan_row */
};

/* Of an account of the person that s->facts holds. */
void account_rows_next(struct show *s, const struct plan_rules *rules, size_t index,
		       struct account_next *next);

/* One row: an account of the person that s->facts holds. 0, or negative when reading failed. */
int account_rows_row(struct rows *r, struct show *s, const struct plan_rules *rules, size_t index);

/* Sums of an account of that person as of its local today. */
struct debt_sums account_rows_sums(struct show *s, const struct plan_rules *rules, size_t index);

/* What a person is called in lists: a person_id, else the first number. */
void account_rows_person(const struct facts *f, char *out, size_t cap);

#endif
