#include "dossier_part.h"

#include "gateway/base/money.h"
#include "gateway/base/rfc3339.h"
#include "gateway/base/utf8.h"

#include <stdlib.h>
#include <string.h>

static char *
room(struct dossier_out *o, size_t more)
{
	size_t cap = o->cap != 0 ? o->cap : 4096;
	char *grown;

	if (o->failed)
		return NULL;
	while (cap - o->len <= more)
		cap *= 2;
	if (cap != o->cap) {
		if ((grown = realloc(o->buf, cap)) == NULL) {
			o->failed = true;
			return NULL;
		}
		o->buf = grown;
		o->cap = cap;
	}
	return o->buf + o->len;
}

static void
put(struct dossier_out *o, const char *text, size_t len)
{
	char *p = room(o, len);

	if (p == NULL)
		return;
	memcpy(p, text, len);
	p[len] = '\0';
	o->len += len;
}

void
dossier_put(struct dossier_out *o, const char *text)
{
	put(o, text, strlen(text));
}

void
dossier_putf(struct dossier_out *o, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	dossier_put(o, text);
}

/* ---- escaped ---- */

/* What would end an element or an attribute is written as a reference; what is no character, or
 * would steer a terminal or the direction of the text around it, as U+FFFD. */
static void
put_html(struct dossier_out *o, int32_t c, const char *at, size_t size)
{
	bool steers = (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0) ||
		      (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);

	switch (c) {
	case '&': dossier_put(o, "&amp;"); break;
	case '<': dossier_put(o, "&lt;"); break;
	case '>': dossier_put(o, "&gt;"); break;
	case '"': dossier_put(o, "&quot;"); break;
	case '\'': dossier_put(o, "&#39;"); break;
	default:
		if (steers)
			dossier_put(o, "\xef\xbf\xbd");
		else
			put(o, at, size);
	}
}

void
dossier_html(struct dossier_out *o, const char *text)
{
	size_t left = text != NULL ? strlen(text) : 0, size;

	for (; left > 0; text += size, left -= size) {
		int32_t c = utf8_next(text, left, &size);

		put_html(o, c < 0 ? 0x202e : c, text, size);
	}
}

void
dossier_json(struct dossier_out *o, const char *text, size_t len)
{
	put(o, "\"", 1);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < 0x20 || c == 0x7f || c == '"' || c == '\\')
			dossier_putf(o, "\\u%04x", c);
		else
			put(o, &text[i], 1);
	}
	put(o, "\"", 1);
}

void
dossier_hex(struct dossier_out *o, const uint8_t *octets, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	char *p = room(o, 2 * n);

	if (p == NULL)
		return;
	for (size_t i = 0; i < n; i++) {
		*p++ = digits[octets[i] >> 4];
		*p++ = digits[octets[i] & 15];
	}
	*p = '\0';
	o->len += 2 * n;
}

/* ---- figures, days, times ---- */

void
dossier_day(struct dossier_out *o, const char *text)
{
	dossier_put(o, "<span class=\"nb\">");
	dossier_html(o, text);
	dossier_put(o, "</span>");
}

void
dossier_money(struct dossier_out *o, int64_t minor, const char *currency)
{
	int digits = money_digits(currency);
	char plain[MONEY_TEXT], text[2 * MONEY_TEXT];
	size_t n = money_format(minor, digits < 0 ? 2 : digits, plain), k = 0;
	size_t point = strcspn(plain, ".");

	for (size_t i = 0; i <= n; i++) {
		if (i > 0 && i < point && (point - i) % 3 == 0 && plain[i - 1] != '-')
			text[k++] = ',';
		text[k++] = plain[i];
	}
	dossier_html(o, currency);
	dossier_putf(o, "\xc2\xa0%s", text);
}

void
dossier_stamp(struct dossier_out *o, const char *rfc3339)
{
	if (rfc3339 == NULL)
		return;
	if (strlen(rfc3339) < 19) {
		dossier_html(o, rfc3339);
		return;
	}
	dossier_putf(o, "<span class=\"nb\">%.10s %.8s <small>", rfc3339, rfc3339 + 11);
	dossier_html(o, rfc3339 + 19);
	dossier_put(o, "</small></span>");
}

void
dossier_time(struct dossier_out *o, const struct civil_zone *zone, int64_t instant)
{
	char text[RFC3339_SIZE];

	dossier_stamp(o, rfc3339_format(instant, civil_offset(zone, instant), text));
}

void
dossier_date(struct dossier_out *o, int32_t day)
{
	static const char *const days[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
					   "Friday", "Saturday", "Sunday"};
	static const char *const months[] = {"January",   "February", "March",    "April",
					     "May",       "June",     "July",     "August",
					     "September", "October",  "November", "December"};
	int year, month, mday;

	civil_date(day, &year, &month, &mday);
	dossier_putf(o, "%s %d %s %d", days[civil_weekday(day)], mday, months[month - 1], year);
}
