#include "channel_pool.h"

#include "gateway/base/log.h"
#include "gateway/store/sim.h"

#include <stdlib.h>
#include <string.h>

#define AGAIN_MS     1000  /* a port that vanished may be back at once, under its name or another */
#define AGAIN_MAX_MS 60000 /* one that does not answer is asked ever more rarely */
#define TWIN_MS      30000 /* another port of a stick that is in use already */
#define OUT_MS       600000

/* ---- the SIM and the store ---- */

struct pool_sim *
pool_sim_of(struct pool *p, int64_t id)
{
	for (size_t i = 0; i < p->n_sims; i++)
		if (p->sim[i].id == id)
			return &p->sim[i];
	return NULL;
}

/* One job a stick at a time; by session, since the stick may be another's by then. */
struct asking {
	struct pool *pool;
	struct stick *stick;
	uint32_t session;
	struct modem_identity identity;
	char route[64], key[40], pin_key[32], pin[16];
	bool good;
	int64_t now, sim;
	int may;
};

static struct asking *
asking_new(struct stick *st)
{
	struct pool *p = st->pool;
	struct asking *a = p->writer != NULL ? calloc(1, sizeof *a) : NULL;

	if (a == NULL)
		return NULL;
	*a = (struct asking){.pool = p,
			     .stick = st,
			     .session = st->session,
			     .identity = modem_info(st->modem)->identity,
			     .now = clock_now(p->clock)};
	snprintf(a->route, sizeof a->route, "%s", p->route->name);
	snprintf(a->pin_key, sizeof a->pin_key, "%s", st->pin_key);
	return a;
}

static void
ask(struct asking *a, writer_work *work, writer_done *done)
{
	a->pool->jobs++;
	if (writer_submit(a->pool->writer, work, done, a) != 0)
		done(a, UV_ENOMEM);
}

/* False: the stick's session is over. */
static bool
asked(struct asking *a)
{
	a->pool->jobs--;
	return !a->pool->closing && a->stick->modem != NULL && !a->stick->closing &&
	       a->stick->session == a->session;
}

static int
seen_work(struct store *s, void *ctx)
{
	struct asking *a = ctx;
	struct sim_facts facts = {.route = a->route,
				  .iccid = a->identity.iccid,
				  .imsi = a->identity.imsi,
				  .imei = a->identity.imei,
				  .number = a->identity.number};
	int rc = sim_seen(s, &facts, a->now, &a->sim);

	return rc == 0 && a->good ? sim_pin_good(s, a->pin_key) : rc;
}

/* The same SIM in another stick of ours, which is another port of the same stick. */
static bool
is_twin(const struct stick *st, int64_t sim)
{
	for (const struct stick *other = st->pool->sticks; other != NULL; other = other->next)
		if (other != st && other->modem != NULL && !other->closing && other->sim == sim)
			return true;
	return false;
}

static void
take_sim(struct stick *st, int64_t sim)
{
	struct pool *p = st->pool;
	struct pool_sim *known = pool_sim_of(p, sim);

	st->sim = sim;
	if (known == NULL && p->n_sims < HANDOVER_SIMS) {
		known = &p->sim[p->n_sims++];
		*known = (struct pool_sim){.id = sim, .out_since = p->opened_at};
		p->fresh = true;
	}
	st->balance_at = uv_now(p->loop);
	pool_judge(p);
	p->base.events->room(p->base.ctx);
	stick_voice_look(st);
}

static void
on_seen(void *ctx, int status)
{
	struct asking *a = ctx;
	struct stick *st = a->stick;

	st->asking = false;
	if (asked(a)) {
		if (status != 0) {
			snprintf(st->note, sizeof st->note, "its SIM could not be noted: %s",
				 uv_strerror(status));
			st->key[0] = '\0'; /* asked again at the next change */
		} else if (is_twin(st, a->sim)) {
			snprintf(st->note, sizeof st->note,
				 "another port of a stick that is in use");
			st->delay_ms = TWIN_MS;
			stick_shut(st, 0);
		} else {
			take_sim(st, a->sim);
		}
	}
	pool_finish(a->pool);
	free(a);
}

static void
note_sim(struct stick *st)
{
	const struct modem_identity *id = &modem_info(st->modem)->identity;
	struct asking *a;
	char key[40];

	if (st->asking || (id->iccid[0] == '\0' && id->imsi[0] == '\0'))
		return;
	snprintf(key, sizeof key, "%s%s", id->iccid[0] != '\0' ? "" : "i",
		 id->iccid[0] != '\0' ? id->iccid : id->imsi);
	if (strcmp(key, st->key) == 0 && strcmp(id->imsi, st->imsi) == 0)
		return;
	if (strcmp(key, st->key) != 0)
		st->sim = 0;
	memcpy(st->key, key, sizeof key);
	memcpy(st->imsi, id->imsi, sizeof st->imsi);
	if ((a = asking_new(st)) == NULL)
		return;
	a->good = st->pin_tried && id->imsi[0] != '\0'; /* which a locked one does not tell */
	st->asking = true;
	ask(a, seen_work, on_seen);
}

