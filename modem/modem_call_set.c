#include "fields.h"
#include "modem_parts.h"

#include <stdio.h>
#include <string.h>

#define FRAME_BYTES 320 /* 20 ms, where the maker's table says nothing */
#define FOUND_TRIES 12  /* questions and ways of hanging up at a start */

/* What the owner says, or the maker's first; nothing where the stick knows no calls. */
static void
choose_audio(struct modem *m)
{
	enum modem_audio_kind kind = m->config.audio;
	const struct driver_voice *voice = driver_voice_of(m->driver.name);

	if (kind == MODEM_AUDIO_DRIVER)
		kind = voice->audio & DRIVER_AUDIO_TTY    ? MODEM_AUDIO_TTY
		       : voice->audio & DRIVER_AUDIO_CARD ? MODEM_AUDIO_CARD
							  : MODEM_AUDIO_NONE;
	if (m->info.voice == MODEM_VOICE_NO)
		kind = MODEM_AUDIO_NONE;
	m->call.voice = voice;
	m->call.todo = 0;
	m->info.audio.kind = kind;
	m->info.audio.frame_bytes = kind != MODEM_AUDIO_TTY   ? 0
				    : voice->frame_bytes != 0 ? voice->frame_bytes
							      : FRAME_BYTES;
}

static bool
is_silent(const struct modem *m)
{
	return m->info.audio.kind <= MODEM_AUDIO_NONE;
}

/* ---- notices ---- */

bool
modem_call_make_init(struct modem *m, char *out, size_t cap)
{
	if (m->variant == 0)
		choose_audio(m);
	if (is_silent(m) || m->call.voice->init[m->variant] == NULL)
		return false;
	snprintf(out, cap, "%s", m->call.voice->init[m->variant++]);
	return true;
}

void
modem_call_on_init(struct modem *m, const struct at_answer *answer)
{
	(void)answer;
	modem_repeat(m); /* until there is no more */
}

/* ---- audio that is chosen once ---- */

enum { AUDIO_SET, AUDIO_CLEAR, AUDIO_IS };

bool
modem_call_make_audio(struct modem *m, char *out, size_t cap)
{
	if (is_silent(m) || m->call.voice->audio_query == NULL)
		return false;
	snprintf(out, cap, "%s", m->call.voice->audio_query);
	return true;
}

/* "+QPCMV: 1,0": on, and which. */
void
modem_call_on_audio(struct modem *m, const struct at_answer *answer)
{
	const struct driver_voice *voice = m->call.voice;
	bool tty = m->info.audio.kind == MODEM_AUDIO_TTY;
	int on = 0, which = 0;

	for (size_t i = 0; answer->final == AT_OK && i < answer->n; i++)
		if (at_begins(answer->lines[i], voice->audio_label)) {
			fields_number(answer->lines[i], 0, &on);
			fields_number(answer->lines[i], 1, &which);
		}
	m->variant = on == 0                                                       ? AUDIO_SET
		     : which == (tty ? voice->audio_is_tty : voice->audio_is_card) ? AUDIO_IS
										   : AUDIO_CLEAR;
}

bool
modem_call_make_audio_set(struct modem *m, char *out, size_t cap)
{
	const struct driver_voice *voice = m->call.voice;
	bool tty = m->info.audio.kind == MODEM_AUDIO_TTY;
	const char *text = tty ? voice->audio_set_tty : voice->audio_set_card;

	if (voice->audio_query == NULL)
		m->variant = AUDIO_SET;
	if (is_silent(m) || text == NULL || m->variant == AUDIO_IS)
		return false;
	snprintf(out, cap, "%s", m->variant == AUDIO_CLEAR ? voice->audio_clear : text);
	return true;
}

void
modem_call_on_audio_set(struct modem *m, const struct at_answer *answer)
{
	if (m->variant == AUDIO_CLEAR && answer->final == AT_OK) {
		modem_heal(m, true); /* what is cleared can be set behind a start only */
		return;
	}
	if (answer->final == AT_OK)
		return;
	m->info.audio = (struct modem_audio){.kind = MODEM_AUDIO_NONE};
}

/* ---- what an earlier session left ---- */

/* Asks and hangs up in turn. */
bool
modem_call_make_found(struct modem *m, char *out, size_t cap)
{
	const char *const *ways = m->call.voice->hangup;
	size_t n = 0;

	while (ways[n] != NULL)
		n++;
	if (is_silent(m) || m->variant > FOUND_TRIES)
		return false;
	snprintf(out, cap, "%s", m->variant % 2 == 0 ? "AT+CLCC" : ways[m->variant / 2 % n]);
	return true;
}

void
modem_call_on_found(struct modem *m, const struct at_answer *answer)
{
	bool hung_up = m->variant % 2 == 1, found = false;
	struct progress p;

	for (size_t i = 0; i < answer->n; i++) {
		progress_parse(answer->lines[i], &p);
		found = found || p.kind == PROGRESS_STAT;
	}
	if (!hung_up && !found && (answer->final == AT_OK || m->variant > 0))
		return;
	m->variant++; /* one that has no list is told to hang up all the same, once */
	modem_repeat(m);
	if (m->variant > FOUND_TRIES && m->info.resets == 0)
		modem_heal(m, true);
	else if (hung_up && m->variant > 2)
		modem_pause(m, m->config.settle_ms * 3);
}
