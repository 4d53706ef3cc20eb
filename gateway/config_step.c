/* The steps of a campaign: one entry may stand for several single steps (days times channels), each
 * known by its offset and channel for ever. */
#include "catalog_parts.h"
#include "config_parts.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STEPS_MAX 1000 /* single steps of one campaign */

static const char *const promises[] = {"none", "open", "kept", "partial", "broken", NULL};

struct raw_step {
	const struct yaml_node *day, *name[CAMPAIGN_CHANNELS], *when;
	bool mandatory;
};

#define AT(member) .offset = offsetof(struct raw_step, member)
static const struct yaml_key step_keys[] = {{"day", YAML_NODE, .required = true, AT(day)},
					    {"sms", YAML_NODE, AT(name[CAMPAIGN_SMS])},
					    {"call", YAML_NODE, AT(name[CAMPAIGN_CALL])},
					    {"task", YAML_NODE, AT(name[CAMPAIGN_TASK])},
					    {"letter", YAML_NODE, AT(name[CAMPAIGN_LETTER])},
					    {"visit", YAML_NODE, AT(name[CAMPAIGN_VISIT])},
					    {"email", YAML_NODE, AT(name[CAMPAIGN_EMAIL])},
					    {"outsource", YAML_NODE, AT(name[CAMPAIGN_OUTSOURCE])},
					    {"when", YAML_NODE, AT(when)},
					    {"mandatory", YAML_BOOL, AT(mandatory)},
					    {0}};

struct when {
	const struct yaml_node *replied, *promise;
};

static const struct yaml_key when_keys[] = {
    {"replied", YAML_NODE, .offset = offsetof(struct when, replied)},
    {"promise", YAML_NODE, .offset = offsetof(struct when, promise)},
    {0}};

/* A single step and where it was written. */
struct placed {
	struct campaign_step step;
	int line, col;
};

struct steps {
	struct placed *list;
	size_t n;
};

static void
read_when(struct config_parts *p, const struct yaml_node *node, struct campaign_step *step)
{
	struct when when = {0};
	bool replied = false;
	int promise = 0;

	yaml_fill(&p->yaml, node, NULL, "when", when_keys, &when);
	if (when.replied != NULL && yaml_bool(&p->yaml, when.replied, "replied", &replied))
		step->when_replied = replied ? CAMPAIGN_YES : CAMPAIGN_NO;
	if (when.promise != NULL &&
	    yaml_word(&p->yaml, when.promise, "promise", promises, &promise))
		step->when_promise = (uint8_t)(CAMPAIGN_PROMISE_NONE + promise);
}

/* --- what a step names ---------------------------------------------------------------------- */

/* The names of all templates, NULL at the end. */
static const char *const *
template_names(struct config_parts *p)
{
	const struct catalog *c = p->config->catalog;
	const char **names = arena_array(&p->scratch, c->n + c->n_broken + 1, sizeof(*names));

	for (size_t i = 0; i < c->n; i++)
		names[i] = c->texts[i].name;
	for (size_t i = 0; i < c->n_broken; i++)
		names[c->n + i] = c->broken[i];
	return names;
}

static void
check_template(struct config_parts *p, const struct yaml_node *node, const char *name)
{
	const struct config *config = p->config;
	const char *language = config->lender.languages[0];
	char hint[YAML_HINT];

	if (!catalog_mentions(config->catalog, name)) {
		yaml_wrong(&p->yaml, node, "there is no template templates/%.60s.%s.txt%s", name,
			   language, yaml_hint(name, template_names(p), hint));
		return;
	}
	if (catalog_has(config->catalog, name) &&
	    catalog_find(config->catalog, name, language, language) == NULL)
		yaml_warn(&p->yaml, node,
			  "template `%.60s` has no text in the default language `%s`: accounts of "
			  "other languages get none",
			  name, language);
}

static void
check_script(struct config_parts *p, const struct yaml_node *node, const char *name)
{
	const char *file = arena_format(&p->scratch, "scripts/%s.yaml", name);

	if (strchr(name, '/') != NULL || access(config_path(p, file), R_OK) != 0)
		yaml_wrong(&p->yaml, node, "there is no script scripts/%.60s.yaml", name);
}

