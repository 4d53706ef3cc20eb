/* spoken.c - opening a language's number words, counts and digits */
#include "spoken_part.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uloc.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>

/* The tag as ICU names it, without extensions, then with what we ask for in any language. */
static int
name_locale(struct spoken *s, const char *tag)
{
	UErrorCode status = U_ZERO_ERROR;
	char id[SPOKEN_NAME], base[SPOKEN_NAME];
	int32_t used = 0;
	int32_t n = uloc_forLanguageTag(tag, id, sizeof id, &used, &status);
	if (U_FAILURE(status) || n >= (int32_t)sizeof id || used == 0 || tag[used] != '\0')
		return -EINVAL;
	n = uloc_getBaseName(id, base, sizeof base, &status);
	static const char keywords[] = "@calendar=gregorian;numbers=latn";
	if (U_FAILURE(status) || n + (int32_t)sizeof keywords > SPOKEN_NAME)
		return -EINVAL;
	bool tagalog = strncmp(base, "tl", 2) == 0 && (base[2] == '\0' || base[2] == '_');
	snprintf(s->locale, sizeof s->locale, "%s%.*s%s", tagalog ? "fil" : "", 100,
		 base + (tagalog ? 2 : 0), keywords);
	n = uloc_getLanguage(s->locale, s->language, sizeof s->language, &status);
	return U_FAILURE(status) || n == 0 || n >= (int32_t)sizeof s->language ? -EINVAL : 0;
}

static const struct spoken_tongue *
find_tongue(const struct spoken *s)
{
	char region[8] = "", full[24];
	UErrorCode status = U_ZERO_ERROR;
	uloc_getCountry(s->locale, region, sizeof region, &status);
	snprintf(full, sizeof full, "%s_%s", s->language, region);
	const struct spoken_tongue *t = spoken_tongues;
	for (; t->language != NULL; t++)
		if (strcmp(t->language, full) == 0 || strcmp(t->language, s->language) == 0)
			break;
	return t;
}

/* ICU answers in English where it has no rules of the language; only the locale it says it used
 * tells. */
static int
check_rules(const struct spoken *s)
{
	UErrorCode status = U_ZERO_ERROR;
	char language[16] = "";
	const char *actual = unum_getLocaleByType(s->words, ULOC_ACTUAL_LOCALE, &status);
	if (U_SUCCESS(status) && actual != NULL)
		uloc_getLanguage(actual, language, sizeof language, &status);
	if (U_FAILURE(status))
		return -EIO;
	return strcmp(language, s->language) == 0 ? 0 : -ENOENT;
}

static int
open_icu(struct spoken *s)
{
	UErrorCode status = U_ZERO_ERROR;
	s->nfc = unorm2_getNFCInstance(&status);
	s->words = unum_open(UNUM_SPELLOUT, NULL, 0, s->locale, NULL, &status);
	s->money = unum_open(UNUM_CURRENCY_PLURAL, NULL, 0, s->locale, NULL, &status);
	s->plurals = uplrules_open(s->locale, &status);
	if (U_SUCCESS(status))
		unum_getTextAttribute(s->words, UNUM_DEFAULT_RULESET, s->usual,
				      sizeof s->usual / sizeof *s->usual, &status);
	if (U_FAILURE(status))
		return spoken_icu_error(status);
	unum_setAttribute(s->money, UNUM_GROUPING_USED, false);
	return check_rules(s);
}

/* ---- numbers whose words are written together ---- */

static int
number_text(struct spoken *s, int64_t n, char text[static SPOKEN_TEXT])
{
	struct speech o = speech_begin(text, SPOKEN_TEXT);
	say_number(s, &o, n, NULL);
	return speech_end(&o);
}

/* Takes a word up unless it can be put together from those there are. */
static void
add_bit(struct spoken *s, const char *word, size_t n)
{
	size_t at = 0;
	for (int i = 0; i < s->n_bits && at < n; i++) {
		size_t len = strlen(s->bits[i]);
		if (len <= n - at && memcmp(word + at, s->bits[i], len) == 0) {
			at += len;
			i = -1;
		}
	}
	if (at == n || n >= SPOKEN_WORD || s->n_bits == SPOKEN_BITS)
		return;
	memcpy(s->bits[s->n_bits], word, n);
	s->bits[s->n_bits++][n] = '\0';
}

/* `text` without the two at its ends: of 2001 the word for thousand as it is before others. */
static void
add_between(struct spoken *s, const char *text, const char *before, const char *after)
{
	size_t n = strlen(text), b = strlen(before), a = strlen(after);
	if (n > b + a && memcmp(text, before, b) == 0 && memcmp(text + n - a, after, a) == 0)
		add_bit(s, text + b, n - a - b);
}

/* Burmese writes a number as one word. Its parts are found by comparing: 0 to 9 alone, then each
 * power of ten after "two", and between "two" and "one". */
static int
load_bits(struct spoken *s)
{
	char one[SPOKEN_TEXT], two[SPOKEN_TEXT], text[SPOKEN_TEXT];
	struct spoken found = {.n_bits = 0};
	int err = number_text(s, 2001, text);
	if (err != 0 || strchr(text, ' ') != NULL)
		return err;
	for (int n = 0; n < 10 && err == 0; n++)
		if ((err = number_text(s, n, text)) == 0)
			add_bit(&found, text, strlen(text));
	if (err == 0 && (err = number_text(s, 1, one)) == 0)
		err = number_text(s, 2, two);
	if (err == 0 && (err = number_text(s, 11, text)) == 0)
		add_between(&found, text, "", one);
	for (int64_t power = 10; power <= SPOKEN_MOST && err == 0; power *= 10) {
		if ((err = number_text(s, 2 * power, text)) == 0)
			add_between(&found, text, two, "");
		if (err == 0 && (err = number_text(s, 2 * power + 1, text)) == 0)
			add_between(&found, text, two, one);
	}
	memcpy(s->bits, found.bits, sizeof s->bits);
	s->n_bits = found.n_bits;
	return err;
}

