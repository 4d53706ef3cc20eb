/* The engine: which step, and what comes of each event in it. */
#include "script_run_part.h"

#include <assert.h>
#include <string.h>

/* --- steps ---------------------------------------------------------------------------------- */

static bool
is_for_known(const struct script_step *s)
{
	return s->outcome < SCRIPT_FIRST_OF_ANYBODY;
}

static struct script_do
begin_outcome(struct script_run *run)
{
	const struct script_step *s = run_here(run);

	/* The proof says this cannot be; that nothing false is noted does not hang on it. */
	if (!script_outcome_is_step((enum script_outcome_kind)s->outcome) ||
	    (is_for_known(s) && !run->known) ||
	    (s->outcome == SCRIPT_PROMISE && run->day == SCRIPT_NO_DAY))
		return run_trouble(run);
	return run_keep(run, (enum script_outcome_kind)s->outcome);
}

static struct script_do
begin_step(struct script_run *run)
{
	const struct script_step *s = run_here(run);

	switch ((enum script_kind)s->kind) {
	case SCRIPT_GATHER:
		script_answer_clear(run, (enum script_gather)s->gather);
		return run_ask(run);
	case SCRIPT_MENU:
	case SCRIPT_CHECK: return run_ask(run);
	case SCRIPT_OUTCOME: return begin_outcome(run);
	case SCRIPT_PERSON: return run_keep(run, SCRIPT_HUMAN);
	case SCRIPT_LANGUAGE:
		if (run->facts.alone && s->language != run->facts.language)
			return run_enter(run, s->next.step);
		run->wanted = s->language;
		run->language = s->language;
		if (run->known)
			return run_keep(run, SCRIPT_SPOKEN_LANGUAGE);
		return run_enter(run, s->next.step);
	default: return run_play(run, ENTRY, SCRIPT_WHICHES, SCRIPT_MAIN);
	}
}

/* Goes to a step: each at most SCRIPT_VISITS times, so that this ends. */
struct script_do
run_enter(struct script_run *run, int step)
{
	const struct script *script = run->script;

	if (step == SCRIPT_NOWHERE)
		return run_trouble(run);
	if (step == script->trouble.step || step == script->stop.step)
		run->farewell = true;
	if (run_is_late(run) || run->visits[step] >= SCRIPT_VISITS)
		return run_trouble(run);
	run->visits[step]++;
	run->step = step;
	run->stage = ENTRY;
	run->silent = run->wrong_n = 0;
	run_forget_typed(run);
	run_note(run, SCRIPT_NOTE_STEP);
	return begin_step(run);
}

/* Says that it is stored, where there are words for it. */
static struct script_do
thank(struct script_run *run)
{
	if (script_text(run_here(run), SCRIPT_MAIN, run->language) == NULL)
		return run_enter(run, run_here(run)->next.step);
	return run_play(run, THANKS, SCRIPT_WHICHES, SCRIPT_MAIN);
}

static struct script_do
connect(struct script_run *run)
{
	return run_wait_for(run, CONNECTING, SCRIPT_CONNECT, SCRIPT_PERSON_MS);
}

/* The prompt has been said, or a key cut it short. */
static struct script_do
said(struct script_run *run)
{
	const struct script_step *s = run_here(run);

	switch ((enum script_kind)s->kind) {
	case SCRIPT_MENU:
	case SCRIPT_GATHER:
	case SCRIPT_CHECK:
		if (run->n_ahead > 0 && run->stage == ENTRY)
			return run_ask(run);
		return run_wait_for(run, LISTENING, SCRIPT_LISTEN, s->first_ms);
	case SCRIPT_RECORD:
		run->since = run->ms;
		return run_wait_for(run, TAPING, SCRIPT_TAPE, s->max_ms);
	case SCRIPT_PERSON: return run->stage == WAIT ? connect(run) : run_enter(run, s->next.step);
	case SCRIPT_END: return run_hang_up(run);
	default: return run_enter(run, s->next.step);
	}
}

static struct script_do
taped(struct script_run *run)
{
	if (run->ms - run->since < SCRIPT_MESSAGE_MS)
		return run_enter(run, run_here(run)->silent.step);
	return run_keep(run, SCRIPT_MESSAGE);
}

/* --- events --------------------------------------------------------------------------------- */

static void
pass_time(struct script_run *run, int64_t ms)
{
	if (ms > run->ms)
		run->ms = ms;
}

struct script_do
script_begin(struct script_run *run, const struct script *script, const struct script_facts *facts,
	     int64_t ms)
{
	assert(script->n <= SCRIPT_STEPS && script->n_languages <= SCRIPT_LANGUAGES);
	*run = (struct script_run){.script = script,
				   .facts = *facts,
				   .step = SCRIPT_NOWHERE,
				   .language = facts->language,
				   .wanted = -1,
				   .ms = ms,
				   .day = SCRIPT_NO_DAY,
				   .amount = -1};
	/* longest_ms counts from here. */
	run->begun = ms;
	return run_enter(run, script->start.step);
}

struct script_do
script_said(struct script_run *run, int64_t ms)
{
	pass_time(run, ms);
	return run->phase == SAYING ? said(run) : run_go_on(run);
}

struct script_do
script_unsaid(struct script_run *run, int64_t ms)
{
	pass_time(run, ms);
	return run->phase == SAYING && run->stage == CONFIRM ? run_trouble(run) : run_go_on(run);
}

