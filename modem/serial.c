#include "serial.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libserialport.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define BAUD 115200

struct serial {
	uv_poll_t poll;
	uv_timer_t
	    timer; /* octets the device does not take; an error to be told outside the call */
	unsigned open_handles;
	bool closing, lost;
	int fd;
	int error;            /* that timer will tell */
	struct sp_port *port; /* NULL for a pty */
	const struct serial_events *events;
	void *ctx;
	serial_closed *closed;
	void *closed_ctx;
	size_t queued;
	char queue[SERIAL_QUEUE];
};

/* ---- opening ---- */

static int
last_error(void)
{
	return errno > 0 ? -errno : UV_EIO;
}

static int
of_port(enum sp_return result)
{
	if (result >= 0)
		return 0;
	if (result == SP_ERR_FAIL)
		return last_error();
	return result == SP_ERR_MEM ? UV_ENOMEM : UV_ENOTTY;
}

static int
open_pty(const char *path)
{
	int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	struct termios tio;
	int error;

	if (fd < 0)
		return last_error();
	if (tcgetattr(fd, &tio) < 0)
		goto fail;
	cfmakeraw(&tio);
	tio.c_cflag |= CLOCAL | CREAD;
	if (tcsetattr(fd, TCSANOW, &tio) < 0)
		goto fail;
	return fd;
fail:
	error = last_error();
	close(fd);
	return error;
}

/* Raw, 8N1, DTR and RTS up, as sticks want it. Most USB ports have none of these and accept all. */
static int
set_port(struct sp_port *port, int baud)
{
	int error = of_port(sp_set_baudrate(port, baud));

	if (error < 0)
		return error;
	sp_set_bits(port, 8);
	sp_set_parity(port, SP_PARITY_NONE);
	sp_set_stopbits(port, 1);
	sp_set_flowcontrol(port, SP_FLOWCONTROL_NONE);
	sp_set_rts(port, SP_RTS_ON);
	sp_set_dtr(port, SP_DTR_ON);
	return 0;
}

static int
open_port(struct sp_port **out, const char *path, int baud)
{
	struct sp_port *port;
	int error = of_port(sp_get_port_by_name(path, &port));
	int fd = -1;

	if (error < 0)
		return access(path, F_OK) < 0 ? last_error() : error;
	error = of_port(sp_open(port, SP_MODE_READ_WRITE));
	if (error < 0)
		goto free_port;
	error = set_port(port, baud);
	if (error == 0)
		error = of_port(sp_get_port_handle(port, &fd));
	if (error == 0) {
		*out = port;
		return fd;
	}
	sp_close(port);
free_port:
	sp_free_port(port);
	return error;
}

static void
close_tty(struct serial *s)
{
	/* A UART waits for its output on close, for seconds when nobody takes it. */
	tcflush(s->fd, TCOFLUSH);
	ioctl(s->fd, TIOCNXCL);
	if (s->port == NULL) {
		close(s->fd);
		return;
	}
	sp_close(s->port);
	sp_free_port(s->port);
}

static int
open_tty(struct serial *s, const char *path, int baud)
{
	char *real = realpath(path, NULL);
	int error = 0;

	if (real == NULL)
		return last_error();
	if (strncmp(real, "/dev/pts/", 9) == 0)
		s->fd = open_pty(real);
	else
		s->fd = open_port(&s->port, real, baud > 0 ? baud : BAUD);
	free(real);
	if (s->fd < 0)
		return s->fd;
	/* TIOCEXCL keeps strangers out, but not root; the lock keeps our own kind out. */
	if (ioctl(s->fd, TIOCEXCL) < 0)
		error = last_error();
	else if (flock(s->fd, LOCK_EX | LOCK_NB) < 0)
		error = errno == EWOULDBLOCK ? UV_EBUSY : last_error();
	if (error < 0)
		close_tty(s);
	return error;
}

/* ---- traffic ---- */

static void on_poll(uv_poll_t *poll, int status, int events);
static void on_timer(uv_timer_t *timer);

