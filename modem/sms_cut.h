/* Where encoded octets may be cut into segments; for sms.c alone.
 *
 * A hard cut keeps escapes and surrogate pairs whole, a soft one also what a person sees as one
 * sign. Taking every cut as late as a hard one may be gives the fewest segments there can be. Pure;
 * any thread.
 */
#ifndef MODEM_SMS_CUT_H
#define MODEM_SMS_CUT_H

#include "sms.h"

/* The last place at or before end (2 or more) where octets may be cut at all. */
size_t sms_cut_hard(enum sms_encoding encoding, const uint8_t *octets, size_t end);

/* A kinder UCS-2 cut of the len octets than end, later than begin, such that what follows it is at
 * most room octets; or end itself, which is a hard cut. */
size_t sms_cut_soft(const uint8_t *octets, size_t begin, size_t end, size_t len, size_t room);

#endif
