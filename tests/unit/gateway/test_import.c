/* The file side of imports: what a row becomes, and what is said about the ones that cannot be
 * taken. */
#include "home.h"

#include "gateway/import/import.h"
#include "gateway/import/import_wire.h"
#include "schedule/civil.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define ACCOUNTS "account_id,name,phone,due_date,amount_due"
#define MAX_ROWS 64

static const char *const languages[] = {"en", "fil"};

static struct config
lender(void)
{
	return (struct config){.lender = {.name = "Sunrise",
					  .country = "PH",
					  .currency = "PHP",
					  .digits = 2,
					  .timezone = "Asia/Manila",
					  .languages = languages,
					  .n_languages = 2}};
}

/* A file read to its end. */
struct reading {
	struct home home;
	struct config config;
	struct import *im;
	struct import_batch batch; /* the first one */
	struct complaints list;
	int rc;
};

static void
read_bytes(struct reading *r, enum intake_kind kind, const char *text, size_t len)
{
	struct import_batch rest;
	char path[128];
	FILE *file;

	*r = (struct reading){.home = home_make(), .config = lender()};
	snprintf(path, sizeof path, "%s/list.csv", r->home.path);
	file = fopen(path, "w");
	fwrite(text, 1, len, file);
	fclose(file);
	r->rc = import_open(&r->im, &r->config, kind, path, "list.csv", &r->list);
	if (r->rc != 0)
		return;
	assert_int_equal(import_next(r->im, &r->batch, &r->list), 0);
	if (r->batch.n > 0 && r->batch.n < MAX_ROWS)
		return;
	do
		assert_int_equal(import_next(r->im, &rest, &r->list), 0);
	while (rest.n > 0);
}

static void
read_list(struct reading *r, enum intake_kind kind, const char *text)
{
	read_bytes(r, kind, text, strlen(text));
}

static void
end(struct reading *r)
{
	import_close(r->im);
	complaint_clear(&r->list);
	home_remove(&r->home);
}

static int32_t
day(const char *text)
{
	int32_t out;

	assert_int_equal(civil_parse_date(text, strlen(text), &out), 0);
	return out;
}

/* Is there a complaint at that place whose words contain `text`? */
static bool
said(const struct reading *r, int line, int col, const char *text)
{
	for (size_t i = 0; i < r->list.n; i++) {
		const struct complaint *c = &r->list.items[i];

		if (c->line == line && c->col == col && strstr(c->text, text) != NULL)
			return true;
	}
	for (size_t i = 0; i < r->list.n; i++)
		print_message("%d:%d: %s\n", r->list.items[i].line, r->list.items[i].col,
			      r->list.items[i].text);
	return false;
}

/* ---- good rows ---- */

static void
test_account_row(void **state)
{
	struct reading r;
	const struct intake_row *row;

	(void)state;
	read_list(&r, INTAKE_ACCOUNTS,
		  ACCOUNTS
		  ",amount_left,currency,language,timezone,product,check,\"Branch \"\"A\"\"\"\n"
		  "A-1,\"Santos, Maria\",+639171234567,2026-09-15,1250.5,200,USD,tl,"
		  "Asia/Tokyo,payday,1987,Cebu\n");
	assert_int_equal(r.rc, 0);
	assert_int_equal(r.list.errors, 0);
	assert_int_equal(r.batch.n, 1);
	row = &r.batch.rows[0];
	assert_int_equal(row->line, 2);
	assert_string_equal(row->account, "A-1");
	assert_string_equal(row->text[INTAKE_NAME], "Santos, Maria");
	assert_string_equal(row->text[INTAKE_PHONES], "+639171234567");
	assert_int_equal(row->due, day("2026-09-15"));
	assert_int_equal(row->billed, 125050);
	assert_int_equal(row->given, 20000);
	assert_string_equal(row->text[INTAKE_CURRENCY], "USD");
	assert_string_equal(row->text[INTAKE_LANGUAGE], "fil");
	assert_string_equal(row->text[INTAKE_TIMEZONE], "Asia/Tokyo");
	assert_string_equal(row->text[INTAKE_PRODUCT], "payday");
	assert_string_equal(row->text[INTAKE_SECRET], "1987");
	assert_string_equal(row->text[INTAKE_EXTRA], "{\"Branch \\\"A\\\"\":\"Cebu\"}");
	assert_null(row->text[INTAKE_SEGMENT]); /* no such column */
	assert_int_equal(strlen(import_digest(r.im)), 64);
	end(&r);
}

