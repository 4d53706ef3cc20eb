/* Instants to text and back, and the civil forms people type. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "gateway/base/rfc3339.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void
test_writes_with_offset(void **state)
{
	char out[RFC3339_SIZE];

	(void)state;
	assert_string_equal(rfc3339_format(1789437600000, 8 * 3600, out),
			    "2026-09-15T10:00:00+08:00");
	assert_string_equal(rfc3339_format(0, 0, out), "1970-01-01T00:00:00+00:00");
	assert_string_equal(rfc3339_format(0, -(3 * 3600 + 1800), out),
			    "1969-12-31T20:30:00-03:30");
	/* Before the epoch too, time is cut towards the past. */
	assert_string_equal(rfc3339_format(-1, 0, out), "1969-12-31T23:59:59+00:00");
	assert_string_equal(rfc3339_format_ms(-1, 0, out), "1969-12-31T23:59:59.999+00:00");
	assert_string_equal(rfc3339_format_ms(1789437600123, 20700, out),
			    "2026-09-15T07:45:00.123+05:45");
	assert_string_equal(rfc3339_format(951782400000, 0, out), "2000-02-29T00:00:00+00:00");
}

static void
test_offsets_with_seconds_keep_the_instant(void **state)
{
	char out[RFC3339_SIZE];
	int64_t ms;
	int32_t offset;

	(void)state;
	/* Liberia kept -0:44:30 until 1972. */
	rfc3339_format(1000000000000, -(44 * 60 + 30), out);
	assert_int_equal(rfc3339_parse(out, &ms, &offset), 0);
	assert_int_equal(ms, 1000000000000);
	assert_int_equal(offset, -44 * 60);
}

static void
test_out_of_range_stays_text(void **state)
{
	char out[RFC3339_SIZE];

	(void)state;
	assert_string_equal(rfc3339_format(INT64_MAX, 0, out), "9999-12-31T23:59:59+00:00");
	assert_string_equal(rfc3339_format(INT64_MIN, 0, out), "0001-01-01T00:00:00+00:00");
	assert_string_equal(rfc3339_format(0, INT32_MAX, out) + 19, "+23:59");
	assert_string_equal(rfc3339_format(0, INT32_MIN, out) + 19, "-23:59");
}

static void
test_reads_what_it_writes(void **state)
{
	char out[RFC3339_SIZE];
	int64_t ms = -62000000000000;

	(void)state;
	for (int i = 0; ms < 250000000000000; i++, ms += 86400000LL * 367 + 12345678) {
		int64_t back;
		int32_t offset, want = (i % 29 - 14) * 3600 + i % 4 * 900;
		rfc3339_format_ms(ms, want, out);
		assert_int_equal(rfc3339_parse(out, &back, &offset), 0);
		assert_int_equal(back, ms);
		assert_int_equal(offset, want);
	}
}

static void
test_reads_rfc_3339(void **state)
{
	int64_t ms;

	(void)state;
	assert_int_equal(rfc3339_parse("2026-09-15T02:00:00Z", &ms, NULL), 0);
	assert_int_equal(ms, 1789437600000);
	assert_int_equal(rfc3339_parse("2026-09-15 10:00:00.1239+08:00", &ms, NULL), 0);
	assert_int_equal(ms, 1789437600123);
	assert_int_equal(rfc3339_parse("2026-09-15t02:00:00.5z", &ms, NULL), 0);
	assert_int_equal(ms, 1789437600500);
	/* a leap second is the second after it */
	assert_int_equal(rfc3339_parse("2016-12-31T23:59:60Z", &ms, NULL), 0);
	assert_int_equal(ms, 1483228800000);
	static const char *const wrong[] = {"",
					    "2026-09-15",
					    "2026-09-15T10:00:00",
					    "2026-09-15T10:00Z",
					    "2026-09-15T10:00:00.Z",
					    "2026-09-15T24:00:00Z",
					    "2026-09-15T10:60:00Z",
					    "2026-09-15T10:00:61Z",
					    "2026-02-29T10:00:00Z",
					    "2026-13-01T10:00:00Z",
					    "0000-01-01T10:00:00Z",
					    "2026-09-15T10:00:00+8:00",
					    "2026-09-15T10:00:00+0800",
					    "2026-09-15T10:00:00+24:00",
					    "2026-09-15T10:00:00Zx",
					    " 2026-09-15T10:00:00Z",
					    "2026-9-15T10:00:00Z",
					    "+026-09-15T10:00:00Z"};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (rfc3339_parse(wrong[i], &ms, NULL) != -EINVAL)
			fail_msg("took %s", wrong[i]);
}

static void
test_reads_civil_forms(void **state)
{
	struct rfc3339_civil c;

	(void)state;
	assert_int_equal(rfc3339_parse_civil("2026-09-15", &c), 0);
	assert_int_equal(c.year, 2026);
	assert_int_equal(c.month, 9);
	assert_int_equal(c.day, 15);
	assert_false(c.has_time);
	assert_int_equal(c.hour + c.minute + c.second, 0);
	assert_int_equal(rfc3339_parse_civil("2024-02-29T23:59", &c), 0);
	assert_true(c.has_time);
	assert_int_equal(c.hour, 23);
	assert_int_equal(c.minute, 59);
	assert_int_equal(rfc3339_parse_civil("2026-09-15 08:00:07", &c), 0);
	assert_int_equal(c.second, 7);
	static const char *const wrong[] = {
	    "2026-02-29",      "15/09/2026",       "2026-9-15",           "2026-09-15T",
	    "2026-09-15T8:00", "2026-09-15T24:00", "2026-09-15T10:00:60", "2026-09-15T10:00:00Z",
	    "2026-09-15T10",   "20260915",         "2026-09-15x",         "2026-00-15"};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (rfc3339_parse_civil(wrong[i], &c) != -EINVAL)
			fail_msg("took %s", wrong[i]);
}

/* Every beginning of a good text is refused without reading past its end: the sanitizer watches the
 * copy. */
static void
test_every_prefix(void **state)
{
	static const char whole[] = "2026-09-15T10:00:00.123+08:00";
	int64_t ms;
	struct rfc3339_civil c;

	(void)state;
	for (size_t n = 0; n < sizeof whole - 1; n++) {
		char *part = strndup(whole, n);
		assert_int_equal(rfc3339_parse(part, &ms, NULL), -EINVAL);
		(void)rfc3339_parse_civil(part, &c);
		free(part);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_writes_with_offset),
	    cmocka_unit_test(test_offsets_with_seconds_keep_the_instant),
	    cmocka_unit_test(test_out_of_range_stays_text),
	    cmocka_unit_test(test_reads_what_it_writes),
	    cmocka_unit_test(test_reads_rfc_3339),
	    cmocka_unit_test(test_reads_civil_forms),
	    cmocka_unit_test(test_every_prefix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
