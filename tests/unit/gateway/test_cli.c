/* The command line: what it takes, what it says of what it does not, and its exit status. */
#include "home.h"

#include "gateway/cli/cli.h"

#include <ctype.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

struct fixture {
	struct home home;
	char out[65536], err[65536];
};

static const char yaml[] = "lender:\n"
			   "  name: Sunrise\n"
			   "  contact: \"+63285550100\"\n"
			   "  country: PH\n"
			   "  currency: PHP\n"
			   "  timezone: Asia/Manila\n"
			   "  languages: [en]\n"
			   "live: true\n"
			   "policy: {preset: base}\n"
			   "routes:\n"
			   "  paper: {type: file, path: sent.jsonl}\n";

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	f->home = home_make();
	home_write(&f->home, "dunlin.yaml", yaml);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	home_remove(&f->home);
	free(f);
	return 0;
}

/* ---- running ---- */

static void
read_back(FILE *file, char *buf, size_t cap)
{
	size_t n;

	rewind(file);
	n = fread(buf, 1, cap - 1, file);
	buf[n] = '\0';
	fclose(file);
}

/* Runs a line of words (no quoting), H standing for the home; gives the exit status. */
static int
run(struct fixture *f, const char *line)
{
	char copy[512], *argv[32], *rest = NULL;
	FILE *out = tmpfile(), *err = tmpfile();
	int argc = 0, status, old_out, old_err;

	snprintf(copy, sizeof copy, "dunlin %s", line);
	for (char *w = strtok_r(copy, " ", &rest); w != NULL; w = strtok_r(NULL, " ", &rest))
		argv[argc++] = strcmp(w, "H") == 0 ? f->home.path : w;
	argv[argc] = NULL;
	fflush(stdout);
	fflush(stderr);
	old_out = dup(1);
	old_err = dup(2);
	dup2(fileno(out), 1);
	dup2(fileno(err), 2);
	status = cli_main(argc, argv);
	fflush(stdout);
	fflush(stderr);
	dup2(old_out, 1);
	dup2(old_err, 2);
	close(old_out);
	close(old_err);
	read_back(out, f->out, sizeof f->out);
	read_back(err, f->err, sizeof f->err);
	return status;
}

static void
expect_wrong(struct fixture *f, const char *line, const char *says)
{
	assert_int_equal(run(f, line), CLI_USAGE);
	assert_string_equal(f->out, "");
	if (strstr(f->err, says) == NULL)
		fail_msg("dunlin %s: `%s` does not say `%s`", line, f->err, says);
}

/* ---- tests ---- */

static void
test_wrong_lines_say_what_was_meant(void **state)
{
	struct fixture *f = *state;

	expect_wrong(f, "helpp", "did you mean `help`?");
	expect_wrong(f, "mesages", "did you mean `messages`?");
	expect_wrong(f, "quite-another-thing", "dunlin help");
	expect_wrong(f, "template", "`template preview`");
	expect_wrong(f, "hold A-1 --untill 2026-09-20", "did you mean --until?");
	expect_wrong(f, "hold A-1 --until", "--until needs a value");
	expect_wrong(f, "pause --json=yes", "--json takes no value");
	expect_wrong(f, "pause -C", "-C needs a value");
	expect_wrong(f, "pause -x", "no option -x");
	expect_wrong(f, "--jsno pause", "did you mean --json?");
	expect_wrong(f, "hold", "usage: dunlin hold ID");
	expect_wrong(f, "release A-1 A-2", "`A-2` is one word too many");
	expect_wrong(f, "", "Dunlin reminds");
}

static void
test_wrong_values_never_reach_the_store(void **state)
{
	struct fixture *f = *state;
	char path[128];

	expect_wrong(f, "-C H hold A-1 --until 2026-09-20", "--reason WORD");
	expect_wrong(f, "-C H cancel one", "`one`");
	expect_wrong(f, "-C H cancel 0", "`0`");
	expect_wrong(f, "-C H resolve 5", "--sent");
	expect_wrong(f, "-C H resolve 5 --sent --again", "--sent");
	expect_wrong(f, "-C H optout", "--number");
	expect_wrong(f, "-C H optout A-1 --number 5", "--number");
	expect_wrong(f, "-C H promise A-1", "--date");
	expect_wrong(f, "-C H promise A-1 --withdraw --amount 5", "--amount");
	expect_wrong(f, "-C H send --account A-1", "--text");
	expect_wrong(f, "-C H send --text hi", "--account");
	expect_wrong(f, "-C H send --account A-1 --to 5 --text hi", "--account");
	expect_wrong(f, "-C H adopt", "--since");
	expect_wrong(f, "-C H skip A\xff", "UTF-8");
	snprintf(path, sizeof path, "%s/dunlin.db", f->home.path);
	assert_int_not_equal(access(path, F_OK), 0);
}

