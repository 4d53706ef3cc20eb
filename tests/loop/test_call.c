/* Calls: a script talked through on virtual cards in lock step, so that every moment is exact
 * however slow the machine; then some at once at ten times real time. */
#include "call_rig.h"
#include "ivr/call_preview.h"
#include "ivr/wav.h"

/* The last sample before `to` that is not silence, of those from `from` on; `from` - 1: none. */
static int64_t
last_sound(const struct card *card, int64_t from, int64_t to)
{
	int16_t sample;

	for (int64_t at = to - 1; at >= from; at--) {
		card_hear(card, at, &sample, 1);
		if (sample != 0)
			return at;
	}
	return from - 1;
}

/* ---- the whole of it ---- */

static void
a_promise(void **state)
{
	static int16_t up[CARD_RING], prompt[20000];
	struct pcm_clip record = {0};
	struct rig rig;
	struct talk t;
	char path[160];
	size_t n;

	(void)state;
	talk_enter(&t, &rig, HELLO);
	snprintf(path, sizeof path, "%s/call.wav", rig_folder());
	t.config.record = path;
	talk_open(&t);
	talk_run(&t, 2900); /* settling, hello, who */
	talk_type(&t, "1980");
	assert_int_equal(t.kept, 1);
	assert_int_equal(t.outcome[0].kind, SCRIPT_RIGHT_PARTY);
	talk_run(&t, 800);
	talk_type(&t, "1");
	assert_int_equal(t.kept, 2);
	assert_int_equal(t.outcome[1].kind, SCRIPT_PAID);
	talk_run(&t, 3000);
	talk_assert_over(&t, CALL_SAID_ALL);
	assert_string_equal(t.end.keys, "????1");
	assert_true(t.end.right_party && t.end.key);
	assert_int_equal(t.end.label, EARS_KEYS);
	assert_int_equal(t.end.missing, 0);
	assert_int_equal(t.end.line.overruns + t.end.line.underruns, 0);
	card_hear(t.card, 0, up, CARD_RING);
	for (int step = HELLO; step <= BYE; step++) {
		if (step == TAPE || step == PERSON)
			continue;
		n = talk_prompt(step, prompt); /* the menu's was cut short, the others are whole */
		assert_true(rig_find(up, CARD_RING, prompt, step == MENU ? 2000 : n) >= 0);
	}
	talk_end(&t);
	assert_int_equal(t.record, 0);
	assert_int_equal(wav_read(path, &record, NULL), 0);
	assert_true(record.n >= (size_t)t.end.ms * 8 && record.n <= (size_t)t.at);
	pcm_clip_fini(&record);
	unlink(path);
	rig_fini(&rig);
}

/* What keys bring is worth nothing until they came: nobody there, nothing kept. */
static void
silence(void **state)
{
	struct rig rig;
	struct talk t;

	(void)state;
	talk_enter(&t, &rig, HELLO);
	talk_open(&t);
	talk_run(&t, 20000);
	talk_assert_over(&t, CALL_SAID_ALL);
	assert_int_equal(t.kept, 0);
	assert_false(t.end.key || t.end.right_party);
	assert_int_equal(t.end.label, EARS_SILENCE);
	talk_leave(&t);
}

/* The first prompt comes 300 to 700 ms behind the answer, as it leaves the card. */
static void
settles(void **state)
{
	struct rig rig;
	struct talk t;
	int16_t sample = 0;
	int64_t at = 0;

	(void)state;
	talk_enter(&t, &rig, HELLO);
	talk_open(&t);
	talk_run(&t, 1000);
	for (; sample == 0 && at < t.at; at++)
		card_hear(t.card, at, &sample, 1);
	assert_true(at > 300 * 8 && at < 700 * 8);
	talk_leave(&t);
}

/* From the first sample of a key to the last of the prompt: 200 ms at most, wherever in a block of
 * sound it falls, short keys and long. */
static void
barge_in(void **state)
{
	struct rig rig;
	struct talk t;
	int64_t onset, most = 0, least = 1600;

	(void)state;
	rig_init(&rig);
	for (int i = 0; i < 12; i++) {
		talk_init(&t, &rig, MENU);
		talk_open(&t);
		talk_run(&t, 1100);
		onset = t.at + 160 + 29 * i;
		talk_press(t.card, onset, '1', i % 3 == 0 ? 60 : 60 + 20 * i);
		t.store_waits = true; /* no thanks behind it */
		talk_run(&t, 700);
		assert_int_equal(t.kept, 1);
		assert_true(last_sound(t.card, onset, t.at) >= onset);
		onset = last_sound(t.card, onset, t.at) - onset;
		most = onset > most ? onset : most;
		least = onset < least ? onset : least;
		talk_end(&t);
	}
	print_message("barge-in: %d to %d ms\n", (int)(least / 8), (int)(most / 8));
	assert_true(most <= 200 * 8);
	rig_fini(&rig);
}

