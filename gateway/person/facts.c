#include "facts_part.h"

#include "gateway/base/calendar.h"
#include "gateway/base/money.h"
#include "gateway/store/list.h"

#include <assert.h>
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define MS_PER_DAY 86400000LL

/* ---- life ---- */

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
				&f->payments, &f->served,   &f->holds, &f->contacts, &f->text,
				&f->steps,    &f->days,     &f->habits};

	for (size_t i = 0; i < sizeof pools / sizeof *pools; i++)
		free(pools[i]->at);
	facts_drop_zones(f);
	facts_drop_tracks(f);
	calendar_free(f->calendar);
	free(f->paused);
	free(f);
}

/* May anybody be called, under a policy that asks for a text before? */
static bool
needs_first_touch(const struct config *config)
{
	if (config->policy.first_touch == NULL)
		return false;
	for (size_t i = 0; i < config->n_routes; i++)
		if (config->routes[i].type == CONFIG_ROUTE_MODEM && config->routes[i].modem.voice)
			return true;
	for (size_t i = 0; i < config->n_campaigns; i++)
		for (size_t k = 0; k < config->campaigns[i]->n_steps; k++)
			if (config->campaigns[i]->steps[k].channel == CAMPAIGN_CALL)
				return true;
	return false;
}

void
facts_use(struct facts *f, const struct config *config)
{
	if (f->config == config && f->serial == config->serial)
		return;
	f->config = config;
	f->contacts_ms = (policy_memory(&config->policy) + 1) * MS_PER_DAY;
	facts_drop_tracks(f);
	f->asks = facts_asks(config);
	f->first_touch = needs_first_touch(config);
	f->serial = config->serial;
}

/* ---- loading ---- */

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

/* Whether texts to this account are out of the question, whatever the day. */
static void
load_barred(struct facts *f, struct store *s, struct facts_account *a, struct plan_account *p)
{
	char key[24];

	snprintf(key, sizeof key, "%lld", (long long)a->id);
	a->opted_out =
	    (a->special && facts_has_key(f, s, STORE_OPTOUT, "a", key, NULL)) ||
	    (a->number[0] != '\0' && facts_has_key(f, s, STORE_OPTOUT, "n", a->number, NULL));
	if (a->opted_out && p->barred != REASON_ERASED)
		p->barred = REASON_OPTED_OUT;
	if (p->barred != REASON_NONE)
		return;
	if (!f->config->live && !config_is_test(f->config, a->number))
		p->barred = REASON_TEST;
	else if (a->route < 0)
		p->barred = REASON_NO_ROUTE;
}

/* What the list says, now that the texts are at rest. */
static void
set_fields(const struct facts *f, struct facts_account *a, const struct spans *sp)
{
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
}

/* Did a text about the debt ever reach the operator?  Calls hang on it. */
static int
load_texted(struct store *s, struct plan_account *p)
{
	sqlite3_stmt *st = store_get(s, STORE_ACCOUNT_TEXTED);
	int rc;

	store_bind_int(st, 1, (int64_t)p->id);
	if ((rc = store_step(s, st)) != 1)
		return rc;
	p->texted = true;
	sqlite3_reset(st);
	return 0;
}

static int
finish_account(struct facts *f, struct store *s, size_t i)
{
	struct facts_account *a = (struct facts_account *)f->accounts.at + i;
	struct plan_account *p = (struct plan_account *)f->plans.at + i;
	const struct spans *sp = (struct spans *)f->spans.at + i;
	const struct zone_entry *zones;
	int rc;

	set_fields(f, a, sp);
	a->digits = money_digits(a->currency);
	a->zone = facts_zone(f, a->timezone);
	if ((zones = facts_zones(f, a->timezone)) != NULL) {
		p->zones = zones->others;
		p->n_zones = zones->n_others;
	}
	a->route = a->number[0] != '\0' ? config_best_route(f->config, a->number) : -1;
	a->voice = a->number[0] != '\0' ? config_voice_route(f->config, a->number) : -1;
	p->number = facts_number_id(a->number);
	p->zone = a->zone;
	p->amounts = facts_at(&f->amounts, sizeof *p->amounts, sp->amounts);
	p->served = facts_at(&f->served, sizeof *p->served, sp->served);
	p->holds = facts_at(&f->holds, sizeof *p->holds, sp->holds);
	if ((rc = facts_choose(f, i, field_of)) != 0)
		return rc;
	p->known_since = civil_local(p->zone, sp->known).day;
	load_barred(f, s, a, p);
	if (f->first_touch && (rc = load_texted(s, p)) != 0)
		return rc;
	return f->asks != 0 ? facts_said(f, s, i) : 0;
}

/* Copies of steps could move while they grew. */
static void
settle_steps(struct facts *f)
{
	for (size_t i = 0; i < f->accounts.n; i++) {
		const struct spans *sp = (struct spans *)f->spans.at + i;

		if (sp->copied)
			((struct plan_account *)f->plans.at)[i].steps =
			    (struct campaign_step *)f->steps.at + sp->steps;
	}
}

