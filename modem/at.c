#include "at.h"

#include "at_final.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ESCAPE_MS  500  /* what a modem gets to say after ESC; many say nothing */
#define BEHIND_MS  3000 /* from the line that answers to the OK behind it */
#define PDU_LINES  4    /* lines of noise between a +CMT: and its PDU */
#define TEXT_LINES 12   /* lines of a text in quotes */
#define BODY       400

enum phase { IDLE, WAITING, PROMPTED, TEXTED, ESCAPED };

/* A line that is not whole without those that follow. */
enum half { HALF_NONE, HALF_PDU, HALF_QUOTE };

struct at {
	uv_timer_t deadline;
	uv_timer_t quiet;      /* runs while a settling command hears nothing final */
	unsigned open_handles; /* the port counts as one */
	bool closing, lost;
	struct serial *port;
	struct at_events events;
	void *ctx;
	at_closed *closed;
	void *closed_ctx;

	enum phase phase;
	bool settled;   /* OK came for a settling command */
	bool released;  /* a held body may go */
	bool withdrawn; /* it may not, as soon as the prompt is there */
	bool stale;     /* octets at hand were read before the command was written */
	bool reading;
	struct at_command command; /* its strings stand in the arrays below */
	char text[AT_TEXT], prefix[32], body[BODY], secret[32];

	struct at_lines in;
	enum half half;
	unsigned half_lines;
	char half_line[AT_LINE + 1];

	const char *lines[AT_LINES];
	size_t lines_n, used;
	bool cut;
	char kept[AT_ANSWER];
};

static void on_deadline(uv_timer_t *timer);

/* ---- transcript ---- */

static void
say(struct at *at, char direction, const char *line)
{
	char masked[AT_LINE + 8];
	char *found;

	if (at->events.said == NULL)
		return;
	snprintf(masked, sizeof masked, "%s", line);
	while (at->secret[0] != '\0' && (found = strstr(masked, at->secret)) != NULL)
		memset(found, '*', strlen(at->secret));
	at->events.said(at->ctx, direction, masked);
}

/* What stands behind `=`, without its quotes. */
static void
learn_secret(struct at *at)
{
	const char *from = strchr(at->text, '=');
	size_t n;

	at->secret[0] = '\0';
	if (!at->command.secret || from == NULL)
		return;
	from += 1 + (from[1] == '"');
	n = strcspn(from, "\"");
	if (n >= sizeof at->secret)
		n = sizeof at->secret - 1;
	memcpy(at->secret, from, n);
	at->secret[n] = '\0';
}

/* ---- a command's way ---- */

static void
arm(struct at *at, unsigned ms)
{
	uv_timer_start(&at->deadline, on_deadline, ms, 0);
}

static void
finish(struct at *at, struct at_answer *answer)
{
	at_done *done = at->command.done;
	void *ctx = at->command.ctx;

	answer->lines = at->lines;
	answer->n = at->lines_n;
	answer->cut = at->cut;
	answer->texted = at->phase == TEXTED;
	at->phase = IDLE;
	at->in.expect_prompt = false;
	explicit_bzero(at->secret, sizeof at->secret);
	if (at->command.secret)
		explicit_bzero(at->text, sizeof at->text);
	if (!at->closing) {
		uv_timer_stop(&at->deadline);
		uv_timer_stop(&at->quiet);
	}
	done(ctx, answer);
}

static void
finish_without(struct at *at, enum at_final final)
{
	struct at_answer answer = {.final = final, .code = -1, .line = ""};

	finish(at, &answer);
}

static void
send_body(struct at *at)
{
	char octets[BODY + 1];
	char shown[BODY + 8];
	size_t n = strlen(at->body);

	memcpy(octets, at->body, n);
	octets[n] = 0x1a;
	at->phase = TEXTED;
	arm(at, at->command.body_ms);
	snprintf(shown, sizeof shown, "%s^Z", at->body);
	say(at, '>', shown);
	serial_write(at->port, octets, n + 1);
}

static void
escape(struct at *at)
{
	serial_write(at->port, "\x1b", 1);
	say(at, '>', "^[");
}

