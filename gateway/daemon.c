#include "daemon.h"

#include "alert.h"
#include "daemon_say.h"
#include "gateway/base/clock.h"
#include "gateway/base/complaint.h"
#include "gateway/base/lock.h"
#include "gateway/base/log.h"
#include "gateway/base/notify.h"
#include "gateway/call/caller.h"
#include "gateway/command/desk.h"
#include "gateway/hear/reception.h"
#include "gateway/send/asking.h"
#include "gateway/send/dispatch.h"
#include "keeper.h"
#include "planner.h"
#include "start.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define DRAIN_MS 10000
#define POLL_MS  20   /* while --until waits for what is on its way */
#define STAMP_MS 1000 /* the schedule's clock is written down that often */

struct daemon {
	uv_loop_t loop;
	struct start start; /* what the start found: configuration, lock, clock, limits */
	struct config *config;
	struct clock clock;
	struct writer *writer;
	struct dispatch *dispatch;
	struct planner *planner;
	struct desk *desk;
	struct alert *alert;
	struct asking *asking;
	struct caller *caller;
	struct keeper *keeper;
	uv_signal_t term, interrupt, hangup;
	uv_timer_t until, stamp;
	uv_work_t reload;
	struct config *reloaded;
	struct complaints complaints;
	bool reloading, stopping, until_reached, writer_gone;
	int64_t until_at;
	uint64_t until_since;
	unsigned parts_open; /* of the daemon that must close before the writer */
	struct reception *reception;
	struct settle_tools learned; /* writer's thread only */
	int status;
};

static void stop(struct daemon *d, const char *why);
static void check_until(struct daemon *d);

/* ---- the pace of the schedule's clock ---- */

static void
set_pace(struct daemon *d)
{
	bool slow =
	    dispatch_busy(d->dispatch) || planner_busy(d->planner) || reception_busy(d->reception);
	int was = d->clock.most;

	clock_slow(&d->clock, slow ? 1 : caller_pace(d->caller));
	if (!d->clock.schedule || was == d->clock.most || d->stopping)
		return;
	dispatch_rearm(d->dispatch);
	caller_rearm(d->caller);
	planner_rearm(d->planner);
	check_until(d);
}

static void
on_busy(void *ctx)
{
	if (!((struct daemon *)ctx)->stopping)
		set_pace(ctx);
}

static void
on_until(uv_timer_t *timer)
{
	check_until(timer->data);
}

/* At --until the clock stands still; what is queued or on its way gets ten seconds. */
static void
check_until(struct daemon *d)
{
	if (d->until_at == INT64_MAX || d->stopping)
		return;
	if (!d->until_reached && clock_now(&d->clock) < d->until_at) {
		uv_timer_start(&d->until, on_until, clock_delay(&d->clock, d->until_at) + 1, 0);
		return;
	}
	if (!d->until_reached) {
		d->until_reached = true;
		d->until_since = uv_now(&d->loop);
		clock_stand(&d->clock, d->until_at);
		planner_hold(d->planner);
		dispatch_wake(d->dispatch);
		caller_wake(d->caller);
	}
	if ((dispatch_drained(d->dispatch) && caller_drained(d->caller) &&
	     !reception_busy(d->reception)) ||
	    uv_now(&d->loop) - d->until_since >= DRAIN_MS)
		stop(d, "until");
	else
		uv_timer_start(&d->until, on_until, POLL_MS, 0);
}

/* ---- what comes in ---- */

static void
on_incoming(void *ctx, const char *route, const struct channel_incoming *incoming)
{
	struct daemon *d = ctx;

	reception_incoming(d->reception, route, incoming);
}

static void
on_acknowledge(void *ctx, const char *route, struct smpp_token token, bool durable)
{
	struct daemon *d = ctx;

	if (d->dispatch != NULL)
		dispatch_acknowledge(d->dispatch, route, token, durable);
}

static void
on_replan(void *ctx, int64_t person)
{
	struct daemon *d = ctx;

	if (d->stopping)
		return;
	if (person == 0)
		planner_pass(d->planner);
	else
		planner_person(d->planner, person);
}

static void
on_answers(void *ctx)
{
	struct daemon *d = ctx;

	if (!d->stopping)
		dispatch_urgent(d->dispatch);
}

static const struct reception_events reception_events = {
    .acknowledge = on_acknowledge, .replan = on_replan, .answers = on_answers, .busy = on_busy};

/* ---- the schedule's clock is written down ---- */

