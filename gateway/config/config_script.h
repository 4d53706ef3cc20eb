/* config_script.h - scripts/NAME.yaml: how calls go, read whole and proven
 *
 * The README of this folder lists all that a script may say.  What is wrong is complained of with
 * file, line and column: what YAML cannot say here by the reader of each key, what does not hold of
 * the script as a whole by script_prove, words that may not be said by the lender's word lists.
 *
 * Ownership: scripts live in the arena they are read into, that of a config snapshot.
 * Thread: loading blocks on the disk; a loaded script is read by all at once.
 */
#ifndef GATEWAY_CONFIG_SCRIPT_H
#define GATEWAY_CONFIG_SCRIPT_H

#include "ivr/script.h"

struct arena;
struct complaints;
struct config;

/* A script as the config keeps it. */
struct config_script {
	const char *name; /* "reminder-call" */
	const char *file; /* "scripts/reminder-call.yaml" */
	struct script script;
	int64_t longest_ms; /* no call is longer: script_proof.h */
	bool asks_check;    /* only accounts with check digits can be called */
	char version[17];   /* 16 hex digits over the file's bytes */
};

/* One script held in memory as scripts/NAME.yaml, for the lender's languages, currency and word
 * lists of `config`; NULL when it has mistakes.  For tests and fuzzing. */
const struct config_script *config_script_parse(struct arena *arena, const struct config *config,
						const char *name, const char *text, size_t len,
						struct complaints *complaints);

/* The script of that name, or NULL. */
const struct config_script *config_script(const struct config *config, const char *name);

#endif
