/* Random scripts that are proven, random callers: every call keeps what the proof promised. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "script_maker.h"
#include "script_walker.h"

static uint64_t seed;

static unsigned
random_below(void *ctx, unsigned n)
{
	(void)ctx;
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return n == 0 ? 0 : (unsigned)(seed >> 33) % n;
}

static unsigned
rnd(unsigned n)
{
	return random_below(NULL, n);
}

/* 0.5 to 8 s, by the text. */
static int64_t
length_of(const struct script_text *text)
{
	uint32_t hash = 5381;

	for (const char *p = text->source; *p != '\0'; p++)
		hash = hash * 33 + (unsigned char)*p;
	return 500 + hash % 7500;
}

static int64_t
rule_length(void *ctx, const char *language, const struct script_text *text)
{
	(void)ctx;
	(void)language;
	return length_of(text);
}

/* ---- scripts ---- */

#define STEPS 18
#define FIXED 3 /* stopped, sorry, bye behind them */

static char names[STEPS + FIXED][16];

/* Somewhere further on, or an end. */
static struct script_jump
onward(unsigned i, unsigned n)
{
	if (i + 1 >= n || rnd(6) == 0)
		return made_to("bye");
	return made_to(names[i + 1 + rnd(rnd(2) == 0 ? 1 : n - i - 1)]);
}

static struct script_jump
anywhere(unsigned i, unsigned n)
{
	return rnd(4) == 0 ? made_to(names[rnd(n)]) : onward(i, n);
}

static void
make_gather(struct made *m, struct script_step *s)
{
	static const char *const confirms[] = {"{{promise_date}}?", "{{promise_date}} then?",
					       "{{promise_amount}}?", "{{digits}}?"};

	s->gather = (uint8_t)rnd(4);
	s->max_keys = s->gather == SCRIPT_DAYS ? 2 : 1 + (int)rnd(6);
	if (s->gather != SCRIPT_DIGITS || rnd(2) == 0)
		made_say(m, s, SCRIPT_CONFIRM, confirms[s->gather]);
}

static void
make_kind(struct made *m, struct script_step *s, unsigned i, unsigned n)
{
	s->next = onward(i, n);
	switch ((enum script_kind)s->kind) {
	case SCRIPT_MENU:
		for (int k = 0; k < SCRIPT_MENU_KEYS; k++)
			if (k != 9 && (k == 1 || rnd(3) == 0))
				s->key[k] = anywhere(i, n);
		break;
	case SCRIPT_GATHER: make_gather(m, s); break;
	case SCRIPT_CHECK: s->right = onward(i, n); break;
	case SCRIPT_LANGUAGE: s->language = (int)rnd(2); break;
	case SCRIPT_OUTCOME: s->outcome = (uint8_t)rnd(SCRIPT_OUTCOMES); break;
	case SCRIPT_PERSON:
		if (rnd(2) == 0)
			made_say(m, s, SCRIPT_WAIT, "one moment");
		break;
	default: break;
	}
	if (rnd(3) == 0)
		made_say(m, s, SCRIPT_HELP, "some help");
}

/* Checks come early and promises late, so that some of them are fit to be proven. */
static enum script_kind
pick_kind(unsigned i)
{
	static const uint8_t early[] = {SCRIPT_SAY,      SCRIPT_MENU,  SCRIPT_CHECK,
					SCRIPT_LANGUAGE, SCRIPT_CHECK, SCRIPT_PERSON};
	static const uint8_t late[] = {SCRIPT_MENU,    SCRIPT_GATHER,  SCRIPT_GATHER, SCRIPT_SAY,
				       SCRIPT_OUTCOME, SCRIPT_OUTCOME, SCRIPT_RECORD, SCRIPT_PERSON,
				       SCRIPT_MENU,    SCRIPT_LANGUAGE};

	return (enum script_kind)(i < 4 ? early[rnd(sizeof early)] : late[rnd(sizeof late)]);
}

