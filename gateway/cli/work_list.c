#include "work_list.h"
#include "list_rows.h"

#include "gateway/base/money.h"
#include "gateway/base/rfc3339.h"
#include "gateway/base/utf8.h"
#include "gateway/person/approval.h"
#include "gateway/person/compose.h"
#include "gateway/store/work.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define STRETCH 200 /* tasks read under one transaction */
#define REPLY   2048

static const char *const first[] = {
    "task_id",    "kind",          "task",    "account_id", "name",      "phone",    "for",
    "due_date",   "amount_due",    "balance", "currency",   "dpd",       "language", "timezone",
    "product",    "segment",       "risk",    "cause",      "person_id", "holds",    "promised",
    "last_reply", "last_reply_at", "message", "text",       "problem"};
static const char *const last[] = {"result", "at", "note", "promise_date", "amount"};

#define N(list) (sizeof list / sizeof *list)

/* Other columns of the lists: what some row of the work has. */
struct names {
	char **name;
	size_t n;
};

struct listing {
	struct show *show;
	struct plan_rules rules;
	struct compose *compose;
	int64_t account, since; /* of one borrower alone (0: all); made then or later */
	int channel;            /* enum campaign_channel, -1: all */
	struct names names;
	int64_t n;
	int64_t *placed; /* tasks handed to outsiders */
	size_t n_placed;
};

/* ---- fields ---- */

static void
put_field(const char *text, char end)
{
	if (text[strcspn(text, ",;\t\"\r\n")] == '\0' && text[0] != ' ') {
		fputs(text, stdout);
	} else {
		putchar('"');
		for (; *text != '\0'; text++) {
			if (*text == '"')
				putchar('"');
			putchar(*text);
		}
		putchar('"');
	}
	if (end == '\n')
		putchar('\r');
	putchar(end);
}

static void
put(const char *text)
{
	put_field(text, ',');
}

static void
put_int(int64_t n)
{
	printf("%" PRId64 ",", n);
}

static void
put_day(int32_t day)
{
	char text[11];

	civil_format_date(day, text);
	put(text);
}

static void
put_money(int64_t minor, int digits)
{
	char text[MONEY_TEXT];

	money_format(minor, digits, text);
	put(text);
}

/* Strangers' words: what a spreadsheet would take for a formula is a text. */
static void
put_foreign(const char *text)
{
	char safe[REPLY + 2];

	snprintf(safe, sizeof safe, "%s%s", strchr("=+-@\t\r", text[0]) && text[0] ? "'" : "",
		 text);
	put(safe);
}

/* ---- other columns ---- */

static bool
is_taken(const char *name)
{
	for (size_t i = 0; i < N(first); i++)
		if (strcmp(first[i], name) == 0)
			return true;
	for (size_t i = 0; i < N(last); i++)
		if (strcmp(last[i], name) == 0)
			return true;
	return false;
}

static int
add_name(struct names *names, const char *name)
{
	char **grown;

	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->name[i], name) == 0)
			return 0;
	if (is_taken(name))
		return 0;
	if ((grown = realloc(names->name, (names->n + 1) * sizeof *grown)) == NULL)
		return UV_ENOMEM;
	names->name = grown;
	if ((grown[names->n] = strdup(name)) == NULL)
		return UV_ENOMEM;
	names->n++;
	return 0;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
add_names(struct listing *l, const struct facts_account *a)
{
	json_t *extra = a->extra[0] != '\0' ? json_loads(a->extra, 0, NULL) : NULL, *value;
	const char *key;
	int rc = 0;

	json_object_foreach(extra, key, value)
	{
		if (rc == 0)
			rc = add_name(&l->names, key);
	}
	json_decref(extra);
	return rc;
}

static void
put_others(const struct listing *l, const struct facts_account *a)
{
	json_t *extra = a != NULL && a->extra[0] != '\0' ? json_loads(a->extra, 0, NULL) : NULL;

	for (size_t i = 0; i < l->names.n; i++) {
		const char *text = json_string_value(json_object_get(extra, l->names.name[i]));

		put(text != NULL ? text : "");
	}
	json_decref(extra);
}

/* ---- one task ---- */

static void
add_hold(void *ctx, const struct list_hold *h)
{
	char *words = ctx;
	size_t len = strlen(words);

	snprintf(words + len, 256 - len, "%s%s", len > 0 ? " " : "", h->word);
}

