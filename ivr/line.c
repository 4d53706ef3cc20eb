#include "line_part.h"

#include <assert.h>
#include <stdlib.h>

void
line_init(struct line *line, const struct line_kind *kind, const struct line_events *events,
	  void *ctx)
{
	line->kind = kind;
	line->events = events;
	line->ctx = ctx;
}

void
line_tell_ready(struct line *line)
{
	if (!line->closing && !line->failed && line->events != NULL)
		line->events->ready(line->ctx);
}

void
line_tell_heard(struct line *line, const int16_t *heard, const int16_t *said, size_t n)
{
	assert(n > 0 && n <= LINE_BLOCK);
	if (!line->closing && !line->failed && line->events != NULL)
		line->events->heard(line->ctx, heard, said, n);
}

void
line_tell_failed(struct line *line, int error, const char *why)
{
	if (line->closing || line->failed)
		return;
	line->failed = true;
	if (line->events != NULL)
		line->events->failed(line->ctx, error, why);
}

void
line_gone(struct line *line)
{
	line_closed *closed = line->closed;
	void *ctx = line->closed_ctx;

	free(line);
	if (closed != NULL)
		closed(ctx);
}

void
line_listen(struct line *line, const struct line_events *events, void *ctx)
{
	line->events = events;
	line->ctx = ctx;
}

size_t
line_play(struct line *line, const int16_t *samples, size_t n)
{
	assert(!line->closing);
	return line->failed ? n : line->kind->play(line, samples, n);
}

size_t
line_queued(const struct line *line)
{
	return line->failed ? 0 : line->kind->queued(line);
}

void
line_drop(struct line *line)
{
	assert(!line->closing);
	line->kind->drop(line);
}

void
line_stats(const struct line *line, struct line_stats *out)
{
	*out = (struct line_stats){0};
	line->kind->stats(line, out);
}

void
line_close(struct line *line, line_closed *closed, void *ctx)
{
	assert(!line->closing);
	line->closing = true;
	line->closed = closed;
	line->closed_ctx = ctx;
	line->kind->close(line);
}
