/* The cure curve: a small chart with what it says, or a record a day. */
#include "cmd_report_part.h"

#include <inttypes.h>

#define ROWS 6 /* of the chart */

static int
whole(double share)
{
	return (int)(share * 100 + 0.5);
}

/* The top of the chart: the next fifth above the highest point. */
static double
top_of(const struct report_curve *c)
{
	double highest = c->share[c->reach - 1];

	for (int fifths = 1; fifths < 5; fifths++)
		if (highest <= fifths / 5.0)
			return fifths / 5.0;
	return 1;
}

/* How much of a row of the chart a share fills, in eighths. */
static int
height(double share, double top, int row)
{
	int eighths = (int)(share / top * ROWS * 8 + 0.5) - 8 * row;

	return eighths < 0 ? 0 : eighths > 8 ? 8 : eighths;
}

/* How one day stands in one row of the chart, two columns wide. */
static void
put_block(FILE *out, double share, double top, int row)
{
	static const char *const eighths[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	const char *block = eighths[height(share, top, row)];

	fprintf(out, "%s%s", block, block);
}

static void
put_chart(const struct report_curve *c, FILE *out)
{
	double top = top_of(c);

	for (int row = ROWS - 1; row >= 0; row--) {
		if (row == ROWS - 1)
			fprintf(out, "%4d%% ┤", whole(top));
		else if (row == ROWS / 2 - 1)
			fprintf(out, "%4d%% ┤", whole(top / 2));
		else
			fputs("      │", out);
		/* The last day is the highest: above it the row is blank. */
		for (int x = 0; x < c->reach && height(c->share[c->reach - 1], top, row) > 0; x++)
			put_block(out, c->share[x], top, row);
		putc('\n', out);
	}
	fputs("   0% └", out);
	for (int x = 0; x < c->reach; x++)
		fputs(x == c->bend ? "▲─" : x % 5 == 0 ? "┬─" : "──", out);
	fputs("\n   DPD ", out);
	for (int x = 0; x < c->reach; x += 5)
		fprintf(out, x + 5 < c->reach ? "%-10d" : "%d", x);
	putc('\n', out);
}

static void
put_points(const struct report_curve *c, FILE *out)
{
	static const int days[] = {0, 3, 7, 14, 21, 30};
	const char *lead = "";

	fprintf(out, "Of %" PRId64 " amount%s, paid by day past due: ", c->amounts,
		c->amounts == 1 ? "" : "s");
	for (size_t i = 0; i < sizeof days / sizeof *days && days[i] < c->reach; i++) {
		fprintf(out, "%s%d%% by %d", lead, whole(c->share[days[i]]), days[i]);
		lead = ", ";
	}
	fputs(".\n", out);
}

static void
put_bend(const struct report_curve *c, FILE *out)
{
	int last = c->reach - 1;

	if (c->bend >= 0)
		fprintf(out,
			"It bends on day %d (▲): %d%% are paid by then, %d of 100 more from there "
			"to day %d.\nCalls are worth their cost from about day %d on.\n",
			c->bend, whole(c->share[c->bend]),
			whole(c->share[last]) - whole(c->share[c->bend]), last, c->bend + 1);
	else if (c->amounts < REPORT_BEND_LEAST)
		fprintf(out, "Fewer than %d amounts: too few to tell where it bends.\n",
			REPORT_BEND_LEAST);
	else
		fputs("It does not bend: people pay as steadily late as early.\n", out);
}

int
report_show_curve(const struct report_curve *c, FILE *out)
{
	if (c->reach == 0) {
		fputs("No amount has fallen due.\n", out);
		return 0;
	}
	put_points(c, out);
	put_chart(c, out);
	put_bend(c, out);
	return 0;
}

int
report_record_curve(const struct report_call *call, const struct report_curve *c, FILE *out)
{
	static const char *const keys[] = {"dpd",   "open", "cured",
					   "share", "bend", "override_reason"};
	struct report_record r;

	report_record_open(&r, out, call->csv, keys, sizeof keys / sizeof *keys);
	for (int x = 0; x < c->reach; x++) {
		report_record_int(&r, x);
		report_record_int(&r, c->open[x]);
		report_record_int(&r, c->cured[x]);
		report_record_share(&r, c->share[x]);
		report_record_bool(&r, x == c->bend);
		report_record_text(&r, call->override_reason);
	}
	return report_record_close(&r);
}
