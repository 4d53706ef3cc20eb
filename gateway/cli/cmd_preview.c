/* dunlin template preview */
#include "gateway/base/complaint.h"
#include "gateway/base/money.h"
#include "gateway/person/approval.h"
#include "gateway/person/compose.h"
#include "modem/sms_costly.h"
#include "rows.h"
#include "show.h"
#include "templates/template.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define PREVIEW 11
#define NAMES   64

static const struct rows_column columns[PREVIEW] = {
    {.key = "template"}, {.key = "language"}, {.key = "text"}, {.key = "encoding"},
    {.key = "segments"}, {.key = "units"},    {.key = "left"}, {.key = "price_minor"},
    {.key = "costly"},   {.key = "currency"}, {.key = "class"}};

struct preview {
	struct show show;
	struct compose *compose;
	struct rows rows;
	const char *name; /* of the template */
	int shown;
	struct complaints faults;
};

/* ---- one text ---- */

struct costs {
	struct rows *rows;
	int n;
};

static void
on_costly_json(void *context, const char *character, const char *instead)
{
	struct costs *c = context;

	jsonl_open(&c->rows->j, NULL, '{');
	jsonl_text(&c->rows->j, "char", character);
	jsonl_text(&c->rows->j, "instead", instead);
	jsonl_close(&c->rows->j, '}');
}

static void
on_costly_people(void *context, const char *character, const char *instead)
{
	struct costs *c = context;

	if (c->n++ == 0)
		fputs("  what makes it UCS-2, at less than half the characters a segment:\n",
		      stdout);
	if (instead == NULL)
		printf("    %s  has no short form in the plain alphabet\n", character);
	else if (instead[0] == '\0')
		printf("    %s  leave it out\n", character);
	else
		printf("    %s  write %s\n", character, instead);
}

static void
show_json(struct preview *p, const struct compose_text *t)
{
	struct rows *r = &p->rows;
	struct costs costs = {.rows = r};

	rows_begin(r);
	rows_text(r, t->template->name);
	rows_text(r, t->template->language);
	rows_text(r, t->text);
	rows_text(r, sms_encoding_name(t->size.encoding));
	rows_int(r, t->size.segments);
	rows_int(r, t->size.units);
	rows_int(r, t->size.left);
	if (t->price == CONFIG_PRICE_UNKNOWN)
		rows_null(r);
	else
		rows_int(r, money_price_round(t->price, p->show.config->lender.digits));
	jsonl_open(&r->j, rows_key(r), '[');
	sms_costly(t->text, t->len, &t->options, on_costly_json, &costs);
	jsonl_close(&r->j, ']');
	rows_nested(r, NULL);
	rows_text(r, p->show.config->lender.currency);
	rows_text(r, catalog_class_word(t->template->class));
	rows_end(r);
}

/* The text as a telephone shows it, its lines set in. */
static void
print_text(const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		printf("  | %.*s\n", (int)len, text);
		text += len + (text[len] == '\n');
	}
}

static const char *
unit_of(enum sms_encoding encoding)
{
	return encoding == SMS_GSM7 ? "septets" : encoding == SMS_UCS2 ? "16-bit units" : "octets";
}

/* A text of class warn or legal: may it go as it is now? */
static void
show_approval(struct preview *p, const struct catalog_text *text)
{
	struct store *store = p->show.store;
	char fault[256];
	bool given;

	if (store == NULL || list_lock(store) != 0)
		return;
	given = approval_given(store, text, fault);
	list_unlock(store);
	printf("  class %s, ", catalog_class_word(text->class));
	if (given)
		puts("approved");
	else
		printf("not approved: dunlin template approve %s --by WHO\n", text->name);
}

static void
show_people(struct preview *p, const struct compose_text *t)
{
	struct costs costs = {.rows = &p->rows};
	char price[MONEY_TEXT];

	printf("%s%s in %s (%s)\n", p->shown++ > 0 ? "\n" : "", t->template->name,
	       t->template->language, t->template->file);
	print_text(t->text);
	printf("  %s, %u %s in %u segment%s, %u left", sms_encoding_name(t->size.encoding),
	       t->size.units, unit_of(t->size.encoding), t->size.segments,
	       t->size.segments == 1 ? "" : "s", t->size.left);
	if (t->price != CONFIG_PRICE_UNKNOWN) {
		money_price_format(t->price, price);
		printf(", %s %s", p->show.config->lender.currency, price);
	}
	putchar('\n');
	if (approval_needed(t->template))
		show_approval(p, t->template);
	sms_costly(t->text, t->len, &t->options, on_costly_people, &costs);
}

/* A fault of the renderer is "FILE:LINE:COL: what", which is shown with its line like any other. */
static void
add_fault(struct preview *p, const char *file, const char *fault)
{
	size_t len = strlen(file);
	int line = 0, col = 0;
	char *end;

	if (strncmp(fault, file, len) == 0 && fault[len] == ':') {
		fault += len + 1;
		line = (int)strtol(fault, &end, 10);
		if (end != fault && *end == ':') {
			col = (int)strtol(end + 1, &end, 10);
			fault = end + (*end == ':');
		}
		fault += strspn(fault, " ");
	}
	complaint_add(&p->faults, file, line, col, "%s", fault);
}

static void
show_text(struct preview *p, const struct facts_account *a, const struct plan_row *row,
	  const struct config_route *route)
{
	struct compose_text text;
	char fault[256];
	enum reason why;

	if (compose_render(p->compose, p->show.config, a, row, p->name, route, &text, &why,
			   fault) != 0)
		add_fault(p, text.template != NULL ? text.template->file : "templates", fault);
	else if (p->rows.json)
		show_json(p, &text);
	else
		show_people(p, &text);
}

