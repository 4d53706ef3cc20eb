/*
 * Incoming texts cut into deliver_sm: GSM-7 if it will go, else UCS-2; long ones by user data
 * header (8 or 16 bit reference), sar TLVs or message_payload.
 */
#ifndef SIM_LETTER_H
#define SIM_LETTER_H

#include "options.h"

#include <stddef.h>
#include <stdint.h>

enum { LETTER_PARTS = 32 };

/* The body of one deliver_sm, from malloc; the caller frees it. */
struct letter {
	uint8_t *body;
	size_t len;
};

/* How many were made; what goes beyond LETTER_PARTS is cut off. */
size_t letter_compose(const struct options *o, const char *from, const char *to, const char *utf8,
		      struct letter letters[LETTER_PARTS]);

#endif
