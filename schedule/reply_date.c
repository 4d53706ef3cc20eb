/* Days: patterns that fit become dates, the first and longest of them where they overlap. */
#include "reply_sense.h"

#include "civil.h"

#include <stdlib.h>
#include <string.h>

#define FAR_AHEAD 60 /* days; a promise further off is not taken from a text */
#define BESIDE    2  /* words at most between "next month" and "the 5th" */

struct today {
	int32_t day;
	int year, month, mday, weekday;
};

/* The 31st of a month of 30 days is meant as its last. */
static int32_t
day_of_month(int year, int month, int mday)
{
	int days;

	year += (month - 1) / 12;
	month = (month - 1) % 12 + 1;
	days = civil_month_days(year, month);
	return civil_day(year, month, mday < days ? mday : days);
}

/* The next such day of a month, today included. */
static int32_t
next_mday(const struct today *t, int mday)
{
	int32_t day = day_of_month(t->year, t->month, mday);

	return day >= t->day ? day : day_of_month(t->year, t->month + 1, mday);
}

static int32_t
next_month_day(const struct today *t, int month, int mday)
{
	int32_t day = day_of_month(t->year, month, mday);

	return day >= t->day ? day : day_of_month(t->year + 1, month, mday);
}

/* Strictly after today. */
static int32_t
next_weekday(const struct today *t, int weekday)
{
	int ahead = weekday - t->weekday;

	return t->day + (ahead > 0 ? ahead : ahead + 7);
}

static int32_t
week_day(const struct today *t, int week, int weekday)
{
	return t->day - t->weekday + week * 7 + weekday;
}

static int32_t
in_hours(const struct today *t, int n)
{
	return t->day + (n > 23 ? (n + 23) / 24 : n > 12);
}

/* "next friday" is that day of the next ISO week; taken only where the next friday is the same. */
static int32_t
ambiguous(const struct today *t, int weekday)
{
	return weekday > t->weekday ? REPLY_NO_DATE : next_weekday(t, weekday);
}

static int32_t
month_day(const struct today *t, const struct reply_mark *m)
{
	int month = m->month > 0 ? m->month : m->mon;

	if (month < 1 || m->day > civil_month_days(2000, month))
		return REPLY_NO_DATE;
	return next_month_day(t, month, m->day);
}

/* The day a pattern stands for. */
static int32_t
day_of(const struct today *t, const struct reply_mark *m)
{
	int n = m->n >= 0 ? m->n : 1;

	switch (m->class) {
	case REPLY_CLASS_DAYS:
	case REPLY_CLASS_SWING: return t->day + m->value;
	case REPLY_CLASS_IN_DAYS: return t->day + n;
	case REPLY_CLASS_IN_WEEKS: return t->day + n * 7;
	case REPLY_CLASS_IN_HOURS: return in_hours(t, n);
	case REPLY_CLASS_IN_MONTHS: return day_of_month(t->year, t->month + n, t->mday);
	case REPLY_CLASS_WEEKDAY: return next_weekday(t, m->weekday);
	case REPLY_CLASS_NEXT_WEEKDAY: return ambiguous(t, m->weekday);
	case REPLY_CLASS_NEXT_WEEK_WEEKDAY: return week_day(t, 1, m->weekday);
	case REPLY_CLASS_THIS_WEEK_WEEKDAY: return week_day(t, 0, m->weekday);
	case REPLY_CLASS_DAY_OF_MONTH: return next_mday(t, m->day);
	case REPLY_CLASS_DAY_NEXT_MONTH: return day_of_month(t->year, t->month + 1, m->day);
	case REPLY_CLASS_MONTH_DAY: return month_day(t, m);
	case REPLY_CLASS_MONTH_END: return day_of_month(t->year, t->month, 31);
	case REPLY_CLASS_NEXT_MONTH_END: return day_of_month(t->year, t->month + 1, 31);
	case REPLY_CLASS_END_OF_MONTH:
		return next_month_day(t, m->month > 0 ? m->month : m->mon, 31);
	default: return REPLY_NO_DATE;
	}
}

/* ---- figures with slashes ---- */

/* Which number is the day: the one that cannot be a month, else as the currency's land has it. */
static int32_t
numeric(const struct reply_desk *d, const struct today *t, const char *text)
{
	int p[3] = {0}, n, day, month, year = 0;
	char separator;

	if (!reply_parts(text, p, &n, &separator) || (n == 2 && separator != '/'))
		return REPLY_NO_DATE;
	if (n == 3 && p[0] > 31) {
		year = p[0];
		month = p[1];
		day = p[2];
	} else {
		bool first = d->context->month_first ? p[1] <= 31 && p[0] <= 12 : p[1] > 12;
		day = first ? p[1] : p[0];
		month = first ? p[0] : p[1];
		year = n == 3 ? (p[2] < 100 ? p[2] + 2000 : p[2]) : 0;
	}
	if (month < 1 || month > 12 || day < 1 ||
	    day > civil_month_days(year > 0 ? year : 2000, month))
		return REPLY_NO_DATE;
	return year > 0 ? civil_day(year, month, day) : next_month_day(t, month, day);
}

