/* Zones against glibc's own reading of the same files, and hand-made zone files and footers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "gateway/base/calendar.h"
#include "gateway/base/tzif.h"
#include "schedule/civil.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct calendar *cal;

static int
open_calendar(void **state)
{
	(void)state;
	cal = calendar_new(NULL);
	return cal == NULL;
}

static int
close_calendar(void **state)
{
	(void)state;
	calendar_free(cal);
	return 0;
}

static int32_t
offset_at(const struct calendar_zone *z, int64_t seconds)
{
	int32_t offset = z->first_offset;

	for (size_t i = 0; i < z->n && z->at[i] <= seconds; i++)
		offset = z->offset[i];
	return offset;
}

static void
check_like_glibc(const char *name, const struct calendar_zone *z, int64_t seconds, int32_t ours)
{
	time_t t = (time_t)seconds;
	struct tm tm;

	localtime_r(&t, &tm);
	if (tm.tm_gmtoff != ours)
		fail_msg("%s at %lld: %d, glibc says %ld (%zu transitions)", name,
			 (long long)seconds, ours, tm.tm_gmtoff, z->n);
}

/* Around each transition, and every ten days besides, so that none is missed either. */
static void
check_zone(const char *name)
{
	const struct calendar_zone *z;
	const int64_t end = 4133980800; /* 2101 */

	if (calendar_zone(cal, name, &z) != 0)
		fail_msg("%s cannot be read", name);
	setenv("TZ", name, 1);
	tzset();
	size_t k = 0;
	int32_t offset = z->first_offset;
	for (int64_t t = 0; t < end; t += 864000) {
		while (k < z->n && z->at[k] <= t) {
			check_like_glibc(name, z, z->at[k] - 1, offset);
			assert_true(k == 0 || z->at[k] > z->at[k - 1]);
			assert_true(z->offset[k] != offset);
			offset = z->offset[k];
			check_like_glibc(name, z, z->at[k], offset);
			k++;
		}
		check_like_glibc(name, z, t, offset);
	}
	unsetenv("TZ");
}

static void
test_every_zone_agrees_with_glibc(void **state)
{
	char line[512];
	int n = 0;
	FILE *f = fopen("/usr/share/zoneinfo/tzdata.zi", "r");

	(void)state;
	if (f == NULL)
		skip();
	while (fgets(line, sizeof line, f) != NULL) {
		char kind, a[128], b[128];
		int words = sscanf(line, "%c %127s %127s", &kind, a, b);
		if (words == 3 && (kind == 'Z' || kind == 'L')) {
			check_zone(kind == 'Z' ? a : b);
			n++;
		}
	}
	fclose(f);
	assert_true(n > 400);
}

static void
test_zones_lenders_use(void **state)
{
	const struct calendar_zone *z, *again;

	(void)state;
	assert_int_equal(calendar_zone(cal, "Asia/Manila", &z), 0);
	assert_string_equal(z->name, "Asia/Manila");
	assert_int_equal(offset_at(z, 1789437600), 8 * 3600);
	assert_int_equal(calendar_zone(cal, "Asia/Manila", &again), 0);
	assert_ptr_equal(z, again);
	/* rules of the footer, far beyond the file's own data */
	assert_int_equal(calendar_zone(cal, "America/New_York", &z), 0);
	assert_int_equal(offset_at(z, 4118083200), -4 * 3600); /* July 2100 */
	assert_int_equal(offset_at(z, 4102444800), -5 * 3600); /* January 2100 */
	assert_int_equal(calendar_zone(cal, "UTC", &z), 0);
	assert_int_equal(z->n, 0);
	assert_int_equal(z->first_offset, 0);
	assert_int_equal(calendar_zone(cal, "Asia/Kathmandu", &z), 0);
	assert_int_equal(offset_at(z, 1789437600), 20700);
}

static void
test_the_arrays_fit_civil(void **state)
{
	const struct calendar_zone *z;

	(void)state;
	assert_int_equal(calendar_zone(cal, "America/St_Johns", &z), 0);
	struct civil_zone zone = {z->at, z->offset, z->n, z->first_offset};
	/* libical has no summer time there after 2037 */
	assert_int_equal(civil_offset(&zone, 2540000000000), -(2 * 3600 + 1800));
}

