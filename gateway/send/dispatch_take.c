/* Texts are asked of the writer as room for them appears. */
#include "dispatch_part.h"

#include <stdlib.h>
#include <string.h>

#define TEXTS_A_JOB 250  /* short enough that answers behind it in the writer do not wait */
#define HELD_MS     5000 /* a wrong clock is looked at again */

/* ---- taking from the queue ---- */

static bool
is_pool(const struct route *r)
{
	return r->channel != NULL && r->channel->ops->offer != NULL;
}

static int
take_work(struct store *s, void *arg)
{
	struct route *r = arg;

	return handover_work(s, &r->job);
}

static void
on_taken(void *arg, int status)
{
	struct route *r = arg;
	struct dispatch *d = r->d;
	struct route *from;
	unsigned parts = 0;
	bool all = false; /* other routes' queues have more */

	d->jobs--;
	r->taking = false;
	if (status != 0) {
		dispatch_store_trouble(d, status);
	} else {
		d->bad_until = 0;
		for (size_t i = 0; i < r->job.n_ready; i++) {
			struct flight *f = flight_add(&r->flights, &r->job.ready[i]);

			if (f == NULL)
				abort(); /* found `sending` at the next start: unknown, never
					    doubled */
			parts += f->text.segments;
			f->since = uv_now(d->loop);
			dispatch_wait_in_line(r, f, false);
		}
		all = r->job.rerouted;
		if ((from = dispatch_route_named(d, r->queue)) != NULL)
			from->next_at = r->job.held == REASON_NONE ? r->job.next_at : INT64_MAX;
		if (r->job.held != d->held) {
			d->held = r->job.held;
			d->events->held(d->ctx, d->held);
		}
		if (r->job.held == REASON_CLOCK) /* it may be set right meanwhile */
			uv_timer_start(&d->failover, dispatch_on_failover, HELD_MS, 0);
		/* When all that is due was looked at, answers that waited are on their way. */
		if (r->job.looked < r->job.texts && r->job.room > 0)
			d->urgent = false;
	}
	if (status == 0 && is_pool(r))
		r->channel->ops->offered(r->channel, &r->job.pool);
	if (r->look)
		r->next_at = INT64_MIN;
	r->look = false;
	r->outstanding = r->outstanding - r->asked + parts;
	r->asked = 0;
	handover_clear(&r->job);
	config_unref(r->job.config);
	r->job.config = NULL;
	if (r->leaving || r->state != CHANNEL_UP)
		dispatch_give_back(r, UINT64_MAX);
	else
		dispatch_flush(r);
	if (parts > 0 && !uv_is_active((uv_handle_t *)&d->stale))
		uv_timer_start(&d->stale, d->stale.timer_cb, STALE_MS, 0);
	if (all)
		dispatch_wake(d);
	else if (status == 0)
		dispatch_pump(r);
	dispatch_tell_busy(d);
	dispatch_finish(d);
}

/* SIMs that could take a text now. */
static unsigned
offer(const struct route *r, struct handover_pool *pool)
{
	unsigned room = 0;

	r->channel->ops->offer(r->channel, pool);
	for (size_t i = 0; i < pool->n; i++)
		room += pool->sim[i].room;
	return room;
}

/* Room for texts that are not decided yet, in parts. */
static unsigned
room_for(const struct route *r)
{
	unsigned most = 2 * r->channel->window;
	unsigned room = most > r->outstanding ? most - r->outstanding : 0;

	if (r->channel->rate > 0 || uv_now(r->d->loop) < r->cautious_until) {
		unsigned tokens = r->channel->ops->room(r->channel);

		/* What waits has first call on the tokens. */
		for (const struct flight *f = r->waiting; f != NULL && tokens > 0; f = f->next)
			tokens -= tokens < f->text.segments ? tokens : f->text.segments;
		if (tokens < room)
			room = tokens;
	}
	return room;
}

static struct route *
down_route_of(struct route *r)
{
	for (struct route *other = r->d->routes; other != NULL; other = other->next)
		if (other != r && other->channel != NULL && other->state != CHANNEL_UP &&
		    other->settings->failover && !other->taking &&
		    uv_now(r->d->loop) - other->since_real >= FAILOVER_MS &&
		    other->next_at <= clock_now(r->d->clock))
			return other;
	return NULL;
}

