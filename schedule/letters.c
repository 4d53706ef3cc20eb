#include "letters.h"

#include <stddef.h>

uint32_t
letters_next(const unsigned char **p, const unsigned char *end)
{
	unsigned c = *(*p)++;
	uint32_t value;
	int more;

	if (c < 0x80)
		return c;
	if (c < 0xc2 || c > 0xf4)
		return ' ';
	more = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
	value = c & (0x3fU >> more);
	for (; more > 0; more--) {
		if (*p == end || (**p & 0xc0) != 0x80)
			return ' ';
		value = value << 6 | (*(*p)++ & 0x3f);
	}
	return value;
}

int
letters_put(uint32_t c, char out[4])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* Base letters of U+00C0..U+017F, lower case. */
static const char latin[] = "aaaaaaaceeeeiiiidnooooo ouuuuyts"
			    "aaaaaaaceeeeiiiidnooooo ouuuuyty"
			    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkk"
			    "llllllllllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuww"
			    "yyyzzzzzzs";

_Static_assert(sizeof latin == 0x180 - 0xc0 + 1, "one letter for each code point");

static const struct {
	uint16_t first, last;
	char to; /* '\0': dropped */
} folds[] = {
    {0x00a0, 0x00a0, ' '},  {0x00aa, 0x00aa, 'a'},  {0x00ad, 0x00ad, '\0'}, {0x00b4, 0x00b4, '\''},
    {0x00ba, 0x00ba, 'o'},  {0x0300, 0x036f, '\0'}, {0x02b9, 0x02bc, '\''}, {0x1ea0, 0x1eb7, 'a'},
    {0x1eb8, 0x1ec7, 'e'},  {0x1ec8, 0x1ecb, 'i'},  {0x1ecc, 0x1ee3, 'o'},  {0x1ee4, 0x1ef1, 'u'},
    {0x1ef2, 0x1ef9, 'y'},  {0x2000, 0x200a, ' '},  {0x200b, 0x200f, '\0'}, {0x2010, 0x2015, '-'},
    {0x2018, 0x201b, '\''}, {0x201c, 0x201f, '"'},  {0x2026, 0x2026, '.'},  {0x2028, 0x2029, '\n'},
    {0x202a, 0x202e, '\0'}, {0x202f, 0x202f, ' '},  {0x2032, 0x2032, '\''}, {0x2060, 0x2064, '\0'},
    {0x2190, 0x2bff, ' '},  {0x3000, 0x3000, ' '},  {0x3001, 0x3001, ','},  {0x3002, 0x3002, '.'},
    {0xfe00, 0xfe0f, '\0'}, {0xfeff, 0xfeff, '\0'},
};

/* Devanagari as it is typed: nasal marks and dots below are left out as often as not, long and
 * short vowels change places. */
static uint32_t
fold_devanagari(uint32_t c)
{
	/* the letters with a dot below, U+0958..U+095F */
	static const uint16_t plain[] = {0x915, 0x916, 0x917, 0x91c, 0x921, 0x922, 0x92b, 0x92f};

	if (c >= 0x966 && c <= 0x96f)
		return '0' + (c - 0x966);
	if (c >= 0x958 && c <= 0x95f)
		return plain[c - 0x958];
	switch (c) {
	case 0x901:
	case 0x902:
	case 0x903:
	case 0x93c:
	case 0x945: return 0;
	case 0x908: /* long i, u to short; ai to e, au to o: each pair stands side by side */
	case 0x90a:
	case 0x910:
	case 0x914:
	case 0x940:
	case 0x942:
	case 0x948:
	case 0x94c: return c - 1;
	case 0x949: return 0x93e;
	case 0x929: return 0x928;
	case 0x931: return 0x930;
	case 0x964:
	case 0x965: return '.';
	default: return c;
	}
}

uint32_t
letters_fold(uint32_t c)
{
	if (c >= 0xff01 && c <= 0xff5e)
		c -= 0xfee0;
	if (c >= 'A' && c <= 'Z')
		return c + ('a' - 'A');
	if (c < 0xa0)
		return c == '`' ? '\'' : c;
	if (c >= 0xc0 && c < 0x180)
		return (unsigned char)latin[c - 0xc0];
	if (c >= 0x900 && c < 0x980)
		return fold_devanagari(c);
	if ((c >= 0x391 && c <= 0x3a9) || (c >= 0x410 && c <= 0x42f))
		return c + 32;
	if (c >= 0x1f000)
		return c < 0x20000 ? ' ' : c; /* emoji */
	for (size_t i = 0; i < sizeof folds / sizeof folds[0]; i++) {
		if (c >= folds[i].first && c <= folds[i].last)
			return (unsigned char)folds[i].to;
	}
	return c;
}

bool
letters_is_digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

bool
letters_is_money(uint32_t c)
{
	return c == '$' || (c >= 0xa2 && c <= 0xa5) || (c >= 0x20a0 && c <= 0x20bf);
}

bool
letters_is_letter(uint32_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 0x100 && !letters_is_money(c));
}

bool
letters_is_cjk(uint32_t c)
{
	return (c >= 0x3040 && c <= 0x30ff) || (c >= 0x3400 && c <= 0x9fff) ||
	       (c >= 0xf900 && c <= 0xfaff) || (c >= 0x20000 && c <= 0x3ffff);
}
