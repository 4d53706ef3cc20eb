/* campaigns/NAME.yaml: one file, one campaign */
#include "catalog.h"
#include "config_parts.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "campaigns"

/* Columns of accounts.csv by which campaigns usually select; any other column may be meant too. */
static const char *const columns[] = {"product",  "segment",  "risk",     "cause",
				      "language", "timezone", "currency", NULL};

struct late {
	int within;
};

static const struct yaml_key late_keys[] = {
    {"within", YAML_INT, .offset = offsetof(struct late, within), .min = 0, .max = 60}, {0}};

struct raw_campaign {
	int priority;
	const struct yaml_node *select, *steps, *late;
	int32_t at;
};

#define AT(member) .offset = offsetof(struct raw_campaign, member)
static const struct yaml_key campaign_keys[] = {
    {"priority", YAML_INT, AT(priority), .min = -1000000, .max = 1000000},
    {"select", YAML_NODE, AT(select)},
    {"steps", YAML_NODE, .required = true, AT(steps)},
    {"at", YAML_TIME, AT(at)},
    {"late", YAML_NODE, AT(late)},
    {0}};

/* --- select --------------------------------------------------------------------------------- */

static bool
is_known_column(struct config_parts *p, const char *name)
{
	for (size_t i = 0; columns[i] != NULL; i++)
		if (strcmp(columns[i], name) == 0)
			return true;
	for (size_t i = 0; p->columns != NULL && i < p->columns->n; i++)
		if (strcmp(p->columns->names[i], name) == 0)
			return true;
	return false;
}

static bool
read_select_key(struct config_parts *p, const struct yaml_node *key, struct campaign_select *out)
{
	const char *const *values = NULL;
	char hint[YAML_HINT];

	if (!is_known_column(p, key->text) && complaint_nearest(key->text, columns) != NULL)
		yaml_warn(&p->yaml, key, "`%.60s` is no column known here%s", key->text,
			  yaml_hint(key->text, columns, hint));
	if (!yaml_texts(&p->yaml, key->value, key->text, &values, &out->n_values))
		return false;
	if (out->n_values == 0) {
		if (yaml_is_null(key->value) || key->value->n == 0)
			yaml_wrong(&p->yaml, key, "`%.60s` has no value to match", key->text);
		return false;
	}
	out->field = arena_text(p->arena, key->text, key->len);
	out->values = values;
	return true;
}

static void
read_select(struct config_parts *p, const struct yaml_node *node, struct campaign *c)
{
	struct campaign_select *select;

	if (yaml_is_null(node) || node->kind == YAML_WRONG)
		return;
	if (node->kind != YAML_MAP) {
		yaml_wrong(&p->yaml, node,
			   "`select` must hold columns and their values, such as "
			   "{product: payday}");
		return;
	}
	select = arena_array(p->arena, node->n, sizeof(*select));
	for (const struct yaml_node *k = node->first; k != NULL; k = k->next)
		if (read_select_key(p, k, &select[c->n_select]))
			c->n_select++;
	c->select = select;
}

/* --- the file ------------------------------------------------------------------------------- */

static void
read_campaign(struct config_parts *p, const struct yaml_node *root, struct campaign *c)
{
	struct raw_campaign raw = {.priority = 100, .at = 10 * 3600};
	struct late late = {.within = 3};

	yaml_fill(&p->yaml, root, NULL, "a campaign", campaign_keys, &raw);
	if (raw.late != NULL)
		yaml_fill(&p->yaml, raw.late, NULL, "late", late_keys, &late);
	c->priority = raw.priority;
	c->at = raw.at;
	c->late = late.within;
	read_select(p, raw.select, c);
	if (raw.steps != NULL)
		config_read_steps(p, raw.steps, c);
}

static bool
ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len > end_len && strcmp(text + len - end_len, end) == 0;
}

static int
is_candidate(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && !ends_with(entry->d_name, "~");
}

/* The campaign of one directory entry, or NULL when it is none. */
static struct campaign *
load_campaign(struct config_parts *p, const char *entry)
{
	char *file = arena_format(p->arena, FOLDER "/%s", entry);
	size_t name_len = strlen(entry) - strlen(".yaml");
	struct campaign *c = arena_alloc(p->arena, sizeof(*c));
	const struct yaml_node *root;
	int rc;

	if (!ends_with(entry, ".yaml")) {
		complaint_warn(p->complaints, file, 0, 0,
			       "not read: campaigns are called NAME.yaml");
		return NULL;
	}
	if (name_len > 64)
		complaint_add(p->complaints, file, 0, 0, "the name is longer than 64 characters");
	c->name = arena_text(p->arena, entry, name_len);
	p->yaml.file = file;
	rc = yaml_read(&p->scratch, config_path(p, file), file, &root, p->complaints);
	if (rc == 0 || root != NULL)
		read_campaign(p, root, c);
	return c;
}

void
config_read_campaigns(struct config_parts *p)
{
	struct dirent **entries = NULL;
	struct campaign **list;
	int n = scandir(config_path(p, FOLDER), &entries, is_candidate, alphasort);

	if (n < 0) {
		if (errno != ENOENT)
			complaint_add(p->complaints, FOLDER, 0, 0, "cannot be read: %s",
				      strerror(errno));
		return;
	}
	list = arena_array(p->arena, (size_t)n, sizeof(struct campaign *));
	for (int i = 0; i < n; i++) {
		struct campaign *c = load_campaign(p, entries[i]->d_name);

		if (c != NULL)
			list[p->config->n_campaigns++] = c;
		free(entries[i]);
	}
	free(entries);
	if (p->config->n_campaigns > 0)
		qsort(list, p->config->n_campaigns, sizeof(struct campaign *), campaign_order);
	for (size_t i = 0; i < p->config->n_campaigns; i++)
		list[i]->index = i;
	p->config->campaigns = (const struct campaign *const *)list;
}
