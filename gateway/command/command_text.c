/* One text or call now, because a person says so: send, reply, call.  The policy is asked here, to
 * answer the person, and again by the transaction that hands it over. */
#include "command_parts.h"
#include "gateway/base/rfc3339.h"
#include "gateway/config/config_script.h"
#include "gateway/person/approval.h"
#include "gateway/person/compose.h"
#include "gateway/store/borrower.h"
#include "gateway/store/calls.h"
#include "gateway/store/list.h"
#include "gateway/store/outbox.h"
#include "gateway/store/store_ask.h"

#include <string.h>
#include <uv.h>

/* A text or call on its way from the request to the queue. */
struct asked {
	struct store *s;
	struct command_env *env;
	const json_t *request;
	json_t *reply;
	struct command_borrower b; /* facts NULL: the number is nobody's */
	char number[PHONE_E164];   /* "": the account's */
	const char *template, *text;
	const char *script; /* a call; NULL: a text */
	int64_t answers;    /* the incoming text, 0: none */
	const struct config_route *route;
	const struct civil_zone *zone;
	struct plan_row plan;
	int64_t at; /* when it goes */
};

static int
refuse_reason(const struct asked *a, const char *who, enum reason reason)
{
	json_object_set_new(a->reply, "reason", json_string(reason_word(reason)));
	return command_refuse(a->reply, COMMAND_REFUSED, "%s cannot be %s (%s): %s", who,
			      a->script != NULL ? "called" : "written to", reason_word(reason),
			      reason_what(reason));
}

static const char *
recipient(const struct asked *a)
{
	return a->number[0] != '\0' ? a->number : a->b.account->number;
}

/* ---- who ---- */

static const struct config_route *
best_route(const struct config *c, const char *number)
{
	int i = config_best_route(c, number);

	return i >= 0 ? &c->routes[i] : NULL;
}

/* What bars a number by itself, whoever uses it: 1, 0. */
static int
check_number(const struct asked *a)
{
	const struct config *c = a->env->config;
	sqlite3_stmt *st;
	bool dead;

	if (borrower_opted_out(a->s, a->number))
		return refuse_reason(a, a->number, REASON_OPTED_OUT);
	st = store_get(a->s, STORE_DEAD_NUMBER);
	store_bind_text(st, 1, a->number);
	dead = store_step(a->s, st) == 1;
	if (dead) {
		enum reason reason = (enum reason)sqlite3_column_int(st, 0);

		sqlite3_reset(st);
		return refuse_reason(a, a->number, reason);
	}
	if (!c->live && !config_is_test(c, a->number))
		return refuse_reason(a, a->number, REASON_TEST);
	return 1;
}

/* `to`: a number some borrower has now, or a test number.  1, 0, negative. */
static int
find_number(struct asked *a, const char *to)
{
	int64_t ids[1];
	int n, rc = command_number(a->env, to, a->reply, a->number);

	if (rc != 1)
		return rc;
	if ((n = borrower_accounts_of(a->s, a->number, ids, 1)) < 0)
		return n;
	if (n == 0 && !config_is_test(a->env->config, a->number))
		return command_refuse(a->reply, COMMAND_REFUSED,
				      "no borrower has the number %s now, and it is not in "
				      "test_numbers",
				      a->number);
	if (n > 0 && (rc = command_borrower_load(a->s, a->env, ids[0], a->reply, &a->b)) != 1)
		return rc;
	return check_number(a);
}

static int
find_recipient(struct asked *a)
{
	const char *to = command_word(a->request, "to");

	if ((to != NULL) == (command_word(a->request, "account") != NULL))
		return command_refuse(a->reply, COMMAND_WRONG, "name an account or a number");
	return to != NULL ? find_number(a, to)
			  : command_borrower(a->s, a->env, a->request, a->reply, &a->b);
}

/* ---- what ---- */

/* The text as it would go now, so that a mistake in it is told to who asked.  1, 0, negative. */
static int
check_template(struct asked *a)
{
	struct compose *compose = compose_new();
	struct plan_row row = a->plan;
	struct compose_text text;
	enum reason why;
	char fault[256];
	int rc = 1;

	if (compose == NULL)
		return UV_ENOMEM;
	if (!catalog_has(a->env->config->catalog, a->template))
		rc = command_refuse(a->reply, COMMAND_REFUSED,
				    "there is no template `%s` in templates/", a->template);
	else if (compose_render(compose, a->env->config, a->b.account, &row, a->template, a->route,
				&text, &why, fault) != 0 ||
		 !approval_given(a->s, text.template, fault))
		rc = command_refuse(a->reply, COMMAND_REFUSED, "%s", fault);
	compose_free(compose);
	return rc;
}

