/* config.h - what the lender wrote, read whole, checked whole, then never changed
 *
 * config_load reads dunlin.yaml, campaigns, templates, holidays and secrets of a home folder and
 * gives either a snapshot or complaints about every mistake, each with file, line and column.
 * Warnings come beside a snapshot; errors come instead of one.
 *
 * Ownership: a snapshot is one arena.  Every pointer reached from it lives as long as it does and
 * is read-only.  It starts with one reference; config_ref and config_unref may be called from any
 * thread, and the last config_unref frees it.  A reload makes a new snapshot and leaves old ones
 * to their holders.
 * Thread: loading touches files and blocks; any thread.  Snapshots may be read by all at once.
 *
 * Absent optional keys have the values of the defaults named beside each member.
 */
#ifndef GATEWAY_CONFIG_H
#define GATEWAY_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "schedule/campaign.h"
#include "schedule/policy.h"

struct catalog;
struct catalog_columns;
struct wording;
struct complaints;
struct reply_words;
struct config_script;

struct config_place {
	int line, col; /* as yaml_node has them */
};

struct config_lender {
	const char *name;
	const char *contact;          /* as written: a number, a web page, an address */
	const char *country;          /* ISO 3166, two capitals */
	const char *currency;         /* ISO 4217, three capitals */
	int digits;                   /* decimal digits of the currency, 0..4 */
	const char *prefix;           /* calling code of the country, "+63" */
	const char *timezone;         /* IANA name, known to the system's zone files */
	struct civil_zone zone;       /* its offsets */
	const char *const *languages; /* canonical BCP 47; at least one, the first is the default */
	size_t n_languages;
	const struct config_place *language_at; /* where each was written; NULL: nowhere */
};

enum config_route_type { CONFIG_ROUTE_FILE, CONFIG_ROUTE_SMPP, CONFIG_ROUTE_MODEM };
enum config_bind { CONFIG_BIND_TRANSCEIVER, CONFIG_BIND_PAIR /* transmitter+receiver */ };
enum config_alphabet { CONFIG_ALPHABET_GSM, CONFIG_ALPHABET_LATIN1, CONFIG_ALPHABET_ASCII };
enum config_packing { CONFIG_UNPACKED, CONFIG_PACKED };
enum config_long { CONFIG_LONG_UDH, CONFIG_LONG_SAR, CONFIG_LONG_PAYLOAD };

struct config_smpp {
	const char *host;
	uint16_t port;                           /* 2775 */
	bool tls;                                /* false */
	const char *tls_ca, *tls_cert, *tls_key; /* paths, NULL: the system's store, none, none */
	const char *system_id;
	const char *password; /* "": none given; NULL: password_env names a variable not set here */
	const char *system_type;        /* "" */
	enum config_bind bind;          /* transceiver */
	const char *source;             /* "": the operator fills it in */
	uint8_t source_ton, source_npi; /* by the shape of `source` unless written */
	int window;                     /* submits in flight, 1..10,000; 100 */
	bool receipts;                  /* true: ask for one with every text */
	enum config_alphabet alphabet;  /* gsm: what data_coding 0 means */
	enum config_packing packing;    /* unpacked */
	enum config_long long_form;     /* udh */
	const uint32_t
	    *blocked_status;     /* answers by which this operator says that a number sent STOP */
	size_t n_blocked_status; /* none: known by the operator's words alone */
};

/* What is said in a language. */
struct config_said {
	const char *language, *text;
};

/* Where the sound of a stick's calls is. */
struct config_audio {
	const char *stick;  /* its port, its IMEI, or the hole it is in, as `modems` lists them */
	const char *device; /* an ALSA device, or the path of a tty */
	bool tty;
};

