#include "modem_sound.h"

#include "card.h"
#include "modem_voice.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEAD     480  /* samples that are said ahead of the card's clock: 60 ms */
#define TOLD     320  /* samples from a key's end to the stick's word of it */
#define BUFFERED 4    /* frames that a tty keeps before it plays: 80 ms */
#define PATIENCE 5000 /* ms of ticks; a daemon that died has closed its tty */

static const struct modem_options *
options(const struct modem_voice *v)
{
	return &v->m->world->o;
}

/* ---- what the daemon has open ---- */

static void
on_octets(void *ctx, const uint8_t *octets, size_t n)
{
	struct modem_voice *v = ctx;
	buffer_put(&v->sound.in, octets, n);
	v->sound.waited = 0;
}

static void
on_change(void *ctx)
{
	struct modem_voice *v = ctx;
	v->sound.in.used = 0;
}

static const struct modem_port_events port_events = {on_octets, on_change, on_change};

static void
link_to(const struct modem_voice *v, bool there)
{
	const char *folder = options(v)->link;
	char path[512];
	if (!folder || (size_t)snprintf(path, sizeof path, "%s/modem%u.pcm", folder,
					v->m->link_number) >= sizeof path)
		return;
	unlink(path);
	if (there && symlink(v->sound.port.path, path))
		perror(path);
}

static void
appear(struct modem_voice *v)
{
	if (modem_port_appear(&v->sound.port))
		return;
	link_to(v, true);
	printf("modem%u audio %s\n", v->m->link_number, v->sound.port.path);
	fflush(stdout);
}

static void
open_card(struct modem_voice *v)
{
	char path[512];
	snprintf(path, sizeof path, "%s/card%" PRIu64, options(v)->cards,
		 options(v)->first + v->m->index);
	int error =
	    card_make(&v->sound.card, path, (int)options(v)->voice_speed, (int)options(v)->drift);
	if (error) {
		fprintf(stderr, "dunlin-sim: %s: %s\n", path, strerror(-error));
		return;
	}
	v->sound.card->patient = options(v)->patient;
}

int
modem_sound_open(struct modem_voice *v)
{
	struct modem_sound *s = &v->sound;
	enum modem_audio audio = (enum modem_audio)options(v)->audio;
	s->tty = audio == AUDIO_MAKER ? v->maker->tty : audio == AUDIO_TTY;
	s->frame_bytes = v->maker->frame_bytes ? v->maker->frame_bytes : 320;
	uv_timer_init(v->m->world->loop, &s->tick);
	s->tick.data = v;
	modem_port_init(&s->port, &v->m->world->watch, &port_events, v);
	if (s->tty)
		appear(v);
	else if (options(v)->cards)
		open_card(v);
	return 0;
}

void
modem_sound_gone(struct modem_voice *v, bool gone)
{
	struct modem_sound *s = &v->sound;
	if (s->card)
		atomic_store(&s->card->gone, gone ? CARD_UNPLUGGED : CARD_HERE);
	if (!s->tty)
		return;
	if (gone) {
		link_to(v, false);
		modem_port_vanish(&s->port);
	} else {
		appear(v);
	}
}

void
modem_sound_close(struct modem_voice *v)
{
	uv_close((uv_handle_t *)&v->sound.tick, NULL);
	if (v->sound.tty)
		link_to(v, false);
	modem_port_close(&v->sound.port);
}

void
modem_sound_fini(struct modem_voice *v)
{
	struct modem_sound *s = &v->sound;
	modem_port_fini(&s->port);
	buffer_fini(&s->in);
	buffer_fini(&s->out);
	if (s->card) {
		atomic_store(&s->card->gone, CARD_UNPLUGGED);
		card_unmap(s->card);
	}
}

/* ---- a frame ---- */

