/* dossier_part.h - what the files of dossier.h share; nobody else includes it */
#ifndef GATEWAY_DOSSIER_PART_H
#define GATEWAY_DOSSIER_PART_H

#include "dossier.h"
#include "gateway/store/event.h"

#include <jansson.h>
#include <stdio.h>

/* ---- dossier_out.c: text that grows ---- */

struct dossier_out {
	char *buf;
	size_t len, cap;
	bool failed; /* memory ran out */
};
void dossier_put(struct dossier_out *o, const char *text);
void dossier_putf(struct dossier_out *o, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void dossier_html(struct dossier_out *o, const char *text);             /* escaped; NULL: nothing */
void dossier_json(struct dossier_out *o, const char *text, size_t len); /* as a JSON string */
void dossier_hex(struct dossier_out *o, const uint8_t *octets, size_t n);
/* "PHP 1,250.00", escaped */
void dossier_money(struct dossier_out *o, int64_t minor, const char *currency);
/* "2026-09-15 10:00:03", and the offset softer; of an instant, and of RFC 3339 (NULL: nothing) */
void dossier_time(struct dossier_out *o, const struct civil_zone *zone, int64_t instant);
void dossier_stamp(struct dossier_out *o, const char *rfc3339);
void dossier_day(struct dossier_out *o,
		 const char *text); /* as it is, on one line; NULL: nothing */
/* "Tuesday 15 September 2026" */
void dossier_date(struct dossier_out *o, int32_t day);

/* ---- the account ---- */

struct dossier_event {
	int64_t seq, at, account, message;
	char *kind, *actor;
	char *text; /* the payload's octets, NULL: erased */
	size_t len;
	json_t *data; /* the same, read; NULL where it is no object */
	uint8_t salt[EVENT_SALT], digest[EVENT_HASH], hash[EVENT_HASH];
};

struct dossier {
	const struct dossier_request *r;
	json_t *account; /* the object */
	const struct civil_zone *zone;
	const char *currency;
	char store_id[40];
	struct dossier_event *event;
	size_t n_events, cap_events;
	struct event_head *head; /* given out up to this dossier, oldest first */
	char (*head_given)[16];
	size_t n_heads, cap_heads;
	int64_t first;               /* of the chain's links */
	uint8_t before[EVENT_HASH];  /* the hash before it */
	uint8_t end[EVENT_HASH];     /* of r->seq */
	uint8_t page[EVENT_HASH];    /* BLAKE2b-256 of index.html ... */
	uint8_t figures[EVENT_HASH]; /* ... and of account.json */
	int64_t after;               /* links written up to this one */
	struct dossier_out links;    /* not handed on yet */
	size_t links_at;
	FILE ***tape; /* recordings, read while the archive is closed */
	size_t n_tapes;
	bool failed;
};

const char *dossier_text(const json_t *object, const char *key); /* NULL: absent */

/* dossier_chain.c: reads events and heads; the links as a stream (archive_read). */
int dossier_load(struct dossier *d);
void dossier_unload(struct dossier *d);
/* The first line of chain.jsonl, once page and figures are known. */
void dossier_links_begin(struct dossier *d);
int64_t dossier_links(void *ctx, char *buf, size_t cap);
void dossier_events(const struct dossier *d, struct dossier_out *o);
void dossier_heads(const struct dossier *d, struct dossier_out *o);

/* dossier_tapes.c: the recordings; what they are read from, to be closed behind the archive. */
struct archive;
int dossier_tapes(struct dossier *d, struct archive *a);
void dossier_tapes_end(struct dossier *d);

/* dossier_page.c: index.html; dossier_said.c: its lists; dossier_story.c: its chronology. */
void dossier_page(const struct dossier *d, struct dossier_out *o);
void dossier_debt(const struct dossier *d, struct dossier_out *o);
void dossier_said(const struct dossier *d, struct dossier_out *o);
void dossier_kept(const struct dossier *d, struct dossier_out *o);
void dossier_story(const struct dossier *d, struct dossier_out *o);
void dossier_words(const struct dossier *d, struct dossier_out *o);

#endif
