/* template_render.c - from code and data to text
 *
 * Scopes and indentations are lists on the C stack, one link for each open section or partial;
 * the bounds on nesting bound the stack. Nothing is allocated. */
#include "template_code.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

/* The data a section is over, and those of the sections around it. */
struct scope {
	struct template_node node;
	const struct scope *outer;
};

/* What stands before each line of an indented partial. */
struct indent {
	const char *at;
	size_t len;
	const struct indent *outer;
};

struct render {
	const struct template_view_ops *ops;
	const struct template_partials *partials;
	struct template_fault *fault;
	unsigned flags;
	unsigned steps;
	char *buf;
	size_t cap;
	size_t len;
};

/* One template being rendered: the main one, or a partial. */
struct frame {
	const struct template *t;
	const struct indent *indent;
	const char *partial; /* its name, NULL for the main template */
	int depth;
};

/* `what` begins with the quote that ends the name; plain text has no name to put in quotes. */
static int
fail(struct render *r, const struct frame *f, const struct code *c, int err, const char *what)
{
	if (c->kind == CODE_TEXT)
		template_blame(r->fault, c->line, c->col, "this text", "", what + 1, f->partial);
	else
		template_blame(r->fault, c->line, c->col, "'", c->at, what, f->partial);
	return err;
}

static int
put(struct render *r, const char *s, size_t n)
{
	/* One byte is kept for the final NUL. */
	if (n >= r->cap - r->len)
		return -ENOBUFS;
	memcpy(r->buf + r->len, s, n);
	r->len += n;
	return 0;
}

static int
put_indent(struct render *r, const struct indent *i)
{
	if (i == NULL)
		return 0;
	int err = put_indent(r, i->outer);
	return err != 0 ? err : put(r, i->at, i->len);
}

/* Text keeps its lines together; inside an indented partial they are taken one by one. */
static int
put_lines(struct render *r, const struct code *c, const struct indent *indent)
{
	const char *at = c->at, *end = c->at + c->len;
	if (indent == NULL)
		return put(r, at, c->len);
	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		stop = stop == NULL ? end : stop + 1;
		int err = put(r, at, (size_t)(stop - at));
		if (err == 0 && stop < end)
			err = put_indent(r, indent);
		if (err != 0)
			return err;
		at = stop;
	}
	return 0;
}

static int
put_escaped(struct render *r, const char *s, size_t n)
{
	int err = 0;
	for (size_t i = 0; i < n && err == 0; i++) {
		switch (s[i]) {
		case '&': err = put(r, "&amp;", 5); break;
		case '<': err = put(r, "&lt;", 4); break;
		case '>': err = put(r, "&gt;", 4); break;
		case '"': err = put(r, "&quot;", 6); break;
		default: err = put(r, s + i, 1); break;
		}
	}
	return err;
}

/* The specification's rule: only the first part is looked for outwards; the others must follow
 * from what it found. */
static struct template_node
resolve_dotted(const struct render *r, const struct code *c, const struct scope *s)
{
	const char *at = c->at, *end = c->at + c->len;
	const char *dot = memchr(at, '.', c->len);
	struct template_node node = {NULL, 0};
	for (; s != NULL && node.p == NULL; s = s->outer)
		node = r->ops->child(s->node, at, (size_t)(dot - at));
	while (node.p != NULL && dot != end) {
		at = dot + 1;
		dot = memchr(at, '.', (size_t)(end - at));
		if (dot == NULL)
			dot = end;
		node = r->ops->child(node, at, (size_t)(dot - at));
	}
	return node;
}

static struct template_node
resolve(const struct render *r, const struct code *c, const struct scope *scope)
{
	if (c->len == 1 && c->at[0] == '.')
		return scope->node;
	for (const struct scope *s = scope; s != NULL; s = s->outer) {
		struct template_node node = r->ops->child(s->node, c->at, c->len);
		if (node.p != NULL)
			return node;
	}
	if (c->dotted)
		return resolve_dotted(r, c, scope);
	return (struct template_node){NULL, 0};
}

static int
render_field(struct render *r, const struct frame *f, const struct code *c,
	     const struct scope *scope)
{
	char scratch[64];
	size_t n = 0;
	const char *s = NULL;
	struct template_node node = resolve(r, c, scope);
	if (node.p != NULL)
		s = r->ops->string(node, scratch, sizeof scratch, &n);
	if (s == NULL) {
		if (r->flags & TEMPLATE_MISSES_EMPTY)
			return 0;
		return fail(r, f, c, -ENOENT,
			    node.p == NULL ? "' is not a known field" : "' has no value");
	}
	int err = c->kind == CODE_FIELD && (r->flags & TEMPLATE_ESCAPE_HTML) ? put_escaped(r, s, n)
									     : put(r, s, n);
	return err == 0 ? 0 : fail(r, f, c, err, "' makes the text too long");
}

