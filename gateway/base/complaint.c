#include "complaint.h"

#include "utf8.h"

#include <assert.h>
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Replaces what would move a terminal's cursor or end the line, and bytes that are no UTF-8. */
static void
make_plain(char *text)
{
	size_t left = strlen(text);
	size_t size;

	for (; left > 0; text += size, left -= size) {
		int32_t c = utf8_next(text, left, &size);
		/* vsnprintf() may have cut the last character in two. */
		if (c < 0 && left < 4 && (unsigned char)*text >= 0xc2) {
			*text = '\0';
			return;
		}
		if (c == '\n' || c == '\t')
			*text = ' ';
		else if (c < 0x20 || c == 0x7f)
			*text = '?';
	}
}

static bool
make_room(struct complaints *list)
{
	if (list->n >= COMPLAINT_MAX)
		return false;
	if (list->n < list->room)
		return true;
	size_t room = list->room == 0 ? 8 : list->room * 2;
	struct complaint *grown = realloc(list->items, room * sizeof *grown);
	if (grown == NULL)
		return false;
	list->items = grown;
	list->room = room;
	return true;
}

void
complaint_vadd(struct complaints *list, bool warning, const char *file, int line, int col,
	       const char *fmt, va_list args)
{
	if (warning)
		list->warnings++;
	else
		list->errors++;
	if (!make_room(list))
		return;
	struct complaint *c = &list->items[list->n++];
	*c = (struct complaint){.line = line, .col = col, .warning = warning};
	if (file != NULL) {
		size_t len = strlen(file);
		/* The end of a path tells more than its beginning. */
		if (len >= sizeof c->file)
			file += len - (sizeof c->file - 1);
		memcpy(c->file, file, strlen(file) + 1);
		make_plain(c->file);
	}
	vsnprintf(c->text, sizeof c->text, fmt, args);
	make_plain(c->text);
}

void
complaint_add(struct complaints *list, const char *file, int line, int col, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	complaint_vadd(list, false, file, line, col, fmt, args);
	va_end(args);
}

void
complaint_warn(struct complaints *list, const char *file, int line, int col, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	complaint_vadd(list, true, file, line, col, fmt, args);
	va_end(args);
}

int
complaint_format(const struct complaint *c, char *out, size_t size)
{
	char line[16] = "";
	char col[16] = "";

	if (c->line > 0)
		snprintf(line, sizeof line, ":%d", c->line);
	if (c->line > 0 && c->col > 0)
		snprintf(col, sizeof col, ":%d", c->col);
	return snprintf(out, size, "%s%s%s%s%s: %s", c->file, line, col, c->file[0] ? ": " : "",
			c->warning ? "warning" : "error", c->text);
}

void
complaint_clear(struct complaints *list)
{
	free(list->items);
	*list = (struct complaints){0};
}

enum { WORD_MAX = 64, NEAR_MAX = 3 };

static int
smallest(int a, int b, int c)
{
	int least = a < b ? a : b;

	return least < c ? least : c;
}

/*
 * Damerau's distance in the "optimal string alignment" form: no piece is edited twice, which is
 * all that typing errors need. Three rows are enough, since a swap looks two rows back.
 */
static int
distance(const char *a, size_t na, const char *b, size_t nb)
{
	int rows[3][WORD_MAX + 1];

	for (size_t j = 0; j <= nb; j++)
		rows[0][j] = (int)j;
	for (size_t i = 1; i <= na; i++) {
		int *row = rows[i % 3];
		const int *last = rows[(i + 2) % 3];
		const int *before = rows[(i + 1) % 3];
		row[0] = (int)i;
		for (size_t j = 1; j <= nb; j++) {
			int ca = tolower((unsigned char)a[i - 1]);
			int cb = tolower((unsigned char)b[j - 1]);
			row[j] = smallest(last[j] + 1, row[j - 1] + 1, last[j - 1] + (ca != cb));
			if (i > 1 && j > 1 && ca == tolower((unsigned char)b[j - 2]) &&
			    cb == tolower((unsigned char)a[i - 2]) && before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
	}
	return rows[na % 3][nb];
}

const char *
complaint_nearest(const char *word, const char *const *known)
{
	const char *best = NULL;
	int best_distance = NEAR_MAX + 1;
	size_t n = strlen(word);

	if (n == 0 || n > WORD_MAX)
		return NULL;
	for (; *known != NULL; known++) {
		size_t m = strlen(*known);
		size_t longer = m > n ? m : n;
		if (m > WORD_MAX || (m > n ? m - n : n - m) > NEAR_MAX)
			continue;
		int d = distance(word, n, *known, m);
		/* Two letters of three alike, but one slip is always forgiven in words of two or
		 * three. */
		if (d < best_distance && (d * 3 <= (int)longer || (d == 1 && longer >= 2))) {
			best = *known;
			best_distance = d;
		}
	}
	return best;
}
