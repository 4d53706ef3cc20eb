#include "facts.h"

#include "calendar.h"
#include "money.h"

#include <assert.h>
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define MS_PER_DAY 86400000LL

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
	const struct campaign **campaigns; /* as the store pauses them, when one is paused */
	struct campaign *copies;
	size_t n_campaigns; /* 0: none is paused */
	struct pool members, accounts, plans, spans, amounts, payments, served, holds, contacts,
	    text;
	struct plan_person person;
};

/* ---- memory ---- */

static void *
pool_add(struct pool *p, size_t size, size_t n)
{
	if (p->n + n > p->cap) {
		size_t cap = p->cap < 8 ? 8 : p->cap;
		void *grown;

		while (cap < p->n + n)
			cap *= 2;
		if ((grown = realloc(p->at, cap * size)) == NULL)
			return NULL;
		p->at = grown;
		p->cap = cap;
	}
	p->n += n;
	return (char *)p->at + (p->n - n) * size;
}

/* Where an item stands; NULL in a pool that never held one. */
static void *
pool_at(const struct pool *p, size_t size, size_t i)
{
	return p->at != NULL ? (char *)p->at + i * size : NULL;
}

/* Keeps a column's text; the offset stands for it until the pools are at rest.  0 is "". */
static size_t
keep(struct facts *f, sqlite3_stmt *st, int column)
{
	const char *text = store_text(st, column);
	size_t len = strlen(text) + 1, at = f->text.n;
	char *p;

	if (len == 1)
		return 0;
	if ((p = pool_add(&f->text, 1, len)) == NULL)
		return 0;
	memcpy(p, text, len);
	return at;
}

struct facts *
facts_new(const struct config *config)
{
	struct facts *f = calloc(1, sizeof *f);

	if (f == NULL)
		return NULL;
	if ((f->calendar = calendar_new(NULL)) == NULL) {
		free(f);
		return NULL;
	}
	facts_use(f, config);
	return f;
}

void
facts_free(struct facts *f)
{
	struct pool *pools[] = {&f->members,  &f->accounts, &f->plans, &f->spans,    &f->amounts,
				&f->payments, &f->served,   &f->holds, &f->contacts, &f->text};

	for (size_t i = 0; i < sizeof pools / sizeof *pools; i++)
		free(pools[i]->at);
	for (size_t i = 0; i < f->n_zones; i++)
		free(f->zones[i]);
	calendar_free(f->calendar);
	free(f->campaigns);
	free(f->copies);
	free(f);
}

void
facts_use(struct facts *f, const struct config *config)
{
	int days = 1;

	f->config = config;
	f->n_campaigns = 0;
	for (size_t i = 0; i < config->policy.n_caps; i++)
		if (config->policy.caps[i].days > days)
			days = config->policy.caps[i].days;
	f->contacts_ms = (days + 1) * MS_PER_DAY;
	f->conditions = false;
	for (size_t i = 0; i < config->n_campaigns; i++)
		for (size_t k = 0; k < config->campaigns[i]->n_steps; k++)
			if (config->campaigns[i]->steps[k].when_replied != CAMPAIGN_ANY)
				f->conditions = true;
}

/* ---- zones ---- */

static const struct civil_zone *
zone_named(struct facts *f, const char *name)
{
	const struct calendar_zone *zone;
	struct zone_entry *e;

	for (size_t i = 0; i < f->n_zones; i++)
		if (strcmp(f->zones[i]->name, name) == 0)
			return &f->zones[i]->zone;
	if (strlen(name) >= sizeof e->name || calendar_zone(f->calendar, name, &zone) != 0)
		return NULL;
	if (f->n_zones == sizeof f->zones / sizeof *f->zones)
		free(f->zones[--f->n_zones]); /* more zones than any lender has: the last gives way
					       */
	if ((e = calloc(1, sizeof *e)) == NULL)
		return NULL;
	strcpy(e->name, name);
	e->zone = (struct civil_zone){.at = zone->at,
				      .offset = zone->offset,
				      .n = zone->n,
				      .first_offset = zone->first_offset};
	f->zones[f->n_zones++] = e;
	return &e->zone;
}

