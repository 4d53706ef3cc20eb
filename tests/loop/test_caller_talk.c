/* The caller with somebody on the line, whom it called or who rang: what is kept at each key, and
 * how it ended. */
#include "caller_rig.h"

/* ---- called ---- */

/* The keys until somebody is the right party. */
static void
prove(struct phone *p)
{
	phone_tell(p, MODEM_CALL_ACTIVE, MODEM_CALL_ENDS);
	PHONE_UNTIL_SQL(p, "SELECT answered_at IS NOT NULL FROM call WHERE status = 1");
	phone_type(p, "11990");
	PHONE_UNTIL_SQL(p, "SELECT verified FROM call WHERE status = 1");
}

static void
what_a_key_said_is_durable_while_they_talk(void **state)
{
	struct fixture *f = *state;
	struct phone p;

	phone_dials(&p, f);
	prove(&p);
	phone_type(&p, "1");
	PHONE_UNTIL_SQL(&p, "SELECT count(*) FROM hold WHERE word = 'claims_paid'");
	PHONE_UNTIL(&p, p.hangs == 1); /* it has said goodbye */
	PHONE_UNTIL_SQL(&p, "SELECT count(*) FROM call WHERE outcome = 0 AND keys = '1????1'");
	phone_close(&p);
	assert_int_equal(
	    lender_count(f->l, "SELECT count(*) FROM event WHERE kind = 'call_outcome'"), 2);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM call"), 1);
}

static void
nine_stops_at_once(void **state)
{
	struct fixture *f = *state;
	struct phone p;

	phone_talks(&p, f);
	phone_type(&p, "9");
	PHONE_UNTIL_SQL(&p, "SELECT count(*) > 0 FROM optout");
	assert_true(p.there);
	PHONE_UNTIL_SQL(&p, "SELECT count(*) FROM call WHERE status = 2 AND outcome = 2");
	phone_close(&p);
}

static void
a_stick_that_goes_in_a_talk_leaves_it_lost(void **state)
{
	struct fixture *f = *state;
	struct phone p;

	phone_talks(&p, f);
	phone_wait(&p, 20);
	phone_ends(&p, MODEM_CALL_LOST);
	PHONE_UNTIL_SQL(&p, "SELECT count(*) FROM call WHERE status = 2 AND outcome = 11");
	phone_close(&p);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM call"), 1);
}

/* The store takes no hold: nobody is thanked for what was not kept. */
static void
what_cannot_be_kept_is_not_thanked_for(void **state)
{
	struct fixture *f = *state;
	struct phone p;

	plan(f, "A-1");
	lender_do(f->l, "CREATE TRIGGER full BEFORE INSERT ON hold "
			"BEGIN SELECT RAISE(ABORT, 'full'); END");
	phone_open(&p, f);
	PHONE_UNTIL(&p, p.dials == 1);
	prove(&p);
	phone_type(&p, "1");
	PHONE_UNTIL(&p, p.failures == 1);
	PHONE_UNTIL_SQL(&p, "SELECT count(*) FROM call WHERE status = 2 AND outcome = 0");
	phone_close(&p);
	lender_do(f->l, "DROP TRIGGER full");
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM event WHERE kind = 'call_ended' "
					    "AND data LIKE '%not_stored paid%'"),
			 1);
}

static void
somebody_else_who_says_so_is_told_as_that(void **state)
{
	struct fixture *f = *state;
	struct phone p;

	phone_talks(&p, f);
	phone_type(&p, "3");
	PHONE_UNTIL_SQL(&p, "SELECT count(*) FROM call WHERE status = 2 AND outcome = 1");
	phone_close(&p);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM dead_number"), 1);
}

static int64_t
recorded(struct fixture *f, const char *keys)
{
	struct complaints complaints = {0};
	struct phone p;
	unsigned frames;

	home_write(&f->l->home, "dunlin.yaml",
		   "lender: {name: Sunrise, contact: \"+63285550100\", country: PH, currency: PHP, "
		   "timezone: Asia/Manila, languages: [en]}\n"
		   "policy: {preset: base}\nroutes:\n  sticks:\n    type: modem\n"
		   "    ports: [/tmp/none]\n    voice: true\n    audio: {/tmp/none: \"alsa:x\"}\n"
		   "    audio_speed: 10\n    record: {en: \"This call is recorded.\"}\n");
	config_unref(f->l->config);
	assert_int_equal(config_load(f->l->home.path, &f->l->config, &complaints), 0);
	complaint_clear(&complaints);
	f->l->env.config = f->l->config;
	phone_talks(&p, f);
	frames = p.frames;
	if (keys[0] == '\0') {
		PHONE_UNTIL(&p, p.frames - frames >= 5);
		phone_ends(&p, MODEM_CALL_HUNG_UP);
	} else {
		phone_type(&p, keys);
	}
	PHONE_UNTIL_SQL(&p, "SELECT count(*) FROM call WHERE status = 2");
	phone_close(&p);
	return lender_count(f->l, "SELECT count(*) FROM call WHERE recording IS NOT NULL");
}

