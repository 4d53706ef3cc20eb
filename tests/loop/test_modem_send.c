/* A stick on good days and bad ones: set up, texts out, and what became of each. */
#include "modem_rig.h"

static void
is_set_up_and_known(void **state)
{
	struct rig *rig = rig_ready();
	const struct modem_info *info = modem_info(rig->modem);

	(void)state;
	RUN_UNTIL(rig, info->radio.operator_name[0] != '\0');
	assert_string_equal(info->identity.maker, "Acme");
	assert_string_equal(info->identity.model, "M1");
	assert_string_equal(info->identity.imei, "352099001761481");
	assert_string_equal(info->identity.iccid, "8963021234567890123");
	assert_string_equal(info->identity.imsi, "515021234567890");
	assert_string_equal(info->identity.driver, "generic");
	assert_string_equal(info->radio.operator_name, "Globe");
	assert_string_equal(info->centre, "+639170000130");
	assert_int_equal(info->radio.dbm, -73);
	assert_int_equal(info->reports, MODEM_REPORTS_DIRECT);
	assert_int_equal(info->store_size, 20);
	assert_int_equal(info->cmms, 2);
	rig_end(rig);
}

static void
texts_are_accepted(void **state)
{
	struct rig *rig = rig_ready();

	(void)state;
	rig->to_send = 20;
	rig_fill(rig);
	assert_int_equal(rig->answers, 0);
	RUN_UNTIL(rig, rig->answers == 20);
	for (unsigned i = 0; i < 20; i++) {
		assert_int_equal(rig->answer[i].cookie, i);
		assert_int_equal(rig->answer[i].outcome, MODEM_ACCEPTED);
		assert_int_equal(rig->answer[i].reference, i);
	}
	assert_string_equal(rig->peer.last_body, "0021000C9136191732547600000A5076393C2F83E0E13C");
	rig_end(rig);
}

/* One octet at a time, noise around every line, echo that does not go away. */
static void
noise_changes_nothing(void **state)
{
	static const char *const noises[] = {
	    "\r\n^RSSI:17\r\n", "\r\r\n^BOOT:1,2,3\r\r\n+CREG: 1\r\n",
	    "\r\nRING\r\n\r\n+CSQ: 3,99\r\n", "\r\n> \r\n", "\r\n\xff\x01\r\n"};

	(void)state;
	for (size_t i = 0; i < sizeof noises / sizeof noises[0]; i++) {
		struct rig *rig = rig_new();
		struct modem_config config = rig_config(rig);

		config.poll_ms = 5000;
		rig->peer.bytewise = true;
		rig->peer.stubborn = true;
		rig->peer.noise = noises[i];
		rig->peer.prompt = i % 2 ? "\r\n>" : "\r\n> ";
		rig_open(rig, &config);
		RUN_UNTIL(rig, rig->state == MODEM_READY);
		rig->to_send = 5;
		rig_fill(rig);
		RUN_UNTIL(rig, rig->answers == 5);
		for (unsigned n = 0; n < 5; n++) {
			assert_int_equal(rig->answer[n].outcome, MODEM_ACCEPTED);
			assert_int_equal(rig->answer[n].reference, n);
		}
		assert_int_equal(rig->peer.texts, 5);
		rig_end(rig);
	}
}

/* ---- held texts ---- */

static void
held_text_waits_behind_the_prompt(void **state)
{
	struct rig *rig = rig_ready();

	(void)state;
	rig->hold = true;
	assert_int_equal(rig_send(rig, 7), 0);
	RUN_UNTIL(rig, rig->peer.body);
	for (int i = 0; i < 20; i++)
		uv_run(&rig->loop, UV_RUN_NOWAIT);
	assert_int_equal(rig->peer.texts, 0);
	assert_true(modem_release(rig->modem, 7));
	assert_false(modem_release(rig->modem, 7));
	assert_false(modem_withdraw(rig->modem, 7));
	RUN_UNTIL(rig, rig->answers == 1);
	assert_int_equal(rig->answer[0].outcome, MODEM_ACCEPTED);
	rig_end(rig);
}

