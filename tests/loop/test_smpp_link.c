/* The link on good days: binds, submits, answers, deliveries, queries, closing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after the standard headers, as cmocka asks */
#include <cmocka.h>

#include "smpp_rig.h"

static void
binds_submits_and_closes(void **state)
{
	struct rig *rig = rig_new(NULL);
	struct smpp_link_config config = rig_config(rig);
	struct smpp_link_stats stats;

	(void)state;
	rig_open(rig, &config);
	assert_int_equal(rig_submit(rig, 1), UV_EAGAIN); /* not bound yet */
	RUN_UNTIL(rig, rig->state == SMPP_LINK_UP);
	assert_int_equal(smpp_link_room(rig->link), 10);
	assert_int_equal(rig_submit(rig, 1), 0);
	assert_int_equal(rig_submit(rig, 2), 0);
	assert_int_equal(smpp_link_room(rig->link), 8);
	RUN_UNTIL(rig, rig->answered == 2);
	assert_int_equal(rig->outcomes[SMPP_ACCEPTED], 2);
	assert_string_equal(rig->last_id, "m2");
	smpp_link_stats(rig->link, &stats);
	assert_int_equal(stats.submits, 2);
	assert_int_equal(stats.accepted, 2);
	assert_int_equal(stats.in_flight, 0);
	rig_begin_close(rig, 1000);
	assert_int_equal(rig_submit(rig, 3), UV_ECANCELED);
	RUN_UNTIL(rig, rig->closed);
	assert_int_equal(rig->peer.unbinds, 1);
	rig_end(rig);
}

/* SMPP 3.4 4.1: what a bind holds. */
static bool
check_bind(struct peer_conn *conn, const struct smpp_header *header, const uint8_t *body,
	   size_t len)
{
	static const uint8_t expected[] = "sunrise\0secret\0cash\0\x34\0\0";

	(void)conn;
	if (header->command == SMPP_BIND_TRANSMITTER || header->command == SMPP_BIND_RECEIVER) {
		assert_int_equal(len, sizeof expected);
		assert_memory_equal(body, expected, sizeof expected);
	}
	return false;
}

static void
two_sessions_share_the_work(void **state)
{
	struct rig *rig = rig_new(check_bind);
	struct smpp_link_config config = rig_config(rig);

	(void)state;
	config.mode = SMPP_MODE_TRANSMITTER_RECEIVER;
	config.system_type = "cash";
	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->state == SMPP_LINK_UP);
	assert_int_equal(rig->peer.binds, 2);
	assert_int_equal(rig_submit(rig, 1), 0);
	for (struct peer_conn *conn = rig->peer.conns; conn != NULL; conn = conn->next)
		if (conn->bound_as == SMPP_BIND_RECEIVER)
			peer_deliver(conn, 77, "639171234567", 0, "I will pay");
	RUN_UNTIL(rig, rig->answered == 1 && rig->delivered == 1 && rig->peer.others == 1);
	assert_string_equal((char *)rig->deliver_octets, "I will pay");
	assert_string_equal(rig->deliver.source, "639171234567");
	rig_end(rig);
}

/* Never more unanswered than the window, and answers in any order. */
static bool
answer_backwards(struct peer_conn *conn, const struct smpp_header *header, const uint8_t *body,
		 size_t len)
{
	static uint32_t waiting[10];

	(void)body;
	(void)len;
	if (header->command != SMPP_SUBMIT_SM)
		return false;
	assert_true(conn->unanswered < 10);
	waiting[conn->unanswered++] = header->sequence;
	while (conn->unanswered == 10 || (conn->unanswered > 0 && conn->peer->submits == 1000)) {
		char id[16];

		for (; conn->unanswered > 0; conn->unanswered--) {
			snprintf(id, sizeof id, "s%u", waiting[conn->unanswered - 1]);
			peer_answer_submit(conn, waiting[conn->unanswered - 1], id);
		}
	}
	return true;
}

static void
fill(struct rig *rig)
{
	while (rig->submitted < 1000 && smpp_link_room(rig->link) > 0)
		assert_int_equal(rig_submit(rig, rig->submitted), 0);
	if (rig->submitted < 1000)
		smpp_link_want(rig->link, 1);
}

