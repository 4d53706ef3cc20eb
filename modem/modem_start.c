#include "fields.h"
#include "modem_parts.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define PROBES    3
#define SIM_TRIES 8 /* a SIM that says it is busy, or is not there yet behind a start */

/* ---- is it a modem? ---- */

static void
on_basics(struct modem *m, const struct at_answer *answer)
{
	(void)answer;
	modem_identify(m);
}

static void
on_probe(struct modem *m, const struct at_answer *answer)
{
	static const struct step basics[] = {
	    {.text = "ATE0"},
	    {.text = "AT+CMEE=1"},
	    {.then = on_basics},
	};

	if (answer->final == AT_OK) {
		modem_play(m, basics);
		return;
	}
	if (++m->tries < PROBES)
		modem_probe(m);
	else
		modem_enter(m, MODEM_LOST, m->info.resets > 0 ? MODEM_SILENT : MODEM_DEAF);
}

void
modem_probe(struct modem *m)
{
	m->mute_ok = true;
	modem_ask(m, on_probe);
}

/* ---- who is it? ---- */

/* Which line makes a driver known? What a stick says unasked is told from an answer by its driver
 * only, so before there is one its noise may stand in front. */
static size_t
telling(const struct at_answer *answer, const char *maker)
{
	const struct driver *before = driver_find(maker != NULL ? maker : "", "", 0, 0);

	for (size_t i = 0; i < answer->n; i++) {
		const char *line = answer->lines[i];

		if (driver_find(maker != NULL ? maker : line, maker != NULL ? line : "", 0, 0) !=
		    before)
			return i;
	}
	return 0;
}

/* One line of the answer without its prefix, if it has one, and quotes. */
static void
copy_word(const struct at_answer *answer, size_t at, char *out, size_t cap)
{
	const char *line = answer->n > 0 ? answer->lines[at] : "";
	const char *colon = line[0] == '+' ? strchr(line, ':') : NULL;
	size_t n;

	if (answer->final != AT_OK)
		return;
	line = colon != NULL ? colon + 1 : line;
	line += strspn(line, " \"");
	n = strcspn(line, "\"");
	snprintf(out, cap, "%.*s", (int)n, line);
}

static void
copy_digits(const struct at_answer *answer, size_t least, bool hex, char *out, size_t cap)
{
	for (size_t i = 0; answer->final == AT_OK && i < answer->n; i++)
		if (fields_digits(answer->lines[i], least, hex, out, cap))
			return;
}

static void
on_maker(struct modem *m, const struct at_answer *answer)
{
	copy_word(answer, telling(answer, NULL), m->info.identity.maker,
		  sizeof m->info.identity.maker);
}

/* Old sticks say it to ATI only, with or without a word in front. */
static bool
make_about(struct modem *m, char *out, size_t cap)
{
	if (m->info.identity.maker[0] != '\0')
		return false;
	snprintf(out, cap, "ATI");
	return true;
}

static void
on_about(struct modem *m, const struct at_answer *answer)
{
	const char *line = answer->n > 0 ? answer->lines[telling(answer, NULL)] : "";
	const char *colon = strchr(line, ':');

	if (answer->final != AT_OK)
		return;
	line = colon != NULL ? colon + 1 + strspn(colon + 1, " ") : line;
	snprintf(m->info.identity.maker, sizeof m->info.identity.maker, "%s", line);
}

static bool
make_other_imei(struct modem *m, char *out, size_t cap)
{
	if (m->info.identity.imei[0] != '\0')
		return false;
	snprintf(out, cap, "AT+GSN");
	return true;
}

static void
on_model(struct modem *m, const struct at_answer *answer)
{
	struct modem_identity *id = &m->info.identity;

	copy_word(answer, telling(answer, id->maker), id->model, sizeof id->model);
	driver_whole(driver_find(id->maker, id->model, m->config.vid, m->config.pid), &m->driver);
	id->driver = m->driver.name;
}

static void
on_firmware(struct modem *m, const struct at_answer *answer)
{
	copy_word(answer, 0, m->info.identity.firmware, sizeof m->info.identity.firmware);
}

