/* dunlin policy: the contact rules in force, as an owner would show them to a regulator */
#include "gateway/base/arena.h"
#include "gateway/config/config_preset.h"
#include "rows.h"
#include "show.h"

#include <inttypes.h>
#include <string.h>

#define SAYS 256

static const struct rows_column rule_columns[] = {
    {"kind", "RULE", 0},  {"channel", "CHANNEL", 0},
    {"says", "SAYS", 0},  {"rule", "NAME", TABLE_DROP},
    {"n", NULL, 0},       {"days", NULL, 0},
    {"counts", NULL, 0},  {"per", NULL, 0},
    {"seconds", NULL, 0},
};
#define RULE_COLUMNS (sizeof rule_columns / sizeof *rule_columns)

static const struct rows_column preset_columns[] = {
    {"name", "PRESET", 0},
    {"place", "PLACE", 0},
    {"confidence", "CONFIDENCE", TABLE_CUT},
    {"reviewed", "REVIEWED", 0},
    {"in_force", "IN FORCE", 0},
    {"source", "SOURCE", TABLE_CUT | TABLE_DROP},
    {"own", NULL, 0},
};
#define PRESET_COLUMNS (sizeof preset_columns / sizeof *preset_columns)

/* ---- rules ---- */

/* One rule; numbers that are 0 are absent. */
struct rule {
	const char *kind, *channel, *name;
	int64_t n, days, seconds;
	const char *counts, *per;
};

static void __attribute__((format(printf, 3, 4)))
put(struct rows *r, const struct rule *rule, const char *fmt, ...)
{
	char says[SAYS];
	va_list args;

	va_start(args, fmt);
	vsnprintf(says, sizeof says, fmt, args);
	va_end(args);
	rows_begin(r);
	rows_text(r, rule->kind);
	rows_text(r, rule->channel);
	rows_text(r, says);
	rows_text(r, rule->name);
	rows_int_if(r, rule->n != 0, rule->n);
	rows_int_if(r, rule->days != 0, rule->days);
	rows_text(r, rule->counts);
	rows_text(r, rule->per);
	rows_int_if(r, rule->seconds != 0, rule->seconds);
	rows_end(r);
}

static const char *
channel_word(unsigned channels)
{
	return channels == 1U << CAMPAIGN_SMS    ? "sms"
	       : channels == 1U << CAMPAIGN_CALL ? "call"
						 : "any";
}

static bool
same_hours(const struct policy_hours *a, const struct policy_hours *b)
{
	if (a->n != b->n || strcmp(a->rule, b->rule) != 0)
		return false;
	for (int i = 0; i < a->n; i++) {
		const char *x = a->before[i] != NULL ? a->before[i] : a->rule;
		const char *y = b->before[i] != NULL ? b->before[i] : b->rule;

		if (a->window[i].from != b->window[i].from || a->window[i].to != b->window[i].to ||
		    strcmp(x, y) != 0)
			return false;
	}
	return true;
}

static void
hours_text(const struct policy_hours *h, char out[SAYS])
{
	size_t used = 0;

	snprintf(out, SAYS, "closed");
	for (int i = 0; i < h->n; i++)
		used += (size_t)snprintf(
		    out + used, SAYS - used, "%s%02d:%02d-%02d:%02d", i > 0 ? ", " : "",
		    (int)(h->window[i].from / 3600), (int)(h->window[i].from / 60 % 60),
		    (int)(h->window[i].to / 3600), (int)(h->window[i].to / 60 % 60));
}

/* Who closes what, each once. */
static void
hours_names(const struct policy_hours *h, char out[SAYS])
{
	size_t used = 0;

	out[0] = '\0';
	for (int i = 0; i <= h->n; i++) {
		const char *name = i < h->n && h->before[i] != NULL ? h->before[i] : h->rule;

		if (strstr(out, name) == NULL && used < SAYS)
			used += (size_t)snprintf(out + used, SAYS - used, "%s%s",
						 used > 0 ? ", " : "", name);
	}
}

