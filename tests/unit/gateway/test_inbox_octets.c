/* What comes in as octets: told from copies and receipts, joined, decoded. */
#include "letterbox.h"

/* ---- copies ---- */

static void
what_the_operator_delivers_again_is_one_text(void **state)
{
	struct fixture *f = *state;

	deliver(f, pdu(A1, "hm"));
	f->now += 2 * SECOND;
	deliver(f, pdu(A1, "hm"));
	assert_int_equal(f->copies, 1);
	assert_int_equal(count(f, "SELECT count(*) FROM inbox"), 1);
	memset(f->recent, 0, sizeof *f->recent); /* a restart: nothing is known of answers */
	f->now += 60 * SECOND;
	deliver(f, pdu(A1, "hm"));
	assert_int_equal(f->copies, 1);
	f->now += 11 * 60 * SECOND;
	deliver(f, pdu(A1, "hm"));
	assert_int_equal(f->texts, 1);
}

static void
the_same_words_written_again_are_another_text(void **state)
{
	struct fixture *f = *state;

	write_to_us(f, A1, "hm");
	write_to_us(f, A1, "hm");
	write_to_us(f, A1, "hm");
	assert_int_equal(count(f, "SELECT count(*) FROM inbox"), 3);
	deliver(f, pdu("639170000002", "hm")); /* somebody else's are never a copy */
	assert_int_equal(f->texts, 1);
}

static void
a_copy_in_the_same_batch_is_a_copy(void **state)
{
	struct fixture *f = *state;
	struct smpp_deliver two[] = {pdu(A1, "HELP"), pdu(A1, "HELP")};

	deliver_all(f, two, 2, SMS_GSM7);
	assert_int_equal(f->texts, 1);
	assert_int_equal(f->copies, 1);
	assert_int_equal(answers(f), 1);
}

/* ---- long texts ---- */

static struct smpp_deliver
part(const char *text, unsigned reference, unsigned n, unsigned total, uint8_t udh[6])
{
	struct smpp_deliver d = pdu(A1, text);

	if (udh != NULL) {
		memcpy(udh, (uint8_t[6]){5, 0, 3, (uint8_t)reference, (uint8_t)total, (uint8_t)n},
		       6);
		d.udh = udh;
		d.udh_len = 6;
		d.esm_class = SMPP_ESM_UDHI;
	}
	d.part = (struct smpp_part){.present = true,
				    .wide = udh == NULL,
				    .reference = (uint16_t)reference,
				    .n = (uint8_t)n,
				    .total = (uint8_t)total};
	return d;
}

static void
parts_join_in_any_order_once(void **state)
{
	static const int orders[][3] = {{0, 1, 2}, {2, 1, 0}, {1, 2, 0}, {2, 0, 1}};
	static const char *const texts[] = {"I will pay ", "700 on ", "18 September"};
	struct fixture *f = *state;

	for (unsigned i = 0; i < 4; i++)
		for (unsigned k = 0; k < 3; k++) {
			unsigned n = (unsigned)orders[i][k];
			uint8_t udh[6];

			/* every other one by sar, and each part twice */
			for (int twice = 0; twice < 2; twice++) {
				f->now += SECOND;
				deliver(f, part(texts[n], 10 + i, n + 1, 3, i % 2 ? NULL : udh));
				assert_int_equal(f->texts, k == 2 && twice == 0);
			}
			if (k == 2)
				expect_text(f, "I will pay 700 on 18 September");
		}
	assert_int_equal(count(f, "SELECT count(*) FROM inbox"), 4);
	assert_int_equal(count(f, "SELECT count(*) FROM promise WHERE amount = 70000"), 4);
	assert_int_equal(count(f, "SELECT max(segments) FROM message WHERE direction = 1"), 3);
	assert_int_equal(count(f, "SELECT count(*) FROM fragment"), 0);
}

