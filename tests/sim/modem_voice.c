#include "modem_voice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ORIGINATES_MS 300
#define ALERTS_MS     1500
#define RING_MS       5000
#define WITHHELD      "withheld"
#define RINGS_MS      30000 /* that somebody who calls us waits */

static const struct voice_maker makers[] = {
    {"huawei", VOICE_HUAWEI, SWITCH_DDSETEX, true, 320, NULL, false, false},
    {"quectel", VOICE_QUECTEL, SWITCH_QPCMV, true, 320, "+QTONEDET", false, true},
    {"simcom7600", VOICE_SIMCOM, SWITCH_CPCMREG, true, 640, "+DDET", false, false},
    {"simcom800", VOICE_SIMCOM, SWITCH_CHFA, false, 0, "+DDET", false, false},
    {"wavecom", VOICE_PLAIN, SWITCH_NONE, false, 0, NULL, true, false},
    {"generic", VOICE_PLAIN, SWITCH_NONE, false, 0, NULL, false, false},
};

static void on_step(uv_timer_t *timer);

/* ---- a call's way ---- */

static void
then(struct modem_voice *v, enum voice_next next, uint64_t ms)
{
	uint64_t speed = v->m->world->o.voice_speed;
	v->next = next;
	uv_timer_stop(&v->step);
	if (next != NEXT_NONE)
		uv_timer_start(&v->step, on_step, ms / speed, 0);
}

static void
ends_with(struct modem_voice *v, int cause, uint64_t ms)
{
	v->cause = cause;
	then(v, NEXT_ENDS, ms);
}

static void
begin(struct modem_voice *v, const char *number, bool incoming)
{
	snprintf(v->number, sizeof v->number, "%s", number);
	v->incoming = incoming;
	v->originated = v->owes_ok = v->switched = false;
	v->serial = ++v->m->world->call_serial;
	v->rung_ms = 0;
	*v->keys = 0;
	v->sound.origin = v->sound.at = 0;
}

void
modem_voice_dial(struct modem_voice *v, const char *number)
{
	uint64_t nth = v->m->world->o.dead_sound;
	begin(v, number, false);
	callers_called(v->m->world->callers, number, &v->plan);
	v->stat = 2;
	v->owes_ok = v->maker->late_ok;
	v->m->world->stats.calls_out++;
	v->dead = v->dead || (nth && v->m->world->stats.calls_out % nth == 0);
	modem_voice_log(v, "dialled", "%s", "");
	then(v, NEXT_ORIGINATES, ORIGINATES_MS);
}

static void
originates(struct modem_voice *v)
{
	v->originated = true;
	modem_voice_say_stat(v);
	switch (v->plan.fate) {
	case CALLER_BUSY: ends_with(v, 17, 2000); break;
	case CALLER_INVALID: ends_with(v, 1, 1500); break;
	case CALLER_UNREACHABLE: ends_with(v, 20, 6000); break;
	case CALLER_NETWORK: ends_with(v, 34, 1000); break;
	default: then(v, NEXT_ALERTS, ALERTS_MS); break;
	}
}

static void
alerts(struct modem_voice *v)
{
	v->stat = 3;
	modem_voice_say_stat(v);
	modem_voice_log(v, "alerting", "%s", "");
	switch (v->plan.fate) {
	case CALLER_REJECTS: ends_with(v, 21, 3000); break;
	case CALLER_NO_ANSWER: ends_with(v, 19, 60000); break;
	case CALLER_EARLY:
		modem_sound_begin(v);
		ends_with(v, 18, 40000);
		break;
	default: then(v, NEXT_ANSWERS, v->plan.rings_ms); break;
	}
}

void
modem_voice_pick_up(struct modem_voice *v)
{
	then(v, NEXT_NONE, 0);
	v->stat = 0;
	v->m->world->stats.calls_answered++;
	modem_sound_begin(v);
	modem_voice_say_stat(v);
	modem_voice_log(v, "answered", "%s", "");
	if (v->owes_ok) {
		v->owes_ok = false;
		modem_done(v->m, ASK_OK);
	}
}

static void
rings(struct modem_voice *v)
{
	v->rung_ms += RING_MS;
	if (v->rung_ms > RINGS_MS) {
		modem_voice_end(v, "them", 16, false);
		return;
	}
	modem_voice_say_ring(v);
	then(v, NEXT_RINGS, RING_MS);
}

static void
on_step(uv_timer_t *timer)
{
	struct modem_voice *v = timer->data;
	switch (v->next) {
	case NEXT_NONE: break;
	case NEXT_ORIGINATES: originates(v); break;
	case NEXT_ALERTS: alerts(v); break;
	case NEXT_ANSWERS: modem_voice_pick_up(v); break;
	case NEXT_ENDS:
		modem_voice_end(v, v->cause == 21 ? "them" : "network", v->cause, false);
		break;
	case NEXT_RINGS: rings(v); break;
	}
}

