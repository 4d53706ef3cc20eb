/* The simulator's own PDUs, against published ones; what does not fit exactly is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sim/modem_tpdu.h"

/* Appends a NUL and gives the characters; the buffer keeps them. */
static const char *
text_of(struct buffer *b)
{
	buffer_put8(b, 0);
	return (const char *)b->at;
}

static const char *
read_submit(const char *hex, struct tpdu_submit *out)
{
	unsigned centre = (unsigned)(hex[0] - '0') * 16 +
			  (unsigned)(hex[1] <= '9' ? hex[1] - '0' : hex[1] - 'A' + 10);
	return tpdu_submit_read(hex, strlen(hex), (unsigned)strlen(hex) / 2 - 1 - centre, out);
}

/* The example that most tutorials of PDU mode share. */
static void
a_submit_is_read(void **state)
{
	struct tpdu_submit s;
	struct buffer text = {0};
	(void)state;
	assert_null(read_submit("0011000B916407281553F80000AA0AE8329BFD4697D9EC37", &s));
	assert_string_equal(s.to, "46708251358");
	assert_int_equal(s.ton, 1);
	assert_int_equal(s.validity_s, 4 * 86400);
	assert_false(s.report);
	assert_int_equal(s.total, 1);
	assert_string_equal(s.how, "single");
	tpdu_submit_text(&s, &text);
	assert_string_equal(text_of(&text), "hellohello");
	buffer_fini(&text);
}

static void
a_part_in_ucs2_is_read(void **state)
{
	struct tpdu_submit s;
	struct buffer text = {0};
	(void)state;
	assert_null(read_submit("00"
				"6100"
				"04810024"
				"0008"
				"0A"
				"050003A70202660E5929",
				&s));
	assert_string_equal(s.to, "0042");
	assert_int_equal(s.ton, 0);
	assert_true(s.report);
	assert_int_equal(s.ref, 0xa7);
	assert_int_equal(s.total, 2);
	assert_int_equal(s.n, 2);
	assert_string_equal(s.how, "udh8");
	assert_int_equal(s.header, 6);
	tpdu_submit_text(&s, &text);
	assert_string_equal(text_of(&text), "明天");
	buffer_fini(&text);
}

/* A last `@` is seven spare bits in the octets: only the length tells them apart. */
static void
a_text_that_ends_in_at_keeps_it(void **state)
{
	struct tpdu_submit s;
	struct buffer text = {0};
	(void)state;
	assert_null(read_submit("0001000481123400000861F1985C369F01", &s));
	tpdu_submit_text(&s, &text);
	assert_string_equal(text_of(&text), "abcdefg@");
	buffer_fini(&text);
}

static void
what_does_not_fit_is_refused(void **state)
{
	static const struct {
		const char *hex;
		const char *why;
	} bad[] = {
	    {"0011000B916407281553F80000AA0AE8329BFD4697D9EC", "not as long as it says"},
	    {"0011000B916407281553F80000AA0AE8329BFD4697D9EC3700", "not as long as it says"},
	    {"0010000B916407281553F80000AA0AE8329BFD4697D9EC37", "no SUBMIT"},
	    {"0011000B116407281553F80000AA0AE8329BFD4697D9EC37", "no first bit"},
	    {"0011000B9164072815530800000A0AE8329BFD4697D9EC37", "last half"},
	    {"0011000C916407281553F80000AA0AE8329BFD4697D9EC37", "shorter than it says"},
	    {"00110000910000AA00", "no digits"},
	    {"0001000481123400080361F198", "half a character"},
	    {"0001000481123400C80261F1", "no meaning"},
	    {"00410004811234000404050003A7", "longer than the user data"},
	    {"00410004811234000406050003A70203", "beyond their total"},
	    {"00410004811234000406050004A70202", "do not fill"},
	    {"001", "odd"},
	    {"00zz", "hex"},
	    {"08", "cut short"},
	};
	struct tpdu_submit s;
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		const char *why = read_submit(bad[i].hex, &s);
		if (!why || !strstr(why, bad[i].why))
			print_message("%s: %s\n", bad[i].hex, why ? why : "taken");
		assert_true(why && strstr(why, bad[i].why));
	}
	assert_non_null(
	    tpdu_submit_read("0011000B916407281553F80000AA0AE8329BFD4697D9EC37", 48, 22, &s));
}

