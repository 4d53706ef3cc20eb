/* campaigns/NAME.yaml: one file, one campaign */
#include "config_parts.h"
#include "gateway/base/catalog.h"
#include "gateway/base/money.h"
#include "gateway/base/textfile.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "campaigns"

/* Columns of accounts.csv by which campaigns usually select; any other column may be meant too. */
static const char *const columns[] = {"product",  "segment",     "risk",     "cause",
				      "language", "timezone",    "currency", "bucket",
				      "amount",   "kept_streak", NULL};

struct late {
	int within;
};

static const struct yaml_key late_keys[] = {
    {"within", YAML_INT, .offset = offsetof(struct late, within), .min = 0, .max = 60}, {0}};

struct raw_campaign {
	int priority;
	const struct yaml_node *select, *steps, *late, *at, *promised;
};

#define AT(member) .offset = offsetof(struct raw_campaign, member)
static const struct yaml_key campaign_keys[] = {
    {"priority", YAML_INT, AT(priority), .min = -1000000, .max = 1000000},
    {"select", YAML_NODE, AT(select)},
    {"steps", YAML_NODE, .required = true, AT(steps)},
    {"at", YAML_NODE, AT(at)},
    {"late", YAML_NODE, AT(late)},
    {"promised", YAML_NODE, AT(promised)},
    {0}};

struct best {
	bool best;
	int32_t otherwise;
};

static const struct yaml_key best_keys[] = {
    {"best", YAML_BOOL, .required = true, .offset = offsetof(struct best, best)},
    {"else", YAML_TIME, .offset = offsetof(struct best, otherwise)},
    {0}};

/* At least, at most: figures and amounts are selected by. */
struct range {
	const struct yaml_node *min, *max;
};

