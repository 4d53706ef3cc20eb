/* plain.h - making ICU's strings fit a text message
 *
 * ICU writes for screens: no-break spaces, direction marks, typographic apostrophes, letters with
 * marks. On the telephone network one character outside the GSM 7-bit default alphabet
 * (3GPP TS 23.038 6.2.1) turns the whole text into UCS-2, 70 characters a part instead of 160. */
#ifndef TEMPLATES_PLAIN_H
#define TEMPLATES_PLAIN_H

#include <stddef.h>
#include <unicode/utypes.h>

/* Write `n` UTF-16 units as plain UTF-8 into buf[cap], NUL-terminated: every space becomes
 * U+0020, apostrophes and dashes their ASCII forms, direction marks and soft hyphens go, and
 * Latin letters the alphabet lacks become their base letters. Letters of other scripts stay, and
 * so do the joiners that spell them. 0; -ENOBUFS; -EIO when ICU's data are missing. */
int plain_text(const UChar *s, int32_t n, char *buf, size_t cap);

#endif
