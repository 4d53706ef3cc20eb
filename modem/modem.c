#include "modem_parts.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- states ---- */

#define TO(state)   (1u << (state))
#define ENDS        (TO(MODEM_LOST) | TO(MODEM_CLOSING))
#define HEALS       (TO(MODEM_PINGING) | TO(MODEM_RESETTING) | TO(MODEM_OPENING) | ENDS)
#define WAIT(field) offsetof(struct modem_config, field)
#define RESTS       ((size_t)-1)

/* What may follow a state, and how long it may last: `times` times a wait of the configuration. */
static const struct {
	unsigned next;
	size_t wait;
	unsigned times;
} states[MODEM_STATES] = {
    [MODEM_OPENING] = {TO(MODEM_IDENTIFYING) | HEALS, WAIT(reset_ms), 1},
    [MODEM_IDENTIFYING] = {TO(MODEM_LOCKED) | TO(MODEM_SETTING) | TO(MODEM_ASIDE) | HEALS,
			   WAIT(slow_ms), 6},
    [MODEM_LOCKED] = {TO(MODEM_UNLOCKING) | TO(MODEM_ASIDE) | HEALS, WAIT(aside_ms), 1},
    [MODEM_UNLOCKING] = {TO(MODEM_IDENTIFYING) | TO(MODEM_ASIDE) | HEALS, WAIT(slow_ms), 2},
    [MODEM_SETTING] = {TO(MODEM_SEARCHING) | TO(MODEM_ASIDE) | HEALS, WAIT(slow_ms), 6},
    [MODEM_SEARCHING] = {TO(MODEM_READY) | TO(MODEM_IDENTIFYING) | TO(MODEM_ASIDE) | HEALS,
			 WAIT(search_ms), 1},
    [MODEM_READY] = {TO(MODEM_SENDING) | TO(MODEM_SEARCHING) | TO(MODEM_IDENTIFYING) |
			 TO(MODEM_ASIDE) | HEALS,
		     RESTS, 0},
    [MODEM_SENDING] = {TO(MODEM_READY) | TO(MODEM_SEARCHING) | TO(MODEM_IDENTIFYING) | HEALS, RESTS,
		       0}, /* its command has deadlines of its own */
    [MODEM_PINGING] = {TO(MODEM_READY) | TO(MODEM_SEARCHING) | TO(MODEM_ASIDE) | HEALS,
		       WAIT(ping_ms), 4},
    [MODEM_RESETTING] = {HEALS, WAIT(reset_ms), 1},
    [MODEM_ASIDE] = {TO(MODEM_IDENTIFYING) | HEALS, WAIT(aside_ms), 1},
    [MODEM_LOST] = {TO(MODEM_CLOSING), RESTS, 0},
    [MODEM_CLOSING] = {0, RESTS, 0},
};

static void on_state_deadline(uv_timer_t *timer);
static void on_kick(uv_timer_t *timer);

bool
modem_in_use(const struct modem *m)
{
	return m->info.state == MODEM_READY || m->info.state == MODEM_SENDING;
}

static void
check(const struct modem *m)
{
	assert(m->out_n <= MODEM_ROOM);
	assert(!m->sending || m->out_n > 0);
	assert(m->info.state != MODEM_SENDING || m->sending);
	assert(m->script == NULL || !modem_in_use(m));
	assert(m->reads_n <= READS && m->drain_at <= m->stores_n);
}

static void
arm_state(struct modem *m)
{
	size_t wait = states[m->info.state].wait;

	uv_timer_stop(&m->state_timer);
	if (wait == RESTS || m->closing)
		return;
	uv_timer_start(&m->state_timer, on_state_deadline,
		       (uint64_t)states[m->info.state].times *
			   *(const unsigned *)(const void *)((const char *)&m->config + wait),
		       0);
}

void
modem_enter(struct modem *m, enum modem_state state, enum modem_trouble trouble)
{
	enum modem_state from = m->info.state;
	bool quiet = (from == MODEM_READY && state == MODEM_SENDING) ||
		     (from == MODEM_SENDING && state == MODEM_READY);

	if (m->closing)
		return;
	assert(from == state || (states[from].next & TO(state)));
	quiet = quiet || (from == state && trouble == m->info.trouble);
	m->info.state = state;
	m->info.trouble = trouble;
	snprintf(m->info.reason, sizeof m->info.reason, "%s",
		 trouble == MODEM_PORT ? modem_port_text(m->info.error)
				       : modem_trouble_text(trouble));
	if (state != MODEM_SENDING && state != MODEM_READY && m->out_n > (m->sending ? 1 : 0))
		modem_kick(m); /* those that wait get their answer from the loop */
	if (state == MODEM_LOST) {
		m->script = NULL;
		m->paused = false;
	}
	arm_state(m);
	check(m);
	if (!quiet)
		m->events.state(m->ctx, &m->info);
	modem_call_check(m);
}

