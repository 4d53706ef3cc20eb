#include "show.h"

#include "show_ask.h"
#include "show_books.h"
#include "show_end.h"
#include "show_screen.h"
#include "show_tally.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A look takes some 40 ms of the machine; five a second leave it to the daemon. */
enum { LOOK_MS = 200, PATIENCE_LOOKS = 100, INBOX_ROWS = 24 };

struct show {
	struct show_options o;
	struct show_tally tally;
	struct show_books books;
	struct show_screen screen;
	int64_t day;      /* whose morning was last */
	int64_t line_day; /* of the last plain line */
	unsigned replied; /* replies counted when the inbox was last read */
};

static volatile sig_atomic_t told_to_stop;

static void
on_signal(int sig)
{
	(void)sig;
	told_to_stop = 1;
}

static int
ask(struct show *w, const char *const words[], show_line *on_line)
{
	return show_ask(&w->o, words, on_line, &w->tally);
}

/* Payments first, then what the day's plan says: that is what the daemon will find too. */
static void
morning(struct show *w)
{
	w->day = w->tally.today;
	show_books_morning(&w->books, w->day);
	ask(w, (const char *const[]){"plan", "--json", NULL}, show_tally_plan);
	ask(w, (const char *const[]){"help", "reasons", "--json", NULL}, show_tally_reason);
}

static void
read_events(struct show *w)
{
	char after[24], limit[8];
	snprintf(after, sizeof after, "%" PRId64, w->tally.seq);
	ask(w, (const char *const[]){"events", "--after", after, "--json", NULL}, show_tally_event);
	if (w->tally.all.n[SHOW_REPLIED] == w->replied)
		return;
	w->replied = w->tally.all.n[SHOW_REPLIED];
	w->tally.n_replies = 0;
	snprintf(limit, sizeof limit, "%d", INBOX_ROWS);
	ask(w, (const char *const[]){"inbox", "--limit", limit, "--json", NULL}, show_tally_reply);
}

static void
draw(struct show *w)
{
	if (w->screen.in_place) {
		show_screen_draw(&w->screen, &w->tally, w->o.days);
	} else if (!w->line_day) {
		w->line_day = w->tally.today;
	} else if (w->tally.today >= w->line_day + (int64_t)w->o.every || !w->tally.serving) {
		show_screen_line(&w->screen, &w->tally);
		w->line_day = w->tally.today;
	}
}

/* One look; false once nobody serves the home any more. */
static bool
look(struct show *w)
{
	/* What is asked after the daemon went is known from the books alone: the sticks stay as
	 * they were last seen. */
	struct show_stick seen[SHOW_STICKS];
	memcpy(seen, w->tally.sticks, sizeof seen);
	if (w->tally.serving)
		ask(w, (const char *const[]){"modems", "--json", NULL}, show_tally_stick);
	int status = ask(w, (const char *const[]){"status", "--json", NULL}, show_tally_status);
	if (status)
		return false;
	if (!w->tally.serving)
		memcpy(w->tally.sticks, seen, sizeof seen);
	read_events(w);
	if (w->tally.serving && w->tally.n_days && w->tally.today != w->day)
		morning(w);
	if (w->tally.n_days && w->day)
		draw(w);
	return w->tally.serving;
}

static void
rest(void)
{
	nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000L}, NULL);
}

/* Until the daemon has come and gone: 0, or -1 when it never came. */
static int
watch(struct show *w)
{
	unsigned looks = 0;
	while (!told_to_stop && !look(w)) {
		if (++looks == PATIENCE_LOOKS)
			return -1;
		rest();
	}
	do
		rest();
	while (!told_to_stop && look(w));
	return 0;
}

static int
run(struct show *w)
{
	struct sigaction stop = {.sa_handler = on_signal};
	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
	if (show_books_open(&w->books, &w->o) != 0)
		return 3;
	show_screen_open(&w->screen);
	int status = watch(w);
	if (status == 0 && !told_to_stop)
		status = show_end(&w->o, &w->tally, &w->books, &w->screen);
	show_screen_close(&w->screen);
	if (status < 0)
		fprintf(stderr, "dunlin-sim: nobody serves %s: see %s/serve.log\n", w->o.home,
			w->o.home);
	show_books_close(&w->books);
	show_tally_fini(&w->tally);
	return told_to_stop ? 128 + SIGINT : status < 0 ? 3 : status;
}

/* ---- the command line ---- */

static void
help(void)
{
	puts("usage: dunlin-sim show --home DIR [OPTIONS]\n\n"
	     "Watches a home while a daemon serves it by the schedule's clock, imports what was\n"
	     "paid each morning, and sums up when the daemon has ended.\n\n"
	     "  --home DIR          the home (.)\n"
	     "  --dunlin PATH       the program that is asked (dunlin)\n"
	     "  --payments FILE     payments.csv, imported day by day\n"
	     "  --keep PERCENT      of the borrowers who keep what they promise (60)\n"
	     "  --log FILE          the --log of the operator or of sticks, to compare the books\n"
	     "                      with; may be said again\n"
	     "  --days N            how long it will take, for the bar\n"
	     "  --every N           days between two lines where nothing can be redrawn (5)\n"
	     "  --seed N            of everything left to chance (1)");
}

static const struct option options[] = {
    {"home", required_argument, NULL, 'H'},     {"dunlin", required_argument, NULL, 'D'},
    {"payments", required_argument, NULL, 'p'}, {"keep", required_argument, NULL, 'k'},
    {"log", required_argument, NULL, 'l'},      {"days", required_argument, NULL, 'd'},
    {"every", required_argument, NULL, 'e'},    {"seed", required_argument, NULL, 's'},
    {"help", no_argument, NULL, 'h'},           {0},
};

static int
parse_number(const char *word, uint64_t least, uint64_t most, uint64_t *n)
{
	char *end;
	errno = 0;
	*n = strtoull(word, &end, 10);
	return errno || end == word || *end || *word == '-' || *n < least || *n > most ? -1 : 0;
}

/* 0, or -1 when the option's value is wrong. */
static int
set_option(struct show_options *o, int c)
{
	switch (c) {
	case 'H': o->home = optarg; return 0;
	case 'D': o->dunlin = optarg; return 0;
	case 'p': o->payments = optarg; return 0;
	case 'l':
		if (o->logs == SHOW_LOGS)
			return -1;
		o->log[o->logs++] = optarg;
		return 0;
	case 'k': return parse_number(optarg, 0, 100, &o->keep);
	case 'd': return parse_number(optarg, 1, SHOW_DAYS, &o->days);
	case 'e': return parse_number(optarg, 1, SHOW_DAYS, &o->every);
	case 's': return parse_number(optarg, 0, UINT64_MAX, &o->seed);
	default: return -1;
	}
}

int
show_main(int argc, char **argv)
{
	static struct show w; /* a tally of 400 days is large for a stack */
	w.o = (struct show_options){
	    .home = ".", .dunlin = "dunlin", .keep = 60, .seed = 1, .every = 5};
	for (int c; (c = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
		if (c == 'h') {
			help();
			return 0;
		}
		if (set_option(&w.o, c)) {
			fprintf(stderr, "dunlin-sim: %s: see dunlin-sim show --help\n",
				c == '?' ? "unknown option" : optarg);
			return 2;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "dunlin-sim: unexpected argument: %s\n", argv[optind]);
		return 2;
	}
	return run(&w);
}
