#include "show_end.h"

#include "show_ask.h"
#include "show_json.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Everything counted once more, from the lists a person would look at. */
struct end {
	struct show_screen *s;
	unsigned reminders, answers, segments;
	unsigned delivered, failed, expired, unknown, waiting; /* of both kinds */
	unsigned accepted;                                     /* parts the operator gave an id */
	unsigned replies, said_promise, said_paid, said_stop, said_wrong, unsure;
	unsigned called, right_party, keyed, busy, nobody, no_words, other;
	unsigned promises, kept, partial, broken, open, withdrawn;
	unsigned taken, twice; /* by the operator and the sticks */
	char verdict[160];
	unsigned verdict_lines;
};

static void
count_parts(struct end *e, const char *line)
{
	struct show_json parts, part, id;
	if (!show_json_find(show_json_line(line), "parts", &parts))
		return;
	while (show_json_next(&parts, NULL, &part)) {
		e->segments++;
		e->accepted += show_json_find(part, "smsc_id", &id);
	}
}

static void
on_message(void *arg, const char *line)
{
	struct end *e = arg;
	char status[16], word[16];
	if (strcmp(show_json_word(line, "direction", word, sizeof word), "out") != 0)
		return;
	if (!*show_json_word(line, "sent_at", word, sizeof word))
		return;
	show_json_word(line, "status", status, sizeof status);
	if (strcmp(show_json_word(line, "class", word, sizeof word), "campaign") == 0)
		e->reminders++;
	else
		e->answers++;
	e->delivered += strcmp(status, "delivered") == 0;
	e->failed += strcmp(status, "failed") == 0;
	e->expired += strcmp(status, "expired") == 0;
	e->unknown += strcmp(status, "unknown") == 0;
	e->waiting += strcmp(status, "sent") == 0;
	count_parts(e, line);
}

static void
on_inbox(void *arg, const char *line)
{
	struct end *e = arg;
	char intent[24];
	show_json_word(line, "intent", intent, sizeof intent);
	e->replies++;
	if (strcmp(intent, "promise") == 0)
		e->said_promise++;
	else if (strcmp(intent, "paid") == 0)
		e->said_paid++;
	else if (strcmp(intent, "stop") == 0)
		e->said_stop++;
	else if (strcmp(intent, "wrong_number") == 0)
		e->said_wrong++;
	else
		e->unsure++;
}

static void
on_call(void *arg, const char *line)
{
	struct end *e = arg;
	char outcome[24], word[40];
	if (!*show_json_word(line, "started_at", word, sizeof word))
		return;
	show_json_word(line, "outcome", outcome, sizeof outcome);
	e->called++;
	e->keyed += *show_json_word(line, "promise_date", word, sizeof word) != 0;
	if (strcmp(outcome, "right_party") == 0)
		e->right_party++;
	else if (strcmp(outcome, "busy") == 0)
		e->busy++;
	else if (strcmp(outcome, "no_answer") == 0)
		e->nobody++;
	else if (strcmp(outcome, "machine") == 0 || strcmp(outcome, "no_input") == 0)
		e->no_words++;
	else
		e->other++;
}

static void
on_promise(void *arg, const char *line)
{
	struct end *e = arg;
	char status[16];
	show_json_word(line, "status", status, sizeof status);
	e->promises++;
	e->kept += strcmp(status, "kept") == 0;
	e->partial += strcmp(status, "partial") == 0;
	e->broken += strcmp(status, "broken") == 0;
	e->withdrawn += strcmp(status, "withdrawn") == 0;
	e->open += strcmp(status, "open") == 0;
}

static void
on_verdict(void *arg, const char *line)
{
	struct end *e = arg;
	if (!e->verdict_lines++)
		snprintf(e->verdict, sizeof e->verdict, "%s", line);
}

/* Their own books: one line a submit they took. What a SIM takes has no reference of ours to tell a
 * text said again from the same words another day: there the sum must tell. */
static void
read_log(struct end *e, const char *path)
{
	FILE *in = fopen(path, "r");
	char *line = NULL;
	size_t room = 0;
	struct show_json reference;
	if (!in) {
		perror(path);
		return;
	}
	while (getline(&line, &room, in) > 0) {
		e->taken++;
		e->twice +=
		    show_json_find(show_json_line(line), "user_message_reference", &reference) &&
		    show_json_true(line, "twice");
	}
	free(line);
	fclose(in);
}

/* ---- said ---- */

