#include "table.h"

#include "gateway/base/utf8.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <uv.h>

#define FIRST_ROWS 200 /* held back to measure */
#define MAX_COLS   32
#define LEAST      8  /* a cut column keeps that much */
#define USEFUL     28 /* columns are left out before one is cut below that */
#define BETWEEN    2  /* blanks between columns */

struct table {
	FILE *out;
	const struct table_column *column;
	size_t n, at; /* columns; the next cell */
	size_t width[MAX_COLS];
	bool hidden[MAX_COLS];
	size_t last;                       /* the last column that is shown */
	char *text[FIRST_ROWS * MAX_COLS]; /* cells held back */
	size_t held;
	bool begun, failed;
	int terminal;
};

/* ---- width of characters ---- */

struct range {
	int32_t from, to;
};

static bool
within(const struct range *r, size_t n, int32_t c)
{
	for (size_t i = 0; i < n && r[i].from <= c; i++)
		if (c <= r[i].to)
			return true;
	return false;
}

/* Marks that stand on or join the character before them (general categories Mn, Me and Cf of the
 * scripts borrowers write in). */
static bool
takes_none(int32_t c)
{
	static const struct range none[] = {
	    {0x300, 0x36f},    {0x483, 0x489},   {0x591, 0x5bd},   {0x5bf, 0x5bf},
	    {0x5c1, 0x5c2},    {0x610, 0x61a},   {0x64b, 0x65f},   {0x670, 0x670},
	    {0x6d6, 0x6dc},    {0x900, 0x902},   {0x93a, 0x93a},   {0x93c, 0x93c},
	    {0x941, 0x948},    {0x94d, 0x94d},   {0x951, 0x957},   {0x981, 0x981},
	    {0x9bc, 0x9bc},    {0x9c1, 0x9c4},   {0x9cd, 0x9cd},   {0xa01, 0xa02},
	    {0xa3c, 0xa51},    {0xa81, 0xa82},   {0xabc, 0xabc},   {0xac1, 0xac8},
	    {0xacd, 0xacd},    {0xbc0, 0xbc0},   {0xbcd, 0xbcd},   {0xc3e, 0xc40},
	    {0xc46, 0xc56},    {0xccc, 0xccd},   {0xd41, 0xd44},   {0xd4d, 0xd4d},
	    {0xe31, 0xe31},    {0xe34, 0xe3a},   {0xe47, 0xe4e},   {0xeb1, 0xeb1},
	    {0xeb4, 0xebc},    {0x102d, 0x1030}, {0x1032, 0x1037}, {0x1039, 0x103a},
	    {0x17b4, 0x17b5},  {0x17b7, 0x17bd}, {0x17c6, 0x17c6}, {0x17c9, 0x17d3},
	    {0x1ab0, 0x1aff},  {0x1dc0, 0x1dff}, {0x200b, 0x200d}, {0x20d0, 0x20ff},
	    {0xfe00, 0xfe0f},  {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}, {0x1f3fb, 0x1f3ff},
	    {0xe0100, 0xe01ef}};

	return c >= 0x300 && within(none, sizeof none / sizeof *none, c);
}

