/* What must hold of a script, one rule after the other, each complaint where it was written. */
#include "script_proof_part.h"
#include "script_run.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TOLD 32

struct prover {
	const struct script *script;
	const struct script_rules *rules;
	struct script_proof proof;
	struct script_graph graph;
	const struct script_jump *told[TOLD]; /* that lead nowhere */
	int n_told;
};

/* --- complaints ----------------------------------------------------------------------------- */

static void
tell(struct prover *p, struct script_fault *fault, const char *fmt, va_list args)
{
	vsnprintf(fault->text, sizeof fault->text, fmt, args);
	*(fault->warning ? &p->proof.warnings : &p->proof.errors) += 1;
	if (p->rules->complain != NULL)
		p->rules->complain(p->rules->ctx, fault);
}

static void __attribute__((format(printf, 4, 5)))
wrong(struct prover *p, int line, int col, const char *fmt, ...)
{
	struct script_fault fault = {.line = line, .col = col};
	va_list args;

	va_start(args, fmt);
	tell(p, &fault, fmt, args);
	va_end(args);
}

static void __attribute__((format(printf, 3, 4)))
wrong_step(struct prover *p, const struct script_step *s, const char *fmt, ...)
{
	struct script_fault fault = {.line = s->line, .col = s->col};
	va_list args;

	va_start(args, fmt);
	tell(p, &fault, fmt, args);
	va_end(args);
}

static void __attribute__((format(printf, 4, 5)))
wrong_ways(struct prover *p, const struct script_step *s, bool warning, const char *fmt, ...)
{
	struct script_fault fault = {
	    .warning = warning, .ways = true, .line = s->line, .col = s->col};
	va_list args;

	va_start(args, fmt);
	tell(p, &fault, fmt, args);
	va_end(args);
}

static void __attribute__((format(printf, 4, 5)))
wrong_text(struct prover *p, const struct script_text *text, size_t at, const char *fmt, ...)
{
	struct script_fault fault = {.sure = true};
	va_list args;

	script_text_place(text, at, &fault.line, &fault.col);
	va_start(args, fmt);
	tell(p, &fault, fmt, args);
	va_end(args);
}

/* A jump that many steps take over from the script is complained of once. */
static bool
is_told(struct prover *p, const struct script_jump *jump)
{
	for (int i = 0; i < p->n_told; i++)
		if (p->told[i]->line == jump->line && p->told[i]->col == jump->col &&
		    strcmp(p->told[i]->name, jump->name) == 0)
			return true;
	if (p->n_told < TOLD)
		p->told[p->n_told++] = jump;
	return false;
}

static void
unknown_step(struct prover *p, const struct script_jump *jump)
{
	struct script_fault fault = {
	    .sure = true, .line = jump->line, .col = jump->col, .unknown = jump->name};

	if (is_told(p, jump))
		return;
	snprintf(fault.text, sizeof fault.text, "there is no step `%.60s`", jump->name);
	p->proof.errors++;
	if (p->rules->complain != NULL)
		p->rules->complain(p->rules->ctx, &fault);
}

/* --- jumps ---------------------------------------------------------------------------------- */

static void
check_jump(struct prover *p, const struct script_step *s, const struct script_jump *jump,
	   const char *name, bool needed)
{
	if (jump->name == NULL && needed)
		wrong_step(p, s, "step `%.40s` does not say where it goes: `%s: STEP`", s->name,
			   name);
	else if (jump->name != NULL && jump->step == SCRIPT_NOWHERE)
		unknown_step(p, jump);
}

static bool
is_question(const struct script_step *s)
{
	return s->kind == SCRIPT_MENU || s->kind == SCRIPT_GATHER || s->kind == SCRIPT_CHECK;
}

static void
check_step_jumps(struct prover *p, const struct script_step *s)
{
	int keys = 0;

	check_jump(p, s, &s->next, "next",
		   s->kind != SCRIPT_MENU && s->kind != SCRIPT_CHECK && s->kind != SCRIPT_END);
	check_jump(p, s, &s->right, "right", s->kind == SCRIPT_CHECK);
	check_jump(p, s, &s->wrong, "wrong", is_question(s));
	check_jump(p, s, &s->silent, "silent", is_question(s) || s->kind == SCRIPT_RECORD);
	check_jump(p, s, &s->failed, "failed", false);
	for (int k = 0; k < SCRIPT_MENU_KEYS; k++) {
		keys += s->key[k].name != NULL;
		check_jump(p, s, &s->key[k], "key", false);
	}
	if (s->kind == SCRIPT_MENU && keys == 0)
		wrong_step(p, s, "menu `%.40s` has no keys", s->name);
}

