/* dunlin script preview: a call as this borrower would hear it, with keys chosen beforehand */
#include "gateway/base/complaint.h"
#include "gateway/call/saying.h"
#include "ivr/call_preview.h"
#include "jsonl.h"
#include "show.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define NAMES 64
#define KEYS  256

struct preview {
	struct show show;
	uv_loop_t loop;
	const struct config_script *script;
	struct brief *brief;
	struct sayings *sayings;
	struct saying saying; /* all that must be ready */
	bool says[SCRIPT_LANGUAGES];
	struct voice *voice;
	struct prompt *prompt;
	struct prompt_hold *hold;
	char keys[KEYS];
	const char *path;
	struct jsonl j;
	int64_t ms; /* of the last note */
	struct call_end end;
	int error;
	char why[VOICE_WHY];
};

/* ---- what is printed ---- */

static void
put_line(struct preview *p, const char *kind, const char *step, const char *text)
{
	struct jsonl *j = &p->j;

	if (!p->show.call->json) {
		if (strcmp(kind, "key") == 0)
			printf("%3lld:%02lld.%lld   < key %s\n", (long long)(p->ms / 60000),
			       (long long)(p->ms / 1000 % 60), (long long)(p->ms / 100 % 10), text);
		else
			printf("%3lld:%02lld.%lld  %s%s\n", (long long)(p->ms / 60000),
			       (long long)(p->ms / 1000 % 60), (long long)(p->ms / 100 % 10),
			       strcmp(kind, "say") == 0 ? "" : " * ", text);
		return;
	}
	jsonl_open(j, NULL, '{');
	jsonl_int(j, "ms", p->ms);
	jsonl_text(j, "what", kind);
	jsonl_text(j, "step", step);
	jsonl_text(j, "text", text);
	jsonl_close(j, '}');
}

static const char *
wrong_text(const struct script_step *step)
{
	switch ((enum script_kind)(step != NULL ? step->kind : SCRIPT_MENU)) {
	case SCRIPT_CHECK: return "not the digits of the list";
	case SCRIPT_GATHER: return "that answer cannot be taken";
	default: return "that key means nothing here";
	}
}

static void
on_note(void *ctx, const struct script_note *note)
{
	struct preview *p = ctx;
	const char *step = note->step != NULL ? note->step->name : NULL;
	char text[80];

	p->ms = note->ms;
	switch (note->kind) {
	case SCRIPT_NOTE_KEY:
		snprintf(text, sizeof text, "%c", note->key);
		put_line(p, "key", step, text);
		break;
	case SCRIPT_NOTE_SILENCE: put_line(p, "silence", step, "no key"); break;
	case SCRIPT_NOTE_WRONG: put_line(p, "wrong", step, wrong_text(note->step)); break;
	case SCRIPT_NOTE_OUTCOME:
		snprintf(text, sizeof text, "would be noted: %s",
			 script_outcome_word((enum script_outcome_kind)note->outcome->kind));
		put_line(p, "outcome", step, text);
		break;
	case SCRIPT_NOTE_TROUBLE: put_line(p, "trouble", step, "trouble"); break;
	case SCRIPT_NOTE_END: put_line(p, "end", step, "hangs up"); break;
	default: break;
	}
}

static int
on_clip(void *ctx, const struct script_run *run, const struct script_said_prompt *prompt,
	int language, struct pcm_clip *clip)
{
	struct preview *p = ctx;
	struct saying saying = {.n = 0};
	char text[SCRIPT_TEXT_BYTES * 2];
	int rc = 0;

	saying_prompt(p->sayings, p->brief, run, prompt, language, &saying);
	if (saying.phrases[0].n > 0) {
		saying_text(&saying.phrases[0], text, sizeof text);
		put_line(p, "say", prompt->step->name, text);
		rc = prompt_clip(p->prompt, &saying.phrases[0], clip);
	}
	saying_clear(&saying);
	return rc;
}

/* ---- the call ---- */

static void
on_closed(void *ctx)
{
	(void)ctx;
}

static void
shut(struct preview *p)
{
	prompt_release(p->hold);
	p->hold = NULL;
	prompt_close(p->prompt, on_closed, p);
	voice_close(p->voice, on_closed, p);
}

