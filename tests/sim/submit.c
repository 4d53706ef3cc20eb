/* What becomes of a submit_sm or data_sm: refused, taken, lost, answered now or later. */
#include "dice.h"
#include "garbage.h"
#include "ids.h"
#include "log.h"
#include "smsc.h"

#include <string.h>

/* How long an answer waits that its receipt is to overtake. */
enum { EARLY_MS = 30 };

struct submit {
	struct session *session;
	const struct pdu_header *header;
	struct pdu_message pdu;
	struct text_segment segment;
	uint64_t nth; /* of all submits, from 1: the number the dice are thrown for */
	bool early;   /* its receipt overtakes the answer */
};

static struct smsc *
smsc_of(const struct submit *t)
{
	return t->session->smsc;
}

/* -- taking a text -- */

static bool
is_twice(const struct submit *t)
{
	struct smsc *smsc = smsc_of(t);
	const struct pdu_message *p = &t->pdu;
	long rest[] = {p->data_coding, p->reference, p->sar_reference, p->sar_sequence};
	uint64_t h = dice_hash(0, p->from.digits, strlen(p->from.digits) + 1);
	h = dice_hash(h, p->to.digits, strlen(p->to.digits) + 1);
	h = dice_hash(h, p->text, p->text_len);
	if (!seen_add(&smsc->seen, dice_hash(h, rest, sizeof rest)))
		return false;
	smsc->stats.twice++;
	return true;
}

/* All parts of a text share its fate. */
static enum pdu_state
fate(const struct submit *t, uint64_t number)
{
	const struct options *o = &smsc_of(t)->o;
	uint64_t key = number;
	if (t->segment.total > 1)
		key = dice_hash(t->segment.reference, t->pdu.to.digits, strlen(t->pdu.to.digits));
	if (dice_hits(o->seed, DICE_FATE, key, o->fail))
		return PDU_UNDELIVERABLE;
	double left = 1 - o->fail;
	if (left > 0 && dice_hits(o->seed, DICE_FATE, ~key, o->expire / left))
		return PDU_EXPIRED;
	return PDU_DELIVERED;
}

static struct message *
remember(const struct submit *t)
{
	struct smsc *smsc = smsc_of(t);
	struct message *m = message_new(&smsc->messages);
	const struct pdu_message *p = &t->pdu;
	size_t text = p->text_len - t->segment.header;
	m->fate = (uint8_t)fate(t, m->number);
	m->registered = p->registered;
	m->data_coding = p->data_coding;
	m->reference = p->reference;
	m->accepted = time(NULL);
	m->start_len = (uint8_t)(text < sizeof m->start ? text : sizeof m->start);
	memcpy(m->start, p->text + t->segment.header, m->start_len);
	snprintf(m->from, sizeof m->from, "%s", p->from.digits);
	snprintf(m->to, sizeof m->to, "%s", p->to.digits);
	memcpy(m->system_id, t->session->system_id, sizeof m->system_id);
	return m;
}

/* Whether this part of a long text is one that reports. */
static bool
part_reports(const struct submit *t)
{
	const struct options *o = &smsc_of(t)->o;
	const struct text_segment *g = &t->segment;
	if (g->total < 2)
		return true;
	uint64_t key = dice_hash(g->reference, t->pdu.to.digits, strlen(t->pdu.to.digits));
	switch ((enum option_parts)o->multipart) {
	case PARTS_EACH: return true;
	case PARTS_FIRST: return g->n == 1;
	case PARTS_LAST: return g->n == g->total;
	case PARTS_ONE: return g->n == dice_mix(o->seed, DICE_PART, key) % g->total + 1;
	}
	return true;
}

static void
add_receipt(struct smsc *smsc, uint64_t delay, struct message *m, enum pdu_state state)
{
	message_hold(m);
	due_add(&smsc->due, delay, (struct due_entry){.kind = DUE_RECEIPT, .thing = m, .a = state});
}

