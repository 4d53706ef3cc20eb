/* Replies put together from parts, in every language: some twenty thousand ways to promise, to
 * have paid, to ask for silence, to be somebody else, to be in need.  Each is read on five days of
 * the year and must be read right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/config/config_words.h"
#include "schedule/civil.h"
#include "schedule/reply.h"

enum day { AHEAD, WEEKDAY, MDAY, MONTH_END, NO_DAY };

struct when {
	const char *text;
	enum day kind;
	int n; /* days ahead, Monday 0 .. 6, day of the month */
};

#define SOME 8

struct language {
	const char *tag, *openers[SOME], *closers[SOME];
	const char *promises[SOME]; /* one %s: the day */
	struct when days[12];
	const char *said[5][SOME]; /* by the order of `intents` */
};

static const enum reply_intent intents[] = {REPLY_PAID, REPLY_STOP, REPLY_WRONG_NUMBER,
					    REPLY_DISPUTE, REPLY_HARDSHIP};

static const struct language languages[] = {
#include "reply_paraphrases.h"
};

static int wrong, read_in_all;

/* What the person means on a given day. */
static int32_t
meant(const struct when *w, int32_t today)
{
	int year, month, mday, ahead;

	civil_date(today, &year, &month, &mday);
	switch (w->kind) {
	case AHEAD: return today + w->n;
	case WEEKDAY:
		ahead = w->n - civil_weekday(today);
		return today + (ahead > 0 ? ahead : ahead + 7);
	case MDAY:
		if (mday > w->n)
			month++;
		return month > 12 ? civil_day(year + 1, 1, w->n) : civil_day(year, month, w->n);
	case MONTH_END: return civil_day(year, month, civil_month_days(year, month));
	default: return REPLY_NO_DATE;
	}
}

static void
expect(const char *tag, const char *text, int32_t today, enum reply_intent intent, int32_t date)
{
	const struct reply_context c = {
	    .language = tag, .today = today, .currency = "EUR", .digits = 2, .balance = -1};
	struct reply_reading r;

	read_in_all++;
	reply_read(config_words_shipped(), text, strlen(text), &c, &r);
	if (r.intent == intent && r.date == date)
		return;
	if (wrong++ < 40)
		print_error(
		    "%s \"%s\": %s %d, not %s %d (%s)\n", tag, text, reply_intent_word(r.intent),
		    r.date == REPLY_NO_DATE ? -1 : (int)(r.date - today), reply_intent_word(intent),
		    date == REPLY_NO_DATE ? -1 : (int)(date - today),
		    r.n_cues > 0 ? r.cues[0] : "");
}

static int32_t
day_of_year(int i)
{
	static const int dates[5][3] = {
	    {2026, 2, 10}, {2026, 6, 22}, {2026, 10, 9}, {2026, 12, 30}, {2027, 1, 3}};

	return civil_day(dates[i][0], dates[i][1], dates[i][2]);
}

/* IN CAPITALS and with a sigh, as many write. */
static void
shout(char text[256])
{
	for (char *p = text; *p != '\0'; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	strncat(text, " \xf0\x9f\x99\x8f", 256 - strlen(text) - 1);
}

/* The middle between every opener and closer; "" stands for none. */
static void
dress(const struct language *l, const char *middle, int32_t today, enum reply_intent intent,
      int32_t date)
{
	char text[256];

	for (int o = 0; o < SOME && l->openers[o] != NULL; o++)
		for (int c = 0; c < SOME && l->closers[c] != NULL; c++) {
			snprintf(text, sizeof text, "%s%s%s", l->openers[o], middle, l->closers[c]);
			expect(l->tag, text, today, intent, date);
			shout(text);
			expect(l->tag, text, today, intent, date);
		}
}

/* One %s in a template of the table. */
static void
fill(char out[200], const char *template, const char *day)
{
	const char *at = strstr(template, "%s");

	assert_non_null(at);
	snprintf(out, 200, "%.*s%s%s", (int)(at - template), template, day, at + 2);
}

static void
promises_in_every_language(void **state)
{
	char middle[200];

	(void)state;
	wrong = 0;
	for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++) {
		const struct language *l = &languages[i];

		for (int p = 0; p < SOME && l->promises[p] != NULL; p++)
			for (int d = 0; d < 12 && l->days[d].text != NULL; d++) {
				int32_t today = day_of_year((p + d) % 5);

				fill(middle, l->promises[p], l->days[d].text);
				dress(l, middle, today, REPLY_PROMISE, meant(&l->days[d], today));
			}
	}
	print_message("%d promises read\n", read_in_all);
	assert_int_equal(wrong, 0);
}

static void
what_else_people_say(void **state)
{
	(void)state;
	wrong = 0;
	read_in_all = 0;
	for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++)
		for (int k = 0; k < 5; k++)
			for (int s = 0; s < SOME && languages[i].said[k][s] != NULL; s++)
				dress(&languages[i], languages[i].said[k][s], day_of_year(s % 5),
				      intents[k], REPLY_NO_DATE);
	print_message("%d other replies read\n", read_in_all);
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(promises_in_every_language),
					   cmocka_unit_test(what_else_people_say)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
