/* event.h - the chain of everything that happened
 *
 * Append-only.  With || for joining and all integers as 8 octets big endian:
 *
 *   digest = BLAKE2b-256(salt || data)            salt: 16 random octets, data: the JSON payload
 *   hash   = BLAKE2b-256(previous hash || seq || at || account || message
 *                        || kind || 0x00 || actor || 0x00 || digest)
 *
 * account and message are 0 when absent; the hash before the first event is 32 zero octets.  The
 * payload of an event can be erased: then `digest` is kept in its row and the chain still verifies.
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

/* Walks the chain from the first event on. */
struct event_verdict {
	int64_t events, erased;
	int64_t bad_seq; /* 0: the chain is whole; else the event that does not fit */
	char what[160];  /* how it does not */
	char head[65];   /* hash of the last good event, hexadecimal */
};
int event_verify(struct store *s, struct event_verdict *out);

#endif
