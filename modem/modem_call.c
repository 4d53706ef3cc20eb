#include "modem_parts.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define DIGITS_MOST 20

const struct modem_call *
modem_call_now(const struct modem *m)
{
	return m->call.live ? &m->call.now : NULL;
}

/* RING alone is no call yet: noise says it, too. */
bool
modem_call_busy(const struct modem *m)
{
	return m->call.live || (m->call.todo & ~(unsigned)CALLING_LIST);
}

/* ---- states ---- */

static void
arm(struct modem *m, unsigned ms)
{
	uv_timer_stop(&m->call.deadline);
	uv_timer_start(&m->call.deadline, modem_call_on_deadline, ms, 0);
}

static void
tell(struct modem *m)
{
	m->call.told = true;
	if (m->events.call != NULL)
		m->events.call(m->ctx, &m->call.now);
}

void
modem_call_begin(struct modem *m, bool outgoing, const char *number)
{
	struct calling *c = &m->call;

	assert(!c->live);
	c->now = (struct modem_call){.id = ++c->ids, .outgoing = outgoing, .cause = -1};
	c->now.state = outgoing ? MODEM_CALL_DIALLING : MODEM_CALL_INCOMING;
	snprintf(c->now.number, sizeof c->now.number, "%s", number);
	c->live = true;
	c->wanted = outgoing;
	c->up = !outgoing;
	c->told = c->accepted = c->connected = c->ending = c->hanging = c->switched = false;
	c->soundless = false;
	c->way = c->listed = c->missing = c->sounds = 0;
	c->index = -1;
	c->leg = (struct calling_leg){.index = -1, .stat = -1};
	if (!outgoing) /* who waited rings */
		c->waits = (struct calling_waits){.there = false};
	c->todo &= CALLING_SILENCE | CALLING_LIST;
	uv_timer_start(&c->poll, modem_call_on_poll, m->config.call_poll_ms,
		       m->config.call_poll_ms);
	modem_kick(m); /* texts that wait go back */
}

/* Told once each; DIALLING is entered when the stick took the number. */
void
modem_call_enter(struct modem *m, enum modem_call_state state)
{
	struct calling *c = &m->call;

	if (c->told && c->now.state == state)
		return;
	c->now.state = state;
	c->now.answered = c->now.answered || state == MODEM_CALL_ACTIVE;
	arm(m, state == MODEM_CALL_ACTIVE || state == MODEM_CALL_INCOMING ? m->config.talk_ms
									  : m->config.ring_ms);
	tell(m);
}

static void
connected(struct modem *m)
{
	struct calling *c = &m->call;
	c->connected = true;
	if (c->now.state == MODEM_CALL_ACTIVE || c->hanging || c->sounds > 0)
		return;
	if (c->voice->audio_dialled != NULL && !c->switched)
		return; /* it is said behind ATD's OK */
	if (c->voice->audio_answered != NULL)
		c->todo |= CALLING_SOUND;
	else
		modem_call_enter(m, MODEM_CALL_ACTIVE);
}

/* ---- what the stick says ---- */

static bool
is_other(const struct calling *c, const struct progress *p)
{
	if (p->index >= 0 && c->index >= 0)
		return p->index != c->index;
	return p->kind == PROGRESS_STAT && c->now.outgoing &&
	       (p->stat == PROGRESS_INCOMING || p->stat == PROGRESS_CALL_WAITING);
}

static void
follow_stat(struct modem *m, const struct progress *p)
{
	struct calling *c = &m->call;

	if (c->index < 0) { /* what was said of an end was not this one's */
		c->now.cause = -1;
		c->now.raw[0] = '\0';
	}
	c->index = p->index;
	c->missing = 0;
	if (c->wanted || c->hanging)
		return;
	if (c->now.number[0] == '\0')
		snprintf(c->now.number, sizeof c->now.number, "%s", p->number);
	switch (p->stat) {
	case PROGRESS_DIALLING: modem_call_enter(m, c->now.state); break;
	case PROGRESS_ALERTING:
		if (c->now.state == MODEM_CALL_DIALLING)
			modem_call_enter(m, MODEM_CALL_ALERTING);
		break;
	case PROGRESS_INCOMING: modem_call_enter(m, MODEM_CALL_INCOMING); break;
	case PROGRESS_ACTIVE:
	case PROGRESS_HELD: connected(m); break;
	case PROGRESS_CALL_WAITING: break;
	}
}

