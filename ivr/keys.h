/* keys.h - which keys the caller pressed: DTMF tones in the sound that is heard, and the modem's
 * own opinion
 *
 *     sound -> spandsp, realtime -> pieces of tone -> presses -> on_press
 *     keys_modem ------------------------------------^
 *
 * A speech codec tears a long press into pieces and bends some of them into another key; it also
 * widens the level between its two tones. So twist is allowed up to 12 dB either way, and pieces of
 * one key with less than KEYS_MERGE_MS between are one press: a promise of 5 does not become 55.
 * Two presses 150 ms apart remain two.
 *
 * The modem's own opinion (+QTONEDET, +RXDTMF, +DTMF) is about the same tones, so the same key from
 * both is one press, whichever comes first; ours decides where they differ, because it has the
 * better time. A key that only the modem heard counts after a short wait for ours.
 *
 * Time is samples given to keys_heard since keys_new, 8 a millisecond. Times of a tone are good to
 * about 13 ms.
 *
 * Ownership: keys_new allocates, keys_free frees; nothing else does. Completion: on_press is called
 * inside keys_heard and must not call back into this module. Errors: keys_new says UV_ENOMEM.
 * Thread: one at a time; two lines share nothing (make the first before other threads start:
 * spandsp fills its tables then).
 */
#ifndef IVR_KEYS_H
#define IVR_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEYS_ALL "0123456789*#ABCD"

struct keys;

enum keys_by {
	KEYS_EARS = 1,  /* we heard its tones */
	KEYS_MODEM = 2, /* the modem said so */
};

/* Each press is told twice: when it is known (down), and when it is sure to be over. */
struct keys_press {
	char key;       /* one of KEYS_ALL */
	bool down;      /* false: it is over */
	unsigned by;    /* KEYS_EARS, KEYS_MODEM or both, as known so far */
	uint64_t onset; /* samples: the tone began; of a modem's key: when it was told */
	uint64_t end;   /* and ended; when `down`: the last that is known of it */
	uint64_t known; /* this telling */
};

typedef void (*keys_press_fn)(void *context, const struct keys_press *press);

int keys_new(struct keys **keys, keys_press_fn on_press, void *context);
void keys_free(struct keys *keys); /* NULL is none */

/* The next `n` samples of the line, in pieces of any size. */
void keys_heard(struct keys *keys, const int16_t *samples, size_t n);

/* The modem heard `key` about now, that is, near the last sample given. Anything but KEYS_ALL
 * (lower case a..d included) is ignored. on_press comes with a later keys_heard. */
void keys_modem(struct keys *keys, char key);

/* Samples heard so far: the clock of all times above. */
uint64_t keys_clock(const struct keys *keys);

#endif
