#include "dispatch.h"

#include "flight.h"
#include "log.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define TEXTS_A_JOB   250   /* short enough that answers behind it in the writer do not wait */
#define STALE_MS      1000  /* durable and not on the wire: back to the queue */
#define FAILOVER_MS   10000 /* a route must be down that long before another takes its texts */
#define LONG_DOWN_MS  600000
#define REST_MS       60000 /* the rest of a text that has begun waits that long for its link */
#define CAUTIOUS_MS   10000 /* after texts came back unsent nothing is decided ahead of the wire */
#define BACKOFF_MS    1000  /* after the store failed */
#define CLOSING_TRIES 5     /* to make results durable at the end */
#define TAG_SHIFT     24    /* of a token's session, whose own numbers stay far below */
#define TAG_MASK      0xff
#define HELD_MS       5000  /* a wrong clock is looked at again */
#define REOPEN_MS     30000 /* a route that could not be opened is tried again after that */
#define AGAIN_MS      1000  /* what the operator would not take now is tried again after that */

struct route {
	struct dispatch *d;
	struct route *next;
	struct channel *channel; /* NULL: the queue of what no route takes */
	char name[64];
	struct config *config; /* the snapshot `settings` is of */
	const struct config_route *settings;
	enum channel_state state;
	char reason[160];
	int64_t since;
	uint64_t since_real;
	bool ever_up;
	bool leaving; /* not in the configuration any more, or shutting down */
	bool parted;  /* leaving, and its channel was told */
	bool closed;
	unsigned drain_ms;
	uint64_t leave_by; /* uv_now() at which its channel closes, whatever is on the way */
	uint32_t tag;      /* tells its incoming from those of a namesake that is leaving */
	/* taking */
	struct handover job;
	bool taking;
	char queue[64]; /* whose queue the job takes from */
	int64_t next_at;
	bool more; /* due texts are left */
	unsigned
	    outstanding; /* parts between `sending` and a durable result, those asked for too */
	unsigned asked;  /* of them: room given to the job under way */
	/* on the way */
	struct flight_table flights;
	struct flight *waiting, **waiting_tail;
	uint64_t cautious_until; /* uv_now(); see CAUTIOUS_MS */
	/* results */
	struct settle_answer *results, *settling;
	size_t n_results, cap_results, n_settling, cap_settling;
	bool settle_job;                       /* `settling` is at the writer */
	unsigned settling_parts, result_parts; /* what their durability frees */
	int64_t settled_at;
	int32_t today; /* the lender's */
};

struct dispatch {
	uv_loop_t *loop;
	uv_timer_t due, stale, failover, retry, part;
	unsigned open_handles;
	struct civil_zone zone; /* the lender's, of `config` */
	struct writer *writer;
	const struct clock *clock;
	const struct dispatch_events *events;
	void *ctx;
	struct config *config;
	struct route *routes;
	struct handover_tools tools;  /* writer's thread only */
	struct settle_tools *learned; /* writer's thread only */
	enum reason stopped;          /* by the daemon */
	enum reason held;             /* as the last job found */
	bool busy, urgent, closing;
	size_t jobs;        /* at the writer */
	uint64_t bad_until; /* uv_now(): the store failed, nothing is taken before */
	unsigned failures;  /* of the store, while closing */
	uint32_t tags;
	dispatch_closed *closed;
};

static void pump_all(struct dispatch *d);
static void pump(struct route *r);
static struct route *route_named(struct dispatch *d, const char *name);
static void on_failover(uv_timer_t *timer);
static void settle_some(struct route *r);
static void part_ways(struct route *r);
static void open_missing(struct dispatch *d);
static void finish(struct dispatch *d);

/* ---- busy or not ---- */

static void
tell_busy(struct dispatch *d)
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

void
dispatch_rearm(struct dispatch *d)
{
	if (!d->closing)
		pump_all(d);
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
	tell_busy(d);
	dispatch_wake(d);
}

/* ---- results ---- */

static struct settle_answer *
result_add(struct route *r)
{
	if (r->n_results == r->cap_results) {
		size_t cap = r->cap_results == 0 ? 64 : r->cap_results * 2;
		struct settle_answer *grown = realloc(r->results, cap * sizeof *grown);

		/* Without memory the outcome of a text would be lost; found `sending` at the next
		 * start it will be called unknown, which is the truth. */
		if (grown == NULL)
			abort();
		r->results = grown;
		r->cap_results = cap;
	}
	return &r->results[r->n_results++];
}

