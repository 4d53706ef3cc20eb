#include "modem_parts.h"

#include <stdio.h>
#include <string.h>

#define NOTHING         "+NONE:" /* no line begins so: all are notices */
#define SOUNDS          2        /* times the audio is switched on */
#define MISSING         2        /* times a call is not in the list before it is over */
#define MISSING_DIALLED 3

/* ---- answers ---- */

static void
on_hung_up(struct modem *m, const struct at_answer *answer)
{
	struct calling *c = &m->call;

	c->hung = answer->final == AT_OK;
	if (c->hung)
		c->todo |= CALLING_LIST;
	else if (c->live ? c->hanging && !c->ending : true)
		modem_call_next_way(m);
}

/* ATD and ATA; the answer may be the end of a call. */
static void
on_dialled(struct modem *m, const struct at_answer *answer)
{
	struct calling *c = &m->call;
	struct progress p;

	if (!c->live || c->ending)
		return;
	if (c->hanging) {
		c->todo |= CALLING_HANG_UP;
		return;
	}
	if (answer->final == AT_CALL && !at_begins(answer->line, "CONNECT")) {
		progress_parse(answer->line, &p);
		modem_call_over(m, p.cause, answer->line);
	} else if (answer->final == AT_ERROR && c->now.outgoing) {
		c->up = false;
		snprintf(c->now.raw, sizeof c->now.raw, "%s", answer->line);
		modem_call_ended(m, MODEM_CALL_NETWORK);
	} else if (answer->final == AT_ERROR) {
		modem_call_over(m, -1, answer->line);
	} else {
		c->todo |= CALLING_LIST;
		if (c->voice->audio_dialled != NULL)
			c->todo |= CALLING_SWITCH;
		modem_call_enter(m, c->now.state);
	}
}

static void
sound_failed(struct modem *m)
{
	struct calling *c = &m->call;

	if (!c->live || c->ending || c->hanging)
		return;
	c->soundless = true; /* or the call is over, and nobody said so yet */
	c->todo |= CALLING_LIST;
}

static void
on_switched(struct modem *m, const struct at_answer *answer)
{
	struct calling *c = &m->call;

	c->switched = answer->final == AT_OK;
	if (!c->switched)
		sound_failed(m);
	else if (c->live && c->connected && !c->ending && !c->hanging)
		modem_call_enter(m, MODEM_CALL_ACTIVE);
}

static void
on_sound(struct modem *m, const struct at_answer *answer)
{
	struct calling *c = &m->call;

	if (answer->final == AT_OK)
		c->sounding = true;
	if (c->live && !c->ending && !c->hanging)
		c->todo |= CALLING_SOUND_IS;
}

static bool
reads(const struct at_answer *answer, const char *yes)
{
	char squeezed[64];

	for (size_t i = 0; answer->final == AT_OK && i < answer->n; i++) {
		size_t n = 0;

		for (const char *at = answer->lines[i]; *at != '\0' && n + 1 < sizeof squeezed;
		     at++)
			if (*at != ' ')
				squeezed[n++] = *at;
		squeezed[n] = '\0';
		if (at_begins(squeezed, yes))
			return true;
	}
	return false;
}

static void
on_sound_is(struct modem *m, const struct at_answer *answer)
{
	struct calling *c = &m->call;

	if (!c->live || c->ending || c->hanging)
		return;
	if (reads(answer, c->voice->audio_yes))
		modem_call_enter(m, MODEM_CALL_ACTIVE);
	else if (c->sounds < SOUNDS)
		c->todo |= CALLING_SOUND;
	else
		sound_failed(m);
}

/* ---- the list ---- */

/* In nobody's name: a call of an older session, or one whose end was told too early. */
static void
on_strays(struct modem *m, bool strays)
{
	struct calling *c = &m->call;

	if (!strays) {
		c->way = c->listed = 0;
		c->up = false;
	} else if (++c->listed > 1) {
		modem_call_next_way(m);
	} else {
		c->todo |= CALLING_HANG_UP;
	}
}

static void
on_missing(struct modem *m)
{
	struct calling *c = &m->call;
	unsigned most = c->now.state == MODEM_CALL_DIALLING ? MISSING_DIALLED : MISSING;

	if (c->hanging)
		modem_call_over(m, -1, "");
	else if (++c->missing >= most && c->leg.dialled)
		modem_call_hang_up(m, MODEM_CALL_HUNG_UP, "it stood in the list no more");
	else if (c->missing >= most)
		modem_call_over(m, c->now.cause,
				c->now.raw[0] != '\0' ? c->now.raw
						      : "it stood in the list no more");
}

/* Its command was lost in a silence. */
static void
sound_again(struct modem *m)
{
	struct calling *c = &m->call;

	if (c->todo & (CALLING_SOUND | CALLING_SOUND_IS | CALLING_SWITCH))
		return;
	if (c->voice->audio_dialled != NULL && !c->switched)
		c->todo |= CALLING_SWITCH;
	else if (c->voice->audio_answered != NULL)
		c->todo |= CALLING_SOUND;
}

