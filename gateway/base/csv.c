#include "csv.h"

#include "csv_lines.h"
#include "csv_text.h"
#include "utf8.h"

#include <csv.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	/* CP-1252 grows to three bytes at most (the euro sign); a NUL behind each field. */
	ARENA = CSV_ROW_MAX * 3 + CSV_COLUMNS,
	WHY = 256,
	SNIFF = 4096, /* bytes looked at before the header */
};

enum encoding { ASCII_SO_FAR, UTF8, CP1252 };

/*
 * libcsv is fed one line at a time. It keeps the state of a quoted field between lines, and gives
 * fields and the end of the row back through callbacks, into `fields` and `arena`.
 */
struct csv {
	bool own_fd;
	char separator;
	bool bom;
	enum encoding encoding;
	int64_t size;
	struct csv_lines lines;

	struct csv_parser parser;
	struct csv_field fields[CSV_COLUMNS];
	size_t n;    /* fields so far, counted on past CSV_COLUMNS */
	char *arena; /* their texts */
	size_t used;
	bool row_ended;
	/* The first thing wrong in the row that does not keep it from being read to its end. */
	char flaw[WHY];
	int flaw_line, flaw_col;

	struct csv_row header;
	struct csv_field header_fields[CSV_COLUMNS];
	char *header_text;
};

