#include "link.h"

#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link_parts.h"
#include "pack.h"

/* With this much committed and not taken by the socket there is no room for more. */
#define HELD_MAX (256u << 10)

/* ---- opening ------------------------------------------------------------------------------- */

static void
free_link(struct smpp_link *link)
{
	link_config_free(&link->config);
	tls_context_free(link->tls);
	window_free(link->window);
	free(link);
}

static void on_session_changed(void *ctx, struct session *session);
static void on_session_pdu(void *ctx, struct session *session, const struct smpp_header *header,
			   const uint8_t *body, size_t len);
static void on_session_read_done(void *ctx, struct session *session);
static void on_session_lost(void *ctx, struct session *session);
static void on_session_closed(void *ctx);

static const struct session_events session_events = {
    on_session_changed,   on_session_pdu,  on_session_read_done,
    on_session_read_done, on_session_lost, on_session_closed,
};

/* Both sessions or none: a session that exists must be closed on the loop, so the first is only
 * made when nothing else can fail but the second. */
static int
make_sessions(struct smpp_link *link)
{
	static const uint32_t both[2] = {SMPP_BIND_TRANSMITTER, SMPP_BIND_RECEIVER};
	bool two = link->config.mode == SMPP_MODE_TRANSMITTER_RECEIVER;

	for (unsigned i = 0; i < (two ? 2u : 1u); i++) {
		link->sessions[i] =
		    session_new(link->loop, &link->config, two ? both[i] : SMPP_BIND_TRANSCEIVER,
				link->tls, &session_events, link);
		if (link->sessions[i] == NULL)
			return UV_ENOMEM;
		link->sessions_n++;
		link->open_handles++;
	}
	link->out = link->sessions[0];
	return 0;
}

static int
prepare(struct smpp_link *link, const struct smpp_link_config *config, char why[160])
{
	snprintf(why, 160, "no memory");
	if (!link_config_copy(&link->config, config))
		return UV_ENOMEM;
	link->window = window_new(link->config.window + LINK_QUERIES);
	if (link->window == NULL)
		return UV_ENOMEM;
	if (config->tls) {
		link->tls =
		    tls_context_new(config->ca_file, config->cert_file, config->key_file, why);
		if (link->tls == NULL)
			return UV_EINVAL;
	}
	why[0] = '\0';
	return 0;
}

static void on_room_timer(uv_timer_t *timer);
static void on_expiry_timer(uv_timer_t *timer);
static void on_timer_closed(uv_handle_t *handle);

static void
init_timers(struct smpp_link *link)
{
	uv_timer_init(link->loop, &link->room_timer);
	uv_timer_init(link->loop, &link->expiry_timer);
	link->room_timer.data = link->expiry_timer.data = link;
	link->open_handles += 2;
}

static void
on_nothing_closed(void *ctx)
{
	(void)ctx;
}

/* libuv writes without MSG_NOSIGNAL: a peer that hangs up at the wrong moment would end the
 * process. */
static void
survive_hang_ups(void)
{
	struct sigaction now;

	if (sigaction(SIGPIPE, NULL, &now) == 0 && now.sa_handler == SIG_DFL)
		signal(SIGPIPE, SIG_IGN);
}

int
smpp_link_open(struct smpp_link **out, uv_loop_t *loop, const struct smpp_link_config *config,
	       const struct smpp_link_events *events, void *ctx, char why[160])
{
	char scratch[160];
	const char *fault = link_config_fault(config);
	struct smpp_link *link;
	int error;

	if (why == NULL)
		why = scratch;
	snprintf(why, 160, "%s", fault != NULL ? fault : "no memory");
	if (fault != NULL)
		return UV_EINVAL;
	if ((link = calloc(1, sizeof *link)) == NULL)
		return UV_ENOMEM;
	survive_hang_ups();
	link->loop = loop;
	link->events = events;
	link->ctx = ctx;
	error = prepare(link, config, why);
	if (error != 0) {
		free_link(link);
		return error;
	}
	link->throttle =
	    (struct smpp_backoff){link->config.throttle_min_ms, link->config.throttle_max_ms, 0};
	smpp_rate_init(&link->rate, link->config.rate, uv_now(loop));
	link->stats.since = uv_now(loop);
	init_timers(link);
	error = make_sessions(link);
	if (error != 0) {
		smpp_link_close(link, 0, on_nothing_closed);
		snprintf(why, 160, "no memory");
		return error;
	}
	*out = link;
	return 0;
}

