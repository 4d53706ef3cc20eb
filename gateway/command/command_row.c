/* What people do with a row of a list: cancel, resolve, inbox-done, tasks-done, approve. */
#include "command_parts.h"
#include "gateway/base/catalog.h"
#include "gateway/base/complaint.h"
#include "gateway/person/approval.h"
#include "gateway/store/borrower.h"
#include "gateway/store/calls.h"
#include "gateway/store/outbox.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

/* ---- texts ---- */

/* The row that `message` names: 1 (outbox_row_clear it), 0, negative. */
static int
find_row(struct store *s, const json_t *request, json_t *reply, struct outbox_row *row)
{
	int64_t id;
	int rc = command_id(request, "message", reply, &id);

	if (rc != 1)
		return rc;
	if ((rc = outbox_get(s, id, row)) == 0)
		return 1;
	if (rc != UV_ENOENT)
		return rc;
	return command_refuse(reply, COMMAND_REFUSED,
			      "there is no message %lld; dunlin messages lists them",
			      (long long)id);
}

/* A call that is not under way is never made. */
static int
cancel_call(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	struct calls_row row;
	int64_t id;
	int rc = command_id(request, "call", reply, &id);

	if (rc != 1)
		return rc;
	if ((rc = calls_get(s, id, &row)) != 0)
		return rc != UV_ENOENT
			   ? rc
			   : command_refuse(reply, COMMAND_REFUSED,
					    "there is no call %lld; dunlin calls lists them",
					    (long long)id);
	if (row.status == CALLS_PLANNED) {
		rc = calls_drop(s, &row, CALLS_CANCELLED, REASON_CANCELLED, env->now,
				command_actor(request), NULL);
		if (rc == 0)
			rc = command_say(reply, "call %lld is cancelled", (long long)id);
		command_replan(env, row.account);
	} else {
		rc = command_refuse(reply, COMMAND_REFUSED, "call %lld is %s already",
				    (long long)id, calls_status_word(row.status));
	}
	calls_row_clear(&row);
	return rc;
}

/* cancel {message | call} */
int
command_cancel(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	struct outbox_row row;
	int rc;

	if (json_object_get(request, "call") != NULL)
		return cancel_call(s, env, request, reply);
	if ((rc = find_row(s, request, reply, &row)) != 1)
		return rc;
	if (row.status == STATUS_PLANNED) {
		rc = outbox_end(s, row.id, row.account, STATUS_CANCELLED, REASON_CANCELLED,
				env->now, command_actor(request), NULL);
		if (rc == 0)
			rc = command_say(reply, "message %lld is cancelled", (long long)row.id);
		if (row.account != 0)
			command_replan(env, row.account);
	} else if (row.status == STATUS_RECEIVED) {
		rc = command_refuse(reply, COMMAND_REFUSED,
				    "message %lld came in: there is nothing to cancel",
				    (long long)row.id);
	} else {
		rc = command_refuse(reply, COMMAND_REFUSED, "message %lld is %s already%s",
				    (long long)row.id, store_status_word(row.status),
				    row.status == STATUS_UNKNOWN ? "; dunlin resolve settles it"
								 : "");
	}
	outbox_row_clear(&row);
	return rc;
}

static int
do_one(struct store *s, enum store_statement which, int64_t first, int64_t second)
{
	sqlite3_stmt *st = store_get(s, which);

	store_bind_int(st, 1, first);
	if (second != 0)
		store_bind_int(st, 2, second);
	return store_do(s, st);
}

