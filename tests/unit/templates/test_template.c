/* test_template.c - what the product asks of templates beyond the specification: faults that
 * point at the mistake, settings, bounds, and texts as they go to a telephone */
#include "templates/template.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct template_field borrower[] = {
    {"name", "Maria <M> & Co"}, {"amount", "PHP 1,250.00"},
    {"loan.officer", "Ana"},    {"segment", ""},
    {"days_overdue", NULL},     {"zero", "0"},
    {"name", "a second one"},
};
static const struct template_fields table = {borrower, sizeof borrower / sizeof *borrower};

static struct template *
parsed(const char *source)
{
	struct template *t = NULL;
	struct template_fault fault;
	int err = template_parse(&t, source, strlen(source), &fault);
	if (err != 0)
		fail_msg("%s: %d:%d: %s", source, fault.line, fault.col, fault.text);
	return t;
}

/* Render `source` over `table`, expecting `err`; *out, *fault as the renderer left them. */
static void
render(const char *source, unsigned flags, int err, char out[static 512],
       struct template_fault *fault)
{
	struct template *t = parsed(source);
	size_t len = 99;
	*fault = (struct template_fault){0};
	int got =
	    template_render(t, template_fields_view(&table), flags, NULL, out, 512, &len, fault);
	if (got != err)
		fail_msg("%s: %d instead of %d: %s", source, got, err, fault->text);
	assert_int_equal(len, strlen(out));
	template_free(t);
}

static void
expect(const char *source, unsigned flags, const char *text)
{
	char out[512];
	struct template_fault fault;
	render(source, flags, 0, out, &fault);
	assert_string_equal(out, text);
}

static void
expect_miss(const char *source, int line, int col, const char *text)
{
	char out[512];
	struct template_fault fault;
	render(source, TEMPLATE_TEXT, -ENOENT, out, &fault);
	assert_string_equal(out, "");
	assert_string_equal(fault.text, text);
	assert_int_equal(fault.line, line);
	assert_int_equal(fault.col, col);
}

static void
test_texts(void **state)
{
	(void)state;
	expect("Hi {{name}}, pay {{amount}}.", TEMPLATE_TEXT,
	       "Hi Maria <M> & Co, pay PHP 1,250.00.");
	expect("{{name}}", TEMPLATE_ESCAPE_HTML, "Maria &lt;M&gt; &amp; Co");
	expect("{{{name}}}", TEMPLATE_ESCAPE_HTML, "Maria <M> & Co");
	expect("{{loan.officer}}", 0, "Ana");
	expect("[{{segment}}]", 0, "[]");
	expect("{{#segment}}early{{/segment}}{{^segment}}none{{/segment}}", 0, "none");
	expect("{{#days_overdue}}late{{/days_overdue}}{{^days_overdue}}in time{{/days_overdue}}", 0,
	       "in time");
	expect("{{#zero}}zero is a text{{/zero}}", 0, "zero is a text");
	expect("{{#name}}{{.}} and {{amount}}{{/name}}", 0, "Maria <M> & Co and PHP 1,250.00");
	expect("{{ # name }}{{ amount }}{{ / name }}", 0, "PHP 1,250.00");
	expect("", 0, "");
}

static void
test_for_sending(void **state)
{
	(void)state;
	expect("one\r\ntwo\r\n", TEMPLATE_TEXT, "one\ntwo");
	expect("one\r\ntwo\r\n", 0, "one\r\ntwo\r\n");
	expect("{{#name}}\nlast line\n{{/name}}\n", TEMPLATE_TEXT, "last line");
	expect("{{! class: warn; replies: yes }}\nHi\n", TEMPLATE_TEXT, "Hi");
	expect("a \r b\n\n", TEMPLATE_TEXT, "a \r b");
	expect("\r\n\r\n", TEMPLATE_TEXT, "");
	expect("\xef\xbb\xbfHi", TEMPLATE_TEXT, "Hi");
}

static void
test_misses(void **state)
{
	(void)state;
	expect_miss("Hi {{nmae}}", 1, 6, "'nmae' is not a known field");
	expect_miss("Hi\nñandú {{ nmae }}", 2, 10, "'nmae' is not a known field");
	expect_miss("{{#nmae}}x{{/nmae}}", 1, 4, "'nmae' is not a known field");
	expect_miss("{{^nmae}}x{{/nmae}}", 1, 4, "'nmae' is not a known field");
	expect_miss("{{days_overdue}}", 1, 3, "'days_overdue' has no value");
	expect_miss("{{name.first}}", 1, 3, "'name.first' is not a known field");
	expect_miss("{{.}}", 1, 3, "'.' has no value");
	expect_miss("x {{> footer }}", 1, 7, "'footer' is not a known partial");
	/* A tag whose name's end is a line's end does not lose that line. */
	expect_miss("{{name\n}}\n{{nmae}}", 3, 3, "'nmae' is not a known field");
	expect("[{{nmae}}{{#nmae}}x{{/nmae}}{{>footer}}{{days_overdue}}]", TEMPLATE_MISSES_EMPTY,
	       "[]");
}

