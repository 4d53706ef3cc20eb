#include "keys.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <spandsp.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

/* spandsp judges blocks of 102 samples and believes a key after two of them, and its end after two
 * without; a block counts when about 82 of its samples are tone. */
#define BLOCK     102
#define DETECTORS 3
#define SLICE     (BLOCK / DETECTORS) /* some detector ends a block at each multiple of it */
#define LATE      (2 * BLOCK)         /* what a detector says is about so long ago */

#define LATE_SLICES (LATE / SLICE)
#define RING        (LATE_SLICES + 2)
#define AROUND      0.1  /* of a tone's power: what lies beside it is sound too */
#define FADED       0.27 /* of it, and less: maybe what GSM makes of a tone that is over */

/* A tone may have gone on unheard for so long, if it never was quiet or not for so long. Two frames
 * lost in a row are made up for, badly. There is more between two presses 150 ms apart; of that,
 * most may hum behind GSM full rate, so that the time is bounded too. */
#define BRIDGE    (250 * MS)
#define GAP       (135 * MS)
#define GAP_QUIET (60 * MS)

#define BENT (180 * MS) /* a bent tone sounds like another key no longer than this */

#define TWIST_DB  12
#define MS        8  /* samples */
#define REMEMBERS 16 /* presses, for the modem's opinion; nobody presses more in its time */
#define UNHEARD   8  /* words of the modem that wait for sound; likewise */

/* How far the modem's word and our sound may be apart in life and still be about the same tone.
 * Sound comes through a card's buffers, up to 200 ms, so the modem, which needs 40 ms itself, may
 * seem to speak before the tone began. Some speak when the key is let go, and a busy computer reads
 * them later still: a word that came too late would be a key that nobody pressed. */
#define MODEM_EARLY (160 * MS)
#define ONSET_GOOD  (20 * MS) /* how well we know it, behind a codec */
#define MODEM_LATE  (2000 * MS)

struct press {
	char key;
	unsigned by;
	bool alone;  /* told on the modem's word alone */
	bool hidden; /* of an alone press our ears heard later: never told */
	uint64_t onset, end;
};

struct keys {
	keys_press_fn on_press;
	void *context;
	dtmf_rx_state_t *detectors[DETECTORS];
	char says[DETECTORS]; /* what each hears now; 0: nothing */
	uint64_t clock, merge;
	uint64_t speed;     /* samples come so many times faster than in life */
	unsigned lone;      /* slices for which one detector alone has heard a key */
	double power[RING]; /* of the last slices, a ring */
	double sum;         /* of the slice that is not full */
	/* our ears: the newest press they heard is `press` until it is told over */
	struct press *press;
	char sounding;          /* 0: `press` ended at `silent` */
	uint64_t silent, since; /* the onset of what sounds, if it is a piece of `press` or none */
	double tone;            /* power of `press` */
	uint64_t quiet;         /* samples that had little of it, since shortly before `silent` */
	/* all presses, the newest at made - 1 */
	struct press presses[REMEMBERS];
	size_t made;
	/* what the modem said and nobody else has yet, oldest first */
	struct {
		char key;
		uint64_t at;
	} said[UNHEARD];
	size_t unheard;
};

/* ---- telling ---- */

static void
tell(struct keys *keys, const struct press *press, bool down)
{
	struct keys_press told = {
	    .key = press->key,
	    .down = down,
	    .by = press->by,
	    .onset = press->onset,
	    .end = press->end,
	    .known = keys->clock,
	};

	if (!press->hidden)
		keys->on_press(keys->context, &told);
}

static struct press *
make(struct keys *keys, char key, unsigned by, uint64_t onset, uint64_t end)
{
	struct press *press = &keys->presses[keys->made++ % REMEMBERS];

	*press = (struct press){.key = key, .by = by, .onset = onset, .end = end};
	return press;
}

static void
finish(struct keys *keys)
{
	if (keys->press)
		tell(keys, keys->press, false);
	keys->press = NULL;
}

/* ---- the modem's opinion ---- */

static void
forget_first(struct keys *keys)
{
	keys->unheard--;
	memmove(keys->said, keys->said + 1, keys->unheard * sizeof *keys->said);
}

/* Nobody else heard it in time. */
static void
believe(struct keys *keys)
{
	struct press *press =
	    make(keys, keys->said[0].key, KEYS_MODEM, keys->said[0].at, keys->said[0].at);

	press->alone = true;
	forget_first(keys);
	finish(keys);
	tell(keys, press, true);
	tell(keys, press, false);
}

/* Before a new press of ours, all that the modem said is settled: the same key was this tone
 * (true); another was this tone misheard if it was said since the onset, and else a press of its
 * own. So nothing is left while a tone sounds. */
