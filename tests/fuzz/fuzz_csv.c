/* CSV from anybody. Rows must be whole and UTF-8, places inside the file, and the end must come. */
#include "gateway/base/csv.h"
#include "gateway/base/utf8.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void
check_row(const struct csv *csv, const struct csv_row *row, size_t size)
{
	int line, col;

	assert(row->n == csv_header(csv)->n);
	assert(row->offset >= 0 && (size_t)row->offset < size);
	for (size_t k = 0; k < row->n; k++) {
		const struct csv_field *f = &row->fields[k];
		assert(strlen(f->text) == f->len);
		/* CP-1252 grows to three times its length */
		assert(f->len <= 3 * CSV_FIELD_MAX);
		assert(utf8_valid(f->text, f->len) == f->len);
		csv_where(csv, k, &line, &col);
		assert(line >= row->line && col >= 1);
	}
}

static void
read_rows(struct csv *csv, size_t size)
{
	struct csv_row row;
	enum csv_next next;
	int64_t last = -1;

	while ((next = csv_next(csv, &row)) < CSV_NEXT_END) {
		/* Each step goes forward, so there are never more rows than bytes. */
		assert(row.offset > last);
		last = row.offset;
		if (next == CSV_NEXT_ROW)
			check_row(csv, &row, size);
		else
			assert(row.why[0] != '\0' && row.bad_line >= row.line && row.bad_col >= 0);
	}
	assert(next == CSV_NEXT_END);
	assert(csv_bytes(csv) == (int64_t)size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	struct complaints list = {0};
	struct csv *csv;

	if (fd < 0)
		fd = memfd_create("csv", MFD_CLOEXEC);
	if (ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size ||
	    lseek(fd, 0, SEEK_SET) != 0)
		return 0;
	int r = csv_open_fd(&csv, fd, "f.csv", &list);
	assert((r == 0) == (list.errors == 0));
	if (r == 0) {
		read_rows(csv, size);
		csv_close(csv);
	}
	complaint_clear(&list);
	return 0;
}