static void
lose(struct serial *s, int error)
{
	if (s->lost)
		return;
	s->lost = true;
	s->queued = 0;
	uv_poll_stop(&s->poll);
	uv_timer_stop(&s->timer);
	s->events->lost(s->ctx, error);
}

static void
watch(struct serial *s)
{
	uv_poll_start(&s->poll, UV_READABLE | (s->queued > 0 ? UV_WRITABLE : 0), on_poll);
}

/* Writes what waits. Errors are told from the timer, since the caller may be the owner. */
static void
flush_queue(struct serial *s)
{
	ssize_t n = write(s->fd, s->queue, s->queued);

	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		s->error = last_error();
		s->queued = 0;
		uv_timer_start(&s->timer, on_timer, 0, 0);
		return;
	}
	if (n <= 0)
		return;
	s->queued -= (size_t)n;
	memmove(s->queue, s->queue + n, s->queued);
	if (s->queued > 0)
		uv_timer_start(&s->timer, on_timer, SERIAL_STUCK_MS, 0);
	else
		uv_timer_stop(&s->timer);
}

int
serial_write(struct serial *s, const char *bytes, size_t len)
{
	assert(!s->closing);
	if (s->lost || s->error < 0)
		return 0;
	if (len > sizeof s->queue - s->queued)
		return UV_ENOBUFS;
	memcpy(s->queue + s->queued, bytes, len);
	s->queued += len;
	if (s->queued == len) {
		uv_timer_start(&s->timer, on_timer, SERIAL_STUCK_MS, 0);
		flush_queue(s);
	}
	if (s->queued > 0)
		watch(s);
	return 0;
}

static void
on_timer(uv_timer_t *timer)
{
	struct serial *s = timer->data;

	if (s->closing)
		return;
	lose(s, s->error < 0 ? s->error : UV_ETIMEDOUT);
}

/* One read a turn: a modem that never stops talking leaves time for the others. */
static void
take_in(struct serial *s)
{
	char bytes[4096];
	ssize_t n = read(s->fd, bytes, sizeof bytes);

	if (n > 0)
		s->events->bytes(s->ctx, bytes, (size_t)n);
	else if (n == 0)
		lose(s, UV_EOF);
	else if (errno != EAGAIN && errno != EINTR)
		lose(s, last_error());
}

static void
on_poll(uv_poll_t *poll, int status, int events)
{
	struct serial *s = poll->data;

	if (s->closing || s->lost)
		return;
	if (status < 0) {
		lose(s, status);
		return;
	}
	if ((events & UV_WRITABLE) && s->queued > 0)
		flush_queue(s);
	if ((events & UV_WRITABLE) && s->queued == 0)
		watch(s);
	if (events & UV_READABLE)
		take_in(s);
}

/* ---- life ---- */

static void
on_handle_closed(uv_handle_t *handle)
{
	struct serial *s = handle->data;
	serial_closed *closed = s->closed;
	void *ctx = s->closed_ctx;

	if (--s->open_handles > 0)
		return;
	free(s);
	if (closed != NULL)
		closed(ctx);
}

int
serial_open(struct serial **out, uv_loop_t *loop, const char *path, int baud,
	    const struct serial_events *events, void *ctx)
{
	struct serial *s = calloc(1, sizeof *s);
	int error;

	if (s == NULL)
		return UV_ENOMEM;
	s->events = events;
	s->ctx = ctx;
	error = open_tty(s, path, baud);
	if (error < 0)
		goto free_serial;
	error = uv_poll_init(loop, &s->poll, s->fd);
	if (error < 0)
		goto close_fd;
	uv_timer_init(loop, &s->timer);
	s->poll.data = s->timer.data = s;
	s->open_handles = 2;
	watch(s);
	*out = s;
	return 0;
close_fd:
	close_tty(s);
free_serial:
	free(s);
	return error;
}

void
serial_close(struct serial *s, serial_closed *closed, void *ctx)
{
	assert(!s->closing);
	s->closing = true;
	s->closed = closed;
	s->closed_ctx = ctx;
	uv_close((uv_handle_t *)&s->poll, on_handle_closed);
	uv_close((uv_handle_t *)&s->timer, on_handle_closed);
	close_tty(s);
}