static void
every_beginning_of_one_is_refused(void **state)
{
	static const char hex[] = "0051000B916407281553F80000AA8F050003A70201E8329BFD4697D9EC37";
	struct tpdu_submit s;
	(void)state;
	for (size_t n = 2; n < sizeof hex - 1; n += 2)
		assert_non_null(tpdu_submit_read(hex, n, (unsigned)n / 2 - 1, &s));
}

/* The same tutorials' DELIVER, but for its sender's kind of number. */
static void
a_deliver_is_written(void **state)
{
	static const uint8_t septets[] = "hellohello";
	struct buffer hex = {0};
	struct tpdu_deliver d = {.centre = "+27381000015",
				 .from = "+27838890001",
				 .stamp = 922713419, /* 1999-03-29 13:16:59 UTC */
				 .zone = 8,
				 .octets = septets,
				 .len = 10};
	(void)state;
	assert_int_equal(tpdu_deliver_write(&d, &hex), 28);
	assert_string_equal(text_of(&hex), "07917283010010F5"
					   "040B917238880900F1000099309251619580"
					   "0AE8329BFD4697D9EC37");
	buffer_fini(&hex);
}

static void
a_name_and_a_short_code_send_too(void **state)
{
	struct buffer hex = {0};
	struct tpdu_deliver d = {
	    .centre = "", .from = "Sunrise", .octets = (const uint8_t *)"", .zone = -14};
	(void)state;
	tpdu_deliver_write(&d, &hex);
	/* 7 letters fill 49 bits, so 13 half octets; -3:30 has its sign in the zone's low half. */
	assert_string_equal(text_of(&hex), "00040DD0D3BA5B9E9E970100009621130203004900");
	hex.used = 0;
	d.from = "28550";
	tpdu_deliver_write(&d, &hex);
	assert_memory_equal(text_of(&hex), "000405818255F0", 14);
	buffer_fini(&hex);
}

static void
a_report_is_written(void **state)
{
	struct buffer hex = {0};
	struct tpdu_report r = {"+639170000130", "+639171234567", 255, 0x46,
				922713419,       922713479,       8};
	(void)state;
	assert_int_equal(tpdu_report_write(&r, &hex), 25);
	assert_string_equal(text_of(&hex), "0791361907001003"
					   "06FF0C91361917325476"
					   "99309251619580"
					   "99309251719580"
					   "46");
	buffer_fini(&hex);
}

static void
packing_is_undone(void **state)
{
	uint8_t septets[160], packed[TPDU_DATA], again[160];
	(void)state;
	for (size_t i = 0; i < sizeof septets; i++)
		septets[i] = (uint8_t)(i * 37 & 0x7f);
	for (size_t header = 0; header <= 8; header++) {
		for (size_t n = 0; n <= 150; n++) {
			size_t len = tpdu_pack(septets, n, header, packed);
			assert_int_equal(tpdu_unpack(packed, len, header, again, n), n);
			assert_memory_equal(again, septets, n);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_submit_is_read),
	    cmocka_unit_test(a_part_in_ucs2_is_read),
	    cmocka_unit_test(a_text_that_ends_in_at_keeps_it),
	    cmocka_unit_test(what_does_not_fit_is_refused),
	    cmocka_unit_test(every_beginning_of_one_is_refused),
	    cmocka_unit_test(a_deliver_is_written),
	    cmocka_unit_test(a_name_and_a_short_code_send_too),
	    cmocka_unit_test(a_report_is_written),
	    cmocka_unit_test(packing_is_undone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
