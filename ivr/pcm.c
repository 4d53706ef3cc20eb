#include "pcm.h"

#include <assert.h>
#include <math.h>
#include <speex/speex_resampler.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define PIECE         (20 * PCM_MS) /* of what levels are measured on */
#define PAUSE_DB      20.0          /* so far below the loudest piece nobody speaks */
#define GAIN_MAX_DB   40.0
#define FULL          32767.0
#define PROMPT_HZ     200.0
#define QUALITY       7 /* of speexdsp's 0..10: images 80 dB down, far below a GSM codec's noise */
#define RESAMPLE_UNIT 65536u /* samples handed to speexdsp at once */

void
pcm_clip_fini(struct pcm_clip *clip)
{
	free(clip->samples);
	clip->samples = NULL;
	clip->n = 0;
}

/* Makes room behind what is there; `n` itself is the caller's to raise. */
static int
grow(struct pcm_clip *clip, size_t n)
{
	int16_t *samples;

	if (n > PCM_CLIP_MAX || clip->n > PCM_CLIP_MAX - n)
		return UV_EFBIG;
	if (n == 0)
		return 0;
	samples = realloc(clip->samples, (clip->n + n) * sizeof *samples);
	if (!samples)
		return UV_ENOMEM;
	clip->samples = samples;
	return 0;
}

int
pcm_clip_append(struct pcm_clip *clip, const int16_t *samples, size_t n)
{
	int r = grow(clip, n);

	if (r < 0 || n == 0)
		return r;
	memcpy(clip->samples + clip->n, samples, n * sizeof *samples);
	clip->n += n;
	return 0;
}

int
pcm_clip_silence(struct pcm_clip *clip, size_t n)
{
	int r = grow(clip, n);

	if (r < 0 || n == 0)
		return r;
	memset(clip->samples + clip->n, 0, n * sizeof *clip->samples);
	clip->n += n;
	return 0;
}

/* ---- levels ---- */

static double
mean_square(const int16_t *samples, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (double)samples[i] * samples[i];
	return n ? sum / (double)n : 0;
}

/* A sine at full scale has half of FULL squared. */
static double
dbfs_of(double square)
{
	double db = square > 0 ? 10 * log10(square / (FULL * FULL / 2)) : PCM_SILENT_DBFS;

	return db < PCM_SILENT_DBFS ? PCM_SILENT_DBFS : db;
}

double
pcm_dbfs(const int16_t *samples, size_t n)
{
	return dbfs_of(mean_square(samples, n));
}

double
pcm_speech_dbfs(const int16_t *samples, size_t n)
{
	double loudest = 0, sum = 0, least;
	size_t pieces = 0;

	for (size_t at = 0; at < n; at += PIECE)
		loudest = fmax(loudest, mean_square(samples + at, n - at < PIECE ? n - at : PIECE));
	least = loudest * pow(10, -PAUSE_DB / 10);
	for (size_t at = 0; at < n && loudest > 0; at += PIECE) {
		double square = mean_square(samples + at, n - at < PIECE ? n - at : PIECE);

		if (square >= least) {
			sum += square;
			pieces++;
		}
	}
	return dbfs_of(pieces ? sum / (double)pieces : 0);
}

static int16_t
rounded(double sample)
{
	return (int16_t)lrint(fmin(fmax(sample, INT16_MIN), INT16_MAX));
}

void
pcm_level(int16_t *samples, size_t n, double dbfs)
{
	double now = pcm_speech_dbfs(samples, n), peak = 0, gain;

	if (now <= PCM_SILENT_DBFS)
		return;
	for (size_t i = 0; i < n; i++)
		peak = fmax(peak, fabs((double)samples[i]));
	gain = pow(10, fmin(fmax(dbfs - now, -GAIN_MAX_DB), GAIN_MAX_DB) / 20);
	gain = fmin(gain, FULL / peak);
	for (size_t i = 0; i < n; i++)
		samples[i] = rounded(samples[i] * gain);
}

/* ---- high-pass ---- */

/* One second-order section, its coefficients by the bilinear transform. */
struct section {
	double b, a1, a2;
	double z1, z2;
};

static void
section_init(struct section *s, double hz, double sharpness)
{
	double w = 2 * M_PI * hz / PCM_RATE, alpha = sin(w) / (2 * sharpness);
	double a0 = 1 + alpha;

	*s = (struct section){
	    .b = (1 + cos(w)) / 2 / a0,
	    .a1 = -2 * cos(w) / a0,
	    .a2 = (1 - alpha) / a0,
	};
}

static double
section_pass(struct section *s, double in)
{
	double out = s->b * in + s->z1;

	s->z1 = -2 * s->b * in - s->a1 * out + s->z2;
	s->z2 = s->b * in - s->a2 * out;
	return out;
}

void
pcm_high_pass(int16_t *samples, size_t n, double hz)
{
	struct section first, second;

	assert(hz > 0 && hz < PCM_RATE / 2.0);
	section_init(&first, hz, 0.54119610); /* the two pole pairs of a fourth-order Butterworth */
	section_init(&second, hz, 1.30656296);
	for (size_t i = 0; i < n; i++)
		samples[i] = rounded(section_pass(&second, section_pass(&first, samples[i])));
}

void
pcm_prompt(struct pcm_clip *clip)
{
	pcm_high_pass(clip->samples, clip->n, PROMPT_HZ);
	pcm_level(clip->samples, clip->n, PCM_PROMPT_DBFS);
}

/* ---- resampling ---- */

/* Fills `out` with `want` samples made from `in`, and from silence once that is used up: the filter
 * gives the last samples only after others have followed. */
static int
run_resampler(SpeexResamplerState *state, const int16_t *in, size_t n, int16_t *out, size_t want)
{
	static const int16_t silence[1024];
	size_t used = 0, made = 0;

	while (made < want) {
		bool over = used == n;
		size_t left = over ? sizeof silence / sizeof *silence : n - used;
		spx_uint32_t take = (spx_uint32_t)(left < RESAMPLE_UNIT ? left : RESAMPLE_UNIT);
		spx_uint32_t give =
		    (spx_uint32_t)(want - made < RESAMPLE_UNIT ? want - made : RESAMPLE_UNIT);
		const int16_t *from = over ? silence : in + used;

		if (speex_resampler_process_int(state, 0, from, &take, out + made, &give) != 0)
			return UV_ENOMEM;
		used += over ? 0 : take;
		made += give;
	}
	return 0;
}

int
pcm_resample(struct pcm_clip *clip, const int16_t *in, size_t n, unsigned rate)
{
	SpeexResamplerState *state;
	size_t want;
	int r, error;

	if (rate < PCM_RATE_MIN || rate > PCM_RATE_MAX)
		return UV_EINVAL;
	if (rate == PCM_RATE || n == 0)
		return pcm_clip_append(clip, in, n);
	want = (size_t)(((uint64_t)n * PCM_RATE + rate - 1) / rate);
	r = grow(clip, want);
	if (r < 0)
		return r;
	state = speex_resampler_init(1, rate, PCM_RATE, QUALITY, &error);
	if (!state)
		return UV_ENOMEM;
	speex_resampler_skip_zeros(state);
	r = run_resampler(state, in, n, clip->samples + clip->n, want);
	speex_resampler_destroy(state);
	if (r == 0)
		clip->n += want;
	return r;
}
