/* A block of sound: recorded, listened to for keys, and the only thing that makes time pass. */
#include "call_part.h"

#include <string.h>

#define SPEAKS_DBFS (-45.0) /* louder than a line at rest */
#define SPOKEN_MS   3000    /* of quiet behind which a message is taken to be over */

/* ---- recording ---- */

static void
record(struct call *c, const int16_t *heard, const int16_t *said, size_t n)
{
	int16_t both[2 * LINE_BLOCK];

	for (size_t i = 0; i < n; i++) {
		both[2 * i] = heard[i];
		both[2 * i + 1] = said[i];
	}
	if (c->record != NULL)
		call_tape_write(c->record, both, n);
	if (c->act != SCRIPT_TAPE || c->over)
		return;
	c->quiet = pcm_dbfs(heard, n) > SPEAKS_DBFS ? 0 : c->quiet + n;
	if (c->message != NULL)
		call_tape_write(c->message, heard, n);
}

/* ---- what passes by itself ---- */

/* Gives the line what it has room for; says when the last of it is in the air. */
static void
play_on(struct call *c)
{
	struct line_stats stats;

	if (c->played < c->clip.n)
		c->played += line_play(c->line, c->clip.samples + c->played, c->clip.n - c->played);
	if (c->played < c->clip.n || line_queued(c->line) > 0 || c->said >= 0)
		return;
	line_stats(c->line, &stats);
	c->said = call_ms(c) + stats.latency_ms;
}

static void
pass_time(struct call *c)
{
	struct script_do todo = {.act = SCRIPT_GO_ON};
	int64_t now = call_ms(c);

	switch (c->act) {
	case SCRIPT_PLAY:
		play_on(c);
		if (c->said >= 0 && now >= c->said)
			todo = script_said(&c->run, now);
		break;
	case SCRIPT_TAPE:
		if (c->quiet >= (uint64_t)SPOKEN_MS * PCM_MS) {
			/* It ended when they last spoke: a silent one is no message. */
			todo = script_taped(&c->run, now - (int64_t)(c->quiet / PCM_MS));
			break;
		}
		/* fall through */
	case SCRIPT_LISTEN:
	case SCRIPT_KEEP:
		if (now >= c->until)
			todo = script_time(&c->run, now);
		break;
	case SCRIPT_HANG_UP:
		if (now >= c->until)
			call_leave(c, CALL_SAID_ALL, 0, "");
		break;
	case SCRIPT_CONNECT: /* who rings has a deadline of his own */
	case SCRIPT_GO_ON:
	case SCRIPT_OVER: break;
	}
	call_do(c, &todo);
}

static void
give_keys(struct call *c)
{
	for (unsigned i = 0; i < c->n_presses && !c->closing && !c->over && !c->leaving; i++) {
		struct script_do todo = script_key(&c->run, c->presses[i].key, c->presses[i].ms);

		call_do(c, &todo);
	}
	c->n_presses = 0;
}

/* ---- the line's events ---- */

static void
on_ready(void *ctx)
{
	(void)ctx; /* the first samples say so */
}

static void
on_heard(void *ctx, const int16_t *heard, const int16_t *said, size_t n)
{
	struct call *c = ctx;

	c->samples += n;
	record(c, heard, said, n);
	if (c->over)
		return;
	ears_heard(&c->ears, heard, said, n);
	keys_heard(c->keys, heard, n);
	if (!c->begun && !c->leaving && call_ms(c) >= c->settle_ms)
		call_begin(c);
	if (c->begun && !c->closing)
		give_keys(c);
	if (c->begun && !c->closing && !c->over)
		pass_time(c);
}

static void
on_failed(void *ctx, int error, const char *why)
{
	call_leave(ctx, CALL_AUDIO_LOST, error, why);
}

const struct line_events call_line_events = {on_ready, on_heard, on_failed};
