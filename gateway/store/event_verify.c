#include "event_verify.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define STRETCH 5000 /* events read at once: no read transaction lasts long beside a daemon */
#define CACHE   256  /* accounts whose last erasure is remembered */

enum shift { SHIFT_NONE, SHIFT_DOWN, SHIFT_UP };

/* What a listed fault may still turn out to be, once all are known. */
enum kind {
	KIND_PLAIN,   /* named as it is */
	KIND_DOUBTFUL /* its hash does not fit its place: it may be moved, or a neighbour be */
};

struct walk {
	struct store *s;
	struct event_verdict *v;
	struct event_wanted *wanted;
	size_t n_wanted;
	uint8_t prev[EVENT_HASH]; /* as the event before carries it */
	int64_t last;             /* its seq */
	int64_t position;         /* the lowest seq not read yet */
	uint8_t good[EVENT_HASH]; /* of the last event before the first fault */
	bool prev_known, faulty;
	enum shift shift; /* of the fault before */
	enum kind kind[EVENT_FAULTS];
	struct {
		int64_t account, seq; /* its last erasure noted, 0: none */
		bool set;
	} erasure[CACHE];
};

/* ---- faults ---- */

static void __attribute__((format(printf, 4, 5)))
fault(struct walk *w, int64_t seq, enum kind kind, const char *format, ...)
{
	struct event_verdict *v = w->v;
	struct event_fault *f = v->n_faults < EVENT_FAULTS ? &v->fault[v->n_faults] : NULL;
	va_list args;

	v->faults++;
	if (!w->faulty)
		v->events = v->total;
	w->faulty = true;
	if (f == NULL)
		return;
	w->kind[v->n_faults++] = kind;
	f->seq = seq;
	va_start(args, format);
	vsnprintf(f->what, sizeof f->what, format, args);
	va_end(args);
}

/* ---- erasures ---- */

/* Was the erasure of this payload noted in the chain, after it? */
static bool
is_noted(struct walk *w, const struct event_row *e)
{
	size_t i = (size_t)((uint64_t)e->account * UINT64_C(0x9e3779b97f4a7c15) >> 56) % CACHE;
	sqlite3_stmt *st;

	if (!w->erasure[i].set || w->erasure[i].account != e->account) {
		st = store_get(w->s, STORE_EVENT_ERASURE);
		if (e->account != 0)
			store_bind_int(st, 1, e->account);
		w->erasure[i].seq = store_step(w->s, st) == 1 ? sqlite3_column_int64(st, 0) : 0;
		w->erasure[i].account = e->account;
		w->erasure[i].set = true;
		sqlite3_reset(st);
	}
	return w->erasure[i].seq > e->seq;
}

/* ---- one event ---- */

static void
missing(struct walk *w, int64_t from, int64_t upto)
{
	if (from == upto)
		fault(w, from, KIND_PLAIN, "this event is missing");
	else
		fault(w, from, KIND_PLAIN, "events %" PRId64 " to %" PRId64 " are missing", from,
		      upto);
}

static bool
fits(const uint8_t prev[EVENT_HASH], int64_t seq, const struct event_row *e, const uint8_t *digest)
{
	uint8_t hash[EVENT_HASH];

	event_hash(prev, seq, e, digest, hash);
	return memcmp(hash, e->stored, EVENT_HASH) == 0;
}

/* Its hash does not fit its place.  Events that were all numbered anew are told once. */
static void
misfit(struct walk *w, const struct event_row *e, const uint8_t *digest)
{
	enum shift shift = fits(w->prev, e->seq - 1, e, digest)   ? SHIFT_DOWN
			   : fits(w->prev, e->seq + 1, e, digest) ? SHIFT_UP
								  : SHIFT_NONE;

	if (shift != SHIFT_NONE && shift == w->shift)
		w->v->faults++;
	else if (shift == SHIFT_DOWN)
		fault(w, e->seq, KIND_PLAIN,
		      "it was written as event %" PRId64
		      ": from here on events were numbered anew, after one was put in",
		      e->seq - 1);
	else if (shift == SHIFT_UP)
		fault(w, e->seq, KIND_PLAIN,
		      "it was written as event %" PRId64
		      ": from here on events were numbered anew, after one was taken out",
		      e->seq + 1);
	else
		fault(w, e->seq, KIND_DOUBTFUL, "%s",
		      e->seq == 1 ? "it was changed after it was written"
				  : "it was changed after it was written, or the event before it "
				    "was and had its hash computed anew");
	w->shift = shift;
}

static void
check(struct walk *w, const struct event_row *e)
{
	uint8_t room[EVENT_HASH];
	const char *wrong;
	const uint8_t *digest = event_digest(e, room, &wrong);

	if (e->stored == NULL) {
		fault(w, e->seq, KIND_PLAIN, "its hash is gone");
		return;
	}
	if (digest == NULL)
		fault(w, e->seq, KIND_PLAIN, "%s", wrong);
	else if (w->prev_known && !fits(w->prev, e->seq, e, digest))
		misfit(w, e, digest);
	else
		w->shift = SHIFT_NONE;
	if (e->data == NULL && digest != NULL) {
		w->v->erased++;
		if (!is_noted(w, e))
			fault(w, e->seq, KIND_PLAIN,
			      "its payload was erased and nothing in the chain says so");
	}
}

