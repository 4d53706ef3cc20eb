/* Links that do not come up at once: refused, unanswered, slammed, nobody there; each comes back by
 * itself and never spins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after the standard headers, as cmocka asks */
#include <cmocka.h>

#include "smpp_rig.h"

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
		rig = rig_with(refuse_bind, NULL);
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
	rig = rig_with(refuse_bind, &config);
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
	rig = rig_with(refuse_bind, NULL);
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
	rig = rig_with(refuse_bind, NULL);
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
	struct rig *rig = rig_with(bind_oddly, NULL);

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
	struct rig *rig = rig_with(no_bind, &config);

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
	struct rig *rig = rig_with(slam, NULL);

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(wrong_credentials_are_reported_and_not_hammered),
	    cmocka_unit_test(refused_credentials_are_tried_again_later),
	    cmocka_unit_test(already_bound_is_normal_for_a_while),
	    cmocka_unit_test(a_bind_that_is_not_known),
	    cmocka_unit_test(a_talkative_bind),
	    cmocka_unit_test(a_bind_without_an_answer),
	    cmocka_unit_test(never_spins),
	    cmocka_unit_test(nobody_listens_and_then_somebody_does),
	    cmocka_unit_test(a_name_that_does_not_resolve),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
