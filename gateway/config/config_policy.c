/* policy: presets and the lender's own rules made one; holidays, and what counts as paid or stale
 */
#include "config_rules.h"
#include "gateway/base/calendar.h"
#include "gateway/base/money.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

/* Holidays are kept as flat days of these years, whatever clock the schedule follows. */
#define HOLIDAYS_FROM 2000
#define HOLIDAYS_TO   2100

struct raw_policy {
	struct config_raw_rules rules;
	const struct yaml_node *preset, *holidays, *ignore_below;
	const char *override_reason;
	int stale_after;
};

#define AT(member) .offset = offsetof(struct raw_policy, member)
static const struct yaml_key policy_keys[] = {
    {"preset", YAML_NODE, AT(preset)},
    {"override_reason", YAML_TEXT, AT(override_reason)},
    {"holidays", YAML_NODE, AT(holidays)},
    {"ignore_below", YAML_NODE, AT(ignore_below)},
    {"stale_after", YAML_INT, AT(stale_after), .min = 0, .max = 366},
    CONFIG_RULE_KEYS(struct raw_policy, rules),
    {0}};

static void
read_holidays(struct config_parts *p, const struct yaml_node *node)
{
	struct calendar_holidays holidays = {0};
	time_t now = time(NULL);
	struct tm today;
	int32_t *days;

	for (const struct yaml_node *item = yaml_items(&p->yaml, node, "holidays"); item != NULL;
	     item = item->next) {
		const char *name = NULL, *path;

		if (!yaml_text(&p->yaml, item, "holidays", &name) || p->home == NULL)
			continue;
		path = config_path(p, name);
		if (access(path, R_OK) != 0)
			yaml_wrong(&p->yaml, item, "`%.80s` is not there or cannot be read", name);
		else
			(void)calendar_holidays_read(&holidays, path, name, HOLIDAYS_FROM,
						     HOLIDAYS_TO, p->complaints);
	}
	if (gmtime_r(&now, &today) != NULL && holidays.n > 0 &&
	    !calendar_holidays_cover(&holidays, today.tm_year + 1900))
		yaml_warn(&p->yaml, node, "these holidays do not cover %d: get the new list",
			  today.tm_year + 1900);
	days = arena_array(p->arena, holidays.n, sizeof(*days));
	for (size_t i = 0; i < holidays.n; i++)
		days[i] = holidays.days[i].day;
	p->config->policy.holidays = days;
	p->config->policy.n_holidays = holidays.n;
	calendar_holidays_clear(&holidays);
}

static void
read_ignore_below(struct config_parts *p, const struct yaml_node *node)
{
	const char *text = NULL;
	char why[MONEY_WHY];
	int64_t minor = 0;

	if (!yaml_text(&p->yaml, node, "ignore_below", &text))
		return;
	if (money_parse(text, strlen(text), p->config->lender.digits, &minor, why) != 0)
		yaml_wrong(&p->yaml, node, "`ignore_below`: %s", why);
	else if (minor < 0)
		yaml_wrong(&p->yaml, node, "`ignore_below` cannot be negative");
	else
		p->config->ignore_below = minor;
}

static void
hash_text(crypto_generichash_state *hash, const char *text)
{
	size_t len = text != NULL ? strlen(text) + 1 : 0;

	crypto_generichash_update(hash, (const unsigned char *)&len, sizeof(len));
	crypto_generichash_update(hash, (const unsigned char *)text, len);
}

static void
hash_numbers(crypto_generichash_state *hash, const int64_t *numbers, size_t n)
{
	crypto_generichash_update(hash, (const unsigned char *)numbers, n * sizeof(*numbers));
}

static void
hash_hours(crypto_generichash_state *hash, const struct policy *policy)
{
	for (int c = 0; c < CAMPAIGN_CHANNELS; c++) {
		for (int day = 0; day <= POLICY_HOLIDAY; day++) {
			const struct policy_hours *h = &policy->hours[c][day];

			hash_numbers(hash, (int64_t[]){h->n}, 1);
			hash_text(hash, h->rule);
			for (int i = 0; i < h->n; i++) {
				hash_numbers(hash, (int64_t[]){h->window[i].from, h->window[i].to},
					     2);
				hash_text(hash, h->before[i]);
			}
		}
		hash_numbers(hash, (int64_t[]){policy->holiday_hours[c]}, 1);
	}
	hash_numbers(hash, (int64_t[]){(int64_t)policy->n_holidays}, 1);
	for (size_t i = 0; i < policy->n_holidays; i++)
		hash_numbers(hash, (int64_t[]){policy->holidays[i]}, 1);
}

