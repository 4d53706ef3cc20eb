/* Reading and writing PDUs, octet by octet, and cut at every octet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>
/* after the standard headers, as cmocka asks */
#include <cmocka.h>

#include "gateway/smpp/codec.h"
#include "gateway/smpp/dcs.h"
#include "gateway/smpp/pack.h"

/* A deliver_sm with everything: UDH, TLVs of all kinds that are read. */
static const uint8_t full[] = "CMT\0\x01\x01"
			      "639171234567\0\x03\0"
			      "28550\0\x44\0\0\0\0\0\0\x08\0\x0a\x06\x08\x04\xab\xcd\x03\x02yes"
			      "\x04\x27\0\x01\x02"
			      "\x04\x23\0\x03\x03\0\x1b"
			      "\x02\x04\0\x02\x12\x34"
			      "\0\x1e\0\x03"
			      "a1\0"
			      "\x99\x99\0\x02zz";

static void
everything_in_a_deliver(void **state)
{
	struct smpp_deliver d;

	(void)state;
	assert_int_equal(smpp_deliver_read(full, sizeof full - 1, false, &d), 0);
	assert_string_equal(d.service_type, "CMT");
	assert_string_equal(d.source, "639171234567");
	assert_string_equal(d.dest, "28550");
	assert_int_equal(d.dest_ton, 3);
	assert_int_equal(d.data_coding, 8);
	assert_int_equal(d.udh_len, 7);
	assert_true(d.part.present);
	assert_true(d.part.wide);
	assert_int_equal(d.part.reference, 0xabcd);
	assert_int_equal(d.part.total, 3);
	assert_int_equal(d.part.n, 2);
	assert_int_equal(d.len, 3);
	assert_memory_equal(d.octets, "yes", 3);
	assert_int_equal(d.message_state, 2);
	assert_int_equal(d.network_type, 3);
	assert_int_equal(d.network_error, 27);
	assert_int_equal(d.user_message_reference, 0x1234);
	assert_string_equal(d.receipted_id, "a1");
}

/* Cut anywhere, in memory of exactly that size, it is refused or read, and never beyond its end. */
static void
cut_at_every_octet(void **state)
{
	(void)state;
	for (size_t len = 0; len < sizeof full - 1; len++) {
		uint8_t *cut = malloc(len > 0 ? len : 1);
		struct smpp_deliver d;
		uint32_t status;

		memcpy(cut, full, len);
		status = smpp_deliver_read(cut, len, false, &d);
		if (len < 47)
			assert_int_not_equal(status, 0);
		else
			assert_int_equal(status, 0);
		(void)smpp_deliver_read(cut, len, true, &d);
		free(cut);
	}
}

static void
parts_that_cannot_be_are_none(void **state)
{
	static const uint8_t bad[][8] = {
	    {5, 0, 3, 1, 0, 1},    /* total 0 */
	    {5, 0, 3, 1, 2, 0},    /* number 0 */
	    {5, 0, 3, 1, 2, 3},    /* beyond the total */
	    {5, 0, 3, 1, 1, 1},    /* the whole in one */
	    {5, 0, 9, 1, 2, 1},    /* element longer than the UDH */
	    {5, 0, 2, 1, 2, 1},    /* wrong length */
	    {0, 0, 0, 0, 0, 0},    /* empty */
	    {5, 0x24, 1, 1, 0, 3}, /* other elements */
	};
	static const uint8_t second[] = {8, 0x24, 1, 1, 0, 3, 9, 2, 1};
	struct smpp_part part;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		part = smpp_part_of_udh(bad[i], (size_t)bad[i][0] + 1);
		assert_false(part.present);
	}
	part = smpp_part_of_udh(second, sizeof second);
	assert_true(part.present && !part.wide);
	assert_int_equal(part.reference, 9);
	assert_int_equal(part.total, 2);
	assert_int_equal(part.n, 1);
}

static void
a_udh_longer_than_the_text_is_text(void **state)
{
	static const uint8_t body[] = "\0\x01\x01"
				      "1\0\x01\x01"
				      "2\0\x40\0\0\0\0\0\0\0\0\x03\x09yo";
	struct smpp_deliver d;

	(void)state;
	assert_int_equal(smpp_deliver_read(body, sizeof body - 1, false, &d), 0);
	assert_null(d.udh);
	assert_int_equal(d.len, 3);
}

static void
sar_and_payload(void **state)
{
	static const uint8_t body[] = "\0\x01\x01"
				      "1\0\x01\x01"
				      "2\0\0\0\0\0\0\0\0\0\0\0"
				      "\x02\x0c\0\x02\0\x05\x02\x0e\0\x01\x02\x02\x0f\0\x01\x01"
				      "\x04\x24\0\x05hello";
	struct smpp_deliver d;

	(void)state;
	assert_int_equal(smpp_deliver_read(body, sizeof body - 1, false, &d), 0);
	assert_int_equal(d.len, 5);
	assert_memory_equal(d.octets, "hello", 5);
	assert_true(d.part.present);
	assert_int_equal(d.part.reference, 5);
	assert_int_equal(d.part.total, 2);
	assert_int_equal(d.part.n, 1);
}

static void
control_characters_do_not_pass(void **state)
{
	struct smpp_submit_resp resp;

	(void)state;
	smpp_submit_resp_read((const uint8_t *)"a\n\x1b\xff"
					       "b\0",
			      6, &resp);
	assert_string_equal(resp.id, "a???b");
}

static void
times_of_validity(void **state)
{
	char out[17];

	(void)state;
	smpp_time_relative(3 * 86400 + 4 * 3600 + 5 * 60 + 6, out);
	assert_string_equal(out, "000003040506000R");
	smpp_time_relative(UINT32_MAX, out);
	assert_string_equal(out, "000030000000000R");
	smpp_time_absolute(1788249600, out); /* 2026-09-01 08:00:00 UTC */
	assert_string_equal(out, "260901080000000+");
}

