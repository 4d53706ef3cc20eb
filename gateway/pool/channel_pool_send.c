#include "channel_pool.h"

#include <string.h>

#define AHEAD_MS   350  /* before the answer is due the next text is decided */
#define REST_MS    2000 /* after a second refusal in a row, doubled up to REST_MAX_MS */
#define REST_MAX   60000
#define SIM_MS     900000 /* the SIM's trouble: a person must look; beyond `sim_wait`, 10 min */
#define PART_TRIES 3

/* ---- when ---- */

/* Sets the timer to what comes next: the next text may be decided, or one got too old. */
static void
arm(struct stick *st)
{
	uint64_t now = uv_now(st->pool->loop), next = UINT64_MAX;

	for (unsigned i = 0; i < st->n_air; i++)
		if (!st->air[i].released && !st->air[i].withdrawn &&
		    st->air[i].since + POOL_STALE_MS + 1 < next)
			next = st->air[i].since + POOL_STALE_MS + 1;
	if (st->n_air == 1 && st->air[0].released && st->air[0].last && st->usual_ms > 0 &&
	    !st->ahead && !st->no_ahead) {
		uint64_t at = st->left_at + (st->usual_ms > AHEAD_MS ? st->usual_ms - AHEAD_MS : 0);

		next = at < next ? at : next;
	}
	if (next == UINT64_MAX)
		uv_timer_stop(&st->timer);
	else
		uv_timer_start(&st->timer, stick_on_timer, next > now ? next - now : 0, 0);
}

static void
take_back(struct stick *st, struct pool_air *air)
{
	air->withdrawn = true;
	if (air != &st->air[0])
		st->no_ahead = true; /* the network is slow today: not before it answers */
	modem_withdraw(st->modem, air->cookie);
}

/* The first text goes as soon as the modem has asked for it, if it is not too old by then. */
void
stick_kick(struct stick *st)
{
	uint64_t now = uv_now(st->pool->loop);

	if (st->modem == NULL)
		return;
	for (unsigned i = 0; i < st->n_air; i++) {
		struct pool_air *air = &st->air[i];

		if (air->released || air->withdrawn)
			continue;
		if (now - air->since > POOL_STALE_MS) {
			take_back(st, air);
		} else if (i == 0 && modem_info(st->modem)->state == MODEM_SENDING) {
			air_out(st->pool->air, st->sim, (int64_t)(air->cookie >> 16));
			air->released = modem_release(st->modem, air->cookie);
			st->left_at = now;
		}
	}
	arm(st);
}

void
stick_on_timer(uv_timer_t *timer)
{
	struct stick *st = timer->data;
	struct pool *p = st->pool;

	if (p->closing)
		return;
	stick_kick(st);
	if (st->n_air == 1 && st->air[0].released && st->air[0].last && !st->no_ahead &&
	    st->usual_ms > 0 && !st->ahead &&
	    uv_now(p->loop) + AHEAD_MS >= st->left_at + st->usual_ms) {
		st->ahead = true;
		arm(st);
		p->base.events->room(p->base.ctx);
	}
}

/* ---- giving ---- */

unsigned
stick_room(const struct stick *st)
{
	if (!stick_ready(st) || st->claimed || uv_now(st->pool->loop) < st->rest_until ||
	    modem_room(st->modem) == 0)
		return 0;
	return st->n_air == 0 || (st->n_air == 1 && st->ahead) ? 1 : 0;
}

int
stick_submit(struct stick *st, const struct handover_text *text, unsigned n, uint64_t cookie,
	     int64_t now)
{
	const struct handover_part *part = &text->part[n];
	struct modem_submit s = {
	    .cookie = cookie,
	    .pdu = {.number = text->number,
		    .encoding = text->encoding,
		    .udh = part->udh_len > 0 ? part->udh : NULL,
		    .udh_len = part->udh_len,
		    .data = text->octets + part->at,
		    .len = part->len,
		    .reference = (uint8_t)(cookie >> 16),
		    .report = true,
		    .validity_s =
			text->day_end > now ? (uint32_t)((text->day_end - now) / 1000) : 0},
	    .more = n + 1 < text->count,
	    .held = true};
	int rc;

	if (stick_room(st) == 0)
		return UV_EAGAIN;
	if ((rc = modem_submit(st->modem, &s)) != 0)
		return rc;
	if (n == 0)
		st->part_refusals = 0;
	st->pool->submits++;
	st->ahead = false;
	st->air[st->n_air++] = (struct pool_air){
	    .cookie = cookie, .since = uv_now(st->pool->loop), .last = n + 1 == text->count};
	stick_kick(st);
	return 0;
}

