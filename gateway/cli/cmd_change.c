/* Commands that change something: each makes one request of what was typed. */
#include "change.h"
#include "plan_file.h"

#include <string.h>

static const char *
option(const struct cli_call *call, const char *name)
{
	return cli_option(call, NULL, name);
}

/* A command that takes the number of a list's row and nothing else. */
static int
by_id(const struct cli_call *call, const char *command, const char *key, const char *flag)
{
	struct change c;
	int64_t id;

	if (!cli_integer(call->argv[0], 1, INT64_MAX, &id))
		return cli_usage(call, "`%s` is not the number of a row: the list shows it as id",
				 call->argv[0]);
	change_begin(&c, call, command);
	change_int(&c, key, id);
	if (flag != NULL)
		change_text(&c, "as", flag);
	return change_end(&c);
}

/* ---- texts ---- */

int
cli_send(const struct cli_call *call)
{
	const char *account = option(call, "account"), *to = option(call, "to");
	const char *template = option(call, "template"), *text = option(call, "text");
	struct change c;

	if ((account == NULL) == (to == NULL))
		return cli_usage(call, "say to whom: --account ID or --to NUMBER");
	if ((template == NULL) == (text == NULL))
		return cli_usage(call, "say what: --template NAME or --text TEXT");
	if (to != NULL && template != NULL)
		return cli_usage(call, "a template needs an account's figures: use --account ID");
	change_begin(&c, call, "send");
	change_text(&c, "account", account);
	change_text(&c, "to", to);
	change_text(&c, "template", template);
	change_text(&c, "text", text);
	change_flag(&c, "when_allowed", option(call, "when-allowed"));
	return change_end(&c);
}

int
cli_call_now(const struct cli_call *call)
{
	const char *account = option(call, "account"), *script = option(call, "script");
	struct change c;

	if (account == NULL || script == NULL)
		return cli_usage(call, "say whom and how: --account ID --script NAME");
	change_begin(&c, call, "call");
	change_text(&c, "account", account);
	change_text(&c, "script", script);
	change_flag(&c, "when_allowed", option(call, "when-allowed"));
	return change_end(&c);
}

int
cli_reply(const struct cli_call *call)
{
	struct change c;
	int64_t id;

	if (!cli_integer(call->argv[0], 1, INT64_MAX, &id))
		return cli_usage(call, "`%s` is not the number of an inbox row", call->argv[0]);
	change_begin(&c, call, "reply");
	change_int(&c, "message", id);
	change_text(&c, "text", call->argv[1]);
	change_flag(&c, "when_allowed", option(call, "when-allowed"));
	return change_end(&c);
}

int
cli_cancel(const struct cli_call *call)
{
	const char *which = option(call, "call");
	struct change c;
	int64_t id;

	if ((call->argc == 1) == (which != NULL))
		return cli_usage(call, "name a text, or --call ID");
	if (which == NULL)
		return by_id(call, "cancel", "message", NULL);
	if (!cli_integer(which, 1, INT64_MAX, &id))
		return cli_usage(call, "`%s` is not the number of a call", which);
	change_begin(&c, call, "cancel");
	change_int(&c, "call", id);
	return change_end(&c);
}

int
cli_resolve(const struct cli_call *call)
{
	bool sent = option(call, "sent") != NULL, again = option(call, "again") != NULL;

	if (sent == again)
		return cli_usage(call, "say which: --sent (it went out) or --again (it did not)");
	return by_id(call, "resolve", "message", sent ? "sent" : "again");
}

int
cli_inbox_done(const struct cli_call *call)
{
	return by_id(call, "inbox-done", "message", NULL);
}

int
cli_tasks_done(const struct cli_call *call)
{
	return by_id(call, "tasks-done", "task", NULL);
}

int
cli_template_approve(const struct cli_call *call)
{
	struct change c;

	change_begin(&c, call, "approve");
	change_text(&c, "template", call->argv[0]);
	return change_end(&c);
}

/* ---- borrowers ---- */

int
cli_hold(const struct cli_call *call)
{
	struct change c;

	if (option(call, "reason") == NULL)
		return cli_usage(call, "--reason WORD is missing");
	change_begin(&c, call, "hold");
	change_text(&c, "account", call->argv[0]);
	change_text(&c, "from", option(call, "from"));
	change_text(&c, "until", option(call, "until"));
	change_text(&c, "reason", option(call, "reason"));
	return change_end(&c);
}

int
cli_release(const struct cli_call *call)
{
	struct change c;

	change_begin(&c, call, "release");
	change_text(&c, "account", call->argv[0]);
	change_text(&c, "reason", option(call, "reason"));
	return change_end(&c);
}

int
cli_optout(const struct cli_call *call)
{
	const char *number = option(call, "number");
	struct change c;

	if ((call->argc == 0) == (number == NULL))
		return cli_usage(call, "say who: an account's ID, or --number N");
	change_begin(&c, call, "optout");
	change_text(&c, "account", call->argc > 0 ? call->argv[0] : NULL);
	change_text(&c, "number", number);
	change_flag(&c, "undo", option(call, "undo"));
	return change_end(&c);
}

/* An instalment plan: its parts come from a file or the command line. */
static int
promise_plan(const struct cli_call *call)
{
	json_t *parts = json_array();
	struct change c;
	int status = parts != NULL ? plan_file_option(call, call->argv[0], parts)
				   : cli_fail(CLI_FAILED, "out of memory");

	if (status != CLI_DONE) {
		json_decref(parts);
		return status;
	}
	change_begin(&c, call, "promise");
	change_text(&c, "account", call->argv[0]);
	change_value(&c, "plan", parts);
	return change_end(&c);
}

int
cli_promise(const struct cli_call *call)
{
	const char *date = option(call, "date"), *amount = option(call, "amount");
	const char *withdraw = option(call, "withdraw"), *plan = option(call, "plan");
	struct change c;

	if ((date != NULL) + (withdraw != NULL) + (plan != NULL) != 1)
		return cli_usage(call, "say which: --date D, --plan P, or --withdraw");
	if (date == NULL && amount != NULL)
		return cli_usage(call, "--amount goes with --date");
	if (plan != NULL)
		return promise_plan(call);
	if (option(call, "every") != NULL || option(call, "from") != NULL)
		return cli_usage(call, "--every and --from go with --plan");
	change_begin(&c, call, "promise");
	change_text(&c, "account", call->argv[0]);
	change_text(&c, "date", date);
	change_text(&c, "amount", amount);
	change_flag(&c, "withdraw", withdraw);
	return change_end(&c);
}

int
cli_skip(const struct cli_call *call)
{
	struct change c;

	change_begin(&c, call, "skip");
	change_text(&c, "key", call->argv[0]);
	change_flag(&c, "undo", option(call, "undo"));
	return change_end(&c);
}

/* ---- sending as a whole ---- */

static int
pause_or_resume(const struct cli_call *call, const char *command)
{
	struct change c;

	change_begin(&c, call, command);
	change_text(&c, "campaign", option(call, "campaign"));
	return change_end(&c);
}

int
cli_pause(const struct cli_call *call)
{
	return pause_or_resume(call, "pause");
}

int
cli_resume(const struct cli_call *call)
{
	return pause_or_resume(call, "resume");
}

int
cli_adopt(const struct cli_call *call)
{
	const char *since = option(call, "since");
	struct change c;

	if (since == NULL)
		return cli_usage(call, "--since TIME is missing: the last moment this store is "
				       "sure about, as 2026-09-15T10:00");
	change_begin(&c, call, "adopt");
	change_text(&c, "since", since);
	return change_end(&c);
}