/* ---- state --------------------------------------------------------------------------------- */

unsigned
link_index(const struct smpp_link *link, const struct session *session)
{
	return session == link->sessions[0] ? 0 : 1;
}

/* The link is what its worst session is. */
static enum smpp_link_state
state_of(const struct session *session)
{
	if (session_state(session) == SESSION_BOUND)
		return SMPP_LINK_UP;
	if (session_state(session) != SESSION_IDLE)
		return SMPP_LINK_CONNECTING;
	if (session_generation(session) == 0)
		return SMPP_LINK_CONNECTING; /* its first try begins in this turn of the loop */
	return session_refused(session) ? SMPP_LINK_REFUSED : SMPP_LINK_DOWN;
}

static void
tell_state(struct smpp_link *link)
{
	static const int severity[] = {[SMPP_LINK_UP] = 0,
				       [SMPP_LINK_CONNECTING] = 1,
				       [SMPP_LINK_DOWN] = 2,
				       [SMPP_LINK_REFUSED] = 3};
	const struct session *worst = link->sessions[0];
	enum smpp_link_state state;

	if (link->sessions_n == 2 &&
	    severity[state_of(link->sessions[1])] > severity[state_of(worst)])
		worst = link->sessions[1];
	state = state_of(worst);
	if (state == link->stats.state && strcmp(session_reason(worst), link->stats.reason) == 0)
		return;
	if (state != link->stats.state)
		link->stats.since = uv_now(link->loop);
	link->stats.state = state;
	snprintf(link->stats.reason, sizeof link->stats.reason, "%s", session_reason(worst));
	link->events->state(link->ctx, state, link->stats.reason);
}

static void
on_session_changed(void *ctx, struct session *session)
{
	struct smpp_link *link = ctx;

	if (session == link->out && session_state(session) == SESSION_BOUND) {
		link->stalled = false;
		link->last_answer = uv_now(link->loop);
	}
	if (!link->closing)
		tell_state(link);
	link_look_for_room(link);
}

static void
on_session_lost(void *ctx, struct session *session)
{
	struct smpp_link *link = ctx;
	unsigned i = link_index(link, session);

	link->unacknowledged -= link->delivers_open[i];
	link->delivers_open[i] = 0;
	if (session != link->out)
		return;
	link->stalled = false;
	window_forget_late(link->window);
	link_complete_all(link, session_handed(session));
}

static void
on_session_pdu(void *ctx, struct session *session, const struct smpp_header *header,
	       const uint8_t *body, size_t len)
{
	link_on_pdu(ctx, session, header, body, len);
}

static void
on_session_read_done(void *ctx, struct session *session)
{
	(void)session;
	link_look_for_room(ctx);
}

/* ---- room ---------------------------------------------------------------------------------- */

static unsigned
in_flight(const struct smpp_link *link)
{
	return window_count(link->window, WINDOW_SUBMIT);
}

unsigned
smpp_link_room(const struct smpp_link *link)
{
	const struct wire *wire;
	uint64_t now = uv_now(link->loop);
	unsigned limit, tokens;

	if (link->closing || link->stalled || now < link->paused_until)
		return 0;
	wire = session_wire(link->out);
	if (wire == NULL || wire_stuck(wire) || wire_held(wire) > HELD_MAX)
		return 0;
	limit = link->probing ? 1 : link->config.window;
	limit = limit > in_flight(link) ? limit - in_flight(link) : 0;
	tokens = smpp_rate_room(&link->rate, now);
	return tokens < limit ? tokens : limit;
}

/* What `want` can be satisfied with: never more than the link ever offers at once. */
static unsigned
clipped_want(const struct smpp_link *link)
{
	unsigned most = link->probing ? 1 : link->config.window;

	if (most > smpp_rate_burst(&link->rate))
		most = smpp_rate_burst(&link->rate);
	return link->want < most ? link->want : most;
}

