/* The one table of commands.  Order and wording are what `dunlin help` shows. */
#include "cli.h"

#include <stddef.h>

#define END                                                                                        \
	{                                                                                          \
		NULL, NULL, NULL                                                                   \
	}

static const struct cli_option send_options[] = {
    {"account", "ID", "to this borrower's number"},
    {"template", "NAME", "the text: templates/NAME.LANG.txt in the borrower's language"},
    {"to", "NUMBER", "to this number: a borrower's, or one of test_numbers"},
    {"text", "TEXT", "the text, as written"},
    {"when-allowed", NULL, "at the next allowed time, instead of now or not at all"},
    END};
static const struct cli_option reply_options[] = {
    {"when-allowed", NULL, "at the next allowed time, instead of now or not at all"}, END};
static const struct cli_option hold_options[] = {
    {"until", "DATE", "the first free day, YYYY-MM-DD"},
    {"reason", "WORD", "dispute, hardship, bereavement, complaint, or a word of yours"},
    END};
static const struct cli_option optout_options[] = {
    {"number", "N", "this number, and every account that uses it"},
    {"undo", NULL, "lift it again"},
    END};
static const struct cli_option promise_options[] = {
    {"date", "D", "the day of the promise, YYYY-MM-DD"},
    {"amount", "A", "how much; default: all that is in arrears"},
    {"withdraw", NULL, "take the open promise back"},
    END};
static const struct cli_option resolve_options[] = {
    {"sent", NULL, "it went out: never send it again"},
    {"again", NULL, "it did not: decide again and send"},
    END};
static const struct cli_option skip_options[] = {{"undo", NULL, "put the step back"}, END};
static const struct cli_option campaign_options[] = {
    {"campaign", "NAME", "this campaign alone; default: all sending"}, END};
static const struct cli_option adopt_options[] = {
    {"since", "TIME", "the last moment this store is sure about, YYYY-MM-DD[THH:MM]"}, END};
static const struct cli_option help_options[] = {
    {"completion", NULL, "a script for bash: source <(dunlin help --completion)"}, END};

const struct cli_command cli_commands[] = {
    {.name = "init",
     .operands = "DIR",
     .min = 0,
     .max = 1,
     .summary = "a working sample home",
     .manual = "Writes dunlin.yaml, a campaign, templates and sample lists. Nothing leaves this\n"
	       "computer with them: the only route appends to a file.",
     .run = cli_init,
     .group = "Set up"},
    {.name = "check",
     .operands = "",
     .summary = "every mistake in what people wrote; exit 1 if there is one",
     .run = cli_check},
    {.name = "send",
     .operands = "--account ID --template NAME | --to NUMBER --text TEXT",
     .summary = "one text now, under the policy",
     .manual = "Refused by the policy it exits 1 and names the next allowed time; with\n"
	       "--when-allowed it is queued for then, also while no daemon serves.",
     .options = send_options,
     .run = cli_send,
     .group = "By hand"},
    {.name = "reply",
     .operands = "ID TEXT",
     .min = 2,
     .max = 2,
     .summary = "answer an inbox row and mark it handled",
     .manual = "ID is the inbox row's. Allowed hours and opt-out hold, nothing else does.",
     .options = reply_options,
     .run = cli_reply},
    {.name = "hold",
     .operands = "ID --until DATE --reason WORD",
     .min = 1,
     .max = 1,
     .summary = "nothing goes to this account until DATE",
     .manual = "DATE is the first free day in the account's time zone.",
     .options = hold_options,
     .run = cli_hold},
    {.name = "release",
     .operands = "ID",
     .min = 1,
     .max = 1,
     .summary = "end every hold of this account",
     .run = cli_release},
    {.name = "optout",
     .operands = "ID | --number N",
     .max = 1,
     .summary = "no more texts and calls, for good",
     .manual = "An account is opted out with all its numbers, a number with every account that\n"
	       "uses it. A new number in a later list does not lift it; --undo does.",
     .options = optout_options,
     .run = cli_optout},
    {.name = "promise",
     .operands = "ID --date D [--amount A] | --withdraw",
     .min = 1,
     .max = 1,
     .summary = "note a promise to pay, or take it back",
     .options = promise_options,
     .run = cli_promise},
    {.name = "inbox done",
     .operands = "ID",
     .min = 1,
     .max = 1,
     .summary = "this reply was dealt with",
     .manual = "The borrower's hold `awaiting_person` ends when no other reply of theirs waits.",
     .run = cli_inbox_done},
    {.name = "tasks done",
     .operands = "ID",
     .min = 1,
     .max = 1,
     .summary = "this task was done",
     .run = cli_tasks_done},
    {.name = "cancel",
     .operands = "MESSAGE",
     .min = 1,
     .max = 1,
     .summary = "a text that has not gone never goes",
     .run = cli_cancel},
    {.name = "resolve",
     .operands = "MESSAGE --sent|--again",
     .min = 1,
     .max = 1,
     .summary = "settle a text whose fate is `unknown`",
     .options = resolve_options,
     .run = cli_resolve},
    {.name = "skip",
     .operands = "KEY",
     .min = 1,
     .max = 1,
     .summary = "one planned step of one account does not go",
     .manual = "KEY is the plan row's: ACCOUNT/DUE_DATE/STEP, as in A-17/2026-09-15/+7/sms.",
     .options = skip_options,
     .run = cli_skip},
    {.name = "pause",
     .operands = "",
     .summary = "hold all sending, or one campaign's; survives restarts",
     .options = campaign_options,
     .run = cli_pause,
     .group = "Sending as a whole"},
    {.name = "resume",
     .operands = "",
     .summary = "end a pause",
     .options = campaign_options,
     .run = cli_resume},
    {.name = "template approve",
     .operands = "NAME",
     .min = 1,
     .max = 1,
     .summary = "record that this template, as it is now, may be used",
     .run = cli_template_approve,
     .group = "Texts"},
    {.name = "adopt",
     .operands = "--since TIME",
     .summary = "send again from a copy: skips steps due since, lists what may have gone",
     .options = adopt_options,
     .run = cli_adopt},
    {.name = "help",
     .operands = "[COMMAND | reasons]",
     .max = 2,
     .summary = "this, one command, or every reason",
     .options = help_options,
     .run = cli_help,
     .group = "More"},
    {.name = NULL}};
