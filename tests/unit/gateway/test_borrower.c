/* Opt-outs, holds, promises, tasks and dead numbers: who is meant, and what the chain says. */
#include "lender.h"

#define NOW  TEN_O_CLOCK
#define TWIN "+639170000004"

static bool
is_out(struct lender *l, const char *key)
{
	char sql[96];

	snprintf(sql, sizeof sql, "SELECT count(*) FROM optout WHERE key = '%s'", key);
	return lender_count(l, sql) == 1;
}

static bool
account_is_out(struct lender *l, const char *ref)
{
	char key[24];

	snprintf(key, sizeof key, "a%lld", (long long)lender_account(l, ref));
	return is_out(l, key);
}

static int64_t
events(struct lender *l, const char *kind)
{
	char sql[96];

	snprintf(sql, sizeof sql, "SELECT count(*) FROM event WHERE kind = '%s'", kind);
	return lender_count(l, sql);
}

static void
a_number_means_the_accounts_that_list_it_now(void **state)
{
	struct lender *l = *state;
	int64_t ids[4], person;

	assert_int_equal(borrower_accounts_of(l->s, TWIN, ids, 4), 2);
	assert_true(ids[0] != ids[1]);
	assert_int_equal(borrower_accounts_of(l->s, TWIN, ids, 1), 2); /* of which one fits */
	assert_int_equal(borrower_accounts_of(l->s, "+639170000022", ids, 4), 1); /* its second */
	assert_int_equal(ids[0], lender_account(l, "A-2"));
	assert_int_equal(borrower_accounts_of(l->s, "+63917000000", ids, 4), 0); /* a piece */
	assert_int_equal(borrower_accounts_of(l->s, "", ids, 4), 0);
	assert_int_equal(borrower_person_of(l->s, "+639179999999", &person), 0);
	assert_int_equal(borrower_person_of(l->s, TWIN, &person), 1);
	/* another number came with a later list: the old one means nobody */
	lender_do(l, "UPDATE account_row SET phones = '+639170000044' WHERE phones LIKE '%0004'");
	assert_int_equal(borrower_accounts_of(l->s, TWIN, ids, 4), 0);
}

static void
a_stop_ends_the_number_and_every_account_using_it(void **state)
{
	struct lender *l = *state;

	assert_int_equal(
	    borrower_optout(l->s, TWIN, lender_account(l, "TWIN-1"), "dunlin", 5, NOW, "text"), 0);
	assert_true(borrower_opted_out(l->s, TWIN));
	assert_true(account_is_out(l, "TWIN-1"));
	assert_true(account_is_out(l, "TWIN-2"));
	assert_false(account_is_out(l, "A-1"));
	assert_int_equal(events(l, "opt_out"), 2); /* one an account */
	assert_int_equal(borrower_optin(l->s, TWIN, 0, "dunlin", 6, NOW), 0);
	assert_false(borrower_opted_out(l->s, TWIN));
	assert_false(account_is_out(l, "TWIN-1"));
	assert_false(account_is_out(l, "TWIN-2"));
	assert_int_equal(events(l, "opt_in"), 2);
}

/* A village shares one telephone. */
static void
a_stop_ends_every_account_however_many(void **state)
{
	struct lender *l = *state;
	int64_t *ids;

	lender_do(l,
		  "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) "
		  "INSERT INTO account (id, ref, person, since, born) SELECT 1000 + i, 'V-' || i, "
		  "(SELECT person FROM account WHERE ref = 'TWIN-1'), 1, 0 FROM n;"
		  "INSERT INTO account_row (account, since, name, phones, currency) SELECT id, 1, "
		  "'Maria', '+639170000004', 'PHP' FROM account WHERE id > 1000");
	assert_int_equal(borrower_all_accounts_of(l->s, TWIN, &ids), 202);
	free(ids);
	assert_int_equal(
	    borrower_accounts_of_person(
		l->s, lender_count(l, "SELECT person FROM account WHERE id = 1001"), &ids),
	    202);
	free(ids);
	assert_int_equal(
	    borrower_optout(l->s, TWIN, lender_account(l, "A-1"), "dunlin", 5, NOW, "text"), 0);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM optout"), 204);
	assert_int_equal(events(l, "opt_out"), 203);
	assert_int_equal(borrower_optin(l->s, TWIN, 0, "dunlin", 6, NOW), 0);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM optout"), 1); /* A-1's own */
}

static void
a_stop_keeps_its_first_time(void **state)
{
	struct lender *l = *state;

	assert_int_equal(borrower_optout(l->s, TWIN, 0, "dunlin", 5, NOW, "text"), 0);
	assert_int_equal(borrower_optout(l->s, TWIN, 0, "maria", 0, NOW + DAY, NULL), 0);
	assert_int_equal(lender_count(l, "SELECT max(at) FROM optout"), NOW);
}

static void
a_number_of_nobody_and_an_account_without_a_number_can_stop(void **state)
{
	struct lender *l = *state;

	assert_int_equal(borrower_optout(l->s, "+639179999999", 0, "dunlin", 0, NOW, "text"), 0);
	assert_true(borrower_opted_out(l->s, "+639179999999"));
	assert_int_equal(events(l, "opt_out"), 1);
	assert_int_equal(borrower_optout(l->s, "", lender_account(l, "A-1"), "maria", 0, NOW, NULL),
			 0);
	assert_true(account_is_out(l, "A-1"));
	assert_false(is_out(l, "n"));
	assert_int_equal(events(l, "opt_out"), 2);
}

