/* Calls on a stick, in every maker's words, out and in: how far they come, and what is told of why
 * they come no further. How they are ended by us is test_modem_call_end.c. */
#include "modem_phone.h"

/* ---- out ---- */

static void
is_dialled_answered_and_ended_by_them(void **state)
{
	(void)state;
	EACH_MAKER(maker)
	{
		struct rig *rig = phone_ready(maker);

		assert_string_equal(modem_info(rig->modem)->identity.driver, maker->driver);
		assert_int_equal(modem_info(rig->modem)->audio.frame_bytes,
				 strcmp(maker->driver, "simcom7600") == 0 ? 640
				 : maker->words == WORDS_HUAWEI || maker->words == WORDS_QIND ||
					 maker->words == WORDS_DSCI
				     ? 320
				     : 0);
		assert_int_equal(modem_room(rig->modem), MODEM_ROOM);
		phone_to(rig, MODEM_CALL_ACTIVE);
		assert_int_equal(modem_room(rig->modem), 0);
		assert_int_equal(modem_dial(rig->modem, "123"), UV_EAGAIN);
		assert_string_equal(modem_call_now(rig->modem)->number, "+639171234567");
		phone_hung_up_on(rig);
		assert_int_equal(phone.events, 4);
		assert_true(phone_last()->answered);
		assert_null(modem_call_now(rig->modem));
		RUN_UNTIL(rig, modem_room(rig->modem) == MODEM_ROOM);
		rig_end(rig);
	}
}

/* The first word of a command in the log, or -1. */
static int
said_at(const struct rig *rig, const char *command)
{
	for (unsigned i = 0; i < rig->peer.log_n; i++)
		if (strcmp(rig->peer.log[i], command) == 0)
			return (int)i;
	return -1;
}

static void
audio_is_on_at_its_makers_moment(void **state)
{
	struct rig *rig = phone_ready(maker_of("huawei"));

	(void)state;
	phone_to(rig, MODEM_CALL_ALERTING);
	RUN_UNTIL(rig, said_at(rig, "AT^DDSETEX=2") > 0);
	assert_int_equal(said_at(rig, "AT^DDSETEX=2"), said_at(rig, "ATD+639171234567;") + 1);
	rig_end(rig);
	rig = phone_ready(maker_of("quectel"));
	assert_true(said_at(rig, "AT+QPCMV=1,0") > 0);
	rig_end(rig);
	rig = phone_ready(maker_of("simcom7600"));
	phone_to(rig, MODEM_CALL_ALERTING);
	assert_int_equal(said_at(rig, "AT+CPCMREG=1"), -1);
	phone_go(0);
	RUN_UNTIL(rig, phone_is(MODEM_CALL_ACTIVE));
	assert_int_equal(phone.pcm, 1);
	phone_end(16);
	RUN_UNTIL(rig, phone_is(MODEM_CALL_ENDED) && phone.pcm == 0);
	phone_to(rig, MODEM_CALL_ACTIVE);
	assert_int_equal(phone.pcm, 1);
	rig_end(rig);
	rig = phone_ready(maker_of("simcom"));
	assert_true(said_at(rig, "AT+CHFA=1") > 0);
	rig_end(rig);
}

/* A card instead of the tty: what was set is taken back, and the stick starts anew once. */
static void
another_audio_needs_a_start(void **state)
{
	struct rig *rig = phone_new(maker_of("quectel"));
	struct modem_config config = phone_config(rig);

	(void)state;
	phone.pcm = 1;
	config.audio = MODEM_AUDIO_CARD;
	phone_start(rig, &config);
	assert_int_equal(phone.pcm, 1);
	assert_int_equal(phone.mode, 2);
	assert_int_equal(peer_said_to(&rig->peer, "AT+QPCMV=0"), 1);
	assert_int_equal(peer_said_to(&rig->peer, "AT+CFUN=1,1"), 1);
	assert_int_equal(modem_info(rig->modem)->audio.kind, MODEM_AUDIO_CARD);
	rig_end(rig);
}

/* The sound of a SIM7600 that does not come back: nobody is left listening to nothing. */
static void
sound_that_stays_off_ends_the_call(void **state)
{
	struct rig *rig = phone_ready(maker_of("simcom7600"));

	(void)state;
	phone.dead_sound = 1;
	phone_to(rig, MODEM_CALL_ACTIVE); /* said twice */
	phone_hung_up_on(rig);
	phone.dead_sound = 10;
	phone_dials(rig);
	phone_go(0);
	RUN_UNTIL(rig, phone_ends() == 2);
	phone_gone(rig, MODEM_CALL_NO_AUDIO);
	RUN_UNTIL(rig, peer_said_to(&rig->peer, "AT+CRESET") == 1);
	rig_end(rig);
}

