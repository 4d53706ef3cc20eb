#include "dispatch_part.h"

#include "gateway/base/rfc3339.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define TAG_MASK  0xff
#define REOPEN_MS 30000 /* a route that could not be opened is tried again after that */

/* ---- busy or not ---- */

void
dispatch_tell_busy(struct dispatch *d)
{
	bool busy = dispatch_busy(d);

	if (busy == d->busy)
		return;
	d->busy = busy;
	if (!d->closing)
		d->events->busy(d->ctx);
}

bool
dispatch_drained(const struct dispatch *d)
{
	int64_t now = clock_now(d->clock);

	if (dispatch_busy(d) || d->jobs > 0)
		return false;
	for (const struct route *r = d->routes; r != NULL; r = r->next)
		if (r->state == CHANNEL_UP && (r->taking || r->next_at <= now))
			return false;
	return true;
}

enum reason
dispatch_held(const struct dispatch *d)
{
	return d->held;
}

void
dispatch_rearm(struct dispatch *d)
{
	if (!d->closing)
		dispatch_pump_all(d);
}

bool
dispatch_busy(const struct dispatch *d)
{
	if (d->urgent)
		return true;
	for (const struct route *r = d->routes; r != NULL; r = r->next)
		if (r->outstanding > 0)
			return true;
	return false;
}

void
dispatch_urgent(struct dispatch *d)
{
	d->urgent = true;
	dispatch_tell_busy(d);
	dispatch_wake(d);
}

/* ---- routes ---- */

static void
on_channel_closed(void *ctx)
{
	struct route *r = ctx;

	r->closed = true;
	r->channel = NULL;
	r->state = CHANNEL_DOWN;
	dispatch_give_back(r, UINT64_MAX);
	dispatch_settle_some(r);
	dispatch_finish(r->d);
}

static void
route_free(struct route *r)
{
	flight_fini(&r->flights);
	free(r->results);
	free(r->settling);
	config_unref(r->config);
	free(r);
}

/* Routes that are done with are forgotten; true when none is left. */
static bool
reap(struct dispatch *d)
{
	struct route **at = &d->routes;

	while (*at != NULL) {
		struct route *r = *at;

		if (r->leaving && r->closed && !r->taking && r->n_settling == 0 &&
		    r->n_results == 0) {
			*at = r->next;
			route_free(r);
		} else {
			at = &r->next;
		}
	}
	return d->routes == NULL;
}

/* Closes the channel of a route that leaves, once what has begun is through: its link submits no
 * more from then on. */
void
dispatch_part_ways(struct route *r)
{
	uint64_t now = uv_now(r->d->loop);

	if (!r->leaving || r->parted || r->channel == NULL)
		return;
	if (r->flights.used > 0 && r->state == CHANNEL_UP && now < r->leave_by)
		return;
	r->parted = true;
	dispatch_give_back(r, UINT64_MAX);
	/* As much time again for answers, and for receipts to be acknowledged. */
	r->channel->ops->close(
	    r->channel, r->drain_ms / 2 + (unsigned)(r->leave_by > now ? r->leave_by - now : 0),
	    on_channel_closed);
}

static void
on_part(uv_timer_t *timer)
{
	struct dispatch *d = timer->data;
	uint64_t now = uv_now(d->loop), next = 0;

	for (struct route *r = d->routes; r != NULL; r = r->next) {
		dispatch_part_ways(r);
		if (r->leaving && !r->parted && r->channel != NULL &&
		    (next == 0 || r->leave_by - now < next))
			next = r->leave_by - now;
	}
	if (next > 0)
		uv_timer_start(timer, on_part, next, 0);
}

static void
leave(struct route *r, unsigned drain_ms)
{
	struct dispatch *d = r->d;

	if (r->leaving)
		return;
	r->leaving = true;
	r->drain_ms = drain_ms;
	r->leave_by = uv_now(d->loop) + drain_ms / 2;
	if (r->channel == NULL) {
		r->closed = true;
		return;
	}
	dispatch_give_back(r, UINT64_MAX);
	dispatch_part_ways(r);
	if (!r->parted)
		uv_timer_start(&d->part, on_part, 0, 0);
}

static struct route *
route_add(struct dispatch *d, const char *name)
{
	struct route *r = calloc(1, sizeof *r);

	if (r == NULL)
		return NULL;
	r->d = d;
	r->tag = d->tags++ & TAG_MASK;
	r->waiting_tail = &r->waiting;
	r->next_at = INT64_MIN;
	r->since = clock_now(d->clock);
	r->since_real = uv_now(d->loop);
	snprintf(r->name, sizeof r->name, "%s", name);
	r->next = d->routes;
	d->routes = r;
	return r;
}

static bool
same_ports(const struct config_modem *a, const struct config_modem *b)
{
	bool same = a->n_ports == b->n_ports;

	for (size_t i = 0; same && i < a->n_ports; i++)
		same = strcmp(a->ports[i], b->ports[i]) == 0;
	return same;
}

