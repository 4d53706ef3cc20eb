/* The caller: from a call that is due to a stick, and what is durable before it may go on. */
#include "caller_rig.h"

/* ---- before it is dialled ---- */

static void
it_is_durable_before_it_is_dialled(void **state)
{
	struct fixture *f = *state;
	struct phone p;

	phone_dials(&p, f);
	assert_int_equal(p.on_line, 1);
	assert_string_equal(p.dialled, "+639170000001");
	phone_tell(&p, MODEM_CALL_DIALLING, MODEM_CALL_ENDS);
	phone_ends(&p, MODEM_CALL_BUSY);
	PHONE_UNTIL_SQL(&p, "SELECT count(*) FROM call WHERE status = 2 AND outcome = 5");
	PHONE_UNTIL(&p, !p.claimed);
	phone_close(&p);
	assert_int_equal(p.dials, 1);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM contact"), 1);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM call WHERE try = 2"), 1);
}

static int
plan_one(struct store *s, void *ctx)
{
	struct fixture *f = ctx;

	f->l->s = s; /* lent for as long as it is the writer's turn */
	plan(f, "A-1");
	f->l->s = NULL;
	return 0;
}

static void
on_planned(void *ctx, int status)
{
	(void)ctx;
	assert_int_equal(status, 0);
}

/* The queue was being looked through, and empty, when it was said that there may be more. */
static void
what_came_while_it_was_looked_for_is_found(void **state)
{
	struct fixture *f = *state;
	struct phone p;

	phone_open(&p, f);
	assert_int_equal(writer_submit(p.writer, plan_one, on_planned, f), 0);
	caller_wake(p.caller);
	PHONE_UNTIL(&p, p.dials == 1);
	phone_close(&p);
}

static void
what_the_stick_does_not_dial_goes_back(void **state)
{
	struct fixture *f = *state;
	struct phone p;

	plan(f, "A-1");
	phone_open(&p, f);
	p.dial_says = UV_EAGAIN;
	PHONE_UNTIL(&p, p.dials == 1);
	PHONE_UNTIL_SQL(&p, "SELECT count(*) FROM call WHERE status = 0");
	PHONE_UNTIL(&p, !p.claimed);
	phone_wait(&p, 1000);
	assert_int_equal(p.dials, 1); /* the stick is let be */
	phone_close(&p);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM contact"), 0);
}

static void
what_did_not_leave_the_stick_goes_back(void **state)
{
	struct fixture *f = *state;
	struct phone p;

	phone_dials(&p, f);
	phone_ends(&p, MODEM_CALL_UNDIALLED);
	PHONE_UNTIL_SQL(&p, "SELECT count(*) FROM call WHERE status = 0 AND try = 1");
	phone_close(&p);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM contact"), 0);
}

static int
dawdle(struct store *s, void *ctx)
{
	(void)s;
	uv_sleep(*(unsigned *)ctx);
	return 0;
}

static void
on_dawdled(void *ctx, int status)
{
	(void)ctx;
	assert_int_equal(status, 0);
}

static unsigned kept_ms;

static void
keep_the_writer(struct phone *p)
{
	p->on_sound = NULL;
	assert_int_equal(writer_submit(p->writer, dawdle, on_dawdled, &kept_ms), 0);
}

static void
durable_but_late_it_is_decided_again(void **state)
{
	struct fixture *f = *state;
	struct phone p;

	plan(f, "A-1");
	phone_open(&p, f);
	kept_ms = 1300;
	p.on_sound = keep_the_writer;
	PHONE_UNTIL(&p, p.lets_go == 1);
	assert_int_equal(p.dials, 0);
	phone_close(&p);
	assert_int_equal(lender_count(f->l, "SELECT status FROM call"), CALLS_PLANNED);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM contact"), 0);
	assert_int_equal(
	    lender_count(f->l, "SELECT count(*) FROM event WHERE kind = 'call_undialled'"), 1);
}

static int
stop_them(struct store *s, void *ctx)
{
	(void)ctx;
	return borrower_optout(s, "+639170000001", 0, "test", 0, TEN_O_CLOCK, "test");
}

static void
keep_from_calling(struct phone *p)
{
	p->on_sound = NULL;
	assert_int_equal(writer_submit(p->writer, stop_them, on_dawdled, NULL), 0);
}

static void
who_said_stop_meanwhile_is_not_dialled(void **state)
{
	struct fixture *f = *state;
	struct phone p;

	plan(f, "A-1");
	phone_open(&p, f);
	p.on_sound = keep_from_calling;
	PHONE_UNTIL(&p, p.lets_go == 1);
	phone_close(&p);
	assert_int_equal(p.dials, 0);
	assert_int_equal(lender_count(f->l, "SELECT reason FROM call"), REASON_OPTED_OUT);
}

/* No call is made that could not be written down, and the stick is not asked for one without end.
 */
static void
a_store_that_fails_lets_nobody_be_dialled(void **state)
{
	struct fixture *f = *state;
	struct phone p;

	plan(f, "A-1");
	lender_do(f->l, "CREATE TRIGGER full BEFORE UPDATE OF status ON call WHEN new.status = 1 "
			"BEGIN SELECT RAISE(ABORT, 'full'); END");
	phone_open(&p, f);
	PHONE_UNTIL(&p, p.failures == 1);
	PHONE_UNTIL(&p, !p.claimed);
	phone_wait(&p, 500);
	assert_int_equal(p.failures, 1);
	assert_int_equal(p.dials, 0);
	phone_close(&p);
	lender_do(f->l, "DROP TRIGGER full");
	assert_int_equal(lender_count(f->l, "SELECT status FROM call"), CALLS_PLANNED);
}

