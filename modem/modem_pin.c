#include "modem_parts.h"

#include <stdio.h>
#include <string.h>

int
modem_pin(struct modem *m, const char *pin)
{
	size_t n = pin != NULL ? strspn(pin, "0123456789") : 0;

	if (m->closing || m->info.state != MODEM_LOCKED || m->pin_answered)
		return UV_EAGAIN;
	if (pin != NULL && (n < 4 || n > 8 || pin[n] != '\0'))
		return UV_EINVAL;
	snprintf(m->pin, sizeof m->pin, "%s", pin != NULL ? pin : "");
	m->pin_answered = true;
	modem_kick(m);
	return 0;
}

/* Right or wrong, it is never tried again: only a person knows which PIN this SIM has. */
static void
on_tried(struct modem *m, const struct at_answer *answer)
{
	if (answer->final == AT_OK) {
		m->pin_taken = true;
		modem_identify(m);
		return;
	}
	modem_enter(m, MODEM_ASIDE, answer->code == 12 ? MODEM_PUK : MODEM_PIN_WRONG);
}

/* LOCKED, from the loop: the owner has answered. */
void
modem_unlock(struct modem *m)
{
	char text[32];
	struct at_command command = {.text = text, .timeout_ms = m->config.slow_ms, .secret = true};

	m->pin_answered = false;
	if (m->pin[0] == '\0' || at_busy(m->at)) {
		modem_enter(m, MODEM_ASIDE, MODEM_PIN_WANTED);
		return;
	}
	m->pin_tried = true;
	modem_enter(m, MODEM_UNLOCKING, MODEM_FINE);
	if (m->closing)
		return;
	snprintf(text, sizeof text, "AT+CPIN=\"%s\"", m->pin);
	explicit_bzero(m->pin, sizeof m->pin);
	modem_run_command(m, &command, on_tried);
	explicit_bzero(text, sizeof text);
}