static int
settle_work(struct store *s, void *arg)
{
	struct route *r = arg;
	struct settle_sums sums = {0};
	int rc = 0;

	for (size_t i = 0; i < r->n_settling && rc == 0; i++)
		rc =
		    settle_answer(s, r->d->learned, r->name, &r->settling[i], r->settled_at, &sums);
	if (rc == 0 && sums.sent + sums.failed > 0)
		rc = outbox_count(s, r->name, r->today, sums.sent, sums.failed);
	return rc;
}

static void
store_trouble(struct dispatch *d, int status)
{
	d->bad_until = uv_now(d->loop) + BACKOFF_MS;
	if (!uv_is_closing((uv_handle_t *)&d->retry))
		uv_timer_start(&d->retry, d->retry.timer_cb, BACKOFF_MS, 0);
	d->events->store_failed(d->ctx, status);
}

/* Texts that went back to the queue are due now, and its next was read before they were. */
static void
look_again(struct route *r)
{
	struct route *queue = route_named(r->d, r->name);
	int64_t soon = clock_now(r->d->clock) + (r->d->clock->standing ? 0 : AGAIN_MS);

	for (size_t i = 0; i < r->n_settling && queue != NULL; i++) {
		enum settle_kind kind = r->settling[i].kind;

		if ((kind == SETTLE_FOR_NOW || kind == SETTLE_UNSENT ||
		     kind == SETTLE_LATE_FOR_NOW) &&
		    queue->next_at > soon)
			queue->next_at = soon;
	}
	if (queue != NULL && queue != r)
		pump(queue);
}

static void
on_settled(void *arg, int status)
{
	struct route *r = arg;
	struct dispatch *d = r->d;

	d->jobs--;
	r->settle_job = false;
	if (status != 0) {
		/* Kept and tried again: what the operator said must not be lost to a full disk. */
		store_trouble(d, status);
		if (d->closing && ++d->failures > CLOSING_TRIES) {
			r->n_settling = 0; /* found `sending` at the next start: unknown */
			settle_some(r);
		}
		finish(d);
		return;
	}
	d->bad_until = 0;
	for (size_t i = 0; i < r->n_settling; i++)
		if (r->settling[i].kind == SETTLE_ACCEPTED && r->settling[i].whole && !d->closing)
			d->events->sent(d->ctx, r->settling[i].id);
	look_again(r);
	r->n_settling = 0;
	r->outstanding -= r->settling_parts;
	r->settling_parts = 0;
	settle_some(r);
	pump(r);
	tell_busy(d);
	finish(d);
}

/* One job at a time for each route: while it commits, the next results gather. */
static void
settle_some(struct route *r)
{
	struct settle_answer *list = r->settling;
	size_t cap = r->cap_settling;

	if (r->n_settling > 0 || r->n_results == 0)
		return;
	r->settling = r->results;
	r->cap_settling = r->cap_results;
	r->n_settling = r->n_results;
	r->settling_parts = r->result_parts;
	r->results = list;
	r->cap_results = cap;
	r->n_results = 0;
	r->result_parts = 0;
	r->settled_at = clock_now(r->d->clock);
	r->today = civil_local(&r->d->zone, r->settled_at).day;
	if (writer_submit(r->d->writer, settle_work, on_settled, r) != 0)
		abort();
	r->settle_job = true;
	r->d->jobs++;
}

static void
on_retry(uv_timer_t *timer)
{
	struct dispatch *d = timer->data;

	for (struct route *r = d->routes; r != NULL; r = r->next)
		if (r->n_settling > 0 && !r->settle_job &&
		    writer_submit(d->writer, settle_work, on_settled, r) == 0) {
			r->settle_job = true;
			d->jobs++;
		}
	d->bad_until = 0;
	pump_all(d);
}

/* ---- texts on the way ---- */

static void
wait_in_line(struct route *r, struct flight *f, bool first)
{
	f->waiting = true;
	if (first) {
		if ((f->next = r->waiting) == NULL)
			r->waiting_tail = &f->next;
		r->waiting = f;
		return;
	}
	f->next = NULL;
	*r->waiting_tail = f;
	r->waiting_tail = &f->next;
}

