#include "cli.h"

#include "schedule/reason.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define COLUMN 28 /* where summaries begin */
#define WIDTH  80 /* of the narrowest terminal */

/* From COLUMN on, broken at spaces. */
static void
print_wrapped(const char *text, FILE *out)
{
	int at = COLUMN;

	while (*text != '\0') {
		int len = (int)strcspn(text, " ");

		if (at > COLUMN && at + 1 + len > WIDTH)
			at = fprintf(out, "\n%*s", COLUMN, "") - 1;
		else if (at > COLUMN)
			at += fprintf(out, " ");
		at += fprintf(out, "%.*s", len, text);
		text += len + (text[len] == ' ');
	}
	fputc('\n', out);
}

static void
print_lead(FILE *out, const char *name, const char *operands, const char *text)
{
	int width = fprintf(out, "  %s%s%s", name, operands[0] != '\0' ? " " : "", operands);

	if (width >= COLUMN)
		width = fprintf(out, "\n") - 1;
	fprintf(out, "%*s", COLUMN - width, "");
	print_wrapped(text, out);
}

static void
print_option(const struct cli_option *o, FILE *out)
{
	char name[40];

	snprintf(name, sizeof name, "%s%s", o->name[1] == '\0' ? "-" : "--", o->name);
	print_lead(out, name, o->value != NULL ? o->value : "", o->help);
}

static void
print_options(const struct cli_option *options, FILE *out)
{
	for (const struct cli_option *o = options; o != NULL && o->name != NULL; o++)
		print_option(o, out);
}

void
cli_print_overview(FILE *out)
{
	fputs("Dunlin reminds borrowers of what is due, and reads what they answer.\n\n"
	      "  dunlin [-C DIR] COMMAND ...\n",
	      out);
	for (const struct cli_command *c = cli_commands; c->name != NULL; c++) {
		if (c->group != NULL)
			fprintf(out, "\n%s\n", c->group);
		print_lead(out, c->name, c->operands, c->summary);
	}
	fputs("\nOptions of every command\n", out);
	print_options(cli_global_options, out);
	fputs("\n`dunlin help COMMAND` tells more of one, `dunlin help reasons` what the words\n"
	      "mean that say why something did not go. Exit status: 0 done; 1 mistakes found,\n"
	      "or refused; 2 the command line is wrong; 3 it could not be done (disk, port,\n"
	      "network, no daemon).\n",
	      out);
}

/* A command may mean something of its own by a word that others take too. */
static bool
has_option(const struct cli_command *command, const char *name)
{
	for (const struct cli_option *o = command->options; o != NULL && o->name != NULL; o++)
		if (strcmp(o->name, name) == 0)
			return true;
	return false;
}

void
cli_print_manual(const struct cli_command *command, FILE *out)
{
	fprintf(out, "dunlin %s%s%s\n\n%s\n", command->name,
		command->operands[0] != '\0' ? " " : "", command->operands, command->summary);
	if (command->manual != NULL)
		fprintf(out, "\n%s\n", command->manual);
	if (command->options != NULL) {
		fputs("\nOptions\n", out);
		print_options(command->options, out);
	}
	fputs("\nOptions of every command\n", out);
	for (const struct cli_option *o = cli_global_options; o->name != NULL; o++)
		if (!has_option(command, o->name))
			print_option(o, out);
}

/* ---- reasons ---- */

static int
print_reasons(bool json)
{
	for (int i = REASON_NONE + 1; i < REASON_COUNT; i++) {
		const char *word = reason_word((enum reason)i), *what = reason_what((enum reason)i);

		if (json) {
			json_t *row = json_pack("{s:s, s:s}", "reason", word, "text", what);

			if (row == NULL || json_dumpf(row, stdout, JSON_COMPACT) != 0)
				return cli_fail(CLI_FAILED, "the output could not be written");
			json_decref(row);
			putchar('\n');
		} else {
			printf("%-18s%s\n", word, what);
		}
	}
	return CLI_DONE;
}

/* ---- completion ---- */

static void
print_words(const struct cli_option *options)
{
	for (const struct cli_option *o = options; o != NULL && o->name != NULL; o++)
		printf(" %s%s", o->name[1] == '\0' ? "-" : "--", o->name);
}

/* A script for bash: `source <(dunlin help --completion)`. */
static int
print_completion(void)
{
	puts(
	    "# bash completion of dunlin: source <(dunlin help --completion)\n"
	    "_dunlin() {\n"
	    "\tlocal word=${COMP_WORDS[COMP_CWORD]} line=\"${COMP_WORDS[*]:1:COMP_CWORD-1}\" list\n"
	    "\tcase \"$line \" in");
	/* Two words before one: the first pattern that fits is taken. */
	for (int words = 2; words >= 1; words--)
		for (const struct cli_command *c = cli_commands; c->name != NULL; c++) {
			if ((strchr(c->name, ' ') != NULL) != (words == 2))
				continue;
			printf("\t*\"%s \"*) list=\"", c->name);
			for (const struct cli_command *d = cli_commands; d->name != NULL; d++)
				if (strncmp(d->name, c->name, strlen(c->name)) == 0 &&
				    d->name[strlen(c->name)] == ' ')
					printf("%s ", d->name + strlen(c->name) + 1);
			print_words(c->options);
			print_words(cli_global_options);
			puts("\" ;;");
		}
	fputs("\t*) list=\"", stdout);
	for (const struct cli_command *c = cli_commands; c->name != NULL; c++)
		printf("%.*s ", (int)strcspn(c->name, " "), c->name);
	print_words(cli_global_options);
	puts("\" ;;\n"
	     "\tesac\n"
	     "\tCOMPREPLY=($(compgen -W \"$list\" -- \"$word\"))\n"
	     "}\n"
	     "complete -o default -F _dunlin dunlin");
	return CLI_DONE;
}

/* ---- the command ---- */

/* `help template` shows every command that begins so. */
static bool
print_family(const char *word)
{
	size_t len = strlen(word);
	bool found = false;

	for (const struct cli_command *c = cli_commands; c->name != NULL; c++)
		if (strncmp(c->name, word, len) == 0 && c->name[len] == ' ') {
			print_lead(stdout, c->name, c->operands, c->summary);
			found = true;
		}
	return found;
}

int
cli_help(const struct cli_call *call)
{
	const struct cli_command *command;
	int used;

	if (cli_option(call, NULL, "completion") != NULL)
		return print_completion();
	if (call->argc == 0) {
		cli_print_overview(stdout);
		return CLI_DONE;
	}
	if (call->argc == 1 && strcmp(call->argv[0], "reasons") == 0)
		return print_reasons(call->json);
	command = cli_find(call->argv, call->argc, &used);
	if (command != NULL && used == call->argc) {
		cli_print_manual(command, stdout);
		return CLI_DONE;
	}
	if (command == NULL && call->argc == 1 && print_family(call->argv[0]))
		return CLI_DONE;
	return cli_unknown(call->argv[command != NULL ? used : 0], "reasons");
}
