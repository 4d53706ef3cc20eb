/* years_rules.h - the clocks of the judge of years_judge.h, and its own table of each place's rules
 *
 * The clocks are the C library's; the rules are copied out of the contact rules, not of presets. */
#ifndef TESTS_LOOP_YEARS_RULES_H
#define TESTS_LOOP_YEARS_RULES_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define J_MINUTE INT64_C(60000)
#define J_HOUR   (60 * J_MINUTE)
#define J_DAY    (24 * J_HOUR)
#define J_NEVER  INT32_MAX

/* ---- clocks ---- */

static const char *const j_zone_names[] = {
    "Asia/Manila",      "America/New_York",    "America/Santiago",   "America/Bogota",
    "Asia/Bangkok",     "Asia/Seoul",          "Asia/Jakarta",       "America/Sao_Paulo",
    "Europe/London",    "Asia/Kolkata",        "Africa/Nairobi",     "America/Mexico_City",
    "Australia/Sydney", "Australia/Lord_Howe", "America/Los_Angeles"};
#define J_ZONE_COUNT (sizeof j_zone_names / sizeof *j_zone_names)
#define J_FROM       INT64_C(1735689600) /* 2025-01-01 */
#define J_HALVES     (12 * 366 * 48)     /* half hours a table holds */

static int32_t *j_offsets[J_ZONE_COUNT];

/* Offsets by the half hour, as the C library has them. */
static inline const int32_t *
j_zone(size_t zone)
{
	if (j_offsets[zone] != NULL)
		return j_offsets[zone];
	j_offsets[zone] = malloc(J_HALVES * sizeof **j_offsets);
	if (j_offsets[zone] == NULL)
		abort();
	setenv("TZ", j_zone_names[zone], 1);
	tzset();
	for (int i = 0; i < J_HALVES; i++) {
		time_t at = J_FROM + i * 1800;
		struct tm tm;

		localtime_r(&at, &tm);
		j_offsets[zone][i] = (int32_t)tm.tm_gmtoff;
	}
	unsetenv("TZ");
	tzset();
	return j_offsets[zone];
}

struct j_time {
	int32_t day, second; /* local */
	int weekday;         /* 0 Monday */
};

static inline struct j_time
j_local(size_t zone, int64_t at)
{
	int64_t s = at / 1000;

	s += j_zone(zone)[(s - J_FROM) / 1800];
	return (struct j_time){(int32_t)(s / 86400), (int32_t)(s % 86400),
			       (int)((s / 86400 + 3) % 7)};
}

static inline const char *
j_date(int32_t day)
{
	static char text[4][16];
	static int turn;
	time_t at = (time_t)day * 86400;
	struct tm tm;

	gmtime_r(&at, &tm);
	turn = (turn + 1) % 4;
	strftime(text[turn], sizeof text[turn], "%Y-%m-%d", &tm);
	return text[turn];
}

/* ---- rules of places, from the contact rules' table ---- */

enum { J_SMS, J_CALL, J_TASK, J_LETTER, J_VISIT, J_EMAIL, J_OUTSOURCE, J_CHANNELS };
#define J_ANY ((1U << J_CHANNELS) - 1)

enum j_what { J_NOTHING, J_ATTEMPT, J_SENT, J_CONTACT };

struct j_cap {
	unsigned channels;
	enum j_what what;
	bool debt; /* per debt, else per person */
	int n, days;
};

struct j_hours {
	int16_t from, to; /* minutes of the day */
};

struct j_rules {
	const char *name;
	struct j_hours day[8][2]; /* Monday..Sunday, holiday; to 0: nothing */
	bool holiday;             /* hours (or none) are given for holidays */
	struct j_cap cap[3];
	int gap_hours, channels_a_week;
};

#define J_WEEK(f, t)                                                                               \
	{{f * 60, t * 60}}, {{f * 60, t * 60}}, {{f * 60, t * 60}}, {{f * 60, t * 60}},            \
	{                                                                                          \
		{                                                                                  \
			f * 60, t * 60                                                             \
		}                                                                                  \
	}
#define J_ON(f, t)                                                                                 \
	{                                                                                          \
		{                                                                                  \
			f * 60, t * 60                                                             \
		}                                                                                  \
	}
#define J_SHUT                                                                                     \
	{                                                                                          \
		{                                                                                  \
			0, 0                                                                       \
		}                                                                                  \
	}
#define J_OPEN                                                                                     \
	{                                                                                          \
		{                                                                                  \
			0, 24 * 60                                                                 \
		}                                                                                  \
	}
#define J_ALL(f, t) J_WEEK(f, t), J_ON(f, t), J_ON(f, t)

