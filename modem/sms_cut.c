#include "sms_cut.h"

static unsigned
unit_at(const uint8_t *octets, size_t at)
{
	return (unsigned)octets[at] << 8 | octets[at + 1];
}

size_t
sms_cut_hard(enum sms_encoding encoding, const uint8_t *octets, size_t end)
{
	if (encoding == SMS_GSM7 && octets[end - 1] == GSM7_ESC)
		return end - 1;
	if (encoding == SMS_UCS2 && (unit_at(octets, end - 2) & 0xFC00) == 0xD800)
		return end - 2;
	return end;
}

/* Whether a UCS-2 unit belongs to what stands before it: combining accents, vowel signs, joiners
 * and selectors. Broad ranges, since all that hangs on it is where a handset's seam lies. */
static bool
clings(unsigned unit)
{
	static const uint16_t ranges[][2] = {
	    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05C7}, {0x064B, 0x065F},
	    {0x0E31, 0x0E31}, {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x0EB1, 0x0EBC},
	    {0x0EC8, 0x0ECD}, {0x102B, 0x103E}, {0x17B4, 0x17D3}, {0x1AB0, 0x1AFF},
	    {0x1DC0, 0x1DFF}, {0x200D, 0x200D}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F},
	    {0xFE20, 0xFE2F},
	};

	if (unit < 0x0300)
		return false;
	/* The scripts of India share one layout, 128 places each. */
	if (unit >= 0x0900 && unit <= 0x0DFF) {
		unsigned place = unit & 0x7F;

		return place <= 0x03 || place == 0x3C || (place >= 0x3E && place <= 0x4D) ||
		       (place >= 0x51 && place <= 0x57) || place == 0x62 || place == 0x63;
	}
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
		if (unit >= ranges[i][0] && unit <= ranges[i][1])
			return true;
	}
	return false;
}

/* Whether a person would see one sign torn in two by a cut at `at`, which is no hard cut's mistake.
 */
static bool
tears(const uint8_t *octets, size_t at, size_t len)
{
	unsigned before = unit_at(octets, at - 2);
	unsigned after = unit_at(octets, at);
	bool virama = before >= 0x0900 && before <= 0x0DFF && (before & 0x7F) == 0x4D;

	if (clings(after) || before == 0x200D || (virama && after >= 0x0900 && after <= 0x0DFF))
		return true;
	/* Skin tones, U+1F3FB..U+1F3FF. */
	return after == 0xD83C && at + 4 <= len && unit_at(octets, at + 2) >= 0xDFFB;
}

size_t
sms_cut_soft(const uint8_t *octets, size_t begin, size_t end, size_t len, size_t room)
{
	size_t floor = end - begin > 64 ? end - 64 : begin;

	for (size_t at = end; at > floor && len - at <= room; at -= 2) {
		if ((unit_at(octets, at) & 0xFC00) != 0xDC00 && !tears(octets, at, len))
			return at;
	}
	return end;
}
