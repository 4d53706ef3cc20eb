/* The one table of commands.  Order and wording are what `dunlin help` shows. */
#include "cli.h"

#include <stddef.h>

/* What many commands take means the same in each. */
#define OF_ACCOUNT   "of this borrower alone"
#define SINCE        "from then on, YYYY-MM-DD[THH:MM]"
#define LIMIT        "at most so many; a table shows 50 without"
#define WHEN_ALLOWED "at the next allowed time, instead of now or not at all"

static const struct cli_option import_options[] = {
    {"mode", "M", "update (default), replace or complete"},
    {"strict", NULL, "take nothing unless every row is good; exit 1"},
    {"dry-run", NULL, "say what it would do, and do nothing"},
    {"yes", NULL, "close even more than a tenth of the open amounts"},
    {0}};
static const struct cli_option imports_options[] = {
    {"since", "TIME", SINCE}, {"limit", "N", LIMIT}, {0}};
static const struct cli_option plan_options[] = {
    {"on", "DATE", "the day to begin with; default: today"},
    {"days", "N", "so many days; default: 1"},
    {"limit", "N", "at most so many rows; a table shows 50 without"},
    {"timing", NULL, "what the scan took, and deciding and rendering"},
    {0}};
static const struct cli_option list_options[] = {
    {"account", "ID", OF_ACCOUNT}, {"since", "TIME", SINCE}, {"limit", "N", LIMIT}, {0}};
static const struct cli_option accounts_options[] = {
    {"account", "ID", OF_ACCOUNT},
    {"since", "TIME", SINCE},
    {"unselected", NULL, "those that owe and that no campaign selects"},
    {"limit", "N", LIMIT},
    {0}};
static const struct cli_option tasks_options[] = {
    {"account", "ID", OF_ACCOUNT},
    {"since", "TIME", SINCE},
    {"limit", "N", LIMIT},
    {"csv", NULL, "the open ones as a work list, with everything needed to do them"},
    {"kind", "K", "with --csv: task, letter, visit, email or outsource alone"},
    {"place", NULL, "with --csv: what is handed to outsiders goes on hold, `placed`"},
    {0}};
static const struct cli_option events_options[] = {
    {"account", "ID", OF_ACCOUNT},
    {"since", "TIME", SINCE},
    {"after", "SEQ", "only those with a higher number"},
    {"limit", "N", LIMIT},
    {0}};
static const struct cli_option send_options[] = {
    {"account", "ID", "to this borrower's number"},
    {"template", "NAME", "the text: templates/NAME.LANG.txt in the borrower's language"},
    {"to", "NUMBER", "to this number: a borrower's, or one of test_numbers"},
    {"text", "TEXT", "the text, as written"},
    {"when-allowed", NULL, WHEN_ALLOWED},
    {0}};
static const struct cli_option cancel_options[] = {{"call", "ID", "a call, by its id in calls"},
						   {0}};
static const struct cli_option script_options[] = {{"account", "ID", "this borrower"},
						   {"keys", "KEYS", "that are pressed"},
						   {"o", "FILE.wav", "where the sound goes"},
						   {0}};
static const struct cli_option call_options[] = {
    {"account", "ID", "this borrower"},
    {"script", "NAME", "how it goes: scripts/NAME.yaml"},
    {"when-allowed", NULL, WHEN_ALLOWED},
    {0}};
static const struct cli_option reply_options[] = {{"when-allowed", NULL, WHEN_ALLOWED}, {0}};
static const struct cli_option hold_options[] = {
    {"reason", "WORD", "why: see above, or a word of yours"},
    {"until", "DATE", "the first free day, YYYY-MM-DD; without it, until released"},
    {"from", "DATE", "the first day on hold; default: now"},
    {0}};
static const struct cli_option release_options[] = {{"reason", "WORD", "only holds of that word"},
						    {0}};
static const struct cli_option optout_options[] = {
    {"number", "N", "this number, and every account that uses it"},
    {"undo", NULL, "lift it again"},
    {0}};
