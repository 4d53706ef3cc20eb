#include "smsc.h"

#include "control.h"
#include "dice.h"
#include "garbage.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* -- one session -- */

static uint32_t
next_sequence(struct session *s)
{
	s->sequence = s->sequence % 0x7fffffff + 1;
	return s->sequence;
}

void
smsc_close_after(struct smsc *smsc, struct session *s, uint64_t ms)
{
	session_hold(s);
	due_add(&smsc->due, ms, (struct due_entry){.kind = DUE_CLOSE, .session = s});
}

void
smsc_drop(struct smsc *smsc, struct session *s)
{
	/* Only what was bound and did not part in peace lingers as bound. */
	if (s->bound && smsc->o.already_bound && !s->unbinding) {
		struct smsc_place *place = &smsc->places[s->number % SMSC_PLACES];
		memcpy(place->system_id, s->system_id, sizeof place->system_id);
		place->until = uv_now(smsc->loop) + smsc->o.already_bound * 1000;
	}
	session_close(s);
}

void
smsc_stall(struct smsc *smsc, struct session *s, uint64_t ms)
{
	session_freeze(s);
	session_hold(s);
	due_add(&smsc->due, ms, (struct due_entry){.kind = DUE_RESUME, .session = s});
}

void
smsc_unbind(struct smsc *smsc, struct session *s)
{
	if (!s->bound || s->unbinding || s->closing)
		return;
	s->unbinding = true;
	smsc->stats.unbinds++;
	pdu_put_bare(&s->out, PDU_UNBIND, 0, next_sequence(s));
	smsc_close_after(smsc, s, 5000); /* without an answer too */
}

void
smsc_block(struct smsc *smsc, const char *number)
{
	number += *number == '+';
	seen_add(&smsc->blocked, dice_hash(0, number, strlen(number)));
}

/* After N submits the operator's side of a half-open link knows nothing of it any more. */
static bool
forgets(struct session *s)
{
	const struct smsc *smsc = s->smsc;
	if (!smsc->o.half_open_after || s->submits < smsc->o.half_open_after)
		return false;
	s->forgotten = true;
	deliver_session_lost(s);
	session_flush(s);
	session_freeze(s);
	return true;
}

static void
on_pdu(struct session *s, const struct pdu_header *header, const uint8_t *body, size_t n)
{
	struct smsc *smsc = s->smsc;
	bool submit = header->command == PDU_SUBMIT_SM || header->command == PDU_DATA_SM;
	s->heard_at = uv_now(smsc->loop);
	if (smsc->o.trace)
		fprintf(stderr, "%llu < %08x status %08x sequence %u, %u octets\n",
			(unsigned long long)s->number, header->command, header->status,
			header->sequence, header->length);
	if (forgets(s))
		return;
	if (submit)
		submit_take(s, header, body, n);
	else if (s->silent)
		smsc->stats.never_answered += header->command < 0x80000000u;
	else if (header->command & 0x80000000u)
		request_response(s, header);
	else
		request_take(s, header, body, n);
}

static void
on_broken(struct session *s, const struct pdu_header *header)
{
	struct smsc *smsc = s->smsc;
	smsc->stats.malformed++;
	pdu_put_bare(&s->out, 0x80000000u, PDU_INVALID_COMMAND_LENGTH, header->sequence);
	session_close(s);
}

static void
on_session_closed(struct session *s)
{
	struct smsc *smsc = s->smsc;
	for (struct session **at = &smsc->sessions; *at; at = &(*at)->next) {
		if (*at == s) {
			*at = s->next;
			break;
		}
	}
	smsc->session_count--;
	if (s->bound && !s->unbinding)
		smsc->stats.lost_sessions++;
	smsc->stats.octets_in += s->octets_in;
	smsc->stats.octets_out += s->octets_out;
	deliver_session_lost(s);
}

/* -- the clock of delayed things -- */

static void
enquire(struct smsc *smsc, struct session *s)
{
	uint64_t period = smsc->o.enquire * 1000;
	if (s->closing || !period)
		return;
	if (s->bound && !s->silent && !smsc->o.no_enquire &&
	    uv_now(smsc->loop) - s->heard_at >= period)
		pdu_put_bare(&s->out, PDU_ENQUIRE_LINK, 0, next_sequence(s));
	session_hold(s);
	due_add(&smsc->due, period, (struct due_entry){.kind = DUE_ENQUIRE, .session = s});
}

