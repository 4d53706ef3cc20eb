/* dunlin plan */
#include "plan_rows.h"
#include "plan_scan.h"
#include "unselected.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <uv.h>

#define LOCK_MS 200 /* a read transaction is let go after that */

/* Seconds spent, for --timing. */
struct timing {
	double scan;         /* CPU: finding who may have a step */
	double rest;         /* CPU: all after that */
	double load, decide; /* by the wall: the two parts of `rest` */
};

struct planning {
	struct show show;
	struct rows rows;
	struct plan_rows plan;
	struct plan_rules rules;
	struct plan_scan scan;
	struct timing timing;
	int32_t from, to, walk_from;
};

static double
seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- the days asked about ---- */

static int
read_days(struct planning *p)
{
	const struct cli_call *call = p->show.call;
	const char *on = cli_option(call, NULL, "on"), *days = cli_option(call, NULL, "days");
	int32_t today = show_today(&p->show);
	int64_t n = 1;
	int status;

	p->from = today;
	if (on != NULL && (status = show_day(call, "on", on, &p->from)) != CLI_DONE)
		return status;
	if (days != NULL && !cli_integer(days, 1, PLAN_SCAN_DAYS, &n))
		return cli_usage(call, "--days takes a number from 1 to %d, not `%s`",
				 PLAN_SCAN_DAYS, days);
	p->to = p->from + (int32_t)n - 1;
	if (p->to < today - 1) /* it may still be yesterday in an account's zone */
		return cli_fail(CLI_REFUSED,
				"%s is over; dunlin messages --since %s lists what went", on, on);
	return CLI_DONE;
}

/* ---- persons ---- */

static int
plan_person(struct planning *p, int64_t person)
{
	double begun = seconds(CLOCK_MONOTONIC), loaded;
	int rc = facts_load(p->show.facts, p->show.store, person, p->show.now);

	loaded = seconds(CLOCK_MONOTONIC);
	p->timing.load += loaded - begun;
	if (rc != 0)
		return rc == UV_ENOENT ? 0 : rc; /* in no list now */
	plan_walk(facts_person(p->show.facts), &p->rules, p->show.now, p->walk_from, p->to,
		  plan_rows_emit, &p->plan);
	p->timing.decide += seconds(CLOCK_MONOTONIC) - loaded;
	return 0;
}

/* Persons until all are done or the transaction is old: how many, or negative. */
static int
plan_some(struct planning *p, size_t first)
{
	double until = seconds(CLOCK_MONOTONIC) + LOCK_MS / 1000.0;
	size_t i = first;
	int rc = list_lock(p->show.store);

	while (rc == 0 && i < p->scan.n) {
		rc = plan_person(p, p->scan.person[i++]);
		if (i % 16 == 0 && seconds(CLOCK_MONOTONIC) > until)
			break;
	}
	list_unlock(p->show.store);
	return rc != 0 ? rc : (int)(i - first);
}

static int
plan_all(struct planning *p)
{
	double begun = seconds(CLOCK_PROCESS_CPUTIME_ID), found;
	int n = 0, rc = plan_rows_init(&p->plan, &p->rows, &p->show);

	p->plan.from = p->walk_from = p->from;
	p->plan.to = p->to;
	if (plan_quota_matters(&p->plan.quota) && show_today(&p->show) < p->from)
		p->walk_from = show_today(&p->show); /* what goes before takes room */
	if (rc == 0)
		rc = plan_scan_run(&p->scan, p->show.store, p->show.config, p->walk_from, p->to);
	found = seconds(CLOCK_PROCESS_CPUTIME_ID);
	p->timing.scan = found - begun;
	for (size_t i = 0; rc == 0 && i < p->scan.n && p->rows.error == 0; i += (size_t)n) {
		if ((n = plan_some(p, i)) < 0)
			rc = n;
		rows_flush(&p->rows);
	}
	p->timing.rest = seconds(CLOCK_PROCESS_CPUTIME_ID) - found;
	return rc;
}

/* ---- what people see around it ---- */

static void
print_timing(const struct planning *p)
{
	const struct timing *t = &p->timing;
	double both = t->load + t->decide;
	double decide = both > 0 ? t->rest * t->decide / both : 0;

	fprintf(stderr,
		"scan: %.3f s of CPU over %" PRId64 " amounts, %zu persons may have a step\n"
		"load: %.3f s of CPU\n"
		"decide and render: %.3f s of CPU, %" PRId64 " rows, %.0f rows a second "
		"(%.0f with loading)\n",
		t->scan, p->scan.amounts, p->scan.n, t->rest - decide, decide, p->plan.n,
		decide > 0 ? (double)p->plan.n / decide : 0.0,
		t->rest > 0 ? (double)p->plan.n / t->rest : 0.0);
}

static void
print_head(const struct planning *p)
{
	const struct config *c = p->show.config;
	char from[11], to[11];

	civil_format_date(p->from, from);
	civil_format_date(p->to, to);
	printf("Plan for %s%s%s\n", from, p->to > p->from ? " to " : "", p->to > p->from ? to : "");
	if (!c->live)
		printf("Not live: only the %zu numbers in test_numbers are written to; the others "
		       "end `skipped`, reason `test`.\n",
		       c->n_test_numbers);
	if (p->rules.stopped != REASON_NONE)
		printf("Everything is held, reason `%s`: %s.\n", reason_word(p->rules.stopped),
		       reason_what(p->rules.stopped));
	if (p->show.now >= p->rules.stale_from)
		printf("Campaigns are held, reason `stale`: %s.\n", reason_what(REASON_STALE));
	putchar('\n');
}

/* Whom nothing is planned for, and not by chance. */
static int
print_unselected(struct planning *p)
{
	int64_t n =
	    unselected_walk(p->show.store, p->show.facts, p->show.now, INT64_MAX, NULL, NULL);

	if (n < 0)
		return show_failed(&p->show);
	if (n > 0)
		printf("%" PRId64 " account%s no campaign selects (dunlin accounts --unselected)\n",
		       n, n == 1 ? "" : "s");
	return CLI_DONE;
}

static int
show_plan(struct planning *p)
{
	bool json = p->show.call->json;
	int rc = 0, status, ended;

	if (p->show.store != NULL && (status = show_rules(&p->show, &p->rules)) != CLI_DONE)
		return status;
	if (!json && p->show.store != NULL)
		print_head(p);
	rows_open(&p->rows, stdout, json, plan_rows_columns, PLAN_ROWS);
	if (p->show.store != NULL)
		rc = plan_all(p);
	ended = rows_close(&p->rows, rc != 0 ? NULL
				     : p->show.store == NULL
					 ? "No accounts yet: dunlin import accounts FILE.csv"
					 : "No account has a step on these days.");
	status = rc == 0           ? ended
		 : rc == UV_ENOMEM ? cli_fail(CLI_FAILED, "out of memory")
				   : show_failed(&p->show);
	if (!json && status == CLI_DONE && p->plan.n > 0)
		plan_rows_summary(&p->plan, stdout);
	if (!json && status == CLI_DONE && p->show.store != NULL)
		status = print_unselected(p);
	if (cli_option(p->show.call, NULL, "timing") != NULL)
		print_timing(p);
	return status;
}

int
cli_plan(const struct cli_call *call)
{
	struct planning p = {0};
	int status = show_open_checked(&p.show, call);

	if (status != CLI_DONE)
		return status;
	if ((status = read_days(&p)) == CLI_DONE)
		status = show_plan(&p);
	plan_rows_clear(&p.plan);
	plan_scan_clear(&p.scan);
	show_close(&p.show);
	return status;
}
