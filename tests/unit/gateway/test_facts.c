/* What the store knows of a person, as the plan sees it. */
#include "lender.h"

#include "gateway/person/facts.h"

#define NOW TEN_O_CLOCK

struct fixture {
	struct lender *l;
	struct facts *facts;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	void *l;

	lender_setup(&l);
	f->l = l;
	assert_non_null(f->facts = facts_new(f->l->config));
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;
	void *l = f->l;

	facts_free(f->facts);
	lender_teardown(&l);
	free(f);
	return 0;
}

/* Loads the person of an account and gives the account's own facts. */
static const struct plan_account *
load(struct fixture *f, const char *ref, const struct facts_account **account)
{
	size_t i;

	assert_int_equal(store_refresh(f->l->s), 0);
	assert_int_equal(facts_load_account(f->facts, f->l->s, lender_account(f->l, ref), NOW, &i),
			 0);
	if (account != NULL)
		*account = facts_account(f->facts, i);
	return &facts_person(f->facts)->accounts[i];
}

static int64_t
balance(const struct plan_account *p)
{
	return debt_sum(p->amounts, p->n_amounts, lender_day("2026-09-15"), 0).balance;
}

static void
pay(struct fixture *f, const char *ref, int64_t amount, int64_t since, const char *key)
{
	char sql[200];

	snprintf(sql, sizeof sql,
		 "INSERT INTO payment VALUES (%lld, '%s', %lld, 20700, %lld, NULL)",
		 (long long)lender_account(f->l, ref), key, (long long)since, (long long)amount);
	lender_do(f->l, sql);
}

/* ---- lists ---- */

static void
an_account_is_what_its_list_says(void **state)
{
	struct fixture *f = *state;
	const struct facts_account *a;
	const struct plan_account *p = load(f, "A-2", &a);

	assert_string_equal(a->ref, "A-2");
	assert_string_equal(a->name, "Maria");
	assert_string_equal(a->phones, "+639170000002;+639170000022");
	assert_string_equal(a->number, "+639170000002");
	assert_string_equal(a->currency, "PHP");
	assert_string_equal(a->language, "en"); /* the lender's */
	assert_string_equal(a->extra, "");
	assert_int_equal(a->digits, 2);
	assert_int_equal(a->route, 0);
	assert_false(a->opted_out);
	assert_false(a->has_check);
	assert_int_equal(p->n_amounts, 1);
	assert_true(balance(p) == 100000);
	assert_int_equal(p->amounts[0].due, lender_day("2026-09-08"));
	assert_string_equal(p->steps[0].of->name, "overdue");
	assert_int_equal(p->barred, REASON_NONE);
	assert_int_equal(p->promise, CAMPAIGN_PROMISE_NONE);
	assert_int_equal(p->promise_until, INT32_MIN);
	assert_true(p->number == facts_number_id("+639170000002"));
	assert_int_equal(p->known_since, lender_day("2026-08-16"));
	assert_int_equal(civil_local(p->zone, NOW).second, 10 * 3600);
}

static void
only_what_is_visible_is_known(void **state)
{
	struct fixture *f = *state;
	const struct facts_account *a;
	int64_t id = lender_account(f->l, "A-1");
	size_t i;
	char sql[600];

	/* an import that loads: other words, other money, another account */
	snprintf(sql, sizeof sql,
		 "INSERT INTO account_row (account, since, name, phones, currency) VALUES "
		 "(%lld, 99, 'New', '+639170000077', 'PHP');"
		 "UPDATE account_row SET until = 99 WHERE account = %lld AND since < 99;"
		 "INSERT INTO amount VALUES (%lld, 20000, 99, NULL, 5, -1);"
		 "UPDATE amount SET until = 99 WHERE account = %lld AND since < 99;"
		 "INSERT INTO account (id, ref, person, since, born) VALUES (77, 'NEW', 77, 99, 1);"
		 "INSERT INTO account_row (account, since, name, phones, currency) VALUES "
		 "(77, 99, 'New', '', 'PHP')",
		 (long long)id, (long long)id, (long long)id, (long long)id);
	lender_do(f->l, sql);
	pay(f, "A-1", 40000, 99, "p1");
	assert_int_equal(balance(load(f, "A-1", &a)), 100000);
	assert_string_equal(a->name, "Maria");
	assert_int_equal(facts_load_account(f->facts, f->l->s, 77, NOW, &i), UV_ENOENT);
	assert_int_equal(facts_load(f->facts, f->l->s, 4711, NOW), UV_ENOENT);
	/* the flip */
	lender_do(f->l, "UPDATE meta SET value = 99 WHERE key = 'visible'");
	assert_true(balance(load(f, "A-1", &a)) == 0); /* 40,000 of 5: the rest is credit */
	assert_string_equal(a->number, "+639170000077");
	assert_string_equal(a->name, "New");
	load(f, "NEW", &a);
	assert_string_equal(a->number, "");
}

