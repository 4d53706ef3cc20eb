/* A caller over a stick that the test plays: its calls, and its sound on a pty that runs as fast as
 * the loop turns.  The store, the writer, the voice and the script are the real ones. */
#ifndef TESTS_CALLER_RIG_H
#define TESTS_CALLER_RIG_H

#include "../unit/gateway/call_scene.h"

#include "gateway/call/caller.h"

#include <fcntl.h>
#include <termios.h>

#define STICK_SIM 7

/* A menu, a check, and one thing that can be said. */
#define TALK                                                                                       \
	"start: who\nstop: bye\ntrouble: bye\nsilent: bye\nwrong: bye\nsteps:\n"                   \
	"  who: {menu: {1: verify, 3: not_me}, say: {en: \"{{name}}? Press 1.\"}}\n"               \
	"  verify: {check: true, say: {en: \"Your year?\"}, right: debt, wrong: bye}\n"            \
	"  debt: {menu: {1: paid}, say: {en: \"{{amount}} was due.\"}}\n"                          \
	"  paid: {outcome: paid, say: {en: \"Thank you.\"}, next: bye}\n"                          \
	"  not_me: {outcome: wrong_person, next: bye}\n"                                           \
	"  bye: {end: true, say: {en: \"Goodbye.\"}}\n"

static inline int
talk_setup(void **state)
{
	struct complaints complaints = {0};
	struct fixture *f;

	scene_setup(state);
	f = *state;
	home_write(&f->l->home, "scripts/ask.yaml", TALK);
	config_unref(f->l->config);
	assert_int_equal(config_load(f->l->home.path, &f->l->config, &complaints), 0);
	complaint_clear(&complaints);
	f->l->env.config = f->l->config;
	facts_use(f->facts, f->l->config);
	return 0;
}

struct phone {
	struct channel head;
	struct fixture *f;
	uv_loop_t loop;
	uv_timer_t tick, watchdog, soon;
	struct clock clock;
	struct writer *writer;
	struct caller *caller;
	struct config *config;
	struct store *reader;
	int master, slave;
	char path[64];
	/* what the test wants of the stick */
	int dial_says, sound_says;
	void (*on_sound)(struct phone *p); /* before it is said where the sound is */
	/* what became of it */
	unsigned dials, hangs, accepts, claims, lets_go, notes, failures, answers;
	int64_t on_line; /* rows durable as `calling` when it was dialled */
	char dialled[24];
	unsigned frames;                      /* of 20 ms, that came from the other side */
	bool claimed, there, expired, closed; /* there: a call is */
	struct modem_call call;
};

static struct phone *phone_of_test; /* whom dispatch_voice() finds */

/* The caller asks the dispatcher for nothing else. */
struct channel *
dispatch_voice(struct dispatch *d, const char *route)
{
	(void)d;
	return strcmp(route, "sticks") == 0 ? &phone_of_test->head : NULL;
}

/* ---- what the stick tells ---- */

static inline void
phone_tell(struct phone *p, enum modem_call_state state, enum modem_call_end end)
{
	struct channel_voice voice = {
	    .kind = CHANNEL_VOICE_CALL, .sim = STICK_SIM, .call = &p->call};

	p->there = state != MODEM_CALL_ENDED;
	p->call.state = state;
	p->call.end = end;
	caller_voice(p->caller, "sticks", &voice);
}

static inline void
phone_ends(struct phone *p, enum modem_call_end end)
{
	phone_tell(p, MODEM_CALL_ENDED, end);
}

static inline void
phone_rings(struct phone *p, const char *number)
{
	p->call = (struct modem_call){.id = p->call.id + 1};
	snprintf(p->call.number, sizeof p->call.number, "%s", number);
	phone_tell(p, MODEM_CALL_INCOMING, MODEM_CALL_ENDS);
}

static inline void
phone_on_soon(uv_timer_t *timer)
{
	struct phone *p = timer->data;

	if (p->call.end == MODEM_CALL_US)
		phone_ends(p, MODEM_CALL_US);
	else
		phone_tell(p, MODEM_CALL_ACTIVE, MODEM_CALL_ENDS);
}

/* ---- what is asked of it ---- */

static inline void
phone_offer(const struct channel *c, struct handover_pool *out)
{
	const struct phone *p = (const struct phone *)(const void *)c;

	*out = (struct handover_pool){.sim = {{.id = STICK_SIM, .room = !p->there}}, .n = 1};
}

