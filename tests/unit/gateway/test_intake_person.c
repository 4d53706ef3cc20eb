/* Accounts of one list or many that are one person, and come apart again. */
#include "intake_rig.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    INTAKE_TEST(test_persons),
	    INTAKE_TEST(test_persons_by_the_buffer),
	    INTAKE_TEST(test_messages_follow_their_person),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
