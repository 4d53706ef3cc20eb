/* Labelled replies, read with the words that are shipped, compiled anew: every label of every row
 * of the sets in tests/data/replies/.  The tables Dunlin carries read them the same.  With file
 * names as arguments it reads those instead and prints what it found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/complaint.h"
#include "gateway/base/money.h"
#include "gateway/config/config_words.h"
#include "schedule/civil.h"
#include "schedule/reply.h"
#include "schedule/reply_words.h"

struct row {
	char language[16], text[400], day[16], currency[8], intent[16], date[16], amount[24],
	    id[16];
};

struct score {
	int rows, intent, dates, dates_right, invented, amounts, amounts_right;
	int stops, stops_found, false_stop, wrong, wrong_found, left, acted;
};

static struct reply_words *words;

/* One field of a CSV line, quotes opened; returns what follows its comma. */
static const char *
field(const char *p, char *out, size_t size)
{
	size_t n = 0;
	bool quoted = *p == '"';

	p += quoted;
	while (*p && (quoted || (*p != ',' && *p != '\n' && *p != '\r'))) {
		if (quoted && *p == '"') {
			if (p[1] != '"') {
				p++;
				break;
			}
			p++;
		}
		assert_true(n + 1 < size);
		out[n++] = *p++;
	}
	out[n] = '\0';
	return *p == ',' ? p + 1 : p;
}

static void
parse(const char *line, struct row *r)
{
	const char *p = field(line, r->language, sizeof r->language);

	p = field(p, r->text, sizeof r->text);
	p = field(p, r->day, sizeof r->day);
	p = field(p, r->currency, sizeof r->currency);
	p = field(p, r->intent, sizeof r->intent);
	p = field(p, r->date, sizeof r->date);
	p = field(p, r->amount, sizeof r->amount);
	field(p, r->id, sizeof r->id);
}

static void
print_wrong(const struct row *r, const struct reply_reading *got, const char *date)
{
	printf("%s %s \"%s\": %s %s %lld, not %s %s %s  [%s", r->id, r->language, r->text,
	       reply_intent_word(got->intent), date, (long long)got->amount, r->intent, r->date,
	       r->amount, got->language);
	for (size_t i = 0; i < got->n_cues; i++)
		printf(" | %s", got->cues[i]);
	printf("]\n");
}

static bool
is_left(const char *intent)
{
	return strcmp(intent, "other") == 0 || strcmp(intent, "dispute") == 0 ||
	       strcmp(intent, "hardship") == 0;
}

static void
judge(const struct row *r, const struct reply_reading *got, struct score *s)
{
	const char *intent = reply_intent_word(got->intent);
	bool right = strcmp(intent, r->intent) == 0, date_right, amount_right;
	char date[11] = "";

	if (got->date != REPLY_NO_DATE)
		civil_format_date(got->date, date);
	date_right = strcmp(date, r->date) == 0;
	amount_right = r->amount[0] ? strtoll(r->amount, NULL, 10) == got->amount : got->amount < 0;
	s->rows++;
	s->intent += right;
	s->stops += strcmp(r->intent, "stop") == 0;
	s->stops_found += strcmp(r->intent, "stop") == 0 && right;
	s->false_stop += got->intent == REPLY_STOP && !right;
	s->wrong += strcmp(r->intent, "wrong_number") == 0;
	s->wrong_found += strcmp(r->intent, "wrong_number") == 0 && right;
	s->left += is_left(r->intent);
	s->acted += is_left(r->intent) && (got->intent == REPLY_PROMISE ||
					   got->intent == REPLY_PAID || got->intent == REPLY_STOP);
	s->dates += r->date[0] != '\0';
	s->dates_right += r->date[0] && date_right;
	s->invented += date[0] && !date_right;
	s->amounts += r->amount[0] != '\0';
	s->amounts_right += r->amount[0] && amount_right;
	if (!right || !date_right || !amount_right)
		print_wrong(r, got, date);
}

