/*
 * One client's connection: TCP or TLS, PDUs cut out of the stream, output gathered and written in
 * one go. What the PDUs mean is the smsc's business; the part of the struct marked so is its.
 *
 *     open ──freeze()──> frozen ──thaw()──> open      nothing is read, parsed or written meanwhile
 *       └──────close()──────┴──> closing ──> closed() ──> freed when the last hold is let go
 *
 * Ownership: the session frees itself once closed and not held. Waiting entries (delayed answers)
 * hold it with session_hold(), and find `closing` set when they come up too late.
 * Completion: `pdu` is called from the loop only; `closed` once, last.
 */
#ifndef SIM_SESSION_H
#define SIM_SESSION_H

#include "buffer.h"
#include "pdu.h"
#include "tls.h"

#include <stdbool.h>
#include <uv.h>

struct session;
struct delivery;

struct session_events {
	void (*pdu)(struct session *session, const struct pdu_header *header, const uint8_t *body,
		    size_t n);
	/* A command_length that cannot be: the stream has lost its frame. */
	void (*broken)(struct session *session, const struct pdu_header *header);
	void (*closed)(struct session *session);
};

enum { SESSION_SLOTS = 1024 };

/* A deliver_sm on its way; sequence 0 = free. */
struct session_slot {
	uint32_t sequence;
	struct delivery *delivery;
};

struct session {
	uv_tcp_t tcp;
	uv_write_t write;
	const struct session_events *events;
	struct tls *tls;
	struct buffer raw; /* TLS only: as it came from the network */
	struct buffer in;
	struct buffer out;     /* PDUs to send, in clear */
	struct buffer writing; /* on its way, as the network gets it */
	size_t written;
	unsigned holds;
	bool busy; /* a write is under way */
	bool drip;
	bool frozen;
	bool closing;
	bool parsing;
	uint64_t octets_in;
	uint64_t octets_out;

	/* the smsc's */
	struct session *next;
	void *smsc;
	uint64_t number;
	char system_id[16];
	bool bound;
	bool sends;    /* transmitter or transceiver */
	bool receives; /* receiver or transceiver */
	bool silent;   /* answers nothing any more */
	bool forgotten;
	bool unbinding;
	bool write_held; /* coalescing: a DUE_WRITE is waiting */
	uint32_t sequence;
	uint64_t submits;
	uint64_t unanswered;
	uint64_t answered; /* in this round of the loop, not yet written */
	uint64_t answer_at;
	uint64_t heard_at;
	unsigned delivering;
	struct session_slot slots[SESSION_SLOTS];
};

/* Accepts a connection; NULL if there is none after all. */
struct session *session_accept(uv_stream_t *listener, const struct session_events *events,
			       struct tls_context *tls);

/* Writes what is gathered in `out`, unless frozen or still writing. */
void session_flush(struct session *session);

void session_freeze(struct session *session);
void session_thaw(struct session *session);

/* Tries to write what is gathered, then closes. */
void session_close(struct session *session);

void session_hold(struct session *session);
void session_release(struct session *session);

#endif
