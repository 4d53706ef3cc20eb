/* locale.h - money, dates and whole numbers as a borrower's language writes them
 *
 * The forms come from ICU's locale data and are then made plain for the telephone network:
 *
 *   - amounts carry the ISO 4217 code and a plain space, "PHP 1,250.00", placed where the
 *     language places it; never a currency sign, which would turn a text into UCS-2 at double
 *     the price;
 *   - digits are 0-9 in every language, spaces are U+0020, apostrophes U+0027, and no invisible
 *     direction marks are left;
 *   - a Latin letter outside the GSM 7-bit default alphabet (3GPP TS 23.038 6.2.1) loses its
 *     mark: "août" is written "aout". Other scripts are left as they are.
 *
 *   Ownership   locale_open() gives, locale_close() takes back. Nothing of ICU stays open in
 *               between: what the forms need is copied out once, so formatting is assembly.
 *   Threads     an open locale never changes and may be shared.
 *   Errors      0 or a negative errno; on failure the buffer holds the empty string.
 *   Output      UTF-8, NUL-terminated; LOCALE_TEXT bytes are enough for any of the forms.
 */
#ifndef TEMPLATES_LOCALE_H
#define TEMPLATES_LOCALE_H

#include <stddef.h>
#include <stdint.h>

#define LOCALE_TEXT 160

struct locale;

enum locale_date_style {
	LOCALE_DATE_NORMAL, /* day, month, year: "15 Sep 2026" */
	LOCALE_DATE_SHORT,  /* weekday, day, month: "Tue 15 Sep" */
};

/* Open a BCP 47 language such as "fil", "es-CO" or "hi-Latn"; "tl" is taken as "fil".
 * Extensions (-u-...) are ignored. English dates put the day first but in en-US.
 * -EINVAL: not a language tag; -ENOENT: ICU has no data of that language (it would answer in
 * English); -ENOMEM; -EIO: ICU's data cannot be read or are of a form this module does not know. */
int locale_open(struct locale **out, const char *language);
void locale_close(struct locale *l); /* NULL is allowed */

/* An amount of `minor` units of which `digits` (0..4) are decimals, always all written.
 * `currency` is three capital letters, else -EINVAL. -ENOBUFS: does not fit. */
int locale_money(const struct locale *l, int64_t minor, int digits, const char *currency, char *buf,
		 size_t cap);

/* A day, counted from 1970-01-01 in the proleptic Gregorian calendar, which is used in every
 * language. -ERANGE outside the years 1 to 9999. */
int locale_date(const struct locale *l, int32_t day, enum locale_date_style style, char *buf,
		size_t cap);

/* A whole number with the language's grouping. */
int locale_count(const struct locale *l, int64_t n, char *buf, size_t cap);

#endif