struct config_modem {
	const char *const *ports; /* device paths; none: found by themselves (`auto`) */
	size_t n_ports;
	int per_hour, per_day, per_month,
	    recipients_per_month; /* a SIM: 30, 200, 0, 0 (no limit) */
	const char *pin_file;     /* path, or NULL */
	const char *pin;          /* what stands in it, or NULL */
	int sim_wait;             /* minutes a borrower's texts wait for a SIM that is out; 10 */
	const char *balance_ussd; /* "*100#", or NULL: not asked for */
	int balance_every;        /* seconds; 6 hours */
	int64_t warn_below;       /* minor units; -1: never */
	bool voice;               /* false: places no calls and takes none */
	const struct config_audio *audio;
	size_t n_audio;
	int audio_speed;                  /* 1..10 times real time, on virtual cards alone; 1 */
	const struct config_said *record; /* whole calls are recorded, and this is said first */
	size_t n_record;
	const char *incoming; /* script of who calls back; NULL: what they were last called with, or
				 the only one */
	const char
	    *person; /* E.164: rung for who asks for a person in a call; NULL: a task alone */
	struct policy_hours person_hours; /* of the lender's day; n 0: whenever calls may be made */
};

/* A set of contact rules and where they come from. */
struct config_preset {
	const char *name;           /* "ph"; of presets/NAME.yaml */
	bool own;                   /* the lender's, not the program's */
	const char *place, *source; /* NULL: not said, as the next */
	const char *confidence;     /* "B": A official text seen .. D unconfirmed */
	int32_t reviewed;           /* day, INT32_MIN: never */
	const char *const *notes;   /* what the rules cannot say */
	size_t n_notes;
	const char *const *inherits;
	size_t n_inherits;
};

#define CONFIG_PRICE_UNKNOWN (-1)

struct config_route {
	const char *name;
	enum config_route_type type;
	const char *const *prefixes; /* "+63" ...; none: lender.prefix */
	size_t n_prefixes;
	int rate;      /* segments a second, 0: no limit */
	bool failover; /* true: another route may take over before anything was accepted */
	bool replies;  /* true; false: nothing comes back over this route */
	int64_t price; /* a segment, millionths of the lender's currency; CONFIG_PRICE_UNKNOWN */
	struct config_smpp smpp;
	struct config_modem modem;
	const char *path; /* file: where the lines go, joined to the home folder */
};

struct config_voice {
	const char *language, *voice; /* canonical BCP 47; as espeak-ng names it */
	struct config_place at;       /* of the voice */
};

struct config_promises {
	int ahead;     /* calendar days a promise may lie ahead, 1..366; 31 */
	int grace;     /* working days, 0..30; 1 */
	int tolerance; /* percent, 0..100; 5 */
};

/* How a language says that one may ask for silence. */
struct config_notice {
	const char *language, *text;
};

struct config {
	const char *home; /* as given to config_load */
	uint64_t serial;  /* no two snapshots of a process have the same */
	struct config_lender lender;
	bool live; /* true when absent: also numbers outside test_numbers are sent to */
	const char *const *test_numbers; /* E.164 with +, sorted by strcmp */
	size_t n_test_numbers;

	struct policy policy;
	const char *preset; /* the names chosen, or the country's: "ca-on, ca-qc" */
	const struct config_preset *presets; /* in force: `base` first, who inherits behind */
	size_t n_presets;
	size_t n_presets_read;       /* and behind those in force the lender's own that are not */
	const char *override_reason; /* NULL, or why the lender's rules are wider */
	const char *const *widened;  /* what they widen: "caps sms.sent 5/7d per person (...)" */
	size_t n_widened;            /* shown in every report */
	int64_t ignore_below;        /* minor units of the lender's currency; 0 */
	int stale_after;             /* working days; 0: off */
	/* The last days past due of buckets M0, M1, ...; what is later is in bucket n_buckets.  0
	 * 30 60 90. */
	int16_t buckets[CAMPAIGN_BUCKETS - 1];
	size_t n_buckets;

	const struct config_route *routes; /* in the order written */
	size_t n_routes;

	const struct config_voice *voices; /* languages that another voice speaks */
	size_t n_voices;
	struct config_promises promises;
	const char *alerts_to; /* E.164, or NULL: none */
	int32_t alerts_daily;  /* local second of day, or -1: none */
	const char *store;     /* path, joined to the home folder; dunlin.db */
	const char *web_host;  /* "127.0.0.1"; checked, nothing listens yet */
	uint16_t web_port;     /* 8080 */

