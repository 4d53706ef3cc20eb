/* compose.h - from a template and an account to the text, and from a text to what a route sends
 *
 * The one place where rendered text meets splitting: preview, plan and dispatch all ask it.
 *
 * Ownership: a `struct compose` keeps its buffers, open languages and splitting arena; what it
 * gives out is valid until its next call. Thread: one at a time.
 */
#ifndef GATEWAY_COMPOSE_H
#define GATEWAY_COMPOSE_H

#include "facts.h"
#include "gateway/base/catalog.h"
#include "gateway/config/config.h"
#include "modem/sms.h"
#include "templates/locale.h"

#define COMPOSE_TEXT_MAX 8192 /* octets of UTF-8 a text may have */

struct compose;

struct compose *compose_new(void); /* NULL when memory is short */
void compose_free(struct compose *c);

struct compose_text {
	const char *text; /* NUL-terminated UTF-8 */
	size_t len;
	const struct catalog_text *template; /* NULL for free text */
	struct sms_options options;          /* how the route cuts it */
	struct sms_size size;
	int64_t price; /* millionths of the lender's currency, CONFIG_PRICE_UNKNOWN */
};

/* Renders a template for an account as of the day `row` is about (its sums and due date), measured
 * for a route.  0; or -EINVAL with *why (NO_LANGUAGE, TEMPLATE_ERROR, WORDING) and a sentence in
 * `fault`. */
int compose_render(struct compose *c, const struct config *config, const struct facts_account *a,
		   const struct plan_row *row, const char *template,
		   const struct config_route *route, struct compose_text *out, enum reason *why,
		   char fault[256]);

/* The same for a letter or an e-mail: it may be long, and says nothing about STOP. */
int compose_prose(struct compose *c, const struct config *config, const struct facts_account *a,
		  const struct plan_row *row, const char *template, struct compose_text *out,
		  enum reason *why, char fault[256]);

/* Measures free text for a route (NULL: a plain GSM link). 0 or -EILSEQ. */
int compose_measure(const char *text, size_t len, const struct config_route *route,
		    struct compose_text *out);

/* Cuts a composed text into parts: 0, or -EMSGSIZE when it has more than its max_parts. */
int compose_split(struct compose *c, const struct compose_text *text, uint8_t reference,
		  const struct sms_parts **out);

/* Money and dates in a language, for echoes; the lender's default language when ICU has no such. */
const struct locale *compose_locale(struct compose *c, const struct config *config,
				    const char *language);

#endif
