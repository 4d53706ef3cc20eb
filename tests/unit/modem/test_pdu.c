/* PDUs: published vectors, every character of Unicode there and back, what strangers send. */
#include "modem/pdu.h"
#include "modem/sms_join.h"
#include "modem/sms_udh.h"
#include "modem/utf8.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct gsm7_tables plain;

static void
decode(const char *hex, int tpdu_len, struct pdu_incoming *in)
{
	const char *why = "";

	assert_int_equal(pdu_incoming(hex, strlen(hex), tpdu_len, in, &why), 0);
}

static void
assert_text(const struct pdu_incoming *in, const char *text)
{
	char out[640];

	sms_decode(in->data, in->len, in->encoding, plain, out, sizeof out);
	assert_string_equal(out, text);
}

/* The pair every introduction to PDU mode shows. */
static void
well_known_pair(void **state)
{
	struct pdu_submit submit = {.number = "+46708251358",
				    .encoding = SMS_GSM7,
				    .data = (const uint8_t *)"hellohello",
				    .len = 10,
				    .validity_s = 4 * 86400};
	struct pdu_incoming in;
	struct pdu_hex hex;

	(void)state;
	assert_int_equal(pdu_submit(&submit, &hex), 0);
	assert_string_equal(hex.text, "0011000B916407281553F80000AA0AE8329BFD4697D9EC37");
	assert_int_equal(hex.octets, 23);
	decode("07917283010010F5040BC87238880900F10000993092516195800AE8329BFD4697D9EC37", 28, &in);
	assert_int_equal(in.kind, PDU_DELIVER);
	assert_string_equal(in.centre, "+27381000015");
	assert_string_equal(in.number, "27838890001");
	assert_text(&in, "hellohello");
	assert_int_equal(in.stamp.offset_min, 120);
	assert_int_equal(in.stamp.unix_s, 922713419); /* 1999-03-29 13:16:59 UTC */
}

static void
status_report(void **state)
{
	struct pdu_incoming in;

	(void)state;
	decode("07917238010010F506D60B911326880736F4111011719551401110117195714000", 25, &in);
	assert_int_equal(in.kind, PDU_REPORT);
	assert_int_equal(in.reference, 0xD6);
	assert_string_equal(in.number, "+31628870634");
	assert_int_equal(in.status, 0);
	assert_int_equal(in.stamp.unix_s, 1294765155); /* 2011-01-11 16:59:15 UTC */
	assert_int_equal(in.done.unix_s - in.stamp.unix_s, 2);
}

/* A sender of letters: 7 octets, 8 septets. */
static void
sender_of_letters(void **state)
{
	struct pdu_incoming in;

	(void)state;
	decode("00040ED0D637396C7EBBCB0000993092516195800AE8329BFD4697D9EC37", -1, &in);
	assert_true(in.alphanumeric);
	assert_string_equal(in.number, "Vodafone");
	assert_text(&in, "hellohello");
}

/* Some sticks leave the service centre out, whether they count it or not. */
static void
without_a_centre(void **state)
{
	static const char *const tpdu = "040BC87238880900F10000993092516195800AE8329BFD4697D9EC37";
	struct pdu_incoming in;

	(void)state;
	decode(tpdu, 28, &in);
	assert_string_equal(in.number, "27838890001");
	assert_string_equal(in.centre, "");
	assert_text(&in, "hellohello");
}

static void
zones_of_quarters(void **state)
{
	static const struct {
		const char *stamp;
		int64_t unix_s;
		int offset_min;
	} rows[] = {
	    {"62112132436532", 1794505796, 345},  /* Nepal: 23 quarters before UTC */
	    {"6211213243654A", 1794548096, -360}, /* bit 3 is the sign */
	    {"62112132436500", 1794526496, 0},
	    {"62132132436500", 0, 0}, /* month 31 */
	    {"6211213243651F", 0, 0}, /* no digit */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct pdu_incoming in;
		char hex[64];

		snprintf(hex, sizeof hex, "00040B911326880736F40000%s0141", rows[i].stamp);
		decode(hex, -1, &in);
		assert_int_equal(in.stamp.unix_s, rows[i].unix_s);
		assert_int_equal(in.stamp.offset_min, rows[i].offset_min);
	}
}

