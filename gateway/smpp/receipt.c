#include "receipt.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "status.h"

/* Enough for every receipt's fields; only the quoted text at its end may be longer. */
#define TEXT_SIZE 512

enum field { F_ID, F_SUB, F_DLVRD, F_SUBMIT, F_DONE, F_STAT, F_ERR, F_TEXT, FIELDS };

struct fields {
	char values[FIELDS][SMPP_ID_SIZE];
	bool present[FIELDS];
	bool begins_with_id;
	const char *quoted; /* behind text:, or NULL */
};

/* ---- the text ------------------------------------------------------------------------------ */

/* Half of the octets of plain words in UCS-2 are NULs, whichever end comes first. */
static bool
looks_like_ucs2(const struct smpp_deliver *deliver)
{
	size_t nuls = 0;

	for (size_t i = 0; i < deliver->len; i++)
		nuls += deliver->octets[i] == 0;
	return nuls >= deliver->len / 3;
}

/* The octets as plain ASCII, EXCERPT_BLANK for what is none. NULs of UCS-2 go; others stand where
 * some operators part fields with them. 0x11 is the underscore in the GSM alphabet (3GPP
 * TS 23.038 6.2.1), and ids have underscores. */
static void
plain_text(const struct smpp_deliver *deliver, char out[TEXT_SIZE])
{
	bool ucs2 = looks_like_ucs2(deliver);
	size_t n = 0;

	for (size_t i = 0; i < deliver->len && n < TEXT_SIZE - 1; i++) {
		uint8_t c = deliver->octets[i];

		if (c == 0 && ucs2)
			continue;
		if (c == 0)
			c = ' ';
		if (c == 0x11)
			c = '_';
		out[n++] = isspace(c) ? ' ' : c > 0x20 && c < 0x7f ? (char)c : EXCERPT_BLANK;
	}
	out[n] = '\0';
}

/* If a field's name and its colon stand at p, the field, and *value behind the colon. "submit date"
 * is also written submit_date and submitdate. */
static bool
field_at(const char *p, enum field *field, const char **value)
{
	static const char *const names[FIELDS] = {"id",        "sub",  "dlvrd", "submit date",
						  "done date", "stat", "err",   "text"};

	for (int f = 0; f < FIELDS; f++) {
		const char *name = names[f], *q = p;

		for (; *name != '\0'; name++) {
			if (*name == ' ')
				q += *q == ' ' || *q == '_';
			else if (tolower((unsigned char)*q) == *name)
				q++;
			else
				break;
		}
		if (*name != '\0' || *q != ':')
			continue;
		*field = (enum field)f;
		*value = q + 1;
		return true;
	}
	return false;
}

/* Copies one token; a field whose value is missing is followed by the next field's name. */
static const char *
take_value(const char *p, char out[SMPP_ID_SIZE])
{
	enum field next;
	const char *after;
	size_t n = 0;

	while (*p == ' ')
		p++;
	out[0] = '\0';
	if (field_at(p, &next, &after))
		return p;
	for (; *p != '\0' && *p != ' ' && *p != ',' && *p != ';'; p++)
		if (n < SMPP_ID_SIZE - 1)
			out[n++] = *p != EXCERPT_BLANK ? *p : '?';
	out[n] = '\0';
	return p;
}

static void
split_fields(const char *text, struct fields *out)
{
	const char *p = text, *value;
	enum field field;
	bool at_word = true, first = true;

	memset(out, 0, sizeof *out);
	while (*p != '\0') {
		if (!at_word || !field_at(p, &field, &value)) {
			first = first && *p == ' ';
			at_word = *p == ' ' || *p == ',' || *p == ';';
			p++;
			continue;
		}
		out->begins_with_id |= first && field == F_ID;
		first = false;
		if (field == F_TEXT) {
			out->quoted = value; /* the borrower's text: no fields in it */
			break;
		}
		if (out->present[field]) {
			p = value;
			continue;
		}
		out->present[field] = true;
		p = take_value(value, out->values[field]);
		at_word = true;
	}
}