static void
withdrawn_text_never_leaves(void **state)
{
	struct rig *rig = rig_ready();

	(void)state;
	rig->hold = true;
	assert_int_equal(rig_send(rig, 1), 0);
	assert_int_equal(rig_send(rig, 2), 0);
	assert_int_equal(rig_send(rig, 3), UV_EAGAIN);
	RUN_UNTIL(rig, rig->peer.body);
	assert_true(modem_withdraw(rig->modem, 2));
	assert_true(modem_withdraw(rig->modem, 1));
	assert_int_equal(rig->answers, 0);
	RUN_UNTIL(rig, rig->answers == 2);
	assert_int_equal(rig->answer[0].outcome, MODEM_UNSENT);
	assert_int_equal(rig->answer[1].outcome, MODEM_UNSENT);
	rig->peer.quiet_escape = true;
	assert_int_equal(rig_send(rig, 3), 0);
	RUN_UNTIL(rig, rig->peer.body);
	assert_true(modem_withdraw(rig->modem, 3));
	RUN_UNTIL(rig, rig->answers == 3);
	peer_ok(&rig->peer); /* to the ESC, late */
	rig->hold = false;
	assert_int_equal(rig_send(rig, 4), 0);
	RUN_UNTIL(rig, rig->answers == 4);
	assert_int_equal(rig->answer[2].outcome, MODEM_UNSENT);
	assert_int_equal(rig->answer[3].outcome, MODEM_ACCEPTED);
	assert_int_equal(rig->peer.texts, 1);
	rig_end(rig);
}

static void
nobody_decides(void **state)
{
	struct rig *rig = rig_new();
	struct modem_config config = rig_config(rig);

	(void)state;
	config.held_ms = 50;
	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->state == MODEM_READY);
	rig->hold = true;
	assert_int_equal(rig_send(rig, 1), 0);
	RUN_UNTIL(rig, rig->answers == 1);
	assert_int_equal(rig->answer[0].outcome, MODEM_UNSENT);
	assert_false(modem_release(rig->modem, 1));
	assert_int_equal(rig->peer.texts, 0);
	rig_end(rig);
}

/* ---- refusals ---- */

static const char *refusal;

static bool
refuse(struct peer *peer, const char *line)
{
	(void)line;
	if (!peer->body || refusal == NULL)
		return false;
	peer_say(peer, "%s", refusal);
	refusal = NULL;
	return true;
}

static void
refusals_mean_what_the_maker_means(void **state)
{
	static const struct {
		const char *maker, *refusal;
		enum modem_outcome outcome;
		int code;
	} rows[] = {
	    {"Acme", "+CMS ERROR: 38", MODEM_NOW, 38},
	    {"Acme", "+CMS ERROR: 21", MODEM_NOW, 21},
	    {"Acme", "+CMS ERROR: 28", MODEM_NUMBER, 28},
	    {"Acme", "+CMS ERROR: 313", MODEM_SIM, 313},
	    {"Acme", "+CMS ERROR: 322", MODEM_NOW, 322},
	    {"Acme", "+CMS ERROR: 332", MODEM_UNKNOWN, 332},
	    {"Acme", "ERROR", MODEM_NOW, -1},
	    {"Acme", "+CME ERROR: 10", MODEM_SIM, -1},
	    {"SIMCOM_Ltd", "+CMS ERROR: 512", MODEM_UNSENT, 512},
	    {" WAVECOM MODEM", "+CMS ERROR: 512", MODEM_NOW, 512},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct rig *rig = rig_new();
		struct modem_config config = rig_config(rig);

		rig->peer.maker = rows[i].maker;
		rig->peer.hook = refuse;
		refusal = NULL;
		rig_open(rig, &config);
		RUN_UNTIL(rig, rig->state == MODEM_READY);
		refusal = rows[i].refusal;
		assert_int_equal(rig_send(rig, 1), 0);
		RUN_UNTIL(rig, rig->answers == 1);
		assert_int_equal(rig->answer[0].outcome, rows[i].outcome);
		assert_int_equal(rig->answer[0].code, rows[i].code);
		assert_true(rig->answer[0].why[0] != '\0');
		RUN_UNTIL(rig, rig->state == MODEM_READY && modem_room(rig->modem) > 0);
		assert_int_equal(rig_send(rig, 2), 0);
		RUN_UNTIL(rig, rig->answers == 2);
		assert_int_equal(rig->answer[1].outcome, MODEM_ACCEPTED);
		rig_end(rig);
	}
}

