/* voice.c - requests for speech: one job for each text, whoever asks for it
 *
 *     NEW --key--> LOOKING --found--------------------------> OVER
 *                     | not there                              ^
 *                     v                                        |
 *                  QUEUED --a child is free--> SAYING --> KEEPING
 *
 * LOOKING and KEEPING run on libuv's pool, SAYING is a child. Nothing moves but in on_pump(), which
 * runs from the loop: so no callback is ever called from inside a call. */
#include "voice_part.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum job_state { JOB_NEW, JOB_LOOKING, JOB_QUEUED, JOB_SAYING, JOB_KEEPING, JOB_OVER };

struct waiter {
	struct waiter *next;
	voice_done_fn *done;
	void *ctx;
};

struct job {
	struct job *next;
	struct voice *v;
	enum job_state state;
	struct waiter *waiters, **last;
	char key[VOICE_KEY], voice[VOICE_NAME];
	char path[VOICE_PATH], part[VOICE_PATH];
	char *text;
	uv_work_t work;
	struct voice_child child;
	/* the outcome */
	int error;
	struct pcm_clip clip;
	char why[VOICE_WHY];
};

struct voice {
	uv_loop_t *loop;
	uv_timer_t pump;
	char *cache, *engine;
	unsigned most, deadline_ms, speed;
	struct job *jobs, **last;
	unsigned saying, purging;
	/* the engine, asked before the first text */
	struct voice_child asked;
	bool asking;
	char version[VOICE_SAID]; /* empty: not known */
	bool closing;
	voice_closed_fn *closed;
	void *ctx;
};

static void on_pump(uv_timer_t *timer);

static void
wake(struct voice *v)
{
	uv_timer_start(&v->pump, on_pump, 0, 0);
}

static void
end_job(struct job *job, int error, const char *why)
{
	job->state = JOB_OVER;
	job->error = error;
	if (error != 0)
		pcm_clip_fini(&job->clip);
	if (why != job->why)
		snprintf(job->why, sizeof job->why, "%s", why);
	wake(job->v);
}

/* ---- the engine ---- */

static void
fail_new(struct voice *v, int error, const char *why)
{
	for (struct job *job = v->jobs; job != NULL; job = job->next)
		if (job->state == JOB_NEW)
			end_job(job, error, why);
}

static void
on_asked(struct voice_child *child)
{
	struct voice *v = child->ctx;
	char why[VOICE_WHY];
	v->asking = false;
	wake(v);
	if (v->closing)
		return;
	if (child->error != 0) {
		voice_missing(v->engine, child->error, why);
		fail_new(v, child->error, why);
	} else if (child->late || child->signal != 0 || child->status != 0 || !child->said[0]) {
		snprintf(why, sizeof why, "%.80s --version does not tell its version", v->engine);
		fail_new(v, UV_EIO, why);
	} else {
		snprintf(v->version, sizeof v->version, "%s", child->said);
	}
}

static void
ask_engine(struct voice *v)
{
	char option[] = "--version", *argv[] = {v->engine, option, NULL};
	int err = voice_child_start(&v->asked, v->loop, argv, "", v->deadline_ms, on_asked, v);
	if (err != 0)
		fail_new(v, err, uv_strerror(err));
	else
		v->asking = true;
}

/* ---- one job ---- */

static void
on_look(uv_work_t *work)
{
	struct job *job = work->data;
	job->error = voice_cache_take(job->path, &job->clip);
}

static void
on_looked(uv_work_t *work, int status)
{
	struct job *job = work->data;
	if (status != 0 || job->v->closing) {
		end_job(job, UV_ECANCELED, "");
	} else if (job->error == 0) {
		end_job(job, 0, "");
	} else {
		pcm_clip_fini(&job->clip);
		job->state = JOB_QUEUED;
		wake(job->v);
	}
}

static void
on_keep(uv_work_t *work)
{
	struct job *job = work->data;
	job->error = voice_cache_keep(job->part, job->path, &job->clip, job->why);
}

static void
on_kept(uv_work_t *work, int status)
{
	struct job *job = work->data;
	if (status == UV_ECANCELED)
		unlink(job->part);
	if (status != 0 || job->v->closing)
		end_job(job, UV_ECANCELED, "");
	else
		end_job(job, job->error, job->error != 0 ? job->why : "");
}

