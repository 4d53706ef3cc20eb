/* lender, test_numbers, promises, alerts, web: the short sections of dunlin.yaml */
#include "config_parts.h"
#include "gateway/base/calendar.h"
#include "gateway/base/language.h"
#include "gateway/base/money.h"
#include "gateway/base/phone.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* --- lender --------------------------------------------------------------------------------- */

/* The code in capitals: of two letters any other change would only guess. */
static const char *
same_letters(const char *country)
{
	const char *const *codes = config_countries();

	while (*codes != NULL && strcasecmp(*codes, country) != 0)
		codes++;
	return *codes;
}

static void
take_country(struct yaml_reader *r, const struct yaml_key *key, const struct yaml_node *key_node,
	     const struct yaml_node *value, void *target)
{
	struct config_lender *lender = target;
	const char *country = NULL, *prefix, *near;

	(void)key_node;
	if (!yaml_text(r, value, key->name, &country))
		return;
	prefix = config_country_prefix(country);
	if (prefix == NULL) {
		near = strcasecmp(country, "uk") == 0 ? "GB" : same_letters(country);
		yaml_wrong(r, value,
			   "`%.40s` is no country code (ISO 3166, two capitals such as PH)%s%s%s",
			   country, near != NULL ? "; did you mean `" : "",
			   near != NULL ? near : "", near != NULL ? "`?" : "");
		return;
	}
	lender->country = country;
	lender->prefix = arena_format(r->arena, "+%s", prefix);
}

static void
take_currency(struct yaml_reader *r, const struct yaml_key *key, const struct yaml_node *key_node,
	      const struct yaml_node *value, void *target)
{
	struct config_lender *lender = target;
	const char *currency = NULL;
	char hint[YAML_HINT];
	int digits;

	(void)key_node;
	if (!yaml_text(r, value, key->name, &currency))
		return;
	digits = money_digits(currency);
	if (digits < 0) {
		yaml_wrong(r, value,
			   "`%.40s` is no currency (ISO 4217, three capitals such as PHP)%s",
			   currency, yaml_hint(currency, money_codes(), hint));
		return;
	}
	lender->currency = currency;
	lender->digits = digits;
}

/* Keeps the zone's offsets in the arena: the calendar that read them goes again. */
static void
keep_zone(struct arena *arena, const struct calendar_zone *from, struct civil_zone *to)
{
	int64_t *at = arena_array(arena, from->n, sizeof(*at));
	int32_t *offset = arena_array(arena, from->n, sizeof(*offset));

	if (from->n > 0) {
		memcpy(at, from->at, from->n * sizeof(*at));
		memcpy(offset, from->offset, from->n * sizeof(*offset));
	}
	*to = (struct civil_zone){
	    .at = at, .offset = offset, .n = from->n, .first_offset = from->first_offset};
}

static void
take_timezone(struct yaml_reader *r, const struct yaml_key *key, const struct yaml_node *key_node,
	      const struct yaml_node *value, void *target)
{
	struct config_lender *lender = target;
	const struct calendar_zone *zone;
	struct calendar *calendar;
	const char *name = NULL, *near;

	(void)key_node;
	if (!yaml_text(r, value, key->name, &name))
		return;
	calendar = calendar_new(NULL);
	if (calendar == NULL)
		abort();
	if (calendar_zone(calendar, name, &zone) == 0) {
		lender->timezone = name;
		keep_zone(r->arena, zone, &lender->zone);
	} else {
		near = calendar_nearest(calendar, name);
		yaml_wrong(r, value, "`%.60s` is no time zone (a name such as Asia/Manila)%s%s%s",
			   name, near != NULL ? "; did you mean `" : "", near != NULL ? near : "",
			   near != NULL ? "`?" : "");
	}
	calendar_free(calendar);
}

static void
take_languages(struct yaml_reader *r, const struct yaml_key *key, const struct yaml_node *key_node,
	       const struct yaml_node *value, void *target)
{
	struct config_lender *lender = target;
	const struct yaml_node *item = yaml_items(r, value, key->name);
	const char **list = arena_array(r->arena, value->n + 1, sizeof(*list));
	struct config_place *at = arena_array(r->arena, value->n + 1, sizeof(*at));
	size_t n = 0;

	(void)key_node;
	for (; item != NULL; item = item->next) {
		char tag[LANGUAGE_TEXT];
		size_t i = 0;

		if (item->kind == YAML_WRONG)
			continue;
		if (item->kind != YAML_SCALAR ||
		    language_canonical(item->text, item->len, tag) != 0) {
			yaml_wrong(r, item,
				   "`%.40s` is no language (BCP 47, such as en, fil, es-CO)",
				   item->kind == YAML_SCALAR ? item->text : "");
			continue;
		}
		while (i < n && strcmp(list[i], tag) != 0)
			i++;
		if (i < n) {
			yaml_wrong(r, item, "language `%s` is named twice", tag);
			continue;
		}
		at[n] = (struct config_place){item->line, item->col};
		list[n++] = arena_text(r->arena, tag, strlen(tag));
	}
	if (n > 0) {
		lender->language_at = at;
		lender->languages = list;
		lender->n_languages = n;
	}
}

static const struct yaml_key lender_keys[] = {
    {"name", YAML_TEXT, .required = true, .offset = offsetof(struct config_lender, name)},
    {"contact", YAML_TEXT, .offset = offsetof(struct config_lender, contact)},
    {"country", YAML_CUSTOM, .required = true, .custom = take_country},
    {"currency", YAML_CUSTOM, .required = true, .custom = take_currency},
    {"timezone", YAML_CUSTOM, .required = true, .custom = take_timezone},
    {"languages", YAML_CUSTOM, .custom = take_languages},
    {0}};