static void
payments_reduce_what_is_left(void **state)
{
	struct fixture *f = *state;

	pay(f, "A-1", 30000, 1, "p1");
	assert_true(balance(load(f, "A-1", NULL)) == 70000);
	pay(f, "A-1", -10000, 1, "p2");
	assert_true(balance(load(f, "A-1", NULL)) == 80000);
	pay(f, "A-1", 900000, 1, "p3");
	assert_true(balance(load(f, "A-1", NULL)) == 0);
}

static void
accounts_that_share_a_number_are_one_person(void **state)
{
	struct fixture *f = *state;
	const struct plan_account *p = load(f, "TWIN-2", NULL);

	assert_int_equal(facts_count(f->facts), 2);
	assert_string_equal(facts_account(f->facts, 0)->ref, "TWIN-1");
	assert_string_equal(facts_account(f->facts, 1)->ref, "TWIN-2");
	assert_ptr_equal(p, &facts_person(f->facts)->accounts[1]);
	assert_true(p->number == facts_person(f->facts)->accounts[0].number);
	load(f, "A-1", NULL);
	assert_int_equal(facts_count(f->facts), 1);
}

static void
an_account_without_a_list_row_is_left_out_of_its_person(void **state)
{
	struct fixture *f = *state;
	const struct facts_account *a;
	size_t i;

	lender_do(f->l, "UPDATE account_row SET until = 1 WHERE account = "
			"(SELECT id FROM account WHERE ref = 'TWIN-1')");
	load(f, "TWIN-2", &a);
	assert_int_equal(facts_count(f->facts), 1);
	assert_string_equal(a->ref, "TWIN-2");
	assert_string_equal(a->name, "Maria");
	assert_int_equal(
	    facts_load_account(f->facts, f->l->s, lender_account(f->l, "TWIN-1"), NOW, &i),
	    UV_ENOENT);
}

static void
days_are_of_the_accounts_own_zone(void **state)
{
	struct fixture *f = *state;
	const struct plan_account *p;

	/* imported 10:00 in Manila is the day before in Los Angeles */
	lender_do(f->l, "UPDATE account_row SET timezone = 'America/Los_Angeles'");
	p = load(f, "A-1", NULL);
	assert_int_equal(p->known_since, lender_day("2026-08-15"));
	assert_int_equal(civil_local(p->zone, NOW).day, lender_day("2026-09-14"));
	lender_do(f->l, "UPDATE account_row SET timezone = 'Mars/Olympus'");
	assert_int_equal(civil_local(load(f, "A-1", NULL)->zone, NOW).day,
			 lender_day("2026-09-15"));
}

static void
where_an_account_may_be_in_several_zones_all_are_known(void **state)
{
	struct fixture *f = *state;
	const struct plan_account *p;

	assert_int_equal(load(f, "A-1", NULL)->n_zones, 0);
	lender_do(f->l, "UPDATE account_row SET timezone = 'America/Los_Angeles; Asia/Tokyo'");
	p = load(f, "A-1", NULL);
	assert_int_equal(civil_local(p->zone, NOW).day, lender_day("2026-09-14"));
	assert_int_equal(p->n_zones, 1);
	assert_int_equal(civil_local(p->zones[0], NOW).second, 11 * 3600);
}

/* Whether calls may come is asked only where there are any. */
static void
a_text_accepted_once_opens_the_way_for_calls(void **state)
{
	struct fixture *f = *state;
	struct complaints complaints = {0};
	struct config *config = NULL;

	home_write(&f->l->home, "scripts/ring.yaml",
		   "start: bye\ntrouble: bye\nsteps: {bye: {end: true}}\n");
	home_write(&f->l->home, "campaigns/overdue.yaml", "steps:\n  - {day: 5, call: ring}\n");
	assert_int_equal(config_load(f->l->home.path, &config, &complaints), 0);
	facts_use(f->facts, config);
	assert_false(load(f, "A-1", NULL)->texted);
	lender_do(f->l,
		  "INSERT INTO message (account, person, class, direction, number, status, at, "
		  "created_at, handed_at) SELECT id, person, 2, 0, '', 5, 1, 1, 1 FROM account");
	assert_false(load(f, "A-1", NULL)->texted); /* it failed */
	lender_do(f->l, "UPDATE message SET status = 3");
	assert_true(load(f, "A-1", NULL)->texted);
	facts_use(f->facts, f->l->config);
	assert_false(load(f, "A-1", NULL)->texted);
	config_unref(config);
	complaint_clear(&complaints);
}

