/* Septets and text both ways. Octet 0 chooses the tables, octet 1 the header's length; the rest is
 * read as text, as septets and as packed octets in turn. */
#include "modem/gsm7.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST 1024

static void
check(int holds)
{
	if (!holds)
		abort();
}

/* Text that encodes decodes to itself; nothing is written past what was allowed. */
static void
try_text(const uint8_t *text, size_t len, struct gsm7_tables tables)
{
	uint8_t septets[MOST * 2 + 1];
	char back[MOST * 6 + 1];
	ptrdiff_t n;

	septets[len] = 0xA5;
	n = gsm7_encode((const char *)text, len, tables, septets, len);
	check(septets[len] == 0xA5);
	if (n < 0)
		return;
	check(gsm7_plain_run((const char *)text, len, tables) <= (size_t)n);
	check(gsm7_decode(septets, (size_t)n, tables, back, sizeof back) == len);
	check(memcmp(back, text, len) == 0);
}

/* Octets that are septets, more or less, decode to UTF-8 that no buffer size tears. */
static void
try_septets(const uint8_t *septets, size_t n, struct gsm7_tables tables)
{
	char whole[MOST * 3 + 1], cut[8];
	uint8_t again[MOST * 6];
	size_t len = gsm7_decode(septets, n, tables, whole, sizeof whole);

	check(len < sizeof whole && strlen(whole) == len);
	check(gsm7_encode(whole, len, tables, again, sizeof again) != -EILSEQ);
	check(gsm7_decode(septets, n, tables, cut, sizeof cut) == len);
	check(strncmp(whole, cut, strlen(cut)) == 0);
	check(gsm7_encode(cut, strlen(cut), tables, again, sizeof again) != -EILSEQ);
}

/* What unpacks packs to the same octets, but for the bits that are no septet's. */
static void
try_packed(const uint8_t *octets, size_t len, size_t udh_len)
{
	uint8_t septets[MOST * 2], packed[MOST + 1], once_more[MOST * 2];
	size_t n = gsm7_packed_septets(octets, len, udh_len);
	size_t got = gsm7_unpack(octets, len, udh_len, septets, sizeof septets);

	check(got == n || got == n + 1);
	check(gsm7_packed_len(got, udh_len) <= len || len == 0);
	check(gsm7_pack(septets, got, udh_len, packed) == gsm7_packed_len(got, udh_len));
	check(gsm7_unpack(packed, gsm7_packed_len(got, udh_len), udh_len, once_more, got) == got);
	check(memcmp(septets, once_more, got) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gsm7_tables tables;
	size_t udh_len;

	if (size < 2 || size > MOST)
		return 0;
	tables = (struct gsm7_tables){.locking = data[0] & 0x0F, .single = data[0] >> 4};
	udh_len = data[1];
	data += 2;
	size -= 2;
	try_text(data, size, tables);
	try_septets(data, size, tables);
	try_packed(data, size, udh_len);
	return 0;
}
