#include "rfc3339.h"

#include "schedule/civil.h"

#include <errno.h>
#include <stdio.h>

enum { MS = 1000, DAY_S = 86400, OFFSET_MAX = 24 * 3600 - 60 };

/* 0001-01-01T00:00:00Z and the last second of 9999 */
static const int64_t FIRST_S = -62135596800;
static const int64_t LAST_S = 253402300799;

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int
write_date_time(int64_t seconds, char out[RFC3339_SIZE])
{
	int year, month, day;

	if (seconds < FIRST_S)
		seconds = FIRST_S;
	if (seconds > LAST_S)
		seconds = LAST_S;
	int64_t days = floor_div(seconds, DAY_S);
	int second = (int)(seconds - days * DAY_S);
	civil_date((int32_t)days, &year, &month, &day);
	return snprintf(out, RFC3339_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d", year, month, day,
			second / 3600, second / 60 % 60, second % 60);
}

static void
write_offset(int32_t offset, char *out, size_t size)
{
	int minutes = (offset < 0 ? -offset : offset) / 60;

	snprintf(out, size, "%c%02d:%02d", offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

static int32_t
whole_minutes(int32_t offset)
{
	if (offset > OFFSET_MAX)
		offset = OFFSET_MAX;
	if (offset < -OFFSET_MAX)
		offset = -OFFSET_MAX;
	return offset / 60 * 60;
}

const char *
rfc3339_format(int64_t ms, int32_t offset_seconds, char out[RFC3339_SIZE])
{
	int32_t offset = whole_minutes(offset_seconds);
	int n = write_date_time(floor_div(ms, MS) + offset, out);

	write_offset(offset, out + n, RFC3339_SIZE - (size_t)n);
	return out;
}

const char *
rfc3339_format_ms(int64_t ms, int32_t offset_seconds, char out[RFC3339_SIZE])
{
	int32_t offset = whole_minutes(offset_seconds);
	int64_t seconds = floor_div(ms, MS);
	int n = write_date_time(seconds + offset, out);

	n += snprintf(out + n, RFC3339_SIZE - (size_t)n, ".%03d", (int)(ms - seconds * MS));
	write_offset(offset, out + n, RFC3339_SIZE - (size_t)n);
	return out;
}

/* Exactly n digits at *p, which moves past them; false otherwise. Stops at the NUL. */
static bool
digits(const char **p, int n, int *value)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		char c = (*p)[i];
		if (c < '0' || c > '9')
			return false;
		v = v * 10 + (c - '0');
	}
	*p += n;
	*value = v;
	return true;
}

static bool
literal(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

static bool
date(const char **p, struct rfc3339_civil *c)
{
	return digits(p, 4, &c->year) && literal(p, '-') && digits(p, 2, &c->month) &&
	       literal(p, '-') && digits(p, 2, &c->day) && c->year >= 1 && c->month >= 1 &&
	       c->month <= 12 && c->day >= 1 && c->day <= civil_month_days(c->year, c->month);
}

static bool
hour_minute(const char **p, int *hour, int *minute)
{
	return digits(p, 2, hour) && literal(p, ':') && digits(p, 2, minute) && *hour <= 23 &&
	       *minute <= 59;
}

static bool
time_mark(const char **p)
{
	return literal(p, 'T') || literal(p, 't') || literal(p, ' ');
}

int
rfc3339_parse_civil(const char *text, struct rfc3339_civil *out)
{
	const char *p = text;
	struct rfc3339_civil c = {0};

	if (!date(&p, &c))
		return -EINVAL;
	if (*p != '\0') {
		if (!time_mark(&p) || !hour_minute(&p, &c.hour, &c.minute))
			return -EINVAL;
		if (literal(&p, ':') && (!digits(&p, 2, &c.second) || c.second > 59))
			return -EINVAL;
		c.has_time = true;
	}
	if (*p != '\0')
		return -EINVAL;
	*out = c;
	return 0;
}

/* ".123456": any number of digits, of which three count. */
static bool
fraction(const char **p, int *ms)
{
	int unit = 100;

	*ms = 0;
	if (!literal(p, '.'))
		return true;
	if (**p < '0' || **p > '9')
		return false;
	for (; **p >= '0' && **p <= '9'; (*p)++) {
		*ms += (**p - '0') * unit;
		unit /= 10;
	}
	return true;
}

static bool
zone(const char **p, int32_t *offset)
{
	int hour, minute;

	*offset = 0;
	if (literal(p, 'Z') || literal(p, 'z'))
		return true;
	bool west = **p == '-';
	if (!literal(p, '+') && !literal(p, '-'))
		return false;
	if (!hour_minute(p, &hour, &minute))
		return false;
	*offset = (hour * 60 + minute) * (west ? -60 : 60);
	return true;
}

int
rfc3339_parse(const char *text, int64_t *ms, int32_t *offset_seconds)
{
	const char *p = text;
	struct rfc3339_civil c = {0};
	int32_t offset;
	int milli;

	if (!date(&p, &c) || !time_mark(&p) || !hour_minute(&p, &c.hour, &c.minute) ||
	    !literal(&p, ':') || !digits(&p, 2, &c.second) || !fraction(&p, &milli) ||
	    !zone(&p, &offset) || *p != '\0')
		return -EINVAL;
	/* :60 is a leap second (RFC 3339 5.7), which our scale does not have: the next second. */
	if (c.second > 60)
		return -EINVAL;
	int64_t days = civil_day(c.year, c.month, c.day);
	int64_t seconds = days * DAY_S + c.hour * 3600 + c.minute * 60 + c.second - offset;
	*ms = seconds * MS + milli;
	if (offset_seconds != NULL)
		*offset_seconds = offset;
	return 0;
}
