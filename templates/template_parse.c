/* template_parse.c - from source to code
 *
 * One pass, left to right, over a private copy of the source. The only subtle part is the
 * specification's "standalone" rule: a section, comment, delimiter or partial tag alone on its
 * line takes the whole line with it. Whether a tag stands alone is known when it is met: nothing
 * but blanks between the line's start and the tag (and no other tag, which `clean` remembers),
 * nothing but blanks from the tag to the line's end. */
#include "template_code.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct span {
	char *at;
	char *end;
};

struct parser {
	struct template *t;
	char *at; /* what lies before is done; line and col are its position */
	char *end;
	int line;
	int col;
	bool clean; /* no tag yet on the line of `at`, and `at` is that line's start */
	bool fresh; /* nothing of this line has become code yet */
	const char *open;
	size_t open_len;
	const char *close;
	size_t close_len;
	uint32_t stack[TEMPLATE_MAX_DEPTH]; /* the sections we are in, as indices of code */
	int depth;
	struct template_fault *fault;
};

static int
fail_at(struct parser *p, const struct code *c, const char *before, const char *name,
	const char *after)
{
	template_blame(p->fault, c->line, c->col, before, name, after, NULL);
	return -EINVAL;
}

static int
fail_here(struct parser *p, const char *what)
{
	template_blame(p->fault, p->line, p->col, what, "", "", NULL);
	return -EINVAL;
}

