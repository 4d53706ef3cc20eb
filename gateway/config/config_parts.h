/* config_parts.h - the pieces config_load is made of; included by config*.c alone
 *
 * Each piece reads one section from its node into the config being built, complains about what is
 * wrong and leaves the default there.  Pieces that need others (money needs the currency, steps
 * need templates and routes) are called after them.
 */
#ifndef GATEWAY_CONFIG_PARTS_H
#define GATEWAY_CONFIG_PARTS_H

#include "config.h"
#include "gateway/base/arena.h"
#include "gateway/base/complaint.h"
#include "gateway/base/yaml.h"

struct config_parts {
	struct yaml_reader yaml; /* of the file being read; `user` is this struct */
	struct arena *arena;     /* the snapshot's */
	struct arena scratch;    /* trees of YAML, gone after loading */
	struct config *config;   /* being built */
	struct complaints *complaints;
	const char *home; /* NULL: one text in memory, no file is looked at */
	const struct catalog_columns *columns;
	bool lender_alone; /* mistakes elsewhere do not matter, other files are not read */
	bool lender_wrong;
};

/* HOME/name, or name itself when absolute (or there is no home); in the snapshot's arena. */
const char *config_path(struct config_parts *p, const char *name);

/* config_lender.c; the nodes may be NULL (absent) */
void config_read_lender(struct config_parts *p, const struct yaml_node *node);
void config_read_test_numbers(struct config_parts *p, const struct yaml_node *node);
void config_read_promises(struct config_parts *p, const struct yaml_node *node);
void config_read_alerts(struct config_parts *p, const struct yaml_node *node);
void config_read_web(struct config_parts *p, const struct yaml_node *node);
/* A number as E.164 in the arena, or NULL, complained of. */
const char *config_phone(struct config_parts *p, const struct yaml_node *node, const char *what);

/* config_windows.c: "09:00-12:00,13:00-18:00" or closed (n 0); false when complained of. */
bool config_read_hours(struct yaml_reader *r, const struct yaml_node *node,
		       struct policy_hours *hours);

/* config_voice.c */
void config_read_voices(struct config_parts *p, const struct yaml_node *node);

/* config_country.c */
const char *config_country_prefix(const char *country); /* "63", or NULL: no such country */
const char *const *config_countries(void);              /* NULL at the end */

/* What stands in a route's mapping, of whatever type, before it becomes a config_route. */
struct config_raw_route {
	const struct yaml_node *node; /* the mapping */
	int type;                     /* enum config_route_type */
	const struct yaml_node *prefixes, *price;
	bool failover, replies;
	int rate;
	const char *path; /* file */
	const char *host; /* smpp, from here */
	int port;
	const struct yaml_node *tls, *system_id, *password_file, *password_env;
	const struct yaml_node *system_type, *source;
	int bind, source_ton, source_npi, window;
	const struct yaml_node *blocked_status;
	bool receipts;
	int alphabet, packing, long_form;
	const struct yaml_node *ports, *pin_file, *balance; /* modem, from here */
	int per_hour, per_day, per_month, recipients_per_month, sim_wait;
	bool voice;
	const struct yaml_node *audio, *incoming, *record, *person, *person_hours;
	int audio_speed;
};

/* config_route.c, config_smpp.c, config_modem.c */
void config_read_routes(struct config_parts *p, const struct yaml_node *node);
void config_make_smpp(struct config_parts *p, const struct config_raw_route *raw,
		      struct config_smpp *smpp);
void config_make_modem(struct config_parts *p, const struct config_raw_route *raw,
		       struct config_modem *modem);
bool config_host_is_loopback(const char *host);

/* config_secret.c */
/* A file with a secret, relative to the home: its text without the line end, or NULL, complained
 * of: missing, empty, or open to others. */
const char *config_secret_file(struct config_parts *p, const struct yaml_node *node,
			       const char *what);

/* config_policy.c, config_preset.c */
struct config_join;
void config_read_policy(struct config_parts *p, const struct yaml_node *node);
/* Joins the presets named under `preset` (NULL: the country's) and what they inherit. */
void config_read_presets(struct config_parts *p, const struct yaml_node *node,
			 struct config_join *join);

/* config_wording.c: the list of words; then, of the catalog, what of them stands in texts */
void config_read_wording(struct config_parts *p);
void config_lint_templates(struct config_parts *p);

/* config_buckets.c */
void config_read_buckets(struct config_parts *p, const struct yaml_node *node);

/* config_campaign.c: all of campaigns/ */
void config_read_campaigns(struct config_parts *p);
/* config_script.c: all of scripts/; then, is there a file for a script of that name? */
void config_read_scripts(struct config_parts *p);
void config_check_script(struct config_parts *p, const struct yaml_node *node, const char *name);
/* the list under `steps:`, and the template under `promised:` (NULL: wrong) */
void config_read_steps(struct config_parts *p, const struct yaml_node *node, struct campaign *c);
const char *config_read_promised(struct config_parts *p, const struct yaml_node *node);

#endif
