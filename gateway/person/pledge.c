#include "pledge_part.h"

#include "gateway/store/borrower.h"

#include <uv.h>

#define SMALL_SHARE 5 /* less than a fifth of the arrears: a person looks at it */
#define BROKEN_MANY 2 /* one more after that many broken ones is not waited for */

/* ---- making ---- */

static int
broken_in_a_row(struct store *s, int64_t account, int32_t due, int *n)
{
	sqlite3_stmt *st = store_get(s, STORE_PROMISE_BROKEN_RUN);
	int rc;

	store_bind_int(st, 1, account);
	store_bind_int(st, 2, due);
	*n = 0;
	if ((rc = store_step(s, st)) == 1) {
		*n = sqlite3_column_int(st, 0);
		sqlite3_reset(st);
	}
	return rc < 0 ? rc : 0;
}

static int
doubt(struct store *s, const struct config *config, struct pledge *p, int64_t arrears, int32_t due)
{
	int broken, rc = broken_in_a_row(s, p->account->id, due, &broken);

	if (p->day > p->today + config->promises.ahead)
		p->doubt = PLEDGE_FAR;
	else if (p->amount >= 0 && p->amount < arrears / SMALL_SHARE + (arrears % SMALL_SHARE != 0))
		p->doubt = PLEDGE_SMALL;
	else
		p->doubt = broken >= BROKEN_MANY ? PLEDGE_THIRD : PLEDGE_SURE;
	return rc;
}

static int
ask_to_look(struct store *s, const struct pledge *p, int64_t now)
{
	static const char *const reasons[] = {[PLEDGE_FAR] = "promise_far",
					      [PLEDGE_SMALL] = "promise_small",
					      [PLEDGE_THIRD] = "promise_third"};

	if (p->doubt == PLEDGE_SURE)
		return 0;
	return borrower_task(s, p->account->id, "look at a promise", p->today, reasons[p->doubt],
			     p->message, p->actor, now);
}

int
pledge_withdraw(struct store *s, int64_t account, const char *actor, int64_t now)
{
	int plan = pledge_plan_stop(s, account, NULL, actor, now), rc;

	if (plan < 0)
		return plan;
	rc = borrower_promise_end(s, account, PROMISE_WITHDRAWN, actor, now);
	return rc < 0 ? rc : plan == 1 || rc == 1;
}

static int
give_way(struct store *s, struct pledge *p, int64_t now)
{
	sqlite3_stmt *st = store_get(s, STORE_PROMISE_OPEN_OF);
	int rc;

	store_bind_int(st, 1, p->account->id);
	if ((rc = store_step(s, st)) < 0)
		return rc;
	sqlite3_reset(st);
	p->replaced = rc == 1;
	rc = pledge_plan_stop(s, p->account->id, "a promise took its place", p->actor, now);
	return rc < 0 ? rc : 0;
}

int
pledge_make(struct store *s, const struct config *config, struct pledge *p, int64_t now)
{
	struct debt_sums sums =
	    debt_sum(p->plan->amounts, p->plan->n_amounts, p->today, config->ignore_below);
	int64_t owed = sums.arrears > 0   ? sums.arrears
		       : sums.due_now > 0 ? sums.due_now
					  : sums.oldest;
	struct borrower_promise row = {.account = p->account->id,
				       .day = p->day,
				       .amount = p->amount,
				       .expected = p->amount >= 0 ? p->amount : owed,
				       .currency = p->account->currency,
				       .source = p->source,
				       .actor = p->actor,
				       .message = p->message};
	int rc;

	if (sums.index < 0)
		return UV_ENOENT;
	row.due = p->plan->amounts[sums.index].due;
	row.until = policy_add_working_days(&config->policy, p->day, config->promises.grace) + 1;
	if ((rc = doubt(s, config, p, sums.arrears, row.due)) != 0 ||
	    (rc = give_way(s, p, now)) != 0)
		return rc;
	row.pauses = p->doubt == PLEDGE_SURE;
	if ((rc = borrower_promise(s, &row, now, &p->id)) != 0)
		return rc;
	p->expected = row.expected;
	return ask_to_look(s, p, now);
}
