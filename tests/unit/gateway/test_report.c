/* Reports: what is credited to which text, when amounts were paid, sums, the curve; and the walk
 * over a store. */
#include "home.h"

#include "gateway/base/complaint.h"
#include "gateway/report/reporting.h"
#include "gateway/store/report_rule.h"
#include "schedule/civil.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define DAY_MS INT64_C(86400000)

/* ---- the ledger ---- */

/* Import k comes on day 100 + k. */
static int32_t
import_day(void *ctx, int64_t import)
{
	(void)ctx;
	return (int32_t)(100 + import);
}

static void
owed(struct report_ledger *l, int32_t due, int64_t since, int64_t until, int64_t billed,
     int64_t given)
{
	struct report_version v = {
	    .due = due, .since = since, .until = until, .billed = billed, .given = given};

	assert_int_equal(report_ledger_amount(l, &v), 0);
}

static void
paid(struct report_ledger *l, int64_t amount, int64_t since, int32_t on)
{
	struct debt_payment p = {.amount = amount, .since = since, .paid_on = on};

	assert_int_equal(report_ledger_payment(l, &p), 0);
}

static void
replay(struct report_ledger *l, int64_t ignore_below)
{
	assert_int_equal(report_ledger_replay(l, ignore_below, import_day, NULL), 0);
}

static void
an_amount_is_paid_on_the_day_of_the_payment_that_completes_it(void **state)
{
	struct report_ledger l = {0};

	(void)state;
	owed(&l, 50, 1, INT64_MAX, 1000, -1);
	owed(&l, 80, 1, INT64_MAX, 1000, -1);
	paid(&l, 700, 3, 62); /* of one import, in any order */
	paid(&l, 300, 3, 60);
	paid(&l, 400, 4, 58); /* it arrives late, and what it completes is not paid on day 58 */
	paid(&l, 600, 5, 90);
	replay(&l, 0);
	assert_int_equal(l.n_due, 2);
	assert_int_equal(l.due[0].cleared, 62);
	assert_int_equal(l.due[1].cleared, 90);
	report_ledger_clear(&l);
}

static void
a_reversal_opens_again_and_the_later_payment_counts(void **state)
{
	struct report_ledger l = {0};

	(void)state;
	owed(&l, 50, 1, INT64_MAX, 1000, -1);
	paid(&l, 1000, 2, 55);
	paid(&l, -1000, 3, 57);
	replay(&l, 0);
	assert_int_equal(l.due[0].cleared, REPORT_OPEN);
	paid(&l, 1000, 4, 66);
	l.n_due = 0;
	replay(&l, 0);
	assert_int_equal(l.due[0].cleared, 66);
	report_ledger_clear(&l);
}

static void
a_list_closes_on_its_own_day(void **state)
{
	struct report_ledger l = {0};

	(void)state;
	owed(&l, 50, 1, 4, 1000, 1000);
	owed(&l, 50, 4, INT64_MAX, 1000, 0);  /* amount_left 0 */
	owed(&l, 60, 1, 6, 1000, -1);         /* gone from a complete list */
	owed(&l, 70, 1, INT64_MAX, 1000, 0);  /* never owed */
	owed(&l, 80, 1, INT64_MAX, 1000, 40); /* too little to count */
	replay(&l, 50);
	assert_int_equal(l.due[0].cleared, 104);
	assert_int_equal(l.due[1].cleared, 106);
	assert_int_equal(l.due[2].cleared, REPORT_NEVER);
	assert_int_equal(l.due[3].cleared, REPORT_NEVER);
	report_ledger_clear(&l);
}

