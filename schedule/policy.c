#include "policy.h"

#include <assert.h>
#include <string.h>

#define DAY_SECONDS 86400
#define LOOK_AHEAD  60 /* days */

static bool
is_holiday(const struct policy *p, int32_t day)
{
	size_t low = 0, high = p->n_holidays;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (p->holidays[middle] == day)
			return true;
		if (p->holidays[middle] < day)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* The hours of one local day; `holiday` tells which row spoke. */
static const struct policy_hours *
hours_of(const struct policy *p, enum campaign_channel channel, int32_t day, bool *holiday)
{
	static const struct policy_hours closed = {.rule = "holidays"};

	*holiday = is_holiday(p, day);
	if (!*holiday)
		return &p->hours[channel][civil_weekday(day)];
	return p->holiday_hours[channel] ? &p->hours[channel][POLICY_HOLIDAY] : &closed;
}

/* When hand-over stops: the last window's end less the margin. */
static int32_t
last_second(const struct policy_hours *h)
{
	return h->n == 0 ? 0 : h->window[h->n - 1].to - POLICY_MARGIN;
}

static bool
inside(const struct policy_hours *h, int32_t second)
{
	if (second >= last_second(h))
		return false;
	for (int i = 0; i < h->n; i++) {
		if (second >= h->window[i].from && second < h->window[i].to)
			return true;
	}
	return false;
}

/* Is `t` on that local day and within its hours? */
static bool
open_at(const struct policy_hours *h, const struct civil_zone *zone, int32_t day, int64_t t)
{
	struct civil_time local = civil_local(zone, t);

	return local.day == day && inside(h, local.second);
}

/* The first open instant of a local day at or after `from`, or INT64_MAX. */
static int64_t
first_open(const struct policy_hours *h, const struct civil_zone *zone, int32_t day, int64_t from)
{
	if (h->n > 0 && open_at(h, zone, day, from))
		return from;
	for (int i = 0; i < h->n; i++) {
		int64_t t = civil_instant(zone, day, h->window[i].from);
		if (t < from) {
			/* the opening may read twice that day; the second is as good */
			struct civil_time now = civil_local(zone, from);
			t = from - from % 1000 + ((int64_t)h->window[i].from - now.second) * 1000;
		}
		if (t >= from && open_at(h, zone, day, t))
			return t;
	}
	return INT64_MAX;
}

static bool
counts(const struct policy_cap *cap, const struct policy_question *q,
       const struct policy_contact *c, int64_t from, int64_t to)
{
	if (c->at < from || c->at >= to || !(cap->channels & 1U << c->channel))
		return false;
	if (!(c->counts & POLICY_BIT(cap->what)))
		return false;
	if (cap->scope == POLICY_NUMBER)
		return c->number == q->number;
	return cap->scope != POLICY_DEBT || c->account == q->account;
}

/* Counts over whole local days and not over hours, so that "one a day" means what a person means
 * by it; a contact planned for later today is as good as made. */
static bool
cap_full(const struct policy_cap *cap, const struct policy_question *q, int32_t day)
{
	int64_t from = civil_instant(q->zone, day - cap->days + 1, 0);
	int64_t to = civil_instant(q->zone, day + 1, 0);
	int n = 0;

	for (size_t i = 0; i < q->n_contacts; i++)
		n += counts(cap, q, &q->contacts[i], from, to);
	for (size_t i = 0; i < q->n_supposed; i++)
		n += counts(cap, q, &q->supposed[i], from, to);
	return n >= cap->n;
}

/* The first cap that leaves no room on a local day, or NULL. */
static const struct policy_cap *
full_on(const struct policy *p, const struct policy_question *q, int32_t day)
{
	if (q->hours_only)
		return NULL;
	for (size_t i = 0; i < p->n_caps; i++) {
		const struct policy_cap *cap = &p->caps[i];
		if (cap->channels & 1U << q->channel && cap_full(cap, q, day))
			return cap;
	}
	return NULL;
}

/* Looks for the first day after `day` that has both hours and room. */
static int64_t
search(const struct policy *p, const struct policy_question *q, int32_t day)
{
	for (int i = 0; i <= LOOK_AHEAD; i++, day++) {
		bool holiday;
		const struct policy_hours *h = hours_of(p, q->channel, day, &holiday);
		int64_t start = civil_instant(q->zone, day, 0);
		int64_t t = first_open(h, q->zone, day, start > q->at ? start : q->at);
		if (t != INT64_MAX && !full_on(p, q, day))
			return t;
	}
	return INT64_MAX;
}

struct policy_decision
policy_decide(const struct policy *p, const struct policy_question *q)
{
	struct civil_time now = civil_local(q->zone, q->at);
	bool holiday;
	const struct policy_hours *h = hours_of(p, q->channel, now.day, &holiday);
	int64_t t = first_open(h, q->zone, now.day, q->at);
	const struct policy_cap *cap = t == INT64_MAX ? NULL : full_on(p, q, now.day);
	struct policy_decision d = {.answer = POLICY_DEFER};

	assert(q->channel < CAMPAIGN_CHANNELS);
	if (!cap && t == q->at)
		return (struct policy_decision){.answer = POLICY_ALLOW};
	if (cap) {
		d.reason = REASON_CAP;
		d.rule = cap->rule;
	} else {
		d.reason = holiday ? REASON_HOLIDAY : REASON_WINDOW;
		d.rule = h->rule;
	}
	d.until = !cap && t != INT64_MAX ? t : search(p, q, now.day + 1);
	if (d.until == INT64_MAX) {
		d.answer = POLICY_BLOCK;
		d.until = 0;
	}
	return d;
}

int64_t
policy_day_end(const struct policy *p, enum campaign_channel channel, const struct civil_zone *zone,
	       int64_t instant)
{
	int32_t day = civil_local(zone, instant).day;
	bool holiday;
	const struct policy_hours *h = hours_of(p, channel, day, &holiday);
	int64_t end;

	if (h->n == 0)
		return instant;
	end = civil_instant(zone, day, h->window[h->n - 1].to);
	return end > instant ? end : instant;
}

int
policy_memory(const struct policy *p)
{
	int days = 1;

	for (size_t i = 0; i < p->n_caps; i++)
		if (p->caps[i].days > days)
			days = p->caps[i].days;
	return days;
}

bool
policy_working_day(const struct policy *p, int32_t day)
{
	return civil_weekday(day) < 5 && !is_holiday(p, day);
}

int32_t
policy_add_working_days(const struct policy *p, int32_t day, int n)
{
	/* Holidays come from a file: one that closes years on end must not hang anybody. */
	for (int left = n, tries = 0; left > 0 && tries < 3660; tries++)
		left -= policy_working_day(p, ++day);
	return day;
}

void
policy_base(struct policy *p)
{
	static const struct policy_cap caps[] = {
	    {1U << CAMPAIGN_SMS, POLICY_SENT, POLICY_PERSON, 1, 1, "base.sms.1/1d"},
	    {1U << CAMPAIGN_SMS, POLICY_SENT, POLICY_PERSON, 3, 7, "base.sms.3/7d"},
	    {1U << CAMPAIGN_CALL, POLICY_ATTEMPT, POLICY_PERSON, 2, 1, "base.call.2/1d"},
	};
	const struct policy_hours hours = {
	    .window = {{8 * 3600, 20 * 3600}}, .n = 1, .rule = "base.window"};

	memset(p, 0, sizeof *p);
	for (int channel = 0; channel < CAMPAIGN_CHANNELS; channel++) {
		for (int row = 0; row < POLICY_HOLIDAY; row++)
			p->hours[channel][row] = hours;
	}
	p->caps = caps;
	p->n_caps = sizeof caps / sizeof caps[0];
	memcpy(p->version, "base-1", sizeof "base-1");
}