static void
on_imei(struct modem *m, const struct at_answer *answer)
{
	copy_digits(answer, 14, false, m->info.identity.imei, sizeof m->info.identity.imei);
}

/* ---- the SIM ---- */

/* Spelt in whatever case; the last octet's filler is no digit of it. */
static void
on_iccid(struct modem *m, const struct at_answer *answer)
{
	char *iccid = m->info.identity.iccid;
	size_t n;

	copy_digits(answer, 18, true, iccid, sizeof m->info.identity.iccid);
	n = strspn(iccid, "0123456789");
	iccid[n] = '\0';
	if (n == 0 && m->driver.iccid[m->variant] != NULL)
		modem_repeat(m);
}

static bool
make_iccid(struct modem *m, char *out, size_t cap)
{
	const char *text = m->driver.iccid[m->variant];

	if (text == NULL || m->info.identity.iccid[0] != '\0')
		return false;
	m->variant++;
	snprintf(out, cap, "%s", text);
	return true;
}

static bool
make_pin_left(struct modem *m, char *out, size_t cap)
{
	if (m->driver.pin_left == NULL)
		return false;
	snprintf(out, cap, "%s", m->driver.pin_left);
	return true;
}

static void
on_pin_left(struct modem *m, const struct at_answer *answer)
{
	size_t n = strlen(m->driver.pin_left_prefix);
	int left;

	for (size_t i = 0; answer->final == AT_OK && i < answer->n; i++) {
		const char *line = answer->lines[i];
		unsigned field = m->driver.pin_left_field;
		char first[8];

		if (strncasecmp(line, m->driver.pin_left_prefix, n) != 0)
			continue;
		/* "SC",3,10: the lock's name stands in front with some. */
		if (fields_text(line, 0, first, sizeof first) && strcmp(first, "SC") == 0)
			field++;
		if (fields_number(line, field, &left) && left >= 0 && left <= 10)
			m->info.pin_left = left;
	}
}

static void
on_imsi(struct modem *m, const struct at_answer *answer)
{
	copy_digits(answer, 14, false, m->info.identity.imsi, sizeof m->info.identity.imsi);
}

static void
on_number(struct modem *m, const struct at_answer *answer)
{
	if (answer->final == AT_OK && answer->n > 0)
		fields_text(answer->lines[0], 1, m->info.identity.number,
			    sizeof m->info.identity.number);
}

static void
on_open_sim_known(struct modem *m, const struct at_answer *answer)
{
	(void)answer;
	modem_enter(m, MODEM_SETTING, MODEM_FINE);
	modem_set(m);
}

static void
on_locked_sim_known(struct modem *m, const struct at_answer *answer)
{
	(void)answer;
	/* One wrong try from a PUK is nobody's to make but a person's. */
	if (m->pin_tried || (m->info.pin_left >= 0 && m->info.pin_left < 2)) {
		modem_enter(m, MODEM_ASIDE, MODEM_PIN_WRONG);
		return;
	}
	m->pin_answered = false;
	modem_enter(m, MODEM_LOCKED, MODEM_PIN_WANTED);
	if (m->closing)
		return;
	if (m->events.pin != NULL)
		m->events.pin(m->ctx, &m->info);
	else
		modem_pin(m, NULL);
}

static const struct step open_sim[] = {
    {.make = make_iccid, .slow = true, .then = on_iccid},
    {.text = "AT+CIMI", .slow = true, .then = on_imsi},
    {.text = "AT+CNUM", .prefix = "+CNUM:", .slow = true, .then = on_number},
    {.then = on_open_sim_known},
};
static const struct step locked_sim[] = {
    {.make = make_iccid, .slow = true, .then = on_iccid},
    {.make = make_pin_left, .then = on_pin_left},
    {.then = on_locked_sim_known},
};

/* What AT+CPIN? says, or refuses to say (27.007 8.3, 9.2). */
enum lock { LOCK_NONE, LOCK_PIN, LOCK_PUK, LOCK_OTHER, LOCK_NO_SIM, LOCK_BROKEN, LOCK_NOT_YET };

