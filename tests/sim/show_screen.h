/*
 * A tally drawn: on a terminal in place, a few times a second; elsewhere one plain line every few
 * days.
 *
 * Colours follow the terminal's own sixteen and NO_COLOR; lines and arrows are ASCII where the
 * locale is not UTF-8. Nothing ever wraps: what is too wide is cut.
 */
#ifndef SIM_SHOW_SCREEN_H
#define SIM_SHOW_SCREEN_H

#include "show_tally.h"

#include "buffer.h"

struct show_screen {
	bool in_place;
	bool colour;
	bool utf8;
	unsigned cols;
	unsigned rows;
	unsigned drawn; /* lines of the last frame: so far up it begins */
	struct buffer out;
};

enum show_style {
	SHOW_PLAIN,
	SHOW_BOLD,
	SHOW_DIM,
	SHOW_GREEN,
	SHOW_YELLOW,
	SHOW_RED,
	SHOW_CYAN,
	SHOW_TITLE,
};

/* Looks at standard output. show_screen_close() shows the cursor again, under the last frame. */
void show_screen_open(struct show_screen *s);
void show_screen_close(struct show_screen *s);

/* The whole picture, day `day` of `days` (0: unknown); in place only. */
void show_screen_draw(struct show_screen *s, const struct show_tally *t, uint64_t days);

/* One plain line: everything so far. */
void show_screen_line(struct show_screen *s, const struct show_tally *t);

/* Text in a style, where colours are wanted; for lines that are not part of the picture. */
void show_screen_put(struct show_screen *s, enum show_style style, const char *text);
void show_screen_flush(struct show_screen *s);

/* A reason's explanation, shortened at a sensible place where it is wider than `width`. */
const char *show_screen_reason(const char *text, unsigned width, char *to, size_t size);

/* " 5 Oct" or "Mon 05 Oct 2026". */
const char *show_screen_day(int64_t day, bool whole, char to[20]);

#endif
