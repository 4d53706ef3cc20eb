/* A second leg beside the call: who is called is held, a person is rung, and the two are joined.
 * The list (AT+CLCC) tells who is there; notices only make it quicker. */
#include "modem_parts.h"

#include <stdio.h>
#include <string.h>

#define NOTHING "+NONE:" /* no line begins so: all are notices */
#define MISSING 2        /* lists in a row without a leg that was in one, before it is gone */

static void on_ring(uv_timer_t *timer);

static void
arm(struct modem *m, unsigned ms)
{
	uv_timer_stop(&m->call.ring);
	uv_timer_start(&m->call.ring, on_ring, ms, 0);
}

static void
want(struct modem *m, enum calling_person state)
{
	m->call.leg.state = state;
	m->call.todo |= CALLING_PERSON;
}

/* The owner may do anything meanwhile: nothing may follow. */
static void
tell(struct modem *m)
{
	struct calling *c = &m->call;
	struct modem_person told = c->leg.told;

	if (!told.joined) {
		c->leg = (struct calling_leg){.ever = c->leg.ever, .index = -1, .stat = -1};
		uv_timer_stop(&c->ring);
	}
	if (m->events.person != NULL)
		m->events.person(m->ctx, &told);
}

/* ---- nobody comes ---- */

static enum modem_call_end
end_of(const struct calling_leg *leg, int cause)
{
	switch (cause) {
	case 17: return MODEM_CALL_BUSY;
	case 21: return MODEM_CALL_REJECTED;
	case 20:
	case 27: return MODEM_CALL_UNREACHABLE;
	case 1:
	case 28: return MODEM_CALL_INVALID;
	case 34:
	case 38:
	case 41:
	case 42: return MODEM_CALL_NETWORK;
	default:
		return leg->stat == PROGRESS_DIALLING ? MODEM_CALL_UNREACHABLE
						      : MODEM_CALL_NO_ANSWER;
	}
}

/* Back to who is held; the first reason stands. */
static void
go_back(struct modem *m, enum modem_call_end end, int cause, const char *raw)
{
	struct modem_person *told = &m->call.leg.told;

	if (m->call.leg.state == PERSON_BACK)
		return;
	*told = (struct modem_person){.end = end, .cause = cause};
	snprintf(told->raw, sizeof told->raw, "%s", raw);
	m->call.leg.state = PERSON_BACK;
	m->call.todo &= ~(unsigned)CALLING_PERSON;
	m->call.todo |= CALLING_LIST;
	arm(m, m->config.command_ms + m->config.hangup_ms);
}

static void
on_ring(uv_timer_t *timer)
{
	struct modem *m = timer->data;
	struct calling *c = &m->call;

	if (m->closing || !c->live || c->ending || c->hanging || c->leg.state == PERSON_NONE)
		return;
	if (c->leg.state == PERSON_BACK)
		modem_call_hang_up(m, MODEM_CALL_NETWORK, "they could not be taken from hold");
	else
		go_back(m, MODEM_CALL_NO_ANSWER, -1, "nobody answered in our time");
	modem_next(m);
}

/* By itself: where no notice told why, the stick is asked. */
static void
lost(struct modem *m, enum modem_call_end end, int cause, const char *raw)
{
	bool known = cause >= 0 || m->call.leg.state == PERSON_BACK;

	go_back(m, end, cause, raw);
	if (!known && m->call.voice->asks_cause)
		m->call.todo |= CALLING_CAUSE;
}

/* The person's leg is gone. */
static void
leg_over(struct modem *m, int cause, const char *raw)
{
	struct calling_leg *leg = &m->call.leg;
	enum modem_call_end end = end_of(leg, cause);

	if (leg->stat >= 0 || leg->state == PERSON_JOINED || cause > 0)
		leg->dialled = false;
	leg->index = leg->stat = -1;
	if (m->call.hanging)
		m->call.todo |= CALLING_LIST;
	else if (leg->state == PERSON_JOINED)
		modem_call_hang_up(m, MODEM_CALL_US, "the person hung up");
	else if (leg->state != PERSON_NONE)
		lost(m, end, cause, raw);
}

/* ---- commands ---- */

static bool
is_on(const struct calling *c, enum calling_person state)
{
	return c->live && !c->ending && !c->hanging && c->leg.state == state;
}

static void
on_held(struct modem *m, const struct at_answer *answer)
{
	if (!is_on(&m->call, PERSON_HOLDS))
		return;
	if (answer->final == AT_OK)
		m->call.todo |= CALLING_LIST;
	else
		go_back(m, MODEM_CALL_NETWORK, -1, "the call could not be held");
}

