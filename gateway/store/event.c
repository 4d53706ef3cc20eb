#include "event.h"

#include "store_ask.h"

#include "gateway/base/clock.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define HASH_LEN  EVENT_HASH
#define SALT_LEN  EVENT_SALT
#define BEHIND_MS 5000 /* a step back that a clock being set right makes at times */

/* ---- payloads ---- */

void
event_json_init(struct event_json *j)
{
	j->buf = j->start;
	j->cap = sizeof j->start;
	j->buf[0] = '{';
	j->len = 1;
	j->failed = false;
}

void
event_json_drop(struct event_json *j)
{
	if (j->buf != j->start)
		free(j->buf);
	j->buf = NULL;
}

static char *
json_room(struct event_json *j, size_t more)
{
	size_t cap = j->cap;
	char *grown;

	if (j->failed)
		return NULL;
	while (cap - j->len < more)
		cap *= 2;
	if (cap != j->cap) {
		grown = j->buf == j->start ? malloc(cap) : realloc(j->buf, cap);
		if (grown == NULL) {
			j->failed = true;
			return NULL;
		}
		if (j->buf == j->start)
			memcpy(grown, j->start, j->len);
		j->buf = grown;
		j->cap = cap;
	}
	return j->buf + j->len;
}

static void
json_string(struct event_json *j, const char *text)
{
	static const char hex[] = "0123456789abcdef";
	size_t len = strlen(text);
	char *p = json_room(j, len * 6 + 3); /* every octet may become \u00xx */

	if (p == NULL)
		return;
	*p++ = '"';
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c >= 0x20 && c != '"' && c != '\\') {
			*p++ = (char)c;
			continue;
		}
		*p++ = '\\';
		if (c == '"' || c == '\\') {
			*p++ = (char)c;
		} else if (c == '\n') {
			*p++ = 'n';
		} else {
			memcpy(p, "u00", 3);
			p[3] = hex[c >> 4];
			p[4] = hex[c & 15];
			p += 5;
		}
	}
	*p++ = '"';
	j->len = (size_t)(p - j->buf);
}

static void
json_key(struct event_json *j, const char *key)
{
	char *p;

	if (j->len > 1 && (p = json_room(j, 1)) != NULL) {
		*p = ',';
		j->len++;
	}
	json_string(j, key);
	if ((p = json_room(j, 1)) != NULL) {
		*p = ':';
		j->len++;
	}
}

void
event_json_text(struct event_json *j, const char *key, const char *value)
{
	if (value == NULL)
		return;
	json_key(j, key);
	json_string(j, value);
}

void
event_json_int(struct event_json *j, const char *key, int64_t value)
{
	uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	char digits[24], *p;
	size_t n = sizeof digits;

	/* Written by hand: snprintf was a tenth of the cost of an event. */
	do
		digits[--n] = (char)('0' + left % 10);
	while ((left /= 10) != 0);
	if (value < 0)
		digits[--n] = '-';
	json_key(j, key);
	if ((p = json_room(j, sizeof digits)) != NULL) {
		memcpy(p, digits + n, sizeof digits - n);
		j->len += sizeof digits - n;
	}
}

/* ---- the chain ---- */

static void
put64(unsigned char *p, int64_t value)
{
	for (int i = 7; i >= 0; i--, value >>= 8)
		p[i] = (unsigned char)(value & 0xff);
}

static void
digest_of(const void *salt, const void *data, size_t len, uint8_t out[HASH_LEN])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, HASH_LEN);
	crypto_generichash_update(&state, salt, SALT_LEN);
	crypto_generichash_update(&state, data, len);
	crypto_generichash_final(&state, out, HASH_LEN);
}

