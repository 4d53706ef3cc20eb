#include "show_screen.h"

#include <inttypes.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

enum { NARROWEST = 72, LOWEST = 18, WIDE = 104, LEDGER = 79 };

/* A picture being written: where in the line we are, and how many lines there are. */
struct frame {
	struct show_screen *s;
	unsigned at;
	unsigned lines;
};

static const char *const styles[] = {
    [SHOW_PLAIN] = "",    [SHOW_BOLD] = "1", [SHOW_DIM] = "2",   [SHOW_GREEN] = "32",
    [SHOW_YELLOW] = "33", [SHOW_RED] = "31", [SHOW_CYAN] = "36", [SHOW_TITLE] = "1;36",
};

/* ---- the terminal ---- */

static void
measure(struct show_screen *s)
{
	struct winsize size;
	unsigned cols = 80, rows = 24;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col && size.ws_row) {
		cols = size.ws_col;
		rows = size.ws_row;
	}
	/* After a change of size nobody knows where the old frame's lines went. */
	if (s->drawn && (cols != s->cols || rows != s->rows)) {
		buffer_puts(&s->out, "\033[2J\033[H");
		s->drawn = 0;
	}
	s->cols = cols;
	s->rows = rows;
}

void
show_screen_open(struct show_screen *s)
{
	const char *term = getenv("TERM"), *locale = getenv("LC_ALL");
	bool terminal = isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0;
	*s = (struct show_screen){0};
	measure(s);
	s->in_place = terminal && s->cols >= NARROWEST && s->rows >= LOWEST;
	s->colour = terminal && !getenv("NO_COLOR");
	if (!locale || !*locale)
		locale = getenv("LC_CTYPE");
	if (!locale || !*locale)
		locale = getenv("LANG");
	s->utf8 = locale && (strstr(locale, "UTF-8") || strstr(locale, "utf8"));
	setlocale(LC_CTYPE, "C.UTF-8"); /* how wide characters are, whatever the locale */
	if (s->in_place)
		buffer_puts(&s->out, "\033[?25l");
}