void
config_read_lender(struct config_parts *p, const struct yaml_node *node)
{
	static const char *const english[] = {"en"};
	struct config_lender *lender = &p->config->lender;

	/* Placeholders for what is missing, so that the other sections can still be checked. */
	*lender = (struct config_lender){.name = "",
					 .contact = "",
					 .country = "",
					 .prefix = "",
					 .currency = "",
					 .digits = 2,
					 .timezone = "",
					 .languages = english,
					 .n_languages = 1};
	if (node != NULL)
		yaml_fill(&p->yaml, node, NULL, "lender", lender_keys, lender);
}

/* --- numbers -------------------------------------------------------------------------------- */

const char *
config_phone(struct config_parts *p, const struct yaml_node *node, const char *what)
{
	const char *region = p->config->lender.country;
	char number[PHONE_E164], why[PHONE_WHY];
	const char *text = NULL;

	if (!yaml_text(&p->yaml, node, what, &text))
		return NULL;
	switch (phone_to_e164(text, region[0] != '\0' ? region : NULL, number, why)) {
	case PHONE_BAD: yaml_wrong(&p->yaml, node, "%s", why); return NULL;
	case PHONE_DOUBTFUL: yaml_warn(&p->yaml, node, "%s", why); break;
	case PHONE_OK: break;
	}
	return arena_text(p->arena, number, strlen(number));
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void
config_read_test_numbers(struct config_parts *p, const struct yaml_node *node)
{
	const char **list;
	size_t n = 0, kept = 0;

	if (node == NULL || node->kind == YAML_WRONG)
		return;
	list = arena_array(p->arena, node->n + 1, sizeof(*list));
	for (const struct yaml_node *item = yaml_items(&p->yaml, node, "test_numbers");
	     item != NULL; item = item->next) {
		list[n] = config_phone(p, item, "test_numbers");
		if (list[n] != NULL)
			n++;
	}
	qsort(list, n, sizeof(*list), by_text);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || strcmp(list[kept - 1], list[i]) != 0)
			list[kept++] = list[i];
	p->config->test_numbers = list;
	p->config->n_test_numbers = kept;
}

/* --- promises, alerts, web ------------------------------------------------------------------ */

static const struct yaml_key promises_keys[] = {
    {"ahead", YAML_INT, .offset = offsetof(struct config_promises, ahead), .min = 1, .max = 366},
    {"grace", YAML_INT, .offset = offsetof(struct config_promises, grace), .min = 0, .max = 30},
    {"tolerance", YAML_INT, .offset = offsetof(struct config_promises, tolerance), .min = 0,
     .max = 100},
    {0}};

void
config_read_promises(struct config_parts *p, const struct yaml_node *node)
{
	p->config->promises = (struct config_promises){.ahead = 31, .grace = 1, .tolerance = 5};
	yaml_fill(&p->yaml, node, NULL, "promises", promises_keys, &p->config->promises);
}

struct alerts {
	const struct yaml_node *to;
	int32_t daily;
};

static const struct yaml_key alerts_keys[] = {
    {"to", YAML_NODE, .required = true, .offset = offsetof(struct alerts, to)},
    {"daily", YAML_TIME, .offset = offsetof(struct alerts, daily)},
    {0}};

void
config_read_alerts(struct config_parts *p, const struct yaml_node *node)
{
	struct alerts alerts = {.daily = -1};

	p->config->alerts_daily = -1;
	if (yaml_is_null(node))
		return;
	yaml_fill(&p->yaml, node, NULL, "alerts", alerts_keys, &alerts);
	if (alerts.to != NULL)
		p->config->alerts_to = config_phone(p, alerts.to, "to");
	p->config->alerts_daily = alerts.daily;
}

/* HOST:PORT, where an IPv6 host stands in brackets. */
static bool
split_listen(struct config_parts *p, const char *text, const char **host, uint16_t *port)
{
	const char *colon = strrchr(text, ':');
	size_t len = colon != NULL ? (size_t)(colon - text) : 0;
	unsigned long number;
	char *end;

	if (len == 0 || colon[1] < '0' || colon[1] > '9')
		return false;
	errno = 0;
	number = strtoul(colon + 1, &end, 10);
	if (*end != '\0' || errno != 0 || number < 1 || number > 65535)
		return false;
	if (text[0] == '[' && text[len - 1] == ']')
		*host = arena_text(p->arena, text + 1, len - 2);
	else if (memchr(text, ':', len) == NULL)
		*host = arena_text(p->arena, text, len);
	else
		return false;
	*port = (uint16_t)number;
	return **host != '\0';
}

struct web {
	const struct yaml_node *listen;
};

static const struct yaml_key web_keys[] = {
    {"listen", YAML_NODE, .offset = offsetof(struct web, listen)}, {0}};

void
config_read_web(struct config_parts *p, const struct yaml_node *node)
{
	struct web web = {0};
	const char *text = NULL;

	p->config->web_host = "127.0.0.1";
	p->config->web_port = 8080;
	yaml_fill(&p->yaml, node, NULL, "web", web_keys, &web);
	if (web.listen == NULL || !yaml_text(&p->yaml, web.listen, "listen", &text))
		return;
	if (!split_listen(p, text, &p->config->web_host, &p->config->web_port))
		yaml_wrong(&p->yaml, web.listen,
			   "`listen` must be an address and a port, such as \"127.0.0.1:8080\"");
	else if (!config_host_is_loopback(p->config->web_host))
		yaml_warn(&p->yaml, web.listen,
			  "others on the network can reach this address; 127.0.0.1 is safer");
}
