/* Presets: finding them by name, reading their files, and what they inherit. */
#include "config_preset.h"

#include "config_rules.h"

#include <errno.h>
#include <glob.h>
#include <string.h>
#include <unistd.h>

/* The files the program carries; `base` is always in force. */
#define PRESETS(X)                                                                                 \
	X("base", base)                                                                            \
	X("strict", strict)                                                                        \
	X("us-regf", us_regf)                                                                      \
	X("uk", uk)                                                                                \
	X("cn", cn)                                                                                \
	X("in", in)                                                                                \
	X("ke", ke)                                                                                \
	X("ng", ng)                                                                                \
	X("ph", ph)                                                                                \
	X("id", id)                                                                                \
	X("mx", mx)                                                                                \
	X("br", br)                                                                                \
	X("br-rj", br_rj)                                                                          \
	X("co", co)                                                                                \
	X("cl", cl)                                                                                \
	X("pe", pe)                                                                                \
	X("za", za)                                                                                \
	X("vn", vn)                                                                                \
	X("my", my)                                                                                \
	X("th", th)                                                                                \
	X("kr", kr)                                                                                \
	X("jp", jp)                                                                                \
	X("sa", sa)                                                                                \
	X("au", au)                                                                                \
	X("ca-on", ca_on)                                                                          \
	X("ca-qc", ca_qc)

#define X(name, symbol) extern const char embed_presets_##symbol##_yaml[];
PRESETS(X)
#undef X

static const struct {
	const char *name, *text;
} carried[] = {
#define X(name, symbol) {name, embed_presets_##symbol##_yaml},
    PRESETS(X)
#undef X
};
#define CARRIED (sizeof(carried) / sizeof(carried[0]))

static const char *const names[] = {
#define X(name, symbol) name,
    PRESETS(X)
#undef X
	NULL};

#define YEAR_DAYS 366

/* --- one file ------------------------------------------------------------------------------- */

struct raw_preset {
	struct config_raw_rules rules;
	const char *place, *source, *confidence;
	const struct yaml_node *reviewed, *notes, *inherits;
};

#define AT(member) .offset = offsetof(struct raw_preset, member)
static const struct yaml_key preset_keys[] = {{"place", YAML_TEXT, AT(place)},
					      {"source", YAML_TEXT, AT(source)},
					      {"confidence", YAML_TEXT, AT(confidence)},
					      {"reviewed", YAML_NODE, AT(reviewed)},
					      {"notes", YAML_NODE, AT(notes)},
					      {"inherits", YAML_NODE, AT(inherits)},
					      CONFIG_RULE_KEYS(struct raw_preset, rules),
					      {0}};

static int32_t
read_day(struct yaml_reader *r, const struct yaml_node *node)
{
	const char *text = NULL;
	int32_t day = INT32_MIN;

	if (!yaml_is_null(node) && yaml_text(r, node, "reviewed", &text) &&
	    civil_parse_date(text, strlen(text), &day) != 0)
		yaml_wrong(r, node, "`%.40s` is no day: write it as 2026-11-21", text);
	return day;
}

/* What a tree says.  `inherits` (NULL: not wanted) is where names to be looked up stand. */
static void
read_tree(struct yaml_reader *r, const struct yaml_node *root, struct config_preset *preset,
	  struct config_rules *rules, const struct yaml_node **inherits)
{
	struct raw_preset raw = {0};
	const char *const *list = NULL;

	yaml_fill(r, root, NULL, "a preset", preset_keys, &raw);
	preset->place = raw.place;
	preset->source = raw.source;
	preset->confidence = raw.confidence;
	preset->reviewed = read_day(r, raw.reviewed);
	if (raw.notes != NULL && yaml_texts(r, raw.notes, "notes", &list, &preset->n_notes))
		preset->notes = list;
	if (raw.inherits != NULL &&
	    yaml_texts(r, raw.inherits, "inherits", &list, &preset->n_inherits))
		preset->inherits = list;
	*inherits = raw.inherits;
	config_rules_read(r, &raw.rules, preset->name, rules);
}

static const char *
carried_text(const char *name)
{
	for (size_t i = 0; i < CARRIED; i++)
		if (strcmp(carried[i].name, name) == 0)
			return carried[i].text;
	return NULL;
}

/* --- many ----------------------------------------------------------------------------------- */

#define PRESETS_MAX 64

