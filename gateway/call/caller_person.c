/* A person who is brought into a call: whether one may be rung now, and what came of it. */
#include "caller_job.h"

#include "gateway/base/log.h"
#include "schedule/policy.h"

#include <stdio.h>

#define RING_MS 25000 /* of a telephone's time; virtual cards run faster */

static const struct config_modem *
settings(const struct errand *e)
{
	const struct config *c = e->brief->config;
	int route = config_route_index(c, e->route);

	return route >= 0 ? &c->routes[route].modem : NULL;
}

/* The lender's own hours: those in which he lets calls be made, and the person's among them. */
static bool
is_open(const struct config *c, const struct config_modem *m, int64_t now)
{
	const struct policy_question question = {.at = now,
						 .channel = CAMPAIGN_CALL,
						 .zone = &c->lender.zone,
						 .texted = true,
						 .hours_only = true};
	int32_t second = civil_local(&c->lender.zone, now).second;
	bool inside = m->person_hours.n == 0;

	for (int i = 0; i < m->person_hours.n; i++)
		inside = inside || (second >= m->person_hours.window[i].from &&
				    second < m->person_hours.window[i].to);
	return inside && policy_decide(&c->policy, &question).answer == POLICY_ALLOW;
}

bool
errand_has_person(const struct errand *e)
{
	const struct config *c = e->brief->config;
	const struct config_modem *m = settings(e);

	return e->person && m != NULL && m->person != NULL &&
	       (c->live || config_is_test(c, m->person)) &&
	       is_open(c, m, clock_now(e->caller->clock));
}

static int
person_work(struct store *s, void *ctx)
{
	struct errand_job *job = ctx;

	return calling_person(s, &job->calling, job->person,
			      job->cause[0] != '\0' ? job->cause : NULL);
}

static void
on_noted(void *ctx, int status)
{
	errand_job_end(ctx, status);
}

void
errand_person(struct errand *e, const struct modem_person *person)
{
	const char *outcome = person->joined ? CALLING_JOINED : modem_call_end_name(person->end);
	struct errand_job *job = errand_job_new(e);

	log_event(LOG_INFO, "call_person", log_int("call", e->row), log_str("outcome", outcome),
		  log_str("cause", person->raw));
	if (job != NULL) {
		job->person = outcome;
		snprintf(job->cause, sizeof job->cause, "%s", person->raw);
		errand_job_run(job, person_work, on_noted);
	}
	if (e->call != NULL && !e->call_closing && !e->call_over)
		call_connected(e->call, e->person_token, person->joined);
}

void
errand_ring_person(struct errand *e, uint32_t token)
{
	struct channel *channel = errand_channel(e);
	const struct config_modem *m = settings(e);
	int rc = UV_ENODEV;

	e->person_token = token;
	if (channel != NULL && m != NULL && m->person != NULL)
		rc = channel->ops->voice->person(channel, e->sim, m->person,
						 RING_MS / (unsigned)e->speed);
	if (rc != 0)
		errand_person(e, &(struct modem_person){.end = MODEM_CALL_UNDIALLED, .cause = -1});
}
