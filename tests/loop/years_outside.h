/* years_outside.h - what borrowers write and what operators do */
#ifndef TESTS_LOOP_YEARS_OUTSIDE_H
#define TESTS_LOOP_YEARS_OUTSIDE_H

#include "years_life.h"

#include "gateway/base/csv.h"

/* ---- what borrowers write ---- */

static inline void
read_replies(struct life *f)
{
	static const char *const files[] = {"dev", "fil", "hi", "hi-Latn", "id", "sw", "zh"};

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct complaints wrong = {0};
		struct csv_row row;
		struct csv *csv;
		char path[512];

		snprintf(path, sizeof path, TESTS_DIR "/data/replies/%s.csv", files[i]);
		assert_int_equal(csv_open(&csv, path, path, &wrong), 0);
		while (csv_next(csv, &row) == CSV_NEXT_ROW) {
			struct reply_line *r;
			const char *text = row.fields[csv_column(csv, "text")].text;

			if (strlen(text) >= sizeof r->text)
				continue;
			r = J_PUSH(f->replies, f->n_replies);
			snprintf(r->text, sizeof r->text, "%s", text);
			snprintf(r->intent, sizeof r->intent, "%s",
				 row.fields[csv_column(csv, "expected_intent")].text);
		}
		csv_close(csv);
		complaint_clear(&wrong);
	}
	assert_true(f->n_replies > 3000);
}

/* ---- replies ---- */

/* The user data of a text: basic alphabet where it is ASCII, else UCS-2. */
static inline size_t
to_octets(const char *text, uint8_t *out, enum sms_encoding *encoding)
{
	size_t n = 0;

	*encoding = SMS_GSM7;
	for (const char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p >= 0x80 || strchr("$@_{}[]\\^~|`", *p) != NULL)
			*encoding = SMS_UCS2;
	if (*encoding == SMS_GSM7) {
		memcpy(out, text, strlen(text));
		return strlen(text);
	}
	for (const unsigned char *p = (const unsigned char *)text; *p != '\0';) {
		uint32_t c = *p < 0x80   ? *p
			     : *p < 0xe0 ? *p & 0x1fU
			     : *p < 0xf0 ? *p & 0x0fU
					 : *p & 7U;
		int more = *p < 0x80 ? 0 : *p < 0xe0 ? 1 : *p < 0xf0 ? 2 : 3;

		for (p++; more > 0; more--, p++)
			c = c << 6 | (*p & 0x3fU);
		if (c >= 0x10000) {
			uint32_t high = 0xd800 + ((c - 0x10000) >> 10);

			out[n++] = (uint8_t)(high >> 8);
			out[n++] = (uint8_t)high;
			c = 0xdc00 + ((c - 0x10000) & 0x3ff);
		}
		out[n++] = (uint8_t)(c >> 8);
		out[n++] = (uint8_t)c;
	}
	return n;
}

static inline void
come_in(struct life *f, const char *route, const struct smpp_deliver *d, enum sms_encoding encoding)
{
	struct inbox in = {
	    .config = f->config, .tools = &f->inbox, .now = f->now, .true_now = f->now};
	struct channel_incoming incoming = {.deliver = d, .encoding = encoding};

	assert_int_equal(inbox_add(&in, f->recent, route, &incoming, f->now), 0);
	assert_int_equal(run_job(f, inbox_work, &in), 0);
	for (size_t i = 0; i < in.n; i++)
		inbox_answered(f->recent, &in.items[i], f->now);
	for (size_t i = 0; i < in.n_replan; i++)
		planner_person(f->planner, in.replan[i]);
	if (in.replan_more)
		planner_pass(f->planner);
	if (in.answers)
		wake(f);
	rest(f);
	inbox_clear(&in);
}

static inline void
stop_number(struct life *f, const char *number, bool stop)
{
	j_number_of(&f->j, number)->stopped = stop;
	for (int i = 0; i < f->j.n_accounts; i++)
		if (f->j.account[i].listed && j_uses(&f->j.account[i], number))
			f->j.account[i].stopped = stop;
}

/* Holds a reply must have brought: on every account of the person, or on the one it is about. */
static inline void
expect_holds(struct life *f, int64_t message, int account, const char *intent, bool person,
	     int32_t least)
{
	struct judge *j = &f->j;

	for (int i = 0; i < j->n_accounts; i++) {
		bool held = false;

		if (!j->account[i].listed ||
		    (person ? !j_same_person(j, i, account) : i != account))
			continue;
		for (int k = 0; k < j->n_holds; k++)
			held = held || (j->hold[k].account == i && !j->hold[k].released &&
					j->hold[k].until >= today_of(f, i) + least);
		if (!held)
			J_WRONG(j, "%s: reply %" PRId64 " (%s) brought no hold", j->account[i].ref,
				message, intent);
	}
}

