#include "fields.h"
#include "modem_parts.h"

#include <stdio.h>
#include <string.h>

#define LINK_MS    1000
#define MUTE_TEXTS 2 /* without an answer, in a row: it talks, and does not send */

unsigned
modem_room(const struct modem *m)
{
	return m->closing || !modem_in_use(m) || m->want_reset ? 0 : MODEM_ROOM - m->out_n;
}

int
modem_submit(struct modem *m, const struct modem_submit *submit)
{
	struct outgoing *out = &m->out[m->out_n];

	if (m->closing)
		return UV_ECANCELED;
	if (modem_room(m) == 0)
		return UV_EAGAIN;
	memset(out, 0, sizeof *out);
	if (pdu_submit(&submit->pdu, &out->pdu) < 0)
		return UV_EINVAL;
	out->cookie = submit->cookie;
	out->more = submit->more;
	out->held = submit->held;
	m->out_n++;
	modem_next(m);
	return 0;
}

static struct outgoing *
find(struct modem *m, uint64_t cookie)
{
	for (unsigned i = 0; i < m->out_n; i++)
		if (m->out[i].cookie == cookie)
			return &m->out[i];
	return NULL;
}

bool
modem_release(struct modem *m, uint64_t cookie)
{
	struct outgoing *out = find(m, cookie);

	if (m->closing || out == NULL || !out->held || out->withdrawn)
		return false;
	out->held = false;
	if (m->sending && out == &m->out[0])
		return at_release(m->at);
	return true;
}

bool
modem_withdraw(struct modem *m, uint64_t cookie)
{
	struct outgoing *out = find(m, cookie);

	if (m->closing || out == NULL || !out->held || out->withdrawn)
		return false;
	out->withdrawn = true;
	if (m->sending && out == &m->out[0])
		at_withdraw(m->at);
	else
		modem_kick(m);
	return true;
}

static void
take_out(struct modem *m, unsigned i, struct outgoing *out)
{
	*out = m->out[i];
	m->out_n--;
	memmove(&m->out[i], &m->out[i + 1], (m->out_n - i) * sizeof m->out[0]);
}

static void
answer_unsent(struct modem *m, unsigned i, const char *why)
{
	struct modem_answer answer = {
	    .outcome = MODEM_UNSENT, .reference = -1, .code = -1, .why = why};
	struct outgoing out;

	take_out(m, i, &out);
	answer.cookie = out.cookie;
	m->events.answer(m->ctx, &answer);
}

void
modem_flush_unsent(struct modem *m, const char *why)
{
	while (m->out_n > (m->sending ? 1 : 0))
		answer_unsent(m, m->out_n - 1, why[0] != '\0' ? why : "the modem is not ready");
}

void
modem_flush_withdrawn(struct modem *m)
{
	for (unsigned i = m->out_n; i-- > (m->sending ? 1u : 0u);)
		if (i < m->out_n && m->out[i].withdrawn)
			answer_unsent(m, i, "taken back");
}

/* ---- what the network said ---- */

/* Some modems fail once their 8-bit reference has gone round. */
static bool
reference_ran_over(const struct modem *m, const struct at_answer *answer)
{
	return answer->cms && answer->code == 1 && m->last_reference == 255;
}

static enum modem_outcome
outcome_of(enum driver_verdict verdict)
{
	switch (verdict) {
	case DRIVER_NUMBER: return MODEM_NUMBER;
	case DRIVER_SIM: return MODEM_SIM;
	case DRIVER_UNKNOWN: return MODEM_UNKNOWN;
	case DRIVER_ABORTED: return MODEM_UNSENT;
	default: return MODEM_NOW;
	}
}

static int
reference_of(const struct at_answer *answer)
{
	int reference = -1;

	for (size_t i = 0; i < answer->n; i++)
		fields_number(answer->lines[i], 0, &reference);
	return reference >= 0 && reference <= 255 ? reference : -1;
}

static void
judge_refusal(const struct modem *m, const struct at_answer *answer, struct modem_answer *out,
	      enum driver_verdict *verdict)
{
	const struct driver_error *error = driver_error(&m->driver, answer->code);

	*verdict = error->verdict;
	out->why = error->text;
	if (!answer->cms) { /* of the modem, not of the network */
		*verdict = DRIVER_LATER;
		out->why = "the modem refused the text";
		if (answer->code == 10 || answer->code == 11 || answer->code == 12 ||
		    answer->code == 13 || answer->code == 15)
			*verdict = DRIVER_SIM;
	} else if (answer->code < 0) {
		*verdict = DRIVER_LATER;
	}
	if (reference_ran_over(m, answer)) {
		*verdict = DRIVER_RESET;
		out->why = "the modem's reference number ran over";
	}
	out->outcome = outcome_of(*verdict);
	/* Before Ctrl-Z nothing can have left. */
	if (out->outcome == MODEM_UNKNOWN && !answer->texted)
		out->outcome = MODEM_NOW;
	if (answer->cms)
		out->code = answer->code;
}

static void
judge(const struct modem *m, const struct at_answer *answer, struct modem_answer *out,
      enum driver_verdict *verdict)
{
	bool accepted = answer->final == AT_OK || (answer->n > 0 && answer->final != AT_ERROR);

