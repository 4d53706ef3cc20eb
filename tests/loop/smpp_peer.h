/* smpp_peer.h - an operator for tests: a TCP server on the test's own loop that says exactly the
 * octets it is told to, and counts what it is sent
 *
 * Without a hook it binds everybody, answers enquire_link, unbind and submit_sm (ids "m1", "m2",
 * ...). A hook sees every PDU first and returns true when it took care of it. */
#ifndef DUNLIN_TESTS_SMPP_PEER_H
#define DUNLIN_TESTS_SMPP_PEER_H

#undef NDEBUG /* these asserts are the tests */
#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "gateway/smpp/link.h"

struct peer_conn;
typedef bool peer_hook(struct peer_conn *conn, const struct smpp_header *header,
		       const uint8_t *body, size_t len);

struct peer {
	uv_loop_t *loop;
	uv_tcp_t server;
	int port;
	peer_hook *hook;
	void *ctx;
	struct peer_conn *conns; /* newest first */
	unsigned connections, open_conns, binds, submits, enquires, unbinds, others;
	bool silent; /* answers nothing by itself but binds */
};

struct peer_conn {
	uv_tcp_t tcp;
	uv_idle_t drip;
	struct peer *peer;
	struct peer_conn *next;
	uint8_t in[1 << 18];
	size_t in_len;
	uint8_t *drip_octets;
	size_t drip_len, drip_at;
	unsigned open_handles;
	bool closing;
	uint32_t bound_as;
	unsigned unanswered; /* of a test's own counting */
};

static inline void
peer_free_conn(uv_handle_t *handle)
{
	struct peer_conn *conn = handle->data, **at = &conn->peer->conns;

	if (--conn->open_handles > 0)
		return;
	while (*at != conn)
		at = &(*at)->next;
	*at = conn->next;
	conn->peer->open_conns--;
	free(conn->drip_octets);
	free(conn);
}

static inline void
peer_hang_up(struct peer_conn *conn)
{
	if (conn->closing)
		return;
	conn->closing = true;
	uv_close((uv_handle_t *)&conn->tcp, peer_free_conn);
	uv_close((uv_handle_t *)&conn->drip, peer_free_conn);
}

static inline void
peer_written(uv_write_t *request, int status)
{
	(void)status;
	free(request->data);
	free(request);
}

static inline void
peer_send(struct peer_conn *conn, const void *octets, size_t len)
{
	uv_write_t *request = malloc(sizeof *request);
	uv_buf_t buf = uv_buf_init(malloc(len), (unsigned)len);

	if (conn->closing) {
		free(request);
		free(buf.base);
		return;
	}
	memcpy(buf.base, octets, len);
	request->data = buf.base;
	if (uv_write(request, (uv_stream_t *)&conn->tcp, &buf, 1, peer_written) != 0)
		peer_written(request, 0);
}

/* One octet a turn of the loop. */
static inline void
peer_on_drip(uv_idle_t *handle)
{
	struct peer_conn *conn = handle->data;

	if (conn->drip_at < conn->drip_len)
		peer_send(conn, conn->drip_octets + conn->drip_at++, 1);
	else
		uv_idle_stop(handle);
}

static inline void
peer_drip(struct peer_conn *conn, const void *octets, size_t len)
{
	conn->drip_octets = realloc(conn->drip_octets, conn->drip_len + len);
	memcpy(conn->drip_octets + conn->drip_len, octets, len);
	conn->drip_len += len;
	uv_idle_start(&conn->drip, peer_on_drip);
}

/* A PDU with a body; returns its length. */
static inline size_t
peer_pdu(uint8_t *out, uint32_t command, uint32_t status, uint32_t sequence, const void *body,
	 size_t len)
{
	struct smpp_header header = {(uint32_t)(SMPP_HEADER_SIZE + len), command, status, sequence};

	smpp_header_write(out, &header);
	if (len > 0)
		memcpy(out + SMPP_HEADER_SIZE, body, len);
	return SMPP_HEADER_SIZE + len;
}

static inline void
peer_say(struct peer_conn *conn, uint32_t command, uint32_t status, uint32_t sequence,
	 const void *body, size_t len)
{
	uint8_t octets[2048];

	assert(len < sizeof octets - SMPP_HEADER_SIZE);
	peer_send(conn, octets, peer_pdu(octets, command, status, sequence, body, len));
}

static inline void
peer_answer_submit(struct peer_conn *conn, uint32_t sequence, const char *id)
{
	peer_say(conn, SMPP_SUBMIT_SM | SMPP_RESP, 0, sequence, id, strlen(id) + 1);
}

