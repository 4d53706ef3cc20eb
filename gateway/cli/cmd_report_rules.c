/* What the rules did to texts, and what became of promises. */
#include "cmd_report_part.h"

#include "gateway/store/report.h"
#include "gateway/store/report_rule.h"
#include "rows.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

/* ---- rules ---- */

struct rule {
	enum reason reason;
	const char *rule;
	int64_t n[REPORT_RULE_WHATS];
};

struct rules {
	const struct report_call *call;
	struct rule *rule;
	size_t n, cap;
};

static int
on_rule(void *ctx, enum reason reason, const char *name, enum report_rule_what what, int64_t n)
{
	struct rules *rules = ctx;
	const char *word = report_word(rules->call->words, name);
	struct rule *r = NULL;

	if (word == NULL || what < 0 || what >= REPORT_RULE_WHATS)
		return word == NULL ? UV_ENOMEM : 0;
	for (size_t i = 0; i < rules->n && r == NULL; i++)
		if (rules->rule[i].reason == reason && rules->rule[i].rule == word)
			r = &rules->rule[i];
	if (r == NULL && rules->n == rules->cap) {
		size_t cap = rules->cap == 0 ? 32 : rules->cap * 2;
		struct rule *grown = realloc(rules->rule, cap * sizeof *grown);

		if (grown == NULL)
			return UV_ENOMEM;
		rules->rule = grown;
		rules->cap = cap;
	}
	if (r == NULL) {
		r = &rules->rule[rules->n++];
		*r = (struct rule){.reason = reason, .rule = word};
	}
	r->n[what] += n;
	return 0;
}

static int64_t
occasions(const struct rule *r)
{
	return r->n[REPORT_MOVED] + r->n[REPORT_HELD] + r->n[REPORT_ENDED];
}

/* The busiest first. */
static int
compare(const void *a, const void *b)
{
	const struct rule *r = a, *s = b;
	int64_t p = occasions(r), q = occasions(s);

	if (p != q)
		return p > q ? -1 : 1;
	if (r->reason != s->reason)
		return r->reason < s->reason ? -1 : 1;
	return strcmp(r->rule, s->rule);
}

static const char *
reason_of(const struct rule *r)
{
	return r->reason > REASON_NONE && r->reason < REASON_COUNT ? reason_word(r->reason) : NULL;
}

static int
record_rules(const struct rules *rules, FILE *out)
{
	static const char *const keys[] = {"reason", "rule",  "moved",
					   "held",   "ended", "override_reason"};
	struct report_record r;

	report_record_open(&r, out, rules->call->csv, keys, sizeof keys / sizeof *keys);
	for (size_t i = 0; i < rules->n; i++) {
		const struct rule *rule = &rules->rule[i];

		report_record_text(&r, reason_of(rule));
		report_record_text(&r, rule->rule[0] != '\0' ? rule->rule : NULL);
		for (int k = 0; k < REPORT_RULE_WHATS; k++)
			report_record_int(&r, rule->n[k]);
		report_record_text(&r, rules->call->override_reason);
	}
	return report_record_close(&r);
}

static int
show_rules_table(const struct rules *rules, FILE *out)
{
	static const struct table_column columns[] = {
	    {"REASON", 0},          {"RULE", TABLE_CUT},
	    {"MOVED", TABLE_RIGHT}, {"HELD", TABLE_RIGHT},
	    {"ENDED", TABLE_RIGHT}, {"WHAT IT MEANS", TABLE_CUT | TABLE_DROP}};
	struct table *t;

	if (rules->n == 0) {
		fputs("Nothing was moved, held or ended.\n", out);
		return CLI_DONE;
	}
	if ((t = table_new(out, columns, sizeof columns / sizeof *columns)) == NULL)
		return cli_fail(CLI_FAILED, "out of memory");
	for (size_t i = 0; i < rules->n; i++) {
		const struct rule *rule = &rules->rule[i];
		const char *reason = reason_of(rule);
		char count[32];

		table_cell(t, reason);
		table_cell(t, rule->rule);
		for (int k = 0; k < REPORT_RULE_WHATS; k++)
			table_cell(t, rule->n[k] > 0 ? report_count(rule->n[k], count) : "");
		table_cell(t, reason != NULL ? reason_what(rule->reason) : "");
	}
	if (table_free(t) != 0)
		return cli_fail(CLI_FAILED, "the output could not be written");
	fputs("Moved: to a later time.  Held: not on that day, asked again on the next.  Ended: "
	      "never goes.\n",
	      out);
	return CLI_DONE;
}