static int
check_text(struct asked *a)
{
	const struct config *config = a->env->config;
	const char *language =
	    a->b.account != NULL ? a->b.account->language : config->lender.languages[0];
	struct compose_text text;
	struct config_fault word;
	size_t len = a->text != NULL ? strlen(a->text) : 0;

	if (len == 0)
		return command_refuse(a->reply, COMMAND_WRONG, "the text is empty");
	if (len >= COMPOSE_TEXT_MAX || compose_measure(a->text, len, a->route, &text) != 0 ||
	    text.size.segments > text.options.max_parts)
		return command_refuse(a->reply, COMMAND_WRONG,
				      "the text takes more than %d segments: shorten it",
				      CATALOG_PARTS);
	if (config_forbids(config, language, CATALOG_LEGAL, a->text, len, &word))
		return command_refuse(a->reply, COMMAND_REFUSED, "%s", word.text);
	return 1;
}

/* Nobody is called who could not prove who he is. */
static int
check_script(const struct asked *a)
{
	const struct config_script *script = config_script(a->env->config, a->script);

	if (script == NULL)
		return command_refuse(a->reply, COMMAND_REFUSED,
				      "there is no script `%s` in scripts/", a->script);
	if (script->asks_check && !a->b.account->has_check)
		return refuse_reason(a, a->b.account->ref, REASON_NO_CHECK);
	return 1;
}

/* ---- when ---- */

/* The policy's answer, as the transaction that hands over will ask it. */
static int
ask_policy(struct asked *a)
{
	struct command_borrower *b = &a->b;
	struct facts *facts = b->facts != NULL ? b->facts : facts_new(a->env->config);
	struct plan_rules rules;
	int rc;

	if (facts == NULL)
		return UV_ENOMEM;
	if ((rc = facts_rules(facts, a->s, a->env->now, REASON_NONE, &rules)) == 0 &&
	    b->facts != NULL) {
		a->zone = b->account->zone;
		plan_decide_manual(facts_person(facts), &rules, a->env->now, b->index,
				   a->script != NULL ? CAMPAIGN_CALL : CAMPAIGN_SMS,
				   a->answers != 0, &a->plan);
		if (a->plan.sums.index >= 0)
			a->plan.due = b->plan->amounts[a->plan.sums.index].due;
	} else if (rc == 0) {
		/* A test number of nobody's: the lender's windows and no more. */
		struct plan_account nobody = {.zone = &a->env->config->lender.zone};
		struct plan_person person = {.accounts = &nobody, .n_accounts = 1};

		a->zone = nobody.zone;
		plan_decide_manual(&person, &rules, a->env->now, 0, CAMPAIGN_SMS, true, &a->plan);
	}
	if (b->facts == NULL)
		facts_free(facts);
	return rc;
}

/* Reasons that no waiting mends. */
static bool
is_final(enum reason reason)
{
	switch (reason) {
	case REASON_OPTED_OUT:
	case REASON_WRONG_NUMBER:
	case REASON_THIRD_PARTY:
	case REASON_NO_PHONE:
	case REASON_NO_ROUTE:
	case REASON_BARRED:
	case REASON_TEST: return true;
	default: return false;
	}
}

/* The first instant after the holds and the promise that stand in the way, 0: nobody knows. */
static int64_t
after_holds(const struct asked *a)
{
	const struct plan_account *p = a->b.plan;
	struct policy_question q = {.channel = a->script != NULL ? CAMPAIGN_CALL : CAMPAIGN_SMS,
				    .zone = a->zone,
				    .hours_only = true};
	struct policy_decision d;
	int32_t free_day = a->plan.on;

	if (a->b.facts == NULL || a->plan.reason == REASON_PAUSED ||
	    a->plan.reason == REASON_RESTORED || a->plan.reason == REASON_CLOCK)
		return 0;
	for (size_t i = 0; i < p->n_holds; i++) {
		if (p->holds[i].until == INT32_MAX)
			return 0;
		if (p->holds[i].until > free_day)
			free_day = p->holds[i].until;
	}
	if (p->promise_until > free_day)
		free_day = p->promise_until;
	if (free_day == a->plan.on)
		return 0;
	q.at = civil_instant(a->zone, free_day, 0);
	d = policy_decide(&a->env->config->policy, &q);
	return d.answer == POLICY_ALLOW ? q.at : d.answer == POLICY_DEFER ? d.until : 0;
}

#define WHEN 96

/* As the borrower's clock reads, and which clock that is. */
static void
clock_text(const struct asked *a, int64_t at, char out[WHEN])
{
	struct civil_time local = civil_local(a->zone, at);
	const char *zone = a->b.facts != NULL ? a->b.account->timezone : "";
	char date[11];

	civil_format_date(local.day, date);
	snprintf(out, WHEN, "%s %02d:%02d (%.64s)", date, local.second / 3600,
		 local.second / 60 % 60, zone[0] != '\0' ? zone : a->env->config->lender.timezone);
}

