/* modem_parts.h - the inside of a modem: what its files share
 *
 *   modem.c         life, states, who speaks next     modem_start.c   probe, identity, PIN
 *   modem_set.c     settings                          modem_send.c    texts on their way out
 *   modem_inbox.c   texts and reports coming in       modem_store.c   the SIM's storage
 *   modem_watch.c   registration, signal, notices     modem_ussd.c    USSD
 *   modem_heal.c    silence, resets                   modem_words.c   names and sentences
 *   modem_call*.c   calls: see modem_calling.h
 *
 * One command is under way at a time. When it has ended, modem_next() chooses: the script of the
 * state (start, settings), else texts and chores in turn.
 */
#ifndef MODEM_MODEM_PARTS_H
#define MODEM_MODEM_PARTS_H

#include "at.h"
#include "at_final.h"
#include "driver.h"
#include "modem.h"
#include "modem_calling.h"

#define SLOTS  512 /* texts that were given and not deleted yet */
#define KNOWN  256 /* digests remembered of those that were */
#define READS  32
#define STORES 6

struct modem;
typedef void modem_then(struct modem *m, const struct at_answer *answer);

/* One command of a script. */
struct step {
	const char *text; /* NULL: make() writes it, or says false and the step is passed over */
	bool (*make)(struct modem *m, char *out, size_t cap);
	const char *prefix;
	bool slow;
	bool follows;     /* shares `variant` with the step before */
	modem_then *then; /* NULL: whatever it answers is fine */
};

enum chore {
	CHORE_ACKNOWLEDGE = 1 << 0,
	CHORE_READ = 1 << 1,
	CHORE_DELETE = 1 << 2,
	CHORE_REGISTRATION = 1 << 3,
	CHORE_REGISTRATION_LTE = 1 << 4,
	CHORE_SIGNAL = 1 << 5,
	CHORE_OPERATOR = 1 << 6,
	CHORE_DRAIN = 1 << 7,
	CHORE_USSD = 1 << 8,
	CHORE_NOTICES = 1 << 9, /* AT+CNMI anew */
	CHORE_RADIO_OFF = 1 << 10,
	CHORE_RADIO_ON = 1 << 11,
};

struct outgoing {
	uint64_t cookie;
	struct pdu_hex pdu;
	bool more, held, withdrawn;
};

/* A text that was given to the owner: in storage, or owed an acknowledgement (index -1). */
struct slot {
	bool used, confirmed, seen;
	char store[4];
	int index;
	uint64_t digest;
	uint32_t token;
	unsigned failures; /* of deleting it */
};

struct place {
	char store[4];
	int index;
};

struct modem {
	uv_loop_t *loop;
	uv_timer_t state_timer, poll_timer, kick, ussd_timer;
	unsigned open_handles;
	bool closing; /* modem_close() was called */
	bool ending;  /* and what was waited for is over */
	struct at *at;
	struct modem_config config;
	char path[SERIAL_PATH];
	struct modem_events events;
	void *ctx;
	modem_closed *closed;
	void *closed_ctx;

	struct modem_info info;
	struct driver driver;
	enum modem_state back; /* where PINGING came from, and the trouble there */
	enum modem_trouble aside;
	unsigned strikes; /* silences without an answer between */
	size_t resets_tried;
	bool lost_port;
	bool want_reset;     /* modem_reset(), to be done from the loop */
	bool anew;           /* it started itself anew: all is set again */
	bool doubt;          /* an answer may still come that is nobody's */
	bool ask_next;       /* a reset was said: it is asked, before the next one is */
	unsigned mute_texts; /* texts in a row without an answer */

	const struct step *script;
	size_t step, variant;
	unsigned tries; /* of the step at hand */
	bool again;     /* the step that comes is one that was */
	bool paused;    /* until kick */
	modem_then *then;
	bool mute_ok; /* silence is an answer to the command at hand */

	bool pin_answered, pin_tried, pin_taken;
	char pin[9]; /* between modem_pin() and the loop's next turn */

	struct outgoing out[MODEM_ROOM];
	unsigned out_n, sends_in_row;
	bool sending;
	uint64_t last_sent; /* uv_now() */
	bool link_kept;     /* AT+CMMS=1 was said for the texts at hand */
	int last_reference;
	bool in_doubt; /* a text ended as unknown: its late answer is told with doubtful's cookie */
	uint64_t doubtful;