static void
an_account_named_beside_a_number_is_meant_though_it_does_not_use_it(void **state)
{
	struct lender *l = *state;

	assert_int_equal(
	    borrower_optout(l->s, TWIN, lender_account(l, "A-1"), "dunlin", 0, NOW, "operator"), 0);
	assert_true(account_is_out(l, "A-1"));
	assert_true(account_is_out(l, "TWIN-2"));
	assert_int_equal(events(l, "opt_out"), 3);
}

static void
a_dead_number_is_told_once_a_time(void **state)
{
	struct lender *l = *state;

	assert_int_equal(borrower_dead_number(l->s, TWIN, 4, REASON_BARRED, 9, NOW), 0);
	assert_int_equal(borrower_dead_number(l->s, TWIN, 4, REASON_WRONG_NUMBER, 0, NOW + 1), 0);
	assert_int_equal(lender_count(l, "SELECT reason FROM dead_number"), REASON_WRONG_NUMBER);
	assert_int_equal(events(l, "number_stopped"), 2);
}

static int64_t
hold(struct lender *l, const char *ref, enum reason reason, const char *word, int32_t until)
{
	struct borrower_hold h = {.account = lender_account(l, ref),
				  .reason = reason,
				  .word = word,
				  .until = until,
				  .actor = "maria"};
	int64_t id;

	assert_int_equal(borrower_hold(l->s, &h, NOW, &id), 0);
	return id;
}

static void
holds_are_released_by_reason(void **state)
{
	struct lender *l = *state;
	int64_t a = lender_account(l, "A-1");

	hold(l, "A-1", REASON_HOLD, "dispute", INT32_MAX);
	hold(l, "A-1", REASON_HOLD, "hardship", 20800);
	hold(l, "A-1", REASON_AWAITING_PERSON, "awaiting_person", 20801);
	hold(l, "A-1", REASON_CLAIMS_PAID, "claims_paid", 20801);
	hold(l, "A-2", REASON_HOLD, "dispute", INT32_MAX);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM hold WHERE until IS NULL"), 2);
	assert_int_equal(borrower_release(l->s, a, REASON_AWAITING_PERSON, "maria", NOW), 1);
	assert_int_equal(borrower_release(l->s, a, REASON_AWAITING_PERSON, "maria", NOW), 0);
	assert_int_equal(borrower_release(l->s, a, REASON_NONE, "maria", NOW), 2);
	assert_int_equal(borrower_release(l->s, a, REASON_COUNT, "maria", NOW), 1);
	assert_int_equal(events(l, "hold"), 5);
	assert_int_equal(events(l, "release"), 4);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM hold WHERE released_at IS NULL"), 1);
}

static int64_t
promise(struct lender *l, int32_t day, int64_t amount)
{
	struct borrower_promise p = {.account = lender_account(l, "A-1"),
				     .day = day,
				     .due = day - 30,
				     .amount = amount,
				     .expected = 100000,
				     .currency = "PHP",
				     .source = "sms",
				     .actor = "dunlin",
				     .until = day + 2,
				     .pauses = true};
	int64_t id;

	assert_int_equal(borrower_promise(l->s, &p, NOW, &id), 0);
	return id;
}

static void
a_new_promise_takes_the_place_of_the_open_one(void **state)
{
	struct lender *l = *state;
	int64_t first = promise(l, 20800, -1), second = promise(l, 20801, 50000);

	assert_true(first != second);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM promise WHERE status = 0"), 1);
	assert_int_equal(lender_count(l, "SELECT id FROM promise WHERE status = 4"), first);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM promise WHERE amount IS NULL"), 1);
	assert_int_equal(
	    borrower_promise_end(l->s, lender_account(l, "A-1"), PROMISE_KEPT, "dunlin", NOW), 1);
	assert_int_equal(
	    borrower_promise_end(l->s, lender_account(l, "A-1"), PROMISE_KEPT, "dunlin", NOW), 0);
	assert_int_equal(events(l, "promise"), 2);
	assert_int_equal(events(l, "promise_ended"), 2);
}

static void
tasks_may_be_about_nobody(void **state)
{
	struct lender *l = *state;

	assert_int_equal(borrower_task(l->s, 0, "read it", 20800, "why", 3, "dunlin", NOW), 0);
	assert_int_equal(
	    borrower_task(l->s, lender_account(l, "A-1"), "call", 20800, "why", 0, "dunlin", NOW),
	    0);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM task WHERE account IS NULL "
					 "AND message = 3 AND status = 0"),
			 1);
	assert_int_equal(events(l, "task"), 2);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, lender_setup, lender_teardown)
	static const struct CMUnitTest tests[] = {
	    TEST(a_number_means_the_accounts_that_list_it_now),
	    TEST(a_stop_ends_the_number_and_every_account_using_it),
	    TEST(a_stop_ends_every_account_however_many),
	    TEST(a_stop_keeps_its_first_time),
	    TEST(a_number_of_nobody_and_an_account_without_a_number_can_stop),
	    TEST(an_account_named_beside_a_number_is_meant_though_it_does_not_use_it),
	    TEST(a_dead_number_is_told_once_a_time),
	    TEST(holds_are_released_by_reason),
	    TEST(a_new_promise_takes_the_place_of_the_open_one),
	    TEST(tasks_may_be_about_nobody),
	};

	return cmocka_run_group_tests_name("borrower", tests, NULL, NULL);
#undef TEST
}
