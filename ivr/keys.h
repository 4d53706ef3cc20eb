/* keys.h - which keys the caller pressed: DTMF tones in the sound that is heard, and the modem's
 * own opinion
 *
 *     sound -> 3 x spandsp -> pieces of tone -> presses -> on_press
 *     keys_modem -------------------------------^
 *
 * A speech codec tears a long press into pieces, bends short ones, and makes one of the two tones
 * louder than the other. So three detectors listen, each a third of spandsp's block later than the
 * one before. A key begins when two of them agree, or one does while sound goes on around it (a
 * tone under 20 ms stands in silence and is none), and goes on while any hears it. Up to 12 dB
 * between the two tones is allowed either way. Pieces of one key with less than KEYS_MERGE_MS
 * between them are one press, that a promise of 5 does not become 55; two presses 150 ms apart
 * remain two. Where frames were lost, little of the gap is silence: then a press may go on longer
 * unheard (135 ms with less than 60 of silence, 250 with none), or sound like another key (180 ms
 * with none).
 *
 * Tones of 10 to 20 ms heard as keys: none behind A-law and AMR; behind GSM full rate, where a tone
 * fades for two frames, one of 200,000. What that costs: of presses of 40 ms behind AMR 4.75, which
 * spoils 40 % of them, another 1 %. Presses of 300 ms doubled by lost frames behind AMR: two in a
 * row 1 %, three 4 %, four a quarter; none behind A-law, and behind GSM up to three.
 *
 * The modem's opinion (+QTONEDET, +RXDTMF, +DTMF) is about the same tones. The same key from both
 * is one press, whichever says it first; where they differ ours counts, which has the better time;
 * what the modem alone heard counts after KEYS_WAIT_MS. Each press of ours waits two seconds for
 * the modem's word, which travels by itself: rather is a key lost that only the modem heard than
 * one told that nobody pressed.
 *
 * Time is samples given to keys_heard since keys_new, 8 a millisecond. A press is known 25 to 35 ms
 * after its onset on a clean line, by 75 ms behind codecs down to AMR 5.9, and with AMR 5.15
 * and 4.75 by 110, seldom 160 (bench_keys prints it). Onset is good to 10 ms on a clean line;
 * behind a codec it is told late by what it took to know the key.
 *
 * Ownership: keys_new allocates, keys_free frees; nothing else does. Completion: on_press is called
 * inside keys_heard and must not call back into this module. Errors: keys_new says UV_ENOMEM.
 * Thread: one at a time; two lines share nothing (spandsp fills a table at the first keys_new: make
 * that before threads start).
 */
#ifndef IVR_KEYS_H
#define IVR_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEYS_ALL      "0123456789*#ABCD"
#define KEYS_MERGE_MS 90
#define KEYS_WAIT_MS  200

struct keys;

enum keys_by {
	KEYS_EARS = 1,  /* we heard its tones */
	KEYS_MODEM = 2, /* the modem said so */
};

/* Each press is told twice: when it is known (down), and when it is sure to be over, which is
 * KEYS_MERGE_MS after its end or when the next begins. A press only the modem heard is told over at
 * once. */
struct keys_press {
	char key;    /* one of KEYS_ALL */
	bool down;   /* false: it is over */
	unsigned by; /* KEYS_EARS, KEYS_MODEM or both, as known so far */
	uint64_t
	    onset;    /* samples: the tone began; of a key only the modem heard: when it said so */
	uint64_t end; /* the tone ended; when `down`: the last that is known of it */
	uint64_t known; /* the time of this telling */
};

typedef void (*keys_press_fn)(void *context, const struct keys_press *press);

int keys_new(struct keys **keys, keys_press_fn on_press, void *context);
void keys_free(struct keys *keys); /* NULL is none */
/* The samples come so many times faster than in life (0 is 1), and the modem's word no faster. */
void keys_speed(struct keys *keys, unsigned times);

/* The next `n` samples of the line, in pieces of any size. */
void keys_heard(struct keys *keys, const int16_t *samples, size_t n);

/* The modem heard `key` about now, that is, near the last sample given. Anything but KEYS_ALL
 * (lower case a..d included) is ignored. on_press comes with a later keys_heard, if at all. */
void keys_modem(struct keys *keys, char key);

/* Samples heard so far: the clock of all times above. */
uint64_t keys_clock(const struct keys *keys);

/* Pieces of one key with less than `ms` between them are one press, from now on. Test tapes repeat
 * a key after 50 ms, which no finger does: 0 takes every piece for a press. */
void keys_merge(struct keys *keys, unsigned ms);

#endif
