#include "sms_costly.h"

#include "utf8.h"

#include <string.h>

/* What to write for one character. Plain ASCII throughout, so that it suits every alphabet. In
 * order. */
static const struct word {
	uint16_t character;
	const char *instead;
} words[] = {
    {0x0009, " "},    {0x0060, "'"},          {0x007F, ""},    {0x0085, "\n"},  {0x00A0, " "},
    {0x00A1, ""},     {0x00A2, "c"},          {0x00A3, "GBP"}, {0x00A5, "JPY"}, {0x00A6, "|"},
    {0x00A9, "(C)"},  {0x00AA, "a"},          {0x00AB, "\""},  {0x00AD, ""},    {0x00AE, "(R)"},
    {0x00B0, " deg"}, {0x00B1, "+/-"},        {0x00B2, "2"},   {0x00B3, "3"},   {0x00B4, "'"},
    {0x00B5, "u"},    {0x00B7, "-"},          {0x00B9, "1"},   {0x00BA, "o"},   {0x00BB, "\""},
    {0x00BC, "1/4"},  {0x00BD, "1/2"},        {0x00BE, "3/4"}, {0x00BF, ""},    {0x00C6, "AE"},
    {0x00DE, "Th"},   {0x00DF, "ss"},         {0x00E6, "ae"},  {0x00FE, "th"},  {0x0132, "IJ"},
    {0x0133, "ij"},   {0x0152, "OE"},         {0x0153, "oe"},  {0x01A0, "O"},   {0x01A1, "o"},
    {0x01AF, "U"},    {0x01B0, "u"},          {0x0218, "S"},   {0x0219, "s"},   {0x021A, "T"},
    {0x021B, "t"},    {0x02B9, "'"},          {0x02BB, "'"},   {0x02BC, "'"},   {0x02C6, "^"},
    {0x02DC, "~"},    {0x0391, "A"},          {0x0392, "B"},   {0x0395, "E"},   {0x0396, "Z"},
    {0x0397, "H"},    {0x0399, "I"},          {0x039A, "K"},   {0x039C, "M"},   {0x039D, "N"},
    {0x039F, "O"},    {0x03A1, "P"},          {0x03A4, "T"},   {0x03A5, "Y"},   {0x03A7, "X"},
    {0x09F3, "BDT"},  {0x0E3F, "THB"},        {0x1680, " "},   {0x17DB, "KHR"}, {0x1E9E, "SS"},
    {0x2018, "'"},    {0x2019, "'"},          {0x201A, "'"},   {0x201B, "'"},   {0x201C, "\""},
    {0x201D, "\""},   {0x201E, "\""},         {0x201F, "\""},  {0x2022, "-"},   {0x2023, "-"},
    {0x2024, "."},    {0x2025, ".."},         {0x2026, "..."}, {0x2028, "\n"},  {0x2029, "\n"},
    {0x202F, " "},    {0x2030, " per mille"}, {0x2032, "'"},   {0x2033, "\""},  {0x2039, "'"},
    {0x203A, "'"},    {0x203C, "!!"},         {0x2043, "-"},   {0x2044, "/"},   {0x205F, " "},
    {0x20A1, "CRC"},  {0x20A6, "NGN"},        {0x20A9, "KRW"}, {0x20AA, "ILS"}, {0x20AB, "VND"},
    {0x20AC, "EUR"},  {0x20AD, "LAK"},        {0x20AE, "MNT"}, {0x20B1, "PHP"}, {0x20B2, "PYG"},
    {0x20B4, "UAH"},  {0x20B5, "GHS"},        {0x20B8, "KZT"}, {0x20B9, "INR"}, {0x20BA, "TRY"},
    {0x20BC, "AZN"},  {0x20BD, "RUB"},        {0x20BE, "GEL"}, {0x2116, "No."}, {0x2122, "(TM)"},
    {0x2190, "<-"},   {0x2192, "->"},         {0x21D2, "=>"},  {0x2212, "-"},   {0x2215, "/"},
    {0x2248, "~"},    {0x2260, "not ="},      {0x2264, "<="},  {0x2265, ">="},  {0x3000, " "},
    {0x3001, ","},    {0x3002, "."},          {0xFEFF, ""},
};

/* Letters with an accent, as the bare letter; '?' where `words` has two letters or nothing is
 * alike. */
