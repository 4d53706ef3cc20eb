#include "control.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define READ_SIZE    65536
#define CLIENT_WAIT  120 /* seconds a program waits for the daemon's answer */
#define STATUS_WRONG 2

struct peer {
	uv_pipe_t pipe;
	struct control *control;
	struct peer *next;
	uint64_t id;
	uint64_t active; /* loop time it last asked or was answered */
	char *buf;       /* what came and was not yet taken */
	size_t len, cap, scanned;
	struct control_request *pending; /* asked, not yet answered */
	uv_write_t write;
	char *out;    /* being written, NULL: nothing */
	bool asked;   /* it had a request: the owner hears when it is gone */
	bool ended;   /* it sends no more */
	bool last;    /* close when `out` is written */
	bool stopped; /* reading is */
	bool closing;
};

struct control_request {
	struct peer *peer; /* NULL: gone */
	json_t *body;
	uint64_t connection;
};

struct control {
	uv_pipe_t listener;
	struct control_events events;
	void *ctx;
	char *path;
	struct peer *peers;
	size_t n_peers;
	uint64_t next_id;
	unsigned handles; /* whose close has not finished */
	bool closing;
	control_closed *closed;
	void *closed_ctx;
};

static void take_next(struct peer *p);

/* ---- addresses ---- */

/* The address of a home's socket.  sun_path holds 107 octets; a longer one is reached through a
 * descriptor of its folder, which the caller closes (*dir, -1: none). */
static int
address_of(const char *home, struct sockaddr_un *sa, int *dir)
{
	int n;

	*dir = -1;
	memset(sa, 0, sizeof *sa);
	sa->sun_family = AF_UNIX;
	n = snprintf(sa->sun_path, sizeof sa->sun_path, "%s/" CONTROL_FILE, home);
	if (n > 0 && (size_t)n < sizeof sa->sun_path)
		return 0;
	*dir = open(home, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*dir < 0)
		return -errno;
	snprintf(sa->sun_path, sizeof sa->sun_path, "/proc/self/fd/%d/" CONTROL_FILE, *dir);
	return 0;
}

int
control_connect(const char *home)
{
	struct timeval wait = {.tv_sec = CLIENT_WAIT};
	struct sockaddr_un sa;
	int dir, fd, rc = address_of(home, &sa, &dir);

	if (rc != 0)
		return rc;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	rc = fd < 0 ? -errno : 0;
	if (rc == 0 && connect(fd, (struct sockaddr *)&sa, sizeof sa) != 0) {
		rc = -errno;
		close(fd);
	}
	if (dir >= 0)
		close(dir);
	if (rc != 0)
		return rc;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
	return fd;
}

