#include "options.h"

#include "option_table.h"

static const char *const id_words[] = {"dec",        "hex",  "upper-hex", "padded",
				       "padded-hex", "uuid", "long",      NULL};
static const char *const receipts_words[] = {"off", "final", "all", NULL};
static const char *const parts_words[] = {"each", "one", "first", "last", NULL};
static const char *const alphabet_words[] = {"gsm", "latin1", "ascii", NULL};
static const char *const packing_words[] = {"unpacked", "packed", NULL};
static const char *const order_words[] = {"kept", "shuffle", NULL};
static const char *const long_words[] = {"udh", "udh16", "sar", "payload", NULL};
static const char *const dialect_words[] = {
    "std",     "text-only",   "missing-parts", "caps",         "tlv-only",  "ucs2",
    "no-esm",  "nul",         "short-date",    "seconds-date", "long-date", "zero-date",
    "data_sm", "failed-word", "err-0000",      "mix",          NULL};

#define AT(member) offsetof(struct options, member)

static const struct option_row rows[] = {
    {.help = "The door", .kind = HEADING},
    {"port", NUMBER, AT(port), "N", "listen on 127.0.0.1:N; 0 picks a free port (default 2775)", 0},
    {"system-id", STRING, AT(system_id), "ID", "the only system_id let in (default: any)", 0},
    {"password", STRING, AT(password), "WORD", "its password (default: any)", 0},
    {"system-id-status", STATUS, AT(system_id_status), "N", "answer to another system_id (0x0f)",
     0},
    {"password-status", STATUS, AT(password_status), "N", "answer to another password (0x0e)", 0},
    {"bare-bind-error", FLAG, AT(bare_bind_error), NULL, "a refused bind is answered header only",
     0},
    {"max-binds", NUMBER, AT(max_binds), "N", "refuse more binds at once with ESME_RBINDFAIL", 0},
    {"tls", STRING, AT(tls), "CERT,KEY", "speak TLS with this certificate and key (PEM)", 0},
    {"tls-ca", STRING, AT(tls_ca), "FILE", "and want a client certificate signed by this one", 0},
    {"seed", NUMBER, AT(seed), "N", "of everything left to chance (default 1)", 0},
    {"for", NUMBER, AT(run_for), "SECONDS", "end by itself after this time", 0},
    {"log", STRING, AT(log), "FILE", "append each accepted submit as one JSON object a line", 0},
    {"control", FLAG, AT(control), NULL, "take commands from standard input, one a line", 0},
    {"control-socket", STRING, AT(control_socket), "PATH", "take commands on this unix socket", 0},
    {"trace", FLAG, AT(trace), NULL, "print every PDU's header to standard error", 0},

    {.help = "Answers", .kind = HEADING},
    {"id-form", WORD, AT(id_form), "FORM", "message ids in submit_sm_resp (dec)", id_words},
    {"receipt-id-form", WORD, AT(receipt_id_form), "FORM",
     "the same ids in receipts (as --id-form)", id_words},
    {"long-ids", OWN, 0, NULL, "ids of 64 characters: short for --id-form long", 0},
    {"first-id", NUMBER, AT(first_id), "N", "number of the first message (305419896)", 0},
    {"answer-delay", NUMBER, AT(answer_delay), "MS", "mean time to an answer, half more or less",
     0},
    {"response-order", EITHER, AT(shuffle), "ORDER", "of delayed answers", order_words},
    {"max-window", NUMBER, AT(max_window), "N", "throttle what exceeds N unanswered submits", 0},
    {"alphabet", WORD, AT(alphabet), "NAME", "what data_coding 0 means here", alphabet_words},
    {"packing", EITHER, AT(packed), "HOW", "septets of data_coding 0", packing_words},
    {"enquire", NUMBER, AT(enquire), "SECONDS",
     "own enquire_link after this silence (30; 0: never)", 0},
    {"no-enquire", FLAG, AT(no_enquire), NULL, "never ask, and never answer, an enquire_link", 0},

    {.help = "Receipts", .kind = HEADING},
    {"receipts", WORD, AT(receipts), "WHICH", "of texts that ask for one (final)", receipts_words},
    {"receipt-delay", NUMBER, AT(receipt_delay), "MS", "mean time from answer to receipt (50)", 0},
    {"receipt-dialect", WORD, AT(dialect), "NAME", "how receipts are written (std)", dialect_words},
    {"receipt-before-response", SHARE, AT(receipt_early), "P", "receipts ahead of their answer", 0},
    {"multipart", WORD, AT(multipart), "PARTS", "which parts of a long text get one (each)",
     parts_words},
    {"fail", SHARE, AT(fail), "P", "texts that end undeliverable", 0},
    {"expire", SHARE, AT(expire), "P", "texts that end expired", 0},
    {"echo-reference", FLAG, AT(echo_reference), NULL, "receipts echo user_message_reference", 0},
    {"remember", NUMBER, AT(remember), "N", "messages kept for query_sm (200000)", 0},

    {.help = "Misbehaviour (P: a share from 0 to 1, or with %)", .kind = HEADING},
    {"throttle", NUMBER, AT(throttle), "N", "ESME_RTHROTTLED above N segments a second", 0},
    {"queue-full", SHARE, AT(queue_full), "P", "ESME_RMSGQFUL", 0},
    {"refuse", SHARE, AT(refuse), "P", "refused for good", 0},
    {"refuse-status", STATUS, AT(refuse_status), "N", "with this status (0x0b)", 0},
    {"blocked", STRING, AT(blocked), "LIST", "numbers, by comma, whose owner said STOP here", 0},
    {"blocked-status", STATUS, AT(blocked_status), "N", "the answer for those (0x401)", 0},
    {"keep-stop", FLAG, AT(keep_stop), NULL, "borrowers' STOP blocks the number, untold", 0},
    {"drop", SHARE, AT(drop), "P", "close the connection instead of answering", 0},
    {"stall", SHARE, AT(stall), "P", "never answer that submit", 0},
    {"stall-for", NUMBER, AT(stall_for), "MS",
     "--stall freezes the whole session this long instead", 0},
    {"lost-accepted", SHARE, AT(lost_accepted), "P",
     "of submits never answered, those accepted (1)", 0},
    {"silent-after", NUMBER, AT(silent_after), "N", "answer nothing after N submits of a session",
     0},
    {"half-open", NUMBER, AT(half_open_after), "N", "forget a session, unclosed, after N submits",
     0},
    {"duplicate", SHARE, AT(duplicate), "P", "deliver_sm sent again though answered", 0},
    {"redeliver-after", NUMBER, AT(redeliver_after), "MS", "and again when not answered by then",
     0},
    {"deliver-window", NUMBER, AT(deliver_window), "N", "unanswered deliver_sm at once (100)", 0},
    {"drip", FLAG, AT(drip), NULL, "write one octet at a time", 0},
    {"coalesce", NUMBER, AT(coalesce), "MS", "hold output back this long, then write it as one", 0},
    {"garbage", SHARE, AT(garbage), "P", "a broken PDU on a submit; see --garbage-kinds", 0},
    {"garbage-kinds", STRING, AT(garbage_kinds), "LIST",
     "which, by comma (default: all survivable)", 0},
    {"unbind-every", NUMBER, AT(unbind_every), "N", "unbind after N submits of a session", 0},
    {"outbind", FLAG, AT(outbind), NULL, "send outbind on each new connection", 0},
    {"lie", SHARE, AT(lie), "P", "answers doubled, or with foreign sequence numbers", 0},
    {"bind-fail", SHARE, AT(bind_fail), "P", "ESME_RBINDFAIL", 0},
    {"already-bound", NUMBER, AT(already_bound), "SECONDS",
     "ESME_RALYBND this long after a lost connection", 0},

    {.help = "Borrowers", .kind = HEADING},
    {"population", SAMPLE, AT(population), "sample", "every number is a borrower who may answer",
     0},
    {"borrowers", STRING, AT(borrowers), "FILE", "lines `NUMBER: BEHAVIOUR` or `NUMBER: \"TEXT\"`",
     0},
    {"shares", STRING, AT(shares), "LIST", "promise=35,paid=8,...: percent of each behaviour", 0},
    {"reply-delay", NUMBER, AT(reply_delay), "MS", "mean time from text to reply (200)", 0},
    {"replies", NUMBER, AT(replies), "N", "most replies of one number (1)", 0},
    {"reply-long", WORD, AT(reply_long), "HOW", "how long replies come (udh)", long_words},
};

