#include "modem_control.h"

#include "modem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE = 8192 };

/* One source of lines: standard input, or one peer on the socket. */
struct source {
	uv_pipe_t pipe;
	struct modem_control *control;
	struct source *next;
	bool is_stdin;
	bool closing;
	char line[LINE];
	size_t used;
};

struct modem_control {
	struct modem_world *world;
	uv_pipe_t listener;
	bool listening;
	bool closing;
	struct source *sources;
	unsigned handles;
	char **kept; /* values given to `set`: options point into them */
	size_t kept_count;
};

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

/* ---- of one stick ---- */

static const char *
do_incoming(struct modem *m, char *rest)
{
	const char *from = next_word(&rest);
	if (!*from)
		return "incoming NUMBER TEXT";
	modem_mail_text(m, 0, from, rest);
	return NULL;
}

static const char *
do_hang(struct modem *m, char *rest)
{
	modem_hang(m, strtoull(rest, NULL, 10));
	return NULL;
}

static const char *
do_wake(struct modem *m, char *rest)
{
	(void)rest;
	modem_wake(m);
	return NULL;
}

static const char *
do_vanish(struct modem *m, char *rest)
{
	modem_vanish(m, strtoull(rest, NULL, 10));
	return NULL;
}

static const char *
do_return(struct modem *m, char *rest)
{
	(void)rest;
	modem_return(m);
	return NULL;
}

static const char *
do_reboot(struct modem *m, char *rest)
{
	(void)rest;
	modem_restart(m);
	return NULL;
}

static const char *
do_register(struct modem *m, char *rest)
{
	static const char *const words[] = {"home", "roaming", "searching", "denied", "off"};
	const char *word = next_word(&rest);
	for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strcmp(words[i], word) == 0) {
			modem_net_register(m, (enum modem_registration)i);
			return NULL;
		}
	}
	return "register home|roaming|searching|denied|off";
}

static const char *
do_signal(struct modem *m, char *rest)
{
	m->signal = strtoull(rest, NULL, 10);
	return NULL;
}

static const char *
do_balance(struct modem *m, char *rest)
{
	m->balance = strtoull(rest, NULL, 10);
	return NULL;
}

static const char *
do_sim(struct modem *m, char *rest)
{
	static const char *const words[] = {"ready", "pin", "puk", "none", "broken", "busy"};
	const char *word = next_word(&rest);
	for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strcmp(words[i], word) == 0) {
			m->sim = (enum modem_sim)i;
			modem_mail_pump(m);
			return NULL;
		}
	}
	return "sim ready|pin|puk|none|broken|busy";
}

static const char *
do_ussd(struct modem *m, char *rest)
{
	modem_net_ussd(m, rest);
	return NULL;
}

static const char *
do_ring(struct modem *m, char *rest)
{
	(void)rest;
	modem_say(m, "RING");
	if (m->clip)
		modem_say(m, "+CLIP: \"+639991234567\",145,\"\",,\"\",0");
	return NULL;
}

static const char *
do_noise(struct modem *m, char *rest)
{
	modem_say(m, "%s", rest);
	return NULL;
}

static const char *
do_block(struct modem *m, char *rest)
{
	(void)rest;
	m->quota.blocked = true;
	return NULL;
}

static const char *
do_unblock(struct modem *m, char *rest)
{
	(void)rest;
	m->quota.blocked = false;
	return NULL;
}

static const struct {
	const char *name;
	const char *(*call)(struct modem *m, char *rest);
} of_one[] = {
    {"incoming", do_incoming}, {"hang", do_hang},     {"wake", do_wake},
    {"vanish", do_vanish},     {"return", do_return}, {"reboot", do_reboot},
    {"register", do_register}, {"signal", do_signal}, {"balance", do_balance},
    {"sim", do_sim},           {"ussd", do_ussd},     {"ring", do_ring},
    {"noise", do_noise},       {"block", do_block},   {"unblock", do_unblock},
};

/* ---- of all ---- */

static void
do_set(struct source *source, char *rest)
{
	struct modem_control *c = source->control;
	const char *name = next_word(&rest);
	char *value = strdup(rest);
	c->kept = realloc(c->kept, (c->kept_count + 1) * sizeof *c->kept);
	if (!value || !c->kept)
		abort();
	c->kept[c->kept_count++] = value;
	const char *wrong = modem_options_set(&c->world->o, name, value);
	if (wrong)
		complain(source, wrong);
}

static const char *
state_of(const struct modem *m)
{
	return m->gone ? "gone" : m->off ? "off" : m->hung ? "hung" : m->booting ? "booting" : "up";
}