/* Move on to `to`, counting lines and characters. */
static void
advance(struct parser *p, const char *to)
{
	for (; p->at < to; p->at++) {
		if (*p->at == '\n') {
			p->line++;
			p->col = 1;
		} else if (((unsigned char)*p->at & 0xc0) != 0x80) {
			p->col++;
		}
	}
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
is_space(char c)
{
	return is_blank(c) || c == '\n' || c == '\r';
}

static struct span
trimmed(struct span s)
{
	while (s.at < s.end && is_space(*s.at))
		s.at++;
	while (s.end > s.at && is_space(s.end[-1]))
		s.end--;
	return s;
}

/* Doubles an array when it is full. */
static int
room(void **list, uint32_t n, uint32_t *cap, size_t size)
{
	if (n < *cap)
		return 0;
	uint32_t more = *cap == 0 ? 8 : *cap * 2;
	void *grown = realloc(*list, more * size);
	if (grown == NULL)
		return -ENOMEM;
	*list = grown;
	*cap = more;
	return 0;
}

/* Append one step, positioned here. It is the line's first unless something came before it. */
static int
emit(struct parser *p, enum code_kind kind, const char *at, size_t len, bool standalone)
{
	struct template *t = p->t;
	int err = room((void **)&t->code, t->n_code, &t->cap_code, sizeof *t->code);
	if (err != 0)
		return err;
	struct code *c = &t->code[t->n_code++];
	*c = (struct code){.at = at,
			   .len = (uint32_t)len,
			   .kind = (uint8_t)kind,
			   .line = p->line,
			   .col = p->col,
			   .standalone = standalone};
	if (!standalone) {
		c->fresh = p->fresh;
		p->fresh = false;
	}
	return 0;
}

static int
emit_text(struct parser *p, const char *to)
{
	if (p->at == to)
		return 0;
	int err = emit(p, CODE_TEXT, p->at, (size_t)(to - p->at), false);
	if (err == 0)
		p->fresh = to[-1] == '\n';
	advance(p, to);
	return err;
}

static int
add_setting(struct parser *p, struct span name, struct span value)
{
	struct template *t = p->t;
	int err = room((void **)&t->settings, t->n_settings, &t->cap_settings, sizeof *t->settings);
	if (err != 0)
		return err;
	advance(p, name.at);
	t->settings[t->n_settings++] =
	    (struct setting){.name = name.at, .value = value.at, .line = p->line, .col = p->col};
	/* Past the byte that is about to go, which may be a line's end. */
	advance(p, value.end + 1);
	*name.end = '\0';
	*value.end = '\0';
	return 0;
}

/* A first part of the form `word:` is what makes a comment settings and not a remark. */
static bool
is_settings(struct span s)
{
	s = trimmed(s);
	char *c = s.at;
	while (c < s.end && ((*c >= 'a' && *c <= 'z') || *c == '_' || *c == '-'))
		c++;
	return c > s.at && c < s.end && *c == ':';
}

static int
parse_settings(struct parser *p, struct span body)
{
	if (!is_settings(body))
		return 0;
	/* The terminators written below may fall on `;` or on the closing delimiter's first byte:
	 * all are behind the cursor by then. */
	for (char *at = body.at; at < body.end;) {
		char *stop = memchr(at, ';', (size_t)(body.end - at));
		if (stop == NULL)
			stop = body.end;
		struct span name = trimmed((struct span){at, stop});
		struct span value = {name.end, name.end};
		char *colon = memchr(name.at, ':', (size_t)(name.end - name.at));
		if (colon != NULL) {
			value = trimmed((struct span){colon + 1, name.end});
			name = trimmed((struct span){name.at, colon});
		}
		if (name.at < name.end || colon != NULL) {
			int err = add_setting(p, name, value);
			if (err != 0)
				return err;
		}
		at = stop + 1;
	}
	return 0;
}

static int
set_delimiters(struct parser *p, struct span body)
{
	struct span s = trimmed(body);
	char *gap = s.at;
	while (gap < s.end && !is_space(*gap))
		gap++;
	struct span second = trimmed((struct span){gap, s.end});
	bool bad = gap == s.at || second.at == second.end;
	for (char *c = s.at; c < s.end; c++)
		bad = bad || *c == '=' || (c >= second.at && is_space(*c));
	if (bad)
		return fail_here(p, "new delimiters are written as in {{=<% %>=}}");
	p->open = s.at;
	p->open_len = (size_t)(gap - s.at);
	p->close = second.at;
	p->close_len = (size_t)(second.end - second.at);
	return 0;
}

static int
open_section(struct parser *p, const struct code *c)
{
	if (p->depth == TEMPLATE_MAX_DEPTH)
		return fail_at(p, c, "sections are nested too deep here", "", "");
	p->stack[p->depth++] = p->t->n_code - 1;
	return 0;
}

static int
close_section(struct parser *p, const struct code *c)
{
	if (p->depth == 0)
		return fail_at(p, c, "'", c->at, "' is closed here but no section is open");
	struct code *section = &p->t->code[p->stack[--p->depth]];
	if (strcmp(section->at, c->at) != 0)
		return fail_at(p, c, "the open section is '", section->at,
			       "': it must be closed first");
	section->end = p->t->n_code - 1;
	return 0;
}

/* Whatever has a name: fields, sections, partials. */
static int
parse_named(struct parser *p, enum code_kind kind, struct span body, bool standalone, char *lead,
	    size_t indent)
{
	struct span name = trimmed(body);
	size_t len = (size_t)(name.end - name.at);
	if (len == 0)
		return fail_here(p, "this tag is empty");
	if (len > TEMPLATE_MAX_NAME)
		return fail_here(p, "this name is too long");
	/* Most often two tags run into each other because the first lacks its end. */
	if (memmem(name.at, len, p->open, p->open_len) != NULL || memchr(name.at, '\n', len))
		return fail_here(p, "this tag is not closed");
	for (char *c = name.at; c < name.end; c++)
		if ((unsigned char)*c < ' ')
			return fail_here(p, "this name holds a control character");
	advance(p, name.at);
	int err = emit(p, kind, name.at, len, standalone);
	if (err != 0)
		return err;
	/* Past the byte that is about to go, which may be a line's end. */
	advance(p, name.end + 1);
	*name.end = '\0';
	struct code *c = &p->t->code[p->t->n_code - 1];
	c->dotted = len > 1 && memchr(c->at, '.', len) != NULL;
	if (kind == CODE_PARTIAL && standalone) {
		c->lead = lead;
		c->indent = (uint32_t)indent;
	}
	if (kind == CODE_SECTION || kind == CODE_INVERTED)
		return open_section(p, c);
	return kind == CODE_END ? close_section(p, c) : 0;
}

static enum code_kind
kind_of(char sigil)
{
	switch (sigil) {
	case '{': return CODE_RAW;
	case '&': return CODE_RAW;
	case '#': return CODE_SECTION;
	case '^': return CODE_INVERTED;
	case '/': return CODE_END;
	case '>': return CODE_PARTIAL;
	default: return CODE_FIELD;
	}
}

/* Where a tag's content ends, NULL when it never does; *after: where the tag does. */
static char *
find_close(const struct parser *p, char *content, char sigil, char **after)
{
	char own = sigil == '{' ? '}' : sigil == '=' ? '=' : '\0';
	char *at = content;
	while ((at = memmem(at, (size_t)(p->end - at), p->close, p->close_len)) != NULL) {
		if (own == '\0' || (at > content && at[-1] == own)) {
			*after = at + p->close_len;
			return own == '\0' ? at : at - 1;
		}
		/* `}}}}`: the first pair may be the content's end's own brace and half the
		 * delimiter, so go on from the next byte. */
		at++;
	}
	return NULL;
}

/* The start of the line `tag` stands on when only blanks precede it there, else NULL. */
static char *
blank_before(const struct parser *p, char *tag)
{
	char *line = tag;
	while (line > p->at && is_blank(line[-1]))
		line--;
	if (line == p->at)
		return p->clean ? line : NULL;
	return line[-1] == '\n' ? line : NULL;
}

/* The start of the next line when only blanks follow on this one, else NULL. */
static char *
blank_after(const struct parser *p, char *at)
{
	while (at < p->end && is_blank(*at))
		at++;
	if (p->end - at >= 2 && at[0] == '\r' && at[1] == '\n')
		return at + 2;
	if (at < p->end && *at == '\n')
		return at + 1;
	return at == p->end ? at : NULL;
}

static int
parse_tag(struct parser *p, char *tag)
{
	char *content = tag + p->open_len, *after = NULL;
	while (content < p->end && is_blank(*content))
		content++;
	char sigil = content < p->end && strchr("{&#^/>!=", *content) ? *content : '\0';
	if (sigil != '\0')
		content++;
	char *close = find_close(p, content, sigil, &after);
	if (close == NULL) {
		advance(p, tag);
		return fail_here(p, "this tag is not closed");
	}
	char *line = blank_before(p, tag), *next = blank_after(p, after);
	bool standalone =
	    sigil != '\0' && sigil != '{' && sigil != '&' && line != NULL && next != NULL;
	bool first = tag == p->t->source;
	int err = emit_text(p, standalone ? line : tag);
	if (err != 0)
		return err;
	advance(p, tag);
	struct span body = {content, close};
	if (sigil == '!')
		err = first ? parse_settings(p, body) : 0;
	else if (sigil == '=')
		err = set_delimiters(p, body);
	else
		err = parse_named(p, kind_of(sigil), body, standalone, line,
				  line == NULL ? 0 : (size_t)(tag - line));
	if (err != 0)
		return err;
	advance(p, standalone ? next : after);
	p->clean = standalone;
	return 0;
}

static int
parse_source(struct parser *p)
{
	int err = 0;
	while (err == 0 && p->at < p->end) {
		char *tag = memmem(p->at, (size_t)(p->end - p->at), p->open, p->open_len);
		err = tag == NULL ? emit_text(p, p->end) : parse_tag(p, tag);
	}
	if (err != 0 || p->depth == 0)
		return err;
	const struct code *open = &p->t->code[p->stack[p->depth - 1]];
	return fail_at(p, open, "the section '", open->at, "' is never closed");
}

int
template_parse(struct template **out, const char *src, size_t len, struct template_fault *fault)
{
	assert(out != NULL && (src != NULL || len == 0));
	*out = NULL;
	if (len > TEMPLATE_MAX_SOURCE) {
		template_blame(fault, 1, 1, "this template is longer than 64 KiB", "", "", NULL);
		return -E2BIG;
	}
	if (len >= 3 && memcmp(src, "\xef\xbb\xbf", 3) == 0) {
		src += 3;
		len -= 3;
	}
	int err = template_check_encoding(src, len, fault);
	if (err != 0)
		return err;
	struct template *t = calloc(1, sizeof *t);
	if (t == NULL)
		return -ENOMEM;
	t->source = malloc(len + 1);
	if (t->source == NULL) {
		template_free(t);
		return -ENOMEM;
	}
	if (len > 0)
		memcpy(t->source, src, len);
	t->source[len] = '\0';
	struct parser p = {.t = t,
			   .at = t->source,
			   .end = t->source + len,
			   .line = 1,
			   .col = 1,
			   .clean = true,
			   .fresh = true,
			   .open = "{{",
			   .open_len = 2,
			   .close = "}}",
			   .close_len = 2,
			   .fault = fault};
	err = parse_source(&p);
	if (err != 0) {
		template_free(t);
		return err;
	}
	*out = t;
	return 0;
}