static bool
settle(struct keys *keys, char key, uint64_t onset)
{
	bool same = false;

	while (keys->unheard > 0) {
		bool this = !same && keys->said[0].key == key;

		if (this || keys->said[0].at + ONSET_GOOD >= onset)
			forget_first(keys);
		else
			believe(keys);
		same = same || this;
	}
	return same;
}

/* Whether a tone that began at `onset` is one the modem has been believed about already. */
static bool
believed(struct keys *keys, char key, uint64_t onset)
{
	for (size_t i = 0; i < REMEMBERS && i < keys->made; i++) {
		struct press *press = &keys->presses[i];

		if (press->alone && press->key == key &&
		    onset <= press->onset + MODEM_EARLY * keys->speed &&
		    press->onset <= onset + MODEM_LATE * keys->speed) {
			press->alone = false;
			return true;
		}
	}
	return false;
}

/* Whether the modem's `key` is a press of ours it has not confirmed yet: the oldest such. */
static bool
confirms(struct keys *keys, char key)
{
	size_t from = keys->made < REMEMBERS ? 0 : keys->made - REMEMBERS;

	for (size_t i = from; i < keys->made; i++) {
		struct press *press = &keys->presses[i % REMEMBERS];
		bool sounds = press == keys->press && keys->sounding;

		if (press->key == key && press->by == KEYS_EARS &&
		    (sounds || keys->clock <= press->end + MODEM_LATE * keys->speed)) {
			press->by |= KEYS_MODEM;
			return true;
		}
	}
	return false;
}

void
keys_modem(struct keys *keys, char key)
{
	bool ours = keys->press != NULL;

	key = (char)toupper((unsigned char)key);
	if (!key || !strchr(KEYS_ALL, key) || confirms(keys, key))
		return;
	/* Torn by the modem, or misheard by it, while we hear the tone. */
	if (ours && (keys->press->key == key || keys->sounding))
		return;
	if (keys->unheard == UNHEARD)
		return;
	keys->said[keys->unheard].key = key;
	keys->said[keys->unheard++].at = keys->clock;
}

/* ---- our ears ---- */

/* Mean power of so many slices, `ago` before the newest. A block of them outlasts the beat of any
 * two tones. */
static double
power_of(const struct keys *keys, size_t slices, size_t ago)
{
	double sum = 0;

	for (size_t i = ago; i < ago + slices; i++)
		sum += keys->power[(keys->clock / SLICE + RING - i) % RING];
	return sum / (double)slices;
}

static bool
quiet(const struct keys *keys, size_t ago)
{
	return power_of(keys, DETECTORS, ago) < AROUND * keys->tone;
}

/* Whether a tone that was not heard for a while may have gone on: it was a short while, or a longer
 * one with less quiet in it than there is between two presses, as when frames are lost in the air
 * and the decoder makes something up. */
static bool
held(const struct keys *keys)
{
	uint64_t unheard = keys->clock - keys->silent;

	return unheard < keys->merge ||
	       (keys->merge > 0 && ((unheard < GAP && keys->quiet < GAP_QUIET) ||
				    (unheard < BRIDGE && keys->quiet == 0)));
}

/* Whether `key` is what a codec made of the press that sounds: a finger seldom comes to another key
 * without a moment of silence. */
static bool
bent(const struct keys *keys, char key)
{
	return keys->press->key != key && keys->clock - keys->silent < keys->merge &&
	       keys->quiet == 0;
}

static void
begin(struct keys *keys, char key, uint64_t onset)
{
	bool confirmed = settle(keys, key, onset);
	struct press *press;

	finish(keys);
	press = make(keys, key, KEYS_EARS, onset, keys->clock);
	press->hidden = believed(keys, key, onset);
	if (confirmed || press->hidden)
		press->by |= KEYS_MODEM;
	keys->press = press;
	keys->tone = power_of(keys, LATE_SLICES, 0);
	tell(keys, press, true);
}

static void
hear_key(struct keys *keys, char key)
{
	struct press *press = keys->press;

	keys->sounding = key;
	keys->since = keys->clock > LATE ? keys->clock - LATE : 0;
	if (press && (bent(keys, key) || (press->key == key && held(keys))))
		keys->unheard = 0; /* said of a piece that was missing: this press, misheard */
	else
		begin(keys, key, keys->since);
}

/* Some fingers do roll from key to key: what sounds like another for long enough is another. */
static void
hear_other(struct keys *keys)
{
	struct press *press = keys->press;

	press->end = keys->since > press->onset ? keys->since : press->onset;
	begin(keys, keys->sounding, press->end);
}

static void
hear_silence(struct keys *keys)
{
	uint64_t end = keys->clock - LATE;

	assert(keys->press);
	keys->sounding = 0;
	keys->silent = keys->clock;
	keys->quiet = 0;
	for (size_t ago = 0; ago + DETECTORS <= RING; ago++)
		keys->quiet += quiet(keys, ago) ? SLICE : 0;
	keys->press->end = end > keys->press->onset ? end : keys->press->onset;
}

