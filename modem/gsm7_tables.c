#include "gsm7_tables.h"

/* Eight rows of sixteen septets each, so that a row is a column of the standard's drawing. A middle
 * dot stands for ESC and for places that are free. Spanish has no locking shift table: the default
 * alphabet is repeated there, which is also how 23.038 6.2.1.2.4 has unknown tables read. */
static const uint16_t locking_default[128] = /* 6.2.1 */
    u"@£$¥èéùìòÇ\nØø\rÅå"
    u"Δ_ΦΓΛΩΠΨΣΘΞ·ÆæßÉ"
    u" !\"#¤%&'()*+,-./"
    u"0123456789:;<=>?"
    u"¡ABCDEFGHIJKLMNO"
    u"PQRSTUVWXYZÄÖÑÜ§"
    u"¿abcdefghijklmno"
    u"pqrstuvwxyzäöñüà";

static const uint16_t locking_turkish[128] = /* A.3.1 */
    u"@£$¥€éùıòÇ\nĞğ\rÅå"
    u"Δ_ΦΓΛΩΠΨΣΘΞ·ŞşßÉ"
    u" !\"#¤%&'()*+,-./"
    u"0123456789:;<=>?"
    u"İABCDEFGHIJKLMNO"
    u"PQRSTUVWXYZÄÖÑÜ§"
    u"çabcdefghijklmno"
    u"pqrstuvwxyzäöñüà";

static const uint16_t locking_portuguese[128] = /* A.3.3 */
    u"@£$¥êéúíóç\nÔô\rÁá"
    u"Δ_ªÇÀ∞^\\€Ó|·ÂâÊÉ"
    u" !\"#º%&'()*+,-./"
    u"0123456789:;<=>?"
    u"ÍABCDEFGHIJKLMNO"
    u"PQRSTUVWXYZÃÕÚÜ§"
    u"~abcdefghijklmno"
    u"pqrstuvwxyzãõ`üà";

static const uint16_t single_default[128] = /* 6.2.1.1 */
    u"··········\f·····"
    u"····^···········"
    u"········{}·····\\"
    u"············[~]·"
    u"|···············"
    u"················"
    u"·····€··········"
    u"················";

static const uint16_t single_turkish[128] = /* A.2.1 */
    u"··········\f·····"
    u"····^···········"
    u"········{}·····\\"
    u"············[~]·"
    u"|······Ğ·İ······"
    u"···Ş············"
    u"···ç·€·ğ·ı······"
    u"···ş············";

static const uint16_t single_spanish[128] = /* A.2.2 */
    u"·········ç\f·····"
    u"····^···········"
    u"········{}·····\\"
    u"············[~]·"
    u"|Á·······Í·····Ó"
    u"·····Ú··········"
    u"·á···€···í·····ó"
    u"·····ú··········";

static const uint16_t single_portuguese[128] = /* A.2.3 */
    u"·····ê···ç\fÔô·Áá"
    u"··ΦΓ^ΩΠΨΣΘ·····Ê"
    u"········{}·····\\"
    u"············[~]·"
    u"|À·······Í·····Ó"
    u"·····Ú·····ÃÕ···"
    u"·Â···€···í·····ó"
    u"·····ú·····ãõ··â";

const uint16_t *const gsm7_locking[GSM7_LANGUAGES] = {
    [GSM7_DEFAULT] = locking_default,          [GSM7_TURKISH] = locking_turkish,
    [GSM7_SPANISH] = locking_default,          [GSM7_PORTUGUESE] = locking_portuguese,
    [GSM7_BENGALI] = gsm7_locking_bengali,     [GSM7_GUJARATI] = gsm7_locking_gujarati,
    [GSM7_HINDI] = gsm7_locking_hindi,         [GSM7_KANNADA] = gsm7_locking_kannada,
    [GSM7_MALAYALAM] = gsm7_locking_malayalam, [GSM7_ORIYA] = gsm7_locking_oriya,
    [GSM7_PUNJABI] = gsm7_locking_punjabi,     [GSM7_TAMIL] = gsm7_locking_tamil,
    [GSM7_TELUGU] = gsm7_locking_telugu,       [GSM7_URDU] = gsm7_locking_urdu,
};

const uint16_t *const gsm7_single[GSM7_LANGUAGES] = {
    [GSM7_DEFAULT] = single_default,          [GSM7_TURKISH] = single_turkish,
    [GSM7_SPANISH] = single_spanish,          [GSM7_PORTUGUESE] = single_portuguese,
    [GSM7_BENGALI] = gsm7_single_bengali,     [GSM7_GUJARATI] = gsm7_single_gujarati,
    [GSM7_HINDI] = gsm7_single_hindi,         [GSM7_KANNADA] = gsm7_single_kannada,
    [GSM7_MALAYALAM] = gsm7_single_malayalam, [GSM7_ORIYA] = gsm7_single_oriya,
    [GSM7_PUNJABI] = gsm7_single_punjabi,     [GSM7_TAMIL] = gsm7_single_tamil,
    [GSM7_TELUGU] = gsm7_single_telugu,       [GSM7_URDU] = gsm7_single_urdu,
};