static void
arrears_are_those_of_the_day(void **state)
{
	struct report_ledger l = {0};
	struct report_arrears a;

	(void)state;
	owed(&l, 50, 1, INT64_MAX, 1000, -1);
	owed(&l, 60, 1, INT64_MAX, 1000, -1);
	paid(&l, 1000, 2, 64);
	replay(&l, 0);
	assert_false(report_ledger_arrears(&l, 50).any); /* due today is not in arrears */
	a = report_ledger_arrears(&l, 55);
	assert_true(a.any);
	assert_int_equal(a.dpd, 5);
	assert_int_equal(a.cleared, 64);
	a = report_ledger_arrears(&l, 64); /* paid on that day, and the younger one is open */
	assert_int_equal(a.dpd, 14);
	assert_int_equal(a.cleared, REPORT_OPEN);
	assert_int_equal(report_ledger_arrears(&l, 65).dpd, 5);
	report_ledger_clear(&l);
}

/* ---- credit ---- */

static struct report_text
text_on(int32_t day, enum report_fate fate)
{
	return (struct report_text){.account = 1,
				    .at = day * DAY_MS,
				    .local = {.day = day},
				    .fate = fate,
				    .earns = true,
				    .accepted = fate != REPORT_FAILED,
				    .counts = true,
				    .segments = 1,
				    .price = 350000,
				    .class = "campaign"};
}

static void
credit_goes_to_the_last_text_that_may_have_arrived(void **state)
{
	struct report_text t[] = {text_on(10, REPORT_DELIVERED), text_on(12, REPORT_UNKNOWN),
				  text_on(13, REPORT_FAILED), text_on(13, REPORT_EXPIRED),
				  text_on(14, REPORT_DELIVERED)};

	(void)state;
	t[4].earns = false;                            /* an answer */
	report_credit(t, 5, 9 * DAY_MS, REPORT_REPLY); /* before any */
	report_credit(t, 5, 15 * DAY_MS, REPORT_REPLY);
	report_credit(t, 5, 15 * DAY_MS, REPORT_REPLY);
	report_credit(t, 5, 19 * DAY_MS, REPORT_PROMISE); /* seven days to the millisecond */
	report_credit(t, 5, 19 * DAY_MS, REPORT_KEPT);
	report_credit(t, 5, 19 * DAY_MS + 1, REPORT_STOP);
	report_credit(t, 5, 11 * DAY_MS, REPORT_WRONG);
	for (int i = 2; i < 5; i++)
		assert_false(t[i].replied);
	assert_true(t[1].replied);
	assert_false(t[0].replied);
	assert_int_equal(t[1].promised, 1);
	assert_int_equal(t[1].kept, 1);
	assert_int_equal(t[1].opted_out, 0);
	assert_int_equal(t[0].wrong_numbers, 1);
}

static void
a_cure_belongs_to_the_last_text_before_the_payment(void **state)
{
	struct report_text t[] = {text_on(45, REPORT_DELIVERED), text_on(51, REPORT_DELIVERED),
				  text_on(57, REPORT_DELIVERED), text_on(58, REPORT_FAILED),
				  text_on(62, REPORT_DELIVERED)};
	struct report_ledger l = {0};

	(void)state;
	owed(&l, 50, 1, INT64_MAX, 1000, -1);
	paid(&l, 1000, 2, 60);
	replay(&l, 0);
	t[0].has_dpd = true; /* said so by its step */
	t[0].dpd = -5;
	report_credit_cures(t, 5, 1, &l);
	assert_int_equal(t[0].dpd, -5);
	assert_int_equal(t[1].dpd, 1);
	assert_false(t[0].cured_7); /* nothing was in arrears */
	assert_false(t[1].cured_7); /* nine days, and another one came between */
	assert_true(t[2].cured_7 && t[2].cured_3);
	assert_false(t[3].cured_7); /* failed: it takes no credit, and earns none */
	assert_false(t[4].cured_7); /* it was paid already */
	report_ledger_clear(&l);
}

