/* A sound card: one PortAudio stream each way, and the rings between their threads and the loop.
 *
 *     input thread --> heard --> loop          loop --> queue --> output thread --> the card
 *                                  ^------------- said <---------------+
 *
 * The callbacks copy and wake the loop; they neither wait, allocate nor tell. What the output
 * thread gave the card comes back through `said`, behind as much silence as the card's latency is
 * long, so that it stands beside what was heard while it was in the air.
 *
 * This is the only door to PortAudio. Everything but the callbacks runs on line_sound's thread, in
 * jobs; the jobs' results are read by the loop when the job is done. */
#include "line_part.h"
#include "pcm.h"

#include <assert.h>
#include <dlfcn.h>
#include <pa_linux_alsa.h>
#include <portaudio.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEARD_RING 32768 /* samples: a loop that stands still for four seconds loses nothing */
#define SAID_RING  65536
#define SAID_SLACK (LINE_RATE / 2) /* samples that `said` may run ahead before it is cut */
#define WHY        256

struct card {
	struct line line;
	struct line_sound *sound;
	uv_async_t woken; /* by the callbacks */
	char device[LINE_NAME];
	struct line_job open, reopen, close;
	/* loop */
	bool ready, opening;
	uint64_t heard;
	unsigned reopened, xruns; /* xruns: when it was last opened */
	/* jobs; the loop reads them when a job is done, and sets ms before */
	PaStream *in, *out;
	unsigned ms, latency_ms;
	int error;
	char why[WHY];
	/* threads */
	struct pcm_ring heard_ring, queue, said_ring;
	atomic_uint overruns, underruns;
	atomic_ullong said;
	atomic_bool stopping; /* by us */
	atomic_bool ended;    /* a stream ended by itself */
};

/* ---- PortAudio's threads ---- */

static int
on_input(const void *in, void *out, unsigned long n, const PaStreamCallbackTimeInfo *time,
	 PaStreamCallbackFlags flags, void *data)
{
	struct card *c = data;

	(void)out;
	(void)time;
	if (flags & paInputOverflow)
		atomic_fetch_add_explicit(&c->overruns, 1, memory_order_relaxed);
	if (in != NULL && pcm_ring_write(&c->heard_ring, in, n) < n)
		atomic_fetch_add_explicit(&c->overruns, 1, memory_order_relaxed);
	uv_async_send(&c->woken);
	return paContinue;
}

static int
on_output(const void *in, void *out, unsigned long n, const PaStreamCallbackTimeInfo *time,
	  PaStreamCallbackFlags flags, void *data)
{
	struct card *c = data;
	int16_t *samples = out;
	size_t some = pcm_ring_read(&c->queue, samples, n);

	(void)in;
	(void)time;
	memset(samples + some, 0, (n - some) * sizeof *samples);
	pcm_ring_write(&c->said_ring, samples, n);
	atomic_fetch_add_explicit(&c->said, n, memory_order_relaxed);
	if (flags & paOutputUnderflow)
		atomic_fetch_add_explicit(&c->underruns, 1, memory_order_relaxed);
	return paContinue;
}

/* Also comes when we stop a stream. */
static void
on_stream_end(void *data)
{
	struct card *c = data;

	if (atomic_load(&c->stopping))
		return;
	atomic_store(&c->ended, true);
	uv_async_send(&c->woken);
}

/* ---- jobs ---- */

static void
hush(const char *text)
{
	(void)text;
}

/* PortAudio asks JACK for a server, who complains on standard error that there is none. JACK is
 * PortAudio's library, not ours, so it is asked by name. */
static void
quieten_jack(void)
{
	static const char *const names[] = {"jack_set_error_function", "jack_set_info_function"};
	void (*set)(void (*)(const char *));
	void *found;

	for (size_t i = 0; i < 2; i++) {
		found = dlsym(RTLD_DEFAULT, names[i]);
		memcpy(&set, &found, sizeof found);
		if (found != NULL)
			set(hush);
	}
}

static bool begun; /* PortAudio is one a process */

const char *
line_portaudio_begin(void)
{
	const char *why;
	PaError error;

	if (begun)
		return NULL;
	quieten_jack();
	line_hush_begin();
	why = line_alsa_begin();
	if (why != NULL)
		return why;
	error = Pa_Initialize();
	begun = error == paNoError;
	return begun ? NULL : Pa_GetErrorText(error);
}

void
line_portaudio_end(void)
{
	if (begun)
		Pa_Terminate();
	begun = false;
	line_hush_end();
}

static void
say_why(struct card *c, int error)
{
	const char *text = error == UV_ENODEV    ? "there is no such card, or it was unplugged"
			   : error == UV_EBUSY   ? "another program uses it"
			   : error == UV_ENOTSUP ? "it has no sound of 8 kHz, one channel, 16 bits"
						 : uv_strerror(error);

	c->error = error;
	snprintf(c->why, sizeof c->why, "sound card %s cannot be opened: %s", c->device, text);
}

