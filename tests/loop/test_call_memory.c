/* Each allocation of a line and a call refused in turn: it says so, and leaks nothing. */
#include "call_rig.h"
#include "ivr/call_preview.h"
#include "refusing.h"

static void
lines(void **state)
{
	unsigned refused = 0;
	int error;

	(void)state;
	for (int nth = 1; nth < 8; nth++) {
		struct line *line = NULL;
		unsigned closed = 0;
		struct rig rig;

		rig_init(&rig);
		countdown = nth;
		error = line_portaudio_open(&line, rig.sound, "modem0", NULL, NULL);
		countdown = 0;
		assert_true(error == 0 || error == UV_ENOMEM || error == UV_EAGAIN);
		refused += error < 0;
		if (error == 0) {
			line_close(line, rig_on_closed, &closed);
			RIG_UNTIL(&rig, closed == 1);
		}
		rig_fini(&rig);
	}
	assert_true(refused >= 4);
}

/* A recorded call in which the nth allocation is refused: has it come to its end? */
static bool
recorded(struct talk *t, struct rig *rig, int nth)
{
	char path[160];
	bool opened;

	snprintf(path, sizeof path, "%s/call.wav", rig_folder());
	t->config.record = path;
	assert_int_equal(line_wav_open(&t->line, &rig->loop, NULL, NULL, NULL), 0);
	countdown = nth;
	opened = call_open(&t->call, &rig->loop, t->line, &t->config, &t->events, t) == 0;
	if (opened)
		RIG_UNTIL(rig, t->ended == 1);
	else
		t->call_closed = 1;
	countdown = 0;
	talk_end(t);
	unlink(path);
	rig_fini(rig);
	return opened;
}

static void
calls(void **state)
{
	unsigned opened = 0;

	(void)state;
	for (int nth = 0; nth < 12; nth++) { /* 0: libuv's pool begins, which cannot fail */
		struct rig rig;
		struct talk t;

		talk_enter(&t, &rig, BYE);
		opened += recorded(&t, &rig, nth);
	}
	assert_true(opened >= 2 && opened <= 10);
}

/* From the first clip to the person who is joined, or is not. */
static void
person(void **state)
{
	unsigned joined = 0;

	(void)state;
	for (int nth = 0; nth < 16; nth++) {
		struct rig rig;
		struct talk t;

		talk_enter(&t, &rig, PERSON);
		t.answer_connect = true;
		if (!recorded(&t, &rig, nth))
			continue;
		assert_int_equal(t.kept, 1);
		assert_int_equal(t.connects, 1);
		assert_int_equal(t.end.how, CALL_HANDED);
		joined++;
	}
	assert_true(joined >= 2 && joined <= 14);
}

static unsigned previews;

static void
on_preview(void *ctx, int error, const struct call_end *end)
{
	(void)ctx;
	(void)error;
	(void)end;
	previews++;
}

static void
preview(void **state)
{
	unsigned refused = 0;

	(void)state;
	for (int nth = 1; nth < 9; nth++) {
		struct call_preview_config config;
		struct rig rig;
		struct talk t;
		int error;

		talk_enter(&t, &rig, BYE);
		config = (struct call_preview_config){.script = &t.script,
						      .facts = t.config.facts,
						      .keys = "1",
						      .clip = talk_on_clip,
						      .ctx = &t};
		previews = 0;
		countdown = nth;
		error = call_preview(&rig.loop, &config, on_preview, NULL);
		countdown = 0;
		refused += error < 0;
		RIG_UNTIL(&rig, previews == (error < 0 ? 0U : 1U));
		rig_fini(&rig); /* what was refused has closed by then: uv_loop_close says so */
	}
	assert_true(refused >= 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines),
	    cmocka_unit_test(calls),
	    cmocka_unit_test(person),
	    cmocka_unit_test(preview),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	rig_clean();
	return failed;
}
