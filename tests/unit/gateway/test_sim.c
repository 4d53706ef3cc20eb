/* SIMs: what they have used, when the next may go, who stays with which, PINs tried once. */
#include "gateway/store/outbox.h"
#include "gateway/store/sim.h"
#include "lender.h"

#define NOW TEN_O_CLOCK

static struct sim_limits
limits(const struct lender *l, int hour, int day)
{
	return (struct sim_limits){
	    .per_hour = hour, .per_day = day, .zone = &l->config->lender.zone};
}

static int64_t
sim_add(struct lender *l, const char *iccid)
{
	struct sim_facts facts = {
	    .route = "sticks", .iccid = iccid, .imsi = "", .imei = "352", .number = ""};
	int64_t id = 0;

	assert_int_equal(sim_seen(l->s, &facts, NOW, &id), 0);
	return id;
}

/* A text that went by a SIM at a time. */
static int64_t
went(struct lender *l, int64_t sim, const char *number, unsigned segments, int64_t at)
{
	struct outbox_row row = {.class = CLASS_MANUAL,
				 .rank = RANK_MANUAL,
				 .number = (char *)(uintptr_t)number,
				 .route = (char *)(uintptr_t) "sticks",
				 .at = at};
	struct outbox_handover h = {.number = number,
				    .body = "b",
				    .language = "en",
				    .route = "sticks",
				    .encoding = "gsm7",
				    .segments = segments,
				    .price = -1,
				    .sim = sim};
	struct event_json data;

	assert_int_equal(outbox_add(l->s, &row, at, &h.id), 0);
	event_json_init(&data);
	assert_int_equal(outbox_send(l->s, &h, at, &data), 0);
	return h.id;
}

static void
a_sim_is_the_same_in_any_stick(void **state)
{
	struct lender *l = *state;
	struct sim_facts moved = {.route = "sticks",
				  .iccid = "8963",
				  .imsi = "515",
				  .imei = "999",
				  .number = "+639180000001"};
	struct sim_facts none = {.route = "r", .iccid = "", .imsi = "", .imei = "1", .number = ""};
	int64_t id = sim_add(l, "8963"), again = 0, by_address = 0;
	struct sim_row row;

	assert_int_equal(sim_seen(l->s, &moved, NOW + 1, &again), 0);
	assert_int_equal(again, id);
	assert_int_equal(sim_get(l->s, id, &row), 0);
	assert_string_equal(row.imei, "999");
	assert_int_equal(sim_of_address(l->s, "+639180000001", &by_address), 0);
	assert_int_equal(by_address, id);
	assert_int_equal(sim_seen(l->s, &none, NOW, &again), UV_EINVAL);
}

static void
parts_count_and_what_did_not_leave_does_not(void **state)
{
	struct lender *l = *state;
	struct sim_limits lim = limits(l, 5, 8);
	int64_t sim = sim_add(l, "1"), id;
	struct sim_use use;

	went(l, sim, "+639170000001", 3, NOW - 10);
	id = went(l, sim, "+639170000001", 2, NOW - 5);
	assert_int_equal(sim_use(l->s, sim, &lim, NOW, &use), 0);
	assert_int_equal(use.hour, 5);
	assert_int_equal(use.left, 0);
	assert_int_equal(use.left_today, 3);
	assert_true(use.frees_at == NOW - 10 + HOUR);
	assert_int_equal(outbox_requeue(l->s, id, 0, NOW, NOW, "unsent", ""), 0);
	assert_int_equal(sim_use(l->s, sim, &lim, NOW, &use), 0);
	assert_int_equal(use.left, 2);
	assert_int_equal(sim_use(l->s, sim, &lim, NOW + HOUR, &use), 0);
	assert_int_equal(use.hour, 0);
	assert_int_equal(use.day, 3);
	assert_int_equal(sim_use(l->s, sim, &lim, NOW + DAY, &use), 0);
	assert_int_equal(use.day, 0);
}

