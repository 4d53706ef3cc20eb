#include "caller_part.h"

#include "gateway/base/log.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define WATCH_MS 1000
#define AGAIN_MS 5000 /* what could not be done is looked at again */
/* Speech names people: what was not said for a month is made anew when it is. */
#define SPEECH_DAYS 30
#define DAY_MS      (24 * 3600 * 1000)

/* ---- the queues ---- */

static const struct config_route *
route_of(const struct caller *c, const char *name)
{
	int i = config_route_index(c->config, name);

	return i >= 0 && c->config->routes[i].type == CONFIG_ROUTE_MODEM &&
		       c->config->routes[i].modem.voice
		   ? &c->config->routes[i]
		   : NULL;
}

/* Is it let be, beyond an instant? */
static bool
rests(const struct caller *c, int64_t sim, uint64_t at)
{
	for (size_t i = 0; i < HANDOVER_SIMS; i++)
		if (c->rest[i].sim == sim && at < c->rest[i].until)
			return true;
	return false;
}

void
caller_let_be(struct caller *c, int64_t sim, unsigned ms)
{
	uint64_t now = uv_now(c->loop);

	if (rests(c, sim, now + ms)) /* a broken stick rests longer than one that has called */
		return;
	for (size_t i = 0; i < HANDOVER_SIMS; i++)
		if (c->rest[i].sim == sim || c->rest[i].until <= now) {
			c->rest[i] = (struct caller_rest){.sim = sim, .until = now + ms};
			return;
		}
}

static bool
is_taken(const struct caller *c, int64_t sim)
{
	for (const struct errand *e = c->errands; e != NULL; e = e->next)
		if (e->sim == sim)
			return true;
	return rests(c, sim, uv_now(c->loop));
}

/* SIMs of a route that nothing is done with; false when there are none. */
static bool
offer(const struct caller *c, const char *route, struct handover_pool *pool)
{
	struct channel *channel = dispatch_voice(c->dispatch, route);
	bool any = false;

	*pool = (struct handover_pool){.n = 0};
	if (channel == NULL)
		return false;
	channel->ops->voice->offer(channel, pool);
	for (size_t i = 0; i < pool->n; i++) {
		if (is_taken(c, pool->sim[i].id))
			pool->sim[i].room = 0;
		any = any || pool->sim[i].room > 0;
	}
	return any;
}

/* ---- how fast the clock may run ---- */

/* A call is due, and a stick is there that only has something else to do. */
static bool
is_waiting(const struct caller *c, const struct caller_queue *q)
{
	struct handover_pool pool;
	struct channel *channel;

	if ((q->idle && !q->waits) || q->next_at == INT64_MIN || q->next_at > clock_now(c->clock) ||
	    route_of(c, q->name) == NULL ||
	    (channel = dispatch_voice(c->dispatch, q->name)) == NULL)
		return false;
	channel->ops->voice->offer(channel, &pool);
	for (size_t i = 0; i < pool.n; i++)
		if (!pool.sim[i].gone)
			return true;
	return false;
}

static int
slower(int pace, int own)
{
	return pace == 0 || own < pace ? own : pace;
}

int
caller_pace(const struct caller *c)
{
	int pace = 0;

	for (size_t i = 0; i < c->n_queues; i++)
		if (is_waiting(c, &c->queue[i]))
			pace = slower(pace, route_of(c, c->queue[i].name)->modem.audio_speed);
	if (pace == 0 && c->looking)
		pace = 1;
	for (const struct errand *e = c->errands; e != NULL; e = e->next)
		pace = slower(pace, e->state >= ERRAND_DIALLING || e->incoming ? e->speed : 1);
	return pace;
}

void
caller_tell(struct caller *c)
{
	int pace = caller_pace(c);

	if (pace == c->told_pace && pace != 0)
		return;
	c->told_pace = pace;
	if (!c->closing)
		c->events->busy(c->ctx);
}

bool
caller_drained(const struct caller *c)
{
	int64_t now = clock_now(c->clock);

	if (c->errands != NULL || c->looking || c->jobs > 0)
		return false;
	for (size_t i = 0; i < c->n_queues; i++)
		if (c->queue[i].next_at <= now && (!c->queue[i].idle || c->queue[i].waits))
			return false;
	return true;
}

