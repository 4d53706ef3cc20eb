/* A route over modems: see channel_pool.h */
#include "channel_pool.h"

#include <stdlib.h>
#include <string.h>

#define STORE_MS 30000 /* what came and could not be stored is asked for again after that */

static struct pool *
self(const struct channel *c)
{
	return (struct pool *)(uintptr_t)c;
}

/* ---- its state ---- */

/* The sentence that tells most: of the stick that got furthest. */
static const char *
worst_reason(const struct pool *p)
{
	const struct stick *best = NULL;

	for (const struct stick *st = p->sticks; st != NULL; st = st->next)
		if (best == NULL ||
		    (best->info.identity.imei[0] == '\0' && st->info.identity.imei[0] != '\0'))
			best = st;
	if (best == NULL)
		return "no modem is plugged in: `dunlin modems scan` tells more";
	return best->note[0] != '\0'          ? best->note
	       : best->info.reason[0] != '\0' ? best->info.reason
					      : "the modems are starting";
}

static bool
is_starting(const struct stick *st)
{
	return st->modem != NULL && !stick_barred(st) &&
	       (st->info.state <= MODEM_SEARCHING || st->info.state == MODEM_READY) &&
	       st->info.trouble == MODEM_FINE;
}

void
pool_judge(struct pool *p)
{
	unsigned ready = 0, starting = 0, out = 0;
	enum channel_state state;
	char reason[160] = "";

	for (const struct stick *st = p->sticks; st != NULL; st = st->next) {
		ready += stick_ready(st);
		starting += is_starting(st);
		out += st->info.identity.imei[0] != '\0' && !stick_ready(st);
	}
	state = ready > 0 ? CHANNEL_UP : starting > 0 ? CHANNEL_CONNECTING : CHANNEL_DOWN;
	if (ready == 0)
		snprintf(reason, sizeof reason, "%s", worst_reason(p));
	else if (out > 0)
		snprintf(reason, sizeof reason, "%u of %u modems are out", out, ready + out);
	if (state == p->state && strcmp(reason, p->reason) == 0)
		return;
	p->state = state;
	memcpy(p->reason, reason, sizeof reason);
	p->base.events->state(p->base.ctx, state, reason);
}

/* ---- texts ---- */

static struct stick *
stick_of(const struct pool *p, int64_t sim)
{
	for (struct stick *st = p->sticks; st != NULL; st = st->next)
		if (st->sim == sim && st->modem != NULL && !st->closing)
			return st;
	return NULL;
}

static unsigned
modem_route_room(const struct channel *c)
{
	unsigned room = 0;

	for (const struct stick *st = self(c)->sticks; st != NULL; st = st->next)
		room += stick_room(st);
	return room;
}

/* Whoever wants room hears of it whenever there is some. */
static void
modem_route_want(struct channel *c, unsigned n)
{
	(void)c;
	(void)n;
}

static int
modem_route_submit(struct channel *c, const struct handover_text *text, unsigned part,
		   uint64_t cookie, int64_t now)
{
	struct stick *st = stick_of(self(c), text->sim);

	return st != NULL ? stick_submit(st, text, part, cookie, now) : UV_EAGAIN;
}

static void
modem_route_offer(const struct channel *c, struct handover_pool *out)
{
	const struct pool *p = self(c);
	uint64_t most = (uint64_t)p->route->modem.sim_wait * 60000;

	*out = (struct handover_pool){.others_gone = uv_now(p->loop) - p->opened_at >= most,
				      .fresh = p->fresh};
	for (size_t i = 0; i < p->n_sims; i++) {
		const struct stick *st = stick_of(p, p->sim[i].id);

		out->sim[out->n++] =
		    (struct handover_sim){.id = p->sim[i].id,
					  .gone = p->sim[i].gone,
					  .room = st != NULL ? stick_room(st) : 0,
					  .dbm = st != NULL ? st->info.radio.dbm : 0};
	}
}

