#include "channel_pool.h"

#include "gateway/base/money.h"
#include "gateway/base/utf8.h"
#include "gateway/store/sim.h"
#include "modem/sms_udh.h"

#include <ctype.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* ---- texts and reports ---- */

static void
address(char out[SMPP_ADDR_SIZE], const char *text)
{
	snprintf(out, SMPP_ADDR_SIZE, "%.*s",
		 (int)utf8_valid(text, strnlen(text, SMPP_ADDR_SIZE - 1)), text);
}

/* What people know the SIM by; store/sim.c writes the same. */
static const char *
own_address(const struct stick *st)
{
	return st->info.identity.number[0] != '\0' ? st->info.identity.number : st->key;
}

/* A report speaks of a text by the SIM and the reference the network gave; false: it says nothing
 * that lasts. */
static bool
fill_report(const struct stick *st, const struct pdu_incoming *pdu, struct smpp_deliver *d)
{
	enum pdu_fate fate = pdu_fate(pdu->status);

	if (fate != PDU_DELIVERED && fate != PDU_FAILED && fate != PDU_EXPIRED)
		return false;
	d->esm_class = SMPP_ESM_RECEIPT;
	snprintf(d->receipted_id, sizeof d->receipted_id, "%s:%d", st->key, pdu->reference);
	d->has_message_state = true;
	d->message_state = fate == PDU_DELIVERED ? RECEIPT_DELIVERED
			   : fate == PDU_EXPIRED ? RECEIPT_EXPIRED
						 : RECEIPT_UNDELIVERABLE;
	if (fate != PDU_DELIVERED) {
		d->has_network_error = true;
		d->network_type = 3;
		d->network_error = pdu->status;
	}
	return true;
}

static void
fill_text(const struct pdu_incoming *pdu, struct smpp_deliver *d)
{
	struct sms_udh udh;

	d->data_coding = pdu->dcs;
	d->octets = pdu->data;
	d->len = pdu->len;
	if (pdu->udh_len == 0)
		return;
	d->udh = pdu->udh;
	d->udh_len = pdu->udh_len;
	sms_udh_parse(pdu->udh, pdu->udh_len, &udh);
	if (udh.concat && udh.total > 1)
		d->part = (struct smpp_part){.present = true,
					     .wide = udh.wide,
					     .reference = udh.reference,
					     .total = udh.total,
					     .n = udh.n};
}

void
stick_on_incoming(void *ctx, const struct modem_incoming *incoming)
{
	struct stick *st = ctx;
	struct pool *p = st->pool;
	const struct pdu_incoming *pdu = incoming->pdu;
	static struct smpp_deliver d; /* loop thread only */
	struct channel_incoming in = {
	    .deliver = &d,
	    .token = {.session = st->session, .sequence = incoming->token.n},
	    .encoding = SMS_LATIN1};
	uint8_t digest[32];

	if (st->key[0] == '\0')
		return; /* whose it is nobody could say: it comes again */
	memset(&d, 0, sizeof d);
	address(d.dest, own_address(st));
	if (pdu != NULL) {
		address(d.source, pdu->number);
		in.encoding = pdu->encoding;
	}
	if (pdu == NULL) { /* what cannot be read is shown as it came, for a person */
		snprintf(d.source, sizeof d.source, "unreadable");
		d.octets = (const uint8_t *)incoming->hex;
		d.len = strlen(incoming->hex);
	} else if (pdu->kind == PDU_DELIVER) {
		fill_text(pdu, &d);
	} else if (!fill_report(st, pdu, &d)) {
		modem_confirm(st->modem, incoming->token);
		return;
	}
	crypto_generichash(digest, sizeof digest, (const uint8_t *)incoming->hex,
			   strlen(incoming->hex), NULL, 0);
	in.digest = digest;
	p->base.events->incoming(p->base.ctx, &in);
}

/* ---- the balance ---- */