	unsigned chores;
	unsigned owed; /* acknowledgements */
	bool acknowledges;
	size_t notices; /* which of driver.cnmi was taken */
	struct slot slots[SLOTS];
	uint64_t known[KNOWN];
	size_t known_n;
	uint32_t last_token;
	struct place reads[READS];
	size_t reads_n;
	char stores[STORES][4];
	size_t stores_n, drain_at; /* which store a drain has come to */
	char selected[4];          /* where AT+CMGR and AT+CMGL look; "" when not known */
	char absent[4];            /* it is announced, and cannot be looked at */
	bool three_stores;         /* AT+CPMS wants all of them */
	uint64_t last_drain, last_operator;
	struct place place; /* of the read or the deletion at hand */
	bool selecting;

	int registrations[2]; /* +CREG, +CEREG; -1: not known */

	char ussd[64];
	bool ussd_busy, ussd_other_form;

	struct calling call;
};

/* ---- modem.c ---- */
void modem_enter(struct modem *m, enum modem_state state, enum modem_trouble trouble);
void modem_run(struct modem *m, const char *text, const char *prefix, unsigned ms,
	       modem_then *then);
void modem_run_command(struct modem *m, struct at_command *command, modem_then *then);
void modem_play(struct modem *m, const struct step *script);
void modem_repeat(struct modem *m); /* the step at hand once more */
void modem_pause(struct modem *m, unsigned ms);
void modem_next(struct modem *m);
void modem_kick(struct modem *m);
void modem_changed(struct modem *m);
void modem_start(struct modem *m); /* OPENING */
void modem_end(struct modem *m);
bool modem_in_use(const struct modem *m); /* READY or SENDING */

/* ---- modem_start.c, modem_pin.c, modem_set.c ---- */
void modem_probe(struct modem *m);
void modem_identify(struct modem *m);
void modem_look(struct modem *m); /* at one set aside */
void modem_unlock(struct modem *m);
void modem_set(struct modem *m);
bool modem_set_notices(struct modem *m, char *out, size_t cap);

/* ---- modem_send.c ---- */
bool modem_send(struct modem *m);
void modem_flush_unsent(struct modem *m, const char *why);
void modem_flush_withdrawn(struct modem *m);
bool modem_late(struct modem *m, const char *line);

/* ---- modem_inbox.c, modem_store.c ---- */
void modem_direct(struct modem *m, const char *line, const char *pdu);
void modem_give(struct modem *m, const struct place *place, const char *line, const char *hex);
void modem_announced(struct modem *m, const char *line, const char *store);
bool modem_acknowledge(struct modem *m);
void modem_forget(struct modem *m, struct slot *slot);
bool modem_store_chore(struct modem *m);
bool modem_select(struct modem *m, const char *store);

/* ---- modem_watch.c, modem_ussd.c ---- */
bool modem_watch_chore(struct modem *m);
void modem_notice(struct modem *m, const char *line, const char *pdu);
void modem_poll(struct modem *m);
void modem_follow_network(struct modem *m);
bool modem_ussd_chore(struct modem *m);
void modem_ussd_came(struct modem *m, const char *line);
void modem_ussd_end(struct modem *m, int error, const char *text);

/* ---- modem_heal.c ---- */
void modem_ask(struct modem *m, modem_then *then);
void modem_silent(struct modem *m);
void modem_heal(struct modem *m, bool thorough); /* RESETTING */
void modem_heal_step(struct modem *m);

/* ---- modem_call*.c ---- */
bool modem_call_busy(const struct modem *m);
bool modem_call_notice(struct modem *m, const char *line);
bool modem_call_chore(struct modem *m);
void modem_call_kicked(struct modem *m);
void modem_call_check(struct modem *m);
void modem_call_leave(struct modem *m);
bool modem_call_left(struct modem *m);
void modem_call_cancel(struct modem *m);
bool modem_call_make_init(struct modem *m, char *out, size_t cap);
void modem_call_on_init(struct modem *m, const struct at_answer *answer);
bool modem_call_make_audio(struct modem *m, char *out, size_t cap);
void modem_call_on_audio(struct modem *m, const struct at_answer *answer);
bool modem_call_make_audio_set(struct modem *m, char *out, size_t cap);
void modem_call_on_audio_set(struct modem *m, const struct at_answer *answer);
bool modem_call_make_found(struct modem *m, char *out, size_t cap);
void modem_call_on_found(struct modem *m, const struct at_answer *answer);

#endif
