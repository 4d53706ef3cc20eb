/* Amounts: what is taken is written back the same; what is refused is explained and leaves the
 * value alone. */
#include "gateway/base/money.h"

#include <assert.h>
#include <string.h>

static void
check_amount(const char *text, size_t len, int digits)
{
	int64_t minor = 77, back;
	char why[MONEY_WHY] = "";
	char out[MONEY_TEXT];

	if (money_parse(text, len, digits, &minor, why) != 0) {
		assert(why[0] != '\0' && minor == 77);
		return;
	}
	size_t n = money_format(minor, digits, out);
	assert(n == strlen(out) && n < sizeof out);
	assert(money_parse(out, n, digits, &back, NULL) == 0 && back == minor);
}

static void
check_price(const char *text, size_t len)
{
	int64_t micro = 77, back;
	char why[MONEY_WHY] = "";
	char out[MONEY_TEXT];

	if (money_price_parse(text, len, &micro, why) != 0) {
		assert(why[0] != '\0' && micro == 77);
		return;
	}
	size_t n = money_price_format(micro, out);
	assert(money_price_parse(out, n, &back, NULL) == 0 && back == micro);
	for (int digits = 0; digits <= MONEY_DIGITS; digits++)
		assert(money_price_round(micro, digits) >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int digits = 0; digits <= MONEY_DIGITS; digits++)
		check_amount((const char *)data, size, digits);
	check_price((const char *)data, size);
	return 0;
}
