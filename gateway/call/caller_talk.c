/* The talk: what is said, what is kept, what is written down. */
#include "caller_job.h"

#include "gateway/base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- what is written down ---- */

static void __attribute__((format(printf, 2, 3)))
write_down(struct errand *e, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(e->story + e->story_len, sizeof e->story - e->story_len, format, args);
	va_end(args);
	if (n > 0 && e->story_len + (size_t)n < sizeof e->story)
		e->story_len += (size_t)n;
	else
		e->story[e->story_len] = '\0'; /* a line that does not fit is left out whole */
}

static void
on_note(void *ctx, const struct script_note *note)
{
	struct errand *e = ctx;
	const char *step = note->step != NULL ? note->step->name : "";

	e->language = note->language;
	if (note->kind == SCRIPT_NOTE_STEP)
		return; /* the prompt that follows names it */
	write_down(e, "%3lld.%lld %s %s", (long long)(note->ms / 1000),
		   (long long)(note->ms / 100 % 10), script_note_word(note->kind), step);
	if (note->kind == SCRIPT_NOTE_PROMPT && note->which != SCRIPT_MAIN)
		write_down(e, " (%s)", script_which_word(note->which));
	if (note->kind == SCRIPT_NOTE_KEY)
		write_down(e, " %c", note->key);
	if (note->outcome != NULL)
		write_down(e, " %s",
			   script_outcome_word((enum script_outcome_kind)note->outcome->kind));
	write_down(e, "\n");
}

/* ---- what is said ---- */

static const char *
consent(const struct errand *e, const char **language)
{
	const struct script *script = &e->brief->script->script;
	const struct config *c = e->brief->config;
	int route = config_route_index(c, e->route);
	const struct config_modem *m = route >= 0 ? &c->routes[route].modem : NULL;

	*language = script->languages[e->brief->speaks];
	for (size_t i = 0; m != NULL && i < m->n_record; i++)
		if (strcmp(m->record[i].language, *language) == 0)
			return m->record[i].text;
	return NULL;
}

void
errand_need_consent(struct errand *e)
{
	const char *language, *text = consent(e, &language);

	if (text != NULL)
		saying_text_alone(e->brief, language, text, &e->saying);
}

/* That it is recorded is said before anything else; where it cannot be said nothing is recorded. */
static int
say_consent(struct errand *e, struct pcm_clip *clip)
{
	const char *language, *text = consent(e, &language);
	struct saying saying = {.n = 0};
	int rc;

	saying_text_alone(e->brief, language, text, &saying);
	rc = prompt_clip(e->caller->prompt, &saying.phrases[0], clip);
	saying_clear(&saying);
	return rc;
}

static int
on_clip(void *ctx, const struct script_run *run, const struct script_said_prompt *prompt,
	int language, struct pcm_clip *clip)
{
	struct errand *e = ctx;
	struct saying saying = {.n = 0};
	int rc = 0;

	if (e->recording[0] != '\0' && !e->consented) {
		rc = say_consent(e, clip);
		e->consented = rc == 0;
	}
	if (rc == 0) {
		saying_prompt(e->caller->sayings, e->brief, run, prompt, language, &saying);
		rc = saying.phrases[0].n > 0
			 ? prompt_clip(e->caller->prompt, &saying.phrases[0], clip)
			 : 0;
	}
	if (rc != 0)
		log_event(LOG_ERROR, "prompt_missing", log_int("call", e->row),
			  log_str("step", prompt->step->name), log_str("why", uv_strerror(rc)));
	saying_clear(&saying);
	return rc;
}

/* ---- what is kept ---- */

static int
keep_work(struct store *s, void *ctx)
{
	struct errand_job *job = ctx;
	int rc = errand_facts(job);

	return rc != 0 ? rc : calling_keep(s, &job->calling, &job->outcome);
}

static void
on_kept(void *ctx, int status)
{
	struct errand_job *job = ctx;
	struct errand *e = job->errand;

	if (status == 0)
		e->task = job->calling.task;
	if (status == 0 && job->outcome.kind == SCRIPT_WRONG_PERSON)
		e->wrong_person = true;
	if (e->call != NULL && !e->call_closing)
		call_kept(e->call, job->token, status == 0);
	errand_job_end(job, status);
}

static void
on_keep(void *ctx, const struct script_outcome *outcome, uint32_t token)
{
	struct errand *e = ctx;
	struct errand_job *job = errand_job_new(e);

	if (job == NULL)
		return; /* the script waits, then says that it could not be noted */
	job->outcome = *outcome;
	job->token = token;
	errand_job_run(job, keep_work, on_kept);
}

/* ---- the call ---- */

static void
on_ended(void *ctx, const struct call_end *end)
{
	struct errand *e = ctx;

	e->talk = *end;
	e->call_over = true;
	if (end->how == CALL_HANDED && !e->gone)
		return; /* they talk: the modem tells when that is over */
	e->state = ERRAND_ENDING;
	if (!e->gone)
		errand_hang_up(e);
	else
		errand_settle(e);
}

static void
on_connect(void *ctx, uint32_t token)
{
	errand_ring_person(ctx, token);
}

static const struct call_events call_events = {
    .clip = on_clip, .keep = on_keep, .connect = on_connect, .ended = on_ended};

static int
answered_work(struct store *s, void *ctx)
{
	struct errand_job *job = ctx;

	return calling_answered(s, &job->calling);
}

static void
on_answered(void *ctx, int status)
{
	errand_job_end(ctx, status);
}

static void
name_files(struct errand *e)
{
	const char *home = e->brief->config->home, *language;

	if (consent(e, &language) != NULL)
		snprintf(e->recording, sizeof e->recording, "%s/calls/.%lld.wav", home,
			 (long long)e->row);
	for (size_t i = 0; i < e->brief->script->script.n; i++)
		if (e->brief->script->script.steps[i].kind == SCRIPT_RECORD)
			snprintf(e->message, sizeof e->message, "%s/calls/.%lld-message.wav", home,
				 (long long)e->row);
}

void
errand_talk(struct errand *e)
{
	struct caller *c = e->caller;
	struct errand_job *job = errand_job_new(e);
	struct call_config config = {.script = &e->brief->script->script,
				     .speed = (unsigned)e->speed,
				     .facts = brief_facts(e->brief)};

	e->answered = true;
	e->state = ERRAND_TALKING;
	if (job != NULL)
		errand_job_run(job, answered_work, on_answered);
	name_files(e);
	config.facts.person = errand_has_person(e);
	config.facts.note = on_note;
	config.facts.ctx = e;
	config.record = e->recording[0] != '\0' ? e->recording : NULL;
	config.message = e->message[0] != '\0' ? e->message : NULL;
	if (e->line == NULL ||
	    call_open(&e->call, c->loop, e->line, &config, &call_events, e) != 0) {
		e->talk.how = CALL_AUDIO_LOST;
		snprintf(e->talk.why, sizeof e->talk.why, "there was no sound");
		e->call_over = true;
		errand_hang_up(e);
	}
}
