/* smpp_rig.h - a link on a loop of its own with an operator at the other end, all that the link
 * said, and its contract asserted: nothing is called back inside a call, no submit is answered
 * twice */
#ifndef DUNLIN_TESTS_SMPP_RIG_H
#define DUNLIN_TESTS_SMPP_RIG_H

#include "smpp_peer.h"

#define RIG_COOKIES 70000

/* A link, its peer, and all that the link said. */
struct rig {
	uv_loop_t loop;
	struct peer peer;
	struct smpp_link *link;
	uv_timer_t guard;
	bool closed, timed_out;
	enum smpp_link_state state;
	char reason[160];
	char why_down[160]; /* of the last time it was down */
	unsigned ups, downs, refusals, rooms;
	unsigned submitted, answered, late, delivered, queried;
	unsigned outcomes[5];
	struct smpp_answer last;
	char last_id[SMPP_ID_SIZE], last_info[128];
	uint64_t last_cookie, late_cookie;
	enum smpp_outcome late_outcome;
	uint8_t answers_of[RIG_COOKIES]; /* how often each cookie was answered: never twice */
	struct smpp_deliver deliver;
	uint8_t deliver_octets[4096];
	struct smpp_token token;
	bool hold_acks;
	struct smpp_query_answer query;
	void (*on_answer)(struct rig *rig, uint64_t cookie, const struct smpp_answer *answer);
	void (*on_deliver)(struct rig *rig);
	void (*on_room)(struct rig *rig);
	bool inside; /* a call into the link is under way: nothing may call back */
};

static inline void
rig_on_state(void *ctx, enum smpp_link_state state, const char *reason)
{
	struct rig *rig = ctx;

	assert(!rig->inside && !rig->closed);
	rig->ups += state == SMPP_LINK_UP;
	rig->downs += state == SMPP_LINK_DOWN;
	rig->refusals += state == SMPP_LINK_REFUSED;
	rig->state = state;
	snprintf(rig->reason, sizeof rig->reason, "%s", reason);
	if (state == SMPP_LINK_DOWN)
		snprintf(rig->why_down, sizeof rig->why_down, "%s", reason);
}

static inline void
rig_on_room(void *ctx)
{
	struct rig *rig = ctx;

	assert(!rig->inside && !rig->closed);
	rig->rooms++;
	if (rig->on_room != NULL)
		rig->on_room(rig);
}

static inline void
rig_on_answer(void *ctx, uint64_t cookie, const struct smpp_answer *answer)
{
	struct rig *rig = ctx;

	assert(!rig->inside && !rig->closed);
	assert(cookie < RIG_COOKIES && rig->answers_of[cookie] == 0);
	rig->answers_of[cookie]++;
	rig->answered++;
	rig->outcomes[answer->outcome]++;
	rig->last = *answer;
	rig->last_cookie = cookie;
	snprintf(rig->last_id, sizeof rig->last_id, "%s", answer->id);
	snprintf(rig->last_info, sizeof rig->last_info, "%s", answer->info);
	if (rig->on_answer != NULL)
		rig->on_answer(rig, cookie, answer);
}

static inline void
rig_on_late(void *ctx, uint64_t cookie, const struct smpp_answer *answer)
{
	struct rig *rig = ctx;

	assert(!rig->inside && !rig->closed && rig->answers_of[cookie] == 1);
	rig->late++;
	rig->late_cookie = cookie;
	rig->late_outcome = answer->outcome;
	snprintf(rig->last_id, sizeof rig->last_id, "%s", answer->id);
}

static inline void
rig_on_deliver(void *ctx, const struct smpp_deliver *deliver, struct smpp_token token)
{
	struct rig *rig = ctx;

	assert(!rig->inside && !rig->closed);
	rig->delivered++;
	rig->deliver = *deliver;
	assert(deliver->len < sizeof rig->deliver_octets);
	if (deliver->len > 0)
		memcpy(rig->deliver_octets, deliver->octets, deliver->len);
	rig->deliver_octets[deliver->len] = 0;
	rig->token = token;
	if (rig->on_deliver != NULL)
		rig->on_deliver(rig);
	else if (!rig->hold_acks)
		smpp_link_acknowledge(rig->link, token, SMPP_ROK);
}

static inline void
rig_on_query(void *ctx, uint64_t cookie, const struct smpp_query_answer *answer)
{
	struct rig *rig = ctx;

	assert(!rig->inside && !rig->closed);
	rig->queried++;
	rig->query = *answer;
	rig->last_cookie = cookie;
}

static const struct smpp_link_events rig_events = {
    rig_on_state, rig_on_room, rig_on_answer, rig_on_late, rig_on_deliver, rig_on_query,
};

static inline void
rig_on_guard(uv_timer_t *timer)
{
	struct rig *rig = timer->data;

	rig->timed_out = true;
}

/* Short times everywhere, so that every timeout is met within a test. */
static inline struct smpp_link_config
rig_config(const struct rig *rig)
{
	return (struct smpp_link_config){.host = "127.0.0.1",
					 .port = (uint16_t)rig->peer.port,
					 .system_id = "sunrise",
					 .password = "secret",
					 .window = 10,
					 .reconnect_min_ms = 10,
					 .reconnect_max_ms = 50,
					 .already_bound_ms = 30,
					 .throttle_min_ms = 20,
					 .throttle_max_ms = 80};
}

