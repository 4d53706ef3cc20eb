/* A small modem on a pty, in the test's own loop: answers the usual commands, keeps texts in a
 * storage, and misbehaves as told. A hook may answer any command itself. */
#ifndef TESTS_MODEM_PEER_H
#define TESTS_MODEM_PEER_H

#include "modem/modem.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#define PEER_STORED 16
#define PEER_LOG    256

struct peer;
/* True: answered. `line` is a command, or a text's digits when peer.body is set. */
typedef bool peer_hook(struct peer *peer, const char *line);

struct peer {
	int master, slave;
	char path[64];
	uv_loop_t *loop;
	uv_poll_t poll;
	uv_idle_t writer;
	char in[512];
	size_t in_n;
	char out[65536];
	size_t out_n;
	peer_hook *hook;

	bool bytewise; /* one octet a turn of the loop */
	bool echo;     /* switched off by ATE0, unless stubborn */
	bool stubborn;
	const char *noise; /* before every answer, and after every line of it */
	bool mute;
	bool quiet_escape; /* says nothing to ESC */
	const char *maker, *model, *prompt, *pin;
	bool unlocked, body, gone;
	unsigned pin_tries, texts, escapes, acknowledged, deletes, resets;
	int reference;
	char last_body[512];
	const char *stored[PEER_STORED]; /* by index, NULL is free */
	bool keeps;                      /* AT+CMGD says ERROR */
	const char *registration;
	char log[PEER_LOG][160];
	unsigned log_n;
};

static inline void
peer_flush(uv_idle_t *writer)
{
	struct peer *peer = writer->data;
	size_t n = peer->bytewise ? 1 : peer->out_n;
	ssize_t took;

	if (peer->out_n == 0) {
		uv_idle_stop(writer);
		return;
	}
	took = write(peer->master, peer->out, n);
	if (took <= 0)
		return;
	peer->out_n -= (size_t)took;
	memmove(peer->out, peer->out + took, peer->out_n);
}

static inline void
peer_raw(struct peer *peer, const char *text)
{
	size_t n = strlen(text);

	if (peer->gone || peer->mute)
		return;
	assert_true(n < sizeof peer->out - peer->out_n);
	memcpy(peer->out + peer->out_n, text, n);
	peer->out_n += n;
	uv_idle_start(&peer->writer, peer_flush);
}

/* One line as a modem frames it, noise around it. */
static inline void
peer_say(struct peer *peer, const char *format, ...)
{
	char line[2048];
	va_list list;

	va_start(list, format);
	vsnprintf(line, sizeof line, format, list);
	va_end(list);
	if (peer->noise != NULL)
		peer_raw(peer, peer->noise);
	peer_raw(peer, "\r\n");
	peer_raw(peer, line);
	peer_raw(peer, "\r\n");
}

static inline void
peer_ok(struct peer *peer)
{
	peer_say(peer, "OK");
}

static inline unsigned
peer_said_to(const struct peer *peer, const char *command)
{
	unsigned n = 0;

	for (unsigned i = 0; i < peer->log_n; i++)
		n += strncmp(peer->log[i], command, strlen(command)) == 0;
	return n;
}

static inline void
peer_answer_list(struct peer *peer)
{
	for (int i = 0; i < PEER_STORED; i++)
		if (peer->stored[i] != NULL) {
			peer_say(peer, "+CMGL: %d,0,,%zu", i, strlen(peer->stored[i]) / 2 - 8);
			peer_say(peer, "%s", peer->stored[i]);
		}
	peer_ok(peer);
}

static inline void
peer_answer_read(struct peer *peer, int i)
{
	if (i < 0 || i >= PEER_STORED || peer->stored[i] == NULL) {
		peer_say(peer, "+CMS ERROR: 321");
		return;
	}
	peer_say(peer, "+CMGR: 0,,%zu", strlen(peer->stored[i]) / 2 - 8);
	peer_say(peer, "%s", peer->stored[i]);
	peer_ok(peer);
}

static inline void
peer_answer_pin(struct peer *peer, const char *line)
{
	char right[32];

	snprintf(right, sizeof right, "AT+CPIN=\"%s\"", peer->pin);
	peer->pin_tries++;
	peer->unlocked = strcmp(line, right) == 0;
	peer_say(peer, peer->unlocked ? "OK" : "+CME ERROR: 16");
}

static const char *const peer_plain[][2] = {
    {"AT+CGMR", "R1.2.3"},
    {"AT+CGSN", "352099001761481"},
    {"AT+CCID", "+CCID: 8963021234567890123F"},
    {"AT+QCCID", "+QCCID: 8963021234567890123F"},
    {"AT^ICCID?", "^ICCID: 8963021234567890123F"},
    {"AT+CIMI", "515021234567890"},
    {"AT+CPMS=?", "+CPMS: (\"SM\",\"SR\"),(\"SM\"),(\"SM\")"},
    {"AT+CPMS?", "+CPMS: \"SM\",1,20,\"SM\",1,20,\"SM\",1,20"},
    {"AT+CPMS=", "+CPMS: 1,20,1,20,1,20"},
    {"AT+CNMI?", "+CNMI: 2,1,0,1,0"},
    {"AT+CSCA?", "+CSCA: \"+639170000130\",145"},
    {"AT+CSQ", "+CSQ: 20,99"},
    {"AT+COPS?", "+COPS: 0,0,\"Globe\",7"},
    {"AT+CSMS=1", "+CSMS: 1,1,1"},
};

