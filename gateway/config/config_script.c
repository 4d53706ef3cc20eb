/* The folder of scripts: each file read, proven, and looked up by name. */
#include "config_parts.h"
#include "config_script_part.h"
#include "gateway/base/language.h"
#include "gateway/base/textfile.h"
#include "ivr/script_proof.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER       "scripts"
#define NAME_LONGEST 64

struct raw_script {
	const struct yaml_node *start, *stop, *trouble, *silent, *wrong, *longest, *steps;
	int first, between, tries;
	bool discreet;
};

#define AT(member) .offset = offsetof(struct raw_script, member)
static const struct yaml_key script_keys[] = {
    {"start", YAML_NODE, .required = true, AT(start)},
    {"stop", YAML_NODE, AT(stop)},
    {"trouble", YAML_NODE, AT(trouble)},
    {"silent", YAML_NODE, AT(silent)},
    {"wrong", YAML_NODE, AT(wrong)},
    {"longest", YAML_NODE, AT(longest)},
    {"first", YAML_INT, AT(first), .min = 1, .max = 20},
    {"between", YAML_INT, AT(between), .min = 1, .max = 10},
    {"tries", YAML_INT, AT(tries), .min = 1, .max = 5},
    {"discreet", YAML_BOOL, AT(discreet)},
    {"steps", YAML_NODE, .required = true, AT(steps)},
    {0}};

/* --- languages ------------------------------------------------------------------------------ */

static void
add_language(struct script_reading *r, const char **list, const char *tag)
{
	for (size_t i = 0; i < r->script.n_languages; i++)
		if (strcmp(list[i], tag) == 0)
			return;
	if (r->script.n_languages < SCRIPT_LANGUAGES)
		list[r->script.n_languages++] = tag;
}

/* The lender's, and those a `language:` step leads to; before any text is read. */
static void
find_languages(struct script_reading *r, const struct yaml_node *steps)
{
	const struct config_lender *lender = &r->config->lender;
	const char **list = arena_array(r->yaml.arena, SCRIPT_LANGUAGES, sizeof *list);

	for (size_t i = 0; i < lender->n_languages; i++)
		add_language(r, list, lender->languages[i]);
	r->script.languages = list;
	for (const struct yaml_node *k = steps->first; k != NULL; k = k->next) {
		const struct yaml_node *key = k->value->kind == YAML_MAP ? k->value->first : NULL;
		char tag[LANGUAGE_TEXT];

		for (; key != NULL; key = key->next)
			if (strcmp(key->text, "language") == 0 && key->value->kind == YAML_SCALAR &&
			    language_canonical(key->value->text, key->value->len, tag) == 0)
				add_language(r, list, arena_text(r->yaml.arena, tag, strlen(tag)));
	}
}

/* --- the proof ------------------------------------------------------------------------------ */

/* A step that was complained of already: what follows from that says nothing new. */
static bool
is_bad_place(const struct script_reading *r, int line)
{
	bool bad = false;

	for (size_t i = 0; i < r->script.n && r->steps[i].line <= line; i++)
		bad = r->bad[i];
	return bad && r->script.n > 0 && line >= r->steps[0].line;
}

static bool
any_bad(const struct script_reading *r)
{
	for (size_t i = 0; i < r->script.n; i++)
		if (r->bad[i])
			return true;
	return false;
}

/* The very word was complained of already: a field that does not exist. */
static bool
is_told(const struct script_reading *r, int line, int col)
{
	const struct complaints *all = r->yaml.complaints;

	for (size_t i = 0; i < r->told; i++)
		if (all->items[i].line == line && all->items[i].col == col &&
		    !all->items[i].warning && strcmp(all->items[i].file, r->yaml.file) == 0)
			return true;
	return false;
}