static void
the_window_is_honoured(void **state)
{
	struct rig *rig = rig_up(answer_backwards);

	(void)state;
	rig->on_room = fill;
	fill(rig);
	assert_int_equal(rig_submit(rig, 5000), UV_EAGAIN);
	RUN_UNTIL(rig, rig->answered == 1000);
	assert_int_equal(rig->outcomes[SMPP_ACCEPTED], 1000);
	rig_end(rig);
}

static void
a_limit_of_rate_is_kept(void **state)
{
	struct rig *rig = rig_new(NULL);
	struct smpp_link_config config = rig_config(rig);
	uint64_t began;

	(void)state;
	config.rate = 100; /* a burst of five */
	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->state == SMPP_LINK_UP);
	assert_int_equal(smpp_link_room(rig->link), 5);
	rig->on_room = fill;
	began = uv_now(&rig->loop);
	fill(rig);
	assert_int_equal(rig->submitted, 5);
	RUN_UNTIL(rig, rig->answered >= 25);
	/* 20 more than the burst cannot have gone in less than 200 ms. */
	assert_true(uv_now(&rig->loop) - began >= 190);
	rig->on_room = NULL;
	rig_end(rig);
}

static void
room_is_told_once_and_not_from_inside(void **state)
{
	struct rig *rig = rig_up(NULL);

	(void)state;
	rig->inside = true;
	smpp_link_want(rig->link, 3);
	rig->inside = false;
	assert_int_equal(rig->rooms, 0);
	RUN_UNTIL(rig, rig->rooms == 1);
	rig_submit(rig, 1);
	RUN_UNTIL(rig, rig->answered == 1);
	assert_int_equal(rig->rooms, 1);
	smpp_link_want(rig->link, 5000); /* more than the window: clipped */
	RUN_UNTIL(rig, rig->rooms == 2);
	smpp_link_want(rig->link, 1);
	smpp_link_want(rig->link, 0);
	rig_pass(rig, 5);
	assert_int_equal(rig->rooms, 2);
	rig_end(rig);
}

static uint8_t wire[1024];
static size_t wire_len;

static bool
keep_submit(struct peer_conn *conn, const struct smpp_header *header, const uint8_t *body,
	    size_t len)
{
	(void)conn;
	if (header->command == SMPP_SUBMIT_SM && len <= sizeof wire) {
		memcpy(wire, body, len);
		wire_len = len;
	}
	return false;
}

/* SMPP 3.4 4.4.1, octet by octet. */
static void
a_submit_has_its_octets(void **state)
{
	static const uint8_t tail[] = {5, 0, 3, 9, 2, 1, 2, 0x04, 0, 2, 0x12, 0x34};
	struct rig *rig = rig_up(keep_submit);
	struct smpp_submit submit = {.source_ton = 5,
				     .source = "SUNRISE",
				     .dest_ton = 1,
				     .dest_npi = 1,
				     .dest = "639171234567",
				     .esm_class = SMPP_ESM_UDHI,
				     .data_coding = 8,
				     .registered_delivery = 1,
				     .octets = tail,
				     .len = 6,
				     .validity_s = 86400 + 1800,
				     .user_message_reference = 0x1234};

	(void)state;
	assert_int_equal(smpp_link_submit(rig->link, &submit), 0);
	rig->submitted++;
	RUN_UNTIL(rig, rig->answered == 1);
	assert_memory_equal(wire + wire_len - sizeof tail, tail, sizeof tail);
	assert_memory_equal(wire, "\0\x05\0SUNRISE\0\x01\x01", 13);
	assert_memory_equal(wire + 13, "639171234567\0\x40\0\0\0", 17);
	assert_memory_equal(wire + 30, "000001003000000R\0\x01\0\x08\0\x06", 22);
	assert_int_equal(wire_len, 30 + 22 + sizeof tail);
	rig_end(rig);
}

