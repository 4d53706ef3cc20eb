/* inbox.h - what borrowers write, and receipts: stored, joined, told apart
 *
 * A job of the writer over a batch of what came in.  Each text is stored as it came before it is
 * read; copies an operator delivers again are recognised; parts of long texts wait for each other.
 * Whole texts go to gateway/hear/letter.h, which reads them and acts.
 *
 * Ownership: the batch is the caller's; inbox_clear() frees it.
 * Thread: inbox_add on the loop's, inbox_work on the writer's.
 */
#ifndef GATEWAY_INBOX_H
#define GATEWAY_INBOX_H

#include "gateway/person/compose.h"
#include "gateway/send/channel.h"
#include "gateway/send/settle.h"

/* What the writer's thread keeps between jobs. */
struct inbox_tools {
	struct facts *facts;
	struct compose *compose;
	struct settle_tools *settle; /* dispatch's own */
};

struct inbox_item {
	char route[64];
	struct smpp_token token;
	enum receipt_kind kind;
	struct receipt receipt;
	char sender[SMPP_ADDR_SIZE], recipient[SMPP_ADDR_SIZE];
	enum sms_encoding encoding;
	struct smpp_part part;
	uint8_t *header, *octets; /* user data header and unpacked user data */
	size_t header_len, len;
	uint8_t data_coding;
	uint8_t digest[32]; /* of everything that makes two texts alike */
	bool lasting;       /* it never comes for another text: copies may come months later */
	int64_t came;       /* true time */
	bool again;         /* alike an earlier one, but surely written anew */
};

/* Texts lately answered without delay: an operator has no cause to deliver those again, so the same
 * words a while later were written again.  Loop's thread; zeroed at first. */
#define INBOX_RECENT 4096
struct inbox_recent {
	struct inbox_answered {
		uint8_t digest[32];
		char route[64];
		int64_t at; /* true time, 0: free */
	} slot[INBOX_RECENT];
	int64_t lost; /* true time a link was last lost */
};

struct inbox {
	/* in */
	struct config *config; /* a reference of its own */
	struct inbox_tools *tools;
	int64_t now, true_now;
	struct inbox_item *items;
	size_t n, cap;
	/* out */
	size_t texts, receipts, copies;
	bool answers;       /* answers were queued */
	int64_t replan[64]; /* persons whose plan may have changed */
	size_t n_replan;
	bool replan_more; /* more than fit */
};

/* Copies one PDU into the batch: 0 or UV_ENOMEM. */
int inbox_add(struct inbox *in, struct inbox_recent *recent, const char *route,
	      const struct channel_incoming *incoming, int64_t true_now);
/* Notes that a durable item was acknowledged. */
void inbox_answered(struct inbox_recent *recent, const struct inbox_item *it, int64_t true_now);
/* A link was lost: what was acknowledged over it may not have been heard, and come again. */
void inbox_link_lost(struct inbox_recent *recent, const char *route, int64_t true_now);
int inbox_work(struct store *s, void *inbox);
void inbox_clear(struct inbox *in);

/* Gives up waiting for the rest of long texts whose parts are a day old: delivers what came. */
int inbox_give_up(struct store *s, struct inbox *in);

#endif