static void
withdraw(struct at *at)
{
	at->phase = ESCAPED;
	arm(at, ESCAPE_MS);
	escape(at);
}

static void
on_prompt(struct at *at)
{
	say(at, '<', ">");
	if (at->stale)
		at->in.expect_prompt = true; /* that one was an older command's */
	if (at->phase != WAITING || at->stale)
		return;
	if (at->withdrawn) {
		withdraw(at);
	} else if (at->command.held && !at->released) {
		at->phase = PROMPTED;
		arm(at, at->command.held_ms);
	} else {
		send_body(at);
	}
}

bool
at_release(struct at *at)
{
	if ((at->phase != WAITING && at->phase != PROMPTED) || at->withdrawn || at->closing)
		return false;
	at->released = true;
	if (at->phase == PROMPTED)
		send_body(at);
	return true;
}

void
at_withdraw(struct at *at)
{
	if (at->closing || at->released || (at->phase != WAITING && at->phase != PROMPTED))
		return;
	at->withdrawn = true;
	if (at->phase == PROMPTED)
		withdraw(at);
}

void
at_hurry(struct at *at, unsigned ms)
{
	if (at->phase == TEXTED && at->lines_n == 0 && !at->closing)
		arm(at, ms);
}

static void
on_deadline(uv_timer_t *timer)
{
	struct at *at = timer->data;

	if (at->closing || at->phase == IDLE)
		return;
	if (at->phase == PROMPTED) {
		at->withdrawn = true;
		withdraw(at);
		return;
	}
	if (at->phase == ESCAPED) {
		finish_without(at, AT_WITHDRAWN);
		return;
	}
	if (at->command.body != NULL && at->phase == WAITING)
		escape(at); /* a prompt that comes late would swallow the next command */
	say(at, '!', at->phase == TEXTED ? "no answer after Ctrl-Z" : "no answer");
	finish_without(at, at->settled ? AT_OK : AT_SILENT);
}

static void
on_quiet(uv_timer_t *timer)
{
	struct at *at = timer->data;

	if (!at->closing && at->phase != IDLE)
		finish_without(at, AT_OK);
}

/* ---- lines ---- */

static void
tell(struct at *at, const char *line, const char *pdu)
{
	if (!at->closing)
		at->events.notice(at->ctx, line, pdu);
}

static void
keep(struct at *at, const char *line)
{
	size_t n = strlen(line) + 1;

	if (at->lines_n == AT_LINES || n > sizeof at->kept - at->used) {
		at->cut = true;
		return;
	}
	at->lines[at->lines_n++] = memcpy(at->kept + at->used, line, n);
	at->used += n;
	if (at->phase == TEXTED && at->prefix[0] != '\0')
		arm(at, BEHIND_MS); /* the network has answered: OK follows at once, or never */
}

/* Any final counts as sound; after the OK, quiet must follow: others are late answers. */
static void
on_settling(struct at *at, const struct at_answer *answer)
{
	if (answer->final == AT_OK)
		at->settled = true;
	else
		tell(at, answer->line, NULL);
	if (at->settled && at->phase != IDLE)
		uv_timer_start(&at->quiet, on_quiet, at->command.settle_ms, 0);
}

static void
on_final(struct at *at, struct at_answer *answer)
{
	if (at->command.settle) {
		on_settling(at, answer);
		return;
	}
	if (at->phase == ESCAPED)
		answer->final = AT_WITHDRAWN;
	finish(at, answer);
}

static bool
unsolicited(struct at *at, const char *line)
{
	return at->events.unsolicited != NULL && at->events.unsolicited(at->ctx, line);
}

/* "^ICCID: 89..." answers AT^ICCID?, whatever else begins with ^. */
static bool
names_command(const struct at *at, const char *line)
{
	size_t n = strcspn(at->text + 2, "?=");

	return n > 1 && strncasecmp(line, at->text + 2, n) == 0 && line[n] == ':';
}