static struct flight *
next_in_line(struct route *r)
{
	struct flight *f = r->waiting;

	if (f != NULL) {
		if ((r->waiting = f->next) == NULL)
			r->waiting_tail = &r->waiting;
		f->waiting = false;
	}
	return f;
}

/* Notes an outcome; `parts` is what it frees once it is durable. */
static void
note(struct route *r, const struct flight *f, enum settle_kind kind, unsigned part, unsigned parts,
     const struct channel_answer *a)
{
	struct settle_answer *result = result_add(r);

	*result = (struct settle_answer){.kind = kind,
					 .id = f->text.id,
					 .account = f->text.account,
					 .part = (uint8_t)part,
					 .parts = f->text.count};
	memcpy(result->number, f->text.number, sizeof result->number);
	if (a != NULL) {
		result->blocked = a->blocked;
		result->bad_number = a->bad_number;
		snprintf(result->smsc_id, sizeof result->smsc_id, "%s", a->smsc_id);
		snprintf(result->why, sizeof result->why, "%s", a->why);
	}
	r->result_parts += parts;
}

/* The text, how many parts it has, and which of them it is about. */
static uint64_t
cookie_of(const struct flight *f, unsigned part)
{
	return (uint64_t)f->text.id << 16 | (uint64_t)f->text.count << 8 | part;
}

static int64_t
cookie_id(uint64_t cookie)
{
	return (int64_t)(cookie >> 16);
}

/* The text is over once nothing of it is on the wire. */
static void
end_flight(struct route *r, struct flight *f)
{
	if (f->on_wire == 0 && !f->waiting)
		flight_drop(&r->flights, f);
}

/* Nothing more of the text is submitted; true when this outcome is its first. */
static bool
end_text(struct flight *f)
{
	bool first = !f->ended;

	f->ended = true;
	return first;
}

/* The window it was decided in has closed: what is left of it would come at a wrong hour. */
static bool
too_late(const struct route *r, const struct flight *f)
{
	return f->text.day_end != 0 && clock_now(r->d->clock) > f->text.day_end;
}

static int
submit_part(struct route *r, struct flight *f)
{
	unsigned part = flight_next(f);
	int rc = r->channel->ops->submit(r->channel, &f->text, part, cookie_of(f, part),
					 clock_now(r->d->clock));

	if (rc == 0) {
		flight_took(f, part);
		if (flight_next(f) < f->text.count && f->accepted > 0)
			wait_in_line(r, f, true);
		return 0;
	}
	return rc;
}

static void
refuse_here(struct route *r, struct flight *f, const char *why)
{
	struct channel_answer bad = {.smsc_id = "", .why = why};

	if (end_text(f))
		note(r, f, SETTLE_REFUSED, flight_next(f) + 1, f->text.segments, &bad);
	end_flight(r, f);
}

/* Submits what waits while there is room.  The first part of a text goes alone. */
static void
flush(struct route *r)
{
	struct flight *f;

	while (r->waiting != NULL && r->state == CHANNEL_UP && !r->parted &&
	       r->channel->ops->room(r->channel) > 0) {
		int rc;

		f = next_in_line(r);
		if (f->ended) {
			end_flight(r, f);
			continue;
		}
		if (f->accepted > 0 && too_late(r, f)) {
			refuse_here(r, f, "the day's last window closed before its rest could go");
			continue;
		}
		rc = submit_part(r, f);
		if (rc == UV_EAGAIN || rc == UV_ENOMEM || rc == UV_ECANCELED) {
			wait_in_line(r, f, true);
			break;
		}
		if (rc != 0)
			refuse_here(r, f, "the link cannot carry it: check number and sender");
	}
	if (r->waiting != NULL && r->state == CHANNEL_UP && !r->parted)
		r->channel->ops->want(r->channel, 1);
	settle_some(r);
}

static void
part_accepted(struct route *r, struct flight *f, unsigned part, const struct channel_answer *a)
{
	bool whole = ++f->accepted == f->text.count;

	note(r, f, a->kind, part + 1, whole ? f->text.segments : 0, a);
	r->results[r->n_results - 1].whole = whole;
	if (whole)
		flight_drop(&r->flights, f);
	else if (flight_next(f) < f->text.count && !f->waiting)
		wait_in_line(r, f, true);
}

