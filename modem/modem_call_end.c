#include "modem_parts.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define ROUNDS 2 /* through all ways of hanging up; then the stick starts anew */

/* ---- how it ended ---- */

static enum modem_call_end
end_of_cause(int cause)
{
	switch (cause) {
	case 17: return MODEM_CALL_BUSY;
	case 21: return MODEM_CALL_REJECTED;
	case 18:
	case 19: return MODEM_CALL_NO_ANSWER;
	case 20:
	case 27: return MODEM_CALL_UNREACHABLE;
	case 1:
	case 3:
	case 22:
	case 28: return MODEM_CALL_INVALID;
	default: return MODEM_CALL_NETWORK;
	}
}

/* 24.008 annex H: 16 and 31 are "normal", which says little before an answer. */
static bool
tells(int cause)
{
	return cause > 0 && cause != 16 && cause != 31;
}

static enum modem_call_end
judge(const struct calling *c)
{
	int cause = c->now.cause;

	if (c->hanging)
		return c->why;
	if (c->now.answered || c->connected)
		return tells(cause) && end_of_cause(cause) == MODEM_CALL_NETWORK
			   ? MODEM_CALL_NETWORK
			   : MODEM_CALL_HUNG_UP;
	if (!c->now.outgoing)
		return MODEM_CALL_MISSED;
	if (tells(cause))
		return end_of_cause(cause);
	if (strncasecmp(c->now.raw, "NO DIAL", 7) == 0)
		return MODEM_CALL_NETWORK;
	/* It rang and nobody took it; or a voice of the network said that it cannot ring. */
	return c->now.state == MODEM_CALL_ALERTING ? MODEM_CALL_NO_ANSWER : MODEM_CALL_UNREACHABLE;
}

void
modem_call_ended(struct modem *m, enum modem_call_end end)
{
	struct calling *c = &m->call;

	c->now.state = MODEM_CALL_ENDED;
	c->now.end = end;
	if (c->hanging && c->why_raw[0] != '\0')
		snprintf(c->now.raw, sizeof c->now.raw, "%s", c->why_raw);
	c->live = c->wanted = c->up = c->hanging = false;
	c->todo = c->sounding && c->voice->audio_over != NULL ? CALLING_SILENCE : 0;
	if (c->waits.there) /* or do they ring now? */
		c->todo |= CALLING_LIST;
	c->sounding = false;
	c->over_at = uv_now(m->loop);
	modem_person_forget(m);
	if (!m->closing) {
		uv_timer_stop(&c->deadline);
		uv_timer_stop(&c->poll);
	}
	if (end == MODEM_CALL_NO_AUDIO) /* its sound is mended by a start only */
		m->want_reset = true;
	/* What was not looked at meanwhile. */
	m->chores |= CHORE_REGISTRATION | CHORE_REGISTRATION_LTE;
	if (!m->closing)
		modem_kick(m);
	if (m->events.call != NULL)
		m->events.call(m->ctx, &c->now);
}

/* It is over: perhaps with the maker's word for why, else that is asked for. */
void
modem_call_over(struct modem *m, int cause, const char *raw)
{
	struct calling *c = &m->call;
	bool asks =
	    c->voice->asks_cause && cause < 0 && !c->hanging && !c->connected && c->now.outgoing;

	if (c->ending)
		return;
	c->ending = true;
	c->up = false;
	c->todo &= CALLING_SILENCE;
	c->now.cause = cause;
	if (raw != c->now.raw)
		snprintf(c->now.raw, sizeof c->now.raw, "%s", raw);
	if (asks)
		c->todo |= CALLING_CAUSE;
	else
		modem_call_ended(m, judge(c));
}

void
modem_call_caused(struct modem *m, const struct at_answer *answer)
{
	struct calling *c = &m->call;
	size_t n = strlen(c->now.raw);
	const char *line = answer->n > 0 ? answer->lines[answer->n - 1] : "";
	const char *text = strchr(line, ':');

	if (!c->live || !c->ending) {
		modem_person_caused(m, answer);
		return;
	}
	if (answer->final == AT_OK && text != NULL) {
		c->now.cause = progress_cause(text + 1);
		snprintf(c->now.raw + n, sizeof c->now.raw - n, "%s%s", n > 0 ? "; " : "", line);
	}
	modem_call_ended(m, judge(c));
}

/* ---- hanging up ---- */

/* A command that has not been answered may be the dialling itself: any octet ends that. */
static void
interrupt(struct modem *m)
{
	if (m->at != NULL && !m->lost_port)
		at_interrupt(m->at, m->config.hangup_ms);
}

