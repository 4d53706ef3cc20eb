#include "inbox.h"

#include "gateway/store/intray.h"
#include "letter.h"
#include "modem/gsm7.h"
#include "modem/sms_join.h"
#include "modem/sms_udh.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define MS_PER_DAY 86400000LL
#define LASTING_MS (60 * MS_PER_DAY) /* a SIM may have lain in a drawer */
#define COPY_MS    (10 * 60 * 1000)  /* an operator delivers again within minutes */
#define PROMPT_MS  2000 /* answered that fast, the operator has no cause to deliver again */
#define TWICE_MS   5000 /* nobody writes the same words twice that fast */
#define GIVE_UP_MS MS_PER_DAY

/* ---- taking PDUs over ---- */

static int
copy_octets(uint8_t **to, const uint8_t *from, size_t len)
{
	if ((*to = malloc(len + 1)) == NULL)
		return UV_ENOMEM;
	if (len > 0)
		memcpy(*to, from, len);
	return 0;
}

static int
copy_user_data(struct inbox_item *it, const struct channel_incoming *in)
{
	const struct smpp_deliver *d = in->deliver;
	size_t septets;
	int rc;

	it->header_len = d->udh != NULL ? d->udh_len : 0;
	if ((rc = copy_octets(&it->header, d->udh, it->header_len)) != 0)
		return rc;
	if (!in->packed) {
		it->len = d->len;
		return copy_octets(&it->octets, d->octets, d->len);
	}
	septets = d->len * 8 / 7;
	if ((it->octets = calloc(1, septets + 8)) == NULL)
		return UV_ENOMEM;
	it->len = gsm7_packed_septets(d->octets, d->len, it->header_len);
	it->len = gsm7_unpack(d->octets, d->len, it->header_len, it->octets, it->len);
	return 0;
}

static void
digest_of(struct inbox_item *it)
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, 32);
	crypto_generichash_update(&state, (const uint8_t *)it->route, strlen(it->route) + 1);
	crypto_generichash_update(&state, (const uint8_t *)it->sender, strlen(it->sender) + 1);
	crypto_generichash_update(&state, (const uint8_t *)it->recipient,
				  strlen(it->recipient) + 1);
	crypto_generichash_update(&state, &it->data_coding, 1);
	crypto_generichash_update(&state, (const uint8_t *)&it->part.reference,
				  sizeof it->part.reference);
	crypto_generichash_update(&state, &it->part.n, 1);
	crypto_generichash_update(&state, it->header, it->header_len);
	crypto_generichash_update(&state, it->octets, it->len);
	crypto_generichash_final(&state, it->digest, 32);
}

/* ---- copies ---- */

static struct inbox_answered *
place(struct inbox_recent *recent, const uint8_t digest[32])
{
	return &recent->slot[(digest[0] | digest[1] << 8) % INBOX_RECENT];
}

/* The same text again, though its first delivery was answered at once and some time ago: somebody
 * wrote it twice. */
static bool
written_again(struct inbox_recent *recent, const uint8_t digest[32], int64_t true_now)
{
	const struct inbox_answered *a = place(recent, digest);

	return a->at != 0 && memcmp(a->digest, digest, 32) == 0 && true_now - a->at > TWICE_MS;
}

void
inbox_answered(struct inbox_recent *recent, const struct inbox_item *it, int64_t true_now)
{
	struct inbox_answered *a = place(recent, it->digest);

	if (true_now - it->came > PROMPT_MS || it->came <= recent->lost)
		return;
	memcpy(a->digest, it->digest, 32);
	snprintf(a->route, sizeof a->route, "%s", it->route);
	a->at = true_now;
}

void
inbox_link_lost(struct inbox_recent *recent, const char *route, int64_t true_now)
{
	for (size_t i = 0; i < INBOX_RECENT; i++)
		if (strcmp(recent->slot[i].route, route) == 0)
			recent->slot[i].at = 0;
	recent->lost = true_now;
}

