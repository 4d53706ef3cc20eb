/* locale_load.c - a locale's forms, read from ICU (CLDR) once
 *
 * ICU is the source of every sign, name and order here; its formatters are opened, asked and
 * closed again. That keeps the daemon small (a formatter holds some 30 KB, the forms 4) and
 * formatting free of allocation. */
#include "locale_forms.h"
#include "plain.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unicode/udat.h>
#include <unicode/udatpg.h>
#include <unicode/uloc.h>
#include <unicode/unum.h>
#include <unicode/ures.h>
#include <unicode/ustring.h>

#define ICU_NAME 160 /* bytes of an ICU locale name with our keywords */
#define PATTERN  128 /* UTF-16 units of a pattern or a name */

static int
icu_error(UErrorCode status)
{
	if (U_SUCCESS(status))
		return 0;
	return status == U_MEMORY_ALLOCATION_ERROR ? -ENOMEM : -EIO;
}

/* ICU answers for a language it has never heard of with the machine's default or the root
 * locale: only the warning that comes with it tells. */
static int
check_known(const char *name)
{
	UErrorCode status = U_ZERO_ERROR;
	UResourceBundle *bundle = ures_open(NULL, name, &status);
	const char *actual = "";
	bool guessed = status == U_USING_DEFAULT_WARNING;
	if (U_SUCCESS(status))
		actual = ures_getLocaleByType(bundle, ULOC_ACTUAL_LOCALE, &status);
	int err = icu_error(status);
	if (err == 0 && (guessed || strcmp(actual, "root") == 0))
		err = -ENOENT;
	ures_close(bundle);
	return err;
}

/* The language tag as ICU names it, without extensions; `full` asks for Latin digits and the
 * Gregorian calendar besides. */
static int
name_locale(const char *language, char name[static ICU_NAME], char full[static ICU_NAME])
{
	UErrorCode status = U_ZERO_ERROR;
	char id[ICU_NAME];
	int32_t used = 0;
	int32_t n = uloc_forLanguageTag(language, id, sizeof id, &used, &status);
	if (U_FAILURE(status) || n >= ICU_NAME || used == 0 || language[used] != '\0')
		return -EINVAL;
	n = uloc_getBaseName(id, name, ICU_NAME, &status);
	static const char keywords[] = "@calendar=gregorian;numbers=latn";
	if (U_FAILURE(status) || n + (int32_t)sizeof keywords > ICU_NAME)
		return -EINVAL;
	snprintf(full, ICU_NAME, "%.*s%s", ICU_NAME - (int)sizeof keywords, name, keywords);
	return check_known(name);
}

static int
load_symbol(const UNumberFormat *icu, UNumberFormatSymbol symbol, char sign[static FORM_SIGN])
{
	UErrorCode status = U_ZERO_ERROR;
	UChar text[PATTERN];
	int32_t n = unum_getSymbol(icu, symbol, text, PATTERN, &status);
	int err = icu_error(status);
	return err != 0 ? err : plain_text(text, n, sign, FORM_SIGN);
}

static int
load_grouping(const UNumberFormat *icu, UNumberFormatSymbol group, struct number_form *f)
{
	f->primary = unum_getAttribute(icu, UNUM_GROUPING_SIZE);
	f->secondary = unum_getAttribute(icu, UNUM_SECONDARY_GROUPING_SIZE);
	if (f->primary < 0 || unum_getAttribute(icu, UNUM_GROUPING_USED) == 0)
		f->primary = 0;
	if (f->secondary <= 0)
		f->secondary = f->primary;
	return load_symbol(icu, group, f->group);
}

static int
load_count(const char *full, struct number_form *f)
{
	UErrorCode status = U_ZERO_ERROR;
	UNumberFormat *icu = unum_open(UNUM_DECIMAL, NULL, 0, full, NULL, &status);
	int err = icu_error(status);
	if (err == 0)
		err = load_grouping(icu, UNUM_GROUPING_SEPARATOR_SYMBOL, f);
	unum_close(icu);
	return err;
}

/* From a pattern such as `#,##0.00 XX;XX-#,##0.00` (XX the currency's place): what comes first,
 * and where the minus goes. Without a pattern for negatives it goes in front of everything. */
