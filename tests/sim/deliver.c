/* Receipts and texts on their way to the clients: queued, handed over, answered, or sent again. */
#include "dice.h"
#include "letter.h"
#include "receipt.h"
#include "smsc.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TRIES = 5, RETRY_MS = 1000, OUT_ENOUGH = 1024 * 1024 };

static void
queue_put(struct queue *q, struct delivery *d)
{
	d->next = NULL;
	if (q->last)
		q->last->next = d;
	else
		q->first = d;
	q->last = d;
	q->count++;
}

static struct delivery *
queue_take(struct queue *q)
{
	struct delivery *d = q->first;
	q->first = d->next;
	if (!q->first)
		q->last = NULL;
	q->count--;
	return d;
}

static struct delivery *
delivery_new(struct smsc *smsc)
{
	struct delivery *d = smsc->spare;
	if (d)
		smsc->spare = d->next;
	else if (!(d = malloc(sizeof *d)))
		abort();
	*d = (struct delivery){0};
	return d;
}

void
deliver_free(struct smsc *smsc, struct delivery *d)
{
	if (d->about)
		message_release(&smsc->messages, d->about);
	free(d->letter);
	d->next = smsc->spare;
	smsc->spare = d;
}

static struct delivery *
copy(struct smsc *smsc, const struct delivery *d)
{
	struct delivery *again = delivery_new(smsc);
	*again = *d;
	if (again->about)
		message_hold(again->about);
	if (again->letter) {
		again->letter = malloc(d->letter_len);
		if (!again->letter)
			abort();
		memcpy(again->letter, d->letter, d->letter_len);
	}
	return again;
}

void
deliver_receipt(struct smsc *smsc, struct message *message, enum pdu_state state)
{
	struct delivery *d = delivery_new(smsc);
	message->done = time(NULL);
	message->state = (uint8_t)state;
	message_hold(message);
	d->about = message;
	d->state = state;
	memcpy(d->system_id, message->system_id, sizeof d->system_id);
	queue_put(&smsc->waiting, d);
	smsc->stats.receipts++;
}

void
deliver_raw(struct smsc *smsc, const char *system_id, uint8_t *pdu, size_t n)
{
	struct delivery *d = delivery_new(smsc);
	d->letter = pdu;
	d->letter_len = n;
	d->raw = true;
	snprintf(d->system_id, sizeof d->system_id, "%s", system_id);
	queue_put(&smsc->waiting, d);
}

void
deliver_text(struct smsc *smsc, uint64_t delay, const char *system_id, const char *from,
	     const char *to, const char *utf8)
{
	struct letter letters[LETTER_PARTS];
	size_t n = letter_compose(&smsc->o, from, to, utf8, letters);
	for (size_t i = 0; i < n; i++) {
		struct delivery *d = delivery_new(smsc);
		d->letter = letters[i].body;
		d->letter_len = letters[i].len;
		snprintf(d->system_id, sizeof d->system_id, "%s", system_id);
		due_add(&smsc->due, delay, (struct due_entry){.kind = DUE_LETTER, .thing = d});
	}
	smsc->stats.replies++;
}

static bool
may_receive(const struct smsc *smsc, const struct session *s)
{
	uint64_t window = smsc->o.deliver_window;
	if (window > SESSION_SLOTS / 2)
		window = SESSION_SLOTS / 2;
	return s->receives && !s->closing && !s->frozen && !s->silent && !s->forgotten &&
	       !s->unbinding && s->delivering < window && s->out.used < OUT_ENOUGH;
}

/* A sequence number whose slot is free. */
static struct session_slot *
take_slot(struct session *s)
{
	do
		s->sequence = s->sequence % 0x7fffffff + 1;
	while (s->slots[s->sequence % SESSION_SLOTS].sequence);
	return &s->slots[s->sequence % SESSION_SLOTS];
}

static void
put_letter(struct session *s, const struct delivery *d)
{
	if (d->raw) {
		size_t at = s->out.used;
		uint32_t q = s->sequence;
		buffer_put(&s->out, d->letter, d->letter_len);
		for (unsigned i = 0; i < 4; i++)
			s->out.at[at + 12 + i] = (uint8_t)(q >> (24 - 8 * i));
		return;
	}
	size_t token = pdu_begin(&s->out, PDU_DELIVER_SM, 0, s->sequence);
	buffer_put(&s->out, d->letter, d->letter_len);
	pdu_end(&s->out, token);
}

