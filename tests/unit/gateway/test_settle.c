/* What the operator said of our texts: answers and receipts in any order, dialect and number. */
#include "lender.h"

#include "gateway/send/settle.h"

#define NOW    TEN_O_CLOCK
#define SECOND INT64_C(1000)
#define PHONE  "+639170000001"
#define OTHER  "+639170000002"

struct settling {
	struct lender *l;
	struct settle_tools tools;
	struct settle_sums sums;
};

static int
setup(void **state)
{
	struct settling *x = calloc(1, sizeof *x);
	void *l;

	lender_setup(&l);
	x->l = l;
	*state = x;
	return 0;
}

static int
teardown(void **state)
{
	struct settling *x = *state;
	void *l = x->l;

	/* what is counted is what there is */
	assert_int_equal(x->l->s->orphans, lender_count(x->l, "SELECT count(*) FROM orphan"));
	lender_teardown(&l);
	free(x);
	return 0;
}

/* A text of `segments` parts on its way over "link" to a number: its id. */
static int64_t
hand(struct settling *x, const char *number, unsigned segments)
{
	char to[24], route[] = "link";
	struct outbox_row row = {.number = to,
				 .route = route,
				 .class = CLASS_MANUAL,
				 .account = lender_account(x->l, "A-1")};
	struct outbox_handover h = {.account = row.account,
				    .number = number,
				    .body = "Pay",
				    .route = "link",
				    .encoding = "gsm7",
				    .segments = segments,
				    .price = -1};
	struct event_json data;

	snprintf(to, sizeof to, "%s", number);
	assert_int_equal(outbox_add(x->l->s, &row, NOW, &h.id), 0);
	event_json_init(&data);
	assert_int_equal(outbox_send(x->l->s, &h, NOW, &data), 0);
	return h.id;
}

static struct settle_answer
answer_to(struct settling *x, int64_t id, enum settle_kind kind)
{
	struct settle_answer a = {.kind = kind, .id = id, .part = 1, .parts = 1};
	struct outbox_row row;

	assert_int_equal(outbox_get(x->l->s, id, &row), 0);
	a.account = row.account;
	snprintf(a.number, sizeof a.number, "%s", row.number);
	outbox_row_clear(&row);
	return a;
}

static void
give(struct settling *x, const struct settle_answer *a)
{
	assert_int_equal(settle_answer(x->l->s, &x->tools, "link", a, NOW, &x->sums), 0);
}

/* Part n of `parts` was accepted under an id. */
static void
take(struct settling *x, int64_t id, unsigned n, unsigned parts, const char *smsc_id)
{
	struct settle_answer a = answer_to(x, id, SETTLE_ACCEPTED);

	a.part = (uint8_t)n;
	a.parts = (uint8_t)parts;
	a.whole = n == parts;
	snprintf(a.smsc_id, sizeof a.smsc_id, "%s", smsc_id);
	give(x, &a);
}

static void
answer(struct settling *x, int64_t id, enum settle_kind kind)
{
	struct settle_answer a = answer_to(x, id, kind);

	give(x, &a);
}

static struct receipt
receipt_of(const char *smsc_id, enum receipt_state state)
{
	struct receipt r = {.state = state, .submitted = -1, .delivered = -1};

	snprintf(r.id, sizeof r.id, "%s", smsc_id);
	return r;
}

/* As the inbox does it: what belongs to none is kept. */
static int
receipt(struct settling *x, const char *smsc_id, enum receipt_state state, const char *number)
{
	struct receipt r = receipt_of(smsc_id, state);
	int rc = settle_receipt(x->l->s, &x->tools, "link", &r, number, NOW, &x->sums);

	if (rc == 0)
		assert_int_equal(settle_orphan(x->l->s, "link", &r, number, NOW), 0);
	return rc;
}

static void
sweep(struct settling *x, int64_t later)
{
	assert_int_equal(settle_sweep(x->l->s, &x->tools, NOW + later, NOW + later), 0);
}

static int
status(struct settling *x, int64_t id)
{
	char sql[80];

	snprintf(sql, sizeof sql, "SELECT status FROM message WHERE id = %lld", (long long)id);
	return (int)lender_count(x->l, sql);
}

static int64_t
orphans(struct settling *x)
{
	return lender_count(x->l, "SELECT count(*) FROM orphan");
}

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

/* ---- unknown texts ---- */

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
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	static const struct CMUnitTest tests[] = {
	    TEST(a_text_is_accepted_then_delivered),
	    TEST(what_was_delivered_stays_delivered),
	    TEST(every_final_state_has_its_status),
	    TEST(refused_for_now_and_unsent_go_back_to_the_queue),
	    TEST(a_number_that_asked_the_operator_for_silence_is_opted_out),
	    TEST(a_number_that_does_not_exist_is_dead),
	    TEST(a_late_answer_settles_the_unknown),
	    TEST(a_late_answer_changes_nothing_else),
	    TEST(a_late_refusal_means_the_number_the_text_went_to),
	    TEST(a_late_answer_to_one_part_leaves_the_rest_unknown),
	    TEST(a_receipt_may_come_before_its_answer),
	    TEST(an_early_receipt_waits_for_the_text_to_its_number),
	    TEST(an_early_receipt_in_another_base_is_found_by_the_sweep),
	    TEST(a_receipt_is_only_for_a_text_to_the_number_it_names),
	    TEST(a_receipt_is_only_for_its_own_route),
	    TEST(a_receipt_that_says_blocked_opts_the_number_out),
	    TEST(how_a_route_writes_ids_is_learned_and_kept),
	    TEST(each_part_reports_and_the_worst_one_counts),
	    TEST(a_part_still_out_keeps_the_text_sent),
	    TEST(a_link_that_reports_on_one_part_is_learned),
	    TEST(a_refused_part_fails_the_text_for_ever),
	    TEST(the_only_unknown_text_to_a_number_is_settled_by_its_receipt),
	    TEST(of_two_the_echoed_reference_tells_which),
	    TEST(a_receipt_of_another_text_settles_nothing),
	    TEST(while_a_text_to_the_number_is_on_the_wire_the_receipt_may_be_its_own),
	    TEST(while_an_accepted_text_is_not_reported_on_the_receipt_may_be_its_own),
	    TEST(an_unknown_long_text_is_settled_part_by_part),
	    TEST(receipts_for_nothing_are_forgotten_after_a_week),
	    TEST(a_crowd_of_strange_receipts_hides_none_of_ours),
	    TEST(references_are_never_zero),
	};

	return cmocka_run_group_tests_name("settle", tests, NULL, NULL);
#undef TEST
}
