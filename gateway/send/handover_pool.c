#include "handover_part.h"

#include "gateway/store/report_rule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- one row ---- */

static const struct handover_sim *
known(const struct handover *h, int64_t sim)
{
	for (size_t i = 0; i < h->pool.n; i++)
		if (h->pool.sim[i].id == sim)
			return &h->pool.sim[i];
	return NULL;
}

/* The allowance is used up: it waits for its turn at a SIM. */
static int
put_off(struct deciding *d, int64_t sim, int64_t until)
{
	int rc;

	d->plan.decision = PLAN_DEFER;
	d->plan.reason = REASON_QUOTA;
	d->plan.rule = NULL;
	d->plan.at = until;
	if ((rc = handover_record(d, PLAN_DEFER, until, NULL)) != 0 ||
	    (rc = report_rule_note(d->s, d->h->now, REPORT_MOVED, REASON_QUOTA, NULL)) != 0 ||
	    (rc = sim_assign(d->s, d->row.id, sim)) != 0)
		return rc;
	return outbox_move(d->s, d->row.id, until, REASON_QUOTA);
}

static int
count_waiting(struct deciding *d, struct handover_pass *p)
{
	if (p->waiting < 0)
		p->waiting = sim_waiting(d->s, p->sim, d->h->now);
	return p->waiting < 0 ? p->waiting : 0;
}

/* Who has no SIM of his own yet waits for the one with the shortest line, when all are used up. */
static int
wait_for_turn(struct deciding *d, bool own)
{
	struct handover_pass *p = d->pass;
	int rc = count_waiting(d, p);

	for (size_t i = 0; i < d->n_all && rc == 0 && !own && !d->pass->own; i++) {
		struct handover_pass *other = &d->all[i];

		if ((rc = count_waiting(d, other)) == 0 && other->use.left == 0 &&
		    other->waiting < p->waiting)
			p = other;
	}
	return rc != 0 ? rc
		       : put_off(d, p->sim, sim_turn(&p->use, &p->limits, d->h->now, p->waiting++));
}

/* Does the SIM this number stays with come before ours? 1, 0, or negative. */
static int
belongs_elsewhere(struct deciding *d, int64_t home)
{
	const struct handover_sim *sim = known(d->h, home);
	int may;

	if (home == 0 || home == d->pass->sim || (sim != NULL && sim->gone) ||
	    (sim == NULL && d->h->pool.others_gone))
		return 0;
	/* An answer is of use for minutes only: better from another number than not at all. */
	if (sim == NULL)
		return d->row.class != CLASS_ANSWER;
	if (d->row.class == CLASS_ANSWER) {
		struct sim_use use;
		int rc = sim_use(d->s, home, &d->pass->limits, d->h->now, &use);

		if (rc != 0 || use.left == 0)
			return rc;
	}
	may = sim_may_meet(d->s, home, d->number, &d->pass->limits, d->h->now);
	return may;
}

/* Every other SIM that is there has written to as many numbers as it may: 1, 0, negative. */
static int
nobody_may(struct deciding *d)
{
	const struct handover_pool *pool = &d->h->pool;

	for (size_t i = 0; i < pool->n; i++) {
		int may = pool->sim[i].gone ? 0
					    : sim_may_meet(d->s, pool->sim[i].id, d->number,
							   &d->pass->limits, d->h->now);

		if (may != 0)
			return may < 0 ? may : 0;
	}
	return 1;
}

int
handover_choose(struct deciding *d)
{
	struct handover_pass *p = d->pass;
	int64_t home;
	int rc = sim_of_number(d->s, d->number, &home);

	if (rc != 0)
		return rc;
	if ((rc = belongs_elsewhere(d, home)) != 0)
		return rc < 0 ? rc : d->row.sim == home ? 0 : sim_assign(d->s, d->row.id, home);
	if ((rc = sim_may_meet(d->s, p->sim, d->number, &p->limits, d->h->now)) < 0)
		return rc;
	if (rc == 0) {
		if ((rc = nobody_may(d)) != 0)
			return rc < 0
				   ? rc
				   : put_off(d, p->sim, sim_month_end(p->limits.zone, d->h->now));
		return d->row.sim == 0 ? 0 : sim_assign(d->s, d->row.id, 0);
	}
	return p->use.left > 0 ? 1 : wait_for_turn(d, home == p->sim);
}

int
handover_fits(struct deciding *d)
{
	const struct handover_pass *p = d->pass;
	int parts = (int)d->text.size.segments;
	bool unused = p->use.hour == 0 && p->use.day == 0;

	/* One that no allowance would ever hold goes alone. */
	if (parts <= p->use.left || unused)
		return 1;
	return wait_for_turn(d, true);
}

