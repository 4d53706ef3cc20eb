/* AT+CMGS: from the prompt to the network's word, and what may go wrong between. */
#include "modem.h"

#include "modem_tpdu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A text that the network is about to take. */
struct modem_letter {
	struct tpdu_submit submit;
	uint8_t reference;
	bool answered;
	bool early; /* its report overtakes the answer */
};

enum { LINK_KEPT = 5000 };

/* In what an answer will be: its low octet is the reference; nobody waits for it any more. */
enum { TAKEN = 0x10000, UNASKED = 0x20000 };

int
modem_send_begin(struct modem *m, const struct modem_ask *ask)
{
	int said = modem_ask_number(ask, 0, -1);
	if (ask->form != FORM_SET)
		return ask->form == FORM_TEST ? ASK_OK : ASK_ERROR;
	if (said < 8 || said > 180)
		return ASK_CMS + 304;
	m->prompted = (unsigned)said;
	m->to_storage = false;
	modem_prompt(m);
	return ASK_SILENT;
}

/* ---- what becomes of it ---- */

/* How the network would answer this text: ASK_OK, or a +CMS ERROR. */
static int
judge(struct modem *m, const struct tpdu_submit *s, uint64_t nth)
{
	struct modem_world *w = m->world;
	const struct modem_options *o = &w->o;
	const struct modem_quota_limits limits = {o->per_minute, o->per_hour, o->per_day,
						  o->recipients};
	unsigned code;
	if (m->registration != REG_HOME && m->registration != REG_ROAMING)
		return ASK_CMS + 331;
	if (m->quota.blocked) {
		w->stats.blocked++;
		return ASK_CMS + (int)o->over_code;
	}
	if (modem_quota_over(&m->quota, &limits, uv_now(w->loop), s->to)) {
		w->stats.over_quota++;
		m->quota.blocked = o->over == OVER_BLOCK;
		return ASK_CMS + (int)o->over_code;
	}
	if (m->balance < o->price)
		return ASK_CMS + (int)o->over_code;
	if ((code = modem_options_code(o->fail, s->to)))
		return ASK_CMS + (int)code;
	if (m->overflowed)
		return ASK_CMS + 1;
	if (o->fail_after && m->sends_since_reset > o->fail_after)
		return ASK_CMS + (int)o->fail_after_code;
	if (modem_hits(m, CHANCE_REFUSE, nth, o->refuse))
		return ASK_CMS + (int)o->refuse_code;
	return ASK_OK;
}

/* Time in the air; a link that is not there yet is made first (27.005 3.5.6). */
static uint64_t
air_time(struct modem *m, uint64_t nth)
{
	uint64_t now = uv_now(m->world->loop);
	uint64_t air = modem_around(m, CHANCE_AIR, nth, m->world->o.latency);
	if (now >= m->link_until) {
		air += m->world->o.setup;
		if (m->cmms == 1 && m->link_until)
			m->cmms = 0;
	}
	m->link_until = m->cmms ? now + air + LINK_KEPT : 0;
	return air;
}

static void
hand_over(struct modem *m, const struct tpdu_submit *s, uint64_t delay, uint8_t reference,
	  bool answered)
{
	struct modem_letter *letter = malloc(sizeof *letter);
	if (!letter)
		abort();
	*letter = (struct modem_letter){
	    .submit = *s,
	    .reference = reference,
	    .answered = answered,
	    .early = modem_hits(m, CHANCE_REPORT_EARLY, m->sends, m->world->o.report_early),
	};
	modem_due_add(m, delay, MODEM_DUE_SENT, 0, letter);
}

/* The answers that nobody gets, or not in time. */
static bool
goes_astray(struct modem *m, const struct tpdu_submit *s, uint64_t nth, uint64_t air,
	    uint8_t reference)
{
	const struct modem_options *o = &m->world->o;
	if (modem_hits(m, CHANCE_LOST, nth, o->lost)) {
		m->world->stats.never_answered++;
		modem_due_add(m, air, MODEM_DUE_ANSWER, ASK_SILENT, NULL);
		return true;
	}
	if (modem_hits(m, CHANCE_SWALLOW, nth, o->swallow)) {
		m->world->stats.never_answered++;
		hand_over(m, s, air / 2, reference, false);
		modem_due_add(m, air, MODEM_DUE_ANSWER, ASK_SILENT, NULL);
		return true;
	}
	if (modem_hits(m, CHANCE_LATE, nth, o->late)) {
		m->world->stats.late++;
		hand_over(m, s, air / 2, reference, true);
		/* Some go on answering meanwhile, and say this at last out of the blue. */
		if (modem_throw(m, CHANCE_LATE_KIND, nth) % 2)
			modem_due_add(m, air, MODEM_DUE_ANSWER, ASK_SILENT, NULL);
		modem_due_add(m, air + o->late_by, MODEM_DUE_ANSWER, TAKEN | (uint32_t)reference,
			      NULL);
		return true;
	}
	return false;
}