static void
test_defaults(void **state)
{
	struct reading r;

	(void)state;
	read_list(&r, INTAKE_ACCOUNTS,
		  ACCOUNTS ",amount_left,currency,language\nA,Maria,,2026-09-15,10,,,\n");
	assert_int_equal(r.batch.n, 1);
	assert_int_equal(r.batch.rows[0].given, -1);
	assert_string_equal(r.batch.rows[0].text[INTAKE_PHONES], "");
	assert_string_equal(r.batch.rows[0].text[INTAKE_CURRENCY], "PHP");
	assert_string_equal(r.batch.rows[0].text[INTAKE_LANGUAGE], "");
	assert_null(r.batch.rows[0].text[INTAKE_EXTRA]);
	assert_int_equal(r.list.errors + r.list.warnings, 0);
	end(&r);
}

static void
test_phones(void **state)
{
	struct reading r;

	(void)state;
	read_list(&r, INTAKE_ACCOUNTS,
		  ACCOUNTS "\nA,M,0917 123 4567; +63 918 123 4567 ;+639171234567;,2026-09-15,1\n"
			   "B,M,2.54E+11,2026-09-15,1\n"
			   "C,M,hello,2026-09-15,1\n");
	assert_int_equal(r.batch.n, 3);
	assert_string_equal(r.batch.rows[0].text[INTAKE_PHONES], "+639171234567;+639181234567");
	assert_true(r.batch.rows[1].shield);
	assert_string_equal(r.batch.rows[1].account, "B");
	assert_true(said(&r, 3, 5, "Excel shortened this number"));
	assert_true(said(&r, 4, 5, "letters"));
	assert_int_equal(import_totals(r.im).rows, 3);
	assert_int_equal(import_totals(r.im).refused, 2);
	end(&r);
}

static void
test_payment_row(void **state)
{
	struct reading r;

	(void)state;
	read_list(&r, INTAKE_PAYMENTS,
		  "account_id;paid_on;amount;reference\nA;2026-09-15;-12.5;OR 7\n"
		  "A;2026-09-16;0.001;\nA;2026-09-16;0;x\n");
	assert_int_equal(r.batch.n, 3);
	assert_int_equal(r.batch.rows[0].paid_on, day("2026-09-15"));
	assert_int_equal(r.batch.rows[0].amount, -125000);
	assert_string_equal(r.batch.rows[0].reference, "OR 7");
	assert_int_equal(r.batch.rows[1].amount, 10);
	assert_null(r.batch.rows[1].reference);
	assert_true(said(&r, 4, 14, "changes nothing"));
	end(&r);
}

/* ---- mistakes ---- */

static void
test_dates(void **state)
{
	struct reading r;

	(void)state;
	read_list(&r, INTAKE_ACCOUNTS,
		  ACCOUNTS "\nA,M,,15/09/2026,1\nA,M,,46280,1\nA,M,,2026-02-30,1\nA,M,,####,1\n"
			   "A,M,,,1\nA,M,,2026-09-15 00:00:00,1\nA,M,,0206-09-15,1\n");
	assert_true(said(&r, 2, 6, "`15/09/2026` can be read in more than one way"));
	assert_true(said(&r, 2, 6, "yyyy-mm-dd"));
	assert_true(said(&r, 3, 6, "how Excel counts days"));
	assert_true(said(&r, 4, 6, "there is no day `2026-02-30`"));
	assert_true(said(&r, 5, 6, "too narrow"));
	assert_true(said(&r, 6, 6, "missing"));
	assert_true(said(&r, 7, 6, "more than a date"));
	assert_true(said(&r, 8, 6, "206 cannot be right"));
	assert_int_equal(import_totals(r.im).refused, 7);
	end(&r);
}

