/* promise {account, date [, amount] | plan [{date, amount} ...] | withdraw}: what a person agreed
 * on with a borrower; plans {plans [{account, plan [...]} ...], dry_run}: many of them.  Where a
 * part of a plan is what is wrong, the reply has its `part`, from 0, and `column`: date, amount. */
#include "command_parts.h"
#include "gateway/base/money.h"
#include "gateway/person/pledge.h"
#include "gateway/store/borrower.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

static int
withdraw(struct store *s, struct command_env *env, const json_t *request, json_t *reply,
	 const struct command_borrower *b)
{
	int64_t plan;
	int had = instalment_open_of(s, b->id, &plan), rc;

	if (had < 0 || (rc = pledge_withdraw(s, b->id, command_actor(request), env->now)) < 0)
		return had < 0 ? had : rc;
	if (rc == 0)
		return command_refuse(reply, COMMAND_REFUSED, "%s has no open promise",
				      b->account->ref);
	command_replan(env, b->id);
	return command_say(reply, "the %s of %s is withdrawn", had == 1 ? "plan" : "promise",
			   b->account->ref);
}

/* ---- days and amounts ---- */

/* A day to come as people write it: 1, 0. */
static int
read_day(const json_t *from, json_t *reply, const struct command_borrower *b, int32_t *day)
{
	const char *date = command_word(from, "date");

	if (date == NULL || civil_parse_date(date, strlen(date), day) != 0)
		return command_refuse(reply, COMMAND_WRONG,
				      "`%s` is not a day: write it as 2026-09-15",
				      date != NULL ? date : "");
	if (*day < b->today)
		return command_refuse(reply, COMMAND_REFUSED, "%s is over", date);
	return 1;
}

static int
read_amount(const json_t *from, json_t *reply, const struct command_borrower *b, int64_t *amount)
{
	const char *text = command_word(from, "amount");
	char why[MONEY_WHY];

	if (text == NULL)
		text = "";
	if (money_parse(text, strlen(text), b->account->digits, amount, why) != 0)
		return command_refuse(reply, COMMAND_WRONG, "%s", why);
	if (*amount <= 0)
		return command_refuse(reply, COMMAND_WRONG, "a promise is of more than nothing");
	return 1;
}

static struct pledge
by_person(const json_t *request, const struct command_borrower *b)
{
	return (struct pledge){.account = b->account,
			       .plan = b->plan,
			       .today = b->today,
			       .amount = -1,
			       .source = "person",
			       .actor = command_actor(request)};
}

/* ---- one promise ---- */

static int
describe(json_t *reply, const struct command_borrower *b, const struct pledge *p)
{
	static const char *const doubts[] = {
	    [PLEDGE_SURE] = "",
	    [PLEDGE_FAR] = "; it is too far ahead to pause the campaign",
	    [PLEDGE_SMALL] =
		"; it is less than a fifth of what is overdue and does not pause the campaign",
	    [PLEDGE_THIRD] = "; after two broken promises it does not pause the campaign",
	};
	char date[11], amount[MONEY_SAID];

	civil_format_date(p->day, date);
	money_said(p->expected, b->account->currency, amount);
	json_object_set_new(reply, "promise", json_integer(p->id));
	json_object_set_new(reply, "pauses", json_boolean(p->doubt == PLEDGE_SURE));
	json_object_set_new(reply, "replaced", json_boolean(p->replaced));
	return command_say(reply, "noted: %s pays %s by %s%s%s%s", b->account->ref, amount, date,
			   doubts[p->doubt],
			   p->doubt == PLEDGE_SURE ? "" : ", and there is a task to look at it",
			   p->replaced ? "; the one before is withdrawn" : "");
}