/* 23.038 4, group by group. */
static void
schemes(void **state)
{
	static const struct {
		unsigned dcs;
		enum sms_encoding encoding;
		bool flash, waiting, binary;
	} rows[] = {
	    {0x00, SMS_GSM7, false, false, false},  {0x04, SMS_LATIN1, false, false, true},
	    {0x08, SMS_UCS2, false, false, false},  {0x0C, SMS_GSM7, false, false, false},
	    {0x10, SMS_GSM7, true, false, false},   {0x18, SMS_UCS2, true, false, false},
	    {0x11, SMS_GSM7, false, false, false},  {0x20, SMS_LATIN1, false, false, true},
	    {0x48, SMS_UCS2, false, false, false},  {0x80, SMS_GSM7, false, false, false},
	    {0xC8, SMS_GSM7, false, true, false},   {0xD0, SMS_GSM7, false, true, false},
	    {0xE8, SMS_UCS2, false, true, false},   {0xF0, SMS_GSM7, true, false, false},
	    {0xF5, SMS_LATIN1, false, false, true}, {0xF1, SMS_GSM7, false, false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct pdu_incoming in;
		char hex[64];

		snprintf(hex, sizeof hex, "00040B911326880736F400%02X62112132436500020041",
			 rows[i].dcs);
		decode(hex, -1, &in);
		assert_int_equal(in.encoding, rows[i].encoding);
		assert_int_equal(in.flash, rows[i].flash);
		assert_int_equal(in.waiting, rows[i].waiting);
		assert_int_equal(in.binary, rows[i].binary);
	}
}

/* 9.2.3.12.1: every value the field has, and never longer than was asked. */
static void
validity(void **state)
{
	(void)state;
	assert_int_equal(pdu_validity(0), 0);
	assert_int_equal(pdu_validity(12 * 3600), 143);
	assert_int_equal(pdu_validity(24 * 3600), 167);
	assert_int_equal(pdu_validity(2 * 86400), 168);
	assert_int_equal(pdu_validity(30 * 86400), 196);
	assert_int_equal(pdu_validity(63 * 7 * 86400), 255);
	assert_int_equal(pdu_validity(UINT32_MAX), 255);
	for (uint32_t s = 300; s < 63u * 7 * 86400; s += 97) {
		uint32_t v = pdu_validity(s);
		uint32_t means = v < 144   ? (v + 1) * 300
				 : v < 168 ? 43200 + (v - 143) * 1800
				 : v < 197 ? (v - 166) * 86400
					   : (v - 192) * 604800;

		assert_true(means <= s);
	}
}

static void
numbers(void **state)
{
	static const char *const bad[] = {
	    "", "+", "12a", "+12*", "+1 2", "123456789012345678901", "\xd9\xa3"};
	struct pdu_submit submit = {.encoding = SMS_GSM7};
	struct pdu_hex hex;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		submit.number = bad[i];
		assert_int_equal(pdu_submit(&submit, &hex), -EINVAL);
	}
	submit.number = "*100#";
	assert_int_equal(pdu_submit(&submit, &hex), 0);
	assert_string_equal(hex.text, "00010005811A00FB000000");
}

/* ---- every character ---- */

static struct sms_parts parts;
static struct sms_fragment fragments[SMS_MAX_PARTS];
static uint8_t kept[SMS_MAX_PARTS][160];

/* What the network makes of a SUBMIT: the same user data under a DELIVER's header. */
static void
deliver(const struct pdu_hex *submit, char *out, size_t cap)
{
	size_t digits = (size_t)strtoul((char[]){submit->text[6], submit->text[7], 0}, NULL, 16);
	const char *behind = submit->text + 10 + 2 * ((digits + 1) / 2);
	bool header = submit->text[2] >= '4' && ((submit->text[2] - '0') & 4);

	snprintf(out, cap, "00%s0B911326880736F4%.4s62112132436500%s", header ? "44" : "04", behind,
		 behind + 4);
}

static void
send_part(unsigned n)
{
	const struct sms_part *part = &parts.part[n];
	struct pdu_submit submit = {.number = "+639171234567",
				    .encoding = parts.encoding,
				    .udh = part->udh,
				    .udh_len = part->udh_len,
				    .data = parts.octets + part->at,
				    .len = part->len};
	struct pdu_incoming in;
	struct pdu_hex hex;
	struct sms_udh udh;
	char came[2 * PDU_HEX];

	assert_int_equal(pdu_submit(&submit, &hex), 0);
	assert_int_equal(strlen(hex.text), 2 + 2 * hex.octets);
	deliver(&hex, came, sizeof came);
	decode(came, -1, &in);
	assert_int_equal(in.encoding, parts.encoding);
	assert_int_equal(in.udh_len, part->udh_len);
	assert_memory_equal(in.udh, part->udh, part->udh_len);
	sms_udh_parse(in.udh, in.udh_len, &udh);
	memcpy(kept[n], in.data, in.len);
	fragments[n] = (struct sms_fragment){kept[n], in.len, udh.n, in.encoding, udh.tables};
}

