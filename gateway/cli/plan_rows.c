#include "plan_rows.h"

#include "account_rows.h"
#include "gateway/base/money.h"
#include "gateway/person/approval.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

const struct rows_column plan_rows_columns[PLAN_ROWS] = {
    {"key", NULL, 0},
    {"account", "ACCOUNT", TABLE_CUT},
    {"name", "NAME", TABLE_CUT},
    {"due_date", "DUE", TABLE_DROP},
    {"day", NULL, 0},
    {"campaign", NULL, 0},
    {"step", "STEP", 0},
    {"channel", NULL, 0},
    {"template", NULL, 0},
    {"language", NULL, 0},
    {"to", "TO", TABLE_DROP},
    {"at", "AT", 0},
    {NULL, "DECISION", 0},
    {"text", "TEXT", TABLE_CUT},
    {"segments", "SEG", TABLE_RIGHT | TABLE_DROP},
    {"encoding", NULL, 0},
    {"price_minor", NULL, 0},
    {"route", NULL, 0},
    {"decision", NULL, 0},
    {"reason", NULL, 0},
    {"rule", NULL, 0},
    {"currency", NULL, 0},
    {"fault", NULL, 0},
};

int
plan_rows_init(struct plan_rows *p, struct rows *rows, struct show *show)
{
	*p = (struct plan_rows){.rows = rows, .show = show, .from = INT32_MIN, .to = INT32_MAX};
	if ((p->compose = compose_new()) == NULL)
		return UV_ENOMEM;
	return plan_quota_init(&p->quota, show);
}

void
plan_rows_clear(struct plan_rows *p)
{
	compose_free(p->compose);
	seen_clear(&p->seen);
	plan_quota_clear(&p->quota);
}

/* ---- what goes, and what it says ---- */

/* A row with what is known of its text; `text.text` is NULL where none goes. */
struct planned {
	struct plan_row row;
	const struct facts_account *account;
	const struct config_route *route;
	struct compose_text text;
	char fault[256];
};

static void
turn_down(struct planned *one, enum reason reason)
{
	one->row.decision = PLAN_SKIP;
	one->row.reason = reason;
	one->row.rule = NULL;
}

static void
render(struct plan_rows *p, struct planned *one)
{
	const struct config *config = p->show->config;
	enum reason why;

	one->fault[0] = '\0';
	if (one->row.decision != PLAN_SEND && one->row.decision != PLAN_DEFER)
		return;
	if (one->route == NULL) {
		turn_down(one, REASON_NO_ROUTE);
		return;
	}
	if (one->row.step->channel == CAMPAIGN_CALL) {
		const char *rule;
		enum reason bar = facts_call_bar(config, one->account, one->row.step->name, &rule);

		if (bar != REASON_NONE) {
			turn_down(one, bar);
			one->row.rule = rule;
		}
		return;
	}
	if (compose_render(p->compose, config, one->account, &one->row, one->row.step->name,
			   one->route, &one->text, &why, one->fault) == 0) {
		if (approval_given(p->show->store, one->text.template, one->fault))
			return;
		why = REASON_UNAPPROVED;
	}
	turn_down(one, why);
	one->text.text = NULL;
	if (p->fault[0] == '\0')
		memcpy(p->fault, one->fault, sizeof p->fault);
}

/* Does it go on the day it is listed for?  A deferral to another day is listed there again. */
static bool
goes(const struct planned *one)
{
	return one->row.decision == PLAN_SEND ||
	       (one->row.decision == PLAN_DEFER &&
		civil_local(one->account->zone, one->row.at).day == one->row.on);
}

/* ---- steps that rules on how often move ---- */

/* A deferral may be listed again when the time it leads to changes: is this step new? */
static bool
is_new(struct plan_rows *p, const struct planned *one)
{
	const struct plan_row *row = &one->row;
	uint64_t key = (uint64_t)one->account->id * UINT64_C(0x9e3779b97f4a7c15) ^
		       (uint64_t)(uint32_t)row->own_day << 8 ^ row->step->channel;

	return seen_add(&p->seen, key);
}

