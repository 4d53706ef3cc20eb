/* CSV as spreadsheets and programs write it: rows, encodings, separators, and what a bad row costs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "gateway/base/csv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static struct complaints list;

static int
file_of(const char *bytes, size_t len)
{
	int fd = memfd_create("csv", MFD_CLOEXEC);

	assert_true(fd >= 0);
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);
		assert_true(n > 0);
		bytes += n;
		len -= (size_t)n;
	}
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

/*
 * All a file gives, as text: "[a|b]" for a row, "!LINE:COL" for a bad one, with its line in front
 * when that differs. The caller frees.
 */
static char *
read_all(const char *bytes, size_t len)
{
	struct csv *csv;
	struct csv_row row;
	enum csv_next next;
	char *text = NULL;
	size_t size;

	int fd = file_of(bytes, len);
	FILE *out = open_memstream(&text, &size);
	int r = csv_open_fd(&csv, fd, "f.csv", &list);
	if (r != 0) {
		fprintf(out, "error");
	} else {
		while ((next = csv_next(csv, &row)) < CSV_NEXT_END) {
			if (next == CSV_NEXT_BAD) {
				assert_true(row.why[0] != '\0');
				fprintf(out, "!%d:%d", row.bad_line, row.bad_col);
				continue;
			}
			assert_int_equal(row.n, csv_header(csv)->n);
			for (size_t k = 0; k < row.n; k++) {
				assert_int_equal(strlen(row.fields[k].text), row.fields[k].len);
				fprintf(out, "%c%s", k == 0 ? '[' : '|', row.fields[k].text);
			}
			fprintf(out, "]");
		}
		assert_int_equal(next, CSV_NEXT_END);
		assert_int_equal(csv_next(csv, &row), CSV_NEXT_END);
		assert_int_equal(csv_bytes(csv), len);
		assert_int_equal(csv_size(csv), len);
		csv_close(csv);
	}
	fclose(out);
	close(fd);
	return text;
}

static void
check_bytes(const char *bytes, size_t len, const char *want)
{
	char *got = read_all(bytes, len);

	if (strcmp(got, want) != 0)
		fail_msg("\"%s\" gave %s, not %s", bytes, got, want);
	free(got);
	complaint_clear(&list);
}

static void
check_rows(const char *text, const char *want)
{
	check_bytes(text, strlen(text), want);
}

