/* scripts/NAME.yaml: what a good one becomes, and each mistake with its place. */
#include "gateway/base/arena.h"
#include "gateway/base/catalog.h"
#include "gateway/config/config_script.h"
#include "home.h"
#include "ivr/script_proof.h"
#include "ivr/script_run.h"
#include "parsed.h"

extern const char embed_reminder_call_yaml[];

/* One lender of two languages, and what was said of a script of his. */
struct read {
	struct parsed lender;
	struct arena arena;
	struct complaints complaints;
	const struct config_script *script;
};

static struct read
read_for(const char *languages, const char *text)
{
	struct read r = {.script = NULL};
	char lender[256];

	snprintf(lender, sizeof lender,
		 "lender: {name: Sunrise Lending, country: PH, currency: PHP, timezone: "
		 "Asia/Manila, languages: %s}\n" ROUTE,
		 languages);
	r.lender = parse(lender);
	assert_int_equal(r.lender.rc, 0);
	r.script = config_script_parse(&r.arena, r.lender.config, "test", text, strlen(text),
				       &r.complaints);
	assert_true((r.script == NULL) == (r.complaints.errors > 0));
	return r;
}

static void
forget(struct read *r)
{
	drop(&r->lender);
	complaint_clear(&r->complaints);
	arena_clear(&r->arena);
}

#define HEAD                                                                                       \
	"start: hello\nstop: bye\ntrouble: bye\nsilent: bye\nwrong: bye\nsteps:\n"                 \
	"  bye: {say: Goodbye, end: true}\n"

/* The script's first complaint: its place and a part of its words; the number of them. */
static void
wrong(const char *text, size_t n, int line, int col, const char *words)
{
	struct read r = read_for("[en]", text);
	const struct complaint *c = r.complaints.items;

	if (r.complaints.n != n || n == 0)
		fail_msg("%zu complaints, not %zu; first: %s", r.complaints.n, n,
			 r.complaints.n > 0 ? c->text : "none");
	if (strstr(c->text, words) == NULL)
		fail_msg("`%s` lacks `%s`", c->text, words);
	if (c->line != line || c->col != col)
		fail_msg("%d:%d, not %d:%d: %s", c->line, c->col, line, col, c->text);
	assert_string_equal(c->file, "scripts/test.yaml");
	forget(&r);
}

static const struct script_step *
step(const struct read *r, const char *name)
{
	int i = script_find(&r->script->script, name);

	assert_true(i >= 0);
	return &r->script->script.steps[i];
}

/* ---- good ones ---- */

static void
test_the_sample_is_proven(void **state)
{
	struct read r = read_for("[en, fil]", embed_reminder_call_yaml);

	(void)state;
	for (size_t i = 0; i < r.complaints.n; i++)
		print_error("%d: %s\n", r.complaints.items[i].line, r.complaints.items[i].text);
	assert_int_equal(r.complaints.n, 0);
	assert_true(r.script->asks_check);
	assert_int_equal(strlen(r.script->version), 16);
	assert_true(r.script->longest_ms > 60000 && r.script->longest_ms < 600000);
	assert_int_equal(r.script->script.n_languages, 2);
	assert_string_equal(step(&r, "why")->key[2].name, "ill");
	assert_string_equal(step(&r, "ill")->cause, "illness");
	assert_int_equal(step(&r, "filipino")->language, 1);
	assert_true(step(&r, "debt")->whole);
	forget(&r);
}