/* A key while a prompt is said. */
static struct script_do
cut_short(struct script_run *run, char key, int64_t ms)
{
	const struct script_step *s = run_here(run);
	bool whole = run_is_whole(run),
	     asks = s->kind == SCRIPT_MENU || s->kind == SCRIPT_GATHER || s->kind == SCRIPT_CHECK;

	if (asks && !whole)
		return run_feed(run, key, ms);
	if (s->kind != SCRIPT_RECORD)
		run_push(run, key, ms);
	return whole ? run_go_on(run) : said(run);
}

struct script_do
script_key(struct script_run *run, char key, int64_t ms)
{
	pass_time(run, ms);
	if (key == '\0' || strchr("0123456789*#", key) == NULL || run->phase >= HANGING)
		return run_go_on(run);
	run->keys++;
	if (run_passes_over(run, key, ms))
		return run_go_on(run);
	switch (run->phase) {
	case SAYING: return cut_short(run, key, ms);
	case LISTENING: return run_feed(run, key, ms);
	case TAPING: return taped(run);
	default: run_push(run, key, ms); return run_go_on(run);
	}
}

struct script_do
script_taped(struct script_run *run, int64_t ms)
{
	pass_time(run, ms);
	if (run->phase != TAPING)
		return run_go_on(run);
	run->since += run->ms - ms; /* the silence behind the words is no message */
	return taped(run);
}

static struct script_do
over(struct script_run *run)
{
	run->phase = OVER;
	return (struct script_do){.act = SCRIPT_OVER, .language = run->language};
}

static struct script_do
store_right_party(struct script_run *run, bool ok)
{
	if (!ok)
		return run_trouble(run);
	return run->wanted >= 0 ? run_keep(run, SCRIPT_SPOKEN_LANGUAGE)
				: run_enter(run, run_here(run)->right.step);
}

/* What comes of an answer from the store. */
static struct script_do
go_from_store(struct script_run *run, bool ok)
{
	const struct script_step *s = run_here(run);

	switch (run->pending.kind) {
	case SCRIPT_RIGHT_PARTY: return store_right_party(run, ok);
	case SCRIPT_SPOKEN_LANGUAGE: /* nobody is thanked for it: the call goes on either way */
		run->wanted = -1;
		return run_enter(run, s->kind == SCRIPT_CHECK ? s->right.step : s->next.step);
	case SCRIPT_STOP:
		if (s->kind == SCRIPT_MENU)
			return ok ? run_enter(run, run->script->stop.step) : run_trouble(run);
		break;
	case SCRIPT_HUMAN:
		if (!ok || !run->facts.person)
			break;
		if (script_text(s, SCRIPT_WAIT, run->language) == NULL)
			return connect(run);
		return run_play(run, WAIT, SCRIPT_WHICHES, SCRIPT_WAIT);
	case SCRIPT_MESSAGE: return run_enter(run, ok ? s->next.step : s->failed.step);
	default: break;
	}
	return ok ? thank(run) : run_enter(run, s->failed.step);
}

struct script_do
script_stored(struct script_run *run, uint32_t token, bool ok, int64_t ms)
{
	pass_time(run, ms);
	if ((run->phase != KEEPING && run->phase != GONE) || token != run->token)
		return run_go_on(run);
	run_note_outcome(run, ok ? SCRIPT_NOTE_STORED : SCRIPT_NOTE_NOT_STORED);
	if (ok && run->pending.kind == SCRIPT_RIGHT_PARTY)
		run->known = true; /* also of who is gone */
	return run->phase == GONE ? over(run) : go_from_store(run, ok);
}

struct script_do
script_person(struct script_run *run, bool ok, int64_t ms)
{
	pass_time(run, ms);
	if (run->phase != CONNECTING)
		return run_go_on(run);
	if (!ok)
		return thank(run);
	run_note(run, SCRIPT_NOTE_END);
	return over(run);
}

struct script_do
script_time(struct script_run *run, int64_t ms)
{
	pass_time(run, ms);
	if (run->ms < run->until)
		return run_go_on(run);
	switch (run->phase) {
	case LISTENING:
		return run->stage == ENTRY && run->n_typed > 0 ? run_finish(run) : run_silence(run);
	case TAPING: return taped(run);
	case KEEPING:
	case GONE: return script_stored(run, run->token, false, ms);
	case CONNECTING: return script_person(run, false, ms);
	default: return run_go_on(run);
	}
}

struct script_do
script_hung_up(struct script_run *run, int64_t ms)
{
	struct script_do out;

	pass_time(run, ms);
	if (run->phase == GONE)
		return run_go_on(run);
	if (run->phase < HANGING)
		run_note(run, SCRIPT_NOTE_HUNG_UP);
	if (run->phase == TAPING && run->ms - run->since >= SCRIPT_MESSAGE_MS) {
		out = run_keep(run, SCRIPT_MESSAGE);
		run->phase = GONE;
		return out;
	}
	if (run->phase != KEEPING)
		return over(run);
	run->phase = GONE;
	return run_go_on(run);
}

const char *
script_note_word(enum script_note_kind kind)
{
	static const char *const words[] = {"step",       "prompt",  "key",     "flushed",
					    "silence",    "wrong",   "outcome", "stored",
					    "not_stored", "trouble", "hung_up", "end"};

	return words[kind];
}