static void
part_refused(struct route *r, struct flight *f, unsigned part, const struct channel_answer *a)
{
	if ((a->kind == SETTLE_FOR_NOW || a->kind == SETTLE_UNSENT) && f->accepted > 0 &&
	    !r->parted) {
		/* Part of it is with the operator: this part must follow. */
		flight_again(f, part);
		f->since = uv_now(r->d->loop);
		if (!f->waiting)
			wait_in_line(r, f, true);
		return;
	}
	if (end_text(f)) {
		enum settle_kind kind = a->kind;

		/* With a part out, a rest that cannot follow leaves the whole in doubt. */
		if ((kind == SETTLE_FOR_NOW || kind == SETTLE_UNSENT) && f->accepted > 0)
			kind = SETTLE_UNKNOWN;
		note(r, f, kind, part + 1, f->text.segments, a);
	}
	end_flight(r, f);
}

static void
note_late(struct route *r, enum settle_kind kind, const struct channel_answer *a)
{
	struct flight none = {
	    .text = {.id = cookie_id(a->cookie), .count = (uint8_t)(a->cookie >> 8 & 0xff)}};

	note(r, &none, kind, (unsigned)(a->cookie & 0xff) + 1, 0, a);
}

/* What is heard of further parts of a text whose outcome is out: it may settle an unknown. */
static void
part_after_end(struct route *r, struct flight *f, const struct channel_answer *a)
{
	if (a->kind == SETTLE_ACCEPTED)
		note_late(r, SETTLE_LATE_ACCEPTED, a);
	else if (a->kind == SETTLE_REFUSED)
		note_late(r, SETTLE_LATE_REFUSED, a);
	end_flight(r, f);
}

static void
on_answer(void *ctx, const struct channel_answer *a)
{
	struct route *r = ctx;
	unsigned part = (unsigned)(a->cookie & 0xff);
	struct flight *f;

	if (a->kind == SETTLE_LATE_ACCEPTED || a->kind == SETTLE_LATE_REFUSED ||
	    a->kind == SETTLE_LATE_FOR_NOW) {
		note_late(r, a->kind, a);
	} else if ((f = flight_find(&r->flights, cookie_id(a->cookie))) != NULL) {
		f->on_wire--;
		if (f->ended)
			part_after_end(r, f, a);
		else if (a->kind == SETTLE_ACCEPTED || a->kind == SETTLE_WRITTEN)
			part_accepted(r, f, part, a);
		else
			part_refused(r, f, part, a);
	}
	if (r->waiting != NULL)
		flush(r);
	else
		settle_some(r);
	part_ways(r);
}

static void
on_room(void *ctx)
{
	struct route *r = ctx;

	flush(r);
	pump(r);
}

static void
on_incoming(void *ctx, const struct channel_incoming *incoming)
{
	struct route *r = ctx;
	struct channel_incoming tagged = *incoming;

	tagged.token.session ^= r->tag << TAG_SHIFT;
	r->d->events->incoming(r->d->ctx, r->name, &tagged);
}

static void
on_asked(void *ctx, uint64_t cookie, const struct receipt *receipt)
{
	struct route *r = ctx;

	r->d->events->asked(r->d->ctx, r->name, cookie, receipt);
}

/* Texts that have stood in line since before an instant and were never submitted go back, known
 * unsent.  The rest of a text that has begun keeps waiting, a minute for a link that is down. */
static void
give_back(struct route *r, uint64_t before)
{
	struct flight *f = r->waiting, *next;
	struct channel_answer unsent = {
	    .kind = SETTLE_UNSENT, .smsc_id = "", .why = "the link had no room for it in time"};
	uint64_t now = uv_now(r->d->loop);

	r->waiting = NULL;
	r->waiting_tail = &r->waiting;
	for (; f != NULL; f = next) {
		next = f->next;
		f->waiting = false;
		if (f->ended) {
			end_flight(r, f);
		} else if (f->accepted > 0 && !r->parted &&
			   (r->state == CHANNEL_UP || now - r->since_real < REST_MS)) {
			wait_in_line(r, f, false);
		} else if (f->accepted > 0) {
			if (end_text(f))
				note(r, f, SETTLE_UNKNOWN, flight_next(f) + 1, f->text.segments,
				     &unsent);
			end_flight(r, f);
		} else if (f->since > before) {
			wait_in_line(r, f, false);
		} else {
			if (r->state == CHANNEL_UP)
				r->cautious_until = now + CAUTIOUS_MS;
			note(r, f, SETTLE_UNSENT, 1, f->text.segments, &unsent);
			flight_drop(&r->flights, f);
		}
	}
	settle_some(r);
}

