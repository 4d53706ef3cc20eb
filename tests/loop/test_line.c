/* Lines: cards through real PortAudio streams on virtual cards, ttys through ptys, a caller in a
 * file. What is asserted is counted in the card's samples, not in seconds. */
#include "card_rig.h"
#include "ivr/wav.h"

#include <termios.h>

/* One line and what it told. */
struct ear {
	struct rig *rig;
	struct line *line;
	unsigned ready, failed, closed;
	int error;
	char why[256];
	int16_t *heard, *said;
	size_t n, cap;
	bool close_at_once; /* from inside heard */
};

static void
on_ready(void *ctx)
{
	struct ear *e = ctx;

	assert_int_equal(e->closed, 0);
	e->ready++;
}

static void
on_heard(void *ctx, const int16_t *heard, const int16_t *said, size_t n)
{
	struct ear *e = ctx;

	assert_int_equal(e->closed + e->failed, 0);
	assert_true(n >= 1 && n <= LINE_BLOCK);
	assert_int_equal(e->ready, 1);
	if (e->n + n <= e->cap) {
		memcpy(e->heard + e->n, heard, n * sizeof *heard);
		memcpy(e->said + e->n, said, n * sizeof *said);
		e->n += n;
	}
	if (e->close_at_once && e->n > 1000) {
		e->close_at_once = false;
		line_close(e->line, rig_on_closed, &e->closed);
	}
}

static void
on_failed(void *ctx, int error, const char *why)
{
	struct ear *e = ctx;

	assert_int_equal(e->closed, 0);
	e->failed++;
	e->error = error;
	snprintf(e->why, sizeof e->why, "%s", why);
}

static const struct line_events events = {on_ready, on_heard, on_failed};

static void
ear_init(struct ear *e, struct rig *rig, size_t cap)
{
	memset(e, 0, sizeof *e);
	e->rig = rig;
	e->cap = cap;
	e->heard = calloc(cap + 1, sizeof *e->heard);
	e->said = calloc(cap + 1, sizeof *e->said);
	assert_true(e->heard != NULL && e->said != NULL);
}

static void
ear_open(struct ear *e, struct rig *rig, unsigned card, size_t cap)
{
	char name[32];

	ear_init(e, rig, cap);
	snprintf(name, sizeof name, "modem%u", card);
	assert_int_equal(line_portaudio_open(&e->line, rig->sound, name, &events, e), 0);
	assert_int_equal(e->ready + e->failed, 0); /* never inside the call */
}

static void
ear_end(struct ear *e)
{
	if (e->closed == 0)
		line_close(e->line, rig_on_closed, &e->closed);
	RIG_UNTIL(e->rig, e->closed == 1);
	free(e->heard);
	free(e->said);
}

/* ---- cards ---- */

/* Both ways sample by sample, several lines at once, each with its own sound: no slip, no
 * cross-talk. Cards wait for a busy machine, so a hole would be ours. */
static void
exact_and_apart(void **state)
{
	enum { LINES = 8, N = 24000 };
	static struct ear ears[LINES];
	static int16_t up[LINES][N], down[LINES][N], out[N + 24000];
	struct rig rig;

	(void)state;
	rig_init(&rig);
	for (unsigned i = 0; i < LINES; i++) {
		struct card *card = rig_plug(&rig, 10, 0);

		card->patient = 1;
		rig_noise(up[i], N, 2 * i + 1);
		rig_noise(down[i], N, 2 * i + 2);
		ear_open(&ears[i], &rig, i, N + 16000);
		assert_int_equal(line_play(ears[i].line, up[i], N), N);
	}
	for (unsigned i = 0; i < LINES; i++) {
		RIG_UNTIL(&rig, ears[i].ready && ears[i].n > 400);
		card_say(rig.cards[i], card_now(rig.cards[i]) + 800, down[i], N);
	}
	for (unsigned i = 0; i < LINES; i++) {
		struct line_stats stats;
		long at;

		RIG_UNTIL(&rig, ears[i].n == ears[i].cap || ears[i].n > N + 8000);
		line_stats(ears[i].line, &stats);
		assert_int_equal(stats.overruns + stats.underruns, 0);
		assert_int_equal(line_queued(ears[i].line), 0);
		assert_true(rig_find(ears[i].heard, ears[i].n, down[i], N) >= 0);
		card_hear(rig.cards[i], 0, out, N + 24000);
		at = rig_find(out, N + 24000, up[i], N);
		assert_true(at >= 0);
		assert_true(rig_find(ears[i].said, ears[i].n, up[i], 8000) >= 0);
	}
	for (unsigned i = 0; i < LINES; i++)
		ear_end(&ears[i]);
	rig_fini(&rig);
}

