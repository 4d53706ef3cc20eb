#include "brief.h"

#include "greeting.h"

#include <errno.h>
#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS 96

static const char *
keep(struct brief *b, const char *text)
{
	return text != NULL ? arena_text(&b->arena, text, strlen(text)) : "";
}

static void
add(struct brief *b, const char *name, const char *text, enum script_as as, int64_t value)
{
	if (b->n < FIELDS)
		b->field[b->n++] = (struct brief_field){
		    .name = keep(b, name), .text = keep(b, text), .as = as, .value = value};
}

static struct brief *
begin(struct config *config, const struct config_script *script, const char *number)
{
	struct brief *b = calloc(1, sizeof *b);

	if (b == NULL)
		return NULL;
	b->config = config_ref(config);
	b->script = script;
	b->field = arena_array(&b->arena, FIELDS, sizeof *b->field);
	b->number = keep(b, number);
	b->ref = "";
	add(b, "lender", config->lender.name, SCRIPT_AS_TEXT, 0);
	add(b, "contact", config->lender.contact, SCRIPT_AS_TEXT, 0);
	return b;
}

void
brief_free(struct brief *b)
{
	if (b == NULL)
		return;
	sodium_memzero(b->check, sizeof b->check);
	config_unref(b->config);
	arena_clear(&b->arena);
	free(b);
}

/* ---- of an account ---- */

static int
read_check(struct brief *b, struct store *s)
{
	sqlite3_stmt *st = store_get(s, STORE_ACCOUNT_SECRET);
	int rc;

	store_bind_int(st, 1, b->account);
	store_bind_int(st, 2, s->visible);
	if ((rc = store_step(s, st)) == 1) {
		const char *text = store_text(st, 0);

		if (strlen(text) < sizeof b->check)
			memcpy(b->check, text, strlen(text) + 1);
		sqlite3_reset(st);
	}
	return rc < 0 ? rc : 0;
}

/* The fields that texts know too (gateway/person/compose.c). */
static void
add_figures(struct brief *b, const struct facts_account *a, const struct plan_row *row)
{
	bool ahead = row->due > row->on && row->step != NULL;
	int64_t amount = ahead ? row->step_amount : row->sums.due_now;
	int64_t oldest = ahead ? row->step_amount : row->sums.oldest;

	add(b, "amount", "", SCRIPT_AS_AMOUNT, amount);
	add(b, "amount_oldest", "", SCRIPT_AS_AMOUNT, oldest);
	add(b, "balance", "", SCRIPT_AS_AMOUNT, row->sums.balance);
	add(b, "due_date", "", SCRIPT_AS_DATE, row->due);
	add(b, "days_overdue", "", SCRIPT_AS_NUMBER, row->sums.dpd > 0 ? row->sums.dpd : 0);
	add(b, "name", a->name, SCRIPT_AS_TEXT, 0);
	add(b, "account_id", a->ref, SCRIPT_AS_TEXT, 0);
	add(b, "phone", a->number, SCRIPT_AS_DIGITS, 0);
	add(b, "product", a->product, SCRIPT_AS_TEXT, 0);
	add(b, "segment", a->segment, SCRIPT_AS_TEXT, 0);
	add(b, "currency", a->currency, SCRIPT_AS_TEXT, 0);
	add(b, "language", a->language, SCRIPT_AS_TEXT, 0);
	add(b, "timezone", a->timezone, SCRIPT_AS_TEXT, 0);
	add(b, "risk", a->risk, SCRIPT_AS_TEXT, 0);
	add(b, "cause", a->cause, SCRIPT_AS_TEXT, 0);
	add(b, "person_id", a->person_id, SCRIPT_AS_TEXT, 0);
}

static void
add_columns(struct brief *b, const char *extra)
{
	json_t *columns = extra[0] != '\0' ? json_loads(extra, 0, NULL) : NULL, *value;
	const char *key;

	json_object_foreach(columns, key, value)
	{
		if (json_is_string(value))
			add(b, key, json_string_value(value), SCRIPT_AS_TEXT, 0);
	}
	json_decref(columns);
}

static void
digest_text(crypto_generichash_state *h, const char *text)
{
	crypto_generichash_update(h, (const uint8_t *)text, strlen(text) + 1);
}

static void
seal(struct brief *b)
{
	crypto_generichash_state h;

	crypto_generichash_init(&h, NULL, 0, sizeof b->digest);
	digest_text(&h, b->script->name);
	digest_text(&h, b->script->version);
	digest_text(&h, b->number);
	digest_text(&h, b->language);
	digest_text(&h, b->currency);
	digest_text(&h, b->check);
	crypto_generichash_update(&h, (const uint8_t *)&b->today, sizeof b->today);
	for (size_t i = 0; i < b->n; i++) {
		digest_text(&h, b->field[i].name);
		digest_text(&h, b->field[i].text);
		crypto_generichash_update(&h, (const uint8_t *)&b->field[i].value,
					  sizeof b->field[i].value);
	}
	crypto_generichash_final(&h, b->digest, sizeof b->digest);
}

int
brief_make(struct brief **out, struct store *s, struct config *config,
	   const struct facts_account *a, const struct plan_row *row,
	   const struct config_script *script, int64_t now)
{
	struct brief *b = begin(config, script, a->number);
	int rc;

	if (b == NULL)
		return -ENOMEM;
	b->account = a->id;
	b->ref = keep(b, a->ref);
	b->language = keep(b, a->language);
	b->speaks = script_language(&script->script, b->language);
	b->currency = keep(b, a->currency);
	b->digits = a->digits;
	b->today = civil_local(a->zone, now).day;
	b->offset = civil_offset(a->zone, now);
	b->balance = row->sums.balance;
	add_figures(b, a, row);
	add_columns(b, a->extra);
	if ((rc = read_check(b, s)) != 0) {
		brief_free(b);
		return rc;
	}
	seal(b);
	*out = b;
	return 0;
}

int
brief_stranger(struct brief **out, struct config *config, const char *number, int64_t now)
{
	struct brief *b = begin(config, NULL, number);

	if (b == NULL)
		return -ENOMEM;
	b->script = greeting_make(&b->arena, config);
	b->language = keep(b, config->lender.languages[0]);
	b->speaks = script_language(&b->script->script, b->language);
	b->currency = keep(b, config->lender.currency);
	b->digits = config->lender.digits;
	b->today = civil_local(&config->lender.zone, now).day;
	b->offset = civil_offset(&config->lender.zone, now);
	seal(b);
	*out = b;
	return 0;
}

bool
brief_same(const struct brief *a, const struct brief *b)
{
	return memcmp(a->digest, b->digest, sizeof a->digest) == 0;
}

/* ---- use ---- */

const struct brief_field *
brief_field(const struct brief *b, const char *name, size_t len)
{
	for (size_t i = 0; i < b->n; i++)
		if (strncmp(b->field[i].name, name, len) == 0 && b->field[i].name[len] == '\0')
			return &b->field[i];
	return NULL;
}

struct script_facts
brief_facts(const struct brief *b)
{
	return (struct script_facts){.check = b->check,
				     .language = b->speaks,
				     .alone = b->alone,
				     .today = b->today,
				     .ahead = b->config->promises.ahead,
				     .digits = b->digits,
				     .amount_max = b->account != 0 ? b->balance : -1};
}
