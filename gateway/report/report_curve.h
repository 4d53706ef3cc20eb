/* report_curve.h - how amounts are paid day by day past due, and where that slows down
 *
 * Of every amount one fact is taken: paid on a day past due, or seen open up to a day.  Those that
 * are too young to tell are counted as long as they were seen and left out from then on (the
 * product-limit estimate of Kaplan and Meier, 1958), so that last week's amounts neither hide what
 * older ones did nor are taken for unpaid.
 *
 * The curve *bends* on the day on which it lies highest above the straight line from its first to
 * its last point, if that is a twentieth of all amounts at least: until then waiting pays, from
 * then on it pays little, and calls are worth their cost.
 *
 * Pure.  Thread: any.
 */
#ifndef GATEWAY_REPORT_CURVE_H
#define GATEWAY_REPORT_CURVE_H

#include <stdint.h>

#define REPORT_CURVE_DAYS 31 /* DPD 0..30 */
#define REPORT_BEND_LEAST 20 /* amounts; of fewer no bend is told */

struct report_curve {
	int64_t amounts;
	int64_t cured[REPORT_CURVE_DAYS]; /* paid on that DPD; 0: on the due day or before */
	int64_t left[REPORT_CURVE_DAYS];  /* open and too young: last seen on the DPD before */
	/* Filled in by report_curve_draw. */
	int64_t open[REPORT_CURVE_DAYS]; /* seen on that day and open as it began */
	double share[REPORT_CURVE_DAYS]; /* paid by its end, 0..1 */
	int reach; /* days 0..reach-1 have amounts to tell of; 0: none at all */
	int bend;  /* DPD, or -1: too few, too young, or no bend */
};

/* An amount paid `dpd` days past due (negative: before). */
void report_curve_cured(struct report_curve *c, int64_t dpd);
/* An amount still open `dpd` days past due; not due yet is none (negative is left out). */
void report_curve_open(struct report_curve *c, int64_t dpd);

void report_curve_draw(struct report_curve *c);

#endif
