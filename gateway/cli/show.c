#include "show.h"

#include "gateway/base/clock.h"
#include "gateway/base/rfc3339.h"

#include <errno.h>
#include <string.h>

static int
read_limit(struct show *s)
{
	const char *limit = cli_option(s->call, NULL, "limit");

	s->limit = s->call->json ? INT64_MAX : SHOW_ROWS;
	if (limit != NULL && !cli_integer(limit, 0, INT64_MAX, &s->limit))
		return cli_usage(s->call, "--limit takes a number of rows, not `%s`", limit);
	return CLI_DONE;
}

static int
open_with(struct show *s, const struct cli_call *call,
	  int (*config)(struct client *c, struct config **out))
{
	int status;

	*s = (struct show){.call = call};
	if ((status = read_limit(s)) != CLI_DONE ||
	    (status = client_open(&s->client, call->home)) != CLI_DONE)
		return status;
	if ((status = config(s->client, &s->config)) == CLI_DONE &&
	    (status = client_now(s->client, &s->now)) == CLI_DONE &&
	    (status = client_read(s->client, &s->store)) == CLI_DONE &&
	    (s->facts = facts_new(s->config)) == NULL)
		status = cli_fail(CLI_FAILED, "out of memory");
	if (status != CLI_DONE)
		show_close(s);
	return status;
}

int
show_open(struct show *s, const struct cli_call *call)
{
	return open_with(s, call, client_config_shown);
}

int
show_open_checked(struct show *s, const struct cli_call *call)
{
	return open_with(s, call, client_config);
}

void
show_close(struct show *s)
{
	if (s->facts != NULL)
		facts_free(s->facts);
	if (s->client != NULL)
		client_close(s->client);
	*s = (struct show){0};
}

/* A system clock behind the last event holds all sending.  While a daemon serves, events come in
 * after `now` was asked for. */
static bool
clock_is_behind(struct show *s)
{
	char kind[16] = "";

	store_meta_text(s->store, META_CLOCK, kind, sizeof kind);
	if (strcmp(kind, "schedule") == 0)
		return false;
	return s->store->head_at > s->now + (client_serving(s->client) ? CLOCK_LEAP_MS : 0);
}

int
show_rules(struct show *s, struct plan_rules *rules)
{
	enum reason stopped = clock_is_behind(s) ? REASON_CLOCK : REASON_NONE;

	return facts_rules(s->facts, s->store, s->now, stopped, rules) == 0 ? CLI_DONE
									    : show_failed(s);
}

int
show_failed(struct show *s)
{
	return cli_fail(CLI_FAILED, "%s", store_error(s->store));
}

/* ---- what the call asks for ---- */

int
show_time(struct show *s, const char *text, int64_t *instant)
{
	struct rfc3339_civil civil;

	if (rfc3339_parse(text, instant, NULL) == 0)
		return 0;
	if (rfc3339_parse_civil(text, &civil) != 0)
		return -EINVAL;
	*instant = civil_instant(facts_lender_zone(s->facts),
				 civil_day(civil.year, civil.month, civil.day),
				 civil.hour * 3600 + civil.minute * 60 + civil.second);
	return 0;
}

int
show_day(const struct cli_call *call, const char *option, const char *text, int32_t *day)
{
	if (civil_parse_date(text, strlen(text), day) == 0)
		return CLI_DONE;
	return cli_usage(call, "--%s takes a day, YYYY-MM-DD, not `%s`", option, text);
}

int
show_account(struct show *s, const char *ref, int64_t *account)
{
	int rc = s->store != NULL ? list_find(s->store, ref, account) : 0;

	if (rc < 0)
		return show_failed(s);
	if (rc == 0)
		return cli_fail(CLI_REFUSED, "there is no account `%s`; see: dunlin accounts", ref);
	return CLI_DONE;
}

int
show_borrower(struct show *s, const char *ref, struct plan_row *row)
{
	const struct plan_account *plan;
	int64_t account;
	int status = show_account(s, ref, &account);

	if (status != CLI_DONE)
		return status;
	*row = (struct plan_row){.decision = PLAN_SEND};
	if (facts_load_account(s->facts, s->store, account, s->now, &row->account) != 0)
		return cli_fail(CLI_REFUSED, "account `%s` is in no list now", ref);
	plan = &facts_person(s->facts)->accounts[row->account];
	row->on = row->own_day = row->due =
	    civil_local(facts_account(s->facts, row->account)->zone, s->now).day;
	row->sums = debt_sum(plan->amounts, plan->n_amounts, row->on, s->config->ignore_below);
	return CLI_DONE;
}

int
show_filter(struct show *s, struct list_filter *filter)
{
	const char *account = cli_option(s->call, NULL, "account");
	const char *since = cli_option(s->call, NULL, "since");

	*filter = (struct list_filter){.since = INT64_MIN};
	if (since != NULL && show_time(s, since, &filter->since) != 0)
		return cli_usage(
		    s->call, "--since takes a day or a time, YYYY-MM-DD[THH:MM], not `%s`", since);
	s->narrowed = account != NULL || since != NULL || s->limit == 0 ||
		      cli_option(s->call, NULL, "after") != NULL;
	return account != NULL ? show_account(s, account, &filter->account) : CLI_DONE;
}

/* ---- places and days ---- */

const struct civil_zone *
show_zone(struct show *s, const char *timezone)
{
	return facts_zone(s->facts, timezone != NULL ? timezone : "");
}

int32_t
show_today(struct show *s)
{
	return civil_local(facts_lender_zone(s->facts), s->now).day;
}
