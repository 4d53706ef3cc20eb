/* A call that comes in: whose number it is, and what is said to whom.
 *
 * The number proves nothing, so a borrower who calls is asked the same as one who is called.  Who
 * is not known, or could not prove who he is, or owes nothing, hears who we are, and no more.  Who
 * could not be heard at all is written down, and a borrower is to be called back. */
#include "caller_part.h"

#include "claim.h"
#include "gateway/base/log.h"
#include "gateway/hear/letter.h"
#include "gateway/store/borrower.h"

#include <stdlib.h>
#include <string.h>

struct ringing {
	struct caller *caller;
	struct errand *errand; /* NULL: missed */
	struct config *config;
	const struct config_route *route;
	char from[24], number[24]; /* as the network told it; in E.164, "" withheld */
	int64_t sim, now, id, person;
	struct brief *brief;
	bool known;               /* the number is a borrower's, in the facts */
	enum calls_outcome ended; /* of one that was missed, and why */
	char why[160];
};

/* Of the accounts that use the number, the one most overdue: SIZE_MAX, none owes anything. */
static size_t
most_overdue(const struct facts *facts, const struct ringing *r, struct debt_sums *sums)
{
	size_t worst = SIZE_MAX;

	for (size_t i = 0; i < facts_count(facts); i++) {
		const struct plan_account *p = &facts_person(facts)->accounts[i];
		struct debt_sums own =
		    debt_sum(p->amounts, p->n_amounts, civil_local(p->zone, r->now).day,
			     r->config->ignore_below);

		if (!borrower_lists(facts_account(facts, i)->phones, r->number) || own.index < 0 ||
		    own.due_now <= 0)
			continue;
		if (worst == SIZE_MAX || own.dpd > sums->dpd) {
			worst = i;
			*sums = own;
		}
	}
	return worst;
}

static const struct config_script *
script_for(struct store *s, const struct ringing *r, const struct facts_account *a)
{
	const struct config_script *script = NULL;
	char name[96];

	if (r->route->modem.incoming != NULL)
		script = config_script(r->config, r->route->modem.incoming);
	else if (calls_last_script(s, a->id, name) == 1)
		script = config_script(r->config, name);
	else if (r->config->n_scripts == 1) /* never called: there is one way to talk with them */
		script = &r->config->scripts[0];
	return script != NULL && (!script->asks_check || a->has_check) ? script : NULL;
}

/* 1: a borrower, in r->brief; 0: somebody else; negative. */
static int
find_borrower(struct store *s, struct ringing *r)
{
	struct caller *c = r->caller;
	const struct config_script *script;
	const struct facts_account *a;
	struct debt_sums sums = {.index = -1};
	struct plan_row row = {.decision = PLAN_SEND};
	int rc;

	if (c->facts == NULL && (c->facts = facts_new(r->config)) == NULL)
		return UV_ENOMEM;
	facts_use(c->facts, r->config);
	if (r->number[0] == '\0' || (rc = borrower_person_of(s, r->number, &r->person)) == 0)
		return 0;
	if (rc > 0)
		rc = facts_load(c->facts, s, r->person, r->now);
	if (rc != 0)
		return rc == UV_ENOENT ? 0 : rc;
	r->known = true;
	row.account = most_overdue(c->facts, r, &sums);
	if (row.account == SIZE_MAX)
		return 0;
	a = facts_account(c->facts, row.account);
	if ((script = script_for(s, r, a)) == NULL)
		return 0;
	row.sums = sums;
	row.on = row.own_day = civil_local(a->zone, r->now).day;
	row.due = facts_person(c->facts)->accounts[row.account].amounts[sums.index].due;
	rc = brief_make(&r->brief, s, r->config, a, &row, script, r->now);
	if (rc == 0)
		r->brief->person = r->person;
	return rc == 0 ? 1 : rc;
}

static struct calls_row
row_of(struct ringing *r)
{
	return (struct calls_row){.class = CLASS_MANUAL,
				  .direction = DIRECTION_IN,
				  .number = r->number[0] != '\0' ? r->number : NULL,
				  .route = (char *)(uintptr_t)r->route->name,
				  .sim = r->sim,
				  .rank = RANK_MANUAL,
				  .at = r->now,
				  .started_at = r->now};
}

static int
ring_work(struct store *s, void *ctx)
{
	struct ringing *r = ctx;
	struct calls_row row = row_of(r);
	int rc = find_borrower(s, r);

	if (rc == 0)
		rc = brief_stranger(&r->brief, r->config, r->number, r->now);
	if (rc < 0)
		return rc;
	row.account = r->brief->account;
	row.person = r->brief->person;
	row.script = (char *)(uintptr_t)r->brief->script->name;
	return calls_incoming(s, &row, r->now, &r->id);
}

