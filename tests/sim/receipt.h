/*
 * Delivery receipts in the dialects of the field (SMPP 3.4 appendix B, and what became of it).
 */
#ifndef SIM_RECEIPT_H
#define SIM_RECEIPT_H

#include "message.h"
#include "options.h"

/* A deliver_sm or data_sm that tells `state` of the message, at the end of `out`. */
void receipt_put(struct buffer *out, const struct options *o, const struct message *message,
		 enum pdu_state state, uint32_t sequence);

/* The receipt's word for a state, and back: 0 for a word there is not. */
const char *receipt_word(enum pdu_state state);
enum pdu_state receipt_state(const char *word);

#endif
