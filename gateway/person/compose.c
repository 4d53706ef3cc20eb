#include "compose.h"

#include "templates/template.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LANGUAGES 16
#define FIELDS    96

struct language {
	char tag[24];
	struct locale *locale; /* NULL: ICU has none */
};

struct compose {
	struct language language[LANGUAGES];
	size_t n_languages;
	char text[COMPOSE_TEXT_MAX];
	char money[3][LOCALE_TEXT], date[LOCALE_TEXT], days[LOCALE_TEXT];
	json_t *extra; /* the account's other columns, while a text is rendered */
	struct sms_parts parts;
};

struct compose *
compose_new(void)
{
	return calloc(1, sizeof(struct compose));
}

void
compose_free(struct compose *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n_languages; i++)
		locale_close(c->language[i].locale);
	json_decref(c->extra);
	free(c);
}

static const struct locale *
open_language(struct compose *c, const char *tag)
{
	struct language *l;

	for (size_t i = 0; i < c->n_languages; i++)
		if (strcmp(c->language[i].tag, tag) == 0)
			return c->language[i].locale;
	if (c->n_languages == LANGUAGES)
		locale_close(c->language[--c->n_languages].locale);
	l = &c->language[c->n_languages];
	snprintf(l->tag, sizeof l->tag, "%s", tag);
	if (locale_open(&l->locale, tag) != 0)
		l->locale = NULL;
	c->n_languages++;
	return l->locale;
}

const struct locale *
compose_locale(struct compose *c, const struct config *config, const char *language)
{
	const struct locale *l = open_language(c, language);

	if (l == NULL)
		l = open_language(c, config->lender.languages[0]);
	return l != NULL ? l : open_language(c, "en");
}

/* ---- fields ---- */

static void
add(struct template_field *list, size_t *n, const char *name, const char *value)
{
	if (*n < FIELDS)
		list[(*n)++] = (struct template_field){.name = name, .value = value};
}

static void
add_text(struct template_field *list, size_t *n, const char *name, const char *value)
{
	add(list, n, name, value[0] != '\0' ? value : NULL);
}

/* The contract's fields, then every other column of the list.  `check` is never among them. */
static size_t
fill_fields(struct compose *c, const struct config *config, const struct facts_account *a,
	    const struct plan_row *row, const struct locale *locale, struct template_field *list)
{
	bool ahead = row->due > row->on; /* a step before the due date speaks of its own amount */
	int64_t amount = ahead ? row->step_amount : row->sums.due_now;
	int64_t oldest = ahead ? row->step_amount : row->sums.oldest;
	const char *key;
	json_t *value;
	size_t n = 0;

	locale_money(locale, amount, a->digits, a->currency, c->money[0], LOCALE_TEXT);
	locale_money(locale, oldest, a->digits, a->currency, c->money[1], LOCALE_TEXT);
	locale_money(locale, row->sums.balance, a->digits, a->currency, c->money[2], LOCALE_TEXT);
	locale_date(locale, row->due, LOCALE_DATE_NORMAL, c->date, LOCALE_TEXT);
	locale_count(locale, row->sums.dpd > 0 ? row->sums.dpd : 0, c->days, LOCALE_TEXT);

	add_text(list, &n, "name", a->name);
	add(list, &n, "lender", config->lender.name);
	add(list, &n, "contact", config->lender.contact);
	add(list, &n, "amount", c->money[0]);
	add(list, &n, "amount_oldest", c->money[1]);
	add(list, &n, "balance", c->money[2]);
	add(list, &n, "due_date", c->date);
	add(list, &n, "days_overdue", c->days);
	add(list, &n, "account_id", a->ref);
	add_text(list, &n, "phone", a->number);
	add_text(list, &n, "currency", a->currency);
	add_text(list, &n, "language", a->language);
	add_text(list, &n, "timezone", a->timezone);
	add_text(list, &n, "product", a->product);
	add_text(list, &n, "segment", a->segment);
	add_text(list, &n, "risk", a->risk);
	add_text(list, &n, "cause", a->cause);
	add_text(list, &n, "person_id", a->person_id);
	json_decref(c->extra);
	c->extra = a->extra[0] != '\0' ? json_loads(a->extra, 0, NULL) : NULL;
	json_object_foreach(c->extra, key, value)
	{
		add(list, &n, key, json_string_value(value));
	}
	return n;
}

/* ---- measuring ---- */

static struct sms_options
options_of(const struct config_route *route, const struct catalog_text *template)
{
	static const enum sms_encoding plain[] = {SMS_GSM7, SMS_LATIN1, SMS_ASCII};
	static const enum sms_long form[] = {SMS_LONG_UDH, SMS_LONG_SAR, SMS_LONG_PAYLOAD};
	static const enum gsm7_language shift[] = {GSM7_DEFAULT, GSM7_TURKISH, GSM7_SPANISH,
						   GSM7_PORTUGUESE};
	struct sms_options o = {.plain = SMS_GSM7,
				.shift = GSM7_DEFAULT,
				.long_form = SMS_LONG_UDH,
				.max_parts = CATALOG_PARTS};

	if (template != NULL) {
		o.shift = shift[template->shift];
		o.max_parts = (unsigned)template->max_parts;
	}
	if (route != NULL && route->type == CONFIG_ROUTE_SMPP) {
		o.plain = plain[route->smpp.alphabet];
		o.long_form = form[route->smpp.long_form];
	}
	return o;
}

