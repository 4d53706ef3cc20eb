/* What operators send that no standard foresees, octet by octet: the link answers and lives on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after the standard headers, as cmocka asks */
#include <cmocka.h>

#include "smpp_rig.h"

/* The link must still be the same session, and work. */
static void
assert_healthy(struct rig *rig)
{
	unsigned answered = rig->answered;

	rig->peer.hook = NULL;
	rig->peer.silent = false;
	RUN_UNTIL(rig, smpp_link_room(rig->link) > 0);
	assert_int_equal(rig_submit(rig, 60000), 0);
	RUN_UNTIL(rig, rig->answered > answered && rig->answers_of[60000] == 1);
	assert_int_equal(rig->last.outcome, SMPP_ACCEPTED);
	assert_int_equal(rig->peer.connections, 1);
	rig_end(rig);
}

/* What the link said last, apart from submits. */
static struct smpp_header said;
static uint8_t said_body[64];
static size_t said_len;
static unsigned said_n;

static bool
listen_in(struct peer_conn *conn, const struct smpp_header *header, const uint8_t *body, size_t len)
{
	(void)conn;
	if (header->command == SMPP_SUBMIT_SM || header->command == SMPP_BIND_TRANSCEIVER)
		return false;
	said = *header;
	said_len = len < sizeof said_body ? len : sizeof said_body;
	memcpy(said_body, body, said_len);
	said_n++;
	return false;
}

static struct rig *
listening_rig(void)
{
	said_n = 0;
	return rig_up(listen_in);
}

/* ---- framing ------------------------------------------------------------------------------- */

static bool
drip_everything(struct peer_conn *conn, const struct smpp_header *header, const uint8_t *body,
		size_t len)
{
	uint8_t pdu[64];
	const char *id = header->command == SMPP_SUBMIT_SM ? "drip" : "";

	(void)body;
	(void)len;
	if (!(header->command & SMPP_RESP))
		peer_drip(conn, pdu,
			  peer_pdu(pdu, header->command | SMPP_RESP, 0, header->sequence, id,
				   strlen(id) + 1));
	return true;
}

static void
one_octet_at_a_time(void **state)
{
	struct rig *rig = rig_up(drip_everything);
	uint8_t pdu[256], body[200];

	(void)state;
	rig_submit(rig, 1);
	rig_submit(rig, 2);
	peer_drip(rig->peer.conns, pdu,
		  peer_pdu(pdu, SMPP_DELIVER_SM, 0, 9, body,
			   peer_deliver_body(body, "639171234567", "28550", 0, 0, "slow", 4)));
	RUN_UNTIL(rig, rig->answered == 2 && rig->delivered == 1);
	assert_string_equal(rig->last_id, "drip");
	assert_string_equal((char *)rig->deliver_octets, "slow");
	assert_healthy(rig);
}

static void
many_pdus_in_one_write(void **state)
{
	struct rig *rig = listening_rig();
	uint8_t octets[8192], body[200];
	size_t len = 0;

	(void)state;
	for (uint32_t i = 0; i < 50; i++) {
		len += peer_pdu(octets + len, SMPP_DELIVER_SM, 0, i + 1, body,
				peer_deliver_body(body, "639171234567", "28550", 0, 0, "hi", 2));
		len += peer_pdu(octets + len, SMPP_ENQUIRE_LINK, 0, i + 100, NULL, 0);
	}
	peer_send(rig->peer.conns, octets, len);
	RUN_UNTIL(rig, said_n == 100);
	assert_int_equal(rig->delivered, 50);
	assert_healthy(rig);
}

/* SMPP 3.4 3.2: a length under 16 or beyond reason leaves nothing to hold on to. */
static void
an_impossible_length_is_nacked_and_begins_anew(void **state)
{
	static const uint32_t lengths[] = {0, 15, SMPP_PDU_MAX + 1, 0xffffffff};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct rig *rig = listening_rig();
		struct smpp_header header = {lengths[i], SMPP_DELIVER_SM, 0, 7};
		uint8_t octets[SMPP_HEADER_SIZE];

		rig_submit(rig, 1);
		RUN_UNTIL(rig, rig->answered == 1);
		smpp_header_write(octets, &header);
		peer_send(rig->peer.conns, octets, sizeof octets);
		RUN_UNTIL(rig, said_n > 0 && rig->ups == 2);
		assert_int_equal(said.command, SMPP_GENERIC_NACK);
		assert_int_equal(said.status, SMPP_RINVCMDLEN);
		assert_int_equal(said.sequence, 7);
		assert_int_equal(rig->peer.connections, 2);
		rig_end(rig);
	}
}