static void
check_refused(const char *bytes, size_t len, const char *text)
{
	char *got = read_all(bytes, len);

	assert_string_equal(got, "error");
	free(got);
	assert_true(list.n >= 1);
	assert_string_equal(list.items[0].file, "f.csv");
	if (strstr(list.items[0].text, text) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", list.items[0].text, text);
	complaint_clear(&list);
}

static void
test_plain_rows(void **state)
{
	(void)state;
	check_rows("a,b\n1,2\n3,4\n", "[1|2][3|4]");
	check_rows("a,b\r\n1,2\r\n3,4\r\n", "[1|2][3|4]");
	check_rows("a,b\r1,2\r3,4", "[1|2][3|4]");
	check_rows("a,b\n1,2", "[1|2]");
	check_rows("a,b\n,2\n1,\n", "[|2][1|]");
	check_rows("a,b\n 1 ,\t2\t\n\" 1 \",2\n", "[1|2][ 1 |2]");
	check_rows("a\n1\n", "[1]");
	check_rows("a,b\n", "");
	check_rows("a,b", "");
}

static void
test_quotes(void **state)
{
	(void)state;
	check_rows("a,b\n\"x,y\",2\n", "[x,y|2]");
	check_rows("a,b\n\"say \"\"hi\"\"\",2\n", "[say \"hi\"|2]");
	check_rows("a,b\n\"two\nlines\",2\n3,4\n", "[two\nlines|2][3|4]");
	check_rows("a,b\n\"two\r\nlines\",2\r\n", "[two\r\nlines|2]");
	check_rows("a,b\n\"\",\"\"\n1,\"\"", "[1|]");
	check_rows("a,b\n1,\"2\"", "[1|2]");
}

static void
test_empty_rows_and_columns(void **state)
{
	(void)state;
	check_rows("a,b\n\n1,2\n\n\n  \n3,4\n\n", "[1|2][3|4]");
	check_rows("\n\na,b\n1,2\n", "[1|2]");
	check_rows("a,b\n,\n,,,,\n1,2\n", "[1|2]");
	/* columns that a spreadsheet adds at the end */
	check_rows("a,b,,\n1,2,,\n1,2\n1,2,,,,\n", "[1|2][1|2][1|2]");
	check_rows("a,b,,\n1,2,3,\n", "!2:0");
}

static void
test_separators(void **state)
{
	(void)state;
	check_rows("a;b\n1,5;2\n", "[1,5|2]");
	check_rows("a\tb\n1\t\n\t2\n", "[1|][|2]");
	check_rows("\"a;x;y;z\",b\n1,2\n", "[1|2]");
	check_rows("sep=;\r\na,x;b\r\n1;2\r\n", "[1|2]");
	check_rows("\xef\xbb\xbfsep=;\na;b\n1;2\n", "[1|2]");
}

static void
test_header(void **state)
{
	static const char text[] = "\xef\xbb\xbf account_id , \"the name\",phone\r\n1,2,3\r\n";
	struct csv *csv;
	struct csv_row row;

	(void)state;
	int fd = file_of(text, sizeof text - 1);
	assert_int_equal(csv_open_fd(&csv, fd, "f.csv", &list), 0);
	assert_int_equal(csv_header(csv)->n, 3);
	assert_int_equal(csv_column(csv, "account_id"), 0);
	assert_int_equal(csv_column(csv, "the name"), 1);
	assert_int_equal(csv_column(csv, "Phone"), -1);
	assert_int_equal(csv_header(csv)->line, 1);
	/* The header outlives the rows. */
	assert_int_equal(csv_next(csv, &row), CSV_NEXT_ROW);
	assert_string_equal(csv_header(csv)->fields[2].text, "phone");
	csv_close(csv);
	close(fd);
}

static void
test_headers_that_cannot_be_used(void **state)
{
	(void)state;
	check_refused("", 0, "empty");
	check_refused("\n \n", 3, "empty");
	check_refused("a,,b\n1,2,3\n", 11, "column 2");
	check_refused("a,b,a\n1,2,3\n", 12, "\"a\" is there twice");
	check_refused("\xff\xfe"
		      "a\0,\0b\0",
		      8, "UTF-16");
	check_refused("PK\x03\x04...", 7, "workbook");
	check_refused("\"a,b\n1,2\n", 9, "never closed");
	check_refused("a\0,b\n", 5, "zero byte");
	char wide[600];
	memset(wide, ',', sizeof wide);
	wide[sizeof wide - 1] = '\n';
	check_refused(wide, sizeof wide, "more than 256");
}

static void
test_header_complaints_point_at_the_name(void **state)
{
	(void)state;
	char *got = read_all("\xef\xbb\xbf\xc3\xb1,b, b ,\"\",c\n", 18);
	free(got);
	assert_int_equal(list.n, 2);
	assert_int_equal(list.items[0].line, 1);
	assert_int_equal(list.items[0].col, 6);
	assert_int_equal(list.items[1].col, 9);
	complaint_clear(&list);
}

static void
test_wrong_number_of_columns(void **state)
{
	(void)state;
	check_rows("a,b\n1\n1,2,3\n1,2\n", "!2:0!3:0[1|2]");
	char wide[1000] = "a,b\n";
	memset(wide + 4, ',', 600);
	memcpy(wide + 604, "x\n1,2\n", 7);
	check_rows(wide, "!2:0[1|2]");
}

static void
test_stray_quotes_cost_one_row(void **state)
{
	(void)state;
	check_rows("a,b\n1,5\"x\n3,4\n", "!2:4[3|4]");
	check_rows("a,b\n\"1\"x,2\n3,4\n", "!2:4[3|4]");
	/* Never closed: the rest of the file is not swallowed. */
	check_rows("a,b\n1,\"2\n3,4\n5,6\n", "!2:3[3|4][5|6]");
	/* Closed by a later row's quote: still only the row that was wrong. */
	check_rows("a,b\n1,\"2\n3,4\n5,\"x,y\"\n7,8\n", "!2:3[3|4][5|x,y][7|8]");
	check_rows("a,b\n\"", "!2:1");
}

static void
test_zero_bytes(void **state)
{
	(void)state;
	check_bytes("a,b\n1,\0002\n3,4\n", 13, "!2:3[3|4]");
	check_bytes("a,b\n\"x\n\0\",2\n3,4\n", 16, "!3:1[3|4]");
}

static void
test_carriage_return_inside_a_row(void **state)
{
	(void)state;
	check_rows("a,b\n1,2\r3,4\n5,6\n", "!2:0[5|6]");
	/* doubled by a program that wrote text mode twice */
	check_rows("a,b\r\r\n1,2\r\r\n", "[1|2]");
}

static void
test_utf8(void **state)
{
	(void)state;
	check_rows("a,b\nNi\xc3\xb1o,2\n", "[Ni\xc3\xb1o|2]");
	/* Once UTF-8, always. */
	check_rows("a,b\nNi\xc3\xb1o,2\nNi\xf1o,2\n3,4\n", "[Ni\xc3\xb1o|2]!3:3[3|4]");
	check_rows("\xef\xbb\xbf"
		   "a,b\nNi\xf1o,2\n3,4\n",
		   "!2:3[3|4]");
	/* overlong, surrogate, beyond Unicode */
	check_rows("\xef\xbb\xbf"
		   "a\n\xc0\xaf\n\xed\xa0\x80\n\xf4\x90\x80\x80\n",
		   "!2:1!3:1!4:1");
}

static void
test_cp1252(void **state)
{
	(void)state;
	check_rows("a,b\nNi\xf1o,\x80"
		   "5\n",
		   "[Ni\xc3\xb1o|\xe2\x82\xac"
		   "5]");
	check_rows("a,ni\xf1o\n\x93x\x94,\xff\n", "[\xe2\x80\x9cx\xe2\x80\x9d|\xc3\xbf]");
	/* A line that is UTF-8 after all would come out garbled: it is told instead. */
	check_rows("a,b\nNi\xf1o,2\nNi\xc3\xb1o,2\n3,4\n", "[Ni\xc3\xb1o|2]!3:0[3|4]");
	/* a byte without a character */
	check_rows("a,b\n\xf1,\x81\n3,4\n", "!2:0[3|4]");
}

static void
test_tells_the_encoding(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {{"a\nb\n", "ASCII"}, {"a\n\xc3\xb1\n", "UTF-8"}, {"a\n\xf1\n", "CP-1252"}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct csv *csv;
		struct csv_row row;
		int fd = file_of(cases[i].text, strlen(cases[i].text));
		assert_int_equal(csv_open_fd(&csv, fd, "f.csv", &list), 0);
		assert_int_equal(csv_next(csv, &row), CSV_NEXT_ROW);
		assert_string_equal(csv_encoding(csv), cases[i].want);
		assert_int_equal(csv_separator(csv), ',');
		csv_close(csv);
		close(fd);
	}
}

static void
test_places(void **state)
{
	static const char text[] = "a;b;c\r\n\r\n\"x\r\ny\";\"\xc3\xb1;\"\"\"; z\r\n1;2;3\r\n";
	struct csv *csv;
	struct csv_row row;
	int line, col;

	(void)state;
	int fd = file_of(text, sizeof text - 1);
	assert_int_equal(csv_open_fd(&csv, fd, "f.csv", &list), 0);
	assert_int_equal(csv_next(csv, &row), CSV_NEXT_ROW);
	assert_int_equal(row.line, 3);
	assert_int_equal(row.offset, 9);
	csv_where(csv, 0, &line, &col);
	assert_int_equal(line, 3);
	assert_int_equal(col, 1);
	csv_where(csv, 1, &line, &col);
	assert_int_equal(line, 4);
	assert_int_equal(col, 4);
	csv_where(csv, 2, &line, &col);
	assert_int_equal(line, 4);
	assert_int_equal(col, 12);
	assert_int_equal(csv_next(csv, &row), CSV_NEXT_ROW);
	assert_int_equal(row.line, 5);
	assert_int_equal(row.offset, (int)(strstr(text, "1;2") - text));
	assert_int_equal(csv_bytes(csv), sizeof text - 1);
	csv_close(csv);
	close(fd);
}

/* `n` bytes of `fill` between two texts. */
static char *
padded(const char *before, char fill, size_t n, const char *after, size_t *len)
{
	size_t a = strlen(before), b = strlen(after);
	char *text = malloc(a + n + b + 1);

	assert_non_null(text);
	memcpy(text, before, a);
	memset(text + a, fill, n);
	memcpy(text + a + n, after, b + 1);
	*len = a + n + b;
	return text;
}

static void
check_padded(const char *before, char fill, size_t n, const char *after, const char *want)
{
	size_t len;
	char *text = padded(before, fill, n, after, &len);

	char *got = read_all(text, len);
	if (strcmp(got, want) != 0)
		fail_msg("%s... gave %.200s, not %s", before, got, want);
	free(got);
	free(text);
}

static void
test_too_long(void **state)
{
	(void)state;
	check_padded("a,b\n1,", 'x', CSV_FIELD_MAX + 1, "\n3,4\n", "!2:0[3|4]");
	check_padded("a,b\n1,", 'x', CSV_ROW_MAX + 1, "\n3,4\n", "!2:0[3|4]");
	check_padded("a,b\n1,", 'x', 5 * CSV_ROW_MAX, "\n3,4\n", "!2:0[3|4]");
	check_padded("a,b\n1,", 'x', 5 * CSV_ROW_MAX, "", "!2:0");
	/* in quotes, lines and all */
	check_padded("a,b\n1,\"", '\n', CSV_ROW_MAX, "\n3,4\n", "!2:3[3|4]");
	check_padded("a,b\n1,\"", 'x', 3 * CSV_ROW_MAX, "\"\n3,4\n", "!2:0[3|4]");
	check_padded("", 'x', 5 * CSV_ROW_MAX, "", "error");
	assert_int_equal(list.n, 1);
	complaint_clear(&list);
}

/* A field of exactly the limit is a field. */
static void
test_longest(void **state)
{
	size_t len;
	char *text = padded("a,b\n1,", 'x', CSV_FIELD_MAX, "\n3,4\n", &len);
	char *got = read_all(text, len);

	(void)state;
	assert_int_equal(strlen(got), CSV_FIELD_MAX + 4 + 5);
	free(got);
	free(text);
}

/* Rows of every length fall on the borders of reads in every way. */
static void
test_borders_of_reads(void **state)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct csv *csv;
	struct csv_row row;
	enum { ROWS = 20000 };

	(void)state;
	fprintf(out, "n,text\n");
	for (int i = 0; i < ROWS; i++)
		fprintf(out, "%d,\"%0*d%s\"\r\n", i, i % 97 + 1, i, i % 7 == 0 ? "\n\"\"" : "");
	fclose(out);
	int fd = file_of(text, size);
	assert_int_equal(csv_open_fd(&csv, fd, "f.csv", &list), 0);
	int line = 2;
	for (int i = 0; i < ROWS; i++) {
		assert_int_equal(csv_next(csv, &row), CSV_NEXT_ROW);
		assert_int_equal(row.line, line);
		assert_int_equal(atoi(row.fields[0].text), i);
		assert_int_equal(atoi(row.fields[1].text), i);
		assert_int_equal(atoi(text + row.offset), i);
		line += i % 7 == 0 ? 2 : 1;
	}
	assert_int_equal(csv_next(csv, &row), CSV_NEXT_END);
	csv_close(csv);
	close(fd);
	free(text);
}

