/* Rules that look at the person's other contacts: caps, gaps, cool-offs, channels, first touch */
#include "policy_part.h"

#define FAR 100 /* days, beyond what policy_decide looks at */

/* The i-th of all contacts of a question, those supposed behind those that were. */
static const struct policy_contact *
contact(const struct policy_look *look, size_t i)
{
	const struct policy_question *q = look->q;

	return i < q->n_contacts ? &q->contacts[i] : &q->supposed[i - q->n_contacts];
}

/* The local day whose contacts are counted with those of an instant.  Where clocks go back over
 * midnight the hour that comes again is the next day's, so that days are runs of instants. */
static int32_t
count_day(const struct civil_zone *zone, int64_t t)
{
	struct civil_time local = civil_local(zone, t);

	/* clocks never went back by more than this: earlier there is nothing to ask */
	if (local.second < 12 * 3600)
		return local.day;
	return local.day + (t >= civil_instant(zone, local.day + 1, 0));
}

static int32_t
day_of(const struct policy_look *look, size_t i)
{
	return i < POLICY_SEEN ? look->day[i] : count_day(look->q->zone, contact(look, i)->at);
}

void
policy_look(struct policy_look *look, const struct policy *p, const struct policy_question *q)
{
	look->p = p;
	look->q = q;
	look->n = q->n_contacts + q->n_supposed;
	for (size_t i = 0; i < look->n && i < POLICY_SEEN; i++)
		look->day[i] = count_day(q->zone, contact(look, i)->at);
}

static bool
in_scope(uint8_t scope, const struct policy_question *q, const struct policy_contact *c)
{
	if (scope == POLICY_NUMBER)
		return c->number == q->number;
	return scope != POLICY_DEBT || c->account == q->account;
}

static bool
asked(uint8_t channels, const struct policy_look *look)
{
	return (channels & 1U << look->q->channel) != 0;
}

/* Is it a contact that a rule of these channels, kind and scope counts? */
static bool
counts(const struct policy_look *look, size_t i, uint8_t channels, uint8_t what, uint8_t scope)
{
	const struct policy_contact *c = contact(look, i);

	return (channels & 1U << c->channel) != 0 && (c->counts & POLICY_BIT(what)) != 0 &&
	       in_scope(scope, look->q, c);
}

/* ---- caps ---- */

/* Counts over whole local days and not over hours, so that "one a day" means what a person means
 * by it; a contact planned for later today is as good as made. */
static bool
is_full(const struct policy_look *look, const struct policy_cap *cap, int32_t day)
{
	int n = 0;

	for (size_t i = 0; i < look->n && n < cap->n; i++) {
		int32_t on = day_of(look, i);
		n += on <= day && on > day - cap->days &&
		     counts(look, i, cap->channels, cap->what, cap->scope);
	}
	return n >= cap->n;
}

static const struct policy_cap *
full_cap(const struct policy_look *look, int32_t day)
{
	const struct policy *p = look->p;

	for (size_t i = 0; i < p->n_caps; i++) {
		if (asked(p->caps[i].channels, look) && is_full(look, &p->caps[i], day))
			return &p->caps[i];
	}
	return NULL;
}

/* The first day after `day` with room under every cap; days without an end are not waited for. */
static int32_t
free_day(const struct policy_look *look, int32_t day)
{
	int32_t last = day + FAR;

	do
		day++;
	while (day < last && full_cap(look, day));
	return day;
}

/* ---- gaps ---- */

/* The end of a gap that holds at `t`, or `t`. */
static int64_t
gap_over(const struct policy_look *look, const struct policy_gap *gap, int64_t t)
{
	int64_t over = t;

	for (size_t i = 0; i < look->n; i++) {
		int64_t at = contact(look, i)->at;
		int64_t apart = t > at ? t - at : at - t;
		if (apart < gap->ms && at + gap->ms > over &&
		    counts(look, i, gap->channels, gap->what, gap->scope))
			over = at + gap->ms;
	}
	return over;
}