static void
test_names_that_are_no_zones(void **state)
{
	static const char *const wrong[] = {"",
					    "Asia/Manilla",
					    "Asia",
					    "Asia/",
					    "/etc/passwd",
					    "../../../etc/passwd",
					    "Asia/../UTC",
					    "right/UTC",
					    "posix/UTC",
					    "zone.tab/x",
					    "Asia/Man ila",
					    "UTC\n"};
	const struct calendar_zone *z;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (calendar_zone(cal, wrong[i], &z) != -ENOENT)
			fail_msg("took %s", wrong[i]);
	/* a file of the folder that is no zone */
	assert_int_equal(calendar_zone(cal, "leapseconds", &z), -EINVAL);
}

static void
test_nearest_zone(void **state)
{
	(void)state;
	assert_string_equal(calendar_nearest(cal, "Asia/Manilla"), "Asia/Manila");
	assert_string_equal(calendar_nearest(cal, "asia/manila"), "Asia/Manila");
	assert_string_equal(calendar_nearest(cal, "Manila"), "Asia/Manila");
	assert_string_equal(calendar_nearest(cal, "America/New York"), "America/New_York");
	assert_string_equal(calendar_nearest(cal, "Nairobi"), "Africa/Nairobi");
	assert_null(calendar_nearest(cal, "Atlantis/Poseidonis"));
	assert_null(calendar_nearest(cal, ""));
}

static void
put_be(unsigned char *p, uint64_t v, int n)
{
	for (int i = n - 1; i >= 0; i--, v >>= 8)
		p[i] = (unsigned char)v;
}

/* A zone file with one type (UTC+1), `times` transitions to it at the seconds given, and a footer.
 */
static size_t
make_zone(unsigned char *out, const int64_t *times, size_t n, const char *footer)
{
	unsigned char *p = out;

	for (int block = 0; block < 2; block++) {
		size_t count = block == 0 ? 0 : n;
		memset(p, 0, 44);
		memcpy(p, "TZif2", 5);
		put_be(p + 32, count, 4);
		put_be(p + 36, 1, 4);
		put_be(p + 40, 4, 4);
		p += 44;
		for (size_t i = 0; i < count; i++, p += 8)
			put_be(p, (uint64_t)times[i], 8);
		memset(p, 0, count);
		p += count;
		put_be(p, 3600, 4);
		p[4] = p[5] = 0;
		memcpy(p + 6, "CET", 4);
		p += 10;
	}
	p += sprintf((char *)p, "\n%s\n", footer);
	return (size_t)(p - out);
}

static void
check_footer(const char *footer, int32_t january, int32_t july)
{
	unsigned char data[512];
	struct tzif t;

	size_t len = make_zone(data, NULL, 0, footer);
	if (tzif_parse(data, len, 1970, 2100, &t) != 0)
		fail_msg("footer %s", footer);
	struct calendar_zone z = {"x", t.at, t.offset, t.n, t.first_offset};
	int year;
	for (year = 1971; year <= 2100; year++) {
		int64_t day = civil_day(year, 1, 20);
		if (offset_at(&z, day * 86400) != january)
			fail_msg("%s: January %d is %d", footer, year, offset_at(&z, day * 86400));
		day = civil_day(year, 7, 20);
		if (offset_at(&z, day * 86400) != july)
			fail_msg("%s: July %d is %d", footer, year, offset_at(&z, day * 86400));
	}
	tzif_free(&t);
}

static void
test_footers(void **state)
{
	(void)state;
	check_footer("PST-8", 28800, 28800);
	check_footer("<+0330>-3:30", 12600, 12600);
	check_footer("EST5EDT,M3.2.0,M11.1.0", -18000, -14400);
	check_footer("AEST-10AEDT,M10.1.0,M4.1.0/3", 39600, 36000);
	check_footer("IST-1GMT0,M10.5.0,M3.5.0/1", 0, 3600);
	check_footer("XXX0YYY,J60/0,J300/0", 0, 3600);
	check_footer("XXX0YYY,59/0,299/0", 0, 3600);
	check_footer("XXX0YYY-2,M3.5.0/-1,M10.5.0/167", 0, 7200);
	/* summer time all year round, RFC 8536 3.3.1 */
	check_footer("XXX3EDT4,0/0,J365/23", -4 * 3600, -4 * 3600);
	check_footer("", 3600, 3600);
}