/* The word between 1 and 5 of 1.5. ICU's Russian has none: "one whole, five tenths", and of a long
 * number it says the digits that binary arithmetic adds. */
static int
load_point(struct spoken *s)
{
	char one[SPOKEN_TEXT], five[SPOKEN_TEXT], text[SPOKEN_TEXT];
	struct speech o = speech_begin(text, sizeof text);
	if (s->tongue->point != NULL) {
		snprintf(s->point, sizeof s->point, "%s", s->tongue->point);
		return 0;
	}
	int err = number_text(s, 1, one);
	if (err == 0)
		err = number_text(s, 5, five);
	say_decimal(s, &o, "1.5");
	if (err == 0)
		err = speech_end(&o);
	if (err != 0)
		return err;
	size_t n = strlen(text), before = strlen(one), after = strlen(five);
	if (n < before + after || memcmp(text, one, before) != 0 ||
	    memcmp(text + n - after, five, after) != 0)
		return 0;
	struct speech point = speech_begin(s->point, sizeof s->point);
	text[n - after] = '\0';
	say_words(&point, text + before + strspn(text + before, " "));
	return speech_end(&point);
}

/* ---- what ICU has, but wrongly ---- */

static UScriptCode
script_of(const char *text, UScriptCode so_far, bool *mixed)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar utf16[SPOKEN_TEXT];
	UChar32 chars[SPOKEN_TEXT];
	int32_t n = 0;
	u_strFromUTF8(utf16, SPOKEN_TEXT, &n, text, -1, &status);
	u_strToUTF32(chars, SPOKEN_TEXT, &n, utf16, n, &status);
	for (int32_t i = 0; i < n && U_SUCCESS(status); i++) {
		UScriptCode script = uscript_getScript(chars[i], &status);
		if (script == USCRIPT_COMMON || script == USCRIPT_INHERITED)
			continue;
		*mixed = *mixed || (so_far != USCRIPT_UNKNOWN && script != so_far);
		so_far = script;
	}
	return so_far;
}

/* Lao's rules hold Thai words: no voice and no speaker of one language says both. */
static int
check_scripts(struct spoken *s)
{
	static const int64_t looked_at[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 123456789};
	UScriptCode script = USCRIPT_UNKNOWN;
	bool mixed = false;
	char text[SPOKEN_TEXT];
	for (size_t i = 0; i < sizeof looked_at / sizeof *looked_at; i++) {
		int err = number_text(s, looked_at[i], text);
		if (err != 0)
			return err;
		script = script_of(text, script, &mixed);
	}
	return mixed ? -ENOENT : 0;
}

/* ---- */

static void
explain(int err, const char *language, char *why)
{
	switch (err) {
	case -EINVAL:
		snprintf(why, SPOKEN_WHY, "\"%.40s\" is no language tag (such as en, es-CO, fil)",
			 language);
		break;
	case -ENOENT:
		snprintf(why, SPOKEN_WHY,
			 "no number words are known in the language \"%.40s\": amounts and dates "
			 "cannot be said in it; call in another language, or send texts",
			 language);
		break;
	case -ENOMEM: snprintf(why, SPOKEN_WHY, "not enough memory"); break;
	default: snprintf(why, SPOKEN_WHY, "ICU's language data cannot be read"); break;
	}
}

static int
load(struct spoken *s, const char *language)
{
	int err = name_locale(s, language);
	if (err == 0) {
		s->tongue = find_tongue(s);
		err = open_icu(s);
	}
	if (err == 0)
		err = load_bits(s);
	if (err == 0)
		err = load_point(s);
	if (err == 0)
		err = check_scripts(s);
	return err != 0 ? err : spoken_load_dates(s);
}

int
spoken_open(struct spoken **out, const char *language, char why[SPOKEN_WHY])
{
	assert(out != NULL && language != NULL);
	char unread[SPOKEN_WHY];
	*out = NULL;
	struct spoken *s = calloc(1, sizeof *s);
	int err = s == NULL ? -ENOMEM : load(s, language);
	if (err != 0) {
		explain(err, language, why != NULL ? why : unread);
		spoken_close(s);
		return err;
	}
	*out = s;
	return 0;
}

void
spoken_close(struct spoken *s)
{
	if (s == NULL)
		return;
	unum_close(s->words);
	unum_close(s->money);
	uplrules_close(s->plurals);
	free(s->list);
	free(s);
}

static int
refuse(char *buf, int err)
{
	buf[0] = '\0';
	return err;
}

int
spoken_count(struct spoken *s, int64_t n, char *buf, size_t cap)
{
	struct speech o = speech_begin(buf, cap);
	if (n < 0 || n > SPOKEN_MOST)
		return refuse(buf, -ERANGE);
	say_number(s, &o, n, NULL);
	return speech_end(&o);
}

int
spoken_digits(struct spoken *s, const char *text, char *buf, size_t cap)
{
	struct speech o = speech_begin(buf, cap);
	for (const char *p = text; *p != '\0' && o.err == 0; p++) {
		if (*p >= '0' && *p <= '9')
			say_number(s, &o, *p - '0', NULL);
		else if (strchr(" +-/.()#", *p) == NULL)
			speech_fail(&o, -EINVAL);
	}
	if (o.len == 0)
		speech_fail(&o, -EINVAL);
	return speech_end(&o);
}