static void
forget_ringing(struct ringing *r)
{
	config_unref(r->config);
	free(r);
}

static void
on_rung(void *ctx, int status)
{
	struct ringing *r = ctx;
	struct errand *e = r->errand;

	e->jobs--;
	if (status == 0) {
		e->brief = r->brief;
		e->row = r->id;
	} else {
		brief_free(r->brief);
		e->caller->events->failed(e->caller->ctx, status);
		e->dropped = true; /* nothing is known of it, and nothing was said */
	}
	forget_ringing(r);
	if ((e->dropped || e->caller->closing) && !e->gone)
		errand_hang_up(e);
	else if (e->gone)
		errand_settle(e);
	else
		errand_prepare(e);
}

static struct ringing *
ringing_new(struct caller *c, const char *route, int64_t sim, const struct modem_call *call)
{
	int index = config_route_index(c->config, route);
	struct ringing *r = index >= 0 ? calloc(1, sizeof *r) : NULL;

	if (r == NULL)
		return NULL;
	*r = (struct ringing){.caller = c,
			      .config = config_ref(c->config),
			      .route = &c->config->routes[index],
			      .sim = sim,
			      .now = clock_now(c->clock)};
	letter_number(c->config, call->number, r->number);
	return r;
}

void
errand_rings(struct caller *c, const char *route, int64_t sim, const struct modem_call *call)
{
	struct ringing *r = ringing_new(c, route, sim, call);
	struct errand *e = r != NULL ? errand_new(c, route) : NULL;

	if (e == NULL) {
		if (r != NULL)
			forget_ringing(r);
		return; /* it rings until they give up */
	}
	r->errand = e;
	e->incoming = true;
	e->sim = sim;
	e->modem_call = call->id;
	snprintf(e->number, sizeof e->number, "%s", r->number);
	e->jobs++;
	if (writer_submit(c->writer, ring_work, on_rung, r) != 0)
		abort();
}

/* ---- missed ---- */

/* Of the accounts that use the number the most overdue, else the first: SIZE_MAX, none does. */
static size_t
whose(const struct facts *facts, const struct ringing *r)
{
	struct debt_sums sums = {.index = -1};
	size_t worst = most_overdue(facts, r, &sums);

	for (size_t i = 0; worst == SIZE_MAX && i < facts_count(facts); i++)
		if (borrower_lists(facts_account(facts, i)->phones, r->number))
			worst = i;
	return worst;
}

static int
call_back(struct store *s, struct ringing *r, size_t account)
{
	const struct facts *facts = r->caller->facts;
	const struct claim claim = {
	    .s = s,
	    .facts = facts,
	    .index = account,
	    .today = civil_local(facts_account(facts, account)->zone, r->now).day,
	    .now = r->now};

	return claim_missed(&claim);
}

static int
missed_work(struct store *s, void *ctx)
{
	struct ringing *r = ctx;
	struct calls_row row = row_of(r);
	struct calls_end end = {.row = &row, .outcome = r->ended, .cause = r->why};
	size_t account = SIZE_MAX;
	int rc = find_borrower(s, r);

	if (rc < 0)
		return rc;
	if (r->known)
		account = whose(r->caller->facts, r);
	if (account != SIZE_MAX) {
		row.account = facts_account(r->caller->facts, account)->id;
		row.person = r->person;
	}
	if ((rc = calls_incoming(s, &row, r->now, &row.id)) != 0 ||
	    (rc = calls_end(s, &end, r->now)) != 0)
		return rc;
	r->id = row.id;
	return account != SIZE_MAX ? call_back(s, r, account) : 0;
}

static void
on_missed(void *ctx, int status)
{
	struct ringing *r = ctx;
	struct caller *c = r->caller;

	c->jobs--;
	if (status == 0)
		log_event(LOG_INFO, "call_missed", log_int("call", r->id), log_str("why", r->why));
	else
		c->events->failed(c->ctx, status);
	brief_free(r->brief);
	forget_ringing(r);
	caller_finish(c);
}

void
errand_missed(struct caller *c, const char *route, int64_t sim, const struct modem_call *call)
{
	struct ringing *r = ringing_new(c, route, sim, call);

	if (r == NULL)
		return; /* the route went meanwhile */
	r->ended = call->waited ? CALLS_BUSY : CALLS_CALLED_OFF;
	snprintf(r->why, sizeof r->why, "%s: %.96s", modem_call_end_name(MODEM_CALL_MISSED),
		 call->waited ? call->raw : "nobody here could take it");
	c->jobs++;
	if (writer_submit(c->writer, missed_work, on_missed, r) != 0)
		abort();
}