static void
hand_over(struct smsc *smsc, struct session *s, struct delivery *d)
{
	struct session_slot *slot = take_slot(s);
	smsc->stats.delivers++;
	if (d->raw) {
		/* Nobody owes an answer to what cannot be read: it takes no place in the window. */
		put_letter(s, d);
		deliver_free(smsc, d);
		return;
	}
	*slot = (struct session_slot){s->sequence, d};
	s->delivering++;
	if (d->about)
		receipt_put(&s->out, &smsc->o, d->about, d->state, s->sequence);
	else
		put_letter(s, d);
	if (d->tries++)
		smsc->stats.redelivered++;
	if (smsc->o.redeliver_after) {
		session_hold(s);
		due_add(&smsc->due, smsc->o.redeliver_after,
			(struct due_entry){.kind = DUE_REDELIVER, .session = s, .c = s->sequence});
	}
}

static struct session *
find_session(const struct smsc *smsc, const struct delivery *d)
{
	struct session *best = NULL;
	for (struct session *s = smsc->sessions; s; s = s->next)
		if (may_receive(smsc, s) &&
		    (!d->system_id[0] || strcmp(d->system_id, s->system_id) == 0) &&
		    (!best || s->delivering < best->delivering))
			best = s;
	return best;
}

static bool
anybody(const struct smsc *smsc)
{
	for (struct session *s = smsc->sessions; s; s = s->next)
		if (may_receive(smsc, s))
			return true;
	return false;
}

void
deliver_pump(struct smsc *smsc)
{
	/* One look at each: what nobody can take now goes to the end, behind what others can. */
	uint64_t passed = 0;
	while (passed < smsc->waiting.count && anybody(smsc)) {
		struct delivery *d = queue_take(&smsc->waiting);
		struct session *s = find_session(smsc, d);
		if (s) {
			hand_over(smsc, s, d);
		} else {
			queue_put(&smsc->waiting, d);
			passed++;
		}
	}
}

/* Statuses by which a client says "not now". */
static bool
is_temporary(uint32_t status)
{
	return status == PDU_TEMPORARY || status == PDU_QUEUE_FULL || status == PDU_THROTTLED ||
	       status == PDU_SYSTEM_ERROR;
}

void
deliver_answered(struct session *s, const struct pdu_header *header)
{
	struct smsc *smsc = s->smsc;
	struct session_slot *slot = &s->slots[header->sequence % SESSION_SLOTS];
	if (!header->sequence || slot->sequence != header->sequence) {
		smsc->stats.unknown++;
		return;
	}
	struct delivery *d = slot->delivery;
	slot->sequence = 0;
	s->delivering--;
	smsc->stats.deliver_answers++;
	if (header->status && is_temporary(header->status) && d->tries < MOST_TRIES * 10) {
		due_add(&smsc->due, RETRY_MS, (struct due_entry){.kind = DUE_LETTER, .thing = d});
		return;
	}
	if (header->status)
		smsc->stats.deliver_refused++;
	if (!d->again && dice_hits(smsc->o.seed, DICE_DUPLICATE, smsc->stats.deliver_answers,
				   smsc->o.duplicate)) {
		d->again = true;
		queue_put(&smsc->waiting, d);
		return;
	}
	deliver_free(smsc, d);
}

void
deliver_late(struct session *s, const struct due_entry *entry)
{
	struct smsc *smsc = s->smsc;
	struct session_slot *slot = &s->slots[entry->c % SESSION_SLOTS];
	if (s->closing || slot->sequence != entry->c || slot->delivery->tries >= MOST_TRIES)
		return;
	/* The first stays in its slot: its answer may still come, and is an answer. */
	struct delivery *again = copy(smsc, slot->delivery);
	slot->delivery->tries = MOST_TRIES;
	queue_put(&smsc->waiting, again);
}

void
deliver_put_back(struct smsc *smsc, struct delivery *d)
{
	queue_put(&smsc->waiting, d);
}

void
deliver_session_lost(struct session *s)
{
	for (size_t i = 0; i < SESSION_SLOTS; i++) {
		if (!s->slots[i].sequence)
			continue;
		s->slots[i].sequence = 0;
		deliver_put_back(s->smsc, s->slots[i].delivery);
	}
	s->delivering = 0;
}

void
deliver_close(struct smsc *smsc)
{
	while (smsc->waiting.first)
		deliver_free(smsc, queue_take(&smsc->waiting));
	while (smsc->spare) {
		struct delivery *d = smsc->spare;
		smsc->spare = d->next;
		free(d);
	}
}
