#include "caller.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Takes the next word off *text; false at the end. */
static bool
next_word(const char **text, char out[CALLER_WORD])
{
	*text += strspn(*text, " \t,");
	size_t n = strcspn(*text, " \t,");
	if (n == 0 || n >= CALLER_WORD)
		return false;
	memcpy(out, *text, n);
	out[n] = 0;
	*text += n;
	return true;
}

static bool
read_number(const char *word, double *out)
{
	char *end;
	*out = strtod(word, &end);
	return end != word && *end == 0 && *out >= 0 && *out < 100000;
}

/* The number behind a word that wants one. */
static bool
next_number(const char **text, double scale, double *out)
{
	char word[CALLER_WORD];
	if (!next_word(text, word) || !read_number(word, out))
		return false;
	*out *= scale;
	return true;
}

/* ---- behind `do` ---- */

static struct caller_step *
add(struct caller_plan *plan, enum caller_does does, double ms)
{
	struct caller_step *step = &plan->steps[plan->n];
	if (plan->n == CALLER_STEPS)
		return NULL;
	*step = (struct caller_step){.does = does, .ms = (unsigned)ms};
	plan->n++;
	return step;
}

static bool
are_keys(const char *word)
{
	return strspn(word, "0123456789*#ABCD") == strlen(word);
}

static const char *
read_step(struct caller_plan *plan, const char *word, const char **text)
{
	struct caller_step *step = NULL;
	double ms = 0;
	if (strcmp(word, "wait") == 0) {
		step = add(plan, CALLER_WAITS, 0);
	} else if (strcmp(word, "hangup") == 0) {
		step = add(plan, CALLER_HANGS_UP, 0);
	} else if (strcmp(word, "pause") == 0 || strcmp(word, "talk") == 0) {
		if (!next_number(text, 1000, &ms))
			return "pause and talk want seconds";
		step = add(plan, *word == 'p' ? CALLER_PAUSES : CALLER_TALKS, ms);
	} else if (*word == '@') {
		if (!read_number(word + 1, &ms))
			return "@ wants seconds";
		step = add(plan, CALLER_UNTIL, ms * 1000);
	} else if (strcmp(word, "say") == 0) {
		step = add(plan, CALLER_SAYS, 0);
		if (step && !next_word(text, step->word))
			return "say wants a file";
	} else if (are_keys(word)) {
		step = add(plan, CALLER_PRESSES, 0);
		if (step)
			memcpy(step->word, word, strlen(word) + 1);
	} else {
		return "behind `do`: wait, pause S, @S, keys, talk S, say FILE, hangup";
	}
	return step ? NULL : "too many steps";
}

/* ---- before it ---- */

static const char *const fates[] = {"answer",      "busy",    "reject",  "no-answer",
				    "unreachable", "invalid", "network", "early"};

static bool
read_fate(struct caller_plan *plan, const char *word)
{
	for (unsigned i = 0; i < sizeof fates / sizeof fates[0]; i++) {
		if (strcmp(fates[i], word) == 0) {
			plan->fate = (enum caller_fate)i;
			return true;
		}
	}
	return false;
}

static bool
read_kind(struct caller_plan *plan, const char *word)
{
	if (strcmp(word, "silent") == 0) {
		add(plan, CALLER_PAUSES, 60000);
		add(plan, CALLER_HANGS_UP, 0);
	} else if (strcmp(word, "machine") == 0) {
		add(plan, CALLER_TALKS, 5000);
		add(plan, CALLER_BEEPS, 400);
		add(plan, CALLER_PAUSES, 20000);
		add(plan, CALLER_HANGS_UP, 0);
	} else if (strcmp(word, "long") == 0) {
		plan->press_ms = 300;
	} else if (strcmp(word, "short") == 0) {
		plan->press_ms = 50;
	} else {
		return false;
	}
	return true;
}

static const char *
read_setting(struct caller_plan *plan, const char *word, const char **text)
{
	char name[CALLER_WORD];
	double number;
	if (strcmp(word, "codec") == 0) {
		plan->codec = next_word(text, name) ? codec_named(name) : CODEC_KINDS;
		return plan->codec == CODEC_KINDS ? "no such codec" : NULL;
	}
	if (strcmp(word, "speech") == 0)
		return next_word(text, plan->speech) ? NULL : "speech wants a file";
	if (!next_number(text, 1, &number))
		return "a word that is none, or wants a number";
	if (strcmp(word, "press") == 0)
		plan->press_ms = (unsigned)number;
	else if (strcmp(word, "gap") == 0)
		plan->gap_ms = (unsigned)number;
	else if (strcmp(word, "level") == 0)
		plan->level_db = number;
	else if (strcmp(word, "echo") == 0)
		plan->echo_db = number;
	else if (strcmp(word, "noise") == 0)
		plan->noise_db = number;
	else if (strcmp(word, "hangup") == 0)
		plan->hangup_ms = (unsigned)(number * 1000);
	else
		return "no such word";
	return NULL;
}

const char *
caller_plan_read(const char *text, struct caller_plan *out)
{
	char word[CALLER_WORD];
	bool doing = false;
	double number;
	*out =
	    (struct caller_plan){.rings_ms = 4000, .press_ms = 100, .gap_ms = 150, .level_db = 12};
	while (next_word(&text, word)) {
		const char *wrong = NULL;
		if (doing) {
			wrong = read_step(out, word, &text);
		} else if (strcmp(word, "do") == 0) {
			doing = true;
		} else if (read_fate(out, word)) {
			if (out->fate == CALLER_ANSWERS) {
				if (!next_number(&text, 1000, &number))
					return "answer wants seconds";
				out->rings_ms = (unsigned)number;
			}
		} else if (!read_kind(out, word)) {
			wrong = read_setting(out, word, &text);
		}
		if (wrong)
			return wrong;
	}
	return text[strspn(text, " \t,")] ? "a word is too long" : NULL;
}