/* What comes in pieces, as from a pipe, is the same as what comes whole. */
static void
test_reads_a_pipe(void **state)
{
	struct csv *csv;
	struct csv_row row;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	if (child == 0) {
		static const char text[] = "\xef\xbb\xbf"
					   "a,b\r\n1,2\r\n";
		for (size_t i = 0; i < sizeof text - 1; i++) {
			(void)!write(ends[1], text + i, 1);
			usleep(1000);
		}
		_exit(0);
	}
	close(ends[1]);
	assert_int_equal(csv_open_fd(&csv, ends[0], "f.csv", &list), 0);
	assert_int_equal(csv_size(csv), -1);
	assert_int_equal(csv_column(csv, "a"), 0);
	assert_int_equal(csv_next(csv, &row), CSV_NEXT_ROW);
	assert_int_equal(row.line, 2);
	assert_string_equal(row.fields[1].text, "2");
	assert_int_equal(csv_next(csv, &row), CSV_NEXT_END);
	csv_close(csv);
	close(ends[0]);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static void
test_files_that_cannot_be_read(void **state)
{
	struct csv *csv;

	(void)state;
	assert_int_equal(csv_open(&csv, "/nonexistent/f.csv", "f.csv", &list), -ENOENT);
	assert_int_equal(csv_open(&csv, "/tmp", "f.csv", &list), -EISDIR);
	assert_int_equal(list.n, 2);
	complaint_clear(&list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_plain_rows),
	    cmocka_unit_test(test_quotes),
	    cmocka_unit_test(test_empty_rows_and_columns),
	    cmocka_unit_test(test_separators),
	    cmocka_unit_test(test_header),
	    cmocka_unit_test(test_headers_that_cannot_be_used),
	    cmocka_unit_test(test_header_complaints_point_at_the_name),
	    cmocka_unit_test(test_wrong_number_of_columns),
	    cmocka_unit_test(test_stray_quotes_cost_one_row),
	    cmocka_unit_test(test_zero_bytes),
	    cmocka_unit_test(test_carriage_return_inside_a_row),
	    cmocka_unit_test(test_utf8),
	    cmocka_unit_test(test_cp1252),
	    cmocka_unit_test(test_tells_the_encoding),
	    cmocka_unit_test(test_places),
	    cmocka_unit_test(test_too_long),
	    cmocka_unit_test(test_longest),
	    cmocka_unit_test(test_borders_of_reads),
	    cmocka_unit_test(test_reads_a_pipe),
	    cmocka_unit_test(test_files_that_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
