/* Contact rules as written: caps, gaps, cool-offs, holds and the rules of which there is one. */
#include "config_rules.h"

#include <string.h>

#define DAY_MS (INT64_C(86400) * 1000)
/* Contacts are looked back on no further than this. */
#define DAYS_MAX 60

enum { SMS = 1 << CAMPAIGN_SMS, CALL = 1 << CAMPAIGN_CALL };

static const char *const channel_words[] = {"sms", "call", "any", NULL};
/* `any` is what people do by hand, too: visits, letters. */
static const uint8_t channel_bits[] = {SMS, CALL, (1 << CAMPAIGN_CHANNELS) - 1};
static const char *const what_words[] = {"attempt", "sent", "connected", "contact", NULL};
/* what a channel counts when nothing is said */
static const uint8_t what_usual[] = {POLICY_SENT, POLICY_ATTEMPT, POLICY_CONTACT};
static const char *const scope_words[] = {"person", "number", "debt", NULL};

static int
word_index(const char *text, size_t len, const char *const *words)
{
	for (int i = 0; words[i] != NULL; i++)
		if (strlen(words[i]) == len && memcmp(words[i], text, len) == 0)
			return i;
	return -1;
}

/* "sms", or "sms.sent" where `what` is not NULL: the index of the channel's word, or -1,
 * complained of. */
static int
read_channel(struct yaml_reader *r, const struct yaml_node *key, uint8_t *what)
{
	size_t len = what != NULL ? strcspn(key->text, ".") : key->len;
	int channel = word_index(key->text, len, channel_words), of = -1;

	if (channel >= 0 && what != NULL) {
		of = key->text[len] == '\0'
			 ? what_usual[channel]
			 : word_index(key->text + len + 1, key->len - len - 1, what_words);
		*what = (uint8_t)of;
	}
	if (channel >= 0 && (what == NULL || of >= 0))
		return channel;
	yaml_wrong(r, key,
		   what != NULL ? "`%.40s` is no kind of contact: sms, call or any, and what "
				  "counts behind a dot: attempt, sent, connected or contact"
				: "`%.40s` is no channel: sms, call or any",
		   key->text);
	return -1;
}

/* The digits at *p as a number up to 9999, and *p behind them; -1: there are none. */
static int
read_number(const char **p)
{
	int value = 0;
	const char *start = *p;

	while (**p >= '0' && **p <= '9' && value < 1000)
		value = value * 10 + *(*p)++ - '0';
	return *p > start ? value : -1;
}

/* " per debt" or nothing, to the end; false: something else stands there. */
static bool
read_scope(const char *p, uint8_t *scope)
{
	int i;

	*scope = POLICY_PERSON;
	if (*p == '\0')
		return true;
	if (strncmp(p, " per ", 5) != 0)
		return false;
	i = word_index(p + 5, strlen(p + 5), scope_words);
	*scope = (uint8_t)i;
	return i >= 0;
}

/* The value under a key of a mapping; NULL when complained of. */
static const char *
value_text(struct yaml_reader *r, const struct yaml_node *key)
{
	const char *text = NULL;

	return yaml_text(r, key->value, key->text, &text) ? text : NULL;
}

static const struct yaml_node *
first_key(struct yaml_reader *r, const struct yaml_node *node, const char *what)
{
	if (yaml_is_null(node) || node->kind == YAML_WRONG)
		return NULL;
	if (node->kind == YAML_MAP)
		return node->first;
	yaml_wrong(r, node, "`%s` must be a mapping", what);
	return NULL;
}

static bool
has_room(struct yaml_reader *r, const struct yaml_node *key, size_t n, size_t most)
{
	if (n < most)
		return true;
	yaml_wrong(r, key, "at most %zu of them", most);
	return false;
}

/* --- caps ----------------------------------------------------------------------------------- */

static void
read_cap(struct yaml_reader *r, const struct yaml_node *item, int channel, uint8_t what,
	 struct config_rules *out)
{
	const char *text = NULL, *p;
	struct policy_cap cap = {.channels = channel_bits[channel], .what = what};
	int n, days = -1;