const struct civil_zone *
facts_lender_zone(struct facts *f)
{
	static const struct civil_zone utc = {0};
	const struct civil_zone *zone = zone_named(f, f->config->lender.timezone);

	return zone != NULL ? zone : &utc;
}

const struct civil_zone *
facts_zone(struct facts *f, const char *name)
{
	const struct civil_zone *zone = name[0] != '\0' ? zone_named(f, name) : NULL;

	return zone != NULL ? zone : facts_lender_zone(f);
}

/* ---- loading ---- */

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

static int
load_row(struct facts *f, struct store *s, struct facts_account *a, struct spans *sp)
{
	sqlite3_stmt *st = store_get(s, STORE_ACCOUNT_ROW);
	int rc;

	store_bind_int(st, 1, a->id);
	store_bind_int(st, 2, s->visible);
	if ((rc = store_step(s, st)) != 1)
		return rc < 0 ? rc : UV_ENOENT;
	for (int i = COL_NAME; i <= COL_EXTRA; i++)
		sp->text[i] = keep(f, st, i);
	a->has_check = sqlite3_column_int(st, COL_EXTRA + 1) != 0;
	sqlite3_reset(st);
	return 0;
}

static int
load_amounts(struct facts *f, struct store *s, int64_t account, struct spans *sp, size_t *n)
{
	sqlite3_stmt *st = store_get(s, STORE_ACCOUNT_AMOUNTS);
	struct debt_amount *amount;
	struct debt_payment *payment;
	int rc;

	sp->amounts = f->amounts.n;
	store_bind_int(st, 1, account);
	store_bind_int(st, 2, s->visible);
	while ((rc = store_step(s, st)) == 1) {
		if ((amount = pool_add(&f->amounts, sizeof *amount, 1)) == NULL)
			return UV_ENOMEM;
		*amount = (struct debt_amount){.due = sqlite3_column_int(st, 0),
					       .billed = sqlite3_column_int64(st, 1),
					       .given = sqlite3_column_int64(st, 2),
					       .since = sqlite3_column_int64(st, 3)};
	}
	*n = f->amounts.n - sp->amounts;
	if (rc < 0)
		return rc;
	f->payments.n = 0;
	st = store_get(s, STORE_ACCOUNT_PAYMENTS);
	store_bind_int(st, 1, account);
	store_bind_int(st, 2, s->visible);
	while ((rc = store_step(s, st)) == 1) {
		if ((payment = pool_add(&f->payments, sizeof *payment, 1)) == NULL)
			return UV_ENOMEM;
		*payment = (struct debt_payment){.amount = sqlite3_column_int64(st, 0),
						 .since = sqlite3_column_int64(st, 1),
						 .paid_on = sqlite3_column_int(st, 2)};
	}
	if (*n > 0)
		debt_settle(pool_at(&f->amounts, sizeof(struct debt_amount), sp->amounts), *n,
			    f->payments.at, f->payments.n);
	return rc;
}

/* Is a step spent by what became of its row? */
static bool
is_spent(int status, enum reason reason)
{
	if (status == STATUS_PLANNED)
		return false;
	if (status == STATUS_SKIPPED)
		return reason == REASON_SUPERSEDED;
	if (status == STATUS_CANCELLED)
		return reason == REASON_CANCELLED;
	return true;
}

bool
facts_stuck(enum reason reason)
{
	return reason == REASON_TEMPLATE_ERROR || reason == REASON_NO_LANGUAGE ||
	       reason == REASON_NO_ROUTE;
}

/* How the row of a step marks it; false: not at all. */
static bool
mark_of(int status, enum reason reason, enum plan_mark *mark)
{
	*mark = status == STATUS_PLANNED ? PLAN_MARK_STUCK : PLAN_MARK_SPENT;
	return status == STATUS_PLANNED ? facts_stuck(reason) : is_spent(status, reason);
}