/* A schedule's clock may begin before the true time that imports carry. */
static void
nothing_is_missed_that_came_before_the_start(void **state)
{
	struct fixture *f = *state;

	lender_do(f->l, "INSERT INTO meta VALUES ('started', 1735689600000)"); /* 2025-01-01 */
	assert_int_equal(load(f, "A-1", NULL)->known_since, lender_day("2025-01-01"));
}

/* ---- numbers ---- */

static void
the_next_number_is_used_after_a_dead_one(void **state)
{
	struct fixture *f = *state;
	const struct facts_account *a;

	borrower_dead_number(f->l->s, "+639170000002", 0, REASON_WRONG_NUMBER, 0, NOW);
	assert_int_equal(load(f, "A-2", &a)->barred, REASON_NONE);
	assert_string_equal(a->number, "+639170000022");
	borrower_dead_number(f->l->s, "+639170000022", 0, REASON_BARRED, 0, NOW);
	assert_int_equal(load(f, "A-2", &a)->barred, REASON_BARRED);
	assert_string_equal(a->number, "");
	assert_int_equal(a->route, -1);
	lender_do(f->l, "UPDATE account_row SET phones = ''");
	assert_int_equal(load(f, "A-1", NULL)->barred, REASON_NO_PHONE);
}

static void
a_number_no_route_takes_is_barred_so(void **state)
{
	struct fixture *f = *state;

	lender_do(f->l, "UPDATE account_row SET phones = '+15550001111'");
	assert_int_equal(load(f, "A-1", NULL)->barred, REASON_NO_ROUTE);
}

static void
not_live_only_test_numbers_go(void **state)
{
	struct fixture *f = *state;

	lender_write(f->l, "false");
	facts_use(f->facts, f->l->config);
	assert_int_equal(load(f, "A-1", NULL)->barred, REASON_TEST);
	lender_do(f->l, "UPDATE account_row SET phones = '+639170000099'");
	assert_int_equal(load(f, "A-1", NULL)->barred, REASON_NONE);
}

static void
an_opt_out_speaks_first_by_number_and_by_account(void **state)
{
	struct fixture *f = *state;
	const struct facts_account *a;

	borrower_optout(f->l->s, "+639170000001", 0, "dunlin", 0, NOW, "text");
	assert_int_equal(load(f, "A-1", &a)->barred, REASON_OPTED_OUT);
	assert_true(a->opted_out);
	/* a new number does not lift it */
	lender_do(f->l, "UPDATE account_row SET phones = '+639170000011' WHERE account = 1");
	assert_int_equal(load(f, "A-1", NULL)->barred, REASON_OPTED_OUT);
	/* the number alone, now somebody else's first number */
	lender_do(f->l, "UPDATE account_row SET phones = '+639170000001;+639170000022' WHERE "
			"phones LIKE '%22'");
	assert_int_equal(load(f, "A-2", NULL)->barred, REASON_OPTED_OUT);
	assert_int_equal(load(f, "TWIN-1", NULL)->barred, REASON_NONE);
}

/* Not knowing whether somebody asked for silence is no leave to speak. */
static void
what_cannot_be_read_is_no_leave_to_send(void **state)
{
	static const char *const tables[] = {"optout", "dead_number", "message", "payment"};
	struct fixture *f = *state;

	for (size_t i = 0; i < 4; i++) {
		char sql[80];
		size_t index;
		int rc;

		snprintf(sql, sizeof sql, "ALTER TABLE %s RENAME TO gone", tables[i]);
		lender_do(f->l, "PRAGMA legacy_alter_table = ON");
		lender_do(f->l, sql);
		rc =
		    facts_load_account(f->facts, f->l->s, lender_account(f->l, "A-1"), NOW, &index);
		if (rc >= 0)
			fail_msg("%s", tables[i]);
		snprintf(sql, sizeof sql, "ALTER TABLE gone RENAME TO %s", tables[i]);
		lender_do(f->l, sql);
		load(f, "A-1", NULL);
	}
}

/* ---- history ---- */

static void
step(struct fixture *f, const char *name, int status, enum reason reason)
{
	int64_t id = lender_plan(f->l, "A-1", name, NOW);
	char sql[120];

	snprintf(sql, sizeof sql, "UPDATE message SET status = %d, reason = %d WHERE id = %lld",
		 status, (int)reason, (long long)id);
	lender_do(f->l, sql);
}