static int
read_money_pattern(const UChar *pattern, struct money_form *f)
{
	const UChar *code = u_strchr(pattern, 0xa4), *digits = u_strchr(pattern, '0');
	const UChar *negative = u_strchr(pattern, ';');
	if (code == NULL || digits == NULL)
		return -EIO;
	f->code_first = code < digits;
	f->minus = MINUS_FIRST;
	if (negative == NULL)
		return 0;
	const UChar *minus = u_strchr(negative, '-');
	code = u_strchr(negative, 0xa4);
	digits = u_strchr(negative, '0');
	if (minus == NULL || code == NULL || digits == NULL)
		return -EIO;
	if (minus > digits)
		f->minus = MINUS_LAST;
	else if (code < minus)
		f->minus = MINUS_BEFORE_DIGITS;
	return 0;
}

static int
load_money(const char *full, struct money_form *f)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar pattern[PATTERN];
	UNumberFormat *icu = unum_open(UNUM_CURRENCY_ISO, NULL, 0, full, NULL, &status);
	if (U_SUCCESS(status))
		unum_toPattern(icu, false, pattern, PATTERN, &status);
	int err = icu_error(status);
	if (err == 0)
		err = read_money_pattern(pattern, f);
	if (err == 0)
		err = load_grouping(icu, UNUM_MONETARY_GROUPING_SEPARATOR_SYMBOL, &f->number);
	if (err == 0)
		err = load_symbol(icu, UNUM_MONETARY_SEPARATOR_SYMBOL, f->decimal);
	unum_close(icu);
	return err;
}

static int
load_names(const UDateFormat *icu, UDateFormatSymbolType type, int first, int n,
	   char names[][FORM_NAME])
{
	for (int i = 0; i < n; i++) {
		UErrorCode status = U_ZERO_ERROR;
		UChar text[PATTERN];
		int32_t len = udat_getSymbols(icu, type, first + i, text, PATTERN, &status);
		int err = icu_error(status);
		if (err == 0)
			err = plain_text(text, len, names[i], FORM_NAME);
		if (err != 0)
			return err == -ENOBUFS ? -EIO : err;
	}
	return 0;
}

static struct piece *
add_piece(struct date_form *f, enum piece_kind kind, int width)
{
	if (f->n == FORM_PIECES)
		return NULL;
	f->pieces[f->n] = (struct piece){.kind = kind, .width = width};
	return &f->pieces[f->n++];
}

/* One run of a pattern letter (UTS 35, part 4, "Date Field Symbol Table"). ICU counts weekdays
 * from 1, months from 0. */
static int
read_field(const UDateFormat *icu, UChar letter, int width, struct date_form *f)
{
	bool standalone = letter == 'L' || letter == 'c';
	enum piece_kind kind = PIECE_WEEKDAY;
	int err = 0;
	switch (letter) {
	case 'd': kind = PIECE_DAY; break;
	case 'y': kind = PIECE_YEAR; break;
	case 'M':
	case 'L':
		kind = width < 3 ? PIECE_MONTH : PIECE_MONTH_NAME;
		if (width == 3)
			err = load_names(
			    icu, standalone ? UDAT_STANDALONE_SHORT_MONTHS : UDAT_SHORT_MONTHS, 0,
			    12, f->months);
		else if (width == 4)
			err = load_names(icu, standalone ? UDAT_STANDALONE_MONTHS : UDAT_MONTHS, 0,
					 12, f->months);
		else if (width > 4)
			return -EIO;
		break;
	case 'E':
	case 'c':
		if (width > 4)
			return -EIO;
		if (width == 4)
			err = load_names(icu, standalone ? UDAT_STANDALONE_WEEKDAYS : UDAT_WEEKDAYS,
					 1, 7, f->weekdays);
		else
			err = load_names(
			    icu, standalone ? UDAT_STANDALONE_SHORT_WEEKDAYS : UDAT_SHORT_WEEKDAYS,
			    1, 7, f->weekdays);
		break;
	default: return -EIO;
	}
	if (err != 0)
		return err;
	return add_piece(f, kind, width) == NULL ? -EIO : 0;
}

/* What stands between the fields. In the short form the comma after the weekday is left out. */
static int
read_literal(const UChar *text, int32_t n, bool short_form, struct date_form *f)
{
	UChar kept[PATTERN];
	int32_t k = 0;
	for (int32_t i = 0; i < n; i++)
		if (!short_form || (text[i] != ',' && text[i] != 0x60c))
			kept[k++] = text[i];
	struct piece *p = add_piece(f, PIECE_LITERAL, 0);
	if (p == NULL)
		return -EIO;
	int err = plain_text(kept, k, p->text, sizeof p->text);
	return err == -ENOBUFS ? -EIO : err;
}

