/* Peers that vanish, refuse, stall and lie about being there: every submit still ends once, and as
 * what it is; the link comes back by itself and never spins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after the standard headers, as cmocka asks */
#include <cmocka.h>

#include "smpp_peer.h"

static struct rig *
open_rig(peer_hook *hook, struct smpp_link_config *config)
{
	struct rig *rig = rig_new(hook);
	struct smpp_link_config mine = rig_config(rig);

	if (config != NULL) {
		mine.response_timeout_ms = config->response_timeout_ms;
		mine.wire_timeout_ms = config->wire_timeout_ms;
		mine.enquire_interval_ms = config->enquire_interval_ms;
		mine.enquire_timeout_ms = config->enquire_timeout_ms;
		mine.bind_timeout_ms = config->bind_timeout_ms;
		mine.refused_ms = config->refused_ms;
		mine.window = config->window != 0 ? config->window : mine.window;
	}
	rig_open(rig, &mine);
	return rig;
}

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
	struct rig *rig = open_rig(hang_up_at_third, NULL);

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
	struct rig *rig = open_rig(stop_reading, &config);
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
	struct rig *rig = open_rig(stop_reading, &config);
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
	rig = open_rig(withhold, &config);
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
	rig = open_rig(withhold, &config);
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
	struct rig *rig = open_rig(deaf, &config);

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
	struct rig *rig = open_rig(count_unbind_resp, NULL);

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

/* ---- binds that fail ------------------------------------------------------------------------ */

static uint32_t bind_status;
static bool bind_by_nack, bind_with_body;

static bool
refuse_bind(struct peer_conn *conn, const struct smpp_header *header, const uint8_t *body,
	    size_t len)
{
	(void)body;
	(void)len;
	if (header->command != SMPP_BIND_TRANSCEIVER || bind_status == 0)
		return false;
	peer_say(conn, bind_by_nack ? SMPP_GENERIC_NACK : header->command | SMPP_RESP, bind_status,
		 header->sequence, "operator", bind_with_body ? 9 : 0);
	return true;
}

static void
wrong_credentials_are_reported_and_not_hammered(void **state)
{
	static const uint32_t statuses[] = {SMPP_RBINDFAIL, SMPP_RINVPASWD, SMPP_RINVSYSID};

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct rig *rig;

		bind_status = statuses[i];
		bind_by_nack = false;
		bind_with_body = i == 1;
		rig = open_rig(refuse_bind, NULL);
		RUN_UNTIL(rig, rig->state == SMPP_LINK_REFUSED);
		assert_non_null(strstr(rig->reason, i == 1 ? "ESME_RINVPASWD" : "ESME_R"));
		assert_null(strstr(rig->reason, "secret"));
		rig_pass(rig, 150); /* many times the longest reconnect delay */
		assert_int_equal(rig->peer.connections, 1);
		rig_end(rig);
	}
}

static void
refused_credentials_are_tried_again_later(void **state)
{
	struct smpp_link_config config = {.refused_ms = 30};
	struct rig *rig;

	(void)state;
	bind_status = SMPP_RINVPASWD;
	bind_by_nack = false;
	rig = open_rig(refuse_bind, &config);
	RUN_UNTIL(rig, rig->state == SMPP_LINK_REFUSED);
	bind_status = 0;
	RUN_UNTIL(rig, rig->state == SMPP_LINK_UP);
	rig_end(rig);
}

static void
already_bound_is_normal_for_a_while(void **state)
{
	struct rig *rig;

	(void)state;
	bind_status = SMPP_RALYBND;
	bind_by_nack = false;
	rig = open_rig(refuse_bind, NULL);
	RUN_UNTIL(rig, rig->peer.binds == 3);
	assert_int_equal(rig->refusals, 0);
	bind_status = 0;
	RUN_UNTIL(rig, rig->state == SMPP_LINK_UP);
	rig_end(rig);
}

static void
a_bind_that_is_not_known(void **state)
{
	struct rig *rig;

	(void)state;
	bind_status = SMPP_RINVCMDID;
	bind_by_nack = true;
	rig = open_rig(refuse_bind, NULL);
	RUN_UNTIL(rig, rig->state == SMPP_LINK_REFUSED);
	assert_non_null(strstr(rig->reason, "transmitter+receiver"));
	rig_end(rig);
}

static bool
bind_oddly(struct peer_conn *conn, const struct smpp_header *header, const uint8_t *body,
	   size_t len)
{
	(void)body;
	(void)len;
	if (header->command != SMPP_BIND_TRANSCEIVER)
		return false;
	/* enquire_link and outbind before the bind is answered; a system_id beyond the standard */
	peer_say(conn, SMPP_OUTBIND, 0, 1, "op\0secret", 10);
	peer_say(conn, SMPP_ENQUIRE_LINK, 0, 555, NULL, 0);
	peer_say(conn, SMPP_DELIVER_SM, 0, 556, NULL, 0);
	peer_say(conn, header->command | SMPP_RESP, 0, header->sequence,
		 "a system_id much longer than fifteen\0\x02\x10\0\x01\x34", 42);
	return true;
}

