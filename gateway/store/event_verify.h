/* event_verify.h - is the chain whole, and if not, which event is wrong and how
 *
 * Every event is held against the hash before it.  Where one does not fit the walk goes on from the
 * hash it carries, so that each wrong event is named and not only the first.  Found are events
 *
 *   changed    in any column, also when their own hash was computed anew (the next one tells)
 *   missing    in the middle; at the end, against META_CHAIN and against heads that were given out
 *   moved      in another place than they were written for, or numbered anew
 *   put in     anywhere
 *   erased     without an erasure or purge being noted in the chain
 *
 * What is beyond any store's proof is a chain computed anew from the wrong event to its end by
 * somebody who writes the file: that is what heads given out are for, so pass those that you have.
 */
#ifndef GATEWAY_STORE_EVENT_VERIFY_H
#define GATEWAY_STORE_EVENT_VERIFY_H

#include "event.h"

#define EVENT_FAULTS 24 /* listed one by one */

struct event_fault {
	int64_t seq;
	char what[200];
};

/* A head somebody was given, as it was written down. */
struct event_wanted {
	int64_t seq;              /* 0: not known, then the whole chain is searched for it */
	uint8_t hash[EVENT_HASH]; /* its first octets */
	size_t octets;            /* how many: a digest's text has 8 */
	bool found;               /* out */
};

struct event_verdict {
	int64_t events;  /* good ones before the first that is not */
	int64_t total;   /* all that were read */
	int64_t erased;  /* payloads erased */
	int64_t heads;   /* heads given out that were held against it */
	int64_t bad_seq; /* 0: the chain is whole; else the first event that does not fit */
	char what[200];  /* how it does not */
	char head[65];   /* hash of the last good event before that, hexadecimal */
	int64_t head_seq;
	struct event_fault fault[EVENT_FAULTS];
	size_t n_faults;
	int64_t faults; /* all of them */
};

/* Told between stretches: `done` of `total` events. */
typedef void event_progress(void *ctx, int64_t done, int64_t total);

/* 0 with a verdict, or negative where the store cannot be read. */
int event_verify(struct store *s, struct event_verdict *out);
/* The same, also against `n` heads (NULL: none).  `progress` may be NULL. */
int event_verify_with(struct store *s, struct event_wanted *wanted, size_t n,
		      event_progress *progress, void *ctx, struct event_verdict *out);

#endif