static const struct cli_option promise_options[] = {
    {"date", "D", "the day of the promise, YYYY-MM-DD"},
    {"amount", "A", "how much; default: all that is in arrears"},
    {"plan", "P", "an instalment plan: DAY:AMOUNT,DAY:AMOUNT..., AMOUNTxTIMES, or a CSV file"},
    {"every", "SPAN", "equal parts: 1m (default), 2w, 10d between two"},
    {"from", "DATE", "equal parts: the day of the first"},
    {"withdraw", NULL, "take back the open promise, and the plan it is a part of"},
    {0}};
static const struct cli_option resolve_options[] = {
    {"sent", NULL, "it went out: never send it again"},
    {"again", NULL, "it did not: decide again and send"},
    {0}};
static const struct cli_option skip_options[] = {{"undo", NULL, "put the step back"}, {0}};
static const struct cli_option campaign_options[] = {
    {"campaign", "NAME", "this campaign alone; default: all sending"}, {0}};
static const struct cli_option preview_options[] = {
    {"account", "ID", "with this borrower's figures; default: an example's"}, {0}};
static const struct cli_option explain_options[] = {
    {"language", "L", "the borrower's language; default: the lender's first"},
    {"on", "DATE", "the day it came; default: today"},
    {"currency", "C", "of amounts without one; default: the lender's"},
    {"balance", "AMOUNT", "what the borrower owes"},
    {0}};
static const struct cli_option report_options[] = {
    {"by", "WHAT",
     "one table: campaign, step, template, language, hour, weekday, day, month, route, bucket, "
     "class, product, segment or risk"},
    {"since", "TIME", "texts handed over from then on, YYYY-MM-DD[THH:MM]"},
    {"until", "TIME", "... and before then"},
    {"campaign", "NAME", "texts of this campaign alone"},
    {"csv", NULL, "comma-separated values under a header of the JSON keys"},
    {0}};
static const struct cli_option adopt_options[] = {
    {"since", "TIME", "the last moment this store is sure about, YYYY-MM-DD[THH:MM]"}, {0}};
static const struct cli_option verify_options[] = {
    {"head", "HEAD", "a head you were given: SEQ:HASH, or 16 digits of the hash and more"},
    {"heads", "FILE", "every head in FILE: heads.txt of a dossier, daily texts that were kept"},
    {0}};
static const struct cli_option policy_options[] = {
    {"list", NULL, "every preset known: its place, how sure its rules are, its source"}, {0}};
static const struct cli_option evidence_options[] = {
    {"o", "FILE.zip", "where the dossier goes; a file that is there is left alone"}, {0}};
static const struct cli_option erase_options[] = {
    {"reason", "WORD", "why, in one word that names no person, such as request; it is kept"},
    {"yes", NULL, "even while something is still owed"},
    {0}};
static const struct cli_option purge_options[] = {
    {"dry-run", NULL, "say what would go, and change nothing"}, {0}};
static const struct cli_option help_options[] = {
    {"completion", NULL, "a script for bash: source <(dunlin help --completion)"}, {0}};