/* Whether there is sound before or behind the two blocks that made a lone detector believe, now
 * that one more slice has come. A tone under 20 ms has none: it happens to fill one detector's
 * blocks, and ends. In a press that a codec has bent, the other detectors fail though sound goes
 * on. Behind GSM full rate a tone that is over fades for two frames as the same tone, and spandsp
 * hears the faintest: that is no sound behind it, nor a second block. */
static bool
goes_on(const struct keys *keys)
{
	size_t at = (size_t)(keys->clock / SLICE);
	double behind = keys->power[at % RING], before = keys->power[(at + 1) % RING];
	double tone = power_of(keys, LATE_SLICES, 1);

	return (before >= AROUND * tone || behind >= FADED * tone) &&
	       power_of(keys, DETECTORS, 0) >= FADED * tone;
}

/* A key begins when two detectors agree, or one has good reason, and goes on for as long as any
 * hears it: they differ where a codec bends the tone. */
static char
heard_now(struct keys *keys)
{
	char key = 0;
	size_t votes = 0;

	for (size_t i = 0; i < DETECTORS; i++)
		if (keys->says[i] && (!key || keys->says[i] == keys->sounding))
			key = keys->says[i];
	if (!key || key == keys->sounding) {
		keys->lone = 0;
		return key;
	}
	for (size_t i = 0; i < DETECTORS; i++)
		votes += keys->says[i] == key;
	keys->lone = votes > 1 ? 0 : keys->lone + 1;
	if (votes > 1 || (keys->lone == 2 && goes_on(keys)) || keys->lone > LATE_SLICES)
		return key;
	return 0;
}

static void
on_slice(struct keys *keys)
{
	char now;

	keys->power[(keys->clock / SLICE) % RING] = keys->sum;
	keys->sum = 0;
	keys->quiet += quiet(keys, 0) ? SLICE : 0;
	now = heard_now(keys);
	if (now != keys->sounding) {
		if (keys->sounding)
			hear_silence(keys);
		if (now)
			hear_key(keys, now);
	}
	if (keys->press && keys->sounding) {
		keys->press->end = keys->clock;
		if (keys->sounding != keys->press->key && keys->clock - keys->since >= BENT)
			hear_other(keys);
	} else if (keys->press && !held(keys)) {
		finish(keys);
	}
	while (keys->unheard > 0 &&
	       keys->clock - keys->said[0].at >= KEYS_WAIT_MS * MS * keys->speed)
		believe(keys);
}

static void
on_tone(void *context, int code, int level, int delay)
{
	(void)level;
	(void)delay;
	*(char *)context = (char)code;
}

void
keys_heard(struct keys *keys, const int16_t *samples, size_t n)
{
	while (n > 0) {
		size_t left = SLICE - keys->clock % SLICE;
		size_t take = n < left ? n : left;

		for (size_t i = 0; i < DETECTORS; i++)
			dtmf_rx(keys->detectors[i], samples, (int)take);
		for (size_t i = 0; i < take; i++)
			keys->sum += samples[i] * samples[i];
		keys->clock += take;
		samples += take;
		n -= take;
		if (take == left)
			on_slice(keys);
	}
}

/* ---- life ---- */

int
keys_new(struct keys **out, keys_press_fn on_press, void *context)
{
	static const int16_t silence[BLOCK];
	struct keys *keys = calloc(1, sizeof *keys);

	if (!keys)
		return UV_ENOMEM;
	keys->on_press = on_press;
	keys->context = context;
	keys->merge = KEYS_MERGE_MS * MS;
	keys->speed = 1;
	for (size_t i = 0; i < DETECTORS; i++) {
		dtmf_rx_state_t *detector = dtmf_rx_init(NULL, NULL, NULL);

		if (!detector) {
			keys_free(keys);
			return UV_ENOMEM;
		}
		keys->detectors[i] = detector;
		dtmf_rx_parms(detector, 0, TWIST_DB, TWIST_DB, -99);
		dtmf_rx_set_realtime_callback(detector, on_tone, &keys->says[i]);
		dtmf_rx(detector, silence, (int)(i * SLICE));
	}
	*out = keys;
	return 0;
}

void
keys_speed(struct keys *keys, unsigned times)
{
	keys->speed = times > 0 ? times : 1;
}

void
keys_free(struct keys *keys)
{
	if (!keys)
		return;
	for (size_t i = 0; i < DETECTORS; i++)
		if (keys->detectors[i])
			dtmf_rx_free(keys->detectors[i]);
	free(keys);
}

uint64_t
keys_clock(const struct keys *keys)
{
	return keys->clock;
}

void
keys_merge(struct keys *keys, unsigned ms)
{
	keys->merge = (uint64_t)ms * MS;
}
