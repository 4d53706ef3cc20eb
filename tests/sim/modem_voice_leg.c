/* A second call beside the first: rings while the first is held, is joined with it, and ends. */
#include "modem_voice.h"

#include <stdio.h>

#define ORIGINATES_MS 300
#define ALERTS_MS     1500

static void on_step(uv_timer_t *timer);

static void
then(struct modem_voice *v, enum voice_next next, uint64_t ms)
{
	v->leg.next = next;
	uv_timer_stop(&v->leg.step);
	if (next != NEXT_NONE)
		uv_timer_start(&v->leg.step, on_step, ms / v->m->world->o.voice_speed, 0);
}

static void
ends_with(struct modem_voice *v, int cause, uint64_t ms)
{
	v->leg.cause = cause;
	then(v, NEXT_ENDS, ms);
}

void
modem_leg_dial(struct modem_voice *v, const char *number)
{
	snprintf(v->leg.number, sizeof v->leg.number, "%s", number);
	callers_called(v->m->world->callers, number, &v->leg.plan);
	v->leg.serial = ++v->m->world->call_serial;
	v->leg.stat = 2;
	v->leg.joined = false;
	modem_leg_log(v, "dialled", "%s", "");
	then(v, NEXT_ORIGINATES, ORIGINATES_MS);
}

static void
originates(struct modem_voice *v)
{
	modem_leg_say_stat(v);
	switch (v->leg.plan.fate) {
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
	v->leg.stat = 3;
	modem_leg_say_stat(v);
	modem_leg_log(v, "alerting", "%s", "");
	switch (v->leg.plan.fate) {
	case CALLER_REJECTS: ends_with(v, 21, 3000); break;
	case CALLER_NO_ANSWER:
	case CALLER_EARLY: ends_with(v, 19, 60000); break;
	default: then(v, NEXT_ANSWERS, v->leg.plan.rings_ms); break;
	}
}

static void
picks_up(struct modem_voice *v)
{
	const struct caller_plan *plan = &v->leg.plan;
	uint64_t ms = 0;
	bool hangs_up = false;
	v->leg.stat = 0;
	modem_leg_say_stat(v);
	modem_leg_log(v, "answered", "%s", "");
	then(v, NEXT_NONE, 0);
	for (unsigned i = 0; i < plan->n && !hangs_up; i++) {
		hangs_up = plan->steps[i].does == CALLER_HANGS_UP;
		ms += plan->steps[i].does == CALLER_PAUSES ? plan->steps[i].ms : 0;
	}
	if (hangs_up)
		ends_with(v, 16, ms);
}

static void
on_step(uv_timer_t *timer)
{
	struct modem_voice *v = timer->data;
	switch (v->leg.next) {
	case NEXT_ORIGINATES: originates(v); break;
	case NEXT_ALERTS: alerts(v); break;
	case NEXT_ANSWERS: picks_up(v); break;
	case NEXT_ENDS:
		modem_leg_end(v, v->leg.cause == 16 || v->leg.cause == 21 ? "them" : "network",
			      v->leg.cause, false);
		break;
	case NEXT_NONE:
	case NEXT_RINGS: break;
	}
}

void
modem_leg_end(struct modem_voice *v, const char *by, int cause, bool quietly)
{
	then(v, NEXT_NONE, 0);
	modem_leg_log(v, "ended", ",\"by\":\"%s\",\"cause\":%d,\"answered\":%s,\"joined\":%s", by,
		      cause, v->leg.stat < 2 ? "true" : "false", v->leg.joined ? "true" : "false");
	v->leg.cause = v->cause = cause; /* AT+CEER is about the last one */
	v->leg.stat = -1;
	v->leg.joined = false;
	if (!quietly)
		modem_leg_say_over(v);
}

/* ---- commands ---- */

static bool
swap(struct modem_voice *v)
{
	if (v->stat > 1 || v->stat < 0 || v->leg.stat > 1)
		return false;
	v->stat = 1 - v->stat;
	if (v->leg.stat >= 0)
		v->leg.stat = 1 - v->leg.stat;
	modem_voice_log(v, v->stat == 1 ? "held" : "resumed", "%s", "");
	return true;
}

static bool
join(struct modem_voice *v)
{
	if (v->stat != 1 || v->leg.stat != 0)
		return false;
	v->stat = 0;
	v->leg.joined = true;
	modem_voice_log(v, "joined", "%s", "");
	modem_leg_log(v, "joined", "%s", "");
	return true;
}

bool
modem_leg_hold(struct modem_voice *v, int what)
{
	if (v->maker->words == VOICE_PLAIN)
		return false;
	if (what == 2)
		return swap(v);
	if (what == 3)
		return join(v);
	if (what == 11 && v->stat >= 0)
		modem_voice_end(v, "us", 16, false);
	if (what == 12 || what == 1)
		modem_leg_end(v, "us", 16, false);
	if (what == 1 && v->stat == 1)
		swap(v);
	return true;
}

/* A Huawei ends what is not held, the others all. */
void
modem_leg_hang_up(struct modem_voice *v)
{
	if (v->stat == 0 || (v->stat >= 0 && v->maker->words != VOICE_HUAWEI))
		modem_voice_end(v, "us", 16, false);
	modem_leg_end(v, "us", 16, false);
}

/* ---- life ---- */

void
modem_leg_open(struct modem_voice *v)
{
	v->leg.stat = -1;
	uv_timer_init(v->m->world->loop, &v->leg.step);
	v->leg.step.data = v;
}

void
modem_leg_close(struct modem_voice *v)
{
	if (v->leg.stat >= 0)
		modem_leg_end(v, "gone", 27, true);
	uv_close((uv_handle_t *)&v->leg.step, NULL);
}
