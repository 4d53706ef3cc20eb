/* Receipts in every dialect of the field, and texts of borrowers that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* after the standard headers, as cmocka asks */
#include <cmocka.h>

#include "gateway/smpp/receipt.h"

static struct receipt receipt;

static struct smpp_deliver
text_of(const void *octets, size_t len, uint8_t esm_class)
{
	return (struct smpp_deliver){
	    .source = "639171234567", .esm_class = esm_class, .octets = octets, .len = len};
}

static enum receipt_kind
parse(const char *text, uint8_t esm_class)
{
	struct smpp_deliver deliver = text_of(text, strlen(text), esm_class);

	return receipt_parse(&deliver, &receipt);
}

static void
the_standard_form(void **state)
{
	(void)state;
	assert_int_equal(parse("id:0123456789 sub:001 dlvrd:001 submit date:2609010800 done "
			       "date:2609010801 stat:DELIVRD err:000 text:Your payment is",
			       SMPP_ESM_RECEIPT),
			 RECEIPT_SURE);
	assert_string_equal(receipt.id, "0123456789");
	assert_int_equal(receipt.state, RECEIPT_DELIVERED);
	assert_string_equal(receipt.error, "");
	assert_int_equal(receipt.submitted, 1);
	assert_int_equal(receipt.delivered, 1);
	assert_true(receipt.done.known);
	assert_int_equal(receipt.done.year, 2026);
	assert_int_equal(receipt.done.month, 9);
	assert_int_equal(receipt.done.day, 1);
	assert_int_equal(receipt.done.hour, 8);
	assert_int_equal(receipt.done.minute, 1);
	assert_false(receipt.blocked);
}

/* { text, id, state, error, done hour or -1 } */
static const struct dialect {
	const char *text, *id;
	enum receipt_state state;
	const char *error;
	int hour;
} dialects[] = {
    {"id:a stat:DELIVRD", "a", RECEIPT_DELIVERED, "", -1},
    {"id:a submit date:2609010800 done date:260901080159 stat:EXPIRED err:0000 Text:", "a",
     RECEIPT_EXPIRED, "", 8},
    {"ID:A1 SUB:000 DLVRD:000 STAT:FAILED ERR:045 TEXT:ID:zz STAT:DELIVRD", "A1",
     RECEIPT_UNDELIVERABLE, "045", -1},
    {"id: 77 sub: dlvrd: submit date: done date:20260901092233 stat:UNDELIV err:0x11 text:", "77",
     RECEIPT_UNDELIVERABLE, "0x11", 9},
    {"id:x done date:260901092233004 stat:REJECTD err:", "x", RECEIPT_REJECTED, "", 9},
    {"id:x done date:260901092233004+ stat:ACCEPTD", "x", RECEIPT_ACCEPTED, "", 9},
    {"id:x done date:0000000000 stat:UNKNOWN", "x", RECEIPT_UNKNOWN, "", -1},
    {"id:x done date:2613450000 stat:ENROUTE", "x", RECEIPT_ENROUTE, "", -1},
    {"id:x done date:202609010922 stat:DELETED", "x", RECEIPT_DELETED, "", 9},
    {"id:x done_date:2026-09-01T09:22:33 stat:2", "x", RECEIPT_DELIVERED, "", 9},
    {"stat:DELIVRD id:behind err:1", "behind", RECEIPT_DELIVERED, "1", -1},
    {"id:x,sub:001,dlvrd:001,stat:Delivered,err:0", "x", RECEIPT_DELIVERED, "", -1},
    {"  id:x stat:BUFFERED", "x", RECEIPT_ENROUTE, "", -1},
    {"id:c0ffee-11 sub:001 id:other stat:delivrd", "c0ffee-11", RECEIPT_DELIVERED, "", -1},
};

static void
every_dialect(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof dialects / sizeof dialects[0]; i++) {
		const struct dialect *d = &dialects[i];

		assert_int_equal(parse(d->text, SMPP_ESM_RECEIPT), RECEIPT_SURE);
		assert_string_equal(receipt.id, d->id);
		assert_int_equal(receipt.state, d->state);
		assert_string_equal(receipt.error, d->error);
		assert_int_equal(receipt.done.known, d->hour >= 0);
		if (d->hour >= 0)
			assert_int_equal(receipt.done.hour, d->hour);
	}
}

