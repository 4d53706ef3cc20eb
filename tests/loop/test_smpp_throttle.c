/* Operators that say "not now": the link pauses, probes, and nothing is lost or out of order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after the standard headers, as cmocka asks */
#include <cmocka.h>

#include "smpp_rig.h"

static unsigned throttles_left;
static uint32_t refusals[2];
static unsigned accepted_order[200], accepted_n;

static bool
throttle(struct peer_conn *conn, const struct smpp_header *header, const uint8_t *body, size_t len)
{
	(void)body;
	(void)len;
	if (header->command != SMPP_SUBMIT_SM || throttles_left == 0)
		return false;
	throttles_left--;
	peer_say(conn, SMPP_SUBMIT_SM | SMPP_RESP, refusals[throttles_left % 2], header->sequence,
		 NULL, 0);
	return true;
}

static unsigned queue[200], queue_n;

/* The owner's part: what was refused goes back to where it was, in order. */
static void
requeue(struct rig *rig, uint64_t cookie, const struct smpp_answer *answer)
{
	rig->answers_of[cookie] = 0;
	if (answer->outcome == SMPP_ACCEPTED) {
		accepted_order[accepted_n++] = (unsigned)cookie;
		return;
	}
	assert_int_equal(answer->outcome, SMPP_REFUSED_FOR_NOW);
	queue[queue_n++] = (unsigned)cookie;
}

static int
by_number(const void *a, const void *b)
{
	return (int)*(const unsigned *)a - (int)*(const unsigned *)b;
}

static void
send_queue(struct rig *rig)
{
	qsort(queue, queue_n, sizeof queue[0], by_number);
	while (queue_n > 0 && smpp_link_room(rig->link) > 0) {
		assert_int_equal(rig_submit(rig, queue[0]), 0);
		memmove(queue, queue + 1, --queue_n * sizeof queue[0]);
	}
	smpp_link_want(rig->link, 1);
}

static void
send_forty_against(uint32_t even, uint32_t odd, unsigned counted)
{
	struct rig *rig = rig_with(throttle, NULL);
	struct smpp_link_stats stats;

	refusals[0] = even;
	refusals[1] = odd;
	RUN_UNTIL(rig, rig->state == SMPP_LINK_UP);
	throttles_left = 12;
	accepted_n = 0;
	for (queue_n = 0; queue_n < 40; queue_n++)
		queue[queue_n] = queue_n + 1;
	rig->on_answer = requeue;
	rig->on_room = send_queue;
	send_queue(rig);
	RUN_UNTIL(rig, throttles_left <= 11);
	RUN_UNTIL(rig, smpp_link_room(rig->link) == 0);
	smpp_link_stats(rig->link, &stats);
	RUN_UNTIL(rig, accepted_n == 40);
	/* ten of the first window, then one probe after each pause */
	smpp_link_stats(rig->link, &stats);
	assert_int_equal(stats.throttles, counted);
	assert_int_equal(rig->peer.submits, 52);
	for (unsigned i = 0; i < 40; i++)
		assert_int_equal(accepted_order[i], i + 1);
	rig->on_room = NULL;
	rig_end(rig);
}

static void
throttling_pauses_and_nothing_is_lost(void **state)
{
	(void)state;
	send_forty_against(SMPP_RTHROTTLED, SMPP_RMSGQFUL, 12);
}

/* An owner that tries again at once meets the same pauses when the operator is merely out of order.
 */
static void
trouble_at_the_operator_pauses_too(void **state)
{
	(void)state;
	send_forty_against(SMPP_RSYSERR, SMPP_RX_T_APPN, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(throttling_pauses_and_nothing_is_lost),
	    cmocka_unit_test(trouble_at_the_operator_pauses_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
