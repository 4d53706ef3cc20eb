/* policy: the preset's name, hours, holidays, and what counts as paid or stale */
#include "calendar.h"
#include "config_parts.h"
#include "money.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

/* Holidays are kept as flat days of these years, whatever clock the schedule follows. */
#define HOLIDAYS_FROM 2000
#define HOLIDAYS_TO   2100

/* The places whose rules are known by name; `base` is always in force. */
static const char *const presets[] = {"base", "strict", "us-regf", "uk",    "cn",    "in",    "ke",
				      "ng",   "ph",     "id",      "mx",    "br",    "br-rj", "co",
				      "cl",   "pe",     "za",      "vn",    "my",    "th",    "kr",
				      "jp",   "sa",     "au",      "ca-on", "ca-qc", NULL};

struct raw_policy {
	const struct yaml_node *preset, *windows, *holidays, *ignore_below;
	const char *override_reason;
	int stale_after;
};

#define AT(member) .offset = offsetof(struct raw_policy, member)
static const struct yaml_key policy_keys[] = {
    {"preset", YAML_NODE, AT(preset)},
    {"windows", YAML_NODE, AT(windows)},
    {"override_reason", YAML_TEXT, AT(override_reason)},
    {"holidays", YAML_NODE, AT(holidays)},
    {"ignore_below", YAML_NODE, AT(ignore_below)},
    {"stale_after", YAML_INT, AT(stale_after), .min = 0, .max = 366},
    {0}};

static bool
is_preset(const char *name)
{
	for (size_t i = 0; presets[i] != NULL; i++)
		if (strcmp(presets[i], name) == 0)
			return true;
	return false;
}

/* presets/NAME.yaml: the lender's own. */
static bool
is_own_preset(struct config_parts *p, const char *name)
{
	if (p->home == NULL || strchr(name, '/') != NULL || name[0] == '.')
		return false;
	return access(config_path(p, arena_format(&p->scratch, "presets/%s.yaml", name)), R_OK) ==
	       0;
}

/* The country's own name for its rules, where it is not simply the code in lower case. */
static const char *
default_preset(struct config_parts *p)
{
	static const char *const odd[][2] = {{"GB", "uk"}, {"US", "us-regf"}, {"CA", "ca-on"}};
	const char *country = p->config->lender.country;
	char lower[3] = "";

	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		if (strcmp(country, odd[i][0]) == 0)
			return odd[i][1];
	for (size_t i = 0; i < 2 && country[i] != '\0'; i++)
		lower[i] = (char)(country[i] | 0x20);
	return is_preset(lower) ? arena_text(p->arena, lower, strlen(lower)) : "strict";
}

static void
read_preset(struct config_parts *p, const struct yaml_node *node)
{
	const char *name = NULL;
	char hint[YAML_HINT];

	p->config->preset = default_preset(p);
	if (node == NULL || !yaml_text(&p->yaml, node, "preset", &name))
		return;
	if (!is_preset(name) && !is_own_preset(p, name)) {
		yaml_wrong(&p->yaml, node,
			   "unknown preset `%.60s`: no such place is known and there is no "
			   "presets/%.60s.yaml%s",
			   name, name, yaml_hint(name, presets, hint));
		return;
	}
	p->config->preset = name;
	if (strcmp(name, "base") != 0)
		yaml_warn(&p->yaml, node,
			  "preset `%.60s` comes with the next release; until then the base rules "
			  "hold: 08:00-20:00, one text a day and three in seven days a person",
			  name);
}

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

/* A version names the rules in force, not the file: the same rules written otherwise have the same
 * version.  Numbers are hashed one by one, since structs have holes. */
static void
make_version(struct policy *policy)
{
	crypto_generichash_state hash;
	unsigned char digest[crypto_generichash_BYTES_MIN];

	crypto_generichash_init(&hash, NULL, 0, sizeof(digest));
	for (int c = 0; c < CAMPAIGN_CHANNELS; c++)
		for (int day = 0; day <= POLICY_HOLIDAY; day++) {
			const struct policy_hours *h = &policy->hours[c][day];

			hash_numbers(&hash, (int64_t[]){h->n}, 1);
			hash_text(&hash, h->rule);
			for (int i = 0; i < h->n; i++)
				hash_numbers(&hash, (int64_t[]){h->window[i].from, h->window[i].to},
					     2);
		}
	for (int c = 0; c < CAMPAIGN_CHANNELS; c++)
		hash_numbers(&hash, (int64_t[]){policy->holiday_hours[c]}, 1);
	hash_numbers(&hash, (int64_t[]){(int64_t)policy->n_holidays}, 1);
	for (size_t i = 0; i < policy->n_holidays; i++)
		hash_numbers(&hash, (int64_t[]){policy->holidays[i]}, 1);
	for (size_t i = 0; i < policy->n_caps; i++) {
		const struct policy_cap *cap = &policy->caps[i];

		hash_numbers(
		    &hash, (int64_t[]){cap->channels, cap->what, cap->scope, cap->n, cap->days}, 5);
		hash_text(&hash, cap->rule);
	}
	crypto_generichash_final(&hash, digest, sizeof(digest));
	sodium_bin2hex(policy->version, sizeof(policy->version), digest, 8);
}

void
config_read_policy(struct config_parts *p, const struct yaml_node *node)
{
	struct raw_policy raw = {0};

	policy_base(&p->config->policy);
	yaml_fill(&p->yaml, node, NULL, "policy", policy_keys, &raw);
	p->config->override_reason = raw.override_reason;
	p->config->stale_after = raw.stale_after;
	read_preset(p, raw.preset);
	if (raw.windows != NULL)
		config_read_windows(p, raw.windows, raw.override_reason != NULL);
	if (raw.holidays != NULL)
		read_holidays(p, raw.holidays);
	if (raw.ignore_below != NULL)
		read_ignore_below(p, raw.ignore_below);
	make_version(&p->config->policy);
}
