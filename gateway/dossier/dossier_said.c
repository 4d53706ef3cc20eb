/* index.html: what was said on both sides, and what was agreed, held and left undone. */
#include "dossier_part.h"

#include "gateway/base/rfc3339.h"
#include "schedule/reason.h"

#include <stdlib.h>
#include <string.h>

static bool
is_word(const json_t *row, const char *key, const char *const *words)
{
	const char *text = dossier_text(row, key);

	for (; text != NULL && *words != NULL; words++)
		if (strcmp(text, *words) == 0)
			return true;
	return false;
}

static void
put_reason(struct dossier_out *o, const char *word)
{
	enum reason reason = word != NULL ? reason_parse(word) : REASON_COUNT;

	if (word == NULL || word[0] == '\0')
		return;
	dossier_html(o, word);
	if (reason != REASON_COUNT) {
		dossier_put(o, ": ");
		dossier_html(o, reason_what(reason));
	}
}

/* ---- texts and replies ---- */

static const json_t *
inbox_of(const struct dossier *d, json_int_t id)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(d->account, "inbox"), i, row)
	{
		if (json_integer_value(json_object_get(row, "id")) == id)
			return row;
	}
	return NULL;
}

static void
put_words(struct dossier_out *o, const char *text)
{
	dossier_put(o, "<span class=\"words\" dir=\"auto\">");
	if (text != NULL)
		dossier_html(o, text);
	else
		dossier_put(o, "<i>erased</i>");
	dossier_put(o, "</span>");
}

static void
put_reading(const struct dossier *d, struct dossier_out *o, const json_t *m)
{
	const json_t *in = inbox_of(d, json_integer_value(json_object_get(m, "id")));
	const json_t *amount = json_object_get(in, "amount_minor");
	const char *day = dossier_text(in, "promise_date");

	if (in == NULL)
		return;
	dossier_put(o, "read as <b>");
	dossier_html(o, dossier_text(in, "intent"));
	dossier_put(o, "</b>");
	if (json_is_integer(amount)) {
		dossier_put(o, ", ");
		dossier_money(o, json_integer_value(amount), d->currency);
	}
	if (day != NULL) {
		dossier_put(o, ", for ");
		dossier_day(o, day);
	}
	if (dossier_text(in, "cause") != NULL) {
		dossier_put(o, ", cause ");
		dossier_html(o, dossier_text(in, "cause"));
	}
	dossier_put(o, json_is_true(json_object_get(in, "handled")) ? "; dealt with"
								    : "; waits for a person");
}

/* What became of a text of ours. */
static void
put_fate(struct dossier_out *o, const json_t *m)
{
	const char *reason = dossier_text(m, "reason"), *done = dossier_text(m, "done_at");

	dossier_put(o, "<b>");
	dossier_html(o, dossier_text(m, "status"));
	dossier_put(o, "</b>");
	if (done != NULL) {
		dossier_put(o, "<br>");
		dossier_stamp(o, done);
	}
	if (reason != NULL && reason[0] != '\0') {
		dossier_put(o, "; ");
		put_reason(o, reason);
	}
}

static void
put_message(const struct dossier *d, struct dossier_out *o, const json_t *m)
{
	static const char *const incoming[] = {"in", NULL};
	bool in = is_word(m, "direction", incoming);
	const char *sent = dossier_text(m, "sent_at"), *step = dossier_text(m, "step");

	dossier_putf(o, "<tr%s><td class=\"time\">", in ? " class=\"in\"" : "");
	dossier_stamp(o, sent != NULL ? sent : dossier_text(m, "created_at"));
	dossier_put(o, in ? "</td><td><b>Borrower</b>, from " : "</td><td><b>Lender</b>, to ");
	dossier_html(o, dossier_text(m, in ? "from" : "to"));
	if (!in && (step != NULL || dossier_text(m, "class") != NULL)) {
		dossier_put(o, ", ");
		dossier_html(o, step != NULL ? step : dossier_text(m, "class"));
		if (dossier_text(m, "campaign") != NULL) {
			dossier_put(o, " of ");
			dossier_html(o, dossier_text(m, "campaign"));
		}
	}
	put_words(o, dossier_text(m, "text"));
	dossier_put(o, "</td><td>");
	if (in)
		put_reading(d, o, m);
	else
		put_fate(o, m);
	dossier_putf(o, "</td><td class=\"seq\">%lld</td></tr>\n",
		     (long long)json_integer_value(json_object_get(m, "id")));
}