/* What people did outside the gateway; whoever has such a row is special. */
static int
load_outside(struct facts *f, struct store *s, const struct member *m, int64_t since)
{
	sqlite3_stmt *st = store_get(s, STORE_ACCOUNT_CONTACTS);
	struct policy_contact *c;
	int rc;

	store_bind_int(st, 1, m->id);
	store_bind_int(st, 2, since);
	while ((rc = store_step(s, st)) == 1) {
		if (sqlite3_column_int(st, 2) == 0)
			continue;
		if ((c = facts_add(&f->contacts, sizeof *c, 1)) == NULL)
			return UV_ENOMEM;
		*c = (struct policy_contact){.at = sqlite3_column_int64(st, 0),
					     .account = (uint64_t)m->id,
					     .number = facts_number_id(store_text(st, 3)),
					     .channel = (uint8_t)sqlite3_column_int(st, 1),
					     .counts = (uint8_t)sqlite3_column_int(st, 2)};
	}
	return rc;
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
		if ((c = facts_add(&f->contacts, sizeof *c, 1)) == NULL)
			return UV_ENOMEM;
		*c = (struct policy_contact){.at = sqlite3_column_int64(st, 0),
					     .account = (uint64_t)sqlite3_column_int64(st, 1),
					     .number = facts_number_id(store_text(st, 2)),
					     .channel = CAMPAIGN_SMS,
					     .counts = sqlite3_column_int(st, 3) == STATUS_FAILED
							   ? POLICY_FAILED
							   : POLICY_TEXT};
	}
	for (size_t i = 0; i < f->members.n && rc == 0; i++) {
		const struct member *m = (struct member *)f->members.at + i;

		if (m->special)
			rc = load_outside(f, s, m, now - f->contacts_ms);
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
		if ((m = facts_add(&f->members, sizeof *m, 1)) == NULL) {
			sqlite3_reset(st);
			return UV_ENOMEM;
		}
		m->id = sqlite3_column_int64(st, 0);
		m->ref = facts_keep(f, st, 1);
		m->born = sqlite3_column_int64(st, 2);
		m->special = sqlite3_column_int(st, 3) != 0;
		m->speaks = facts_keep(f, st, 4);
	}
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < f->members.n; i++) {
		size_t at = f->accounts.n;

		m = (struct member *)f->members.at + i;
		rc = facts_read_account(f, s, m);
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

/* Empties the pools; text 0 is "". */
static int
begin_load(struct facts *f, int64_t now)
{
	f->accounts.n = f->plans.n = f->spans.n = f->amounts.n = f->served.n = f->holds.n = 0;
	f->contacts.n = f->text.n = f->steps.n = 0;
	f->broken = 0;
	f->now = now;
	if (facts_add(&f->text, 1, 1) == NULL)
		return UV_ENOMEM;
	*(char *)f->text.at = '\0';
	return 0;
}

int
facts_look(struct facts *f, struct store *s, int64_t account, int64_t now)
{
	struct facts_account a = {.id = account};
	struct spans sp = {.amounts = 0};
	int rc;

	if ((rc = begin_load(f, now)) != 0 || (rc = facts_read_row(f, s, &a, &sp)) != 0)
		return rc;
	set_fields(f, &a, &sp);
	return facts_may_select(f->config, field_of, &a);
}

int
facts_load(struct facts *f, struct store *s, int64_t person, int64_t now)
{
	int rc = begin_load(f, now);

	if (rc != 0)
		return rc;
	if (f->started == 0)
		f->started = store_meta_int(s, META_STARTED, INT64_MAX);
	if ((rc = load_accounts(f, s, person)) != 0 || (rc = load_contacts(f, s, person, now)) != 0)
		return rc;
	for (size_t i = 0; i < f->accounts.n; i++)
		if ((rc = finish_account(f, s, i)) != 0)
			return rc;
	settle_steps(f);
	if ((f->asks & ASK_HABITS) && (rc = facts_habits(f, s, person)) != 0)
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
	int64_t person;
	int rc = list_person(s, account, &person);

	if (rc != 0 || person == 0)
		return rc != 0 ? rc : UV_ENOENT;
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

/* Which campaigns a person paused; mostly none: *any. */
static int
load_pauses(struct facts *f, struct store *s, bool *any)
{
	const struct config *c = f->config;
	sqlite3_stmt *st = store_get(s, STORE_META_PAUSES);
	bool *paused = realloc(f->paused, (c->n_campaigns + 1) * sizeof *paused);
	int rc;

	*any = false;
	if (paused == NULL)
		return UV_ENOMEM;
	f->paused = paused;
	memset(paused, 0, (c->n_campaigns + 1) * sizeof *paused);
	while ((rc = store_step(s, st)) == 1) {
		const struct campaign *paused_one =
		    config_campaign(c, store_text(st, 0) + strlen(META_PAUSED ":"));

		if (paused_one != NULL)
			*any = paused[paused_one->index] = true;
	}
	return rc;
}

int
facts_rules(struct facts *f, struct store *s, int64_t now, enum reason stopped,
	    struct plan_rules *rules)
{
	bool any;
	int rc;

	(void)now;
	if ((rc = load_pauses(f, s, &any)) != 0)
		return rc;
	*rules = (struct plan_rules){.policy = &f->config->policy,
				     .ignore_below = f->config->ignore_below,
				     .paused = any ? f->paused : NULL,
				     .stale_from = stale_from(f, s),
				     .stopped = stopped};
	if (stopped == REASON_NONE && store_meta_int(s, META_RESTORED, 0) != 0)
		rules->stopped = REASON_RESTORED;
	else if (stopped == REASON_NONE && store_meta_int(s, META_PAUSED, 0) != 0)
		rules->stopped = REASON_PAUSED;
	return 0;
}
