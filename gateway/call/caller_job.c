/* Jobs of the writer about one errand: see caller_job.h */
#include "caller_job.h"

#include <stdlib.h>

struct errand_job *
errand_job_new(struct errand *e)
{
	struct errand_job *job = calloc(1, sizeof *job);

	if (job == NULL)
		return NULL;
	job->errand = e;
	job->calling = (struct calling){.config = e->brief->config,
					.compose = e->caller->compose,
					.now = clock_now(e->caller->clock),
					.id = e->row,
					.task = e->task,
					.brief = e->brief};
	return job;
}

void
errand_job_run(struct errand_job *job, errand_work *work, errand_done *done)
{
	job->errand->jobs++;
	if (writer_submit(job->errand->caller->writer, work, done, job) != 0)
		abort(); /* found `calling` at the next start: over, and never made twice */
}

void
errand_job_end(struct errand_job *job, int status)
{
	struct errand *e = job->errand;
	struct caller *c = e->caller;

	e->jobs--;
	if (status != 0 && status != UV_ENOENT)
		c->events->failed(c->ctx, status);
	if (status == 0 && !c->closing) {
		if (job->calling.person != 0)
			c->events->replan(c->ctx, job->calling.person);
		if (job->calling.answered)
			c->events->answers(c->ctx);
	}
	free(job);
	errand_settle(e);
}

/* The writer's thread keeps one set of facts for all of us. */
int
errand_facts(struct errand_job *job)
{
	struct caller *c = job->errand->caller;

	if (c->facts == NULL && (c->facts = facts_new(job->calling.config)) == NULL)
		return UV_ENOMEM;
	job->calling.facts = c->facts;
	return 0;
}
