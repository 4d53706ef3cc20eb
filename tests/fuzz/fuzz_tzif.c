/* Zone files from a damaged disk: refused, or times that rise and offsets of this world. */
#include "gateway/base/tzif.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tzif t;

	if (tzif_parse(data, size, 1970, 2100, &t) != 0)
		return 0;
	assert(t.n == 0 || t.offset[0] != t.first_offset);
	for (size_t i = 0; i < t.n; i++) {
		assert(t.at[i] >= 0 && t.at[i] < 4133980800);
		assert(t.offset[i] >= -26 * 3600 && t.offset[i] <= 26 * 3600);
		assert(i == 0 || (t.at[i] > t.at[i - 1] && t.offset[i] != t.offset[i - 1]));
	}
	tzif_free(&t);
	return 0;
}
