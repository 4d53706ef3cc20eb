/* What clients ask besides submits: binds, queries, cancels, enquiries, partings. */
#include "dice.h"
#include "ids.h"
#include "smsc.h"

#include <string.h>

/* -- binds -- */

static bool
is_lingering(const struct smsc *smsc, const char *system_id)
{
	for (size_t i = 0; i < SMSC_PLACES; i++)
		if (smsc->places[i].until > uv_now(smsc->loop) &&
		    strcmp(smsc->places[i].system_id, system_id) == 0)
			return true;
	return false;
}

static uint64_t
count_bound(const struct smsc *smsc)
{
	uint64_t n = 0;
	for (const struct session *s = smsc->sessions; s; s = s->next)
		n += s->bound && !s->closing && !s->forgotten;
	return n;
}

static uint32_t
judge_bind(struct smsc *smsc, const struct session *s, const struct pdu_bind *bind)
{
	const struct options *o = &smsc->o;
	if (s->bound)
		return PDU_ALREADY_BOUND;
	if (o->system_id && strcmp(o->system_id, bind->system_id) != 0)
		return (uint32_t)o->system_id_status;
	if (o->password && strcmp(o->password, bind->password) != 0)
		return (uint32_t)o->password_status;
	if (is_lingering(smsc, bind->system_id))
		return PDU_ALREADY_BOUND;
	if (o->max_binds && count_bound(smsc) >= o->max_binds)
		return PDU_BIND_FAILED;
	uint64_t nth = smsc->stats.binds + smsc->stats.binds_refused;
	return dice_hits(o->seed, DICE_BIND, nth, o->bind_fail) ? PDU_BIND_FAILED : PDU_OK;
}

static void
take_bind(struct session *s, const struct pdu_header *header, const uint8_t *body, size_t n)
{
	struct smsc *smsc = s->smsc;
	struct pdu_bind bind;
	uint32_t status = pdu_read_bind(body, n, &bind);
	if (!status)
		status = judge_bind(smsc, s, &bind);
	size_t token = pdu_begin(&s->out, header->command | 0x80000000u, status, header->sequence);
	if (!status) {
		buffer_putz(&s->out, "dunlin-sim");
		pdu_put_tlv8(&s->out, PDU_TLV_INTERFACE_VERSION, 0x34);
		smsc->stats.binds++;
		s->bound = true;
		s->sends = header->command != PDU_BIND_RECEIVER;
		s->receives = header->command != PDU_BIND_TRANSMITTER;
		snprintf(s->system_id, sizeof s->system_id, "%s", bind.system_id);
	} else {
		smsc->stats.binds_refused++;
		if (!smsc->o.bare_bind_error)
			buffer_putz(&s->out, "");
	}
	pdu_end(&s->out, token);
	if (status && !s->bound)
		smsc_close_after(smsc, s, 200);
}

/* -- the other requests -- */

static uint8_t
state_now(const struct smsc *smsc, const struct message *m)
{
	if (m->state == PDU_ENROUTE && uv_now(smsc->loop) >= m->final_at)
		return m->fate;
	return m->state;
}

static struct message *
find_message(const struct smsc *smsc, const char *id)
{
	uint64_t number;
	if (!ids_parse((enum option_ids)smsc->o.id_form, id, &number))
		return NULL;
	return message_find(&smsc->messages, number);
}

static void
take_query(struct session *s, const struct pdu_header *header, const uint8_t *body, size_t n)
{
	struct smsc *smsc = s->smsc;
	struct pdu_about about;
	smsc->stats.queries++;
	uint32_t status = pdu_read_about(body, n, false, &about);
	struct message *m = status ? NULL : find_message(smsc, about.id);
	if (!m) {
		pdu_put_bare(&s->out, PDU_QUERY_SM | 0x80000000u,
			     status ? status : PDU_QUERY_FAILED, header->sequence);
		return;
	}
	uint8_t state = state_now(smsc, m);
	size_t token = pdu_begin(&s->out, PDU_QUERY_SM | 0x80000000u, 0, header->sequence);
	buffer_putz(&s->out, about.id);
	char date[20] = "";
	if (state != PDU_ENROUTE) {
		/* 7.1.1.1: absolute, tenths and UTC */
		struct tm tm;
		time_t done = m->done ? m->done : m->accepted;
		gmtime_r(&done, &tm);
		strftime(date, sizeof date, "%y%m%d%H%M%S000+", &tm);
	}
	buffer_putz(&s->out, date);
	buffer_put8(&s->out, state);
	buffer_put8(&s->out, state == PDU_DELIVERED || state == PDU_ENROUTE ? 0 : 69);
	pdu_end(&s->out, token);
}

static void
take_cancel(struct session *s, const struct pdu_header *header, const uint8_t *body, size_t n)
{
	struct smsc *smsc = s->smsc;
	struct pdu_about about;
	smsc->stats.cancels++;
	uint32_t status = pdu_read_about(body, n, true, &about);
	struct message *m = status ? NULL : find_message(smsc, about.id);
	if (!status && (!m || state_now(smsc, m) != PDU_ENROUTE))
		status = PDU_CANCEL_FAILED;
	if (!status)
		m->state = PDU_DELETED;
	pdu_put_bare(&s->out, PDU_CANCEL_SM | 0x80000000u, status, header->sequence);
}

void
request_response(struct session *s, const struct pdu_header *header)
{
	struct smsc *smsc = s->smsc;
	switch (header->command & 0x7fffffff) {
	case PDU_GENERIC_NACK:
		smsc->stats.nacks++;
		deliver_answered(s, header);
		break;
	case PDU_DELIVER_SM:
	case PDU_DATA_SM: deliver_answered(s, header); break;
	case PDU_UNBIND:
		if (s->unbinding)
			session_close(s);
		break;
	case PDU_ENQUIRE_LINK: break;
	default: smsc->stats.unknown++; break;
	}
}

void
request_take(struct session *s, const struct pdu_header *header, const uint8_t *body, size_t n)
{
	struct smsc *smsc = s->smsc;
	uint32_t sequence = header->sequence, answer = header->command | 0x80000000u;
	uint32_t unbound = s->bound ? 0 : PDU_INVALID_BIND_STATUS;
	switch (header->command) {
	case PDU_BIND_RECEIVER:
	case PDU_BIND_TRANSMITTER:
	case PDU_BIND_TRANSCEIVER: take_bind(s, header, body, n); break;
	case PDU_ENQUIRE_LINK:
		smsc->stats.enquires++;
		if (!smsc->o.no_enquire)
			pdu_put_bare(&s->out, answer, 0, sequence);
		break;
	case PDU_UNBIND:
		pdu_put_bare(&s->out, answer, unbound, sequence);
		s->unbinding = true;
		smsc_close_after(smsc, s, 50);
		break;
	case PDU_QUERY_SM:
		if (unbound)
			pdu_put_bare(&s->out, answer, unbound, sequence);
		else
			take_query(s, header, body, n);
		break;
	case PDU_CANCEL_SM:
		if (unbound)
			pdu_put_bare(&s->out, answer, unbound, sequence);
		else
			take_cancel(s, header, body, n);
		break;
	case PDU_REPLACE_SM: pdu_put_bare(&s->out, answer, PDU_REPLACE_FAILED, sequence); break;
	default:
		smsc->stats.unknown++;
		pdu_put_bare(&s->out, 0x80000000u, PDU_INVALID_COMMAND, sequence);
	}
}
