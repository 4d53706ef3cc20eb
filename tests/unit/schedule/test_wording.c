/* Words that may not be said: found as words, whatever their case, marks and endings. */
#include "schedule/wording.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define ALL (WORDING_BIT(WORDING_KINDS) - 1)

static int
setup(void **state)
{
	struct wording *w = wording_new();

	assert_non_null(w);
	assert_int_equal(wording_add(w, "en", WORDING_THREAT, "arrest*"), 0);
	assert_int_equal(wording_add(w, "en", WORDING_SHAME, "tell your boss"), 0);
	assert_int_equal(wording_add(w, "en", WORDING_OPTOUT, "stop"), 0);
	assert_int_equal(wording_add(w, "es", WORDING_THREAT, "cárcel"), 0);
	assert_int_equal(wording_add(w, "zh", WORDING_THREAT, "报警"), 0);
	assert_int_equal(wording_add(w, "hi", WORDING_THREAT, "मार"), 0);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	wording_free(*state);
	return 0;
}

/* What is found, as it stands in the text; "" when nothing is. */
static const char *
found(struct wording *w, const char *language, unsigned kinds, const char *text)
{
	static char out[64];
	struct wording_found f;

	out[0] = '\0';
	if (wording_find(w, language, kinds, text, strlen(text), &f)) {
		assert_true(f.at + f.len <= strlen(text) && f.len < sizeof out);
		memcpy(out, text + f.at, f.len);
		out[f.len] = '\0';
	}
	return out;
}

static void
words_are_found_whole(void **state)
{
	struct wording *w = *state;

	assert_string_equal(found(w, "en", ALL, "You will be ARRESTED!"), "ARRESTED");
	assert_string_equal(found(w, "en", ALL, "arrest"), "arrest");
	assert_string_equal(found(w, "en", ALL, "We tell your  boss."), "tell your  boss");
	assert_string_equal(found(w, "en", ALL, "tell your bosses"), "");
	assert_string_equal(found(w, "en", ALL, "foretell your boss"), "");
	assert_string_equal(found(w, "en", ALL, "nonstop"), "");
	assert_string_equal(found(w, "en", ALL, "Reply STOP."), "STOP");
	assert_string_equal(found(w, "en", ALL, ""), "");
}

static void
marks_and_scripts(void **state)
{
	struct wording *w = *state;

	assert_string_equal(found(w, "es", ALL, "irá a la carcel"), "carcel");
	assert_string_equal(found(w, "es-CO", ALL, "¡CÁRCEL!"), "CÁRCEL");
	assert_string_equal(found(w, "zh", ALL, "我们会报警的"), "报警");
	assert_string_equal(found(w, "hi", ALL, "मार देंगे"), "मार");
	assert_string_equal(found(w, "hi", ALL, "मार्च में"), "");
}

static void
by_language_and_kind(void **state)
{
	struct wording *w = *state;

	assert_string_equal(found(w, "fr", ALL, "cárcel"), "");
	assert_string_equal(found(w, "fil", ALL, "arrested ka"),
			    "arrested"); /* English everywhere */
	assert_string_equal(found(w, "en", WORDING_BIT(WORDING_SHAME), "arrest"), "");
}

static void
phrases_are_refused_that_could_never_match(void **state)
{
	char long_phrase[200];

	memset(long_phrase, 'a', sizeof long_phrase);
	long_phrase[sizeof long_phrase - 1] = '\0';
	assert_int_equal(wording_add(*state, "en", WORDING_THREAT, ""), -EINVAL);
	assert_int_equal(wording_add(*state, "en", WORDING_THREAT, "..."), -EINVAL);
	assert_int_equal(wording_add(*state, "en", WORDING_THREAT, "a*"), -EINVAL);
	assert_int_equal(wording_add(*state, "en", WORDING_THREAT, "arr*est"), -EINVAL);
	assert_int_equal(wording_add(*state, "en", WORDING_THREAT, long_phrase), -EINVAL);
}

static void
a_long_text_is_looked_at_to_a_limit(void **state)
{
	static char text[20000];
	struct wording_found f;

	memset(text, ' ', sizeof text);
	memcpy(text + 8000, "arrest", 6);
	assert_true(wording_find(*state, "en", ALL, text, sizeof text, &f));
	assert_int_equal(f.at, 8000);
	memset(text + 8000, ' ', 6);
	memcpy(text + 9000, "arrest", 6);
	assert_false(wording_find(*state, "en", ALL, text, sizeof text, &f));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(words_are_found_whole, setup, teardown),
	    cmocka_unit_test_setup_teardown(marks_and_scripts, setup, teardown),
	    cmocka_unit_test_setup_teardown(by_language_and_kind, setup, teardown),
	    cmocka_unit_test_setup_teardown(phrases_are_refused_that_could_never_match, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(a_long_text_is_looked_at_to_a_limit, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
