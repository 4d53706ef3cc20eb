/* bench_keys [PRESSES] [MINUTES] [REPLIES]: how well keys are heard
 *
 * The tape of spandsp's own tests through A-law; PRESSES keys (1200) of each length behind each
 * codec, and when the latest was known; tones too short; presses with frames lost; our own prompt's
 * echo; MINUTES (120) of synthetic speech in seven languages, read aloud by espeak-ng from the
 * texts in REPLIES (tests/data/replies); and what a line costs. Exits 1 where a figure misses what
 * is asked of it.
 */
#include "../unit/ivr/keys_tape.h"
#include "../unit/ivr/keys_voice.h"

#include <limits.h>
#include <time.h>

static struct rig rig;
static struct pcm_clip speech;
static int missed;

static void
ask(bool good)
{
	if (!good)
		missed++;
	printf("%s\n", good ? "" : "   MISSED");
}

/* ---- the tape ---- */

static void
bench_tape(void)
{
	struct tape tape;

	rig_open(&rig, CODEC_ALAW, 1);
	tape_run(&rig, &tape, 1000, 0);
	rig_close(&rig);
	printf(
	    "tape, through A-law, 50 ms bursts                       asked      spandsp alone\n");
	printf("  decoded               %zu of 160                    160        160",
	       tape.decoded);
	ask(tape.decoded == 160);
	for (int i = 0; i < 4; i++) {
		double low = tape.low[i] - tape.low_offset[i],
		       high = tape.high[i] - tape.high_offset[i];

		printf("  bandwidth of %c        %4.1f %% low, %4.1f %% high       3..15      "
		       "3.3..6.4",
		       TAPE_DIAGONAL[i], tape.low[i], tape.high[i]);
		ask(low >= 3 && low < 15 && high >= 3 && high < 15);
	}
	for (int i = 0; i < 4; i++) {
		printf("  twist of %c            %4.1f dB, reverse %4.1f dB      8 / 4      8 / 4",
		       TAPE_DIAGONAL[i], tape.twist[i], tape.reverse[i]);
		ask(tape.twist[i] >= 8 && tape.reverse[i] >= 4);
	}
	printf("  dynamic range         %u dB                         35         45",
	       tape.range_db);
	ask(tape.range_db >= 35);
	printf("  guard time            %.1f ms                       over 20    -", tape.guard_ms);
	ask(tape.guard_ms > 20);
	printf("  1000 of 1000 at       %u dB of S/N                  26         11",
	       tape.noise_db);
	ask(tape.noise_db <= 26);
}

/* ---- codecs ---- */

static void
bench_codec(enum codec_kind kind, size_t presses)
{
	static const double lengths[] = {40, 50, 80, 100, 150, 200, 300};
	double least = kind == CODEC_AMR_475 ? 95 : kind == CODEC_AMR_515 ? 98 : 100;
	double most = kind == CODEC_AMR_475 ? 5 : kind == CODEC_AMR_515 ? 1 : 0;
	bool good = true;

	printf("%-8s", codec_name(kind));
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		struct rig_count count;

		rig_open(&rig, kind, (uint32_t)(100 + i));
		rig_presses(&rig, presses, lengths[i], 150);
		count = rig_count(&rig);
		printf(" %5zu/%zu/%3.0f", count.right, count.extra, count.latest_ms);
		fflush(stdout);
		if (lengths[i] >= 80 && ((double)count.right < (double)presses * least / 100 ||
					 (double)count.extra > (double)presses * most / 100))
			good = false;
		rig_close(&rig);
	}
	ask(good);
}

/* Behind GSM full rate, which makes a tone longer, there are more of them. */
static void
bench_short(size_t presses)
{
	bool good = true;

	printf("\nkeys told of %zu tones of 10 to 20 ms:", presses);
	for (enum codec_kind kind = CODEC_CLEAN; kind < CODEC_KINDS; kind++) {
		size_t tones = kind == CODEC_GSM ? 20 * presses : presses;

		rig_open(&rig, kind, 3);
		for (size_t i = 0; i < tones; i++) {
			rig_tones(&rig, KEYS_ALL[(size_t)(rig_chance(&rig) * 16)],
				  10 + 9.9 * rig_chance(&rig), RIG_LEVEL, RIG_LEVEL, 0, 0);
			rig_silence(&rig, 80 + 20 * rig_chance(&rig));
		}
		printf(" %s %zu%s", codec_name(kind), rig.heard_count,
		       tones > presses ? " (of 20 times as many)" : "");
		good = good && rig.heard_count == 0;
		rig_close(&rig);
	}
	ask(good);
}