static inline void
act_on_reply(struct life *f, int64_t message, int account, int intent, const char *number)
{
	static const char *const words[] = {"other", "promise",      "paid",    "stop",     "start",
					    "help",  "wrong_number", "dispute", "hardship", "no"};

	switch (intent) {
	case REPLY_STOP: stop_number(f, number, true); break;
	case REPLY_START: stop_number(f, number, false); break;
	case REPLY_WRONG_NUMBER:
		if (account >= 0)
			j_number_of(&f->j, number)->dead = true;
		break;
	case REPLY_DISPUTE:
	case REPLY_HARDSHIP:
		if (account >= 0)
			expect_holds(f, message, account, words[intent], true, 10000);
		break;
	case REPLY_PAID:
		if (account >= 0)
			expect_holds(f, message, account, words[intent], false, 1);
		break;
	case REPLY_OTHER:
		if (account >= 0)
			expect_holds(f, message, account, words[intent], true, 1);
		break;
	default: break;
	}
}

static inline void
borrower_writes(struct life *f)
{
	const struct reply_line *r = &f->replies[roll(&f->dice, (uint32_t)f->n_replies)];
	const struct j_account *a = &f->j.account[roll(&f->dice, (uint32_t)f->j.n_accounts)];
	struct smpp_deliver d = {.dest = "28550"};
	const char *intents[] = {"stop", "wrong_number", "dispute", "hardship"};
	enum sms_encoding encoding;
	char number[24], words[512];
	uint8_t octets[2048];
	int64_t message, who;
	int intent;

	/* What ends a borrower's story comes less often than the files have it. */
	for (size_t i = 0; i < sizeof intents / sizeof *intents; i++)
		if (strcmp(r->intent, intents[i]) == 0 && !one_in(&f->dice, i < 2 ? 8 : 3))
			return;
	if (one_in(&f->dice, 12))
		for (int i = 0; i < f->n_replies; i++) {
			r = &f->replies[roll(&f->dice, (uint32_t)f->n_replies)];
			if (strcmp(r->intent, "start") == 0)
				break;
		}
	if (one_in(&f->dice, 60))
		snprintf(number, sizeof number, f->l.place.number, 9990000 + roll(&f->dice, 9999));
	else if (a->n_phones > 0)
		snprintf(number, sizeof number, "%s",
			 a->phone[roll(&f->dice, (uint32_t)a->n_phones)]);
	else
		return;
	snprintf(words, sizeof words, "%s", one_in(&f->dice, 25) ? "NO" : r->text);
	snprintf(d.source, sizeof d.source, "%.20s", number + 1);
	d.octets = octets;
	d.len = to_octets(words, octets, &encoding);
	d.data_coding = encoding == SMS_UCS2 ? 8 : 0;
	come_in(f, f->link[0].name, &d, encoding);
	message = ask_store(f, "SELECT max(message) FROM inbox");
	if (message <= f->last_inbox) { /* a copy of what came minutes ago */
		rest(f);
		return;
	}
	f->last_inbox = message;
	intent = (int)ask_store(f, "SELECT intent FROM inbox WHERE message = %" PRId64, message);
	who = ask_store(f, "SELECT coalesce(account, 0) FROM message WHERE id = %" PRId64, message);
	f->replies_read++;
	f->misread += strcmp(words, r->text) == 0 &&
		      strcmp(reply_intent_word((enum reply_intent)intent), r->intent) != 0;
	learn(f, MAY_RELEASE_WAITING | MAY_WITHDRAW | MAY_JUDGE);
	act_on_reply(f, message, account_of(f, who), intent, number);
	rest(f);
	learn(f, MAY_JUDGE);
}

/* ---- what the operator does ---- */

struct answering {
	struct life *f;
	const struct todo *t;
};

static inline int
answer_work(struct store *s, void *ctx)
{
	struct answering *a = ctx;
	struct settle_sums sums = {0};

	return settle_answer(s, &a->f->settle, a->f->link[a->t->route].name, &a->t->answer,
			     a->f->now, &sums);
}

static inline void
answer_comes(struct life *f, const struct todo *t)
{
	struct answering job = {f, t};
	int64_t id = t->answer.id;
	int status, was;

	was = (int)ask_store(f, "SELECT status FROM message WHERE id = %" PRId64, id);
	if (was != STATUS_SENDING && was != STATUS_UNKNOWN)
		return; /* a restart or a person was before it */
	if (was == STATUS_UNKNOWN && t->answer.kind < SETTLE_LATE_ACCEPTED)
		return;
	assert_int_equal(run_job(f, answer_work, &job), 0);
	status = (int)ask_store(f, "SELECT status FROM message WHERE id = %" PRId64, id);
	if (status == STATUS_PLANNED) {
		j_outcome(&f->j, id, true, false);
		f->link[t->route].next_at = f->now + 1000;
	} else if (status == STATUS_FAILED) {
		j_outcome(&f->j, id, false, true);
	}
	if (t->answer.kind == SETTLE_REFUSED || t->answer.kind == SETTLE_LATE_REFUSED) {
		if (t->answer.bad_number)
			j_number_of(&f->j, t->answer.number)->dead = true;
		if (t->answer.blocked)
			stop_number(f, t->answer.number, true);
	}
}

static inline int64_t
wire_time(struct life *f)
{
	return f->now + (one_in(&f->dice, 30) ? (int64_t)roll(&f->dice, 600000)
					      : 200 + (int64_t)roll(&f->dice, 20000));
}