static void
a_call_is_recorded_that_says_so(void **state)
{
	assert_int_equal(recorded(*state, "3"), 1);
}

static void
a_call_is_not_recorded_before_it_said_so(void **state)
{
	assert_int_equal(recorded(*state, ""), 0);
}

/* ---- who rings here ---- */

static void
who_rings_proves_who_he_is_too(void **state)
{
	struct fixture *f = *state;
	struct phone p;

	lender_do(
	    f->l,
	    "INSERT INTO call (account, person, try, class, direction, number, script, route, "
	    "status, rank, at, created_at, started_at) SELECT id, person, 1, 0, 0, "
	    "'+639170000001', 'ask', 'sticks', 2, 2, 0, 0, 1 FROM account WHERE ref = "
	    "'A-1'");
	phone_open(&p, f);
	phone_rings(&p, "+639170000001");
	PHONE_UNTIL(&p, p.accepts == 1);
	assert_true(phone_is(&p, "SELECT count(*) FROM call WHERE direction = 1 AND status = 1"));
	PHONE_UNTIL(&p, p.call.state == MODEM_CALL_ACTIVE);
	PHONE_UNTIL_SQL(&p, "SELECT answered_at IS NOT NULL FROM call WHERE status = 1");
	phone_type(&p, "1199");
	assert_true(phone_is(&p, "SELECT NOT verified FROM call WHERE status = 1"));
	phone_type(&p, "0");
	PHONE_UNTIL_SQL(&p, "SELECT verified FROM call WHERE status = 1");
	phone_ends(&p, MODEM_CALL_HUNG_UP);
	PHONE_UNTIL_SQL(&p, "SELECT count(*) FROM call WHERE direction = 1 AND outcome = 0");
	phone_close(&p);
	assert_int_equal(lender_count(f->l, "SELECT counts FROM contact"), POLICY_CONVERSATION);
}

static void
a_stranger_hears_who_we_are_and_is_nobody(void **state)
{
	struct fixture *f = *state;
	struct phone p;

	phone_open(&p, f);
	phone_rings(&p, "+639189999999");
	PHONE_UNTIL(&p, p.accepts == 1);
	PHONE_UNTIL(&p, p.hangs == 1);
	PHONE_UNTIL_SQL(&p, "SELECT count(*) FROM call WHERE status = 2 AND account IS NULL");
	phone_close(&p);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM contact"), 0);
}

/* Who has no check digits could prove nothing: he hears what a stranger hears. */
static void
who_could_prove_nothing_is_asked_nothing(void **state)
{
	struct fixture *f = *state;
	struct phone p;

	lender_do(f->l, "INSERT INTO call (account, person, try, class, direction, number, script, "
			"route, status, rank, at, created_at, started_at) SELECT id, person, 1, 0, "
			"0, '+639170000002', 'ask', 'sticks', 2, 2, 0, 0, 1 FROM account WHERE "
			"ref = 'A-2'");
	phone_open(&p, f);
	phone_rings(&p, "+639170000002");
	PHONE_UNTIL(&p, p.hangs == 1);
	PHONE_UNTIL_SQL(&p, "SELECT count(*) FROM call WHERE direction = 1 AND status = 2 AND "
			    "account IS NULL");
	phone_close(&p);
}

static void
a_ring_that_cannot_be_written_down_is_not_accepted(void **state)
{
	struct fixture *f = *state;
	struct phone p;

	lender_do(f->l, "CREATE TRIGGER full BEFORE INSERT ON call "
			"BEGIN SELECT RAISE(ABORT, 'full'); END");
	phone_open(&p, f);
	phone_rings(&p, "+639189999999");
	PHONE_UNTIL(&p, p.failures == 1 && !p.there);
	assert_int_equal(p.accepts, 0);
	assert_int_equal(p.hangs, 1);
	phone_close(&p);
	lender_do(f->l, "DROP TRIGGER full");
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, talk_setup, scene_teardown)
	const struct CMUnitTest tests[] = {
	    T(what_a_key_said_is_durable_while_they_talk),
	    T(nine_stops_at_once),
	    T(a_stick_that_goes_in_a_talk_leaves_it_lost),
	    T(what_cannot_be_kept_is_not_thanked_for),
	    T(somebody_else_who_says_so_is_told_as_that),
	    T(a_call_is_recorded_that_says_so),
	    T(a_call_is_not_recorded_before_it_said_so),
	    T(who_rings_proves_who_he_is_too),
	    T(a_stranger_hears_who_we_are_and_is_nobody),
	    T(who_could_prove_nothing_is_asked_nothing),
	    T(a_ring_that_cannot_be_written_down_is_not_accepted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
