/* What comes in: texts in storage and directly, reports, USSD; and the SIM's lock. */
#include "modem_rig.h"

#define HELLO   "07917283010010F5040BC87238880900F10000993092516195800AE8329BFD4697D9EC37"
#define HELLO_2 "07917283010010F5040BC87238880900F10000993092516105800AE8329BFD4697D9EC37"
#define REPORT  "07917238010010F506D60B911326880736F4111011719551401110117195714000"

static void
storage_is_drained_and_emptied(void **state)
{
	struct rig *rig = rig_new();
	struct modem_config config = rig_config(rig);

	(void)state;
	rig->peer.stored[0] = HELLO;
	rig->peer.stored[7] = HELLO_2;
	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->peer.stored[0] == NULL && rig->peer.stored[7] == NULL);
	assert_int_equal(rig->incomings, 2);
	assert_string_equal(rig->text, "hellohello");
	rig_end(rig);
}

/* Whatever index and store it says. */
static void
announced_however(void **state)
{
	static const char *const notices[] = {"+CMTI: \"SM\",3", "+CMTI: \"SM\",-1",
					      "+CMTI: \"SM\",4", "+CMTI: 3",
					      "+CMTI: \"QQ\",3", "+CMTI:"};

	(void)state;
	for (size_t i = 0; i < sizeof notices / sizeof notices[0]; i++) {
		struct rig *rig = rig_ready();

		rig->peer.bytewise = i % 2;
		rig->peer.stored[3] = HELLO;
		peer_say(&rig->peer, "%s", notices[i]);
		RUN_UNTIL(rig, rig->peer.stored[3] == NULL);
		assert_int_equal(rig->incomings, 1);
		rig_end(rig);
	}
}

static bool
has_no_stores(struct peer *peer, const char *line)
{
	if (strncmp(line, "AT+CPMS", 7) != 0)
		return false;
	peer_say(peer, "ERROR");
	return true;
}

/* AT+CPMS wants one store, all three, or nothing at all. */
static bool
wants_three_stores(struct peer *peer, const char *line)
{
	if (strncmp(line, "AT+CPMS=\"", 9) != 0 || strchr(line, ',') != NULL)
		return false;
	peer_say(peer, "+CMS ERROR: 302");
	return true;
}

static bool
wants_one_store(struct peer *peer, const char *line)
{
	if (strncmp(line, "AT+CPMS=\"", 9) != 0 || strchr(line, ',') == NULL)
		return false;
	peer_say(peer, "+CMS ERROR: 302");
	return true;
}

static void
picky_storage(void **state)
{
	static peer_hook *const hooks[] = {has_no_stores, wants_three_stores, wants_one_store};

	(void)state;
	for (size_t i = 0; i < sizeof hooks / sizeof hooks[0]; i++) {
		struct rig *rig = rig_new();
		struct modem_config config = rig_config(rig);

		rig->peer.hook = hooks[i];
		rig->peer.stored[1] = HELLO;
		rig_open(rig, &config);
		RUN_UNTIL(rig, rig->peer.stored[1] == NULL);
		rig->peer.stored[4] = HELLO_2;
		peer_say(&rig->peer, "+CMTI: \"SM\",4");
		RUN_UNTIL(rig, rig->peer.stored[4] == NULL);
		assert_int_equal(rig->incomings, 2);
		RUN_UNTIL(rig, rig->state == MODEM_READY);
		assert_int_equal(rig_send(rig, 1), 0);
		RUN_UNTIL(rig, rig->answers == 1);
		rig_end(rig);
	}
}

/* Not durable: it stays, is not given again in this session, and is given in the next. */
static void
unconfirmed_stays(void **state)
{
	struct rig *rig = rig_new();
	struct modem_config config = rig_config(rig);
	uint64_t digest;

	(void)state;
	rig->confirms = false;
	rig->peer.stored[2] = HELLO;
	rig_open(rig, &config);
	RUN_UNTIL(rig, peer_said_to(&rig->peer, "AT+CMGL") >= 5);
	assert_int_equal(rig->incomings, 1);
	assert_int_equal(rig->peer.deletes, 0);
	digest = rig->digest;
	rig_close(rig, 0);
	rig->closed = false;
	rig->confirms = true;
	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->peer.stored[2] == NULL);
	assert_int_equal(rig->incomings, 2);
	assert_true(rig->digest == digest);
	rig_end(rig);
}

