#include "saying.h"

#include "gateway/base/money.h"
#include "templates/locale.h"
#include "templates/spoken.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LANGUAGES 16

struct tongue {
	char tag[24];
	struct spoken *spoken; /* NULL: ICU has no number words */
	struct locale *locale; /* NULL: nor dates */
};

struct sayings {
	struct tongue tongue[LANGUAGES];
	size_t n;
};

struct sayings *
sayings_new(void)
{
	return calloc(1, sizeof(struct sayings));
}

static void
shut(struct tongue *t)
{
	spoken_close(t->spoken);
	locale_close(t->locale);
}

void
sayings_free(struct sayings *s)
{
	for (size_t i = 0; s != NULL && i < s->n; i++)
		shut(&s->tongue[i]);
	free(s);
}

static struct tongue *
tongue_of(struct sayings *s, const char *tag)
{
	struct tongue *t;

	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->tongue[i].tag, tag) == 0)
			return &s->tongue[i];
	if (s->n == LANGUAGES)
		shut(&s->tongue[--s->n]);
	t = &s->tongue[s->n++];
	*t = (struct tongue){.spoken = NULL};
	snprintf(t->tag, sizeof t->tag, "%s", tag);
	if (spoken_open(&t->spoken, tag, NULL) != 0)
		t->spoken = NULL;
	if (locale_open(&t->locale, tag) != 0)
		t->locale = NULL;
	return t;
}

void
saying_clear(struct saying *s)
{
	arena_clear(&s->arena);
	free(s->phrases);
	*s = (struct saying){.n = 0};
}

/* ---- phrases ---- */

static struct prompt_phrase *
add_phrase(struct saying *out, const struct brief *b, const char *language, size_t items)
{
	struct prompt_phrase *p;

	if (out->n == out->cap) {
		size_t cap = out->cap == 0 ? 64 : out->cap * 2;

		p = realloc(out->phrases, cap * sizeof *p);
		if (p == NULL)
			abort(); /* as arena.h does: what a script may hold is bounded */
		out->phrases = p;
		out->cap = cap;
	}
	p = &out->phrases[out->n++];
	*p = (struct prompt_phrase){.language = language,
				    .voice = config_voice(b->config, language),
				    .items = arena_array(&out->arena, items, sizeof *p->items)};
	return p;
}

static void
add_item(struct saying *out, struct prompt_phrase *p, enum prompt_kind kind, const char *text,
	 const char *name)
{
	struct prompt_item *item = (struct prompt_item *)(uintptr_t)&p->items[p->n++];

	*item = (struct prompt_item){
	    .kind = kind,
	    .text = text != NULL ? arena_text(&out->arena, text, strlen(text)) : NULL,
	    .name = name != NULL ? arena_text(&out->arena, name, strlen(name)) : NULL};
}

/* ---- values ---- */

struct value {
	enum script_as as;
	int64_t number; /* amount, day, count */
	const char *text;
};

/* A field of the list that the script wants read as something else than text. */
static void
read_text(const struct brief *b, enum script_as as, struct value *v)
{
	char why[MONEY_WHY];
	int32_t day;

	if (as == SCRIPT_AS_AMOUNT &&
	    money_parse(v->text, strlen(v->text), b->digits, &v->number, why) == 0)
		v->as = as;
	else if (as == SCRIPT_AS_DATE && civil_parse_date(v->text, strlen(v->text), &day) == 0) {
		v->as = as;
		v->number = day;
	} else if (as == SCRIPT_AS_NUMBER && v->text[0] != '\0' &&
		   strspn(v->text, "0123456789") == strlen(v->text) && strlen(v->text) < 10) {
		v->as = as;
		v->number = strtol(v->text, NULL, 10);
	} else if (as == SCRIPT_AS_DIGITS) {
		v->as = as;
	}
}

static bool
find_value(const struct brief *b, const struct script_run *run, const struct script_piece *piece,
	   struct script_value *learned, struct value *v)
{
	const struct brief_field *field;

	if (script_field_of_call(piece->text, piece->len)) {
		if (run == NULL || !script_run_value(run, piece->text, piece->len, learned))
			return false;
		*v = (struct value){.as = learned->as,
				    .number = learned->as == SCRIPT_AS_AMOUNT ? learned->amount
									      : learned->day,
				    .text = learned->digits};
		return true;
	}
	if ((field = brief_field(b, piece->text, piece->len)) == NULL)
		return false;
	*v = (struct value){.as = field->as, .number = field->value, .text = field->text};
	if (field->as == SCRIPT_AS_TEXT || field->as == SCRIPT_AS_DIGITS) {
		v->as = SCRIPT_AS_TEXT;
		read_text(b, (enum script_as)piece->as, v);
	}
	return true;
}

