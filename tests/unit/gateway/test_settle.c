/* What the operator said of our texts: its answers, and then its receipts, early and late. */
#include "settle_rig.h"

/* ---- answers ---- */

static void
a_text_is_accepted_then_delivered(void **state)
{
	struct settling *x = *state;
	int64_t id = hand(x, PHONE, 1);

	take(x, id, 1, 1, "A1");
	assert_int_equal(status(x, id), STATUS_SENT);
	assert_int_equal(x->sums.sent, 1);
	assert_int_equal(receipt(x, "A1", RECEIPT_ENROUTE, "639170000001"), 1);
	assert_int_equal(receipt(x, "A1", RECEIPT_ACCEPTED, "639170000001"), 1);
	assert_int_equal(status(x, id), STATUS_SENT);
	assert_int_equal(receipt(x, "A1", RECEIPT_DELIVERED, "639170000001"), 1);
	assert_int_equal(status(x, id), STATUS_DELIVERED);
	assert_int_equal(receipt(x, "A1", RECEIPT_DELIVERED, "639170000001"), 1);
	assert_int_equal(receipt(x, "A1", RECEIPT_ENROUTE, "639170000001"), 1);
	assert_int_equal(lender_count(x->l, "SELECT count(*) FROM event WHERE kind = 'delivered'"),
			 1);
	assert_int_equal(orphans(x), 0);
}

static void
what_was_delivered_stays_delivered(void **state)
{
	struct settling *x = *state;
	int64_t one = hand(x, PHONE, 1), two = hand(x, PHONE, 1);

	take(x, one, 1, 1, "A1");
	take(x, two, 1, 1, "A2");
	receipt(x, "A1", RECEIPT_DELIVERED, PHONE);
	receipt(x, "A1", RECEIPT_EXPIRED, PHONE);
	assert_int_equal(status(x, one), STATUS_DELIVERED);
	receipt(x, "A2", RECEIPT_EXPIRED, PHONE);
	assert_int_equal(status(x, two), STATUS_EXPIRED);
	receipt(x, "A2", RECEIPT_DELIVERED, PHONE); /* it arrived after all */
	assert_int_equal(status(x, two), STATUS_DELIVERED);
}

static void
every_final_state_has_its_status(void **state)
{
	static const struct {
		enum receipt_state said;
		int status;
		enum reason reason;
	} all[] = {{RECEIPT_DELIVERED, STATUS_DELIVERED, REASON_NONE},
		   {RECEIPT_EXPIRED, STATUS_EXPIRED, REASON_EXPIRED},
		   {RECEIPT_DELETED, STATUS_FAILED, REASON_REFUSED},
		   {RECEIPT_UNDELIVERABLE, STATUS_FAILED, REASON_REFUSED},
		   {RECEIPT_REJECTED, STATUS_FAILED, REASON_REFUSED},
		   {RECEIPT_UNKNOWN, STATUS_UNKNOWN, REASON_NO_ANSWER}};
	struct settling *x = *state;

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		int64_t id = hand(x, PHONE, 1);
		char name[8];

		snprintf(name, sizeof name, "id%zu", i);
		take(x, id, 1, 1, name);
		receipt(x, name, all[i].said, PHONE);
		lender_expect(x->l, id, all[i].status, all[i].reason);
	}
	assert_int_equal(x->sums.failed, 3);
}

static void
refused_for_now_and_unsent_go_back_to_the_queue(void **state)
{
	struct settling *x = *state;
	int64_t one = hand(x, PHONE, 1), two = hand(x, PHONE, 1);

	answer(x, one, SETTLE_FOR_NOW);
	answer(x, two, SETTLE_UNSENT);
	lender_expect(x->l, one, STATUS_PLANNED, REASON_NONE);
	lender_expect(x->l, two, STATUS_PLANNED, REASON_NONE);
	assert_int_equal(x->sums.sent + x->sums.failed, 0);
}

