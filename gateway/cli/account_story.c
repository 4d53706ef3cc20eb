#include "account_story.h"

#include "list_rows.h"
#include "schedule/reply.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* ---- how things stand ---- */

struct heading {
	FILE *out;
	const struct civil_zone *zone;
	int64_t now;
};

static void
print_hold(void *ctx, const struct list_hold *h)
{
	struct heading *head = ctx;
	char until[11] = "released", from[11];

	if (h->until <= civil_local(head->zone, head->now).day)
		return;
	if (h->until != INT32_MAX)
		civil_format_date(h->until, until);
	civil_format_date(civil_local(head->zone, h->from).day, from);
	fprintf(head->out, "On hold   %s, %s%s%suntil %s (by %s)\n", h->word,
		h->from > head->now ? "from " : "", h->from > head->now ? from : "",
		h->from > head->now ? " " : "", until, h->actor);
}

/* The open plan, part by part. */
static void
print_plan(void *ctx, const struct list_plan *p)
{
	struct heading *head = ctx;
	char day[11], money[ROWS_MONEY];

	if (p->status != PROMISE_OPEN)
		return;
	fprintf(head->out, "Plan      %d part%s, made by %s\n", p->n_parts,
		p->n_parts == 1 ? "" : "s", p->actor);
	for (int i = 0; i < p->n_parts; i++) {
		civil_format_date(p->part[i].day, day);
		fprintf(head->out, "          %s  %s, %s\n", day,
			rows_money_text(p->part[i].amount, p->currency, money),
			p->part[i].status >= 0 ? store_promise_word(p->part[i].status) : "waiting");
	}
}

static void
print_amounts(const struct plan_account *p, const char *currency, FILE *out)
{
	char due[11], billed[ROWS_MONEY], left[ROWS_MONEY];

	for (size_t i = 0; i < p->n_amounts; i++) {
		civil_format_date(p->amounts[i].due, due);
		fprintf(out, "          due %s  %s", due,
			rows_money_text(p->amounts[i].billed, currency, billed));
		if (p->amounts[i].left == 0)
			fputs(", paid\n", out);
		else if (p->amounts[i].left == p->amounts[i].billed)
			fputc('\n', out);
		else
			fprintf(out, ", %s left\n",
				rows_money_text(p->amounts[i].left, currency, left));
	}
}

static void
print_next(const struct account_next *next, const struct civil_zone *zone, FILE *out)
{
	char at[ROWS_TIME];

	if (next->step[0] == '\0') {
		fprintf(out, "Next      nothing in the coming %d days", ACCOUNT_ROWS_DAYS);
		if (next->reason != REASON_NONE)
			fprintf(out, "; %s: %s", reason_word(next->reason),
				reason_what(next->reason));
		fputc('\n', out);
		return;
	}
	fprintf(out, "Next      %s ", next->step);
	if (next->decision == PLAN_SKIP)
		fputs("is held", out);
	else
		fprintf(out, "on %s", rows_time_text(next->at, zone, at));
	if (next->reason != REASON_NONE)
		fprintf(out, "; %s: %s", reason_word(next->reason), reason_what(next->reason));
	if (next->rule != NULL)
		fprintf(out, " (%s)", next->rule);
	fputc('\n', out);
}

static void
print_owed(const struct debt_sums *sums, const char *currency, FILE *out)
{
	char money[ROWS_MONEY];

	fprintf(out, "Owes      %s", rows_money_text(sums->balance, currency, money));
	if (sums->dpd > 0)
		fprintf(out, ", of it overdue %s, for %d day%s",
			rows_money_text(sums->arrears, currency, money), (int)sums->dpd,
			sums->dpd == 1 ? "" : "s");
	fputc('\n', out);
}

