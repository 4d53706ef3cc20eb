#include "reply_part.h"

#include "civil.h"

#include <stdlib.h>
#include <string.h>

#define FAR_AHEAD 60 /* days; a promise further off is not taken from a text */
#define VAGUE     REPLY_NO_DATE

struct scan {
	struct reply_tokens *t;
	int32_t today;
	int year, month, mday;
	bool month_first;
};

/* One form of date: how many tokens from i on it takes, 0 when it is not one. */
typedef int form(const struct scan *s, int i, struct reply_date *d);

static int
weekday_name(const struct reply_tokens *t, int i)
{
	static const char *const names[7] = {
	    "monday|mon", "tuesday|tue|tues", "wednesday|wed|weds", "thursday|thu|thur|thurs",
	    "friday|fri", "saturday|sat",     "sunday|sun"};

	for (int d = 0; d < 7; d++) {
		if (reply_is(t, i, names[d]))
			return d;
	}
	return -1;
}

static int
month_name(const struct reply_tokens *t, int i)
{
	static const char *const names[12] = {"january|jan", "february|feb", "march|mar",
					      "april|apr",   "may",          "june|jun",
					      "july|jul",    "august|aug",   "september|sept|sep",
					      "october|oct", "november|nov", "december|dec"};

	for (int m = 0; m < 12; m++) {
		if (reply_is(t, i, names[m]))
			return m + 1;
	}
	return 0;
}

/* 25 or 25th; `ordinal` tells which. */
static int
day_number(const struct reply_tokens *t, int i, bool *ordinal)
{
	char *end;
	long n;

	*ordinal = false;
	if (i < 0 || i >= t->n || t->t[i].kind != REPLY_NUMBER || strlen(t->t[i].text) > 4)
		return 0;
	n = strtol(t->t[i].text, &end, 10);
	if (n < 1 || n > 31)
		return 0;
	*ordinal = strcmp(end, "st") == 0 || strcmp(end, "nd") == 0 || strcmp(end, "rd") == 0 ||
		   strcmp(end, "th") == 0;
	return *end == '\0' || *ordinal ? (int)n : 0;
}

/* The 31st of a month of 30 days is meant as its last. */
static int32_t
day_of_month(int year, int month, int mday)
{
	int days;

	while (month > 12) {
		month -= 12;
		year++;
	}
	days = civil_month_days(year, month);
	return civil_day(year, month, mday < days ? mday : days);
}

/* The next such day of a month, today included. */
static int32_t
next_mday(const struct scan *s, int mday)
{
	int32_t day = day_of_month(s->year, s->month, mday);

	return day >= s->today ? day : day_of_month(s->year, s->month + 1, mday);
}

static int32_t
next_month_day(const struct scan *s, int month, int mday)
{
	int32_t day = day_of_month(s->year, month, mday);

	return day >= s->today ? day : day_of_month(s->year + 1, month, mday);
}

static int
relative(const struct scan *s, int i, struct reply_date *d)
{
	static const struct {
		const char *phrase;
		int32_t days;
	} forms[] = {
	    {"day after tomorrow|tmrw", 2},
	    {"tomorrow", 1},
	    {"today|tonight", 0},
	    {"this morning|afternoon|evening|night", 0},
	    {"end of day|today", 0},
	    {"end of the day", 0},
	    {"close of business", 0},
	    {"eod|cob", 0},
	    {"pay|paying|send|sending|sort now|immediately", 0},
	};

	for (size_t k = 0; k < sizeof forms / sizeof forms[0]; k++) {
		int n = reply_phrase(s->t, i, forms[k].phrase);
		if (n > 0) {
			d->day = s->today + forms[k].days;
			d->cue = "relative day";
			return n;
		}
	}
	return 0;
}

static int32_t
plus(const struct scan *s, int n, const struct reply_tokens *t, int unit)
{
	if (n > 999)
		return VAGUE;
	if (reply_is(t, unit, "day|days"))
		return s->today + n;
	if (reply_is(t, unit, "week|weeks|wk|wks"))
		return s->today + n * 7;
	if (reply_is(t, unit, "hour|hours|hr|hrs"))
		return s->today + (n > 23 ? (n + 23) / 24 : n > 12);
	return VAGUE;
}

