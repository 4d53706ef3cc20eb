#include "command.h"

#include "command_parts.h"
#include "gateway/base/complaint.h"

#include "gateway/base/utf8.h"

#include <stdarg.h>
#include <string.h>
#include <uv.h>

static const struct {
	const char *name;
	command_function *function;
} commands[] = {
    {"import-begin", command_import_begin},
    {"import-rows", command_import_rows},
    {"import-finish", command_import_finish},
    {"import-drop", command_import_drop},
    {"import-undo", command_import_undo},
    {"results", command_results},
    {"results-end", command_results_end},
    {"hold", command_hold},
    {"release", command_release},
    {"optout", command_optout},
    {"promise", command_promise},
    {"plans", command_plans},
    {"skip", command_skip},
    {"send", command_send},
    {"call", command_call},
    {"reply", command_reply},
    {"cancel", command_cancel},
    {"resolve", command_resolve},
    {"inbox-done", command_inbox_done},
    {"tasks-done", command_tasks_done},
    {"approve", command_approve},
    {"pause", command_pause},
    {"resume", command_resume},
    {"adopt", command_adopt},
    {"dossier", command_dossier},
    {"erase", command_erase},
    {"erase-step", command_erase_step},
    {"purge", command_purge},
};

void
command_replan(struct command_env *env, int64_t account)
{
	struct command_effect *e = &env->effect;

	for (size_t i = 0; i < e->n_replan; i++)
		if (e->replan[i] == account)
			return;
	if (e->n_replan < sizeof e->replan / sizeof *e->replan)
		e->replan[e->n_replan++] = account;
	else
		e->replan_all = true;
}

int64_t
command_now(struct store *s, int64_t system)
{
	char clock[16];

	if (store_meta_text(s, META_CLOCK, clock, sizeof clock) && strcmp(clock, "schedule") == 0)
		return store_meta_int(s, META_CLOCK_AT, system);
	return system;
}

/* A sentence, cut where it is too long at a whole character: a reply must be UTF-8. */
static void
sentence(char text[512], const char *format, va_list args)
{
	vsnprintf(text, 512, format, args);
	text[utf8_valid(text, strlen(text))] = '\0';
}

int
command_refuse(json_t *reply, int status, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	sentence(text, format, args);
	va_end(args);
	if (json_object_set_new(reply, "status", json_integer(status)) != 0 ||
	    json_object_set_new(reply, "error", json_string_nocheck(text)) != 0)
		return UV_ENOMEM;
	return 0;
}

int
command_say(json_t *reply, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	sentence(text, format, args);
	va_end(args);
	return json_object_set_new(reply, "text", json_string_nocheck(text)) != 0 ? UV_ENOMEM : 0;
}

const char *
command_actor(const json_t *request)
{
	const char *by = json_string_value(json_object_get(request, "by"));

	return by != NULL && by[0] != '\0' ? by : "unknown";
}

const char *
command_word(const json_t *request, const char *key)
{
	return json_string_value(json_object_get(request, key));
}

bool
command_flag(const json_t *request, const char *key)
{
	return json_is_true(json_object_get(request, key));
}

int
command_tell(struct store *s, const struct command_env *env, const json_t *request,
	     const char *kind, int64_t account, int64_t message, struct event_json *data)
{
	struct event e = {.at = env->now,
			  .kind = kind,
			  .actor = command_actor(request),
			  .account = account,
			  .message = message};

	return event_append(s, &e, data);
}

/* ---- accounts ---- */

/* The known account whose id looks most like `ref`: among its neighbours in order, which is where
 * a slip of the last characters or of the case of letters lands. */
static bool
nearest_account(struct store *s, const char *ref, char *out, size_t cap)
{
	static const enum store_statement sides[] = {STORE_ACCOUNT_AFTER, STORE_ACCOUNT_BEFORE};
	char names[32][80];
	const char *list[33], *near;
	size_t n = 0;

	for (size_t i = 0; i < 2; i++) {
		sqlite3_stmt *st = store_get(s, sides[i]);
		size_t room = n + 16;

		store_bind_text(st, 1, ref);
		store_bind_int(st, 2, s->visible);
		while (n < room && store_step(s, st) == 1) {
			snprintf(names[n], sizeof names[n], "%s", store_text(st, 0));
			list[n] = names[n];
			n++;
		}
		sqlite3_reset(st);
	}
	list[n] = NULL;
	if ((near = complaint_nearest(ref, list)) == NULL)
		return false;
	snprintf(out, cap, "%s", near);
	return true;
}