int
account_story_head(struct show *s, const struct plan_rules *rules, size_t index, FILE *out)
{
	const struct facts_account *a = facts_account(s->facts, index);
	const struct plan_account *p = &facts_person(s->facts)->accounts[index];
	struct debt_sums sums = account_rows_sums(s, rules, index);
	struct heading head = {.out = out, .zone = a->zone, .now = s->now};
	struct account_next next;

	account_rows_next(s, rules, index, &next);
	fprintf(out, "%s, account %s\n%s, %s, %s\n\n", a->name, a->ref,
		a->number[0] != '\0' ? a->number : "no usable number", a->language,
		a->timezone[0] != '\0' ? a->timezone : s->config->lender.timezone);
	print_owed(&sums, a->currency, out);
	print_amounts(p, a->currency, out);
	if (a->opted_out)
		fputs("No texts  they asked for silence; dunlin optout --undo lifts it\n", out);
	if (p->n_holds > 0 && list_holds(s->store, a->id, false, print_hold, &head) != 0)
		return show_failed(s);
	if (a->special && list_plans(s->store, a->id, print_plan, &head) != 0)
		return show_failed(s);
	print_next(&next, a->zone, out);
	if (facts_count(s->facts) > 1)
		fprintf(out, "Person    has %zu accounts, which share what may be sent\n",
			facts_count(s->facts));
	return CLI_DONE;
}

/* ---- what happened ---- */

struct item {
	int64_t at;
	int64_t order; /* among those of one instant */
	bool day_only;
	char *text;
};

struct story {
	struct show *show;
	const struct civil_zone *zone;
	const char *currency;
	struct item *item;
	size_t n, cap;
	bool failed;
};

static void __attribute__((format(printf, 4, 5)))
tell(struct story *st, int64_t at, bool day_only, const char *format, ...)
{
	struct item *grown;
	va_list args;
	char *text = NULL;

	if (st->n == st->cap) {
		size_t cap = st->cap == 0 ? 64 : st->cap * 2;

		if ((grown = realloc(st->item, cap * sizeof *grown)) == NULL) {
			st->failed = true;
			return;
		}
		st->item = grown;
		st->cap = cap;
	}
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	if (text == NULL)
		st->failed = true;
	else
		st->item[st->n] = (struct item){
		    .at = at, .order = (int64_t)st->n, .day_only = day_only, .text = text};
	st->n += text != NULL;
}

static void
tell_message(struct story *st, const struct list_message *m)
{
	const char *status = list_rows_status(m, st->show->now);
	const char *reason = m->reason > REASON_NONE && m->reason < REASON_COUNT
				 ? reason_word((enum reason)m->reason)
				 : "";

	const char *text = m->text != NULL ? m->text : "(erased)";

	if (m->direction == DIRECTION_IN)
		tell(st, m->at, false, "< %s", text);
	else if (m->handed_at != 0)
		tell(st, m->handed_at, false, "> %s   [%s%s%s%s%s]", text,
		     m->step != NULL ? m->step : store_class_word(m->class), ", ", status,
		     reason[0] != '\0' ? ": " : "", reason);
	else if (m->status == STATUS_PLANNED)
		tell(st, m->at, false, "  %s is %s%s%s",
		     m->step != NULL ? m->step : store_class_word(m->class), status,
		     reason[0] != '\0' ? ", " : "", reason);
}

static int
tell_messages(struct story *st, int64_t account)
{
	struct list_filter filter = {.account = account, .since = INT64_MIN};
	struct list_walk *w = list_new(st->show->store, &filter);
	const struct list_message *rows;
	int n = 0;

	while (w != NULL && (n = list_messages(w, &rows)) > 0)
		for (int i = 0; i < n; i++)
			tell_message(st, &rows[i]);
	st->failed = st->failed || w == NULL;
	list_free(w);
	return n;
}

/* ---- from the chain ---- */

static const char *
word(const json_t *data, const char *key)
{
	const char *text = json_string_value(json_object_get(data, key));

	return text != NULL ? text : "";
}

static void
tell_decision(struct story *st, const struct list_event *e, const json_t *data)
{
	const char *decision = word(data, "decision"), *reason = word(data, "reason");
	enum reason known = reason_parse(reason);
	const char *step = word(data, "step"), *rule = word(data, "rule");
	const json_t *until = json_object_get(data, "until");
	char at[ROWS_TIME], what[sizeof at + 16] = "did not go";

	if (strcmp(decision, "defer") == 0)
		snprintf(what, sizeof what, "moved to %s",
			 until != NULL ? rows_time_text(json_integer_value(until), st->zone, at)
				       : "another time");
	if (decision[0] == '\0' || strcmp(decision, "send") == 0)
		return;
	tell(st, e->at, false, "  %s %s, %s%s%s%s%s%s", step[0] != '\0' ? step : "a text", what,
	     reason, known != REASON_COUNT ? ": " : "",
	     known != REASON_COUNT ? reason_what(known) : "", rule[0] != '\0' ? " (" : "", rule,
	     rule[0] != '\0' ? ")" : "");
}

