/* A person brought into a call: held, rung, joined, or taken back; and no leg left on the air,
 * whoever hangs up and when. */
#include "modem_phone.h"

#define PERSON "+639180000001"

static struct leg {
	int stat; /* 27.007 <stat> of the second leg, -1: none */
	bool no_hold, no_dial, no_join, quiet;
	unsigned dialled, joined;
	unsigned told;
	struct modem_person outcome;
} leg;

/* ---- a stick with two legs ---- */

static void
leg_say(int stat, int cause)
{
	struct peer *peer = &phone.rig->peer;

	switch (phone.maker->words) {
	case WORDS_LIST: break;
	case WORDS_HUAWEI:
		if (stat < 0)
			peer_say(peer, "^CEND:2,0,104,%d", cause);
		else
			peer_say(peer, stat == 2   ? "^ORIG:2,0"
				       : stat == 3 ? "^CONF:2"
						   : "^CONN:2,0");
		break;
	case WORDS_QIND:
		peer_say(peer, "+QIND: \"ccinfo\",2,0,%d,0,0,\"" PERSON "\",145", stat);
		break;
	case WORDS_DSCI:
		peer_say(peer, "^DSCI: 2,0,%d,0," PERSON ",145",
			 (const int[]){6, 3, 1, 2, 7}[stat + 1]);
		break;
	case WORDS_CLCC:
		peer_say(peer, "+CLCC: 2,0,%d,0,0,\"" PERSON "\",145", stat < 0 ? 6 : stat);
		break;
	}
	if (stat < 0 && phone.maker->words != WORDS_HUAWEI)
		peer_say(peer, cause == 17 ? "BUSY" : "NO CARRIER");
}

static void
leg_go(int stat, int cause)
{
	leg.stat = stat;
	if (!leg.quiet)
		leg_say(stat, cause);
}

static void
answer(struct peer *peer, bool ok)
{
	peer_say(peer, ok ? "OK" : "ERROR");
}

static void
hold(struct peer *peer)
{
	if (leg.stat < 0 && phone.stat >= 0 && !(leg.no_hold && phone.stat == 0))
		phone.stat = phone.stat == 0 ? 1 : 0;
	answer(peer, !leg.no_hold);
}

static void
join(struct peer *peer)
{
	assert_int_equal(leg.stat, 0);
	assert_int_equal(phone.stat, 1);
	leg.joined++;
	if (!leg.no_join)
		phone.stat = 0;
	answer(peer, !leg.no_join);
}

/* A Huawei ends what is not held, the others all. */
static void
both_end(struct peer *peer)
{
	bool all = phone.maker->words != WORDS_HUAWEI;

	peer_ok(peer);
	if (phone.stat >= 0 && (all || phone.stat != 1 || leg.stat < 0))
		phone_end(16);
	leg_go(-1, 16);
}

static bool
hook(struct peer *peer, const char *line)
{
	if (strcmp(line, "AT+CHLD=2") == 0) {
		hold(peer);
	} else if (strcmp(line, "AT+CHLD=3") == 0) {
		join(peer);
	} else if (strncmp(line, "AT+CHLD=1", 9) == 0) {
		assert_true(phone.maker->words != WORDS_HUAWEI);
		assert_string_equal(line, "AT+CHLD=12");
		peer_ok(peer);
		leg_go(-1, 16);
	} else if (strncmp(line, "ATD", 3) == 0 && phone.stat >= 0) {
		assert_int_equal(phone.stat, 1);
		assert_string_equal(line, "ATD" PERSON ";");
		leg.dialled++;
		answer(peer, !leg.no_dial);
		if (!leg.no_dial)
			leg_go(2, 0);
	} else if (strcmp(line, "AT+CLCC") == 0 && leg.stat >= 0) {
		if (phone.stat >= 0)
			peer_say(peer, "+CLCC: 1,0,%d,0,0,\"%s\",145", phone.stat, phone.number);
		peer_say(peer, "+CLCC: 2,0,%d,0,0,\"" PERSON "\",145", leg.stat);
		peer_ok(peer);
	} else if (leg.stat >= 0 && (strcmp(line, "AT+CHUP") == 0 || strcmp(line, "ATH") == 0)) {
		both_end(peer);
	} else if (leg.stat >= 0 && strcmp(line, "AT^DDSETEX=2") == 0) {
		peer_ok(peer);
	} else {
		return phone_hook(peer, line);
	}
	return true;
}

