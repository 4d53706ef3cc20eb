/*
 * What `dunlin-sim smsc` can be told: one table of names, kinds, defaults and help, from which the
 * command line, the `set` command of the control channel and `--help` are all made.
 */
#ifndef SIM_OPTIONS_H
#define SIM_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option_receipts { RECEIPTS_OFF, RECEIPTS_FINAL, RECEIPTS_ALL };
enum option_parts { PARTS_EACH, PARTS_ONE, PARTS_FIRST, PARTS_LAST };
enum option_ids { IDS_DEC, IDS_HEX, IDS_UPPER_HEX, IDS_PADDED, IDS_PADDED_HEX, IDS_UUID, IDS_LONG };
enum option_long { LONG_UDH, LONG_UDH16, LONG_SAR, LONG_PAYLOAD };
enum option_dialect {
	DIALECT_STD,
	DIALECT_TEXT_ONLY,
	DIALECT_MISSING_PARTS,
	DIALECT_CAPS,
	DIALECT_TLV_ONLY,
	DIALECT_UCS2,
	DIALECT_NO_ESM,
	DIALECT_NUL,
	DIALECT_SHORT_DATE,
	DIALECT_SECONDS_DATE,
	DIALECT_LONG_DATE,
	DIALECT_ZERO_DATE,
	DIALECT_DATA_SM,
	DIALECT_FAILED_WORD,
	DIALECT_ERR_0000,
	DIALECT_MIX, /* each receipt in another of the above */
};

struct options {
	/* the door */
	uint64_t port;
	const char *system_id;
	const char *password;
	uint64_t system_id_status;
	uint64_t password_status;
	bool bare_bind_error;
	const char *tls;
	const char *tls_ca;
	uint64_t max_binds;
	uint64_t seed;
	uint64_t run_for; /* seconds, 0 = until told to stop */
	const char *log;
	bool control;
	const char *control_socket;
	bool trace;

	/* answers */
	unsigned id_form;
	unsigned receipt_id_form;
	uint64_t first_id;
	uint64_t answer_delay;
	bool shuffle;
	uint64_t max_window;
	unsigned alphabet;
	bool packed;
	uint64_t enquire;
	bool no_enquire;

	/* receipts */
	unsigned receipts;
	uint64_t receipt_delay;
	unsigned dialect;
	double receipt_early;
	unsigned multipart;
	double fail;
	double expire;
	bool echo_reference;
	uint64_t remember;

	/* misbehaviour */
	uint64_t throttle;
	double queue_full;
	double refuse;
	uint64_t refuse_status;
	const char *blocked;
	uint64_t blocked_status;
	double drop;
	double stall;
	uint64_t stall_for;
	double lost_accepted;
	uint64_t silent_after;
	uint64_t half_open_after;
	double duplicate;
	uint64_t redeliver_after;
	uint64_t deliver_window;
	bool drip;
	uint64_t coalesce;
	double garbage;
	const char *garbage_kinds;
	uint64_t unbind_every;
	bool outbind;
	double lie;
	double bind_fail;
	uint64_t already_bound;

	/* the borrowers */
	bool population;
	const char *borrowers;
	const char *shares;
	uint64_t reply_delay;
	uint64_t replies;
	unsigned reply_long;
	bool keep_stop;
};

/*
 * Fills `o` from the command line. Returns 0 to go on, 1 after `--help` was answered, or -1 after
 * a mistake was reported on standard error. Strings point into argv.
 */
int options_parse(struct options *o, int argc, char **argv);

/*
 * Sets one option by its long name, as `set NAME VALUE` on the control channel does; `value` must
 * live as long as `o`. Returns NULL, or what is wrong.
 */
const char *options_set(struct options *o, const char *name, const char *value);

#endif
