/* Log lines: their form, what is masked and escaped, repeats, threads, the journal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "gateway/base/log.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int64_t now_ms;
static int fd;
static char text[1 << 20];

static int64_t
test_now(void)
{
	return now_ms;
}

static int
open_log(void **state)
{
	(void)state;
	now_ms = 1789437600123;
	fd = memfd_create("log", MFD_CLOEXEC);
	if (fd < 0)
		return -1;
	log_open(&(struct log_options){.fd = fd, .from = LOG_INFO, .now = test_now});
	return 0;
}

static int
close_log(void **state)
{
	(void)state;
	return close(fd);
}

/* All that was written since the last call. */
static const char *
written(void)
{
	ssize_t n = pread(fd, text, sizeof text - 1, 0);

	assert_true(n >= 0);
	text[n] = '\0';
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return text;
}

#define STAMP "2026-09-15T02:00:00.123+00:00 "

static void
test_form(void **state)
{
	(void)state;
	log_event(LOG_WARN, "route_down", log_str("route", "aggregator"), log_int("seconds", -30),
		  log_str("reason", "connection refused"), log_str("peer", NULL),
		  log_str("text", ""));
	assert_string_equal(written(), STAMP "warn route_down route=aggregator seconds=-30 "
					     "reason=\"connection refused\" peer=- text=\"\"\n");
	log_plain(LOG_ERROR, "store_full");
	assert_string_equal(written(), STAMP "error store_full\n");
	log_plain(LOG_DEBUG, "detail");
	assert_string_equal(written(), "");
}

static void
test_values_cannot_make_lines(void **state)
{
	(void)state;
	log_event(LOG_INFO, "in", log_str("text", "a\"b\\c\nd\x1b[1m=\xc3\xb1"));
	assert_string_equal(written(), STAMP "info in text=\"a\\\"b\\\\c\\nd\\x1b[1m=\xc3\xb1\"\n");
}

static void
test_numbers_are_masked(void **state)
{
	(void)state;
	log_event(LOG_INFO, "sent", log_phone("to", "+639171234567"),
		  log_phone("from", "639181234567"), log_phone("none", NULL));
	assert_string_equal(written(),
			    STAMP "info sent to=+63917***4567 from=63918***4567 none=-\n");
	/* also where somebody forgot */
	log_event(LOG_INFO, "odd",
		  log_str("error", "no route to +639171234567, nor +4479111234567."));
	const char *line = written();
	assert_null(strstr(line, "639171234567"));
	assert_null(strstr(line, "4479111234567"));
	assert_non_null(strstr(line, "+63917***4567, nor +44791***4567."));
	/* a count with a sign is none */
	log_event(LOG_INFO, "odd2", log_str("change", "+1200"));
	assert_non_null(strstr(written(), "change=+1200\n"));
}

static void
test_repeats_are_held_back(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++)
		log_event(LOG_WARN, "retry", log_str("route", "a"), log_int("n", i));
	/* another subject is another event */
	log_event(LOG_WARN, "retry", log_str("route", "b"), log_int("n", 0));
	assert_string_equal(written(),
			    STAMP "warn retry route=a n=0\n" STAMP "warn retry route=b n=0\n");
	now_ms += 999;
	log_event(LOG_WARN, "retry", log_str("route", "a"), log_int("n", 5));
	assert_string_equal(written(), "");
	now_ms += 1;
	log_event(LOG_WARN, "retry", log_str("route", "a"), log_int("n", 6));
	assert_non_null(strstr(written(), "warn retry route=a n=6 repeated=5\n"));
}

static void
test_held_back_counts_are_not_lost(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		log_event(LOG_ERROR, "retry", log_str("route", "a"));
	written();
	/* told when any other event comes later */
	now_ms += 5000;
	log_plain(LOG_INFO, "other");
	const char *line = written();
	assert_non_null(strstr(line, "error retry route=a repeated=2\n"));
	assert_non_null(strstr(line, "info other\n"));
	/* or at the end */
	log_plain(LOG_INFO, "other");
	log_flush();
	assert_non_null(strstr(written(), "info other repeated=1\n"));
	log_flush();
	assert_string_equal(written(), "");
}

