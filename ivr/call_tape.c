/* Two clips: one is filled by the loop while the other is written by the pool. */
#include "call_tape.h"
#include "pcm.h"
#include "wav.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define PATH_LEN 1024

struct call_tape {
	uv_work_t work;
	uv_loop_t *loop;
	char path[PATH_LEN];
	unsigned channels;
	bool busy, closing, ended;
	int lost;    /* why samples were not taken */
	bool opened; /* the pool's while busy */
	int error;   /* likewise */
	struct pcm_clip filling;
	struct pcm_clip writing;   /* the pool's while busy */
	bool last;                 /* likewise: end the file behind it */
	struct wav_writer *writer; /* the pool's */
	call_tape_closed *closed;
	void *closed_ctx;
};

static void next(struct call_tape *t);

static void
on_work(uv_work_t *work)
{
	struct call_tape *t = work->data;
	int error = 0;

	if (!t->opened)
		error = wav_writer_open(&t->writer, t->path, t->channels);
	t->opened = true;
	if (error < 0)
		t->writer = NULL;
	if (t->writer != NULL)
		error = wav_writer_write(t->writer, t->writing.samples, t->writing.n / t->channels);
	if (t->last && t->writer != NULL) {
		int ended = wav_writer_close(t->writer);

		error = error < 0 ? error : ended;
		t->writer = NULL;
	}
	if (t->error == 0)
		t->error = error;
}

static void
on_worked(uv_work_t *work, int status)
{
	struct call_tape *t = work->data;

	t->busy = false;
	if (status < 0 && t->error == 0)
		t->error = status;
	t->ended = t->last;
	next(t);
}

static void
finish(struct call_tape *t)
{
	call_tape_closed *closed = t->closed;
	void *ctx = t->closed_ctx;
	int error = t->error < 0 ? t->error : t->lost;

	pcm_clip_fini(&t->filling);
	pcm_clip_fini(&t->writing);
	free(t);
	closed(ctx, error);
}

/* What waits goes to the pool, when there is enough or the end has come. */
static void
next(struct call_tape *t)
{
	struct pcm_clip full = t->filling;

	if (t->busy || (!t->closing && full.n < (size_t)PCM_RATE * t->channels))
		return;
	if (t->ended) {
		finish(t);
		return;
	}
	pcm_clip_fini(&t->writing);
	t->writing = full;
	t->filling = (struct pcm_clip){0};
	t->last = t->closing;
	t->busy = true;
	uv_queue_work(t->loop, &t->work, on_work, on_worked);
}

int
call_tape_open(struct call_tape **out, uv_loop_t *loop, const char *path, unsigned channels)
{
	size_t len = strlen(path);
	struct call_tape *t;

	if (len >= PATH_LEN)
		return UV_ENAMETOOLONG;
	t = calloc(1, sizeof *t);
	if (t == NULL)
		return UV_ENOMEM;
	memcpy(t->path, path, len + 1);
	t->loop = loop;
	t->channels = channels;
	t->work.data = t;
	*out = t;
	return 0;
}

void
call_tape_write(struct call_tape *t, const int16_t *samples, size_t frames)
{
	assert(!t->closing);
	if (t->filling.n / t->channels + frames > (size_t)TAPE_WAIT * PCM_RATE) {
		t->lost = UV_ENOBUFS;
		return;
	}
	if (pcm_clip_append(&t->filling, samples, frames * t->channels) < 0)
		t->lost = UV_ENOMEM;
	next(t);
}

void
call_tape_close(struct call_tape *t, call_tape_closed *closed, void *ctx)
{
	assert(!t->closing);
	t->closing = true;
	t->closed = closed;
	t->closed_ctx = ctx;
	next(t);
}