static inline bool
phone_claim(struct channel *c, int64_t sim, bool claim)
{
	struct phone *p = (struct phone *)(void *)c;

	assert_int_equal(sim, STICK_SIM);
	assert_int_equal(p->claimed, !claim);
	p->claimed = claim;
	p->claims += claim;
	p->lets_go += !claim;
	return true;
}

static inline int
phone_sound(const struct channel *c, int64_t sim, struct channel_sound *out)
{
	struct phone *p = (struct phone *)(uintptr_t)(const void *)c;

	(void)sim;
	if (p->on_sound != NULL)
		p->on_sound(p);
	*out = (struct channel_sound){.tty = true, .frame_bytes = 320};
	snprintf(out->device, sizeof out->device, "%s", p->path);
	return p->sound_says;
}

static inline int64_t
phone_count(struct phone *p, const char *sql)
{
	struct store *writes = p->f->l->s;
	int64_t n;

	p->f->l->s = p->reader;
	n = lender_count(p->f->l, sql);
	p->f->l->s = writes;
	return n;
}

static inline int
phone_dial(struct channel *c, int64_t sim, const char *number)
{
	struct phone *p = (struct phone *)(void *)c;

	(void)sim;
	assert_true(p->claimed);
	p->dials++;
	p->on_line = phone_count(p, "SELECT count(*) FROM call WHERE status = 1");
	snprintf(p->dialled, sizeof p->dialled, "%s", number);
	if (p->dial_says == 0) {
		p->call = (struct modem_call){.id = p->call.id + 1, .outgoing = true};
		p->there = true;
	}
	return p->dial_says;
}

static inline int
phone_accept(struct channel *c, int64_t sim)
{
	struct phone *p = (struct phone *)(void *)c;

	(void)sim;
	p->accepts++;
	uv_timer_start(&p->soon, phone_on_soon, 0, 0);
	return p->there ? 0 : UV_EAGAIN;
}

static inline int
phone_hang_up(struct channel *c, int64_t sim)
{
	struct phone *p = (struct phone *)(void *)c;

	(void)sim;
	p->hangs++;
	if (!p->there)
		return UV_EAGAIN;
	p->call.end = MODEM_CALL_US;
	uv_timer_start(&p->soon, phone_on_soon, 0, 0);
	return 0;
}

static inline int
phone_person(struct channel *c, int64_t sim, const char *number, unsigned ring_ms)
{
	(void)c;
	(void)sim;
	(void)number;
	(void)ring_ms;
	return UV_ENOTSUP;
}

static inline void
phone_note(struct channel *c, int64_t sim, const char *note)
{
	(void)sim;
	(void)note;
	((struct phone *)(void *)c)->notes++;
}

static const struct channel_voice_ops phone_voice = {
    .offer = phone_offer,
    .claim = phone_claim,
    .sound = phone_sound,
    .dial = phone_dial,
    .accept = phone_accept,
    .hang_up = phone_hang_up,
    .person = phone_person,
    .note = phone_note,
};
static const struct channel_ops phone_ops = {.voice = &phone_voice};

/* ---- what the caller tells ---- */

static inline void
phone_on_busy(void *ctx)
{
	(void)ctx;
}

static inline void
phone_on_replan(void *ctx, int64_t person)
{
	(void)ctx;
	(void)person;
}

static inline void
phone_on_answers(void *ctx)
{
	((struct phone *)ctx)->answers++;
}

static inline void
phone_on_failed(void *ctx, int status)
{
	assert_true(status < 0);
	((struct phone *)ctx)->failures++;
}

static const struct caller_events phone_events = {.busy = phone_on_busy,
						  .replan = phone_on_replan,
						  .answers = phone_on_answers,
						  .failed = phone_on_failed};

/* ---- time ---- */

/* Silence from the other side, up to a hundred times as fast as it is spoken. */
static inline void
phone_on_tick(uv_timer_t *timer)
{
	static const uint8_t silence[320];
	struct phone *p = timer->data;
	uint8_t said[4096];

	while (read(p->master, said, sizeof said) > 0)
		;
	for (int i = 0; i < 5 && write(p->master, silence, sizeof silence) > 0; i++)
		p->frames++;
}

static inline void
phone_on_watchdog(uv_timer_t *timer)
{
	((struct phone *)timer->data)->expired = true;
}

/* Turns the loop until the condition holds; two minutes without is a failure, not a slow machine.
 */
#define PHONE_UNTIL(p, condition)                                                                  \
	do {                                                                                       \
		while (!(condition) && !(p)->expired)                                              \
			uv_run(&(p)->loop, UV_RUN_ONCE);                                           \
		assert_true(condition);                                                            \
	} while (0)