static void
count_moved(struct plan_rows *p, const struct planned *one)
{
	const struct plan_row *row = &one->row;
	bool often =
	    row->reason == REASON_CAP || row->reason == REASON_GAP || row->reason == REASON_COOLOFF;
	char step[CAMPAIGN_STEP_TEXT];
	struct plan_rows_moved *m;
	size_t i = 0;

	if (row->decision != PLAN_DEFER || !often || row->rule == NULL ||
	    civil_local(one->account->zone, row->at).day <= row->on || !is_new(p, one))
		return;
	while (i < p->n_moved && strcmp(p->moved[i].rule, row->rule) != 0)
		i++;
	if (i == PLAN_ROWS_RULES)
		return;
	m = &p->moved[i];
	if (i == p->n_moved)
		p->moved[p->n_moved++] = (struct plan_rows_moved){.rule = row->rule};
	m->n++;
	campaign_step_format(row->step->day, (enum campaign_channel)row->step->channel, step);
	for (i = 0; i < m->n_steps && strcmp(m->step[i], step) != 0; i++)
		;
	if (i == m->n_steps && i < PLAN_ROWS_STEPS)
		memcpy(m->step[m->n_steps++], step, sizeof step);
}

static void
count(struct plan_rows *p, const struct planned *one)
{
	p->n++;
	count_moved(p, one);
	p->decided[one->row.decision]++;
	p->reasons[one->row.decision][one->row.reason]++;
	if (one->text.text == NULL || !goes(one))
		return;
	p->texts++;
	p->segments += one->text.size.segments;
	if (one->text.price == CONFIG_PRICE_UNKNOWN)
		p->unpriced++;
	else
		p->price += one->text.price;
}

/* ---- the row ---- */

static const char *
task_text(const struct plan_row *row)
{
	return row->step->channel >= CAMPAIGN_VOICES ? row->step->name : NULL;
}

static void
show_step(struct rows *r, const struct planned *one, const char *step)
{
	const struct facts_account *a = one->account;
	char due[11], key[192];

	civil_format_date(one->row.due, due);
	snprintf(key, sizeof key, "%s/%s/%s", a->ref, due, step);
	rows_text(r, key);
	rows_text(r, a->ref);
	rows_text(r, a->name);
	rows_day(r, one->row.due);
	rows_int(r, one->row.step->day);
}

static void
show_text(struct rows *r, struct show *s, const struct planned *one)
{
	const struct compose_text *t = &one->text;

	rows_text(r, t->text != NULL ? t->text : task_text(&one->row));
	if (t->text == NULL) {
		rows_null(r);
		rows_null(r);
		rows_null(r);
		return;
	}
	rows_int(r, t->size.segments);
	rows_text(r, sms_encoding_name(t->size.encoding));
	if (t->price == CONFIG_PRICE_UNKNOWN)
		rows_null(r);
	else
		rows_int(r, money_price_round(t->price, s->config->lender.digits));
}

static void
show_row(struct plan_rows *p, const struct planned *one)
{
	const struct plan_row *row = &one->row;
	const struct facts_account *a = one->account;
	const char *reason = row->reason != REASON_NONE ? reason_word(row->reason) : NULL;
	char step[CAMPAIGN_STEP_TEXT], both[96];
	struct rows *r = p->rows;

	campaign_step_format(row->step->day, row->step->channel, step);
	snprintf(both, sizeof both, "%s%s%s%s%s%s", plan_decision_word(row->decision),
		 reason != NULL ? ": " : "", reason != NULL ? reason : "",
		 row->rule != NULL ? " (" : "", row->rule != NULL ? row->rule : "",
		 row->rule != NULL ? ")" : "");
	rows_begin(r);
	show_step(r, one, step);
	rows_text(r, row->step->of->name);
	rows_text(r, step);
	rows_text(r, campaign_channel_word(row->step->channel));
	rows_text(r, row->step->channel >= CAMPAIGN_VOICES ? NULL : row->step->name);
	rows_text(r, one->text.template != NULL ? one->text.template->language : a->language);
	rows_text(r, a->number[0] != '\0' ? a->number : NULL);
	rows_time(r, row->at, a->zone);
	rows_text(r, both);
	show_text(r, p->show, one);
	rows_text(r, one->route != NULL && row->step->channel < CAMPAIGN_VOICES ? one->route->name
										: NULL);
	rows_text(r, plan_decision_word(row->decision));
	rows_text(r, reason);
	rows_text(r, row->rule);
	rows_text(r, a->currency);
	rows_text(r, one->fault[0] != '\0' ? one->fault : NULL);
	rows_end(r);
}

