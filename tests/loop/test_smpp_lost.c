/* Peers that vanish, stall, hang up and fall silent: every submit still ends once, and as what it
 * is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after the standard headers, as cmocka asks */
#include <cmocka.h>

#include "smpp_rig.h"

/* ---- lost with submits under way ------------------------------------------------------------ */

static bool
hang_up_at_third(struct peer_conn *conn, const struct smpp_header *header, const uint8_t *body,
		 size_t len)
{
	(void)body;
	(void)len;
	if (header->command != SMPP_SUBMIT_SM || conn->peer->connections > 1)
		return false;
	if (conn->peer->submits == 3)
		peer_hang_up(conn);
	return true;
}

static void
what_had_left_is_unknown(void **state)
{
	struct rig *rig = rig_with(hang_up_at_third, NULL);

	(void)state;
	RUN_UNTIL(rig, rig->state == SMPP_LINK_UP);
	for (unsigned i = 0; i < 3; i++)
		rig_submit(rig, i);
	RUN_UNTIL(rig, rig->answered == 3);
	assert_int_equal(rig->outcomes[SMPP_UNKNOWN], 3);
	RUN_UNTIL(rig, rig->ups == 2);
	assert_int_equal(rig_submit(rig, 4), 0);
	RUN_UNTIL(rig, rig->answered == 4);
	assert_int_equal(rig->outcomes[SMPP_ACCEPTED], 1);
	rig_end(rig);
}

/* A peer that stops reading: the socket fills up, what stays here is taken back and known unsent,
 * what left is not. Then it reads again and counts what it got. */
static bool
stop_reading(struct peer_conn *conn, const struct smpp_header *header, const uint8_t *body,
	     size_t len)
{
	(void)body;
	(void)len;
	if (header->command == SMPP_SUBMIT_SM && conn->unanswered++ == 0)
		uv_read_stop((uv_stream_t *)&conn->tcp);
	return header->command == SMPP_SUBMIT_SM;
}

static void
submit_long_texts(struct rig *rig, unsigned until)
{
	static uint8_t text[2000];

	while (rig->submitted < until && smpp_link_room(rig->link) > 0) {
		struct smpp_submit submit = {.cookie = rig->submitted,
					     .source = "28550",
					     .dest = "639171234567",
					     .octets = text,
					     .len = sizeof text};

		assert_int_equal(smpp_link_submit(rig->link, &submit), 0);
		rig->submitted++;
	}
}

static void
what_the_socket_did_not_take_is_unsent(void **state)
{
	struct smpp_link_config config = {.wire_timeout_ms = 50, .window = 5000};
	struct rig *rig = rig_with(stop_reading, &config);
	struct peer_conn *conn;
	unsigned unsent;

	(void)state;
	RUN_UNTIL(rig, rig->state == SMPP_LINK_UP);
	conn = rig->peer.conns;
	rig_submit(rig, rig->submitted);
	RUN_UNTIL(rig, conn->unanswered == 1);
	/* more than the kernel's buffers of both ends take */
	for (unsigned i = 0; i < 2000 && rig->outcomes[SMPP_UNSENT] == 0; i++) {
		submit_long_texts(rig, rig->submitted + 100);
		uv_run(&rig->loop, UV_RUN_NOWAIT);
		if (smpp_link_room(rig->link) == 0)
			RUN_UNTIL(rig, rig->outcomes[SMPP_UNSENT] > 0);
	}
	unsent = rig->outcomes[SMPP_UNSENT];
	assert_true(unsent > 0);
	assert_int_equal(rig->answered, unsent);
	assert_int_equal(smpp_link_room(rig->link), 0);
	uv_read_start((uv_stream_t *)&conn->tcp, peer_on_buffer, peer_on_read);
	/* every one that was not taken back arrives whole, none of the others does */
	RUN_UNTIL(rig, rig->peer.submits == rig->submitted - unsent);
	rig_pass(rig, 20);
	assert_int_equal(rig->peer.submits, rig->submitted - unsent);
	assert_true(smpp_link_room(rig->link) > 0);
	rig_end(rig);
}

static void
a_peer_that_vanishes_while_stuck(void **state)
{
	struct smpp_link_config config = {.wire_timeout_ms = 10000, .window = 5000};
	struct rig *rig = rig_with(stop_reading, &config);
	unsigned got;

	(void)state;
	RUN_UNTIL(rig, rig->state == SMPP_LINK_UP);
	rig_submit(rig, rig->submitted);
	RUN_UNTIL(rig, rig->peer.conns->unanswered == 1);
	for (unsigned i = 0; i < 2000 && smpp_link_room(rig->link) > 0; i++) {
		submit_long_texts(rig, rig->submitted + 100);
		uv_run(&rig->loop, UV_RUN_NOWAIT);
	}
	got = rig->peer.submits;
	peer_hang_up(rig->peer.conns);
	RUN_UNTIL(rig, rig->answered == rig->submitted);
	assert_true(rig->outcomes[SMPP_UNKNOWN] >= got);
	assert_true(rig->outcomes[SMPP_UNSENT] > 0);
	rig_end(rig);
}

/* ---- silence -------------------------------------------------------------------------------- */

static uint32_t withheld[64];
static unsigned withheld_n;

static bool
withhold(struct peer_conn *conn, const struct smpp_header *header, const uint8_t *body, size_t len)
{
	(void)body;
	(void)len;
	(void)conn;
	if (header->command != SMPP_SUBMIT_SM || withheld_n == 64)
		return false;
	withheld[withheld_n++] = header->sequence;
	return true;
}

