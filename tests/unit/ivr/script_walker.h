/* script_walker.h - plays a script with a caller who does anything, and holds the engine to what it
 * promises: shared by the walk over random scripts and the fuzzer
 *
 * What the caller does comes from `pick`, a number below n.  Whatever that is:
 *   the call ends, within the proven time;
 *   no debt is said before the right party is stored;
 *   nothing is asked to be stored that no key confirmed, and while it is being stored nothing else
 *   is done.
 */
#ifndef TESTS_UNIT_IVR_SCRIPT_WALKER_H
#define TESTS_UNIT_IVR_SCRIPT_WALKER_H

#include <assert.h>
#include <string.h>

#include "ivr/script_proof.h"
#include "ivr/script_run.h"

#define WALK_CHECK "1985"

struct walk {
	unsigned (*pick)(void *ctx, unsigned n);
	void *ctx;
	const struct script *script;
	int64_t longest_ms; /* of the proof; 0: not proven, then only that it ends is asked */
	int64_t (*length)(const struct script_text *text);
	struct script_run run;
	struct script_do now;
	int64_t begun, ms, due;                 /* what is being said is said at `due` */
	bool right_party;                       /* it is stored */
	bool reading_back;                      /* the last prompt was a confirmation */
	struct script_value shown, day, amount; /* read back; confirmed */
	int n_right, n_outcomes;
};

static inline unsigned
walk_pick(struct walk *w, unsigned n)
{
	return w->pick(w->ctx, n);
}

/* What a key 1 behind a read-back has confirmed. */
static inline void
walk_note(void *ctx, const struct script_note *n)
{
	struct walk *w = ctx;

	assert(n->kind <= SCRIPT_NOTE_END);
	if (n->kind == SCRIPT_NOTE_STEP && n->step->kind == SCRIPT_GATHER) {
		w->reading_back = false;
		if (n->step->gather == SCRIPT_AMOUNT)
			w->amount = (struct script_value){.amount = -1};
		else if (n->step->gather != SCRIPT_DIGITS)
			w->day = (struct script_value){.day = SCRIPT_NO_DAY};
	}
	if (n->kind == SCRIPT_NOTE_PROMPT)
		w->reading_back = n->which == SCRIPT_CONFIRM;
	if (n->kind == SCRIPT_NOTE_KEY && n->key == '1' && w->reading_back) {
		if (n->step->gather == SCRIPT_AMOUNT)
			w->amount = w->shown;
		else if (n->step->gather != SCRIPT_DIGITS)
			w->day = w->shown;
	}
	if (n->kind == SCRIPT_NOTE_KEY && n->step->kind == SCRIPT_CHECK)
		assert(n->key == '?' || n->key == '#'); /* the hash behind them says nothing */
}

static inline bool
walk_is_debt(const struct script_text *text)
{
	static const char *const fields[] = {"amount",   "amount_oldest", "balance",
					     "due_date", "days_overdue",  "product"};

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (script_text_has(text, fields[i]))
			return true;
	return false;
}

static inline void
walk_check_said(struct walk *w)
{
	static const char *const names[] = {"promise_date", "promise_amount", "digits"};

	w->due = w->ms;
	assert(w->now.n <= SCRIPT_PROMPTS);
	for (int i = 0; i < w->now.n; i++) {
		const struct script_said_prompt *p = &w->now.prompts[i];
		struct script_value v;

		w->due += w->length(p->text);
		if (p->which == SCRIPT_CONFIRM &&
		    script_run_value(&w->run,
				     p->step->gather == SCRIPT_AMOUNT ? "promise_amount"
								      : "promise_date",
				     p->step->gather == SCRIPT_AMOUNT ? 14 : 12, &v))
			w->shown = v;
		if (w->longest_ms == 0)
			continue;
		assert(w->right_party || !walk_is_debt(p->text));
		for (int f = 0; f < 3; f++)
			if (script_text_has(p->text, names[f]))
				assert(script_run_value(&w->run, names[f], strlen(names[f]), &v));
	}
}

static inline void
walk_check_kept(struct walk *w)
{
	const struct script_outcome *o = &w->now.outcome;

	w->n_outcomes++;
	assert(w->now.until == w->ms + SCRIPT_STORE_MS);
	if (o->kind < SCRIPT_FIRST_OF_ANYBODY && o->kind != SCRIPT_RIGHT_PARTY)
		assert(w->right_party);
	if (o->kind == SCRIPT_PROMISE) {
		assert(o->day != SCRIPT_NO_DAY && o->day == w->day.day);
		assert(o->day >= w->run.facts.today &&
		       o->day <= w->run.facts.today + w->run.facts.ahead);
		assert(o->amount == w->amount.amount);
	}
	if (o->kind == SCRIPT_RIGHT_PARTY)
		assert(strcmp(w->run.typed, WALK_CHECK) == 0);
}

static inline void
walk_take(struct walk *w, struct script_do d)
{
	if (d.act == SCRIPT_GO_ON)
		return;
	assert(w->now.act != SCRIPT_OVER);
	w->now = d;
	assert(d.language >= 0 && d.language < (int)w->script->n_languages);
	if (d.act == SCRIPT_PLAY)
		walk_check_said(w);
	if (d.act == SCRIPT_KEEP)
		walk_check_kept(w);
	if (w->longest_ms > 0 && d.act == SCRIPT_HANG_UP)
		assert(w->ms - w->begun <= w->longest_ms);
}

