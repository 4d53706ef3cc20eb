/* language.h - language tags as people write them, in one form
 *
 * BCP 47: a language, then perhaps a script and a region: "fil", "es-CO", "sr-Latn", "zh-Hant-TW".
 * The canonical form is en-US's: language small, Script, REGION; `_` is taken for `-`; `tl` is
 * `fil`.  Variants and extensions play no part in texts for telephones and are refused.
 *
 * Pure; any thread.
 */
#ifndef GATEWAY_LANGUAGE_H
#define GATEWAY_LANGUAGE_H

#include <stddef.h>

#define LANGUAGE_TEXT 16 /* bytes of any canonical tag with its NUL */

/* 0, or -EINVAL (out is then ""). */
int language_canonical(const char *text, size_t len, char out[LANGUAGE_TEXT]);

/* Cuts the last part off a canonical tag: es-CO gives es.  0, or -ENOENT when there is but one. */
int language_widen(char tag[LANGUAGE_TEXT]);

#endif
