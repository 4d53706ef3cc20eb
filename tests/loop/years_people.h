/* years_people.h - what the lender's people command, by chance */
#ifndef TESTS_LOOP_YEARS_PEOPLE_H
#define TESTS_LOOP_YEARS_PEOPLE_H

#include "years_lists.h"

static const char *
random_ref(struct life *f)
{
	return f->j.account[roll(&f->dice, (uint32_t)f->j.n_accounts)].ref;
}

static inline int
account_named(const struct life *f, const char *ref)
{
	(void)f;
	return atoi(ref + 2);
}

static inline void
command_holds(struct life *f)
{
	static const char *const words[] = {"hardship",    "dispute", "breathing_space",
					    "complaint",   "placed",  "bereavement",
					    "negotiating", "hospital"};
	const char *ref = random_ref(f);
	json_t *request = json_pack("{s:s, s:s, s:s}", "command", "hold", "account", ref, "reason",
				    words[roll(&f->dice, 8)]);
	int32_t today = today_of(f, account_named(f, ref));

	if (!one_in(&f->dice, 3))
		json_object_set_new(request, "until",
				    json_string(j_date(today + 1 + (int32_t)roll(&f->dice, 20))));
	ask(f, request, 0);
}

static inline void
command_releases(struct life *f)
{
	for (int i = 0; i < f->j.n_holds; i++) {
		const struct j_hold *h = &f->j.hold[roll(&f->dice, (uint32_t)f->j.n_holds)];

		if (h->released || h->account < 0)
			continue;
		ask(f,
		    one_in(&f->dice, 2)
			? json_pack("{s:s, s:s}", "command", "release", "account",
				    f->j.account[h->account].ref)
			: json_pack("{s:s, s:s, s:s}", "command", "release", "account",
				    f->j.account[h->account].ref, "reason", h->word),
		    MAY_RELEASE);
		return;
	}
}

static inline void
command_optouts(struct life *f, bool undo)
{
	int account = (int)roll(&f->dice, (uint32_t)f->j.n_accounts);
	struct j_account *a = &f->j.account[account];
	json_t *request = json_pack("{s:s, s:b}", "command", "optout", "undo", undo);
	bool number = one_in(&f->dice, 3) && a->n_phones > 0;

	if (undo)
		for (int i = 0; i < 50 && !a->stopped; i++)
			a = &f->j.account[roll(&f->dice, (uint32_t)f->j.n_accounts)];
	if (number && a->n_phones > 0)
		json_object_set_new(request, "number", json_string(a->phone[0]));
	else
		json_object_set_new(request, "account", json_string(a->ref));
	if (!ask(f, request, 0))
		return;
	if (number && a->n_phones > 0) {
		stop_number(f, a->phone[0], !undo);
		return;
	}
	for (int i = 0; i < a->n_phones; i++)
		stop_number(f, a->phone[i], !undo);
	a->stopped = !undo;
}

static inline void
put_amount(struct life *f, json_t *to, int64_t minor)
{
	char text[32];

	if (f->l.digits == 2)
		snprintf(text, sizeof text, "%" PRId64 ".%02d", minor / 100, (int)(minor % 100));
	else
		snprintf(text, sizeof text, "%" PRId64, minor);
	json_object_set_new(to, "amount", json_string(text));
}

static inline void
command_promises(struct life *f)
{
	const char *ref = random_ref(f);
	int account = account_named(f, ref);
	struct j_debt d = j_owes(&f->j, account, today_of(f, account));
	json_t *request = json_pack("{s:s, s:s}", "command", "promise", "account", ref);
	int32_t day = today_of(f, account);

	switch (roll(&f->dice, 4)) {
	case 0: json_object_set_new(request, "withdraw", json_true()); break;
	case 1: {
		json_t *parts = json_array();

		for (int i = 0; i < 3; i++) {
			json_t *part = json_pack("{s:s}", "date",
						 j_date(day += 3 + (int32_t)roll(&f->dice, 20)));

			put_amount(f, part, d.balance / 4 + 1);
			json_array_append_new(parts, part);
		}
		json_object_set_new(request, "plan", parts);
		break;
	}
	default:
		json_object_set_new(request, "date",
				    json_string(j_date(day + (int32_t)roll(&f->dice, 40))));
		if (one_in(&f->dice, 2))
			put_amount(f, request, random_money(f, 1000, 150000));
		break;
	}
	ask(f, request, MAY_WITHDRAW);
}

static inline void
command_rows(struct life *f)
{
	static const struct {
		const char *sql, *command, *key;
		unsigned may;
	} all[] = {
	    {"SELECT id FROM message WHERE status = 0 AND class = 0 ORDER BY id DESC LIMIT 1",
	     "cancel", "message", 0},
	    {"SELECT message FROM inbox WHERE handled = 0 LIMIT 1", "inbox-done", "message",
	     MAY_RELEASE_WAITING},
	    {"SELECT message FROM inbox WHERE handled = 0 ORDER BY message DESC LIMIT 1",
	     "inbox-done", "message", MAY_RELEASE_WAITING},
	    {"SELECT id FROM task WHERE status = 0 LIMIT 1", "tasks-done", "task", 0},
	    {"SELECT message FROM inbox ORDER BY message DESC LIMIT 1", "reply", "message",
	     MAY_RELEASE_WAITING},
	    {"SELECT id FROM message WHERE status = 7 LIMIT 1", "resolve", "message", 0},
	};
	uint32_t which = roll(&f->dice, 6);
	int64_t id = ask_store(f, "%s", all[which].sql);
	json_t *request;
	bool resend = one_in(&f->dice, 2);

	if (id <= 0)
		return;
	request =
	    json_pack("{s:s, s:I}", "command", all[which].command, all[which].key, (json_int_t)id);
	if (strcmp(all[which].command, "reply") == 0) {
		json_object_set_new(request, "text", json_string("Sunrise: thank you."));
		json_object_set_new(request, "when_allowed", json_boolean(one_in(&f->dice, 2)));
	}
	if (strcmp(all[which].command, "resolve") == 0)
		json_object_set_new(request, "as", json_string(resend ? "again" : "sent"));
	if (ask(f, request, all[which].may) && strcmp(all[which].command, "resolve") == 0 && resend)
		j_outcome(&f->j, id, true, false);
}