/* ---- silence and loss ---- */

static bool
say_nothing(struct peer *peer, const char *line)
{
	(void)line;
	if (!peer->body)
		return false;
	peer->hook = NULL; /* once */
	return true;
}

static void
silence_is_unknown_and_late_is_told(void **state)
{
	struct rig *rig = rig_new();
	struct modem_config config = rig_config(rig);

	(void)state;
	config.sent_ms = 100;
	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->state == MODEM_READY);
	rig->peer.hook = say_nothing;
	assert_int_equal(rig_send(rig, 5), 0);
	RUN_UNTIL(rig, rig->answers == 1);
	assert_int_equal(rig->answer[0].outcome, MODEM_UNKNOWN);
	peer_say(&rig->peer, "+CMGS: 77");
	peer_ok(&rig->peer);
	RUN_UNTIL(rig, rig->lates == 1);
	assert_int_equal(rig->late.cookie, 5);
	assert_int_equal(rig->late.reference, 77);
	assert_int_equal(rig->late.outcome, MODEM_ACCEPTED);
	RUN_UNTIL(rig, modem_room(rig->modem) > 0);
	assert_int_equal(rig_send(rig, 6), 0);
	RUN_UNTIL(rig, rig->answers == 2);
	assert_int_equal(rig->answer[1].outcome, MODEM_ACCEPTED);
	assert_int_equal(rig->answer[1].reference, 0);
	rig_end(rig);
}

/* The late answer comes while the next text waits for its prompt: it is not that one's. */
static bool
late_before_prompt(struct peer *peer, const char *line)
{
	if (strncmp(line, "AT+CMGS=", 8) != 0)
		return false;
	peer_say(peer, "+CMGS: 77");
	peer_ok(peer);
	return false;
}

static void
late_answer_is_not_the_next_ones(void **state)
{
	struct rig *rig = rig_new();
	struct modem_config config = rig_config(rig);

	(void)state;
	config.sent_ms = 100;
	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->state == MODEM_READY);
	rig->peer.hook = say_nothing;
	assert_int_equal(rig_send(rig, 5), 0);
	RUN_UNTIL(rig, rig->answers == 1 && modem_room(rig->modem) > 0);
	rig->peer.hook = late_before_prompt;
	assert_int_equal(rig_send(rig, 6), 0);
	RUN_UNTIL(rig, rig->answers == 2);
	assert_int_equal(rig->lates, 1);
	assert_int_equal(rig->late.cookie, 5);
	assert_int_equal(rig->late.reference, 77);
	assert_int_equal(rig->answer[1].outcome, MODEM_ACCEPTED);
	assert_int_equal(rig->answer[1].reference, 0);
	rig_end(rig);
}

/* AT+CMMS=1 forgets itself: it is said again before a run of texts, and not between them. */
static bool
takes_cmms_1_only(struct peer *peer, const char *line)
{
	if (strcmp(line, "AT+CMMS=2") != 0)
		return false;
	peer_say(peer, "+CMS ERROR: 303");
	return true;
}