static bool
answers(struct at *at, const char *line)
{
	if (at->command.settle)
		return false;
	if (at->command.pdus && at->lines_n > 0 && at_is_hex(line))
		return true;
	if (at->command.prefix != NULL)
		return at_begins(line, at->prefix);
	return names_command(at, line) || !unsolicited(at, line);
}

static bool
is_echo(const struct at *at, const char *line)
{
	return strcmp(line, at->text) == 0 || (at->phase == TEXTED && strcmp(line, at->body) == 0);
}

/* Before Ctrl-Z neither OK nor the answer can be this text's: they are those of one that was given
 * up, and would make the next command a part of this text. */
static bool
is_older(const struct at *at, const char *line)
{
	return at->command.body != NULL && (at->phase == WAITING || at->phase == PROMPTED) &&
	       (strcmp(line, "OK") == 0 || (at->prefix[0] != '\0' && at_begins(line, at->prefix)));
}

static void
on_whole_line(struct at *at, const char *line)
{
	struct at_answer answer = {0};

	if (at->phase == IDLE || at->stale) {
		tell(at, line, NULL);
		return;
	}
	if (is_echo(at, line))
		return;
	if (is_older(at, line))
		tell(at, line, NULL);
	else if (at_final_parse(at->text, line, &answer))
		on_final(at, &answer);
	else if (answers(at, line))
		keep(at, line);
	else
		tell(at, line, NULL);
}

static unsigned
quotes(const char *line)
{
	unsigned n = 0;

	for (; *line != '\0'; line++)
		n += *line == '"';
	return n;
}

static enum half
half_of(const char *line)
{
	if (at_begins(line, "+CMT:") || at_begins(line, "+CDS:") || at_begins(line, "+CBM:"))
		return HALF_PDU;
	/* The network's USSD text stands there as it is, with its line ends. */
	return at_begins(line, "+CUSD:") && quotes(line) % 2 == 1 ? HALF_QUOTE : HALF_NONE;
}

static void
end_half(struct at *at, const char *pdu)
{
	at->half = HALF_NONE;
	tell(at, at->half_line, pdu);
}

/* Whether line was the rest of a half one. */
static bool
on_rest(struct at *at, const char *line)
{
	size_t have = strlen(at->half_line);
	struct at_answer ignored;

	if (at->half == HALF_PDU && at_is_hex(line)) {
		end_half(at, line);
		return true;
	}
	if (at->half == HALF_QUOTE && !unsolicited(at, line) &&
	    !at_final_parse(at->text, line, &ignored)) {
		snprintf(at->half_line + have, sizeof at->half_line - have, "\n%s", line);
		if (quotes(line) % 2 == 1 || ++at->half_lines > TEXT_LINES)
			end_half(at, NULL);
		return true;
	}
	if (++at->half_lines > (at->half == HALF_PDU ? PDU_LINES : TEXT_LINES))
		end_half(at, NULL);
	return false;
}

static void
on_line(struct at *at, const char *line)
{
	say(at, '<', line);
	if (at->half != HALF_NONE && on_rest(at, line))
		return;
	if (at->closing)
		return;
	if (half_of(line) == HALF_NONE) {
		on_whole_line(at, line);
		return;
	}
	if (at->half != HALF_NONE)
		end_half(at, NULL);
	at->half = half_of(line);
	at->half_lines = 0;
	snprintf(at->half_line, sizeof at->half_line, "%s", line);
}

static void
on_bytes(void *ctx, const char *bytes, size_t len)
{
	struct at *at = ctx;
	const char *end = bytes + len;
	enum at_token token;

	at->reading = true;
	while (!at->closing && (token = at_lines_next(&at->in, &bytes, end)) != AT_TOKEN_NONE) {
		if (token == AT_TOKEN_PROMPT)
			on_prompt(at);
		else
			on_line(at, at->in.line);
	}
	at->reading = false;
	at->stale = false;
}

static void
on_lost(void *ctx, int error)
{
	struct at *at = ctx;

	at->lost = true;
	say(at, '!', "the port is gone");
	if (at->phase != IDLE)
		finish_without(at, AT_GONE);
	if (!at->closing)
		at->events.lost(at->ctx, error);
}

