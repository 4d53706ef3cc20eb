#include "call_preview.h"

#include <stdlib.h>
#include <string.h>

#define THINK_MS 800
#define PRESS_MS 120

struct preview {
	struct line *line;
	struct call *call;
	struct call_preview_config config;
	const char *key; /* the next one */
	struct call_end end;
	int error;
	call_preview_done *done;
	void *ctx;
};

static int
on_clip(void *ctx, const struct script_run *run, const struct script_said_prompt *prompt,
	int language, struct pcm_clip *clip)
{
	const struct preview *p = ctx;

	return p->config.clip(p->config.ctx, run, prompt, language, clip);
}

static void
on_keep(void *ctx, const struct script_outcome *outcome, uint32_t token)
{
	(void)outcome;
	call_kept(((struct preview *)ctx)->call, token, true);
}

static void
on_listening(void *ctx)
{
	struct preview *p = ctx;

	if (*p->key == '\0')
		return;
	if (*p->key != '-') {
		line_wav_press(p->line, ' ', THINK_MS);
		line_wav_press(p->line, *p->key, PRESS_MS);
	}
	p->key++;
}

static void
on_line_closed(void *ctx)
{
	struct preview *p = ctx;

	p->done(p->ctx, p->error, &p->end);
	free(p);
}

static void
on_call_closed(void *ctx, int record)
{
	struct preview *p = ctx;

	(void)record; /* there is none: the line itself is the recording */
	line_close(p->line, on_line_closed, p);
}

static void
on_ended(void *ctx, const struct call_end *end)
{
	struct preview *p = ctx;

	p->end = *end;
	if (end->how == CALL_AUDIO_LOST)
		p->error = end->error;
	call_close(p->call, on_call_closed, p);
}

static const struct call_events events = {
    .clip = on_clip,
    .keep = on_keep,
    .listening = on_listening,
    .ended = on_ended,
};

static void
on_unused(void *ctx)
{
	free(ctx);
}

int
call_preview(uv_loop_t *loop, const struct call_preview_config *config, call_preview_done *done,
	     void *ctx)
{
	struct call_config call = {.script = config->script, .facts = config->facts};
	struct preview *p;
	int error;

	if (strspn(config->keys, "0123456789*#-") != strlen(config->keys))
		return UV_EINVAL;
	p = calloc(1, sizeof *p);
	if (p == NULL)
		return UV_ENOMEM;
	p->config = *config;
	p->key = config->keys;
	p->done = done;
	p->ctx = ctx;
	error = line_wav_open(&p->line, loop, config->path, NULL, NULL);
	if (error < 0) {
		free(p);
		return error;
	}
	error = call_open(&p->call, loop, p->line, &call, &events, p);
	if (error < 0)
		line_close(p->line, on_unused, p);
	return error;
}
