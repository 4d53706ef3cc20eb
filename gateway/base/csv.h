/*
 * csv - rows of a CSV file as spreadsheets really write them; the one door to libcsv.
 *
 * RFC 4180 with quotes and line breaks inside quotes, LF, CRLF or bare CR, a header row, and:
 * - separator: , ; or tab, whichever the header row has most of outside quotes; Excel's `sep=;`
 *   line is obeyed
 * - encoding: UTF-8, a BOM allowed, or CP-1252, given out as UTF-8. Without a BOM the first line
 *   with a byte over 127 decides for the whole file; a later line in the other encoding is a bad
 *   row, never mojibake
 * - spaces around an unquoted field are dropped
 * - empty rows (also `,,,,`) are passed over; so are empty columns at the end
 *
 *     open -> header -> next -> ROW ... BAD ... ROW -> END
 *
 * A bad row (too few or too many columns, a stray or unclosed quote, a NUL byte, a field over 64
 * KiB, a row over 256 KiB) costs that row alone: reading goes on with the line after the one it
 * began in, so an unclosed quote does not swallow the rest of the file. Memory stays under 1.5 MiB
 * whatever the file holds.
 *
 * Ownership: rows and their texts live in the reader until the next csv_next() or csv_close().
 * Errors: csv_open* gives 0 or a negative errno; what is wrong with the file itself is a complaint.
 * Thread: one at a time; blocking reads of 64 KiB: not for the loop's thread.
 */
#ifndef GATEWAY_CSV_H
#define GATEWAY_CSV_H

#include "complaint.h"
#include "csv_lines.h" /* CSV_ROW_MAX */

#include <stddef.h>
#include <stdint.h>

#define CSV_COLUMNS   256         /* the most a header may have */
#define CSV_FIELD_MAX (64 * 1024) /* bytes of one field */

struct csv; /* a reader */

struct csv_field {
	const char *text; /* UTF-8, NUL at the end and none inside */
	size_t len;
};

struct csv_row {
	const struct csv_field *fields; /* as many as the header has */
	size_t n;
	int line;       /* where the row begins, from 1; the header is usually line 1 */
	int64_t offset; /* of its first byte in the file */
	/* Only after CSV_NEXT_BAD: what is wrong and where, ready for complaint_add(). */
	int bad_line, bad_col;
	const char *why;
};

enum csv_next {
	CSV_NEXT_ROW,  /* a row */
	CSV_NEXT_BAD,  /* a row that cannot be taken: only line, offset, bad_line, bad_col and why
			  are set */
	CSV_NEXT_END,  /* no more */
	CSV_NEXT_FAIL, /* reading failed (disk): why says it; only csv_close() may follow */
};

/*
 * Opens a file, or takes an open descriptor (owned by the caller, read from where it stands), and
 * reads the header. `name` is what complaints call the file. -EINVAL: the header cannot be used
 * (empty file, UTF-16, a workbook, no, empty or doubled names), which is in `list`. Other errors
 * are of open and read, also in `list`.
 */
int csv_open(struct csv **out, const char *path, const char *name, struct complaints *list);
int csv_open_fd(struct csv **out, int fd, const char *name, struct complaints *list);

/* The header: names as written, without spaces around. Lives as long as the reader. */
const struct csv_row *csv_header(const struct csv *csv);

/* The index of a column by name (exact), or -1. */
int csv_column(const struct csv *csv, const char *name);

enum csv_next csv_next(struct csv *csv, struct csv_row *row);

/* Where field k of the row last given begins: line and column (characters) for a complaint. */
void csv_where(const struct csv *csv, size_t k, int *line, int *col);

/* Bytes of the file taken so far, and its size (-1: not a regular file). */
int64_t csv_bytes(const struct csv *csv);
int64_t csv_size(const struct csv *csv);

const char *csv_encoding(
    const struct csv *csv); /* "ASCII" until a byte over 127 decides, then "UTF-8" or "CP-1252" */
char csv_separator(const struct csv *csv);

void csv_close(struct csv *csv); /* NULL is allowed */

#endif