/* "in 3 days", "within 48 hours", "give me two weeks", "3 days from now" */
static int
in_days(const struct scan *s, int i, struct reply_date *d)
{
	const struct reply_tokens *t = s->t;
	int lead = reply_phrase(t, i, "give|gimme|allow me|us|for");
	int taken, tail, n;

	if (lead == 0)
		lead = reply_is(t, i, "in|within|after|gimme") ? 1 : 0;
	if (reply_is(t, i + lead, "the|next|another|about|just|only"))
		lead += lead > 0;
	n = reply_count(t, i + lead, &taken);
	if (n < 0 && lead > 0 && reply_is(t, i + lead, "a|an"))
		n = taken = 1;
	if (n < 0 || !reply_is(t, i + lead + taken, "day|days|week|weeks|wk|wks|hour|hours|hr|hrs"))
		return 0;
	tail = reply_phrase(t, i + lead + taken + 1, "from now|today");
	if (tail == 0)
		tail = reply_is(t, i + lead + taken + 1, "time");
	if (lead == 0 && tail == 0)
		return 0;
	d->day = plus(s, n, t, i + lead + taken);
	d->cue = "in so many days";
	return lead + taken + 1 + tail;
}

/* A bare weekday is the next one after today.  "next friday" is that day of the next ISO week, and
 * only taken where both readings agree. */
static int
weekday(const struct scan *s, int i, struct reply_date *d)
{
	const struct reply_tokens *t = s->t;
	int lead = reply_is(t, i, "this|coming|next|last|past|every|each") ? 1 : 0;
	int name = weekday_name(t, i + lead), today = civil_weekday(s->today), ahead;

	if (name < 0)
		return 0;
	ahead = name > today ? name - today : name - today + 7;
	d->day = s->today + ahead;
	d->cue = "weekday";
	if (reply_is(t, i, "last|past|every|each"))
		d->past = true;
	if (reply_phrase(t, i + 1 + lead, "next week") && ahead <= 6 - today)
		d->day += 7;
	else if (lead && reply_is(t, i, "next") && ahead <= 6 - today)
		d->day = VAGUE;
	return lead + 1;
}

/* "end of the month", "month end", "end of next month", "end of june" */
static int
end_of(const struct scan *s, int i, struct reply_date *d)
{
	const struct reply_tokens *t = s->t;
	int n = reply_phrase(t, i, "end of|the"), month = 0;

	d->cue = "end of month";
	if (reply_is(t, i, "eom") || reply_phrase(t, i, "month|months end|ending")) {
		d->day = day_of_month(s->year, s->month, 31);
		return reply_is(t, i, "eom") ? 1 : 2;
	}
	if (n == 0 && reply_phrase(t, i, "end month|week"))
		n = 1;
	if (n == 0)
		return 0;
	if (reply_is(t, i + n, "the|this"))
		n++;
	month = month_name(t, i + n);
	if (month) {
		d->day = next_month_day(s, month, 31);
		return n + 1;
	}
	if (reply_is(t, i + n, "month|mth")) {
		d->day = day_of_month(s->year, s->month, 31);
		return n + 1;
	}
	if (reply_phrase(t, i + n, "next month")) {
		d->day = day_of_month(s->year, s->month + 1, 31);
		return n + 2;
	}
	d->day = VAGUE;
	return reply_is(t, i + n, "week|year")            ? n + 1
	       : reply_phrase(t, i + n, "next week|year") ? n + 2
							  : 0;
}

/* "12 may", "may 12th", "the 12th of may" */
static int
month_day(const struct scan *s, int i, struct reply_date *d)
{
	const struct reply_tokens *t = s->t;
	bool ordinal;
	int month = month_name(t, i), mday, n = 2;

	d->cue = "month and day";
	if (month) {
		mday = day_number(t, i + 1, &ordinal);
	} else {
		mday = day_number(t, i, &ordinal);
		n += mday && reply_is(t, i + 1, "of") ? 1 : 0;
		month = mday ? month_name(t, i + n - 1) : 0;
	}
	if (!mday || !month || mday > civil_month_days(2000, month))
		return 0;
	d->day = next_month_day(s, month, mday);
	return n;
}

/* "25th", "on the 25", "25th of next month" */
static int
mday_alone(const struct scan *s, int i, struct reply_date *d)
{
	const struct reply_tokens *t = s->t;
	bool ordinal;
	int mday = day_number(t, i, &ordinal);

	d->cue = "day of month";
	if (!mday)
		return 0;
	if (!ordinal && t->n > 1 && !reply_is(t, i - 1, "the|on|by|before|til|till|until"))
		return 0;
	if (reply_is(t, i + 1,
		     "am|pm|a|p|oclock|percent|%|days|day|weeks|week|hours|hrs|months|"
		     "months|month|k|thousand|hundred|bucks|dollars|pounds|rupees|pesos|"
		     "shillings|bob|naira") ||
	    (i + 1 < t->n && t->t[i + 1].kind == REPLY_MONEY) ||
	    (i > 0 && t->t[i - 1].kind == REPLY_MONEY))
		return 0;
	if (reply_phrase(t, i + 1, "of next month") || reply_phrase(t, i + 1, "next month")) {
		d->day = day_of_month(s->year, s->month + 1, mday);
		return reply_is(t, i + 1, "of") ? 4 : 3;
	}
	d->day = next_mday(s, mday);
	return 1;
}

