/*
 * What `dunlin-sim modem` can be told: one table of names, kinds, defaults and help, from which the
 * command line, the `set` command of the control channel and `--help` are all made.
 *
 * A word `maker` and a number MODEM_MAKER mean "as the stick's profile has it".
 */
#ifndef SIM_MODEM_OPTIONS_H
#define SIM_MODEM_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEM_MAKER UINT64_MAX

enum modem_toggle { TOGGLE_MAKER, TOGGLE_ON, TOGGLE_OFF, TOGGLE_STUCK };
enum modem_ends { ENDS_MAKER, ENDS_CRLF, ENDS_CRCRLF };
enum modem_prompt { PROMPT_SPACE, PROMPT_BARE };
enum modem_sim { SIM_READY, SIM_PIN, SIM_PUK, SIM_NONE, SIM_BROKEN, SIM_BUSY };
enum modem_registration { REG_HOME, REG_ROAMING, REG_SEARCHING, REG_DENIED, REG_OFF };
enum modem_over { OVER_ERROR, OVER_BLOCK };
enum modem_ussd { USSD_MAKER, USSD_PLAIN, USSD_PACKED, USSD_UCS2, USSD_NONE };
enum modem_reports { REPORTS_ASKED, REPORTS_NONE, REPORTS_IGNORED };
enum modem_index { INDEX_MAKER, INDEX_ZERO, INDEX_ONE };
enum modem_cmti {
	CMTI_MAKER,
	CMTI_REAL,
	CMTI_SHIFTED,
	CMTI_MINUS,
	CMTI_BARE,
	CMTI_NO_STORE,
	CMTI_NEVER
};
enum modem_cure { CURE_RESET, CURE_REOPEN, CURE_REPLUG };
enum modem_audio { AUDIO_MAKER, AUDIO_TTY, AUDIO_CARD };
enum modem_reset { RESET_MAKER, RESET_STAYS, RESET_RETURNS, RESET_GONE };

struct modem_options {
	/* the sticks */
	uint64_t count;
	const char *profile; /* names, by commas, given round */
	const char *link;
	uint64_t deaf;
	uint64_t first;
	uint64_t seed;
	uint64_t run_for;
	const char *log;
	bool control;
	const char *control_socket;
	bool trace;
	const char *imei, *iccid, *imsi, *number;
	const char *maker, *model, *firmware;

	/* the line */
	unsigned echo;
	unsigned ends;
	unsigned prompt;
	bool drip;
	bool cut;
	uint64_t command_delay;
	double noise;
	uint64_t noise_every;
	bool noise_pairs;
	double garbage;
	bool sticky_prompt;

	/* the SIM and the network */
	unsigned sim;
	const char *pin;
	uint64_t pin_tries;
	unsigned registration;
	bool lte;
	uint64_t signal;
	const char *operator_name;
	const char *centre;
	int64_t zone;
	uint64_t lose_every;
	uint64_t lose_for;
	unsigned ussd;
	uint64_t ussd_delay;
	uint64_t balance;
	uint64_t price;

	/* sending */
	uint64_t latency;
	uint64_t setup;
	double refuse;
	uint64_t refuse_code;
	const char *fail;
	uint64_t fail_after;
	uint64_t fail_after_code;
	double swallow;
	double lost;
	double late;
	uint64_t late_by;
	double doubt;
	uint64_t first_reference;
	bool overflow;
	uint64_t per_minute, per_hour, per_day, recipients;
	unsigned over;
	uint64_t over_code;

	/* reports */
	unsigned reports;
	uint64_t report_delay;
	double report_fail;
	double report_pending;
	double report_early;
	double report_twice;
	const char *cdsi_store;
	bool cnmi_lies;

	/* receiving */
	uint64_t places;
	unsigned index;
	unsigned cmti;
	uint64_t ack_within;
	uint64_t redeliver;
	bool ack_mutes;
	bool shuffle;
	bool wide;
	uint64_t part_gap;
	double delete_fail;

	/* faults */
	double hang;
	uint64_t hang_for;
	unsigned hang_cure;
	double vanish;
	double crash;
	uint64_t away;
	uint64_t boot;
	bool renumber;
	unsigned reset;

	/* calls */
	bool voice;
	uint64_t voice_speed;
	unsigned audio;
	const char *cards;
	const char *card_plugin;
	uint64_t drift;
	bool patient;
	const char *callers;
	const char *call;
	const char *speech;
	const char *calls;
	const char *recordings;
	double modem_keys;
	uint64_t dead_sound;
	bool keep_calls;

	/* the borrowers */
	bool population;
	const char *borrowers;
	const char *shares;
	uint64_t reply_delay;
	uint64_t replies;
};

/*
 * Fills `o` from the command line. Returns 0 to go on, 1 after `--help` was answered, or -1 after
 * a mistake was reported on standard error. Strings point into argv.
 */
int modem_options_parse(struct modem_options *o, int argc, char **argv);

/* Sets one option by its long name; `value` must live as long as `o`. NULL, or what is wrong. */
const char *modem_options_set(struct modem_options *o, const char *name, const char *value);

/* The code that `list` ("+639171234567=38,...") has for a number (digits, no +); 0: none. */
unsigned modem_options_code(const char *list, const char *number);

#endif
