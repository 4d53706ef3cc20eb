/*
 * A simulated GSM modem: one SIM, one serial port, one AT interpreter. Several share a world.
 *
 *     modem_port.c   a pty             modem_ask.c     an AT line taken apart
 *     modem_line.c   octets and lines  modem_command.c what the commands do; modem_storage.c,
 *     modem_tpdu.c   PDUs              modem_net.c and modem_send.c some of them
 *     modem_mail.c   from the network  modem_fault.c   hangs, resets, vanishing
 *     modem_run.c    the world         modem_control.c commands from a test
 *
 * Everything runs on one libuv loop and its thread. What is delayed is an entry of `due`: `a` is an
 * enum modem_due, `session` the modem, `c` its epoch. A start anew makes the next epoch, and
 * entries of an older one are forgotten; those of epoch 0 are the network's and come all the same.
 */
#ifndef SIM_MODEM_H
#define SIM_MODEM_H

#include "dice.h"
#include "due.h"
#include "modem_ask.h"
#include "modem_log.h"
#include "modem_port.h"
#include "modem_profile.h"
#include "modem_quota.h"
#include "modem_store.h"
#include "population.h"
#include "seen.h"

/* Purposes of dice, apart from those of the operator. */
enum modem_chance {
	CHANCE_AIR = 1000,
	CHANCE_CRASH,
	CHANCE_CUT,
	CHANCE_DELETE,
	CHANCE_DOUBT,
	CHANCE_DOUBT_TAKEN,
	CHANCE_GARBAGE,
	CHANCE_GARBAGE_KIND,
	CHANCE_HANG,
	CHANCE_LATE,
	CHANCE_LATE_KIND,
	CHANCE_LOSE,
	CHANCE_LOST,
	CHANCE_MOMENT,
	CHANCE_NOISE,
	CHANCE_NOISE_AT,
	CHANCE_NOISE_LINE,
	CHANCE_PART,
	CHANCE_REFUSE,
	CHANCE_REPORT,
	CHANCE_REPORT_EARLY,
	CHANCE_REPORT_FAIL,
	CHANCE_REPORT_PENDING,
	CHANCE_REPORT_TWICE,
	CHANCE_SIGNAL,
	CHANCE_SWALLOW,
	CHANCE_VANISH,
};

enum modem_due {
	MODEM_DUE_ANSWER, /* b: result of the text under way */
	MODEM_DUE_BOOTED,
	MODEM_DUE_CRASH,
	MODEM_DUE_DIRECT, /* b: serial of what went out unacknowledged */
	MODEM_DUE_LOSE,
	MODEM_DUE_MAIL, /* thing: struct modem_mail */
	MODEM_DUE_NOISE,
	MODEM_DUE_PUMP,
	MODEM_DUE_REGAIN,
	MODEM_DUE_RETURN, /* b: how often it was away */
	MODEM_DUE_RUN,    /* the line's command is to be done */
	MODEM_DUE_SENT,   /* thing: struct modem_letter; the network takes it */
	MODEM_DUE_USSD,   /* thing: the words */
	MODEM_DUE_VANISH,
	MODEM_DUE_WAKE, /* b: how often it hung */
	MODEM_DUE_HANG,
};

/* clang-format off */
#define MODEM_STATS(X)                                                                             \
	X(commands) X(unknown_commands) X(submits) X(accepted) X(refused) X(malformed)             \
	X(withdrawn) X(never_answered) X(late) X(over_quota) X(blocked) X(twice)                   \
	X(reports) X(reports_dropped) X(replies) X(incoming) X(stored) X(direct) X(acknowledged)   \
	X(redelivered) X(no_room) X(deleted) X(pins_right) X(pins_wrong) X(ussd)                   \
	X(noise) X(garbage) X(hangs) X(cured) X(vanished) X(returned) X(resets) X(opened)
/* clang-format on */

struct modem_stats {
#define X(name) uint64_t name;
	MODEM_STATS(X)
#undef X
};

/* Something from the network, on its way to a modem. */
struct modem_mail {
	char *hex;
	unsigned len;
	bool report;
	unsigned tries;
	struct modem_mail *next;
};

enum modem_mode { MODE_IDLE, MODE_BUSY, MODE_PROMPT };

enum { MODEM_LINE = 2048, MODEM_WAITING = 8192 };

struct modem {
	struct modem_world *world;
	const struct modem_profile *profile;
	struct modem_port port;
	uint64_t index;
	char imei[24], iccid[24], imsi[24], number[24];
	bool deaf;

	/* the line */
	enum modem_mode mode;
	uint32_t epoch;
	char line[MODEM_LINE];
	size_t line_used;
	char last[MODEM_LINE]; /* for A/ */
	const char *rest;      /* of the line being done, in `doing` */
	char doing[MODEM_LINE];
	uint8_t in[MODEM_WAITING]; /* came while busy */
	size_t in_used;
	unsigned prompted; /* octets that AT+CMGS announced */
	bool to_storage;   /* the prompt is AT+CMGW's */
	uint64_t moments;  /* at which noise might have come */
	uint64_t commands;

	/* settings */
	bool echo, verbose;
	int cmee, cmms, csms, creg, cgreg, cereg, cops_format, clip;
	int cnmi[5];
	unsigned memory[3]; /* enum of the storages that are read, written to and received in */
	uint64_t link_until;

