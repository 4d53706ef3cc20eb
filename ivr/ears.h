/* ears.h - who may have answered: a person, a machine, nobody; a label for lists, nothing more
 *
 * Listens from the moment the call is active and applies the habits of Asterisk's machine
 * detection: people say a short hello and wait, machines talk on. Users find it unreliable, so no
 * decision is made of it: scripts, retries and promises ask for keys, and a key means a person.
 *
 *     LISTENING -- 2.5 s of silence ------------------------> SILENCE
 *               -- voice, then 0.8 s of silence ------------> PERSON
 *               -- 1.5 s of voice, or the 3rd word ---------> MACHINE
 *               -- 5 s without any of these ----------------> UNSURE
 *     any       -- ears_key --------------------------------> KEYS
 *
 * What we say comes back as an echo, so the caller gives that too: while we speak, and 0.4 s after,
 * only what is within 10 dB of our own level counts as voice.
 *
 * Ownership: the caller's storage, plain values, copied freely; nothing is allocated. Thread: one
 * at a time. Time: samples since ears_init, 8 a millisecond.
 */
#ifndef IVR_EARS_H
#define IVR_EARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ears_label {
	EARS_LISTENING, /* nothing can be said yet */
	EARS_SILENCE,   /* nobody spoke */
	EARS_PERSON,    /* a short greeting, as people do */
	EARS_MACHINE,   /* a long one */
	EARS_UNSURE,    /* neither */
	EARS_KEYS,      /* a key was pressed: a person, certainly */
};

/* A short lower-case word for lists: "listening", "silence", "person", "machine", "unsure", "keys".
 */
const char *ears_label_name(enum ears_label label);

struct ears {
	enum ears_label label;
	uint64_t decided; /* samples: when the label came */
	uint64_t began;   /* of the first word, where there are words */
	uint64_t voice;   /* samples of voice in words so far */
	unsigned words;
	/* inside */
	uint64_t clock;
	uint64_t loud, quiet;     /* samples of voice, and of silence, up to now */
	bool word;                /* one goes on */
	double heard, played;     /* squares of the piece that is not full */
	double floor_db, echo_db; /* the line's noise; our own level of late */
	uint64_t echo_until;
};

void ears_init(struct ears *ears);

/* The next `n` samples heard, and what was played in the same time, or NULL for silence. It goes on
 * counting voice and words after the label has come. */
void ears_heard(struct ears *ears, const int16_t *heard, const int16_t *played, size_t n);

void ears_key(struct ears *ears);

#endif