static void
in_ucs2_and_with_nuls(void **state)
{
	static const char text[] = "id:9_8 sub:001 dlvrd:001 stat:DELIVRD err:000";
	uint8_t wide[200], strewn[200];
	size_t n = sizeof text - 1;
	struct smpp_deliver deliver;

	(void)state;
	memset(wide, 0, sizeof wide);
	for (size_t i = 0; i < n; i++)
		wide[2 * i + 1] = (uint8_t)text[i];
	deliver = text_of(wide, 2 * n, SMPP_ESM_RECEIPT);
	deliver.data_coding = 8;
	assert_int_equal(receipt_parse(&deliver, &receipt), RECEIPT_SURE);
	assert_string_equal(receipt.id, "9_8");
	assert_int_equal(receipt.state, RECEIPT_DELIVERED);

	memcpy(strewn, text, 20);
	strewn[20] = strewn[21] = 0;
	memcpy(strewn + 22, text + 20, n - 20);
	strewn[4] = 0x11; /* the underscore of the GSM alphabet */
	strewn[n + 2] = 0;
	deliver = text_of(strewn, n + 3, 0);
	assert_int_equal(receipt_parse(&deliver, &receipt), RECEIPT_LIKELY);
	assert_string_equal(receipt.id, "9_8");
}

static void
tlvs_win_over_the_text(void **state)
{
	struct smpp_deliver deliver = text_of("id:old stat:ENROUTE err:001", 27, SMPP_ESM_RECEIPT);

	(void)state;
	strcpy(deliver.receipted_id, "new");
	deliver.has_message_state = true;
	deliver.message_state = 5;
	deliver.has_network_error = true;
	deliver.network_type = 3;
	deliver.network_error = 27;
	deliver.has_user_message_reference = true;
	deliver.user_message_reference = 0x1234;
	assert_int_equal(receipt_parse(&deliver, &receipt), RECEIPT_SURE);
	assert_string_equal(receipt.id, "new");
	assert_int_equal(receipt.state, RECEIPT_UNDELIVERABLE);
	assert_string_equal(receipt.error, "27");
	assert_int_equal(receipt.network_type, 3);
	assert_true(receipt.has_user_message_reference);
	assert_int_equal(receipt.user_message_reference, 0x1234);

	/* a state that does not exist leaves the text's */
	deliver.message_state = 99;
	assert_int_equal(receipt_parse(&deliver, &receipt), RECEIPT_SURE);
	assert_int_equal(receipt.state, RECEIPT_ENROUTE);
}

static void
in_tlvs_alone_without_a_mark(void **state)
{
	struct smpp_deliver deliver = text_of(NULL, 0, 0);

	(void)state;
	deliver.data_sm = true;
	strcpy(deliver.receipted_id, "abc");
	assert_int_equal(receipt_parse(&deliver, &receipt), RECEIPT_NOT);
	deliver.has_message_state = true;
	deliver.message_state = 2;
	assert_int_equal(receipt_parse(&deliver, &receipt), RECEIPT_SURE);
	assert_string_equal(receipt.id, "abc");
	assert_int_equal(receipt.state, RECEIPT_DELIVERED);
}

static void
an_intermediate_notification(void **state)
{
	(void)state;
	assert_int_equal(parse("id:abc", SMPP_ESM_INTERMEDIATE), RECEIPT_SURE);
	assert_int_equal(receipt.state, RECEIPT_ENROUTE);
	assert_false(receipt_state_final(receipt.state));
}

static void
marked_and_unreadable(void **state)
{
	(void)state;
	assert_int_equal(parse("hello", SMPP_ESM_RECEIPT), RECEIPT_UNREADABLE);
	assert_int_equal(parse("", SMPP_ESM_RECEIPT), RECEIPT_UNREADABLE);
	assert_int_equal(parse("id:5", SMPP_ESM_RECEIPT), RECEIPT_UNREADABLE);
	assert_int_equal(parse("id:5 stat:PURPLE", SMPP_ESM_RECEIPT), RECEIPT_UNREADABLE);
	assert_int_equal(parse("stat:DELIVRD", SMPP_ESM_RECEIPT), RECEIPT_UNREADABLE);
}