static const struct j_rules j_base = {
    "base", {J_ALL(8, 20)},
    false,  {{1U << J_SMS, J_SENT, false, 1, 1}, {1U << J_SMS, J_SENT, false, 3, 7}},
    0,      0};

static const struct j_rules j_places[] = {
    {"ph", {J_ALL(6, 22)}, false, {{0}}, 0, 0},
    {"us-regf", {J_ALL(8, 21)}, false, {{0}}, 0, 0},
    {"uk", {J_WEEK(8, 20), J_ON(8, 20), J_SHUT}, false, {{0}}, 0, 0},
    {"cl",
     {J_WEEK(8, 20), J_ON(8, 20), J_SHUT, J_SHUT},
     true,
     {{1U << J_SMS, J_SENT, false, 2, 7}},
     48,
     0},
    {"co",
     {J_WEEK(7, 19), J_ON(8, 15), J_SHUT, J_SHUT},
     true,
     {{J_ANY, J_CONTACT, false, 1, 1}},
     0,
     1},
    {"kr", {J_ALL(8, 21)}, false, {{J_ANY, J_ATTEMPT, true, 7, 7}}, 0, 0},
    {"th",
     {J_WEEK(8, 20), J_ON(8, 18), J_ON(8, 18), J_ON(8, 18)},
     true,
     {{J_ANY, J_CONTACT, false, 1, 1}},
     0,
     0},
    {"id", {J_WEEK(8, 20), J_ON(8, 20), J_SHUT, J_SHUT}, true, {{0}}, 0, 0},
    {"br", {J_WEEK(8, 20), J_ON(8, 14), J_SHUT, J_SHUT}, true, {{0}}, 0, 0},
    {"mx", {J_WEEK(7, 22), J_SHUT, J_SHUT, J_SHUT}, true, {{0}}, 0, 0},
    {"in", {J_ALL(8, 19)}, false, {{0}}, 0, 0},
    {"ke", {J_WEEK(8, 18), J_ON(8, 18), J_SHUT}, false, {{0}}, 0, 0},
    {"za", {J_WEEK(6, 21), J_ON(6, 21), J_SHUT}, false, {{0}}, 0, 0},
    {"jp", {J_ALL(8, 21)}, false, {{0}}, 0, 0},
    {"cn", {J_ALL(8, 22)}, false, {{0}}, 0, 0},
    {"vn", {J_ALL(7, 21)}, false, {{J_ANY, J_ATTEMPT, false, 5, 1}}, 0, 0},
    {"au",
     {J_ALL(0, 24)},
     false,
     {{J_ANY, J_CONTACT, false, 3, 7}, {J_ANY, J_CONTACT, false, 10, 30}},
     0,
     0},
    {"ca-on",
     {J_WEEK(7, 21), J_ON(7, 21), J_ON(13, 17), J_SHUT},
     true,
     {{J_ANY, J_CONTACT, false, 3, 7}},
     0,
     0},
    {"strict",
     {J_WEEK(9, 18), J_SHUT, J_SHUT, J_SHUT},
     true,
     {{J_ANY, J_CONTACT, false, 1, 1},
      {J_ANY, J_CONTACT, false, 3, 7},
      {1U << J_SMS, J_SENT, false, 2, 7}},
     48,
     1},
};
#define J_PLACES (sizeof j_places / sizeof *j_places)

struct j_policy {
	const struct j_rules *layer[3]; /* base and presets */
	int n_layers;
	bool narrow; /* the lender's own windows */
	struct j_rules own;
	int32_t holiday[256];
	int n_holidays;
	int64_t ignore_below;
	int ahead, grace, tolerance;
	bool live;
};

static inline bool
j_layer_open(const struct j_rules *r, int day, int32_t minute)
{
	for (int i = 0; i < 2; i++)
		if (minute >= r->day[day][i].from && minute < r->day[day][i].to)
			return true;
	return false;
}

static inline bool
j_is_holiday(const struct j_policy *p, int32_t day)
{
	for (int i = 0; i < p->n_holidays; i++)
		if (p->holiday[i] == day)
			return true;
	return false;
}

static inline bool
j_open_in(const struct j_policy *p, struct j_time t)
{
	bool holiday = j_is_holiday(p, t.day), given = false;

	for (int i = 0; i < p->n_layers + p->narrow; i++) {
		const struct j_rules *r = i < p->n_layers ? p->layer[i] : &p->own;
		int row = holiday && r->holiday ? 7 : t.weekday;

		given = given || r->holiday;
		if (!j_layer_open(r, row, t.second / 60))
			return false;
	}
	return !holiday || given;
}

#endif
