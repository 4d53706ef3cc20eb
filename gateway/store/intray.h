/* intray.h - what comes in, as rows: copies, fragments of long texts, messages, readings
 *
 * Inside the writer's transaction.  `true_now` is the system's clock (what operators do takes real
 * time), `now` the store's.  Errors: 0 or a negative error of the store.
 */
#ifndef GATEWAY_STORE_INTRAY_H
#define GATEWAY_STORE_INTRAY_H

#include "event.h"
#include "store.h"

/* One part of a long text as it came. */
struct intray_part {
	const char *sender, *recipient, *route;
	int64_t
	    reference; /* 16-bit references have 65536 added, so that the two kinds never meet */
	int total, n;
	int encoding;                   /* enum sms_encoding */
	const uint8_t *header, *octets; /* header: with its length octet, may be empty */
	size_t header_len, len;
};

/* Was this very text seen within `within_ms`?  1: yes, 0: no, and it is noted now; negative. */
int intray_seen(struct store *s, const uint8_t digest[32], int64_t true_now, int64_t within_ms);

/* Keeps a part; a copy of one that is there changes nothing. */
int intray_keep_part(struct store *s, const struct intray_part *part, int64_t true_now);

typedef int intray_each_part(void *ctx, int n, int encoding, const uint8_t *header,
			     size_t header_len, const uint8_t *octets, size_t len);
/* The parts kept of the same text, by number: how many, or negative. */
int intray_parts(struct store *s, const struct intray_part *of, intray_each_part *each, void *ctx);
int intray_drop_parts(struct store *s, const struct intray_part *of);

/* One long text whose parts have waited since before an instant: 1 and its key in the caller's
 * buffers, 0 none, negative. */
struct intray_old {
	char sender[80], recipient[80], route[64];
	int64_t reference;
	int total;
};
int intray_old_parts(struct store *s, int64_t before, struct intray_old *out);

struct intray_message {
	int64_t account, person; /* 0: none */
	const char *sender, *recipient, *body, *route;
	const uint8_t *raw; /* the octets as they came, into the event */
	size_t raw_len;
	int segments;
};
int intray_add(struct store *s, const struct intray_message *m, int64_t now, int64_t *id);

struct intray_reading {
	int64_t message, account;
	int intent; /* enum reply_intent */
	const char *intent_word, *language, *currency;
	int32_t day;    /* INT32_MIN: none */
	int64_t amount; /* -1: none */
	bool handled;
	const char *cause; /* why they are late, as they told it, or NULL */
	const char *cues;  /* what decided, for the event */
};
int intray_read(struct store *s, const struct intray_reading *r, int64_t now);

/* Is the fate of a text to this number open: on its way, or unknown?  1, 0, negative. */
int intray_awaited(struct store *s, const char *number);
/* How many answers went to a number since an instant. */
int intray_answers(struct store *s, const char *number, int64_t since);
/* An open promise by text or keys of the account made since an instant: 1, 0, negative. */
int intray_fresh_promise(struct store *s, int64_t account, int64_t since);
/* Holds of a reason put on the account since an instant: how many, or negative. */
int intray_holds_since(struct store *s, int64_t account, int reason, int64_t since);

/* The last text from a number since an instant that promised without a day and was asked for one:
 * its id and amount (-1: none named), and whether it still waits for a person.  1, 0, negative. */
struct intray_asked {
	int64_t message, amount;
	bool waits;
};
int intray_asked(struct store *s, const char *number, int intent, int64_t since,
		 struct intray_asked *out);
/* Dunlin itself dealt with a text after all. */
int intray_handled(struct store *s, int64_t message, int64_t account, int64_t now);
/* Does any text of the person wait to be read by somebody?  1, 0, negative. */
int intray_waits(struct store *s, int64_t person);

/* Forgets what is too old to be a copy. */
int intray_age(struct store *s, int64_t true_before);

#endif
