/* What a script says: texts by language, with their fields, and words that may not be said. */
#include "config_script_part.h"
#include "gateway/base/catalog.h"
#include "gateway/base/language.h"

#include <string.h>

/* Does the text stand in the file as it is, on the line and at the column?  Then every byte of it
 * has a place. */
static bool
is_plain(const struct script_reading *r, int line, int col, const char *text)
{
	const char *p = r->source;

	while (--line > 0 && (p = strchr(p, '\n')) != NULL)
		p++;
	if (p == NULL)
		return false;
	for (; col > 1 && *p != '\0'; p++)
		col -= ((unsigned char)p[1] & 0xc0) != 0x80;
	return strncmp(p, text, strlen(text)) == 0 && strchr(text, '\n') == NULL;
}

/* What no text of ours may say, whoever listens. */
static void
forbid(struct script_reading *r, const char *language, const struct script_text *text)
{
	for (size_t i = 0; i < text->n; i++) {
		const struct script_piece *piece = &text->pieces[i];
		struct config_fault fault;
		int line, col;

		if (piece->kind != SCRIPT_WORDS ||
		    !config_forbids(r->config, language, CATALOG_NEGOTIATE, piece->text, piece->len,
				    &fault))
			continue;
		script_text_place(text, piece->at + fault.at, &line, &col);
		complaint_add(r->yaml.complaints, r->yaml.file, line, col, "%s", fault.text);
	}
}

/* Fields are those of texts, and what is learned in the call.  `check` is the proof's to forbid. */
static void
check_fields(struct script_reading *r, const struct script_text *text)
{
	static const char *const of_call[] = {"promise_date", "promise_amount", "digits", NULL};

	for (size_t i = 0; i < text->n; i++) {
		const struct script_piece *piece = &text->pieces[i];
		int line, col;

		if (piece->kind != SCRIPT_FIELD || script_piece_is(piece, "check"))
			continue;
		script_text_place(text, piece->at, &line, &col);
		catalog_check_field(arena_text(&r->scratch, piece->text, piece->len), of_call,
				    r->columns, r->yaml.file, line, col, r->yaml.complaints);
	}
}

static void
read_text(struct script_reading *r, const struct yaml_node *node, const char *what,
	  const char *language, struct script_text *out)
{
	struct script_piece pieces[SCRIPT_PIECES], *list;
	struct script_text_fault fault;
	const char *source;
	int line, col;

	if (!yaml_text(&r->yaml, node, what, &source))
		return;
	*out = (struct script_text){
	    .source = source, .line = node->line, .col = node->col + (node->quoted ? 1 : 0)};
	out->plain = is_plain(r, out->line, out->col, source);
	if (strspn(source, " \t\n") == strlen(source)) {
		yaml_wrong(&r->yaml, node, "`%s` says nothing", what);
	} else if (script_text_parse(source, pieces, &out->n, &fault) != 0) {
		script_text_place(out, fault.at, &line, &col);
		complaint_add(r->yaml.complaints, r->yaml.file, line, col, "%s", fault.text);
		out->n = 0;
	} else {
		list = arena_array(r->yaml.arena, out->n, sizeof *list);
		memcpy(list, pieces, out->n * sizeof *list);
		out->pieces = list;
		forbid(r, language, out);
		check_fields(r, out);
	}
}

int
config_script_language(struct script_reading *r, const struct yaml_node *node)
{
	const char *known[SCRIPT_LANGUAGES + 1] = {NULL};
	char tag[LANGUAGE_TEXT], hint[YAML_HINT];

	for (size_t i = 0; i < r->script.n_languages; i++)
		known[i] = r->script.languages[i];
	if (node->kind != YAML_SCALAR || language_canonical(node->text, node->len, tag) != 0) {
		yaml_wrong(&r->yaml, node, "this is no language, such as en, fil or es-CO");
		return -1;
	}
	for (size_t i = 0; i < r->script.n_languages; i++)
		if (strcmp(known[i], tag) == 0)
			return (int)i;
	yaml_wrong(&r->yaml, node,
		   "`%.20s` is none of the lender's languages, nor does a key lead to it%s",
		   node->text, yaml_hint(tag, known, hint));
	return -1;
}

void
config_script_read_prompt(struct script_reading *r, const struct yaml_node *node, const char *what,
			  struct script_prompt *out)
{
	struct script_text *texts;

	if (node == NULL || node->kind == YAML_WRONG)
		return;
	texts = arena_array(r->yaml.arena, r->script.n_languages, sizeof *texts);
	if (node->kind == YAML_SCALAR && r->script.n_languages == 1 && !yaml_is_null(node)) {
		read_text(r, node, what, r->script.languages[0], &texts[0]);
	} else if (node->kind == YAML_MAP && node->n > 0) {
		for (const struct yaml_node *k = node->first; k != NULL; k = k->next) {
			int language = config_script_language(r, k);

			if (language >= 0)
				read_text(r, k->value, k->text, r->script.languages[language],
					  &texts[language]);
		}
	} else {
		yaml_wrong(&r->yaml, node, "`%s` has a text for each language: {%s: \"...\"}", what,
			   r->script.languages[0]);
		return;
	}
	*out = (struct script_prompt){texts, node->line, node->col};
}