static int
stamp_work(struct store *s, void *ctx)
{
	struct daemon *d = ctx;

	s->stamp = d->start.stamp_now > s->stamp ? d->start.stamp_now : s->stamp;
	return 0;
}

static void
on_stamped(void *ctx, int status)
{
	struct daemon *d = ctx;

	(void)status;
	if (!d->stopping)
		uv_timer_start(&d->stamp, d->stamp.timer_cb, STAMP_MS, 0);
}

static void
on_stamp(uv_timer_t *timer)
{
	struct daemon *d = timer->data;

	d->start.stamp_now = clock_now(&d->clock);
	if (writer_submit(d->writer, stamp_work, on_stamped, d) != 0)
		on_stamped(d, 0);
}

/* ---- events of the parts ---- */

/* Routes go on while calls end and links drain: who watches, asks and plans is gone by then. */

static void
on_route_state(void *ctx, const char *route, enum channel_state state, const char *reason)
{
	/* Events of their own, lest a state is held back as a repeat of the one before it. */
	static const char *const events[] = {"route_connecting", "route_up", "route_down"};
	struct daemon *d = ctx;

	log_event(state == CHANNEL_DOWN ? LOG_WARN : LOG_INFO, events[state],
		  log_str("route", route), log_str("why", reason));
	if (!d->stopping)
		alert_route(d->alert, route, state == CHANNEL_UP, reason);
	if (state != CHANNEL_UP)
		reception_link_lost(d->reception, route);
}

static void
on_asked(void *ctx, const char *route, uint64_t cookie, const struct receipt *receipt)
{
	struct daemon *d = ctx;

	if (!d->stopping)
		asking_answered(d->asking, route, cookie, receipt);
}

static void
on_sent(void *ctx, int64_t message)
{
	struct daemon *d = ctx;

	if (!d->stopping)
		asking_sent(d->asking, message);
}

static void
on_planned(void *ctx)
{
	struct daemon *d = ctx;

	if (d->stopping)
		return;
	dispatch_wake(d->dispatch);
	caller_wake(d->caller);
	set_pace(d);
}

static void
on_alert(void *ctx)
{
	if (!((struct daemon *)ctx)->stopping)
		dispatch_wake(((struct daemon *)ctx)->dispatch);
}

static void
on_notice(void *ctx, const char *route, const struct channel_notice *notice)
{
	struct daemon *d = ctx;

	if (!d->stopping)
		alert_modem(d->alert, route, notice);
}

static void
on_voice(void *ctx, const char *route, const struct channel_voice *voice)
{
	struct daemon *d = ctx;

	if (d->caller != NULL)
		caller_voice(d->caller, route, voice);
}

static const struct caller_events caller_events = {
    .busy = on_busy, .replan = on_replan, .answers = on_answers, .failed = daemon_say_failed};
static const struct dispatch_events dispatch_events = {.incoming = on_incoming,
						       .route_state = on_route_state,
						       .busy = on_busy,
						       .held = daemon_say_held,
						       .store_failed = daemon_say_failed,
						       .asked = on_asked,
						       .sent = on_sent,
						       .notice = on_notice,
						       .voice = on_voice};
static const struct planner_events planner_events = {
    .planned = on_planned, .busy = on_busy, .failed = daemon_say_failed};

/* ---- commands ---- */

static json_t *
on_status(void *ctx)
{
	struct daemon *d = ctx;

	return json_pack("{s:i, s:o, s:o, s:{s:s, s:I, s:i}, s:b}", "status", 0, "routes",
			 dispatch_list(d->dispatch), "modems", dispatch_modems(d->dispatch),
			 "clock", "kind", d->clock.schedule ? "schedule" : "true", "now",
			 (json_int_t)clock_now(&d->clock), "speed", d->clock.speed, "live",
			 d->config->live);
}

static json_t *
on_modems_said(void *ctx, const char *which)
{
	struct daemon *d = ctx;

	return json_pack("{s:i, s:o}", "status", 0, "modems", dispatch_said(d->dispatch, which));
}

static void
on_effect(void *ctx, const char *command, const struct command_effect *effect)
{
	struct daemon *d = ctx;

	if (d->stopping)
		return;
	if (strcmp(command, "adopt") == 0)
		clock_trust(&d->clock);
	if (effect->replan_all)
		planner_pass(d->planner);
	for (size_t i = 0; i < effect->n_replan; i++)
		planner_account(d->planner, effect->replan[i]);
	if (effect->wake || effect->n_replan > 0) {
		dispatch_wake(d->dispatch);
		caller_wake(d->caller);
	}
}