static bool
has_kind(const struct script *script, enum script_kind kind)
{
	for (size_t i = 0; i < script->n; i++)
		if (script->steps[i].kind == kind)
			return true;
	return false;
}

static void
check_script_jump(struct prover *p, const struct script_jump *jump, const char *what)
{
	if (jump->name == NULL)
		wrong(p, p->script->line, p->script->col, "%s", what);
	else if (jump->step == SCRIPT_NOWHERE)
		unknown_step(p, jump);
}

static void
check_jumps(struct prover *p)
{
	const struct script *script = p->script;

	check_script_jump(p, &script->start,
			  "the script does not say which step is first: `start: STEP`");
	check_script_jump(p, &script->trouble,
			  "the script does not say what is said when nothing can be noted or time "
			  "is up: `trouble: STEP`");
	if (script->stop.name != NULL || has_kind(script, SCRIPT_MENU))
		check_script_jump(p, &script->stop,
				  "the script does not say what is said when key 9 was pressed, "
				  "which ends all calls and texts: `stop: STEP`");
	for (size_t i = 0; i < script->n; i++)
		check_step_jumps(p, &script->steps[i]);
}

/* --- prompts -------------------------------------------------------------------------------- */

/* The field a GATHER fills. */
static const char *
field_of(const struct script_step *s)
{
	switch (script_gather_bit((enum script_gather)s->gather)) {
	case SCRIPT_NO_AMOUNT: return "promise_amount";
	case SCRIPT_NO_DIGITS: return "digits";
	default: return "promise_date";
	}
}

static void
check_prompt(struct prover *p, const struct script_step *s, int which)
{
	const struct script *script = p->script;
	const struct script_prompt *prompt = &s->prompts[which];

	for (int l = 0; l < (int)script->n_languages; l++) {
		const struct script_text *text = script_text(s, which, l);

		if (text == NULL)
			wrong(p, prompt->line, prompt->col,
			      "step `%.40s`: `%s` has no text in `%s`", s->name,
			      which >= SCRIPT_HELP ? "help" : script_which_word(which),
			      script->languages[l]);
		else if (which == SCRIPT_CONFIRM && !script_text_has(text, field_of(s)))
			wrong_text(
			    p, text, 0,
			    "what is confirmed must be read back: {{%s}} does not stand here",
			    field_of(s));
	}
}

static void
check_prompts(struct prover *p)
{
	for (size_t i = 0; i < p->script->n; i++) {
		const struct script_step *s = &p->script->steps[i];
		bool silent_kind = s->kind == SCRIPT_LANGUAGE || s->kind == SCRIPT_OUTCOME ||
				   s->kind == SCRIPT_PERSON || s->kind == SCRIPT_END;

		for (int w = 0; w < SCRIPT_WHICHES; w++)
			if (s->prompts[w].texts != NULL)
				check_prompt(p, s, w);
		if (s->prompts[SCRIPT_MAIN].texts == NULL && !silent_kind)
			wrong_step(p, s, "step `%.40s` says nothing: `say: ...`", s->name);
		if (s->kind == SCRIPT_GATHER && s->gather != SCRIPT_DIGITS &&
		    s->prompts[SCRIPT_CONFIRM].texts == NULL)
			wrong_step(p, s,
				   "step `%.40s` is not read back: dates and amounts need "
				   "`confirm: ...` with {{%s}} in it",
				   s->name, field_of(s));
	}
}

/* --- ways ----------------------------------------------------------------------------------- */

/* Steps from which a way leads to an end. */
static void
find_ending(const struct script_graph *g, bool ending[SCRIPT_STEPS])
{
	bool more = true;

	for (size_t i = 0; i < g->script->n; i++)
		ending[i] = g->script->steps[i].kind == SCRIPT_END;
	while (more) {
		more = false;
		for (int e = 0; e < g->n; e++)
			if (ending[g->edges[e].to] && !ending[g->edges[e].from])
				more = ending[g->edges[e].from] = true;
	}
}

static void
check_ends(struct prover *p)
{
	bool ending[SCRIPT_STEPS] = {false};

	find_ending(&p->graph, ending);
	for (size_t i = 0; i < p->script->n; i++) {
		const struct script_step *s = &p->script->steps[i];

		if (!p->graph.reached[i])
			wrong_ways(p, s, true, "no way leads to step `%.40s`: it is never said",
				   s->name);
		else if (!ending[i])
			wrong_ways(p, s, false,
				   "from step `%.40s` no way leads to an end: some step behind it "
				   "needs `end: true`",
				   s->name);
	}
}

