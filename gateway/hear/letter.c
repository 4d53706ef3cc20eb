#include "letter.h"

#include "answer.h"
#include "gateway/base/phone.h"
#include "gateway/call/claim.h"
#include "gateway/person/pledge.h"
#include "gateway/smpp/codec.h"
#include "gateway/store/borrower.h"
#include "gateway/store/intray.h"
#include "gateway/store/sim.h"
#include "schedule/reply.h"

#include <string.h>
#include <uv.h>

#define ACTOR        "dunlin"
#define MS_PER_DAY   86400000LL
#define UNDO_MS      MS_PER_DAY /* a bare NO takes back a promise this young */
#define WAIT_DAYS    2          /* working days a reply may wait for a person */
#define ASK_AGAIN_MS (7 * MS_PER_DAY)

/* ---- whose text it is ---- */

struct reading {
	struct store *s;
	struct letter *l;
	char number[24]; /* the sender in E.164, "" when it is letters or a short code */
	int64_t person;  /* 0: nobody's */
	size_t index;    /* of the account in the facts */
	const struct facts_account *account; /* NULL: nobody's */
	const struct plan_account *plan;
	size_t users; /* accounts that use the number now; 0: it was theirs once */
	struct debt_sums sums;
	int64_t message;
	int32_t today;
	struct reply_reading read;
	bool handled;
	struct intray_asked asked; /* a promise without a day that this one may complete */
};

/* Operators write numbers without the plus; a few in the national form. */
void
letter_number(const struct config *config, const char *sender, char out[24])
{
	char plus[SMPP_ADDR_SIZE + 1];

	out[0] = '\0';
	if (!phone_is_answerable(sender))
		return;
	snprintf(plus, sizeof plus, "%s%s", sender[0] == '+' ? "" : "+", sender);
	if (sender[0] != '0' && phone_is_e164(plus)) {
		snprintf(out, 24, "%.23s", plus);
		return;
	}
	if (phone_to_e164(sender, config->lender.country, out, NULL) == PHONE_BAD)
		out[0] = '\0';
}

/* May the text be about that account?  A number that no list has any more may be about any. */
static bool
may_mean(const struct reading *r, size_t i)
{
	return r->users == 0 || borrower_lists(facts_account(r->l->facts, i)->phones, r->number);
}

static void
mean(struct reading *r, size_t i)
{
	r->account = facts_account(r->l->facts, i);
	r->plan = &facts_person(r->l->facts)->accounts[i];
	r->index = i;
	r->today = civil_local(r->plan->zone, r->l->now).day;
	r->sums =
	    debt_sum(r->plan->amounts, r->plan->n_amounts, r->today, r->l->config->ignore_below);
}

/* Of the accounts that use the number, the one most overdue. */
static int
find_account(struct reading *r)
{
	struct facts *facts = r->l->facts;
	size_t worst = SIZE_MAX;
	int32_t dpd = INT32_MIN;
	int rc;

	if ((rc = borrower_person_of(r->s, r->number, &r->person)) <= 0)
		return rc;
	rc = facts_load(facts, r->s, r->person, r->l->now);
	if (rc != 0)
		return rc == UV_ENOENT ? 0 : rc;
	for (size_t i = 0; i < facts_count(facts); i++)
		r->users += borrower_lists(facts_account(facts, i)->phones, r->number);
	for (size_t i = 0; i < facts_count(facts); i++) {
		if (!may_mean(r, i))
			continue;
		mean(r, i);
		if (worst == SIZE_MAX || r->sums.dpd > dpd) {
			worst = i;
			dpd = r->sums.dpd;
		}
	}
	if (worst != SIZE_MAX)
		mean(r, worst);
	return 0;
}

/* Of several accounts a promise is about the one whose arrears it names. */
static void
mean_by_amount(struct reading *r)
{
	size_t was = r->index, found = 0, which = was;

	if (r->account == NULL || r->read.amount < 0)
		return;
	for (size_t i = 0; i < facts_count(r->l->facts); i++) {
		if (!may_mean(r, i))
			continue;
		mean(r, i);
		if (r->sums.arrears == r->read.amount ||
		    (r->sums.arrears == 0 && r->sums.due_now == r->read.amount)) {
			which = i;
			found++;
		}
	}
	mean(r, found == 1 ? which : was);
}

