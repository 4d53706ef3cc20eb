/* Personal data go, on request or by age; the chain, the books and a STOP stay. */
#include "lender.h"

#include "gateway/keeper.h"
#include "gateway/person/facts.h"
#include "gateway/store/erase.h"
#include "gateway/store/event_verify.h"

#define A1 "+639170000001"

/* ---- what a borrower left behind ---- */

static void
say(struct lender *l, const char *kind, int64_t account, const char *words)
{
	struct event_json data;

	event_json_init(&data);
	event_json_text(&data, "text", words);
	assert_int_equal(event_tell(l->s, kind, "dunlin", account, 0, l->env.now, &data), 0);
}

/* A-1 was written to, answered, promised, was held; 9 texts are in the way of one step. */
static int64_t
live(struct lender *l)
{
	int64_t account = lender_account(l, "A-1"), id;
	struct event_json data;
	char sql[700];

	assert_int_equal(store_begin(l->s), 0);
	for (int i = 0; i < 9; i++)
		say(l, "sending", account, "Maria, confided words");
	say(l, "received", account, "confided answer");
	assert_int_equal(borrower_task(l->s, account, "call Maria at work", 20711,
				       "confided reason", 0, "maria", l->env.now),
			 0);
	assert_int_equal(store_commit(l->s), 0);
	snprintf(
	    sql, sizeof sql,
	    "INSERT INTO message (account, person, class, direction, number, body, status, at, "
	    "created_at, handed_at, done_at) VALUES (%lld, %lld, 0, 0, '" A1 "', 'confided words', "
	    "4, %lld, %lld, %lld, %lld);"
	    "INSERT INTO payment (account, key, since, paid_on, amount, reference) VALUES "
	    "(%lld, 'rSECRET-REF', 1, 20700, 5000, 'SECRET-REF');"
	    "UPDATE account_row SET secret = '1984', extra = '{\"job\":\"confided baker\"}' "
	    "WHERE account = %lld",
	    (long long)account, (long long)account, (long long)l->env.now, (long long)l->env.now,
	    (long long)l->env.now, (long long)l->env.now, (long long)account, (long long)account);
	lender_do(l, sql);
	id = lender_receive(l, "A-1", A1);
	lender_receive(l, NULL, A1); /* and once as nobody's */
	/* A receipt of hers that waits for its text, and one of somebody else's. */
	lender_do(
	    l, "INSERT INTO orphan (route, smsc_id, smsc_key, status, number, excerpt, at) VALUES "
	       "('link', 'a', 'a', 4, '639170000001', 'Maria, unconfessed', 1), "
	       "('link', 'b', 'b', 4, '639170000002', 'Another, PHP 500', 1)");
	l->s->orphans = 2;
	event_json_init(&data);
	event_json_text(&data, "text", "confided, from nobody");
	assert_int_equal(store_begin(l->s), 0);
	assert_int_equal(event_tell(l->s, "received", "dunlin", 0,
				    lender_count(l, "SELECT max(id) FROM message"), l->env.now,
				    &data),
			 0);
	assert_int_equal(store_commit(l->s), 0);
	return id;
}

static int
erase(struct lender *l, const char *ref, bool yes)
{
	int status = lender_ask(l, json_pack("{s:s, s:s, s:s, s:b}", "command", "erase", "account",
					     ref, "reason", "request", "yes", yes));
	bool more = status == 0;

	while (more) {
		assert_int_equal(
		    lender_ask(l, json_pack("{s:s, s:s}", "command", "erase-step", "account", ref)),
		    0);
		more = json_is_true(json_object_get(l->reply, "more"));
	}
	return status;
}

/* Is that anywhere in the store's files? */
static bool
on_disk(struct lender *l, const char *needle)
{
	static const char *const names[] = {"dunlin.db", "dunlin.db-wal"};
	bool found = false;

	for (size_t i = 0; i < 2; i++) {
		char path[128], *buf;
		FILE *file;
		long len;

		snprintf(path, sizeof path, "%s/%s", l->home.path, names[i]);
		if ((file = fopen(path, "rb")) == NULL)
			continue;
		fseek(file, 0, SEEK_END);
		len = ftell(file);
		rewind(file);
		buf = malloc((size_t)len + 1);
		assert_int_equal(fread(buf, 1, (size_t)len, file), (size_t)len);
		found = found || memmem(buf, (size_t)len, needle, strlen(needle)) != NULL;
		free(buf);
		fclose(file);
	}
	return found;
}

