/* Which text a receipt is about: in any order, dialect and number, and of many parts. */
#include "settle_rig.h"

/* ---- receipts and answers in any order ---- */

static void
a_receipt_may_come_before_its_answer(void **state)
{
	struct settling *x = *state;
	int64_t id = hand(x, PHONE, 1);

	assert_int_equal(receipt(x, "A1", RECEIPT_ENROUTE, PHONE), 0);
	assert_int_equal(orphans(x), 0); /* a step on the way tells nothing */
	assert_int_equal(receipt(x, "A1", RECEIPT_DELIVERED, "639170000001"), 0);
	assert_int_equal(orphans(x), 1);
	take(x, id, 1, 1, "A1");
	assert_int_equal(status(x, id), STATUS_DELIVERED);
	assert_int_equal(orphans(x), 0);
}

static void
an_early_receipt_waits_for_the_text_to_its_number(void **state)
{
	struct settling *x = *state;
	int64_t one = hand(x, PHONE, 1), two = hand(x, OTHER, 1);

	receipt(x, "A1", RECEIPT_EXPIRED, OTHER);
	receipt(x, "A1", RECEIPT_DELIVERED, PHONE);
	take(x, one, 1, 1, "A1");
	assert_int_equal(status(x, one), STATUS_DELIVERED);
	assert_int_equal(orphans(x), 1);
	take(x, two, 1, 1, "A1");
	assert_int_equal(status(x, two), STATUS_EXPIRED);
}

static void
an_early_receipt_in_another_base_is_found_by_the_sweep(void **state)
{
	struct settling *x = *state;
	int64_t id = hand(x, PHONE, 1);

	receipt(x, "255", RECEIPT_DELIVERED, PHONE);
	take(x, id, 1, 1, "FF");
	assert_int_equal(status(x, id), STATUS_SENT);
	sweep(x, 4 * SECOND);
	assert_int_equal(status(x, id), STATUS_SENT);
	sweep(x, 6 * SECOND);
	assert_int_equal(status(x, id), STATUS_DELIVERED);
	assert_int_equal(orphans(x), 0);
}

static void
a_receipt_is_only_for_a_text_to_the_number_it_names(void **state)
{
	struct settling *x = *state;
	int64_t one = hand(x, PHONE, 1), two = hand(x, OTHER, 1);

	take(x, one, 1, 1, "7");
	take(x, two, 1, 1, "7"); /* the operator began to count again */
	assert_int_equal(receipt(x, "7", RECEIPT_DELIVERED, "639170000001"), 1);
	assert_int_equal(status(x, one), STATUS_DELIVERED);
	assert_int_equal(status(x, two), STATUS_SENT);
	assert_int_equal(receipt(x, "7", RECEIPT_DELIVERED, "+639179999999"), 0);
	assert_int_equal(receipt(x, "7", RECEIPT_DELIVERED, "09170000002"), 1); /* national */
	assert_int_equal(status(x, two), STATUS_DELIVERED);
}

static void
a_receipt_is_only_for_its_own_route(void **state)
{
	struct settling *x = *state;
	struct receipt r = receipt_of("A1", RECEIPT_DELIVERED);
	int64_t id = hand(x, PHONE, 1);

	take(x, id, 1, 1, "A1");
	assert_int_equal(settle_receipt(x->l->s, &x->tools, "other", &r, PHONE, NOW, &x->sums), 0);
	assert_int_equal(status(x, id), STATUS_SENT);
}

static void
a_receipt_that_says_blocked_opts_the_number_out(void **state)
{
	struct settling *x = *state;
	struct receipt r = receipt_of("A1", RECEIPT_REJECTED);
	int64_t id = hand(x, PHONE, 1);

	take(x, id, 1, 1, "A1");
	r.blocked = true;
	assert_int_equal(
	    settle_receipt(x->l->s, &x->tools, "link", &r, "639170000001", NOW, &x->sums), 1);
	assert_true(borrower_opted_out(x->l->s, PHONE)); /* as we write it */
}