/* A SIM that came since then is for the next job to make use of. */
static void
modem_route_offered(struct channel *c, const struct handover_pool *offer)
{
	if (offer->n == self(c)->n_sims)
		self(c)->fresh = false;
}

static void
modem_route_acknowledge(struct channel *c, struct smpp_token token, bool durable)
{
	for (struct stick *st = self(c)->sticks; st != NULL; st = st->next) {
		if (st->modem == NULL || st->session != token.session)
			continue;
		if (durable)
			modem_confirm(st->modem, (struct modem_token){token.sequence});
		else if (st->close_at == 0) /* a new session is given it again */
			st->close_at = uv_now(st->pool->loop) + STORE_MS;
	}
}

static int
modem_route_query(struct channel *c, const char *smsc_id, uint64_t cookie)
{
	(void)c;
	(void)smsc_id;
	(void)cookie;
	return UV_ENOTSUP; /* a network reports, or does not */
}

static void
modem_route_stats(const struct channel *c, struct channel_stats *out)
{
	*out = (struct channel_stats){.submits = self(c)->submits};
	for (const struct stick *st = self(c)->sticks; st != NULL; st = st->next)
		out->in_flight += st->n_air;
}

static void
modem_route_use(struct channel *c, struct config *config, const struct config_route *route)
{
	struct pool *p = self(c);
	struct config *old = p->config;
	const char *was = p->route->modem.pin, *is = route->modem.pin;
	bool other_pin = was == NULL || is == NULL ? was != is : strcmp(was, is) != 0;

	p->config = config_ref(config);
	p->route = route;
	for (struct stick *st = p->sticks; st != NULL && other_pin && is != NULL; st = st->next)
		if (st->modem != NULL &&
		    (st->info.trouble == MODEM_PIN_WANTED || st->info.trouble == MODEM_PIN_WRONG)) {
			st->delay_ms = 0;
			stick_shut(st, 0); /* a new session asks for the PIN */
		}
	config_unref(old);
	if (p->base.events != NULL)
		p->base.events->room(p->base.ctx);
}

/* ---- for people ---- */

static json_t *
text_or_null(const char *text)
{
	return text[0] != '\0' ? json_string(text) : json_null();
}

static json_t *
list_stick(const struct stick *st)
{
	static const char *const reports[] = {NULL, "none", "direct", "stored"};
	static const char *const voice[] = {NULL, "no", "yes"};
	const struct modem_info *info = st->modem != NULL ? modem_info(st->modem) : &st->info;
	const struct modem_identity *id = &info->identity;
	json_t *o = json_object();

	json_object_set_new(o, "port", json_string(st->path));
	json_object_set_new(o, "maker", text_or_null(id->maker));
	json_object_set_new(o, "model", text_or_null(id->model));
	json_object_set_new(o, "firmware", text_or_null(id->firmware));
	json_object_set_new(o, "imei", text_or_null(id->imei));
	json_object_set_new(o, "iccid", text_or_null(id->iccid));
	json_object_set_new(o, "imsi", text_or_null(id->imsi));
	json_object_set_new(o, "operator", text_or_null(info->radio.operator_name));
	json_object_set_new(o, "registered", json_boolean(info->radio.registered));
	json_object_set_new(o, "signal",
			    info->radio.dbm != 0 ? json_integer(info->radio.dbm) : json_null());
	json_object_set_new(
	    o, "state", json_string(st->modem != NULL ? modem_state_name(info->state) : "lost"));
	json_object_set_new(o, "reason",
			    text_or_null(st->note[0] != '\0' ? st->note : info->reason));
	json_object_set_new(o, "route", json_string(st->pool->base.route));
	json_object_set_new(o, "sim", st->sim != 0 ? json_integer(st->sim) : json_null());
	json_object_set_new(o, "reports",
			    reports[info->reports] != NULL ? json_string(reports[info->reports])
							   : json_null());
	json_object_set_new(
	    o, "voice", voice[info->voice] != NULL ? json_string(voice[info->voice]) : json_null());
	return o;
}