/* What was not dialled yet gives way to who calls. */
static void
give_way(struct modem *m)
{
	struct calling *c = &m->call;

	if (!c->live || !c->wanted)
		return;
	snprintf(c->now.raw, sizeof c->now.raw, "somebody called first");
	modem_call_ended(m, MODEM_CALL_UNDIALLED);
}

/* A stat or an end of a call. Nothing may follow it but a look at m->closing. */
void
modem_call_follow(struct modem *m, const struct progress *p, const char *line)
{
	struct calling *c = &m->call;

	if (p->kind == PROGRESS_STAT && p->stat == PROGRESS_INCOMING)
		give_way(m);
	if (m->closing)
		return;
	if (!c->live) {
		if (p->kind == PROGRESS_STAT && p->stat == PROGRESS_INCOMING) {
			modem_call_begin(m, false, p->number);
			c->index = p->index;
			modem_call_enter(m, MODEM_CALL_INCOMING);
		} else if (p->kind == PROGRESS_STAT) {
			c->todo |= CALLING_LIST; /* whose call is that? */
		}
	} else if (c->ending || modem_person_follow(m, p, line)) {
		return;
	} else if (is_other(c, p)) {
		if (p->kind == PROGRESS_STAT)
			modem_waits(m, p->number);
	} else if (p->kind == PROGRESS_STAT) {
		follow_stat(m, p);
	} else if (c->wanted) {
		return;
	} else if (c->now.outgoing && c->index < 0) { /* or the second word of the one before */
		c->now.cause = p->cause;
		snprintf(c->now.raw, sizeof c->now.raw, "%s", line);
		c->todo |= CALLING_LIST;
	} else {
		modem_call_over(m, p->cause, line);
	}
}

static void
on_caller(struct modem *m, const struct progress *p)
{
	struct calling *c = &m->call;

	give_way(m);
	if (!c->live && !m->closing)
		modem_call_begin(m, false, p->number);
	if (c->live && !c->now.outgoing && c->now.state == MODEM_CALL_INCOMING)
		modem_call_enter(m, MODEM_CALL_INCOMING);
}

/* A call rings on, noise says RING again at once: it must not keep the modem busy. */
static void
look(struct modem *m)
{
	struct calling *c = &m->call;

	if (uv_now(m->loop) - c->looked >= m->config.call_poll_ms)
		c->todo |= CALLING_LIST;
}

/* True: it was about calls. */
bool
modem_call_notice(struct modem *m, const char *line)
{
	struct calling *c = &m->call;
	struct progress p;

	progress_parse(line, &p);
	if (p.kind == PROGRESS_NONE || c->voice == NULL || c->leaving ||
	    m->info.audio.kind <= MODEM_AUDIO_NONE)
		return false;
	/* Before it is in use, what rings is hung up with whatever else is found. */
	if (!c->live && !modem_in_use(m))
		return true;
	switch (p.kind) {
	case PROGRESS_STAT:
	case PROGRESS_OVER: modem_call_follow(m, &p, line); break;
	case PROGRESS_RING:
	case PROGRESS_ASK: look(m); break;
	case PROGRESS_CALLER: on_caller(m, &p); break;
	case PROGRESS_WAITING:
		/* Some say it of the one that rings, too. */
		if (c->live && (c->now.outgoing || strcmp(p.number, c->now.number) != 0))
			modem_waits(m, p.number);
		break;
	case PROGRESS_KEY:
		if (c->live && c->now.state == MODEM_CALL_ACTIVE && m->events.key != NULL)
			m->events.key(m->ctx, p.key);
		break;
	case PROGRESS_NONE: break;
	}
	return true;
}

