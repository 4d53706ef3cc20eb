/* Which campaign an account belongs to, and so which steps it follows. */
#include "facts_part.h"
#include "gateway/base/catalog.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

/* ---- what campaigns ask ---- */

static unsigned
step_asks(const struct campaign_step *s)
{
	unsigned asks = 0;

	if (s->when_replied != CAMPAIGN_ANY)
		asks |= ASK_REPLIED;
	if (s->when_delivered != CAMPAIGN_ANY)
		asks |= ASK_SERVED;
	if (s->when_answered != CAMPAIGN_ANY)
		asks |= ASK_ANSWERED;
	if (s->when_part_paid != CAMPAIGN_ANY)
		asks |= ASK_PART;
	if (s->when_reach != CAMPAIGN_REACH_ANY)
		asks |= ASK_HABITS;
	if (s->silent)
		asks |= ASK_SERVED | ASK_HEARD;
	return asks;
}

unsigned
facts_asks(const struct config *config)
{
	static const unsigned by_kind[] = {[CAMPAIGN_SELECT_BUCKET] = ASK_BUCKET,
					   [CAMPAIGN_SELECT_AMOUNT] = ASK_AMOUNT,
					   [CAMPAIGN_SELECT_KEPT] = ASK_KEPT};
	unsigned asks = 0;

	for (size_t i = 0; i < config->n_campaigns; i++) {
		const struct campaign *c = config->campaigns[i];

		asks |= c->best ? ASK_HABITS : 0;
		for (size_t k = 0; k < c->n_select; k++)
			asks |= by_kind[c->select[k].kind];
		for (size_t k = 0; k < c->n_steps; k++)
			asks |= step_asks(&c->steps[k]);
	}
	return asks;
}

/* ---- tracks of several campaigns ---- */

void
facts_drop_tracks(struct facts *f)
{
	for (size_t i = 0; i < f->n_tracks; i++)
		free(f->tracks[i].steps);
	free(f->tracks);
	f->tracks = NULL;
	f->n_tracks = 0;
}

/* The buckets accounts are told apart by: one for all where no campaign selects by them. */
static const int16_t *
bounds_of(const struct facts *f, size_t *n)
{
	const int16_t *bounds = config_buckets(f->config, n);

	if (!(f->asks & ASK_BUCKET))
		*n = 0;
	return bounds;
}

/* The merged steps for these campaigns, made once: NULL when memory is short. */
static const struct track *
track_of(struct facts *f, const struct campaign_pick pick[CAMPAIGN_BUCKETS])
{
	struct track *t;
	const int16_t *bounds;
	size_t n;

	for (size_t i = 0; i < f->n_tracks; i++)
		if (memcmp(f->tracks[i].pick, pick, sizeof f->tracks[i].pick) == 0)
			return &f->tracks[i];
	bounds = bounds_of(f, &n);
	if ((t = realloc(f->tracks, (f->n_tracks + 1) * sizeof *t)) == NULL)
		return NULL;
	f->tracks = t;
	t += f->n_tracks;
	memcpy(t->pick, pick, sizeof t->pick);
	t->n = campaign_track(pick, bounds, n, NULL);
	if ((t->steps = malloc((t->n + 1) * sizeof *t->steps)) == NULL)
		return NULL;
	campaign_track(pick, bounds, n, t->steps);
	f->n_tracks++;
	return t;
}

/* ---- the reminder of a promised day ---- */

/* Did a text about the account go on a local day? */
static bool
texted_on(const struct facts *f, const struct plan_account *p, int32_t day)
{
	const struct policy_contact *c = f->contacts.at;

	for (size_t i = 0; i < f->contacts.n; i++)
		if (c[i].account == p->id && c[i].channel == CAMPAIGN_SMS &&
		    civil_local(p->zone, c[i].at).day == day)
			return true;
	return false;
}

/* The step an open promise adds on its day: false where it adds none. */
static bool
promised_step(const struct facts *f, const struct plan_account *p, const struct spans *sp,
	      const struct campaign_pick *pick, struct campaign_step *out)
{
	struct debt_sums sums = debt_sum(p->amounts, p->n_amounts, civil_local(p->zone, f->now).day,
					 f->config->ignore_below);
	const struct campaign *c;
	const int16_t *bounds;
	int64_t day;
	size_t n;

	if (p->promised_on == INT32_MIN || sums.index < 0)
		return false;
	day = (int64_t)p->promised_on - p->amounts[sums.index].due;
	if (day < CAMPAIGN_DAY_MIN || day > CAMPAIGN_DAY_MAX)
		return false;
	bounds = bounds_of(f, &n);
	c = pick[campaign_bucket(bounds, n, (int32_t)day)].of;
	if (c == NULL || c->promised_off)
		return false;
	/* Who says "today" needs no reminder of it today. */
	if (civil_local(p->zone, sp->promise_at).day >= p->promised_on)
		return false;
	/* Paid in part, the rest is another step: one text that day is enough all the same. */
	if (sp->promise_due != p->amounts[sums.index].due && texted_on(f, p, p->promised_on))
		return false;
	*out = (struct campaign_step){.day = (int16_t)day,
				      .channel = CAMPAIGN_SMS,
				      .when_promise = CAMPAIGN_PROMISE_OPEN,
				      .promised = true,
				      .name = c->promised != NULL ? c->promised : CATALOG_PROMISED,
				      .of = c};
	return true;
}

