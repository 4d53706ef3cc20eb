#include "session.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pack.h"
#include "rate.h"
#include "window.h"

/* A timer that comes this much late tells that the loop stood still (a suspended machine, a
 * debugger), and what arrived meanwhile has not been read yet: nothing is given up before it was.
 */
#define STALL_MS    1000u
#define UNBIND_MS   1000u
#define REASON_SIZE 160

struct session {
	uv_loop_t *loop;
	uv_timer_t clock; /* the state's deadline; bound: the next enquire_link */
	const struct smpp_link_config *config;
	uint32_t command; /* the bind */
	struct tls_context *tls;
	const struct session_events *events;
	void *ctx;
	enum session_state state;
	char reason[REASON_SIZE];
	bool refused, closing, clock_closed;
	struct wire *wire;   /* NULL: none, or only one that is closing */
	unsigned open_wires; /* made and not yet closed */
	unsigned turn;       /* counts tries: the host's addresses take turns */
	uint32_t generation;
	uint32_t sequence;
	uint64_t handed; /* see session_settle() */
	uint32_t bind_sequence, enquire_sequence, unbind_sequence;
	uint64_t due;                              /* when the clock should ring */
	uint64_t bound_at, last_sent, enquired_at; /* enquired_at 0: none under way */
	struct smpp_backoff backoff;
	struct session_counts counts;
};

static const struct state_row {
	const char *name;
	unsigned next; /* bits of the states that may follow */
} states[] = {
#define TO(s) (1u << (s))
    [SESSION_IDLE] = {"idle", TO(SESSION_CONNECTING) | TO(SESSION_IDLE) | TO(SESSION_CLOSED)},
    [SESSION_CONNECTING] = {"connecting",
			    TO(SESSION_BINDING) | TO(SESSION_IDLE) | TO(SESSION_CLOSED)},
    [SESSION_BINDING] = {"binding", TO(SESSION_BOUND) | TO(SESSION_IDLE) | TO(SESSION_CLOSED)},
    [SESSION_BOUND] = {"bound", TO(SESSION_UNBINDING) | TO(SESSION_IDLE) | TO(SESSION_CLOSED)},
    [SESSION_UNBINDING] = {"unbinding", TO(SESSION_CLOSED)},
    [SESSION_CLOSED] = {"closed", 0},
#undef TO
};

static void on_clock(uv_timer_t *timer);

static void
ring_in(struct session *s, uint64_t ms)
{
	s->due = uv_now(s->loop) + ms;
	uv_timer_start(&s->clock, on_clock, ms, 0);
}

/* Every change of state goes through here. deadline_ms: when the clock rings in it. */
static void
enter(struct session *s, enum session_state state, uint64_t deadline_ms)
{
	bool allowed = states[s->state].next & (1u << state);

	assert(allowed);
	(void)allowed;
	s->state = state;
	if (state == SESSION_CLOSED)
		uv_timer_stop(&s->clock);
	else
		ring_in(s, deadline_ms);
	assert(state == SESSION_IDLE || state == SESSION_CLOSED || s->wire != NULL);
}

static void
changed(struct session *s)
{
	if (!s->closing)
		s->events->changed(s->ctx, s);
}

/* ---- leaving ------------------------------------------------------------------------------- */

static void
finish_if_closed(struct session *s)
{
	const struct session_events *events = s->events;
	void *ctx = s->ctx;

	if (s->state != SESSION_CLOSED || s->open_wires > 0 || !s->clock_closed)
		return;
	free(s);
	events->closed(ctx);
}

static void
on_clock_closed(uv_handle_t *handle)
{
	struct session *s = handle->data;

	s->clock_closed = true;
	finish_if_closed(s);
}

static void
on_wire_closed(void *ctx)
{
	struct session *s = ctx;

	s->open_wires--;
	finish_if_closed(s);
}

static void
leave_wire(struct session *s)
{
	struct wire *wire = s->wire;

	s->wire = NULL;
	s->enquired_at = 0;
	if (wire == NULL)
		return;
	wire_close(wire);
}

static void
become_closed(struct session *s)
{
	enter(s, SESSION_CLOSED, 0);
	leave_wire(s);
	uv_close((uv_handle_t *)&s->clock, on_clock_closed);
}

/* Takes back the submits that have not begun to leave, writes what else the socket takes (a last
 * answer, the rest of a PDU), and returns the position up to which submits have left. */
static uint64_t
settle(struct wire *wire)
{
	uint64_t recalled = wire_recall(wire, SMPP_SUBMIT_SM), handed;

	wire_flush(wire);
	handed = wire_handed(wire);
	return handed < recalled ? handed : recalled;
}

