/* Texts in groups: the total, one table a group, hours with bars; and all of them as records. */
#include "cmd_report_part.h"

#include "rows.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define BAR        24 /* columns of the longest bar */
#define BEST_LEAST 10 /* texts in an hour, and a fiftieth of all: fewer tell nothing */

/* ---- forms ---- */

void
report_heading(FILE *out, const char *text)
{
	bool colour = table_terminal(out) > 0 && getenv("NO_COLOR") == NULL;

	fprintf(out, "\n%s%s%s\n", colour ? "\033[1;4m" : "", text, colour ? "\033[0m" : "");
}

const char *
report_count(int64_t n, char out[32])
{
	char plain[24];
	int len = snprintf(plain, sizeof plain, "%" PRId64, n), at = 0;

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0 && plain[i - 1] != '-')
			out[at++] = ',';
		out[at++] = plain[i];
	}
	out[at] = '\0';
	return out;
}

/* Whole percents, rounded, but neither 0 of something nor 100 of less than all. */
static int
percent(int64_t n, int64_t of)
{
	int64_t p = (200 * n + of) / (2 * of);

	if (p == 0 && n > 0)
		return 1;
	return p == 100 && n < of ? 99 : (int)p;
}

/* Figure spaces keep the digits of a column in line: a table makes one blank of many. */
const char *
report_share(int64_t n, int64_t of, char out[REPORT_SHARE])
{
	int share = of > 0 ? percent(n, of) : 0;
	char count[32];

	report_count(n, count);
	if (of > 0)
		snprintf(out, REPORT_SHARE, "%s %s%d%%", count,
			 share < 10    ? "\u2007\u2007"
			 : share < 100 ? "\u2007"
				       : "",
			 share);
	else
		snprintf(out, REPORT_SHARE, "%s", count);
	return out;
}

/* A price that is not known makes the sum one that is not known; what is known is its least. */
static const char *
cost_text(const struct report_call *c, const struct report_row *r, char out[ROWS_MONEY + 8])
{
	const struct config_lender *l = &c->show.config->lender;
	char money[ROWS_MONEY];
	int64_t minor;
	bool known = report_cost(r, l->digits, &minor);

	out[0] = '\0';
	if (known || r->unpriced < r->sent)
		snprintf(out, ROWS_MONEY + 8, "%s%s", known ? "" : "> ",
			 rows_money_text(minor, l->currency, money));
	else
		snprintf(out, ROWS_MONEY + 8, "unknown");
	return out;
}

static const char *
cure_text(const struct report_call *c, const struct report_row *r, char out[ROWS_MONEY])
{
	const struct config_lender *l = &c->show.config->lender;
	int64_t minor;

	if (!report_cost_per_cure(r, l->digits, &minor))
		return "";
	return rows_money_text(minor, l->currency, out);
}

/* ---- the total ---- */

static const struct report_row *
total_of(const struct report_table *t)
{
	static const struct report_row nothing;

	return t->n > 0 ? &t->row[0] : &nothing;
}

static void
put_line(FILE *out, const char *what, int64_t n, int64_t of, const char *more)
{
	char count[32], share[8] = "";

	if (of > 0)
		snprintf(share, sizeof share, "%d%%", percent(n, of));
	fprintf(out, "  %-17s%10s %5s%s%s\n", what, report_count(n, count), share,
		more[0] != '\0' ? "   " : "", more);
}

int
report_show_total(const struct report_call *c, const struct report_table *t, FILE *out)
{
	const struct report_row *r = total_of(t);
	char more[160], cost[ROWS_MONEY + 8], money[ROWS_MONEY];
	char asked[48] = "";
	const char *per = r->unpriced > 0 ? "unknown" : cure_text(c, r, money);

	snprintf(more, sizeof more, "in %" PRId64 " segments, cost %s", r->segments,
		 cost_text(c, r, cost));
	put_line(out, "Texts accepted", r->sent, 0, r->sent > 0 ? more : "");
	snprintf(more, sizeof more, "failed %" PRId64 ", expired %" PRId64 ", unknown %" PRId64,
		 r->failed, r->expired, r->unknown);
	put_line(out, "Delivered", r->delivered, r->sent, more);
	if (r->asking < r->sent) /* shares are of these from here on */
		snprintf(asked, sizeof asked, "of %" PRId64 " reminders and by hand; ", r->asking);
	snprintf(more, sizeof more, "%sopted out %" PRId64 ", wrong numbers %" PRId64, asked,
		 r->opted_out, r->wrong_numbers);
	put_line(out, "Replied", r->replied, r->asking, more);
	snprintf(more, sizeof more, "kept so far %" PRId64, r->kept);
	put_line(out, "Promised", r->promised, r->asking, more);
	snprintf(more, sizeof more, "within 7 days; %" PRId64 " within 3%s%s", r->cured_3,
		 r->cured_7 > 0 ? "; cost of each " : "", r->cured_7 > 0 ? per : "");
	put_line(out, "Accounts cured", r->cured_7, r->asking, more);
	if (r->unpriced > 0)
		fprintf(out,
			"  The price of %" PRId64 " text%s is not known: give their route a "
			"`price` in dunlin.yaml.\n",
			r->unpriced, r->unpriced == 1 ? "" : "s");
	return 0;
}

