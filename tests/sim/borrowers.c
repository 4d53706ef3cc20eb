#include "borrowers.h"

#include "dice.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DAYS = 35, DAY_SECONDS = 86400 };

struct portfolio {
	uint64_t accounts;
	uint64_t seed;
	time_t today; /* midnight UTC: only whole days are counted from it */
	const char *out;
	const char *payments;
	uint64_t paying; /* percent of the accounts */
	bool two_amounts;
};

/* What dice are thrown for, besides those of dice.h; the account's number is mixed in. */
enum toss {
	TOSS_NAME,
	TOSS_SURNAME,
	TOSS_DUE,
	TOSS_AMOUNT,
	TOSS_KIND,
	TOSS_PAYS,
	TOSS_DAY,
	TOSS_PART
};

static const char *const given[] = {"Maria",   "Jose",  "Ana",    "Juan",  "Liza",    "Ramon",
				    "Grace",   "Noel",  "Rosa",   "Paolo", "Cecilia", "Marvin",
				    "Jocelyn", "Arnel", "Divina", "Rico"};
static const char *const surnames[] = {"Santos", "Reyes",  "Cruz",    "Bautista",
				       "Ocampo", "Garcia", "Mendoza", "Torres",
				       "Flores", "Ramos",  "Aquino",  "Villanueva"};
static const char *const products[] = {"payday", "salary", "motorcycle", "sari-sari"};
static const char *const risks[] = {"low", "medium", "high"};

#define PICK(list, n) (list)[(n) % (sizeof(list) / sizeof(list)[0])]

static uint64_t
toss(const struct portfolio *p, enum toss what, uint64_t account)
{
	return dice_mix(p->seed + (uint64_t)what * 1000003, DICE_PERSON, account);
}

static void
format_date(time_t day, char date[16])
{
	struct tm tm;
	gmtime_r(&day, &tm);
	strftime(date, 16, "%Y-%m-%d", &tm);
}

/*
 * Overdue by up to five weeks, or due within the next five: over the following 35 days each day
 * has accounts on every step from -3 to 35.
 */
static int
due_day(const struct portfolio *p, uint64_t account)
{
	return (int)(toss(p, TOSS_DUE, account) % (2 * DAYS + 1)) - DAYS;
}

static uint64_t
amount_minor(const struct portfolio *p, uint64_t account)
{
	/* PHP 300.00 to 15,000.00; most are round, some are not. */
	uint64_t t = toss(p, TOSS_AMOUNT, account);
	return 30000 + t % 14701 * 100 + (t >> 32 & 3 ? 0 : t >> 40 & 63);
}

static void
write_account(const struct portfolio *p, uint64_t n, FILE *out)
{
	char due[16];
	uint64_t amount = amount_minor(p, n), kind = toss(p, TOSS_KIND, n);
	int day = due_day(p, n);
	const char *language = kind % 10 < 6 ? "en" : "fil";
	const char *segment = day < -21 ? "late" : "early";
	format_date(p->today + day * DAY_SECONDS, due);
	/* Nine digits after +63 9: 17 and seven of the account, 18 beyond ten million. */
	for (int part = 0; part < (p->two_amounts && kind % 5 == 0 ? 2 : 1); part++) {
		if (part)
			format_date(p->today + (day + 30) * DAY_SECONDS, due);
		fprintf(
		    out,
		    "A%07llu,%s %s,+639%02llu%07llu,%s,%llu.%02llu,PHP,%s,Asia/Manila,%s,%s,%s\n",
		    (unsigned long long)n, PICK(given, toss(p, TOSS_NAME, n)),
		    PICK(surnames, toss(p, TOSS_SURNAME, n)),
		    (unsigned long long)(17 + n / 10000000), (unsigned long long)(n % 10000000),
		    due, (unsigned long long)(amount / 100), (unsigned long long)(amount % 100),
		    language, PICK(products, kind >> 8), segment, PICK(risks, kind >> 16));
	}
}

/* Some pay all, some half; some a little too late to have kept what they said. */
static void
write_payment(const struct portfolio *p, uint64_t n, FILE *out)
{
	if (toss(p, TOSS_PAYS, n) % 100 >= p->paying)
		return;
	char paid_on[16];
	uint64_t amount = amount_minor(p, n), part = toss(p, TOSS_PART, n);
	if (part % 4 == 0)
		amount /= 2;
	uint64_t day = 1 + toss(p, TOSS_DAY, n) % DAYS;
	format_date(p->today + (time_t)day * DAY_SECONDS, paid_on);
	fprintf(out, "A%07llu,%s,%llu.%02llu,OR%07llu\n", (unsigned long long)n, paid_on,
		(unsigned long long)(amount / 100), (unsigned long long)(amount % 100),
		(unsigned long long)n);
}