/* Weekdays with the same hours stand in one row. */
static void
put_week(struct rows *r, const struct policy *p, unsigned channels, int channel)
{
	static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
	char hours[SAYS], names[SAYS];

	for (int first = 0, last; first < POLICY_HOLIDAY; first = last + 1) {
		const struct policy_hours *h = &p->hours[channel][first];

		for (last = first; last + 1 < POLICY_HOLIDAY; last++)
			if (!same_hours(h, &p->hours[channel][last + 1]))
				break;
		hours_text(h, hours);
		hours_names(h, names);
		put(r,
		    &(struct rule){
			.kind = "hours", .channel = channel_word(channels), .name = names},
		    "%s%s%s %s", days[first], last > first ? "-" : "",
		    last > first ? days[last] : "", hours);
	}
}

static void
put_holidays(struct rows *r, const struct policy *p, unsigned channels, int channel)
{
	static const struct policy_hours closed = {.rule = "holidays"};
	const struct policy_hours *h =
	    p->holiday_hours[channel] ? &p->hours[channel][POLICY_HOLIDAY] : &closed;
	char hours[SAYS], names[SAYS];

	hours_text(h, hours);
	hours_names(h, names);
	put(r, &(struct rule){.kind = "hours", .channel = channel_word(channels), .name = names},
	    p->n_holidays > 0 ? "public holidays %s; days listed: %zu"
			      : "public holidays %s; no days are listed",
	    hours, p->n_holidays);
}

static void
put_hours(struct rows *r, const struct policy *p)
{
	bool alike = p->holiday_hours[CAMPAIGN_SMS] == p->holiday_hours[CAMPAIGN_CALL];

	for (int row = 0; row <= POLICY_HOLIDAY && alike; row++)
		if (row < POLICY_HOLIDAY || p->holiday_hours[CAMPAIGN_SMS])
			alike =
			    same_hours(&p->hours[CAMPAIGN_SMS][row], &p->hours[CAMPAIGN_CALL][row]);
	for (int c = 0; c < (alike ? 1 : CAMPAIGN_VOICES); c++) {
		unsigned channels = alike ? 3 : 1U << c;

		put_week(r, p, channels, c);
		put_holidays(r, p, channels, c);
	}
}

static const char *const scopes[] = {"person", "number", "debt"};
static const char *const whats[] = {"attempt", "sent", "connected", "contact", "talk"};

static void
put_counts(struct rows *r, const struct policy *p)
{
	/* what is counted, as people say it */
	static const char *const counted[] = {"attempt", "text", "answered call", "contact",
					      "conversation"};

	for (size_t i = 0; i < p->n_caps; i++) {
		const struct policy_cap *c = &p->caps[i];
		char days[32] = "a day";

		if (c->days > 1)
			snprintf(days, sizeof days, "in %d days", c->days);
		put(r,
		    &(struct rule){.kind = "limit",
				   .channel = channel_word(c->channels),
				   .name = c->rule,
				   .n = c->n,
				   .days = c->days,
				   .counts = whats[c->what],
				   .per = scopes[c->scope]},
		    "at most %d %s%s %s, for each %s", c->n, counted[c->what], c->n == 1 ? "" : "s",
		    days, scopes[c->scope]);
	}
	for (size_t i = 0; i < p->n_gaps; i++) {
		const struct policy_gap *g = &p->gaps[i];
		bool hours = g->ms % 3600000 == 0;

		put(r,
		    &(struct rule){.kind = "gap",
				   .channel = channel_word(g->channels),
				   .name = g->rule,
				   .seconds = g->ms / 1000,
				   .counts = whats[g->what],
				   .per = scopes[g->scope]},
		    "%" PRId64 " %s between two %ss, for each %s",
		    g->ms / (hours ? 3600000 : 60000), hours ? "hours" : "minutes",
		    counted[g->what], scopes[g->scope]);
	}
	for (size_t i = 0; i < p->n_cooloffs; i++) {
		const struct policy_cooloff *o = &p->cooloffs[i];

		put(r,
		    &(struct rule){.kind = "rest",
				   .channel = channel_word(o->channels),
				   .name = o->rule,
				   .days = o->days,
				   .per = scopes[o->scope]},
		    "none for %d day%s from a conversation on, for each %s", o->days,
		    o->days == 1 ? "" : "s", scopes[o->scope]);
	}
}

