/* The builder of words: what patterns find, and what is told of patterns that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "schedule/reply.h"
#include "schedule/reply_words.h"

static struct reply_builder *builder;
static char told[200];
static int complaints;

static void
on_wrong(void *user, int where, size_t offset, const char *what)
{
	(void)user;
	complaints++;
	snprintf(told, sizeof told, "%d:%zu %s", where, offset, what);
}

static void
put(const char *section, const char *key, const char *text)
{
	const char *what;

	assert_int_equal(reply_builder_put(builder, "xx", section, key, text, 7, &what), 0);
}

static struct reply_words *
build(void)
{
	struct reply_words *w;

	complaints = 0;
	told[0] = '\0';
	w = reply_words_build(builder, on_wrong, NULL);
	builder = NULL;
	assert_non_null(w);
	return w;
}

static enum reply_intent
read_text(const struct reply_words *w, const char *text)
{
	const struct reply_context c = {
	    .language = "xx", .today = 20000, .currency = "EUR", .digits = 2, .balance = -1};
	struct reply_reading r;

	reply_read(w, text, strlen(text), &c, &r);
	return r.intent;
}

/* Does the pattern, as a sign of dispute, find something in the text? */
static bool
finds(const char *pattern, const char *text)
{
	struct reply_words *w;
	bool found;

	builder = reply_builder_new();
	put("sets", "fruit", "apple");
	put("sets", "fruit", "red pear");
	put("sets", "meal", "{fruit}");
	put("sets", "meal", "(big|small) {fruit}");
	put("names", "", "ruth");
	put("polite", "", "please");
	put("common", "", "we");
	put("numbers", "2", "two");
	put("weekdays", "fri", "friday");
	put("signs", "dispute", pattern);
	w = build();
	assert_int_equal(complaints, 0);
	found = read_text(w, text) == REPLY_DISPUTE;
	reply_words_free(w);
	return found;
}

static void
patterns_find_what_they_say(void **state)
{
	(void)state;
	assert_true(finds("stop", "Please STOP!"));
	assert_false(finds("stop", "stopping"));
	assert_true(finds("do not text", "do NOT text me"));
	assert_false(finds("do not text", "do not, text me"));
	assert_true(finds("text|sms me", "sms me"));
	assert_true(finds("(going to|will) pay", "am going to pay"));
	assert_false(finds("(going to|will) pay", "going pay"));
	assert_true(finds("please? stop now", "stop now"));
	assert_true(finds("eat {fruit}", "eat red pear"));
	assert_true(finds("eat {meal} now", "eat small red pear now"));
	assert_false(finds("eat {fruit}", "eat pear"));
	assert_true(finds("a (b {fruit}|c) d", "a b apple d"));
	assert_true(finds("a (b {fruit}|c) d", "a c d"));
}

static void
gaps_runs_and_edges(void **state)
{
	(void)state;
	assert_true(finds("stop * texts", "stop all of these silly texts"));
	assert_false(finds("stop * texts", "stop all of these very silly texts"));
	assert_true(finds("stop ** texts", "stop all of these very silly texts"));
	assert_false(finds("stop * texts", "stop it. no texts"));
	assert_true(finds("not {fruit}~ paid", "not paid"));
	assert_true(finds("not {fruit}~ paid", "not apple red pear apple paid"));
	assert_false(finds("not {fruit}~ paid", "not well paid"));
	assert_true(finds("^ no money $", "please no money please"));
	assert_false(finds("^ no money $", "there is no money"));
	assert_true(finds("paid !back", "paid in full"));
	assert_false(finds("paid !back", "paid back"));
	assert_false(finds("paid !(in (full|part)|{fruit} now)", "paid in part"));
	assert_false(finds("paid !(in (full|part)|{fruit} now)", "paid apple now"));
	assert_true(finds("paid !(in (full|part)|{fruit} now)", "paid apple later"));
	assert_true(finds("!not will pay", "will pay"));
}

static void
words_as_they_are_written(void **state)
{
	(void)state;
	assert_true(finds("nita-lip-", "nitakulipa"));
	assert_true(finds("nita-lip-", "nitalipia"));
	assert_false(finds("nita-lip-", "sitalipa"));
	assert_true(finds("-lipwa", "nikilipwa"));
	assert_true(finds("=pag\xc3\xb3", "PAG\xc3\x93"));
	assert_false(finds("=pag\xc3\xb3", "pago"));
	assert_true(finds("pag\xc3\xb3", "pago"));
	assert_true(finds("tomorrow", "tomorow"));
	assert_true(finds("tomorrow", "tommorrow"));
	assert_false(finds("tomorrow", "borrow"));
	assert_true(finds("stop", "stoppppp"));
	assert_true(finds("optout", "opt-out"));
	assert_true(finds("opt out", "opt-out"));
	assert_true(finds("dont", "don\xe2\x80\x99t"));
	assert_true(finds("\xe4\xb8\x8d\xe8\xa6\x81*\xe5\x8f\x91",
			  "\xe8\xaf\xb7\xe4\xb8\x8d\xe8\xa6\x81\xe5\x86\x8d\xe5\x8f\x91"));
}