/* What the queue holds now, in the order in which it is taken. */
static void
expect_queue(struct settling *x, const int64_t *ids, int n)
{
	sqlite3_stmt *st = store_get(x->l->s, STORE_QUEUE_DUE);

	store_bind_text(st, 1, "link");
	store_bind_int(st, 2, lender_count(x->l, "SELECT max(rank) FROM message"));
	store_bind_int(st, 3, NOW + 60 * SECOND);
	store_bind_int(st, 4, 100);
	for (int i = 0; i < n; i++) {
		assert_int_equal(store_step(x->l->s, st), 1);
		assert_int_equal(sqlite3_column_int64(st, 0), ids[i]);
	}
	assert_int_equal(store_step(x->l->s, st), 0);
}

/* The link was told to slow down under the first two: they go before what they stood before, in
 * whatever order they come back.  One that is refused by itself goes behind. */
static void
what_was_throttled_keeps_its_place_in_the_queue(void **state)
{
	struct settling *x = *state;
	struct settle_answer a;
	int64_t id[4];

	for (int i = 0; i < 4; i++)
		id[i] = hand(x, PHONE, 1);
	lender_do(x->l, "UPDATE message SET at = at - 60000 + id * 1000");
	answer(x, id[3], SETTLE_UNSENT); /* waits: it goes on from now */
	for (int i = 1; i >= 0; i--) {
		a = answer_to(x, id[i], i == 0 ? SETTLE_FOR_NOW : SETTLE_UNSENT);
		a.in_turn = true;
		give(x, &a);
	}
	expect_queue(x, (int64_t[]){id[0], id[1], id[3]}, 3);
	lender_do(x->l, "UPDATE message SET at = at + 1 WHERE at = (SELECT max(at) FROM message)");
	answer(x, id[2], SETTLE_FOR_NOW);
	expect_queue(x, (int64_t[]){id[0], id[1], id[2], id[3]}, 4);
}

static void
a_number_that_asked_the_operator_for_silence_is_opted_out(void **state)
{
	struct settling *x = *state;
	int64_t id = hand(x, PHONE, 1);
	struct settle_answer a = answer_to(x, id, SETTLE_REFUSED);

	a.blocked = true;
	give(x, &a);
	lender_expect(x->l, id, STATUS_FAILED, REASON_BARRED);
	assert_true(borrower_opted_out(x->l->s, PHONE));
	assert_int_equal(lender_count(x->l, "SELECT count(*) FROM optout"),
			 2); /* and its account */
	assert_int_equal(x->sums.failed, 1);
}

static void
a_number_that_does_not_exist_is_dead(void **state)
{
	struct settling *x = *state;
	int64_t id = hand(x, PHONE, 1), plain = hand(x, OTHER, 1);
	struct settle_answer a = answer_to(x, id, SETTLE_REFUSED);

	a.bad_number = true;
	give(x, &a);
	answer(x, plain, SETTLE_REFUSED);
	lender_expect(x->l, id, STATUS_FAILED, REASON_BARRED);
	lender_expect(x->l, plain, STATUS_FAILED, REASON_REFUSED);
	assert_int_equal(lender_count(x->l,
				      "SELECT count(*) FROM dead_number WHERE number = '" PHONE
				      "' AND reason > 0"),
			 1);
	assert_int_equal(lender_count(x->l, "SELECT count(*) FROM dead_number"), 1);
}

/* ---- late answers ---- */

static void
a_late_answer_settles_the_unknown(void **state)
{
	struct settling *x = *state;
	int64_t yes = hand(x, PHONE, 1), no = hand(x, PHONE, 1), wait = hand(x, PHONE, 1);
	struct settle_answer a;

	answer(x, yes, SETTLE_UNKNOWN);
	answer(x, no, SETTLE_UNKNOWN);
	answer(x, wait, SETTLE_UNKNOWN);
	lender_expect(x->l, yes, STATUS_UNKNOWN, REASON_NO_ANSWER);
	a = answer_to(x, yes, SETTLE_LATE_ACCEPTED);
	a.number[0] = '\0'; /* nothing is known of it any more but the row */
	a.account = 0;
	snprintf(a.smsc_id, sizeof a.smsc_id, "L1");
	give(x, &a);
	lender_expect(x->l, yes, STATUS_SENT, REASON_NONE);
	assert_int_equal(lender_count(x->l,
				      "SELECT count(*) FROM message WHERE sent_at IS NOT NULL "
				      "AND done_at IS NULL AND status = 3"),
			 1);
	receipt(x, "L1", RECEIPT_DELIVERED, PHONE);
	assert_int_equal(status(x, yes), STATUS_DELIVERED);
	answer(x, no, SETTLE_LATE_REFUSED);
	lender_expect(x->l, no, STATUS_FAILED, REASON_REFUSED);
	answer(x, wait, SETTLE_LATE_FOR_NOW);
	lender_expect(x->l, wait, STATUS_PLANNED, REASON_NONE);
}