static bool
on_clock_held(void *ctx)
{
	struct daemon *d = ctx;

	return dispatch_held(d->dispatch) == REASON_CLOCK || clock_leaped(&d->clock);
}

static const struct desk_events desk_events = {.effect = on_effect,
					       .clock_held = on_clock_held,
					       .status = on_status,
					       .modems_said = on_modems_said};

/* ---- reading again what people wrote ---- */

static void
on_reload(uv_work_t *work)
{
	struct daemon *d = work->data;

	d->reloaded = NULL;
	if (config_load(d->start.home, &d->reloaded, &d->complaints) != 0)
		d->reloaded = NULL;
}

static void
on_reload_done(uv_work_t *work, int cancelled)
{
	struct daemon *d = work->data;

	(void)cancelled;
	d->reloading = false;
	config_log_complaints(&d->complaints);
	complaint_clear(&d->complaints);
	if (d->reloaded == NULL) {
		log_event(LOG_ERROR, "reload_refused",
			  log_str("why", "what was written has mistakes; the old stays in force"));
		notify_ready();
		return;
	}
	if (d->clock.schedule && !config_is_loopback(d->reloaded)) {
		log_event(
		    LOG_ERROR, "reload_refused",
		    log_str("why", "the schedule's clock allows loopback and file routes only"));
		config_unref(d->reloaded);
	} else if (d->stopping) {
		config_unref(d->reloaded);
	} else {
		config_unref(d->config);
		d->config = d->reloaded;
		dispatch_use(d->dispatch, d->config);
		planner_use(d->planner, d->config);
		alert_use(d->alert, d->config);
		asking_use(d->asking, d->config);
		keeper_use(d->keeper, d->config);
		reception_use(d->reception, d->config);
		caller_use(d->caller, d->config);
		desk_use(d->desk, d->config);
		log_event(LOG_INFO, "reloaded",
			  log_int("campaigns", (int64_t)d->config->n_campaigns),
			  log_int("routes", (int64_t)d->config->n_routes));
	}
	notify_ready();
}

static void
on_hangup(uv_signal_t *signal, int number)
{
	struct daemon *d = signal->data;

	(void)number;
	if (d->reloading || d->stopping)
		return;
	d->reloading = true;
	notify_reloading();
	uv_queue_work(&d->loop, &d->reload, on_reload, on_reload_done);
}

/* ---- stopping ---- */

static void
on_writer_closed(void *ctx)
{
	struct daemon *d = ctx;

	d->writer_gone = true;
	d->writer = NULL;
}

static int
last_work(struct store *s, void *ctx)
{
	struct daemon *d = ctx;
	struct event_json data;
	struct event e = {.at = clock_now(&d->clock), .kind = "stopped", .actor = "dunlin"};

	event_json_init(&data);
	if (s->schedule && e.at > s->stamp)
		s->stamp = e.at;
	return event_append(s, &e, &data);
}

static void
on_last(void *ctx, int status)
{
	struct daemon *d = ctx;

	(void)status;
	writer_close(d->writer, on_writer_closed, d);
}

static void
on_reception_closed(void *ctx)
{
	struct daemon *d = ctx;

	if (writer_submit(d->writer, last_work, on_last, d) != 0)
		on_last(d, UV_ENOMEM);
}

static void
on_part_closed(void *ctx)
{
	struct daemon *d = ctx;

	if (--d->parts_open > 0)
		return;
	reception_close(d->reception, on_reception_closed);
}

static void
on_dispatch_closed(void *ctx)
{
	struct daemon *d = ctx;

	d->dispatch = NULL; /* what came in may still be at the writer */
	on_part_closed(d);
}

/* Nobody is on the line any more: the modems may go. */
static void
on_caller_closed(void *ctx)
{
	struct daemon *d = ctx;

	d->caller = NULL;
	dispatch_close(d->dispatch, DRAIN_MS, on_dispatch_closed);
}

static void
stop(struct daemon *d, const char *why)
{
	uv_handle_t *handles[] = {(uv_handle_t *)&d->term, (uv_handle_t *)&d->interrupt,
				  (uv_handle_t *)&d->hangup, (uv_handle_t *)&d->until,
				  (uv_handle_t *)&d->stamp};

	if (d->stopping)
		return;
	d->stopping = true;
	log_event(LOG_INFO, "stopping", log_str("why", why));
	notify_stopping();
	for (size_t i = 0; i < sizeof handles / sizeof *handles; i++)
		uv_close(handles[i], NULL);
	d->parts_open = 6;
	asking_close(d->asking, on_part_closed);
	keeper_close(d->keeper, on_part_closed, d);
	desk_close(d->desk, on_part_closed);
	planner_close(d->planner, on_part_closed);
	alert_close(d->alert, on_part_closed);
	caller_close(d->caller, on_caller_closed);
}