static void
parts_may_have_encodings_of_their_own(void **state)
{
	struct fixture *f = *state;
	uint8_t udh[6];
	struct smpp_deliver d = part("", 1, 2, 2, udh);

	d.octets = (const uint8_t *)"\x20\xb1\x00!";
	d.len = 4;
	deliver_all(f, &d, 1, SMS_UCS2);
	assert_int_equal(f->texts, 0);
	deliver(f, part("Pay ", 1, 1, 2, udh));
	expect_text(f, "Pay \xe2\x82\xb1!");
}

static void
references_of_two_kinds_never_meet(void **state)
{
	struct fixture *f = *state;
	uint8_t udh[6];

	deliver(f, part("one", 7, 1, 2, udh));
	deliver(f, part("two", 7, 2, 2, NULL));
	assert_int_equal(f->texts, 0);
	deliver(f, part(" more", 7, 2, 2, udh));
	expect_text(f, "one more");
}

static void
a_reference_used_anew_eats_neither_text(void **state)
{
	struct fixture *f = *state;
	uint8_t udh[6];

	deliver(f, part("old one ", 7, 1, 2, udh));
	f->now += 3600 * SECOND;
	deliver(f, part("new one ", 7, 1, 2, udh));
	assert_int_equal(f->texts, 1); /* what there was of the old one */
	assert_int_equal(count(f, "SELECT count(*) FROM message WHERE body LIKE 'old one %'"), 1);
	f->now += SECOND;
	deliver(f, part("ends", 7, 2, 2, udh));
	expect_text(f, "new one ends");
	assert_int_equal(count(f, "SELECT count(*) FROM inbox"), 2);
}

static void
parts_that_never_come_are_given_up_after_a_day(void **state)
{
	struct fixture *f = *state;
	struct inbox in = {.config = f->l->config, .tools = &f->tools};
	uint8_t udh[6];

	deliver(f, part("begin ", 7, 1, 3, udh));
	deliver(f, part("end", 7, 3, 3, udh));
	for (int hours = 23; hours <= 25; hours += 2) {
		in.now = in.true_now = NOW + hours * HOUR;
		assert_int_equal(store_begin(f->l->s), 0);
		assert_int_equal(inbox_give_up(f->l->s, &in), 0);
		assert_int_equal(store_commit(f->l->s), 0);
		assert_int_equal(in.texts, hours > 24);
	}
	assert_int_equal(count(f, "SELECT count(*) FROM message WHERE body LIKE 'begin %end'"), 1);
	assert_int_equal(count(f, "SELECT count(*) FROM fragment"), 0);
	assert_int_equal(holds(f, REASON_AWAITING_PERSON), 1);
}

/* ---- receipts among them ---- */

static int64_t
sent_text(struct fixture *f, const char *number, const char *smsc_id)
{
	char sql[400];

	snprintf(sql, sizeof sql,
		 "INSERT INTO message (class, direction, number, route, status, segments, at, "
		 "created_at) VALUES (2, 0, '%s', 'paper', 3, 1, 1, 1);"
		 "INSERT INTO part VALUES (last_insert_rowid(), 1, 3, 'paper', '%s', '%s', NULL)",
		 number, smsc_id, smsc_id);
	lender_do(f->l, sql);
	return count(f, "SELECT max(id) FROM message");
}

#define RECEIPT "id:77 sub:001 dlvrd:001 submit date:2609150900 done date:2609150901 stat:DELIVRD"

static void
a_receipt_is_no_text(void **state)
{
	struct fixture *f = *state;
	int64_t id = sent_text(f, "+" A1, "77");
	struct smpp_deliver d = pdu(A1, RECEIPT " err:000");

	d.esm_class = SMPP_ESM_RECEIPT;
	deliver(f, d);
	assert_int_equal(f->receipts, 1);
	assert_int_equal(f->texts, 0);
	lender_expect(f->l, id, STATUS_DELIVERED, REASON_NONE);
	deliver(f, pdu("639179999999", "ok")); /* the next PDU is not touched by it */
	assert_int_equal(f->texts, 1);
}

