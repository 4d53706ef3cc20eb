/* pcm_dunlin.c - the ALSA plugin behind card.h: an I/O plug that copies between ALSA and the rings
 *
 * Offers what a stick's card offers and nothing more: 8000 Hz, one channel, S16_LE. Frame 0 of a
 * run stands at the card's position `base`; everything else follows from card_now(). A timer wakes
 * ALSA's caller, because a mapped file wakes nobody. */
#include "sim/card.h"

#include <alsa/asoundlib.h>
#include <alsa/pcm_external.h>
#include <stdlib.h>
#include <sys/timerfd.h>

#define BUFFER_MAX 16384  /* frames */
#define WAKE_MIN   200000 /* ns */

struct card_pcm {
	snd_pcm_ioplug_t io;
	struct card *card;
	struct card_stream *stream;
	int timer;
	int lock; /* the file, its first or second byte locked: one stream each way */
	bool running, late;
	int64_t base;               /* position of the run's first frame */
	int64_t done;               /* frames of this run read, or written */
	snd_pcm_uframes_t wake;     /* frames available that the caller waits for */
	int16_t before[BUFFER_MAX]; /* written before the start, whose position nobody knew */
};

static bool
plays(const struct card_pcm *p)
{
	return p->io.stream == SND_PCM_STREAM_PLAYBACK;
}

/* Tells the card how far it has come, and where a patient one has to wait. */
static void
tell(struct card_pcm *p)
{
	int64_t end = p->base + p->done;

	atomic_store(&p->stream->done, end);
	atomic_store(&p->stream->seen_ns, card_monotonic_ns());
	if (p->running)
		atomic_store(&p->stream->hold,
			     (plays(p) ? end : end + (int64_t)p->io.buffer_size) - 1);
	else
		atomic_store(&p->stream->hold, CARD_FREE);
}

static void
arm(struct card_pcm *p, bool on)
{
	double pace = card_pace(p->card);
	long ns = pace > 0 ? (long)((double)p->io.period_size / pace * 0.5e9) : 0;
	struct itimerspec at = {0};

	if (on) {
		ns = ns < WAKE_MIN ? WAKE_MIN : ns;
		at.it_interval.tv_sec = ns / 1000000000;
		at.it_interval.tv_nsec = ns % 1000000000;
		at.it_value = at.it_interval;
	}
	timerfd_settime(p->timer, 0, &at, NULL);
}

/* Frames of the run that have happened, -EPIPE when the caller came too late for them. */
static int64_t
happened(struct card_pcm *p)
{
	int64_t n = p->running ? card_now(p->card) - p->base : 0;
	bool late = plays(p) ? n >= p->done : n - p->done >= (int64_t)p->io.buffer_size;

	if (!p->running || !late)
		return n;
	if (!p->late)
		atomic_fetch_add(&p->stream->xruns, 1);
	p->late = true;
	return -EPIPE;
}

/* A card that was unplugged does not come back to a stream: ALSA answers ENODEV from then on. */
static bool
is_gone(struct card_pcm *p)
{
	uint32_t gone = atomic_load(&p->card->gone);

	if (gone == CARD_UNPLUGGED)
		snd_pcm_ioplug_set_state(&p->io, SND_PCM_STATE_DISCONNECTED);
	return gone != CARD_HERE;
}

/* ---- what ALSA calls ---- */

static int
on_prepare(snd_pcm_ioplug_t *io)
{
	struct card_pcm *p = io->private_data;

	if (atomic_load(&p->card->gone) == CARD_UNPLUGGED)
		return -ENODEV;
	p->running = p->late = false;
	p->base = card_now(p->card);
	p->done = 0;
	tell(p);
	arm(p, false);
	return 0;
}

static int
on_start(snd_pcm_ioplug_t *io)
{
	struct card_pcm *p = io->private_data;

	if (atomic_load(&p->card->gone) == CARD_UNPLUGGED)
		return -ENODEV;
	p->base = card_now(p->card);
	if (plays(p))
		card_write(&p->card->up, p->base, p->before, p->done);
	p->running = true;
	atomic_fetch_add(&p->stream->runs, 1);
	tell(p);
	arm(p, true);
	return 0;
}