	*verdict = DRIVER_LATER;
	out->why = "";
	if (answer->texted && accepted) {
		out->outcome = MODEM_ACCEPTED;
		out->reference = reference_of(answer);
	} else if (answer->final == AT_ERROR) {
		judge_refusal(m, answer, out, verdict);
	} else if (answer->texted) {
		out->outcome = MODEM_UNKNOWN;
		out->why = answer->final == AT_GONE
			       ? "the modem was gone before it answered: the text may have left"
			       : "the modem did not answer: the text may have left";
	} else {
		out->outcome = MODEM_UNSENT;
		out->why = answer->final == AT_WITHDRAWN ? "taken back"
			   : answer->final == AT_GONE    ? "the modem was gone"
							 : "the modem did not ask for the text";
	}
}

static void
count(struct modem *m, const struct modem_answer *answer)
{
	m->info.sent += answer->outcome == MODEM_ACCEPTED;
	m->info.refused += answer->outcome == MODEM_NOW || answer->outcome == MODEM_NUMBER ||
			   answer->outcome == MODEM_SIM;
	m->info.unknown += answer->outcome == MODEM_UNKNOWN;
}

/* What a text's end means for the modem; the next command leaves before the owner hears. */
static void
go_on(struct modem *m, const struct at_answer *answer, enum driver_verdict verdict)
{
	bool locked = verdict == DRIVER_SIM && ((answer->code >= 310 && answer->code <= 318) ||
						answer->code == 532 || !answer->cms);

	if (answer->final == AT_GONE)
		return; /* lost follows */
	if (answer->final == AT_SILENT && (answer->n == 0 || !answer->texted)) {
		if (++m->mute_texts >= MUTE_TEXTS)
			modem_heal(m, true);
		else
			modem_silent(m);
		return;
	}
	m->strikes = m->mute_texts = 0;
	/* It said nothing to ESC: what it says yet would be taken for the next answer. */
	m->doubt = answer->final == AT_WITHDRAWN && answer->line[0] == '\0';
	if (verdict == DRIVER_FULL)
		m->chores |= CHORE_DRAIN;
	if (verdict == DRIVER_RESET && answer->final == AT_ERROR)
		modem_heal(m, true);
	else if (locked)
		modem_identify(m);
	else
		modem_enter(m, MODEM_READY, MODEM_FINE);
	modem_follow_network(m); /* it may have been lost meanwhile */
	modem_next(m);
}

static void
on_sent(void *ctx, const struct at_answer *answer)
{
	struct modem *m = ctx;
	struct modem_answer out = {.reference = -1, .code = -1};
	enum driver_verdict verdict;
	struct outgoing sent;

	judge(m, answer, &out, &verdict);
	take_out(m, 0, &sent);
	m->sending = false;
	out.cookie = sent.cookie;
	count(m, &out);
	m->last_sent = uv_now(m->loop);
	if (out.outcome == MODEM_ACCEPTED)
		m->last_reference = out.reference;
	if (out.outcome == MODEM_UNKNOWN) {
		m->in_doubt = true;
		m->doubtful = out.cookie;
	}
	if (!m->closing)
		go_on(m, answer, verdict);
	m->events.answer(m->ctx, &out);
	if (m->closing)
		modem_end(m);
}

/* 27.005 3.5.6: 2 holds until it is taken back, 1 until the link was idle for some seconds. */
static bool
keep_link(struct modem *m)
{
	if (m->info.cmms != 1 || !m->out[0].more ||
	    (m->link_kept && uv_now(m->loop) - m->last_sent < LINK_MS))
		return false;
	m->link_kept = true;
	m->last_sent = uv_now(m->loop);
	modem_run(m, "AT+CMMS=1", NULL, m->config.command_ms, NULL);
	return true;
}

bool
modem_send(struct modem *m)
{
	struct outgoing *out = &m->out[0];
	char text[32];
	struct at_command command = {
	    .text = text,
	    .prefix = "+CMGS:",
	    .body = out->pdu.text,
	    .held = out->held,
	    .timeout_ms = m->config.prompt_ms,
	    .body_ms = m->config.sent_ms,
	    .held_ms = m->config.held_ms,
	    .done = on_sent,
	    .ctx = m,
	};

	if (m->info.state != MODEM_READY || m->out_n == 0 || out->withdrawn)
		return false;
	if (keep_link(m))
		return true;
	snprintf(text, sizeof text, "AT+CMGS=%u", out->pdu.octets);
	if (at_run(m->at, &command) < 0)
		return false;
	m->sending = true;
	m->sends_in_row++;
	modem_enter(m, MODEM_SENDING, MODEM_FINE);
	return true;
}

/* An answer that came behind its deadline. */
bool
modem_late(struct modem *m, const char *line)
{
	bool accepted = strncmp(line, "+CMGS:", 6) == 0;
	struct at_answer late = {.final = AT_ERROR, .cms = true, .code = -1, .texted = true};
	struct modem_answer out = {.cookie = m->doubtful, .reference = -1, .code = -1, .why = ""};
	enum driver_verdict verdict;

	if (!m->in_doubt || (!accepted && strncmp(line, "+CMS ERROR:", 11) != 0))
		return false;
	m->in_doubt = false;
	m->info.late++;
	if (accepted) {
		out.outcome = MODEM_ACCEPTED;
		fields_number(line, 0, &out.reference);
	} else {
		fields_number(line, 0, &late.code);
		judge_refusal(m, &late, &out, &verdict);
	}
	if (m->events.late_answer != NULL && out.outcome != MODEM_UNKNOWN)
		m->events.late_answer(m->ctx, &out);
	return true;
}