void
event_hash(const uint8_t prev[HASH_LEN], int64_t seq, const struct event_row *e,
	   const uint8_t digest[HASH_LEN], uint8_t out[HASH_LEN])
{
	unsigned char head[HASH_LEN + 32];
	crypto_generichash_state state;

	memcpy(head, prev, HASH_LEN);
	put64(head + HASH_LEN, seq);
	put64(head + HASH_LEN + 8, e->at);
	put64(head + HASH_LEN + 16, e->account);
	put64(head + HASH_LEN + 24, e->message);
	crypto_generichash_init(&state, NULL, 0, HASH_LEN);
	crypto_generichash_update(&state, head, sizeof head);
	crypto_generichash_update(&state, (const unsigned char *)e->kind, strlen(e->kind) + 1);
	crypto_generichash_update(&state, (const unsigned char *)e->actor, strlen(e->actor) + 1);
	crypto_generichash_update(&state, digest, HASH_LEN);
	crypto_generichash_final(&state, out, HASH_LEN);
}

const uint8_t *
event_digest(const struct event_row *e, uint8_t room[HASH_LEN], const char **wrong)
{
	if (e->data == NULL) {
		*wrong = "its payload is gone and no digest of it was kept";
		return e->kept;
	}
	*wrong = "its salt was changed";
	if (e->salt == NULL)
		return NULL;
	digest_of(e->salt, e->data, e->data_len, room);
	*wrong = "its payload is not the one whose digest stands beside it";
	return e->kept == NULL || memcmp(e->kept, room, HASH_LEN) == 0 ? room : NULL;
}

/* Salts come from a stock, since asking the kernel for 16 octets costs more than the hash. */
static const uint8_t *
fresh_salt(struct store *s)
{
	if (s->salt_left < SALT_LEN) {
		randombytes_buf(s->salt, sizeof s->salt);
		s->salt_left = sizeof s->salt;
	}
	s->salt_left -= SALT_LEN;
	return s->salt + s->salt_left;
}

/* What was told under a clock that was set back does not make that clock right: the latest time
 * stays, over restarts too, until `adopt` takes the clock up. */
static int
keep_head_at(struct store *s, int64_t at)
{
	int64_t leap = store_steady() - s->steady;

	if (at >= s->head_at) {
		/* Nor does a time of a clock that leaped since we opened count. */
		if (s->schedule || (leap <= CLOCK_LEAP_MS && leap >= -CLOCK_LEAP_MS))
			s->head_at = at;
		return 0;
	}
	if (s->schedule || at + BEHIND_MS >= s->head_at)
		return 0;
	return store_meta_set_int(s, META_AHEAD, s->head_at);
}

int
event_append(struct store *s, const struct event *e, struct event_json *payload)
{
	struct event_row row = {.at = e->at,
				.account = e->account,
				.message = e->message,
				.kind = e->kind,
				.actor = e->actor};
	uint8_t digest[HASH_LEN], hash[HASH_LEN];
	int64_t seq = s->head_seq + 1;
	const uint8_t *salt = fresh_salt(s);
	sqlite3_stmt *st;
	char *end = json_room(payload, 1);
	int rc;

	if (end == NULL) {
		event_json_drop(payload);
		return UV_ENOMEM;
	}
	*end = '}';
	payload->len++;
	digest_of(salt, payload->buf, payload->len, digest);
	event_hash(s->head, seq, &row, digest, hash);

	st = store_get(s, STORE_EVENT_ADD);
	store_bind_int(st, 1, seq);
	store_bind_int(st, 2, e->at);
	store_bind_text(st, 3, e->kind);
	store_bind_text(st, 4, e->actor);
	if (e->account != 0)
		store_bind_int(st, 5, e->account);
	if (e->message != 0)
		store_bind_int(st, 6, e->message);
	sqlite3_bind_text(st, 7, payload->buf, (int)payload->len, SQLITE_STATIC);
	sqlite3_bind_blob(st, 8, salt, SALT_LEN, SQLITE_STATIC);
	sqlite3_bind_blob(st, 9, hash, HASH_LEN, SQLITE_STATIC);
	rc = store_do(s, st);
	event_json_drop(payload);
	if (rc == 0) {
		s->head_seq = seq;
		rc = keep_head_at(s, e->at);
		if (e->at > s->stamp)
			s->stamp = e->at;
		memcpy(s->head, hash, HASH_LEN);
	}
	return rc;
}

