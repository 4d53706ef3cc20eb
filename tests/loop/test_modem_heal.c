/* A stick that hangs, vanishes, floods, loses its network or its footing: healed or told, and the
 * books of its texts balance. */
#include "modem_rig.h"

static void
nothing_there(void **state)
{
	struct rig *rig = rig_new();
	struct modem_config config = rig_config(rig);

	(void)state;
	config.path = "/dev/pts/does-not-exist";
	rig_open(rig, &config);
	assert_int_equal(rig->states, 0); /* not from inside the call */
	RUN_UNTIL(rig, rig->state == MODEM_LOST);
	assert_int_equal(rig->trouble, MODEM_PORT);
	assert_int_equal(modem_info(rig->modem)->error, UV_ENOENT);
	rig_end(rig);
}

static void
one_program_at_a_time(void **state)
{
	struct rig *rig = rig_ready(), *other = rig_new();
	struct modem_config config = rig_config(rig);

	(void)state;
	rig_open(other, &config);
	RUN_UNTIL(other, other->state == MODEM_LOST);
	assert_int_equal(other->trouble, MODEM_PORT);
	assert_int_equal(modem_info(other->modem)->error, UV_EBUSY);
	rig_end(other);
	rig_end(rig);
}

static void
deaf_port(void **state)
{
	struct rig *rig = rig_new();
	struct modem_config config = rig_config(rig);

	(void)state;
	rig->peer.mute = true;
	config.ping_ms = 50;
	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->state == MODEM_LOST);
	assert_int_equal(rig->trouble, MODEM_DEAF);
	assert_int_equal(rig_send(rig, 1), UV_EAGAIN);
	rig_end(rig);
}

static void
short_silence_is_pinged_away(void **state)
{
	struct rig *rig = rig_new();
	struct modem_config config = rig_config(rig);

	(void)state;
	config.command_ms = 60;
	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->state == MODEM_READY);
	rig->peer.mute = true;
	RUN_UNTIL(rig, rig->state == MODEM_PINGING);
	assert_int_equal(modem_room(rig->modem), 0);
	rig->peer.mute = false;
	RUN_UNTIL(rig, rig->state == MODEM_READY);
	assert_int_equal(rig_send(rig, 1), 0);
	RUN_UNTIL(rig, rig->answers == 1);
	assert_int_equal(rig->answer[0].outcome, MODEM_ACCEPTED);
	rig_end(rig);
}

static bool
deaf_until_reset(struct peer *peer, const char *line)
{
	if (strcmp(line, "ATZ") != 0)
		return true; /* says nothing */
	peer->resets++;
	peer->hook = NULL;
	peer->echo = true;
	peer_ok(peer);
	return true;
}

static void
reset_heals(void **state)
{
	struct rig *rig = rig_new();
	struct modem_config config = rig_config(rig);

	(void)state;
	config.command_ms = config.ping_ms = 60;
	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->state == MODEM_READY);
	rig->peer.hook = deaf_until_reset;
	assert_int_equal(rig_send(rig, 1), 0);
	RUN_UNTIL(rig, rig->answers == 1);
	assert_int_equal(rig->answer[0].outcome, MODEM_UNSENT); /* it never asked for the text */
	RUN_UNTIL(rig, rig->peer.resets == 1 && rig->state == MODEM_READY);
	assert_int_equal(peer_said_to(&rig->peer, "AT+CMGF=0"), 2); /* set up anew */
	rig_end(rig);
}

static void
mute_for_good_is_lost(void **state)
{
	struct rig *rig = rig_new();
	struct modem_config config = rig_config(rig);

	(void)state;
	config.command_ms = config.ping_ms = 50;
	config.reset_ms = 400;
	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->state == MODEM_READY);
	rig->peer.mute = true;
	RUN_UNTIL(rig, rig->state == MODEM_LOST);
	assert_int_equal(rig->trouble, MODEM_SILENT);
	assert_non_null(strstr(rig->said, ">ATZ\n"));
	assert_non_null(strstr(rig->said, ">AT+CFUN=1,1\n"));
	rig_end(rig);
}

/* A Huawei stick may come back as a CD drive from it. */
static void
huawei_is_never_told_to_restart(void **state)
{
	struct rig *rig = rig_new();
	struct modem_config config = rig_config(rig);

	(void)state;
	config.command_ms = config.ping_ms = 50;
	config.reset_ms = 400;
	rig->peer.maker = "huawei";
	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->state == MODEM_READY);
	rig->peer.mute = true;
	RUN_UNTIL(rig, rig->state == MODEM_LOST);
	assert_null(strstr(rig->said, "CFUN=1,1"));
	rig_end(rig);
}

static bool
mute_behind_text(struct peer *peer, const char *line)
{
	(void)line;
	return peer->body;
}

