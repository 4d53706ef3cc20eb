/* One call until somebody talks. */
#include "caller_job.h"

#include "gateway/base/log.h"
#include "gateway/store/event.h"
#include "gateway/store/report_rule.h"

#include <stdlib.h>
#include <string.h>

#define CLAIM_MS   30000 /* a stick that has texts to finish */
#define OPEN_MS    10000 /* a sound card */
#define WIRE_MS    1000  /* durable and not dialled: it is decided again */
#define STORE_MS   5000  /* a store that took no call is let be */
#define BROKEN_MS  60000 /* a stick whose sound does not work is let be */
#define PUT_OFF_MS (10 * 60000)

static void decide(struct errand *e);

static void
enter(struct errand *e, enum errand_state state)
{
	e->state = state;
	e->since = uv_now(e->caller->loop);
	caller_tell(e->caller);
}

/* ---- as if it had not been begun ---- */

void
errand_drop(struct errand *e)
{
	e->dropped = true;
	e->gone = true;
	enter(e, ERRAND_ENDING);
	errand_settle(e);
}

/* The first time only: why nobody was rung belongs into the account's story. */
static int
tell_no_voice(struct store *s, const struct calling *c, const struct calls_row *row)
{
	struct event_json data;
	int rc;

	if (row->reason == REASON_NO_VOICE)
		return 0;
	event_json_init(&data);
	event_json_int(&data, "call", row->id);
	event_json_text(&data, "step", row->step);
	event_json_text(&data, "decision", plan_decision_word(PLAN_SKIP));
	event_json_text(&data, "reason", reason_word(REASON_NO_VOICE));
	event_json_text(&data, "policy", c->config->policy.version);
	rc = event_tell(s, "decision", "dunlin", row->account, 0, c->now, &data);
	return rc != 0 ? rc : report_rule_note(s, c->now, REPORT_HELD, REASON_NO_VOICE, NULL);
}

static int
put_off_work(struct store *s, void *ctx)
{
	struct errand_job *job = ctx;
	struct calls_row row;
	int rc = calls_get(s, job->calling.id, &row);

	if (rc == 0) {
		rc = tell_no_voice(s, &job->calling, &row);
		calls_row_clear(&row);
	}
	if (rc != 0)
		return rc;
	return calls_move(s, job->calling.id, job->calling.now + PUT_OFF_MS, REASON_NO_VOICE);
}

static void
on_put_off(void *ctx, int status)
{
	errand_job_end(ctx, status);
}

/* Who rings here is told by the tone that nobody comes. */
static void
give_up(struct errand *e)
{
	if (e->incoming)
		errand_hang_up(e);
	else
		errand_drop(e);
}

/* What it says could not be made ready: others may say something else. */
static void
put_off(struct errand *e, const char *why)
{
	struct errand_job *job = e->incoming ? NULL : errand_job_new(e);

	log_event(LOG_ERROR, "call_put_off", log_str("account", e->brief->ref),
		  log_str("script", e->brief->script->name), log_str("why", why));
	if (job != NULL)
		errand_job_run(job, put_off_work, on_put_off);
	give_up(e);
}

static int
undialled_work(struct store *s, void *ctx)
{
	struct errand_job *job = ctx;

	return calling_undialled(s, &job->calling, job->why);
}

static void
on_undialled(void *ctx, int status)
{
	errand_job_end(ctx, status);
}

void
errand_undialled(struct errand *e, const char *why)
{
	struct errand_job *job = errand_job_new(e);

	if (job == NULL)
		abort();
	job->why = why;
	caller_let_be(e->caller, e->sim, CLAIM_MS);
	errand_job_run(job, undialled_work, on_undialled);
	errand_drop(e);
}

/* ---- prompts ---- */

static void
on_ready(void *ctx, int error, const char *why)
{
	struct errand *e = ctx;
	struct channel *channel;

	if (e->dropped || e->gone)
		return;
	/* A language that only a key leads to must not keep those from being called who speak
	 * another. */
	if (error == UV_ENOTSUP && !e->brief->alone) {
		log_event(LOG_WARN, "call_in_one_language", log_str("account", e->brief->ref),
			  log_str("script", e->brief->script->name), log_str("why", why));
		e->brief->alone = true;
		errand_prepare(e);
		return;
	}
	if (error != 0) {
		put_off(e, why);
		return;
	}
	if (e->line != NULL) { /* it says something else by now; all else was ready */
		decide(e);
		return;
	}
	channel = errand_channel(e);
	if (channel == NULL) {
		give_up(e);
		return;
	}
	enter(e, ERRAND_CLAIMING);
	e->claimed = !e->incoming;
	if (e->incoming || channel->ops->voice->claim(channel, e->sim, true))
		errand_free_sim(e);
}

void
errand_prepare(struct errand *e)
{
	struct caller *c = e->caller;
	int rc;

	enter(e, ERRAND_PREPARING);
	if (c->prompt == NULL) {
		put_off(e, "there is no voice: see the log above");
		return;
	}
	prompt_release(e->hold);
	e->hold = NULL;
	saying_clear(&e->saying);
	saying_need(c->sayings, e->brief, &e->saying);
	errand_need_consent(e);
	rc = prompt_need(c->prompt, e->saying.phrases, e->saying.n, &e->hold, on_ready, e);
	if (rc != 0)
		put_off(e, uv_strerror(rc));
}

/* ---- the line ---- */

static void
on_line_ready(void *ctx)
{
	struct errand *e = ctx;
	struct channel *channel = errand_channel(e);

	if (e->state != ERRAND_OPENING || e->dropped)
		return;
	if (!e->incoming) {
		decide(e);
		return;
	}
	enter(e, ERRAND_ACCEPTING);
	if (channel == NULL || channel->ops->voice->accept(channel, e->sim) != 0)
		errand_hang_up(e); /* they gave up, or will be told as gone */
}