static void
on_done(void *ctx, int error, const struct call_end *end)
{
	struct preview *p = ctx;

	p->error = error;
	if (error != 0)
		snprintf(p->why, sizeof p->why, "%s: %s", p->path, uv_strerror(error));
	p->end = *end;
	shut(p);
}

static void rehearse(struct preview *p);

static void
on_ready(void *ctx, int error, const char *why)
{
	struct preview *p = ctx;
	struct call_preview_config config = {.script = &p->script->script,
					     .facts = brief_facts(p->brief),
					     .keys = p->keys,
					     .path = p->path,
					     .clip = on_clip,
					     .ctx = p};

	config.facts.note = on_note;
	config.facts.ctx = p;
	/* As calls of the daemon do: who presses the key of a mute language stays in theirs. */
	if (error == UV_ENOTSUP && !p->brief->alone) {
		snprintf(p->why, sizeof p->why, "%s", why);
		p->brief->alone = true;
		rehearse(p);
		return;
	}
	if (error == 0 && p->brief->alone)
		fprintf(stderr, "dunlin: %s; such a call goes on in `%s`\n", p->why,
			p->script->script.languages[p->brief->speaks]);
	p->error = error;
	if (error != 0)
		snprintf(p->why, sizeof p->why, "%s", why);
	else if ((p->error = call_preview(&p->loop, &config, on_done, p)) != 0)
		snprintf(p->why, sizeof p->why, "%s: %s", p->path, uv_strerror(p->error));
	if (p->error != 0)
		shut(p);
}

/* ---- what it says ---- */

static int
on_rehearsed_clip(void *ctx, const struct script_run *run, const struct script_said_prompt *prompt,
		  int language, struct pcm_clip *clip)
{
	static const int16_t silence[PCM_RATE * 2]; /* as long as a key at it may have to wait */
	struct preview *p = ctx;

	(void)run;
	(void)prompt;
	p->says[language] = true;
	return pcm_clip_append(clip, silence, sizeof silence / sizeof *silence);
}

static void
on_rehearsed(void *ctx, int error, const struct call_end *end)
{
	struct preview *p = ctx;

	(void)end;
	prompt_release(p->hold);
	p->hold = NULL;
	saying_clear(&p->saying);
	saying_need_in(p->sayings, p->brief, p->says, &p->saying);
	if (error == 0)
		error =
		    prompt_need(p->prompt, p->saying.phrases, p->saying.n, &p->hold, on_ready, p);
	if (error != 0) {
		p->error = error;
		snprintf(p->why, sizeof p->why, "%s", uv_strerror(error));
		shut(p);
	}
}

/* The call once without a sound: only the languages that these keys lead to must be spoken. */
static void
rehearse(struct preview *p)
{
	struct call_preview_config config = {.script = &p->script->script,
					     .facts = brief_facts(p->brief),
					     .keys = p->keys,
					     .clip = on_rehearsed_clip,
					     .ctx = p};
	int rc;

	memset(p->says, 0, sizeof p->says);
	if ((rc = call_preview(&p->loop, &config, on_rehearsed, p)) != 0)
		on_rehearsed(p, rc, NULL);
}

static int
open_voices(struct preview *p)
{
	const char *home = p->show.config->home;
	char cache[1024], recordings[1024];
	struct voice_config voice = {.cache = cache};
	struct prompt_config prompt = {.recordings = recordings};
	int rc;

	snprintf(cache, sizeof cache, "%s/cache", home);
	mkdir(cache, 0700);
	snprintf(cache, sizeof cache, "%s/cache/voice", home);
	snprintf(recordings, sizeof recordings, "%s/recordings", home);
	if ((rc = voice_open(&p->voice, &p->loop, &voice)) != 0)
		return rc;
	prompt.voice = p->voice;
	if ((rc = prompt_open(&p->prompt, &p->loop, &prompt)) != 0)
		voice_close(p->voice, on_closed, p);
	return rc;
}

static int
run(struct preview *p)
{
	int rc;

	uv_loop_init(&p->loop);
	if ((rc = open_voices(p)) == 0)
		rehearse(p);
	uv_run(&p->loop, UV_RUN_DEFAULT);
	uv_loop_close(&p->loop);
	if (rc != 0)
		return cli_fail(CLI_FAILED, "%s", uv_strerror(rc));
	return p->error != 0 ? cli_fail(CLI_FAILED, "%s", p->why) : CLI_DONE;
}