/* When a row was said, for the order of the list. */
static int64_t
said_at(const json_t *m)
{
	const char *text = dossier_text(m, "sent_at");
	int64_t at = 0;

	if (text == NULL)
		text = dossier_text(m, "created_at");
	if (text != NULL)
		rfc3339_parse(text, &at, NULL);
	return at;
}

static int
by_time(const void *a, const void *b)
{
	const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
	int64_t s = said_at(x), t = said_at(y);

	if (s == t) {
		s = json_integer_value(json_object_get(x, "id"));
		t = json_integer_value(json_object_get(y, "id"));
	}
	return s < t ? -1 : s > t;
}

void
dossier_said(const struct dossier *d, struct dossier_out *o)
{
	static const char *const never[] = {"planned", "queued", "cancelled", "skipped", NULL};
	const json_t *list = json_object_get(d->account, "messages"), **rows;
	size_t n = 0;

	dossier_put(o, "<section><h2>What was said <small>every text as it was sent, every reply "
		       "as it came</small></h2>\n");
	if ((rows = malloc((json_array_size(list) + 1) * sizeof *rows)) == NULL) {
		o->failed = true;
		return;
	}
	for (size_t i = 0; i < json_array_size(list); i++)
		if (!is_word(json_array_get(list, i), "status", never))
			rows[n++] = json_array_get(list, i);
	qsort(rows, n, sizeof *rows, by_time);
	if (n > 0)
		dossier_put(o, "<table><thead><tr><th>Time</th><th>Words</th><th>What became of it"
			       "</th><th class=\"seq\">Text</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < n; i++)
		put_message(d, o, rows[i]);
	dossier_put(o, n > 0 ? "</tbody></table>\n</section>\n"
			     : "<p class=\"none\">Nothing was said.</p>\n</section>\n");
	free(rows);
}

/* ---- lists of plain words ---- */

/* One column: a member of each row, and what it is called. */
struct column {
	const char *key, *heading;
	bool stamp; /* a time */
};

/* A section with a table of a list; nothing where the list is empty.  Lists that come newest first
 * are turned round. */
static void
put_list(const struct dossier *d, struct dossier_out *o, const char *key, const char *title,
	 const struct column *columns, size_t n, bool turn)
{
	const json_t *list = json_object_get(d->account, key);

	if (json_array_size(list) == 0)
		return;
	dossier_putf(o, "<section><h2>%s</h2>\n<table><thead><tr>", title);
	for (size_t k = 0; k < n; k++)
		dossier_putf(o, "<th>%s</th>", columns[k].heading);
	dossier_put(o, "</tr></thead><tbody>\n");
	for (size_t i = 0, m = json_array_size(list); i < m; i++) {
		const json_t *row = json_array_get(list, turn ? m - 1 - i : i);

		dossier_put(o, "<tr>");
		for (size_t k = 0; k < n; k++) {
			const char *text = dossier_text(row, columns[k].key);

			dossier_put(o, columns[k].stamp ? "<td class=\"time\">" : "<td>");
			if (columns[k].stamp)
				dossier_stamp(o, text);
			else
				dossier_html(o, text);
			dossier_put(o, "</td>");
		}
		dossier_put(o, "</tr>\n");
	}
	dossier_put(o, "</tbody></table>\n</section>\n");
}

/* ---- promises, holds, tasks ---- */

/* The table of what was agreed or held, or that there is none: its head, and its end. */
static void
begin_table(struct dossier_out *o, const json_t *list, const char *none, const char *head)
{
	if (json_array_size(list) == 0) {
		dossier_put(o, "<p class=\"none\">");
		dossier_put(o, none);
		dossier_put(o, "</p>\n");
	} else {
		dossier_put(o, "<table><thead><tr>");
		dossier_put(o, head);
		dossier_put(o, "</tr></thead><tbody>\n");
	}
}

static void
end_table(struct dossier_out *o, const json_t *list)
{
	if (json_array_size(list) > 0)
		dossier_put(o, "</tbody></table>\n");
	dossier_put(o, "</div>\n");
}

static void
put_promises(const struct dossier *d, struct dossier_out *o)
{
	const json_t *list = json_object_get(d->account, "promises");

	dossier_put(o, "<div><h3>Promises to pay</h3>\n");
	begin_table(o, list, "None was made.",
		    "<th>For</th><th class=\"num\">Amount</th><th>By</th><th>It was</th>");
	for (size_t i = json_array_size(list); i-- > 0;) {
		const json_t *p = json_array_get(list, i),
			     *amount = json_object_get(p, "amount_minor");

		dossier_put(o, "<tr><td>");
		dossier_day(o, dossier_text(p, "date"));
		dossier_put(o, "</td><td class=\"num\">");
		if (json_is_integer(amount))
			dossier_money(o, json_integer_value(amount), d->currency);
		else
			dossier_put(o, "all overdue");
		dossier_put(o, "</td><td>");
		dossier_html(o, dossier_text(p, "source"));
		dossier_put(o, "</td><td><b>");
		dossier_html(o, dossier_text(p, "status"));
		dossier_put(o, "</b></td></tr>\n");
	}
	end_table(o, list);
}

static void
put_holds(const struct dossier *d, struct dossier_out *o)
{
	const json_t *list = json_object_get(d->account, "holds"), *h;
	size_t i;

	dossier_put(o, "<div><h3>Holds</h3>\n");
	begin_table(o, list, "None was put.", "<th>From</th><th>Why</th><th>Until</th>");
	json_array_foreach(list, i, h)
	{
		const char *released = dossier_text(h, "released_at");

		dossier_put(o, "<tr><td class=\"time\">");
		dossier_stamp(o, dossier_text(h, "from"));
		dossier_put(o, "</td><td>");
		dossier_html(o, dossier_text(h, "reason"));
		dossier_put(o, " <span class=\"soft\">(");
		dossier_html(o, dossier_text(h, "by"));
		dossier_put(o, ")</span></td><td>");
		if (released != NULL)
			dossier_stamp(o, released);
		else if (dossier_text(h, "until") != NULL)
			dossier_day(o, dossier_text(h, "until"));
		else
			dossier_put(o, "it is released");
		dossier_put(o, "</td></tr>\n");
	}
	end_table(o, list);
}

/* A plan is a promise in parts. */
static void
put_plan(const struct dossier *d, struct dossier_out *o, const json_t *plan)
{
	const json_t *part;
	size_t i;

	dossier_put(o, "<tr><td class=\"time\">");
	dossier_stamp(o, dossier_text(plan, "at"));
	dossier_put(o, "</td><td>");
	json_array_foreach(json_object_get(plan, "parts"), i, part)
	{
		dossier_put(o, i > 0 ? "<br>" : "");
		dossier_day(o, dossier_text(part, "date"));
		dossier_put(o, " ");
		dossier_money(o, json_integer_value(json_object_get(part, "amount_minor")),
			      d->currency);
		dossier_put(o, ", ");
		dossier_html(o, dossier_text(part, "status"));
	}
	dossier_put(o, "</td><td>");
	dossier_html(o, dossier_text(plan, "by"));
	dossier_put(o, "</td><td><b>");
	dossier_html(o, dossier_text(plan, "status"));
	dossier_put(o, "</b></td></tr>\n");
}

static void
put_plans(const struct dossier *d, struct dossier_out *o)
{
	const json_t *list = json_object_get(d->account, "plans"), *plan;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	dossier_put(o, "<section><h2>Instalment plans</h2>\n<table><thead><tr><th>Made</th>"
		       "<th>Parts</th><th>By</th><th>It is</th></tr></thead><tbody>\n");
	json_array_foreach(list, i, plan) put_plan(d, o, plan);
	dossier_put(o, "</tbody></table>\n</section>\n");
}

void
dossier_kept(const struct dossier *d, struct dossier_out *o)
{
	static const struct column calls[] = {
	    {"started_at", "Begun", true},    {"to", "To", false},
	    {"from", "From", false},          {"script", "Script", false},
	    {"outcome", "Outcome", false},    {"keys", "Keys pressed", false},
	    {"recording", "Recording", false}};
	static const struct column contacts[] = {{"at", "Time", true},
						 {"channel", "How", false},
						 {"result", "Outcome", false},
						 {"note", "Note", false},
						 {"by", "By", false}};
	static const struct column tasks[] = {{"due", "For", false},
					      {"kind", "What", false},
					      {"reason", "Why", false},
					      {"status", "It is", false}};

	put_list(d, o, "calls", "Calls", calls, 7, true);
	put_list(d, o, "contacts", "What people did", contacts, 5, false);
	dossier_put(o, "<section><h2>Promises and holds</h2>\n<div class=\"pair\">\n");
	put_promises(d, o);
	put_holds(d, o);
	dossier_put(o, "</div>\n</section>\n");
	put_plans(d, o);
	put_list(d, o, "tasks", "Work for a person", tasks, 4, true);
}
