/* What is asked for of the line, what is noted, and keys that came early. */
#include "script_run_part.h"

#include <string.h>

const struct script_step *
run_here(const struct script_run *run)
{
	return &run->script->steps[run->step];
}

struct script_do
run_go_on(const struct script_run *run)
{
	return (struct script_do){.act = SCRIPT_GO_ON, .language = run->language};
}

/* --- notes ---------------------------------------------------------------------------------- */

static void
note_at(const struct script_run *run, struct script_note note)
{
	if (run->facts.note == NULL)
		return;
	note.step = run->step >= 0 ? run_here(run) : NULL;
	note.language = run->language;
	run->facts.note(run->facts.ctx, &note);
}

void
run_note(const struct script_run *run, enum script_note_kind kind)
{
	note_at(run, (struct script_note){.kind = kind, .ms = run->ms});
}

void
run_note_outcome(const struct script_run *run, enum script_note_kind kind)
{
	note_at(run, (struct script_note){.kind = kind, .ms = run->ms, .outcome = &run->pending});
}

/* What is asked for check digits, or may have been meant as such, is written nowhere. */
void
run_note_key(const struct script_run *run, enum script_note_kind kind, char key, int64_t ms)
{
	if (kind == SCRIPT_NOTE_FLUSHED || run_here(run)->kind == SCRIPT_CHECK)
		key = '?';
	note_at(run, (struct script_note){.kind = kind, .ms = ms, .key = key});
}

/* --- keys typed ahead ----------------------------------------------------------------------- */

void
run_push(struct script_run *run, char key, int64_t ms)
{
	if (run->n_ahead == SCRIPT_AHEAD) {
		run_note_key(run, SCRIPT_NOTE_FLUSHED, key, ms);
		return;
	}
	run->ahead[run->n_ahead] = key;
	run->ahead_ms[run->n_ahead++] = ms;
}

char
run_pop(struct script_run *run, int64_t *ms)
{
	char key = run->ahead[0];

	*ms = run->ahead_ms[0];
	run->n_ahead--;
	memmove(run->ahead, run->ahead + 1, (size_t)run->n_ahead);
	memmove(run->ahead_ms, run->ahead_ms + 1, (size_t)run->n_ahead * sizeof(run->ahead_ms[0]));
	return key;
}

void
run_flush(struct script_run *run)
{
	for (int i = 0; i < run->n_ahead; i++)
		run_note_key(run, SCRIPT_NOTE_FLUSHED, run->ahead[i], run->ahead_ms[i]);
	run->n_ahead = 0;
}

bool
run_passes_over(struct script_run *run, char key, int64_t ms)
{
	bool spare = key == '#' && ms < run->hash_until;

	run->hash_until = 0;
	if (spare)
		note_at(run, (struct script_note){.kind = SCRIPT_NOTE_KEY, .ms = ms, .key = key});
	return spare;
}

/* --- what is asked for ---------------------------------------------------------------------- */

struct script_do
run_hang_up(struct script_run *run)
{
	run->phase = HANGING;
	run_note(run, SCRIPT_NOTE_END);
	return (struct script_do){.act = SCRIPT_HANG_UP, .language = run->language};
}

/* Nothing can be noted, or it has gone on for too long. */
struct script_do
run_trouble(struct script_run *run)
{
	run_note(run, SCRIPT_NOTE_TROUBLE);
	if (run->farewell || run->script->trouble.step == SCRIPT_NOWHERE)
		return run_hang_up(run);
	run->farewell = true;
	return run_enter(run, run->script->trouble.step);
}

/* No key cuts short what is being said. */
bool
run_is_whole(const struct script_run *run)
{
	return (run_here(run)->whole && run->stage != CONFIRM) ||
	       run_here(run)->kind == SCRIPT_END || run->stage == WAIT;
}

bool
run_is_late(const struct script_run *run)
{
	return !run->farewell && run->ms - run->begun >= run->script->longest_ms;
}

struct script_do
run_wait_for(struct script_run *run, enum run_phase phase, enum script_act act, int64_t ms)
{
	run->phase = (uint8_t)phase;
	run->until = run->ms + ms;
	return (struct script_do){.act = act, .language = run->language, .until = run->until};
}

static void
add_prompt(struct script_run *run, struct script_do *out, int which)
{
	const struct script_text *text = script_text(run_here(run), which, run->language);

	if (text == NULL)
		return;
	out->prompts[out->n++] = (struct script_said_prompt){run_here(run), which, text};
	note_at(run,
		(struct script_note){.kind = SCRIPT_NOTE_PROMPT, .ms = run->ms, .which = which});
}

/* Says one prompt, another before it unless that is SCRIPT_WHICHES.  A prompt that is not there is
 * passed over: script_said comes at once. */
struct script_do
run_play(struct script_run *run, enum run_stage stage, int before, int which)
{
	struct script_do out = {.act = SCRIPT_PLAY, .language = run->language};

	run->phase = SAYING;
	run->stage = (uint8_t)stage;
	run->since = run->ms;
	out.whole = run_is_whole(run);
	if (before < SCRIPT_WHICHES)
		add_prompt(run, &out, before);
	add_prompt(run, &out, which);
	return out;
}

struct script_do
run_keep(struct script_run *run, enum script_outcome_kind kind)
{
	struct script_do out;

	run->pending = (struct script_outcome){.kind = (uint8_t)kind,
					       .day = SCRIPT_NO_DAY,
					       .amount = -1,
					       .language = run->language,
					       .token = ++run->token,
					       .ms = run->ms};
	if (kind == SCRIPT_PROMISE || kind == SCRIPT_PAID) {
		run->pending.day = run->day;
		run->pending.amount = run->amount;
	}
	if (kind == SCRIPT_CANNOT_PAY)
		run->pending.cause = run_here(run)->cause;
	if (kind == SCRIPT_MESSAGE)
		run->pending.message_ms = run->ms - run->since;
	run_note_outcome(run, SCRIPT_NOTE_OUTCOME);
	out = run_wait_for(run, KEEPING, SCRIPT_KEEP,
			   run->facts.store_ms > 0 ? run->facts.store_ms : SCRIPT_STORE_MS);
	out.outcome = run->pending;
	return out;
}
