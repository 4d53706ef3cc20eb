/* The two clocks: what they show, how long they wait, and what they do not trust. */
#include "gateway/base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define START INT64_C(1789437600000)
#define A_DAY UINT64_C(86400000)

static void
the_true_clock_is_the_systems(void **state)
{
	struct clock c;
	int64_t before = clock_system(), now, after;

	(void)state;
	clock_true(&c);
	now = clock_now(&c);
	after = clock_system();
	assert_true(before <= now && now <= after);
	clock_slow(&c, true);
	clock_stand(&c, START);
	assert_true(clock_now(&c) >= after); /* neither slows nor stands */
	assert_int_equal(clock_delay(&c, after - 1000), 0);
	assert_true(clock_delay(&c, clock_now(&c) + 60000) > 50000);
	assert_int_equal(clock_delay(&c, INT64_MAX / 2), A_DAY);
}

static void
a_leap_is_reported_until_it_is_trusted(void **state)
{
	struct clock c;

	(void)state;
	clock_true(&c);
	assert_false(clock_leaped(&c));
	c.offset += CLOCK_LEAP_MS + 60000; /* the system was set back */
	assert_true(clock_leaped(&c));
	assert_true(clock_leaped(&c));
	clock_trust(&c);
	assert_false(clock_leaped(&c));
	c.offset -= CLOCK_LEAP_MS + 60000; /* ... forward */
	assert_true(clock_leaped(&c));
	clock_trust(&c);
	c.offset -= CLOCK_LEAP_MS - 60000;
	assert_false(clock_leaped(&c));
}

static void
the_schedules_clock_runs_from_its_start(void **state)
{
	struct clock c;

	(void)state;
	clock_schedule(&c, START, 1000);
	c.base_real -= 60000; /* as if begun a minute ago */
	assert_true(clock_now(&c) >= START + 60000 * 1000);
	assert_true(clock_now(&c) < START + 90000 * 1000);
	assert_false(clock_leaped(&c));
	assert_int_equal(clock_delay(&c, START), 0);
	assert_true(clock_delay(&c, clock_now(&c) + 3600000) <= 3600);
	clock_schedule(&c, START, 100000);
	assert_true(clock_delay(&c, START + INT64_C(86400000) * 36500) <= 31536000);
	assert_true(clock_delay(&c, START + INT64_C(86400000) * 36500) > 31000000);
}

static void
slowed_it_goes_on_from_where_it_is(void **state)
{
	struct clock c;
	int64_t then;

	(void)state;
	clock_schedule(&c, START, 100000);
	c.base_real -= 1000;
	clock_slow(&c, true);
	then = clock_now(&c);
	assert_true(then >= START + 100000000);
	c.base_real -= 5000;
	assert_true(clock_now(&c) >= then + 5000);
	assert_true(clock_now(&c) < then + 5000 + 60000);
	assert_true(clock_delay(&c, clock_now(&c) + 10000) > 5000); /* at real speed */
	clock_slow(&c, true);                                       /* twice changes nothing */
	assert_true(clock_now(&c) >= then + 5000);
	then = clock_now(&c);
	clock_slow(&c, false);
	assert_true(clock_now(&c) >= then);
	c.base_real -= 1000;
	assert_true(clock_now(&c) >= then + 100000000);
}

static void
it_stands_where_it_is_told_to(void **state)
{
	struct clock c;

	(void)state;
	clock_schedule(&c, START, 1000);
	clock_stand(&c, START + 77);
	c.base_real -= 100000;
	assert_int_equal(clock_now(&c), START + 77);
	clock_slow(&c, true);
	clock_slow(&c, false);
	assert_int_equal(clock_now(&c), START + 77);
	assert_int_equal(clock_delay(&c, START), 0);
	assert_int_equal(clock_delay(&c, START + 78), A_DAY);
}

/* A timer that rings late must not let the clock run past where it is to stop. */
static void
test_it_never_shows_more_than_its_limit(void **state)
{
	struct clock c;

	(void)state;
	clock_schedule(&c, 1000, 100000);
	c.limit = 2000;
	c.base_real -= 3600000; /* an hour ago */
	assert_int_equal(clock_now(&c), 2000);
	clock_slow(&c, true);
	assert_int_equal(clock_now(&c), 2000);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_it_never_shows_more_than_its_limit),
	    cmocka_unit_test(the_true_clock_is_the_systems),
	    cmocka_unit_test(a_leap_is_reported_until_it_is_trusted),
	    cmocka_unit_test(the_schedules_clock_runs_from_its_start),
	    cmocka_unit_test(slowed_it_goes_on_from_where_it_is),
	    cmocka_unit_test(it_stands_where_it_is_told_to),
	};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
