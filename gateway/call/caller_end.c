/* How a call ended, its recordings, and the end of the errand. */
#include "caller_job.h"

#include "gateway/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REST_MS   2000 /* texts have the stick between two calls */
#define EMPTY_WAV 44   /* octets of one without a sample */

/* ---- recordings ---- */

/* A file gets the hash of its octets as its name; 0, also when there is nothing worth keeping (then
 * without a hash), or negative: it is lost. */
static int
keep_file(const char *path, const char *home, char hash[65])
{
	crypto_generichash_state h;
	uint8_t digest[32], block[16384];
	char name[600];
	int fd = open(path, O_RDONLY | O_CLOEXEC), status = 0;
	ssize_t n = 0;
	off_t all = 0;

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	crypto_generichash_init(&h, NULL, 0, sizeof digest);
	while ((n = read(fd, block, sizeof block)) > 0) {
		crypto_generichash_update(&h, block, (unsigned long long)n);
		all += n;
	}
	crypto_generichash_final(&h, digest, sizeof digest);
	sodium_bin2hex(hash, 65, digest, sizeof digest);
	snprintf(name, sizeof name, "%s/calls/%s.wav", home, hash);
	if (n < 0 || (all > EMPTY_WAV && (fsync(fd) != 0 || rename(path, name) != 0)))
		status = -errno;
	close(fd);
	if (status != 0 || all <= EMPTY_WAV) {
		hash[0] = '\0';
		unlink(path);
	}
	return status;
}

static void
on_hash(uv_work_t *work)
{
	struct errand *e = work->data;
	const char *home = e->brief->config->home;

	if (e->recording[0] != '\0' && e->consented)
		e->lost[0] = keep_file(e->recording, home, e->hash[0]);
	else if (e->recording[0] != '\0')
		unlink(e->recording); /* nobody had been told of it */
	if (e->message[0] != '\0')
		e->lost[1] = keep_file(e->message, home, e->hash[1]);
}

static void
on_hashed(uv_work_t *work, int status)
{
	struct errand *e = work->data;

	(void)status;
	for (int i = 0; i < 2; i++)
		if (e->lost[i] != 0)
			log_event(LOG_ERROR, "recording_lost", log_int("call", e->row),
				  log_str("why", uv_strerror(e->lost[i])));
	e->working = false;
	e->recording[0] = e->message[0] = '\0';
	errand_settle(e);
}

/* ---- how it ended ---- */

static enum calls_outcome
of_modem(enum modem_call_end end)
{
	switch (end) {
	case MODEM_CALL_BUSY: return CALLS_BUSY;
	case MODEM_CALL_REJECTED: return CALLS_REJECTED;
	case MODEM_CALL_UNREACHABLE: return CALLS_UNREACHABLE;
	case MODEM_CALL_INVALID: return CALLS_INVALID;
	case MODEM_CALL_NETWORK: return CALLS_NETWORK;
	case MODEM_CALL_NO_AUDIO: return CALLS_AUDIO_LOST;
	case MODEM_CALL_LOST: return CALLS_MODEM_LOST;
	case MODEM_CALL_US:
	case MODEM_CALL_UNDIALLED:
	case MODEM_CALL_MISSED: return CALLS_CALLED_OFF;
	case MODEM_CALL_HUNG_UP:
	case MODEM_CALL_NO_ANSWER:
	case MODEM_CALL_ENDS: break;
	}
	return CALLS_NO_ANSWER;
}

static enum calls_outcome
outcome_of(const struct errand *e)
{
	const struct call_end *t = &e->talk;

	if (!e->answered)
		return of_modem(e->end);
	if (t->right_party)
		return CALLS_RIGHT_PARTY;
	if (e->wrong_person)
		return CALLS_WRONG_PARTY;
	if (t->how == CALL_AUDIO_LOST)
		return CALLS_AUDIO_LOST;
	if (e->end == MODEM_CALL_LOST)
		return CALLS_MODEM_LOST;
	if (t->key)
		return CALLS_UNVERIFIED;
	return t->label == EARS_MACHINE ? CALLS_MACHINE : CALLS_NO_INPUT;
}

static int
over_work(struct store *s, void *ctx)
{
	struct errand_job *job = ctx;
	int rc = errand_facts(job);

	return rc != 0 ? rc : calling_over(s, &job->calling, &job->end);
}