static inline void
peer_command(struct peer *peer, const char *line)
{
	if (strcmp(line, "ATE0") == 0)
		peer->echo = peer->stubborn;
	if (strcmp(line, "AT+CGMI") == 0)
		peer_say(peer, "%s", peer->maker);
	if (strcmp(line, "AT+CGMM") == 0)
		peer_say(peer, "%s", peer->model);
	if (strcmp(line, "AT+CREG?") == 0)
		peer_say(peer, "+CREG: 2,%s", peer->registration);
	if (strcmp(line, "AT+CPIN?") == 0)
		peer_say(peer, peer->unlocked ? "+CPIN: READY" : "+CPIN: SIM PIN");
	for (size_t i = 0; i < sizeof peer_plain / sizeof peer_plain[0]; i++)
		if (strncmp(line, peer_plain[i][0], strlen(peer_plain[i][0])) == 0) {
			peer_say(peer, "%s", peer_plain[i][1]);
			break;
		}
	if (strncmp(line, "AT+CPIN=", 8) == 0) {
		peer_answer_pin(peer, line);
	} else if (strncmp(line, "AT+CMGS=", 8) == 0) {
		peer->body = true;
		if (peer->noise != NULL)
			peer_raw(peer, peer->noise);
		peer_raw(peer, peer->prompt);
	} else if (strncmp(line, "AT+CMGL=", 8) == 0) {
		peer_answer_list(peer);
	} else if (strncmp(line, "AT+CMGR=", 8) == 0) {
		peer_answer_read(peer, atoi(line + 8));
	} else if (strncmp(line, "AT+CMGD=", 8) == 0) {
		peer->deletes++;
		if (!peer->keeps)
			peer->stored[atoi(line + 8)] = NULL;
		peer_say(peer, peer->keeps ? "+CMS ERROR: 320" : "OK");
	} else {
		peer->acknowledged += strcmp(line, "AT+CNMA") == 0;
		peer_ok(peer);
	}
}

static inline void
peer_text(struct peer *peer, const char *digits)
{
	snprintf(peer->last_body, sizeof peer->last_body, "%s", digits);
	peer->texts++;
	if (peer->hook != NULL && peer->hook(peer, digits))
		return;
	peer_say(peer, "+CMGS: %d", peer->reference++ & 0xFF);
	peer_ok(peer);
}

static inline void
peer_line(struct peer *peer, const char *line)
{
	if (line[0] == '\0' || peer->mute)
		return;
	if (peer->log_n < PEER_LOG)
		snprintf(peer->log[peer->log_n++], sizeof peer->log[0], "%.150s", line);
	if (peer->hook == NULL || !peer->hook(peer, line))
		peer_command(peer, line);
}

static inline void
peer_octet(struct peer *peer, char c)
{
	if (peer->echo && !peer->mute) {
		char echoed[2] = {c, '\0'};

		peer_raw(peer, echoed);
	}
	if (c == 0x1b) {
		peer->escapes++;
		if (peer->body && !peer->quiet_escape)
			peer_ok(peer);
		peer->body = false;
		peer->in_n = 0;
		return;
	}
	if (peer->body ? c == 0x1a : c == '\r') {
		peer->in[peer->in_n] = '\0';
		peer->in_n = 0;
		if (peer->body) {
			peer_text(peer, peer->in);
			peer->body = false;
		} else {
			peer_line(peer, peer->in);
		}
		return;
	}
	assert_true(peer->in_n + 1 < sizeof peer->in);
	peer->in[peer->in_n++] = c;
}

static inline void
peer_readable(uv_poll_t *poll, int status, int events)
{
	struct peer *peer = poll->data;
	char octets[512];
	ssize_t n = read(peer->master, octets, sizeof octets);

	(void)status;
	(void)events;
	for (ssize_t i = 0; i < n; i++)
		peer_octet(peer, octets[i]);
}

/* Unplugs it. */
static inline void
peer_vanish(struct peer *peer)
{
	if (peer->gone)
		return;
	peer->gone = true;
	uv_idle_stop(&peer->writer);
	uv_poll_stop(&peer->poll);
	close(peer->master);
	close(peer->slave);
}

static inline void
peer_open(struct peer *peer, uv_loop_t *loop)
{
	struct termios tio;

	memset(peer, 0, sizeof *peer);
	peer->loop = loop;
	peer->maker = "Acme";
	peer->model = "M1";
	peer->prompt = "\r\n> ";
	peer->registration = "1,\"00A1\",\"0B2C\",2";
	peer->echo = peer->unlocked = true;
	peer->pin = "1234";
	peer->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	assert_true(peer->master >= 0);
	assert_int_equal(grantpt(peer->master), 0);
	assert_int_equal(unlockpt(peer->master), 0);
	snprintf(peer->path, sizeof peer->path, "%s", ptsname(peer->master));
	peer->slave = open(peer->path, O_RDWR | O_NOCTTY); /* so that closing it is no hang-up */
	assert_true(peer->slave >= 0);
	tcgetattr(peer->slave, &tio);
	cfmakeraw(&tio);
	tcsetattr(peer->slave, TCSANOW, &tio);
	uv_poll_init(loop, &peer->poll, peer->master);
	uv_idle_init(loop, &peer->writer);
	peer->poll.data = peer->writer.data = peer;
	uv_poll_start(&peer->poll, UV_READABLE, peer_readable);
}

static inline void
peer_close(struct peer *peer)
{
	peer_vanish(peer);
	uv_close((uv_handle_t *)&peer->poll, NULL);
	uv_close((uv_handle_t *)&peer->writer, NULL);
}

#endif
