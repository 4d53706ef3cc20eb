/* What is durable is submitted; answers, receipts and troubles are stored. */
#include "dispatch_part.h"

#include <stdlib.h>
#include <string.h>

#define REST_MS       60000 /* the rest of a text that has begun waits that long for its link */
#define CAUTIOUS_MS   10000 /* after texts came back unsent nothing is decided ahead of the wire */
#define BACKOFF_MS    1000  /* after the store failed */
#define CLOSING_TRIES 5     /* to make results durable at the end */
#define TOLD_MAX      5 /* times in a row one text keeps its place when the link must slow down */
#define AGAIN_MS      1000 /* what the operator would not take now is tried again after that */

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

void
dispatch_store_trouble(struct dispatch *d, int status)
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
	struct route *queue = dispatch_route_named(r->d, r->name);
	int64_t soon = clock_now(r->d->clock) + (r->d->clock->standing ? 0 : AGAIN_MS);

	for (size_t i = 0; i < r->n_settling && queue != NULL; i++) {
		enum settle_kind kind = r->settling[i].kind;

		if ((kind == SETTLE_FOR_NOW || kind == SETTLE_UNSENT ||
		     kind == SETTLE_LATE_FOR_NOW) &&
		    queue->next_at > soon)
			queue->next_at = soon;
	}
	if (queue != NULL && queue != r)
		dispatch_pump(queue);
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
		dispatch_store_trouble(d, status);
		if (d->closing && ++d->failures > CLOSING_TRIES) {
			r->n_settling = 0; /* found `sending` at the next start: unknown */
			dispatch_settle_some(r);
		}
		dispatch_finish(d);
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
	dispatch_settle_some(r);
	dispatch_pump(r);
	dispatch_tell_busy(d);
	dispatch_finish(d);
}

/* One job at a time for each route: while it commits, the next results gather. */
void
dispatch_settle_some(struct route *r)
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

void
dispatch_on_retry(uv_timer_t *timer)
{
	struct dispatch *d = timer->data;

	for (struct route *r = d->routes; r != NULL; r = r->next)
		if (r->n_settling > 0 && !r->settle_job &&
		    writer_submit(d->writer, settle_work, on_settled, r) == 0) {
			r->settle_job = true;
			d->jobs++;
		}
	d->bad_until = 0;
	dispatch_pump_all(d);
}

/* ---- texts on the way ---- */

void
dispatch_wait_in_line(struct route *r, struct flight *f, bool first)
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
	result->sim = f->text.sim;
	memcpy(result->number, f->text.number, sizeof result->number);
	if (a != NULL) {
		result->blocked = a->blocked;
		result->bad_number = a->bad_number;
		result->in_turn = a->in_turn;
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
			dispatch_wait_in_line(r, f, true);
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

/* What the SIM of one text cannot take yet stands behind what other SIMs can. */
static void
wait_again(struct route *r, struct flight *f, struct flight ***passed)
{
	f->waiting = true;
	f->next = NULL;
	**passed = f;
	*passed = &f->next;
	if (r->channel->ops->offer == NULL)
		r->stuck = true;
}

static void
unpass(struct route *r, struct flight *passed, struct flight **tail)
{
	if (passed == NULL)
		return;
	if ((*tail = r->waiting) == NULL)
		r->waiting_tail = tail;
	r->waiting = passed;
}

/* Submits what waits while there is room.  The first part of a text goes alone. */
void
dispatch_flush(struct route *r)
{
	struct flight *f, *passed = NULL, **tail = &passed;

	r->stuck = false;
	while (r->waiting != NULL && r->state == CHANNEL_UP && !r->parted && !r->stuck &&
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
			wait_again(r, f, &tail);
			continue;
		}
		if (rc != 0)
			refuse_here(r, f, "the link cannot carry it: check number and sender");
	}
	unpass(r, passed, tail);
	if (r->waiting != NULL && r->state == CHANNEL_UP && !r->parted)
		r->channel->ops->want(r->channel, 1);
	dispatch_settle_some(r);
}