static void
tell_promise(struct story *st, const struct list_event *e, const json_t *data)
{
	const json_t *amount = json_object_get(data, "amount_minor");
	char day[11], money[ROWS_MONEY] = "all that is overdue";

	civil_format_date((int32_t)json_integer_value(json_object_get(data, "day")), day);
	if (amount != NULL)
		rows_money_text(json_integer_value(amount), st->currency, money);
	tell(st, e->at, false, "  promised %s on %s (by %s)", money, day, word(data, "source"));
}

static void
tell_plan(struct story *st, const struct list_event *e, const json_t *data)
{
	int64_t parts = json_integer_value(json_object_get(data, "parts"));
	char first[11], last[11], money[ROWS_MONEY];

	civil_format_date((int32_t)json_integer_value(json_object_get(data, "first_day")), first);
	civil_format_date((int32_t)json_integer_value(json_object_get(data, "last_day")), last);
	tell(st, e->at, false, "  plan: %s in %" PRId64 " part%s, %s to %s (by %s)",
	     rows_money_text(json_integer_value(json_object_get(data, "total_minor")), st->currency,
			     money),
	     parts, parts == 1 ? "" : "s", first, last, e->actor);
}

static void
tell_tape(struct story *st, int64_t at, const char *what, const char *hash)
{
	char path[LIST_ROWS_TAPE];

	if (hash[0] != '\0')
		tell(st, at, false, "  %s: %s", what, list_rows_tape(hash, path));
}

static void
tell_call_end(struct story *st, const struct list_event *e, const json_t *data)
{
	const char *cause = word(data, "cause");
	char why[LIST_ROWS_CAUSE];

	tell(st, e->at, false, "  call over, %s%s%s%s", word(data, "outcome"),
	     cause[0] != '\0' ? " (" : "", list_rows_cause(cause, why),
	     cause[0] != '\0' ? ")" : "");
	tell_tape(st, e->at, "they left a message", word(data, "message"));
	tell_tape(st, e->at, "the whole call", word(data, "recording"));
}

static void
tell_call(struct story *st, const struct list_event *e, const json_t *data)
{
	const char *kind = e->kind + 5, *in = word(data, "direction");

	if (strcmp(kind, "started") == 0 && in[0] != '\0')
		tell(st, e->at, false, "< called us");
	else if (strcmp(kind, "started") == 0)
		tell(st, e->at, false, "> called, %s   [%s]", word(data, "script"),
		     word(data, "step")[0] != '\0' ? word(data, "step") : "by hand");
	else if (strcmp(kind, "outcome") == 0)
		tell(st, e->at, false, "< by keys: %s%s%s", word(data, "outcome"),
		     word(data, "date")[0] != '\0'    ? ", "
		     : word(data, "cause")[0] != '\0' ? ", "
						      : "",
		     word(data, "date")[0] != '\0' ? word(data, "date") : word(data, "cause"));
	else if (strcmp(kind, "ended") == 0)
		tell_call_end(st, e, data);
}

