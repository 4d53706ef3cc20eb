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

/* Contacts whose days are kept; of more, which nobody has in two months, days are found each time.
 */
#define POLICY_SEEN 64

/* A question with the days of its contacts: rules ask about the same ones again and again. */
struct policy_look {
	const struct policy *p;
	const struct policy_question *q;
	size_t n; /* contacts, made and supposed */
	int32_t day[POLICY_SEEN];
};

void policy_look(struct policy_look *look, const struct policy *p, const struct policy_question *q);

/* Caps, gaps, cool-offs and channels. */
int64_t policy_counted(const struct policy_look *look, int64_t t, int64_t end);
/* Does one of them refuse at `t`?  Then *d has the reason and rule of the first. */
bool policy_refused(const struct policy_look *look, int64_t t, struct policy_decision *d);
/* Is it a call that must not come before a text, with no text before it? */
bool policy_untouched(const struct policy_look *look);

#endif
