/* Names in a script: which step a jump means, which text is said, which file records it. */
#include "script.h"

#include <stdio.h>
#include <string.h>

int
script_find(const struct script *script, const char *name)
{
	for (size_t i = 0; i < script->n; i++)
		if (strcmp(script->steps[i].name, name) == 0)
			return (int)i;
	return SCRIPT_NOWHERE;
}

static void
link_jump(const struct script *script, struct script_jump *jump)
{
	jump->step = jump->name != NULL ? script_find(script, jump->name) : SCRIPT_NOWHERE;
}

static void
inherit(struct script_jump *jump, const struct script_jump *from)
{
	if (jump->name == NULL && from != NULL)
		*jump = *from;
}

/* Jumps a kind of step has and that the script may say once for all. */
static void
inherit_all(const struct script *script, struct script_step *s, const struct script_jump *silent,
	    const struct script_jump *wrong)
{
	if (s->kind == SCRIPT_MENU || s->kind == SCRIPT_GATHER || s->kind == SCRIPT_CHECK ||
	    s->kind == SCRIPT_RECORD)
		inherit(&s->silent, silent);
	if (s->kind == SCRIPT_MENU || s->kind == SCRIPT_GATHER || s->kind == SCRIPT_CHECK)
		inherit(&s->wrong, wrong);
	if (s->kind == SCRIPT_OUTCOME || s->kind == SCRIPT_PERSON || s->kind == SCRIPT_RECORD)
		inherit(&s->failed, &script->trouble);
}

void
script_link(struct script *script, struct script_step *steps, const struct script_jump *silent,
	    const struct script_jump *wrong)
{
	link_jump(script, &script->start);
	link_jump(script, &script->stop);
	link_jump(script, &script->trouble);
	for (size_t i = 0; i < script->n; i++) {
		struct script_step *s = &steps[i];

		inherit_all(script, s, silent, wrong);
		link_jump(script, &s->next);
		link_jump(script, &s->right);
		link_jump(script, &s->wrong);
		link_jump(script, &s->silent);
		link_jump(script, &s->failed);
		for (int k = 0; k < SCRIPT_MENU_KEYS; k++)
			link_jump(script, &s->key[k]);
	}
}

/* The index of the language that is `len` bytes of tag, or -1. */
static int
find_language(const struct script *script, const char *tag, size_t len)
{
	for (size_t i = 0; i < script->n_languages; i++)
		if (strlen(script->languages[i]) == len &&
		    memcmp(script->languages[i], tag, len) == 0)
			return (int)i;
	return -1;
}

int
script_language(const struct script *script, const char *tag)
{
	size_t len = tag != NULL ? strlen(tag) : 0;

	while (len > 0) {
		int i = find_language(script, tag, len);

		if (i >= 0)
			return i;
		while (len > 0 && tag[--len] != '-')
			;
	}
	return 0;
}

bool
script_asks_check(const struct script *script)
{
	for (size_t i = 0; i < script->n; i++)
		if (script->steps[i].kind == SCRIPT_CHECK)
			return true;
	return false;
}

const struct script_text *
script_text(const struct script_step *step, int which, int language)
{
	const struct script_text *texts = step->prompts[which].texts;

	return texts != NULL && texts[language].source != NULL ? &texts[language] : NULL;
}

static int
name_prompt(const struct script *script, const struct script_step *step, int which,
	    char out[SCRIPT_NAME])
{
	int n = which == SCRIPT_MAIN ? snprintf(out, SCRIPT_NAME, "%s.%s", script->name, step->name)
				     : snprintf(out, SCRIPT_NAME, "%s.%s.%s", script->name,
						step->name, script_which_word(which));

	return n < SCRIPT_NAME ? n : SCRIPT_NAME - 1;
}

void
script_piece_name(const struct script *script, const struct script_step *step, int which,
		  const struct script_text *text, const struct script_piece *piece,
		  char out[SCRIPT_NAME])
{
	int len = name_prompt(script, step, which, out), n = 0;

	for (size_t i = 0; i < text->n; i++) {
		n += text->pieces[i].kind == SCRIPT_WORDS;
		if (&text->pieces[i] == piece)
			break;
	}
	if (text->n > 1)
		snprintf(out + len, (size_t)(SCRIPT_NAME - len), ".%d", n);
}

bool
script_outcome_is_step(enum script_outcome_kind kind)
{
	return kind < SCRIPT_RIGHT_PARTY || kind == SCRIPT_WRONG_PERSON || kind == SCRIPT_STOP;
}

const char *
script_kind_word(enum script_kind kind)
{
	static const char *const words[SCRIPT_KINDS] = {
	    "say", "menu", "gather", "check", "record", "language", "outcome", "person", "end"};

	return words[kind];
}

const char *
script_outcome_word(enum script_outcome_kind kind)
{
	static const char *const words[SCRIPT_OUTCOMES] = {
	    "promise",  "paid",         "dispute", "cannot_pay", "details", "right_party",
	    "language", "wrong_person", "stop",    "person",     "message"};

	return words[kind];
}

const char *
script_which_word(int which)
{
	static const char *const words[SCRIPT_WHICHES] = {"say",   "confirm", "wait",
							  "help1", "help2",   "help3"};

	return words[which];
}
