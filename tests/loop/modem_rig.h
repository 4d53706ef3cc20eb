/* A modem, the peer it talks to, and what it told. */
#ifndef TESTS_MODEM_RIG_H
#define TESTS_MODEM_RIG_H

#include "modem_peer.h"

#define RIG_ANSWERS 64
#define RIG_SAID    65536

struct rig {
	uv_loop_t loop;
	uv_timer_t watchdog;
	struct peer peer;
	struct modem *modem;
	bool closed, expired;
	enum modem_state state;
	enum modem_trouble trouble;
	unsigned states, pins, incomings, reports, ussds, answers, lates;
	bool confirms; /* at once */
	const char *pin;
	struct modem_answer answer[RIG_ANSWERS];
	struct modem_answer late;
	struct modem_token token;
	uint64_t digest;
	char text[640], number[64], ussd[640];
	int ussd_error;
	uint8_t reference, status;
	unsigned to_send, sent; /* texts kept coming */
	bool hold, more;
	unsigned calls, close_at; /* callbacks so far; the one that closes the modem */
	char said[RIG_SAID];
	size_t said_n;
};

static inline void rig_on_closed(void *ctx);

static inline void
rig_count(struct rig *rig)
{
	assert_false(rig->closed);
	if (++rig->calls == rig->close_at)
		modem_close(rig->modem, 0, rig_on_closed, rig);
}

static inline void
rig_on_state(void *ctx, const struct modem_info *info)
{
	struct rig *rig = ctx;

	rig->state = info->state;
	rig->trouble = info->trouble;
	rig->states++;
	rig_count(rig);
}

static inline void
rig_on_pin(void *ctx, const struct modem_info *info)
{
	struct rig *rig = ctx;

	(void)info;
	rig->pins++;
	rig_count(rig);
	assert_int_equal(modem_pin(rig->modem, rig->pin),
			 rig->calls == rig->close_at ? UV_EAGAIN : 0);
}

static inline int
rig_send(struct rig *rig, uint64_t cookie)
{
	struct modem_submit submit = {
	    .cookie = cookie,
	    .pdu = {.number = "+639171234567",
		    .encoding = SMS_GSM7,
		    .data = (const uint8_t *)"Please pay",
		    .len = 10,
		    .report = true},
	    .held = rig->hold,
	    .more = rig->more,
	};

	return modem_submit(rig->modem, &submit);
}

static inline void
rig_fill(struct rig *rig)
{
	while (rig->sent < rig->to_send && modem_room(rig->modem) > 0) {
		assert_int_equal(rig_send(rig, rig->sent), 0);
		rig->sent++;
	}
}

static inline void
rig_on_answer(void *ctx, const struct modem_answer *answer)
{
	struct rig *rig = ctx;

	assert_false(rig->closed);
	if (rig->answers < RIG_ANSWERS)
		rig->answer[rig->answers] = *answer;
	rig->answers++;
	rig_count(rig);
	if (rig->modem != NULL)
		rig_fill(rig);
}

static inline void
rig_on_late(void *ctx, const struct modem_answer *answer)
{
	struct rig *rig = ctx;

	rig->late = *answer;
	rig->lates++;
}

static inline void
rig_on_incoming(void *ctx, const struct modem_incoming *incoming)
{
	static const struct gsm7_tables plain;
	struct rig *rig = ctx;

	rig->token = incoming->token;
	rig->digest = incoming->digest;
	if (incoming->pdu != NULL && incoming->pdu->kind == PDU_REPORT) {
		rig->reports++;
		rig->reference = incoming->pdu->reference;
		rig->status = incoming->pdu->status;
	} else {
		rig->incomings++;
	}
	if (incoming->pdu != NULL) {
		snprintf(rig->number, sizeof rig->number, "%s", incoming->pdu->number);
		if (incoming->pdu->kind == PDU_DELIVER)
			gsm7_decode(incoming->pdu->data, incoming->pdu->len, plain, rig->text,
				    sizeof rig->text);
	}
	rig_count(rig);
	if (rig->confirms)
		modem_confirm(rig->modem, incoming->token);
}

