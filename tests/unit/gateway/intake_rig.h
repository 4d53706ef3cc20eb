/* intake_rig.h - lists for the store's side of imports: written in few words, taken whole, and read
 * back as everyone sees them.  The chain of events is verified after every test. */
#ifndef TESTS_UNIT_GATEWAY_INTAKE_RIG_H
#define TESTS_UNIT_GATEWAY_INTAKE_RIG_H

#include "home.h"

#include "gateway/base/money.h"
#include "gateway/store/event.h"
#include "gateway/store/event_verify.h"
#include "gateway/store/intake.h"
#include "schedule/civil.h"
#include "schedule/debt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <uv.h>

#include <cmocka.h>

struct fixture {
	struct home home;
	struct store *s;
};

static inline int
intake_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	char path[128], error[256];

	f->home = home_make();
	snprintf(path, sizeof path, "%s/dunlin.db", f->home.path);
	assert_int_equal(store_open(&f->s, path, STORE_CREATE, error), 0);
	*state = f;
	return 0;
}

static inline int
intake_teardown(void **state)
{
	struct fixture *f = *state;
	struct event_verdict v;

	assert_int_equal(event_verify(f->s, &v), 0);
	assert_int_equal(v.bad_seq, 0);
	store_close(f->s);
	home_remove(&f->home);
	free(f);
	return 0;
}

#define INTAKE_TEST(name) cmocka_unit_test_setup_teardown(name, intake_setup, intake_teardown)

/* ---- writing lists ---- */

static inline int32_t
day(const char *text)
{
	int32_t out;

	assert_int_equal(civil_parse_date(text, strlen(text), &out), 0);
	return out;
}

static inline struct intake_row
due(const char *account, const char *phones, const char *date, int64_t billed)
{
	struct intake_row row = {
	    .account = account, .due = day(date), .billed = billed, .given = -1};

	row.text[INTAKE_NAME] = "Maria";
	row.text[INTAKE_PHONES] = phones;
	row.text[INTAKE_CURRENCY] = "PHP";
	return row;
}

static inline struct intake_row
left(const char *account, const char *date, int64_t billed, int64_t given)
{
	struct intake_row row = due(account, "", date, billed);

	row.given = given;
	return row;
}

/* In whole units of the currency. */
static inline struct intake_row
paid(const char *account, const char *date, int64_t amount, const char *reference)
{
	return (struct intake_row){.account = account,
				   .paid_on = day(date),
				   .amount = amount * INTAKE_SCALE,
				   .reference = reference};
}

struct taking {
	enum intake_kind kind;
	enum intake_mode mode;
	struct intake_buffer *buffer;
	bool aside; /* not made visible */
	int budget;
	int64_t id; /* out */
};

static inline struct intake_counts
take_with(struct store *s, struct taking *t, struct intake_row *rows, size_t n)
{
	struct intake_finish finish = {.rows = (int64_t)n, .actor = "test", .now = 5};
	struct intake_walk walk = {0};
	struct intake_counts c = {0};
	struct intake in;
	bool more = true;

	assert_int_equal(store_begin(s), 0);
	assert_int_equal(
	    intake_begin(s, t->kind, t->mode, "list.csv", "test", 5, money_digits, &in), 0);
	in.buffer = t->buffer;
	assert_int_equal(intake_rows(s, &in, rows, n, &c), 0);
	if (t->buffer != NULL)
		assert_int_equal(intake_buffer_flush(s, t->buffer), 0);
	while (!walk.done)
		assert_int_equal(
		    intake_sweep(s, &in, &walk, in.last, t->budget != 0 ? t->budget : 100, &c), 0);
	while (more && !t->aside)
		assert_int_equal(intake_meet(s, 2, &more), 0);
	if (!t->aside)
		assert_int_equal(intake_finish(s, &in, &finish), 0);
	assert_int_equal(store_commit(s), 0);
	t->id = in.id;
	return c;
}

static inline struct intake_counts
take(struct store *s, enum intake_mode mode, struct intake_row *rows, size_t n)
{
	struct taking t = {.kind = INTAKE_ACCOUNTS, .mode = mode};

	return take_with(s, &t, rows, n);
}

static inline struct intake_counts
pay(struct store *s, struct intake_row *rows, size_t n)
{
	struct taking t = {.kind = INTAKE_PAYMENTS};

	return take_with(s, &t, rows, n);
}

#define N(rows) (sizeof(rows) / sizeof *(rows))