static void
on_state(void *ctx, enum channel_state state, const char *reason)
{
	struct route *r = ctx;
	struct dispatch *d = r->d;
	bool changed = state != r->state || strcmp(reason, r->reason) != 0;

	if (state != r->state) {
		r->since = clock_now(d->clock);
		if (state == CHANNEL_UP || r->state == CHANNEL_UP)
			r->since_real = uv_now(d->loop);
	}
	r->state = state;
	snprintf(r->reason, sizeof r->reason, "%s", reason);
	r->ever_up |= state == CHANNEL_UP;
	if (state != CHANNEL_UP) {
		give_back(r, UINT64_MAX);
		if (!d->closing)
			uv_timer_start(&d->failover, on_failover, FAILOVER_MS + 1, 0);
		if (r->waiting != NULL && !uv_is_closing((uv_handle_t *)&d->stale))
			uv_timer_start(&d->stale, d->stale.timer_cb, STALE_MS, 0);
	}
	if (changed && !r->leaving)
		d->events->route_state(d->ctx, r->name, state, reason);
	if (state == CHANNEL_UP) {
		flush(r);
		pump_all(d);
	}
	part_ways(r);
}

static const struct channel_events channel_events = {.state = on_state,
						     .room = on_room,
						     .answer = on_answer,
						     .incoming = on_incoming,
						     .asked = on_asked};

/* ---- taking from the queue ---- */

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
		store_trouble(d, status);
	} else {
		d->bad_until = 0;
		for (size_t i = 0; i < r->job.n_ready; i++) {
			struct flight *f = flight_add(&r->flights, &r->job.ready[i]);

			if (f == NULL)
				abort(); /* found `sending` at the next start: unknown, never
					    doubled */
			parts += f->text.segments;
			f->since = uv_now(d->loop);
			wait_in_line(r, f, false);
		}
		all = r->job.rerouted;
		if ((from = route_named(d, r->queue)) != NULL)
			from->next_at = r->job.held == REASON_NONE ? r->job.next_at : INT64_MAX;
		if (r->job.held != d->held) {
			d->held = r->job.held;
			d->events->held(d->ctx, d->held);
		}
		if (r->job.held == REASON_CLOCK) /* it may be set right meanwhile */
			uv_timer_start(&d->failover, on_failover, HELD_MS, 0);
		/* When all that is due was looked at, answers that waited are on their way. */
		if (r->job.looked < r->job.texts && r->job.room > 0)
			d->urgent = false;
	}
	r->outstanding = r->outstanding - r->asked + parts;
	r->asked = 0;
	handover_clear(&r->job);
	config_unref(r->job.config);
	r->job.config = NULL;
	if (r->leaving || r->state != CHANNEL_UP)
		give_back(r, UINT64_MAX);
	else
		flush(r);
	if (parts > 0 && !uv_is_active((uv_handle_t *)&d->stale))
		uv_timer_start(&d->stale, d->stale.timer_cb, STALE_MS, 0);
	if (all)
		dispatch_wake(d);
	else if (status == 0)
		pump(r);
	tell_busy(d);
	finish(d);
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

static void
pump(struct route *r)
{
	struct dispatch *d = r->d;
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
	if ((room = room_for(r)) == 0) {
		if (r->outstanding == 0)
			r->channel->ops->want(r->channel, 1);
		return;
	}
	/* Many small jobs cost more than a few: wait until a quarter of the window is free. */
	if (r->channel->rate == 0 && r->outstanding > 0 && room < r->channel->window / 2 &&
	    uv_now(d->loop) >= r->cautious_until)
		return;
	if (r->next_at <= clock_now(d->clock))
		take(r, r->name, room);
	else if ((other = down_route_of(r)) != NULL)
		take(r, other->name, room);
	else
		arm(d);
}

static void
pump_all(struct dispatch *d)
{
	for (struct route *r = d->routes; r != NULL; r = r->next)
		pump(r);
}

