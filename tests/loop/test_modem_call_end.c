/* The end of calls on a stick, in every maker's words: that hanging up works in any state, and that
 * none is left on the air by whoever closes, unplugs or falls silent. */
#include "modem_phone.h"

/* ---- hanging up ---- */

static void
we_hang_up(struct rig *rig)
{
	assert_int_equal(modem_hangup(rig->modem), 0);
	assert_int_equal(modem_hangup(rig->modem), 0);
	assert_int_equal(phone_ends(), 0);
	phone_gone(rig, MODEM_CALL_US);
	assert_int_equal(phone_ends(), 1);
	RUN_UNTIL(rig, modem_room(rig->modem) == MODEM_ROOM);
}

static void
hanging_up_ends_it_in_every_state(void **state)
{
	(void)state;
	phone_in_every_state(we_hang_up);
}

static void
hanging_up_before_it_is_dialled_dials_nothing(void **state)
{
	struct rig *rig = phone_ready(maker_of("huawei"));

	(void)state;
	assert_int_equal(modem_dial(rig->modem, "123"), 0);
	assert_int_equal(modem_hangup(rig->modem), 0);
	assert_int_equal(phone.events, 0);
	phone_ended(rig, MODEM_CALL_US);
	assert_int_equal(phone.dialled, 0);
	rig_end(rig);
}

static void
who_does_not_hear_is_told_in_other_words(void **state)
{
	(void)state;
	for (unsigned deaf = 1; deaf <= 6; deaf++) {
		struct rig *rig = phone_ready(maker_of("quectel"));

		phone_to(rig, MODEM_CALL_ACTIVE);
		phone.deaf = deaf;
		modem_hangup(rig->modem);
		phone_ended(rig, MODEM_CALL_US);
		if (deaf == 6) { /* then it starts anew, and is heard */
			RUN_UNTIL(rig, rig->state == MODEM_RESETTING);
			RUN_UNTIL(rig, rig->state == MODEM_READY);
		} else {
			assert_true(peer_said_to(&rig->peer, "AT+QHUP=16") > 0);
		}
		assert_int_equal(phone.stat, -1);
		rig_end(rig);
	}
}

static void
one_without_a_list_is_believed(void **state)
{
	struct rig *rig = phone_new(maker_of("generic"));
	struct modem_config config = phone_config(rig);

	(void)state;
	phone.no_list = true;
	phone_start(rig, &config);
	phone_to(rig, MODEM_CALL_DIALLING);
	modem_hangup(rig->modem);
	phone_gone(rig, MODEM_CALL_US);
	rig_end(rig);
}

/* ---- nobody leaves a call behind ---- */

static void
we_close(struct rig *rig)
{
	rig_close(rig, 0);
	phone_gone(rig, MODEM_CALL_US);
	assert_int_equal(phone_ends(), 1);
}

static void
closing_hangs_up_in_every_state(void **state)
{
	(void)state;
	phone_in_every_state(we_close);
}

static void
closing_while_it_dials_hangs_up(void **state)
{
	(void)state;
	for (int late = 0; late < 2; late++) {
		struct rig *rig = phone_ready(maker_of("generic"));

		phone.late_ok = late;
		assert_int_equal(modem_dial(rig->modem, "123"), 0);
		RUN_UNTIL(rig, phone.dialled == 1);
		modem_close(rig->modem, 0, rig_on_closed, rig);
		RUN_UNTIL(rig, (phone_octet_watch(), rig->closed));
		assert_int_equal(phone.stat, -1);
		assert_int_equal(phone_ends(), 1);
		rig_end(rig);
	}
}

static void
closing_from_any_callback_is_safe(void **state)
{
	(void)state;
	for (unsigned at = 1; at < 14; at++) {
		struct rig *rig = phone_new(maker_of(at % 2 ? "simcom7600" : "huawei"));
		struct modem_config config = phone_config(rig);
		bool dialled = false;

		rig->close_at = at;
		phone_open(rig, &config);
		while (!rig->closed && !rig->expired && !phone_ends()) {
			if (rig->modem != NULL && !dialled && rig->state == MODEM_READY)
				dialled = modem_dial(rig->modem, "123") == 0;
			if (phone_is(MODEM_CALL_DIALLING) && phone.stat == 2)
				phone_go(3);
			else if (phone_is(MODEM_CALL_ALERTING) && phone.stat == 3)
				phone_go(0);
			else if (phone_is(MODEM_CALL_ACTIVE) && phone.stat == 0)
				phone_end(16);
			uv_run(&rig->loop, UV_RUN_ONCE);
		}
		assert_false(rig->expired);
		if (rig->calls >= at)
			RUN_UNTIL(rig, rig->closed);
		assert_int_equal(phone_ends(), phone.events > 0 || (dialled && rig->closed));
		rig_end(rig);
		assert_int_equal(phone.stat, -1);
	}
}

