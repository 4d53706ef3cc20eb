/* Texts of a script: taken apart once, when they are loaded. */
#include "script_text.h"

#include <stdio.h>
#include <string.h>

const char *const script_as_words[] = {"text", "amount", "date", "digits", "number", NULL};

/* How the fields of the contract, and those of the call, are read when the text does not say. */
static const struct {
	const char *field;
	enum script_as as;
} by_name[] = {
    {"amount", SCRIPT_AS_AMOUNT},         {"amount_oldest", SCRIPT_AS_AMOUNT},
    {"balance", SCRIPT_AS_AMOUNT},        {"due_date", SCRIPT_AS_DATE},
    {"days_overdue", SCRIPT_AS_NUMBER},   {"contact", SCRIPT_AS_DIGITS},
    {"phone", SCRIPT_AS_DIGITS},          {"promise_date", SCRIPT_AS_DATE},
    {"promise_amount", SCRIPT_AS_AMOUNT}, {"digits", SCRIPT_AS_DIGITS},
};

static bool
is_name(char c, bool file)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || (unsigned char)c >= 0x80 || (file && c == '.');
}

static int
wrong(struct script_text_fault *fault, const char *source, const char *at, const char *what)
{
	fault->at = (size_t)(at - source);
	snprintf(fault->text, sizeof fault->text, "%s", what);
	return -1;
}

static enum script_as
as_by_name(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof by_name / sizeof by_name[0]; i++)
		if (strlen(by_name[i].field) == len && memcmp(by_name[i].field, name, len) == 0)
			return by_name[i].as;
	return SCRIPT_AS_TEXT;
}

/* What stands behind the colon. */
static int
parse_as(const char *source, const char *p, const char *end, uint8_t *as,
	 struct script_text_fault *fault)
{
	for (uint8_t i = 0; script_as_words[i] != NULL; i++)
		if (strlen(script_as_words[i]) == (size_t)(end - p) &&
		    memcmp(script_as_words[i], p, (size_t)(end - p)) == 0) {
			*as = i;
			return 0;
		}
	return wrong(fault, source, p,
		     "behind `:` stands how it is read: text, amount, date, digits or number");
}

/* The inside of a hole, p..end, without its braces. */
static int
parse_hole(const char *source, const char *p, const char *end, struct script_piece *piece,
	   struct script_text_fault *fault)
{
	const char *begin = p, *name, *colon;

	while (p < end && *p == ' ')
		p++;
	while (end > p && end[-1] == ' ')
		end--;
	*piece = (struct script_piece){.kind = SCRIPT_FIELD};
	if (p < end && *p == '>') {
		piece->kind = SCRIPT_RECORDING;
		for (p++; p < end && *p == ' ';)
			p++;
	} else if (p < end && strchr("#^/!&{=", *p) != NULL) {
		return wrong(fault, source, p,
			     "a call's texts hold {{field}}, {{field:digits}} and {{> recording}}; "
			     "other ways are taken by steps");
	}
	for (name = p; p < end && is_name(*p, piece->kind == SCRIPT_RECORDING);)
		p++;
	if (p == name || (piece->kind == SCRIPT_RECORDING && *name == '.'))
		return wrong(fault, source, begin, "`{{` and `}}` hold a field's name");
	piece->at = (size_t)(name - source);
	piece->text = name;
	piece->len = (size_t)(p - name);
	if (piece->kind == SCRIPT_RECORDING)
		return p == end ? 0 : wrong(fault, source, p, "a recording has no such name");
	piece->as = (uint8_t)as_by_name(name, piece->len);
	while (p < end && *p == ' ')
		p++;
	if (p == end)
		return 0;
	if (*p != ':')
		return wrong(fault, source, p, "a field's name has letters, digits, `_` and `-`");
	for (colon = p + 1; colon < end && *colon == ' ';)
		colon++;
	return parse_as(source, colon, end, &piece->as, fault);
}

int
script_text_parse(const char *source, struct script_piece pieces[SCRIPT_PIECES], size_t *n,
		  struct script_text_fault *fault)
{
	const char *p = source;

	*n = 0;
	if (strlen(source) > SCRIPT_TEXT_BYTES)
		return wrong(fault, source, source,
			     "too long to be said in one go: make two steps");
	while (*p != '\0') {
		const char *open = strstr(p, "{{"), *close;
		size_t words = open != NULL ? (size_t)(open - p) : strlen(p);

		if (*n + 2 > SCRIPT_PIECES)
			return wrong(fault, source, p,
				     "too many fields for one text: make two steps");
		if (words > 0)
			pieces[(*n)++] = (struct script_piece){.kind = SCRIPT_WORDS,
							       .at = (size_t)(p - source),
							       .text = p,
							       .len = words};
		if (open == NULL)
			break;
		close = strstr(open + 2, "}}");
		if (close == NULL)
			return wrong(fault, source, open, "`{{` is not closed by `}}`");
		if (parse_hole(source, open + 2, close, &pieces[*n], fault) != 0)
			return -1;
		(*n)++;
		p = close + 2;
	}
	return 0;
}

bool
script_piece_is(const struct script_piece *piece, const char *field)
{
	return piece->kind == SCRIPT_FIELD && strlen(field) == piece->len &&
	       memcmp(field, piece->text, piece->len) == 0;
}

bool
script_text_has(const struct script_text *text, const char *field)
{
	for (size_t i = 0; i < text->n; i++)
		if (script_piece_is(&text->pieces[i], field))
			return true;
	return false;
}

void
script_text_place(const struct script_text *text, size_t at, int *line, int *col)
{
	*line = text->line;
	*col = text->col;
	for (size_t i = 0; text->plain && i < at; i++)
		*col += ((unsigned char)text->source[i] & 0xc0) != 0x80;
}

/* Characters, those of scripts that write a syllable in one counted three times. */
static int64_t
count_sounds(const char *text, size_t len)
{
	int64_t n = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if ((c & 0xc0) != 0x80)
			n += c >= 0xe3 ? 3 : 1;
	}
	return n;
}

int64_t
script_text_ms(const struct script_text *text)
{
	static const int64_t field_ms[] = {
	    [SCRIPT_AS_TEXT] = 3000,   [SCRIPT_AS_AMOUNT] = 6000, [SCRIPT_AS_DATE] = 3500,
	    [SCRIPT_AS_DIGITS] = 6000, [SCRIPT_AS_NUMBER] = 2000,
	};
	int64_t ms = 400;

	for (size_t i = 0; i < text->n; i++) {
		const struct script_piece *p = &text->pieces[i];

		if (p->kind == SCRIPT_WORDS)
			ms += 80 * count_sounds(p->text, p->len);
		else
			ms += p->kind == SCRIPT_FIELD ? field_ms[p->as] : 5000;
	}
	return ms;
}
