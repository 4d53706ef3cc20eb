#include "pdu.h"

/* TP-ST, 23.040 9.2.3.15. */
struct meaning {
	uint8_t status;
	enum pdu_fate fate;
	const char *text;
};

static const struct meaning meanings[] = {
    {0x00, PDU_DELIVERED, "received by the phone"},
    {0x01, PDU_FORWARDED, "handed on; whether it arrived cannot be known"},
    {0x02, PDU_FORWARDED, "replaced by the operator's centre"},
    {0x20, PDU_PENDING, "congestion; the operator still tries"},
    {0x21, PDU_PENDING, "the phone is busy; the operator still tries"},
    {0x22, PDU_PENDING, "the phone does not answer; the operator still tries"},
    {0x23, PDU_PENDING, "the service was refused; the operator still tries"},
    {0x24, PDU_PENDING, "no quality of service; the operator still tries"},
    {0x25, PDU_PENDING, "an error in the phone; the operator still tries"},
    {0x40, PDU_FAILED, "an error of the operator's centre"},
    {0x41, PDU_FAILED, "the destination cannot take texts"},
    {0x42, PDU_FAILED, "refused by the phone"},
    {0x43, PDU_FAILED, "the number cannot be reached"},
    {0x44, PDU_FAILED, "no quality of service"},
    {0x45, PDU_FAILED, "the networks do not work together"},
    {0x46, PDU_EXPIRED, "not delivered in time"},
    {0x47, PDU_FAILED, "deleted by the sender"},
    {0x48, PDU_FAILED, "deleted by the operator"},
    {0x49, PDU_FAILED, "the operator knows no such text"},
    {0x60, PDU_FAILED, "congestion; the operator gave up"},
    {0x61, PDU_FAILED, "the phone was busy; the operator gave up"},
    {0x62, PDU_FAILED, "the phone did not answer; the operator gave up"},
    {0x63, PDU_FAILED, "the service was refused; the operator gave up"},
    {0x64, PDU_FAILED, "no quality of service; the operator gave up"},
    {0x65, PDU_FAILED, "an error in the phone; the operator gave up"},
};

/* What the operator's own codes of a class mean: the upper half of each is theirs. */
static const struct meaning own[] = {
    {0x10, PDU_FORWARDED, "done, in a way only the operator knows"},
    {0x30, PDU_PENDING, "the operator still tries"},
    {0x50, PDU_FAILED, "failed, for a reason only the operator knows"},
    {0x70, PDU_FAILED, "the operator gave up"},
};

static const struct meaning *
find(uint8_t status)
{
	static const struct meaning reserved = {0, PDU_UNKNOWN, "a code without a meaning"};

	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
		if ((status & 0xF0) == own[i].status)
			return &own[i];
	for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
		if (status == meanings[i].status)
			return &meanings[i];
	return &reserved;
}

enum pdu_fate
pdu_fate(uint8_t status)
{
	return find(status)->fate;
}

const char *
pdu_status_text(uint8_t status)
{
	return find(status)->text;
}
