#include "event.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define HASH_LEN 32
#define SALT_LEN 16

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
digest_of(const void *salt, const void *data, size_t len, unsigned char out[HASH_LEN])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, HASH_LEN);
	crypto_generichash_update(&state, salt, SALT_LEN);
	crypto_generichash_update(&state, data, len);
	crypto_generichash_final(&state, out, HASH_LEN);
}

static void
hash_of(const unsigned char prev[HASH_LEN], int64_t seq, const struct event *e,
	const unsigned char digest[HASH_LEN], unsigned char out[HASH_LEN])
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

int
event_append(struct store *s, const struct event *e, struct event_json *payload)
{
	unsigned char digest[HASH_LEN], hash[HASH_LEN];
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
	hash_of(s->head, seq, e, digest, hash);

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
		s->head_at = e->at;
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

/* ---- checking it ---- */

static void
bad(struct event_verdict *v, int64_t seq, const char *what)
{
	v->bad_seq = seq;
	snprintf(v->what, sizeof v->what, "%s", what);
}

/* Holds one row against the hash before it; false ends the walk. */
static bool
verify_row(sqlite3_stmt *st, int64_t expected, unsigned char prev[HASH_LEN],
	   struct event_verdict *v)
{
	unsigned char digest[HASH_LEN], hash[HASH_LEN];
	struct event e = {.at = sqlite3_column_int64(st, 1),
			  .kind = store_text(st, 2),
			  .actor = store_text(st, 3),
			  .account = sqlite3_column_int64(st, 4),
			  .message = sqlite3_column_int64(st, 5)};
	int64_t seq = sqlite3_column_int64(st, 0);

	if (seq != expected) {
		bad(v, expected,
		    seq > expected ? "this event is missing"
				   : "an event stands before the first one");
		return false;
	}
	if (sqlite3_column_type(st, 6) != SQLITE_NULL) {
		if (sqlite3_column_bytes(st, 7) != SALT_LEN) {
			bad(v, seq, "its salt was changed");
			return false;
		}
		digest_of(sqlite3_column_blob(st, 7), sqlite3_column_text(st, 6),
			  (size_t)sqlite3_column_bytes(st, 6), digest);
	} else if (sqlite3_column_bytes(st, 8) == HASH_LEN) {
		memcpy(digest, sqlite3_column_blob(st, 8), HASH_LEN);
		v->erased++;
	} else {
		bad(v, seq, "its payload is gone and no digest of it was kept");
		return false;
	}
	hash_of(prev, seq, &e, digest, hash);
	if (sqlite3_column_bytes(st, 9) != HASH_LEN ||
	    memcmp(sqlite3_column_blob(st, 9), hash, HASH_LEN) != 0) {
		bad(v, seq, "it was changed after it was written, or an event before it was");
		return false;
	}
	memcpy(prev, hash, HASH_LEN);
	return true;
}

/* Reads in stretches, so that no read transaction lasts long beside a working daemon. */
int
event_verify(struct store *s, struct event_verdict *out)
{
	unsigned char prev[HASH_LEN] = {0};
	int64_t last = 0, after = INT64_MIN; /* so that nothing hides before the first event */
	int row = 1;

	memset(out, 0, sizeof *out);
	while (row == 1 && out->bad_seq == 0) {
		sqlite3_stmt *st = store_get(s, STORE_EVENT_WALK);
		int n = 0;

		store_bind_int(st, 1, after);
		while (out->bad_seq == 0 && (row = store_step(s, st)) == 1) {
			if (!verify_row(st, last + 1, prev, out))
				break;
			out->events++;
			last++;
			n++;
		}
		sqlite3_reset(st);
		if (row < 0)
			return row;
		row = n > 0;
		after = last;
	}
	sodium_bin2hex(out->head, sizeof out->head, prev, sizeof prev);
	return 0;
}
