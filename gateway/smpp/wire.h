/* wire.h - one connection: octets to whole PDUs, PDUs to few large writes, with or without TLS
 *
 * Lives for one connection; the session (session.h) makes the next one. What is committed is
 * written once a turn of the loop, just before it sleeps, so that a hundred submits make one write.
 * While the socket takes no more, at most WIRE_STUCK octets are with libuv; the rest waits here and
 * can be taken back (wire_recall), which is how an unsent text is known to be unsent.
 *
 *      connecting --> (TLS handshake) --> open --> dead (`lost` was said) --> closed
 *
 *   Ownership   wire_close() takes the wire back from wire_connect(); freed before `closed` is
 *               said.
 *
 *   Callbacks   never from inside a call made here. `lost` at most once, then only `closed`.
 *
 *   Positions   count the octets committed since the start; 64 bits, never wrap.
 *   Thread      the loop's.
 */
#ifndef DUNLIN_SMPP_WIRE_H
#define DUNLIN_SMPP_WIRE_H

#include <uv.h>

#include "codec.h"
#include "tls.h"

#define WIRE_STUCK 1024u

struct wire;

struct wire_peer {
	const char *host; /* lent for the wire's life */
	uint16_t port;
	unsigned turn; /* which of the host's addresses to begin with, modulo their number */
	struct tls_context *tls; /* NULL: plain */
};

struct wire_events {
	void (*open)(void *ctx);
	/* A whole PDU, in the order of arrival; body and header->length agree. */
	void (*pdu)(void *ctx, const struct smpp_header *header, const uint8_t *body, size_t len);
	/* All PDUs of one read have been handed over. */
	void (*read_done)(void *ctx);
	/* A command_length that cannot be: nothing after it can be read. Say so and close. */
	void (*bad_length)(void *ctx, const struct smpp_header *header);
	/* The socket takes octets again after it did not. */
	void (*flowing)(void *ctx);
	void (*lost)(void *ctx, const char *why);
	void (*closed)(void *ctx);
};

/* Begins to connect. 0, UV_ENOMEM or what libuv said; then there is no wire. */
int wire_connect(struct wire **out, uv_loop_t *loop, const struct wire_peer *peer,
		 const struct wire_events *events, void *ctx);

/* Room for one PDU of up to n octets at the end of what is to be written; NULL: no memory, or too
 * much is held already. Good until the next call. wire_commit() takes n of them. */
uint8_t *wire_reserve(struct wire *wire, size_t n);
void wire_commit(struct wire *wire, size_t n);

/* The octets just committed hold a secret: wipe them once they are written. */
void wire_wipe_after_write(struct wire *wire);

uint64_t wire_committed(const struct wire *wire); /* position after the last octet committed */
uint64_t wire_handed(const struct wire *wire); /* position after the last octet the kernel took */
size_t wire_held(const struct wire *wire);     /* octets committed and not handed */
bool wire_stuck(const struct wire *wire);      /* the socket takes nothing more for now */
uint64_t wire_stuck_since(const struct wire *wire);
uint64_t wire_last_read(const struct wire *wire); /* uv_now() of the last octets that came */

/* Takes back all whole PDUs of this command that have not begun to leave. Returns the position from
 * which none of them is left: a PDU that began there or later is recalled. */
uint64_t wire_recall(struct wire *wire, uint32_t command);

/* Stops and resumes reading; the peer then waits. */
void wire_hold_reading(struct wire *wire, bool hold);
bool wire_reading_held(const struct wire *wire);

/* Writes what the socket takes at once; for the last words before wire_close(). */
void wire_flush(struct wire *wire);

void wire_close(struct wire *wire);

#endif