/* Somebody else, who heard a busy tone: it is not ours that ended. */
static void
who_calls_meanwhile_ends_nothing(void **state)
{
	struct fixture *f = *state;
	struct modem_call other = {
	    .id = 99, .state = MODEM_CALL_ENDED, .end = MODEM_CALL_MISSED, .cause = -1};
	struct channel_voice voice = {.kind = CHANNEL_VOICE_CALL, .sim = STICK_SIM, .call = &other};
	struct phone p;

	phone_dials(&p, f);
	caller_voice(p.caller, "sticks", &voice);
	phone_wait(&p, 50);
	assert_true(phone_is(&p, "SELECT count(*) FROM call WHERE status = 1"));
	phone_ends(&p, MODEM_CALL_NO_ANSWER);
	PHONE_UNTIL_SQL(&p, "SELECT count(*) FROM call WHERE status = 2 AND outcome = 7");
	phone_close(&p);
}

static void
closing_hangs_up_and_writes_it_down(void **state)
{
	struct fixture *f = *state;
	struct phone p;

	phone_dials(&p, f);
	phone_close(&p);
	assert_int_equal(p.hangs, 1);
	assert_int_equal(lender_count(f->l, "SELECT status FROM call"), CALLS_OVER);
}

static void
texts_have_the_stick_between_two_calls(void **state)
{
	struct fixture *f = *state;
	struct phone p;
	uint64_t over;

	plan(f, "A-1");
	plan(f, "TWIN-1");
	phone_open(&p, f);
	PHONE_UNTIL(&p, p.dials == 1);
	phone_ends(&p, MODEM_CALL_BUSY);
	PHONE_UNTIL(&p, p.lets_go == 1);
	over = uv_now(&p.loop);
	PHONE_UNTIL(&p, p.claims == 2);
	assert_true(uv_now(&p.loop) - over >= 1900);
	phone_close(&p);
}

/* ---- sound ---- */

static void
a_stick_without_sound_is_let_be(void **state)
{
	struct fixture *f = *state;
	struct phone p;

	plan(f, "A-1");
	phone_open(&p, f);
	p.sound_says = UV_ENODEV;
	PHONE_UNTIL(&p, p.lets_go == 1);
	assert_int_equal(p.notes, 1);
	phone_wait(&p, 2500);
	assert_int_equal(p.claims, 1);
	phone_close(&p);
	assert_int_equal(p.dials, 0);
}

/* It goes while it is decided whether they may be called: who would hear nothing is not rung. */
static void
sound_that_goes_before_it_is_dialled_keeps_it_from_that(void **state)
{
	struct fixture *f = *state;
	struct phone p;

	plan(f, "A-1");
	phone_open(&p, f);
	kept_ms = 700;
	p.on_sound = keep_the_writer;
	PHONE_UNTIL(&p, p.claims == 1 && p.on_sound == NULL);
	phone_wait(&p, 20);
	phone_unplug(&p);
	PHONE_UNTIL(&p, p.lets_go == 1);
	assert_int_equal(p.notes, 1);
	assert_int_equal(p.dials, 0);
	phone_close(&p);
	assert_int_equal(lender_count(f->l, "SELECT status FROM call"), CALLS_PLANNED);
	assert_int_equal(lender_count(f->l, "SELECT count(*) FROM contact"), 0);
}

/* Two are due; the sound goes while the first is dialled: the second is not rung by that stick. */
static void
sound_that_goes_while_dialling_ends_it_and_rests_the_stick(void **state)
{
	struct fixture *f = *state;
	struct phone p;

	plan(f, "A-1");
	plan(f, "TWIN-1");
	phone_open(&p, f);
	PHONE_UNTIL(&p, p.dials == 1);
	phone_unplug(&p);
	PHONE_UNTIL(&p, p.hangs == 1);
	PHONE_UNTIL_SQL(&p, "SELECT count(*) FROM call WHERE status = 2");
	phone_wait(&p, 3000);
	assert_int_equal(p.claims, 1);
	phone_close(&p);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, talk_setup, scene_teardown)
	const struct CMUnitTest tests[] = {
	    T(it_is_durable_before_it_is_dialled),
	    T(what_came_while_it_was_looked_for_is_found),
	    T(what_the_stick_does_not_dial_goes_back),
	    T(what_did_not_leave_the_stick_goes_back),
	    T(durable_but_late_it_is_decided_again),
	    T(who_said_stop_meanwhile_is_not_dialled),
	    T(a_store_that_fails_lets_nobody_be_dialled),
	    T(who_calls_meanwhile_ends_nothing),
	    T(closing_hangs_up_and_writes_it_down),
	    T(texts_have_the_stick_between_two_calls),
	    T(a_stick_without_sound_is_let_be),
	    T(sound_that_goes_before_it_is_dialled_keeps_it_from_that),
	    T(sound_that_goes_while_dialling_ends_it_and_rests_the_stick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