static void
a_submit_has_a_length_that_is_true(void **state)
{
	uint8_t out[600];
	struct smpp_submit submit = {.source = "28550",
				     .dest = "639171234567",
				     .octets = (const uint8_t *)"0123456789",
				     .validity_until = 1788249600};

	(void)state;
	for (submit.len = 0; submit.len <= 10; submit.len++) {
		int len = smpp_pack_submit(out, sizeof out, 7, &submit);
		struct smpp_header header = smpp_header_read(out);

		assert_int_equal(header.length, len);
		assert_int_equal(header.sequence, 7);
		assert_int_equal(out[(size_t)len - submit.len - 1], submit.len);
	}
	submit.len = 10;
	assert_int_equal(smpp_pack_submit(out, 40, 7, &submit), UV_ENOBUFS);
	submit.source = "123456789012345678901";
	assert_int_equal(smpp_pack_submit(out, sizeof out, 7, &submit), UV_EINVAL);
}

static void
data_codings(void **state)
{
	static const struct {
		uint8_t dcs;
		enum smpp_alphabet alphabet;
	} known[] = {
	    {0x00, SMPP_ALPHABET_DEFAULT}, {0x01, SMPP_ALPHABET_ASCII},
	    {0x02, SMPP_ALPHABET_BINARY},  {0x03, SMPP_ALPHABET_LATIN1},
	    {0x04, SMPP_ALPHABET_BINARY},  {0x05, SMPP_ALPHABET_OTHER},
	    {0x06, SMPP_ALPHABET_OTHER},   {0x08, SMPP_ALPHABET_UCS2},
	    {0x10, SMPP_ALPHABET_DEFAULT}, {0x18, SMPP_ALPHABET_UCS2},
	    {0x14, SMPP_ALPHABET_BINARY},  {0xc8, SMPP_ALPHABET_DEFAULT},
	    {0xd0, SMPP_ALPHABET_DEFAULT}, {0xe0, SMPP_ALPHABET_UCS2},
	    {0xf0, SMPP_ALPHABET_DEFAULT}, {0xf1, SMPP_ALPHABET_DEFAULT},
	    {0xf4, SMPP_ALPHABET_BINARY},  {0xf5, SMPP_ALPHABET_BINARY},
	};

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		assert_int_equal(smpp_dcs_alphabet(known[i].dcs), known[i].alphabet);
}

static void
addresses_by_shape(void **state)
{
	static const struct {
		const char *text;
		int ton, npi;
		const char *digits;
	} known[] = {
	    {"+639171234567", 1, 1, "639171234567"},
	    {"639171234567", 1, 1, "639171234567"},
	    {"28550", 3, 0, "28550"},
	    {"+28550", 1, 1, "28550"},
	    {"SUNRISE", 5, 0, "SUNRISE"},
	    {"Sun rise 24", 5, 0, "Sun rise 24"},
	    {"12345678", 3, 0, "12345678"},
	    {"123456789", 1, 1, "123456789"},
	    {"", -1, 0, ""},
	    {"+", -1, 0, ""},
	    {"+63x", -1, 0, ""},
	    {"SUNRISELENDING", -1, 0, ""},
	    {"123456789012345678901", -1, 0, ""},
	    {"Sol\xc3\xad", -1, 0, ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		struct smpp_address address;
		int error = smpp_address_of(known[i].text, &address);

		assert_int_equal(error, known[i].ton < 0 ? UV_EINVAL : 0);
		if (error != 0)
			continue;
		assert_int_equal(address.ton, known[i].ton);
		assert_int_equal(address.npi, known[i].npi);
		assert_string_equal(address.digits, known[i].digits);
	}
}

static void
statuses_have_meanings(void **state)
{
	char scratch[16];

	(void)state;
	assert_string_equal(smpp_status_name(SMPP_RTHROTTLED, scratch), "ESME_RTHROTTLED");
	assert_string_equal(smpp_status_name(0x40a, scratch), "0x0000040a");
	assert_string_equal(smpp_status_words(0x40a), "");
	assert_int_equal(smpp_status_verdict(SMPP_RMSGQFUL), SMPP_SLOW_DOWN);
	assert_int_equal(smpp_status_verdict(SMPP_RSYSERR), SMPP_TRY_LATER);
	assert_int_equal(smpp_status_verdict(SMPP_RINVDSTADR), SMPP_NEVER);
	assert_int_equal(smpp_status_verdict(0x4ff), SMPP_NEVER);
	assert_true(smpp_info_says_blocked("Recipient has opted out"));
	assert_true(smpp_info_says_blocked("BLACKLISTED"));
	assert_true(smpp_info_says_blocked("DND"));
	assert_true(smpp_info_says_blocked("user sent STOP."));
	assert_false(smpp_info_says_blocked("nonstop error"));
	assert_false(smpp_info_says_blocked("stopped by a network fault"));
	assert_false(smpp_info_says_blocked(""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(everything_in_a_deliver),
	    cmocka_unit_test(cut_at_every_octet),
	    cmocka_unit_test(parts_that_cannot_be_are_none),
	    cmocka_unit_test(a_udh_longer_than_the_text_is_text),
	    cmocka_unit_test(sar_and_payload),
	    cmocka_unit_test(control_characters_do_not_pass),
	    cmocka_unit_test(times_of_validity),
	    cmocka_unit_test(a_submit_has_a_length_that_is_true),
	    cmocka_unit_test(data_codings),
	    cmocka_unit_test(addresses_by_shape),
	    cmocka_unit_test(statuses_have_meanings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
