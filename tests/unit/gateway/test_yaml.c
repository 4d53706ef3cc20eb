#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/arena.h"
#include "gateway/base/complaint.h"
#include "gateway/base/yaml.h"

/* One text read: its tree and what was complained about. */
struct read {
	struct arena arena;
	struct complaints complaints;
	const struct yaml_node *root;
	int rc;
};

static struct read
read_len(const char *text, size_t len)
{
	struct read r = {.rc = 0};

	r.rc = yaml_parse(&r.arena, text, len, "f.yaml", &r.root, &r.complaints);
	return r;
}

static struct read
read_text(const char *text)
{
	return read_len(text, strlen(text));
}

static void
drop(struct read *r)
{
	complaint_clear(&r->complaints);
	arena_clear(&r->arena);
}

/* Exactly one complaint, at that place, with that word in it. */
static void
assert_refused(const char *text, int line, int col, const char *word)
{
	struct read r = read_text(text);

	assert_int_equal(r.rc, -22);
	assert_int_equal(r.complaints.n, 1);
	assert_int_equal(r.complaints.items[0].line, line);
	assert_int_equal(r.complaints.items[0].col, col);
	if (strstr(r.complaints.items[0].text, word) == NULL)
		fail_msg("`%s` lacks `%s`", r.complaints.items[0].text, word);
	drop(&r);
}

static void
test_tree_with_marks(void **state)
{
	struct read r = read_text("a: 1\nb:\n  - x\n  - {c: 'y'}\n");
	const struct yaml_node *a, *b, *c;

	(void)state;
	assert_int_equal(r.rc, 0);
	assert_int_equal(r.root->kind, YAML_MAP);
	assert_int_equal(r.root->n, 2);
	a = r.root->first;
	b = a->next;
	assert_string_equal(a->text, "a");
	assert_string_equal(a->value->text, "1");
	assert_int_equal(a->value->col, 4);
	assert_int_equal(b->value->kind, YAML_LIST);
	assert_int_equal(b->value->n, 2);
	c = b->value->first->next->first;
	assert_int_equal(c->line, 4);
	assert_int_equal(c->col, 6);
	assert_true(c->value->quoted);
	assert_null(b->next);
	drop(&r);
}

static void
test_columns_count_characters(void **state)
{
	struct read r = read_text("{\"ñandú\": x, b: y}\n");

	(void)state;
	assert_int_equal(r.root->first->next->col, 14);
	drop(&r);
}

static void
test_line_ends_and_mark_are_fine(void **state)
{
	struct read r = read_text("a: 1\r\nb: 2\r\n");

	(void)state;
	assert_int_equal(r.rc, 0);
	assert_int_equal(r.root->first->next->line, 2);
	assert_string_equal(r.root->first->value->text, "1");
	drop(&r);
}

static void
test_empty_is_no_tree(void **state)
{
	static const char *const texts[] = {"", "# only a comment\n", "\n\n"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct read r = read_text(texts[i]);

		assert_int_equal(r.rc, 0);
		assert_null(r.root);
		drop(&r);
	}
}

static void
test_refuses_what_has_two_meanings(void **state)
{
	(void)state;
	assert_refused("a: &x 1\n", 1, 4, "anchor");
	assert_refused("a: *x\n", 1, 4, "alias");
	assert_refused("a: !!str 1\n", 1, 4, "tag");
	assert_refused("%YAML 1.1\n---\na: 1\n", 1, 1, "directive");
	assert_refused("a: 1\n---\nb: 2\n", 2, 1, "second document");
	assert_refused("a: 1\nb: 2\na: 3\n", 3, 1, "twice; the first is on line 1");
	assert_refused("a: 1\n? [x]\n: 2\n", 2, 3, "plain text");
	assert_refused("a: \"x\\0y\"\n", 1, 4, "NUL");
}