static void
test_other_mistakes(void **state)
{
	struct reading r;

	(void)state;
	read_list(&r, INTAKE_ACCOUNTS,
		  ACCOUNTS ",currency,timezone,language,amount_left\n"
			   ",M,,2026-09-15,1,,,,\n"
			   "2.54E+11,M,,2026-09-15,1,,,,\n"
			   "A,M,,2026-09-15,1.005,,,,\n"
			   "A,M,,2026-09-15,-1,,,,\n"
			   "A,M,,2026-09-15,1,PPH,,,\n"
			   "A,M,,2026-09-15,1,,Asia/Manilla,,\n"
			   "A,M,,2026-09-15,1,,,Tagalog language,\n"
			   "A,M,,2026-09-15,1,,,,-3\n"
			   "A,M,,2026-09-15,1,,Asia/Manila; Mars/Olympus,,\n"
			   "A,M,,2026-09-15,1,,Asia/Manila;,,\n");
	assert_true(said(&r, 2, 1, "account_id is empty"));
	assert_true(said(&r, 3, 1, "Excel shortened this account_id"));
	assert_true(said(&r, 4, 17, ""));
	assert_true(said(&r, 5, 17, "not negative"));
	assert_true(said(&r, 6, 19, "as PHP"));
	assert_true(said(&r, 7, 20, "Asia/Manila"));
	assert_true(said(&r, 8, 21, "not a language"));
	assert_true(said(&r, 9, 22, "write 0 when it is paid"));
	assert_true(said(&r, 10, 20, "no time zone"));
	assert_true(said(&r, 11, 20, "no time zone"));
	assert_int_equal(import_totals(r.im).refused, 10);
	assert_int_equal(import_totals(r.im).nameless, 1);
	end(&r);
}

static void
test_several_zones(void **state)
{
	struct reading r;

	(void)state;
	read_list(&r, INTAKE_ACCOUNTS,
		  ACCOUNTS ",timezone\n"
			   "A,M,,2026-09-15,1,Asia/Manila; Asia/Tokyo\n"
			   "B,M,,2026-09-15,1,Asia/Manila; Asia/Tokyo\n");
	assert_int_equal(r.list.errors, 0);
	assert_int_equal(r.batch.n, 2);
	end(&r);
}

static void
test_warnings(void **state)
{
	struct reading r;

	(void)state;
	read_list(&r, INTAKE_ACCOUNTS,
		  ACCOUNTS ",langauge,balance,language,amount_left,check\n"
			   "A,,,2026-09-15,1,x,1,de,2,18/87\n");
	assert_int_equal(r.list.errors, 0);
	assert_int_equal(r.batch.n, 1);
	assert_true(said(&r, 1, 0, "`balance`"));
	assert_true(said(&r, 2, 22, "does not write in `de`"));
	assert_true(said(&r, 2, 25, "more is left than was due"));
	assert_true(said(&r, 2, 3, "name is empty"));
	assert_true(said(&r, 2, 27, "check holds something else"));
	assert_string_equal(r.batch.rows[0].text[INTAKE_SECRET], "");
	for (size_t i = 0; i < r.list.n; i++)
		assert_null(strstr(r.list.items[i].text, "18/87"));
	end(&r);
	/* A column whose name is a slip, and the right one is not there. */
	read_list(&r, INTAKE_ACCOUNTS, ACCOUNTS ",langauge\nA,M,,2026-09-15,1,x\n");
	assert_true(said(&r, 1, 0, "if `language` was meant"));
	end(&r);
}