static void __attribute__((format(printf, 3, 4)))
say(struct end *e, const char *name, const char *format, ...)
{
	char text[512];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	buffer_puts(&e->s->out, "  ");
	show_screen_put(e->s, SHOW_BOLD, name);
	buffer_printf(&e->s->out, "%*s%s\n", (int)(12 - strlen(name)), "", text);
}

static void
say_texts(struct end *e)
{
	say(e, "Sent", "%u reminders and %u answers, in %u segments", e->reminders, e->answers,
	    e->segments);
	say(e, "Fate", "%u delivered, %u failed, %u expired, %u unknown%s", e->delivered, e->failed,
	    e->expired, e->unknown, e->waiting ? "" : "; no receipt missing");
	if (e->waiting)
		say(e, "", "%u still wait for a receipt", e->waiting);
}

/* 1234567 as 12,345.67. */
static const char *
money(int64_t minor, char to[32])
{
	char digits[24];
	size_t n = (size_t)snprintf(digits, sizeof digits, "%" PRId64, minor / 100), at = 0;
	for (size_t i = 0; i < n; i++) {
		if (i && (n - i) % 3 == 0)
			to[at++] = ',';
		to[at++] = digits[i];
	}
	snprintf(to + at, 32 - at, ".%02d", (int)(minor % 100));
	return to;
}

static void
say_replies(struct end *e, const struct show_books *b)
{
	char sum[32];
	if (e->called)
		say(e, "Called",
		    "%u: %u proved who they are, %u of them promised by keys; %u busy, %u no "
		    "answer, %u no key, %u else",
		    e->called, e->right_party, e->keyed, e->busy, e->nobody, e->no_words, e->other);
	say(e, "Replied", "%u: %u promised, %u said paid, %u STOP, %u wrong number, %u unsure",
	    e->replies, e->said_promise, e->said_paid, e->said_stop, e->said_wrong, e->unsure);
	say(e, "Promised", "%u: %u kept, %u in part, %u broken, %u replaced, %u open", e->promises,
	    e->kept, e->partial, e->broken, e->withdrawn, e->open);
	say(e, "Paid", "PHP %s in %" PRIu64 " payments, imported day by day", money(b->minor, sum),
	    b->count);
}

static void
say_held(struct end *e, const struct show_tally *t)
{
	enum { TEXT = 46 };
	char text[96];
	say(e, "Held", "%u steps were not said on their day:", t->all.n[SHOW_HELD]);
	for (size_t i = 0; i < t->n_reasons; i++)
		if (t->reasons[i].n)
			buffer_printf(
			    &e->s->out, "%14u  %-15s %s\n", t->reasons[i].n, t->reasons[i].word,
			    show_screen_reason(t->reasons[i].text, TEXT, text, sizeof text));
	say(e, "Waiting", "%" PRId64 " replies to read and %" PRId64 " tasks, for a person",
	    t->waiting_replies, t->waiting_tasks);
}

/* Two books and the chain must agree, or the run has failed. */
static int
say_proof(struct end *e, const struct show_options *o, const struct show_books *b)
{
	int bad = 0;
	if (o->logs) {
		bool same = e->taken == e->accepted && !e->twice;
		say(e, "Compared",
		    "operator and SIMs took %u segments, our store says %u; %u came twice",
		    e->taken, e->accepted, e->twice);
		bad |= !same;
	}
	bad |= show_ask(o, (const char *const[]){"verify", NULL}, on_verdict, e) != 0;
	say(e, "Verified", "%s", e->verdict);
	if (b->failed) {
		say(e, "Wrong", "an import was refused: see %s/show.err", o->home);
		bad = 1;
	}
	if (!e->reminders) {
		say(e, "Wrong", "nothing was sent: see %s/serve.log", o->home);
		bad = 1;
	}
	if (bad)
		show_screen_put(e->s, SHOW_RED, "\n  Something is not as it must be.\n");
	return bad;
}

int
show_end(const struct show_options *o, const struct show_tally *t, const struct show_books *b,
	 struct show_screen *s)
{
	struct end e = {.s = s};
	show_ask(o, (const char *const[]){"messages", "--json", NULL}, on_message, &e);
	show_ask(o, (const char *const[]){"inbox", "--json", NULL}, on_inbox, &e);
	show_ask(o, (const char *const[]){"calls", "--json", NULL}, on_call, &e);
	show_ask(o, (const char *const[]){"promises", "--json", NULL}, on_promise, &e);
	for (unsigned i = 0; i < o->logs; i++)
		read_log(&e, o->log[i]);
	buffer_puts(&s->out, "\n");
	say_texts(&e);
	say_replies(&e, b);
	say_held(&e, t);
	int bad = say_proof(&e, o, b);
	show_screen_flush(s);
	return bad;
}
