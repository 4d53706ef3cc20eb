/* civil.h - civil days and clock times in a time zone, without touching the process's zone
 *
 * An *instant* is an int64_t of milliseconds since 1970-01-01T00:00:00Z.  A *day* is an int32_t of
 * civil days since 1970-01-01 (proleptic Gregorian).  A *second of day* counts from local midnight
 * as the wall clock reads, 0..86399.
 *
 * A zone is a flat table someone else read from the system's zone files (gateway/calendar does):
 * from at[i] (seconds since the epoch, ascending) on, local time is UTC + offset[i] seconds; before
 * at[0] it is UTC + first_offset.  The table is borrowed and never changed.
 *
 * Pure: no I/O, no globals, any thread.  Nothing here fails; dates are clamped to years 1..9999.
 */
#ifndef SCHEDULE_CIVIL_H
#define SCHEDULE_CIVIL_H

#include <stddef.h>
#include <stdint.h>

struct civil_zone {
	const int64_t *at;
	const int32_t *offset;
	size_t n;
	int32_t first_offset;
};

struct civil_time {
	int32_t day;    /* local civil day */
	int32_t second; /* local second of day, 0..86399 */
};

/* Seconds east of UTC in force at an instant. */
int32_t civil_offset(const struct civil_zone *zone, int64_t instant);

struct civil_time civil_local(const struct civil_zone *zone, int64_t instant);

/* The instant of a wall-clock reading.  Inside a gap (clocks put forward): the first instant after
 * it.  For a reading that occurs twice (clocks put back): the first of the two. */
int64_t civil_instant(const struct civil_zone *zone, int32_t day, int32_t second);

int32_t civil_day(int year, int month, int mday); /* month 1..12; mday may overflow the month */
void civil_date(int32_t day, int *year, int *month, int *mday);
int civil_weekday(int32_t day); /* 0 = Monday .. 6 = Sunday */
int civil_month_days(int year, int month);

/* Parses exactly "YYYY-MM-DD" with a day that exists: 0, or -EINVAL. */
int civil_parse_date(const char *text, size_t len, int32_t *day);
/* Writes "YYYY-MM-DD" and a NUL. */
void civil_format_date(int32_t day, char out[11]);

#endif
