/* dunlin import: a list into the store.  What is wrong with it goes to standard error by line; what
 * became of it is one sentence, or with --json one object. */
#include "cli.h"
#include "jsonl.h"
#include "taker.h"

#include "gateway/base/complaint.h"
#include "gateway/base/utf8.h"
#include "gateway/import/import.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SHOWN       50  /* mistakes printed for people */
#define BAR_EVERY   100 /* milliseconds between two looks at the progress bar */
#define CLOSE_TENTH 10  /* closing more than a tenth of the open amounts asks for --yes */

struct run {
	const struct cli_call *call;
	struct taker_import import;
	char file[256]; /* as it was named, UTF-8 */
	bool strict, dry, yes;
	struct client *client;
	struct config *config;
	struct import *source;
	struct taker *taker;
	struct complaints wrong;
	struct intake_counts counts;
	int64_t refused;   /* rows, by the file or by the store */
	int first_differs; /* line of the first row that contradicts another */
	int64_t id, at;    /* once taken */
	int64_t bar_at;    /* when the bar was drawn last; 0: there is none */
};

/* ---- the progress bar ---- */

static int64_t
milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
draw_bar(struct run *r)
{
	static const char full[] = "##############################";
	enum { WIDTH = sizeof full - 1 };
	struct import_totals t = import_totals(r->source);
	int64_t now = milliseconds();
	int done;

	if (r->bar_at == 0 || now - r->bar_at < BAR_EVERY)
		return;
	r->bar_at = now;
	if (t.size <= 0) {
		fprintf(stderr, "\r%" PRId64 " rows ", t.rows);
		return;
	}
	done = (int)(t.bytes * WIDTH / t.size);
	if (done > WIDTH)
		done = WIDTH;
	fprintf(stderr, "\r[%.*s%*s] %3d %%  %" PRId64 " rows ", done, full, WIDTH - done, "",
		(int)(t.bytes * 100 / t.size), t.rows);
}

static void
wipe_bar(struct run *r)
{
	if (r->bar_at != 0)
		fputs("\r\033[K", stderr);
	r->bar_at = 0;
}

/* ---- what is wrong ---- */

static int
by_line(const void *a, const void *b)
{
	const struct complaint *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return (x->col > y->col) - (x->col < y->col);
}

static void
print_wrong(struct run *r)
{
	const struct complaints *list = &r->wrong;
	size_t all = list->errors + list->warnings, shown = list->n < SHOWN ? list->n : SHOWN;
	struct complaint lines[SHOWN];
	/* Digits a person is known by are shown nowhere. */
	bool secret = r->source != NULL && import_has_check(r->source);

	for (size_t i = 0; i < shown; i++) {
		lines[i] = list->items[i];
		if (lines[i].line > 0 && lines[i].col == 0)
			lines[i].col = 1; /* of the row as a whole: it begins there */
	}
	complaint_print(stderr, &(struct complaints){.items = lines, .n = shown, .errors = shown},
			secret ? COMPLAINT_NO_SOURCE : NULL);
	if (all > shown)
		fprintf(stderr, "and %zu more; --json lists %s\n", all - shown,
			list->n < all ? "more of them" : "all");
	if (r->counts.differs > 0)
		fprintf(
		    stderr,
		    "%s:%d: warning: rows of one account differ in more than their amount, here "
		    "and in %" PRId64 " others: the first row of an account counts\n",
		    r->file, r->first_differs, r->counts.differs - 1);
}

/* ---- what became of it ---- */

static const char *
plural(int64_t n)
{
	return n == 1 ? "" : "s";
}

static void
print_people(const struct run *r)
{
	const struct intake_counts *c = &r->counts;

	if (r->id != 0)
		printf("imports/%" PRId64 ": ", r->id);
	else if (r->dry)
		printf("dry run, nothing was taken: ");
	printf("%s: %" PRId64 " row%s taken", r->file, c->taken, plural(c->taken));
	if (r->import.kind == INTAKE_ACCOUNTS)
		printf(" (%" PRId64 " new account%s)", c->fresh, plural(c->fresh));
	printf(", %" PRId64 " known, %" PRId64 " refused", c->known, r->refused);
	if (r->import.kind == INTAKE_ACCOUNTS)
		printf(", %" PRId64 " closed; %" PRId64 " open amount%s not in the file", c->closed,
		       c->missing, c->missing == 1 ? " was" : "s were");
	printf("\n");
}

