#include "calling.h"

#include "claim.h"
#include "gateway/hear/answer.h"
#include "gateway/person/pledge.h"
#include "gateway/store/borrower.h"
#include "schedule/policy.h"

#include <string.h>
#include <uv.h>

#define ACTOR   "dunlin"
#define MINUTES 60000LL
#define HOURS   (60 * MINUTES)
#define TRIES   6 /* of one step, whatever the rules allow */

/* One call, with what is known of the borrower by now. */
struct said {
	struct store *s;
	struct calling *c;
	struct calls_row row;
	struct claim claim;
	const struct facts_account *account; /* NULL: nobody's */
	const struct plan_account *plan;
};

static int
begin(struct said *x, struct store *s, struct calling *c)
{
	int rc;

	*x = (struct said){.s = s, .c = c};
	c->person = 0;
	c->answered = false;
	if ((rc = calls_get(s, c->id, &x->row)) != 0)
		return rc;
	x->claim = (struct claim){
	    .s = s, .facts = c->facts, .index = SIZE_MAX, .call = c->id, .now = c->now};
	facts_use(c->facts, c->config);
	if (c->brief->account == 0)
		return 0;
	rc = facts_load_account(c->facts, s, c->brief->account, c->now, &x->claim.index);
	if (rc == UV_ENOENT) { /* a list without it came in while they talked */
		x->claim.index = SIZE_MAX;
		return 0;
	}
	if (rc != 0)
		return rc;
	x->account = facts_account(c->facts, x->claim.index);
	x->plan = &facts_person(c->facts)->accounts[x->claim.index];
	x->claim.today = civil_local(x->plan->zone, c->now).day;
	c->person = c->brief->account;
	return 0;
}

int
calling_answered(struct store *s, struct calling *c)
{
	struct calls_row row;
	int rc = calls_get(s, c->id, &row);

	if (rc == 0)
		rc = calls_answered(s, &row, c->now);
	calls_row_clear(&row);
	return rc;
}

/* ---- what was said ---- */

static int
tell(struct said *x, const struct script_outcome *o)
{
	const struct script *script = &x->c->brief->script->script;
	struct event_json data;
	char date[11];

	event_json_init(&data);
	event_json_int(&data, "call", x->c->id);
	event_json_text(&data, "outcome", script_outcome_word((enum script_outcome_kind)o->kind));
	if (o->day != SCRIPT_NO_DAY) {
		civil_format_date(o->day, date);
		event_json_text(&data, "date", date);
	}
	if (o->amount >= 0) {
		event_json_int(&data, "amount_minor", o->amount);
		event_json_text(&data, "currency", x->c->brief->currency);
	}
	event_json_text(&data, "cause", o->cause);
	event_json_text(&data, "language", script->languages[o->language]);
	event_json_int(&data, "ms", o->ms);
	return event_tell(x->s, "call_outcome", ACTOR, x->c->brief->account, 0, x->c->now, &data);
}

static int
promise(struct said *x, const struct script_outcome *o)
{
	struct pledge p = {.account = x->account,
			   .plan = x->plan,
			   .today = x->claim.today,
			   .day = o->day,
			   .amount = o->amount,
			   .source = "call",
			   .actor = ACTOR};
	int64_t plan;
	int rc = instalment_open_of(x->s, x->account->id, &plan);

	if (rc < 0)
		return rc;
	if (rc == 1) /* what a person agreed on stands until a person changes it */
		return claim_task(&x->claim, "look at a promise", "promise_in_plan");
	if ((rc = pledge_make(x->s, x->c->config, &p, x->c->now)) != 0)
		return rc;
	return calls_promised(x->s, x->c->id, p.id);
}

static int
cannot_pay(struct said *x, const char *cause)
{
	int rc = claim_trouble(&x->claim, "hardship");

	return rc == 0 && cause != NULL ? calls_trouble(x->s, x->c->id, cause) : rc;
}

static int
stop(struct said *x)
{
	const char *number = x->row.number != NULL ? x->row.number : "";
	int64_t account =
	    x->account != NULL && (x->row.direction == DIRECTION_OUT || x->row.verified)
		? x->account->id
		: 0;

	return number[0] != '\0' || account != 0
		   ? borrower_optout(x->s, number, account, ACTOR, 0, x->c->now, "keys")
		   : 0;
}

static int
speaks(struct said *x, int language)
{
	return calls_speaks(x->s, x->account->id, x->c->brief->script->script.languages[language]);
}

/* Once, however often they ask. */
static int
call_back(struct said *x)
{
	return x->c->task == 0
		   ? claim_call_task(&x->claim, "call them back", "asked_in_call", &x->c->task)
		   : 0;
}