static void
on_person(void *ctx, const struct modem_person *person)
{
	assert_false(((struct rig *)ctx)->closed);
	assert_int_equal(phone_ends(), 0);
	leg.outcome = *person;
	leg.told++;
}

static struct rig *
in_a_call(const struct phone_maker *maker)
{
	struct rig *rig = phone_new(maker);
	struct modem_config config = phone_config(rig);

	leg = (struct leg){.stat = -1};
	rig->peer.hook = hook;
	phone.on_person = on_person;
	phone_start(rig, &config);
	phone_to(rig, MODEM_CALL_ACTIVE);
	RUN_UNTIL(rig, peer_said_to(&rig->peer, "AT+CLCC") > 2);
	return rig;
}

enum stage { HELD, DIALLED, RINGS, JOINED, STAGES };

/* Brings the second leg so far. */
static void
leg_to(struct rig *rig, enum stage stage, unsigned ring_ms)
{
	assert_int_equal(modem_person(rig->modem, PERSON, ring_ms), 0);
	assert_int_equal(modem_person(rig->modem, PERSON, ring_ms), UV_EAGAIN);
	RUN_UNTIL(rig, phone.stat == 1);
	if (stage == HELD)
		return;
	RUN_UNTIL(rig, leg.dialled == 1);
	if (stage == DIALLED)
		return;
	leg_go(3, 0);
	if (stage == RINGS)
		return;
	leg_go(0, 0);
	RUN_UNTIL(rig, leg.told == 1);
	assert_true(leg.outcome.joined);
	assert_int_equal(phone.stat, 0);
}

static bool
can(const struct phone_maker *maker)
{
	return strncmp(maker->driver, "simcom7670", 10) != 0 && maker->words != WORDS_LIST;
}

#define EACH_THAT_CAN(maker) EACH_MAKER(maker) if (can(maker))

static void
nobody_is_left(struct rig *rig)
{
	RUN_UNTIL(rig, phone_is(MODEM_CALL_ENDED) && leg.stat < 0 && phone.stat < 0);
	RUN_UNTIL(rig, rig->state == MODEM_READY && modem_room(rig->modem) > 0);
	assert_int_equal(phone_ends(), 1);
	rig_end(rig);
}

/* ---- what is seen of it ---- */

static void
is_joined_until_one_hangs_up(void **state)
{
	(void)state;
	EACH_THAT_CAN(maker)
	for (int who = 0; who < 4; who++) {
		struct rig *rig = in_a_call(maker);

		leg.quiet = who % 2; /* the list alone tells, too */
		leg_to(rig, JOINED, 5000);
		if (who < 2) {
			phone_end(16);
			phone_ended(rig, MODEM_CALL_HUNG_UP);
		} else {
			leg_go(-1, 16);
			phone_ended(rig, MODEM_CALL_US);
		}
		nobody_is_left(rig);
		assert_int_equal(leg.told, 1);
		assert_int_equal(leg.joined, 1);
	}
}

/* They are back, the call goes on, and a person can be asked for again. */
static void
goes_on(struct rig *rig, enum modem_call_end end)
{
	RUN_UNTIL(rig, leg.told == 1);
	assert_false(leg.outcome.joined);
	assert_int_equal(leg.outcome.end, end);
	assert_int_equal(phone.stat, 0);
	assert_int_equal(leg.stat, -1);
	assert_int_equal(modem_call_now(rig->modem)->state, MODEM_CALL_ACTIVE);
	if (leg.dialled > 0)
		peer_say(&rig->peer, "NO CARRIER"); /* once more, of the leg that is gone */
	for (unsigned n = rig->peer.log_n; rig->peer.log_n < n + 4;)
		uv_run(&rig->loop, UV_RUN_ONCE);
	assert_int_equal(phone_ends(), 0);
	leg = (struct leg){.stat = -1};
	leg_to(rig, JOINED, 5000);
	assert_int_equal(modem_hangup(rig->modem), 0);
	nobody_is_left(rig);
}