static void
typed_ahead(void **state)
{
	struct rig rig;
	struct talk t;

	(void)state;
	talk_enter(&t, &rig, HELLO);
	talk_open(&t);
	talk_press(t.card, 800, '1', 100); /* while the line settles */
	talk_run(&t, 700);
	talk_type(&t, "9801"); /* while the hello is said */
	talk_run(&t, 5000);
	assert_int_equal(t.ended, 1);
	assert_int_equal(t.kept, 2);
	assert_int_equal(t.outcome[1].kind, SCRIPT_PAID);
	assert_string_equal(t.end.keys, "????1");
	talk_leave(&t);
}

/* ---- who is there no more ---- */

/* They hang up after each fifth of a second: one end, and what was kept was confirmed. */
static void
hung_up(void **state)
{
	struct rig rig;
	struct talk t;
	unsigned promises = 0;

	(void)state;
	for (int ms = 0; ms < 3000; ms += 200) {
		talk_enter(&t, &rig, MENU);
		talk_open(&t);
		talk_press(t.card, 8000, '1', 100);
		talk_run(&t, ms);
		if (t.ended == 0)
			call_hung_up(t.call);
		RIG_UNTIL(&rig, t.ended == 1);
		if (t.end.how == CALL_HUNG_UP) {
			assert_int_equal(t.kept, ms > 1100);
			assert_string_equal(t.end.keys, ms > 1100 ? "1" : "");
		}
		promises += t.kept;
		talk_leave(&t);
	}
	assert_true(promises > 5);
}

/* What is being stored when they hang up is waited for; an answer that comes twice is one. */
static void
hung_up_while_kept(void **state)
{
	struct rig rig;
	struct talk t;

	(void)state;
	talk_enter(&t, &rig, MENU);
	t.store_waits = true;
	talk_open(&t);
	talk_run(&t, 800);
	talk_type(&t, "1");
	assert_int_equal(t.kept, 1);
	call_hung_up(t.call);
	talk_run(&t, 300);
	assert_int_equal(t.ended, 0);
	call_kept(t.call, t.token + 1, false);
	call_kept(t.call, t.token, true);
	call_kept(t.call, t.token, false);
	RIG_UNTIL(&rig, t.ended == 1);
	talk_assert_over(&t, CALL_HUNG_UP);
	talk_leave(&t);
}

static void
closed_whenever(void **state)
{
	struct rig rig;
	struct talk t;

	(void)state;
	for (int ms = 0; ms < 2600; ms += 250) {
		talk_enter(&t, &rig, MENU);
		talk_open(&t);
		talk_press(t.card, 8000, '1', 100);
		talk_run(&t, ms);
		talk_leave(&t);
	}
	for (unsigned at = 1; at <= 4; at++) { /* from inside each callback */
		talk_enter(&t, &rig, MENU);
		t.close_at = at;
		talk_open(&t);
		talk_press(t.card, 26000, '3', 100);
		talk_run(&t, 9000);
		talk_leave(&t);
	}
}

static void
card_gone(void **state)
{
	static const unsigned how[] = {CARD_UNPLUGGED, CARD_MUTE};
	struct rig rig;
	struct talk t;

	(void)state;
	for (int i = 0; i < 2; i++) {
		talk_enter(&t, &rig, HELLO);
		t.config.quiet_ms = 1000; /* a mute card is found by its silence alone */
		talk_open(&t);
		talk_run(&t, 800);
		atomic_store(&t.card->gone, how[i]);
		RIG_UNTIL(&rig, t.ended == 1);
		talk_assert_over(&t, CALL_AUDIO_LOST);
		assert_int_equal(t.end.error, i == 0 ? UV_ENODEV : UV_ETIMEDOUT);
		assert_true(t.end.why[0] != '\0');
		assert_int_equal(t.kept, 0);
		talk_leave(&t);
	}
}

/* ---- the store, a person, a message ---- */