/* Gives the connection up and waits for delay_ms. The owner first learns what was lost, while the
 * wire can still tell what had left. */
static void
fall_back(struct session *s, uint64_t delay_ms, bool refused, const char *why)
{
	bool was_bound = s->state == SESSION_BOUND;

	if (s->closing) {
		become_closed(s);
		return;
	}
	if (s->wire != NULL)
		s->handed = settle(s->wire);
	snprintf(s->reason, sizeof s->reason, "%s", why);
	s->refused = refused;
	enter(s, SESSION_IDLE, delay_ms);
	if (was_bound)
		s->events->lost(s->ctx, s);
	leave_wire(s);
	changed(s);
}

static uint64_t
growing_delay(struct session *s)
{
	uint32_t dice = 0;

	/* A session that stood for a while was a good one: the next trouble is a new one. */
	if (s->state == SESSION_BOUND &&
	    uv_now(s->loop) - s->bound_at >= 10 * (uint64_t)s->config->reconnect_min_ms)
		smpp_backoff_reset(&s->backoff);
	(void)uv_random(NULL, NULL, &dice, sizeof dice, 0, NULL);
	return smpp_backoff_next(&s->backoff, dice);
}

void
session_drop(struct session *s, const char *why)
{
	fall_back(s, growing_delay(s), false, why);
}

/* ---- sending ------------------------------------------------------------------------------- */

static uint32_t
next_sequence(struct session *s)
{
	return s->sequence = window_sequence_after(s->sequence);
}

static int
send_octets(struct session *s, const uint8_t *octets, size_t len)
{
	uint8_t *room = s->wire != NULL ? wire_reserve(s->wire, len) : NULL;

	if (room == NULL)
		return s->wire == NULL ? UV_ENOTCONN : UV_ENOMEM;
	memcpy(room, octets, len);
	wire_commit(s->wire, len);
	s->last_sent = uv_now(s->loop);
	return 0;
}

int
session_send(struct session *s, const uint8_t *octets, size_t len)
{
	if (s->state != SESSION_BOUND && s->state != SESSION_UNBINDING)
		return UV_ENOTCONN;
	return send_octets(s, octets, len);
}

/* A PDU that is all header. Without memory it is not sent; the peer's own timeout covers that. */
static void
send_header(struct session *s, uint32_t command, uint32_t status, uint32_t sequence)
{
	uint8_t octets[SMPP_HEADER_SIZE];

	smpp_header_write(octets,
			  &(struct smpp_header){SMPP_HEADER_SIZE, command, status, sequence});
	(void)send_octets(s, octets, sizeof octets);
}

static void
nack(struct session *s, uint32_t status, uint32_t sequence)
{
	s->counts.nacks++;
	send_header(s, SMPP_GENERIC_NACK, status, sequence);
}

/* ---- the bind ------------------------------------------------------------------------------ */

static void
on_wire_open(void *ctx)
{
	struct session *s = ctx;
	uint8_t octets[SMPP_PACK_BIND_SIZE];
	int len;

	s->bind_sequence = next_sequence(s);
	len = smpp_pack_bind(octets, sizeof octets, s->bind_sequence, s->command,
			     s->config->system_id, s->config->password, s->config->system_type);
	assert(len > 0); /* smpp_link_open() checked the lengths */
	wire_wipe_after_write(s->wire);
	(void)send_octets(s, octets, (size_t)len);
	explicit_bzero(octets, sizeof octets);
	enter(s, SESSION_BINDING, s->config->bind_timeout_ms);
}

static void
on_bound(struct session *s)
{
	s->bound_at = uv_now(s->loop);
	s->refused = false;
	s->reason[0] = '\0';
	enter(s, SESSION_BOUND, s->config->enquire_interval_ms);
	changed(s);
}

static void
on_bind_refused(struct session *s, uint32_t status)
{
	char why[REASON_SIZE], name[16];
	const char *words = smpp_status_words(status);

	snprintf(why, sizeof why, "%s (%s)", words[0] != '\0' ? words : "the bind was refused",
		 smpp_status_name(status, name));
	switch (smpp_status_bind_verdict(status)) {
	case SMPP_BIND_CREDENTIALS: fall_back(s, s->config->refused_ms, true, why); break;
	case SMPP_BIND_MODE:
		snprintf(why, sizeof why,
			 "the operator does not take this kind of bind (%s): try %s",
			 smpp_status_name(status, name),
			 s->command == SMPP_BIND_TRANSCEIVER ? "bind: transmitter+receiver"
							     : "bind: transceiver");
		fall_back(s, s->config->refused_ms, true, why);
		break;
	case SMPP_BIND_ALREADY: {
		uint64_t delay = growing_delay(s);

		if (delay < s->config->already_bound_ms)
			delay = s->config->already_bound_ms;
		fall_back(s, delay, false, why);
		break;
	}
	default: session_drop(s, why); break;
	}
}