static void
judge_list(struct modem *m, const struct at_answer *answer, bool mine, bool strays)
{
	struct calling *c = &m->call;

	if (!c->live)
		on_strays(m, strays);
	else if (c->ending || c->wanted)
		return;
	else if (answer->final != AT_OK && c->hanging &&
		 c->hung) /* it has no list: its word must do */
		modem_call_over(m, -1, "");
	else if (answer->final == AT_OK && !mine)
		on_missing(m);
	else if (mine && c->hanging && c->hung && ++c->listed > 2)
		modem_call_next_way(m);
	else if (mine && c->soundless && !c->hanging)
		modem_call_hang_up(m, MODEM_CALL_NO_AUDIO, "the modem's sound did not go on");
	else if (mine && c->connected && c->now.state != MODEM_CALL_ACTIVE && !c->hanging)
		sound_again(m);
	if (c->live && answer->final == AT_OK)
		modem_person_list(m, false);
}

static void
on_list(struct modem *m, const struct at_answer *answer)
{
	struct calling *c = &m->call;
	bool mine = false, strays = false;
	struct progress p;

	modem_person_list(m, true);
	modem_waits_list(m, true);
	for (size_t i = 0; answer->final == AT_OK && i < answer->n && !m->closing; i++) {
		progress_parse(answer->lines[i], &p);
		if (p.kind != PROGRESS_STAT && p.kind != PROGRESS_OVER)
			continue;
		strays =
		    strays || (!c->live && p.kind == PROGRESS_STAT && p.stat != PROGRESS_INCOMING);
		if (!strays)
			modem_call_follow(m, &p, answer->lines[i]);
		mine = mine || (c->live && p.index == c->index);
	}
	mine = mine || (c->hanging && c->leg.listed);
	if (m->closing)
		return;
	judge_list(m, answer, mine, strays);
	if (answer->final == AT_OK && !m->closing)
		modem_waits_list(m, false);
}

/* ---- commands ---- */

static bool
take(struct calling *c, enum calling_todo what)
{
	if (!(c->todo & what))
		return false;
	c->todo &= ~(unsigned)what;
	return true;
}

static bool
hang_up(struct modem *m)
{
	struct calling *c = &m->call;
	size_t ways = 0;

	while (c->voice->hangup[ways] != NULL)
		ways++;
	c->up = true;
	modem_run(m, c->voice->hangup[c->way % ways], NOTHING, m->config.hangup_ms, on_hung_up);
	return true;
}

static bool
dial(struct modem *m)
{
	struct calling *c = &m->call;
	char text[PDU_NUMBER + 8];

	/* Many say the end of a call twice: the second word would be taken for the answer. */
	if (c->over_at != 0 && uv_now(m->loop) - c->over_at < m->config.settle_ms) {
		modem_pause(m, m->config.settle_ms);
		return true;
	}
	c->todo &= ~(unsigned)CALLING_DIAL;
	c->wanted = false;
	c->up = true;
	uv_timer_stop(&c->deadline);
	uv_timer_start(&c->deadline, modem_call_on_deadline, m->config.ring_ms, 0);
	snprintf(text, sizeof text, "ATD%s;", c->now.number);
	/* Some answer only when somebody takes the call. */
	modem_run(m, text, NOTHING, m->config.ring_ms + m->config.slow_ms, on_dialled);
	return true;
}

/* The next thing to say about calls; false when there is none. */
bool
modem_call_chore(struct modem *m)
{
	struct calling *c = &m->call;
	unsigned ms = m->config.command_ms;

	if (c->todo == 0)
		return false;
	if (take(c, CALLING_HANG_UP))
		return hang_up(m);
	if (take(c, CALLING_SWITCH)) {
		modem_run(m, c->voice->audio_dialled, NOTHING, ms, on_switched);
	} else if (take(c, CALLING_SOUND)) {
		c->sounds++;
		modem_run(m, c->voice->audio_answered, NOTHING, ms, on_sound);
	} else if (take(c, CALLING_SOUND_IS)) {
		modem_run(m, c->voice->audio_read, NULL, ms, on_sound_is);
	} else if (take(c, CALLING_ACCEPT)) {
		modem_run(m, "ATA", NOTHING, m->config.slow_ms, on_dialled);
	} else if (take(c, CALLING_REFUSE)) {
		modem_run(m, "AT+CHLD=0", NOTHING, ms, NULL);
	} else if (take(c, CALLING_CAUSE)) {
		modem_run(m, "AT+CEER", "+CEER:", ms, modem_call_caused);
	} else if (take(c, CALLING_PERSON)) {
		modem_person_say(m);
	} else if (take(c, CALLING_LIST)) {
		c->looked = uv_now(m->loop);
		modem_run(m, "AT+CLCC", "+CLCC:", ms, on_list);
	} else if (take(c, CALLING_SILENCE)) {
		modem_run(m, c->voice->audio_over, NOTHING, ms, NULL);
	} else {
		return dial(m);
	}
	return true;
}