static int
add_served(struct facts *f, int32_t due, const char *step, enum plan_mark mark)
{
	struct plan_served *served;
	enum campaign_channel channel;
	int day;

	if (campaign_step_parse(step, strlen(step), &day, &channel) != 0)
		return 0;
	if ((served = pool_add(&f->served, sizeof *served, 1)) == NULL)
		return UV_ENOMEM;
	*served = (struct plan_served){
	    .due = due, .day = (int16_t)day, .channel = (uint8_t)channel, .mark = (uint8_t)mark};
	return 0;
}

static int
load_served(struct facts *f, struct store *s, int64_t account, int32_t from_due, bool special,
	    struct spans *sp, unsigned *rows)
{
	static const enum store_statement sources[] = {STORE_ACCOUNT_STEPS, STORE_ACCOUNT_TASKS,
						       STORE_ACCOUNT_SKIPS};
	int rc = 0, row = 0;

	sp->served = f->served.n;
	for (size_t i = 0; i < (special ? 3 : 1) && rc == 0; i++) {
		sqlite3_stmt *st = store_get(s, sources[i]);

		store_bind_int(st, 1, account);
		store_bind_int(st, 2, from_due);
		while (rc == 0 && (row = store_step(s, st)) == 1) {
			enum plan_mark mark =
			    sources[i] == STORE_ACCOUNT_SKIPS ? PLAN_MARK_SKIPPED : PLAN_MARK_SPENT;

			*rows += sources[i] == STORE_ACCOUNT_STEPS;
			if (sources[i] == STORE_ACCOUNT_STEPS &&
			    !mark_of(sqlite3_column_int(st, 2),
				     (enum reason)sqlite3_column_int(st, 3), &mark))
				continue;
			rc = add_served(f, sqlite3_column_int(st, 0), store_text(st, 1), mark);
		}
		sqlite3_reset(st);
		if (row < 0)
			rc = row;
	}
	return rc;
}

static int
add_hold(struct facts *f, enum reason reason, int64_t from, int32_t until, const char *word)
{
	struct plan_hold *hold = pool_add(&f->holds, sizeof *hold, 1);

	if (hold == NULL)
		return UV_ENOMEM;
	*hold = (struct plan_hold){.reason = reason, .from = from, .until = until, .word = word};
	return 0;
}

/* The word of a hold is one of a few; those a person made up are shown as the reason alone. */
static const char *
hold_word(const char *word)
{
	static const char *const known[] = {"dispute",     "hardship",        "bereavement",
					    "complaint",   "placed",          "breathing_space",
					    "claims_paid", "awaiting_person", "wrong_number"};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i], word) == 0)
			return known[i];
	return NULL;
}

static int
load_holds(struct facts *f, struct store *s, int64_t account)
{
	sqlite3_stmt *st = store_get(s, STORE_ACCOUNT_HOLDS);
	int rc;

	store_bind_int(st, 1, account);
	while ((rc = store_step(s, st)) == 1) {
		int32_t until = sqlite3_column_type(st, 2) == SQLITE_NULL
				    ? INT32_MAX
				    : sqlite3_column_int(st, 2);

		rc = add_hold(f, (enum reason)sqlite3_column_int(st, 0),
			      sqlite3_column_int64(st, 1), until, hold_word(store_text(st, 3)));
		if (rc != 0)
			break;
	}
	sqlite3_reset(st);
	return rc;
}

static int
load_promise(struct store *s, struct facts_account *a, struct plan_account *p)
{
	static const uint8_t state[] = {CAMPAIGN_PROMISE_OPEN, CAMPAIGN_PROMISE_KEPT,
					CAMPAIGN_PROMISE_PARTIAL, CAMPAIGN_PROMISE_BROKEN,
					CAMPAIGN_PROMISE_NONE};
	sqlite3_stmt *st = store_get(s, STORE_ACCOUNT_PROMISE);
	int rc, status;

	store_bind_int(st, 1, a->id);
	if ((rc = store_step(s, st)) != 1)
		return rc;
	status = sqlite3_column_int(st, 1);
	p->promise = state[status];
	if (status == PROMISE_OPEN) {
		a->promise_id = sqlite3_column_int64(st, 0);
		if (sqlite3_column_int(st, 3) != 0)
			p->promise_until = sqlite3_column_int(st, 2);
	}
	sqlite3_reset(st);
	return 0;
}

