/* Texts on their way, found by id: as a plain list would find them, whatever comes and goes. */
#include "gateway/send/flight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define IDS 3000

static struct flight *
add(struct flight_table *t, int64_t id)
{
	struct handover_text text = {.id = id, .body = strdup("body"), .octets = malloc(4)};
	struct flight *f = flight_add(t, &text);

	assert_non_null(f);
	assert_null(text.body); /* taken over */
	return f;
}

static void
an_empty_table_finds_nothing(void **state)
{
	struct flight_table t = {0};

	(void)state;
	assert_null(flight_find(&t, 1));
	flight_fini(&t);
	assert_null(flight_find(&t, 0));
}

static void
entries_do_not_move_while_it_grows(void **state)
{
	struct flight_table t = {0};
	struct flight *first;

	(void)state;
	first = add(&t, 1);
	for (int64_t id = 2; id < IDS; id++)
		add(&t, id << 20);
	assert_ptr_equal(flight_find(&t, 1), first);
	assert_int_equal(t.used, IDS - 1);
	for (int64_t id = 2; id < IDS; id++)
		assert_int_equal(flight_find(&t, id << 20)->text.id, id << 20);
	assert_null(flight_find(&t, 2));
	flight_fini(&t);
	assert_int_equal(t.used, 0);
}

/* Held against an array, with a fixed seed. */
static void
whatever_comes_and_goes_is_found_while_it_is_there(void **state)
{
	struct flight_table t = {0};
	struct flight **there = calloc(IDS, sizeof *there);
	uint32_t seed = 12345;
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		int64_t id;

		seed = seed * 1664525 + 1013904223;
		id = seed >> 8 & 0xfff;
		if (id >= IDS)
			continue;
		if (there[id] == NULL) {
			there[id] = add(&t, id);
			n++;
		} else if ((seed & 0x700000) != 0) {
			assert_ptr_equal(flight_find(&t, id), there[id]);
		} else {
			flight_drop(&t, there[id]);
			there[id] = NULL;
			n--;
			assert_null(flight_find(&t, id));
		}
		assert_int_equal(t.used, n);
	}
	for (int64_t id = 0; id < IDS; id++)
		assert_ptr_equal(flight_find(&t, id), there[id]);
	flight_fini(&t);
	free(there);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_empty_table_finds_nothing),
	    cmocka_unit_test(entries_do_not_move_while_it_grows),
	    cmocka_unit_test(whatever_comes_and_goes_is_found_while_it_is_there),
	};

	return cmocka_run_group_tests_name("flight", tests, NULL, NULL);
}
