/* plan_rows.h - rows of the plan as `dunlin plan` shows them, with what each text would say
 *
 * A step that may go is rendered: one that cannot be filled in is shown as skipped, with why.  What
 * is shown is counted too, for the summary under a table.
 *
 * Ownership: the caller's structure; plan_rows_clear() ends it.
 */
#ifndef GATEWAY_CLI_PLAN_ROWS_H
#define GATEWAY_CLI_PLAN_ROWS_H

#include "gateway/person/compose.h"
#include "plan_quota.h"
#include "rows.h"
#include "show.h"

#define PLAN_ROWS 23

extern const struct rows_column plan_rows_columns[PLAN_ROWS];

#define PLAN_ROWS_RULES 8  /* that move steps, in the summary */
#define PLAN_ROWS_STEPS 12 /* named of each */

/* Steps that one rule on how often moves to a later day. */
struct plan_rows_moved {
	const char *rule;
	int64_t n;
	char step[PLAN_ROWS_STEPS][CAMPAIGN_STEP_TEXT]; /* which, each once */
	size_t n_steps;
};

struct plan_rows {
	struct rows *rows;
	struct show *show;
	struct compose *compose;
	struct plan_quota quota;
	int32_t from, to;               /* days listed, those of the call at first all */
	int64_t n;                      /* rows of the plan */
	int64_t decided[PLAN_TASK + 1]; /* rows by decision ... */
	int64_t reasons[PLAN_TASK + 1][REASON_COUNT]; /* ... and reason */
	int64_t texts, segments, unpriced;            /* that go on the days shown */
	int64_t price;                                /* millionths, of those with a price */
	char fault[256]; /* the first text that could not be rendered */
	struct plan_rows_moved moved[PLAN_ROWS_RULES];
	size_t n_moved;
	struct seen seen; /* steps counted as moved */
};

/* 0 or UV_ENOMEM. */
int plan_rows_init(struct plan_rows *p, struct rows *rows, struct show *show);
void plan_rows_clear(struct plan_rows *p);

/* The callback of plan_walk; ctx is the struct plan_rows, and show->facts holds the person. */
void plan_rows_emit(void *ctx, const struct plan_row *row);

/* What it came to, for people. */
void plan_rows_summary(const struct plan_rows *p, FILE *out);

#endif
