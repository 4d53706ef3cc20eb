#include "claim.h"

#include "gateway/store/borrower.h"
#include "gateway/store/intray.h"

#define ACTOR      "dunlin"
#define CLAIM_DAYS 3
#define AGAIN_MS   (60 * 86400000LL)

static int64_t
account_of(const struct claim *c)
{
	return c->index != SIZE_MAX ? facts_account(c->facts, c->index)->id : 0;
}

int
claim_task(const struct claim *c, const char *kind, const char *reason)
{
	int64_t id;

	return c->call != 0 ? claim_call_task(c, kind, reason, &id)
			    : borrower_task(c->s, account_of(c), kind, c->today, reason, c->message,
					    ACTOR, c->now);
}

int
claim_call_task(const struct claim *c, const char *kind, const char *reason, int64_t *task)
{
	return borrower_call_task(c->s, account_of(c), kind, c->today, reason, c->call, ACTOR,
				  c->now, task);
}

int
claim_hold(const struct claim *c, enum reason reason, const char *word, int32_t until, bool person)
{
	int64_t id;
	int rc = 0;

	for (size_t i = 0; i < facts_count(c->facts) && rc == 0; i++) {
		struct borrower_hold h = {.account = facts_account(c->facts, i)->id,
					  .reason = reason,
					  .word = word,
					  .until = until,
					  .actor = ACTOR,
					  .message = c->message};

		if (person || i == c->index)
			rc = borrower_hold(c->s, &h, c->now, &id);
	}
	return rc;
}

int
claim_paid(const struct claim *c)
{
	int claims = intray_holds_since(c->s, account_of(c), REASON_CLAIMS_PAID, c->now - AGAIN_MS);
	int rc;

	if (claims < 0)
		return claims;
	if (claims > 0)
		return claim_task(c, "look for a payment", "claims_paid_again");
	rc = claim_hold(c, REASON_CLAIMS_PAID, "claims_paid", c->today + CLAIM_DAYS + 1, false);
	return rc != 0 ? rc : 1;
}

int
claim_trouble(const struct claim *c, const char *word)
{
	int rc = claim_hold(c, REASON_HOLD, word, INT32_MAX, true);

	return rc != 0 ? rc : claim_task(c, "talk to the borrower", word);
}

int
claim_missed(const struct claim *c)
{
	static const char kind[] = "call them back", reason[] = "missed_call";
	int rc = borrower_task_open(c->s, account_of(c), kind, reason);

	return rc == 0 ? claim_task(c, kind, reason) : rc < 0 ? rc : 0;
}

int
claim_wrong_number(const struct claim *c, const char *number)
{
	int rc = borrower_dead_number(c->s, number, account_of(c), REASON_WRONG_NUMBER, c->message,
				      c->now);

	return rc != 0 ? rc : claim_task(c, "find another number", "wrong_number");
}
