/* driver_voice.h - what differs between makers about calls, as tables (pure)
 *
 * The row belongs to the driver.h row of the same name. A field that is NULL is not needed by this
 * maker. Commands are whole lines; `audio_*` are said at the moment their names tell:
 *
 *   audio_query .. audio_set   once, before any call      audio_dialled  behind the OK of ATD, ATA
 *   audio_answered, audio_read at stat 0, and read back   audio_over     when the call is over
 *
 * Sources: voice.md; the makers' AT manuals.
 */
#ifndef MODEM_DRIVER_VOICE_H
#define MODEM_DRIVER_VOICE_H

#include <stdbool.h>

/* Where a maker's sticks have their samples. */
enum driver_audio { DRIVER_AUDIO_TTY = 1, DRIVER_AUDIO_CARD = 2 };

struct driver_voice {
	const char *name;
	unsigned audio;       /* enum driver_audio, all that can be; 0: only what is wired to it */
	unsigned frame_bytes; /* of the tty */
	const char *const *init; /* notices of calls, keys; refusals do not matter */
	/* Which audio is on, "LABEL: on[,which]"; another one needs audio_clear and a start anew.
	 */
	const char *audio_query, *audio_label, *audio_clear;
	const char *audio_set_tty, *audio_set_card;
	int audio_is_tty, audio_is_card; /* the `which` of each */
	const char *audio_dialled;
	const char *audio_answered, *audio_read,
	    *audio_yes; /* _yes: the answer to _read, no blanks */
	const char *audio_over;
	const char *const *hangup; /* ways of saying it, best first, NULL at the end */
	/* Ends the leg that is dialled beside a held one, "%d" its index; NULL: knows no
	 * conference. */
	const char *person_drop;
	bool asks_cause; /* its notices tell none: AT+CEER does */
};

/* By a driver's name; those without a row of their own have generic's. Never NULL. */
const struct driver_voice *driver_voice_of(const char *driver);

#endif