static void
store_fails(void **state)
{
	struct rig rig;
	struct talk t;

	(void)state;
	for (int late = 0; late < 2; late++) {
		talk_enter(&t, &rig, MENU);
		t.store_fails = true;
		t.store_waits = late == 1;
		talk_open(&t);
		talk_run(&t, 800);
		talk_type(&t, "1");
		talk_run(&t, late == 1 ? SCRIPT_STORE_MS + 200 : 10);
		if (late == 1)
			call_kept(t.call, t.token, true); /* nobody waits for it any more */
		talk_run(&t, 3000);
		talk_assert_over(&t, CALL_SAID_ALL);
		assert_int_equal(t.kept, 1);
		talk_leave(&t);
	}
}

static void
a_person(void **state)
{
	struct rig rig;
	struct talk t;

	(void)state;
	for (int answered = 0; answered < 2; answered++) {
		talk_enter(&t, &rig, MENU);
		t.answer_connect = answered == 1;
		talk_open(&t);
		talk_run(&t, 800);
		talk_type(&t, "3");
		talk_run(&t, 4000);
		assert_int_equal(t.connects, 1);
		assert_int_equal(t.outcome[0].kind, SCRIPT_HUMAN);
		talk_assert_over(&t, answered ? CALL_HANDED : CALL_SAID_ALL);
		talk_leave(&t);
	}
}

/* Two seconds are spoken; then a key, or silence, or a hang-up ends the message, and it is whole.
 * Without a word there is none. */
static void
a_message(void **state)
{
	static int16_t speech[16000];
	struct pcm_clip message = {0};
	struct rig rig;
	struct talk t;
	char path[160];

	(void)state;
	rig_noise(speech, 16000, 5);
	snprintf(path, sizeof path, "%s/message.wav", rig_folder());
	for (int end = 0; end < 4; end++) {
		talk_enter(&t, &rig, TAPE);
		t.config.message = path;
		talk_open(&t);
		talk_run(&t, 1200);
		assert_int_equal(t.listens, 1);
		if (end < 3)
			card_say(t.card, t.at, speech, 16000);
		talk_run(&t, 2200);
		if (end == 0)
			talk_type(&t, "#");
		if (end == 1)
			call_hung_up(t.call);
		talk_run(&t, 6000);
		RIG_UNTIL(&rig, t.ended == 1);
		assert_int_equal(t.kept, end < 3);
		assert_int_equal(t.end.how, end == 1 ? CALL_HUNG_UP : CALL_SAID_ALL);
		talk_end(&t);
		assert_int_equal(t.record, 0);
		if (end < 3) {
			assert_int_equal(t.outcome[0].kind, SCRIPT_MESSAGE);
			assert_true(t.outcome[0].message_ms >= 2000);
			assert_int_equal(wav_read(path, &message, NULL), 0);
			assert_true(rig_find(message.samples, message.n, speech, 16000) >= 0);
		}
		pcm_clip_fini(&message);
		unlink(path);
		rig_fini(&rig);
	}
}

/* Prompts that are not there, and a recording that cannot be written, do not end a call. */
static void
nothing_to_say(void **state)
{
	struct rig rig;
	struct talk t;

	(void)state;
	talk_enter(&t, &rig, MENU);
	t.clips_fail = true;
	t.config.record = "/dev/null/no-such-folder/call.wav";
	talk_open(&t);
	talk_run(&t, 700);
	talk_type(&t, "1");
	talk_run(&t, 3000);
	talk_assert_over(&t, CALL_SAID_ALL);
	assert_int_equal(t.kept, 1);
	assert_true(t.end.missing >= 3);
	talk_end(&t);
	assert_true(t.record < 0);
	rig_fini(&rig);
}

/* ---- many, fast ---- */

/* Eight at once on drifting cards at ten times real time, each with keys of its own: nobody hears
 * another's. */