/* ---- answers ---- */

static void
rest(struct stick *st, unsigned ms)
{
	st->rest_until = uv_now(st->pool->loop) + ms;
}

/* Refused for now: once is nothing, the callee's switch may be out; again and again is ours. */
static void
refused_for_now(struct stick *st)
{
	unsigned ms = REST_MS;

	if (st->refusals++ == 0)
		return;
	for (unsigned i = 2; i < st->refusals && ms < REST_MAX; i++)
		ms *= 2;
	rest(st, ms < REST_MAX ? ms : REST_MAX);
}

static enum settle_kind
judge(struct stick *st, const struct modem_answer *a, struct channel_answer *out)
{
	bool begun = (a->cookie & 0xff) > 0; /* a part before it is with the network */

	switch (a->outcome) {
	case MODEM_ACCEPTED:
		st->refusals = st->part_refusals = 0;
		if (st->barred_until != 0)
			st->note[0] = '\0';
		st->barred_until = 0;
		return SETTLE_ACCEPTED;
	case MODEM_NUMBER: return SETTLE_REFUSED;
	case MODEM_UNSENT: return SETTLE_UNSENT;
	case MODEM_UNKNOWN: return SETTLE_UNKNOWN;
	case MODEM_SIM:
		rest(st, SIM_MS);
		st->barred_until = st->rest_until;
		snprintf(st->note, sizeof st->note, "%s", a->why);
		break;
	case MODEM_NOW: refused_for_now(st); break;
	}
	if (begun && ++st->part_refusals >= PART_TRIES) {
		out->why = "the network would not take the rest of it";
		return SETTLE_REFUSED; /* a failed part fails the text */
	}
	return SETTLE_FOR_NOW;
}

static void
name_it(const struct stick *st, const struct modem_answer *a, char id[64])
{
	id[0] = '\0';
	if (a->outcome == MODEM_ACCEPTED && a->reference >= 0)
		snprintf(id, 64, "%s:%d", st->key, a->reference);
}

static void
learn_pace(struct stick *st)
{
	uint64_t took = uv_now(st->pool->loop) - st->left_at + 1;

	st->usual_ms = st->usual_ms == 0 ? took : (3 * st->usual_ms + took) / 4;
}

/* Before the next one leaves: what is known of this one outlives us. */
static void
note_answer(struct stick *st, const struct modem_answer *a)
{
	int64_t id = (int64_t)(a->cookie >> 16);
	int part = (int)(a->cookie & 0xff) + 1;

	if (a->outcome == MODEM_ACCEPTED || a->outcome == MODEM_UNKNOWN)
		air_done(st->pool->air, st->sim, id, part, a->reference,
			 a->outcome == MODEM_ACCEPTED);
	else if (part == 1)
		air_refused(st->pool->air, st->sim, id);
}

/* The next text leaves before anybody hears of this one. */
void
stick_on_answer(void *ctx, const struct modem_answer *a)
{
	struct stick *st = ctx;
	struct pool *p = st->pool;
	struct channel_answer answer = {.cookie = a->cookie, .why = a->why};
	char id[64];
	unsigned i = 0;

	note_answer(st, a);
	while (i < st->n_air && st->air[i].cookie != a->cookie)
		i++;
	if (i < st->n_air) {
		if (i == 0 && st->air[0].released && a->outcome == MODEM_ACCEPTED)
			learn_pace(st);
		st->n_air--;
		memmove(&st->air[i], &st->air[i + 1], (st->n_air - i) * sizeof st->air[0]);
	}
	if (i == 0) {
		st->ahead = st->no_ahead = false;
		if (!p->closing)
			stick_kick(st);
	}
	answer.kind = judge(st, a, &answer);
	name_it(st, a, id);
	answer.smsc_id = id;
	p->base.events->answer(p->base.ctx, &answer);
	if (!p->closing && stick_room(st) > 0)
		p->base.events->room(p->base.ctx);
	if (!p->closing)
		stick_voice_look(st);
}

void
stick_on_late(void *ctx, const struct modem_answer *a)
{
	struct stick *st = ctx;
	struct channel_answer answer = {.cookie = a->cookie,
					.why = a->why,
					.kind = a->outcome == MODEM_ACCEPTED ? SETTLE_LATE_ACCEPTED
						: a->outcome == MODEM_NUMBER ? SETTLE_LATE_REFUSED
									     : SETTLE_LATE_FOR_NOW};
	char id[64];

	name_it(st, a, id);
	answer.smsc_id = id;
	st->pool->base.events->answer(st->pool->base.ctx, &answer);
}
