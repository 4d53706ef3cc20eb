/* Trees from libyaml's events.  Its own document loader follows aliases and builds first, checks
 * later; here nothing is built that would be refused. */
#include "yaml.h"

#include "arena.h"
#include "complaint.h"
#include "textfile.h"

#include <errno.h>
#include <string.h>
#include <yaml.h>

struct builder {
	yaml_parser_t parser;
	struct arena *arena;
	const char *file;
	struct complaints *complaints;
	bool stop; /* nothing more can be read: syntax, depth, or too many keys */
};

/* libyaml's words for what a person most often got wrong, in the person's. */
static const struct {
	const char *says, *means;
} problems[] = {
    {"did not find expected key",
     "the indentation does not fit the lines above, or a quote or comma is missing"},
    {"did not find expected '-' indicator",
     "expected the next `- ` of the list: the indentation does not fit the lines above"},
    {"mapping values are not allowed in this context",
     "a colon where none can be: the line above may be unfinished, or the text needs quotes"},
    {"could not find expected ':'", "expected `key: value`: the colon (and a space) is missing"},
    {"found character that cannot start any token",
     "a character that cannot stand here: put the text in quotes (and indent with spaces)"},
    {"did not find expected ',' or ']'", "the list is not closed: `,` or `]` is missing"},
    {"did not find expected ',' or '}'", "the mapping is not closed: `,` or `}` is missing"},
    {"found unexpected end of stream", "a quote or bracket that was opened is never closed"},
    {"did not find expected <document start>",
     "something stands behind the end of what was read: the indentation does not fit"},
};

static const char *
problem_text(const char *problem)
{
	if (problem == NULL)
		return "not readable as YAML";
	for (size_t i = 0; i < sizeof(problems) / sizeof(problems[0]); i++)
		if (strcmp(problem, problems[i].says) == 0)
			return problems[i].means;
	return problem;
}

static void
complain(struct builder *b, yaml_mark_t mark, const char *text)
{
	complaint_add(b->complaints, b->file, (int)mark.line + 1, (int)mark.column + 1, "%s", text);
}

static bool
next_event(struct builder *b, yaml_event_t *event)
{
	if (b->stop)
		return false;
	if (yaml_parser_parse(&b->parser, event))
		return true;
	b->stop = true;
	complain(b, b->parser.problem_mark, problem_text(b->parser.problem));
	return false;
}

static struct yaml_node *
node_new(struct builder *b, enum yaml_kind kind, const yaml_event_t *event)
{
	struct yaml_node *node = arena_alloc(b->arena, sizeof(*node));

	node->kind = kind;
	node->line = (int)event->start_mark.line + 1;
	node->col = (int)event->start_mark.column + 1;
	return node;
}

/* Anchors and tags would give a file a second meaning beside the one that is read. */
static void
refuse_extras(struct builder *b, struct yaml_node *node, const yaml_event_t *event,
	      const yaml_char_t *anchor, const yaml_char_t *tag)
{
	if (anchor != NULL)
		complain(b, event->start_mark, "anchors (&name) are not taken: write it out");
	if (tag != NULL)
		complain(b, event->start_mark, "tags (!name) are not taken: write plain text");
	if (anchor != NULL || tag != NULL)
		node->kind = YAML_WRONG;
}

static struct yaml_node *build(struct builder *b, const yaml_event_t *event, int depth);

static struct yaml_node *
build_scalar(struct builder *b, const yaml_event_t *event)
{
	struct yaml_node *node = node_new(b, YAML_SCALAR, event);
	const char *text = (const char *)event->data.scalar.value;

	node->len = event->data.scalar.length;
	node->text = arena_text(b->arena, text, node->len);
	node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	/* The file holds no NUL, but "\0" in double quotes makes one. */
	if (memchr(text, '\0', node->len) != NULL) {
		complain(b, event->start_mark, "a NUL character (\\0) cannot stand in a text");
		node->kind = YAML_WRONG;
	}
	refuse_extras(b, node, event, event->data.scalar.anchor, event->data.scalar.tag);
	return node;
}

static struct yaml_node *
build_list(struct builder *b, const yaml_event_t *start, int depth)
{
	struct yaml_node *node = node_new(b, YAML_LIST, start);
	const struct yaml_node **tail = &node->first;
	yaml_event_t event;

	refuse_extras(b, node, start, start->data.sequence_start.anchor,
		      start->data.sequence_start.tag);
	while (next_event(b, &event)) {
		struct yaml_node *item = NULL;
		bool end = event.type == YAML_SEQUENCE_END_EVENT;

		if (!end)
			item = build(b, &event, depth + 1);
		yaml_event_delete(&event);
		if (end || item == NULL)
			break;
		*tail = item;
		tail = &item->next;
		node->n++;
	}
	return node;
}

/* Is the key usable: text, and not there already?  Complains if not. */
static bool
check_key(struct builder *b, const struct yaml_node *map, const struct yaml_node *key)
{
	if (key->kind == YAML_WRONG)
		return false;
	if (key->kind != YAML_SCALAR) {
		complaint_add(b->complaints, b->file, key->line, key->col,
			      "a key must be plain text");
		return false;
	}
	for (const struct yaml_node *k = map->first; k != NULL; k = k->next)
		if (k->len == key->len && memcmp(k->text, key->text, k->len) == 0) {
			complaint_add(b->complaints, b->file, key->line, key->col,
				      "`%.60s` stands here twice; the first is on line %d",
				      key->text, k->line);
			return false;
		}
	return true;
}