/* Does a caller who never presses a key that means something come from `at` to `goal`? */
static bool
drifts(const struct script_graph *g, int at, int goal, bool seen[SCRIPT_STEPS])
{
	for (int e = 0; e < g->n; e++) {
		const struct script_edge *edge = &g->edges[e];

		if (edge->from != at || edge->way == SCRIPT_WAY_MEANT ||
		    edge->way == SCRIPT_WAY_STOP)
			continue;
		if (edge->to == goal)
			return true;
		if (!seen[edge->to]) {
			seen[edge->to] = true;
			if (drifts(g, edge->to, goal, seen))
				return true;
		}
	}
	return false;
}

static void
check_rounds(struct prover *p)
{
	for (size_t i = 0; i < p->script->n; i++) {
		bool seen[SCRIPT_STEPS] = {false};

		if (!p->graph.reached[i] || !drifts(&p->graph, (int)i, (int)i, seen))
			continue;
		wrong_step(p, &p->script->steps[i],
			   "whoever presses nothing, or the wrong keys, comes from step `%.40s` "
			   "back to it: lead `silent` and `wrong` on to an end",
			   p->script->steps[i].name);
		return; /* the others of the same round say nothing new */
	}
}

static void
check_farewell(struct prover *p, const struct script_jump *jump, const char *name)
{
	bool reached[SCRIPT_STEPS] = {false};

	script_graph_reach(&p->graph, jump->step, reached);
	for (size_t i = 0; i < p->script->n; i++) {
		const struct script_step *s = &p->script->steps[i];

		if (reached[i] && s->kind != SCRIPT_SAY && s->kind != SCRIPT_END)
			wrong_step(p, s,
				   "step `%.40s` is come to from `%s`, behind which only something "
				   "is said and the call ends",
				   s->name, name);
	}
}

/* --- what is said before it may be ---------------------------------------------------------- */

static const char *const harmless[] = {"name", "lender", "contact"};

/* May anybody hear that field? */
static bool
is_harmless(const struct prover *p, const struct script_piece *piece)
{
	for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++)
		if (script_piece_is(piece, harmless[i]))
			return i == 0 || !p->rules->hide_lender;
	return script_field_of_call(piece->text, piece->len);
}

static void
check_field(struct prover *p, int step, unsigned lacks, const struct script_text *text,
	    const struct script_piece *piece)
{
	static const struct {
		const char *field;
		unsigned bit;
	} of_call[] = {{"promise_date", SCRIPT_NO_DATE},
		       {"promise_amount", SCRIPT_NO_AMOUNT},
		       {"digits", SCRIPT_NO_DIGITS}};
	char path[160];

	if (script_piece_is(piece, "check"))
		wrong_text(p, text, piece->at, "the check digits are never said");
	else if ((lacks & SCRIPT_UNKNOWN) != 0 && !is_harmless(p, piece))
		wrong_text(p, text, piece->at,
			   "{{%.*s}} is said before a `check` has shown who listens, on the way %s",
			   (int)piece->len, piece->text,
			   script_graph_path(&p->graph, SCRIPT_UNKNOWN, step, path, sizeof path));
	for (size_t i = 0; i < sizeof of_call / sizeof of_call[0]; i++)
		if (script_piece_is(piece, of_call[i].field) && (lacks & of_call[i].bit) != 0)
			wrong_text(
			    p, text, piece->at, "{{%s}} is not known yet on the way %s",
			    of_call[i].field,
			    script_graph_path(&p->graph, of_call[i].bit, step, path, sizeof path));
}

static void
check_words(struct prover *p, int step, const char *language, const struct script_text *text,
	    const struct script_piece *piece)
{
	size_t at = 0, word = 0;
	char path[160];

	if (p->rules->names_debt != NULL &&
	    p->rules->names_debt(p->rules->ctx, language, piece->text, piece->len, &at, &word))
		wrong_text(p, text, piece->at + at,
			   "`%.*s` speaks of a debt before a `check` has shown who listens, on the "
			   "way %s",
			   (int)(word < 40 ? word : 40), piece->text + at,
			   script_graph_path(&p->graph, SCRIPT_UNKNOWN, step, path, sizeof path));
}

