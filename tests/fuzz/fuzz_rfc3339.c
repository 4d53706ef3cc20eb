/* Times people and files give: what is read comes back the same. */
#include "gateway/base/rfc3339.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[64];
	char out[RFC3339_SIZE];
	int64_t ms, back;
	int32_t offset, same;
	struct rfc3339_civil c;

	if (size >= sizeof text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (rfc3339_parse(text, &ms, &offset) == 0) {
		rfc3339_format_ms(ms, offset, out);
		assert(rfc3339_parse(out, &back, &same) == 0);
		/* A year that only the offset takes beyond 1..9999 is written clamped. */
		assert(same == offset && (back == ms || strncmp(out, "9999-12-31", 10) == 0 ||
					  strncmp(out, "0001-01-01", 10) == 0));
	}
	if (rfc3339_parse_civil(text, &c) == 0)
		assert(c.year >= 1 && c.month >= 1 && c.month <= 12 && c.day >= 1 && c.day <= 31 &&
		       c.hour <= 23 && c.minute <= 59 && c.second <= 59);
	return 0;
}
