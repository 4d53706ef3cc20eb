/* The tape that receivers of keys are judged by: at least what spandsp's own tests ask of it. */
#include "keys_tape.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct rig rig;

static void
test_tape(void **state)
{
	struct tape tape;

	(void)state;
	rig_open(&rig, CODEC_ALAW, 1);
	tape_run(&rig, &tape, 100, 13);
	rig_close(&rig);
	assert_int_equal(tape.decoded, 160);
	for (int i = 0; i < 4; i++) {
		assert_true(tape.low[i] >= 3 + tape.low_offset[i] &&
			    tape.low[i] < 15 + tape.low_offset[i]);
		assert_true(tape.high[i] >= 3 + tape.high_offset[i] &&
			    tape.high[i] < 15 + tape.high_offset[i]);
		assert_true(tape.twist[i] >= 8 && tape.reverse[i] >= 4);
	}
	assert_true(tape.range_db >= 35);
	assert_true(tape.guard_ms > 20 && tape.guard_ms < 35);
	assert_true(tape.noise_db <= 26);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_tape)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
