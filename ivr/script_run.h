/* script_run.h - plays a script with one caller: what happened goes in, what to do comes out
 *
 *     script_begin -> PLAY -> script_said -> LISTEN -> script_key | script_time -> PLAY ...
 *                  STORE -> script_stored -> PLAY ... -> HANG_UP -> script_hung_up -> OVER
 *
 * Every call answers with what is to be done from now on, in place of what was being done before:
 * whatever still plays is dropped, unless the answer is GO_ON.  Any event may come at any time; one
 * that does not belong (script_said while listening, a second script_stored) is GO_ON.
 *
 * Keys typed ahead are kept and used by the steps that follow, and thrown away where something is
 * confirmed: there only a key counts that comes SCRIPT_GUARD_MS after the read-back began, and
 * after any that came too early.  `#` alone is no input, and one behind digits that were complete
 * without it is passed over.  9 at a menu is stop, whatever the script
 * says; inside gathered digits, and where they are confirmed, it is a 9.
 *
 * Check digits, and keys that may have been meant as such, are noted as '?'; a `#` that was passed
 * over as `#`.
 *
 * Nothing is thanked for before it is stored, and nothing is stored but what a key confirmed: a
 * hang-up at any moment leaves exactly what script_stored had been told of, and a recorded message.
 *
 * Ownership: struct script_run is the caller's, by value; the script and facts are borrowed until
 * the end.  Nothing is allocated.  Every event takes bounded time.
 * Times: milliseconds of audio since the call was answered, never decreasing.
 * Pure; one thread at a time each.
 */
#ifndef IVR_SCRIPT_RUN_H
#define IVR_SCRIPT_RUN_H

#include "script.h"

#define SCRIPT_AHEAD      24    /* keys kept that were typed ahead */
#define SCRIPT_PROMPTS    2     /* said in one go: help, then the prompt again */
#define SCRIPT_VISITS     4     /* times one step may be gone to, then trouble */
#define SCRIPT_STORE_MS   5000  /* the store has so long, then trouble */
#define SCRIPT_PERSON_MS  40000 /* the owner's phone rings so long */
#define SCRIPT_GUARD_MS   1000
#define SCRIPT_HASH_MS    3000 /* a `#` so soon behind the last digit belongs to it */
#define SCRIPT_MESSAGE_MS 1500 /* a shorter recording holds no message */

enum script_act {
	SCRIPT_GO_ON,   /* nothing new: go on with what you do */
	SCRIPT_PLAY,    /* say these prompts one after the other, then script_said */
	SCRIPT_LISTEN,  /* be silent; script_time at `until` unless a key came */
	SCRIPT_TAPE,    /* record for a message; script_time at `until`, or a key ends it */
	SCRIPT_KEEP,    /* write `outcome` down, then script_stored; script_time at `until` */
	SCRIPT_CONNECT, /* ring a person, then script_person; script_time at `until` */
	SCRIPT_HANG_UP, /* hang up, then script_hung_up */
	SCRIPT_OVER,    /* the call is over (also: handed to a person); nothing more comes */
};

struct script_outcome {
	uint8_t kind;       /* enum script_outcome_kind */
	int32_t day;        /* since 1970-01-01; SCRIPT_NO_DAY */
	int64_t amount;     /* minor units; -1: none */
	const char *cause;  /* NULL: none; the script's */
	int language;       /* index: of SPOKEN_LANGUAGE, else the one spoken */
	int64_t message_ms; /* of MESSAGE: how long the recording is */
	int64_t ms;         /* of the key that confirmed it */
	uint32_t token;     /* to be given back with script_stored */
};
#define SCRIPT_NO_DAY INT32_MIN

struct script_said_prompt {
	const struct script_step *step;
	int which;                      /* enum script_which */
	const struct script_text *text; /* in the language spoken */
};

struct script_do {
	enum script_act act;
	struct script_said_prompt prompts[SCRIPT_PROMPTS]; /* PLAY */
	int n;
	int language;
	bool whole;                    /* PLAY: keys do not end it (script_key answers GO_ON) */
	int64_t until;                 /* LISTEN, TAPE, KEEP, CONNECT */
	struct script_outcome outcome; /* KEEP */
};

enum script_note_kind {
	SCRIPT_NOTE_STEP,    /* went to `step` */
	SCRIPT_NOTE_PROMPT,  /* began to say `which` */
	SCRIPT_NOTE_KEY,     /* took `key`; '?' where it is one of the check digits */
	SCRIPT_NOTE_FLUSHED, /* a key typed ahead was thrown away: '?' */
	SCRIPT_NOTE_SILENCE, /* no key came in time */
	SCRIPT_NOTE_WRONG,   /* a key or an answer that leads nowhere */
	SCRIPT_NOTE_OUTCOME, /* asked to be stored */
	SCRIPT_NOTE_STORED,
	SCRIPT_NOTE_NOT_STORED,
	SCRIPT_NOTE_TROUBLE, /* goes to the script's trouble: not stored, too often or too long */
	SCRIPT_NOTE_HUNG_UP, /* by them */
	SCRIPT_NOTE_END,     /* by us */
};