bool
handover_took(struct deciding *d)
{
	struct handover_pass *p = d->pass;
	int parts = (int)d->text.size.segments;

	p->room--;
	p->use.hour += parts;
	p->use.day += parts;
	p->use.left = p->use.left > parts ? p->use.left - parts : 0;
	p->use.left_today = p->use.left_today > parts ? p->use.left_today - parts : 0;
	return p->room == 0 || p->use.left == 0;
}

/* ---- all SIMs ---- */

/* Most of its allowance left, then the best signal. */
static int
by_rest(const void *a, const void *b)
{
	const struct handover_pass *x = a, *y = b;

	if (x->use.left_today != y->use.left_today)
		return x->use.left_today > y->use.left_today ? -1 : 1;
	if (x->use.left != y->use.left)
		return x->use.left > y->use.left ? -1 : 1;
	if (x->known->dbm != y->known->dbm) /* negative; not known is worst */
		return x->known->dbm == 0                                    ? 1
		       : y->known->dbm == 0 || x->known->dbm > y->known->dbm ? -1
									     : 1;
	return x->sim < y->sim ? -1 : 1;
}

static void
add_id(char *json, size_t cap, int64_t id)
{
	size_t len = strlen(json);

	snprintf(json + len, cap - len, "%s%lld", len > 1 ? "," : "", (long long)id);
}

/* Who waits for a SIM that is out for long waits for any; and there may be one more. */
static int
let_go(struct deciding *d)
{
	const struct handover_pool *pool = &d->h->pool;
	char here[HANDOVER_SIMS * 21 + 3] = "[";
	int rc = 0;

	for (size_t i = 0; i < pool->n && rc == 0; i++) {
		add_id(here, sizeof here, pool->sim[i].id);
		if (pool->sim[i].gone)
			rc = sim_let_go(d->s, pool->sim[i].id);
	}
	snprintf(here + strlen(here), 2, "]");
	if (rc == 0 && pool->others_gone)
		rc = sim_let_go_others(d->s, d->h->queue, here);
	if (rc == 0 && pool->fresh)
		rc = sim_fresh(d->s, d->h->queue, d->h->now);
	return rc;
}

static int
rank_sims(struct deciding *d, struct handover_pass *all, size_t *n)
{
	const struct handover *h = d->h;
	const struct config_modem *m = &h->route->modem;
	struct sim_limits limits = {.per_hour = m->per_hour,
				    .per_day = m->per_day,
				    .per_month = m->per_month,
				    .recipients = m->recipients_per_month,
				    .zone = &h->config->lender.zone};

	*n = 0;
	for (size_t i = 0; i < h->pool.n; i++) {
		struct handover_pass *one = &all[*n];
		int rc;

		if (h->pool.sim[i].gone)
			continue;
		*one = (struct handover_pass){.known = &h->pool.sim[i],
					      .sim = h->pool.sim[i].id,
					      .room = h->pool.sim[i].room,
					      .limits = limits,
					      .waiting = -1};
		if ((rc = sim_use(d->s, one->sim, &limits, h->now, &one->use)) != 0)
			return rc;
		(*n)++;
	}
	if (*n > 1)
		qsort(all, *n, sizeof *all, by_rest);
	return 0;
}

static int
look(struct deciding *d, struct handover_pass *pass)
{
	d->pass = pass;
	return handover_ranks(d);
}

int
handover_pool(struct deciding *d)
{
	struct handover_pass all[HANDOVER_SIMS];
	char sims[HANDOVER_SIMS * 21 + 3] = "[";
	size_t n, spent = 0;
	int rc;

	if ((rc = let_go(d)) != 0 || (rc = rank_sims(d, all, &n)) != 0)
		return rc;
	d->all = all;
	d->n_all = n;
	for (size_t i = 0; i < n && rc == 0; i++)
		if (all[i].room > 0 && all[i].use.left > 0)
			rc = look(d, &all[i]);
	for (size_t i = 0; i < n; i++)
		spent += all[i].use.left == 0;
	/* What waits for a SIM that has used its allowance is told when it may go. */
	for (size_t i = 0; i < n && rc == 0; i++) {
		struct handover_pass *pass = &all[i];

		if (pass->use.left == 0) {
			pass->own = spent < n;
			if (pass->use.frees_at == 0) /* by this job */
				rc = sim_use(d->s, pass->sim, &pass->limits, d->h->now, &pass->use);
			if (rc == 0)
				rc = look(d, pass);
		}
		if (pass->use.left == 0 || pass->room > 0)
			add_id(sims, sizeof sims, pass->sim);
	}
	snprintf(sims + strlen(sims), 2, "]");
	return rc != 0 ? rc : sim_next(d->s, d->h->queue, sims, &d->h->next_at);
}
