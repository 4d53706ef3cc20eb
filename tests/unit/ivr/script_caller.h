/* script_caller.h - a line and a caller for dialogues with the engine, by words of a test: a prompt
 * takes 2 s, a key 0.3 s */
#ifndef TESTS_UNIT_IVR_SCRIPT_CALLER_H
#define TESTS_UNIT_IVR_SCRIPT_CALLER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ivr/script_run.h"
#include "script_maker.h"

#define TODAY 20346 /* 2025-09-15, a Monday */

/* A line that does what the engine asks, by words of a test: a prompt takes 2 s. */
struct call {
	struct made *m;
	struct script_facts facts;
	struct script_run run;
	struct script_do now;
	int64_t ms;
	char said[2000]; /* prompts, keys and outcomes, as they were noted */
};

static inline void
on_note(void *ctx, const struct script_note *n)
{
	struct call *c = ctx;
	size_t used = strlen(c->said);
	char *to = c->said + used;
	size_t room = sizeof c->said - used;
	const char *space = used > 0 ? " " : "";

	switch (n->kind) {
	case SCRIPT_NOTE_STEP: break;
	case SCRIPT_NOTE_PROMPT:
		snprintf(to, room, "%s%s%s%s%s", space, n->language == 1 ? "es:" : "",
			 n->step->name, n->which != SCRIPT_MAIN ? "." : "",
			 n->which != SCRIPT_MAIN ? script_which_word(n->which) : "");
		break;
	case SCRIPT_NOTE_KEY: snprintf(to, room, "%s%c", space, n->key); break;
	case SCRIPT_NOTE_FLUSHED: snprintf(to, room, "%s-", space); break;
	case SCRIPT_NOTE_OUTCOME:
		snprintf(to, room, "%s=%s", space,
			 script_outcome_word((enum script_outcome_kind)n->outcome->kind));
		break;
	default: snprintf(to, room, "%s(%s)", space, script_note_word(n->kind)); break;
	}
}

static inline void
take(struct call *c, struct script_do d)
{
	if (d.act != SCRIPT_GO_ON)
		c->now = d;
}

static inline struct call
call_of(struct made *m)
{
	return (struct call){.m = m,
			     .facts = {.check = "1985",
				       .today = TODAY,
				       .ahead = 31,
				       .digits = 2,
				       .amount_max = 300000,
				       .note = on_note}};
}

static inline void
answer(struct call *c)
{
	c->facts.ctx = c;
	c->ms = 500;
	take(c, script_begin(&c->run, &c->m->script, &c->facts, c->ms));
}

static inline struct call
call(void)
{
	return call_of(made_reminder());
}

static inline void
drop(struct call *c)
{
	free(c->m);
}

static inline void
hear(struct call *c)
{
	assert_int_equal(c->now.act, SCRIPT_PLAY);
	c->ms += 2000;
	take(c, script_said(&c->run, c->ms));
}

/* All that is said, up to a question. */
static inline void
hear_all(struct call *c)
{
	while (c->now.act == SCRIPT_PLAY)
		hear(c);
}

static inline void
press(struct call *c, const char *keys)
{
	for (; *keys != '\0'; keys++) {
		c->ms += 300;
		take(c, script_key(&c->run, *keys, c->ms));
	}
}

static inline void
store(struct call *c, bool ok)
{
	assert_int_equal(c->now.act, SCRIPT_KEEP);
	c->ms += 10;
	take(c, script_stored(&c->run, c->now.outcome.token, ok, c->ms));
}

static inline void
wait_out(struct call *c)
{
	assert_true(c->now.act == SCRIPT_LISTEN || c->now.act == SCRIPT_TAPE ||
		    c->now.act == SCRIPT_KEEP || c->now.act == SCRIPT_CONNECT);
	assert_int_equal(script_time(&c->run, c->now.until - 1).act, SCRIPT_GO_ON);
	c->ms = c->now.until;
	take(c, script_time(&c->run, c->ms));
}

/* To the menu behind the debt. */
static inline void
verify(struct call *c)
{
	answer(c);
	hear_all(c);
	press(c, "1");
	hear_all(c);
	press(c, "1985");
	store(c, true);
	hear_all(c);
	assert_int_equal(c->now.act, SCRIPT_LISTEN);
}

static inline void
end(struct call *c)
{
	hear_all(c);
	assert_int_equal(c->now.act, SCRIPT_HANG_UP);
	take(c, script_hung_up(&c->run, c->ms));
	assert_int_equal(c->now.act, SCRIPT_OVER);
	assert_int_equal(script_key(&c->run, '1', c->ms + 1).act, SCRIPT_GO_ON);
}

#endif
