/* index.html: the frame, who is who, the debt, and how to check. */
#include "dossier_part.h"

#include <string.h>

extern const char embed_dossier_css[];

/* ---- small pieces ---- */

static void
pair(struct dossier_out *o, const char *label, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	dossier_putf(o, "<dt>%s</dt><dd>", label);
	dossier_html(o, value);
	dossier_put(o, "</dd>\n");
}

static void
open_pair(struct dossier_out *o, const char *label)
{
	dossier_putf(o, "<dt>%s</dt><dd>", label);
}

static void
count(struct dossier_out *o, size_t n, const char *one, const char *many)
{
	dossier_putf(o, "<div><b>%zu</b><span>%s</span></div>", n, n == 1 ? one : many);
}

/* Rows of a list of the account whose `key` is one of two words (NULL: any but absent). */
static size_t
how_many(const struct dossier *d, const char *list, const char *key, const char *word,
	 const char *other)
{
	const json_t *row;
	size_t i, n = 0;

	json_array_foreach(json_object_get(d->account, list), i, row)
	{
		const char *text = dossier_text(row, key);

		n += text != NULL && (word == NULL || strcmp(text, word) == 0 ||
				      (other != NULL && strcmp(text, other) == 0));
	}
	return n;
}

/* ---- head ---- */

static void
put_head(const struct dossier *d, struct dossier_out *o, const json_t *account)
{
	const char *name = dossier_text(account, "name");

	dossier_put(o, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		       "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		       "style-src 'unsafe-inline'\">\n"
		       "<meta name=\"viewport\" content=\"width=device-width\">\n<title>Dossier of "
		       "account ");
	dossier_html(o, dossier_text(account, "account"));
	dossier_put(o, "</title>\n<style>\n");
	dossier_put(o, embed_dossier_css);
	dossier_put(o, "</style>\n</head>\n<body>\n<header>\n<h1>Account ");
	dossier_html(o, dossier_text(account, "account"));
	if (name != NULL) {
		dossier_put(o, ", <bdi>");
		dossier_html(o, name);
		dossier_put(o, "</bdi>");
	}
	dossier_put(o, "</h1>\n<p class=\"sub\">Everything said to and by this borrower. Made ");
	dossier_time(o, d->zone, d->r->now);
	dossier_put(o, " by ");
	dossier_html(o, d->r->by);
	dossier_put(o, " for ");
	dossier_html(o, d->r->config->lender.name);
	dossier_put(o, ", with Dunlin " DUNLIN_VERSION ".</p>\n</header>\n");
}

static void
put_parties(const struct dossier *d, struct dossier_out *o, const json_t *account)
{
	const struct config_lender *lender = &d->r->config->lender;

	dossier_put(o, "<div class=\"pair\">\n<section><h3>The lender</h3>\n<dl>\n");
	pair(o, "Name", lender->name);
	pair(o, "Contact", lender->contact);
	pair(o, "Country", lender->country);
	pair(o, "Time zone", lender->timezone);
	pair(o, "Contact rules", d->r->config->preset);
	pair(o, "Widened because", d->r->config->override_reason);
	dossier_put(o, "</dl>\n</section>\n<section><h3>The borrower</h3>\n<dl>\n");
	pair(o, "Account", dossier_text(account, "account"));
	pair(o, "Name", dossier_text(account, "name"));
	pair(o, "Telephone", dossier_text(account, "phone"));
	pair(o, "Person", dossier_text(account, "person"));
	pair(o, "Language", dossier_text(account, "language"));
	pair(o, "Time zone", dossier_text(account, "timezone"));
	pair(o, "Product", dossier_text(account, "product"));
	pair(o, "Segment", dossier_text(account, "segment"));
	pair(o, "Stated cause", dossier_text(account, "cause"));
	if (json_is_true(json_object_get(account, "opted_out")))
		pair(o, "Opted out", "yes: asked for no more texts and calls");
	dossier_put(o, "</dl>\n</section>\n</div>\n");
}

static void
put_glance(const struct dossier *d, struct dossier_out *o)
{
	size_t heard = how_many(d, "messages", "direction", "in", NULL);
	size_t delivered = how_many(d, "messages", "status", "delivered", NULL);
	size_t said = delivered + how_many(d, "messages", "status", "sent", "sending") +
		      how_many(d, "messages", "status", "unknown", "expired") +
		      how_many(d, "messages", "status", "failed", NULL);

	dossier_put(o, "<div class=\"sum\">");
	count(o, said, "text sent", "texts sent");
	count(o, delivered, "of them delivered", "of them delivered");
	count(o, heard, "reply", "replies");
	count(o, json_array_size(json_object_get(d->account, "calls")), "call", "calls");
	count(o, json_array_size(json_object_get(d->account, "promises")), "promise", "promises");
	count(o, how_many(d, "promises", "status", "kept", NULL), "of them kept", "of them kept");
	count(o, json_array_size(json_object_get(d->account, "payments")), "payment", "payments");
	dossier_put(o, "</div>\n");
}

