/* Rules that look at the person's other contacts: caps, gaps, cool-offs, channels, first touch */
#include "policy_part.h"

/* The i-th of all contacts of a question, those supposed behind those that were. */
static const struct policy_contact *
contact(const struct policy_question *q, size_t i)
{
	return i < q->n_contacts ? &q->contacts[i] : &q->supposed[i - q->n_contacts];
}

static size_t
count(const struct policy_question *q)
{
	return q->n_contacts + q->n_supposed;
}

int32_t
policy_count_day(const struct civil_zone *zone, int64_t t)
{
	int32_t day = civil_local(zone, t).day;

	return day + (t >= civil_instant(zone, day + 1, 0));
}

static bool
in_scope(uint8_t scope, const struct policy_question *q, const struct policy_contact *c)
{
	if (scope == POLICY_NUMBER)
		return c->number == q->number;
	return scope != POLICY_DEBT || c->account == q->account;
}

static bool
asked(uint8_t channels, const struct policy_question *q)
{
	return (channels & 1U << q->channel) != 0;
}

/* ---- caps ---- */

/* Counts over whole local days and not over hours, so that "one a day" means what a person means
 * by it; a contact planned for later today is as good as made. */
static bool
is_full(const struct policy_cap *cap, const struct policy_question *q, int32_t day)
{
	int64_t from = civil_instant(q->zone, day - cap->days + 1, 0);
	int64_t to = civil_instant(q->zone, day + 1, 0);
	int n = 0;

	for (size_t i = 0; i < count(q); i++) {
		const struct policy_contact *c = contact(q, i);
		n += c->at >= from && c->at < to && cap->channels & 1U << c->channel &&
		     c->counts & POLICY_BIT(cap->what) && in_scope(cap->scope, q, c);
	}
	return n >= cap->n;
}

static const struct policy_cap *
full_cap(const struct policy *p, const struct policy_question *q, int32_t day)
{
	for (size_t i = 0; i < p->n_caps; i++) {
		if (asked(p->caps[i].channels, q) && is_full(&p->caps[i], q, day))
			return &p->caps[i];
	}
	return NULL;
}

/* ---- gaps ---- */

/* The end of a gap that holds at `t`, or `t`. */
static int64_t
gap_over(const struct policy_gap *gap, const struct policy_question *q, int64_t t)
{
	int64_t over = t;

	for (size_t i = 0; i < count(q); i++) {
		const struct policy_contact *c = contact(q, i);
		int64_t apart = t > c->at ? t - c->at : c->at - t;
		if (apart < gap->ms && gap->channels & 1U << c->channel &&
		    c->counts & POLICY_BIT(gap->what) && in_scope(gap->scope, q, c) &&
		    c->at + gap->ms > over)
			over = c->at + gap->ms;
	}
	return over;
}

static const struct policy_gap *
holding_gap(const struct policy *p, const struct policy_question *q, int64_t t, int64_t *over)
{
	for (size_t i = 0; i < p->n_gaps; i++) {
		if (asked(p->gaps[i].channels, q) && (*over = gap_over(&p->gaps[i], q, t)) != t)
			return &p->gaps[i];
	}
	return NULL;
}

/* ---- cool-offs ---- */

/* The first local day free of a cool-off that holds on `day`, or `day`. */
static int32_t
cool_from(const struct policy_cooloff *rest, const struct policy_question *q, int64_t t,
	  int32_t day)
{
	int32_t from = day;

	for (size_t i = 0; i < count(q); i++) {
		const struct policy_contact *c = contact(q, i);
		int32_t until;
		if (c->at > t || !(c->counts & POLICY_BIT(POLICY_TALK)) ||
		    !in_scope(rest->scope, q, c))
			continue;
		until = policy_count_day(q->zone, c->at) + rest->days;
		if (until > from)
			from = until;
	}
	return from;
}

