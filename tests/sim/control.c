#include "control.h"

#include "dice.h"
#include "ids.h"
#include "receipt.h"
#include "smsc.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE = 8192 };

/* One source of lines: standard input, or one peer on the socket. */
struct source {
	uv_pipe_t pipe;
	struct control *control;
	struct source *next;
	bool is_stdin;
	bool closing;
	char line[LINE];
	size_t used;
};

struct control {
	struct smsc *smsc;
	uv_pipe_t listener;
	bool listening;
	bool closing;
	struct source *sources;
	unsigned handles;
	char **kept; /* values given to `set`: options point into them */
	size_t kept_count;
};

static void
let_go(struct control *c)
{
	if (--c->handles || !c->closing)
		return;
	for (size_t i = 0; i < c->kept_count; i++)
		free(c->kept[i]);
	free(c->kept);
	free(c);
}

static void
on_source_closed(uv_handle_t *handle)
{
	struct source *source = handle->data;
	struct control *c = source->control;
	for (struct source **at = &c->sources; *at; at = &(*at)->next) {
		if (*at == source) {
			*at = source->next;
			break;
		}
	}
	free(source);
	let_go(c);
}

static void
source_close(struct source *source)
{
	if (source->closing)
		return;
	source->closing = true;
	uv_close((uv_handle_t *)&source->pipe, on_source_closed);
}

/* A peer on the socket that does not read its answers loses them. */
static void
say(struct source *source, const struct buffer *text)
{
	if (source->is_stdin) {
		fwrite(text->at, 1, text->used, stdout);
		fflush(stdout);
		return;
	}
	uv_buf_t buf = uv_buf_init((char *)text->at, (unsigned)text->used);
	uv_try_write((uv_stream_t *)&source->pipe, &buf, 1);
}

static void
complain(struct source *source, const char *what)
{
	struct buffer line = {0};
	buffer_printf(&line, "error: %s\n", what);
	say(source, &line);
	buffer_fini(&line);
}

static char *
next_word(char **rest)
{
	char *word = *rest + strspn(*rest, " \t");
	size_t n = strcspn(word, " \t");
	*rest = word + n;
	if (word[n]) {
		word[n] = 0;
		*rest = word + n + 1;
	}
	return word;
}

static void
do_mo(struct source *source, char *rest)
{
	const char *from = next_word(&rest), *to = next_word(&rest);
	if (!*to)
		complain(source, "mo FROM TO TEXT");
	else
		deliver_text(source->control->smsc, 0, "", from, to, rest);
}

static void
do_receipt(struct source *source, char *rest)
{
	struct smsc *smsc = source->control->smsc;
	const char *id = next_word(&rest), *word = next_word(&rest);
	enum pdu_state state = receipt_state(word);
	uint64_t number;
	struct message *m = NULL;
	if (ids_parse((enum option_ids)smsc->o.id_form, id, &number))
		m = message_find(&smsc->messages, number);
	if (!m)
		complain(source, "no message of that id is remembered");
	else if (!state)
		complain(source, "no such state");
	else
		deliver_receipt(smsc, m, state);
}

static void
do_drop(struct source *source, char *rest)
{
	struct smsc *smsc = source->control->smsc;
	(void)rest;
	for (struct session *s = smsc->sessions; s; s = s->next)
		smsc_drop(smsc, s);
}

static void
do_stall(struct source *source, char *rest)
{
	struct smsc *smsc = source->control->smsc;
	uint64_t ms = strtoull(rest, NULL, 10);
	for (struct session *s = smsc->sessions; s; s = s->next)
		if (!s->closing)
			smsc_stall(smsc, s, ms);
}

static void
do_unbind(struct source *source, char *rest)
{
	struct smsc *smsc = source->control->smsc;
	(void)rest;
	for (struct session *s = smsc->sessions; s; s = s->next)
		smsc_unbind(smsc, s);
}

static void
do_set(struct source *source, char *rest)
{
	struct control *c = source->control;
	const char *name = next_word(&rest);
	char *value = strdup(rest);
	c->kept = realloc(c->kept, (c->kept_count + 1) * sizeof *c->kept);
	if (!value || !c->kept)
		abort();
	c->kept[c->kept_count++] = value;
	const char *wrong = options_set(&c->smsc->o, name, value);
	if (wrong)
		complain(source, wrong);
}

static void
do_block(struct source *source, char *rest)
{
	smsc_block(source->control->smsc, next_word(&rest));
}

static void
do_sessions(struct source *source, char *rest)
{
	struct buffer lines = {0};
	(void)rest;
	for (struct session *s = source->control->smsc->sessions; s; s = s->next) {
		buffer_printf(&lines, "{\"session\":%llu,\"system_id\":\"",
			      (unsigned long long)s->number);
		log_escape(&lines, s->system_id, strlen(s->system_id));
		buffer_printf(&lines,
			      "\",\"bound\":%s,\"sends\":%s,\"receives\":%s,\"submits\":%llu,"
			      "\"unanswered\":%llu,\"delivering\":%u}\n",
			      s->bound ? "true" : "false", s->sends ? "true" : "false",
			      s->receives ? "true" : "false", (unsigned long long)s->submits,
			      (unsigned long long)s->unanswered, s->delivering);
	}
	buffer_puts(&lines, "{\"end\":true}\n");
	say(source, &lines);
	buffer_fini(&lines);
}