static bool
has_key(struct facts *f, struct store *s, enum store_statement which, const char *prefix,
	const char *key, int *reason)
{
	char text[80];
	sqlite3_stmt *st = store_get(s, which);
	size_t head = strlen(prefix), len = strlen(key);
	int rc;

	if (head + len >= sizeof text)
		return false;
	memcpy(text, prefix, head);
	memcpy(text + head, key, len);
	sqlite3_bind_text(st, 1, text, (int)(head + len), SQLITE_STATIC);
	if ((rc = store_step(s, st)) == 1 && reason != NULL)
		*reason = sqlite3_column_int(st, 0);
	else if (rc < 0)
		f->broken = rc;
	sqlite3_reset(st);
	return rc == 1;
}

/* The first number that is not somebody else's or refused; sets why none is left. */
static int
choose_number(struct facts *f, struct store *s, size_t phones, size_t *chosen, enum reason *barred)
{
	char number[24];
	size_t at = phones;
	int reason = REASON_NO_PHONE;

	*chosen = 0;
	while (phones != 0) {
		const char *text = (const char *)f->text.at + at;
		size_t len = strcspn(text, ";");

		if (len > 0 && len < sizeof number) {
			memcpy(number, text, len);
			number[len] = '\0';
			if (!has_key(f, s, STORE_DEAD_NUMBER, "", number, &reason)) {
				char *copy = pool_add(&f->text, 1, len + 1);

				if (copy == NULL)
					return UV_ENOMEM;
				memcpy(copy, number, len + 1);
				*chosen = f->text.n - len - 1;
				return 0;
			}
		}
		if (((const char *)f->text.at)[at + len] == '\0')
			break;
		at += len + 1;
	}
	*barred = (enum reason)reason;
	return 0;
}

/* A column of the list that has no place of its own: `extra` is a flat JSON object of strings. */
static const char *
other_column(const char *extra, const char *field, char *buf, size_t cap)
{
	json_t *object = extra[0] != '\0' ? json_loads(extra, 0, NULL) : NULL;
	const char *value = json_string_value(json_object_get(object, field));

	if (value != NULL)
		snprintf(buf, cap, "%s", value);
	json_decref(object);
	return value != NULL ? buf : NULL;
}

static const char *
field_of(void *ctx, const char *field)
{
	const struct facts_account *a = ctx;
	const struct {
		const char *name, *value;
	} known[] = {{"product", a->product},     {"segment", a->segment},
		     {"risk", a->risk},           {"cause", a->cause},
		     {"currency", a->currency},   {"language", a->language},
		     {"timezone", a->timezone},   {"account_id", a->ref},
		     {"person_id", a->person_id}, {"name", a->name}};
	static _Thread_local char other[256];

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i].name, field) == 0)
			return known[i].value[0] != '\0' ? known[i].value : NULL;
	return other_column(a->extra, field, other, sizeof other);
}