int
inbox_add(struct inbox *in, struct inbox_recent *recent, const char *route,
	  const struct channel_incoming *incoming, int64_t true_now)
{
	const struct smpp_deliver *d = incoming->deliver;
	struct smpp_deliver plain;
	struct inbox_item *it;

	if (in->n == in->cap) {
		size_t cap = in->cap == 0 ? 16 : in->cap * 2;
		struct inbox_item *grown = realloc(in->items, cap * sizeof *grown);

		if (grown == NULL)
			return UV_ENOMEM;
		in->items = grown;
		in->cap = cap;
	}
	it = &in->items[in->n];
	memset(it, 0, sizeof *it);
	snprintf(it->route, sizeof it->route, "%s", route);
	snprintf(it->sender, sizeof it->sender, "%s", d->source);
	snprintf(it->recipient, sizeof it->recipient, "%s", d->dest);
	it->token = incoming->token;
	it->encoding = incoming->encoding;
	it->part = d->part;
	it->data_coding = d->data_coding;
	if (copy_user_data(it, incoming) != 0) {
		free(it->header);
		return UV_ENOMEM;
	}
	plain = *d;
	plain.octets = it->octets; /* of a link that packs its septets receipts are packed, too */
	plain.len = it->len;
	it->kind = receipt_parse(&plain, &it->receipt);
	it->came = true_now;
	it->lasting = incoming->digest != NULL;
	if (it->lasting) {
		memcpy(it->digest, incoming->digest, sizeof it->digest);
	} else if (it->kind != RECEIPT_SURE) { /* a receipt that comes twice says the same */
		digest_of(it);
		it->again = written_again(recent, it->digest, true_now);
	}
	in->n++;
	return 0;
}

void
inbox_clear(struct inbox *in)
{
	for (size_t i = 0; i < in->n; i++) {
		free(in->items[i].header);
		free(in->items[i].octets);
	}
	free(in->items);
	in->items = NULL;
	in->n = in->cap = 0;
}

/* ---- whole texts ---- */

static void
want_replan(struct inbox *in, int64_t person)
{
	if (person == 0)
		return;
	if (in->n_replan == sizeof in->replan / sizeof *in->replan)
		in->replan_more = true;
	else
		in->replan[in->n_replan++] = person;
}

static bool
is_modem(const struct config *config, const char *route)
{
	int i = config_route_index(config, route);

	return i >= 0 && config->routes[i].type == CONFIG_ROUTE_MODEM;
}

static int
take_text(struct store *s, struct inbox *in, const char *sender, const char *recipient,
	  const char *route, const char *text, const uint8_t *raw, size_t raw_len, int segments)
{
	struct letter letter = {.config = in->config,
				.facts = in->tools->facts,
				.compose = in->tools->compose,
				.now = in->now,
				.sender = sender,
				.recipient = recipient,
				.route = route,
				.text = text,
				.raw = raw,
				.raw_len = raw_len,
				.segments = segments,
				.by_sim = is_modem(in->config, route)};
	int rc = letter_take(s, &letter);

	if (rc != 0)
		return rc;
	want_replan(in, letter.person);
	in->answers |= letter.answered;
	in->texts++;
	return 0;
}

/* ---- long texts ---- */

struct joining {
	struct sms_fragment part[255];
	size_t n, octets;
	uint8_t *copy[255];
};

static int
on_part(void *ctx, int n, int encoding, const uint8_t *header, size_t header_len,
	const uint8_t *octets, size_t len)
{
	struct joining *j = ctx;
	struct sms_udh udh;

	if (j->n == 255)
		return 0;
	if (copy_octets(&j->copy[j->n], octets, len) != 0)
		return UV_ENOMEM;
	memset(&udh, 0, sizeof udh);
	if (header_len > 0)
		sms_udh_parse(header, header_len, &udh);
	j->part[j->n] = (struct sms_fragment){.octets = j->copy[j->n],
					      .len = len,
					      .n = (unsigned)n,
					      .encoding = (enum sms_encoding)encoding,
					      .tables = udh.tables};
	j->octets += len;
	j->n++;
	return 0;
}

/* Joins what is kept of a long text; `whole`: only when no part is missing. */
static int
join(struct store *s, struct inbox *in, const struct intray_part *key, bool whole)
{
	struct joining *j = calloc(1, sizeof *j);
	char *text = NULL;
	size_t cap;
	int rc;

	if (j == NULL)
		return UV_ENOMEM;
	rc = intray_parts(s, key, on_part, j);
	if (rc < 0 || (whole && sms_join_missing(j->part, j->n, (unsigned)key->total) > 0)) {
		rc = rc < 0 ? rc : 0;
		goto out;
	}
	cap = SMS_TEXT_MAX(j->octets) + (size_t)key->total * 3;
	if ((text = malloc(cap)) == NULL) {
		rc = UV_ENOMEM;
		goto out;
	}
	sms_join(j->part, j->n, (unsigned)key->total, text, cap);
	rc = take_text(s, in, key->sender, key->recipient, key->route, text, (const uint8_t *)text,
		       strlen(text), (int)j->n);
	if (rc == 0)
		rc = intray_drop_parts(s, key);
out:
	for (size_t i = 0; i < j->n; i++)
		free(j->copy[i]);
	free(j);
	free(text);
	return rc;
}

struct comparing {
	const struct intray_part *part;
	bool other; /* another part is kept under its number */
};

