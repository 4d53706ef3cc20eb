#include "modem.h"
#include "modem_control.h"
#include "modem_voice.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* ---- chance and the clock ---- */

uint64_t
modem_throw(const struct modem *m, enum modem_chance what, uint64_t number)
{
	uint64_t who = (m->world->o.first + m->index + 1) << 40;
	return dice_mix(m->world->o.seed, (enum dice_for)what, who ^ number);
}

bool
modem_hits(const struct modem *m, enum modem_chance what, uint64_t number, double share)
{
	uint64_t who = (m->world->o.first + m->index + 1) << 40;
	return dice_hits(m->world->o.seed, (enum dice_for)what, who ^ number, share);
}

uint64_t
modem_around(const struct modem *m, enum modem_chance what, uint64_t number, uint64_t mean)
{
	uint64_t who = (m->world->o.first + m->index + 1) << 40;
	return dice_around(m->world->o.seed, (enum dice_for)what, who ^ number, mean);
}

static void
add(struct modem *m, uint64_t delay, enum modem_due what, uint32_t b, uint32_t epoch, void *thing)
{
	due_add(&m->world->due, delay,
		(struct due_entry){.a = what, .b = b, .c = epoch, .session = m, .thing = thing});
}

void
modem_due_add(struct modem *m, uint64_t delay, enum modem_due what, uint32_t b, void *thing)
{
	add(m, delay, what, b, m->epoch, thing);
}

void
modem_due_network(struct modem *m, uint64_t delay, enum modem_due what, uint32_t b, void *thing)
{
	add(m, delay, what, b, 0, thing);
}

static void
plan_noise(struct modem *m)
{
	if (m->world->o.noise_every)
		modem_due_network(
		    m, modem_around(m, CHANCE_NOISE_AT, m->moments++, m->world->o.noise_every),
		    MODEM_DUE_NOISE, 0, NULL);
}

static void
plan_loss(struct modem *m, uint64_t delay)
{
	if (m->world->o.lose_every)
		modem_due_network(
		    m, delay + modem_around(m, CHANCE_LOSE, m->moments++, m->world->o.lose_every),
		    MODEM_DUE_LOSE, 0, NULL);
}

static void
lose(struct modem *m)
{
	uint64_t span = modem_around(m, CHANCE_LOSE, m->moments++, m->world->o.lose_for);
	if (m->registration == REG_HOME || m->registration == REG_ROAMING) {
		modem_net_register(m, REG_SEARCHING);
		modem_due_network(m, span, MODEM_DUE_REGAIN, 0, NULL);
	}
	plan_loss(m, span);
}

static void
drop(const struct due_entry *entry)
{
	if (entry->a == MODEM_DUE_MAIL)
		modem_mail_free(entry->thing);
	else
		free(entry->thing);
}

static void
on_due_dropped(void *ctx, const struct due_entry *entry)
{
	(void)ctx;
	drop(entry);
}

static void
on_due(void *ctx, const struct due_entry *entry)
{
	struct modem *m = entry->session;
	(void)ctx;
	if (entry->c && entry->c != m->epoch) {
		drop(entry);
		return;
	}
	switch ((enum modem_due)entry->a) {
	case MODEM_DUE_ANSWER: modem_send_answer(m, entry->b); break;
	case MODEM_DUE_BOOTED: modem_booted(m); break;
	case MODEM_DUE_CRASH: modem_crash(m); break;
	case MODEM_DUE_DIRECT: modem_mail_unacknowledged(m, entry->b); break;
	case MODEM_DUE_HANG: modem_hang(m, m->world->o.hang_for); break;
	case MODEM_DUE_LOSE: lose(m); break;
	case MODEM_DUE_MAIL: modem_mail_arrive(m, entry->thing); break;
	case MODEM_DUE_NOISE:
		modem_noise(m);
		plan_noise(m);
		break;
	case MODEM_DUE_PUMP: modem_mail_pump(m); break;
	case MODEM_DUE_REGAIN:
		if (m->registration == REG_SEARCHING)
			modem_net_register(m, (enum modem_registration)m->world->o.registration);
		break;
	case MODEM_DUE_RETURN:
		if (entry->b == m->absences)
			modem_return(m);
		break;
	case MODEM_DUE_RUN: modem_run_line(m); break;
	case MODEM_DUE_SENT:
		modem_send_taken(m, entry->thing);
		free(entry->thing);
		break;
	case MODEM_DUE_USSD:
		modem_net_ussd(m, entry->thing);
		free(entry->thing);
		break;
	case MODEM_DUE_VANISH: modem_vanish(m, entry->b ? 0 : m->world->o.away); break;
	case MODEM_DUE_WAKE:
		if (entry->b == m->hangs)
			modem_wake(m);
		break;
	}
}