static void
test_headers(void **state)
{
	struct reading r;

	(void)state;
	read_list(&r, INTAKE_ACCOUNTS, "account,name,phone,due_date,amount_due\n");
	assert_int_equal(r.rc, -EINVAL);
	assert_true(said(&r, 1, 0, "no column `account_id`"));
	end(&r);
	read_list(&r, INTAKE_PAYMENTS, ACCOUNTS "\n");
	assert_int_equal(r.rc, -EINVAL);
	assert_true(said(&r, 1, 0, "no column `paid_on`"));
	end(&r);
	read_list(&r, INTAKE_ACCOUNTS, "");
	assert_int_equal(r.rc, -EINVAL);
	end(&r);
	read_list(&r, INTAKE_ACCOUNTS, ACCOUNTS "\n");
	assert_int_equal(r.rc, 0);
	assert_int_equal(r.batch.n, 0);
	end(&r);
}

static void
test_no_file(void **state)
{
	struct complaints list = {0};
	struct config config = lender();
	struct import *im;

	(void)state;
	assert_int_equal(
	    import_open(&im, &config, INTAKE_ACCOUNTS, "/nonexistent/x.csv", "x.csv", &list),
	    -ENOENT);
	assert_int_equal(list.errors, 1);
	assert_int_equal(import_open(&im, &config, INTAKE_ACCOUNTS, "/tmp", "tmp", &list), -EISDIR);
	complaint_clear(&list);
}

/* A row costs itself alone, also where the file cannot be taken apart. */
static void
test_bad_rows_cost_themselves(void **state)
{
	struct reading r;

	(void)state;
	read_list(&r, INTAKE_ACCOUNTS,
		  ACCOUNTS "\nA,M,,2026-09-15\nB,M,,2026-09-15,1\nC,\"M,,2026-09-15,1\n"
			   "D,M,,2026-09-15,1\n");
	assert_int_equal(r.batch.n, 2);
	assert_string_equal(r.batch.rows[0].account, "B");
	assert_string_equal(r.batch.rows[1].account, "D");
	assert_int_equal(import_totals(r.im).nameless, 2);
	end(&r);
}

/* Rows as long as rows can be, with fields that grow most as JSON. */
static void
test_greedy_rows(void **state)
{
	enum { FIELDS = 3, FIELD = 60000, ROWS = 20 };
	size_t len = 0, cap = (size_t)ROWS * FIELDS * FIELD + 4096;
	char *text = malloc(cap);
	struct import_batch batch;
	struct reading r;
	size_t rows = 0;
	char path[128];
	FILE *file;

	(void)state;
	len += (size_t)sprintf(text, ACCOUNTS ",x,y,z\n");
	for (int i = 0; i < ROWS; i++) {
		len += (size_t)sprintf(text + len, "A%d,M,,2026-09-15,1", i);
		for (int k = 0; k < FIELDS; k++) {
			text[len++] = ',';
			memset(text + len, 1, FIELD);
			len += FIELD;
		}
		text[len++] = '\n';
	}
	r = (struct reading){.home = home_make(), .config = lender()};
	snprintf(path, sizeof path, "%s/list.csv", r.home.path);
	file = fopen(path, "w");
	fwrite(text, 1, len, file);
	fclose(file);
	assert_int_equal(import_open(&r.im, &r.config, INTAKE_ACCOUNTS, path, "list.csv", &r.list),
			 0);
	do {
		assert_int_equal(import_next(r.im, &batch, &r.list), 0);
		rows += batch.n;
		for (size_t i = 0; i < batch.n; i++)
			assert_int_equal(strlen(batch.rows[i].text[INTAKE_EXTRA]),
					 (size_t)FIELDS * (FIELD * 6 + 2 + 4) + 2 + FIELDS - 1);
	} while (batch.n > 0);
	assert_int_equal(rows, ROWS);
	free(text);
	end(&r);
}