static void
an_unmarked_receipt_of_ours_is_one_and_of_nobody_is_a_text(void **state)
{
	struct fixture *f = *state;
	int64_t id = sent_text(f, "+" A1, "77");

	deliver(f, pdu("639170000002", RECEIPT " err:000")); /* a person typed it */
	assert_int_equal(f->texts, 1);
	lender_expect(f->l, id, STATUS_SENT, REASON_NONE);
	deliver(f, pdu(A1, RECEIPT " err:000"));
	assert_int_equal(f->texts, 0);
	lender_expect(f->l, id, STATUS_DELIVERED, REASON_NONE);
	assert_int_equal(count(f, "SELECT count(*) FROM orphan"), 0);
}

static void
a_marked_receipt_of_nothing_waits_for_its_text(void **state)
{
	struct fixture *f = *state;
	struct smpp_deliver d = pdu(A1, RECEIPT " err:000");

	d.esm_class = SMPP_ESM_RECEIPT;
	deliver(f, d);
	assert_int_equal(count(f, "SELECT count(*) FROM orphan WHERE smsc_id = '77'"), 1);
	d = pdu(A1, "no id and no state");
	d.esm_class = SMPP_ESM_RECEIPT;
	deliver(f, d);
	assert_int_equal(f->texts, 0);
	assert_int_equal(count(f, "SELECT count(*) FROM inbox"), 0);
}

/* ---- octets ---- */

static void
texts_are_decoded_by_what_the_link_says(void **state)
{
	struct fixture *f = *state;
	struct smpp_deliver d = pdu(A1, "");

	d.octets = (const uint8_t *)"\x00 \x1b\x65 \x11";
	d.len = 6;
	deliver_all(f, &d, 1, SMS_GSM7);
	expect_text(f, "@ \xe2\x82\xac _");
	d.octets = (const uint8_t *)"se\xf1or";
	d.len = 5;
	deliver_all(f, &d, 1, SMS_LATIN1);
	expect_text(f, "se\xc3\xb1or");
	d.octets = (const uint8_t *)"\xd8\x3d\xde\x00\xd8"; /* a face, and half a unit */
	d.len = 5;
	deliver_all(f, &d, 1, SMS_UCS2);
	assert_int_equal(f->texts, 1);
	d.len = 0;
	d.octets = NULL;
	deliver_all(f, &d, 1, SMS_GSM7);
	expect_text(f, "");
}

static void
packed_septets_are_unpacked(void **state)
{
	struct fixture *f = *state;
	struct smpp_deliver d = pdu(A1, "");
	struct channel_incoming incoming = {.deliver = &d, .encoding = SMS_GSM7, .packed = true};
	struct inbox in = {.config = f->l->config, .tools = &f->tools, .now = NOW, .true_now = NOW};

	d.octets = (const uint8_t *)"\xe8\x32\x9b\xfd\x06"; /* 3GPP TS 23.038 6.1.2.1: "hello" */
	d.len = 5;
	assert_int_equal(inbox_add(&in, f->recent, "paper", &incoming, NOW), 0);
	assert_int_equal(inbox_work(f->l->s, &in), 0);
	expect_text(f, "hello");
	inbox_clear(&in);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	static const struct CMUnitTest tests[] = {
	    TEST(what_the_operator_delivers_again_is_one_text),
	    TEST(the_same_words_written_again_are_another_text),
	    TEST(a_copy_in_the_same_batch_is_a_copy),
	    TEST(parts_join_in_any_order_once),
	    TEST(parts_may_have_encodings_of_their_own),
	    TEST(references_of_two_kinds_never_meet),
	    TEST(a_reference_used_anew_eats_neither_text),
	    TEST(parts_that_never_come_are_given_up_after_a_day),
	    TEST(a_receipt_is_no_text),
	    TEST(an_unmarked_receipt_of_ours_is_one_and_of_nobody_is_a_text),
	    TEST(a_marked_receipt_of_nothing_waits_for_its_text),
	    TEST(texts_are_decoded_by_what_the_link_says),
	    TEST(packed_septets_are_unpacked),
	};

	return cmocka_run_group_tests_name("inbox_octets", tests, NULL, NULL);
#undef TEST
}