static void
the_longest_pdu_is_taken(void **state)
{
	struct rig *rig = listening_rig();
	static uint8_t pdu[SMPP_PDU_MAX];
	size_t body = SMPP_PDU_MAX - SMPP_HEADER_SIZE, len;
	uint8_t *p = pdu + SMPP_HEADER_SIZE;

	(void)state;
	/* a deliver_sm with a vendor's TLV that fills it up */
	len = peer_deliver_body(p, "639171234567", "28550", 0, 0, "big", 3);
	p[len] = 0x14;
	p[len + 1] = 0x01;
	p[len + 2] = (uint8_t)((body - len - 4) >> 8);
	p[len + 3] = (uint8_t)(body - len - 4);
	smpp_header_write(pdu, &(struct smpp_header){SMPP_PDU_MAX, SMPP_DELIVER_SM, 0, 3});
	for (int i = 0; i < 3; i++)
		peer_send(rig->peer.conns, pdu, sizeof pdu);
	RUN_UNTIL(rig, said_n == 3);
	assert_int_equal(said.status, SMPP_ROK);
	assert_string_equal((char *)rig->deliver_octets, "big");
	assert_healthy(rig);
}

/* ---- PDUs that are odd ---------------------------------------------------------------------- */

static void
unknown_commands_are_nacked(void **state)
{
	static const uint32_t commands[] = {0x00010203, 0x0a, 0x21, 0x3, 0x7fffffff};
	struct rig *rig = listening_rig();

	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		peer_say(rig->peer.conns, commands[i], 0, 40 + i, "junk", 4);
		RUN_UNTIL(rig, said_n == i + 1);
		assert_int_equal(said.command, SMPP_GENERIC_NACK);
		assert_int_equal(said.status, SMPP_RINVCMDID);
		assert_int_equal(said.sequence, 40 + i);
	}
	/* responses to nothing, and requests that ask for none, are not answered at all */
	peer_say(rig->peer.conns, 0x80010203, 0, 1, NULL, 0);
	peer_say(rig->peer.conns, SMPP_SUBMIT_SM | SMPP_RESP, 0, 99, "x", 2);
	peer_say(rig->peer.conns, SMPP_GENERIC_NACK, 3, 99, NULL, 0);
	peer_say(rig->peer.conns, SMPP_OUTBIND, 0, 1, "op\0secret", 10);
	peer_say(rig->peer.conns, SMPP_ALERT_NOTIFICATION, 0, 1, "\0\0\0\0\0\0", 6);
	peer_say(rig->peer.conns, SMPP_ENQUIRE_LINK, 0, 2, "x", 1); /* one stray octet */
	RUN_UNTIL(rig, said_n == 6);
	assert_int_equal(said.command, SMPP_ENQUIRE_LINK | SMPP_RESP);
	assert_int_equal(said.sequence, 2);
	assert_healthy(rig);
}

/* Replies to submits: { status, octets of the body, length, outcome, id } */
static const struct odd_answer {
	uint32_t command, status;
	const char *body;
	size_t len;
	enum smpp_outcome outcome;
	bool blocked;
	const char *id;
} odd_answers[] = {
    {SMPP_SUBMIT_SM | SMPP_RESP, 0, NULL, 0, SMPP_ACCEPTED, false, ""},
    {SMPP_SUBMIT_SM | SMPP_RESP, 0, "abc", 3, SMPP_ACCEPTED, false, "abc"},
    {SMPP_SUBMIT_SM | SMPP_RESP, 0,
     "0123456789012345678901234567890123456789012345678901234567890123456789\0", 71, SMPP_ACCEPTED,
     false, "0123456789012345678901234567890123456789012345678901234567890123456789"},
    {SMPP_SUBMIT_SM | SMPP_RESP, 0, "id\0\x14\x01\0\x02xy", 9, SMPP_ACCEPTED, false, "id"},
    {SMPP_SUBMIT_SM | SMPP_RESP, 0, "id\0\x14\x01\xff\xffxy", 9, SMPP_ACCEPTED, false, "id"},
    {SMPP_SUBMIT_SM | SMPP_RESP, 0x0b, "some body\0", 10, SMPP_REFUSED, false, "some body"},
    {SMPP_SUBMIT_SM | SMPP_RESP, 0x0b, NULL, 0, SMPP_REFUSED, false, ""},
    {SMPP_SUBMIT_SM | SMPP_RESP, 0x45, "\0\0\x1d\0\x0drecipient STOP", 19, SMPP_REFUSED, false, ""},
    {SMPP_SUBMIT_SM | SMPP_RESP, 0x45, "\0\0\x1d\0\x0erecipient STOP", 19, SMPP_REFUSED, true, ""},
    {SMPP_SUBMIT_SM | SMPP_RESP, 0x40a, NULL, 0, SMPP_REFUSED, true, ""},
    {SMPP_SUBMIT_SM | SMPP_RESP, 0x08, NULL, 0, SMPP_REFUSED_FOR_NOW, false, ""},
    {SMPP_SUBMIT_SM | SMPP_RESP, 0x64, "\0", 1, SMPP_REFUSED_FOR_NOW, false, ""},
    {SMPP_SUBMIT_SM | SMPP_RESP, 0x12345678, NULL, 0, SMPP_REFUSED, false, ""},
    {SMPP_GENERIC_NACK, 0, NULL, 0, SMPP_REFUSED, false, ""},
    {SMPP_GENERIC_NACK, 3, "id", 3, SMPP_REFUSED, false, ""},
};

