/* Each allocation of a modem refused in turn: it says so, and leaks nothing. */
#include "modem_rig.h"
#include "refusing.h"

static void
refused(void **state)
{
	static const struct modem_events events = {.state = rig_on_state, .answer = rig_on_answer};
	unsigned failed = 0, lost = 0, ready = 0;

	(void)state;
	for (int nth = 1; nth < 8; nth++) {
		struct rig *rig = rig_new();
		struct modem_config config = rig_config(rig);

		countdown = nth;
		if (modem_open(&rig->modem, &rig->loop, &config, &events, rig) == UV_ENOMEM) {
			rig->closed = true;
			failed++;
		} else {
			RUN_UNTIL(rig, rig->state == MODEM_LOST || rig->state == MODEM_READY);
			if (rig->state == MODEM_LOST)
				assert_int_equal(modem_info(rig->modem)->error, UV_ENOMEM);
			lost += rig->state == MODEM_LOST;
			ready += rig->state == MODEM_READY;
		}
		countdown = 0;
		rig_end(rig);
	}
	assert_int_equal(failed, 1);
	assert_true(lost >= 2);
	assert_true(ready >= 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(refused)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