/* ---- calls ---- */

static bool
is_plain(const char *text, size_t most)
{
	size_t n = 0;

	for (; text[n] != '\0'; n++)
		if (n + 2 >= most || (unsigned char)text[n] < ' ' || text[n] == 0x7f)
			return false;
	return true;
}

static void
copy_command(struct at *at, const struct at_command *command)
{
	at->command = *command;
	snprintf(at->text, sizeof at->text, "%s", command->text);
	snprintf(at->prefix, sizeof at->prefix, "%s", command->prefix ? command->prefix : "");
	snprintf(at->body, sizeof at->body, "%s", command->body ? command->body : "");
	at->settled = at->released = at->withdrawn = at->cut = false;
	at->lines_n = at->used = 0;
	learn_secret(at);
}

bool
at_busy(const struct at *at)
{
	return at->phase != IDLE;
}

bool
at_texted(const struct at *at)
{
	return at->phase == TEXTED;
}

int
at_run(struct at *at, const struct at_command *command)
{
	char octets[AT_TEXT + 4];
	int n;

	assert(!at->closing && command->done != NULL);
	if (at->lost)
		return UV_EPIPE;
	if (at->phase != IDLE)
		return UV_EBUSY;
	if (!is_plain(command->text, AT_TEXT) ||
	    (command->body != NULL && !is_plain(command->body, BODY)) ||
	    (command->prefix != NULL && !is_plain(command->prefix, sizeof at->prefix)))
		return UV_EINVAL;
	copy_command(at, command);
	n = snprintf(octets, sizeof octets, "%s%s\r", command->settle ? "\x1b\r" : "", at->text);
	say(at, '>', at->text);
	at->phase = WAITING;
	at->stale = at->reading;
	at->in.expect_prompt = command->body != NULL;
	arm(at, command->timeout_ms);
	n = serial_write(at->port, octets, (size_t)n);
	explicit_bzero(octets, sizeof octets);
	if (n < 0)
		at->phase = IDLE;
	return n;
}

void
at_interrupt(struct at *at, unsigned ms)
{
	bool dials = at_begins(at->text, "ATD") || at_begins(at->text, "ATA");

	if (at->closing || at->lost || at->phase != WAITING || !dials)
		return;
	say(at, '>', "");
	serial_write(at->port, "\r", 1);
	arm(at, ms);
}

static void
count_closed(struct at *at)
{
	at_closed *closed = at->closed;
	void *ctx = at->closed_ctx;

	if (--at->open_handles > 0)
		return;
	if (at->phase != IDLE)
		finish_without(at, AT_GONE);
	free(at);
	if (closed != NULL)
		closed(ctx);
}

static void
on_handle_closed(uv_handle_t *handle)
{
	count_closed(handle->data);
}

static void
on_port_closed(void *ctx)
{
	count_closed(ctx);
}

int
at_open(struct at **out, uv_loop_t *loop, const char *path, int baud,
	const struct at_events *events, void *ctx)
{
	static const struct serial_events port_events = {.bytes = on_bytes, .lost = on_lost};
	struct at *at = calloc(1, sizeof *at);
	int error;

	if (at == NULL)
		return UV_ENOMEM;
	error = serial_open(&at->port, loop, path, baud, &port_events, at);
	if (error < 0) {
		free(at);
		return error;
	}
	at->events = *events;
	at->ctx = ctx;
	at_lines_init(&at->in);
	uv_timer_init(loop, &at->deadline);
	uv_timer_init(loop, &at->quiet);
	at->deadline.data = at->quiet.data = at;
	at->open_handles = 3;
	*out = at;
	return 0;
}

void
at_close(struct at *at, at_closed *closed, void *ctx)
{
	assert(!at->closing);
	at->closing = true;
	at->closed = closed;
	at->closed_ctx = ctx;
	uv_close((uv_handle_t *)&at->deadline, on_handle_closed);
	uv_close((uv_handle_t *)&at->quiet, on_handle_closed);
	serial_close(at->port, on_port_closed, at);
}