/* Makes room for our socket: a dead daemon's is removed, anything alive or strange stays. */
static int
clear_path(const char *home, const char *path)
{
	struct stat st;
	int fd;

	if (lstat(path, &st) != 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return UV_EEXIST;
	if ((fd = control_connect(home)) >= 0) {
		close(fd);
		return UV_EADDRINUSE;
	}
	return unlink(path) == 0 ? 0 : -errno;
}

/* A bound socket of mode 0600, or negative. */
static int
bind_socket(const char *home)
{
	struct sockaddr_un sa;
	int dir, fd, rc = address_of(home, &sa, &dir);

	if (rc != 0)
		return rc;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		rc = -errno;
	/* Linux makes the file with the descriptor's mode: nobody can slip in before a chmod. */
	else if (fchmod(fd, 0600) != 0 || bind(fd, (struct sockaddr *)&sa, sizeof sa) != 0)
		rc = -errno;
	if (dir >= 0)
		close(dir);
	if (rc != 0 && fd >= 0)
		close(fd);
	return rc != 0 ? rc : fd;
}

/* ---- ending ---- */

static void
end_control(struct control *c)
{
	control_closed *closed = c->closed;
	void *ctx = c->closed_ctx;

	free(c->path);
	free(c);
	if (closed != NULL)
		closed(ctx);
}

static void
on_listener_closed(uv_handle_t *h)
{
	struct control *c = h->data;

	if (--c->handles == 0)
		end_control(c);
}

static void
on_peer_closed(uv_handle_t *h)
{
	struct peer *p = h->data;
	struct control *c = p->control;
	struct peer **at = &c->peers;

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	c->n_peers--;
	if (p->asked)
		c->events.gone(c->ctx, p->id);
	free(p->out);
	free(p->buf);
	free(p);
	if (--c->handles == 0)
		end_control(c);
}

static void
close_peer(struct peer *p)
{
	if (p->closing)
		return;
	p->closing = true;
	if (p->pending != NULL)
		p->pending->peer = NULL;
	p->pending = NULL;
	uv_close((uv_handle_t *)&p->pipe, on_peer_closed);
}

/* ---- answers ---- */

static void
on_written(uv_write_t *write, int status)
{
	struct peer *p = write->data;

	free(p->out);
	p->out = NULL;
	if (p->closing)
		return;
	p->active = uv_now(p->pipe.loop);
	if (status < 0 || p->last)
		close_peer(p);
	else
		take_next(p);
}

/* Writes an answer; takes the reference over. */
static void
write_answer(struct peer *p, json_t *reply)
{
	static const char poor[] = "{\"status\":3,\"error\":\"the daemon is out of memory\"}";
	char *text = reply != NULL ? json_dumps(reply, JSON_COMPACT) : NULL;
	uv_buf_t buf;
	size_t len;

	assert(p->out == NULL);
	json_decref(reply);
	if (text == NULL && (text = strdup(poor)) == NULL) {
		close_peer(p);
		return;
	}
	len = strlen(text);
	text[len] = '\n'; /* in the place of its NUL */
	p->out = text;
	buf = uv_buf_init(text, (unsigned)len + 1);
	p->write.data = p;
	if (uv_write(&p->write, (uv_stream_t *)&p->pipe, &buf, 1, on_written) != 0)
		close_peer(p);
}

static void
refuse(struct peer *p, const char *why)
{
	write_answer(p, json_pack("{s:i, s:s}", "status", STATUS_WRONG, "error", why));
}

void
control_answer(struct control_request *r, json_t *reply)
{
	struct peer *p = r->peer;

	json_decref(r->body);
	free(r);
	if (p == NULL) {
		json_decref(reply);
		return;
	}
	p->pending = NULL;
	write_answer(p, reply);
}

uint64_t
control_connection(const struct control_request *r)
{
	return r->connection;
}

/* ---- requests ---- */

static void
hand_up(struct peer *p, json_t *body)
{
	struct control_request *r = malloc(sizeof *r);

	if (r == NULL) {
		json_decref(body);
		write_answer(p, NULL);
		return;
	}
	*r = (struct control_request){.peer = p, .body = body, .connection = p->id};
	p->pending = r;
	p->asked = true;
	p->active = uv_now(p->pipe.loop);
	p->control->events.request(p->control->ctx, r, body); /* may answer at once */
}

static void
take_line(struct peer *p, size_t len)
{
	json_t *body = json_loadb(p->buf, len, JSON_REJECT_DUPLICATES, NULL);

	p->len -= len + 1;
	memmove(p->buf, p->buf + len + 1, p->len);
	p->scanned = 0;
	if (json_is_object(body)) {
		hand_up(p, body);
		return;
	}
	json_decref(body);
	refuse(p, "a request is one JSON object on a line");
}

static void
on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *buf)
{
	struct peer *p = h->data;

	(void)suggested;
	if (p->cap - p->len < READ_SIZE) {
		size_t cap = p->cap * 2 + READ_SIZE;
		char *grown = realloc(p->buf, cap);

		if (grown != NULL) {
			p->buf = grown;
			p->cap = cap;
		}
	}
	/* Room of 0 ends in UV_ENOBUFS and closes. */
	*buf = uv_buf_init(p->buf != NULL ? p->buf + p->len : NULL, (unsigned)(p->cap - p->len));
}

static void
on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct peer *p = stream->data;

	(void)buf;
	if (p->closing || n == 0)
		return;
	if (n < 0 && n != UV_EOF) {
		close_peer(p);
		return;
	}
	if (n == UV_EOF) {
		p->ended = true; /* it may have shut down only its sending side */
		uv_read_stop(stream);
		p->stopped = true;
	} else {
		p->len += (size_t)n;
	}
	if (p->pending == NULL && p->out == NULL) {
		take_next(p);
	} else if (!p->stopped) {
		uv_read_stop(stream); /* it asks on before it has its answer: let it wait */
		p->stopped = true;
	}
}

