/* A lender's own words: they add to those that are shipped, and mistakes have a place. */
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
#include "gateway/config/config_words.h"
#include "schedule/reply.h"
#include "schedule/reply_words.h"

static char home[64];

static void
write_file(const char *name, const char *text)
{
	char path[160];
	FILE *f;

	snprintf(path, sizeof path, "%s/words/%s", home, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static int
setup(void **state)
{
	char path[160];

	(void)state;
	strcpy(home, "/tmp/words-XXXXXX");
	if (mkdtemp(home) == NULL)
		return -1;
	snprintf(path, sizeof path, "%s/words", home);
	return mkdir(path, 0700);
}

static int
teardown(void **state)
{
	static const char *const names[] = {"words/en.yaml", "words/de.yaml", "words/x.txt",
					    "words"};
	char path[160];

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		snprintf(path, sizeof path, "%s/%s", home, names[i]);
		remove(path);
	}
	return rmdir(home);
}

static enum reply_intent
read_text(const struct reply_words *w, const char *language, const char *text)
{
	const struct reply_context c = {
	    .language = language, .today = 20000, .currency = "EUR", .digits = 2, .balance = -1};
	struct reply_reading r;

	reply_read(w, text, strlen(text), &c, &r);
	return r.intent;
}

static void
own_words_add_to_the_shipped(void **state)
{
	struct complaints complaints = {0};
	struct reply_words *w;

	(void)state;
	assert_false(config_words_own(home));
	write_file("en.yaml", "language: en\n"
			      "sets: {pay: [zorp]}\n"
			      "whole: {stop: [finito]}\n");
	write_file("de.yaml", "language: de\n"
			      "whole: {stop: [abmelden]}\n"
			      "signs: {stop: [\"keine sms mehr\"]}\n");
	assert_true(config_words_own(home));
	w = config_words_load(home, &complaints);
	assert_int_equal(complaints.errors, 0);
	assert_int_equal(read_text(w, "en", "i will zorp on monday"), REPLY_PROMISE);
	assert_int_equal(read_text(w, "en", "Finito!"), REPLY_STOP);
	assert_int_equal(read_text(w, "en", "stop"), REPLY_STOP);
	assert_int_equal(read_text(w, "de", "Bitte keine SMS mehr"), REPLY_STOP);
	assert_int_equal(read_text(w, "es", "no me escriban m\xc3\xa1s"), REPLY_STOP);
	assert_int_equal(read_text(config_words_shipped(), "en", "Finito!"), REPLY_OTHER);
	reply_words_free(w);
	complaint_clear(&complaints);
}

/* The i-th complaint reads so, as FILE:LINE:COLUMN: error: text. */
static void
expect(const struct complaints *list, size_t i, const char *want)
{
	char text[600];

	assert_true(i < list->n);
	complaint_format(&list->items[i], text, sizeof text);
	if (strncmp(text, want, strlen(want)) != 0)
		fail_msg("%s, not %s", text, want);
}

static void
mistakes_have_a_place(void **state)
{
	struct complaints complaints = {0};
	struct reply_words *w;

	(void)state;
	write_file("en.yaml", "language: fr\n"
			      "sings: {stop: [a]}\n"
			      "signs:\n"
			      "  stopp: [a]\n"
			      "  stop:\n"
			      "    - \"qu\xc3\xa9 stop (now\"\n"
			      "days: {soon: [x]}\n"
			      "space_groups: perhaps\n");
	write_file("x.txt", "");
	w = config_words_load(home, &complaints);
	assert_non_null(w);
	expect(&complaints, 0, "words/en.yaml:1:11: error: the file's name says `en`");
	expect(&complaints, 1, "words/en.yaml:2:1: error: a word file has no key `sings`; did you");
	expect(&complaints, 2, "words/en.yaml:4:3: error: `signs` has no key `stopp`; did you");
	expect(&complaints, 3, "words/en.yaml:8:15: error: `space_groups` must be true or false");
	expect(&complaints, 4, "words/x.txt: error: a word file is named after its language");
	expect(&complaints, 5, "words/en.yaml:6:17: error: this parenthesis is not closed");
	expect(&complaints, 6, "words/en.yaml:7:15: error: the key must be a number of days");
	assert_int_equal(complaints.n, 7);
	assert_int_equal(read_text(w, "en", "stop"), REPLY_STOP);
	reply_words_free(w);
	complaint_clear(&complaints);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(own_words_add_to_the_shipped, setup, teardown),
	    cmocka_unit_test_setup_teardown(mistakes_have_a_place, setup, teardown)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
