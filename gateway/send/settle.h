/* settle.h - what the operator said of our texts, put into the store
 *
 * Answers to submits, and delivery receipts: in any order, in any dialect, twice, for parts of a
 * text, or for nothing we know.  Each call is a step inside the writer's transaction.
 *
 *   accepted        part by part; with the last one the text is `sent`
 *   refused for now back to the queue, decided again
 *   refused         `failed`; a number that asked the operator for silence is opted out
 *   no answer       `unknown`, and only a late answer, a receipt or a person changes that
 *   unsent          never left: back to the queue
 *
 * A receipt is matched by the operator's message id, exactly or by the rule this route's receipts
 * have taught us (gateway/smpp/receipt_id.h), and only to a text sent to the number it names.  One
 * that matches nothing is kept: its answer may be on the way, or it may settle an `unknown` text:
 * the one it names by our reference, else the only one to that number, of that time, that is not
 * another by the words it quotes (gateway/smpp/excerpt.h).
 *
 * Over the parts of a text failed > expired > unknown > sent > delivered.  Some links report on one
 * part only; that is learned per route, and then the others take that part's state.
 *
 * Thread: the writer's.
 */
#ifndef GATEWAY_SETTLE_H
#define GATEWAY_SETTLE_H

#include "gateway/smpp/receipt.h"
#include "gateway/smpp/receipt_id.h"
#include "gateway/store/outbox.h"

enum settle_kind {
	SETTLE_ACCEPTED,
	SETTLE_FOR_NOW,
	SETTLE_REFUSED,
	SETTLE_UNKNOWN,
	SETTLE_UNSENT,
	SETTLE_LATE_ACCEPTED,
	SETTLE_LATE_REFUSED,
	SETTLE_LATE_FOR_NOW, /* the operator says it did not take it: certain, so back to the queue
			      */
	SETTLE_WRITTEN,      /* a file route: written and synced, which is all there is */
};

struct settle_answer {
	enum settle_kind kind;
	int64_t id, account;
	int64_t sim;     /* that carried it, 0: no modem's */
	uint8_t part;    /* 1.. */
	uint8_t parts;   /* that were or will be submitted */
	bool whole;      /* accepted: no other part is missing */
	bool blocked;    /* refused: the number asked the operator for silence */
	bool bad_number; /* refused: there is no such number */
	bool in_turn;    /* for now, unsent: it keeps its place in the queue */
	char number[24];
	char smsc_id[SMPP_ID_SIZE];
	char why[96]; /* for people */
};

/* What the writer's thread knows of each route between jobs. */
struct settle_tools {
	struct settle_route {
		char name[64];
		bool loaded;
		struct receipt_ids ids;
		unsigned ids_unsaved;
		int one_report; /* learned: >= 3 texts had one receipt for all parts */
	} route[32];
	size_t n_routes;
	int64_t orphan_after; /* the sweep goes on behind this one */
};

struct settle_sums {
	int sent, failed; /* texts, for the route's figures of the day */
};

int settle_answer(struct store *s, struct settle_tools *tools, const char *route,
		  const struct settle_answer *a, int64_t now, struct settle_sums *sums);

/* 1: it belongs to a text of ours; 0: to none, nothing was changed; negative. */
int settle_receipt(struct store *s, struct settle_tools *tools, const char *route,
		   const struct receipt *r, const char *number, int64_t now,
		   struct settle_sums *sums);
/* What the operator said of one part when asked (query_sm): counts like a receipt of it. */
int settle_query(struct store *s, struct settle_tools *tools, const char *route, int64_t message,
		 int part, const struct receipt *r, int64_t now, struct settle_sums *sums);
/* Keeps a receipt that belongs to none yet.  `true_now`: the system's clock. */
int settle_orphan(struct store *s, const char *route, const struct receipt *r, const char *number,
		  int64_t true_now);

/* Housekeeping: matches orphans older than some seconds to unknown texts, ends long texts of which
 * one part alone was reported, forgets what is too old.  Short. */
int settle_sweep(struct store *s, struct settle_tools *tools, int64_t now, int64_t true_now);

/* user_message_reference of a text: never 0. */
uint16_t settle_reference(int64_t id);

/* What a route taught us, for `dunlin routes`: a sentence, "" when nothing yet. */
void settle_learned(struct store *s, const char *route, char *out, size_t cap);

#endif