static const char *
pick_text(unsigned i)
{
	static const char *const plain[] = {"hello {{name}}", "listen", "press a key"};
	static const char *const debt[] = {"{{amount}} was due",    "since {{due_date}}",
					   "{{days_overdue}} days", "press a key",
					   "on {{promise_date}}",   "a part: {{promise_amount}}"};

	return i < 4 ? plain[rnd(3)] : debt[rnd(6)];
}

static struct made *
random_script(void)
{
	struct made *m = made_new();
	unsigned n = 5 + rnd(STEPS - 5);

	m->script.start = made_to("s0");
	m->script.stop = made_to("stopped");
	m->script.trouble = made_to("sorry");
	m->silent = made_to("bye");
	m->wrong = made_to("bye");
	m->script.longest_ms = 60000 + rnd(10) * 60000;
	for (unsigned i = 0; i < n; i++)
		snprintf(names[i], sizeof names[i], "s%u", i);
	for (unsigned i = 0; i < n; i++) {
		enum script_kind kind = pick_kind(i);
		bool mute = kind == SCRIPT_LANGUAGE || (kind == SCRIPT_OUTCOME && rnd(3) == 0);
		struct script_step *s = made_step(m, names[i], kind, mute ? NULL : pick_text(i));

		s->tries = 1 + (int)rnd(3);
		s->whole = rnd(8) == 0;
		make_kind(m, s, i, n);
		if (rnd(8) == 0)
			s->silent = onward(i, n);
		if (rnd(8) == 0)
			s->wrong = onward(i, n);
	}
	made_step(m, "stopped", SCRIPT_END, "no more");
	made_step(m, "sorry", SCRIPT_END, "call us");
	made_step(m, "bye", SCRIPT_END, rnd(2) == 0 ? "goodbye" : NULL);
	made_link(m);
	return m;
}

/* ---- the walk ---- */

static const struct script_facts facts = {.check = WALK_CHECK,
					  .today = 20346,
					  .ahead = 31,
					  .digits = 2,
					  .amount_max = 500000,
					  .person = true};

static void
walk_script(struct made *m, const struct script_proof *proof, int calls, struct walk *w)
{
	w->script = &m->script;
	w->longest_ms = proof->longest_ms;
	w->length = length_of;
	w->pick = random_below;
	for (int i = 0; i < calls; i++) {
		struct script_facts f = facts;

		f.check = rnd(10) == 0 ? "" : WALK_CHECK;
		f.person = rnd(2) == 0;
		walk_call(w, &f);
	}
}

static void
test_random_proven_scripts(void **state)
{
	const struct script_rules rules = {.length = rule_length};
	struct walk w = {.n_right = 0};
	int proven = 0;

	(void)state;
	seed = 7;
	for (int i = 0; i < 40000 && proven < 3000; i++) {
		struct made *m = random_script();
		struct script_proof proof;

		if (script_prove(&m->script, &rules, &proof)) {
			assert_true(proof.longest_ms > 0);
			assert_true(proof.plain_ms <= m->script.longest_ms);
			walk_script(m, &proof, 60, &w);
			proven++;
		}
		free(m);
	}
	/* The walk went to interesting places. */
	assert_true(proven >= 300);
	assert_true(w.n_right > 1000);
	assert_true(w.n_outcomes > 5000);
}

static void
test_the_reminder(void **state)
{
	const struct script_rules rules = {.length = rule_length};
	struct walk w = {.n_right = 0};
	struct made *m = made_reminder();
	struct script_proof proof;

	(void)state;
	seed = 1;
	assert_true(script_prove(&m->script, &rules, &proof));
	walk_script(m, &proof, 20000, &w);
	assert_true(w.n_right > 1000);
	free(m);
}

/* Scripts that nobody proved: they end, and promise nothing for a stranger. */
static void
test_unproven_scripts_end_too(void **state)
{
	struct walk w = {.n_right = 0};

	(void)state;
	seed = 3;
	for (int i = 0; i < 3000; i++) {
		struct made *m = random_script();

		walk_script(m, &(struct script_proof){0}, 3, &w);
		free(m);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_random_proven_scripts),
	    cmocka_unit_test(test_the_reminder),
	    cmocka_unit_test(test_unproven_scripts_end_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
