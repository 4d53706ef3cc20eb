/* The store side of imports: what each row does, and what a list that names all closes. */
#include "intake_rig.h"

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

/* ---- payments ---- */

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

/* ---- what a whole list closes ---- */

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    INTAKE_TEST(test_new_and_known),
	    INTAKE_TEST(test_changed),
	    INTAKE_TEST(test_first_row_of_an_account_counts),
	    INTAKE_TEST(test_repeated_key),
	    INTAKE_TEST(test_one_currency),
	    INTAKE_TEST(test_payments),
	    INTAKE_TEST(test_payment_digits),
	    INTAKE_TEST(test_amount_left),
	    INTAKE_TEST(test_replace),
	    INTAKE_TEST(test_closing_keeps_payments_in_place),
	    INTAKE_TEST(test_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