static void
a_borrowers_text_is_never_eaten(void **state)
{
	static const char *const texts[] = {
	    "STOP",
	    "My id: 12345, please check",
	    "id:12345",
	    "id:12345 is my ID, I will pay on date: 15 Sep",
	    "id:12345 stat:DELIVRD",               /* no third field */
	    "Is this ok? id:1 stat:DELIVRD err:0", /* does not begin with it */
	    "id:1 text:stat:DELIVRD err:0",
	    "ID stat:DELIVRD err:000",
	    "id: stat:DELIVRD err:000",
	    "id:5 my stat:married err:none",
	    "valid:1 stat:DELIVRD err:000",
	    "I paid, err: transfer id:88 status: done",
	    "",
	};
	struct smpp_deliver deliver;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_int_equal(parse(texts[i], 0), RECEIPT_NOT);
	/* marks of a handset's own acknowledgement are no receipts either */
	assert_int_equal(parse("yes", 0x08), RECEIPT_NOT);
	assert_int_equal(parse("yes", 0x10), RECEIPT_NOT);
	/* nor is a part of a long text */
	deliver = text_of("id:1 sub:001 stat:DELIVRD", 25, 0);
	assert_int_equal(receipt_parse(&deliver, &receipt), RECEIPT_LIKELY);
	deliver.part = (struct smpp_part){true, false, 1, 2, 1};
	assert_int_equal(receipt_parse(&deliver, &receipt), RECEIPT_NOT);
}

static void
an_operator_that_keeps_stops(void **state)
{
	(void)state;
	assert_int_equal(parse("id:5 stat:REJECTD err:DND", SMPP_ESM_RECEIPT), RECEIPT_SURE);
	assert_true(receipt.blocked);
	/* our own words quoted back are not the operator's */
	assert_int_equal(parse("id:5 stat:REJECTD err:12 text:Reply STOP to", SMPP_ESM_RECEIPT),
			 RECEIPT_SURE);
	assert_false(receipt.blocked);
}

/* ---- what it quotes ---- */

static const char *
quoted(const void *octets, size_t len)
{
	struct smpp_deliver deliver = text_of(octets, len, SMPP_ESM_RECEIPT);

	assert_int_equal(receipt_parse(&deliver, &receipt), RECEIPT_SURE);
	return receipt.excerpt;
}

#define QUOTED(text) quoted(text, sizeof(text) - 1)

static void
the_words_it_quotes(void **state)
{
	uint8_t wide[] = "\0i\0d\0:\0"
			 "5\0 \0s\0t\0a\0t\0:\0D\0E\0L\0I\0V\0 \0t\0e\0x\0t\0:"
			 "\0P\0a\0y";

	(void)state;
	assert_string_equal(QUOTED("id:5 stat:DELIVRD"), "");
	assert_string_equal(QUOTED("id:5 stat:DELIVRD text:"), "");
	assert_string_equal(QUOTED("id:5 stat:DELIVRD Text: Dear Ana, id:7 is "),
			    "Dear Ana, id:7 is");
	assert_string_equal(QUOTED("id:5 stat:DELIVRD text:123456789 123456789 1234"),
			    "123456789 123456789");
	/* the at sign of the GSM alphabet, a header of user data, a peso sign in UTF-8 */
	assert_string_equal(QUOTED("id:5 stat:DELIVRD text:a\0b\x05\x01Z"), "a b\x7f\x7fZ");
	assert_string_equal(QUOTED("id:5 stat:DELIVRD text:\xe2\x82\xb1"), "\x7f\x7f\x7f");
	assert_string_equal(quoted(wide, sizeof wide - 1), "Pay");
	memcpy(wide + sizeof wide - 7, "\x4e\x2d\x56\xfd\x4e\x2d", 6);
	assert_string_equal(quoted(wide, sizeof wide - 1), ""); /* N-V is not what they wrote */
	/* an id of odd octets is what it was */
	assert_string_equal(QUOTED("id:5 stat:DELIVRD"), "");
	assert_int_equal(parse("id:a\x80"
			       "b stat:DELIVRD",
			       SMPP_ESM_RECEIPT),
			 RECEIPT_SURE);
	assert_string_equal(receipt.id, "a?b");
}

