/* spoken_money.c - an amount in words, with the currency's name where the language puts it */
#include "spoken_part.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unicode/ucurr.h>
#include <unicode/ustring.h>

bool
spoken_is_currency(const char *code)
{
	int n = 0;
	while (code[n] >= 'A' && code[n] <= 'Z')
		n++;
	return n == 3 && code[n] == '\0';
}

/* ICU's own way to write a number of a currency: "1250 Philippine pesos", "peso za Ufilipino 1250".
 * The figures show where the words belong. */
struct named {
	char before[SPOKEN_TEXT], after[SPOKEN_TEXT];
};

static bool
is_figure(UChar c)
{
	return c >= '0' && c <= '9';
}

static int
name_currency(struct spoken *s, const char *number, int digits, const char *currency,
	      struct named *out)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar text[SPOKEN_ICU], iso[4];
	u_charsToUChars(currency, iso, 4);
	unum_setTextAttribute(s->money, UNUM_CURRENCY_CODE, iso, 3, &status);
	unum_setAttribute(s->money, UNUM_FRACTION_DIGITS, digits);
	int32_t n = unum_formatDecimal(s->money, number, (int32_t)strlen(number), text, SPOKEN_ICU,
				       NULL, &status);
	int err = spoken_icu_error(status);
	if (err != 0 || n > SPOKEN_ICU)
		return err != 0 ? err : -ENOBUFS;
	int32_t first = 0, last = n;
	while (first < n && !is_figure(text[first]))
		first++;
	while (last > first && !is_figure(text[last - 1]))
		last--;
	struct speech o = speech_begin(out->before, sizeof out->before);
	say_icu(s, &o, text, first, false);
	if ((err = speech_end(&o)) != 0)
		return err;
	o = speech_begin(out->after, sizeof out->after);
	say_icu(s, &o, text + last, n - last, false);
	return speech_end(&o);
}

/* A code that is no currency is named by ICU with the code itself. */
static int
check_currency(const struct spoken *s, const char *currency)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar iso[4];
	UBool choice;
	int32_t len;
	if (!spoken_is_currency(currency))
		return -EINVAL;
	u_charsToUChars(currency, iso, 4);
	const UChar *name = ucurr_getName(iso, s->locale, UCURR_LONG_NAME, &choice, &len, &status);
	if (U_FAILURE(status))
		return spoken_icu_error(status);
	return len == 3 && u_strncmp(name, iso, 3) == 0 ? -EINVAL : 0;
}

/* ---- gender ---- */

static bool
ends_in(const char *word, size_t n, const char *end)
{
	size_t len = strlen(end);
	return n >= len && memcmp(word + n - len, end, len) == 0;
}

static bool
ends_in_any(const char *word, size_t n, const char *const *ends)
{
	for (; *ends != NULL; ends++)
		if (ends_in(word, n, *ends))
			return true;
	return false;
}

/* CLDR does not tell the gender of a currency, but its name for one of it does: by the adjective
 * ("rupia india", "kwacha zambiano", "японская иена") or, without one, by the noun. */
static bool
is_feminine(const struct spoken *s, const char *name)
{
	static const char *const russian[] = {"ая", "яя", "а", "я", NULL};
	static const char *const french[] = {"roupie", "livre",   "couronne",
					     "lire",   "hryvnia", NULL};
	size_t first = strcspn(name, " "), all = strlen(name);
	const char *second = name + first + (name[first] == ' ');
	size_t adjective = strcspn(second, " ");
	if (s->tongue->feminine == NULL)
		return false;
	if (strcmp(s->language, "ru") == 0 || strcmp(s->language, "uk") == 0)
		return ends_in_any(name, first, russian);
	if (strcmp(s->language, "fr") == 0)
		return ends_in_any(name, first, french);
	if (strcmp(s->language, "ar") == 0)
		return ends_in(name, first, "ة");
	if (!ends_in(name, first, "a")) /* Spanish, Portuguese, Italian */
		return false;
	return first == all || !ends_in(second, adjective, "o");
}

/* ICU's rules for a number before this currency; NULL: as one counts. */
static int
rules_for(struct spoken *s, const char *currency, const char **rules)
{
	struct named one;
	*rules = NULL;
	if (s->tongue->masculine == NULL)
		return 0;
	int err = name_currency(s, "1", 0, currency, &one);
	if (err == 0)
		*rules = is_feminine(s, one.after) ? s->tongue->feminine : s->tongue->masculine;
	return err;
}

/* ---- the parts ---- */

static bool
begins_with_vowel(const char *word)
{
	static const char *const vowels[] = {"a", "e", "i", "o", "u", "é",
					     "É", "E", "A", "I", "O", "U"};
	for (size_t i = 0; i < sizeof vowels / sizeof *vowels; i++)
		if (strncmp(word, vowels[i], strlen(vowels[i])) == 0)
			return true;
	return false;
}

/* "un millón de pesos", "un million d'euros": whole millions are a noun. */
static void
say_of(const struct spoken *s, struct speech *o, int64_t n, const char *name)
{
	const char *of = s->tongue->millions_of;
	if (of == NULL || n == 0 || n % 1000000 != 0) {
		say_words(o, name);
	} else if (strcmp(s->language, "fr") == 0 && begins_with_vowel(name)) {
		char joined[SPOKEN_TEXT];
		if (snprintf(joined, sizeof joined, "d'%s", name) >= (int)sizeof joined)
			speech_fail(o, -ENOBUFS);
		say_words(o, joined);
	} else {
		say_words(o, of);
		say_words(o, name);
	}
}

