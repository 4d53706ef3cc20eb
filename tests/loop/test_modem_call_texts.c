/* Calls beside texts, and on a bad line: neither is said over the other. */
#include "modem_phone.h"

/* ---- beside texts ---- */

static void
text_at_its_prompt_goes_first(void **state)
{
	struct rig *rig = phone_ready(maker_of("generic"));

	(void)state;
	rig->hold = true;
	assert_int_equal(rig_send(rig, 1), 0);
	assert_int_equal(rig_send(rig, 2), 0);
	RUN_UNTIL(rig, rig->peer.body);
	assert_int_equal(modem_dial(rig->modem, "123"), 0);
	assert_int_equal(modem_room(rig->modem), 0);
	RUN_UNTIL(rig, rig->answers == 1); /* what waited behind it goes back */
	assert_int_equal(rig->answer[0].cookie, 2);
	assert_int_equal(rig->answer[0].outcome, MODEM_UNSENT);
	assert_int_equal(phone.dialled, 0);
	assert_true(modem_release(rig->modem, 1));
	RUN_UNTIL(rig, phone_is(MODEM_CALL_DIALLING));
	assert_int_equal(rig->answer[1].outcome, MODEM_ACCEPTED);
	rig_end(rig);
}

static bool
text_hook(struct peer *peer, const char *line)
{
	if (peer->body)
		return true; /* on the air, and not answered */
	return phone_hook(peer, line);
}

static void
text_on_the_air_keeps_calls_away(void **state)
{
	struct rig *rig = phone_ready(maker_of("generic"));

	(void)state;
	rig->peer.hook = text_hook;
	assert_int_equal(rig_send(rig, 1), 0);
	RUN_UNTIL(rig, rig->peer.texts == 1);
	assert_int_equal(modem_dial(rig->modem, "123"), UV_EAGAIN);
	peer_say(&rig->peer, "+CMGS: 3");
	peer_ok(&rig->peer);
	RUN_UNTIL(rig, rig->answers == 1);
	assert_int_equal(modem_dial(rig->modem, "123"), 0);
	RUN_UNTIL(rig, phone_is(MODEM_CALL_DIALLING));
	assert_int_equal(rig_send(rig, 2), UV_EAGAIN);
	rig_end(rig);
}

static void
texts_that_come_in_wait(void **state)
{
	struct rig *rig = phone_ready(maker_of("huawei"));
	unsigned reads;

	(void)state;
	phone_to(rig, MODEM_CALL_ACTIVE);
	reads = peer_said_to(&rig->peer, "AT+CMGL") + peer_said_to(&rig->peer, "AT+CMGR");
	rig->peer.stored[3] =
	    "07917283010010F5040BC87238880900F10000993092516195800AE8329BFD4697D9EC37";
	peer_say(&rig->peer, "+CMTI: \"SM\",3");
	for (unsigned n = rig->peer.log_n; rig->peer.log_n < n + 8;)
		uv_run(&rig->loop, UV_RUN_ONCE);
	assert_int_equal(peer_said_to(&rig->peer, "AT+CMGL") + peer_said_to(&rig->peer, "AT+CMGR"),
			 reads);
	phone_end(16);
	RUN_UNTIL(rig, rig->incomings == 1);
	rig_end(rig);
}

/* ---- a bad line ---- */

static void
noise_changes_nothing(void **state)
{
	static const char *const noises[] = {
	    "\r\n^RSSI:17\r\n", "\r\r\n^BOOT:1,2,3\r\r\n+CREG: 1\r\n",
	    "\r\nRING\r\n\r\n+CREG: 1,\"00A1\",\"0B2C\"\r\n", "\r\n\xff\x01\r\n",
	    "\r\n+CLCC: \r\n^CEND:\r\n^DSCI: 9\r\n"};

	(void)state;
	EACH_MAKER(maker)
	for (size_t i = 0; i < sizeof noises / sizeof noises[0]; i++) {
		struct rig *rig = phone_new(maker);
		struct modem_config config = phone_config(rig);

		config.poll_ms = 5000;
		config.hangup_ms = 2000;
		rig->peer.bytewise = true;
		rig->peer.stubborn = true;
		rig->peer.noise = noises[i];
		phone_start(rig, &config);
		phone_to(rig, MODEM_CALL_ACTIVE);
		modem_hangup(rig->modem);
		phone_ended(rig, MODEM_CALL_US);
		assert_int_equal(phone.events, 4);
		phone_to(rig, MODEM_CALL_ALERTING);
		phone_end(17);
		phone_ended(rig, MODEM_CALL_BUSY);
		rig_end(rig);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(text_at_its_prompt_goes_first),
	    cmocka_unit_test(text_on_the_air_keeps_calls_away),
	    cmocka_unit_test(texts_that_come_in_wait),
	    cmocka_unit_test(noise_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
