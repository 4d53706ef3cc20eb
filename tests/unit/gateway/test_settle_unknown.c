/* Texts nobody knows the end of, and receipts nobody knows the text of: which belong together. */
#include "settle_rig.h"

static int64_t
unknown(struct settling *x, const char *number, unsigned segments)
{
	int64_t id = hand(x, number, segments);

	answer(x, id, SETTLE_UNKNOWN);
	return id;
}

static void
orphan(struct settling *x, const char *smsc_id, const char *number, int64_t reference, int64_t at)
{
	struct receipt r = receipt_of(smsc_id, RECEIPT_DELIVERED);

	r.has_user_message_reference = reference != 0;
	r.user_message_reference = (uint16_t)reference;
	assert_int_equal(settle_orphan(x->l->s, "link", &r, number, at), 0);
}

static void
the_only_unknown_text_to_a_number_is_settled_by_its_receipt(void **state)
{
	struct settling *x = *state;
	int64_t one = unknown(x, PHONE, 1), two = unknown(x, OTHER, 1);

	orphan(x, "R1", "639170000001", 0, NOW + SECOND);
	sweep(x, 5 * SECOND);
	assert_int_equal(status(x, one), STATUS_UNKNOWN); /* its answer may be on the way */
	sweep(x, 7 * SECOND);
	assert_int_equal(status(x, one), STATUS_DELIVERED);
	assert_int_equal(status(x, two), STATUS_UNKNOWN);
	assert_int_equal(orphans(x), 0);
}

static void
of_two_the_echoed_reference_tells_which(void **state)
{
	struct settling *x = *state;
	int64_t one = unknown(x, PHONE, 1), two = unknown(x, PHONE, 1);

	orphan(x, "R1", PHONE, 0, NOW);
	sweep(x, 7 * SECOND);
	assert_int_equal(status(x, one), STATUS_UNKNOWN);
	assert_int_equal(status(x, two), STATUS_UNKNOWN);
	orphan(x, "R2", PHONE, settle_reference(two), NOW);
	sweep(x, 7 * SECOND);
	assert_int_equal(status(x, two), STATUS_DELIVERED);
	/* the other receipt is now about the only one left */
	sweep(x, 8 * SECOND);
	assert_int_equal(status(x, one), STATUS_DELIVERED);
	assert_int_equal(orphans(x), 0);
}

static void
a_receipt_of_another_text_settles_nothing(void **state)
{
	struct settling *x = *state;
	int64_t id = unknown(x, PHONE, 1);

	orphan(x, "R1", PHONE, settle_reference(id) + 1, NOW); /* it names another */
	orphan(x, "R2", PHONE, 0, NOW - 3600 * SECOND);        /* came before it was handed over */
	orphan(x, "R3", PHONE, 0, NOW + 4 * DAY);              /* nobody waits that long */
	sweep(x, 5 * DAY);
	assert_int_equal(status(x, id), STATUS_UNKNOWN);
	lender_do(x->l, "DELETE FROM orphan WHERE smsc_id <> 'R2'; UPDATE orphan SET route = 'x', "
			"at = at + 4000000");
	x->l->s->orphans = 1;
	sweep(x, 5 * DAY);
	assert_int_equal(status(x, id), STATUS_UNKNOWN); /* over another route */
}

static void
while_a_text_to_the_number_is_on_the_wire_the_receipt_may_be_its_own(void **state)
{
	struct settling *x = *state;
	int64_t old = unknown(x, PHONE, 1), flying = hand(x, PHONE, 1);

	receipt(x, "R1", RECEIPT_DELIVERED, PHONE);
	sweep(x, 7 * SECOND);
	assert_int_equal(status(x, old), STATUS_UNKNOWN);
	take(x, flying, 1, 1, "R1");
	assert_int_equal(status(x, flying), STATUS_DELIVERED);
	assert_int_equal(status(x, old), STATUS_UNKNOWN);
}

/* An operator whose receipts write ids in a form nobody has seen yet. */
static void
while_an_accepted_text_is_not_reported_on_the_receipt_may_be_its_own(void **state)
{
	struct settling *x = *state;
	int64_t old = unknown(x, PHONE, 1), accepted = hand(x, PHONE, 1);

	take(x, accepted, 1, 1, "A1");
	receipt(x, "strange", RECEIPT_DELIVERED, PHONE);
	sweep(x, 7 * SECOND);
	assert_int_equal(status(x, old), STATUS_UNKNOWN);
	receipt(x, "A1", RECEIPT_DELIVERED, PHONE); /* now that one is out of the question */
	sweep(x, 8 * SECOND);
	assert_int_equal(status(x, old), STATUS_DELIVERED);
}

static void
an_unknown_long_text_is_settled_part_by_part(void **state)
{
	struct settling *x = *state;
	int64_t id = hand(x, PHONE, 2);

	take(x, id, 1, 2, "a");
	answer(x, id, SETTLE_UNKNOWN); /* the link was lost under part 2 */
	receipt(x, "a", RECEIPT_DELIVERED, PHONE);
	assert_int_equal(status(x, id), STATUS_UNKNOWN);
	orphan(x, "b", PHONE, 0, NOW);
	sweep(x, 7 * SECOND);
	assert_int_equal(status(x, id), STATUS_DELIVERED);
}

static void
receipts_for_nothing_are_forgotten_after_a_week(void **state)
{
	struct settling *x = *state;

	for (int i = 0; i < 250; i++)
		orphan(x, "nobody's", "+639179999999", 0, NOW + i);
	for (int i = 0; i < 5; i++)
		sweep(x, 7 * DAY);
	assert_int_equal(orphans(x), 250);
	sweep(x, 7 * DAY + 100);
	assert_int_equal(orphans(x), 150);
	sweep(x, 8 * DAY);
	assert_int_equal(orphans(x), 0);
}

/* One behind many that nobody knows is found too. */
static void
a_crowd_of_strange_receipts_hides_none_of_ours(void **state)
{
	struct settling *x = *state;
	int64_t id = unknown(x, PHONE, 1);

	for (int i = 0; i < 250; i++)
		orphan(x, "nobody's", "+639179999999", 0, NOW);
	orphan(x, "R1", PHONE, 0, NOW);
	for (int i = 0; i < 3; i++)
		sweep(x, 7 * SECOND);
	assert_int_equal(status(x, id), STATUS_DELIVERED);
}

static void
references_are_never_zero(void **state)
{
	(void)state;
	for (int64_t id = 1; id < 200000; id += 7)
		assert_int_not_equal(settle_reference(id), 0);
	assert_int_not_equal(settle_reference(65535), 0);
	assert_int_not_equal(settle_reference(65534), settle_reference(65535));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    SETTLE_TEST(the_only_unknown_text_to_a_number_is_settled_by_its_receipt),
	    SETTLE_TEST(of_two_the_echoed_reference_tells_which),
	    SETTLE_TEST(a_receipt_of_another_text_settles_nothing),
	    SETTLE_TEST(while_a_text_to_the_number_is_on_the_wire_the_receipt_may_be_its_own),
	    SETTLE_TEST(while_an_accepted_text_is_not_reported_on_the_receipt_may_be_its_own),
	    SETTLE_TEST(an_unknown_long_text_is_settled_part_by_part),
	    SETTLE_TEST(receipts_for_nothing_are_forgotten_after_a_week),
	    SETTLE_TEST(a_crowd_of_strange_receipts_hides_none_of_ours),
	    SETTLE_TEST(references_are_never_zero),
	};

	return cmocka_run_group_tests_name("settle_unknown", tests, NULL, NULL);
}
