#include "check.h"
#include "unselected.h"

#include "gateway/base/catalog.h"
#include "gateway/base/complaint.h"
#include "gateway/call/recordings.h"
#include "gateway/command/command.h"
#include "gateway/config/config.h"
#include "gateway/config/config_preset.h"
#include "gateway/person/approval.h"
#include "gateway/store/columns.h"
#include "templates/locale.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DONE = 0, MISTAKES = 1, FAILED = 3 };

/* ICU answers in English for languages it does not know; better to hear it now. */
static bool
has_forms(const char *language)
{
	struct locale *locale;
	int rc = locale_open(&locale, language);

	if (rc == 0)
		locale_close(locale);
	return rc != -ENOENT && rc != -EINVAL;
}

static void
check_languages(const struct config *config, struct complaints *complaints)
{
	const struct config_lender *lender = &config->lender;

	for (size_t i = 0; i < lender->n_languages; i++)
		if (!has_forms(lender->languages[i])) {
			bool placed = lender->language_at != NULL;

			complaint_add(
			    complaints, "dunlin.yaml", placed ? lender->language_at[i].line : 0,
			    placed ? lender->language_at[i].col : 0,
			    "there are no forms for money and dates in `%s`", lender->languages[i]);
		}
	for (size_t i = 0; i < catalog_count(config->catalog); i++) {
		const struct catalog_text *text = catalog_at(config->catalog, i);

		if (!has_forms(text->language))
			complaint_add(complaints, text->file, 0, 0,
				      "there are no forms for money and dates in `%s`",
				      text->language);
	}
}

/* ---- what the store knows ---- */

/* Columns of the imported lists, and who approved what: NULL and nothing where there is no store
 * yet, or none that can be read now. */
struct known {
	struct store *store;
	char *names[COLUMNS_MAX];
	struct catalog_columns columns;
};

static void
known_open(struct known *k, const char *home)
{
	struct complaints silent = {0};
	struct config *config = NULL;
	char error[256];
	int n;

	memset(k, 0, sizeof *k);
	if (config_load_lender(home, &config, &silent) == 0 &&
	    store_open(&k->store, config->store, STORE_READ, error) == 0 &&
	    (n = columns_known(k->store, k->names)) > 0) {
		k->columns.names = (const char *const *)k->names;
		k->columns.n = (size_t)n;
	}
	config_unref(config);
	complaint_clear(&silent);
}

static void
known_close(struct known *k)
{
	for (size_t i = 0; i < k->columns.n; i++)
		free(k->names[i]);
	if (k->store != NULL)
		store_close(k->store);
}

static void
check_approvals(const struct config *config, struct store *store, struct complaints *complaints)
{
	char fault[256];

	for (size_t i = 0; i < catalog_count(config->catalog); i++) {
		const struct catalog_text *text = catalog_at(config->catalog, i);

		if (!approval_given(store, text, fault))
			complaint_warn(complaints, text->file, 1, 1, "%s", fault);
	}
}

/* Presets that nobody looked at for long, by the store's clock or the system's. */
static void
check_reviews(const struct config *config, struct store *store, struct complaints *complaints)
{
	int64_t now = (int64_t)time(NULL) * 1000;
	char kind[16] = "";

	if (store != NULL && store_meta_text(store, META_CLOCK, kind, sizeof kind) &&
	    strcmp(kind, "schedule") == 0)
		now = store_meta_int(store, META_CLOCK_AT, now);
	config_presets_review(config, civil_local(&config->lender.zone, now).day, complaints);
}

static const char *
plural(size_t n)
{
	return n == 1 ? "" : "s";
}

/* Nobody is to be left out by a slip in a `select:`. */
static void
check_selected(const struct config *config, struct store *store, struct complaints *complaints)
{
	struct timespec t;
	int64_t n, now;

	if (store == NULL || config->n_campaigns == 0)
		return;
	clock_gettime(CLOCK_REALTIME, &t);
	now = command_now(store, (int64_t)t.tv_sec * 1000);
	if ((n = unselected_count(store, config, now)) > 0)
		complaint_warn(complaints, "campaigns", 0, 0,
			       "%lld account%s no campaign selects: dunlin accounts --unselected",
			       (long long)n, plural((size_t)n));
}

static void
print_json(const struct complaints *complaints, FILE *out)
{
	for (size_t i = 0; i < complaints->n; i++) {
		const struct complaint *c = &complaints->items[i];
		json_t *row = json_pack("{s:s, s:o, s:o, s:s, s:s}", "file", c->file, "line",
					c->line > 0 ? json_integer(c->line) : json_null(), "column",
					c->col > 0 ? json_integer(c->col) : json_null(), "severity",
					c->warning ? "warning" : "error", "text", c->text);

		if (row != NULL && json_dumpf(row, out, JSON_COMPACT) == 0)
			fputc('\n', out);
		json_decref(row);
	}
}

static void
print_summary(const struct config *config, size_t warnings, FILE *out)
{
	size_t steps = 0, texts = catalog_count(config->catalog);

	for (size_t i = 0; i < config->n_campaigns; i++)
		steps += config->campaigns[i]->n_steps;
	fprintf(out, "ok: %s, %zu campaign%s with %zu step%s, %zu text%s, %zu route%s",
		config->lender.name, config->n_campaigns, plural(config->n_campaigns), steps,
		plural(steps), texts, plural(texts), config->n_routes, plural(config->n_routes));
	if (config->live)
		fputs("; live", out);
	else
		fprintf(out, "; not live: only %zu test number%s", config->n_test_numbers,
			plural(config->n_test_numbers));
	if (warnings > 0)
		fprintf(out, "; %zu warning%s", warnings, plural(warnings));
	fputc('\n', out);
}

int
check_home(const char *home, bool json, FILE *out, FILE *err)
{
	struct complaints complaints = {0};
	struct config *config;
	struct known known;
	bool good;
	int rc;

	known_open(&known, home);
	rc = config_load_with(home, known.columns.n > 0 ? &known.columns : NULL, &config,
			      &complaints);
	if (config != NULL) {
		check_languages(config, &complaints);
		recordings_check(config, &complaints);
		check_approvals(config, known.store, &complaints);
		check_reviews(config, known.store, &complaints);
		check_selected(config, known.store, &complaints);
	}
	good = config != NULL && complaints.errors == 0;
	if (json)
		print_json(&complaints, out);
	else
		config_print_complaints(err, &complaints, home);
	if (good && !json)
		print_summary(config, complaints.warnings, out);
	else if (!good && !json)
		fprintf(err, "%zu mistake%s, %zu warning%s\n", complaints.errors,
			plural(complaints.errors), complaints.warnings,
			plural(complaints.warnings));
	config_unref(config);
	known_close(&known);
	complaint_clear(&complaints);
	if (good)
		return DONE;
	return rc == 0 || rc == -EINVAL || rc == -ENOENT ? MISTAKES : FAILED;
}
