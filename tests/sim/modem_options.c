#include "modem_options.h"

#include "option_table.h"

#include <stdlib.h>
#include <string.h>

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define AT(member) offsetof(struct modem_options, member)

/* clang-format off */
static const struct option_row rows[] = {
    {.help = "The sticks", .kind = HEADING},
    {"count", NUMBER, AT(count), "N", "so many sticks, each with a SIM of its own (1)", 0},
    {"profile", STRING, AT(profile), "NAME,...", "makers, given round: generic huawei zte quectel simcom800 simcom7600 wavecom ublox telit", 0},
    {"link", STRING, AT(link), "DIR", "symbolic links DIR/modem0... to their ports", 0},
    {"deaf", NUMBER, AT(deaf), "N", "the last N say nothing, as the other ports of a stick", 0},
    {"first", NUMBER, AT(first), "N", "number of the first stick, of which identities are made (0)", 0},
    {"seed", NUMBER, AT(seed), "N", "of everything left to chance (1)", 0},
    {"for", NUMBER, AT(run_for), "SECONDS", "end by itself after this time", 0},
    {"log", STRING, AT(log), "FILE", "append each text the network took as one JSON object a line", 0},
    {"control", FLAG, AT(control), NULL, "take commands from standard input, one a line", 0},
    {"control-socket", STRING, AT(control_socket), "PATH", "take commands on this unix socket", 0},
    {"trace", FLAG, AT(trace), NULL, "print what comes and goes to standard error", 0},
    {"imei", STRING, AT(imei), "DIGITS", "of the first; the others count on", 0},
    {"iccid", STRING, AT(iccid), "DIGITS", "likewise", 0},
    {"imsi", STRING, AT(imsi), "DIGITS", "likewise", 0},
    {"number", STRING, AT(number), "NUMBER", "likewise, the SIM's own: AT+CNUM and the log", 0},
    {"maker", STRING, AT(maker), "NAME", "instead of the profile's", 0},
    {"model", STRING, AT(model), "NAME", "likewise", 0},
    {"firmware", STRING, AT(firmware), "NAME", "likewise", 0},

    {.help = "The line", .kind = HEADING},
    {"echo", WORD, AT(echo), "WHEN", "commands are echoed (maker); stuck: whatever ATE0 says", WORDS("maker", "on", "off", "stuck")},
    {"ends", WORD, AT(ends), "HOW", "lines end in (maker)", WORDS("maker", "crlf", "crcrlf")},
    {"prompt", WORD, AT(prompt), "HOW", "`>` with a space or without", WORDS("space", "bare")},
    {"drip", FLAG, AT(drip), NULL, "write one octet at a time", 0},
    {"cut", FLAG, AT(cut), NULL, "write in pieces of any length", 0},
    {"command-delay", NUMBER, AT(command_delay), "MS", "before every command is done (0)", 0},
    {"noise", SHARE, AT(noise), "P", "chance of unasked lines before each line and the prompt", 0},
    {"noise-every", NUMBER, AT(noise_every), "MS", "and at moments about this far apart", 0},
    {"noise-pairs", FLAG, AT(noise_pairs), NULL, "also between +CMGL:, +CMT:, +CDS: and their PDU", 0},
    {"garbage", SHARE, AT(garbage), "P", "chance of rubbish at the same places", 0},
    {"sticky-prompt", FLAG, AT(sticky_prompt), NULL, "`>` goes on waiting when the port is closed", 0},

    {.help = "The SIM and the network", .kind = HEADING},
    {"sim", WORD, AT(sim), "STATE", "what AT+CPIN? says", WORDS("ready", "pin", "puk", "none", "broken", "busy")},
    {"pin", STRING, AT(pin), "DIGITS", "the right one (1234)", 0},
    {"pin-tries", NUMBER, AT(pin_tries), "N", "until it wants the PUK (3)", 0},
    {"registration", WORD, AT(registration), "STATE", "of the SIM in the network", WORDS("home", "roaming", "searching", "denied", "off")},
    {"lte", FLAG, AT(lte), NULL, "in LTE: +CEREG, and USSD is refused", 0},
    {"signal", NUMBER, AT(signal), "N", "0 to 31, or 99, give or take two (20)", 0},
    {"operator", STRING, AT(operator_name), "NAME", "in AT+COPS? (Sunrise)", 0},
    {"centre", STRING, AT(centre), "NUMBER", "service centre on the SIM (+639170000130); \"\": none", 0},
    {"zone", OWN, AT(zone), "HOURS", "of the time stamps, east of UTC (8)", 0},
    {"lose-every", NUMBER, AT(lose_every), "MS", "registration is lost about this often", 0},
    {"lose-for", NUMBER, AT(lose_for), "MS", "and returns after about this (2000)", 0},
    {"ussd", WORD, AT(ussd), "FORM", "how AT+CUSD speaks (maker)", WORDS("maker", "plain", "packed", "ucs2", "none")},
    {"ussd-delay", NUMBER, AT(ussd_delay), "MS", "until the network answers it (200)", 0},
    {"balance", NUMBER, AT(balance), "CENTS", "on each SIM (50000)", 0},
    {"price", NUMBER, AT(price), "CENTS", "of a text (0); with none left they are refused", 0},

    {.help = "Sending", .kind = HEADING},
    {"latency", NUMBER, AT(latency), "MS", "mean time in the air, half more or less (300)", 0},
    {"setup", NUMBER, AT(setup), "MS", "more, where AT+CMMS does not keep the link (300)", 0},
    {"refuse", SHARE, AT(refuse), "P", "chance of a +CMS ERROR", 0},
    {"refuse-code", NUMBER, AT(refuse_code), "CODE", "which (38)", 0},
    {"fail", STRING, AT(fail), "NUMBER=CODE,...", "numbers that always get one", 0},
    {"fail-after", NUMBER, AT(fail_after), "N", "after so many texts all get one, until a reset", 0},
    {"fail-after-code", NUMBER, AT(fail_after_code), "CODE", "which (500)", 0},
    {"swallow", SHARE, AT(swallow), "P", "chance that a text is taken and never answered", 0},
    {"lost", SHARE, AT(lost), "P", "that it is neither taken nor answered", 0},
    {"late", SHARE, AT(late), "P", "that the answer comes later than anybody waits", 0},
    {"late-by", NUMBER, AT(late_by), "MS", "by this (60000)", 0},
    {"doubt", SHARE, AT(doubt), "P", "of the maker's code for `no answer`; half of these are taken", 0},
    {"first-reference", NUMBER, AT(first_reference), "N", "TP-MR of the first text (0)", 0},
    {"overflow", FLAG, AT(overflow), NULL, "+CMS ERROR: 1 behind reference 255, until a reset", 0},
    {"per-minute", NUMBER, AT(per_minute), "N", "texts a SIM may send in a minute", 0},
    {"per-hour", NUMBER, AT(per_hour), "N", "in an hour", 0},
    {"per-day", NUMBER, AT(per_day), "N", "in a day", 0},
    {"recipients", NUMBER, AT(recipients), "N", "different numbers it may send to", 0},
    {"over", WORD, AT(over), "WHAT", "beyond that each text is refused, or the SIM is blocked", WORDS("error", "block")},
    {"over-code", NUMBER, AT(over_code), "CODE", "with this (8)", 0},

    {.help = "Status reports", .kind = HEADING},
    {"reports", WORD, AT(reports), "WHEN", "as AT+CNMI asks; never though it says OK; refused", WORDS("asked", "none", "refused")},
    {"report-delay", NUMBER, AT(report_delay), "MS", "mean time to a report (200)", 0},
    {"report-fail", SHARE, AT(report_fail), "P", "chance that it tells of a failure", 0},
    {"report-pending", SHARE, AT(report_pending), "P", "that one saying `still trying` comes first", 0},
    {"report-early", SHARE, AT(report_early), "P", "that it comes before +CMGS:", 0},
    {"report-twice", SHARE, AT(report_twice), "P", "that it comes twice", 0},
    {"cdsi-store", STRING, AT(cdsi_store), "NAME", "what +CDSI: says, wherever it is (SR)", 0},
    {"cnmi-lies", FLAG, AT(cnmi_lies), NULL, "AT+CNMI says OK and leaves reports off", 0},

    {.help = "Receiving", .kind = HEADING},
    {"places", NUMBER, AT(places), "N", "in the SIM's storage (maker)", 0},
    {"index", WORD, AT(index), "BASE", "storage counts from (maker)", WORDS("maker", "zero", "one")},
    {"cmti", WORD, AT(cmti), "HOW", "+CMTI: tells (maker)", WORDS("maker", "real", "shifted", "minus", "bare", "no-store", "never")},
    {"ack-within", NUMBER, AT(ack_within), "MS", "AT+CNMA is owed after +CMT: (10000)", 0},
    {"redeliver", NUMBER, AT(redeliver), "N", "times without one; then it is stored (2)", 0},
    {"ack-mutes", FLAG, AT(ack_mutes), NULL, "one that is missing sets mt and ds of AT+CNMI to 0 (27.005 3.4.1)", 0},
    {"shuffle", FLAG, AT(shuffle), NULL, "parts of long texts come in any order", 0},
    {"wide", FLAG, AT(wide), NULL, "with references of 16 bits", 0},
    {"part-gap", NUMBER, AT(part_gap), "MS", "between parts (20)", 0},
    {"delete-fail", SHARE, AT(delete_fail), "P", "chance that AT+CMGD fails", 0},

    {.help = "Faults", .kind = HEADING},
    {"hang", SHARE, AT(hang), "P", "chance, of each command, that the stick answers nothing any more", 0},
    {"hang-for", NUMBER, AT(hang_for), "MS", "until it is over; 0: for ever (0)", 0},
    {"hang-cure", WORD, AT(hang_cure), "BY", "ATZ or AT+CFUN; also closing the port; only replugging", WORDS("reset", "reopen", "replug")},
    {"vanish", SHARE, AT(vanish), "P", "chance, of each command, that the port is gone", 0},
    {"crash", SHARE, AT(crash), "P", "that it starts anew", 0},
    {"away", NUMBER, AT(away), "MS", "until a vanished one returns, elsewhere; 0: never (1000)", 0},
    {"boot", NUMBER, AT(boot), "MS", "from a start to SMS Ready (300)", 0},
    {"renumber", FLAG, AT(renumber), NULL, "the link of one that returns has another number", 0},
    {"reset", WORD, AT(reset), "HOW", "AT+CFUN=1,1 (maker); gone: as mass storage", WORDS("maker", "stays", "returns", "gone")},

    {.help = "Calls", .kind = HEADING},
    {"voice", FLAG, AT(voice), NULL, "sticks that telephone; see the README", 0},
    {"voice-speed", NUMBER, AT(voice_speed), "N", "times real time: ringing, talking, cards (1)", 0},
    {"audio", WORD, AT(audio), "WHERE", "samples are on a second pty (DIR/modemN.pcm) or a card (maker)", WORDS("maker", "tty", "card")},
    {"cards", STRING, AT(cards), "DIR", "mapped files of the cards, DIR/card0...", 0},
    {"card-plugin", STRING, AT(card_plugin), "FILE", "libasound_module_pcm_dunlin.so: DIR/asound.conf names the cards modem0... by it", 0},
    {"drift", NUMBER, AT(drift), "PPM", "the sticks' clocks run so much fast (0)", 0},
    {"patient", FLAG, AT(patient), NULL, "their clocks wait for a daemon that is late", 0},
    {"callers", STRING, AT(callers), "FILE", "what numbers do when called: `NUMBER: WORDS`", 0},
    {"call", STRING, AT(call), "WORDS", "what all others do (no-answer)", 0},
    {"speech", STRING, AT(speech), "DIR", "WAV files that callers say", 0},
    {"calls", STRING, AT(calls), "FILE", "append what happens in calls as JSON objects", 0},
    {"recordings", STRING, AT(recordings), "DIR", "a WAV of each call: left heard, right said", 0},
    {"modem-keys", SHARE, AT(modem_keys), "P", "share of the keys that the stick hears, too (1)", 0},
    {"dead-sound", NUMBER, AT(dead_sound), "N", "each Nth call, a SIM7600's sound stays off until a reset", 0},
    {"keep-calls", FLAG, AT(keep_calls), NULL, "a stick that vanishes goes on with its call", 0},

    {.help = "The borrowers", .kind = HEADING},
    {"population", SAMPLE, AT(population), "sample", "every number answers by its hash", 0},
    {"borrowers", STRING, AT(borrowers), "FILE", "what single numbers do: `NUMBER: BEHAVIOUR`", 0},
    {"shares", STRING, AT(shares), "NAME=P,...", "of the sample", 0},
    {"reply-delay", NUMBER, AT(reply_delay), "MS", "mean time to an answer (1000)", 0},
    {"replies", NUMBER, AT(replies), "N", "answers a number gives at most (1)", 0},
};
/* clang-format on */