static void
causes_are_kept_apart(void **state)
{
	static const struct {
		int cause;
		enum modem_call_end end;
	} rows[] = {
	    {17, MODEM_CALL_BUSY},      {21, MODEM_CALL_REJECTED},    {18, MODEM_CALL_NO_ANSWER},
	    {19, MODEM_CALL_NO_ANSWER}, {20, MODEM_CALL_UNREACHABLE}, {27, MODEM_CALL_UNREACHABLE},
	    {1, MODEM_CALL_INVALID},    {28, MODEM_CALL_INVALID},     {34, MODEM_CALL_NETWORK},
	    {38, MODEM_CALL_NETWORK},   {41, MODEM_CALL_NETWORK},     {42, MODEM_CALL_NETWORK},
	    {16, MODEM_CALL_NO_ANSWER},
	};

	(void)state;
	EACH_MAKER(maker)
	{
		struct rig *rig = phone_ready(maker);

		for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
			unsigned ends = phone_ends();

			phone_to(rig, MODEM_CALL_ALERTING);
			phone_end(rows[i].cause);
			RUN_UNTIL(rig, phone_ends() == ends + 1);
			assert_int_equal(phone_last()->end, rows[i].end);
			assert_int_equal(phone_last()->cause, rows[i].cause);
			assert_true(phone_last()->raw[0] != '\0');
			assert_false(phone_last()->answered);
			phone.events = 0;
		}
		rig_end(rig);
	}
}

static void
ours_is_the_last_word_when_nobody_answers(void **state)
{
	(void)state;
	EACH_MAKER(maker)
	{
		struct rig *rig = phone_new(maker);
		struct modem_config config = phone_config(rig);

		config.ring_ms = 60;
		phone_start(rig, &config);
		phone_to(rig, MODEM_CALL_ALERTING);
		phone_gone(rig, MODEM_CALL_NO_ANSWER);
		rig_end(rig);
	}
}

static void
refused_dialling_is_told(void **state)
{
	static const struct {
		const char *word;
		enum modem_call_end end;
	} rows[] = {{"ERROR", MODEM_CALL_NETWORK},
		    {"+CME ERROR: 30", MODEM_CALL_NETWORK},
		    {"NO DIALTONE", MODEM_CALL_NETWORK},
		    {"BUSY", MODEM_CALL_BUSY},
		    {"NO CARRIER", MODEM_CALL_UNREACHABLE}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct rig *rig = phone_ready(maker_of("generic"));

		phone.refuses_dial = rows[i].word;
		assert_int_equal(modem_dial(rig->modem, "0917"), 0);
		assert_int_equal(phone.events, 0);
		phone_ended(rig, rows[i].end);
		assert_int_equal(strncmp(phone_last()->raw, rows[i].word, strlen(rows[i].word)), 0);
		assert_int_equal(modem_dial(rig->modem, "0917"), 0);
		RUN_UNTIL(rig, phone_ends() == 2);
		rig_end(rig);
	}
}

static void
what_cannot_be_dialled_is_refused(void **state)
{
	struct rig *rig = phone_ready(maker_of("generic"));

	(void)state;
	assert_int_equal(modem_dial(rig->modem, ""), UV_EINVAL);
	assert_int_equal(modem_dial(rig->modem, "+"), UV_EINVAL);
	assert_int_equal(modem_dial(rig->modem, "12;+CMGD=1"), UV_EINVAL);
	assert_int_equal(modem_dial(rig->modem, "123456789012345678901"), UV_EINVAL);
	assert_int_equal(modem_hangup(rig->modem), UV_EAGAIN);
	assert_int_equal(modem_accept(rig->modem), UV_EAGAIN);
	rig_end(rig);
	rig = rig_ready(); /* nothing is wired to it */
	assert_int_equal(modem_info(rig->modem)->audio.kind, MODEM_AUDIO_NONE);
	assert_int_equal(modem_dial(rig->modem, "123"), UV_ENOTSUP);
	assert_int_equal(peer_said_to(&rig->peer, "AT+CLCC"), 0);
	rig_end(rig);
}

/* Some say nothing to ATD until somebody answers: any octet ends it. */
static void
dialling_that_is_not_answered_can_be_ended(void **state)
{
	struct rig *rig = phone_ready(maker_of("generic"));

	(void)state;
	phone.late_ok = true;
	phone_dials(rig);
	phone_go(0);
	RUN_UNTIL(rig, phone_is(MODEM_CALL_ACTIVE));
	phone_hung_up_on(rig);
	phone_dials(rig);
	assert_int_equal(modem_hangup(rig->modem), 0);
	RUN_UNTIL(rig, (phone_octet_watch(), phone_ends() == 2));
	phone_gone(rig, MODEM_CALL_US);
	rig_end(rig);
}