/* One `key: value`; false ends the mapping. */
static bool
build_pair(struct builder *b, struct yaml_node *map, const struct yaml_node ***tail, int depth)
{
	struct yaml_node *key = NULL, *value = NULL;
	yaml_event_t event;

	if (!next_event(b, &event))
		return false;
	if (event.type != YAML_MAPPING_END_EVENT)
		key = build(b, &event, depth + 1);
	yaml_event_delete(&event);
	if (key == NULL || !next_event(b, &event))
		return false;
	value = build(b, &event, depth + 1);
	yaml_event_delete(&event);
	if (value == NULL)
		return false;
	if (!check_key(b, map, key))
		return true;
	key->value = value;
	**tail = key;
	*tail = &key->next;
	if (++map->n > YAML_KEYS_MAX) {
		complaint_add(b->complaints, b->file, key->line, key->col,
			      "more than %d keys in one mapping", YAML_KEYS_MAX);
		b->stop = true;
	}
	return true;
}

static struct yaml_node *
build_map(struct builder *b, const yaml_event_t *start, int depth)
{
	struct yaml_node *node = node_new(b, YAML_MAP, start);
	const struct yaml_node **tail = &node->first;

	refuse_extras(b, node, start, start->data.mapping_start.anchor,
		      start->data.mapping_start.tag);
	while (build_pair(b, node, &tail, depth))
		;
	return node;
}

/* The node an event begins; NULL when reading must stop. */
static struct yaml_node *
build(struct builder *b, const yaml_event_t *event, int depth)
{
	if (depth > YAML_DEPTH) {
		complain(b, event->start_mark, "nested deeper than 32 levels");
		b->stop = true;
		return NULL;
	}
	switch (event->type) {
	case YAML_SCALAR_EVENT: return build_scalar(b, event);
	case YAML_SEQUENCE_START_EVENT: return build_list(b, event, depth);
	case YAML_MAPPING_START_EVENT: return build_map(b, event, depth);
	case YAML_ALIAS_EVENT:
		complain(b, event->start_mark, "aliases (*name) are not taken: write it out");
		return node_new(b, YAML_WRONG, event);
	default: return NULL;
	}
}

/* The events of a stream: one document, or none. */
static const struct yaml_node *
build_stream(struct builder *b)
{
	const struct yaml_node *root = NULL;
	int documents = 0;
	yaml_event_t event;

	while (next_event(b, &event)) {
		bool end = event.type == YAML_STREAM_END_EVENT;

		if (event.type == YAML_DOCUMENT_START_EVENT) {
			bool directives = event.data.document_start.version_directive != NULL ||
					  event.data.document_start.tag_directives.start !=
					      event.data.document_start.tag_directives.end;
			if (directives)
				complain(b, event.start_mark, "directives (%) are not taken");
			if (++documents > 1) {
				complain(b, event.start_mark,
					 "a second document (---) in one file is not taken");
				end = true;
			}
		} else if (event.type != YAML_STREAM_START_EVENT &&
			   event.type != YAML_DOCUMENT_END_EVENT && !end) {
			root = build(b, &event, 1);
		}
		yaml_event_delete(&event);
		if (end)
			break;
	}
	return root;
}

/* Tabs as indentation, which libyaml would report as an odd character and stop at. */
static void
refuse_tabs(struct builder *b, const char *text, size_t len)
{
	int line = 1, col = 0, said = 0;
	bool indent = true;

	for (size_t i = 0; i < len && said < 20; i++) {
		col++;
		if (text[i] == '\t' && indent) {
			complaint_add(b->complaints, b->file, line, col,
				      "a tab as indentation: use spaces");
			said++;
			indent = false;
		} else if (text[i] == '\n' ||
			   (text[i] == '\r' && (i + 1 == len || text[i + 1] != '\n'))) {
			line++;
			col = 0;
			indent = true;
		} else if (text[i] != ' ') {
			indent = false;
		}
	}
	b->stop = said > 0;
}

int
yaml_parse(struct arena *arena, const char *text, size_t len, const char *file,
	   const struct yaml_node **out, struct complaints *complaints)
{
	struct builder b = {.arena = arena, .file = file, .complaints = complaints};
	size_t before = complaints->errors;

	*out = NULL;
	if (len > YAML_SIZE_MAX) {
		complaint_add(complaints, file, 0, 0,
			      "longer than 64 KiB, which no such file needs");
		return -EINVAL;
	}
	if (textfile_check(text, len, file, complaints) != 0)
		return -EINVAL;
	refuse_tabs(&b, text, len);
	if (b.stop)
		return -EINVAL;
	if (!yaml_parser_initialize(&b.parser))
		return -ENOMEM;
	yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&b.parser, (const unsigned char *)text, len);
	*out = build_stream(&b);
	yaml_parser_delete(&b.parser);
	if (b.stop) /* what was cut off would be complained of as missing */
		*out = NULL;
	return complaints->errors > before ? -EINVAL : 0;
}

int
yaml_read(struct arena *arena, const char *path, const char *file, const struct yaml_node **out,
	  struct complaints *complaints)
{
	struct textfile text;
	int rc = textfile_read(arena, path, file, YAML_SIZE_MAX, &text, complaints);

	*out = NULL;
	return rc < 0 ? rc : yaml_parse(arena, text.text, text.len, file, out, complaints);
}
