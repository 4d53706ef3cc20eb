/* What comes in, as rows: copies, parts that wait for each other, messages and readings. */
#include "lender.h"

#include "gateway/store/intray.h"

#define NOW TEN_O_CLOCK

static const uint8_t one[32] = {1}, two[32] = {2};

static void
the_same_text_is_seen_within_a_while_only(void **state)
{
	struct lender *l = *state;

	assert_int_equal(intray_seen(l->s, one, 1000, 500), 0);
	assert_int_equal(intray_seen(l->s, one, 1200, 500), 1);
	assert_int_equal(intray_seen(l->s, one, 1499, 500), 1); /* from the first time on */
	assert_int_equal(intray_seen(l->s, two, 1499, 500), 0);
	assert_int_equal(intray_seen(l->s, one, 1500, 500), 0);
	assert_int_equal(intray_seen(l->s, one, 1501, 0), 0); /* surely written anew */
	assert_int_equal(intray_seen(l->s, one, 2000, 500), 1);
	assert_int_equal(intray_age(l->s, 1500), 0);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM seen"), 1);
}

struct joined {
	int n;
	char text[64];
};

static int
on_part(void *ctx, int n, int encoding, const uint8_t *header, size_t header_len,
	const uint8_t *octets, size_t len)
{
	struct joined *j = ctx;

	(void)encoding;
	(void)header;
	assert_int_equal(header_len, 0);
	assert_true(n > j->n);
	j->n = n;
	strncat(j->text, (const char *)octets, len);
	return 0;
}

static struct intray_part
part(int n, const char *text)
{
	return (struct intray_part){.sender = "+639170000001",
				    .recipient = "28550",
				    .route = "link",
				    .reference = 7,
				    .total = 3,
				    .n = n,
				    .octets = (const uint8_t *)text,
				    .len = strlen(text)};
}

static void
parts_come_back_in_order_and_the_first_copy_stays(void **state)
{
	struct lender *l = *state;
	struct intray_part a = part(1, "a"), b = part(2, "b"), c = part(3, "c"),
			   again = part(2, "x"), wide = part(2, "w"), empty = part(1, "");
	struct joined j = {0};

	assert_int_equal(intray_keep_part(l->s, &c, NOW), 0);
	assert_int_equal(intray_keep_part(l->s, &b, NOW), 0);
	assert_int_equal(intray_keep_part(l->s, &again, NOW), 0);
	wide.reference += 65536;
	assert_int_equal(intray_keep_part(l->s, &wide, NOW), 0);
	empty.sender = "other";
	empty.octets = NULL;
	assert_int_equal(intray_keep_part(l->s, &empty, NOW), 0);
	assert_int_equal(intray_keep_part(l->s, &a, NOW), 0);
	assert_int_equal(intray_parts(l->s, &b, on_part, &j), 3);
	assert_string_equal(j.text, "abc");
	assert_int_equal(intray_drop_parts(l->s, &a), 0);
	j = (struct joined){0};
	assert_int_equal(intray_parts(l->s, &b, on_part, &j), 0);
	assert_int_equal(intray_parts(l->s, &wide, on_part, &j), 1);
}

static void
old_parts_are_found_by_the_oldest_of_their_text(void **state)
{
	struct lender *l = *state;
	struct intray_part a = part(1, "a"), b = part(2, "b");
	struct intray_old old;

	assert_int_equal(intray_old_parts(l->s, NOW, &old), 0);
	intray_keep_part(l->s, &a, NOW - 1);
	intray_keep_part(l->s, &b, NOW + 5);
	assert_int_equal(intray_old_parts(l->s, NOW - 1, &old), 0);
	assert_int_equal(intray_old_parts(l->s, NOW, &old), 1);
	assert_string_equal(old.sender, "+639170000001");
	assert_string_equal(old.recipient, "28550");
	assert_string_equal(old.route, "link");
	assert_int_equal(old.reference, 7);
	assert_int_equal(old.total, 3);
}

