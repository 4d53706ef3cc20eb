/* Instalment plans: making one, and going from part to part. */
#include "pledge_part.h"

#include "gateway/store/borrower.h"

#include <uv.h>

/* No part asks for more than is still owed. */
static int
open_part(struct store *s, const struct config *config, const struct instalment_plan *plan, int n,
	  const struct instalment_part *part, int64_t owes, const char *actor, int64_t now,
	  int64_t *id)
{
	struct borrower_promise row = {.account = plan->account,
				       .day = part->day,
				       .due = plan->due,
				       .amount = part->amount,
				       .expected = part->amount < owes ? part->amount : owes,
				       .currency = plan->currency,
				       .source = "person",
				       .actor = actor,
				       .pauses = true,
				       .plan = plan->id,
				       .import = plan->import,
				       .part = n};
	int rc;

	row.until = policy_add_working_days(&config->policy, part->day, config->promises.grace) + 1;
	rc = borrower_promise(s, &row, now, id);
	return rc != 0 ? rc : instalment_part_opened(s, plan->id, n, *id);
}

int
pledge_plan(struct store *s, const struct config *config, struct pledge *p,
	    const struct instalment_part *parts, int n, int64_t now)
{
	struct debt_sums sums =
	    debt_sum(p->plan->amounts, p->plan->n_amounts, p->today, config->ignore_below);
	struct instalment_plan plan = {.account = p->account->id};
	int64_t total = 0;
	int rc;

	if (sums.index < 0)
		return UV_ENOENT;
	for (int i = 0; i < n; i++)
		if (__builtin_add_overflow(total, parts[i].amount, &total) || total > sums.balance)
			return UV_E2BIG;
	if ((rc = pledge_withdraw(s, plan.account, p->actor, now)) < 0)
		return rc;
	p->replaced = rc == 1;
	plan.due = p->plan->amounts[sums.index].due;
	snprintf(plan.currency, sizeof plan.currency, "%s", p->account->currency);
	snprintf(plan.actor, sizeof plan.actor, "%s", p->actor);
	if ((rc = instalment_add(s, &plan, parts, n, now)) != 0)
		return rc;
	p->expected = parts[0].amount;
	return open_part(s, config, &plan, 1, &parts[0], sums.balance, p->actor, now, &p->id);
}

int
pledge_plan_stop(struct store *s, int64_t account, const char *why, const char *actor, int64_t now)
{
	int64_t id;
	int rc = instalment_open_of(s, account, &id);

	if (rc == 1 &&
	    (rc = instalment_end(s, account, id, PROMISE_WITHDRAWN, why, actor, now)) == 0)
		rc = 1;
	return rc;
}

static int
fail(struct store *s, const struct instalment_plan *plan, const char *why, int32_t today,
     int64_t now)
{
	int rc = instalment_end(s, plan->account, plan->id, PROMISE_BROKEN, why, PLEDGE_ACTOR, now);

	return rc != 0 ? rc
		       : borrower_task(s, plan->account, "agree on a new plan", today,
				       "plan_broken", 0, PLEDGE_ACTOR, now);
}

int
pledge_plan_goes_on(struct store *s, const struct config *config, int64_t id, int part,
		    enum promise_status status, int64_t owes, int32_t today, int64_t now)
{
	struct instalment_plan plan;
	struct instalment_part next;
	int64_t promise;
	int rc = instalment_get(s, id, &plan);

	if (rc <= 0)
		return rc;
	if (status != PROMISE_KEPT)
		return fail(s, &plan,
			    status == PROMISE_PARTIAL ? "a part was paid in part"
						      : "a part was not paid",
			    today, now);
	if ((rc = instalment_part(s, id, part + 1, &next)) < 0)
		return rc;
	if (rc == 0 || owes <= 0)
		return instalment_end(s, plan.account, id, PROMISE_KEPT,
				      rc == 0 ? NULL : "nothing is owed any more", PLEDGE_ACTOR,
				      now);
	return open_part(s, config, &plan, part + 1, &next, owes, PLEDGE_ACTOR, now, &promise);
}

int
pledge_plan_undone(struct store *s, int64_t id, int32_t today, int64_t now)
{
	struct instalment_plan plan;
	int64_t open;
	int rc = instalment_get(s, id, &plan);

	if (rc <= 0 || (rc = instalment_open_of(s, plan.account, &open)) < 0)
		return rc;
	if (rc == 1 && open == id &&
	    (rc = borrower_promise_end(s, plan.account, PROMISE_WITHDRAWN, PLEDGE_ACTOR, now)) < 0)
		return rc;
	return fail(s, &plan, "a payment was reversed", today, now);
}