void
modem_voice_end(struct modem_voice *v, const char *by, int cause, bool quietly)
{
	struct modem *m = v->m;
	bool answered = v->stat == 0 || v->stat == 1, owed = v->owes_ok;
	v->cause = cause;
	then(v, NEXT_NONE, 0);
	modem_sound_end(v);
	v->stat = -1;
	v->owes_ok = false;
	*v->waiting = 0;
	modem_voice_log(
	    v, "ended",
	    ",\"by\":\"%s\",\"cause\":%d,\"answered\":%s,\"keys\":\"%s\",\"sounded\":%s,"
	    "\"starved_ms\":%lld,\"wav\":\"%s\"",
	    by, cause, answered ? "true" : "false", v->keys, v->sound.sounded ? "true" : "false",
	    (long long)v->sound.starved / 8, v->sound.path);
	if (owed) {
		modem_say(m, cause == 17 ? "BUSY" : "NO CARRIER");
		modem_done(m, ASK_SILENT);
	} else if (!quietly) {
		modem_voice_say_over(v);
	}
}

/* ---- from outside ---- */

bool
modem_voice_is_up(const struct modem *m)
{
	return m->voice && (m->voice->stat >= 0 || m->voice->leg.stat >= 0);
}

bool
modem_voice_interrupt(struct modem *m)
{
	if (!m->voice || !m->voice->owes_ok)
		return false;
	modem_voice_end(m->voice, "us", 16, false);
	return true;
}

const char *
modem_voice_waiting(const struct modem_voice *v)
{
	return strcmp(v->waiting, WITHHELD) == 0 ? "" : v->waiting;
}

const char *
modem_voice_incoming(struct modem *m, const char *number, const char *words)
{
	struct modem_voice *v = m->voice;
	struct caller_plan plan;
	const char *wrong = caller_plan_read(words, &plan);
	if (!v)
		return "this wants --voice";
	if (wrong)
		return wrong;
	if (m->gone || m->off || m->registration > REG_ROAMING || m->deaf)
		return NULL; /* the network says so to them */
	m->world->stats.calls_in++;
	if (v->stat >= 0) {
		snprintf(v->waiting, sizeof v->waiting, "%s", number);
		if (v->ccwa)
			modem_say(m, "+CCWA: \"%s\",145,1", modem_voice_waiting(v));
		return NULL;
	}
	begin(v, strcmp(number, WITHHELD) == 0 ? "" : number, true);
	v->plan = plan;
	v->stat = 4;
	modem_voice_log(v, "rings", "%s", "");
	modem_voice_say_stat(v);
	rings(v);
	return NULL;
}

void
modem_voice_press(struct modem *m, const char *keys)
{
	if (m->voice && m->voice->sound.caller)
		caller_press(m->voice->sound.caller, keys);
}

void
modem_voice_drop(struct modem *m)
{
	if (m->voice && m->voice->stat >= 0)
		modem_voice_end(m->voice, "them", 16, false);
}

bool
modem_voice_sounds(const struct modem_voice *v)
{
	switch (v->maker->sound) {
	case SWITCH_NONE: return true;
	case SWITCH_DDSETEX: return v->switched;
	case SWITCH_QPCMV: return v->pcm && v->pcm_mode == (v->sound.tty ? 0 : 2);
	case SWITCH_CPCMREG: return v->cpcmreg;
	case SWITCH_CHFA: return v->chfa == 1;
	}
	return false;
}

/* ---- life ---- */

static const struct voice_maker *
maker_of(const struct modem *m)
{
	size_t n = sizeof makers / sizeof makers[0];
	for (size_t i = 0; i < n; i++)
		if (strcmp(makers[i].name, m->profile->name) == 0)
			return &makers[i];
	return &makers[n - 1];
}

void
modem_voice_open(struct modem *m)
{
	struct modem_voice *v;
	if (!m->world->o.voice)
		return;
	v = calloc(1, sizeof *v);
	if (!v)
		abort();
	m->voice = v;
	v->m = m;
	v->maker = maker_of(m);
	v->stat = -1;
	uv_timer_init(m->world->loop, &v->step);
	v->step.data = v;
	modem_leg_open(v);
	modem_sound_open(v);
	modem_voice_defaults(m);
}

void
modem_voice_defaults(struct modem *m)
{
	struct modem_voice *v = m->voice;
	if (v)
		v->crc = v->ccwa = v->clcc = v->dsci = v->ccinfo = v->heeds_keys = v->chfa = 0;
}

void
modem_voice_lost(struct modem *m, bool vanished)
{
	struct modem_voice *v = m->voice;
	if (!v)
		return;
	if (v->stat >= 0 && !(vanished && m->world->o.keep_calls)) {
		v->owes_ok = false;
		modem_voice_end(v, "gone", 27, true);
	}
	if (v->leg.stat >= 0 && !(vanished && m->world->o.keep_calls))
		modem_leg_end(v, "gone", 27, true);
	v->pcm_cleared = v->dead = false;
	v->cpcmreg = 0;
	if (vanished)
		modem_sound_gone(v, true);
}

void
modem_voice_back(struct modem *m)
{
	if (m->voice)
		modem_sound_gone(m->voice, false);
}

void
modem_voice_close(struct modem *m)
{
	struct modem_voice *v = m->voice;
	if (!v)
		return;
	if (v->stat >= 0) {
		v->owes_ok = false;
		modem_voice_end(v, "gone", 27, true);
	}
	modem_leg_close(v);
	uv_close((uv_handle_t *)&v->step, NULL);
	modem_sound_close(v);
}

void
modem_voice_fini(struct modem *m)
{
	if (!m->voice)
		return;
	modem_sound_fini(m->voice);
	free(m->voice);
	m->voice = NULL;
}