static void
what_cannot_be_deleted_is_given_once(void **state)
{
	struct rig *rig = rig_new();
	struct modem_config config = rig_config(rig);

	(void)state;
	rig->peer.keeps = true;
	rig->peer.stored[2] = HELLO;
	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->peer.deletes >= 9); /* it goes on trying */
	assert_int_equal(rig->incomings, 1);
	rig->peer.stored[2] = HELLO_2; /* another text in the same place */
	RUN_UNTIL(rig, rig->incomings == 2);
	rig->peer.keeps = false;
	RUN_UNTIL(rig, rig->peer.stored[2] == NULL);
	assert_int_equal(rig->incomings, 2);
	rig_end(rig);
}

/* Given directly: acknowledged once it is durable; the network's second copy is no second text. */
static void
direct_ones_are_acknowledged(void **state)
{
	struct rig *rig = rig_ready();

	(void)state;
	rig->peer.bytewise = true;
	rig->confirms = false;
	peer_say(&rig->peer, "+CMT: ,28");
	peer_say(&rig->peer, "%s", HELLO);
	RUN_UNTIL(rig, rig->incomings == 1);
	assert_int_equal(rig->peer.acknowledged, 0);
	modem_confirm(rig->modem, rig->token);
	RUN_UNTIL(rig, rig->peer.acknowledged == 1);
	modem_confirm(rig->modem, rig->token); /* harmless */
	rig->peer.noise = "\r\n^RSSI:9\r\n";
	peer_say(&rig->peer, "+CMT: ,28");
	peer_say(&rig->peer, "%s", HELLO);
	RUN_UNTIL(rig, rig->peer.acknowledged == 2);
	assert_int_equal(rig->incomings, 1);
	rig_end(rig);
}

static void
reports_come_both_ways(void **state)
{
	struct rig *rig = rig_ready();

	(void)state;
	peer_say(&rig->peer, "+CDS: 25");
	peer_say(&rig->peer, "%s", REPORT);
	RUN_UNTIL(rig, rig->reports == 1 && rig->peer.acknowledged == 1);
	assert_int_equal(rig->reference, 0xD6);
	assert_string_equal(rig->number, "+31628870634");
	assert_int_equal(rig->status, 0);
	rig->peer.stored[5] = "07917238010010F506D70B911326880736F4111011719551401110117195714000";
	peer_say(&rig->peer, "+CDSI: \"SR\",5");
	RUN_UNTIL(rig, rig->peer.stored[5] == NULL);
	assert_int_equal(rig->reports, 2);
	assert_int_equal(rig->reference, 0xD7);
	assert_true(peer_said_to(&rig->peer, "AT+CPMS=\"SR\"") > 0);
	rig_end(rig);
}

static bool
no_report_store(struct peer *peer, const char *line)
{
	if (strcmp(line, "AT+CPMS=?") == 0) {
		peer_say(peer, "+CPMS: (\"SM\"),(\"SM\"),(\"SM\")");
		peer_ok(peer);
		return true;
	}
	if (strncmp(line, "AT+CPMS=\"SR\"", 12) != 0)
		return false;
	peer_say(peer, "+CMS ERROR: 302");
	return true;
}

