/*
 * A command line made of one table of names, kinds and help: what getopt_long wants, `--help`, and
 * the `set NAME VALUE` of a control channel.
 */
#ifndef SIM_OPTION_TABLE_H
#define SIM_OPTION_TABLE_H

#include <stddef.h>

enum option_kind {
	HEADING,
	FLAG,   /* bool; takes no value but by `set`: on or off */
	NUMBER, /* uint64_t, decimal */
	STATUS, /* uint64_t, also 0x... */
	SHARE,  /* double from 0 to 1; 5% is 0.05 */
	STRING, /* points to the value */
	WORD,   /* unsigned: its place among the row's words */
	EITHER, /* bool: the second of two words */
	SAMPLE, /* bool: `sample`, the only population there is */
	OWN,    /* the table's own() knows */
};

struct option_row {
	const char *name;
	enum option_kind kind;
	size_t at;         /* offset in the struct of options */
	const char *value; /* what it is called in the help; NULL: takes none */
	const char *help;
	const char *const *words;
};

struct option_table {
	const char *command; /* of `dunlin-sim COMMAND` */
	const char *about;
	const struct option_row *rows;
	size_t n;
	const char *commands; /* of the control channel: the end of the help */
	/* Sets a row of kind OWN: NULL, or what is wrong. */
	const char *(*own)(void *options, const struct option_row *row, const char *value);
};

/*
 * Sets in `options` what the command line says. Returns 0 to go on, 1 after `--help` was answered,
 * or -1 after a mistake was reported on standard error. Strings point into argv.
 */
int option_table_parse(const struct option_table *t, void *options, int argc, char **argv);

/* Sets one option by its long name; `value` must live as long as `options`. NULL, or what is wrong.
 */
const char *option_table_set(const struct option_table *t, void *options, const char *name,
			     const char *value);

#endif
