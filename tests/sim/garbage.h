/*
 * Broken and odd PDUs of kinds that operators were seen to send. A client is expected to survive
 * all but the two last, which make the stream unreadable: those are sent only when named.
 */
#ifndef SIM_GARBAGE_H
#define SIM_GARBAGE_H

#include "options.h"
#include "pdu.h"

enum garbage_kind {
	/* in place of a submit's answer */
	GARBAGE_ERROR_BODY,
	GARBAGE_HEADER_ONLY,
	GARBAGE_RESPONSE_TLVS,
	GARBAGE_ID_TOO_LONG,
	GARBAGE_ID_NO_NUL,
	/* beside it */
	GARBAGE_UNKNOWN_COMMAND,
	GARBAGE_UNKNOWN_RESPONSE,
	GARBAGE_ENQUIRE_TRAILING,
	GARBAGE_NACK_ZERO,
	GARBAGE_STRAY_RESPONSE,
	/* beside it, and a deliver_sm */
	GARBAGE_TLV_OVERRUN,
	GARBAGE_MANY_TLVS,
	GARBAGE_VALIDITY,
	GARBAGE_LONG_SERVICE,
	GARBAGE_LONG_ADDRESS,
	GARBAGE_LONG_PAYLOAD,
	GARBAGE_LENGTH_255,
	GARBAGE_CUT_SHORT,
	/* the end of the stream */
	GARBAGE_BAD_LENGTH,
	GARBAGE_HUGE_LENGTH,
	GARBAGE_NONE,
};

/* What goes with the nth submit. */
enum garbage_kind garbage_pick(const struct options *o, uint64_t nth);

bool garbage_is_answer(enum garbage_kind kind);
bool garbage_is_deliver(enum garbage_kind kind);

/* The answer to `request`, which was accepted as `id` (or refused: GARBAGE_ERROR_BODY). */
void garbage_put_answer(struct buffer *out, enum garbage_kind kind,
			const struct pdu_header *request, const char *id);

/* One PDU of a kind that comes beside the answer; a deliver_sm goes to `to`. */
void garbage_put(struct buffer *out, enum garbage_kind kind, uint32_t sequence, const char *to);

/* NULL, or the first word of a list that names no kind. */
const char *garbage_check(const char *list);

#endif