static enum reason
barred(struct lender *l, const char *ref)
{
	struct facts *f = facts_new(l->config);
	enum reason reason;
	size_t index;

	assert_int_equal(facts_load_account(f, l->s, lender_account(l, ref), l->env.now, &index),
			 0);
	reason = facts_person(f)->accounts[index].barred;
	facts_free(f);
	return reason;
}

/* ---- erasing ---- */

static void
it_is_refused_while_something_is_owed_or_on_its_way(void **state)
{
	struct lender *l = *state;

	assert_int_equal(erase(l, "A-1", false), 1);
	assert_non_null(strstr(lender_said(l, "error"), "PHP 1,000.00"));
	assert_int_equal(erase(l, "NOBODY", true), 1);
	assert_int_equal(lender_ask(l, json_pack("{s:s, s:s, s:s}", "command", "erase", "account",
						 "RICH", "reason", "two words")),
			 2);
	lender_do(l, "INSERT INTO message (account, class, direction, status, at, created_at) "
		     "SELECT id, 2, 0, 2, 1, 1 FROM account WHERE ref = 'RICH'");
	assert_int_equal(erase(l, "RICH", false), 1);
	assert_non_null(strstr(lender_said(l, "error"), "on its way"));
	lender_do(l, "DELETE FROM message");
	assert_int_equal(erase(l, "RICH", false), 0);
	assert_int_equal(erase(l, "RICH", false), 1);
	assert_non_null(strstr(lender_said(l, "error"), "already"));
}

static void
nothing_personal_is_left_in_the_files_and_the_chain_is_whole(void **state)
{
	static const char *const gone[] = {"confided", "SECRET-REF",  A1,
					   "1984",     "baker",       "at work",
					   "What?",    "unconfessed", "639170000001"};
	struct lender *l = *state;
	struct event_verdict v;
	char error[256], path[128];

	live(l);
	snprintf(path, sizeof path, "%s/dunlin.db", l->home.path);
	for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
		assert_true(on_disk(l, gone[i]));
	assert_int_equal(erase(l, "A-1", true), 0);
	assert_int_equal(erase_scrub(path, error), 0);
	for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
		if (on_disk(l, gone[i]))
			fail_msg("%s is still there", gone[i]);
	assert_int_equal(event_verify(l->s, &v), 0);
	assert_int_equal(v.bad_seq, 0);
	assert_true(v.erased >= 11);
	assert_int_equal(l->s->orphans, 1);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM orphan"), 1);
	/* The books stay. */
	assert_int_equal(lender_count(l, "SELECT billed FROM amount WHERE account = 1"), 100000);
	assert_int_equal(lender_count(l, "SELECT amount FROM payment WHERE account = 1"), 5000);
	/* Nobody else lost anything. */
	assert_int_equal(lender_count(l, "SELECT count(*) FROM account_row WHERE name = 'Maria'"),
			 4);
}

static void
nothing_is_sent_to_it_any_more(void **state)
{
	struct lender *l = *state;
	int64_t planned = lender_plan(l, "A-1", "+10/sms", l->env.now + DAY);

	assert_int_equal(barred(l, "A-1"), REASON_NONE);
	assert_int_equal(erase(l, "A-1", true), 0);
	assert_int_equal(barred(l, "A-1"), REASON_ERASED);
	lender_expect(l, planned, STATUS_CANCELLED, REASON_ERASED);
	assert_int_not_equal(lender_ask(l, json_pack("{s:s, s:s, s:s}", "command", "send",
						     "account", "A-1", "text", "hello")),
			     0);
}

/* ---- STOP outlives it ---- */

