/* The events of the account and the links around them: what a dossier proves. */
#include "dossier_part.h"

#include "gateway/base/rfc3339.h"
#include "gateway/base/utf8.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define STRETCH      500  /* events read at once */
#define IMPORTS_MOST 5000 /* lists told of: a list a day for more than a decade */

/* ---- reading ---- */

static void *
grow(void *at, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap != 0 ? *cap * 2 : 64;
	void *grown = at;

	if (n == *cap && (grown = realloc(at, more * size)) != NULL)
		*cap = more;
	return grown;
}

static int
keep(struct dossier *d, const struct event_row *e)
{
	struct dossier_event *grown = grow(d->event, d->n_events, &d->cap_events, sizeof *grown);
	struct dossier_event *to;
	const char *wrong;
	const uint8_t *digest;

	if (grown == NULL)
		return UV_ENOMEM;
	d->event = grown;
	to = &grown[d->n_events];
	*to = (struct dossier_event){
	    .seq = e->seq, .at = e->at, .account = e->account, .message = e->message};
	/* A payload that was tampered with goes in as it stands: check.py names it. */
	if ((digest = event_digest(e, to->digest, &wrong)) != NULL && digest != to->digest)
		memcpy(to->digest, digest, EVENT_HASH);
	if (e->stored != NULL)
		memcpy(to->hash, e->stored, EVENT_HASH);
	if (e->salt != NULL)
		memcpy(to->salt, e->salt, EVENT_SALT);
	to->kind = strdup(e->kind);
	to->actor = strdup(e->actor);
	if (e->data != NULL && (to->text = malloc(e->data_len + 1)) != NULL) {
		memcpy(to->text, e->data, e->data_len);
		to->text[e->data_len] = '\0';
		to->len = e->data_len;
		to->data = json_loadb(to->text, to->len, 0, NULL);
	}
	d->n_events++;
	return to->kind != NULL && to->actor != NULL && (e->data == NULL || to->text != NULL)
		   ? 0
		   : UV_ENOMEM;
}

static int
on_event(void *ctx, const struct event_row *e)
{
	struct dossier *d = ctx;

	d->failed = d->failed || keep(d, e) != 0;
	return d->failed;
}

/* The account's own, in stretches. */
static int
load_own(struct dossier *d)
{
	int64_t after = 0;
	int n;

	while ((n = event_stretch(d->r->store, d->r->account, after, d->r->seq, STRETCH, on_event,
				  d)) > 0 &&
	       !d->failed)
		after = d->event[d->n_events - 1].seq;
	return d->failed ? UV_ENOMEM : n;
}

/* Lists say who owes what: the events that brought those the account stood in, and all since. */
static int
load_imports(struct dossier *d)
{
	sqlite3_stmt *st = store_get(d->r->store, STORE_DOSSIER_IMPORTS);
	int64_t *seq = malloc(IMPORTS_MOST * sizeof *seq);
	int n = 0, rc = 0;

	if (seq == NULL)
		return UV_ENOMEM;
	store_bind_int(st, 1, d->r->account);
	store_bind_int(st, 2, d->r->seq);
	store_bind_int(st, 3, IMPORTS_MOST);
	while (n < IMPORTS_MOST && (rc = store_step(d->r->store, st)) == 1)
		seq[n++] = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	for (int i = 0; i < n && rc >= 0 && !d->failed; i++)
		rc = event_stretch(d->r->store, 0, seq[i] - 1, seq[i], 1, on_event, d);
	free(seq);
	return d->failed ? UV_ENOMEM : rc < 0 ? rc : 0;
}

