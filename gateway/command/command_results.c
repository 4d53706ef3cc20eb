/* What people say became of their work (dunlin import results), in requests that are short each:
 *
 *   results      {rows: [{task | account, result [, at, note, date, amount]} ...] [, check]}
 *                -> {answers: [{row, outcome [, column, why]} ...]} of those that are not `taken`,
 *                and taken, known, refused.  `check`: as if, and nothing is changed.
 *   results-end  {file, begun, rows, taken, known, refused} -> {id}: notes the import.
 *
 * A result is known by its task (or account), its word, the time it names, and what it promises: it
 * counts once, however often the file comes.  Every result ends its task. */
#include "command_parts.h"
#include "gateway/base/complaint.h"
#include "gateway/base/rfc3339.h"
#include "gateway/base/utf8.h"
#include "gateway/store/borrower.h"
#include "gateway/store/intray.h"
#include "gateway/store/work.h"

#include <string.h>
#include <uv.h>

#define ROWS_MAX       100 /* of one request */
#define NOTE_MAX       500
#define CLAIM_DAYS     3 /* "I have paid" holds so long; a second one waits for a person */
#define CLAIM_AGAIN_MS (60 * 86400000LL)

enum effect {
	EFFECT_NONE,
	EFFECT_PROMISE,
	EFFECT_CLAIM,
	EFFECT_WRONG_NUMBER,
	EFFECT_HOLD, /* with the result's word */
	EFFECT_RECALL,
};

/* What each word means: how it counts for caps and rests, and what it does. */
static const struct word {
	const char *word;
	uint8_t counts;
	uint8_t effect; /* enum effect */
	bool by_call;   /* it took place on the telephone, whatever the work was (a visit aside) */
	const char *task; /* what follows for a person */
} words[] = {
    {"done", 0, EFFECT_NONE, false, NULL},
    {"sent", POLICY_TEXT, EFFECT_NONE, false, NULL},
    {"returned", POLICY_FAILED, EFFECT_NONE, false, NULL},
    {"visited", POLICY_TEXT, EFFECT_NONE, false, NULL},
    {"no_answer", POLICY_CALL_DIALLED, EFFECT_NONE, true, NULL},
    {"talked", POLICY_CONVERSATION, EFFECT_NONE, true, NULL},
    {"refused", POLICY_CONVERSATION, EFFECT_NONE, true, NULL},
    {"promise", POLICY_CONVERSATION, EFFECT_PROMISE, true, NULL},
    {"paid", POLICY_CONVERSATION, EFFECT_CLAIM, true, NULL},
    {"wrong_number", POLICY_CALL_ANSWERED, EFFECT_WRONG_NUMBER, true, "find another number"},
    {"dispute", POLICY_CONVERSATION, EFFECT_HOLD, true, "settle the dispute"},
    {"hardship", POLICY_CONVERSATION, EFFECT_HOLD, true, "agree on what can be paid"},
    {"complaint", POLICY_CONVERSATION, EFFECT_HOLD, true, "answer the complaint"},
    {"placed", 0, EFFECT_HOLD, false, NULL},
    {"recalled", 0, EFFECT_RECALL, false, NULL},
};
#define WORDS (sizeof words / sizeof *words)

/* One row on its way. */
struct taking {
	struct store *s;
	struct command_env *env;
	const json_t *request, *row;
	const struct word *word;
	struct work_row task; /* id 0: none */
	struct command_borrower b;
	int64_t at;
	char key[256];
	char why[256];      /* it is refused */
	const char *column; /* for that */
};

/* Where a step answers "1, 0, negative": 1 go on; 0 refused, and `why` says it. */
static int __attribute__((format(printf, 3, 4)))
refuse(struct taking *t, const char *column, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(t->why, sizeof t->why, format, args);
	va_end(args);
	t->column = column;
	return 0;
}

static const char *
word_of(const struct taking *t, const char *key)
{
	const char *text = command_word(t->row, key);

	return text != NULL ? text : "";
}

/* ---- reading a row ---- */

static int
read_word(struct taking *t)
{
	const char *known[WORDS + 1], *result = word_of(t, "result"), *near;

	for (size_t i = 0; i < WORDS; i++) {
		known[i] = words[i].word;
		if (strcmp(words[i].word, result) == 0)
			t->word = &words[i];
	}
	known[WORDS] = NULL;
	if (t->word != NULL)
		return 1;
	near = complaint_nearest(result, known);
	return refuse(t, "result", "`%.40s` is no result%s%s%s", result,
		      near != NULL ? "; did you mean `"
				   : ": done, sent, returned, visited, "
				     "no_answer, talked, refused, promise, paid, "
				     "wrong_number, dispute, hardship, complaint, "
				     "placed or recalled",
		      near != NULL ? near : "", near != NULL ? "`?" : "");
}

