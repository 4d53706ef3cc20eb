/* PCM over a tty. The modem's bytes are the clock: each whole frame that came from it owes it one
 * of ours, and a lead is owed from its first byte on, so that it does not starve while we think.
 *
 * Bytes come cut anywhere, also inside a sample. When one is lost on the way, high and low bytes
 * change places and speech turns to noise; the order in which the sound is smoother is the right
 * one, and it is looked for in each frame. */
#include "line_part.h"
#include "pcm.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define FRAME_MAX 1280 /* bytes */
#define OWED_MAX  (2 * LINE_TTY_LEAD + 2)
#define ROUGH_MIN 200 /* mean step from sample to sample below which nothing is concluded */
#define ROUGH_RUN 3   /* frames that must agree */
#define READS     200 /* in one turn of the loop; a tty keeps no more than 4 s */

struct tty {
	struct line line;
	uv_poll_t poll;
	uv_timer_t soon; /* what is told outside the calls */
	unsigned open_handles;
	int fd, error;
	bool ready;
	size_t frame; /* bytes */
	/* in */
	uint8_t in[FRAME_MAX]; /* the frame that is coming */
	size_t in_len;
	unsigned crossed; /* frames in a row that sound better one byte later */
	bool begun;
	uint64_t heard, said;
	/* out */
	unsigned owed, underruns, overruns;
	uint8_t out[FRAME_MAX]; /* what the tty has not taken of a frame */
	size_t out_at, out_len;
	struct pcm_ring queue, said_ring;
};

static void on_poll(uv_poll_t *poll, int status, int events);
static void on_soon(uv_timer_t *timer);

/* ---- opening ---- */

static int
last_error(void)
{
	return errno > 0 ? -errno : UV_EIO;
}

/* Raw and as fast as a UART may be asked to: USB ports do not care, and the others need 160 kbit/s.
 * Locked as modem/ locks its port: TIOCEXCL against strangers, flock against our own kind. */
static int
open_tty(const char *path)
{
	int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC), error;
	struct termios tio;

	if (fd < 0)
		return errno == ENOENT || errno == ENXIO ? UV_ENODEV : last_error();
	if (tcgetattr(fd, &tio) < 0)
		goto fail;
	cfmakeraw(&tio);
	tio.c_cflag |= CLOCAL | CREAD;
	cfsetspeed(&tio, B921600);
	if (tcsetattr(fd, TCSANOW, &tio) < 0 || ioctl(fd, TIOCEXCL) < 0 ||
	    flock(fd, LOCK_EX | LOCK_NB) < 0)
		goto fail;
	tcflush(fd, TCIOFLUSH);
	return fd;
fail:
	error = errno == EWOULDBLOCK ? UV_EBUSY : last_error();
	close(fd);
	return error;
}

/* ---- out ---- */

static void
watch(struct tty *t)
{
	uv_poll_start(&t->poll, UV_READABLE | (t->out_len > 0 ? UV_WRITABLE : 0), on_poll);
}

/* Told from the timer: play and drop may be the callers. */
static void
lose(struct tty *t, int error)
{
	if (t->error < 0)
		return;
	/* what a port says that was pulled out, by kind of port and moment */
	t->error = error == UV_EIO || error == UV_EBADF || error == UV_ENXIO ? UV_ENODEV : error;
	uv_poll_stop(&t->poll);
	uv_timer_start(&t->soon, on_soon, 0, 0);
}

static void
make_frame(struct tty *t)
{
	int16_t samples[FRAME_MAX / 2] = {0};
	size_t n = t->frame / 2;

	pcm_ring_read(&t->queue, samples, n);
	pcm_ring_write(&t->said_ring, samples, n);
	for (size_t i = 0; i < n; i++) {
		t->out[2 * i] = (uint8_t)((uint16_t)samples[i] & 0xff);
		t->out[2 * i + 1] = (uint8_t)((uint16_t)samples[i] >> 8);
	}
	t->out_at = 0;
	t->out_len = t->frame;
	t->said += n;
	t->owed--;
}

static void
send_owed(struct tty *t)
{
	ssize_t n = 1;

	while (t->error == 0 && n > 0 && (t->out_len > 0 || t->owed > 0)) {
		if (t->out_len == 0)
			make_frame(t);
		n = write(t->fd, t->out + t->out_at, t->out_len);
		if (n > 0) {
			t->out_at += (size_t)n;
			t->out_len -= (size_t)n;
		} else if (errno != EAGAIN && errno != EINTR) {
			lose(t, last_error());
		}
	}
	if (t->error == 0)
		watch(t);
}

/* A modem that sends but does not take: it has played silence meanwhile, and gets no more of the
 * past than its lead. */
static void
owe(struct tty *t)
{
	static const int16_t silence[FRAME_MAX / 2];

	if (++t->owed <= OWED_MAX)
		return;
	t->underruns++;
	for (; t->owed > LINE_TTY_LEAD; t->owed--)
		pcm_ring_write(&t->said_ring, silence, t->frame / 2);
}

/* ---- in ---- */

static int16_t
sample_at(const uint8_t *bytes)
{
	return (int16_t)(uint16_t)(bytes[0] | bytes[1] << 8);
}

/* The mean step from sample to sample. */
static long
roughness(const uint8_t *bytes, size_t n)
{
	long sum = 0;

	for (size_t i = 1; i < n; i++)
		sum += labs((long)sample_at(bytes + 2 * i) - sample_at(bytes + 2 * i - 2));
	return sum / (long)n;
}

/* In the wrong order a step is as long as the noise of low bytes makes it, tens of thousands; in
 * the right one speech steps by hundreds. */