void
dispatch_wake(struct dispatch *d)
{
	for (struct route *r = d->routes; r != NULL; r = r->next)
		r->next_at = INT64_MIN; /* look again */
	pump_all(d);
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
static void
on_failover(uv_timer_t *timer)
{
	struct dispatch *d = timer->data;

	if (!d->closing)
		open_missing(d);
	dispatch_wake(d);
}

static void
on_due(uv_timer_t *timer)
{
	pump_all(timer->data);
}

static void
on_stale(uv_timer_t *timer)
{
	struct dispatch *d = timer->data;
	uint64_t now = uv_now(d->loop);
	bool more = false;

	for (struct route *r = d->routes; r != NULL; r = r->next) {
		give_back(r, now - STALE_MS);
		more |= r->waiting != NULL;
	}
	if (more)
		uv_timer_start(timer, on_stale, STALE_MS, 0);
}

/* ---- routes ---- */

static void
on_channel_closed(void *ctx)
{
	struct route *r = ctx;

	r->closed = true;
	r->channel = NULL;
	r->state = CHANNEL_DOWN;
	give_back(r, UINT64_MAX);
	settle_some(r);
	finish(r->d);
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
static void
part_ways(struct route *r)
{
	uint64_t now = uv_now(r->d->loop);

	if (!r->leaving || r->parted || r->channel == NULL)
		return;
	if (r->flights.used > 0 && r->state == CHANNEL_UP && now < r->leave_by)
		return;
	r->parted = true;
	give_back(r, UINT64_MAX);
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
		part_ways(r);
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
	give_back(r, UINT64_MAX);
	part_ways(r);
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
	if (a->type != CONFIG_ROUTE_SMPP)
		return true;
	return same_text(x->host, y->host) && x->port == y->port && x->tls == y->tls &&
	       same_text(x->tls_ca, y->tls_ca) && same_text(x->tls_cert, y->tls_cert) &&
	       same_text(x->tls_key, y->tls_key) && same_text(x->system_id, y->system_id) &&
	       same_text(x->password, y->password) && same_text(x->system_type, y->system_type) &&
	       x->bind == y->bind && same_text(x->source, y->source) && x->window == y->window &&
	       x->source_ton == y->source_ton && x->source_npi == y->source_npi &&
	       x->receipts == y->receipts && x->alphabet == y->alphabet &&
	       x->packing == y->packing && x->long_form == y->long_form;
}

static struct route *
route_named(struct dispatch *d, const char *name)
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
	char why[160] = "";
	int rc;

	if (r == NULL)
		return;
	r->config = config_ref(d->config);
	r->settings = settings;
	rc = channel_open(&r->channel, d->loop, settings, &channel_events, r, why);
	if (rc == 0)
		return;
	/* A route that cannot even begin is tried again: its file or folder may come back. */
	d->routes = r->next;
	d->events->route_state(d->ctx, settings->name, CHANNEL_DOWN,
			       why[0] != '\0' ? why : uv_strerror(rc));
	route_free(r);
	if (!uv_is_active((uv_handle_t *)&d->failover))
		uv_timer_start(&d->failover, on_failover, REOPEN_MS, 0);
}

static void
open_missing(struct dispatch *d)
{
	for (size_t i = 0; i < d->config->n_routes; i++)
		if (route_named(d, d->config->routes[i].name) == NULL)
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
	}
	open_missing(d);
	if (route_named(d, "") == NULL && (r = route_add(d, "")) != NULL)
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
	struct route *r = route_named(d, route);

	if (r == NULL || r->channel == NULL || r->state != CHANNEL_UP)
		return UV_EAGAIN;
	return r->channel->ops->query(r->channel, smsc_id, cookie);
}

size_t
dispatch_routes(struct dispatch *d, struct dispatch_route_info *out, size_t cap)
{
	size_t n = 0;

	for (const struct route *r = d->routes; r != NULL && n < cap; r = r->next) {
		struct dispatch_route_info *info = &out[n];

		if (r->name[0] == '\0' || r->leaving || r->channel == NULL)
			continue;
		*info = (struct dispatch_route_info){.state = r->state, .since = r->since};
		snprintf(info->name, sizeof info->name, "%s", r->name);
		snprintf(info->reason, sizeof info->reason, "%s", r->reason);
		r->channel->ops->stats(r->channel, &info->stats);
		info->in_flight = info->stats.in_flight;
		info->down_long =
		    r->state != CHANNEL_UP && uv_now(d->loop) - r->since_real >= LONG_DOWN_MS;
		n++;
	}
	return n;
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
	d->retry.timer_cb = on_retry;
	uv_timer_start(&d->due, on_due, 0, 0);
	uv_timer_start(&d->stale, on_stale, STALE_MS, 0);
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
static void
finish(struct dispatch *d)
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
	finish(d);
}