/* What was written ahead of the clock is not played. */
static int
on_stop(snd_pcm_ioplug_t *io)
{
	struct card_pcm *p = io->private_data;
	int64_t now = card_now(p->card);

	if (plays(p) && p->running && atomic_load(&p->card->up.end) > now)
		atomic_store(&p->card->up.end, now);
	p->running = false;
	tell(p);
	arm(p, false);
	return 0;
}

static snd_pcm_sframes_t
on_pointer(snd_pcm_ioplug_t *io)
{
	struct card_pcm *p = io->private_data;

	if (is_gone(p))
		return 0;
	if (p->running)
		atomic_store(&p->stream->seen_ns, card_monotonic_ns());
	return happened(p);
}

static snd_pcm_sframes_t
on_transfer(snd_pcm_ioplug_t *io, const snd_pcm_channel_area_t *areas, snd_pcm_uframes_t offset,
	    snd_pcm_uframes_t size)
{
	struct card_pcm *p = io->private_data;
	int16_t *frames =
	    (int16_t *)(void *)((char *)areas->addr + (areas->first + areas->step * offset) / 8);
	int64_t n = (int64_t)size;

	if (!plays(p)) {
		card_read(&p->card->down, p->base + p->done, frames, n);
	} else if (p->running) {
		card_write(&p->card->up, p->base + p->done, frames, n);
	} else {
		if (p->done + n > BUFFER_MAX)
			return -EIO;
		memcpy(p->before + p->done, frames, size * sizeof *frames);
	}
	p->done += n;
	tell(p);
	return (snd_pcm_sframes_t)size;
}

static int
on_sw_params(snd_pcm_ioplug_t *io, snd_pcm_sw_params_t *params)
{
	struct card_pcm *p = io->private_data;

	return snd_pcm_sw_params_get_avail_min(params, &p->wake);
}

static int
on_revents(snd_pcm_ioplug_t *io, struct pollfd *fds, unsigned n, unsigned short *revents)
{
	struct card_pcm *p = io->private_data;
	uint64_t ticks;
	int64_t avail;

	(void)n;
	if (is_gone(p)) { /* the timer stays ready: whoever polls on turns round and round */
		*revents = atomic_load(&p->card->gone) == CARD_MUTE ? POLLERR
			   : plays(p)                               ? POLLOUT
								    : POLLIN;
		return 0;
	}
	if ((fds[0].revents & POLLIN) && read(p->timer, &ticks, sizeof ticks) < 0)
		ticks = 0;
	avail = happened(p);
	if (avail >= 0)
		avail += plays(p) ? (int64_t)io->buffer_size - p->done : -p->done;
	if (avail < 0)
		*revents = POLLERR;
	else if ((snd_pcm_uframes_t)avail >= p->wake)
		*revents = plays(p) ? POLLOUT : POLLIN;
	else
		*revents = 0;
	return 0;
}

static int
on_close(snd_pcm_ioplug_t *io)
{
	struct card_pcm *p = io->private_data;

	atomic_store(&p->stream->hold, CARD_FREE);
	card_unmap(p->card);
	close(p->timer);
	close(p->lock);
	free(p);
	return 0;
}

static const snd_pcm_ioplug_callback_t calls = {
    .start = on_start,
    .stop = on_stop,
    .pointer = on_pointer,
    .transfer = on_transfer,
    .close = on_close,
    .prepare = on_prepare,
    .sw_params = on_sw_params,
    .poll_revents = on_revents,
};

/* ---- opening ---- */

