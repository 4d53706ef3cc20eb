/*
 * calendar - offsets of time zones and public holidays as flat arrays, for schedule/, which opens
 * no file.
 *
 * A zone is read once from the system's zoneinfo and kept: sorted transitions of the years
 * 1970..2100, later rules expanded. The arrays have schedule/civil's layout, so pointers are copied
 * and nothing is converted. Neither TZ nor localtime() plays any part.
 *
 * Ownership: the calendar owns its zones until calendar_free(); a zone never changes or moves once
 * given. Holidays are the caller's: zeroed at the start, calendar_holidays_clear() at the end.
 * Thread: looking a zone up belongs to one thread at a time; a zone once given may be read by any.
 */
#ifndef GATEWAY_CALENDAR_H
#define GATEWAY_CALENDAR_H

#include "complaint.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct calendar;

struct calendar_zone {
	const char *name;
	int64_t *at;     /* UTC seconds since 1970 from which offset[i] holds; strictly rising */
	int32_t *offset; /* seconds east of Greenwich */
	size_t n;        /* may be 0: one offset for ever */
	int32_t first_offset; /* before at[0] */
};

/* `folder` is where zones are read from; NULL: /usr/share/zoneinfo. NULL when there is no memory.
 */
struct calendar *calendar_new(const char *folder);
void calendar_free(struct calendar *cal);

/* The zone of an IANA name ("Asia/Manila"): 0; -ENOENT no such zone; -EINVAL its file is damaged;
 * or of reading it. */
int calendar_zone(struct calendar *cal, const char *name, const struct calendar_zone **out);

/* The zone that a wrong name was probably meant to be, or NULL. Lives as long as the calendar. */
const char *calendar_nearest(struct calendar *cal, const char *name);

struct calendar_holiday {
	int32_t day; /* days since 1970-01-01 */
	char name[64];
};

struct calendar_holidays {
	struct calendar_holiday *days; /* sorted, each day once */
	size_t n, room;
	uint64_t dated[5], ruled[5]; /* which of the years 1970..2289 have a dated or a repeating
					entry; see cover */
};

/*
 * Adds the holidays of one iCalendar file (RFC 5545) that fall in the years `from`..`to`: all-day
 * VEVENTs, over several days by DTEND or DURATION, repeated by RRULE and RDATE less EXDATE. An
 * event with a time of day closes the day it begins on. Mistakes go to `list` by line, and what can
 * be read of the rest is taken. `file` names it in complaints. Limits: 1 MiB, 5,000 events, 62 days
 * an event. 0, or -EINVAL (complaints tell), or of reading the file (complained of too).
 */
int calendar_holidays_read(struct calendar_holidays *h, const char *path, const char *file,
			   int from, int to, struct complaints *list);
int calendar_holidays_parse(struct calendar_holidays *h, const char *text, size_t len,
			    const char *file, int from, int to, struct complaints *list);

/*
 * Whether the holidays of a year are known. Movable feasts are proclaimed a year at a time, so a
 * yearly rule for Christmas says nothing about them: where any entry is dated, a year counts only
 * with a dated entry of its own.
 */
bool calendar_holidays_cover(const struct calendar_holidays *h, int year);

/* The name of the holiday on a day, or NULL. */
const char *calendar_holiday_on(const struct calendar_holidays *h, int32_t day);

void calendar_holidays_clear(struct calendar_holidays *h);

#endif