static enum lock
lock_of(const struct at_answer *answer)
{
	char word[32] = "";

	for (size_t i = 0; i < answer->n; i++)
		fields_text(answer->lines[i], 0, word, sizeof word);
	if (answer->final == AT_OK && strcmp(word, "READY") == 0)
		return LOCK_NONE;
	if (strcmp(word, "SIM PIN") == 0 || answer->code == 11)
		return LOCK_PIN;
	if (strcmp(word, "SIM PUK") == 0 || answer->code == 12)
		return LOCK_PUK;
	if (strstr(word, "NOT INSERTED") != NULL || answer->code == 10)
		return LOCK_NO_SIM;
	if (answer->code == 13 || answer->code == 15)
		return LOCK_BROKEN;
	return word[0] != '\0' && strncmp(word, "NOT", 3) != 0 ? LOCK_OTHER : LOCK_NOT_YET;
}

static enum modem_trouble
trouble_of(enum lock lock)
{
	switch (lock) {
	case LOCK_NONE: return MODEM_FINE;
	case LOCK_PIN: return MODEM_PIN_WANTED;
	case LOCK_PUK: return MODEM_PUK;
	case LOCK_NO_SIM: return MODEM_NO_SIM;
	case LOCK_NOT_YET: return MODEM_STARTING;
	default: return MODEM_SIM_BROKEN;
	}
}

static void
on_lock(struct modem *m, const struct at_answer *answer)
{
	enum lock lock = lock_of(answer);

	bool later = lock == LOCK_NOT_YET || lock == LOCK_NO_SIM || lock == LOCK_BROKEN ||
		     (lock == LOCK_PIN && m->pin_taken);

	if (lock == LOCK_NO_SIM || lock == LOCK_NONE) /* the next one is another's, or opened */
		m->pin_tried = m->pin_taken = false;
	if (lock == LOCK_NONE) {
		modem_play(m, open_sim);
	} else if (lock == LOCK_PIN && !later) {
		modem_play(m, locked_sim);
	} else if (later && m->tries < SIM_TRIES) {
		modem_repeat(m);
		modem_pause(m, m->config.settle_ms * 3);
	} else {
		m->script = NULL;
		modem_enter(m, MODEM_ASIDE, lock == LOCK_PIN ? MODEM_PIN_WRONG : trouble_of(lock));
	}
}

static const struct step identity[] = {
    {.text = "AT+CGMI", .then = on_maker},
    {.make = make_about, .then = on_about},
    {.text = "AT+CGMM", .then = on_model},
    {.text = "AT+CGMR", .then = on_firmware},
    {.text = "AT+CGSN", .then = on_imei},
    {.make = make_other_imei, .then = on_imei},
    {.text = "AT+CPIN?", .prefix = "+CPIN:", .slow = true, .then = on_lock},
    {.then = NULL},
};

void
modem_identify(struct modem *m)
{
	m->info.identity.iccid[0] = m->info.identity.imsi[0] = '\0';
	m->info.identity.number[0] = '\0';
	modem_enter(m, MODEM_IDENTIFYING, m->info.trouble);
	if (!m->closing)
		modem_play(m, identity);
}

/* ---- set aside ---- */

static void
on_look(struct modem *m, const struct at_answer *answer)
{
	enum modem_trouble now = trouble_of(lock_of(answer));
	enum modem_trouble then = m->info.trouble;
	bool same = now == then || (now == MODEM_PIN_WANTED && then == MODEM_PIN_WRONG);

	if (m->info.state == MODEM_ASIDE && !same)
		modem_identify(m);
}

/* Somebody may have put another SIM in, or unlocked this one. */
void
modem_look(struct modem *m)
{
	if (m->at == NULL || at_busy(m->at) || m->info.trouble == MODEM_NO_PDU)
		return;
	modem_run(m, "AT+CPIN?", "+CPIN:", m->config.slow_ms, on_look);
}