static void
test_refuses_what_is_no_text(void **state)
{
	struct read r = read_len("a: \0b\n", 6);

	(void)state;
	assert_int_equal(r.complaints.items[0].col, 4);
	drop(&r);
	assert_refused("a: caf\xe9\n", 1, 7, "UTF-8");
	assert_refused("a: 1\n\tb: 2\n", 2, 1, "tab");
	assert_refused("a: x\xe2\x80\xa8\n", 1, 5, "U+2028");
	assert_refused("a: [1, 2\nb: 3\n", 2, 2, "not closed");
}

static void
test_all_tabs_are_told(void **state)
{
	struct read r = read_text("a:\n\tb: 1\n  c: 2\n \td: 3\n");

	(void)state;
	assert_int_equal(r.complaints.n, 2);
	assert_int_equal(r.complaints.items[1].line, 4);
	assert_int_equal(r.complaints.items[1].col, 2);
	drop(&r);
}

static void
test_depth_stops_early(void **state)
{
	char text[YAML_SIZE_MAX];
	struct read r;

	(void)state;
	memset(text, '[', sizeof(text));
	r = read_len(text, sizeof(text));
	assert_int_equal(r.complaints.n, 1);
	assert_int_equal(r.complaints.items[0].col, YAML_DEPTH + 1);
	drop(&r);
	memset(text + YAML_DEPTH, ']', YAML_DEPTH);
	r = read_len(text, 2 * YAML_DEPTH);
	assert_int_equal(r.rc, 0);
	drop(&r);
}

static void
test_size_is_capped(void **state)
{
	char *text = malloc(YAML_SIZE_MAX + 1);
	struct read r;

	(void)state;
	memset(text, ' ', YAML_SIZE_MAX + 1);
	r = read_len(text, YAML_SIZE_MAX + 1);
	assert_int_equal(r.complaints.errors, 1);
	drop(&r);
	r = read_len(text, YAML_SIZE_MAX);
	assert_int_equal(r.complaints.errors, 0);
	drop(&r);
	free(text);
}

/* --- the checker ---------------------------------------------------------------------------- */

struct box {
	const char *text;
	bool flag;
	int number, word;
	int32_t time;
};

static const char *const words[] = {"red", "green", NULL};
static const struct yaml_key keys[] = {
    {"text", YAML_TEXT, .required = true, .offset = offsetof(struct box, text)},
    {"flag", YAML_BOOL, .offset = offsetof(struct box, flag)},
    {"number", YAML_INT, .offset = offsetof(struct box, number), .min = -5, .max = 10},
    {"word", YAML_WORD, .offset = offsetof(struct box, word), .words = words},
    {"time", YAML_TIME, .offset = offsetof(struct box, time)},
    {0}};

static struct read
fill(const char *text, struct box *box)
{
	struct read r = read_text(text);
	struct yaml_reader reader = {
	    .arena = &r.arena, .file = "f.yaml", .complaints = &r.complaints};

	yaml_fill(&reader, r.root, NULL, "box", keys, box);
	return r;
}

static void
test_fill_reads_every_type(void **state)
{
	struct box box = {0};
	struct read r = fill("{text: 10, flag: Yes, number: -5, word: green, time: 9:05}", &box);

	(void)state;
	assert_int_equal(r.complaints.n, 0);
	assert_string_equal(box.text, "10");
	assert_true(box.flag);
	assert_int_equal(box.number, -5);
	assert_int_equal(box.word, 1);
	assert_int_equal(box.time, 9 * 3600 + 5 * 60);
	drop(&r);
}

