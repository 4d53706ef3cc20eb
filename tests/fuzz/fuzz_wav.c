/* Sound files of strangers. Whatever they are, reading ends, gives either a clip or a reason, and
 * what it gives can be a prompt. */
#include "ivr/wav.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pcm_clip clip = {0};
	struct wav_why why = {""};
	int r = wav_parse(data, size, &clip, &why);

	if (r < 0) {
		assert(r == UV_EINVAL || r == UV_EIO || r == UV_EFBIG);
		assert(why.text[0] && memchr(why.text, 0, sizeof why.text));
		assert(clip.n == 0);
	} else {
		assert(clip.n > 0 && clip.n <= (size_t)WAV_MS_MAX * PCM_MS + 8);
		pcm_prompt(&clip);
		assert(pcm_dbfs(clip.samples, clip.n) <= 3.1);
	}
	pcm_clip_fini(&clip);
	return 0;
}
