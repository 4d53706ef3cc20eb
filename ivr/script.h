/* script.h - a call script as plain values: what is said, which keys lead where
 *
 * A script is steps with names.  The call begins at `start` and goes from step to step by what the
 * called person does; it is over at a step of kind END.  script_proof.h says what must hold of a
 * script before it is used; script_run.h runs it.
 *
 *     SAY       says its text and goes on to `next`
 *     MENU      says, waits for one key; key[k] says where each leads; 9 is stop, built in
 *     GATHER    says, takes several keys as a date, a number of days, an amount or digits;
 *               reads it back (`confirm`: 1 right, 2 again) and goes on to `next`
 *     CHECK     says, takes as many keys as the account's check digits have: `right`, else `wrong`
 *     RECORD    says, records until a key, at most max_ms
 *     LANGUAGE  goes on to `next` in another language, which is remembered once the person is known
 *     OUTCOME   notes what was agreed, and only then says its text (thanks) and goes on to `next`
 *     PERSON    asks for a person: a task, or in office hours (`wait` said first) the owner's phone
 *     END       says its text and hangs up
 *
 * Ownership: everything is borrowed from whoever made the script (gateway's config, a test) and
 * never changed after script_link.  Pure; any thread.
 * Times are milliseconds of audio.
 */
#ifndef IVR_SCRIPT_H
#define IVR_SCRIPT_H

#include "script_text.h"

#define SCRIPT_STEPS      96
#define SCRIPT_LANGUAGES  8
#define SCRIPT_HELPS      3
#define SCRIPT_KEYS       14  /* that one answer may have: 9 digits, a point, 4 more */
#define SCRIPT_NAME       128 /* bytes of a prompt's name with its NUL */
#define SCRIPT_CHECK_KEYS 8   /* that check digits may have; who has more cannot be called */
#define SCRIPT_NOWHERE    (-1)

enum script_kind {
	SCRIPT_SAY,
	SCRIPT_MENU,
	SCRIPT_GATHER,
	SCRIPT_CHECK,
	SCRIPT_RECORD,
	SCRIPT_LANGUAGE,
	SCRIPT_OUTCOME,
	SCRIPT_PERSON,
	SCRIPT_END,
	SCRIPT_KINDS
};

enum script_gather {
	SCRIPT_DATE,   /* a day of the month (today's is today), or day and month in 4 digits */
	SCRIPT_DAYS,   /* so many days from today, 0..max */
	SCRIPT_AMOUNT, /* `*` is the decimal point */
	SCRIPT_DIGITS,
};

/* What is noted of a call, and acted on.  All but the last five ask for the right party. */
enum script_outcome_kind {
	SCRIPT_PROMISE, /* with its day, and an amount or -1 */
	SCRIPT_PAID,    /* says it is paid; day and amount where gathered */
	SCRIPT_DISPUTE,
	SCRIPT_CANNOT_PAY,      /* with its cause */
	SCRIPT_DETAILS,         /* wants the details as a text */
	SCRIPT_RIGHT_PARTY,     /* the check digits were right; by itself, never a step */
	SCRIPT_SPOKEN_LANGUAGE, /* by itself, when the right party chose a language */
	SCRIPT_WRONG_PERSON,
	SCRIPT_STOP,    /* key 9 at a menu; by itself, or a step */
	SCRIPT_HUMAN,   /* wants a person; a step of kind PERSON */
	SCRIPT_MESSAGE, /* recorded one; a step of kind RECORD */
	SCRIPT_OUTCOMES
};
#define SCRIPT_FIRST_OF_ANYBODY SCRIPT_WRONG_PERSON

/* Where a step leads, by name; `step` is set by script_link. */
struct script_jump {
	const char *name; /* NULL: not said */
	int step;         /* index, or SCRIPT_NOWHERE */
	int line, col;
};

enum script_which { SCRIPT_MAIN, SCRIPT_CONFIRM, SCRIPT_WAIT, SCRIPT_HELP /* + 0..2 */ };
#define SCRIPT_WHICHES (SCRIPT_HELP + SCRIPT_HELPS)

/* A prompt in every language: texts[0..n_languages), NULL when there is none. */
struct script_prompt {
	const struct script_text *texts;
	int line, col; /* of its key, for what is missing in it */
};

#define SCRIPT_STAR      10 /* the index of `*` among a menu's keys; digits are their own */
#define SCRIPT_MENU_KEYS 11

struct script_step {
	const char *name;
	uint8_t kind; /* enum script_kind */
	int line, col;
	struct script_prompt prompts[SCRIPT_WHICHES]; /* by enum script_which */
	int n_helps;  /* prompts[SCRIPT_HELP..]: said before the prompt is repeated; the last stays
		       */
	bool whole;   /* no key cuts its prompt short */
	int first_ms; /* for the first key, from the end of the prompt */
	int between_ms; /* for each further one */
	int tries;      /* rounds that may fail: so many by silence, so many by wrong keys */
	struct script_jump next, right, wrong, silent, failed, key[SCRIPT_MENU_KEYS];
	uint8_t gather;         /* enum script_gather */
	int min_keys, max_keys; /* GATHER of digits and days: how many */
	int64_t min, max;       /* GATHER: days, minor units or the digits' value; -1: none said */
	int max_ms;             /* RECORD */
	int language;           /* LANGUAGE: index */
	uint8_t outcome;        /* OUTCOME: enum script_outcome_kind */
	const char *cause;      /* of CANNOT_PAY, or NULL */
};

struct script {
	const char *name;             /* "reminder-call" */
	const char *const *languages; /* canonical BCP 47; the first is the default */
	size_t n_languages;
	const struct script_step *steps;
	size_t n;
	struct script_jump start;
	struct script_jump stop;    /* what is said once key 9 was noted: SAY and END only */
	struct script_jump trouble; /* nothing can be noted, or time is up: SAY and END only */
	int64_t longest_ms;         /* after so long nothing new is begun */
	int line, col;              /* of what says so */
};

/* Finds every jump's step; `steps` is what script->steps points to.  A step that names no `silent`,
 * `wrong` or `failed` takes `silent`, `wrong` of these two, and the script's `trouble`.  Names that
 * no step has stay SCRIPT_NOWHERE, for the proof to complain of. */
void script_link(struct script *script, struct script_step *steps, const struct script_jump *silent,
		 const struct script_jump *wrong);

/* The index of a step, or SCRIPT_NOWHERE. */
int script_find(const struct script *script, const char *name);

/* The language to speak with somebody of that tag: itself, its base (es-CO: es), else the first. */
int script_language(const struct script *script, const char *tag);

/* Does it ask for check digits?  Then an account without them cannot be called (`no_check`). */
bool script_asks_check(const struct script *script);

/* The text of a prompt, or NULL when the step has none of that kind. */
const struct script_text *script_text(const struct script_step *step, int which, int language);

/* The name of the recording of one piece of words, without folder and .wav: its prompt's
 * ("reminder-call.choose", "reminder-call.choose.help1", "reminder-call.when.confirm"), with ".1",
 * ".2" ... where fields stand between. */
void script_piece_name(const struct script *script, const struct script_step *step, int which,
		       const struct script_text *text, const struct script_piece *piece,
		       char out[SCRIPT_NAME]);

/* May a step of kind OUTCOME note it? The others come by themselves. */
bool script_outcome_is_step(enum script_outcome_kind kind);

const char *script_kind_word(enum script_kind kind);
const char *script_outcome_word(enum script_outcome_kind kind); /* "promise", "cannot_pay" */
const char *script_which_word(int which); /* "say", "confirm", "wait", "help1" */

#endif
