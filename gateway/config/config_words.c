#include "config_words.h"

#include "gateway/base/arena.h"
#include "gateway/base/complaint.h"
#include "gateway/base/language.h"
#include "gateway/base/yaml.h"
#include "schedule/reply_words.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILES_MAX 64 /* in words/ */
#define KEYS_MAX  64

extern const char embed_words_en_dates_yaml[], embed_words_es_dates_yaml[],
    embed_words_fr_dates_yaml[], embed_words_pt_dates_yaml[];
extern const char embed_words_en_yaml[], embed_words_es_yaml[], embed_words_fil_yaml[],
    embed_words_fr_yaml[], embed_words_hi_yaml[], embed_words_hi_Latn_yaml[], embed_words_id_yaml[],
    embed_words_pt_yaml[], embed_words_sw_yaml[], embed_words_zh_yaml[];

static const struct {
	const char *name, *text;
} shipped[] = {
    {"en.dates.yaml", embed_words_en_dates_yaml},
    {"es.dates.yaml", embed_words_es_dates_yaml},
    {"fr.dates.yaml", embed_words_fr_dates_yaml},
    {"pt.dates.yaml", embed_words_pt_dates_yaml},

    {"en.yaml", embed_words_en_yaml},
    {"es.yaml", embed_words_es_yaml},
    {"fil.yaml", embed_words_fil_yaml},
    {"fr.yaml", embed_words_fr_yaml},
    {"hi.yaml", embed_words_hi_yaml},
    {"hi-Latn.yaml", embed_words_hi_Latn_yaml},
    {"id.yaml", embed_words_id_yaml},
    {"pt.yaml", embed_words_pt_yaml},
    {"sw.yaml", embed_words_sw_yaml},
    {"zh.yaml", embed_words_zh_yaml},
};

/* Where an entry came from, found again by its number. */
struct place {
	const char *file;
	int line, col;
	bool plain; /* on one line as written, so that bytes of it are columns */
	const char *text;
};

struct loader {
	struct reply_builder *builder;
	struct arena arena;
	struct yaml_reader yaml; /* of the file being read */
	struct place *places;
	size_t n, room;
	const char *tag;
	bool no_memory;
};

static void
on_wrong(void *user, int where, size_t offset, const char *what)
{
	struct loader *l = user;
	const struct place *p = &l->places[where];
	int col = p->col;

	for (size_t i = 0; p->plain && i < offset && p->text[i] != '\0'; i++)
		col += ((unsigned char)p->text[i] & 0xc0) != 0x80;
	complaint_add(l->yaml.complaints, p->file, p->line, col, "%s", what);
}

static int
remember(struct loader *l, const struct yaml_node *node)
{
	if (l->n == l->room) {
		size_t room = l->room > 0 ? l->room * 2 : 1024;
		struct place *more = realloc(l->places, room * sizeof(*more));
		if (more == NULL)
			return -ENOMEM;
		l->places = more;
		l->room = room;
	}
	l->places[l->n] = (struct place){
	    .file = l->yaml.file,
	    .line = node->line,
	    .col = node->col + (node->quoted ? 1 : 0),
	    .plain = strpbrk(node->text, "\\'\"\n") == NULL,
	    .text = node->text,
	};
	return (int)l->n++;
}

static void
put(struct loader *l, const char *section, const char *key, const struct yaml_node *node)
{
	const char *what = NULL;
	int where, rc;

	if (node->kind == YAML_WRONG)
		return;
	if (node->kind != YAML_SCALAR) {
		yaml_wrong(&l->yaml, node, "`%s` must be words or patterns",
			   key[0] ? key : section);
		return;
	}
	where = remember(l, node);
	rc = where < 0
		 ? where
		 : reply_builder_put(l->builder, l->tag, section, key, node->text, where, &what);
	if (rc == -EINVAL)
		yaml_wrong(&l->yaml, node, "%s", what);
	else if (rc != 0)
		l->no_memory = true;
}

static void
put_list(struct loader *l, const char *section, const char *key, const struct yaml_node *node)
{
	for (const struct yaml_node *item = yaml_items(&l->yaml, node, section); item != NULL;
	     item = node->kind == YAML_LIST ? item->next : NULL)
		put(l, section, key, item);
}

