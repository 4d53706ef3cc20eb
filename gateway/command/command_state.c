/* What people say to sending as a whole: pause, resume, adopt. */
#include "command_parts.h"
#include "gateway/base/complaint.h"
#include "gateway/base/rfc3339.h"
#include "gateway/start.h"
#include "gateway/store/calls.h"
#include "gateway/store/outbox.h"

#include <string.h>
#include <uv.h>

#define SAID_MAX 1000 /* texts that adopt names one by one */
#define MACHINE  33   /* of a digest of start_machine() */

/* ---- pause, resume {[campaign]} ---- */

static int
no_such_campaign(const struct config *c, json_t *reply, const char *name)
{
	const char *names[65], *near;
	size_t n = 0;

	for (; n < c->n_campaigns && n < 64; n++)
		names[n] = c->campaigns[n]->name;
	names[n] = NULL;
	near = complaint_nearest(name, names);
	return command_refuse(reply, COMMAND_REFUSED, "there is no campaign `%s`%s%s%s", name,
			      near != NULL ? "; did you mean `" : "", near != NULL ? near : "",
			      near != NULL ? "`?" : "");
}

static int
set_pause(struct store *s, const struct command_env *env, const json_t *request, bool pause,
	  const char *key, const char *campaign)
{
	struct event_json data;
	int rc = pause ? store_meta_set_int(s, key, 1) : store_meta_delete(s, key);

	if (rc != 0)
		return rc;
	event_json_init(&data);
	event_json_text(&data, "campaign", campaign);
	return command_tell(s, env, request, pause ? "paused" : "resumed", 0, 0, &data);
}

static int
pause_or_resume(struct store *s, struct command_env *env, const json_t *request, json_t *reply,
		bool pause)
{
	const char *campaign = command_word(request, "campaign");
	const char *what = campaign != NULL ? campaign : "all sending";
	char key[160];
	bool paused;
	int rc;

	snprintf(key, sizeof key, META_PAUSED "%s%s", campaign != NULL ? ":" : "",
		 campaign != NULL ? campaign : "");
	paused = store_meta_int(s, key, 0) != 0;
	/* The pause of a campaign whose file is gone can still be ended. */
	if (campaign != NULL && !paused && config_campaign(env->config, campaign) == NULL)
		return no_such_campaign(env->config, reply, campaign);
	if (paused == pause)
		return command_say(reply, pause ? "%s was paused already" : "%s was not paused",
				   what);
	if ((rc = set_pause(s, env, request, pause, key, campaign)) != 0)
		return rc;
	/* A pause of all holds the hand-over and leaves the queue as it is. */
	env->effect.replan_all = campaign != NULL;
	env->effect.wake = !pause;
	return command_say(reply, pause ? "%s is paused until dunlin resume%s%s" : "%s goes on%s%s",
			   what, pause && campaign != NULL ? " --campaign " : "",
			   pause && campaign != NULL ? campaign : "");
}

int
command_pause(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	return pause_or_resume(s, env, request, reply, true);
}

int
command_resume(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	return pause_or_resume(s, env, request, reply, false);
}

/* ---- adopt {since} ---- */

/* An adoption on its way. */
struct adoption {
	struct store *s;
	struct command_env *env;
	const json_t *request;
	int64_t since;
	int64_t skipped;
};

/* The lender's civil time, or with an offset: 1, 0. */
static int
read_since(const struct command_env *env, const json_t *request, json_t *reply, int64_t *since)
{
	const char *text = command_word(request, "since");
	struct rfc3339_civil civil;

	if (text != NULL && rfc3339_parse_civil(text, &civil) == 0)
		*since = civil_instant(&env->config->lender.zone,
				       civil_day(civil.year, civil.month, civil.day),
				       civil.hour * 3600 + civil.minute * 60 + civil.second);
	else if (text == NULL || rfc3339_parse(text, since, NULL) != 0)
		return command_refuse(reply, COMMAND_WRONG,
				      "`%s` is no time: write it as 2026-09-15T10:00",
				      text != NULL ? text : "");
	if (*since <= env->now)
		return 1;
	return command_refuse(reply, COMMAND_REFUSED, "%s is still to come", text);
}

/* Is there anything to adopt?  A daemon may hold sending for what only it saw, a leap of the clock,
 * so it is not asked. */
static bool
is_held(struct store *s, const struct command_env *env)
{
	char was[MACHINE], is[MACHINE];

	if (env->clock_held || store_meta_int(s, META_RESTORED, 0) != 0 ||
	    (!env->serving && env->now < s->head_at))
		return true;
	if (!store_meta_text(s, META_MACHINE, was, sizeof was))
		return false; /* it was never served: no original of it has said anything */
	start_machine(env->config->store, is);
	return strcmp(was, is) != 0;
}