static void
the_days_of_a_cure_are_counted_whole(void **state)
{
	static const struct {
		int32_t paid;
		bool three, seven;
	} cases[] = {{60, true, true},  {63, true, true},   {64, false, true},
		     {67, false, true}, {68, false, false}, {59, false, false}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct report_text t = text_on(60, REPORT_SENT);
		struct report_ledger l = {0};

		owed(&l, 50, 1, INT64_MAX, 1000, -1);
		paid(&l, 1000, 2, cases[i].paid);
		replay(&l, 0);
		report_credit_cures(&t, 1, 1, &l);
		assert_int_equal(t.cured_3, cases[i].three);
		assert_int_equal(t.cured_7, cases[i].seven);
		report_ledger_clear(&l);
	}
}

/* ---- groups ---- */

static void
prices_are_summed_and_then_rounded(void **state)
{
	struct report_table t = {.by = REPORT_TOTAL};
	struct report_text text = text_on(1, REPORT_DELIVERED);
	int64_t minor;

	(void)state;
	text.price = 3500; /* 0.0035: a row alone would be nothing */
	for (int i = 0; i < 3; i++)
		assert_int_equal(report_add(&t, &text), 0);
	assert_true(report_cost(&t.row[0], 2, &minor));
	assert_int_equal(minor, 1);
	assert_false(report_cost_per_cure(&t.row[0], 2, &minor)); /* nobody was cured */
	text.cured_7 = true;
	text.price = 1000000;
	for (int i = 0; i < 2; i++)
		assert_int_equal(report_add(&t, &text), 0);
	assert_true(report_cost_per_cure(&t.row[0], 2, &minor));
	assert_int_equal(minor, 101); /* 2.0105 / 2 = 1.00525 */
	assert_true(report_cost_per_cure(&t.row[0], 0, &minor));
	assert_int_equal(minor, 1);
	text.price = -1;
	assert_int_equal(report_add(&t, &text), 0);
	assert_false(report_cost(&t.row[0], 2, &minor));
	assert_false(report_cost_per_cure(&t.row[0], 2, &minor));
	assert_int_equal(t.row[0].unpriced, 1);
	report_clear(&t);
}

static void
what_was_not_accepted_costs_nothing(void **state)
{
	struct report_table t = {.by = REPORT_TOTAL};
	struct report_text text = text_on(1, REPORT_FAILED);

	(void)state;
	assert_int_equal(report_add(&t, &text), 0);
	assert_int_equal(t.row[0].sent, 0);
	assert_int_equal(t.row[0].failed, 1);
	assert_int_equal(t.row[0].segments, 0);
	assert_int_equal(t.row[0].micro, 0);
	report_clear(&t);
}

/* The values of a table as one text. */
static const char *
values(struct report_table *t, char out[512])
{
	char value[REPORT_VALUE];
	size_t at = 0;

	report_sort(t);
	out[0] = '\0';
	for (size_t i = 0; i < t->n; i++)
		at += (size_t)snprintf(out + at, 512 - at, "%s%s:%d", i > 0 ? " " : "",
				       report_value(t, &t->row[i], value), (int)t->row[i].sent);
	return out;
}