/* ---- in ---- */

static void
accepted(struct rig *rig)
{
	phone_rings(rig, "+639998887777");
	assert_int_equal(modem_room(rig->modem), 0);
	assert_int_equal(modem_dial(rig->modem, "123"), UV_EAGAIN);
	assert_int_equal(modem_accept(rig->modem), 0);
	assert_int_equal(modem_accept(rig->modem), UV_EAGAIN);
	RUN_UNTIL(rig, phone_is(MODEM_CALL_ACTIVE));
	assert_int_equal(phone.accepted, 1);
	phone_hung_up_on(rig);
	assert_int_equal(phone.events, 3);
}

static void
incoming_is_told_and_accepted(void **state)
{
	(void)state;
	phone_by_every_maker(accepted);
}

static void
missed(struct rig *rig)
{
	phone_rings(rig, "");
	phone_end(16);
	phone_gone(rig, MODEM_CALL_MISSED);
}

static void
rejected(struct rig *rig)
{
	phone_rings(rig, "");
	assert_int_equal(modem_hangup(rig->modem), 0);
	phone_gone(rig, MODEM_CALL_US);
}

static void
incoming_is_missed_or_rejected(void **state)
{
	(void)state;
	phone_by_every_maker(missed);
	phone_by_every_maker(rejected);
}

/* RING is also what noise looks like: the list decides. */
static void
ring_without_a_call_is_noise(void **state)
{
	struct rig *rig = phone_ready(maker_of("generic"));

	(void)state;
	for (int i = 0; i < 5; i++)
		peer_say(&rig->peer, "RING");
	rig->to_send = 6;
	rig_fill(rig);
	RUN_UNTIL(rig, rig->answers == 6);
	for (unsigned i = 0; i < 6; i++)
		assert_int_equal(rig->answer[i].outcome, MODEM_ACCEPTED);
	assert_int_equal(phone.events, 0);
	assert_true(peer_said_to(&rig->peer, "AT+CLCC") > 1);
	rig->peer.noise = "\r\nRING\r\n"; /* without an end, also in the list's answer */
	rig->to_send = 12;
	rig_fill(rig);
	RUN_UNTIL(rig, rig->answers == 12);
	assert_int_equal(phone.events, 0);
	rig_end(rig);
}

static void
data_in_the_list_is_no_call(void **state)
{
	struct rig *rig = phone_new(maker_of("quectel"));
	struct modem_config config = phone_config(rig);

	(void)state;
	phone.data = true;
	phone_start(rig, &config);
	assert_int_equal(phone.hung_up, 0);
	phone_to(rig, MODEM_CALL_ALERTING);
	phone.stat = -1;
	RUN_UNTIL(rig, phone_is(MODEM_CALL_ENDED));
	rig_end(rig);
}

static void
keys_are_heard_in_a_call_only(void **state)
{
	struct rig *rig = phone_ready(maker_of("quectel"));

	(void)state;
	peer_say(&rig->peer, "+QTONEDET: 49");
	phone_to(rig, MODEM_CALL_ACTIVE);
	peer_say(&rig->peer, "+QTONEDET: 48");
	peer_say(&rig->peer, "+QTONEDET: 35");
	peer_say(&rig->peer, "+QTONEDET: 7");
	peer_say(&rig->peer, "+RXDTMF: 5");
	peer_say(&rig->peer, "+DTMF: *");
	peer_say(&rig->peer, "+DTMF: 12");
	RUN_UNTIL(rig, strlen(phone.keys) == 4);
	assert_string_equal(phone.keys, "0#5*");
	rig_end(rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(is_dialled_answered_and_ended_by_them),
	    cmocka_unit_test(audio_is_on_at_its_makers_moment),
	    cmocka_unit_test(another_audio_needs_a_start),
	    cmocka_unit_test(sound_that_stays_off_ends_the_call),
	    cmocka_unit_test(causes_are_kept_apart),
	    cmocka_unit_test(ours_is_the_last_word_when_nobody_answers),
	    cmocka_unit_test(refused_dialling_is_told),
	    cmocka_unit_test(what_cannot_be_dialled_is_refused),
	    cmocka_unit_test(dialling_that_is_not_answered_can_be_ended),
	    cmocka_unit_test(incoming_is_told_and_accepted),
	    cmocka_unit_test(incoming_is_missed_or_rejected),
	    cmocka_unit_test(ring_without_a_call_is_noise),
	    cmocka_unit_test(data_in_the_list_is_no_call),
	    cmocka_unit_test(keys_are_heard_in_a_call_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