static void
on_head(void *ctx, const struct event_head *h)
{
	struct dossier *d = ctx;
	struct event_head *heads;
	char(*given)[16];

	/* The store may hold more by now than this dossier speaks of. */
	if (h->seq > d->r->seq || d->failed)
		return;
	if (d->n_heads == d->cap_heads) {
		size_t cap = d->cap_heads != 0 ? d->cap_heads * 2 : 64;

		heads = realloc(d->head, cap * sizeof *heads);
		d->head = heads != NULL ? heads : d->head;
		given = realloc(d->head_given, cap * sizeof *given);
		d->head_given = given != NULL ? given : d->head_given;
		if (heads == NULL || given == NULL) {
			d->failed = true;
			return;
		}
		d->cap_heads = cap;
	}
	d->head[d->n_heads] = *h;
	snprintf(d->head_given[d->n_heads++], 16, "%s", h->given);
}

static int
on_before(void *ctx, const struct event_row *e)
{
	struct dossier *d = ctx;

	if (e->stored != NULL)
		memcpy(d->before, e->stored, EVENT_HASH);
	return 0;
}

static int
on_end(void *ctx, const struct event_row *e)
{
	struct dossier *d = ctx;

	if (e->stored != NULL)
		memcpy(d->end, e->stored, EVENT_HASH);
	return 0;
}

static int
by_seq(const void *a, const void *b)
{
	const struct dossier_event *x = a, *y = b;

	return x->seq != y->seq ? (x->seq < y->seq ? -1 : 1) : 0;
}

int
dossier_load(struct dossier *d)
{
	struct store *s = d->r->store;
	int rc;

	if ((rc = load_own(d)) < 0 || (rc = load_imports(d)) < 0 ||
	    (rc = event_heads(s, on_head, d)) < 0)
		return rc;
	if (d->failed)
		return UV_ENOMEM;
	if (d->n_events > 0)
		qsort(d->event, d->n_events, sizeof *d->event, by_seq);
	d->first = d->n_events > 0 ? d->event[0].seq : d->r->seq;
	d->after = d->first - 1;
	if ((rc = event_stretch(s, 0, d->first - 2, d->first - 1, 1, on_before, d)) < 0 ||
	    (rc = event_stretch(s, 0, d->r->seq - 1, d->r->seq, 1, on_end, d)) < 0)
		return rc;
	store_meta_text(s, META_STORE_ID, d->store_id, sizeof d->store_id);
	return 0;
}

void
dossier_unload(struct dossier *d)
{
	for (size_t i = 0; i < d->n_events; i++) {
		free(d->event[i].kind);
		free(d->event[i].actor);
		free(d->event[i].text);
		json_decref(d->event[i].data);
	}
	free(d->event);
	free(d->head);
	free(d->head_given);
	free(d->links.buf);
	json_decref(d->account);
}

/* ---- chain.jsonl ---- */

void
dossier_links_begin(struct dossier *d)
{
	struct dossier_out *o = &d->links;

	dossier_putf(o, "{\"store\":\"%s\",\"account\":%lld,\"first\":%lld,\"hash_before\":\"",
		     d->store_id, (long long)d->r->account, (long long)d->first);
	dossier_hex(o, d->before, EVENT_HASH);
	dossier_put(o, "\",\"files\":{\"index.html\":\"");
	dossier_hex(o, d->page, EVENT_HASH);
	dossier_put(o, "\",\"account.json\":\"");
	dossier_hex(o, d->figures, EVENT_HASH);
	dossier_put(o, "\"}}\n");
}

static int
on_link(void *ctx, const struct event_row *e)
{
	struct dossier *d = ctx;
	uint8_t digest[EVENT_HASH] = {0};
	const char *wrong;
	const uint8_t *is = event_digest(e, digest, &wrong);

	dossier_putf(&d->links, "[%lld,%lld,%lld,%lld,", (long long)e->seq, (long long)e->at,
		     (long long)e->account, (long long)e->message);
	dossier_json(&d->links, e->kind, strlen(e->kind));
	dossier_put(&d->links, ",");
	dossier_json(&d->links, e->actor, strlen(e->actor));
	dossier_put(&d->links, ",\"");
	dossier_hex(&d->links, is != NULL ? is : digest, EVENT_HASH);
	dossier_put(&d->links, "\"]\n");
	d->after = e->seq;
	return 0;
}