static inline void
command_skips(struct life *f)
{
	int account = (int)roll(&f->dice, (uint32_t)f->j.n_accounts);
	struct j_debt d = j_owes(&f->j, account, today_of(f, account));
	const struct l_campaign *c = &f->l.book.campaign[roll(&f->dice, (uint32_t)f->l.book.n)];
	const struct l_step *s = &c->step[roll(&f->dice, (uint32_t)c->n_steps)];
	char key[96];

	if (d.oldest < 0)
		return;
	snprintf(key, sizeof key, "%s/%s/%s%d/%s", f->j.account[account].ref, j_date(d.due),
		 s->day >= 0 ? "+" : "", s->day, channel_words[s->channel]);
	ask(f,
	    json_pack("{s:s, s:s, s:b}", "command", "skip", "key", key, "undo",
		      (int)one_in(&f->dice, 3)),
	    0);
}

static inline void
command_sends(struct life *f)
{
	ask(f,
	    json_pack("{s:s, s:s, s:s, s:b}", "command", "send", "account", random_ref(f), "text",
		      "Sunrise: a word from us.", "when_allowed", (int)one_in(&f->dice, 2)),
	    0);
}

static inline void
command_pauses(struct life *f)
{
	bool one = one_in(&f->dice, 2);
	int c = (int)roll(&f->dice, (uint32_t)f->l.book.n);
	bool *paused = one ? &f->j.paused_campaign[c] : &f->j.paused;
	json_t *request = json_pack("{s:s}", "command", *paused ? "resume" : "pause");

	if (one)
		json_object_set_new(request, "campaign", json_string(f->l.book.campaign[c].name));
	if (ask(f, request, 0))
		*paused = !*paused;
}

/* What calls, visits and letters brought. */
static inline void
results(struct life *f)
{
	static const struct {
		const char *word;
		int channel; /* -1: no contact */
		bool reached;
	} all[] = {{"talked", J_CALL, true},   {"no_answer", J_CALL, false},
		   {"visited", J_VISIT, true}, {"refused", J_CALL, true},
		   {"promise", J_CALL, true},  {"paid", J_CALL, true},
		   {"done", -1, false},        {"dispute", J_CALL, true},
		   {"placed", -1, false},      {"recalled", -1, false}};
	const char *ref = random_ref(f);
	int account = account_named(f, ref);
	uint32_t which = roll(&f->dice, 10);
	json_t *row = json_pack("{s:s, s:s}", "account", ref, "result", all[which].word), *reply;
	struct j_contact *c;

	if (strcmp(all[which].word, "promise") == 0)
		json_object_set_new(
		    row, "date",
		    json_string(j_date(today_of(f, account) + (int32_t)roll(&f->dice, 20))));
	reply = command_reply_of(f, json_pack("{s:s, s:[o]}", "command", "results", "rows", row),
				 MAY_RELEASE | MAY_WITHDRAW);
	if (reply != NULL && json_integer_value(json_object_get(reply, "taken")) == 1 &&
	    all[which].channel >= 0) {
		c = J_PUSH(f->j.contact, f->j.n_contacts);
		*c = (struct j_contact){.at = f->now,
					.account = account,
					.channel = all[which].channel,
					.reached = all[which].reached,
					.counts = true};
	}
	json_decref(reply);
}

/* The lender writes other campaigns, or other rules. */
static inline void
reload(struct life *f)
{
	struct j_policy *p = &f->j.policy, old = *p;

	if (one_in(&f->dice, 2)) {
		random_book(&f->dice, &f->l.book);
	} else {
		random_policy(&f->dice, &f->l, p);
		memcpy(p->holiday, old.holiday, sizeof p->holiday);
		p->n_holidays = old.n_holidays;
		p->ignore_below = old.ignore_below;
		p->grace =
		    old.grace < p->grace ? old.grace : p->grace; /* of promises made before */
	}
	load_rules(f);
	planner_use(f->planner, f->config);
	rest(f);
	learn(f, MAY_JUDGE);
	wake(f);
}

static inline void
command(struct life *f)
{
	switch (roll(&f->dice, 24)) {
	case 0: command_holds(f); break;
	case 1:
	case 2:
	case 3: command_releases(f); break;
	case 4: command_optouts(f, !one_in(&f->dice, 3)); break;
	case 5:
	case 6: command_optouts(f, true); break;
	case 7:
	case 8:
	case 9: command_promises(f); break;
	case 10:
	case 11:
	case 12:
	case 13: command_rows(f); break;
	case 14:
	case 15: command_skips(f); break;
	case 16:
	case 17: command_sends(f); break;
	case 18:
		if (f->j.paused || one_in(&f->dice, 4))
			command_pauses(f);
		break;
	case 19:
		if (one_in(&f->dice, 4))
			undo_import(f);
		break;
	default: results(f); break;
	}
}

#endif