static void
test_more_events_than_are_watched(void **state)
{
	char name[16];

	(void)state;
	for (int i = 0; i < 500; i++) {
		snprintf(name, sizeof name, "%d", i);
		log_event(LOG_INFO, "many", log_str("n", name));
	}
	const char *lines = written();
	for (int i = 0; i < 500; i++) {
		snprintf(name, sizeof name, "n=%d\n", i);
		assert_non_null(strstr(lines, name));
	}
}

static void
test_a_clock_set_back_silences_nothing(void **state)
{
	(void)state;
	log_plain(LOG_INFO, "tick");
	now_ms -= 3600000;
	log_plain(LOG_INFO, "tick");
	const char *lines = written();
	assert_non_null(strstr(lines, "T02:00:00"));
	assert_non_null(strstr(lines, "T01:00:00"));
}

static void
test_long_lines_are_cut(void **state)
{
	static char big[100000];

	(void)state;
	memset(big, 'x', sizeof big - 1);
	log_event(LOG_INFO, "big", log_str("a", big), log_str("b", big), log_str("c", big),
		  log_str("d", big), log_str("e", big));
	const char *line = written();
	assert_in_range(strlen(line), 1000, 2048);
	assert_int_equal(line[strlen(line) - 1], '\n');
	assert_non_null(strstr(line, "x... b="));
}

enum { THREADS = 4, LINES = 500 };

static void *
write_lines(void *data)
{
	char name[32];

	for (int i = 0; i < LINES; i++) {
		snprintf(name, sizeof name, "%d-%d", *(int *)data, i);
		log_event(LOG_INFO, "line", log_str("who", name), log_str("end", "here"));
	}
	return NULL;
}

static void
test_threads_do_not_mix_lines(void **state)
{
	pthread_t threads[THREADS];
	int numbers[THREADS];
	size_t n = 0;

	(void)state;
	for (int i = 0; i < THREADS; i++) {
		numbers[i] = i;
		assert_int_equal(pthread_create(&threads[i], NULL, write_lines, &numbers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	char *rest = (char *)(uintptr_t)written();
	while (*rest != '\0') {
		char *line = strsep(&rest, "\n");
		assert_true(strncmp(line, STAMP "info line who=", strlen(STAMP) + 14) == 0);
		assert_string_equal(line + strlen(line) - 9, " end=here");
		n++;
	}
	assert_int_equal(n, THREADS * LINES);
}

static void
test_journal(void **state)
{
	struct stat st;
	char stream[64];

	(void)state;
	assert_int_equal(fstat(fd, &st), 0);
	snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)st.st_dev,
		 (unsigned long long)st.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	log_open(&(struct log_options){.fd = fd, .from = LOG_DEBUG, .now = test_now});
	log_event(LOG_WARN, "route_down", log_str("route", "a"));
	log_plain(LOG_DEBUG, "detail");
	assert_string_equal(written(), "<4>route_down route=a\n<7>detail\n");
	/* the variable is inherited, the descriptor is another now */
	setenv("JOURNAL_STREAM", "1:1", 1);
	log_open(&(struct log_options){.fd = fd, .from = LOG_INFO, .now = test_now});
	log_plain(LOG_INFO, "again");
	assert_string_equal(written(), STAMP "info again\n");
	unsetenv("JOURNAL_STREAM");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_form, open_log, close_log),
	    cmocka_unit_test_setup_teardown(test_values_cannot_make_lines, open_log, close_log),
	    cmocka_unit_test_setup_teardown(test_numbers_are_masked, open_log, close_log),
	    cmocka_unit_test_setup_teardown(test_repeats_are_held_back, open_log, close_log),
	    cmocka_unit_test_setup_teardown(test_held_back_counts_are_not_lost, open_log,
					    close_log),
	    cmocka_unit_test_setup_teardown(test_more_events_than_are_watched, open_log, close_log),
	    cmocka_unit_test_setup_teardown(test_a_clock_set_back_silences_nothing, open_log,
					    close_log),
	    cmocka_unit_test_setup_teardown(test_long_lines_are_cut, open_log, close_log),
	    cmocka_unit_test_setup_teardown(test_threads_do_not_mix_lines, open_log, close_log),
	    cmocka_unit_test_setup_teardown(test_journal, open_log, close_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
