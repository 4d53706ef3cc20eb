#include "reception.h"

#include "gateway/base/log.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define TEXTS_A_JOB    100 /* short enough that nothing behind it in the writer waits */
#define RECEIPTS_A_JOB 400
#define GATHER_MS      2
#define SWEEP_MS       5000
#define SWEEPS         24 /* after the last thing came in; then hourly */
#define SWEEP_IDLE_MS  3600000

struct reception {
	uv_loop_t *loop;
	uv_timer_t gather, sweep;
	unsigned open_handles;
	struct writer *writer;
	const struct clock *clock;
	const struct reception_events *events;
	void *ctx;
	struct config *config;
	struct inbox filling, working;
	size_t texts; /* of `filling` that are no receipts */
	bool busy, sweeping, closing;
	uint64_t last; /* uv_now() when the last job ended */
	unsigned sweeps;
	struct config *sweep_config;
	int64_t sweep_now;
	struct inbox_tools tools; /* writer's thread only */
	struct inbox_recent recent;
	reception_closed *closed;
};

static void take_in(struct reception *r);
static void finish(struct reception *r);

bool
reception_busy(const struct reception *r)
{
	return r->busy || r->filling.n > 0;
}

/* ---- batches ---- */

static int
take_in_work(struct store *s, void *ctx)
{
	struct reception *r = ctx;

	return inbox_work(s, &r->working);
}

static void
tell_results(struct reception *r, const struct inbox *in)
{
	if (in->texts > 0)
		log_event(LOG_INFO, "received", log_int("texts", (int64_t)in->texts),
			  log_int("copies", (int64_t)in->copies));
	for (size_t i = 0; i < in->n_replan; i++)
		r->events->replan(r->ctx, in->replan[i]);
	if (in->replan_more)
		r->events->replan(r->ctx, 0);
	if (in->answers)
		r->events->answers(r->ctx);
}

static void
on_taken_in(void *ctx, int status)
{
	struct reception *r = ctx;
	struct inbox *in = &r->working;

	r->busy = false;
	r->last = uv_now(r->loop);
	if (status != 0)
		log_event(LOG_ERROR, "incoming_not_stored", log_str("why", uv_strerror(status)),
			  log_int("n", (int64_t)in->n));
	for (size_t i = 0; i < in->n; i++) {
		if (!r->closing)
			r->events->acknowledge(r->ctx, in->items[i].route, in->items[i].token,
					       status == 0);
		if (status == 0)
			inbox_answered(&r->recent, &in->items[i], clock_system());
	}
	if (status == 0 && !r->closing)
		tell_results(r, in);
	config_unref(in->config);
	inbox_clear(in);
	take_in(r);
	if (!r->closing)
		r->events->busy(r->ctx);
	finish(r);
}

/* Keeps what is beyond `most` for the next job. */
static void
split(struct reception *r, size_t most)
{
	struct inbox *from = &r->working, *to = &r->filling;
	size_t rest = from->n > most ? from->n - most : 0;

	if (rest == 0 || (to->items = malloc(rest * sizeof *to->items)) == NULL)
		return;
	memcpy(to->items, from->items + most, rest * sizeof *to->items);
	to->n = to->cap = rest;
	from->n = most;
}

static void
take_in(struct reception *r)
{
	struct inbox empty = {0};

	if (r->busy || r->filling.n == 0)
		return;
	uv_timer_stop(&r->gather);
	r->working = r->filling;
	r->filling = empty;
	split(r, r->texts > 0 ? TEXTS_A_JOB : RECEIPTS_A_JOB);
	if (r->filling.n == 0)
		r->texts = 0;
	r->working.config = config_ref(r->config);
	r->working.tools = &r->tools;
	r->working.now = clock_now(r->clock);
	r->working.true_now = clock_system();
	r->busy = true;
	if (writer_submit(r->writer, take_in_work, on_taken_in, r) != 0)
		on_taken_in(r, UV_ENOMEM);
}

static void
on_gather(uv_timer_t *timer)
{
	take_in(timer->data);
}