static void
set_time(const struct asked *a, const char *key, int64_t at)
{
	char text[RFC3339_SIZE];

	rfc3339_format(at, civil_offset(a->zone, at), text);
	json_object_set_new(a->reply, key, json_string(text));
}

static int
refuse_for_now(const struct asked *a, int64_t next)
{
	enum reason reason = a->plan.reason;
	char when[WHEN];

	json_object_set_new(a->reply, "reason", json_string(reason_word(reason)));
	if (a->plan.rule != NULL)
		json_object_set_new(a->reply, "rule", json_string(a->plan.rule));
	if (next == 0)
		return command_refuse(a->reply, COMMAND_REFUSED,
				      "not now (%s): %s; when it may go nobody knows yet",
				      reason_word(reason), reason_what(reason));
	set_time(a, "next_at", next);
	clock_text(a, next, when);
	return command_refuse(a->reply, COMMAND_REFUSED,
			      "not now (%s): %s; the next allowed time is %s, and "
			      "--when-allowed queues it for then",
			      reason_word(reason), reason_what(reason), when);
}

/* Settles a->at: 1, 0. */
static int
choose_time(struct asked *a)
{
	bool patient = command_flag(a->request, "when_allowed");
	int64_t next;

	if (a->plan.decision == PLAN_SKIP && is_final(a->plan.reason))
		return refuse_reason(a, a->b.facts != NULL ? a->b.account->ref : a->number,
				     a->plan.reason);
	if (a->route == NULL)
		return refuse_reason(a, recipient(a), REASON_NO_ROUTE);
	if (!a->env->serving && !patient)
		return command_refuse(a->reply, COMMAND_FAILED,
				      "no daemon is running: start dunlin serve, or queue the %s "
				      "for the next one with --when-allowed",
				      a->script != NULL ? "call" : "text");
	a->at = a->env->now;
	if (a->plan.decision == PLAN_SEND)
		return 1;
	next = a->plan.decision == PLAN_DEFER ? a->plan.at : after_holds(a);
	if (!patient)
		return refuse_for_now(a, next);
	if (next != 0)
		a->at = next;
	return 1;
}

/* ---- queueing ---- */

static int
tell_queued(const struct asked *a, int64_t id)
{
	struct event_json data;

	event_json_init(&data);
	event_json_text(&data, "number", a->number[0] != '\0' ? a->number : NULL);
	event_json_text(&data, "template", a->template);
	event_json_text(&data, "text", a->text);
	if (a->answers != 0)
		event_json_int(&data, "answers", a->answers);
	event_json_int(&data, "at", a->at);
	return command_tell(a->s, a->env, a->request, a->answers != 0 ? "reply" : "send", a->b.id,
			    id, &data);
}

static int
queue(struct asked *a)
{
	struct outbox_row row = {.account = a->b.id,
				 .class = CLASS_MANUAL,
				 .rank = RANK_MANUAL,
				 .number = a->number[0] != '\0' ? a->number : NULL,
				 .body = (char *)(uintptr_t)a->text,
				 .template = (char *)(uintptr_t)a->template,
				 .route = (char *)(uintptr_t)a->route->name,
				 .actor = (char *)(uintptr_t)command_actor(a->request),
				 .at = a->at,
				 .answers = a->answers};
	char when[WHEN];
	int64_t id;
	int rc;

	if (a->b.id != 0 && (rc = list_person(a->s, a->b.id, &row.person)) != 0)
		return rc;
	if ((rc = outbox_add(a->s, &row, a->env->now, &id)) != 0 || (rc = tell_queued(a, id)) != 0)
		return rc;
	a->env->effect.wake = true;
	json_object_set_new(a->reply, "message", json_integer(id));
	set_time(a, "at", a->at);
	if (a->at <= a->env->now && a->env->serving)
		return command_say(a->reply, "message %lld to %s is queued", (long long)id,
				   recipient(a));
	clock_text(a, a->at, when);
	return command_say(a->reply, "message %lld to %s is queued for %s", (long long)id,
			   recipient(a), when);
}

static int
queue_call(struct asked *a)
{
	struct calls_row row = {.account = a->b.id,
				.class = CLASS_MANUAL,
				.rank = RANK_MANUAL,
				.script = (char *)(uintptr_t)a->script,
				.route = (char *)(uintptr_t)a->route->name,
				.actor = (char *)(uintptr_t)command_actor(a->request),
				.at = a->at};
	struct event_json data;
	char when[WHEN];
	int64_t id;
	int rc;

	if ((rc = list_person(a->s, a->b.id, &row.person)) != 0 ||
	    (rc = calls_add(a->s, &row, a->env->now, &id)) != 0)
		return rc;
	event_json_init(&data);
	event_json_int(&data, "call", id);
	event_json_text(&data, "script", a->script);
	event_json_int(&data, "at", a->at);
	if ((rc = command_tell(a->s, a->env, a->request, "call", a->b.id, 0, &data)) != 0)
		return rc;
	a->env->effect.wake = true;
	json_object_set_new(a->reply, "call", json_integer(id));
	set_time(a, "at", a->at);
	if (a->at <= a->env->now && a->env->serving)
		return command_say(a->reply, "call %lld to %s is next", (long long)id,
				   recipient(a));
	clock_text(a, a->at, when);
	return command_say(a->reply, "call %lld to %s is queued for %s", (long long)id,
			   recipient(a), when);
}

