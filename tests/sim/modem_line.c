#include "modem.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ESCAPE = 0x1b, CTRL_Z = 0x1a };

/* ---- out ---- */

static void
trace(const struct modem *m, char way, const char *text, size_t n)
{
	if (!m->world->o.trace)
		return;
	fprintf(stderr, "modem%llu %c ", (unsigned long long)m->index, way);
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c < 0x20 || c > 0x7e)
			fprintf(stderr, "<%02x>", c);
		else
			fputc(c, stderr);
	}
	fputc('\n', stderr);
}

static void
put(struct modem *m, const char *text, size_t n)
{
	if (m->hung || m->off || m->deaf || n == 0)
		return;
	trace(m, '>', text, n);
	modem_port_write(&m->port, text, n);
}

static const char *
line_end(const struct modem *m)
{
	bool odd =
	    m->world->o.ends == ENDS_MAKER ? m->profile->crcrlf : m->world->o.ends == ENDS_CRCRLF;
	return odd ? "\r\r\n" : "\r\n";
}

static void
put_line(struct modem *m, const char *text, bool first)
{
	char room[MODEM_LINE];
	int n = snprintf(room, sizeof room, "%s%s%s", first ? line_end(m) : "", text, line_end(m));
	put(m, room, (size_t)n < sizeof room ? (size_t)n : sizeof room - 1);
}

/* Rubbish as bad lines make it; none of it means anything. */
static void
put_garbage(struct modem *m, uint64_t throw)
{
	static const char *const kinds[] = {
	    "\r\n\xff\xfe\x80\x01\r\n",
	    "\r\n+CM",
	    "\r\r\r\n\n\n",
	    "\r\nOKOK\r\n",
	    "\r\n+CREG: \r\n",
	    "\r\n+CMTI: \"SM\",\r\n",
	    "\r\n+CUSD:\r\n",
	    "\x1a\x1b",
	    "\r\n+CDS: \r\n",
	    "\r\n\"\",,,\"\r\n",
	    "\r\nERR\r\n",
	    "AT+C",
	    "\r\n%s%n%x\r\n",
	    "\r\n: : :\r\n",
	    "\r\n\xc3\x28\r\n",
	    "~~",
	};
	enum { KINDS = sizeof kinds / sizeof kinds[0] };
	char big[3000];
	size_t kind = throw % (KINDS + 2);
	m->world->stats.garbage++;
	if (kind < KINDS) {
		put(m, kinds[kind], strlen(kinds[kind]));
		return;
	}
	/* Random octets must not happen to say something: all have their first bit. */
	for (size_t i = 0; i < sizeof big; i++)
		big[i] = (char)(kind == KINDS ? 'x' : (throw >> i % 56 & 0x7f) | 0x80);
	if (kind == KINDS)
		memcpy(big + sizeof big - 2, "\r\n", 2);
	put(m, big, sizeof big);
	put(m, "\0\0\r\n", 4);
}

void
modem_noise(struct modem *m)
{
	size_t n = 0;
	while (m->profile->noise[n])
		n++;
	m->world->stats.noise++;
	put_line(m, m->profile->noise[modem_throw(m, CHANCE_NOISE_LINE, m->moments) % n], true);
}

/* A moment at which something unasked may be said. */
static void
moment(struct modem *m)
{
	const struct modem_options *o = &m->world->o;
	uint64_t nth = m->moments++;
	if (modem_hits(m, CHANCE_NOISE, nth, o->noise))
		modem_noise(m);
	if (modem_hits(m, CHANCE_GARBAGE, nth, o->garbage))
		put_garbage(m, modem_throw(m, CHANCE_GARBAGE_KIND, nth));
}

void
modem_say(struct modem *m, const char *format, ...)
{
	char text[MODEM_LINE];
	va_list list;
	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	moment(m);
	put_line(m, text, true);
}

void
modem_say_pdu(struct modem *m, const char *hex, const char *format, ...)
{
	char text[MODEM_LINE];
	va_list list;
	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	moment(m);
	put_line(m, text, true);
	if (m->world->o.noise_pairs)
		moment(m);
	put_line(m, hex, false);
}