static inline void
receipt_later(struct life *f, const struct handover_text *x, const char *smsc_id, int route)
{
	static const char *const states[] = {"DELIVRD", "DELIVRD", "DELIVRD", "DELIVRD", "DELIVRD",
					     "DELIVRD", "EXPIRED", "UNDELIV", "REJECTD", "UNKNOWN"};
	struct todo *t;

	if (one_in(&f->dice, 8))
		return;
	t = schedule(f, TODO_RECEIPT,
		     f->now + 30000 +
			 (one_in(&f->dice, 10) ? (int64_t)roll(&f->dice, 3 * 86400) * 1000
					       : (int64_t)roll(&f->dice, 3600000)));
	t->route = route;
	t->answer.id = x->id;
	snprintf(t->number, sizeof t->number, "%s", x->number);
	snprintf(t->text, sizeof t->text,
		 "id:%s sub:001 dlvrd:001 submit date:2601010800 done date:2601010801 stat:%s "
		 "err:000 text:",
		 smsc_id, states[roll(&f->dice, 10)]);
}

/* Answers of one part, or of the whole text when it did not go. */
static inline void
operator_takes(struct life *f, const struct handover_text *x, int route)
{
	uint32_t fate = roll(&f->dice, 100);
	enum settle_kind kind = fate < 86   ? SETTLE_ACCEPTED
				: fate < 89 ? SETTLE_FOR_NOW
				: fate < 92 ? SETTLE_UNSENT
				: fate < 95 ? SETTLE_REFUSED
					    : SETTLE_UNKNOWN;
	int64_t at = wire_time(f);
	struct todo *t;

	for (int part = 1; part <= x->count; part++) {
		char id[24];

		t = schedule(f, TODO_ANSWER, at + part);
		t->route = route;
		t->answer = (struct settle_answer){.kind = kind,
						   .id = x->id,
						   .account = x->account,
						   .part = (uint8_t)part,
						   .parts = x->count,
						   .whole = part == x->count};
		snprintf(t->answer.number, sizeof t->answer.number, "%s", x->number);
		if (part > 1 && kind == SETTLE_ACCEPTED && one_in(&f->dice, 30))
			t->answer.kind = SETTLE_REFUSED;
		t->answer.bad_number = part == 1 && kind == SETTLE_REFUSED && one_in(&f->dice, 3);
		t->answer.blocked = part == 1 && kind == SETTLE_REFUSED && !t->answer.bad_number &&
				    one_in(&f->dice, 8);
		snprintf(id, sizeof id, "%08X", ++f->smsc_id);
		if (kind == SETTLE_ACCEPTED)
			snprintf(t->answer.smsc_id, sizeof t->answer.smsc_id, "%s", id);
		if (kind == SETTLE_ACCEPTED || (kind == SETTLE_UNKNOWN && one_in(&f->dice, 3)))
			receipt_later(f, x, id, route);
		if (kind == SETTLE_UNKNOWN && part == 1 && x->count == 1 && one_in(&f->dice, 2)) {
			struct todo late = f->todo[f->n_todo - 1].kind == TODO_ANSWER
					       ? f->todo[f->n_todo - 1]
					       : f->todo[f->n_todo - 2];

			late.at += 1000 + (int64_t)roll(&f->dice, 300000);
			late.answer.kind = SETTLE_LATE_ACCEPTED + roll(&f->dice, 3);
			if (late.answer.kind > SETTLE_LATE_FOR_NOW)
				late.answer.kind = SETTLE_LATE_FOR_NOW;
			snprintf(late.answer.smsc_id, sizeof late.answer.smsc_id, "%s", id);
			*J_PUSH(f->todo, f->n_todo) = late;
		}
		if (kind != SETTLE_ACCEPTED)
			break;
	}
}

static inline void
receipt_comes(struct life *f, const struct todo *t)
{
	struct smpp_deliver d = {.dest = "28550",
				 .esm_class = SMPP_ESM_RECEIPT,
				 .octets = (const uint8_t *)t->text,
				 .len = strlen(t->text)};

	snprintf(d.source, sizeof d.source, "%.20s", t->number + 1);
	come_in(f, f->link[t->route].name, &d, SMS_GSM7);
	if (ask_store(f, "SELECT status FROM message WHERE id = %" PRId64, t->answer.id) ==
	    STATUS_FAILED)
		j_outcome(&f->j, t->answer.id, false, true);
	rest(f);
}

static inline int
sweep_work(struct store *s, void *ctx)
{
	struct life *f = ctx;

	return settle_sweep(s, &f->settle, f->now, f->now);
}

/* Receipts may have ended texts: what failed counts for attempts only. */
static inline void
learn_failures(struct life *f)
{
	for (int i = f->j.n_contacts - 1; i >= 0 && f->j.contact[i].at > f->now - 40 * J_DAY; i--) {
		struct j_contact *c = &f->j.contact[i];

		if (c->message != 0 && !c->failed)
			c->failed = ask_store(f, "SELECT status FROM message WHERE id = %" PRId64,
					      c->message) == STATUS_FAILED;
	}
}

#endif
