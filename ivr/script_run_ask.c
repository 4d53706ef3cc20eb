/* Questions: keys become answers, and what comes of silence and of wrong ones. */
#include "script_run_part.h"

#include <string.h>

void
run_forget_typed(struct script_run *run)
{
	run->n_typed = 0;
	memset(run->typed, 0, sizeof run->typed);
}

/* Asks again what was asked, with more help each time. */
static struct script_do
ask_again(struct script_run *run)
{
	int failed = run->silent + run->wrong_n, helps = run_here(run)->n_helps;
	int help =
	    helps == 0 ? SCRIPT_WHICHES : SCRIPT_HELP + (failed < helps ? failed : helps) - 1;

	if (run_is_late(run))
		return run_trouble(run);
	if (run->stage == CONFIRM)
		return run_play(run, CONFIRM, SCRIPT_WHICHES, SCRIPT_CONFIRM);
	run_forget_typed(run);
	return run_play(run, ENTRY, help, SCRIPT_MAIN);
}

/* A way out of a question without an answer: what was gathered so far is not known. */
static struct script_do
give_up(struct script_run *run, const struct script_jump *jump)
{
	if (run_here(run)->kind == SCRIPT_GATHER)
		script_answer_clear(run, (enum script_gather)run_here(run)->gather);
	return run_enter(run, jump->step);
}

struct script_do
run_silence(struct script_run *run)
{
	run_note(run, SCRIPT_NOTE_SILENCE);
	run_flush(run);
	if (++run->silent >= run_here(run)->tries)
		return give_up(run, &run_here(run)->silent);
	return ask_again(run);
}

static struct script_do
wrong(struct script_run *run)
{
	run_note(run, SCRIPT_NOTE_WRONG);
	run_flush(run);
	if (++run->wrong_n >= run_here(run)->tries)
		return give_up(run, &run_here(run)->wrong);
	return ask_again(run);
}

static struct script_do
check_digits(struct script_run *run)
{
	const char *check = run->facts.check;

	if (check == NULL || check[0] == '\0' || strcmp(run->typed, check) != 0)
		return wrong(run);
	return run->known ? run_enter(run, run_here(run)->right.step)
			  : run_keep(run, SCRIPT_RIGHT_PARTY);
}

/* All keys of an answer are there. */
struct script_do
run_finish(struct script_run *run)
{
	if (run_here(run)->kind == SCRIPT_CHECK)
		return check_digits(run);
	if (!script_answer_read(run))
		return wrong(run);
	if (script_text(run_here(run), SCRIPT_CONFIRM, run->language) == NULL)
		return run_enter(run, run_here(run)->next.step);
	run_flush(run);
	return run_is_late(run) ? run_trouble(run)
				: run_play(run, CONFIRM, SCRIPT_WHICHES, SCRIPT_CONFIRM);
}

static bool
takes_key(const struct script_run *run, char key)
{
	return key != '*' ||
	       (run_here(run)->kind == SCRIPT_GATHER && run_here(run)->gather == SCRIPT_AMOUNT &&
		run->facts.digits > 0 && memchr(run->typed, '*', (size_t)run->n_typed) == NULL);
}

/* Digits are complete by their number.  Many press `#` behind them all the same. */
static void
pass_hash(struct script_run *run, int64_t ms)
{
	run->hash_until = ms + SCRIPT_HASH_MS;
	if (run->n_ahead > 0 && run_passes_over(run, run->ahead[0], run->ahead_ms[0]))
		run_pop(run, &ms);
}

static struct script_do
feed_answer(struct script_run *run, char key, int64_t ms)
{
	if (key == '#')
		return run->n_typed == 0 ? run_silence(run) : run_finish(run);
	if (!takes_key(run, key))
		return wrong(run);
	run->typed[run->n_typed++] = key;
	if (run->n_typed >= script_answer_keys(run_here(run), &run->facts)) {
		pass_hash(run, ms);
		return run_finish(run);
	}
	return run_wait_for(run, LISTENING, SCRIPT_LISTEN, run_here(run)->between_ms);
}

/* 1 is right, 2 begins again.  What comes too early was meant for what was gathered. */
static struct script_do
feed_confirm(struct script_run *run, char key)
{
	if (key == '1')
		return run_enter(run, run_here(run)->next.step);
	if (key == '2') {
		script_answer_clear(run, (enum script_gather)run_here(run)->gather);
		run->stage = ENTRY;
		run_forget_typed(run);
		if (++run->wrong_n >= run_here(run)->tries)
			return give_up(run, &run_here(run)->wrong);
		return run_is_late(run) ? run_trouble(run)
					: run_play(run, ENTRY, SCRIPT_WHICHES, SCRIPT_MAIN);
	}
	return key == '#' ? run_silence(run) : wrong(run);
}

static struct script_do
feed_menu(struct script_run *run, char key)
{
	const struct script_jump *jump;

	if (key == '#')
		return run_silence(run);
	if (key == '9')
		return run_keep(run, SCRIPT_STOP);
	jump = &run_here(run)->key[key == '*' ? SCRIPT_STAR : key - '0'];
	return jump->name != NULL ? run_enter(run, jump->step) : wrong(run);
}

/* A key for the question of this step. */
struct script_do
run_feed(struct script_run *run, char key, int64_t ms)
{
	if (run->stage == CONFIRM && ms < run->since + SCRIPT_GUARD_MS) {
		run->since = ms;
		run_note_key(run, SCRIPT_NOTE_FLUSHED, key, ms);
		return run_go_on(run);
	}
	run_note_key(run, SCRIPT_NOTE_KEY, key, ms);
	if (run_here(run)->kind == SCRIPT_MENU)
		return feed_menu(run, key);
	return run->stage == CONFIRM ? feed_confirm(run, key) : feed_answer(run, key, ms);
}

/* Asks; who knows the question has answered already. */
struct script_do
run_ask(struct script_run *run)
{
	struct script_do out;
	int64_t ms;
	int step = run->step, visit = run->visits[run->step];
	char key;

	run->stage = ENTRY;
	if (run->n_ahead == 0)
		return run_play(run, ENTRY, SCRIPT_WHICHES, SCRIPT_MAIN);
	do {
		key = run_pop(run, &ms);
		out = run_feed(run, key, ms);
	} while (run->n_ahead > 0 && run->phase == LISTENING && run->step == step &&
		 run->visits[step] == visit);
	return out;
}