static bool
is_letter(UChar c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The literal at `*at`: letters in it are quoted, and a doubled quote is one. */
static int32_t
take_literal(const UChar *pattern, int32_t n, int32_t *at, UChar literal[static PATTERN])
{
	int32_t len = 0;
	bool quoted = false;
	for (; *at < n && (quoted || !is_letter(pattern[*at])); ++*at) {
		if (pattern[*at] != '\'')
			literal[len++] = pattern[*at];
		else if (*at + 1 < n && pattern[*at + 1] == '\'')
			literal[len++] = pattern[++*at];
		else
			quoted = !quoted;
	}
	return len;
}

static int
read_pattern(const UDateFormat *icu, const UChar *pattern, int32_t n, bool short_form,
	     struct date_form *f)
{
	int err = 0;
	for (int32_t i = 0; i < n && err == 0;) {
		if (is_letter(pattern[i])) {
			int32_t from = i;
			while (i < n && pattern[i] == pattern[from])
				i++;
			err = read_field(icu, pattern[from], i - from, f);
		} else {
			UChar literal[PATTERN];
			int32_t len = take_literal(pattern, n, &i, literal);
			err = read_literal(literal, len, short_form, f);
		}
	}
	return err;
}

/* ICU's plain English and some regional ones are American, "Sep 15"; nearly all who write to
 * borrowers in English elsewhere put the day first, which is what "en-001" (the world) does. */
static bool
is_american(const char *name, const UChar *pattern)
{
	UErrorCode status = U_ZERO_ERROR;
	char language[ULOC_LANG_CAPACITY], country[ULOC_COUNTRY_CAPACITY];
	uloc_getLanguage(name, language, sizeof language, &status);
	uloc_getCountry(name, country, sizeof country, &status);
	const UChar *day = u_strchr(pattern, 'd'), *month = u_strchr(pattern, 'M');
	return U_SUCCESS(status) && strcmp(language, "en") == 0 && strcmp(country, "US") != 0 &&
	       month < day;
}

static int32_t
best_pattern(const char *name, const UChar *skeleton, UChar pattern[static PATTERN],
	     UErrorCode *status)
{
	UDateTimePatternGenerator *generator = udatpg_open(name, status);
	int32_t n = 0;
	if (U_SUCCESS(*status))
		n = udatpg_getBestPattern(generator, skeleton, -1, pattern, PATTERN, status);
	udatpg_close(generator);
	return n;
}

static int
load_date(const char *full, enum locale_date_style style, struct date_form *f)
{
	static const UChar skeletons[][6] = {{'y', 'M', 'M', 'M', 'd'}, {'M', 'M', 'M', 'E', 'd'}};
	static const UChar utc[] = {'U', 'T', 'C', 0};
	UErrorCode status = U_ZERO_ERROR;
	UChar pattern[PATTERN];
	int32_t n = best_pattern(full, skeletons[style], pattern, &status);
	if (U_SUCCESS(status) && is_american(full, pattern))
		n = best_pattern("en_001", skeletons[style], pattern, &status);
	/* The patterns given here serve only to make a formatter whose names can be asked for. */
	UDateFormat *icu =
	    udat_open(UDAT_PATTERN, UDAT_PATTERN, full, utc, -1, pattern, n, &status);
	int err = icu_error(status);
	if (err == 0)
		err = read_pattern(icu, pattern, n, style == LOCALE_DATE_SHORT, f);
	udat_close(icu);
	return err;
}

int
locale_load(struct locale *l, const char *language)
{
	char name[ICU_NAME], full[ICU_NAME];
	int err = name_locale(language, name, full);
	if (err == 0)
		err = load_count(full, &l->count);
	if (err == 0)
		err = load_money(full, &l->money);
	if (err == 0)
		err = load_date(full, LOCALE_DATE_NORMAL, &l->dates[LOCALE_DATE_NORMAL]);
	if (err == 0)
		err = load_date(full, LOCALE_DATE_SHORT, &l->dates[LOCALE_DATE_SHORT]);
	return err;
}
