/* settle_rig.h - texts of a lender on their way over a link, and an operator who answers, reports
 * and is late */
#ifndef TESTS_UNIT_GATEWAY_SETTLE_RIG_H
#define TESTS_UNIT_GATEWAY_SETTLE_RIG_H

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

static inline int
settle_setup(void **state)
{
	struct settling *x = calloc(1, sizeof *x);
	void *l;

	lender_setup(&l);
	x->l = l;
	*state = x;
	return 0;
}

static inline int
settle_teardown(void **state)
{
	struct settling *x = *state;
	void *l = x->l;

	/* what is counted is what there is */
	assert_int_equal(x->l->s->orphans, lender_count(x->l, "SELECT count(*) FROM orphan"));
	lender_teardown(&l);
	free(x);
	return 0;
}

#define SETTLE_TEST(name) cmocka_unit_test_setup_teardown(name, settle_setup, settle_teardown)

/* A text of `segments` parts on its way over "link" to a number: its id. */
static inline int64_t
hand_words(struct settling *x, const char *number, unsigned segments, const char *body)
{
	char to[24], route[] = "link";
	struct outbox_row row = {.number = to,
				 .route = route,
				 .class = CLASS_MANUAL,
				 .account = lender_account(x->l, "A-1")};
	struct outbox_handover h = {.account = row.account,
				    .number = number,
				    .body = body,
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

static inline int64_t
hand(struct settling *x, const char *number, unsigned segments)
{
	return hand_words(x, number, segments, "Pay");
}

static inline struct settle_answer
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

static inline void
give(struct settling *x, const struct settle_answer *a)
{
	assert_int_equal(settle_answer(x->l->s, &x->tools, "link", a, NOW, &x->sums), 0);
}

/* Part n of `parts` was accepted under an id. */
static inline void
take(struct settling *x, int64_t id, unsigned n, unsigned parts, const char *smsc_id)
{
	struct settle_answer a = answer_to(x, id, SETTLE_ACCEPTED);

	a.part = (uint8_t)n;
	a.parts = (uint8_t)parts;
	a.whole = n == parts;
	snprintf(a.smsc_id, sizeof a.smsc_id, "%s", smsc_id);
	give(x, &a);
}

static inline void
answer(struct settling *x, int64_t id, enum settle_kind kind)
{
	struct settle_answer a = answer_to(x, id, kind);

	give(x, &a);
}

static inline struct receipt
receipt_of(const char *smsc_id, enum receipt_state state)
{
	struct receipt r = {.state = state, .submitted = -1, .delivered = -1};

	snprintf(r.id, sizeof r.id, "%s", smsc_id);
	return r;
}

/* As the inbox does it: what belongs to none is kept. */
static inline int
receipt(struct settling *x, const char *smsc_id, enum receipt_state state, const char *number)
{
	struct receipt r = receipt_of(smsc_id, state);
	int rc = settle_receipt(x->l->s, &x->tools, "link", &r, number, NOW, &x->sums);

	if (rc == 0)
		assert_int_equal(settle_orphan(x->l->s, "link", &r, number, NOW), 0);
	return rc;
}

static inline void
sweep(struct settling *x, int64_t later)
{
	assert_int_equal(settle_sweep(x->l->s, &x->tools, NOW + later, NOW + later), 0);
}

static inline int
status(struct settling *x, int64_t id)
{
	char sql[80];

	snprintf(sql, sizeof sql, "SELECT status FROM message WHERE id = %lld", (long long)id);
	return (int)lender_count(x->l, sql);
}

static inline int64_t
orphans(struct settling *x)
{
	return lender_count(x->l, "SELECT count(*) FROM orphan");
}

#endif