static int
on_event(void *ctx, const struct event_row *e)
{
	struct walk *w = ctx;

	w->position = e->seq;
	if (e->seq < 1) {
		if (w->v->total == 0 && w->v->faults == 0)
			fault(w, 1, KIND_PLAIN, "an event stands before the first one");
		return 0;
	}
	if (e->seq > w->last + 1) {
		missing(w, w->last + 1, e->seq - 1);
		w->prev_known = false; /* the hash it follows is gone with them */
	}
	check(w, e);
	w->v->total++;
	w->last = e->seq;
	w->prev_known = e->stored != NULL;
	if (e->stored != NULL)
		memcpy(w->prev, e->stored, EVENT_HASH);
	if (!w->faulty) {
		memcpy(w->good, w->prev, EVENT_HASH);
		w->v->head_seq = e->seq;
	}
	for (size_t i = 0; i < w->n_wanted && e->stored != NULL; i++)
		if (w->wanted[i].seq == 0 || w->wanted[i].seq == e->seq)
			w->wanted[i].found =
			    w->wanted[i].found ||
			    memcmp(w->wanted[i].hash, e->stored, w->wanted[i].octets) == 0;
	return 0;
}

/* ---- moved events ---- */

/* What is needed to try an event in another place. */
struct copy {
	struct event_row e;
	char kind[64], actor[128];
	uint8_t digest[EVENT_HASH], stored[EVENT_HASH];
	uint8_t before[EVENT_HASH]; /* the hash the event before it carries */
	bool there;
};

static int
on_copy(void *ctx, const struct event_row *e)
{
	struct copy *c = ctx;
	const char *wrong;
	const uint8_t *digest = event_digest(e, c->digest, &wrong);

	if (digest == NULL || e->stored == NULL ||
	    snprintf(c->kind, sizeof c->kind, "%s", e->kind) >= (int)sizeof c->kind ||
	    snprintf(c->actor, sizeof c->actor, "%s", e->actor) >= (int)sizeof c->actor)
		return 1;
	memmove(c->digest, digest, EVENT_HASH);
	memcpy(c->stored, e->stored, EVENT_HASH);
	c->e = *e;
	c->e.kind = c->kind;
	c->e.actor = c->actor;
	c->e.stored = c->stored;
	c->there = true;
	return 0;
}

static int
on_before(void *ctx, const struct event_row *e)
{
	struct copy *c = ctx;

	if (e->stored != NULL)
		memcpy(c->before, e->stored, EVENT_HASH);
	return 0;
}

/* Does event `a` fit the place of `b`, after the event that stands before it or after one of those
 * that are out of place themselves? */
static bool
fits_place(const struct copy *a, const struct copy *b, const struct copy *all, size_t n)
{
	if (fits(b->before, b->e.seq, &a->e, a->digest))
		return true;
	for (size_t i = 0; i < n; i++)
		if (all[i].there && fits(all[i].stored, b->e.seq, &a->e, a->digest))
			return true;
	return false;
}

static void
drop_fault(struct walk *w, struct copy *copies, size_t i)
{
	struct event_verdict *v = w->v;

	memmove(&v->fault[i], &v->fault[i + 1], (v->n_faults - i - 1) * sizeof *v->fault);
	memmove(&w->kind[i], &w->kind[i + 1], (v->n_faults - i - 1) * sizeof *w->kind);
	for (size_t k = i; k + 1 < v->n_faults; k++) {
		copies[k] = copies[k + 1];
		copies[k].e.kind = copies[k].kind;
		copies[k].e.actor = copies[k].actor;
		copies[k].e.stored = copies[k].stored;
	}
	v->n_faults--;
	v->faults--;
}

/* Two events that changed places make four misfits: each is wrong where it stands, and so seems
 * whatever follows them.  Those are found out here. */
static int
name_moves(struct walk *w)
{
	struct copy copies[EVENT_FAULTS] = {0};
	struct event_verdict *v = w->v;
	bool moved = false;
	int rc = 0;

	for (size_t i = 0; i < v->n_faults && rc >= 0; i++) {
		int64_t seq = v->fault[i].seq;

		if (w->kind[i] != KIND_DOUBTFUL)
			continue;
		rc = event_stretch(w->s, 0, seq - 1, seq, 1, on_copy, &copies[i]);
		if (rc >= 0)
			rc = event_stretch(w->s, 0, seq - 2, seq - 1, 1, on_before, &copies[i]);
	}
	for (size_t a = 0; a < v->n_faults && rc >= 0; a++)
		for (size_t b = 0; b < v->n_faults && copies[a].there; b++) {
			if (a == b || !copies[b].there ||
			    !fits_place(&copies[a], &copies[b], copies, v->n_faults))
				continue;
			snprintf(v->fault[a].what, sizeof v->fault[a].what,
				 "it was written as event %" PRId64 ": the order was changed",
				 copies[b].e.seq);
			w->kind[a] = KIND_PLAIN;
			moved = true;
			break;
		}
	for (size_t a = v->n_faults; moved && a-- > 0;)
		if (w->kind[a] == KIND_DOUBTFUL && copies[a].there &&
		    fits_place(&copies[a], &copies[a], copies, v->n_faults))
			drop_fault(w, copies, a);
	return rc < 0 ? rc : 0;
}

