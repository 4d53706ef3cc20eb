/* A whole link, bound over a real socket, with three submits under way, is sent the input's octets
 * by its operator. Whatever they are, every submit is answered once, the link closes, and no handle
 * is left. */
#include <stdarg.h>

#define fail_msg(...) abort()
#include "../loop/smpp_rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
stay_silent(struct peer_conn *conn, const struct smpp_header *header, const uint8_t *body,
	    size_t len)
{
	(void)conn;
	(void)body;
	(void)len;
	return header->command == SMPP_SUBMIT_SM;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rig *rig = rig_new(stay_silent);
	struct smpp_link_config config = rig_config(rig);

	config.reconnect_min_ms = config.reconnect_max_ms = 60000;
	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->state == SMPP_LINK_UP);
	for (unsigned i = 0; i < 3; i++)
		rig_submit(rig, i); /* sequence numbers 2, 3 and 4 */
	RUN_UNTIL(rig, rig->peer.submits == 3);
	if (size > 0)
		peer_send(rig->peer.conns, data, size);
	for (unsigned turn = 0; turn < 6; turn++)
		uv_run(&rig->loop, UV_RUN_NOWAIT);
	/* Half a PDU may stand in the way of an unbind_resp: the operator hangs up instead. */
	for (struct peer_conn *conn = rig->peer.conns; conn != NULL; conn = conn->next)
		peer_hang_up(conn);
	RUN_UNTIL(rig, rig->state == SMPP_LINK_DOWN && rig->answered == 3);
	rig_end(rig);
	return 0;
}
