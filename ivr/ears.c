#include "ears.h"

#include <math.h>

#define MS    8
#define PIECE (10 * MS) /* levels are of so many samples */

/* Asterisk's own figures. */
#define SILENCE_FIRST (2500 * MS)
#define GREETING      (1500 * MS)
#define SILENCE_AFTER (800 * MS)
#define LISTEN        (5000 * MS)
#define WORD          (100 * MS)
#define BETWEEN       (50 * MS)
#define WORDS         2

/* What is voice. A line's noise is followed down at once and up slowly, as pauses in speech are
 * short. */
#define VOICE_DBFS   (-45.0)
#define OVER_NOISE   9.0
#define NOISE_RISE   0.05 /* dB a piece: 5 dB a second */
#define NOISE_MAX    (-35.0)
#define UNDER_OURS   10.0
#define ECHO_LASTS   (400 * MS)
#define NOTHING_DBFS (-96.0)

static double
dbfs(double squares)
{
	double mean = squares / PIECE / (32767.0 * 32767.0 / 2);

	return mean > 0 ? fmax(10 * log10(mean), NOTHING_DBFS) : NOTHING_DBFS;
}

const char *
ears_label_name(enum ears_label label)
{
	static const char *const names[] = {
	    [EARS_LISTENING] = "listening", [EARS_SILENCE] = "silence", [EARS_PERSON] = "person",
	    [EARS_MACHINE] = "machine",     [EARS_UNSURE] = "unsure",   [EARS_KEYS] = "keys",
	};

	return names[label];
}

void
ears_init(struct ears *ears)
{
	*ears = (struct ears){.floor_db = VOICE_DBFS - OVER_NOISE, .echo_db = NOTHING_DBFS};
}

static void
decide(struct ears *ears, enum ears_label label)
{
	if (ears->label != EARS_LISTENING && label != EARS_KEYS)
		return;
	ears->label = label;
	ears->decided = ears->clock;
}

void
ears_key(struct ears *ears)
{
	if (ears->label != EARS_KEYS)
		decide(ears, EARS_KEYS);
}

static bool
is_voice(struct ears *ears, double heard_db, double played_db)
{
	double least;

	if (ears->clock >= ears->echo_until || played_db >= ears->echo_db) {
		ears->echo_db = played_db;
		ears->echo_until = ears->clock + ECHO_LASTS;
	}
	ears->floor_db = fmin(fmin(heard_db, ears->floor_db + NOISE_RISE), NOISE_MAX);
	least = fmax(VOICE_DBFS, ears->floor_db + OVER_NOISE);
	return heard_db > fmax(least, ears->echo_db - UNDER_OURS);
}

/* A word is voice of 100 ms, and ends with 50 ms of silence. */
static void
count(struct ears *ears, bool voice)
{
	if (voice) {
		ears->loud += PIECE;
		ears->quiet = 0;
		if (ears->word) {
			ears->voice += PIECE;
		} else if (ears->loud >= WORD) {
			ears->word = true;
			ears->words++;
			ears->voice += ears->loud;
			if (ears->words == 1)
				ears->began = ears->clock - ears->loud;
		}
		return;
	}
	ears->quiet += PIECE;
	if (ears->quiet >= BETWEEN) {
		ears->loud = 0;
		ears->word = false;
	}
}

static void
on_piece(struct ears *ears)
{
	count(ears, is_voice(ears, dbfs(ears->heard), dbfs(ears->played)));
	ears->heard = ears->played = 0;
	if (ears->words == 0 && ears->clock >= SILENCE_FIRST)
		decide(ears, EARS_SILENCE);
	else if (ears->voice >= GREETING || ears->words > WORDS)
		decide(ears, EARS_MACHINE);
	else if (ears->words > 0 && ears->quiet >= SILENCE_AFTER)
		decide(ears, EARS_PERSON);
	else if (ears->clock >= LISTEN)
		decide(ears, EARS_UNSURE);
}

void
ears_heard(struct ears *ears, const int16_t *heard, const int16_t *played, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		ears->heard += heard[i] * heard[i];
		if (played)
			ears->played += played[i] * played[i];
		if (++ears->clock % PIECE == 0)
			on_piece(ears);
	}
}