static bool
is_crossed(const struct tty *t)
{
	long here = roughness(t->in, t->frame / 2);
	long there = roughness(t->in + 1, t->frame / 2 - 1);

	return here > 16 * ROUGH_MIN && there < here / 4;
}

static void
hear_frame(struct tty *t)
{
	int16_t heard[FRAME_MAX / 2], said[LINE_BLOCK];
	size_t n = t->frame / 2, some;

	for (size_t i = 0; i < n; i++)
		heard[i] = sample_at(t->in + 2 * i);
	for (size_t at = 0; at < n && !t->line.closing; at += some) {
		some = n - at < LINE_BLOCK ? n - at : LINE_BLOCK;
		memset(said, 0, sizeof said);
		pcm_ring_read(&t->said_ring, said, some);
		t->heard += some;
		line_tell_heard(&t->line, heard + at, said, some);
	}
}

/* A whole frame. Once some in a row were crossed, the byte that puts them in order is left out. */
static void
take_frame(struct tty *t)
{
	t->crossed = is_crossed(t) ? t->crossed + 1 : 0;
	if (t->crossed >= ROUGH_RUN) {
		t->crossed = 0;
		t->overruns++;
		memmove(t->in, t->in + 1, --t->in_len);
		return;
	}
	t->in_len = 0;
	owe(t);
	hear_frame(t);
}

/* False when there is nothing more. */
static bool
take_in(struct tty *t)
{
	ssize_t n = read(t->fd, t->in + t->in_len, t->frame - t->in_len);

	if (n == 0)
		lose(t, UV_ENODEV);
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		lose(t, last_error());
	if (n <= 0)
		return false;
	t->in_len += (size_t)n;
	if (!t->begun) {
		t->begun = true;
		t->owed += LINE_TTY_LEAD;
		send_owed(t);
	}
	if (t->in_len == t->frame)
		take_frame(t);
	return !t->line.closing;
}

/* All that is there: behind a turn of the loop that took long, what the modem says of keys must not
 * be known before their sound. */
static void
take_all(struct tty *t)
{
	for (unsigned i = 0; i < READS && t->error == 0 && take_in(t); i++)
		send_owed(t);
}

static void
on_poll(uv_poll_t *poll, int status, int events)
{
	struct tty *t = poll->data;

	if (t->line.closing || t->error < 0)
		return;
	if (status < 0) {
		lose(t, status);
		return;
	}
	if (events & UV_READABLE)
		take_all(t);
	if (!t->line.closing)
		send_owed(t);
}

static void
on_soon(uv_timer_t *timer)
{
	struct tty *t = timer->data;
	char why[96];

	if (t->line.closing)
		return;
	if (t->error == 0) {
		t->ready = true;
		line_tell_ready(&t->line);
		return;
	}
	snprintf(why, sizeof why, "the modem's sound port failed: %s", uv_strerror(t->error));
	line_tell_failed(&t->line, t->error, why);
}

/* ---- what a line does ---- */

static size_t
tty_play(struct line *line, const int16_t *samples, size_t n)
{
	return pcm_ring_write(&((struct tty *)line)->queue, samples, n);
}

static size_t
tty_queued(const struct line *line)
{
	return pcm_ring_ready(&((const struct tty *)line)->queue);
}

static void
tty_drop(struct line *line)
{
	pcm_ring_drop(&((struct tty *)line)->queue);
}

static void
tty_stats(const struct line *line, struct line_stats *out)
{
	const struct tty *t = (const struct tty *)line;

	out->heard = t->heard;
	out->said = t->said;
	out->overruns = t->overruns;
	out->underruns = t->underruns;
	out->latency_ms = (unsigned)(LINE_TTY_LEAD * t->frame / 2 / PCM_MS);
}

static void
free_tty(struct tty *t)
{
	pcm_ring_fini(&t->queue);
	pcm_ring_fini(&t->said_ring);
	close(t->fd);
}

static void
on_handle_closed(uv_handle_t *handle)
{
	struct tty *t = handle->data;

	if (--t->open_handles > 0)
		return;
	free_tty(t);
	line_gone(&t->line);
}

static void
tty_close(struct line *line)
{
	struct tty *t = (struct tty *)line;

	tcflush(t->fd, TCOFLUSH); /* a UART would wait for its output on close */
	ioctl(t->fd, TIOCNXCL);
	uv_close((uv_handle_t *)&t->poll, on_handle_closed);
	uv_close((uv_handle_t *)&t->soon, on_handle_closed);
}

static const struct line_kind tty_kind = {tty_play, tty_queued, tty_drop, tty_stats, tty_close};

int
line_tty_open(struct line **out, uv_loop_t *loop, const char *path, size_t frame_bytes,
	      const struct line_events *events, void *ctx)
{
	struct tty *t;
	int error;

	if (frame_bytes < 4 || frame_bytes > FRAME_MAX || frame_bytes % 2 != 0)
		return UV_EINVAL;
	t = calloc(1, sizeof *t);
	if (t == NULL)
		return UV_ENOMEM;
	line_init(&t->line, &tty_kind, events, ctx);
	t->frame = frame_bytes;
	error = t->fd = open_tty(path);
	if (error < 0) {
		free(t);
		return error;
	}
	error = pcm_ring_init(&t->queue, LINE_QUEUE);
	if (error == 0)
		error = pcm_ring_init(&t->said_ring, LINE_QUEUE);
	if (error == 0)
		error = uv_poll_init(loop, &t->poll, t->fd);
	if (error < 0) {
		free_tty(t);
		free(t);
		return error;
	}
	uv_timer_init(loop, &t->soon);
	t->poll.data = t->soon.data = t;
	t->open_handles = 2;
	uv_timer_start(&t->soon, on_soon, 0, 0);
	watch(t);
	*out = &t->line;
	return 0;
}