static void
many(void **state)
{
	enum { CALLS = 8 };
	static struct talk talks[CALLS];
	static const char choice[CALLS] = {'1', '2', '3', '9', '1', '3', '9', '2'};
	struct rig rig;
	char name[32];

	(void)state;
	rig_init(&rig);
	for (unsigned i = 0; i < CALLS; i++) {
		struct talk *t = &talks[i];

		talk_init(t, &rig, MENU);
		t->card = rig_plug(&rig, 10, i % 2 == 0 ? 10000 : -10000);
		t->card->patient = 1;
		snprintf(name, sizeof name, "modem%u", i);
		assert_int_equal(line_portaudio_open(&t->line, rig.sound, name, NULL, NULL), 0);
		talk_begin(t);
	}
	for (unsigned i = 0; i < CALLS; i++) {
		RIG_UNTIL(&rig, talks[i].clips > 0);
		talk_press(talks[i].card, card_now(talks[i].card) + 4000, choice[i], 120);
	}
	for (unsigned i = 0; i < CALLS; i++) {
		struct talk *t = &talks[i];
		char keys[2] = {choice[i], '\0'};

		RIG_UNTIL(&rig, t->ended == 1);
		assert_int_equal(t->end.how, CALL_SAID_ALL);
		assert_string_equal(t->end.keys, keys);
		assert_int_equal(t->kept, choice[i] != '2');
		if (choice[i] != '2')
			assert_int_equal(t->outcome[0].kind, choice[i] == '1' ? SCRIPT_WRONG_PERSON
							     : choice[i] == '3' ? SCRIPT_HUMAN
										: SCRIPT_STOP);
		assert_int_equal(t->end.line.overruns + t->end.line.underruns, 0);
	}
	for (unsigned i = 0; i < CALLS; i++)
		talk_end(&talks[i]);
	rig_fini(&rig);
}

/* ---- without a caller ---- */

struct preview {
	struct talk talk;
	unsigned done;
	int error;
	struct call_end end;
	char kinds[16];
	size_t n;
};

static void
on_note(void *ctx, const struct script_note *note)
{
	struct preview *p = ctx;

	if (note->kind == SCRIPT_NOTE_OUTCOME && p->n + 1 < sizeof p->kinds)
		p->kinds[p->n++] = (char)('a' + note->outcome->kind);
}

static void
on_preview(void *ctx, int error, const struct call_end *end)
{
	struct preview *p = ctx;

	p->done++;
	p->error = error;
	p->end = *end;
}

static void
preview(void **state)
{
	struct call_preview_config config;
	struct pcm_clip sound = {0};
	struct preview p = {0};
	struct rig rig;
	int16_t prompt[20000];
	char path[160];

	(void)state;
	rig_init(&rig);
	talk_init(&p.talk, &rig, HELLO);
	snprintf(path, sizeof path, "%s/preview.wav", rig_folder());
	config = (struct call_preview_config){.script = &p.talk.script,
					      .facts = p.talk.config.facts,
					      .keys = "19x",
					      .path = path,
					      .clip = talk_on_clip,
					      .ctx = &p.talk};
	config.facts.note = on_note;
	config.facts.ctx = &p;
	assert_int_equal(call_preview(&rig.loop, &config, on_preview, &p), UV_EINVAL);
	config.keys = "-19801";
	assert_int_equal(call_preview(&rig.loop, &config, on_preview, &p), 0);
	RIG_UNTIL(&rig, p.done == 1);
	assert_int_equal(p.error, 0);
	assert_int_equal(p.end.how, CALL_SAID_ALL);
	assert_string_equal(p.end.keys, "????1");
	assert_string_equal(p.kinds, ((char[]){'a' + SCRIPT_RIGHT_PARTY, 'a' + SCRIPT_PAID, 0}));
	assert_int_equal(wav_read(path, &sound, NULL), 0);
	assert_true(rig_find(sound.samples, sound.n, prompt, talk_prompt(HELLO, prompt)) >= 0);
	assert_true(rig_find(sound.samples, sound.n, prompt, talk_prompt(BYE, prompt)) >= 0);
	pcm_clip_fini(&sound);
	unlink(path);
	config.path = "/dev/null/no-such-folder/preview.wav";
	assert_true(call_preview(&rig.loop, &config, on_preview, &p) < 0);
	assert_int_equal(p.done, 1);
	rig_fini(&rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_promise),
	    cmocka_unit_test(silence),
	    cmocka_unit_test(settles),
	    cmocka_unit_test(barge_in),
	    cmocka_unit_test(typed_ahead),
	    cmocka_unit_test(hung_up),
	    cmocka_unit_test(hung_up_while_kept),
	    cmocka_unit_test(closed_whenever),
	    cmocka_unit_test(card_gone),
	    cmocka_unit_test(store_fails),
	    cmocka_unit_test(a_person),
	    cmocka_unit_test(a_message),
	    cmocka_unit_test(nothing_to_say),
	    cmocka_unit_test(many),
	    cmocka_unit_test(preview),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	rig_clean();
	return failed;
}
