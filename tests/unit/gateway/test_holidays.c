/* Holidays from iCalendar files, good and bad. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "gateway/base/calendar.h"
#include "schedule/civil.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct complaints list;

#define CALENDAR(events) "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" events "END:VCALENDAR\r\n"
#define EVENT(lines)     "BEGIN:VEVENT\r\n" lines "END:VEVENT\r\n"

/* The days a calendar gives for 2025..2027, as "YYYY-MM-DD name;". */
static void
check_days(const char *ics, int result, const char *want)
{
	struct calendar_holidays h = {0};
	char got[8192] = "";

	int r = calendar_holidays_parse(&h, ics, strlen(ics), "h.ics", 2025, 2027, &list);
	for (size_t i = 0; i < h.n; i++) {
		char day[11];
		civil_format_date(h.days[i].day, day);
		size_t n = strlen(got);
		snprintf(got + n, sizeof got - n, "%s %s;", day, h.days[i].name);
		assert_string_equal(calendar_holiday_on(&h, h.days[i].day), h.days[i].name);
	}
	if (strcmp(got, want) != 0)
		fail_msg("%s\ngave %s", ics, got);
	assert_int_equal(r, result);
	assert_int_equal(list.errors > 0, result != 0);
	complaint_clear(&list);
	calendar_holidays_clear(&h);
}

static void
test_days_of_events(void **state)
{
	(void)state;
	check_days(CALENDAR(EVENT("DTSTART;VALUE=DATE:20260101\r\nSUMMARY:New Year\r\n")), 0,
		   "2026-01-01 New Year;");
	/* DTEND is the day after */
	check_days(CALENDAR(EVENT("DTSTART;VALUE=DATE:20260402\r\nDTEND;VALUE=DATE:20260404\r\n"
				  "SUMMARY:Holy Week\r\n")),
		   0, "2026-04-02 Holy Week;2026-04-03 Holy Week;");
	check_days(CALENDAR(EVENT("DTSTART;VALUE=DATE:20261230\r\nDURATION:P3D\r\nSUMMARY:x\r\n")),
		   0, "2026-12-30 x;2026-12-31 x;2027-01-01 x;");
	/* an end equal to the beginning is what some programs write for one day */
	check_days(CALENDAR(EVENT("DTSTART;VALUE=DATE:20260101\r\nDTEND;VALUE=DATE:20260101\r\n")),
		   0, "2026-01-01 ;");
	check_days(CALENDAR(EVENT("DTSTART;TZID=Asia/Manila:20260101T080000\r\n"
				  "DTEND;TZID=Asia/Manila:20260102T120000\r\nSUMMARY:x\r\n")),
		   0, "2026-01-01 x;2026-01-02 x;");
	check_days(CALENDAR(EVENT("DTSTART;VALUE=DATE:20240101\r\nSUMMARY:before\r\n")
				EVENT("DTSTART;VALUE=DATE:20280101\r\nSUMMARY:after\r\n")),
		   0, "");
	check_days(CALENDAR(EVENT("DTSTART;VALUE=DATE:20260101\r\nSTATUS:CANCELLED\r\n")), 0, "");
	check_days(CALENDAR(""), 0, "");
	/* lower case, bare line feeds, no end of line at the end */
	check_days("begin:vcalendar\nbegin:vevent\ndtstart:20260101\nend:vevent\nend:vcalendar", 0,
		   "2026-01-01 ;");
}

static void
test_repetition(void **state)
{
	(void)state;
	check_days(
	    CALENDAR(EVENT("DTSTART;VALUE=DATE:20001225\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:x\r\n")), 0,
	    "2025-12-25 x;2026-12-25 x;2027-12-25 x;");
	check_days(CALENDAR(EVENT("DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=YEARLY;COUNT=2\r\n")),
		   0, "2026-01-01 ;2027-01-01 ;");
	check_days(
	    CALENDAR(EVENT("DTSTART;VALUE=DATE:20001225\r\nRRULE:FREQ=YEARLY;UNTIL=20260101\r\n")),
	    0, "2025-12-25 ;");
	/* the last Monday of August, of which one is moved by hand */
	check_days(
	    CALENDAR(EVENT("DTSTART;VALUE=DATE:20200831\r\n"
			   "RRULE:FREQ=YEARLY;BYMONTH=8;BYDAY=-1MO\r\n"
			   "EXDATE;VALUE=DATE:20260831\r\nRDATE;VALUE=DATE:20260901,20260902\r\n")),
	    0, "2025-08-25 ;2026-09-01 ;2026-09-02 ;2027-08-30 ;");
	check_days(CALENDAR(EVENT("DTSTART;VALUE=DATE:20240229\r\nRRULE:FREQ=YEARLY\r\n")), 0, "");
	/* across the first day asked for */
	check_days(CALENDAR(EVENT("DTSTART;VALUE=DATE:20001231\r\nDURATION:P2D\r\n"
				  "RRULE:FREQ=YEARLY;COUNT=26\r\n")),
		   0, "2025-01-01 ;2025-12-31 ;2026-01-01 ;");
}