/* OK, or the end of it at once. */
static void
on_dialled(struct modem *m, const struct at_answer *answer)
{
	struct calling *c = &m->call;
	struct progress p;

	if (!is_on(c, PERSON_RINGS))
		return;
	c->todo |= CALLING_LIST;
	if (answer->final == AT_CALL) {
		progress_parse(answer->line, &p);
		c->leg.dialled = c->leg.dialled && p.kind != PROGRESS_OVER;
		if (p.kind == PROGRESS_OVER)
			leg_over(m, p.cause, answer->line);
	} else if (answer->final == AT_ERROR) {
		c->leg.dialled = false;
		go_back(m, MODEM_CALL_NETWORK, -1, answer->line);
	} else if (c->voice->audio_dialled != NULL) {
		c->todo |= CALLING_SWITCH; /* dialling took the sound from the first */
	}
}

static void
on_joined(struct modem *m, const struct at_answer *answer)
{
	struct calling *c = &m->call;

	if (!is_on(c, PERSON_JOINS))
		return;
	if (answer->final != AT_OK) {
		go_back(m, MODEM_CALL_NETWORK, -1, "the two calls could not be joined");
		return;
	}
	c->leg.state = PERSON_JOINED;
	c->leg.told = (struct modem_person){.joined = true, .cause = -1};
	uv_timer_stop(&c->ring);
	uv_timer_stop(&c->deadline);
	uv_timer_start(&c->deadline, modem_call_on_deadline, m->config.talk_ms, 0);
	tell(m);
}

/* Whatever it says: the list tells what it did. */
static void
on_back(struct modem *m, const struct at_answer *answer)
{
	(void)answer;
	if (is_on(&m->call, PERSON_BACK))
		m->call.todo |= CALLING_LIST;
}

static void
say_back(struct modem *m)
{
	struct calling *c = &m->call;
	char text[24] = "AT+CHLD=2";
	const char *drop = c->voice->person_drop;

	/* Where the index is to be said and nobody knows it: who is active is let go. */
	if (c->leg.dialled && strchr(drop, '%') != NULL && c->leg.index < 0)
		snprintf(text, sizeof text, "AT+CHLD=1");
	else if (c->leg.dialled && strchr(drop, '%') != NULL)
		snprintf(text, sizeof text, "AT+CHLD=1%d", c->leg.index);
	else if (c->leg.dialled)
		snprintf(text, sizeof text, "%s", drop);
	modem_run(m, text, NOTHING, m->config.command_ms, on_back);
}

void
modem_person_say(struct modem *m)
{
	struct calling *c = &m->call;
	unsigned ms = m->config.command_ms;
	char text[PDU_NUMBER + 8];

	switch (c->leg.state) {
	case PERSON_HOLDS: modem_run(m, "AT+CHLD=2", NOTHING, ms, on_held); return;
	case PERSON_RINGS:
		c->leg.dialled = c->leg.ever = true;
		arm(m, c->leg.ring_ms);
		snprintf(text, sizeof text, "ATD%s;", c->leg.number);
		modem_run(m, text, NOTHING, ms, on_dialled);
		return;
	case PERSON_JOINS: modem_run(m, "AT+CHLD=3", NOTHING, ms, on_joined); return;
	case PERSON_BACK: say_back(m); return;
	case PERSON_NONE:
	case PERSON_JOINED: break;
	}
	modem_run(m, "AT", NOTHING, ms, NULL);
}

/* ---- what the stick says ---- */

static void
first_over(struct modem *m, const struct progress *p, const char *line)
{
	struct calling *c = &m->call;

	if (!c->leg.dialled) {
		modem_call_over(m, p->cause, line);
		return;
	}
	c->now.cause = p->cause;
	if (c->hanging)
		c->todo |= CALLING_LIST;
	else
		modem_call_hang_up(m, MODEM_CALL_HUNG_UP, "they hung up");
}

static void
leg_stat(struct modem *m, const struct progress *p)
{
	struct calling_leg *leg = &m->call.leg;

	leg->listed = true;
	if (!leg->dialled) {
		if (p->stat == PROGRESS_ACTIVE && !m->call.hanging)
			modem_call_hang_up(m, MODEM_CALL_US, "who was not waited for came");
		return;
	}
	leg->index = p->index;
	leg->stat = (int)p->stat;
	leg->missing = 0;
	if (p->stat == PROGRESS_ACTIVE && is_on(&m->call, PERSON_RINGS)) {
		arm(m, m->config.command_ms + m->config.hangup_ms);
		want(m, PERSON_JOINS);
	}
}

/* Words without an index come before the leg's end, or behind it. */
static void
leg_why(struct calling_leg *leg, int cause)
{
	if (cause <= 0 || leg->told.cause > 0)
		return;
	leg->told.cause = cause;
	if (leg->state == PERSON_BACK)
		leg->told.end = end_of(leg, cause);
}

