/* config_rules.h - contact rules as they are written; included by config_*.c alone
 *
 * The same keys stand in a preset and under `policy:` of dunlin.yaml:
 *
 *     windows: {any: {mon-fri: "08:00-20:00", hol: closed}, call: {sat: closed}}
 *     caps: {sms.sent: [1/1d per person, 3/7d per person], call.attempt: 3/7d per debt}
 *     gaps: {sms: 48h, call: 4h per person}
 *     cooloff: {call: 7d per debt}
 *     channels_per_week: 1
 *     first_touch: sms
 *     holds: {breathing_space: 60d, dispute: until released}
 *     require: {lender: yes, opt_out: "Reply STOP to stop texts to this number."}
 *     record_keep: 3y
 *
 * Read, they are values with the names rules have in reports; joined (config_join.c), one policy.
 * `off` (in dunlin.yaml, where it needs an override_reason) takes a rule away.
 * Weekdays a preset does not list for a channel are no rule of that preset; those that `windows` of
 * dunlin.yaml does not list are closed.  Texts live in the reader's arena, nodes in the scratch.
 */
#ifndef GATEWAY_CONFIG_RULES_H
#define GATEWAY_CONFIG_RULES_H

#include "config.h"
#include "config_parts.h"

#define CONFIG_RULES    24              /* of one kind in one place */
#define CONFIG_WEEK_ANY CAMPAIGN_VOICES /* beside the weeks of single channels */
#define CONFIG_ROWS     (POLICY_HOLIDAY + 1)

/* The hours of one channel as written. */
struct config_week {
	bool given;
	struct policy_hours row[CONFIG_ROWS];
	const struct yaml_node *at[CONFIG_ROWS]; /* the key; NULL: not listed */
};

struct config_cap {
	struct policy_cap is;
	const struct yaml_node *at;
};

struct config_gap {
	struct policy_gap is; /* ms 0: off */
	const struct yaml_node *at;
};

struct config_cooloff {
	struct policy_cooloff is; /* days 0: off */
	const struct yaml_node *at;
};

struct config_hold {
	struct policy_hold is;
	const struct yaml_node *at;
};

/* A rule of which there is one: `value` is -1 where it is not given. */
struct config_single {
	int value;
	const char *text; /* as written, or the rule's name */
	const struct yaml_node *at;
};

struct config_rules {
	const char *name; /* before the dot of every rule's name */
	struct config_week week[CONFIG_WEEK_ANY + 1];
	struct config_cap caps[CONFIG_RULES];
	struct config_gap gaps[CONFIG_RULES];
	struct config_cooloff cooloffs[CONFIG_RULES];
	struct config_hold holds[POLICY_HOLDS];
	size_t n_caps, n_gaps, n_cooloffs, n_holds;
	struct config_single channels_per_week; /* 0: off */
	struct config_single first_touch;       /* 0: off, 1: a text */
	struct config_single names_lender;      /* 0, 1 */
	struct config_single opt_out;           /* 0: off, 1: `text` in every text */
	struct config_single record_keep;       /* days */
};

/* The keys above, in any mapping: nodes in the first place, to be read with config_rules_read. */
struct config_raw_rules {
	const struct yaml_node *windows, *caps, *gaps, *cooloff, *channels_per_week, *first_touch,
	    *holds, *require, *record_keep;
};
#define CONFIG_RULE_KEY(holder, part, word)                                                        \
	{                                                                                          \
		.name = #word, .type = YAML_NODE, .offset = offsetof(holder, part.word)            \
	}
#define CONFIG_RULE_KEYS(holder, part)                                                             \
	CONFIG_RULE_KEY(holder, part, windows), CONFIG_RULE_KEY(holder, part, caps),               \
	    CONFIG_RULE_KEY(holder, part, gaps), CONFIG_RULE_KEY(holder, part, cooloff),           \
	    CONFIG_RULE_KEY(holder, part, channels_per_week),                                      \
	    CONFIG_RULE_KEY(holder, part, first_touch), CONFIG_RULE_KEY(holder, part, holds),      \
	    CONFIG_RULE_KEY(holder, part, require), CONFIG_RULE_KEY(holder, part, record_keep)

/* config_rules.c: complains about what is wrong and leaves it out. */
void config_rules_read(struct yaml_reader *r, const struct config_raw_rules *raw, const char *name,
		       struct config_rules *out);
/* config_windows.c: the part of it under `windows:`. */
void config_windows_read(struct yaml_reader *r, const struct yaml_node *node,
			 struct config_rules *out);
#define CONFIG_HOURS 64 /* "08:00-12:00,13:00-20:00", or "closed" */
const char *config_hours_show(const struct policy_hours *hours, char out[CONFIG_HOURS]);
/* Is all of `inner` within `outer`?  And what both allow, with the names of who closes the rest. */
bool config_hours_within(const struct policy_hours *inner, const struct policy_hours *outer);
struct policy_hours config_hours_both(const struct policy_hours *a, const struct policy_hours *b);

/* config_join.c: one policy of many.  Begins with policy_base; presets only narrow. */
struct config_join;
struct config_join *config_join_new(struct config_parts *p);
void config_join_preset(struct config_join *j, const struct config_rules *rules);
/* The lender's own rules: what is wider is complained of, or with a reason replaces the rule of its
 * kind and is listed in config->widened. */
void config_join_lender(struct config_join *j, const struct config_rules *rules,
			const char *reason);
/* Who has a rule for public holidays, NULL: nobody. */
const char *config_join_holiday(const struct config_join *j);
/* Fills config->policy (but for its version). */
void config_join_end(struct config_join *j);

#endif
