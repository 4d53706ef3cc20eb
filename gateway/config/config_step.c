/* The steps of a campaign: one entry may stand for several single steps (days times channels), each
 * known by its offset and channel for ever. */
#include "config_parts.h"
#include "gateway/base/catalog_parts.h"

#include <stdlib.h>
#include <string.h>

#define STEPS_MAX 1000 /* single steps of one campaign */

static const char *const promises[] = {"none", "open", "kept", "partial", "broken", NULL};
static const char *const reaches[] = {"sms", "call", NULL};

struct raw_step {
	const struct yaml_node *day, *name[CAMPAIGN_CHANNELS], *when, *instead;
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
					    {"instead", YAML_NODE, AT(instead)},
					    {"mandatory", YAML_BOOL, AT(mandatory)},
					    {0}};

struct when {
	const struct yaml_node *replied, *promise, *delivered, *answered, *part_paid, *silent,
	    *reach;
};

#undef AT
#define AT(member) .offset = offsetof(struct when, member)
static const struct yaml_key when_keys[] = {
    {"replied", YAML_NODE, AT(replied)},     {"promise", YAML_NODE, AT(promise)},
    {"delivered", YAML_NODE, AT(delivered)}, {"answered", YAML_NODE, AT(answered)},
    {"part_paid", YAML_NODE, AT(part_paid)}, {"no_response_since", YAML_NODE, AT(silent)},
    {"reach", YAML_NODE, AT(reach)},         {0}};

struct instead {
	const struct yaml_node *name[CAMPAIGN_VOICES];
};

#undef AT
#define AT(member) .offset = offsetof(struct instead, member)
static const struct yaml_key instead_keys[] = {
    {"sms", YAML_NODE, AT(name[CAMPAIGN_SMS])}, {"call", YAML_NODE, AT(name[CAMPAIGN_CALL])}, {0}};

/* A single step, where it was written, and where it names another it waits for (NULL: none). */
struct placed {
	struct campaign_step step;
	int line, col;
	const struct yaml_node *after;
};

struct steps {
	struct placed *list;
	size_t n;
};

/* A condition that is yes or no. */
static void
read_tri(struct config_parts *p, const struct yaml_node *node, const char *what, uint8_t *out)
{
	bool yes;

	if (node != NULL && yaml_bool(&p->yaml, node, what, &yes))
		*out = yes ? CAMPAIGN_YES : CAMPAIGN_NO;
}

static void
read_silent(struct config_parts *p, const struct yaml_node *node, struct campaign_step *step)
{
	enum campaign_channel channel;
	const char *text;
	int day;

	if (!yaml_text(&p->yaml, node, "no_response_since", &text))
		return;
	if (campaign_step_parse(text, strlen(text), &day, &channel) != 0) {
		yaml_wrong(&p->yaml, node,
			   "`no_response_since` names a step, such as +7/sms, not `%.40s`", text);
		return;
	}
	step->silent = true;
	step->silent_day = (int16_t)day;
	step->silent_channel = (uint8_t)channel;
}

