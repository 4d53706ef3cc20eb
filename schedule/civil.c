#include "civil.h"

#include <errno.h>
#include <stdbool.h>

#define DAY_SECONDS 86400
#define DAY_FIRST   (-719162) /* 0001-01-01 */
#define DAY_LAST    2932896   /* 9999-12-31 */
/* No zone was ever further from UTC than this, so a search need look no further. */
#define OFFSET_MAX (30 * 3600)

static int64_t
floor_div(int64_t a, int64_t b)
{
	int64_t q = a / b;
	return q - (a % b != 0 && (a % b < 0) != (b < 0));
}

static int32_t
clamp_day(int64_t day)
{
	if (day < DAY_FIRST)
		return DAY_FIRST;
	return day > DAY_LAST ? DAY_LAST : (int32_t)day;
}

/* How many transitions lie at or before `second`; segment i of the zone starts at at[i - 1]. */
static size_t
segment_of(const struct civil_zone *zone, int64_t second)
{
	size_t low = 0, high = zone->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (zone->at[middle] <= second)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int32_t
segment_offset(const struct civil_zone *zone, size_t segment)
{
	return segment == 0 ? zone->first_offset : zone->offset[segment - 1];
}

int32_t
civil_offset(const struct civil_zone *zone, int64_t instant)
{
	return segment_offset(zone, segment_of(zone, floor_div(instant, 1000)));
}

struct civil_time
civil_local(const struct civil_zone *zone, int64_t instant)
{
	int64_t second = floor_div(instant, 1000);
	int64_t local = second + segment_offset(zone, segment_of(zone, second));
	int64_t day = floor_div(local, DAY_SECONDS);
	struct civil_time t = {clamp_day(day), (int32_t)(local - day * DAY_SECONDS)};

	return t;
}

/* The answer is the first instant whose wall clock reads `local` or later: that is the first
 * of two readings, and the far side of a gap. */
int64_t
civil_instant(const struct civil_zone *zone, int32_t day, int32_t second)
{
	int64_t local = (int64_t)clamp_day(day) * DAY_SECONDS + second;
	size_t i = segment_of(zone, local - OFFSET_MAX);

	for (;; i++) {
		int64_t t = local - segment_offset(zone, i);
		if (i > 0 && t < zone->at[i - 1])
			t = zone->at[i - 1];
		if (i == zone->n || t < zone->at[i])
			return t * 1000;
	}
}

int
civil_month_days(int year, int month)
{
	static const int8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month == 2 && leap ? 29 : days[month - 1];
}

/* Years are counted from March, so that the leap day is the last of its year and the days
 * before a month follow one formula. */
int32_t
civil_day(int year, int month, int mday)
{
	int64_t y = (int64_t)year - (month < 3);
	int64_t m = month + (month < 3 ? 9 : -3);
	int64_t leaps = floor_div(y, 4) - floor_div(y, 100) + floor_div(y, 400);

	/* 719469: from 0000-03-01 to 1970-01-01, and one because mday counts from 1 */
	return clamp_day(y * 365 + leaps + (m * 153 + 2) / 5 + mday - 719469);
}

void
civil_date(int32_t day, int *year, int *month, int *mday)
{
	int64_t d = (int64_t)clamp_day(day) + 719468; /* since 0000-03-01 */
	int64_t era = floor_div(d, 146097);
	int64_t in_era = d - era * 146097;
	int64_t y = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	int64_t in_year = in_era - (y * 365 + y / 4 - y / 100);
	int64_t m = (in_year * 5 + 2) / 153;

	*mday = (int)(in_year - (m * 153 + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = (int)(era * 400 + y + (m >= 10));
}

int
civil_weekday(int32_t day)
{
	/* 1970-01-01 was a Thursday */
	int64_t w = ((int64_t)day + 3) % 7;
	return (int)(w < 0 ? w + 7 : w);
}

static int
digits(const char *text, size_t n)
{
	int value = 0;

	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

int
civil_parse_date(const char *text, size_t len, int32_t *day)
{
	int y, m, d;

	if (len != 10 || text[4] != '-' || text[7] != '-')
		return -EINVAL;
	y = digits(text, 4);
	m = digits(text + 5, 2);
	d = digits(text + 8, 2);
	if (y < 1 || m < 1 || m > 12 || d < 1 || d > civil_month_days(y, m))
		return -EINVAL;
	*day = civil_day(y, m, d);
	return 0;
}

static void
put_digits(char *out, int value, int n)
{
	while (n-- > 0) {
		out[n] = (char)('0' + value % 10);
		value /= 10;
	}
}

void
civil_format_date(int32_t day, char out[11])
{
	int y, m, d;

	civil_date(day, &y, &m, &d);
	put_digits(out, y, 4);
	out[4] = '-';
	put_digits(out + 5, m, 2);
	out[7] = '-';
	put_digits(out + 8, d, 2);
	out[10] = '\0';
}