/* Any key, the ones that lead on a little more often. */
static inline void
walk_press(struct walk *w)
{
	static const char keys[] = "0123456789*#1112#A";

	walk_take(w, script_key(&w->run, keys[walk_pick(w, sizeof keys - 1)], w->ms));
}

static inline void
walk_press_check(struct walk *w)
{
	for (const char *p = WALK_CHECK; *p != '\0' && w->now.act == SCRIPT_LISTEN; p++) {
		w->ms += w->ms + 100 < w->now.until ? 100 : 0;
		walk_take(w, script_key(&w->run, *p, w->ms));
	}
}

static inline void
walk_store(struct walk *w)
{
	uint32_t token = w->now.outcome.token;
	bool right = w->now.outcome.kind == SCRIPT_RIGHT_PARTY, ok = walk_pick(w, 10) != 0;

	/* Nothing else moves it. */
	assert(script_said(&w->run, w->ms).act == SCRIPT_GO_ON);
	assert(script_key(&w->run, '1', w->ms).act == SCRIPT_GO_ON);
	assert(script_stored(&w->run, token + 1, true, w->ms).act == SCRIPT_GO_ON);
	assert(script_taped(&w->run, w->ms).act == SCRIPT_GO_ON);
	if (walk_pick(w, 8) == 0) {
		w->ms = w->now.until;
		walk_take(w, script_time(&w->run, w->ms));
		return;
	}
	w->ms += walk_pick(w, SCRIPT_STORE_MS);
	w->right_party = w->right_party || (right && ok);
	walk_take(w, script_stored(&w->run, token, ok, w->ms));
}

static inline void
walk_listen(struct walk *w)
{
	unsigned how = walk_pick(w, 5);
	int64_t wait = how == 2 ? w->now.until - 1 - w->ms : walk_pick(w, 1500);

	if (how == 0 || w->ms + wait >= w->now.until) {
		w->ms = w->now.until;
		walk_take(w, script_time(&w->run, w->ms));
	} else if (how == 1) {
		walk_press_check(w);
	} else {
		w->ms += wait;
		walk_press(w);
	}
}

static inline void
walk_hear(struct walk *w)
{
	int64_t left = w->due - w->ms;

	if (walk_pick(w, 4) != 0 || left <= 0) {
		w->ms = w->due > w->ms ? w->due : w->ms;
		walk_take(w, script_said(&w->run, w->ms));
		return;
	}
	w->ms += walk_pick(w, (unsigned)(left < 60000 ? left : 60000));
	walk_press(w);
}

static inline void
walk_tape(struct walk *w)
{
	if (walk_pick(w, 3) == 0) {
		w->ms += walk_pick(w, 4000);
		walk_take(w, walk_pick(w, 2) != 0 ? script_taped(&w->run, w->ms)
						  : script_key(&w->run, '5', w->ms));
		return;
	}
	w->ms = w->now.until;
	walk_take(w, script_time(&w->run, w->ms));
}

static inline void
walk_connect(struct walk *w)
{
	w->ms = walk_pick(w, 2) != 0 ? w->now.until : w->ms + walk_pick(w, SCRIPT_PERSON_MS);
	if (w->ms == w->now.until)
		walk_take(w, script_time(&w->run, w->ms));
	else
		walk_take(w, script_person(&w->run, walk_pick(w, 3) == 0, w->ms));
}

static inline void
walk_step(struct walk *w)
{
	if (walk_pick(w, 60) == 0) { /* they hang up */
		walk_take(w, script_hung_up(&w->run, w->ms));
		assert(w->now.act == SCRIPT_OVER || w->now.act == SCRIPT_KEEP);
	}
	switch (w->now.act) {
	case SCRIPT_PLAY: walk_hear(w); break;
	case SCRIPT_LISTEN: walk_listen(w); break;
	case SCRIPT_TAPE: walk_tape(w); break;
	case SCRIPT_KEEP: walk_store(w); break;
	case SCRIPT_CONNECT: walk_connect(w); break;
	case SCRIPT_HANG_UP: walk_take(w, script_hung_up(&w->run, w->ms)); break;
	default: break;
	}
}

/* One whole call. */
static inline void
walk_call(struct walk *w, const struct script_facts *facts)
{
	struct script_facts told = *facts;
	int steps = 0;

	told.note = walk_note;
	told.ctx = w;
	w->right_party = w->reading_back = false;
	w->day = (struct script_value){.day = SCRIPT_NO_DAY};
	w->amount = (struct script_value){.amount = -1};
	w->now = (struct script_do){.act = SCRIPT_GO_ON};
	w->begun = w->ms = walk_pick(w, 1000);
	walk_take(w, script_begin(&w->run, w->script, &told, w->ms));
	while (w->now.act != SCRIPT_OVER) {
		walk_step(w);
		assert(++steps < 20000);
	}
	w->n_right += w->right_party;
	assert(script_key(&w->run, '1', w->ms).act == SCRIPT_GO_ON);
	assert(script_said(&w->run, w->ms).act == SCRIPT_GO_ON);
	assert(script_time(&w->run, w->ms + 1000000).act == SCRIPT_GO_ON);
}

#endif