/* ---- acting ---- */

static int
answer(struct reading *r, enum answer_kind kind, int32_t day, int64_t amount)
{
	struct answer a = {.kind = kind,
			   .to = r->number,
			   .route = r->l->route,
			   .message = r->message,
			   .account = r->account,
			   .language = r->read.language,
			   .person = r->person,
			   .day = day,
			   .amount = r->users == 1 ? amount : -1};
	int rc = answer_queue(r->s, r->l->compose, r->l->config, &a, r->l->now);

	if (rc == 1)
		r->l->answered = true;
	return rc < 0 ? rc : 0;
}

static struct claim
claim_of(const struct reading *r)
{
	return (struct claim){.s = r->s,
			      .facts = r->l->facts,
			      .index = r->account != NULL ? r->index : SIZE_MAX,
			      .today = r->today,
			      .message = r->message,
			      .now = r->l->now};
}

static int
task(const struct reading *r, const char *kind, const char *reason)
{
	struct claim c = claim_of(r);

	return claim_task(&c, kind, reason);
}

/* Puts a hold on every account of the person. */
static int
hold(const struct reading *r, enum reason reason, const char *word, int32_t until)
{
	struct claim c = claim_of(r);

	return claim_hold(&c, reason, word, until, true);
}

/* What no machine answers.  Who mourns or complains is left alone until released; who is ill, in
 * danger or speaks of lawyers, until somebody has read it. */
static int
on_special(struct reading *r)
{
	static const struct {
		const char *task;
		bool urgent, holds; /* else it waits for a person, however long that takes */
	} all[] = {
	    [REPLY_SPECIAL_BEREAVEMENT] = {"talk to the family", true, true},
	    [REPLY_SPECIAL_ILLNESS] = {"ask how they are", true, false},
	    [REPLY_SPECIAL_LEGAL] = {"read a text about lawyers or police", true, false},
	    [REPLY_SPECIAL_SELF_HARM] = {"call at once: somebody may be in danger", true, false},
	    [REPLY_SPECIAL_COMPLAINT] = {"answer a complaint", false, true},
	};
	const char *word = reply_special_word(r->read.special), *kind = all[r->read.special].task;
	int64_t account = r->account != NULL ? r->account->id : 0;
	int rc = 0;

	if (account != 0 && all[r->read.special].holds)
		rc = hold(r, REASON_HOLD, word, INT32_MAX);
	else if (account != 0)
		rc = hold(r, REASON_AWAITING_PERSON, "awaiting_person", INT32_MAX);
	if (rc != 0 || !all[r->read.special].urgent)
		return rc != 0 ? rc : task(r, kind, word);
	return borrower_urgent_task(r->s, account, kind, r->today, word, r->message, ACTOR,
				    r->l->now);
}

static int
on_stop(struct reading *r)
{
	int rc = borrower_optout(r->s, r->number, r->account != NULL ? r->account->id : 0, ACTOR,
				 r->message, r->l->now, "text");

	r->handled = true;
	return rc != 0 ? rc : answer(r, ANSWER_STOPPED, 0, -1);
}

static int
on_start(struct reading *r)
{
	int rc;

	r->handled = true;
	/* An account that stopped under another number stays stopped until it asks under this one.
	 */
	if (!borrower_opted_out(r->s, r->number) && (r->account == NULL || !r->account->opted_out))
		return 0;
	rc = borrower_optin(r->s, r->number, 0, ACTOR, r->message, r->l->now);
	return rc != 0 ? rc : answer(r, ANSWER_STARTED, 0, -1);
}

static int
on_wrong_number(struct reading *r)
{
	struct claim c = claim_of(r);

	if (r->account == NULL)
		return 0;
	r->handled = true;
	return claim_wrong_number(&c, r->number);
}