/* What line_alsa_try() could not foresee. */
static void
say_portaudio(struct card *c, PaError error)
{
	const PaHostErrorInfo *host = Pa_GetLastHostErrorInfo();
	const char *text = Pa_GetErrorText(error);

	if (error == paUnanticipatedHostError && host != NULL && host->errorText != NULL)
		text = host->errorText;
	c->error = error == paInsufficientMemory ? UV_ENOMEM : UV_EIO;
	snprintf(c->why, sizeof c->why, "sound card %s cannot be opened: %s", c->device, text);
}

static void
stop_streams(struct card *c)
{
	PaStream *streams[] = {c->in, c->out};

	atomic_store(&c->stopping, true);
	for (size_t i = 0; i < 2; i++) {
		if (streams[i] == NULL)
			continue;
		Pa_AbortStream(streams[i]);
		Pa_CloseStream(streams[i]);
	}
	c->in = c->out = NULL;
	atomic_store(&c->stopping, false);
}

static PaError
open_stream(struct card *c, PaStream **stream, bool input)
{
	PaAlsaStreamInfo alsa;
	PaStreamParameters wanted = {
	    .device = paUseHostApiSpecificDeviceSpecification,
	    .channelCount = 1,
	    .sampleFormat = paInt16,
	    .suggestedLatency = c->ms / 1000.0,
	    .hostApiSpecificStreamInfo = &alsa,
	};
	PaError error;

	PaAlsa_InitializeStreamInfo(&alsa);
	alsa.deviceString = c->device;
	error = Pa_OpenStream(stream, input ? &wanted : NULL, input ? NULL : &wanted, LINE_RATE,
			      LINE_BLOCK, paNoFlag, input ? on_input : on_output, c);
	if (error != paNoError) {
		*stream = NULL;
		return error;
	}
	return Pa_SetStreamFinishedCallback(*stream, on_stream_end);
}

/* The silence by which `said` lags behind, so that it matches what is heard. */
static void
note_latency(struct card *c)
{
	static const int16_t silence[LINE_BLOCK];
	const PaStreamInfo *info = Pa_GetStreamInfo(c->out);
	size_t left;

	c->latency_ms = (unsigned)(info != NULL ? info->outputLatency * 1000 : c->ms);
	left = pcm_ring_ready(&c->said_ring) > 0 ? 0 : c->latency_ms * PCM_MS;
	for (size_t n; left > 0; left -= n) {
		n = left < LINE_BLOCK ? left : LINE_BLOCK;
		if (pcm_ring_write(&c->said_ring, silence, n) < n)
			break;
	}
}

static void
start_streams(struct card *c)
{
	PaError error;
	int found = line_alsa_try(c->device);

	if (found < 0) {
		say_why(c, found);
		return;
	}
	error = open_stream(c, &c->out, false);
	if (error == paNoError)
		error = open_stream(c, &c->in, true);
	if (error == paNoError) {
		note_latency(c);
		error = Pa_StartStream(c->out);
	}
	if (error == paNoError)
		error = Pa_StartStream(c->in);
	if (error == paNoError)
		return;
	say_portaudio(c, error);
	stop_streams(c);
}

static void
run_open(struct line_job *job)
{
	struct card *c = (struct card *)(void *)((char *)job - offsetof(struct card, open));
	const char *why = line_portaudio_begin();

	if (why == NULL) {
		start_streams(c);
		return;
	}
	c->error = UV_EIO;
	snprintf(c->why, sizeof c->why, "sound does not start: %s", why);
}

static void
run_reopen(struct line_job *job)
{
	struct card *c = (struct card *)(void *)((char *)job - offsetof(struct card, reopen));

	stop_streams(c);
	start_streams(c);
}

static void
run_close(struct line_job *job)
{
	stop_streams((struct card *)(void *)((char *)job - offsetof(struct card, close)));
}

/* ---- the loop ---- */

static void
done_open(struct card *c)
{
	c->opening = false;
	c->xruns = atomic_load(&c->overruns) + atomic_load(&c->underruns);
	if (c->error < 0) {
		line_tell_failed(&c->line, c->error, c->why);
	} else if (!c->ready) {
		c->ready = true;
		line_tell_ready(&c->line);
		uv_async_send(&c->woken); /* what was heard meanwhile */
	}
}

static void
on_open_done(struct line_job *job)
{
	done_open((struct card *)(void *)((char *)job - offsetof(struct card, open)));
}

static void
on_reopen_done(struct line_job *job)
{
	done_open((struct card *)(void *)((char *)job - offsetof(struct card, reopen)));
}

static void
on_handle_closed(uv_handle_t *handle)
{
	struct card *c = handle->data;

	pcm_ring_fini(&c->heard_ring);
	pcm_ring_fini(&c->queue);
	pcm_ring_fini(&c->said_ring);
	line_gone(&c->line);
}