/* Reads one account; pointers into the pools are set by settle_pointers once nothing grows. */
static int
load_account(struct facts *f, struct store *s, const struct member *m)
{
	bool special = m->special;
	int64_t id = m->id;
	struct facts_account *a = pool_add(&f->accounts, sizeof *a, 1);
	struct plan_account *p = pool_add(&f->plans, sizeof *p, 1);
	struct spans *sp = pool_add(&f->spans, sizeof *sp, 1);
	size_t n = 0;
	int32_t from_due = INT32_MAX;
	int rc;

	if (a == NULL || p == NULL || sp == NULL)
		return UV_ENOMEM;
	memset(a, 0, sizeof *a);
	memset(p, 0, sizeof *p);
	a->id = id;
	a->special = special;
	p->promise = CAMPAIGN_PROMISE_NONE;
	p->promise_until = INT32_MIN;
	p->id = (uint64_t)id;
	p->barred = REASON_NONE;
	/* A schedule's clock may start before the true time that imports carry. */
	sp->known = m->born < f->started ? m->born : f->started;
	if ((rc = load_row(f, s, a, sp)) != 0 || (rc = load_amounts(f, s, id, sp, &n)) != 0)
		return rc;
	p->n_amounts = n;
	/* Amounts long settled need no history; the newest settled one answers "paid". */
	for (size_t i = 0; i < n; i++) {
		const struct debt_amount *d = (struct debt_amount *)f->amounts.at + sp->amounts + i;

		if (i == 0 || d->left <= 0)
			from_due = d->due;
		if (d->left > 0)
			break;
	}
	sp->holds = f->holds.n;
	if ((rc = load_served(f, s, id, from_due, special, sp, &a->n_rows)) != 0)
		return rc;
	if (special && ((rc = load_holds(f, s, id)) != 0 || (rc = load_promise(s, a, p)) != 0))
		return rc;
	p->n_served = f->served.n - sp->served;
	p->n_holds = f->holds.n - sp->holds;
	return choose_number(f, s, sp->text[COL_PHONES], &sp->text[COL_NUMBER], &p->barred);
}

static int
best_route(const struct config *c, const char *number)
{
	int best = -1, length = -1;

	for (size_t i = 0; i < c->n_routes; i++) {
		int match = config_route_match(c, &c->routes[i], number);

		if (match > length) {
			length = match;
			best = (int)i;
		}
	}
	return best;
}

static int
load_replied(struct store *s, struct plan_account *p)
{
	sqlite3_stmt *st = store_get(s, STORE_ACCOUNT_REPLIED);
	struct debt_sums sums = debt_sum(p->amounts, p->n_amounts, INT32_MAX / 2, 0);
	int rc;

	if (sums.index < 0)
		return 0;
	store_bind_int(st, 1, (int64_t)p->id);
	store_bind_int(st, 2, civil_instant(p->zone, p->amounts[sums.index].due, 0));
	if ((rc = store_step(s, st)) == 1) {
		p->replied = true;
		sqlite3_reset(st);
		rc = 0;
	}
	return rc;
}

/* Whether texts to this account are out of the question, whatever the day. */
static void
load_barred(struct facts *f, struct store *s, struct facts_account *a, struct plan_account *p)
{
	char key[24];

	snprintf(key, sizeof key, "%lld", (long long)a->id);
	a->opted_out = (a->special && has_key(f, s, STORE_OPTOUT, "a", key, NULL)) ||
		       (a->number[0] != '\0' && has_key(f, s, STORE_OPTOUT, "n", a->number, NULL));
	if (a->opted_out)
		p->barred = REASON_OPTED_OUT;
	if (p->barred != REASON_NONE)
		return;
	if (!f->config->live && !config_is_test(f->config, a->number))
		p->barred = REASON_TEST;
	else if (a->route < 0)
		p->barred = REASON_NO_ROUTE;
}

static int
finish_account(struct facts *f, struct store *s, size_t i)
{
	struct facts_account *a = (struct facts_account *)f->accounts.at + i;
	struct plan_account *p = (struct plan_account *)f->plans.at + i;
	const struct spans *sp = (struct spans *)f->spans.at + i;
	const char *text = f->text.at;
	const char **to[COLUMNS] = {&a->name,     &a->phones,    &a->currency, &a->language,
				    &a->timezone, &a->product,   &a->segment,  &a->risk,
				    &a->cause,    &a->person_id, &a->extra,    &a->number};

	for (int k = 0; k < COLUMNS; k++)
		*to[k] = text + sp->text[k];
	a->ref = text + sp->ref;
	if (a->language[0] == '\0')
		a->language = f->config->lender.languages[0];
	if (a->currency[0] == '\0')
		a->currency = f->config->lender.currency;
	a->digits = money_digits(a->currency);
	a->zone = facts_zone(f, a->timezone);
	a->route = a->number[0] != '\0' ? best_route(f->config, a->number) : -1;
	p->number = facts_number_id(a->number);
	p->zone = a->zone;
	p->amounts = pool_at(&f->amounts, sizeof *p->amounts, sp->amounts);
	p->served = pool_at(&f->served, sizeof *p->served, sp->served);
	p->holds = pool_at(&f->holds, sizeof *p->holds, sp->holds);
	p->campaign = campaign_of(f->n_campaigns > 0 ? f->campaigns : f->config->campaigns,
				  f->config->n_campaigns, field_of, a);
	p->known_since = civil_local(p->zone, sp->known).day;
	load_barred(f, s, a, p);
	return f->conditions ? load_replied(s, p) : 0;
}

