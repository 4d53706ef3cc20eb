/* How long a call may be: by counted tries, and by the clock that ends it. */
#include "script_proof_part.h"
#include "script_run.h"

#include <string.h>

struct timing {
	const struct script_graph *g;
	const struct script_rules *rules;
	int64_t worst[SCRIPT_STEPS]; /* one visit, everything going wrong that may */
	int64_t plain[SCRIPT_STEPS]; /* one visit without a mistake, but slow */
	int64_t most;                /* the longest stretch between two looks at the clock */
	bool way[SCRIPT_STEPS][SCRIPT_STEPS]; /* reaches by one edge or more */
	int64_t path[SCRIPT_STEPS];           /* memory of walks; -1: not walked yet, -2: on it */
};

/* --- one step ------------------------------------------------------------------------------- */

/* A prompt in the language in which it is longest. */
static int64_t
length(const struct timing *t, const struct script_step *s, int which)
{
	const struct script *script = t->g->script;
	int64_t most = 0;

	for (int l = 0; l < (int)script->n_languages; l++) {
		const struct script_text *text = script_text(s, which, l);
		int64_t ms;

		if (text == NULL)
			continue;
		ms = t->rules->length != NULL
			 ? t->rules->length(t->rules->ctx, script->languages[l], text)
			 : script_text_ms(text);
		most = ms > most ? ms : most;
	}
	return most;
}

static int64_t
longer(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t
longest_help(const struct timing *t, const struct script_step *s)
{
	int64_t most = 0;

	for (int h = 0; h < s->n_helps; h++)
		most = longer(most, length(t, s, SCRIPT_HELP + h));
	return most;
}

static int
most_keys(const struct script_step *s)
{
	if (s->kind == SCRIPT_MENU)
		return 1;
	if (s->kind == SCRIPT_CHECK)
		return SCRIPT_CHECK_KEYS;
	if (s->gather == SCRIPT_DATE)
		return 4;
	return s->gather == SCRIPT_AMOUNT ? SCRIPT_KEYS : s->max_keys;
}

/* A question: `tries` rounds may fail by silence and as many by wrong keys, less one each, before
 * the last.  A silent round waits for the first key alone; any other may be slow with each key and
 * be read back. */
static void
time_question(struct timing *t, int i, const struct script_step *s)
{
	int64_t main = length(t, s, SCRIPT_MAIN), help = longest_help(t, s);
	int64_t silent = main + s->first_ms;
	int64_t entry = silent + (int64_t)(most_keys(s) - 1) * s->between_ms;
	int64_t confirm = s->prompts[SCRIPT_CONFIRM].texts != NULL
			      ? length(t, s, SCRIPT_CONFIRM) + s->first_ms
			      : 0;

	t->plain[i] = entry + confirm;
	t->worst[i] =
	    s->tries * (help + entry + confirm) + (s->tries - 1) * longer(help + silent, confirm);
	t->worst[i] += s->kind == SCRIPT_CHECK ? 2 * SCRIPT_STORE_MS : 0;
	t->worst[i] += s->kind == SCRIPT_MENU ? SCRIPT_STORE_MS : 0;
	t->most = longer(t->most, longer(help + entry, confirm));
}

static void
time_step(struct timing *t, int i)
{
	const struct script_step *s = &t->g->script->steps[i];
	int64_t main = length(t, s, SCRIPT_MAIN);

	t->plain[i] = t->worst[i] = main;
	switch ((enum script_kind)s->kind) {
	case SCRIPT_MENU:
	case SCRIPT_GATHER:
	case SCRIPT_CHECK: time_question(t, i, s); return;
	case SCRIPT_RECORD:
		t->plain[i] = main + s->max_ms;
		t->worst[i] = t->plain[i] + SCRIPT_STORE_MS;
		break;
	case SCRIPT_OUTCOME: t->worst[i] = SCRIPT_STORE_MS + main; break;
	case SCRIPT_LANGUAGE: t->worst[i] = SCRIPT_STORE_MS; break;
	case SCRIPT_PERSON:
		t->worst[i] = SCRIPT_STORE_MS + length(t, s, SCRIPT_WAIT) + SCRIPT_PERSON_MS + main;
		break;
	default: break;
	}
	t->most = longer(t->most, t->worst[i]);
}

/* --- all of them ---------------------------------------------------------------------------- */

static void
find_ways(struct timing *t)
{
	size_t n = t->g->script->n;

	for (int e = 0; e < t->g->n; e++)
		t->way[t->g->edges[e].from][t->g->edges[e].to] = true;
	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < n; i++)
			for (size_t j = 0; t->way[i][k] && j < n; j++)
				t->way[i][j] = t->way[i][j] || t->way[k][j];
}

/* Steps that lead back to each other are taken as one, of which each may be gone to again and
 * again; between such there is no way back, and the longest path is found step by step. */
static int64_t
worst_from(struct timing *t, int i)
{
	size_t n = t->g->script->n;
	int64_t own = 0, behind = 0;

	if (t->path[i] >= 0)
		return t->path[i];
	for (int j = 0; j < (int)n; j++)
		if (t->way[i][j] && t->way[j][i])
			own += SCRIPT_VISITS * t->worst[j];
	own = own > 0 ? own : t->worst[i];
	for (int e = 0; e < t->g->n; e++) {
		int from = t->g->edges[e].from, to = t->g->edges[e].to;

		if ((from == i || (t->way[i][from] && t->way[from][i])) && !t->way[to][i])
			behind = longer(behind, to == i ? 0 : worst_from(t, to));
	}
	return t->path[i] = own + behind;
}

/* The longest path that goes nowhere twice, of a caller who makes no mistake. */
static int64_t
plain_from(struct timing *t, int i)
{
	int64_t behind = 0;

	if (t->path[i] == -2)
		return 0;
	if (t->path[i] >= 0)
		return t->path[i];
	t->path[i] = -2;
	for (int e = 0; e < t->g->n; e++)
		if (t->g->edges[e].from == i && t->g->edges[e].way <= SCRIPT_WAY_MEANT)
			behind = longer(behind, plain_from(t, t->g->edges[e].to));
	return t->path[i] = t->plain[i] + behind;
}

static void
forget(struct timing *t)
{
	for (size_t i = 0; i < SCRIPT_STEPS; i++)
		t->path[i] = -1;
}

void
script_proof_times(const struct script_graph *g, const struct script_rules *rules,
		   struct script_proof *proof)
{
	const struct script *script = g->script;
	struct timing t = {.g = g, .rules = rules};
	int64_t counted, clock, farewell;

	for (size_t i = 0; i < script->n; i++)
		if (g->reached[i])
			time_step(&t, (int)i);
	find_ways(&t);
	forget(&t);
	farewell = worst_from(&t, script->trouble.step);
	counted = worst_from(&t, script->start.step) + farewell;
	if (script->stop.step != SCRIPT_NOWHERE)
		farewell = longer(farewell, worst_from(&t, script->stop.step));
	/* What began just in time may end in a check that is stored, and a language with it. */
	clock = script->longest_ms + t.most + 2 * SCRIPT_STORE_MS + farewell;
	proof->longest_ms = counted < clock ? counted : clock;
	forget(&t);
	proof->plain_ms = plain_from(&t, script->start.step);
}