static void
a_late_answer_changes_nothing_else(void **state)
{
	struct settling *x = *state;
	int64_t id = hand(x, PHONE, 1);

	take(x, id, 1, 1, "A1");
	answer(x, id, SETTLE_LATE_REFUSED);
	assert_int_equal(status(x, id), STATUS_SENT);
	receipt(x, "A1", RECEIPT_DELIVERED, PHONE);
	answer(x, id, SETTLE_LATE_FOR_NOW);
	assert_int_equal(status(x, id), STATUS_DELIVERED);
}

static void
a_late_refusal_means_the_number_the_text_went_to(void **state)
{
	struct settling *x = *state;
	int64_t one = hand(x, PHONE, 1), two = hand(x, OTHER, 1);
	struct settle_answer a = answer_to(x, one, SETTLE_LATE_REFUSED);

	answer(x, one, SETTLE_UNKNOWN);
	answer(x, two, SETTLE_UNKNOWN);
	a.number[0] = '\0';
	a.account = 0;
	a.bad_number = true;
	give(x, &a);
	assert_int_equal(
	    lender_count(x->l, "SELECT count(*) FROM dead_number WHERE number = '" PHONE "'"), 1);
	a.id = two;
	a.bad_number = false;
	a.blocked = true;
	give(x, &a);
	assert_true(borrower_opted_out(x->l->s, OTHER));
	assert_int_equal(lender_count(x->l, "SELECT count(*) FROM dead_number WHERE number = ''"),
			 0);
}

static void
a_late_answer_to_one_part_leaves_the_rest_unknown(void **state)
{
	struct settling *x = *state;
	int64_t id = hand(x, PHONE, 2);
	struct settle_answer a = answer_to(x, id, SETTLE_LATE_ACCEPTED);

	answer(x, id, SETTLE_UNKNOWN);
	a.parts = 2;
	snprintf(a.smsc_id, sizeof a.smsc_id, "P1");
	give(x, &a);
	assert_int_equal(status(x, id), STATUS_UNKNOWN);
	receipt(x, "P1", RECEIPT_DELIVERED, PHONE);
	assert_int_equal(status(x, id), STATUS_UNKNOWN); /* half of it is not all */
	a.part = 2;
	snprintf(a.smsc_id, sizeof a.smsc_id, "P2");
	give(x, &a);
	assert_int_equal(status(x, id), STATUS_SENT);
	receipt(x, "P2", RECEIPT_DELIVERED, PHONE);
	assert_int_equal(status(x, id), STATUS_DELIVERED);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    SETTLE_TEST(a_text_is_accepted_then_delivered),
	    SETTLE_TEST(what_was_delivered_stays_delivered),
	    SETTLE_TEST(every_final_state_has_its_status),
	    SETTLE_TEST(refused_for_now_and_unsent_go_back_to_the_queue),
	    SETTLE_TEST(what_was_throttled_keeps_its_place_in_the_queue),
	    SETTLE_TEST(a_number_that_asked_the_operator_for_silence_is_opted_out),
	    SETTLE_TEST(a_number_that_does_not_exist_is_dead),
	    SETTLE_TEST(a_late_answer_settles_the_unknown),
	    SETTLE_TEST(a_late_answer_changes_nothing_else),
	    SETTLE_TEST(a_late_refusal_means_the_number_the_text_went_to),
	    SETTLE_TEST(a_late_answer_to_one_part_leaves_the_rest_unknown),
	};

	return cmocka_run_group_tests_name("settle", tests, NULL, NULL);
}