static bool
takes_two(int32_t c)
{
	static const struct range two[] = {
	    {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},   {0xac00, 0xd7a3},
	    {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
	    {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1faff}, {0x20000, 0x3fffd}};

	return c >= 0x1100 && within(two, sizeof two / sizeof *two, c);
}

/* Characters that would move the cursor, or turn what stands beside them. */
static bool
unsafe(int32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200e && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static size_t
columns_of(int32_t c)
{
	if (c < 0x300)
		return 1;
	return takes_none(c) ? 0 : takes_two(c) ? 2 : 1;
}

size_t
table_width(const char *text)
{
	size_t left = strlen(text), width = 0, size;

	for (; left > 0; text += size, left -= size)
		width += columns_of(utf8_next(text, left, &size));
	return width;
}

int
table_terminal(FILE *out)
{
	const char *set = getenv("COLUMNS");
	struct winsize size;
	int fd = fileno(out), columns;

	if (fd < 0 || !isatty(fd))
		return 0;
	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	columns = set != NULL ? atoi(set) : 0;
	return columns > 0 ? columns : 80;
}

/* ---- cells ---- */

/* A copy that is safe to show, runs of blanks and line ends made one blank. */
static char *
safe_copy(const char *text)
{
	size_t left = strlen(text), n = 0, size;
	char *copy = malloc(left * 3 + 1); /* U+FFFD for a bad byte */

	if (copy == NULL)
		return NULL;
	for (; left > 0; text += size, left -= size) {
		int32_t c = utf8_next(text, left, &size);

		if (c < 0) {
			memcpy(copy + n, "\xef\xbf\xbd", 3);
			n += 3;
		} else if (unsafe(c) || c == ' ') {
			if (n > 0 && copy[n - 1] != ' ')
				copy[n++] = ' ';
		} else {
			memcpy(copy + n, text, size);
			n += size;
		}
	}
	while (n > 0 && copy[n - 1] == ' ')
		n--;
	copy[n] = '\0';
	return copy;
}

/* Writes a cell; the last of a row gets no blanks behind it. */
static void
put(struct table *t, size_t column, const char *text)
{
	bool last = column == t->last;
	size_t width = t->width[column];
	size_t needs = table_width(text), used = 0, len = strlen(text), size;
	bool right = (t->column[column].flags & TABLE_RIGHT) != 0;

	if (t->hidden[column])
		return;
	if (t->terminal == 0 && needs > width)
		width = needs; /* a later row may be wider than those that were measured */
	if (needs <= width) {
		fprintf(t->out, "%*s%s%*s", right ? (int)(width - needs) : 0, "", text,
			right || last ? 0 : (int)(width - needs), "");
	} else {
		size_t cut = 0;

		while (cut < len) {
			size_t wide = columns_of(utf8_next(text + cut, len - cut, &size));

			if (used + wide > width - 1)
				break;
			used += wide;
			cut += size;
		}
		fprintf(t->out, "%.*s…%*s", (int)cut, text, last ? 0 : (int)(width - used - 1), "");
	}
	fputs(last ? "\n" : "  ", t->out);
}

/* ---- rows ---- */

struct table *
table_new(FILE *out, const struct table_column *columns, size_t n)
{
	struct table *t = calloc(1, sizeof *t);

	assert(n > 0 && n <= MAX_COLS);
	if (t == NULL)
		return NULL;
	t->out = out;
	t->column = columns;
	t->n = n;
	t->last = n - 1;
	t->terminal = table_terminal(out);
	for (size_t i = 0; i < n; i++)
		t->width[i] = table_width(columns[i].heading);
	return t;
}

/* Columns a line takes when those that may be cut are cut to `least`. */
static size_t
total_width(const struct table *t, size_t least)
{
	size_t total = 0;

	for (size_t i = 0; i < t->n; i++) {
		bool cut = (t->column[i].flags & TABLE_CUT) != 0 && t->width[i] > least;

		if (!t->hidden[i])
			total += (cut ? least : t->width[i]) + BETWEEN;
	}
	return total - BETWEEN;
}

static void
leave_out(struct table *t, size_t room)
{
	for (size_t i = t->n; i-- > 1 && total_width(t, USEFUL) > room;)
		t->hidden[i] = (t->column[i].flags & TABLE_DROP) != 0;
	while (t->hidden[t->last])
		t->last--;
}

/* Takes from the widest column that may be cut until the line fits, or nothing more can go. */
static void
fit(struct table *t)
{
	size_t room = (size_t)t->terminal, total;

	leave_out(t, room);
	for (total = total_width(t, SIZE_MAX); total > room; total--) {
		size_t widest = t->n;

		for (size_t i = 0; i < t->n; i++)
			if (!t->hidden[i] && (t->column[i].flags & TABLE_CUT) != 0 &&
			    t->width[i] > LEAST &&
			    (widest == t->n || t->width[i] > t->width[widest]))
				widest = i;
		if (widest == t->n)
			return;
		t->width[widest]--;
	}
}

static void
begin(struct table *t)
{
	bool colour = t->terminal > 0 && getenv("NO_COLOR") == NULL;

	t->begun = true;
	if (t->terminal > 0)
		fit(t);
	if (colour)
		fputs("\033[1m", t->out);
	for (size_t i = 0; i < t->n; i++)
		put(t, i, t->column[i].heading);
	if (colour)
		fputs("\033[0m", t->out);
	for (size_t i = 0; i < t->held; i++) {
		put(t, i % t->n, t->text[i]);
		free(t->text[i]);
	}
	t->held = 0;
}

void
table_cell(struct table *t, const char *text)
{
	size_t column = t->at, width;
	char *copy = safe_copy(text != NULL ? text : "");

	t->at = (t->at + 1) % t->n;
	if (copy == NULL) {
		t->failed = true;
		return;
	}
	if (t->begun) {
		put(t, column, copy);
		free(copy);
		return;
	}
	if ((width = table_width(copy)) > t->width[column])
		t->width[column] = width;
	t->text[t->held++] = copy;
	if (t->at == 0 && t->held + t->n > FIRST_ROWS * t->n)
		begin(t);
}

void
table_drop(struct table *t)
{
	for (size_t i = 0; i < t->held; i++)
		free(t->text[i]);
	free(t);
}

int
table_free(struct table *t)
{
	int rc;

	if (!t->begun && !t->failed)
		begin(t);
	rc = t->failed ? UV_ENOMEM : ferror(t->out) ? UV_EIO : 0;
	table_drop(t);
	return rc;
}