static int
skip_step(struct adoption *a, int64_t account, int32_t due, const char *step)
{
	sqlite3_stmt *st = store_get(a->s, STORE_SKIP_ADD);
	int rc;

	store_bind_int(st, 1, account);
	store_bind_int(st, 2, due);
	store_bind_text(st, 3, step);
	store_bind_int(st, 4, a->env->now);
	store_bind_text(st, 5, command_actor(a->request));
	rc = store_do(a->s, st);
	if (rc == 0)
		a->skipped += sqlite3_changes(a->s->db);
	return rc;
}

static int
drop_call(struct adoption *a, const struct calls_row *call)
{
	return calls_drop(a->s, call, CALLS_SKIPPED, REASON_RESTORED, a->env->now,
			  command_actor(a->request), NULL);
}

/* Calls whose time has come: the original may have made them. */
static int
skip_calls(struct adoption *a)
{
	int64_t ids[64];
	char route[64] = "";
	int rc = 1;

	for (bool first = true; rc == 1; first = false) {
		int n;

		if (!first && (rc = calls_route_after(a->s, route, route)) != 1)
			break;
		while ((n = calls_due(a->s, route, a->env->now, ids, 64)) > 0)
			for (int i = 0; i < n; i++) {
				struct calls_row call;

				if ((rc = calls_get(a->s, ids[i], &call)) != 0)
					return rc;
				rc = drop_call(a, &call);
				if (rc == 0 && call.step != NULL)
					rc = skip_step(a, call.account, call.due, call.step);
				else
					a->skipped++;
				calls_row_clear(&call);
				if (rc != 0)
					return rc;
			}
		rc = n < 0 ? n : 1;
	}
	return rc;
}

/* Takes a step out of the plan, with the row that was made for it and may stand at a later time. */
static int
skip_due(struct adoption *a, int64_t account, int32_t due, const char *step)
{
	struct outbox_row row;
	struct calls_row call = {.id = 0};
	int rc = skip_step(a, account, due, step);

	if (rc != 0 || (rc = calls_step(a->s, account, due, step, &call)) < 0)
		return rc;
	if (rc == 1 && call.status == CALLS_PLANNED)
		rc = drop_call(a, &call);
	else
		rc = 0;
	calls_row_clear(&call);
	if (rc != 0 || (rc = outbox_step(a->s, account, due, step, &row)) <= 0)
		return rc;
	rc = 0;
	if (row.status == STATUS_PLANNED)
		rc = outbox_end(a->s, row.id, account, STATUS_SKIPPED, REASON_RESTORED, a->env->now,
				command_actor(a->request), NULL);
	outbox_row_clear(&row);
	return rc;
}

/* Rows whose time has come: the original may have sent them.  Of campaigns the step is taken out of
 * the plan too, so that it is not decided again. */
static int
skip_rows(struct adoption *a)
{
	struct outbox_row row;
	int rc;

	for (;;) {
		sqlite3_stmt *st = store_get(a->s, STORE_ADOPT_PLANNED);
		int64_t ids[500];
		int n = 0;

		store_bind_int(st, 1, a->env->now);
		while (n < 500 && (rc = store_step(a->s, st)) == 1)
			ids[n++] = sqlite3_column_int64(st, 0);
		sqlite3_reset(st);
		if (n == 0)
			return rc;
		for (int i = 0; i < n; i++) {
			if ((rc = outbox_get(a->s, ids[i], &row)) != 0)
				return rc;
			rc = outbox_end(a->s, row.id, row.account, STATUS_SKIPPED, REASON_RESTORED,
					a->env->now, command_actor(a->request), NULL);
			if (rc == 0 && row.step != NULL)
				rc = skip_step(a, row.account, row.due, row.step);
			else
				a->skipped++;
			outbox_row_clear(&row);
			if (rc != 0)
				return rc;
		}
	}
}

static bool
is_marked(const struct plan_account *p, int32_t due, const struct campaign_step *step)
{
	for (size_t i = 0; i < p->n_served; i++)
		if (p->served[i].due == due && p->served[i].day == step->day &&
		    p->served[i].channel == step->channel && p->served[i].mark != PLAN_MARK_STUCK)
			return true;
	return false;
}

/* Steps of one account that are due by now and might still go: of the oldest unpaid amount, and
 * those before the due day of amounts to come. */
static int
skip_account(struct adoption *a, const struct facts_account *account, const struct plan_account *p)
{
	int32_t today = civil_local(p->zone, a->env->now).day;
	struct debt_sums sums = debt_sum(p->amounts, p->n_amounts, today, 0);
	char text[CAMPAIGN_STEP_TEXT];
	int rc = 0;

	if (p->n_steps == 0 || sums.index < 0)
		return 0;
	for (size_t i = (size_t)sums.index; i < p->n_amounts; i++)
		for (size_t k = 0; k < p->n_steps && rc == 0; k++) {
			const struct campaign_step *step = &p->steps[k];
			int32_t due = p->amounts[i].due, own = due + step->day;

			if (step->channel >= CAMPAIGN_VOICES || p->amounts[i].left <= 0 ||
			    (step->day >= 0 && i != (size_t)sums.index) ||
			    own + step->of->late < today ||
			    civil_instant(p->zone, own, step->of->at) > a->env->now ||
			    is_marked(p, due, step))
				continue;
			campaign_step_format(step->day, (enum campaign_channel)step->channel, text);
			rc = skip_due(a, account->id, due, text);
		}
	return rc;
}