/* registered_delivery (5.2.17): 1 always, 2 of failures only; bit 4 asks for the way too. */
static bool
wants_receipt(const struct submit *t, const struct message *m)
{
	unsigned asked = t->pdu.registered & 3;
	return smsc_of(t)->o.receipts != RECEIPTS_OFF && part_reports(t) && asked &&
	       (asked != 2 || m->fate != PDU_DELIVERED);
}

static void
plan_receipts(const struct submit *t, struct message *m, uint64_t after)
{
	struct smsc *smsc = smsc_of(t);
	uint64_t delay =
	    after + dice_around(smsc->o.seed, DICE_RECEIPT_DELAY, m->number, smsc->o.receipt_delay);
	m->final_at = uv_now(smsc->loop) + delay;
	if (!wants_receipt(t, m))
		return;
	if (smsc->o.receipts == RECEIPTS_ALL || (t->pdu.registered & 0x10))
		add_receipt(smsc, after + (delay - after) / 2, m, PDU_ENROUTE);
	if (t->early)
		deliver_receipt(smsc, m, (enum pdu_state)m->fate);
	else
		add_receipt(smsc, delay, m, (enum pdu_state)m->fate);
}

/* The borrower hears the text once, with its last part. */
static void
let_hear(const struct submit *t)
{
	struct smsc *smsc = smsc_of(t);
	struct population_reply reply;
	const char *to = t->pdu.to.digits, *from = t->pdu.from.digits;
	if (!smsc->population || t->segment.n != t->segment.total ||
	    !population_hear(smsc->population, to, &reply))
		return;
	if (reply.stop && smsc->o.keep_stop) {
		smsc_block(smsc, to);
		return;
	}
	for (unsigned i = 0; i < reply.count; i++)
		deliver_text(smsc, reply.delay, t->session->system_id, to, from, reply.text);
}

static struct message *
take(const struct submit *t, bool answered)
{
	struct smsc *smsc = smsc_of(t);
	struct message *m = remember(t);
	bool twice = is_twice(t);
	smsc->stats.accepted++;
	if (smsc->log) {
		struct log_submit line = {t->session->number, t->header, &t->pdu, &t->segment, m,
					  answered,           twice};
		log_submit(smsc->log, &smsc->o, &line);
	}
	let_hear(t);
	return m;
}

/* Never answered; whether it was taken all the same is chance. */
static void
lose(const struct submit *t)
{
	struct smsc *smsc = smsc_of(t);
	smsc->stats.never_answered++;
	t->session->unanswered--;
	if (dice_hits(smsc->o.seed, DICE_LOST, t->nth, smsc->o.lost_accepted))
		plan_receipts(t, take(t, false), 0);
}

/* -- judging -- */

/* Whether a number's owner told this operator to stop. */
static bool
is_blocked(const struct smsc *smsc, const char *number)
{
	return seen_has(&smsc->blocked, dice_hash(0, number, strlen(number)));
}

static bool
over_throttle(struct smsc *smsc)
{
	if (!smsc->o.throttle)
		return false;
	uint64_t second = uv_now(smsc->loop) / 1000;
	if (second != smsc->second) {
		smsc->second = second;
		smsc->segments = 0;
	}
	if (smsc->segments >= smsc->o.throttle)
		return true;
	smsc->segments++;
	return false;
}

static uint32_t
judge(const struct submit *t)
{
	struct smsc *smsc = smsc_of(t);
	const struct options *o = &smsc->o;
	if (o->max_window && t->session->unanswered > o->max_window) {
		smsc->stats.over_window++;
		return PDU_THROTTLED;
	}
	if (over_throttle(smsc)) {
		smsc->stats.throttled++;
		return PDU_THROTTLED;
	}
	if (dice_hits(o->seed, DICE_QUEUE, t->nth, o->queue_full)) {
		smsc->stats.queue_full++;
		return PDU_QUEUE_FULL;
	}
	if (is_blocked(smsc, t->pdu.to.digits)) {
		smsc->stats.blocked++;
		return (uint32_t)o->blocked_status;
	}
	if (dice_hits(o->seed, DICE_REFUSE, t->nth, o->refuse)) {
		smsc->stats.refused++;
		return (uint32_t)o->refuse_status;
	}
	return PDU_OK;
}