static const struct policy_cooloff *
holding_cooloff(const struct policy *p, const struct policy_question *q, int64_t t, int32_t day,
		int32_t *from)
{
	for (size_t i = 0; i < p->n_cooloffs; i++) {
		const struct policy_cooloff *rest = &p->cooloffs[i];
		if (asked(rest->channels, q) && (*from = cool_from(rest, q, t, day)) != day)
			return rest;
	}
	return NULL;
}

/* ---- channels of a week ---- */

/* ISO weeks begin on Monday, as civil_weekday does. */
static int32_t
monday(int32_t day)
{
	return day - civil_weekday(day);
}

static bool
too_many_channels(const struct policy *p, const struct policy_question *q, int32_t day)
{
	int64_t from, to;
	unsigned set = 1U << q->channel;

	if (p->channels_per_week == 0)
		return false;
	from = civil_instant(q->zone, monday(day), 0);
	to = civil_instant(q->zone, monday(day) + 7, 0);
	for (size_t i = 0; i < count(q); i++) {
		const struct policy_contact *c = contact(q, i);
		if (c->at >= from && c->at < to && c->counts & POLICY_BIT(POLICY_CONTACT))
			set |= 1U << c->channel;
	}
	return __builtin_popcount(set) > p->channels_per_week;
}

/* ---- first touch ---- */

/* Only what came before counts, so waiting alone mends nothing: the account's text must go first.
 */
bool
policy_untouched(const struct policy *p, const struct policy_question *q)
{
	if (p->first_touch == NULL || q->channel != CAMPAIGN_CALL || q->texted)
		return false;
	for (size_t i = 0; i < count(q); i++) {
		const struct policy_contact *c = contact(q, i);
		if (c->channel == CAMPAIGN_SMS && c->account == q->account && c->at < q->at &&
		    c->counts & POLICY_BIT(POLICY_SENT))
			return false;
	}
	return true;
}

/* ---- all of them ---- */

int64_t
policy_counted(const struct policy *p, const struct policy_question *q, int64_t t, int64_t end)
{
	int64_t over;

	while (t < end) {
		int32_t day = policy_count_day(q->zone, t), from;
		if (full_cap(p, q, day))
			t = civil_instant(q->zone, day + 1, 0);
		else if (holding_gap(p, q, t, &over))
			t = over;
		else if (holding_cooloff(p, q, t, day, &from))
			t = civil_instant(q->zone, from, 0);
		else if (too_many_channels(p, q, day))
			t = civil_instant(q->zone, monday(day) + 7, 0);
		else
			return t;
	}
	return INT64_MAX;
}

bool
policy_refused(const struct policy *p, const struct policy_question *q, int64_t t,
	       struct policy_decision *d)
{
	int32_t day = policy_count_day(q->zone, t), from;
	const struct policy_cap *cap = full_cap(p, q, day);
	const struct policy_gap *gap = cap ? NULL : holding_gap(p, q, t, &(int64_t){0});
	const struct policy_cooloff *rest =
	    cap || gap ? NULL : holding_cooloff(p, q, t, day, &from);

	if (cap || gap || rest) {
		d->reason = cap ? REASON_CAP : gap ? REASON_GAP : REASON_COOLOFF;
		d->rule = cap ? cap->rule : gap ? gap->rule : rest->rule;
		return true;
	}
	if (too_many_channels(p, q, day)) {
		d->reason = REASON_CAP;
		d->rule = p->channels_rule;
		return true;
	}
	return false;
}

int
policy_memory(const struct policy *p)
{
	int days = p->channels_per_week > 0 ? 7 : 1;

	for (size_t i = 0; i < p->n_caps; i++) {
		if (p->caps[i].days > days)
			days = p->caps[i].days;
	}
	for (size_t i = 0; i < p->n_cooloffs; i++) {
		if (p->cooloffs[i].days > days)
			days = p->cooloffs[i].days;
	}
	for (size_t i = 0; i < p->n_gaps; i++) {
		int whole = (int)(p->gaps[i].ms / 86400000) + 1;
		if (whole > days)
			days = whole;
	}
	return days;
}