void
show_screen_flush(struct show_screen *s)
{
	for (size_t done = 0; done < s->out.used;) {
		ssize_t n = write(STDOUT_FILENO, s->out.at + done, s->out.used - done);
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	s->out.used = 0;
}

void
show_screen_close(struct show_screen *s)
{
	if (s->in_place)
		buffer_puts(&s->out, "\033[?25h");
	show_screen_flush(s);
	buffer_fini(&s->out);
}

/* ---- text ---- */

static void
begin_style(struct show_screen *s, enum show_style style)
{
	if (s->colour && *styles[style])
		buffer_printf(&s->out, "\033[%sm", styles[style]);
}

static void
end_style(struct show_screen *s, enum show_style style)
{
	if (s->colour && *styles[style])
		buffer_puts(&s->out, "\033[0m");
}

/* Writes at most `most` columns of text and adds them to `used`; returns what was left out. */
static const char *
put_columns(struct show_screen *s, const char *text, unsigned most, unsigned *used)
{
	mbstate_t state = {0};
	unsigned at = 0;
	while (*text) {
		wchar_t c;
		size_t n = mbrtowc(&c, text, strlen(text), &state);
		if (n == (size_t)-1 || n == (size_t)-2)
			break;
		int width = wcwidth(c);
		/* a control character, or one that this terminal may not know */
		bool strange = width < 0 || (n > 1 && !s->utf8);
		unsigned wide = strange ? 1 : (unsigned)width;
		if (at + wide > most)
			break;
		if (strange)
			buffer_puts(&s->out, width < 0 ? " " : "?");
		else
			buffer_put(&s->out, text, n);
		at += wide;
		text += n;
	}
	*used += at;
	return text;
}

void
show_screen_put(struct show_screen *s, enum show_style style, const char *text)
{
	begin_style(s, style);
	buffer_puts(&s->out, text);
	end_style(s, style);
}

static void
put(struct frame *f, enum show_style style, const char *text)
{
	begin_style(f->s, style);
	put_columns(f->s, text, f->s->cols - f->at, &f->at);
	end_style(f->s, style);
}

static void __attribute__((format(printf, 3, 4)))
putf(struct frame *f, enum show_style style, const char *format, ...)
{
	char text[512];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	put(f, style, text);
}

static void
pad(struct frame *f, unsigned column)
{
	while (f->at < column && f->at < f->s->cols) {
		buffer_puts(&f->s->out, " ");
		f->at++;
	}
}

/* A text in a column of its own, cut with dots. */
static void
put_cut(struct frame *f, enum show_style style, const char *text, unsigned width)
{
	unsigned start = f->at;
	begin_style(f->s, style);
	size_t mark = f->s->out.used;
	if (*put_columns(f->s, text, width, &f->at)) {
		f->s->out.used = mark;
		f->at = start;
		put_columns(f->s, text, width - 3, &f->at);
		put_columns(f->s, "...", 3, &f->at);
	}
	end_style(f->s, style);
	pad(f, start + width);
}

static void
end_line(struct frame *f)
{
	buffer_puts(&f->s->out, "\033[K\n");
	f->at = 0;
	f->lines++;
}

static const char *
glyph(const struct frame *f, const char *fine, const char *plain)
{
	return f->s->utf8 ? fine : plain;
}

const char *
show_screen_day(int64_t day, bool whole, char to[20])
{
	static const char *const weekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t at = (time_t)day * 86400;
	struct tm tm;
	gmtime_r(&at, &tm);
	if (whole)
		snprintf(to, 20, "%s %2d %s %d", weekdays[tm.tm_wday], tm.tm_mday,
			 months[tm.tm_mon], tm.tm_year % 8100 + 1900);
	else
		snprintf(to, 20, "%2d %s", tm.tm_mday, months[tm.tm_mon]);
	return to;
}

const char *
show_screen_reason(const char *text, unsigned width, char *to, size_t size)
{
	size_t n = strlen(text);
	snprintf(to, size, "%s", text);
	/* What stands before the semicolon, or before the last comma that fits, says enough. */
	if (n > width && strchr(to, ';'))
		n = strcspn(to, ";");
	while (n > width && n)
		while (n && to[--n] != ',')
			;
	if (n && n < size)
		to[n] = 0;
	else if (!n && width >= 3 && width < size)
		snprintf(to + width - 3, 4, "...");
	return to;
}

/* ---- the picture, from top to bottom ---- */

static void
draw_clock(struct frame *f, const struct show_tally *t, uint64_t days)
{
	char day[20];
	uint64_t n = t->n_days ? (uint64_t)(t->today - t->days[0].day) + 1 : 1;
	if (days && n > days)
		n = days;
	put(f, SHOW_TITLE, "  Dunlin");
	putf(f, SHOW_BOLD, "   %s", show_screen_day(t->today, true, day));
	putf(f, SHOW_PLAIN, "  %s", t->time);
	if (!days) {
		end_line(f);
		return;
	}
	putf(f, SHOW_DIM, "   day %2" PRIu64 " of %" PRIu64 "  ", n, days);
	unsigned room = LEDGER - f->at;
	for (unsigned i = 0; i < room; i++)
		if (i < n * room / days)
			put(f, SHOW_GREEN, glyph(f, "━", "="));
		else
			put(f, SHOW_DIM, glyph(f, "─", "-"));
	end_line(f);
}

static void
draw_route(struct frame *f, const struct show_tally *t)
{
	bool up = strcmp(t->state, "up") == 0;
	put(f, SHOW_PLAIN, "  operator ");
	put(f, up ? SHOW_GREEN : SHOW_YELLOW, glyph(f, "● ", "* "));
	put(f, up ? SHOW_GREEN : SHOW_YELLOW, *t->state ? t->state : "starting");
	if (up || !*t->why)
		putf(f, SHOW_DIM, "   %" PRId64 " queued, %" PRId64 " on the way", t->queued,
		     t->sending);
	else
		putf(f, SHOW_DIM, "   %s", t->why);
	if (t->unknown)
		putf(f, SHOW_YELLOW, ", %" PRId64 " unknown", t->unknown);
	putf(f, SHOW_DIM, "    for a person: %" PRId64 " replies, %" PRId64 " tasks",
	     t->waiting_replies, t->waiting_tasks);
	end_line(f);
}

/* One line a stick, under the operator's. */
static void
draw_stick(struct frame *f, const struct show_stick *stick)
{
	bool ready = strcmp(stick->state, "ready") == 0 || strcmp(stick->state, "sending") == 0;
	putf(f, SHOW_PLAIN, "  %-8.8s ", *stick->model ? stick->model : "stick");
	put(f, ready ? SHOW_GREEN : SHOW_YELLOW, glyph(f, "● ", "* "));
	put(f, ready ? SHOW_GREEN : SHOW_YELLOW,
	    ready           ? "up"
	    : *stick->state ? stick->state
			    : "starting");
	if (!ready && *stick->why)
		putf(f, SHOW_DIM, "   %s", stick->why);
	else if (*stick->network)
		putf(f, SHOW_DIM, "   SIM of %s", stick->network);
	if (ready && stick->dbm)
		putf(f, SHOW_DIM, ", %" PRId64 " dBm", stick->dbm);
	putf(f, SHOW_DIM, "    %u sent", stick->sent);
	if (stick->minor >= 0)
		putf(f, SHOW_DIM, ", %s %" PRId64 ".%02" PRId64 " left", stick->currency,
		     stick->minor / 100, stick->minor % 100);
	end_line(f);
}

/* Calls are few and short: a line tells of them while one is up, and what came of all. */
static void
draw_calls(struct frame *f, const struct show_tally *t)
{
	put(f, SHOW_PLAIN, "  calls    ");
	put(f, t->calls_up ? SHOW_GREEN : SHOW_DIM, glyph(f, "● ", "* "));
	if (t->calls_up)
		putf(f, SHOW_GREEN, "%u up", t->calls_up);
	else
		put(f, SHOW_DIM, "none up");
	putf(f, SHOW_DIM, "    %u so far, %u promise%s by keys", t->calls, t->keyed,
	     t->keyed == 1 ? "" : "s");
	end_line(f);
}

/* The ledger's columns: which count, under which word, in which colour when it is not 0. */
static const struct {
	enum show_count what;
	int width;
	enum show_style style;
	const char *word;
} columns[] = {
    {SHOW_SENT, 6, SHOW_BOLD, "sent"},          {SHOW_DELIVERED, 11, SHOW_PLAIN, "delivered"},
    {SHOW_FAILED, 8, SHOW_RED, "failed"},       {SHOW_REPLIED, 9, SHOW_CYAN, "replies"},
    {SHOW_PROMISED, 10, SHOW_CYAN, "promises"}, {SHOW_KEPT, 6, SHOW_GREEN, "kept"},
    {SHOW_BROKEN, 8, SHOW_YELLOW, "broken"},    {SHOW_STOPPED, 6, SHOW_RED, "stop"},
    {SHOW_HELD, 6, SHOW_PLAIN, "held"},
};

enum { COLUMNS = sizeof columns / sizeof *columns };

static void
draw_header(struct frame *f)
{
	pad(f, 9);
	for (size_t i = 0; i < COLUMNS; i++)
		putf(f, SHOW_DIM, "%*s", columns[i].width, columns[i].word);
	if (f->s->cols >= WIDE) {
		put(f, SHOW_DIM, "    ");
		put(f, SHOW_CYAN, glyph(f, "█", "#"));
		put(f, SHOW_DIM, " said  ");
		put(f, SHOW_DIM, glyph(f, "░", "."));
		put(f, SHOW_DIM, " held");
	}
	end_line(f);
}

static void
draw_counts(struct frame *f, const char *name, const struct show_day *d, bool strong)
{
	putf(f, strong ? SHOW_BOLD : SHOW_PLAIN, "  %-7s", name);
	for (size_t i = 0; i < COLUMNS; i++) {
		unsigned n = d->n[columns[i].what];
		if (n)
			putf(f, strong ? SHOW_BOLD : columns[i].style, "%*u", columns[i].width, n);
		else
			putf(f, SHOW_DIM, "%*s", columns[i].width, "-");
	}
}

static void
draw_bar(struct frame *f, const struct show_day *d, unsigned most)
{
	if (f->s->cols < WIDE || !most)
		return;
	unsigned room = f->s->cols - LEDGER - 6;
	unsigned said = (d->n[SHOW_SENT] * room + most - 1) / most;
	unsigned held = (d->n[SHOW_HELD] * room + most - 1) / most;
	put(f, SHOW_PLAIN, "    ");
	for (unsigned i = 0; i < said && i < room; i++)
		put(f, SHOW_CYAN, glyph(f, "█", "#"));
	for (unsigned i = 0; i < held && said + i < room; i++)
		put(f, SHOW_DIM, glyph(f, "░", "."));
}

/* The last `most` days, and everything under them. */
static void
draw_ledger(struct frame *f, const struct show_tally *t, unsigned lines)
{
	size_t first = t->n_days > lines ? t->n_days - lines : 0;
	unsigned most = 1;
	char name[20];
	for (size_t i = first; i < t->n_days; i++)
		if (t->days[i].n[SHOW_SENT] + t->days[i].n[SHOW_HELD] > most)
			most = t->days[i].n[SHOW_SENT] + t->days[i].n[SHOW_HELD];
	draw_header(f);
	for (size_t i = first; i < first + lines; i++) {
		if (i < t->n_days) {
			draw_counts(f, show_screen_day(t->days[i].day, false, name), &t->days[i],
				    false);
			draw_bar(f, &t->days[i], most);
		}
		end_line(f);
	}
	draw_counts(f, "in all", &t->all, true);
	end_line(f);
}

static void
draw_title(struct frame *f, const char *title)
{
	end_line(f);
	put(f, SHOW_TITLE, "  ");
	put(f, SHOW_TITLE, title);
	end_line(f);
}

static void
draw_reasons(struct frame *f, const struct show_tally *t, unsigned lines)
{
	char text[96];
	draw_title(f, "Not said on its day, because");
	for (unsigned i = 0; i < lines; i++) {
		if (i < t->n_reasons) {
			putf(f, SHOW_BOLD, "%6u  ", t->reasons[i].n);
			putf(f, SHOW_PLAIN, "%-16s", t->reasons[i].word);
			unsigned width = f->s->cols - f->at - 1;
			show_screen_reason(t->reasons[i].text, width, text, sizeof text);
			put(f, SHOW_DIM, text);
		}
		end_line(f);
	}
}

/* What Dunlin read in a reply, and so what it does now. */
static enum show_style
reading(const struct show_reply *r, char *to, size_t size)
{
	char day[20];
	if (strcmp(r->intent, "promise") == 0) {
		const char *date = show_screen_day(show_tally_day(r->date), false, day);
		date += *date == ' ';
		if (r->minor < 0)
			snprintf(to, size, "promise, %s, all of it", date);
		else if (r->minor % 100)
			snprintf(to, size, "promise, %s, %s %" PRId64 ".%02" PRId64, date,
				 r->currency, r->minor / 100, r->minor % 100);
		else
			snprintf(to, size, "promise, %s, %s %" PRId64, day, r->currency,
				 r->minor / 100);
		return SHOW_GREEN;
	}
	if (strcmp(r->intent, "stop") == 0) {
		snprintf(to, size, "STOP: not one text more");
		return SHOW_RED;
	}
	if (strcmp(r->intent, "paid") == 0) {
		snprintf(to, size, "says paid: three days off");
		return SHOW_CYAN;
	}
	if (strcmp(r->intent, "wrong_number") == 0) {
		snprintf(to, size, "wrong number: never again");
		return SHOW_RED;
	}
	snprintf(to, size, "%s: a person reads it",
		 !*r->intent || strcmp(r->intent, "other") == 0 ? "unsure" : r->intent);
	return SHOW_YELLOW;
}

static void
draw_reply(struct frame *f, const struct show_reply *r)
{
	enum { READING = 28, NUMBER = 13 };
	char what[64], number[32], day[20];
	size_t n = strlen(r->from);
	enum show_style style = reading(r, what, sizeof what);
	snprintf(number, sizeof number, "%.6s***%s", r->from, n > 4 ? r->from + n - 4 : "");
	put(f, SHOW_PLAIN, "  ");
	if (f->s->cols >= WIDE)
		putf(f, SHOW_DIM, "%s %s  ", show_screen_day(show_tally_day(r->at), false, day),
		     r->time);
	put_cut(f, SHOW_DIM, number, NUMBER);
	put(f, SHOW_PLAIN, "  ");
	put_cut(f, SHOW_PLAIN, r->text, f->s->cols - f->at - READING - 5);
	put(f, SHOW_DIM, glyph(f, "  → ", "  > "));
	put_cut(f, style, what, READING);
}

static void
draw_replies(struct frame *f, const struct show_tally *t, unsigned lines)
{
	draw_title(f, "Replies, and what Dunlin read in them");
	for (unsigned i = 0; i < lines; i++) {
		if (i < t->n_replies)
			draw_reply(f, &t->replies[i]);
		end_line(f);
	}
}

void
show_screen_draw(struct show_screen *s, const struct show_tally *t, uint64_t days)
{
	enum { FIXED = 10, REASONS_MOST = 6, REPLIES_MOST = 12 };
	struct frame f = {.s = s};
	measure(s);
	if (s->cols < NARROWEST || s->rows < LOWEST)
		return;
	unsigned room = s->rows - 1 - FIXED - (unsigned)t->n_sticks - (t->n_sticks > 0);
	unsigned reasons = room / 4 < REASONS_MOST ? room / 4 : REASONS_MOST;
	unsigned replies = room / 3 < REPLIES_MOST ? room / 3 : REPLIES_MOST;
	unsigned ledger = room - reasons - replies;
	if (days && ledger > days)
		ledger = (unsigned)days;
	if (s->drawn)
		buffer_printf(&s->out, "\033[%uA\r", s->drawn);
	end_line(&f);
	draw_clock(&f, t, days);
	draw_route(&f, t);
	for (size_t i = 0; i < t->n_sticks; i++)
		draw_stick(&f, &t->sticks[i]);
	if (t->n_sticks)
		draw_calls(&f, t);
	end_line(&f);
	draw_ledger(&f, t, ledger);
	draw_reasons(&f, t, reasons);
	draw_replies(&f, t, replies);
	s->drawn = f.lines;
	show_screen_flush(s);
}

void
show_screen_line(struct show_screen *s, const struct show_tally *t)
{
	char day[20];
	buffer_printf(&s->out, "%s  route %s", show_screen_day(t->today, true, day), t->state);
	for (size_t i = 0; i < COLUMNS; i++)
		buffer_printf(&s->out, "  %s %u", columns[i].word, t->all.n[columns[i].what]);
	if (t->calls)
		buffer_printf(&s->out, "  calls %u", t->calls);
	buffer_puts(&s->out, "\n");
	show_screen_flush(s);
}
