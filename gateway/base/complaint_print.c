/* The printing side of complaint.h: finds the source line again and draws a caret under it. */
#include "complaint.h"

#include "utf8.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const char COMPLAINT_NO_SOURCE[] = "";

enum {
	LINE_MAX_BYTES = 8192, /* of a source line held; a caret beyond is not drawn */
	WINDOW = 100,          /* columns of a line shown */
	LEAD = 60,             /* columns kept before the caret when the line is longer */
	TAB = 8,
};

/* One file stays open between complaints, which mostly come in the order of its lines. */
struct source {
	char path[PATH_MAX];
	FILE *file;
	int next; /* the number of the line that is read next */
	char text[LINE_MAX_BYTES];
	size_t len;
};

static void
source_close(struct source *s)
{
	if (s->file != NULL)
		fclose(s->file);
	s->file = NULL;
	s->path[0] = '\0';
}

static bool
source_open(struct source *s, const char *home, const char *name)
{
	char path[PATH_MAX];
	struct stat st;
	int n;

	if (home != NULL && name[0] != '/')
		n = snprintf(path, sizeof path, "%s/%s", home, name);
	else
		n = snprintf(path, sizeof path, "%s", name);
	if (n < 0 || (size_t)n >= sizeof path)
		return false;
	if (s->file != NULL && strcmp(s->path, path) == 0)
		return true;
	source_close(s);
	/* A FIFO or a terminal would wait, or has been read already. */
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	s->file = fopen(path, "re");
	if (s->file == NULL)
		return false;
	memcpy(s->path, path, (size_t)n + 1);
	s->next = 1;
	return true;
}

/* Reads one line into s->text, or passes over it; long lines keep their beginning. */
static bool
read_line(struct source *s, bool keep)
{
	int c;
	bool any = false;

	s->len = 0;
	while ((c = getc_unlocked(s->file)) != EOF) {
		any = true;
		if (c == '\n')
			break;
		if (keep && s->len < sizeof s->text)
			s->text[s->len++] = (char)c;
	}
	s->next++;
	return any;
}

static bool
source_line(struct source *s, int line)
{
	if (line < s->next) {
		rewind(s->file);
		s->next = 1;
	}
	while (s->next < line)
		if (!read_line(s, false))
			return false;
	if (!read_line(s, true))
		return false;
	if (s->len > 0 && s->text[s->len - 1] == '\r')
		s->len--;
	/* The mark that Windows puts before UTF-8 is no character of the first line. */
	if (line == 1 && s->len >= 3 && memcmp(s->text, "\xef\xbb\xbf", 3) == 0) {
		s->len -= 3;
		memmove(s->text, s->text + 3, s->len);
	}
	return true;
}

struct range {
	int32_t from, to;
};

static bool
in_ranges(int32_t c, const struct range *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c >= r[i].from && c <= r[i].to)
			return true;
	return false;
}

/* Cells of a terminal. Coarse, and enough for a caret: marks and joiners take none, East Asian
 * letters and emoji two. */
static int
width_of(int32_t c)
{
	static const struct range none[] = {
	    {0x300, 0x36f},   {0x591, 0x5c7},   {0x610, 0x61a},     {0x64b, 0x65f},
	    {0x900, 0x902},   {0x941, 0x948},   {0x94d, 0x94d},     {0xe31, 0xe31},
	    {0xe34, 0xe3a},   {0xe47, 0xe4e},   {0x200b, 0x200f},   {0x202a, 0x202e},
	    {0x2060, 0x2064}, {0x2066, 0x2069}, {0x20d0, 0x20f0},   {0xfe00, 0xfe0f},
	    {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}, {0x1f3fb, 0x1f3ff},
	};
	static const struct range two[] = {
	    {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf}, {0xac00, 0xd7a3},
	    {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60}, {0x1f300, 0x1f64f},
	    {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
	};

	if (c < 0x300)
		return 1;
	if (in_ranges(c, none, sizeof none / sizeof none[0]))
		return 0;
	return in_ranges(c, two, sizeof two / sizeof two[0]) ? 2 : 1;
}

/* What must not reach a terminal: controls, and marks that turn the direction of text around. */
static bool
is_unsafe(int32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

/* A walk over a line: where the next character stands, in characters and in cells. */
struct walk {
	size_t at;
	int col; /* of the next character, from 1 */
	int cell;
};

static int32_t
step(const struct source *s, struct walk *w, size_t *size, int *cells)
{
	int32_t c = utf8_next(s->text + w->at, s->len - w->at, size);

	if (c == '\t')
		*cells = TAB - w->cell % TAB;
	else
		*cells = is_unsafe(c) ? 1 : width_of(c);
	w->at += *size;
	w->col++;
	w->cell += *cells;
	return c;
}

static int
cell_of(const struct source *s, int col)
{
	struct walk w = {.col = 1};
	size_t size;
	int cells;

	while (w.col < col && w.at < s->len)
		step(s, &w, &size, &cells);
	/* One past the end is where something missing should stand; farther is not this line. */
	return w.col == col ? w.cell : -1;
}

/* Writes the cells `from`..`to` of the line: tabs as spaces, what is unsafe or no UTF-8 as '?'. */
static void
write_cells(FILE *out, const struct source *s, int from, int to)
{
	struct walk w = {.col = 1};

	while (w.at < s->len) {
		size_t start = w.at, size;
		int cell = w.cell, cells;
		int32_t c = step(s, &w, &size, &cells);
		if (cell < from) {
			/* A wide character or tab cut by the window's edge leaves its rest as
			 * spaces. */
			for (int i = from; i < w.cell && i < to; i++)
				putc(' ', out);
			continue;
		}
		if (w.cell > to)
			break;
		if (c == '\t')
			fprintf(out, "%*s", cells, "");
		else if (is_unsafe(c))
			putc('?', out);
		else
			fwrite(s->text + start, 1, size, out);
	}
}

static void
print_source(FILE *out, const struct source *s, int col)
{
	int caret = col > 0 ? cell_of(s, col) : -1;
	int from = 0;
	struct walk w = {.col = 1};
	size_t size;
	int cells;

	while (w.at < s->len)
		step(s, &w, &size, &cells);
	int end = w.cell;
	if (end > WINDOW && caret > LEAD)
		from = caret - LEAD;
	bool cut = end - from > WINDOW;
	fprintf(out, "  %s", from > 0 ? "..." : "");
	write_cells(out, s, from, cut ? from + WINDOW : end);
	fprintf(out, "%s\n", cut ? "..." : "");
	if (caret >= 0)
		fprintf(out, "  %*s^\n", caret - from + (from > 0 ? 3 : 0), "");
}

void
complaint_print(FILE *out, const struct complaints *list, const char *home)
{
	struct source *s = calloc(1, sizeof *s);
	char text[sizeof(struct complaint) + 64];

	for (size_t i = 0; i < list->n; i++) {
		const struct complaint *c = &list->items[i];
		complaint_format(c, text, sizeof text);
		fprintf(out, "%s\n", text);
		if (s == NULL || home == COMPLAINT_NO_SOURCE || c->line <= 0 || c->file[0] == '\0')
			continue;
		if (source_open(s, home, c->file) && source_line(s, c->line))
			print_source(out, s, c->col);
	}
	size_t more = list->errors + list->warnings - list->n;
	if (more > 0)
		fprintf(out, "and %zu more\n", more);
	if (s != NULL)
		source_close(s);
	free(s);
}
