/* receipt.h - delivery receipts in every dialect, and which message id they speak of
 *
 * Pure: no I/O, no clock, no state but what the caller holds.
 *
 * A receipt comes as the text of SMPP 3.4 Appendix B
 *
 *     id:123 sub:001 dlvrd:001 submit date:2609010800 done date:2609010801
 *     stat:DELIVRD err:000 text:...
 *
 * with parts missing, in any order and case, in UCS-2, with NULs strewn in; or in TLVs, which win
 * over the text; in deliver_sm or data_sm; with or without its mark in esm_class.
 *
 * Is it a receipt at all? A borrower's text must never be eaten, so:
 *
 *   SURE        esm_class says so (or "intermediate notification"), or the TLV receipted_message_id
 *               stands beside message_state, and an id was found: handsets can set neither.
 *
 *   LIKELY      esm_class is silent, but the text begins with "id:" and one token, has "stat:" with
 *               a state's word and one more of sub, dlvrd, submit date, done date, err, and the
 *               text is whole (no part of a long one, no UDH). A person could type that: take it
 *               as a receipt only if the id is that of a message sent to this very number, else
 *               keep it as a text.
 *
 *   UNREADABLE  esm_class says receipt, yet there is no id or no state: keep the octets, show
 *               nobody.
 *
 *   NOT         everything else: a borrower wrote it.
 */
#ifndef DUNLIN_SMPP_RECEIPT_H
#define DUNLIN_SMPP_RECEIPT_H

#include "codec.h"
#include "excerpt.h"

enum receipt_kind { RECEIPT_NOT, RECEIPT_SURE, RECEIPT_LIKELY, RECEIPT_UNREADABLE };

/* SMPP 3.4 5.2.28, by its numbers. 0 = none was found. */
enum receipt_state {
	RECEIPT_NO_STATE = 0,
	RECEIPT_ENROUTE = 1,
	RECEIPT_DELIVERED = 2,
	RECEIPT_EXPIRED = 3,
	RECEIPT_DELETED = 4,
	RECEIPT_UNDELIVERABLE = 5,
	RECEIPT_ACCEPTED = 6,
	RECEIPT_UNKNOWN = 7,
	RECEIPT_REJECTED = 8
};

/* A wall-clock time as the operator wrote it, in a zone it does not tell. */
struct receipt_time {
	bool known; /* false: absent, all zeros, or no date that can be */
	uint16_t year;
	uint8_t month, day, hour, minute, second;
};

struct receipt {
	char id[SMPP_ID_SIZE];
	enum receipt_state state;
	char
	    error[24]; /* decimal from the TLV or as written in err:, "" when absent or all zeros */
	uint8_t network_type;     /* beside an error from the TLV (SMPP 3.4 5.3.2.31), else 0 */
	struct receipt_time done; /* done date */
	int submitted, delivered; /* sub:, dlvrd:; -1 when absent */
	bool has_user_message_reference;
	uint16_t user_message_reference;
	bool blocked;               /* its text says that the number asked for silence */
	char excerpt[EXCERPT_SIZE]; /* what stands behind text:, "" when absent or in an alphabet
				     * of 16 bits; for excerpt_compare() */
};

/* Reads a deliver_sm or data_sm as a receipt; *out is filled unless the answer is RECEIPT_NOT. */
enum receipt_kind receipt_parse(const struct smpp_deliver *deliver, struct receipt *out);

/* True for the states after which no other comes: delivered, expired, deleted, undeliverable,
 * rejected, unknown. ENROUTE and ACCEPTD are steps on the way. */
bool receipt_state_final(enum receipt_state state);

/* "delivered", "enroute", ... for people and the store. */
const char *receipt_state_name(enum receipt_state state);

#endif