void
modem_changed(struct modem *m)
{
	if (!m->closing && m->events.changed != NULL)
		m->events.changed(m->ctx, &m->info);
}

static void
on_state_deadline(uv_timer_t *timer)
{
	struct modem *m = timer->data;

	if (m->closing)
		return;
	switch (m->info.state) {
	case MODEM_LOCKED: modem_enter(m, MODEM_ASIDE, MODEM_PIN_WANTED); break;
	case MODEM_ASIDE:
		arm_state(m);
		modem_look(m);
		break;
	case MODEM_SEARCHING: /* a radio that hangs is mended by switching it off and on */
		m->chores |= CHORE_RADIO_OFF | CHORE_RADIO_ON;
		modem_enter(m, MODEM_SEARCHING,
			    m->info.trouble == MODEM_DENIED ? MODEM_DENIED : MODEM_NO_NETWORK);
		modem_next(m);
		break;
	case MODEM_OPENING:
		modem_enter(m, MODEM_LOST, m->info.resets > 0 ? MODEM_SILENT : MODEM_DEAF);
		break;
	default: modem_enter(m, MODEM_LOST, MODEM_SILENT); break;
	}
}

/* ---- one command at a time ---- */

static void
on_done(void *ctx, const struct at_answer *answer)
{
	struct modem *m = ctx;
	modem_then *then = m->then;
	bool mute_ok = m->mute_ok;

	m->then = NULL;
	m->mute_ok = false;
	if (m->closing) {
		modem_call_left(m);
		return;
	}
	if (answer->final == AT_GONE || m->info.state == MODEM_LOST)
		return;
	if (answer->final == AT_SILENT && !mute_ok) {
		modem_silent(m);
		return;
	}
	if (!mute_ok)
		m->strikes = 0;
	if (then != NULL)
		then(m, answer);
	modem_next(m);
}

void
modem_run_command(struct modem *m, struct at_command *command, modem_then *then)
{
	assert(m->then == NULL && !m->sending);
	if (m->closing) /* from a callback that was made on the way here */
		return;
	command->done = on_done;
	command->ctx = m;
	m->then = then;
	/* A lost port says so by itself; nothing else can be wrong with our own commands. */
	if (at_run(m->at, command) < 0)
		m->then = NULL;
}

void
modem_run(struct modem *m, const char *text, const char *prefix, unsigned ms, modem_then *then)
{
	struct at_command command = {.text = text, .prefix = prefix, .timeout_ms = ms};

	modem_run_command(m, &command, then);
}

/* ---- scripts ---- */

void
modem_play(struct modem *m, const struct step *script)
{
	m->script = script;
	m->step = 0;
	m->again = false;
}

void
modem_repeat(struct modem *m)
{
	assert(m->script != NULL && m->step > 0);
	m->step--;
	m->tries++;
	m->again = true;
}

void
modem_pause(struct modem *m, unsigned ms)
{
	m->paused = true;
	uv_timer_stop(&m->kick);
	uv_timer_start(&m->kick, on_kick, ms, 0);
}

/* Runs the next step. False when the script is over. */
static bool
play(struct modem *m)
{
	while (m->script != NULL) {
		const struct step *step = &m->script[m->step];
		char text[AT_TEXT];
		unsigned ms = step->slow ? m->config.slow_ms : m->config.command_ms;

		if (step->text == NULL && step->make == NULL) { /* the end, and what follows it */
			m->script = NULL;
			if (step->then != NULL)
				step->then(m, NULL);
			continue;
		}
		if (!m->again && !step->follows)
			m->variant = m->tries = 0;
		m->again = false;
		m->step++;
		if (step->make == NULL)
			snprintf(text, sizeof text, "%s", step->text);
		else if (!step->make(m, text, sizeof text))
			continue;
		modem_run(m, text, step->prefix, ms, step->then);
		return true;
	}
	return false;
}

