/* spoken_part.h - the inside of spoken.h, shared by its files
 *
 * Everything is said by adding words to a `struct speech`. Text of ICU's goes through say_icu(),
 * which makes it words; our own through say_words().
 */
#ifndef TEMPLATES_SPOKEN_PART_H
#define TEMPLATES_SPOKEN_PART_H

#include "spoken.h"

#include <stdbool.h>
#include <unicode/unorm2.h>
#include <unicode/unum.h>
#include <unicode/upluralrules.h>

#define SPOKEN_ICU  768 /* UTF-16 units of anything ICU says here */
#define SPOKEN_NAME 160 /* bytes of a weekday, month or ICU locale */
#define SPOKEN_BITS 48  /* words that numbers are made of, where they are written together */

/* What a language wants that ICU does not tell. Absent strings are NULL. */
struct spoken_tongue {
	const char *language; /* or language_REGION, which goes first */
	/* Of a date: E weekday, M month, d the day, o its ordinal, f an ordinal on the first only;
	 * anything else is said as it stands. NULL: ICU's own order. */
	const char *date;
	const char *ordinal;              /* ICU's rules for it; NULL: none are needed */
	const char *const *days;          /* 31 ordinals where ICU has none */
	const char *masculine, *feminine; /* ICU's rules for numbers before nouns */
	const char *point;                /* of decimals, where ICU does not name one */
	const char *millions_of;          /* "un millón DE pesos" */
	const char *join;       /* between major and minor units; the Arabic one is a prefix */
	bool soft_hyphen_joins; /* ICU's soft hyphens stand inside words, not between them */
	bool join_is_prefix;
};

/* Names of minor units, two decimals each. Forms by plural category (UTS 35 part 3, "Language
 * Plural Rules"); a form that is NULL is `other`. */
struct spoken_minor {
	const char *language, *currencies;
	const char *one, *few, *many, *other;
	bool feminine;
};

/* What spoken_words() found last, for it is asked the same before every call. */
struct spoken_list {
	char currency[8];
	int digits;
	size_t n;
	struct spoken_listed {
		unsigned kinds;
		char word[SPOKEN_WORD];
	} words[];
};

struct spoken {
	struct spoken_list *list;
	char locale[SPOKEN_NAME]; /* ICU's name, Latin digits and Gregorian calendar asked for */
	char language[8];
	const struct spoken_tongue *tongue;
	UNumberFormat *words, *money;
	UPluralRules *plurals;
	const UNormalizer2 *nfc;
	const char *rules; /* which `words` uses now; NULL: the language's default */
	UChar usual[64];   /* the name of that default */
	char weekdays[7][SPOKEN_NAME], months[12][SPOKEN_NAME];
	char date[SPOKEN_NAME];
	char point[SPOKEN_WORD]; /* of decimals; may be empty */
	char bits[SPOKEN_BITS][SPOKEN_WORD];
	int n_bits;
};

struct speech {
	char *buf;
	size_t cap, len;
	int err;
};

extern const struct spoken_tongue spoken_tongues[]; /* the last has no language */
extern const struct spoken_minor spoken_minors[];

/* ---- speech (spoken_say.c) ---- */

struct speech speech_begin(char *buf, size_t cap);
int speech_end(struct speech *o); /* 0 or what went wrong, then with an empty buffer */
void speech_fail(struct speech *o, int err);

/* A word as it stands, with a space before it when it is not the first; `n` bytes. */
void say_word_n(struct speech *o, const char *word, size_t n);
void say_words(struct speech *o, const char *words); /* apart by single spaces */

/* Every word of a text of ICU's. `number`: it is a number in words, written together or not. */
void say_icu(struct spoken *s, struct speech *o, const UChar *text, int32_t n, bool number);

/* A whole number by ICU's `rules` ("%spellout-..."), NULL for the language's usual ones. */
void say_number(struct spoken *s, struct speech *o, int64_t n, const char *rules);

/* A decimal such as "1250.50", by ICU. */
void say_decimal(struct spoken *s, struct speech *o, const char *decimal);

/* ---- */

int spoken_icu_error(UErrorCode status);
int spoken_load_dates(struct spoken *s);
bool spoken_is_currency(const char *code);

#endif