static void
hash_counts(crypto_generichash_state *hash, const struct policy *policy)
{
	hash_numbers(hash,
		     (int64_t[]){(int64_t)policy->n_caps, (int64_t)policy->n_gaps,
				 (int64_t)policy->n_cooloffs},
		     3);
	for (size_t i = 0; i < policy->n_caps; i++) {
		const struct policy_cap *cap = &policy->caps[i];

		hash_numbers(
		    hash, (int64_t[]){cap->channels, cap->what, cap->scope, cap->n, cap->days}, 5);
		hash_text(hash, cap->rule);
	}
	for (size_t i = 0; i < policy->n_gaps; i++) {
		const struct policy_gap *gap = &policy->gaps[i];

		hash_numbers(hash, (int64_t[]){gap->channels, gap->what, gap->scope, gap->ms}, 4);
		hash_text(hash, gap->rule);
	}
	for (size_t i = 0; i < policy->n_cooloffs; i++) {
		const struct policy_cooloff *rest = &policy->cooloffs[i];

		hash_numbers(hash, (int64_t[]){rest->channels, rest->scope, rest->days}, 3);
		hash_text(hash, rest->rule);
	}
}

/* A version names the rules in force, not the file: the same rules written otherwise have the same
 * version.  Numbers are hashed one by one, since structs have holes. */
static void
make_version(struct policy *policy)
{
	crypto_generichash_state hash;
	unsigned char digest[crypto_generichash_BYTES_MIN];

	crypto_generichash_init(&hash, NULL, 0, sizeof(digest));
	hash_hours(&hash, policy);
	hash_counts(&hash, policy);
	hash_numbers(&hash,
		     (int64_t[]){policy->channels_per_week, policy->record_keep,
				 policy->names_lender, (int64_t)policy->n_holds},
		     4);
	hash_text(&hash, policy->channels_rule);
	hash_text(&hash, policy->first_touch);
	hash_text(&hash, policy->opt_out);
	for (size_t i = 0; i < policy->n_holds; i++) {
		hash_text(&hash, policy->holds[i].word);
		hash_numbers(&hash, (int64_t[]){policy->holds[i].days}, 1);
	}
	crypto_generichash_final(&hash, digest, sizeof(digest));
	sodium_bin2hex(policy->version, sizeof(policy->version), digest, 8);
}

/* Presets, then what the lender says. */
static void
join_rules(struct config_parts *p, const struct yaml_node *node, const struct raw_policy *raw)
{
	struct config_rules *own = arena_alloc(&p->scratch, sizeof(*own));
	struct config_join *join = config_join_new(p);

	config_read_presets(p, raw->preset, join);
	config_rules_read(&p->yaml, &raw->rules, "lender", own);
	config_join_lender(join, own, raw->override_reason);
	if (config_join_holiday(join) != NULL && raw->holidays == NULL && !p->lender_wrong)
		yaml_warn(
		    &p->yaml, node,
		    "there is a rule for public holidays (%s), but no `holidays` to know them "
		    "by: name an iCalendar file of them",
		    config_join_holiday(join));
	config_join_end(join);
	if (raw->override_reason != NULL && p->config->n_widened == 0)
		yaml_warn(&p->yaml, node, "`override_reason` is given, but nothing is wider");
}

void
config_read_policy(struct config_parts *p, const struct yaml_node *node)
{
	struct raw_policy raw = {0};

	yaml_fill(&p->yaml, node, NULL, "policy", policy_keys, &raw);
	p->config->override_reason = raw.override_reason;
	p->config->stale_after = raw.stale_after;
	join_rules(p, node, &raw);
	if (raw.holidays != NULL)
		read_holidays(p, raw.holidays);
	if (raw.ignore_below != NULL)
		read_ignore_below(p, raw.ignore_below);
	make_version(&p->config->policy);
}