/* Rings when a pause or the bucket, which no event ends, may be over. */
static void
wait_for_room(struct smpp_link *link)
{
	uint64_t now = uv_now(link->loop);
	uint64_t wait = smpp_rate_wait(&link->rate, clipped_want(link), now);

	if (link->closing || link->want == 0)
		return;
	if (link->paused_until > now + wait)
		wait = link->paused_until - now;
	if (wait > 0)
		uv_timer_start(&link->room_timer, on_room_timer, wait, 0);
}

void
link_look_later(struct smpp_link *link)
{
	if (uv_is_active((uv_handle_t *)&link->room_timer) &&
	    uv_timer_get_due_in(&link->room_timer) <= 1)
		return;
	/* Not 0: libuv runs such a timer again in the same turn, for ever if `room` asks again. */
	uv_timer_start(&link->room_timer, on_room_timer, 1, 0);
}

static bool
drained(const struct smpp_link *link)
{
	return window_oldest(link->window) == NULL && link->unacknowledged == 0;
}

void
link_look_for_room(struct smpp_link *link)
{
	if (link->closing) {
		if (!link->leaving && drained(link))
			link_look_later(link);
		return;
	}
	if (link->want == 0)
		return;
	if (smpp_link_room(link) < clipped_want(link)) {
		wait_for_room(link);
		return;
	}
	link->want = 0;
	link->events->room(link->ctx);
}

static void leave(struct smpp_link *link);

static void
on_room_timer(uv_timer_t *timer)
{
	struct smpp_link *link = timer->data;

	if (!link->closing)
		link_look_for_room(link);
	else if (!link->leaving)
		leave(link);
}

void
smpp_link_want(struct smpp_link *link, unsigned n)
{
	if (link->closing)
		return;
	link->want = n;
	if (n > 0 && smpp_link_room(link) >= clipped_want(link))
		link_look_later(link);
	else
		wait_for_room(link);
}

/* ---- submits and queries ------------------------------------------------------------------- */

static void
on_expiry_timer(uv_timer_t *timer)
{
	link_on_expiry(timer->data);
}

void
link_watch(struct smpp_link *link)
{
	const struct window_slot *oldest = window_oldest(link->window);
	const struct wire *wire = session_wire(link->out);
	bool held = wire != NULL && wire_reading_held(wire);
	uint64_t now = uv_now(link->loop), ms;

	if (link->leaving || uv_is_active((uv_handle_t *)&link->expiry_timer))
		return;
	if (oldest == NULL && !link->stalled)
		return;
	ms = (link->stalled ? link->stalled_at : oldest->at) + link->config.response_timeout_ms;
	ms = ms > now ? ms - now : 1;
	/* A socket that takes nothing must be seen in time to take back what it did not take. */
	if (oldest != NULL && (ms > link->config.wire_timeout_ms || held))
		ms = link->config.wire_timeout_ms;
	link->expiry_due = now + ms;
	uv_timer_start(&link->expiry_timer, on_expiry_timer, ms, 0);
}

static void
note_slot(struct smpp_link *link, struct window_slot *slot, uint64_t cookie)
{
	slot->cookie = cookie;
	slot->at = uv_now(link->loop);
	slot->end = wire_committed(session_wire(link->out));
	link_watch(link);
}

int
smpp_link_submit(struct smpp_link *link, const struct smpp_submit *submit)
{
	size_t size = SMPP_PACK_SUBMIT_SIZE(submit->len);
	struct window_slot *slot;
	struct wire *wire;
	uint8_t *octets;
	int len;

	if (link->closing)
		return UV_ECANCELED;
	if (smpp_link_room(link) == 0)
		return UV_EAGAIN;
	wire = session_wire(link->out);
	if ((octets = wire_reserve(wire, size)) == NULL)
		return UV_ENOMEM;
	slot = window_add(link->window, WINDOW_SUBMIT, session_sequence(link->out));
	assert(slot != NULL); /* the window holds what room() offers and the queries */
	len = smpp_pack_submit(octets, size, slot->sequence, submit);
	if (len < 0) {
		window_remove(link->window, slot);
		return len;
	}
	wire_commit(wire, (size_t)len);
	smpp_rate_take(&link->rate, uv_now(link->loop));
	link->stats.submits++;
	note_slot(link, slot, submit->cookie);
	return 0;
}

