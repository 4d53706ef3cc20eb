#include "modem_parts.h"

#include <stdio.h>

#define STRIKES 3

/* A plain AT, whose end leaves no doubt which answers are to come. */
void
modem_ask(struct modem *m, modem_then *then)
{
	struct at_command command = {.text = "AT",
				     .settle = true,
				     .timeout_ms = m->config.ping_ms,
				     .settle_ms = m->config.settle_ms};

	modem_run_command(m, &command, then);
}

/* ---- PINGING ---- */

static void
on_ping(struct modem *m, const struct at_answer *answer)
{
	if (m->info.state != MODEM_PINGING)
		return;
	if (answer->final != AT_OK) {
		modem_heal(m, false);
		return;
	}
	/* It speaks: where it was half set up, all is done again. */
	if (m->back == MODEM_READY || m->back == MODEM_SENDING || m->back == MODEM_SEARCHING) {
		m->chores |= CHORE_REGISTRATION | CHORE_REGISTRATION_LTE;
		modem_enter(m, m->back == MODEM_SEARCHING ? MODEM_SEARCHING : MODEM_READY,
			    MODEM_FINE);
	} else if (m->back == MODEM_ASIDE) {
		modem_enter(m, MODEM_ASIDE, m->aside);
	} else {
		modem_start(m);
	}
}

/* A command was not answered in time. */
void
modem_silent(struct modem *m)
{
	unsigned strikes = m->strikes + 1;

	m->info.silences++;
	m->script = NULL;
	m->selected[0] = '\0';
	m->selecting = false;
	if (strikes >= STRIKES) {
		modem_heal(m, false);
		return;
	}
	m->back = m->info.state;
	m->aside = m->info.trouble;
	modem_enter(m, MODEM_PINGING, MODEM_SILENT);
	if (m->closing)
		return;
	m->mute_ok = true;
	modem_ask(m, on_ping);
	m->strikes = strikes; /* an answer to this ping is no proof that it works */
}

/* ---- RESETTING ---- */

static void
on_asked_again(struct modem *m, const struct at_answer *answer)
{
	if (m->info.state != MODEM_RESETTING)
		return;
	if (answer->final == AT_OK)
		modem_start(m);
	else
		modem_kick(m); /* which says the next reset, or asks again */
}

static void
ask_again(struct modem *m)
{
	m->mute_ok = true;
	modem_ask(m, on_asked_again);
}

static void
on_reset(struct modem *m, const struct at_answer *answer)
{
	if (m->info.state != MODEM_RESETTING)
		return;
	m->ask_next = true;
	if (answer->final == AT_OK && m->resets_tried > 1) /* it needs a while to begin */
		modem_pause(m, m->config.settle_ms * 10);
	else
		modem_kick(m);
}

/* The next reset its driver knows; behind the last one it is asked until the state's deadline. */
void
modem_heal_step(struct modem *m)
{
	const char *text = m->driver.reset[m->resets_tried];

	if (text == NULL || m->ask_next) {
		m->ask_next = false;
		ask_again(m);
		return;
	}
	m->resets_tried++;
	m->mute_ok = true;
	modem_run(m, text, NULL, m->config.ping_ms, on_reset);
}

void
modem_heal(struct modem *m, bool thorough)
{
	m->script = NULL;
	m->info.resets++;
	m->strikes = 0;
	m->registrations[0] = m->registrations[1] = -1;
	m->info.radio.registered = false;
	/* One that speaks and must start anew gains nothing from ATZ. */
	m->resets_tried = thorough && m->driver.reset[0] != NULL ? 1 : 0;
	modem_enter(m, MODEM_RESETTING, thorough ? MODEM_STARTING : MODEM_SILENT);
	if (!m->closing && !at_busy(m->at))
		modem_heal_step(m);
}
