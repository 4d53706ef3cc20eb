/* spoken.h - numbers, amounts, dates and digits in words, for a voice or for recordings
 *
 *     1250 PHP, en    one thousand two hundred fifty Philippine pesos
 *     15 September    Tuesday the fifteenth of September
 *     "0917"          zero nine one seven
 *
 * The words come from ICU's rules (CLDR, UTS 35 part 3, "Rule-Based Number Formatting"). ICU
 * answers in English for a language it has no rules for: that is found out and refused.
 *
 * Every word is also the name of a recording: `recordings/LANG/words/WORD.wav`, the word exactly as
 * it stands in the answer, capital letters included. So words are made safe for files here, once:
 *
 *   - words stand apart by single spaces (U+0020), in every language: hyphens end a word ("twenty
 *     one"), and so do the invisible breaks of Thai and Khmer; Burmese and Chinese are taken apart
 *     into the words that numbers are made of;
 *   - a word holds letters, marks, digits and U+0027 alone, in Unicode's form C, at most
 *     SPOKEN_WORD bytes; every other apostrophe becomes U+0027; all else is left out.
 *
 *   Ownership   spoken_open() gives, spoken_close() takes back. An open one holds a formatter of
 *               ICU's, 0.1 to 0.5 MB.
 *   Threads     one at a time: ICU's formatter is told which rules to use before each number.
 *   Errors      0 or a negative errno; on failure the buffer holds the empty string.
 *   Output      UTF-8, NUL-terminated; SPOKEN_TEXT bytes are enough for any of the forms.
 */
#ifndef TEMPLATES_SPOKEN_H
#define TEMPLATES_SPOKEN_H

#include <stddef.h>
#include <stdint.h>

#define SPOKEN_TEXT 1024
#define SPOKEN_WORD 96 /* bytes of a word with its NUL */
#define SPOKEN_WHY  200
#define SPOKEN_MOST 999999999 /* the largest number that is said in words, in major units */

struct spoken;

/* Open a BCP 47 language such as "fil", "es-CO" or "en-IN" (lakh and crore); "tl" is "fil".
 * -EINVAL: no language tag; -ENOENT: ICU has no number words of that language, or words of two
 * scripts (Lao's are partly Thai); -ENOMEM; -EIO: ICU's data cannot be read. `why` (may be NULL)
 * then holds a sentence for a person. */
int spoken_open(struct spoken **out, const char *language, char why[SPOKEN_WHY]);
void spoken_close(struct spoken *s); /* NULL is allowed */

/* A whole number, 0..SPOKEN_MOST, as one counts: "twenty one". -ERANGE outside. */
int spoken_count(struct spoken *s, int64_t n, char *buf, size_t cap);

/* Each of the digits 0-9 of `text` by itself; other characters of a telephone number or a
 * reference (space + - / . ( ) #) are passed over. -EINVAL: another character, or no digit. */
int spoken_digits(struct spoken *s, const char *text, char *buf, size_t cap);

/* An amount of `minor` units of which `digits` (0..4) are decimals, with the currency's name in the
 * language and in its plural; numbers agree with its gender ("doscientas rupias"). Minor units are
 * said when there are any: by name where it is known ("and fifty centavos"), else as decimals
 * ("point five"). `currency` is three capital letters and known to ICU, else -EINVAL. -ERANGE:
 * negative, or over SPOKEN_MOST major units. */
int spoken_amount(struct spoken *s, int64_t minor, int digits, const char *currency, char *buf,
		  size_t cap);

/* A day, counted from 1970-01-01 in the proleptic Gregorian calendar: weekday, day and month in the
 * language's order, the day as an ordinal where the language says it so. -ERANGE outside the years
 * 1 to 9999. */
int spoken_date(struct spoken *s, int32_t day, char *buf, size_t cap);

/* ---- what must be recorded to do without a synthetic voice ---- */

enum spoken_kind {
	SPOKEN_NUMBER,   /* of 0..SPOKEN_MOST, alone and before the currency */
	SPOKEN_WEEKDAY,  /* words of the seven names */
	SPOKEN_MONTH,    /* words of the twelve names */
	SPOKEN_DAY,      /* the rest of dates: ordinals, and small words such as "the" and "of" */
	SPOKEN_CURRENCY, /* the currency's names, minor units and the words between */
};

#define SPOKEN_AMOUNTS (1u << SPOKEN_NUMBER | 1u << SPOKEN_CURRENCY)
#define SPOKEN_DATES   (1u << SPOKEN_WEEKDAY | 1u << SPOKEN_MONTH | 1u << SPOKEN_DAY)

/* `kinds`: all that need the word, 1u << enum spoken_kind each ("ng" is Filipino's in dates and in
 * "piso ng Pilipinas"). */
typedef void spoken_word_fn(void *ctx, unsigned kinds, const char *word);

/* Tell every word that the calls above may answer with, each once. All words of amounts have one of
 * SPOKEN_AMOUNTS, all of dates one of SPOKEN_DATES. `currency` may be NULL: then no amounts;
 * `digits` as above. Takes 30 to 150 ms the first time for a currency; the list is kept until
 * another is asked for. -EINVAL, -ENOMEM. */
int spoken_words(struct spoken *s, const char *currency, int digits, spoken_word_fn *word,
		 void *ctx);

#endif