static void
list(struct plan_rows *p, const struct planned *one)
{
	if (one->row.on < p->from || one->row.on > p->to)
		return;
	count(p, one);
	if (p->rows->shown < p->show->limit)
		show_row(p, one);
}

/* A text that goes takes room on a SIM; what finds none is listed again on the day it goes. */
static void
fit(struct plan_rows *p, struct planned *one)
{
	const struct plan_person *person = facts_person(p->show->facts);
	struct planned again = *one;

	if (one->text.text == NULL || !goes(one) ||
	    plan_quota_take(&p->quota, one->route, &person->accounts[one->row.account],
			    one->text.size.segments, &one->row, &again.row) ||
	    one->row.decision != PLAN_DEFER) {
		list(p, one);
		return;
	}
	list(p, one);
	list(p, &again);
}

void
plan_rows_emit(void *ctx, const struct plan_row *row)
{
	struct plan_rows *p = ctx;
	const struct config *config = p->show->config;
	struct planned one;
	int route;

	one.row = *row;
	one.account = facts_account(p->show->facts, row->account);
	route = row->step->channel == CAMPAIGN_CALL ? one.account->voice : one.account->route;
	one.route = route >= 0 ? &config->routes[route] : NULL;
	one.text.text = NULL;
	one.text.template = NULL;
	render(p, &one);
	fit(p, &one);
}

/* ---- the summary ---- */

static void
print_reasons(const struct plan_rows *p, enum plan_decision decision, FILE *out)
{
	const char *before = "";

	for (int i = REASON_NONE + 1; i < REASON_COUNT; i++)
		if (p->reasons[decision][i] > 0) {
			fprintf(out, "%s%s %" PRId64, before, reason_word((enum reason)i),
				p->reasons[decision][i]);
			before = ", ";
		}
	fputc('\n', out);
}

void
plan_rows_summary(const struct plan_rows *p, FILE *out)
{
	const struct config_lender *lender = &p->show->config->lender;
	char price[ROWS_MONEY];

	fputc('\n', out);
	for (enum plan_decision d = PLAN_SEND; d <= PLAN_TASK; d++) {
		if (p->decided[d] == 0)
			continue;
		fprintf(out, "%-6s%8" PRId64 "  ", plan_decision_word(d), p->decided[d]);
		print_reasons(p, d, out);
	}
	if (p->texts > 0) {
		fprintf(out, "%" PRId64 " text%s in %" PRId64 " segment%s", p->texts,
			p->texts == 1 ? "" : "s", p->segments, p->segments == 1 ? "" : "s");
		if (p->unpriced < p->texts)
			fprintf(out, ", %s",
				rows_money_text(money_price_round(p->price, lender->digits),
						lender->currency, price));
		fputs(p->unpriced > 0 ? " (some routes name no price)\n" : "\n", out);
	}
	for (size_t i = 0; i < p->n_moved; i++) {
		const struct plan_rows_moved *m = &p->moved[i];

		fprintf(out, "%" PRId64 " step%s moved by %s:", m->n, m->n == 1 ? "" : "s",
			m->rule);
		for (size_t k = 0; k < m->n_steps; k++)
			fprintf(out, "%s %s", k > 0 ? "," : "", m->step[k]);
		fputs(m->n_steps == PLAN_ROWS_STEPS ? ", ...\n" : "\n", out);
	}
	if (p->fault[0] != '\0')
		fprintf(out, "a text cannot go: %s\n", p->fault);
	if (p->rows->shown < p->n)
		fprintf(out, "%" PRId64 " of %" PRId64 " rows are shown; --limit N shows more\n",
			p->rows->shown, p->n);
}
