/* facts_part.h - between facts.c and facts_rows.c: the pools that a person is read into
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

struct zone_entry {
	char name[64];
	struct civil_zone zone;
};

/* Where an account's pieces begin in the pools; pointers are set once all of it is read, since the
 * pools may move while they grow. */
struct spans {
	size_t amounts, served, holds;
	size_t ref, text[14];
	int64_t known; /* since when, an instant */
};

/* An account of the person being loaded. */
struct member {
	int64_t id, born;
	size_t ref;
	bool special;
};

struct facts {
	const struct config *config;
	struct calendar *calendar; /* its own: looking a zone up is not for several threads */
	struct zone_entry *zones[64];
	size_t n_zones;
	int64_t contacts_ms; /* how far back contacts matter */
	bool conditions;     /* some campaign asks whether the borrower replied */
	int64_t started;     /* META_STARTED, 0: not read yet */
	int broken; /* an opt-out or a dead number could not be looked for: nothing may go */
	bool *paused; /* by campaign index, for as many as the configuration has */
	struct pool members, accounts, plans, spans, amounts, payments, served, holds, contacts,
	    text;
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

/* Where an item stands; NULL in a pool that never held one. */
void *facts_at(const struct pool *p, size_t size, size_t i);

/* Reads one account into the pools: 0, UV_ENOENT when no list names it now, or negative. */
int facts_read_account(struct facts *f, struct store *s, const struct member *m);

/* Is there a row for prefix + key?  Its first column goes to *reason.  A failed read is remembered
 * in `broken`: it must never count as no. */
bool facts_has_key(struct facts *f, struct store *s, enum store_statement which, const char *prefix,
		   const char *key, int *reason);

#endif
