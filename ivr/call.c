#include "call_part.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WATCH_MS 250
#define QUIET_MS 5000
#define KEEPING_MS                                                                                 \
	6000 /* of real time that an outcome may need when there is no sound any more              \
	      */

/* ---- the script's notes ---- */

static void
on_note(void *ctx, const struct script_note *note)
{
	struct call *c = ctx;

	if (note->kind == SCRIPT_NOTE_KEY && c->n_pressed + 1 < sizeof c->pressed)
		c->pressed[c->n_pressed++] = note->key;
	if (c->theirs.note != NULL && !c->closing)
		c->theirs.note(c->theirs.ctx, note);
}

void
call_begin(struct call *c)
{
	struct script_facts facts = c->theirs;
	struct script_do todo;

	facts.note = on_note;
	facts.ctx = c;
	c->begun = true;
	todo = script_begin(&c->run, c->script, &facts, call_ms(c));
	call_do(c, &todo);
}

/* ---- outside the owner's calls ---- */

static void
tell_ended(struct call *c)
{
	struct call_end *end = &c->end;

	c->told = true;
	end->ms = call_ms(c);
	memcpy(end->keys, c->pressed, c->n_pressed);
	end->right_party = c->begun && c->run.known;
	end->label = c->ears.label;
	line_stats(c->line, &end->line);
	c->events->ended(c->ctx, end);
}

static void
take_answer(struct call *c)
{
	struct script_do todo;

	c->answered = false;
	if (c->act == SCRIPT_KEEP) {
		todo = script_stored(&c->run, c->token, c->answer, call_ms(c));
	} else {
		if (c->answer)
			c->end.how = CALL_HANDED;
		todo = script_person(&c->run, c->answer, call_ms(c));
	}
	call_do(c, &todo);
}

static void
on_soon(uv_timer_t *timer)
{
	struct call *c = timer->data;

	if (c->closing)
		return;
	if (c->answered && !c->over)
		take_answer(c);
	if (c->hung_up && !c->closing)
		call_leave(c, CALL_HUNG_UP, 0, "");
	if (c->over && !c->told && !c->closing)
		tell_ended(c);
}

void
call_soon(struct call *c)
{
	uv_timer_start(&c->soon, on_soon, 0, 0);
}

static void
take_later(struct call *c, enum script_act act, bool expected, bool ok)
{
	assert(!c->closing);
	if (c->over || c->act != act || !expected || c->answered)
		return;
	c->answered = true;
	c->answer = ok;
	call_soon(c);
}

void
call_kept(struct call *c, uint32_t token, bool ok)
{
	take_later(c, SCRIPT_KEEP, token == c->token, ok);
}

void
call_connected(struct call *c, uint32_t token, bool ok)
{
	take_later(c, SCRIPT_CONNECT, token == c->connects, ok);
}

void
call_hung_up(struct call *c)
{
	assert(!c->closing);
	c->hung_up = true;
	call_soon(c);
}

static void
on_turned(uv_check_t *check)
{
	struct call *c = check->data;

	uv_check_stop(check);
	for (unsigned i = 0; i < c->n_words; i++)
		keys_modem(c->keys, c->words[i]);
	c->n_words = 0;
}

void
call_modem_key(struct call *c, char key)
{
	assert(!c->closing);
	if (c->n_words == CALL_WORDS)
		return; /* nobody presses so fast */
	c->words[c->n_words++] = key;
	uv_check_start(&c->turned, on_turned);
}

/* ---- the only clock that is not made of sound ---- */

static void
on_watch(uv_timer_t *timer)
{
	struct call *c = timer->data;

	if (c->closing || c->over)
		return;
	c->still_ms = c->samples == c->seen && (c->act != SCRIPT_CONNECT || c->leaving)
			  ? c->still_ms + WATCH_MS
			  : 0;
	c->seen = c->samples;
	if (!c->leaving && c->still_ms >= c->quiet_ms) {
		c->still_ms = 0;
		call_leave(c, CALL_AUDIO_LOST, UV_ETIMEDOUT,
			   "no sound came from the line any more");
	} else if (c->leaving && c->still_ms >= KEEPING_MS) {
		c->over = true;
		call_soon(c);
	}
}