static void
on_close_done(struct line_job *job)
{
	struct card *c = (struct card *)(void *)((char *)job - offsetof(struct card, close));

	uv_close((uv_handle_t *)&c->woken, on_handle_closed);
}

/* A card that starves gets a longer latency, at once and whenever it is opened again. */
static void
watch_xruns(struct card *c)
{
	unsigned xruns = atomic_load(&c->overruns) + atomic_load(&c->underruns);

	if (c->opening || xruns - c->xruns < LINE_XRUNS ||
	    !line_sound_raise(c->sound, c->device, c->ms))
		return;
	c->ms = line_sound_latency(c->sound, c->device);
	c->opening = true;
	c->reopened++;
	line_sound_do(c->sound, &c->reopen);
}

/* While a job runs what it finds out is its own. */
static unsigned
latency(const struct card *c)
{
	return c->ready && !c->opening ? c->latency_ms : c->ms;
}

static void
match_said(struct card *c, int16_t *said, size_t n)
{
	size_t ready = pcm_ring_ready(&c->said_ring), most = latency(c) * PCM_MS + SAID_SLACK;
	size_t got;

	for (; ready > n + most; ready -= got)
		got = pcm_ring_read(&c->said_ring, said, n);
	got = pcm_ring_read(&c->said_ring, said, n);
	memset(said + got, 0, (n - got) * sizeof *said);
}

static void
on_woken(uv_async_t *async)
{
	struct card *c = async->data;
	int16_t heard[LINE_BLOCK], said[LINE_BLOCK];
	size_t n;

	if (!c->ready)
		return;
	while (!c->line.closing && (n = pcm_ring_read(&c->heard_ring, heard, LINE_BLOCK)) > 0) {
		match_said(c, said, n);
		c->heard += n;
		line_tell_heard(&c->line, heard, said, n);
	}
	if (c->line.closing)
		return;
	if (atomic_load(&c->ended))
		line_tell_failed(&c->line, UV_ENODEV, "the sound card is gone");
	else
		watch_xruns(c);
}

static size_t
card_play(struct line *line, const int16_t *samples, size_t n)
{
	return pcm_ring_write(&((struct card *)line)->queue, samples, n);
}

static size_t
card_queued(const struct line *line)
{
	return pcm_ring_ready(&((const struct card *)line)->queue);
}

static void
card_drop(struct line *line)
{
	pcm_ring_drop(&((struct card *)line)->queue);
}

static void
card_stats(const struct line *line, struct line_stats *out)
{
	const struct card *c = (const struct card *)line;

	out->heard = c->heard;
	out->said = atomic_load(&c->said);
	out->overruns = atomic_load(&c->overruns);
	out->underruns = atomic_load(&c->underruns);
	out->reopened = c->reopened;
	out->latency_ms = latency(c);
}

static void
card_close(struct line *line)
{
	struct card *c = (struct card *)line;

	line_sound_do(c->sound, &c->close); /* the thread is there: it opened the card */
}

static const struct line_kind card_kind = {card_play, card_queued, card_drop, card_stats,
					   card_close};

static int
make_rings(struct card *c)
{
	int error = pcm_ring_init(&c->heard_ring, HEARD_RING);

	if (error == 0)
		error = pcm_ring_init(&c->queue, LINE_QUEUE);
	if (error == 0)
		error = pcm_ring_init(&c->said_ring, SAID_RING);
	return error;
}

static void
free_card(struct card *c)
{
	pcm_ring_fini(&c->heard_ring);
	pcm_ring_fini(&c->queue);
	pcm_ring_fini(&c->said_ring);
	free(c);
}

int
line_portaudio_open(struct line **out, struct line_sound *sound, const char *device,
		    const struct line_events *events, void *ctx)
{
	size_t len = strlen(device);
	struct card *c;
	int error;

	if (len == 0 || len >= LINE_NAME)
		return UV_EINVAL;
	c = calloc(1, sizeof *c);
	if (c == NULL)
		return UV_ENOMEM;
	line_init(&c->line, &card_kind, events, ctx);
	memcpy(c->device, device, len + 1);
	c->sound = sound;
	c->ms = line_sound_latency(sound, device);
	c->open = (struct line_job){.run = run_open, .done = on_open_done};
	c->reopen = (struct line_job){.run = run_reopen, .done = on_reopen_done};
	c->close = (struct line_job){.run = run_close, .done = on_close_done};
	error = make_rings(c);
	if (error < 0)
		goto free_card;
	error = uv_async_init(line_sound_loop(sound), &c->woken, on_woken);
	if (error < 0)
		goto free_card;
	c->woken.data = c;
	c->opening = true;
	error = line_sound_do(sound, &c->open);
	if (error == 0) {
		*out = &c->line;
		return 0;
	}
	/* no thread: nobody but the loop knows the card yet */
	c->line.closing = true;
	uv_close((uv_handle_t *)&c->woken, on_handle_closed);
	return error;
free_card:
	free_card(c);
	return error;
}