/* Takes the next whole line; closes or reads on when there is none. */
static void
take_next(struct peer *p)
{
	const char *from = p->buf != NULL ? p->buf + p->scanned : NULL;
	const char *end = p->len > p->scanned ? memchr(from, '\n', p->len - p->scanned) : NULL;
	size_t len = end != NULL ? (size_t)(end - p->buf) : p->len;

	p->scanned = p->len;
	if (len > CONTROL_LINE_MAX) {
		p->last = true;
		uv_read_stop((uv_stream_t *)&p->pipe);
		p->stopped = true;
		refuse(p, "the request is longer than 4 MiB");
	} else if (end != NULL) {
		take_line(p, len);
	} else if (p->ended) {
		close_peer(p);
	} else if (p->stopped) {
		p->stopped = false;
		if (uv_read_start((uv_stream_t *)&p->pipe, on_alloc, on_read) != 0)
			close_peer(p);
	}
}

/* ---- connections ---- */

static bool
is_ours(uv_pipe_t *pipe)
{
	struct ucred peer;
	socklen_t len = sizeof peer;
	uv_os_fd_t fd;

	return uv_fileno((uv_handle_t *)pipe, &fd) == 0 &&
	       getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && peer.uid == geteuid();
}

/* Of several that were idle as long, the one that came first: it stands last in the list. */
static void
drop_idlest(struct control *c, const struct peer *but)
{
	struct peer *idlest = NULL;

	for (struct peer *p = c->peers; p != NULL; p = p->next)
		if (p != but && !p->closing && p->pending == NULL &&
		    (idlest == NULL || p->active <= idlest->active))
			idlest = p;
	if (idlest != NULL)
		close_peer(idlest);
}

static void
on_connection(uv_stream_t *listener, int status)
{
	struct control *c = listener->data;
	struct peer *p;

	if (c->closing || status < 0 || (p = calloc(1, sizeof *p)) == NULL)
		return;
	if (uv_pipe_init(listener->loop, &p->pipe, 0) != 0) {
		free(p);
		return;
	}
	p->pipe.data = p;
	p->control = c;
	p->id = ++c->next_id;
	p->active = uv_now(listener->loop);
	p->stopped = true;
	p->next = c->peers;
	c->peers = p;
	c->handles++;
	c->n_peers++;
	if (uv_accept(listener, (uv_stream_t *)&p->pipe) != 0 || !is_ours(&p->pipe)) {
		close_peer(p);
		return;
	}
	if (c->n_peers > CONTROL_PEERS)
		drop_idlest(c, p);
	take_next(p);
}

/* ---- opening and closing ---- */

static int
listen_on(struct control *c, uv_loop_t *loop, int fd)
{
	int rc = uv_pipe_init(loop, &c->listener, 0);

	if (rc != 0) {
		close(fd);
		return rc;
	}
	c->listener.data = c;
	c->handles = 1;
	if ((rc = uv_pipe_open(&c->listener, fd)) != 0)
		close(fd);
	else
		rc = uv_listen((uv_stream_t *)&c->listener, CONTROL_PEERS, on_connection);
	return rc;
}

int
control_open(struct control **out, uv_loop_t *loop, const char *home,
	     const struct control_events *events, void *ctx)
{
	struct control *c = calloc(1, sizeof *c);
	size_t size = strlen(home) + sizeof "/" CONTROL_FILE;
	int fd, rc = UV_ENOMEM;

	if (c == NULL || (c->path = malloc(size)) == NULL)
		goto err_free;
	snprintf(c->path, size, "%s/" CONTROL_FILE, home);
	c->events = *events;
	c->ctx = ctx;
	if ((rc = clear_path(home, c->path)) != 0)
		goto err_free;
	if ((fd = bind_socket(home)) < 0) {
		rc = fd;
		goto err_free;
	}
	if ((rc = listen_on(c, loop, fd)) != 0)
		goto err_unlink;
	*out = c;
	return 0;

err_unlink:
	unlink(c->path);
	if (c->handles > 0) { /* the loop still has the handle: it frees the rest */
		c->closing = true;
		uv_close((uv_handle_t *)&c->listener, on_listener_closed);
		return rc;
	}
err_free:
	if (c != NULL)
		free(c->path);
	free(c);
	return rc;
}

void
control_close(struct control *c, control_closed *closed, void *ctx)
{
	assert(!c->closing);
	c->closing = true;
	c->closed = closed;
	c->closed_ctx = ctx;
	unlink(c->path);
	for (struct peer *p = c->peers; p != NULL; p = p->next)
		close_peer(p);
	uv_close((uv_handle_t *)&c->listener, on_listener_closed);
}