static void
link_is_kept_for_a_run(void **state)
{
	struct rig *rig = rig_new();
	struct modem_config config = rig_config(rig);

	(void)state;
	rig->peer.hook = takes_cmms_1_only;
	rig->more = true;
	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->state == MODEM_READY);
	rig->to_send = 10;
	rig_fill(rig);
	RUN_UNTIL(rig, rig->answers == 10);
	assert_int_equal(modem_info(rig->modem)->cmms, 1);
	assert_int_equal(peer_said_to(&rig->peer, "AT+CMMS=1"), 2);
	rig_end(rig);
}

static bool
vanish_on_text(struct peer *peer, const char *line)
{
	(void)line;
	if (!peer->body)
		return false;
	peer_vanish(peer);
	return true;
}

static bool
vanish_on_prompt(struct peer *peer, const char *line)
{
	if (strncmp(line, "AT+CMGS=", 8) != 0)
		return false;
	peer_vanish(peer);
	return true;
}

static void
unplugged(peer_hook *hook, enum modem_outcome first)
{
	struct rig *rig = rig_ready();

	rig->peer.hook = hook;
	assert_int_equal(rig_send(rig, 1), 0);
	assert_int_equal(rig_send(rig, 2), 0);
	RUN_UNTIL(rig, rig->answers == 2);
	assert_int_equal(rig->answer[0].outcome, first);
	assert_int_equal(rig->answer[1].outcome, MODEM_UNSENT);
	assert_int_equal(rig->state, MODEM_LOST);
	assert_int_equal(rig->trouble, MODEM_GONE);
	assert_int_equal(modem_room(rig->modem), 0);
	rig_end(rig);
}

static void
unplugged_while_sending(void **state)
{
	(void)state;
	unplugged(vanish_on_text, MODEM_UNKNOWN);
	unplugged(vanish_on_prompt, MODEM_UNSENT);
}

static void
closing_waits_for_the_network(void **state)
{
	struct rig *rig = rig_ready();

	(void)state;
	rig->peer.hook = say_nothing;
	assert_int_equal(rig_send(rig, 1), 0);
	assert_int_equal(rig_send(rig, 2), 0);
	RUN_UNTIL(rig, rig->peer.texts == 1);
	modem_close(rig->modem, 2000, rig_on_closed, rig);
	peer_say(&rig->peer, "+CMGS: 9");
	peer_ok(&rig->peer);
	RUN_UNTIL(rig, rig->closed);
	assert_int_equal(rig->answers, 2);
	assert_int_equal(rig->answer[0].outcome, MODEM_ACCEPTED);
	assert_int_equal(rig->answer[1].outcome, MODEM_UNSENT);
	rig_end(rig);
}

static void
closing_at_once_leaves_unknown(void **state)
{
	struct rig *rig = rig_ready();

	(void)state;
	rig->peer.hook = say_nothing;
	assert_int_equal(rig_send(rig, 1), 0);
	RUN_UNTIL(rig, rig->peer.texts == 1);
	rig_close(rig, 0);
	assert_int_equal(rig->answers, 1);
	assert_int_equal(rig->answer[0].outcome, MODEM_UNKNOWN);
	rig_end(rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(is_set_up_and_known),
	    cmocka_unit_test(texts_are_accepted),
	    cmocka_unit_test(noise_changes_nothing),
	    cmocka_unit_test(held_text_waits_behind_the_prompt),
	    cmocka_unit_test(withdrawn_text_never_leaves),
	    cmocka_unit_test(nobody_decides),
	    cmocka_unit_test(refusals_mean_what_the_maker_means),
	    cmocka_unit_test(silence_is_unknown_and_late_is_told),
	    cmocka_unit_test(late_answer_is_not_the_next_ones),
	    cmocka_unit_test(link_is_kept_for_a_run),
	    cmocka_unit_test(unplugged_while_sending),
	    cmocka_unit_test(closing_waits_for_the_network),
	    cmocka_unit_test(closing_at_once_leaves_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