static void
on_signal(uv_signal_t *signal, int number)
{
	stop(signal->data, number == SIGTERM ? "SIGTERM" : "SIGINT");
}

/* ---- starting ---- */

static void
watch(struct daemon *d)
{
	struct {
		uv_signal_t *handle;
		uv_signal_cb cb;
		int number;
	} signals[] = {{&d->term, on_signal, SIGTERM},
		       {&d->interrupt, on_signal, SIGINT},
		       {&d->hangup, on_hangup, SIGHUP}};

	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < 3; i++) {
		uv_signal_init(&d->loop, signals[i].handle);
		signals[i].handle->data = d;
		uv_signal_start(signals[i].handle, signals[i].cb, signals[i].number);
	}
	uv_timer_init(&d->loop, &d->until);
	uv_timer_init(&d->loop, &d->stamp);
	d->until.data = d->stamp.data = d->reload.data = d;
	if (d->clock.schedule)
		uv_timer_start(&d->stamp, on_stamp, STAMP_MS, 0);
}

static int
open_parts(struct daemon *d)
{
	int rc;

	if ((rc = writer_open(&d->writer, &d->loop, d->start.store)) != 0 ||
	    (rc = alert_open(&d->alert, &d->loop, d->writer, &d->clock, on_alert, d)) != 0 ||
	    (rc = dispatch_open(&d->dispatch, &d->loop, d->writer, &d->clock, &d->learned,
				&dispatch_events, d)) != 0 ||
	    (rc = reception_open(&d->reception, &d->loop, d->writer, &d->clock, &d->learned,
				 &reception_events, d)) != 0 ||
	    (rc = caller_open(&d->caller, &d->loop, d->writer, d->dispatch, &d->clock,
			      &caller_events, d)) != 0 ||
	    (rc = asking_open(&d->asking, &d->loop, d->writer, d->dispatch, &d->clock, &d->learned,
			      d)) != 0 ||
	    (rc = keeper_open(&d->keeper, &d->loop, d->writer, &d->clock)) != 0 ||
	    (rc = planner_open(&d->planner, &d->loop, d->writer, d->config->store, &d->clock,
			       &planner_events, d)) != 0 ||
	    (rc = desk_open(&d->desk, &d->loop, d->writer, d->start.home, &d->clock, &desk_events,
			    d)) != 0)
		return rc;
	return 0;
}

static void
forget(struct daemon *d)
{
	config_unref(d->config);
	start_end(&d->start);
}

int
daemon_serve(const struct daemon_options *options)
{
	struct daemon *d = calloc(1, sizeof *d);
	int status, rc;

	if (d == NULL)
		return 3;
	if ((status = start_begin(&d->start, options->home, options->at, options->until,
				  options->speed)) != 0) {
		start_end(&d->start);
		free(d);
		return status;
	}
	d->config = config_ref(d->start.config);
	d->clock = d->start.clock;
	d->until_at = d->start.until;
	uv_loop_init(&d->loop);
	if ((rc = open_parts(d)) != 0) {
		fprintf(stderr, "dunlin: the daemon could not start: %s\n", uv_strerror(rc));
		_exit(3); /* nothing was handed over yet; what is open closes with the process */
	}
	watch(d);
	alert_use(d->alert, d->config);
	asking_use(d->asking, d->config);
	keeper_use(d->keeper, d->config);
	reception_use(d->reception, d->config);
	desk_use(d->desk, d->config);
	dispatch_use(d->dispatch, d->config);
	planner_use(d->planner, d->config);
	caller_use(d->caller, d->config);
	set_pace(d);
	check_until(d);
	notify_ready();
	log_event(LOG_INFO, "serving", log_str("home", options->home),
		  log_str("clock", d->clock.schedule ? "schedule" : "true"),
		  log_str("live", d->config->live ? "yes" : "no"));
	uv_run(&d->loop, UV_RUN_DEFAULT);
	status = d->status;
	if (uv_loop_close(&d->loop) != 0)
		log_plain(LOG_ERROR, "loop_not_empty");
	forget(d);
	free(d);
	log_flush();
	return status;
}