static void
read_row(const struct row *r, struct score *s)
{
	struct reply_context c = {.language = r->language, .currency = r->currency, .balance = -1};
	struct reply_reading got, carried;

	assert_int_equal(civil_parse_date(r->day, strlen(r->day), &c.today), 0);
	c.digits = money_digits(r->currency);
	c.month_first = strcmp(r->currency, "USD") == 0;
	reply_read(words, r->text, strlen(r->text), &c, &got);
	reply_read(config_words_shipped(), r->text, strlen(r->text), &c, &carried);
	assert_memory_equal(&got, &carried, sizeof got);
	judge(r, &got, s);
}

static void
read_file(const char *path, struct score *s)
{
	FILE *f = fopen(path, "r");
	char line[2048];

	memset(s, 0, sizeof *s);
	if (f == NULL) {
		printf("%s cannot be read\n", path);
		return;
	}
	if (fgets(line, sizeof line, f) != NULL)
		while (fgets(line, sizeof line, f)) {
			struct row r;
			parse(line, &r);
			if (r.text[0] != '\0')
				read_row(&r, s);
		}
	fclose(f);
	printf("%s: intent %d/%d, dates %d/%d (invented %d), amounts %d/%d, stops %d/%d "
	       "(false %d), wrong number %d/%d, acted on wrongly %d/%d\n",
	       path, s->intent, s->rows, s->dates_right, s->dates, s->invented, s->amounts_right,
	       s->amounts, s->stops_found, s->stops, s->false_stop, s->wrong_found, s->wrong,
	       s->acted, s->left);
}

static void
every_label_is_right(const char *name)
{
	char path[512];
	struct score s;

	snprintf(path, sizeof path, "%s/data/replies/%s.csv", TESTS_DIR, name);
	read_file(path, &s);
	assert_true(s.rows > 0);
	assert_int_equal(s.intent, s.rows);
	assert_int_equal(s.dates_right, s.dates);
	assert_int_equal(s.invented, 0);
	assert_int_equal(s.amounts_right, s.amounts);
}

/* The development set: the labels are the spec. */
static void
development_set(void **state)
{
	(void)state;
	every_label_is_right("dev");
}

/* Our own sets, one a language. */
static void
every_language(void **state)
{
	static const char *const sets[] = {"en", "zh",  "es", "hi", "hi-Latn",
					   "sw", "fil", "id", "pt", "fr"};

	(void)state;
	for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
		every_label_is_right(sets[i]);
}

/* A home whose word files add nothing: each has its language compiled again. */
static void
write_home(char *home)
{
	char path[200];
	const char *tag;

	assert_non_null(mkdtemp(home));
	snprintf(path, sizeof path, "%s/words", home);
	assert_int_equal(mkdir(path, 0700), 0);
	for (size_t i = 0; (tag = reply_words_language(config_words_shipped(), i)) != NULL; i++) {
		FILE *f;

		snprintf(path, sizeof path, "%s/words/%s.yaml", home, tag);
		f = fopen(path, "w");
		assert_non_null(f);
		fprintf(f, "language: %s\n", tag);
		fclose(f);
	}
}

static void
remove_home(const char *home)
{
	char path[200];
	const char *tag;

	for (size_t i = 0; (tag = reply_words_language(config_words_shipped(), i)) != NULL; i++) {
		snprintf(path, sizeof path, "%s/words/%s.yaml", home, tag);
		remove(path);
	}
	snprintf(path, sizeof path, "%s/words", home);
	rmdir(path);
	rmdir(home);
}

/* How many mistakes the shipped files have. */
static size_t
load(void)
{
	char home[] = "/tmp/replies-XXXXXX";
	struct complaints complaints = {0};
	size_t errors;

	write_home(home);
	words = config_words_load(home, &complaints);
	remove_home(home);
	complaint_print(stdout, &complaints, TESTS_DIR "/..");
	errors = complaints.errors;
	complaint_clear(&complaints);
	return errors;
}

static int
setup(void **state)
{
	(void)state;
	return load() != 0 || words == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	reply_words_free(words);
	return 0;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(development_set),
					   cmocka_unit_test(every_language)};
	struct score s;

	if (argc == 1)
		return cmocka_run_group_tests(tests, setup, teardown);
	load();
	for (int i = 1; i < argc; i++)
		read_file(argv[i], &s);
	teardown(NULL);
	return 0;
}
