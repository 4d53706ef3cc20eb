#include "wire.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "dial.h"
#include "outbox.h"

#define READ_CHUNK  16384u           /* ciphertext a read */
#define CIPHER_SIZE (READ_CHUNK * 2) /* one encrypted chunk with all its overhead */

/* Octets from head to tail, in memory of `size`. */
struct span {
	uint8_t *octets;
	size_t head, tail, size;
};

struct wire {
	uv_loop_t *loop;
	uv_tcp_t tcp;
	uv_prepare_t before_sleep; /* flushes; active only while there is something to flush */
	uv_write_t writing;
	struct dial dial;
	unsigned open_handles;   /* handles and requests whose end has not been seen */
	bool dialing, connected; /* before and after the dial's answer; tcp is open in the latter */
	bool open, dead, closing, stuck, hold;
	struct wire_peer peer;
	const struct wire_events *events;
	void *ctx;
	struct tls *tls;
	struct outbox out;
	struct span in, cipher;
	uint64_t stuck_since, last_read;
	uint8_t stuck_octets[WIRE_STUCK];
	uint8_t *tls_in; /* READ_CHUNK octets of ciphertext */
};

static size_t
span_len(const struct span *s)
{
	return s->tail - s->head;
}

/* ---- the end ------------------------------------------------------------------------------- */

static void
free_wire(struct wire *w)
{
	outbox_fini(&w->out);
	explicit_bzero(w->stuck_octets, sizeof w->stuck_octets);
	tls_free(w->tls);
	free(w->in.octets);
	free(w->cipher.octets);
	free(w->tls_in);
	free(w);
}

static void
release(struct wire *w)
{
	const struct wire_events *events = w->events;
	void *ctx = w->ctx;

	assert(w->open_handles > 0);
	if (--w->open_handles > 0)
		return;
	free_wire(w);
	events->closed(ctx);
}

static void
on_handle_closed(uv_handle_t *handle)
{
	release(handle->data);
}

static void
die(struct wire *w, const char *why)
{
	if (w->dead || w->closing)
		return;
	w->dead = true;
	uv_prepare_stop(&w->before_sleep);
	if (w->connected)
		uv_read_stop((uv_stream_t *)&w->tcp);
	w->events->lost(w->ctx, why);
}

static void
die_of(struct wire *w, int error)
{
	die(w, error == UV_EOF ? "the operator closed the connection" : uv_strerror(error));
}

void
wire_close(struct wire *w)
{
	assert(!w->closing);
	w->closing = true;
	if (w->dialing)
		dial_cancel(&w->dial);
	if (w->connected)
		uv_close((uv_handle_t *)&w->tcp, on_handle_closed);
	uv_close((uv_handle_t *)&w->before_sleep, on_handle_closed);
}

/* ---- writing ------------------------------------------------------------------------------- */

/* Encrypts the next chunk, once the last one is gone. */
static int
fill_cipher(struct wire *w)
{
	size_t held = outbox_held(&w->out), chunk = held < READ_CHUNK ? held : READ_CHUNK;

	if (span_len(&w->cipher) > 0)
		return 0;
	w->cipher.head = w->cipher.tail = 0;
	if (w->open && chunk > 0) {
		if (tls_write(w->tls, outbox_octets(&w->out), chunk) != 0)
			return UV_EPROTO;
		outbox_advance(&w->out, chunk);
	}
	w->cipher.tail = tls_output(w->tls, w->cipher.octets, w->cipher.size);
	return 0;
}

/* What goes to the socket next: ciphertext, or the PDUs themselves. */
static uv_buf_t
pending(struct wire *w)
{
	if (w->tls != NULL)
		return uv_buf_init((char *)w->cipher.octets + w->cipher.head,
				   (unsigned)span_len(&w->cipher));
	return uv_buf_init((char *)(uintptr_t)outbox_octets(&w->out),
			   (unsigned)outbox_held(&w->out));
}

static void
advance(struct wire *w, size_t n)
{
	if (w->tls != NULL)
		w->cipher.head += n;
	else
		outbox_advance(&w->out, n);
}

static void on_stuck_written(uv_write_t *request, int status);

/* The socket is full. libuv gets a small piece, so that its callback tells when there is room
 * again. */
static int
get_stuck(struct wire *w, uv_buf_t buf)
{
	size_t n = buf.len < WIRE_STUCK ? buf.len : WIRE_STUCK;
	int error;

	memcpy(w->stuck_octets, buf.base, n);
	buf = uv_buf_init((char *)w->stuck_octets, (unsigned)n);
	error = uv_write(&w->writing, (uv_stream_t *)&w->tcp, &buf, 1, on_stuck_written);
	if (error != 0)
		return error;
	advance(w, n);
	w->stuck = true;
	w->stuck_since = uv_now(w->loop);
	w->open_handles++;
	uv_prepare_stop(&w->before_sleep);
	return 0;
}