static void
tell_event(struct story *st, const struct list_event *e)
{
	json_t *data = e->data != NULL ? json_loads(e->data, 0, NULL) : NULL;

	if (strcmp(e->kind, "decision") == 0)
		tell_decision(st, e, data);
	else if (strcmp(e->kind, "promise") == 0)
		tell_promise(st, e, data);
	else if (strcmp(e->kind, "promise_ended") == 0)
		tell(st, e->at, false, "  promise %s%s%s", word(data, "status"),
		     word(data, "why")[0] != '\0' ? ": " : "", word(data, "why"));
	else if (strcmp(e->kind, "plan") == 0)
		tell_plan(st, e, data);
	else if (strcmp(e->kind, "plan_ended") == 0)
		tell(st, e->at, false, "  plan %s%s%s (by %s)", word(data, "status"),
		     word(data, "why")[0] != '\0' ? ": " : "", word(data, "why"), e->actor);
	else if (strcmp(e->kind, "read") == 0 && word(data, "cause")[0] != '\0')
		tell(st, e->at, false, "  cause told: %s", word(data, "cause"));
	else if (strcmp(e->kind, "hold") == 0)
		tell(st, e->at, false, "  put on hold, %s (by %s)", word(data, "reason"), e->actor);
	else if (strcmp(e->kind, "release") == 0)
		tell(st, e->at, false, "  hold %s ended (by %s)", word(data, "reason"), e->actor);
	else if (strcmp(e->kind, "opt_out") == 0)
		tell(st, e->at, false, "  no more texts, %s (by %s)", word(data, "how"), e->actor);
	else if (strcmp(e->kind, "opt_in") == 0)
		tell(st, e->at, false, "  texts allowed again (by %s)", e->actor);
	else if (strcmp(e->kind, "number_stopped") == 0)
		tell(st, e->at, false, "  %s is not used any more, %s", word(data, "number"),
		     word(data, "reason"));
	else if (strcmp(e->kind, "result") == 0)
		tell(st,
		     json_object_get(data, "happened")
			 ? json_integer_value(json_object_get(data, "happened"))
			 : e->at,
		     false, "  %s: %s%s%s (told by %s)", word(data, "channel"),
		     word(data, "result"), word(data, "note")[0] != '\0' ? ", " : "",
		     word(data, "note"), e->actor);
	else if (strncmp(e->kind, "call_", 5) == 0)
		tell_call(st, e, data);
	else if (strcmp(e->kind, "erased") == 0)
		tell(st, e->at, false, "  personal data erased, %s (by %s)", word(data, "reason"),
		     e->actor);
	else if (strcmp(e->kind, "task") == 0 && data != NULL)
		tell(st, e->at, false, "  task for a person: %s (%s)", word(data, "kind"),
		     word(data, "reason")[0] != '\0' ? word(data, "reason") : word(data, "step"));
	json_decref(data);
}

static int
tell_events(struct story *st, int64_t account)
{
	struct list_filter filter = {.account = account, .since = INT64_MIN};
	struct list_walk *w = list_new(st->show->store, &filter);
	const struct list_event *rows;
	int n = 0;

	while (w != NULL && (n = list_events(w, &rows)) > 0)
		for (int i = 0; i < n; i++)
			tell_event(st, &rows[i]);
	st->failed = st->failed || w == NULL;
	list_free(w);
	return n;
}

static void
tell_payment(void *ctx, const struct list_payment *p)
{
	struct story *st = ctx;
	char money[ROWS_MONEY];

	tell(st, civil_instant(st->zone, p->paid_on, 0), true, "$ %s%s%s%s",
	     p->amount < 0 ? "reversed " : "paid ",
	     rows_money_text(p->amount < 0 ? -p->amount : p->amount, st->currency, money),
	     p->reference != NULL ? ", " : "", p->reference != NULL ? p->reference : "");
}

/* ---- telling it ---- */

static int
by_time(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* What is decided the same way day after day is told once. */
static void
print_items(const struct story *st, FILE *out)
{
	char time[ROWS_TIME];

	for (size_t i = 0, same; i < st->n; i = same) {
		for (same = i + 1;
		     same < st->n && strcmp(st->item[same].text, st->item[i].text) == 0; same++)
			;
		rows_time_text(st->item[i].at, st->zone, time);
		if (st->item[i].day_only)
			snprintf(time + 10, sizeof time - 10, "%6s", "");
		fprintf(out, "%s  %s", time, st->item[i].text);
		if (same - i > 1)
			fprintf(out, "; %zu times, last on %.10s", same - i,
				rows_time_text(st->item[same - 1].at, st->zone, time));
		fputc('\n', out);
	}
}

int
account_story_tell(struct show *s, int64_t account, const struct civil_zone *zone,
		   const char *currency, FILE *out)
{
	struct story st = {.show = s, .zone = zone, .currency = currency};
	int rc;

	if ((rc = tell_messages(&st, account)) == 0 && (rc = tell_events(&st, account)) == 0)
		rc = list_payments(s->store, account, tell_payment, &st);
	if (rc == 0 && !st.failed && st.n > 0) {
		qsort(st.item, st.n, sizeof *st.item, by_time);
		fputs("\nWhat happened (> said, < answered, $ paid)\n", out);
		print_items(&st, out);
	} else if (rc == 0 && !st.failed) {
		fputs("\nNothing was said or paid yet.\n", out);
	}
	for (size_t i = 0; i < st.n; i++)
		free(st.item[i].text);
	free(st.item);
	if (st.failed)
		return cli_fail(CLI_FAILED, "out of memory");
	return rc < 0 ? show_failed(s) : CLI_DONE;
}
