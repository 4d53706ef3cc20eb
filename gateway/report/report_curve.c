#include "report_curve.h"

void
report_curve_cured(struct report_curve *c, int64_t dpd)
{
	c->amounts++;
	if (dpd < REPORT_CURVE_DAYS)
		c->cured[dpd > 0 ? dpd : 0]++;
}

/* Today is not over: the amount was seen open on the days before it. */
void
report_curve_open(struct report_curve *c, int64_t dpd)
{
	if (dpd < 0)
		return;
	c->amounts++;
	if (dpd < REPORT_CURVE_DAYS)
		c->left[dpd]++;
}

static int
bend_of(const struct report_curve *c)
{
	int last = c->reach - 1, bend = -1;
	double rise, highest = 0.05; /* less than a twentieth above the line is no bend */

	if (c->amounts < REPORT_BEND_LEAST || last < 2)
		return -1;
	rise = (c->share[last] - c->share[0]) / last;
	for (int x = 1; x < last; x++) {
		double above = c->share[x] - c->share[0] - rise * x;

		if (above > highest) {
			highest = above;
			bend = x;
		}
	}
	return bend;
}

void
report_curve_draw(struct report_curve *c)
{
	int64_t open = c->amounts;
	double unpaid = 1;

	c->reach = 0;
	for (int x = 0; x < REPORT_CURVE_DAYS; x++) {
		open -= c->left[x];
		c->open[x] = open;
		if (open > 0) {
			unpaid *= 1 - (double)c->cured[x] / (double)open;
			c->reach = x + 1;
		}
		c->share[x] = 1 - unpaid;
		open -= c->cured[x];
	}
	c->bend = bend_of(c);
}