static void
say_major(struct spoken *s, struct speech *o, int64_t n, const char *currency)
{
	char number[24];
	struct named name;
	const char *rules;
	snprintf(number, sizeof number, "%lld", (long long)n);
	int err = rules_for(s, currency, &rules);
	if (err == 0)
		err = name_currency(s, number, 0, currency, &name);
	if (err != 0) {
		speech_fail(o, err);
		return;
	}
	say_words(o, name.before);
	say_number(s, o, n, rules);
	say_of(s, o, n, name.after);
}

static const struct spoken_minor *
find_minor(const struct spoken *s, const char *currency, int digits)
{
	if (digits != 2)
		return NULL;
	for (const struct spoken_minor *m = spoken_minors; m->language != NULL; m++)
		if (strcmp(m->language, s->language) == 0 &&
		    strstr(m->currencies, currency) != NULL)
			return m;
	return NULL;
}

static const char *
minor_name(const struct spoken *s, const struct spoken_minor *m, int64_t n)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar category[16];
	char plain[16] = "";
	int32_t len = uplrules_select(s->plurals, (double)n, category, 16, &status);
	if (U_SUCCESS(status) && len < (int32_t)sizeof plain)
		u_UCharsToChars(category, plain, len + 1);
	const char *name = NULL;
	if (strcmp(plain, "one") == 0)
		name = m->one;
	else if (strcmp(plain, "few") == 0)
		name = m->few;
	else if (strcmp(plain, "many") == 0)
		name = m->many;
	return name != NULL ? name : m->other;
}

/* What joins the two parts. In Arabic it is written with the word after it. */
static void
say_join(const struct spoken *s, struct speech *o, const char *rest)
{
	char joined[SPOKEN_TEXT];
	const char *join = s->tongue->join;
	bool needed = join != NULL && o->len > 0;
	if (needed && !s->tongue->join_is_prefix)
		say_words(o, join);
	if (snprintf(joined, sizeof joined, "%s%s", needed && s->tongue->join_is_prefix ? join : "",
		     rest) >= (int)sizeof joined)
		speech_fail(o, -ENOBUFS);
	say_words(o, joined);
}

static void
say_minor(struct spoken *s, struct speech *o, const struct spoken_minor *m, int64_t n,
	  bool name_first)
{
	char text[SPOKEN_TEXT];
	struct speech part = speech_begin(text, sizeof text);
	if (name_first)
		say_words(&part, minor_name(s, m, n));
	say_number(s, &part, n, m->feminine ? s->tongue->feminine : s->tongue->masculine);
	if (!name_first)
		say_words(&part, minor_name(s, m, n));
	speech_fail(o, speech_end(&part));
	say_join(s, o, text);
}

/* "1250.50": figure by figure after the point, but for zeros at the end. */
static void
say_decimals(struct spoken *s, struct speech *o, const char *number)
{
	const char *p = strchr(number, '.');
	size_t n = strlen(p);
	while (n > 0 && p[n - 1] == '0')
		n--;
	int64_t major = 0;
	for (const char *d = number; d < p; d++)
		major = major * 10 + (*d - '0');
	say_number(s, o, major, NULL);
	say_words(o, s->point);
	for (size_t i = 1; i < n; i++)
		say_number(s, o, p[i] - '0', NULL);
}

static void
say_with_decimals(struct spoken *s, struct speech *o, const char *number, int digits,
		  const char *currency)
{
	struct named name;
	int err = name_currency(s, number, digits, currency, &name);
	if (err != 0) {
		speech_fail(o, err);
		return;
	}
	say_words(o, name.before);
	say_decimals(s, o, number);
	say_words(o, name.after);
}

static void
say_amount(struct spoken *s, struct speech *o, int64_t major, int64_t rest, int digits,
	   const char *currency)
{
	const struct spoken_minor *m = find_minor(s, currency, digits);
	char number[40];
	if (rest == 0) {
		say_major(s, o, major, currency);
	} else if (m != NULL) {
		struct named name;
		int err = name_currency(s, "2", 0, currency, &name);
		speech_fail(o, err);
		if (major != 0)
			say_major(s, o, major, currency);
		if (err == 0)
			say_minor(s, o, m, rest, name.before[0] != '\0');
	} else {
		snprintf(number, sizeof number, "%lld.%0*lld", (long long)major, digits,
			 (long long)rest);
		say_with_decimals(s, o, number, digits, currency);
	}
}

int
spoken_amount(struct spoken *s, int64_t minor, int digits, const char *currency, char *buf,
	      size_t cap)
{
	assert(digits >= 0 && digits <= 4);
	struct speech o = speech_begin(buf, cap);
	int64_t unit = 1;
	for (int i = 0; i < digits; i++)
		unit *= 10;
	speech_fail(&o, check_currency(s, currency));
	if (minor < 0 || minor / unit > SPOKEN_MOST)
		speech_fail(&o, -ERANGE);
	if (o.err == 0)
		say_amount(s, &o, minor / unit, minor % unit, digits, currency);
	return speech_end(&o);
}