static int
load_contacts(struct facts *f, struct store *s, int64_t person, int64_t now)
{
	sqlite3_stmt *st = store_get(s, STORE_PERSON_CONTACTS);
	struct policy_contact *c;
	int rc;

	store_bind_int(st, 1, person);
	store_bind_int(st, 2, now - f->contacts_ms);
	while ((rc = store_step(s, st)) == 1) {
		if ((c = pool_add(&f->contacts, sizeof *c, 1)) == NULL)
			return UV_ENOMEM;
		*c = (struct policy_contact){.at = sqlite3_column_int64(st, 0),
					     .account = (uint64_t)sqlite3_column_int64(st, 1),
					     .number = facts_number_id(store_text(st, 2)),
					     .channel = CAMPAIGN_SMS,
					     .failed = sqlite3_column_int(st, 3) == STATUS_FAILED};
	}
	return rc;
}

static int
load_accounts(struct facts *f, struct store *s, int64_t person)
{
	sqlite3_stmt *st = store_get(s, STORE_PERSON_ACCOUNTS);
	struct member *m;
	int rc;

	f->members.n = 0;
	store_bind_int(st, 1, person);
	store_bind_int(st, 2, s->visible);
	while ((rc = store_step(s, st)) == 1) {
		if ((m = pool_add(&f->members, sizeof *m, 1)) == NULL) {
			sqlite3_reset(st);
			return UV_ENOMEM;
		}
		m->id = sqlite3_column_int64(st, 0);
		m->ref = keep(f, st, 1);
		m->born = sqlite3_column_int64(st, 2);
		m->special = sqlite3_column_int(st, 3) != 0;
	}
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < f->members.n; i++) {
		size_t at = f->accounts.n;

		m = (struct member *)f->members.at + i;
		rc = load_account(f, s, m);
		if (rc == UV_ENOENT) { /* known once, not in any list now */
			f->accounts.n = f->plans.n = f->spans.n = at;
			continue;
		}
		if (rc != 0)
			return rc;
		((struct spans *)f->spans.at)[at].ref = m->ref;
	}
	return f->accounts.n > 0 ? 0 : UV_ENOENT;
}

int
facts_load(struct facts *f, struct store *s, int64_t person, int64_t now)
{
	int rc;

	f->accounts.n = f->plans.n = f->spans.n = f->amounts.n = f->served.n = f->holds.n = 0;
	f->contacts.n = f->text.n = 0;
	f->broken = 0;
	if (f->started == 0)
		f->started = store_meta_int(s, META_STARTED, INT64_MAX);
	if (pool_add(&f->text, 1, 1) == NULL)
		return UV_ENOMEM;
	*(char *)f->text.at = '\0';
	if ((rc = load_accounts(f, s, person)) != 0 || (rc = load_contacts(f, s, person, now)) != 0)
		return rc;
	for (size_t i = 0; i < f->accounts.n; i++)
		if ((rc = finish_account(f, s, i)) != 0)
			return rc;
	if (f->broken != 0)
		return f->broken;
	f->person = (struct plan_person){.accounts = f->plans.at,
					 .n_accounts = f->plans.n,
					 .contacts = f->contacts.at,
					 .n_contacts = f->contacts.n};
	return 0;
}