static void
groups_stand_in_the_order_people_read(void **state)
{
	static const char *const steps[] = {"+30/sms", "+7/sms", "-3/sms",
					    "+0/sms",  "+7/sms", NULL};
	static const int bucket[] = {4, 0, 1, 10, 4};
	struct report_table by_step = {.by = REPORT_STEP}, by_bucket = {.by = REPORT_BUCKET},
			    by_month = {.by = REPORT_MONTH}, by_day = {.by = REPORT_WEEKDAY};
	struct report_words *words = report_words_new();
	char out[512];

	(void)state;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		struct report_text text = text_on(20711, REPORT_SENT); /* Tue 2026-09-15 */

		text.step = report_word(words, steps[i]);
		if (steps[i] == NULL) {
			text.class = "answer";
			text.earns = false;
		}
		assert_int_equal(report_add(&by_step, &text), 0);
		assert_int_equal(report_add(&by_day, &text), 0);
		text.local.day += (int32_t)i * 31;
		assert_int_equal(report_add(&by_month, &text), 0);
	}
	for (size_t i = 0; i < sizeof bucket / sizeof *bucket; i++) {
		struct report_text text = text_on(1, REPORT_SENT);

		text.bucket = bucket[i];
		text.has_dpd = true;
		assert_int_equal(report_add(&by_bucket, &text), 0);
	}
	assert_string_equal(values(&by_step, out),
			    "-3/sms:1 +0/sms:1 +7/sms:2 +30/sms:1 (answer):1");
	assert_string_equal(values(&by_bucket, out), "M0:1 M1:1 M4:2 M10:1");
	assert_string_equal(values(&by_month, out),
			    "2026-09:1 2026-10:1 2026-11:1 2026-12:1 2027-01:1 2027-02:1");
	assert_string_equal(values(&by_day, out), "tue:5"); /* answers aside */
	report_clear(&by_step);
	report_clear(&by_bucket);
	report_clear(&by_month);
	report_clear(&by_day);
	report_words_free(words);
}

static void
many_groups_are_kept_apart(void **state)
{
	struct report_table t = {.by = REPORT_TEMPLATE};
	struct report_words *words = report_words_new();
	char name[32], value[REPORT_VALUE];

	(void)state;
	for (int i = 0; i < 30000; i++) {
		struct report_text text = text_on(1, REPORT_SENT);

		snprintf(name, sizeof name, "t%05d", i % 10000);
		text.template = report_word(words, name);
		assert_int_equal(report_add(&t, &text), 0);
	}
	assert_int_equal(t.n, 10000);
	report_sort(&t);
	for (int i = 0; i < 10000; i++) {
		snprintf(name, sizeof name, "t%05d", i);
		assert_string_equal(report_value(&t, &t.row[i], value), name);
		assert_int_equal(t.row[i].sent, 3);
	}
	assert_false(report_words_failed(words));
	report_clear(&t);
	report_words_free(words);
}

static void
the_best_hour_needs_texts_enough(void **state)
{
	struct report_table t = {.by = REPORT_HOUR};

	(void)state;
	for (int hour = 9; hour < 12; hour++)
		for (int i = 0; i < hour * 2; i++) {
			struct report_text text = text_on(1, REPORT_DELIVERED);

			text.local.second = hour * 3600 + 59;
			text.replied = hour == 9 || i < hour; /* nine: all; the others a half */
			if (hour == 10 && i > 15)
				text.fate = REPORT_SENT;
			assert_int_equal(report_add(&t, &text), 0);
		}
	assert_int_equal(report_best(&t, 10)->key, 9);
	assert_int_equal(report_best(&t, 20)->key, 11); /* ten answered as many, fewer arrived */
	assert_null(report_best(&t, 23));
	report_clear(&t);
}

/* ---- the curve ---- */

static void
the_young_are_counted_as_long_as_they_were_seen(void **state)
{
	struct report_curve c = {0};

	(void)state;
	report_curve_cured(&c, -2);
	report_curve_cured(&c, 9);
	report_curve_cured(&c, 13);
	report_curve_cured(&c, 40); /* after the curve's end: open all through it */
	report_curve_open(&c, 10);
	report_curve_open(&c, -1); /* not due yet */
	report_curve_open(&c, 0);  /* due today: the day is not over */
	report_curve_draw(&c);
	assert_int_equal(c.amounts, 6);
	assert_int_equal(c.reach, 31);
	assert_int_equal(c.open[0], 5);
	assert_true(c.share[0] > 0.1999 && c.share[0] < 0.2001); /* 1 of 5 */
	assert_int_equal(c.open[9], 4);
	assert_true(c.share[9] > 0.3999 && c.share[9] < 0.4001); /* 1 - 4/5 * 3/4 */
	assert_int_equal(c.open[13], 2);
	assert_true(c.share[30] > 0.6999 && c.share[30] < 0.7001); /* 1 - 3/5 * 1/2 */
	assert_int_equal(c.bend, -1);                              /* of six none is told */
}

