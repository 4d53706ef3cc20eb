/* locale_forms.h - what an open locale holds (locale*.c only)
 *
 * locale_load.c asks ICU once and writes these down, already made plain; locale.c puts texts
 * together from them. */
#ifndef TEMPLATES_LOCALE_FORMS_H
#define TEMPLATES_LOCALE_FORMS_H

#include "locale.h"

#include <stdbool.h>

#define FORM_SIGN    8  /* bytes of a separator */
#define FORM_NAME    64 /* bytes of a month's or weekday's name */
#define FORM_LITERAL 48 /* bytes between two fields of a date */
#define FORM_PIECES  12 /* pieces of a date pattern */

/* Digits in groups: `primary` next to the decimals, `secondary` beyond (India: 3 and 2); none
 * where primary is 0. */
struct number_form {
	char group[FORM_SIGN];
	int primary;
	int secondary;
};

enum minus_place { MINUS_FIRST, MINUS_BEFORE_DIGITS, MINUS_LAST };

struct money_form {
	struct number_form number;
	char decimal[FORM_SIGN];
	bool code_first;
	enum minus_place minus;
};

enum piece_kind {
	PIECE_LITERAL,
	PIECE_DAY,
	PIECE_MONTH, /* a number */
	PIECE_MONTH_NAME,
	PIECE_YEAR,
	PIECE_WEEKDAY,
};

struct piece {
	enum piece_kind kind;
	int width;               /* digits at least, of numbers */
	char text[FORM_LITERAL]; /* of literals */
};

struct date_form {
	int n;
	struct piece pieces[FORM_PIECES];
	char months[12][FORM_NAME];
	char weekdays[7][FORM_NAME]; /* Sunday first */
};

struct locale {
	struct number_form count;
	struct money_form money;
	struct date_form dates[2]; /* by enum locale_date_style */
};

/* Fill `l` for `language`; errors as locale_open(). */
int locale_load(struct locale *l, const char *language);

#endif
