/* The character tables of 3GPP TS 23.038 6.2.1 and annex A; for gsm7.c alone.
 *
 * Indexed by enum gsm7_language, then by septet; Unicode code points. Pure data.
 */
#ifndef MODEM_GSM7_TABLES_H
#define MODEM_GSM7_TABLES_H

#include "gsm7.h"

/* A place a table leaves free, and that of ESC. The middle dot is in no table, which tests hold. */
#define GSM7_FREE 0x00B7

extern const uint16_t gsm7_locking[GSM7_LANGUAGES][128];
extern const uint16_t gsm7_single[GSM7_LANGUAGES][128];

#endif
