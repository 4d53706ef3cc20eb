#include "plan_quota.h"

#include "gateway/store/sim.h"

#include <stdlib.h>
#include <uv.h>

#define SIMS    256
#define LATELY  (30 * 86400000LL)
#define HOUR_MS 3600000LL
#define UNASKED (-1) /* a day nobody asked about yet */

/* How many allowances of an hour a day still has: each hour of the lender's own windows. */
static int
hours_on(const struct plan_quota *q, int32_t day)
{
	const struct civil_zone *zone = facts_lender_zone(q->show->facts);
	int64_t end = civil_instant(zone, day + 1, 0);
	struct policy_question ask = {.at = day == q->today ? q->show->now
							    : civil_instant(zone, day, 0),
				      .channel = CAMPAIGN_SMS,
				      .zone = zone,
				      .hours_only = true};
	int n = 0;

	while (ask.at < end) {
		struct policy_decision d = policy_decide(&q->show->config->policy, &ask);

		if (d.answer == POLICY_ALLOW) {
			n++;
			ask.at += HOUR_MS;
		} else if (d.answer == POLICY_DEFER && d.until > ask.at) {
			ask.at = d.until;
		} else {
			break;
		}
	}
	return n;
}

/* What a SIM carries on a day. Closed for the lender is not closed for a borrower far away: there
 * the day's allowance alone counts. */
static int64_t
daily(const struct config_modem *m, int hours)
{
	int64_t most = (int64_t)hours * m->per_hour;

	return hours > 0 && m->per_hour > 0 && most < m->per_day ? most : m->per_day;
}

/* ---- months ---- */

static int
month_of(const struct plan_quota *q, int32_t day)
{
	int year, month, mday, year_now, month_now;

	civil_date(q->today, &year_now, &month_now, &mday);
	civil_date(day, &year, &month, &mday);
	return (year - year_now) * 12 + month - month_now;
}

static uint64_t
met_key(size_t route, int month, uint64_t number)
{
	return (number ^ (route * PLAN_QUOTA_MONTHS + (size_t)month)) *
	       UINT64_C(0x9e3779b97f4a7c15);
}

struct meeting {
	struct plan_quota *q;
	size_t route;
};

static void
on_met(void *ctx, const char *number)
{
	struct meeting *m = ctx;

	seen_add(&m->q->met, met_key(m->route, 0, facts_number_id(number)));
}

/* What each SIM used of this month. */
static int
use_month(struct plan_quota *q, size_t i, int64_t sim, const struct sim_limits *limits,
	  const struct sim_use *use)
{
	struct plan_quota_month *now = &q->month[i * PLAN_QUOTA_MONTHS];
	struct meeting meeting = {.q = q, .route = i};
	int n;

	if (limits->per_month > 0)
		now->texts -= use->month < limits->per_month ? use->month : limits->per_month;
	if (limits->recipients == 0)
		return 0;
	n = sim_met(q->show->store, sim, limits, q->show->now, on_met, &meeting);
	if (n >= 0)
		now->people -= n < limits->recipients ? n : limits->recipients;
	return n < 0 ? n : 0;
}

static void
fill_months(struct plan_quota *q, size_t i, int64_t sims)
{
	const struct config_modem *m = &q->show->config->routes[i].modem;

	for (int k = 0; k < PLAN_QUOTA_MONTHS; k++)
		q->month[i * PLAN_QUOTA_MONTHS + (size_t)k] = (struct plan_quota_month){
		    .texts = m->per_month > 0 ? sims * m->per_month : INT64_MAX,
		    .people =
			m->recipients_per_month > 0 ? sims * m->recipients_per_month : INT64_MAX};
}

/* ---- days ---- */

static int
today_of(struct plan_quota *q, size_t route_at, int64_t *today, int64_t *sims)
{
	const struct config_route *route = &q->show->config->routes[route_at];
	const struct config_modem *m = &route->modem;
	struct sim_limits limits = {.per_day = m->per_day,
				    .per_month = m->per_month,
				    .recipients = m->recipients_per_month,
				    .zone = facts_lender_zone(q->show->facts)};
	int64_t ids[SIMS];
	int hours = hours_on(q, q->today);
	int n = q->show->store != NULL
		    ? sim_lately(q->show->store, route->name, q->show->now - LATELY, ids, SIMS)
		    : 0;

	if (n < 0)
		return n;
	*today = 0;
	*sims = n > 0 ? n : m->n_ports > 0 ? (int64_t)m->n_ports : 1;
	fill_months(q, route_at, *sims);
	if (n == 0)
		*today = *sims * daily(m, hours);
	for (int i = 0; i < n; i++) {
		struct sim_use use;
		int rc = sim_use(q->show->store, ids[i], &limits, q->show->now, &use);
		int64_t most = daily(m, hours) - (daily(m, hours) < m->per_day ? use.hour : 0);

		if (rc != 0 || (rc = use_month(q, route_at, ids[i], &limits, &use)) != 0)
			return rc;
		*today += use.left_today < most ? use.left_today : most > 0 ? most : 0;
	}
	return 0;
}