static int
read_task(struct taking *t)
{
	const json_t *id = json_object_get(t->row, "task");
	int rc;

	if (id == NULL)
		return 1;
	if ((rc = work_get(t->s, json_integer_value(id), &t->task)) < 0)
		return rc;
	if (rc == 0)
		return refuse(t, "task_id", "there is no task %" JSON_INTEGER_FORMAT,
			      json_integer_value(id));
	if (t->task.account == 0)
		return refuse(t, "task_id", "the task is of no account: dunlin tasks done %lld",
			      (long long)t->task.id);
	return 1;
}

/* The account the row names, or its task does: loaded with its person. */
static int
read_account(struct taking *t)
{
	const char *ref = word_of(t, "account");
	json_t *reply;
	int64_t id = t->task.account;
	int rc;

	if (ref[0] == '\0' && id == 0)
		return refuse(t, "task_id", "the row names no task and no account");
	if ((reply = json_object()) == NULL)
		return UV_ENOMEM;
	if (ref[0] != '\0')
		rc = command_account_named(t->s, ref, reply, &id);
	else
		rc = 1;
	if (rc == 1 && t->task.account != 0 && id != t->task.account)
		rc = refuse(t, "account_id", "task %lld is of another account",
			    (long long)t->task.id);
	else if (rc == 1)
		rc = command_borrower_load(t->s, t->env, id, reply, &t->b);
	if (rc == 0 && t->why[0] == '\0')
		refuse(t, ref[0] != '\0' ? "account_id" : "task_id", "%s",
		       command_word(reply, "error"));
	json_decref(reply);
	return rc;
}

/* When it happened, in the account's zone; a day alone is its noon, or now. */
static int
read_at(struct taking *t)
{
	const char *text = word_of(t, "at");
	struct rfc3339_civil civil;
	bool day_alone = false;

	t->at = t->env->now;
	if (text[0] == '\0')
		return 1;
	if (rfc3339_parse(text, &t->at, NULL) != 0) {
		if (rfc3339_parse_civil(text, &civil) != 0)
			return refuse(t, "at", "`%.40s` is no time: write it as 2026-09-15 10:00",
				      text);
		day_alone = !civil.has_time;
		t->at = civil_instant(
		    t->b.account->zone, civil_day(civil.year, civil.month, civil.day),
		    day_alone ? 12 * 3600 : civil.hour * 3600 + civil.minute * 60 + civil.second);
	}
	if (t->at > t->env->now && day_alone &&
	    civil_local(t->b.account->zone, t->at).day == t->b.today)
		t->at = t->env->now;
	if (t->at > t->env->now)
		return refuse(t, "at", "`%.40s` is still to come", text);
	return 1;
}

/* A row without task and time is today's: the same words next month are another result. */
static void
make_key(struct taking *t)
{
	char whose[48], today[11];

	civil_format_date(t->b.today, today);
	if (t->task.id != 0)
		snprintf(whose, sizeof whose, "t%lld", (long long)t->task.id);
	else
		snprintf(whose, sizeof whose, "a%s", word_of(t, "at")[0] == '\0' ? today : "");
	snprintf(t->key, sizeof t->key, "%s/%s/%.40s/%.16s/%.40s", whose, t->word->word,
		 word_of(t, "at"), word_of(t, "date"), word_of(t, "amount"));
}

/* ---- what follows ---- */

/* Runs one of the other commands as if the person had typed it: 1, 0, negative. */
static int
as_command(struct taking *t, command_function *function, const char *column, json_t *request)
{
	json_t *reply = json_object();
	const char *by = command_word(t->request, "by");
	int rc = UV_ENOMEM;

	if (request != NULL && reply != NULL &&
	    (by == NULL || json_object_set_new(request, "by", json_string(by)) == 0))
		rc = function(t->s, t->env, request, reply);
	if (rc == 0)
		rc = json_integer_value(json_object_get(reply, "status")) == 0
			 ? 1
			 : refuse(t, column, "%s", command_word(reply, "error"));
	json_decref(request);
	json_decref(reply);
	return rc;
}

static int
make_promise(struct taking *t)
{
	const char *date = word_of(t, "date"), *amount = word_of(t, "amount");
	json_t *request;

	if (date[0] == '\0')
		return refuse(t, "promise_date", "a promise has a day: write it as 2026-09-15");
	request = json_pack("{s:s, s:s}", "account", t->b.account->ref, "date", date);
	if (amount[0] != '\0' && request != NULL &&
	    json_object_set_new(request, "amount", json_string(amount)) != 0)
		return UV_ENOMEM;
	return as_command(t, command_promise, "promise_date", request);
}