static void
launch(struct modem *m, const struct tpdu_submit *s)
{
	const struct modem_options *o = &m->world->o;
	uint64_t nth = m->sends++;
	m->sends_since_reset++;
	int result = judge(m, s, nth);
	uint64_t air = air_time(m, nth);
	uint8_t reference = m->reference++;
	m->overflowed |= o->overflow && reference == 255;
	if (result != ASK_OK) {
		m->world->stats.refused++;
		modem_due_add(m, result == ASK_CMS + 331 ? 0 : air, MODEM_DUE_ANSWER,
			      (uint32_t)result, NULL);
		return;
	}
	if (goes_astray(m, s, nth, air, reference))
		return;
	if (modem_hits(m, CHANCE_DOUBT, nth, o->doubt)) {
		if (modem_throw(m, CHANCE_DOUBT_TAKEN, nth) % 2)
			hand_over(m, s, air / 2, reference, false);
		modem_due_add(m, air, MODEM_DUE_ANSWER, ASK_CMS + m->profile->doubt_code, NULL);
		return;
	}
	hand_over(m, s, air / 2, reference, true);
	modem_due_add(m, air, MODEM_DUE_ANSWER, TAKEN | (uint32_t)reference, NULL);
}

static void
store_text(struct modem *m, const char *hex)
{
	unsigned store = m->memory[1];
	int place = modem_store_put(&m->stores[store], hex, m->prompted, STAT_UNSENT);
	if (place >= 0)
		modem_say(m, "+CMGW: %d", modem_store_number(m, place));
	modem_done(m, place >= 0 ? ASK_OK : ASK_CMS + 322);
}

void
modem_send_text(struct modem *m, const char *hex, size_t n)
{
	struct tpdu_submit submit;
	const char *why = tpdu_submit_read(hex, n, m->prompted, &submit);
	if (why) {
		m->world->stats.malformed++;
		fprintf(stderr, "dunlin-sim: modem %llu was given a bad PDU, %s: %.*s\n",
			(unsigned long long)m->index, why, (int)n, hex);
		modem_done(m, ASK_CMS + 304);
		return;
	}
	if (m->to_storage) {
		store_text(m, hex);
		return;
	}
	m->world->stats.submits++;
	launch(m, &submit);
}

void
modem_send_answer(struct modem *m, uint32_t result)
{
	bool waited_for = m->mode == MODE_BUSY && !(result & UNASKED);
	if (result & TAKEN)
		modem_say(m, "+CMGS: %u", result & 0xff);
	if (result & TAKEN)
		result = ASK_OK;
	if (waited_for)
		modem_done(m, (int)result);
	else if (result != ASK_SILENT)
		modem_final(m, (int)result);
}

/* ---- taken ---- */

static void
plan_reports(struct modem *m, const struct modem_letter *letter)
{
	static const uint8_t failures[] = {0x41, 0x45, 0x46, 0x62}; /* of the 9.2.3.15 list */
	const struct modem_options *o = &m->world->o;
	const struct tpdu_submit *s = &letter->submit;
	uint64_t nth = m->sends;
	uint64_t delay = letter->early ? 0 : modem_around(m, CHANCE_REPORT, nth, o->report_delay);
	uint8_t status = 0;
	char to[TPDU_NUMBER + 1];
	if (!s->report || o->reports == REPORTS_NONE)
		return;
	snprintf(to, sizeof to, "%s%s", s->ton == 1 ? "+" : "", s->to);
	if (modem_hits(m, CHANCE_REPORT_FAIL, nth, o->report_fail))
		status = failures[modem_throw(m, CHANCE_REPORT_FAIL, nth) % sizeof failures];
	if (modem_hits(m, CHANCE_REPORT_PENDING, nth, o->report_pending)) {
		modem_mail_report(m, delay, to, letter->reference, 0x30);
		delay += o->report_delay;
	}
	modem_mail_report(m, delay, to, letter->reference, status);
	if (modem_hits(m, CHANCE_REPORT_TWICE, nth, o->report_twice))
		modem_mail_report(m, delay + 10, to, letter->reference, status);
}

/* Who gets a text may answer it, behind its last part. */
static void
let_answer(struct modem *m, const struct tpdu_submit *s)
{
	struct population_reply reply;
	char from[TPDU_NUMBER + 1];
	if (!m->world->population || s->n != s->total)
		return;
	snprintf(from, sizeof from, "%s%s", s->ton == 1 ? "+" : "", s->to);
	if (!population_hear(m->world->population, from, &reply))
		return;
	for (unsigned i = 0; i < reply.count; i++) {
		m->world->stats.replies++;
		modem_mail_text(m, reply.delay, from, reply.text);
	}
}

/* The same part to the same number, on whichever SIM; a long text's reference does not count. */
static bool
came_before(struct modem_world *w, const struct tpdu_submit *s)
{
	uint64_t hash = dice_hash(s->n << 8 | s->total, s->to, strlen(s->to));
	hash = dice_hash(hash, s->data + s->header, s->len - s->header);
	return seen_add(&w->seen, hash);
}

void
modem_send_taken(struct modem *m, struct modem_letter *letter)
{
	struct modem_world *w = m->world;
	const struct tpdu_submit *s = &letter->submit;
	bool twice = came_before(w, s);
	w->stats.accepted++;
	w->stats.twice += twice;
	m->balance -= w->o.price;
	modem_quota_count(&m->quota, uv_now(w->loop), s->to);
	if (w->log)
		modem_log_put(w->log, &(struct modem_log_text){.modem = m->index,
							       .imei = m->imei,
							       .imsi = m->imsi,
							       .from = m->number,
							       .id = w->stats.accepted,
							       .reference = letter->reference,
							       .submit = s,
							       .answered = letter->answered,
							       .twice = twice});
	plan_reports(m, letter);
	let_answer(m, s);
}