static const struct letters {
	uint32_t first;
	const char *bare;
} letters[] = {
    {0x00C0, "AAAAAA?CEEEEIIIIDNOOOOOxOUUUUY??aaaaaa?ceeeeiiiidnooooo/ouuuuy?y"},
    {0x0100, "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIi??JjKkkLlLlLlLlLl"
	     "NnNnNnnNnOoOoOo??RrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs"},
    {0x1EA0, "AaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEeEeEeEeEeIiIiOoOoOoOoOoOoOoOoOoOoOoOo"
	     "UuUuUuUuUuUuUuYyYyYyYy"},
    {0xFF01, "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_'"
	     "abcdefghijklmnopqrstuvwxyz{|}~"},
};

/* Characters that stand for one thing by the range: spaces, dashes, and what a text reads the same
 * without (accents set apart, invisible marks, pictures). */
static const struct range {
	uint32_t first, last;
	const char *instead;
} ranges[] = {
    {0x0001, 0x001F, ""}, {0x0080, 0x009F, ""},  {0x0300, 0x036F, ""},   {0x2000, 0x200A, " "},
    {0x200B, 0x200F, ""}, {0x2010, 0x2015, "-"}, {0x202A, 0x202E, ""},   {0x2060, 0x2069, ""},
    {0x20D0, 0x20FF, ""}, {0x2300, 0x23FF, ""},  {0x2500, 0x257F, "-"},  {0x2580, 0x27BF, ""},
    {0x2B00, 0x2BFF, ""}, {0xFE00, 0xFE0F, ""},  {0x1F000, 0x1FAFF, ""}, {0xE0000, 0xE01EF, ""},
};

/* What to write instead of a character, in bare[] where it is one letter; NULL when there is
 * nothing. */
static const char *
suggest(uint32_t c, char bare[2])
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (words[i].character == c)
			return words[i].instead;
	}
	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
		if (c < letters[i].first || c - letters[i].first >= strlen(letters[i].bare))
			continue;
		bare[0] = letters[i].bare[c - letters[i].first];
		bare[1] = '\0';
		return bare[0] == '?' && c != 0xFF1F ? NULL : bare;
	}
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
		if (c >= ranges[i].first && c <= ranges[i].last)
			return ranges[i].instead;
	}
	return NULL;
}

/* Tells of each different character that one alphabet lacks; only counts them without `found`.
 * Characters of UTF-8 are never found inside each other, so looking back for the same octets is
 * enough. */
static int
tell(const char *text, size_t len, enum sms_encoding plain, struct gsm7_tables tables,
     sms_costly_cb found, void *context)
{
	const uint8_t *at = (const uint8_t *)text;
	const uint8_t *end = at + len;
	int count = 0;

	while (at < end) {
		const char *begin = (const char *)at;
		uint32_t c = (uint32_t)utf8_next(&at, end);
		size_t width = (size_t)((const char *)at - begin);
		char character[5] = "";
		char bare[2];

		if (sms_cost(c, plain, tables) > 0 ||
		    memmem(text, (size_t)(begin - text), begin, width) != NULL)
			continue;
		count++;
		memcpy(character, begin, width);
		if (found)
			found(context, character, suggest(c, bare));
	}
	return count;
}

int
sms_costly(const char *text, size_t len, const struct sms_options *options, sms_costly_cb found,
	   void *context)
{
	const uint8_t language = (uint8_t)options->shift;
	const struct gsm7_tables choices[] = {
	    {0, 0}, {.single = language}, {.locking = language}, {language, language}};
	struct gsm7_tables tables = choices[0];
	struct sms_size size;
	int least, r;

	r = sms_measure(text, len, options, &size);
	if (r < 0)
		return r;
	if (size.encoding != SMS_UCS2)
		return 0;
	/* With a national language: its tables that come nearest, since that is where the author is
	 * heading. */
	least = tell(text, len, options->plain, tables, NULL, NULL);
	for (size_t i = 1; language != GSM7_DEFAULT && options->plain == SMS_GSM7 && i < 4; i++) {
		int lacking = tell(text, len, options->plain, choices[i], NULL, NULL);

		if (lacking < least) {
			least = lacking;
			tables = choices[i];
		}
	}
	return tell(text, len, options->plain, tables, found, context);
}