static void
mute_stick_does_not_hold_up_the_end(void **state)
{
	struct rig *rig = phone_ready(maker_of("huawei"));

	(void)state;
	phone_to(rig, MODEM_CALL_ACTIVE);
	rig->peer.mute = true;
	rig_close(rig, 0);
	assert_int_equal(phone_ends(), 1);
	rig_end(rig);
}

/* Unplugged: told once, and hung up by the session that finds it. */
static void
it_is_unplugged(struct rig *rig)
{
	peer_vanish(&rig->peer);
	RUN_UNTIL(rig, rig->state == MODEM_LOST && phone_ends() == 1);
	assert_int_equal(phone_last()->end, MODEM_CALL_LOST);
	rig_close(rig, 0);
	assert_int_equal(phone_ends(), 1);
}

static void
unplugged_call_is_lost_and_found(void **state)
{
	(void)state;
	phone_in_every_state(it_is_unplugged);
}

static void
fresh_session_hangs_up_what_it_finds(void **state)
{
	(void)state;
	EACH_MAKER(maker)
	{
		for (unsigned deaf = 0; deaf < 3; deaf++) {
			struct rig *rig = phone_new(maker);
			struct modem_config config = phone_config(rig);

			phone.stat = 0;
			phone.deaf = deaf;
			snprintf(phone.number, sizeof phone.number, "+639171112222");
			phone_start(rig, &config);
			assert_int_equal(phone.stat, -1);
			assert_int_equal(phone.events, 0);
			phone_to(rig, MODEM_CALL_ACTIVE);
			rig_end(rig);
		}
	}
}

static void
silence_in_a_call_loses_it(void **state)
{
	struct rig *rig = phone_ready(maker_of("huawei"));

	(void)state;
	phone_to(rig, MODEM_CALL_ACTIVE);
	rig->peer.mute = true;
	phone_ended(rig, MODEM_CALL_LOST);
	rig->peer.mute = false;
	RUN_UNTIL(rig, rig->state == MODEM_READY || rig->state == MODEM_LOST);
	if (rig->state == MODEM_READY)
		assert_int_equal(phone.stat, -1);
	rig_end(rig);
}

static void
short_silence_does_not(void **state)
{
	struct rig *rig = phone_ready(maker_of("simcom7600"));

	(void)state;
	phone_to(rig, MODEM_CALL_ACTIVE);
	rig->peer.mute = true;
	RUN_UNTIL(rig, rig->state == MODEM_PINGING);
	rig->peer.mute = false;
	RUN_UNTIL(rig, rig->state == MODEM_READY);
	assert_int_equal(phone_ends(), 0);
	modem_hangup(rig->modem);
	phone_gone(rig, MODEM_CALL_US);
	rig_end(rig);
}

static void
it_leaves_the_list(struct rig *rig)
{
	phone_to(rig, MODEM_CALL_ACTIVE);
	phone.stat = -1;
	phone_ended(rig, MODEM_CALL_HUNG_UP);
}

static void
call_that_the_list_knows_no_more_is_over(void **state)
{
	(void)state;
	phone_by_every_maker(it_leaves_the_list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(hanging_up_ends_it_in_every_state),
	    cmocka_unit_test(hanging_up_before_it_is_dialled_dials_nothing),
	    cmocka_unit_test(who_does_not_hear_is_told_in_other_words),
	    cmocka_unit_test(one_without_a_list_is_believed),
	    cmocka_unit_test(closing_hangs_up_in_every_state),
	    cmocka_unit_test(closing_while_it_dials_hangs_up),
	    cmocka_unit_test(closing_from_any_callback_is_safe),
	    cmocka_unit_test(mute_stick_does_not_hold_up_the_end),
	    cmocka_unit_test(unplugged_call_is_lost_and_found),
	    cmocka_unit_test(fresh_session_hangs_up_what_it_finds),
	    cmocka_unit_test(silence_in_a_call_loses_it),
	    cmocka_unit_test(short_silence_does_not),
	    cmocka_unit_test(call_that_the_list_knows_no_more_is_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