/* 27.005 3.2.5 and 27.007 9.2, as far as AT+CMEE=2 is asked for them. */
static const struct {
	int code;
	const char *words;
} words[] = {
    {ASK_CME + 3, "operation not allowed"},
    {ASK_CME + 4, "operation not supported"},
    {ASK_CME + 10, "SIM not inserted"},
    {ASK_CME + 11, "SIM PIN required"},
    {ASK_CME + 12, "SIM PUK required"},
    {ASK_CME + 13, "SIM failure"},
    {ASK_CME + 14, "SIM busy"},
    {ASK_CME + 16, "incorrect password"},
    {ASK_CME + 30, "no network service"},
    {ASK_CME + 100, "unknown"},
    {ASK_CMS + 310, "SIM not inserted"},
    {ASK_CMS + 311, "SIM PIN required"},
    {ASK_CMS + 321, "Invalid memory index"},
    {ASK_CMS + 322, "Memory full"},
    {ASK_CMS + 331, "no network service"},
    {ASK_CMS + 500, "Unknown error"},
};

static void
put_error(struct modem *m, int result)
{
	const char *kind = result >= ASK_CMS ? "CMS" : "CME";
	int code = result - (result >= ASK_CMS ? ASK_CMS : ASK_CME);
	char text[64];
	snprintf(text, sizeof text, "+%s ERROR: %d", kind, code);
	for (size_t i = 0; m->cmee == 2 && i < sizeof words / sizeof words[0]; i++)
		if (words[i].code == result)
			snprintf(text, sizeof text, "+%s ERROR: %s", kind, words[i].words);
	put_line(m, text, true);
}

void
modem_final(struct modem *m, int result)
{
	moment(m);
	if (!m->verbose && result < ASK_CME)
		put(m, result == ASK_OK ? "0\r" : "4\r", 2);
	else if (result == ASK_OK)
		put_line(m, "OK", true);
	else if (result == ASK_ERROR || (m->cmee == 0 && result < ASK_CMS))
		put_line(m, "ERROR", true);
	else
		put_error(m, result);
}

void
modem_prompt(struct modem *m)
{
	bool bare = m->world->o.prompt == PROMPT_BARE;
	moment(m);
	m->mode = MODE_PROMPT;
	m->line_used = 0;
	put(m, bare ? "\r\n>" : "\r\n> ", bare ? 3 : 4);
}

/* ---- a line of commands ---- */

static void
go_on(struct modem *m)
{
	struct modem_ask ask;
	int result = ASK_OK;
	while (result == ASK_OK && m->rest && m->mode != MODE_PROMPT &&
	       modem_ask_next(&m->rest, &ask)) {
		m->world->stats.commands++;
		m->commands++;
		result = modem_command(m, &ask);
		modem_may_fail(m);
	}
	if (result == ASK_LATER)
		m->mode = MODE_BUSY;
	else if (m->mode != MODE_PROMPT)
		m->mode = MODE_IDLE;
	if (result != ASK_LATER && result != ASK_SILENT && m->mode == MODE_IDLE)
		modem_final(m, result);
}

void
modem_done(struct modem *m, int result)
{
	m->mode = MODE_IDLE;
	if (result == ASK_OK && m->rest && *m->rest)
		go_on(m);
	else if (result != ASK_SILENT)
		modem_final(m, result);
	modem_take_up(m);
}

void
modem_run_line(struct modem *m)
{
	m->mode = MODE_IDLE;
	go_on(m);
	modem_take_up(m);
}

static void
start_line(struct modem *m)
{
	const char *begin = modem_ask_begin(m->line);
	bool again = !begin && toupper((unsigned char)m->line[0]) == 'A' && m->line[1] == '/';
	if (!begin && !again)
		return;
	if (!again)
		snprintf(m->last, sizeof m->last, "%s", begin);
	snprintf(m->doing, sizeof m->doing, "%s", m->last);
	m->rest = m->doing;
	if (m->world->o.command_delay) {
		m->mode = MODE_BUSY;
		modem_due_add(m, m->world->o.command_delay, MODEM_DUE_RUN, 0, NULL);
	} else {
		go_on(m);
	}
}

/* ---- in ---- */