/* ---- the PIN: once, ever ---- */

static int
pin_work(struct store *s, void *ctx)
{
	struct asking *a = ctx;

	a->may = sim_pin_try(s, a->pin_key, a->pin, a->now);
	return a->may < 0 ? a->may : 0;
}

static void
on_pin_noted(void *ctx, int status)
{
	struct asking *a = ctx;
	struct stick *st = a->stick;
	bool go = status == 0 && a->may == 1;

	if (asked(a)) {
		st->pin_tried = go;
		if (!go)
			snprintf(st->note, sizeof st->note, "%s",
				 status != 0
				     ? "the PIN is not tried while the store does not work"
				     : "the PIN of pin_file was tried before and is not "
				       "tried again: correct the file, or unlock the SIM in "
				       "a telephone");
		modem_pin(st->modem, go ? a->pin : NULL);
	}
	pool_finish(a->pool);
	explicit_bzero(a->pin, sizeof a->pin);
	free(a);
}

static void
on_pin(void *ctx, const struct modem_info *info)
{
	struct stick *st = ctx;
	const char *pin = st->pool->route->modem.pin;
	const struct modem_identity *id = &info->identity;
	struct asking *a;

	st->pin_key[0] = '\0';
	if (id->iccid[0] != '\0')
		snprintf(st->pin_key, sizeof st->pin_key, "%s", id->iccid);
	else if (id->imei[0] != '\0')
		snprintf(st->pin_key, sizeof st->pin_key, "e%s", id->imei);
	if (pin == NULL) {
		snprintf(st->note, sizeof st->note, "its SIM wants a PIN: name a pin_file");
	} else if (info->pin_left == 1) {
		snprintf(st->note, sizeof st->note,
			 "one wrong PIN more locks the SIM: unlock it in a telephone");
	} else if (st->pin_key[0] != '\0' && (a = asking_new(st)) != NULL) {
		snprintf(a->pin, sizeof a->pin, "%s", pin);
		ask(a, pin_work, on_pin_noted);
		return;
	}
	modem_pin(st->modem, NULL);
}

/* ---- in and out ---- */

bool
stick_barred(const struct stick *st)
{
	return uv_now(st->pool->loop) < st->barred_until;
}

bool
stick_ready(const struct stick *st)
{
	enum modem_state state;

	if (st->modem == NULL || st->closing || (st->sim == 0 && st->pool->writer != NULL) ||
	    stick_barred(st))
		return false;
	state = modem_info(st->modem)->state;
	return state == MODEM_READY || state == MODEM_SENDING;
}

static const char *
name_of(const struct stick *st)
{
	return st->info.identity.imei[0] != '\0' ? st->info.identity.imei : "unknown";
}

void
stick_save(const struct stick *st)
{
	if (st->pool->writer != NULL && st->info.identity.imei[0] != '\0')
		recorder_save(st->recorder, st->pool->config->home, name_of(st));
}

/* A stick that was in use and is not any more, for ten minutes; and its coming back. */
static void
look_at_out(struct stick *st)
{
	struct pool *p = st->pool;
	struct channel_notice notice = {.who = st->path};

	if (stick_ready(st)) {
		st->out_since = 0;
		if (!st->out_told)
			return;
		st->out_told = false;
		notice.kind = CHANNEL_STICK_BACK;
		notice.text = "";
	} else {
		if (st->out_since == 0)
			st->out_since = uv_now(p->loop);
		if (st->out_told || uv_now(p->loop) - st->out_since < OUT_MS ||
		    st->info.identity.imei[0] == '\0')
			return;
		st->out_told = true;
		notice.kind = CHANNEL_STICK_OUT;
		notice.text = st->note[0] != '\0' ? st->note : st->info.reason;
	}
	if (p->base.events->notice != NULL)
		p->base.events->notice(p->base.ctx, &notice);
}

void
pool_look_at_sims(struct pool *p)
{
	uint64_t now = uv_now(p->loop), most = (uint64_t)p->route->modem.sim_wait * 60000;
	bool more = false;

	for (size_t i = 0; i < p->n_sims; i++) {
		struct pool_sim *sim = &p->sim[i];
		bool in = false;

		for (const struct stick *st = p->sticks; st != NULL; st = st->next)
			in |= st->sim == sim->id && stick_ready(st);
		if (in)
			sim->out_since = 0;
		else if (sim->out_since == 0)
			sim->out_since = now;
		more |= !sim->gone && !in && now - sim->out_since >= most;
		sim->gone = !in && now - sim->out_since >= most;
	}
	for (struct stick *st = p->sticks; st != NULL; st = st->next)
		look_at_out(st);
	if (more)
		p->base.events->room(p->base.ctx);
}