static void note(struct csv *c, int line, int col, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static void
note(struct csv *c, int line, int col, const char *fmt, ...)
{
	va_list args;

	if (c->flaw[0] != '\0')
		return;
	va_start(args, fmt);
	vsnprintf(c->flaw, sizeof c->flaw, fmt, args);
	va_end(args);
	c->flaw_line = line;
	c->flaw_col = col;
}

/* Columns are counted in characters, which in CP-1252 are bytes. */
static void
locate(const struct csv *c, size_t at, int *line, int *col)
{
	size_t begin = c->lines.row;
	const char *eol;

	*line = c->lines.row_line;
	while (begin < at &&
	       (eol = memchr(c->lines.buffer + begin, c->lines.eol, at - begin)) != NULL) {
		begin = (size_t)(eol - c->lines.buffer) + 1;
		(*line)++;
	}
	size_t chars =
	    c->encoding == CP1252 ? at - begin : utf8_count(c->lines.buffer + begin, at - begin);
	*col = (int)chars + 1;
}

void
csv_where(const struct csv *c, size_t k, int *line, int *col)
{
	size_t len = c->lines.pos - c->lines.row;

	locate(c,
	       c->lines.row + csv_text_field(c->lines.buffer + c->lines.row, len, c->separator, k),
	       line, col);
}

static void
on_field(void *text, size_t len, void *data)
{
	struct csv *c = data;
	bool undefined = false;

	if (c->row_ended)
		note(c, c->lines.line, 0,
		     "a carriage return inside the row: put the field in quotes, or save the file "
		     "again");
	if (len > CSV_FIELD_MAX)
		note(c, c->lines.row_line, 0, "field %zu is longer than 64 KiB", c->n + 1);
	if (c->n++ >= CSV_COLUMNS || c->flaw[0] != '\0')
		return;
	struct csv_field *f = &c->fields[c->n - 1];
	char *out = c->arena + c->used;
	if (c->encoding == CP1252) {
		f->len = csv_text_from_cp1252(text, len, out, &undefined);
	} else {
		memcpy(out, text, len);
		f->len = len;
	}
	if (undefined)
		note(c, c->lines.row_line, 0,
		     "field %zu has a byte that is no character of CP-1252: save the file as \"CSV "
		     "UTF-8\"",
		     c->n);
	out[f->len] = '\0';
	f->text = out;
	c->used += f->len + 1;
}

static void
on_row(int end, void *data)
{
	struct csv *c = data;

	(void)end;
	c->row_ended = true;
}

static void
begin_row(struct csv *c)
{
	csv_lines_begin_row(&c->lines);
	c->n = c->used = 0;
	c->row_ended = false;
	c->flaw[0] = '\0';
}

static void
init_parser(struct csv *c)
{
	csv_init(&c->parser, CSV_STRICT | CSV_STRICT_FINI);
	csv_set_delim(&c->parser, (unsigned char)c->separator);
	csv_set_blk_size(&c->parser, 4096);
}

/* Forgets the field libcsv may be inside of. */
static void
restart_parser(struct csv *c)
{
	csv_free(&c->parser);
	init_parser(c);
}

/* What bytes alone tell of a line: its encoding must be that of the file, and NUL is never text. */
static void
check_bytes(struct csv *c, size_t end)
{
	const char *line = c->lines.buffer + c->lines.pos;
	size_t len = end - c->lines.pos;
	int at_line, col;

	const char *nul = memchr(line, '\0', len);
	if (nul != NULL) {
		locate(c, (size_t)(nul - c->lines.buffer), &at_line, &col);
		note(c, at_line, col,
		     "a zero byte: the file is damaged, or not text: save it again as \"CSV "
		     "UTF-8\"");
	}
	if (csv_text_is_ascii(line, len))
		return;
	size_t valid = utf8_valid(line, len);
	if (c->encoding == ASCII_SO_FAR)
		c->encoding = c->bom || valid == len ? UTF8 : CP1252;
	if (c->encoding == UTF8 && valid < len) {
		locate(c, c->lines.pos + valid, &at_line, &col);
		note(c, at_line, col,
		     "not UTF-8 as the rest of the file: save the whole of it as \"CSV UTF-8\"");
	} else if (c->encoding == CP1252 && valid == len) {
		note(c, c->lines.line, 0,
		     "this line is UTF-8, the file began as CP-1252: save the whole of it as \"CSV "
		     "UTF-8\"");
	}
}

/* About the field that is being read: its quote never met its end. Outdoes what was noted before.
 */
static void
note_open_quote(struct csv *c, const char *text)
{
	int line, col;

	csv_where(c, c->n, &line, &col);
	c->flaw[0] = '\0';
	note(c, line, col, "%s", text);
}

/* libcsv stopped at a byte: a quote where none may be, or text behind a closing one. */
static void
note_stray_quote(struct csv *c, size_t at)
{
	int line, col;

	locate(c, at, &line, &col);
	if (line != c->lines.row_line) {
		char text[WHY];
		snprintf(
		    text, sizeof text,
		    "the quote opened here is closed on line %d inside a word: is one missing?",
		    line);
		c->lines.pos = at;
		note_open_quote(c, text);
		return;
	}
	c->flaw[0] = '\0';
	note(c, line, col,
	     "a quote inside the field: put the whole field in quotes and double those inside it");
}

enum row_state { ROW_WHOLE, ROW_BROKEN, ROW_NONE, ROW_FAILED };

static enum row_state
finish_at_eof(struct csv *c)
{
	if (c->lines.pos == c->lines.row)
		return ROW_NONE;
	if (csv_fini(&c->parser, on_field, on_row, c) == 0)
		return c->row_ended ? ROW_WHOLE : ROW_NONE;
	if (csv_error(&c->parser) != CSV_EPARSE) {
		c->lines.error = ENOMEM;
		return ROW_FAILED;
	}
	note_open_quote(c, "the quote opened here is never closed");
	return ROW_BROKEN;
}

/* Feeds the line up to `end` to libcsv. False when it stopped inside. */
static bool
feed(struct csv *c, size_t end, enum row_state *state)
{
	size_t len = end - c->lines.pos;
	size_t done =
	    csv_parse(&c->parser, c->lines.buffer + c->lines.pos, len, on_field, on_row, c);

	if (done == len)
		return true;
	if (csv_error(&c->parser) == CSV_EPARSE) {
		*state = ROW_BROKEN;
		note_stray_quote(c, c->lines.pos + done);
	} else {
		*state = ROW_FAILED;
		c->lines.error = ENOMEM;
	}
	return false;
}

/* Reads lines until a row is whole. Blank lines before it are passed over. */
static enum row_state
read_row(struct csv *c)
{
	enum row_state state;
	size_t end;

	begin_row(c);
	for (;;) {
		if (!csv_lines_find(&c->lines, &end)) {
			if (c->lines.pos == c->lines.row)
				note(c, c->lines.line, 0, "the row is longer than 256 KiB");
			else
				note_open_quote(
				    c, "the quote opened here is not closed within 256 KiB");
			return ROW_BROKEN;
		}
		/* Where the disk failed, half a line must not pass for the last one. */
		if (c->lines.error != 0 && !csv_lines_is_whole(&c->lines, end))
			return ROW_FAILED;
		if (end == c->lines.pos)
			return finish_at_eof(c);
		check_bytes(c, end);
		if (!feed(c, end, &state))
			return state;
		bool blank = c->lines.pos == c->lines.row && !c->row_ended &&
			     csv_text_is_blank(c->lines.buffer + c->lines.pos, end - c->lines.pos);
		c->lines.pos = end;
		c->lines.line++;
		if (c->row_ended)
			return ROW_WHOLE;
		if (blank)
			begin_row(c);
	}
}

static enum csv_next
give_flaw(const struct csv *c, struct csv_row *row)
{
	*row = (struct csv_row){.line = c->lines.row_line,
				.offset = c->lines.base + (int64_t)c->lines.row,
				.bad_line = c->flaw_line,
				.bad_col = c->flaw_col,
				.why = c->flaw};
	return CSV_NEXT_BAD;
}

static enum csv_next
give_failure(struct csv *c, struct csv_row *row)
{
	snprintf(c->flaw, sizeof c->flaw, "cannot read the file: %s", strerror(c->lines.error));
	*row = (struct csv_row){.line = c->lines.line, .why = c->flaw};
	return CSV_NEXT_FAIL;
}

static bool
is_empty(const struct csv *c, size_t from)
{
	size_t n = c->n < CSV_COLUMNS ? c->n : CSV_COLUMNS;

	for (size_t i = from; i < n; i++)
		if (c->fields[i].len > 0)
			return false;
	return true;
}

/* A row that was read whole must have the header's columns; spreadsheets add empty ones at the end.
 */
static void
check_columns(struct csv *c)
{
	size_t want = c->header.n;

	if (c->n < want)
		note(c, c->lines.row_line, 0, "%zu column%s where the header has %zu", c->n,
		     c->n == 1 ? "" : "s", want);
	else if (c->n > want && (c->n > CSV_COLUMNS || !is_empty(c, want)))
		note(c, c->lines.row_line, 0,
		     "%zu columns where the header has %zu: put a field that holds a %s in quotes",
		     c->n, want,
		     c->separator == '\t'  ? "tab"
		     : c->separator == ';' ? "semicolon"
					   : "comma");
}

enum csv_next
csv_next(struct csv *c, struct csv_row *row)
{
	for (;;) {
		enum row_state state = read_row(c);
		if (state == ROW_FAILED)
			return give_failure(c, row);
		if (state == ROW_NONE) {
			*row = (struct csv_row){.line = c->lines.line};
			return CSV_NEXT_END;
		}
		if (state == ROW_BROKEN) {
			enum csv_next r = give_flaw(c, row);
			csv_lines_skip_first(&c->lines); /* its end is not to be trusted */
			restart_parser(c);
			return r;
		}
		if (c->flaw[0] == '\0' && c->n <= CSV_COLUMNS && is_empty(c, 0))
			continue;
		check_columns(c);
		if (c->flaw[0] != '\0') {
			/* Behind a stray carriage return a quote may stand open: none of it is the
			 * next row's. */
			restart_parser(c);
			return give_flaw(c, row);
		}
		*row = (struct csv_row){.fields = c->fields,
					.n = c->header.n,
					.line = c->lines.row_line,
					.offset = c->lines.base + (int64_t)c->lines.row};
		return CSV_NEXT_ROW;
	}
}

/* The BOM, the kind of line end, a `sep=` line, the separator: all that is settled before the
 * header is read. */
static int
sniff(struct csv *c, const char *name, struct complaints *list)
{
	size_t end;

	/* A pipe may give its first bytes one by one. */
	while (c->lines.end < SNIFF && csv_lines_fill(&c->lines))
		continue;
	const char *foreign = csv_text_foreign(c->lines.buffer, c->lines.end);
	if (foreign != NULL) {
		complaint_add(list, name, 0, 0, "%s", foreign);
		return -EINVAL;
	}
	if (c->lines.end >= 3 && memcmp(c->lines.buffer, "\xef\xbb\xbf", 3) == 0) {
		c->bom = true;
		c->lines.pos = 3;
		begin_row(c);
	}
	if (memchr(c->lines.buffer, '\n', c->lines.end) == NULL &&
	    memchr(c->lines.buffer, '\r', c->lines.end) != NULL)
		c->lines.eol = '\r';
	while (csv_lines_find(&c->lines, &end) && end > c->lines.pos) {
		const char *line = c->lines.buffer + c->lines.pos;
		char declared = csv_text_declared_separator(line, end - c->lines.pos);
		if (declared != 0)
			c->separator = declared;
		else if (!csv_text_is_blank(line, end - c->lines.pos))
			break;
		c->lines.pos = end;
		c->lines.line++;
		begin_row(c);
		if (declared != 0)
			return 0;
	}
	c->separator = csv_text_separator(c->lines.buffer + c->lines.pos, end - c->lines.pos);
	return 0;
}

static int
refuse_header(const struct csv *c, size_t k, const char *name, struct complaints *list,
	      const char *text)
{
	int line, col;

	csv_where(c, k, &line, &col);
	complaint_add(list, name, line, col, "%s", text);
	return -EINVAL;
}

/* Names must be there and differ. All that are wrong are told. */
static int
check_header(const struct csv *c, const char *name, struct complaints *list)
{
	int r = 0;

	for (size_t k = 0; k < c->header.n; k++) {
		const char *text = c->header_fields[k].text;
		char why[96];
		if (text[0] == '\0') {
			snprintf(why, sizeof why, "column %zu of the header has no name", k + 1);
			r = refuse_header(c, k, name, list, why);
		} else if (csv_column(c, text) != (int)k) {
			snprintf(why, sizeof why, "the column \"%.40s\" is there twice", text);
			r = refuse_header(c, k, name, list, why);
		}
	}
	return r;
}

static int
read_header(struct csv *c, const char *name, struct complaints *list)
{
	enum row_state state = read_row(c);

	if (state == ROW_FAILED) {
		complaint_add(list, name, 0, 0, "cannot read the file: %s",
			      strerror(c->lines.error));
		return -c->lines.error;
	}
	if (state == ROW_NONE) {
		complaint_add(list, name, 0, 0,
			      "the file is empty: it must begin with a header row");
		return -EINVAL;
	}
	if (state == ROW_WHOLE && c->n > CSV_COLUMNS)
		note(c, c->lines.row_line, 0, "more than %d columns", CSV_COLUMNS);
	if (c->flaw[0] != '\0') {
		complaint_add(list, name, c->flaw_line, c->flaw_col, "%s", c->flaw);
		return -EINVAL;
	}
	while (c->n > 1 && c->fields[c->n - 1].len == 0)
		c->n--;
	/* The arena is used again for each row; the header stays. */
	c->header_text = malloc(c->used);
	if (c->header_text == NULL)
		return -ENOMEM;
	memcpy(c->header_text, c->arena, c->used);
	for (size_t k = 0; k < c->n; k++) {
		c->header_fields[k].text = c->header_text + (c->fields[k].text - c->arena);
		c->header_fields[k].len = c->fields[k].len;
	}
	c->header = (struct csv_row){.fields = c->header_fields,
				     .n = c->n,
				     .line = c->lines.row_line,
				     .offset = c->lines.base + (int64_t)c->lines.row};
	return check_header(c, name, list);
}

int
csv_open_fd(struct csv **out, int fd, const char *name, struct complaints *list)
{
	struct stat st;

	struct csv *c = calloc(1, sizeof *c);
	if (c == NULL)
		return -ENOMEM;
	*c = (struct csv){.separator = ',', .size = -1};
	c->arena = malloc(ARENA);
	int r = csv_lines_init(&c->lines, fd);
	if (c->arena == NULL)
		r = -ENOMEM;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		c->size = st.st_size;
	if (r == 0)
		r = sniff(c, name, list);
	init_parser(c);
	if (r == 0)
		r = read_header(c, name, list);
	if (r != 0) {
		csv_close(c);
		return r;
	}
	*out = c;
	return 0;
}

int
csv_open(struct csv **out, const char *path, const char *name, struct complaints *list)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		int error = errno;
		complaint_add(list, name, 0, 0, "cannot open the file: %s", strerror(error));
		return -error;
	}
	int r = csv_open_fd(out, fd, name, list);
	if (r != 0)
		close(fd);
	else
		(*out)->own_fd = true;
	return r;
}

void
csv_close(struct csv *c)
{
	if (c == NULL)
		return;
	csv_free(&c->parser);
	csv_lines_fini(&c->lines);
	free(c->arena);
	free(c->header_text);
	if (c->own_fd)
		close(c->lines.fd);
	free(c);
}

const struct csv_row *
csv_header(const struct csv *c)
{
	return &c->header;
}

int
csv_column(const struct csv *c, const char *name)
{
	for (size_t k = 0; k < c->header.n; k++)
		if (strcmp(c->header_fields[k].text, name) == 0)
			return (int)k;
	return -1;
}

int64_t
csv_bytes(const struct csv *c)
{
	return c->lines.base + (int64_t)c->lines.pos;
}

int64_t
csv_size(const struct csv *c)
{
	return c->size;
}

const char *
csv_encoding(const struct csv *c)
{
	static const char *const names[] = {"ASCII", "UTF-8", "CP-1252"};

	return names[c->encoding];
}

char
csv_separator(const struct csv *c)
{
	return c->separator;
}