static const struct modem_options defaults = {
    .count = 1,
    .profile = "generic",
    .seed = 1,
    .pin = "1234",
    .pin_tries = 3,
    .signal = 20,
    .operator_name = "Sunrise",
    .centre = "+639170000130",
    .zone = 8,
    .lose_for = 2000,
    .ussd_delay = 200,
    .balance = 50000,
    .latency = 300,
    .setup = 300,
    .refuse_code = 38,
    .fail_after_code = 500,
    .late_by = 60000,
    .over_code = 8,
    .report_delay = 200,
    .cdsi_store = "SR",
    .places = MODEM_MAKER,
    .ack_within = 10000,
    .redeliver = 2,
    .part_gap = 20,
    .away = 1000,
    .boot = 300,
    .voice_speed = 1,
    .modem_keys = 1,
    .reply_delay = 1000,
    .replies = 1,
};

/* The only own one: --zone. */
static const char *
set_own(void *options, const struct option_row *row, const char *value)
{
	char *end;
	long hours = strtol(value, &end, 10);
	(void)row;
	if (end == value || *end || hours < -12 || hours > 14)
		return "wants hours between -12 and 14";
	((struct modem_options *)options)->zone = hours;
	return NULL;
}

static const struct option_table table = {
    .command = "modem",
    .about =
	"Simulated GSM modems, each on a pseudo terminal. A line `modemN PATH IMEI` is printed "
	"for each,\nagain when one returns under another name, and `ready` when all are there; "
	"they serve until\nSIGTERM, SIGINT, `quit` or --for. On SIGUSR1 and at the end counts "
	"are printed as JSON.\n",
    .rows = rows,
    .n = sizeof rows / sizeof rows[0],
    .commands =
	"; a number or * in front picks the stick (0):\n"
	"  incoming NUMBER TEXT      a text to its SIM\n"
	"  hang [MS] | wake          no answer to anything, for so long or until cured\n"
	"  vanish [MS] | return      the port goes, and comes back after this or when told\n"
	"  reboot                    it starts anew\n"
	"  register STATE            home, roaming, searching, denied or off\n"
	"  signal N | balance CENTS  \n"
	"  sim STATE                 as --sim: another SIM state from now on\n"
	"  ussd TEXT                 from the network, unasked\n"
	"  ring                      says RING, once\n"
	"  call NUMBER WORDS         somebody calls (`withheld`: without a number)\n"
	"  caller NUMBER WORDS       what a number does from now on, as a line of --callers\n"
	"  press KEYS | drop         the other side of the call at hand presses, hangs up\n"
	"  noise LINE                says this line\n"
	"  block | unblock           as a quota overrun does\n"
	"  set OPTION VALUE          an option, for all sticks; flags take on or off\n"
	"  modems | stats            what there is, as JSON\n"
	"  quit\n",
    .own = set_own,
};

const char *
modem_options_set(struct modem_options *o, const char *name, const char *value)
{
	return option_table_set(&table, o, name, value);
}

int
modem_options_parse(struct modem_options *o, int argc, char **argv)
{
	*o = defaults;
	return option_table_parse(&table, o, argc, argv);
}

unsigned
modem_options_code(const char *list, const char *number)
{
	size_t n = strlen(number);
	for (const char *at = list; at && *at; at += *at == ',') {
		at += *at == '+';
		size_t digits = strspn(at, "0123456789");
		if (digits == n && strncmp(at, number, n) == 0 && at[n] == '=')
			return (unsigned)strtoul(at + n + 1, NULL, 10);
		at += strcspn(at, ",");
	}
	return 0;
}
