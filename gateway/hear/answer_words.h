/* answer_words.h - what answers say where the lender wrote nothing, in ten languages
 *
 * Words of languages in Latin letters stay inside the GSM 7-bit default alphabet (3GPP TS 23.038
 * 6.2.1), so that an answer costs one segment.  NO, START and STOP are understood in every language
 * and stand as they are.
 *
 * Pure.
 */
#ifndef GATEWAY_ANSWER_WORDS_H
#define GATEWAY_ANSWER_WORDS_H

#include "answer.h"

/* The words for a BCP 47 language ("es-CO" finds "es"), NULL when it is none of the ten. */
const char *answer_words(enum answer_kind kind, const char *language);

#endif