static bool
chore(struct modem *m)
{
	if (modem_store_chore(m) || modem_watch_chore(m) || modem_ussd_chore(m)) {
		m->sends_in_row = 0;
		return true;
	}
	return false;
}

/* Chooses what is said next: acknowledgements first, since the network waits for them; then texts,
 * with a chore after each few of them. */
void
modem_next(struct modem *m)
{
	if (m->closing || m->at == NULL || m->lost_port || m->paused || at_busy(m->at))
		return;
	if (m->info.state == MODEM_LOST || play(m) || m->script != NULL || at_busy(m->at))
		return;
	if (m->want_reset) {
		m->want_reset = false;
		modem_heal(m, true);
		return;
	}
	if (m->info.state != MODEM_SEARCHING && !modem_in_use(m))
		return;
	if (m->anew) {
		m->anew = false;
		modem_start(m);
		return;
	}
	if (m->doubt) {
		m->doubt = false;
		modem_ask(m, NULL);
		return;
	}
	if (modem_call_chore(m) || modem_acknowledge(m) || modem_call_busy(m))
		return;
	if (m->sends_in_row >= 4 && chore(m))
		return;
	if (!modem_send(m))
		chore(m);
}

/* ---- the loop ---- */

static void
on_kick(uv_timer_t *timer)
{
	struct modem *m = timer->data;

	if (m->closing)
		return;
	m->paused = false;
	if (m->info.state == MODEM_LOCKED && m->pin_answered)
		modem_unlock(m);
	modem_flush_withdrawn(m);
	if (!m->closing)
		modem_call_kicked(m);
	if (!modem_in_use(m) && !m->closing)
		modem_flush_unsent(m, m->info.reason);
	if (m->info.state == MODEM_RESETTING && m->at != NULL && !at_busy(m->at))
		modem_heal_step(m);
	if (m->at == NULL && m->info.state == MODEM_OPENING && !m->closing)
		modem_start(m);
	modem_next(m);
}

void
modem_kick(struct modem *m)
{
	if (!m->paused)
		uv_timer_start(&m->kick, on_kick, 0, 0);
}

static void
on_poll(uv_timer_t *timer)
{
	struct modem *m = timer->data;

	if (m->closing)
		return;
	modem_poll(m);
	modem_next(m);
}

static void
on_notice(void *ctx, const char *line, const char *pdu)
{
	struct modem *m = ctx;

	if (m->closing)
		return;
	modem_notice(m, line, pdu);
	modem_next(m);
}

static void
on_lost(void *ctx, int error)
{
	struct modem *m = ctx;

	m->lost_port = true;
	if (m->closing)
		return;
	m->info.error = error;
	m->script = NULL;
	if (m->info.state != MODEM_LOST)
		modem_enter(m, MODEM_LOST, MODEM_GONE);
	modem_kick(m);
}

static void
on_said(void *ctx, char direction, const char *text)
{
	struct modem *m = ctx;

	if (m->events.said != NULL)
		m->events.said(m->ctx, direction, text);
}

static bool
on_unsolicited(void *ctx, const char *line)
{
	return driver_unsolicited(&((struct modem *)ctx)->driver, line);
}

/* ---- life ---- */

static void
default_to(unsigned *value, unsigned otherwise)
{
	if (*value == 0)
		*value = otherwise;
}

static void
set_defaults(struct modem_config *c)
{
	default_to(&c->command_ms, 5000);
	default_to(&c->slow_ms, 30000);
	default_to(&c->prompt_ms, 10000);
	default_to(&c->held_ms, 5000);
	default_to(&c->sent_ms, 120000);
	default_to(&c->ping_ms, 3000);
	default_to(&c->reset_ms, 30000);
	default_to(&c->poll_ms, 20000);
	default_to(&c->drain_ms, 60000);
	default_to(&c->search_ms, 180000);
	default_to(&c->aside_ms, 60000);
	default_to(&c->settle_ms, 300);
	default_to(&c->ring_ms, 35000);
	default_to(&c->talk_ms, 900000);
	default_to(&c->hangup_ms, 3000);
	default_to(&c->call_poll_ms, 1000);
}

static void
init_info(struct modem_info *info)
{
	info->state = MODEM_OPENING;
	info->store_used = info->store_size = info->pin_left = -1;
	info->radio.registration = MODEM_REGISTRATION_UNKNOWN;
	info->identity.driver = "generic";
}