static void
take(struct route *r, const char *queue, unsigned room)
{
	struct dispatch *d = r->d;

	snprintf(r->queue, sizeof r->queue, "%s", queue);
	r->job = (struct handover){.config = config_ref(d->config),
				   .tools = &d->tools,
				   .route = r->channel != NULL ? r->settings : NULL,
				   .queue = r->queue,
				   .now = clock_now(d->clock),
				   .stopped = d->stopped == REASON_NONE && clock_leaped(d->clock)
						  ? REASON_CLOCK
						  : d->stopped,
				   .room = room,
				   .texts = room < TEXTS_A_JOB ? room : TEXTS_A_JOB};
	if (is_pool(r)) {
		offer(r, &r->job.pool);
		r->job.room = UINT32_MAX;
		r->job.texts = TEXTS_A_JOB;
	}
	r->taking = true;
	r->asked = r->channel != NULL ? room : 0;
	r->outstanding += r->asked;
	if (writer_submit(d->writer, take_work, on_taken, r) != 0)
		abort();
	d->jobs++;
}

/* Sets the timer to the next text of any route. */
static void
arm(struct dispatch *d)
{
	int64_t next = INT64_MAX, now = clock_now(d->clock);

	for (struct route *r = d->routes; r != NULL; r = r->next)
		if (r->next_at < next && r->next_at > now)
			next = r->next_at;
	if (next != INT64_MAX)
		uv_timer_start(&d->due, d->due.timer_cb, clock_delay(d->clock, next) + 1, 0);
}

void
dispatch_pump(struct route *r)
{
	struct dispatch *d = r->d;
	struct handover_pool pool;
	struct route *other;
	unsigned room;

	if (d->closing || r->leaving || r->taking || d->config == NULL ||
	    uv_now(d->loop) < d->bad_until)
		return;
	if (r->channel == NULL) {
		if (r->next_at <= clock_now(d->clock))
			take(r, r->name, TEXTS_A_JOB);
		else
			arm(d);
		return;
	}
	if (r->state != CHANNEL_UP)
		return;
	if (is_pool(r)) {
		if ((room = offer(r, &pool)) == 0)
			return;
	} else if ((room = room_for(r)) == 0) {
		if (r->outstanding == 0)
			r->channel->ops->want(r->channel, 1);
		return;
	}
	/* Many small jobs cost more than a few: wait until a quarter of the window is free. */
	if (!is_pool(r) && r->channel->rate == 0 && r->outstanding > 0 &&
	    room < r->channel->window / 2 && uv_now(d->loop) >= r->cautious_until)
		return;
	if (r->next_at <= clock_now(d->clock))
		take(r, r->name, room);
	else if ((other = down_route_of(r)) != NULL)
		take(r, other->name, room);
	else
		arm(d);
}

void
dispatch_pump_all(struct dispatch *d)
{
	for (struct route *r = d->routes; r != NULL; r = r->next)
		dispatch_pump(r);
}

void
dispatch_wake(struct dispatch *d)
{
	for (struct route *r = d->routes; r != NULL; r = r->next)
		r->next_at = INT64_MIN; /* look again */
	dispatch_pump_all(d);
}

void
dispatch_stop(struct dispatch *d, enum reason reason)
{
	d->stopped = reason;
	if (reason == REASON_NONE)
		dispatch_wake(d);
}

/* A route has been down for long enough that another may take its texts, or it is time to look at
 * the system's clock again. */
void
dispatch_on_failover(uv_timer_t *timer)
{
	struct dispatch *d = timer->data;

	if (!d->closing)
		dispatch_open_missing(d);
	dispatch_wake(d);
}

void
dispatch_on_due(uv_timer_t *timer)
{
	dispatch_pump_all(timer->data);
}

void
dispatch_on_stale(uv_timer_t *timer)
{
	struct dispatch *d = timer->data;
	uint64_t now = uv_now(d->loop);
	bool more = false;

	for (struct route *r = d->routes; r != NULL; r = r->next) {
		dispatch_give_back(r, now - STALE_MS);
		more |= r->waiting != NULL;
	}
	if (more)
		uv_timer_start(timer, dispatch_on_stale, STALE_MS, 0);
}
