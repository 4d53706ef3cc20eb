/* Complaints: their form, the line and caret below, limits, and "did you mean". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "gateway/base/complaint.h"
#include "gateway/base/csv.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/dunlin-complaint-XXXXXX";

static int
make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

static int
remove_folder(void **state)
{
	char path[64];

	(void)state;
	snprintf(path, sizeof path, "%s/a.yaml", folder);
	unlink(path);
	return rmdir(folder);
}

static void
write_source(const char *bytes, size_t len)
{
	char path[64];

	snprintf(path, sizeof path, "%s/a.yaml", folder);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

/* Prints and clears the list; the caller frees. */
static char *
printed(struct complaints *list, const char *home)
{
	char *text = NULL;
	size_t size;

	FILE *out = open_memstream(&text, &size);
	assert_non_null(out);
	complaint_print(out, list, home);
	fclose(out);
	complaint_clear(list);
	return text;
}

/* One complaint at a place of a source: all that is printed. */
static void
check_print(const char *source, int line, int col, const char *want)
{
	struct complaints list = {0};

	write_source(source, strlen(source));
	complaint_add(&list, "a.yaml", line, col, "wrong");
	char *got = printed(&list, folder);
	assert_string_equal(got, want);
	free(got);
}

static void
test_form(void **state)
{
	struct complaints list = {0};

	(void)state;
	complaint_add(&list, "none.yaml", 3, 7, "unknown key \"%s\"", "nmae");
	complaint_warn(&list, "none.yaml", 4, 0, "old");
	complaint_add(&list, "none.yaml", 0, 0, "missing");
	complaint_add(&list, NULL, 0, 0, "no home");
	assert_int_equal(list.errors, 3);
	assert_int_equal(list.warnings, 1);
	char *got = printed(&list, folder);
	assert_string_equal(got, "none.yaml:3:7: error: unknown key \"nmae\"\n"
				 "none.yaml:4: warning: old\n"
				 "none.yaml: error: missing\n"
				 "error: no home\n");
	free(got);
	assert_int_equal(list.n, 0);
}

static void
test_caret(void **state)
{
	(void)state;
	check_print("lender:\n  nmae: x\n", 2, 3, "a.yaml:2:3: error: wrong\n    nmae: x\n    ^\n");
	check_print("a\r\nbc\r\n", 2, 2, "a.yaml:2:2: error: wrong\n  bc\n   ^\n");
	/* One past the end is where something missing should stand; more is not in this line. */
	check_print("ab", 1, 3, "a.yaml:1:3: error: wrong\n  ab\n    ^\n");
	check_print("ab", 1, 4, "a.yaml:1:4: error: wrong\n  ab\n");
	check_print("ab\n", 1, 0, "a.yaml:1: error: wrong\n  ab\n");
	/* The file has changed since. */
	check_print("ab\n", 9, 1, "a.yaml:9:1: error: wrong\n");
}

static void
test_caret_counts_characters(void **state)
{
	(void)state;
	/* two bytes, one cell */
	check_print("\xc3\xb1\xc3\xb1x\n", 1, 3,
		    "a.yaml:1:3: error: wrong\n  \xc3\xb1\xc3\xb1x\n    ^\n");
	/* three bytes, two cells */
	check_print("\xe4\xb8\xadx\n", 1, 2, "a.yaml:1:2: error: wrong\n  \xe4\xb8\xadx\n    ^\n");
	/* a combining accent takes no cell */
	check_print("e\xcc\x81x\n", 1, 3, "a.yaml:1:3: error: wrong\n  e\xcc\x81x\n   ^\n");
	/* tabs go to the next eighth cell */
	check_print("a\tx\n", 1, 3, "a.yaml:1:3: error: wrong\n  a       x\n          ^\n");
	/* the mark before UTF-8 is no character */
	check_print("\xef\xbb\xbfx\n", 1, 1, "a.yaml:1:1: error: wrong\n  x\n  ^\n");
}

/* A field of a list, by the place its reader gives: multi-byte names before it, tabs between, a
 * line break inside quotes, the second line of a quoted field, and a quote doubled. */