static void
long_texts_go_as_sar_or_payload(void **state)
{
	struct rig *rig = rig_up(keep_submit);
	static const uint8_t sar[] = {'h',  'i', 2, 0x0c, 0, 2,    0xab, 0xcd, 2,
				      0x0e, 0,   1, 3,    2, 0x0f, 0,    1,    2};
	uint8_t text[700];
	struct smpp_submit submit = {.source = "28550",
				     .dest = "639171234567",
				     .octets = (const uint8_t *)"hi",
				     .len = 2,
				     .sar = true,
				     .part = {true, true, 0xabcd, 3, 2}};

	(void)state;
	assert_int_equal(smpp_link_submit(rig->link, &submit), 0);
	rig->submitted++;
	RUN_UNTIL(rig, rig->answered == 1);
	assert_memory_equal(wire + wire_len - sizeof sar, sar, sizeof sar);
	memset(text, 'x', sizeof text);
	submit = (struct smpp_submit){.cookie = 1,
				      .source = "28550",
				      .dest = "639171234567",
				      .octets = text,
				      .len = sizeof text};
	assert_int_equal(smpp_link_submit(rig->link, &submit), 0);
	rig->submitted++;
	RUN_UNTIL(rig, rig->answered == 2);
	assert_memory_equal(wire + wire_len - sizeof text - 5, "\0\x04\x24\x02\xbc", 5);
	assert_memory_equal(wire + wire_len - sizeof text, text, sizeof text);
	submit.len = SMPP_SUBMIT_MAX + 1;
	assert_int_equal(smpp_link_submit(rig->link, &submit), UV_EINVAL);
	submit.len = 1;
	submit.dest = "123456789012345678901";
	assert_int_equal(smpp_link_submit(rig->link, &submit), UV_EINVAL);
	rig_end(rig);
}

static void
a_text_is_acknowledged_when_it_is_durable(void **state)
{
	struct rig *rig = rig_up(NULL);
	struct smpp_link_stats stats;

	(void)state;
	rig->hold_acks = true;
	peer_deliver(rig->peer.conns, 5, "639171234567", 0, "STOP");
	RUN_UNTIL(rig, rig->delivered == 1);
	rig_pass(rig, 20);
	assert_int_equal(rig->peer.others, 0);
	smpp_link_stats(rig->link, &stats);
	assert_int_equal(stats.unacknowledged, 1);
	rig->inside = true;
	smpp_link_acknowledge(rig->link, rig->token, SMPP_ROK);
	rig->inside = false;
	RUN_UNTIL(rig, rig->peer.others == 1);
	rig_end(rig);
}

static void
an_old_acknowledgement_is_harmless(void **state)
{
	struct rig *rig = rig_up(NULL);
	struct smpp_link_stats stats;

	(void)state;
	rig->hold_acks = true;
	peer_deliver(rig->peer.conns, 5, "639171234567", 0, "STOP");
	RUN_UNTIL(rig, rig->delivered == 1);
	peer_hang_up(rig->peer.conns);
	RUN_UNTIL(rig, rig->ups == 2);
	smpp_link_acknowledge(rig->link, rig->token, SMPP_ROK);
	rig_pass(rig, 10);
	assert_int_equal(rig->peer.others, 0);
	smpp_link_stats(rig->link, &stats);
	assert_int_equal(stats.unacknowledged, 0);
	rig_end(rig);
}

/* Reading stops when too much waits for the store, and goes on by itself: nothing is lost. */
static void
a_flood_of_replies_waits_its_turn(void **state)
{
	struct rig *rig = rig_new(NULL);
	struct smpp_link_config config = rig_config(rig);
	struct smpp_token tokens[3000];
	unsigned n = 0, got = 0;

	(void)state;
	config.delivers_max = 50;
	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->state == SMPP_LINK_UP);
	rig->hold_acks = true;
	for (unsigned i = 0; i < 3000; i++)
		peer_deliver(rig->peer.conns, i + 1, "639171234567", 0, "yes");
	while (rig->peer.others < 3000) {
		RUN_UNTIL(rig, rig->delivered > got || got == 3000);
		for (; got < rig->delivered; got++) {
			/* tokens are numbered as the peer numbered them */
			tokens[n] = rig->token;
			tokens[n++].sequence = got + 1;
		}
		assert_true(n <= 1600); /* 50, and what one read may bring */
		while (n > 0)
			smpp_link_acknowledge(rig->link, tokens[--n], SMPP_ROK);
		if (got == 3000)
			RUN_UNTIL(rig, rig->peer.others == 3000);
	}
	rig_end(rig);
}