/* Some say "SR" and mean the SIM: that costs two questions once, and not the wait for a drain. */
static void
reports_kept_where_there_is_no_such_store(void **state)
{
	struct rig *rig = rig_new();
	struct modem_config config = rig_config(rig);

	(void)state;
	config.drain_ms = 3600000;
	rig->peer.hook = no_report_store;
	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->state == MODEM_READY && peer_said_to(&rig->peer, "AT+CMGL") == 1);
	rig->peer.stored[5] = REPORT;
	peer_say(&rig->peer, "+CDSI: \"SR\",5");
	RUN_UNTIL(rig, rig->peer.stored[5] == NULL);
	rig->peer.stored[6] = "07917238010010F506D70B911326880736F4111011719551401110117195714000";
	peer_say(&rig->peer, "+CDSI: \"SR\",6");
	RUN_UNTIL(rig, rig->peer.stored[6] == NULL);
	assert_int_equal(rig->reports, 2);
	assert_int_equal(peer_said_to(&rig->peer, "AT+CPMS=\"SR\""), 2);
	assert_int_equal(peer_said_to(&rig->peer, "AT+CMGL"), 1);
	rig_end(rig);
}

/* A flood of incoming does not stop what goes out, nor the other way round. */
static bool
text_brings_text(struct peer *peer, const char *line)
{
	(void)line;
	if (!peer->body)
		return false;
	peer->stored[peer->texts % PEER_STORED] = HELLO;
	peer_say(peer, "+CMTI: \"SM\",%u", peer->texts % PEER_STORED);
	return false;
}

static void
both_ways_at_once(void **state)
{
	struct rig *rig = rig_ready();

	(void)state;
	rig->peer.hook = text_brings_text;
	rig->to_send = 50;
	rig_fill(rig);
	RUN_UNTIL(rig, rig->answers == 50);
	for (unsigned i = 0; i < 50; i++)
		assert_int_equal(rig->answer[i].outcome, MODEM_ACCEPTED);
	assert_true(rig->peer.deletes >= 5);
	assert_int_equal(rig->incomings, 1); /* the same octets all the time */
	rig_end(rig);
}

/* ---- USSD ---- */

static bool
answer_ussd(struct peer *peer, const char *line)
{
	if (strncmp(line, "AT+CUSD=1", 9) != 0)
		return false;
	if (strcmp(line, "AT+CUSD=1,\"*100#\",15") != 0) {
		peer_say(peer, "ERROR");
		return true;
	}
	peer_ok(peer);
	peer_say(peer, "+CUSD: 0,\"Your balance is P5.00,\r\nvalid to 12 May\",15");
	return true;
}

static void
ussd_plain_packed_and_wide(void **state)
{
	struct rig *rig = rig_ready();

	(void)state;
	rig->peer.hook = answer_ussd;
	assert_int_equal(modem_ussd(rig->modem, "*100#\""), UV_EINVAL);
	assert_int_equal(modem_ussd(rig->modem, "*100#"), 0);
	assert_int_equal(modem_ussd(rig->modem, "*100#"), UV_EAGAIN);
	RUN_UNTIL(rig, rig->ussds == 1);
	assert_int_equal(rig->ussd_error, 0);
	assert_string_equal(rig->ussd, "Your balance is P5.00,\nvalid to 12 May");
	peer_say(&rig->peer, "+CUSD: 0,\"E8329BFD4697D9EC37\",15");
	RUN_UNTIL(rig, rig->ussds == 2);
	assert_string_equal(rig->ussd, "hellohello");
	peer_say(&rig->peer, "+CUSD: 0,\"00480069\",72");
	RUN_UNTIL(rig, rig->ussds == 3);
	assert_string_equal(rig->ussd, "Hi");
	rig_end(rig);
}

/* A Huawei stick is asked in packed form first; this one does not want it. */
static void
ussd_in_the_other_form(void **state)
{
	struct rig *rig = rig_new();
	struct modem_config config = rig_config(rig);

	(void)state;
	rig->peer.maker = "huawei";
	rig->peer.hook = answer_ussd;
	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->state == MODEM_READY);
	assert_int_equal(modem_ussd(rig->modem, "*100#"), 0);
	RUN_UNTIL(rig, rig->ussds == 1);
	assert_int_equal(rig->ussd_error, 0);
	assert_int_equal(peer_said_to(&rig->peer, "AT+CUSD=1,\"AA180C3602\",15"), 1);
	rig_end(rig);
}

/* ---- the SIM's lock ---- */