/* ---- ids ---- */

static void
how_a_route_writes_ids_is_learned_and_kept(void **state)
{
	struct settling *x = *state;
	struct settle_tools again = {0};
	char learned[160];

	settle_learned(x->l->s, "link", learned, sizeof learned);
	assert_string_equal(learned, "");
	for (int i = 0; i < 4; i++) {
		int64_t id = hand(x, PHONE, 1);
		char hex[16], decimal[16];

		snprintf(hex, sizeof hex, "%X", 0xA0 + i);
		snprintf(decimal, sizeof decimal, "%d", 0xA0 + i);
		take(x, id, 1, 1, hex);
		assert_int_equal(receipt(x, decimal, RECEIPT_DELIVERED, PHONE), 1);
		assert_int_equal(status(x, id), STATUS_DELIVERED);
	}
	settle_learned(x->l->s, "link", learned, sizeof learned);
	assert_non_null(strstr(learned, "4 seen"));
	/* counters: "10" in decimal is now text 0A, not the text whose id is 10 */
	x->tools = again;
	int64_t ten = hand(x, PHONE, 1), sixteen = hand(x, PHONE, 1);
	take(x, ten, 1, 1, "0A");
	take(x, sixteen, 1, 1, "10");
	assert_int_equal(receipt(x, "10", RECEIPT_DELIVERED, PHONE), 1);
	assert_int_equal(status(x, ten), STATUS_DELIVERED);
	assert_int_equal(status(x, sixteen), STATUS_SENT);
}

/* ---- parts ---- */

static void
each_part_reports_and_the_worst_one_counts(void **state)
{
	static const struct {
		enum receipt_state one, two;
		int status;
	} all[] = {{RECEIPT_DELIVERED, RECEIPT_DELIVERED, STATUS_DELIVERED},
		   {RECEIPT_DELIVERED, RECEIPT_UNKNOWN, STATUS_UNKNOWN},
		   {RECEIPT_EXPIRED, RECEIPT_DELIVERED, STATUS_EXPIRED},
		   {RECEIPT_UNKNOWN, RECEIPT_EXPIRED, STATUS_EXPIRED},
		   {RECEIPT_UNDELIVERABLE, RECEIPT_EXPIRED, STATUS_FAILED},
		   {RECEIPT_DELIVERED, RECEIPT_REJECTED, STATUS_FAILED}};
	struct settling *x = *state;

	for (size_t i = 0; i < 2 * sizeof all / sizeof *all; i++) {
		int64_t id = hand(x, PHONE, 2);
		bool turned = i % 2 == 1; /* in the other order */
		char one[8], two[8];

		snprintf(one, sizeof one, "a%zu", i);
		snprintf(two, sizeof two, "b%zu", i);
		take(x, id, 1, 2, one);
		assert_int_equal(status(x, id), STATUS_SENDING);
		take(x, id, 2, 2, two);
		if (turned)
			receipt(x, two, all[i / 2].two, PHONE);
		receipt(x, one, all[i / 2].one, PHONE);
		if (!turned)
			receipt(x, two, all[i / 2].two, PHONE);
		assert_int_equal(status(x, id), all[i / 2].status);
	}
	assert_int_equal(lender_count(x->l, "SELECT count(*) FROM partial"), 0);
}

static void
a_part_still_out_keeps_the_text_sent(void **state)
{
	struct settling *x = *state;
	int64_t id = hand(x, PHONE, 3);

	take(x, id, 1, 3, "a");
	receipt(x, "a", RECEIPT_DELIVERED, PHONE); /* while the others are on the wire */
	assert_int_equal(status(x, id), STATUS_SENDING);
	take(x, id, 2, 3, "b");
	take(x, id, 3, 3, "c");
	receipt(x, "b", RECEIPT_DELIVERED, PHONE);
	assert_int_equal(status(x, id), STATUS_SENT);
	receipt(x, "c", RECEIPT_DELIVERED, PHONE);
	assert_int_equal(status(x, id), STATUS_DELIVERED);
}