static void
silence_is_unknown_and_a_late_answer_is_told(void **state)
{
	struct smpp_link_config config = {.response_timeout_ms = 400};
	struct rig *rig;
	struct smpp_link_stats stats;

	(void)state;
	withheld_n = 0;
	rig = rig_with(withhold, &config);
	RUN_UNTIL(rig, rig->state == SMPP_LINK_UP);
	rig_submit(rig, 7);
	rig_submit(rig, 8);
	RUN_UNTIL(rig, rig->answered == 2);
	assert_int_equal(rig->outcomes[SMPP_UNKNOWN], 2);
	peer_answer_submit(rig->peer.conns, withheld[1], "late8");
	peer_answer_submit(rig->peer.conns, withheld[1], "late8"); /* twice: once counts */
	RUN_UNTIL(rig, rig->late == 1);
	assert_int_equal(rig->late_cookie, 8);
	assert_int_equal(rig->late_outcome, SMPP_ACCEPTED);
	assert_string_equal(rig->last_id, "late8");
	rig_pass(rig, 10);
	smpp_link_stats(rig->link, &stats);
	assert_int_equal(stats.late, 1);
	assert_int_equal(stats.unknown, 2);
	assert_int_equal(rig->peer.connections, 1);
	rig_end(rig);
}

static void
feed(struct rig *rig)
{
	while (smpp_link_room(rig->link) > 0 && rig->submitted < 60)
		rig_submit(rig, rig->submitted);
	if (rig->submitted < 60)
		smpp_link_want(rig->link, 1);
}

/* An operator that answers enquire_link but no text: no more than one window of texts is spent on
 * each session, and a new session is tried. */
static void
an_operator_that_answers_no_text(void **state)
{
	struct smpp_link_config config = {.response_timeout_ms = 400};
	struct rig *rig;

	(void)state;
	withheld_n = 0;
	rig = rig_with(withhold, &config);
	RUN_UNTIL(rig, rig->state == SMPP_LINK_UP);
	rig->on_room = feed;
	feed(rig);
	RUN_UNTIL(rig, rig->answered == 10);
	assert_int_equal(smpp_link_room(rig->link), 0);
	assert_int_equal(rig->peer.connections, 1);
	assert_int_equal(rig->submitted, 10);
	rig->peer.hook = NULL;
	RUN_UNTIL(rig, rig->answered == 60);
	assert_int_equal(rig->outcomes[SMPP_UNKNOWN], 10);
	assert_int_equal(rig->outcomes[SMPP_ACCEPTED], 50);
	assert_int_equal(rig->peer.connections, 2);
	rig_end(rig);
}

static bool
deaf(struct peer_conn *conn, const struct smpp_header *header, const uint8_t *body, size_t len)
{
	(void)body;
	(void)len;
	return conn->peer->connections == 1 && header->command != SMPP_BIND_TRANSCEIVER;
}

static void
a_half_open_link_is_found(void **state)
{
	struct smpp_link_config config = {.enquire_interval_ms = 150, .enquire_timeout_ms = 150};
	struct rig *rig = rig_with(deaf, &config);

	(void)state;
	RUN_UNTIL(rig, rig->state == SMPP_LINK_UP);
	rig_submit(rig, 1);
	RUN_UNTIL(rig, rig->answered == 1);
	assert_int_equal(rig->outcomes[SMPP_UNKNOWN], 1);
	assert_true(rig->peer.enquires >= 1);
	RUN_UNTIL(rig, rig->ups == 2);
	assert_int_equal(rig->peer.connections, 2);
	/* a peer that does answer is kept */
	RUN_UNTIL(rig, rig->peer.enquires >= 3);
	assert_int_equal(rig->peer.connections, 2);
	rig_end(rig);
}

/* ---- the operator ends it ------------------------------------------------------------------- */

static unsigned unbind_answers;

static bool
count_unbind_resp(struct peer_conn *conn, const struct smpp_header *header, const uint8_t *body,
		  size_t len)
{
	(void)conn;
	(void)body;
	(void)len;
	unbind_answers += header->command == (SMPP_UNBIND | SMPP_RESP);
	return header->command == SMPP_SUBMIT_SM;
}

static void
unbind_is_answered_and_the_link_comes_back(void **state)
{
	struct rig *rig = rig_with(count_unbind_resp, NULL);

	(void)state;
	unbind_answers = 0;
	RUN_UNTIL(rig, rig->state == SMPP_LINK_UP);
	rig_submit(rig, 1);
	rig_submit(rig, 2);
	RUN_UNTIL(rig, rig->peer.submits == 2);
	/* the first is answered in the same breath: it is not unknown */
	peer_answer_submit(rig->peer.conns, 2, "one");
	peer_say(rig->peer.conns, SMPP_UNBIND, 0, 3, NULL, 0);
	RUN_UNTIL(rig, rig->answered == 2);
	assert_int_equal(rig->outcomes[SMPP_ACCEPTED], 1);
	assert_int_equal(rig->outcomes[SMPP_UNKNOWN], 1);
	RUN_UNTIL(rig, rig->ups == 2);
	assert_int_equal(unbind_answers, 1);
	assert_int_equal(rig->downs, 1);
	rig_end(rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_had_left_is_unknown),
	    cmocka_unit_test(what_the_socket_did_not_take_is_unsent),
	    cmocka_unit_test(a_peer_that_vanishes_while_stuck),
	    cmocka_unit_test(silence_is_unknown_and_a_late_answer_is_told),
	    cmocka_unit_test(an_operator_that_answers_no_text),
	    cmocka_unit_test(a_half_open_link_is_found),
	    cmocka_unit_test(unbind_is_answered_and_the_link_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
