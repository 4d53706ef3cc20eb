/* Of a person with two accounts, the one whose text cannot go does not silence the other.
 *
 * TWIN-1 and TWIN-2 are equally overdue, so TWIN-1 has the turn; the template asks for a column
 * that its list row lacks. */
#include "lender.h"

#include "gateway/send/handover.h"

struct fixture {
	struct lender *l;
	struct handover_tools tools;
	int64_t now;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	void *l;

	lender_setup(&l);
	f->l = l;
	f->now = TEN_O_CLOCK;
	home_write(&f->l->home, "templates/reminder.en.txt",
		   "{{agent}}: {{amount}} is due. Reply STOP to end.");
	lender_write(f->l, "true");
	lender_do(f->l, "UPDATE account_row SET extra = '{\"agent\": \"Ana\"}' WHERE account = "
			"(SELECT id FROM account WHERE ref = 'TWIN-2')");
	assert_non_null(f->tools.compose = compose_new());
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;
	void *l = f->l;

	facts_free(f->tools.facts);
	compose_free(f->tools.compose);
	lender_teardown(&l);
	free(f);
	return 0;
}

/* A row for the step, as the planner would have it. */
static int64_t
plan(struct fixture *f, const char *ref, int64_t at)
{
	int64_t id = lender_plan(f->l, ref, "+7/sms", at);

	lender_do(f->l, "UPDATE message SET person = (SELECT person FROM account WHERE account.id "
			"= message.account)");
	return id;
}

/* One job of the route's, with room for all: how many texts went. */
static size_t
hand_over(struct fixture *f)
{
	struct handover h = {.config = f->l->config,
			     .tools = &f->tools,
			     .route = &f->l->config->routes[0],
			     .queue = "paper",
			     .now = f->now,
			     .room = 100,
			     .texts = 100};
	size_t n;

	assert_int_equal(store_begin(f->l->s), 0);
	assert_int_equal(store_refresh(f->l->s), 0);
	assert_int_equal(handover_work(f->l->s, &h), 0);
	assert_int_equal(store_commit(f->l->s), 0);
	n = h.n_ready;
	handover_clear(&h);
	return n;
}

static int64_t
at_of(struct fixture *f, int64_t id)
{
	char sql[80];

	snprintf(sql, sizeof sql, "SELECT at FROM message WHERE id = %lld", (long long)id);
	return lender_count(f->l, sql);
}

static void
what_cannot_be_made_lets_the_next_account_go(void **state)
{
	struct fixture *f = *state;
	int64_t first = plan(f, "TWIN-1", f->now - HOUR), second = plan(f, "TWIN-2", f->now);

	assert_int_equal(hand_over(f), 1);
	lender_expect(f->l, first, STATUS_PLANNED, REASON_TEMPLATE_ERROR);
	lender_expect(f->l, second, STATUS_SENDING, REASON_NONE);
}

/* Asked in the other order it waits for the day, not for ever. */
static void
who_was_asked_first_waits_one_day_only(void **state)
{
	struct fixture *f = *state;
	int64_t second = plan(f, "TWIN-2", f->now), first = plan(f, "TWIN-1", f->now);

	assert_int_equal(hand_over(f), 0);
	lender_expect(f->l, first, STATUS_PLANNED, REASON_TEMPLATE_ERROR);
	lender_expect(f->l, second, STATUS_PLANNED, REASON_CAP);
	assert_true(at_of(f, first) == f->now + DAY && at_of(f, second) == f->now + DAY);
	f->now += DAY;
	assert_int_equal(hand_over(f), 1);
	lender_expect(f->l, second, STATUS_SENDING, REASON_LATE);
	/* the other has had the day's text: moved for that, it is known as stuck still */
	lender_expect(f->l, first, STATUS_PLANNED, REASON_TEMPLATE_ERROR);
	assert_true(at_of(f, first) == f->now + DAY);
}