static void
the_quoted_words_held_against_a_text(void **state)
{
	static const struct {
		const char *excerpt, *body;
		bool parts;
		enum excerpt_says says;
	} cases[] = {
	    {"Dear Ana, PHP 500 is", "Dear Ana, PHP 500 is due", false, EXCERPT_THIS},
	    {"DEAR ANA PHP500 IS", "Dear Ana, PHP 500 is due", false, EXCERPT_THIS},
	    {"Dear Ana, PHP 700 is", "Dear Ana, PHP 500 is due", false, EXCERPT_OTHER},
	    {"Ok, Ana", "Ok, Ana", false, EXCERPT_THIS},
	    {"Ok", "Ok", false, EXCERPT_THIS},
	    {"Ok", "Okay then", false, EXCERPT_NOTHING},
	    {"Ok Ana, on Tuesday", "Ok, Ana", false, EXCERPT_OTHER},
	    {"", "Ok, Ana", false, EXCERPT_NOTHING},
	    {"none", "Ok, Ana", false, EXCERPT_NOTHING},
	    {"0000000000", "Ok, Ana", false, EXCERPT_NOTHING},
	    {"2609 1508", "Ok, Ana", false, EXCERPT_NOTHING},
	    {"T2ssIEFuYQ==", "Ok, Ana", false, EXCERPT_NOTHING},
	    {"Hello An\x7f", "Ok, Ana", false, EXCERPT_NOTHING},
	    {"Hello An\x7f", "Hello An\xc3\xa1", false, EXCERPT_THIS},
	    {"Pe\x7f"
	     "a, tomorrow",
	     "Pe\xc3\xb1"
	     "a, tomorrow",
	     false, EXCERPT_NOTHING},
	    {"Pena tomorrow",
	     "Pe\xc3\xb1"
	     "a, tomorrow",
	     false, EXCERPT_NOTHING},
	    {"more of it", "This is long. And there is more of it.", false, EXCERPT_OTHER},
	    {"more of it", "This is long. And there is more of it.", true, EXCERPT_THIS},
	    {"less of it", "This is long. And there is more of it.", true, EXCERPT_OTHER},
	    {"less of it", "This is l\xc3\xb6ng.", true, EXCERPT_NOTHING},
	    {"Hello you", "", false, EXCERPT_NOTHING},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (excerpt_compare(cases[i].excerpt, cases[i].body, cases[i].parts) !=
		    cases[i].says)
			fail_msg("%s / %s", cases[i].excerpt, cases[i].body);
}

static void
an_endless_value(void **state)
{
	char text[2000];

	(void)state;
	memset(text, 'a', sizeof text);
	memcpy(text, "id:", 3);
	text[sizeof text - 1] = '\0';
	assert_int_equal(parse(text, SMPP_ESM_RECEIPT), RECEIPT_UNREADABLE);
	memcpy(text + 300, " stat:DELIVRD ", 14);
	assert_int_equal(parse(text, SMPP_ESM_RECEIPT), RECEIPT_SURE);
	assert_int_equal(strlen(receipt.id), SMPP_ID_SIZE - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_standard_form),
	    cmocka_unit_test(every_dialect),
	    cmocka_unit_test(in_ucs2_and_with_nuls),
	    cmocka_unit_test(tlvs_win_over_the_text),
	    cmocka_unit_test(in_tlvs_alone_without_a_mark),
	    cmocka_unit_test(an_intermediate_notification),
	    cmocka_unit_test(marked_and_unreadable),
	    cmocka_unit_test(a_borrowers_text_is_never_eaten),
	    cmocka_unit_test(an_operator_that_keeps_stops),
	    cmocka_unit_test(the_words_it_quotes),
	    cmocka_unit_test(the_quoted_words_held_against_a_text),
	    cmocka_unit_test(an_endless_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