	if (!yaml_text(r, item, channel_words[channel], &text))
		return;
	p = text;
	n = read_number(&p);
	if (*p == '/') {
		p++;
		days = read_number(&p);
	}
	if (n < 1 || days < 1 || days > DAYS_MAX || *p != 'd' || !read_scope(p + 1, &cap.scope)) {
		yaml_wrong(r, item,
			   "`%.60s` is no limit: write it as 3/7d per person (so many in so many "
			   "days, at most %d; per person, number or debt)",
			   text, DAYS_MAX);
		return;
	}
	if (!has_room(r, item, out->n_caps, CONFIG_RULES))
		return;
	cap.n = (int16_t)n;
	cap.days = (int16_t)days;
	cap.rule =
	    arena_format(r->arena, "%s.%s.%d/%dd", out->name, channel_words[channel], n, days);
	out->caps[out->n_caps++] = (struct config_cap){cap, item};
}

static void
read_caps(struct yaml_reader *r, const struct yaml_node *node, struct config_rules *out)
{
	for (const struct yaml_node *k = first_key(r, node, "caps"); k != NULL; k = k->next) {
		uint8_t what = 0;
		int channel = read_channel(r, k, &what);

		for (const struct yaml_node *item = channel >= 0 ? yaml_items(r, k->value, k->text)
								 : NULL;
		     item != NULL; item = item->next)
			read_cap(r, item, channel, what, out);
	}
}

/* --- gaps and cool-offs --------------------------------------------------------------------- */

/* "48h", "30m", "7d" at *p, in milliseconds: -1 when it is none. */
static int64_t
read_span(const char **p)
{
	int n = read_number(p);
	char unit = **p;
	int64_t one = unit == 'm' ? 60000 : unit == 'h' ? 3600000 : unit == 'd' ? DAY_MS : 0;

	if (n < 1 || one == 0)
		return -1;
	++*p;
	return n * one;
}

/* What stands before " per": how long, as it is written. */
static const char *
span_text(struct yaml_reader *r, const char *text)
{
	return arena_text(r->arena, text, strcspn(text, " "));
}

static void
read_gap(struct yaml_reader *r, const struct yaml_node *key, struct config_rules *out)
{
	struct policy_gap gap = {0};
	int channel = read_channel(r, key, &gap.what);
	const char *text = channel >= 0 ? value_text(r, key) : NULL, *p = text;

	if (text == NULL)
		return;
	gap.channels = channel_bits[channel];
	if (strcmp(text, "off") != 0) {
		gap.ms = read_span(&p);
		if (gap.ms < 0 || gap.ms > DAYS_MAX * DAY_MS || !read_scope(p, &gap.scope)) {
			yaml_wrong(r, key->value,
				   "`%.60s` is no time between two: write it as 4h, 30m or 2d (per "
				   "person, number or debt)",
				   text);
			return;
		}
	}
	gap.rule = arena_format(r->arena, "%s.gap.%s.%s", out->name, channel_words[channel],
				span_text(r, text));
	if (has_room(r, key, out->n_gaps, CONFIG_RULES))
		out->gaps[out->n_gaps++] = (struct config_gap){gap, key};
}

static void
read_cooloff(struct yaml_reader *r, const struct yaml_node *key, struct config_rules *out)
{
	struct policy_cooloff rest = {0};
	int channel = read_channel(r, key, NULL), days = 0;
	const char *text = channel >= 0 ? value_text(r, key) : NULL, *p = text;

	if (text == NULL)
		return;
	rest.channels = channel_bits[channel];
	if (strcmp(text, "off") != 0) {
		days = read_number(&p);
		if (days < 1 || days > DAYS_MAX || *p != 'd' || !read_scope(p + 1, &rest.scope)) {
			yaml_wrong(r, key->value,
				   "`%.60s` is no rest after a conversation: write it as 7d (per "
				   "person, number or debt)",
				   text);
			return;
		}
	}
	rest.days = (int16_t)days;
	rest.rule = arena_format(r->arena, "%s.cooloff.%s.%s", out->name, channel_words[channel],
				 span_text(r, text));
	if (has_room(r, key, out->n_cooloffs, CONFIG_RULES))
		out->cooloffs[out->n_cooloffs++] = (struct config_cooloff){rest, key};
}

/* --- holds ---------------------------------------------------------------------------------- */

static void
read_hold(struct yaml_reader *r, const struct yaml_node *key, struct config_rules *out)
{
	const char *text = value_text(r, key), *p = text;
	int days = 0;

	if (text == NULL)
		return;
	if (key->len == 0 || key->len > 40 ||
	    key->text[strspn(key->text, "abcdefghijklmnopqrstuvwxyz_")] != '\0') {
		yaml_wrong(r, key, "a hold's word is small letters and `_`: breathing_space");
		return;
	}
	if (strcmp(text, "until released") != 0) {
		days = read_number(&p);
		if (days < 1 || days > 3660 || strcmp(p, "d") != 0) {
			yaml_wrong(
			    r, key->value,
			    "`%.60s` is not how long a hold lasts: write it as 60d, or until "
			    "released",
			    text);
			return;
		}
	}
	if (has_room(r, key, out->n_holds, POLICY_HOLDS))
		out->holds[out->n_holds++] = (struct config_hold){
		    {arena_text(r->arena, key->text, key->len), (int16_t)days}, key};
}