static bool
answer_oddly(struct peer_conn *conn, const struct smpp_header *header, const uint8_t *body,
	     size_t len)
{
	const struct odd_answer *odd = &odd_answers[conn->unanswered];

	(void)body;
	(void)len;
	if (header->command != SMPP_SUBMIT_SM)
		return false;
	conn->unanswered++;
	peer_say(conn, odd->command, odd->status, header->sequence, odd->body, odd->len);
	/* the same once more: an answer to nothing by now */
	peer_say(conn, odd->command, odd->status, header->sequence, odd->body, odd->len);
	return true;
}

static void
every_odd_answer_is_understood(void **state)
{
	static const uint32_t blocked[] = {0x40a};
	struct rig *rig = rig_new(answer_oddly);
	struct smpp_link_config config = rig_config(rig);

	(void)state;
	config.blocked = blocked;
	config.blocked_n = 1;
	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->state == SMPP_LINK_UP);
	for (unsigned i = 0; i < sizeof odd_answers / sizeof odd_answers[0]; i++) {
		assert_int_equal(rig_submit(rig, i), 0);
		RUN_UNTIL(rig, rig->answered == i + 1);
		assert_int_equal(rig->last.outcome, odd_answers[i].outcome);
		assert_int_equal(rig->last.blocked, odd_answers[i].blocked);
		assert_int_equal(rig->last.status, odd_answers[i].status);
		assert_string_equal(rig->last_id, odd_answers[i].id);
	}
	assert_healthy(rig);
}

/* ---- deliver_sm that others refuse ---------------------------------------------------------- */

static void
deliver_raw(struct rig *rig, const void *body, size_t len)
{
	unsigned before = said_n;

	peer_say(rig->peer.conns, SMPP_DELIVER_SM, 0, 50, body, len);
	RUN_UNTIL(rig, said_n == before + 1);
	assert_int_equal(said.command, SMPP_DELIVER_SM | SMPP_RESP);
	assert_int_equal(said.sequence, 50);
}

static void
odd_delivers_are_taken(void **state)
{
	struct rig *rig = listening_rig();
	uint8_t body[600];
	size_t len;

	(void)state;
	/* schedule and validity set, a service_type and addresses over the standard's length */
	static const uint8_t full[] = "MARKETING\0\x01\x01"
				      "+639171234567890123456789012\0\x03\0"
				      "28550\0\0\0\0"
				      "260901080100000+\0"
				      "260902080100000+\0\x01\0\0\0\x03yes";
	deliver_raw(rig, full, sizeof full - 1);
	assert_int_equal(said.status, SMPP_ROK);
	assert_string_equal(rig->deliver.service_type, "MARKETING");
	assert_string_equal(rig->deliver.source, "+639171234567890123456789012");
	assert_string_equal((char *)rig->deliver_octets, "yes");

	/* twenty-nine and more empty TLVs, which crash libsmpp34 */
	len = peer_deliver_body(body, "639171234567", "28550", 0, 0, "tlvs", 4);
	for (unsigned i = 0; i < 100; i++, len += 4)
		memcpy(body + len, "\x14\x01\0\0", 4);
	deliver_raw(rig, body, len);
	assert_int_equal(said.status, SMPP_ROK);
	assert_string_equal((char *)rig->deliver_octets, "tlvs");

	/* a short_message of 255 octets */
	memset(body + 300, 'a', 255);
	len = peer_deliver_body(body, "639171234567", "28550", 0, 0, body + 300, 255);
	deliver_raw(rig, body, len);
	assert_int_equal(said.status, SMPP_ROK);
	assert_int_equal(rig->deliver.len, 255);

	/* a TLV that runs past the end, behind a whole text: the text counts */
	len = peer_deliver_body(body, "639171234567", "28550", 0, 0, "STOP", 4);
	memcpy(body + len, "\x04\x27\0\x05\x02", 5);
	deliver_raw(rig, body, len + 5);
	assert_int_equal(said.status, SMPP_ROK);
	assert_string_equal((char *)rig->deliver_octets, "STOP");
	assert_false(rig->deliver.has_message_state);
	assert_int_equal(rig->delivered, 4);
	assert_healthy(rig);
}