static void
who_is_not_there_leaves_the_call_as_it_was(void **state)
{
	(void)state;
	EACH_THAT_CAN(maker)
	{
		struct rig *rig = in_a_call(maker);

		leg_to(rig, RINGS, 5000);
		leg_go(-1, 17);
		RUN_UNTIL(rig, leg.told == 1);
		assert_true(leg.outcome.end == MODEM_CALL_BUSY);
		assert_int_equal(leg.outcome.cause, 17);
		assert_true(leg.outcome.raw[0] != '\0');
		goes_on(rig, MODEM_CALL_BUSY);
		rig = in_a_call(maker);
		leg_to(rig, DIALLED, 60);
		goes_on(rig, MODEM_CALL_NO_ANSWER);
		rig = in_a_call(maker);
		leg_to(rig, RINGS, 60);
		goes_on(rig, MODEM_CALL_NO_ANSWER);
	}
}

/* NO CARRIER tells nothing: the stick is asked, and its words are kept. */
static void
why_nobody_came_is_asked_where_it_is_not_told(void **state)
{
	(void)state;
	EACH_THAT_CAN(maker)
	for (int quiet = 0; quiet < 2; quiet++) {
		struct rig *rig = in_a_call(maker);
		bool tells = maker->words == WORDS_HUAWEI;

		leg.quiet = quiet != 0 && !tells;
		leg_to(rig, RINGS, 5000);
		if (leg.quiet)
			RUN_UNTIL(rig, peer_said_to(&rig->peer, "AT+CLCC") > 8);
		phone.cause = 21;
		leg_go(-1, 21);
		RUN_UNTIL(rig, leg.told == 1);
		assert_int_equal(leg.outcome.cause, 21);
		assert_int_equal(leg.outcome.end, MODEM_CALL_REJECTED);
		assert_non_null(strstr(leg.outcome.raw, tells ? "^CEND:2" : "+CEER: Release,21"));
		assert_int_equal(peer_said_to(&rig->peer, "AT+CEER"), !tells);
		goes_on(rig, MODEM_CALL_REJECTED);
	}
}

static void
what_the_stick_refuses_leaves_the_call_as_it_was(void **state)
{
	(void)state;
	EACH_THAT_CAN(maker)
	for (int what = 0; what < 3; what++) {
		struct rig *rig = in_a_call(maker);

		leg.no_hold = what == 0;
		leg.no_dial = what == 1;
		leg.no_join = what == 2;
		assert_int_equal(modem_person(rig->modem, PERSON, 5000), 0);
		if (what == 2) {
			RUN_UNTIL(rig, leg.dialled == 1);
			leg_go(0, 0);
		}
		goes_on(rig, MODEM_CALL_NETWORK);
	}
}

static void
hanging_up_at_any_moment_leaves_no_leg(void **state)
{
	(void)state;
	EACH_THAT_CAN(maker)
	for (enum stage stage = HELD; stage < STAGES; stage++)
		for (int who = 0; who < 3; who++) {
			struct rig *rig = in_a_call(maker);

			leg_to(rig, stage, 5000);
			if (who == 0)
				phone_end(16);
			else if (who == 1)
				assert_int_equal(modem_hangup(rig->modem), 0);
			else
				phone.stat = -1; /* nothing is said of it */
			nobody_is_left(rig);
			assert_int_equal(leg.told, stage == JOINED);
		}
}

static void
closing_at_any_moment_leaves_no_leg(void **state)
{
	(void)state;
	EACH_THAT_CAN(maker)
	for (enum stage stage = HELD; stage < STAGES; stage++) {
		struct rig *rig = in_a_call(maker);

		leg_to(rig, stage, 5000);
		rig_end(rig);
		assert_int_equal(phone.stat, -1);
		assert_int_equal(leg.stat, -1);
		assert_int_equal(phone_ends(), 1);
	}
}

static void
some_makers_cannot(void **state)
{
	(void)state;
	EACH_MAKER(maker)
	{
		struct rig *rig;

		if (can(maker))
			continue;
		rig = in_a_call(maker);
		assert_int_equal(modem_person(rig->modem, PERSON, 5000), UV_ENOTSUP);
		assert_int_equal(modem_person(rig->modem, "owner", 5000), UV_EINVAL);
		rig_end(rig);
		assert_int_equal(leg.told, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(is_joined_until_one_hangs_up),
	    cmocka_unit_test(who_is_not_there_leaves_the_call_as_it_was),
	    cmocka_unit_test(why_nobody_came_is_asked_where_it_is_not_told),
	    cmocka_unit_test(what_the_stick_refuses_leaves_the_call_as_it_was),
	    cmocka_unit_test(hanging_up_at_any_moment_leaves_no_leg),
	    cmocka_unit_test(closing_at_any_moment_leaves_no_leg),
	    cmocka_unit_test(some_makers_cannot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
