/* Windows and holidays, in one zone and in several. */
#include "policy_part.h"

#define DAY_SECONDS 86400

bool
policy_is_holiday(const struct policy *p, int32_t day)
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

/* The hours of one local day.  Hours for holidays open no day of the week that is closed: a ban on
 * Sundays holds on a holiday that falls on one. */
static const struct policy_hours *
hours_of(const struct policy *p, enum campaign_channel channel, int32_t day)
{
	static const struct policy_hours closed = {.rule = "holidays"};
	const struct policy_hours *weekday = &p->hours[channel][civil_weekday(day)];

	if (!policy_is_holiday(p, day) || (p->holiday_hours[channel] && weekday->n == 0))
		return weekday;
	return p->holiday_hours[channel] ? &p->hours[channel][POLICY_HOLIDAY] : &closed;
}

static bool
inside(const struct policy_hours *h, int32_t second)
{
	if (h->n == 0 || second >= h->window[h->n - 1].to - POLICY_MARGIN)
		return false;
	for (int i = 0; i < h->n; i++) {
		if (second >= h->window[i].from && second < h->window[i].to)
			return true;
	}
	return false;
}

/* The second of day at which it opens next, or the day's end. */
static int32_t
next_opening(const struct policy_hours *h, int32_t second)
{
	for (int i = 0; i < h->n; i++) {
		if (h->window[i].from > second && inside(h, h->window[i].from))
			return h->window[i].from;
	}
	return DAY_SECONDS;
}

/* The first instant after `t` at which the zone's clocks change, of those up to `last`. */
static int64_t
next_change(const struct civil_zone *zone, int64_t t, int64_t last)
{
	size_t low = 0, high = zone->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (zone->at[middle] * 1000 <= t)
			low = middle + 1;
		else
			high = middle;
	}
	return low < zone->n && zone->at[low] * 1000 < last ? zone->at[low] * 1000 : last;
}

/* The first open instant at or after `t` in one zone.  Steps to the next opening, or to midnight,
 * as the wall clock runs; where clocks change on the way, to the change, since an hour that comes
 * again may be open again. */
static int64_t
open_in(const struct policy *p, enum campaign_channel channel, const struct civil_zone *zone,
	int64_t t, int64_t end)
{
	while (t < end) {
		struct civil_time local = civil_local(zone, t);
		const struct policy_hours *h = hours_of(p, channel, local.day);
		int64_t next;

		if (inside(h, local.second))
			return t;
		next = t - (t % 1000 + 1000) % 1000 +
		       (int64_t)(next_opening(h, local.second) - local.second) * 1000;
		t = civil_offset(zone, next) == civil_offset(zone, t) ? next
								      : next_change(zone, t, next);
	}
	return INT64_MAX;
}

int64_t
policy_open(const struct policy *p, const struct policy_question *q, int64_t t, int64_t end)
{
	int64_t before;

	t = open_in(p, q->channel, q->zone, t, end);
	if (q->n_zones == 0)
		return t;
	do {
		before = t;
		for (size_t i = 0; i < q->n_zones && t != INT64_MAX; i++)
			t = open_in(p, q->channel, q->zones[i], t, end);
		if (t != before && t != INT64_MAX)
			t = open_in(p, q->channel, q->zone, t, end);
	} while (t != before && t != INT64_MAX);
	return t;
}

/* Which rule closes a second of day. */
static const char *
closer(const struct policy_hours *h, int32_t second)
{
	for (int i = 0; i < h->n; i++) {
		if (second < h->window[i].from)
			return h->before[i] ? h->before[i] : h->rule;
	}
	return h->rule;
}

void
policy_closed(const struct policy *p, const struct policy_question *q, struct policy_decision *d)
{
	struct civil_time local = civil_local(q->zone, q->at);
	const struct policy_hours *h = hours_of(p, q->channel, local.day);

	for (size_t i = 0; i < q->n_zones && inside(h, local.second); i++) {
		local = civil_local(q->zones[i], q->at);
		h = hours_of(p, q->channel, local.day);
	}
	d->reason = policy_is_holiday(p, local.day) ? REASON_HOLIDAY : REASON_WINDOW;
	d->rule = closer(h, local.second);
}

static int64_t
day_end_in(const struct policy *p, enum campaign_channel channel, const struct civil_zone *zone,
	   int64_t instant)
{
	int32_t day = civil_local(zone, instant).day;
	const struct policy_hours *h = hours_of(p, channel, day);
	int64_t end;

	if (h->n == 0)
		return instant;
	end = civil_instant(zone, day, h->window[h->n - 1].to);
	return end > instant ? end : instant;
}

int64_t
policy_day_end(const struct policy *p, const struct policy_question *q)
{
	int64_t end = day_end_in(p, q->channel, q->zone, q->at);

	for (size_t i = 0; i < q->n_zones; i++) {
		int64_t other = day_end_in(p, q->channel, q->zones[i], q->at);
		if (other < end)
			end = other;
	}
	return end;
}

bool
policy_working_day(const struct policy *p, int32_t day)
{
	return civil_weekday(day) < 5 && !policy_is_holiday(p, day);
}

int32_t
policy_add_working_days(const struct policy *p, int32_t day, int n)
{
	/* Holidays come from a file: one that closes years on end must not hang anybody. */
	for (int left = n, tries = 0; left > 0 && tries < 3660; tries++)
		left -= policy_working_day(p, ++day);
	return day;
}