static int
follow_up(struct taking *t, const char *what, const char *reason)
{
	int rc;

	if (what == NULL)
		return 1;
	rc = borrower_task(t->s, t->b.id, what, t->b.today, reason, 0, command_actor(t->request),
			   t->env->now);
	return rc == 0 ? 1 : rc;
}

static int
claim_paid(struct taking *t)
{
	struct borrower_hold hold = {.account = t->b.id,
				     .reason = REASON_CLAIMS_PAID,
				     .word = "claims_paid",
				     .until = t->b.today + CLAIM_DAYS + 1,
				     .actor = command_actor(t->request)};
	int claims =
	    intray_holds_since(t->s, t->b.id, REASON_CLAIMS_PAID, t->env->now - CLAIM_AGAIN_MS);
	int64_t id;
	int rc;

	if (claims < 0)
		return claims;
	if (claims > 0)
		return follow_up(t, "look for a payment", "claims_paid_again");
	rc = borrower_hold(t->s, &hold, t->env->now, &id);
	return rc == 0 ? 1 : rc;
}

static int
wrong_number(struct taking *t)
{
	int rc;

	if (t->b.account->number[0] == '\0')
		return 1; /* it is known already */
	rc = borrower_dead_number(t->s, t->b.account->number, t->b.id, REASON_WRONG_NUMBER, 0,
				  t->env->now);
	return rc == 0 ? 1 : rc;
}

/* One hold of a word is enough. */
static bool
is_held(const struct taking *t, const char *word)
{
	for (size_t i = 0; i < t->b.plan->n_holds; i++) {
		const struct plan_hold *h = &t->b.plan->holds[i];

		if (h->word != NULL && strcmp(h->word, word) == 0 && h->until == INT32_MAX)
			return true;
	}
	return false;
}

static int
apply_effect(struct taking *t)
{
	const char *ref = t->b.account->ref, *word = t->word->word;
	int rc = 1;

	switch ((enum effect)t->word->effect) {
	case EFFECT_NONE: break;
	case EFFECT_PROMISE: rc = make_promise(t); break;
	case EFFECT_CLAIM: rc = claim_paid(t); break;
	case EFFECT_WRONG_NUMBER: rc = wrong_number(t); break;
	case EFFECT_HOLD:
		if (is_held(t, word))
			break;
		rc = as_command(t, command_hold, "result",
				json_pack("{s:s, s:s}", "account", ref, "reason", word));
		break;
	case EFFECT_RECALL:
		rc = as_command(t, command_release, "result",
				json_pack("{s:s, s:s}", "account", ref, "reason", "placed"));
		break;
	}
	return rc == 1 ? follow_up(t, t->word->task, word) : rc;
}

static int
end_task(struct taking *t)
{
	if (t->task.id == 0 || t->task.status != TASK_OPEN)
		return 1;
	return as_command(t, command_tasks_done, "task_id",
			  json_pack("{s:I}", "task", (json_int_t)t->task.id));
}

/* A visit is one whatever was said there; letters and e-mails are what was sent. */
static int
channel_of(const struct taking *t)
{
	enum campaign_channel of = t->task.id != 0 ? t->task.channel : CAMPAIGN_TASK;

	if (strcmp(t->word->word, "visited") == 0)
		return CAMPAIGN_VISIT;
	if (t->word->by_call && of != CAMPAIGN_VISIT)
		return CAMPAIGN_CALL;
	return of == CAMPAIGN_TASK && t->word->counts != 0 ? CAMPAIGN_LETTER : (int)of;
}

static int
note_contact(struct taking *t)
{
	const char *note = word_of(t, "note");
	char cut[NOTE_MAX + 1];
	struct work_contact c = {.account = t->b.id,
				 .key = t->key,
				 .at = t->at,
				 .task = t->task.id,
				 .channel = channel_of(t),
				 .counts = t->word->counts,
				 .result = t->word->word,
				 .note = cut,
				 .source = "results",
				 .actor = command_actor(t->request)};
	struct event_json data;
	int rc;

	snprintf(cut, sizeof cut, "%.*s", (int)utf8_cut(note, strlen(note), NOTE_MAX), note);
	if (c.channel == CAMPAIGN_CALL)
		c.number = t->b.account->number;
	if ((rc = work_add_contact(t->s, &c, t->env->now)) < 0)
		return rc;
	event_json_init(&data);
	event_json_text(&data, "result", c.result);
	event_json_text(&data, "channel", campaign_channel_word((enum campaign_channel)c.channel));
	if (t->task.id != 0)
		event_json_int(&data, "task", t->task.id);
	event_json_int(&data, "happened", t->at);
	event_json_text(&data, "note", cut[0] != '\0' ? cut : NULL);
	rc = command_tell(t->s, t->env, t->request, "result", t->b.id, 0, &data);
	return rc == 0 ? 1 : rc;
}

