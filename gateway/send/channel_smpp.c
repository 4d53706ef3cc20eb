/* A route over an SMPP link: parts become submit_sm, deliver_sm become incoming. */
#include "channel.h"

#include "gateway/smpp/dcs.h"
#include "gateway/smpp/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct channel_smpp {
	struct channel base;
	struct smpp_link *link;
	struct config_smpp config; /* its strings are copied below */
	char source[32];
	channel_closed *closed;
};

static struct channel_smpp *
self(const struct channel *c)
{
	return (struct channel_smpp *)(uintptr_t)c;
}

/* ---- from the link ---- */

static void
on_state(void *ctx, enum smpp_link_state state, const char *reason)
{
	struct channel_smpp *c = ctx;

	if (c->base.events == NULL)
		return;
	c->base.events->state(c->base.ctx,
			      state == SMPP_LINK_UP           ? CHANNEL_UP
			      : state == SMPP_LINK_CONNECTING ? CHANNEL_CONNECTING
							      : CHANNEL_DOWN,
			      reason);
}

static void
on_room(void *ctx)
{
	struct channel_smpp *c = ctx;

	c->base.events->room(c->base.ctx);
}

/* Said of the link as a whole, not of the text that was told. */
static bool
is_throttled(const struct smpp_answer *a)
{
	return a->outcome == SMPP_REFUSED_FOR_NOW &&
	       smpp_status_verdict(a->status) == SMPP_SLOW_DOWN;
}

static void
pass_answer(struct channel_smpp *c, uint64_t cookie, const struct smpp_answer *a, bool late)
{
	static const enum settle_kind kind[] = {SETTLE_ACCEPTED, SETTLE_FOR_NOW, SETTLE_REFUSED,
						SETTLE_UNKNOWN, SETTLE_UNSENT};
	struct channel_answer answer = {.cookie = cookie,
					.kind = kind[a->outcome],
					.blocked = a->blocked,
					.bad_number = a->status == SMPP_RINVDSTADR,
					.in_turn = a->outcome == SMPP_UNSENT || is_throttled(a),
					.smsc_id = a->id};
	char why[96] = "", name[16];

	if (late)
		answer.kind = a->outcome == SMPP_ACCEPTED          ? SETTLE_LATE_ACCEPTED
			      : a->outcome == SMPP_REFUSED_FOR_NOW ? SETTLE_LATE_FOR_NOW
								   : SETTLE_LATE_REFUSED;
	if (a->outcome == SMPP_UNKNOWN)
		snprintf(why, sizeof why, "the link was lost or silent before it answered");
	else if (a->outcome == SMPP_UNSENT)
		snprintf(why, sizeof why, "the link went down before it left");
	else if (a->outcome != SMPP_ACCEPTED)
		snprintf(why, sizeof why, "the operator says %s%s%.40s",
			 smpp_status_name(a->status, name), a->info[0] != '\0' ? ": " : "",
			 a->info);
	answer.why = why;
	c->base.events->answer(c->base.ctx, &answer);
}

static void
on_answer(void *ctx, uint64_t cookie, const struct smpp_answer *a)
{
	pass_answer(ctx, cookie, a, false);
}

static void
on_late_answer(void *ctx, uint64_t cookie, const struct smpp_answer *a)
{
	pass_answer(ctx, cookie, a, true);
}

static enum sms_encoding
encoding_of(const struct channel_smpp *c, uint8_t data_coding, bool *packed)
{
	static const enum sms_encoding plain[] = {SMS_GSM7, SMS_LATIN1, SMS_ASCII};

	*packed = false;
	switch (smpp_dcs_alphabet(data_coding)) {
	case SMPP_ALPHABET_UCS2: return SMS_UCS2;
	case SMPP_ALPHABET_LATIN1:
	case SMPP_ALPHABET_BINARY:
	case SMPP_ALPHABET_OTHER: return SMS_LATIN1;
	case SMPP_ALPHABET_ASCII: return SMS_ASCII;
	default: break;
	}
	*packed = c->config.alphabet == CONFIG_ALPHABET_GSM && c->config.packing == CONFIG_PACKED;
	return plain[c->config.alphabet];
}

static void
on_deliver(void *ctx, const struct smpp_deliver *deliver, struct smpp_token token)
{
	struct channel_smpp *c = ctx;
	struct channel_incoming incoming = {.deliver = deliver, .token = token};

	incoming.encoding = encoding_of(c, deliver->data_coding, &incoming.packed);
	c->base.events->incoming(c->base.ctx, &incoming);
}

static void
on_query_answer(void *ctx, uint64_t cookie, const struct smpp_query_answer *a)
{
	struct channel_smpp *c = ctx;
	struct receipt receipt = {.submitted = -1, .delivered = -1};

	if (a->error == 0 && a->status == SMPP_ROK) {
		receipt.state = (enum receipt_state)a->message_state;
		if (a->error_code != 0)
			snprintf(receipt.error, sizeof receipt.error, "%u", a->error_code);
	}
	c->base.events->asked(c->base.ctx, cookie, &receipt);
}

static void
on_link_closed(void *ctx)
{
	struct channel_smpp *c = ctx;
	channel_closed *closed = c->closed;
	void *closed_ctx = c->base.ctx;

	free(c);
	closed(closed_ctx);
}

/* ---- to the link ---- */

static unsigned
smpp_room(const struct channel *c)
{
	return smpp_link_room(self(c)->link);
}

static void
smpp_want(struct channel *c, unsigned n)
{
	smpp_link_want(self(c)->link, n);
}