static void
on_line_heard(void *ctx, const int16_t *heard, const int16_t *said, size_t n)
{
	(void)ctx;
	(void)heard;
	(void)said;
	(void)n;
}

/* The stick has no sound: it is not dialled by, and people see why. */
static void
no_sound(struct errand *e, const char *why)
{
	struct channel *channel = errand_channel(e);

	log_event(LOG_ERROR, "no_sound", log_str("route", e->route), log_int("sim", e->sim),
		  log_str("why", why));
	if (channel != NULL)
		channel->ops->voice->note(channel, e->sim, why);
	caller_let_be(e->caller, e->sim, BROKEN_MS);
	if (e->state == ERRAND_DIALLING)
		errand_hang_up(e);
	else
		give_up(e);
}

static void
on_line_failed(void *ctx, int error, const char *why)
{
	struct errand *e = ctx;

	(void)error;
	if (!e->dropped && e->state < ERRAND_TALKING) /* nobody is rung who would hear nothing */
		no_sound(e, why);
}

static const struct line_events line_events = {
    .ready = on_line_ready, .heard = on_line_heard, .failed = on_line_failed};

void
errand_free_sim(struct errand *e)
{
	struct caller *c = e->caller;
	struct channel *channel = errand_channel(e);
	struct channel_sound sound;
	int rc;

	enter(e, ERRAND_OPENING);
	rc = channel != NULL ? channel->ops->voice->sound(channel, e->sim, &sound) : UV_ENODEV;
	e->person = rc == 0 && sound.person;
	if (rc == 0 && sound.tty)
		rc = line_tty_open(&e->line, c->loop, sound.device, sound.frame_bytes, &line_events,
				   e);
	else if (rc == 0)
		rc = line_portaudio_open(&e->line, c->sound, sound.device, &line_events, e);
	if (rc != 0)
		no_sound(e, uv_strerror(rc));
}

/* ---- deciding again, and dialling ---- */

struct starting {
	struct errand *errand;
	struct handover_call job;
	uint64_t since; /* uv_now() */
};

static int
start_work(struct store *s, void *ctx)
{
	struct starting *x = ctx;

	return handover_call_start(s, &x->job);
}

static void
dial(struct errand *e)
{
	struct channel *channel = errand_channel(e);
	int rc;

	enter(e, ERRAND_DIALLING);
	rc = channel != NULL ? channel->ops->voice->dial(channel, e->sim, e->number) : UV_ENODEV;
	if (rc != 0)
		errand_undialled(e, uv_strerror(rc));
}

/* Another figure since the prompts were made: they are made anew. */
static void
say_anew(struct errand *e, struct brief *brief)
{
	brief_free(e->brief);
	e->brief = brief;
	snprintf(e->number, sizeof e->number, "%s", brief->number);
	errand_prepare(e);
}

static void
on_started(void *ctx, int status)
{
	struct starting *x = ctx;
	struct errand *e = x->errand;
	struct caller *c = e->caller;
	struct brief *brief = x->job.brief;
	bool started = status == 0 && x->job.started;
	bool late = uv_now(c->loop) - x->since > WIRE_MS;

	e->jobs--;
	if (status != 0) { /* what could not be written down is not tried again and again */
		c->events->failed(c->ctx, status);
		caller_let_be(c, e->sim, STORE_MS);
		brief_free(brief);
		brief = NULL;
	}
	config_unref(x->job.config);
	free(x);
	if (started && !e->dropped && !late) {
		brief_free(brief);
		dial(e);
	} else if (started) {
		brief_free(brief);
		errand_undialled(e, "it could not be dialled at once");
	} else if (brief != NULL && !e->dropped) {
		say_anew(e, brief);
	} else {
		brief_free(brief);
		errand_drop(e);
	}
}

static void
decide(struct errand *e)
{
	struct caller *c = e->caller;
	struct starting *x = calloc(1, sizeof *x);
	int route = config_route_index(c->config, e->route);

	if (x == NULL || route < 0) {
		free(x);
		errand_drop(e);
		return;
	}
	enter(e, ERRAND_DECIDING);
	x->errand = e;
	x->since = uv_now(c->loop);
	x->job =
	    (struct handover_call){.config = config_ref(c->config),
				   .facts = &c->facts,
				   .route = &c->config->routes[route],
				   .now = clock_now(c->clock),
				   .stopped = clock_leaped(c->clock) ? REASON_CLOCK : REASON_NONE,
				   .expect = e->brief,
				   .row = e->row,
				   .sim = e->sim};
	e->jobs++;
	if (writer_submit(c->writer, start_work, on_started, x) != 0)
		abort();
}

/* ---- letting go ---- */

void
errand_hang_up(struct errand *e)
{
	struct channel *channel = errand_channel(e);

	if (e->gone)
		return;
	if (e->state < ERRAND_DIALLING && !e->incoming) {
		errand_drop(e);
		return;
	}
	/* ENDED follows, here or from a modem that closes; there may be none of either any more. */
	if (channel == NULL || channel->ops->voice->hang_up(channel, e->sim) == UV_EAGAIN)
		errand_gone(e, &(struct modem_call){.state = MODEM_CALL_ENDED,
						    .end = MODEM_CALL_LOST,
						    .raw = "the modem is gone"});
}

void
errand_watch(struct errand *e)
{
	uint64_t took = uv_now(e->caller->loop) - e->since;

	if (e->state == ERRAND_CLAIMING && took > CLAIM_MS) {
		caller_let_be(e->caller, e->sim, WIRE_MS);
		errand_drop(e);
	} else if (e->state == ERRAND_OPENING && took > OPEN_MS) {
		no_sound(e, "its sound does not begin");
	}
}
