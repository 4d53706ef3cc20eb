/* Civil time against the C library's own calendar and zone files, and by hand where clocks jump. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "schedule/civil.h"

#define YEAR_FIRST 1990
#define YEAR_LAST  2037

static void
every_day_of_ten_thousand_years(void **state)
{
	int32_t day = civil_day(1, 1, 1), last = civil_day(9999, 12, 31);

	(void)state;
	assert_int_equal(civil_day(1970, 1, 1), 0);
	for (; day <= last; day++) {
		time_t t = (time_t)day * 86400;
		struct tm tm;
		int y, m, d;
		gmtime_r(&t, &tm);
		civil_date(day, &y, &m, &d);
		assert_true(y == tm.tm_year + 1900 && m == tm.tm_mon + 1 && d == tm.tm_mday);
		assert_true(civil_day(y, m, d) == day);
		assert_true(civil_weekday(day) == (tm.tm_wday + 6) % 7);
	}
}

static void
days_overflow_their_month_and_years_are_clamped(void **state)
{
	(void)state;
	assert_int_equal(civil_day(2026, 2, 29), civil_day(2026, 3, 1));
	assert_int_equal(civil_day(2024, 2, 30), civil_day(2024, 3, 1));
	assert_int_equal(civil_day(2026, 12, 32), civil_day(2027, 1, 1));
	assert_int_equal(civil_month_days(2000, 2), 29);
	assert_int_equal(civil_month_days(1900, 2), 28);
	assert_int_equal(civil_day(20000, 1, 1), civil_day(9999, 12, 31));
	assert_int_equal(civil_day(-5, 1, 1), civil_day(1, 1, 1));
}

static void
dates_are_read_in_one_form_only(void **state)
{
	static const char *const bad[] = {"2026-02-29", "2026-13-01", "2026-00-10", "2026-1-01",
					  "2026-01-00", "26-01-01",   "2026/01/01", "2026-01-1a",
					  "0000-01-01", "",           "2026-01-011"};
	char out[11];
	int32_t day;

	(void)state;
	assert_int_equal(civil_parse_date("2024-02-29", 10, &day), 0);
	civil_format_date(day, out);
	assert_string_equal(out, "2024-02-29");
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_true(civil_parse_date(bad[i], strlen(bad[i]), &day) < 0);
}

struct table {
	int64_t at[256];
	int32_t offset[256];
	struct civil_zone zone;
};

static int32_t
library_offset(int64_t second)
{
	time_t t = (time_t)second;
	struct tm tm;

	localtime_r(&t, &tm);
	return (int32_t)tm.tm_gmtoff;
}

/* Finds a zone's transitions by asking the library every few hours and halving between. */
static void
load(struct table *t, const char *name)
{
	int64_t second = civil_day(YEAR_FIRST, 1, 1) * 86400LL;
	int64_t end = civil_day(YEAR_LAST, 12, 31) * 86400LL;

	setenv("TZ", name, 1);
	tzset();
	t->zone = (struct civil_zone){t->at, t->offset, 0, library_offset(second)};
	for (; second < end; second += 6 * 3600) {
		int64_t low = second, high = second + 6 * 3600;
		if (library_offset(low) == library_offset(high))
			continue;
		while (high - low > 1) {
			int64_t middle = low + (high - low) / 2;
			if (library_offset(middle) == library_offset(low))
				low = middle;
			else
				high = middle;
		}
		t->at[t->zone.n] = high;
		t->offset[t->zone.n++] = library_offset(high);
	}
}

static int64_t
reading(const struct civil_zone *zone, int64_t instant)
{
	struct civil_time t = civil_local(zone, instant);

	return t.day * 86400LL + t.second;
}

/* The rule in words: no instant before reads that late, and the instant itself reads the time
 * asked for, or the far side of a gap. */
static void
check_instant(const struct civil_zone *zone, int32_t day, int32_t second)
{
	int64_t wanted = day * 86400LL + second, t = civil_instant(zone, day, second);

	assert_int_equal(t % 1000, 0);
	assert_true(reading(zone, t) >= wanted);
	for (int64_t back = 1000; back <= 5 * 3600000LL; back += 299000)
		assert_true(reading(zone, t - back) < wanted);
	if (reading(zone, t) > wanted)
		assert_true(civil_offset(zone, t) > civil_offset(zone, t - 1));
}

static void
zones_agree_with_the_library(void **state)
{
	static const char *const names[] = {
	    "Asia/Manila",         "America/New_York",  "Europe/London", "Africa/Casablanca",
	    "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia",  "Asia/Tehran"};
	static struct table t;
	uint32_t seed = 1;

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		load(&t, names[i]);
		for (int k = 0; k < 3000; k++) {
			int64_t s;
			seed = seed * 1664525 + 1013904223;
			s = civil_day(YEAR_FIRST, 2, 1) * 86400LL + seed % 1450000000;
			if (k % 2 && t.zone.n > 0)
				s = t.at[seed % t.zone.n] + (int64_t)(seed >> 8) % 14400 - 7200;
			assert_int_equal(civil_offset(&t.zone, s * 1000), library_offset(s));
			check_instant(&t.zone, (int32_t)(s / 86400), (int32_t)(seed >> 4) % 86400);
			/* near a transition the wall clock is the interesting one */
			s += library_offset(s);
			check_instant(&t.zone, (int32_t)(s / 86400), (int32_t)(s % 86400));
		}
	}
}

static void
gaps_and_doubled_hours(void **state)
{
	/* New York 2026: forward on 8 March at 07:00Z, back on 1 November at 06:00Z */
	const int64_t at[] = {civil_day(2026, 3, 8) * 86400LL + 7 * 3600,
			      civil_day(2026, 11, 1) * 86400LL + 6 * 3600};
	const int32_t offset[] = {-4 * 3600, -5 * 3600};
	const struct civil_zone zone = {at, offset, 2, -5 * 3600};

	(void)state;
	assert_int_equal(civil_instant(&zone, civil_day(2026, 3, 8), 2 * 3600 + 1800),
			 at[0] * 1000);
	assert_int_equal(civil_instant(&zone, civil_day(2026, 3, 8), 3 * 3600), at[0] * 1000);
	assert_int_equal(civil_instant(&zone, civil_day(2026, 11, 1), 3600 + 1800),
			 (at[1] - 1800) * 1000);
	assert_int_equal(civil_instant(&zone, civil_day(2026, 11, 1), 2 * 3600),
			 (at[1] + 3600) * 1000);
	assert_int_equal(civil_local(&zone, -1).second, 86399 - 5 * 3600);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_day_of_ten_thousand_years),
	    cmocka_unit_test(days_overflow_their_month_and_years_are_clamped),
	    cmocka_unit_test(dates_are_read_in_one_form_only),
	    cmocka_unit_test(zones_agree_with_the_library),
	    cmocka_unit_test(gaps_and_doubled_hours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