static bool
same_text(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

/* Would the channel of `a` do for `b`?  Settings that only matter to deciding may differ. */
static bool
same_channel(const struct config_route *a, const struct config_route *b)
{
	const struct config_smpp *x = &a->smpp, *y = &b->smpp;

	if (a->type != b->type || a->rate != b->rate || !same_text(a->path, b->path))
		return false;
	if (a->type == CONFIG_ROUTE_MODEM)
		return same_ports(&a->modem, &b->modem);
	if (a->type != CONFIG_ROUTE_SMPP)
		return true;
	return same_text(x->host, y->host) && x->port == y->port && x->tls == y->tls &&
	       same_text(x->tls_ca, y->tls_ca) && same_text(x->tls_cert, y->tls_cert) &&
	       same_text(x->tls_key, y->tls_key) && same_text(x->system_id, y->system_id) &&
	       same_text(x->password, y->password) && same_text(x->system_type, y->system_type) &&
	       x->bind == y->bind && same_text(x->source, y->source) && x->window == y->window &&
	       x->source_ton == y->source_ton && x->source_npi == y->source_npi &&
	       x->receipts == y->receipts && x->alphabet == y->alphabet &&
	       x->packing == y->packing && x->long_form == y->long_form &&
	       x->n_blocked_status == y->n_blocked_status &&
	       (x->n_blocked_status == 0 ||
		memcmp(x->blocked_status, y->blocked_status,
		       x->n_blocked_status * sizeof *x->blocked_status) == 0);
}

struct route *
dispatch_route_named(struct dispatch *d, const char *name)
{
	for (struct route *r = d->routes; r != NULL; r = r->next)
		if (!r->leaving && strcmp(r->name, name) == 0)
			return r;
	return NULL;
}

static void
open_route(struct dispatch *d, const struct config_route *settings)
{
	struct route *r = route_add(d, settings->name);
	struct channel_needs needs = {
	    .loop = d->loop, .writer = d->writer, .clock = d->clock, .config = d->config};
	char why[160] = "";
	int rc;

	if (r == NULL)
		return;
	r->config = config_ref(d->config);
	r->settings = settings;
	rc = channel_open(&r->channel, &needs, settings, &dispatch_channel_events, r, why);
	if (rc == 0)
		return;
	/* A route that cannot even begin is tried again: its file or folder may come back. */
	d->routes = r->next;
	d->events->route_state(d->ctx, settings->name, CHANNEL_DOWN,
			       why[0] != '\0' ? why : uv_strerror(rc));
	route_free(r);
	if (!uv_is_active((uv_handle_t *)&d->failover))
		uv_timer_start(&d->failover, dispatch_on_failover, REOPEN_MS, 0);
}

void
dispatch_open_missing(struct dispatch *d)
{
	for (size_t i = 0; i < d->config->n_routes; i++)
		if (dispatch_route_named(d, d->config->routes[i].name) == NULL)
			open_route(d, &d->config->routes[i]);
}

void
dispatch_use(struct dispatch *d, struct config *config)
{
	struct config *old = d->config;
	struct route *r;

	d->config = config_ref(config);
	d->zone = config->lender.zone;
	for (r = d->routes; r != NULL; r = r->next) {
		int i = config_route_index(config, r->name);

		if (r->leaving || r->name[0] == '\0')
			continue;
		if (i < 0 || !same_channel(r->settings, &config->routes[i])) {
			leave(r, 5000);
			continue;
		}
		config_unref(r->config);
		r->config = config_ref(config);
		r->settings = &config->routes[i];
		if (r->channel != NULL && r->channel->ops->use != NULL)
			r->channel->ops->use(r->channel, config, r->settings);
	}
	dispatch_open_missing(d);
	if (dispatch_route_named(d, "") == NULL && (r = route_add(d, "")) != NULL)
		r->state = CHANNEL_UP;
	config_unref(old);
	reap(d);
	dispatch_wake(d);
}

void
dispatch_acknowledge(struct dispatch *d, const char *route, struct smpp_token token, bool durable)
{
	uint32_t tag = token.session >> TAG_SHIFT;

	token.session &= (1U << TAG_SHIFT) - 1;
	for (struct route *r = d->routes; r != NULL; r = r->next)
		if (r->channel != NULL && r->tag == tag && strcmp(r->name, route) == 0)
			r->channel->ops->acknowledge(r->channel, token, durable);
}

int
dispatch_query(struct dispatch *d, const char *route, const char *smsc_id, uint64_t cookie)
{
	struct route *r = dispatch_route_named(d, route);

	if (r == NULL || r->channel == NULL || r->state != CHANNEL_UP)
		return UV_EAGAIN;
	return r->channel->ops->query(r->channel, smsc_id, cookie);
}

struct channel *
dispatch_voice(struct dispatch *d, const char *route)
{
	for (struct route *r = d->routes; r != NULL; r = r->next)
		if (r->channel != NULL && !r->parted && strcmp(r->name, route) == 0 &&
		    r->channel->ops->voice != NULL)
			return r->channel;
	return NULL;
}

json_t *
dispatch_list(struct dispatch *d)
{
	static const char *const words[] = {"connecting", "up", "down"};
	json_t *all = json_array();

	for (const struct route *r = d->routes; r != NULL; r = r->next) {
		struct channel_stats stats;
		char at[RFC3339_SIZE];

		if (r->name[0] == '\0' || r->leaving || r->channel == NULL)
			continue;
		r->channel->ops->stats(r->channel, &stats);
		rfc3339_format(r->since, civil_offset(&d->zone, r->since), at);
		json_array_append_new(
		    all, json_pack("{s:s, s:s, s:s, s:s?, s:i, s:I, s:I}", "name", r->name, "state",
				   words[r->state], "since", at, "reason",
				   r->reason[0] != '\0' ? r->reason : NULL, "in_flight",
				   (int)stats.in_flight, "throttles", (json_int_t)stats.throttles,
				   "reconnects", (json_int_t)stats.reconnects));
	}
	return all;
}

json_t *
dispatch_modems(struct dispatch *d)
{
	json_t *all = json_array();

	for (const struct route *r = d->routes; r != NULL; r = r->next)
		if (!r->leaving && r->channel != NULL && r->channel->ops->list != NULL) {
			json_t *some = r->channel->ops->list(r->channel);

			json_array_extend(all, some);
			json_decref(some);
		}
	return all;
}

json_t *
dispatch_said(struct dispatch *d, const char *which)
{
	json_t *all = json_array();

	for (const struct route *r = d->routes; r != NULL; r = r->next)
		if (r->channel != NULL && r->channel->ops->said != NULL) {
			json_t *some = r->channel->ops->said(r->channel, which);

			json_array_extend(all, some);
			json_decref(some);
		}
	return all;
}

/* ---- opening and closing ---- */

static int
tools_init(struct dispatch *d)
{
	d->tools.compose = compose_new();
	return d->tools.compose != NULL ? 0 : UV_ENOMEM;
}

int
dispatch_open(struct dispatch **out, uv_loop_t *loop, struct writer *writer,
	      const struct clock *clock, struct settle_tools *learned,
	      const struct dispatch_events *events, void *ctx)
{
	struct dispatch *d = calloc(1, sizeof *d);

	if (d == NULL)
		return UV_ENOMEM;
	d->loop = loop;
	d->writer = writer;
	d->clock = clock;
	d->learned = learned;
	d->events = events;
	d->ctx = ctx;
	if (tools_init(d) != 0) {
		free(d);
		return UV_ENOMEM;
	}
	uv_timer_init(loop, &d->due);
	uv_timer_init(loop, &d->stale);
	uv_timer_init(loop, &d->failover);
	uv_timer_init(loop, &d->retry);
	uv_timer_init(loop, &d->part);
	d->due.data = d->stale.data = d->failover.data = d->retry.data = d->part.data = d;
	d->retry.timer_cb = dispatch_on_retry;
	uv_timer_start(&d->due, dispatch_on_due, 0, 0);
	uv_timer_start(&d->stale, dispatch_on_stale, STALE_MS, 0);
	d->open_handles = 5;
	*out = d;
	return 0;
}

static void
on_handle_closed(uv_handle_t *h)
{
	struct dispatch *d = h->data;
	dispatch_closed *closed = d->closed;
	void *ctx = d->ctx;

	if (--d->open_handles > 0)
		return;
	if (d->tools.facts != NULL)
		facts_free(d->tools.facts);
	compose_free(d->tools.compose);
	config_unref(d->config);
	free(d);
	closed(ctx);
}

/* While closing: the last durable result closes the handles. */
void
dispatch_finish(struct dispatch *d)
{
	if (!d->closing) {
		reap(d);
		return;
	}
	if (!reap(d) || d->jobs > 0 || uv_is_closing((uv_handle_t *)&d->due))
		return;
	uv_close((uv_handle_t *)&d->due, on_handle_closed);
	uv_close((uv_handle_t *)&d->stale, on_handle_closed);
	uv_close((uv_handle_t *)&d->failover, on_handle_closed);
	uv_close((uv_handle_t *)&d->retry, on_handle_closed);
	uv_close((uv_handle_t *)&d->part, on_handle_closed);
}

void
dispatch_close(struct dispatch *d, unsigned drain_ms, dispatch_closed *closed)
{
	assert(!d->closing);
	d->closing = true;
	d->closed = closed;
	for (struct route *r = d->routes; r != NULL; r = r->next)
		leave(r, drain_ms);
	dispatch_finish(d);
}