/* A card that is not there fails, and opens once it was plugged in, though PortAudio's own list of
 * cards is as old as its beginning; one line has it, a second does not. */
static void
plugged_later(void **state)
{
	struct rig rig;
	struct ear none, first, second;

	(void)state;
	rig_init(&rig);
	ear_open(&none, &rig, 0, 0);
	RIG_UNTIL(&rig, none.failed == 1);
	assert_int_equal(none.error, UV_ENODEV);
	assert_non_null(strstr(none.why, "modem0"));
	rig_plug(&rig, 10, 0)->patient = 1;
	ear_open(&first, &rig, 0, 800);
	RIG_UNTIL(&rig, first.n == 800);
	ear_open(&second, &rig, 0, 0);
	RIG_UNTIL(&rig, second.failed == 1);
	assert_int_equal(second.error, UV_EBUSY);
	assert_int_equal(first.failed, 0);
	assert_int_equal(line_portaudio_open(&none.line, rig.sound, "", &events, &none), UV_EINVAL);
	ear_end(&none);
	ear_end(&first);
	ear_end(&second);
	rig_fini(&rig);
}

/* Standard error goes to a file until it is put back. */
static int
stderr_kept(FILE *file)
{
	int before = dup(STDERR_FILENO);

	assert_true(before >= 0);
	assert_int_equal(dup2(fileno(file), STDERR_FILENO), STDERR_FILENO);
	return before;
}

static void
stderr_back(int before)
{
	assert_int_equal(dup2(before, STDERR_FILENO), STDERR_FILENO);
	close(before);
}

/* PortAudio's own words are not for people; those of everybody else arrive. */
static void
unplugged(void **state)
{
	static const char others[] = "Expression 'x' is false\n";
	static const int16_t silence[800];
	struct rig rig;
	struct ear ear;
	FILE *file = tmpfile();
	char text[1000] = "";
	int before;

	(void)state;
	assert_non_null(file);
	before = stderr_kept(file);
	rig_init(&rig);
	rig_plug(&rig, 10, 0)->patient = 1;
	ear_open(&ear, &rig, 0, 1600);
	RIG_UNTIL(&rig, ear.n == 1600);
	atomic_store(&rig.cards[0]->gone, CARD_UNPLUGGED);
	RIG_UNTIL(&rig, ear.failed == 1);
	assert_int_equal(ear.error, UV_ENODEV);
	for (int i = 0; i < 200; i++) /* swallowed: nobody waits for room that never comes */
		assert_int_equal(line_play(ear.line, silence, 800), 800);
	assert_int_equal(line_queued(ear.line), 0);
	fputs(others, stderr);
	ear_end(&ear);
	rig_fini(&rig);
	fputs(others, stderr);
	stderr_back(before);
	rewind(file);
	fread(text, 1, sizeof text - 1, file);
	fclose(file);
	assert_string_equal(text, "Expression 'x' is false\nExpression 'x' is false\n");
}

static void
closed_whenever(void **state)
{
	struct rig rig;
	struct ear opening, hearing;

	(void)state;
	rig_init(&rig);
	rig_plug(&rig, 10, 0)->patient = 1;
	rig_plug(&rig, 10, 0)->patient = 1;
	ear_open(&opening, &rig, 0, 800);
	line_close(opening.line, rig_on_closed, &opening.closed);
	assert_int_equal(opening.closed, 0);
	ear_open(&hearing, &rig, 1, 4000);
	hearing.close_at_once = true;
	RIG_UNTIL(&rig, opening.closed == 1 && hearing.closed == 1);
	assert_int_equal(opening.ready + opening.failed, 0);
	ear_end(&opening);
	ear_end(&hearing);
	rig_fini(&rig);
}

/* A clock that runs away from the daemon: what was lost is counted, the card is opened anew with
 * a longer latency, and starts with it the next time. */