int
command_account_named(struct store *s, const char *ref, json_t *reply, int64_t *id)
{
	sqlite3_stmt *st = store_get(s, STORE_ACCOUNT_FIND);
	char near[80];
	int rc;

	store_bind_text(st, 1, ref);
	store_bind_int(st, 2, s->visible);
	if ((rc = store_step(s, st)) < 0)
		return rc;
	if (rc == 1) {
		*id = sqlite3_column_int64(st, 0);
		sqlite3_reset(st);
		return 1;
	}
	if (nearest_account(s, ref, near, sizeof near))
		return command_refuse(reply, COMMAND_REFUSED,
				      "there is no account %s; did you mean %s?", ref, near);
	return command_refuse(reply, COMMAND_REFUSED,
			      "there is no account %s; dunlin accounts lists them", ref);
}

int
command_account(struct store *s, const json_t *request, json_t *reply, int64_t *id)
{
	const char *ref = command_word(request, "account");

	if (ref == NULL || ref[0] == '\0')
		return command_refuse(reply, COMMAND_WRONG, "the account's id is missing");
	return command_account_named(s, ref, reply, id);
}

int
command_id(const json_t *request, const char *key, json_t *reply, int64_t *id)
{
	const json_t *value = json_object_get(request, key);

	*id = json_integer_value(value);
	if (json_is_integer(value) && *id > 0)
		return 1;
	return command_refuse(reply, COMMAND_WRONG, "`%s` must be the whole number of a list's row",
			      key);
}

int
command_borrower_load(struct store *s, const struct command_env *env, int64_t id, json_t *reply,
		      struct command_borrower *b)
{
	int rc;

	*b = (struct command_borrower){.id = id, .facts = facts_new(env->config)};
	if (b->facts == NULL)
		return UV_ENOMEM;
	if ((rc = facts_load_account(b->facts, s, id, env->now, &b->index)) == 0) {
		b->account = facts_account(b->facts, b->index);
		b->plan = &facts_person(b->facts)->accounts[b->index];
		b->today = civil_local(b->account->zone, env->now).day;
		return 1;
	}
	command_borrower_end(b);
	if (rc == UV_ENOENT)
		return command_refuse(reply, COMMAND_REFUSED,
				      "the account is in no list any more: the import that brought "
				      "it was undone");
	return rc;
}

int
command_borrower(struct store *s, const struct command_env *env, const json_t *request,
		 json_t *reply, struct command_borrower *b)
{
	int64_t id;
	int rc = command_account(s, request, reply, &id);

	return rc == 1 ? command_borrower_load(s, env, id, reply, b) : rc;
}

void
command_borrower_end(struct command_borrower *b)
{
	if (b->facts != NULL)
		facts_free(b->facts);
	b->facts = NULL;
}

int
command_number(const struct command_env *env, const char *text, json_t *reply,
	       char number[PHONE_E164])
{
	char why[PHONE_WHY];

	if (phone_to_e164(text, env->config->lender.country, number, why) != PHONE_BAD)
		return 1;
	return command_refuse(reply, COMMAND_WRONG, "`%s` is not a phone number: %s", text, why);
}

/* ---- running ---- */

static command_function *
find(const char *name)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (strcmp(commands[i].name, name) == 0)
			return commands[i].function;
	return NULL;
}

int
command_run(struct store *s, struct command_env *env, const json_t *request, json_t **reply)
{
	const char *name = command_word(request, "command");
	command_function *function = name != NULL ? find(name) : NULL;
	int rc;

	memset(&env->effect, 0, sizeof env->effect);
	if ((*reply = json_object()) == NULL)
		return UV_ENOMEM;
	if (function != NULL)
		rc = function(s, env, request, *reply);
	else
		rc = command_refuse(*reply, COMMAND_WRONG, "there is no such request");
	if (rc == 0 && json_object_get(*reply, "status") == NULL &&
	    json_object_set_new(*reply, "status", json_integer(COMMAND_DONE)) != 0)
		rc = UV_ENOMEM;
	if (rc != 0) {
		json_decref(*reply);
		*reply = NULL;
	}
	return rc;
}