/* ---- what comes ---------------------------------------------------------------------------- */

static void
on_unbind(struct session *s, uint32_t sequence)
{
	uint64_t delay = growing_delay(s), pause = 5 * (uint64_t)s->config->reconnect_min_ms;

	send_header(s, SMPP_UNBIND | SMPP_RESP, SMPP_ROK, sequence);
	fall_back(s, delay > pause ? delay : pause, false,
		  "the operator ended the session (unbind)");
}

static void
on_request(struct session *s, const struct smpp_header *header, const uint8_t *body, size_t len)
{
	switch (header->command) {
	case SMPP_ENQUIRE_LINK:
		send_header(s, SMPP_ENQUIRE_LINK | SMPP_RESP, SMPP_ROK, header->sequence);
		break;
	case SMPP_UNBIND: on_unbind(s, header->sequence); break;
	case SMPP_OUTBIND: /* an invitation to bind, which is under way: it has no response */
	case SMPP_ALERT_NOTIFICATION: break;
	case SMPP_DELIVER_SM:
	case SMPP_DATA_SM:
		if (s->state == SESSION_BOUND)
			s->events->pdu(s->ctx, s, header, body, len);
		else if (s->state == SESSION_BINDING) /* not ours to take before the bind */
			send_header(s, header->command | SMPP_RESP, SMPP_RINVBNDSTS,
				    header->sequence);
		break;
	default: nack(s, SMPP_RINVCMDID, header->sequence); break;
	}
}

/* True if it answered the session's own bind, enquire_link or unbind. A generic_nack is an answer
 * too. */
static bool
on_own_response(struct session *s, const struct smpp_header *header)
{
	if (s->state == SESSION_BINDING && header->sequence == s->bind_sequence) {
		if (header->command == SMPP_GENERIC_NACK)
			on_bind_refused(s, header->status != 0 ? header->status : SMPP_RINVCMDID);
		else if (header->status == SMPP_ROK)
			on_bound(s);
		else
			on_bind_refused(s, header->status);
		return true;
	}
	if (s->enquired_at != 0 && header->sequence == s->enquire_sequence) {
		s->enquired_at = 0;
		return true;
	}
	if (s->state == SESSION_UNBINDING && header->sequence == s->unbind_sequence) {
		become_closed(s);
		return true;
	}
	return false;
}

static void
on_wire_pdu(void *ctx, const struct smpp_header *header, const uint8_t *body, size_t len)
{
	struct session *s = ctx;

	if (!(header->command & SMPP_RESP))
		on_request(s, header, body, len);
	else if (!on_own_response(s, header) && s->state == SESSION_BOUND)
		s->events->pdu(s->ctx, s, header, body, len);
}

static void
on_wire_read_done(void *ctx)
{
	struct session *s = ctx;

	if (s->state == SESSION_BOUND)
		s->events->read_done(s->ctx, s);
}

static void
on_wire_bad_length(void *ctx, const struct smpp_header *header)
{
	struct session *s = ctx;

	s->counts.unreadable++;
	nack(s, SMPP_RINVCMDLEN, header->sequence);
	session_drop(s, "the operator sent a PDU of an impossible length");
}

static void
on_wire_flowing(void *ctx)
{
	struct session *s = ctx;

	if (s->state == SESSION_BOUND)
		s->events->flowing(s->ctx, s);
}

static void
on_wire_lost(void *ctx, const char *why)
{
	struct session *s = ctx;

	session_drop(s, why);
}

static const struct wire_events wire_events = {
    on_wire_open,    on_wire_pdu,  on_wire_read_done, on_wire_bad_length,
    on_wire_flowing, on_wire_lost, on_wire_closed,
};

/* ---- the clock ----------------------------------------------------------------------------- */