static void
test_a_home_that_is_none(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(run(f, "-C /nowhere/at/all pause"), CLI_REFUSED);
	assert_non_null(strstr(f->err, "dunlin init"));
	assert_int_equal(run(f, "-C /proc pause"), CLI_REFUSED);
	assert_non_null(strstr(f->err, "dunlin init"));
	home_write(&f->home, "dunlin.yaml", "lender: {nam: x}\n");
	assert_int_equal(run(f, "-C H pause"), CLI_REFUSED);
	assert_non_null(strstr(f->err, "dunlin.yaml:1:"));
}

static void
test_options_stand_anywhere(void **state)
{
	static const char *const lines[] = {
	    "-C H pause --json --by maria",
	    "pause -C H --by maria --json",
	    "--json --by=maria -CH pause",
	    "--by maria pause --json -C H",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		char line[256], *at;
		json_t *reply;

		snprintf(line, sizeof line, "%s", lines[i]);
		if ((at = strstr(line, "-CH")) != NULL)
			snprintf(at, (size_t)(line + sizeof line - at), "-C%s pause", f->home.path);
		assert_int_equal(run(f, line), CLI_DONE);
		reply = json_loads(f->out, 0, NULL);
		assert_int_equal(json_integer_value(json_object_get(reply, "status")), 0);
		json_decref(reply);
	}
	assert_int_equal(run(f, "events -C H --json"), CLI_DONE);
	assert_non_null(strstr(f->out, "\"actor\":\"maria\""));
	assert_int_equal(run(f, "inbox --json -C H done 5"), CLI_REFUSED); /* still two words */
	assert_non_null(strstr(f->err, "inbox row 5"));
}

static void
test_refusals_have_their_status(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(run(f, "-C H release A-1"), CLI_REFUSED);
	assert_non_null(strstr(f->err, "no account A-1"));
	assert_string_equal(f->out, "");
	assert_int_equal(run(f, "-C H release A-1 --json"), CLI_REFUSED);
	assert_non_null(strstr(f->out, "\"status\":1"));
	assert_int_equal(run(f, "-C H backup H"), CLI_REFUSED);
	assert_int_equal(run(f, "-C H restore /nowhere/copy.db"), CLI_REFUSED);
	assert_int_equal(run(f, "-C H backup /nowhere/copy.db"), CLI_FAILED);
}

static void
test_restore_holds_until_adopted(void **state)
{
	struct fixture *f = *state;
	char copy[128], line[256];

	snprintf(copy, sizeof copy, "%s/copy.db", f->home.path);
	assert_int_equal(run(f, "-C H pause"), CLI_DONE);
	snprintf(line, sizeof line, "-C H backup %s", copy);
	assert_int_equal(run(f, line), CLI_DONE);
	assert_int_equal(run(f, line), CLI_REFUSED); /* nothing is overwritten */
	assert_int_equal(run(f, "-C H resume"), CLI_DONE);
	assert_int_equal(run(f, "-C H adopt --since 2026-01-01"), CLI_REFUSED);
	snprintf(line, sizeof line, "-C H restore %s --by maria", copy);
	assert_int_equal(run(f, line), CLI_DONE);
	assert_non_null(strstr(f->out, "before-restore-1"));
	assert_int_equal(run(f, "-C H events"), CLI_DONE);
	assert_non_null(strstr(f->out, "restored"));
	assert_null(strstr(f->out, "resumed")); /* that was in the other one */
	assert_int_equal(run(f, "-C H verify"), CLI_DONE);
	assert_int_equal(run(f, "-C H adopt --since 2026-01-01"), CLI_DONE);
	assert_int_equal(run(f, "-C H adopt --since 2026-01-01"), CLI_REFUSED);
	snprintf(line, sizeof line, "-C H restore %s/dunlin.db", f->home.path);
	assert_int_equal(run(f, line), CLI_REFUSED); /* of itself */
}