/* Drops, stalls and silence; true if the submit was dealt with so. */
static bool
misbehave(const struct submit *t)
{
	struct smsc *smsc = smsc_of(t);
	struct session *s = t->session;
	const struct options *o = &smsc->o;
	if (o->silent_after && s->submits > o->silent_after)
		s->silent = true;
	if (s->silent) {
		lose(t);
		return true;
	}
	if (dice_hits(o->seed, DICE_DROP, t->nth, o->drop)) {
		smsc->stats.dropped++;
		lose(t);
		smsc_drop(smsc, s);
		return true;
	}
	if (dice_hits(o->seed, DICE_STALL, t->nth, o->stall)) {
		smsc->stats.stalled++;
		if (!o->stall_for) {
			lose(t);
			return true;
		}
		smsc_stall(smsc, s, o->stall_for);
	}
	return false;
}

static void
approve(struct submit *t, enum garbage_kind garbage)
{
	struct smsc *smsc = smsc_of(t);
	struct session *s = t->session;
	struct message *m = take(t, true);
	t->early = dice_hits(smsc->o.seed, DICE_RECEIPT_EARLY, t->nth, smsc->o.receipt_early);
	if (garbage_is_answer(garbage)) {
		char id[IDS_ROOM];
		ids_format((enum option_ids)smsc->o.id_form, m->number, id);
		garbage_put_answer(&s->out, garbage, t->header, id);
		smsc->stats.answers++;
		s->answered++;
		plan_receipts(t, m, 0);
		return;
	}
	uint64_t least = t->early ? EARLY_MS : 0;
	plan_receipts(t, m, answer_submit(s, t->header, t->nth, PDU_OK, m, least));
}

/* A broken PDU beside the answer. */
static void
litter(const struct submit *t, enum garbage_kind kind)
{
	struct session *s = t->session;
	if (!garbage_is_deliver(kind)) {
		s->sequence = s->sequence % 0x7fffffff + 1;
		garbage_put(&s->out, kind, s->sequence, t->pdu.from.digits);
		return;
	}
	struct buffer pdu = {0};
	garbage_put(&pdu, kind, 0, t->pdu.from.digits);
	deliver_raw(s->smsc, s->system_id, pdu.at, pdu.used);
}

static void
settle(struct submit *t)
{
	struct smsc *smsc = smsc_of(t);
	uint32_t status = judge(t);
	if (status) {
		answer_submit(t->session, t->header, t->nth, status, NULL, 0);
		return;
	}
	if (misbehave(t))
		return;
	enum garbage_kind garbage = garbage_pick(&smsc->o, t->nth);
	if (garbage != GARBAGE_NONE)
		smsc->stats.garbage++;
	if (garbage == GARBAGE_ERROR_BODY) {
		garbage_put_answer(&t->session->out, garbage, t->header, "");
		smsc->stats.refused++;
		t->session->answered++;
		return;
	}
	approve(t, garbage);
	if (garbage != GARBAGE_NONE && !garbage_is_answer(garbage))
		litter(t, garbage);
}

void
submit_take(struct session *s, const struct pdu_header *header, const uint8_t *body, size_t n)
{
	struct smsc *smsc = s->smsc;
	struct submit t = {.session = s, .header = header};
	stats_submit(&smsc->stats, uv_now(smsc->loop));
	t.nth = smsc->stats.submits;
	s->submits++;
	if (++s->unanswered > smsc->stats.max_unanswered)
		smsc->stats.max_unanswered = s->unanswered;
	uint32_t status = s->bound && s->sends ? PDU_OK : PDU_INVALID_BIND_STATUS;
	if (!status)
		status = pdu_read_message(body, n, header->command == PDU_DATA_SM, &t.pdu);
	if (status) {
		smsc->stats.malformed++;
		answer_submit(s, header, t.nth, status, NULL, 0);
		return;
	}
	text_find_segment(&t.pdu, &t.segment);
	settle(&t);
	if (smsc->o.unbind_every && s->submits % smsc->o.unbind_every == 0)
		smsc_unbind(smsc, s);
}
