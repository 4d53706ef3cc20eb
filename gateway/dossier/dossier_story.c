/* index.html: the chronology, one row an event of the chain, and the words used in it. */
#include "dossier_part.h"

#include "gateway/base/rfc3339.h"
#include "gateway/store/store.h"
#include "schedule/reason.h"

#include <stdlib.h>
#include <string.h>

/* How an event is called.  What has no name here is called by its kind. */
static const struct {
	const char *kind, *title;
	bool heard; /* it came from the borrower */
} titles[] = {
    {"import", "A list of the lender's was taken in", false},
    {"sending", "Text handed over", false},
    {"part_sent", "A part of it was accepted by the operator", false},
    {"sent", "Accepted by the operator", false},
    {"delivered", "Delivered", false},
    {"failed", "Not delivered", false},
    {"expired", "Not delivered in time", false},
    {"unknown", "Nobody knows whether it was delivered", false},
    {"unsent", "Known not to have left; decided again", false},
    {"refused_for_now", "The operator refused it for now", false},
    {"cancelled", "A planned text was cancelled", false},
    {"skipped", "A planned text did not go", false},
    {"decision", "Decided not to write now", false},
    {"received", "Reply received", true},
    {"read", "How the reply was read", false},
    {"handled", "A person dealt with the reply", false},
    {"reply", "A person answered", false},
    {"send", "A person asked for a text", false},
    {"promise", "Promise to pay", true},
    {"promise_ended", "End of the promise", false},
    {"hold", "Put on hold", false},
    {"release", "Hold ended", false},
    {"opt_out", "No more texts and calls: opted out", true},
    {"opt_in", "Opted in again", true},
    {"number_stopped", "A number is not used any more", false},
    {"task", "Work for a person", false},
    {"task_done", "A person did the work", false},
    {"skip", "A person took a planned step out", false},
    {"unskip", "A person put a step back", false},
    {"resolved", "A person settled a text of unknown fate", false},
    {"call", "A person asked for a call", false},
    {"call_started", "Call", false},
    {"call_undialled", "Known not to have been dialled; decided again", false},
    {"call_answered", "The call was answered", false},
    {"call_outcome", "By the keys of the telephone", true},
    {"call_person", "A person was rung, to join the call", false},
    {"call_ended", "End of the call", false},
    {"dossier_given", "A dossier was made", false},
    {"erased", "Personal data were erased", false},
    {"purged", "Old records were removed", false},
};

/* How a member of a payload is shown.  NULL label: not at all. */
enum form { FORM_TEXT, FORM_WORDS, FORM_REASON, FORM_DAY, FORM_INSTANT, FORM_MONEY };
static const struct {
	const char *key, *label;
	enum form form;
} members[] = {
    {"text", "", FORM_WORDS},
    {"story", "", FORM_WORDS},
    {"call", "no.", FORM_TEXT},
    {"outcome", "", FORM_TEXT},
    {"date", "for", FORM_TEXT},
    {"keys", "keys pressed", FORM_TEXT},
    {"heard", "it sounded like", FORM_TEXT},
    {"recording", "recording, by its fingerprint", FORM_TEXT},
    {"message", "message left, by its fingerprint", FORM_TEXT},
    {"ms", NULL, FORM_TEXT},
    {"reason", "", FORM_REASON},
    {"why", "", FORM_TEXT},
    {"number", "number", FORM_TEXT},
    {"from", "from", FORM_TEXT},
    {"to", NULL, FORM_TEXT},
    {"octets", NULL, FORM_TEXT},
    {"kind", "", FORM_TEXT},
    {"intent", "", FORM_TEXT},
    {"status", "", FORM_TEXT},
    {"cues", "because it says", FORM_TEXT},
    {"source", "by", FORM_TEXT},
    {"how", "by", FORM_TEXT},
    {"id", "no.", FORM_TEXT},
    {"promise", "no.", FORM_TEXT},
    {"rule", "by the rule", FORM_TEXT},
    {"smsc_id", "operator's number", FORM_TEXT},
    {"day", "for", FORM_DAY},
    {"until_day", "until", FORM_DAY},
    {"until", "until", FORM_INSTANT},
    {"at", "at", FORM_INSTANT},
    {"before", "older than", FORM_INSTANT},
    {"amount_minor", "amount", FORM_MONEY},
    {"policy", "contact rules version", FORM_TEXT},
    {"head", NULL, FORM_TEXT},
    {"head_seq", NULL, FORM_TEXT},
    {"digest", "fingerprint of the file", FORM_TEXT},
};