static FILE *
open_out(const char *path)
{
	if (strcmp(path, "-") == 0)
		return stdout;
	FILE *out = fopen(path, "w");
	if (!out)
		perror(path);
	return out;
}

static int
close_out(FILE *out, const char *path)
{
	int bad = ferror(out);
	if (out == stdout ? fflush(out) : fclose(out))
		bad = 1;
	if (bad)
		fprintf(stderr, "dunlin-sim: %s could not be written whole\n", path);
	return bad ? 3 : 0;
}

static int
write_file(const struct portfolio *p, const char *path, const char *header,
	   void (*row)(const struct portfolio *, uint64_t, FILE *))
{
	FILE *out = open_out(path);
	if (!out)
		return 3;
	fputs(header, out);
	for (uint64_t n = 1; n <= p->accounts; n++)
		row(p, n, out);
	return close_out(out, path);
}

static void
help(void)
{
	puts("usage: dunlin-sim borrowers [OPTIONS]\n\n"
	     "Writes a sample portfolio, the same for the same seed.\n\n"
	     "  --accounts N        how many (100)\n"
	     "  --seed N            of everything left to chance (1)\n"
	     "  --today DATE        the day the due dates are spread around (today)\n"
	     "  -o, --output FILE   accounts.csv; - is standard output (the default)\n"
	     "  --payments FILE     and payments of the 35 days after\n"
	     "  --paying PERCENT    of the accounts that pay in them (40)\n"
	     "  --two-amounts       a fifth of the accounts has a second amount 30 days later");
}

static int
parse_today(const char *word, time_t *today)
{
	struct tm tm = {0};
	const char *end = strptime(word, "%Y-%m-%d", &tm);
	if (!end || *end)
		return -1;
	*today = timegm(&tm);
	return 0;
}

static int
parse_number(const char *word, uint64_t most, uint64_t *n)
{
	char *end;
	errno = 0;
	*n = strtoull(word, &end, 10);
	return errno || end == word || *end || *word == '-' || *n > most ? -1 : 0;
}

static const struct option options[] = {
    {"accounts", required_argument, NULL, 'n'},
    {"seed", required_argument, NULL, 's'},
    {"today", required_argument, NULL, 't'},
    {"output", required_argument, NULL, 'o'},
    {"payments", required_argument, NULL, 'p'},
    {"paying", required_argument, NULL, 'y'},
    {"two-amounts", no_argument, NULL, '2'},
    {"help", no_argument, NULL, 'h'},
    {0},
};

/* 0, or -1 when the option's value is wrong. */
static int
set_option(struct portfolio *p, int c)
{
	switch (c) {
	case 'n': return parse_number(optarg, 80000000, &p->accounts);
	case 's': return parse_number(optarg, UINT64_MAX, &p->seed);
	case 't': return parse_today(optarg, &p->today);
	case 'y': return parse_number(optarg, 100, &p->paying);
	case 'o': p->out = optarg; return 0;
	case 'p': p->payments = optarg; return 0;
	case '2': p->two_amounts = true; return 0;
	default: return -1;
	}
}

int
borrowers_main(int argc, char **argv)
{
	time_t now = time(NULL);
	struct portfolio p = {.accounts = 100, .seed = 1, .out = "-", .paying = 40};
	p.today = now - now % DAY_SECONDS;
	for (int c; (c = getopt_long(argc, argv, "o:h", options, NULL)) != -1;) {
		if (c == 'h') {
			help();
			return 0;
		}
		if (set_option(&p, c)) {
			fprintf(stderr, "dunlin-sim: %s: see dunlin-sim borrowers --help\n",
				c == '?' ? "unknown option" : optarg);
			return 2;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "dunlin-sim: unexpected argument: %s\n", argv[optind]);
		return 2;
	}
	int status = write_file(&p, p.out,
				"account_id,name,phone,due_date,amount_due,currency,language,"
				"timezone,product,segment,risk\n",
				write_account);
	if (!status && p.payments)
		status = write_file(&p, p.payments, "account_id,paid_on,amount,reference\n",
				    write_payment);
	return status;
}