static void
read_when(struct config_parts *p, const struct yaml_node *node, struct campaign_step *step)
{
	struct when when = {0};
	int word = 0;

	yaml_fill(&p->yaml, node, NULL, "when", when_keys, &when);
	read_tri(p, when.replied, "replied", &step->when_replied);
	read_tri(p, when.delivered, "delivered", &step->when_delivered);
	read_tri(p, when.answered, "answered", &step->when_answered);
	read_tri(p, when.part_paid, "part_paid", &step->when_part_paid);
	if (when.promise != NULL && yaml_word(&p->yaml, when.promise, "promise", promises, &word))
		step->when_promise = (uint8_t)(CAMPAIGN_PROMISE_NONE + word);
	if (when.reach != NULL && yaml_word(&p->yaml, when.reach, "reach", reaches, &word))
		step->when_reach = (uint8_t)(CAMPAIGN_REACH_SMS + word);
	if (when.silent != NULL)
		read_silent(p, when.silent, step);
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

/* That there is such a script, and a route for it: only modems place calls, where they are told. */
static void
check_call(struct config_parts *p, const struct yaml_node *node, const char *name)
{
	size_t errors = p->complaints->errors;

	config_check_script(p, node, name);
	if (p->complaints->errors > errors || p->config->n_routes == 0)
		return;
	for (size_t i = 0; i < p->config->n_routes; i++)
		if (p->config->routes[i].modem.voice)
			return;
	yaml_warn(&p->yaml, node,
		  "no route places calls: a route of sticks does, with `voice: true`; until then "
		  "this step goes to nobody");
}

/* What the channel's key says: a template, a script, or the task in words.  NULL: unusable. */
static const char *
read_name(struct config_parts *p, const struct yaml_node *node, enum campaign_channel channel)
{
	const char *name = NULL;

	if (!yaml_text(&p->yaml, node, campaign_channel_word(channel), &name))
		return NULL;
	if (channel == CAMPAIGN_SMS || channel == CAMPAIGN_LETTER || channel == CAMPAIGN_EMAIL)
		check_template(p, node, name);
	else if (channel == CAMPAIGN_CALL)
		check_call(p, node, name);
	else if (strlen(name) > 200)
		yaml_wrong(&p->yaml, node, "`%s` says in at most 200 bytes what is to be done",
			   campaign_channel_word(channel));
	return name;
}

const char *
config_read_promised(struct config_parts *p, const struct yaml_node *node)
{
	const struct yaml_node *sms = NULL;
	static const struct yaml_key keys[] = {{"sms", YAML_NODE, .required = true, .offset = 0},
					       {0}};

	yaml_fill(&p->yaml, node, NULL, "promised", keys, &sms);
	return sms != NULL ? read_name(p, sms, CAMPAIGN_SMS) : NULL;
}

/* --- steps ---------------------------------------------------------------------------------- */

/* What one entry of the list says beside its days. */
struct entry {
	struct campaign_step step;
	const struct yaml_node *days, *after;
};

/* Adds a single step, unless it is there already or they are too many. */
static void
add_step(struct config_parts *p, struct steps *steps, const struct campaign_step *step,
	 const struct entry *entry, const struct yaml_node *at)
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
	if (step->silent && step->silent_day >= step->day)
		yaml_wrong(&p->yaml, entry->after,
			   "`no_response_since` names a step of an earlier day than %+d",
			   step->day);
	steps->list[steps->n++] = (struct placed){*step, at->line, at->col, entry->after};
}

static void
add_days(struct config_parts *p, struct steps *steps, const struct entry *entry)
{
	const struct yaml_node *item = yaml_items(&p->yaml, entry->days, "day");
	struct campaign_step single = entry->step;
	int day;

	for (; item != NULL; item = item->next)
		if (yaml_int(&p->yaml, item, "day", CAMPAIGN_DAY_MIN, CAMPAIGN_DAY_MAX, &day)) {
			single.day = (int16_t)day;
			add_step(p, steps, &single, entry, item);
		}
}

/* `instead` gives a step two forms, of which the person's `reach` decides: the other channel where
 * that alone gets through, else this one.  The channel it turns to, or -1. */
static int
read_instead(struct config_parts *p, const struct raw_step *raw, struct entry *entry)
{
	struct instead instead = {0};
	bool sms = raw->name[CAMPAIGN_SMS] != NULL, call = raw->name[CAMPAIGN_CALL] != NULL;
	int other = sms ? CAMPAIGN_CALL : CAMPAIGN_SMS;

	if (sms == call) {
		yaml_wrong(&p->yaml, raw->instead,
			   "`instead` stands beside `sms` or `call`, one of them");
		return -1;
	}
	yaml_fill(&p->yaml, raw->instead, NULL, "instead", instead_keys, &instead);
	if (instead.name[other] == NULL || instead.name[!other] != NULL) {
		yaml_wrong(&p->yaml, raw->instead,
			   "`instead` of this step names `%s`, as {%s: NAME}",
			   campaign_channel_word((enum campaign_channel)other),
			   campaign_channel_word((enum campaign_channel)other));
		return -1;
	}
	if (entry->step.when_reach != CAMPAIGN_REACH_ANY) {
		yaml_wrong(&p->yaml, raw->instead, "`instead` already asks for `reach`");
		return -1;
	}
	entry->step.name = read_name(p, instead.name[other], (enum campaign_channel)other);
	return entry->step.name != NULL ? other : -1;
}

