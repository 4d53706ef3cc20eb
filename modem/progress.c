#include "progress.h"

#include "at_final.h"
#include "fields.h"

#include <stdio.h>
#include <string.h>

#define VOICE       0
#define CAUSES_MOST 127

/* ---- numbers ---- */

/* 27.007 7.6 <type>: 145 is international, whether the plus stands there or not. */
static void
read_number(const char *line, unsigned field, struct progress *out)
{
	char digits[PDU_NUMBER - 1];
	int type = 0;

	if (!fields_text(line, field, digits, sizeof digits))
		return;
	fields_number(line, field + 1, &type);
	if (digits[0] == '\0' || strspn(digits, "+0123456789*#") != strlen(digits))
		return;
	snprintf(out->number, sizeof out->number, "%s%s",
		 type == 145 && digits[0] != '+' ? "+" : "", digits);
}

/* `released` is the stat of its maker that says so. */
static void
put_stat(struct progress *out, int stat, int released)
{
	if (stat == released)
		out->kind = PROGRESS_OVER;
	else if (stat >= PROGRESS_ACTIVE && stat <= PROGRESS_CALL_WAITING) {
		out->kind = PROGRESS_STAT;
		out->stat = (enum progress_stat)stat;
	}
}

/* ---- lines ---- */

/* The columns of +CLCC, from field `first`. */
static void
read_list(const char *line, unsigned first, int released, struct progress *out)
{
	int stat, mode, incoming;

	if (!fields_number(line, first, &out->index) ||
	    !fields_number(line, first + 1, &incoming) || !fields_number(line, first + 2, &stat) ||
	    !fields_number(line, first + 3, &mode) || mode != VOICE)
		return;
	out->incoming = incoming == 1;
	read_number(line, first + 5, out);
	put_stat(out, stat, released);
}

static void
read_clcc(const char *line, struct progress *out)
{
	read_list(line, 0, 6, out);
}

static void
read_qind(const char *line, struct progress *out)
{
	char what[12];

	if (fields_text(line, 0, what, sizeof what) && strcmp(what, "ccinfo") == 0)
		read_list(line, 1, -1, out);
}

/* The longer form has a cause, and the number one field later. */
static void
read_dsci(const char *line, struct progress *out)
{
	static const int stats[] = {-1, 1, 2, 0, 4, 5, 6, 3};
	int stat, incoming, type;

	if (!fields_number(line, 0, &out->index) || !fields_number(line, 1, &incoming) ||
	    !fields_number(line, 2, &stat) || !fields_number(line, 3, &type) || type != VOICE ||
	    stat < 1 || stat > 7)
		return;
	out->incoming = incoming == 1;
	if (fields_number(line, 8, &out->cause))
		read_number(line, 5, out);
	else
		read_number(line, 4, out);
	put_stat(out, stats[stat], 6);
}

static void
read_huawei(const char *line, int stat, struct progress *out)
{
	int type = VOICE;

	if (!fields_number(line, 0, &out->index))
		return;
	fields_number(line, 1, &type);
	if (type == VOICE)
		put_stat(out, stat, -1);
}

static void
read_orig(const char *line, struct progress *out)
{
	read_huawei(line, PROGRESS_DIALLING, out);
}

static void
read_conf(const char *line, struct progress *out)
{
	read_huawei(line, PROGRESS_ALERTING, out);
}

static void
read_conn(const char *line, struct progress *out)
{
	read_huawei(line, PROGRESS_ACTIVE, out);
}

static void
read_cend(const char *line, struct progress *out)
{
	if (!fields_number(line, 0, &out->index))
		return;
	out->kind = PROGRESS_OVER;
	fields_number(line, 3, &out->cause);
}

static void
read_ucallstat(const char *line, struct progress *out)
{
	int stat;

	if (!fields_number(line, 0, &out->index) || !fields_number(line, 1, &stat))
		return;
	put_stat(out, stat == 7 ? PROGRESS_ACTIVE : stat, 6);
}

static void
read_ring(const char *line, struct progress *out)
{
	(void)line;
	out->kind = PROGRESS_RING;
}

static void
read_clip(const char *line, struct progress *out)
{
	char quoted[2];

	/* "+CLIP: 1,1" answers a question. */
	if (strchr(line, '"') == NULL && fields_text(line, 0, quoted, sizeof quoted) &&
	    quoted[0] != '\0')
		return;
	out->kind = PROGRESS_CALLER;
	read_number(line, 0, out);
}

static void
read_ccwa(const char *line, struct progress *out)
{
	if (strchr(line, '"') == NULL)
		return;
	out->kind = PROGRESS_WAITING;
	read_number(line, 0, out);
}