static void
on_due(void *ctx, const struct due_entry *entry)
{
	struct smsc *smsc = ctx;
	struct session *s = entry->session;
	switch (entry->kind) {
	case DUE_ANSWER: answer_late(smsc, entry); break;
	case DUE_CLOSE: session_close(s); break;
	case DUE_ENQUIRE: enquire(smsc, s); break;
	case DUE_LETTER: deliver_put_back(smsc, entry->thing); break;
	case DUE_RECEIPT:
		if (((struct message *)entry->thing)->state == PDU_ENROUTE)
			deliver_receipt(smsc, entry->thing, (enum pdu_state)entry->a);
		message_release(&smsc->messages, entry->thing);
		break;
	case DUE_REDELIVER: deliver_late(s, entry); break;
	case DUE_RESUME:
		if (!s->forgotten)
			session_thaw(s);
		break;
	case DUE_WRITE:
		session_flush(s);
		s->write_held = false;
		break;
	}
	if (s)
		session_release(s);
}

static void
on_due_dropped(void *ctx, const struct due_entry *entry)
{
	struct smsc *smsc = ctx;
	if (entry->kind == DUE_LETTER)
		deliver_free(smsc, entry->thing);
	else if (entry->thing)
		message_release(&smsc->messages, entry->thing);
	if (entry->session)
		session_release(entry->session);
}

static void
write_session(struct smsc *smsc, struct session *s)
{
	if (!smsc->o.coalesce || s->closing) {
		session_flush(s);
	} else if (s->out.used && !s->write_held) {
		s->write_held = true;
		session_hold(s);
		due_add(&smsc->due, smsc->o.coalesce,
			(struct due_entry){.kind = DUE_WRITE, .session = s});
	}
}

/* Before the loop sleeps: what this round has made goes out, and into the log before that. */
static void
on_prepare(uv_prepare_t *prepare)
{
	struct smsc *smsc = prepare->data;
	if (smsc->log)
		log_flush(smsc->log);
	deliver_pump(smsc);
	for (struct session *s = smsc->sessions, *next; s; s = next) {
		next = s->next;
		s->drip = smsc->o.drip;
		s->unanswered -= s->answered;
		s->answered = 0;
		write_session(smsc, s);
	}
}

/* -- opening and closing -- */

static const struct session_events events = {on_pdu, on_broken, on_session_closed};

static void
on_connection(uv_stream_t *listener, int status)
{
	struct smsc *smsc = listener->data;
	struct session *s = status ? NULL : session_accept(listener, &events, smsc->tls);
	if (!s)
		return;
	s->smsc = smsc;
	s->next = smsc->sessions;
	smsc->sessions = s;
	smsc->session_count++;
	s->number = ++smsc->stats.connections;
	s->heard_at = uv_now(smsc->loop);
	if (smsc->o.outbind) {
		size_t token = pdu_begin(&s->out, PDU_OUTBIND, 0, next_sequence(s));
		buffer_putz(&s->out, "dunlin-sim");
		buffer_putz(&s->out, "");
		pdu_end(&s->out, token);
	}
	enquire(smsc, s);
}

void
smsc_print_stats(struct smsc *smsc, struct buffer *to)
{
	struct stats total = smsc->stats;
	for (const struct session *s = smsc->sessions; s; s = s->next) {
		total.octets_in += s->octets_in;
		total.octets_out += s->octets_out;
	}
	stats_write(&total, smsc->session_count, smsc->waiting.count, to);
}

static void
print_stats(struct smsc *smsc)
{
	struct buffer line = {0};
	smsc_print_stats(smsc, &line);
	fwrite(line.at, 1, line.used, stdout);
	fflush(stdout);
	buffer_fini(&line);
}

void
smsc_stop(struct smsc *smsc)
{
	if (smsc->closing)
		return;
	smsc->closing = true;
	print_stats(smsc);
	for (struct session *s = smsc->sessions; s; s = s->next)
		session_close(s);
	uv_close((uv_handle_t *)&smsc->listener, NULL);
	uv_close((uv_handle_t *)&smsc->prepare, NULL);
	uv_close((uv_handle_t *)&smsc->end, NULL);
	for (size_t i = 0; i < 3; i++)
		uv_close((uv_handle_t *)&smsc->signals[i], NULL);
	control_close(smsc->control);
	due_close(&smsc->due);
}