static inline bool
phone_is(struct phone *p, const char *sql)
{
	return phone_count(p, sql) == 1;
}

/* Until a question, which is not told otherwise, finds one row. */
#define PHONE_UNTIL_SQL(p, sql) PHONE_UNTIL(p, phone_is(p, sql))

/* Lets the loop turn for a while in which something should not happen. */
static inline void
phone_wait(struct phone *p, unsigned ms)
{
	uint64_t end = uv_now(&p->loop) + ms;

	while (uv_now(&p->loop) < end)
		uv_run(&p->loop, UV_RUN_ONCE);
}

/* Its sound port is pulled out. */
static inline void
phone_unplug(struct phone *p)
{
	close(p->master);
	p->master = open("/dev/null", O_RDWR);
}

/* Keys that the stick heard, half a second of sound apart. */
static inline void
phone_type(struct phone *p, const char *keys)
{
	struct channel_voice voice = {.kind = CHANNEL_VOICE_KEY, .sim = STICK_SIM};

	for (; *keys != '\0'; keys++) {
		unsigned frames = p->frames;

		voice.key = *keys;
		caller_voice(p->caller, "sticks", &voice);
		PHONE_UNTIL(p, p->frames - frames >= 25);
	}
}

/* ---- beginning and end ---- */

/* Rows that are to be called stand in the store already. */
static inline void
phone_open(struct phone *p, struct fixture *f)
{
	char path[128], error[256];

	*p = (struct phone){.head = {.ops = &phone_ops}, .f = f};
	phone_of_test = p;
	snprintf(path, sizeof path, "%s/dunlin.db", f->l->home.path);
	assert_int_equal(store_open(&p->reader, path, STORE_READ, error), 0);
	p->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	assert_true(p->master >= 0 && grantpt(p->master) == 0 && unlockpt(p->master) == 0);
	assert_int_equal(ptsname_r(p->master, p->path, sizeof p->path), 0);
	p->slave = open(p->path, O_RDWR | O_NOCTTY); /* so that it outlives each line */
	assert_true(p->slave >= 0);
	uv_loop_init(&p->loop);
	uv_timer_init(&p->loop, &p->tick);
	uv_timer_init(&p->loop, &p->soon);
	uv_timer_init(&p->loop, &p->watchdog);
	p->tick.data = p->soon.data = p->watchdog.data = p;
	uv_timer_start(&p->tick, phone_on_tick, 1, 1);
	uv_timer_start(&p->watchdog, phone_on_watchdog, 120000, 0);
	clock_schedule(&p->clock, f->now, 1);
	assert_int_equal(writer_open(&p->writer, &p->loop, f->l->s), 0);
	f->l->s = NULL;
	assert_int_equal(
	    caller_open(&p->caller, &p->loop, p->writer, NULL, &p->clock, &phone_events, p), 0);
	caller_use(p->caller, f->l->config);
}

static inline void
phone_on_closed(void *ctx)
{
	((struct phone *)ctx)->closed = true;
}

/* The caller and the writer close; the store is the fixture's again. */
static inline void
phone_close(struct phone *p)
{
	char path[128], error[256];

	caller_close(p->caller, phone_on_closed);
	PHONE_UNTIL(p, p->closed);
	p->closed = false;
	writer_close(p->writer, phone_on_closed, p);
	PHONE_UNTIL(p, p->closed);
	uv_close((uv_handle_t *)&p->tick, NULL);
	uv_close((uv_handle_t *)&p->soon, NULL);
	uv_close((uv_handle_t *)&p->watchdog, NULL);
	uv_run(&p->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&p->loop), 0);
	close(p->slave);
	close(p->master);
	store_close(p->reader);
	assert_false(p->claimed);
	snprintf(path, sizeof path, "%s/dunlin.db", p->f->l->home.path);
	assert_int_equal(store_open(&p->f->l->s, path, STORE_WRITE, error), 0);
}

/* A-1 is due, and dialled; and somebody picks up. */
static inline void
phone_dials(struct phone *p, struct fixture *f)
{
	plan(f, "A-1");
	phone_open(p, f);
	PHONE_UNTIL(p, p->dials == 1);
}

static inline void
phone_talks(struct phone *p, struct fixture *f)
{
	phone_dials(p, f);
	phone_tell(p, MODEM_CALL_ACTIVE, MODEM_CALL_ENDS);
}

#endif