/* Of a letter or an e-mail: its text as of today, or what stands in its way. */
static void
put_text(struct listing *l, const struct work_row *w, const struct facts_account *a,
	 const struct plan_account *p, const struct debt_sums *sums)
{
	struct plan_row row = {.due = w->due, .sums = *sums};
	struct compose_text text;
	char fault[256] = "";
	enum reason why;

	if (w->channel != CAMPAIGN_LETTER && w->channel != CAMPAIGN_EMAIL) {
		put("");
		put("");
		return;
	}
	row.on = row.own_day = civil_local(p->zone, l->show->now).day;
	for (size_t i = 0; i < p->n_amounts; i++)
		if (p->amounts[i].due == w->due)
			row.step_amount = p->amounts[i].left;
	if (compose_prose(l->compose, l->show->config, a, &row, work_name(w), &text, &why, fault) !=
		0 ||
	    !approval_given(l->show->store, text.template, fault)) {
		put("");
		put(fault);
		return;
	}
	put(text.text);
	put("");
}

static void
put_reply(struct listing *l, int64_t account, const struct civil_zone *zone)
{
	char reply[REPLY], at[RFC3339_SIZE];
	int64_t when;

	work_last_reply(l->show->store, account, reply, sizeof reply, &when);
	reply[utf8_valid(reply, strlen(reply))] = '\0';
	put_foreign(reply);
	put(when != 0 ? rfc3339_format(when, civil_offset(zone, when), at) : "");
}

static void
put_borrower(struct listing *l, const struct work_row *w, const struct facts_account *a,
	     const struct plan_account *p)
{
	struct debt_sums sums =
	    debt_sum(p->amounts, p->n_amounts, civil_local(p->zone, l->show->now).day,
		     l->show->config->ignore_below);
	char holds[256] = "", dpd[16] = "", tape[LIST_ROWS_TAPE];

	put(a->ref);
	put(a->name);
	put(a->number);
	put_day(w->day);
	if (w->due != INT32_MIN)
		put_day(w->due);
	else
		put("");
	put_money(sums.due_now, a->digits);
	put_money(sums.balance, a->digits);
	put(a->currency);
	if (sums.dpd > 0)
		snprintf(dpd, sizeof dpd, "%d", (int)sums.dpd);
	put(dpd);
	put(a->language);
	put(a->timezone[0] != '\0' ? a->timezone : l->show->config->lender.timezone);
	put(a->product);
	put(a->segment);
	put(a->risk);
	put(a->cause);
	put(a->person_id);
	if (p->n_holds > 0)
		list_holds(l->show->store, a->id, false, add_hold, holds);
	put(a->opted_out && holds[0] == '\0' ? "opted_out" : holds);
	if (p->promised_on != INT32_MIN)
		put_day(p->promised_on);
	else
		put("");
	put_reply(l, a->id, p->zone);
	put(w->tape[0] != '\0' ? list_rows_tape(w->tape, tape) : "");
	put_text(l, w, a, p, &sums);
}

static void
put_work(struct listing *l, const struct work_row *w, const struct facts_account *a,
	 const struct plan_account *p)
{
	put_int(w->id);
	put(campaign_channel_word(w->channel));
	put(work_name(w));
	if (a != NULL) {
		put_borrower(l, w, a, p);
	} else {
		for (size_t i = 0; i < N(first) - 3; i++)
			if (i == 3)
				put_day(w->day);
			else
				put("");
	}
	put_others(l, a);
	for (size_t i = 0; i < N(last); i++)
		put_field("", i + 1 < N(last) ? ',' : '\n');
}

/* ---- all of them ---- */

typedef int work_cb(struct listing *l, const struct work_row *w, const struct facts_account *a,
		    const struct plan_account *p);

static int
gather(struct listing *l, const struct work_row *w, const struct facts_account *a,
       const struct plan_account *p)
{
	(void)w;
	(void)p;
	return a != NULL ? add_names(l, a) : 0;
}

static int
print(struct listing *l, const struct work_row *w, const struct facts_account *a,
      const struct plan_account *p)
{
	int64_t *grown;

	put_work(l, w, a, p);
	l->n++;
	if (w->channel != CAMPAIGN_OUTSOURCE)
		return 0;
	if ((grown = realloc(l->placed, (l->n_placed + 1) * sizeof *grown)) == NULL)
		return UV_ENOMEM;
	l->placed = grown;
	grown[l->n_placed++] = w->id;
	return 0;
}

static bool
is_wanted(const struct listing *l, const struct work_row *w)
{
	return (l->channel < 0 || (int)w->channel == l->channel) && w->at >= l->since &&
	       (l->account == 0 || w->account == l->account);
}