/* ---- for an account ---- */

static int
preview_account(struct preview *p, const char *ref)
{
	struct show *s = &p->show;
	const struct plan_account *plan;
	const struct facts_account *a;
	struct plan_row row;
	int status = show_borrower(s, ref, &row);

	if (status != CLI_DONE)
		return status;
	a = facts_account(s->facts, row.account);
	plan = &facts_person(s->facts)->accounts[row.account];
	if (plan->n_amounts > 0) {
		size_t at = row.sums.index >= 0 ? (size_t)row.sums.index : plan->n_amounts - 1;

		row.due = plan->amounts[at].due;
		row.step_amount = plan->amounts[at].left;
	}
	show_text(p, a, &row, a->route >= 0 ? &s->config->routes[a->route] : NULL);
	return CLI_DONE;
}

/* ---- for a made-up borrower ---- */

/* Columns of the lists that only the lender knows: each stands for itself. */
static int
add_column(void *ctx, const char *name, int line, int col)
{
	json_t *extra = ctx;

	(void)line;
	(void)col;
	if (catalog_field_known(name, strlen(name)))
		return 0;
	return json_object_set_new(extra, name, json_string(name));
}

/* The day of the first step that says it, so that a text of before the due date speaks of one. */
static int
day_of_step(const struct config *config, const char *template)
{
	for (size_t i = 0; i < config->n_campaigns; i++)
		for (size_t k = 0; k < config->campaigns[i]->n_steps; k++) {
			const struct campaign_step *step = &config->campaigns[i]->steps[k];

			if (step->channel == CAMPAIGN_SMS && strcmp(step->name, template) == 0)
				return step->day;
		}
	return 7;
}

static const struct config_route *
route_of_number(const struct config *config, const char *number)
{
	const struct config_route *best = NULL;
	int longest = -1;

	for (size_t i = 0; i < config->n_routes; i++) {
		int match = config_route_match(config, &config->routes[i], number);

		if (match > longest) {
			longest = match;
			best = &config->routes[i];
		}
	}
	return best;
}

static void
preview_made_up(struct preview *p, const struct catalog_text *text)
{
	const struct config_lender *lender = &p->show.config->lender;
	int day = day_of_step(p->show.config, p->name);
	int64_t owed = 1250;
	char number[32];
	json_t *columns_of = json_object();
	char *extra;
	struct facts_account a = {.ref = "1001",
				  .name = "Alex Cruz",
				  .currency = lender->currency,
				  .digits = lender->digits,
				  .language = text->language,
				  .timezone = lender->timezone,
				  .product = "product",
				  .segment = "segment",
				  .risk = "risk",
				  .cause = "cause",
				  .person_id = "P-1001"};
	struct plan_row row = {.on = show_today(&p->show)};

	for (int i = 0; i < lender->digits; i++)
		owed *= 10;
	row.due = row.on - day;
	row.step_amount = owed;
	row.sums = (struct debt_sums){
	    .due_now = owed, .arrears = owed, .oldest = owed, .balance = 2 * owed, .dpd = day};
	snprintf(number, sizeof number, "%s9001234567", lender->prefix);
	a.number = a.phones = number;
	template_each_field(text->body, add_column, columns_of);
	extra = json_dumps(columns_of, JSON_COMPACT);
	json_decref(columns_of);
	a.extra = extra != NULL ? extra : "";
	show_text(p, &a, &row, route_of_number(p->show.config, number));
	free(extra);
}

/* ---- the command ---- */

static int
no_such_template(const struct catalog *catalog, const char *name)
{
	const char *names[NAMES + 1], *near;
	size_t n = 0;

	for (size_t i = 0; i < catalog_count(catalog) && n < NAMES; i++)
		names[n++] = catalog_at(catalog, i)->name;
	names[n] = NULL;
	near = complaint_nearest(name, names);
	return near != NULL ? cli_fail(CLI_REFUSED, "there is no template `%s`; did you mean `%s`?",
				       name, near)
			    : cli_fail(CLI_REFUSED, "there is no file templates/%s.LANG.txt", name);
}

static int
preview(struct preview *p)
{
	const struct catalog *catalog = p->show.config->catalog;
	const char *account = cli_option(p->show.call, NULL, "account");
	int status = CLI_DONE, ended;

	if (!catalog_has(catalog, p->name))
		return no_such_template(catalog, p->name);
	p->rows.out = stdout;
	if (p->show.call->json)
		rows_open(&p->rows, stdout, true, columns, PREVIEW);
	if (account != NULL)
		status = preview_account(p, account);
	for (size_t i = 0; account == NULL && i < catalog_count(catalog); i++)
		if (strcmp(catalog_at(catalog, i)->name, p->name) == 0)
			preview_made_up(p, catalog_at(catalog, i));
	ended = rows_close(&p->rows, NULL);
	if (p->faults.errors > 0)
		config_print_complaints(stderr, &p->faults, p->show.config->home);
	if (status == CLI_DONE)
		status = ended != CLI_DONE ? ended : p->faults.errors > 0 ? CLI_REFUSED : CLI_DONE;
	return status;
}

int
cli_template_preview(const struct cli_call *call)
{
	struct preview p = {.name = call->argv[0]};
	int status = show_open_checked(&p.show, call);

	if (status != CLI_DONE)
		return status;
	if ((p.compose = compose_new()) != NULL)
		status = preview(&p);
	else
		status = cli_fail(CLI_FAILED, "out of memory");
	complaint_clear(&p.faults);
	compose_free(p.compose);
	show_close(&p.show);
	return status;
}