static inline void
rig_on_ussd(void *ctx, int error, const char *text)
{
	struct rig *rig = ctx;

	rig->ussds++;
	rig_count(rig);
	rig->ussd_error = error;
	snprintf(rig->ussd, sizeof rig->ussd, "%s", text);
}

static inline void
rig_on_said(void *ctx, char direction, const char *text)
{
	struct rig *rig = ctx;

	if (rig->said_n + strlen(text) + 3 < RIG_SAID)
		rig->said_n += (size_t)snprintf(rig->said + rig->said_n, RIG_SAID - rig->said_n,
						"%c%s\n", direction, text);
}

static inline void
rig_on_watchdog(uv_timer_t *timer)
{
	struct rig *rig = timer->data;

	rig->expired = true;
}

#define RUN_UNTIL(rig, what)                                                                       \
	do {                                                                                       \
		while (!(what) && !(rig)->expired)                                                 \
			uv_run(&(rig)->loop, UV_RUN_ONCE);                                         \
		if (!(what)) {                                                                     \
			print_message("%s", (rig)->said);                                          \
			fail_msg("never came: %s", #what);                                         \
		}                                                                                  \
	} while (0)

static inline struct rig *
rig_new(void)
{
	struct rig *rig = calloc(1, sizeof *rig);

	uv_loop_init(&rig->loop);
	uv_timer_init(&rig->loop, &rig->watchdog);
	rig->watchdog.data = rig;
	uv_timer_start(&rig->watchdog, rig_on_watchdog, 20000, 0);
	uv_unref((uv_handle_t *)&rig->watchdog);
	peer_open(&rig->peer, &rig->loop);
	rig->confirms = true;
	rig->ussd_error = 1;
	return rig;
}

static inline struct modem_config
rig_config(const struct rig *rig)
{
	return (struct modem_config){
	    .path = rig->peer.path,
	    .command_ms = 1500,
	    .slow_ms = 2000,
	    .prompt_ms = 1500,
	    .held_ms = 3000,
	    .sent_ms = 3000,
	    .ping_ms = 300,
	    .reset_ms = 1500,
	    .poll_ms = 100,
	    .drain_ms = 150,
	    .search_ms = 400,
	    .aside_ms = 200,
	    .settle_ms = 10,
	};
}

/* What every test listens to; more is added for what it is about. */
static inline struct modem_events
rig_events(void)
{
	return (struct modem_events){
	    .state = rig_on_state,
	    .pin = rig_on_pin,
	    .answer = rig_on_answer,
	    .late_answer = rig_on_late,
	    .incoming = rig_on_incoming,
	    .ussd = rig_on_ussd,
	    .said = rig_on_said,
	};
}

static inline void
rig_open(struct rig *rig, const struct modem_config *config)
{
	struct modem_events events = rig_events();

	assert_int_equal(modem_open(&rig->modem, &rig->loop, config, &events, rig), 0);
}

static inline struct rig *
rig_ready(void)
{
	struct rig *rig = rig_new();
	struct modem_config config = rig_config(rig);

	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->state == MODEM_READY);
	return rig;
}

static inline void
rig_on_closed(void *ctx)
{
	struct rig *rig = ctx;

	rig->closed = true;
	rig->modem = NULL;
}

static inline void
rig_close(struct rig *rig, unsigned drain_ms)
{
	rig->to_send = 0;
	modem_close(rig->modem, drain_ms, rig_on_closed, rig);
	RUN_UNTIL(rig, rig->closed);
}

static inline void
rig_end(struct rig *rig)
{
	if (!rig->closed)
		rig_close(rig, 0);
	peer_close(&rig->peer);
	uv_close((uv_handle_t *)&rig->watchdog, NULL);
	uv_run(&rig->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&rig->loop), 0);
	free(rig);
}

#endif