const struct cli_command cli_commands[] = {
    {.name = "init",
     .operands = "DIR",
     .min = 0,
     .max = 1,
     .summary = "a working sample home",
     .manual = "Writes dunlin.yaml, a campaign, templates, a call script and sample lists.\n"
	       "Nothing leaves this computer with them: the only route appends to a file.",
     .run = cli_init,
     .group = "Set up"},
    {.name = "check",
     .operands = "",
     .summary = "every mistake in what people wrote",
     .manual =
	 "dunlin.yaml, campaigns/, templates/, presets/ and words/ are read whole. A mistake is\n"
	 "shown with file, line and column, and then it exits 1; a warning changes nothing. A\n"
	 "daemon reads again on SIGHUP, and keeps to the old while there is a mistake.",
     .run = cli_check},
    {.name = "import",
     .operands = "accounts|payments|plans|results FILE.csv",
     .min = 2,
     .max = 2,
     .summary = "take in debts, payments, plans or results of work",
     .manual =
	 "Rows that cannot be taken are listed by line and reason, and the others are taken,\n"
	 "all at once. --mode update touches only rows in the file; replace: the file is the\n"
	 "whole schedule of the accounts it names; complete: of all. Payments known already\n"
	 "count once.\n\n"
	 "plans has columns account_id,date,amount, a row a part. Each account's plan is taken\n"
	 "whole or not at all, and takes the place of what was promised before; to take one\n"
	 "back: dunlin promise ID --withdraw.\n\n"
	 "results has columns task_id (or account_id) and result, and may have at, note,\n"
	 "promise_date and amount: the work list of `dunlin tasks --csv`, filled in. A result\n"
	 "is done, sent, returned, visited, no_answer, talked, refused, promise, paid,\n"
	 "wrong_number, dispute, hardship, complaint, placed or recalled.",
     .options = import_options,
     .run = cli_import,
     .group = "Lists in"},
    {.name = "imports",
     .operands = "",
     .summary = "what was taken in, newest first",
     .options = imports_options,
     .run = cli_imports},
    {.name = "import undo",
     .operands = "N",
     .min = 1,
     .max = 1,
     .summary = "as if import N had not been",
     .run = cli_import_undo},
    {.name = "plan",
     .operands = "[--on DATE] [--days N]",
     .summary = "who gets what, who does not, and why",
     .manual = "Supposes that all planned before a day is sent and nothing comes in. Nothing is\n"
	       "sent or changed by it.",
     .options = plan_options,
     .run = cli_plan,
     .group = "The daily work"},
    {.name = "serve",
     .operands = "[--at TIME] [--speed N] [--until TIME]",
     .summary = "the daemon: sends what is due and reads what comes",
     .manual = "Ends on Ctrl-C or SIGTERM when what is on its way has arrived, 10 seconds at\n"
	       "most. SIGHUP reads again what people wrote. With --at it runs a schedule's clock,\n"
	       "for trying: refused unless every route is a file or on this computer.",
     .options = serve_options,
     .run = cli_serve},
    {.name = "status",
     .operands = "",
     .summary = "routes, queue, today's figures, what needs a person",
     .run = cli_status},
    {.name = "accounts",
     .operands = "",
     .summary = "who owes, and what comes next",
     .manual = "--unselected lists those that owe and that no campaign selects, so that nobody is\n"
	       "forgotten: nothing is ever said to them.",
     .options = accounts_options,
     .run = cli_accounts,
     .group = "Lists out, newest first"},
    {.name = "messages",
     .operands = "",
     .summary = "texts, in and out, and what became of them",
     .options = list_options,
     .run = cli_messages},
    {.name = "inbox",
     .operands = "",
     .summary = "replies, and how they were read",
     .options = list_options,
     .run = cli_inbox},
    {.name = "promises",
     .operands = "",
     .summary = "promises to pay: open, kept, partial, broken",
     .options = list_options,
     .run = cli_promises},
    {.name = "calls",
     .operands = "",
     .summary = "calls and how they ended",
     .manual =
	 "KEYS are what they pressed, check digits as `?`. Where calls are recorded, --json and\n"
	 "`dunlin account ID` name the file of each, to play with aplay.",
     .options = list_options,
     .run = cli_calls},
    {.name = "tasks",
     .operands = "[--csv [--kind K] [--place]]",
     .summary = "work for a person",
     .manual =
	 "Steps of campaigns (task, letter, visit, email, outsource) and whatever a person must\n"
	 "look at. --csv writes the open ones as a work list: letters and e-mails with their\n"
	 "text. Fill in its last columns, result at least; `dunlin import results FILE.csv` takes\n"
	 "them back.",
     .options = tasks_options,
     .run = cli_tasks},
    {.name = "account",
     .operands = "ID",
     .min = 1,
     .max = 1,
     .summary = "one borrower's whole story",
     .run = cli_account},
    {.name = "send",
     .operands = "--account ID --template NAME | --to NUMBER --text TEXT",
     .summary = "one text now, under the policy",
     .manual = "Refused by the policy it exits 1 and names the next allowed time; with\n"
	       "--when-allowed it is queued for then, also while no daemon serves.",
     .options = send_options,
     .run = cli_send,
     .group = "By hand"},
    {.name = "call",
     .operands = "--account ID --script NAME",
     .summary = "one call now, under the policy",
     .manual = "Refused by the policy it exits 1 and names the next allowed time; with\n"
	       "--when-allowed it is queued for then. `dunlin calls` shows how it ended.",
     .options = call_options,
     .run = cli_call_now},
    {.name = "reply",
     .operands = "ID TEXT",
     .min = 2,
     .max = 2,
     .summary = "answer an inbox row and mark it handled",
     .manual = "ID is the inbox row's. Allowed hours and opt-out hold, nothing else does.",
     .options = reply_options,
     .run = cli_reply},
    {.name = "hold",
     .operands = "ID --reason WORD [--until DATE] [--from DATE]",
     .min = 1,
     .max = 1,
     .summary = "nothing goes to it until DATE, or until released",
     .manual = "dispute, placed and other hold the account; hardship, breathing_space, complaint\n"
	       "and bereavement every account of the person. Days are those of the account's time\n"
	       "zone. Without --until the contact rules may say how long such a hold lasts. Of\n"
	       "several holds each counts; one that is over needs no release.",
     .options = hold_options,
     .run = cli_hold},
    {.name = "release",
     .operands = "ID [--reason WORD]",
     .min = 1,
     .max = 1,
     .summary = "end the holds of this account",
     .manual = "Those that hold the whole person end on all accounts of the person.",
     .options = release_options,
     .run = cli_release},
    {.name = "optout",
     .operands = "ID | --number N [--undo]",
     .max = 1,
     .summary = "no more texts and calls, for good",
     .manual = "An account is opted out with all its numbers, a number with every account that\n"
	       "uses it. A new number in a later list does not lift it; --undo does.",
     .options = optout_options,
     .run = cli_optout},
    {.name = "promise",
     .operands = "ID --date D [--amount A] | --plan P | --withdraw",
     .min = 1,
     .max = 1,
     .summary = "note a promise or a plan of parts, or take it back",
     .manual =
	 "An account has one open promise: a new one takes its place. The campaign rests until\n"
	 "it is judged, unless the day is further ahead than promises.ahead, the amount less\n"
	 "than a fifth of what is overdue, or two were broken before: then a task is made.\n"
	 "The parts of a plan follow one another; one that is not kept ends the plan, with a\n"
	 "task. A plan CSV has columns date,amount; with account_id, those of ID are taken.",
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
     .operands = "MESSAGE | --call ID",
     .max = 1,
     .summary = "a text or call that has not gone never goes",
     .options = cancel_options,
     .run = cli_cancel},
    {.name = "resolve",
     .operands = "MESSAGE --sent|--again",
     .min = 1,
     .max = 1,
     .summary = "settle a text whose fate is `unknown`",
     .options = resolve_options,
     .run = cli_resolve},
    {.name = "skip",
     .operands = "KEY [--undo]",
     .min = 1,
     .max = 1,
     .summary = "one planned step of one account does not go",
     .manual = "KEY is the plan row's: ACCOUNT/DUE_DATE/STEP, as in A-17/2026-09-15/+7/sms.",
     .options = skip_options,
     .run = cli_skip},
    {.name = "pause",
     .operands = "[--campaign NAME]",
     .summary = "hold all sending, or one campaign's",
     .manual = "It survives restarts. What comes in is still read and answered.",
     .options = campaign_options,
     .run = cli_pause,
     .group = "Sending as a whole"},
    {.name = "resume",
     .operands = "[--campaign NAME]",
     .summary = "end a pause",
     .options = campaign_options,
     .run = cli_resume},
    {.name = "policy",
     .operands = "[--list]",
     .summary = "the contact rules in force, and where they come from",
     .manual =
	 "Shows what dunlin.yaml, its presets and the base come to together, each rule with\n"
	 "the name that decisions are recorded with, and what the lender made wider and why.\n"
	 "It is not legal advice.",
     .options = policy_options,
     .run = cli_policy,
     .group = "Contact rules"},
    {.name = "template preview",
     .operands = "NAME",
     .min = 1,
     .max = 1,
     .summary = "the text, its language, encoding, segments and price",
     .manual =
	 "A file says what it is in its first words: {{! class: remind; replies: yes }}. The\n"
	 "class is remind, negotiate, warn or legal; what a text of each may not say, `dunlin\n"
	 "check` tells. Text of warn and legal must be approved.",
     .options = preview_options,
     .run = cli_template_preview,
     .group = "Texts and replies"},
    {.name = "template approve",
     .operands = "NAME [--by WHO]",
     .min = 1,
     .max = 1,
     .summary = "record that this template, as it is now, may be used",
     .manual = "Texts of class warn and legal do not go before somebody approved them by name, in\n"
	       "every language there is. A change of the file asks for it again.",
     .run = cli_template_approve},
    {.name = "script preview",
     .operands = "NAME --account ID -o FILE.wav",
     .min = 1,
     .max = 1,
     .summary = "the call as this borrower would hear it",
     .manual =
	 "Prints the dialogue and writes the sound. Each time the script listens the next key\n"
	 "is pressed, as in --keys 1,1985,1,15#,1 (commas are for you; - waits in vain). Check\n"
	 "digits are those of the list. Nothing is noted and nobody is called.",
     .options = script_options,
     .run = cli_script_preview},
    {.name = "reply-explain",
     .operands = "TEXT",
     .min = 1,
     .max = 1,
     .summary = "how a reply would be read, and by which cues",
     .manual =
	 "Nothing is changed by it. Replies are read as promise, paid, stop, start, help,\n"
	 "wrong_number, dispute, hardship or other; `other` waits for a person. The words are\n"
	 "those Dunlin carries for ten languages and yours in words/LANG.yaml.",
     .options = explain_options,
     .run = cli_reply_explain},
    {.name = "report",
     .operands = "[curve | hours | rules | promises | calls]",
     .max = 1,
     .summary = "what came of the texts, and what they cost",
     .manual =
	 "Without --by all of it: totals, by campaign and step, the best hour to reach people,\n"
	 "the cure curve, promises, and what each rule moved, held or ended. `curve` tells how\n"
	 "many amounts are paid by day past due and where that slows down; `hours` is by the\n"
	 "hour on the borrower's clock.\n\n"
	 "How it is counted\n"
	 "  Texts      those handed over in the period; sent are those the operator accepted.\n"
	 "             What came of them counts, also after the period.\n"
	 "  Replied    a reply is credited to the last text to that person in the 7 days before\n"
	 "             it; a text counts once, however many replies it got. Promises, opt-outs "
	 "and\n"
	 "             wrong numbers likewise, one by one; a promise taken back does not count.\n"
	 "             What was keyed in a call is credited to the call.\n"
	 "  Cured      all that was in arrears on the day of the text was paid within 3 (7) days,\n"
	 "             and no later text about the account went before the payment, nor a call "
	 "that\n"
	 "             reached the right person; then it is the call's.\n"
	 "  Credit     is earned by texts of campaigns and by hand that may have arrived; not by\n"
	 "             answers and alerts, and not by failed and expired texts.\n"
	 "  Cost       prices of texts accepted, summed and rounded once, in the lender's\n"
	 "             currency; with a price in it that is not known it is null.\n"
	 "  Buckets    M0 not in arrears, M1 1-30 days past due, M2 31-60, M3 61-90, M4 more,\n"
	 "             unless `buckets:` in dunlin.yaml says otherwise.\n"
	 "  Rules      occasions: moved to a later time, held for a day, ended for good.",
     .options = report_options,
     .run = cli_report,
     .group = "Figures"},
    {.name = "events",
     .operands = "[--after SEQ]",
     .summary = "the chain of everything that happened, oldest first",
     .options = events_options,
     .run = cli_events,
     .group = "Proof"},
    {.name = "verify",
     .operands = "[--head HEAD | --heads FILE]",
     .summary = "is the chain of events whole?",
     .manual =
	 "Names every event that was changed, is missing, out of its order, put in, or erased\n"
	 "without a note of it. The chain is also held against every head that the store knows\n"
	 "it gave out. Somebody who writes the file can compute the whole chain anew: only a\n"
	 "head kept elsewhere shows that. Each dossier and each daily text holds one; pass\n"
	 "yours with --head or --heads.",
     .options = verify_options,
     .run = cli_verify},
    {.name = "evidence",
     .operands = "ID -o FILE.zip",
     .min = 1,
     .max = 1,
     .summary = "all that was said to and by one borrower, as proof",
     .manual =
	 "Writes a dossier for a judge or the borrower: index.html to read or print (who, the\n"
	 "debt, every text and reply, promises, holds, decisions with their rules, in order),\n"
	 "account.json and events.jsonl for programs, the chain of hashes with a small program\n"
	 "that checks it, and the heads given out before. Of other borrowers it holds nothing but\n"
	 "numbers of events and hashes. The chain's links from the borrower's first event on are\n"
	 "in it, about 50 octets each: some 50 MB for a million events. That it was made is noted\n"
	 "in the chain. Check digits are never in it.",
     .options = evidence_options,
     .run = cli_evidence},
    {.name = "erase",
     .operands = "ID --reason WORD [--yes]",
     .min = 1,
     .max = 1,
     .summary = "take a borrower's personal data out for good",
     .manual =
	 "Name, numbers, your own columns, the words of texts and replies, references of\n"
	 "payments and what the events told are overwritten, for ever; make a dossier before, if\n"
	 "you must keep one. The account's id, amounts, days and times stay, and the chain still\n"
	 "verifies. Nothing is sent to the account any more, lists that name it are refused, and\n"
	 "a STOP goes on holding for its numbers, of which only a keyed hash is kept. Refused\n"
	 "while something is owed, unless --yes. Backups, lists, dossiers and the operator's own\n"
	 "records are out of reach.",
     .options = erase_options,
     .run = cli_erase,
     .group = "Personal data"},
    {.name = "purge",
     .operands = "[--dry-run]",
     .summary = "take out records older than they must be kept",
     .manual =
	 "The daemon does this by itself each night. Of accounts with nothing open (no amount,\n"
	 "promise, hold, task or reply) go texts, replies, promises, holds, tasks and what events\n"
	 "told, once older than `record_keep` of the policy (3 years, unless its preset says\n"
	 "otherwise); an account of which nothing is younger goes whole. Opt-outs stay. The chain\n"
	 "tells what went and still verifies.",
     .options = purge_options,
     .run = cli_purge},
    {.name = "routes",
     .operands = "",
     .summary = "the ways texts leave by, and how they do",
     .run = cli_routes,
     .group = "Routes"},
    {.name = "routes test",
     .operands = "NAME",
     .min = 1,
     .max = 1,
     .summary = "open a route and close it again, sending nothing",
     .run = cli_routes_test},
    {.name = "modems", .operands = "", .summary = "USB modems and their SIMs", .run = cli_modems},
    {.name = "modems scan",
     .operands = "",
     .summary = "what is plugged in, and what is wrong with it",
     .manual = "Opens every USB serial port, and those named in dunlin.yaml, that no daemon holds. "
	       "No PIN\n"
	       "is tried and nothing is sent.\n",
     .run = cli_modems_scan},
    {.name = "modems test",
     .operands = "PORT --to NUMBER",
     .min = 1,
     .max = 1,
     .summary = "send one text, wait for its report",
     .manual =
	 "All that was said is shown, numbers masked. To a test number, or one a borrower has.\n"
	 "Only while no daemon serves.\n",
     .options = modems_test_options,
     .run = cli_modems_test},
    {.name = "modems log",
     .operands = "[PORT|IMEI]",
     .max = 1,
     .summary = "the last that was said on modems' wires",
     .manual = "64 KB of each, numbers masked; without a daemon what modems/IMEI.log keeps.\n",
     .run = cli_modems_log},
    {.name = "backup",
     .operands = "FILE",
     .min = 1,
     .max = 1,
     .summary = "a copy of the store, also while the daemon works",
     .run = cli_backup,
     .group = "The store"},
    {.name = "restore",
     .operands = "FILE",
     .min = 1,
     .max = 1,
     .summary = "put a backup in the store's place",
     .manual = "No daemon may serve meanwhile. Sending holds until `dunlin adopt`.",
     .run = cli_restore},
    {.name = "adopt",
     .operands = "--since TIME",
     .summary = "send again from a copy; skips steps that were due",
     .manual = "A store that was restored, copied elsewhere, or is ahead of the clock holds all\n"
	       "sending, since it cannot know what the original said. This takes it up: steps\n"
	       "already due are skipped, and what went out since TIME is listed.",
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