static enum receipt_state
state_of_word(const char *word)
{
	/* Beginnings are enough: words are cut to seven letters, or not, as the operator likes. */
	static const struct {
		const char *begins;
		enum receipt_state state;
	} words[] = {
	    {"DELIV", RECEIPT_DELIVERED},    {"EXPIR", RECEIPT_EXPIRED},
	    {"DELET", RECEIPT_DELETED},      {"UNDEL", RECEIPT_UNDELIVERABLE},
	    {"FAIL", RECEIPT_UNDELIVERABLE}, {"ACCEP", RECEIPT_ACCEPTED},
	    {"ACKED", RECEIPT_ACCEPTED},     {"UNKNO", RECEIPT_UNKNOWN},
	    {"REJEC", RECEIPT_REJECTED},     {"BLOCK", RECEIPT_REJECTED},
	    {"ENROU", RECEIPT_ENROUTE},      {"BUFFE", RECEIPT_ENROUTE},
	    {"QUEUE", RECEIPT_ENROUTE},      {"SENT", RECEIPT_ENROUTE},
	    {"SUBMI", RECEIPT_ENROUTE},
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strncasecmp(word, words[i].begins, strlen(words[i].begins)) == 0)
			return words[i].state;
	if (word[0] >= '1' && word[0] <= '8' && word[1] == '\0')
		return (enum receipt_state)(word[0] - '0');
	return RECEIPT_NO_STATE;
}

static int
count_of(const char *value)
{
	int n = 0;

	if (value[0] == '\0')
		return -1;
	for (; *value != '\0'; value++) {
		if (!isdigit((unsigned char)*value) || n > 9999)
			return -1;
		n = n * 10 + (*value - '0');
	}
	return n;
}

static bool
all_zeros(const char *value)
{
	return value[strspn(value, "0")] == '\0';
}

/* ---- dates --------------------------------------------------------------------------------- */

static unsigned
digits(const char *p, int n)
{
	unsigned v = 0;

	while (n-- > 0)
		v = v * 10 + (unsigned)(*p++ - '0');
	return v;
}

static struct receipt_time
time_of(unsigned year, const char *rest, bool seconds)
{
	struct receipt_time t = {.year = (uint16_t)year};

	t.month = (uint8_t)digits(rest, 2);
	t.day = (uint8_t)digits(rest + 2, 2);
	t.hour = (uint8_t)digits(rest + 4, 2);
	t.minute = (uint8_t)digits(rest + 6, 2);
	t.second = seconds ? (uint8_t)digits(rest + 8, 2) : 0;
	t.known = t.month >= 1 && t.month <= 12 && t.day >= 1 && t.day <= 31 && t.hour <= 23 &&
		  t.minute <= 59 && t.second <= 60;
	return t;
}

/* YYMMDDhhmm with or without seconds, or the same with a year of four digits; tenths and quarters
 * of SMPP's own format (15 and 16 characters) are left out. */
static struct receipt_time
parse_time(const char *value)
{
	char d[20];
	size_t n = 0;
	struct receipt_time t = {0};

	for (; *value != '\0' && n < sizeof d - 1; value++) {
		if (isdigit((unsigned char)*value))
			d[n++] = *value;
		else if (strchr("-/:.T", *value) == NULL)
			break;
	}
	d[n] = '\0';
	if (n < 10 || all_zeros(d))
		return t;
	if (n >= 14 && digits(d, 2) == 20)
		t = time_of(digits(d, 4), d + 4, true);
	if (!t.known)
		t = time_of(2000 + digits(d, 2), d + 2, n >= 12);
	if (!t.known && n == 12)
		t = time_of(digits(d, 4), d + 4, false);
	return t.known ? t : (struct receipt_time){0};
}

/* ---- what it quotes ------------------------------------------------------------------------- */

/* The words behind text:, without blanks around them.  In UCS-2 only if all of it is ASCII: of
 * other letters plain_text() leaves two of ASCII that nobody wrote. */
static void
quote(const struct smpp_deliver *deliver, const char *quoted, char out[EXCERPT_SIZE])
{
	size_t nuls = 0, n;

	for (size_t i = 0; i < deliver->len; i++)
		nuls += deliver->octets[i] == 0;
	out[0] = '\0';
	if (quoted == NULL || (looks_like_ucs2(deliver) && nuls < deliver->len / 2))
		return;
	quoted += strspn(quoted, " ");
	n = strnlen(quoted, EXCERPT_SIZE - 1);
	while (n > 0 && quoted[n - 1] == ' ')
		n--;
	memcpy(out, quoted, n);
	out[n] = '\0';
}

