/*
 * Holidays from iCalendar files: the part of calendar.h that asks libical, whose one door this is.
 * Lines are read by ics.c and dates here, so that every complaint has its line; libical only
 * repeats what an RRULE says.
 */
#include "calendar.h"

#include "arena.h"
#include "calendar_list.h"
#include "ics.h"
#include "textfile.h"

#include "schedule/civil.h"

#include <libical/ical.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	FILE_MAX = 1024 * 1024,
	EVENTS_MAX = 5000,
	SPAN_MAX = 62,    /* days of one event */
	LISTED_MAX = 200, /* RDATEs and EXDATEs of one event, each */
	STEPS_MAX =
	    200000, /* occurrences looked at in one file: hostile rules cost time, not memory */
	DEPTH_MAX = 8,
	YEAR_MIN = 1900,
	YEAR_MAX = 2289,
};

struct dates {
	int32_t day[LISTED_MAX];
	size_t n;
};

struct event {
	int line;
	bool has_start, has_end, cancelled;
	int32_t start, end;   /* the day after the last */
	int32_t days;         /* by DURATION; 0 = not given */
	struct ics_line rule; /* line 0 = none */
	struct dates more, except;
	char name[ICS_VALUE];
};

struct reader {
	struct calendar_holidays *h;
	struct complaints *list;
	const char *file;
	int32_t from, to; /* days wanted, both included */
	int events, steps;
	int depth; /* of open components; the names of the first DEPTH_MAX are known */
	char open[DEPTH_MAX][ICS_NAME];
	struct event event;
	struct ics_line line;
	bool failed; /* no memory */
};

static void
complain(const struct reader *r, const char *text)
{
	complaint_add(r->list, r->file, r->line.line, r->line.col, "%s", text);
}

static bool
number(const char *text, size_t n, int *value)
{
	*value = 0;
	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*value = *value * 10 + (text[i] - '0');
	}
	return true;
}

/* YYYYMMDD, or the day of YYYYMMDDTHHMMSS[Z] as it stands: a holiday is the day its zone's calendar
 * says. */
static bool
read_day(const char *text, size_t len, int32_t *day)
{
	int y, m, d, time;

	if (len != 8 && len != 15 && len != 16)
		return false;
	if (!number(text, 4, &y) || !number(text + 4, 2, &m) || !number(text + 6, 2, &d))
		return false;
	if (len > 8 &&
	    (text[8] != 'T' || !number(text + 9, 6, &time) || (len == 16 && text[15] != 'Z')))
		return false;
	if (y < YEAR_MIN || y > YEAR_MAX || m < 1 || m > 12 || d < 1 || d > civil_month_days(y, m))
		return false;
	*day = civil_day(y, m, d);
	return true;
}

static void
read_dates(struct reader *r, struct dates *out)
{
	const char *p = r->line.value;

	for (;;) {
		size_t len = strcspn(p, ",");
		/* A PERIOD (start/end) closes the day it begins on, as any event with a time does.
		 */
		size_t day_len = strcspn(p, ",/");
		if (out->n == LISTED_MAX) {
			complain(r, "more than 200 dates in one event");
			return;
		}
		if (!read_day(p, day_len, &out->day[out->n])) {
			complain(r, "not a date: write 20261225");
			return;
		}
		out->n++;
		if (p[len] == '\0')
			break;
		p += len + 1;
	}
	if (r->line.cut)
		complain(r, "the line is too long: split it into several");
}

/* P3D, P2W, P1DT12H: whole days, a rest counting as one more; hours alone are within a day. */
static void
read_duration(struct reader *r, struct event *e)
{
	const char *p = r->line.value + (r->line.value[0] == '+');
	int n;

	if (*p != 'P') {
		complain(r, "not a duration: write P3D for three days");
		return;
	}
	p++;
	size_t digits = strspn(p, "0123456789");
	e->days = 1;
	if (digits == 0 && *p == 'T')
		return;
	if (digits == 0 || digits > 3 || !number(p, digits, &n) ||
	    (p[digits] != 'D' && p[digits] != 'W')) {
		complain(r, "not a duration: write P3D for three days");
		return;
	}
	e->days = n * (p[digits] == 'W' ? 7 : 1) + (p[digits + 1] == 'T');
	if (e->days == 0)
		e->days = 1;
}

static bool
is_one_of(const char *text, size_t len, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strlen(*words) == len && strncasecmp(text, *words, len) == 0)
			return true;
	return false;
}

/*
 * Lets through what holidays are made of. libical would take more (calendars of other cultures,
 * rules by the second, which repeat without end), and has crashed on some of it.
 */
