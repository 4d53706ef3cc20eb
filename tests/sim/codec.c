#include "codec.h"

#include <gsm.h>
#include <opencore-amrnb/interf_dec.h>
#include <opencore-amrnb/interf_enc.h>
#include <spandsp/telephony.h>

#include <spandsp/bit_operations.h>
#include <spandsp/g711.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define AMR_OCTETS 32 /* of the longest frame: its type and 244 bits */

struct codec {
	enum codec_kind kind;
	enum codec_harm harm;
	int16_t in[CODEC_FRAME], out[CODEC_FRAME];
	size_t at; /* in both: taken from `out`, put into `in` */
	gsm gsm_in, gsm_out;
	void *amr_in, *amr_out;
	gsm_frame last;
	unsigned lost; /* frames in a row */
	uint32_t dice;
};

/* Kinds in their order; `mode` is what an AMR encoder calls its rate. */
static const struct {
	const char *name;
	enum Mode mode;
} kinds[CODEC_KINDS] = {
    [CODEC_CLEAN] = {"clean", MRDTX},      [CODEC_ALAW] = {"alaw", MRDTX},
    [CODEC_GSM] = {"gsm", MRDTX},          [CODEC_AMR_475] = {"amr4.75", MR475},
    [CODEC_AMR_515] = {"amr5.15", MR515},  [CODEC_AMR_590] = {"amr5.9", MR59},
    [CODEC_AMR_670] = {"amr6.7", MR67},    [CODEC_AMR_740] = {"amr7.4", MR74},
    [CODEC_AMR_795] = {"amr7.95", MR795},  [CODEC_AMR_1020] = {"amr10.2", MR102},
    [CODEC_AMR_1220] = {"amr12.2", MR122},
};

const char *
codec_name(enum codec_kind kind)
{
	return kinds[kind].name;
}

enum codec_kind
codec_named(const char *name)
{
	enum codec_kind kind = CODEC_CLEAN;

	while (kind < CODEC_KINDS && strcmp(kinds[kind].name, name) != 0)
		kind++;
	return kind;
}

static bool
is_amr(enum codec_kind kind)
{
	return kinds[kind].mode != MRDTX;
}

size_t
codec_delay(enum codec_kind kind)
{
	return kind == CODEC_GSM || is_amr(kind) ? CODEC_FRAME : 0;
}

struct codec *
codec_new(enum codec_kind kind)
{
	struct codec *codec = calloc(1, sizeof *codec);

	if (!codec)
		return NULL;
	codec->kind = kind;
	codec->dice = 0x9e3779b9;
	if (kind == CODEC_GSM) {
		codec->gsm_in = gsm_create();
		codec->gsm_out = gsm_create();
	} else if (is_amr(kind)) {
		codec->amr_in = Encoder_Interface_init(0);
		codec->amr_out = Decoder_Interface_init();
	}
	if ((kind == CODEC_GSM && (!codec->gsm_in || !codec->gsm_out)) ||
	    (is_amr(kind) && (!codec->amr_in || !codec->amr_out))) {
		codec_free(codec);
		return NULL;
	}
	return codec;
}

void
codec_free(struct codec *codec)
{
	if (!codec)
		return;
	if (codec->gsm_in)
		gsm_destroy(codec->gsm_in);
	if (codec->gsm_out)
		gsm_destroy(codec->gsm_out);
	if (codec->amr_in)
		Encoder_Interface_exit(codec->amr_in);
	if (codec->amr_out)
		Decoder_Interface_exit(codec->amr_out);
	free(codec);
}

void
codec_harm(struct codec *codec, enum codec_harm harm)
{
	codec->harm = harm;
}

static uint8_t
chance(struct codec *codec)
{
	codec->dice ^= codec->dice << 13;
	codec->dice ^= codec->dice >> 17;
	codec->dice ^= codec->dice << 5;
	return (uint8_t)(codec->dice >> 11);
}

/* Garbage keeps the frame's first octet, which names its kind: without it a receiver knows at once.
 */
static void
spoil(struct codec *codec, uint8_t *octets, size_t n)
{
	for (size_t i = 1; i < n; i++)
		octets[i] = chance(codec);
}

/* libgsm conceals nothing, so this does what TS 46.011 asks at least: the last frame once more,
 * then silence. */
static void
pass_gsm(struct codec *codec, enum codec_harm harm)
{
	gsm_frame frame;

	gsm_encode(codec->gsm_in, codec->in, frame);
	codec->lost = harm == CODEC_LOST ? codec->lost + 1 : 0;
	if (harm == CODEC_GARBAGE) {
		spoil(codec, frame, sizeof frame);
		frame[0] = (gsm_byte)(GSM_MAGIC << 4 | (frame[0] & 0x0f));
	}
	if (codec->lost > 1) {
		memset(codec->out, 0, sizeof codec->out);
		return;
	}
	if (codec->lost == 0)
		memcpy(codec->last, frame, sizeof frame);
	if (gsm_decode(codec->gsm_out, codec->last, codec->out) < 0)
		memset(codec->out, 0, sizeof codec->out);
}

static void
pass_amr(struct codec *codec, enum codec_harm harm)
{
	uint8_t frame[AMR_OCTETS + 32]; /* libopencore writes a little beyond short frames */
	int octets =
	    Encoder_Interface_Encode(codec->amr_in, kinds[codec->kind].mode, codec->in, frame, 0);

	if (harm == CODEC_GARBAGE && octets > 0)
		spoil(codec, frame, (size_t)octets);
	Decoder_Interface_Decode(codec->amr_out, frame, codec->out, harm == CODEC_LOST);
}

static void
pass_frame(struct codec *codec)
{
	enum codec_harm harm = codec->harm;

	codec->harm = CODEC_WHOLE;
	if (codec->kind == CODEC_GSM)
		pass_gsm(codec, harm);
	else
		pass_amr(codec, harm);
}

/* Without frames a harm lasts as long as a frame would; `at` counts it. */
static int16_t
pass_sample(struct codec *codec, int16_t in)
{
	int16_t out = codec->kind == CODEC_ALAW ? alaw_to_linear(linear_to_alaw(in)) : in;

	if (codec->harm == CODEC_WHOLE)
		return out;
	if (codec->harm == CODEC_LOST)
		out = 0;
	else
		out = (int16_t)(chance(codec) << 8 | chance(codec));
	if (++codec->at == CODEC_FRAME) {
		codec->at = 0;
		codec->harm = CODEC_WHOLE;
	}
	return out;
}

void
codec_pass(struct codec *codec, const int16_t *in, int16_t *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (codec_delay(codec->kind) == 0) {
			out[i] = pass_sample(codec, in[i]);
			continue;
		}
		int16_t late = codec->out[codec->at];

		codec->in[codec->at] = in[i];
		out[i] = late;
		if (++codec->at == CODEC_FRAME) {
			codec->at = 0;
			pass_frame(codec);
		}
	}
}
