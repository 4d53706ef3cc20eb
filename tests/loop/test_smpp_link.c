/* The link on good days: binds, submits, answers, deliveries, closing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after the standard headers, as cmocka asks */
#include <cmocka.h>

#include "smpp_peer.h"

static void
binds_submits_and_closes(void **state)
{
	struct rig *rig = rig_new(NULL);
	struct smpp_link_config config = rig_config(rig);
	struct smpp_link_stats stats;

	(void)state;
	rig_open(rig, &config);
	assert_int_equal(rig_submit(rig, 1), UV_EAGAIN); /* not bound yet */
	RUN_UNTIL(rig, rig->state == SMPP_LINK_UP);
	assert_int_equal(smpp_link_room(rig->link), 10);
	assert_int_equal(rig_submit(rig, 1), 0);
	assert_int_equal(rig_submit(rig, 2), 0);
	assert_int_equal(smpp_link_room(rig->link), 8);
	RUN_UNTIL(rig, rig->answered == 2);
	assert_int_equal(rig->outcomes[SMPP_ACCEPTED], 2);
	assert_string_equal(rig->last_id, "m2");
	smpp_link_stats(rig->link, &stats);
	assert_int_equal(stats.submits, 2);
	assert_int_equal(stats.accepted, 2);
	assert_int_equal(stats.in_flight, 0);
	rig_begin_close(rig, 1000);
	assert_int_equal(rig_submit(rig, 3), UV_ECANCELED);
	RUN_UNTIL(rig, rig->closed);
	assert_int_equal(rig->peer.unbinds, 1);
	rig_end(rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(binds_submits_and_closes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