/* The first amount in the operator's words that has decimals, else the first number. */
static bool
find_amount(const char *text, int digits, int64_t *minor)
{
	char why[MONEY_WHY];
	bool found = false;

	for (const char *p = text; *p != '\0'; p++) {
		char plain[24];
		size_t n = 0, len = 0, decimals = 0;
		int64_t amount;

		if (!isdigit((unsigned char)*p))
			continue;
		while (isdigit((unsigned char)p[len]) ||
		       ((p[len] == '.' || p[len] == ',') && isdigit((unsigned char)p[len + 1])))
			len++;
		/* The last separator is the decimal one where few digits follow it. */
		for (size_t i = 0; i < len && n + 1 < sizeof plain; i++) {
			bool separator = !isdigit((unsigned char)p[i]);

			if (separator && len - i - 1 <= 2 && len - i - 1 <= (size_t)digits) {
				plain[n++] = '.';
				decimals = len - i - 1;
			} else if (!separator) {
				plain[n++] = p[i];
			}
		}
		plain[n] = '\0';
		if (money_parse(plain, n, digits, &amount, why) == 0 && (decimals > 0 || !found)) {
			*minor = amount;
			found = true;
			if (decimals > 0)
				return true;
		}
		p += len - 1;
	}
	return found;
}

struct balance_job {
	struct pool *pool;
	int64_t sim, minor, now;
	bool has_minor;
	char text[160];
};

static int
balance_work(struct store *s, void *ctx)
{
	struct balance_job *job = ctx;

	return sim_balance(s, job->sim, job->text, job->has_minor ? &job->minor : NULL, job->now);
}

static void
on_balance_kept(void *ctx, int status)
{
	struct balance_job *job = ctx;
	struct pool *p = job->pool;

	(void)status; /* it is asked for again in some hours */
	free(job);
	p->jobs--;
	pool_finish(p);
}

static void
keep_balance(struct stick *st)
{
	struct pool *p = st->pool;
	const struct config_modem *m = &p->route->modem;
	struct balance_job *job = calloc(1, sizeof *job);
	struct channel_notice notice = {
	    .kind = CHANNEL_BALANCE, .who = own_address(st), .text = st->balance};

	if (job == NULL)
		return;
	*job = (struct balance_job){.pool = p, .sim = st->sim, .now = clock_now(p->clock)};
	snprintf(job->text, sizeof job->text, "%s", st->balance);
	job->has_minor = find_amount(job->text, p->config->lender.digits, &job->minor);
	notice.low = job->has_minor && m->warn_below >= 0 && job->minor < m->warn_below;
	p->jobs++;
	if (writer_submit(p->writer, balance_work, on_balance_kept, job) != 0)
		on_balance_kept(job, UV_ENOMEM);
	if (p->base.events->notice != NULL)
		p->base.events->notice(p->base.ctx, &notice);
}

void
stick_on_ussd(void *ctx, int error, const char *text)
{
	struct stick *st = ctx;

	if (st->pool->closing || error != 0 || text[0] == '\0')
		return;
	snprintf(st->balance, sizeof st->balance, "%.*s", (int)utf8_valid(text, strnlen(text, 159)),
		 text);
	for (char *c = st->balance; *c != '\0'; c++)
		if (iscntrl((unsigned char)*c))
			*c = ' ';
	if (st->pool->writer != NULL && st->sim != 0)
		keep_balance(st);
}

void
stick_ask_balance(struct stick *st)
{
	const struct config_modem *m = &st->pool->route->modem;
	uint64_t now = uv_now(st->pool->loop);

	if (m->balance_ussd == NULL || st->sim == 0 || st->n_air > 0 || now < st->balance_at ||
	    st->modem == NULL || modem_info(st->modem)->state != MODEM_READY)
		return;
	if (modem_ussd(st->modem, m->balance_ussd) == 0)
		st->balance_at = now + (uint64_t)m->balance_every * 1000;
}