/* ---- opening and closing ---- */

static void
on_press(void *ctx, const struct keys_press *press)
{
	struct call *c = ctx;

	if (!press->down)
		return;
	ears_key(&c->ears);
	c->end.key = true;
	if (c->n_presses < CALL_PRESSES)
		c->presses[c->n_presses++] =
		    (struct call_press){press->key, (int64_t)(press->onset / PCM_MS)};
}

static void
free_call(struct call *c)
{
	keys_free(c->keys);
	pcm_clip_fini(&c->clip);
	free(c->message_path);
	free(c);
}

static int
open_tapes(struct call *c, const struct call_config *config)
{
	int error = 0;

	if (config->record != NULL)
		error = call_tape_open(&c->record, c->loop, config->record, 2);
	if (error == 0 && config->message != NULL) {
		c->message_path = strdup(config->message);
		error = c->message_path == NULL ? UV_ENOMEM : 0;
	}
	return error;
}

static void
on_tape_unused(void *ctx, int error)
{
	(void)ctx;
	(void)error;
}

int
call_open(struct call **out, uv_loop_t *loop, struct line *line, const struct call_config *config,
	  const struct call_events *events, void *ctx)
{
	struct call *c = calloc(1, sizeof *c);
	int error;

	if (c == NULL)
		return UV_ENOMEM;
	c->loop = loop;
	c->line = line;
	c->events = events;
	c->ctx = ctx;
	c->script = config->script;
	c->theirs = config->facts;
	c->settle_ms = config->settle_ms > 0 ? config->settle_ms : CALL_SETTLE;
	c->quiet_ms = config->quiet_ms > 0 ? config->quiet_ms : QUIET_MS;
	c->said = -1;
	ears_init(&c->ears);
	error = keys_new(&c->keys, on_press, c);
	if (error == 0) {
		/* The modem and the store live by the clock on the wall. */
		keys_speed(c->keys, config->speed);
		if (config->speed > 1)
			c->theirs.store_ms = (int64_t)SCRIPT_STORE_MS * config->speed;
		error = open_tapes(c, config);
	}
	if (error < 0) {
		if (c->record != NULL)
			call_tape_close(c->record, on_tape_unused, NULL);
		free_call(c);
		return error;
	}
	uv_timer_init(loop, &c->watch);
	uv_timer_init(loop, &c->soon);
	uv_check_init(loop, &c->turned);
	c->watch.data = c->soon.data = c->turned.data = c;
	c->open = 3;
	uv_timer_start(&c->watch, on_watch, WATCH_MS, WATCH_MS);
	line_listen(line, &call_line_events, c);
	*out = c;
	return 0;
}

static void
end_part(struct call *c)
{
	call_closed *closed = c->closed;
	void *ctx = c->closed_ctx;
	int error = c->record_error;

	if (--c->open > 0)
		return;
	free_call(c);
	if (closed != NULL)
		closed(ctx, error);
}

static void
on_handle_closed(uv_handle_t *handle)
{
	end_part(handle->data);
}

static void
on_tape_closed(void *ctx, int error)
{
	struct call *c = ctx;

	if (c->record_error == 0)
		c->record_error = error;
	end_part(c);
}

void
call_close(struct call *c, call_closed *closed, void *ctx)
{
	assert(!c->closing);
	c->closing = true;
	c->closed = closed;
	c->closed_ctx = ctx;
	line_listen(c->line, NULL, NULL);
	line_drop(c->line);
	uv_close((uv_handle_t *)&c->watch, on_handle_closed);
	uv_close((uv_handle_t *)&c->soon, on_handle_closed);
	uv_close((uv_handle_t *)&c->turned, on_handle_closed);
	c->open += (c->record != NULL ? 1U : 0U) + (c->message != NULL ? 1U : 0U);
	if (c->record != NULL)
		call_tape_close(c->record, on_tape_closed, c);
	if (c->message != NULL)
		call_tape_close(c->message, on_tape_closed, c);
}