static void
part_accepted(struct route *r, struct flight *f, unsigned part, const struct channel_answer *a)
{
	bool whole = ++f->accepted == f->text.count;

	f->since = uv_now(r->d->loop);
	note(r, f, a->kind, part + 1, whole ? f->text.segments : 0, a);
	r->results[r->n_results - 1].whole = whole;
	if (whole)
		flight_drop(&r->flights, f);
	else if (flight_next(f) < f->text.count && !f->waiting)
		dispatch_wait_in_line(r, f, true);
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
			dispatch_wait_in_line(r, f, true);
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

/* The link as a whole was told to slow down: the text keeps its place, and those behind it in line
 * go back too, so that none overtakes it.  A text that is told so again and again has a full queue
 * of its own at the operator's; it must not keep the others waiting. */
static struct channel_answer
in_turn(struct route *r, const struct channel_answer *a)
{
	struct channel_answer told = *a;

	if (a->kind != SETTLE_FOR_NOW || !a->in_turn)
		return told;
	r->told_n = r->told == cookie_id(a->cookie) ? r->told_n + 1 : 1;
	r->told = cookie_id(a->cookie);
	told.in_turn = r->told_n <= TOLD_MAX;
	return told;
}

static void
on_answer(void *ctx, const struct channel_answer *said)
{
	const struct channel_answer told = in_turn(ctx, said), *a = &told;
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
		if (a->kind == SETTLE_FOR_NOW && a->in_turn)
			dispatch_give_back(r, UINT64_MAX);
	}
	if (r->waiting != NULL)
		dispatch_flush(r);
	else
		dispatch_settle_some(r);
	dispatch_part_ways(r);
}

static void
on_room(void *ctx)
{
	struct route *r = ctx;

	dispatch_flush(r);
	if (r->channel->ops->offer != NULL) {
		r->next_at = INT64_MIN; /* what waited for this SIM was passed over */
		r->look = r->taking;
	}
	dispatch_pump(r);
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
on_notice(void *ctx, const struct channel_notice *notice)
{
	struct route *r = ctx;

	if (!r->leaving)
		r->d->events->notice(r->d->ctx, r->name, notice);
}

static void
on_asked(void *ctx, uint64_t cookie, const struct receipt *receipt)
{
	struct route *r = ctx;

	r->d->events->asked(r->d->ctx, r->name, cookie, receipt);
}

/* The rest of a text that has begun: its link, or the SIM it has begun on, may come back. */
static bool
rest_may_come(const struct route *r, const struct flight *f)
{
	uint64_t now = uv_now(r->d->loop);

	if (r->channel != NULL && r->channel->ops->offer != NULL)
		return now - f->since < REST_MS;
	return r->state == CHANNEL_UP || now - r->since_real < REST_MS;
}

/* Texts that have stood in line since before an instant and were never submitted go back, known
 * unsent.  The rest of a text that has begun keeps waiting, a minute for a link that is down. */
void
dispatch_give_back(struct route *r, uint64_t before)
{
	struct flight *f = r->waiting, *next;
	struct channel_answer unsent = {.kind = SETTLE_UNSENT,
					.in_turn = true,
					.smsc_id = "",
					.why = "the link had no room for it in time"};
	uint64_t now = uv_now(r->d->loop);

	r->waiting = NULL;
	r->waiting_tail = &r->waiting;
	for (; f != NULL; f = next) {
		next = f->next;
		f->waiting = false;
		if (f->ended) {
			end_flight(r, f);
		} else if (f->accepted > 0 && !r->parted && rest_may_come(r, f)) {
			dispatch_wait_in_line(r, f, false);
		} else if (f->accepted > 0) {
			if (end_text(f))
				note(r, f, SETTLE_UNKNOWN, flight_next(f) + 1, f->text.segments,
				     &unsent);
			end_flight(r, f);
		} else if (f->since > before) {
			dispatch_wait_in_line(r, f, false);
		} else {
			if (r->state == CHANNEL_UP)
				r->cautious_until = now + CAUTIOUS_MS;
			note(r, f, SETTLE_UNSENT, 1, f->text.segments, &unsent);
			flight_drop(&r->flights, f);
		}
	}
	dispatch_settle_some(r);
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
	if (state != CHANNEL_UP) {
		dispatch_give_back(r, UINT64_MAX);
		if (!d->closing)
			uv_timer_start(&d->failover, dispatch_on_failover, FAILOVER_MS + 1, 0);
		if (r->waiting != NULL && !uv_is_closing((uv_handle_t *)&d->stale))
			uv_timer_start(&d->stale, d->stale.timer_cb, STALE_MS, 0);
	}
	if (changed && !r->leaving)
		d->events->route_state(d->ctx, r->name, state, reason);
	if (state == CHANNEL_UP) {
		dispatch_flush(r);
		dispatch_pump_all(d);
	}
	dispatch_part_ways(r);
}

static void
on_voice(void *ctx, const struct channel_voice *voice)
{
	struct route *r = ctx;

	r->d->events->voice(r->d->ctx, r->name, voice);
}

const struct channel_events dispatch_channel_events = {.state = on_state,
						       .room = on_room,
						       .answer = on_answer,
						       .incoming = on_incoming,
						       .asked = on_asked,
						       .notice = on_notice,
						       .voice = on_voice};