/* Until the first stick that rests is awake again. */
static uint64_t
rested(const struct caller *c)
{
	uint64_t now = uv_now(c->loop), next = AGAIN_MS;

	for (size_t i = 0; i < HANDOVER_SIMS; i++)
		if (c->rest[i].until > now && c->rest[i].until - now < next)
			next = c->rest[i].until - now;
	return next;
}

static void
arm(struct caller *c)
{
	int64_t now = clock_now(c->clock), next = INT64_MAX;
	bool again = false;

	for (size_t i = 0; i < c->n_queues; i++) {
		if (c->queue[i].next_at > now && c->queue[i].next_at < next)
			next = c->queue[i].next_at;
		again = again || c->queue[i].next_at <= now;
	}
	if (again)
		uv_timer_start(&c->due, c->due.timer_cb, rested(c), 0);
	else if (next != INT64_MAX)
		uv_timer_start(&c->due, c->due.timer_cb, clock_delay(c->clock, next) + 1, 0);
}

static int
look_work(struct store *s, void *ctx)
{
	struct caller *c = ctx;

	return handover_call_look(s, &c->look);
}

static void
begin_errand(struct caller *c)
{
	struct errand *e = errand_new(c, c->look.route->name);

	if (e == NULL) {
		brief_free(c->look.brief);
		return;
	}
	e->brief = c->look.brief;
	e->row = c->look.row;
	e->sim = c->look.sim;
	snprintf(e->number, sizeof e->number, "%s", e->brief->number);
	errand_prepare(e);
}

static void
on_looked(void *ctx, int status)
{
	struct caller *c = ctx;
	struct caller_queue *q = &c->queue[c->looking_at];
	struct config *config = c->look.config;
	bool all = c->look.rerouted;

	c->jobs--;
	c->looking = false;
	if (status != 0)
		c->events->failed(c->ctx, status);
	if (status != 0 && !c->woken) {
		q->idle = true;
	} else if (!c->woken) { /* else the queues may be others by now, or have changed */
		q->next_at = c->look.next_at;
		q->idle = c->look.brief == NULL && c->had_room;
		q->waits = q->idle && c->look.waits;
	}
	if (c->look.brief != NULL && (status != 0 || c->closing))
		brief_free(c->look.brief);
	else if (c->look.brief != NULL)
		begin_errand(c);
	config_unref(config);
	if (all)
		caller_wake(c);
	caller_look(c);
	caller_tell(c);
	caller_finish(c);
}

static void
look(struct caller *c, size_t i, const struct config_route *route)
{
	struct handover_pool pool = c->look.pool;

	c->look =
	    (struct handover_call){.config = config_ref(c->config),
				   .facts = &c->facts,
				   .route = route,
				   .now = clock_now(c->clock),
				   .stopped = clock_leaped(c->clock) ? REASON_CLOCK : REASON_NONE,
				   .pool = pool};
	for (const struct errand *e = c->errands; e != NULL; e = e->next)
		if (e->row != 0 && c->look.n_busy < HANDOVER_SIMS)
			c->look.busy[c->look.n_busy++] = e->row;
	c->looking = true;
	c->woken = false;
	c->looking_at = i;
	if (writer_submit(c->writer, look_work, on_looked, c) != 0)
		abort();
	c->jobs++;
	caller_tell(c);
}

void
caller_look(struct caller *c)
{
	int64_t now = clock_now(c->clock);

	if (c->closing || c->looking || c->config == NULL)
		return;
	for (size_t i = 0; i < c->n_queues; i++) {
		const struct config_route *route = route_of(c, c->queue[i].name);

		if (c->queue[i].idle || c->queue[i].next_at > now)
			continue;
		if (route == NULL && c->queue[i].name[0] != '\0')
			continue;
		c->look.pool.n = 0;
		c->had_room = route == NULL || offer(c, route->name, &c->look.pool);
		if (!c->had_room && c->queue[i].next_at != INT64_MIN)
			continue;
		look(c, i, route);
		return;
	}
	arm(c);
}

static void
forget_speech(struct caller *c)
{
	uint64_t now = uv_now(c->loop);

	if (c->voice == NULL || (c->forgot_at != 0 && now < c->forgot_at + DAY_MS))
		return;
	c->forgot_at = now;
	voice_purge(c->voice, clock_system() / 1000 - SPEECH_DAYS * (DAY_MS / 1000), NULL, NULL);
}

void
caller_wake(struct caller *c)
{
	forget_speech(c);
	c->woken = true;
	for (size_t i = 0; i < c->n_queues; i++) {
		c->queue[i].idle = false;
		c->queue[i].next_at = INT64_MIN;
	}
	caller_look(c);
}