static void
put_others(struct rows *r, const struct policy *p)
{
	int32_t left = p->record_keep % 1461 % 365; /* leap days, where it is whole years */
	int32_t years = left < 4 ? p->record_keep / 365 : 0;

	if (p->channels_per_week > 0)
		put(r,
		    &(struct rule){.kind = "channels",
				   .channel = "any",
				   .name = p->channels_rule,
				   .n = p->channels_per_week,
				   .days = 7,
				   .per = "person"},
		    "at most %d from Monday to Sunday", p->channels_per_week);
	if (p->first_touch != NULL)
		put(r,
		    &(struct rule){
			.kind = "first touch", .channel = "call", .name = p->first_touch},
		    "no call before a text about the debt was accepted");
	for (size_t i = 0; i < p->n_holds; i++) {
		char days[32] = "until released";

		if (p->holds[i].days > 0)
			snprintf(days, sizeof days, "%d days", p->holds[i].days);
		put(r, &(struct rule){.kind = "hold", .channel = "any", .days = p->holds[i].days},
		    "%s: %s", p->holds[i].word, days);
	}
	if (p->names_lender)
		put(r, &(struct rule){.kind = "wording", .channel = "sms"},
		    "every text names the lender");
	if (p->opt_out != NULL)
		put(r, &(struct rule){.kind = "wording", .channel = "sms"}, "every text says: %s",
		    p->opt_out);
	put(r, &(struct rule){.kind = "records", .channel = "any", .days = p->record_keep},
	    years > 0 ? "kept for %" PRId32 " years at least"
		      : "kept for %" PRId32 " days at least",
	    years > 0 ? years : p->record_keep);
	put(r, &(struct rule){.kind = "third parties", .channel = "any"},
	    "never written to or called");
}

static void
put_rules(struct rows *r, const struct policy *p)
{
	put_hours(r, p);
	put_counts(r, p);
	put_others(r, p);
}

/* ---- presets ---- */

static void
put_preset(struct rows *r, const struct config_preset *preset, bool in_force)
{
	rows_begin(r);
	rows_text(r, preset->name);
	rows_text(r, preset->place);
	rows_text(r, preset->confidence);
	rows_day_if(r, preset->reviewed != INT32_MIN, preset->reviewed);
	rows_bool(r, in_force);
	rows_text(r, preset->source);
	rows_bool(r, preset->own);
	rows_end(r);
}

static bool
is_in_force(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->n_presets; i++)
		if (strcmp(config->presets[i].name, name) == 0)
			return true;
	return false;
}

/* --list: the program's, then the lender's own. */
static int
list_presets(const struct config *config, bool json)
{
	struct arena arena = {0};
	size_t n;
	const struct config_preset *known = config_presets_known(&arena, &n);
	struct rows r;
	int status;

	rows_open(&r, stdout, json, preset_columns, PRESET_COLUMNS);
	for (size_t i = 0; i < n; i++)
		put_preset(&r, &known[i], is_in_force(config, known[i].name));
	for (size_t i = 0; i < config->n_presets_read; i++)
		if (config->presets[i].own)
			put_preset(&r, &config->presets[i], i < config->n_presets);
	status = rows_close(&r, NULL);
	arena_clear(&arena);
	return status;
}

/* ---- all of it ---- */