static void
json_wrong(struct jsonl *j, const struct complaints *list, bool warning, const char *key)
{
	jsonl_open(j, key, '[');
	for (size_t i = 0; i < list->n; i++) {
		const struct complaint *c = &list->items[i];

		if (c->warning != warning)
			continue;
		jsonl_open(j, NULL, '{');
		jsonl_int(j, "line", c->line);
		if (c->col > 0)
			jsonl_int(j, "column", c->col);
		else
			jsonl_null(j, "column");
		jsonl_text(j, "reason", c->text);
		jsonl_close(j, '}');
	}
	jsonl_close(j, ']');
}

static int
print_json(const struct run *r)
{
	const struct intake_counts *c = &r->counts;
	struct jsonl j = {0};
	int rc;

	jsonl_open(&j, NULL, '{');
	if (r->id != 0)
		jsonl_int(&j, "id", r->id);
	else
		jsonl_null(&j, "id");
	jsonl_text(&j, "kind", intake_kind_word(r->import.kind));
	jsonl_text(&j, "file", r->file);
	jsonl_time(&j, "at", r->at, &r->config->lender.zone);
	jsonl_text(&j, "by", r->import.by);
	jsonl_int(&j, "taken", c->taken);
	jsonl_int(&j, "known", c->known);
	jsonl_int(&j, "refused", r->refused);
	jsonl_int(&j, "closed", c->closed);
	jsonl_bool(&j, "undone", false);
	jsonl_text(&j, "mode", intake_mode_word(r->import.mode));
	jsonl_int(&j, "rows", import_totals(r->source).rows);
	jsonl_int(&j, "new_accounts", c->fresh);
	jsonl_int(&j, "open", c->open);
	jsonl_int(&j, "not_in_file", c->missing);
	jsonl_int(&j, "differing", c->differs);
	jsonl_bool(&j, "dry_run", r->dry);
	json_wrong(&j, &r->wrong, false, "mistakes");
	json_wrong(&j, &r->wrong, true, "warnings");
	jsonl_close(&j, '}');
	jsonl_line(&j);
	rc = jsonl_write(&j, stdout);
	jsonl_clear(&j);
	return rc == 0 ? CLI_DONE : cli_fail(CLI_FAILED, "the answer could not be written");
}

/* ---- rows ---- */

/* Puts the store's refusals beside the file's own. */
static void
note_outcomes(struct run *r, const struct import_batch *batch)
{
	char why[384];

	for (size_t i = 0; i < batch->n; i++) {
		const struct intake_row *row = &batch->rows[i];

		if (row->differs && r->first_differs == 0)
			r->first_differs = row->line;
		if (row->outcome <= INTAKE_KNOWN || row->shield)
			continue;
		import_refusal(row, why, sizeof why);
		complaint_add(&r->wrong, r->file, row->line, 0, "%s", why);
	}
}

/* With --strict one mistake is enough; the rest of the file is still read, so that all of them are
 * found in one run. */
static int
take_rows(struct run *r)
{
	struct import_batch batch;
	int status = CLI_DONE;

	while (status == CLI_DONE) {
		if (import_next(r->source, &batch, &r->wrong) != 0)
			return CLI_FAILED;
		if (batch.n == 0)
			break;
		status = taker_rows(r->taker, batch.rows, batch.n, &r->counts);
		if (status == CLI_DONE)
			note_outcomes(r, &batch);
		draw_bar(r);
	}
	r->refused = import_totals(r->source).refused + r->counts.refused;
	return status;
}

/* Is there a reason to take nothing?  CLI_REFUSED with the words printed. */
static int
decide(const struct run *r)
{
	const struct intake_counts *c = &r->counts;
	int64_t nameless = import_totals(r->source).nameless;

	if (r->strict && r->refused > 0)
		return cli_fail(CLI_REFUSED,
				"%" PRId64 " row%s refused: with --strict nothing was taken",
				r->refused, r->refused == 1 ? " was" : "s were");
	if (r->refused > 0 && c->taken + c->known == 0)
		return cli_fail(CLI_REFUSED, "no row could be taken");
	if (c->closed > 0 && nameless > 0)
		return cli_fail(CLI_REFUSED,
				"%" PRId64 " row%s could not be read, so it cannot be told whose "
				"amounts are missing: correct them first; nothing was taken",
				nameless, plural(nameless));
	if (!r->yes && c->closed > c->open / CLOSE_TENTH)
		return cli_fail(CLI_REFUSED,
				"this would close %" PRId64 " of %" PRId64
				" open amounts, since they are not in the file: if that is right, "
				"say --yes; nothing was taken",
				c->closed, c->open);
	return CLI_DONE;
}