static void
check_field(const char *csv, size_t field, const char *expected)
{
	struct complaints list = {0};
	char path[64], *text;
	struct csv_row row;
	struct csv *reader;
	int line, col;

	write_source(csv, strlen(csv));
	snprintf(path, sizeof path, "%s/a.yaml", folder);
	assert_int_equal(csv_open(&reader, path, "a.yaml", &list), 0);
	assert_int_equal(csv_next(reader, &row), CSV_NEXT_ROW);
	csv_where(reader, field, &line, &col);
	csv_close(reader);
	complaint_add(&list, "a.yaml", line, col, "wrong");
	text = printed(&list, folder);
	assert_string_equal(text, expected);
	free(text);
}

static void
test_caret_under_a_field_of_a_list(void **state)
{
	(void)state;
	check_field("id,name,due\n1,Pe\xc3\xb1"
		    "a,soon\n",
		    2,
		    "a.yaml:2:8: error: wrong\n  1,Pe\xc3\xb1"
		    "a,soon\n         ^\n");
	check_field("id,name,due\n1,\xe4\xb8\xad,soon\n", 2,
		    "a.yaml:2:5: error: wrong\n  1,\xe4\xb8\xad,soon\n       ^\n");
	check_field("id\tname\tdue\n1\tPe\xc3\xb1"
		    "a\tsoon\n",
		    2,
		    "a.yaml:2:8: error: wrong\n  1       Pe\xc3\xb1"
		    "a    soon\n"
		    "                  ^\n");
	check_field("id,name,due\n1,\"a\nb \"\"c\"\"\",soon\n", 2,
		    "a.yaml:3:10: error: wrong\n  b \"\"c\"\"\",soon\n           ^\n");
	check_field("id,name,due\n\"x\ny\",\"soon\",z\n", 1,
		    "a.yaml:3:4: error: wrong\n  y\",\"soon\",z\n     ^\n");
	/* as Excel writes it: a mark before the header, which the first row is not moved by */
	check_field("\xef\xbb\xbfid;due\r\n1; soon\r\n", 1,
		    "a.yaml:2:4: error: wrong\n  1; soon\n     ^\n");
}

static void
test_source_cannot_move_the_terminal(void **state)
{
	(void)state;
	check_print("a\x1b[2Jb\x9b\n", 1, 2, "a.yaml:1:2: error: wrong\n  a?[2Jb?\n   ^\n");
	/* an override of direction */
	check_print("a\xe2\x80\xae"
		    "b\n",
		    1, 3, "a.yaml:1:3: error: wrong\n  a?b\n    ^\n");
}

static void
test_long_lines_are_windowed(void **state)
{
	char line[5001];
	struct complaints list = {0};

	(void)state;
	memset(line, 'x', sizeof line);
	line[2999] = 'H';
	line[5000] = '\n';
	write_source(line, sizeof line);
	complaint_add(&list, "a.yaml", 1, 3000, "wrong");
	complaint_add(&list, "a.yaml", 1, 2, "wrong");
	char *got = printed(&list, folder);
	char *second = strchr(got, '\n') + 1;
	char *third = strchr(second, '\n') + 1;
	assert_in_range(third - second, 80, 120);
	/* the caret stands under the letter */
	assert_int_equal(strchr(second, 'H') - second, strchr(third, '^') - third);
	assert_true(strncmp(second, "  ...x", 6) == 0);
	assert_true(strncmp(third - 4, "...\n", 4) == 0);
	assert_non_null(strstr(third, "error: wrong\n  xx"));
	free(got);
}

static void
test_order_does_not_matter_to_sources(void **state)
{
	struct complaints list = {0};

	(void)state;
	write_source("one\ntwo\nthree\n", 14);
	complaint_add(&list, "a.yaml", 3, 0, "c");
	complaint_add(&list, "a.yaml", 1, 0, "a");
	complaint_add(&list, "a.yaml", 1, 0, "a again");
	complaint_add(&list, "a.yaml", 2, 0, "b");
	char *got = printed(&list, folder);
	assert_string_equal(got, "a.yaml:3: error: c\n  three\na.yaml:1: error: a\n  one\n"
				 "a.yaml:1: error: a again\n  one\na.yaml:2: error: b\n  two\n");
	free(got);
}

