/* script_maker.h - scripts for tests, step by step in C; languages en and es */
#ifndef TESTS_UNIT_IVR_SCRIPT_MAKER_H
#define TESTS_UNIT_IVR_SCRIPT_MAKER_H

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ivr/script.h"

#define MADE_TEXTS 2000
#define MADE_BYTES 120

struct made {
	struct script script;
	struct script_step steps[SCRIPT_STEPS];
	struct script_text texts[MADE_TEXTS];
	struct script_piece pieces[MADE_TEXTS][4];
	char source[MADE_TEXTS][MADE_BYTES];
	size_t n_texts;
	struct script_jump silent, wrong;
};

static const char *const made_languages[] = {"en", "es"};

static inline struct made *
made_new(void)
{
	struct made *m = calloc(1, sizeof *m);

	assert(m != NULL);
	m->script = (struct script){.name = "test",
				    .languages = made_languages,
				    .n_languages = 2,
				    .steps = m->steps,
				    .longest_ms = 600000,
				    .line = 1,
				    .col = 1};
	return m;
}

static inline struct script_jump
made_to(const char *name)
{
	return (struct script_jump){.name = name, .step = SCRIPT_NOWHERE, .line = 900, .col = 7};
}

/* The same text in both languages, "es " before the second. */
static inline void
made_say(struct made *m, struct script_step *s, int which, const char *text)
{
	struct script_text *texts = &m->texts[m->n_texts];
	struct script_text_fault fault;

	for (int l = 0; l < 2; l++, m->n_texts++) {
		struct script_piece pieces[SCRIPT_PIECES];

		assert(m->n_texts < MADE_TEXTS);
		snprintf(m->source[m->n_texts], MADE_BYTES, "%s%s", l == 0 ? "" : "es ", text);
		texts[l] = (struct script_text){.source = m->source[m->n_texts],
						.pieces = m->pieces[m->n_texts],
						.line = s->line + 1 + l,
						.col = 1,
						.plain = true};
		if (script_text_parse(texts[l].source, pieces, &texts[l].n, &fault) != 0)
			abort();
		assert(texts[l].n <= 4);
		memcpy(m->pieces[m->n_texts], pieces, texts[l].n * sizeof pieces[0]);
	}
	s->prompts[which] = (struct script_prompt){texts, s->line, 3};
	if (which >= SCRIPT_HELP)
		s->n_helps = which - SCRIPT_HELP + 1;
}

/* A step with what every question has: 6 s, 3 s, three tries.  `text` NULL: it says nothing. */
static inline struct script_step *
made_step(struct made *m, const char *name, enum script_kind kind, const char *text)
{
	struct script_step *s = &m->steps[m->script.n++];

	assert(m->script.n <= SCRIPT_STEPS);
	*s = (struct script_step){.name = name,
				  .kind = (uint8_t)kind,
				  .line = (int)m->script.n * 10,
				  .col = 3,
				  .first_ms = 6000,
				  .between_ms = 3000,
				  .tries = 3,
				  .min = -1,
				  .max = -1,
				  .min_keys = 1,
				  .max_keys = 6,
				  .max_ms = 20000};
	if (text != NULL)
		made_say(m, s, SCRIPT_MAIN, text);
	return s;
}

static inline struct script_step *
made_next(struct made *m, const char *name, enum script_kind kind, const char *text,
	  const char *next)
{
	struct script_step *s = made_step(m, name, kind, text);

	s->next = made_to(next);
	return s;
}

static inline void
made_link(struct made *m)
{
	script_link(&m->script, m->steps, &m->silent, &m->wrong);
}

/* A whole reminder: greeting, check, debt, a promise of a part on a day, and the other ways. */
static inline struct made *
made_reminder(void)
{
	struct made *m = made_new();
	struct script_step *s;

	m->script.start = made_to("hello");
	m->script.stop = made_to("stopped");
	m->script.trouble = made_to("sorry");
	m->silent = made_to("bye");
	m->wrong = made_to("bye");
	made_next(m, "hello", SCRIPT_SAY, "Hello {{name}}", "who");
	s = made_step(m, "who", SCRIPT_MENU, "who is this");
	s->key[1] = made_to("verify");
	s->key[2] = made_to("spanish");
	s->key[3] = made_to("not_me");
	made_say(m, s, SCRIPT_HELP, "use the keys");
	made_say(m, s, SCRIPT_HELP + 1, "the keys of the telephone");
	s = made_next(m, "spanish", SCRIPT_LANGUAGE, NULL, "who");
	s->language = 1;
	s = made_step(m, "verify", SCRIPT_CHECK, "type the year");
	s->right = made_to("debt");
	made_next(m, "debt", SCRIPT_SAY, "{{amount}} was due", "choose");
	s = made_step(m, "choose", SCRIPT_MENU, "choose");
	s->key[0] = made_to("human");
	s->key[1] = made_to("when");
	s->key[2] = made_to("part");
	s->key[3] = made_to("paid");
	s->key[4] = made_to("ill");
	s->key[5] = made_to("message");
	s->key[SCRIPT_STAR] = made_to("debt");
	s = made_next(m, "part", SCRIPT_GATHER, "how much", "when");
	s->gather = SCRIPT_AMOUNT;
	made_say(m, s, SCRIPT_CONFIRM, "{{promise_amount}}?");
	s = made_next(m, "when", SCRIPT_GATHER, "which day", "promised");
	s->gather = SCRIPT_DATE;
	made_say(m, s, SCRIPT_CONFIRM, "{{promise_date}}?");
	s = made_next(m, "promised", SCRIPT_OUTCOME, "noted", "bye");
	s->outcome = SCRIPT_PROMISE;
	s = made_next(m, "paid", SCRIPT_OUTCOME, "we look", "bye");
	s->outcome = SCRIPT_PAID;
	s = made_next(m, "ill", SCRIPT_OUTCOME, NULL, "bye");
	s->outcome = SCRIPT_CANNOT_PAY;
	s->cause = "illness";
	made_next(m, "message", SCRIPT_RECORD, "speak", "bye");
	s = made_next(m, "human", SCRIPT_PERSON, "somebody calls", "bye");
	made_say(m, s, SCRIPT_WAIT, "one moment");
	s = made_next(m, "not_me", SCRIPT_OUTCOME, "sorry", "bye");
	s->outcome = SCRIPT_WRONG_PERSON;
	made_step(m, "stopped", SCRIPT_END, "no more");
	made_step(m, "sorry", SCRIPT_END, "call us");
	made_step(m, "bye", SCRIPT_END, "goodbye");
	made_link(m);
	return m;
}

static inline struct script_step *
made_find(struct made *m, const char *name)
{
	return &m->steps[script_find(&m->script, name)];
}

#endif