static void
a_stop_holds_for_an_erased_number(void **state)
{
	struct lender *l = *state;
	char error[256], path[128];

	assert_int_equal(store_begin(l->s), 0);
	assert_int_equal(borrower_optout(l->s, A1, 0, "dunlin", 0, l->env.now, "text"), 0);
	assert_int_equal(borrower_dead_number(l->s, A1, 0, REASON_WRONG_NUMBER, 0, l->env.now), 0);
	assert_int_equal(store_commit(l->s), 0);
	assert_int_equal(erase(l, "A-1", true), 0);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM optout WHERE key LIKE 'n%'"), 0);
	assert_true(borrower_opted_out(l->s, A1));
	assert_true(borrower_number_dead(l->s, A1));
	assert_false(borrower_opted_out(l->s, "+639170000002"));
	/* By the next connection too. */
	store_close(l->s);
	snprintf(path, sizeof path, "%s/dunlin.db", l->home.path);
	assert_int_equal(store_open(&l->s, path, STORE_WRITE, error), 0);
	assert_true(borrower_opted_out(l->s, A1));
	/* START lifts it. */
	assert_int_equal(store_begin(l->s), 0);
	assert_int_equal(borrower_optin(l->s, A1, 0, "dunlin", 0, l->env.now), 0);
	assert_int_equal(store_commit(l->s), 0);
	assert_false(borrower_opted_out(l->s, A1));
}

static void
a_number_that_another_account_has_is_left_to_it(void **state)
{
	struct lender *l = *state;

	assert_int_equal(store_begin(l->s), 0);
	assert_int_equal(borrower_optout(l->s, "+639170000004", 0, "dunlin", 0, l->env.now, "text"),
			 0);
	assert_int_equal(store_commit(l->s), 0);
	assert_int_equal(erase(l, "TWIN-1", true), 0);
	assert_int_equal(
	    lender_count(l, "SELECT count(*) FROM optout WHERE key = 'n+639170000004'"), 1);
	assert_true(lender_count(l, "SELECT person FROM person_key WHERE key = 'n+639170000004'") >
		    0);
	assert_int_equal(erase(l, "TWIN-2", true), 0);
	assert_int_equal(
	    lender_count(l, "SELECT count(*) FROM optout WHERE key = 'n+639170000004'"), 0);
	assert_true(borrower_opted_out(l->s, "+639170000004"));
}

static void
a_list_that_names_it_again_is_refused(void **state)
{
	struct lender *l = *state;
	struct intake_row rows[2] = {{.account = "A-1", .billed = 5, .given = -1},
				     {.account = "A-2", .billed = 5, .given = -1}};
	struct intake_counts counts = {0};
	struct intake in;

	assert_int_equal(erase(l, "A-1", true), 0);
	for (int i = 0; i < 2; i++) {
		rows[i].due = lender_day("2026-10-08");
		rows[i].text[INTAKE_NAME] = "Maria";
		rows[i].text[INTAKE_PHONES] = A1;
		rows[i].text[INTAKE_CURRENCY] = "PHP";
	}
	assert_int_equal(store_begin(l->s), 0);
	assert_int_equal(intake_begin(l->s, INTAKE_ACCOUNTS, INTAKE_UPDATE, "a.csv", "test",
				      l->env.now, money_digits, &in),
			 0);
	assert_int_equal(intake_rows(l->s, &in, rows, 2, &counts), 0);
	assert_int_equal(rows[0].outcome, INTAKE_ERASED);
	assert_int_equal(rows[1].outcome, INTAKE_TAKEN);
	store_rollback(l->s);
}

/* ---- purging ---- */

static struct purge_counts
purge(struct lender *l, int64_t now, bool dry)
{
	struct purge_rule rule = keeper_rule(l->config, now);
	struct purge_walk walk = {0};
	struct purge_counts counts = {0};

	rule.dry = dry;
	for (int i = 0; !walk.done; i++) {
		assert_true(i < 1000);
		assert_int_equal(store_begin(l->s), 0);
		assert_int_equal(purge_step(l->s, &rule, &walk, 4, &counts), 0);
		assert_int_equal(store_commit(l->s), 0);
	}
	return counts;
}

