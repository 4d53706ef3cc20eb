#include "account_rows.h"

#include <string.h>

#define WORDS 256 /* of holds, in a table */

const struct rows_column account_rows[ACCOUNT_ROWS] = {
    {"account", "ACCOUNT", TABLE_CUT},
    {"name", "NAME", TABLE_CUT},
    {"person", NULL, 0},
    {"phone", "PHONE", TABLE_DROP},
    {"language", "LANG", TABLE_DROP},
    {"timezone", NULL, 0},
    {"product", NULL, 0},
    {"segment", NULL, 0},
    {"risk", NULL, 0},
    {"cause", NULL, 0},
    {"dpd", "DPD", TABLE_RIGHT},
    {"arrears_minor", "OVERDUE", TABLE_RIGHT | TABLE_DROP},
    {"balance_minor", "OWED", TABLE_RIGHT},
    {"currency", NULL, 0},
    {"next_step", NULL, 0},
    {NULL, "NEXT", 0},
    {"next_at", "AT", 0},
    {"next_reason", "BECAUSE", 0},
    {"holds", "ON HOLD", TABLE_CUT},
    {"opted_out", "NO TEXTS", TABLE_DROP},
    {"first_seen", NULL, 0},
};

/* ---- what comes next ---- */

struct looking {
	struct show *show;
	size_t index;
	bool found; /* a step that goes */
	struct account_next *next;
};

/* Steps that are over say nothing about what comes. */
static bool
is_over(enum reason reason)
{
	return reason == REASON_DONE || reason == REASON_PAID || reason == REASON_SUPERSEDED ||
	       reason == REASON_SKIPPED;
}

static void
look_at(void *ctx, const struct plan_row *row)
{
	struct looking *l = ctx;
	struct account_next *next = l->next;
	enum plan_decision decision = row->decision;
	enum reason reason = row->reason, bar;
	const char *rule = row->rule, *barring;

	if (l->found || row->account != l->index)
		return;
	if (row->step->channel == CAMPAIGN_CALL && decision != PLAN_SKIP &&
	    (bar = facts_call_bar(l->show->config, facts_account(l->show->facts, l->index),
				  row->step->name, &barring)) != REASON_NONE) {
		decision = PLAN_SKIP;
		reason = bar;
		rule = barring;
	}
	if (decision == PLAN_SKIP && (next->step[0] != '\0' || is_over(reason)))
		return;
	l->found = decision != PLAN_SKIP;
	campaign_step_format(row->step->day, row->step->channel, next->step);
	next->at = row->at;
	next->decision = decision;
	next->reason = reason;
	next->rule = rule;
}

void
account_rows_next(struct show *s, const struct plan_rules *rules, size_t index,
		  struct account_next *next)
{
	const struct facts_account *a = facts_account(s->facts, index);
	int32_t today = civil_local(a->zone, s->now).day;
	struct looking l = {.show = s, .index = index, .next = next};

	*next = (struct account_next){0};
	if (!a->selected)
		next->reason = REASON_NO_CAMPAIGN;
	plan_walk(facts_person(s->facts), rules, s->now, today, today + ACCOUNT_ROWS_DAYS, look_at,
		  &l);
}

/* ---- who, and what is owed ---- */

void
account_rows_person(const struct facts *f, char *out, size_t cap)
{
	const struct facts_account *first = facts_account(f, 0);

	for (size_t i = 0; i < facts_count(f); i++)
		if (facts_account(f, i)->person_id[0] != '\0') {
			snprintf(out, cap, "%s", facts_account(f, i)->person_id);
			return;
		}
	snprintf(out, cap, "%.*s", (int)strcspn(first->phones, ";"),
		 strcmp(first->phones, "erased") != 0 ? first->phones : "");
}

struct debt_sums
account_rows_sums(struct show *s, const struct plan_rules *rules, size_t index)
{
	const struct plan_account *p = &facts_person(s->facts)->accounts[index];

	return debt_sum(p->amounts, p->n_amounts, civil_local(p->zone, s->now).day,
			rules->ignore_below);
}

