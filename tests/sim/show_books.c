#include "show_books.h"

#include "dice.h"
#include "show_ask.h"
#include "show_json.h"
#include "show_tally.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A morning's work: the rows to import, and the day whose promises are looked at. */
struct morning {
	struct show_books *b;
	FILE *out;
	uint64_t rows;
	int64_t from, to; /* paid on a day from `from` to before `to` */
	int64_t arrears;  /* of the account asked for last */
};

int
show_books_open(struct show_books *b, const struct show_options *o)
{
	char *line = NULL;
	size_t room = 0, rows_room = 0;
	*b = (struct show_books){.o = o};
	if (!o->payments)
		return 0;
	FILE *in = fopen(o->payments, "r");
	if (!in) {
		perror(o->payments);
		return -1;
	}
	for (bool header = true; getline(&line, &room, in) > 0; header = false) {
		if (header)
			continue;
		if (b->n_rows == rows_room) {
			rows_room = rows_room ? rows_room * 2 : 256;
			b->rows = realloc(b->rows, rows_room * sizeof *b->rows);
			if (!b->rows)
				abort();
		}
		line[strcspn(line, "\r\n")] = 0;
		b->rows[b->n_rows++] = strdup(line);
	}
	free(line);
	fclose(in);
	return 0;
}

void
show_books_close(struct show_books *b)
{
	for (size_t i = 0; i < b->n_rows; i++)
		free(b->rows[i]);
	free(b->rows);
	*b = (struct show_books){0};
}

/* "1250.50" in minor units; amounts of the sample have two decimals. */
static int64_t
parse_minor(const char *amount)
{
	char *end;
	int64_t whole = strtoll(amount, &end, 10);
	return whole * 100 + (*end == '.' ? strtoll(end + 1, NULL, 10) : 0);
}

static void
write_listed(struct morning *m)
{
	for (size_t i = 0; i < m->b->n_rows; i++) {
		const char *row = m->b->rows[i];
		const char *paid_on = strchr(row, ',');
		if (!paid_on)
			continue;
		int64_t day = show_tally_day(paid_on + 1);
		if (day < m->from || day >= m->to)
			continue;
		const char *amount = strchr(paid_on + 1, ',');
		m->b->minor += amount ? parse_minor(amount + 1) : 0;
		fprintf(m->out, "%s\n", row);
		m->rows++;
	}
}

static void
on_account(void *arg, const char *line)
{
	struct morning *m = arg;
	m->arrears = show_json_int(line, "arrears_minor");
}

/* A promise of those days; who made it keeps it, or not. */
static void
on_promise(void *arg, const char *line)
{
	struct morning *m = arg;
	const struct show_options *o = m->b->o;
	char account[64], date[16], status[16];
	int64_t minor = show_json_int(line, "amount_minor");
	show_json_word(line, "account", account, sizeof account);
	show_json_word(line, "status", status, sizeof status);
	int64_t day = show_tally_day(show_json_word(line, "date", date, sizeof date));
	uint64_t throw = dice_mix(o->seed, DICE_PERSON, dice_hash(0, account, strlen(account)));
	if (day < m->from || day >= m->to || strcmp(status, "open") != 0 || throw % 100 >= o->keep)
		return;
	if (!minor) {
		m->arrears = 0;
		show_ask(o, (const char *const[]){"accounts", "--account", account, "--json", NULL},
			 on_account, m);
		minor = m->arrears;
	}
	if (minor <= 0)
		return;
	fprintf(m->out, "%s,%s,%" PRId64 ".%02" PRId64 ",promise-%" PRId64 "\n", account, date,
		minor / 100, minor % 100, show_json_int(line, "id"));
	m->b->minor += minor;
	m->rows++;
}

void
show_books_morning(struct show_books *b, int64_t today)
{
	char path[4096];
	struct morning m = {.b = b, .from = b->done, .to = today};
	snprintf(path, sizeof path, "%s/paid.csv", b->o->home);
	b->done = today;
	m.out = fopen(path, "w");
	if (!m.out) {
		b->failed = 3;
		return;
	}
	fputs("account_id,paid_on,amount,reference\n", m.out);
	write_listed(&m);
	show_ask(b->o, (const char *const[]){"promises", "--json", NULL}, on_promise, &m);
	if (fclose(m.out) || !m.rows)
		return;
	int status = show_ask(
	    b->o, (const char *const[]){"import", "payments", path, "--json", NULL}, NULL, NULL);
	if (status)
		b->failed = status;
	else
		b->count += m.rows;
}
