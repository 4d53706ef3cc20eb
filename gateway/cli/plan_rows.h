/* plan_rows.h - rows of the plan as `dunlin plan` shows them, with what each text would say
 *
 * A step that may go is rendered: one that cannot be filled in is shown as skipped, with why.  What
 * is shown is counted too, for the summary under a table.
 *
 * Ownership: the caller's structure; plan_rows_clear() ends it.
 */
#ifndef GATEWAY_CLI_PLAN_ROWS_H
#define GATEWAY_CLI_PLAN_ROWS_H

#include "gateway/compose.h"
#include "rows.h"
#include "show.h"

#define PLAN_ROWS 23

extern const struct rows_column plan_rows_columns[PLAN_ROWS];

struct plan_rows {
	struct rows *rows;
	struct show *show;
	struct compose *compose;
	int64_t n;                                    /* rows of the plan */
	int64_t decided[PLAN_TASK + 1];               /* rows by decision ... */
	int64_t reasons[PLAN_TASK + 1][REASON_COUNT]; /* ... and reason */
	int64_t texts, segments, unpriced;            /* that go on the days shown */
	int64_t price;                                /* millionths, of those with a price */
	char fault[256]; /* the first text that could not be rendered */
};

/* 0 or UV_ENOMEM. */
int plan_rows_init(struct plan_rows *p, struct rows *rows, struct show *show);
void plan_rows_clear(struct plan_rows *p);

/* The callback of plan_walk; ctx is the struct plan_rows, and show->facts holds the person. */
void plan_rows_emit(void *ctx, const struct plan_row *row);

/* What it came to, for people. */
void plan_rows_summary(const struct plan_rows *p, FILE *out);

#endif