static int
on_same_part(void *ctx, int n, int encoding, const uint8_t *header, size_t header_len,
	     const uint8_t *octets, size_t len)
{
	struct comparing *c = ctx;

	(void)header;
	(void)header_len;
	if (n == c->part->n)
		c->other = encoding != c->part->encoding || len != c->part->len ||
			   (len > 0 && memcmp(octets, c->part->octets, len) != 0);
	return 0;
}

static int
take_part(struct store *s, struct inbox *in, const struct inbox_item *it)
{
	struct intray_part part = {.sender = it->sender,
				   .recipient = it->recipient,
				   .route = it->route,
				   .reference = it->part.reference + (it->part.wide ? 65536 : 0),
				   .total = it->part.total,
				   .n = it->part.n,
				   .encoding = (int)it->encoding,
				   .header = it->header,
				   .header_len = it->header_len,
				   .octets = it->octets,
				   .len = it->len};
	struct comparing kept = {.part = &part};
	int rc = intray_parts(s, &part, on_same_part, &kept);

	/* Another text under the same reference: handsets count to 255 and begin again. What there
	 * is of the old one is delivered, so that neither is eaten. */
	if (rc >= 0)
		rc = kept.other ? join(s, in, &part, false) : 0;
	if (rc == 0)
		rc = intray_keep_part(s, &part, in->true_now);
	return rc != 0 ? rc : join(s, in, &part, true);
}

int
inbox_give_up(struct store *s, struct inbox *in)
{
	struct intray_old old;
	int rc;

	while ((rc = intray_old_parts(s, in->true_now - GIVE_UP_MS, &old)) == 1) {
		struct intray_part key = {.sender = old.sender,
					  .recipient = old.recipient,
					  .route = old.route,
					  .reference = old.reference,
					  .total = old.total};

		if ((rc = join(s, in, &key, false)) != 0)
			return rc;
	}
	return rc != 0 ? rc : intray_age(s, in->true_now - COPY_MS);
}

/* ---- one PDU ---- */

static int
take_receipt(struct store *s, struct inbox *in, const struct inbox_item *it)
{
	struct settle_sums sums = {0};
	char number[24];
	int rc = settle_receipt(s, in->tools->settle, it->route, &it->receipt, it->sender, in->now,
				&sums);

	in->receipts++;
	if (rc == 0 && it->kind == RECEIPT_LIKELY) {
		/* Its answer may still be on the way. */
		letter_number(in->config, it->sender, number);
		if ((rc = intray_awaited(s, number)) <= 0)
			return rc < 0 ? rc : 1;
		rc = 0;
	}
	if (rc == 0)
		return settle_orphan(s, it->route, &it->receipt, it->sender, in->true_now);
	if (rc == 1 && sums.failed > 0)
		rc = outbox_count(s, it->route, civil_local(&in->config->lender.zone, in->now).day,
				  0, sums.failed) != 0
			 ? UV_EIO
			 : 1;
	return rc < 0 ? rc : 0;
}

static int
take_item(struct store *s, struct inbox *in, const struct inbox_item *it)
{
	struct sms_udh udh;
	char *text;
	int rc;

	if (it->kind == RECEIPT_UNREADABLE)
		return 0;
	/* 1: it belongs to no text of ours and is no more than likely, so a person wrote it. */
	if (it->kind != RECEIPT_NOT && (rc = take_receipt(s, in, it)) <= 0)
		return rc;
	if ((rc = it->lasting
		      ? intray_seen(s, it->digest, in->true_now + LASTING_MS, LASTING_MS)
		      : intray_seen(s, it->digest, in->true_now, it->again ? 0 : COPY_MS)) != 0) {
		in->copies += rc == 1;
		return rc < 0 ? rc : 0;
	}
	if (it->part.present)
		return take_part(s, in, it);
	memset(&udh, 0, sizeof udh);
	if (it->header_len > 0)
		sms_udh_parse(it->header, it->header_len, &udh);
	if ((text = malloc(SMS_TEXT_MAX(it->len))) == NULL)
		return UV_ENOMEM;
	sms_decode(it->octets, it->len, it->encoding, udh.tables, text, SMS_TEXT_MAX(it->len));
	rc = take_text(s, in, it->sender, it->recipient, it->route, text, it->octets, it->len, 1);
	free(text);
	return rc;
}

int
inbox_work(struct store *s, void *arg)
{
	struct inbox *in = arg;

	if (in->tools->facts == NULL && (in->tools->facts = facts_new(in->config)) == NULL)
		return UV_ENOMEM;
	facts_use(in->tools->facts, in->config);
	for (size_t i = 0; i < in->n; i++) {
		int rc = take_item(s, in, &in->items[i]);

		if (rc < 0)
			return rc;
	}
	return 0;
}
