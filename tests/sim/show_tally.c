#include "show_tally.h"

#include "show_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DAY_SECONDS = 86400 };

void
show_tally_fini(struct show_tally *t)
{
	free(t->answers);
	t->answers = NULL;
}

int64_t
show_tally_day(const char *date)
{
	struct tm tm = {0};
	return strptime(date, "%Y-%m-%d", &tm) ? timegm(&tm) / DAY_SECONDS : 0;
}

static void
count(struct show_tally *t, int64_t day, enum show_count what)
{
	if (!t->n_days)
		return;
	int64_t at = day - t->days[0].day;
	if (at < 0 || at >= SHOW_DAYS)
		return;
	while (t->n_days <= (size_t)at) {
		t->days[t->n_days].day = t->days[0].day + (int64_t)t->n_days;
		t->n_days++;
	}
	t->days[at].n[what]++;
	t->all.n[what]++;
}

/* ---- events ---- */

static void
set_answer(struct show_tally *t, int64_t id)
{
	if (id < 0)
		return;
	if ((size_t)id >= t->answers_room) {
		size_t room = ((size_t)id | 1023) + 1;
		unsigned char *more = realloc(t->answers, room);
		if (!more)
			abort();
		memset(more + t->answers_room, 0, room - t->answers_room);
		t->answers = more;
		t->answers_room = room;
	}
	t->answers[id] = 1;
}

static bool
is_answer(const struct show_tally *t, int64_t id)
{
	return id >= 0 && (size_t)id < t->answers_room && t->answers[id];
}

static const struct {
	const char *kind;
	enum show_count what;
	bool text; /* counted for reminders alone */
} counted[] = {
    {"sent", SHOW_SENT, true},         {"delivered", SHOW_DELIVERED, true},
    {"failed", SHOW_FAILED, true},     {"expired", SHOW_FAILED, true},
    {"received", SHOW_REPLIED, false}, {"promise", SHOW_PROMISED, false},
    {"opt_out", SHOW_STOPPED, false},  {"task", SHOW_TASKS, false},
};

/* NULL: there are more than anybody would look at. */
static struct show_stick *
stick_of(struct show_tally *t, const char *iccid)
{
	for (size_t i = 0; i < t->n_sticks; i++)
		if (strcmp(t->sticks[i].iccid, iccid) == 0)
			return &t->sticks[i];
	if (!*iccid || t->n_sticks == SHOW_STICKS)
		return NULL;
	struct show_stick *stick = &t->sticks[t->n_sticks++];
	snprintf(stick->iccid, sizeof stick->iccid, "%s", iccid);
	stick->minor = -1;
	return stick;
}

/* What a SIM sent is known by the SIM and the network's reference: ICCID:reference. */
static void
count_stick(struct show_tally *t, const char *line)
{
	char id[64];
	show_json_word(line, "data.smsc_id", id, sizeof id);
	char *colon = strchr(id, ':');
	if (!colon)
		return;
	*colon = 0;
	id[sizeof t->sticks->iccid - 1] = 0;
	struct show_stick *stick = stick_of(t, id);
	if (stick)
		stick->sent++;
}

void
show_tally_event(void *arg, const char *line)
{
	struct show_tally *t = arg;
	char kind[24], word[32];
	int64_t id = show_json_int(line, "message");
	int64_t day = show_tally_day(show_json_word(line, "at", word, sizeof word));
	t->seq = show_json_int(line, "seq");
	show_json_word(line, "kind", kind, sizeof kind);
	if (strcmp(kind, "serving") == 0 && !t->n_days) {
		t->days[0].day = day;
		t->n_days = 1;
	} else if (strcmp(kind, "sending") == 0) {
		if (!*show_json_word(line, "data.step", word, sizeof word))
			set_answer(t, id);
	} else if (strcmp(kind, "promise_ended") == 0) {
		show_json_word(line, "data.status", word, sizeof word);
		if (strcmp(word, "withdrawn") != 0)
			count(t, day, strcmp(word, "broken") == 0 ? SHOW_BROKEN : SHOW_KEPT);
	} else if (strcmp(kind, "call_started") == 0) {
		t->calls++;
		t->calls_up++;
	} else if (strcmp(kind, "call_ended") == 0) {
		t->calls_up -= t->calls_up > 0;
	} else if (strcmp(kind, "promise") == 0) {
		show_json_word(line, "data.source", word, sizeof word);
		t->keyed += strcmp(word, "call") == 0;
	} else if (strcmp(kind, "sent") == 0 && is_answer(t, id)) {
		count(t, day, SHOW_ANSWERED);
	}
	if (strcmp(kind, "sent") == 0 || strcmp(kind, "part_sent") == 0)
		count_stick(t, line);
	for (size_t i = 0; i < sizeof counted / sizeof *counted; i++)
		if (strcmp(counted[i].kind, kind) == 0 && !(counted[i].text && is_answer(t, id)))
			count(t, day, counted[i].what);
}

/* ---- status ---- */

