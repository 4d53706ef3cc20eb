/* A text as it stands in a deliver_sm: the first octet is its esm_class. Unmarked texts are taken
 * for receipts only by the rule of receipt.h. */
#include <stdlib.h>
#include <string.h>

#include "gateway/smpp/receipt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct smpp_deliver d = {0};
	struct receipt receipt;
	enum receipt_kind kind;

	if (size == 0)
		return 0;
	d.esm_class = data[0];
	d.octets = data + 1;
	d.len = size - 1;
	kind = receipt_parse(&d, &receipt);
	if (kind == RECEIPT_NOT)
		return 0;
	if (kind == RECEIPT_LIKELY && (d.len < sizeof "id:1 err: stat:2" - 1))
		abort();
	if (kind != RECEIPT_UNREADABLE && receipt.id[0] == '\0')
		abort();
	if (receipt.done.known && (receipt.done.month < 1 || receipt.done.month > 12))
		abort();
	(void)receipt_state_name(receipt.state);
	(void)receipt_state_final(receipt.state);
	return 0;
}