/* ---- all together -------------------------------------------------------------------------- */

static void
fill_from_text(const struct fields *fields, struct receipt *out)
{
	snprintf(out->id, sizeof out->id, "%s", fields->values[F_ID]);
	out->state = state_of_word(fields->values[F_STAT]);
	if (!all_zeros(fields->values[F_ERR]))
		snprintf(out->error, sizeof out->error, "%.23s", fields->values[F_ERR]);
	out->done = parse_time(fields->values[F_DONE]);
	out->submitted = count_of(fields->values[F_SUB]);
	out->delivered = count_of(fields->values[F_DLVRD]);
	/* Words of the operator only: what stands behind text: is what we wrote ourselves. */
	out->blocked = smpp_info_says_blocked(fields->values[F_STAT]) ||
		       smpp_info_says_blocked(fields->values[F_ERR]);
}

/* TLVs were made for machines: what they say wins. */
static void
fill_from_tlvs(const struct smpp_deliver *deliver, struct receipt *out)
{
	if (deliver->receipted_id[0] != '\0')
		memcpy(out->id, deliver->receipted_id, sizeof out->id);
	if (deliver->has_message_state && deliver->message_state >= RECEIPT_ENROUTE &&
	    deliver->message_state <= RECEIPT_REJECTED)
		out->state = (enum receipt_state)deliver->message_state;
	if (deliver->has_network_error && deliver->network_error != 0) {
		snprintf(out->error, sizeof out->error, "%u", deliver->network_error);
		out->network_type = deliver->network_type;
	}
	out->has_user_message_reference = deliver->has_user_message_reference;
	out->user_message_reference = deliver->user_message_reference;
}

static bool
looks_like_one(const struct smpp_deliver *deliver, const struct fields *fields)
{
	bool more = fields->present[F_SUB] || fields->present[F_DLVRD] ||
		    fields->present[F_SUBMIT] || fields->present[F_DONE] || fields->present[F_ERR];

	return fields->begins_with_id && fields->values[F_ID][0] != '\0' && more &&
	       state_of_word(fields->values[F_STAT]) != RECEIPT_NO_STATE && deliver->udh_len == 0 &&
	       !deliver->part.present;
}

enum receipt_kind
receipt_parse(const struct smpp_deliver *deliver, struct receipt *out)
{
	unsigned type = deliver->esm_class & SMPP_ESM_TYPE_MASK;
	bool marked = type == SMPP_ESM_RECEIPT || type == SMPP_ESM_INTERMEDIATE;
	bool in_tlvs = deliver->receipted_id[0] != '\0' && deliver->has_message_state;
	char text[TEXT_SIZE];
	struct fields fields;

	plain_text(deliver, text);
	split_fields(text, &fields);
	if (!marked && !in_tlvs && !looks_like_one(deliver, &fields))
		return RECEIPT_NOT;
	memset(out, 0, sizeof *out);
	fill_from_text(&fields, out);
	fill_from_tlvs(deliver, out);
	quote(deliver, fields.quoted, out->excerpt);
	if (type == SMPP_ESM_INTERMEDIATE && out->state == RECEIPT_NO_STATE)
		out->state = RECEIPT_ENROUTE;
	if (out->id[0] == '\0' || out->state == RECEIPT_NO_STATE)
		return RECEIPT_UNREADABLE;
	return marked || in_tlvs ? RECEIPT_SURE : RECEIPT_LIKELY;
}

bool
receipt_state_final(enum receipt_state state)
{
	return state != RECEIPT_NO_STATE && state != RECEIPT_ENROUTE && state != RECEIPT_ACCEPTED;
}

const char *
receipt_state_name(enum receipt_state state)
{
	static const char *const names[] = {"none",     "enroute", "delivered",
					    "expired",  "deleted", "undeliverable",
					    "accepted", "unknown", "rejected"};

	return (unsigned)state < sizeof names / sizeof names[0] ? names[state] : "none";
}
