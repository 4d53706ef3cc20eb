/* facts_part.h - between the files of facts: the pools that a person is read into
 *
 *   facts.c        persons, zones, rules of the moment
 *   facts_rows.c   an account's rows, as the lists and people left them
 *   facts_track.c  which campaign it belongs to, and so which steps it follows
 *   facts_said.c   what conditions ask: what came back, what got through
 *
 * Pools may move while they grow, so a load notes where things begin (`struct spans`) and sets the
 * pointers once nothing grows any more.
 */
#ifndef GATEWAY_FACTS_PART_H
#define GATEWAY_FACTS_PART_H

#include "facts.h"

struct calendar;

/* A growing array: the facts keep theirs between loads. */
struct pool {
	void *at;
	size_t n, cap;
};

#define FACTS_ZONES 8 /* of one account */

/* What a `timezone` means: one zone, or several split by `;`. */
struct zone_entry {
	char name[256];
	struct civil_zone zone; /* the first */
	struct civil_zone other[FACTS_ZONES - 1];
	const struct civil_zone *others[FACTS_ZONES - 1];
	size_t n_others;
};

/* Where an account's pieces begin in the pools; pointers are set once all of it is read, since the
 * pools may move while they grow. */
struct spans {
	size_t amounts, served, holds;
	size_t steps; /* its own copy, where `copied` */
	bool copied;
	int kept;            /* instalments in a row paid in time, where some campaign asks */
	int32_t promise_due; /* the amount the open promise was about */
	int64_t promise_at;  /* when it was made */
	int32_t delivered;   /* the latest amount a text of a step arrived about, INT32_MIN: none */
	size_t ref, text[14];
	int64_t known; /* since when, an instant */
};

/* An account of the person being loaded. */
struct member {
	int64_t id, born;
	size_t ref, speaks; /* a language chosen in a call, 0: none */
	bool special;
};

/* What campaigns ask about a borrower beside the lists: nothing of it is read unless one does. */
enum facts_ask {
	ASK_REPLIED = 1,
	ASK_SERVED = 2, /* when steps went, and whether they arrived */
	ASK_HEARD = 4,
	ASK_ANSWERED = 8,
	ASK_HABITS = 16, /* which channel gets through, and at which hour */
	ASK_BUCKET = 32,
	ASK_AMOUNT = 64,
	ASK_KEPT = 128,
	ASK_PART = 256,
};

/* The steps of accounts for which the same campaigns stand in each bucket. */
struct track {
	struct campaign_pick pick[CAMPAIGN_BUCKETS];
	struct campaign_step *steps;
	size_t n;
};

struct facts {
	const struct config *config;
	uint64_t serial; /* of the configuration all below was made for */
	unsigned asks;   /* bit set of enum facts_ask */
	int64_t now;     /* of the load under way */
	struct track *tracks;
	size_t n_tracks;
	struct calendar *calendar; /* its own: looking a zone up is not for several threads */
	struct pool zones;         /* of struct zone_entry * */
	bool first_touch;          /* some campaign calls, and a text must come before */
	int64_t contacts_ms;       /* how far back contacts matter */
	int64_t started;           /* META_STARTED, 0: not read yet */
	int broken;   /* an opt-out or a dead number could not be looked for: nothing may go */
	bool *paused; /* by campaign index, for as many as the configuration has */
	struct pool members, accounts, plans, spans, amounts, payments, served, holds, contacts,
	    text, steps, days, habits;
	struct plan_person person;
};

enum column { /* of text kept from ACCOUNT_ROW */
	      COL_NAME,
	      COL_PHONES,
	      COL_CURRENCY,
	      COL_LANGUAGE,
	      COL_TIMEZONE,
	      COL_PRODUCT,
	      COL_SEGMENT,
	      COL_RISK,
	      COL_CAUSE,
	      COL_PERSON,
	      COL_EXTRA,
	      COL_NUMBER, /* the one chosen */
	      COLUMNS
};

/* Room for n items at the end; NULL when memory is short. */
void *facts_add(struct pool *p, size_t size, size_t n);
/* Keeps a column's text; the offset stands for it until the pools are at rest.  0 is "". */
size_t facts_keep(struct facts *f, sqlite3_stmt *st, int column);

/* facts_zone.c: the zones of a name; NULL when the first is none.  Lives as long as the facts. */
const struct zone_entry *facts_zones(struct facts *f, const char *name);
void facts_drop_zones(struct facts *f);

/* Where an item stands; NULL in a pool that never held one. */
void *facts_at(const struct pool *p, size_t size, size_t i);

/* Reads one account into the pools: 0, UV_ENOENT when no list names it now, or negative. */
int facts_read_account(struct facts *f, struct store *s, const struct member *m);

/* What the list in force says of an account: its texts go into the pool.  0, UV_ENOENT, negative.
 */
int facts_read_row(struct facts *f, struct store *s, struct facts_account *a, struct spans *sp);

/* Does some campaign select an account, as far as its fields alone can tell?  enum facts_look. */
int facts_may_select(const struct config *config, campaign_field *field, void *ctx);

/* facts_track.c: what campaigns ask, for a new configuration; and what was kept for the old one. */
unsigned facts_asks(const struct config *config);
void facts_drop_tracks(struct facts *f);
/* Chooses the campaign of an account whose amounts, promise and fields are read, and so its steps.
 * 0 or UV_ENOMEM. */
int facts_choose(struct facts *f, size_t i, campaign_field *field);

/* facts_said.c: what conditions of campaigns ask about an account ... */
int facts_said(struct facts *f, struct store *s, size_t i);
/* ... and about the person, once the accounts are there. */
int facts_habits(struct facts *f, struct store *s, int64_t person);
/* Instalments in a row paid in time: of the account whose amounts were read last. */
int facts_kept(struct facts *f, struct store *s, size_t i);

/* Is there a row for prefix + key?  Its first column goes to *reason.  A failed read is remembered
 * in `broken`: it must never count as no. */
bool facts_has_key(struct facts *f, struct store *s, enum store_statement which, const char *prefix,
		   const char *key, int *reason);

#endif
