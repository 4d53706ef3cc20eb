/* What may not stand in a text: the program's own list, asked of every template as it is written.
 * compose.c asks again of what was rendered. */
#include "config_parts.h"
#include "gateway/base/catalog.h"
#include "schedule/wording.h"
#include "templates/template.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

extern const char embed_wording_yaml[];

#define EMBEDDED "wording.yaml"

/* --- the list ------------------------------------------------------------------------------- */

static const char *const kinds[WORDING_KINDS + 1] = {"threat", "shame",  "legal",
						     "bureau", "optout", NULL};

/* One key of a language. The list is the program's own: a mistake in it is a bug. */
static void
read_key(struct config_parts *p, struct wording *words, const char *language,
	 const struct yaml_node *key, struct config_notice *notice)
{
	const char *const *phrases = NULL;
	size_t n = 0;
	int kind = 0;

	if (strcmp(key->text, "notice") == 0) {
		notice->language = language;
		yaml_text(&p->yaml, key->value, key->text, &notice->text);
		return;
	}
	yaml_word(&p->yaml, key, "a kind of words", kinds, &kind);
	yaml_texts(&p->yaml, key->value, key->text, &phrases, &n);
	for (size_t i = 0; i < n; i++)
		if (wording_add(words, language, (enum wording_kind)kind, phrases[i]) != 0)
			yaml_wrong(&p->yaml, key->value, "`%.60s` is no phrase", phrases[i]);
}

void
config_read_wording(struct config_parts *p)
{
	struct config *config = p->config;
	const char *file = p->yaml.file;
	const struct yaml_node *root = NULL;
	struct config_notice *notices;
	struct wording *words = wording_new();

	p->yaml.file = EMBEDDED;
	if (words == NULL || yaml_parse(&p->scratch, embed_wording_yaml, strlen(embed_wording_yaml),
					EMBEDDED, &root, p->complaints) != 0)
		complaint_add(p->complaints, EMBEDDED, 0, 0, "cannot be taken in");
	notices = arena_array(p->arena, root != NULL ? root->n : 0, sizeof(*notices));
	for (const struct yaml_node *l = root != NULL && words != NULL ? root->first : NULL;
	     l != NULL; l = l->next) {
		const char *language = arena_text(p->arena, l->text, l->len);

		for (const struct yaml_node *k = l->value->first; k != NULL; k = k->next)
			read_key(p, words, language, k, &notices[config->n_notices]);
		config->n_notices += notices[config->n_notices].text != NULL;
	}
	config->notices = notices;
	config->wording = words;
	p->yaml.file = file;
}

/* --- asking it ------------------------------------------------------------------------------ */

/* What a text of a class may not hold. */
static unsigned
forbidden(int class)
{
	unsigned kinds_of = WORDING_BIT(WORDING_THREAT) | WORDING_BIT(WORDING_SHAME);

	if (class != CATALOG_LEGAL)
		kinds_of |= WORDING_BIT(WORDING_LEGAL);
	if (class != CATALOG_LEGAL && class != CATALOG_WARN)
		kinds_of |= WORDING_BIT(WORDING_BUREAU);
	return kinds_of;
}

static const char *
why_not(enum wording_kind kind)
{
	switch (kind) {
	case WORDING_THREAT: return "reads as a threat: say what is owed and how to pay";
	case WORDING_SHAME: return "speaks of telling others: a debt is the borrower's alone";
	case WORDING_LEGAL:
		return "speaks of the law: such a text begins with {{! class: legal }} and is "
		       "approved by name";
	default:
		return "speaks of credit records: such a text begins with {{! class: warn }} and "
		       "is approved by name";
	}
}

bool
config_forbids(const struct config *config, const char *language, int class, const char *text,
	       size_t len, struct config_fault *fault)
{
	struct wording_found found;

	if (!wording_find(config->wording, language, forbidden(class), text, len, &found))
		return false;
	fault->at = found.at;
	snprintf(fault->text, sizeof(fault->text), "`%.*s` %s", (int)found.len, text + found.at,
		 why_not(found.kind));
	return true;
}

const char *
config_notice(const struct config *config, const char *language, const char *text, size_t len)
{
	struct wording_found found;
	const char *base = NULL;

	if (config->policy.opt_out == NULL ||
	    wording_find(config->wording, language, WORDING_BIT(WORDING_OPTOUT), text, len, &found))
		return NULL;
	for (size_t i = 0; i < config->n_notices; i++) {
		const struct config_notice *n = &config->notices[i];
		size_t tag = strlen(n->language);

		if (strcmp(n->language, language) == 0)
			return n->text;
		if (strncmp(n->language, language, tag) == 0 && language[tag] == '-')
			base = n->text;
	}
	return base != NULL ? base : config->policy.opt_out;
}

/* --- templates ------------------------------------------------------------------------------ */

struct lint {
	struct config_parts *p;
	const struct catalog_text *text;
	bool lender; /* the text names the lender */
	bool opt_out;
};

/* The place of a byte of a stretch that begins at line and column. */
static void
place(const char *text, size_t at, int *line, int *col)
{
	for (size_t i = 0; i < at; i++) {
		if (text[i] == '\n') {
			(*line)++;
			*col = 1;
		} else if (((unsigned char)text[i] & 0xc0) != 0x80) {
			(*col)++;
		}
	}
}

static int
on_text(void *ctx, const char *text, size_t len, int line, int col)
{
	struct lint *l = ctx;
	const struct config *config = l->p->config;
	const char *name = config->lender.name;
	struct wording_found found;
	struct config_fault fault;
	size_t from = 0;

	while (config_forbids(config, l->text->language, (int)l->text->class, text + from,
			      len - from, &fault)) {
		place(text + from, fault.at, &line, &col);
		complaint_add(l->p->complaints, l->text->file, line, col, "%s", fault.text);
		from += fault.at + 1;
		while (from < len && ((unsigned char)text[from] & 0xc0) == 0x80)
			from++;
		col++;
	}
	l->opt_out = l->opt_out || wording_find(config->wording, l->text->language,
						WORDING_BIT(WORDING_OPTOUT), text, len, &found);
	l->lender = l->lender || memmem(text, len, name, strlen(name)) != NULL;
	return 0;
}

static int
on_field(void *ctx, const char *name, int line, int col)
{
	struct lint *l = ctx;

	(void)line;
	(void)col;
	l->lender = l->lender || strcmp(name, "lender") == 0;
	return 0;
}

void
config_lint_templates(struct config_parts *p)
{
	const struct config *config = p->config;

	for (size_t i = 0; i < catalog_count(config->catalog); i++) {
		struct lint l = {.p = p, .text = catalog_at(config->catalog, i)};
		const char *notice;

		template_each_text(l.text->body, on_text, &l);
		template_each_field(l.text->body, on_field, &l);
		if (config->policy.names_lender && !l.lender)
			complaint_warn(p->complaints, l.text->file, 1, 1,
				       "does not say who writes: put {{lender}} into it");
		notice = l.opt_out ? NULL : config_notice(config, l.text->language, "", 0);
		if (notice != NULL)
			complaint_warn(p->complaints, l.text->file, 1, 1,
				       "does not say how to stop the texts, as the contact rules "
				       "ask: \"%s\" will be added to it",
				       notice);
	}
}