/* What is not understood is never acted on, and holds the person until somebody reads it. */
static int
wait_for_person(struct reading *r)
{
	int32_t until;

	if (r->account == NULL)
		return task(r, "read a text from an unknown number", "unknown_number");
	until = policy_add_working_days(&r->l->config->policy, r->today, WAIT_DAYS);
	return hold(r, REASON_AWAITING_PERSON, "awaiting_person", until);
}

/* The text that was asked for a day has its answer; the person is free again when no other waits.
 */
static int
asked_is_answered(struct reading *r)
{
	struct facts *facts = r->l->facts;
	int rc;

	if (!r->asked.waits)
		return 0;
	if ((rc = intray_handled(r->s, r->asked.message, r->account->id, r->l->now)) != 0 ||
	    (rc = intray_waits(r->s, r->person)) != 0)
		return rc < 0 ? rc : 0;
	for (size_t i = 0; i < facts_count(facts) && rc >= 0; i++)
		rc = borrower_release(r->s, facts_account(facts, i)->id, REASON_AWAITING_PERSON,
				      ACTOR, r->l->now);
	return rc < 0 ? rc : 0;
}

static int
make_promise(struct reading *r)
{
	struct pledge p = {.account = r->account,
			   .plan = r->plan,
			   .today = r->today,
			   .day = r->read.date,
			   .amount = r->read.amount,
			   .source = "sms",
			   .actor = ACTOR,
			   .message = r->message};
	int64_t plan;
	int rc = instalment_open_of(r->s, r->account->id, &plan);

	if (rc < 0)
		return rc;
	if (rc == 1) /* what a person agreed on stands until a person changes it */
		return task(r, "look at a promise", "promise_in_plan");
	rc = pledge_make(r->s, r->l->config, &p, r->l->now);
	if (rc == UV_ENOENT)
		return wait_for_person(r);
	if (rc == 0)
		rc = answer(r, ANSWER_PROMISE, p.day, p.expected);
	r->handled = rc == 0;
	return rc != 0 ? rc : asked_is_answered(r);
}

static int
ask_which_day(struct reading *r, bool asked)
{
	int rc = wait_for_person(r);

	return rc != 0 || asked ? rc : answer(r, ANSWER_WHICH_DAY, 0, -1);
}

/* A day that is over is none: nobody promises yesterday. */
static int
on_promise(struct reading *r)
{
	int asked;

	if (r->account == NULL || r->sums.balance <= 0)
		return wait_for_person(r);
	asked = intray_asked(r->s, r->number, REPLY_PROMISE, r->l->now - ASK_AGAIN_MS, &r->asked);
	if (asked < 0)
		return asked;
	if (r->read.date == REPLY_NO_DATE || r->read.date < r->today)
		return ask_which_day(r, asked == 1);
	if (r->read.amount < 0 && asked == 1 && r->asked.waits)
		r->read.amount = r->asked.amount; /* "I will pay 700" - "which day?" - "25" */
	mean_by_amount(r);
	return make_promise(r);
}

static int
on_paid(struct reading *r)
{
	struct claim c = claim_of(r);
	int rc;

	if (r->account == NULL)
		return wait_for_person(r);
	if ((rc = claim_paid(&c)) <= 0)
		return rc < 0 ? rc : wait_for_person(r);
	r->handled = true;
	return answer(r, ANSWER_PAID, 0, -1);
}

static int
on_trouble(struct reading *r, const char *word)
{
	struct claim c = claim_of(r);

	return r->account != NULL ? claim_trouble(&c, word) : wait_for_person(r);
}

/* A bare NO within a day of an echo takes the promise back. */
static int
on_no(struct reading *r)
{
	int fresh, rc;

	if (r->account == NULL)
		return wait_for_person(r);
	fresh = intray_fresh_promise(r->s, r->account->id, r->l->now - UNDO_MS);
	if (fresh <= 0)
		return fresh < 0 ? fresh : wait_for_person(r);
	rc = borrower_promise_end(r->s, r->account->id, PROMISE_WITHDRAWN, ACTOR, r->l->now);
	if (rc < 0 || (rc = task(r, "agree on another day", "promise_withdrawn")) != 0)
		return rc;
	r->handled = true;
	return answer(r, ANSWER_WITHDRAWN, 0, -1);
}

