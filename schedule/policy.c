#include "policy_part.h"

#include <assert.h>
#include <string.h>

#define LOOK_AHEAD 60 /* days */

/* The first instant at or after `t` at which hours and every other rule allow. */
static int64_t
settle(const struct policy_look *look, int64_t t, int64_t end)
{
	int64_t before;

	do {
		before = t;
		t = policy_open(look->p, look->q, t, end);
		if (t != INT64_MAX && !look->q->hours_only)
			t = policy_counted(look, t, end);
	} while (t != before && t != INT64_MAX);
	return t;
}

/* Does some rule refuse?  Then *d says which. */
static bool
refused(const struct policy_look *look, int32_t today, int64_t end, struct policy_decision *d)
{
	const struct policy_question *q = look->q;
	int64_t open = policy_open(look->p, q, q->at, end);

	if (open == q->at || (open != INT64_MAX && civil_local(q->zone, open).day == today)) {
		if (!q->hours_only && policy_refused(look, open, d))
			return true;
		if (open == q->at)
			return false;
	}
	policy_closed(look->p, q, d);
	return true;
}

struct policy_decision
policy_decide(const struct policy *p, const struct policy_question *q)
{
	int32_t today = civil_local(q->zone, q->at).day;
	int64_t end = civil_instant(q->zone, today + LOOK_AHEAD + 1, 0);
	struct policy_decision d = {.answer = POLICY_DEFER};
	struct policy_look look;

	assert(q->channel < CAMPAIGN_CHANNELS);
	policy_look(&look, p, q);
	if (!q->hours_only && policy_untouched(&look))
		return (struct policy_decision){
		    .answer = POLICY_BLOCK, .reason = REASON_FIRST_TOUCH, .rule = p->first_touch};
	if (!refused(&look, today, end, &d))
		return (struct policy_decision){.answer = POLICY_ALLOW};
	d.until = settle(&look, q->at, end);
	if (d.until == INT64_MAX) {
		d.answer = POLICY_BLOCK;
		d.until = 0;
	}
	return d;
}

int
policy_hold_days(const struct policy *p, const char *word)
{
	for (size_t i = 0; i < p->n_holds; i++) {
		if (strcmp(p->holds[i].word, word) == 0)
			return p->holds[i].days;
	}
	return -1;
}

/* What no file can take away: gateway puts presets and the lender's own rules on top of it. */
void
policy_base(struct policy *p)
{
	enum { SMS = 1 << CAMPAIGN_SMS, CALL = 1 << CAMPAIGN_CALL };
	static const struct policy_cap caps[] = {
	    {SMS, POLICY_SENT, POLICY_PERSON, 1, 1, "base.sms.1/1d"},
	    {SMS, POLICY_SENT, POLICY_PERSON, 3, 7, "base.sms.3/7d"},
	    {CALL, POLICY_ATTEMPT, POLICY_PERSON, 2, 1, "base.call.2/1d"},
	    {CALL, POLICY_ATTEMPT, POLICY_DEBT, 3, 7, "base.call.3/7d"},
	};
	static const struct policy_gap gaps[] = {
	    {CALL, POLICY_ATTEMPT, POLICY_PERSON, 4 * 3600 * 1000, "base.gap.call.4h"},
	};
	static const struct policy_cooloff cooloffs[] = {
	    {CALL, POLICY_DEBT, 7, "base.cooloff.call.7d"},
	};
	static const struct policy_hold holds[] = {
	    {"dispute", 0}, {"hardship", 0}, {"bereavement", 0}, {"complaint", 0}};
	const struct policy_hours hours = {
	    .window = {{8 * 3600, 20 * 3600}}, .n = 1, .rule = "base.window"};

	memset(p, 0, sizeof *p);
	for (int channel = 0; channel < CAMPAIGN_CHANNELS; channel++) {
		for (int row = 0; row < POLICY_HOLIDAY; row++)
			p->hours[channel][row] = hours;
	}
	p->caps = caps;
	p->n_caps = sizeof caps / sizeof caps[0];
	p->gaps = gaps;
	p->n_gaps = sizeof gaps / sizeof gaps[0];
	p->cooloffs = cooloffs;
	p->n_cooloffs = sizeof cooloffs / sizeof cooloffs[0];
	p->first_touch = "base.first_touch";
	memcpy(p->holds, holds, sizeof holds);
	p->n_holds = sizeof holds / sizeof holds[0];
	p->record_keep = 1096; /* three years, however the leap days fall */
	p->names_lender = true;
	memcpy(p->version, "base-1", sizeof "base-1");
}