int
event_tell(struct store *s, const char *kind, const char *actor, int64_t account, int64_t message,
	   int64_t now, struct event_json *payload)
{
	struct event e = {
	    .at = now, .kind = kind, .actor = actor, .account = account, .message = message};

	return event_append(s, &e, payload);
}

/* ---- reading it ---- */

/* A blob of exactly that size, else NULL. */
static const uint8_t *
blob_of(sqlite3_stmt *st, int column, int size)
{
	const void *blob = sqlite3_column_blob(st, column);

	return sqlite3_column_bytes(st, column) == size ? blob : NULL;
}

static struct event_row
row_of(sqlite3_stmt *st)
{
	struct event_row e = {.seq = sqlite3_column_int64(st, 0),
			      .at = sqlite3_column_int64(st, 1),
			      .kind = store_text(st, 2),
			      .actor = store_text(st, 3),
			      .account = sqlite3_column_int64(st, 4),
			      .message = sqlite3_column_int64(st, 5)};

	e.data = (const char *)sqlite3_column_text(st, 6);
	e.data_len = (size_t)sqlite3_column_bytes(st, 6);
	e.salt = blob_of(st, 7, SALT_LEN);
	e.kept = blob_of(st, 8, HASH_LEN);
	e.stored = blob_of(st, 9, HASH_LEN);
	return e;
}

/* Hands the rows on: how many, or negative. */
static int
walk(struct store *s, sqlite3_stmt *st, event_each *each, void *ctx)
{
	int n = 0, rc;

	while ((rc = store_step(s, st)) == 1) {
		struct event_row e = row_of(st);

		n++;
		if (each(ctx, &e) != 0)
			break;
	}
	sqlite3_reset(st);
	return rc < 0 ? rc : n;
}

int
event_stretch(struct store *s, int64_t account, int64_t after, int64_t upto, int limit,
	      event_each *each, void *ctx)
{
	sqlite3_stmt *st = account != 0 ? store_ask(s, STORE_EVENT_WALK_OF, as_int(after),
						    as_int(upto), as_int(account), as_int(limit))
					: store_ask(s, STORE_EVENT_WALK, as_int(after),
						    as_int(upto), as_int(limit));

	return walk(s, st, each, ctx);
}

int
event_payloads(struct store *s, int64_t account, int64_t before, int limit, event_each *each,
	       void *ctx)
{
	sqlite3_stmt *st =
	    store_ask(s, account < 0 ? STORE_EVENT_PAYLOADS_STRANGER : STORE_EVENT_PAYLOADS,
		      as_int(account < 0 ? -account : account), as_int(before), as_int(limit));

	return walk(s, st, each, ctx);
}

/* ---- heads given out ---- */

int
event_head_given(struct store *s, const char *given, int64_t account, int64_t now)
{
	sqlite3_stmt *st;

	if (s->head_seq == 0)
		return 0; /* there is nothing to tell yet */
	st = store_get(s, STORE_HEAD_ADD);
	store_bind_int(st, 1, s->head_seq);
	sqlite3_bind_blob(st, 2, s->head, HASH_LEN, SQLITE_STATIC);
	store_bind_int(st, 3, now);
	store_bind_text(st, 4, given);
	if (account != 0)
		store_bind_int(st, 5, account);
	return store_do(s, st);
}

int
event_heads(struct store *s, event_head_each *each, void *ctx)
{
	sqlite3_stmt *st = store_get(s, STORE_HEADS);
	int rc;

	while ((rc = store_step(s, st)) == 1) {
		struct event_head h = {.id = sqlite3_column_int64(st, 0),
				       .seq = sqlite3_column_int64(st, 1),
				       .at = sqlite3_column_int64(st, 3),
				       .given = store_text(st, 4),
				       .account = sqlite3_column_int64(st, 5)};

		if (sqlite3_column_bytes(st, 2) == HASH_LEN)
			memcpy(h.hash, sqlite3_column_blob(st, 2), HASH_LEN);
		each(ctx, &h);
	}
	return rc;
}