static int
take(struct run *r)
{
	struct taker_file file = {.digest = import_digest(r->source)};
	int status = taker_open(&r->taker, r->client, &r->import);

	if (status == CLI_DONE)
		status = take_rows(r);
	if (status == CLI_DONE)
		status = taker_sweep(r->taker, &r->counts);
	wipe_bar(r);
	if (r->wrong.n > 0)
		qsort(r->wrong.items, r->wrong.n, sizeof r->wrong.items[0], by_line);
	if (!r->call->json || status == CLI_FAILED)
		print_wrong(r);
	if (status != CLI_DONE || (status = decide(r)) != CLI_DONE || r->dry)
		return status;
	file.rows = import_totals(r->source).rows;
	file.refused = r->refused;
	status = taker_finish(r->taker, &file, &r->id, &r->at);
	if (status != CLI_DONE)
		r->id = 0;
	return status;
}

/* ---- the command ---- */

/* File names may be any bytes; what goes into the store and into JSON is UTF-8. */
static void
name_file(struct run *r, const char *path)
{
	size_t len;

	snprintf(r->file, sizeof r->file, "%s", path);
	len = utf8_cut(r->file, strlen(r->file), sizeof r->file - 1);
	r->file[len] = '\0';
	for (size_t i; (i = utf8_valid(r->file, len)) < len;)
		r->file[i] = '?';
}

static int
read_options(struct run *r)
{
	const struct cli_call *call = r->call;
	const char *mode = cli_option(call, NULL, "mode");
	int kind = intake_kind_of(call->argv[0]);
	int m = mode != NULL ? intake_mode_of(mode) : INTAKE_UPDATE;

	if (kind < 0)
		return cli_usage(call, "what is `%s`? say accounts, payments, plans or results",
				 call->argv[0]);
	if (m < 0)
		return cli_usage(call, "--mode is update, replace or complete, not `%s`", mode);
	if (kind == INTAKE_PAYMENTS && m != INTAKE_UPDATE)
		return cli_usage(call, "--mode is for lists of accounts");
	name_file(r, call->argv[1]);
	r->import = (struct taker_import){.kind = (enum intake_kind)kind,
					  .mode = (enum intake_mode)m,
					  .file = r->file,
					  .by = call->by};
	r->strict = cli_option(call, NULL, "strict") != NULL;
	r->dry = cli_option(call, NULL, "dry-run") != NULL;
	r->yes = cli_option(call, NULL, "yes") != NULL;
	r->bar_at = !call->json && isatty(STDERR_FILENO) ? milliseconds() : 0;
	return CLI_DONE;
}

static int
open_source(struct run *r)
{
	int rc = import_open(&r->source, r->config, r->import.kind, r->call->argv[1], r->file,
			     &r->wrong);

	if (rc == 0)
		return CLI_DONE;
	wipe_bar(r);
	print_wrong(r);
	return rc == -EINVAL ? CLI_REFUSED : CLI_FAILED;
}

int
cli_import(const struct cli_call *call)
{
	struct run r = {.call = call};
	int status;

	if (strcmp(call->argv[0], "plans") == 0)
		return cli_import_plans(call);
	if (strcmp(call->argv[0], "results") == 0)
		return cli_import_results(call);
	if ((status = read_options(&r)) == CLI_DONE)
		status = client_open(&r.client, call->home);
	if (status == CLI_DONE)
		status = client_config(r.client, &r.config);
	if (status == CLI_DONE)
		status = open_source(&r);
	if (status == CLI_DONE) {
		status = take(&r);
		if (call->json && status != CLI_FAILED)
			status = print_json(&r) == CLI_DONE ? status : CLI_FAILED;
		else if (status == CLI_DONE)
			print_people(&r);
	}
	taker_close(r.taker);
	import_close(r.source);
	client_close(r.client);
	complaint_clear(&r.wrong);
	return status;
}
