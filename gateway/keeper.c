#include "keeper.h"

#include "gateway/base/log.h"
#include "gateway/call/tapes.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define AT_SECOND (3 * 3600) /* of the lender's day */
#define ROWS      300        /* of one job: a few milliseconds */
#define REST_MS   50         /* between two jobs */
#define BEGIN_MS  2000       /* after the start, which has more urgent things to do */
#define AGAIN_MS  60000      /* after a failure */
#define KEEP_DAYS 1096       /* where a policy says nothing that makes sense: three years */
#define DAY_MS    INT64_C(86400000)

struct keeper {
	uv_timer_t timer;
	struct writer *writer;
	const struct clock *clock;
	struct config *config;
	struct purge_walk walk;
	struct purge_counts counts;
	bool walking, working, sweeping, closing;
	uv_work_t sweep;
	char home[4096], store[4096]; /* of the sweep */
	keeper_closed *closed;
	void *ctx;
};

/* One job at the writer's. */
struct job {
	struct keeper *k;
	struct config *config;
	struct purge_rule rule;
	struct purge_walk walk;
	struct purge_counts counts;
	bool begins, skip;
};

static void finish(struct keeper *k);

struct purge_rule
keeper_rule(const struct config *config, int64_t now)
{
	const struct civil_zone *zone = &config->lender.zone;
	int days = config->policy.record_keep;
	struct purge_rule rule = {.ignore_below = config->ignore_below,
				  .now = now,
				  .actor = "dunlin",
				  .today = civil_local(zone, now).day};

	rule.before = now - (days > 0 ? days : KEEP_DAYS) * DAY_MS;
	rule.before_day = civil_local(zone, rule.before).day;
	return rule;
}

/* ---- a pass ---- */

static void
add_up(struct purge_counts *sum, const struct purge_counts *more)
{
	sum->accounts += more->accounts;
	sum->removed += more->removed;
	sum->events += more->events;
	sum->texts += more->texts;
	sum->others += more->others;
}

static int
work(struct store *s, void *ctx)
{
	struct job *j = ctx;
	int rc;

	if (j->begins && store_meta_int(s, META_PURGED, INT32_MIN) >= j->rule.today) {
		j->skip = true;
		return 0;
	}
	if ((rc = purge_step(s, &j->rule, &j->walk, ROWS, &j->counts)) != 0)
		return rc;
	return j->walk.done ? store_meta_set_int(s, META_PURGED, j->rule.today) : 0;
}

static void
until_next_day(struct keeper *k)
{
	const struct civil_zone *zone = &k->config->lender.zone;
	int64_t now = clock_now(k->clock);
	int32_t today = civil_local(zone, now).day;
	int64_t at = civil_instant(zone, today, AT_SECOND);

	if (at <= now)
		at = civil_instant(zone, today + 1, AT_SECOND);
	uv_timer_start(&k->timer, k->timer.timer_cb, clock_delay(k->clock, at) + 1, 0);
}

static void
on_sweep(uv_work_t *work)
{
	struct keeper *k = work->data;

	tapes_sweep(k->home, k->store, 0);
}

static void
on_swept(uv_work_t *work, int status)
{
	struct keeper *k = work->data;

	(void)status;
	k->sweeping = false;
	finish(k);
}

static void
sweep(struct keeper *k)
{
	if (k->sweeping)
		return;
	snprintf(k->home, sizeof k->home, "%s", k->config->home);
	snprintf(k->store, sizeof k->store, "%s", k->config->store);
	k->sweep.data = k;
	k->sweeping = uv_queue_work(k->timer.loop, &k->sweep, on_sweep, on_swept) == 0;
}

static void
on_done(void *ctx, int status)
{
	struct job *j = ctx;
	struct keeper *k = j->k;

	k->working = false;
	if (status == 0) {
		k->walk = j->walk;
		add_up(&k->counts, &j->counts);
	}
	if (status == 0 && j->walk.done &&
	    k->counts.events + k->counts.texts + k->counts.removed > 0)
		log_event(LOG_INFO, "records_purged", log_int("accounts", k->counts.accounts),
			  log_int("removed", k->counts.removed),
			  log_int("events", k->counts.events), log_int("texts", k->counts.texts));
	k->walking = status == 0 && !j->skip && !j->walk.done;
	if (status == 0 && j->walk.done && !k->closing)
		sweep(k);
	if (!k->closing && status != 0)
		uv_timer_start(&k->timer, k->timer.timer_cb, AGAIN_MS, 0);
	else if (!k->closing && k->walking)
		uv_timer_start(&k->timer, k->timer.timer_cb, REST_MS, 0);
	else if (!k->closing)
		until_next_day(k);
	config_unref(j->config);
	free(j);
	finish(k);
}

static void
on_timer(uv_timer_t *timer)
{
	struct keeper *k = timer->data;
	struct job *j = calloc(1, sizeof *j);

	if (j == NULL) {
		uv_timer_start(&k->timer, on_timer, AGAIN_MS, 0);
		return;
	}
	j->k = k;
	j->config = config_ref(k->config);
	j->rule = keeper_rule(k->config, clock_now(k->clock));
	j->begins = !k->walking;
	if (j->begins) {
		k->walk = (struct purge_walk){0};
		k->counts = (struct purge_counts){0};
	}
	j->walk = k->walk;
	k->working = true;
	if (writer_submit(k->writer, work, on_done, j) != 0)
		on_done(j, UV_ENOMEM);
}

/* ---- life ---- */

void
keeper_use(struct keeper *k, struct config *config)
{
	bool first = k->config == NULL;

	config_unref(k->config);
	k->config = config_ref(config);
	if (first)
		uv_timer_start(&k->timer, on_timer, BEGIN_MS, 0);
}

int
keeper_open(struct keeper **out, uv_loop_t *loop, struct writer *writer, const struct clock *clock)
{
	struct keeper *k = calloc(1, sizeof *k);

	if (k == NULL)
		return UV_ENOMEM;
	k->writer = writer;
	k->clock = clock;
	uv_timer_init(loop, &k->timer);
	k->timer.data = k;
	k->timer.timer_cb = on_timer;
	*out = k;
	return 0;
}

static void
on_closed(uv_handle_t *handle)
{
	struct keeper *k = handle->data;
	keeper_closed *closed = k->closed;
	void *ctx = k->ctx;

	config_unref(k->config);
	free(k);
	closed(ctx);
}

static void
finish(struct keeper *k)
{
	if (k->closing && !k->working && !k->sweeping && !uv_is_closing((uv_handle_t *)&k->timer))
		uv_close((uv_handle_t *)&k->timer, on_closed);
}

void
keeper_close(struct keeper *k, keeper_closed *closed, void *ctx)
{
	assert(!k->closing);
	k->closing = true;
	k->closed = closed;
	k->ctx = ctx;
	finish(k);
}
