/* session.h - one SMPP session: connected, bound, kept alive, and begun again when it is lost
 *
 *      idle --delay--> connecting --> binding --> bound --> unbinding --> closed
 *        ^                 |             |          |
 *        `-----------------+-------------+----------'   any trouble; each has its delay
 *
 * The session answers enquire_link (before the bind, too), unbind, and PDUs it does not know; it
 * hands deliver_sm, data_sm and the responses to its owner's requests to the owner. Delays between
 * tries grow and are jittered; refused credentials wait for minutes, a bind "already bound" a
 * little less.
 *
 *   Ownership   session_close() takes it back from session_new(). Strings of the configuration are
 *               lent for its life.
 *
 *   Callbacks   never from inside a call made here.
 *
 *   Thread      the loop's.
 */
#ifndef DUNLIN_SMPP_SESSION_H
#define DUNLIN_SMPP_SESSION_H

#include "link_values.h"
#include "wire.h"

enum session_state {
	SESSION_IDLE, /* waits for the next try */
	SESSION_CONNECTING,
	SESSION_BINDING,
	SESSION_BOUND,
	SESSION_UNBINDING,
	SESSION_CLOSED
};

struct session;

struct session_events {
	/* session_state() or session_reason() changed. */
	void (*changed)(void *ctx, struct session *session);
	/* A deliver_sm, data_sm, or a response or generic_nack to a request that is not the
	 * session's own. */
	void (*pdu)(void *ctx, struct session *session, const struct smpp_header *header,
		    const uint8_t *body, size_t len);
	void (*read_done)(void *ctx, struct session *session);
	void (*flowing)(void *ctx, struct session *session);
	/* The bound session is lost: session_handed() tells what had left. `changed` follows. */
	void (*lost)(void *ctx, struct session *session);
	void (*closed)(void *ctx);
};

struct session_counts {
	uint64_t reconnects, enquires, nacks, unreadable;
};

/* command: one of the three binds. config (with its defaults filled in) and tls are lent. NULL: no
 * memory. Begins to connect on the loop's next turn. */
struct session *session_new(uv_loop_t *loop, const struct smpp_link_config *config,
			    uint32_t command, struct tls_context *tls,
			    const struct session_events *events, void *ctx);

enum session_state session_state(const struct session *session);
const char *session_reason(const struct session *session);  /* a sentence for people */
bool session_refused(const struct session *session);        /* idle because a person must act */
uint32_t session_generation(const struct session *session); /* changes with each connection */
const struct session_counts *session_counts(const struct session *session);

/* The counter of sequence numbers, for window_add(). */
uint32_t *session_sequence(struct session *session);

/* The wire of a bound or unbinding session, else NULL. */
struct wire *session_wire(const struct session *session);

/* Queues octets made by smpp_pack_*. 0, or UV_ENOTCONN, UV_ENOMEM. */
int session_send(struct session *session, const uint8_t *octets, size_t len);

/* Within `lost`: a submit whose last octet stands at or before this position has left, no other
 * has. */
uint64_t session_handed(const struct session *session);

/* Takes back what submits have not begun to leave and returns that position; before
 * session_close(). */
uint64_t session_settle(struct session *session);

/* Drops the connection for a reason and begins again with a delay. */
void session_drop(struct session *session, const char *why);

/* Unbinds if bound (a second for the answer), closes; `closed` follows. */
void session_close(struct session *session);

#endif
