/* A route into a file: one JSON object a line of what would have been sent.  Each batch of a loop
 * turn is written and synced by the thread pool, then answered. */
#include "channel.h"

#include "gateway/base/rfc3339.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_WINDOW 500

struct batch {
	char *text;
	size_t len, cap;
	uint64_t cookie[FILE_WINDOW];
	size_t n;
};

struct channel_file {
	struct channel base;
	uv_work_t work;
	uv_idle_t start; /* tells that it is up, off the opener's stack */
	int fd;
	char path[512];
	struct batch filling, writing;
	bool busy, closing, wanted, idle_closed;
	int status; /* of the batch being written */
	channel_closed *closed;
};

static struct channel_file *
self(const struct channel *c)
{
	return (struct channel_file *)(uintptr_t)c;
}

/* ---- the file ---- */

static void
on_work(uv_work_t *work)
{
	struct channel_file *c = work->data;
	size_t done = 0;

	c->status = 0;
	while (done < c->writing.len) {
		ssize_t n = write(c->fd, c->writing.text + done, c->writing.len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			c->status = -errno;
			break;
		}
		done += (size_t)n;
	}
	if (c->status == 0 && fdatasync(c->fd) != 0 && errno != EINVAL && errno != EROFS)
		c->status = -errno;
}

static void finish(struct channel_file *c);
static void flush(struct channel_file *c);

static void
on_written(uv_work_t *work, int cancelled)
{
	struct channel_file *c = work->data;
	struct channel_answer answer = {.smsc_id = "", .why = ""};
	char why[96];

	(void)cancelled;
	answer.kind = SETTLE_WRITTEN;
	if (c->status != 0) {
		answer.kind = SETTLE_UNKNOWN; /* some of it may stand in the file */
		snprintf(why, sizeof why, "the file could not be written: %s",
			 uv_strerror(c->status));
		answer.why = why;
	}
	for (size_t i = 0; i < c->writing.n; i++) {
		answer.cookie = c->writing.cookie[i];
		c->base.events->answer(c->base.ctx, &answer);
	}
	c->writing.n = c->writing.len = 0;
	c->busy = false;
	flush(c);
	if (c->wanted && !c->closing) {
		c->wanted = false;
		c->base.events->room(c->base.ctx);
	}
	finish(c);
}

static void
flush(struct channel_file *c)
{
	struct batch swap = c->writing;

	if (c->busy || c->filling.n == 0)
		return;
	c->writing = c->filling;
	c->filling = swap;
	c->filling.n = c->filling.len = 0;
	c->busy = true;
	uv_queue_work(c->work.loop, &c->work, on_work, on_written);
}

static int
append(struct batch *b, const char *text, size_t len)
{
	if (b->len + len > b->cap) {
		size_t cap = b->cap == 0 ? 65536 : b->cap;
		char *grown;

		while (cap < b->len + len)
			cap *= 2;
		if ((grown = realloc(b->text, cap)) == NULL)
			return UV_ENOMEM;
		b->text = grown;
		b->cap = cap;
	}
	memcpy(b->text + b->len, text, len);
	b->len += len;
	return 0;
}

/* ---- operations ---- */

static unsigned
file_room(const struct channel *c)
{
	return self(c)->closing ? 0 : (unsigned)(FILE_WINDOW - self(c)->filling.n);
}

static void
file_want(struct channel *c, unsigned n)
{
	self(c)->wanted = n > 0;
}

static int
file_submit(struct channel *base, const struct handover_text *text, unsigned n, uint64_t cookie,
	    int64_t now)
{
	struct channel_file *c = self(base);
	char at[RFC3339_SIZE];
	json_t *line;
	char *dump;
	int rc;

	(void)n; /* the whole text is one line, answered as its first part */
	if (c->closing || c->filling.n == FILE_WINDOW)
		return UV_EAGAIN;
	line =
	    json_pack("{s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:i}", "at",
		      rfc3339_format(now, text->offset, at), "id", (json_int_t)text->id, "route",
		      base->route, "from", "", "to", text->number, "text", text->body, "encoding",
		      sms_encoding_name(text->encoding), "segments", (int)text->segments);
	dump = line != NULL ? json_dumps(line, JSON_COMPACT) : NULL;
	json_decref(line);
	if (dump == NULL)
		return UV_ENOMEM;
	rc = append(&c->filling, dump, strlen(dump));
	free(dump);
	if (rc == 0)
		rc = append(&c->filling, "\n", 1);
	if (rc != 0)
		return rc;
	c->filling.cookie[c->filling.n++] = cookie;
	flush(c);
	return 0;
}

static void
file_acknowledge(struct channel *c, struct smpp_token token, bool durable)
{
	(void)c;
	(void)token;
	(void)durable;
}

static int
file_query(struct channel *c, const char *smsc_id, uint64_t cookie)
{
	(void)c;
	(void)smsc_id;
	(void)cookie;
	return UV_ENOTSUP;
}

static void
file_stats(const struct channel *c, struct channel_stats *out)
{
	*out = (struct channel_stats){.in_flight =
					  (unsigned)(self(c)->filling.n + self(c)->writing.n)};
}

static void
finish(struct channel_file *c)
{
	channel_closed *closed = c->closed;
	void *ctx = c->base.ctx;

	if (!c->closing || c->busy || !c->idle_closed)
		return;
	close(c->fd);
	free(c->filling.text);
	free(c->writing.text);
	free(c);
	closed(ctx);
}

static void
on_idle_closed(uv_handle_t *h)
{
	struct channel_file *c = h->data;

	c->idle_closed = true;
	finish(c);
}

static void
file_close(struct channel *base, unsigned drain_ms, channel_closed *closed)
{
	struct channel_file *c = self(base);

	(void)drain_ms;
	c->closing = true;
	c->closed = closed;
	uv_close((uv_handle_t *)&c->start, on_idle_closed);
}

static const struct channel_ops file_ops = {.room = file_room,
					    .want = file_want,
					    .submit = file_submit,
					    .acknowledge = file_acknowledge,
					    .query = file_query,
					    .stats = file_stats,
					    .close = file_close};

static void
on_start(uv_idle_t *idle)
{
	struct channel_file *c = idle->data;

	uv_idle_stop(idle);
	if (!c->closing)
		c->base.events->state(c->base.ctx, CHANNEL_UP, "");
}

int
channel_file_open(struct channel **out, uv_loop_t *loop, const struct config_route *route,
		  char why[160])
{
	struct channel_file *c = calloc(1, sizeof *c);

	if (c == NULL)
		return UV_ENOMEM;
	c->fd = open(route->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (c->fd < 0) {
		int rc = -errno;

		snprintf(why, 160, "%.100s: %s", route->path, strerror(errno));
		free(c);
		return rc;
	}
	c->base.ops = &file_ops;
	c->base.window = FILE_WINDOW;
	c->base.rate = (unsigned)route->rate;
	c->work.data = c;
	c->work.loop = loop;
	c->start.data = c;
	uv_idle_init(loop, &c->start);
	uv_idle_start(&c->start, on_start);
	*out = &c->base;
	return 0;
}
