/* The checker of yaml.h: tables in, values and complaints out.  Knows nothing of libyaml. */
#include "arena.h"
#include "complaint.h"
#include "yaml.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define KEYS_MAX 64

void
yaml_wrong(struct yaml_reader *r, const struct yaml_node *node, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	complaint_vadd(r->complaints, false, r->file, node != NULL ? node->line : 0,
		       node != NULL ? node->col : 0, fmt, args);
	va_end(args);
}

void
yaml_warn(struct yaml_reader *r, const struct yaml_node *node, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	complaint_vadd(r->complaints, true, r->file, node != NULL ? node->line : 0,
		       node != NULL ? node->col : 0, fmt, args);
	va_end(args);
}

const char *
yaml_hint(const char *word, const char *const *known, char out[YAML_HINT])
{
	const char *near = complaint_nearest(word, known);

	out[0] = '\0';
	if (near != NULL)
		snprintf(out, YAML_HINT, "; did you mean `%.100s`?", near);
	return out;
}

bool
yaml_is_null(const struct yaml_node *node)
{
	if (node == NULL)
		return true;
	return node->kind == YAML_SCALAR && !node->quoted &&
	       (node->len == 0 || strcmp(node->text, "~") == 0 ||
		strcasecmp(node->text, "null") == 0);
}

/* A scalar with content; complains about anything else. */
static bool
is_value(struct yaml_reader *r, const struct yaml_node *node, const char *what, const char *want)
{
	if (node->kind == YAML_WRONG)
		return false;
	if (node->kind != YAML_SCALAR) {
		yaml_wrong(r, node, "`%s` must be %s, not a %s", what, want,
			   node->kind == YAML_LIST ? "list" : "mapping");
		return false;
	}
	if (node->len == 0 || yaml_is_null(node)) {
		yaml_wrong(r, node, "`%s` has no value; it must be %s", what, want);
		return false;
	}
	return true;
}

bool
yaml_text(struct yaml_reader *r, const struct yaml_node *node, const char *what, const char **out)
{
	if (!is_value(r, node, what, "a text"))
		return false;
	*out = arena_text(r->arena, node->text, node->len);
	return true;
}

bool
yaml_bool(struct yaml_reader *r, const struct yaml_node *node, const char *what, bool *out)
{
	static const char *const words[] = {"false", "true", "no", "yes", "off", "on", NULL};

	if (!is_value(r, node, what, "true or false"))
		return false;
	for (size_t i = 0; words[i] != NULL; i++)
		if (strcasecmp(node->text, words[i]) == 0) {
			*out = i % 2 == 1;
			return true;
		}
	yaml_wrong(r, node, "`%s` must be true or false, not `%.40s`", what, node->text);
	return false;
}

bool
yaml_int(struct yaml_reader *r, const struct yaml_node *node, const char *what, int min, int max,
	 int *out)
{
	const char *p = node->text;
	int64_t value = 0;
	bool negative, good;

	if (!is_value(r, node, what, "a whole number"))
		return false;
	negative = *p == '-';
	if (*p == '-' || *p == '+')
		p++;
	good = *p != '\0' && strlen(p) <= 10;
	for (; good && *p != '\0'; p++) {
		good = *p >= '0' && *p <= '9';
		value = value * 10 + (*p - '0');
	}
	if (!good || (negative ? -value : value) < min || (negative ? -value : value) > max) {
		yaml_wrong(r, node, "`%s` must be a whole number from %d to %d, not `%.40s`", what,
			   min, max, node->text);
		return false;
	}
	*out = (int)(negative ? -value : value);
	return true;
}

/* "gsm, latin1 or ascii" */
static void
list_words(const char *const *words, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; words[i] != NULL && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s",
					 i == 0                 ? ""
					 : words[i + 1] == NULL ? " or "
								: ", ",
					 words[i]);
}

bool
yaml_word(struct yaml_reader *r, const struct yaml_node *node, const char *what,
	  const char *const *words, int *out)
{
	char all[200], hint[YAML_HINT];

	list_words(words, all, sizeof(all));
	if (!is_value(r, node, what, all))
		return false;
	for (int i = 0; words[i] != NULL; i++)
		if (strcmp(node->text, words[i]) == 0) {
			*out = i;
			return true;
		}
	yaml_wrong(r, node, "`%s` must be %s, not `%.40s`%s", what, all, node->text,
		   yaml_hint(node->text, words, hint));
	return false;
}

int
yaml_parse_time(const char *text, size_t len, bool end, int32_t *out)
{
	size_t hours_len = len == 5 ? 2 : 1;
	int hours = 0, minutes;

	if (len < 4 || len > 5 || text[hours_len] != ':')
		return -EINVAL;
	for (size_t i = 0; i < len; i++)
		if (i != hours_len && (text[i] < '0' || text[i] > '9'))
			return -EINVAL;
	for (size_t i = 0; i < hours_len; i++)
		hours = hours * 10 + (text[i] - '0');
	minutes = (text[hours_len + 1] - '0') * 10 + (text[hours_len + 2] - '0');
	if (minutes > 59 || hours > 24 || (hours == 24 && (!end || minutes > 0)))
		return -EINVAL;
	*out = hours * 3600 + minutes * 60;
	return 0;
}

