/* plain.c - the folding itself; runs when a locale is opened, never when a text is written */
#include "plain.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>

#define PLAIN_MAX 128 /* characters folded in one go; names and signs are far shorter */
#define DROPPED   (-1)

/* The letters of the default alphabet beyond ASCII's; its Greek capitals are not Latin and are
 * left alone anyway. Lower-case c with cedilla is not among them: 3GPP has only the capital. */
static bool
in_default_alphabet(UChar32 c)
{
	static const UChar32 letters[] = {0xc4, 0xc5, 0xc6, 0xc7, 0xc9, 0xd1, 0xd6, 0xd8,
					  0xdc, 0xdf, 0xe0, 0xe4, 0xe5, 0xe6, 0xe8, 0xe9,
					  0xec, 0xf1, 0xf2, 0xf6, 0xf8, 0xf9, 0xfc};
	if (c < 0x80)
		return true;
	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
		if (letters[i] == c)
			return true;
	return false;
}

/* Letters that Unicode does not take apart, by the letter people write when they lack it. */
static UChar32
base_of(UChar32 c)
{
	static const struct {
		UChar32 letter;
		char base;
	} table[] = {
	    {0x0110, 'D'}, {0x0111, 'd'}, {0x0126, 'H'},  {0x0127, 'h'},  {0x0131, 'i'},
	    {0x0141, 'L'}, {0x0142, 'l'}, {0x014a, 'N'},  {0x014b, 'n'},  {0x0166, 'T'},
	    {0x0167, 't'}, {0x0181, 'B'}, {0x0186, 'O'},  {0x0189, 'D'},  {0x018a, 'D'},
	    {0x018e, 'E'}, {0x018f, 'E'}, {0x0190, 'E'},  {0x0192, 'f'},  {0x0193, 'G'},
	    {0x0194, 'G'}, {0x0198, 'K'}, {0x0199, 'k'},  {0x019d, 'N'},  {0x01b3, 'Y'},
	    {0x01b4, 'y'}, {0x01dd, 'e'}, {0x0253, 'b'},  {0x0254, 'o'},  {0x0256, 'd'},
	    {0x0257, 'd'}, {0x0259, 'e'}, {0x025b, 'e'},  {0x0260, 'g'},  {0x0263, 'g'},
	    {0x0268, 'i'}, {0x0269, 'i'}, {0x026a, 'i'},  {0x0272, 'n'},  {0x0289, 'u'},
	    {0x028b, 'v'}, {0x028c, 'a'}, {0xa78b, '\''}, {0xa78c, '\''}, {0x00f0, 'd'},
	    {0x00fe, 't'},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (table[i].letter == c)
			return table[i].base;
	return c;
}

/* A Latin letter without what the alphabet lacks: marks go one by one, so that a letter with two
 * may keep the one that is known. */
static UChar32
fold_letter(const UNormalizer2 *nfd, UChar32 c)
{
	while (!in_default_alphabet(c)) {
		UChar parts[8];
		UErrorCode status = U_ZERO_ERROR;
		int32_t n = unorm2_getRawDecomposition(nfd, c, parts, 8, &status);
		if (n <= 0 || U_FAILURE(status))
			return base_of(c);
		/* All Latin letters that come apart do so into ones of the first plane. */
		c = parts[0];
	}
	return c;
}

static UChar32
fold_sign(UChar32 c)
{
	switch (c) {
	case 0x2018:
	case 0x2019:
	case 0x2032:
	case 0x02b9:
	case 0x02bb:
	case 0x02bc:
	case 0x02bd:
	case 0x02be:
	case 0x02bf: return '\'';
	case 0x2010:
	case 0x2011:
	case 0x2012:
	case 0x2013:
	case 0x2212: return '-';
	case 0x00ad:
	case 0x061c:
	case 0x200b:
	case 0x200e:
	case 0x200f:
	case 0xfeff: return DROPPED;
	default: break;
	}
	if ((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
		return DROPPED;
	return u_isUWhiteSpace(c) ? ' ' : c;
}

/* Fold `n` characters in place; returns how many are left. */
static int32_t
fold(UChar32 *text, int32_t n, UErrorCode *status)
{
	const UNormalizer2 *nfd = unorm2_getNFDInstance(status);
	int32_t kept = 0;
	bool after_latin = false;
	for (int32_t i = 0; i < n && U_SUCCESS(*status); i++) {
		bool latin = uscript_getScript(text[i], status) == USCRIPT_LATIN;
		/* A mark that is a character of its own goes like one that is part of its letter.
		 */
		if (after_latin && u_charType(text[i]) == U_NON_SPACING_MARK)
			continue;
		after_latin = latin;
		UChar32 c = latin ? fold_letter(nfd, text[i]) : fold_sign(text[i]);
		if (c != DROPPED)
			text[kept++] = c;
	}
	return kept;
}

int
plain_text(const UChar *s, int32_t n, char *buf, size_t cap)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar32 text[PLAIN_MAX];
	UChar folded[2 * PLAIN_MAX];
	int32_t len = 0, bytes = 0;
	u_strToUTF32(text, PLAIN_MAX, &len, s, n, &status);
	len = fold(text, U_SUCCESS(status) ? len : 0, &status);
	u_strFromUTF32(folded, 2 * PLAIN_MAX, &len, text, len, &status);
	u_strToUTF8(buf, cap > INT32_MAX ? INT32_MAX : (int32_t)cap, &bytes, folded, len, &status);
	if (status == U_BUFFER_OVERFLOW_ERROR || (U_SUCCESS(status) && (size_t)bytes >= cap))
		return -ENOBUFS;
	return U_FAILURE(status) ? -EIO : 0;
}