static void
add_numeric(struct reply_desk *d, const struct today *t)
{
	for (int i = 0; i < d->t.n && d->marks.n < REPLY_MARKS; i++) {
		int32_t day;

		if (d->t.t[i].kind != REPLY_NUMBER)
			continue;
		day = numeric(d, t, d->t.t[i].text);
		if (day != REPLY_NO_DATE)
			d->marks.m[d->marks.n++] = (struct reply_mark){.class = REPLY_CLASS_NUMERIC,
								       .first = (int16_t)i,
								       .last = (int16_t)i,
								       .n = day};
	}
}

/* ---- bare names and numbers ---- */

static void
add_weekdays(struct reply_desk *d, int view)
{
	for (int i = 0; i < d->t.n && d->marks.n < REPLY_MARKS; i++) {
		int32_t weekday;
		int n = reply_view_has(&d->views[view], i, REPLY_SET_WEEKDAYS, &weekday);

		if (n > 0)
			d->marks.m[d->marks.n++] = (struct reply_mark){.class = REPLY_CLASS_WEEKDAY,
								       .view = (uint8_t)view,
								       .first = (int16_t)i,
								       .last = (int16_t)(i + n - 1),
								       .weekday = weekday};
	}
}

static int
plain_mday(const struct reply_desk *d, int i)
{
	const struct reply_token *t = &d->t.t[i];
	int value;

	if (i >= d->t.n || t->kind != REPLY_NUMBER || strlen(t->text) > 2 ||
	    strspn(t->text, "0123456789") != strlen(t->text))
		return 0;
	for (int v = 0; v < d->n_views; v++)
		if (d->views[v].numbers[i].n > 1)
			return 0; /* "friday 3k" */
	value = (int)strtol(t->text, NULL, 10);
	return value >= 1 && value <= 31 ? value : 0;
}

/* A message that is nothing but a number is the answer to "Which day? Reply e.g. 25." */
static void
add_lone_number(struct reply_desk *d)
{
	int at = -1, mday;

	for (int i = 0; i < d->t.n; i++) {
		if (d->around[i])
			continue;
		if (at >= 0)
			return;
		at = i;
	}
	if (at < 0 || (mday = plain_mday(d, at)) == 0 || d->marks.n == REPLY_MARKS)
		return;
	d->marks.m[d->marks.n++] = (struct reply_mark){.class = REPLY_CLASS_DAY_OF_MONTH,
						       .first = (int16_t)at,
						       .last = (int16_t)at,
						       .day = mday};
}

/* ---- which of them count ---- */

/* Of two that fit the same words: what says that it is no day goes first. */
static int
rank(int class)
{
	switch (class) {
	case REPLY_CLASS_PAST: return 0;
	case REPLY_CLASS_MEASURE: return 1;
	case REPLY_CLASS_NEXT_WEEK:
	case REPLY_CLASS_NEXT_MONTH:
	case REPLY_CLASS_VAGUE: return 2;
	default: return 3 + class;
	}
}

/* First the one that begins first, then the longer. */
static int
by_place(const void *a, const void *b)
{
	const struct reply_mark *x = a, *y = b;

	if (x->first != y->first)
		return x->first - y->first;
	if (x->last != y->last)
		return y->last - x->last;
	return rank(x->class) - rank(y->class);
}

/* "friday 25", "25 december 2026": a figure that belongs to the day before it. */
static void
extend(struct reply_desk *d, const struct today *t, const struct reply_mark *m,
       struct reply_date *date)
{
	int next = m->last + 1, mday;

	if (next >= d->t.n || d->t.t[next].brk != REPLY_JOINED || d->t.t[next].kind != REPLY_NUMBER)
		return;
	if (m->class == REPLY_CLASS_MONTH_DAY && strlen(d->t.t[next].text) == 4 &&
	    strncmp(d->t.t[next].text, "20", 2) == 0)
		date->last = next;
	if (m->class != REPLY_CLASS_WEEKDAY || (mday = plain_mday(d, next)) == 0)
		return;
	if (civil_weekday(next_mday(t, mday)) == m->weekday) {
		date->day = next_mday(t, mday);
		date->last = next;
	}
}