static void
starved(void **state)
{
	struct line_stats stats;
	struct card *card;
	struct rig rig;
	struct ear ear;
	int64_t at = 0;

	(void)state;
	rig_init(&rig);
	card = rig_plug(&rig, 0, 0);
	ear_open(&ear, &rig, 0, 0);
	RIG_UNTIL(&rig, ear.ready == 1);
	do {
		uint32_t late = atomic_load(&card->capture.xruns) + 2;

		RIG_UNTIL(&rig, atomic_load(&card->playback.hold) != CARD_FREE &&
				    atomic_load(&card->capture.hold) != CARD_FREE);
		card_allow(card, at += 8000);
		RIG_UNTIL(&rig,
			  atomic_load(&card->capture.xruns) + atomic_load(&card->playback.xruns) >=
			      late - 1);
		for (int i = 0; i < 20; i++) { /* calm: recovery shows in callbacks */
			card_allow(card, at += 40);
			uv_run(&rig.loop, UV_RUN_ONCE);
		}
		line_stats(ear.line, &stats);
	} while (stats.reopened == 0 && !rig.expired);
	assert_int_equal(stats.reopened, 1);
	assert_true(stats.overruns + stats.underruns >= LINE_XRUNS);
	RIG_UNTIL(&rig, (line_stats(ear.line, &stats), stats.latency_ms > LINE_LATENCY));
	assert_int_equal(ear.failed, 0);
	ear_end(&ear);
	ear_open(&ear, &rig, 0, 0);
	RIG_UNTIL(&rig, ear.ready == 1);
	line_stats(ear.line, &stats);
	assert_true(stats.latency_ms >= LINE_LATENCY * 3 / 2);
	ear_end(&ear);
	rig_fini(&rig);
}

/* ---- ttys ---- */

struct modem {
	int fd;
	char path[64];
	uint8_t got[400000];
	size_t n;
};

static void
modem_init(struct modem *m)
{
	struct termios tio;
	int slave;

	m->n = 0;
	m->fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	assert_true(m->fd >= 0);
	assert_int_equal(grantpt(m->fd), 0);
	assert_int_equal(unlockpt(m->fd), 0);
	assert_int_equal(ptsname_r(m->fd, m->path, sizeof m->path), 0);
	slave = open(m->path, O_RDWR | O_NOCTTY);
	assert_int_equal(tcgetattr(slave, &tio), 0);
	cfmakeraw(&tio);
	tcsetattr(slave, TCSANOW, &tio);
	close(slave);
}

static void
modem_take(struct modem *m)
{
	ssize_t n;

	while (m->n < sizeof m->got && (n = read(m->fd, m->got + m->n, sizeof m->got - m->n)) > 0)
		m->n += (size_t)n;
}

/* Sends bytes in pieces of 1 to `most`, taking what comes back; returns when all are heard. */
static void
modem_send(struct modem *m, struct rig *rig, const uint8_t *bytes, size_t len, size_t most)
{
	uint32_t dice = 7;

	for (size_t at = 0; at < len;) {
		size_t some = 1 + (dice = dice * 1664525u + 1013904223u) % most;
		ssize_t n = write(m->fd, bytes + at, some < len - at ? some : len - at);

		at += n > 0 ? (size_t)n : 0;
		uv_run(&rig->loop, UV_RUN_NOWAIT);
		modem_take(m);
	}
}

static void
tty_exact(void **state)
{
	static const size_t frames[] = {320, 640};
	static int16_t down[16000], up[16000];
	static struct modem modem;
	struct rig rig;
	struct ear ear;

	(void)state;
	for (int i = 0; i < 2; i++) {
		size_t lead = LINE_TTY_LEAD * frames[i];

		rig_init(&rig);
		modem_init(&modem);
		ear_init(&ear, &rig, 16000);
		rig_noise(down, 16000, 3);
		rig_noise(up, 16000, 4);
		assert_int_equal(
		    line_tty_open(&ear.line, &rig.loop, modem.path, frames[i], &events, &ear), 0);
		RIG_UNTIL(&rig, ear.ready == 1);
		modem_take(&modem);
		assert_int_equal(modem.n, 0); /* the modem begins */
		assert_int_equal(line_play(ear.line, up, 12000), 12000);
		modem_send(&modem, &rig, (uint8_t *)down, 32000, i == 0 ? 700 : 3);
		RIG_UNTIL(&rig, ear.n == 16000);
		assert_memory_equal(ear.heard, down, 32000);
		while (modem.n < 32000 + lead && !rig.expired) {
			uv_run(&rig.loop, UV_RUN_ONCE);
			modem_take(&modem);
		}
		assert_int_equal(modem.n, 32000 + lead); /* as many as came, and the lead */
		assert_memory_equal(modem.got, up, 24000);
		assert_memory_equal(ear.said, up, 24000);
		ear_end(&ear);
		close(modem.fd);
		rig_fini(&rig);
	}
}