static int
offer(snd_pcm_ioplug_t *io)
{
	static const unsigned access[] = {SND_PCM_ACCESS_RW_INTERLEAVED,
					  SND_PCM_ACCESS_MMAP_INTERLEAVED};
	static const unsigned format[] = {SND_PCM_FORMAT_S16_LE}, rate[] = {CARD_RATE};
	static const unsigned channels[] = {1};
	int error = snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_ACCESS, 2, access);

	if (error == 0)
		error = snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_FORMAT, 1, format);
	if (error == 0)
		error = snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_RATE, 1, rate);
	if (error == 0)
		error = snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_CHANNELS, 1, channels);
	if (error == 0)
		error = snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_PERIOD_BYTES, 64 * 2,
							4096 * 2);
	if (error == 0)
		error = snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_PERIODS, 2, 64);
	if (error == 0)
		error = snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_BUFFER_BYTES, 128 * 2,
							BUFFER_MAX * 2);
	return error;
}

/* A lock that ends with the process: a daemon that was killed leaves no card busy. */
static int
lock_stream(const char *file, snd_pcm_stream_t stream)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
	int fd = open(file, O_RDWR | O_CLOEXEC);

	lock.l_start = stream == SND_PCM_STREAM_PLAYBACK;
	if (fd < 0)
		return -ENODEV;
	if (fcntl(fd, F_OFD_SETLK, &lock) == 0)
		return fd;
	close(fd);
	return -EBUSY;
}

static int
open_card(struct card_pcm **out, const char *file, snd_pcm_stream_t stream)
{
	struct card_pcm *p = calloc(1, sizeof *p);
	int error;

	if (p == NULL)
		return -ENOMEM;
	error = p->lock = lock_stream(file, stream);
	if (error < 0)
		goto free_pcm;
	error = card_map(&p->card, file, 0);
	if (error < 0)
		goto unlock;
	if (atomic_load(&p->card->gone) != CARD_HERE) {
		error = -ENODEV;
		goto unmap;
	}
	p->stream = stream == SND_PCM_STREAM_PLAYBACK ? &p->card->playback : &p->card->capture;
	p->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	p->wake = 1;
	p->io.version = SND_PCM_IOPLUG_VERSION;
	p->io.name = "a card of Dunlin's simulator";
	p->io.callback = &calls;
	p->io.private_data = p;
	p->io.poll_fd = p->timer;
	p->io.poll_events = POLLIN;
	p->io.flags = SND_PCM_IOPLUG_FLAG_BOUNDARY_WA | SND_PCM_IOPLUG_FLAG_MONOTONIC;
	*out = p;
	return 0;
unmap:
	card_unmap(p->card);
unlock:
	close(p->lock);
free_pcm:
	free(p);
	return error;
}

static int
read_file(snd_config_t *conf, const char **file)
{
	snd_config_iterator_t at, next;

	snd_config_for_each(at, next, conf)
	{
		snd_config_t *entry = snd_config_iterator_entry(at);
		const char *id;

		if (snd_config_get_id(entry, &id) < 0 || strcmp(id, "comment") == 0 ||
		    strcmp(id, "type") == 0 || strcmp(id, "hint") == 0)
			continue;
		if (strcmp(id, "file") != 0 || snd_config_get_string(entry, file) < 0)
			return -EINVAL;
	}
	return *file != NULL ? 0 : -EINVAL;
}

SND_PCM_PLUGIN_DEFINE_FUNC(dunlin)
{
	const char *file = NULL;
	struct card_pcm *p;
	int error = read_file(conf, &file);

	(void)root;
	if (error == 0)
		error = open_card(&p, file, stream);
	if (error < 0)
		return error;
	error = snd_pcm_ioplug_create(&p->io, name, stream, mode);
	if (error < 0) {
		on_close(&p->io);
		return error;
	}
	error = offer(&p->io);
	if (error < 0) {
		snd_pcm_ioplug_delete(&p->io);
		return error;
	}
	*pcmp = p->io.pcm;
	return 0;
}

SND_DLSYM_BUILD_VERSION(SND_PCM_PLUGIN_ENTRY(dunlin), SND_PCM_DLSYM_VERSION)