static void
on_fault(void *ctx, const struct script_fault *fault)
{
	struct script_reading *r = ctx;
	char hint[YAML_HINT] = "";

	if ((is_bad_place(r, fault->line) && !fault->sure) || (fault->ways && any_bad(r)) ||
	    is_told(r, fault->line, fault->col))
		return;
	if (fault->unknown != NULL)
		yaml_hint(fault->unknown, r->names, hint);
	if (fault->warning)
		complaint_warn(r->yaml.complaints, r->yaml.file, fault->line, fault->col, "%s",
			       fault->text);
	else
		complaint_add(r->yaml.complaints, r->yaml.file, fault->line, fault->col, "%s%s",
			      fault->text, hint);
}

static bool
on_words(void *ctx, const char *language, const char *text, size_t len, size_t *at, size_t *word)
{
	(void)ctx;
	return config_script_names_debt(language, text, len, at, word);
}

/* --- one file ------------------------------------------------------------------------------- */

static void
read_longest(struct script_reading *r, const struct yaml_node *root, const struct yaml_node *node)
{
	int seconds = 300;

	if (node != NULL)
		yaml_int(&r->yaml, node, "longest", 30, 600, &seconds);
	r->script.longest_ms = seconds * INT64_C(1000);
	r->script.line = node != NULL ? node->line : root->line;
	r->script.col = node != NULL ? node->col : root->col;
}

static void
read_steps(struct script_reading *r, const struct yaml_node *steps)
{
	size_t i = 0;

	r->steps = arena_array(r->yaml.arena, steps->n, sizeof *r->steps);
	r->bad = arena_array(&r->scratch, steps->n, sizeof *r->bad);
	r->names = arena_array(&r->scratch, steps->n + 1, sizeof *r->names);
	for (const struct yaml_node *k = steps->first; k != NULL; k = k->next, i++) {
		config_script_read_step(r, k, i);
		r->names[i] = r->steps[i].name;
	}
	r->script.steps = r->steps;
	r->script.n = i;
}

/* False: nothing more can be said of it. */
static bool
read_script(struct script_reading *r, const struct yaml_node *root)
{
	struct raw_script raw = {.first = 6, .between = 3, .tries = 3};
	struct script_jump silent, wrong;

	yaml_fill(&r->yaml, root, NULL, "a script", script_keys, &raw);
	if (raw.steps == NULL || raw.steps->kind == YAML_WRONG)
		return false;
	if (raw.steps->kind != YAML_MAP || raw.steps->n == 0 || raw.steps->n > SCRIPT_STEPS) {
		yaml_wrong(&r->yaml, raw.steps,
			   "`steps` holds 1 to %d steps by name: {hello: {say: ..., next: STEP}}",
			   SCRIPT_STEPS);
		return false;
	}
	r->first = raw.first;
	r->between = raw.between;
	r->tries = raw.tries;
	r->discreet = raw.discreet;
	find_languages(r, raw.steps);
	read_longest(r, root, raw.longest);
	r->script.start = config_script_jump(r, raw.start);
	r->script.stop = config_script_jump(r, raw.stop);
	r->script.trouble = config_script_jump(r, raw.trouble);
	silent = config_script_jump(r, raw.silent);
	wrong = config_script_jump(r, raw.wrong);
	read_steps(r, raw.steps);
	script_link(&r->script, r->steps, &silent, &wrong);
	return raw.start != NULL;
}

static void
make_version(const char *text, size_t len, char version[17])
{
	unsigned char digest[crypto_generichash_BYTES_MIN];

	crypto_generichash(digest, sizeof digest, (const unsigned char *)text, len, NULL, 0);
	sodium_bin2hex(version, 17, digest, 8);
}