static int64_t
receive(struct lender *l, int64_t account, const char *text)
{
	struct intray_message m = {.account = account,
				   .person = account,
				   .sender = "+639170000001",
				   .recipient = "28550",
				   .body = text,
				   .route = "link",
				   .raw = (const uint8_t *)"\x01\xff",
				   .raw_len = 2,
				   .segments = 1};
	int64_t id;

	assert_int_equal(intray_add(l->s, &m, NOW, &id), 0);
	return id;
}

static void
a_text_is_stored_with_its_octets_in_the_chain(void **state)
{
	struct lender *l = *state;
	int64_t id = receive(l, 1, "I \"pay\"\n");
	struct intray_reading r = {.message = id,
				   .account = 1,
				   .intent = 0,
				   .intent_word = "other",
				   .day = INT32_MIN,
				   .amount = -1,
				   .cues = ""};

	lender_expect(l, id, STATUS_RECEIVED, REASON_NONE);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM event WHERE kind = 'received' AND "
					 "json_extract(data, '$.octets') = '01ff' AND "
					 "json_extract(data, '$.text') = 'I \"pay\"' || char(10)"),
			 1);
	assert_int_equal(intray_read(l->s, &r, NOW), 0);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM inbox WHERE handled = 0 AND "
					 "day IS NULL AND amount IS NULL AND handled_at IS NULL"),
			 1);
	id = receive(l, 0, "");
	r = (struct intray_reading){.message = id,
				    .intent = 1,
				    .intent_word = "promise",
				    .day = 0,
				    .amount = 0,
				    .handled = true,
				    .cues = "pay"};
	assert_int_equal(intray_read(l->s, &r, NOW), 0);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM inbox WHERE handled = 1 AND day = 0 "
					 "AND amount = 0 AND actor = 'dunlin'"),
			 1);
}

static void
answers_promises_and_claims_are_counted_since(void **state)
{
	struct lender *l = *state;
	char number[] = "+639170000001";
	struct outbox_row row = {.class = CLASS_ANSWER, .number = number};
	struct borrower_hold h = {.account = 1,
				  .reason = REASON_CLAIMS_PAID,
				  .word = "claims_paid",
				  .until = 20800,
				  .actor = "dunlin"};
	struct borrower_promise p = {
	    .account = 1, .currency = "PHP", .source = "sms", .actor = "dunlin", .expected = 1};
	int64_t id;

	outbox_add(l->s, &row, NOW, &id);
	outbox_add(l->s, &row, NOW + 5, &id);
	row.class = CLASS_MANUAL;
	outbox_add(l->s, &row, NOW + 5, &id);
	assert_int_equal(intray_answers(l->s, number, NOW), 2);
	assert_int_equal(intray_answers(l->s, number, NOW + 1), 1);
	assert_int_equal(intray_answers(l->s, "+1", NOW), 0);

	borrower_hold(l->s, &h, NOW, &id);
	borrower_release(l->s, 1, REASON_COUNT, "maria", NOW); /* a released claim was one */
	assert_int_equal(intray_holds_since(l->s, 1, REASON_CLAIMS_PAID, NOW), 1);
	assert_int_equal(intray_holds_since(l->s, 1, REASON_CLAIMS_PAID, NOW + 1), 0);
	assert_int_equal(intray_holds_since(l->s, 1, REASON_HOLD, NOW), 0);

	assert_int_equal(intray_fresh_promise(l->s, 1, NOW), 0);
	borrower_promise(l->s, &p, NOW, &id);
	assert_int_equal(intray_fresh_promise(l->s, 1, NOW), 1);
	assert_int_equal(intray_fresh_promise(l->s, 1, NOW + 1), 0);
	p.source = "person";
	borrower_promise(l->s, &p, NOW + 9, &id);
	assert_int_equal(intray_fresh_promise(l->s, 1, NOW), 0); /* nobody echoed that one */
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, lender_setup, lender_teardown)
	static const struct CMUnitTest tests[] = {
	    TEST(the_same_text_is_seen_within_a_while_only),
	    TEST(parts_come_back_in_order_and_the_first_copy_stays),
	    TEST(old_parts_are_found_by_the_oldest_of_their_text),
	    TEST(a_text_is_stored_with_its_octets_in_the_chain),
	    TEST(answers_promises_and_claims_are_counted_since),
	};

	return cmocka_run_group_tests_name("intray", tests, NULL, NULL);
#undef TEST
}