static void
put_map(struct loader *l, const char *section, const struct yaml_node *map)
{
	const char *const *keys = reply_words_keys(section);
	char hint[YAML_HINT];

	if (map->kind != YAML_MAP) {
		yaml_wrong(&l->yaml, map, "`%s` must be a mapping, such as `key: [words]`",
			   section);
		return;
	}
	for (const struct yaml_node *k = map->first; k != NULL; k = k->next) {
		bool known = keys == NULL;

		for (size_t i = 0; !known && keys[i] != NULL; i++)
			known = strcmp(keys[i], k->text) == 0;
		if (known && strcmp(section, "fold") == 0)
			put(l, section, k->text, k->value);
		else if (known)
			put_list(l, section, k->text, k->value);
		else
			yaml_wrong(&l->yaml, k, "`%s` has no key `%.40s`%s", section, k->text,
				   yaml_hint(k->text, keys, hint));
	}
}

static void
put_flag(struct loader *l, const char *section, const struct yaml_node *node)
{
	struct yaml_node text = *node;
	bool flag;

	if (!yaml_bool(&l->yaml, node, section, &flag))
		return;
	text.text = flag ? "true" : "false";
	put(l, section, "", &text);
}

static void
unknown_key(struct loader *l, const struct yaml_node *key)
{
	const char *known[KEYS_MAX + 2] = {"language"};
	char hint[YAML_HINT];

	for (size_t i = 0; i < KEYS_MAX && reply_words_name(i) != NULL; i++)
		known[i + 1] = reply_words_name(i);
	yaml_wrong(&l->yaml, key, "a word file has no key `%.40s`%s", key->text,
		   yaml_hint(key->text, known, hint));
}

static void
put_section(struct loader *l, const struct yaml_node *key)
{
	enum reply_section kind;

	if (strcmp(key->text, "language") == 0)
		return;
	if (!reply_words_section(key->text, &kind)) {
		unknown_key(l, key);
		return;
	}
	if (yaml_is_null(key->value))
		return;
	switch (kind) {
	case REPLY_LIST: put_list(l, key->text, "", key->value); break;
	case REPLY_MAP: put_map(l, key->text, key->value); break;
	case REPLY_FLAG: put_flag(l, key->text, key->value); break;
	}
}

/* The file says whose words it holds, and its name must say the same. */
static void
check_language(struct loader *l, const struct yaml_node *root)
{
	for (const struct yaml_node *k = root->first; k != NULL; k = k->next)
		if (strcmp(k->text, "language") == 0) {
			if (k->value->kind != YAML_SCALAR || strcmp(k->value->text, l->tag) != 0)
				yaml_wrong(&l->yaml, k->value,
					   "the file's name says `%s`: `language` must be the same",
					   l->tag);
			return;
		}
	yaml_wrong(&l->yaml, root, "`language: %s` is missing", l->tag);
}

static void
read_root(struct loader *l, const struct yaml_node *root)
{
	if (root == NULL || root->kind == YAML_WRONG)
		return;
	if (root->kind != YAML_MAP) {
		yaml_wrong(&l->yaml, root,
			   "a word file is a mapping: see `language`, `signs`, `days`");
		return;
	}
	check_language(l, root);
	for (const struct yaml_node *k = root->first; k != NULL; k = k->next)
		put_section(l, k);
}

static void
read_text(struct loader *l, const char *file, const char *tag, const char *text, size_t len)
{
	const struct yaml_node *root = NULL;

	l->yaml.file = file;
	l->tag = tag;
	yaml_parse(&l->arena, text, len, file, &root, l->yaml.complaints);
	read_root(l, root);
}

/* ---- the lender's own ---- */

/* "hi-Latn" of hi-Latn.yaml and hi-Latn.dates.yaml; false when the name names no language. */
static bool
tag_in(const char *name, char tag[LANGUAGE_TEXT])
{
	size_t len = strlen(name), part = strcspn(name, ".");

	return len > 5 && strcmp(name + len - 5, ".yaml") == 0 &&
	       language_canonical(name, part, tag) == 0 && strlen(tag) < 16;
}