/* A byte lost on the way turns speech to noise; the line finds its feet again. */
static void
tty_crossed(void **state)
{
	enum { N = 16000 };
	static int16_t down[N];
	static struct modem modem;
	struct line_stats stats;
	struct rig rig;
	struct ear ear;

	(void)state;
	rig_init(&rig);
	modem_init(&modem);
	ear_init(&ear, &rig, N);
	for (int i = 0; i < N; i++)
		down[i] = (int16_t)(3000 * sin(i * 0.21) + 2000 * sin(i * 0.5) + i % 5);
	assert_int_equal(line_tty_open(&ear.line, &rig.loop, modem.path, 320, &events, &ear), 0);
	modem_send(&modem, &rig, (uint8_t *)down, 6001, 200);
	modem_send(&modem, &rig, (uint8_t *)down + 6002, 32000 - 6002, 200);
	RIG_UNTIL(&rig, ear.n > N - 1500);
	assert_memory_equal(ear.heard, down, 5920); /* whole frames before */
	assert_true(rig_find(ear.heard, ear.n, down + 6000, N - 7200) >= 0);
	line_stats(ear.line, &stats);
	assert_int_equal(stats.overruns, 1);
	ear_end(&ear);
	close(modem.fd);
	rig_fini(&rig);
}

/* A modem that talks and does not listen, then garbage, then nothing at all. */
static void
tty_rude(void **state)
{
	static int16_t noise[40000];
	static struct modem modem;
	struct line_stats stats;
	struct rig rig;
	struct ear ear;

	(void)state;
	rig_init(&rig);
	modem_init(&modem);
	ear_init(&ear, &rig, 0);
	assert_int_equal(line_tty_open(&ear.line, &rig.loop, modem.path, 320, &events, &ear), 0);
	assert_int_equal(
	    line_tty_open(&(struct line *){NULL}, &rig.loop, modem.path, 320, &events, &ear),
	    UV_EBUSY);
	rig_noise(noise, 40000, 9);
	for (size_t at = 0; at < 80000;) {
		ssize_t n =
		    write(modem.fd, (uint8_t *)noise + at, 1999 < 80000 - at ? 1999 : 80000 - at);

		at += n > 0 ? (size_t)n : 0;
		uv_run(&rig.loop, UV_RUN_NOWAIT);
	}
	line_stats(ear.line, &stats);
	assert_true(stats.underruns > 0);
	assert_int_equal(ear.failed, 0);
	modem_send(&modem, &rig, (uint8_t *)noise, 40001, 5000);
	close(modem.fd);
	RIG_UNTIL(&rig, ear.failed == 1);
	assert_int_equal(ear.error, UV_ENODEV);
	ear_end(&ear);
	assert_int_equal(
	    line_tty_open(&ear.line, &rig.loop, "/dev/no-such-tty", 320, &events, &ear), UV_ENODEV);
	assert_true(line_tty_open(&ear.line, &rig.loop, "/dev/null", 320, &events, &ear) < 0);
	assert_int_equal(line_tty_open(&ear.line, &rig.loop, modem.path, 321, &events, &ear),
			 UV_EINVAL);
	rig_fini(&rig);
}

/* ---- a file ---- */

static void
a_file(void **state)
{
	static int16_t up[12000];
	struct pcm_clip sound = {0};
	struct rig rig;
	struct ear ear;
	char path[128];

	(void)state;
	rig_init(&rig);
	ear_init(&ear, &rig, 0);
	rig_noise(up, 12000, 6);
	snprintf(path, sizeof path, "%s/line.wav", rig_folder());
	assert_int_equal(line_wav_open(&ear.line, &rig.loop, path, &events, &ear), 0);
	assert_int_equal(line_play(ear.line, up, 12000), 12000);
	assert_int_equal(line_wav_press(ear.line, 'x', 100), UV_EINVAL);
	RIG_UNTIL(&rig, ear.ready == 1 && line_queued(ear.line) == 0);
	ear_end(&ear);
	assert_int_equal(wav_read(path, &sound, NULL), 0);
	assert_true(rig_find(sound.samples, sound.n, up, 12000) >= 0);
	pcm_clip_fini(&sound);
	unlink(path);
	rig_fini(&rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(exact_and_apart), cmocka_unit_test(plugged_later),
	    cmocka_unit_test(unplugged),       cmocka_unit_test(closed_whenever),
	    cmocka_unit_test(starved),         cmocka_unit_test(tty_exact),
	    cmocka_unit_test(tty_crossed),     cmocka_unit_test(tty_rude),
	    cmocka_unit_test(a_file),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	rig_clean();
	return failed;
}