/* Presses of 300 ms that lose frames in a row: how many were heard as anything but themselves,
 * once.
 */
static size_t
lose(enum codec_kind kind, unsigned frames, size_t presses)
{
	size_t bad = 0;

	rig_open(&rig, kind, 20 + frames);
	for (size_t i = 0; i < presses; i++) {
		char key = KEYS_ALL[i % 12];

		rig.heard_count = rig.over_count = 0;
		rig.lose_after = 2 + (unsigned)i % 13;
		rig.lose = frames;
		rig_tones(&rig, key, 300 + 20 * rig_chance(&rig), RIG_LEVEL, RIG_LEVEL, 0, 0);
		rig_silence(&rig, 300 + 20 * rig_chance(&rig));
		rig.lose = 0;
		bad += rig.heard_count != 1 || rig.heard[0].key != key;
	}
	rig_close(&rig);
	return bad;
}

/* One frame now and then is every call's; after four in a row nobody could say what was pressed. */
static void
bench_lost(size_t presses)
{
	static const double most[] = {0, 1, 4, 8, 100}; /* percent, of so many frames */

	printf("\npresses of 300 ms not heard as one, of %zu that lose 1, 2, 3, 4 frames\n",
	       presses);
	for (enum codec_kind kind = CODEC_ALAW; kind < CODEC_KINDS; kind++) {
		bool good = true;

		printf("  %-8s", codec_name(kind));
		for (unsigned frames = 1; frames <= 4; frames++) {
			size_t bad = lose(kind, frames, presses);

			printf(" %4zu", bad);
			good = good && (double)bad * 100 <= (double)presses * most[frames];
		}
		ask(good);
	}
}

/* ---- speech ---- */

static const char *const languages[][3] = {
    {"en", "en-us", "en-gb"}, {"es", "es-419", "es"}, {"fr", "fr-fr", "fr-be"}, {"hi", "hi", "hi"},
    {"id", "id", "id"},       {"pt", "pt-br", "pt"},  {"sw", "sw", "sw"},
};

#define LANGUAGES (sizeof languages / sizeof *languages)

/* The texts of so many rows from the `from`th on, as a file to read aloud; false: there are none.
 */
static bool
copy_texts(const char *folder, const char *language, int from, int rows, const char *to)
{
	char path[PATH_MAX], row[4096];
	FILE *in, *out;
	int n = -1;

	snprintf(path, sizeof path, "%s/%s.csv", folder, language);
	in = fopen(path, "r");
	out = in ? fopen(to, "w") : NULL;
	while (out && n < from + rows && fgets(row, sizeof row, in)) {
		char *text = strchr(row, ',');

		if (text && ++n > from)
			fprintf(out, "%.*s.\n", (int)strcspn(text + 1, ","), text + 1);
	}
	if (in)
		fclose(in);
	if (out)
		fclose(out);
	return n > from;
}

static size_t
false_keys(enum codec_kind kind, double gain, const struct pcm_clip *clip)
{
	int16_t samples[800];
	size_t heard;

	rig_open(&rig, kind, 1);
	for (size_t at = 0; at + 800 <= clip->n; at += 800) {
		for (size_t i = 0; i < 800; i++)
			samples[i] =
			    (int16_t)lrint(fmin(fmax(clip->samples[at + i] * gain, -32767), 32767));
		rig_play(&rig, samples, 800);
	}
	heard = rig.heard_count;
	rig_close(&rig);
	return heard;
}