/* Into *out; false when there were mistakes. */
static bool
parse(struct arena *arena, const struct config *config, const struct catalog_columns *columns,
      const char *text, size_t len, struct config_script *out, struct complaints *complaints)
{
	struct script_reading r = {.config = config, .columns = columns, .source = text};
	size_t errors = complaints->errors;
	const struct yaml_node *root = NULL;
	struct script_proof proof = {0};

	r.yaml = (struct yaml_reader){
	    .arena = arena, .file = out->file, .complaints = complaints, .user = &r};
	r.script.name = out->name;
	yaml_parse(&r.scratch, text, len, out->file, &root, complaints);
	if ((root != NULL || complaints->errors == errors) && read_script(&r, root)) {
		struct script_rules rules = {.complain = on_fault,
					     .names_debt = on_words,
					     .ctx = &r,
					     .hide_lender = r.discreet};

		r.told = complaints->n;
		script_prove(&r.script, &rules, &proof);
	}
	out->script = r.script;
	out->longest_ms = proof.longest_ms;
	out->asks_check = script_asks_check(&r.script);
	make_version(text, len, out->version);
	arena_clear(&r.scratch);
	return complaints->errors == errors;
}

const struct config_script *
config_script_parse(struct arena *arena, const struct config *config, const char *name,
		    const char *text, size_t len, struct complaints *complaints)
{
	struct config_script *out = arena_alloc(arena, sizeof *out);

	out->name = name;
	out->file = arena_format(arena, FOLDER "/%s.yaml", name);
	text = arena_text(arena, text, len); /* places are looked for up to a NUL */
	return parse(arena, config, NULL, text, len, out, complaints) ? out : NULL;
}

/* --- the folder ----------------------------------------------------------------------------- */

static bool
is_name(const char *text, size_t len)
{
	static const char good[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

	return strspn(text, good) >= len && len <= NAME_LONGEST;
}

static bool
load(struct config_parts *p, const char *entry, struct config_script *out)
{
	size_t len = textfile_stem(entry, ".yaml");
	struct textfile file = {0};

	out->file = arena_format(p->arena, FOLDER "/%s", entry);
	if (len == 0) {
		complaint_warn(p->complaints, out->file, 0, 0,
			       "not read: scripts are called NAME.yaml");
		return false;
	}
	if (!is_name(entry, len)) {
		complaint_add(p->complaints, out->file, 0, 0,
			      "a script's name is letters, digits, `-` and `_`, at most %d",
			      NAME_LONGEST);
		return false;
	}
	out->name = arena_text(p->arena, entry, len);
	return textfile_read(p->arena, config_path(p, out->file), out->file, YAML_SIZE_MAX, &file,
			     p->complaints) == 0 &&
	       parse(p->arena, p->config, p->columns, file.text, file.len, out, p->complaints);
}

void
config_read_scripts(struct config_parts *p)
{
	const char *const *entries;
	struct config_script *list;
	int n = textfile_list(p->arena, config_path(p, FOLDER), FOLDER, &entries, p->complaints);

	if (n < 0)
		return;
	list = arena_array(p->arena, (size_t)n, sizeof *list);
	for (int i = 0; i < n; i++)
		if (load(p, entries[i], &list[p->config->n_scripts]))
			p->config->n_scripts++;
	p->config->scripts = list;
}

/* Files count here, not scripts: one with mistakes is there, and was complained of itself. */
void
config_check_script(struct config_parts *p, const struct yaml_node *node, const char *name)
{
	const char *const *entries;
	int n = textfile_list(&p->scratch, config_path(p, FOLDER), FOLDER, &entries, NULL);
	const char **names = arena_array(&p->scratch, n > 0 ? (size_t)n + 1 : 1, sizeof *names);
	char hint[YAML_HINT];
	size_t known = 0;
	bool found = false;

	for (int i = 0; i < n; i++) {
		size_t len = textfile_stem(entries[i], ".yaml");

		if (len > 0)
			names[known++] = arena_text(&p->scratch, entries[i], len);
		found = found || (len > 0 && strcmp(names[known - 1], name) == 0);
	}
	if (!found)
		yaml_wrong(&p->yaml, node, "there is no script scripts/%.60s.yaml%s", name,
			   yaml_hint(name, names, hint));
}

const struct config_script *
config_script(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->n_scripts; i++)
		if (strcmp(config->scripts[i].name, name) == 0)
			return &config->scripts[i];
	return NULL;
}