void
modem_call_hang_up(struct modem *m, enum modem_call_end why, const char *raw)
{
	struct calling *c = &m->call;

	c->hanging = true;
	c->hung = false;
	c->why = why;
	c->why_raw = raw;
	if (!c->wanted) {
		c->todo = CALLING_HANG_UP;
		uv_timer_stop(&c->deadline);
		uv_timer_start(&c->deadline, modem_call_on_deadline, m->config.hangup_ms, 0);
	}
	modem_kick(m); /* never from inside the call that asked for it */
}

/* The one before did nothing, or was not understood. */
void
modem_call_next_way(struct modem *m)
{
	struct calling *c = &m->call;
	size_t ways = 0;

	while (c->voice->hangup[ways] != NULL)
		ways++;
	c->listed = 0;
	c->hung = false;
	if (++c->way >= ways * ROUNDS) {
		if (c->live) {
			c->why_raw = "the modem did not hang up, and was started anew";
			modem_call_ended(m, c->why);
		}
		c->todo = 0;
		c->way = 0;
		modem_reset(m);
		return;
	}
	c->todo |= CALLING_HANG_UP;
	uv_timer_stop(&c->deadline);
	uv_timer_start(&c->deadline, modem_call_on_deadline, m->config.hangup_ms, 0);
	interrupt(m);
	modem_kick(m);
}

/* From the loop, behind what a caller asked for. */
void
modem_call_kicked(struct modem *m)
{
	struct calling *c = &m->call;

	if (c->live && c->wanted && c->hanging) {
		modem_call_ended(m, c->why);
		return;
	}
	if (modem_call_busy(m) && !m->closing)
		modem_flush_unsent(m, "a call is under way");
}

/* The modem went where no call goes on. */
void
modem_call_check(struct modem *m)
{
	struct calling *c = &m->call;

	if (modem_in_use(m) || m->info.state == MODEM_PINGING || m->info.state == MODEM_SEARCHING)
		return;
	c->todo = 0;
	if (m->closing)
		return;
	if (c->live) {
		if (!c->hanging)
			snprintf(c->now.raw, sizeof c->now.raw, "%.95s", m->info.reason);
		c->sounding = false;
		modem_call_ended(m, c->wanted    ? MODEM_CALL_UNDIALLED
				    : c->hanging ? c->why
						 : MODEM_CALL_LOST);
	}
	modem_waits_missed(m);
}

/* ---- closing ---- */

static void leave_step(struct modem *m);

static bool
lists_calls(const struct at_answer *answer)
{
	struct progress p;

	for (size_t i = 0; i < answer->n; i++) {
		progress_parse(answer->lines[i], &p);
		if (p.kind == PROGRESS_STAT)
			return true;
	}
	return false;
}

static void
on_left(void *ctx, const struct at_answer *answer)
{
	struct modem *m = ctx;
	struct calling *c = &m->call;

	if (answer->final == AT_GONE || (c->asked && !lists_calls(answer))) {
		modem_end(m);
		return;
	}
	if (!c->asked && answer->final == AT_OK) {
		c->asked = true;
	} else {
		c->asked = false;
		c->way++;
	}
	leave_step(m);
}

static void
leave_step(struct modem *m)
{
	struct calling *c = &m->call;
	struct at_command command = {
	    .prefix = "+CLCC:", .timeout_ms = m->config.hangup_ms, .done = on_left, .ctx = m};

	command.text = c->asked ? "AT+CLCC" : c->voice->hangup[c->way];
	if (command.text == NULL || m->ending || at_run(m->at, &command) < 0)
		modem_end(m);
}

/* modem_close(): what is on the air is ended first. */
void
modem_call_leave(struct modem *m)
{
	struct calling *c = &m->call;

	uv_timer_stop(&c->poll);
	uv_timer_stop(&c->deadline);
	if (!c->up || m->at == NULL || m->lost_port) {
		modem_end(m);
		return;
	}
	c->leaving = true;
	c->way = 0;
	uv_timer_start(&c->deadline, modem_call_on_deadline, m->config.hangup_ms * 2, 0);
	if (at_busy(m->at))
		interrupt(m);
	else
		leave_step(m);
}

/* The command that was under way has ended. */
bool
modem_call_left(struct modem *m)
{
	if (!m->call.leaving || m->ending || m->lost_port)
		return false;
	leave_step(m);
	return true;
}

/* Behind everything else: who asked for a call hears of its end. */
void
modem_call_cancel(struct modem *m)
{
	struct calling *c = &m->call;

	if (c->live) {
		if (!c->hanging)
			snprintf(c->now.raw, sizeof c->now.raw, "the modem was closed");
		modem_call_ended(m, c->wanted && !c->hanging ? MODEM_CALL_UNDIALLED
				    : c->hanging             ? c->why
							     : MODEM_CALL_US);
	}
	modem_waits_missed(m);
}
