/* One PDU body, read as each kind of PDU; then as a receipt, and its id in every form. Whatever
 * comes, the readers stay within it and their answers keep their promises. */
#include <stdlib.h>
#include <string.h>

#include "gateway/smpp/receipt.h"
#include "gateway/smpp/receipt_id.h"
#include "gateway/smpp/status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(x)                                                                                   \
	do {                                                                                       \
		if (!(x))                                                                          \
			abort();                                                                   \
	} while (0)

static void
check_ids(const char *id)
{
	struct receipt_id_form forms[RECEIPT_ID_FORMS];
	char key[SMPP_ID_SIZE], again[SMPP_ID_SIZE];
	int n = receipt_id_forms(NULL, id, forms);

	receipt_id_key(id, key);
	if (key[0] == '0' && key[1] == 'x')
		return; /* "00x1": what is left looks like a prefix */
	receipt_id_key(key, again);
	CHECK(strcmp(key, again) == 0);
	CHECK(n == 0 ? id[0] == '\0' : receipt_id_explain(id, id) == RECEIPT_ID_EXACT);
}

static void
check_deliver(const uint8_t *data, size_t size, bool data_sm)
{
	struct smpp_deliver d;
	struct receipt receipt;
	const uint8_t *end = data + size;

	if (smpp_deliver_read(data, size, data_sm, &d) != 0)
		return;
	CHECK(d.len == 0 || (d.octets >= data && d.octets + d.len <= end));
	CHECK(d.udh == NULL || (d.udh >= data && d.udh + d.udh_len <= end));
	CHECK(!d.part.present || (d.part.n >= 1 && d.part.n <= d.part.total && d.part.total >= 2));
	switch (receipt_parse(&d, &receipt)) {
	case RECEIPT_SURE:
	case RECEIPT_LIKELY:
		CHECK(receipt.id[0] != '\0' && receipt.state != RECEIPT_NO_STATE);
		check_ids(receipt.id);
		break;
	case RECEIPT_UNREADABLE: CHECK(d.esm_class != 0 || d.has_message_state); break;
	case RECEIPT_NOT: break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct smpp_submit_resp submit;
	struct smpp_query_resp query;

	check_deliver(data, size, false);
	check_deliver(data, size, true);
	smpp_submit_resp_read(data, size, &submit);
	CHECK(strlen(submit.id) < sizeof submit.id && strlen(submit.info) < sizeof submit.info);
	check_ids(submit.id);
	(void)smpp_info_says_blocked(submit.info);
	(void)smpp_query_resp_read(data, size, &query);
	return 0;
}