static void
test_what_each_key_becomes(void **state)
{
	struct read r = read_for(
	    "[en]",
	    "start: ask\ntrouble: bye\nfirst: 9\ntries: 2\nlongest: 200\nsilent: bye\nwrong: bye\n"
	    "steps:\n"
	    "  ask: {gather: digits, say: [], length: [3, 5], min: 100, max: 20000}\n"
	    "  bye: {end: true}\n");

	(void)state;
	assert_int_equal(r.complaints.n, 1); /* `say: []` */
	forget(&r);
	r = read_for(
	    "[en]",
	    "start: ask\ntrouble: bye\nfirst: 9\ntries: 2\nlongest: 200\nsilent: bye\n"
	    "wrong: bye\nsteps:\n"
	    "  ask: {gather: digits, say: Digits, help: [one, two], length: [3, 5],\n"
	    "        min: 100, max: 20000, between: 4, next: sum}\n"
	    "  sum: {gather: amount, say: Sum, confirm: \"{{promise_amount}}?\", max: \"12.5\",\n"
	    "        first: 3, wrong: ask2, next: bye}\n"
	    "  ask2: {gather: days, say: Days, confirm: \"{{promise_date}}?\", length: 1,\n"
	    "         max: 9, next: bye}\n"
	    "  bye: {end: true}\n");
	assert_int_equal(r.complaints.n, 0);
	assert_int_equal(r.script->script.longest_ms, 200000);
	assert_false(r.script->asks_check);
	assert_int_equal(step(&r, "ask")->min_keys, 3);
	assert_int_equal(step(&r, "ask")->max_keys, 5);
	assert_int_equal(step(&r, "ask")->min, 100);
	assert_int_equal(step(&r, "ask")->max, 20000);
	assert_int_equal(step(&r, "ask")->n_helps, 2);
	assert_int_equal(step(&r, "ask")->first_ms, 9000);
	assert_int_equal(step(&r, "ask")->between_ms, 4000);
	assert_int_equal(step(&r, "ask")->tries, 2);
	assert_string_equal(step(&r, "ask")->silent.name, "bye");
	assert_int_equal(step(&r, "sum")->max, 1250);
	assert_int_equal(step(&r, "sum")->first_ms, 3000);
	assert_string_equal(step(&r, "sum")->wrong.name, "ask2");
	assert_int_equal(step(&r, "ask2")->max_keys, 1);
	forget(&r);
}

/* A language only a key leads to must be there in full too. */
static void
test_languages_of_keys_count(void **state)
{
	static const char text[] =
	    "start: who\nstop: bye\ntrouble: bye\nsilent: bye\nwrong: bye\nsteps:\n"
	    "  who: {menu: {1: es, 2: bye}, say: {en: Hello, es: Hola}}\n"
	    "  es: {language: es, next: who}\n"
	    "  bye: {end: true, say: {en: Bye}}\n";
	struct read r = read_for("[en]", text);

	(void)state;
	assert_int_equal(r.complaints.n, 1);
	assert_non_null(strstr(r.complaints.items[0].text, "`say` has no text in `es`"));
	assert_int_equal(r.complaints.items[0].line, 9);
	forget(&r);
	r = read_for("[en, fil]", text);
	assert_int_equal(r.complaints.n, 3);
	forget(&r);
}

static void
test_fields_are_read_as_they_should(void **state)
{
	struct read r =
	    read_for("[en]", HEAD
		     "  hello: {say: \"{{> chime}} {{ name }} {{contact:text}}\", next: check}\n"
		     "  check: {check: true, say: Year, right: debt}\n"
		     "  debt: {say: \"{{plate:digits}}, {{amount}}, {{due_date}}, "
		     "{{days_overdue}}\", next: bye}\n");
	const struct script_text *text;

	(void)state;
	/* As of texts: it may be a column of a list that is not here yet. */
	assert_int_equal(r.complaints.n, 1);
	assert_true(r.complaints.items[0].warning);
	assert_non_null(strstr(r.complaints.items[0].text, "`plate` is no field of Dunlin's own"));
	text = script_text(step(&r, "hello"), SCRIPT_MAIN, 0);
	assert_int_equal(text->n, 5);
	assert_int_equal(text->pieces[0].kind, SCRIPT_RECORDING);
	assert_memory_equal(text->pieces[0].text, "chime", 5);
	assert_int_equal(text->pieces[4].as, SCRIPT_AS_TEXT);
	text = script_text(step(&r, "debt"), SCRIPT_MAIN, 0);
	assert_int_equal(text->pieces[0].as, SCRIPT_AS_DIGITS);
	assert_int_equal(text->pieces[2].as, SCRIPT_AS_AMOUNT);
	assert_int_equal(text->pieces[4].as, SCRIPT_AS_DATE);
	assert_int_equal(text->pieces[6].as, SCRIPT_AS_NUMBER);
	forget(&r);
}

/* ---- mistakes ---- */

/* One mistake, in the one step that is not HEAD's, at line 8; or in `ask` behind that one. */
#define WRONG_HELLO(step, col, words) wrong(HEAD "  hello: " step "\n", 1, 8, col, words)
#define WRONG_ASK(step, col, words)                                                                \
	wrong(HEAD "  hello: {say: Hello, next: ask}\n  ask: " step "\n", 1, 9, col, words)

