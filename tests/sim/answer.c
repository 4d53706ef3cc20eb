/* The answers to submits: in time, late, out of order, or untrue. */
#include "dice.h"
#include "ids.h"
#include "smsc.h"

static void
put_response(struct session *s, uint32_t command, uint32_t status, uint32_t sequence,
	     const struct message *message)
{
	struct smsc *smsc = s->smsc;
	size_t token = pdu_begin(&s->out, command | 0x80000000u, status, sequence);
	if (message) {
		char id[IDS_ROOM];
		ids_format((enum option_ids)smsc->o.id_form, message->number, id);
		buffer_putz(&s->out, id);
	}
	pdu_end(&s->out, token);
}

/* An operator that lies: says it twice, says it to nobody first, or only to nobody. */
static bool
lie(struct session *s, uint32_t command, uint32_t status, uint32_t sequence,
    const struct message *message)
{
	struct smsc *smsc = s->smsc;
	uint64_t nth = smsc->stats.answers;
	if (!dice_hits(smsc->o.seed, DICE_LIE, nth, smsc->o.lie))
		return false;
	uint64_t kind = dice_mix(smsc->o.seed, DICE_LIE_KIND, nth) % 3;
	smsc->stats.lies++;
	put_response(s, command, status, kind ? sequence + 0x10000000u : sequence, message);
	return kind == 2;
}

static void
put_answer(struct session *s, uint32_t command, uint32_t status, uint32_t sequence,
	   const struct message *message)
{
	struct smsc *smsc = s->smsc;
	smsc->stats.answers++;
	s->answered++;
	if (!lie(s, command, status, sequence, message))
		put_response(s, command, status, sequence, message);
}

void
answer_late(struct smsc *smsc, const struct due_entry *entry)
{
	struct session *s = entry->session;
	struct message *message = entry->thing;
	if (!s->closing && !s->silent && !s->forgotten)
		put_answer(s, entry->a, entry->b, entry->c, message);
	if (message)
		message_release(&smsc->messages, message);
}

/* How long this answer takes; unless shuffled, none overtakes the one before it. */
static uint64_t
answer_delay(struct session *s, uint64_t nth, uint64_t least)
{
	const struct smsc *smsc = s->smsc;
	uint64_t now = uv_now(smsc->loop);
	uint64_t delay = dice_around(smsc->o.seed, DICE_ANSWER_DELAY, nth, smsc->o.answer_delay);
	if (delay < least)
		delay = least;
	if (smsc->o.shuffle)
		return delay;
	if (s->answer_at > now + delay)
		delay = s->answer_at - now;
	s->answer_at = now + delay;
	return delay;
}

uint64_t
answer_submit(struct session *s, const struct pdu_header *header, uint64_t nth, uint32_t status,
	      struct message *message, uint64_t least)
{
	struct smsc *smsc = s->smsc;
	uint64_t delay = answer_delay(s, nth, least);
	if (!delay) {
		put_answer(s, header->command, status, header->sequence, message);
		return 0;
	}
	if (message)
		message_hold(message);
	session_hold(s);
	due_add(&smsc->due, delay,
		(struct due_entry){.kind = DUE_ANSWER,
				   .session = s,
				   .thing = message,
				   .a = header->command,
				   .b = status,
				   .c = header->sequence});
	return delay;
}
