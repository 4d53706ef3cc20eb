/* What the script asks for. */
#include "call_part.h"

#include <stdio.h>
#include <string.h>

#define AFTER_MS 200 /* between the last word and hanging up: the network's own delay */

/* One clip of all prompts; what is not there is left out, never the call. But the script may go
 * another way without it. */
static void
start_playing(struct call *c, const struct script_do *todo)
{
	unsigned missing = c->end.missing;
	struct script_do without = {.act = SCRIPT_GO_ON};

	for (int i = 0; i < todo->n; i++)
		if (c->events->clip(c->ctx, &c->run, &todo->prompts[i], todo->language, &c->clip) <
		    0)
			c->end.missing++;
	if (c->end.missing > missing)
		without = script_unsaid(&c->run, call_ms(c));
	if (without.act != SCRIPT_GO_ON)
		call_do(c, &without);
	else if (c->clip.n > 0)
		c->played = line_play(c->line, c->clip.samples, c->clip.n);
}

static void
stop_playing(struct call *c)
{
	if (c->act == SCRIPT_PLAY && !c->leaving)
		line_drop(c->line);
	pcm_clip_fini(&c->clip);
	c->played = 0;
	c->said = -1;
}

static void
start_tape(struct call *c)
{
	c->quiet = 0;
	if (c->message == NULL && c->message_path != NULL)
		c->record_error = call_tape_open(&c->message, c->loop, c->message_path, 1);
}

static void
connect_person(struct call *c)
{
	struct script_do todo;

	if (c->events->connect != NULL) {
		c->events->connect(c->ctx, ++c->connects);
		return;
	}
	todo = script_person(&c->run, false, call_ms(c));
	call_do(c, &todo);
}

static void
listening(struct call *c)
{
	if (c->events->listening != NULL)
		c->events->listening(c->ctx);
}

void
call_do(struct call *c, const struct script_do *todo)
{
	if (todo->act == SCRIPT_GO_ON || c->over || c->closing)
		return;
	stop_playing(c);
	c->answered = false;
	c->act = todo->act;
	c->until = todo->until;
	switch (todo->act) {
	case SCRIPT_PLAY: start_playing(c, todo); break;
	case SCRIPT_LISTEN: listening(c); break;
	case SCRIPT_TAPE:
		start_tape(c);
		listening(c);
		break;
	case SCRIPT_KEEP:
		c->token = todo->outcome.token;
		c->events->keep(c->ctx, &todo->outcome, c->token);
		break;
	case SCRIPT_CONNECT: connect_person(c); break;
	case SCRIPT_HANG_UP: c->until = call_ms(c) + AFTER_MS; break;
	case SCRIPT_OVER:
		c->over = true;
		call_soon(c);
		break;
	case SCRIPT_GO_ON: break;
	}
}

void
call_leave(struct call *c, enum call_how how, int error, const char *why)
{
	struct script_do todo = {.act = SCRIPT_OVER};

	if (c->over || c->leaving)
		return;
	if (c->act == SCRIPT_PLAY)
		line_drop(c->line);
	c->leaving = true;
	c->end.how = how;
	c->end.error = error;
	snprintf(c->end.why, sizeof c->end.why, "%.*s", (int)sizeof c->end.why - 1, why);
	if (c->begun)
		todo = script_hung_up(&c->run, call_ms(c));
	call_do(c, &todo);
}