/* A long text whose last part alone is reported on. */
static int64_t
report_one(struct settling *x, int i, enum receipt_state state)
{
	int64_t id = hand(x, PHONE, 2);
	char one[8], two[8];

	snprintf(one, sizeof one, "a%d", i);
	snprintf(two, sizeof two, "b%d", i);
	take(x, id, 1, 2, one);
	take(x, id, 2, 2, two);
	receipt(x, two, state, PHONE);
	return id;
}

static void
a_link_that_reports_on_one_part_is_learned(void **state)
{
	struct settling *x = *state;
	struct settle_tools fresh = {0};
	char learned[160];
	int64_t id;

	for (int i = 0; i < 3; i++) {
		id = report_one(x, i, RECEIPT_DELIVERED);
		assert_int_equal(status(x, id), STATUS_SENT);
		/* `partial` has the true time */
		lender_do(x->l, "UPDATE partial SET at = 0");
		sweep(x, 61 * SECOND);
		assert_int_equal(status(x, id), STATUS_DELIVERED);
	}
	settle_learned(x->l->s, "link", learned, sizeof learned);
	assert_non_null(strstr(learned, "one receipt for all parts"));
	x->tools = fresh; /* after a restart too */
	assert_int_equal(status(x, report_one(x, 7, RECEIPT_DELIVERED)), STATUS_DELIVERED);
	id = report_one(x, 8, RECEIPT_UNDELIVERABLE);
	assert_int_equal(status(x, id), STATUS_FAILED);
	/* then it reports on the other part after all, and that is believed */
	id = report_one(x, 9, RECEIPT_DELIVERED);
	receipt(x, "a9", RECEIPT_EXPIRED, PHONE);
	assert_int_equal(status(x, id), STATUS_EXPIRED);
	assert_int_equal(status(x, report_one(x, 10, RECEIPT_DELIVERED)), STATUS_SENT);
}

/* A part refused for good is not made up for by another's receipt, on no kind of link. */
static void
a_refused_part_fails_the_text_for_ever(void **state)
{
	struct settling *x = *state;

	for (int learned = 0; learned < 2; learned++) {
		int64_t id = hand(x, PHONE, 2);
		struct settle_answer a = answer_to(x, id, SETTLE_REFUSED);
		const char *one = learned == 0 ? "first" : "second";

		take(x, id, 1, 2, one);
		a.part = a.parts = 2;
		give(x, &a);
		receipt(x, one, RECEIPT_DELIVERED, PHONE);
		assert_int_equal(status(x, id), STATUS_FAILED);
		for (int i = 0; i < 3; i++) {
			report_one(x, i, RECEIPT_DELIVERED);
			lender_do(x->l, "UPDATE partial SET at = 0");
			sweep(x, 61 * SECOND);
		}
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    SETTLE_TEST(a_receipt_may_come_before_its_answer),
	    SETTLE_TEST(an_early_receipt_waits_for_the_text_to_its_number),
	    SETTLE_TEST(an_early_receipt_in_another_base_is_found_by_the_sweep),
	    SETTLE_TEST(a_receipt_is_only_for_a_text_to_the_number_it_names),
	    SETTLE_TEST(a_receipt_is_only_for_its_own_route),
	    SETTLE_TEST(a_receipt_that_says_blocked_opts_the_number_out),
	    SETTLE_TEST(how_a_route_writes_ids_is_learned_and_kept),
	    SETTLE_TEST(each_part_reports_and_the_worst_one_counts),
	    SETTLE_TEST(a_part_still_out_keeps_the_text_sent),
	    SETTLE_TEST(a_link_that_reports_on_one_part_is_learned),
	    SETTLE_TEST(a_refused_part_fails_the_text_for_ever),
	};

	return cmocka_run_group_tests_name("settle_receipt", tests, NULL, NULL);
}
