/* Numbers from anybody's list: the first byte chooses the country. What comes out is E.164 or
 * nothing, and why. */
#include "gateway/base/phone.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const regions[] = {"PH", "IN", "KE", "US", "GB", "MX", "XX", NULL};
	char text[200];
	char out[PHONE_E164], again[PHONE_E164];
	char why[PHONE_WHY];
	char mask[PHONE_MASKED];

	if (size < 1 || size > sizeof text)
		return 0;
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	enum phone_result r = phone_to_e164(text, regions[data[0] % 8], out, why);
	if (r == PHONE_BAD) {
		assert(out[0] == '\0' && why[0] != '\0');
	} else {
		assert(phone_is_e164(out) && (why[0] == '\0') == (r == PHONE_OK));
		assert(phone_to_e164(out, NULL, again, NULL) == PHONE_OK &&
		       strcmp(again, out) == 0);
		assert(phone_is_answerable(out));
	}
	phone_mask(text, mask);
	assert(strlen(mask) < sizeof mask && strstr(mask, "***") != NULL);
	(void)phone_is_answerable(text);
	return 0;
}
