/* What people say of a borrower: opt-out, and one step left out. */
#include "command_parts.h"
#include "gateway/store/borrower.h"
#include "gateway/store/calls.h"
#include "gateway/store/outbox.h"

#include <stdlib.h>
#include <string.h>

/* ---- optout {account | number, undo} ---- */

/* Opts a number (and `account`, if not 0) out or in, and plans anew whoever it touches. */
static int
change_number(struct store *s, struct command_env *env, const json_t *request, const char *number,
	      int64_t account)
{
	const char *actor = command_actor(request);
	int64_t *ids = NULL;
	int n = number[0] != '\0' ? borrower_all_accounts_of(s, number, &ids) : 0;

	for (int i = 0; i < n; i++)
		command_replan(env, ids[i]);
	free(ids);
	if (n < 0)
		return n;
	if (command_flag(request, "undo"))
		return borrower_optin(s, number, account, actor, 0, env->now);
	return borrower_optout(s, number, account, actor, 0, env->now, "person");
}

static int
optout_number(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	bool undo = command_flag(request, "undo"), out;
	char number[PHONE_E164];
	int rc = command_number(env, command_word(request, "number"), reply, number);

	if (rc != 1)
		return rc;
	out = borrower_opted_out(s, number);
	if (undo && !out)
		return command_refuse(reply, COMMAND_REFUSED, "%s is not opted out", number);
	if (!undo && out)
		return command_say(reply, "%s was opted out already", number);
	if ((rc = change_number(s, env, request, number, 0)) != 0)
		return rc;
	return command_say(reply, undo ? "%s may be written to again" : "%s gets no more texts",
			   number);
}

/* Every number of the account goes with it: which of them is used next is no concern of somebody
 * who asked for silence. */
static int
change_account(struct store *s, struct command_env *env, const json_t *request,
	       const struct command_borrower *b)
{
	const char *p = b->account->phones;
	char number[PHONE_E164];
	int rc = 0;

	command_replan(env, b->id);
	if (*p == '\0')
		return change_number(s, env, request, "", b->id);
	for (; *p != '\0' && rc == 0; p += *p == ';') {
		size_t len = strcspn(p, ";");

		snprintf(number, sizeof number, "%.*s", (int)len, p);
		rc = change_number(s, env, request, number, b->id);
		p += len;
	}
	return rc;
}

static int
optout_account(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	bool undo = command_flag(request, "undo");
	struct command_borrower b;
	int rc = command_borrower(s, env, request, reply, &b);

	if (rc != 1)
		return rc;
	if (undo && !b.account->opted_out)
		rc = command_refuse(reply, COMMAND_REFUSED, "%s is not opted out", b.account->ref);
	else if (!undo && b.account->opted_out)
		rc = command_say(reply, "%s was opted out already", b.account->ref);
	else if ((rc = change_account(s, env, request, &b)) == 0)
		rc = command_say(
		    reply, undo ? "%s may be written to again" : "%s gets no more texts and calls",
		    b.account->ref);
	command_borrower_end(&b);
	return rc;
}

int
command_optout(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	if (command_word(request, "number") != NULL)
		return optout_number(s, env, request, reply);
	return optout_account(s, env, request, reply);
}

/* ---- skip {key, undo} ---- */

struct key {
	char ref[128];
	int32_t due;
	char step[CAMPAIGN_STEP_TEXT];
	int day;
	enum campaign_channel channel;
};

/* ACCOUNT/DUE_DATE/STEP, where ACCOUNT and STEP hold slashes too: read from the end. */
static bool
parse_key(const char *text, struct key *k)
{
	const char *end = text + strlen(text), *slash[3];

	for (int i = 0; i < 3; i++) {
		for (slash[i] = end - 1; slash[i] > text && *slash[i] != '/';)
			slash[i]--;
		if (slash[i] <= text)
			return false;
		end = slash[i];
	}
	if ((size_t)(slash[2] - text) >= sizeof k->ref ||
	    civil_parse_date(slash[2] + 1, (size_t)(slash[1] - slash[2] - 1), &k->due) != 0 ||
	    campaign_step_parse(slash[1] + 1, strlen(slash[1] + 1), &k->day, &k->channel) != 0)
		return false;
	snprintf(k->ref, sizeof k->ref, "%.*s", (int)(slash[2] - text), text);
	campaign_step_format(k->day, k->channel, k->step);
	return true;
}