/* Ports that never answered are listed where the lender named them; of a stick's many ports only
 * the one that speaks. */
static bool
is_shown(const struct stick *st)
{
	return st->pool->route->modem.n_ports > 0 || st->info.identity.imei[0] != '\0' ||
	       (st->modem != NULL && st->info.state > MODEM_OPENING &&
		st->info.state != MODEM_LOST);
}

static json_t *
modem_route_list(const struct channel *c)
{
	json_t *all = json_array();

	for (const struct stick *st = self(c)->sticks; st != NULL; st = st->next)
		if (is_shown(st))
			json_array_append_new(all, list_stick(st));
	return all;
}

static json_t *
modem_route_said(const struct channel *c, const char *which)
{
	json_t *all = json_array();

	for (const struct stick *st = self(c)->sticks; st != NULL; st = st->next) {
		char *text;

		if (which[0] != '\0' && strcmp(which, st->path) != 0 &&
		    strcmp(which, st->info.identity.imei) != 0)
			continue;
		if ((text = recorder_text(st->recorder)) == NULL)
			continue;
		json_array_append_new(all, json_pack("{s:s, s:s, s:s}", "port", st->path, "imei",
						     st->info.identity.imei, "said", text));
		free(text);
	}
	return all;
}

/* ---- closing ---- */

static void
on_handle_closed(uv_handle_t *handle)
{
	struct pool *p = handle->data;
	channel_closed *closed;
	void *ctx;

	if (--p->handles > 0)
		return;
	closed = p->closed;
	ctx = p->base.ctx;
	while (p->sticks != NULL) {
		struct stick *st = p->sticks;

		p->sticks = st->next;
		recorder_free(st->recorder);
		free(st);
	}
	air_close(p->air);
	config_unref(p->config);
	free(p);
	closed(ctx);
}

void
pool_finish(struct pool *p)
{
	if (!p->closing || p->jobs > 0 || uv_is_closing((uv_handle_t *)&p->tick))
		return;
	for (const struct stick *st = p->sticks; st != NULL; st = st->next)
		if (st->modem != NULL)
			return;
	for (struct stick *st = p->sticks; st != NULL; st = st->next) {
		st->timer.data = p;
		uv_close((uv_handle_t *)&st->timer, on_handle_closed);
	}
	uv_close((uv_handle_t *)&p->tick, on_handle_closed);
	uv_close((uv_handle_t *)&p->dev, on_handle_closed);
}

static void
modem_route_close(struct channel *c, unsigned drain_ms, channel_closed *closed)
{
	struct pool *p = self(c);

	p->closed = closed;
	p->closing = true;
	for (struct stick *st = p->sticks; st != NULL; st = st->next)
		stick_shut(st, drain_ms);
	pool_finish(p);
}

static const struct channel_ops modem_ops = {.room = modem_route_room,
					     .want = modem_route_want,
					     .submit = modem_route_submit,
					     .acknowledge = modem_route_acknowledge,
					     .query = modem_route_query,
					     .stats = modem_route_stats,
					     .close = modem_route_close,
					     .offer = modem_route_offer,
					     .offered = modem_route_offered,
					     .use = modem_route_use,
					     .list = modem_route_list,
					     .said = modem_route_said,
					     .voice = &pool_voice_ops};

int
channel_modem_open(struct channel **out, const struct channel_needs *needs,
		   const struct config_route *route, char why[160])
{
	struct pool *p = calloc(1, sizeof *p);

	if (p == NULL)
		return UV_ENOMEM;
	p->base.ops = &modem_ops;
	p->base.window = POOL_STICKS;
	p->loop = needs->loop;
	p->writer = needs->writer;
	p->clock = needs->clock;
	p->config = config_ref(needs->config);
	p->route = route;
	p->opened_at = uv_now(needs->loop);
	why[0] = '\0';
	if (p->writer != NULL)
		p->air = air_open(p->config->home);
	pool_ports_open(p);
	*out = &p->base;
	return 0;
}
