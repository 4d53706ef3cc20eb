/* A whole stick whose every word is the fuzzer's. The input is cut at NUL octets: each piece is
 * what the modem says to one command, `+` in front of a usual answer (which comes with it). Texts,
 * confirmations and USSD go on meanwhile; at the end the books must balance. */
#include "modem/modem.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TURNS 3000

struct stage {
	uv_loop_t loop;
	struct modem *modem;
	const char *at, *end;
	int master, slave;
	unsigned taken, answered, turns;
	bool closed;
};

static void
check(int holds)
{
	if (!holds)
		abort();
}

static void
on_state(void *ctx, const struct modem_info *info)
{
	(void)ctx;
	check(strlen(info->reason) < sizeof info->reason && modem_state_name(info->state) != NULL);
}

static void
on_pin(void *ctx, const struct modem_info *info)
{
	(void)info;
	modem_pin(((struct stage *)ctx)->modem, "1234");
}

static void
on_answer(void *ctx, const struct modem_answer *answer)
{
	struct stage *stage = ctx;

	check(!stage->closed && answer->reference >= -1 && answer->reference <= 255);
	check(answer->cookie < stage->taken && ++stage->answered <= stage->taken);
}

static void
on_incoming(void *ctx, const struct modem_incoming *incoming)
{
	check(incoming->pdu != NULL || incoming->why != NULL);
	if (incoming->digest % 2 == 0)
		modem_confirm(((struct stage *)ctx)->modem, incoming->token);
}

static void
on_closed(void *ctx)
{
	((struct stage *)ctx)->closed = true;
}

static void
say(const struct stage *stage, const char *text, size_t n)
{
	if (n > 0 && write(stage->master, text, n) < 0)
		return; /* it does not listen: its loss */
}

static void
usual_answer(const struct stage *stage, const char *command)
{
	static const char *const answers[][2] = {
	    {"CPIN?", "\r\n+CPIN: READY\r\n\r\nOK\r\n"},
	    {"CREG?", "\r\n+CREG: 2,1\r\n\r\nOK\r\n"},
	    {"CMGS", "\r\n> "},
	    {"\x1a", "\r\n+CMGS: 7\r\n\r\nOK\r\n"},
	    {"CPMS=?", "\r\n+CPMS: (\"SM\",\"ME\"),(\"SM\"),(\"SM\")\r\n\r\nOK\r\n"},
	};

	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
		if (strstr(command, answers[i][0]) != NULL) {
			say(stage, answers[i][1], strlen(answers[i][1]));
			return;
		}
	say(stage, "\r\nOK\r\n", 6);
}

static void
answer_command(struct stage *stage)
{
	char command[2048];
	ssize_t n = read(stage->master, command, sizeof command - 1);
	const char *to;

	if (n <= 0)
		return;
	command[n] = '\0';
	to = memchr(stage->at, 0, (size_t)(stage->end - stage->at));
	to = to != NULL ? to : stage->end;
	if (stage->at == stage->end || *stage->at == '+') {
		say(stage, stage->at, (size_t)(to - stage->at));
		usual_answer(stage, command);
	} else {
		say(stage, stage->at, (size_t)(to - stage->at));
	}
	stage->at = to < stage->end ? to + 1 : to;
}

static void
keep_busy(struct stage *stage)
{
	struct modem_submit submit = {
	    .cookie = stage->taken,
	    .pdu = {.number = "+639171234567", .data = (const uint8_t *)"hello", .len = 5},
	    .more = stage->taken % 2,
	    .held = stage->taken % 3 == 0};

	if (stage->at == stage->end)
		return;
	if (modem_submit(stage->modem, &submit) == 0)
		stage->taken++;
	if (stage->turns % 5 == 0 && stage->taken > 0)
		modem_release(stage->modem, stage->taken - 1);
	if (stage->turns % 7 == 0)
		modem_ussd(stage->modem, "*100#");
}

static bool
open_pty(struct stage *stage, char path[64])
{
	stage->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	if (stage->master < 0 || grantpt(stage->master) < 0 || unlockpt(stage->master) < 0)
		return false;
	snprintf(path, 64, "%s", ptsname(stage->master));
	stage->slave = open(path, O_RDWR | O_NOCTTY);
	return stage->slave >= 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct modem_events events = {
	    .state = on_state, .pin = on_pin, .answer = on_answer, .incoming = on_incoming};
	struct stage stage = {.at = (const char *)data, .end = (const char *)data + size};
	char path[64];
	struct modem_config config = {.path = path,
				      .command_ms = 4,
				      .slow_ms = 4,
				      .prompt_ms = 4,
				      .held_ms = 2,
				      .sent_ms = 4,
				      .ping_ms = 4,
				      .reset_ms = 20,
				      .poll_ms = 2,
				      .drain_ms = 2,
				      .search_ms = 6,
				      .aside_ms = 3,
				      .settle_ms = 1};

	if (size > 4096 || !open_pty(&stage, path))
		return 0;
	uv_loop_init(&stage.loop);
	check(modem_open(&stage.modem, &stage.loop, &config, &events, &stage) == 0);
	while (stage.turns++ < TURNS && stage.at < stage.end &&
	       modem_info(stage.modem)->state != MODEM_LOST) {
		answer_command(&stage);
		keep_busy(&stage);
		uv_run(&stage.loop, UV_RUN_NOWAIT);
	}
	modem_close(stage.modem, stage.turns % 2, on_closed, &stage);
	uv_run(&stage.loop, UV_RUN_DEFAULT);
	check(stage.closed && stage.answered == stage.taken);
	check(uv_loop_close(&stage.loop) == 0);
	close(stage.slave);
	close(stage.master);
	return 0;
}