/* ---- one session ---- */

static void
on_modem_closed(void *ctx)
{
	struct stick *st = ctx;
	struct pool *p = st->pool;

	st->modem = NULL;
	st->closing = false;
	st->sim = 0;
	st->key[0] = st->imsi[0] = '\0';
	st->n_air = 0;
	st->usual_ms = 0;
	st->ahead = st->no_ahead = st->pin_tried = st->claimed = false;
	st->close_at = 0;
	st->open_at = uv_now(p->loop) + st->delay_ms;
	if (!uv_is_closing((uv_handle_t *)&st->timer))
		uv_timer_stop(&st->timer);
	if (!p->closing) {
		pool_look_at_sims(p);
		pool_judge(p);
		stick_voice_look(st);
	}
	pool_finish(p);
}

void
stick_shut(struct stick *st, unsigned drain_ms)
{
	if (st->modem == NULL || st->closing)
		return;
	st->info = *modem_info(st->modem);
	st->closing = true;
	stick_save(st);
	modem_close(st->modem, drain_ms, on_modem_closed, st);
}

static void
on_lost(struct stick *st, const struct modem_info *info)
{
	unsigned again = st->delay_ms * 2 < AGAIN_MAX_MS ? st->delay_ms * 2 : AGAIN_MAX_MS;

	st->delay_ms = info->trouble == MODEM_GONE ? AGAIN_MS : again < AGAIN_MS ? AGAIN_MS : again;
	stick_shut(st, 0);
}

static void
on_state(void *ctx, const struct modem_info *info)
{
	struct stick *st = ctx;
	struct pool *p = st->pool;

	if (st->info.state != info->state || st->info.trouble != info->trouble)
		log_event(info->trouble != MODEM_FINE ? LOG_WARN : LOG_INFO, "modem",
			  log_str("port", st->path),
			  log_str("state", modem_state_name(info->state)),
			  log_str("why", info->reason));
	st->info = *info;
	if (p->closing || st->closing)
		return;
	if (info->state == MODEM_LOST) {
		on_lost(st, info);
		return;
	}
	if (info->state == MODEM_READY) {
		if (!stick_barred(st))
			st->note[0] = '\0';
		st->delay_ms = AGAIN_MS;
	} else if (info->trouble != MODEM_FINE) {
		stick_save(st);
	}
	note_sim(st);
	pool_look_at_sims(p);
	pool_judge(p);
	stick_kick(st);
	stick_voice_look(st);
	if (stick_room(st) > 0)
		p->base.events->room(p->base.ctx);
}

static void
on_changed(void *ctx, const struct modem_info *info)
{
	struct stick *st = ctx;

	st->info = *info;
	if (st->pool->closing || st->closing)
		return;
	note_sim(st);
	stick_voice_look(st);
}

static void
on_said(void *ctx, char direction, const char *text)
{
	struct stick *st = ctx;

	recorder_add(st->recorder, clock_system(), direction, text);
	/* The modem asks for a text that is held: it is let go from the loop, not from inside. */
	if (direction == '>' && strncmp(text, "AT+CMGS=", 8) == 0 && !st->closing)
		uv_timer_start(&st->timer, stick_on_timer, 0, 0);
}

const struct modem_events stick_events = {.state = on_state,
					  .changed = on_changed,
					  .pin = on_pin,
					  .answer = stick_on_answer,
					  .late_answer = stick_on_late,
					  .incoming = stick_on_incoming,
					  .ussd = stick_on_ussd,
					  .call = stick_on_call,
					  .person = stick_on_person,
					  .key = stick_on_key,
					  .said = on_said};

void
stick_open(struct stick *st)
{
	struct pool *p = st->pool;
	struct modem_config config = {
	    .path = st->path, .vid = st->vid, .pid = st->pid, .audio = stick_audio(st)};

	if (p->clock != NULL && p->clock->schedule && !config_port_is_pty(st->path)) {
		snprintf(st->note, sizeof st->note,
			 "a true modem is not used on the schedule's clock");
		st->open_at = uv_now(p->loop) + AGAIN_MAX_MS;
		return;
	}
	st->session = ++p->sessions;
	if (modem_open(&st->modem, p->loop, &config, &stick_events, st) != 0) {
		st->modem = NULL;
		st->open_at = uv_now(p->loop) + AGAIN_MAX_MS;
	}
}
