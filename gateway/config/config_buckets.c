/* buckets: arrears by age, as lenders speak of them: M0, M1, M2 ... */
#include "config_parts.h"

#include <string.h>

static const int16_t usual[] = {0, 30, 60, 90};

static void
set_usual(struct config *config)
{
	config->n_buckets = sizeof(usual) / sizeof(usual[0]);
	memcpy(config->buckets, usual, sizeof(usual));
}

/* `buckets: [0, 30, 60, 90]`: the last day past due of each but the last. */
void
config_read_buckets(struct config_parts *p, const struct yaml_node *node)
{
	struct config *config = p->config;
	int last = -1, day;

	set_usual(config);
	if (yaml_is_null(node))
		return;
	if (node->kind == YAML_LIST && node->n > CAMPAIGN_BUCKETS - 1) {
		yaml_wrong(&p->yaml, node, "at most %d bounds, for buckets M0 to M%d",
			   CAMPAIGN_BUCKETS - 1, CAMPAIGN_BUCKETS - 1);
		return;
	}
	config->n_buckets = 0;
	for (const struct yaml_node *item = yaml_items(&p->yaml, node, "buckets"); item != NULL;
	     item = item->next) {
		if (!yaml_int(&p->yaml, item, "buckets", 0, CAMPAIGN_DAY_MAX, &day))
			continue;
		if (day <= last)
			yaml_wrong(&p->yaml, item,
				   "`buckets` holds the last day of each, ascending: %d is not "
				   "after %d",
				   day, last);
		else
			config->buckets[config->n_buckets++] = (int16_t)(last = day);
	}
	if (config->n_buckets == 0)
		set_usual(config);
}

const int16_t *
config_buckets(const struct config *config, size_t *n)
{
	*n = config->n_buckets;
	return config->buckets;
}

int
config_bucket(const struct config *config, int32_t dpd)
{
	return campaign_bucket(config->buckets, config->n_buckets, dpd);
}