static inline struct rig *
rig_new(peer_hook *hook)
{
	struct rig *rig = calloc(1, sizeof *rig);

	assert(rig != NULL && uv_loop_init(&rig->loop) == 0);
	peer_listen(&rig->peer, &rig->loop);
	rig->peer.hook = hook;
	rig->peer.ctx = rig;
	uv_timer_init(&rig->loop, &rig->guard);
	rig->guard.data = rig;
	return rig;
}

static inline void
rig_open(struct rig *rig, const struct smpp_link_config *config)
{
	char why[160];
	int error;

	rig->inside = true;
	error = smpp_link_open(&rig->link, &rig->loop, config, &rig_events, rig, why);
	rig->inside = false;
	if (error != 0)
		fprintf(stderr, "open: %s: %s\n", uv_strerror(error), why);
	assert(error == 0);
}

/* A link with the times and the window of `config`, where it has any, opened. */
static inline struct rig *
rig_with(peer_hook *hook, const struct smpp_link_config *config)
{
	struct rig *rig = rig_new(hook);
	struct smpp_link_config mine = rig_config(rig);

	if (config != NULL) {
		mine.response_timeout_ms = config->response_timeout_ms;
		mine.wire_timeout_ms = config->wire_timeout_ms;
		mine.enquire_interval_ms = config->enquire_interval_ms;
		mine.enquire_timeout_ms = config->enquire_timeout_ms;
		mine.bind_timeout_ms = config->bind_timeout_ms;
		mine.refused_ms = config->refused_ms;
		mine.window = config->window != 0 ? config->window : mine.window;
	}
	rig_open(rig, &mine);
	return rig;
}

/* Runs the loop until the expression is true; a test that waits ten seconds has failed. */
#define RUN_UNTIL(rig, expression)                                                                 \
	do {                                                                                       \
		(rig)->timed_out = false;                                                          \
		uv_timer_start(&(rig)->guard, rig_on_guard, 10000, 0);                             \
		while (!(expression) && !(rig)->timed_out)                                         \
			uv_run(&(rig)->loop, UV_RUN_ONCE);                                         \
		uv_timer_stop(&(rig)->guard);                                                      \
		if (!(expression))                                                                 \
			fail_msg("waited in vain for %s (state %d, %s)", #expression,              \
				 (int)(rig)->state, (rig)->reason);                                \
	} while (0)

/* A link that is up. */
static inline struct rig *
rig_up(peer_hook *hook)
{
	struct rig *rig = rig_with(hook, NULL);

	RUN_UNTIL(rig, rig->state == SMPP_LINK_UP);
	return rig;
}

static inline void
rig_on_pass(uv_timer_t *timer)
{
	*(bool *)timer->data = true;
}

/* Lets ms pass on the loop. */
static inline void
rig_pass(struct rig *rig, unsigned ms)
{
	bool done = false;

	rig->guard.data = &done;
	uv_timer_start(&rig->guard, rig_on_pass, ms, 0);
	while (!done)
		uv_run(&rig->loop, UV_RUN_ONCE);
	rig->guard.data = rig;
}

static inline int
rig_submit(struct rig *rig, uint64_t cookie)
{
	struct smpp_submit submit = {.cookie = cookie,
				     .source_ton = 3,
				     .source = "28550",
				     .dest_ton = 1,
				     .dest_npi = 1,
				     .dest = "639171234567",
				     .registered_delivery = 1,
				     .octets = (const uint8_t *)"Your payment is due",
				     .len = 19};
	int error;

	rig->inside = true;
	error = smpp_link_submit(rig->link, &submit);
	rig->inside = false;
	rig->submitted += error == 0;
	return error;
}

static inline void
rig_on_closed(void *ctx)
{
	struct rig *rig = ctx;

	assert(!rig->inside && !rig->closed);
	rig->closed = true;
}

static inline void
rig_begin_close(struct rig *rig, unsigned drain_ms)
{
	bool inside = rig->inside;

	rig->inside = true;
	smpp_link_close(rig->link, drain_ms, rig_on_closed);
	rig->inside = inside;
}

static inline void
rig_on_walk(uv_handle_t *handle, void *ctx)
{
	(void)ctx;
	fprintf(stderr, "left open: %s\n", uv_handle_type_name(handle->type));
}

/* Closes what is open and checks the contract: every submit answered once, no handle left. */
static inline void
rig_end(struct rig *rig)
{
	if (rig->link != NULL && !rig->closed) {
		struct smpp_link_stats stats;

		smpp_link_stats(rig->link, &stats);
		if (stats.state != SMPP_LINK_CLOSING)
			rig_begin_close(rig, 0);
		RUN_UNTIL(rig, rig->closed);
	}
	assert(rig->answered == rig->submitted);
	peer_close(&rig->peer);
	uv_close((uv_handle_t *)&rig->guard, NULL);
	uv_run(&rig->loop, UV_RUN_DEFAULT);
	if (uv_loop_close(&rig->loop) != 0) {
		uv_walk(&rig->loop, rig_on_walk, NULL);
		abort();
	}
	free(rig);
}

#endif
