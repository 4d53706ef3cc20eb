/* dunlin account ID */
#include "account_rows.h"
#include "account_story.h"
#include "list_rows.h"

#include "gateway/store/work.h"

#include <jansson.h>
#include <string.h>
#include <uv.h>

struct portrait {
	struct show show;
	struct plan_rules rules;
	struct rows rows;
	const char *ref;
	int64_t account;
	size_t index;
	bool listed; /* it is in a list now, and show.facts holds it */
	const struct civil_zone *zone;
	const char *currency;
};

static int
find(struct portrait *p)
{
	struct show *s = &p->show;
	int rc, status = show_account(s, p->ref, &p->account);

	if (status != CLI_DONE || (status = show_rules(s, &p->rules)) != CLI_DONE)
		return status;
	rc = facts_load_account(s->facts, s->store, p->account, s->now, &p->index);
	if (rc != 0 && rc != UV_ENOENT)
		return show_failed(s);
	p->listed = rc == 0;
	p->zone = p->listed ? facts_account(s->facts, p->index)->zone : facts_lender_zone(s->facts);
	p->currency =
	    p->listed ? facts_account(s->facts, p->index)->currency : s->config->lender.currency;
	return CLI_DONE;
}

/* ---- for programs ---- */

static int
json_account(struct portrait *p)
{
	struct jsonl *j = &p->rows.j;

	if (p->listed) {
		rows_within(&p->rows, account_rows, ACCOUNT_ROWS, "account");
		return account_rows_row(&p->rows, &p->show, &p->rules, p->index);
	}
	jsonl_open(j, "account", '{');
	jsonl_text(j, "account", p->ref);
	for (size_t i = 1; i < ACCOUNT_ROWS; i++)
		if (account_rows[i].key != NULL)
			jsonl_null(j, account_rows[i].key);
	jsonl_close(j, '}');
	return 0;
}

static void
json_amounts(struct portrait *p)
{
	const struct plan_account *plan =
	    p->listed ? &facts_person(p->show.facts)->accounts[p->index] : NULL;
	struct jsonl *j = &p->rows.j;

	jsonl_open(j, "amounts", '[');
	for (size_t i = 0; plan != NULL && i < plan->n_amounts; i++) {
		jsonl_open(j, NULL, '{');
		jsonl_day(j, "due_date", plan->amounts[i].due);
		jsonl_int(j, "billed_minor", plan->amounts[i].billed);
		jsonl_int(j, "left_minor", plan->amounts[i].left);
		jsonl_text(j, "currency", p->currency);
		jsonl_close(j, '}');
	}
	jsonl_close(j, ']');
}

static void
json_payment(void *ctx, const struct list_payment *payment)
{
	struct portrait *p = ctx;
	struct jsonl *j = &p->rows.j;

	jsonl_open(j, NULL, '{');
	jsonl_day(j, "paid_on", payment->paid_on);
	jsonl_int(j, "amount_minor", payment->amount);
	jsonl_text(j, "currency", p->currency);
	jsonl_text(j, "reference", payment->reference);
	jsonl_close(j, '}');
}

static void
json_hold(void *ctx, const struct list_hold *h)
{
	struct portrait *p = ctx;
	struct jsonl *j = &p->rows.j;

	jsonl_open(j, NULL, '{');
	jsonl_text(j, "reason", h->word);
	jsonl_time(j, "from", h->from, p->zone);
	if (h->until != INT32_MAX)
		jsonl_day(j, "until", h->until);
	else
		jsonl_null(j, "until");
	jsonl_text(j, "by", h->actor);
	jsonl_time(j, "released_at", h->released_at, p->zone);
	jsonl_text(j, "released_by", h->released_by);
	jsonl_close(j, '}');
}

static void
json_contact(void *ctx, const struct work_contact *c)
{
	struct portrait *p = ctx;
	struct jsonl *j = &p->rows.j;

	jsonl_open(j, NULL, '{');
	jsonl_time(j, "at", c->at, p->zone);
	jsonl_text(j, "channel", campaign_channel_word((enum campaign_channel)c->channel));
	jsonl_text(j, "result", c->result);
	jsonl_text(j, "note", c->note);
	if (c->task != 0)
		jsonl_int(j, "task", c->task);
	else
		jsonl_null(j, "task");
	jsonl_bool(j, "counts", c->counts != 0);
	jsonl_text(j, "by", c->actor);
	jsonl_close(j, '}');
}

