/* dunlin report */
#include "cmd_report_part.h"

#include "gateway/base/complaint.h"
#include "rows.h"

#include <string.h>
#include <uv.h>

enum { TOTAL, BY_CAMPAIGN, BY_STEP, BY_HOUR, OVERVIEW };

/* ---- what is asked for ---- */

static int
read_time(struct report_call *c, const char *option, int64_t *instant)
{
	const char *text = cli_option(c->show.call, NULL, option);

	if (text == NULL || show_time(&c->show, text, instant) == 0)
		return CLI_DONE;
	return cli_usage(c->show.call, "--%s takes a day or a time, YYYY-MM-DD[THH:MM], not `%s`",
			 option, text);
}

static int
read_campaign(struct report_call *c)
{
	const struct config *config = c->show.config;
	const char *name = cli_option(c->show.call, NULL, "campaign");

	c->q.campaign = name;
	if (name == NULL || config_campaign(config, name) != NULL)
		return CLI_DONE;
	/* One that is gone from the folder still has its texts. */
	fprintf(stderr, "dunlin: campaigns/ has no `%s` now; what it sent before is counted\n",
		name);
	return CLI_DONE;
}

static int
read_query(struct report_call *c)
{
	const struct cli_call *call = c->show.call;
	int status;

	c->q = (struct reporting_query){.since = INT64_MIN, .until = INT64_MAX, .now = c->show.now};
	c->csv = cli_option(call, NULL, "csv") != NULL;
	c->json = call->json;
	c->override_reason = c->show.config->override_reason;
	if (c->csv && c->json)
		return cli_usage(call, "--csv or --json, not both");
	if ((status = read_time(c, "since", &c->q.since)) != CLI_DONE ||
	    (status = read_time(c, "until", &c->q.until)) != CLI_DONE)
		return status;
	if (c->q.until <= c->q.since)
		return cli_usage(call, "--until lies before --since");
	return read_campaign(c);
}

int
report_failed(const struct report_call *c, int rc)
{
	if (rc == UV_ENOMEM)
		return cli_fail(CLI_FAILED, "out of memory");
	return cli_fail(CLI_FAILED, "%s", store_error(c->show.store));
}

/* ---- the head ---- */

static void
put_period(const struct report_call *c)
{
	const struct config_lender *l = &c->show.config->lender;
	char from[ROWS_TIME], to[ROWS_TIME];

	rows_time_text(c->q.until < INT64_MAX ? c->q.until : c->q.now, &l->zone, to);
	if (c->q.since > INT64_MIN)
		printf(": texts of %s to %s", rows_time_text(c->q.since, &l->zone, from), to);
	else
		printf(": all texts until %s", to);
	if (c->q.campaign != NULL)
		printf(", campaign %s", c->q.campaign);
	printf(" (%s)\n", l->timezone);
}

/* What the lender's rules widen, and why: at the top of every report. */
static void
put_override(const struct config *config)
{
	if (config->override_reason == NULL)
		return;
	printf("The lender's rules are wider than the preset's. Reason given: %s\n",
	       config->override_reason);
	for (size_t i = 0; i < config->n_widened; i++)
		printf("  wider: %s\n", config->widened[i]);
}

static void
put_head(const struct report_call *c, bool texts)
{
	printf("%s", c->show.config->lender.name);
	put_period(c);
	put_override(c->show.config);
	if (texts)
		printf("A reply, promise, opt-out or wrong number counts for the last text to that "
		       "person in the %d days\nbefore, what was keyed in a call for that call; a "
		       "cure, all arrears paid, for the last text or\ncall before the payment. "
		       "Each counts once.\n",
		       REPORT_CREDIT_DAYS);
}

/* ---- the reports ---- */

static int
gather(struct report_call *c, struct report_table *tables, size_t n)
{
	int rc = 0;

	if (c->show.store != NULL)
		rc = reporting_texts(c->show.store, c->show.facts, &c->q, c->words, tables, n);
	return rc != 0 ? report_failed(c, rc) : CLI_DONE;
}

static int
shown(int rc)
{
	return rc == 0
		   ? CLI_DONE
		   : cli_fail(CLI_FAILED, "the output could not be written: %s", uv_strerror(rc));
}

static int
run_groups(struct report_call *c, enum report_by by)
{
	struct report_table t = {.by = by};
	int status = gather(c, &t, 1);

	if (status == CLI_DONE && (c->csv || c->json)) {
		status = report_record_groups(c, &t, 1, stdout);
	} else if (status == CLI_DONE) {
		put_head(c, true);
		putchar('\n');
		status = shown(by == REPORT_HOUR ? report_show_hours(c, &t, stdout)
						 : report_show_groups(c, &t, stdout));
	}
	report_clear(&t);
	return status;
}

static int
run_curve(struct report_call *c)
{
	struct report_curve curve = {0};
	int rc = 0;

	if (c->show.store != NULL)
		rc = reporting_curve(c->show.store, c->show.facts, &c->q, &curve);
	if (rc != 0)
		return report_failed(c, rc);
	if (c->csv || c->json)
		return report_record_curve(c, &curve, stdout);
	put_head(c, false);
	putchar('\n');
	return shown(report_show_curve(&curve, stdout));
}