static void
the_curve_bends_where_payments_slow_down(void **state)
{
	struct report_curve c = {0}, straight = {0}, none = {0};

	(void)state;
	for (int day = 0; day < 31; day++)
		for (int i = 0; i < (day <= 6 ? 10 : 1); i++)
			report_curve_cured(&c, day);
	for (int i = 0; i < 20; i++)
		report_curve_cured(&c, 99);
	report_curve_draw(&c);
	assert_int_equal(c.bend, 6);
	for (int day = 0; day < 31; day++)
		report_curve_cured(&straight, day);
	report_curve_draw(&straight);
	assert_int_equal(straight.bend, -1);
	report_curve_draw(&none);
	assert_int_equal(none.reach, 0);
}

/* ---- the walk ---- */

static const char yaml[] = "lender:\n"
			   "  name: Sunrise\n"
			   "  contact: \"+63285550100\"\n"
			   "  country: PH\n"
			   "  currency: PHP\n"
			   "  timezone: Asia/Manila\n"
			   "  languages: [en]\n"
			   "routes:\n"
			   "  paper: {type: file, path: sent.jsonl}\n";

struct desk {
	struct home home;
	struct config *config;
	struct facts *facts;
	struct store *s;
};

static int
setup(void **state)
{
	struct desk *d = calloc(1, sizeof *d);
	struct complaints complaints = {0};
	char path[128], error[256];

	d->home = home_make();
	assert_int_equal(config_parse(yaml, sizeof yaml - 1, &d->config, &complaints), 0);
	complaint_clear(&complaints);
	d->facts = facts_new(d->config);
	assert_non_null(d->facts);
	snprintf(path, sizeof path, "%s/dunlin.db", d->home.path);
	assert_int_equal(store_open(&d->s, path, STORE_CREATE, error), 0);
	*state = d;
	return 0;
}

static int
teardown(void **state)
{
	struct desk *d = *state;

	store_close(d->s);
	facts_free(d->facts);
	config_unref(d->config);
	home_remove(&d->home);
	free(d);
	return 0;
}