/* Up to three numbers split by / - or . */
static int
parts(const char *text, int out[3], char *separator)
{
	int n = 0;

	*separator = '\0';
	while (n < 3) {
		char *end;
		long value = strtol(text, &end, 10);
		if (end == text || value > 9999)
			return 0;
		out[n++] = (int)value;
		if (*end == '\0')
			return n;
		if (!strchr("/-.", *end) || (*separator && *end != *separator))
			return 0;
		*separator = *end;
		text = end + 1;
	}
	return 0;
}

static int
numeric(const struct scan *s, int i, struct reply_date *d)
{
	const struct reply_token *token = &s->t->t[i];
	int p[3] = {0}, n, day, month, year = 0, swap;
	char separator;

	if (token->kind != REPLY_NUMBER)
		return 0;
	n = parts(token->text, p, &separator);
	/* 12.06 is rather an amount, and 3-4 a range */
	if (n < 2 || (n == 2 && separator != '/'))
		return 0;
	if (n == 3 && p[0] > 31) {
		swap = p[0];
		p[0] = p[2];
		p[2] = swap;
	} else if (s->month_first || p[1] > 12) {
		swap = p[0];
		p[0] = p[1];
		p[1] = swap;
	}
	/* a number that cannot be a month says which is which */
	day = p[1] > 12 ? p[1] : p[0];
	month = p[1] > 12 ? p[0] : p[1];
	if (n == 3)
		year = p[2] < 100 ? p[2] + 2000 : p[2];
	if (month < 1 || month > 12 || day < 1 || day > civil_month_days(year ? year : 2000, month))
		return 0;
	d->cue = "numeric date";
	d->day = n == 3 ? civil_day(year, month, day) : next_month_day(s, month, day);
	return 1;
}

/* A time that names no day: good enough to believe, not to write down. */
static int
vague(const struct scan *s, int i, struct reply_date *d)
{
	static const char *const phrases[] = {
	    "next week|month|weekend|payday",
	    "this week|weekend|month",
	    "the weekend",
	    "weekend|payday|soon|asap|shortly|later",
	    "few|couple|some days|weeks",
	    "couple of days|weeks",
	    "few hours",
	};

	for (size_t k = 0; k < sizeof phrases / sizeof phrases[0]; k++) {
		int n = reply_phrase(s->t, i, phrases[k]);
		if (n > 0) {
			d->day = VAGUE;
			d->cue = "no day named";
			return n;
		}
	}
	return 0;
}

/* A day gone by keeps its tokens from being read as one to come. */
static int
gone(const struct scan *s, int i, struct reply_date *d)
{
	int n = reply_phrase(s->t, i, "last night|week|month|friday");

	if (n == 0)
		n = reply_is(s->t, i, "yesterday|ago") ? 1 : 0;
	d->past = n > 0;
	d->day = VAGUE;
	d->cue = "a day gone";
	return n;
}

/* The longer and surer forms first: the first that fits takes its tokens. */
static form *const forms[] = {gone,    relative,   end_of,  in_days, month_day,
			      numeric, mday_alone, weekday, vague};

static int
date_at(const struct scan *s, int i, struct reply_date *d)
{
	for (size_t k = 0; k < sizeof forms / sizeof forms[0]; k++) {
		int n;
		*d = (struct reply_date){.first = i, .day = VAGUE};
		n = forms[k](s, i, d);
		if (n > 0)
			return n;
	}
	return 0;
}

int
reply_dates(struct reply_tokens *t, const struct reply_context *context,
	    struct reply_date out[REPLY_DATES])
{
	struct scan s = {.t = t, .today = context->today, .month_first = context->month_first};
	int n = 0;

	civil_date(s.today, &s.year, &s.month, &s.mday);
	for (int i = 0; i < t->n && n < REPLY_DATES;) {
		struct reply_date *d = &out[n];
		int taken = date_at(&s, i, d);
		if (taken == 0) {
			i++;
			continue;
		}
		d->last = i + taken - 1;
		for (; taken > 0; taken--)
			t->t[i++].used = true;
		if (d->day != VAGUE && (d->day < s.today || d->day > s.today + FAR_AHEAD))
			d->day = VAGUE;
		n++;
	}
	return n;
}
