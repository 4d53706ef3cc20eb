/* Whole calls over a tty, whose other end is the test: sound a frame at a time, and late. */
#include "call_rig.h"

#include <stdlib.h>
#include <unistd.h>

/* The modem's side. */
struct wire {
	int fd;
	size_t sent, got; /* samples, bytes */
	int16_t up[80000];
};

static void
wire_open(struct wire *w, struct talk *t)
{
	char path[64];

	w->fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	w->sent = w->got = 0;
	assert_true(w->fd >= 0 && grantpt(w->fd) == 0 && unlockpt(w->fd) == 0);
	assert_int_equal(ptsname_r(w->fd, path, sizeof path), 0);
	assert_int_equal(line_tty_open(&t->line, &t->rig->loop, path, 320, NULL, NULL), 0);
	talk_begin(t);
}

/* A frame of silence, but for the 140 ms of `key` (0: none) that begin at sample `at`. */
static void
wire_say(struct wire *w, char key, size_t at)
{
	int16_t down[160] = {0}, tone[1120];

	if (key != 0 && w->sent >= at && w->sent < at + 1120) {
		talk_tone(tone, 1120, key);
		memcpy(down, tone + w->sent - at, sizeof down);
	}
	assert_int_equal(write(w->fd, down, sizeof down), sizeof down);
	w->sent += 160;
}

/* Until as much came back. */
static void
wire_take(struct wire *w, struct talk *t)
{
	ssize_t n;

	do {
		uv_run(&t->rig->loop, UV_RUN_ONCE);
		n = read(w->fd, (char *)w->up + w->got, sizeof w->up - w->got);
		w->got += n > 0 ? (size_t)n : 0;
	} while (w->got < 2 * w->sent && t->ended == 0 && !t->rig->expired);
}

/* The modem is the clock, 20 ms at a time. */
static void
over_a_tty(void **state)
{
	static struct wire w;
	static int16_t prompt[20000];
	struct rig rig;
	struct talk t;
	size_t at;

	(void)state;
	talk_enter(&t, &rig, MENU);
	wire_open(&w, &t);
	while (t.ended == 0 && !rig.expired) {
		wire_say(&w, '1', 8000);
		wire_take(&w, &t);
	}
	talk_assert_over(&t, CALL_SAID_ALL);
	assert_string_equal(t.end.keys, "1");
	assert_int_equal(t.kept, 1);
	assert_true(rig_find(w.up, w.got / 2, prompt, talk_prompt(BYE, prompt)) >= 0);
	for (at = 8000; w.up[at] != 0;) /* barge-in, in the modem's own samples */
		at++;
	assert_true(at - 8000 <= 200 * 8);
	talk_end(&t);
	close(w.fd);
	rig_fini(&rig);
}

/* The loop did not turn for half a second in which a key was pressed: the modem's word of it is
 * read at once with its sound, or before, and it is one key. */
static void
a_late_loop(void **state)
{
	static struct wire w;
	struct rig rig;
	struct talk t;

	(void)state;
	talk_enter(&t, &rig, MENU);
	wire_open(&w, &t);
	while (w.sent < 8000) {
		wire_say(&w, 0, 0);
		wire_take(&w, &t);
	}
	while (w.sent < 12000)
		wire_say(&w, '7', 10400);
	call_modem_key(t.call, '7');
	while (t.ended == 0 && !rig.expired) {
		wire_take(&w, &t);
		wire_say(&w, '1', 24000);
	}
	talk_assert_over(&t, CALL_SAID_ALL);
	assert_string_equal(t.end.keys, "71");
	assert_int_equal(t.kept, 1);
	talk_end(&t);
	close(w.fd);
	rig_fini(&rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(over_a_tty),
	    cmocka_unit_test(a_late_loop),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	rig_clean();
	return failed;
}
