#include "option_table.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MOST = 200, CODE_OF_ROW = 256 }; /* getopt's codes of rows lie above all characters */

static const char *
set_number(uint64_t *to, const char *value, int base)
{
	char *end;
	errno = 0;
	uint64_t n = strtoull(value, &end, base);
	if (errno || end == value || *end || *value == '-')
		return "not a whole number";
	*to = n;
	return NULL;
}

static const char *
set_share(double *to, const char *value)
{
	char *end;
	double share = strtod(value, &end);
	if (end != value && *end == '%') {
		share /= 100;
		end++;
	}
	if (end == value || *end || !(share >= 0 && share <= 1))
		return "not a share from 0 to 1, or 0% to 100%";
	*to = share;
	return NULL;
}

static const char *
set_word(const struct option_row *row, void *to, const char *value)
{
	unsigned n = 0;
	while (row->words[n] && strcmp(row->words[n], value) != 0)
		n++;
	if (!row->words[n])
		return "not one of the words it knows; see --help";
	if (row->kind == EITHER)
		*(bool *)to = n == 1;
	else
		*(unsigned *)to = n;
	return NULL;
}

static const char *
set_row(const struct option_table *t, void *options, const struct option_row *row,
	const char *value)
{
	void *to = (char *)options + row->at;
	switch (row->kind) {
	case HEADING: break;
	case FLAG: *(bool *)to = !value || strcmp(value, "off") != 0; return NULL;
	case NUMBER: return set_number(to, value, 10);
	case STATUS: return set_number(to, value, 0);
	case SHARE: return set_share(to, value);
	case STRING: *(const char **)to = value; return NULL;
	case WORD:
	case EITHER: return set_word(row, to, value);
	case SAMPLE:
		*(bool *)to = strcmp(value, "sample") == 0;
		return *(bool *)to ? NULL : "`sample` is the only one";
	case OWN: return t->own(options, row, value);
	}
	return "no such option";
}

const char *
option_table_set(const struct option_table *t, void *options, const char *name, const char *value)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->rows[i].name && strcmp(t->rows[i].name, name) == 0)
			return set_row(t, options, &t->rows[i], value);
	return "no such option";
}

static void
help_row(const struct option_row *row)
{
	char left[64];
	snprintf(left, sizeof left, "--%s %s", row->name, row->value ? row->value : "");
	printf("  %-32s %s\n", left, row->help);
	if (!row->words)
		return;
	printf("  %-32s", "");
	for (size_t i = 0, column = 0; row->words[i]; i++) {
		column += strlen(row->words[i]) + 3;
		if (column > 62) {
			printf("\n  %-32s", "");
			column = strlen(row->words[i]) + 3;
		}
		printf(" %s%s", row->words[i], row->words[i + 1] ? " |" : "\n");
	}
}

static void
help(const struct option_table *t)
{
	printf("usage: dunlin-sim %s [OPTIONS]\n\n%s", t->command, t->about);
	for (size_t i = 0; i < t->n; i++) {
		if (t->rows[i].kind == HEADING)
			printf("\n%s\n", t->rows[i].help);
		else
			help_row(&t->rows[i]);
	}
	printf("\nCommands on the control channel, one a line%s", t->commands);
}

/* getopt_long's own list, made of the table. */
static void
fill_getopt(const struct option_table *t, struct option *list)
{
	size_t n = 0;
	for (size_t i = 0; i < t->n; i++)
		if (t->rows[i].name)
			list[n++] = (struct option){
			    t->rows[i].name, t->rows[i].value ? required_argument : no_argument,
			    NULL, (int)i + CODE_OF_ROW};
	list[n++] = (struct option){"help", no_argument, NULL, 'h'};
	list[n] = (struct option){0};
}

static int
parse_one(const struct option_table *t, void *options, int c)
{
	if (c == 'h') {
		help(t);
		return 1;
	}
	if (c < CODE_OF_ROW) {
		fprintf(stderr, "dunlin-sim: `dunlin-sim %s --help` lists the options\n",
			t->command);
		return -1;
	}
	const struct option_row *row = &t->rows[c - CODE_OF_ROW];
	const char *wrong = set_row(t, options, row, optarg);
	if (!wrong)
		return 0;
	fprintf(stderr, "dunlin-sim: --%s %s: %s\n", row->name, optarg, wrong);
	return -1;
}

int
option_table_parse(const struct option_table *t, void *options, int argc, char **argv)
{
	struct option list[ROWS_MOST + 2];
	assert(t->n <= ROWS_MOST);
	fill_getopt(t, list);
	for (int c; (c = getopt_long(argc, argv, "h", list, NULL)) != -1;) {
		int status = parse_one(t, options, c);
		if (status)
			return status;
	}
	if (optind < argc) {
		fprintf(stderr, "dunlin-sim: unexpected argument: %s\n", argv[optind]);
		return -1;
	}
	return 0;
}