static void
turns_come_hour_by_hour_then_day_by_day(void **state)
{
	struct lender *l = *state;
	struct sim_limits lim = limits(l, 2, 4);
	int64_t midnight = civil_instant(lim.zone, civil_local(lim.zone, NOW).day + 1, 0);
	struct sim_use use = {
	    .hour = 2, .day = 2, .left = 0, .left_today = 2, .frees_at = NOW + HOUR};

	assert_true(sim_turn(&use, &lim, NOW, 0) == NOW + HOUR);
	assert_true(sim_turn(&use, &lim, NOW, 1) == NOW + HOUR);
	assert_true(sim_turn(&use, &lim, NOW, 2) == midnight);
	assert_true(sim_turn(&use, &lim, NOW, 4) == midnight + HOUR);
	assert_true(sim_turn(&use, &lim, NOW, 6) == midnight + DAY);
	use = (struct sim_use){.day = 4, .frees_at = midnight};
	assert_true(sim_turn(&use, &lim, NOW, 0) == midnight);
	assert_true(sim_turn(&use, &lim, NOW, 3) == midnight + HOUR);
	assert_true(sim_turn(&use, &lim, NOW, 4) == midnight + DAY);
}

static void
who_was_met_this_month(void **state)
{
	struct lender *l = *state;
	struct sim_limits lim = {.recipients = 2, .zone = &l->config->lender.zone};
	int64_t sim = sim_add(l, "1");

	went(l, sim, "+639170000001", 1, NOW);
	went(l, sim, "+639170000002", 1, NOW);
	went(l, sim, "+639170000002", 1, NOW);
	assert_int_equal(sim_may_meet(l->s, sim, "+639170000003", &lim, NOW), 0);
	assert_int_equal(sim_may_meet(l->s, sim, "+639170000001", &lim, NOW), 1);
	assert_int_equal(
	    sim_may_meet(l->s, sim, "+639170000003", &lim, sim_month_end(lim.zone, NOW)), 1);
}

static void
a_number_stays_with_its_sim(void **state)
{
	struct lender *l = *state;
	int64_t one = sim_add(l, "1"), two = sim_add(l, "2"), sim = -1;

	assert_int_equal(sim_of_number(l->s, "+639170000001", &sim), 0);
	assert_int_equal(sim, 0);
	went(l, one, "+639170000001", 1, NOW);
	assert_int_equal(sim_of_number(l->s, "+639170000001", &sim), 0);
	assert_int_equal(sim, one);
	went(l, two, "+639170000001", 1, NOW + 1);
	assert_int_equal(sim_of_number(l->s, "+639170000001", &sim), 0);
	assert_int_equal(sim, two);
}

static void
a_wrong_pin_is_tried_once(void **state)
{
	struct lender *l = *state;
	const char *key = "8963021234567890123";

	assert_int_equal(sim_pin_try(l->s, key, "1234", NOW), 1);
	assert_int_equal(sim_pin_try(l->s, key, "1234", NOW), 0);
	assert_int_equal(sim_pin_try(l->s, "e35", "1234", NOW), 1); /* another SIM */
	assert_int_equal(sim_pin_try(l->s, key, "4711", NOW), 1);   /* the lender wrote another */
	assert_int_equal(sim_pin_good(l->s, key), 0);
	assert_int_equal(sim_pin_try(l->s, key, "4711", NOW), 1);
	assert_int_equal(sim_pin_good(l->s, key), 0);
	assert_int_equal(sim_pin_try(l->s, key, "1234", NOW), 0); /* and back */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_sim_is_the_same_in_any_stick, lender_setup,
					    lender_teardown),
	    cmocka_unit_test_setup_teardown(parts_count_and_what_did_not_leave_does_not,
					    lender_setup, lender_teardown),
	    cmocka_unit_test_setup_teardown(turns_come_hour_by_hour_then_day_by_day, lender_setup,
					    lender_teardown),
	    cmocka_unit_test_setup_teardown(who_was_met_this_month, lender_setup, lender_teardown),
	    cmocka_unit_test_setup_teardown(a_number_stays_with_its_sim, lender_setup,
					    lender_teardown),
	    cmocka_unit_test_setup_teardown(a_wrong_pin_is_tried_once, lender_setup,
					    lender_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
