#include <stdio.h>
#include <string.h>

#include "link_parts.h"

/* A timer this late tells that the loop stood still: read first, judge then. */
#define STALL_MS 1000u

#define TROUBLES_MAX 3u /* answers "try again later" in a row before the link pauses */

/* ---- answers to submits -------------------------------------------------------------------- */

/* Several refusals of one window make one pause; a pause that did not help doubles the next. */
static void
pause_link(struct smpp_link *link)
{
	uint64_t now = uv_now(link->loop);
	uint32_t dice = 0;

	if (now < link->paused_until)
		return;
	if (link->calm_from != 0 && now > link->calm_from + link->throttle.next_ms)
		smpp_backoff_reset(&link->throttle);
	(void)uv_random(NULL, NULL, &dice, sizeof dice, 0, NULL);
	link->paused_until = now + smpp_backoff_next(&link->throttle, dice);
	link->calm_from = link->paused_until;
	link->probing = true;
}

/* Trouble of the operator's own may concern one text; a few in a row concern the link, and an owner
 * that tries again at once must not be let loose on it. */
static void
weigh_verdict(struct smpp_link *link, enum smpp_verdict verdict)
{
	if (verdict == SMPP_TRY_LATER)
		link->troubles_in_a_row++;
	else
		link->troubles_in_a_row = 0;
	link->stats.throttles += verdict == SMPP_SLOW_DOWN;
	if (verdict == SMPP_TAKEN)
		link->probing = false;
	else if (verdict == SMPP_SLOW_DOWN || link->troubles_in_a_row >= TROUBLES_MAX)
		pause_link(link);
}

static bool
is_blocked(const struct smpp_link *link, uint32_t status, const char *info)
{
	for (size_t i = 0; i < link->config.blocked_n; i++)
		if (link->config.blocked[i] == status)
			return true;
	return smpp_info_says_blocked(info);
}

static struct smpp_answer
answer_of(struct smpp_link *link, const struct smpp_header *header,
	  const struct smpp_submit_resp *resp)
{
	struct smpp_answer answer = {.status = header->status, .id = resp->id, .info = resp->info};
	uint32_t status = header->status;

	/* A generic_nack takes nothing, whatever status it carries. */
	if (header->command == SMPP_GENERIC_NACK && status == SMPP_ROK)
		status = SMPP_RINVCMDID;
	switch (smpp_status_verdict(status)) {
	case SMPP_TAKEN: answer.outcome = SMPP_ACCEPTED; break;
	case SMPP_SLOW_DOWN:
	case SMPP_TRY_LATER: answer.outcome = SMPP_REFUSED_FOR_NOW; break;
	case SMPP_NEVER:
		answer.outcome = SMPP_REFUSED;
		answer.blocked = is_blocked(link, status, resp->info);
		break;
	}
	return answer;
}

static void
count_answer(struct smpp_link *link, const struct smpp_answer *answer)
{
	link->stats.answers++;
	link->stats.accepted += answer->outcome == SMPP_ACCEPTED;
	link->stats.refused +=
	    answer->outcome == SMPP_REFUSED || answer->outcome == SMPP_REFUSED_FOR_NOW;
	if (answer->status != 0)
		link->stats.last_status = answer->status;
	weigh_verdict(link, answer->outcome == SMPP_REFUSED ? SMPP_NEVER
							    : smpp_status_verdict(answer->status));
	link->last_answer = uv_now(link->loop);
	link->stalled = false;
}

static void
on_submit_answer(struct smpp_link *link, const struct smpp_header *header, const uint8_t *body,
		 size_t len, struct window_slot *slot)
{
	struct smpp_submit_resp resp;
	struct smpp_answer answer;
	uint64_t cookie;

	smpp_submit_resp_read(body, header->command == SMPP_GENERIC_NACK ? 0 : len, &resp);
	answer = answer_of(link, header, &resp);
	if (slot != NULL) {
		cookie = slot->cookie;
		window_remove(link->window, slot);
		count_answer(link, &answer);
		link->events->answer(link->ctx, cookie, &answer);
	} else if (window_take_late(link->window, header->sequence, &cookie)) {
		count_answer(link, &answer);
		link->stats.late++;
		link->events->late_answer(link->ctx, cookie, &answer);
	}
	/* else: an answer to nothing. It harms nobody. */
}

/* ---- answers to queries -------------------------------------------------------------------- */

static void
finish_query(struct smpp_link *link, struct window_slot *slot, int error)
{
	struct smpp_query_answer answer = {.error = error, .final_date = ""};
	uint64_t cookie = slot->cookie;

	window_remove(link->window, slot);
	link->events->query_answer(link->ctx, cookie, &answer);
}

static void
on_query_answer(struct smpp_link *link, const struct smpp_header *header, const uint8_t *body,
		size_t len, struct window_slot *slot)
{
	struct smpp_query_answer answer = {.status = header->status, .final_date = ""};
	struct smpp_query_resp resp;
	uint64_t cookie = slot->cookie;

	if (header->command == SMPP_GENERIC_NACK && answer.status == 0)
		answer.status = SMPP_RINVCMDID;
	if (answer.status == 0 && smpp_query_resp_read(body, len, &resp) != 0) {
		finish_query(link, slot, UV_EPROTO);
		return;
	}
	if (answer.status == 0) {
		answer.message_state = resp.message_state;
		answer.error_code = resp.error_code;
		answer.final_date = resp.final_date;
	}
	window_remove(link->window, slot);
	link->events->query_answer(link->ctx, cookie, &answer);
}