static void
take_route(struct show_tally *t, const char *line)
{
	struct show_json routes, route, part;
	if (!show_json_find(show_json_line(line), "routes", &routes) ||
	    !show_json_next(&routes, NULL, &route))
		return;
	t->why[0] = 0;
	if (show_json_find(route, "name", &part))
		show_json_text(part, t->route, sizeof t->route);
	if (show_json_find(route, "state", &part))
		show_json_text(part, t->state, sizeof t->state);
	if (show_json_find(route, "reason", &part))
		show_json_text(part, t->why, sizeof t->why);
}

void
show_tally_status(void *arg, const char *line)
{
	struct show_tally *t = arg;
	char now[32];
	show_json_word(line, "now", now, sizeof now);
	t->today = show_tally_day(now);
	snprintf(t->time, sizeof t->time, "%.5s", strlen(now) > 11 ? now + 11 : "");
	t->serving = show_json_true(line, "serving");
	t->queued = show_json_int(line, "queue.queued");
	t->sending = show_json_int(line, "queue.sending");
	t->planned = show_json_int(line, "queue.planned");
	t->waiting_replies = show_json_int(line, "needs.inbox");
	t->waiting_tasks = show_json_int(line, "needs.tasks");
	t->unknown = show_json_int(line, "needs.unknown");
	if (t->serving) /* once it has ended, how it was last says more */
		take_route(t, line);
}

void
show_tally_stick(void *arg, const char *line)
{
	struct show_tally *t = arg;
	char iccid[sizeof t->sticks->iccid];
	struct show_json balance;
	struct show_stick *stick = stick_of(t, show_json_word(line, "iccid", iccid, sizeof iccid));
	if (!stick)
		return; /* it has not said who it is */
	show_json_word(line, "model", stick->model, sizeof stick->model);
	show_json_word(line, "state", stick->state, sizeof stick->state);
	show_json_word(line, "reason", stick->why, sizeof stick->why);
	show_json_word(line, "operator", stick->network, sizeof stick->network);
	show_json_word(line, "currency", stick->currency, sizeof stick->currency);
	stick->dbm = show_json_int(line, "signal");
	if (show_json_find(show_json_line(line), "balance_minor", &balance))
		stick->minor = strtoll(balance.at, NULL, 10);
}

/* ---- plan ---- */

void
show_tally_reason(void *arg, const char *line)
{
	struct show_tally *t = arg;
	char word[24];
	show_json_word(line, "reason", word, sizeof word);
	for (size_t i = 0; i < t->n_reasons; i++)
		if (strcmp(t->reasons[i].word, word) == 0)
			show_json_word(line, "text", t->reasons[i].text, sizeof t->reasons[i].text);
}

static void
count_reason(struct show_tally *t, const char *word)
{
	size_t i = 0;
	while (i < t->n_reasons && strcmp(t->reasons[i].word, word) != 0)
		i++;
	if (i == SHOW_REASONS)
		return;
	if (i == t->n_reasons) {
		t->n_reasons++;
		snprintf(t->reasons[i].word, sizeof t->reasons[i].word, "%s", word);
	}
	t->reasons[i].n++;
	for (; i && t->reasons[i].n > t->reasons[i - 1].n; i--) {
		struct show_reason up = t->reasons[i];
		t->reasons[i] = t->reasons[i - 1];
		t->reasons[i - 1] = up;
	}
}

/* A row stands on its own day and on the day it moves to: only the first counts. */
void
show_tally_plan(void *arg, const char *line)
{
	struct show_tally *t = arg;
	char decision[8], reason[24], step[24], due[16], channel[8];
	show_json_word(line, "decision", decision, sizeof decision);
	show_json_word(line, "channel", channel, sizeof channel);
	if (strcmp(channel, "sms") != 0 ||
	    (strcmp(decision, "skip") != 0 && strcmp(decision, "defer") != 0))
		return;
	show_json_word(line, "reason", reason, sizeof reason);
	show_json_word(line, "step", step, sizeof step);
	show_json_word(line, "due_date", due, sizeof due);
	if (show_tally_day(due) + strtol(step, NULL, 10) != t->today ||
	    strcmp(reason, "done") == 0 || strcmp(reason, "superseded") == 0)
		return;
	count(t, t->today, SHOW_HELD);
	count_reason(t, reason);
}

/* ---- replies ---- */

void
show_tally_reply(void *arg, const char *line)
{
	struct show_tally *t = arg;
	char at[32];
	struct show_json amount;
	if (t->n_replies == SHOW_REPLIES)
		return;
	struct show_reply *r = &t->replies[t->n_replies++];
	*r = (struct show_reply){.id = show_json_int(line, "id"), .minor = -1};
	show_json_word(line, "received_at", at, sizeof at);
	snprintf(r->at, sizeof r->at, "%.10s", at);
	snprintf(r->time, sizeof r->time, "%.5s", strlen(at) > 11 ? at + 11 : "");
	show_json_word(line, "from", r->from, sizeof r->from);
	show_json_word(line, "text", r->text, sizeof r->text);
	show_json_word(line, "intent", r->intent, sizeof r->intent);
	show_json_word(line, "promise_date", r->date, sizeof r->date);
	show_json_word(line, "currency", r->currency, sizeof r->currency);
	if (show_json_find(show_json_line(line), "amount_minor", &amount))
		r->minor = strtoll(amount.at, NULL, 10);
	r->handled = show_json_true(line, "handled");
}