static int
flush(struct wire *w)
{
	if (!w->connected)
		return 0;
	while (!w->stuck) {
		uv_buf_t buf;
		int n;

		if (w->tls != NULL && fill_cipher(w) != 0)
			return UV_EPROTO;
		buf = pending(w);
		if (buf.len == 0)
			return 0;
		n = uv_try_write((uv_stream_t *)&w->tcp, &buf, 1);
		if (n == UV_EAGAIN || n == 0)
			return get_stuck(w, buf);
		if (n < 0)
			return n;
		advance(w, (size_t)n);
	}
	return 0;
}

static void
flush_or_die(struct wire *w)
{
	int error = flush(w);

	if (error == UV_EPROTO && w->tls != NULL)
		die(w, tls_why(w->tls));
	else if (error != 0)
		die_of(w, error);
}

static void
on_stuck_written(uv_write_t *request, int status)
{
	struct wire *w = request->data;

	w->stuck = false;
	if (!w->closing && !w->dead) {
		if (status < 0)
			die_of(w, status);
		else
			flush_or_die(w);
		if (!w->stuck && !w->closing && !w->dead)
			w->events->flowing(w->ctx);
	}
	release(w);
}

static void
on_before_sleep(uv_prepare_t *handle)
{
	struct wire *w = handle->data;

	if (w->closing || w->dead)
		return;
	uv_prepare_stop(&w->before_sleep);
	flush_or_die(w);
}

void
wire_flush(struct wire *w)
{
	if (w->open && !w->closing && !w->dead)
		(void)flush(w);
}

uint8_t *
wire_reserve(struct wire *w, size_t n)
{
	return outbox_reserve(&w->out, n);
}

void
wire_commit(struct wire *w, size_t n)
{
	outbox_commit(&w->out, n);
	if (!w->stuck && !w->closing && !w->dead)
		uv_prepare_start(&w->before_sleep, on_before_sleep);
}

void
wire_wipe_after_write(struct wire *w)
{
	outbox_secret(&w->out);
}

uint64_t
wire_committed(const struct wire *w)
{
	return w->out.at + outbox_held(&w->out);
}

uint64_t
wire_handed(const struct wire *w)
{
	/* Through TLS positions do not map: what was encrypted counts as handed. */
	size_t with_libuv = w->stuck && w->tls == NULL
				? uv_stream_get_write_queue_size((const uv_stream_t *)&w->tcp)
				: 0;

	return w->out.at - with_libuv;
}

size_t
wire_held(const struct wire *w)
{
	return outbox_held(&w->out);
}

bool
wire_stuck(const struct wire *w)
{
	return w->stuck;
}

uint64_t
wire_stuck_since(const struct wire *w)
{
	return w->stuck_since;
}

uint64_t
wire_last_read(const struct wire *w)
{
	return w->last_read;
}

uint64_t
wire_recall(struct wire *w, uint32_t command)
{
	return outbox_recall(&w->out, command);
}

/* ---- reading ------------------------------------------------------------------------------- */

/* Hands over the whole PDUs in `in` and moves the rest to its front. */
static void
hand_over(struct wire *w)
{
	struct span *in = &w->in;

	while (!w->closing && !w->dead && span_len(in) >= SMPP_HEADER_SIZE) {
		const uint8_t *pdu = in->octets + in->head;
		struct smpp_header header = smpp_header_read(pdu);

		if (header.length < SMPP_HEADER_SIZE || header.length > SMPP_PDU_MAX) {
			uv_read_stop((uv_stream_t *)&w->tcp);
			w->events->bad_length(w->ctx, &header);
			return;
		}
		if (span_len(in) < header.length)
			break;
		in->head += header.length;
		w->events->pdu(w->ctx, &header, pdu + SMPP_HEADER_SIZE,
			       header.length - SMPP_HEADER_SIZE);
	}
	if (in->head > 0 && span_len(in) > 0)
		memmove(in->octets, in->octets + in->head, span_len(in));
	in->tail -= in->head;
	in->head = 0;
}

static void
on_open(struct wire *w)
{
	w->open = true;
	w->events->open(w->ctx);
}