static void
test_mistakes_of_keys(void **state)
{
	(void)state;
	wrong("", 2, 0, 0, "start");
	wrong("steps: {}\nstart: a\n", 1, 1, 8, "1 to 96 steps");
	WRONG_HELLO("{say: Hello, nxt: bye}", 23, "unknown key `nxt`");
	WRONG_HELLO("{sya: Hello, next: bye}", 11, "did you mean `say`?");
	WRONG_HELLO("{say: Hello, next: bey}", 29, "did you mean `bye`?");
	WRONG_HELLO("Hello", 3, "a step is a mapping");
	WRONG_HELLO("{say: Hello, menu: {1: bye}, end: true}", 44, "one thing: `menu` or `end`");
	WRONG_HELLO("{say: Hello, next: bye, length: 4}", 42, "no meaning in a step that is `say`");
	WRONG_HELLO("{say: Hello, menu: {9: bye}}", 30, "key 9 ends calls");
	WRONG_HELLO("{say: Hello, menu: {'#': bye}}", 30, "no choice");
	WRONG_HELLO("{say: Hello, menu: {10: bye}}", 30, "0 to 8 and *");
	WRONG_HELLO("{say: Hello, menu: [bye]}", 29, "leads from keys to steps");
	wrong(HEAD "  Hello: {say: Hello, next: bye}\n", 2, 8, 3, "small letters");
	WRONG_HELLO("{check: false, say: Hello, right: bye}", 18, "or leave it out");
	WRONG_HELLO("{gather: dates, say: Hello, next: bye}", 19, "did you mean `date`?");
	WRONG_HELLO("{record: 500, say: Hello, next: bye}", 19, "5 to 120");
	WRONG_HELLO("{language: xyz9, next: bye}", 21, "no language");
	wrong("longest: 700\n" HEAD "  hello: {say: Hello, next: bye}\n", 1, 1, 10, "30 to 600");
}

static void
test_mistakes_of_gathering(void **state)
{
	(void)state;
	WRONG_ASK("{gather: digits, say: Go, length: [5, 3], next: bye}", 46, "the second is less");
	WRONG_ASK("{gather: date, say: Go, length: 3, next: bye}", 40, "`length` is of");
	WRONG_ASK(
	    "{gather: amount, say: Go, max: 1.234, confirm: \"{{promise_amount}}\", next: bye}", 39,
	    "`max`");
	WRONG_ASK("{gather: digits, say: Go, min: 5, max: 4, next: bye}", 39,
		  "nothing can be typed");
	WRONG_ASK("{gather: date, say: Go, next: bye}", 3, "not read back");
	WRONG_ASK("{outcome: promis, say: Go, next: bye}", 18, "did you mean `promise`?");
	WRONG_ASK("{outcome: stop, cause: illness, next: bye}", 31,
		  "belongs to `outcome: cannot_pay`");
	WRONG_ASK("{gather: digits, say: Go, help: [a, b, c, d], next: bye}", 50,
		  "at most 3 helps");
}

static void
test_mistakes_of_texts(void **state)
{
	(void)state;
	WRONG_HELLO("{say: \"Hi {{name\", next: bye}", 20, "not closed");
	WRONG_HELLO("{say: \"Hi {{#name}}\", next: bye}", 22, "by steps");
	WRONG_HELLO("{say: \"Hi {{name:loud}}\", next: bye}", 27, "text, amount, date");
	WRONG_HELLO("{say: \" \", next: bye}", 16, "says nothing");
	WRONG_HELLO("{say: {em: Hello}, next: bye}", 17, "did you mean `en`?");
	WRONG_HELLO("{say: \"Hé, the police come\", next: bye}", 25, "reads as a threat");
	WRONG_HELLO("{say: \"You owe us\", next: bye}", 21, "`owe` speaks of a debt");
	WRONG_HELLO("{say: \"It is {{amount}}\", next: bye}", 25, "on the way hello");
	/* Folded text has no columns: the place is that of its beginning. */
	wrong(HEAD "  hello:\n    say: >\n      Hello,\n      {{amount}}\n    next: bye\n", 1, 9,
	      11, "on the way hello");
	wrong("discreet: true\n" HEAD "  hello: {say: \"This is {{lender}}\", next: bye}\n", 1, 9,
	      27, "{{lender}}");
}

/* Behind the check, where the proof lets all be said; and once where it would say more. */
static void
test_slips_of_fields(void **state)
{
#define BEHIND(text)                                                                               \
	HEAD "  hello: {check: true, say: Year, right: debt}\n  debt: {say: \"" text               \
	     "\", next: bye}\n"
	(void)state;
	wrong(BEHIND("It is {{amout}}"), 1, 9, 24, "unknown field `amout`; did you mean `amount`?");
	wrong(BEHIND("By {{ due_dat:date }}"), 1, 9, 22, "did you mean `due_date`?");
	wrong(BEHIND("{{promise_dat}}"), 1, 9, 18, "did you mean `promise_date`?");
	WRONG_HELLO("{say: \"It is {{amout}}\", next: bye}", 25, "did you mean `amount`?");
	WRONG_HELLO("{say: \"It is {{check}}\", next: bye}", 25, "never said");
}