static const struct options defaults = {
    .port = 2775,
    .system_id_status = 0x0f,
    .password_status = 0x0e,
    .seed = 1,
    .receipt_id_form = (unsigned)-1,
    .first_id = 305419896,
    .enquire = 30,
    .receipts = RECEIPTS_FINAL,
    .receipt_delay = 50,
    .remember = 200000,
    .refuse_status = 0x0b,
    .blocked_status = 0x401,
    .lost_accepted = 1,
    .deliver_window = 100,
    .reply_delay = 200,
    .replies = 1,
};

/* The only own one: --long-ids. */
static const char *
set_own(void *options, const struct option_row *row, const char *value)
{
	(void)row;
	(void)value;
	((struct options *)options)->id_form = IDS_LONG;
	return NULL;
}

static const struct option_table table = {
    .command = "smsc",
    .about = "A simulated SMPP 3.4 operator on 127.0.0.1. It prints one line, `listening "
	     "127.0.0.1:PORT`,\nthen serves until SIGTERM, SIGINT, `quit` or --for; on SIGUSR1 and "
	     "at the end it prints its\ncounts as one JSON object.\n",
    .rows = rows,
    .n = sizeof rows / sizeof rows[0],
    .commands = ":\n"
		"  mo FROM TO TEXT        a text from a borrower\n"
		"  receipt ID STATE       a receipt: DELIVRD UNDELIV EXPIRED REJECTD DELETED "
		"ENROUTE ...\n"
		"  drop                   close all connections, as a lost network does\n"
		"  stall MS               read and write nothing for this long\n"
		"  unbind                 unbind all sessions\n"
		"  block NUMBER           as --blocked\n"
		"  set OPTION VALUE       change an option; flags take on or off\n"
		"  sessions | stats       what there is, as JSON\n"
		"  quit\n",
    .own = set_own,
};

const char *
options_set(struct options *o, const char *name, const char *value)
{
	return option_table_set(&table, o, name, value);
}

int
options_parse(struct options *o, int argc, char **argv)
{
	*o = defaults;
	int status = option_table_parse(&table, o, argc, argv);
	if (o->receipt_id_form == (unsigned)-1)
		o->receipt_id_form = o->id_form;
	return status;
}
