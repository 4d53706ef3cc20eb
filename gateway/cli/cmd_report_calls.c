/* What came of calls, by script and outcome. */
#include "cmd_report_part.h"

#include "gateway/store/calls.h"
#include "gateway/store/report.h"

#include "table.h"

#include <uv.h>

#define CALLS 256 /* scripts times outcomes */

struct called {
	const char *script;
	int outcome;
	int64_t n, promised, kept, seconds;
};

struct calls {
	const struct report_call *call;
	struct called row[CALLS];
	size_t n;
};

static int
on_calls(void *ctx, const struct report_called *c)
{
	struct calls *all = ctx;
	const char *script = report_word(all->call->words, c->script);

	if (script == NULL || all->n == CALLS)
		return script == NULL ? UV_ENOMEM : 0;
	all->row[all->n++] = (struct called){.script = script,
					     .outcome = c->outcome,
					     .n = c->calls,
					     .promised = c->promised,
					     .kept = c->kept,
					     .seconds = c->talked_ms / 1000};
	return 0;
}

static int
record(const struct calls *all, FILE *out)
{
	static const char *const keys[] = {"script", "outcome", "calls",          "promised",
					   "kept",   "seconds", "override_reason"};
	struct report_record r;

	report_record_open(&r, out, all->call->csv, keys, sizeof keys / sizeof *keys);
	for (size_t i = 0; i < all->n; i++) {
		const struct called *c = &all->row[i];

		report_record_text(&r, c->script[0] != '\0' ? c->script : NULL);
		report_record_text(&r, calls_outcome_word(c->outcome));
		report_record_int(&r, c->n);
		report_record_int(&r, c->promised);
		report_record_int(&r, c->kept);
		report_record_int(&r, c->seconds);
		report_record_text(&r, all->call->override_reason);
	}
	return report_record_close(&r);
}

static int64_t
calls_with(const struct calls *all, const char *script)
{
	int64_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		n += all->row[i].script == script ? all->row[i].n : 0;
	return n;
}

static int
show(const struct calls *all, FILE *out)
{
	static const struct table_column columns[] = {
	    {"SCRIPT", TABLE_CUT},     {"OUTCOME", 0},        {"CALLS", TABLE_RIGHT},
	    {"PROMISED", TABLE_RIGHT}, {"KEPT", TABLE_RIGHT}, {"MINUTES", TABLE_RIGHT}};
	struct table *t;

	if (all->n == 0) {
		fputs("Nobody was called.\n", out);
		return CLI_DONE;
	}
	if ((t = table_new(out, columns, sizeof columns / sizeof *columns)) == NULL)
		return cli_fail(CLI_FAILED, "out of memory");
	for (size_t i = 0; i < all->n; i++) {
		const struct called *c = &all->row[i];
		char share[REPORT_SHARE], count[32];

		table_cell(t, c->script[0] != '\0' ? c->script : "(called us)");
		table_cell(t, calls_outcome_word(c->outcome));
		table_cell(t, report_share(c->n, calls_with(all, c->script), share));
		table_cell(t, c->promised > 0 ? report_count(c->promised, count) : "");
		table_cell(t, c->kept > 0 ? report_count(c->kept, count) : "");
		table_cell(t, report_count((c->seconds + 59) / 60, count));
	}
	if (table_free(t) != 0)
		return cli_fail(CLI_FAILED, "the output could not be written");
	return CLI_DONE;
}

int
report_calls_section(const struct report_call *c, FILE *out)
{
	static struct calls all;
	int rc = 0;

	all = (struct calls){.call = c};
	if (c->show.store != NULL)
		rc = report_calls(c->show.store, c->q.since, c->q.until, c->q.campaign, on_calls,
				  &all);
	if (rc != 0)
		return report_failed(c, rc);
	return c->csv || c->json ? record(&all, out) : show(&all, out);
}