static void
unreadable_delivers_are_answered_with_a_status(void **state)
{
	struct rig *rig = listening_rig();
	struct smpp_link_stats stats;
	uint8_t body[600];
	size_t len;

	(void)state;
	deliver_raw(rig, "", 0);
	assert_int_equal(said.status, SMPP_RINVCMDLEN);
	deliver_raw(rig, "no end to this service type", 27);
	assert_int_equal(said.status, SMPP_RINVCMDLEN);
	len = peer_deliver_body(body, "639171234567", "28550", 0, 0, "STOP", 4);
	deliver_raw(rig, body, len - 1); /* sm_length one more than there is */
	assert_int_equal(said.status, SMPP_RINVMSGLEN);
	/* the text itself is in the TLV that is cut */
	len = peer_deliver_body(body, "639171234567", "28550", 0, 0, "", 0);
	memcpy(body + len, "\x04\x24\0\x05STO", 7);
	deliver_raw(rig, body, len + 7);
	assert_int_equal(said.status, SMPP_RINVOPTPARSTREAM);
	assert_int_equal(rig->delivered, 0);
	smpp_link_stats(rig->link, &stats);
	assert_int_equal(stats.unreadable, 4);
	assert_int_equal(stats.unacknowledged, 0);
	assert_healthy(rig);
}

static void
data_sm_is_answered_in_kind(void **state)
{
	static const uint8_t body[] = "\0\x01\x01"
				      "639171234567\0\x03\0"
				      "28550\0\x04\0\0"
				      "\0\x1e\0\x04"
				      "abc\0\x04\x27\0\x01\x02";
	struct rig *rig = listening_rig();

	(void)state;
	peer_say(rig->peer.conns, SMPP_DATA_SM, 0, 8, body, sizeof body - 1);
	RUN_UNTIL(rig, said_n == 1);
	assert_int_equal(said.command, SMPP_DATA_SM | SMPP_RESP);
	assert_int_equal(said_len, 1); /* an empty message_id */
	assert_true(rig->deliver.data_sm);
	assert_string_equal(rig->deliver.receipted_id, "abc");
	assert_int_equal(rig->deliver.message_state, 2);
	assert_healthy(rig);
}

/* Facts 2: a receipt may come before its submit_sm_resp. */
static bool
receipt_first(struct peer_conn *conn, const struct smpp_header *header, const uint8_t *body,
	      size_t len)
{
	(void)body;
	(void)len;
	if (header->command != SMPP_SUBMIT_SM)
		return false;
	peer_deliver(conn, 1, "639171234567", SMPP_ESM_RECEIPT, "id:early stat:DELIVRD");
	peer_answer_submit(conn, header->sequence, "early");
	return true;
}

static void
note_order(struct rig *rig)
{
	assert_int_equal(rig->answered, 0);
	smpp_link_acknowledge(rig->link, rig->token, SMPP_ROK);
}

static void
a_receipt_before_its_answer(void **state)
{
	struct rig *rig = rig_up(receipt_first);

	(void)state;
	rig->on_deliver = note_order;
	rig_submit(rig, 1);
	RUN_UNTIL(rig, rig->answered == 1);
	assert_int_equal(rig->delivered, 1);
	assert_string_equal(rig->last_id, "early");
	assert_healthy(rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_octet_at_a_time),
	    cmocka_unit_test(many_pdus_in_one_write),
	    cmocka_unit_test(an_impossible_length_is_nacked_and_begins_anew),
	    cmocka_unit_test(the_longest_pdu_is_taken),
	    cmocka_unit_test(unknown_commands_are_nacked),
	    cmocka_unit_test(every_odd_answer_is_understood),
	    cmocka_unit_test(odd_delivers_are_taken),
	    cmocka_unit_test(unreadable_delivers_are_answered_with_a_status),
	    cmocka_unit_test(data_sm_is_answered_in_kind),
	    cmocka_unit_test(a_receipt_before_its_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