/* It goes again only after the policy was asked again: it is no answer to a lost link alone. */
static int
resolve_row(struct store *s, struct command_env *env, const json_t *request, json_t *reply,
	    const struct outbox_row *row, bool again)
{
	struct event_json data;
	int rc;

	if ((rc = do_one(s, again ? STORE_MESSAGE_AGAIN : STORE_MESSAGE_SENT_AFTER_ALL, env->now,
			 row->id)) != 0 ||
	    (rc = do_one(s, again ? STORE_PARTS_DROP : STORE_PARTS_SENT, row->id, 0)) != 0 ||
	    (rc = do_one(s, STORE_PARTIAL_DROP, row->id, 0)) != 0)
		return rc;
	event_json_init(&data);
	event_json_text(&data, "as", again ? "again" : "sent");
	if ((rc = command_tell(s, env, request, "resolved", row->account, row->id, &data)) != 0)
		return rc;
	env->effect.wake = env->effect.wake || again;
	return command_say(reply,
			   again ? "message %lld is decided again and goes if the policy allows"
				 : "message %lld counts as sent",
			   (long long)row->id);
}

/* resolve {message, as: sent | again} */
int
command_resolve(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	const char *as = command_word(request, "as");
	struct outbox_row row;
	int rc;

	if (as == NULL || (strcmp(as, "sent") != 0 && strcmp(as, "again") != 0))
		return command_refuse(reply, COMMAND_WRONG, "say `sent` or `again`");
	if ((rc = find_row(s, request, reply, &row)) != 1)
		return rc;
	if (row.status == STATUS_UNKNOWN)
		rc = resolve_row(s, env, request, reply, &row, strcmp(as, "again") == 0);
	else
		rc = command_refuse(
		    reply, COMMAND_REFUSED,
		    "message %lld is %s: only one whose fate is `unknown` can be resolved",
		    (long long)row.id, store_status_word(row.status));
	outbox_row_clear(&row);
	return rc;
}

/* ---- inbox ---- */

static int
release_person(struct store *s, struct command_env *env, const char *actor, int64_t person)
{
	int64_t *ids;
	int n = borrower_accounts_of_person(s, person, &ids), rc = n < 0 ? n : 0;

	for (int i = 0; i < n && rc >= 0; i++) {
		rc = borrower_release(s, ids[i], REASON_AWAITING_PERSON, actor, env->now);
		command_replan(env, ids[i]);
	}
	free(ids);
	return rc < 0 ? rc : 0;
}

int
command_handled(struct store *s, struct command_env *env, const json_t *request, int64_t message,
		int64_t account, int64_t person)
{
	sqlite3_stmt *st = store_get(s, STORE_INBOX_HANDLE);
	struct event_json data;
	int rc;

	store_bind_text(st, 1, command_actor(request));
	store_bind_int(st, 2, env->now);
	store_bind_int(st, 3, message);
	if ((rc = store_do(s, st)) != 0)
		return rc;
	event_json_init(&data);
	if ((rc = command_tell(s, env, request, "handled", account, message, &data)) != 0 ||
	    person == 0)
		return rc;
	st = store_get(s, STORE_INBOX_WAITING_OF);
	store_bind_int(st, 1, person);
	if ((rc = store_step(s, st)) != 0) { /* another text of theirs waits, or an error */
		sqlite3_reset(st);
		return rc < 0 ? rc : 0;
	}
	return release_person(s, env, command_actor(request), person);
}

/* inbox-done {message} */
int
command_inbox_done(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	int64_t id, account, person;
	sqlite3_stmt *st;
	bool handled;
	int rc = command_id(request, "message", reply, &id);

	if (rc != 1)
		return rc;
	st = store_get(s, STORE_INBOX_GET);
	store_bind_int(st, 1, id);
	if ((rc = store_step(s, st)) < 0)
		return rc;
	if (rc == 0)
		return command_refuse(reply, COMMAND_REFUSED,
				      "there is no inbox row %lld; dunlin inbox lists them",
				      (long long)id);
	handled = sqlite3_column_int(st, 0) != 0;
	account = sqlite3_column_int64(st, 2);
	person = sqlite3_column_int64(st, 3);
	if (handled) {
		const char *by = store_text(st, 1);

		rc =
		    command_refuse(reply, COMMAND_REFUSED, "inbox row %lld was handled already%s%s",
				   (long long)id, by[0] != '\0' ? " by " : "", by);
		sqlite3_reset(st);
		return rc;
	}
	sqlite3_reset(st);
	if ((rc = command_handled(s, env, request, id, account, person)) != 0)
		return rc;
	return command_say(reply, "inbox row %lld is done", (long long)id);
}