static int
act(struct reading *r)
{
	if (r->number[0] == '\0')
		return 0; /* letters or a short code: kept for a person, never answered */
	if (r->read.special != REPLY_SPECIAL_NONE)
		return on_special(r);
	switch (r->read.intent) {
	case REPLY_STOP: return on_stop(r);
	case REPLY_START: return on_start(r);
	case REPLY_HELP: r->handled = true; return answer(r, ANSWER_HELP, 0, -1);
	case REPLY_WRONG_NUMBER: return on_wrong_number(r);
	case REPLY_PROMISE: return on_promise(r);
	case REPLY_PAID: return on_paid(r);
	case REPLY_DISPUTE: return on_trouble(r, "dispute");
	case REPLY_HARDSHIP: return on_trouble(r, "hardship");
	case REPLY_NO: return on_no(r);
	default: return wait_for_person(r);
	}
}

/* ---- storing and reading ---- */

static void
read_text(struct reading *r, const char *text, size_t len)
{
	const struct config *config = r->l->config;
	const struct facts_account *a = r->account;
	const char *currency = a != NULL ? a->currency : config->lender.currency;
	struct reply_context context = {.language =
					    a != NULL ? a->language : config->lender.languages[0],
					.today = r->today,
					.currency = currency,
					.digits = a != NULL ? a->digits : config->lender.digits,
					.balance = a != NULL ? r->sums.balance : -1,
					.month_first = strcmp(currency, "USD") == 0};

	reply_read(config_words(config), text, len, &context, &r->read);
}

static int
store_reading(struct reading *r)
{
	char cues[REPLY_CUES * (REPLY_CUE + 2)] = "";
	size_t len = 0;
	struct intray_reading row = {
	    .message = r->message,
	    .account = r->account != NULL ? r->account->id : 0,
	    .intent = (int)r->read.intent,
	    .intent_word = reply_intent_word(r->read.intent),
	    .language = r->read.language[0] != '\0' ? r->read.language : NULL,
	    .currency = r->read.amount >= 0 && r->account != NULL ? r->account->currency : NULL,
	    .day = r->read.date,
	    .amount = r->read.amount,
	    .handled = r->handled,
	    .cause = r->read.cause,
	    .cues = cues};

	for (size_t i = 0; i < r->read.n_cues; i++)
		len += (size_t)snprintf(cues + len, sizeof cues - len, "%s%s", i > 0 ? ", " : "",
					r->read.cues[i]);
	return intray_read(r->s, &row, r->l->now);
}

int
letter_take(struct store *s, struct letter *l)
{
	struct reading r = {.s = s, .l = l};
	struct intray_message m = {.sender = r.number,
				   .recipient = l->recipient,
				   .body = l->text,
				   .route = l->route,
				   .raw = l->raw,
				   .raw_len = l->raw_len,
				   .segments = l->segments};
	int64_t sim;
	int rc;

	r.today = civil_local(&l->config->lender.zone, l->now).day;
	letter_number(l->config, l->sender, r.number);
	if (r.number[0] == '\0')
		m.sender = l->sender;
	else if ((rc = find_account(&r)) != 0)
		return rc;
	m.account = r.account != NULL ? r.account->id : 0;
	m.person = l->person = r.person;
	if ((rc = intray_add(s, &m, l->now, &r.message)) != 0 ||
	    (l->by_sim && ((rc = sim_of_address(s, l->recipient, &sim)) != 0 ||
			   (rc = sim_came_by(s, r.message, sim)) != 0)))
		return rc;
	read_text(&r, l->text, strlen(l->text));
	if ((rc = act(&r)) != 0)
		return rc;
	return store_reading(&r);
}