static bool
answer_query(struct peer_conn *conn, const struct smpp_header *header, const uint8_t *body,
	     size_t len)
{
	if (header->command != SMPP_QUERY_SM)
		return false;
	assert_memory_equal(body,
			    "m42\0\x03\0"
			    "28550",
			    12);
	assert_int_equal(len, 12);
	if (conn->unanswered++ == 0)
		peer_say(conn, SMPP_QUERY_SM | SMPP_RESP, 0, header->sequence,
			 "m42\0"
			 "260901080100000+\0\x02\0",
			 23);
	else if (conn->unanswered == 2)
		peer_say(conn, SMPP_QUERY_SM | SMPP_RESP, 0x67, header->sequence, NULL, 0);
	else
		peer_say(conn, SMPP_QUERY_SM | SMPP_RESP, 0, header->sequence, "m4", 2);
	return true;
}

static void
a_query_is_answered(void **state)
{
	struct rig *rig = rig_up(answer_query);

	(void)state;
	rig->inside = true;
	assert_int_equal(smpp_link_query(rig->link, "m42", 3, 0, "28550", 9), 0);
	rig->inside = false;
	RUN_UNTIL(rig, rig->queried == 1);
	assert_int_equal(rig->query.error, 0);
	assert_int_equal(rig->query.status, 0);
	assert_int_equal(rig->query.message_state, 2);
	assert_int_equal(rig->last_cookie, 9);
	assert_int_equal(smpp_link_query(rig->link, "m42", 3, 0, "28550", 9), 0);
	RUN_UNTIL(rig, rig->queried == 2);
	assert_int_equal(rig->query.status, 0x67);
	assert_int_equal(smpp_link_query(rig->link, "m42", 3, 0, "28550", 9), 0);
	RUN_UNTIL(rig, rig->queried == 3);
	assert_int_equal(rig->query.error, UV_EPROTO);
	rig_end(rig);
}

/* ---- closing ------------------------------------------------------------------------------- */

static bool
answer_later(struct peer_conn *conn, const struct smpp_header *header, const uint8_t *body,
	     size_t len)
{
	(void)body;
	(void)len;
	if (header->command != SMPP_SUBMIT_SM)
		return false;
	/* the answers come a turn later, one octet at a time */
	uint8_t pdu[64];

	peer_drip(conn, pdu,
		  peer_pdu(pdu, SMPP_SUBMIT_SM | SMPP_RESP, 0, header->sequence, "x", 2));
	return true;
}

static void
closing_waits_for_answers(void **state)
{
	struct rig *rig = rig_up(answer_later);

	(void)state;
	for (unsigned i = 0; i < 10; i++)
		rig_submit(rig, i);
	rig_begin_close(rig, 5000);
	RUN_UNTIL(rig, rig->closed);
	assert_int_equal(rig->outcomes[SMPP_ACCEPTED], 10);
	assert_int_equal(rig->peer.unbinds, 1);
	rig_end(rig);
}

static void
closing_does_not_wait_for_ever(void **state)
{
	struct rig *rig = rig_up(NULL);

	(void)state;
	rig->peer.silent = true;
	for (unsigned i = 0; i < 4; i++)
		rig_submit(rig, i);
	RUN_UNTIL(rig, rig->peer.submits == 4);
	assert_int_equal(smpp_link_query(rig->link, "m42", 3, 0, "28550", 9), 0);
	rig_begin_close(rig, 20);
	RUN_UNTIL(rig, rig->closed);
	assert_int_equal(rig->outcomes[SMPP_UNKNOWN], 4);
	assert_int_equal(rig->queried, 1);
	assert_int_equal(rig->query.error, UV_ECANCELED);
	rig_end(rig);
}

static void
close_now_what_was_never_written_is_unsent(void **state)
{
	struct rig *rig = rig_up(NULL);

	(void)state;
	rig_submit(rig, 1); /* packed, and written only before the loop sleeps */
	rig_begin_close(rig, 0);
	RUN_UNTIL(rig, rig->closed);
	assert_int_equal(rig->answered, 1);
	assert_int_equal(rig->outcomes[SMPP_UNSENT] + rig->outcomes[SMPP_UNKNOWN], 1);
	assert_int_equal(rig->peer.submits, rig->outcomes[SMPP_UNKNOWN]);
	rig_end(rig);
}

