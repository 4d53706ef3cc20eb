#include "channel_pool.h"

#include <stdio.h>
#include <string.h>

static struct pool *
self(const struct channel *c)
{
	return (struct pool *)(uintptr_t)c;
}

/* ---- which sticks can call ---- */

static bool
is_of(const struct stick *st, const struct config_audio *a)
{
	return strcmp(a->stick, st->path) == 0 ||
	       (st->usb[0] != '\0' && strcmp(a->stick, st->usb) == 0) ||
	       (st->info.identity.imei[0] != '\0' && strcmp(a->stick, st->info.identity.imei) == 0);
}

static const struct config_audio *
audio_of(const struct stick *st)
{
	const struct config_modem *m = &st->pool->route->modem;

	for (size_t i = 0; m->voice && i < m->n_audio; i++)
		if (is_of(st, &m->audio[i]))
			return &m->audio[i];
	return NULL;
}

/* Who a stick is it says only once it is open: where all have their sound in the same way, that way
 * is meant. */
enum modem_audio_kind
stick_audio(const struct stick *st)
{
	const struct config_modem *m = &st->pool->route->modem;
	const struct config_audio *a = audio_of(st);

	if (!m->voice || m->n_audio == 0)
		return MODEM_AUDIO_NONE;
	if (a == NULL) {
		for (size_t i = 1; i < m->n_audio; i++)
			if (m->audio[i].tty != m->audio[0].tty)
				return MODEM_AUDIO_DRIVER;
		a = &m->audio[0];
	}
	return a->tty ? MODEM_AUDIO_TTY : MODEM_AUDIO_CARD;
}

static bool
can_call(const struct stick *st)
{
	enum modem_state state;

	if (st->modem == NULL || st->closing || st->sim == 0 || audio_of(st) == NULL)
		return false;
	state = modem_info(st->modem)->state;
	return (state == MODEM_READY || state == MODEM_SENDING) &&
	       modem_info(st->modem)->voice != MODEM_VOICE_NO &&
	       modem_info(st->modem)->audio.kind != MODEM_AUDIO_NONE;
}

static bool
is_free(const struct stick *st)
{
	return can_call(st) && st->n_air == 0 && modem_call_now(st->modem) == NULL &&
	       modem_info(st->modem)->state == MODEM_READY;
}

static void
tell(struct stick *st, const struct channel_voice *voice)
{
	const struct channel *c = &st->pool->base;

	if (c->events != NULL && c->events->voice != NULL)
		c->events->voice(c->ctx, voice);
}

void
stick_voice_look(struct stick *st)
{
	bool can = can_call(st);

	if (can != st->could_call) {
		st->could_call = can;
		tell(st, &(struct channel_voice){.kind = CHANNEL_VOICE_CHANGED});
	}
	if (st->claimed && !st->told_free && is_free(st)) {
		st->told_free = true;
		tell(st, &(struct channel_voice){.kind = CHANNEL_VOICE_FREE, .sim = st->sim});
	}
}

static struct stick *
stick_of(const struct channel *c, int64_t sim)
{
	for (struct stick *st = self(c)->sticks; st != NULL; st = st->next)
		if (st->sim == sim && st->modem != NULL && !st->closing)
			return st;
	return NULL;
}

/* ---- what the caller asks ---- */

static void
voice_offer(const struct channel *c, struct handover_pool *out)
{
	const struct pool *p = self(c);

	*out = (struct handover_pool){.n = 0};
	for (size_t i = 0; i < p->n_sims; i++) {
		const struct stick *st = stick_of(c, p->sim[i].id);
		bool can = st != NULL && can_call(st);

		out->sim[out->n++] =
		    (struct handover_sim){.id = p->sim[i].id, .gone = !can, .room = can ? 1 : 0};
	}
}

static bool
voice_claim(struct channel *c, int64_t sim, bool claim)
{
	struct stick *st = stick_of(c, sim);

	if (st == NULL)
		return false;
	st->claimed = claim;
	st->told_free = claim && is_free(st);
	if (!claim && stick_room(st) > 0)
		c->events->room(c->ctx);
	return st->told_free;
}

static int
voice_sound(const struct channel *c, int64_t sim, struct channel_sound *out)
{
	const struct stick *st = stick_of(c, sim);
	const struct config_audio *a = st != NULL ? audio_of(st) : NULL;

	if (a == NULL)
		return UV_ENODEV;
	*out = (struct channel_sound){.tty = a->tty,
				      .frame_bytes = modem_info(st->modem)->audio.frame_bytes,
				      .person = modem_has_person(st->modem)};
	snprintf(out->device, sizeof out->device, "%s", a->device);
	return 0;
}

static int
voice_dial(struct channel *c, int64_t sim, const char *number)
{
	struct stick *st = stick_of(c, sim);

	int rc = st != NULL ? modem_dial(st->modem, number) : UV_ENODEV;

	if (rc == 0)
		st->calls = sim;
	return rc;
}

static int
voice_accept(struct channel *c, int64_t sim)
{
	struct stick *st = stick_of(c, sim);

	return st != NULL ? modem_accept(st->modem) : UV_ENODEV;
}

static int
voice_hang_up(struct channel *c, int64_t sim)
{
	struct stick *st = stick_of(c, sim);

	return st != NULL ? modem_hangup(st->modem) : UV_ENODEV;
}

static int
voice_person(struct channel *c, int64_t sim, const char *number, unsigned ring_ms)
{
	struct stick *st = stick_of(c, sim);

	return st != NULL ? modem_person(st->modem, number, ring_ms) : UV_ENODEV;
}

static void
voice_note(struct channel *c, int64_t sim, const char *note)
{
	struct stick *st = stick_of(c, sim);

	if (st != NULL)
		snprintf(st->note, sizeof st->note, "%s", note);
}

const struct channel_voice_ops pool_voice_ops = {.offer = voice_offer,
						 .claim = voice_claim,
						 .sound = voice_sound,
						 .dial = voice_dial,
						 .accept = voice_accept,
						 .hang_up = voice_hang_up,
						 .person = voice_person,
						 .note = voice_note};

/* ---- what the stick tells ---- */

/* A call that nobody here could take would only keep texts waiting while it rings. */
void
stick_on_call(void *ctx, const struct modem_call *call)
{
	struct stick *st = ctx;
	bool over = call->state == MODEM_CALL_ENDED;

	if (call->waited || (over && st->calls == 0))
		tell(st, &(struct channel_voice){
			     .kind = CHANNEL_VOICE_MISSED, .sim = st->sim, .call = call});
	if (call->waited)
		return;
	if (call->state == MODEM_CALL_INCOMING) {
		st->calls = can_call(st) && !st->pool->closing ? st->sim : 0;
		if (st->calls == 0)
			modem_hangup(st->modem);
	}
	if (st->calls != 0)
		tell(st, &(struct channel_voice){
			     .kind = CHANNEL_VOICE_CALL, .sim = st->calls, .call = call});
	if (!over || st->pool->closing || st->closing)
		return;
	stick_voice_look(st);
	if (stick_room(st) > 0)
		st->pool->base.events->room(st->pool->base.ctx);
}

void
stick_on_key(void *ctx, char key)
{
	struct stick *st = ctx;

	tell(st, &(struct channel_voice){.kind = CHANNEL_VOICE_KEY, .sim = st->calls, .key = key});
}

void
stick_on_person(void *ctx, const struct modem_person *person)
{
	struct stick *st = ctx;

	tell(st, &(struct channel_voice){
		     .kind = CHANNEL_VOICE_PERSON, .sim = st->calls, .person = person});
}