static void
check_text(struct prover *p, int step, int which, int language)
{
	const struct script_step *s = &p->script->steps[step];
	const struct script_text *text = script_text(s, which, language);
	unsigned lacks = p->graph.lacks[step];

	if (text == NULL)
		return;
	if (s->kind == SCRIPT_GATHER) /* asked again, what was known is no more */
		lacks |= script_gather_bit((enum script_gather)s->gather);
	if (which == SCRIPT_CONFIRM)
		lacks &= ~script_gather_bit((enum script_gather)s->gather);
	for (size_t i = 0; i < text->n; i++) {
		const struct script_piece *piece = &text->pieces[i];

		if (piece->kind == SCRIPT_FIELD)
			check_field(p, step, lacks, text, piece);
		else if (piece->kind == SCRIPT_WORDS && (lacks & SCRIPT_UNKNOWN) != 0)
			check_words(p, step, p->script->languages[language], text, piece);
	}
}

static void
check_outcome(struct prover *p, int step)
{
	const struct script_step *s = &p->script->steps[step];
	unsigned lacks = p->graph.lacks[step];
	const char *word = script_outcome_word((enum script_outcome_kind)s->outcome);
	char path[160];

	if (!script_outcome_is_step((enum script_outcome_kind)s->outcome))
		wrong_step(p, s, "`%s` is noted by itself, never by a step", word);
	else if (s->outcome < SCRIPT_FIRST_OF_ANYBODY && (lacks & SCRIPT_UNKNOWN) != 0)
		wrong_step(
		    p, s, "`%s` is noted before a `check` has shown who it is, on the way %s", word,
		    script_graph_path(&p->graph, SCRIPT_UNKNOWN, step, path, sizeof path));
	if (s->outcome == SCRIPT_PROMISE && (lacks & SCRIPT_NO_DATE) != 0)
		wrong_step(p, s,
			   "a promise needs a day: `gather: date` or `gather: days` is missing on "
			   "the way %s",
			   script_graph_path(&p->graph, SCRIPT_NO_DATE, step, path, sizeof path));
}

static void
check_said(struct prover *p)
{
	for (int i = 0; i < (int)p->script->n; i++) {
		if (!p->graph.reached[i])
			continue;
		for (int w = 0; w < SCRIPT_WHICHES; w++)
			for (int l = 0; l < (int)p->script->n_languages; l++)
				check_text(p, i, w, l);
		if (p->script->steps[i].kind == SCRIPT_OUTCOME)
			check_outcome(p, i);
	}
}

/* --- all ------------------------------------------------------------------------------------ */

static void
check_times(struct prover *p)
{
	const struct script *script = p->script;

	if (p->proof.errors > 0)
		return;
	script_proof_times(&p->graph, p->rules, &p->proof);
	if (p->proof.plain_ms > script->longest_ms)
		wrong(p, script->line, script->col,
		      "a slow caller who makes no mistake may need %d s, and `longest` ends the "
		      "call after %d s: raise it (to at most 600), or say less",
		      (int)((p->proof.plain_ms + 999) / 1000), (int)(script->longest_ms / 1000));
}

bool
script_prove(const struct script *script, const struct script_rules *rules,
	     struct script_proof *proof)
{
	/* Where the first step is not known, what is written first stands for it: so that mistakes
	 * behind it are told at once, too. */
	struct script begun = *script;
	struct prover p = {.script = script, .rules = rules};

	if (begun.start.step == SCRIPT_NOWHERE)
		begun.start.step = 0;
	if (script->n == 0 || script->n > SCRIPT_STEPS) {
		wrong(&p, script->line, script->col, "a script has 1 to %d steps", SCRIPT_STEPS);
	} else {
		bool linked;

		script_graph_make(&p.graph, &begun);
		check_jumps(&p);
		linked = p.proof.errors == 0;
		check_prompts(&p);
		if (linked)
			check_ends(&p);
		check_rounds(&p);
		check_farewell(&p, &script->trouble, "trouble");
		check_farewell(&p, &script->stop, "stop");
		check_said(&p);
		check_times(&p);
	}
	if (proof != NULL)
		*proof = p.proof;
	return p.proof.errors == 0;
}

bool
script_knows(const struct script *script, int step)
{
	struct script_graph g;

	if (script->n == 0 || script->n > SCRIPT_STEPS)
		return false;
	script_graph_make(&g, script);
	return g.reached[step] && (g.lacks[step] & SCRIPT_UNKNOWN) == 0;
}
