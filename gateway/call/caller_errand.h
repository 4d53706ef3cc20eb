/* caller_errand.h - between the files of caller: one call in hand
 *
 *      PREPARING -> CLAIMING -> OPENING -> DECIDING -> DIALLING -> TALKING -> ENDING
 *      RINGING -> PREPARING -> OPENING -> ACCEPTING ---------------^
 *
 * An errand is freed when its jobs, its call, its line and its recordings are done with; until then
 * it holds its SIM.
 */
#ifndef GATEWAY_CALLER_ERRAND_H
#define GATEWAY_CALLER_ERRAND_H

#include "brief.h"
#include "caller.h"
#include "calling.h"
#include "ivr/call.h"
#include "ivr/prompt.h"
#include "saying.h"

#define CALLER_STORY 6000

enum errand_state {
	ERRAND_RINGING,
	ERRAND_PREPARING,
	ERRAND_CLAIMING,
	ERRAND_OPENING,
	ERRAND_DECIDING,
	ERRAND_DIALLING,
	ERRAND_ACCEPTING,
	ERRAND_TALKING,
	ERRAND_ENDING,
};

struct errand {
	struct caller *caller;
	struct errand *next;
	enum errand_state state;
	bool incoming, dropped; /* dropped: it ends without having been made */
	char route[64], number[24];
	int64_t sim, row, task; /* row: of `call`; task: to call them back; 0: none yet */
	uint64_t since;         /* uv_now() of the state */
	int speed;
	unsigned jobs;
	struct brief *brief;
	struct saying saying;
	struct prompt_hold *hold;
	bool claimed; /* the SIM */
	/* sound */
	struct line *line;
	bool line_closing, person; /* person: the stick can bring one in */
	struct call *call;
	bool call_closing, call_over;      /* `ended` came, or none will */
	char recording[512], message[512]; /* paths, "" none */
	/* the other side */
	uint32_t modem_call, person_token; /* id of the call there is; of the script's wish */
	bool answered, gone;               /* gone: the modem said ENDED */
	enum modem_call_end end;
	char raw[128];
	/* what is known of it when it is over */
	struct call_end talk;
	bool wrong_person, consented;
	int language;
	char story[CALLER_STORY];
	size_t story_len;
	char hash[2][65]; /* of recording and message */
	int lost[2];      /* why one could not be kept */
	uv_work_t work;
	bool working, stored;
};

/* caller.c */
struct errand *errand_new(struct caller *c, const char *route);
struct channel *errand_channel(const struct errand *e);

/* caller_errand.c */
void errand_prepare(struct errand *e);
void errand_free_sim(struct errand *e); /* its SIM is free */
void errand_drop(struct errand *e);     /* as if it had not been begun */
void errand_watch(struct errand *e);    /* once a second */
void errand_hang_up(struct errand *e);
void errand_undialled(struct errand *e, const char *why); /* its row goes back to the queue */

/* caller_in.c; missed: nobody could be heard, and no errand is begun */
void errand_rings(struct caller *c, const char *route, int64_t sim, const struct modem_call *call);
void errand_missed(struct caller *c, const char *route, int64_t sim, const struct modem_call *call);

/* caller_talk.c; caller_person.c: who may be rung now, ringing them, and what came of it */
bool errand_has_person(const struct errand *e);
void errand_ring_person(struct errand *e, uint32_t token);
void errand_person(struct errand *e, const struct modem_person *person);
void errand_talk(struct errand *e);
void errand_need_consent(struct errand *e); /* to what must be ready */

/* caller_end.c */
void errand_gone(struct errand *e, const struct modem_call *call); /* the modem's ENDED */
void errand_settle(struct errand *e); /* goes on with what is left to do, until it is freed */

#endif
