/*
 * money - amounts between text and integers: ISO 4217 minor units, and prices in millionths.
 *
 * Inside Dunlin money is an int64 of minor units (centavos, fils) and a currency code; floating
 * point is never used. What people write is a plain decimal: `1250`, `1250.5`, `-1250.50`. Anything
 * else is refused with a sentence that says how to write it: guessing between 1.250 and 1,250 would
 * be wrong by a factor of a thousand.
 *
 * Errors: -EINVAL not an amount; -ERANGE beyond int64; `why` (if not NULL) holds the sentence.
 * Thread: any; pure.
 */
#ifndef GATEWAY_MONEY_H
#define GATEWAY_MONEY_H

#include <stddef.h>
#include <stdint.h>

#define MONEY_WHY    192 /* bytes for a sentence */
#define MONEY_TEXT   32  /* bytes for any formatted amount or price */
#define MONEY_SAID   48  /* ... with its currency, thousands apart */
#define MONEY_MICRO  1000000
#define MONEY_DIGITS 4 /* the most any currency has (CLF, UYW) */

/* Digits after the point of a currency, 0..4; -ENOENT when the code is no current currency of ISO
 * 4217. Upper case only. */
int money_digits(const char *code);

/* All current codes, sorted, NULL at the end: for complaint_nearest(). */
const char *const *money_codes(void);

/*
 * Reads an amount of a currency with `digits` (0..4) into minor units; "1250.5" with 2 gives
 * 125050. Spaces around are ignored, a leading minus is taken (whether negative makes sense is the
 * caller's).
 */
int money_parse(const char *text, size_t len, int digits, int64_t *minor, char why[MONEY_WHY]);

/* Writes "-1250.50", always with all digits. Returns the length. */
size_t money_format(int64_t minor, int digits, char out[MONEY_TEXT]);

/* Writes "PHP -1,250.50", thousands apart, as people read it; a currency that is none: 2 digits. */
const char *money_said(int64_t minor, const char *currency, char out[MONEY_SAID]);

/* Reads a price, 0 or more, at most 6 decimals, into millionths of the major unit: "0.35" gives
 * 350000. */
int money_price_parse(const char *text, size_t len, int64_t *micro, char why[MONEY_WHY]);

/* Writes a price without needless zeros: 350000 gives "0.35". Returns the length. */
size_t money_price_format(int64_t micro, char out[MONEY_TEXT]);

/*
 * Millionths to minor units, half up (a half goes away from zero): 0.355 with 2 digits is 36.
 * One row is rounded so; reports sum the millionths first and round the sum.
 */
int64_t money_price_round(int64_t micro, int digits);

#endif
