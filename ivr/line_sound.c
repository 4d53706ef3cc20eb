/* The thread on which cards are opened and closed, and what was learned about each of them. */
#include "line_part.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct latency {
	struct latency *next;
	unsigned ms;
	char device[LINE_NAME];
};

struct line_sound {
	uv_async_t finished; /* some of `done` wait for the loop */
	uv_thread_t thread;
	bool running, closing;
	struct line_job end;
	struct latency *latencies;
	line_closed *closed;
	void *closed_ctx;
	/* both threads', under `lock` */
	uv_mutex_t lock;
	uv_cond_t more;
	struct line_job *todo, **todo_end;
	struct line_job *done, **done_end;
};

static void
push(struct line_job ***end, struct line_job *job)
{
	job->next = NULL;
	**end = job;
	*end = &job->next;
}

/* ---- the thread ---- */

static void
on_end(struct line_job *job)
{
	(void)job;
	line_portaudio_end();
}

static void
work(void *arg)
{
	struct line_sound *s = arg;
	struct line_job *job, *end = &s->end;

	do {
		uv_mutex_lock(&s->lock);
		while (s->todo == NULL)
			uv_cond_wait(&s->more, &s->lock);
		job = s->todo;
		s->todo = job->next;
		if (s->todo == NULL)
			s->todo_end = &s->todo;
		uv_mutex_unlock(&s->lock);
		job->run(job);
		uv_mutex_lock(&s->lock);
		push(&s->done_end, job);
		uv_async_send(&s->finished);
		uv_mutex_unlock(&s->lock);
	} while (job != end);
}

/* ---- the loop ---- */

static void
on_handle_closed(uv_handle_t *handle)
{
	struct line_sound *s = handle->data;
	line_closed *closed = s->closed;
	void *ctx = s->closed_ctx;
	struct latency *next;

	for (struct latency *l = s->latencies; l != NULL; l = next) {
		next = l->next;
		free(l);
	}
	uv_mutex_destroy(&s->lock);
	uv_cond_destroy(&s->more);
	free(s);
	if (closed != NULL)
		closed(ctx);
}

static void
on_finished(uv_async_t *async)
{
	struct line_sound *s = async->data;
	struct line_job *job, *next;
	bool ended = false;

	uv_mutex_lock(&s->lock);
	job = s->done;
	s->done = NULL;
	s->done_end = &s->done;
	uv_mutex_unlock(&s->lock);
	for (; job != NULL; job = next) {
		next = job->next;
		ended = ended || job == &s->end;
		if (job != &s->end)
			job->done(job);
	}
	if (!ended)
		return;
	uv_thread_join(&s->thread);
	uv_close((uv_handle_t *)&s->finished, on_handle_closed);
}

uv_loop_t *
line_sound_loop(const struct line_sound *s)
{
	return s->finished.loop;
}

int
line_sound_do(struct line_sound *s, struct line_job *job)
{
	int error;

	assert(!s->closing || job == &s->end);
	if (!s->running) {
		error = uv_thread_create(&s->thread, work, s);
		if (error < 0)
			return error;
		s->running = true;
	}
	uv_mutex_lock(&s->lock);
	push(&s->todo_end, job);
	uv_cond_signal(&s->more);
	uv_mutex_unlock(&s->lock);
	return 0;
}

int
line_sound_open(struct line_sound **out, uv_loop_t *loop)
{
	struct line_sound *s = calloc(1, sizeof *s);
	int error;

	if (s == NULL)
		return UV_ENOMEM;
	s->todo_end = &s->todo;
	s->done_end = &s->done;
	s->end.run = on_end;
	error = uv_mutex_init(&s->lock);
	if (error < 0)
		goto free_sound;
	error = uv_cond_init(&s->more);
	if (error < 0)
		goto destroy_lock;
	error = uv_async_init(loop, &s->finished, on_finished);
	if (error < 0)
		goto destroy_more;
	s->finished.data = s;
	*out = s;
	return 0;
destroy_more:
	uv_cond_destroy(&s->more);
destroy_lock:
	uv_mutex_destroy(&s->lock);
free_sound:
	free(s);
	return error;
}

void
line_sound_close(struct line_sound *s, line_closed *closed, void *ctx)
{
	assert(!s->closing);
	s->closing = true;
	s->closed = closed;
	s->closed_ctx = ctx;
	if (s->running)
		line_sound_do(s, &s->end);
	else
		uv_close((uv_handle_t *)&s->finished, on_handle_closed);
}

/* ---- what each card needs ---- */

static struct latency *
find(const struct line_sound *s, const char *device)
{
	struct latency *l = s->latencies;

	while (l != NULL && strcmp(l->device, device) != 0)
		l = l->next;
	return l;
}

unsigned
line_sound_latency(const struct line_sound *s, const char *device)
{
	const struct latency *l = find(s, device);

	return l != NULL ? l->ms : LINE_LATENCY;
}

bool
line_sound_raise(struct line_sound *s, const char *device, unsigned ms)
{
	struct latency *l = find(s, device);

	if (ms >= LINE_LATENCY_MAX)
		return false;
	if (l == NULL) {
		l = calloc(1, sizeof *l);
		if (l == NULL)
			return false;
		memcpy(l->device, device, strlen(device) + 1);
		l->next = s->latencies;
		s->latencies = l;
	}
	ms += ms / 2;
	if (ms > LINE_LATENCY_MAX)
		ms = LINE_LATENCY_MAX;
	if (ms > l->ms)
		l->ms = ms;
	return true;
}
