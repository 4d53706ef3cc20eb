/* link_parts.h - the inside of a link, shared by link.c (state, room, submits, the end),
 * link_config.c and link_answers.c (what comes, what stays away). For no one else. */
#ifndef DUNLIN_SMPP_LINK_PARTS_H
#define DUNLIN_SMPP_LINK_PARTS_H

#include "link.h"
#include "rate.h"
#include "session.h"
#include "window.h"

#define LINK_QUERIES 10u /* query_sm under way at once */

struct smpp_link {
	uv_loop_t *loop;
	struct smpp_link_config config; /* strings are the link's own copies */
	const struct smpp_link_events *events;
	void *ctx;
	smpp_link_closed *closed;
	struct tls_context *tls;
	struct session *out;         /* transmits: the transceiver or the transmitter */
	struct session *sessions[2]; /* [0] is out */
	unsigned sessions_n, open_handles;
	bool closing, leaving; /* asked to; done draining */
	struct window *window;
	struct smpp_rate rate;
	unsigned want;
	uv_timer_t room_timer;   /* rings when there may be room; closing: when draining ends */
	uv_timer_t expiry_timer; /* rings when the oldest request may be given up */
	uint64_t expiry_due;
	/* Throttling: a pause, then one submit as a probe, then all of the window again. */
	struct smpp_backoff throttle;
	uint64_t paused_until, calm_from;
	bool probing;
	unsigned troubles_in_a_row;
	/* An operator that answers no submit at all gets no more of them. */
	bool stalled;
	uint64_t stalled_at, last_answer;
	unsigned unacknowledged;
	unsigned delivers_open[2]; /* per session, so that a new one begins at none */
	struct smpp_link_stats stats;
};

/* link.c */
void
link_look_for_room(struct smpp_link *link); /* says `room` if it is there; from a callback only */
void link_look_later(struct smpp_link *link);
void
link_watch(struct smpp_link *link); /* keeps the expiry timer running as long as it is needed */
unsigned link_index(const struct smpp_link *link, const struct session *session);

/* link_config.c: a copy with the defaults filled in. The names of files are read once and not kept.
 */
bool link_config_copy(struct smpp_link_config *to, const struct smpp_link_config *from);
void link_config_free(struct smpp_link_config *config);
const char *link_config_fault(const struct smpp_link_config *config); /* NULL: none */

/* link_answers.c */
void link_on_pdu(struct smpp_link *link, struct session *session, const struct smpp_header *header,
		 const uint8_t *body, size_t len);
void link_on_expiry(struct smpp_link *link);
/* Gives every request left its outcome: submits up to `handed` are unknown, the others unsent. */
void link_complete_all(struct smpp_link *link, uint64_t handed);

#endif
