/* caller_job.h - between the files of caller: a job of the writer about one errand
 *
 *      job = errand_job_new(e); job->... = ...; errand_job_run(job, work, done)
 *
 * `work` runs on the writer's thread, in its transaction, and sees of the errand only what stands
 * in the job; `done` runs on the loop's and ends with errand_job_end().  An errand lives as long as
 * a job of its own is under way.
 */
#ifndef GATEWAY_CALLER_JOB_H
#define GATEWAY_CALLER_JOB_H

#include "caller.h"
#include "caller_part.h"

struct errand_job {
	struct errand *errand;
	struct calling calling;
	struct script_outcome outcome;
	uint32_t token;
	struct calling_end end;
	char keys[CALL_KEYS], cause[160];
	const char *why, *person;
};
typedef int errand_work(struct store *s, void *job);
typedef void errand_done(void *job, int status);
struct errand_job *errand_job_new(struct errand *e); /* NULL when memory is short */
void errand_job_run(struct errand_job *job, errand_work *work, errand_done *done);
int errand_facts(struct errand_job *job); /* for `work`: 0, or UV_ENOMEM */
/* For `done`: the job is over and freed; the errand goes on. */
void errand_job_end(struct errand_job *job, int status);

#endif
