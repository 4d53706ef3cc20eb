/* The folder of templates: which files, and looking texts up.  What one file says is read in
 * catalog_text.c. */
#include "catalog.h"

#include "arena.h"
#include "catalog_parts.h"
#include "complaint.h"
#include "language.h"
#include "templates/template.h"
#include "textfile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "templates"

static int
by_name(const void *a, const void *b)
{
	const struct catalog_text *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order != 0 ? order : strcmp(x->language, y->language);
}

/* --- loading -------------------------------------------------------------------------------- */

static bool
is_stem(const char *text, size_t len)
{
	static const char good[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

	for (size_t i = 0; i < len; i++)
		if (strchr(good, text[i]) == NULL)
			return false;
	return len >= 1 && len <= 64;
}

/* Splits NAME.LANG.txt into the text's name and language; false when complained of. */
static bool
split_name(struct catalog *c, const char *entry, struct catalog_text *text,
	   struct complaints *complaints)
{
	size_t len = strlen(entry) - strlen(".txt");
	const char *dot = memrchr(entry, '.', len);
	size_t stem = dot != NULL ? (size_t)(dot - entry) : len;
	char tag[LANGUAGE_TEXT];

	if (!is_stem(entry, stem))
		complaint_add(complaints, text->file, 0, 0,
			      "a template's name is letters, digits, `-` and `_`, at most 64, and "
			      "then its language: reminder.en.txt");
	else if (dot == NULL)
		complaint_add(complaints, text->file, 0, 0,
			      "the name lacks the language: %.*s.en.txt, for example", (int)stem,
			      entry);
	else if (language_canonical(dot + 1, len - stem - 1, tag) != 0)
		complaint_add(complaints, text->file, 0, 0,
			      "`%.*s` is no language (BCP 47, such as en, fil, es-CO)",
			      (int)(len - stem - 1), dot + 1);
	else {
		text->name = arena_text(&c->arena, entry, stem);
		text->language = arena_text(&c->arena, tag, strlen(tag));
		return true;
	}
	return false;
}

static void
load_entry(struct catalog *c, const char *home, const char *entry,
	   const struct catalog_columns *columns, struct complaints *complaints)
{
	struct catalog_text *text = &c->texts[c->n];
	char *path = arena_format(&c->arena, "%s/" FOLDER "/%s", home, entry);

	*text = (struct catalog_text){.file = path + strlen(home) + 1};
	if (textfile_stem(entry, ".txt") == 0) {
		complaint_warn(complaints, text->file, 0, 0,
			       "not read: templates are called NAME.LANG.txt");
		return;
	}
	if (!split_name(c, entry, text, complaints))
		return;
	if (catalog_read_text(path, text, columns, complaints))
		c->n++;
	else
		c->broken[c->n_broken++] = text->name;
}

/* reminder.tl.txt and reminder.fil.txt are one text in two files. */
static void
refuse_twins(const struct catalog *c, struct complaints *complaints)
{
	for (size_t i = 1; i < c->n; i++)
		if (by_name(&c->texts[i - 1], &c->texts[i]) == 0)
			complaint_add(complaints, c->texts[i].file, 0, 0,
				      "the same name and language as %s", c->texts[i - 1].file);
}

struct partial_check {
	const struct catalog *catalog;
	const struct catalog_text *text;
	struct complaints *complaints;
};

static int
check_partial(void *ctx, const char *name, int line, int col)
{
	struct partial_check *check = ctx;

	if (!catalog_mentions(check->catalog, name))
		complaint_add(check->complaints, check->text->file, line, col,
			      "there is no template `%.60s` to include", name);
	return 0;
}

static void
check_partials(const struct catalog *c, struct complaints *complaints)
{
	for (size_t i = 0; i < c->n; i++) {
		struct partial_check check = {c, &c->texts[i], complaints};

		template_each_partial(c->texts[i].body, check_partial, &check);
	}
}

int
catalog_load(const char *home, const struct catalog_columns *columns, struct catalog **out,
	     struct complaints *complaints)
{
	struct catalog *c = calloc(1, sizeof(*c));
	const char *const *entries;
	int n;

	*out = c;
	if (c == NULL || catalog_add_builtin(c) != 0)
		return -ENOMEM;
	n = textfile_list(&c->arena, arena_format(&c->arena, "%s/" FOLDER, home), FOLDER, &entries,
			  complaints);
	if (n < 0)
		return n == -ENOENT ? 0 : -EIO;
	c->texts = arena_array(&c->arena, (size_t)n, sizeof(*c->texts));
	c->broken = arena_array(&c->arena, (size_t)n, sizeof(*c->broken));
	for (int i = 0; i < n; i++)
		load_entry(c, home, entries[i], columns, complaints);
	if (c->n > 0)
		qsort(c->texts, c->n, sizeof(*c->texts), by_name);
	refuse_twins(c, complaints);
	check_partials(c, complaints);
	return 0;
}

int
catalog_new_empty(struct catalog **out)
{
	*out = calloc(1, sizeof(**out));
	return *out == NULL || catalog_add_builtin(*out) != 0 ? -ENOMEM : 0;
}

void
catalog_free(struct catalog *catalog)
{
	if (catalog == NULL)
		return;
	for (size_t i = 0; i < catalog->n; i++)
		template_free(catalog->texts[i].body);
	catalog_free_builtin(catalog);
	arena_clear(&catalog->arena);
	free(catalog);
}

/* --- looking up ----------------------------------------------------------------------------- */

static const struct catalog_text *
find_exact(const struct catalog *c, const char *name, const char *language)
{
	struct catalog_text wanted = {.name = name, .language = language};

	return c->n == 0 ? NULL : bsearch(&wanted, c->texts, c->n, sizeof(*c->texts), by_name);
}

static const struct catalog_text *
find_widening(const struct catalog *c, const char *name, const char *language)
{
	char tag[LANGUAGE_TEXT];
	const struct catalog_text *text;

	if (language == NULL || language_canonical(language, strlen(language), tag) != 0)
		return NULL;
	do {
		text = find_exact(c, name, tag);
		if (text == NULL)
			text = catalog_find_builtin(c, name, tag);
	} while (text == NULL && language_widen(tag) == 0);
	return text;
}

const struct catalog_text *
catalog_find(const struct catalog *catalog, const char *name, const char *language,
	     const char *default_language)
{
	const struct catalog_text *text = find_widening(catalog, name, language);

	if (text == NULL)
		text = find_widening(catalog, name, default_language);
	return text != NULL ? text : catalog_find_builtin(catalog, name, "en");
}

bool
catalog_has(const struct catalog *catalog, const char *name)
{
	for (size_t i = 0; i < catalog->n; i++)
		if (strcmp(catalog->texts[i].name, name) == 0)
			return true;
	return false;
}

bool
catalog_mentions(const struct catalog *c, const char *name)
{
	for (size_t i = 0; i < c->n_broken; i++)
		if (strcmp(c->broken[i], name) == 0)
			return true;
	return catalog_has(c, name) || catalog_is_builtin(name);
}

size_t
catalog_count(const struct catalog *catalog)
{
	return catalog->n;
}

const struct catalog_text *
catalog_at(const struct catalog *catalog, size_t i)
{
	return &catalog->texts[i];
}