static struct rig *
locked(const char *pin, struct modem_config *config)
{
	struct rig *rig = rig_new();

	*config = rig_config(rig);
	rig->peer.unlocked = false;
	rig->pin = pin;
	rig->peer.stubborn = true; /* it echoes the PIN */
	rig_open(rig, config);
	return rig;
}

static void
right_pin_opens(void **state)
{
	struct modem_config config;
	struct rig *rig = locked("1234", &config);

	(void)state;
	RUN_UNTIL(rig, rig->state == MODEM_READY);
	assert_int_equal(rig->pins, 1);
	assert_int_equal(rig->peer.pin_tries, 1);
	assert_null(strstr(rig->said, "1234\""));
	assert_non_null(strstr(rig->said, "AT+CPIN=\"****\""));
	rig_end(rig);
}

static void
wrong_pin_is_tried_once(void **state)
{
	struct modem_config config;
	struct rig *rig = locked("9999", &config);

	(void)state;
	RUN_UNTIL(rig, rig->state == MODEM_ASIDE);
	assert_int_equal(rig->trouble, MODEM_PIN_WRONG);
	RUN_UNTIL(rig,
		  peer_said_to(&rig->peer, "AT+CPIN?") >= 4); /* looked at again, and not tried */
	assert_int_equal(rig->pins, 1);
	assert_int_equal(rig->peer.pin_tries, 1);
	rig->peer.unlocked = true; /* by a person */
	RUN_UNTIL(rig, rig->state == MODEM_READY);
	assert_int_equal(rig->peer.pin_tries, 1);
	rig_end(rig);
}

static void
no_pin_is_set_aside(void **state)
{
	struct modem_config config;
	struct rig *rig = locked(NULL, &config);

	(void)state;
	RUN_UNTIL(rig, rig->state == MODEM_ASIDE);
	assert_int_equal(rig->trouble, MODEM_PIN_WANTED);
	assert_int_equal(rig->peer.pin_tries, 0);
	assert_int_equal(modem_pin(rig->modem, "1234"), UV_EAGAIN);
	rig_end(rig);
}

static bool
wants_puk(struct peer *peer, const char *line)
{
	if (strcmp(line, "AT+CPIN?") != 0)
		return false;
	peer_say(peer, "+CPIN: SIM PUK");
	peer_ok(peer);
	return true;
}

static bool
has_no_sim(struct peer *peer, const char *line)
{
	if (strcmp(line, "AT+CPIN?") != 0)
		return false;
	peer_say(peer, "+CME ERROR: 10");
	return true;
}

static void
set_aside_until_mended(void **state)
{
	static const struct {
		peer_hook *hook;
		enum modem_trouble trouble;
	} rows[] = {{wants_puk, MODEM_PUK}, {has_no_sim, MODEM_NO_SIM}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct rig *rig = rig_new();
		struct modem_config config = rig_config(rig);

		rig->peer.hook = rows[i].hook;
		rig_open(rig, &config);
		RUN_UNTIL(rig, rig->state == MODEM_ASIDE);
		assert_int_equal(rig->trouble, rows[i].trouble);
		assert_int_equal(rig->pins, 0);
		rig->peer.hook = NULL;
		RUN_UNTIL(rig, rig->state == MODEM_READY);
		rig_end(rig);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(storage_is_drained_and_emptied),
	    cmocka_unit_test(announced_however),
	    cmocka_unit_test(picky_storage),
	    cmocka_unit_test(unconfirmed_stays),
	    cmocka_unit_test(what_cannot_be_deleted_is_given_once),
	    cmocka_unit_test(direct_ones_are_acknowledged),
	    cmocka_unit_test(reports_come_both_ways),
	    cmocka_unit_test(reports_kept_where_there_is_no_such_store),
	    cmocka_unit_test(both_ways_at_once),
	    cmocka_unit_test(ussd_plain_packed_and_wide),
	    cmocka_unit_test(ussd_in_the_other_form),
	    cmocka_unit_test(right_pin_opens),
	    cmocka_unit_test(wrong_pin_is_tried_once),
	    cmocka_unit_test(no_pin_is_set_aside),
	    cmocka_unit_test(set_aside_until_mended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