static void
steps_are_spent_by_what_became_of_their_rows(void **state)
{
	static const struct {
		int status;
		enum reason reason;
		bool spent;
	} all[] = {{STATUS_PLANNED, REASON_NONE, false},
		   {STATUS_SENDING, REASON_NONE, true},
		   {STATUS_SENT, REASON_NONE, true},
		   {STATUS_FAILED, REASON_REFUSED, true},
		   {STATUS_UNKNOWN, REASON_NO_ANSWER, true},
		   {STATUS_SKIPPED, REASON_SUPERSEDED, true},
		   {STATUS_SKIPPED, REASON_TEST, false},
		   {STATUS_CANCELLED, REASON_CAMPAIGN_CHANGED, false},
		   {STATUS_CANCELLED, REASON_PAID, false},
		   {STATUS_CANCELLED, REASON_CANCELLED, true}};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		const struct plan_account *p;

		step(f, "+7/sms", all[i].status, all[i].reason);
		p = load(f, "A-1", NULL);
		assert_int_equal(p->n_served, all[i].spent);
		if (all[i].spent) {
			assert_int_equal(p->served[0].day, 7);
			assert_int_equal(p->served[0].mark, all[i].status == STATUS_SKIPPED
								? PLAN_MARK_PASSED
								: PLAN_MARK_SPENT);
		}
		lender_do(f->l, "DELETE FROM message");
	}
}

/* A text that waits because it could not be made is marked, but not as said. */
static void
what_could_not_be_made_is_stuck(void **state)
{
	static const enum reason stuck[] = {REASON_TEMPLATE_ERROR, REASON_NO_LANGUAGE,
					    REASON_NO_ROUTE};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof stuck / sizeof *stuck; i++) {
		const struct plan_account *p;

		step(f, "+7/sms", STATUS_PLANNED, stuck[i]);
		p = load(f, "A-1", NULL);
		assert_int_equal(p->n_served, 1);
		assert_int_equal(p->served[0].mark, PLAN_MARK_STUCK);
		lender_do(f->l, "DELETE FROM message");
	}
	step(f, "+7/sms", STATUS_PLANNED, REASON_HOLD);
	assert_int_equal(load(f, "A-1", NULL)->n_served, 0);
}

static void
tasks_and_skips_are_served_too(void **state)
{
	struct fixture *f = *state;
	const struct plan_account *p;

	lender_do(f->l,
		  "INSERT INTO task (account, due, step, kind, day, reason, status, at) SELECT "
		  "account, due, '+7/task', 'call', 20700, 'campaign', 2, 1 FROM amount "
		  "WHERE account = (SELECT id FROM account WHERE ref = 'A-1');"
		  "INSERT INTO skip SELECT account, due, '+10/sms', 1, 'maria' FROM amount "
		  "WHERE account = (SELECT id FROM account WHERE ref = 'A-1')");
	p = load(f, "A-1", NULL);
	assert_int_equal(p->n_served, 2);
	assert_int_equal(p->served[0].channel, CAMPAIGN_TASK);
	assert_int_equal(p->served[0].mark, PLAN_MARK_SPENT);
	assert_int_equal(p->served[1].day, 10);
	assert_int_equal(p->served[1].mark, PLAN_MARK_SKIPPED);
}

static void
contacts_are_of_the_whole_person_and_of_texts_handed_over(void **state)
{
	struct fixture *f = *state;
	const struct plan_person *p;

	lender_do(
	    f->l,
	    "INSERT INTO message (account, person, class, direction, number, status, at, "
	    "created_at, handed_at) SELECT id, person, 0, 0, '+639170000004', 3, 1, 1, "
	    "1789437600000 - 3600000 FROM account WHERE ref IN ('TWIN-1', 'TWIN-2', 'A-1');"
	    "UPDATE message SET status = 5, class = 2 WHERE account = (SELECT id FROM account "
	    "WHERE ref = 'TWIN-2');"
	    /* not handed over, an answer, long ago */
	    "INSERT INTO message (account, person, class, direction, number, status, at, "
	    "created_at, handed_at) SELECT id, person, 0, 0, '', 0, 1, 1, NULL FROM account;"
	    "INSERT INTO message (account, person, class, direction, number, status, at, "
	    "created_at, handed_at) SELECT id, person, 1, 0, '', 3, 1, 1, 1789437600000 FROM "
	    "account;"
	    "INSERT INTO message (account, person, class, direction, number, status, at, "
	    "created_at, handed_at) SELECT id, person, 0, 0, '', 3, 1, 1, 1789437600000 - "
	    "86400000 * 100 FROM account");
	load(f, "TWIN-1", NULL);
	p = facts_person(f->facts);
	assert_int_equal(p->n_contacts, 2);
	assert_true(p->contacts[0].at == NOW - HOUR);
	assert_int_equal(
	    (p->contacts[0].counts == POLICY_FAILED) + (p->contacts[1].counts == POLICY_FAILED), 1);
	assert_true(p->contacts[0].number == facts_number_id("+639170000004"));
}