static bool
has_amount(const struct plan_account *a, int32_t due)
{
	for (size_t i = 0; i < a->n_amounts; i++)
		if (a->amounts[i].due == due)
			return true;
	return false;
}

static bool
has_step(const struct plan_account *a, const struct key *k)
{
	for (size_t i = 0; i < a->n_steps; i++)
		if (a->steps[i].day == k->day && a->steps[i].channel == k->channel)
			return true;
	return false;
}

/* Would this key ever be in the plan?  1, 0. */
static int
check_key(const struct command_borrower *b, const struct key *k, json_t *reply)
{
	char date[11];

	civil_format_date(k->due, date);
	if (!has_amount(b->plan, k->due))
		return command_refuse(reply, COMMAND_REFUSED, "%s has no amount due on %s", k->ref,
				      date);
	if (b->plan->n_steps == 0)
		return command_refuse(reply, COMMAND_REFUSED, "no campaign selects %s", k->ref);
	if (!has_step(b->plan, k))
		return command_refuse(reply, COMMAND_REFUSED,
				      "campaign %s, to which %s belongs, has no step %s",
				      b->plan->steps[0].of->name, k->ref, k->step);
	return 1;
}

static int
tell_skip(struct store *s, const struct command_env *env, const json_t *request, const char *kind,
	  int64_t account, const struct key *k)
{
	struct event_json data;
	char date[11];

	civil_format_date(k->due, date);
	event_json_init(&data);
	event_json_text(&data, "due_date", date);
	event_json_text(&data, "step", k->step);
	return command_tell(s, env, request, kind, account, 0, &data);
}

static int
change_skip(struct store *s, const struct command_env *env, const json_t *request, bool add,
	    int64_t account, const struct key *k)
{
	sqlite3_stmt *st = store_get(s, add ? STORE_SKIP_ADD : STORE_SKIP_DROP);
	int rc;

	store_bind_int(st, 1, account);
	store_bind_int(st, 2, k->due);
	store_bind_text(st, 3, k->step);
	if (add) {
		store_bind_int(st, 4, env->now);
		store_bind_text(st, 5, command_actor(request));
	}
	if ((rc = store_do(s, st)) != 0)
		return rc;
	return sqlite3_changes(s->db);
}

/* The row of the step, if one was made, follows.  1 done, 0 refused, negative. */
static int
skip_row(struct store *s, const struct command_env *env, const json_t *request, json_t *reply,
	 const struct key *k, struct outbox_row *row)
{
	int rc;

	if (row->status == STATUS_PLANNED) {
		rc = outbox_end(s, row->id, row->account, STATUS_SKIPPED, REASON_SKIPPED, env->now,
				command_actor(request), NULL);
		return rc != 0 ? rc : 1;
	}
	if (row->status == STATUS_SKIPPED || row->status == STATUS_CANCELLED)
		return 1;
	return command_refuse(reply, COMMAND_REFUSED, "step %s of %s is %s already (message %lld)",
			      k->step, k->ref, store_status_word(row->status), (long long)row->id);
}

/* The same of a call. */
static int
skip_call(struct store *s, const struct command_env *env, const json_t *request, json_t *reply,
	  const struct key *k, struct calls_row *row)
{
	int rc;

	if (row->status == CALLS_PLANNED) {
		rc = calls_drop(s, row, CALLS_SKIPPED, REASON_SKIPPED, env->now,
				command_actor(request), NULL);
		return rc != 0 ? rc : 1;
	}
	if (row->status == CALLS_SKIPPED || row->status == CALLS_CANCELLED)
		return 1;
	return command_refuse(reply, COMMAND_REFUSED,
			      "step %s of %s was called already (call %lld)", k->step, k->ref,
			      (long long)row->id);
}

