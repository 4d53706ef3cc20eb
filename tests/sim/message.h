/*
 * The texts an operator has taken, as long as it must know of them: until their receipts are
 * answered, and the last `remember` of them for query_sm and the control channel.
 *
 * Ownership: a message is counted; message_hold() and message_release() keep it beyond the ring.
 */
#ifndef SIM_MESSAGE_H
#define SIM_MESSAGE_H

#include "pdu.h"

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct message {
	uint64_t number; /* of which its id is a spelling */
	unsigned holds;
	uint8_t state; /* enum pdu_state; ENROUTE: as `fate` and `final_at` say */
	uint8_t fate;  /* the state it ends in */
	uint8_t registered;
	uint8_t data_coding;
	uint8_t start_len;
	long reference; /* user_message_reference or -1 */
	time_t accepted;
	time_t done;
	uint64_t final_at; /* uv_now() from which query_sm tells its fate */
	char from[24];
	char to[24];
	char system_id[16];
	uint8_t start[20]; /* the first octets of the text, for the receipt's `text:` */
	struct message *next_free;
};

struct messages {
	struct message **ring; /* by number */
	uint64_t remember;
	uint64_t next;
	struct message *free;
	struct message **blocks;
	size_t block_count;
};

void messages_init(struct messages *m, uint64_t first, uint64_t remember);
void messages_fini(struct messages *m);

/* The next message, its number given, held by the ring. */
struct message *message_new(struct messages *m);
struct message *message_find(const struct messages *m, uint64_t number);
void message_hold(struct message *message);
void message_release(struct messages *m, struct message *message);

#endif
