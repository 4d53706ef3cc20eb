/* cli.h - the command line: one table of commands, and what every command is given
 *
 * Exit status: 0 done; 1 mistakes found or the thing refused; 2 the command line is wrong; 3 it
 * could not be done (disk, port, network).  Errors go to standard error and say what to do next.
 */
#ifndef GATEWAY_CLI_CLI_H
#define GATEWAY_CLI_CLI_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum cli_status { CLI_DONE = 0, CLI_REFUSED = 1, CLI_USAGE = 2, CLI_FAILED = 3 };

struct cli_option {
	const char *name;  /* long option without --; NULL ends a list */
	const char *value; /* what its value is called in help; NULL: a flag */
	const char *help;
};

#define CLI_OPTIONS 16

struct cli_command;

/* A command as it was called. */
struct cli_call {
	const struct cli_command *command;
	const char *home; /* -C DIR, "." by default */
	bool json;        /* --json */
	const char *by;   /* --by NAME, else the login name */
	int argc;         /* operands */
	char **argv;
	const char *option[CLI_OPTIONS]; /* values in the order of the command's option list; "" for
					    a flag that was given, NULL when absent */
};

typedef int cli_run(const struct cli_call *call);

struct cli_command {
	const char *name;                 /* "import" or "inbox done" (two words) */
	const char *operands;             /* for help: "accounts|payments FILE.csv" */
	int min, max;                     /* operands; max -1: any number */
	const char *summary;              /* one line */
	const char *manual;               /* more lines for `dunlin help COMMAND`, or NULL */
	const struct cli_option *options; /* its own, or NULL; see also cli_global_options */
	cli_run *run;
	const char *group; /* help's heading above it; NULL: under the last one */
};

/* Every command in the order help shows them; ends with a NULL name. */
extern const struct cli_command cli_commands[];

/* What every command takes: -C, --json, --by, --help.  `name` of one letter is a short option. */
extern const struct cli_option cli_global_options[];

extern const struct cli_option serve_options[];       /* cmd_serve.c */
extern const struct cli_option modems_test_options[]; /* cmd_modems.c */

/* The value of an option of the called command by name (NULL when absent).  `options`: the list
 * the values of `call` stand in the order of, where it was not called from the command line; else
 * NULL, or the command's own. */
const char *cli_option(const struct cli_call *call, const struct cli_option *options,
		       const char *name);

/* The command that the first `n` of `words` name, two words before one; *used of them. */
const struct cli_command *cli_find(char *const *words, int n, int *used);

int cli_main(int argc, char **argv);

/* Prints "dunlin: ..." to standard error and returns `status`. */
int cli_fail(enum cli_status status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The command line is wrong: prints why and where to read more; returns CLI_USAGE. */
int cli_usage(const struct cli_call *call, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* There is no such command: says so, with the nearest one's name; `also` (NULL: none) is taken for
 * one too.  Returns CLI_USAGE. */
int cli_unknown(const char *word, const char *also);

/* Parses a whole decimal number from `min` to `max`: false when it is none. */
bool cli_integer(const char *text, int64_t min, int64_t max, int64_t *out);

/* cmd_help.c: `dunlin help` and what --help prints. */
void cli_print_overview(FILE *out);
void cli_print_manual(const struct cli_command *command, FILE *out);

/* cmd_account.c: one account as a JSON object on a line; the call's operand names it. */
int cli_account_object(const struct cli_call *call, FILE *out);

/* cmd_*.c: the commands. */
cli_run cli_init, cli_check, cli_import, cli_import_undo, cli_import_plans, cli_import_results,
    cli_imports, cli_plan, cli_serve, cli_status, cli_accounts, cli_account, cli_messages,
    cli_inbox, cli_promises, cli_calls, cli_tasks, cli_send, cli_call_now, cli_reply, cli_hold,
    cli_release, cli_optout, cli_promise, cli_inbox_done, cli_tasks_done, cli_cancel, cli_resolve,
    cli_skip, cli_events, cli_pause, cli_resume, cli_template_preview, cli_template_approve,
    cli_script_preview, cli_reply_explain, cli_routes, cli_routes_test, cli_modems, cli_modems_scan,
    cli_modems_test, cli_modems_log, cli_policy, cli_report, cli_evidence, cli_verify, cli_backup,
    cli_restore, cli_adopt, cli_help, cli_erase, cli_purge;

#endif