static void
a_talkative_bind(void **state)
{
	struct rig *rig = open_rig(bind_oddly, NULL);

	(void)state;
	RUN_UNTIL(rig, rig->state == SMPP_LINK_UP);
	RUN_UNTIL(rig, rig->peer.others == 2); /* enquire_link_resp and deliver_sm_resp */
	assert_int_equal(rig->peer.connections, 1);
	assert_int_equal(rig->delivered, 0);
	rig_end(rig);
}

static bool
no_bind(struct peer_conn *conn, const struct smpp_header *header, const uint8_t *body, size_t len)
{
	(void)body;
	(void)len;
	return conn->peer->connections < 3 && header->command == SMPP_BIND_TRANSCEIVER;
}

static void
a_bind_without_an_answer(void **state)
{
	struct smpp_link_config config = {.bind_timeout_ms = 30};
	struct rig *rig = open_rig(no_bind, &config);

	(void)state;
	RUN_UNTIL(rig, rig->state == SMPP_LINK_UP);
	assert_int_equal(rig->peer.connections, 3);
	rig_end(rig);
}

static bool
slam(struct peer_conn *conn, const struct smpp_header *header, const uint8_t *body, size_t len)
{
	(void)header;
	(void)body;
	(void)len;
	peer_hang_up(conn);
	return true;
}

/* Reconnecting at 10 ms growing to 50: half a second has room for 30 tries at most. */
static void
never_spins(void **state)
{
	struct rig *rig = open_rig(slam, NULL);

	(void)state;
	rig_pass(rig, 500);
	assert_in_range(rig->peer.connections, 2, 30);
	rig->peer.hook = NULL;
	RUN_UNTIL(rig, rig->state == SMPP_LINK_UP);
	rig_end(rig);
}

static void
nobody_listens_and_then_somebody_does(void **state)
{
	struct rig *rig = rig_new(NULL);
	struct smpp_link_config config = rig_config(rig);
	struct sockaddr_in address;
	int size = sizeof address;
	uv_tcp_t door;

	(void)state;
	/* bound and not listening: the port is ours, and refuses */
	uv_tcp_init(&rig->loop, &door);
	door.data = &rig->peer;
	uv_ip4_addr("127.0.0.1", 0, &address);
	assert_int_equal(uv_tcp_bind(&door, (struct sockaddr *)&address, 0), 0);
	uv_tcp_getsockname(&door, (struct sockaddr *)&address, &size);
	config.port = ntohs(address.sin_port);
	config.host = "localhost"; /* has ::1 first, as a rule */
	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->downs >= 2);
	assert_non_null(strstr(rig->why_down, "refused"));
	assert_int_equal(uv_listen((uv_stream_t *)&door, 16, peer_on_connection), 0);
	RUN_UNTIL(rig, rig->state == SMPP_LINK_UP);
	uv_close((uv_handle_t *)&door, NULL);
	rig_end(rig);
}

static void
a_name_that_does_not_resolve(void **state)
{
	struct rig *rig = rig_new(NULL);
	struct smpp_link_config config = rig_config(rig);

	(void)state;
	config.host = "no-such-host.invalid";
	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->downs >= 1);
	assert_string_equal(rig->why_down, "the host name cannot be resolved");
	rig_end(rig);
}

/* ---- throttling ----------------------------------------------------------------------------- */

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
	struct rig *rig = open_rig(throttle, NULL);
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
	    cmocka_unit_test(what_had_left_is_unknown),
	    cmocka_unit_test(what_the_socket_did_not_take_is_unsent),
	    cmocka_unit_test(a_peer_that_vanishes_while_stuck),
	    cmocka_unit_test(silence_is_unknown_and_a_late_answer_is_told),
	    cmocka_unit_test(an_operator_that_answers_no_text),
	    cmocka_unit_test(a_half_open_link_is_found),
	    cmocka_unit_test(unbind_is_answered_and_the_link_comes_back),
	    cmocka_unit_test(wrong_credentials_are_reported_and_not_hammered),
	    cmocka_unit_test(refused_credentials_are_tried_again_later),
	    cmocka_unit_test(already_bound_is_normal_for_a_while),
	    cmocka_unit_test(a_bind_that_is_not_known),
	    cmocka_unit_test(a_talkative_bind),
	    cmocka_unit_test(a_bind_without_an_answer),
	    cmocka_unit_test(never_spins),
	    cmocka_unit_test(nobody_listens_and_then_somebody_does),
	    cmocka_unit_test(a_name_that_does_not_resolve),
	    cmocka_unit_test(throttling_pauses_and_nothing_is_lost),
	    cmocka_unit_test(trouble_at_the_operator_pauses_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