void
caller_rearm(struct caller *c)
{
	caller_look(c);
}

static void
on_due(uv_timer_t *timer)
{
	struct caller *c = timer->data;

	for (size_t i = 0; i < c->n_queues; i++)
		c->queue[i].idle = false;
	caller_look(c);
}

static void
on_watch(uv_timer_t *timer)
{
	struct caller *c = timer->data;
	struct errand *next;

	for (struct errand *e = c->errands; e != NULL; e = next) {
		next = e->next;
		errand_watch(e);
	}
}

/* ---- errands ---- */

struct errand *
errand_new(struct caller *c, const char *route)
{
	const struct config_route *settings = route_of(c, route);
	struct errand *e = settings != NULL ? calloc(1, sizeof *e) : NULL;

	if (e == NULL)
		return NULL;
	e->caller = c;
	e->speed = settings->modem.audio_speed;
	e->since = uv_now(c->loop);
	e->language = -1;
	snprintf(e->route, sizeof e->route, "%s", route);
	e->next = c->errands;
	c->errands = e;
	if (!uv_is_active((uv_handle_t *)&c->watch))
		uv_timer_start(&c->watch, on_watch, WATCH_MS, WATCH_MS);
	return e;
}

struct channel *
errand_channel(const struct errand *e)
{
	return dispatch_voice(e->caller->dispatch, e->route);
}

static struct errand *
errand_on(struct caller *c, const char *route, int64_t sim)
{
	for (struct errand *e = c->errands; e != NULL; e = e->next)
		if (e->sim == sim && strcmp(e->route, route) == 0 && !e->gone &&
		    (e->state >= ERRAND_DIALLING || e->incoming))
			return e;
	return NULL;
}

static void
on_modem_call(struct caller *c, const char *route, int64_t sim, const struct modem_call *call)
{
	struct errand *e = errand_on(c, route, sim);

	if (call->state == MODEM_CALL_INCOMING && e == NULL) {
		if (!c->closing) /* else the modem hangs up when it is closed */
			errand_rings(c, route, sim, call);
		return;
	}
	if (e == NULL && call->state == MODEM_CALL_ENDED && !call->outgoing && !c->shut) {
		errand_missed(c, route, sim, call); /* no errand could be begun */
		return;
	}
	/* Who calls while we dial is told as ended too. */
	if (e == NULL || call->outgoing == e->incoming ||
	    (e->modem_call != 0 && e->modem_call != call->id))
		return;
	e->modem_call = call->id;
	if (call->state == MODEM_CALL_ACTIVE && !e->answered)
		errand_talk(e);
	else if (call->state == MODEM_CALL_ENDED)
		errand_gone(e, call);
}

void
caller_voice(struct caller *c, const char *route, const struct channel_voice *voice)
{
	struct errand *e;

	switch (voice->kind) {
	case CHANNEL_VOICE_CALL: on_modem_call(c, route, voice->sim, voice->call); break;
	case CHANNEL_VOICE_MISSED:
		if (!c->shut)
			errand_missed(c, route, voice->sim, voice->call);
		break;
	case CHANNEL_VOICE_KEY:
		if ((e = errand_on(c, route, voice->sim)) != NULL && e->call != NULL &&
		    !e->call_closing)
			call_modem_key(e->call, voice->key);
		break;
	case CHANNEL_VOICE_PERSON:
		if ((e = errand_on(c, route, voice->sim)) != NULL)
			errand_person(e, voice->person);
		break;
	case CHANNEL_VOICE_FREE:
		for (e = c->errands; e != NULL; e = e->next)
			if (e->sim == voice->sim && strcmp(e->route, route) == 0 &&
			    e->state == ERRAND_CLAIMING) {
				errand_free_sim(e);
				break;
			}
		break;
	case CHANNEL_VOICE_CHANGED: caller_wake(c); break;
	}
	caller_tell(c);
}

/* ---- voices and sound ---- */

static void
on_recording(void *ctx, const char *path, const char *why)
{
	(void)ctx;
	log_event(LOG_WARN, "recording_missing", log_str("file", path), log_str("why", why));
}

