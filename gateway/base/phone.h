/*
 * phone - telephone numbers: what people write becomes E.164; the one door to libphonenumber.
 *
 * In the store and between modules a number is E.164 with its plus, "+639171234567". What is
 * already so takes a short path that never touches libphonenumber; everything else is read by it,
 * in the lender's country. Its data are old in Debian 12, so "not valid" is only a doubt, which a
 * person may override.
 *
 * libphonenumber's tables (see phone.c for what they cost) are made at the first number that needs
 * them.
 *
 * Thread: any. Logs nothing, throws nothing.
 */
#ifndef GATEWAY_PHONE_H
#define GATEWAY_PHONE_H

#include <stdbool.h>
#include <stddef.h>

#define PHONE_E164   20  /* bytes of a number with its NUL: plus and at most 15 digits */
#define PHONE_MASKED 24  /* bytes of a masked number */
#define PHONE_WHY    192 /* bytes of a sentence */

enum phone_result {
	PHONE_OK,       /* `out` is the number */
	PHONE_DOUBTFUL, /* `out` is the number, `why` says what speaks against it: a warning */
	PHONE_BAD,      /* not a number: `out` is "", `why` says what to do */
};

/*
 * Reads one number. `region` is the ISO 3166 code of the lender's country ("PH"), for numbers
 * without a country code; NULL or unknown: only international forms are read. What Excel makes of
 * numbers (2.54E+11, a decimal point, an apostrophe) is BAD with the way to save the column as
 * text. `why` may be NULL.
 */
enum phone_result phone_to_e164(const char *text, const char *region, char out[PHONE_E164],
				char why[PHONE_WHY]);

/* A number in a list, all digits, without the 0 that people of the region write before it: what is
 * left of 09171234567 in a spreadsheet. */
bool phone_lost_zero(const char *text, const char *region);

/* True for exactly a plus, a digit 1-9 and 7..14 more digits. */
bool phone_is_e164(const char *text);

/* A number for logs: "+639171234567" gives "+63917***4567", anything shorter shows less. Always
 * terminates `out`. */
const char *phone_mask(const char *number, char out[PHONE_MASKED]);

/* An answer may go to that sender: it is no word ("GLOBE"), no short code (up to 8 digits without a
 * plus), and not empty. */
bool phone_is_answerable(const char *sender);

#endif
