/* template.h - texts with holes: Mustache, compiled once and rendered often
 *
 * The language is the Mustache specification's mandatory part (interpolation, sections, inverted
 * sections, comments, delimiters, partials) without lambdas. Two attitudes are chosen by flags:
 *
 *   the product (flags TEMPLATE_TEXT)   nothing is escaped, and a name the data do not know is a
 *                                       fault: a borrower must never read "you owe  by "
 *   the specification (the other flags) HTML escaping on, what is missing renders as nothing
 *
 *   Ownership   template_parse() copies the source; template_free() takes the template back.
 *               Names and settings handed out live as long as the template.
 *   Threads     a parsed template never changes: any number of threads may render it at once.
 *   Allocation  template_render() allocates nothing: the caller's buffer is all there is.
 *   Errors      0 or a negative errno. What the template's author did is told in a fault.
 *   Positions   lines and columns count from 1; a column is one Unicode character.
 */
#ifndef TEMPLATES_TEMPLATE_H
#define TEMPLATES_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

/* Bounds. They keep a template that somebody mistyped, or that includes itself, from taking the
 * program with it; none is near what a text for a telephone needs. */
#define TEMPLATE_MAX_SOURCE 65536  /* bytes of source */
#define TEMPLATE_MAX_NAME   128    /* bytes of a field's name */
#define TEMPLATE_MAX_DEPTH  32     /* sections in sections; likewise partials in partials */
#define TEMPLATE_MAX_STEPS  200000 /* pieces of template one rendering may visit */

struct template;

/* What is wrong and where. Inside a partial the position is the partial's and `text` names it. */
struct template_fault {
	int line;
	int col;
	char text[200]; /* UTF-8, no newline, no position */
};

/* Compile `len` bytes of UTF-8. A byte order mark is skipped.
 * -EINVAL: the author's mistake, described in *fault; -E2BIG: over TEMPLATE_MAX_SOURCE (also
 * described); -ENOMEM. `fault` may be NULL. */
int template_parse(struct template **out, const char *src, size_t len,
		   struct template_fault *fault);
void template_free(struct template *t); /* NULL is allowed */

/* Settings: a comment at the very start of the source whose first part reads `word:`, as in
 * `{{! class: warn; replies: yes; shift: tr }}`. Any other comment is only a comment.
 * The value of the first setting called `name`, trimmed, "" where nothing follows the colon (or
 * there is no colon); NULL when it is absent. */
const char *template_setting(const struct template *t, const char *name);

/* Walk in the order of the source. A callback that returns anything but 0 ends the walk, and the
 * walk returns that; else 0. The position of a setting is its name's. */
typedef int template_setting_cb(void *ctx, const char *name, const char *value, int line, int col);
typedef int template_name_cb(void *ctx, const char *name, int line, int col);
int template_each_setting(const struct template *t, template_setting_cb *cb, void *ctx);
/* Every name that is looked up in the data, sections included, once per use; `.` is no name. */
int template_each_field(const struct template *t, template_name_cb *cb, void *ctx);
int template_each_partial(const struct template *t, template_name_cb *cb, void *ctx);
/* Every stretch of text between tags, as it is written. */
typedef int template_text_cb(void *ctx, const char *text, size_t len, int line, int col);
int template_each_text(const struct template *t, template_text_cb *cb, void *ctx);

/* One value of the data, as its view sees it. `p` NULL: there is none. */
struct template_node {
	const void *p;
	int kind; /* the view's own business */
};

#define TEMPLATE_NOT_LIST ((size_t)-1)

/* How the renderer walks the caller's data. All functions are total: any node they returned may
 * be asked anything. */
struct template_view_ops {
	/* The member `name` (`len` bytes, also NUL-terminated unless it is part of a dotted
	 * name); p NULL when the node has none by that name. */
	struct template_node (*child)(struct template_node node, const char *name, size_t len);
	/* Items of a list, TEMPLATE_NOT_LIST of anything else; `item` is asked only below it. */
	size_t (*length)(struct template_node node);
	struct template_node (*item)(struct template_node node, size_t i);
	/* Whether a section over it is shown; never asked of lists. */
	bool (*truth)(struct template_node node);
	/* Its text: *len bytes, in storage of the data's or in scratch[cap]; NULL: it has none. */
	const char *(*string)(struct template_node node, char *scratch, size_t cap, size_t *len);
};

struct template_view {
	const struct template_view_ops *ops;
	struct template_node root;
};

/* The ready-made view: a flat table. `value` NULL means the field is known and has no value for
 * this borrower: sections over it are not shown, and to interpolate it is a fault. An empty value
 * renders as nothing and counts as false; every other text is true, "0" included.
 * A name with dots is looked up whole. With a name listed twice the first counts. */
struct template_field {
	const char *name;
	const char *value;
};

struct template_fields {
	const struct template_field *list;
	size_t n;
};

struct template_view template_fields_view(const struct template_fields *fields);

/* Where `{{> name}}` comes from: a parsed template that outlives the rendering, or NULL. */
struct template_partials {
	const struct template *(*find)(void *ctx, const char *name);
	void *ctx;
};

enum template_flags {
	TEMPLATE_ESCAPE_HTML = 1,  /* & < > " in `{{x}}` become entities; `{{{x}}}` stays */
	TEMPLATE_MISSES_EMPTY = 2, /* unknown names and partials render as nothing */
	TEMPLATE_TEXT = 4,         /* for sending: CR LF becomes LF, line ends at the end go */
};

/* Render into buf[cap], NUL-terminated; *len (may be NULL) without the NUL. On failure buf is the
 * empty string: half a text must not be sent.
 * `partials` may be NULL. 0, or with *fault (may be NULL) filled in:
 *   -ENOENT   an unknown name, a field without value, an unknown partial
 *   -ENOBUFS  the text does not fit
 *   -ELOOP    partials nest deeper than TEMPLATE_MAX_DEPTH, or TEMPLATE_MAX_STEPS were spent */
int template_render(const struct template *t, struct template_view data, unsigned flags,
		    const struct template_partials *partials, char *buf, size_t cap, size_t *len,
		    struct template_fault *fault);

#endif