static void
init_timer(struct modem *m, uv_timer_t *timer)
{
	uv_timer_init(m->loop, timer);
	timer->data = m;
	m->open_handles++;
}

int
modem_open(struct modem **out, uv_loop_t *loop, const struct modem_config *config,
	   const struct modem_events *events, void *ctx)
{
	struct modem *m;

	if (strlen(config->path) >= sizeof m->path)
		return UV_ENAMETOOLONG;
	m = calloc(1, sizeof *m);
	if (m == NULL)
		return UV_ENOMEM;
	m->loop = loop;
	m->config = *config;
	snprintf(m->path, sizeof m->path, "%s", config->path);
	m->config.path = m->path;
	set_defaults(&m->config);
	m->events = *events;
	m->ctx = ctx;
	init_info(&m->info);
	driver_whole(driver_named("generic"), &m->driver);
	m->last_reference = -1;
	m->registrations[0] = m->registrations[1] = -1;
	init_timer(m, &m->state_timer);
	init_timer(m, &m->poll_timer);
	init_timer(m, &m->kick);
	init_timer(m, &m->ussd_timer);
	init_timer(m, &m->call.deadline);
	init_timer(m, &m->call.poll);
	init_timer(m, &m->call.ring);
	uv_timer_start(&m->poll_timer, on_poll, m->config.poll_ms, m->config.poll_ms);
	modem_kick(m);
	*out = m;
	return 0;
}

/* OPENING, from the loop: the port, and then the script. */
void
modem_start(struct modem *m)
{
	static const struct at_events events = {
	    .notice = on_notice, .lost = on_lost, .said = on_said, .unsolicited = on_unsolicited};
	int error = 0;

	if (m->at == NULL)
		error = at_open(&m->at, m->loop, m->path, m->config.baud, &events, m);
	if (error < 0) {
		m->info.error = error;
		modem_enter(m, MODEM_LOST, MODEM_PORT);
		return;
	}
	modem_enter(m, MODEM_OPENING, MODEM_FINE);
	modem_probe(m);
}

const struct modem_info *
modem_info(const struct modem *m)
{
	return &m->info;
}

void
modem_reset(struct modem *m)
{
	if (m->closing)
		return;
	m->want_reset = true;
	modem_kick(m);
}

static void
on_handle_closed(uv_handle_t *handle)
{
	struct modem *m = handle->data;
	modem_closed *closed = m->closed;
	void *ctx = m->closed_ctx;

	if (--m->open_handles > 0)
		return;
	modem_flush_unsent(m, "the modem was closed");
	modem_call_cancel(m);
	if (m->ussd_busy)
		modem_ussd_end(m, UV_ECANCELED, "");
	free(m);
	closed(ctx);
}

static void
close_timers(void *ctx)
{
	struct modem *m = ctx;

	uv_close((uv_handle_t *)&m->state_timer, on_handle_closed);
	uv_close((uv_handle_t *)&m->poll_timer, on_handle_closed);
	uv_close((uv_handle_t *)&m->kick, on_handle_closed);
	uv_close((uv_handle_t *)&m->ussd_timer, on_handle_closed);
	uv_close((uv_handle_t *)&m->call.deadline, on_handle_closed);
	uv_close((uv_handle_t *)&m->call.poll, on_handle_closed);
	uv_close((uv_handle_t *)&m->call.ring, on_handle_closed);
}

/* What was waited for is over, or was waited for long enough. */
void
modem_end(struct modem *m)
{
	if (m->ending)
		return;
	m->ending = true;
	if (m->at != NULL)
		at_close(m->at, close_timers, m);
	else
		close_timers(m);
}

static void
on_drained(uv_timer_t *timer)
{
	modem_end(timer->data);
}

void
modem_close(struct modem *m, unsigned drain_ms, modem_closed *closed, void *ctx)
{
	assert(!m->closing);
	m->closing = true;
	m->closed = closed;
	m->closed_ctx = ctx;
	m->info.state = MODEM_CLOSING;
	explicit_bzero(m->pin, sizeof m->pin);
	uv_timer_stop(&m->poll_timer);
	uv_timer_stop(&m->ussd_timer);
	uv_timer_stop(&m->kick);
	if (m->sending && drain_ms > 0 && at_texted(m->at))
		uv_timer_start(&m->state_timer, on_drained, drain_ms, 0);
	else
		modem_call_leave(m);
}
