/* A call on a virtual card whose time the test moves (lock step), a script to be talked through,
 * and a caller who presses keys at exact samples. */
#ifndef TESTS_CALL_RIG_H
#define TESTS_CALL_RIG_H

#include "card_rig.h"
#include "ivr/call.h"

#define TALK_KEEPS 8
#define TALK_STEPS 7

/* What the script is made of; its prompts are noise of these lengths, in ms. */
enum { HELLO, WHO, MENU, PAID, TAPE, PERSON, BYE };
static const int talk_ms[TALK_STEPS] = {1200, 900, 2000, 700, 400, 300, 600};

struct talk {
	struct rig *rig;
	struct card *card;
	struct line *line;
	struct call *call;
	struct script script;
	struct script_step steps[TALK_STEPS];
	struct script_text texts[TALK_STEPS];
	struct call_config config;
	struct call_events events;
	int64_t at; /* lock step: where the card's clock stands */
	bool store_fails, store_waits, answer_connect, clips_fail;
	unsigned close_at, calls; /* the callback from which the call is closed */
	unsigned line_closed, call_closed, ended, kept, connects, listens, clips;
	int record;
	uint32_t token;
	struct script_outcome outcome[TALK_KEEPS];
	struct call_end end;
};

/* ---- the script ---- */

static inline void
talk_jump(struct script_jump *jump, const char *name)
{
	jump->name = name;
}

static inline void
talk_script(struct talk *t, int start)
{
	static const char *const names[] = {"hello",  "who",    "menu", "paid",
					    "record", "person", "bye"};
	static const char *const languages[] = {"en"};
	static const uint8_t kinds[] = {SCRIPT_SAY,    SCRIPT_CHECK,  SCRIPT_MENU, SCRIPT_OUTCOME,
					SCRIPT_RECORD, SCRIPT_PERSON, SCRIPT_END};
	const struct script_jump bye = {.name = "bye"};

	for (int i = 0; i < TALK_STEPS; i++) {
		t->texts[i].source = names[i];
		t->steps[i] = (struct script_step){
		    .name = names[i],
		    .kind = kinds[i],
		    .first_ms = 2000,
		    .between_ms = 1500,
		    .tries = 2,
		    .min = -1,
		    .max = -1,
		    .max_ms = 6000,
		    .outcome = SCRIPT_PAID,
		};
		t->steps[i].prompts[SCRIPT_MAIN].texts = &t->texts[i];
		talk_jump(&t->steps[i].next, i == HELLO ? "who" : i == BYE ? NULL : "bye");
	}
	if (start == MENU) /* where nobody is known, nobody can have paid */
		t->steps[PAID].outcome = SCRIPT_WRONG_PERSON;
	talk_jump(&t->steps[WHO].right, "menu");
	talk_jump(&t->steps[MENU].key[1], "paid");
	talk_jump(&t->steps[MENU].key[2], "record");
	talk_jump(&t->steps[MENU].key[3], "person");
	t->script = (struct script){.name = "talk",
				    .languages = languages,
				    .n_languages = 1,
				    .steps = t->steps,
				    .n = TALK_STEPS,
				    .start = {.name = names[start]},
				    .stop = {.name = "bye"},
				    .trouble = {.name = "bye"},
				    .longest_ms = 120000};
	script_link(&t->script, t->steps, &bye, &bye);
}

/* The sound of a step's prompt; `out` has room for 20000. */
static inline size_t
talk_prompt(int step, int16_t *out)
{
	rig_noise(out, (size_t)talk_ms[step] * 8, (uint32_t)step + 77);
	return (size_t)talk_ms[step] * 8;
}

/* ---- what the call tells ---- */

static inline void
talk_on_call_closed(void *ctx, int record)
{
	struct talk *t = ctx;

	t->call_closed++;
	t->record = record;
}

static inline void
talk_count(struct talk *t)
{
	assert_int_equal(t->call_closed, 0);
	if (++t->calls == t->close_at)
		call_close(t->call, talk_on_call_closed, t);
}

static inline int
talk_on_clip(void *ctx, const struct script_run *run, const struct script_said_prompt *prompt,
	     int language, struct pcm_clip *clip)
{
	struct talk *t = ctx;
	int16_t samples[20000];
	size_t n = talk_prompt((int)(prompt->step - t->steps), samples);

	assert_ptr_equal(run->script, &t->script);
	assert_int_equal(language, 0);
	assert_int_equal(t->ended, 0);
	t->clips++;
	return t->clips_fail ? UV_ENOENT : pcm_clip_append(clip, samples, n);
}

static inline void
talk_on_keep(void *ctx, const struct script_outcome *outcome, uint32_t token)
{
	struct talk *t = ctx;

	assert_true(t->ended == 0 && t->kept < TALK_KEEPS);
	t->outcome[t->kept++] = *outcome;
	t->token = token;
	if (!t->store_waits)
		call_kept(t->call, token, !t->store_fails);
	talk_count(t);
}