/* Columns of an imported list are fields. */
static void
test_columns_are_fields(void **state)
{
	struct home home = home_make();
	const char *const names[] = {"plate"};
	const struct catalog_columns columns = {names, 1};
	struct parsed p = {.rc = 0};

	(void)state;
	home_write(&home, "dunlin.yaml", LENDER ROUTE);
	home_write(&home, "scripts/ask.yaml", BEHIND("{{plate:digits}}, {{garage}}"));
	p.rc = config_load_with(home.path, &columns, &p.config, &p.complaints);
	assert_int_equal(p.complaints.n, 1);
	assert_int_equal(p.complaints.warnings, 1);
	assert_non_null(strstr(p.complaints.items[0].text, "`garage`"));
	drop(&p);
	home_remove(&home);
}

/* A mistake inside a step does not make the proof complain of the step as well. */
static void
test_one_mistake_is_told_once(void **state)
{
	(void)state;
	WRONG_HELLO("{say: {}, next: bye}", 16, "a text for each language");
	WRONG_HELLO("{menu: {1: bye, 1: bye}, say: Hello}", 26, "");
	wrong("strat: hello\nstop: bye\ntrouble: bye\nsteps:\n  hello: {end: true}\n", 2, 1, 1,
	      "did you mean `start`?");
}

/* ---- the home ---- */

static struct parsed
load(const struct home *home)
{
	struct parsed p = {.rc = 0};

	p.rc = config_load(home->path, &p.config, &p.complaints);
	return p;
}

static void
test_steps_of_campaigns_name_scripts(void **state)
{
	struct home home = home_make();
	struct parsed p;

	(void)state;
	home_write(&home, "dunlin.yaml", LENDER ROUTE);
	home_write(&home, "campaigns/c.yaml", "steps: [{day: 1, call: remind}]\n");
	home_write(&home, "scripts/reminder.yaml", HEAD "  hello: {say: Hello, next: bye}\n");
	p = load(&home);
	assert_int_equal(p.complaints.n, 1);
	assert_string_equal(p.complaints.items[0].text,
			    "there is no script scripts/remind.yaml; did you mean `reminder`?");
	drop(&p);

	/* Found, but nobody would be called. */
	home_write(&home, "campaigns/c.yaml", "steps: [{day: [1, 2], call: reminder}]\n");
	p = load(&home);
	assert_int_equal(p.complaints.n, 1);
	assert_true(p.complaints.items[0].warning);
	assert_string_equal(p.complaints.items[0].file, "campaigns/c.yaml");
	assert_non_null(strstr(p.complaints.items[0].text, "no route places calls"));
	drop(&p);

	home_write(&home, "dunlin.yaml", LENDER VOICE_ROUTE);
	p = load(&home);
	assert_int_equal(p.complaints.n, 0);
	assert_non_null(config_script(p.config, "reminder"));
	assert_null(config_script(p.config, "other"));
	drop(&p);

	/* One with mistakes is complained of itself, not by who names it. */
	home_write(&home, "scripts/reminder.yaml", HEAD "  hello: {say: Hello, next: bey}\n");
	home_write(&home, "scripts/notes.txt", "remember\n");
	home_write(&home, "scripts/re minder.yaml", "x: y\n");
	p = load(&home);
	assert_int_equal(p.complaints.errors, 2);
	assert_int_equal(p.complaints.warnings, 1);
	assert_null(p.config);
	drop(&p);
	home_remove(&home);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_sample_is_proven),
	    cmocka_unit_test(test_what_each_key_becomes),
	    cmocka_unit_test(test_languages_of_keys_count),
	    cmocka_unit_test(test_fields_are_read_as_they_should),
	    cmocka_unit_test(test_mistakes_of_keys),
	    cmocka_unit_test(test_mistakes_of_gathering),
	    cmocka_unit_test(test_mistakes_of_texts),
	    cmocka_unit_test(test_slips_of_fields),
	    cmocka_unit_test(test_columns_are_fields),
	    cmocka_unit_test(test_one_mistake_is_told_once),
	    cmocka_unit_test(test_steps_of_campaigns_name_scripts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
