/* AT lines taken apart, storage with places, and quotas. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/modem_ask.h"
#include "sim/modem_options.h"
#include "sim/modem_quota.h"
#include "sim/modem_store.h"

static void
want(const char **line, const char *name, enum modem_form form, const char *args)
{
	struct modem_ask ask;
	assert_true(modem_ask_next(line, &ask));
	assert_string_equal(ask.name, name);
	assert_int_equal(ask.form, form);
	assert_string_equal(ask.args, args);
}

static void
a_line_holds_many_commands(void **state)
{
	const char *line = modem_ask_begin("junk at&fe0V1+cmgf=0;+CREG?;+CPMS=?;^ICCID?;+CFUN=1,1");
	struct modem_ask ask;
	(void)state;
	want(&line, "&F", FORM_RUN, "");
	want(&line, "E", FORM_RUN, "0");
	want(&line, "V", FORM_RUN, "1");
	want(&line, "+CMGF", FORM_SET, "0");
	want(&line, "+CREG", FORM_READ, "");
	want(&line, "+CPMS", FORM_TEST, "");
	want(&line, "^ICCID", FORM_READ, "");
	want(&line, "+CFUN", FORM_SET, "1,1");
	assert_false(modem_ask_next(&line, &ask));
	line = modem_ask_begin("AT");
	assert_false(modem_ask_next(&line, &ask));
	assert_null(modem_ask_begin("A"));
}

static void
arguments_may_be_quoted_or_left_out(void **state)
{
	const char *line = modem_ask_begin("AT+CUSD=1,\"*1;0,0#\",,x7;E1");
	struct modem_ask ask;
	char field[ASK_FIELD];
	(void)state;
	assert_true(modem_ask_next(&line, &ask));
	assert_int_equal(modem_ask_number(&ask, 0, 9), 1);
	assert_true(modem_ask_field(&ask, 1, field));
	assert_string_equal(field, "*1;0,0#");
	assert_false(modem_ask_field(&ask, 2, field));
	assert_int_equal(modem_ask_number(&ask, 2, 9), 9);
	assert_int_equal(modem_ask_number(&ask, 3, 9), -1);
	assert_int_equal(modem_ask_number(&ask, 4, 9), 9);
	want(&line, "E", FORM_RUN, "1");
}

/* Octet for octet, whatever they are: it ends, and stays within its room. */
static void
nonsense_ends(void **state)
{
	char text[2000];
	(void)state;
	for (unsigned seed = 1; seed < 400; seed++) {
		unsigned x = seed;
		for (size_t i = 0; i < sizeof text - 1; i++) {
			x = x * 1664525 + 1013904223;
			text[i] = "AT+^=?;\",&DE01 \x80~"[x >> 24 & 15];
		}
		text[seed * 5 - 1] = 0;
		const char *line = modem_ask_begin(text);
		struct modem_ask ask;
		size_t n = 0;
		while (line && modem_ask_next(&line, &ask))
			assert_true(++n <= sizeof text);
	}
}

static void
places_fill_and_are_used_again(void **state)
{
	struct modem_store store;
	(void)state;
	modem_store_init(&store, 2);
	assert_int_equal(modem_store_put(&store, "00", 1, STAT_UNREAD), 0);
	assert_int_equal(modem_store_put(&store, "01", 1, STAT_READ), 1);
	assert_int_equal(modem_store_put(&store, "02", 1, STAT_READ), -1);
	modem_store_drop(&store, 0);
	modem_store_drop(&store, 0);
	modem_store_drop(&store, 7);
	assert_int_equal(store.used, 1);
	assert_null(modem_store_at(&store, 0));
	assert_null(modem_store_at(&store, -1));
	assert_int_equal(modem_store_put(&store, "03", 1, STAT_READ), 0);
	assert_string_equal(modem_store_at(&store, 0)->hex, "03");
	modem_store_fini(&store);
}

static void
quotas_count_by_time_and_by_number(void **state)
{
	struct modem_quota quota = {0};
	const struct modem_quota_limits minute = {.minute = 2}, hour = {.hour = 3},
					people = {.recipients = 2};
	(void)state;
	modem_quota_count(&quota, 1000, "1");
	modem_quota_count(&quota, 2000, "2");
	assert_true(modem_quota_over(&quota, &minute, 3000, "1"));
	assert_false(modem_quota_over(&quota, &minute, 61000, "1"));
	assert_false(modem_quota_over(&quota, &hour, 61000, "1"));
	modem_quota_count(&quota, 61000, "1");
	assert_true(modem_quota_over(&quota, &hour, 62000, "1"));
	assert_false(modem_quota_over(&quota, &hour, 1000 + 3600 * 1000, "1"));
	assert_false(modem_quota_over(&quota, &people, 62000, "2"));
	assert_true(modem_quota_over(&quota, &people, 62000, "3"));
	modem_quota_fini(&quota);
}

static void
numbers_that_fail_are_listed(void **state)
{
	static const char list[] = "+639171234567=38,639170000000=1,+6391=50";
	(void)state;
	assert_int_equal(modem_options_code(list, "639171234567"), 38);
	assert_int_equal(modem_options_code(list, "639170000000"), 1);
	assert_int_equal(modem_options_code(list, "6391"), 50);
	assert_int_equal(modem_options_code(list, "63917"), 0);
	assert_int_equal(modem_options_code(NULL, "1"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_line_holds_many_commands),
	    cmocka_unit_test(arguments_may_be_quoted_or_left_out),
	    cmocka_unit_test(nonsense_ends),
	    cmocka_unit_test(places_fill_and_are_used_again),
	    cmocka_unit_test(quotas_count_by_time_and_by_number),
	    cmocka_unit_test(numbers_that_fail_are_listed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