/* The copy may never have had rows for what fell due after it was made, so the steps themselves are
 * gone through, for all persons.  This is long work inside one transaction, while nothing is sent:
 * half an adoption must not be seen. */
static int
skip_steps(struct adoption *a)
{
	struct facts *facts = facts_new(a->env->config);
	int64_t ids[500], after = 0;
	int n, rc = 0;

	if (facts == NULL)
		return UV_ENOMEM;
	do {
		sqlite3_stmt *st = store_get(a->s, STORE_ADOPT_PERSONS);

		store_bind_int(st, 1, after);
		store_bind_int(st, 2, a->s->visible);
		for (n = 0; n < 500 && (rc = store_step(a->s, st)) == 1;)
			ids[n++] = after = sqlite3_column_int64(st, 0);
		sqlite3_reset(st);
		for (int i = 0; i < n && rc >= 0; i++) {
			rc = facts_load(facts, a->s, ids[i], a->env->now);
			if (rc == UV_ENOENT) {
				rc = 0;
				continue;
			}
			for (size_t k = 0; k < facts_count(facts) && rc == 0; k++)
				rc = skip_account(a, facts_account(facts, k),
						  &facts_person(facts)->accounts[k]);
		}
	} while (n == 500 && rc >= 0);
	facts_free(facts);
	return rc;
}

/* Texts this store handed over since, and cannot be sure of nor the original: for people to read.
 */
static int
list_said(const struct adoption *a, json_t *reply, int64_t *count)
{
	const struct civil_zone *zone = &a->env->config->lender.zone;
	json_t *list = json_array();
	sqlite3_stmt *st = store_get(a->s, STORE_ADOPT_SAID);
	int rc;

	if (list == NULL)
		return UV_ENOMEM;
	store_bind_int(st, 1, a->since);
	while ((rc = store_step(a->s, st)) == 1) {
		int64_t at = sqlite3_column_int64(st, 4);
		char when[RFC3339_SIZE];

		if (++*count > SAID_MAX)
			continue;
		rfc3339_format(at, civil_offset(zone, at), when);
		json_array_append_new(
		    list, json_pack("{s:I, s:s?, s:s?, s:s, s:s, s:s?}", "id",
				    (json_int_t)sqlite3_column_int64(st, 0), "account",
				    sqlite3_column_text(st, 1), "to", sqlite3_column_text(st, 2),
				    "status", store_status_word(sqlite3_column_int(st, 3)), "at",
				    when, "step", sqlite3_column_text(st, 5)));
	}
	json_object_set_new(reply, "may_have_been_said", list);
	return rc;
}

static int
take_up(struct adoption *a, int64_t said)
{
	char since[RFC3339_SIZE], machine[MACHINE];
	struct event_json data;
	int rc;

	if ((rc = store_meta_delete(a->s, META_RESTORED)) != 0 ||
	    (rc = store_meta_delete(a->s, META_AHEAD)) != 0)
		return rc;
	start_machine(a->env->config->store, machine);
	if ((rc = store_meta_set_text(a->s, META_MACHINE, machine)) != 0)
		return rc;
	event_json_init(&data);
	event_json_text(
	    &data, "since",
	    rfc3339_format(a->since, civil_offset(&a->env->config->lender.zone, a->since), since));
	event_json_int(&data, "skipped", a->skipped);
	event_json_int(&data, "may_have_been_said", said);
	/* Its time is what the clock is held against from now on, be it an earlier one. */
	a->s->head_at = 0;
	return command_tell(a->s, a->env, a->request, "adopted", 0, 0, &data);
}

int
command_adopt(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	struct adoption a = {.s = s, .env = env, .request = request};
	int64_t said = 0;
	int rc = read_since(env, request, reply, &a.since);

	if (rc != 1)
		return rc < 0 ? rc : 0;
	if (!is_held(s, env))
		return command_refuse(reply, COMMAND_REFUSED,
				      "this store is where it was and no copy: there is nothing to "
				      "adopt");
	if ((rc = skip_rows(&a)) != 0 || (rc = skip_calls(&a)) != 0 || (rc = skip_steps(&a)) != 0 ||
	    (rc = list_said(&a, reply, &said)) != 0 || (rc = take_up(&a, said)) != 0)
		return rc;
	env->effect.replan_all = true;
	env->effect.wake = true;
	json_object_set_new(reply, "skipped", json_integer(a.skipped));
	return command_say(reply,
			   "sending goes on. %lld steps that were due are skipped, since they may "
			   "have been said; %lld texts went out since then or may have",
			   (long long)a.skipped, (long long)said);
}