static void
do_stats(struct source *source, char *rest)
{
	struct buffer line = {0};
	(void)rest;
	smsc_print_stats(source->control->smsc, &line);
	say(source, &line);
	buffer_fini(&line);
}

static void
do_quit(struct source *source, char *rest)
{
	(void)rest;
	smsc_stop(source->control->smsc);
}

static const struct {
	const char *name;
	void (*call)(struct source *source, char *rest);
} commands[] = {
    {"mo", do_mo},         {"receipt", do_receipt},   {"drop", do_drop},   {"stall", do_stall},
    {"unbind", do_unbind}, {"set", do_set},           {"block", do_block}, {"stats", do_stats},
    {"quit", do_quit},     {"sessions", do_sessions},
};

static void
obey(struct source *source, char *line)
{
	char *rest = line;
	const char *name = next_word(&rest);
	if (!*name || *name == '#')
		return;
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		if (strcmp(commands[i].name, name) == 0) {
			commands[i].call(source, rest);
			return;
		}
	}
	complain(source, "no such command; see dunlin-sim smsc --help");
}

static void
on_alloc(uv_handle_t *handle, size_t hint, uv_buf_t *buf)
{
	struct source *source = handle->data;
	(void)hint;
	/* A line that fills the room without an end is given up. */
	if (source->used == LINE - 1)
		source->used = 0;
	*buf = uv_buf_init(source->line + source->used, (unsigned)(LINE - 1 - source->used));
}

static void
on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct source *source = stream->data;
	(void)buf;
	if (n < 0) {
		source_close(source);
		return;
	}
	source->used += (size_t)n;
	size_t at = 0;
	for (char *end; (end = memchr(source->line + at, '\n', source->used - at));) {
		*end = 0;
		if (end > source->line + at && end[-1] == '\r')
			end[-1] = 0;
		char *line = source->line + at;
		at = (size_t)(end + 1 - source->line);
		obey(source, line);
		if (source->closing)
			return;
	}
	memmove(source->line, source->line + at, source->used - at);
	source->used -= at;
}

static struct source *
source_new(struct control *c)
{
	struct source *source = calloc(1, sizeof *source);
	if (!source)
		abort();
	source->control = c;
	uv_pipe_init(c->smsc->loop, &source->pipe, 0);
	source->pipe.data = source;
	source->next = c->sources;
	c->sources = source;
	c->handles++;
	return source;
}

static void
on_connection(uv_stream_t *listener, int status)
{
	struct control *c = listener->data;
	if (status)
		return;
	struct source *source = source_new(c);
	if (uv_accept(listener, (uv_stream_t *)&source->pipe))
		source_close(source);
	else
		uv_read_start((uv_stream_t *)&source->pipe, on_alloc, on_read);
}

static void
open_stdin(struct control *c)
{
	struct source *source = source_new(c);
	source->is_stdin = true;
	int status = uv_pipe_open(&source->pipe, STDIN_FILENO);
	if (!status)
		status = uv_read_start((uv_stream_t *)&source->pipe, on_alloc, on_read);
	if (status) {
		fprintf(stderr, "dunlin-sim: --control: %s (it wants a pipe or a terminal)\n",
			uv_strerror(status));
		source_close(source);
	}
}

static void
open_socket(struct control *c, const char *path)
{
	uv_pipe_init(c->smsc->loop, &c->listener, 0);
	c->listener.data = c;
	c->listening = true;
	c->handles++;
	unlink(path);
	int status = uv_pipe_bind(&c->listener, path);
	if (!status)
		status = uv_listen((uv_stream_t *)&c->listener, 16, on_connection);
	if (status)
		fprintf(stderr, "dunlin-sim: --control-socket %s: %s\n", path, uv_strerror(status));
}

struct control *
control_open(struct smsc *smsc)
{
	if (!smsc->o.control && !smsc->o.control_socket)
		return NULL;
	struct control *c = calloc(1, sizeof *c);
	if (!c)
		abort();
	c->smsc = smsc;
	if (smsc->o.control)
		open_stdin(c);
	if (smsc->o.control_socket)
		open_socket(c, smsc->o.control_socket);
	return c;
}

static void
on_listener_closed(uv_handle_t *handle)
{
	let_go(handle->data);
}

void
control_close(struct control *c)
{
	if (!c)
		return;
	c->closing = true;
	c->handles++;
	for (struct source *source = c->sources; source; source = source->next)
		source_close(source);
	if (c->listening)
		uv_close((uv_handle_t *)&c->listener, on_listener_closed);
	let_go(c);
}