static void
test_fill_tells_every_mistake(void **state)
{
	static const char *const expected[] = {"1:1", "2:7", "3:9", "4:7", "5:7", "6:1", "7:1"};
	struct box box = {.flag = true, .number = 3, .word = 1, .time = 7};
	struct read r = fill(
	    "txet: x\nflag: perhaps\nnumber: 11\nword: gren\ntime: 24:00\nnumbre: 1\nq: 1\n", &box);
	char place[32];

	(void)state;
	/* and `text` is missing, told at the mapping itself */
	assert_int_equal(r.complaints.n, 8);
	for (size_t i = 0; i < 7; i++) {
		snprintf(place, sizeof(place), "%d:%d", r.complaints.items[i].line,
			 r.complaints.items[i].col);
		assert_string_equal(place, expected[i]);
	}
	assert_non_null(strstr(r.complaints.items[0].text, "did you mean `text`?"));
	assert_non_null(strstr(r.complaints.items[3].text, "did you mean `green`?"));
	assert_non_null(strstr(r.complaints.items[6].text, "known are text, flag"));
	assert_non_null(strstr(r.complaints.items[7].text, "box needs `text`"));
	/* what was wrong stays at its default */
	assert_true(box.flag);
	assert_int_equal(box.number, 3);
	assert_int_equal(box.word, 1);
	assert_int_equal(box.time, 7);
	drop(&r);
}

static void
test_fill_wants_a_mapping(void **state)
{
	struct box box = {0};
	struct read r = fill("- a\n", &box);

	(void)state;
	assert_int_equal(r.complaints.n, 1);
	drop(&r);
	r = fill("text:\nflag: [yes]\n", &box);
	assert_int_equal(r.complaints.n, 2);
	assert_non_null(strstr(r.complaints.items[0].text, "has no value"));
	drop(&r);
}

static void
test_wrong_nodes_are_told_once(void **state)
{
	struct box box = {0};
	struct read r = fill("text: *x\nnumber: &y 3\n", &box);

	(void)state;
	assert_int_equal(r.complaints.n, 2);
	drop(&r);
}

static void
test_numbers_are_bounded(void **state)
{
	static const char *const bad[] = {"number: 99999999999999999999\ntext: x",
					  "number: '-'\ntext: x", "number: 1.5\ntext: x",
					  "number: 0x3\ntext: x", "number: --3\ntext: x"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct box box = {.number = 7};
		struct read r = fill(bad[i], &box);

		assert_int_equal(r.complaints.n, 1);
		assert_int_equal(box.number, 7);
		drop(&r);
	}
}

static void
test_times(void **state)
{
	int32_t t = -1;

	(void)state;
	assert_int_equal(yaml_parse_time("00:00", 5, false, &t), 0);
	assert_int_equal(t, 0);
	assert_int_equal(yaml_parse_time("24:00", 5, true, &t), 0);
	assert_int_equal(t, 86400);
	assert_int_equal(yaml_parse_time("24:00", 5, false, &t), -22);
	assert_int_equal(yaml_parse_time("24:01", 5, true, &t), -22);
	assert_int_equal(yaml_parse_time("12:60", 5, true, &t), -22);
	assert_int_equal(yaml_parse_time("1200", 4, true, &t), -22);
	assert_int_equal(yaml_parse_time("12:0", 4, true, &t), -22);
	assert_int_equal(yaml_parse_time(":", 1, true, &t), -22);
	assert_int_equal(yaml_parse_time("", 0, true, &t), -22);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_tree_with_marks),
	    cmocka_unit_test(test_columns_count_characters),
	    cmocka_unit_test(test_line_ends_and_mark_are_fine),
	    cmocka_unit_test(test_empty_is_no_tree),
	    cmocka_unit_test(test_refuses_what_has_two_meanings),
	    cmocka_unit_test(test_refuses_what_is_no_text),
	    cmocka_unit_test(test_all_tabs_are_told),
	    cmocka_unit_test(test_depth_stops_early),
	    cmocka_unit_test(test_size_is_capped),
	    cmocka_unit_test(test_fill_reads_every_type),
	    cmocka_unit_test(test_fill_tells_every_mistake),
	    cmocka_unit_test(test_fill_wants_a_mapping),
	    cmocka_unit_test(test_wrong_nodes_are_told_once),
	    cmocka_unit_test(test_numbers_are_bounded),
	    cmocka_unit_test(test_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
