#include "gsm7_tables.h"

/* Eight rows of sixteen septets each, so that a row is a column of the standard's drawing. A middle
 * dot stands for ESC and for places that are free. Spanish has no locking shift table: the default
 * alphabet is repeated there, which is also how 23.038 6.2.1.2.4 has unknown tables read. */
#define DEFAULT_ALPHABET                                                                           \
	u"@£$¥èéùìòÇ\nØø\rÅå"                                                          \
	u"Δ_ΦΓΛΩΠΨΣΘΞ·ÆæßÉ"                                                         \
	u" !\"#¤%&'()*+,-./"                                                                      \
	u"0123456789:;<=>?"                                                                        \
	u"¡ABCDEFGHIJKLMNO"                                                                       \
	u"PQRSTUVWXYZÄÖÑÜ§"                                                                   \
	u"¿abcdefghijklmno"                                                                       \
	u"pqrstuvwxyzäöñüà"

const uint16_t gsm7_locking[GSM7_LANGUAGES][128] = {
    [GSM7_DEFAULT] = DEFAULT_ALPHABET, /* 6.2.1 */
    [GSM7_SPANISH] = DEFAULT_ALPHABET,
    [GSM7_TURKISH] = /* A.3.1 */
    u"@£$¥€éùıòÇ\nĞğ\rÅå"
    u"Δ_ΦΓΛΩΠΨΣΘΞ·ŞşßÉ"
    u" !\"#¤%&'()*+,-./"
    u"0123456789:;<=>?"
    u"İABCDEFGHIJKLMNO"
    u"PQRSTUVWXYZÄÖÑÜ§"
    u"çabcdefghijklmno"
    u"pqrstuvwxyzäöñüà",
    [GSM7_PORTUGUESE] = /* A.3.3 */
    u"@£$¥êéúíóç\nÔô\rÁá"
    u"Δ_ªÇÀ∞^\\€Ó|·ÂâÊÉ"
    u" !\"#º%&'()*+,-./"
    u"0123456789:;<=>?"
    u"ÍABCDEFGHIJKLMNO"
    u"PQRSTUVWXYZÃÕÚÜ§"
    u"~abcdefghijklmno"
    u"pqrstuvwxyzãõ`üà",
};

const uint16_t gsm7_single[GSM7_LANGUAGES][128] = {
    [GSM7_DEFAULT] = /* 6.2.1.1 */
    u"··········\f·····"
    u"····^···········"
    u"········{}·····\\"
    u"············[~]·"
    u"|···············"
    u"················"
    u"·····€··········"
    u"················",
    [GSM7_TURKISH] = /* A.2.1 */
    u"··········\f·····"
    u"····^···········"
    u"········{}·····\\"
    u"············[~]·"
    u"|······Ğ·İ······"
    u"···Ş············"
    u"···ç·€·ğ·ı······"
    u"···ş············",
    [GSM7_SPANISH] = /* A.2.2 */
    u"·········ç\f·····"
    u"····^···········"
    u"········{}·····\\"
    u"············[~]·"
    u"|Á·······Í·····Ó"
    u"·····Ú··········"
    u"·á···€···í·····ó"
    u"·····ú··········",
    [GSM7_PORTUGUESE] = /* A.2.3 */
    u"·····ê···ç\fÔô·Áá"
    u"··ΦΓ^ΩΠΨΣΘ·····Ê"
    u"········{}·····\\"
    u"············[~]·"
    u"|À·······Í·····Ó"
    u"·····Ú·····ÃÕ···"
    u"·Â···€···í·····ó"
    u"·····ú·····ãõ··â",
};