static void
hear(struct modem_voice *v, int16_t *samples)
{
	struct modem_sound *s = &v->sound;
	size_t n = s->in.used / 2 < CALLER_FRAME ? s->in.used / 2 : CALLER_FRAME;
	if (!s->tty) {
		memset(samples, 0, CALLER_FRAME * sizeof *samples);
		if (s->card)
			card_hear(s->card, s->at, samples, CALLER_FRAME);
		return;
	}
	if (s->early > 0) {
		s->early--;
		n = 0;
	} else if (s->port.opens) {
		s->starved += CALLER_FRAME - (int64_t)n;
	}
	for (size_t i = 0; i < CALLER_FRAME; i++)
		samples[i] = (int16_t)(i < n ? s->in.at[2 * i] | s->in.at[2 * i + 1] << 8 : 0);
	s->in.used -= 2 * n;
	if (s->in.used > 0)
		memmove(s->in.at, s->in.at + 2 * n, s->in.used);
}

static void
say(struct modem_voice *v, const int16_t *samples)
{
	struct modem_sound *s = &v->sound;
	if (!s->tty) {
		if (!s->card)
			return;
		card_say(s->card, s->at + LEAD, samples, CALLER_FRAME);
		card_allow(s->card, s->at + LEAD + CALLER_FRAME);
		return;
	}
	for (size_t i = 0; i < CALLER_FRAME; i++) {
		buffer_put8(&s->out, (uint16_t)samples[i] & 0xff);
		buffer_put8(&s->out, (uint16_t)samples[i] >> 8);
	}
	if (s->out.used < s->frame_bytes)
		return;
	modem_port_write(&s->port, s->out.at, s->out.used);
	s->out.used = 0;
}

static void
record(struct modem_sound *s, const int16_t *heard, const int16_t *said)
{
	int16_t both[2 * CALLER_FRAME];
	if (!s->wav)
		return;
	for (size_t i = 0; i < CALLER_FRAME; i++) {
		both[2 * i] = heard[i];
		both[2 * i + 1] = said[i];
	}
	sf_writef_short(s->wav, both, CALLER_FRAME);
}

static void
tell_key(struct modem_voice *v)
{
	struct modem_sound *s = &v->sound;
	if (!s->key || s->at < s->key_told)
		return;
	if (modem_hits(v->m, CHANCE_KEY, (uint64_t)s->at, options(v)->modem_keys))
		modem_voice_say_key(v, s->key);
	s->key = 0;
}

/* False: they hung up. */
static bool
frame(struct modem_voice *v)
{
	struct modem_sound *s = &v->sound;
	int16_t heard[CALLER_FRAME], said[CALLER_FRAME];
	bool on = modem_voice_sounds(v) && v->stat != 1; /* who is held hears nothing of us */
	hear(v, heard);
	if (!on)
		memset(heard, 0, sizeof heard);
	s->sounded = s->sounded || on;
	codec_pass(s->up, heard, heard, CALLER_FRAME);
	if (!caller_frame(s->caller, heard, said))
		return false;
	record(s, heard, said);
	codec_pass(s->down, said, said, CALLER_FRAME);
	if (!on)
		memset(said, 0, sizeof said);
	say(v, said);
	s->at += CALLER_FRAME;
	tell_key(v);
	return true;
}

/* ---- the clock ---- */

static int64_t
tty_now(struct modem_voice *v)
{
	struct modem_sound *s = &v->sound;
	double pace =
	    8000.0 * (double)options(v)->voice_speed * (1 + (double)options(v)->drift * 1e-6);
	return (int64_t)((double)(uv_hrtime() - s->began - s->held) * 1e-9 * pace);
}

/* Whether a tty that waits for the daemon has to: for the samples of its next frame. Patience is
 * counted in ticks, of which there are none while this process does not run: by the clock it would
 * be over before what came meanwhile is read, and seconds of a call would pass unheard at once. */
static bool
is_held(const struct modem_voice *v)
{
	const struct modem_sound *s = &v->sound;
	return options(v)->patient && s->tty && s->port.opens && s->early == 0 &&
	       s->in.used < CALLER_FRAME * 2 && s->waited < PATIENCE;
}