static void
take_text(struct modem *m, char c)
{
	if (c == ESCAPE) {
		m->mode = MODE_IDLE;
		m->line_used = 0;
		m->world->stats.withdrawn++;
		modem_final(m, ASK_OK);
	} else if (c == CTRL_Z) {
		m->line[m->line_used] = 0;
		m->mode = MODE_BUSY;
		modem_send_text(m, m->line, m->line_used);
		m->line_used = 0;
	} else if (c > ' ' && m->line_used < MODEM_LINE - 1) {
		m->line[m->line_used++] = c;
	}
}

static void
take_command(struct modem *m, char c)
{
	if (c == '\r') {
		m->line[m->line_used] = 0;
		m->line_used = 0;
		trace(m, '<', m->line, strlen(m->line));
		start_line(m);
	} else if (c == '\b') {
		m->line_used -= m->line_used > 0;
	} else if (c == ESCAPE || c == CTRL_Z) {
		m->line_used = 0;
	} else if (c != '\n' && c && m->line_used < MODEM_LINE - 1) {
		m->line[m->line_used++] = c;
	}
}

/* Octets until something is under way; returns how many. Echoed as far as they were taken. */
static size_t
take(struct modem *m, const uint8_t *octets, size_t n)
{
	size_t i = 0, echoed = 0;
	while (i < n && m->mode != MODE_BUSY) {
		char c = (char)octets[i++];
		bool acts = c == '\r' || c == ESCAPE || c == CTRL_Z;
		if (acts && m->echo) /* before its answer */
			put(m, (const char *)octets + echoed, i - echoed - (c != '\r'));
		if (acts)
			echoed = i;
		if (m->mode == MODE_PROMPT)
			take_text(m, c);
		else
			take_command(m, c);
	}
	if (m->echo && i > echoed)
		put(m, (const char *)octets + echoed, i - echoed);
	return i;
}

void
modem_take_up(struct modem *m)
{
	uint8_t octets[MODEM_WAITING];
	size_t n = m->in_used;
	if (n == 0 || m->mode == MODE_BUSY)
		return;
	memcpy(octets, m->in, n);
	m->in_used = 0;
	size_t taken = take(m, octets, n);
	if (m->hung || m->off)
		return;
	/* Behind it may stand what came while these were done. */
	size_t left = n - taken;
	if (left + m->in_used > sizeof m->in)
		m->in_used = sizeof m->in - left;
	memmove(m->in + left, m->in, m->in_used);
	memcpy(m->in, octets + taken, left);
	m->in_used += left;
}

/* A stick that hangs may still be listening for one of the commands that start it anew. */
static bool
cures(struct modem *m, const uint8_t *octets, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char c = (char)toupper(octets[i]);
		if (c != '\r' && m->line_used < MODEM_LINE - 1) {
			m->line[m->line_used++] = c;
			continue;
		}
		m->line[m->line_used] = 0;
		m->line_used = 0;
		if (strstr(m->line, "ATZ") || strstr(m->line, "+CFUN="))
			return true;
	}
	return false;
}

static void
on_bytes(void *ctx, const uint8_t *octets, size_t n)
{
	struct modem *m = ctx;
	if (m->off || m->deaf)
		return;
	if (m->hung) {
		if (m->world->o.hang_cure == CURE_REPLUG || !cures(m, octets, n))
			return;
		modem_wake(m);
		modem_defaults(m);
		modem_final(m, ASK_OK);
		return;
	}
	if (n > sizeof m->in - m->in_used)
		n = sizeof m->in - m->in_used;
	memcpy(m->in + m->in_used, octets, n);
	m->in_used += n;
	modem_take_up(m);
}

void
modem_line_reset(struct modem *m)
{
	m->mode = MODE_IDLE;
	m->line_used = m->in_used = 0;
	m->rest = NULL;
}

static void
on_opened(void *ctx)
{
	struct modem *m = ctx;
	m->world->stats.opened++;
	if (m->hung && m->world->o.hang_cure == CURE_REOPEN)
		modem_wake(m);
}

static void
on_closed(void *ctx)
{
	struct modem *m = ctx;
	m->in_used = 0;
	if (m->mode == MODE_IDLE)
		m->line_used = 0;
	if (m->mode == MODE_PROMPT && !m->world->o.sticky_prompt)
		modem_line_reset(m);
}

const struct modem_port_events modem_line_events = {on_bytes, on_opened, on_closed};
