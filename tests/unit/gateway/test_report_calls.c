/* Reports: what calls brought is theirs, not the last text's. */
#include "home.h"

#include "gateway/base/complaint.h"
#include "gateway/report/reporting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define DAY_MS INT64_C(86400000)

static const char yaml[] = "lender: {name: Sunrise, contact: '+63285550100', country: PH,\n"
			   "  currency: PHP, timezone: Asia/Manila, languages: [en]}\n"
			   "routes: {paper: {type: file, path: sent.jsonl}}\n";

/* One was texted on day 1 and called on day 3, promised in the call, and once more by text on day
 * 4. Two was only called, and pressed 9. Three was called, and it was a stranger who said so. Four
 * did not pick up. Five called us. */
static const char life[] =
    "UPDATE meta SET value = 1 WHERE key = 'visible';"
    "INSERT INTO account (id, ref, person, since, born, special) VALUES (1, 'A1', 1, 1, 0, 1), "
    "(2, 'A2', 2, 1, 0, 1), (3, 'A3', 3, 1, 0, 1), (4, 'A4', 4, 1, 0, 1), (5, 'A5', 5, 1, 0, 1);"
    "INSERT INTO message (account, person, due, step, campaign, class, direction, status, "
    "segments, "
    "price, at, created_at, handed_at, sent_at) VALUES (1, 1, 0, '+1/sms', 'all', 0, 0, 4, 1, "
    "10000, "
    "0, 0, 86400000, 86400000);"
    "INSERT INTO call (account, person, due, step, campaign, try, class, direction, script, route, "
    "status, outcome, rank, at, created_at, started_at, answered_at, ended_at) VALUES "
    "(1, 1, 0, '+3/call', 'all', 1, 0, 0, 'r', 's', 2, 0, 2, 0, 0, 259200000, 259203000, "
    "259263000),"
    "(2, 2, 0, '+3/call', 'all', 1, 0, 0, 'r', 's', 2, 2, 2, 0, 0, 259200000, 259203000, "
    "259263000),"
    "(3, 3, 0, '+3/call', 'all', 1, 0, 0, 'r', 's', 2, 1, 2, 0, 0, 259200000, 259203000, "
    "259263000),"
    "(4, 4, 0, '+3/call', 'all', 1, 0, 0, 'r', 's', 2, 7, 2, 0, 0, 259200000, NULL, 259263000),"
    "(5, 5, NULL, NULL, NULL, 0, 2, 1, 'r', 's', 2, 0, 1, 0, 0, 259200000, 259203000, 259263000);"
    "INSERT INTO promise (account, day, expected, due, currency, source, status, at, import, "
    "until, "
    "pauses, actor) VALUES (1, 5, 100, 0, 'PHP', 'call', 1, 259250000, 1, 9, 1, 'd'), "
    "(1, 6, 100, 0, 'PHP', 'sms', 0, 345600000, 1, 9, 1, 'd');"
    "INSERT INTO optout (key, at, actor) VALUES ('a2', 259260000, 'keys');";

static const struct report_row *
row_of(const struct report_table *t, const char *wanted)
{
	char value[REPORT_VALUE];

	for (size_t i = 0; i < t->n; i++)
		if (strcmp(report_value(t, &t->row[i], value), wanted) == 0)
			return &t->row[i];
	fail_msg("there is no row %s", wanted);
	return NULL;
}

static void
check_steps(const struct report_table *t)
{
	const struct report_row *text = row_of(t, "+1/sms"), *call = row_of(t, "+3/call");
	int64_t minor;

	assert_int_equal(t->n, 2);
	assert_int_equal(text->promised, 1);
	assert_int_equal(text->kept, 0);
	assert_int_equal(text->calls, 0);
	assert_int_equal(call->calls, 3);
	assert_int_equal(call->sent, 0);
	assert_int_equal(call->promised, 1);
	assert_int_equal(call->kept, 1);
	assert_int_equal(call->opted_out, 1);
	assert_int_equal(call->wrong_numbers, 1);
	assert_false(report_cost(call, 2, &minor)); /* nobody tells */
}

static void
what_was_keyed_in_a_call_is_the_calls(void **state)
{
	struct home home = home_make();
	struct complaints complaints = {0};
	struct reporting_query q = {.since = INT64_MIN, .until = INT64_MAX, .now = 10 * DAY_MS};
	struct report_table t = {.by = REPORT_STEP};
	struct report_words *words = report_words_new();
	struct config *config;
	struct facts *facts;
	struct store *s;
	char path[128], error[256], *why = NULL;

	(void)state;
	assert_int_equal(config_parse(yaml, sizeof yaml - 1, &config, &complaints), 0);
	complaint_clear(&complaints);
	facts = facts_new(config);
	snprintf(path, sizeof path, "%s/dunlin.db", home.path);
	assert_int_equal(store_open(&s, path, STORE_CREATE, error), 0);
	if (sqlite3_exec(s->db, life, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s", why);
	assert_int_equal(reporting_texts(s, facts, &q, words, &t, 1), 0);
	check_steps(&t);
	report_clear(&t);
	report_words_free(words);
	store_close(s);
	facts_free(facts);
	config_unref(config);
	home_remove(&home);
}

static int32_t
import_day(void *ctx, int64_t import)
{
	(void)ctx;
	(void)import;
	return 49;
}

/* Paid on day 60: the call of day 58 that reached the right person, not the text of day 57. */
static void
a_cure_belongs_to_the_call_before_the_payment(void **state)
{
	struct report_text t[] = {
	    {.account = 1, .at = 57 * DAY_MS, .local.day = 57, .fate = REPORT_SENT, .earns = true},
	    {.account = 1,
	     .at = 58 * DAY_MS,
	     .local.day = 58,
	     .fate = REPORT_TALKED,
	     .earns = true},
	    {.account = 1, .at = 59 * DAY_MS, .local.day = 59, .fate = REPORT_RANG, .earns = true}};
	struct report_version v = {.due = 50, .since = 1, .until = INT64_MAX, .billed = 100};
	struct debt_payment p = {.amount = 100, .since = 2, .paid_on = 60};
	struct report_ledger l = {0};

	(void)state;
	t[1].over = t[1].at + 60000;
	t[2].over = t[2].at + 60000;
	v.given = -1;
	assert_int_equal(report_ledger_amount(&l, &v), 0);
	assert_int_equal(report_ledger_payment(&l, &p), 0);
	assert_int_equal(report_ledger_replay(&l, 0, import_day, NULL), 0);
	report_credit_cures(t, 3, 1, &l);
	assert_false(t[0].cured_7);
	assert_true(t[1].cured_7);
	assert_false(t[2].cured_7);
	report_ledger_clear(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_keyed_in_a_call_is_the_calls),
	    cmocka_unit_test(a_cure_belongs_to_the_call_before_the_payment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