/* Said before who is held is taken back. */
void
modem_person_caused(struct modem *m, const struct at_answer *answer)
{
	struct modem_person *told = &m->call.leg.told;
	const char *line = answer->n > 0 ? answer->lines[answer->n - 1] : "";
	const char *text = strchr(line, ':');
	size_t n = strlen(told->raw);

	if (!is_on(&m->call, PERSON_BACK) || answer->final != AT_OK || text == NULL)
		return;
	snprintf(told->raw + n, sizeof told->raw - n, "%s%s", n > 0 ? "; " : "", line);
	leg_why(&m->call.leg, progress_cause(text + 1));
}

/* True: it was about two legs, and is done with. */
bool
modem_person_follow(struct modem *m, const struct progress *p, const char *line)
{
	struct calling *c = &m->call;
	bool comes =
	    p->incoming == 1 || p->stat == PROGRESS_CALL_WAITING || p->stat == PROGRESS_INCOMING;

	if (c->leg.state == PERSON_NONE && !c->leg.ever)
		return false;
	if (p->kind == PROGRESS_OVER && p->index < 0) { /* whose? */
		leg_why(&c->leg, p->cause);
		c->todo |= CALLING_LIST;
		return true;
	}
	if (p->index == c->index) {
		if (p->kind == PROGRESS_OVER) {
			first_over(m, p, line);
			return true;
		}
		c->leg.held_stat = (int)p->stat;
		return false;
	}
	if (p->kind == PROGRESS_OVER) {
		if (c->leg.dialled && !comes && (c->leg.index < 0 || p->index == c->leg.index))
			leg_over(m, p->cause > 0 ? p->cause : c->leg.told.cause, line);
		return true;
	}
	if (!comes) {
		leg_stat(m, p);
		return true;
	}
	if (p->stat == PROGRESS_ACTIVE && !c->hanging && c->leg.state != PERSON_NONE) {
		modem_call_hang_up(m, MODEM_CALL_US, "somebody else came into the call");
		return true;
	}
	return false;
}

/* They stand alone in the list: held, they are taken back; active, it is told. */
static void
listed_back(struct modem *m)
{
	struct calling_leg *leg = &m->call.leg;

	if (leg->dialled && !leg->listed && ++leg->missing >= MISSING)
		leg->dialled = false;
	if (!leg->dialled && leg->held_stat == PROGRESS_ACTIVE)
		tell(m);
	else if (leg->listed || (!leg->dialled && leg->held_stat == PROGRESS_HELD))
		m->call.todo |= CALLING_PERSON;
}

static void
listed_leg(struct modem *m)
{
	struct calling_leg *leg = &m->call.leg;
	int cause = leg->told.cause;

	if (leg->listed || leg->stat < 0)
		return;
	if (++leg->missing >= MISSING) {
		leg->dialled = false;
		leg_over(m, cause, "it stood in the list no more");
	}
}

/* Before and behind the lines of a list. */
void
modem_person_list(struct modem *m, bool begins)
{
	struct calling *c = &m->call;

	if (begins) {
		c->leg.listed = false;
		c->leg.held_stat = -1;
		return;
	}
	if (c->ending || c->hanging || c->leg.held_stat < 0)
		return;
	switch (c->leg.state) {
	case PERSON_HOLDS:
		if (c->leg.held_stat == PROGRESS_HELD)
			want(m, PERSON_RINGS);
		break;
	case PERSON_RINGS:
	case PERSON_JOINS:
	case PERSON_JOINED: listed_leg(m); break;
	case PERSON_BACK: listed_back(m); break;
	case PERSON_NONE: break;
	}
}

void
modem_person_forget(struct modem *m)
{
	m->call.leg = (struct calling_leg){.index = -1, .stat = -1};
	if (!m->closing)
		uv_timer_stop(&m->call.ring);
}

/* ---- what is asked for ---- */

bool
modem_has_person(const struct modem *m)
{
	return m->call.voice != NULL && m->call.voice->person_drop != NULL;
}

int
modem_person(struct modem *m, const char *number, unsigned ring_ms)
{
	struct calling *c = &m->call;

	if (m->closing)
		return UV_ECANCELED;
	if (!modem_call_is_number(number))
		return UV_EINVAL;
	if (!modem_has_person(m))
		return UV_ENOTSUP;
	if (!c->live || c->ending || c->hanging || c->now.state != MODEM_CALL_ACTIVE ||
	    c->index < 0 || c->leg.state != PERSON_NONE)
		return UV_EAGAIN;
	c->leg = (struct calling_leg){.index = -1,
				      .stat = -1,
				      .held_stat = -1,
				      .ever = c->leg.ever,
				      .ring_ms = ring_ms,
				      .told = {.cause = -1}};
	snprintf(c->leg.number, sizeof c->leg.number, "%s", number);
	arm(m, m->config.command_ms + m->config.hangup_ms);
	want(m, PERSON_HOLDS);
	modem_kick(m);
	return 0;
}