static int
run_section(struct report_call *c, int (*section)(const struct report_call *c, FILE *out))
{
	if (!c->csv && !c->json) {
		put_head(c, false);
		putchar('\n');
	}
	return section(c, stdout);
}

static int
run_rules(struct report_call *c)
{
	if (c->q.campaign != NULL)
		return cli_usage(c->show.call,
				 "rules are counted over all campaigns: leave --campaign out");
	return run_section(c, report_rules_section);
}

static int
run_promises(struct report_call *c)
{
	return run_section(c, report_promises_section);
}

static int
run_calls(struct report_call *c)
{
	return run_section(c, report_calls_section);
}

static int
run_hours(struct report_call *c)
{
	return run_groups(c, REPORT_HOUR);
}

/* ---- the overview ---- */

static int
overview_texts(struct report_call *c, const struct report_table *tables)
{
	int rc = report_show_total(c, &tables[TOTAL], stdout);

	if (rc == 0) {
		report_heading(stdout, "By campaign");
		rc = report_show_groups(c, &tables[BY_CAMPAIGN], stdout);
	}
	if (rc == 0) {
		report_heading(stdout, "By step");
		rc = report_show_groups(c, &tables[BY_STEP], stdout);
	}
	if (rc == 0) {
		report_heading(stdout, "Best hour to reach, on the borrower's clock");
		rc = report_show_hours(c, &tables[BY_HOUR], stdout);
	}
	return shown(rc);
}

static int
overview_rest(struct report_call *c)
{
	struct report_curve curve = {0};
	int rc, status;

	report_heading(stdout, "Cure curve");
	if ((rc = reporting_curve(c->show.store, c->show.facts, &c->q, &curve)) != 0)
		return report_failed(c, rc);
	if ((status = shown(report_show_curve(&curve, stdout))) != CLI_DONE)
		return status;
	report_heading(stdout, "Calls");
	if ((status = report_calls_section(c, stdout)) != CLI_DONE)
		return status;
	report_heading(stdout, "Promises");
	if ((status = report_promises_section(c, stdout)) != CLI_DONE || c->q.campaign != NULL)
		return status;
	report_heading(stdout, "Moved, held and ended, by reason and rule");
	return report_rules_section(c, stdout);
}

static int
run_overview(struct report_call *c)
{
	struct report_table tables[OVERVIEW] = {[TOTAL] = {.by = REPORT_TOTAL},
						[BY_CAMPAIGN] = {.by = REPORT_CAMPAIGN},
						[BY_STEP] = {.by = REPORT_STEP},
						[BY_HOUR] = {.by = REPORT_HOUR}};
	int status = gather(c, tables, OVERVIEW);

	if (status == CLI_DONE && (c->csv || c->json)) {
		status = report_record_groups(c, tables, OVERVIEW, stdout);
	} else if (status == CLI_DONE && c->show.store == NULL) {
		puts("No texts yet. `dunlin plan` shows what would go, `dunlin serve` sends it.");
	} else if (status == CLI_DONE) {
		put_head(c, true);
		report_heading(stdout, "In all");
		if ((status = overview_texts(c, tables)) == CLI_DONE)
			status = overview_rest(c);
	}
	for (size_t i = 0; i < OVERVIEW; i++)
		report_clear(&tables[i]);
	return status;
}

/* ---- the command ---- */

static int
by_what(const struct cli_call *call, enum report_by *by)
{
	const char *word = cli_option(call, NULL, "by"), *near;

	*by = REPORT_BYS;
	if (word == NULL || (*by = report_by_parse(word)) != REPORT_BYS)
		return CLI_DONE;
	near = complaint_nearest(word, report_by_words());
	if (near != NULL)
		return cli_usage(call, "there is no report by `%s`; did you mean `%s`?", word,
				 near);
	return cli_usage(call, "there is no report by `%s`: by campaign, step, hour and others",
			 word);
}

static int
run(struct report_call *c)
{
	static const struct {
		const char *name;
		int (*run)(struct report_call *c);
	} parts[] = {{"curve", run_curve},
		     {"hours", run_hours},
		     {"rules", run_rules},
		     {"promises", run_promises},
		     {"calls", run_calls}};
	const struct cli_call *call = c->show.call;
	enum report_by by;
	int status = by_what(call, &by);

	if (status != CLI_DONE)
		return status;
	if (call->argc == 0)
		return by != REPORT_BYS ? run_groups(c, by) : run_overview(c);
	if (by != REPORT_BYS)
		return cli_usage(call, "--by, or `%s`, not both", call->argv[0]);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (strcmp(call->argv[0], parts[i].name) == 0)
			return parts[i].run(c);
	return cli_usage(call,
			 "there is no report `%s`: say curve, hours, rules, promises or calls",
			 call->argv[0]);
}

int
cli_report(const struct cli_call *call)
{
	struct report_call c = {0};
	int status = show_open(&c.show, call);

	if (status != CLI_DONE)
		return status;
	if ((c.words = report_words_new()) == NULL)
		status = cli_fail(CLI_FAILED, "out of memory");
	if (status == CLI_DONE && (status = read_query(&c)) == CLI_DONE)
		status = run(&c);
	report_words_free(c.words);
	show_close(&c.show);
	return status;
}
