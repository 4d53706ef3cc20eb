/* report_rule.h - how often each rule and reason moved, held or ended a text
 *
 * Counted where it happens, in the writer's transaction, by the quarter of an hour (time zones lie
 * whole quarters apart, so that any lender's day can be cut out).  A text that goes costs nothing
 * here.  What is counted is an occasion: a text moved twice counts twice, one held for five days
 * five times.
 */
#ifndef GATEWAY_STORE_REPORT_RULE_H
#define GATEWAY_STORE_REPORT_RULE_H

#include "schedule/reason.h"
#include "store.h"

enum report_rule_what {
	REPORT_MOVED, /* to a known later time */
	REPORT_HELD,  /* not on that day */
	REPORT_ENDED, /* never: skipped or cancelled */
	REPORT_RULE_WHATS
};

/* One occasion; `rule` NULL: none but the reason.  0 or negative. */
int report_rule_note(struct store *s, int64_t now, enum report_rule_what what, enum reason reason,
		     const char *rule);

/* The sums of a period, by reason and rule. */
typedef int report_rule_cb(void *ctx, enum reason reason, const char *rule,
			   enum report_rule_what what, int64_t n);
int report_rules(struct store *s, int64_t since, int64_t until, report_rule_cb *each, void *ctx);

#endif
