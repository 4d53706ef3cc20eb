/* A caller in a file: the loop's idle turns are the clock. */
#include "line_part.h"
#include "pcm.h"
#include "wav.h"

#include <assert.h>
#include <spandsp.h>
#include <stdlib.h>
#include <string.h>

#define BLOCKS  25 /* of 20 ms, each turn: half a second of sound */
#define PRESSES 32
#define KEY_DBM (-10)

struct press {
	char key;
	unsigned ms;
};

struct wav_line {
	struct line line;
	uv_idle_t idle;
	bool ready;
	struct wav_writer *writer; /* NULL: nowhere */
	dtmf_tx_state_t *tones;
	struct press press[PRESSES];
	size_t presses, silent; /* samples of a pause that are left */
	struct pcm_ring queue;
	uint64_t heard;
};

static int16_t
add(int16_t a, int16_t b)
{
	int sum = a + b;

	return (int16_t)(sum > INT16_MAX ? INT16_MAX : sum < INT16_MIN ? INT16_MIN : sum);
}

static void
put_key(struct wav_line *w)
{
	dtmf_tx_set_timing(w->tones, (int)w->press[0].ms, (int)w->press[0].ms);
	dtmf_tx_put(w->tones, &w->press[0].key, 1);
}

/* The next samples of the caller: a key's tone and its pause, else silence. */
static void
say_keys(struct wav_line *w, int16_t *out, size_t n)
{
	size_t got = 0;

	memset(out, 0, n * sizeof *out);
	while (got < n) {
		int some = dtmf_tx(w->tones, out + got, (int)(n - got));

		if (some > 0) {
			got += (size_t)some;
			continue;
		}
		if (w->silent > 0) {
			some = w->silent < n - got ? (int)w->silent : (int)(n - got);
			w->silent -= (size_t)some;
			got += (size_t)some;
			continue;
		}
		if (w->presses == 0)
			return;
		if (w->press[0].key == ' ')
			w->silent = (size_t)w->press[0].ms * PCM_MS;
		else
			put_key(w);
		w->presses--;
		memmove(w->press, w->press + 1, w->presses * sizeof *w->press);
	}
}

static void
turn(struct wav_line *w)
{
	int16_t heard[LINE_BLOCK], said[LINE_BLOCK] = {0}, both[LINE_BLOCK];
	int error = 0;

	say_keys(w, heard, LINE_BLOCK);
	pcm_ring_read(&w->queue, said, LINE_BLOCK);
	for (size_t i = 0; i < LINE_BLOCK; i++)
		both[i] = add(said[i], heard[i]);
	if (w->writer != NULL)
		error = wav_writer_write(w->writer, both, LINE_BLOCK);
	if (error < 0) {
		line_tell_failed(&w->line, error, "the sound file cannot be written");
		return;
	}
	w->heard += LINE_BLOCK;
	line_tell_heard(&w->line, heard, said, LINE_BLOCK);
}

static void
on_idle(uv_idle_t *idle)
{
	struct wav_line *w = idle->data;

	if (w->line.closing)
		return;
	if (!w->ready) {
		w->ready = true;
		line_tell_ready(&w->line);
	}
	for (int i = 0; i < BLOCKS && !w->line.closing && !w->line.failed; i++)
		turn(w);
	if (w->line.failed && !w->line.closing)
		uv_idle_stop(&w->idle);
}

int
line_wav_press(struct line *line, char key, unsigned ms)
{
	struct wav_line *w = (struct wav_line *)line;

	if (strchr(" 0123456789*#ABCD", key) == NULL || key == '\0' || ms == 0)
		return UV_EINVAL;
	if (w->presses == PRESSES)
		return UV_ENOBUFS;
	w->press[w->presses++] = (struct press){key, ms};
	return 0;
}

static size_t
wav_play(struct line *line, const int16_t *samples, size_t n)
{
	return pcm_ring_write(&((struct wav_line *)line)->queue, samples, n);
}

static size_t
wav_queued(const struct line *line)
{
	return pcm_ring_ready(&((const struct wav_line *)line)->queue);
}

static void
wav_drop(struct line *line)
{
	pcm_ring_drop(&((struct wav_line *)line)->queue);
}

static void
wav_stats(const struct line *line, struct line_stats *out)
{
	out->heard = out->said = ((const struct wav_line *)line)->heard;
}

static void
free_parts(struct wav_line *w)
{
	if (w->tones != NULL)
		dtmf_tx_free(w->tones);
	pcm_ring_fini(&w->queue);
	if (w->writer != NULL)
		wav_writer_close(w->writer);
}

static void
on_handle_closed(uv_handle_t *handle)
{
	struct wav_line *w = handle->data;

	free_parts(w);
	line_gone(&w->line);
}

static void
wav_close(struct line *line)
{
	uv_close((uv_handle_t *)&((struct wav_line *)line)->idle, on_handle_closed);
}

static const struct line_kind wav_kind = {wav_play, wav_queued, wav_drop, wav_stats, wav_close};

int
line_wav_open(struct line **out, uv_loop_t *loop, const char *path,
	      const struct line_events *events, void *ctx)
{
	struct wav_line *w = calloc(1, sizeof *w);
	int error;

	if (w == NULL)
		return UV_ENOMEM;
	line_init(&w->line, &wav_kind, events, ctx);
	error = pcm_ring_init(&w->queue, LINE_QUEUE);
	if (error < 0)
		goto fail;
	w->tones = dtmf_tx_init(NULL);
	error = w->tones == NULL ? UV_ENOMEM : 0;
	if (error == 0 && path != NULL)
		error = wav_writer_open(&w->writer, path, 1);
	if (error < 0)
		goto fail;
	dtmf_tx_set_level(w->tones, KEY_DBM, 0);
	uv_idle_init(loop, &w->idle);
	w->idle.data = w;
	uv_idle_start(&w->idle, on_idle);
	*out = &w->line;
	return 0;
fail:
	free_parts(w);
	free(w);
	return error;
}
