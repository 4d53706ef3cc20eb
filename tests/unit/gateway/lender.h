/* lender.h - a lender with a few borrowers, for tests of what people's commands do
 *
 * It is Tuesday 2026-09-15 10:00 in Manila, an open hour.  Everybody owes PHP 1,000 since 8
 * September but RICH, who owes nothing; TWIN-1 and TWIN-2 share a number and so are one person.
 */
#ifndef TESTS_UNIT_GATEWAY_LENDER_H
#define TESTS_UNIT_GATEWAY_LENDER_H

#include "home.h"

#include "gateway/base/complaint.h"
#include "gateway/base/money.h"
#include "gateway/command/command.h"
#include "gateway/store/borrower.h"
#include "gateway/store/event.h"
#include "gateway/store/event_verify.h"
#include "gateway/store/intake.h"
#include "gateway/store/outbox.h"
#include "schedule/civil.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <uv.h>

#include <cmocka.h>

#define TEN_O_CLOCK INT64_C(1789437600000) /* 2026-09-15T10:00+08:00 */
#define HOUR        INT64_C(3600000)
#define DAY         (24 * HOUR)

struct lender {
	struct home home;
	struct config *config;
	struct store *s;
	struct command_env env;
	json_t *reply;
};

static const char lender_yaml[] = "lender:\n"
				  "  name: Sunrise\n"
				  "  contact: \"+63285550100\"\n"
				  "  country: PH\n"
				  "  currency: PHP\n"
				  "  timezone: Asia/Manila\n"
				  "  languages: [en]\n"
				  "live: %s\n"
				  "test_numbers: [\"+639170000099\"]\n"
				  "policy: {preset: base}\n"
				  "routes:\n"
				  "  paper: {type: file, path: sent.jsonl}\n"
				  "promises: {ahead: 31, grace: 1, tolerance: 5}\n";

static inline int32_t
lender_day(const char *text)
{
	int32_t day;

	assert_int_equal(civil_parse_date(text, strlen(text), &day), 0);
	return day;
}

static inline void
lender_import(struct store *s)
{
	static const struct {
		const char *ref, *phone;
		int64_t left;
	} list[] = {{"A-1", "+639170000001", -1},
		    {"A-2", "+639170000002;+639170000022", -1},
		    {"RICH", "+639170000003", 0},
		    {"TWIN-1", "+639170000004", -1},
		    {"TWIN-2", "+639170000004", -1}};
	struct intake_row rows[5] = {0};
	struct intake_finish finish = {.rows = 5, .actor = "test", .now = TEN_O_CLOCK - 30 * DAY};
	struct intake_counts counts = {0};
	struct intake_walk walk = {0};
	struct intake in;
	bool more = true;

	for (size_t i = 0; i < 5; i++) {
		rows[i] = (struct intake_row){.account = list[i].ref,
					      .due = lender_day("2026-09-08"),
					      .billed = 100000,
					      .given = list[i].left};
		rows[i].text[INTAKE_NAME] = "Maria";
		rows[i].text[INTAKE_PHONES] = list[i].phone;
		rows[i].text[INTAKE_CURRENCY] = "PHP";
	}
	assert_int_equal(store_begin(s), 0);
	assert_int_equal(intake_begin(s, INTAKE_ACCOUNTS, INTAKE_UPDATE, "accounts.csv", "test",
				      finish.now, money_digits, &in),
			 0);
	assert_int_equal(intake_rows(s, &in, rows, 5, &counts), 0);
	while (!walk.done)
		assert_int_equal(intake_sweep(s, &in, &walk, in.last, 100, &counts), 0);
	while (more)
		assert_int_equal(intake_meet(s, 100, &more), 0);
	assert_int_equal(intake_finish(s, &in, &finish), 0);
	assert_int_equal(store_commit(s), 0);
}

/* Reads what people wrote, live or not. */
static inline void
lender_write(struct lender *l, const char *live)
{
	struct complaints complaints = {0};
	char yaml[sizeof lender_yaml + 16];

	snprintf(yaml, sizeof yaml, lender_yaml, live);
	home_write(&l->home, "dunlin.yaml", yaml);
	config_unref(l->config);
	assert_int_equal(config_load(l->home.path, &l->config, &complaints), 0);
	complaint_clear(&complaints);
	l->env.config = l->config;
}

static inline int
lender_setup(void **state)
{
	struct lender *l = calloc(1, sizeof *l);
	char path[128], error[256];

	l->home = home_make();
	home_write(&l->home, "campaigns/overdue.yaml",
		   "steps:\n  - {day: [7, 10], sms: reminder}\n  - {day: 7, task: call}\n"
		   "at: \"10:00\"\nlate: {within: 3}\n");
	home_write(&l->home, "templates/reminder.en.txt",
		   "{{name}}, {{amount}} is due since {{due_date}}. Reply STOP to end.");
	lender_write(l, "true");
	snprintf(path, sizeof path, "%s/dunlin.db", l->home.path);
	assert_int_equal(store_open(&l->s, path, STORE_CREATE, error), 0);
	lender_import(l->s);
	l->env.now = TEN_O_CLOCK;
	l->env.serving = true;
	*state = l;
	return 0;
}