static const struct policy_gap *
holding_gap(const struct policy_look *look, int64_t t, int64_t *over)
{
	const struct policy *p = look->p;

	for (size_t i = 0; i < p->n_gaps; i++) {
		if (asked(p->gaps[i].channels, look) &&
		    (*over = gap_over(look, &p->gaps[i], t)) != t)
			return &p->gaps[i];
	}
	return NULL;
}

/* ---- cool-offs ---- */

/* The first local day free of a cool-off that holds at `t`, or its own day. */
static int32_t
cool_from(const struct policy_look *look, const struct policy_cooloff *rest, int64_t t, int32_t day)
{
	int32_t from = day;

	for (size_t i = 0; i < look->n; i++) {
		const struct policy_contact *c = contact(look, i);
		if (c->at <= t && c->counts & POLICY_BIT(POLICY_TALK) &&
		    in_scope(rest->scope, look->q, c) && day_of(look, i) + rest->days > from)
			from = day_of(look, i) + rest->days;
	}
	return from;
}

static const struct policy_cooloff *
holding_cooloff(const struct policy_look *look, int64_t t, int32_t day, int32_t *from)
{
	const struct policy *p = look->p;

	for (size_t i = 0; i < p->n_cooloffs; i++) {
		const struct policy_cooloff *rest = &p->cooloffs[i];
		if (asked(rest->channels, look) && (*from = cool_from(look, rest, t, day)) != day)
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
too_many_channels(const struct policy_look *look, int32_t day)
{
	unsigned set = 1U << look->q->channel;
	int32_t from = monday(day);

	if (look->p->channels_per_week == 0)
		return false;
	for (size_t i = 0; i < look->n; i++) {
		int32_t on = day_of(look, i);
		if (on >= from && on < from + 7 &&
		    contact(look, i)->counts & POLICY_BIT(POLICY_CONTACT))
			set |= 1U << contact(look, i)->channel;
	}
	return __builtin_popcount(set) > look->p->channels_per_week;
}

/* ---- first touch ---- */

/* Only what came before counts, so waiting alone mends nothing: the account's text must go first.
 */
bool
policy_untouched(const struct policy_look *look)
{
	const struct policy_question *q = look->q;

	if (look->p->first_touch == NULL || q->channel != CAMPAIGN_CALL || q->texted)
		return false;
	for (size_t i = 0; i < look->n; i++) {
		if (contact(look, i)->at < q->at &&
		    counts(look, i, 1U << CAMPAIGN_SMS, POLICY_SENT, POLICY_DEBT))
			return false;
	}
	return true;
}

/* ---- all of them ---- */

int64_t
policy_counted(const struct policy_look *look, int64_t t, int64_t end)
{
	const struct civil_zone *zone = look->q->zone;
	int64_t over;

	while (t < end) {
		int32_t day = count_day(zone, t), from;
		if (full_cap(look, day)) {
			t = civil_instant(zone, free_day(look, day), 0);
		} else if (holding_gap(look, t, &over)) {
			t = over;
		} else if (holding_cooloff(look, t, day, &from)) {
			t = civil_instant(zone, from, 0);
		} else if (too_many_channels(look, day)) {
			t = civil_instant(zone, monday(day) + 7, 0);
		} else {
			return t;
		}
	}
	return INT64_MAX;
}

bool
policy_refused(const struct policy_look *look, int64_t t, struct policy_decision *d)
{
	int32_t day = count_day(look->q->zone, t), from;
	const struct policy_cap *cap = full_cap(look, day);
	const struct policy_gap *gap = cap ? NULL : holding_gap(look, t, &(int64_t){0});
	const struct policy_cooloff *rest =
	    cap || gap ? NULL : holding_cooloff(look, t, day, &from);

	if (cap || gap || rest) {
		d->reason = cap ? REASON_CAP : gap ? REASON_GAP : REASON_COOLOFF;
		d->rule = cap ? cap->rule : gap ? gap->rule : rest->rule;
		return true;
	}
	if (!too_many_channels(look, day))
		return false;
	d->reason = REASON_CAP;
	d->rule = look->p->channels_rule;
	return true;
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