/* Adds both forms; the first is left in `entry` for the channels named. */
static void
add_instead(struct config_parts *p, const struct raw_step *raw, struct steps *steps,
	    struct entry *entry)
{
	int other = read_instead(p, raw, entry);

	if (other < 0 || raw->day == NULL)
		return;
	entry->step.when_reach = other == CAMPAIGN_SMS ? CAMPAIGN_REACH_SMS : CAMPAIGN_REACH_CALL;
	entry->step.channel = (uint8_t)other;
	add_days(p, steps, entry);
	entry->step.unless_reach = true;
}

static void
read_step(struct config_parts *p, const struct yaml_node *node, struct steps *steps)
{
	struct raw_step raw = {0};
	struct entry entry = {0};
	bool named = false;

	if (node->kind == YAML_WRONG)
		return;
	yaml_fill(&p->yaml, node, NULL, "a step", step_keys, &raw);
	entry.days = raw.day;
	entry.step.mandatory = raw.mandatory;
	if (raw.when != NULL)
		read_when(p, raw.when, &entry.step);
	entry.after = entry.step.silent ? raw.when : NULL;
	if (raw.day != NULL &&
	    (yaml_is_null(raw.day) || (raw.day->kind == YAML_LIST && raw.day->n == 0)))
		yaml_wrong(&p->yaml, raw.day, "`day` names no day");
	if (raw.instead != NULL)
		add_instead(p, &raw, steps, &entry);
	for (int channel = 0; channel < CAMPAIGN_CHANNELS; channel++) {
		struct entry one = entry;

		if (raw.name[channel] == NULL)
			continue;
		named = true;
		if (channel >= CAMPAIGN_VOICES && one.step.unless_reach) {
			one.step.when_reach = CAMPAIGN_REACH_ANY;
			one.step.unless_reach = false;
		}
		one.step.channel = (uint8_t)channel;
		one.step.name = read_name(p, raw.name[channel], (enum campaign_channel)channel);
		if (one.step.name != NULL && raw.day != NULL)
			add_days(p, steps, &one);
	}
	if (!named && node->kind == YAML_MAP)
		yaml_wrong(&p->yaml, node,
			   "a step needs one of `sms`, `call`, `task`, `letter`, `visit`, `email` "
			   "and `outsource`");
}

/* A step of another campaign may be meant, which the account followed before. */
static void
check_after(struct config_parts *p, const struct steps *steps)
{
	char text[CAMPAIGN_STEP_TEXT];

	for (size_t i = 0; i < steps->n; i++) {
		const struct campaign_step *s = &steps->list[i].step;
		size_t k = 0;

		if (!s->silent)
			continue;
		while (k < steps->n && (steps->list[k].step.day != s->silent_day ||
					steps->list[k].step.channel != s->silent_channel))
			k++;
		if (k < steps->n)
			continue;
		campaign_step_format(s->silent_day, (enum campaign_channel)s->silent_channel, text);
		yaml_warn(&p->yaml, steps->list[i].after,
			  "there is no step %s here: it is met only where another campaign had "
			  "that step",
			  text);
	}
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
	check_after(p, &steps);
	qsort(steps.list, steps.n, sizeof(*steps.list), by_day);
	list = arena_array(p->arena, steps.n, sizeof(*list));
	for (size_t i = 0; i < steps.n; i++)
		list[i] = steps.list[i].step;
	for (size_t i = 0; i < steps.n; i++)
		list[i].of = c;
	c->steps = list;
	c->n_steps = steps.n;
}