static void
nothing_goes_before_its_time_or_while_something_is_open(void **state)
{
	struct lender *l = *state;
	struct purge_counts c;

	live(l);
	c = purge(l, l->env.now + 1000 * DAY, false);
	assert_int_equal(c.accounts + c.texts, 0);
	/* Old enough; but all owe, and RICH owes nothing and goes whole. */
	c = purge(l, l->env.now + 1200 * DAY, true);
	assert_int_equal(c.accounts, 1);
	assert_int_equal(c.removed, 1);
	assert_int_equal(c.texts, 1); /* nobody's */
	c = purge(l, l->env.now + 1200 * DAY, false);
	assert_int_equal(c.removed, 1);
	assert_int_equal(lender_account(l, "RICH"), -1);
	assert_true(lender_account(l, "A-1") > 0);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM message WHERE account IS NULL"), 0);
}

static void
what_is_old_and_settled_goes_and_a_stop_stays(void **state)
{
	struct lender *l = *state;
	struct event_verdict v;
	struct purge_counts c;

	live(l);
	assert_int_equal(store_begin(l->s), 0);
	assert_int_equal(borrower_optout(l->s, A1, 0, "dunlin", 0, l->env.now, "text"), 0);
	assert_int_equal(store_commit(l->s), 0);
	lender_do(l, "UPDATE amount SET given = 0; UPDATE task SET status = 1; "
		     "UPDATE inbox SET handled = 1");
	c = purge(l, l->env.now + 1200 * DAY, false);
	assert_int_equal(c.removed, 4); /* TWIN-1 names a person that TWIN-2 was of until now */
	assert_int_equal(purge(l, l->env.now + 1200 * DAY, false).removed, 1);
	assert_true(c.events >= 12);
	assert_true(c.texts >= 3);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM account"), 0);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM message"), 0);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM person_key"), 0);
	assert_true(borrower_opted_out(l->s, A1));
	assert_int_equal(event_verify(l->s, &v), 0);
	assert_int_equal(v.bad_seq, 0);
	assert_true(lender_count(l, "SELECT count(*) FROM event WHERE kind = 'purged'") >= 5);
	/* And there is an end to it. */
	c = purge(l, l->env.now + 5000 * DAY, false);
	assert_int_equal(c.events + c.texts + c.removed, 0);
}

/* What is young of an account that is otherwise old stays, and the account with it. */
static void
young_records_keep_their_account(void **state)
{
	struct lender *l = *state;
	struct purge_counts c;
	int64_t account = lender_account(l, "A-1");

	live(l);
	lender_do(l, "UPDATE amount SET given = 0; UPDATE task SET status = 1; "
		     "UPDATE inbox SET handled = 1");
	l->env.now += 500 * DAY;
	assert_int_equal(store_begin(l->s), 0);
	say(l, "received", account, "I am back");
	assert_int_equal(store_commit(l->s), 0);
	c = purge(l, l->env.now + 700 * DAY, false);
	assert_int_equal(c.removed, 3);
	assert_int_equal(lender_account(l, "A-1"), account);
	assert_int_equal(lender_count(l,
				      "SELECT count(*) FROM event WHERE account = 1 AND data LIKE "
				      "'%I am back%'"),
			 1);
	assert_int_equal(lender_count(l, "SELECT count(*) FROM event WHERE data LIKE '%confided%'"),
			 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, lender_setup, lender_teardown)
	static const struct CMUnitTest tests[] = {
	    TEST(it_is_refused_while_something_is_owed_or_on_its_way),
	    TEST(nothing_personal_is_left_in_the_files_and_the_chain_is_whole),
	    TEST(nothing_is_sent_to_it_any_more),
	    TEST(a_stop_holds_for_an_erased_number),
	    TEST(a_number_that_another_account_has_is_left_to_it),
	    TEST(a_list_that_names_it_again_is_refused),
	    TEST(nothing_goes_before_its_time_or_while_something_is_open),
	    TEST(what_is_old_and_settled_goes_and_a_stop_stays),
	    TEST(young_records_keep_their_account),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