static void
json_plan(void *ctx, const struct list_plan *plan)
{
	struct portrait *p = ctx;
	struct jsonl *j = &p->rows.j;

	jsonl_open(j, NULL, '{');
	jsonl_int(j, "plan", plan->id);
	jsonl_text(j, "status", store_promise_word(plan->status));
	jsonl_time(j, "at", plan->at, p->zone);
	jsonl_text(j, "by", plan->actor);
	jsonl_time(j, "ended_at", plan->ended_at, p->zone);
	jsonl_text(j, "currency", plan->currency);
	jsonl_open(j, "parts", '[');
	for (int i = 0; i < plan->n_parts; i++) {
		const struct list_plan_part *part = &plan->part[i];

		jsonl_open(j, NULL, '{');
		jsonl_int(j, "part", part->n);
		jsonl_day(j, "date", part->day);
		jsonl_int(j, "amount_minor", part->amount);
		jsonl_text(j, "status",
			   part->status >= 0 ? store_promise_word(part->status) : "waiting");
		jsonl_close(j, '}');
	}
	jsonl_close(j, ']');
	jsonl_close(j, '}');
}

/* One of the lists, of this account alone, under its own key. */
struct part {
	const char *key;
	const struct rows_column *columns;
	size_t n_columns;
	int (*page)(struct portrait *p, struct list_walk *w);
};

static int
page_messages(struct portrait *p, struct list_walk *w)
{
	const struct list_message *rows;
	int n = list_messages(w, &rows);

	for (int i = 0; i < n; i++)
		list_rows_message(&p->rows, &rows[i], p->zone, p->show.now);
	return n;
}

static int
page_calls(struct portrait *p, struct list_walk *w)
{
	const struct list_call *rows;
	int n = list_calls(w, &rows);

	for (int i = 0; i < n; i++)
		list_rows_call(&p->rows, &rows[i], p->zone, p->show.now);
	return n;
}

static int
page_inbox(struct portrait *p, struct list_walk *w)
{
	const struct list_inbox *rows;
	int n = list_inbox(w, &rows);

	for (int i = 0; i < n; i++)
		list_rows_inbox_row(&p->rows, &rows[i], p->zone);
	return n;
}

static int
page_promises(struct portrait *p, struct list_walk *w)
{
	const struct list_promise *rows;
	int n = list_promises(w, &rows);

	for (int i = 0; i < n; i++)
		list_rows_promise(&p->rows, &rows[i]);
	return n;
}

static int
page_tasks(struct portrait *p, struct list_walk *w)
{
	const struct list_task *rows;
	int n = list_tasks(w, &rows);

	for (int i = 0; i < n; i++)
		list_rows_task(&p->rows, &rows[i]);
	return n;
}

/* What was decided about its steps, as the chain recorded it. */
static int
page_decisions(struct portrait *p, struct list_walk *w)
{
	static const char *const keys[] = {"step", "decision", "reason", "rule", "policy"};
	struct jsonl *j = &p->rows.j;
	const struct list_event *rows;
	int n = list_events(w, &rows);

	for (int i = 0; i < n; i++) {
		json_t *data = rows[i].data != NULL ? json_loads(rows[i].data, 0, NULL) : NULL;

		if (json_object_get(data, "decision") != NULL) {
			jsonl_open(j, NULL, '{');
			jsonl_time(j, "at", rows[i].at, p->zone);
			for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
				jsonl_text(j, keys[k],
					   json_string_value(json_object_get(data, keys[k])));
			jsonl_close(j, '}');
		}
		json_decref(data);
	}
	return n;
}