/* ---- a request ---- */

enum outcome { TAKEN, KNOWN, REFUSED };

/* enum outcome, or negative. */
static int
take_row(struct taking *t)
{
	int rc, outcome = REFUSED;

	if ((rc = read_word(t)) != 1 || (rc = read_task(t)) != 1 || (rc = read_account(t)) != 1)
		return rc < 0 ? rc : REFUSED;
	if ((rc = read_at(t)) == 1) {
		make_key(t);
		if (work_knows_contact(t->s, t->b.id, t->key)) {
			outcome = KNOWN;
		} else if ((rc = apply_effect(t)) == 1 && (rc = note_contact(t)) == 1 &&
			   (rc = end_task(t)) == 1) {
			outcome = TAKEN;
			command_replan(t->env, t->b.id);
		}
	}
	command_borrower_end(&t->b);
	return rc < 0 ? rc : outcome;
}

/* What a refused row had begun, or a check, is undone. */
static int
take_apart(struct taking *t, bool check)
{
	struct work_mark mark;
	int rc = work_begin(t->s, &mark), outcome;

	if (rc != 0)
		return rc;
	if ((outcome = take_row(t)) >= 0)
		rc = work_end(t->s, &mark, outcome == REFUSED || check);
	return rc != 0 ? rc : outcome;
}

static int
answer_row(json_t *answers, size_t i, int outcome, const struct taking *t)
{
	json_t *one;

	if (outcome == TAKEN)
		return 0;
	one = outcome == KNOWN ? json_pack("{s:i, s:s}", "row", (int)i, "outcome", "known")
			       : json_pack("{s:i, s:s, s:s, s:s}", "row", (int)i, "outcome",
					   "refused", "column", t->column, "why", t->why);
	return json_array_append_new(answers, one) != 0 ? UV_ENOMEM : 0;
}

int
command_results(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	static const char *const names[] = {"taken", "known", "refused"};
	const json_t *rows = json_object_get(request, "rows"), *row;
	json_t *answers = json_array();
	int n[3] = {0}, rc = answers != NULL ? 0 : UV_ENOMEM;
	size_t i;

	if (!json_is_array(rows) || json_array_size(rows) > ROWS_MAX) {
		json_decref(answers);
		return command_refuse(reply, COMMAND_WRONG, "results: these are no rows");
	}
	for (i = 0; i < json_array_size(rows) && rc == 0; i++) {
		struct taking t = {.s = s, .env = env, .request = request};
		int outcome;

		row = json_array_get(rows, i);
		t.row = row;
		if ((outcome = take_apart(&t, command_flag(request, "check"))) < 0) {
			rc = outcome;
			break;
		}
		n[outcome]++;
		rc = answer_row(answers, i, outcome, &t);
	}
	if (json_object_set_new(reply, "answers", answers) != 0)
		rc = rc != 0 ? rc : UV_ENOMEM;
	for (i = 0; i < 3 && rc == 0; i++)
		if (json_object_set_new(reply, names[i], json_integer(n[i])) != 0)
			rc = UV_ENOMEM;
	if (n[TAKEN] > 0)
		env->effect.wake = true;
	return rc;
}

int
command_results_end(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	struct work_import im = {.file = command_word(request, "file"),
				 .actor = command_actor(request),
				 .begun = json_integer_value(json_object_get(request, "begun")),
				 .taken = json_integer_value(json_object_get(request, "taken")),
				 .known = json_integer_value(json_object_get(request, "known")),
				 .refused =
				     json_integer_value(json_object_get(request, "refused"))};
	struct event_json data;
	int64_t id;

	if (im.file == NULL)
		return command_refuse(reply, COMMAND_WRONG, "results-end: file is missing");
	if (im.begun <= 0 || im.begun > env->now)
		im.begun = env->now;
	if ((id = work_add_import(s, &im, env->now)) < 0)
		return (int)id;
	if (json_object_set_new(reply, "id", json_integer(id)) != 0 ||
	    json_object_set_new(reply, "at", json_integer(im.begun)) != 0)
		return UV_ENOMEM;
	event_json_init(&data);
	event_json_int(&data, "id", id);
	event_json_text(&data, "kind", "results");
	event_json_text(&data, "file", im.file);
	event_json_int(&data, "rows", json_integer_value(json_object_get(request, "rows")));
	event_json_int(&data, "taken", im.taken);
	event_json_int(&data, "known", im.known);
	event_json_int(&data, "refused", im.refused);
	return command_tell(s, env, request, "import", 0, 0, &data);
}
