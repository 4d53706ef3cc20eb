/* What carries a link's load: the window, the bucket, the delays, the outbox. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
/* after the standard headers, as cmocka asks */
#include <cmocka.h>

#include "gateway/smpp/codec.h"
#include "gateway/smpp/outbox.h"
#include "gateway/smpp/rate.h"
#include "gateway/smpp/window.h"

static void
numbers_wrap_and_never_meet(void **state)
{
	struct window *w = window_new(100);
	struct window_slot *held[100];
	uint32_t sequence = 0x7fffffff - 150;
	struct window_slot *forgotten = window_add(w, WINDOW_QUERY, &sequence);

	(void)state;
	/* one request stays for ever while thousands pass, across the wrap */
	for (unsigned round = 0; round < 200; round++) {
		for (unsigned i = 0; i < 99; i++) {
			held[i] = window_add(w, WINDOW_SUBMIT, &sequence);
			assert_non_null(held[i]);
			assert_in_range(held[i]->sequence, 1, 0x7fffffff);
			held[i]->cookie = round * 100 + i;
		}
		assert_null(window_add(w, WINDOW_SUBMIT, &sequence));
		assert_int_equal(window_count(w, WINDOW_SUBMIT), 99);
		assert_ptr_equal(window_oldest(w), forgotten);
		for (unsigned i = 99; i-- > 0;) {
			assert_ptr_equal(window_find(w, held[i]->sequence), held[i]);
			window_remove(w, held[i]);
		}
	}
	assert_int_equal(window_count(w, WINDOW_SUBMIT), 0);
	assert_int_equal(window_count(w, WINDOW_QUERY), 1);
	assert_null(window_find(w, 0));
	window_free(w);
}

static void
the_oldest_comes_first(void **state)
{
	struct window *w = window_new(4);
	uint32_t sequence = 0;
	struct window_slot *a = window_add(w, WINDOW_SUBMIT, &sequence);
	struct window_slot *b = window_add(w, WINDOW_SUBMIT, &sequence);
	struct window_slot *c = window_add(w, WINDOW_SUBMIT, &sequence);

	(void)state;
	assert_ptr_equal(window_oldest(w), a);
	window_remove(w, b);
	window_remove(w, a);
	assert_ptr_equal(window_oldest(w), c);
	a = window_add(w, WINDOW_SUBMIT, &sequence);
	assert_ptr_equal(window_oldest(w), c);
	window_remove(w, c);
	assert_ptr_equal(window_oldest(w), a);
	window_remove(w, a);
	assert_null(window_oldest(w));
	window_free(w);
}

static void
late_ones_are_remembered_for_a_while(void **state)
{
	struct window *w = window_new(2);
	uint32_t sequence = 0, first;
	uint64_t cookie = 0;
	struct window_slot *slot = window_add(w, WINDOW_SUBMIT, &sequence);

	(void)state;
	slot->cookie = 42;
	first = slot->sequence;
	window_give_up(w, slot);
	assert_null(window_find(w, first));
	assert_true(window_take_late(w, first, &cookie));
	assert_int_equal(cookie, 42);
	assert_false(window_take_late(w, first, &cookie));
	assert_false(window_take_late(w, 0, &cookie));
	for (unsigned i = 0; i < 1000; i++) {
		slot = window_add(w, WINDOW_SUBMIT, &sequence);
		slot->cookie = i;
		window_give_up(w, slot);
	}
	assert_true(window_take_late(w, sequence, &cookie));
	assert_int_equal(cookie, 999);
	assert_false(window_take_late(w, first + 1, &cookie)); /* long forgotten */
	window_forget_late(w);
	assert_false(window_take_late(w, sequence - 1, &cookie));
	window_free(w);
}

