/* The user data header of a short message that came in: 3GPP TS 23.040 9.2.3.24.
 *
 * Made by strangers' software, so every length in it is doubted. As the standard asks: a header
 * whose elements do not fill it exactly is ignored as a whole (its octets are still no text); a
 * concatenation element with a total or number of 0, or a number above the total, is ignored; of
 * elements that contradict each other the last one counts. Elements not listed below are skipped.
 *
 * Pure; any thread.
 */
#ifndef MODEM_SMS_UDH_H
#define MODEM_SMS_UDH_H

#include "gsm7.h"

struct sms_udh {
	bool concat; /* the three below are set: 9.2.3.24.1 (8-bit) or 9.2.3.24.8 (16-bit reference)
		      */
	bool wide;   /* the reference has 16 bits: 7 of 8 bits and 7 of 16 are different messages */
	uint16_t reference;        /* 0 without concat */
	uint8_t total;             /* 1..255; 1 without concat */
	uint8_t n;                 /* 1..total; 1 without concat */
	struct gsm7_tables tables; /* 9.2.3.24.15 and .16; unknown languages are the default */
	bool ports; /* addressed to an application (9.2.3.24.3 or .4): hardly a text */
};

/* Reads the header at the beginning of len octets of user data. Returns the octets it takes with
 * its length octet (1..256), which is where the text begins; or -EBADMSG when there is none or it
 * runs past the end: then everything should be read as text. *out is always filled. */
int sms_udh_parse(const uint8_t *octets, size_t len, struct sms_udh *out);

#endif