static void
run_work(struct job *job, enum job_state state, uv_work_cb work, uv_after_work_cb after)
{
	job->state = state;
	job->work.data = job;
	int err = uv_queue_work(job->v->loop, &job->work, work, after);
	assert(err == 0);
	(void)err;
}

static void
on_said(struct voice_child *child)
{
	struct job *job = child->ctx;
	struct voice *v = job->v;
	v->saying--;
	wake(v);
	if (child->error != 0)
		v->version[0] = '\0'; /* it was taken away: ask again */
	int err = UV_ECANCELED;
	if (!v->closing)
		err = voice_judge(child, v->engine, job->voice, v->deadline_ms, job->why);
	if (err == 0) {
		run_work(job, JOB_KEEPING, on_keep, on_kept);
		return;
	}
	unlink(job->part);
	end_job(job, err, job->why);
}

static void
start_child(struct job *job)
{
	struct voice *v = job->v;
	char speed[16], say[] = "-v", fast[] = "-s", utf8[] = "-b1", end[] = "-z", in[] = "--stdin",
			to[] = "-w";
	char *argv[] = {v->engine, say, job->voice, fast,      speed, utf8,
			end,       in,  to,         job->part, NULL};
	snprintf(speed, sizeof speed, "%u", v->speed);
	int err = voice_cache_part(job->path, job->part);
	if (err == 0) {
		err = voice_child_start(&job->child, v->loop, argv, job->text, v->deadline_ms,
					on_said, job);
		if (err != 0)
			unlink(job->part);
	}
	if (err != 0) {
		snprintf(job->why, sizeof job->why, "the voice's cache %.200s: %s", v->cache,
			 uv_strerror(err));
		end_job(job, err, job->why);
		return;
	}
	job->state = JOB_SAYING;
	v->saying++;
}

/* ---- all jobs ---- */

/* A job that is under way with the same key, or NULL. */
static struct job *
twin_of(const struct job *job)
{
	for (struct job *other = job->v->jobs; other != NULL; other = other->next)
		if (other->state != JOB_NEW && other->state != JOB_OVER &&
		    strcmp(other->key, job->key) == 0)
			return other;
	return NULL;
}

/* The waiters of one go over to the other, which then has nobody to answer. */
static void
join_jobs(struct job *from, struct job *to)
{
	*to->last = from->waiters;
	to->last = from->last;
	from->waiters = NULL;
	end_job(from, 0, "");
}

static void
begin_job(struct job *job)
{
	struct voice *v = job->v;
	voice_cache_key(v->version, job->voice, v->speed, job->text, job->key);
	struct job *twin = twin_of(job);
	if (twin != NULL)
		join_jobs(job, twin);
	else if (voice_cache_path(v->cache, job->key, job->path) != 0)
		end_job(job, UV_ENAMETOOLONG, "the path of the voice's cache is too long");
	else
		run_work(job, JOB_LOOKING, on_look, on_looked);
}

static void
advance(struct voice *v)
{
	for (struct job *job = v->jobs; job != NULL; job = job->next) {
		if (job->state == JOB_NEW && v->version[0] != '\0')
			begin_job(job);
		else if (job->state == JOB_NEW && !v->asking)
			ask_engine(v);
		if (job->state == JOB_QUEUED && v->saying < v->most)
			start_child(job);
	}
}

static void
cancel(struct voice *v)
{
	if (v->asking)
		voice_child_kill(&v->asked);
	for (struct job *job = v->jobs; job != NULL; job = job->next) {
		if (job->state == JOB_NEW || job->state == JOB_QUEUED)
			end_job(job, UV_ECANCELED, "");
		else if (job->state == JOB_SAYING)
			voice_child_kill(&job->child);
		else if (job->state == JOB_LOOKING || job->state == JOB_KEEPING)
			uv_cancel((uv_req_t *)&job->work);
	}
}

static struct job *
take_over(struct voice *v)
{
	for (struct job **at = &v->jobs; *at != NULL; at = &(*at)->next) {
		struct job *job = *at;
		if (job->state != JOB_OVER)
			continue;
		*at = job->next;
		if (v->last == &job->next)
			v->last = at;
		return job;
	}
	return NULL;
}

/* Callbacks may bring new jobs, or close: the list is looked at anew after each. */
static void
deliver(struct voice *v)
{
	for (struct job *job; (job = take_over(v)) != NULL;) {
		for (struct waiter *w; (w = job->waiters) != NULL;) {
			job->waiters = w->next;
			w->done(w->ctx, job->error, job->error == 0 ? &job->clip : NULL, job->why);
			free(w);
		}
		pcm_clip_fini(&job->clip);
		free(job->text);
		free(job);
	}
}