static int
json_part(struct portrait *p, const struct part *part)
{
	struct list_filter filter = {.account = p->account, .since = INT64_MIN};
	struct list_walk *w = list_new(p->show.store, &filter);
	int n = w != NULL ? 1 : UV_ENOMEM;

	jsonl_open(&p->rows.j, part->key, '[');
	if (part->columns != NULL)
		rows_within(&p->rows, part->columns, part->n_columns, NULL);
	while (n > 0)
		n = part->page(p, w);
	jsonl_close(&p->rows.j, ']');
	list_free(w);
	return n;
}

static int
json_parts(struct portrait *p)
{
	static const struct part messages = {"messages", list_rows_messages, LIST_ROWS_MESSAGES,
					     page_messages};
	static const struct part calls = {"calls", list_rows_calls, LIST_ROWS_CALLS, page_calls};
	static const struct part rest[] = {
	    {"inbox", list_rows_inbox, LIST_ROWS_INBOX, page_inbox},
	    {"promises", list_rows_promises, LIST_ROWS_PROMISES, page_promises},
	    {"tasks", list_rows_tasks, LIST_ROWS_TASKS, page_tasks},
	    {"decisions", NULL, 0, page_decisions}};
	struct jsonl *j = &p->rows.j;
	int rc;

	jsonl_open(j, "payments", '[');
	rc = list_payments(p->show.store, p->account, json_payment, p);
	jsonl_close(j, ']');
	if (rc == 0)
		rc = json_part(p, &messages);
	if (rc == 0)
		rc = json_part(p, &calls);
	jsonl_open(j, "holds", '[');
	if (rc == 0)
		rc = list_holds(p->show.store, p->account, true, json_hold, p);
	jsonl_close(j, ']');
	jsonl_open(j, "plans", '[');
	if (rc == 0)
		rc = list_plans(p->show.store, p->account, json_plan, p);
	jsonl_close(j, ']');
	jsonl_open(j, "contacts", '[');
	if (rc == 0)
		rc = work_contacts(p->show.store, p->account, json_contact, p);
	jsonl_close(j, ']');
	for (size_t i = 0; i < sizeof rest / sizeof *rest && rc == 0; i++)
		rc = json_part(p, &rest[i]);
	return rc;
}

/* All of it as of one moment; nothing is written while the moment is held. */
static int
account_json(struct portrait *p, FILE *out)
{
	int rc = 0, status = CLI_DONE;

	if (p->show.store != NULL)
		rc = list_lock(p->show.store);
	if (rc == 0)
		status = find(p);
	rows_open(&p->rows, out, true, NULL, 0);
	jsonl_open(&p->rows.j, NULL, '{');
	if (rc == 0 && status == CLI_DONE && (rc = json_account(p)) == 0) {
		json_amounts(p);
		rc = json_parts(p);
	}
	jsonl_close(&p->rows.j, '}');
	jsonl_line(&p->rows.j);
	if (p->show.store != NULL)
		list_unlock(p->show.store);
	if (rc == 0 && status == CLI_DONE)
		return rows_close(&p->rows, NULL);
	jsonl_clear(&p->rows.j); /* half an object helps nobody */
	return status != CLI_DONE ? status : show_failed(&p->show);
}

/* ---- for people ---- */

static int
account_people(struct portrait *p)
{
	int status = find(p);

	if (status != CLI_DONE)
		return status;
	if (p->listed)
		status = account_story_head(&p->show, &p->rules, p->index, stdout);
	else
		printf("Account %s is in no list now.\n", p->ref);
	if (status == CLI_DONE)
		status = account_story_tell(&p->show, p->account, p->zone, p->currency, stdout);
	return status;
}

/* ---- the command ---- */

int
cli_account_object(const struct cli_call *call, FILE *out)
{
	struct portrait p = {.ref = call->argv[0]};
	int status = show_open(&p.show, call);

	if (status != CLI_DONE)
		return status;
	status = account_json(&p, out);
	show_close(&p.show);
	return status;
}

int
cli_account(const struct cli_call *call)
{
	struct portrait p = {.ref = call->argv[0]};
	int status = show_open(&p.show, call);

	if (status != CLI_DONE)
		return status;
	status = call->json ? account_json(&p, stdout) : account_people(&p);
	show_close(&p.show);
	return status;
}