/* The presets of one load. */
struct loading {
	struct config_parts *p;
	struct config_join *join;      /* NULL: they are only checked */
	const char *open[PRESETS_MAX]; /* being read: who inherits, from the outermost */
	size_t n_open;
	struct config_preset *done; /* PRESETS_MAX, what is inherited before who inherits */
	size_t n_done;
};

static bool
is_done(const struct loading *l, const char *name)
{
	for (size_t i = 0; i < l->n_done; i++)
		if (strcmp(l->done[i].name, name) == 0)
			return true;
	return false;
}

static bool
is_open(const struct loading *l, const char *name)
{
	for (size_t i = 0; i < l->n_open; i++)
		if (strcmp(l->open[i], name) == 0)
			return true;
	return false;
}

/* The path of presets/NAME.yaml when there is one, or NULL. */
static const char *
own_path(struct config_parts *p, const char *name)
{
	const char *path;

	if (p->home == NULL || strchr(name, '/') != NULL || name[0] == '.')
		return NULL;
	path = config_path(p, arena_format(&p->scratch, "presets/%s.yaml", name));
	return access(path, R_OK) == 0 ? path : NULL;
}

/* The tree of a preset; false: there is none, or it has mistakes that were complained of. */
static bool
find_tree(struct config_parts *p, const char *name, const char *file, const struct yaml_node **root)
{
	const char *text = carried_text(name);
	int rc = text != NULL
		     ? yaml_parse(&p->scratch, text, strlen(text), file, root, p->complaints)
		     : yaml_read(&p->scratch, own_path(p, name), file, root, p->complaints);

	if (rc != 0 && rc != -EINVAL)
		complaint_add(p->complaints, file, 0, 0, "cannot be read: %s", strerror(-rc));
	return rc == 0 || *root != NULL;
}

static void load(struct loading *l, const char *name, const struct yaml_node *at);

static void
load_inherited(struct loading *l, const struct yaml_node *list)
{
	const struct yaml_node *item = list != NULL && list->kind == YAML_SCALAR ? list
				       : list != NULL                            ? list->first
										 : NULL;

	for (; item != NULL; item = item->next)
		if (item->kind == YAML_SCALAR)
			load(l, item->text, item);
}

/* Reads a preset that exists, and what it inherits before it. */
static void
load_file(struct loading *l, const char *name)
{
	struct config_parts *p = l->p;
	struct config_rules *rules = arena_alloc(&p->scratch, sizeof(*rules));
	struct config_preset preset = {.name = arena_text(p->arena, name, strlen(name)),
				       .own = carried_text(name) == NULL};
	const char *outer = p->yaml.file;
	const char *file = arena_format(p->arena, "presets/%s.yaml", name);
	const struct yaml_node *root = NULL, *inherits = NULL;
	bool read;

	p->yaml.file = file;
	l->open[l->n_open++] = preset.name;
	if ((read = find_tree(p, name, file, &root))) {
		read_tree(&p->yaml, root, &preset, rules, &inherits);
		load_inherited(l, inherits);
	}
	l->n_open--;
	p->yaml.file = outer;
	if (l->n_done == PRESETS_MAX)
		return;
	l->done[l->n_done++] = preset;
	if (read && l->join != NULL)
		config_join_preset(l->join, rules);
}

/* A preset by name, named at a node of the file being read (NULL: by the program). */
static void
load(struct loading *l, const char *name, const struct yaml_node *at)
{
	char hint[YAML_HINT];

	if (is_done(l, name))
		return;
	if (is_open(l, name))
		yaml_wrong(&l->p->yaml, at, "`%.60s` inherits itself", name);
	else if (l->n_open + l->n_done >= PRESETS_MAX)
		yaml_wrong(&l->p->yaml, at, "too many presets");
	else if (carried_text(name) != NULL || own_path(l->p, name) != NULL)
		load_file(l, name);
	else
		yaml_wrong(&l->p->yaml, at,
			   "unknown preset `%.60s`: no such place is known and there is no "
			   "presets/%.60s.yaml%s",
			   name, name, yaml_hint(name, names, hint));
}

/* --- which ---------------------------------------------------------------------------------- */

