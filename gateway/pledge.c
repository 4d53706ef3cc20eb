#include "pledge.h"

#include "store/borrower.h"

#include <uv.h>

#define SMALL_SHARE 5 /* less than a fifth of the arrears: a person looks at it too */

int
pledge_make(struct store *s, const struct config *config, struct pledge *p, int64_t now)
{
	const struct config_promises *rules = &config->promises;
	struct debt_sums sums =
	    debt_sum(p->plan->amounts, p->plan->n_amounts, p->today, config->ignore_below);
	int64_t owed = sums.arrears > 0   ? sums.arrears
		       : sums.due_now > 0 ? sums.due_now
					  : sums.oldest;
	bool far = p->day > p->today + rules->ahead;
	bool small = p->amount >= 0 && p->amount < owed / SMALL_SHARE;
	struct borrower_promise row = {.account = p->account->id,
				       .day = p->day,
				       .amount = p->amount,
				       .expected = p->amount >= 0 ? p->amount : owed,
				       .currency = p->account->currency,
				       .source = p->source,
				       .actor = p->actor,
				       .pauses = !far,
				       .message = p->message};
	int rc;

	if (sums.index < 0)
		return UV_ENOENT;
	row.due = p->plan->amounts[sums.index].due;
	row.until = policy_add_working_days(&config->policy, p->day, rules->grace) + 1;
	if ((rc = borrower_promise(s, &row, now, &p->id)) != 0)
		return rc;
	p->expected = row.expected;
	p->pauses = row.pauses;
	if (!far && !small)
		return 0;
	return borrower_task(s, p->account->id, "look at a promise", p->today,
			     far ? "promise_far" : "promise_small", p->message, p->actor, now);
}

struct judged {
	int64_t expected, import, paid;
	int32_t due;
};

static int
read_open(struct store *s, int64_t account, struct judged *j)
{
	sqlite3_stmt *st = store_get(s, STORE_PROMISE_JUDGE);
	int rc;

	store_bind_int(st, 1, account);
	if ((rc = store_step(s, st)) != 1)
		return rc;
	j->expected = sqlite3_column_int64(st, 1);
	j->import = sqlite3_column_int64(st, 2);
	j->due = sqlite3_column_int(st, 3);
	sqlite3_reset(st);
	st = store_get(s, STORE_PAID_SINCE);
	store_bind_int(st, 1, account);
	store_bind_int(st, 2, j->import);
	store_bind_int(st, 3, s->visible);
	if ((rc = store_step(s, st)) == 1) {
		j->paid = sqlite3_column_int64(st, 0);
		sqlite3_reset(st);
	}
	return rc < 0 ? rc : 1;
}

/* Lists with amount_left bring no payments: the amount it was about is simply gone. */
static bool
cleared(const struct plan_account *a, int32_t due, int32_t today, int64_t ignore_below)
{
	struct debt_sums sums = debt_sum(a->amounts, a->n_amounts, today, ignore_below);

	return sums.index < 0 || a->amounts[sums.index].due > due;
}

int
pledge_judge(struct store *s, struct facts *facts, int64_t account, int64_t now)
{
	const struct config *config = facts_config(facts);
	struct judged j = {0};
	enum promise_status status = PROMISE_BROKEN;
	size_t index;
	int rc = read_open(s, account, &j);

	if (rc <= 0)
		return rc;
	rc = facts_load_account(facts, s, account, now, &index);
	if (rc != 0 && rc != UV_ENOENT)
		return rc;
	if (j.paid > 0)
		status = j.paid * 100 >= j.expected * (100 - config->promises.tolerance)
			     ? PROMISE_KEPT
			     : PROMISE_PARTIAL;
	if (rc == 0) {
		const struct plan_account *a = &facts_person(facts)->accounts[index];

		if (cleared(a, j.due, civil_local(a->zone, now).day, config->ignore_below))
			status = PROMISE_KEPT;
	}
	rc = borrower_promise_end(s, account, status, "dunlin", now);
	return rc < 0 ? rc : 0;
}