/* 1: the step has no row, or it follows; 0: refused, negative. */
static int
skip_rows(struct store *s, const struct command_env *env, const json_t *request, json_t *reply,
	  int64_t account, const struct key *k)
{
	struct outbox_row row;
	struct calls_row call;
	int rc;

	if (k->channel == CAMPAIGN_CALL) {
		if ((rc = calls_step(s, account, k->due, k->step, &call)) <= 0)
			return rc < 0 ? rc : 1;
		rc = skip_call(s, env, request, reply, k, &call);
		calls_row_clear(&call);
		return rc;
	}
	if ((rc = outbox_step(s, account, k->due, k->step, &row)) <= 0)
		return rc < 0 ? rc : 1;
	rc = skip_row(s, env, request, reply, k, &row);
	outbox_row_clear(&row);
	return rc;
}

static int
skip_step(struct store *s, struct command_env *env, const json_t *request, json_t *reply,
	  int64_t account, const struct key *k)
{
	int rc = skip_rows(s, env, request, reply, account, k);

	if (rc != 1)
		return rc;
	if ((rc = change_skip(s, env, request, true, account, k)) < 0)
		return rc;
	if (rc == 0)
		return command_say(reply, "step %s of %s was skipped already", k->step, k->ref);
	if ((rc = tell_skip(s, env, request, "skip", account, k)) != 0)
		return rc;
	return command_say(reply, "step %s of %s will not go", k->step, k->ref);
}

static int
unskip_row(struct store *s, int64_t account, const struct key *k)
{
	struct outbox_row row;
	struct calls_row call;
	int rc;

	if (k->channel == CAMPAIGN_CALL) {
		if ((rc = calls_step(s, account, k->due, k->step, &call)) <= 0)
			return rc;
		rc = 0;
		if (call.status == CALLS_SKIPPED &&
		    (call.reason == REASON_SKIPPED || call.reason == REASON_RESTORED))
			rc = calls_revive(s, call.id, call.route, call.campaign, call.script,
					  call.at);
		calls_row_clear(&call);
		return rc;
	}
	if ((rc = outbox_step(s, account, k->due, k->step, &row)) <= 0)
		return rc;
	rc = 0;
	if (row.status == STATUS_SKIPPED &&
	    (row.reason == REASON_SKIPPED || row.reason == REASON_RESTORED))
		rc = outbox_revive(s, row.id, row.campaign, row.route, row.at);
	outbox_row_clear(&row);
	return rc;
}

/* The row is decided again at the time it had; whether it is too late by then the plan says. */
static int
unskip_step(struct store *s, struct command_env *env, const json_t *request, json_t *reply,
	    int64_t account, const struct key *k)
{
	int rc = change_skip(s, env, request, false, account, k);

	if (rc < 0)
		return rc;
	if (rc == 0)
		return command_refuse(reply, COMMAND_REFUSED, "step %s of %s is not skipped",
				      k->step, k->ref);
	if ((rc = tell_skip(s, env, request, "unskip", account, k)) != 0 ||
	    (rc = unskip_row(s, account, k)) != 0)
		return rc;
	env->effect.wake = true;
	return command_say(reply, "step %s of %s is in the plan again", k->step, k->ref);
}

int
command_skip(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	const char *text = command_word(request, "key");
	struct command_borrower b;
	struct key k;
	int64_t id;
	int rc;

	if (text == NULL || !parse_key(text, &k))
		return command_refuse(reply, COMMAND_WRONG,
				      "`%s` is no key of a plan row: copy it from the list, as in "
				      "A-17/2026-09-15/+7/sms",
				      text != NULL ? text : "");
	if ((rc = command_account_named(s, k.ref, reply, &id)) != 1)
		return rc;
	command_replan(env, id);
	if (command_flag(request, "undo"))
		return unskip_step(s, env, request, reply, id, &k);
	if ((rc = command_borrower_load(s, env, id, reply, &b)) != 1)
		return rc;
	if ((rc = check_key(&b, &k, reply)) == 1)
		rc = skip_step(s, env, request, reply, id, &k);
	command_borrower_end(&b);
	return rc;
}
