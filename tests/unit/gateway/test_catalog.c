#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/base/catalog.h"
#include "gateway/base/complaint.h"
#include "gateway/base/language.h"
#include "home.h"

/* A catalog read from a folder, and what was complained about. */
struct loaded {
	struct home home;
	struct catalog *catalog;
	struct complaints complaints;
};

static struct loaded
load(const char *const files[][2], const struct catalog_columns *columns)
{
	struct loaded l = {.home = home_make()};

	for (size_t i = 0; files[i][0] != NULL; i++)
		home_write(&l.home, files[i][0], files[i][1]);
	assert_int_equal(catalog_load(l.home.path, columns, &l.catalog, &l.complaints), 0);
	return l;
}

static void
drop(struct loaded *l)
{
	catalog_free(l->catalog);
	complaint_clear(&l->complaints);
	home_remove(&l->home);
}

/* One text with one complaint that says `word`; an error leaves the text out. */
static void
assert_complaint(const char *name, const char *text, bool warning, int line, int col,
		 const char *word)
{
	const char *const files[][2] = {{name, text}, {NULL, NULL}};
	struct loaded l = load(files, NULL);
	const struct complaint *c = l.complaints.items;

	assert_int_equal(l.complaints.n, 1);
	assert_string_equal(c->file, name);
	assert_int_equal(c->warning, warning);
	assert_int_equal(c->line, line);
	assert_int_equal(c->col, col);
	if (strstr(c->text, word) == NULL)
		fail_msg("`%s` lacks `%s`", c->text, word);
	drop(&l);
}