static void
on_signal(uv_signal_t *handle, int number)
{
	if (number == SIGUSR1)
		print_stats(handle->data);
	else
		smsc_stop(handle->data);
}

static void
on_end(uv_timer_t *timer)
{
	smsc_stop(timer->data);
}

static int
listen_on(struct smsc *smsc)
{
	struct sockaddr_in address;
	int len = sizeof address;
	uv_ip4_addr("127.0.0.1", (int)smsc->o.port, &address);
	uv_tcp_init(smsc->loop, &smsc->listener);
	smsc->listener.data = smsc;
	int status = uv_tcp_bind(&smsc->listener, (const struct sockaddr *)&address, 0);
	if (!status)
		status = uv_listen((uv_stream_t *)&smsc->listener, 128, on_connection);
	if (status) {
		fprintf(stderr, "dunlin-sim: cannot listen on 127.0.0.1:%u: %s\n",
			(unsigned)smsc->o.port, uv_strerror(status));
		return status;
	}
	uv_tcp_getsockname(&smsc->listener, (struct sockaddr *)&address, &len);
	printf("listening 127.0.0.1:%u\n", ntohs(address.sin_port));
	fflush(stdout);
	return 0;
}

static void
start(struct smsc *smsc)
{
	static const int numbers[3] = {SIGTERM, SIGINT, SIGUSR1};
	due_open(&smsc->due, smsc->loop, on_due, on_due_dropped, smsc);
	uv_prepare_init(smsc->loop, &smsc->prepare);
	smsc->prepare.data = smsc;
	uv_prepare_start(&smsc->prepare, on_prepare);
	uv_timer_init(smsc->loop, &smsc->end);
	smsc->end.data = smsc;
	if (smsc->o.run_for)
		uv_timer_start(&smsc->end, on_end, smsc->o.run_for * 1000, 0);
	for (size_t i = 0; i < 3; i++) {
		uv_signal_init(smsc->loop, &smsc->signals[i]);
		smsc->signals[i].data = smsc;
		uv_signal_start(&smsc->signals[i], on_signal, numbers[i]);
	}
	messages_init(&smsc->messages, smsc->o.first_id, smsc->o.remember);
	smsc->control = control_open(smsc);
}

/* What can be wrong with the options beyond their form. */
static int
load(struct smsc *smsc)
{
	const struct options *o = &smsc->o;
	const char *odd = o->garbage_kinds ? garbage_check(o->garbage_kinds) : NULL;
	if (odd)
		fprintf(stderr, "dunlin-sim: --garbage-kinds: no kind is called `%s`\n", odd);
	if (odd || o->port > 65535)
		return 2;
	if (o->tls && !(smsc->tls = tls_context_new(o->tls, o->tls_ca)))
		return 2;
	if ((o->population || o->borrowers) && !(smsc->population = population_new(o)))
		return 2;
	if (o->log && !(smsc->log = log_open(o->log)))
		return 3;
	for (const char *at = o->blocked; at && *at;) {
		char number[32];
		size_t n = strcspn(at, ",");
		snprintf(number, sizeof number, "%.*s", (int)n, at);
		smsc_block(smsc, number);
		at += n + (at[n] == ',');
	}
	return 0;
}

static void
finish(struct smsc *smsc)
{
	deliver_close(smsc);
	messages_fini(&smsc->messages);
	seen_fini(&smsc->seen);
	seen_fini(&smsc->blocked);
	population_free(smsc->population);
	if (smsc->log)
		log_close(smsc->log);
	tls_context_free(smsc->tls);
}

int
smsc_run(const struct options *o)
{
	uv_loop_t loop;
	struct smsc smsc = {.o = *o, .loop = &loop};
	signal(SIGPIPE, SIG_IGN);
	int status = load(&smsc);
	uv_loop_init(&loop);
	if (!status && listen_on(&smsc)) {
		uv_close((uv_handle_t *)&smsc.listener, NULL);
		status = 3;
	} else if (!status) {
		start(&smsc);
	}
	uv_run(&loop, UV_RUN_DEFAULT);
	int leak = uv_loop_close(&loop);
	assert(leak == 0);
	(void)leak;
	finish(&smsc);
	return status;
}