/* Time stands still until the daemon's samples are read: what was waited for is not made up. */
static void
hold(struct modem_voice *v, int64_t now)
{
	struct modem_sound *s = &v->sound;
	int64_t late = now - s->at - CALLER_FRAME;
	if (late < 0)
		return;
	s->waited += (unsigned)uv_timer_get_repeat(&s->tick);
	s->held += (uint64_t)((double)late * 1e9 / 8000 / (double)options(v)->voice_speed);
}

static void
on_tick(uv_timer_t *timer)
{
	struct modem_voice *v = timer->data;
	struct modem_sound *s = &v->sound;
	unsigned serial = v->serial;
	int64_t now = s->card ? card_now(s->card) : tty_now(v);
	if (s->tty)
		modem_port_flush(&s->port);
	while (s->caller && v->serial == serial && s->at + CALLER_FRAME <= now && !is_held(v)) {
		if (!frame(v)) {
			modem_voice_end(v, "them", 16, false);
			return;
		}
	}
	if (s->caller && v->serial == serial && is_held(v))
		hold(v, now);
	if (s->tty)
		modem_port_flush(&s->port);
}

/* ---- a call ---- */

static void
on_pressed(void *ctx, char key, int64_t at)
{
	struct modem_voice *v = ctx;
	struct modem_sound *s = &v->sound;
	size_t n = strlen(v->keys);
	if (n + 1 < sizeof v->keys) {
		v->keys[n] = key;
		v->keys[n + 1] = 0;
	}
	s->key = key;
	s->key_told = s->at + (at - (s->at - s->origin)) + (int64_t)v->plan.press_ms * 8 + TOLD;
	v->m->world->stats.keys_pressed++;
	modem_voice_log(v, "key", ",\"key\":\"%c\",\"at_ms\":%lld", key, (long long)at / 8);
}

static void
open_wav(struct modem_voice *v)
{
	struct modem_sound *s = &v->sound;
	SF_INFO info = {
	    .samplerate = 8000, .channels = 2, .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16};
	if (!options(v)->recordings)
		return;
	snprintf(s->path, sizeof s->path, "%s/%06u-%s.wav", options(v)->recordings, v->serial,
		 *v->number ? v->number + (*v->number == '+') : "withheld");
	s->wav = sf_open(s->path, SFM_WRITE, &info);
	if (!s->wav)
		fprintf(stderr, "dunlin-sim: %s: %s\n", s->path, sf_strerror(NULL));
}

void
modem_sound_begin(struct modem_voice *v)
{
	struct modem_sound *s = &v->sound;
	uint64_t ms = 10 / options(v)->voice_speed;
	if (s->caller)
		modem_sound_end(v);
	s->caller =
	    caller_new(&v->plan, options(v)->speech, options(v)->seed ^ v->serial, on_pressed, v);
	s->up = codec_new(v->plan.codec);
	s->down = codec_new(v->plan.codec);
	if (!s->up || !s->down)
		abort();
	s->began = uv_hrtime();
	s->held = 0;
	s->origin = s->at = s->card ? card_now(s->card) : 0;
	s->starved = 0;
	s->sounded = false;
	s->key = 0;
	s->in.used = s->out.used = 0;
	s->early = BUFFERED;
	s->waited = 0;
	*s->path = 0;
	open_wav(v);
	if (s->card)
		card_allow(s->card, s->at + LEAD);
	uv_timer_start(&s->tick, on_tick, ms, ms > 0 ? ms : 1);
}

void
modem_sound_end(struct modem_voice *v)
{
	struct modem_sound *s = &v->sound;
	if (!s->caller)
		return;
	uv_timer_stop(&s->tick);
	caller_free(s->caller);
	codec_free(s->up);
	codec_free(s->down);
	s->caller = NULL;
	s->up = s->down = NULL;
	if (s->wav)
		sf_close(s->wav);
	s->wav = NULL;
	if (s->card)
		card_allow(s->card, CARD_FREE);
}