static void
holds_and_promises_count_while_they_are_open(void **state)
{
	struct fixture *f = *state;
	struct borrower_hold h = {.account = lender_account(f->l, "A-1"),
				  .reason = REASON_HOLD,
				  .word = "hardship",
				  .until = 20800,
				  .actor = "maria"};
	struct borrower_promise b = {.account = h.account,
				     .day = 20710,
				     .expected = 5,
				     .currency = "PHP",
				     .source = "sms",
				     .actor = "dunlin",
				     .until = 20713,
				     .pauses = true};
	const struct facts_account *a;
	const struct plan_account *p;
	int64_t id;

	borrower_hold(f->l->s, &h, NOW, &id);
	borrower_promise(f->l->s, &b, NOW, &id);
	p = load(f, "A-1", &a);
	assert_int_equal(p->n_holds, 1);
	assert_int_equal(p->holds[0].until, 20800);
	assert_true(p->holds[0].from == NOW);
	assert_string_equal(p->holds[0].word, "hardship");
	assert_int_equal(p->promise, CAMPAIGN_PROMISE_OPEN);
	assert_int_equal(p->promise_until, 20713);
	assert_int_equal(a->promise_id, id);
	b.pauses = false;
	borrower_promise(f->l->s, &b, NOW, &id);
	p = load(f, "A-1", NULL);
	assert_int_equal(p->promise, CAMPAIGN_PROMISE_OPEN);
	assert_int_equal(p->promise_until, INT32_MIN);
	borrower_promise_end(f->l->s, h.account, PROMISE_BROKEN, "dunlin", NOW);
	borrower_release(f->l->s, h.account, REASON_COUNT, "maria", NOW);
	p = load(f, "A-1", &a);
	assert_int_equal(p->n_holds, 0);
	assert_int_equal(p->promise, CAMPAIGN_PROMISE_BROKEN);
	assert_int_equal(a->promise_id, 0);
}

/* ---- the rules of the moment ---- */

static struct plan_rules
rules(struct fixture *f, enum reason stopped)
{
	struct plan_rules r;

	assert_int_equal(facts_rules(f->facts, f->l->s, NOW, stopped, &r), 0);
	return r;
}

static void
what_holds_all_sending_is_said(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(rules(f, REASON_NONE).stopped, REASON_NONE);
	assert_true(rules(f, REASON_NONE).stale_from == INT64_MAX);
	store_meta_set_int(f->l->s, META_PAUSED, 1);
	assert_int_equal(rules(f, REASON_NONE).stopped, REASON_PAUSED);
	assert_int_equal(rules(f, REASON_CLOCK).stopped, REASON_CLOCK);
	store_meta_set_int(f->l->s, META_RESTORED, 1);
	assert_int_equal(rules(f, REASON_NONE).stopped, REASON_RESTORED);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	static const struct CMUnitTest tests[] = {
	    TEST(an_account_is_what_its_list_says),
	    TEST(only_what_is_visible_is_known),
	    TEST(payments_reduce_what_is_left),
	    TEST(accounts_that_share_a_number_are_one_person),
	    TEST(an_account_without_a_list_row_is_left_out_of_its_person),
	    TEST(days_are_of_the_accounts_own_zone),
	    TEST(where_an_account_may_be_in_several_zones_all_are_known),
	    TEST(a_text_accepted_once_opens_the_way_for_calls),
	    TEST(nothing_is_missed_that_came_before_the_start),
	    TEST(the_next_number_is_used_after_a_dead_one),
	    TEST(a_number_no_route_takes_is_barred_so),
	    TEST(not_live_only_test_numbers_go),
	    TEST(an_opt_out_speaks_first_by_number_and_by_account),
	    TEST(what_cannot_be_read_is_no_leave_to_send),
	    TEST(steps_are_spent_by_what_became_of_their_rows),
	    TEST(what_could_not_be_made_is_stuck),
	    TEST(tasks_and_skips_are_served_too),
	    TEST(contacts_are_of_the_whole_person_and_of_texts_handed_over),
	    TEST(holds_and_promises_count_while_they_are_open),
	    TEST(what_holds_all_sending_is_said),
	};

	return cmocka_run_group_tests_name("facts", tests, NULL, NULL);
#undef TEST
}