static void
on_closed(uv_handle_t *handle)
{
	struct voice *v = handle->data;
	voice_closed_fn *closed = v->closed;
	void *ctx = v->ctx;
	free(v->cache);
	free(v->engine);
	free(v);
	if (closed != NULL)
		closed(ctx);
}

static void
on_pump(uv_timer_t *timer)
{
	struct voice *v = timer->data;
	if (v->closing)
		cancel(v);
	else
		advance(v);
	deliver(v);
	if (v->closing && v->jobs == NULL && !v->asking && v->purging == 0 &&
	    !uv_is_closing((uv_handle_t *)&v->pump))
		uv_close((uv_handle_t *)&v->pump, on_closed);
}

/* ---- what is asked ---- */

int
voice_render(struct voice *v, const char *voice, const char *text, voice_done_fn *done, void *ctx)
{
	assert(done != NULL);
	if (v->closing)
		return UV_ECANCELED;
	if (!voice_text_is_name(voice))
		return UV_EINVAL;
	int err;
	char *copy = voice_text_clean(text, &err);
	if (copy == NULL)
		return err;
	struct job *job = calloc(1, sizeof *job);
	struct waiter *waiter = calloc(1, sizeof *waiter);
	if (job == NULL || waiter == NULL) {
		free(copy);
		free(job);
		free(waiter);
		return UV_ENOMEM;
	}
	*waiter = (struct waiter){.done = done, .ctx = ctx};
	job->v = v;
	job->text = copy;
	job->waiters = waiter;
	job->last = &waiter->next;
	snprintf(job->voice, sizeof job->voice, "%s", voice);
	*v->last = job;
	v->last = &job->next;
	wake(v);
	return 0;
}

struct purge {
	uv_work_t work;
	struct voice *v;
	int64_t before;
	int error;
	unsigned removed;
	voice_purged_fn *done;
	void *ctx;
};

static void
on_purge(uv_work_t *work)
{
	struct purge *p = work->data;
	p->error = voice_cache_purge(p->v->cache, p->before, &p->removed);
}

static void
on_purged(uv_work_t *work, int status)
{
	struct purge *p = work->data;
	struct voice *v = p->v;
	v->purging--;
	wake(v);
	if (p->done != NULL)
		p->done(p->ctx, status != 0 ? status : p->error, p->removed);
	free(p);
}

int
voice_purge(struct voice *v, int64_t before, voice_purged_fn *done, void *ctx)
{
	if (v->closing)
		return UV_ECANCELED;
	struct purge *p = calloc(1, sizeof *p);
	if (p == NULL)
		return UV_ENOMEM;
	*p = (struct purge){.v = v, .before = before, .done = done, .ctx = ctx};
	p->work.data = p;
	v->purging++;
	int err = uv_queue_work(v->loop, &p->work, on_purge, on_purged);
	assert(err == 0);
	return err;
}

int
voice_open(struct voice **out, uv_loop_t *loop, const struct voice_config *config)
{
	unsigned speed = config->speed != 0 ? config->speed : 150;
	*out = NULL;
	if (config->cache == NULL || speed < 80 || speed > 450 || config->children > 64)
		return UV_EINVAL;
	int err = voice_cache_make(config->cache);
	if (err != 0)
		return err;
	struct voice *v = calloc(1, sizeof *v);
	if (v == NULL)
		return UV_ENOMEM;
	v->loop = loop;
	v->last = &v->jobs;
	v->most = config->children != 0 ? config->children : 2;
	v->deadline_ms = config->deadline_ms != 0 ? config->deadline_ms : 10000;
	v->speed = speed;
	v->cache = strdup(config->cache);
	v->engine = strdup(config->engine != NULL ? config->engine : "espeak-ng");
	if (v->cache == NULL || v->engine == NULL) {
		free(v->cache);
		free(v->engine);
		free(v);
		return UV_ENOMEM;
	}
	uv_timer_init(loop, &v->pump);
	v->pump.data = v;
	*out = v;
	return 0;
}

void
voice_close(struct voice *v, voice_closed_fn *closed, void *ctx)
{
	assert(!v->closing);
	v->closing = true;
	v->closed = closed;
	v->ctx = ctx;
	wake(v);
}
