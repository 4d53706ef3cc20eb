#include "alert.h"

#include "gateway/base/log.h"
#include "gateway/base/utf8.h"
#include "store/event.h"
#include "store/outbox.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define DOWN_MS      (10 * 60 * 1000)
#define HOUR_MS      3600000LL
#define CAUSES       32
#define ALERT_TTL_MS (6 * HOUR_MS)

/* Why an alert may be due: a route by name, or "daily". */
struct cause {
	char name[64], reason[160];
	uint64_t down_since; /* uv_now(), 0: it is up */
	int64_t told_at;     /* of the store's clock, 0: never */
};

struct alert {
	uv_loop_t *loop;
	uv_timer_t down, daily;
	unsigned open_handles;
	struct writer *writer;
	const struct clock *clock;
	struct config *config;
	alert_queued *queued;
	void *ctx;
	struct cause cause[CAUSES];
	size_t n;
	bool closing;
	size_t jobs;
	alert_closed *closed;
};

/* One alert on its way into the queue. */
struct telling {
	struct alert *a;
	struct config *config;
	int64_t now;
	bool daily;
	char text[400];
};

static void finish(struct alert *a);

/* How much of a text there is room for, in whole characters. */
static int
fits(const char *text, size_t room)
{
	return (int)utf8_valid(text, strnlen(text, room));
}

/* Yesterday's figures, what waits, and the head of the chain as `dunlin verify --head` takes it, so
 * that it is known outside. */
static int
write_digest(struct store *s, struct telling *t)
{
	const struct civil_zone *zone = &t->config->lender.zone;
	int32_t today = civil_local(zone, t->now).day;
	sqlite3_stmt *st = store_get(s, STORE_DIGEST_SENT);
	char head[17];
	int sent = 0, failed = 0, rc;

	store_bind_int(st, 1, civil_instant(zone, today - 1, 0));
	store_bind_int(st, 2, civil_instant(zone, today, 0));
	store_bind_int(st, 3, today - 1);
	if ((rc = store_step(s, st)) == 1) {
		sent = sqlite3_column_int(st, 0);
		failed = sqlite3_column_int(st, 1);
		sqlite3_reset(st);
	}
	if (rc < 0)
		return rc;
	st = store_get(s, STORE_DIGEST_WAITING);
	if ((rc = store_step(s, st)) != 1)
		return rc;
	sodium_bin2hex(head, sizeof head, s->head, 8);
	snprintf(t->text, sizeof t->text,
		 "%.*s: yesterday %d sent, %d failed%s. Waiting: %d replies, %d tasks, %d unknown. "
		 "Chain %lld:%s",
		 fits(t->config->lender.name, 60), t->config->lender.name, sent > 0 ? sent : 0,
		 failed, sent <= 0 ? " (nothing went out)" : "", sqlite3_column_int(st, 0),
		 sqlite3_column_int(st, 1), sqlite3_column_int(st, 2), (long long)s->head_seq,
		 head);
	sqlite3_reset(st);
	return event_head_given(s, "digest", 0, t->now);
}

static int
tell_work(struct store *s, void *ctx)
{
	struct telling *t = ctx;
	struct outbox_row row = {
	    .class = CLASS_ALERT,
	    .rank = RANK_ANSWER,
	    .number = (char *)(uintptr_t)t->config->alerts_to,
	    .body = t->text,
	    .route = (char *)(uintptr_t)config_best_route_name(t->config, t->config->alerts_to),
	    .at = t->now,
	    .not_after = t->now + ALERT_TTL_MS};
	int64_t id;
	int rc;

	if (row.route[0] == '\0')
		return 0;
	if (t->daily && (rc = write_digest(s, t)) != 0)
		return rc;
	return outbox_add(s, &row, t->now, &id);
}

static void
on_told(void *ctx, int status)
{
	struct telling *t = ctx;
	struct alert *a = t->a;

	a->jobs--;
	if (status != 0)
		log_event(LOG_ERROR, "alert_not_stored", log_str("why", uv_strerror(status)));
	else if (!a->closing)
		a->queued(a->ctx);
	config_unref(t->config);
	free(t);
	finish(a);
}

static void
tell(struct alert *a, bool daily, const char *text)
{
	struct telling *t;

	if (a->config == NULL || a->config->alerts_to == NULL || (t = calloc(1, sizeof *t)) == NULL)
		return;
	*t = (struct telling){
	    .a = a, .config = config_ref(a->config), .now = clock_now(a->clock), .daily = daily};
	snprintf(t->text, sizeof t->text, "%s", text);
	a->jobs++;
	if (writer_submit(a->writer, tell_work, on_told, t) != 0)
		on_told(t, UV_ENOMEM);
}

/* ---- routes down ---- */

static void
look_at_routes(struct alert *a)
{
	uint64_t now = uv_now(a->loop), next = UINT64_MAX;

	for (size_t i = 0; i < a->n; i++) {
		struct cause *c = &a->cause[i];
		char text[300];

		if (c->down_since == 0)
			continue;
		if (now - c->down_since < DOWN_MS) {
			if (c->down_since + DOWN_MS - now < next)
				next = c->down_since + DOWN_MS - now;
			continue;
		}
		next = next < HOUR_MS ? next : (uint64_t)HOUR_MS;
		if (c->told_at != 0 && clock_now(a->clock) - c->told_at < HOUR_MS)
			continue;
		c->told_at = clock_now(a->clock);
		snprintf(text, sizeof text,
			 "Dunlin: route %s is down for more than 10 minutes: %.*s", c->name,
			 fits(c->reason, 140), c->reason);
		tell(a, false, text);
	}
	if (next != UINT64_MAX)
		uv_timer_start(&a->down, a->down.timer_cb, next + 1, 0);
}