struct script_note {
	enum script_note_kind kind;
	int64_t ms; /* a key's: when it was pressed, which may be before other notes */
	const struct script_step *step; /* where the call is */
	int which;                      /* PROMPT */
	int language;
	char key;                             /* KEY, FLUSHED */
	const struct script_outcome *outcome; /* OUTCOME, STORED, NOT_STORED */
};

/* What a call knows of its account. */
struct script_facts {
	const char *check;  /* digits; "" or NULL: nobody can be the right party */
	int language;       /* index: script_language() */
	int32_t today;      /* local civil day, since 1970-01-01 */
	int ahead;          /* days a promise may lie ahead, 0.. */
	int digits;         /* of the currency, 0..4 */
	int64_t amount_max; /* the most a person may name, minor units; -1: no limit */
	bool person;        /* somebody can be rung now */
	bool alone;         /* `language` alone can be said: steps into another go on in it */
	int64_t store_ms;   /* how long the store may take; 0: SCRIPT_STORE_MS */
	void (*note)(void *ctx, const struct script_note *note); /* NULL: nobody listens */
	void *ctx;
};

/* A value learned in the call, for the fields promise_date, promise_amount and digits. */
struct script_value {
	enum script_as as; /* DATE: day; AMOUNT: amount; DIGITS: digits */
	int32_t day;
	int64_t amount;
	char digits[SCRIPT_KEYS + 1];
};

/* One caller's way through a script.  Read `known`, `language`, `keys` and `step`; the rest is the
 * engine's own. */
struct script_run {
	const struct script *script;
	struct script_facts facts;
	int step;
	int language;
	bool known; /* the right party, and it is stored */
	int keys;   /* pressed in all */

	uint8_t phase, stage;
	bool farewell; /* what is said now leads to the end: no clock, no second trouble */
	int wanted;    /* language to be remembered once the person is known, or -1 */
	int silent, wrong_n;
	int64_t begun, ms, until, since;
	char ahead[SCRIPT_AHEAD];
	int64_t ahead_ms[SCRIPT_AHEAD];
	int n_ahead;
	char typed[SCRIPT_KEYS + 1];
	int n_typed;
	int64_t hash_until; /* a `#` before this ends what is complete */
	int32_t day;
	int64_t amount;
	char digits[SCRIPT_KEYS + 1];
	struct script_outcome pending;
	uint32_t token;
	uint8_t visits[SCRIPT_STEPS];
};

/* The call is answered, at `ms` (what the settling of the line took). */
struct script_do script_begin(struct script_run *run, const struct script *script,
			      const struct script_facts *facts, int64_t ms);
/* What PLAY named has been said to its end. */
struct script_do script_said(struct script_run *run, int64_t ms);
/* What PLAY named cannot be said, or not all of it.  GO_ON: it is left out; but nothing is
 * confirmed that was not read back. */
struct script_do script_unsaid(struct script_run *run, int64_t ms);
/* A key, 0-9 * # (A-D are passed over), at any time; `ms` of its onset, or the present. */
struct script_do script_key(struct script_run *run, char key, int64_t ms);
/* The time is `ms`; any number of calls, of which those at `until` or later matter. */
struct script_do script_time(struct script_run *run, int64_t ms);
/* The line ended the TAPE by itself, since nobody speaks any more; `ms`: since when, which may lie
 * before events that were told already. */
struct script_do script_taped(struct script_run *run, int64_t ms);
/* The answer to the KEEP of that token: it is durable, or it could not be stored. */
struct script_do script_stored(struct script_run *run, uint32_t token, bool ok, int64_t ms);
/* The answer to CONNECT: the person talks with somebody, or nobody came. */
struct script_do script_person(struct script_run *run, bool ok, int64_t ms);
/* They hung up, or the line is gone, or what HANG_UP asked for is done.  What is being stored is
 * waited for (GO_ON), a message recorded until now is KEPT; else OVER. */
struct script_do script_hung_up(struct script_run *run, int64_t ms);

/* What a field that is learned in the call is worth now: false when nothing is known yet, or it is
 * no such field. */
bool script_run_value(const struct script_run *run, const char *field, size_t len,
		      struct script_value *out);

/* Is it one of those fields? */
bool script_field_of_call(const char *field, size_t len);

const char *script_note_word(enum script_note_kind kind); /* "step", "key", "stored" */

#endif