int
facts_load_account(struct facts *f, struct store *s, int64_t account, int64_t now, size_t *index)
{
	sqlite3_stmt *st = store_get(s, STORE_ACCOUNT_PERSON);
	int64_t person;
	int rc;

	store_bind_int(st, 1, account);
	if ((rc = store_step(s, st)) != 1)
		return rc < 0 ? rc : UV_ENOENT;
	person = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	if ((rc = facts_load(f, s, person, now)) != 0)
		return rc;
	for (size_t i = 0; i < f->accounts.n; i++)
		if (((struct facts_account *)f->accounts.at)[i].id == account) {
			*index = i;
			return 0;
		}
	return UV_ENOENT;
}

const struct plan_person *
facts_person(const struct facts *f)
{
	return &f->person;
}

const struct facts_account *
facts_account(const struct facts *f, size_t i)
{
	assert(i < f->accounts.n);
	return (const struct facts_account *)f->accounts.at + i;
}

size_t
facts_count(const struct facts *f)
{
	return f->accounts.n;
}

const struct config *
facts_config(const struct facts *f)
{
	return f->config;
}

uint64_t
facts_number_id(const char *number)
{
	uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */

	for (; *number != '\0'; number++)
		hash = (hash ^ (unsigned char)*number) * UINT64_C(1099511628211);
	return hash;
}

/* ---- rules of the moment ---- */

/* Payments or a complete list last came at `fed`: campaigns hold from the working day after
 * `stale_after` whole ones have passed without. */
static int64_t
stale_from(struct facts *f, struct store *s)
{
	const struct config *c = f->config;
	const struct civil_zone *zone = facts_lender_zone(f);
	sqlite3_stmt *st;
	int64_t fed = 0;

	if (c->stale_after <= 0)
		return INT64_MAX;
	st = store_get(s, STORE_IMPORT_FED);
	if (store_step(s, st) == 1) {
		fed = sqlite3_column_int64(st, 0);
		sqlite3_reset(st);
	}
	if (fed == 0)
		return INT64_MIN;
	return civil_instant(
	    zone,
	    policy_add_working_days(&c->policy, civil_local(zone, fed).day, c->stale_after) + 1, 0);
}

/* Campaigns a person paused are copies with the mark set; mostly there are none. */
static int
load_pauses(struct facts *f, struct store *s)
{
	size_t n = f->config->n_campaigns;
	sqlite3_stmt *st = store_get(s, STORE_META_PAUSES);
	int rc;

	f->n_campaigns = 0;
	while ((rc = store_step(s, st)) == 1) {
		const char *name = store_text(st, 0) + strlen(META_PAUSED ":");

		if (f->n_campaigns == 0 && n > 0) {
			struct campaign *copies = realloc(f->copies, n * sizeof *copies);

			f->copies = copies != NULL ? copies : f->copies;
			free(f->campaigns);
			f->campaigns = malloc(n * sizeof *f->campaigns);
			if (copies == NULL || f->campaigns == NULL) {
				sqlite3_reset(st);
				return UV_ENOMEM;
			}
			f->n_campaigns = n;
			for (size_t i = 0; i < n; i++) {
				copies[i] = *f->config->campaigns[i];
				f->campaigns[i] = &copies[i];
			}
		}
		for (size_t i = 0; i < f->n_campaigns; i++)
			if (strcmp(f->copies[i].name, name) == 0)
				f->copies[i].paused = true;
	}
	return rc;
}

int
facts_rules(struct facts *f, struct store *s, int64_t now, enum reason stopped,
	    struct plan_rules *rules)
{
	int rc;

	(void)now;
	if ((rc = load_pauses(f, s)) != 0)
		return rc;
	*rules = (struct plan_rules){.policy = &f->config->policy,
				     .ignore_below = f->config->ignore_below,
				     .stale_from = stale_from(f, s),
				     .stopped = stopped};
	if (stopped == REASON_NONE && store_meta_int(s, META_RESTORED, 0) != 0)
		rules->stopped = REASON_RESTORED;
	else if (stopped == REASON_NONE && store_meta_int(s, META_PAUSED, 0) != 0)
		rules->stopped = REASON_PAUSED;
	return 0;
}