static bool
is_plain_rule(const char *rule)
{
	static const char *const parts[] = {"FREQ",     "INTERVAL", "COUNT",      "UNTIL",
					    "BYMONTH",  "BYDAY",    "BYMONTHDAY", "BYYEARDAY",
					    "BYWEEKNO", "BYSETPOS", "WKST",       NULL};
	static const char *const often[] = {"YEARLY", "MONTHLY", "WEEKLY", "DAILY", NULL};
	bool has_freq = false;

	for (;;) {
		size_t len = strcspn(rule, ";");
		size_t name = strcspn(rule, "=;");
		if (name == len || !is_one_of(rule, name, parts))
			return false;
		const char *value = rule + name + 1;
		size_t value_len = len - name - 1;
		if (value_len == 0 ||
		    strspn(value, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ+-,") < value_len)
			return false;
		if (name == 4 && strncasecmp(rule, "FREQ", 4) == 0) {
			if (has_freq || !is_one_of(value, value_len, often))
				return false;
			has_freq = true;
		}
		if (rule[len] == '\0')
			return has_freq;
		rule += len + 1;
	}
}

static bool
is_listed(const struct dates *dates, int32_t day)
{
	for (size_t i = 0; i < dates->n; i++)
		if (dates->day[i] == day)
			return true;
	return false;
}

/* One occurrence: all its days that are wanted. */
static void
add_days(struct reader *r, int32_t first, bool dated)
{
	const struct event *e = &r->event;
	int32_t last = first + (e->end - e->start) - 1;

	if (is_listed(&e->except, first))
		return;
	for (int32_t day = first; day <= last && !r->failed; day++)
		if (day >= r->from && day <= r->to)
			r->failed = calendar_list_add(r->h, day, e->name, dated) != 0;
}

static void
repeat(struct reader *r)
{
	const struct event *e = &r->event;
	/* Its own "null date" has -1 for hours, and days come out one too early. */
	struct icaltimetype start = {.is_date = 1};
	struct icaltimetype t;

	/* What is wrong must come back as a value; libical's own way is to abort. */
	icalerror_set_errors_are_fatal(0);
	struct icalrecurrencetype rule = icalrecurrencetype_from_string(e->rule.value);
	civil_date(e->start, &start.year, &start.month, &start.day);
	icalrecur_iterator *it =
	    rule.freq == ICAL_NO_RECURRENCE ? NULL : icalrecur_iterator_new(rule, start);
	if (it == NULL) {
		r->line = e->rule;
		complain(r, "this repetition has no day or cannot be read: write FREQ=YEARLY, or "
			    "list the dates");
		return;
	}
	while (!icaltime_is_null_time(t = icalrecur_iterator_next(it)) && t.year <= YEAR_MAX) {
		int32_t day = civil_day(t.year, t.month, t.day);
		if (day > r->to)
			break;
		if (r->steps++ >= STEPS_MAX) {
			if (r->steps == STEPS_MAX + 1)
				complaint_add(r->list, r->file, e->rule.line, e->rule.col,
					      "too many repetitions in this file");
			break;
		}
		if (day > e->start)
			add_days(r, day, false);
	}
	icalrecur_iterator_free(it);
}

static void
settle_end(struct reader *r, struct event *e)
{
	if (e->days > 0)
		e->end = e->start + e->days;
	else if (!e->has_end)
		e->end = e->start + 1;
	if (e->end < e->start)
		complain(r, "the event above ends before it begins");
	/* An end within the first day, or a DTEND that was meant to be the last day itself. */
	if (e->end <= e->start)
		e->end = e->start + 1;
	if (e->end - e->start > SPAN_MAX) {
		complain(r, "the event above is longer than 62 days");
		e->end = e->start + 1;
	}
}

static void
finish_event(struct reader *r)
{
	struct event *e = &r->event;

	if (e->cancelled)
		return;
	if (!e->has_start) {
		complaint_add(r->list, r->file, e->line, 0,
			      "this event has no DTSTART that can be read");
		return;
	}
	if (++r->events > EVENTS_MAX) {
		if (r->events == EVENTS_MAX + 1)
			complain(r, "more than 5000 events: keep the holidays alone");
		return;
	}
	settle_end(r, e);
	ics_plain(e->name, sizeof((struct calendar_holiday *)0)->name - 1);
	bool repeats = e->rule.line > 0;
	add_days(r, e->start, !repeats);
	for (size_t i = 0; i < e->more.n; i++)
		add_days(r, e->more.day[i], true);
	if (repeats)
		repeat(r);
}

static void
read_rule(struct reader *r, struct event *e)
{
	if (e->rule.line > 0)
		complain(r, "a second RRULE in one event");
	else if (r->line.cut || !is_plain_rule(r->line.value))
		complain(r, "only yearly, monthly, weekly and daily repetition is read: write "
			    "FREQ=YEARLY, or list the dates");
	else
		e->rule = r->line;
}

static void
read_start_or_end(struct reader *r, int32_t *day, bool *has)
{
	if (!read_day(r->line.value, strlen(r->line.value), day))
		complain(r, "not a date from 1900 on: write 20261225");
	else
		*has = true;
}

static void
read_property(struct reader *r)
{
	struct event *e = &r->event;
	const char *name = r->line.name;

	if (strcmp(name, "DTSTART") == 0) {
		read_start_or_end(r, &e->start, &e->has_start);
	} else if (strcmp(name, "DTEND") == 0) {
		read_start_or_end(r, &e->end, &e->has_end);
		/* Up to some hour of a day closes that day too. */
		if (e->has_end && strlen(r->line.value) > 8 &&
		    strncmp(r->line.value + 8, "T000000", 7) != 0)
			e->end++;
	} else if (strcmp(name, "DURATION") == 0) {
		read_duration(r, e);
	} else if (strcmp(name, "RRULE") == 0) {
		read_rule(r, e);
	} else if (strcmp(name, "RDATE") == 0) {
		read_dates(r, &e->more);
	} else if (strcmp(name, "EXDATE") == 0) {
		read_dates(r, &e->except);
	} else if (strcmp(name, "SUMMARY") == 0) {
		memcpy(e->name, r->line.value, sizeof e->name);
	} else if (strcmp(name, "STATUS") == 0) {
		e->cancelled = strcasecmp(r->line.value, "CANCELLED") == 0;
	} else if (strcmp(name, "RECURRENCE-ID") == 0) {
		complaint_warn(r->list, r->file, r->line.line, 1,
			       "a moved occurrence: the day it was moved from stays a holiday too");
	}
}

static bool
inside_event(const struct reader *r)
{
	return r->depth > 0 && r->depth <= DEPTH_MAX &&
	       strcmp(r->open[r->depth - 1], "VEVENT") == 0;
}

static void
upper(const char *text, char out[ICS_NAME])
{
	size_t n = 0;

	for (; text[n] != '\0' && n < ICS_NAME - 1; n++)
		out[n] = (char)(text[n] >= 'a' && text[n] <= 'z' ? text[n] - 32 : text[n]);
	out[n] = '\0';
}

static void
begin_component(struct reader *r)
{
	if (r->depth < DEPTH_MAX)
		upper(r->line.value, r->open[r->depth]);
	r->depth++;
	if (inside_event(r))
		r->event = (struct event){.line = r->line.line};
}

static void
end_component(struct reader *r)
{
	char name[ICS_NAME];

	upper(r->line.value, name);
	if (r->depth == 0 || (r->depth <= DEPTH_MAX && strcmp(r->open[r->depth - 1], name) != 0)) {
		complain(r, "this END has no BEGIN");
		return;
	}
	if (inside_event(r))
		finish_event(r);
	r->depth--;
}

static void
read_line(struct reader *r)
{
	if (strcmp(r->line.name, "BEGIN") == 0)
		begin_component(r);
	else if (strcmp(r->line.name, "END") == 0)
		end_component(r);
	else if (r->line.name[0] == '\0')
		complain(r, "not a line of a calendar: no name and colon");
	else if (inside_event(r))
		read_property(r);
}

int
calendar_holidays_parse(struct calendar_holidays *h, const char *text, size_t len, const char *file,
			int from, int to, struct complaints *list)
{
	struct ics_cursor cursor = {text, text + len, 1};
	size_t before = list->errors;

	struct reader *r = calloc(1, sizeof *r);
	if (r == NULL)
		return -ENOMEM;
	*r = (struct reader){.h = h,
			     .list = list,
			     .file = file,
			     .from = civil_day(from, 1, 1),
			     .to = civil_day(to, 12, 31)};
	if (len > FILE_MAX) {
		complaint_add(list, file, 0, 0, "larger than 1 MiB: keep the holidays alone");
	} else if (!ics_next(&cursor, &r->line) || strcmp(r->line.name, "BEGIN") != 0 ||
		   strcasecmp(r->line.value, "VCALENDAR") != 0) {
		complaint_add(list, file, 0, 0,
			      "not an iCalendar file: it must begin with BEGIN:VCALENDAR");
	} else {
		begin_component(r);
		while (!r->failed && ics_next(&cursor, &r->line))
			read_line(r);
		if (r->depth > 0 && !r->failed)
			complaint_add(list, file, cursor.line - 1, 0,
				      "the file breaks off: END:%s is missing",
				      r->depth <= DEPTH_MAX ? r->open[r->depth - 1] : "VCALENDAR");
	}
	calendar_list_sort(h);
	bool failed = r->failed;
	free(r);
	if (failed) {
		complaint_add(list, file, 0, 0, "too many holidays, or no memory for them");
		return -ENOMEM;
	}
	return list->errors > before ? -EINVAL : 0;
}

int
calendar_holidays_read(struct calendar_holidays *h, const char *path, const char *file, int from,
		       int to, struct complaints *list)
{
	struct arena arena = {0};
	struct textfile text;

	int r = textfile_read(&arena, path, file, FILE_MAX, &text, list);
	if (r == -ENOENT)
		complaint_add(list, file, 0, 0, "there is no such file");
	if (r == 0)
		r = calendar_holidays_parse(h, text.text, text.len, file, from, to, list);
	arena_clear(&arena);
	return r;
}