/* ---- holds ---- */

struct holds {
	struct rows *rows;
	int64_t now;
	int32_t today;
	size_t len;
	char words[WORDS];
};

static void
each_hold(void *ctx, const struct list_hold *h)
{
	struct holds *all = ctx;
	int n;

	if (h->from > all->now || h->until <= all->today)
		return;
	if (all->rows->json)
		jsonl_text(&all->rows->j, NULL, h->word);
	n = snprintf(all->words + all->len, WORDS - all->len, "%s%s", all->len > 0 ? ", " : "",
		     h->word);
	if (n > 0 && all->len + (size_t)n < WORDS)
		all->len += (size_t)n;
}

static int
show_holds(struct rows *r, struct show *s, size_t index)
{
	const struct plan_account *p = &facts_person(s->facts)->accounts[index];
	struct holds all = {.rows = r, .now = s->now, .today = civil_local(p->zone, s->now).day};
	int rc = 0;

	if (r->json)
		jsonl_open(&r->j, rows_key(r), '[');
	if (p->n_holds > 0)
		rc = list_holds(s->store, (int64_t)p->id, false, each_hold, &all);
	if (r->json)
		jsonl_close(&r->j, ']');
	rows_nested(r, all.words);
	return rc;
}

/* ---- the row ---- */

static void
text_or_null(struct rows *r, const char *text)
{
	rows_text(r, text[0] != '\0' ? text : NULL);
}

static void
show_person(struct rows *r, struct show *s, const struct facts_account *a)
{
	char person[128], phone[24];

	account_rows_person(s->facts, person, sizeof person);
	/* The first, where none is usable; of an erased account nothing is left. */
	snprintf(phone, sizeof phone, "%.*s", (int)strcspn(a->phones, ";"),
		 strcmp(a->phones, "erased") != 0 ? a->phones : "");
	rows_text(r, a->ref);
	rows_text(r, a->name);
	text_or_null(r, person);
	text_or_null(r, a->number[0] != '\0' ? a->number : phone);
	rows_text(r, a->language);
	rows_text(r, a->timezone[0] != '\0' ? a->timezone : s->config->lender.timezone);
	text_or_null(r, a->product);
	text_or_null(r, a->segment);
	text_or_null(r, a->risk);
	text_or_null(r, a->cause);
}

static void
show_next(struct rows *r, const struct account_next *next, const struct civil_zone *zone)
{
	const char *reason = next->reason != REASON_NONE ? reason_word(next->reason) : NULL;
	bool any = next->step[0] != '\0';
	char shown[CAMPAIGN_STEP_TEXT + 8];

	snprintf(shown, sizeof shown, "%s%s%s", next->step,
		 any && next->decision == PLAN_SKIP ? " " : "",
		 any && next->decision == PLAN_SKIP ? "held" : "");
	rows_text(r, any ? next->step : NULL);
	rows_text(r, shown);
	rows_time(r, any ? next->at : 0, zone);
	rows_text(r, reason);
}

int
account_rows_row(struct rows *r, struct show *s, const struct plan_rules *rules, size_t index)
{
	const struct facts_account *a = facts_account(s->facts, index);
	struct debt_sums sums = account_rows_sums(s, rules, index);
	struct account_next next;
	int rc;

	account_rows_next(s, rules, index, &next);
	rows_begin(r);
	show_person(r, s, a);
	rows_int_if(r, sums.dpd > 0, sums.dpd);
	rows_money(r, sums.arrears, a->currency);
	rows_money(r, sums.balance, a->currency);
	rows_text(r, a->currency);
	show_next(r, &next, a->zone);
	rc = show_holds(r, s, index);
	rows_bool(r, a->opted_out);
	rows_day(r, facts_person(s->facts)->accounts[index].known_since);
	rows_end(r);
	return rc;
}
