/* What people say of records: a dossier was made, personal data go, old records go. */
#include "command_parts.h"
#include "gateway/base/money.h"
#include "gateway/keeper.h"
#include "gateway/store/erase.h"

#include <sodium.h>
#include <string.h>
#include <uv.h>

#define WORD_MAX   31
#define ERASE_ONCE 400 /* rows of one erase-step */
#define PURGE_ONCE 500 /* rows of one purge */

/* ---- dossier {account} ---- */

/* The head goes into the chain, into the list of heads given out, and with the reply into the
 * dossier: seq and head are those after this very event. */
int
command_dossier(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	char head[2 * EVENT_HASH + 1];
	struct event_json data;
	int64_t id;
	int rc = command_account(s, request, reply, &id);

	if (rc != 1)
		return rc;
	event_json_init(&data);
	event_json_int(&data, "head_seq", s->head_seq);
	event_json_text(&data, "head", sodium_bin2hex(head, sizeof head, s->head, sizeof s->head));
	if ((rc = command_tell(s, env, request, "dossier_given", id, 0, &data)) != 0 ||
	    (rc = event_head_given(s, "dossier", id, env->now)) != 0)
		return rc;
	sodium_bin2hex(head, sizeof head, s->head, sizeof s->head);
	if (json_object_set_new(reply, "seq", json_integer(s->head_seq)) != 0 ||
	    json_object_set_new(reply, "head", json_string(head)) != 0 ||
	    json_object_set_new(reply, "at", json_integer(env->now)) != 0 ||
	    json_object_set_new(reply, "id", json_integer(id)) != 0)
		return UV_ENOMEM;
	return 0;
}

/* ---- erase {account, reason, yes}, erase-step {account} ---- */

static int
reason_of(const json_t *request, json_t *reply, const char **word)
{
	*word = command_word(request, "reason");
	if (*word == NULL || **word == '\0' || strlen(*word) > WORD_MAX ||
	    strcspn(*word, " \t\r\n") != strlen(*word))
		return command_refuse(reply, COMMAND_WRONG,
				      "the reason is one word of at most %d letters that names no "
				      "person, such as request or court; it is kept",
				      WORD_MAX);
	return 1;
}

static bool
is_sending(struct store *s, int64_t account)
{
	sqlite3_stmt *st = store_get(s, STORE_ERASE_SENDING);
	int rc;

	store_bind_int(st, 1, account);
	rc = store_step(s, st);
	sqlite3_reset(st);
	return rc != 0;
}

/* Is nothing open, or does the person say that it may go all the same?  1, 0, negative. */
static int
may_erase(struct store *s, struct command_env *env, const json_t *request, json_t *reply,
	  int64_t id)
{
	const char *ref = command_word(request, "account");
	struct facts *facts = facts_new(env->config);
	char open[MONEY_SAID] = "";
	size_t index;
	int rc;

	if (facts == NULL)
		return UV_ENOMEM;
	rc = facts_load_account(facts, s, id, env->now, &index);
	if (rc == 0) {
		const struct facts_account *a = facts_account(facts, index);
		const struct plan_account *p = &facts_person(facts)->accounts[index];
		int64_t left = 0;

		for (size_t i = 0; i < p->n_amounts; i++)
			left += p->amounts[i].left;
		if (left > 0)
			money_said(left, a->currency, open);
	}
	if (rc == UV_ENOENT)
		rc = 0; /* in no list any more: nothing is open */
	if (rc == 0 && open[0] != '\0' && !command_flag(request, "yes"))
		rc = command_refuse(reply, COMMAND_REFUSED,
				    "%s of %s is still open. Erased with --yes, nobody is ever "
				    "reminded of it again",
				    open, ref);
	else if (rc == 0)
		rc = 1;
	facts_free(facts);
	return rc;
}

int
command_erase(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	const char *ref = command_word(request, "account"), *reason;
	struct erase_figures figures;
	int64_t id;
	int rc, done;

	if ((rc = reason_of(request, reply, &reason)) != 1 ||
	    (rc = command_account(s, request, reply, &id)) != 1)
		return rc;
	if ((done = erase_done(s, id)) < 0 || (rc = erase_figures(s, id, &figures)) != 0)
		return done < 0 ? done : rc;
	if (done == 1 && figures.events == 0)
		return command_refuse(reply, COMMAND_REFUSED, "%s was erased already", ref);
	if (is_sending(s, id))
		return command_refuse(reply, COMMAND_REFUSED,
				      "a text to %s is on its way: try again in a minute", ref);
	if ((rc = may_erase(s, env, request, reply, id)) != 1)
		return rc;
	if ((rc = erase_begin(s, id, reason, command_actor(request), env->now, &figures)) != 0)
		return rc;
	command_replan(env, id);
	json_object_set_new(reply, "events", json_integer(figures.events));
	json_object_set_new(reply, "texts", json_integer(figures.texts));
	return command_say(
	    reply,
	    "%s is erased: name, numbers, the words of %lld text%s and replies, what "
	    "%lld event%s told. Nothing is sent to it any more; a STOP holds for its "
	    "numbers as before",
	    ref, (long long)figures.texts, figures.texts == 1 ? "" : "s", (long long)figures.events,
	    figures.events == 1 ? "" : "s");
}

int
command_erase_step(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	bool more = false;
	int64_t id;
	int rc = command_account(s, request, reply, &id);

	(void)env;
	if (rc != 1)
		return rc;
	if ((rc = erase_done(s, id)) != 1)
		return rc < 0
			   ? rc
			   : command_refuse(reply, COMMAND_REFUSED, "this account is not erased");
	if ((rc = erase_step(s, id, ERASE_ONCE, &more)) != 0)
		return rc;
	return json_object_set_new(reply, "more", json_boolean(more)) != 0 ? UV_ENOMEM : 0;
}

/* ---- purge {after, strangers, dry_run} ---- */

int
command_purge(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	struct purge_walk walk = {.after = json_integer_value(json_object_get(request, "after")),
				  .strangers = command_flag(request, "strangers")};
	struct purge_rule rule = keeper_rule(env->config, env->now);
	struct purge_counts c = {0};
	int rc;

	rule.actor = command_actor(request);
	rule.dry = command_flag(request, "dry_run");
	if ((rc = purge_step(s, &rule, &walk, PURGE_ONCE, &c)) != 0)
		return rc;
	json_object_set_new(reply, "done", json_boolean(walk.done));
	json_object_set_new(reply, "after", json_integer(walk.after));
	json_object_set_new(reply, "strangers", json_boolean(walk.strangers));
	json_object_set_new(reply, "before", json_integer(rule.before));
	json_object_set_new(reply, "accounts", json_integer(c.accounts));
	json_object_set_new(reply, "removed", json_integer(c.removed));
	json_object_set_new(reply, "events", json_integer(c.events));
	json_object_set_new(reply, "texts", json_integer(c.texts));
	json_object_set_new(reply, "others", json_integer(c.others));
	return 0;
}