static const char *
title_of(const char *kind, bool *heard, char room[64])
{
	*heard = false;
	for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
		if (strcmp(titles[i].kind, kind) == 0) {
			*heard = titles[i].heard;
			return titles[i].title;
		}
	snprintf(room, 64, "%s", kind);
	for (char *p = room; *p != '\0'; p++)
		if (*p == '_')
			*p = ' ';
	return room;
}

/* ---- members of a payload ---- */

static void
put_plain(struct dossier_out *o, const json_t *value)
{
	char *text;

	if (json_is_string(value)) {
		dossier_html(o, json_string_value(value));
	} else if (json_is_integer(value)) {
		dossier_putf(o, "%lld", (long long)json_integer_value(value));
	} else if ((text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT)) != NULL) {
		dossier_html(o, text);
		free(text);
	}
}

static void
put_reason(struct dossier_out *o, const json_t *value)
{
	const char *word = json_string_value(value);
	enum reason reason = word != NULL ? reason_parse(word) : REASON_COUNT;

	put_plain(o, value);
	if (reason != REASON_COUNT && reason != REASON_NONE) {
		dossier_put(o, ": ");
		dossier_html(o, reason_what(reason));
	}
}

static void
put_value(const struct dossier *d, struct dossier_out *o, enum form form, const json_t *value)
{
	char day[11];

	if (form == FORM_REASON) {
		put_reason(o, value);
	} else if (form == FORM_DAY && json_is_integer(value)) {
		civil_format_date((int32_t)json_integer_value(value), day);
		dossier_put(o, day);
	} else if (form == FORM_INSTANT && json_is_integer(value)) {
		dossier_time(o, d->zone, json_integer_value(value));
	} else if (form == FORM_MONEY && json_is_integer(value)) {
		dossier_money(o, json_integer_value(value), d->currency);
	} else {
		put_plain(o, value);
	}
}

static void
put_member(const struct dossier *d, struct dossier_out *o, const char *key, const json_t *value)
{
	const char *label = key;
	enum form form = FORM_TEXT;

	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		if (strcmp(members[i].key, key) == 0) {
			label = members[i].label;
			form = members[i].form;
		}
	if (strcmp(key, "decision") == 0 && json_is_string(value) &&
	    strcmp(json_string_value(value), "send") == 0)
		return; /* the event says so */
	if (label == NULL || form == FORM_WORDS ||
	    (json_is_string(value) && json_string_length(value) == 0))
		return;
	dossier_put(o, "; ");
	if (label[0] != '\0') {
		for (const char *p = label; *p != '\0'; p++) {
			char one[2] = {*p == '_' ? ' ' : *p, '\0'};

			dossier_html(o, one);
		}
		dossier_put(o, " ");
	}
	put_value(d, o, form, value);
}

/* ---- rows ---- */

static void
put_payload(const struct dossier *d, struct dossier_out *o, const struct dossier_event *e)
{
	const char *key, *words = dossier_text(e->data, "text");
	json_t *value;

	if (words == NULL) /* what was said and pressed in a call, second by second */
		words = dossier_text(e->data, "story");
	if (e->text == NULL)
		dossier_put(o, "; <i>what it told was erased</i>");
	json_object_foreach(e->data, key, value) put_member(d, o, key, value);
	if (words != NULL) {
		dossier_put(o, "<span class=\"words\" dir=\"auto\">");
		dossier_html(o, words);
		dossier_put(o, "</span>");
	}
}