/* ---- tasks ---- */

static int
end_task(struct store *s, const struct command_env *env, const json_t *request, int64_t id,
	 int64_t account, const char *kind)
{
	sqlite3_stmt *st = store_get(s, STORE_TASK_END);
	struct event_json data;
	int rc;

	store_bind_int(st, 1, TASK_DONE);
	store_bind_text(st, 2, command_actor(request));
	store_bind_int(st, 3, env->now);
	store_bind_int(st, 4, id);
	if ((rc = store_do(s, st)) != 0)
		return rc;
	event_json_init(&data);
	event_json_int(&data, "task", id);
	event_json_text(&data, "kind", kind);
	return command_tell(s, env, request, "task_done", account, 0, &data);
}

/* tasks-done {task} */
int
command_tasks_done(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	int64_t id, account;
	sqlite3_stmt *st;
	char kind[256];
	int status, rc = command_id(request, "task", reply, &id);

	if (rc != 1)
		return rc;
	st = store_get(s, STORE_TASK_GET);
	store_bind_int(st, 1, id);
	if ((rc = store_step(s, st)) < 0)
		return rc;
	if (rc == 0)
		return command_refuse(reply, COMMAND_REFUSED,
				      "there is no task %lld; dunlin tasks lists them",
				      (long long)id);
	status = sqlite3_column_int(st, 0);
	account = sqlite3_column_int64(st, 1);
	snprintf(kind, sizeof kind, "%s", store_text(st, 2));
	sqlite3_reset(st);
	if (status != TASK_OPEN)
		return command_refuse(reply, COMMAND_REFUSED, "task %lld is %s already",
				      (long long)id, store_task_word(status));
	if ((rc = end_task(s, env, request, id, account, kind)) != 0)
		return rc;
	return command_say(reply, "task %lld is done: %s", (long long)id, kind);
}

/* ---- templates ---- */

static int
no_such_template(const struct catalog *catalog, json_t *reply, const char *name)
{
	const char *names[65], *near;
	size_t n = 0;

	for (size_t i = 0; i < catalog_count(catalog) && n < 64; i++)
		names[n++] = catalog_at(catalog, i)->name;
	names[n] = NULL;
	near = complaint_nearest(name, names);
	return command_refuse(reply, COMMAND_REFUSED, "there is no template `%s`%s%s%s", name,
			      near != NULL ? "; did you mean `" : "", near != NULL ? near : "",
			      near != NULL ? "`?" : "");
}

static int
approve(struct store *s, const struct command_env *env, const json_t *request,
	const struct catalog_text *text)
{
	struct event_json data;
	int rc;

	if ((rc = approval_give(s, text, command_actor(request))) != 0)
		return rc;
	event_json_init(&data);
	event_json_text(&data, "template", text->name);
	event_json_text(&data, "language", text->language);
	event_json_text(&data, "version", text->version);
	return command_tell(s, env, request, "template_approved", 0, 0, &data);
}

/* approve {template}: every language of it */
int
command_approve(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	const struct catalog *catalog = env->config->catalog;
	const char *name = command_word(request, "template");
	int n = 0, rc;

	if (name == NULL)
		return command_refuse(reply, COMMAND_WRONG, "name a template");
	if (!catalog_has(catalog, name))
		return no_such_template(catalog, reply, name);
	for (size_t i = 0; i < catalog_count(catalog); i++) {
		if (strcmp(catalog_at(catalog, i)->name, name) != 0)
			continue;
		if ((rc = approve(s, env, request, catalog_at(catalog, i))) != 0)
			return rc;
		n++;
	}
	return command_say(reply, "template %s is approved as it is now, in %d language%s", name, n,
			   n == 1 ? "" : "s");
}
