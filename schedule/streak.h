/* streak.h - how many instalments in a row were paid in time
 *
 * Counted back from the latest amount that fell due before today: one paid in full by its due date
 * plus `grace` working days counts, one paid later, or still open when those days are over, ends
 * the count.  A broken promise ends it too: what fell due up to the day it was judged does not
 * count.  Amounts whose day of payment nobody knows (a list said they are closed) and those that
 * may still be paid in time neither count nor end it.
 *
 * Pure; no allocation.
 */
#ifndef SCHEDULE_STREAK_H
#define SCHEDULE_STREAK_H

#include "debt.h"
#include "policy.h"

struct streak_question {
	const struct debt_amount *amounts; /* settled, ascending by due */
	size_t n_amounts;
	struct debt_payment *payments; /* ascending by `since`; used up by the count */
	size_t n_payments;
	const struct policy *policy; /* which days are worked */
	int grace;                   /* working days */
	int64_t ignore_below;        /* a smaller remainder counts as paid */
	int32_t today;
	int32_t broken; /* local day the last broken promise was judged, INT32_MIN: none was */
};

/* `paid` is scratch for n_amounts days. */
int streak_kept(const struct streak_question *q, int32_t *paid);

#endif