bool
yaml_time(struct yaml_reader *r, const struct yaml_node *node, const char *what, int32_t *out)
{
	if (!is_value(r, node, what, "a time such as \"10:00\""))
		return false;
	if (yaml_parse_time(node->text, node->len, false, out) == 0)
		return true;
	yaml_wrong(r, node, "`%s` must be a time from \"00:00\" to \"23:59\", not `%.40s`", what,
		   node->text);
	return false;
}

const struct yaml_node *
yaml_items(struct yaml_reader *r, const struct yaml_node *node, const char *what)
{
	if (node->kind == YAML_LIST)
		return node->first;
	if (node->kind == YAML_SCALAR)
		return yaml_is_null(node) ? NULL : node;
	if (node->kind == YAML_MAP)
		yaml_wrong(r, node, "`%s` must be a value or a list of values", what);
	return NULL;
}

bool
yaml_texts(struct yaml_reader *r, const struct yaml_node *node, const char *what,
	   const char *const **out, size_t *n)
{
	const struct yaml_node *item = yaml_items(r, node, what);
	const char **texts =
	    arena_array(r->arena, node->kind == YAML_LIST ? node->n : 1, sizeof(*texts));
	size_t have = 0;

	if (node->kind == YAML_MAP || node->kind == YAML_WRONG)
		return false;
	for (; item != NULL; item = item->next)
		if (yaml_text(r, item, what, &texts[have]))
			have++;
	*out = texts;
	*n = have;
	return true;
}

static void
fill_value(struct yaml_reader *r, const struct yaml_key *key, const struct yaml_node *key_node,
	   void *target)
{
	const struct yaml_node *value = key_node->value;
	char *member = (char *)target + key->offset;

	switch (key->type) {
	case YAML_TEXT: yaml_text(r, value, key->name, (const char **)(void *)member); break;
	case YAML_ANY:
		if (value->kind == YAML_SCALAR && value->len == 0)
			*(const char **)(void *)member = "";
		else
			yaml_text(r, value, key->name, (const char **)(void *)member);
		break;
	case YAML_BOOL: yaml_bool(r, value, key->name, (bool *)(void *)member); break;
	case YAML_INT:
		yaml_int(r, value, key->name, key->min, key->max, (int *)(void *)member);
		break;
	case YAML_WORD: yaml_word(r, value, key->name, key->words, (int *)(void *)member); break;
	case YAML_TIME: yaml_time(r, value, key->name, (int32_t *)(void *)member); break;
	case YAML_NODE: *(const struct yaml_node **)(void *)member = value; break;
	case YAML_CUSTOM:
	case YAML_ELSEWHERE: key->custom(r, key, key_node, value, target); break;
	}
}

static const struct yaml_key *
find_key(const struct yaml_key *keys, const char *name)
{
	for (; keys->name != NULL; keys++)
		if (strcmp(keys->name, name) == 0)
			return keys;
	return NULL;
}

static void
unknown_key(struct yaml_reader *r, const struct yaml_node *node, const char *what,
	    const struct yaml_key *keys)
{
	const char *known[KEYS_MAX + 1] = {NULL};
	char hint[YAML_HINT], all[240];
	size_t n = 0;

	for (; keys->name != NULL; keys++)
		if (keys->type != YAML_ELSEWHERE)
			known[n++] = keys->name;
	yaml_hint(node->text, known, hint);
	list_words(known, all, sizeof(all));
	if (hint[0] != '\0')
		yaml_wrong(r, node, "unknown key `%.60s` in %s%s", node->text, what, hint);
	else
		yaml_wrong(r, node, "unknown key `%.60s` in %s; known are %s", node->text, what,
			   all);
}

void
yaml_fill(struct yaml_reader *r, const struct yaml_node *map, const struct yaml_node *at,
	  const char *what, const struct yaml_key *keys, void *target)
{
	uint64_t seen = 0;

	if (map != NULL && map->kind == YAML_WRONG)
		return;
	if (map != NULL && map->kind != YAML_MAP && !yaml_is_null(map)) {
		yaml_wrong(r, map, "%s must hold `key: value` lines", what);
		return;
	}
	for (const struct yaml_node *k = map != NULL ? map->first : NULL; k != NULL; k = k->next) {
		const struct yaml_key *key = find_key(keys, k->text);

		if (key == NULL) {
			unknown_key(r, k, what, keys);
			continue;
		}
		assert(key - keys < KEYS_MAX);
		seen |= UINT64_C(1) << (key - keys);
		fill_value(r, key, k, target);
	}
	for (const struct yaml_key *key = keys; key->name != NULL; key++)
		if (key->required && (seen & UINT64_C(1) << (key - keys)) == 0)
			yaml_wrong(r, map != NULL ? map : at, "%s needs `%s`", what, key->name);
}