static bool
is_same(const struct dossier_event *a, const struct dossier_event *b, const char *key)
{
	const json_t *x = json_object_get(a->data, key), *y = json_object_get(b->data, key);

	return x == y || json_equal(x, y);
}

/* The same decision day after day is told once. */
static bool
is_again(const struct dossier_event *a, const struct dossier_event *b)
{
	return strcmp(a->kind, "decision") == 0 && strcmp(b->kind, "decision") == 0 &&
	       a->text != NULL && b->text != NULL && is_same(a, b, "step") &&
	       is_same(a, b, "decision") && is_same(a, b, "reason") && is_same(a, b, "rule") &&
	       is_same(a, b, "policy");
}

static void
put_row(const struct dossier *d, struct dossier_out *o, size_t from, size_t to)
{
	const struct dossier_event *e = &d->event[from], *last = &d->event[to - 1];
	char name[64], at[RFC3339_SIZE];
	bool heard;
	const char *title = title_of(e->kind, &heard, name);

	rfc3339_format(e->at, civil_offset(d->zone, e->at), at);
	dossier_putf(o, "<tr%s><td class=\"time\">%.8s <small>%s</small></td><td><b>",
		     heard ? " class=\"in\"" : "", at + 11, at + 19);
	dossier_html(o, title);
	dossier_put(o, "</b>");
	if (e->message != 0)
		dossier_putf(o, " <span class=\"soft\">(text %lld)</span>", (long long)e->message);
	put_payload(d, o, e);
	if (strcmp(e->actor, "dunlin") != 0) {
		dossier_put(o, " <span class=\"soft\">by ");
		dossier_html(o, e->actor);
		dossier_put(o, "</span>");
	}
	if (to - from > 1) {
		dossier_putf(o, " <span class=\"soft\">%zu times, last ", to - from);
		dossier_time(o, d->zone, last->at);
		dossier_putf(o, ", event %lld</span>", (long long)last->seq);
	}
	dossier_putf(o, "</td><td class=\"seq\">%lld</td></tr>\n", (long long)e->seq);
}

static void
put_day(struct dossier_out *o, int32_t is, int32_t *day)
{
	if (is == *day || is == INT32_MIN)
		return;
	*day = is;
	dossier_put(o, "<tr class=\"day\"><td colspan=\"3\">");
	dossier_date(o, is);
	dossier_put(o, "</td></tr>\n");
}

/* ---- payments among the events ---- */

static void
put_payment(const struct dossier *d, struct dossier_out *o, const json_t *p)
{
	int64_t minor = json_integer_value(json_object_get(p, "amount_minor"));

	dossier_putf(o, "<tr><td class=\"time\"></td><td><b>%s</b> ",
		     minor < 0 ? "Payment reversed" : "Payment");
	dossier_money(o, minor < 0 ? -minor : minor, d->currency);
	if (dossier_text(p, "reference") != NULL) {
		dossier_put(o, "; reference ");
		dossier_html(o, dossier_text(p, "reference"));
	}
	dossier_put(o, "</td><td class=\"seq\"></td></tr>\n");
}

/* Payments come with days alone, from lists.  They stand before the events that are all of later
 * days: *next of them are told; `latest` is the lowest day of the events still to come. */
static void
put_payments(const struct dossier *d, struct dossier_out *o, int32_t latest, size_t *next,
	     int32_t *day)
{
	const json_t *list = json_object_get(d->account, "payments");

	for (; *next < json_array_size(list); ++*next) {
		const json_t *p = json_array_get(list, *next);
		const char *text = dossier_text(p, "paid_on");
		int32_t paid = INT32_MIN;

		if (text != NULL && civil_parse_date(text, strlen(text), &paid) == 0 &&
		    paid >= latest)
			return;
		put_day(o, paid, day);
		put_payment(d, o, p);
	}
}