/* ---- heads given out, and the end of the chain ---- */

static int
on_compare(void *ctx, const struct event_row *e)
{
	struct event_wanted *want = ctx;

	want->found = e->stored != NULL && memcmp(want->hash, e->stored, want->octets) == 0;
	return 0;
}

/* A head of an event that is there must be that event's hash; one of an event beyond the end tells
 * that the end was cut off. */
static int
hold_against(struct walk *w, struct event_wanted *want, const char *given)
{
	int rc = 0;

	w->v->heads++;
	if (want->seq == 0 && !want->found)
		fault(w, w->last + 1, KIND_PLAIN,
		      "a head that was given out%s is no event's: the chain was computed anew, or "
		      "its end was cut off",
		      given);
	else if (want->seq == w->last + 1)
		fault(w, want->seq, KIND_PLAIN, "it is missing, and its head was given out%s",
		      given);
	else if (want->seq > w->last)
		fault(w, w->last + 1, KIND_PLAIN,
		      "events %" PRId64 " to %" PRId64 " are missing: the head of the last was "
		      "given out%s",
		      w->last + 1, want->seq, given);
	else if (want->seq > 0 &&
		 (rc = event_stretch(w->s, 0, want->seq - 1, want->seq, 1, on_compare, want)) >=
		     0 &&
		 !want->found)
		fault(w, want->seq, KIND_PLAIN,
		      "its hash is not the head that was given out%s: the chain up to it was "
		      "computed anew",
		      given);
	return rc < 0 ? rc : 0;
}

struct heads {
	struct walk *w;
	int64_t newest; /* of those there were when the walk began */
	int64_t seq;    /* of the one before */
	bool count_only;
	int rc;
};

static void
on_head(void *ctx, const struct event_head *h)
{
	struct heads *heads = ctx;
	struct event_wanted want = {.seq = h->seq, .octets = EVENT_HASH};
	char given[40];

	if (heads->count_only) {
		heads->newest = h->id;
		return;
	}
	if (heads->rc != 0 || h->id > heads->newest || h->seq == heads->seq)
		return;
	heads->seq = h->seq;
	memcpy(want.hash, h->hash, EVENT_HASH);
	snprintf(given, sizeof given, " (%s)", h->given);
	heads->rc = hold_against(heads->w, &want, given);
}

static int
check_end(struct walk *w, struct heads *heads, int64_t noted)
{
	int rc;

	if (noted > w->last)
		missing(w, w->last + 1, noted);
	heads->count_only = false;
	if ((rc = event_heads(w->s, on_head, heads)) != 0 || (rc = heads->rc) != 0)
		return rc;
	for (size_t i = 0; i < w->n_wanted && rc == 0; i++)
		rc = hold_against(w, &w->wanted[i], "");
	return rc;
}

/* ---- the walk ---- */

static int
by_seq(const void *a, const void *b)
{
	const struct event_fault *x = a, *y = b;

	return x->seq != y->seq ? (x->seq < y->seq ? -1 : 1) : 0;
}

static void
conclude(struct walk *w)
{
	struct event_verdict *v = w->v;

	qsort(v->fault, v->n_faults, sizeof *v->fault, by_seq);
	if (v->faults == 0)
		v->events = v->total;
	else
		v->bad_seq = v->fault[0].seq;
	if (v->n_faults > 0)
		memcpy(v->what, v->fault[0].what, sizeof v->what);
	sodium_bin2hex(v->head, sizeof v->head, w->good, sizeof w->good);
}

int
event_verify_with(struct store *s, struct event_wanted *wanted, size_t n, event_progress *progress,
		  void *ctx, struct event_verdict *out)
{
	struct walk w = {.s = s,
			 .v = out,
			 .wanted = wanted,
			 .n_wanted = n,
			 .position = INT64_MIN, /* so that nothing hides before the first event */
			 .prev_known = true};
	struct heads heads = {.w = &w, .count_only = true};
	/* What is noted before the walk must be met by it; what comes in meanwhile need not. */
	int64_t noted = store_meta_int(s, META_CHAIN, 0);
	int rc;

	memset(out, 0, sizeof *out);
	if ((rc = event_heads(s, on_head, &heads)) != 0)
		return rc;
	while ((rc = event_stretch(s, 0, w.position, INT64_MAX, STRETCH, on_event, &w)) > 0)
		if (progress != NULL)
			progress(ctx, w.last, noted);
	if (rc == 0 && (rc = name_moves(&w)) == 0)
		rc = check_end(&w, &heads, noted);
	conclude(&w);
	return rc;
}

int
event_verify(struct store *s, struct event_verdict *out)
{
	return event_verify_with(s, NULL, 0, NULL, NULL, out);
}