static void
test_sources_can_be_withheld(void **state)
{
	struct complaints list = {0};

	(void)state;
	write_source("secret\n", 7);
	complaint_add(&list, "a.yaml", 1, 1, "wrong");
	char *got = printed(&list, COMPLAINT_NO_SOURCE);
	assert_string_equal(got, "a.yaml:1:1: error: wrong\n");
	free(got);
}

static void
test_texts_are_made_plain_and_cut(void **state)
{
	struct complaints list = {0};
	char file[400];
	char text[800];

	(void)state;
	complaint_add(&list, "a", 1, 1, "bad \x1b[1m\nvalue");
	assert_string_equal(list.items[0].text, "bad ?[1m value");
	memset(file, 'd', sizeof file);
	memcpy(file + sizeof file - 8, "/x.yaml", 8);
	complaint_add(&list, file, 1, 1, "x");
	assert_int_equal(strlen(list.items[1].file), sizeof list.items[1].file - 1);
	assert_non_null(strstr(list.items[1].file, "/x.yaml"));
	/* A character of two bytes does not lose its second half. */
	for (size_t i = 0; i + 2 < sizeof text; i += 2)
		memcpy(text + i, "\xc3\xb1", 3);
	complaint_add(&list, "a", 1, 1, "%s", text);
	assert_int_equal(strlen(list.items[2].text) % 2, 0);
	complaint_add(&list, "a", 1, 1, ".%s", text);
	assert_int_equal(strlen(list.items[3].text) % 2, 1);
	complaint_clear(&list);
}

static void
test_beyond_the_limit_is_counted(void **state)
{
	struct complaints list = {0};

	(void)state;
	for (int i = 0; i < COMPLAINT_MAX + 5; i++)
		complaint_add(&list, "", 0, 0, "x");
	assert_int_equal(list.n, COMPLAINT_MAX);
	assert_int_equal(list.errors, COMPLAINT_MAX + 5);
	char *got = printed(&list, NULL);
	assert_string_equal(got + strlen(got) - 11, "and 5 more\n");
	free(got);
}

static void
test_nearest(void **state)
{
	static const char *const known[] = {"lender", "live",   "policy",   "routes",       "store",
					    "web",    "alerts", "promises", "test_numbers", NULL};

	(void)state;
	assert_string_equal(complaint_nearest("ledner", known), "lender"); /* swapped */
	assert_string_equal(complaint_nearest("lendr", known), "lender");
	assert_string_equal(complaint_nearest("lenderr", known), "lender");
	assert_string_equal(complaint_nearest("Lender", known), "lender");
	assert_string_equal(complaint_nearest("rout", known), "routes");
	assert_string_equal(complaint_nearest("test-number", known), "test_numbers");
	assert_string_equal(complaint_nearest("wbe", known), "web");
	assert_string_equal(complaint_nearest("life", known), "live");
	assert_null(complaint_nearest("xyz", known));
	assert_null(complaint_nearest("", known));
	assert_null(complaint_nearest("a", known));
	assert_null(complaint_nearest("completely different", known));
	assert_null(complaint_nearest(
	    "a word far longer than any key that anybody would ever write in such a file", known));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_form),
	    cmocka_unit_test(test_caret),
	    cmocka_unit_test(test_caret_counts_characters),
	    cmocka_unit_test(test_caret_under_a_field_of_a_list),
	    cmocka_unit_test(test_source_cannot_move_the_terminal),
	    cmocka_unit_test(test_long_lines_are_windowed),
	    cmocka_unit_test(test_order_does_not_matter_to_sources),
	    cmocka_unit_test(test_sources_can_be_withheld),
	    cmocka_unit_test(test_texts_are_made_plain_and_cut),
	    cmocka_unit_test(test_beyond_the_limit_is_counted),
	    cmocka_unit_test(test_nearest),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
