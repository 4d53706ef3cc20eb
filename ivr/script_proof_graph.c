/* The ways through a script, and what is known on each. */
#include "script_proof_part.h"

#include <stdio.h>
#include <string.h>

static void
add(struct script_graph *g, enum script_way way, int from, int to)
{
	if (to != SCRIPT_NOWHERE)
		g->edges[g->n++] = (struct script_edge){(uint8_t)way, (uint8_t)from, (uint8_t)to};
}

static void
add_menu(struct script_graph *g, int i, const struct script_step *s)
{
	for (int k = 0; k < SCRIPT_MENU_KEYS; k++)
		if (s->key[k].name != NULL)
			add(g, SCRIPT_WAY_MEANT, i, s->key[k].step);
	add(g, SCRIPT_WAY_STOP, i, g->script->stop.step);
}

static void
add_edges(struct script_graph *g, int i)
{
	const struct script_step *s = &g->script->steps[i];

	switch ((enum script_kind)s->kind) {
	case SCRIPT_MENU: add_menu(g, i, s); break;
	case SCRIPT_GATHER: add(g, SCRIPT_WAY_MEANT, i, s->next.step); break;
	case SCRIPT_CHECK: add(g, SCRIPT_WAY_MEANT, i, s->right.step); break;
	case SCRIPT_END:
	case SCRIPT_KINDS: return;
	default: add(g, SCRIPT_WAY_ON, i, s->next.step); break;
	}
	add(g, SCRIPT_WAY_SILENT, i, s->silent.step);
	add(g, SCRIPT_WAY_WRONG, i, s->wrong.step);
	add(g, SCRIPT_WAY_FAILED, i, s->failed.step);
}

void
script_graph_reach(const struct script_graph *g, int from, bool reached[SCRIPT_STEPS])
{
	uint8_t todo[SCRIPT_STEPS];
	int n = 0;

	if (from == SCRIPT_NOWHERE || reached[from])
		return;
	reached[from] = true;
	todo[n++] = (uint8_t)from;
	while (n > 0) {
		int at = todo[--n];

		for (int e = 0; e < g->n; e++)
			if (g->edges[e].from == at && !reached[g->edges[e].to]) {
				reached[g->edges[e].to] = true;
				todo[n++] = g->edges[e].to;
			}
	}
}

unsigned
script_gather_bit(enum script_gather gather)
{
	switch (gather) {
	case SCRIPT_AMOUNT: return SCRIPT_NO_AMOUNT;
	case SCRIPT_DIGITS: return SCRIPT_NO_DIGITS;
	default: return SCRIPT_NO_DATE;
	}
}

/* What is lacking behind an edge, of what was lacking before it. */
static unsigned
lacks_behind(const struct script_graph *g, const struct script_edge *e, unsigned lacks)
{
	const struct script_step *s = &g->script->steps[e->from];
	unsigned bit;

	if (s->kind == SCRIPT_CHECK && e->way == SCRIPT_WAY_MEANT)
		return lacks & ~(unsigned)SCRIPT_UNKNOWN;
	if (s->kind != SCRIPT_GATHER)
		return lacks;
	bit = script_gather_bit((enum script_gather)s->gather);
	return e->way == SCRIPT_WAY_MEANT ? lacks & ~bit : lacks | bit;
}

static bool
spread(struct script_graph *g, const struct script_edge *e)
{
	unsigned more = lacks_behind(g, e, g->lacks[e->from]) & ~(unsigned)g->lacks[e->to];

	for (int b = 0; b < SCRIPT_LACKS; b++)
		if ((more & (1U << b)) != 0)
			g->before[b][e->to] = (int8_t)e->from;
	g->lacks[e->to] |= (uint8_t)more;
	return more != 0;
}

static void
begin_at(struct script_graph *g, int step)
{
	if (step == SCRIPT_NOWHERE)
		return;
	for (int b = 0; b < SCRIPT_LACKS; b++)
		g->before[b][step] = -1;
	g->lacks[step] = (1U << SCRIPT_LACKS) - 1;
}

/* Anything may be lacking where a call begins, and where it goes from anywhere. */
static void
find_lacks(struct script_graph *g)
{
	bool more = true;

	begin_at(g, g->script->start.step);
	begin_at(g, g->script->trouble.step);
	while (more) {
		more = false;
		for (int e = 0; e < g->n; e++)
			if (g->reached[g->edges[e].from])
				more = spread(g, &g->edges[e]) || more;
	}
}

void
script_graph_make(struct script_graph *g, const struct script *script)
{
	*g = (struct script_graph){.script = script};
	for (size_t i = 0; i < script->n; i++)
		add_edges(g, (int)i);
	script_graph_reach(g, script->start.step, g->reached);
	script_graph_reach(g, script->trouble.step, g->reached);
	find_lacks(g);
}

const char *
script_graph_path(const struct script_graph *g, unsigned bit, int step, char *out, size_t size)
{
	int trail[SCRIPT_STEPS], n = 0, b = 0;
	size_t used = 0;

	while ((1U << b) != bit)
		b++;
	for (int i = step; i >= 0 && n < SCRIPT_STEPS; i = g->before[b][i])
		trail[n++] = i;
	out[0] = '\0';
	while (n > 0 && used < size) {
		int more = snprintf(out + used, size - used, "%s%s", used > 0 ? " > " : "",
				    g->script->steps[trail[--n]].name);

		used += more > 0 ? (size_t)more : 0;
	}
	return out;
}
