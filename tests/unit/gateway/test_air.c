/* What is known of texts with modems after the daemon was killed: never "unsent" for one that may
 * have left. */
#include "gateway/pool/air.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define RUN 77

struct home {
	char path[64];
	struct air *air;
	int part, reference;
};

static int
setup(void **state)
{
	struct home *h = calloc(1, sizeof *h);

	snprintf(h->path, sizeof h->path, "/tmp/dunlin-air-XXXXXX");
	assert_non_null(mkdtemp(h->path));
	assert_int_equal(air_begin(h->path, RUN), 0);
	h->air = air_open(h->path);
	assert_non_null(h->air);
	*state = h;
	return 0;
}

static int
teardown(void **state)
{
	struct home *h = *state;
	char file[96];

	air_close(h->air);
	snprintf(file, sizeof file, "%s/dunlin.air", h->path);
	unlink(file);
	rmdir(h->path);
	free(h);
	return 0;
}

/* As the next start sees it: through a mapping of its own. */
static enum air_fate
fate(struct home *h, int64_t run, int64_t sim, int64_t message)
{
	struct air *air = air_open(h->path);
	enum air_fate f = air_fate(air, run, sim, message, &h->part, &h->reference);

	air_close(air);
	return f;
}

static void
what_is_out_is_in_doubt_and_what_waits_is_not(void **state)
{
	struct home *h = *state;

	air_out(h->air, 1, 10);
	assert_int_equal(fate(h, RUN, 1, 10), AIR_DOUBT);
	assert_int_equal(fate(h, RUN, 1, 11), AIR_UNSENT);
	assert_int_equal(fate(h, RUN, 2, 10), AIR_UNSENT);
}

static void
answers_are_kept_until_they_are_durable(void **state)
{
	struct home *h = *state;

	air_out(h->air, 1, 10);
	air_done(h->air, 1, 10, 1, 200, true);
	air_out(h->air, 1, 11);
	assert_int_equal(fate(h, RUN, 1, 10), AIR_ACCEPTED);
	assert_int_equal(h->part, 1);
	assert_int_equal(h->reference, 200);
	assert_int_equal(fate(h, RUN, 1, 11), AIR_DOUBT);
	air_done(h->air, 1, 11, 1, -1, false); /* nobody answered */
	air_out(h->air, 1, 12);
	assert_int_equal(fate(h, RUN, 1, 11), AIR_DOUBT);
	air_refused(h->air, 1, 12);
	assert_int_equal(fate(h, RUN, 1, 12), AIR_UNSENT);
}

static void
another_run_or_no_file_tells_nothing(void **state)
{
	struct home *h = *state;
	char file[96];

	assert_int_equal(fate(h, RUN + 1, 1, 11), AIR_DOUBT);
	assert_int_equal(fate(h, 0, 1, 11), AIR_DOUBT);
	assert_int_equal(air_fate(NULL, RUN, 1, 11, &h->part, &h->reference), AIR_DOUBT);
	snprintf(file, sizeof file, "%s/dunlin.air", h->path);
	assert_int_equal(truncate(file, 100), 0);
	assert_int_equal(fate(h, RUN, 1, 11), AIR_DOUBT);
	assert_int_equal(air_begin(h->path, RUN), 0);
}

static void
more_sims_than_it_holds_tell_nothing(void **state)
{
	struct home *h = *state;

	for (int64_t sim = 1; sim <= 65; sim++)
		air_out(h->air, sim, sim);
	assert_int_equal(fate(h, RUN, 1, 99), AIR_DOUBT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(what_is_out_is_in_doubt_and_what_waits_is_not, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(answers_are_kept_until_they_are_durable, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(another_run_or_no_file_tells_nothing, setup, teardown),
	    cmocka_unit_test_setup_teardown(more_sims_than_it_holds_tell_nothing, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