/* --- rules of which there is one ------------------------------------------------------------ */

static bool
is_off(const struct yaml_node *node)
{
	return node->kind == YAML_SCALAR && strcmp(node->text, "off") == 0;
}

static void
read_channels_per_week(struct yaml_reader *r, const struct yaml_node *node,
		       struct config_rules *out)
{
	struct config_single *one = &out->channels_per_week;
	int n = 0;

	if (yaml_is_null(node) ||
	    (!is_off(node) && !yaml_int(r, node, "channels_per_week", 1, CAMPAIGN_VOICES, &n)))
		return;
	*one = (struct config_single){
	    n, arena_format(r->arena, "%s.channels.%d/week", out->name, n), node};
}

static void
read_first_touch(struct yaml_reader *r, const struct yaml_node *node, struct config_rules *out)
{
	static const char *const words[] = {"off", "sms", NULL};
	int i = 0;

	if (!yaml_is_null(node) && yaml_word(r, node, "first_touch", words, &i))
		out->first_touch = (struct config_single){
		    i, arena_format(r->arena, "%s.first_touch", out->name), node};
}

struct raw_require {
	const struct yaml_node *lender, *opt_out;
};

static const struct yaml_key require_keys[] = {
    {"lender", YAML_NODE, .offset = offsetof(struct raw_require, lender)},
    {"opt_out", YAML_NODE, .offset = offsetof(struct raw_require, opt_out)},
    {0}};

static void
read_require(struct yaml_reader *r, const struct yaml_node *node, struct config_rules *out)
{
	struct raw_require raw = {0};
	const char *text = NULL;
	bool yes = false;

	yaml_fill(r, node, NULL, "require", require_keys, &raw);
	if (!yaml_is_null(raw.lender) && yaml_bool(r, raw.lender, "lender", &yes))
		out->names_lender = (struct config_single){yes, "", raw.lender};
	if (!yaml_is_null(raw.opt_out) && yaml_text(r, raw.opt_out, "opt_out", &text))
		out->opt_out = (struct config_single){!is_off(raw.opt_out), text, raw.opt_out};
}

static void
read_record_keep(struct yaml_reader *r, const struct yaml_node *node, struct config_rules *out)
{
	const char *text = NULL, *p;
	int n;

	if (yaml_is_null(node) || !yaml_text(r, node, "record_keep", &text))
		return;
	p = text;
	n = read_number(&p);
	if (n < 1 || (strcmp(p, "d") != 0 && (strcmp(p, "y") != 0 || n > 100))) {
		yaml_wrong(r, node,
			   "`%.40s` is not how long records are kept: write it as 3y or 900d",
			   text);
		return;
	}
	/* whole years, however the leap days fall */
	out->record_keep = (struct config_single){*p == 'y' ? (n * 1461 + 3) / 4 : n, text, node};
}

void
config_rules_read(struct yaml_reader *r, const struct config_raw_rules *raw, const char *name,
		  struct config_rules *out)
{
	static const struct config_single absent = {.value = -1};

	*out = (struct config_rules){.name = name,
				     .channels_per_week = absent,
				     .first_touch = absent,
				     .names_lender = absent,
				     .opt_out = absent,
				     .record_keep = absent};
	if (!yaml_is_null(raw->windows))
		config_windows_read(r, raw->windows, out);
	read_caps(r, raw->caps, out);
	for (const struct yaml_node *k = first_key(r, raw->gaps, "gaps"); k != NULL; k = k->next)
		read_gap(r, k, out);
	for (const struct yaml_node *k = first_key(r, raw->cooloff, "cooloff"); k != NULL;
	     k = k->next)
		read_cooloff(r, k, out);
	for (const struct yaml_node *k = first_key(r, raw->holds, "holds"); k != NULL; k = k->next)
		read_hold(r, k, out);
	read_channels_per_week(r, raw->channels_per_week, out);
	read_first_touch(r, raw->first_touch, out);
	read_require(r, raw->require, out);
	read_record_keep(r, raw->record_keep, out);
}
