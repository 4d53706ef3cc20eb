/* reporting.h - walks the store for a report: texts and what came of them, amounts and their curve
 *
 * A period is one of texts: those handed over in it count, whatever came of them and whenever.  So
 * a text of yesterday may still be answered tomorrow, and the figures of a week settle a week after
 * its end.  The curve takes the amounts that fell due in the period.
 *
 * Reads in short transactions, and sees what changes between two of them; memory is that of one
 * person and of the groups.  Thread: that of the store connection.
 */
#ifndef GATEWAY_REPORTING_H
#define GATEWAY_REPORTING_H

#include "gateway/person/facts.h"
#include "report.h"
#include "report_curve.h"
#include "report_word.h"

struct reporting_query {
	int64_t since, until; /* from .. before; INT64_MIN, INT64_MAX: all */
	int64_t now;
	const char *campaign; /* NULL: all, and texts outside campaigns too */
};

/* Fills in the tables, sorted.  0, UV_ENOMEM, or negative of the store. */
int reporting_texts(struct store *s, struct facts *facts, const struct reporting_query *q,
		    struct report_words *words, struct report_table *tables, size_t n);

/* Fills in and draws the curve: the same. */
int reporting_curve(struct store *s, struct facts *facts, const struct reporting_query *q,
		    struct report_curve *curve);

#endif