/* ---- a group ---- */

enum {
	C_VALUE,
	C_SENT,
	C_DELIVERED,
	C_REPLIED,
	C_PROMISED,
	C_KEPT,
	C_CURED_3,
	C_CURED_7,
	C_COST,
	C_PER_CURE,
	C_STOP,
	C_WRONG,
	C_FAILED,
	C_EXPIRED,
	C_UNKNOWN,
	C_SEGMENTS,
	C_CALLS,
	C_COUNT
};

static void
put_int(struct table *t, int64_t n)
{
	char text[32];

	table_cell(t, report_count(n, text));
}

static void
put_row(const struct report_call *c, const struct report_table *groups, struct table *t,
	const struct report_row *r)
{
	char value[REPORT_VALUE], share[REPORT_SHARE], cost[ROWS_MONEY + 8], per[ROWS_MONEY];

	table_cell(t, report_value(groups, r, value));
	put_int(t, r->sent);
	table_cell(t, report_share(r->delivered, r->sent, share));
	table_cell(t, report_share(r->replied, r->asking, share));
	put_int(t, r->promised);
	put_int(t, r->kept);
	put_int(t, r->cured_3);
	table_cell(t, report_share(r->cured_7, r->asking, share));
	table_cell(t, cost_text(c, r, cost));
	table_cell(t, cure_text(c, r, per));
	put_int(t, r->opted_out);
	put_int(t, r->wrong_numbers);
	put_int(t, r->failed);
	put_int(t, r->expired);
	put_int(t, r->unknown);
	put_int(t, r->segments);
	put_int(t, r->calls);
}

int
report_show_groups(const struct report_call *c, const struct report_table *groups, FILE *out)
{
	struct table_column columns[C_COUNT] = {
	    [C_VALUE] = {NULL, TABLE_CUT},
	    [C_SENT] = {"TEXTS", TABLE_RIGHT},
	    [C_DELIVERED] = {"DELIVERED", TABLE_RIGHT},
	    [C_REPLIED] = {"REPLIED", TABLE_RIGHT},
	    [C_PROMISED] = {"PROMISED", TABLE_RIGHT | TABLE_DROP},
	    [C_KEPT] = {"KEPT", TABLE_RIGHT | TABLE_DROP},
	    [C_CURED_3] = {"CURED 3D", TABLE_RIGHT | TABLE_DROP},
	    [C_CURED_7] = {"CURED 7D", TABLE_RIGHT},
	    [C_COST] = {"COST", TABLE_RIGHT},
	    [C_PER_CURE] = {"PER CURE", TABLE_RIGHT},
	    [C_STOP] = {"STOP", TABLE_RIGHT | TABLE_DROP},
	    [C_WRONG] = {"WRONG", TABLE_RIGHT | TABLE_DROP},
	    [C_FAILED] = {"FAILED", TABLE_RIGHT | TABLE_DROP},
	    [C_EXPIRED] = {"EXPIRED", TABLE_RIGHT | TABLE_DROP},
	    [C_UNKNOWN] = {"UNKNOWN", TABLE_RIGHT | TABLE_DROP},
	    [C_SEGMENTS] = {"SEGMENTS", TABLE_RIGHT | TABLE_DROP},
	    [C_CALLS] = {"CALLS", TABLE_RIGHT | TABLE_DROP}};
	const char *word = report_by_word(groups->by);
	char heading[16];
	struct table *t;
	size_t i;

	for (i = 0; word[i] != '\0' && i + 1 < sizeof heading; i++)
		heading[i] = (char)toupper((unsigned char)word[i]);
	heading[i] = '\0';
	columns[C_VALUE].heading = heading;
	if (groups->n == 0) {
		fputs("No texts.\n", out);
		return 0;
	}
	if ((t = table_new(out, columns, C_COUNT)) == NULL)
		return UV_ENOMEM;
	for (i = 0; i < groups->n; i++)
		put_row(c, groups, t, &groups->row[i]);
	return table_free(t);
}

/* ---- hours ---- */

static const char *
bar(int64_t n, int64_t of, int64_t most, int64_t most_of, char out[3 * BAR + 1])
{
	/* n/of of most/most_of, in columns. */
	double full = most > 0 ? (double)most / (double)most_of : 1;
	int columns = of > 0 ? (int)((double)n / (double)of / full * BAR + 0.5) : 0;
	int at = 0;

	for (int i = 0; i < columns && i < BAR; i++)
		at += snprintf(out + at, 4, "█");
	out[at] = '\0';
	return out;
}

