#include "session.h"

#include <stdlib.h>
#include <string.h>

enum {
	READ_AT_ONCE = 128 * 1024,
	/* More output than this means a client that does not read: stop listening to it. */
	OUT_LIMIT = 4 * 1024 * 1024,
};

static void on_alloc(uv_handle_t *handle, size_t hint, uv_buf_t *buf);
static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf);
static void on_write(uv_write_t *write, int status);

static void
read_on(struct session *s)
{
	if (!s->closing && !s->frozen && s->out.used < OUT_LIMIT)
		uv_read_start((uv_stream_t *)&s->tcp, on_alloc, on_read);
}

struct session *
session_accept(uv_stream_t *listener, const struct session_events *events, struct tls_context *tls)
{
	struct session *s = calloc(1, sizeof *s);
	if (!s)
		abort();
	s->events = events;
	s->holds = 1;
	s->tcp.data = s;
	s->write.data = s;
	uv_tcp_init(listener->loop, &s->tcp);
	if (tls)
		s->tls = tls_new(tls);
	if (uv_accept(listener, (uv_stream_t *)&s->tcp)) {
		session_close(s);
		return NULL;
	}
	uv_tcp_nodelay(&s->tcp, 1);
	read_on(s);
	return s;
}

void
session_hold(struct session *s)
{
	s->holds++;
}

void
session_release(struct session *s)
{
	if (--s->holds)
		return;
	tls_free(s->tls);
	buffer_fini(&s->raw);
	buffer_fini(&s->in);
	buffer_fini(&s->out);
	buffer_fini(&s->writing);
	free(s);
}

/* Cuts PDUs out of `in`; stops where one is incomplete, or a call froze or closed the session. */
static void
parse(struct session *s)
{
	size_t at = 0;
	s->parsing = true;
	while (!s->closing && !s->frozen && s->in.used - at >= PDU_HEADER) {
		struct pdu_header header;
		pdu_read_header(s->in.at + at, &header);
		if (header.length < PDU_HEADER || header.length > PDU_LIMIT) {
			s->events->broken(s, &header);
			break;
		}
		if (s->in.used - at < header.length)
			break;
		s->events->pdu(s, &header, s->in.at + at + PDU_HEADER, header.length - PDU_HEADER);
		at += header.length;
	}
	s->parsing = false;
	if (at)
		memmove(s->in.at, s->in.at + at, s->in.used - at);
	s->in.used -= at;
}

static void
on_alloc(uv_handle_t *handle, size_t hint, uv_buf_t *buf)
{
	struct session *s = handle->data;
	(void)hint;
	struct buffer *into = s->tls ? &s->raw : &s->in;
	*buf = uv_buf_init((char *)buffer_reserve(into, READ_AT_ONCE), READ_AT_ONCE);
}

static void
on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct session *s = stream->data;
	(void)buf;
	if (s->closing || n == 0)
		return;
	if (n < 0) {
		session_close(s);
		return;
	}
	s->octets_in += (uint64_t)n;
	if (!s->tls) {
		s->in.used += (size_t)n;
	} else if (!tls_receive(s->tls, s->raw.at, (size_t)n, &s->in)) {
		session_close(s);
		return;
	}
	session_hold(s);
	parse(s);
	if (!s->closing && s->out.used > OUT_LIMIT)
		uv_read_stop(stream);
	session_release(s);
}

/* Moves output to `writing`, encrypted if need be; false when there is nothing. */
static bool
gather(struct session *s)
{
	if (s->tls) {
		s->writing.used = 0;
		tls_send(s->tls, &s->out);
		tls_take(s->tls, &s->writing);
	} else {
		struct buffer swap = s->writing;
		s->writing = s->out;
		s->out = swap;
		s->out.used = 0;
	}
	s->written = 0;
	s->octets_out += s->writing.used;
	return s->writing.used > 0;
}

static void
write_rest(struct session *s)
{
	size_t n = s->writing.used - s->written;
	if (s->drip)
		n = 1;
	uv_buf_t buf = uv_buf_init((char *)s->writing.at + s->written, (unsigned)n);
	s->written += n;
	s->busy = true;
	session_hold(s);
	if (uv_write(&s->write, (uv_stream_t *)&s->tcp, &buf, 1, on_write)) {
		s->busy = false;
		session_close(s);
		session_release(s);
	}
}

static void
on_write(uv_write_t *write, int status)
{
	struct session *s = write->data;
	s->busy = false;
	if (status < 0)
		session_close(s);
	else if (!s->closing && s->written < s->writing.used)
		write_rest(s);
	else
		session_flush(s);
	if (!s->busy)
		read_on(s);
	session_release(s);
}

void
session_flush(struct session *s)
{
	if (s->closing || s->frozen || s->busy || (!s->tls && !s->out.used) || !gather(s))
		return;
	if (!s->drip) {
		uv_buf_t buf = uv_buf_init((char *)s->writing.at, (unsigned)s->writing.used);
		int n = uv_try_write((uv_stream_t *)&s->tcp, &buf, 1);
		if (n < 0 && n != UV_EAGAIN) {
			session_close(s);
			return;
		}
		s->written = n > 0 ? (size_t)n : 0;
	}
	if (s->written < s->writing.used)
		write_rest(s);
	else
		read_on(s);
}

void
session_freeze(struct session *s)
{
	if (s->closing || s->frozen)
		return;
	s->frozen = true;
	uv_read_stop((uv_stream_t *)&s->tcp);
}

void
session_thaw(struct session *s)
{
	if (s->closing || !s->frozen)
		return;
	s->frozen = false;
	session_hold(s);
	if (!s->parsing)
		parse(s);
	session_flush(s);
	read_on(s);
	session_release(s);
}

static void
on_close(uv_handle_t *handle)
{
	struct session *s = handle->data;
	s->events->closed(s);
	session_release(s);
}

void
session_close(struct session *s)
{
	if (s->closing)
		return;
	/* What was said before stays said, as far as the socket takes it at once. */
	if (!s->frozen && !s->busy && s->out.used && gather(s)) {
		uv_buf_t buf = uv_buf_init((char *)s->writing.at, (unsigned)s->writing.used);
		uv_try_write((uv_stream_t *)&s->tcp, &buf, 1);
	}
	s->closing = true;
	uv_close((uv_handle_t *)&s->tcp, on_close);
}
