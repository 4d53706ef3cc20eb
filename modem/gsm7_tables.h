/* The character tables of 3GPP TS 23.038 6.2.1 and annex A; for gsm7.c alone.
 *
 * Each table holds the Unicode code point of each septet. Pure data.
 */
#ifndef MODEM_GSM7_TABLES_H
#define MODEM_GSM7_TABLES_H

#include "gsm7.h"

/* A place a table leaves free, and that of ESC. The middle dot is in no table, which tests hold. */
#define GSM7_FREE 0x00B7

/* Indexed by enum gsm7_language; each points at 128 code points. */
extern const uint16_t *const gsm7_locking[GSM7_LANGUAGES];
extern const uint16_t *const gsm7_single[GSM7_LANGUAGES];

/* What those point at in gsm7_tables_india.c. */
extern const uint16_t gsm7_locking_bengali[128], gsm7_single_bengali[128];
extern const uint16_t gsm7_locking_gujarati[128], gsm7_single_gujarati[128];
extern const uint16_t gsm7_locking_hindi[128], gsm7_single_hindi[128];
extern const uint16_t gsm7_locking_kannada[128], gsm7_single_kannada[128];
extern const uint16_t gsm7_locking_malayalam[128], gsm7_single_malayalam[128];
extern const uint16_t gsm7_locking_oriya[128], gsm7_single_oriya[128];
extern const uint16_t gsm7_locking_punjabi[128], gsm7_single_punjabi[128];
extern const uint16_t gsm7_locking_tamil[128], gsm7_single_tamil[128];
extern const uint16_t gsm7_locking_telugu[128], gsm7_single_telugu[128];
extern const uint16_t gsm7_locking_urdu[128], gsm7_single_urdu[128];

#endif