static void
the_bucket_keeps_its_rate(void **state)
{
	struct smpp_rate rate;
	unsigned taken = 0;

	(void)state;
	smpp_rate_init(&rate, 200, 1000);
	assert_int_equal(smpp_rate_burst(&rate), 10);
	for (uint64_t now = 1000; now < 11000; now++)
		while (smpp_rate_room(&rate, now) > 0) {
			smpp_rate_take(&rate, now);
			taken++;
		}
	/* ten seconds, and the burst at their beginning */
	assert_in_range(taken, 2000, 2010);
	assert_int_equal(smpp_rate_wait(&rate, 1, 10999), 1);
	assert_int_equal(smpp_rate_wait(&rate, 1000, 10999), 46);
	assert_int_equal(smpp_rate_room(&rate, UINT64_MAX), 10);
	assert_int_equal(smpp_rate_room(&rate, 5), 0); /* a clock that went back gives nothing */
	smpp_rate_init(&rate, 1, 0);
	smpp_rate_take(&rate, 0);
	assert_int_equal(smpp_rate_room(&rate, 999), 0);
	assert_int_equal(smpp_rate_wait(&rate, 1, 999), 1);
	assert_int_equal(smpp_rate_room(&rate, 1000), 1);
	smpp_rate_init(&rate, 0, 0);
	assert_int_equal(smpp_rate_room(&rate, 0), UINT32_MAX);
	assert_int_equal(smpp_rate_wait(&rate, 50, 0), 0);
}

static void
delays_grow_and_differ(void **state)
{
	struct smpp_backoff backoff = {1000, 60000, 0};
	uint32_t most = 1000;

	(void)state;
	for (unsigned i = 0; i < 12; i++) {
		struct smpp_backoff copy = backoff;

		assert_in_range(smpp_backoff_next(&copy, 0), most / 2, most);
		assert_int_equal(smpp_backoff_next(&backoff, UINT32_MAX) <= most, 1);
		most = most > 30000 ? 60000 : most * 2;
	}
	assert_int_equal(backoff.next_ms, 60000);
	smpp_backoff_reset(&backoff);
	assert_in_range(smpp_backoff_next(&backoff, 7), 501, 1000);
	backoff = (struct smpp_backoff){1, 1, 0};
	assert_int_equal(smpp_backoff_next(&backoff, 0), 1); /* never at once */
}

static void
add_pdu(struct outbox *o, uint32_t command, uint32_t sequence, uint32_t length)
{
	uint8_t *room = outbox_reserve(o, length);

	assert_non_null(room);
	memset(room, (int)sequence, length);
	smpp_header_write(room, &(struct smpp_header){length, command, 0, sequence});
	outbox_commit(o, length);
}

/* Of PDUs 1..6 (evens are submits) the first n octets have left; what is recalled must be exactly
 * the submits that had not begun, and what stays must still be whole. */
static void
recall_after_any_number_of_octets(void **state)
{
	(void)state;
	for (size_t n = 0; n <= 6 * 20; n++) {
		struct outbox o;
		uint64_t from;
		size_t kept = 0, began = (n + 19) / 20;

		assert_int_equal(outbox_init(&o), 0);
		for (uint32_t i = 1; i <= 6; i++)
			add_pdu(&o, i % 2 ? SMPP_ENQUIRE_LINK : SMPP_SUBMIT_SM, i, 20);
		outbox_advance(&o, n);
		from = outbox_recall(&o, SMPP_SUBMIT_SM);
		assert_int_equal(from, began * 20);
		for (size_t i = began + 1; i <= 6; i++)
			kept += i % 2 ? 20 : 0;
		assert_int_equal(outbox_held(&o), began * 20 - n + kept);
		while (outbox_held(&o) > 0)
			outbox_advance(&o, 1);
		outbox_fini(&o);
	}
}

static void
the_outbox_grows_to_its_end(void **state)
{
	struct outbox o;
	unsigned n = 0;

	(void)state;
	assert_int_equal(outbox_init(&o), 0);
	while (outbox_reserve(&o, 50000) != NULL && n < 1000) {
		add_pdu(&o, SMPP_SUBMIT_SM, ++n, 50000);
		outbox_advance(&o, 10);
	}
	assert_in_range(n, 30, 42);
	assert_int_equal(outbox_held(&o), n * 50000 - n * 10);
	/* room that comes free at the front is used again */
	outbox_advance(&o, outbox_held(&o) - 10);
	add_pdu(&o, SMPP_SUBMIT_SM, 1, 50000);
	outbox_secret(&o);
	outbox_advance(&o, outbox_held(&o));
	for (size_t i = 0; i < 50000; i++)
		assert_int_equal(o.octets[i], 0);
	outbox_fini(&o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(numbers_wrap_and_never_meet),
	    cmocka_unit_test(the_oldest_comes_first),
	    cmocka_unit_test(late_ones_are_remembered_for_a_while),
	    cmocka_unit_test(the_bucket_keeps_its_rate),
	    cmocka_unit_test(delays_grow_and_differ),
	    cmocka_unit_test(recall_after_any_number_of_octets),
	    cmocka_unit_test(the_outbox_grows_to_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