int64_t
dossier_links(void *ctx, char *buf, size_t cap)
{
	struct dossier *d = ctx;
	size_t n;
	int rc;

	if (d->links_at == d->links.len) {
		d->links.len = d->links_at = 0;
		rc = event_stretch(d->r->store, 0, d->after, d->r->seq, STRETCH, on_link, d);
		if (rc <= 0 || d->links.failed)
			return rc <= 0 ? rc : UV_ENOMEM;
		if (d->r->progress != NULL)
			d->r->progress(d->r->ctx, d->after - d->first + 1,
				       d->r->seq - d->first + 1);
	}
	n = d->links.len - d->links_at;
	n = n < cap ? n : cap;
	memcpy(buf, d->links.buf + d->links_at, n);
	d->links_at += n;
	return (int64_t)n;
}

/* ---- events.jsonl, heads.txt ---- */

static void
put_payload(const struct dossier_event *e, struct dossier_out *o)
{
	if (e->text != NULL && utf8_valid(e->text, e->len) < e->len) {
		dossier_put(o, "null,\"data_hex\":\"");
		dossier_hex(o, (const uint8_t *)e->text, e->len);
		dossier_put(o, "\"");
	} else if (e->text != NULL) {
		dossier_json(o, e->text, e->len);
	} else {
		dossier_put(o, "null");
	}
}

void
dossier_events(const struct dossier *d, struct dossier_out *o)
{
	char at[RFC3339_SIZE];

	for (size_t i = 0; i < d->n_events; i++) {
		const struct dossier_event *e = &d->event[i];

		dossier_putf(
		    o, "{\"seq\":%lld,\"at\":\"%s\",\"at_ms\":%lld,\"kind\":", (long long)e->seq,
		    rfc3339_format(e->at, civil_offset(d->zone, e->at), at), (long long)e->at);
		dossier_json(o, e->kind, strlen(e->kind));
		dossier_put(o, ",\"actor\":");
		dossier_json(o, e->actor, strlen(e->actor));
		dossier_putf(o,
			     ",\"account\":%lld,\"message\":%lld,\"data\":", (long long)e->account,
			     (long long)e->message);
		put_payload(e, o);
		if (e->text != NULL) {
			dossier_put(o, ",\"salt\":\"");
			dossier_hex(o, e->salt, EVENT_SALT);
			dossier_put(o, "\"");
		} else {
			dossier_put(o, ",\"salt\":null");
		}
		dossier_put(o, ",\"digest\":\"");
		dossier_hex(o, e->digest, EVENT_HASH);
		dossier_put(o, "\",\"hash\":\"");
		dossier_hex(o, e->hash, EVENT_HASH);
		dossier_put(o, "\"}\n");
	}
}

static void
put_head(const struct dossier *d, struct dossier_out *o, int64_t seq, const uint8_t *hash,
	 int64_t at, const char *words)
{
	char time[RFC3339_SIZE];

	dossier_putf(o, "%lld:", (long long)seq);
	dossier_hex(o, hash, EVENT_HASH);
	dossier_putf(o, "  %s  %s\n",
		     rfc3339_format(at, civil_offset(&d->r->config->lender.zone, at), time), words);
}

/* Newest first: the first is this dossier's own. */
void
dossier_heads(const struct dossier *d, struct dossier_out *o)
{
	put_head(d, o, d->r->seq, d->end, d->r->now, "this dossier");
	for (size_t i = d->n_heads; i-- > 0;) {
		const struct event_head *h = &d->head[i];

		if (h->seq == d->r->seq)
			continue;
		put_head(d, o, h->seq, h->hash, h->at,
			 h->account == d->r->account ? "an earlier dossier of this borrower"
			 : strcmp(d->head_given[i], "digest") == 0 ? "daily text to the owner"
								   : "a dossier");
	}
}
