/* fuzz_template.c - any bytes as a template and a partial, rendered over a small table
 *
 * Input: one byte of flags, then the template; after a line of only `====` the partial `p`. */
#include "templates/template.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const struct template_field list[] = {
    {"a", "1 <&> \"2\""}, {"b", ""}, {"c", NULL}, {"a.b", "x\r\ny"}, {"name", "Maria"},
};
static const struct template_fields fields = {list, sizeof list / sizeof *list};

static const struct template *
find(void *ctx, const char *name)
{
	return strcmp(name, "p") == 0 ? ctx : NULL;
}

static void
check_fault(const struct template_fault *fault)
{
	assert(fault->line >= 1 && fault->col >= 1);
	assert(fault->text[0] != '\0' && strlen(fault->text) < sizeof fault->text);
}

static struct template *
parse(const uint8_t *data, size_t size)
{
	struct template *t = NULL;
	struct template_fault fault;
	memset(&fault, 0, sizeof fault);
	int err = template_parse(&t, (const char *)data, size, &fault);
	assert((err == 0) == (t != NULL));
	if (err != 0)
		check_fault(&fault);
	return t;
}

static int
on_field(void *ctx, const char *name, int line, int col)
{
	size_t len = strlen(name);
	assert(len > 0 && len <= TEMPLATE_MAX_NAME && line >= 1 && col >= 1);
	++*(size_t *)ctx;
	return 0;
}

static int
on_setting(void *ctx, const char *name, const char *value, int line, int col)
{
	const char *first = template_setting(ctx, name);
	assert(first != NULL && value != NULL && line >= 1 && col >= 1);
	return 0;
}

static void
render(const struct template *t, unsigned flags, const struct template *partial)
{
	struct template_partials partials = {find, (void *)(uintptr_t)partial};
	struct template_view view = template_fields_view(&fields);
	struct template_fault fault;
	char out[2048];
	size_t len = 0, again = 0;
	memset(&fault, 0, sizeof fault);
	int err = template_render(t, view, flags, &partials, out, sizeof out, &len, &fault);
	assert(strlen(out) == len);
	if (err != 0) {
		assert(err == -ENOENT || err == -ENOBUFS || err == -ELOOP);
		check_fault(&fault);
		return;
	}
	/* Where nothing is taken off the end, the text fits exactly where it says it does. */
	if (flags & TEMPLATE_TEXT)
		return;
	char *exact = malloc(len + 1);
	assert(exact != NULL);
	assert(template_render(t, view, flags, &partials, exact, len + 1, &again, NULL) == 0);
	assert(again == len && memcmp(exact, out, len) == 0);
	if (len > 0)
		assert(template_render(t, view, flags, &partials, exact, len, NULL, NULL) ==
		       -ENOBUFS);
	free(exact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char border[] = "\n====\n";
	if (size == 0)
		return 0;
	unsigned flags = data[0] & 7;
	const uint8_t *source = data + 1, *end = data + size;
	const uint8_t *cut = memmem(source, size - 1, border, strlen(border));
	struct template *t = parse(source, (size_t)((cut == NULL ? end : cut) - source));
	struct template *partial = NULL;
	if (cut != NULL)
		partial = parse(cut + strlen(border), (size_t)(end - cut) - strlen(border));
	if (t != NULL) {
		size_t n = 0;
		template_each_field(t, on_field, &n);
		template_each_partial(t, on_field, &n);
		template_each_setting(t, on_setting, t);
		assert(n <= size);
		render(t, flags, partial);
	}
	template_free(t);
	template_free(partial);
	return 0;
}