/* A copy of the account's steps with one more, in the place of its like. */
static int
add_step(struct facts *f, struct plan_account *p, struct spans *sp,
	 const struct campaign_step *step)
{
	struct campaign_step *to = facts_add(&f->steps, sizeof *to, p->n_steps + 1);
	size_t i = 0, rest;

	if (to == NULL)
		return UV_ENOMEM;
	sp->steps = (size_t)(to - (struct campaign_step *)f->steps.at);
	sp->copied = true;
	while (i < p->n_steps &&
	       (p->steps[i].day < step->day ||
		(p->steps[i].day == step->day && p->steps[i].channel < step->channel))) {
		to[i] = p->steps[i];
		i++;
	}
	to[i] = *step;
	rest = i;
	if (rest < p->n_steps && p->steps[rest].day == step->day &&
	    p->steps[rest].channel == step->channel)
		rest++;
	if (rest < p->n_steps)
		memcpy(to + i + 1, p->steps + rest, (p->n_steps - rest) * sizeof *to);
	p->n_steps = i + 1 + p->n_steps - rest;
	p->steps = to;
	return 0;
}

/* ---- choosing ---- */

int
facts_may_select(const struct config *config, campaign_field *field, void *ctx)
{
	enum facts_look look = FACTS_UNSELECTED;

	for (size_t i = 0; i < config->n_campaigns && look != FACTS_SELECTED; i++) {
		const struct campaign *c = config->campaigns[i];
		struct campaign texts = *c;
		bool figures = false, matches = true;

		texts.n_select = 1;
		for (size_t k = 0; k < c->n_select && matches; k++) {
			texts.select = &c->select[k];
			if (c->select[k].kind != CAMPAIGN_SELECT_TEXT)
				figures = true;
			else if (strcmp(c->select[k].field, "cause") == 0 && !field(ctx, "cause"))
				figures = true; /* a reply may have stated one */
			else
				matches = campaign_selects(&texts, NULL, field, ctx);
		}
		if (matches)
			look = figures ? FACTS_PERHAPS : FACTS_SELECTED;
	}
	return (int)look;
}

static bool
is_selected(const struct facts *f, const struct plan_account *p,
	    const struct campaign_pick pick[CAMPAIGN_BUCKETS])
{
	int32_t today = civil_local(p->zone, f->now).day;
	struct debt_sums sums = debt_sum(p->amounts, p->n_amounts, today, f->config->ignore_below);
	const int16_t *bounds;
	size_t n;

	bounds = bounds_of(f, &n);
	for (size_t b = (size_t)campaign_bucket(bounds, n, sums.index < 0 ? 0 : sums.dpd); b <= n;
	     b++)
		if (pick[b].of != NULL)
			return true;
	return false;
}

int
facts_choose(struct facts *f, size_t i, campaign_field *field)
{
	struct facts_account *a = (struct facts_account *)f->accounts.at + i;
	struct plan_account *p = (struct plan_account *)f->plans.at + i;
	struct spans *sp = (struct spans *)f->spans.at + i;
	struct campaign_pick pick[CAMPAIGN_BUCKETS] = {{0}};
	struct campaign_figures figures = {.kept = sp->kept};
	const struct config *c = f->config;
	struct campaign_step step;
	const struct track *t;
	size_t n;

	bounds_of(f, &n);
	if (f->asks & ASK_AMOUNT)
		figures.balance = debt_sum(p->amounts, p->n_amounts, 0, 0).balance;
	for (size_t b = 0; b <= n; b++) {
		figures.bucket = (int)b;
		pick[b] = campaign_pick(c->campaigns, c->n_campaigns, &figures, field, a);
	}
	if (n == 0 && pick[0].duty == NULL) {
		p->steps = pick[0].of != NULL ? pick[0].of->steps : NULL;
		p->n_steps = pick[0].of != NULL ? pick[0].of->n_steps : 0;
		a->selected = pick[0].of != NULL;
	} else {
		if ((t = track_of(f, pick)) == NULL)
			return UV_ENOMEM;
		p->steps = t->steps;
		p->n_steps = t->n;
		a->selected = is_selected(f, p, pick);
	}
	if (p->promise != CAMPAIGN_PROMISE_OPEN || !promised_step(f, p, sp, pick, &step))
		return 0;
	return add_step(f, p, sp, &step);
}