static void
put_best(const struct report_row *best, FILE *out)
{
	char count[32];
	int hour;

	if (best == NULL) {
		fprintf(out, "Too few texts to tell the best hour: one needs %d.\n", BEST_LEAST);
		return;
	}
	if (best->replied == 0) {
		fputs("Nobody has answered: no hour is better than another.\n", out);
		return;
	}
	hour = (int)best->key;
	fprintf(out,
		"Best hour to reach people: %02d:00 to %02d:59. Of %s texts "
		"%d%% were answered, %d%% delivered.\n",
		hour, hour, report_count(best->sent, count), percent(best->replied, best->sent),
		percent(best->delivered, best->sent));
}

int
report_show_hours(const struct report_call *c, const struct report_table *hours, FILE *out)
{
	static const struct table_column columns[] = {{"HOUR", 0},
						      {"TEXTS", TABLE_RIGHT},
						      {"DELIVERED", TABLE_RIGHT},
						      {"REPLIED", TABLE_RIGHT},
						      {"CURED 7D", TABLE_RIGHT},
						      {"REPLIED, AS A BAR", TABLE_DROP}};
	const struct report_row *top = report_best(hours, 1), *best;
	struct table *t;
	int64_t all = 0;

	(void)c;
	if (hours->n == 0) {
		fputs("No texts.\n", out);
		return 0;
	}
	if ((t = table_new(out, columns, sizeof columns / sizeof *columns)) == NULL)
		return UV_ENOMEM;
	for (size_t i = 0; i < hours->n; i++) {
		const struct report_row *r = &hours->row[i];
		char hour[REPORT_VALUE], share[REPORT_SHARE], drawn[3 * BAR + 1];

		if (r->sent == 0 && r->calls > 0)
			continue; /* when a text reaches people is what this is about */
		all += r->sent;
		snprintf(hour, sizeof hour, "%02d:00", (int)r->key);
		table_cell(t, hour);
		put_int(t, r->sent);
		table_cell(t, report_share(r->delivered, r->sent, share));
		table_cell(t, report_share(r->replied, r->asking, share));
		table_cell(t, report_share(r->cured_7, r->asking, share));
		table_cell(t, top != NULL ? bar(r->replied, r->sent, top->replied, top->sent, drawn)
					  : "");
	}
	if (table_free(t) != 0)
		return UV_EIO;
	best = report_best(hours, all / 50 > BEST_LEAST ? all / 50 : BEST_LEAST);
	put_best(best, out);
	return 0;
}

/* ---- records ---- */

static const char *const keys[] = {"by",
				   "value",
				   "sent",
				   "segments",
				   "delivered",
				   "failed",
				   "expired",
				   "unknown",
				   "replied",
				   "promised",
				   "kept",
				   "cured_3",
				   "cured_7",
				   "opted_out",
				   "wrong_numbers",
				   "cost_minor",
				   "cost_per_cured_minor",
				   "currency",
				   "unpriced",
				   "override_reason",
				   "calls"};

static void
put_money(struct report_record *r, bool known, int64_t minor)
{
	if (known)
		report_record_int(r, minor);
	else
		report_record_null(r);
}

static void
record_row(const struct report_call *c, struct report_record *r, const struct report_table *t,
	   const struct report_row *row)
{
	const struct config_lender *l = &c->show.config->lender;
	const int64_t figures[] = {row->sent,         row->segments, row->delivered, row->failed,
				   row->expired,      row->unknown,  row->replied,   row->promised,
				   row->kept,         row->cured_3,  row->cured_7,   row->opted_out,
				   row->wrong_numbers};
	char value[REPORT_VALUE];
	int64_t minor;
	bool known;

	report_record_text(r, report_by_word(t->by));
	report_record_text(r, report_value(t, row, value));
	for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
		report_record_int(r, figures[i]);
	known = report_cost(row, l->digits, &minor);
	put_money(r, known, minor);
	known = report_cost_per_cure(row, l->digits, &minor);
	put_money(r, known, minor);
	report_record_text(r, l->currency);
	report_record_int(r, row->unpriced);
	report_record_text(r, c->override_reason);
	report_record_int(r, row->calls);
}

int
report_record_groups(const struct report_call *c, const struct report_table *tables, size_t n,
		     FILE *out)
{
	struct report_record r;

	report_record_open(&r, out, c->csv, keys, sizeof keys / sizeof *keys);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < tables[i].n; k++)
			record_row(c, &r, &tables[i], &tables[i].row[k]);
	return report_record_close(&r);
}