static void
test_names(void **state)
{
	(void)state;
	check_days(CALENDAR(EVENT(
		       "DTSTART:20260101\r\nSUMMARY;LANGUAGE=\"x:y\":A\\, b\\; c\\\\d\\ne\r\n")),
		   0, "2026-01-01 A, b; c\\d e;");
	/* folded in the middle of a character */
	check_days(CALENDAR(EVENT("DTSTART:20260101\r\nSUMMARY:Ni\xc3\r\n \xb1o\r\n")), 0,
		   "2026-01-01 Ni\xc3\xb1o;");
	check_days(CALENDAR(EVENT("DTSTART:20260101\r\nSUMMARY:Ni\xf1o \x1b[1m\r\n")), 0,
		   "2026-01-01 Ni?o ?[1m;");
	/* two names of one day */
	check_days(CALENDAR(EVENT("DTSTART:20260101\r\nSUMMARY:b\r\n")
				EVENT("DTSTART:20260101\r\nSUMMARY:a\r\n")),
		   0, "2026-01-01 a;");
	/* an alarm inside is not the event */
	check_days(
	    CALENDAR(EVENT(
		"DTSTART:20260101\r\nSUMMARY:a\r\nBEGIN:VALARM\r\nSUMMARY:b\r\nEND:VALARM\r\n")),
	    0, "2026-01-01 a;");
}

