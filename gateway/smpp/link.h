/* link.h - one SMPP link to an operator: bound, kept bound, and used
 *
 * A link is one TCP session (transceiver) or two (transmitter and receiver). It connects, binds,
 * enquires, reconnects with a growing, jittered delay, and never spins. It knows octets, ids and
 * numbers; nothing of debts, stores or routes.
 *
 *      open --> connecting <----------------.
 *                   | all sessions bound    | lost, unbound by the operator
 *                   v                       |
 *                  up ----------------------'
 *      connecting --> refused (a person must act: password, bind mode) --> tried again in 5 minutes
 *      any --> closing: drained, unbound, closed
 *
 *   Ownership   smpp_link_open() copies the configuration; the password is wiped at close and never
 *               logged. What is handed to a callback is lent until the callback returns.
 *   Completion  every submit that was accepted (0) gets exactly one `answer`, every query one
 *               `query_answer`: never from inside the call that made it, never after `closed`. A
 *               `late_answer` may follow an `answer` of SMPP_UNKNOWN, within the same session.
 *   Callbacks   may call anything here, smpp_link_close() included.
 *   Closing     smpp_link_close() once. It waits for answers, unbinds, gives every submit left its
 *               outcome, then calls `closed` as the last thing the link ever does. A host name that
 *               is being resolved is waited for: nothing can interrupt that.
 *
 *   Errors      0 or a negative UV_E* code; what became of a text is an outcome, not an error.
 *
 *   Thread      the loop's. Times are real milliseconds (uv_now).
 *
 *   Signals     SIGPIPE is set to be ignored, unless the program has decided about it already.
 */
#ifndef DUNLIN_SMPP_LINK_H
#define DUNLIN_SMPP_LINK_H

#include "link_values.h"

#include <uv.h>

struct smpp_link;

enum smpp_link_state {
	SMPP_LINK_CONNECTING, /* at first, and while reconnecting */
	SMPP_LINK_UP,
	SMPP_LINK_DOWN,    /* waiting before the next try */
	SMPP_LINK_REFUSED, /* a person must act; tried again after refused_ms */
	SMPP_LINK_CLOSING
};

struct smpp_link_events {
	/* The state changed; reason is a sentence for people, "" when up. */
	void (*state)(void *ctx, enum smpp_link_state state, const char *reason);
	/* What smpp_link_want() asked for is there. */
	void (*room)(void *ctx);
	void (*answer)(void *ctx, uint64_t cookie, const struct smpp_answer *answer);
	void (*late_answer)(void *ctx, uint64_t cookie, const struct smpp_answer *answer);
	/* A text or a receipt came: make it durable, then smpp_link_acknowledge(). */
	void (*deliver)(void *ctx, const struct smpp_deliver *deliver, struct smpp_token token);
	void (*query_answer)(void *ctx, uint64_t cookie, const struct smpp_query_answer *answer);
};
typedef void smpp_link_closed(void *ctx);

/* Counts since the link was opened. */
struct smpp_link_stats {
	uint64_t submits, answers, accepted, refused, unknown, unsent, late;
	uint64_t delivers, throttles, nacks, unreadable, reconnects, enquires;
	unsigned in_flight;      /* submits without an answer now */
	unsigned unacknowledged; /* incoming without our answer now */
	unsigned paused_ms;      /* what is left of a throttling pause */
	uint64_t since;          /* uv_now() of the last change of state */
	uint32_t last_status;    /* of the last answer that was not 0 */
	enum smpp_link_state state;
	char reason[160]; /* of the state */
};

/* Opens a link and begins to connect. UV_EINVAL: a field is missing or too long (system_id 15,
 * password 31, system_type 12 octets) or a TLS file is bad; `why` (may be NULL) then says what. */
int smpp_link_open(struct smpp_link **out, uv_loop_t *loop, const struct smpp_link_config *config,
		   const struct smpp_link_events *events, void *ctx, char why[160]);

/* How many submits may be handed over now: window, rate, throttling and the socket considered.
 * Needs the transmitting session only: it may be more than 0 while a receiver is still connecting.
 */
unsigned smpp_link_room(const struct smpp_link *link);

/* Asks for one `room` call as soon as smpp_link_room() is at least n, on a later turn of the loop.
 * n is clipped to what the link can ever offer at once (a text with more parts is handed over part
 * by part). A new call replaces the one before; 0 takes it back. */
void smpp_link_want(struct smpp_link *link, unsigned n);

/* Hands one submit over. 0: taken, an `answer` will follow. UV_EAGAIN: no room. UV_EINVAL: a field
 * is too long. UV_ENOMEM. UV_ECANCELED: closing. Nothing follows an error. */
int smpp_link_submit(struct smpp_link *link, const struct smpp_submit *submit);

/* Asks what became of a message (query_sm, SMPP 3.4 4.8); source as it was submitted. UV_EAGAIN:
 * link down, or ten queries are under way. */
int smpp_link_query(struct smpp_link *link, const char *id, uint8_t source_ton, uint8_t source_npi,
		    const char *source, uint64_t cookie);

/* Answers an incoming PDU with a command_status: SMPP_ROK once it is durable, SMPP_RX_T_APPN or
 * SMPP_RMSGQFUL to be given it again later. At most once a token. */
void smpp_link_acknowledge(struct smpp_link *link, struct smpp_token token, uint32_t status);

void smpp_link_stats(const struct smpp_link *link, struct smpp_link_stats *out);

/* Takes no more submits, waits up to drain_ms for what is unanswered both ways, unbinds, closes. */
void smpp_link_close(struct smpp_link *link, unsigned drain_ms, smpp_link_closed *closed);

#endif