static void
close_on_answer(struct rig *rig, uint64_t cookie, const struct smpp_answer *answer)
{
	(void)cookie;
	(void)answer;
	if (rig->answered == 1)
		rig_begin_close(rig, 0);
}

static void
close_on_deliver(struct rig *rig)
{
	if (rig->delivered == 1)
		rig_begin_close(rig, 0);
	smpp_link_acknowledge(rig->link, rig->token, SMPP_ROK);
}

static void
close_on_room(struct rig *rig)
{
	rig_begin_close(rig, 0);
}

static void
closing_from_inside_any_callback(void **state)
{
	struct rig *rig = rig_up(NULL);

	(void)state;
	rig->on_answer = close_on_answer;
	for (unsigned i = 0; i < 10; i++)
		rig_submit(rig, i);
	RUN_UNTIL(rig, rig->closed);
	assert_int_equal(rig->answered, 10);
	rig_end(rig);

	rig = rig_up(NULL);
	rig->on_deliver = close_on_deliver;
	peer_deliver(rig->peer.conns, 1, "639171234567", 0, "one");
	peer_deliver(rig->peer.conns, 2, "639171234567", 0, "two");
	RUN_UNTIL(rig, rig->delivered > 0);
	RUN_UNTIL(rig, rig->closed);
	rig_end(rig);

	rig = rig_up(NULL);
	rig->on_room = close_on_room;
	smpp_link_want(rig->link, 1);
	RUN_UNTIL(rig, rig->closed);
	rig_end(rig);
}

static void
closing_before_anything_happened(void **state)
{
	struct rig *rig = rig_new(NULL);
	struct smpp_link_config config = rig_config(rig);

	(void)state;
	rig_open(rig, &config);
	rig_begin_close(rig, 1000);
	RUN_UNTIL(rig, rig->closed);
	assert_int_equal(rig->peer.binds, 0);
	rig_end(rig);

	rig = rig_new(NULL);
	config = rig_config(rig);
	rig_open(rig, &config);
	uv_run(&rig->loop, UV_RUN_ONCE); /* resolving or connecting */
	rig_begin_close(rig, 1000);
	RUN_UNTIL(rig, rig->closed);
	rig_end(rig);
}

static void
what_cannot_be_opened(void **state)
{
	struct rig *rig = rig_new(NULL);
	struct smpp_link_config config = rig_config(rig);
	struct smpp_link *link = NULL;
	char why[160];

	(void)state;
	config.password = "0123456789012345678901234567890123";
	assert_int_equal(smpp_link_open(&link, &rig->loop, &config, &rig_events, rig, why),
			 UV_EINVAL);
	assert_non_null(strstr(why, "password"));
	assert_null(strstr(why, "01234"));
	config = rig_config(rig);
	config.tls = true;
	config.ca_file = "/nonexistent/ca.pem";
	assert_int_equal(smpp_link_open(&link, &rig->loop, &config, &rig_events, rig, why),
			 UV_EINVAL);
	assert_non_null(strstr(why, "/nonexistent/ca.pem"));
	assert_null(link);
	rig_end(rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(binds_submits_and_closes),
	    cmocka_unit_test(two_sessions_share_the_work),
	    cmocka_unit_test(the_window_is_honoured),
	    cmocka_unit_test(a_limit_of_rate_is_kept),
	    cmocka_unit_test(room_is_told_once_and_not_from_inside),
	    cmocka_unit_test(a_submit_has_its_octets),
	    cmocka_unit_test(long_texts_go_as_sar_or_payload),
	    cmocka_unit_test(a_text_is_acknowledged_when_it_is_durable),
	    cmocka_unit_test(an_old_acknowledgement_is_harmless),
	    cmocka_unit_test(a_flood_of_replies_waits_its_turn),
	    cmocka_unit_test(a_query_is_answered),
	    cmocka_unit_test(closing_waits_for_answers),
	    cmocka_unit_test(closing_does_not_wait_for_ever),
	    cmocka_unit_test(close_now_what_was_never_written_is_unsent),
	    cmocka_unit_test(closing_from_inside_any_callback),
	    cmocka_unit_test(closing_before_anything_happened),
	    cmocka_unit_test(what_cannot_be_opened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
