#include "modem_port.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <termios.h>
#include <unistd.h>

enum { MOST_WAITING = 1 << 18 };

/* ---- who has it open ---- */

static void on_poll(uv_poll_t *handle, int status, int events);

static void
arm(struct modem_port *p)
{
	uv_poll_start(p->poll, UV_READABLE | (p->writing ? UV_WRITABLE : 0), on_poll);
}

static void
hand_over(struct modem_port *p)
{
	uint8_t octets[4096];
	for (ssize_t n; p->fd >= 0 && (n = read(p->fd, octets, sizeof octets)) > 0;)
		p->events->bytes(p->ctx, octets, (size_t)n);
}

static void
on_opened(struct modem_port *p)
{
	if (p->opens++ == 0) {
		arm(p);
		p->events->opened(p->ctx);
	}
}

/* `again`: the next client is there already, and what can be read is its. */
static void
on_closed(struct modem_port *p, bool again)
{
	if (p->opens == 0 || --p->opens > 0)
		return;
	if (!again)
		hand_over(p); /* its last words */
	if (p->fd < 0)
		return;
	uv_poll_stop(p->poll);
	uv_timer_stop(&p->pause);
	p->writing = false;
	p->out.used = p->sent = 0;
	tcflush(p->fd, TCOFLUSH); /* what it left unread */
	p->events->closed(p->ctx);
}

/* Whether the port is opened in one of the notices from `at`. */
static bool
is_opened(const char *at, const char *end, int mark)
{
	for (const struct inotify_event *event; at < end; at += sizeof *event + event->len) {
		event = (const void *)at;
		if (event->wd == mark && event->mask & IN_OPEN)
			return true;
	}
	return false;
}

static void
read_notices(struct modem_watch *w)
{
	_Alignas(struct inotify_event) char room[4096];
	for (ssize_t n; (n = read(w->fd, room, sizeof room)) > 0;) {
		const struct inotify_event *event;
		for (const char *at = room, *end = room + n; at < end;
		     at += sizeof *event + event->len) {
			event = (const void *)at;
			struct modem_port *p = w->ports;
			while (p && (p->fd < 0 || p->mark != event->wd))
				p = p->next;
			if (p && event->mask & IN_OPEN)
				on_opened(p);
			else if (p && event->mask & IN_CLOSE)
				on_closed(p, is_opened(at, end, event->wd));
		}
	}
}

static void
on_notices(uv_poll_t *handle, int status, int events)
{
	(void)status;
	(void)events;
	read_notices(handle->data);
}

int
modem_watch_open(struct modem_watch *w, uv_loop_t *loop)
{
	*w = (struct modem_watch){.loop = loop, .fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC)};
	if (w->fd < 0)
		return -errno;
	uv_poll_init(loop, &w->poll, w->fd);
	w->poll.data = w;
	return uv_poll_start(&w->poll, UV_READABLE, on_notices);
}

static void
on_watch_closed(uv_handle_t *handle)
{
	struct modem_watch *w = handle->data;
	close(w->fd);
}

void
modem_watch_close(struct modem_watch *w)
{
	uv_close((uv_handle_t *)&w->poll, on_watch_closed);
}

/* ---- the terminal ---- */

static int
open_terminal(void)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	struct termios raw;
	if (fd < 0)
		return -errno;
	if (grantpt(fd) || unlockpt(fd) || tcgetattr(fd, &raw)) {
		close(fd);
		return -EIO;
	}
	/* A fresh terminal echoes and edits; a port does not. */
	cfmakeraw(&raw);
	tcsetattr(fd, TCSANOW, &raw);
	return fd;
}

void
modem_port_init(struct modem_port *p, struct modem_watch *w, const struct modem_port_events *events,
		void *ctx)
{
	*p = (struct modem_port){.watch = w, .events = events, .ctx = ctx, .fd = -1, .reserve = -1};
	uv_timer_init(w->loop, &p->pause);
	p->pause.data = p;
	p->next = w->ports;
	w->ports = p;
}

int
modem_port_appear(struct modem_port *p)
{
	int fd = p->reserve >= 0 ? p->reserve : open_terminal();
	if (fd < 0)
		return fd;
	p->reserve = -1;
	p->fd = fd;
	p->opens = 0;
	if (ptsname_r(fd, p->path, sizeof p->path))
		return -EIO;
	p->mark = inotify_add_watch(p->watch->fd, p->path, IN_OPEN | IN_CLOSE);
	if (p->mark < 0)
		return -errno;
	p->poll = malloc(sizeof *p->poll);
	if (!p->poll)
		abort();
	uv_poll_init(p->watch->loop, p->poll, fd);
	p->poll->data = p;
	return 0;
}

static void
on_poll_closed(uv_handle_t *handle)
{
	free(handle);
}

static void
let_go(struct modem_port *p)
{
	if (p->fd < 0)
		return;
	uv_timer_stop(&p->pause);
	inotify_rm_watch(p->watch->fd, p->mark);
	uv_poll_stop(p->poll);
	uv_close((uv_handle_t *)p->poll, on_poll_closed);
	p->poll = NULL;
	close(p->fd);
	p->fd = -1;
	p->opens = 0;
	p->writing = false;
	p->out.used = p->sent = 0;
}

void
modem_port_vanish(struct modem_port *p)
{
	if (p->reserve < 0)
		p->reserve = open_terminal();
	let_go(p);
}

/* ---- octets ---- */

static void on_pause(uv_timer_t *timer);

void
modem_port_write(struct modem_port *p, const void *octets, size_t n)
{
	if (p->fd < 0 || p->opens == 0 || p->out.used + n > MOST_WAITING)
		return;
	buffer_put(&p->out, octets, n);
}

static void
want_room(struct modem_port *p, bool want)
{
	if (p->writing == want)
		return;
	p->writing = want;
	arm(p);
}

void
modem_port_flush(struct modem_port *p)
{
	while (p->fd >= 0 && p->opens && p->sent < p->out.used &&
	       !uv_is_active((uv_handle_t *)&p->pause)) {
		size_t n = p->out.used - p->sent;
		if (p->piece && n > p->piece)
			n = p->piece;
		ssize_t wrote = write(p->fd, p->out.at + p->sent, n);
		if (wrote <= 0) {
			want_room(p, true);
			return;
		}
		p->sent += (size_t)wrote;
		if (p->piece && p->sent < p->out.used)
			uv_timer_start(&p->pause, on_pause, p->pause_ms, 0);
	}
	if (p->sent == p->out.used)
		p->out.used = p->sent = 0;
	if (p->fd >= 0 && p->opens)
		want_room(p, false);
}

/* The next round of the loop flushes what waits. */
static void
on_pause(uv_timer_t *timer)
{
	(void)timer;
}

static void
on_poll(uv_poll_t *handle, int status, int events)
{
	struct modem_port *p = handle->data;
	if (status < 0 || p->fd < 0)
		return;
	/* Whose octets these are is known only when all notices before them are. */
	read_notices(p->watch);
	if (events & UV_READABLE && p->opens)
		hand_over(p);
	/* Hung up, and the notice of it is still to come: till then there is nothing to ask. */
	struct pollfd now = {.fd = p->fd};
	if (p->fd >= 0 && poll(&now, 1, 0) > 0 && now.revents & POLLHUP)
		uv_poll_stop(p->poll);
}

void
modem_port_close(struct modem_port *p)
{
	let_go(p);
	uv_close((uv_handle_t *)&p->pause, NULL);
	if (p->reserve >= 0)
		close(p->reserve);
	p->reserve = -1;
}

void
modem_port_fini(struct modem_port *p)
{
	buffer_fini(&p->out);
}