/* Opened when the first route places calls, and kept. */
static void
open_sound(struct caller *c)
{
	const char *home = c->config->home;
	char cache[1024], recordings[1024], calls[1024];
	struct voice_config voice = {.cache = cache};
	struct prompt_config prompt = {.recordings = recordings, .told = on_recording, .ctx = c};
	int rc;

	snprintf(cache, sizeof cache, "%s/cache", home);
	mkdir(cache, 0700);
	snprintf(calls, sizeof calls, "%s/calls", home);
	mkdir(calls, 0700);
	snprintf(cache, sizeof cache, "%s/cache/voice", home);
	snprintf(recordings, sizeof recordings, "%s/recordings", home);
	if ((rc = voice_open(&c->voice, c->loop, &voice)) != 0) {
		log_event(LOG_ERROR, "no_calls", log_str("why", uv_strerror(rc)),
			  log_str("folder", cache));
		return;
	}
	c->open++;
	prompt.voice = c->voice;
	if ((rc = prompt_open(&c->prompt, c->loop, &prompt)) == 0) {
		c->open++;
		if ((rc = line_sound_open(&c->sound, c->loop)) == 0)
			c->open++;
	}
	if (rc != 0)
		log_event(LOG_ERROR, "no_calls", log_str("why", uv_strerror(rc)));
}

void
caller_use(struct caller *c, struct config *config)
{
	struct config *old = c->config;

	c->config = config_ref(config);
	config_unref(old);
	c->n_queues = 0;
	for (size_t i = 0; i < config->n_routes && c->n_queues < CALLER_ROUTES; i++)
		if (route_of(c, config->routes[i].name) != NULL)
			snprintf(c->queue[c->n_queues++].name, sizeof c->queue[0].name, "%s",
				 config->routes[i].name);
	if (c->n_queues > 0 && c->voice == NULL)
		open_sound(c);
	if (c->prompt != NULL)
		prompt_reload(c->prompt);
	c->queue[c->n_queues++].name[0] = '\0';
	caller_wake(c);
}

/* ---- opening and closing ---- */

int
caller_open(struct caller **out, uv_loop_t *loop, struct writer *writer, struct dispatch *dispatch,
	    const struct clock *clock, const struct caller_events *events, void *ctx)
{
	struct caller *c = calloc(1, sizeof *c);

	if (c == NULL)
		return UV_ENOMEM;
	*c = (struct caller){.loop = loop,
			     .writer = writer,
			     .dispatch = dispatch,
			     .clock = clock,
			     .events = events,
			     .ctx = ctx,
			     .sayings = sayings_new(),
			     .compose = compose_new()};
	if (c->sayings == NULL || c->compose == NULL) {
		sayings_free(c->sayings);
		compose_free(c->compose);
		free(c);
		return UV_ENOMEM;
	}
	uv_timer_init(loop, &c->due);
	uv_timer_init(loop, &c->watch);
	c->due.data = c->watch.data = c;
	uv_timer_start(&c->due, on_due, 0, 0);
	c->handles = 2;
	*out = c;
	return 0;
}

static void
on_handle_closed(uv_handle_t *handle)
{
	struct caller *c = handle->data;
	caller_closed *closed = c->closed;
	void *ctx = c->ctx;

	if (--c->handles > 0)
		return;
	if (c->facts != NULL)
		facts_free(c->facts);
	compose_free(c->compose);
	sayings_free(c->sayings);
	config_unref(c->config);
	free(c);
	closed(ctx);
}

static void
on_sound_closed(void *ctx)
{
	struct caller *c = ctx;

	if (--c->open > 0)
		return;
	uv_close((uv_handle_t *)&c->due, on_handle_closed);
	uv_close((uv_handle_t *)&c->watch, on_handle_closed);
}

void
caller_finish(struct caller *c)
{
	if (!c->closing || c->shut || c->errands != NULL || c->jobs > 0)
		return;
	c->shut = true;
	c->open++;
	if (c->sound != NULL)
		line_sound_close(c->sound, on_sound_closed, c);
	if (c->prompt != NULL)
		prompt_close(c->prompt, on_sound_closed, c);
	if (c->voice != NULL)
		voice_close(c->voice, on_sound_closed, c);
	on_sound_closed(c);
}

void
caller_close(struct caller *c, caller_closed *closed)
{
	struct errand *next;

	assert(!c->closing);
	c->closing = true;
	c->closed = closed;
	uv_timer_stop(&c->due);
	for (struct errand *e = c->errands; e != NULL; e = next) {
		next = e->next;
		errand_hang_up(e);
	}
	caller_finish(c);
}