/* Before the loop sleeps: the log first, then what the modems have to say. */
static void
on_prepare(uv_prepare_t *prepare)
{
	struct modem_world *w = prepare->data;
	if (w->log)
		modem_log_flush(w->log);
	for (uint64_t i = 0; i < w->o.count; i++) {
		struct modem *m = &w->modems[i];
		uint64_t throw = modem_throw(m, CHANCE_CUT, m->port.sent + m->moments++);
		m->port.piece = w->o.drip ? 1 : w->o.cut ? 1 + (unsigned)(throw % 12) : 0;
		m->port.pause_ms = w->o.drip ? 1 : (unsigned)(throw >> 8 & 3);
		modem_port_flush(&m->port);
	}
}

/* ---- who they are ---- */

/* The last digit of IMEI and ICCID (ISO/IEC 7812-1). */
static char
check_digit(const char *digits)
{
	unsigned sum = 0;
	size_t n = strlen(digits);
	for (size_t i = 0; i < n; i++) {
		unsigned d = (unsigned)(digits[n - 1 - i] - '0') * (i % 2 ? 1 : 2);
		sum += d / 10 + d % 10;
	}
	return (char)('0' + (10 - sum % 10) % 10);
}

/* `told` counted on by i, else what the format makes of the number and its check digit. */
static void
number_it(char out[24], const char *told, uint64_t i, const char *made, bool check)
{
	if (!told) {
		snprintf(out, 23, "%s", made);
		size_t n = strlen(out);
		out[n] = check ? check_digit(out) : 0;
		out[n + 1] = 0;
		return;
	}
	snprintf(out, 24, "%s", told);
	for (size_t at = strlen(out); i && at-- > 0 && out[at] >= '0' && out[at] <= '9'; i /= 10) {
		i += (uint64_t)(out[at] - '0');
		out[at] = (char)('0' + i % 10);
	}
}

static void
identify(struct modem *m)
{
	const struct modem_options *o = &m->world->o;
	uint64_t i = m->index, serial = (o->seed * 1000 + o->first + i) % 1000000;
	char made[48];
	snprintf(made, sizeof made, "%s%06llu", m->profile->tac, (unsigned long long)serial);
	number_it(m->imei, o->imei, i, made, true);
	snprintf(made, sizeof made, "896302%012llu", (unsigned long long)(400000000 + serial));
	number_it(m->iccid, o->iccid, i, made, true);
	snprintf(made, sizeof made, "51502%010llu", (unsigned long long)(7000000 + serial));
	number_it(m->imsi, o->imsi, i, made, false);
	snprintf(made, sizeof made, "+63918%07llu", (unsigned long long)(5000000 + serial));
	number_it(m->number, o->number, i, made, false);
}

static const struct modem_profile *
profile_of(const struct modem_options *o, uint64_t i)
{
	const char *at = o->profile;
	uint64_t names = 1;
	for (const char *c = at; *c; c++)
		names += *c == ',';
	for (i %= names; i; i--)
		at += strcspn(at, ",") + 1;
	return modem_profile_find(at, strcspn(at, ","));
}