int
smpp_link_query(struct smpp_link *link, const char *id, uint8_t source_ton, uint8_t source_npi,
		const char *source, uint64_t cookie)
{
	uint8_t octets[SMPP_PACK_QUERY_SIZE];
	struct window_slot *slot;
	int len;

	if (link->closing)
		return UV_ECANCELED;
	if (session_wire(link->out) == NULL ||
	    window_count(link->window, WINDOW_QUERY) >= LINK_QUERIES)
		return UV_EAGAIN;
	slot = window_add(link->window, WINDOW_QUERY, session_sequence(link->out));
	assert(slot != NULL);
	len = smpp_pack_query(octets, sizeof octets, slot->sequence, id, source_ton, source_npi,
			      source);
	if (len >= 0)
		len = session_send(link->out, octets, (size_t)len);
	if (len < 0) {
		window_remove(link->window, slot);
		return len;
	}
	note_slot(link, slot, cookie);
	return 0;
}

void
smpp_link_acknowledge(struct smpp_link *link, struct smpp_token token, uint32_t status)
{
	unsigned i = token.session & 1;
	uint8_t octets[SMPP_HEADER_SIZE + 1];
	struct session *session = link->sessions[i];
	struct wire *wire;
	int len;

	/* The session it came by is gone: the operator will deliver it again to the next one. */
	if (session == NULL || link->leaving || token.session >> 1 != session_generation(session) ||
	    session_state(session) != SESSION_BOUND)
		return;
	len = smpp_pack_deliver_resp(octets, token.command, token.sequence, status);
	(void)session_send(session, octets, (size_t)len);
	assert(link->delivers_open[i] > 0);
	link->delivers_open[i]--;
	link->unacknowledged--;
	wire = session_wire(session);
	if (link->delivers_open[i] <= link->config.delivers_max / 2)
		wire_hold_reading(wire, false);
	if (link->closing && drained(link))
		link_look_later(link);
}

void
smpp_link_stats(const struct smpp_link *link, struct smpp_link_stats *out)
{
	uint64_t now = uv_now(link->loop);

	*out = link->stats;
	out->in_flight = in_flight(link);
	out->unacknowledged = link->unacknowledged;
	out->paused_ms = link->paused_until > now ? (unsigned)(link->paused_until - now) : 0;
	for (unsigned i = 0; i < link->sessions_n && !link->leaving; i++) {
		const struct session_counts *counts = session_counts(link->sessions[i]);

		out->reconnects += counts->reconnects;
		out->enquires += counts->enquires;
		out->nacks += counts->nacks;
		out->unreadable += counts->unreadable;
	}
}

/* ---- the end ------------------------------------------------------------------------------- */

static void
release(struct smpp_link *link)
{
	smpp_link_closed *closed = link->closed;
	void *ctx = link->ctx;

	assert(link->open_handles > 0);
	if (--link->open_handles > 0)
		return;
	free_link(link);
	closed(ctx);
}

static void
on_timer_closed(uv_handle_t *handle)
{
	release(handle->data);
}

static void
on_session_closed(void *ctx)
{
	release(ctx);
}

/* Draining is over: what has no answer now gets its outcome. */
static void
leave(struct smpp_link *link)
{
	uint64_t handed = link->out != NULL ? session_settle(link->out) : 0;

	link->leaving = true;
	link_complete_all(link, handed);
	for (unsigned i = 0; i < link->sessions_n; i++)
		session_close(link->sessions[i]);
	uv_close((uv_handle_t *)&link->room_timer, on_timer_closed);
	uv_close((uv_handle_t *)&link->expiry_timer, on_timer_closed);
}

void
smpp_link_close(struct smpp_link *link, unsigned drain_ms, smpp_link_closed *closed)
{
	assert(!link->closing);
	link->closing = true;
	link->closed = closed;
	link->want = 0;
	link->stats.state = SMPP_LINK_CLOSING;
	uv_timer_start(&link->room_timer, on_room_timer, drained(link) ? 0 : drain_ms, 0);
}
