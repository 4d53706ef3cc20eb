/* Imports are seen whole or not at all, and taking one back is exact, wherever the program died. */
#include "intake_rig.h"

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

/* ---- who sees it ---- */

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

/* ---- undo ---- */

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

/* ---- the record ---- */

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
	    INTAKE_TEST(test_aside_until_the_flip), INTAKE_TEST(test_clean_parts_persons),
	    INTAKE_TEST(test_undo_accounts),        INTAKE_TEST(test_undo_interrupted),
	    INTAKE_TEST(test_undo_payments),        INTAKE_TEST(test_list_and_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
