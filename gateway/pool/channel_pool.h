/* channel_pool.h - between the files of a modem route: several sticks, several SIMs, one channel
 *
 *   channel_modem.c       the channel: settings, its state, opening and closing
 *   channel_pool_ports.c  which ports there are, and when they are opened
 *   channel_pool_stick.c  one stick: who it is, its SIM, its PIN, its troubles
 *   channel_pool_send.c   texts: decided ahead, held behind the prompt, let go or taken back
 *   channel_pool_in.c     texts and reports that come, and the balance
 *   channel_pool_voice.c  calls, between which texts wait
 *
 * A stick is what answers on one port; it stays here when it is out, so that people see why. A SIM
 * is known by its id in the store. Texts are decided for a SIM (gateway/send/handover_pool.c) and
 * go by the stick it is in, and by no other.
 *
 * A text is decided while the one before it is on the air, shortly before the network's answer is
 * due, and waits in the modem: when the answer comes nothing is left to do but write it. One that
 * did not get there within a second goes back, known unsent.
 *
 * Thread: the loop's; jobs of the writer see only what they carry.
 */
#ifndef GATEWAY_CHANNEL_POOL_H
#define GATEWAY_CHANNEL_POOL_H

#include "air.h"
#include "gateway/send/channel.h"
#include "modem/modem.h"
#include "modem/serial.h"
#include "recorder.h"

#define POOL_STICKS   HANDOVER_SIMS
#define POOL_STALE_MS 1000

/* A text in a modem. */
struct pool_air {
	uint64_t cookie, since; /* uv_now() when it was decided */
	bool last;              /* no other part follows */
	bool released, withdrawn;
};

struct stick {
	struct pool *pool;
	struct stick *next;
	char path[SERIAL_PATH];
	char usb[32]; /* its hole, "" where there is none */
	int vid, pid;
	bool listed; /* the port is there, or named by the lender */
	struct modem *modem;
	uint32_t session;  /* of `modem` */
	bool closing;      /* modem_close() was called */
	uint64_t open_at;  /* uv_now() from which it may be opened */
	uint64_t close_at; /* uv_now(): what came could not be stored; 0: never */
	unsigned delay_ms;
	struct modem_info info; /* of the last session, too */
	char note[160];         /* what we have to add to the modem's own reason */
	uint64_t out_since;     /* uv_now(), 0: in use */
	bool out_told;
	struct recorder *recorder;
	/* the SIM */
	int64_t sim;   /* 0: the store does not know yet */
	char key[40];  /* the store was asked about; "" not yet */
	char imsi[20]; /* that it was asked with */
	bool asking;   /* a job about it is under way */
	char pin_key[32];
	bool pin_tried;
	char balance[160];
	uint64_t balance_at; /* uv_now() of the next question; 0: none */
	/* texts */
	uv_timer_t timer;
	struct pool_air air[MODEM_ROOM];
	unsigned n_air;
	uint64_t left_at;  /* uv_now() when the first was let go */
	uint64_t usual_ms; /* from there to the answer, 0: not known */
	bool ahead, no_ahead;
	uint64_t rest_until;   /* uv_now(): refused, nothing is tried before */
	unsigned refusals;     /* in a row */
	uint64_t barred_until; /* uv_now(): the network refused the SIM itself; 0: it did not */
	unsigned part_refusals;
	/* calls */
	bool claimed; /* no text is given to it */
	bool told_free;
	bool could_call; /* as was told */
	int64_t calls;   /* SIM of the call there is */
};

struct pool_sim {
	int64_t id;
	uint64_t out_since; /* uv_now(), 0: it is in a stick that is used */
	bool gone;
};

struct pool {
	struct channel base;
	uv_loop_t *loop;
	uv_timer_t tick;
	uv_fs_event_t dev;
	unsigned handles;
	struct writer *writer; /* NULL: trying a route */
	struct air *air;       /* NULL: nothing is noted */
	const struct clock *clock;
	struct config *config;
	const struct config_route *route;
	struct stick *sticks;
	struct pool_sim sim[HANDOVER_SIMS];
	size_t n_sims;
	bool fresh;         /* a SIM more */
	uint64_t opened_at; /* uv_now() */
	uint64_t list_at;   /* uv_now() of the next look at the ports */
	uint32_t sessions;
	unsigned jobs;
	enum channel_state state;
	char reason[160];
	uint64_t submits;
	bool closing;
	channel_closed *closed;
};

/* channel_modem.c */
void pool_judge(struct pool *p);  /* its state, from its sticks' */
void pool_finish(struct pool *p); /* while closing: when all is done */

/* channel_pool_ports.c*/
int pool_ports_open(struct pool *p);
void pool_ports_look(struct pool *p); /* what may be opened is */
struct stick *pool_stick_new(struct pool *p, const char *path);

/* channel_pool_stick.c*/
void stick_open(struct stick *st);
void stick_shut(struct stick *st, unsigned drain_ms);
bool stick_ready(const struct stick *st);  /* may be given texts */
bool stick_barred(const struct stick *st); /* its SIM was refused lately */
void stick_save(const struct stick *st);
struct pool_sim *pool_sim_of(struct pool *p, int64_t id);
void pool_look_at_sims(struct pool *p); /* who is out for long */
extern const struct modem_events stick_events;

/* channel_pool_send.c*/
unsigned stick_room(const struct stick *st);
int stick_submit(struct stick *st, const struct handover_text *text, unsigned part, uint64_t cookie,
		 int64_t now);
void stick_kick(struct stick *st);
void stick_on_timer(uv_timer_t *timer);
void stick_on_answer(void *ctx, const struct modem_answer *answer);
void stick_on_late(void *ctx, const struct modem_answer *answer);

/* channel_pool_voice.c*/
extern const struct channel_voice_ops pool_voice_ops;
enum modem_audio_kind stick_audio(const struct stick *st); /* to open it with */
void stick_voice_look(struct stick *st);                   /* it may be free, or able, by now */
void stick_on_call(void *ctx, const struct modem_call *call);
void stick_on_person(void *ctx, const struct modem_person *person);
void stick_on_key(void *ctx, char key);

/* channel_pool_in.c*/
void stick_on_incoming(void *ctx, const struct modem_incoming *incoming);
void stick_on_ussd(void *ctx, int error, const char *text);
void stick_ask_balance(struct stick *st);

#endif