static int
of_anybody(struct said *x, const struct script_outcome *o)
{
	switch (o->kind) {
	case SCRIPT_STOP: return stop(x);
	case SCRIPT_WRONG_PERSON:
		return x->row.number != NULL ? claim_wrong_number(&x->claim, x->row.number) : 0;
	case SCRIPT_HUMAN: return call_back(x);
	case SCRIPT_MESSAGE: return claim_task(&x->claim, "listen to a message", "left_in_call");
	default: return UV_EINVAL;
	}
}

static int
of_right_party(struct said *x, const struct script_outcome *o)
{
	int rc;

	if (x->account == NULL)
		return UV_ENOENT;
	switch (o->kind) {
	case SCRIPT_RIGHT_PARTY: return calls_verified(x->s, x->c->id);
	case SCRIPT_SPOKEN_LANGUAGE: return speaks(x, o->language);
	case SCRIPT_PROMISE: return promise(x, o);
	case SCRIPT_PAID: rc = claim_paid(&x->claim); return rc < 0 ? rc : 0;
	case SCRIPT_DISPUTE: return claim_trouble(&x->claim, "dispute");
	case SCRIPT_CANNOT_PAY: return cannot_pay(x, o->cause);
	case SCRIPT_DETAILS: return calls_details(x->s, x->c->id);
	default: return UV_EINVAL;
	}
}

int
calling_keep(struct store *s, struct calling *c, const struct script_outcome *outcome)
{
	struct said x;
	int rc = begin(&x, s, c);

	if (rc == 0)
		rc = outcome->kind >= SCRIPT_FIRST_OF_ANYBODY ? of_anybody(&x, outcome)
							      : of_right_party(&x, outcome);
	if (rc == 0)
		rc = tell(&x, outcome);
	calls_row_clear(&x.row);
	return rc;
}

/* ---- how it ended ---- */

/* What of a call limits and rests count. */
static int
counts(const struct calls_row *row, enum calls_outcome outcome)
{
	if (row->verified)
		return POLICY_CONVERSATION;
	if (row->direction == DIRECTION_IN)
		return 0;
	return row->answered_at != 0 || outcome <= CALLS_MACHINE ? POLICY_CALL_ANSWERED
								 : POLICY_CALL_DIALLED;
}

int64_t
calling_again(enum calls_outcome outcome, const struct civil_zone *zone, int64_t now, int32_t at)
{
	int64_t tomorrow = civil_instant(zone, civil_local(zone, now).day + 1, at);

	switch (outcome) {
	case CALLS_NETWORK:
	case CALLS_CALLED_OFF: return now + 15 * MINUTES;
	case CALLS_BUSY: return now + 30 * MINUTES;
	case CALLS_NO_ANSWER:
	case CALLS_UNREACHABLE:
	case CALLS_AUDIO_LOST: return now + 2 * HOURS;
	case CALLS_INVALID: return now + 15 * MINUTES; /* another number of theirs */
	case CALLS_REJECTED:
	case CALLS_MACHINE:
	case CALLS_NO_INPUT:
	case CALLS_UNVERIFIED: return tomorrow;
	case CALLS_RIGHT_PARTY:
	case CALLS_WRONG_PARTY: /* another number has its own turn: the step was served */
	case CALLS_MODEM_LOST:  /* nobody knows what was said */
	case CALLS_OUTCOMES: break;
	}
	return 0;
}

static int
try_again(struct said *x, enum calls_outcome outcome)
{
	const struct calls_row *row = &x->row;
	const struct campaign *campaign =
	    row->campaign != NULL ? config_campaign(x->c->config, row->campaign) : NULL;
	struct calls_row again = {.account = row->account,
				  .person = row->person,
				  .due = row->due,
				  .campaign = row->campaign,
				  .step = row->step,
				  .try = row->try + 1,
				  .class = row->class,
				  .script = row->script,
				  .route = row->route,
				  .rank = row->rank,
				  .reason = REASON_RETRY};
	int64_t id;

	if (row->step == NULL || x->account == NULL || row->verified || row->try >= TRIES ||
	    x->plan->barred == REASON_OPTED_OUT)
		return 0;
	again.at = calling_again(outcome, x->plan->zone, x->c->now,
				 campaign != NULL ? campaign->at : 10 * 3600);
	return again.at != 0 ? calls_add(x->s, &again, x->c->now, &id) : 0;
}

/* One text at most, to the number of the list: who called from another is verified, but it may be
 * anybody's telephone. */
