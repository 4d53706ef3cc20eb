/* command.h - everything that changes the store on a person's word
 *
 * One implementation for both ways a command can come: over the daemon's socket, where it runs as
 * a job of the writer, and from a command line without a daemon, where it runs in a transaction of
 * that program.  A request is a JSON object:
 *
 *   {"command": "hold", "by": "maria", ...}       what each takes stands above its function
 *
 * and so is the reply: {"status": N, "error": "...", ...} where status is the exit status of the
 * contract (0 done, 1 refused, 2 wrong request, 3 could not be done) and `error` says what to do.
 * A reply may carry "text", a sentence for people about what was done.
 *
 * Runs inside a transaction that the caller commits when command_run returns 0 and `status` is 0,
 * and rolls back otherwise.
 */
#ifndef GATEWAY_COMMAND_H
#define GATEWAY_COMMAND_H

#include "gateway/config/config.h"
#include "gateway/store/store.h"
#include <jansson.h>

/* What the daemon must look at again once the command is durable. */
struct command_effect {
	bool replan_all;   /* lists or rules changed */
	bool wake;         /* something may be sent now */
	int64_t replan[8]; /* accounts whose plan changed */
	size_t n_replan;
};

struct command_env {
	const struct config *config;
	int64_t now;                  /* of the store's clock */
	bool serving;                 /* a daemon runs it */
	bool clock_held;              /* and holds sending, since its clock leaped or is behind */
	struct command_effect effect; /* out */
};

void command_replan(struct command_env *env, int64_t account);

/* The store's clock as a program without a daemon reads it: where a schedule's clock stopped, else
 * `system`, the system's time.  Milliseconds since 1970. */
int64_t command_now(struct store *s, int64_t system);

/* Runs a request: 0 with a reply (the caller's to decref), or a negative error of the store. */
int command_run(struct store *s, struct command_env *env, const json_t *request, json_t **reply);

/* For command functions. */
typedef int command_function(struct store *s, struct command_env *env, const json_t *request,
			     json_t *reply);
/* Sets status and error of a reply; returns 0, so that `return command_refuse(...)` reads well. */
int command_refuse(json_t *reply, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const char *command_actor(const json_t *request);

/* command_results.c */
command_function command_results, command_results_end;
/* command_import.c */
command_function command_import_begin, command_import_rows, command_import_finish,
    command_import_drop, command_import_undo;
/* command_hold.c: hold release; command_borrower.c: optout skip; command_promise.c: promise plans
 */
command_function command_hold, command_release, command_optout, command_skip;
command_function command_promise, command_plans;
/* command_text.c: send reply call; command_row.c: cancel resolve inbox-done tasks-done approve */
command_function command_send, command_reply, command_call, command_cancel, command_resolve,
    command_inbox_done, command_tasks_done, command_approve;
/* command_state.c: pause resume adopt */
command_function command_pause, command_resume, command_adopt;
/* command_evidence.c: dossier erase erase-step purge */
command_function command_dossier, command_erase, command_erase_step, command_purge;

#endif