static int
make(struct store *s, struct command_env *env, const json_t *request, json_t *reply,
     const struct command_borrower *b)
{
	struct pledge p = by_person(request, b);
	int rc = read_day(request, reply, b, &p.day);

	if (rc == 1 && json_object_get(request, "amount") != NULL)
		rc = read_amount(request, reply, b, &p.amount);
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

/* ---- plans ---- */

static int
by_day(const void *a, const void *b)
{
	const struct instalment_part *x = a, *y = b;

	return (x->day > y->day) - (x->day < y->day);
}

/* Notes of which part the refusal is, as they were given, and of what in it; 0. */
static int
of_part(json_t *reply, size_t i, const char *column)
{
	return json_object_set_new(reply, "part", json_integer((json_int_t)i)) == 0 &&
		       json_object_set_new(reply, "column", json_string(column)) == 0
		   ? 0
		   : UV_ENOMEM;
}

static int
read_part(const json_t *list, size_t i, json_t *reply, const struct command_borrower *b,
	  struct instalment_part parts[INSTALMENT_PARTS])
{
	const json_t *one = json_array_get(list, i);
	char date[11];
	int rc;

	if ((rc = read_day(one, reply, b, &parts[i].day)) != 1)
		return rc < 0 ? rc : of_part(reply, i, "date");
	for (size_t k = 0; k < i; k++) {
		if (parts[k].day != parts[i].day)
			continue;
		civil_format_date(parts[i].day, date);
		rc = command_refuse(reply, COMMAND_WRONG, "two parts of the plan are on %s", date);
		return rc < 0 ? rc : of_part(reply, i, "date");
	}
	if ((rc = read_amount(one, reply, b, &parts[i].amount)) != 1)
		return rc < 0 ? rc : of_part(reply, i, "amount");
	return 1;
}

/* Reads the parts in the order of their days: how many, 0 refused. */
static int
read_parts(const json_t *request, json_t *reply, const struct command_borrower *b,
	   struct instalment_part parts[INSTALMENT_PARTS])
{
	const json_t *list = json_object_get(request, "plan");
	size_t n = json_array_size(list);
	int rc;

	if (n == 0 || n > INSTALMENT_PARTS)
		return command_refuse(reply, COMMAND_WRONG, "a plan has 1 to %d parts",
				      INSTALMENT_PARTS);
	for (size_t i = 0; i < n; i++)
		if ((rc = read_part(list, i, reply, b, parts)) != 1)
			return rc;
	qsort(parts, n, sizeof *parts, by_day);
	return (int)n;
}

static int
describe_plan(json_t *reply, const struct command_borrower *b, const struct pledge *p,
	      const struct instalment_part *parts, int n)
{
	int64_t owes = debt_sum(b->plan->amounts, b->plan->n_amounts, b->today, 0).balance, sum = 0;
	char first[11], last[11], a[MONEY_SAID], c[MONEY_SAID], rest[128] = "";

	for (int i = 0; i < n; i++)
		sum += parts[i].amount;
	civil_format_date(parts[0].day, first);
	civil_format_date(parts[n - 1].day, last);
	if (sum < owes)
		snprintf(rest, sizeof rest, "; %s of what is owed is in no part",
			 money_said(owes - sum, b->account->currency, a));
	json_object_set_new(reply, "promise", json_integer(p->id));
	json_object_set_new(reply, "parts", json_integer(n));
	json_object_set_new(reply, "replaced", json_boolean(p->replaced));
	return command_say(reply, "noted: %s pays %s in %d part%s, the first of %s by %s%s%s%s%s",
			   b->account->ref, money_said(sum, b->account->currency, a), n,
			   n == 1 ? "" : "s", money_said(parts[0].amount, b->account->currency, c),
			   first, n == 1 ? "" : ", the last by ", n == 1 ? "" : last, rest,
			   p->replaced ? "; what was promised before is withdrawn" : "");
}

/* 1 too much is asked for, and the reply says by how much. */
static int
too_much(json_t *reply, const struct command_borrower *b, const struct instalment_part *parts,
	 int n)
{
	int64_t owes = debt_sum(b->plan->amounts, b->plan->n_amounts, b->today, 0).balance, sum = 0;
	char a[MONEY_SAID], c[MONEY_SAID];

	for (int i = 0; i < n; i++)
		if (__builtin_add_overflow(sum, parts[i].amount, &sum))
			sum = INT64_MAX;
	return command_refuse(reply, COMMAND_REFUSED,
			      "the parts come to %s, and %s owes %s: make them smaller or fewer",
			      money_said(sum, b->account->currency, a), b->account->ref,
			      money_said(owes, b->account->currency, c));
}

static int
make_plan(struct store *s, struct command_env *env, const json_t *request, json_t *reply,
	  const struct command_borrower *b)
{
	struct instalment_part parts[INSTALMENT_PARTS];
	struct pledge p = by_person(request, b);
	int n = read_parts(request, reply, b, parts), rc;

	if (n <= 0)
		return n;
	rc = pledge_plan(s, env->config, &p, parts, n, env->now);
	if (rc == UV_ENOENT)
		return command_refuse(reply, COMMAND_REFUSED, "%s owes nothing", b->account->ref);
	if (rc == UV_E2BIG)
		return too_much(reply, b, parts, n);
	if (rc != 0)
		return rc;
	command_replan(env, b->id);
	return describe_plan(reply, b, &p, parts, n);
}

/* ---- the commands ---- */

int
command_promise(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	struct command_borrower b;
	int rc = command_borrower(s, env, request, reply, &b);

	if (rc != 1)
		return rc;
	if (command_flag(request, "withdraw"))
		rc = withdraw(s, env, request, reply, &b);
	else if (json_object_get(request, "plan") != NULL)
		rc = make_plan(s, env, request, reply, &b);
	else
		rc = make(s, env, request, reply, &b);
	command_borrower_end(&b);
	return rc;
}

/* One of many: its answer stands in the list, and what is refused leaves nothing behind, since
 * everything is looked at before the first row is written. */
static int
one_plan(struct store *s, struct command_env *env, const json_t *request, const json_t *plan,
	 json_t *answers)
{
	json_t *one = json_deep_copy(plan), *answer = json_object();
	int rc = one != NULL && answer != NULL ? 0 : UV_ENOMEM;

	if (rc == 0 && json_object_set_new(one, "by", json_string(command_actor(request))) != 0)
		rc = UV_ENOMEM;
	if (rc == 0)
		rc = command_promise(s, env, one, answer);
	json_decref(one);
	if (rc != 0) {
		json_decref(answer);
		return rc;
	}
	return json_array_append_new(answers, answer) != 0 ? UV_ENOMEM : 0;
}

int
command_plans(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	const json_t *plans = json_object_get(request, "plans"), *plan;
	json_t *answers = json_array();
	size_t i;
	int rc;

	if (answers == NULL || json_object_set_new(reply, "answers", answers) != 0)
		return UV_ENOMEM;
	json_array_foreach(plans, i, plan)
	{
		if (json_object_get(plan, "plan") == NULL)
			return command_refuse(reply, COMMAND_WRONG, "plans: one has no parts");
		if ((rc = one_plan(s, env, request, plan, answers)) != 0)
			return rc;
	}
	/* Refused as a whole, nothing of it stays: who only asks wants just the answers. */
	if (command_flag(request, "dry_run"))
		return json_object_set_new(reply, "status", json_integer(COMMAND_REFUSED)) != 0
			   ? UV_ENOMEM
			   : 0;
	return 0;
}