static void
json_texts(struct jsonl *j, const char *key, const char *const *texts, size_t n)
{
	jsonl_open(j, key, '[');
	for (size_t i = 0; i < n; i++)
		jsonl_text(j, NULL, texts[i]);
	jsonl_close(j, ']');
}

static int
show_json(const struct config *config)
{
	struct rows r;

	rows_open(&r, stdout, true, preset_columns, PRESET_COLUMNS);
	jsonl_open(&r.j, NULL, '{');
	jsonl_text(&r.j, "lender", config->lender.name);
	jsonl_text(&r.j, "preset", config->preset);
	jsonl_text(&r.j, "version", config->policy.version);
	jsonl_text(&r.j, "override_reason", config->override_reason);
	json_texts(&r.j, "widened", config->widened, config->n_widened);
	jsonl_open(&r.j, "presets", '[');
	rows_within(&r, preset_columns, PRESET_COLUMNS, NULL);
	for (size_t i = 0; i < config->n_presets; i++)
		put_preset(&r, &config->presets[i], true);
	jsonl_close(&r.j, ']');
	jsonl_open(&r.j, "rules", '[');
	rows_within(&r, rule_columns, RULE_COLUMNS, NULL);
	put_rules(&r, &config->policy);
	jsonl_close(&r.j, ']');
	jsonl_open(&r.j, "notes", '{');
	for (size_t i = 0; i < config->n_presets; i++)
		json_texts(&r.j, config->presets[i].name, config->presets[i].notes,
			   config->presets[i].n_notes);
	jsonl_close(&r.j, '}');
	jsonl_close(&r.j, '}');
	jsonl_line(&r.j);
	return rows_close(&r, NULL);
}

static void
print_presets(const struct config *config)
{
	for (size_t i = 0; i < config->n_presets; i++) {
		const struct config_preset *p = &config->presets[i];
		char day[11] = "";

		if (p->reviewed != INT32_MIN)
			civil_format_date(p->reviewed, day);
		printf("  %s: %s%s\n", p->name, p->place != NULL ? p->place : "the lender's own",
		       p->own && p->place != NULL ? " (the lender's own)" : "");
		if (p->source != NULL)
			printf("      source      %s\n", p->source);
		if (p->confidence != NULL)
			printf("      confidence  %s\n", p->confidence);
		if (day[0] != '\0')
			printf("      reviewed    %s\n", day);
		for (size_t k = 0; k < p->n_notes; k++)
			printf("      note        %s\n", p->notes[k]);
	}
}

static int
show_people(const struct config *config)
{
	struct rows r;
	int status;

	printf("Contact rules of %s: %s%s, version %s\n\n", config->lender.name, config->preset,
	       strcmp(config->preset, "base") != 0 ? " on top of base" : "",
	       config->policy.version);
	rows_open(&r, stdout, false, rule_columns, RULE_COLUMNS);
	put_rules(&r, &config->policy);
	if ((status = rows_close(&r, NULL)) != CLI_DONE)
		return status;
	puts("\nHours are the borrower's own; where several zones are possible all must be open. "
	     "Nothing is handed\nover in a day's last 15 minutes. Every rule must allow.");
	if (config->n_widened > 0) {
		printf("\nMade WIDER by the lender, because: %s\n", config->override_reason);
		for (size_t i = 0; i < config->n_widened; i++)
			printf("  %s\n", config->widened[i]);
	}
	puts("\nMade of (confidence: A official text seen, B several sources, C one, D "
	     "unconfirmed)");
	print_presets(config);
	puts("\nNot legal advice: ask counsel of your own.");
	return CLI_DONE;
}

int
cli_policy(const struct cli_call *call)
{
	struct show s;
	int status = show_open_checked(&s, call);

	if (status != CLI_DONE)
		return status;
	if (cli_option(call, NULL, "list") != NULL)
		status = list_presets(s.config, call->json);
	else
		status = call->json ? show_json(s.config) : show_people(s.config);
	show_close(&s);
	return status;
}