/* What the channel's key says: a template, a script, or the task in words.  NULL: unusable. */
static const char *
read_name(struct config_parts *p, const struct yaml_node *node, enum campaign_channel channel)
{
	const char *name = NULL;

	if (!yaml_text(&p->yaml, node, campaign_channel_word(channel), &name))
		return NULL;
	if (channel == CAMPAIGN_SMS)
		check_template(p, node, name);
	else if (channel == CAMPAIGN_CALL)
		check_script(p, node, name);
	else if (strlen(name) > 200)
		yaml_wrong(&p->yaml, node, "a task says in at most 200 bytes what is to be done");
	return name;
}

/* --- steps ---------------------------------------------------------------------------------- */

/* Adds a single step, unless it is there already or they are too many. */
static void
add_step(struct config_parts *p, struct steps *steps, const struct campaign_step *step,
	 const struct yaml_node *at)
{
	char text[CAMPAIGN_STEP_TEXT];

	for (size_t i = 0; i < steps->n; i++) {
		const struct placed *other = &steps->list[i];

		if (other->step.day != step->day || other->step.channel != step->channel)
			continue;
		campaign_step_format(step->day, (enum campaign_channel)step->channel, text);
		yaml_wrong(&p->yaml, at,
			   "step %s stands here twice; the first is at line %d, column %d", text,
			   other->line, other->col);
		return;
	}
	if (steps->n == STEPS_MAX) {
		yaml_wrong(&p->yaml, at, "more than %d steps in one campaign", STEPS_MAX);
		return;
	}
	steps->list[steps->n++] = (struct placed){*step, at->line, at->col};
}

static void
add_days(struct config_parts *p, struct steps *steps, const struct campaign_step *step,
	 const struct yaml_node *days)
{
	const struct yaml_node *item = yaml_items(&p->yaml, days, "day");
	struct campaign_step single = *step;
	int day;

	for (; item != NULL; item = item->next)
		if (yaml_int(&p->yaml, item, "day", CAMPAIGN_DAY_MIN, CAMPAIGN_DAY_MAX, &day)) {
			single.day = (int16_t)day;
			add_step(p, steps, &single, item);
		}
}

static void
read_step(struct config_parts *p, const struct yaml_node *node, struct steps *steps)
{
	struct raw_step raw = {0};
	struct campaign_step step = {0};
	bool named = false;

	if (node->kind == YAML_WRONG)
		return;
	yaml_fill(&p->yaml, node, NULL, "a step", step_keys, &raw);
	step.mandatory = raw.mandatory;
	if (raw.when != NULL)
		read_when(p, raw.when, &step);
	if (raw.day != NULL &&
	    (yaml_is_null(raw.day) || (raw.day->kind == YAML_LIST && raw.day->n == 0)))
		yaml_wrong(&p->yaml, raw.day, "`day` names no day");
	for (int channel = 0; channel < CAMPAIGN_CHANNELS; channel++) {
		if (raw.name[channel] == NULL)
			continue;
		named = true;
		step.channel = (uint8_t)channel;
		step.name = read_name(p, raw.name[channel], (enum campaign_channel)channel);
		if (step.name != NULL && raw.day != NULL)
			add_days(p, steps, &step, raw.day);
	}
	if (!named && node->kind == YAML_MAP)
		yaml_wrong(&p->yaml, node, "a step needs `sms`, `call` or `task`");
}

static int
by_day(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	if (x->step.day != y->step.day)
		return x->step.day < y->step.day ? -1 : 1;
	return x->step.channel < y->step.channel ? -1 : x->step.channel > y->step.channel;
}

void
config_read_steps(struct config_parts *p, const struct yaml_node *node, struct campaign *c)
{
	struct steps steps = {.n = 0};
	struct campaign_step *list;

	if (node->kind == YAML_WRONG)
		return;
	if (node->kind != YAML_LIST || node->n == 0) {
		yaml_wrong(&p->yaml, node,
			   "`steps` must be a list, such as `- {day: 1, sms: reminder}`");
		return;
	}
	steps.list = arena_array(&p->scratch, STEPS_MAX, sizeof(*steps.list));
	for (const struct yaml_node *item = node->first; item != NULL; item = item->next)
		read_step(p, item, &steps);
	qsort(steps.list, steps.n, sizeof(*steps.list), by_day);
	list = arena_array(p->arena, steps.n, sizeof(*list));
	for (size_t i = 0; i < steps.n; i++)
		list[i] = steps.list[i].step;
	for (size_t i = 0; i < steps.n; i++)
		list[i].of = c;
	c->steps = list;
	c->n_steps = steps.n;
}
