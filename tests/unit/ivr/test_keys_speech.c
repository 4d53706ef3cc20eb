/* Speech is no key: a few minutes of it in seven languages, ours and theirs. bench_keys reads aloud
 * for two hours. */
#include "keys_rig.h"
#include "keys_voice.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct {
	const char *voice, *text;
} spoken[] = {
    {"en-us+f3", "Good morning, this is a call about your account. Press one if you are the person "
		 "we are calling, "
		 "press two for another language, or press nine and we will not call again. You "
		 "have promised to "
		 "pay five hundred and fifty five pesos on Friday, the eleventh of December."},
    {"es+m3", "Buenos días, le llamamos por su cuenta. Marque uno si es usted la persona que "
	      "buscamos, dos para "
	      "otro idioma, o nueve y no volveremos a llamar. Usted prometió pagar quinientos "
	      "cincuenta y cinco "
	      "pesos el viernes once de diciembre."},
    {"fr-fr+f2",
     "Bonjour, nous vous appelons au sujet de votre compte. Tapez un si vous êtes la personne "
     "appelée, deux pour une autre langue, neuf et nous ne rappellerons plus. Vous avez promis de "
     "payer "
     "cinq cent cinquante-cinq francs vendredi onze décembre."},
    {"hi+f4",
     "नमस्ते, यह आपके खाते के बारे में कॉल है। अगर आप वही हैं तो एक दबाएँ, दूसरी भाषा के लिए दो दबाएँ, और "
     "नौ दबाएँ तो हम फिर कॉल नहीं करेंगे। आपने शुक्रवार को पाँच सौ पचपन रुपये देने का वादा किया है।"},
    {"id+m7", "Selamat pagi, kami menelepon tentang akun Anda. Tekan satu jika Anda orangnya, "
	      "tekan dua untuk "
	      "bahasa lain, atau tekan sembilan dan kami tidak akan menelepon lagi. Anda berjanji "
	      "membayar lima "
	      "ratus lima puluh lima ribu rupiah pada hari Jumat."},
    {"pt-br+f1",
     "Bom dia, esta é uma ligação sobre a sua conta. Digite um se você é a pessoa, dois para outra "
     "língua, ou nove e não ligaremos mais. Você prometeu pagar quinhentos e cinquenta e cinco "
     "reais "
     "na sexta-feira, onze de dezembro."},
    {"sw+m1", "Habari za asubuhi, tunapiga simu kuhusu akaunti yako. Bonyeza moja kama ni wewe, "
	      "mbili kwa lugha "
	      "nyingine, au tisa na hatutapiga tena. Uliahidi kulipa shilingi mia tano hamsini na "
	      "tano siku ya "
	      "ijumaa, tarehe kumi na moja Desemba."},
};

static struct rig rig;
static struct pcm_clip speech;

static int
speak(void **state)
{
	static const char *const speeds[] = {"130", "175"};
	char path[] = "/tmp/dunlin-text-XXXXXX";
	int fd = mkstemp(path);
	bool good = fd >= 0;

	(void)state;
	for (size_t i = 0; good && i < sizeof spoken / sizeof *spoken; i++)
		for (size_t s = 0; good && s < 2; s++)
			good = ftruncate(fd, 0) == 0 &&
			       pwrite(fd, spoken[i].text, strlen(spoken[i].text), 0) > 0 &&
			       voice_says(&speech, spoken[i].voice, speeds[s], path);
	unlink(path);
	close(fd);
	if (!good)
		pcm_clip_fini(&speech);
	return 0;
}

static void
play_all(enum codec_kind kind, double gain)
{
	int16_t samples[800];

	rig_open(&rig, kind, 1);
	for (size_t at = 0; at + 800 <= speech.n; at += 800) {
		for (size_t i = 0; i < 800; i++)
			samples[i] = (int16_t)lrint(
			    fmin(fmax(speech.samples[at + i] * gain, -32767), 32767));
		rig_play(&rig, samples, 800);
	}
	rig_silence(&rig, 300);
	assert_int_equal(rig.heard_count, 0);
	rig_close(&rig);
}

static void
test_speech(void **state)
{
	(void)state;
	if (speech.n == 0)
		skip();
	print_message("%zu seconds\n", speech.n / PCM_RATE);
	assert_true(speech.n > 150 * PCM_RATE);
	play_all(CODEC_ALAW, 1);
	play_all(CODEC_ALAW, 6);
	play_all(CODEC_GSM, 2);
	play_all(CODEC_AMR_590, 1);
}

/* Our own prompt comes back 15 dB weaker while keys are pressed, and while none are. */
static void
test_echo(void **state)
{
	static const enum codec_kind kinds[] = {CODEC_ALAW, CODEC_GSM, CODEC_AMR_1220,
						CODEC_AMR_590};
	struct rig_count count;

	(void)state;
	if (speech.n == 0)
		skip();
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		rig_open(&rig, kinds[k], (uint32_t)k);
		rig.beside = &speech;
		rig.beside_gain = pow(10, -15.0 / 20);
		rig_silence(&rig, 60000);
		assert_int_equal(rig.heard_count, 0);
		rig_presses(&rig, 100, 100, 150);
		count = rig_count(&rig);
		assert_int_equal(count.right, 100);
		assert_int_equal(count.extra, 0);
		rig_close(&rig);
	}
}

static int
hush(void **state)
{
	(void)state;
	pcm_clip_fini(&speech);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_speech),
					   cmocka_unit_test(test_echo)};

	return cmocka_run_group_tests(tests, speak, hush);
}