static uint8_t
coding_of(const struct channel_smpp *c, enum sms_encoding encoding)
{
	if (encoding == SMS_UCS2)
		return 8;
	(void)c; /* the link's own alphabet is always data_coding 0 */
	return 0;
}

/* The user data as this link takes it: the header, then octets, packed where the link packs. */
static size_t
user_data(const struct channel_smpp *c, const struct handover_text *text,
	  const struct handover_part *part, uint8_t *out)
{
	memcpy(out, part->udh, part->udh_len);
	if (text->encoding == SMS_GSM7 && c->config.packing == CONFIG_PACKED)
		return part->udh_len + gsm7_pack(text->octets + part->at, part->len, part->udh_len,
						 out + part->udh_len);
	memcpy(out + part->udh_len, text->octets + part->at, part->len);
	return (size_t)part->udh_len + part->len;
}

static int
smpp_submit_part(struct channel *base, const struct handover_text *text, unsigned n,
		 uint64_t cookie, int64_t now)
{
	struct channel_smpp *c = self(base);
	const struct handover_part *part = &text->part[n];
	static uint8_t octets[SMPP_SUBMIT_MAX]; /* loop thread only; the link copies */
	struct smpp_address to;
	struct smpp_submit s = {.cookie = cookie,
				.source_ton = c->config.source_ton,
				.source_npi = c->config.source_npi,
				.source = c->source,
				.esm_class = part->udh_len > 0 ? SMPP_ESM_UDHI : 0,
				.data_coding = coding_of(c, text->encoding),
				.registered_delivery = c->config.receipts,
				.octets = octets,
				.user_message_reference = settle_reference(text->id)};

	if (smpp_address_of(text->number, &to) != 0 || part->len + 16u > sizeof octets)
		return UV_EINVAL;
	s.dest = to.digits;
	s.dest_ton = to.ton;
	s.dest_npi = to.npi;
	s.len = user_data(c, text, part, octets);
	s.payload = c->config.long_form == CONFIG_LONG_PAYLOAD && text->segments > 1;
	if (c->config.long_form == CONFIG_LONG_SAR && text->count > 1) {
		s.sar = true;
		s.part = (struct smpp_part){.present = true,
					    .reference = text->reference,
					    .total = text->count,
					    .n = (uint8_t)(n + 1)};
	}
	if (text->day_end > now)
		s.validity_s = (uint32_t)((text->day_end - now) / 1000);
	return smpp_link_submit(c->link, &s);
}

static void
smpp_acknowledge(struct channel *c, struct smpp_token token, bool durable)
{
	smpp_link_acknowledge(self(c)->link, token, durable ? SMPP_ROK : SMPP_RX_T_APPN);
}

static int
smpp_query(struct channel *base, const char *smsc_id, uint64_t cookie)
{
	struct channel_smpp *c = self(base);

	return smpp_link_query(c->link, smsc_id, c->config.source_ton, c->config.source_npi,
			       c->source, cookie);
}

static void
smpp_stats(const struct channel *c, struct channel_stats *out)
{
	struct smpp_link_stats s;

	smpp_link_stats(self(c)->link, &s);
	*out = (struct channel_stats){.submits = s.submits,
				      .throttles = s.throttles,
				      .reconnects = s.reconnects,
				      .in_flight = s.in_flight};
}

static void
smpp_close(struct channel *base, unsigned drain_ms, channel_closed *closed)
{
	struct channel_smpp *c = self(base);

	c->closed = closed;
	smpp_link_close(c->link, drain_ms, on_link_closed);
}

static const struct channel_ops smpp_ops = {.room = smpp_room,
					    .want = smpp_want,
					    .submit = smpp_submit_part,
					    .acknowledge = smpp_acknowledge,
					    .query = smpp_query,
					    .stats = smpp_stats,
					    .close = smpp_close};

static const struct smpp_link_events link_events = {.state = on_state,
						    .room = on_room,
						    .answer = on_answer,
						    .late_answer = on_late_answer,
						    .deliver = on_deliver,
						    .query_answer = on_query_answer};

int
channel_smpp_open(struct channel **out, uv_loop_t *loop, const struct config_route *route,
		  char why[160])
{
	const struct config_smpp *s = &route->smpp;
	struct smpp_link_config config = {.host = s->host,
					  .port = s->port,
					  .tls = s->tls,
					  .ca_file = s->tls_ca,
					  .cert_file = s->tls_cert,
					  .key_file = s->tls_key,
					  .system_id = s->system_id,
					  .password = s->password,
					  .system_type = s->system_type,
					  .mode = s->bind == CONFIG_BIND_PAIR
						      ? SMPP_MODE_TRANSMITTER_RECEIVER
						      : SMPP_MODE_TRANSCEIVER,
					  .window = (unsigned)s->window,
					  .rate = (unsigned)route->rate,
					  .blocked = s->blocked_status,
					  .blocked_n = s->n_blocked_status};
	struct channel_smpp *c = calloc(1, sizeof *c);
	struct smpp_address source;
	int rc;

	if (c == NULL)
		return UV_ENOMEM;
	c->base.ops = &smpp_ops;
	c->base.window = (unsigned)s->window;
	c->base.rate = (unsigned)route->rate;
	c->config = *s;
	c->config.password = NULL; /* the link has its own copy and wipes it */
	if (smpp_address_of(s->source, &source) == 0)
		snprintf(c->source, sizeof c->source, "%s", source.digits);
	if ((rc = smpp_link_open(&c->link, loop, &config, &link_events, c, why)) != 0) {
		free(c);
		return rc;
	}
	*out = &c->base;
	return 0;
}