static void
on_over(void *ctx, int status)
{
	errand_job_end(ctx, status);
}

static const char *
or_null(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

static void
store_end(struct errand *e)
{
	const struct script *script = &e->brief->script->script;
	struct errand_job *job = errand_job_new(e);

	e->stored = true;
	if (job == NULL)
		abort(); /* found at the next start */
	snprintf(job->keys, sizeof job->keys, "%s", e->talk.keys);
	snprintf(job->cause, sizeof job->cause, "%s",
		 e->talk.why[0] != '\0' ? e->talk.why : e->raw);
	job->end = (struct calling_end){
	    .outcome = outcome_of(e),
	    .cause = or_null(job->cause),
	    .keys = or_null(job->keys),
	    .language = e->language >= 0 ? script->languages[e->language] : NULL,
	    .heard = e->answered ? ears_label_name(e->talk.label) : NULL,
	    .recording = or_null(e->hash[0]),
	    .message = or_null(e->hash[1]),
	    .story = or_null(e->story)};
	log_event(LOG_INFO, "call_over", log_int("call", e->row),
		  log_str("outcome", calls_outcome_word((int)job->end.outcome)),
		  log_str("cause", job->cause), log_int("missing", e->talk.missing),
		  log_int("underruns", e->talk.line.underruns),
		  log_int("overruns", e->talk.line.overruns));
	errand_job_run(job, over_work, on_over);
}

void
errand_gone(struct errand *e, const struct modem_call *call)
{
	if (e->gone)
		return;
	e->gone = true;
	e->end = call->end;
	snprintf(e->raw, sizeof e->raw, "%s%s%.96s", modem_call_end_name(call->end),
		 call->raw[0] != '\0' ? ": " : "", call->raw);
	if (e->state == ERRAND_DIALLING && call->end == MODEM_CALL_UNDIALLED) {
		errand_undialled(e, e->raw);
		return;
	}
	if (e->call != NULL && !e->call_over && !e->call_closing) {
		call_hung_up(e->call); /* `ended` follows */
		return;
	}
	e->state = ERRAND_ENDING;
	errand_settle(e);
}

/* ---- the end of the errand ---- */

static void
on_call_closed(void *ctx, int record)
{
	struct errand *e = ctx;

	if (record != 0)
		log_event(LOG_ERROR, "recording_not_whole", log_int("call", e->row),
			  log_str("why", uv_strerror(record)));

	e->call = NULL;
	e->call_closing = false;
	errand_settle(e);
}

static void
on_line_closed(void *ctx)
{
	struct errand *e = ctx;

	e->line = NULL;
	e->line_closing = false;
	errand_settle(e);
}

static void
forget(struct errand *e)
{
	struct caller *c = e->caller;
	struct errand **at = &c->errands;
	struct channel *channel = errand_channel(e);

	if (e->claimed && channel != NULL)
		channel->ops->voice->claim(channel, e->sim, false);
	if (!e->dropped)
		caller_let_be(c, e->sim, REST_MS);
	while (*at != e)
		at = &(*at)->next;
	*at = e->next;
	if (c->errands == NULL)
		uv_timer_stop(&c->watch);
	prompt_release(e->hold);
	saying_clear(&e->saying);
	brief_free(e->brief);
	sodium_memzero(e, sizeof *e);
	free(e);
	if (!c->closing)
		caller_wake(c);
	caller_tell(c);
	caller_finish(c);
}

void
errand_settle(struct errand *e)
{
	if (e->state != ERRAND_ENDING || !e->gone || (e->brief == NULL && e->jobs > 0))
		return;
	if (e->call != NULL) {
		if (!e->call_closing) {
			e->call_closing = true;
			call_close(e->call, on_call_closed, e);
		}
		return;
	}
	if (e->line != NULL) {
		if (!e->line_closing) {
			e->line_closing = true;
			line_close(e->line, on_line_closed, e);
		}
		return;
	}
	if (e->working)
		return;
	if (e->recording[0] != '\0' || e->message[0] != '\0') {
		e->work.data = e;
		e->working = true;
		uv_queue_work(e->caller->loop, &e->work, on_hash, on_hashed);
		return;
	}
	if (!e->dropped && !e->stored)
		store_end(e);
	else if (e->jobs == 0)
		forget(e);
}