int
plan_quota_init(struct plan_quota *q, struct show *show)
{
	const struct config *c = show->config;

	*q = (struct plan_quota){.show = show, .today = show_today(show)};
	for (size_t i = 0; i < c->n_routes; i++) {
		int64_t today, sims;
		int rc;

		if (c->routes[i].type != CONFIG_ROUTE_MODEM)
			continue;
		if (q->sims == NULL &&
		    ((q->sims = calloc(c->n_routes, sizeof *q->sims)) == NULL ||
		     (q->left = calloc(c->n_routes * PLAN_QUOTA_DAYS, sizeof *q->left)) == NULL ||
		     (q->month = calloc(c->n_routes * PLAN_QUOTA_MONTHS, sizeof *q->month)) ==
			 NULL))
			return UV_ENOMEM;
		if ((rc = today_of(q, i, &today, &sims)) != 0)
			return rc;
		q->sims[i] = sims;
		for (int day = 0; day < PLAN_QUOTA_DAYS; day++)
			q->left[i * PLAN_QUOTA_DAYS + (size_t)day] = day == 0 ? today : UNASKED;
	}
	return 0;
}

void
plan_quota_clear(struct plan_quota *q)
{
	free(q->left);
	free(q->sims);
	free(q->month);
	q->left = q->sims = NULL;
	q->month = NULL;
	seen_clear(&q->met);
}

bool
plan_quota_matters(const struct plan_quota *q)
{
	return q->left != NULL;
}

static int64_t *
left_on(struct plan_quota *q, const struct config_route *route, int32_t day)
{
	size_t i = (size_t)(route - q->show->config->routes);
	int64_t *left;

	if (day < q->today)
		day = q->today; /* yesterday in another zone */
	if (day - q->today >= PLAN_QUOTA_DAYS)
		return NULL;
	left = &q->left[i * PLAN_QUOTA_DAYS + (size_t)(day - q->today)];
	if (*left == UNASKED)
		*left = q->sims[i] * daily(&route->modem, hours_on(q, day));
	return left;
}

/* Takes room on that day for so many segments to that number: is there any? */
static bool
take(struct plan_quota *q, const struct config_route *route, int32_t day, unsigned segments,
     uint64_t number)
{
	int64_t *left = left_on(q, route, day);
	size_t i = (size_t)(route - q->show->config->routes);
	int k = day > q->today ? month_of(q, day) : 0;
	struct plan_quota_month *month;
	uint64_t key = met_key(i, k, number);

	if (left == NULL || k >= PLAN_QUOTA_MONTHS)
		return false;
	month = &q->month[i * PLAN_QUOTA_MONTHS + (size_t)k];
	if (*left < segments || month->texts < segments ||
	    (month->people <= 0 && !seen_has(&q->met, key)))
		return false;
	*left -= segments;
	if (month->texts != INT64_MAX)
		month->texts -= segments;
	if (month->people != INT64_MAX && seen_add(&q->met, key))
		month->people--;
	return true;
}

/* When it may go on that day, at the hour it was to go: an instant, or 0. */
static int64_t
open_on(const struct plan_quota *q, const struct plan_account *account, const struct plan_row *row,
	int32_t day)
{
	struct policy_question ask = {
	    .at = civil_instant(account->zone, day, civil_local(account->zone, row->at).second),
	    .channel = row->step->channel,
	    .zone = account->zone,
	    .zones = account->zones,
	    .n_zones = account->n_zones,
	    .hours_only = true};
	struct policy_decision d = policy_decide(&q->show->config->policy, &ask);

	if (d.answer == POLICY_ALLOW)
		return ask.at;
	return d.answer == POLICY_DEFER && civil_local(account->zone, d.until).day == day ? d.until
											  : 0;
}

bool
plan_quota_take(struct plan_quota *q, const struct config_route *route,
		const struct plan_account *account, unsigned segments, struct plan_row *row,
		struct plan_row *moved)
{
	int32_t last = row->own_day + plan_reach(row->step);

	if (route->type != CONFIG_ROUTE_MODEM)
		return true;
	if (take(q, route, row->on, segments, account->number))
		return true;
	row->reason = REASON_QUOTA;
	row->rule = NULL;
	for (int32_t day = row->on + 1; day <= last; day++) {
		int64_t at = open_on(q, account, row, day);

		if (at == 0 || !take(q, route, day, segments, account->number))
			continue;
		row->decision = PLAN_DEFER;
		row->at = at;
		*moved = *row;
		moved->decision = PLAN_SEND;
		moved->reason = REASON_LATE;
		moved->on = day;
		return false;
	}
	row->decision = PLAN_SKIP;
	return false;
}
