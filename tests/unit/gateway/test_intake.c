/* The store side of imports: what each row does, who sees it when, and that taking back is exact.
 */
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

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	char path[128], error[256];

	f->home = home_make();
	snprintf(path, sizeof path, "%s/dunlin.db", f->home.path);
	assert_int_equal(store_open(&f->s, path, STORE_CREATE, error), 0);
	*state = f;
	return 0;
}

static int
teardown(void **state)
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

/* ---- writing lists ---- */

static int32_t
day(const char *text)
{
	int32_t out;

	assert_int_equal(civil_parse_date(text, strlen(text), &out), 0);
	return out;
}

static struct intake_row
due(const char *account, const char *phones, const char *date, int64_t billed)
{
	struct intake_row row = {
	    .account = account, .due = day(date), .billed = billed, .given = -1};

	row.text[INTAKE_NAME] = "Maria";
	row.text[INTAKE_PHONES] = phones;
	row.text[INTAKE_CURRENCY] = "PHP";
	return row;
}

static struct intake_row
left(const char *account, const char *date, int64_t billed, int64_t given)
{
	struct intake_row row = due(account, "", date, billed);

	row.given = given;
	return row;
}

/* In whole units of the currency. */
static struct intake_row
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

static struct intake_counts
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

static struct intake_counts
take(struct store *s, enum intake_mode mode, struct intake_row *rows, size_t n)
{
	struct taking t = {.kind = INTAKE_ACCOUNTS, .mode = mode};

	return take_with(s, &t, rows, n);
}

static struct intake_counts
pay(struct store *s, struct intake_row *rows, size_t n)
{
	struct taking t = {.kind = INTAKE_PAYMENTS};

	return take_with(s, &t, rows, n);
}

#define N(rows) (sizeof(rows) / sizeof *(rows))

static void
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

static void
clean(struct store *s, int budget)
{
	struct intake_walk walk = {0};

	while (!walk.done) {
		assert_int_equal(store_begin(s), 0);
		assert_int_equal(intake_clean(s, &walk, budget), 0);
		assert_int_equal(store_commit(s), 0);
	}
	assert_false(intake_pending(s));
}

/* ---- reading what everyone sees ---- */

static int64_t
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

static int64_t
person(struct store *s, const char *ref)
{
	return number(s, "SELECT person FROM account WHERE ref = ?", ref);
}

static int64_t
id_of(struct store *s, const char *ref)
{
	return number(s, "SELECT id FROM account WHERE ref = ?", ref);
}

static bool
is_listed(struct store *s, const char *ref)
{
	return number(s,
		      "SELECT count(*) FROM account_row r JOIN account a ON a.id = r.account WHERE "
		      "a.ref = ? AND r." SEEN,
		      ref) == 1;
}

/* Everything unpaid of an account, as every reader works it out. */
static int64_t
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
static char *
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

/* ---- tests: rows ---- */