/* The body of a deliver_sm; returns its length. */
static inline size_t
peer_deliver_body(uint8_t *out, const char *from, const char *to, uint8_t esm_class,
		  uint8_t data_coding, const void *text, size_t len)
{
	uint8_t *p = out;

	*p++ = 0;
	*p++ = 1;
	*p++ = 1;
	p = (uint8_t *)stpcpy((char *)p, from) + 1;
	*p++ = 3;
	*p++ = 0;
	p = (uint8_t *)stpcpy((char *)p, to) + 1;
	*p++ = esm_class;
	memset(p, 0, 4); /* protocol, priority, schedule, validity */
	p += 4;
	*p++ = 0;
	*p++ = 0;
	*p++ = data_coding;
	*p++ = 0;
	*p++ = (uint8_t)len;
	if (len > 0)
		memcpy(p, text, len);
	return (size_t)(p - out) + len;
}

static inline void
peer_deliver(struct peer_conn *conn, uint32_t sequence, const char *from, uint8_t esm_class,
	     const char *text)
{
	uint8_t body[1024];

	peer_say(conn, SMPP_DELIVER_SM, 0, sequence, body,
		 peer_deliver_body(body, from, "28550", esm_class, 0, text, strlen(text)));
}

static inline void
peer_take(struct peer_conn *conn, const struct smpp_header *header, const uint8_t *body, size_t len)
{
	struct peer *peer = conn->peer;
	bool bind = header->command == SMPP_BIND_TRANSCEIVER ||
		    header->command == SMPP_BIND_TRANSMITTER ||
		    header->command == SMPP_BIND_RECEIVER;
	char id[24];

	peer->binds += bind;
	peer->submits += header->command == SMPP_SUBMIT_SM;
	peer->enquires += header->command == SMPP_ENQUIRE_LINK;
	peer->unbinds += header->command == SMPP_UNBIND;
	if (bind)
		conn->bound_as = header->command;
	if (peer->hook != NULL && peer->hook(conn, header, body, len))
		return;
	if (bind)
		peer_say(conn, header->command | SMPP_RESP, 0, header->sequence, "test", 5);
	else if (peer->silent)
		return;
	else if (header->command == SMPP_ENQUIRE_LINK || header->command == SMPP_UNBIND)
		peer_say(conn, header->command | SMPP_RESP, 0, header->sequence, NULL, 0);
	else if (header->command == SMPP_SUBMIT_SM) {
		snprintf(id, sizeof id, "m%u", peer->submits);
		peer_answer_submit(conn, header->sequence, id);
	} else
		peer->others++;
}

static inline void
peer_on_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct peer_conn *conn = handle->data;

	(void)suggested;
	*buf = uv_buf_init((char *)conn->in + conn->in_len,
			   (unsigned)(sizeof conn->in - conn->in_len));
}

static inline void
peer_on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct peer_conn *conn = stream->data;
	size_t at = 0;

	(void)buf;
	if (n < 0) {
		peer_hang_up(conn);
		return;
	}
	conn->in_len += (size_t)n;
	while (!conn->closing && conn->in_len - at >= SMPP_HEADER_SIZE) {
		struct smpp_header header = smpp_header_read(conn->in + at);

		assert(header.length >= SMPP_HEADER_SIZE && header.length <= SMPP_PDU_MAX);
		if (conn->in_len - at < header.length)
			break;
		peer_take(conn, &header, conn->in + at + SMPP_HEADER_SIZE,
			  header.length - SMPP_HEADER_SIZE);
		at += header.length;
	}
	memmove(conn->in, conn->in + at, conn->in_len - at);
	conn->in_len -= at;
}

static inline void
peer_on_connection(uv_stream_t *server, int status)
{
	struct peer *peer = server->data;
	struct peer_conn *conn = calloc(1, sizeof *conn);

	assert(status == 0 && conn != NULL);
	conn->peer = peer;
	uv_tcp_init(peer->loop, &conn->tcp);
	uv_idle_init(peer->loop, &conn->drip);
	conn->open_handles = 2;
	conn->tcp.data = conn->drip.data = conn;
	assert(uv_accept(server, (uv_stream_t *)&conn->tcp) == 0);
	uv_tcp_nodelay(&conn->tcp, 1);
	conn->next = peer->conns;
	peer->conns = conn;
	peer->connections++;
	peer->open_conns++;
	uv_read_start((uv_stream_t *)&conn->tcp, peer_on_buffer, peer_on_read);
}

static inline void
peer_listen(struct peer *peer, uv_loop_t *loop)
{
	struct sockaddr_in address;
	int size = sizeof address;

	memset(peer, 0, sizeof *peer);
	peer->loop = loop;
	uv_tcp_init(loop, &peer->server);
	peer->server.data = peer;
	uv_ip4_addr("127.0.0.1", 0, &address);
	assert(uv_tcp_bind(&peer->server, (struct sockaddr *)&address, 0) == 0);
	assert(uv_listen((uv_stream_t *)&peer->server, 16, peer_on_connection) == 0);
	uv_tcp_getsockname(&peer->server, (struct sockaddr *)&address, &size);
	peer->port = ntohs(address.sin_port);
}

static inline void
peer_close(struct peer *peer)
{
	for (struct peer_conn *conn = peer->conns; conn != NULL; conn = conn->next)
		peer_hang_up(conn);
	uv_close((uv_handle_t *)&peer->server, NULL);
}

#endif