/* A stretch under one transaction: how many tasks it read, or negative. */
static int
each_of(struct listing *l, int32_t day, int64_t id, struct work_row *rows, work_cb *each)
{
	struct show *s = l->show;
	int n, rc = list_lock(s->store);

	if (rc != 0)
		return rc;
	n = work_open(s->store, day, id, rows, STRETCH);
	for (int i = 0; i < n && rc == 0 && l->n < s->limit; i++) {
		const struct facts_account *a = NULL;
		const struct plan_account *p = NULL;
		size_t index;

		if (!is_wanted(l, &rows[i]))
			continue;
		if (rows[i].account != 0)
			rc =
			    facts_load_account(s->facts, s->store, rows[i].account, s->now, &index);
		if (rows[i].account != 0 && rc == 0) {
			a = facts_account(s->facts, index);
			p = &facts_person(s->facts)->accounts[index];
		}
		if (rc == 0 || rc == UV_ENOENT) /* in no list now: known by its number alone */
			rc = each(l, &rows[i], a, p);
	}
	list_unlock(s->store);
	return rc != 0 ? rc : n;
}

static int
each_task(struct listing *l, work_cb *each)
{
	struct work_row *rows = malloc(STRETCH * sizeof *rows);
	int32_t day = INT32_MIN;
	int64_t id = 0;
	int n = rows != NULL ? 1 : UV_ENOMEM;

	l->n = 0;
	while (n > 0 && l->n < l->show->limit)
		if ((n = each_of(l, day, id, rows, each)) > 0) {
			day = rows[n - 1].day;
			id = rows[n - 1].id;
		}
	free(rows);
	return n < 0 ? n : 0;
}

/* What left for outsiders goes on hold, as their result would say. */
static int
place(struct listing *l)
{
	json_t *rows = json_array(), *reply = NULL, *request;
	int status = CLI_DONE;

	for (size_t i = 0; i < l->n_placed && status == CLI_DONE; i++) {
		json_array_append_new(
		    rows,
		    json_pack("{s:I, s:s}", "task", (json_int_t)l->placed[i], "result", "placed"));
		if (json_array_size(rows) < 50 && i + 1 < l->n_placed)
			continue;
		request = json_pack("{s:s, s:s, s:O}", "command", "results", "by",
				    l->show->call->by, "rows", rows);
		status = client_call(l->show->client, request, &reply, false);
		json_decref(reply);
		json_decref(request);
		json_array_clear(rows);
	}
	json_decref(rows);
	return status;
}

static int
read_options(struct listing *l)
{
	const struct cli_call *call = l->show->call;
	const char *kind = cli_option(call, NULL, "kind");
	struct list_filter filter;
	int status = show_filter(l->show, &filter);

	if (status != CLI_DONE)
		return status;
	l->account = filter.account;
	l->since = filter.since;
	l->channel = -1;
	for (int c = CAMPAIGN_TASK; kind != NULL && c < CAMPAIGN_CHANNELS; c++)
		if (strcmp(campaign_channel_word((enum campaign_channel)c), kind) == 0)
			l->channel = c;
	if (kind != NULL && l->channel < 0)
		return cli_usage(
		    call, "--kind is task, letter, visit, email or outsource, not `%s`", kind);
	return CLI_DONE;
}

static int
write_list(struct listing *l)
{
	int rc = l->show->store != NULL ? each_task(l, gather) : 0;

	if (rc != 0)
		return rc;
	if (l->names.n > 0)
		qsort(l->names.name, l->names.n, sizeof *l->names.name, by_text);
	for (size_t i = 0; i < N(first); i++)
		put(first[i]);
	for (size_t i = 0; i < l->names.n; i++)
		put(l->names.name[i]);
	for (size_t i = 0; i < N(last); i++)
		put_field(last[i], i + 1 < N(last) ? ',' : '\n');
	return l->show->store != NULL ? each_task(l, print) : 0;
}

int
work_list(struct show *s)
{
	struct listing l = {.show = s};
	int rc, status = read_options(&l);

	if (cli_option(s->call, NULL, "limit") == NULL)
		s->limit = INT64_MAX; /* a list that is cut short would lose work */
	if (status == CLI_DONE && (l.compose = compose_new()) == NULL)
		status = cli_fail(CLI_FAILED, "out of memory");
	if (status == CLI_DONE && (rc = write_list(&l)) != 0)
		status = rc == UV_ENOMEM ? cli_fail(CLI_FAILED, "out of memory") : show_failed(s);
	if (status == CLI_DONE && (fflush(stdout) != 0 || ferror(stdout)))
		status = cli_fail(CLI_FAILED, "the list could not be written");
	if (status == CLI_DONE && cli_option(s->call, NULL, "place") != NULL)
		status = place(&l);
	for (size_t i = 0; i < l.names.n; i++)
		free(l.names.name[i]);
	free(l.names.name);
	free(l.placed);
	compose_free(l.compose);
	return status;
}