static void
places_and_denials(void **state)
{
	struct reply_words *w;

	(void)state;
	assert_true(finds("not {name}", "i am not ruth"));
	assert_true(finds("not {name}", "it is not Zebulon"));
	assert_false(finds("not {name}", "it is not zebulon"));
	assert_true(finds("{n} kids", "two kids"));
	assert_true(finds("until {date}", "until friday"));
	assert_true(finds("owe {amount}", "we owe 20"));
	builder = reply_builder_new();
	put("signs", "dispute", "paid");
	put("signs", "not_dispute", "not * paid");
	w = build();
	assert_int_equal(read_text(w, "it was paid"), REPLY_DISPUTE);
	assert_int_equal(read_text(w, "it was not yet paid"), REPLY_OTHER);
	reply_words_free(w);
}

static void
expect_wrong(const char *pattern, const char *said)
{
	builder = reply_builder_new();
	put("signs", "stop", pattern);
	reply_words_free(build());
	assert_int_equal(complaints, 1);
	if (strstr(told, said) == NULL)
		fail_msg("%s: told %s, not %s", pattern, told, said);
}

static void
mistakes_have_a_place(void **state)
{
	const char *what = NULL;

	(void)state;
	expect_wrong("stop {nothing}", "7:5 there is no such set");
	expect_wrong("stop (now", "7:5 this parenthesis");
	expect_wrong("stop now)", "7:8 no parenthesis");
	expect_wrong("* stop", "begins and ends");
	expect_wrong("stop *", "begins and ends");
	expect_wrong("a|", "7:2 a word or a {set}");
	expect_wrong("-", "hyphen");
	expect_wrong("{stop", "a set is named");
	expect_wrong("!(a?) b", "after !");
	builder = reply_builder_new();
	assert_true(reply_builder_put(builder, "xx", "sign", "stop", "a", 0, &what) < 0);
	assert_non_null(what);
	assert_true(reply_builder_put(builder, "xx", "signs", "halt", "a", 0, &what) < 0);
	assert_true(reply_builder_put(builder, "", "signs", "stop", "a", 0, &what) < 0);
	assert_true(reply_builder_put(builder, "xx", "sets", "Pay", "a", 0, &what) < 0);
	put("days", "soon", "soon");
	reply_words_free(build());
	assert_int_equal(complaints, 1);
}

/* Sets that wait for each other in a ring, and products that grow without end, come to one. */
static void
sets_without_an_end(void **state)
{
	struct reply_words *w;
	char word[16];

	(void)state;
	builder = reply_builder_new();
	put("sets", "a", "{b} x");
	put("sets", "b", "{a} y");
	put("sets", "c", "{d}");
	put("sets", "d", "{c}");
	for (int i = 0; i < 100; i++) {
		snprintf(word, sizeof word, "w%c%c", 'a' + i % 26, 'a' + i / 26);
		put("sets", "many", word);
	}
	put("sets", "most", "{many} {many} {many} {many}");
	put("signs", "stop", "{a} {c}");
	w = build();
	assert_true(complaints >= 1);
	assert_int_equal(read_text(w, "x y z"), REPLY_OTHER);
	reply_words_free(w);
}

/* Reads as before, and what is put upon it changes its own language alone. */
static void
images_are_words_and_a_base(void **state)
{
	struct reply_words *w, *opened, *more;
	void *image = NULL;
	size_t size = 0;
	const char *what;

	(void)state;
	builder = reply_builder_new();
	put("signs", "stop", "halt (now|at once)");
	put("same", "halt", "hallt");
	w = build();
	assert_true(reply_words_save(w, &image, &size));
	assert_true(size > 0);
	reply_words_free(w);
	opened = reply_words_open(image);
	assert_non_null(opened);
	assert_string_equal(reply_words_language(opened, 0), "xx");
	assert_int_equal(read_text(opened, "hallt at once"), REPLY_STOP);
	assert_int_equal(read_text(opened, "and go"), REPLY_OTHER);

	builder = reply_builder_new();
	assert_int_equal(reply_builder_base(builder, opened), 0);
	assert_int_equal(
	    reply_builder_put(builder, "yy", "signs", "dispute", "never mine", 0, &what), 0);
	more = build();
	assert_string_equal(reply_words_language(more, 0), "xx");
	assert_string_equal(reply_words_language(more, 1), "yy");
	assert_int_equal(read_text(more, "halt now"), REPLY_STOP);
	assert_int_equal(read_text(more, "it was never mine"), REPLY_DISPUTE);
	reply_words_free(more);

	builder = reply_builder_new();
	assert_int_equal(reply_builder_base(builder, opened), 0);
	put("signs", "stop", "enough");
	more = build();
	assert_int_equal(read_text(more, "that is enough"), REPLY_STOP);
	assert_int_equal(read_text(more, "halt now"), REPLY_OTHER);
	reply_words_free(more);
	assert_int_equal(read_text(opened, "halt now"), REPLY_STOP);
	reply_words_free(opened);
	((char *)image)[0] ^= 1;
	assert_null(reply_words_open(image));
	free(image);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(patterns_find_what_they_say), cmocka_unit_test(gaps_runs_and_edges),
	    cmocka_unit_test(words_as_they_are_written),   cmocka_unit_test(places_and_denials),
	    cmocka_unit_test(mistakes_have_a_place),       cmocka_unit_test(sets_without_an_end),
	    cmocka_unit_test(images_are_words_and_a_base)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
