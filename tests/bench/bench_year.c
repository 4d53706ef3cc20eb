/* bench_year ACCOUNTS DAYS: what deciding one account's day costs
 *
 * Each account has an instalment a month, paid in time, late or not at all, and follows 1, 7, 15,
 * 21, 24, 27, 30 and three days before.  Every day of the year is planned as the daemon plans it:
 * with what was sent before it as contacts and served steps.  The floor is the same year with the
 * debt summed and nothing planned.  Prints account_days N sent N tasks N held N cpu_s S floor_s S
 * ns_each N */
#include "schedule/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define AMOUNTS  13
#define CONTACTS 64
#define DAY_MS   INT64_C(86400000)

static const int16_t text_days[] = {-3, 1, 7, 15, 21, 24, 27, 30};
#define TEXTS (sizeof text_days / sizeof text_days[0])
#define STEPS (TEXTS + 1)

struct year {
	struct policy policy;
	struct plan_rules rules;
	struct civil_zone zone;
	struct campaign campaign;
	struct campaign_step steps[STEPS];
	/* of the account under way */
	struct plan_account account;
	struct plan_person person;
	struct debt_amount amounts[AMOUNTS];
	int32_t paid_on[AMOUNTS];
	struct plan_served served[AMOUNTS * STEPS];
	struct policy_contact contacts[CONTACTS];
	unsigned long sent, tasks, held;
	int64_t sum; /* keeps the floor from being thrown away */
};

static uint32_t throw(uint32_t * seed)
{
	*seed = *seed * 1664525U + 1013904223U;
	return *seed >> 8;
}

static void
set_up(struct year *y, int32_t first)
{
	size_t n = 0;

	policy_base(&y->policy);
	y->zone.first_offset = 8 * 3600;
	y->rules = (struct plan_rules){.policy = &y->policy, .stale_from = INT64_MAX};
	y->campaign = (struct campaign){.name = "year", .at = 10 * 3600, .late = 3};
	for (size_t i = 0; i < TEXTS; i++) {
		if (text_days[i] == 24)
			y->steps[n++] = (struct campaign_step){.day = 23,
							       .channel = CAMPAIGN_TASK,
							       .name = "call",
							       .of = &y->campaign};
		y->steps[n++] = (struct campaign_step){.day = text_days[i],
						       .channel = CAMPAIGN_SMS,
						       .name = "reminder",
						       .of = &y->campaign};
	}
	y->campaign.steps = y->steps;
	y->campaign.n_steps = n;
	y->account = (struct plan_account){.zone = &y->zone,
					   .steps = y->steps,
					   .n_steps = n,
					   .amounts = y->amounts,
					   .served = y->served,
					   .promise = CAMPAIGN_PROMISE_NONE,
					   .promise_until = INT32_MIN,
					   .promised_on = INT32_MIN,
					   .heard = INT64_MIN,
					   .best_hour = -1,
					   .known_since = first};
	y->person =
	    (struct plan_person){.accounts = &y->account, .n_accounts = 1, .contacts = y->contacts};
}

/* Two in three pay within a week of the due day, one in six late, the rest not this year. */
static void
new_account(struct year *y, uint64_t id, int32_t first)
{
	uint32_t seed = (uint32_t)id * 2654435761U;

	for (int m = 0; m < AMOUNTS; m++) {
		int32_t due = first + (int32_t)(id % 30) + 30 * m;
		uint32_t kind = throw(&seed) % 6;

		y->amounts[m] =
		    (struct debt_amount){.due = due, .billed = 50000, .given = -1, .left = 50000};
		y->paid_on[m] = kind < 4    ? due - 1 + (int32_t)(throw(&seed) % 8)
				: kind == 4 ? due + 10 + (int32_t)(throw(&seed) % 30)
					    : INT32_MAX;
	}
	y->account.id = y->account.number = id;
	y->account.n_amounts = AMOUNTS;
	y->account.n_served = 0;
	y->person.n_contacts = 0;
}

static void
take_payments(struct year *y, int32_t day)
{
	size_t kept = 0;

	for (int m = 0; m < AMOUNTS; m++)
		if (y->paid_on[m] == day)
			y->amounts[m].left = 0;
	for (size_t i = 0; i < y->person.n_contacts; i++)
		if (y->contacts[i].at > (day - 31) * DAY_MS)
			y->contacts[kept++] = y->contacts[i];
	y->person.n_contacts = kept;
}

static void
on_row(void *ctx, const struct plan_row *row)
{
	struct year *y = ctx;
	bool text = row->decision == PLAN_SEND;

	if (!text && row->decision != PLAN_TASK && row->reason != REASON_SUPERSEDED) {
		y->held++;
		return;
	}
	if (y->account.n_served < AMOUNTS * STEPS)
		y->served[y->account.n_served++] =
		    (struct plan_served){.due = row->due,
					 .day = row->step->day,
					 .channel = row->step->channel,
					 .mark = PLAN_MARK_SPENT,
					 .at = row->at};
	if (text && y->person.n_contacts < CONTACTS)
		y->contacts[y->person.n_contacts++] =
		    (struct policy_contact){.at = row->at,
					    .account = y->account.id,
					    .number = y->account.number,
					    .channel = CAMPAIGN_SMS,
					    .counts = POLICY_TEXT};
	y->sent += text;
	y->tasks += row->decision == PLAN_TASK;
}

static void
live(struct year *y, uint64_t accounts, int32_t first, int32_t days, bool plan)
{
	for (uint64_t id = 1; id <= accounts; id++) {
		new_account(y, id, first);
		for (int32_t day = first; day < first + days; day++) {
			take_payments(y, day);
			y->sum += debt_sum(y->amounts, AMOUNTS, day, 0).arrears;
			if (plan)
				plan_walk(&y->person, &y->rules,
					  civil_instant(&y->zone, day, 8 * 3600), day, day, on_row,
					  y);
		}
	}
}

static double
cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int
main(int argc, char **argv)
{
	uint64_t accounts = argc > 1 ? strtoull(argv[1], NULL, 10) : 100000;
	int32_t days = argc > 2 ? atoi(argv[2]) : 365, first = 20697;
	static struct year y;
	double start, floor, plan, n;

	set_up(&y, first);
	start = cpu_seconds();
	live(&y, accounts, first, days, false);
	floor = cpu_seconds() - start;
	start = cpu_seconds();
	live(&y, accounts, first, days, true);
	plan = cpu_seconds() - start;
	n = (double)accounts * days;
	printf(
	    "account_days %.0f sent %lu tasks %lu held %lu cpu_s %.2f floor_s %.2f ns_each %.0f\n",
	    n, y.sent, y.tasks, y.held, plan, floor, (plan - floor) / n * 1e9);
	return y.sum == 0;
}