static void
test_new_and_known(void **state)
{
	struct store *s = ((struct fixture *)*state)->s;
	struct intake_row rows[] = {due("A", "+639170000001", "2026-09-01", 100),
				    due("A", "+639170000001", "2026-10-01", 200),
				    due("B", "+639170000002", "2026-09-01", 300)};
	struct intake_counts c = take(s, INTAKE_UPDATE, rows, N(rows));
	char *before, *after;

	assert_int_equal(c.taken, 3);
	assert_int_equal(c.fresh, 2);
	assert_int_equal(balance(s, "A"), 300);
	assert_int_equal(balance(s, "B"), 300);
	before = picture(s);
	c = take(s, INTAKE_UPDATE, rows, N(rows));
	assert_int_equal(c.taken, 0);
	assert_int_equal(c.known, 3);
	assert_int_equal(c.open, 3);
	assert_int_equal(c.missing, 0);
	after = picture(s);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static void
test_changed(void **state)
{
	struct store *s = ((struct fixture *)*state)->s;
	struct intake_row rows[] = {due("A", "+639170000001", "2026-09-01", 100),
				    due("A", "+639170000001", "2026-10-01", 200)};
	struct intake_counts c;

	take(s, INTAKE_UPDATE, rows, N(rows));
	rows[0].billed = 150;
	c = take(s, INTAKE_UPDATE, rows, 1);
	assert_int_equal(c.taken, 1);
	assert_int_equal(c.fresh, 0);
	assert_int_equal(c.missing, 1);
	assert_int_equal(c.closed, 0);
	assert_int_equal(balance(s, "A"), 350);
	/* What the account is like changes by itself, and a column the file has not stays. */
	rows[0].text[INTAKE_NAME] = "Maria Clara";
	rows[0].text[INTAKE_PRODUCT] = "payday";
	assert_int_equal(take(s, INTAKE_UPDATE, rows, 1).taken, 1);
	rows[0].text[INTAKE_PRODUCT] = NULL;
	assert_int_equal(take(s, INTAKE_UPDATE, rows, 1).known, 1);
	rows[0].text[INTAKE_NAME] = "Clara";
	take(s, INTAKE_UPDATE, rows, 1);
	assert_int_equal(number(s,
				"SELECT count(*) FROM account_row WHERE name = 'Clara' AND product "
				"= 'payday' AND " SEEN,
				NULL),
			 1);
	rows[0].text[INTAKE_PRODUCT] = "";
	take(s, INTAKE_UPDATE, rows, 1);
	assert_int_equal(
	    number(s, "SELECT count(*) FROM account_row WHERE product IS NULL AND " SEEN, NULL), 1);
}

static void
test_first_row_of_an_account_counts(void **state)
{
	struct store *s = ((struct fixture *)*state)->s;
	struct intake_row rows[] = {due("A", "+639170000001", "2026-09-01", 100),
				    due("A", "+639170000001", "2026-10-01", 200)};
	struct intake_counts c;

	rows[1].text[INTAKE_NAME] = "Someone else";
	c = take(s, INTAKE_UPDATE, rows, N(rows));
	assert_int_equal(c.taken, 2);
	assert_int_equal(c.differs, 1);
	assert_true(rows[1].differs);
	c = take(s, INTAKE_UPDATE, rows, N(rows));
	assert_int_equal(c.known, 2);
	assert_int_equal(c.differs, 1);
	assert_int_equal(number(s, "SELECT count(*) FROM account_row WHERE name = 'Maria'", NULL),
			 1);
}

static void
test_repeated_key(void **state)
{
	struct store *s = ((struct fixture *)*state)->s;
	struct intake_row rows[] = {due("A", "", "2026-09-01", 100), due("A", "", "2026-09-01", 70),
				    due("B", "", "2026-09-01", 1)};

	for (int round = 0; round < 2; round++) {
		struct intake_counts c = take(s, INTAKE_UPDATE, rows, N(rows));

		assert_int_equal(c.refused, 1);
		assert_int_equal(rows[1].outcome, INTAKE_REPEATED);
		assert_int_equal(balance(s, "A"), 100);
	}
	/* Also when both are as they were: known once, then repeated. */
	rows[1].billed = 100;
	assert_int_equal(take(s, INTAKE_UPDATE, rows, N(rows)).refused, 1);
}

static void
test_one_currency(void **state)
{
	struct store *s = ((struct fixture *)*state)->s;
	struct intake_row rows[] = {due("A", "", "2026-09-01", 100),
				    due("A", "", "2026-10-01", 100)};

	rows[1].text[INTAKE_CURRENCY] = "USD";
	assert_int_equal(take(s, INTAKE_UPDATE, rows, N(rows)).refused, 1);
	assert_int_equal(rows[1].outcome, INTAKE_CURRENCY_DIFFERS);
	assert_string_equal(rows[1].detail, "PHP");
	rows[0].text[INTAKE_CURRENCY] = "USD";
	assert_int_equal(take(s, INTAKE_UPDATE, rows, N(rows)).refused, 2);
	assert_int_equal(balance(s, "A"), 100);
}

/* ---- tests: payments ---- */

static void
test_payments(void **state)
{
	struct store *s = ((struct fixture *)*state)->s;
	struct intake_row accounts[] = {due("A", "", "2026-09-01", 10000),
					due("A", "", "2026-10-01", 10000)};
	struct intake_row rows[] = {
	    paid("A", "2026-09-05", 30, "R1"), paid("A", "2026-09-05", 20, NULL),
	    paid("A", "2026-09-05", 20, NULL), paid("nobody", "2026-09-05", 1, NULL)};
	struct intake_row again[] = {paid("A", "2026-09-05", 20, NULL),
				     paid("A", "2026-09-05", 31, "R1"),
				     paid("A", "2026-09-06", -30, "R2")};
	struct intake_counts c;

	take(s, INTAKE_UPDATE, accounts, N(accounts));
	c = pay(s, rows, N(rows));
	assert_int_equal(c.taken, 3);
	assert_int_equal(c.refused, 1);
	assert_int_equal(rows[3].outcome, INTAKE_NO_ACCOUNT);
	assert_int_equal(balance(s, "A"), 20000 - 7000);
	c = pay(s, rows, N(rows));
	assert_int_equal(c.known, 3);
	assert_int_equal(balance(s, "A"), 20000 - 7000);
	/* The first unnamed payment of a day is the first of the day in any file. */
	c = pay(s, again, N(again));
	assert_int_equal(c.known, 1);
	assert_int_equal(c.taken, 1);
	assert_int_equal(again[1].outcome, INTAKE_REFERENCE);
	assert_int_equal(balance(s, "A"), 20000 - 4000);
}

static void
test_payment_digits(void **state)
{
	struct store *s = ((struct fixture *)*state)->s;
	struct intake_row accounts[] = {due("A", "", "2026-09-01", 10000),
					due("K", "", "2026-09-01", 10000)};
	struct intake_row rows[] = {paid("A", "2026-09-05", 0, "1"),
				    paid("A", "2026-09-05", 0, "2"),
				    paid("K", "2026-09-05", 0, "1")};

	accounts[1].text[INTAKE_CURRENCY] = "KWD";
	take(s, INTAKE_UPDATE, accounts, N(accounts));
	rows[0].amount = 12345600; /* 1234.56 */
	rows[1].amount = 12345670; /* 1234.567 */
	rows[2].amount = 12345670;
	assert_int_equal(pay(s, rows, N(rows)).refused, 1);
	assert_int_equal(rows[1].outcome, INTAKE_DIGITS);
	assert_string_equal(rows[1].detail, "PHP");
	assert_int_equal(number(s, "SELECT amount FROM payment WHERE account = 1", NULL), 123456);
	assert_int_equal(number(s, "SELECT amount FROM payment WHERE account = 2", NULL), 1234567);
}

static void
test_amount_left(void **state)
{
	struct store *s = ((struct fixture *)*state)->s;
	struct intake_row rows[] = {left("A", "2026-09-01", 50000, 30000)};
	struct intake_row payment[] = {paid("A", "2026-09-05", 100, "R1")};

	take(s, INTAKE_UPDATE, rows, 1);
	assert_int_equal(balance(s, "A"), 30000);
	pay(s, payment, 1);
	assert_int_equal(balance(s, "A"), 20000);
	/* The same figure says something new once a payment lies between: it contains that. */
	assert_int_equal(take(s, INTAKE_UPDATE, rows, 1).taken, 1);
	assert_int_equal(balance(s, "A"), 30000);
	assert_int_equal(take(s, INTAKE_UPDATE, rows, 1).known, 1);
	rows[0].given = 0;
	assert_int_equal(take(s, INTAKE_UPDATE, rows, 1).taken, 1);
	assert_int_equal(balance(s, "A"), 0);
}

/* ---- tests: modes ---- */

static void
test_replace(void **state)
{
	struct store *s = ((struct fixture *)*state)->s;
	struct intake_row rows[] = {due("A", "", "2026-09-01", 100),
				    due("A", "", "2026-10-01", 200),
				    due("A", "", "2026-11-01", 400), due("B", "", "2026-09-01", 1)};
	struct intake_row payment[] = {paid("A", "2026-09-05", 1, "R1")};
	struct intake_row file[] = {due("A", "", "2026-11-01", 400)};
	struct intake_counts c;

	take(s, INTAKE_UPDATE, rows, N(rows));
	pay(s, payment, 1); /* the first amount is cleared: not open, so not closed */
	c = take(s, INTAKE_REPLACE, file, 1);
	assert_int_equal(c.open, 3);
	assert_int_equal(c.missing, 2);
	assert_int_equal(c.closed, 1);
	assert_int_equal(balance(s, "A"), 400);
	assert_int_equal(balance(s, "B"), 1);
}

/* A part payment on a closed amount must not pay for another. */
static void
test_closing_keeps_payments_in_place(void **state)
{
	struct store *s = ((struct fixture *)*state)->s;
	struct intake_row rows[] = {due("A", "", "2026-09-01", 10000),
				    due("A", "", "2026-10-01", 10000)};
	struct intake_row payment[] = {paid("A", "2026-09-05", 40, "R1")};

	take(s, INTAKE_UPDATE, rows, N(rows));
	pay(s, payment, 1);
	assert_int_equal(take(s, INTAKE_COMPLETE, rows + 1, 1).closed, 1);
	assert_int_equal(balance(s, "A"), 10000);
	/* Named again it is open again. */
	take(s, INTAKE_UPDATE, rows, 1);
	assert_int_equal(balance(s, "A"), 16000);
}

static void
test_complete(void **state)
{
	struct store *s = ((struct fixture *)*state)->s;
	struct intake_row rows[] = {due("A", "", "2026-09-01", 100), due("B", "", "2026-09-01", 1),
				    due("C", "", "2026-09-01", 7), due("D", "", "2026-09-01", 9)};
	struct intake_row file[] = {due("A", "", "2026-09-01", 100),
				    {.account = "C", .shield = true},
				    due("E", "", "2026-09-01", 5),
				    due("D", "", "2026-10-01", 5)};
	struct taking t = {.kind = INTAKE_ACCOUNTS, .mode = INTAKE_COMPLETE, .budget = 1};
	struct intake_counts c;

	take(s, INTAKE_UPDATE, rows, N(rows));
	file[3].text[INTAKE_CURRENCY] = "USD";
	c = take_with(s, &t, file, N(file));
	assert_int_equal(c.open, 4);
	assert_int_equal(c.closed, 1);
	assert_int_equal(balance(s, "A"), 100);
	assert_int_equal(balance(s, "B"), 0);
	/* Rows that were refused leave their account alone. */
	assert_int_equal(balance(s, "C"), 7);
	assert_int_equal(balance(s, "D"), 9);
	assert_int_equal(balance(s, "E"), 5);
}

/* ---- tests: who sees it ---- */

static void
test_aside_until_the_flip(void **state)
{
	struct store *s = ((struct fixture *)*state)->s;
	struct intake_row rows[] = {due("A", "+639170000001", "2026-09-01", 100),
				    due("B", "+639170000002", "2026-09-01", 100)};
	struct intake_row next[] = {due("A", "+639170000002", "2026-09-01", 70),
				    due("C", "+639170000003;+639170000001", "2026-09-01", 9),
				    due("D", "+639170000003", "2026-09-01", 9)};
	struct taking t = {.kind = INTAKE_ACCOUNTS, .mode = INTAKE_COMPLETE, .aside = true};
	char *before, *after;
	struct intake in;

	take(s, INTAKE_UPDATE, rows, N(rows));
	before = picture(s);
	take_with(s, &t, next, N(next));
	assert_int_equal(balance(s, "A"), 100);
	assert_int_equal(balance(s, "B"), 100);
	assert_false(is_listed(s, "C"));
	assert_int_equal(person(s, "B"), id_of(s, "B"));
	/* Nothing else begins while it loads. */
	assert_int_equal(store_begin(s), 0);
	assert_int_equal(
	    intake_begin(s, INTAKE_ACCOUNTS, INTAKE_UPDATE, "x", "test", 5, money_digits, &in),
	    UV_EBUSY);
	store_rollback(s);
	clean(s, 1);
	after = picture(s);
	assert_string_equal(before, after);
	assert_int_equal(number(s, "SELECT state FROM import ORDER BY id DESC LIMIT 1", NULL),
			 IMPORT_DROPPED);
	free(before);
	free(after);
	/* And then it can be taken after all. */
	t.aside = false;
	take_with(s, &t, next, N(next));
	assert_int_equal(balance(s, "A"), 70);
	assert_true(is_listed(s, "C"));
}

/* A program that died after persons had met, and before the flip. */
static void
test_clean_parts_persons(void **state)
{
	struct store *s = ((struct fixture *)*state)->s;
	struct intake_row rows[] = {due("A", "+639170000001", "2026-09-01", 100),
				    due("B", "+639170000002", "2026-09-01", 100)};
	struct intake_row next[] = {due("B", "+639170000001", "2026-09-01", 100)};
	struct taking t = {.kind = INTAKE_ACCOUNTS, .aside = true};
	char *before, *after;
	bool more;

	take(s, INTAKE_UPDATE, rows, N(rows));
	before = picture(s);
	take_with(s, &t, next, N(next));
	assert_int_equal(store_begin(s), 0);
	assert_int_equal(intake_meet(s, 10, &more), 0);
	assert_int_equal(store_commit(s), 0);
	assert_int_equal(person(s, "B"), id_of(s, "A"));
	clean(s, 1000);
	after = picture(s);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

/* ---- tests: persons ---- */

static void
persons(struct store *s, struct intake_buffer *buffer)
{
	struct taking t = {.kind = INTAKE_ACCOUNTS, .buffer = buffer};
	struct intake_row rows[] = {
	    due("A", "+639170000001", "2026-09-01", 1),
	    due("B", "+639170000002", "2026-09-01", 1),
	    due("C", "+639170000001", "2026-09-01", 1),
	    due("D", "+639170000004;+639170000002", "2026-09-01", 1),
	    due("E", "", "2026-09-01", 1),
	    due("F", "", "2026-09-01", 1),
	    due("G", "", "2026-09-01", 1),
	};
	struct intake_row bridge[] = {
	    due("H", "+639170000004;+639170000001;+639170000009", "2026-09-01", 1),
	    due("I", "+639170000009", "2026-09-01", 1)};

	rows[4].text[INTAKE_PERSON_ID] = "P1";
	rows[5].text[INTAKE_PERSON_ID] = "P1";
	take_with(s, &t, rows, N(rows));
	assert_int_equal(person(s, "A"), id_of(s, "A"));
	assert_int_equal(person(s, "C"), id_of(s, "A"));
	assert_int_equal(person(s, "D"), person(s, "B"));
	assert_int_equal(person(s, "F"), id_of(s, "E"));
	assert_int_equal(person(s, "G"), id_of(s, "G"));
	/* One account with numbers of two persons makes them one; the smallest id names it. */
	take_with(s, &t, bridge, N(bridge));
	for (const char *p = "ABCDHI"; *p != '\0'; p++)
		assert_int_equal(person(s, (char[]){*p, '\0'}), id_of(s, "A"));
	assert_int_equal(
	    number(s, "SELECT person FROM person_key WHERE key = 'n' || ?", "+639170000002"),
	    id_of(s, "A"));
}

static void
test_persons(void **state)
{
	persons(((struct fixture *)*state)->s, NULL);
}

static void
test_persons_by_the_buffer(void **state)
{
	struct intake_buffer *buffer;

	assert_int_equal(intake_buffer_new(&buffer), 0);
	persons(((struct fixture *)*state)->s, buffer);
	intake_buffer_free(buffer);
}

static void
test_messages_follow_their_person(void **state)
{
	struct store *s = ((struct fixture *)*state)->s;
	struct intake_row rows[] = {due("A", "+639170000001", "2026-09-01", 1),
				    due("B", "+639170000002", "2026-09-01", 1)};
	struct intake_row next[] = {due("B", "+639170000001", "2026-09-01", 1)};
	struct taking t = {.kind = INTAKE_ACCOUNTS};

	take(s, INTAKE_UPDATE, rows, N(rows));
	assert_int_equal(
	    sqlite3_exec(
		s->db,
		"INSERT INTO message (account, person, class, direction, status, at, "
		"created_at) VALUES (2, 2, 0, 0, 3, 1, 1);"
		"INSERT INTO message (account, person, due, step, class, direction, status, "
		"at, created_at) VALUES (2, 2, 1, '+1/sms', 0, 0, 3, 1, 1)",
		NULL, NULL, NULL),
	    SQLITE_OK);
	take_with(s, &t, next, 1);
	assert_int_equal(number(s, "SELECT count(*) FROM message WHERE person = 1", NULL), 2);
	undo(s, t.id, INTAKE_UNDO_OK);
	assert_int_equal(person(s, "B"), id_of(s, "B"));
	assert_int_equal(number(s, "SELECT count(*) FROM message WHERE person = 2", NULL), 2);
}

/* ---- tests: undo ---- */

static void
test_undo_accounts(void **state)
{
	struct store *s = ((struct fixture *)*state)->s;
	struct intake_row rows[] = {left("A", "2026-09-01", 100, 80),
				    due("A", "", "2026-10-01", 50),
				    due("B", "+639170000001", "2026-09-01", 7)};
	struct intake_row payment[] = {paid("A", "2026-09-05", 0, "R1")};
	struct intake_row next[] = {left("A", "2026-09-01", 100, 100),
				    due("B", "+639170000002", "2026-09-01", 8),
				    due("C", "+639170000001", "2026-09-01", 9)};
	struct taking t = {.kind = INTAKE_ACCOUNTS, .mode = INTAKE_COMPLETE};
	int64_t first;

	payment[0].amount = INTAKE_SCALE / 10; /* ten centavos */
	take(s, INTAKE_UPDATE, rows, N(rows));
	first = number(s, "SELECT max(id) FROM import", NULL);
	pay(s, payment, 1);
	assert_int_equal(balance(s, "A"), 120);
	take_with(s, &t, next, N(next));
	assert_int_equal(balance(s, "A"), 100);
	assert_int_equal(balance(s, "B"), 8);
	undo(s, first, INTAKE_UNDO_LATER);
	undo(s, t.id, INTAKE_UNDO_OK);
	/* What the payment took off amount_left is still off it. */
	assert_int_equal(balance(s, "A"), 120);
	assert_int_equal(balance(s, "B"), 7);
	assert_false(is_listed(s, "C"));
	assert_int_equal(
	    number(s, "SELECT person FROM person_key WHERE key = 'n+639170000001'", NULL),
	    id_of(s, "B"));
	assert_int_equal(number(s, "SELECT count(*) FROM person_key", NULL), 1);
	undo(s, t.id, INTAKE_UNDO_ALREADY);
	undo(s, 99, INTAKE_UNDO_UNKNOWN);
	/* The list can be taken again, and an undone account is a new one. */
	assert_int_equal(take(s, INTAKE_UPDATE, next, N(next)).fresh, 1);
	assert_int_equal(balance(s, "C"), 9);
	assert_int_equal(balance(s, "B"), 8);
}

/* The second half is done by whoever comes next when the program dies between. */
static void
test_undo_interrupted(void **state)
{
	struct store *s = ((struct fixture *)*state)->s;
	struct intake_row rows[] = {due("A", "", "2026-09-01", 100), due("B", "", "2026-09-01", 7)};
	struct taking t = {.kind = INTAKE_ACCOUNTS};
	enum intake_undo_answer answer;
	struct intake_undo u;
	char *before, *after;

	take(s, INTAKE_UPDATE, rows, N(rows));
	before = picture(s);
	rows[0].billed = 5;
	rows[1].billed = 6;
	for (int stop = 0; stop < 6; stop++) {
		take_with(s, &t, rows, N(rows));
		u = (struct intake_undo){.target = t.id};
		assert_int_equal(store_begin(s), 0);
		assert_int_equal(intake_undo_begin(s, &u, "test", 6, &answer), 0);
		for (int i = 0; i < stop && u.phase != INTAKE_UNDO_DONE; i++)
			assert_int_equal(intake_undo_step(s, &u, "test", 6, 1), 0);
		assert_int_equal(store_commit(s), 0);
		clean(s, 1);
		/* Before the flip it never happened, after it it is whole. */
		if (balance(s, "A") == 5) {
			assert_int_equal(balance(s, "B"), 6);
			undo(s, t.id, INTAKE_UNDO_OK);
		}
		assert_int_equal(balance(s, "A"), 100);
		assert_int_equal(balance(s, "B"), 7);
		sqlite3_exec(s->db,
			     "DELETE FROM amount WHERE until IS NOT NULL;"
			     "DELETE FROM account_row WHERE until IS NOT NULL",
			     NULL, NULL, NULL);
	}
	after = picture(s);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static void
test_undo_payments(void **state)
{
	struct store *s = ((struct fixture *)*state)->s;
	struct intake_row accounts[] = {due("A", "", "2026-09-01", 10000)};
	struct intake_row rows[] = {paid("A", "2026-09-05", 30, "R1"),
				    paid("A", "2026-09-05", 20, NULL)};
	struct intake_row later[] = {paid("A", "2026-09-06", 5, "R2")};
	struct taking t = {.kind = INTAKE_PAYMENTS};

	take(s, INTAKE_UPDATE, accounts, 1);
	take_with(s, &t, rows, N(rows));
	pay(s, later, 1);
	undo(s, t.id, INTAKE_UNDO_OK);
	assert_int_equal(balance(s, "A"), 9500);
	assert_int_equal(pay(s, rows, N(rows)).taken, 2);
}

/* ---- tests: the record ---- */

static void
count_import(void *ctx, const struct intake_listed *row)
{
	int64_t *seen = ctx;

	seen[0]++;
	if (seen[0] == 1) {
		assert_string_equal(row->kind, "payments");
		assert_int_equal(row->taken, 1);
		assert_int_equal(row->refused, 3);
		assert_false(row->undone);
	}
	seen[1] += row->undone;
}

static void
test_list_and_event(void **state)
{
	struct store *s = ((struct fixture *)*state)->s;
	struct intake_row accounts[] = {due("A", "", "2026-09-01", 10000)};
	struct intake_row rows[] = {paid("A", "2026-09-05", 30, "R1")};
	struct intake_finish f = {
	    .rows = 4, .refused = 3, .digest = "ab12", .actor = "x", .now = 9};
	struct taking t = {.kind = INTAKE_ACCOUNTS};
	struct intake_counts c = {0};
	struct intake in;
	int64_t seen[2] = {0};

	accounts[0].text[INTAKE_SECRET] = "1987";
	take_with(s, &t, accounts, 1);
	undo(s, t.id, INTAKE_UNDO_OK);
	take(s, INTAKE_UPDATE, accounts, 1);
	store_begin(s);
	intake_begin(s, INTAKE_PAYMENTS, INTAKE_UPDATE, "p.csv", "x", 9, money_digits, &in);
	intake_rows(s, &in, rows, 1, &c);
	assert_int_equal(intake_finish(s, &in, &f), 0);
	store_commit(s);
	assert_int_equal(intake_list(s, 0, -1, count_import, seen), 0);
	assert_int_equal(seen[0], 3);
	assert_int_equal(seen[1], 1);
	assert_int_equal(
	    number(s,
		   "SELECT count(*) FROM event WHERE kind = 'import' AND actor = 'x' "
		   "AND data LIKE '%\"digest\":\"ab12\"%' AND data LIKE '%\"refused\":3%'",
		   NULL),
	    1);
	assert_int_equal(number(s, "SELECT count(*) FROM event WHERE data LIKE '%1987%'", NULL), 0);
	assert_int_equal(number(s, "SELECT count(*) FROM event WHERE kind = 'import_undone'", NULL),
			 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	    T(test_new_and_known),
	    T(test_changed),
	    T(test_first_row_of_an_account_counts),
	    T(test_repeated_key),
	    T(test_one_currency),
	    T(test_payments),
	    T(test_payment_digits),
	    T(test_amount_left),
	    T(test_replace),
	    T(test_closing_keeps_payments_in_place),
	    T(test_complete),
	    T(test_aside_until_the_flip),
	    T(test_clean_parts_persons),
	    T(test_persons),
	    T(test_persons_by_the_buffer),
	    T(test_messages_follow_their_person),
	    T(test_undo_accounts),
	    T(test_undo_interrupted),
	    T(test_undo_payments),
	    T(test_list_and_event),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