void
dossier_story(const struct dossier *d, struct dossier_out *o)
{
	int32_t *latest = malloc((d->n_events + 1) * sizeof *latest), day = INT32_MIN;
	size_t paid = 0;

	if (latest == NULL) {
		o->failed = true;
		return;
	}
	latest[d->n_events] = INT32_MAX;
	for (size_t i = d->n_events; i-- > 0;) {
		latest[i] = civil_local(d->zone, d->event[i].at).day;
		if (latest[i + 1] < latest[i])
			latest[i] = latest[i + 1];
	}
	dossier_put(o, "<section><h2>Chronology <small>all that was recorded of this account, in "
		       "the order of the chain</small></h2>\n<table><thead><tr><th>Time</th>"
		       "<th>What happened</th><th class=\"seq\">Event</th></tr></thead><tbody>\n");
	for (size_t i = 0, to; i < d->n_events; i = to) {
		for (to = i + 1; to < d->n_events && is_again(&d->event[i], &d->event[to]); to++)
			;
		put_payments(d, o, latest[i], &paid, &day);
		put_day(o, civil_local(d->zone, d->event[i].at).day, &day);
		put_row(d, o, i, to);
	}
	put_payments(d, o, INT32_MAX, &paid, &day);
	dossier_put(o, "</tbody></table>\n</section>\n");
	free(latest);
}

/* ---- words ---- */

static void
word(struct dossier_out *o, const char *term, const char *what)
{
	dossier_put(o, "<div><dt>");
	dossier_html(o, term);
	dossier_put(o, "</dt><dd>");
	dossier_html(o, what);
	dossier_put(o, "</dd></div>\n");
}

/* Reasons that stand anywhere in the dossier. */
static void
put_reasons(const struct dossier *d, struct dossier_out *o)
{
	bool used[REASON_COUNT] = {false};
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(d->account, "messages"), i, row)
	{
		const char *reason = dossier_text(row, "reason");

		if (reason != NULL && reason_parse(reason) != REASON_COUNT)
			used[reason_parse(reason)] = true;
	}
	for (i = 0; i < d->n_events; i++) {
		const char *reason = dossier_text(d->event[i].data, "reason");

		if (reason != NULL && reason_parse(reason) != REASON_COUNT)
			used[reason_parse(reason)] = true;
	}
	for (int r = REASON_NONE + 1; r < REASON_COUNT; r++)
		if (used[r])
			word(o, reason_word((enum reason)r), reason_what((enum reason)r));
}

void
dossier_words(const struct dossier *d, struct dossier_out *o)
{
	static const char *const words[][2] = {
	    {"sent", "the operator accepted the text and has not said yet what became of it"},
	    {"delivered", "the operator reported that it reached the telephone"},
	    {"failed", "it was refused, or could not be delivered, for good"},
	    {"expired", "the operator could not deliver it while it was valid"},
	    {"unknown", "the link was lost at the wrong moment; it is never sent again by itself"},
	    {"step", "a text of the lender's campaign: +7/sms is the one seven days after the due "
		     "date"},
	    {"decision", "before each text the rules, the debt and all holds are looked at again; "
			 "this tells what came of it, by which rule"},
	    {"contact rules version", "a fingerprint of the rules in force at that moment"},
	    {"hold", "the account is left alone until a day, or until a person ends it"},
	    {"promise", "the borrower named a day; reminders rest until it can be judged: kept, "
			"partial or broken"},
	    {"opted out", "the borrower asked for silence; no texts or calls follow but one "
			  "confirmation"},
	    {"event", "one thing that happened, with its number in the chain of hashes"},
	};

	dossier_put(o, "<section><h2>Words used</h2>\n<dl class=\"glossary\">\n");
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		word(o, words[i][0], words[i][1]);
	put_reasons(d, o);
	dossier_put(o, "</dl>\n<p class=\"note\">Times are local to the borrower (");
	dossier_html(o, dossier_text(json_object_get(d->account, "account"), "timezone") != NULL
			    ? dossier_text(json_object_get(d->account, "account"), "timezone")
			    : d->r->config->lender.timezone);
	dossier_put(o, "), each with its difference from universal time.</p>\n</section>\n");
}