static void
bench_speech(double minutes, const char *folder)
{
	static const char *const variants[] = {"f2", "m3", "f4", "m7", "f1", "m1", "f5", "m5"};
	static const char *const speeds[] = {"130", "150", "175"};
	size_t heard[4] = {0}, samples = 0, turn = 0;
	char text[] = "/tmp/dunlin-text-XXXXXX";
	int fd = mkstemp(text), silent = 0;

	for (int from = 0; (double)samples < minutes * 60 * PCM_RATE && silent < 100; turn++) {
		const char *const *language = languages[turn % LANGUAGES];
		struct pcm_clip clip = {0};
		char voice[32];

		if (turn % LANGUAGES == 0 && turn > 0)
			from = from >= 360 ? 0 : from + 60;
		snprintf(voice, sizeof voice, "%s+%s", language[1 + turn / LANGUAGES % 2],
			 variants[turn % 8]);
		if (!copy_texts(folder, language[0], from, 60, text) ||
		    !voice_says(&clip, voice, speeds[turn % 3], text)) {
			silent++;
			continue;
		}
		heard[0] += false_keys(CODEC_ALAW, 1, &clip);
		heard[1] += false_keys(CODEC_ALAW, 6, &clip);
		heard[2] += false_keys(CODEC_GSM, 2, &clip);
		heard[3] += false_keys(CODEC_AMR_590, 1, &clip);
		samples += clip.n;
		if (speech.n < 300 * PCM_RATE)
			pcm_clip_append(&speech, clip.samples, clip.n);
		pcm_clip_fini(&clip);
	}
	close(fd);
	unlink(text);
	printf("\n%.0f minutes of speech in %zu languages, false keys: A-law %zu, 15 dB louder "
	       "%zu, gsm %zu, "
	       "amr5.9 %zu",
	       (double)samples / PCM_RATE / 60, LANGUAGES, heard[0], heard[1], heard[2], heard[3]);
	ask(samples > 0 && heard[0] + heard[1] + heard[2] + heard[3] == 0);
}

/* Our prompt comes back while keys are pressed. */
static void
bench_echo(size_t presses)
{
	static const double echoes[] = {-20, -15, -10, -5};
	static const enum codec_kind kinds[] = {CODEC_ALAW, CODEC_GSM, CODEC_AMR_1220,
						CODEC_AMR_590};

	if (speech.n == 0)
		return;
	printf("\nkeys of 100 ms over our prompt's echo, right/extra of %zu\n", presses);
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		bool good = true;

		printf("  %-8s", codec_name(kinds[k]));
		for (size_t e = 0; e < sizeof echoes / sizeof *echoes; e++) {
			struct rig_count count;

			rig_open(&rig, kinds[k], 5);
			rig.beside = &speech;
			rig.beside_gain = pow(10, echoes[e] / 20);
			rig_presses(&rig, presses, 100, 150);
			count = rig_count(&rig);
			printf("  %3.0f dB %zu/%zu", echoes[e], count.right, count.extra);
			if (echoes[e] <= -15 && (count.right < presses || count.extra > 0))
				good = false;
			rig_close(&rig);
		}
		ask(good);
	}
}

/* ---- cost ---- */

static void
bench_cost(void)
{
	enum { SECONDS = 600 };
	static int16_t second[PCM_RATE];
	struct timespec from, to;
	double ms;

	rig_open(&rig, CODEC_CLEAN, 1);
	for (int i = 0; i < PCM_RATE; i++)
		second[i] = (int16_t)(1000 * rig_gauss(&rig));
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	for (int s = 0; s < SECONDS; s++)
		for (int at = 0; at < PCM_RATE; at += 160)
			keys_heard(rig.keys, second + at, 160);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	ms = (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
	printf("\na line costs %.3f ms of processor a second: 32 lines at ten times real time, "
	       "%.0f %% of one\n",
	       ms / SECONDS, ms / SECONDS / 10 * 320);
	rig_close(&rig);
}

int
main(int argc, char **argv)
{
	size_t presses = argc > 1 ? strtoul(argv[1], NULL, 10) : 1200;
	double minutes = argc > 2 ? strtod(argv[2], NULL) : 120;

	presses = presses < 1 ? 1 : presses > RIG_PRESSES ? RIG_PRESSES : presses;
	bench_tape();
	printf(
	    "\npresses with 150 ms between: right/extra of %zu/latest known, ms after its onset\n",
	    presses);
	printf("ms             40          50          80         100         150         200      "
	       "   300\n");
	for (enum codec_kind kind = CODEC_ALAW; kind < CODEC_KINDS; kind++)
		bench_codec(kind, presses);
	bench_short(presses);
	bench_lost(presses < 300 ? presses : 300);
	bench_speech(minutes, argc > 3 ? argv[3] : "tests/data/replies");
	bench_echo(presses < 300 ? presses : 300);
	bench_cost();
	pcm_clip_fini(&speech);
	return missed ? 1 : 0;
}