static void
test_languages(void **state)
{
	static const char *const good[][2] = {{"EN", "en"},         {"es-co", "es-CO"},
					      {"es_CO", "es-CO"},   {"tl", "fil"},
					      {"tl-PH", "fil-PH"},  {"zh-hant-tw", "zh-Hant-TW"},
					      {"es-419", "es-419"}, {"SR-LATN", "sr-Latn"}};
	static const char *const bad[] = {"",       "e",          "english", "en-",
					  "en-USA", "-en",        "en US",   "en-US-US",
					  "12",     "en-US-Latn", "en--US"};
	char tag[LANGUAGE_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(language_canonical(good[i][0], strlen(good[i][0]), tag), 0);
		assert_string_equal(tag, good[i][1]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(language_canonical(bad[i], strlen(bad[i]), tag), -22);
}

static const char *
find(const struct loaded *l, const char *name, const char *language, const char *fallback)
{
	const struct catalog_text *text = catalog_find(l->catalog, name, language, fallback);

	return text != NULL ? text->file : "none";
}

static void
test_lookup_widens_then_falls_back(void **state)
{
	static const char *const files[][2] = {
	    {"templates/a.en.txt", "x"},    {"templates/a.es.txt", "x"},
	    {"templates/a.es-MX.txt", "x"}, {"templates/a.tl.txt", "x"},
	    {"templates/b.en.txt", "x"},    {NULL, NULL}};
	struct loaded l = load(files, NULL);

	(void)state;
	assert_int_equal(l.complaints.n, 0);
	assert_int_equal(catalog_count(l.catalog), 5);
	assert_string_equal(find(&l, "a", "es-MX", "en"), "templates/a.es-MX.txt");
	assert_string_equal(find(&l, "a", "es-CO", "en"), "templates/a.es.txt");
	assert_string_equal(find(&l, "a", "fil", "en"), "templates/a.tl.txt");
	assert_string_equal(find(&l, "a", "tl-PH", "en"), "templates/a.tl.txt");
	assert_string_equal(find(&l, "a", "de", "en-GB"), "templates/a.en.txt");
	assert_string_equal(find(&l, "a", "", "en"), "templates/a.en.txt");
	assert_string_equal(find(&l, "a", NULL, "en"), "templates/a.en.txt");
	assert_string_equal(find(&l, "a", "de", "fr"), "none");
	assert_string_equal(find(&l, "b", "es", "es"), "none");
	assert_string_equal(find(&l, "c", "en", "en"), "none");
	assert_true(catalog_has(l.catalog, "b"));
	assert_false(catalog_has(l.catalog, "c"));
	drop(&l);
}

static void
test_settings(void **state)
{
	static const char *const files[][2] = {
	    {"templates/a.en.txt",
	     "{{! class: warn; replies: no; shift: tr; max_parts: 3 }}Reply now {{name}}"},
	    {"templates/b.en.txt", "Dear {{name}}"},
	    {"templates/c.en.txt", "Send STOP to end"},
	    {"templates/d.en.txt", "We replied, nonstop"},
	    {NULL, NULL}};
	struct loaded l = load(files, NULL);
	const struct catalog_text *a = catalog_find(l.catalog, "a", "en", "en");
	const struct catalog_text *b = catalog_find(l.catalog, "b", "en", "en");

	(void)state;
	assert_int_equal(l.complaints.n, 0);
	assert_int_equal(a->class, CATALOG_WARN);
	assert_int_equal(a->shift, CATALOG_SHIFT_TR);
	assert_int_equal(a->max_parts, 3);
	assert_false(a->replies);
	assert_int_equal(b->class, CATALOG_REMIND);
	assert_int_equal(b->max_parts, CATALOG_PARTS);
	assert_false(b->replies);
	assert_int_equal(strlen(b->version), 16);
	assert_string_not_equal(a->version, b->version);
	/* by its words: whole ones only */
	assert_true(catalog_find(l.catalog, "c", "en", "en")->replies);
	assert_false(catalog_find(l.catalog, "d", "en", "en")->replies);
	drop(&l);
}

static void
test_mistakes_of_a_text(void **state)
{
	(void)state;
	assert_complaint("templates/a.en.txt", "{{! clas: warn }}x", false, 1, 5,
			 "did you mean `class`?");
	assert_complaint("templates/a.en.txt", "{{! class: wran }}x", false, 1, 5,
			 "did you mean `warn`?");
	assert_complaint("templates/a.en.txt", "{{! max_parts: 256 }}x", false, 1, 5, "1 to 255");
	assert_complaint("templates/a.en.txt", "x\n{{ammount}}", false, 2, 3,
			 "did you mean `amount`?");
	assert_complaint("templates/a.en.txt", "{{check}}", false, 1, 3, "never appears");
	assert_complaint("templates/a.en.txt", "{{village}}", true, 1, 3, "column");
	assert_complaint("templates/a.en.txt", "{{#name}}x", false, 1, 4, "");
	assert_complaint("templates/a.en.txt", "{{> footer}}", false, 1, 5, "footer");
	assert_complaint("templates/a.en.txt", " \n", false, 0, 0, "empty");
	assert_complaint("templates/a.en.txt", "caf\xe9", false, 1, 4, "UTF-8");
}

static void
test_mistakes_of_a_name(void **state)
{
	(void)state;
	assert_complaint("templates/a.txt", "x", false, 0, 0, "a.en.txt");
	assert_complaint("templates/a.english.txt", "x", false, 0, 0, "`english` is no language");
	assert_complaint("templates/a b.en.txt", "x", false, 0, 0, "letters");
	assert_complaint("templates/a.en.text", "x", true, 0, 0, "not read");
}

static void
test_same_text_in_two_files(void **state)
{
	static const char *const files[][2] = {
	    {"templates/a.fil.txt", "x"}, {"templates/a.tl.txt", "y"}, {NULL, NULL}};
	struct loaded l = load(files, NULL);

	(void)state;
	assert_int_equal(l.complaints.errors, 1);
	drop(&l);
}

static void
test_columns_are_fields(void **state)
{
	static const char *const names[] = {"village", "nmae"};
	static const struct catalog_columns columns = {names, 2};
	static const char *const files[][2] = {
	    {"templates/a.en.txt", "{{village}} {{nmae}} {{person_id}}"}, {NULL, NULL}};
	struct loaded l = load(files, &columns);

	(void)state;
	assert_int_equal(l.complaints.n, 0);
	drop(&l);
}

static void
test_leftovers_of_editors_are_passed_over(void **state)
{
	static const char *const files[][2] = {{"templates/a.en.txt~", "{{x"},
					       {"templates/.a.en.txt.swp", "{{x"},
					       {"templates/a.en.txt", "x"},
					       {NULL, NULL}};
	struct loaded l = load(files, NULL);

	(void)state;
	assert_int_equal(l.complaints.n, 0);
	assert_int_equal(catalog_count(l.catalog), 1);
	drop(&l);
}

static void
test_no_folder_is_an_empty_catalog(void **state)
{
	static const char *const files[][2] = {{NULL, NULL}};
	struct loaded l = load(files, NULL);

	(void)state;
	assert_int_equal(catalog_count(l.catalog), 0);
	assert_null(catalog_find(l.catalog, "a", "en", "en"));
	drop(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_languages),
	    cmocka_unit_test(test_lookup_widens_then_falls_back),
	    cmocka_unit_test(test_settings),
	    cmocka_unit_test(test_mistakes_of_a_text),
	    cmocka_unit_test(test_mistakes_of_a_name),
	    cmocka_unit_test(test_same_text_in_two_files),
	    cmocka_unit_test(test_columns_are_fields),
	    cmocka_unit_test(test_leftovers_of_editors_are_passed_over),
	    cmocka_unit_test(test_no_folder_is_an_empty_catalog),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