/* ---- what comes ---------------------------------------------------------------------------- */

static void
on_deliver(struct smpp_link *link, struct session *session, const struct smpp_header *header,
	   const uint8_t *body, size_t len)
{
	unsigned i = link_index(link, session);
	struct smpp_token token = {(session_generation(session) << 1) | i, header->command,
				   header->sequence};
	struct smpp_deliver deliver;
	uint32_t status = smpp_deliver_read(body, len, header->command == SMPP_DATA_SM, &deliver);

	link->delivers_open[i]++;
	link->unacknowledged++;
	if (status != 0) {
		link->stats.unreadable++;
		smpp_link_acknowledge(link, token, status);
		return;
	}
	link->stats.delivers++;
	if (link->delivers_open[i] >= link->config.delivers_max)
		wire_hold_reading(session_wire(session), true);
	link->events->deliver(link->ctx, &deliver, token);
}

/* A response is matched by its number and by what was asked: a wrong kind is no answer. */
static void
on_response(struct smpp_link *link, const struct smpp_header *header, const uint8_t *body,
	    size_t len)
{
	struct window_slot *slot = window_find(link->window, header->sequence);
	bool nack = header->command == SMPP_GENERIC_NACK;

	link->stats.nacks += nack;
	if (slot != NULL && slot->kind == WINDOW_QUERY) {
		if (nack || header->command == (SMPP_QUERY_SM | SMPP_RESP))
			on_query_answer(link, header, body, len, slot);
	} else if (nack || header->command == (SMPP_SUBMIT_SM | SMPP_RESP)) {
		on_submit_answer(link, header, body, len, slot);
	}
}

void
link_on_pdu(struct smpp_link *link, struct session *session, const struct smpp_header *header,
	    const uint8_t *body, size_t len)
{
	if (link->leaving)
		return;
	if (header->command == SMPP_DELIVER_SM || header->command == SMPP_DATA_SM)
		on_deliver(link, session, header, body, len);
	else if (session == link->out)
		on_response(link, header, body, len);
}

/* ---- what stays away ----------------------------------------------------------------------- */

static void
complete(struct smpp_link *link, struct window_slot *slot, enum smpp_outcome outcome, bool late)
{
	struct smpp_answer answer = {.outcome = outcome, .id = "", .info = ""};
	uint64_t cookie = slot->cookie;

	if (late)
		window_give_up(link->window, slot);
	else
		window_remove(link->window, slot);
	link->stats.unknown += outcome == SMPP_UNKNOWN;
	link->stats.unsent += outcome == SMPP_UNSENT;
	link->events->answer(link->ctx, cookie, &answer);
}

void
link_complete_all(struct smpp_link *link, uint64_t handed)
{
	struct window_slot *slot;

	while ((slot = window_oldest(link->window)) != NULL) {
		if (slot->kind == WINDOW_QUERY)
			finish_query(link, slot, UV_ECANCELED);
		else
			complete(link, slot, slot->end <= handed ? SMPP_UNKNOWN : SMPP_UNSENT,
				 false);
	}
}

/* The socket has taken nothing for a while: what has not begun to leave is taken back. Those are
 * the newest submits, all of them from one position on. */
static void
recall(struct smpp_link *link, struct wire *wire)
{
	uint64_t from = wire_recall(wire, SMPP_SUBMIT_SM);
	struct window_slot *slot = window_oldest(link->window), *next;

	/* `next` stays valid: a callback cannot submit while the socket is stuck, and nothing but
	 * an answer, which comes by a read, removes a slot. */
	for (; slot != NULL; slot = next) {
		next = slot->newer;
		if (slot->kind == WINDOW_SUBMIT && slot->end > from)
			complete(link, slot, SMPP_UNSENT, false);
	}
}

/* Gives up what waited too long. True if a submit was among it. */
static bool
give_up_old(struct smpp_link *link)
{
	uint64_t now = uv_now(link->loop);
	struct window_slot *slot;
	bool any = false;

	while ((slot = window_oldest(link->window)) != NULL &&
	       now >= slot->at + link->config.response_timeout_ms) {
		if (slot->kind == WINDOW_QUERY) {
			finish_query(link, slot, UV_ETIMEDOUT);
			continue;
		}
		any = true;
		complete(link, slot, SMPP_UNKNOWN, true);
	}
	return any;
}

/* An operator that keeps the session alive but answers no submit at all is handed no more, lest a
 * whole day's texts end unknown; after as long again a new session is begun. */
static void
judge_silence(struct smpp_link *link, bool gave_up)
{
	uint64_t now = uv_now(link->loop), timeout = link->config.response_timeout_ms;

	if (gave_up && !link->stalled && now >= link->last_answer + timeout) {
		link->stalled = true;
		link->stalled_at = now;
	} else if (link->stalled && now >= link->stalled_at + timeout) {
		link->stalled = false;
		session_drop(link->out, "the operator answers no text at all");
	}
}

void
link_on_expiry(struct smpp_link *link)
{
	uint64_t now = uv_now(link->loop);
	struct wire *wire = session_wire(link->out);

	if (link->leaving)
		return;
	/* While reading is held the answers may be waiting in the socket. */
	if (wire != NULL && now <= link->expiry_due + STALL_MS && !wire_reading_held(wire)) {
		if (wire_stuck(wire) &&
		    now >= wire_stuck_since(wire) + link->config.wire_timeout_ms)
			recall(link, wire);
		judge_silence(link, give_up_old(link));
	}
	link_watch(link);
	link_look_for_room(link);
}
