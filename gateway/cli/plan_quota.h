/* plan_quota.h - what the SIMs of modem routes can carry on each day of a plan
 *
 * A route's SIMs are those seen lately; before any was, one for each port the lender names, one for
 * `auto`. Each carries per_day texts a day, less what it has sent today, and no more than per_hour
 * in each hour that is open for the lender; in a month per_month texts, to recipients_per_month
 * numbers. What does not fit goes on the next day that is open,
 * has room, and is within the step's `late` days.
 *
 * Ownership: the caller's structure, zeroed at first; plan_quota_clear() ends it.
 */
#ifndef GATEWAY_CLI_PLAN_QUOTA_H
#define GATEWAY_CLI_PLAN_QUOTA_H

#include "seen.h"
#include "show.h"

#include "schedule/plan.h"

#define PLAN_QUOTA_DAYS   512 /* from today: a plan's, and what moves behind them */
#define PLAN_QUOTA_MONTHS (PLAN_QUOTA_DAYS / 28 + 2)

/* What the SIMs of a route may yet do in a month. */
struct plan_quota_month {
	int64_t texts, people; /* INT64_MAX: as many as they like */
};

struct plan_quota {
	struct show *show;
	int32_t today;
	int64_t *sims;                  /* by route */
	int64_t *left;                  /* by route and day; NULL: no route of modems */
	struct plan_quota_month *month; /* by route and month, this one first */
	struct seen met;                /* route, month and number: written to, or planned to be */
};

/* 0, UV_ENOMEM or negative of the store. */
int plan_quota_init(struct plan_quota *q, struct show *show);
void plan_quota_clear(struct plan_quota *q);

/* Is there a route of modems?  Then days before those shown matter, too. */
bool plan_quota_matters(const struct plan_quota *q);

/* Takes room for a text that would go on row->on; where there is none, changes the row to DEFER or
 * SKIP, QUOTA, and *moved (the row as it then goes, on its new day) with DEFER. True: it goes. */
bool plan_quota_take(struct plan_quota *q, const struct config_route *route,
		     const struct plan_account *account, unsigned segments, struct plan_row *row,
		     struct plan_row *moved);

#endif