static void
modem_init(struct modem *m, struct modem_world *w, uint64_t i)
{
	const struct modem_options *o = &w->o;
	m->world = w;
	m->index = i;
	m->link_number = (unsigned)(o->first + i);
	m->profile = profile_of(o, i);
	m->deaf = i >= o->count - o->deaf;
	m->epoch = 1;
	m->sim = (enum modem_sim)o->sim;
	m->pin_left = m->sim == SIM_PUK ? 0 : (unsigned)o->pin_tries;
	m->puk_left = 10;
	m->registration = (enum modem_registration)o->registration;
	m->balance = o->balance;
	m->signal = o->signal;
	m->reference = (uint8_t)o->first_reference;
	identify(m);
	modem_defaults(m);
	for (unsigned s = 0; s < STORES; s++)
		modem_store_init(&m->stores[s], s == STORE_SM && o->places != MODEM_MAKER
						    ? (size_t)o->places
						    : m->profile->places[s]);
	modem_port_init(&m->port, &w->watch, &modem_line_events, m);
}

/* ---- opening and closing ---- */

void
modem_print_stats(struct modem_world *w, struct buffer *to)
{
	buffer_puts(to, "{\"modems\":");
	buffer_put_number(to, w->o.count);
#define X(name)                                                                                    \
	buffer_puts(to, ",\"" #name "\":");                                                        \
	buffer_put_number(to, w->stats.name);
	MODEM_STATS(X)
#undef X
	buffer_puts(to, "}\n");
}

static void
print_stats(struct modem_world *w)
{
	struct buffer line = {0};
	modem_print_stats(w, &line);
	fwrite(line.at, 1, line.used, stdout);
	fflush(stdout);
	buffer_fini(&line);
}

void
modem_stop(struct modem_world *w)
{
	if (w->closing)
		return;
	w->closing = true;
	for (uint64_t i = 0; i < w->o.count; i++)
		w->stats.calls_left += modem_voice_is_up(&w->modems[i]);
	print_stats(w);
	for (uint64_t i = 0; i < w->o.count; i++) {
		modem_unlink(&w->modems[i]);
		modem_port_close(&w->modems[i].port);
		modem_voice_close(&w->modems[i]);
	}
	modem_watch_close(&w->watch);
	uv_close((uv_handle_t *)&w->prepare, NULL);
	uv_close((uv_handle_t *)&w->end, NULL);
	for (size_t i = 0; i < 3; i++)
		uv_close((uv_handle_t *)&w->signals[i], NULL);
	modem_control_close(w->control);
	due_close(&w->due);
}

static void
on_signal(uv_signal_t *handle, int number)
{
	if (number == SIGUSR1)
		print_stats(handle->data);
	else
		modem_stop(handle->data);
}

static void
on_end(uv_timer_t *timer)
{
	modem_stop(timer->data);
}

static void
start(struct modem_world *w)
{
	static const int numbers[3] = {SIGTERM, SIGINT, SIGUSR1};
	due_open(&w->due, w->loop, on_due, on_due_dropped, w);
	uv_prepare_init(w->loop, &w->prepare);
	w->prepare.data = w;
	uv_prepare_start(&w->prepare, on_prepare);
	uv_timer_init(w->loop, &w->end);
	w->end.data = w;
	if (w->o.run_for)
		uv_timer_start(&w->end, on_end, w->o.run_for * 1000, 0);
	for (size_t i = 0; i < 3; i++) {
		uv_signal_init(w->loop, &w->signals[i]);
		w->signals[i].data = w;
		uv_signal_start(&w->signals[i], on_signal, numbers[i]);
	}
	w->control = modem_control_open(w);
}

/* All ports, or status 3 and what keeps them away. */
static int
plug_in(struct modem_world *w)
{
	int status = modem_watch_open(&w->watch, w->loop);
	if (status) {
		fprintf(stderr, "dunlin-sim: no inotify: %s\n", strerror(-status));
		return 3;
	}
	w->links = (unsigned)(w->o.first + w->o.count);
	for (uint64_t i = 0; i < w->o.count; i++)
		modem_init(&w->modems[i], w, i);
	start(w);
	for (uint64_t i = 0; i < w->o.count && !status; i++) {
		status = modem_appear(&w->modems[i]);
		modem_voice_open(&w->modems[i]);
		plan_noise(&w->modems[i]);
		plan_loss(&w->modems[i], 0);
	}
	if (status) {
		fprintf(stderr, "dunlin-sim: no ports%s%s: %s\n", w->o.link != NULL ? " in " : "",
			w->o.link != NULL ? w->o.link : "", strerror(-status));
		modem_stop(w);
		return 3;
	}
	puts("ready");
	fflush(stdout);
	return 0;
}

/* What ALSA_CONFIG_PATH is to name. */
static bool
write_asound(const struct modem_options *o)
{
	char path[512];
	snprintf(path, sizeof path, "%s/asound.conf", o->cards);
	FILE *to = fopen(path, "w");
	if (!to) {
		perror(path);
		return false;
	}
	fprintf(to, "pcm.default { type null }\npcm_type.dunlin { lib \"%s\" }\n", o->card_plugin);
	for (uint64_t i = o->first; i < o->first + o->count; i++)
		fprintf(to, "pcm.modem%llu { type dunlin file \"%s/card%llu\" }\n",
			(unsigned long long)i, o->cards, (unsigned long long)i);
	return fclose(to) == 0;
}

static bool
load_voice(struct modem_world *w)
{
	const struct modem_options *o = &w->o;
	if (o->voice_speed == 0 || o->voice_speed > 100) {
		fputs("dunlin-sim: --voice-speed wants 1 to 100\n", stderr);
		return false;
	}
	if (o->calls && !(w->calls = fopen(o->calls, "a"))) {
		perror(o->calls);
		return false;
	}
	if (o->cards && o->card_plugin && !write_asound(o))
		return false;
	w->callers = callers_new(o->seed, o->callers, o->call);
	return w->callers != NULL;
}

/* What can be wrong with the options beyond their form. */
static int
load(struct modem_world *w)
{
	const struct modem_options *o = &w->o;
	struct options people = {.seed = o->seed,
				 .population = o->population,
				 .borrowers = o->borrowers,
				 .shares = o->shares,
				 .reply_delay = o->reply_delay,
				 .replies = o->replies};
	uint64_t names = 1;
	for (const char *c = o->profile; *c; c++)
		names += *c == ',';
	for (uint64_t i = 0; i < names; i++) {
		if (profile_of(o, i))
			continue;
		fprintf(stderr, "dunlin-sim: --profile %s: no such maker; see --help\n",
			o->profile);
		return 2;
	}
	if (o->count == 0 || o->count > 256 || o->deaf > o->count) {
		fputs("dunlin-sim: --count wants 1 to 256, --deaf no more than that\n", stderr);
		return 2;
	}
	if ((o->population || o->borrowers) && !(w->population = population_new(&people)))
		return 2;
	if (o->log && !(w->log = modem_log_open(o->log)))
		return 3;
	if (o->voice && !load_voice(w))
		return 2;
	w->modems = calloc(o->count, sizeof *w->modems);
	if (!w->modems)
		abort();
	return 0;
}

static void
finish(struct modem_world *w)
{
	for (uint64_t i = 0; w->modems && i < w->o.count; i++) {
		struct modem *m = &w->modems[i];
		modem_mail_close(m);
		modem_voice_fini(m);
		modem_port_fini(&m->port);
		modem_quota_fini(&m->quota);
		for (unsigned s = 0; s < STORES; s++)
			modem_store_fini(&m->stores[s]);
	}
	callers_free(w->callers);
	if (w->calls)
		fclose(w->calls);
	free(w->modems);
	seen_fini(&w->seen);
	population_free(w->population);
	if (w->log)
		modem_log_close(w->log);
}

int
modem_run(const struct modem_options *o)
{
	uv_loop_t loop;
	struct modem_world w = {.o = *o, .loop = &loop};
	signal(SIGPIPE, SIG_IGN);
	int status = load(&w);
	uv_loop_init(&loop);
	if (!status)
		status = plug_in(&w);
	uv_run(&loop, UV_RUN_DEFAULT);
	int leak = uv_loop_close(&loop);
	assert(leak == 0);
	(void)leak;
	finish(&w);
	return status;
}