static void
test_leap_days_in_footers(void **state)
{
	unsigned char data[512];
	struct tzif t;

	(void)state;
	/* J60 is 1 March in every year; 59 is 29 February in leap years. */
	static const struct {
		const char *footer;
		int month, day;
	} cases[] = {{"XXX0YYY,J60/0,J300/0", 3, 1}, {"XXX0YYY,59/0,J300/0", 2, 29}};
	for (size_t i = 0; i < 2; i++) {
		size_t len = make_zone(data, NULL, 0, cases[i].footer);
		assert_int_equal(tzif_parse(data, len, 2023, 2024, &t), 0);
		assert_int_equal(t.n, 4);
		assert_int_equal(t.at[0], (int64_t)civil_day(2023, 3, 1) * 86400);
		assert_int_equal(t.at[2],
				 (int64_t)civil_day(2024, cases[i].month, cases[i].day) * 86400);
		tzif_free(&t);
	}
}

static void
test_footers_that_are_wrong(void **state)
{
	static const char *const wrong[] = {"X",
					    "XXX",
					    "XXX25",
					    "XXX0YYY",
					    "XXX0YYY,",
					    "XXX0YYY,M3.2.0",
					    "XXX0YYY,M13.2.0,M11.1.0",
					    "XXX0YYY,M3.6.0,M11.1.0",
					    "XXX0YYY,M3.2.7,M11.1.0",
					    "XXX0YYY,M3.2.0/168,M11.1.0",
					    "XXX0YYY,J0,J300",
					    "XXX0YYY,366,1",
					    "XXX0YYY,M3.2.0,M11.1.0x",
					    "<+03-3",
					    "XXX0:60"};
	unsigned char data[512];
	struct tzif t;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		size_t len = make_zone(data, NULL, 0, wrong[i]);
		if (tzif_parse(data, len, 1970, 2100, &t) != -EINVAL)
			fail_msg("took %s", wrong[i]);
	}
}

static void
test_damaged_zone_files(void **state)
{
	static const int64_t times[] = {100, 200}, falling[] = {200, 100};
	unsigned char data[512];
	struct tzif t;

	(void)state;
	size_t len = make_zone(data, times, 2, "CET-1");
	assert_int_equal(tzif_parse(data, len, 1970, 2100, &t), 0);
	/* two transitions that change nothing */
	assert_int_equal(t.n, 0);
	assert_int_equal(t.first_offset, 3600);
	tzif_free(&t);
	/* Cut anywhere it is refused, and the copy shows any read past the end. */
	for (size_t n = 0; n < len; n++) {
		unsigned char *part = malloc(n + 1);
		memcpy(part, data, n);
		part = realloc(part, n > 0 ? n : 1);
		assert_int_equal(tzif_parse(part, n, 1970, 2100, &t), -EINVAL);
		free(part);
	}
	len = make_zone(data, falling, 2, "CET-1");
	assert_int_equal(tzif_parse(data, len, 1970, 2100, &t), -EINVAL);
	len = make_zone(data, times, 2, "CET-1");
	data[4] = 0; /* version 1 */
	assert_int_equal(tzif_parse(data, len, 1970, 2100, &t), -EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_zone_agrees_with_glibc),
	    cmocka_unit_test(test_zones_lenders_use),
	    cmocka_unit_test(test_the_arrays_fit_civil),
	    cmocka_unit_test(test_names_that_are_no_zones),
	    cmocka_unit_test(test_nearest_zone),
	    cmocka_unit_test(test_footers),
	    cmocka_unit_test(test_leap_days_in_footers),
	    cmocka_unit_test(test_footers_that_are_wrong),
	    cmocka_unit_test(test_damaged_zone_files),
	};

	return cmocka_run_group_tests(tests, open_calendar, close_calendar);
}