static int
in_words(const struct tongue *t, const struct brief *b, const struct value *v, char *out)
{
	switch (v->as) {
	case SCRIPT_AS_AMOUNT:
		return spoken_amount(t->spoken, v->number, b->digits, b->currency, out,
				     SPOKEN_TEXT);
	case SCRIPT_AS_DATE: return spoken_date(t->spoken, (int32_t)v->number, out, SPOKEN_TEXT);
	case SCRIPT_AS_DIGITS: return spoken_digits(t->spoken, v->text, out, SPOKEN_TEXT);
	case SCRIPT_AS_NUMBER: return spoken_count(t->spoken, v->number, out, SPOKEN_TEXT);
	default: return -1;
	}
}

/* As a text would write it. */
static void
written(const struct tongue *t, const struct brief *b, const struct value *v, char *out)
{
	out[0] = '\0';
	if (v->as == SCRIPT_AS_AMOUNT && t->locale != NULL)
		locale_money(t->locale, v->number, b->digits, b->currency, out, SPOKEN_TEXT);
	else if (v->as == SCRIPT_AS_DATE && t->locale != NULL)
		locale_date(t->locale, (int32_t)v->number, LOCALE_DATE_NORMAL, out, SPOKEN_TEXT);
	else if (v->as == SCRIPT_AS_NUMBER)
		snprintf(out, SPOKEN_TEXT, "%lld", (long long)v->number);
	else if (v->as == SCRIPT_AS_TEXT || v->as == SCRIPT_AS_DIGITS)
		snprintf(out, SPOKEN_TEXT, "%s", v->text);
}

static void
add_value(struct saying *out, struct prompt_phrase *p, const struct tongue *t,
	  const struct brief *b, const struct value *v)
{
	char text[SPOKEN_TEXT];

	if (v->as != SCRIPT_AS_TEXT && t->spoken != NULL && in_words(t, b, v, text) == 0 &&
	    text[0] != '\0') {
		add_item(out, p, PROMPT_WORDS, text, NULL);
		return;
	}
	written(t, b, v, text);
	if (text[0] != '\0')
		add_item(out, p, PROMPT_TEXT, text, NULL);
}

/* ---- prompts ---- */

bool
saying_sounds(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((text[i] & 0x80) != 0 || (text[i] >= '0' && text[i] <= '9') ||
		    ((text[i] | 0x20) >= 'a' && (text[i] | 0x20) <= 'z'))
			return true;
	return false;
}

static bool
of_call(const struct script_text *text)
{
	for (size_t i = 0; i < text->n; i++)
		if (text->pieces[i].kind == SCRIPT_FIELD &&
		    script_field_of_call(text->pieces[i].text, text->pieces[i].len))
			return true;
	return false;
}

static void
add_piece(struct saying *out, struct prompt_phrase *p, const struct script *script,
	  const struct script_said_prompt *prompt, const struct script_piece *piece)
{
	char name[SCRIPT_NAME];
	const char *text = arena_text(&out->arena, piece->text, piece->len);

	if (piece->kind == SCRIPT_RECORDING) {
		add_item(out, p, PROMPT_TEXT, NULL, text); /* nothing to read instead */
	} else if (saying_sounds(piece->text, piece->len)) {
		script_piece_name(script, prompt->step, prompt->which, prompt->text, piece, name);
		add_item(out, p, PROMPT_TEXT, text, name);
	}
}

bool
saying_prompt(struct sayings *s, const struct brief *b, const struct script_run *run,
	      const struct script_said_prompt *prompt, int language, struct saying *out)
{
	const struct script *script = &b->script->script;
	const struct script_text *text = prompt->text;
	const struct tongue *t = tongue_of(s, script->languages[language]);
	struct prompt_phrase *p = add_phrase(out, b, script->languages[language], text->n + 1);
	bool known = true;

	p->whole = !of_call(text);
	for (size_t i = 0; i < text->n; i++) {
		const struct script_piece *piece = &text->pieces[i];
		struct script_value learned;
		struct value v;

		if (piece->kind != SCRIPT_FIELD)
			add_piece(out, p, script, prompt, piece);
		else if (find_value(b, run, piece, &learned, &v))
			add_value(out, p, t, b, &v);
		else
			known = false;
	}
	return known;
}