/* The same, complained of and NULL. */
static const char *
tag_of(struct loader *l, const char *file, const char *name)
{
	char tag[LANGUAGE_TEXT];

	if (tag_in(name, tag))
		return arena_text(&l->arena, tag, strlen(tag));
	complaint_add(l->yaml.complaints, file, 0, 0,
		      "a word file is named after its language, such as en.yaml or hi-Latn.yaml");
	return NULL;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool
config_words_own(const char *home)
{
	char folder[4096];
	bool own = false;
	DIR *dir;

	snprintf(folder, sizeof folder, "%s/words", home);
	if ((dir = opendir(folder)) == NULL)
		return errno != ENOENT;
	for (struct dirent *e; !own && (e = readdir(dir)) != NULL;)
		own = e->d_name[0] != '.';
	closedir(dir);
	return own;
}

/* The names of the files in words/, sorted. */
static size_t
list_folder(struct loader *l, const char *home, const char *names[FILES_MAX])
{
	DIR *dir = opendir(arena_format(&l->arena, "%s/words", home));
	size_t n = 0;

	if (dir == NULL) {
		if (errno != ENOENT)
			complaint_add(l->yaml.complaints, "words", 0, 0, "cannot be read: %s",
				      strerror(errno));
		return 0;
	}
	for (struct dirent *e; n < FILES_MAX && (e = readdir(dir)) != NULL;)
		if (e->d_name[0] != '.')
			names[n++] = arena_text(&l->arena, e->d_name, strlen(e->d_name));
	closedir(dir);
	qsort(names, n, sizeof(*names), by_name);
	return n;
}

static void
read_folder(struct loader *l, const char *home, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *file = arena_format(&l->arena, "words/%s", names[i]);
		const struct yaml_node *root = NULL;

		l->tag = tag_of(l, file, names[i]);
		if (l->tag == NULL)
			continue;
		l->yaml.file = file;
		yaml_read(&l->arena, arena_format(&l->arena, "%s/%s", home, file), file, &root,
			  l->yaml.complaints);
		read_root(l, root);
	}
}

/* ---- both ---- */

static void
begin(struct loader *l, struct complaints *complaints)
{
	*l = (struct loader){.builder = reply_builder_new()};
	l->yaml.arena = &l->arena;
	l->yaml.complaints = complaints;
	l->no_memory = l->builder == NULL;
}

static struct reply_words *
end(struct loader *l)
{
	struct reply_words *words = NULL;

	if (l->no_memory)
		reply_builder_free(l->builder);
	else
		words = reply_words_build(l->builder, on_wrong, l);
	free(l->places);
	arena_clear(&l->arena);
	return words;
}

/* Do the lender's files add to the language? */
static bool
adds_to(const char *tag, const char *const *names, size_t n)
{
	char own[LANGUAGE_TEXT];

	for (size_t i = 0; i < n; i++)
		if (tag_in(names[i], own) && strcmp(own, tag) == 0)
			return true;
	return false;
}

/* What is embedded: of languages that are compiled already, only those the lender adds to. */
static void
read_shipped(struct loader *l, bool compiled, const char *const *names, size_t n)
{
	for (size_t i = 0; i < sizeof shipped / sizeof shipped[0] && !l->no_memory; i++) {
		const char *file = arena_format(&l->arena, "schedule/words/%s", shipped[i].name);
		const char *tag = tag_of(l, file, shipped[i].name);

		if (!compiled || adds_to(tag, names, n))
			read_text(l, file, tag, shipped[i].text, strlen(shipped[i].text));
	}
}

struct reply_words *
config_words_load(const char *home, struct complaints *complaints)
{
	bool compiled = config_words_image() != NULL;
	const char *names[FILES_MAX];
	struct loader l;
	size_t n = 0;

	begin(&l, complaints);
	if (compiled && !l.no_memory)
		l.no_memory = reply_builder_base(l.builder, config_words_shipped()) != 0;
	if (home != NULL)
		n = list_folder(&l, home, names);
	read_shipped(&l, compiled, names, n);
	if (!l.no_memory)
		read_folder(&l, home, names, n);
	return end(&l);
}

struct reply_words *
config_words_parse(const char *name, const char *text, size_t len, struct complaints *complaints)
{
	const char *file, *tag;
	struct loader l;

	begin(&l, complaints);
	file = arena_format(&l.arena, "words/%s", name);
	tag = l.no_memory ? NULL : tag_of(&l, file, name);
	if (tag != NULL)
		read_text(&l, file, tag, text, len);
	return end(&l);
}

static const struct reply_words *carried;

static void
carry(void)
{
	carried = reply_words_open(config_words_image());
	assert(carried != NULL);
}

const struct reply_words *
config_words_shipped(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, carry);
	return carried;
}