/* Takes plain octets out of TLS as long as there are any. */
static void
decrypt(struct wire *w)
{
	while (!w->closing && !w->dead) {
		int n = tls_read(w->tls, w->in.octets + w->in.tail, w->in.size - w->in.tail);

		if (n < 0)
			die(w, tls_why(w->tls));
		if (n <= 0)
			return;
		w->in.tail += (size_t)n;
		hand_over(w);
	}
}

static void
on_cipher_read(struct wire *w, size_t n)
{
	if (tls_feed(w->tls, w->tls_in, n) != 0) {
		die_of(w, UV_ENOMEM);
		return;
	}
	if (!w->open) {
		int done = tls_handshake(w->tls);

		flush_or_die(w); /* also the alert that says why it failed */
		if (done < 0)
			die(w, tls_why(w->tls));
		if (done > 0 && !w->closing && !w->dead)
			on_open(w);
	}
	if (w->open)
		decrypt(w);
	/* TLS may have to answer by itself (key update). */
	if (!w->closing && !w->dead)
		uv_prepare_start(&w->before_sleep, on_before_sleep);
}

static void
on_read_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct wire *w = handle->data;

	(void)suggested;
	if (w->tls != NULL)
		*buf = uv_buf_init((char *)w->tls_in, READ_CHUNK);
	else
		*buf = uv_buf_init((char *)w->in.octets + w->in.tail,
				   (unsigned)(w->in.size - w->in.tail));
}

static void
on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct wire *w = stream->data;

	(void)buf;
	if (w->closing || w->dead || n == 0)
		return;
	if (n < 0) {
		die_of(w, (int)n);
		return;
	}
	w->last_read = uv_now(w->loop);
	if (w->tls != NULL) {
		on_cipher_read(w, (size_t)n);
	} else {
		w->in.tail += (size_t)n;
		hand_over(w);
	}
	if (!w->closing && !w->dead && w->open)
		w->events->read_done(w->ctx);
}

void
wire_hold_reading(struct wire *w, bool hold)
{
	if (w->hold == hold || !w->open || w->closing || w->dead)
		return;
	w->hold = hold;
	if (hold)
		uv_read_stop((uv_stream_t *)&w->tcp);
	else
		uv_read_start((uv_stream_t *)&w->tcp, on_read_buffer, on_read);
}

bool
wire_reading_held(const struct wire *w)
{
	return w->hold;
}

/* ---- connecting ---------------------------------------------------------------------------- */

static void
begin_talking(struct wire *w)
{
	int error = uv_read_start((uv_stream_t *)&w->tcp, on_read_buffer, on_read);

	if (error != 0) {
		die_of(w, error);
		return;
	}
	uv_tcp_nodelay(&w->tcp, 1);
	w->last_read = uv_now(w->loop);
	if (w->tls == NULL)
		on_open(w);
	else if (tls_handshake(w->tls) < 0)
		die(w, tls_why(w->tls));
	else
		flush_or_die(w);
}

static void
on_dialed(void *ctx, int status)
{
	struct wire *w = ctx;

	w->dialing = false;
	if (status == 0) {
		w->connected = true;
		w->tcp.data = w;
		w->open_handles++;
		begin_talking(w);
	} else if (!w->closing) {
		die(w, dial_words(status));
	}
	release(w);
}

static bool
allocate(struct wire *w)
{
	w->in = (struct span){malloc(SMPP_PDU_MAX), 0, 0, SMPP_PDU_MAX};
	if (outbox_init(&w->out) != 0 || w->in.octets == NULL)
		return false;
	if (w->peer.tls == NULL)
		return true;
	w->cipher = (struct span){malloc(CIPHER_SIZE), 0, 0, CIPHER_SIZE};
	w->tls_in = malloc(READ_CHUNK);
	w->tls = tls_new(w->peer.tls, w->peer.host);
	return w->cipher.octets != NULL && w->tls_in != NULL && w->tls != NULL;
}

int
wire_connect(struct wire **out, uv_loop_t *loop, const struct wire_peer *peer,
	     const struct wire_events *events, void *ctx)
{
	struct wire *w = calloc(1, sizeof *w);
	int error;

	if (w == NULL)
		return UV_ENOMEM;
	w->loop = loop;
	w->peer = *peer;
	w->events = events;
	w->ctx = ctx;
	w->writing.data = w->before_sleep.data = w;
	error = !allocate(w) ? UV_ENOMEM
			     : dial_begin(&w->dial, loop, &w->tcp, peer->host, peer->port,
					  peer->turn, on_dialed, w);
	if (error != 0) {
		free_wire(w);
		return error;
	}
	uv_prepare_init(loop, &w->before_sleep);
	w->dialing = true;
	w->open_handles = 2;
	*out = w;
	return 0;
}
