/* template_code.h - what a parsed template looks like inside (template_*.c only) */
#ifndef TEMPLATES_TEMPLATE_CODE_H
#define TEMPLATES_TEMPLATE_CODE_H

#include "template.h"

#include <stdint.h>

enum code_kind {
	CODE_TEXT,     /* `at`, `len`: bytes as they are */
	CODE_FIELD,    /* {{x}} */
	CODE_RAW,      /* {{{x}}} and {{&x}} */
	CODE_SECTION,  /* {{#x}}: `end` is the index of its CODE_END */
	CODE_INVERTED, /* {{^x}}: likewise */
	CODE_END,      /* {{/x}} */
	CODE_PARTIAL,  /* {{>x}}: `lead`, `indent`: the white space before it */
};

/* One step of rendering. `at` points into the template's own copy of the source; names there are
 * NUL-terminated by writing over the first byte of what follows them inside their tag. */
struct code {
	const char *at;
	const char *lead;
	uint32_t len;
	uint32_t end;
	uint32_t indent;
	uint8_t kind;
	bool dotted;     /* a name that may have to be walked part by part */
	bool standalone; /* a partial alone on its line: its lines take the line's indentation */
	bool fresh;      /* the first thing on its line: an indented partial is indented here */
	int line;
	int col;
};

struct setting {
	const char *name;
	const char *value;
	int line;
	int col;
};

struct template
{
	char *source;
	struct code *code;
	uint32_t n_code;
	uint32_t cap_code;
	struct setting *settings;
	uint32_t n_settings;
	uint32_t cap_settings;
};

/* Fill in *fault (NULL is allowed) with BEFORE NAME AFTER, and the partial it happened in. */
void template_blame(struct template_fault *fault, int line, int col, const char *before,
		    const char *name, const char *after, const char *partial);

/* 0, or -EINVAL with *fault at the first byte that is not UTF-8 text. */
int template_check_encoding(const char *src, size_t len, struct template_fault *fault);

#endif
