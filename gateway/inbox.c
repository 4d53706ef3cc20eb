#include "inbox.h"

#include "answer.h"
#include "modem/gsm7.h"
#include "modem/sms_join.h"
#include "modem/sms_udh.h"
#include "phone.h"
#include "pledge.h"
#include "schedule/reply.h"
#include "store/borrower.h"
#include "store/intray.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define ACTOR          "dunlin"
#define MS_PER_DAY     86400000LL
#define COPY_MS        (10 * 60 * 1000) /* an operator delivers again within minutes */
#define PROMPT_MS      2000 /* answered that fast, the operator has no cause to deliver again */
#define TWICE_MS       5000 /* nobody writes the same words twice that fast */
#define GIVE_UP_MS     MS_PER_DAY
#define CLAIM_DAYS     3
#define CLAIM_AGAIN_MS (60 * MS_PER_DAY)
#define UNDO_MS        MS_PER_DAY /* a bare NO takes back a promise this young */
#define WAIT_DAYS      2          /* working days a reply may wait for a person */

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
	a->at = true_now;
}

void
inbox_link_lost(struct inbox_recent *recent, int64_t true_now)
{
	memset(recent, 0, sizeof *recent);
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
	if (it->kind != RECEIPT_SURE) { /* a receipt that comes twice says the same */
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

/* ---- whose text it is ---- */

struct reading {
	struct store *s;
	struct inbox *in;
	const char *route;
	char number[24]; /* the sender in E.164, "" when it is letters or a short code */
	int64_t person;  /* 0: nobody's */
	size_t index;    /* of the account in the facts */
	const struct facts_account *account; /* NULL: nobody's */
	const struct plan_account *plan;
	bool one_borrower; /* the number belongs to exactly one account */
	struct debt_sums sums;
	int64_t message;
	int32_t today;
	struct reply_reading read;
	bool handled;
};

/* Operators write numbers without the plus; a few in the national form. */
static void
normalise(const struct config *config, const char *sender, char out[24])
{
	char plus[SMPP_ADDR_SIZE + 1];

	out[0] = '\0';
	if (!phone_is_answerable(sender))
		return;
	snprintf(plus, sizeof plus, "%s%s", sender[0] == '+' ? "" : "+", sender);
	if (sender[0] != '0' && phone_is_e164(plus)) {
		snprintf(out, 24, "%.23s", plus);
		return;
	}
	if (phone_to_e164(sender, config->lender.country, out, NULL) == PHONE_BAD)
		out[0] = '\0';
}

/* Of the accounts that use the number, the one most overdue. */
static int
find_account(struct reading *r)
{
	struct facts *facts = r->in->tools->facts;
	const struct config *config = r->in->config;
	int64_t ids[64];
	int32_t worst = INT32_MIN;
	int n, rc;

	if ((rc = borrower_person_of(r->s, r->number, &r->person)) <= 0)
		return rc;
	if ((n = borrower_accounts_of(r->s, r->number, ids, 64)) < 0)
		return n;
	rc = facts_load(facts, r->s, r->person, r->in->now);
	if (rc != 0)
		return rc == UV_ENOENT ? 0 : rc;
	for (size_t i = 0; i < facts_count(facts); i++) {
		const struct plan_account *p = &facts_person(facts)->accounts[i];
		int32_t today = civil_local(p->zone, r->in->now).day;
		struct debt_sums sums =
		    debt_sum(p->amounts, p->n_amounts, today, config->ignore_below);
		bool uses = n == 0;

		for (int k = 0; k < n && !uses; k++)
			uses = ids[k] == (int64_t)p->id;
		if (!uses || (r->account != NULL && sums.dpd <= worst))
			continue;
		worst = sums.dpd;
		r->account = facts_account(facts, i);
		r->plan = p;
		r->index = i;
		r->sums = sums;
		r->today = today;
	}
	r->one_borrower = n == 1; /* 0: it was theirs once, and may be somebody else's now */
	return 0;
}

/* ---- acting ---- */

static int
answer(struct reading *r, enum answer_kind kind, int32_t day, int64_t amount)
{
	struct answer a = {.kind = kind,
			   .to = r->number,
			   .route = r->route,
			   .message = r->message,
			   .account = r->account,
			   .person = r->person,
			   .day = day,
			   .amount = r->one_borrower ? amount : -1};
	int rc = answer_queue(r->s, r->in->tools->compose, r->in->config, &a, r->in->now);

	if (rc == 1)
		r->in->answers = true;
	return rc < 0 ? rc : 0;
}

static int
task(struct reading *r, const char *kind, const char *reason)
{
	return borrower_task(r->s, r->account != NULL ? r->account->id : 0, kind, r->today, reason,
			     r->message, ACTOR, r->in->now);
}

/* Puts a hold on the account, or on every account of the person. */
static int
hold(struct reading *r, enum reason reason, const char *word, int32_t until, bool person)
{
	struct facts *facts = r->in->tools->facts;
	int64_t id;
	int rc = 0;

	for (size_t i = 0; i < facts_count(facts) && rc == 0; i++) {
		struct borrower_hold h = {.account = facts_account(facts, i)->id,
					  .reason = reason,
					  .word = word,
					  .until = until,
					  .actor = ACTOR,
					  .message = r->message};

		if (person || i == r->index)
			rc = borrower_hold(r->s, &h, r->in->now, &id);
	}
	return rc;
}

static int
on_stop(struct reading *r)
{
	int rc = borrower_optout(r->s, r->number, r->account != NULL ? r->account->id : 0, ACTOR,
				 r->message, r->in->now, "text");

	r->handled = true;
	return rc != 0 ? rc : answer(r, ANSWER_STOPPED, 0, -1);
}

static int
on_start(struct reading *r)
{
	int rc;

	r->handled = true;
	/* An account that stopped under another number stays stopped until it asks under this one.
	 */
	if (!borrower_opted_out(r->s, r->number) && (r->account == NULL || !r->account->opted_out))
		return 0;
	rc = borrower_optin(r->s, r->number, 0, ACTOR, r->message, r->in->now);
	return rc != 0 ? rc : answer(r, ANSWER_STARTED, 0, -1);
}

static int
on_wrong_number(struct reading *r)
{
	int rc;

	if (r->account == NULL)
		return 0;
	r->handled = true;
	rc = borrower_dead_number(r->s, r->number, r->account->id, REASON_WRONG_NUMBER, r->message,
				  r->in->now);
	return rc != 0 ? rc : task(r, "find another number", "wrong_number");
}

/* What is not understood is never acted on, and holds the person until somebody reads it. */
static int
wait_for_person(struct reading *r)
{
	int32_t until;

	if (r->account == NULL)
		return task(r, "read a text from an unknown number", "unknown_number");
	until = policy_add_working_days(&r->in->config->policy, r->today, WAIT_DAYS);
	return hold(r, REASON_AWAITING_PERSON, "awaiting_person", until, true);
}

static int
make_promise(struct reading *r)
{
	struct pledge p = {.account = r->account,
			   .plan = r->plan,
			   .today = r->today,
			   .day = r->read.date,
			   .amount = r->read.amount,
			   .source = "sms",
			   .actor = ACTOR,
			   .message = r->message};
	int rc = pledge_make(r->s, r->in->config, &p, r->in->now);

	if (rc == UV_ENOENT)
		return wait_for_person(r);
	if (rc == 0)
		rc = answer(r, ANSWER_PROMISE, p.day, p.expected);
	r->handled = rc == 0;
	return rc;
}

static int
on_promise(struct reading *r)
{
	int rc;

	if (r->account == NULL || r->sums.balance <= 0)
		return wait_for_person(r);
	if (r->read.date != REPLY_NO_DATE)
		return make_promise(r);
	rc = wait_for_person(r);
	return rc != 0 ? rc : answer(r, ANSWER_WHICH_DAY, 0, -1);
}

static int
on_paid(struct reading *r)
{
	int claims, rc;

	if (r->account == NULL)
		return wait_for_person(r);
	claims = intray_holds_since(r->s, r->account->id, REASON_CLAIMS_PAID,
				    r->in->now - CLAIM_AGAIN_MS);
	if (claims < 0)
		return claims;
	if (claims > 0) {
		rc = task(r, "look for a payment", "claims_paid_again");
		return rc != 0 ? rc : wait_for_person(r);
	}
	rc = hold(r, REASON_CLAIMS_PAID, "claims_paid", r->today + CLAIM_DAYS + 1, false);
	r->handled = rc == 0;
	return rc != 0 ? rc : answer(r, ANSWER_PAID, 0, -1);
}

static int
on_trouble(struct reading *r, const char *word)
{
	int rc;

	if (r->account == NULL)
		return wait_for_person(r);
	rc = hold(r, REASON_HOLD, word, INT32_MAX, true);
	return rc != 0 ? rc : task(r, "talk to the borrower", word);
}

/* A bare NO within a day of an echo takes the promise back. */
static int
on_no(struct reading *r)
{
	int fresh, rc;

	if (r->account == NULL)
		return wait_for_person(r);
	fresh = intray_fresh_promise(r->s, r->account->id, r->in->now - UNDO_MS);
	if (fresh <= 0)
		return fresh < 0 ? fresh : wait_for_person(r);
	rc = borrower_promise_end(r->s, r->account->id, PROMISE_WITHDRAWN, ACTOR, r->in->now);
	if (rc < 0 || (rc = task(r, "agree on another day", "promise_withdrawn")) != 0)
		return rc;
	r->handled = true;
	return answer(r, ANSWER_WITHDRAWN, 0, -1);
}

static int
act(struct reading *r)
{
	if (r->number[0] == '\0')
		return 0; /* letters or a short code: kept for a person, never answered */
	switch (r->read.intent) {
	case REPLY_STOP: return on_stop(r);
	case REPLY_START: return on_start(r);
	case REPLY_HELP: r->handled = true; return answer(r, ANSWER_HELP, 0, -1);
	case REPLY_WRONG_NUMBER: return on_wrong_number(r);
	case REPLY_PROMISE: return on_promise(r);
	case REPLY_PAID: return on_paid(r);
	case REPLY_DISPUTE: return on_trouble(r, "dispute");
	case REPLY_HARDSHIP: return on_trouble(r, "hardship");
	case REPLY_NO: return on_no(r);
	default: return wait_for_person(r);
	}
}

/* ---- storing and reading ---- */

static void
read_text(struct reading *r, const char *text, size_t len)
{
	const struct config *config = r->in->config;
	const struct facts_account *a = r->account;
	const char *currency = a != NULL ? a->currency : config->lender.currency;
	struct reply_context context = {.language =
					    a != NULL ? a->language : config->lender.languages[0],
					.today = r->today,
					.currency = currency,
					.digits = a != NULL ? a->digits : config->lender.digits,
					.balance = a != NULL ? r->sums.balance : -1,
					.month_first = strcmp(currency, "USD") == 0};

	reply_read(text, len, &context, &r->read);
}

static int
store_reading(struct reading *r)
{
	char cues[REPLY_CUES * 34] = "";
	size_t len = 0;
	struct intray_reading row = {
	    .message = r->message,
	    .account = r->account != NULL ? r->account->id : 0,
	    .intent = (int)r->read.intent,
	    .intent_word = reply_intent_word(r->read.intent),
	    .language = r->account != NULL ? r->account->language : NULL,
	    .currency = r->read.amount >= 0 && r->account != NULL ? r->account->currency : NULL,
	    .day = r->read.date,
	    .amount = r->read.amount,
	    .handled = r->handled,
	    .cues = cues};

	for (size_t i = 0; i < r->read.n_cues; i++)
		len += (size_t)snprintf(cues + len, sizeof cues - len, "%s%s", i > 0 ? ", " : "",
					r->read.cues[i]);
	return intray_read(r->s, &row, r->in->now);
}

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

/* A whole text: stored raw, then read and acted upon. */
static int
take_text(struct store *s, struct inbox *in, const char *sender, const char *recipient,
	  const char *route, const char *text, const uint8_t *raw, size_t raw_len, int segments)
{
	struct reading r = {.s = s, .in = in, .route = route};
	struct intray_message m = {.sender = r.number,
				   .recipient = recipient,
				   .body = text,
				   .route = route,
				   .raw = raw,
				   .raw_len = raw_len,
				   .segments = segments};
	int rc;

	r.today = civil_local(&in->config->lender.zone, in->now).day;
	normalise(in->config, sender, r.number);
	if (r.number[0] == '\0')
		m.sender = sender;
	else if ((rc = find_account(&r)) != 0)
		return rc;
	m.account = r.account != NULL ? r.account->id : 0;
	m.person = r.person;
	if ((rc = intray_add(s, &m, in->now, &r.message)) != 0)
		return rc;
	read_text(&r, text, strlen(text));
	if ((rc = act(&r)) != 0 || (rc = store_reading(&r)) != 0)
		return rc;
	want_replan(in, r.person);
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
	int rc = settle_receipt(s, in->tools->settle, it->route, &it->receipt, it->sender, in->now,
				&sums);

	in->receipts++;
	if (rc == 0 && it->kind == RECEIPT_SURE)
		return settle_orphan(s, it->route, &it->receipt, it->sender, in->true_now);
	if (rc == 1 && sums.failed > 0)
		rc = outbox_count(s, it->route, civil_local(&in->config->lender.zone, in->now).day,
				  0, sums.failed) != 0
			 ? UV_EIO
			 : 1;
	return rc < 0 ? rc : rc == 0; /* 1: it is no receipt of ours, so a person wrote it */
}

static int
take_item(struct store *s, struct inbox *in, const struct inbox_item *it)
{
	struct sms_udh udh;
	char *text;
	int rc;

	if (it->kind == RECEIPT_SURE)
		return take_receipt(s, in, it);
	if (it->kind == RECEIPT_UNREADABLE)
		return 0;
	if (it->kind == RECEIPT_LIKELY && (rc = take_receipt(s, in, it)) <= 0)
		return rc;
	if ((rc = intray_seen(s, it->digest, in->true_now, it->again ? 0 : COPY_MS)) != 0) {
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
