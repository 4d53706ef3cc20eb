/*
 * csv_lines - a file as lines, keeping the whole row that is being read. Only csv.c uses it.
 *
 * The bytes of the row stay in the buffer, so that after an unclosed quote reading can go on with
 * the line after its beginning:
 *
 *     0 ........ row ......... pos ........ end
 *                first byte    next line    what was read so far
 *
 * Ownership: the caller's struct, ended with csv_lines_fini(); the descriptor stays the caller's.
 * Thread: one at a time; reads block.
 */
#ifndef GATEWAY_CSV_LINES_H
#define GATEWAY_CSV_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CSV_ROW_MAX (256 * 1024) /* bytes of one row, as in the file */

struct csv_lines {
	int fd;
	bool eof;
	int error; /* of reading, a positive errno; set together with eof */
	char eol;  /* '\n', or '\r' in files of old Macs */
	char *buffer;
	size_t row, pos, end;
	int64_t base;       /* offset in the file of buffer[0] */
	int row_line, line; /* numbers of the lines at `row` and `pos`, from 1 */
};

/* Takes an open descriptor from where it stands. -ENOMEM. */
int csv_lines_init(struct csv_lines *l, int fd);
void csv_lines_fini(struct csv_lines *l);

/* A new row begins at `pos`; what lies before it may go. */
void csv_lines_begin_row(struct csv_lines *l);

/* Reads more behind `end`. False at the end of the file, or when the row has grown past
 * CSV_ROW_MAX. */
bool csv_lines_fill(struct csv_lines *l);

/*
 * Sets *end to the end of the line at `pos`, its terminator included; `pos` itself at the end of
 * the file. False: the row is longer than CSV_ROW_MAX.
 */
bool csv_lines_find(struct csv_lines *l, size_t *end);

/* Whether the line that ends there has its terminator, or the file broke off in it. */
bool csv_lines_is_whole(const struct csv_lines *l, size_t end);

/* Puts `pos` on the line after the one the row began in, however long that is. */
void csv_lines_skip_first(struct csv_lines *l);

#endif
