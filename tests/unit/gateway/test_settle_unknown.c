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

/* A text that says so, and nobody knows whether it went. */
static int64_t
said(struct settling *x, unsigned segments, const char *body)
{
	int64_t id = hand_words(x, PHONE, segments, body);

	answer(x, id, SETTLE_UNKNOWN);
	return id;
}

/* A receipt under an id of nobody's that quotes. */
static void
quoting(struct settling *x, const char *excerpt)
{
	static int n;
	struct receipt r = receipt_of("", RECEIPT_DELIVERED);

	snprintf(r.id, sizeof r.id, "Q%d", ++n);
	snprintf(r.excerpt, sizeof r.excerpt, "%s", excerpt);
	assert_int_equal(settle_orphan(x->l->s, "link", &r, "639170000001", NOW), 0);
	sweep(x, 7 * SECOND);
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
a_receipt_that_quotes_other_words_is_of_another_text(void **state)
{
	struct settling *x = *state;
	int64_t id = said(x, 1, "Dear Ana, PHP 500 is due today.");

	quoting(x, "Your code is 4711, d");
	assert_int_equal(status(x, id), STATUS_UNKNOWN);
	assert_int_equal(orphans(x), 1);
	quoting(x, "Dear Ana, PHP 500 is");
	assert_int_equal(status(x, id), STATUS_DELIVERED);
	assert_int_equal(orphans(x), 1); /* of the text that is not ours */
}

static void
of_two_the_quoted_words_tell_which(void **state)
{
	struct settling *x = *state;
	int64_t one = said(x, 1, "Dear Ana, PHP 500 is due."),
		two = said(x, 1, "Salamat, Ana. Noted: 15 Sep.");

	quoting(x, "Dear A"); /* cut, but enough */
	assert_int_equal(status(x, one), STATUS_DELIVERED);
	assert_int_equal(status(x, two), STATUS_UNKNOWN);
}

static void
of_two_that_begin_alike_none_is_guessed(void **state)
{
	struct settling *x = *state;
	int64_t one = said(x, 1, "Dear Ana, PHP 500 is due."),
		two = said(x, 1, "Dear Ana, PHP 700 is due.");

	quoting(x, "Dear Ana, PHP");
	quoting(x, "00000000000000000000");
	assert_int_equal(status(x, one), STATUS_UNKNOWN);
	assert_int_equal(status(x, two), STATUS_UNKNOWN);
}

static void
an_excerpt_that_is_none_says_nothing(void **state)
{
	static const char *const excerpts[] = {"", "000", "none", "50617920504850203530",
					       "P\x7f\x7fL Xk"};
	struct settling *x = *state;

	for (size_t i = 0; i < sizeof excerpts / sizeof *excerpts; i++) {
		int64_t id = said(x, 1, "Pay PHP 500");

		quoting(x, excerpts[i]);
		assert_int_equal(status(x, id), STATUS_DELIVERED);
	}
}

static void
the_echoed_reference_is_asked_before_the_words(void **state)
{
	struct settling *x = *state;
	int64_t id = said(x, 1, "Dear Ana, PHP 500 is due today.");
	struct receipt r = receipt_of("R1", RECEIPT_DELIVERED);

	r.has_user_message_reference = true;
	r.user_message_reference = settle_reference(id);
	snprintf(r.excerpt, sizeof r.excerpt, "message from sunrise");
	assert_int_equal(settle_orphan(x->l->s, "link", &r, PHONE, NOW), 0);
	sweep(x, 7 * SECOND);
	assert_int_equal(status(x, id), STATUS_DELIVERED);
}

/* What is on the wire or not reported on is in the way of a receipt only if it may be its own. */
static void
a_text_of_other_words_is_not_in_the_way(void **state)
{
	struct settling *x = *state;
	int64_t old = said(x, 1, "Dear Ana, PHP 500 is due today.");
	int64_t accepted = hand_words(x, PHONE, 1, "Dear Ana, PHP 700 is due today."), flying;

	take(x, accepted, 1, 1, "A1");
	flying = hand_words(x, PHONE, 1, "Salamat, Ana.");
	quoting(x, "Dear Ana, PHP");
	assert_int_equal(status(x, old), STATUS_UNKNOWN);
	quoting(x, "Dear Ana, PHP 500 is");
	assert_int_equal(status(x, old), STATUS_DELIVERED);
	assert_int_equal(status(x, accepted), STATUS_SENT);
	assert_int_equal(status(x, flying), STATUS_SENDING);
}

static void
a_receipt_of_a_later_part_quotes_that_part(void **state)
{
	struct settling *x = *state;
	int64_t id = said(x, 2, "Dear Ana, this is long. The second part begins here.");

	quoting(x, "The second part begi");
	assert_int_equal(lender_count(x->l, "SELECT count(*) FROM part"), 1);
	quoting(x, "Of another text it i");
	assert_int_equal(lender_count(x->l, "SELECT count(*) FROM part"), 1);
	quoting(x, "dear ana, this is lo");
	assert_int_equal(status(x, id), STATUS_DELIVERED);
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
	    SETTLE_TEST(a_receipt_that_quotes_other_words_is_of_another_text),
	    SETTLE_TEST(of_two_the_quoted_words_tell_which),
	    SETTLE_TEST(of_two_that_begin_alike_none_is_guessed),
	    SETTLE_TEST(an_excerpt_that_is_none_says_nothing),
	    SETTLE_TEST(the_echoed_reference_is_asked_before_the_words),
	    SETTLE_TEST(a_text_of_other_words_is_not_in_the_way),
	    SETTLE_TEST(a_receipt_of_a_later_part_quotes_that_part),
	    SETTLE_TEST(an_unknown_long_text_is_settled_part_by_part),
	    SETTLE_TEST(receipts_for_nothing_are_forgotten_after_a_week),
	    SETTLE_TEST(a_crowd_of_strange_receipts_hides_none_of_ours),
	    SETTLE_TEST(references_are_never_zero),
	};

	return cmocka_run_group_tests_name("settle_unknown", tests, NULL, NULL);
}