static int
send_text(struct said *x)
{
	struct calls_said said;
	struct answer a = {.to = x->account->number,
			   .route = x->row.route,
			   .account = x->account,
			   .person = x->row.person};
	struct plan_row row = {.account = x->claim.index, .on = x->claim.today};
	int64_t users[2];
	int n, rc = calls_said(x->s, x->c->id, &said);

	if (rc != 0 || (!said.promised && !said.details) || a.to[0] == '\0')
		return rc;
	if ((n = borrower_accounts_of(x->s, a.to, users, 2)) < 0)
		return n;
	row.sums =
	    debt_sum(x->plan->amounts, x->plan->n_amounts, row.on, x->c->config->ignore_below);
	if (row.sums.index >= 0)
		row.due = x->plan->amounts[row.sums.index].due;
	row.own_day = row.on;
	a.kind = said.promised ? ANSWER_PROMISE : ANSWER_DETAILS;
	a.day = said.promised ? said.day : row.due;
	a.amount = n == 1 ? (said.promised ? said.expected : row.sums.due_now) : -1;
	a.row = &row;
	rc = answer_queue(x->s, x->c->compose, x->c->config, &a, x->c->now);
	x->c->answered = rc == 1;
	return rc < 0 ? rc : 0;
}

/* They called, and hung up or were lost before anybody spoke to them. */
static int
unheard(struct said *x)
{
	return x->row.direction == DIRECTION_IN && x->row.answered_at == 0 && x->account != NULL
		   ? claim_missed(&x->claim)
		   : 0;
}

static int
follow(struct said *x, enum calls_outcome outcome)
{
	int rc = 0;

	if (outcome == CALLS_INVALID && x->row.number != NULL)
		rc = borrower_dead_number(x->s, x->row.number, x->row.account, REASON_BARRED, 0,
					  x->c->now);
	if (rc == 0)
		rc = try_again(x, outcome);
	if (rc == 0)
		rc = unheard(x);
	return rc == 0 && x->account != NULL ? send_text(x) : rc;
}

int
calling_over(struct store *s, struct calling *c, const struct calling_end *end)
{
	struct said x;
	struct calls_end over = {.row = &x.row,
				 .outcome = end->outcome,
				 .cause = end->cause,
				 .keys = end->keys,
				 .language = end->language,
				 .heard = end->heard,
				 .recording = end->recording,
				 .message = end->message,
				 .story = end->story};
	int rc = begin(&x, s, c);

	if (rc == 0) {
		over.counts = counts(&x.row, end->outcome);
		if ((rc = calls_end(s, &over, c->now)) == 0)
			rc = follow(&x, end->outcome);
	}
	calls_row_clear(&x.row);
	return rc;
}

/* ---- a daemon that ended in calls ---- */

struct recovering {
	struct store *s;
	struct calling calling;
};

/* A promise was kept before the thanks were said; the text that confirms it waits for the end. */
static int
recovered(void *ctx, int64_t id)
{
	struct recovering *r = ctx;
	struct calling *c = &r->calling;
	struct brief brief = {.config = c->config};
	struct calls_row row;
	struct said x;
	int rc = calls_get(r->s, id, &row);

	brief.account = row.account;
	calls_row_clear(&row);
	if (rc != 0 || brief.account == 0)
		return rc;
	if (c->facts == NULL && (c->facts = facts_new(c->config)) == NULL)
		return UV_ENOMEM;
	if (c->compose == NULL && (c->compose = compose_new()) == NULL)
		return UV_ENOMEM;
	c->id = id;
	c->brief = &brief;
	rc = begin(&x, r->s, c);
	if (rc == 0)
		rc = unheard(&x);
	if (rc == 0 && x.account != NULL)
		rc = send_text(&x);
	calls_row_clear(&x.row);
	return rc;
}

int
calling_recover(struct store *s, struct config *config, int64_t now)
{
	struct recovering r = {.s = s, .calling = {.config = config, .now = now}};
	int n = calls_recover(s, now, recovered, &r);

	if (r.calling.facts != NULL)
		facts_free(r.calling.facts);
	compose_free(r.calling.compose);
	return n;
}

int
calling_person(struct store *s, struct calling *c, const char *outcome, const char *cause)
{
	struct event_json data;
	int rc;

	event_json_init(&data);
	event_json_int(&data, "call", c->id);
	event_json_text(&data, "outcome", outcome);
	event_json_text(&data, "cause", cause);
	rc = event_tell(s, "call_person", ACTOR, c->brief->account, 0, c->now, &data);
	if (rc != 0 || c->task == 0 || strcmp(outcome, CALLING_JOINED) != 0)
		return rc;
	rc = borrower_task_done(s, c->task, ACTOR, "a person joined the call", c->now);
	return rc < 0 ? rc : 0;
}

int
calling_undialled(struct store *s, struct calling *c, const char *why)
{
	struct calls_row row;
	int rc = calls_get(s, c->id, &row);

	if (rc == 0)
		rc = calls_requeue(s, &row, c->now, c->now, why);
	calls_row_clear(&row);
	return rc;
}
