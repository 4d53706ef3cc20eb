#include "plan_quota.h"

#include "gateway/store/sim.h"

#include <stdlib.h>
#include <uv.h>

#define SIMS   256
#define LATELY (30 * 86400000LL)

static int
today_of(struct plan_quota *q, const struct config_route *route, int64_t *today, int64_t *sims)
{
	const struct config_modem *m = &route->modem;
	struct sim_limits limits = {.per_day = m->per_day,
				    .per_month = m->per_month,
				    .zone = facts_lender_zone(q->show->facts)};
	int64_t ids[SIMS];
	int n = q->show->store != NULL
		    ? sim_lately(q->show->store, route->name, q->show->now - LATELY, ids, SIMS)
		    : 0;

	if (n < 0)
		return n;
	*today = 0;
	*sims = n > 0 ? n : m->n_ports > 0 ? (int64_t)m->n_ports : 1;
	if (n == 0)
		*today = *sims * m->per_day;
	for (int i = 0; i < n; i++) {
		struct sim_use use;
		int rc = sim_use(q->show->store, ids[i], &limits, q->show->now, &use);

		if (rc != 0)
			return rc;
		*today += use.left_today;
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
		if (q->left == NULL &&
		    (q->left = calloc(c->n_routes * PLAN_QUOTA_DAYS, sizeof *q->left)) == NULL)
			return UV_ENOMEM;
		if ((rc = today_of(q, &c->routes[i], &today, &sims)) != 0)
			return rc;
		for (int day = 0; day < PLAN_QUOTA_DAYS; day++)
			q->left[i * PLAN_QUOTA_DAYS + (size_t)day] =
			    day == 0 ? today : sims * c->routes[i].modem.per_day;
	}
	return 0;
}

void
plan_quota_clear(struct plan_quota *q)
{
	free(q->left);
	q->left = NULL;
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

	if (day < q->today)
		day = q->today; /* yesterday in another zone */
	return day - q->today < PLAN_QUOTA_DAYS
		   ? &q->left[i * PLAN_QUOTA_DAYS + (size_t)(day - q->today)]
		   : NULL;
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
	int64_t *left;
	int32_t last = row->own_day + plan_reach(row->step);

	if (route->type != CONFIG_ROUTE_MODEM ||
	    ((left = left_on(q, route, row->on)) != NULL && *left >= segments)) {
		if (route->type == CONFIG_ROUTE_MODEM)
			*left -= segments;
		return true;
	}
	row->reason = REASON_QUOTA;
	row->rule = NULL;
	for (int32_t day = row->on + 1; day <= last; day++) {
		int64_t at;

		if ((left = left_on(q, route, day)) == NULL || *left < segments ||
		    (at = open_on(q, account, row, day)) == 0)
			continue;
		*left -= segments;
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
