/* The quick scan of the plan finds everybody the plan itself has a row for, and no crowd besides;
 * and what `dunlin accounts` says comes next is what the plan says. */
#include "home.h"

#include "gateway/base/complaint.h"
#include "gateway/cli/account_rows.h"
#include "gateway/cli/plan_scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define ACCOUNTS 400
#define TODAY    20711 /* 2026-09-15 */
#define HOUR_MS  3600000LL

struct fixture {
	struct home home;
	struct store *s;
	struct config *config;
	struct facts *facts;
	int64_t now;
	unsigned dice;
};

static unsigned
roll(struct fixture *f, unsigned sides)
{
	f->dice = f->dice * 1103515245u + 12345u;
	return (f->dice >> 16) % sides;
}

static void
sql(struct store *s, const char *text)
{
	char *error = NULL;

	if (sqlite3_exec(s->db, text, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s: %s", text, error);
}

static void
add_account(struct fixture *f, int id)
{
	char text[512];
	int person = id > 10 && roll(f, 8) == 0 ? id - 1 - (int)roll(f, 5) : id;
	int amounts = 1 + (int)roll(f, 3);

	/* of the first account of that person, as imports have it */
	snprintf(text, sizeof text,
		 "INSERT INTO account (id, ref, person, since, born) SELECT %d, 'A%d', "
		 "coalesce((SELECT person FROM account "
		 "WHERE id = %d), %d), 1, 0;"
		 "INSERT INTO account_row (account, since, name, phones, currency, timezone) "
		 "VALUES (%d, 1, 'N', '+63917%07d', 'PHP', %s)",
		 id, id, person, id, id, person, roll(f, 4) == 0 ? "'America/Bogota'" : "NULL");
	sql(f->s, text);
	for (int i = 0; i < amounts; i++) {
		snprintf(text, sizeof text,
			 "INSERT OR IGNORE INTO amount (account, due, since, until, billed, given) "
			 "VALUES (%d, %d, 1, NULL, 1000, %d)",
			 id, TODAY - 60 + (int)roll(f, 120), roll(f, 6) == 0 ? 0 : -1);
		sql(f->s, text);
	}
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct complaints complaints = {0};
	char path[128], error[256];

	f->home = home_make();
	home_write(&f->home, "dunlin.yaml",
		   "lender: {name: L, contact: c, country: PH, currency: PHP, "
		   "timezone: Asia/Manila, languages: [en]}\n"
		   "routes: {paper: {type: file, path: sent.jsonl}}\n");
	home_write(&f->home, "campaigns/a.yaml",
		   "steps:\n  - {day: -3, sms: t}\n  - {day: [1, 7], sms: t}\n"
		   "  - {day: 24, task: visit, sms: t}\nlate: {within: 2}\n");
	home_write(&f->home, "templates/t.en.txt", "{{lender}}: {{name}} owes {{amount}}\n");
	if (config_load(f->home.path, &f->config, &complaints) != 0) {
		complaint_print(stderr, &complaints, f->home.path);
		fail();
	}
	complaint_clear(&complaints);
	snprintf(path, sizeof path, "%s/dunlin.db", f->home.path);
	assert_int_equal(store_open(&f->s, path, STORE_CREATE, error), 0);
	sql(f->s, "INSERT INTO meta VALUES ('visible', 1)");
	f->facts = facts_new(f->config);
	assert_non_null(f->facts);
	f->now = TODAY * 24 * HOUR_MS + HOUR_MS; /* 09:00 in Manila, the day before in Bogota */
	f->dice = 7;
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	facts_free(f->facts);
	store_close(f->s);
	config_unref(f->config);
	home_remove(&f->home);
	free(f);
	return 0;
}

/* ---- the scan ---- */

static void
count(void *ctx, const struct plan_row *row)
{
	(void)row;
	++*(int *)ctx;
}

static bool
has(const struct plan_scan *scan, int64_t person)
{
	int times = 0;

	for (size_t i = 0; i < scan->n; i++)
		times += scan->person[i] == person;
	assert_true(times <= 1);
	return times == 1;
}

/* Every person with a row must be found; how many were found without one. */
static size_t
compare(struct fixture *f, int32_t from, int32_t to)
{
	struct plan_rules rules;
	struct plan_scan scan = {0};
	size_t found = 0, idle;

	assert_int_equal(plan_scan_run(&scan, f->s, f->config, from, to), 0);
	assert_int_equal(facts_rules(f->facts, f->s, f->now, REASON_NONE, &rules), 0);
	for (int64_t person = 1; person <= ACCOUNTS; person++) {
		int rows = 0;

		if (facts_load(f->facts, f->s, person, f->now) != 0)
			continue; /* an account that belongs to another person */
		plan_walk(facts_person(f->facts), &rules, f->now, from, to, count, &rows);
		if (rows > 0 && !has(&scan, person))
			fail_msg("person %d has a step and was not found", (int)person);
		found += rows > 0;
	}
	assert_true(found > 0);
	idle = scan.n - found;
	plan_scan_clear(&scan);
	return idle;
}

static void
nobody_with_a_step_is_overlooked(void **state)
{
	struct fixture *f = *state;
	size_t idle;

	for (int id = 1; id <= ACCOUNTS; id++)
		add_account(f, id);
	idle = compare(f, TODAY, TODAY);
	assert_true(idle < ACCOUNTS / 2);
	for (int32_t ahead = 0; ahead < 40; ahead += 3)
		for (int32_t days = 1; days <= 14; days += 6)
			compare(f, TODAY + ahead, TODAY + ahead + days - 1);
	compare(f, TODAY - 1, TODAY - 1); /* still today in Bogota */
}

/* ---- what comes next ---- */

static struct account_next
next_of(struct fixture *f, int64_t account)
{
	struct show show = {.config = f->config, .store = f->s, .facts = f->facts, .now = f->now};
	struct plan_rules rules;
	struct account_next next;
	size_t index;

	assert_int_equal(store_refresh(f->s), 0);
	assert_int_equal(facts_rules(f->facts, f->s, f->now, REASON_NONE, &rules), 0);
	assert_int_equal(facts_load_account(f->facts, f->s, account, f->now, &index), 0);
	account_rows_next(&show, &rules, index, &next);
	return next;
}

static void
one_account(struct fixture *f, int32_t due)
{
	char text[400];

	snprintf(text, sizeof text,
		 "INSERT INTO account (id, ref, person, since, born) VALUES (1, 'A', 1, 1, 0);"
		 "INSERT INTO account_row (account, since, name, phones, currency) VALUES "
		 "(1, 1, 'N', '+639170000001', 'PHP');"
		 "INSERT INTO amount (account, due, since, until, billed, given) VALUES (1, %d, 1, "
		 "NULL, 1000, -1)",
		 due);
	sql(f->s, text);
}

static void
next_is_the_first_step_that_goes(void **state)
{
	struct fixture *f = *state;
	struct account_next next;

	one_account(f, TODAY - 5);
	next = next_of(f, 1);
	assert_string_equal(next.step, "+7/sms");
	assert_int_equal(next.decision, PLAN_SEND);
	assert_true(next.at > f->now + 24 * HOUR_MS && next.at < f->now + 72 * HOUR_MS);
}

static void
a_hold_with_an_end_does_not_hide_what_goes_after_it(void **state)
{
	struct fixture *f = *state;
	struct account_next next;
	char text[160];

	one_account(f, TODAY - 7);
	snprintf(text, sizeof text,
		 "INSERT INTO hold (account, reason, word, from_at, until, actor) VALUES "
		 "(1, %d, 'dispute', 0, %d, 'maria')",
		 REASON_HOLD, TODAY + 5);
	sql(f->s, text);
	next = next_of(f, 1);
	assert_string_equal(next.step, "+24/sms");
	assert_int_equal(next.reason, REASON_NONE);
}

static void
where_nothing_goes_the_reason_is_told(void **state)
{
	struct fixture *f = *state;
	struct account_next next;

	one_account(f, TODAY - 22);
	sql(f->s, "INSERT INTO optout (key, at, actor, message) VALUES ('a1', 0, 'maria', NULL);"
		  "INSERT INTO task (account, due, step, kind, day, reason, status, at) VALUES "
		  "(1, 20689, '+24/task', 'visit', 0, '', 0, 0)");
	next = next_of(f, 1);
	assert_string_equal(next.step, "+24/sms");
	assert_int_equal(next.decision, PLAN_SKIP);
	assert_int_equal(next.reason, REASON_OPTED_OUT);
}

static void
nothing_comes_when_all_is_paid(void **state)
{
	struct fixture *f = *state;

	one_account(f, TODAY - 6);
	sql(f->s, "INSERT INTO payment (account, key, since, paid_on, amount, reference) VALUES "
		  "(1, 'r1', 1, 20700, 1000, '1')");
	assert_string_equal(next_of(f, 1).step, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(nobody_with_a_step_is_overlooked, setup, teardown),
	    cmocka_unit_test_setup_teardown(next_is_the_first_step_that_goes, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_hold_with_an_end_does_not_hide_what_goes_after_it,
					    setup, teardown),
	    cmocka_unit_test_setup_teardown(where_nothing_goes_the_reason_is_told, setup, teardown),
	    cmocka_unit_test_setup_teardown(nothing_comes_when_all_is_paid, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