static void
on_down(uv_timer_t *timer)
{
	look_at_routes(timer->data);
}

static struct cause *
cause_named(struct alert *a, const char *name)
{
	struct cause *c;

	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->cause[i].name, name) == 0)
			return &a->cause[i];
	if (a->n == CAUSES)
		return NULL;
	c = &a->cause[a->n++];
	snprintf(c->name, sizeof c->name, "%s", name);
	return c;
}

static void
tell_once(struct alert *a, const char *cause, const char *text)
{
	struct cause *c = cause_named(a, cause);
	int64_t now = clock_now(a->clock);

	if (c == NULL || a->closing || (c->told_at != 0 && now - c->told_at < HOUR_MS))
		return;
	c->told_at = now;
	tell(a, false, text);
}

void
alert_modem(struct alert *a, const char *route, const struct channel_notice *notice)
{
	static const char *const words[] = {"modem_out", "modem_back", "balance"};
	bool out = notice->kind == CHANNEL_STICK_OUT;
	char cause[64], text[300];

	log_event(out || notice->low ? LOG_WARN : LOG_INFO, words[notice->kind],
		  log_str("route", route), log_str("of", notice->who),
		  log_str("why", notice->text));
	if (!out && !notice->low)
		return;
	snprintf(cause, sizeof cause, "%s %.40s", words[notice->kind], notice->who);
	snprintf(text, sizeof text,
		 out ? "Dunlin: the modem on %.*s is out: %.*s"
		     : "Dunlin: the balance of SIM %.*s is low: %.*s",
		 fits(notice->who, 60), notice->who, fits(notice->text, 140), notice->text);
	tell_once(a, cause, text);
}

void
alert_route(struct alert *a, const char *route, bool up, const char *reason)
{
	struct cause *c = cause_named(a, route);

	if (c == NULL || a->closing)
		return;
	if (up)
		c->down_since = 0;
	else if (c->down_since == 0)
		c->down_since = uv_now(a->loop);
	snprintf(c->reason, sizeof c->reason, "%s", reason);
	if (!up)
		look_at_routes(a);
}

/* ---- the digest ---- */

static void
arm_daily(struct alert *a)
{
	const struct civil_zone *zone;
	int64_t now = clock_now(a->clock), at;
	int32_t today;

	if (a->config == NULL || a->config->alerts_to == NULL || a->config->alerts_daily < 0) {
		uv_timer_stop(&a->daily);
		return;
	}
	zone = &a->config->lender.zone;
	today = civil_local(zone, now).day;
	at = civil_instant(zone, today, a->config->alerts_daily);
	if (at <= now)
		at = civil_instant(zone, today + 1, a->config->alerts_daily);
	uv_timer_start(&a->daily, a->daily.timer_cb, clock_delay(a->clock, at) + 1, 0);
	a->daily.data = a;
}

static void
on_daily(uv_timer_t *timer)
{
	struct alert *a = timer->data;
	const struct civil_zone *zone = &a->config->lender.zone;
	int32_t second = civil_local(zone, clock_now(a->clock)).second;

	/* The timer may ring early: the clock was slowed, or a day is longer than it counts. */
	if (second >= a->config->alerts_daily && second < a->config->alerts_daily + 6 * 3600)
		tell(a, true, "");
	arm_daily(a);
}

/* ---- life ---- */

void
alert_use(struct alert *a, struct config *config)
{
	config_unref(a->config);
	a->config = config_ref(config);
	for (size_t i = 0; i < a->n; i++)
		if (config_route_index(config, a->cause[i].name) < 0)
			a->cause[i].down_since = 0; /* it is gone, not down */
	arm_daily(a);
}

int
alert_open(struct alert **out, uv_loop_t *loop, struct writer *writer, const struct clock *clock,
	   alert_queued *queued, void *ctx)
{
	struct alert *a = calloc(1, sizeof *a);

	if (a == NULL)
		return UV_ENOMEM;
	a->loop = loop;
	a->writer = writer;
	a->clock = clock;
	a->queued = queued;
	a->ctx = ctx;
	uv_timer_init(loop, &a->down);
	uv_timer_init(loop, &a->daily);
	a->down.data = a->daily.data = a;
	a->down.timer_cb = on_down;
	a->daily.timer_cb = on_daily;
	a->open_handles = 2;
	*out = a;
	return 0;
}

static void
on_handle_closed(uv_handle_t *h)
{
	struct alert *a = h->data;
	alert_closed *closed = a->closed;
	void *ctx = a->ctx;

	if (--a->open_handles > 0)
		return;
	config_unref(a->config);
	free(a);
	closed(ctx);
}

static void
finish(struct alert *a)
{
	if (!a->closing || a->jobs > 0 || uv_is_closing((uv_handle_t *)&a->down))
		return;
	uv_close((uv_handle_t *)&a->down, on_handle_closed);
	uv_close((uv_handle_t *)&a->daily, on_handle_closed);
}

void
alert_close(struct alert *a, alert_closed *closed)
{
	assert(!a->closing);
	a->closing = true;
	a->closed = closed;
	finish(a);
}