static int
measure(struct compose_text *out, const struct config_route *route)
{
	int rc;

	out->options = options_of(route, out->template);
	if ((rc = sms_measure(out->text, out->len, &out->options, &out->size)) != 0)
		return rc;
	out->price = CONFIG_PRICE_UNKNOWN;
	if (route != NULL && route->price != CONFIG_PRICE_UNKNOWN)
		out->price = route->price * (int64_t)out->size.segments;
	return 0;
}

int
compose_measure(const char *text, size_t len, const struct config_route *route,
		struct compose_text *out)
{
	*out = (struct compose_text){.text = text, .len = len};
	return measure(out, route);
}

/* Adds the sentence the contact rules ask for where the text lacks it. */
static void
add_notice(struct compose *c, const struct config *config, struct compose_text *out)
{
	const char *notice = config_notice(config, out->template->language, c->text, out->len);
	bool spaced = out->len > 0 && strchr(" \n", c->text[out->len - 1]) != NULL;

	if (notice != NULL && out->len + strlen(notice) + 2 <= sizeof c->text)
		out->len += (size_t)snprintf(c->text + out->len, sizeof c->text - out->len, "%s%s",
					     spaced ? "" : " ", notice);
}

static int
check_words(const struct config *config, const struct compose_text *out, enum reason *why,
	    char fault[256])
{
	const struct catalog_text *t = out->template;
	struct config_fault word;

	if (!config_forbids(config, t->language, (int)t->class, out->text, out->len, &word))
		return 0;
	*why = REASON_WORDING;
	snprintf(fault, 256, "%s: %.200s", t->file, word.text);
	return -EINVAL;
}

/* Template and account to text, before any rule looks at it. */
static int
fill(struct compose *c, const struct config *config, const struct facts_account *a,
     const struct plan_row *row, const char *name, struct compose_text *out, enum reason *why,
     char fault[256])
{
	struct template_field list[FIELDS];
	struct template_fields fields = {.list = list};
	struct template_fault tf;

	memset(out, 0, sizeof *out);
	out->template =
	    catalog_find(config->catalog, name, a->language, config->lender.languages[0]);
	if (out->template == NULL) {
		*why = REASON_NO_LANGUAGE;
		snprintf(fault, 256,
			 "there is no templates/%s.%s.txt, nor one in the default language", name,
			 a->language);
		return -EINVAL;
	}
	fields.n = fill_fields(c, config, a, row,
			       compose_locale(c, config, out->template->language), list);
	*why = REASON_TEMPLATE_ERROR;
	if (template_render(out->template->body, template_fields_view(&fields), TEMPLATE_TEXT, NULL,
			    c->text, sizeof c->text, &out->len, &tf) != 0) {
		snprintf(fault, 256, "%s:%d:%d: %s", out->template->file, tf.line, tf.col, tf.text);
		return -EINVAL;
	}
	out->text = c->text;
	if (out->len > 0)
		return 0;
	snprintf(fault, 256, "%s: the text is empty", out->template->file);
	return -EINVAL;
}

int
compose_render(struct compose *c, const struct config *config, const struct facts_account *a,
	       const struct plan_row *row, const char *name, const struct config_route *route,
	       struct compose_text *out, enum reason *why, char fault[256])
{
	if (fill(c, config, a, row, name, out, why, fault) != 0)
		return -EINVAL;
	add_notice(c, config, out);
	if (check_words(config, out, why, fault) != 0)
		return -EINVAL;
	if (measure(out, route) != 0) {
		snprintf(fault, 256, "%s: the text is not UTF-8", out->template->file);
		return -EINVAL;
	}
	if (out->size.segments > out->options.max_parts) {
		snprintf(
		    fault, 256,
		    "%s: the text takes %u segments and may take %u: shorten it, or set max_parts",
		    out->template->file, out->size.segments, out->options.max_parts);
		return -EINVAL;
	}
	*why = REASON_NONE;
	return 0;
}

int
compose_prose(struct compose *c, const struct config *config, const struct facts_account *a,
	      const struct plan_row *row, const char *name, struct compose_text *out,
	      enum reason *why, char fault[256])
{
	if (fill(c, config, a, row, name, out, why, fault) != 0 ||
	    check_words(config, out, why, fault) != 0)
		return -EINVAL;
	*why = REASON_NONE;
	return 0;
}

int
compose_split(struct compose *c, const struct compose_text *text, uint8_t reference,
	      const struct sms_parts **out)
{
	*out = &c->parts;
	return sms_split(text->text, text->len, &text->options, reference, &c->parts);
}
