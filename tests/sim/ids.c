#include "ids.h"

#include "dice.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
format_decimal(uint64_t number, char *id)
{
	char digits[20];
	size_t n = 0;
	do {
		digits[n++] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	while (n)
		*id++ = digits[--n];
	*id = 0;
}

/* The last twelve digits carry the number; what precedes them looks random but repeats itself. */
static void
format_uuid(uint64_t number, char id[IDS_ROOM])
{
	uint64_t mix = dice_mix(0, DICE_ID, number);
	snprintf(id, IDS_ROOM, "%08" PRIx32 "-%04x-4%03x-a%03x-%012" PRIx64, (uint32_t)mix,
		 (unsigned)(mix >> 32 & 0xffff), (unsigned)(mix >> 48 & 0xfff),
		 (unsigned)(mix >> 52 & 0xfff), number & UINT64_C(0xffffffffffff));
}

void
ids_format(enum option_ids form, uint64_t number, char id[IDS_ROOM])
{
	switch (form) {
	case IDS_DEC: format_decimal(number, id); break;
	case IDS_HEX: snprintf(id, IDS_ROOM, "%" PRIx64, number); break;
	case IDS_UPPER_HEX: snprintf(id, IDS_ROOM, "%" PRIX64, number); break;
	case IDS_PADDED: snprintf(id, IDS_ROOM, "%020" PRIu64, number); break;
	case IDS_PADDED_HEX: snprintf(id, IDS_ROOM, "%016" PRIX64, number); break;
	case IDS_UUID: format_uuid(number, id); break;
	case IDS_LONG:
		snprintf(id, IDS_ROOM, "operator-%016" PRIx64 "-of-the-far-side-%020" PRIu64 "xy",
			 dice_mix(0, DICE_ID, number), number);
		break;
	}
}

bool
ids_parse(enum option_ids form, const char *id, uint64_t *number)
{
	const char *digits = id;
	int base = form == IDS_DEC || form == IDS_PADDED || form == IDS_LONG ? 10 : 16;
	size_t n = strlen(id);
	if (form == IDS_UUID && n == 36)
		digits = id + 24;
	else if (form == IDS_LONG && n > 22)
		digits = id + n - 22;
	*number = strtoull(digits, NULL, base);
	char again[IDS_ROOM];
	ids_format(form, *number, again);
	return strcmp(again, id) == 0;
}