static void
there_and_back(const char *text, size_t len, enum gsm7_language shift)
{
	static char joined[SMS_TEXT_MAX(SMS_MAX_PARTS * 160)];
	struct sms_options options = {.shift = shift, .max_parts = SMS_MAX_PARTS};

	assert_int_equal(sms_split(text, len, &options, 7, &parts), 0);
	for (unsigned n = 0; n < parts.count; n++)
		send_part(n);
	assert_int_equal(sms_join(fragments, parts.count, parts.count, joined, sizeof joined), len);
	assert_memory_equal(joined, text, len);
}

static void
all_of_unicode(void **state)
{
	char text[4 * 512 + 8];
	size_t len = 0;
	unsigned n = 0;

	(void)state;
	for (uint32_t c = 1; c <= 0x10FFFF; c = c == 0xD7FF ? 0xE000 : c + 1) {
		if (c == 0xFEFF || c == 0xFFFE) /* marks where they stand first */
			continue;
		len += utf8_put(c, text + len);
		if (++n < 512 && c != 0x10FFFF)
			continue;
		there_and_back(text, len, GSM7_DEFAULT);
		len = n = 0;
	}
}

static void
every_length_and_shift(void **state)
{
	char text[512];

	(void)state;
	for (size_t len = 0; len < 480; len++) {
		memset(text, 'a' + (int)(len % 26), len);
		there_and_back(text, len, GSM7_DEFAULT);
		if (len >= 4) {
			memcpy(text, "\xc4\x9e\xc5\x9e", 4);
			there_and_back(text, len, GSM7_TURKISH);
		}
	}
}

/* ---- strangers ---- */

static void
cut_anywhere(void **state)
{
	static const char whole[] = "07917283010010F5440ED0D637396C7EBBCB0000993092516195800F050003"
				    "070201E8329BFD4697D9EC37";
	const char *why;

	(void)state;
	for (size_t n = 0; n < sizeof whole; n++) {
		struct pdu_incoming in;
		char *copy = strndup(whole, n); /* so that reading behind the end is seen */

		pdu_incoming(copy, n, -1, &in, &why);
		pdu_incoming(copy, n, (int)n / 2, &in, &why);
		assert_true(in.len <= 160 && in.udh_len <= 140);
		free(copy);
	}
}

static void
bad_ones(void **state)
{
	static const char *const bad[] = {"",
					  "0",
					  "0G",
					  "00",
					  "FF",
					  "0004",
					  "0001000B916407281553F80000AA0AE8329BFD4697D9EC37",
					  "0004FF91",
					  "0D917283010010F5040BC8"};
	struct pdu_incoming in;
	const char *why;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		why = NULL;
		assert_int_equal(pdu_incoming(bad[i], strlen(bad[i]), -1, &in, &why), -EINVAL);
		assert_non_null(why);
	}
}

static void
fates(void **state)
{
	(void)state;
	assert_int_equal(pdu_fate(0x00), PDU_DELIVERED);
	assert_int_equal(pdu_fate(0x01), PDU_FORWARDED);
	assert_int_equal(pdu_fate(0x22), PDU_PENDING);
	assert_int_equal(pdu_fate(0x30), PDU_PENDING);
	assert_int_equal(pdu_fate(0x46), PDU_EXPIRED);
	assert_int_equal(pdu_fate(0x43), PDU_FAILED);
	assert_int_equal(pdu_fate(0x62), PDU_FAILED);
	assert_int_equal(pdu_fate(0x04), PDU_UNKNOWN);
	for (unsigned status = 0x80; status < 0x100; status++)
		assert_int_equal(pdu_fate((uint8_t)status), PDU_UNKNOWN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(well_known_pair),
	    cmocka_unit_test(status_report),
	    cmocka_unit_test(sender_of_letters),
	    cmocka_unit_test(without_a_centre),
	    cmocka_unit_test(zones_of_quarters),
	    cmocka_unit_test(schemes),
	    cmocka_unit_test(validity),
	    cmocka_unit_test(numbers),
	    cmocka_unit_test(all_of_unicode),
	    cmocka_unit_test(every_length_and_shift),
	    cmocka_unit_test(cut_anywhere),
	    cmocka_unit_test(bad_ones),
	    cmocka_unit_test(fates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
