/* codec.h - what the air does to a voice: speech codecs, there and back
 *
 * Samples go in, are coded and decoded as between a telephone and its network, and come out one
 * frame (CODEC_FRAME samples, 20 ms) later; the line is silent before. A-law has no frames and no
 * delay, and CODEC_CLEAN changes nothing.
 *
 * Ownership: codec_new allocates (NULL: no memory), codec_free frees. Thread: one at a time.
 */
#ifndef SIM_CODEC_H
#define SIM_CODEC_H

#include <stddef.h>
#include <stdint.h>

#define CODEC_FRAME 160

enum codec_kind {
	CODEC_CLEAN,
	CODEC_ALAW,    /* ITU-T G.711 */
	CODEC_GSM,     /* full rate, 3GPP TS 46.010 */
	CODEC_AMR_475, /* 3GPP TS 26.071, kbit/s */
	CODEC_AMR_515,
	CODEC_AMR_590,
	CODEC_AMR_670,
	CODEC_AMR_740,
	CODEC_AMR_795,
	CODEC_AMR_1020,
	CODEC_AMR_1220,
	CODEC_KINDS
};

/* What may happen to one frame in the air. */
enum codec_harm { CODEC_WHOLE, CODEC_LOST, CODEC_GARBAGE };

struct codec;

/* "clean", "alaw", "gsm", "amr4.75" ... "amr12.2"; CODEC_KINDS for a name that is none. */
const char *codec_name(enum codec_kind kind);
enum codec_kind codec_named(const char *name);

struct codec *codec_new(enum codec_kind kind);
void codec_free(struct codec *codec);

/* `n` samples in, as many out; `in` and `out` may be one. */
void codec_pass(struct codec *codec, const int16_t *in, int16_t *out, size_t n);

/* The next frame is lost (the decoder is told, and conceals it) or arrives as garbage. Of codecs
 * without frames: the next CODEC_FRAME samples. */
void codec_harm(struct codec *codec, enum codec_harm harm);

/* Samples by which what comes out is late. */
size_t codec_delay(enum codec_kind kind);

#endif
