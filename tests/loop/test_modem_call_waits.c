/* Somebody calls while a call is up, in every maker's words: they hear a busy tone and are told of
 * once, whatever is said of them and whenever the call ends. */
#include "modem_phone.h"

#define OTHER "+639990000009"

static unsigned
told(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < phone.events; i++)
		n += phone.event[i].waited;
	return n;
}

/* Of the one who is told of now. */
static void
is_missed(const struct rig *rig, const char *number)
{
	assert_int_equal(phone_last()->state, MODEM_CALL_ENDED);
	assert_int_equal(phone_last()->end, MODEM_CALL_MISSED);
	assert_true(phone_last()->waited);
	assert_string_equal(phone_last()->number, number);
	if (!rig->closed && modem_call_now(rig->modem) != NULL)
		assert_true(phone_last()->id != modem_call_now(rig->modem)->id);
}

static void
lists(struct rig *rig, unsigned lists)
{
	unsigned n = peer_said_to(&rig->peer, "AT+CLCC") + lists;

	RUN_UNTIL(rig, peer_said_to(&rig->peer, "AT+CLCC") >= n);
}

static void
somebody_else_calls(struct rig *rig)
{
	enum phone_words words = phone.maker->words;

	phone_to(rig, MODEM_CALL_ACTIVE);
	assert_true(peer_said_to(&rig->peer, "AT+CCWA=1") > 0);
	phone.waiting = true;
	peer_say(&rig->peer, "+CCWA: \"" OTHER "\",145,1");
	RUN_UNTIL(rig, phone.refused > 0 && phone.events == 4);
	is_missed(rig, OTHER);
	if (words == WORDS_CLCC)
		peer_say(&rig->peer, "+CLCC: 2,1,6,0,0,\"" OTHER "\",145");
	if (words == WORDS_HUAWEI)
		peer_say(&rig->peer, "^CEND:2,0,29,17");
	peer_say(&rig->peer, "+CREG: 1");
	lists(rig, 4);
	assert_int_equal(phone.events, 4);
	assert_int_equal(modem_call_now(rig->modem)->state, MODEM_CALL_ACTIVE);
}

static void
who_waits_hears_a_busy_tone(void **state)
{
	(void)state;
	phone_by_every_maker(somebody_else_calls);
}

/* Said again, torn by noise, and listed: one call. Another one behind it is another. */
static void
is_said_again_and_badly(struct rig *rig)
{
	phone_to(rig, MODEM_CALL_ACTIVE);
	phone.rude = phone.waiting = true;
	peer_say(&rig->peer, "+CCWA: \"+63999");
	peer_say(&rig->peer, "+CCWA: \"" OTHER "\",145,1");
	peer_say(&rig->peer, "RING");
	lists(rig, 2);
	peer_say(&rig->peer, "+CCWA: \"" OTHER "\",145,1");
	peer_say(&rig->peer, "+CCWA: \"+6399900000");
	peer_say(&rig->peer, "+CLIP: \"" OTHER "\",145,,,,0");
	lists(rig, 3);
	assert_int_equal(told(), 0);
	phone.waiting = false;
	RUN_UNTIL(rig, told() == 1);
	is_missed(rig, OTHER);
	lists(rig, 4);
	assert_int_equal(told(), 1);
	peer_say(&rig->peer, "+CCWA: \"\",128,1");
	RUN_UNTIL(rig, told() == 2);
	is_missed(rig, "");
	phone_end(16);
	RUN_UNTIL(rig, modem_room(rig->modem) == MODEM_ROOM);
	assert_int_equal(told(), 2);
	assert_int_equal(phone_last()->end, MODEM_CALL_HUNG_UP);
}

static void
who_waits_is_told_of_once(void **state)
{
	(void)state;
	phone_by_every_maker(is_said_again_and_badly);
}

/* Before anybody answered, and of the number that is being called: they are not sent away. */
static void
it_is_who_is_called(struct rig *rig)
{
	phone_to(rig, MODEM_CALL_ALERTING);
	peer_say(&rig->peer, "+CCWA: \"%s\",145,1", phone.number);
	RUN_UNTIL(rig, told() == 1);
	is_missed(rig, phone.number);
	assert_int_equal(phone.refused, 0);
	modem_hangup(rig->modem);
	RUN_UNTIL(rig, phone_ends() == 2);
	assert_int_equal(phone_last()->end, MODEM_CALL_US);
	assert_int_equal(phone.stat, -1);
}

static void
who_is_called_may_call_meanwhile(void **state)
{
	(void)state;
	phone_by_every_maker(it_is_who_is_called);
}

/* The call ends under them: they give up then, or ring on. */
static void
it_ends_first(struct rig *rig, bool rings)
{
	phone_to(rig, MODEM_CALL_ACTIVE);
	phone.rude = phone.waiting = true;
	peer_say(&rig->peer, "+CCWA: \"" OTHER "\",145,1");
	lists(rig, 2);
	phone.waiting = false;
	phone_end(16);
	if (rings)
		phone_ring(OTHER);
	RUN_UNTIL(rig, rings ? phone_is(MODEM_CALL_INCOMING) : told() == 1);
	assert_int_equal(phone_ends(), rings ? 1 : 2);
	if (!rings) {
		RUN_UNTIL(rig, modem_room(rig->modem) == MODEM_ROOM);
		assert_int_equal(told(), 1);
		return;
	}
	lists(rig, 2);
	assert_int_equal(told(), 0);
	assert_int_equal(modem_accept(rig->modem), 0);
	RUN_UNTIL(rig, phone_is(MODEM_CALL_ACTIVE));
	phone_hung_up_on(rig);
}

static void
they_give_up(struct rig *rig)
{
	it_ends_first(rig, false);
}

static void
they_ring_on(struct rig *rig)
{
	it_ends_first(rig, true);
}

static void
who_waits_when_it_ends_rings_or_has_missed_us(void **state)
{
	(void)state;
	phone_by_every_maker(they_give_up);
	phone_by_every_maker(they_ring_on);
}

/* With the stick goes the call; who waited is told of all the same. */
static void
stick_is_lost_or_closed(struct rig *rig, bool closed)
{
	phone_to(rig, MODEM_CALL_ACTIVE);
	phone.rude = phone.waiting = true;
	peer_say(&rig->peer, "+CCWA: \"" OTHER "\",145,1");
	lists(rig, 2);
	if (closed) {
		rig_close(rig, 0);
	} else {
		peer_vanish(&rig->peer);
		RUN_UNTIL(rig, rig->state == MODEM_LOST);
		rig_close(rig, 0);
	}
	assert_int_equal(told(), 1);
	assert_int_equal(phone_ends(), 2);
	is_missed(rig, OTHER);
}

static void
stick_is_lost(struct rig *rig)
{
	stick_is_lost_or_closed(rig, false);
}

static void
stick_is_closed(struct rig *rig)
{
	stick_is_lost_or_closed(rig, true);
}

static void
who_waits_is_not_forgotten_with_the_stick(void **state)
{
	(void)state;
	phone_by_every_maker(stick_is_lost);
	phone_by_every_maker(stick_is_closed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_waits_hears_a_busy_tone),
	    cmocka_unit_test(who_waits_is_told_of_once),
	    cmocka_unit_test(who_is_called_may_call_meanwhile),
	    cmocka_unit_test(who_waits_when_it_ends_rings_or_has_missed_us),
	    cmocka_unit_test(who_waits_is_not_forgotten_with_the_stick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