static void
do_modems(struct source *source, char *rest)
{
	struct modem_world *w = source->control->world;
	struct buffer lines = {0};
	(void)rest;
	for (uint64_t i = 0; i < w->o.count; i++) {
		const struct modem *m = &w->modems[i];
		buffer_printf(
		    &lines,
		    "{\"modem\":%llu,\"port\":\"%s\",\"imei\":\"%s\",\"iccid\":\"%s\","
		    "\"imsi\":\"%s\",\"number\":\"%s\",\"maker\":\"%s\",\"state\":\"%s\",",
		    (unsigned long long)i, m->port.path, m->imei, m->iccid, m->imsi, m->number,
		    m->profile->name, state_of(m));
		buffer_printf(&lines,
			      "\"open\":%s,\"sends\":%llu,\"stored\":%zu,\"waiting\":%s,"
			      "\"pin_left\":%u,\"blocked\":%s,\"balance\":%llu}\n",
			      m->port.opens ? "true" : "false", (unsigned long long)m->sends,
			      m->stores[STORE_SM].used, m->waiting ? "true" : "false", m->pin_left,
			      m->quota.blocked ? "true" : "false", (unsigned long long)m->balance);
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
	modem_print_stats(source->control->world, &line);
	say(source, &line);
	buffer_fini(&line);
}

static void
do_quit(struct source *source, char *rest)
{
	(void)rest;
	modem_stop(source->control->world);
}

static const struct {
	const char *name;
	void (*call)(struct source *source, char *rest);
} of_all[] = {{"set", do_set}, {"modems", do_modems}, {"stats", do_stats}, {"quit", do_quit}};

/* ---- lines ---- */

static void
obey_one(struct source *source, const char *which, const char *name, char *rest)
{
	struct modem_world *w = source->control->world;
	uint64_t first = strtoull(which, NULL, 10), n = *which == '*' ? w->o.count : 1;
	char line[LINE];
	size_t i = 0;
	while (i < sizeof of_one / sizeof of_one[0] && strcmp(of_one[i].name, name) != 0)
		i++;
	if (i == sizeof of_one / sizeof of_one[0] || first >= w->o.count) {
		complain(source, "no such command, or no such stick; see dunlin-sim modem --help");
		return;
	}
	for (uint64_t at = first; at < first + n; at++) {
		snprintf(line, sizeof line, "%s", rest); /* it is taken apart each time */
		const char *wrong = of_one[i].call(&w->modems[at], line);
		if (wrong)
			complain(source, wrong);
	}
}

static void
obey(struct source *source, char *line)
{
	char *rest = line;
	const char *name = next_word(&rest), *which = "0";
	if (*name == '*' || isdigit((unsigned char)*name)) {
		which = name;
		name = next_word(&rest);
	}
	if (!*name || *name == '#')
		return;
	for (size_t i = 0; i < sizeof of_all / sizeof of_all[0]; i++) {
		if (strcmp(of_all[i].name, name) == 0) {
			of_all[i].call(source, rest);
			return;
		}
	}
	obey_one(source, which, name, rest);
}

static void
let_go(struct modem_control *c)
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
	struct modem_control *c = source->control;
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
source_new(struct modem_control *c)
{
	struct source *source = calloc(1, sizeof *source);
	if (!source)
		abort();
	source->control = c;
	uv_pipe_init(c->world->loop, &source->pipe, 0);
	source->pipe.data = source;
	source->next = c->sources;
	c->sources = source;
	c->handles++;
	return source;
}

static void
on_connection(uv_stream_t *listener, int status)
{
	struct modem_control *c = listener->data;
	if (status)
		return;
	struct source *source = source_new(c);
	if (uv_accept(listener, (uv_stream_t *)&source->pipe))
		source_close(source);
	else
		uv_read_start((uv_stream_t *)&source->pipe, on_alloc, on_read);
}

static void
open_stdin(struct modem_control *c)
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
open_socket(struct modem_control *c, const char *path)
{
	uv_pipe_init(c->world->loop, &c->listener, 0);
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

struct modem_control *
modem_control_open(struct modem_world *world)
{
	if (!world->o.control && !world->o.control_socket)
		return NULL;
	struct modem_control *c = calloc(1, sizeof *c);
	if (!c)
		abort();
	c->world = world;
	if (world->o.control)
		open_stdin(c);
	if (world->o.control_socket)
		open_socket(c, world->o.control_socket);
	return c;
}

static void
on_listener_closed(uv_handle_t *handle)
{
	let_go(handle->data);
}

void
modem_control_close(struct modem_control *c)
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
