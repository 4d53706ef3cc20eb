/*
 * The simulated operator: who is connected, what it was given, what it has yet to hand over.
 *
 *     session.c  octets and frames          smsc.c     binds, requests, the clock of delayed things
 *     request.c  what else clients ask      answer.c   submit's answers, late or lying
 *     submit.c   what becomes of a submit   deliver.c  receipts and texts towards the clients
 *     control.c  commands from a test       population.c  borrowers who answer
 *
 * Everything runs on one libuv loop and its thread.
 */
#ifndef SIM_SMSC_H
#define SIM_SMSC_H

#include "due.h"
#include "log.h"
#include "message.h"
#include "options.h"
#include "population.h"
#include "seen.h"
#include "session.h"
#include "stats.h"

enum { SMSC_PLACES = 16 };

/* A deliver_sm (or data_sm) that some client is to get: a receipt, or a letter. */
struct delivery {
	struct message *about; /* of a receipt, held; else NULL */
	enum pdu_state state;
	bool again; /* a copy of one already answered */
	unsigned tries;
	char system_id[16]; /* whose, "" = anybody's */
	uint8_t *letter;    /* the body of a deliver_sm, or a whole PDU if `raw` */
	size_t letter_len;
	bool raw;
	struct delivery *next;
};

struct queue {
	struct delivery *first;
	struct delivery *last;
	uint64_t count;
};

/* Until when a lost session's system_id counts as bound. */
struct smsc_place {
	char system_id[16];
	uint64_t until;
};

struct smsc {
	struct options o;
	uv_loop_t *loop;
	uv_tcp_t listener;
	uv_prepare_t prepare;
	uv_timer_t end;
	uv_signal_t signals[3];
	struct tls_context *tls;
	struct session *sessions;
	uint64_t session_count;
	struct due due;
	struct messages messages;
	struct queue waiting;
	struct delivery *spare;
	struct seen seen;
	struct seen blocked;
	struct population *population;
	struct log *log;
	struct control *control;
	struct stats stats;
	uint64_t second; /* of the throttle */
	uint64_t segments;
	struct smsc_place places[SMSC_PLACES];
	bool closing;
};

/* Serves until told to stop; the program's exit status. */
int smsc_run(const struct options *o);

void smsc_stop(struct smsc *smsc);
void smsc_print_stats(struct smsc *smsc, struct buffer *to);

/* Closes, as a lost network does. */
void smsc_drop(struct smsc *smsc, struct session *session);
void smsc_stall(struct smsc *smsc, struct session *session, uint64_t ms);
void smsc_unbind(struct smsc *smsc, struct session *session);
void smsc_block(struct smsc *smsc, const char *number);

/* Closes in peace, or whatever is left of it, some milliseconds later. */
void smsc_close_after(struct smsc *smsc, struct session *session, uint64_t ms);

/* request.c: what is asked besides submits, and what answers our own requests */
void request_take(struct session *session, const struct pdu_header *header, const uint8_t *body,
		  size_t n);
void request_response(struct session *session, const struct pdu_header *header);

/* submit.c */
void submit_take(struct session *session, const struct pdu_header *header, const uint8_t *body,
		 size_t n);

/* answer.c: when it is due, and what it says, honestly or not */
void answer_late(struct smsc *smsc, const struct due_entry *entry);

/*
 * Answers the nth submit now or later; returns in how many milliseconds. `message` is NULL for an
 * error; `least` holds the answer back at least so long.
 */
uint64_t answer_submit(struct session *session, const struct pdu_header *header, uint64_t nth,
		       uint32_t status, struct message *message, uint64_t least);

/* deliver.c */
void deliver_receipt(struct smsc *smsc, struct message *message, enum pdu_state state);

/* A whole PDU, its sequence number still to be set; takes `pdu`, from malloc. */
void deliver_raw(struct smsc *smsc, const char *system_id, uint8_t *pdu, size_t n);

/* A text from a borrower after `delay` milliseconds, in as many segments as it takes. */
void deliver_text(struct smsc *smsc, uint64_t delay, const char *system_id, const char *from,
		  const char *to, const char *utf8);

/* Hands over what can be handed over. */
void deliver_pump(struct smsc *smsc);
void deliver_answered(struct session *session, const struct pdu_header *header);
void deliver_late(struct session *session, const struct due_entry *entry);
void deliver_put_back(struct smsc *smsc, struct delivery *delivery);
void deliver_session_lost(struct session *session);
void deliver_free(struct smsc *smsc, struct delivery *delivery);
void deliver_close(struct smsc *smsc);

#endif