static inline void
talk_on_connect(void *ctx, uint32_t token)
{
	struct talk *t = ctx;

	t->connects++;
	call_connected(t->call, token, t->answer_connect);
	talk_count(t);
}

static inline void
talk_on_listening(void *ctx)
{
	struct talk *t = ctx;

	assert_int_equal(t->ended, 0);
	t->listens++;
	talk_count(t);
}

static inline void
talk_on_ended(void *ctx, const struct call_end *end)
{
	struct talk *t = ctx;

	t->ended++;
	t->end = *end;
	talk_count(t);
}

/* ---- beginning and end ---- */

static inline void
talk_init(struct talk *t, struct rig *rig, int start)
{
	memset(t, 0, sizeof *t);
	t->rig = rig;
	talk_script(t, start);
	t->config = (struct call_config){
	    .script = &t->script,
	    .facts = {.check = "1980", .ahead = 31, .digits = 2, .amount_max = -1, .person = true},
	    .quiet_ms = 60000,
	};
	t->events = (struct call_events){
	    .clip = talk_on_clip,
	    .keep = talk_on_keep,
	    .connect = talk_on_connect,
	    .listening = talk_on_listening,
	    .ended = talk_on_ended,
	};
}

/* With a rig of its own; talk_leave() ends both. */
static inline void
talk_enter(struct talk *t, struct rig *rig, int start)
{
	rig_init(rig);
	talk_init(t, rig, start);
}

static inline void
talk_begin(struct talk *t)
{
	assert_int_equal(call_open(&t->call, &t->rig->loop, t->line, &t->config, &t->events, t), 0);
}

static inline bool
talk_closing(const struct talk *t)
{
	return t->call == NULL || t->call_closed > 0 ||
	       (t->close_at > 0 && t->calls >= t->close_at);
}

/* On a card of its own, in lock step. The call is answered when the card's clock begins. */
static inline void
talk_open(struct talk *t)
{
	char name[32];

	t->card = rig_plug(t->rig, 0, 0);
	t->card->patient = 1;
	snprintf(name, sizeof name, "modem%u", t->rig->n - 1);
	assert_int_equal(line_portaudio_open(&t->line, t->rig->sound, name, NULL, NULL), 0);
	talk_begin(t);
	RIG_UNTIL(t->rig, atomic_load(&t->card->capture.runs) == 1 &&
			      atomic_load(&t->card->playback.runs) == 1);
}

static inline void
talk_end(struct talk *t)
{
	if (!talk_closing(t))
		call_close(t->call, talk_on_call_closed, t);
	RIG_UNTIL(t->rig, t->call_closed == 1);
	line_close(t->line, rig_on_closed, &t->line_closed);
	RIG_UNTIL(t->rig, t->line_closed == 1);
}

static inline void
talk_leave(struct talk *t)
{
	talk_end(t);
	rig_fini(t->rig);
}

/* It has ended, once, and so. */
static inline void
talk_assert_over(const struct talk *t, enum call_how how)
{
	assert_int_equal(t->ended, 1);
	assert_int_equal(t->end.how, how);
}

/* ---- time ---- */

/* All that the clock allowed has been heard by the call, and the card is full again. */
static inline bool
talk_settled(const struct talk *t)
{
	struct line_stats stats;

	line_stats(t->line, &stats);
	return t->at - (int64_t)stats.heard < LINE_BLOCK &&
	       atomic_load(&t->card->playback.done) - t->at > (int64_t)stats.latency_ms * 8;
}

static inline void
talk_step(struct talk *t, int64_t samples)
{
	t->at += samples;
	card_allow(t->card, t->at);
	RIG_UNTIL(t->rig, talk_settled(t));
	for (int i = 0; i < 3; i++)
		uv_run(&t->rig->loop, UV_RUN_NOWAIT);
}

static inline void
talk_run(struct talk *t, int64_t ms)
{
	for (int64_t end = t->at + ms * 8; t->at < end && t->ended == 0 && !talk_closing(t);)
		talk_step(t, 80);
}

/* ---- the caller ---- */

static inline void
talk_tone(int16_t *out, size_t n, char key)
{
	static const char keys[] = "123A456B789C*0#D";
	static const double rows[] = {697, 770, 852, 941}, columns[] = {1209, 1336, 1477, 1633};
	size_t i = (size_t)(strchr(keys, key) - keys);

	for (size_t k = 0; k < n; k++) {
		double w = 2 * 3.14159265358979 * (double)k / 8000;

		out[k] = (int16_t)(6000 * sin(w * rows[i / 4]) + 6000 * sin(w * columns[i % 4]));
	}
}

static inline void
talk_press(struct card *card, int64_t at, char key, int ms)
{
	int16_t tone[8000];

	talk_tone(tone, (size_t)ms * 8, key);
	card_say(card, at, tone, ms * 8);
}

/* Keys one after the other, 150 ms each and as much between, from 100 ms on; until they are said.
 */
static inline void
talk_type(struct talk *t, const char *keys)
{
	for (; *keys != '\0'; keys++) {
		talk_press(t->card, t->at + 800, *keys, 150);
		talk_run(t, 400);
	}
}

#endif