static void
begin(struct session *s)
{
	struct wire_peer peer = {s->config->host, s->config->port, s->turn++, s->tls};
	char why[REASON_SIZE];
	int error = wire_connect(&s->wire, s->loop, &peer, &wire_events, s);

	if (error != 0) {
		s->wire = NULL;
		fall_back(s, growing_delay(s), false, uv_strerror(error));
		return;
	}
	s->open_wires++;
	s->generation++;
	s->sequence = 0;
	if (s->generation > 1)
		s->counts.reconnects++;
	snprintf(why, sizeof why, "connecting to %.100s:%u", s->config->host, s->config->port);
	memcpy(s->reason, why, sizeof why);
	s->refused = false;
	enter(s, SESSION_CONNECTING, (uint64_t)s->config->connect_timeout_ms * (s->tls ? 2 : 1));
	changed(s);
}

/* enquire_link when one of the two directions was silent for an interval; whatever comes after it
 * proves the link as well as its answer does. */
static void
keep_alive(struct session *s)
{
	uint64_t now = uv_now(s->loop), read = wire_last_read(s->wire), oldest;

	if (s->enquired_at != 0 && read > s->enquired_at)
		s->enquired_at = 0;
	if (wire_reading_held(s->wire)) {
		ring_in(
		    s, s->config->enquire_interval_ms); /* we do not listen: no one can be judged */
		return;
	}
	if (s->enquired_at != 0 && now >= s->enquired_at + s->config->enquire_timeout_ms) {
		session_drop(s, "no answer to enquire_link: the connection is dead");
		return;
	}
	oldest = read < s->last_sent ? read : s->last_sent;
	if (s->enquired_at == 0 && now >= oldest + s->config->enquire_interval_ms) {
		s->enquire_sequence = next_sequence(s);
		s->enquired_at = now;
		s->counts.enquires++;
		send_header(s, SMPP_ENQUIRE_LINK, 0, s->enquire_sequence);
		oldest = now;
	}
	if (s->enquired_at != 0)
		ring_in(s, s->enquired_at + s->config->enquire_timeout_ms - now);
	else
		ring_in(s, oldest + s->config->enquire_interval_ms - now);
}

static void
on_clock(uv_timer_t *timer)
{
	struct session *s = timer->data;

	if (s->state != SESSION_IDLE && uv_now(s->loop) > s->due + STALL_MS) {
		ring_in(s, STALL_MS / 2);
		return;
	}
	switch (s->state) {
	case SESSION_IDLE: begin(s); break;
	case SESSION_CONNECTING: session_drop(s, "no connection within the time allowed"); break;
	case SESSION_BINDING: session_drop(s, "no answer to the bind"); break;
	case SESSION_BOUND: keep_alive(s); break;
	case SESSION_UNBINDING: become_closed(s); break;
	case SESSION_CLOSED: break;
	}
}

/* ---- the owner's side ---------------------------------------------------------------------- */

struct session *
session_new(uv_loop_t *loop, const struct smpp_link_config *config, uint32_t command,
	    struct tls_context *tls, const struct session_events *events, void *ctx)
{
	struct session *s = calloc(1, sizeof *s);

	if (s == NULL)
		return NULL;
	s->loop = loop;
	s->config = config;
	s->command = command;
	s->tls = tls;
	s->events = events;
	s->ctx = ctx;
	s->backoff = (struct smpp_backoff){config->reconnect_min_ms, config->reconnect_max_ms, 0};
	uv_timer_init(loop, &s->clock);
	s->clock.data = s;
	s->state = SESSION_IDLE;
	ring_in(s, 0);
	return s;
}

enum session_state
session_state(const struct session *s)
{
	return s->state;
}

const char *
session_reason(const struct session *s)
{
	return s->reason;
}

bool
session_refused(const struct session *s)
{
	return s->refused;
}

uint32_t
session_generation(const struct session *s)
{
	return s->generation;
}

const struct session_counts *
session_counts(const struct session *s)
{
	return &s->counts;
}

uint32_t *
session_sequence(struct session *s)
{
	return &s->sequence;
}

struct wire *
session_wire(const struct session *s)
{
	return s->state == SESSION_BOUND || s->state == SESSION_UNBINDING ? s->wire : NULL;
}

uint64_t
session_handed(const struct session *s)
{
	return s->handed;
}

uint64_t
session_settle(struct session *s)
{
	if (s->state == SESSION_BOUND)
		s->handed = settle(s->wire);
	return s->handed;
}

void
session_close(struct session *s)
{
	assert(!s->closing);
	s->closing = true;
	if (s->state == SESSION_BOUND) {
		s->unbind_sequence = next_sequence(s);
		send_header(s, SMPP_UNBIND, 0, s->unbind_sequence);
		enter(s, SESSION_UNBINDING, UNBIND_MS);
	} else {
		become_closed(s);
	}
}