void
modem_call_on_poll(uv_timer_t *timer)
{
	struct modem *m = timer->data;

	if (m->closing || !m->call.live || m->call.wanted || m->call.ending)
		return;
	m->call.todo |= CALLING_LIST;
	modem_next(m);
}

void
modem_call_on_deadline(uv_timer_t *timer)
{
	struct modem *m = timer->data;
	struct calling *c = &m->call;

	if (m->closing) {
		modem_end(m);
		return;
	}
	if (!c->live || c->ending)
		return;
	if (c->wanted)
		modem_call_ended(m, MODEM_CALL_UNDIALLED);
	else if (c->hanging)
		modem_call_next_way(m);
	else if (c->now.state == MODEM_CALL_ACTIVE || c->now.state == MODEM_CALL_INCOMING)
		modem_call_hang_up(m, MODEM_CALL_US, "the longest time for a call is over");
	else
		modem_call_hang_up(m, MODEM_CALL_NO_ANSWER, "nobody answered in our time");
}

/* ---- what is asked for ---- */

bool
modem_call_is_number(const char *number)
{
	const char *digits = number + (number[0] == '+');
	size_t n = strspn(digits, "0123456789");

	return n > 0 && n <= DIGITS_MOST && digits[n] == '\0';
}

static bool
has_no_audio(const struct modem *m)
{
	return m->info.audio.kind == MODEM_AUDIO_NONE || m->info.voice == MODEM_VOICE_NO;
}

int
modem_dial(struct modem *m, const char *number)
{
	struct calling *c = &m->call;

	if (m->closing)
		return UV_ECANCELED;
	if (!modem_call_is_number(number))
		return UV_EINVAL;
	if (!modem_in_use(m) || m->want_reset || m->anew || m->info.audio.kind == 0)
		return UV_EAGAIN;
	if (has_no_audio(m))
		return UV_ENOTSUP;
	if (c->live || (c->todo & CALLING_HANG_UP) || (m->sending && at_texted(m->at)))
		return UV_EAGAIN;
	modem_call_begin(m, true, number);
	c->todo |= CALLING_DIAL;
	arm(m, m->config.sent_ms + m->config.held_ms + m->config.prompt_ms);
	return 0;
}

int
modem_accept(struct modem *m)
{
	struct calling *c = &m->call;

	if (m->closing)
		return UV_ECANCELED;
	if (!c->live || c->ending || c->hanging || c->accepted ||
	    c->now.state != MODEM_CALL_INCOMING)
		return UV_EAGAIN;
	if (has_no_audio(m))
		return UV_ENOTSUP;
	c->accepted = true;
	c->todo |= CALLING_ACCEPT;
	modem_kick(m);
	return 0;
}

int
modem_hangup(struct modem *m)
{
	struct calling *c = &m->call;

	if (m->closing)
		return UV_ECANCELED;
	if (!c->live)
		return UV_EAGAIN;
	if (!c->ending && !c->hanging)
		modem_call_hang_up(m, MODEM_CALL_US, "");
	return 0;
}

static const char *const ends[MODEM_CALL_ENDS] = {
    [MODEM_CALL_HUNG_UP] = "hung-up",     [MODEM_CALL_US] = "ended",
    [MODEM_CALL_BUSY] = "busy",           [MODEM_CALL_REJECTED] = "rejected",
    [MODEM_CALL_NO_ANSWER] = "no-answer", [MODEM_CALL_UNREACHABLE] = "unreachable",
    [MODEM_CALL_INVALID] = "invalid",     [MODEM_CALL_NETWORK] = "network",
    [MODEM_CALL_NO_AUDIO] = "no-audio",   [MODEM_CALL_LOST] = "lost",
    [MODEM_CALL_UNDIALLED] = "undialled", [MODEM_CALL_MISSED] = "missed",
};

const char *
modem_call_end_name(enum modem_call_end end)
{
	assert(end < MODEM_CALL_ENDS);
	return ends[end];
}