	const struct campaign *const *campaigns; /* sorted with campaign_order */
	size_t n_campaigns;
	const struct catalog *catalog;       /* templates; see catalog.h */
	const struct config_script *scripts; /* by name; see config_script.h */
	size_t n_scripts;
	struct wording *wording;   /* words that may not stand in a text */
	struct reply_words *words; /* with the lender's own; NULL: see config_words */
	const struct config_notice *notices;
	size_t n_notices;
	unsigned warnings; /* complaints that came beside this snapshot */
};

/* Reads a home folder.  0 and *out with one reference; -EINVAL when something written is wrong;
 * another negative errno (-ENOENT: no dunlin.yaml) when it could not be read.  Mistakes and
 * warnings are added to `complaints` in either case, those of one file together and by line; *out
 * is NULL on failure.  `columns` (NULL: none known) are columns of imported accounts, for the check
 * of template fields. */
int config_load(const char *home, struct config **out, struct complaints *complaints);
int config_load_with(const char *home, const struct catalog_columns *columns, struct config **out,
		     struct complaints *complaints);

/* What can be read of a home with mistakes in it, for commands that only show what is in the store:
 * 0 when dunlin.yaml can be read and its lender has no mistake.  Whatever else is wrong has its
 * default, there are no campaigns and no templates, and holidays may be missing.  Nothing is sent
 * by such a snapshot.  `complaints` has the mistakes of dunlin.yaml alone. */
int config_load_lender(const char *home, struct config **out, struct complaints *complaints);

/* The same for one dunlin.yaml held in memory, with no other file looked at: campaigns, templates
 * and holidays are empty, paths are not opened.  For fuzzing and tests. */
int config_parse(const char *text, size_t len, struct config **out, struct complaints *complaints);

/* Prints complaints as complaint_print does, but shows no source line that holds a password
 * by mistake.  What is printed about a home folder goes through here. */
void config_print_complaints(FILE *out, const struct complaints *complaints, const char *home);
/* For the log: one event each, numbers masked, no source lines (`dunlin check` shows them). */
void config_log_complaints(const struct complaints *complaints);

struct config *config_ref(struct config *config);
void config_unref(struct config *config); /* NULL is fine */

/* Is this E.164 number one of test_numbers?  With `live: false` only those are sent to. */
bool config_is_test(const struct config *config, const char *number);

/* How well a route serves a number in E.164: the length of the longest of its prefixes that the
 * number begins with, or -1 when none does. */
int config_route_match(const struct config *config, const struct config_route *route,
		       const char *number);

/* Is every route a file, on loopback or on a pty?  Only then may `serve --at` set the clock. */
bool config_is_loopback(const struct config *config);
/* Is that port one, whatever link leads to it? */
bool config_port_is_pty(const char *port);

/* The route that serves a number best: longest match, then the lower price where both are known,
 * then the first; index, or -1. */
int config_best_route(const struct config *config, const char *number);
/* The same among those that place calls. */
int config_voice_route(const struct config *config, const char *number);
/* The name of the route for texts, "" for none: what rows of the queue carry. */
const char *config_best_route_name(const struct config *config, const char *number);

/* Why a text of a class (enum catalog_class) may not be said: the first word that forbids it. */
struct config_fault {
	size_t at; /* byte of the text */
	char text[200];
};
bool config_forbids(const struct config *config, const char *language, int class, const char *text,
		    size_t len, struct config_fault *fault);
/* The sentence the contact rules ask for and the text lacks, in the language; NULL: none. */
const char *config_notice(const struct config *config, const char *language, const char *text,
			  size_t len);

/* The last days of the buckets M0, M1 ... by days past due; the one behind them is the last. */
const int16_t *config_buckets(const struct config *config, size_t *n);
/* The bucket of days past due; negative: nothing is due yet, as M0. */
int config_bucket(const struct config *config, int32_t dpd);
/* What replies are read by: never NULL.  The first call in a process for a home without words/ of
 * its own compiles those that are shipped, which takes some 50 ms. */
const struct reply_words *config_words(const struct config *config);

/* The voice that speaks a language in place of its own, or NULL. */
const char *config_voice(const struct config *config, const char *language);

/* The campaign of that name, or NULL. */
const struct campaign *config_campaign(const struct config *config, const char *name);
/* The index of a route by name, or -1. */
int config_route_index(const struct config *config, const char *name);

const char *config_route_type_word(enum config_route_type type);

#endif