int
report_rules_section(const struct report_call *c, FILE *out)
{
	struct rules rules = {.call = c};
	int rc = 0, status;

	if (c->show.store != NULL)
		rc = report_rules(c->show.store, c->q.since, c->q.until, on_rule, &rules);
	if (rules.n > 1)
		qsort(rules.rule, rules.n, sizeof *rules.rule, compare);
	if (rc != 0)
		status = report_failed(c, rc);
	else if (c->csv || c->json)
		status = record_rules(&rules, out);
	else
		status = show_rules_table(&rules, out);
	free(rules.rule);
	return status;
}

/* ---- promises ---- */

#define STATES 5 /* enum promise_status */

struct pledges {
	const char *currency;
	int64_t n[STATES], amount[STATES];
};

struct promised {
	const struct report_call *call;
	struct pledges by[64]; /* currency */
	size_t n;
};

static int
on_pledge(void *ctx, const struct report_pledge *p)
{
	struct promised *all = ctx;
	const struct report_call *c = all->call;
	const char *currency;
	size_t i = 0;
	int rc;

	if (c->q.campaign != NULL &&
	    (rc = report_spoke(c->show.store, p->account, p->due, c->q.campaign)) != 1)
		return rc;
	if ((currency = report_word(c->words, p->currency)) == NULL)
		return UV_ENOMEM;
	while (i < all->n && all->by[i].currency != currency)
		i++;
	if (i == all->n && all->n < sizeof all->by / sizeof *all->by)
		all->by[all->n++].currency = currency;
	if (i == all->n || p->status < 0 || p->status >= STATES)
		return 0;
	all->by[i].n[p->status]++;
	all->by[i].amount[p->status] += p->expected;
	return 0;
}

/* The order people ask in. */
static const enum promise_status states[STATES] = {PROMISE_KEPT, PROMISE_PARTIAL, PROMISE_BROKEN,
						   PROMISE_OPEN, PROMISE_WITHDRAWN};

static int
record_promises(const struct promised *all, FILE *out)
{
	static const char *const keys[] = {"status", "promises", "amount_minor", "currency",
					   "override_reason"};
	struct report_record r;

	report_record_open(&r, out, all->call->csv, keys, sizeof keys / sizeof *keys);
	for (size_t i = 0; i < all->n; i++)
		for (int k = 0; k < STATES; k++) {
			report_record_text(&r, store_promise_word((int)states[k]));
			report_record_int(&r, all->by[i].n[states[k]]);
			report_record_int(&r, all->by[i].amount[states[k]]);
			report_record_text(&r, all->by[i].currency);
			report_record_text(&r, all->call->override_reason);
		}
	return report_record_close(&r);
}

static void
put_promises(struct table *t, const struct pledges *p)
{
	int64_t judged = p->n[PROMISE_KEPT] + p->n[PROMISE_PARTIAL] + p->n[PROMISE_BROKEN];

	for (int k = 0; k < STATES; k++) {
		enum promise_status state = states[k];
		char share[REPORT_SHARE], money[ROWS_MONEY];
		bool counts = state != PROMISE_OPEN && state != PROMISE_WITHDRAWN;

		if (p->n[state] == 0 && !counts)
			continue;
		table_cell(t, store_promise_word((int)state));
		table_cell(t, report_share(p->n[state], counts ? judged : 0, share));
		table_cell(t, rows_money_text(p->amount[state], p->currency, money));
	}
}

static int
show_promises_table(const struct promised *all, FILE *out)
{
	static const struct table_column columns[] = {
	    {"STATE", 0}, {"PROMISES", TABLE_RIGHT}, {"PROMISED", TABLE_RIGHT}};
	struct table *t;

	if (all->n == 0) {
		fputs("Nobody promised.\n", out);
		return CLI_DONE;
	}
	if ((t = table_new(out, columns, sizeof columns / sizeof *columns)) == NULL)
		return cli_fail(CLI_FAILED, "out of memory");
	for (size_t i = 0; i < all->n; i++)
		put_promises(t, &all->by[i]);
	if (table_free(t) != 0)
		return cli_fail(CLI_FAILED, "the output could not be written");
	fputs("Shares are of the promises judged.\n", out);
	return CLI_DONE;
}

int
report_promises_section(const struct report_call *c, FILE *out)
{
	struct promised *all = calloc(1, sizeof *all);
	int64_t after = 0;
	int more = c->show.store != NULL, status;

	if (all == NULL)
		return cli_fail(CLI_FAILED, "out of memory");
	all->call = c;
	while (more == 1)
		more =
		    report_pledges(c->show.store, &after, c->q.since, c->q.until, on_pledge, all);
	if (more < 0)
		status = report_failed(c, more);
	else if (c->csv || c->json)
		status = record_promises(all, out);
	else
		status = show_promises_table(all, out);
	free(all);
	return status;
}
