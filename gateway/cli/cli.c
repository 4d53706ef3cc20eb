#include "cli.h"

#include "gateway/base/complaint.h"

#include <errno.h>
#include <getopt.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GLOBALS   8
#define OPTION_AT 256 /* getopt's value of the first long option */

const struct cli_option cli_global_options[] = {
    {"C", "DIR", "the home folder; default: the current one"},
    {"json", NULL, "for programs: one JSON object a line"},
    {"by", "NAME", "who does it, for the record; else your login"},
    {"help", NULL, "what the command does and takes"},
    {"version", NULL, "the version of this program"},
    {NULL, NULL, NULL}};

enum global { GLOBAL_HOME, GLOBAL_JSON, GLOBAL_BY, GLOBAL_HELP, GLOBAL_VERSION, GLOBAL_COUNT };

#define HELP_AT (OPTION_AT + GLOBAL_HELP) /* -h */

/* What getopt is told: the options of every command and those of this one. */
struct parser {
	struct option known[GLOBALS + CLI_OPTIONS + 1];
	char letters[2 * (GLOBALS + CLI_OPTIONS) + 3];
	const char *global[GLOBAL_COUNT];
	bool wrong; /* a message was printed */
};

/* ---- messages ---- */

int
cli_fail(enum cli_status status, const char *format, ...)
{
	va_list args;

	fputs("dunlin: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return (int)status;
}

int
cli_usage(const struct cli_call *call, const char *format, ...)
{
	const char *name = call->command != NULL ? call->command->name : NULL;
	va_list args;

	fputs("dunlin: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "; see: dunlin help%s%s\n", name != NULL ? " " : "",
		name != NULL ? name : "");
	return CLI_USAGE;
}

bool
cli_integer(const char *text, int64_t min, int64_t max, int64_t *out)
{
	char *end;
	long long value;

	if (text[0] == '\0' || strspn(text, "-0123456789") != strlen(text))
		return false;
	errno = 0;
	value = strtoll(text, &end, 10);
	if (errno != 0 || *end != '\0' || value < min || value > max)
		return false;
	*out = value;
	return true;
}

/* ---- options ---- */

const char *
cli_option(const struct cli_call *call, const struct cli_option *options, const char *name)
{
	if (call->command != NULL)
		options = call->command->options;
	for (int i = 0; options != NULL && options[i].name != NULL; i++)
		if (strcmp(options[i].name, name) == 0)
			return call->option[i];
	return NULL;
}

static void
teach(struct parser *p, const struct cli_option *options, int first)
{
	size_t n = 0, letters = strlen(p->letters);

	while (p->known[n].name != NULL)
		n++;
	for (int i = 0; options != NULL && options[i].name != NULL; i++) {
		const struct cli_option *o = &options[i];

		/* One letter is a short option; getopt would take --C too, which does no harm. */
		p->known[n++] =
		    (struct option){.name = o->name,
				    .has_arg = o->value != NULL ? required_argument : no_argument,
				    .val = OPTION_AT + first + i};
		if (o->name[1] == '\0') {
			p->letters[letters++] = o->name[0];
			if (o->value != NULL)
				p->letters[letters++] = ':';
		}
	}
}

static const char *
nearest_option(const struct parser *p, const char *word)
{
	const char *names[GLOBALS + CLI_OPTIONS + 1];
	size_t n = 0;

	for (; p->known[n].name != NULL; n++)
		names[n] = p->known[n].name;
	names[n] = NULL;
	return complaint_nearest(word, names);
}

static const struct option *
option_of(const struct parser *p, int val)
{
	for (const struct option *o = p->known; o->name != NULL; o++)
		if (o->val == val || (o->name[1] == '\0' && o->name[0] == val))
			return o;
	return NULL;
}

/* getopt did not take it: say why, and what was probably meant. */
static void
refuse_option(struct parser *p, const struct cli_call *call, int answer, const char *word)
{
	const struct option *o = option_of(p, optopt);
	char name[64], dashes[3] = "--";

	p->wrong = true;
	snprintf(name, sizeof name, "%s", word + strspn(word, "-"));
	name[strcspn(name, "=")] = '\0';
	if (o != NULL && o->name[1] == '\0')
		dashes[1] = '\0';
	if (answer == ':') {
		cli_usage(call, "%s%s needs a value", dashes, o != NULL ? o->name : name);
	} else if (o != NULL && optopt >= OPTION_AT) {
		cli_usage(call, "%s%s takes no value", dashes, o->name);
	} else {
		const char *near = nearest_option(p, name);

		if (near != NULL && strcmp(near, name) != 0)
			cli_usage(call, "there is no option %s; did you mean --%s?", word, near);
		else
			cli_usage(call, "there is no option %s", word);
	}
}

/* Runs getopt over the line; `stop`: at the first word that is no option. */
static void
parse(struct parser *p, struct cli_call *call, int argc, char **argv, bool stop)
{
	int answer, at;

	memset(p, 0, sizeof *p);
	strcpy(p->letters, stop ? "+:h" : ":h");
	/* The first of one name is taken: `--by` of a report is what it is by, not who asks. */
	if (call->command != NULL)
		teach(p, call->command->options, GLOBALS);
	teach(p, cli_global_options, 0);
	optind = 0; /* glibc: begin anew */
	opterr = 0;
	for (at = 1; (answer = getopt_long(argc, argv, p->letters, p->known, NULL)) != -1;
	     at = optind) {
		const struct option *o = option_of(p, answer == 'h' ? HELP_AT : answer);
		const char *value = optarg != NULL ? optarg : "";

		if (answer == '?' || answer == ':') {
			refuse_option(p, call, answer, argv[optind > at ? optind - 1 : at]);
			return;
		}
		if (o->val >= OPTION_AT + GLOBALS)
			call->option[o->val - OPTION_AT - GLOBALS] = value;
		else
			p->global[o->val - OPTION_AT] = value;
	}
}

/* ---- commands ---- */

const struct cli_command *
cli_find(char *const *words, int n, int *used)
{
	char two[80];

	for (*used = n < 2 ? n : 2; *used > 0; --*used) {
		snprintf(two, sizeof two, "%s%s%s", words[0], *used == 2 ? " " : "",
			 *used == 2 ? words[1] : "");
		for (const struct cli_command *c = cli_commands; c->name != NULL; c++)
			if (strcmp(c->name, two) == 0)
				return c;
	}
	return NULL;
}

/* "template": the first word of commands that have a second one. */
static bool
is_family(const char *word, char *list, size_t cap)
{
	size_t len = strlen(word), at = 0;

	list[0] = '\0';
	for (const struct cli_command *c = cli_commands; c->name != NULL; c++)
		if (strncmp(c->name, word, len) == 0 && c->name[len] == ' ' && at < cap)
			at += (size_t)snprintf(list + at, cap - at, "%s`%s`", at > 0 ? ", " : "",
					       c->name);
	return at > 0;
}

int
cli_unknown(const char *word, const char *also)
{
	const char *names[80], *near;
	size_t n = 0;

	for (const struct cli_command *c = cli_commands; c->name != NULL && n < 78; c++)
		names[n++] = c->name;
	names[n++] = also;
	names[n] = NULL;
	near = complaint_nearest(word, names);
	if (near != NULL)
		return cli_fail(CLI_USAGE, "there is no command `%s`; did you mean `%s`?", word,
				near);
	return cli_fail(CLI_USAGE, "there is no command `%s`; see: dunlin help", word);
}

static int
no_such_command(const char *word)
{
	char list[256];

	if (is_family(word, list, sizeof list))
		return cli_fail(CLI_USAGE, "`%s` is half a command: %s", word, list);
	return cli_unknown(word, NULL);
}

static const char *
login_name(char *buf, size_t cap)
{
	const struct passwd *pw;

	if (getlogin_r(buf, cap) == 0 && buf[0] != '\0')
		return buf;
	if ((pw = getpwuid(getuid())) != NULL)
		snprintf(buf, cap, "%s", pw->pw_name);
	else
		snprintf(buf, cap, "uid %u", (unsigned)getuid());
	return buf;
}

static int
run(struct cli_call *call)
{
	const struct cli_command *c = call->command;
	int status;

	if (call->argc < c->min)
		return cli_usage(call, "usage: dunlin %s %s", c->name, c->operands);
	if (c->max >= 0 && call->argc > c->max)
		return cli_usage(call, "`%s` is one word too many for `dunlin %s`",
				 call->argv[c->max], c->name);
	status = c->run(call);
	if (fflush(stdout) != 0 && status == CLI_DONE)
		return cli_fail(CLI_FAILED, "the output could not be written: %s", strerror(errno));
	return status;
}

/* The words of the command itself are taken out of the operands. */
static int
call_command(struct cli_call *call, int argc, char **argv)
{
	const struct cli_command *command;
	char login[80];
	struct parser p;
	int used;

	parse(&p, call, argc, argv, false);
	if (p.wrong)
		return CLI_USAGE;
	if (p.global[GLOBAL_HELP] != NULL) {
		cli_print_manual(call->command, stdout);
		return CLI_DONE;
	}
	command = cli_find(argv + optind, argc - optind, &used);
	if (command != call->command) { /* an option stood between its two words */
		memset(call, 0, sizeof *call);
		call->command = command;
		return call_command(call, argc, argv);
	}
	call->argc = argc - optind - used;
	call->argv = argv + optind + used;
	call->home = p.global[GLOBAL_HOME] != NULL ? p.global[GLOBAL_HOME] : ".";
	call->json = p.global[GLOBAL_JSON] != NULL;
	call->by =
	    p.global[GLOBAL_BY] != NULL ? p.global[GLOBAL_BY] : login_name(login, sizeof login);
	if (call->by[0] == '\0' || strlen(call->by) > 80)
		return cli_usage(call, "--by takes a name of 1 to 80 letters");
	return run(call);
}

int
cli_main(int argc, char **argv)
{
	struct cli_call call = {0};
	struct parser p;
	int used;

	parse(&p, &call, argc, argv, true);
	if (p.wrong)
		return CLI_USAGE;
	if (p.global[GLOBAL_VERSION] != NULL) {
		puts("dunlin " DUNLIN_VERSION);
		return CLI_DONE;
	}
	if (optind >= argc) {
		cli_print_overview(p.global[GLOBAL_HELP] != NULL ? stdout : stderr);
		return p.global[GLOBAL_HELP] != NULL ? CLI_DONE : CLI_USAGE;
	}
	call.command = cli_find(argv + optind, argc - optind, &used);
	if (call.command == NULL)
		return no_such_command(argv[optind]);
	return call_command(&call, argc, argv);
}