static inline void
undo(struct store *s, int64_t id, enum intake_undo_answer expected)
{
	struct intake_undo u = {.target = id};
	enum intake_undo_answer answer;

	assert_int_equal(store_begin(s), 0);
	assert_int_equal(intake_undo_begin(s, &u, "test", 6, &answer), 0);
	assert_int_equal(answer, expected);
	assert_int_equal(store_commit(s), 0);
	while (answer == INTAKE_UNDO_OK && u.phase != INTAKE_UNDO_DONE) {
		assert_int_equal(store_begin(s), 0);
		assert_true(intake_undo_holds(s, &u));
		assert_int_equal(intake_undo_step(s, &u, "test", 6, 1), 0);
		assert_int_equal(store_commit(s), 0);
	}
	assert_false(intake_pending(s));
}

/* ---- reading what everyone sees ---- */

static inline int64_t
number(struct store *s, const char *sql, const char *ref)
{
	sqlite3_stmt *st;
	int64_t n = -1;

	assert_int_equal(sqlite3_prepare_v2(s->db, sql, -1, &st, NULL), SQLITE_OK);
	if (sqlite3_bind_parameter_count(st) > 0)
		sqlite3_bind_text(st, 1, ref, -1, SQLITE_STATIC);
	if (sqlite3_step(st) == SQLITE_ROW && sqlite3_column_type(st, 0) != SQLITE_NULL)
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

#define SEEN                                                                                       \
	"since <= (SELECT value FROM meta WHERE key = 'visible') AND (until IS NULL OR "           \
	"until > (SELECT value FROM meta WHERE key = 'visible'))"

static inline int64_t
person(struct store *s, const char *ref)
{
	return number(s, "SELECT person FROM account WHERE ref = ?", ref);
}

static inline int64_t
id_of(struct store *s, const char *ref)
{
	return number(s, "SELECT id FROM account WHERE ref = ?", ref);
}

static inline bool
is_listed(struct store *s, const char *ref)
{
	return number(s,
		      "SELECT count(*) FROM account_row r JOIN account a ON a.id = r.account WHERE "
		      "a.ref = ? AND r." SEEN,
		      ref) == 1;
}

/* Everything unpaid of an account, as every reader works it out. */
static inline int64_t
balance(struct store *s, const char *ref)
{
	struct debt_amount amounts[32];
	struct debt_payment payments[32];
	size_t n = 0, m = 0;
	sqlite3_stmt *st;

	sqlite3_prepare_v2(
	    s->db,
	    "SELECT due, billed, given, since FROM amount WHERE account = (SELECT id "
	    "FROM account WHERE ref = ?) AND " SEEN " ORDER BY due",
	    -1, &st, NULL);
	sqlite3_bind_text(st, 1, ref, -1, SQLITE_STATIC);
	while (sqlite3_step(st) == SQLITE_ROW && n < N(amounts))
		amounts[n++] = (struct debt_amount){.due = sqlite3_column_int(st, 0),
						    .billed = sqlite3_column_int64(st, 1),
						    .given = sqlite3_column_int64(st, 2),
						    .since = sqlite3_column_int64(st, 3)};
	sqlite3_finalize(st);
	sqlite3_prepare_v2(
	    s->db,
	    "SELECT amount, since, paid_on FROM payment WHERE account = (SELECT id FROM account "
	    "WHERE ref = ?) AND since <= (SELECT value FROM meta WHERE key = 'visible') "
	    "ORDER BY since",
	    -1, &st, NULL);
	sqlite3_bind_text(st, 1, ref, -1, SQLITE_STATIC);
	while (sqlite3_step(st) == SQLITE_ROW && m < N(payments))
		payments[m++] = (struct debt_payment){.amount = sqlite3_column_int64(st, 0),
						      .since = sqlite3_column_int64(st, 1),
						      .paid_on = sqlite3_column_int(st, 2)};
	sqlite3_finalize(st);
	debt_settle(amounts, n, payments, m);
	return debt_sum(amounts, n, 0, 0).balance;
}

/* All of the list tables as text, to compare the store before and after. */
static inline char *
picture(struct store *s)
{
	static const char *const queries[] = {
	    "SELECT ref, person FROM account ORDER BY ref",
	    "SELECT account, since, until, name, phones, extra FROM account_row ORDER BY 1, 2",
	    "SELECT account, due, since, until, billed, given FROM amount ORDER BY 1, 2, 3",
	    "SELECT account, key, since, amount FROM payment ORDER BY 1, 2",
	    "SELECT key, person FROM person_key ORDER BY 1"};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	for (size_t i = 0; i < N(queries); i++) {
		sqlite3_stmt *st;

		assert_int_equal(sqlite3_prepare_v2(s->db, queries[i], -1, &st, NULL), SQLITE_OK);
		while (sqlite3_step(st) == SQLITE_ROW) {
			for (int c = 0; c < sqlite3_column_count(st); c++)
				fprintf(out, "%s|", store_text(st, c));
			fputc('\n', out);
		}
		sqlite3_finalize(st);
	}
	fclose(out);
	return text;
}

#endif