/* ---- the debt ---- */

static void
put_amounts(const struct dossier *d, struct dossier_out *o)
{
	const json_t *row;
	int64_t billed = 0, left = 0;
	size_t i;

	dossier_put(o, "<table><thead><tr><th>Due</th><th class=\"num\">Billed</th>"
		       "<th class=\"num\">Still open</th></tr></thead><tbody>\n");
	json_array_foreach(json_object_get(d->account, "amounts"), i, row)
	{
		int64_t b = json_integer_value(json_object_get(row, "billed_minor"));
		int64_t l = json_integer_value(json_object_get(row, "left_minor"));

		dossier_put(o, "<tr><td>");
		dossier_html(o, dossier_text(row, "due_date"));
		dossier_put(o, "</td><td class=\"num\">");
		dossier_money(o, b, d->currency);
		dossier_put(o, "</td><td class=\"num\">");
		dossier_money(o, l, d->currency);
		dossier_put(o, "</td></tr>\n");
		billed += b;
		left += l;
	}
	dossier_put(o, "<tr><td>Together</td><td class=\"num\"><b>");
	dossier_money(o, billed, d->currency);
	dossier_put(o, "</b></td><td class=\"num\"><b>");
	dossier_money(o, left, d->currency);
	dossier_put(o, "</b></td></tr>\n</tbody></table>\n");
}

static void
put_payments(const struct dossier *d, struct dossier_out *o)
{
	const json_t *list = json_object_get(d->account, "payments"), *row;
	size_t i;

	if (json_array_size(list) == 0) {
		dossier_put(o, "<p class=\"none\">No payment was recorded.</p>\n");
		return;
	}
	dossier_put(o, "<table><thead><tr><th>Paid on</th><th class=\"num\">Amount</th>"
		       "<th>Reference</th></tr></thead><tbody>\n");
	json_array_foreach(list, i, row)
	{
		int64_t minor = json_integer_value(json_object_get(row, "amount_minor"));

		dossier_put(o, "<tr><td>");
		dossier_html(o, dossier_text(row, "paid_on"));
		dossier_put(o, "</td><td class=\"num\">");
		dossier_money(o, minor, d->currency);
		dossier_put(o, minor < 0 ? "</td><td>reversed; " : "</td><td>");
		dossier_html(o, dossier_text(row, "reference"));
		dossier_put(o, "</td></tr>\n");
	}
	dossier_put(o, "</tbody></table>\n");
}

void
dossier_debt(const struct dossier *d, struct dossier_out *o)
{
	dossier_put(o, "<section><h2>The debt</h2>\n<div class=\"pair\">\n<div>\n");
	put_amounts(d, o);
	dossier_put(o, "</div>\n<div>\n");
	put_payments(d, o);
	dossier_put(o, "</div>\n</div>\n<p class=\"note\">As the lender's lists say it. Payments "
		       "clear the oldest amount first.</p>\n</section>\n");
}

/* ---- how to check ---- */

static void
put_check(const struct dossier *d, struct dossier_out *o)
{
	dossier_put(o,
		    "<section><h2>How to check this dossier</h2>\n"
		    "<p>Everything above was recorded when it happened, each event with a hash "
		    "made from it and from the hash of the event before. The number at the right "
		    "of the chronology is the event's place in that chain. The files beside this "
		    "page hold the events and the chain; <code>check.py</code> verifies them on "
		    "any computer with Python, and <code>HOW-TO-CHECK.txt</code> says what is "
		    "computed, so that anybody can do it over. Of other borrowers these files "
		    "hold numbers and hashes only.</p>\n<dl>\n");
	open_pair(o, "Head of the chain");
	dossier_putf(o, "<span class=\"hash\">%lld:", (long long)d->r->seq);
	dossier_hex(o, d->end, EVENT_HASH);
	dossier_put(o, "</span></dd>\n");
	open_pair(o, "Links in this file");
	dossier_putf(o, "events %lld to %lld</dd>\n", (long long)d->first, (long long)d->r->seq);
	open_pair(o, "Heads given out");
	dossier_putf(o, "%zu before this one; see heads.txt</dd>\n",
		     d->n_heads > 0 ? d->n_heads - 1 : 0);
	dossier_put(o, "</dl>\n</section>\n");
}

void
dossier_page(const struct dossier *d, struct dossier_out *o)
{
	const json_t *account = json_object_get(d->account, "account");

	put_head(d, o, account);
	dossier_put(o, "<main>\n");
	put_parties(d, o, account);
	put_glance(d, o);
	dossier_debt(d, o);
	dossier_said(d, o);
	dossier_kept(d, o);
	dossier_story(d, o);
	dossier_words(d, o);
	put_check(d, o);
	dossier_put(o, "</main>\n</body>\n</html>\n");
}
