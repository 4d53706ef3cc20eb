/* Ports: what can be opened, under which name, by whom; what is written; how they end. */
#include "modem/serial.h"
#include "modem_rig.h"

#include <sys/stat.h>

static void
behind_a_link(void **state)
{
	struct rig *rig = rig_new();
	struct modem_config config = rig_config(rig);
	char folder[] = "/tmp/dunlin-modem-XXXXXX", path[64];

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/stick", folder);
	assert_int_equal(symlink(rig->peer.path, path), 0);
	config.path = path;
	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->state == MODEM_READY);
	rig_end(rig);
	unlink(path);
	rmdir(folder);
}

static void
no_ports(void **state)
{
	static const struct serial_events none;
	struct serial *s = NULL;
	uv_loop_t loop;

	(void)state;
	uv_loop_init(&loop);
	assert_int_equal(serial_open(&s, &loop, "/dev/no-such-port", 0, &none, NULL), UV_ENOENT);
	assert_true(serial_open(&s, &loop, "/dev/null", 0, &none, NULL) < 0);
	assert_true(serial_open(&s, &loop, "/", 0, &none, NULL) < 0);
	assert_true(serial_open(&s, &loop, "", 0, &none, NULL) < 0);
	assert_null(s);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void
listing_is_bounded(void **state)
{
	static struct serial_port ports[64];
	int n = serial_list(ports, 64);

	(void)state;
	assert_true(n >= 0 && n <= 64);
	for (int i = 0; i < n; i++) {
		assert_true(ports[i].path[0] != '\0');
		assert_true(ports[i].vid >= -1 && ports[i].interface >= -1);
	}
	assert_int_equal(serial_list(ports, 0), 0);
}

/* ---- one that takes nothing ---- */

struct ends {
	unsigned lost, bytes;
	int error;
	bool closed;
};

static void
on_bytes(void *ctx, const char *bytes, size_t len)
{
	(void)bytes;
	((struct ends *)ctx)->bytes += (unsigned)len;
}

static void
on_lost(void *ctx, int error)
{
	struct ends *ends = ctx;

	ends->lost++;
	ends->error = error;
}

static void
on_closed(void *ctx)
{
	((struct ends *)ctx)->closed = true;
}

static void
full_and_then_gone(void **state)
{
	static const struct serial_events events = {on_bytes, on_lost};
	struct rig *rig = rig_new();
	struct ends ends = {0};
	struct serial *s;
	char octets[1024];
	int error = 0;

	(void)state;
	memset(octets, 'x', sizeof octets);
	uv_poll_stop(&rig->peer.poll);
	assert_int_equal(serial_open(&s, &rig->loop, rig->peer.path, 0, &events, &ends), 0);
	for (int i = 0; i < 200 && error == 0; i++)
		error = serial_write(s, octets, sizeof octets);
	assert_int_equal(error, UV_ENOBUFS);
	assert_int_equal(ends.lost, 0); /* never inside a call */
	peer_vanish(&rig->peer);
	RUN_UNTIL(rig, ends.lost == 1);
	assert_int_equal(serial_write(s, octets, sizeof octets), 0);
	for (int i = 0; i < 10; i++)
		uv_run(&rig->loop, UV_RUN_NOWAIT);
	assert_int_equal(ends.lost, 1);
	serial_close(s, on_closed, &ends);
	RUN_UNTIL(rig, ends.closed);
	rig->closed = true;
	rig_end(rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(behind_a_link),
	    cmocka_unit_test(no_ports),
	    cmocka_unit_test(listing_is_bounded),
	    cmocka_unit_test(full_and_then_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