static void
run(struct desk *d, const char *sql)
{
	char *error = NULL;

	if (sqlite3_exec(d->s->db, sql, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s", error);
}

/* More persons than a page holds, one of them with more texts than a page; two of its accounts in
 * the lists, one erased; and texts to nobody's number, all handed over at one instant. */
static void
pages_lose_nobody(void **state)
{
	struct desk *d = *state;
	struct report_words *words = report_words_new();
	struct report_table t[] = {{.by = REPORT_TOTAL}, {.by = REPORT_CLASS}};
	struct reporting_query q = {.since = INT64_MIN, .until = INT64_MAX, .now = 100 * DAY_MS};
	char out[512];

	run(d,
	    "CREATE TEMP TABLE n AS WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
	    "FROM c WHERE i < 3000) SELECT i FROM c;"
	    "UPDATE meta SET value = 1 WHERE key = 'visible';"
	    "INSERT INTO account (id, ref, person, since, born) SELECT i, 'A' || i, i, 1, 0 FROM n;"
	    "INSERT INTO account (id, ref, person, since, born) VALUES (9000, 'B', 7, 1, 0);"
	    "INSERT INTO message (account, person, class, direction, status, segments, price, at, "
	    "created_at, handed_at, sent_at) SELECT i, i, 0, 0, 4, 1, 10000, 0, 0, 86400000, "
	    "86400000 FROM n;"
	    "INSERT INTO message (account, person, class, direction, status, segments, price, at, "
	    "created_at, handed_at, sent_at) SELECT 9000, 7, 2, 0, 4, 1, 10000, 0, 0, 86400000 + "
	    "i, 1 FROM n;"
	    "INSERT INTO message (account, person, class, direction, status, segments, price, at, "
	    "created_at, handed_at, sent_at) VALUES (8000, 7000, 0, 0, 4, 1, 10000, 0, 0, "
	    "86400000, 1);"
	    "INSERT INTO message (class, direction, status, segments, price, at, created_at, "
	    "handed_at, sent_at) SELECT 3, 0, 3, 1, 10000, 0, 0, 86400000, 1 FROM n;"
	    "INSERT INTO message (account, person, class, direction, status, at, created_at) "
	    "SELECT i, i, 0, 1, 10, 2 * 86400000, 0 FROM n;");
	assert_int_equal(reporting_texts(d->s, d->facts, &q, words, t, 2), 0);
	assert_int_equal(t[0].n, 1);
	assert_int_equal(t[0].row[0].sent, 9001);
	assert_int_equal(t[0].row[0].replied, 3000);
	assert_int_equal(t[0].row[0].micro, 9001 * INT64_C(10000));
	assert_string_equal(values(&t[1], out), "alert:3000 campaign:3001 manual:3000");
	report_clear(&t[0]);
	report_clear(&t[1]);
	report_words_free(words);
}

static int
add_up(void *ctx, enum reason reason, const char *rule, enum report_rule_what what, int64_t n)
{
	char *out = ctx;
	size_t at = strlen(out);

	snprintf(out + at, 256 - at, "%s/%s/%d:%d ", reason_word(reason), rule, (int)what, (int)n);
	return 0;
}

static void
occasions_add_up_by_rule(void **state)
{
	struct desk *d = *state;
	const int64_t day = 20711 * DAY_MS;
	char out[256] = "";

	for (int i = 0; i < 5; i++)
		assert_int_equal(report_rule_note(d->s, day + i * 3600000, REPORT_MOVED, REASON_CAP,
						  "base.sms.1/1d"),
				 0);
	assert_int_equal(report_rule_note(d->s, day, REPORT_HELD, REASON_HOLD, "dispute"), 0);
	assert_int_equal(report_rule_note(d->s, day + DAY_MS, REPORT_ENDED, REASON_PAID, NULL), 0);
	assert_int_equal(report_rules(d->s, day, day + DAY_MS, add_up, out), 0);
	assert_string_equal(out, "hold/dispute/1:1 cap/base.sms.1/1d/0:5 ");
	out[0] = '\0';
	assert_int_equal(report_rules(d->s, INT64_MIN, INT64_MAX, add_up, out), 0);
	assert_string_equal(out, "paid//2:1 hold/dispute/1:1 cap/base.sms.1/1d/0:5 ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_amount_is_paid_on_the_day_of_the_payment_that_completes_it),
	    cmocka_unit_test(a_reversal_opens_again_and_the_later_payment_counts),
	    cmocka_unit_test(a_list_closes_on_its_own_day),
	    cmocka_unit_test(arrears_are_those_of_the_day),
	    cmocka_unit_test(credit_goes_to_the_last_text_that_may_have_arrived),
	    cmocka_unit_test(a_cure_belongs_to_the_last_text_before_the_payment),
	    cmocka_unit_test(the_days_of_a_cure_are_counted_whole),
	    cmocka_unit_test(prices_are_summed_and_then_rounded),
	    cmocka_unit_test(what_was_not_accepted_costs_nothing),
	    cmocka_unit_test(groups_stand_in_the_order_people_read),
	    cmocka_unit_test(many_groups_are_kept_apart),
	    cmocka_unit_test(the_best_hour_needs_texts_enough),
	    cmocka_unit_test(the_young_are_counted_as_long_as_they_were_seen),
	    cmocka_unit_test(the_curve_bends_where_payments_slow_down),
	    cmocka_unit_test_setup_teardown(pages_lose_nobody, setup, teardown),
	    cmocka_unit_test_setup_teardown(occasions_add_up_by_rule, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
