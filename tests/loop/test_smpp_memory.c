/* The same day again and again, each time with another allocation refused: the link may fail to
 * open or need another try, but it never crashes, leaks, loses a submit or answers one twice. */
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
/* after the standard headers, as cmocka asks */
#include <cmocka.h>

/* ---- an allocator that refuses ------------------------------------------------------------- */

static atomic_int countdown; /* the allocation that is refused when this reaches 1; 0: none */
static atomic_int refused;

static void *(*real_malloc)(size_t);
static void *(*real_calloc)(size_t, size_t);
static void *(*real_realloc)(void *, size_t);

/* Under gcc's sanitizers the next definition is theirs, so both see every allocation. dlsym() may
 * itself allocate while it looks: a little memory of our own serves that. */
static void
find_real(void)
{
	*(void **)&real_malloc = dlsym(RTLD_NEXT, "malloc");
	*(void **)&real_realloc = dlsym(RTLD_NEXT, "realloc");
	*(void **)&real_calloc = dlsym(RTLD_NEXT, "calloc");
}

static char early[4096];
static size_t early_used;

static void *
early_memory(size_t size)
{
	void *memory = early + early_used;

	early_used += (size + 15) & ~(size_t)15;
	return early_used <= sizeof early ? memory : NULL;
}

static bool
refuse(void)
{
	if (atomic_load(&countdown) == 0 || atomic_fetch_sub(&countdown, 1) != 1)
		return false;
	atomic_fetch_add(&refused, 1);
	return true;
}

void *
malloc(size_t size)
{
	if (real_malloc == NULL)
		find_real();
	return refuse() ? NULL : real_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	static bool looking;

	if (real_calloc == NULL) {
		if (looking)
			return early_memory(n * size);
		looking = true;
		find_real();
		looking = false;
	}
	return refuse() ? NULL : real_calloc(n, size);
}

/* What the operator's side and libuv need is always there: libuv ends the process where it has no
 * memory for its table of descriptors. */
static void *
spare_malloc(size_t size)
{
	return real_malloc(size);
}

static void *
spare_calloc(size_t n, size_t size)
{
	return real_calloc(n, size);
}

static void *
spare_realloc(void *memory, size_t size)
{
	return real_realloc(memory, size);
}

#define malloc  spare_malloc
#define calloc  spare_calloc
#define realloc spare_realloc
#include "smpp_rig.h"

/* ---- the day ------------------------------------------------------------------------------- */

static void
long_text(struct rig *rig, uint64_t cookie)
{
	static uint8_t text[30000]; /* makes the outbox grow */
	struct smpp_submit submit = {.cookie = cookie,
				     .source = "28550",
				     .dest = "639171234567",
				     .octets = text,
				     .len = sizeof text};
	int error = smpp_link_submit(rig->link, &submit);

	assert_true(error == 0 || error == UV_ENOMEM || error == UV_EAGAIN);
	rig->submitted += error == 0;
}

static void
run_day(int refuse_at)
{
	struct rig *rig = rig_new(NULL);
	struct smpp_link_config config = rig_config(rig);
	int error;

	config.mode = SMPP_MODE_TRANSMITTER_RECEIVER;
	atomic_store(&refused, 0);
	atomic_store(&countdown, refuse_at);
	error = smpp_link_open(&rig->link, &rig->loop, &config, &rig_events, rig, NULL);
	assert_true(error == 0 || error == UV_ENOMEM);
	if (error == 0) {
		RUN_UNTIL(rig, rig->state == SMPP_LINK_UP);
		rig_submit(rig, 0);
		long_text(rig, 1);
		long_text(rig, 2);
		peer_deliver(rig->peer.conns, 5, "639171234567", 0, "STOP");
		RUN_UNTIL(rig, rig->answered == rig->submitted && rig->delivered == 1);
		peer_hang_up(rig->peer.conns);
		RUN_UNTIL(rig, rig->ups == 2);
		rig_submit(rig, 3);
		RUN_UNTIL(rig, rig->answered == rig->submitted);
	} else {
		rig->link = NULL;
	}
	rig_end(rig);
	atomic_store(&countdown, 0);
}

static void
every_allocation_may_fail(void **state)
{
	int at = 1;

	(void)state;
	do
		run_day(at++);
	while (atomic_load(&refused) > 0 && at < 300);
	/* the day was walked through to its end, and had something to refuse */
	assert_in_range(at, 10, 299);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail)};

	find_real();
	uv_replace_allocator(spare_malloc, spare_realloc, spare_calloc, free);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