static void
check_complaint(const char *ics, int line, int col, const char *text)
{
	struct calendar_holidays h = {0};

	assert_int_equal(calendar_holidays_parse(&h, ics, strlen(ics), "h.ics", 2025, 2027, &list),
			 -EINVAL);
	if (strstr(list.items[0].text, text) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", list.items[0].text, text);
	assert_string_equal(list.items[0].file, "h.ics");
	assert_int_equal(list.items[0].line, line);
	assert_int_equal(list.items[0].col, col);
	complaint_clear(&list);
	calendar_holidays_clear(&h);
}

static void
test_mistakes_have_their_line(void **state)
{
	(void)state;
	check_complaint("", 0, 0, "not an iCalendar file");
	check_complaint("hello\n", 0, 0, "not an iCalendar file");
	check_complaint(CALENDAR(EVENT("SUMMARY:x\r\n")), 3, 0, "no DTSTART");
	check_complaint(CALENDAR(EVENT("DTSTART;VALUE=DATE:20260230\r\n")), 4, 20, "not a date");
	check_complaint(CALENDAR(EVENT("DTSTART:15/09/2026\r\n")), 4, 9, "not a date");
	check_complaint(CALENDAR(EVENT("DTSTART:20260101\r\nDTEND:20251231\r\n")), 6, 5,
			"before it begins");
	check_complaint(CALENDAR(EVENT("DTSTART:20260101\r\nDTEND:20261231\r\n")), 6, 5,
			"longer than 62");
	check_complaint(CALENDAR(EVENT("DTSTART:20260101\r\nDURATION:3 days\r\n")), 5, 10, "P3D");
	check_complaint(CALENDAR(EVENT("DTSTART:20260101\r\nRRULE:FREQ=SECONDLY\r\n")), 5, 7,
			"FREQ=YEARLY");
	check_complaint(CALENDAR(EVENT("DTSTART:20260101\r\nRRULE:FREQ=YEARLY;RSCALE=CHINESE\r\n")),
			5, 7, "FREQ=YEARLY");
	check_complaint(CALENDAR(EVENT("DTSTART:20260101\r\nRRULE:FREQ=YEARLY;BYMONTH=99\r\n")), 5,
			7, "cannot be read");
	check_complaint(
	    CALENDAR(EVENT("DTSTART:20260101\r\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\r\n")), 5,
	    7, "no day");
	check_complaint(CALENDAR(EVENT("DTSTART:20260101\r\nEXDATE:20260101,x\r\n")), 5, 8,
			"not a date");
	check_complaint(CALENDAR("garbage\r\n"), 3, 1, "no name and colon");
	check_complaint("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101\n", 3, 0,
			"END:VEVENT is missing");
	check_complaint("BEGIN:VCALENDAR\nEND:VEVENT\nEND:VCALENDAR\n", 2, 5, "no BEGIN");
	/* what is good is taken all the same */
	check_days(CALENDAR(EVENT("SUMMARY:x\r\n") EVENT("DTSTART:20260101\r\nSUMMARY:y\r\n")),
		   -EINVAL, "2026-01-01 y;");
}

static void
test_limits(void **state)
{
	struct calendar_holidays h = {0};
	char *text = NULL;
	size_t size;

	(void)state;
	/* every day, from every event: time is bounded, and it is said */
	FILE *out = open_memstream(&text, &size);
	fputs("BEGIN:VCALENDAR\n", out);
	for (int i = 0; i < 2000; i++)
		fputs("BEGIN:VEVENT\nDTSTART:19000101\nRRULE:FREQ=DAILY\nEND:VEVENT\n", out);
	fputs("END:VCALENDAR\n", out);
	fclose(out);
	assert_int_equal(calendar_holidays_parse(&h, text, size, "h.ics", 2025, 2027, &list),
			 -EINVAL);
	assert_non_null(strstr(list.items[0].text, "too many repetitions"));
	assert_true(h.n <= 366 * 3);
	complaint_clear(&list);
	calendar_holidays_clear(&h);
	free(text);
	/* one line without end */
	text = malloc(1024 * 1024);
	memset(text, 'x', 1024 * 1024);
	memcpy(text, "BEGIN:VCALENDAR\n", 16);
	assert_int_equal(calendar_holidays_parse(&h, text, 1024 * 1024, "h.ics", 2025, 2027, &list),
			 -EINVAL);
	complaint_clear(&list);
	calendar_holidays_clear(&h);
	free(text);
}

static void
add(struct calendar_holidays *h, const char *ics)
{
	assert_int_equal(calendar_holidays_parse(h, ics, strlen(ics), "h.ics", 2020, 2030, &list),
			 0);
}

static void
test_cover(void **state)
{
	struct calendar_holidays h = {0};

	(void)state;
	assert_false(calendar_holidays_cover(&h, 2026));
	/* Rules alone cover the years they reach. */
	add(&h, CALENDAR(EVENT("DTSTART:20251225\r\nRRULE:FREQ=YEARLY\r\n")));
	assert_true(calendar_holidays_cover(&h, 2026));
	assert_false(calendar_holidays_cover(&h, 2024));
	/* Once a feast is dated, only years with dated ones are known. */
	add(&h, CALENDAR(EVENT("DTSTART:20260403\r\nSUMMARY:Good Friday\r\n")));
	assert_true(calendar_holidays_cover(&h, 2026));
	assert_false(calendar_holidays_cover(&h, 2027));
	assert_false(calendar_holidays_cover(&h, 1969));
	assert_false(calendar_holidays_cover(&h, 9999));
	/* Two files make one list. */
	assert_string_equal(calendar_holiday_on(&h, civil_day(2026, 4, 3)), "Good Friday");
	assert_non_null(calendar_holiday_on(&h, civil_day(2026, 12, 25)));
	assert_null(calendar_holiday_on(&h, civil_day(2026, 4, 4)));
	calendar_holidays_clear(&h);
}

static void
test_files(void **state)
{
	struct calendar_holidays h = {0};
	char path[] = "/tmp/dunlin-ics-XXXXXX";
	static const char text[] = "\xef\xbb\xbf" CALENDAR(EVENT("DTSTART:20260101\r\n"));

	(void)state;
	assert_int_equal(calendar_holidays_read(&h, "/nonexistent.ics", "h.ics", 2025, 2027, &list),
			 -ENOENT);
	assert_int_equal(list.errors, 1);
	complaint_clear(&list);
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
	close(fd);
	assert_int_equal(calendar_holidays_read(&h, path, "h.ics", 2025, 2027, &list), 0);
	assert_int_equal(h.n, 1);
	assert_int_equal(list.errors, 0);
	calendar_holidays_clear(&h);
	unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_days_of_events), cmocka_unit_test(test_repetition),
	    cmocka_unit_test(test_names),          cmocka_unit_test(test_mistakes_have_their_line),
	    cmocka_unit_test(test_limits),         cmocka_unit_test(test_cover),
	    cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
