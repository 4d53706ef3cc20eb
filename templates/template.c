/* template.c - what may be asked of a parsed template without rendering it */
#include "template_code.h"

#include <stdlib.h>
#include <string.h>

void
template_free(struct template *t)
{
	if (t == NULL)
		return;
	free(t->settings);
	free(t->code);
	free(t->source);
	free(t);
}

const char *
template_setting(const struct template *t, const char *name)
{
	for (uint32_t i = 0; i < t->n_settings; i++)
		if (strcmp(t->settings[i].name, name) == 0)
			return t->settings[i].value;
	return NULL;
}

int
template_each_setting(const struct template *t, template_setting_cb *cb, void *ctx)
{
	for (uint32_t i = 0; i < t->n_settings; i++) {
		const struct setting *s = &t->settings[i];
		int stop = cb(ctx, s->name, s->value, s->line, s->col);
		if (stop != 0)
			return stop;
	}
	return 0;
}

static bool
is_lookup(const struct code *c)
{
	bool named = c->kind == CODE_FIELD || c->kind == CODE_RAW || c->kind == CODE_SECTION ||
		     c->kind == CODE_INVERTED;
	return named && strcmp(c->at, ".") != 0;
}

static bool
is_partial(const struct code *c)
{
	return c->kind == CODE_PARTIAL;
}

static int
each(const struct template *t, bool (*wanted)(const struct code *), template_name_cb *cb, void *ctx)
{
	for (uint32_t i = 0; i < t->n_code; i++) {
		const struct code *c = &t->code[i];
		int stop = wanted(c) ? cb(ctx, c->at, c->line, c->col) : 0;
		if (stop != 0)
			return stop;
	}
	return 0;
}

int
template_each_field(const struct template *t, template_name_cb *cb, void *ctx)
{
	return each(t, is_lookup, cb, ctx);
}

int
template_each_partial(const struct template *t, template_name_cb *cb, void *ctx)
{
	return each(t, is_partial, cb, ctx);
}

int
template_each_text(const struct template *t, template_text_cb *cb, void *ctx)
{
	for (uint32_t i = 0; i < t->n_code; i++) {
		const struct code *c = &t->code[i];
		int stop = c->kind == CODE_TEXT ? cb(ctx, c->at, c->len, c->line, c->col) : 0;
		if (stop != 0)
			return stop;
	}
	return 0;
}

/* The flat view. A node is the table itself or one of its fields. */
enum { FLAT_TABLE, FLAT_FIELD };

static struct template_node
flat_child(struct template_node node, const char *name, size_t len)
{
	struct template_node none = {NULL, FLAT_FIELD};
	if (node.kind != FLAT_TABLE)
		return none;
	const struct template_fields *fields = node.p;
	for (size_t i = 0; i < fields->n; i++) {
		const char *known = fields->list[i].name;
		/* The first byte settles most of them without a call. */
		if (known[0] == name[0] && strncmp(known, name, len) == 0 && known[len] == '\0')
			return (struct template_node){&fields->list[i], FLAT_FIELD};
	}
	return none;
}

static size_t
flat_length(struct template_node node)
{
	(void)node;
	return TEMPLATE_NOT_LIST;
}

static struct template_node
flat_item(struct template_node node, size_t i)
{
	(void)i;
	return node;
}

static bool
flat_truth(struct template_node node)
{
	if (node.kind == FLAT_TABLE)
		return true;
	const struct template_field *field = node.p;
	return field->value != NULL && field->value[0] != '\0';
}

static const char *
flat_string(struct template_node node, char *scratch, size_t cap, size_t *len)
{
	(void)scratch;
	(void)cap;
	if (node.kind == FLAT_TABLE)
		return NULL;
	const struct template_field *field = node.p;
	*len = field->value == NULL ? 0 : strlen(field->value);
	return field->value;
}

struct template_view
template_fields_view(const struct template_fields *fields)
{
	static const struct template_view_ops ops = {flat_child, flat_length, flat_item, flat_truth,
						     flat_string};
	return (struct template_view){&ops, {fields, FLAT_TABLE}};
}
