/* The flight recorder: what is masked, and which lines stay. */
#include "gateway/pool/recorder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void
expect(const char *line, const char *masked)
{
	char out[200];

	recorder_mask(line, out, sizeof out);
	assert_string_equal(out, masked);
}

static void
numbers_and_texts_are_stars(void **state)
{
	(void)state;
	expect("+CLIP: \"+639171234567\",145", "+CLIP: \"+**********67\",145");
	expect("+CMGS: 201", "+CMGS: 201");
	expect("352099001761481", "*************81");
	expect("0011000C913619173254760000A70A50F2", "0011000C**************************");
	expect("AT+CMGS=153", "AT+CMGS=153");
	expect("a\x01z", "a?z");
}

static void
a_short_buffer_is_not_overrun(void **state)
{
	char out[8];

	(void)state;
	recorder_mask("+639171234567 and more", out, sizeof out);
	assert_int_equal(strlen(out), 7);
}

static void
the_oldest_whole_lines_go(void **state)
{
	struct recorder *r = recorder_new();
	char line[32], *text;

	(void)state;
	for (int i = 0; i < 5000; i++) {
		snprintf(line, sizeof line, "line %d", i);
		recorder_add(r, 1000, '<', line);
	}
	text = recorder_text(r);
	assert_true(strlen(text) <= RECORDER_SIZE && strlen(text) > RECORDER_SIZE - 100);
	assert_memory_equal(text, "00:00:01.000 < line ", 20);
	assert_non_null(strstr(text, "line 4999\n"));
	assert_null(strstr(text, "line 12\n"));
	free(text);
	recorder_free(r);
}

static void
it_is_saved_by_name(void **state)
{
	char home[] = "/tmp/dunlin-recorder-XXXXXX", path[128], saved[128] = "";
	struct recorder *r = recorder_new();
	FILE *in;

	(void)state;
	assert_non_null(mkdtemp(home));
	recorder_add(r, 0, '>', "AT");
	assert_int_equal(recorder_save(r, home, "3520"), 0);
	assert_int_equal(recorder_save(r, home, "3520"), 0);
	snprintf(path, sizeof path, "%s/modems/3520.log", home);
	in = fopen(path, "r");
	assert_non_null(in);
	assert_non_null(fgets(saved, sizeof saved, in));
	fclose(in);
	assert_string_equal(saved, "00:00:00.000 > AT\n");
	assert_true(recorder_save(r, "/nowhere", "1") < 0);
	unlink(path);
	snprintf(path, sizeof path, "%s/modems", home);
	rmdir(path);
	rmdir(home);
	recorder_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(numbers_and_texts_are_stars),
	    cmocka_unit_test(a_short_buffer_is_not_overrun),
	    cmocka_unit_test(the_oldest_whole_lines_go),
	    cmocka_unit_test(it_is_saved_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