	/* faults */
	bool hung, off, booting, gone;
	uint32_t hangs, absences;
	unsigned link_number;

	/* the SIM and its network */
	enum modem_sim sim;
	unsigned pin_left, puk_left;
	enum modem_registration registration;
	uint64_t balance, signal;
	struct modem_store stores[STORES];
	struct modem_quota quota;
	uint8_t reference;
	bool overflowed;
	uint64_t sends, sends_since_reset;
	struct modem_mail *waiting; /* in the network, oldest first */
	struct modem_mail *direct;  /* gone out as +CMT or +CDS, AT+CNMA owed */
	uint32_t directs;
	uint64_t letters; /* of incoming long texts: the reference */
};

struct modem_world {
	struct modem_options o;
	uv_loop_t *loop;
	struct modem_watch watch;
	struct modem *modems;
	unsigned links; /* numbers given to links */
	struct due due;
	uv_prepare_t prepare;
	uv_timer_t end;
	uv_signal_t signals[3];
	struct population *population;
	struct modem_log *log;
	struct modem_control *control;
	struct seen seen;
	struct modem_stats stats;
	bool closing;
};

/* What a command comes to: one of these, or CME or CMS and a code. */
enum { ASK_OK, ASK_ERROR, ASK_LATER, ASK_SILENT, ASK_CME = 1000, ASK_CMS = 3000 };

/* ---- modem_run.c ---- */
int modem_run(const struct modem_options *o);
void modem_stop(struct modem_world *world);
void modem_print_stats(struct modem_world *world, struct buffer *to);
bool modem_hits(const struct modem *m, enum modem_chance what, uint64_t number, double share);
uint64_t modem_throw(const struct modem *m, enum modem_chance what, uint64_t number);
uint64_t modem_around(const struct modem *m, enum modem_chance what, uint64_t number,
		      uint64_t mean);
/* Of the present epoch, or with epoch 0 whatever becomes of the modem. */
void modem_due_add(struct modem *m, uint64_t delay, enum modem_due what, uint32_t b, void *thing);
void modem_due_network(struct modem *m, uint64_t delay, enum modem_due what, uint32_t b,
		       void *thing);

/* ---- modem_line.c ---- */
extern const struct modem_port_events modem_line_events;
void modem_say(struct modem *m, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A line and the PDU that belongs to it. */
void modem_say_pdu(struct modem *m, const char *hex, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void modem_final(struct modem *m, int result);
void modem_prompt(struct modem *m);
void modem_noise(struct modem *m);
void modem_done(struct modem *m, int result); /* of the command under way: the line goes on */
void modem_take_up(struct modem *m);          /* what came while busy */
void modem_run_line(struct modem *m);
void modem_line_reset(struct modem *m);

/* ---- modem_command.c, modem_storage.c, modem_net.c ---- */
int modem_command(struct modem *m, const struct modem_ask *ask);
void modem_defaults(struct modem *m);                 /* what ATZ and a start set */
int modem_sim_error(const struct modem *m, bool cms); /* ASK_OK when the SIM may be used */
int modem_command_storage(struct modem *m, const struct modem_ask *ask, bool *mine);
int modem_command_net(struct modem *m, const struct modem_ask *ask, bool *mine);
void modem_net_register(struct modem *m, enum modem_registration registration);
void modem_net_ussd(struct modem *m, const char *words);
const char *modem_store_name(unsigned store);
int modem_store_number(const struct modem *m, int place); /* as the client counts */

/* ---- modem_send.c ---- */
struct modem_letter;
int modem_send_begin(struct modem *m, const struct modem_ask *ask);
void modem_send_text(struct modem *m, const char *hex, size_t n);
void modem_send_taken(struct modem *m, struct modem_letter *letter);
void modem_send_answer(struct modem *m, uint32_t result);

/* ---- modem_mail.c ---- */
void modem_mail_text(struct modem *m, uint64_t delay, const char *from, const char *utf8);
void modem_mail_report(struct modem *m, uint64_t delay, const char *to, uint8_t reference,
		       uint8_t status);
void modem_mail_arrive(struct modem *m, struct modem_mail *mail);
void modem_mail_pump(struct modem *m);
int modem_mail_acknowledged(struct modem *m, bool refused);
void modem_mail_unacknowledged(struct modem *m, uint32_t serial);
void modem_mail_free(struct modem_mail *mail);
void modem_mail_lost(struct modem *m); /* the modem starts anew: what it owed comes again */
void modem_mail_close(struct modem *m);

/* ---- modem_fault.c ---- */
int modem_appear(struct modem *m); /* 0 or a negative errno */
void modem_hang(struct modem *m, uint64_t ms);
void modem_wake(struct modem *m);
void modem_vanish(struct modem *m, uint64_t ms); /* 0: until told to return */
void modem_return(struct modem *m);
void modem_restart(struct modem *m); /* AT+CFUN=1,1, by the maker's ways */
void modem_crash(struct modem *m);
void modem_booted(struct modem *m);
void modem_may_fail(struct modem *m); /* throws the dice for a command */
void modem_unlink(struct modem *m);

#endif
