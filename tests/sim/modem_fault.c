/* What sticks do to those who trust them: hang, crash, vanish, come back under another name. */
#include "modem.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FAREWELL = 20 }; /* milliseconds from a reset's OK to the reset */

/* ---- the link that stays ---- */

static bool
link_path(const struct modem *m, unsigned number, const char *end, char *out, size_t room)
{
	const char *folder = m->world->o.link;
	return folder && (size_t)snprintf(out, room, "%s/modem%u%s", folder, number, end) < room;
}

void
modem_unlink(struct modem *m)
{
	char path[512];
	if (link_path(m, m->link_number, "", path, sizeof path))
		unlink(path);
}

/* Put in place at one go: a reader sees the old port, the new one, or none. */
static int
make_link(struct modem *m)
{
	char path[512], fresh[512];
	if (!link_path(m, m->link_number, "", path, sizeof path) ||
	    !link_path(m, m->link_number, ".new", fresh, sizeof fresh))
		return 0;
	unlink(fresh);
	return symlink(m->port.path, fresh) || rename(fresh, path) ? -errno : 0;
}

int
modem_appear(struct modem *m)
{
	int status = modem_port_appear(&m->port);
	if (!status)
		status = make_link(m);
	if (status)
		return status;
	m->gone = false;
	printf("modem%u %s %s\n", m->link_number, m->port.path, m->imei);
	fflush(stdout);
	return 0;
}

/* ---- hanging ---- */

void
modem_hang(struct modem *m, uint64_t ms)
{
	if (m->gone)
		return;
	m->hung = true;
	m->hangs++;
	m->world->stats.hangs++;
	if (ms)
		modem_due_network(m, ms, MODEM_DUE_WAKE, m->hangs, NULL);
}

void
modem_wake(struct modem *m)
{
	if (!m->hung)
		return;
	m->hung = false;
	m->world->stats.cured++;
	m->epoch++;
	modem_mail_lost(m);
	modem_line_reset(m);
	modem_due_network(m, 0, MODEM_DUE_PUMP, 0, NULL);
}

/* ---- starting ---- */

/* What was under way is forgotten. What the network had not taken by now it never will. */
static void
forget(struct modem *m)
{
	m->epoch++;
	m->hung = m->off = false;
	m->link_until = 0;
	modem_line_reset(m);
	modem_mail_lost(m);
}

static void
start(struct modem *m)
{
	const struct modem_options *o = &m->world->o;
	m->off = false;
	m->booting = true;
	modem_defaults(m);
	m->memory[0] = m->memory[1] = m->memory[2] = STORE_SM;
	/* A PIN lasts until the current is cut. */
	if (m->sim == SIM_READY && o->sim == SIM_PIN)
		m->sim = m->pin_left ? SIM_PIN : SIM_PUK;
	for (const char *const *line = m->profile->boot; *line; line++)
		if (m->sim == SIM_READY || !strstr(*line, "CPIN"))
			modem_say(m, "%s", *line);
	modem_due_add(m, o->boot / 2, MODEM_DUE_BOOTED, 0, NULL);
}

void
modem_booted(struct modem *m)
{
	if (m->off) {
		start(m);
		return;
	}
	m->booting = false;
	modem_mail_pump(m);
}

void
modem_crash(struct modem *m)
{
	if (m->gone)
		return;
	m->world->stats.resets++;
	forget(m);
	m->off = true;
	modem_due_add(m, m->world->o.boot, MODEM_DUE_BOOTED, 0, NULL);
}

void
modem_vanish(struct modem *m, uint64_t ms)
{
	if (m->gone)
		return;
	m->world->stats.vanished++;
	forget(m);
	m->gone = true;
	m->absences++;
	modem_unlink(m);
	modem_port_vanish(&m->port);
	printf("modem%u gone\n", m->link_number);
	fflush(stdout);
	if (ms)
		modem_due_network(m, ms, MODEM_DUE_RETURN, m->absences, NULL);
}

void
modem_return(struct modem *m)
{
	if (!m->gone)
		return;
	if (m->world->o.renumber)
		m->link_number = m->world->links++;
	int status = modem_appear(m);
	if (status) {
		fprintf(stderr, "dunlin-sim: modem %llu cannot return: %s\n",
			(unsigned long long)m->index, strerror(-status));
		return;
	}
	m->world->stats.returned++;
	start(m);
}

static enum modem_reset
ways(const struct modem *m)
{
	enum modem_reset told = (enum modem_reset)m->world->o.reset;
	return told == RESET_MAKER ? m->profile->reset : told;
}

void
modem_restart(struct modem *m)
{
	enum modem_reset how = ways(m);
	if (how == RESET_STAYS)
		modem_due_add(m, FAREWELL, MODEM_DUE_CRASH, 0, NULL);
	else
		modem_due_add(m, FAREWELL, MODEM_DUE_VANISH, how == RESET_GONE, NULL);
}

/* Somewhere within what the command takes: also behind Ctrl-Z, before and after the network. */
void
modem_may_fail(struct modem *m)
{
	const struct modem_options *o = &m->world->o;
	uint64_t nth = m->commands, when = modem_throw(m, CHANCE_MOMENT, nth) % (o->latency + 20);
	if (modem_hits(m, CHANCE_HANG, nth, o->hang))
		modem_due_add(m, when, MODEM_DUE_HANG, 0, NULL);
	if (modem_hits(m, CHANCE_VANISH, nth, o->vanish))
		modem_due_add(m, when, MODEM_DUE_VANISH, 0, NULL);
	if (modem_hits(m, CHANCE_CRASH, nth, o->crash))
		modem_due_add(m, when, ways(m) == RESET_STAYS ? MODEM_DUE_CRASH : MODEM_DUE_VANISH,
			      0, NULL);
}