static void
once_it_can_be_made_it_goes_like_any_other(void **state)
{
	struct fixture *f = *state;
	int64_t first = plan(f, "TWIN-1", f->now), second;

	assert_int_equal(hand_over(f), 0);
	lender_do(f->l, "UPDATE account_row SET extra = '{\"agent\": \"Ben\"}'");
	f->now += DAY;
	second = plan(f, "TWIN-2", f->now + 1);
	assert_int_equal(hand_over(f), 1);
	lender_expect(f->l, first, STATUS_SENDING, REASON_LATE);
	f->now += 1;
	assert_int_equal(hand_over(f), 0);
	lender_expect(f->l, second, STATUS_PLANNED, REASON_CAP);
}

/* A number no route serves has no turn to take; nor has one that is no test number. */
static void
a_barred_account_has_no_turn(void **state)
{
	struct fixture *f = *state;
	int64_t first = plan(f, "TWIN-1", f->now), second = plan(f, "TWIN-2", f->now + 1);

	lender_do(f->l, "UPDATE account_row SET phones = '+15550001111' WHERE account = "
			"(SELECT id FROM account WHERE ref = 'TWIN-1')");
	f->now += 1;
	assert_int_equal(hand_over(f), 1);
	lender_expect(f->l, first, STATUS_PLANNED, REASON_NO_ROUTE);
	lender_expect(f->l, second, STATUS_SENDING, REASON_NONE);
}

static void
a_number_that_is_no_test_number_has_no_turn(void **state)
{
	struct fixture *f = *state;
	int64_t second = plan(f, "TWIN-2", f->now), first = plan(f, "TWIN-1", f->now);

	lender_write(f->l, "false");
	lender_do(f->l, "UPDATE account_row SET phones = '+639170000099' WHERE account = "
			"(SELECT id FROM account WHERE ref = 'TWIN-2')");
	assert_int_equal(hand_over(f), 1);
	lender_expect(f->l, first, STATUS_SKIPPED, REASON_TEST);
	lender_expect(f->l, second, STATUS_SENDING, REASON_NONE);
}

/* A text by hand that came back unsent keeps its number: another account of the person having it is
 * not enough. */
static void
a_text_by_hand_follows_its_own_account(void **state)
{
	struct fixture *f = *state;
	char number[] = "+639170000004", body[] = "Sunrise: hello.", route[] = "paper";
	struct outbox_row row = {.account = lender_account(f->l, "TWIN-1"),
				 .number = number,
				 .body = body,
				 .route = route,
				 .class = CLASS_MANUAL,
				 .rank = RANK_MANUAL,
				 .at = f->now};
	int64_t id;

	row.person = row.account;
	assert_int_equal(outbox_add(f->l->s, &row, f->now, &id), 0);
	lender_do(f->l, "UPDATE account_row SET phones = '+639170000044' WHERE account = "
			"(SELECT id FROM account WHERE ref = 'TWIN-1')");
	assert_int_equal(hand_over(f), 0);
	lender_expect(f->l, id, STATUS_SKIPPED, REASON_NO_PHONE);
	assert_int_equal(outbox_add(f->l->s, &row, f->now, &id), 0);
	lender_do(f->l, "UPDATE account_row SET phones = '+639170000044;+639170000004' WHERE "
			"account = (SELECT id FROM account WHERE ref = 'TWIN-1')");
	assert_int_equal(hand_over(f), 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	static const struct CMUnitTest tests[] = {
	    TEST(what_cannot_be_made_lets_the_next_account_go),
	    TEST(who_was_asked_first_waits_one_day_only),
	    TEST(once_it_can_be_made_it_goes_like_any_other),
	    TEST(a_barred_account_has_no_turn),
	    TEST(a_number_that_is_no_test_number_has_no_turn),
	    TEST(a_text_by_hand_follows_its_own_account),
	};

	return cmocka_run_group_tests_name("handover", tests, NULL, NULL);
#undef TEST
}