static const struct yaml_key range_keys[] = {
    {"min", YAML_NODE, .offset = offsetof(struct range, min)},
    {"max", YAML_NODE, .offset = offsetof(struct range, max)},
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
read_texts_key(struct config_parts *p, const struct yaml_node *key, struct campaign_select *out)
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

/* M0, M1 ... Mn, or "M2+" for that one and all behind it: the bits, or 0 complained of. */
static int64_t
bucket_bits(struct config_parts *p, const struct yaml_node *item)
{
	size_t last;
	int64_t bits;
	char *end;
	long n;

	config_buckets(p->config, &last);
	n = item->kind == YAML_SCALAR && (item->text[0] == 'M' || item->text[0] == 'm') &&
		    item->text[1] >= '0' && item->text[1] <= '9'
		? strtol(item->text + 1, &end, 10)
		: -1;
	if (n < 0 || n > (long)last || (end[0] != '\0' && strcmp(end, "+") != 0)) {
		yaml_wrong(&p->yaml, item,
			   "`bucket` holds M0 to M%zu (the bounds stand in dunlin.yaml under "
			   "`buckets`), or M2+ for M2 and all behind it",
			   last);
		return 0;
	}
	for (bits = (int64_t)1 << n; end[0] == '+' && n < (long)last; n++)
		bits |= (int64_t)2 << n;
	return bits;
}

static bool
read_bucket(struct config_parts *p, const struct yaml_node *key, struct campaign_select *out)
{
	const struct yaml_node *item = yaml_items(&p->yaml, key->value, "bucket");

	out->kind = CAMPAIGN_SELECT_BUCKET;
	for (; item != NULL; item = item->next)
		out->min |= bucket_bits(p, item);
	return out->min != 0;
}

static bool
read_money(struct config_parts *p, const struct yaml_node *node, const char *text, int64_t *minor)
{
	char why[MONEY_WHY];

	if (money_parse(text, strlen(text), p->config->lender.digits, minor, why) == 0)
		return true;
	yaml_wrong(&p->yaml, node, "`amount`: %s", why);
	return false;
}

/* "<= 5000", ">= 100", "< 5000", "> 100" */
static bool
read_comparison(struct config_parts *p, const struct yaml_node *node, struct campaign_select *out)
{
	const char *text = node->text + strspn(node->text, " ");
	bool most = text[0] == '<', equal = text[0] != '\0' && text[1] == '=';
	int64_t minor;

	if (!most && text[0] != '>') {
		yaml_wrong(&p->yaml, node,
			   "`amount` is {min: \"100.00\", max: \"5000.00\"}, or \"<= 5000.00\"");
		return false;
	}
	text += equal ? 2 : 1;
	text += strspn(text, " ");
	if (!read_money(p, node, text, &minor))
		return false;
	if (most)
		out->max = minor - !equal;
	else
		out->min = minor + !equal;
	return true;
}

/* One end of a range. */
static bool
read_end(struct config_parts *p, const struct yaml_node *node, const char *what, bool money,
	 int64_t *out)
{
	const char *text;
	int n;

	if (node == NULL)
		return true;
	if (money)
		return yaml_text(&p->yaml, node, what, &text) && read_money(p, node, text, out);
	if (!yaml_int(&p->yaml, node, what, 0, 1000, &n))
		return false;
	*out = n;
	return true;
}

static bool
read_range(struct config_parts *p, const struct yaml_node *key, bool money,
	   struct campaign_select *out)
{
	const struct yaml_node *value = key->value;
	struct range range = {0};

	out->kind = money ? CAMPAIGN_SELECT_AMOUNT : CAMPAIGN_SELECT_KEPT;
	out->min = money ? INT64_MIN : 0;
	out->max = INT64_MAX;
	if (money && value->kind == YAML_SCALAR && !yaml_is_null(value))
		return read_comparison(p, value, out);
	if (!money && value->kind == YAML_SCALAR) /* so many or more */
		return read_end(p, value, "kept_streak", false, &out->min);
	yaml_fill(&p->yaml, value, key, key->text, range_keys, &range);
	if (!read_end(p, range.min, "min", money, &out->min) ||
	    !read_end(p, range.max, "max", money, &out->max))
		return false;
	if (value->kind == YAML_MAP && value->n == 0)
		yaml_wrong(&p->yaml, key, "`%.60s` needs `min`, `max` or both", key->text);
	else if (out->min > out->max)
		yaml_wrong(&p->yaml, value, "`min` is more than `max`: nothing can match");
	return true;
}

static bool
read_select_key(struct config_parts *p, const struct yaml_node *key, struct campaign_select *out)
{
	if (strcmp(key->text, "bucket") == 0)
		return read_bucket(p, key, out);
	if (strcmp(key->text, "amount") == 0)
		return read_range(p, key, true, out);
	if (strcmp(key->text, "kept_streak") == 0)
		return read_range(p, key, false, out);
	return read_texts_key(p, key, out);
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

/* `at: "10:00"`, `at: best`, or `at: {best: true, else: "10:00"}`. */
static void
read_at(struct config_parts *p, const struct yaml_node *node, struct campaign *c)
{
	struct best best = {.otherwise = c->at};

	if (node->kind == YAML_MAP) {
		yaml_fill(&p->yaml, node, NULL, "at", best_keys, &best);
		c->best = best.best;
		c->at = best.otherwise;
	} else if (node->kind == YAML_SCALAR && strcmp(node->text, "best") == 0) {
		c->best = true;
	} else if (node->kind == YAML_SCALAR && strcspn(node->text, "0123456789") > 0 &&
		   !yaml_is_null(node)) {
		yaml_wrong(&p->yaml, node, "`at` is a time, such as \"10:00\", or `best`");
	} else {
		yaml_time(&p->yaml, node, "at", &c->at);
	}
}

/* `promised: no`, `yes`, or `{sms: NAME}`. */
static void
read_promised(struct config_parts *p, const struct yaml_node *node, struct campaign *c)
{
	bool on = true;

	if (node->kind == YAML_MAP)
		c->promised = config_read_promised(p, node);
	else if (yaml_bool(&p->yaml, node, "promised", &on))
		c->promised_off = !on;
}

static void
read_campaign(struct config_parts *p, const struct yaml_node *root, struct campaign *c)
{
	struct raw_campaign raw = {.priority = 100};
	struct late late = {.within = 3};

	yaml_fill(&p->yaml, root, NULL, "a campaign", campaign_keys, &raw);
	if (raw.late != NULL)
		yaml_fill(&p->yaml, raw.late, NULL, "late", late_keys, &late);
	c->priority = raw.priority;
	c->at = 10 * 3600;
	if (raw.at != NULL)
		read_at(p, raw.at, c);
	c->late = late.within;
	if (raw.promised != NULL)
		read_promised(p, raw.promised, c);
	read_select(p, raw.select, c);
	if (raw.steps != NULL)
		config_read_steps(p, raw.steps, c);
}

/* The campaign of one directory entry, or NULL when it is none. */
static struct campaign *
load_campaign(struct config_parts *p, const char *entry)
{
	char *file = arena_format(p->arena, FOLDER "/%s", entry);
	size_t name_len = textfile_stem(entry, ".yaml");
	struct campaign *c = arena_alloc(p->arena, sizeof(*c));
	const struct yaml_node *root;
	int rc;

	if (name_len == 0) {
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
	const char *const *entries;
	struct campaign **list;
	int n = textfile_list(p->arena, config_path(p, FOLDER), FOLDER, &entries, p->complaints);

	if (n < 0)
		return;
	list = arena_array(p->arena, (size_t)n, sizeof(struct campaign *));
	for (int i = 0; i < n; i++) {
		struct campaign *c = load_campaign(p, entries[i]);

		if (c != NULL)
			list[p->config->n_campaigns++] = c;
	}
	if (p->config->n_campaigns > 0)
		qsort(list, p->config->n_campaigns, sizeof(struct campaign *), campaign_order);
	for (size_t i = 0; i < p->config->n_campaigns; i++)
		list[i]->index = i;
	p->config->campaigns = (const struct campaign *const *)list;
}