/* ---- whom, and with what ---- */

static int
find_script(struct preview *p, const char *name)
{
	const struct config *c = p->show.config;
	const char *names[NAMES + 1], *near;
	size_t n = 0;

	if ((p->script = config_script(c, name)) != NULL)
		return CLI_DONE;
	for (size_t i = 0; i < c->n_scripts && n < NAMES; i++)
		names[n++] = c->scripts[i].name;
	names[n] = NULL;
	near = complaint_nearest(name, names);
	return near != NULL ? cli_fail(CLI_REFUSED, "there is no script `%s`; did you mean `%s`?",
				       name, near)
			    : cli_fail(CLI_REFUSED, "there is no file scripts/%s.yaml", name);
}

static int
find_borrower(struct preview *p, const char *ref)
{
	struct show *s = &p->show;
	const struct facts_account *a;
	struct plan_row row;
	int status = show_borrower(s, ref, &row);

	if (status != CLI_DONE)
		return status;
	a = facts_account(s->facts, row.account);
	if (row.sums.index >= 0)
		row.due = facts_person(s->facts)->accounts[row.account].amounts[row.sums.index].due;
	if (p->script->asks_check && !a->has_check)
		fprintf(stderr, "dunlin: account %s has no check digits: nobody would call it so\n",
			ref);
	if (brief_make(&p->brief, s->store, s->config, a, &row, p->script, s->now) != 0)
		return show_failed(s);
	return CLI_DONE;
}

/* 1,1985,1,15#,1: commas are for people. */
static int
read_keys(struct preview *p, const char *text)
{
	size_t n = 0;

	for (; text != NULL && *text != '\0'; text++) {
		if (*text == ',' || *text == ' ')
			continue;
		if (strchr("0123456789*#-", *text) == NULL || n + 1 == sizeof p->keys)
			return cli_usage(p->show.call,
					 "--keys takes 0-9, * and #, and - where nothing is "
					 "pressed, not `%s`",
					 text);
		p->keys[n++] = *text;
	}
	return CLI_DONE;
}

static int
preview(struct preview *p)
{
	const struct cli_call *call = p->show.call;
	const char *account = cli_option(call, NULL, "account");
	int status;

	if (account == NULL || (p->path = cli_option(call, NULL, "o")) == NULL)
		return cli_usage(call, "say for whom and where to: --account ID -o FILE.wav");
	if ((status = read_keys(p, cli_option(call, NULL, "keys"))) != CLI_DONE ||
	    (status = find_script(p, call->argv[0])) != CLI_DONE ||
	    (status = find_borrower(p, account)) != CLI_DONE)
		return status;
	if (call->json) {
		jsonl_open(&p->j, NULL, '{');
		jsonl_text(&p->j, "script", p->script->name);
		jsonl_text(&p->j, "account", p->brief->ref);
		jsonl_text(&p->j, "language", p->script->script.languages[p->brief->speaks]);
		jsonl_open(&p->j, "dialogue", '[');
	}
	if ((status = run(p)) != CLI_DONE) {
		if (call->json)
			jsonl_clear(&p->j);
		return status;
	}
	if (!call->json) {
		printf("%s: %lld.%lld seconds\n", p->path, (long long)(p->end.ms / 1000),
		       (long long)(p->end.ms / 100 % 10));
		return CLI_DONE;
	}
	jsonl_close(&p->j, ']');
	jsonl_text(&p->j, "file", p->path);
	jsonl_int(&p->j, "ms", p->end.ms);
	jsonl_close(&p->j, '}');
	jsonl_line(&p->j);
	status = jsonl_write(&p->j, stdout) == 0 ? CLI_DONE : CLI_FAILED;
	jsonl_clear(&p->j);
	return status;
}

int
cli_script_preview(const struct cli_call *call)
{
	struct preview p = {.end = {.how = CALL_SAID_ALL}};
	int status = show_open_checked(&p.show, call);

	if (status != CLI_DONE)
		return status;
	if ((p.sayings = sayings_new()) != NULL)
		status = preview(&p);
	else
		status = cli_fail(CLI_FAILED, "out of memory");
	saying_clear(&p.saying);
	brief_free(p.brief);
	sayings_free(p.sayings);
	show_close(&p.show);
	return status;
}
