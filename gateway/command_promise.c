/* promise {account, date [, amount] | withdraw}: a promise to pay that a person took. */
#include "command_parts.h"
#include "money.h"
#include "pledge.h"
#include "store/borrower.h"

#include <string.h>
#include <uv.h>

static int
withdraw(struct store *s, struct command_env *env, const json_t *request, json_t *reply,
	 const struct command_borrower *b)
{
	int rc =
	    borrower_promise_end(s, b->id, PROMISE_WITHDRAWN, command_actor(request), env->now);

	if (rc < 0)
		return rc;
	if (rc == 0)
		return command_refuse(reply, COMMAND_REFUSED, "%s has no open promise",
				      b->account->ref);
	command_replan(env, b->id);
	return command_say(reply, "the promise of %s is withdrawn", b->account->ref);
}

/* Reads date and amount: 1, 0. */
static int
read_promise(const json_t *request, json_t *reply, const struct command_borrower *b,
	     struct pledge *p)
{
	const char *date = command_word(request, "date"), *amount = command_word(request, "amount");
	char why[MONEY_WHY];

	if (date == NULL || civil_parse_date(date, strlen(date), &p->day) != 0)
		return command_refuse(reply, COMMAND_WRONG,
				      "`%s` is not a day: write it as 2026-09-15",
				      date != NULL ? date : "");
	p->amount = -1;
	if (amount != NULL &&
	    money_parse(amount, strlen(amount), b->account->digits, &p->amount, why) != 0)
		return command_refuse(reply, COMMAND_WRONG, "%s", why);
	if (amount != NULL && p->amount <= 0)
		return command_refuse(reply, COMMAND_WRONG, "a promise is of more than nothing");
	if (p->day < b->today)
		return command_refuse(reply, COMMAND_REFUSED, "%s is over", date);
	return 1;
}

static int
describe(json_t *reply, const struct command_borrower *b, const struct pledge *p)
{
	char date[11], amount[MONEY_TEXT];

	civil_format_date(p->day, date);
	money_format(p->expected, b->account->digits, amount);
	json_object_set_new(reply, "promise", json_integer(p->id));
	json_object_set_new(reply, "pauses", json_boolean(p->pauses));
	return command_say(reply, "noted: %s pays %s %s by %s%s", b->account->ref,
			   b->account->currency, amount, date,
			   p->pauses ? ""
				     : "; it is too far ahead to pause the campaign, and there is "
				       "a task to look at it");
}

static int
make(struct store *s, struct command_env *env, const json_t *request, json_t *reply,
     const struct command_borrower *b)
{
	struct pledge p = {.account = b->account,
			   .plan = b->plan,
			   .today = b->today,
			   .source = "person",
			   .actor = command_actor(request)};
	int rc = read_promise(request, reply, b, &p);

	if (rc != 1)
		return rc;
	rc = pledge_make(s, env->config, &p, env->now);
	if (rc == UV_ENOENT)
		return command_refuse(reply, COMMAND_REFUSED, "%s owes nothing", b->account->ref);
	if (rc != 0)
		return rc;
	command_replan(env, b->id);
	return describe(reply, b, &p);
}

int
command_promise(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	struct command_borrower b;
	int rc = command_borrower(s, env, request, reply, &b);

	if (rc != 1)
		return rc;
	rc = command_flag(request, "withdraw") ? withdraw(s, env, request, reply, &b)
					       : make(s, env, request, reply, &b);
	command_borrower_end(&b);
	return rc;
}