static void
test_parse_faults(void **state)
{
	(void)state;
	static const struct {
		const char *source;
		int line, col;
		const char *text;
	} cases[] = {
	    {"Hi {{name", 1, 4, "this tag is not closed"},
	    {"Hi {{name and\n{{amount}}", 1, 4, "this tag is not closed"},
	    {"Hi {{name and {{amount}}", 1, 4, "this tag is not closed"},
	    {"{{{name}}", 1, 1, "this tag is not closed"},
	    {"a\nb {{}}", 2, 3, "this tag is empty"},
	    {"{{#}}{{/}}", 1, 1, "this tag is empty"},
	    {"{{#name}}x", 1, 4, "the section 'name' is never closed"},
	    {"{{#name}}{{#zero}}x{{/name}}", 1, 23,
	     "the open section is 'zero': it must be closed first"},
	    {"x{{/name}}", 1, 5, "'name' is closed here but no section is open"},
	    {"\n{{=<%=}}", 2, 1, "new delimiters are written as in {{=<% %>=}}"},
	    {"{{= a b c =}}", 1, 1, "new delimiters are written as in {{=<% %>=}}"},
	    {"{{na\tme}}", 1, 1, "this name holds a control character"},
	    {"caf\xe9", 1, 4, "this is not UTF-8 text: save the file as UTF-8"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct template *t = (struct template *)(uintptr_t)1;
		struct template_fault fault = {0};
		const char *source = cases[i].source;
		assert_int_equal(template_parse(&t, source, strlen(source), &fault), -EINVAL);
		assert_null(t);
		assert_string_equal(fault.text, cases[i].text);
		assert_int_equal(fault.line, cases[i].line);
		assert_int_equal(fault.col, cases[i].col);
		assert_int_equal(template_parse(&t, source, strlen(source), NULL), -EINVAL);
	}
}

static void
test_encoding(void **state)
{
	(void)state;
	static const char *const bad[] = {"\x80",         "\xc0\x80",
					  "\xc1\xbf",     "\xe0\x9f\xbf",
					  "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
					  "\xf5",         "\xf4\x90\x80\x80",
					  "\xe2\x82",     "\xc3(",
					  "\xff"};
	struct template *t;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(template_parse(&t, bad[i], strlen(bad[i]), NULL), -EINVAL);
	assert_int_equal(template_parse(&t, "a\0b", 3, NULL), -EINVAL);
	expect("\xc2\x80\xe0\xa0\x80\xed\x9f\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", 0,
	       "\xc2\x80\xe0\xa0\x80\xed\x9f\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf");
}

/* Callbacks that write down what they are told. */
static int
on_name(void *ctx, const char *name, int line, int col)
{
	char *seen = ctx;
	snprintf(seen + strlen(seen), 256 - strlen(seen), "%s@%d:%d ", name, line, col);
	return strcmp(name, "stop") == 0 ? 7 : 0;
}

static int
on_setting(void *ctx, const char *name, const char *value, int line, int col)
{
	char *seen = ctx;
	snprintf(seen + strlen(seen), 256 - strlen(seen), "%s=%s@%d:%d ", name, value, line, col);
	return strcmp(name, "stop") == 0 ? 7 : 0;
}

static void
expect_settings(const char *source, int result, const char *seen)
{
	struct template *t = parsed(source);
	char got[256] = "";
	assert_int_equal(template_each_setting(t, on_setting, got), result);
	assert_string_equal(got, seen);
	template_free(t);
}

static void
test_settings(void **state)
{
	(void)state;
	expect_settings("{{! class: warn; replies: yes; shift: tr }}\nHi", 0,
			"class=warn@1:5 replies=yes@1:18 shift=tr@1:32 ");
	expect_settings("{{!class:warn;}}", 0, "class=warn@1:4 ");
	expect_settings("{{! class: warn;\n    wat\n; shift : }}", 0,
			"class=warn@1:5 wat=@2:5 shift=@3:3 ");
	expect_settings("{{! a:1; stop:2; b:3 }}", 7, "a=1@1:5 stop=2@1:10 ");
	expect_settings("{{! A remark: not settings }}", 0, "");
	expect_settings("{{! only a remark }}", 0, "");
	expect_settings("text {{! class: warn }}", 0, "");
	expect_settings("{{! class: warn }}{{! shift: tr }}", 0, "class=warn@1:5 ");
	expect_settings("{{! class: \xc3\xb1; x: y}}", 0, "class=\xc3\xb1@1:5 x=y@1:15 ");

	struct template *t = parsed("{{! class: warn\n ; empty: ; class: soft }}\n{{nmae}}");
	assert_string_equal(template_setting(t, "class"), "warn");
	assert_string_equal(template_setting(t, "empty"), "");
	assert_null(template_setting(t, "replies"));
	char fields[256] = "";
	assert_int_equal(template_each_field(t, on_name, fields), 0);
	assert_string_equal(fields, "nmae@3:3 ");
	template_free(t);
}

static void
test_names(void **state)
{
	(void)state;
	struct template *t =
	    parsed("{{#a}}{{b}}{{{c}}}{{.}}\n{{> p}}{{/a}}{{^stop}}{{d}}{{/stop}}");
	char fields[256] = "", partials[256] = "";
	assert_int_equal(template_each_field(t, on_name, fields), 7);
	assert_string_equal(fields, "a@1:4 b@1:9 c@1:15 stop@2:17 ");
	assert_int_equal(template_each_partial(t, on_name, partials), 0);
	assert_string_equal(partials, "p@2:5 ");
	template_free(t);
}

/* Every buffer that is too small refuses and is left empty; the first that is not takes all. */
static void
test_buffer(void **state)
{
	(void)state;
	static const char source[] = "A{{name}}\r\n{{#amount}}{{.}}{{/amount}}!\n";
	struct template *t = parsed(source);
	char whole[128], out[128];
	struct template_fault fault;
	for (unsigned flags = 0; flags < 2; flags++) {
		struct template_view view = template_fields_view(&table);
		size_t len;
		assert_int_equal(
		    template_render(t, view, flags, NULL, whole, sizeof whole, &len, NULL), 0);
		for (size_t cap = 1; cap <= len + 1; cap++) {
			char *exact = malloc(cap);
			assert_non_null(exact);
			size_t got;
			int err = template_render(t, view, flags, NULL, exact, cap, &got, &fault);
			assert_int_equal(err, cap <= len ? -ENOBUFS : 0);
			assert_string_equal(exact, cap <= len ? "" : whole);
			assert_int_equal(got, cap <= len ? 0 : len);
			free(exact);
		}
	}
	assert_int_equal(
	    template_render(t, template_fields_view(&table), 0, NULL, out, 5, NULL, &fault),
	    -ENOBUFS);
	assert_string_equal(fault.text, "'name' makes the text too long");
	template_free(t);

	t = parsed("{{zero}}\nlong text");
	assert_int_equal(
	    template_render(t, template_fields_view(&table), 0, NULL, out, 5, NULL, &fault),
	    -ENOBUFS);
	assert_string_equal(fault.text, "this text does not fit any more");
	assert_int_equal(fault.line * 100 + fault.col, 109);
	template_free(t);
}

static const struct template *
find_one(void *ctx, const char *name)
{
	return strcmp(name, "p") == 0 ? ctx : NULL;
}

static void
expect_partial(const char *source, const char *partial, int err, const char *text)
{
	struct template *t = parsed(source), *p = parsed(partial);
	struct template_partials partials = {find_one, p};
	char out[512];
	struct template_fault fault = {0};
	int got = template_render(t, template_fields_view(&table), 0, &partials, out, sizeof out,
				  NULL, &fault);
	assert_int_equal(got, err);
	assert_string_equal(err == 0 ? out : fault.text, text);
	template_free(t);
	template_free(p);
}

static void
test_partials(void **state)
{
	(void)state;
	expect_partial("a\n  {{>p}}\nb", "x\n{{amount}}\n\ny", 0,
		       "a\n  x\n  PHP 1,250.00\n  \n  yb");
	/* Lines whose first thing is a section are lines too. */
	expect_partial("  {{>p}}\n", "{{#zero}}a\n{{/zero}}b\n", 0, "  a\n  b\n");
	expect_partial("{{>p}}", "x {{nmae}}", -ENOENT, "'nmae' is not a known field in partial p");
	expect_partial("{{>p}}", "{{>p}}", -ELOOP, "'p' includes itself without end in partial p");
	expect_partial("{{>p}}", "{{^zero}}{{>p}}{{/zero}}{{#zero}}end{{/zero}}", 0, "end");
}

/* Data without end: every value is a list of as many items as there can be, and no item writes
 * anything, so that only the bound on steps ends the rendering. */
static struct template_node
deep_child(struct template_node node, const char *name, size_t len)
{
	(void)name;
	(void)len;
	return node;
}

static size_t
deep_length(struct template_node node)
{
	(void)node;
	return SIZE_MAX - 1;
}

static struct template_node
deep_item(struct template_node node, size_t i)
{
	(void)i;
	return node;
}

static bool
deep_truth(struct template_node node)
{
	return node.p != NULL;
}

static const char *
deep_string(struct template_node node, char *scratch, size_t cap, size_t *len)
{
	(void)node;
	(void)cap;
	*len = 0;
	return scratch;
}

static void
test_steps(void **state)
{
	(void)state;
	static const struct template_view_ops ops = {deep_child, deep_length, deep_item, deep_truth,
						     deep_string};
	struct template *t = parsed("{{#a}}{{b}}{{/a}}");
	char out[16];
	struct template_fault fault;
	struct template_view view = {&ops, {&ops, 0}};
	assert_int_equal(template_render(t, view, 0, NULL, out, sizeof out, NULL, &fault), -ELOOP);
	template_free(t);
}

static void
repeat(char *out, const char *piece, int n)
{
	for (int i = 0; i < n; i++)
		strcat(out, piece);
}

static void
test_bounds(void **state)
{
	(void)state;
	char source[1024] = "";
	struct template *t;
	struct template_fault fault;
	repeat(source, "{{#zero}}", TEMPLATE_MAX_DEPTH);
	repeat(source, "{{/zero}}", TEMPLATE_MAX_DEPTH);
	expect(source, 0, "");
	source[0] = '\0';
	repeat(source, "{{#zero}}", TEMPLATE_MAX_DEPTH + 1);
	assert_int_equal(template_parse(&t, source, strlen(source), &fault), -EINVAL);
	assert_string_equal(fault.text, "sections are nested too deep here");

	snprintf(source, sizeof source, "{{%0*d}}", TEMPLATE_MAX_NAME + 1, 0);
	assert_int_equal(template_parse(&t, source, strlen(source), &fault), -EINVAL);
	assert_string_equal(fault.text, "this name is too long");

	/* A fault shows a long name cut between two characters: 32 of two bytes each. */
	source[0] = '\0';
	repeat(source, "{{x", 1);
	repeat(source, "\xc3\xb1", 50);
	repeat(source, "}}", 1);
	char out[512], shown[128] = "'x";
	repeat(shown, "\xc3\xb1", 31);
	strcat(shown, "' is not a known field");
	render(source, 0, -ENOENT, out, &fault);
	assert_string_equal(fault.text, shown);

	char *big = malloc(TEMPLATE_MAX_SOURCE + 1);
	assert_non_null(big);
	memset(big, 'x', TEMPLATE_MAX_SOURCE + 1);
	assert_int_equal(template_parse(&t, big, TEMPLATE_MAX_SOURCE + 1, &fault), -E2BIG);
	assert_int_equal(template_parse(&t, big, TEMPLATE_MAX_SOURCE, &fault), 0);
	template_free(t);
	free(big);
}

/* An author's text as it grows under the keyboard: every beginning of it is either a template
 * that renders or a fault inside the source. */
static void
test_every_prefix(void **state)
{
	(void)state;
	static const char source[] =
	    "{{! class: warn; shift: tr }}\r\nHi {{name}} {{{amount}}}\n"
	    "{{#segment}}\n\t{{.}}\n{{/segment}}\n{{=<% %>=}}<%^zero%>"
	    "\xe0\xa4\xb9\xe0\xa4\xbf<%/zero%>\n  <%> p %>\n<%& loan.officer%>";
	for (size_t n = 0; n < sizeof source; n++) {
		/* A copy of exactly that size lets the sanitizer see a step too far. */
		char *part = malloc(n + 1);
		assert_non_null(part);
		memcpy(part, source, n);
		struct template *t;
		struct template_fault fault = {0};
		int err = template_parse(&t, part, n, &fault);
		free(part);
		if (err != 0) {
			assert_int_equal(err, -EINVAL);
			assert_in_range(fault.line, 1, 9);
			assert_in_range(fault.col, 1, 60);
			continue;
		}
		char out[256];
		assert_int_equal(template_render(t, template_fields_view(&table),
						 TEMPLATE_MISSES_EMPTY, NULL, out, sizeof out, NULL,
						 &fault),
				 0);
		template_free(t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_texts),    cmocka_unit_test(test_for_sending),
	    cmocka_unit_test(test_misses),   cmocka_unit_test(test_parse_faults),
	    cmocka_unit_test(test_encoding), cmocka_unit_test(test_settings),
	    cmocka_unit_test(test_names),    cmocka_unit_test(test_buffer),
	    cmocka_unit_test(test_partials), cmocka_unit_test(test_steps),
	    cmocka_unit_test(test_bounds),   cmocka_unit_test(test_every_prefix),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
