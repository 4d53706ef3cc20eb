/* Who calls while a call is up. They are one call, however often and however badly it is said,
 * until two lists do not have them: then they have missed us, and that is told, once. Where the
 * call ends first they may ring on, and are an INCOMING like any other. */
#include "modem_parts.h"

#include <stdio.h>
#include <string.h>

#define MISSING 2 /* lists in a row: the notice may come between the lines of one */

void
modem_waits(struct modem *m, const char *number)
{
	struct calling *c = &m->call;

	c->waits.there = c->waits.listed = true;
	c->waits.missing = 0;
	c->todo |= CALLING_LIST;
	/* A line may be torn: the longest has it whole. */
	if (strlen(number) > strlen(c->waits.number))
		snprintf(c->waits.number, sizeof c->waits.number, "%s", number);
	/* AT+CHLD=0 would let go who is held, where the one who waits has just given up. */
	if (c->now.state == MODEM_CALL_ACTIVE && c->leg.state == PERSON_NONE)
		c->todo |= CALLING_REFUSE;
}

/* The owner may do anything meanwhile: nothing may follow but a look at m->closing. */
void
modem_waits_missed(struct modem *m)
{
	struct calling *c = &m->call;
	struct modem_call other = {.id = c->ids + 1,
				   .state = MODEM_CALL_ENDED,
				   .waited = true,
				   .end = MODEM_CALL_MISSED,
				   .cause = -1,
				   .raw = "called while another call was up"};

	if (!c->waits.there)
		return;
	c->ids++;
	snprintf(other.number, sizeof other.number, "%s", c->waits.number);
	c->waits = (struct calling_waits){.there = false};
	if (m->events.call != NULL)
		m->events.call(m->ctx, &other);
}

/* Before and behind the lines of a list. */
void
modem_waits_list(struct modem *m, bool begins)
{
	struct calling_waits *w = &m->call.waits;

	if (begins)
		w->listed = false;
	else if (w->there && !w->listed && ++w->missing >= (m->call.live ? MISSING : 1))
		modem_waits_missed(m);
	else if (w->there && !m->call.live)
		m->call.todo |= CALLING_LIST;
}