/* It answers everything but texts: after two of them it is started anew. */
static void
answers_all_but_texts(void **state)
{
	struct rig *rig = rig_new();
	struct modem_config config = rig_config(rig);

	(void)state;
	config.sent_ms = 50;
	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->state == MODEM_READY);
	rig->peer.hook = mute_behind_text;
	for (unsigned i = 0; i < 2; i++) {
		RUN_UNTIL(rig, modem_room(rig->modem) > 0);
		assert_int_equal(rig_send(rig, i), 0);
		RUN_UNTIL(rig, rig->answers == i + 1);
		assert_int_equal(rig->answer[i].outcome, MODEM_UNKNOWN);
	}
	RUN_UNTIL(rig, peer_said_to(&rig->peer, "AT+CFUN=1,1") == 1);
	RUN_UNTIL(rig, rig->state == MODEM_READY);
	rig_end(rig);
}

/* Lines without end leave time for commands. */
static void
flood_does_not_starve(void **state)
{
	struct rig *rig = rig_ready();

	(void)state;
	rig->to_send = 10;
	rig_fill(rig);
	while (rig->answers < 10 && !rig->expired) {
		if (rig->peer.out_n < 2000)
			for (int i = 0; i < 50; i++)
				peer_raw(&rig->peer, "\r\n^RSSI:17\r\n^BOOT:1,0,0,0,6\r\n");
		uv_run(&rig->loop, UV_RUN_NOWAIT);
	}
	for (unsigned i = 0; i < 10; i++)
		assert_int_equal(rig->answer[i].outcome, MODEM_ACCEPTED);
	rig_end(rig);
}

static void
network_lost_and_found(void **state)
{
	struct rig *rig = rig_ready();

	(void)state;
	rig->peer.registration = "2";
	peer_say(&rig->peer, "+CREG: 2");
	RUN_UNTIL(rig, rig->state == MODEM_SEARCHING);
	assert_int_equal(modem_room(rig->modem), 0);
	RUN_UNTIL(rig, rig->trouble == MODEM_NO_NETWORK); /* for long: the radio is restarted */
	RUN_UNTIL(rig, peer_said_to(&rig->peer, "AT+CFUN=4") > 0);
	rig->peer.registration = "3";
	RUN_UNTIL(rig, rig->trouble == MODEM_DENIED);
	rig->peer.registration = "5";
	peer_say(&rig->peer, "+CREG: 5,\"00A1\",\"0B2C\"");
	RUN_UNTIL(rig, rig->state == MODEM_READY);
	assert_int_equal(modem_info(rig->modem)->radio.registration, MODEM_ROAMING);
	rig_end(rig);
}

/* A stick that started itself has forgotten its settings. */
static void
started_itself(void **state)
{
	struct rig *rig = rig_ready();

	(void)state;
	peer_say(&rig->peer, "RDY");
	RUN_UNTIL(rig, peer_said_to(&rig->peer, "AT+CMGF=0") == 2 && rig->state == MODEM_READY);
	rig_end(rig);
}

static bool
picky_about_notices(struct peer *peer, const char *line)
{
	static char set[32];

	if (strncmp(line, "AT+CNMI=", 8) == 0) {
		bool takes =
		    strcmp(line + 8, "2,1,0,2,0") == 0 || strcmp(line + 8, "2,1,0,1,0") == 0;

		/* The first it takes by its word only. */
		snprintf(set, sizeof set, "%s",
			 strcmp(line + 8, "2,1,0,2,0") == 0 ? "2,1,0,2,0" : "0,0,0,0,0");
		peer_say(peer, takes ? "OK" : "ERROR");
		return true;
	}
	if (strcmp(line, "AT+CNMI?") == 0) {
		peer_say(peer, "+CNMI: %s", set);
		peer_ok(peer);
		return true;
	}
	return false;
}

static void
settings_are_read_back(void **state)
{
	struct rig *rig = rig_new();
	struct modem_config config = rig_config(rig);

	(void)state;
	rig->peer.hook = picky_about_notices;
	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->state == MODEM_READY);
	assert_int_equal(modem_info(rig->modem)->reports, MODEM_REPORTS_STORED);
	rig_end(rig);
}

/* ---- at any moment ---- */

