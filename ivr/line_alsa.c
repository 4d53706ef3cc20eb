/* What PortAudio cannot be asked safely. PortAudio 19.6 keeps the result of its inner calls in one
 * variable for all threads: a stream that fails to open while others run may be taken for opened,
 * and then an assertion ends the process. So a card is tried with ALSA itself first, and PortAudio
 * is given only what will open.
 *
 * The only door to ALSA. On line_sound's thread. */
#include "line_part.h"

#include <alsa/asoundlib.h>
#include <errno.h>

static void
hush(const char *file, int line, const char *function, int error, const char *format, ...)
{
	(void)file;
	(void)line;
	(void)function;
	(void)error;
	(void)format;
}

const char *
line_alsa_begin(void)
{
	snd_config_t *found;

	snd_lib_error_set_handler(hush);
	if (snd_config_update() < 0)
		return "ALSA's configuration cannot be read";
	if (snd_config_search(snd_config, "pcm.default", &found) < 0)
		return "ALSA's configuration names no pcm.default";
	return NULL;
}

/* What open_stream() will ask for. */
static int
try_params(snd_pcm_t *pcm)
{
	snd_pcm_hw_params_t *params;
	unsigned rate = LINE_RATE;
	int error = snd_pcm_hw_params_malloc(&params);

	if (error < 0)
		return UV_ENOMEM;
	error = snd_pcm_hw_params_any(pcm, params);
	if (error >= 0)
		error = snd_pcm_hw_params_set_format(pcm, params, SND_PCM_FORMAT_S16);
	if (error >= 0)
		error = snd_pcm_hw_params_set_channels(pcm, params, 1);
	if (error >= 0)
		error = snd_pcm_hw_params_set_rate_near(pcm, params, &rate, NULL);
	if (error >= 0 && rate != LINE_RATE)
		error = -EINVAL;
	snd_pcm_hw_params_free(params);
	return error < 0 ? UV_ENOTSUP : 0;
}

int
line_alsa_try(const char *device)
{
	static const snd_pcm_stream_t ways[] = {SND_PCM_STREAM_PLAYBACK, SND_PCM_STREAM_CAPTURE};
	int error = 0;

	for (size_t i = 0; i < 2 && error == 0; i++) {
		snd_pcm_t *pcm;

		error = snd_pcm_open(&pcm, device, ways[i], SND_PCM_NONBLOCK);
		if (error < 0)
			return error == -EBUSY || error == -EACCES ? error : UV_ENODEV;
		error = try_params(pcm);
		snd_pcm_close(pcm);
	}
	return error;
}