void
reception_incoming(struct reception *r, const char *route, const struct channel_incoming *incoming)
{
	bool receipt;

	if (r->closing ||
	    inbox_add(&r->filling, &r->recent, route, incoming, clock_system()) != 0) {
		r->events->acknowledge(r->ctx, route, incoming->token, false);
		return;
	}
	receipt = r->filling.items[r->filling.n - 1].kind == RECEIPT_SURE;
	r->texts += !receipt;
	r->sweeps = SWEEPS;
	/* Only ever sooner: put off by each text that comes in it would never ring under load. */
	if (!r->sweeping && uv_timer_get_due_in(&r->sweep) > SWEEP_MS)
		uv_timer_start(&r->sweep, r->sweep.timer_cb, SWEEP_MS, 0);
	/* A lone receipt is stored at once; one soon after another waits for company. */
	if (receipt && r->texts == 0 && r->filling.n < RECEIPTS_A_JOB &&
	    uv_now(r->loop) - r->last < GATHER_MS) {
		if (!uv_is_active((uv_handle_t *)&r->gather))
			uv_timer_start(&r->gather, on_gather, GATHER_MS, 0);
	} else {
		take_in(r);
	}
	r->events->busy(r->ctx);
}

void
reception_link_lost(struct reception *r, const char *route)
{
	inbox_link_lost(&r->recent, route, clock_system());
}

/* ---- housekeeping ---- */

static int
sweep_work(struct store *s, void *ctx)
{
	struct reception *r = ctx;
	struct inbox in = {.config = r->sweep_config,
			   .tools = &r->tools,
			   .now = r->sweep_now,
			   .true_now = clock_system()};
	int rc;

	if (r->tools.facts == NULL && (r->tools.facts = facts_new(in.config)) == NULL)
		return UV_ENOMEM;
	facts_use(r->tools.facts, in.config);
	rc = settle_sweep(s, r->tools.settle, in.now, in.true_now);
	return rc != 0 ? rc : inbox_give_up(s, &in);
}

static void
on_swept(void *ctx, int status)
{
	struct reception *r = ctx;

	r->sweeping = false;
	config_unref(r->sweep_config);
	r->sweep_config = NULL;
	if (status != 0)
		log_event(LOG_ERROR, "sweep_failed", log_str("why", uv_strerror(status)));
	if (r->sweeps > 0)
		r->sweeps--;
	if (!r->closing)
		uv_timer_start(&r->sweep, r->sweep.timer_cb,
			       r->sweeps > 0 ? SWEEP_MS : SWEEP_IDLE_MS, 0);
	finish(r);
}

static void
on_sweep(uv_timer_t *timer)
{
	struct reception *r = timer->data;

	r->sweep_config = config_ref(r->config);
	r->sweep_now = clock_now(r->clock);
	r->sweeping = true;
	if (writer_submit(r->writer, sweep_work, on_swept, r) != 0)
		on_swept(r, UV_ENOMEM);
}

/* ---- life ---- */

void
reception_use(struct reception *r, struct config *config)
{
	config_unref(r->config);
	r->config = config_ref(config);
}

int
reception_open(struct reception **out, uv_loop_t *loop, struct writer *writer,
	       const struct clock *clock, struct settle_tools *learned,
	       const struct reception_events *events, void *ctx)
{
	struct reception *r = calloc(1, sizeof *r);

	if (r == NULL || (r->tools.compose = compose_new()) == NULL) {
		free(r);
		return UV_ENOMEM;
	}
	r->loop = loop;
	r->writer = writer;
	r->clock = clock;
	r->events = events;
	r->ctx = ctx;
	r->tools.settle = learned;
	r->sweeps = SWEEPS;
	uv_timer_init(loop, &r->gather);
	uv_timer_init(loop, &r->sweep);
	r->gather.data = r->sweep.data = r;
	uv_timer_start(&r->sweep, on_sweep, SWEEP_MS, 0);
	r->open_handles = 2;
	*out = r;
	return 0;
}

static void
on_handle_closed(uv_handle_t *h)
{
	struct reception *r = h->data;
	reception_closed *closed = r->closed;
	void *ctx = r->ctx;

	if (--r->open_handles > 0)
		return;
	if (r->tools.facts != NULL)
		facts_free(r->tools.facts);
	compose_free(r->tools.compose);
	config_unref(r->config);
	free(r);
	closed(ctx);
}

static void
finish(struct reception *r)
{
	if (!r->closing || reception_busy(r) || r->sweeping ||
	    uv_is_closing((uv_handle_t *)&r->sweep))
		return;
	uv_close((uv_handle_t *)&r->gather, on_handle_closed);
	uv_close((uv_handle_t *)&r->sweep, on_handle_closed);
}

void
reception_close(struct reception *r, reception_closed *closed)
{
	assert(!r->closing);
	r->closing = true;
	r->closed = closed;
	take_in(r);
	finish(r);
}