/* Closes, unplugs or mutes it after a while that chance gives; every text has one answer. */
static void
any_moment(unsigned seed)
{
	struct rig *rig = rig_new();
	struct modem_config config = rig_config(rig);
	unsigned turns = (unsigned)rand() % (seed % 2 ? 4000 : 400), unknown = 0;

	config.command_ms = config.ping_ms = config.sent_ms = config.prompt_ms = 20;
	config.reset_ms = 60;
	config.poll_ms = 5;
	config.drain_ms = 5;
	config.settle_ms = 1;
	rig->peer.bytewise = seed % 2;
	rig->peer.noise = seed % 3 ? NULL : "\r\n^RSSI:1\r\n";
	rig->peer.stored[1] =
	    "07917283010010F5040BC87238880900F10000993092516195800AE8329BFD4697D9EC37";
	rig->to_send = 40;
	rig_open(rig, &config);
	for (unsigned i = 0; i < turns; i++) {
		uv_run(&rig->loop, UV_RUN_NOWAIT);
		if (rig->state == MODEM_READY)
			rig_fill(rig);
	}
	if (seed % 4 == 1)
		peer_vanish(&rig->peer);
	rig->peer.mute = seed % 4 == 2;
	for (unsigned i = 0; i < 20; i++)
		uv_run(&rig->loop, UV_RUN_NOWAIT);
	if (seed % 4 == 2)
		RUN_UNTIL(rig, rig->state == MODEM_LOST || rig->answers == 40);
	rig_close(rig, seed % 8 == 0 ? 20 : 0);
	assert_int_equal(rig->answers, rig->sent);
	for (unsigned i = 0; i < rig->answers; i++)
		unknown += rig->answer[i].outcome == MODEM_UNKNOWN;
	assert_true(unknown <= 1);
	assert_true(rig->incomings <= 1);
	rig_end(rig);
}

static void
books_balance_at_any_moment(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= 200; seed++) {
		srand(seed);
		any_moment(seed);
	}
}

/* Closed from inside the n-th callback, whichever that is. */
static bool
closed_from_callback(unsigned n)
{
	struct rig *rig = rig_new();
	struct modem_config config = rig_config(rig);

	config.sent_ms = config.ping_ms = config.command_ms = 30;
	config.reset_ms = 60;
	rig->close_at = n;
	rig->peer.unlocked = false;
	rig->pin = "1234";
	rig->peer.stored[1] =
	    "07917283010010F5040BC87238880900F10000993092516195800AE8329BFD4697D9EC37";
	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->calls >= n || (rig->state == MODEM_READY && rig->incomings > 0));
	if (rig->calls < n) {
		rig->to_send = 3;
		rig_fill(rig);
		if (modem_ussd(rig->modem, "*100#") == 0)
			peer_say(&rig->peer, "+CUSD: 0,\"5.00\"");
		RUN_UNTIL(rig, rig->calls >= n || (rig->answers == 3 && rig->ussds == 1));
	}
	if (rig->calls < n) {
		rig->to_send = 4;
		rig_fill(rig);
		rig->peer.mute = true;
		RUN_UNTIL(rig, rig->calls >= n || rig->state == MODEM_LOST);
	}
	if (rig->calls < n)
		rig_close(rig, 0);
	RUN_UNTIL(rig, rig->closed);
	assert_int_equal(rig->answers, rig->sent);
	n = rig->calls < n ? 0 : n;
	rig_end(rig);
	return n > 0;
}

static void
closed_from_any_callback(void **state)
{
	unsigned n = 1;

	(void)state;
	while (closed_from_callback(n))
		n++;
	assert_true(n > 15);
}

static bool
restarts_behind_a_text(struct peer *peer, const char *line)
{
	(void)line;
	if (!peer->body)
		return false;
	peer->body = false;
	peer->hook = NULL;
	peer_say(peer, "RDY");
	return true;
}

/* Nobody waits two minutes for an answer that a restarted modem has forgotten. */
static void
a_restart_behind_ctrl_z_is_known(void **state)
{
	struct rig *rig = rig_new();
	struct modem_config config = rig_config(rig);

	(void)state;
	config.sent_ms = 3600000;
	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->state == MODEM_READY);
	rig->peer.hook = restarts_behind_a_text;
	assert_int_equal(rig_send(rig, 1), 0);
	RUN_UNTIL(rig, rig->answers == 1);
	assert_int_equal(rig->answer[0].outcome, MODEM_UNKNOWN);
	RUN_UNTIL(rig, rig->state == MODEM_READY && peer_said_to(&rig->peer, "AT+CMGF=0") == 2);
	assert_int_equal(rig_send(rig, 2), 0);
	RUN_UNTIL(rig, rig->answers == 2);
	assert_int_equal(rig->answer[1].outcome, MODEM_ACCEPTED);
	rig_end(rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_there),
	    cmocka_unit_test(one_program_at_a_time),
	    cmocka_unit_test(deaf_port),
	    cmocka_unit_test(short_silence_is_pinged_away),
	    cmocka_unit_test(reset_heals),
	    cmocka_unit_test(mute_for_good_is_lost),
	    cmocka_unit_test(huawei_is_never_told_to_restart),
	    cmocka_unit_test(answers_all_but_texts),
	    cmocka_unit_test(flood_does_not_starve),
	    cmocka_unit_test(network_lost_and_found),
	    cmocka_unit_test(started_itself),
	    cmocka_unit_test(settings_are_read_back),
	    cmocka_unit_test(closed_from_any_callback),
	    cmocka_unit_test(books_balance_at_any_moment),
	    cmocka_unit_test(a_restart_behind_ctrl_z_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