/* The country's own names for its rules, where they are not simply its code in lower case. */
static void
load_country(struct loading *l)
{
	static const char *const odd[][3] = {
	    {"GB", "uk", NULL}, {"US", "us-regf", NULL}, {"CA", "ca-on", "ca-qc"}};
	struct config *config = l->p->config;
	const char *country = config->lender.country;
	char lower[3] = "";

	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		if (strcmp(country, odd[i][0]) != 0)
			continue;
		config->preset = odd[i][2] != NULL
				     ? arena_format(l->p->arena, "%s, %s", odd[i][1], odd[i][2])
				     : odd[i][1];
		for (int k = 1; k < 3 && odd[i][k] != NULL; k++)
			load(l, odd[i][k], NULL);
		return;
	}
	for (size_t i = 0; i < 2 && country[i] != '\0'; i++)
		lower[i] = (char)(country[i] | 0x20);
	config->preset = carried_text(lower) != NULL ? arena_text(l->p->arena, lower, 2) : "strict";
	load(l, config->preset, NULL);
}

/* `preset: ph` or `preset: [ca-on, ca-qc]`. */
static void
load_chosen(struct loading *l, const struct yaml_node *node)
{
	struct config_parts *p = l->p;
	const char *all = "", *name = NULL;

	for (const struct yaml_node *item = yaml_items(&p->yaml, node, "preset"); item != NULL;
	     item = item->next) {
		if (!yaml_text(&p->yaml, item, "preset", &name))
			continue;
		load(l, name, item);
		all = arena_format(p->arena, "%s%s%s", all, all[0] != '\0' ? ", " : "", name);
	}
	if (all[0] != '\0')
		p->config->preset = all;
	else if (node->kind == YAML_LIST && node->n == 0)
		yaml_wrong(&p->yaml, node,
			   "`preset` names at least one: `base` has the fewest rules");
}

/* The lender's own that are not in force: their mistakes are told too. */
static void
check_own(struct loading *l)
{
	struct config_parts *p = l->p;
	glob_t found;

	l->join = NULL;
	if (p->home == NULL || p->lender_alone ||
	    glob(config_path(p, "presets/*.yaml"), 0, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *file = strrchr(found.gl_pathv[i], '/') + 1;
		const char *name = arena_text(&p->scratch, file, strlen(file) - strlen(".yaml"));

		if (carried_text(name) != NULL)
			complaint_add(p->complaints, arena_format(&p->scratch, "presets/%s", file),
				      0, 0,
				      "`%.60s` is a preset of Dunlin's own: name yours otherwise, "
				      "and write `inherits: [%.60s]` in it",
				      name, name);
		else
			load(l, name, NULL);
	}
	globfree(&found);
}

void
config_read_presets(struct config_parts *p, const struct yaml_node *node, struct config_join *join)
{
	struct loading l = {.p = p, .join = join};

	l.done = arena_array(p->arena, PRESETS_MAX, sizeof(*l.done));
	p->config->preset = "strict";
	load(&l, "base", NULL);
	if (yaml_is_null(node))
		load_country(&l);
	else
		load_chosen(&l, node);
	p->config->presets = l.done;
	p->config->n_presets = l.n_done;
	check_own(&l);
	p->config->n_presets_read = l.n_done;
}

/* --- for who shows them --------------------------------------------------------------------- */

const struct config_preset *
config_presets_known(struct arena *arena, size_t *n)
{
	struct config_preset *all = arena_array(arena, CARRIED, sizeof(*all));
	struct complaints complaints = {0};
	struct arena scratch = {0};

	for (size_t i = 0; i < CARRIED; i++) {
		struct yaml_reader r = {
		    .arena = arena, .file = carried[i].name, .complaints = &complaints};
		struct config_rules *rules = arena_alloc(&scratch, sizeof(*rules));
		const struct yaml_node *root = NULL, *inherits;

		all[i].name = carried[i].name;
		(void)yaml_parse(&scratch, carried[i].text, strlen(carried[i].text),
				 carried[i].name, &root, &complaints);
		read_tree(&r, root, &all[i], rules, &inherits);
	}
	complaint_clear(&complaints);
	arena_clear(&scratch);
	*n = CARRIED;
	return all;
}

void
config_presets_review(const struct config *config, int32_t today, struct complaints *complaints)
{
	for (size_t i = 0; i < config->n_presets; i++) {
		const struct config_preset *preset = &config->presets[i];
		char day[11];

		if (preset->reviewed == INT32_MIN || today - preset->reviewed <= YEAR_DAYS)
			continue;
		civil_format_date(preset->reviewed, day);
		complaint_warn(
		    complaints, "dunlin.yaml", 0, 0,
		    "the rules of preset `%.60s` were last looked at on %s: laws change, "
		    "so ask whether they still hold%s",
		    preset->name, day, preset->own ? ", and write the day under `reviewed`" : "");
	}
}
