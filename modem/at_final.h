/* at_final.h - which lines end an answer (pure)
 *
 * ITU-T V.250 5.7.1; 3GPP TS 27.005 3.2.5, 27.007 9.2; and what some makers say instead.
 */
#ifndef MODEM_AT_FINAL_H
#define MODEM_AT_FINAL_H

#include "at.h"

/* Whether line is final for a command; fills final, cms, code and line of *out then. Results of
 * calls (BUSY, NO CARRIER...) are final for ATD and ATA only: others hear of them at any moment. */
bool at_final_parse(const char *command, const char *line, struct at_answer *out);

/* Whether text begins with prefix, in any case. */
bool at_begins(const char *text, const char *prefix);

/* Whether line is nothing but an even number of hex digits, at least two. */
bool at_is_hex(const char *line);

#endif