static void
put_over(struct progress *out, int cause)
{
	out->kind = PROGRESS_OVER;
	out->cause = cause;
}

static void
read_busy(const char *line, struct progress *out)
{
	(void)line;
	put_over(out, 17);
}

static void
read_no_answer(const char *line, struct progress *out)
{
	(void)line;
	put_over(out, 19);
}

static void
read_no_carrier(const char *line, struct progress *out)
{
	(void)line;
	put_over(out, -1);
}

static void
read_change(const char *line, struct progress *out)
{
	(void)line;
	out->kind = PROGRESS_ASK;
}

static void
put_key(struct progress *out, int key)
{
	if (key >= 'a' && key <= 'd')
		key -= 'a' - 'A';
	if (key <= 0 || key > 0x7e || strchr("0123456789*#ABCD", key) == NULL)
		return;
	out->kind = PROGRESS_KEY;
	out->key = (char)key;
}

static void
read_tone(const char *line, struct progress *out)
{
	int code;

	if (fields_number(line, 0, &code))
		put_key(out, code);
}

static void
read_key(const char *line, struct progress *out)
{
	char key[4];

	if (fields_text(line, 0, key, sizeof key) && key[0] != '\0' && key[1] == '\0')
		put_key(out, key[0]);
}

static const struct {
	const char *prefix;
	bool whole; /* nothing stands behind */
	void (*read)(const char *line, struct progress *out);
} words[] = {
    {"+CLCC:", false, read_clcc},
    {"+QIND:", false, read_qind},
    {"^DSCI:", false, read_dsci},
    {"^ORIG:", false, read_orig},
    {"^CONF:", false, read_conf},
    {"^CONN:", false, read_conn},
    {"^CEND:", false, read_cend},
    {"+UCALLSTAT:", false, read_ucallstat},
    {"RING", true, read_ring},
    {"+CRING:", false, read_ring},
    {"+CLIP:", false, read_clip},
    {"+CCWA:", false, read_ccwa},
    {"BUSY", true, read_busy},
    {"NO ANSWER", true, read_no_answer},
    {"NO CARRIER", true, read_no_carrier},
    {"NO DIALTONE", true, read_no_carrier},
    {"NO DIAL TONE", true, read_no_carrier},
    {"VOICE CALL:", false, read_change},
    {"MISSED_CALL:", false, read_change},
    {"+WIND: 5", false, read_change},
    {"+WIND: 6", false, read_change},
    {"+QTONEDET:", false, read_tone},
    {"+RXDTMF:", false, read_key},
    {"+DTMF:", false, read_key},
    {"+UUDTMFD:", false, read_key},
};

void
progress_parse(const char *line, struct progress *out)
{
	*out = (struct progress){.index = -1, .incoming = -1, .cause = -1};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (words[i].whole ? strcmp(line, words[i].prefix) == 0
				   : at_begins(line, words[i].prefix)) {
			words[i].read(line, out);
			break;
		}
	if (out->cause < 1 || out->cause > CAUSES_MOST)
		out->cause = -1;
}

/* ---- AT+CEER ---- */

/* 24.008 annex H, in the words makers took from it. */
static const struct {
	const char *word;
	int cause;
} causes[] = {
    {"unassigned", 1},
    {"unallocated", 1},
    {"no route", 3},
    {"normal call clearing", 16},
    {"user busy", 17},
    {"userbusy", 17},
    {"no user responding", 18},
    {"alerting", 19},
    {"no answer", 19},
    {"absent", 20},
    {"rejected", 21},
    {"number changed", 22},
    {"destination out of order", 27},
    {"invalid number", 28},
    {"no circuit", 34},
    {"network out of order", 38},
    {"temporary failure", 41},
    {"congestion", 42},
    {"no service", 38},
};

/* The next number of text; -1 behind the last. */
static int
next_number(const char **text)
{
	const char *at = *text + strcspn(*text, "0123456789");
	int number = 0;

	if (*at == '\0')
		return -1;
	for (; *at >= '0' && *at <= '9'; at++)
		if (number <= CAUSES_MOST)
			number = number * 10 + (*at - '0');
	*text = at;
	return number;
}

int
progress_cause(const char *text)
{
	const char *at = text;
	int first, second;

	for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++)
		if (strcasestr(text, causes[i].word) != NULL)
			return causes[i].cause;
	first = next_number(&at);
	second = strchr(text, ',') != NULL && text[strspn(text, " ")] >= '0' &&
			 text[strspn(text, " ")] <= '9'
		     ? next_number(&at)
		     : -1; /* "8,17,0": where it was, and what */
	if (second > 0)
		first = second;
	return first >= 1 && first <= CAUSES_MOST ? first : -1;
}