static int run(struct render *r, const struct frame *f, uint32_t from, uint32_t to,
	       const struct scope *scope);

/* Sections run their body and its CODE_END, which may be the first thing on a line. */
static int
render_section(struct render *r, const struct frame *f, uint32_t at, const struct scope *scope)
{
	const struct code *c = &f->t->code[at];
	struct scope inner = {resolve(r, c, scope), scope};
	if (inner.node.p == NULL && !(r->flags & TEMPLATE_MISSES_EMPTY))
		return fail(r, f, c, -ENOENT, "' is not a known field");
	size_t n = inner.node.p == NULL ? 0 : r->ops->length(inner.node);
	bool list = n != TEMPLATE_NOT_LIST;
	bool shown = list ? n > 0 : r->ops->truth(inner.node);
	if (c->kind == CODE_INVERTED)
		return shown ? 0 : run(r, f, at + 1, c->end + 1, scope);
	if (!shown)
		return 0;
	if (!list)
		return run(r, f, at + 1, c->end + 1, &inner);
	struct template_node items = inner.node;
	int err = 0;
	for (size_t i = 0; i < n && err == 0; i++) {
		inner.node = r->ops->item(items, i);
		err = run(r, f, at + 1, c->end + 1, &inner);
	}
	return err;
}

static int
render_partial(struct render *r, const struct frame *f, const struct code *c,
	       const struct scope *scope)
{
	const struct template *t =
	    r->partials == NULL ? NULL : r->partials->find(r->partials->ctx, c->at);
	if (t == NULL)
		return r->flags & TEMPLATE_MISSES_EMPTY
			   ? 0
			   : fail(r, f, c, -ENOENT, "' is not a known partial");
	if (f->depth == TEMPLATE_MAX_DEPTH)
		return fail(r, f, c, -ELOOP, "' includes itself without end");
	struct indent own = {c->lead, c->indent, f->indent};
	/* A partial in the middle of a line continues that line: it is indented by nobody. */
	struct frame inner = {t, c->standalone ? &own : NULL, c->at, f->depth + 1};
	return run(r, &inner, 0, t->n_code, scope);
}

static int
run(struct render *r, const struct frame *f, uint32_t from, uint32_t to, const struct scope *scope)
{
	int err = 0;
	for (uint32_t i = from; i < to && err == 0; i++) {
		const struct code *c = &f->t->code[i];
		if (++r->steps > TEMPLATE_MAX_STEPS)
			return fail(r, f, c, -ELOOP, "' takes too long to render");
		if (c->fresh && f->indent != NULL && put_indent(r, f->indent) != 0)
			return fail(r, f, c, -ENOBUFS, "' makes the text too long");
		switch ((enum code_kind)c->kind) {
		case CODE_TEXT:
			err = put_lines(r, c, f->indent);
			if (err != 0)
				fail(r, f, c, err, "' does not fit any more");
			break;
		case CODE_FIELD:
		case CODE_RAW: err = render_field(r, f, c, scope); break;
		case CODE_SECTION:
		case CODE_INVERTED:
			err = render_section(r, f, i, scope);
			i = c->end;
			break;
		case CODE_PARTIAL: err = render_partial(r, f, c, scope); break;
		case CODE_END: break;
		}
	}
	return err;
}

/* For sending: an editor's CR LF costs a character each, and the file's last line end is not
 * something anybody wrote to a borrower. */
static void
tidy(struct render *r)
{
	char *from = memchr(r->buf, '\r', r->len), *end = r->buf + r->len;
	if (from != NULL) {
		char *to = from;
		for (; from < end; from++)
			if (!(from[0] == '\r' && from + 1 < end && from[1] == '\n'))
				*to++ = *from;
		r->len = (size_t)(to - r->buf);
	}
	while (r->len > 0 && (r->buf[r->len - 1] == '\n' || r->buf[r->len - 1] == '\r'))
		r->len--;
}

int
template_render(const struct template *t, struct template_view data, unsigned flags,
		const struct template_partials *partials, char *buf, size_t cap, size_t *len,
		struct template_fault *fault)
{
	assert(t != NULL && data.ops != NULL && buf != NULL && cap > 0);
	struct render r = {.ops = data.ops,
			   .partials = partials,
			   .fault = fault,
			   .flags = flags,
			   .buf = buf,
			   .cap = cap};
	struct scope root = {data.root, NULL};
	struct frame frame = {t, NULL, NULL, 0};
	int err = run(&r, &frame, 0, t->n_code, &root);
	if (err != 0)
		r.len = 0;
	else if (flags & TEMPLATE_TEXT)
		tidy(&r);
	buf[r.len] = '\0';
	if (len != NULL)
		*len = r.len;
	return err;
}
