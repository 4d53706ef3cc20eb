/* Lines: cards through real PortAudio streams on virtual cards, ttys through ptys, a caller in a
 * file. What is asserted is counted in the card's samples, not in seconds. */
#include "card_rig.h"
#include "ivr/wav.h"

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

/* Where `what` stands in `in`, or -1. */
static long
find(const int16_t *in, size_t n, const int16_t *what, size_t len)
{
	for (size_t i = 0; i + len <= n; i++)
		if (memcmp(in + i, what, len * sizeof *what) == 0)
			return (long)i;
	return -1;
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
		assert_true(find(ears[i].heard, ears[i].n, down[i], N) >= 0);
		card_hear(rig.cards[i], 0, out, N + 24000);
		at = find(out, N + 24000, up[i], N);
		assert_true(at >= 0);
		assert_true(find(ears[i].said, ears[i].n, up[i], 8000) >= 0);
	}
	for (unsigned i = 0; i < LINES; i++)
		ear_end(&ears[i]);
	rig_fini(&rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(exact_and_apart),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	rig_clean();
	return failed;
}
