/* event.h - the chain of everything that happened
 *
 * Append-only.  With || for joining and all integers as 8 octets big endian:
 *
 *   digest = BLAKE2b-256(salt || data)            salt: 16 random octets, data: the JSON payload
 *   hash   = BLAKE2b-256(previous hash || seq || at || account || message
 *                        || kind || 0x00 || actor || 0x00 || digest)
 *
 * account and message are 0 when absent; the hash before the first event is 32 zero octets.  The
 * payload of an event can be erased: then `digest` is kept in its row and the chain still verifies
 * (event_verify.h).
 *
 * META_CHAIN notes the last seq beside the chain.  Where the chain ends before it, events were cut
 * off; the next one leaves the gap open, so that it shows for ever.
 *
 * Writer thread (or the one thread of a command without a daemon), inside a transaction.
 */
#ifndef GATEWAY_STORE_EVENT_H
#define GATEWAY_STORE_EVENT_H

#include "store.h"

/* A JSON object being written, for payloads.  Lives on the stack; grows on the heap when it must.
 */
struct event_json {
	char *buf;
	size_t len, cap;
	bool failed; /* memory ran out: event_append says UV_ENOMEM */
	char start[768];
};
void event_json_init(struct event_json *j);
void event_json_text(struct event_json *j, const char *key, const char *value); /* NULL: left out */
void event_json_int(struct event_json *j, const char *key, int64_t value);
/* Frees a payload that will not be appended. */
void event_json_drop(struct event_json *j);

struct event {
	int64_t at;
	const char *kind;  /* a short stable word, see event_kinds in the README */
	const char *actor; /* "dunlin", or the person who did it */
	int64_t account;   /* 0: none */
	int64_t message;   /* 0: none */
};

/* Appends one event and frees the payload: 0 or negative. */
int event_append(struct store *s, const struct event *e, struct event_json *payload);

/* The same in one call. */
int event_tell(struct store *s, const char *kind, const char *actor, int64_t account,
	       int64_t message, int64_t now, struct event_json *payload);

/* One event as it is stored, with what its hash is made of. */
struct event_row {
	int64_t seq, at, account, message; /* account, message 0: none */
	const char *kind, *actor;
	const char *data; /* the payload's exact octets; NULL once erased */
	size_t data_len;
	const uint8_t *salt;   /* EVENT_SALT octets; NULL once erased */
	const uint8_t *kept;   /* the digest kept of an erased payload, else NULL */
	const uint8_t *stored; /* the hash as stored, NULL when it is none */
};
#define EVENT_SALT 16
#define EVENT_HASH 32

/* Digest of a payload: of what is there, else what was kept of it.  NULL: its words for what is
 * wrong are in *wrong. */
const uint8_t *event_digest(const struct event_row *e, uint8_t room[EVENT_HASH],
			    const char **wrong);
/* The hash an event has at place `seq` after `prev`. */
void event_hash(const uint8_t prev[EVENT_HASH], int64_t seq, const struct event_row *e,
		const uint8_t digest[EVENT_HASH], uint8_t out[EVENT_HASH]);

/* Reads one stretch of at most `limit` events with after < seq <= upto, of one account or (0) of
 * all, in order: how many, or negative.  `each` may stop the stretch by a number other than 0,
 * which is not handed on.  No read transaction outlives the call. */
typedef int event_each(void *ctx, const struct event_row *e);
int event_stretch(struct store *s, int64_t account, int64_t after, int64_t upto, int limit,
		  event_each *each, void *ctx);

/* The same of events before an instant that still have a payload that may be erased, of an account
 * or, `account` being -ID, of message ID where that is nobody's account's. */
int event_payloads(struct store *s, int64_t account, int64_t before, int limit, event_each *each,
		   void *ctx);

/* Remembers that the head of the chain was told to somebody: `given` is "digest" or "dossier".
 * 0 or negative. */
int event_head_given(struct store *s, const char *given, int64_t account, int64_t now);
/* The heads given out, oldest first, from `after` on. */
struct event_head {
	int64_t id, seq, at, account;
	const char *given;
	uint8_t hash[EVENT_HASH];
};
typedef void event_head_each(void *ctx, const struct event_head *h);
int event_heads(struct store *s, event_head_each *each, void *ctx);

#endif
