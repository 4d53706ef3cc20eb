/* policy_part.h - what the files of policy.c share; nobody else includes it
 *
 * Each rule answers one question: the first instant at or after `t` at which it allows, `t` itself
 * when it does then, INT64_MAX when that lies at or beyond `end`.  policy.c goes round until all
 * give the same instant.
 */
#ifndef SCHEDULE_POLICY_PART_H
#define SCHEDULE_POLICY_PART_H

#include "policy.h"

/* Is that day listed as a holiday? */
bool policy_is_holiday(const struct policy *p, int32_t day);

/* Open in every zone of the question. */
int64_t policy_open(const struct policy *p, const struct policy_question *q, int64_t t,
		    int64_t end);
/* Why it is closed at q->at in some zone: reason (HOLIDAY or WINDOW) and rule to *d. */
void policy_closed(const struct policy *p, const struct policy_question *q,
		   struct policy_decision *d);

/* The local day whose contacts are counted with those of an instant.  Where clocks go back over
 * midnight the hour that comes again is the next day's, so that days are runs of instants. */
int32_t policy_count_day(const struct civil_zone *zone, int64_t t);

/* Caps, gaps, cool-offs and channels. */
int64_t policy_counted(const struct policy *p, const struct policy_question *q, int64_t t,
		       int64_t end);
/* Does one of them refuse at `t`?  Then *d has the reason and rule of the first. */
bool policy_refused(const struct policy *p, const struct policy_question *q, int64_t t,
		    struct policy_decision *d);
/* Is it a call that must not come before a text, with no text before it? */
bool policy_untouched(const struct policy *p, const struct policy_question *q);

#endif
