/* outbox.h - PDUs on their way out: packed in a row, handed over in any portions, taken back if
 * need be
 *
 * No I/O. Knows where each PDU begins, so that those of which nothing has left can be recalled.
 *
 *   Positions   count octets since outbox_init(); 64 bits, never wrap.
 *   Secrets     memory is wiped when it is given back; outbox_secret() also wipes it once it is
 * empty.
 */
#ifndef DUNLIN_SMPP_OUTBOX_H
#define DUNLIN_SMPP_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OUTBOX_MAX (2u << 20) /* more than this is never held for a peer that does not read */

struct outbox {
	uint8_t *octets;
	size_t head, tail, size;
	uint64_t at;     /* position of head */
	size_t pdu_left; /* octets of the PDU at head that are still to go; 0: a PDU begins there */
	bool secret;
};

/* 0 or -ENOMEM. */
int outbox_init(struct outbox *outbox);
void outbox_fini(struct outbox *outbox);

/* Room for n octets at the end; NULL: no memory, or over OUTBOX_MAX. Good until the next call. The
 * octets written there become part of the outbox, whole PDUs only, by outbox_commit(). */
uint8_t *outbox_reserve(struct outbox *outbox, size_t n);
void outbox_commit(struct outbox *outbox, size_t n);

/* What is held, and the removal of its first n octets. */
size_t outbox_held(const struct outbox *outbox);
const uint8_t *outbox_octets(const struct outbox *outbox);
void outbox_advance(struct outbox *outbox, size_t n);

/* Wipe the octets once all of them are gone. */
void outbox_secret(struct outbox *outbox);

/* Removes all PDUs of this command that have not begun to leave; returns the position from which on
 * there is none of them left. */
uint64_t outbox_recall(struct outbox *outbox, uint32_t command);

#endif