static void
test_help(void **state)
{
	struct fixture *f = *state;
	char line[128];
	int reasons = 0;

	assert_int_equal(run(f, "--version"), CLI_DONE);
	assert_string_equal(f->out, "dunlin " DUNLIN_VERSION "\n");
	assert_int_equal(run(f, "help"), CLI_DONE);
	for (const struct cli_command *c = cli_commands; c->name != NULL; c++)
		if (strstr(f->out, c->summary) == NULL)
			fail_msg("help does not show %s", c->name);
	for (const struct cli_command *c = cli_commands; c->name != NULL; c++) {
		snprintf(line, sizeof line, "help %s", c->name);
		assert_int_equal(run(f, line), CLI_DONE);
		assert_non_null(strstr(f->out, c->summary));
		snprintf(line, sizeof line, "%s --help", c->name);
		assert_int_equal(run(f, line), CLI_DONE);
		assert_non_null(strstr(f->out, c->summary));
	}
	assert_int_equal(run(f, "help template"), CLI_DONE);
	assert_int_equal(run(f, "help nonsense"), CLI_USAGE);
	assert_int_equal(run(f, "help reasons --json"), CLI_DONE);
	for (char *rest = NULL, *l = strtok_r(f->out, "\n", &rest); l != NULL;
	     l = strtok_r(NULL, "\n", &rest), reasons++) {
		json_t *row = json_loads(l, 0, NULL);

		assert_true(json_string_length(json_object_get(row, "reason")) > 0);
		assert_true(json_string_length(json_object_get(row, "text")) > 10);
		json_decref(row);
	}
	assert_true(reasons >= 26);
}

/* The table itself: what the parser and the help count on. */
static void
test_table(void **state)
{
	(void)state;
	for (const struct cli_command *c = cli_commands; c->name != NULL; c++) {
		int n = 0;

		assert_non_null(c->operands);
		assert_true(c->max < 0 || c->min <= c->max);
		assert_true(strlen(c->summary) > 5 && strlen(c->summary) <= 72);
		for (const char *p = c->name; *p != '\0'; p++)
			assert_true(islower((unsigned char)*p) || *p == ' ' || *p == '-');
		for (const struct cli_option *o = c->options; o != NULL && o->name != NULL; o++) {
			/* A report changes nothing, so its --by is what it is by, not who. */
			bool own = strcmp(c->name, "report") == 0 && strcmp(o->name, "by") == 0;

			n++;
			for (const struct cli_option *g = cli_global_options; g->name != NULL; g++)
				assert_true(own || strcmp(o->name, g->name) != 0);
		}
		assert_true(n <= CLI_OPTIONS);
		for (const struct cli_command *d = c + 1; d->name != NULL; d++)
			assert_string_not_equal(c->name, d->name);
	}
}

static void
test_integers(void **state)
{
	int64_t value = 7;

	(void)state;
	assert_true(cli_integer("12", 1, 12, &value));
	assert_int_equal(value, 12);
	assert_true(cli_integer("-3", -5, 5, &value));
	assert_int_equal(value, -3);
	assert_false(cli_integer("13", 1, 12, &value));
	assert_false(cli_integer("", 0, 12, &value));
	assert_false(cli_integer("-", -5, 12, &value));
	assert_false(cli_integer("1-2", 0, 12, &value));
	assert_false(cli_integer(" 1", 0, 12, &value));
	assert_false(cli_integer("+1", 0, 12, &value));
	assert_false(cli_integer("0x1", 0, 12, &value));
	assert_false(cli_integer("99999999999999999999", 0, INT64_MAX, &value));
	assert_int_equal(value, -3);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {T(test_wrong_lines_say_what_was_meant),
					   T(test_wrong_values_never_reach_the_store),
					   T(test_a_home_that_is_none),
					   T(test_options_stand_anywhere),
					   T(test_refusals_have_their_status),
					   T(test_restore_holds_until_adopted),
					   T(test_help),
					   T(test_table),
					   T(test_integers)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