/* ---- all of it ---- */

/* What answers by keys are read back with. */
static void
need_learned(const struct tongue *t, const struct brief *b, const char *language, bool *wants,
	     struct saying *out)
{
	int days = b->config->promises.ahead;
	struct prompt_phrase *p;
	char text[SPOKEN_TEXT];

	if (wants[SCRIPT_AS_DATE]) {
		p = add_phrase(out, b, language, (size_t)days + 1);
		for (int i = 0; i <= days; i++)
			add_value(out, p, t, b,
				  &(struct value){.as = SCRIPT_AS_DATE, .number = b->today + i});
	}
	if (wants[SCRIPT_AS_DIGITS] && t->spoken != NULL &&
	    spoken_digits(t->spoken, "0123456789", text, sizeof text) == 0)
		add_item(out, add_phrase(out, b, language, 1), PROMPT_EACH, text, NULL);
}

struct words {
	struct saying *out;
	struct prompt_phrase *phrase;
};

static void
on_word(void *ctx, unsigned kinds, const char *word)
{
	struct words *w = ctx;

	if ((kinds & SPOKEN_AMOUNTS) != 0 && w->phrase->n < 512)
		add_item(w->out, w->phrase, PROMPT_EACH, word, NULL);
}

static void
need_amounts(const struct tongue *t, const struct brief *b, const char *language,
	     struct saying *out)
{
	struct words w = {.out = out, .phrase = add_phrase(out, b, language, 512)};

	if (t->spoken != NULL)
		spoken_words(t->spoken, b->currency, b->digits, on_word, &w);
	if (w.phrase->n == 0)
		out->n--;
}

static void
note_wants(const struct script_text *text, bool *wants)
{
	for (size_t i = 0; i < text->n; i++)
		if (text->pieces[i].kind == SCRIPT_FIELD &&
		    script_field_of_call(text->pieces[i].text, text->pieces[i].len))
			wants[text->pieces[i].as] = true;
}

static void
need_language(struct sayings *s, const struct brief *b, int language, struct saying *out)
{
	const struct script *script = &b->script->script;
	bool wants[SCRIPT_AS_NUMBER + 1] = {false};

	for (size_t i = 0; i < script->n; i++)
		for (int which = 0; which < SCRIPT_WHICHES; which++) {
			struct script_said_prompt prompt = {.step = &script->steps[i],
							    .which = which};

			prompt.text = script_text(prompt.step, which, language);
			if (prompt.text == NULL)
				continue;
			note_wants(prompt.text, wants);
			saying_prompt(s, b, NULL, &prompt, language, out);
			if (out->phrases[out->n - 1].n == 0)
				out->n--;
		}
	need_learned(tongue_of(s, script->languages[language]), b, script->languages[language],
		     wants, out);
	if (wants[SCRIPT_AS_AMOUNT])
		need_amounts(tongue_of(s, script->languages[language]), b,
			     script->languages[language], out);
}

void
saying_need_in(struct sayings *s, const struct brief *b, const bool spoken[SCRIPT_LANGUAGES],
	       struct saying *out)
{
	for (size_t i = 0; i < b->script->script.n_languages; i++)
		if (spoken[i])
			need_language(s, b, (int)i, out);
}

void
saying_need(struct sayings *s, const struct brief *b, struct saying *out)
{
	const struct script *script = &b->script->script;
	bool spoken[SCRIPT_LANGUAGES] = {false};

	spoken[b->speaks] = true;
	for (size_t i = 0; i < script->n && !b->alone; i++)
		if (script->steps[i].kind == SCRIPT_LANGUAGE)
			spoken[script->steps[i].language] = true;
	saying_need_in(s, b, spoken, out);
}

void
saying_text_alone(const struct brief *b, const char *language, const char *text, struct saying *out)
{
	struct prompt_phrase *p = add_phrase(out, b, language, 1);

	add_item(out, p, PROMPT_TEXT, text, NULL);
	p->whole = true;
}

void
saying_text(const struct prompt_phrase *phrase, char *out, size_t cap)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < phrase->n && len < cap; i++) {
		const char *text = phrase->items[i].text != NULL ? phrase->items[i].text : "";
		bool apart = len > 0 && out[len - 1] != ' ' && strchr(" ,.;:!?", text[0]) == NULL;

		len += (size_t)snprintf(out + len, cap - len, "%s%s", apart ? " " : "", text);
	}
}