static int
check_what(struct asked *a)
{
	if (a->script != NULL)
		return check_script(a);
	return a->template != NULL ? check_template(a) : check_text(a);
}

/* From the recipient on, the same for all: 0 or negative. */
static int
finish(struct asked *a)
{
	const struct config *c = a->env->config;
	int rc = ask_policy(a);

	if (rc != 0)
		return rc;
	if (a->script == NULL)
		a->route = best_route(c, recipient(a));
	else if (a->b.account->voice >= 0)
		a->route = &c->routes[a->b.account->voice];
	if ((rc = check_what(a)) != 1 || (rc = choose_time(a)) != 1)
		return rc;
	rc = a->script != NULL ? queue_call(a) : queue(a);
	return rc != 0 ? rc : 1;
}

/* call {account, script [, when_allowed]} */
int
command_call(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	struct asked a = {.s = s,
			  .env = env,
			  .request = request,
			  .reply = reply,
			  .script = command_word(request, "script")};
	int rc;

	if (a.script == NULL)
		return command_refuse(reply, COMMAND_WRONG, "name a script");
	if ((rc = command_borrower(s, env, request, reply, &a.b)) == 1)
		rc = finish(&a);
	command_borrower_end(&a.b);
	return rc < 0 ? rc : 0;
}

/* send {account | to, template | text [, when_allowed]} */
int
command_send(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	struct asked a = {.s = s,
			  .env = env,
			  .request = request,
			  .reply = reply,
			  .template = command_word(request, "template"),
			  .text = command_word(request, "text")};
	int rc;

	if ((a.template != NULL) == (a.text != NULL))
		return command_refuse(reply, COMMAND_WRONG, "name a template or a text");
	if (a.template != NULL && command_word(request, "to") != NULL)
		return command_refuse(reply, COMMAND_WRONG,
				      "a template needs an account's figures: name the account");
	if ((rc = find_recipient(&a)) == 1)
		rc = finish(&a);
	command_borrower_end(&a.b);
	return rc < 0 ? rc : 0;
}

/* ---- reply ---- */

struct incoming {
	int64_t account, person;
	bool handled;
	char sender[PHONE_E164];
};

static int
find_incoming(struct store *s, int64_t message, struct incoming *in)
{
	sqlite3_stmt *st = store_ask(s, STORE_INBOX_GET, as_int(message));
	int rc = store_step(s, st);

	if (rc != 1)
		return rc;
	*in = (struct incoming){.handled = sqlite3_column_int(st, 0) != 0,
				.account = sqlite3_column_int64(st, 2),
				.person = sqlite3_column_int64(st, 3)};
	/* A sender too long for a number is none: it is left empty and cannot be answered. */
	if (strlen(store_text(st, 4)) < sizeof in->sender)
		strcpy(in->sender, store_text(st, 4));
	sqlite3_reset(st);
	return 1;
}

/* 1, 0, negative. */
static int
find_sender(struct asked *a, struct incoming *in)
{
	int rc = find_incoming(a->s, a->answers, in);

	if (rc < 0)
		return rc;
	if (rc == 0)
		return command_refuse(a->reply, COMMAND_REFUSED,
				      "there is no inbox row %lld; dunlin inbox lists them",
				      (long long)a->answers);
	if (!phone_is_e164(in->sender))
		return command_refuse(a->reply, COMMAND_REFUSED,
				      "`%s` is no number that can be answered", in->sender);
	strcpy(a->number, in->sender);
	if (in->account != 0 &&
	    (rc = command_borrower_load(a->s, a->env, in->account, a->reply, &a->b)) != 1)
		return rc;
	return check_number(a);
}

/* reply {message, text [, when_allowed]} */
int
command_reply(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	struct asked a = {.s = s,
			  .env = env,
			  .request = request,
			  .reply = reply,
			  .text = command_word(request, "text")};
	struct incoming in;
	int rc;

	if ((rc = command_id(request, "message", reply, &a.answers)) == 1 &&
	    (rc = find_sender(&a, &in)) == 1 && (rc = finish(&a)) == 1 && !in.handled)
		rc = command_handled(s, env, request, a.answers, in.account, in.person);
	command_borrower_end(&a.b);
	return rc < 0 ? rc : 0;
}