/* Whatever a test did, the chain is whole. */
static inline int
lender_teardown(void **state)
{
	struct lender *l = *state;
	struct event_verdict v;

	assert_int_equal(event_verify(l->s, &v), 0);
	assert_int_equal(v.bad_seq, 0);
	json_decref(l->reply);
	store_close(l->s);
	config_unref(l->config);
	home_remove(&l->home);
	free(l);
	return 0;
}

/* Runs a request as its callers do: committed when done, else undone.  Takes it over; gives the
 * status. */
static inline int
lender_ask(struct lender *l, json_t *request)
{
	int status;

	assert_non_null(request);
	json_decref(l->reply);
	l->reply = NULL;
	json_object_set_new(request, "by", json_string("maria"));
	assert_int_equal(store_begin(l->s), 0);
	assert_int_equal(command_run(l->s, &l->env, request, &l->reply), 0);
	status = (int)json_integer_value(json_object_get(l->reply, "status"));
	if (status == 0)
		assert_int_equal(store_commit(l->s), 0);
	else
		store_rollback(l->s);
	json_decref(request);
	return status;
}

static inline const char *
lender_said(const struct lender *l, const char *key)
{
	const char *text = json_string_value(json_object_get(l->reply, key));

	return text != NULL ? text : "";
}

/* The first column of the first row, -1: none. */
static inline int64_t
lender_count(struct lender *l, const char *sql)
{
	sqlite3_stmt *st;
	int64_t value = -1;

	assert_int_equal(sqlite3_prepare_v2(l->s->db, sql, -1, &st, NULL), SQLITE_OK);
	if (sqlite3_step(st) == SQLITE_ROW)
		value = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return value;
}

static inline int64_t
lender_account(struct lender *l, const char *ref)
{
	char sql[128];

	snprintf(sql, sizeof sql, "SELECT id FROM account WHERE ref = '%s'", ref);
	return lender_count(l, sql);
}

static inline void
lender_do(struct lender *l, const char *sql)
{
	assert_int_equal(sqlite3_exec(l->s->db, sql, NULL, NULL, NULL), SQLITE_OK);
}

/* An incoming text that waits for a person: its id. */
static inline int64_t
lender_receive(struct lender *l, const char *ref, const char *sender)
{
	int64_t account = ref != NULL ? lender_account(l, ref) : 0, person = 0;
	char sql[512];

	if (account != 0) {
		snprintf(sql, sizeof sql, "SELECT person FROM account WHERE id = %lld",
			 (long long)account);
		person = lender_count(l, sql);
	}
	snprintf(
	    sql, sizeof sql,
	    "INSERT INTO message (account, person, class, direction, sender, body, status, at, "
	    "created_at) VALUES (nullif(%lld, 0), nullif(%lld, 0), 0, 1, '%s', 'What?', 10, "
	    "%lld, %lld); INSERT INTO inbox (message, intent, handled) VALUES "
	    "(last_insert_rowid(), 0, 0)",
	    (long long)account, (long long)person, sender, (long long)l->env.now,
	    (long long)l->env.now);
	lender_do(l, sql);
	return lender_count(l, "SELECT max(message) FROM inbox");
}

/* A row of a step, `planned` for an instant: its id. */
static inline int64_t
lender_plan(struct lender *l, const char *ref, const char *step, int64_t at)
{
	char text[16], route[] = "paper", campaign[] = "overdue";
	struct outbox_row row = {.account = lender_account(l, ref),
				 .due = lender_day("2026-09-08"),
				 .campaign = campaign,
				 .step = text,
				 .route = route,
				 .class = CLASS_CAMPAIGN,
				 .rank = RANK_CAMPAIGN,
				 .at = at};
	int64_t id;

	snprintf(text, sizeof text, "%s", step);
	row.person = row.account;
	assert_int_equal(store_begin(l->s), 0);
	assert_int_equal(outbox_add(l->s, &row, l->env.now, &id), 0);
	assert_int_equal(store_commit(l->s), 0);
	return id;
}

static inline void
lender_expect(struct lender *l, int64_t message, int status, enum reason reason)
{
	struct outbox_row row;

	assert_int_equal(outbox_get(l->s, message, &row), 0);
	assert_int_equal(row.status, status);
	assert_int_equal(row.reason, reason);
	outbox_row_clear(&row);
}

#endif