static void
take(struct reply_desk *d, const struct today *t, const struct reply_mark *m)
{
	struct reply_date *date = &d->dates[d->n_dates];

	*date = (struct reply_date){
	    .first = m->first, .last = m->last, .class = m->class, .weekday = (int8_t)m->weekday};
	date->day = m->class == REPLY_CLASS_NUMERIC ? m->n : day_of(t, m);
	date->mday = (int8_t)m->day;
	date->past = m->class == REPLY_CLASS_PAST || (m->class == REPLY_CLASS_DAYS && m->value < 0);
	date->swing = m->class == REPLY_CLASS_SWING ? m->value : 0;
	extend(d, t, m, date);
	for (int i = date->first; i <= date->last; i++)
		d->t.t[i].used = true;
	d->n_dates++;
}

/* Takes date i out. */
static void
drop(struct reply_desk *d, int i)
{
	memmove(&d->dates[i], &d->dates[i + 1], (size_t)(d->n_dates - i - 1) * sizeof d->dates[0]);
	d->n_dates--;
}

static bool
says_apart(const struct reply_desk *d, int i)
{
	for (int v = 0; v < d->n_views; v++)
		if (reply_view_has(&d->views[v], i, REPLY_SET_APART, NULL) > 0)
			return true;
	return false;
}

/* Do two names stand as one: nothing between but small words?  "friday and next week", "friday
 * half next week" are two. */
static bool
as_one(const struct reply_desk *d, int from, int to)
{
	if (to - from > BESIDE)
		return false;
	for (int i = from; i < to; i++)
		if (d->t.t[i].kind == REPLY_NUMBER || d->t.t[i].kind == REPLY_MONEY ||
		    says_apart(d, i))
			return false;
	return true;
}

/* "friday of next week", "next month, the 5th": the second name moves the first. */
static void
join(struct reply_desk *d, const struct today *t)
{
	for (int i = 0; i + 1 < d->n_dates; i++) {
		struct reply_date *a = &d->dates[i], *b = a + 1;
		bool first =
		    a->class == REPLY_CLASS_NEXT_WEEK || a->class == REPLY_CLASS_NEXT_MONTH;
		struct reply_date *mover = first ? a : b, *moved = first ? b : a;

		if (!as_one(d, a->last + 1, b->first))
			continue;
		if (mover->class == REPLY_CLASS_NEXT_WEEK && moved->class == REPLY_CLASS_WEEKDAY)
			moved->day = week_day(t, 1, moved->weekday);
		else if (mover->class == REPLY_CLASS_NEXT_MONTH &&
			 moved->class == REPLY_CLASS_DAY_OF_MONTH)
			moved->day = day_of_month(t->year, t->month + 1, moved->mday);
		else if (mover->class == REPLY_CLASS_NEXT_MONTH &&
			 moved->class == REPLY_CLASS_MONTH_END)
			moved->day = day_of_month(t->year, t->month + 1, 31);
		else
			continue;
		moved->first = a->first;
		moved->last = b->last;
		drop(d, (int)(mover - d->dates));
	}
}

void
reply_dates(struct reply_desk *d)
{
	struct today t = {.day = d->context->today};
	int behind = 0;

	civil_date(t.day, &t.year, &t.month, &t.mday);
	t.weekday = civil_weekday(t.day);
	d->marks.n = 0;
	for (int v = 0; v < d->n_views; v++) {
		reply_mark_all(d, v, REPLY_CLASS_DAYS, REPLY_CLASSES);
		add_weekdays(d, v);
	}
	add_numeric(d, &t);
	add_lone_number(d);
	qsort(d->marks.m, (size_t)d->marks.n, sizeof d->marks.m[0], by_place);
	d->n_dates = 0;
	for (int i = 0; i < d->marks.n && d->n_dates < REPLY_DATES; i++) {
		const struct reply_mark *m = &d->marks.m[i];

		if (m->first < behind)
			continue;
		take(d, &t, m);
		behind = d->dates[d->n_dates - 1].last + 1;
		if (m->class == REPLY_CLASS_MEASURE)
			d->n_dates--; /* its tokens are used, and that is all */
	}
	join(d, &t);
	for (int i = 0; i < d->n_dates; i++) {
		struct reply_date *date = &d->dates[i];
		if (date->day != REPLY_NO_DATE &&
		    (date->day < t.day || date->day > t.day + FAR_AHEAD))
			date->day = REPLY_NO_DATE;
	}
	d->marks.n = 0;
}

int
reply_date_at(const struct reply_desk *d, int i)
{
	for (int k = 0; k < d->n_dates; k++)
		if (d->dates[k].first == i)
			return d->dates[k].last - i + 1;
	return 0;
}