/* ---- over the socket ---- */

static void
test_wire(void **state)
{
	struct intake_row rows[3] = {{.line = 2, .account = "A", .due = 20000, .given = -1},
				     {.line = 3, .account = "B", .shield = true},
				     {.line = 4, .account = "C"}};
	struct intake_counts counts = {.taken = 2, .refused = 1}, sums = {.taken = 5};
	struct intake_row back[3];
	json_t *array, *reply;

	(void)state;
	for (int i = 0; i < 3; i += 2) {
		rows[i].text[INTAKE_NAME] = "Maria";
		rows[i].text[INTAKE_PHONES] = "";
		rows[i].text[INTAKE_CURRENCY] = "PHP";
	}
	rows[0].billed = INT64_C(1) << 50;
	array = import_wire_pack(INTAKE_ACCOUNTS, rows, 3);
	assert_int_equal(import_wire_unpack(INTAKE_ACCOUNTS, array, back, 3), 3);
	assert_int_equal(back[0].billed, rows[0].billed);
	assert_int_equal(back[0].due, 20000);
	assert_string_equal(back[0].text[INTAKE_NAME], "Maria");
	assert_null(back[0].text[INTAKE_PRODUCT]);
	assert_true(back[1].shield);
	assert_int_equal(import_wire_unpack(INTAKE_ACCOUNTS, array, back, 2), -EINVAL);
	assert_int_equal(import_wire_unpack(INTAKE_PAYMENTS, array, back, 3), -EINVAL);
	back[2].outcome = INTAKE_CURRENCY_DIFFERS;
	strcpy(back[2].detail, "USD");
	reply = json_object();
	assert_int_equal(import_wire_answer(reply, &counts, back, 3), 0);
	import_wire_read(reply, &sums, rows, 3);
	assert_int_equal(sums.taken, 7);
	assert_int_equal(sums.refused, 1);
	assert_int_equal(rows[0].outcome, INTAKE_KNOWN);
	assert_int_equal(rows[2].outcome, INTAKE_CURRENCY_DIFFERS);
	assert_string_equal(rows[2].detail, "USD");
	json_decref(array);
	json_decref(reply);
}

/* What comes over the socket is not to be trusted. */
static void
test_wire_refuses(void **state)
{
#define NULLS "null,null,null,null,null,null,null,null,null]]"
	static const char *const bad[] = {"{}",
					  "[1]",
					  "[[]]",
					  "[[2]]",
					  "[[2,null]]",
					  "[[2,\"\"]]",
					  "[[2,\"A\",1]]",
					  "[[2,\"A\",99999999999,1,-1,\"M\",\"\",\"PHP\"," NULLS,
					  "[[2,\"A\",1,-1,-1,\"M\",\"\",\"PHP\"," NULLS,
					  "[[2,\"A\",1,1,-1,null,\"\",\"PHP\"," NULLS,
					  "[[2,\"A\",1,1,-1,\"M\",\"\",7," NULLS};
#undef NULLS
	struct intake_row rows[1];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		json_t *array = json_loads(bad[i], 0, NULL);

		assert_non_null(array);
		assert_int_equal(import_wire_unpack(INTAKE_ACCOUNTS, array, rows, 1), -EINVAL);
		json_decref(array);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_account_row),
	    cmocka_unit_test(test_defaults),
	    cmocka_unit_test(test_phones),
	    cmocka_unit_test(test_payment_row),
	    cmocka_unit_test(test_dates),
	    cmocka_unit_test(test_other_mistakes),
	    cmocka_unit_test(test_several_zones),
	    cmocka_unit_test(test_warnings),
	    cmocka_unit_test(test_headers),
	    cmocka_unit_test(test_no_file),
	    cmocka_unit_test(test_bad_rows_cost_themselves),
	    cmocka_unit_test(test_greedy_rows),
	    cmocka_unit_test(test_wire),
	    cmocka_unit_test(test_wire_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
