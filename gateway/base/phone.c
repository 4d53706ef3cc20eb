#include "phone.h"

#include "phone_shim.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/*
 * What libphonenumber 8.12 costs on Debian 12, amd64: linked in, 0.2 MiB of private memory (3 MiB
 * of shared pages besides ICU's); its tables and patterns, made in 5 ms at the first number that
 * needs them, 2.3 MiB more; then 10 us a number.
 */

/*
 * E.164 allows 15 digits; ITU-T sets no least length, but under 8 with the country code no mobile
 * number exists. The longest text that can be a number has an extension and separators; beyond that
 * it is a remark.
 */
enum { DIGITS_MIN = 8, DIGITS_MAX = 15, SHORTCODE_MAX = 8, TEXT_MAX = 80 };

static size_t
digit_run(const char *text)
{
	size_t n = 0;

	while (text[n] >= '0' && text[n] <= '9')
		n++;
	return n;
}

bool
phone_is_e164(const char *text)
{
	if (text[0] != '+' || text[1] < '1' || text[1] > '9')
		return false;
	size_t n = digit_run(text + 1);
	return n >= DIGITS_MIN && n <= DIGITS_MAX && text[n + 1] == '\0';
}

static enum phone_result answer(enum phone_result result, char *why, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static enum phone_result
answer(enum phone_result result, char *why, const char *fmt, ...)
{
	va_list args;

	if (why == NULL)
		return result;
	va_start(args, fmt);
	vsnprintf(why, PHONE_WHY, fmt, args);
	va_end(args);
	return result;
}

/* "2.54E+11", also with a decimal comma: Excel keeps 15 digits, and the file only those shown. */
static bool
is_exponent(const char *text)
{
	const char *p = text + (*text == '+');
	size_t n = digit_run(p);

	if (n == 0)
		return false;
	p += n;
	if (*p == '.' || *p == ',')
		p += 1 + digit_run(p + 1);
	if (*p != 'E' && *p != 'e')
		return false;
	p++;
	p += *p == '+' || *p == '-';
	n = digit_run(p);
	return n > 0 && p[n] == '\0';
}

/* "639171234567.0": a number that went through a float column. "0917.123.4567" is a way of writing,
 * and stays. */
static bool
is_float(const char *text)
{
	const char *p = text + (*text == '+');
	size_t n = digit_run(p);

	if (n < 7 || (p[n] != '.' && p[n] != ','))
		return false;
	p += n + 1;
	n = strspn(p, "0");
	return n > 0 && n <= 6 && p[n] == '\0';
}

static bool
damaged_by_excel(const char *text, char *why)
{
	if (is_exponent(text))
		answer(PHONE_BAD, why,
		       "Excel shortened this number and digits are lost: in the original, format "
		       "the column "
		       "as Text (or use Data > From Text/CSV), enter it again and save");
	else if (is_float(text))
		answer(PHONE_BAD, why,
		       "this number was saved with decimals: in Excel, format the column as Text "
		       "(or use "
		       "Data > From Text/CSV) and save again");
	else if (text[0] == '\'')
		answer(PHONE_BAD, why,
		       "Excel's apostrophe was saved with the number: format the column as Text, "
		       "remove the "
		       "apostrophe and save again");
	else if (text[0] == '#' || text[0] == '=')
		answer(PHONE_BAD, why,
		       "Excel saved a formula or a filled cell (####) in place of the number: "
		       "format the "
		       "column as Text, enter the number and save again");
	else
		return false;
	return true;
}

/* Copies without the spaces around, also the no-break ones web pages leave. False when too long. */
static bool
trim(const char *text, char out[TEXT_MAX])
{
	size_t n;

	for (;;) {
		if (isspace((unsigned char)*text))
			text++;
		else if (strncmp(text, "\xc2\xa0", 2) == 0)
			text += 2;
		else
			break;
	}
	n = strlen(text);
	for (;;) {
		if (n > 0 && isspace((unsigned char)text[n - 1]))
			n--;
		else if (n > 1 && memcmp(text + n - 2, "\xc2\xa0", 2) == 0)
			n -= 2;
		else
			break;
	}
	if (n >= TEXT_MAX)
		return false;
	memcpy(out, text, n);
	out[n] = '\0';
	return true;
}

static bool
has_letters(const char *text)
{
	for (; *text != '\0'; text++)
		if (isalpha((unsigned char)*text))
			return true;
	return false;
}

/* What the library made of it, in words. */
static enum phone_result
judge(enum phone_shim seen, const char *region, char out[PHONE_E164], char *why)
{
	if (seen == PHONE_SHIM_VALID && phone_is_e164(out))
		return PHONE_OK;
	if (seen == PHONE_SHIM_UNKNOWN_RANGE && phone_is_e164(out))
		return answer(PHONE_DOUBTFUL, why, "%s is in no known number range: is it right?",
			      out);
	char read_as[PHONE_E164];
	memcpy(read_as, out, sizeof read_as);
	out[0] = '\0';
	switch (seen) {
	case PHONE_SHIM_TOO_SHORT:
		return answer(PHONE_BAD, why,
			      "too short for a telephone number%s%s: are digits missing?",
			      read_as[0] != '\0' ? ", read as " : "", read_as);
	case PHONE_SHIM_TOO_LONG:
		return answer(
		    PHONE_BAD, why,
		    "too long for a telephone number%s%s: are these two numbers? split them by ;",
		    read_as[0] != '\0' ? ", read as " : "", read_as);
	case PHONE_SHIM_NO_COUNTRY:
		return answer(
		    PHONE_BAD, why,
		    "no country for this number%s%s: write it with plus and country code, as "
		    "+639171234567",
		    region != NULL ? " besides " : "", region != NULL ? region : "");
	case PHONE_SHIM_FAILED: return answer(PHONE_BAD, why, "no memory to read this number");
	default: return answer(PHONE_BAD, why, "not a telephone number");
	}
}

enum phone_result
phone_to_e164(const char *text, const char *region, char out[PHONE_E164], char why[PHONE_WHY])
{
	char trimmed[TEXT_MAX];

	out[0] = '\0';
	if (why != NULL)
		why[0] = '\0';
	/* Nearly every row of a file that was exported well ends here. */
	if (phone_is_e164(text)) {
		memcpy(out, text, strlen(text) + 1);
		return PHONE_OK;
	}
	if (!trim(text, trimmed))
		return answer(PHONE_BAD, why,
			      "too long for a telephone number: split several by ;");
	if (trimmed[0] == '\0')
		return answer(PHONE_BAD, why, "the number is empty");
	if (phone_is_e164(trimmed)) {
		memcpy(out, trimmed, strlen(trimmed) + 1);
		return PHONE_OK;
	}
	if (damaged_by_excel(trimmed, why))
		return PHONE_BAD;
	/* The library would read 1-800-FLOWERS and drop "ext. 12": neither can take a text. */
	if (has_letters(trimmed))
		return answer(PHONE_BAD, why, "not a telephone number: it has letters in it");
	/* Two numbers in one cell would be read as the first, silently. */
	if (strpbrk(trimmed, ";,/|&") != NULL)
		return answer(PHONE_BAD, why, "this looks like several numbers: split them by ;");
	enum phone_shim seen =
	    phone_shim_parse(trimmed, region != NULL ? region : "ZZ", out, PHONE_E164);
	return judge(seen, region, out, why);
}

bool
phone_lost_zero(const char *text, const char *region)
{
	size_t n = digit_run(text);

	return n > 0 && n <= DIGITS_MAX && text[n] == '\0' && text[0] != '0' && region != NULL &&
	       phone_shim_lacks_zero(text, region) != 0;
}

/*
 * Five digits in front tell country and operator, four at the end tell two borrowers apart; at
 * least three between them are always hidden, at the cost of the front.
 */
const char *
phone_mask(const char *number, char out[PHONE_MASKED])
{
	enum { FRONT = 5, BACK = 4, HIDDEN = 3 };
	size_t n = strlen(number);
	size_t plus = number[0] == '+';
	size_t digits = n - plus;
	size_t back = digits >= BACK + HIDDEN ? BACK : digits > HIDDEN ? digits - HIDDEN : 0;
	size_t front = digits - back > HIDDEN ? digits - back - HIDDEN : 0;

	if (front > FRONT)
		front = FRONT;
	snprintf(out, PHONE_MASKED, "%.*s***%s", (int)(plus + front), number, number + (n - back));
	return out;
}

bool
phone_is_answerable(const char *sender)
{
	if (phone_is_e164(sender))
		return true;
	/* SMPP gives international numbers without their plus; anything with other signs in it is
	 * no number. */
	size_t n = digit_run(sender);
	return n > SHORTCODE_MAX && n <= DIGITS_MAX && sender[n] == '\0';
}
